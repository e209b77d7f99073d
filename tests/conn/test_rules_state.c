/* Rules 6, 8 and 9 of the engine's contract: errors that stick, configurations shared by threads,
 * small idle connections. */
#include "support_wire.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"
#include "req.h"

static tlsn_conn *client(const struct wire *w)
{
    return w->end[TLSN_CLIENT].conn;
}

static tlsn_conn *server(const struct wire *w)
{
    return w->end[TLSN_SERVER].conn;
}

/* ---- rule 6 ---- */

/* Every call of a failed connection says the same, and its alert can still be drained. */
static void check_dead(tlsn_conn *c, tlsn_status st)
{
    uint8_t out[256];
    size_t n, written, pending = tlsn_output_len(c);

    assert_int_equal(tlsn_handshake(c, NULL, 0, &n, out, sizeof out, &written), st);
    assert_int_equal(tlsn_encrypt(c, "x", 1, &n, out, sizeof out, &written), st);
    assert_int_equal(tlsn_decrypt(c, "x", 1, &n, out, sizeof out, &written), st);
    assert_int_equal(tlsn_set_verdict(c, TLSN_OK), TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_output_len(c), pending);
    for (size_t i = 0; i < pending; i++) {
        assert_int_equal(tlsn_drain(c, out + i, 1, &written), st);
        assert_int_equal(written, 1);
    }
    assert_int_equal(tlsn_drain(c, out, 1, &written), st);
    assert_int_equal(written, 0);
    assert_int_equal(tlsn_shutdown(c, out, sizeof out, &written), st);
    assert_int_equal(written, 0);
    assert_int_equal(tlsn_transport_eof(c), st);
    assert_int_equal(tlsn_conn_error(c)->status, st);
    assert_false(tlsn_handshake_done(c));
    assert_true(strlen(tlsn_conn_error(c)->text) > 0);
}

static void rule6_errors_stick_and_alerts_can_be_drained(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    uint8_t out[256];
    size_t n, written;

    (void)state;
    wire_open(w);
    assert_int_equal(tlsn_handshake(server(w), "GET / HTTP/1.0\r\n", 16, &n, out, sizeof out,
                                    &written), TLSN_ERR_NOT_TLS);
    assert_int_equal(tlsn_output_len(server(w)), 7);
    check_dead(server(w), TLSN_ERR_NOT_TLS);
    wire_shake(w);
    wire_write(w, TLSN_CLIENT, "abc", 3);
    w->end[TLSN_SERVER].in[w->end[TLSN_SERVER].in_len - 1] ^= 1;
    assert_int_equal(wire_read(w, TLSN_SERVER, out, sizeof out, &n), TLSN_ERR_BAD_RECORD_MAC);
    check_dead(server(w), TLSN_ERR_BAD_RECORD_MAC);
    wire_free(w);
    REQ("5246:7.2.2/4");
}

static void rule6_misuse_changes_nothing(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    uint8_t out[256];
    size_t n, written;

    (void)state;
    wire_open(w);
    for (int r = 0; r < 2; r++) {
        tlsn_conn *c = w->end[r].conn;

        assert_int_equal(tlsn_encrypt(c, "x", 1, &n, out, sizeof out, &written), TLSN_ERR_MISUSE);
        assert_int_equal(tlsn_decrypt(c, "x", 1, &n, out, sizeof out, &written), TLSN_ERR_MISUSE);
        assert_int_equal(tlsn_handshake(c, NULL, 1, &n, out, sizeof out, &written),
                         TLSN_ERR_ARGUMENT);
        assert_int_equal(tlsn_handshake(c, NULL, 0, &n, NULL, 1, &written), TLSN_ERR_ARGUMENT);
        assert_int_equal(tlsn_set_verdict(c, TLSN_OK), TLSN_ERR_MISUSE);
        assert_int_equal(tlsn_session_answer(c, NULL, 0), TLSN_ERR_MISUSE);
        assert_int_equal(tlsn_key_op_complete(c, TLSN_OK, "x", 1), TLSN_ERR_MISUSE);
        assert_null(tlsn_conn_error(c));
    }
    assert_int_equal(tlsn_conn_set_server_name(server(w), "x"), TLSN_ERR_MISUSE);
    wire_run(w);
    assert_true(wire_done(w));
    assert_int_equal(tlsn_conn_set_server_name(client(w), "x"), TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_set_verdict(client(w), TLSN_ERR_CERT_EXPIRED), TLSN_ERR_MISUSE);
    wire_say(w, TLSN_CLIENT, 10);
    wire_free(w);
}

/* The peer hears the alert, sees no Finished and never completes. */
static void check_rejected(enum tlsn_role judge, tlsn_status verdict, int alert)
{
    struct wire *w = wire_new("ec:secp256r1");

    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, wire_credential("ed25519")));
    OK(tlsn_config_set_verify_mode(w->end[judge].config, TLSN_VERIFY_SUSPEND));
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[judge].status, TLSN_NEED_VERDICT);
    OK(tlsn_set_verdict(w->end[judge].conn, verdict));
    wire_run(w);
    assert_int_equal(w->end[judge].status, verdict);
    assert_false(tlsn_handshake_done(w->end[!judge].conn));
    assert_int_equal(w->end[!judge].status, TLSN_ERR_ALERT);
    assert_int_equal(tlsn_conn_error(w->end[!judge].conn)->alert_received, alert);
    wire_free(w);
}

static void rule6_rejected_verdict_sends_its_alert_before_finished(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        check_rejected((enum tlsn_role)r, TLSN_ERR_CERT_EXPIRED, 45);
        check_rejected((enum tlsn_role)r, TLSN_ERR_CERT_UNKNOWN_CA, 48);
        check_rejected((enum tlsn_role)r, TLSN_ERR_ACCESS_DENIED, 49);
    }
    REQ("5246:7.2.2/20");
}

static void rule6_untrusted_chain_is_rejected_by_default(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        struct wire *w = wire_new(r == TLSN_SERVER ? "ec:secp256r1" : NULL);

        OK(tlsn_config_add_credential(w->end[!r].config, wire_stranger()));
        OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
        wire_open(w);
        wire_run(w);
        assert_int_equal(w->end[r].status, TLSN_ERR_CERT_UNKNOWN_CA);
        assert_int_equal(tlsn_conn_error(w->end[!r].conn)->alert_received, 48);
        assert_false(tlsn_handshake_done(w->end[!r].conn));
        wire_free(w);
    }
    REQ("5246:7.2.2/19");
}

/* ---- rule 8 ---- */

struct shared {
    tlsn_config *config[2];
};

static bool thread_turn(tlsn_conn *from, uint8_t *bytes, size_t *len)
{
    uint8_t out[16384];
    size_t n, written;
    tlsn_status st = tlsn_handshake(from, bytes, *len, &n, out, sizeof out, &written);

    memcpy(bytes, out, written);
    *len = written;
    return st >= 0;
}

static bool one_connection(const struct shared *s, tlsn_session **session)
{
    uint8_t bytes[16384];
    tlsn_conn *c[2] = { NULL, NULL };
    size_t len = 0;
    bool good = true;

    for (int r = 0; r < 2; r++)
        good = good && tlsn_conn_new(&c[r], (enum tlsn_role)r, s->config[r]) == TLSN_OK;
    good = good && tlsn_conn_set_server_name(c[0], "server.example") == TLSN_OK;
    good = good && (!*session || tlsn_conn_set_session(c[0], *session) == TLSN_OK);
    for (int i = 0; good && i < 8; i++)
        good = thread_turn(c[i % 2], bytes, &len);
    good = good && tlsn_handshake_done(c[0]) && tlsn_handshake_done(c[1]);
    tlsn_session_free(*session);
    *session = NULL;
    good = good && tlsn_conn_get_session(c[0], session) == TLSN_OK;
    tlsn_conn_free(c[0]);
    tlsn_conn_free(c[1]);
    return good;
}

static void *thread_main(void *arg)
{
    tlsn_session *session = NULL;
    bool good = true;

    for (int i = 0; good && i < 20; i++) {
        if (i % 4 == 0) {
            tlsn_session_free(session);
            session = NULL;
        }
        good = one_connection(arg, &session);
    }
    tlsn_session_free(session);
    return good ? arg : NULL;
}

static void share(struct shared *s, const char *key, bool tickets)
{
    pthread_t thread[8];

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_new(&s->config[r], NULL));
        OK(tlsn_config_set_versions(s->config[r], TLSN_TLS1_2, TLSN_TLS1_2));
        OK(tlsn_config_set_trust(s->config[r], wire_trust()));
        OK(tlsn_config_set_feature(s->config[r], TLSN_FEATURE_TICKETS, tickets));
        OK(tlsn_config_add_credential(s->config[r], wire_credential(key)));
    }
    OK(tlsn_config_set_client_auth(s->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_freeze(s->config[0]));
    OK(tlsn_config_freeze(s->config[1]));
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, thread_main, s), 0);
    for (int i = 0; i < 8; i++) {
        void *good;

        assert_int_equal(pthread_join(thread[i], &good), 0);
        assert_non_null(good);
    }
    tlsn_config_free(s->config[0]);
    tlsn_config_free(s->config[1]);
}

static void rule8_configurations_are_shared_by_threads(void **state)
{
    struct shared s;

    (void)state;
    share(&s, "ec:secp256r1", true);
    share(&s, "rsa:2048", false);
}

static void rule8_frozen_configuration_does_not_change(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_config *c = w->end[TLSN_SERVER].config;

    (void)state;
    wire_open(w);
    assert_int_equal(tlsn_config_set_suites(c, "TLS_RSA_WITH_AES_128_CBC_SHA"), TLSN_ERR_FROZEN);
    assert_int_equal(tlsn_config_set_alpn(c, "h2"), TLSN_ERR_FROZEN);
    assert_int_equal(tlsn_config_add_credential(c, wire_credential("ed25519")), TLSN_ERR_FROZEN);
    assert_int_equal(tlsn_config_set_policy(c, "modern"), TLSN_ERR_FROZEN);
    wire_run(w);
    assert_true(wire_done(w));
    wire_free(w);
}

/* ---- rule 9 ---- */

static void rule9_idle_connections_hold_their_keys_and_little_else(void **state)
{
    struct tlsn_suite_info suite;

    (void)state;
    for (size_t i = 0; tlsn_suite_info(i, &suite); i++) {
        struct wire *w = suite.implemented ? wire_with_suite(suite.name) : NULL;
        size_t before[2];

        if (!w)
            continue;
        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_freeze(w->end[r].config));
            before[r] = w->end[r].env.live_bytes;
        }
        wire_shake(w);
        wire_say(w, TLSN_CLIENT, 20000);
        wire_say(w, TLSN_SERVER, 20000);
        for (int r = 0; r < 2; r++) {
            assert_null(w->end[r].conn->scratch);
            assert_null(w->end[r].conn->out.data);
            assert_null(tlsni_conn_rare(w->end[r].conn)->plain.data);
            assert_null(w->end[r].conn->post.data);
            /* Nettle's tables for GCM are 4 KB and more in each direction */
            assert_in_range(w->end[r].env.live_bytes - before[r], 1, 12 * 1024);
        }
        wire_free(w);
    }
}

/* Keys apart. A field that few connections use belongs into struct tlsni_rare, one that a handshake
 * uses into struct tlsni_scratch. */
static void rule9_connection_itself_is_small(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    assert_in_range(sizeof *w->end[0].conn, 1, 448);
    wire_open(w);
    for (int r = 0; r < 2; r++)
        assert_null(w->end[r].conn->rare);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule6_errors_stick_and_alerts_can_be_drained),
        cmocka_unit_test(rule6_misuse_changes_nothing),
        cmocka_unit_test(rule6_rejected_verdict_sends_its_alert_before_finished),
        cmocka_unit_test(rule6_untrusted_chain_is_rejected_by_default),
        cmocka_unit_test(rule8_configurations_are_shared_by_threads),
        cmocka_unit_test(rule8_frozen_configuration_does_not_change),
        cmocka_unit_test(rule9_idle_connections_hold_their_keys_and_little_else),
        cmocka_unit_test(rule9_connection_itself_is_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
