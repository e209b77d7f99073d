/* Tests of lib/socket.c: two connections of the library on the two ends of a socket pair. Expected
 * values follow from <tls-native/socket.h>. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <tls-native.h>
#include "req.h"

static tlsn_config *client_config, *server_config;

/* ---- a credential made for the tests ---- */

static void make_server(const uint8_t *leaf, size_t len, const tlsn_key *key)
{
    tlsn_credential *credential;
    char pem[4096];
    size_t pem_len;

    assert_int_equal(tlsn_key_write(key, pem, sizeof pem, &pem_len), TLSN_OK);
    assert_int_equal(tlsn_credential_new(&credential, leaf, len, pem, pem_len, NULL), TLSN_OK);
    assert_int_equal(tlsn_config_new(&server_config, NULL), TLSN_OK);
    assert_int_equal(tlsn_config_set_versions(server_config, TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    assert_int_equal(tlsn_config_add_credential(server_config, credential), TLSN_OK);
    tlsn_credential_free(credential);
}

static void make_client(const uint8_t *ca, size_t len)
{
    tlsn_trust *trust;

    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, ca, len, NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_config_new(&client_config, NULL), TLSN_OK);
    assert_int_equal(tlsn_config_set_versions(client_config, TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    assert_int_equal(tlsn_config_set_trust(client_config, trust), TLSN_OK);
    assert_int_equal(tlsn_config_set_renegotiation(client_config, TLSN_RENEGOTIATION_SECURE), TLSN_OK);
    tlsn_trust_free(trust);
}

static int setup_configs(void **state)
{
    const char *names[] = { "localhost" };
    struct tlsn_cert_spec root = { .subject = "CN=root", .ca = true, .path_len = -1 };
    struct tlsn_cert_spec leaf = { .subject = "CN=localhost", .names = names, .name_count = 1 };
    uint8_t ca[4096], der[4096];
    size_t ca_len, len;
    tlsn_key *ca_key, *key;

    (void)state;
    assert_int_equal(tlsn_key_generate(&ca_key, "ec:secp256r1", NULL), TLSN_OK);
    assert_int_equal(tlsn_key_generate(&key, "ec:secp256r1", NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&root, ca_key, (struct tlsn_span){ 0 }, ca_key, NULL, ca,
                                     sizeof ca, &ca_len), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&leaf, key, (struct tlsn_span){ ca, ca_len }, ca_key, NULL,
                                     der, sizeof der, &len), TLSN_OK);
    make_server(der, len, key);
    make_client(ca, ca_len);
    tlsn_key_free(ca_key);
    tlsn_key_free(key);
    return 0;
}

static int free_configs(void **state)
{
    (void)state;
    tlsn_config_free(client_config);
    tlsn_config_free(server_config);
    return 0;
}

/* ---- counting memory ---- */

struct counter {
    long blocks;     /* outstanding */
    long calls;
    long fail_at;    /* the call that fails, from 1; 0: none */
};

static void *count_alloc(void *ctx, size_t len)
{
    struct counter *c = ctx;
    void *p = ++c->calls == c->fail_at ? NULL : malloc(len);

    c->blocks += p != NULL;
    return p;
}

static void count_release(void *ctx, void *block)
{
    struct counter *c = ctx;

    c->blocks -= block != NULL;
    free(block);
}

/* ---- a pair ---- */

struct end {
    int fd;
    tlsn_conn *conn;
    tlsn_socket *sock;
    struct counter memory;
    struct tlsn_hooks hooks;
};

struct pair {
    struct end c, s;
};

static void open_end(struct end *e, enum tlsn_role role, int fd, bool blocking)
{
    tlsn_config *config = role == TLSN_CLIENT ? client_config : server_config;

    e->fd = fd;
    e->hooks = (struct tlsn_hooks){ .alloc = count_alloc, .release = count_release,
                                    .mem_ctx = &e->memory };
    if (!blocking)
        assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(tlsn_conn_new(&e->conn, role, config), TLSN_OK);
    if (role == TLSN_CLIENT)
        assert_int_equal(tlsn_conn_set_server_name(e->conn, "localhost"), TLSN_OK);
    assert_int_equal(tlsn_socket_new(&e->sock, e->conn, fd, &e->hooks), TLSN_OK);
}

static void open_pair(struct pair *p, bool client_blocks)
{
    int fds[2];

    memset(p, 0, sizeof *p);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    open_end(&p->c, TLSN_CLIENT, fds[0], client_blocks);
    open_end(&p->s, TLSN_SERVER, fds[1], false);
}

static void close_end(struct end *e)
{
    tlsn_socket_free(e->sock);
    tlsn_conn_free(e->conn);
    if (e->fd >= 0)
        assert_int_equal(close(e->fd), 0);
    assert_int_equal(e->memory.blocks, 0);
}

static void close_pair(struct pair *p)
{
    close_end(&p->c);
    close_end(&p->s);
}

static bool waits(tlsn_status st)
{
    return st == TLSN_WANT_READ || st == TLSN_WANT_WRITE;
}

static void shake_hands(struct pair *p)
{
    tlsn_status c = TLSN_WANT_READ, s = TLSN_WANT_READ;

    for (int i = 0; i < 100 && (c != TLSN_OK || s != TLSN_OK); i++) {
        c = tlsn_socket_handshake(p->c.sock);
        assert_true(c == TLSN_OK || waits(c));
        s = tlsn_socket_handshake(p->s.sock);
        assert_true(s == TLSN_OK || waits(s));
    }
    assert_int_equal(c, TLSN_OK);
    assert_int_equal(s, TLSN_OK);
}

static void open_and_shake(struct pair *p)
{
    open_pair(p, false);
    shake_hands(p);
}

static void write_all(struct end *e, const char *text)
{
    size_t taken;

    assert_int_equal(tlsn_socket_write(e->sock, text, strlen(text), &taken), TLSN_OK);
    assert_int_equal(taken, strlen(text));
}

/* ---- handshake ---- */

static void handshake_nonblocking_completes(void **state)
{
    struct tlsn_socket_stats stats;
    struct pair p;

    (void)state;
    open_pair(&p, false);
    assert_int_equal(tlsn_socket_handshake(p.s.sock), TLSN_WANT_READ);
    shake_hands(&p);
    assert_true(tlsn_handshake_done(p.c.conn) && tlsn_handshake_done(p.s.conn));
    tlsn_socket_get_stats(p.c.sock, &stats);
    assert_true(stats.handshake_us > 0 && stats.bytes_in > 0 && stats.bytes_out > 0);
    assert_int_equal(stats.writes, 2); /* one system call for each of the client's flights */
    close_pair(&p);
}

static void renegotiation_goes_on_in_handshake_read_and_write(void **state)
{
    struct pair p;
    char buf[8];
    size_t n;

    (void)state;
    open_and_shake(&p);
    assert_int_equal(tlsn_renegotiate(p.s.conn, NULL), TLSN_OK); /* HelloRequest */
    assert_int_equal(tlsn_socket_flush(p.s.sock), TLSN_OK);
    assert_int_equal(tlsn_socket_read(p.c.sock, buf, sizeof buf, &n), TLSN_WANT_READ);
    assert_true(tlsn_renegotiating(p.c.conn));
    write_all(&p.s, "in between"); /* it does not know yet */
    assert_int_equal(tlsn_socket_write(p.c.sock, "x", 1, &n), TLSN_WANT_READ);
    assert_int_equal(n, 0);
    assert_true(tlsn_socket_readable(p.c.sock));
    assert_int_equal(tlsn_socket_handshake(p.c.sock), TLSN_WANT_READ);
    assert_int_equal(tlsn_socket_read(p.c.sock, buf, sizeof buf, &n), TLSN_OK);
    assert_memory_equal(buf, "in betwe", 8);
    assert_int_equal(tlsn_socket_read(p.c.sock, buf, sizeof buf, &n), TLSN_OK);
    assert_int_equal(n, 2);
    assert_int_equal(tlsn_socket_read(p.s.sock, buf, sizeof buf, &n), TLSN_WANT_READ);
    assert_true(tlsn_renegotiating(p.s.conn));
    shake_hands(&p);
    assert_false(tlsn_renegotiating(p.c.conn) || tlsn_renegotiating(p.s.conn));
    write_all(&p.c, "there");
    assert_int_equal(tlsn_socket_read(p.s.sock, buf, sizeof buf, &n), TLSN_OK);
    assert_int_equal(n, 5);
    close_pair(&p);
}

static void handshake_is_completed_by_read(void **state)
{
    struct pair p;
    char buf[8];
    size_t len;
    tlsn_status c, s;

    (void)state;
    open_pair(&p, false);
    for (int i = 0; i < 100; i++) {
        c = tlsn_socket_read(p.c.sock, buf, sizeof buf, &len);
        s = tlsn_socket_read(p.s.sock, buf, sizeof buf, &len);
        assert_true(waits(c) && waits(s));
    }
    assert_true(tlsn_handshake_done(p.c.conn) && tlsn_handshake_done(p.s.conn));
    close_pair(&p);
}

static void handshake_deadline_passes_reports_timeout(void **state)
{
    struct pair p;

    (void)state;
    open_pair(&p, true);
    tlsn_socket_set_deadlines(p.c.sock, 10, 0);
    assert_int_equal(tlsn_socket_handshake(p.c.sock), TLSN_ERR_TIMEOUT);
    close_pair(&p);
}

static void ignore_alarm(int number)
{
    (void)number;
}

static void handshake_interrupted_by_signal_goes_on_to_its_deadline(void **state)
{
    struct sigaction action = { .sa_handler = ignore_alarm };
    struct itimerval often = { { 0, 2000 }, { 0, 2000 } }, never = { { 0, 0 }, { 0, 0 } };
    struct pair p;

    (void)state;
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    open_pair(&p, true);
    tlsn_socket_set_deadlines(p.c.sock, 30, 0);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    assert_int_equal(tlsn_socket_handshake(p.c.sock), TLSN_ERR_TIMEOUT);
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    close_pair(&p);
}

static void handshake_with_plain_text_peer_sends_alert(void **state)
{
    struct pair p;
    uint8_t answer[16];

    (void)state;
    open_pair(&p, false);
    assert_int_equal(send(p.c.fd, "GET / HTTP/1.0\r\n\r\n", 18, 0), 18);
    assert_true(tlsn_socket_handshake(p.s.sock) < 0);
    assert_int_equal(recv(p.c.fd, answer, sizeof answer, 0), 7); /* one alert record */
    assert_int_equal(answer[0], 21);
    assert_true(tlsn_socket_handshake(p.s.sock) < 0);
    close_pair(&p);
}

static void handshake_end_of_transport_is_truncation(void **state)
{
    struct pair p;

    (void)state;
    open_pair(&p, false);
    assert_int_equal(tlsn_socket_handshake(p.c.sock), TLSN_WANT_READ);
    assert_int_equal(shutdown(p.s.fd, SHUT_WR), 0);
    assert_int_equal(tlsn_socket_handshake(p.c.sock), TLSN_ERR_TRUNCATED);
    close_pair(&p);
}

/* ---- data ---- */

static void write_larger_than_the_socket_takes_arrives_whole(void **state)
{
    enum { TOTAL = 400000 };
    static uint8_t sent[TOTAL], got[TOTAL];
    size_t out = 0, in = 0, n;
    bool blocked = false;
    int small = 4096;
    struct pair p;

    (void)state;
    open_and_shake(&p);
    assert_int_equal(setsockopt(p.c.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    for (size_t i = 0; i < TOTAL; i++)
        sent[i] = (uint8_t)(i * 31 + (i >> 8));
    while (in < TOTAL) {
        tlsn_status st = tlsn_socket_write(p.c.sock, sent + out, TOTAL - out, &n);

        assert_true(st == TLSN_OK || st == TLSN_WANT_WRITE);
        blocked = blocked || st == TLSN_WANT_WRITE;
        out += n;
        st = tlsn_socket_read(p.s.sock, got + in, TOTAL - in, &n);
        assert_true(st == TLSN_OK || st == TLSN_WANT_READ);
        in += n;
    }
    assert_true(blocked);
    assert_int_equal(out, TOTAL);
    assert_memory_equal(sent, got, TOTAL);
    close_pair(&p);
}

static void read_with_one_byte_room_gives_every_byte(void **state)
{
    static const char text[] = "every single byte";
    struct pair p;
    char c;
    size_t n;

    (void)state;
    open_and_shake(&p);
    write_all(&p.c, text);
    for (size_t i = 0; i < strlen(text); i++) {
        assert_int_equal(tlsn_socket_read(p.s.sock, &c, 1, &n), TLSN_OK);
        assert_int_equal(n, 1);
        assert_int_equal(c, text[i]);
        assert_int_equal(tlsn_socket_readable(p.s.sock), i + 1 < strlen(text));
    }
    assert_int_equal(tlsn_socket_read(p.s.sock, &c, 1, &n), TLSN_WANT_READ);
    close_pair(&p);
}

static void read_gives_one_record_and_tells_of_the_next(void **state)
{
    static char big[TLSN_PLAIN_MAX];
    struct pair p;
    size_t n;

    (void)state;
    open_and_shake(&p);
    write_all(&p.c, "first");
    write_all(&p.c, "second");
    assert_int_equal(tlsn_socket_read(p.s.sock, big, sizeof big, &n), TLSN_OK);
    assert_int_equal(n, 5);
    assert_true(tlsn_socket_readable(p.s.sock));
    assert_int_equal(tlsn_socket_read(p.s.sock, big, sizeof big, &n), TLSN_OK);
    assert_int_equal(n, 6);
    assert_memory_equal(big, "second", 6);
    assert_false(tlsn_socket_readable(p.s.sock));
    close_pair(&p);
}

static void read_without_room_is_an_argument_error(void **state)
{
    struct pair p;
    char c;
    size_t n;

    (void)state;
    open_and_shake(&p);
    assert_int_equal(tlsn_socket_read(p.s.sock, &c, 0, &n), TLSN_ERR_ARGUMENT);
    write_all(&p.c, "x");
    assert_int_equal(tlsn_socket_read(p.s.sock, &c, 1, &n), TLSN_OK);
    close_pair(&p);
}

static void read_deadline_passes_and_a_later_read_works(void **state)
{
    struct pair p;
    char buf[8];
    size_t n;

    (void)state;
    open_and_shake(&p);
    assert_int_equal(fcntl(p.c.fd, F_SETFL, 0), 0); /* blocking */
    tlsn_socket_set_deadlines(p.c.sock, 0, 10);
    assert_int_equal(tlsn_socket_read(p.c.sock, buf, sizeof buf, &n), TLSN_ERR_TIMEOUT);
    write_all(&p.s, "late");
    assert_int_equal(tlsn_socket_read(p.c.sock, buf, sizeof buf, &n), TLSN_OK);
    assert_int_equal(n, 4);
    close_pair(&p);
}

/* A deadline is no excuse for what was pending, and the connection can still be closed. */
static void read_deadline_passes_with_output_flushed_and_close_works(void **state)
{
    struct pair p;
    char buf[8];
    size_t n;

    (void)state;
    open_and_shake(&p);
    assert_int_equal(fcntl(p.c.fd, F_SETFL, 0), 0); /* blocking */
    tlsn_socket_set_deadlines(p.c.sock, 0, 10);
    assert_int_equal(tlsn_renegotiate(p.c.conn, NULL), TLSN_OK);
    assert_true(tlsn_output_pending(p.c.conn));
    assert_int_equal(tlsn_socket_read(p.c.sock, buf, sizeof buf, &n), TLSN_ERR_TIMEOUT);
    assert_int_equal(tlsn_socket_unsent(p.c.sock), 0);
    assert_int_equal(tlsn_socket_close(p.c.sock, false), TLSN_OK);
    assert_int_equal(tlsn_socket_read(p.s.sock, buf, sizeof buf, &n), TLSN_CLOSED);
    close_pair(&p);
}

static void write_to_a_gone_peer_is_an_io_error_without_signal(void **state)
{
    struct tlsn_socket_stats stats;
    struct pair p;
    size_t n;

    (void)state;
    open_and_shake(&p);
    assert_int_equal(close(p.s.fd), 0);
    p.s.fd = -1;
    assert_int_equal(tlsn_socket_write(p.c.sock, "x", 1, &n), TLSN_ERR_IO);
    tlsn_socket_get_stats(p.c.sock, &stats);
    assert_int_equal(stats.os_error, EPIPE);
    close_pair(&p);
}

/* ---- closing ---- */

static void close_in_order(struct end *first, struct end *second)
{
    char buf[8];
    size_t n;

    assert_int_equal(tlsn_socket_close(first->sock, true), TLSN_WANT_READ);
    assert_int_equal(tlsn_socket_read(second->sock, buf, sizeof buf, &n), TLSN_CLOSED);
    assert_int_equal(tlsn_socket_close(second->sock, true), TLSN_OK);
    assert_int_equal(tlsn_socket_close(first->sock, true), TLSN_OK);
    assert_int_equal(tlsn_socket_close(first->sock, true), TLSN_OK);
    assert_int_equal(tlsn_socket_read(first->sock, buf, sizeof buf, &n), TLSN_CLOSED);
}

static void close_by_either_side_is_clean_and_idempotent(void **state)
{
    struct pair p;

    (void)state;
    open_and_shake(&p);
    close_in_order(&p.c, &p.s);
    close_pair(&p);
    open_and_shake(&p);
    close_in_order(&p.s, &p.c);
    close_pair(&p);
    REQ("5246:7.2.1/1");
}

static void close_drops_what_the_peer_still_sends(void **state)
{
    struct pair p;

    (void)state;
    open_and_shake(&p);
    write_all(&p.s, "nobody reads this");
    assert_int_equal(tlsn_socket_close(p.s.sock, false), TLSN_OK);
    assert_int_equal(tlsn_socket_close(p.c.sock, true), TLSN_OK);
    close_pair(&p);
}

static void write_after_close_is_misuse_and_reading_goes_on(void **state)
{
    struct pair p;
    char buf[8];
    size_t n;

    (void)state;
    open_and_shake(&p);
    assert_int_equal(tlsn_socket_close(p.c.sock, false), TLSN_OK);
    assert_int_equal(tlsn_socket_write(p.c.sock, "x", 1, &n), TLSN_ERR_MISUSE);
    write_all(&p.s, "answer");
    assert_int_equal(tlsn_socket_read(p.c.sock, buf, sizeof buf, &n), TLSN_OK);
    assert_int_equal(n, 6);
    close_pair(&p);
}

static void read_end_of_transport_without_close_notify_is_truncation(void **state)
{
    struct pair p;
    char buf[8];
    size_t n;

    (void)state;
    open_and_shake(&p);
    assert_int_equal(shutdown(p.s.fd, SHUT_WR), 0);
    assert_int_equal(tlsn_socket_read(p.c.sock, buf, sizeof buf, &n), TLSN_ERR_TRUNCATED);
    assert_int_equal(tlsn_socket_read(p.c.sock, buf, sizeof buf, &n), TLSN_ERR_TRUNCATED);
    close_pair(&p);
    REQ("5246:7.2.1/5");
}

/* ---- memory ---- */

static void idle_socket_holds_no_buffer(void **state)
{
    struct pair p;
    char buf[8];
    size_t n;

    (void)state;
    open_and_shake(&p);
    assert_int_equal(p.c.memory.blocks, 1); /* the socket itself */
    write_all(&p.c, "data");
    assert_int_equal(p.c.memory.blocks, 1);
    assert_int_equal(tlsn_socket_read(p.s.sock, buf, 2, &n), TLSN_OK);
    assert_int_equal(p.s.memory.blocks, 2); /* half of the record waits */
    assert_int_equal(tlsn_socket_read(p.s.sock, buf, sizeof buf, &n), TLSN_OK);
    assert_int_equal(tlsn_socket_read(p.s.sock, buf, sizeof buf, &n), TLSN_WANT_READ);
    assert_int_equal(p.s.memory.blocks, 1);
    assert_int_equal(tlsn_socket_unsent(p.s.sock), 0);
    close_pair(&p);
}

/* One exchange with the nth allocation of the client's socket failing; false once none failed. */
static bool exchange_failing_at(long nth)
{
    struct pair p;
    char buf[8];
    size_t n;
    tlsn_status c = TLSN_WANT_READ, s;

    open_pair(&p, false);
    p.c.memory.fail_at = p.c.memory.calls + nth;
    for (int i = 0; i < 100 && waits(c); i++) {
        c = tlsn_socket_handshake(p.c.sock);
        s = tlsn_socket_handshake(p.s.sock);
        assert_true(c == TLSN_ERR_NO_MEMORY || s == TLSN_OK || waits(s));
    }
    if (c == TLSN_OK)
        c = tlsn_socket_write(p.c.sock, "ping", 4, &n);
    if (c == TLSN_OK) {
        write_all(&p.s, "pong");
        c = tlsn_socket_read(p.c.sock, buf, sizeof buf, &n);
    }
    assert_true(c == TLSN_OK || c == TLSN_ERR_NO_MEMORY);
    close_pair(&p);
    return c != TLSN_OK;
}

static void socket_survives_the_failure_of_each_allocation(void **state)
{
    long nth = 1;

    (void)state;
    while (exchange_failing_at(nth))
        nth++;
    assert_true(nth > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshake_nonblocking_completes),
        cmocka_unit_test(handshake_is_completed_by_read),
        cmocka_unit_test(renegotiation_goes_on_in_handshake_read_and_write),
        cmocka_unit_test(handshake_deadline_passes_reports_timeout),
        cmocka_unit_test(handshake_interrupted_by_signal_goes_on_to_its_deadline),
        cmocka_unit_test(handshake_with_plain_text_peer_sends_alert),
        cmocka_unit_test(handshake_end_of_transport_is_truncation),
        cmocka_unit_test(write_larger_than_the_socket_takes_arrives_whole),
        cmocka_unit_test(read_with_one_byte_room_gives_every_byte),
        cmocka_unit_test(read_gives_one_record_and_tells_of_the_next),
        cmocka_unit_test(read_without_room_is_an_argument_error),
        cmocka_unit_test(read_deadline_passes_and_a_later_read_works),
        cmocka_unit_test(read_deadline_passes_with_output_flushed_and_close_works),
        cmocka_unit_test(write_to_a_gone_peer_is_an_io_error_without_signal),
        cmocka_unit_test(close_by_either_side_is_clean_and_idempotent),
        cmocka_unit_test(close_drops_what_the_peer_still_sends),
        cmocka_unit_test(write_after_close_is_misuse_and_reading_goes_on),
        cmocka_unit_test(read_end_of_transport_without_close_notify_is_truncation),
        cmocka_unit_test(idle_socket_holds_no_buffer),
        cmocka_unit_test(socket_survives_the_failure_of_each_allocation),
    };

    return cmocka_run_group_tests(tests, setup_configs, free_configs);
}
