/* client.c - tlsn client: connects, perhaps several times, and joins stdin and stdout to the
 * peer. */
#include "beside.h"
#include "commands.h"
#include "io.h"
#include "pump.h"
#include "report.h"
#include "setup.h"

#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { HANDSHAKE_MS = 30000, SESSION_MAX = 1 << 20, TICKETS_MS = 2000 };

struct client {
    const struct options *o;
    struct setup setup;
    struct address address;
    tlsn_config *config;
    tlsn_session *session; /* to resume; NULL: none */
    struct blob early;     /* of --early-data; owned */
    bool stdin_open;
};

/* ---- sessions ---- */

static int load_session(struct client *c)
{
    struct blob file;
    tlsn_status st;
    int status = io_read_file(&file, "--session-in", c->o->session_in);

    if (status != STATUS_OK)
        return status;
    st = tlsn_session_read(&c->session, file.data, file.len, &c->setup.hooks);
    io_blob_free(&file);
    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "--session-in %s: %s", c->o->session_in, tlsn_status_text(st));
}

static int save_session(const struct client *c)
{
    static uint8_t bytes[SESSION_MAX];
    size_t len = 0;
    tlsn_status st;
    int status;

    if (!c->o->session_out)
        return STATUS_OK;
    if (!c->session) {
        note("--session-out: the server gave no session");
        return STATUS_OK;
    }
    st = tlsn_session_write(c->session, bytes, sizeof bytes, &len);
    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "--session-out %s: %s", c->o->session_out,
                        tlsn_status_text(st));
    status = io_write_file("--session-out", c->o->session_out, bytes, len, 0600, true);
    memset(bytes, 0, len);
    return status;
}

/* The newest session replaces the one before. A server that ends without close_notify does not take it back. */
static void keep_session(struct client *c, const tlsn_conn *conn)
{
    tlsn_session *session = NULL;

    if (tlsn_conn_get_session(conn, &session) != TLSN_OK)
        return;
    tlsn_session_free(c->session);
    c->session = session;
}

/* ---- one connection ---- */

static int new_conn(struct client *c, tlsn_conn **conn)
{
    const struct options *o = c->o;
    tlsn_status st = tlsn_conn_new(conn, TLSN_CLIENT, c->config);

    if (st != TLSN_OK)
        return setup_complain(c->config, "client", st);
    tlsn_conn_set_user(*conn, &c->setup);
    st = tlsn_conn_set_server_name(*conn, o->sni ? o->sni : c->address.host);
    if (st == TLSN_OK && o->verify_name)
        st = tlsn_conn_set_verify_name(*conn, o->verify_name);
    if (st == TLSN_OK && o->no_sni)
        st = tlsn_conn_set_send_server_name(*conn, false);
    if (st == TLSN_OK && o->fallback)
        st = tlsn_conn_set_fallback(*conn, true);
    if (st == TLSN_OK && c->session)
        st = tlsn_conn_set_session(*conn, c->session);
    if (st == TLSN_OK)
        st = tlsn_conn_set_early_data(*conn, c->early.len != 0);
    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "%s: %s", o->sni ? o->sni : c->address.host,
                    tlsn_status_text(st));
}

/* One heartbeat right behind the handshake, if the server agreed to answer. */
static tlsn_status ask_heartbeat(const struct client *c, tlsn_conn *conn)
{
    struct tlsn_heartbeat_info info;
    uint8_t payload[16];

    tlsn_heartbeat_get_info(conn, &info);
    if (!c->o->heartbeat || info.peer != TLSN_HEARTBEAT_ANSWER)
        return TLSN_OK;
    if (getrandom(payload, sizeof payload, 0) != (ssize_t)sizeof payload)
        return TLSN_ERR_RANDOM;
    return tlsn_heartbeat_send(conn, payload, sizeof payload);
}

static void tell_heartbeat(const struct client *c, const tlsn_conn *conn)
{
    struct tlsn_heartbeat_info info;

    tlsn_heartbeat_get_info(conn, &info);
    if (c->o->heartbeat && !c->o->quiet)
        note("heartbeat: %s", info.responses_in ? "answered"
                              : info.in_flight  ? "not answered"
                                                : "not agreed on");
}

/* Data that come in between are left for pump_run(), which then goes on with it. */
static tlsn_status renegotiate(const struct client *c, struct pump *pump, tlsn_conn *conn)
{
    struct tlsn_conn_info info;
    tlsn_status st = tlsn_renegotiate(conn, NULL);

    if (st == TLSN_OK)
        st = pump_handshake(pump, setup_timeout(&c->o->timeout, HANDSHAKE_MS));
    tlsn_conn_get_info(conn, &info);
    return st == TLSN_OK && info.renegotiation_refused ? TLSN_ERR_NO_RENEGOTIATION : st;
}

/* Tickets of TLS 1.3 come behind the handshake: a server that answers our close has sent them. */
static tlsn_status hang_up(struct pump *pump, const tlsn_conn *conn)
{
    struct tlsn_conn_info info;
    tlsn_status st;

    tlsn_conn_get_info(conn, &info);
    if (info.version < TLSN_TLS1_3)
        return tlsn_socket_close(pump->sock, false) == TLSN_OK ? TLSN_OK : TLSN_ERR_IO;
    do {
        struct pollfd ready = { .fd = pump->fd, .events = POLLIN };

        st = tlsn_socket_close(pump->sock, true);
        if (st != TLSN_WANT_READ || poll(&ready, 1, TICKETS_MS) <= 0)
            break;
    } while (true);
    return st == TLSN_WANT_READ || st == TLSN_ERR_TRUNCATED ? TLSN_OK : st;
}

/* As much as may go out early; *sent bytes did. */
static tlsn_status send_early(const struct client *c, struct pump *pump, size_t *sent)
{
    tlsn_status st;

    do {
        struct pollfd ready = { .fd = pump->fd, .events = POLLOUT };
        size_t n;

        st = tlsn_socket_write_early(pump->sock, c->early.data + *sent, c->early.len - *sent, &n);
        *sent += n;
        if (st == TLSN_WANT_WRITE && poll(&ready, 1, HANDSHAKE_MS) <= 0)
            return TLSN_ERR_TIMEOUT;
    } while (st == TLSN_WANT_WRITE);
    return st == TLSN_NEED_INPUT ? TLSN_OK : st;
}

/* What did not go out, or was refused, goes in front of stdin: it is the user's wish that it arrives. */
static tlsn_status shake_hands(struct client *c, const tlsn_conn *conn, struct pump *pump,
                               bool data)
{
    struct tlsn_conn_info info;
    size_t sent = 0;
    tlsn_status st = TLSN_OK;

    if (c->early.len && data)
        st = send_early(c, pump, &sent);
    if (st == TLSN_OK)
        st = pump_handshake(pump, setup_timeout(&c->o->timeout, HANDSHAKE_MS));
    tlsn_conn_get_info(conn, &info);
    if (info.early_data != TLSN_EARLY_ACCEPTED)
        sent = 0;
    pump->first = c->early.len ? c->early.data + sent : NULL;
    pump->first_len = c->early.len - sent;
    return st;
}

static int exchange(struct client *c, tlsn_conn *conn, struct pump *pump,
                    const struct report *report, bool data)
{
    const struct options *o = c->o;
    tlsn_status st = shake_hands(c, conn, pump, data);

    if (st == TLSN_OK && o->renegotiate)
        st = renegotiate(c, pump, conn);
    if (st == TLSN_OK && o->key_update)
        st = tlsn_key_update(conn, true);
    if (st != TLSN_OK)
        return report_failure(report, st);
    if (o->json)
        report_json(report);
    if (!o->quiet) {
        report_summary(report);
        beside_note(report->conn, o);
    }
    st = ask_heartbeat(c, conn);
    if (st == TLSN_OK && data)
        st = pump_run(pump);
    else if (st == TLSN_OK)
        st = hang_up(pump, conn);
    tell_heartbeat(c, conn);
    if (pump->stdout_failed)
        return complain(STATUS_TRANSPORT, "stdout: cannot be written");
    return st == TLSN_OK ? STATUS_OK : report_failure(report, st);
}

static int run_socket(struct client *c, tlsn_conn *conn, int fd, int64_t connect_us, bool data)
{
    struct report report = { .conn = conn, .name = c->o->operands.v[0], .connect_us = connect_us };
    struct pump pump = { .fd = fd, .stop_fd = -1, .stdin_open = &c->stdin_open,
                         .idle_ms = setup_timeout(&c->o->timeout, -1),
                         .linger_ms = c->o->linger.set ? c->o->linger.value : -1 };
    tlsn_status st = tlsn_socket_new(&pump.sock, conn, fd, &c->setup.hooks);
    int status;

    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "%s", tlsn_status_text(st));
    report.sock = pump.sock;
    status = exchange(c, conn, &pump, &report, data);
    if (status == STATUS_OK || status == STATUS_TRANSPORT)
        keep_session(c, conn);
    tlsn_socket_free(pump.sock);
    return status;
}

static int connect_once(struct client *c, bool data)
{
    int64_t started = io_now_us();
    tlsn_conn *conn = NULL;
    int fd, status;

    status = io_connect(&fd, &c->address, setup_timeout(&c->o->timeout, HANDSHAKE_MS));
    if (status != STATUS_OK)
        return status;
    started = io_now_us() - started;
    status = new_conn(c, &conn);
    if (status == STATUS_OK)
        status = run_socket(c, conn, fd, started > 0 ? started : 1, data);
    tlsn_conn_free(conn);
    if (status == STATUS_OK)
        (void)close(fd);
    else
        pump_hang_up(fd); /* an alert may be on its way */
    return status;
}

/* ---- the command ---- */

/* What is shown to a server that asks is what the library would show; what it says of it is for people. */
static tlsn_status choose_credential(void *ctx, tlsn_conn *conn, tlsn_credential **credential)
{
    const struct client *c = ctx;
    const struct tlsn_certificate_request *request = tlsn_certificate_request(conn);
    char text[200];

    for (size_t i = 0; !c->o->quiet && tlsn_oid_filter_text(request->oid_filters, i, text, sizeof text); i++)
        note("server wants certificates with %s", text);
    *credential = tlsn_credential_default(conn);
    return TLSN_OK;
}

static int prepare(struct client *c)
{
    const struct tlsn_callbacks callbacks = { .credential = choose_credential, .ctx = c };
    int status = io_parse_address(&c->address, c->o->operands.v[0], false);
    tlsn_status st;

    if (status == STATUS_OK)
        status = setup_init(&c->setup, c->o, true);
    if (status == STATUS_OK)
        status = setup_config(&c->config, &c->setup, c->o, &c->o->certs, &c->o->keys, &callbacks);
    if (status == STATUS_OK && (st = beside_ask(c->config, c->o)) != TLSN_OK)
        status = setup_complain(c->config, "client", st);
    if (status == STATUS_OK && c->o->session_in)
        status = load_session(c);
    if (status == STATUS_OK && c->o->early_data)
        status = io_read_file(&c->early, "--early-data", c->o->early_data);
    if (status == STATUS_OK && c->o->no_verify)
        note("warning: the server's certificate is not verified (--no-verify)");
    return status;
}

int client_run(const struct options *options)
{
    struct client c = { .o = options, .setup.keylog_fd = -1, .stdin_open = true };
    int64_t more = options->reconnect.set ? options->reconnect.value : 0;
    int status = prepare(&c), saved;

    for (; status == STATUS_OK && more >= 0; more--)
        status = connect_once(&c, more == 0);
    if (status == STATUS_OK || (status == STATUS_TRANSPORT && c.session)) {
        saved = save_session(&c);
        status = status == STATUS_OK ? saved : status;
    }
    io_blob_free(&c.early);
    tlsn_session_free(c.session);
    tlsn_config_free(c.config);
    setup_free(&c.setup);
    return status;
}
