/* Early data by way of sockets. */
#include "req.h"
#include "support_wire.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

enum { MAX = 50000 };

struct end {
    int fd;
    tlsn_conn *conn;
    tlsn_socket *sock;
};

static void open_end(struct end *e, struct wire *w, enum tlsn_role role, int fd)
{
    e->fd = fd;
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    OK(tlsn_conn_new(&e->conn, role, w->end[role].config));
    OK(tlsn_socket_new(&e->sock, e->conn, fd, NULL));
}

static void close_end(struct end *e)
{
    tlsn_socket_free(e->sock);
    tlsn_conn_free(e->conn);
    (void)close(e->fd);
}

static struct wire *pair(struct end end[2])
{
    struct wire *w = wire_new("ec:secp256r1");
    int fds[2];

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_early_data_max(w->end[TLSN_SERVER].config, MAX));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    open_end(&end[0], w, TLSN_CLIENT, fds[0]);
    open_end(&end[1], w, TLSN_SERVER, fds[1]);
    OK(tlsn_conn_set_server_name(end[TLSN_CLIENT].conn, "server.example"));
    return w;
}

static void write_and_read_early(void **state)
{
    static uint8_t data[MAX + 100], got[MAX + 100];
    struct end end[2];
    struct wire *w = pair(end);
    size_t sent = 0, n, have = 0;
    tlsn_status c = TLSN_WANT_WRITE, s = TLSN_WANT_READ;
    tlsn_session *session;

    (void)state;
    wire_shake(w);
    session = wire_session(w);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 3 + i / 256);
    OK(tlsn_conn_set_session(end[TLSN_CLIENT].conn, session));
    OK(tlsn_conn_set_early_data(end[TLSN_CLIENT].conn, true));
    for (int turn = 0; turn < 1000 && s != TLSN_EARLY_END; turn++) {
        if (c == TLSN_WANT_WRITE) {
            c = tlsn_socket_write_early(end[0].sock, data + sent, sizeof data - sent, &n);
            sent += n;
        } else {
            c = tlsn_socket_handshake(end[0].sock);
        }
        assert_true(c >= 0);
        if (s == TLSN_WANT_READ)
            s = tlsn_socket_handshake(end[1].sock);
        while (s == TLSN_EARLY_DATA || s == TLSN_OK) {
            s = tlsn_socket_read_early(end[1].sock, got + have, turn % 2 ? 100 : sizeof got - have, &n);
            have += n;
        }
        assert_true(s >= 0);
    }
    assert_int_equal(s, TLSN_EARLY_END);
    assert_int_equal(sent, MAX); /* the rest has to wait */
    assert_int_equal(have, MAX);
    assert_memory_equal(got, data, MAX);
    OK(tlsn_socket_handshake(end[0].sock));
    OK(tlsn_socket_handshake(end[1].sock));
    assert_int_equal(tlsn_socket_read_early(end[1].sock, got, 1, &n), TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_socket_write_early(end[0].sock, data, 1, &n), TLSN_ERR_MISUSE);
    OK(tlsn_socket_write(end[0].sock, data + MAX, 100, &n));
    OK(tlsn_socket_read(end[1].sock, got, sizeof got, &n));
    assert_int_equal(n, 100);
    tlsn_session_free(session);
    close_end(&end[0]);
    close_end(&end[1]);
    wire_free(w);
}

/* The hello goes out, and all of the data are for later. */
static void write_early_without_a_session_waits(void **state)
{
    struct end end[2];
    struct wire *w = pair(end);
    size_t n;

    (void)state;
    OK(tlsn_conn_set_early_data(end[TLSN_CLIENT].conn, true));
    assert_int_equal(tlsn_socket_write_early(end[0].sock, "words", 5, &n), TLSN_NEED_INPUT);
    assert_int_equal(n, 0);
    close_end(&end[0]);
    close_end(&end[1]);
    wire_free(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_and_read_early),
        cmocka_unit_test(write_early_without_a_session_waits),
    };

    return cmocka_run_group_tests_name("test_early_socket", tests, NULL, NULL);
}
