/* Rule 10 of the engine's contract: secrets are wiped when they die, in memory that is given back
 * and on the stack. */
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

static uint16_t version_of(const struct wire *w)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(w->end[TLSN_CLIENT].conn, &info);
    return info.version;
}

/* What the client's second record, ClientKeyExchange, has in it. */
static void watch_premaster(struct wire *w, const struct wire *known)
{
    static struct wire_tape tape;
    const tlsn_credential *c = wire_credential("rsa:2048");
    uint8_t premaster[48] = { 0 };
    struct tlsn_span sealed;

    wire_record(known, TLSN_CLIENT, &tape);
    sealed = (struct tlsn_span){ tape.data + wire_record_at(&tape, 1) + 11, 256 };
    OK(tlsni_privkey_rsa_premaster(c->key, NULL, sealed, version_of(known), premaster));
    assert_int_equal(premaster[0] << 8 | premaster[1], version_of(known));
    for (int r = 0; r < 2; r++)
        wire_watch(&w->end[r].env, premaster, 48);
}

/* The secrets that stages of TLS 1.3 derive from, which are in no key log: taken when what is derived goes there. */
static struct {
    struct tlsni_hs_host host;
    struct wire_secret secret[2];
    size_t count;
} stages;

static void take_stage(void *ctx, const char *label, const struct tlsni_secret *secret)
{
    const tlsn_conn *c = ctx;
    const struct tlsni_secret *stage = &c->scratch->hs.tls13.keys.stage;
    struct wire_secret *s;

    tlsni_conn_host.key_log(ctx, label, secret);
    if (strncmp(label, "CLIENT_", 7) != 0 || !strstr(label, "TRAFFIC"))
        return;
    assert_true(stages.count < 2);
    s = &stages.secret[stages.count++];
    memcpy(s->data, stage->data, s->len = stage->len);
}

/* A first run, to know what to look for in the next. */
static void shake_known(struct wire *known)
{
    tlsn_conn *client;

    wire_open(known);
    client = known->end[TLSN_CLIENT].conn;
    stages.host = tlsni_conn_host;
    stages.host.key_log = take_stage;
    stages.count = 0;
    OK(tlsni_conn_start(client));
    client->scratch->hs.host = &stages.host;
    wire_run(known);
    assert_true(wire_done(known));
}

/* The secrets of TLS 1.3. */
static void watch_logged(struct wire *w, const struct wire *known)
{
    const struct wire_end *e = &known->end[TLSN_CLIENT];

    assert_int_equal(stages.count, 2);
    for (size_t i = 0; i < stages.count; i++)
        for (int r = 0; r < 2; r++)
            wire_watch(&w->end[r].env, stages.secret[i].data, stages.secret[i].len);

    wire_watch(&w->end[TLSN_SERVER].env, known->end[1].config->hs.ticket_secret, 32);
    assert_int_equal(e->logged_count, 5);
    for (size_t i = 0; i < e->logged_count; i++)
        for (int r = 0; r < 2; r++)
            wire_watch(&w->end[r].env, e->logged[i].data, e->logged[i].len);
}

/* The master secret and pieces of the key block, known from an earlier run with the same seed. */
static void watch(struct wire *w, const struct wire *known, uint16_t suite)
{
    const struct tlsni_suite *row = tlsni_suite_find(suite);
    const uint8_t *hello[2] = { known->end[0].sent + 11, known->end[1].sent + 11 };
    uint8_t block[64];

    if (row->kx == TLSNI_KX_TLS13) {
        watch_logged(w, known);
        return;
    }
    tlsni_version_find(version_of(known))->prf(
        tlsni_hash_find(row->prf), known->end[0].master, 48, "key expansion",
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
    struct wire *w = wire_with_suite(suite);

    if (tlsni_suite_by_name(suite, strlen(suite))->kx == TLSNI_KX_TLS13) /* there is nothing else */
        tickets = true;
    OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_TICKETS, tickets));
    return w;
}

static void check_wiped(const struct tlsn_suite_info *suite, bool tickets)
{
    struct wire *known = prepared(suite->name, tickets), *w = prepared(suite->name, tickets);
    tlsn_session *s;

    shake_known(known);
    watch(w, known, suite->id);
    wire_shake(w);
    assert_memory_equal(w->end[0].master, known->end[0].master, 48);
    wire_say(w, TLSN_CLIENT, 10);
    s = wire_session(w);
    wire_resume(w, s);
    assert_true(wire_done(w));
    if (suite->max_version < TLSN_TLS1_3) /* where a session goes on with its own secret */
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

/* The secret of tickets is among them: it goes with its configuration. */
static void rule10_secrets_are_gone_from_memory_that_is_given_back(void **state)
{
    struct tlsn_suite_info suite;

    (void)state;
    for (size_t i = 0; tlsn_suite_info(i, &suite); i++)
        if (suite.implemented)
            check_wiped(&suite, i % 2);
    REQ("9325:3.4/5");
    REQ("8446:7.1/2");
}

static void rule10_secrets_of_a_failed_handshake_are_gone_too(void **state)
{
    struct wire *known = prepared("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", true);
    struct wire *w = prepared("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", true);

    (void)state;
    shake_known(known);
    watch(w, known, 0xc02b);
    wire_open(w);
    while (!w->end[TLSN_SERVER].has_master) {
        (void)wire_turn(w, TLSN_CLIENT);
        (void)wire_turn(w, TLSN_SERVER);
    }
    assert_memory_equal(w->end[TLSN_SERVER].master, known->end[0].master, 48);
    assert_int_equal(tlsn_transport_eof(w->end[TLSN_CLIENT].conn), TLSN_ERR_TRUNCATED);
    wire_free(w);
    wire_free(known);
    REQ("5246:7.2.2/2");
}

/* A handshake and some data on a stack of the test's own, and what that has in it afterwards. */
enum { STACK = 1 << 18 };

struct stacked {
    struct wire *w;
    void (*run)(struct wire *w);
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
    void (*volatile run)(struct wire *w) = s->run;

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

/* Runs on a stack of its own and looks there for the secrets of the server's list. */
static void check_run(struct wire *w, void (*run)(struct wire *w))
{
    struct stacked s = { w, run, aligned_alloc(4096, STACK), malloc(STACK) };
    const struct wire_env *env = &w->end[TLSN_SERVER].env;
    pthread_attr_t attr;
    pthread_t thread;

    assert_true(s.stack && s.copy);
    memset(s.stack, 0, STACK);
    assert_int_equal(pthread_attr_init(&attr), 0);
    assert_int_equal(pthread_attr_setstack(&attr, s.stack, STACK), 0);
    assert_int_equal(pthread_create(&thread, &attr, on_own_stack, &s), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(pthread_attr_destroy(&attr), 0);
    for (size_t i = 0; i < env->secrets; i++)
        assert_int_equal(count_in(s.copy, &env->secret[i]), 0);
    free(s.stack);
    free(s.copy);
}

static void check_stack(const struct tlsn_suite_info *suite, bool tickets)
{
    struct wire *known = prepared(suite->name, tickets), *w = prepared(suite->name, tickets);

    shake_known(known);
    watch(w, known, suite->id);
    check_run(w, shake_and_resume);
    wire_free(w);
    wire_free(known);
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

static const char short_premaster[] = "forty-seven bytes are one too few for a premaste";

/* A private key that is held outside, and a holder that makes a mistake. */
static tlsn_status decrypt_too_little(void *ctx, tlsn_conn *conn, const struct tlsn_key_op *op,
                                      uint8_t *result, size_t cap, size_t *len)
{
    (void)ctx;
    (void)conn;
    assert_int_equal(op->kind, TLSN_KEY_OP_DECRYPT);
    assert_true(cap >= 48);
    *len = 47;
    memcpy(result, short_premaster, *len);
    return TLSN_OK;
}

static void fail_to_decrypt(struct wire *w)
{
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_KEY_OP);
}

static void rule10_result_of_a_key_callback_that_is_refused_is_wiped(void **state)
{
    const struct tlsn_callbacks cb = { .key_op = decrypt_too_little };
    struct wire *w;

    (void)state;
#ifdef STACK_IS_GUARDED
    print_message("skipped: the address sanitizer guards the stack\n");
    skip();
#endif
    w = wire_new("ec:secp256r1");
    OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_external("rsa:2048")));
    OK(tlsn_config_set_callbacks(w->end[TLSN_SERVER].config, &cb));
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_suites(w->end[r].config, "TLS_RSA_WITH_AES_128_GCM_SHA256"));
    wire_watch(&w->end[TLSN_SERVER].env, (const uint8_t *)short_premaster, 47);
    check_run(w, fail_to_decrypt);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule10_test_finds_a_secret_that_is_not_wiped),
        cmocka_unit_test(rule10_secrets_are_gone_from_memory_that_is_given_back),
        cmocka_unit_test(rule10_secrets_are_gone_from_the_stack),
        cmocka_unit_test(rule10_result_of_a_key_callback_that_is_refused_is_wiped),
        cmocka_unit_test(rule10_secrets_of_a_failed_handshake_are_gone_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
