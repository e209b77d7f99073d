/* socket.c - a connection bound to a descriptor.
 *
 * A client of the public engine API. All system calls are made with MSG_DONTWAIT, so that one path
 * serves blocking and non-blocking descriptors: whether to wait or to return is decided at the only
 * place that waits, wait_ready(). Buffers live from the first byte to the last: an idle connection
 * has none. Records are opened into the reader's buffer when it holds any of them, else in place. */
#include "base/mem.h"

#include <tls-native/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    HANDSHAKE_READ = 4096, /* room for input while flights are short */
    FLIGHT_STEP = 2048,    /* growth of the output buffer while a flight is made */
    FLIGHT_MAX = 65536,    /* more than this is sent before the flight is complete */
};

enum direction { INWARD, OUTWARD };

struct tlsn_socket {
    tlsn_conn *conn; /* borrowed */
    int fd;          /* borrowed */
    struct tlsn_hooks env;
    struct tlsni_buf in;            /* records not yet opened */
    struct tlsni_buf out;           /* records not yet sent */
    size_t plain_start, plain_end;  /* opened in place inside in.data, not yet fetched */
    bool in_secret;                 /* in.data has held plain text */
    bool done;                      /* the handshake is complete and sent */
    uint32_t handshake_ms, idle_ms; /* 0: no deadline */
    int64_t handshake_start_us;     /* 0 before the first call */
    int64_t wait_start_us[2];       /* per direction, since when it makes no progress; 0: it does */
    struct tlsn_socket_stats stats;
};

static int64_t now_us(void)
{
    struct timespec t = { 0, 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Adding 0 to a null pointer is undefined, and an empty buffer has no block. */
static uint8_t *at(const struct tlsni_buf *b, size_t offset)
{
    return b->data ? b->data + offset : NULL;
}

static tlsn_status io_error(struct tlsn_socket *s)
{
    s->stats.os_error = errno;
    return TLSN_ERR_IO;
}

/* ---- buffers ---- */

static void drop(struct tlsn_socket *s, struct tlsni_buf *b)
{
    tlsni_free(&s->env, b->data);
    *b = (struct tlsni_buf){ 0 };
}

/* Ends every public call: what holds no bytes is given back. */
static void release(struct tlsn_socket *s)
{
    if (!tlsni_buf_len(&s->out))
        drop(s, &s->out);
    if (tlsni_buf_len(&s->in) || s->plain_start != s->plain_end)
        return;
    if (s->in_secret && s->in.data)
        tlsni_wipe(s->in.data, s->in.cap);
    s->in_secret = false;
    drop(s, &s->in);
}

/* ---- sending ---- */

static tlsn_status send_out(struct tlsn_socket *s)
{
    while (tlsni_buf_len(&s->out)) {
        ssize_t n = send(s->fd, at(&s->out, s->out.start), tlsni_buf_len(&s->out),
                         MSG_NOSIGNAL | MSG_DONTWAIT);

        s->stats.writes++;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? TLSN_WANT_WRITE : io_error(s);
        s->stats.bytes_out += (uint64_t)n;
        s->wait_start_us[OUTWARD] = 0;
        tlsni_buf_skip(&s->out, (size_t)n);
    }
    return TLSN_OK;
}

/* Takes over what the engine has pending. */
static tlsn_status collect(struct tlsn_socket *s)
{
    size_t written = 0;
    tlsn_status st = tlsni_buf_reserve(&s->env, &s->out, tlsn_output_len(s->conn));

    if (st != TLSN_OK)
        return st;
    st = tlsn_drain(s->conn, at(&s->out, s->out.end), s->out.cap - s->out.end, &written);
    s->out.end += written;
    return st == TLSN_NEED_OUTPUT ? TLSN_OK : st;
}

/* Sends as much as the descriptor takes. The engine keeps its own pending output (and its bound on it)
 * until ours is gone. */
static tlsn_status push(struct tlsn_socket *s)
{
    tlsn_status st = send_out(s);

    while (st == TLSN_OK && tlsn_output_pending(s->conn)) {
        st = collect(s);
        if (st == TLSN_OK)
            st = send_out(s);
    }
    return st;
}

/* The connection failed: its alert goes out if the descriptor takes it at once. */
static tlsn_status fail(struct tlsn_socket *s, tlsn_status st)
{
    (void)collect(s);
    (void)send_out(s);
    return st;
}

/* ---- waiting ---- */

/* Microseconds that are left to wait for this direction; -1: no deadline. */
static int64_t time_left(struct tlsn_socket *s, enum direction dir)
{
    int64_t now = now_us(), start, ms, left;

    if (!s->wait_start_us[dir])
        s->wait_start_us[dir] = now;
    start = s->done ? s->wait_start_us[dir] : s->handshake_start_us;
    ms = s->done ? s->idle_ms : s->handshake_ms;
    if (!ms)
        return -1;
    left = start + ms * 1000 - now;
    return left > 0 ? left : 0;
}

/* After EAGAIN. TLSN_OK: try again; otherwise the call returns with this. */
static tlsn_status wait_ready(struct tlsn_socket *s, enum direction dir)
{
    int64_t left = time_left(s, dir);
    struct pollfd p = { .fd = s->fd, .events = dir == INWARD ? POLLIN : POLLOUT };
    int flags = fcntl(s->fd, F_GETFL);

    if (!left) {
        s->wait_start_us[dir] = 0;
        return fail(s, TLSN_ERR_TIMEOUT);
    }
    if (flags < 0)
        return io_error(s);
    if (flags & O_NONBLOCK)
        return dir == INWARD ? TLSN_WANT_READ : TLSN_WANT_WRITE;
    if (tlsn_socket_unsent(s))
        p.events |= POLLOUT;
    left = left < 0 ? -1 : (left + 999) / 1000;
    if (poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left) < 0 && errno != EINTR)
        return io_error(s);
    return TLSN_OK;
}

static tlsn_status push_wait(struct tlsn_socket *s)
{
    tlsn_status st;

    while ((st = push(s)) == TLSN_WANT_WRITE) {
        st = wait_ready(s, OUTWARD);
        if (st != TLSN_OK)
            break;
    }
    return st;
}

/* ---- receiving ---- */

/* One read. Room is made for the rest of the record that lies at the front, and for a whole one while
 * data flows. Must not be called while opened bytes lie in the buffer. */
static tlsn_status fill(struct tlsn_socket *s)
{
    size_t have = tlsni_buf_len(&s->in);
    size_t want = tlsn_input_hint(s->conn, at(&s->in, s->in.start), have);
    size_t usual = s->done ? TLSN_RECORD_MAX : HANDSHAKE_READ;
    ssize_t n;
    tlsn_status st;

    want = want < usual ? usual : want;
    st = tlsni_buf_reserve(&s->env, &s->in, want > have ? want - have : 1);
    if (st != TLSN_OK)
        return st;
    do {
        n = recv(s->fd, at(&s->in, s->in.end), s->in.cap - s->in.end, MSG_DONTWAIT);
        s->stats.reads++;
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? TLSN_WANT_READ : io_error(s);
    if (!n)
        return tlsn_transport_eof(s->conn);
    s->stats.bytes_in += (uint64_t)n;
    s->wait_start_us[INWARD] = 0;
    s->in.end += (size_t)n;
    return TLSN_OK;
}

static tlsn_status fill_wait(struct tlsn_socket *s)
{
    tlsn_status st;

    while ((st = fill(s)) == TLSN_WANT_READ) {
        release(s);
        st = wait_ready(s, INWARD);
        if (st != TLSN_OK)
            break;
        /* A failure to send shows up at the next read, behind what the peer may have said before. */
        (void)push(s);
    }
    return st;
}

/* Opens at most one record, of early data before the handshake is complete: into buf when any payload fits there,
 * otherwise in place. */
static tlsn_status open_record(struct tlsn_socket *s, uint8_t *buf, size_t cap, size_t *len)
{
    size_t start = s->in.start, have = tlsni_buf_len(&s->in), consumed = 0, written = 0;
    size_t offset = tlsn_payload_offset_in(s->conn);
    bool direct = cap >= TLSN_PLAIN_MAX;
    tlsn_status st;

    if (offset > have)
        offset = have;
    if (!direct) {
        buf = at(&s->in, start + offset);
        cap = have - offset;
        s->in_secret = true;
    }
    st = (s->done ? tlsn_decrypt : tlsn_decrypt_early)(s->conn, at(&s->in, start), have, &consumed, buf,
                                                       cap, &written);
    tlsni_buf_skip(&s->in, consumed);
    s->stats.plain_in += written;
    if (direct) {
        *len = written;
    } else {
        s->plain_start = start + offset;
        s->plain_end = s->plain_start + written;
    }
    return st;
}

/* Goes on until there are opened bytes, in buf (*len) or in place. */
static tlsn_status receive(struct tlsn_socket *s, uint8_t *buf, size_t cap, size_t *len)
{
    for (;;) {
        tlsn_status st = open_record(s, buf, cap, len);

        if (st < 0)
            return fail(s, st);
        if (tlsn_socket_unsent(s))
            (void)push(s); /* never stops reading */
        if (st == TLSN_OK && (*len || s->plain_start != s->plain_end))
            return TLSN_OK;
        if (st == TLSN_NEED_INPUT)
            st = fill_wait(s);
        if (st != TLSN_OK)
            return st;
    }
}

static void fetch(struct tlsn_socket *s, uint8_t *buf, size_t cap, size_t *len)
{
    size_t n = s->plain_end - s->plain_start;

    n = n < cap ? n : cap;
    memcpy(buf, s->in.data + s->plain_start, n);
    s->plain_start += n;
    *len = n;
}

/* ---- handshake ---- */

/* The engine has more output than the buffer's room: a flight is gathered whole, so that it leaves in
 * one system call, unless it is uncommonly large. */
static tlsn_status make_room(struct tlsn_socket *s)
{
    size_t want = tlsn_output_len(s->conn);

    if (tlsni_buf_len(&s->out) >= FLIGHT_MAX)
        return push_wait(s);
    return tlsni_buf_reserve(&s->env, &s->out,
                             s->out.cap - s->out.end + (want > FLIGHT_STEP ? want : FLIGHT_STEP));
}

static tlsn_status engine_handshake(struct tlsn_socket *s)
{
    size_t consumed = 0, written = 0;
    tlsn_status st = tlsn_handshake(s->conn, at(&s->in, s->in.start), tlsni_buf_len(&s->in),
                                    &consumed, at(&s->out, s->out.end), s->out.cap - s->out.end,
                                    &written);

    tlsni_buf_skip(&s->in, consumed);
    s->out.end += written;
    return st;
}

/* Sending failed. The peer may have said why before it hung up: that is the better error. */
static tlsn_status last_words(struct tlsn_socket *s, tlsn_status st)
{
    const struct tlsn_conn_error *error;

    if (st != TLSN_ERR_IO)
        return st;
    drop(s, &s->out);
    if (fill(s) == TLSN_OK)
        (void)!engine_handshake(s);
    error = tlsn_conn_error(s->conn);
    return error && error->alert_received >= 0 ? error->status : st;
}

static tlsn_status handshake_run(struct tlsn_socket *s)
{
    for (;;) {
        tlsn_status st = engine_handshake(s), sent;

        if (st < 0)
            return fail(s, st);
        if (st == TLSN_NEED_OUTPUT) {
            sent = make_room(s);
        } else {
            sent = push_wait(s);
            if (sent == TLSN_OK && st == TLSN_NEED_INPUT)
                sent = fill_wait(s);
        }
        if (sent != TLSN_OK)
            return last_words(s, sent);
        if (st != TLSN_NEED_OUTPUT && st != TLSN_NEED_INPUT)
            return st;
    }
}

static tlsn_status ensure_handshake(struct tlsn_socket *s)
{
    tlsn_status st;

    if (s->done)
        return TLSN_OK;
    if (!s->handshake_start_us)
        s->handshake_start_us = now_us();
    st = handshake_run(s);
    if (st == TLSN_OK) {
        s->done = true;
        s->stats.handshake_us = now_us() - s->handshake_start_us;
        s->wait_start_us[INWARD] = s->wait_start_us[OUTWARD] = 0;
    }
    return st;
}

/* ---- renegotiation ---- */

/* Reading carries it on. Data that come in between wait for tlsn_socket_read(): TLSN_WANT_READ with
 * opened bytes in the buffer. TLSN_OK: it is over. */
static tlsn_status finish_renegotiation(struct tlsn_socket *s)
{
    tlsn_status st;
    size_t len;

    if (!tlsn_renegotiating(s->conn))
        return TLSN_OK;
    st = push_wait(s);
    while (st == TLSN_OK && tlsn_renegotiating(s->conn)) {
        if (s->plain_start != s->plain_end)
            return TLSN_WANT_READ;
        st = open_record(s, NULL, 0, &len);
        if (st < 0)
            return fail(s, st);
        if (tlsn_socket_unsent(s))
            (void)push(s);
        if (st == TLSN_NEED_INPUT)
            st = tlsn_renegotiating(s->conn) ? fill_wait(s) : TLSN_OK;
    }
    return st == TLSN_OK ? push_wait(s) : st;
}

/* ---- public ---- */

tlsn_status tlsn_socket_new(tlsn_socket **out, tlsn_conn *conn, int fd,
                            const struct tlsn_hooks *hooks)
{
    struct tlsn_socket *s;

    *out = NULL;
    if (!conn || fd < 0)
        return TLSN_ERR_ARGUMENT;
    s = tlsni_alloc(hooks, sizeof *s);
    if (!s)
        return TLSN_ERR_NO_MEMORY;
    s->conn = conn;
    s->fd = fd;
    if (hooks)
        s->env = *hooks;
    *out = s;
    return TLSN_OK;
}

void tlsn_socket_free(tlsn_socket *s)
{
    struct tlsn_hooks env;

    if (!s)
        return;
    env = s->env;
    tlsni_buf_free(&env, &s->in);
    tlsni_buf_free(&env, &s->out);
    tlsni_free_secret(&env, s, sizeof *s);
}

void tlsn_socket_set_deadlines(tlsn_socket *s, uint32_t handshake_ms, uint32_t idle_ms)
{
    s->handshake_ms = handshake_ms;
    s->idle_ms = idle_ms;
}

tlsn_status tlsn_socket_handshake(tlsn_socket *s)
{
    tlsn_status st = ensure_handshake(s);

    if (st == TLSN_OK)
        st = finish_renegotiation(s);
    release(s);
    return st;
}

static tlsn_status read_some(tlsn_socket *s, tlsn_status st, void *buf, size_t cap, size_t *len)
{
    if (st == TLSN_OK && s->plain_start == s->plain_end)
        st = receive(s, buf, cap, len);
    if (st == TLSN_OK && s->plain_start != s->plain_end)
        fetch(s, buf, cap, len);
    release(s);
    return st;
}

tlsn_status tlsn_socket_read(tlsn_socket *s, void *buf, size_t cap, size_t *len)
{
    bool kept = s->plain_start != s->plain_end;

    *len = 0;
    if (!cap)
        return TLSN_ERR_ARGUMENT;
    return read_some(s, kept ? TLSN_OK : ensure_handshake(s), buf, cap, len);
}

tlsn_status tlsn_socket_read_early(tlsn_socket *s, void *buf, size_t cap, size_t *len)
{
    *len = 0;
    if (!cap)
        return TLSN_ERR_ARGUMENT;
    return s->done ? TLSN_ERR_MISUSE : read_some(s, TLSN_OK, buf, cap, len);
}

/* A record, of early data before the handshake is complete. */
static tlsn_status write_record(struct tlsn_socket *s, const uint8_t *buf, size_t len,
                                size_t *taken)
{
    size_t chunk = len < TLSN_PLAIN_MAX ? len : TLSN_PLAIN_MAX, consumed = 0, written = 0;
    tlsn_status st = tlsni_buf_reserve(&s->env, &s->out, tlsn_record_size(s->conn, chunk) +
                                                             tlsn_output_len(s->conn));

    if (st != TLSN_OK)
        return st;
    st = (s->done ? tlsn_encrypt : tlsn_encrypt_early)(s->conn, buf, chunk, &consumed,
                                                       at(&s->out, s->out.end),
                                                       s->out.cap - s->out.end, &written);
    s->out.end += written;
    s->stats.plain_out += consumed;
    *taken += consumed;
    if (st < 0)
        return fail(s, st);
    return push_wait(s);
}

tlsn_status tlsn_socket_write(tlsn_socket *s, const void *buf, size_t len, size_t *taken)
{
    tlsn_status st;

    *taken = 0;
    st = ensure_handshake(s);
    if (st == TLSN_OK)
        st = push_wait(s);
    while (st == TLSN_OK && *taken < len) {
        st = finish_renegotiation(s);
        if (st == TLSN_OK)
            st = write_record(s, (const uint8_t *)buf + *taken, len - *taken, taken);
    }
    release(s);
    return st;
}

/* The ClientHello into our buffer; TLSN_OK: it is there. */
static tlsn_status make_hello(struct tlsn_socket *s)
{
    tlsn_status st = TLSN_NEED_OUTPUT;

    if (s->handshake_start_us)
        return TLSN_OK;
    s->handshake_start_us = now_us();
    while (st == TLSN_NEED_OUTPUT) {
        st = engine_handshake(s);
        if (st < 0)
            return fail(s, st);
        if (st == TLSN_NEED_OUTPUT && make_room(s) != TLSN_OK)
            return TLSN_ERR_NO_MEMORY;
    }
    return st == TLSN_NEED_INPUT ? TLSN_OK : st;
}

tlsn_status tlsn_socket_write_early(tlsn_socket *s, const void *buf, size_t len, size_t *taken)
{
    tlsn_status st = s->done ? TLSN_ERR_MISUSE : make_hello(s);

    *taken = 0;
    if (st == TLSN_OK && tlsn_early_data_left(s->conn) == 0)
        st = TLSN_NEED_INPUT;
    while (st == TLSN_OK && *taken < len) {
        st = write_record(s, (const uint8_t *)buf + *taken, len - *taken, taken);
        if (st == TLSN_OK && *taken < len && tlsn_early_data_left(s->conn) == 0)
            st = TLSN_NEED_INPUT;
    }
    release(s);
    return st;
}

tlsn_status tlsn_socket_flush(tlsn_socket *s)
{
    tlsn_status st = push_wait(s);

    release(s);
    return st;
}

static tlsn_status send_close(struct tlsn_socket *s)
{
    for (;;) {
        size_t written = 0;
        tlsn_status st = tlsn_shutdown(s->conn, at(&s->out, s->out.end), s->out.cap - s->out.end,
                                       &written);

        s->out.end += written;
        if (st < 0)
            return fail(s, st);
        if (st != TLSN_NEED_OUTPUT)
            return push_wait(s);
        st = make_room(s);
        if (st != TLSN_OK)
            return st;
    }
}

tlsn_status tlsn_socket_close(tlsn_socket *s, bool wait)
{
    size_t len = 0;
    tlsn_status st = send_close(s);

    wait = wait && tlsn_handshake_done(s->conn); /* before, the peer has nothing to close */
    while (wait && st == TLSN_OK) {
        s->plain_start = s->plain_end;
        st = receive(s, NULL, 0, &len);
    }
    release(s);
    return st == TLSN_CLOSED ? TLSN_OK : st;
}

bool tlsn_socket_readable(const tlsn_socket *s)
{
    size_t have = tlsni_buf_len(&s->in);

    if (s->plain_start != s->plain_end)
        return true;
    return have && tlsn_input_hint(s->conn, at(&s->in, s->in.start), have) <= have;
}

size_t tlsn_socket_unsent(const tlsn_socket *s)
{
    return tlsni_buf_len(&s->out) + tlsn_output_len(s->conn);
}

void tlsn_socket_get_stats(const tlsn_socket *s, struct tlsn_socket_stats *stats)
{
    *stats = s->stats;
}
