/* Rules 6, 8, 9 and 10 of the engine's contract: errors that stick, configurations shared by threads,
 * small idle connections, secrets that are wiped; and each allocation failing in turn. */
#include "support_wire.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cipher/prf.h"
#include "cipher/suite.h"
#include "conn.h"
#include "handshake/credential.h"
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
        struct wire *w = suite.implemented ? wire_new("ec:secp256r1") : NULL;
        size_t before[2];

        if (!w)
            continue;
        OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_credential("rsa:2048")));
        OK(tlsn_config_set_suites(w->end[TLSN_CLIENT].config, suite.name));
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
            assert_null(w->end[r].conn->plain.data);
            assert_null(w->end[r].conn->post.data);
            /* Nettle's tables for GCM are 4 KB and more in each direction */
            assert_in_range(w->end[r].env.live_bytes - before[r], 1, 12 * 1024);
        }
        wire_free(w);
    }
}

/* ---- rule 10 ---- */

/* What the client's second record, ClientKeyExchange, has in it. */
static void watch_premaster(struct wire *w, const struct wire *known)
{
    static struct wire_tape tape;
    const tlsn_credential *c = wire_credential("rsa:2048");
    uint8_t premaster[48] = { 0 };

    wire_record(known, TLSN_CLIENT, &tape);
    OK(tlsni_privkey_rsa_premaster(c->key, NULL,
                                   (struct tlsn_span){ tape.data + wire_record_at(&tape, 1) + 11, 256 },
                                   0x0303, premaster));
    assert_int_equal(premaster[0] << 8 | premaster[1], 0x0303);
    for (int r = 0; r < 2; r++)
        wire_watch(&w->end[r].env, premaster, 48);
}

/* The master secret and pieces of the key block, known from an earlier run with the same seed. */
static void watch(struct wire *w, const struct wire *known, uint16_t suite)
{
    const struct tlsni_suite *row = tlsni_suite_find(suite);
    const uint8_t *hello[2] = { known->end[0].sent + 11, known->end[1].sent + 11 };
    uint8_t block[64];

    tlsni_prf_tls12(tlsni_hash_find(row->prf), known->end[0].master, 48, "key expansion",
                    (struct tlsn_span){ hello[1], 32 }, (struct tlsn_span){ hello[0], 32 }, block,
                    sizeof block);
    wire_watch(&w->end[TLSN_SERVER].env, known->end[1].config->hs.ticket_secret, 32);
    if (row->kx == TLSNI_KX_RSA)
        watch_premaster(w, known);
    for (int r = 0; r < 2; r++) {
        wire_watch(&w->end[r].env, known->end[0].master, 48);
        wire_watch(&w->end[r].env, block, 16);
        wire_watch(&w->end[r].env, block + 32, 16);
    }
}

static struct wire *prepared(const char *suite, bool tickets)
{
    struct wire *w = wire_new("ec:secp256r1");

    OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_credential("rsa:2048")));
    OK(tlsn_config_set_suites(w->end[TLSN_CLIENT].config, suite));
    OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_TICKETS, tickets));
    return w;
}

static void check_wiped(const struct tlsn_suite_info *suite, bool tickets)
{
    struct wire *known = prepared(suite->name, tickets), *w = prepared(suite->name, tickets);
    tlsn_session *s;

    wire_shake(known);
    watch(w, known, suite->id);
    wire_shake(w);
    assert_memory_equal(w->end[0].master, known->end[0].master, 48);
    wire_say(w, TLSN_CLIENT, 10);
    s = wire_session(w);
    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_memory_equal(w->end[0].master, known->end[0].master, 48);
    tlsn_session_free(s);
    wire_free(w); /* checks that no block had one of them in it */
    wire_free(known);
}

static void rule10_test_finds_a_secret_that_is_not_wiped(void **state)
{
    struct wire_env env;
    uint8_t *p;

    (void)state;
    wire_env_init(&env, 1);
    wire_watch(&env, "0123456789abcdef", 16);
    p = env.hooks.alloc(&env, 40);
    memcpy(p + 24, "0123456789abcdef", 16);
    env.hooks.release(&env, p);
    assert_int_equal(env.leaks, 1);
}

static void rule10_secrets_are_gone_from_memory_that_is_given_back(void **state)
{
    struct tlsn_suite_info suite;

    (void)state;
    for (size_t i = 0; tlsn_suite_info(i, &suite); i++)
        if (suite.implemented)
            check_wiped(&suite, i % 2);
}

static void rule10_secrets_of_a_failed_handshake_are_gone_too(void **state)
{
    struct wire *known = prepared("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", true);
    struct wire *w = prepared("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", true);

    (void)state;
    wire_shake(known);
    watch(w, known, 0xc02b);
    wire_open(w);
    while (!w->end[TLSN_SERVER].has_master) {
        (void)wire_turn(w, TLSN_CLIENT);
        (void)wire_turn(w, TLSN_SERVER);
    }
    assert_memory_equal(w->end[TLSN_SERVER].master, known->end[0].master, 48);
    assert_int_equal(tlsn_transport_eof(client(w)), TLSN_ERR_TRUNCATED);
    wire_free(w);
    wire_free(known);
    REQ("5246:7.2.2/2");
}

/* A handshake and some data on a stack of the test's own, and what that has in it afterwards. */
enum { STACK = 1 << 18 };

struct stacked {
    struct wire *w;
    uint8_t *stack, *copy;
};

static void shake_and_resume(struct wire *w)
{
    tlsn_session *s;

    wire_shake(w);
    wire_say(w, TLSN_CLIENT, 10);
    s = wire_session(w);
    wire_resume(w, s);
    wire_say(w, TLSN_SERVER, 10);
    tlsn_session_free(s);
}

/* The copy is made here since the C library may give the pages back at the end of the thread. */
static void *on_own_stack(void *arg)
{
    struct stacked *s = arg;
    void (*volatile run)(struct wire *w) = shake_and_resume;

    run(s->w);
    memcpy(s->copy, s->stack, STACK);
    return NULL;
}

static size_t count_in(const uint8_t *data, const struct wire_secret *s)
{
    size_t n = 0;

    for (size_t i = 0; i + s->len <= STACK; i++)
        n += data[i] == s->data[0] && memcmp(data + i, s->data, s->len) == 0;
    return n;
}

static void check_stack(const struct tlsn_suite_info *suite, bool tickets)
{
    struct wire *known = prepared(suite->name, tickets), *w = prepared(suite->name, tickets);
    struct stacked s = { w, aligned_alloc(4096, STACK), malloc(STACK) };
    const struct wire_env *env = &w->end[TLSN_SERVER].env;
    pthread_attr_t attr;
    pthread_t thread;

    assert_true(s.stack && s.copy);
    wire_shake(known);
    watch(w, known, suite->id);
    memset(s.stack, 0, STACK);
    assert_int_equal(pthread_attr_init(&attr), 0);
    assert_int_equal(pthread_attr_setstack(&attr, s.stack, STACK), 0);
    assert_int_equal(pthread_create(&thread, &attr, on_own_stack, &s), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(pthread_attr_destroy(&attr), 0);
    for (size_t i = 0; i < env->secrets; i++)
        assert_int_equal(count_in(s.copy, &env->secret[i]), 0);
    wire_free(w);
    wire_free(known);
    free(s.stack);
    free(s.copy);
}

/* The sanitizer guards what is below the stack pointer, and keeps locals elsewhere. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STACK_IS_GUARDED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define STACK_IS_GUARDED
#endif

static void rule10_secrets_are_gone_from_the_stack(void **state)
{
    struct tlsn_suite_info suite;

    (void)state;
#ifdef STACK_IS_GUARDED
    print_message("skipped: the address sanitizer guards the stack\n");
    skip();
#endif
    for (size_t i = 0; tlsn_suite_info(i, &suite); i++)
        if (suite.implemented)
            check_stack(&suite, i % 2);
}

/* ---- each allocation fails once ---- */

static struct wire *with_client_auth(void)
{
    struct wire *w = wire_new("ec:secp256r1");

    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, wire_credential("ec:secp256r1")));
    OK(tlsn_config_set_alpn(w->end[TLSN_CLIENT].config, "h2"));
    OK(tlsn_config_set_alpn(w->end[TLSN_SERVER].config, "h2"));
    OK(tlsn_config_set_server_names(w->end[TLSN_SERVER].config, "server.example"));
    return w;
}

/* Memory was missing behind the last flight: the peer hears of it at once. */
static void check_hears(struct wire *w, enum tlsn_role role)
{
    uint8_t got[8];
    size_t len;

    assert_int_equal(wire_read(w, role, got, sizeof got, &len), TLSN_ERR_ALERT);
    assert_int_equal(tlsn_conn_error(w->end[role].conn)->alert_received, 80);
}

/* Handshakes of which one side's n-th allocation fails, for every n until it gets through. Returns n. */
static size_t fail_each(struct wire *w, enum tlsn_role role, const tlsn_session *session, bool all)
{
    struct wire_env *env = &w->end[role].env;
    size_t n;

    for (n = 1;; n++) {
        tlsn_status st;

        wire_open(w);
        /* A session that failed is forgotten; the next one must not get its ID again. */
        w->end[TLSN_SERVER].env.seed += n << 32;
        if (session)
            OK(tlsn_conn_set_session(client(w), session));
        env->failed = 0;
        env->fail_on = all;
        env->fail_at = env->allocs + n;
        wire_run(w);
        st = w->end[role].status;
        env->fail_at = 0;
        if (!env->failed)
            break;
        /* Some of what is kept is not needed: a text, an entry of the cache. */
        assert_true(st == TLSN_ERR_NO_MEMORY || wire_done(w));
        if (st == TLSN_ERR_NO_MEMORY && tlsn_handshake_done(w->end[!role].conn))
            check_hears(w, (enum tlsn_role)!role);
        assert_true(n < 1000);
    }
    assert_true(wire_done(w));
    return n;
}

static void no_memory_at_any_allocation_is_a_clean_error(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct wire *w = with_client_auth();
        tlsn_session *s = NULL;

        OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_TICKETS, i & 4));
        wire_shake(w);
        if (i & 2)
            s = wire_session(w);
        assert_in_range(fail_each(w, (enum tlsn_role)(i & 1), s, false), 3, 150);
        (void)fail_each(w, (enum tlsn_role)(i & 1), s, true);
        tlsn_session_free(s);
        wire_free(w); /* checks that nothing is left */
    }
    REQ("5246:7.2.2/26");
}

static void no_memory_in_a_key_exchange_of_each_kind_is_a_clean_error(void **state)
{
    static const char *const suites[] = { "TLS_RSA_WITH_AES_128_CBC_SHA",
                                          "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
                                          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" };

    (void)state;
    for (int i = 0; i < 6; i++) {
        struct wire *w = prepared(suites[i / 2], true);

        (void)fail_each(w, (enum tlsn_role)(i & 1), NULL, false);
        wire_free(w);
    }
}

static tlsn_status set_up(tlsn_config **config, const struct wire_env *env, const tlsn_session *session,
                          tlsn_conn **conn)
{
    tlsn_config *c;
    tlsn_status st = tlsn_config_new(&c, &env->hooks);

    *config = c;
    if (st == TLSN_OK)
        st = tlsn_config_set_policy(c, "compat");
    if (st == TLSN_OK)
        st = tlsn_config_set_suites(c, "TLS_RSA_WITH_AES_128_CBC_SHA,ECDHE-RSA-AES128-GCM-SHA256");
    if (st == TLSN_OK)
        st = tlsn_config_set_groups(c, "P-256,X25519");
    if (st == TLSN_OK)
        st = tlsn_config_set_sigalgs(c, "RSA+SHA256");
    if (st == TLSN_OK)
        st = tlsn_config_set_alpn(c, "h2,http/1.1");
    if (st == TLSN_OK)
        st = tlsn_config_set_server_names(c, "a.example,b.example");
    if (st == TLSN_OK)
        st = tlsn_config_set_trust(c, wire_trust());
    if (st == TLSN_OK)
        st = tlsn_config_set_client_auth(c, TLSN_CLIENT_AUTH_REQUEST);
    for (int i = 0; st == TLSN_OK && i < 6; i++)
        st = tlsn_config_add_credential(c, wire_credential("rsa:2048"));
    if (st == TLSN_OK)
        st = tlsn_conn_new(conn, TLSN_CLIENT, c);
    if (st == TLSN_OK)
        st = tlsn_conn_set_server_name(*conn, "server.example");
    if (st == TLSN_OK)
        st = tlsn_conn_set_verify_name(*conn, "server.example");
    return st == TLSN_OK ? tlsn_conn_set_session(*conn, session) : st;
}

static void no_memory_in_setting_up_is_a_clean_error(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_session *s;
    size_t n;

    (void)state;
    wire_shake(w);
    s = wire_session(w);
    for (n = 1; n < 200; n++) {
        struct wire_env env;
        tlsn_config *config = NULL;
        tlsn_conn *conn = NULL;
        tlsn_status st;

        wire_env_init(&env, 1);
        env.fail_at = n;
        st = set_up(&config, &env, s, &conn);
        assert_int_equal(st, env.failed ? TLSN_ERR_NO_MEMORY : TLSN_OK);
        tlsn_conn_free(conn);
        tlsn_config_free(config);
        assert_int_equal(env.live, 0);
        if (!env.failed)
            break;
    }
    assert_in_range(n, 10, 100);
    tlsn_session_free(s);
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
        cmocka_unit_test(rule10_test_finds_a_secret_that_is_not_wiped),
        cmocka_unit_test(rule10_secrets_are_gone_from_memory_that_is_given_back),
        cmocka_unit_test(rule10_secrets_are_gone_from_the_stack),
        cmocka_unit_test(rule10_secrets_of_a_failed_handshake_are_gone_too),
        cmocka_unit_test(no_memory_at_any_allocation_is_a_clean_error),
        cmocka_unit_test(no_memory_in_setting_up_is_a_clean_error),
        cmocka_unit_test(no_memory_in_a_key_exchange_of_each_kind_is_a_clean_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
