/* pump.c - one connection between stdin and stdout.
 *
 * The end of stdin is no reason to close: the answer may be on its way, and a TLS 1.2 peer that
 * gets close_notify drops what it has not yet sent (RFC 5246 7.2.1). Nor may we wait for ever
 * for a peer that waits for us. So silence decides: see the text of `tlsn client --help`. */
#include "pump.h"
#include "io.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LINGER_MS = 1000,      /* nothing is owed to us */
    LINGER_OWED_MS = 5000, /* we sent, and nothing came back since */
    HANG_UP_MS = 1000,
    RECORDS_PER_TURN = 32, /* then stdin has its turn */
};

struct flow {
    struct pump *p;
    uint8_t in[TLSN_PLAIN_MAX];   /* from stdin */
    uint8_t out[TLSN_RECORD_MAX]; /* to stdout; room for padding avoids a copy */
    size_t in_start, in_end;
    int64_t active_ms; /* last traffic */
    bool sent, owed;   /* bytes went out at all; and none came back since */
    bool closing;      /* our close_notify is on its way */
    int64_t closed_ms; /* since then */
};

/* ---- handshake ---- */

/* False when the wait is over in vain. */
static bool wait_for(struct pump *p, short events, int64_t until)
{
    struct pollfd fds[2] = { { .fd = p->fd, .events = events },
                             { .fd = p->stop_fd, .events = POLLIN } };
    int ready = poll(fds, 2, io_poll_ms(until));

    if (ready > 0 && fds[1].revents)
        p->stopped = true;
    return ready != 0 && !p->stopped;
}

/* A server's; nothing is answered before the handshake is complete. */
static tlsn_status print_early(struct pump *p)
{
    static uint8_t data[TLSN_PLAIN_MAX];

    for (;;) {
        size_t len;
        tlsn_status st = tlsn_socket_read_early(p->sock, data, sizeof data, &len);

        if (st != TLSN_OK)
            return st;
        if (io_write_all(STDOUT_FILENO, data, len) != STATUS_OK) {
            p->stdout_failed = true;
            return TLSN_ERR_IO;
        }
    }
}

tlsn_status pump_handshake(struct pump *p, int64_t deadline_ms)
{
    int64_t until = deadline_ms < 0 ? -1 : io_now_ms() + deadline_ms;

    for (;;) {
        tlsn_status st = tlsn_socket_handshake(p->sock);

        if (st == TLSN_EARLY_DATA)
            st = print_early(p);
        if (st == TLSN_EARLY_END)
            continue;
        if (st != TLSN_WANT_READ && st != TLSN_WANT_WRITE)
            return st;
        if (st == TLSN_WANT_READ && tlsn_socket_readable(p->sock))
            return TLSN_OK; /* data come before the end of a renegotiation */
        if (!wait_for(p, st == TLSN_WANT_READ ? POLLIN : POLLOUT, until))
            return TLSN_ERR_TIMEOUT;
    }
}

/* ---- data ---- */

static tlsn_status send_input(struct flow *f)
{
    size_t taken = 0;
    tlsn_status st = TLSN_OK;

    if (f->p->first_len) {
        st = tlsn_socket_write(f->p->sock, f->p->first, f->p->first_len, &taken);
        f->p->first += taken;
        f->p->first_len -= taken;
        f->active_ms = io_now_ms();
        f->sent = f->owed = true;
    } else if (f->in_start != f->in_end) {
        st = tlsn_socket_write(f->p->sock, f->in + f->in_start, f->in_end - f->in_start, &taken);
        f->in_start += taken;
        if (taken) {
            f->active_ms = io_now_ms();
            f->sent = f->owed = true;
        }
    } else if (tlsn_socket_unsent(f->p->sock)) {
        st = tlsn_socket_flush(f->p->sock);
    }
    return st == TLSN_WANT_WRITE || st == TLSN_WANT_READ ? TLSN_OK : st;
}

static tlsn_status print_output(struct flow *f)
{
    for (int i = 0; i < RECORDS_PER_TURN; i++) {
        size_t len = 0;
        tlsn_status st = tlsn_socket_read(f->p->sock, f->out, sizeof f->out, &len);

        if (st == TLSN_WANT_READ || st == TLSN_WANT_WRITE)
            return TLSN_OK;
        if (st != TLSN_OK)
            return st;
        f->active_ms = io_now_ms();
        f->owed = false;
        if (io_write_all(STDOUT_FILENO, f->out, len) != STATUS_OK) {
            f->p->stdout_failed = true;
            return TLSN_ERR_IO;
        }
    }
    return TLSN_OK;
}

static void read_stdin(struct flow *f)
{
    ssize_t n = read(STDIN_FILENO, f->in, sizeof f->in);

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    f->in_start = 0;
    f->in_end = n > 0 ? (size_t)n : 0;
    if (n <= 0) {
        *f->p->stdin_open = false;
        f->active_ms = io_now_ms();
    }
}

/* ---- time ---- */

/* Never longer than the idle deadline, unless an answer is missing: then passing it is a failure. */
static int64_t linger_ms(const struct flow *f)
{
    int64_t ms = f->owed ? LINGER_OWED_MS : LINGER_MS, idle = f->p->idle_ms;

    if (f->p->linger_ms >= 0)
        ms = f->p->linger_ms;
    return !f->owed && idle >= 0 && idle < ms ? idle : ms;
}

/* Whether silence has to end in close_notify. */
static bool lingering(const struct flow *f)
{
    return !*f->p->stdin_open && f->in_start == f->in_end && !f->p->first_len && !f->closing &&
           (f->sent || !f->p->wait_for_peer);
}

/* When something has to happen without traffic; -1: never. */
static int64_t next_event(const struct flow *f)
{
    int64_t idle = f->p->idle_ms < 0 ? -1 : f->active_ms + f->p->idle_ms, own = -1;

    if (f->closing)
        own = f->closed_ms + (linger_ms(f) > LINGER_MS ? linger_ms(f) : LINGER_MS);
    else if (lingering(f))
        own = f->active_ms + linger_ms(f);
    if (own < 0 || (idle >= 0 && idle < own))
        return idle;
    return own;
}

/* The time of next_event() has come. */
static tlsn_status time_passed(struct flow *f, bool *finished)
{
    int64_t now = io_now_ms();
    tlsn_status st;

    if (f->closing) {
        *finished = true; /* we closed properly; the peer does not answer */
        return TLSN_OK;
    }
    if (lingering(f) && now >= f->active_ms + linger_ms(f)) {
        st = tlsn_socket_close(f->p->sock, false);
        f->closing = true;
        f->closed_ms = now;
        return st == TLSN_WANT_WRITE ? TLSN_OK : st;
    }
    return TLSN_ERR_TIMEOUT;
}

/* ---- the loop ---- */

static void wait_traffic(struct flow *f)
{
    bool take = *f->p->stdin_open && f->in_start == f->in_end && !f->closing;
    struct pollfd fds[3] = {
        { .fd = f->p->fd, .events = POLLIN },
        { .fd = take ? STDIN_FILENO : -1, .events = POLLIN },
        { .fd = f->p->stop_fd, .events = POLLIN },
    };

    if (tlsn_socket_unsent(f->p->sock))
        fds[0].events |= POLLOUT;
    if (poll(fds, 3, tlsn_socket_readable(f->p->sock) ? 0 : io_poll_ms(next_event(f))) <= 0)
        return;
    if (fds[1].revents)
        read_stdin(f);
    if (fds[2].revents)
        f->p->stopped = true;
}

/* A peer that has seen our close_notify may just hang up (RFC 5246 7.2.1). */
static tlsn_status ended(struct flow *f, tlsn_status st)
{
    if (st == TLSN_CLOSED || st == TLSN_ERR_TIMEOUT)
        (void)!tlsn_socket_close(f->p->sock, false);
    if (st == TLSN_CLOSED)
        return TLSN_OK;
    if (f->closing && !f->p->stdout_failed && (st == TLSN_ERR_TRUNCATED || st == TLSN_ERR_IO))
        return TLSN_OK;
    return st;
}

tlsn_status pump_run(struct pump *p)
{
    static struct flow f; /* large; there is one at a time */
    bool finished = false;

    memset(&f, 0, sizeof f);
    f.p = p;
    f.active_ms = io_now_ms();
    while (!finished) {
        tlsn_status st = send_input(&f);
        int64_t event;

        if (st == TLSN_OK)
            st = print_output(&f);
        event = next_event(&f);
        if (st == TLSN_OK && event >= 0 && io_now_ms() >= event)
            st = time_passed(&f, &finished);
        if (st != TLSN_OK)
            return ended(&f, st);
        if (!finished)
            wait_traffic(&f);
        if (p->stopped) {
            (void)!tlsn_socket_close(p->sock, false);
            return TLSN_OK;
        }
    }
    return TLSN_OK;
}

void pump_hang_up(int fd)
{
    int64_t until = io_now_ms() + HANG_UP_MS;
    struct pollfd p = { .fd = fd, .events = POLLIN };
    uint8_t waste[4096];

    (void)shutdown(fd, SHUT_WR);
    while (poll(&p, 1, io_poll_ms(until)) > 0 && recv(fd, waste, sizeof waste, MSG_DONTWAIT) > 0 &&
           io_now_ms() < until)
        continue;
    (void)close(fd);
}
