/* stdio.c - one connection after the other has stdin and stdout. */
#include "pump.h"
#include "server.h"

#include <poll.h>

/* TLSN_OK, or the error after its line was printed. */
static int converse(struct server *s, struct pump *pump, const struct report *report,
                    bool *counts)
{
    struct tlsn_socket_stats stats;
    tlsn_status st = pump_handshake(pump, s->settings.handshake_ms);

    tlsn_socket_get_stats(pump->sock, &stats);
    *counts = stats.bytes_in || (st != TLSN_ERR_TRUNCATED && st != TLSN_ERR_IO);
    if (!*counts || pump->stopped)
        return STATUS_OK;
    if (st == TLSN_OK) {
        if (s->o->json)
            report_json(report);
        if (s->o->verbose)
            report_summary(report);
        st = pump_run(pump);
    }
    if (pump->stdout_failed)
        return complain(STATUS_TRANSPORT, "stdout: cannot be written");
    return st == TLSN_OK ? STATUS_OK : report_failure(report, st);
}

static void serve_one(struct server *s, int fd, const char *name, struct pump *pump)
{
    struct report report = { .name = name };
    tlsn_conn *conn = NULL;
    bool counts = true;
    int status;

    pump->fd = fd;
    if (tlsn_conn_new(&conn, TLSN_SERVER, s->settings.config) != TLSN_OK ||
        tlsn_socket_new(&pump->sock, conn, fd, &s->setup.hooks) != TLSN_OK) {
        status = complain(STATUS_PROTOCOL, "%s: out of memory", name);
    } else {
        tlsn_conn_set_user(conn, &s->setup);
        report.conn = conn;
        report.sock = pump->sock;
        status = converse(s, pump, &report, &counts);
    }
    server_account(s, counts, status);
    tlsn_socket_free(pump->sock);
    pump->sock = NULL;
    tlsn_conn_free(conn);
    pump_hang_up(fd);
}

int server_stdio(struct server *s)
{
    bool stdin_open = true;
    struct pump pump = { .stop_fd = s->stop_fd, .stdin_open = &stdin_open, .wait_for_peer = true,
                         .idle_ms = s->settings.idle_ms,
                         .linger_ms = s->o->linger.set ? s->o->linger.value : -1 };
    char name[IO_NAME_MAX];

    while (!pump.stopped && server_may_accept(s)) {
        struct pollfd fds[2] = { { .fd = s->stop_fd, .events = POLLIN },
                                 { .fd = s->listener, .events = POLLIN } };
        int fd;

        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[0].revents)
            return STATUS_OK;
        fd = server_take(s, name);
        if (fd >= 0)
            serve_one(s, fd, name, &pump);
    }
    return pump.stopped ? STATUS_OK : s->status;
}

