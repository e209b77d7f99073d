/* Rule 1 of the engine's contract for the two questions that need bytes back: with its callback set,
 * the suspension does not happen. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "handshake/credential.h"

struct outside {
    const char *kind;      /* of the key that is kept outside */
    unsigned signed_, decrypted, looked_up;
    struct tlsn_span session;
    tlsn_status refuse;    /* not TLSN_OK: every call fails */
};

static tlsn_status key_op(void *ctx, tlsn_conn *conn, const struct tlsn_key_op *op,
                          uint8_t *result, size_t cap, size_t *len)
{
    struct outside *o = ctx;
    const tlsn_credential *c = wire_credential(o->kind);

    assert_int_equal(tlsn_question(conn), TLSN_NEED_KEY_OP);
    assert_int_equal(tlsn_key_op_complete(conn, TLSN_OK, "x", 1), TLSN_ERR_MISUSE);
    assert_true(cap >= 1024);
    if (o->refuse != TLSN_OK)
        return o->refuse;
    if (op->kind == TLSN_KEY_OP_DECRYPT) {
        o->decrypted++;
        memset(result, 7, 48);
        *len = 48;
        return tlsni_privkey_rsa_premaster(c->key, NULL, op->input, 0x0303, result);
    }
    const struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(op->scheme));

    o->signed_++;
    return tlsni_privkey_sign(c->key, NULL, &params, op->input, result, len);
}

static tlsn_status session(void *ctx, tlsn_conn *conn, struct tlsn_span id,
                           struct tlsn_span *found)
{
    struct outside *o = ctx;

    assert_int_equal(tlsn_question(conn), TLSN_NEED_SESSION);
    assert_int_equal(id.len, 32);
    o->looked_up++;
    *found = o->session;
    return o->refuse;
}

static void use(struct wire *w, struct outside *o)
{
    const struct tlsn_callbacks cb = { .key_op = key_op, .session = session, .ctx = o };

    OK(tlsn_config_set_callbacks(w->end[TLSN_SERVER].config, &cb));
}

static void rule1_key_operation_by_callback_signs_and_decrypts(void **state)
{
    static const char *const suites[] = { "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                          "TLS_RSA_WITH_AES_128_GCM_SHA256" };

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct wire *w = wire_new(NULL);
        struct outside o = { .kind = "rsa:2048" };

        OK(tlsn_config_set_suites(w->end[TLSN_CLIENT].config, suites[i]));
        OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_external("rsa:2048")));
        use(w, &o);
        wire_shake(w);
        wire_say(w, TLSN_CLIENT, 100);
        assert_int_equal(o.signed_, i == 0);
        assert_int_equal(o.decrypted, i == 1);
        wire_free(w);
    }
}

static void rule1_key_operation_that_fails_in_the_callback_ends_the_handshake(void **state)
{
    struct wire *w = wire_new(NULL);
    struct outside o = { .kind = "ec:secp256r1", .refuse = TLSN_ERR_FILE };

    (void)state;
    OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_external("ec:secp256r1")));
    use(w, &o);
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_KEY_OP);
    assert_int_equal(tlsn_conn_error(w->end[TLSN_CLIENT].conn)->alert_received, 80);
    wire_free(w);
}

static void rule1_session_by_callback_is_resumed(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    struct outside o = { .kind = NULL };
    uint8_t bytes[4096];
    struct tlsn_conn_info info;
    tlsn_config *other;
    tlsn_session *s;

    (void)state;
    OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_TICKETS, false));
    wire_shake(w);
    s = wire_session(w);
    o.session.data = bytes;
    OK(tlsn_session_write(s, bytes, sizeof bytes, &o.session.len));
    tlsn_conn_free(w->end[TLSN_SERVER].conn);
    w->end[TLSN_SERVER].conn = NULL;
    OK(tlsn_config_new(&other, &w->end[TLSN_SERVER].env.hooks));
    OK(tlsn_config_set_versions(other, TLSN_TLS1_2, TLSN_TLS1_2));
    OK(tlsn_config_set_policy(other, "compat"));
    OK(tlsn_config_set_feature(other, TLSN_FEATURE_TICKETS, false));
    OK(tlsn_config_add_credential(other, wire_credential("ec:secp256r1")));
    wire_set_config(w, TLSN_SERVER, other);
    use(w, &o);
    wire_resume(w, s);
    assert_true(wire_done(w));
    tlsn_conn_get_info(w->end[TLSN_SERVER].conn, &info);
    assert_int_equal(info.resumed, TLSN_RESUMED_ID);
    assert_int_equal(o.looked_up, 1);
    tlsn_session_free(s);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule1_key_operation_by_callback_signs_and_decrypts),
        cmocka_unit_test(rule1_key_operation_that_fails_in_the_callback_ends_the_handshake),
        cmocka_unit_test(rule1_session_by_callback_is_resumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
