/* Rules 1 and 2 of the engine's contract: each question as a suspension and as a callback, and the
 * same bytes whatever the sizes of input and output. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "handshake/credential.h"
#include "req.h"

/* ---- rule 2 ---- */

static struct wire *with_client_auth(const char *suite)
{
    struct wire *w = wire_with_suite(suite);

    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUEST));
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, wire_credential("ec:secp256r1")));
    return w;
}

struct sizes {
    size_t step, cap;
    uint64_t chance;
};

static void apply(struct wire *w, const struct sizes *s)
{
    w->step = s->step;
    w->cap = s->cap;
    w->chance = s->chance;
}

/* Full, resumed, data, closing: all that this side sends is appended to the tape. */
static void play(const char *suite, const struct sizes *sizes, struct wire_tape tape[2])
{
    struct wire *w = with_client_auth(suite);
    tlsn_session *s;

    apply(w, sizes);
    wire_shake(w);
    wire_say(w, TLSN_CLIENT, 300);
    wire_say(w, TLSN_SERVER, 20000);
    wire_record(w, TLSN_CLIENT, &tape[0]);
    wire_record(w, TLSN_SERVER, &tape[1]);
    s = wire_session(w);
    wire_resume(w, s);
    assert_true(wire_done(w));
    wire_say(w, TLSN_SERVER, 3);
    for (int r = 0; r < 2; r++) {
        memcpy(tape[r].data + tape[r].len, w->end[r].sent, w->end[r].sent_len);
        tape[r].len += w->end[r].sent_len;
    }
    tlsn_session_free(s);
    wire_free(w);
}

static void check_sizes(const char *suite, const struct sizes *sizes, size_t count)
{
    static struct wire_tape good[2], other[2];
    static const struct sizes once;

    play(suite, &once, good);
    for (size_t i = 0; i < count; i++) {
        play(suite, &sizes[i], other);
        for (int r = 0; r < 2; r++) {
            assert_int_equal(good[r].len, other[r].len);
            assert_int_equal(memcmp(good[r].data, other[r].data, good[r].len), 0);
        }
    }
}

static void rule2_single_bytes_give_the_same_as_one_call(void **state)
{
    static const struct sizes sizes[] = { { .step = 1, .cap = 1 } };
    struct tlsn_suite_info suite;

    (void)state;
    for (size_t i = 0; tlsn_suite_info(i, &suite); i++)
        if (suite.implemented)
            check_sizes(suite.name, sizes, 1);
    REQ("5246:6.2.1/3");
}

static void rule2_sizes_of_all_kinds_give_the_same_as_one_call(void **state)
{
    static const char *const suites[] = { "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                                          "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_AES_128_GCM_SHA256" };
    struct sizes sizes[40] = { { .step = 1 }, { .cap = 1 }, { .step = 2, .cap = 3 },
                               { .step = 5, .cap = 4096 }, { .step = 16384, .cap = 5 } };

    (void)state;
    for (size_t i = 5; i < 40; i++)
        sizes[i].chance = i;
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
        check_sizes(suites[i], sizes, 40);
}

/* ---- rule 1 and the questions ---- */

enum { ASK_CONFIG = 1, ASK_VERDICT = 2, ASK_CREDENTIAL = 4, ASK_KEY_OP = 8 };

struct answers {
    struct wire *w;
    tlsn_config *second;       /* for NEED_CONFIG */
    unsigned questions;        /* bits of those that came */
    unsigned callbacks;
};

static tlsn_status run_key_op(const struct tlsn_key_op *op, const char *kind, uint8_t *out,
                              size_t *len)
{
    const tlsn_credential *c = wire_credential(kind);

    if (op->kind == TLSN_KEY_OP_DECRYPT) {
        memset(out, 7, 48);
        *len = 48;
        return tlsni_privkey_rsa_premaster(c->key, NULL, op->input, 0x0303, out);
    }
    const struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(op->scheme));

    return tlsni_privkey_sign(c->key, NULL, &params, op->input, out, len);
}

/* Every answer that nobody asked for is refused and changes nothing. */
static void refuse_others(tlsn_conn *c, tlsn_status open)
{
    if (open != TLSN_NEED_CONFIG)
        assert_int_equal(tlsn_conn_set_config(c, NULL), TLSN_ERR_MISUSE);
    if (open != TLSN_NEED_VERDICT) {
        assert_int_equal(tlsn_set_verdict(c, TLSN_OK), TLSN_ERR_MISUSE);
        assert_int_equal(tlsn_verify_default(c, NULL), TLSN_ERR_MISUSE);
    }
    if (open != TLSN_NEED_CREDENTIAL) {
        assert_int_equal(tlsn_conn_set_credential(c, NULL), TLSN_ERR_MISUSE);
        assert_null(tlsn_certificate_request(c));
    }
    if (open != TLSN_NEED_KEY_OP)
        assert_int_equal(tlsn_key_op_complete(c, TLSN_OK, "x", 1), TLSN_ERR_MISUSE);
    if (open != TLSN_NEED_SESSION)
        assert_int_equal(tlsn_session_answer(c, NULL, 0), TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_question(c), open);
}

static void answer_key_op(tlsn_conn *c, const char *kind)
{
    struct tlsn_key_op op;
    uint8_t out[2048];
    size_t len;

    assert_true(tlsn_key_op(c, &op));
    OK(run_key_op(&op, kind, out, &len));
    assert_int_equal(tlsn_key_op_complete(c, TLSN_OK, NULL, 0), TLSN_ERR_ARGUMENT);
    OK(tlsn_key_op_complete(c, TLSN_OK, out, len));
}

static void answer(struct answers *a, enum tlsn_role role, const char *kind)
{
    struct wire *w = a->w;
    tlsn_conn *c = w->end[role].conn;
    tlsn_status st = w->end[role].status;

    assert_int_equal(tlsn_question(c), st);
    refuse_others(c, st);
    switch (st) {
    case TLSN_NEED_CONFIG:
        a->questions |= ASK_CONFIG;
        assert_int_equal(tlsn_client_hello(c)->server_name.len, strlen("server.example"));
        OK(tlsn_conn_set_config(c, a->second));
        break;
    case TLSN_NEED_VERDICT:
        a->questions |= ASK_VERDICT;
        assert_true(tlsn_conn_peer_cert(c, 0).len > 0);
        OK(tlsn_verify_default(c, NULL));
        OK(tlsn_set_verdict(c, TLSN_OK));
        break;
    case TLSN_NEED_CREDENTIAL:
        a->questions |= ASK_CREDENTIAL;
        assert_true(tlsn_certificate_request(c)->sigalgs.len > 0);
        OK(tlsn_conn_set_credential(c, wire_external(kind)));
        break;
    case TLSN_NEED_KEY_OP:
        a->questions |= ASK_KEY_OP;
        answer_key_op(c, kind);
        break;
    default:
        fail_msg("unexpected status %s", tlsn_status_name(st));
    }
    assert_int_equal(tlsn_question(c), TLSN_OK);
}

/* Repeated calls at a question consume nothing and say the same. */
static void insist(struct wire *w, enum tlsn_role role)
{
    tlsn_status st = w->end[role].status;
    size_t in = w->end[role].in_len, out = w->end[role].sent_len;

    for (int i = 0; i < 3; i++)
        (void)wire_turn(w, role);
    assert_int_equal(w->end[role].status, st);
    assert_int_equal(w->end[role].in_len, in);
    assert_int_equal(w->end[role].sent_len, out);
}


static tlsn_config *server_config(struct wire *w, tlsn_credential *credential)
{
    tlsn_config *c;

    OK(tlsn_config_new(&c, &w->end[TLSN_SERVER].env.hooks));
    OK(tlsn_config_set_versions(c, TLSN_TLS1_2, TLSN_TLS1_2));
    OK(tlsn_config_set_policy(c, "compat"));
    OK(tlsn_config_set_trust(c, wire_trust()));
    OK(tlsn_config_add_credential(c, credential));
    OK(tlsn_config_set_client_auth(c, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_set_verify_mode(c, TLSN_VERIFY_SUSPEND));
    return c;
}

static void suspend_all(const char *kind, const char *suite, const struct sizes *sizes)
{
    struct wire *w = wire_new(NULL);
    struct answers a = { .w = w };
    tlsn_config *client = w->end[TLSN_CLIENT].config;

    apply(w, sizes);
    a.second = server_config(w, wire_external(kind));
    wire_set_suite_version(w, suite);
    OK(tlsn_config_set_suites(client, suite));
    OK(tlsn_config_set_verify_mode(client, TLSN_VERIFY_SUSPEND));
    OK(tlsn_config_set_credential_suspend(client, true));
    wire_open(w);
    tlsn_conn_free(w->end[TLSN_SERVER].conn);
    OK(tlsn_conn_new(&w->end[TLSN_SERVER].conn, TLSN_SERVER, NULL));
    memcpy(w->end[TLSN_SERVER].master, "no", 2);
    for (int i = 0; i < 40 && !wire_done(w); i++) {
        wire_run(w);
        for (int r = 0; r < 2; r++)
            if (tlsn_question(w->end[r].conn) != TLSN_OK) {
                insist(w, (enum tlsn_role)r);
                answer(&a, (enum tlsn_role)r, kind);
            }
    }
    assert_true(wire_done(w));
    wire_say(w, TLSN_CLIENT, 10);
    wire_say(w, TLSN_SERVER, 10);
    assert_int_equal(a.questions, ASK_CONFIG | ASK_VERDICT | ASK_CREDENTIAL | ASK_KEY_OP);
    tlsn_config_free(a.second);
    wire_free(w);
}

static void rule1_every_question_suspends_and_is_answered(void **state)
{
    static const struct sizes sizes[] = { { .step = 0 }, { .step = 1, .cap = 1 }, { .chance = 5 } };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        suspend_all("rsa:2048", "TLS_RSA_WITH_AES_128_CBC_SHA", &sizes[i]);
        suspend_all("rsa:2048", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", &sizes[i]);
        suspend_all("ec:secp384r1", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", &sizes[i]);
        suspend_all("ed25519", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", &sizes[i]);
        suspend_all("rsa:2048", "TLS_AES_128_GCM_SHA256", &sizes[i]);
        suspend_all("ec:secp384r1", "TLS_AES_256_GCM_SHA384", &sizes[i]);
        suspend_all("ed25519", "TLS_CHACHA20_POLY1305_SHA256", &sizes[i]);
    }
}

static tlsn_status say_verdict(void *ctx, tlsn_conn *conn)
{
    struct answers *a = ctx;

    a->callbacks |= ASK_VERDICT;
    return tlsn_verify_default(conn, NULL);
}

static tlsn_status say_config(void *ctx, tlsn_conn *conn, tlsn_config **config)
{
    struct answers *a = ctx;

    a->callbacks |= ASK_CONFIG;
    assert_non_null(tlsn_client_hello(conn));
    *config = a->second;
    return TLSN_OK;
}

static tlsn_status say_credential(void *ctx, tlsn_conn *conn, tlsn_credential **credential)
{
    struct answers *a = ctx;

    a->callbacks |= ASK_CREDENTIAL;
    assert_non_null(tlsn_certificate_request(conn));
    *credential = wire_credential("ec:secp256r1");
    return TLSN_OK;
}

static void rule1_callbacks_take_the_place_of_suspensions(void **state)
{
    struct wire *w = wire_new("rsa:2048");
    struct answers a = { .w = w };
    const struct tlsn_callbacks cb = { .verdict = say_verdict, .client_hello = say_config,
                                       .credential = say_credential, .ctx = &a };

    (void)state;
    a.second = server_config(w, wire_credential("ec:secp256r1"));
    OK(tlsn_config_set_callbacks(a.second, &cb));
    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_callbacks(w->end[r].config, &cb));
        OK(tlsn_config_set_verify_mode(w->end[r].config, TLSN_VERIFY_SUSPEND));
    }
    OK(tlsn_config_set_credential_suspend(w->end[TLSN_CLIENT].config, true));
    wire_shake(w);
    wire_agree(w);
    assert_int_equal(a.callbacks, ASK_VERDICT | ASK_CONFIG | ASK_CREDENTIAL);
    tlsn_config_free(a.second);
    wire_free(w);
}

static void rule1_session_is_looked_up_outside(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    uint8_t bytes[4096];
    tlsn_session *s;
    tlsn_config *other;
    struct tlsn_conn_info info;
    size_t len;

    (void)state;
    OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_TICKETS, false));
    wire_shake(w);
    s = wire_session(w);
    OK(tlsn_session_write(s, bytes, sizeof bytes, &len));
    tlsn_conn_free(w->end[TLSN_SERVER].conn);
    w->end[TLSN_SERVER].conn = NULL;
    other = server_config(w, wire_credential("ec:secp256r1"));
    OK(tlsn_config_set_client_auth(other, TLSN_CLIENT_AUTH_NONE));
    OK(tlsn_config_set_session_suspend(other, true));
    wire_set_config(w, TLSN_SERVER, other);
    for (int known = 0; known < 2; known++) {
        wire_resume(w, s);
        assert_int_equal(w->end[TLSN_SERVER].status, TLSN_NEED_SESSION);
        insist(w, TLSN_SERVER);
        refuse_others(w->end[TLSN_SERVER].conn, TLSN_NEED_SESSION);
        assert_int_equal(tlsn_session_wanted(w->end[TLSN_SERVER].conn).len, 32);
        OK(tlsn_session_answer(w->end[TLSN_SERVER].conn, bytes, known ? len : 0));
        wire_run(w);
        assert_true(wire_done(w));
        tlsn_conn_get_info(w->end[TLSN_SERVER].conn, &info);
        assert_int_equal(info.resumed, known ? TLSN_RESUMED_ID : TLSN_RESUMED_NO);
        wire_say(w, TLSN_SERVER, 10);
    }
    tlsn_session_free(s);
    wire_free(w);
}

static void rule1_session_of_foreign_bytes_counts_as_none(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_session *s;
    tlsn_config *other;

    (void)state;
    OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_TICKETS, false));
    wire_shake(w);
    s = wire_session(w);
    tlsn_conn_free(w->end[TLSN_SERVER].conn);
    w->end[TLSN_SERVER].conn = NULL;
    other = server_config(w, wire_credential("ec:secp256r1"));
    OK(tlsn_config_set_client_auth(other, TLSN_CLIENT_AUTH_NONE));
    OK(tlsn_config_set_session_suspend(other, true));
    wire_set_config(w, TLSN_SERVER, other);
    wire_resume(w, s);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_NEED_SESSION);
    OK(tlsn_session_answer(w->end[TLSN_SERVER].conn, "these are not bytes of a session", 32));
    wire_run(w);
    assert_true(wire_done(w));
    tlsn_session_free(s);
    wire_free(w);
}

static void rule1_failed_key_operation_ends_the_handshake(void **state)
{
    struct wire *w = wire_new(NULL);

    (void)state;
    OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_external("ec:secp256r1")));
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_NEED_KEY_OP);
    assert_int_equal(tlsn_key_op_complete(w->end[TLSN_SERVER].conn, TLSN_ERR_FILE, NULL, 0),
                     TLSN_ERR_KEY_OP);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_KEY_OP);
    assert_int_equal(tlsn_conn_error(w->end[TLSN_CLIENT].conn)->alert_received, 80);
    wire_free(w);
}

static void rule1_one_question_at_a_time_the_other_direction_flows(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    OK(tlsn_config_set_verify_mode(w->end[TLSN_CLIENT].config, TLSN_VERIFY_SUSPEND));
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_NEED_VERDICT);
    assert_int_equal(tlsn_set_verdict(w->end[TLSN_CLIENT].conn, TLSN_NEED_INPUT),
                     TLSN_ERR_ARGUMENT);
    OK(tlsn_set_verdict(w->end[TLSN_CLIENT].conn, TLSN_OK));
    assert_int_equal(tlsn_set_verdict(w->end[TLSN_CLIENT].conn, TLSN_OK), TLSN_ERR_MISUSE);
    wire_run(w);
    assert_true(wire_done(w));
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule2_single_bytes_give_the_same_as_one_call),
        cmocka_unit_test(rule2_sizes_of_all_kinds_give_the_same_as_one_call),
        cmocka_unit_test(rule1_every_question_suspends_and_is_answered),
        cmocka_unit_test(rule1_callbacks_take_the_place_of_suspensions),
        cmocka_unit_test(rule1_session_is_looked_up_outside),
        cmocka_unit_test(rule1_session_of_foreign_bytes_counts_as_none),
        cmocka_unit_test(rule1_failed_key_operation_ends_the_handshake),
        cmocka_unit_test(rule1_one_question_at_a_time_the_other_direction_flows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
