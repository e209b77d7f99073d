/* test_conn_fixed.c - fixed Diffie-Hellman beyond the handshakes of test_conn_suites: keys outside, values that
 * are not in the group, keys that the client does not want, certificates of clients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "handshake/credential.h"
#include "req.h"
#include "support_duo.h"
#include "support_wire.h"

static const char *const suites[] = { "TLS_DH_RSA_WITH_AES_128_CBC_SHA",
                                      "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256" };

/* The private key is asked for what the two have in common, and gives it with its zeros. */
static tlsn_status agree(void *ctx, tlsn_conn *conn, const struct tlsn_key_op *op, uint8_t *result,
                         size_t cap, size_t *len)
{
    const tlsn_credential *c = ctx;

    (void)conn;
    assert_int_equal(op->kind, TLSN_KEY_OP_AGREE);
    assert_true(cap >= 1024);
    return tlsni_privkey_agree(c->key, NULL, op->input, result, len);
}

static tlsn_status agree_short(void *ctx, tlsn_conn *conn, const struct tlsn_key_op *op,
                               uint8_t *result, size_t cap, size_t *len)
{
    tlsn_status st = agree(ctx, conn, op, result, cap, len);

    --*len;
    return st;
}

static struct wire *with_key_outside(const char *suite, bool wrong)
{
    struct tlsn_callbacks cb = { .key_op = wrong ? agree_short : agree };
    tlsn_credential *c = wire_credential_fixed(suite), *external;
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_config *config = w->end[TLSN_SERVER].config;
    uint8_t der[4096];

    assert_true(c->list_len - 3 <= sizeof der);
    memcpy(der, c->list + 3, c->list_len - 3); /* one certificate */
    OK(tlsn_credential_new_external(&external, der, c->list_len - 3, NULL));
    cb.ctx = c;
    OK(tlsn_config_set_callbacks(config, &cb));
    OK(tlsn_config_add_credential(config, external));
    tlsn_credential_free(external);
    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_policy(w->end[r].config, "legacy"));
        OK(tlsn_config_set_suites(w->end[r].config, suite));
        OK(tlsn_config_set_trust(w->end[r].config, wire_trust_fixed()));
    }
    return w;
}

static void fixed_key_outside_is_asked_to_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct wire *w = with_key_outside(suites[i], false);

        wire_shake(w);
        wire_say(w, TLSN_CLIENT, 100);
        wire_free(w);
    }
}

static void fixed_key_outside_that_gives_too_little_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct wire *w = with_key_outside(suites[i], true);

        wire_open(w);
        wire_run(w);
        assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_KEY_OP);
        wire_free(w);
    }
}

static struct duo *begin(size_t which)
{
    struct duo *d = duo_new();

    duo_reset_server(d, wire_credential_fixed(suites[which]));
    for (int r = 0; r < 2; r++) {
        assert_int_equal(tlsn_config_set_policy(d->config[r], "legacy"), TLSN_OK);
        assert_int_equal(tlsn_config_set_suites(d->config[r], suites[which]), TLSN_OK);
        assert_int_equal(tlsn_config_set_trust(d->config[r], wire_trust_fixed()), TLSN_OK);
    }
    return d;
}

/* Yc = 1; a point that is not on the curve. */
static void spoil(uint8_t *body, size_t *len)
{
    if (body[0] == 65)
        body[*len - 1] ^= 1;
    else
        memset(body + 2, 0, *len - 3), body[*len - 1] = 1;
}

static void fixed_exchange_with_a_value_outside_the_group_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = begin(i);

        duo_connect(d);
        duo_change_message(d, TLSN_CLIENT, 16, spoil);
        duo_run(d);
        assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_ILLEGAL_PARAMETER);
        duo_free(d);
    }
}

static tlsn_status never(void *ctx, const struct tlsn_key_op *op, void *result, size_t cap, size_t *len)
{
    (void)op;
    (void)result;
    (void)cap;
    *len = 0;
    *(bool *)ctx = true;
    return TLSN_ERR_KEY_OP;
}

/* A key outside may be less careful: it never meets such values. */
static void fixed_key_outside_meets_no_value_outside_the_group(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const tlsn_credential *fixed = wire_credential_fixed(suites[i]);
        struct duo *d = begin(i);
        tlsn_credential *external;
        bool asked = false;

        OK(tlsn_credential_new_external(&external, fixed->leaf.der.data, fixed->leaf.der.len, NULL));
        OK(tlsn_credential_set_key_op(external, never, NULL, &asked));
        duo_reset_server(d, external);
        OK(tlsn_config_set_policy(d->config[TLSN_SERVER], "legacy"));
        OK(tlsn_config_set_suites(d->config[TLSN_SERVER], suites[i]));
        duo_connect(d);
        duo_change_message(d, TLSN_CLIENT, 16, spoil);
        duo_run(d);
        assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_ILLEGAL_PARAMETER);
        assert_false(asked);
        duo_free(d);
        tlsn_credential_free(external);
    }
}

static void fixed_dh_key_that_is_too_short_is_refused_by_the_client(void **state)
{
    const struct tlsn_limits limits = { .dh_bits_min = 3072 };
    struct duo *d = begin(0);

    (void)state;
    assert_int_equal(tlsn_config_set_limits(d->config[TLSN_CLIENT], &limits), TLSN_OK);
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_INSUFFICIENT_SECURITY);
    duo_free(d);
}

/* The server takes the client's word for its curves; a certificate of another one gets no suite. */
static void fixed_key_on_a_curve_not_offered_is_not_used(void **state)
{
    struct duo *d = begin(1);

    (void)state;
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_CLIENT], "x25519,secp384r1"), TLSN_OK);
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_NO_CREDENTIAL);
    duo_free(d);
    REQ("5246:7.4.2/13");
}

/* RFC 4492 5.1: a server could not tell which curves are known here. */
static void fixed_ecdh_alone_names_curves_and_formats(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(tlsn_config_set_suites(d->config[TLSN_CLIENT],
                                            "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA"), TLSN_OK);
    duo_connect(d);
    duo_run(d);
    assert_non_null(duo_extension(d, TLSN_CLIENT, 10).data);
    assert_non_null(duo_extension(d, TLSN_CLIENT, 11).data);
    duo_free(d);
}

static void fixed_suites_need_the_policy_legacy(void **state)
{
    static const char *const policies[] = { "modern", "default", "compat" };

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct duo *d = begin(i % 2);

        duo_reset_client(d);
        assert_int_equal(tlsn_config_set_policy(d->config[TLSN_CLIENT], policies[i / 2]), TLSN_OK);
        duo_connect(d);
        duo_run(d);
        assert_false(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
        duo_free(d);
    }
}

/* A server of fixed DH that sends parameters all the same. */
static size_t exchange_in_place_of_done(struct duo *d, enum tlsn_role from, uint8_t *record, size_t len)
{
    static const uint8_t exchange[] = { 12, 0, 0, 4, 0, 1, 0, 1 };

    (void)d;
    if (from != TLSN_SERVER || record[0] != 22 || record[5] != 14)
        return len;
    record[4] = sizeof exchange;
    memcpy(record + 5, exchange, sizeof exchange);
    return 5 + sizeof exchange;
}

static void fixed_suites_have_no_server_key_exchange(void **state)
{
    static const uint16_t versions[] = { TLSN_TLS1_0, TLSN_TLS1_1, TLSN_TLS1_2 };

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int bent = 0; bent < 2; bent++) {
            struct duo *d = begin(0);

            for (int r = 0; r < 2; r++)
                assert_int_equal(tlsn_config_set_versions(d->config[r], versions[i], versions[i]),
                                 TLSN_OK);
            duo_connect(d);
            d->bend = bent ? exchange_in_place_of_done : NULL;
            duo_run(d);
            if (!bent)
                assert_null(duo_message(d, TLSN_SERVER, 12).data);
            assert_int_equal(d->status[TLSN_CLIENT], bent ? TLSN_ERR_UNEXPECTED_MESSAGE : TLSN_OK);
            duo_free(d);
        }
    REQ("5246:7.4.3/5");
    REQ("4346:7.4.3/5");
    REQ("2246:7.4.3/5");
}

/* RFC 4492 2.1 and 2.3: the suite says by whom the certificate is signed, the certificate which curve it is. */
static void fixed_ecdh_goes_by_the_certificate(void **state)
{
    static const char *const names[] = { "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA",
                                         "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA" };
    static const uint16_t versions[] = { TLSN_TLS1_0, TLSN_TLS1_1 };

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct duo *d = begin(1);
        bool fits = i % 2 == i / 2 % 2;
        struct tlsn_span exchange;

        duo_reset_server(d, wire_credential_fixed(names[i % 2]));
        for (int r = 0; r < 2; r++) {
            assert_int_equal(tlsn_config_set_policy(d->config[r], "legacy"), TLSN_OK);
            assert_int_equal(tlsn_config_set_suites(d->config[r], names[i / 2 % 2]), TLSN_OK);
            assert_int_equal(tlsn_config_set_versions(d->config[r], versions[i / 4], versions[i / 4]),
                             TLSN_OK);
        }
        duo_connect(d);
        duo_run(d);
        assert_int_equal(d->status[TLSN_SERVER], fits ? TLSN_OK : TLSN_ERR_NO_CREDENTIAL);
        assert_null(duo_message(d, TLSN_SERVER, 12).data);
        exchange = duo_message(d, TLSN_CLIENT, 16);
        assert_int_equal(exchange.len, fits ? 1 + 65 : 0); /* a point of P-256 as the certificate's */
        duo_free(d);
    }
    REQ("4492:2.1/1");
    REQ("4492:2.1/2");
    REQ("4492:2.1/3");
    REQ("4492:2.3/1");
}

/* A certificate whose key usage lacks keyAgreement, and one with a key of the other kind. */
static void fixed_suites_want_a_key_that_may_agree(void **state)
{
    static const uint16_t versions[] = { TLSN_TLS1_0, TLSN_TLS1_1, TLSN_TLS1_2 };

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct duo *d = begin(i % 2 && i > 3 ? 1 : 0);

        duo_reset_server(d, duo_credential(i % 2 ? "ec:secp256r1" : "rsa:2048"));
        assert_int_equal(tlsn_config_set_policy(d->config[TLSN_SERVER], "legacy"), TLSN_OK);
        for (int r = 0; r < 2; r++)
            assert_int_equal(tlsn_config_set_versions(d->config[r], versions[i / 2],
                                                      versions[i / 2]), TLSN_OK);
        duo_connect(d);
        duo_run(d);
        assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_NO_CREDENTIAL);
        duo_free(d);
    }
    REQ("5246:7.4.2/12");
    REQ("4346:7.4.2/12");
    REQ("2246:7.4.2/12");
}

/* A client's Certificate with a fixed DH key, in place of the one that it can sign with. */
static void put_fixed(uint8_t *body, size_t *len)
{
    tlsn_credential *c = wire_credential_fixed(suites[0]);

    body[0] = (uint8_t)(c->list_len >> 16);
    body[1] = (uint8_t)(c->list_len >> 8);
    body[2] = (uint8_t)c->list_len;
    memcpy(body + 3, c->list, c->list_len);
    *len = 3 + c->list_len;
}

static void fixed_certificate_of_a_client_is_unsupported(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST),
                     TLSN_OK);
    assert_int_equal(tlsn_config_add_credential(d->config[TLSN_CLIENT],
                                                duo_credential("ec:secp256r1")), TLSN_OK);
    duo_connect(d);
    duo_change_message(d, TLSN_CLIENT, 11, put_fixed);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_CERT_UNSUPPORTED);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | 43);
    duo_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_key_outside_is_asked_to_agree),
        cmocka_unit_test(fixed_key_outside_that_gives_too_little_fails),
        cmocka_unit_test(fixed_exchange_with_a_value_outside_the_group_is_refused),
        cmocka_unit_test(fixed_key_outside_meets_no_value_outside_the_group),
        cmocka_unit_test(fixed_dh_key_that_is_too_short_is_refused_by_the_client),
        cmocka_unit_test(fixed_key_on_a_curve_not_offered_is_not_used),
        cmocka_unit_test(fixed_ecdh_alone_names_curves_and_formats),
        cmocka_unit_test(fixed_suites_need_the_policy_legacy),
        cmocka_unit_test(fixed_suites_have_no_server_key_exchange),
        cmocka_unit_test(fixed_ecdh_goes_by_the_certificate),
        cmocka_unit_test(fixed_suites_want_a_key_that_may_agree),
        cmocka_unit_test(fixed_certificate_of_a_client_is_unsupported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
