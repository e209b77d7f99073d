/* peer.c - --www and --echo for one connection. */
#include "peer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CLOSE_MS = 2000,   /* patience for the peer's close_notify */
    HANG_UP_MS = 1000, /* and for its end of the transport after a failure */
    RECORDS_PER_STEP = 16,
    REST_MAX = 1 << 20, /* bytes of answers that wait for the end of a renegotiation */
};

static void set_deadline(struct peer *peer, int64_t ms)
{
    peer->deadline_ms = ms < 0 ? -1 : io_now_ms() + ms;
}

struct peer *peer_new(const struct peer_settings *settings, int fd, const char *name)
{
    struct peer *peer = calloc(1, sizeof *peer);

    if (!peer) {
        (void)close(fd);
        return NULL;
    }
    peer->settings = settings;
    peer->fd = fd;
    (void)snprintf(peer->name, sizeof peer->name, "%s", name);
    set_deadline(peer, settings->handshake_ms);
    if (tlsn_conn_new(&peer->conn, TLSN_SERVER, settings->config) != TLSN_OK ||
        tlsn_socket_new(&peer->sock, peer->conn, fd, &settings->setup->hooks) != TLSN_OK) {
        peer_free(peer);
        return NULL;
    }
    tlsn_conn_set_user(peer->conn, settings->setup);
    return peer;
}

void peer_free(struct peer *peer)
{
    if (!peer)
        return;
    tlsn_socket_free(peer->sock);
    tlsn_conn_free(peer->conn);
    free(peer->rest);
    (void)close(peer->fd);
    free(peer);
}

static struct report report_of(const struct peer *peer)
{
    return (struct report){ .conn = peer->conn, .sock = peer->sock, .name = peer->name };
}

/* ---- endings ---- */

static void start_hang_up(struct peer *peer)
{
    (void)shutdown(peer->fd, SHUT_WR);
    peer->state = PEER_HANG_UP;
    set_deadline(peer, HANG_UP_MS);
}

static void failed(struct peer *peer, tlsn_status st)
{
    struct report report = report_of(peer);
    struct tlsn_socket_stats stats;

    tlsn_socket_get_stats(peer->sock, &stats);
    if (!stats.bytes_in && (st == TLSN_ERR_TRUNCATED || st == TLSN_ERR_IO)) {
        peer->state = PEER_DONE; /* somebody looked whether the port is open */
        return;
    }
    peer->counts = true;
    peer->status = report_failure(&report, st);
    if (!tlsn_conn_error(peer->conn)) /* it was our decision */
        (void)!tlsn_socket_close(peer->sock, false);
    start_hang_up(peer);
}

static void start_closing(struct peer *peer)
{
    peer->state = PEER_CLOSING;
    set_deadline(peer, CLOSE_MS);
}

/* A peer that has our close_notify owes us nothing: any end is good (RFC 5246 7.2.1). */
static void step_closing(struct peer *peer)
{
    tlsn_status st = tlsn_socket_close(peer->sock, true);

    if (st == TLSN_WANT_READ || st == TLSN_WANT_WRITE)
        return;
    if (st == TLSN_OK)
        peer->state = PEER_DONE;
    else
        start_hang_up(peer);
}

static void step_hang_up(struct peer *peer)
{
    uint8_t waste[4096];
    ssize_t n;

    do
        n = recv(peer->fd, waste, sizeof waste, MSG_DONTWAIT);
    while (n > 0 && io_now_ms() < peer->deadline_ms);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        peer->state = PEER_DONE;
}

/* ---- renegotiation ---- */

static bool waiting(const struct peer *peer)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(peer->conn, &info);
    if (info.version >= TLSN_TLS1_3)
        return info.client_auth_open != 0;
    return tlsn_renegotiating(peer->conn) ||
           (peer->asked && !info.renegotiations && !info.renegotiation_refused);
}

/* From TLS 1.3 on there is a message for that, for clients that said so. */
static tlsn_status ask_by_message(struct peer *peer)
{
    enum tlsn_client_auth auth = peer->settings->auth_after;

    if (tlsn_may_request_client_auth(peer->conn))
        return tlsn_request_client_auth(peer->conn, auth);
    return auth == TLSN_CLIENT_AUTH_REQUIRE ? TLSN_ERR_NO_PEER_CERTIFICATE : TLSN_OK;
}

/* The first request has come: who asks? */
static tlsn_status ask_client(struct peer *peer)
{
    struct tlsn_conn_info info;

    if (!peer->settings->config_after || peer->asked ||
        !www_path_begins(&peer->request, peer->settings->secure_path))
        return TLSN_OK;
    peer->asked = true;
    tlsn_conn_get_info(peer->conn, &info);
    return info.version >= TLSN_TLS1_3
               ? ask_by_message(peer)
               : tlsn_renegotiate(peer->conn, peer->settings->config_after);
}

/* New keys for both sides, in front of the answer. */
static tlsn_status update_keys(struct peer *peer)
{
    const char *path = peer->settings->update_path;

    if (!path || peer->answered || !www_path_begins(&peer->request, path))
        return TLSN_OK;
    return tlsn_key_update(peer->conn, true);
}

static void report_again(struct peer *peer)
{
    struct report report = report_of(peer);
    struct tlsn_conn_info info;
    unsigned count;

    tlsn_conn_get_info(peer->conn, &info);
    count = info.renegotiations + info.client_auth_given + info.client_auth_declined;
    if (count == peer->renegotiations)
        return;
    peer->renegotiations = count;
    if (peer->settings->json)
        report_json(&report);
    if (peer->settings->verbose)
        report_summary(&report);
}

/* A client that does not want to say who it is gets no answer. */
static tlsn_status check_refusal(const struct peer *peer)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(peer->conn, &info);
    return peer->asked && info.renegotiation_refused ? TLSN_ERR_NO_RENEGOTIATION : TLSN_OK;
}

/* ---- data ---- */

/* Behind what is waiting already: while a renegotiation is under way, answers do. */
static tlsn_status keep_rest(struct peer *peer, const uint8_t *data, size_t len)
{
    size_t have = peer->rest ? peer->rest_end - peer->rest_start : 0;
    uint8_t *all;

    if (!len)
        return TLSN_OK;
    if (have + len > REST_MAX)
        return TLSN_ERR_PENDING;
    all = malloc(have + len);
    if (!all)
        return TLSN_ERR_NO_MEMORY;
    if (have)
        memcpy(all, peer->rest + peer->rest_start, have);
    memcpy(all + have, data, len);
    free(peer->rest);
    peer->rest = all;
    peer->rest_start = 0;
    peer->rest_end = have + len;
    return TLSN_OK;
}

/* Sends all of it, keeping what the socket does not take over. */
static tlsn_status send_all(struct peer *peer, const uint8_t *data, size_t len)
{
    size_t taken = 0;
    tlsn_status st = TLSN_OK, kept;

    if (!peer->rest && !waiting(peer))
        st = tlsn_socket_write(peer->sock, data, len, &taken);
    if (st < 0)
        return st;
    kept = keep_rest(peer, data + taken, len - taken);
    return kept == TLSN_OK ? st : kept;
}

/* TLSN_OK: nothing is left to send. */
static tlsn_status send_rest(struct peer *peer)
{
    size_t taken = 0;
    tlsn_status st;

    if (waiting(peer))
        return tlsn_socket_unsent(peer->sock) ? tlsn_socket_flush(peer->sock) : TLSN_OK;
    if (!peer->rest)
        return tlsn_socket_unsent(peer->sock) ? tlsn_socket_flush(peer->sock) : TLSN_OK;
    st = tlsn_socket_write(peer->sock, peer->rest + peer->rest_start,
                           peer->rest_end - peer->rest_start, &taken);
    peer->rest_start += taken;
    if (peer->rest_start == peer->rest_end) {
        free(peer->rest);
        peer->rest = NULL;
    }
    return st;
}

/* The page leaves as one record: header and body in one write. */
static tlsn_status answer(struct peer *peer)
{
    struct report report = report_of(peer);
    size_t len;
    char *page = www_page(&report, &peer->settings->page, &len);
    tlsn_status st;

    peer->answered = true;
    st = page ? send_all(peer, (const uint8_t *)page, len) : TLSN_ERR_NO_MEMORY;

    free(page);
    return st;
}

static tlsn_status serve_record(struct peer *peer)
{
    uint8_t data[TLSN_RECORD_MAX];
    size_t len = 0;
    tlsn_status st = tlsn_socket_read(peer->sock, data, sizeof data, &len);

    if (st != TLSN_OK)
        return st;
    set_deadline(peer, peer->settings->idle_ms);
    if (peer->settings->mode == PEER_WWW && !www_request_feed(&peer->request, data, len))
        return TLSN_OK;
    st = ask_client(peer);
    if (st == TLSN_OK)
        st = update_keys(peer);
    if (st != TLSN_OK || peer->settings->mode == PEER_WWW)
        return st;
    return send_all(peer, data, len);
}

static void step_open(struct peer *peer)
{
    tlsn_status st = TLSN_OK;

    for (int i = 0; st == TLSN_OK && i < RECORDS_PER_STEP; i++) {
        bool waited = waiting(peer), page = peer->request.complete && !waited;

        st = send_rest(peer);
        if (st == TLSN_OK && page && peer->answered)
            break;
        if (st == TLSN_OK)
            st = page ? answer(peer) : serve_record(peer);
        report_again(peer);
        if (waited && !waiting(peer) && (st == TLSN_OK || st == TLSN_WANT_READ))
            st = check_refusal(peer);
    }
    if (st == TLSN_CLOSED || (st == TLSN_OK && peer->answered && !peer->rest))
        start_closing(peer);
    else if (st != TLSN_OK && st != TLSN_WANT_READ && st != TLSN_WANT_WRITE)
        failed(peer, st);
}

/* ---- the machine ---- */

/* They are looked at like any others, but answered once the handshake is complete. */
static tlsn_status take_early(struct peer *peer)
{
    uint8_t data[TLSN_PLAIN_MAX];
    tlsn_status st;
    size_t len;

    while ((st = tlsn_socket_read_early(peer->sock, data, sizeof data, &len)) == TLSN_OK) {
        if (peer->settings->mode == PEER_WWW)
            (void)www_request_feed(&peer->request, data, len);
        else if ((st = keep_rest(peer, data, len)) != TLSN_OK)
            return st;
    }
    return st == TLSN_EARLY_END ? tlsn_socket_handshake(peer->sock) : st;
}

static void step_handshake(struct peer *peer)
{
    tlsn_status st = tlsn_socket_handshake(peer->sock);
    struct report report = report_of(peer);

    if (st == TLSN_EARLY_DATA)
        st = take_early(peer);
    if (st == TLSN_WANT_READ || st == TLSN_WANT_WRITE)
        return;
    if (st != TLSN_OK) {
        failed(peer, st);
        return;
    }
    peer->counts = true;
    peer->state = PEER_OPEN;
    set_deadline(peer, peer->settings->idle_ms);
    if (peer->settings->json)
        report_json(&report);
    if (peer->settings->verbose)
        report_summary(&report);
}

void peer_stop(struct peer *peer)
{
    if (peer->state == PEER_OPEN)
        (void)!tlsn_socket_close(peer->sock, false);
}

static void time_out(struct peer *peer)
{
    struct report report = report_of(peer);

    if (peer->state == PEER_HANDSHAKE || peer->state == PEER_OPEN) {
        peer->counts = true;
        peer->status = report_failure(&report, TLSN_ERR_TIMEOUT);
        peer_stop(peer);
    }
    peer->state = PEER_DONE;
}

static void step_once(struct peer *peer)
{
    switch (peer->state) {
    case PEER_HANDSHAKE:
        step_handshake(peer);
        break;
    case PEER_OPEN:
        step_open(peer);
        break;
    case PEER_CLOSING:
        step_closing(peer);
        break;
    case PEER_HANG_UP:
        step_hang_up(peer);
        break;
    case PEER_DONE:
        break;
    }
}

void peer_step(struct peer *peer)
{
    enum peer_state before;

    do {
        before = peer->state;
        step_once(peer);
    } while (peer->state != before);
    if (peer->deadline_ms >= 0 && io_now_ms() >= peer->deadline_ms)
        time_out(peer);
}

short peer_events(const struct peer *peer)
{
    short events = POLLIN;

    if (peer->state == PEER_HANG_UP)
        return events;
    if (waiting(peer)) {
        if (tlsn_socket_unsent(peer->sock))
            events |= POLLOUT;
    } else if (peer->rest || tlsn_socket_unsent(peer->sock)) {
        events |= POLLOUT;
        if (peer->state == PEER_OPEN)
            events = POLLOUT; /* nothing more is read before the answer is gone */
    } else if ((tlsn_socket_readable(peer->sock) || (peer->request.complete && !peer->answered)) &&
               peer->state != PEER_HANDSHAKE) {
        events = 0;
    }
    return events;
}
