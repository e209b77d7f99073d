/* Which certificate a client answers a CertificateRequest with, and how it signs: RFC 5246 7.4.4,
 * 7.4.6 and 7.4.8, RFC 8422 3 and 5.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "req.h"
#include "support_duo.h"

static void add(struct duo *d, const char *kind)
{
    assert_int_equal(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential(kind)),
                     TLSN_OK);
}

/* A server that asks, and a client with two certificates. */
static void begin(struct duo *d, const char *sigalgs, const char *first, const char *second)
{
    duo_reset_client(d);
    add(d, first);
    if (second)
        add(d, second);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST),
                     TLSN_OK);
    if (sigalgs)
        assert_int_equal(tlsn_config_set_sigalgs(d->config[TLSN_SERVER], sigalgs), TLSN_OK);
}

static void assert_sent(const struct duo *d, struct tlsn_span own)
{
    struct tlsn_span m = duo_message(d, TLSN_CLIENT, 11);

    assert_non_null(m.data);
    assert_int_equal(m.len, 6 + own.len);
    assert_memory_equal(m.data + 6, own.data, own.len);
}

static void assert_kind(const struct duo *d, const char *kind)
{
    assert_sent(d, tlsn_credential_cert(duo_credential(kind), 0));
}

static unsigned pair(const struct duo *d)
{
    struct tlsn_span m = duo_message(d, TLSN_CLIENT, 15);

    assert_non_null(m.data);
    return (unsigned)m.data[0] << 8 | m.data[1];
}

static void certificate_can_sign_with_a_pair_of_the_request(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    begin(d, "ecdsa_secp256r1_sha256", "rsa:2048", "ec:secp256r1");
    duo_shake(d);
    assert_kind(d, "ec:secp256r1");
    assert_int_equal(pair(d), 0x0403);
    begin(d, "ecdsa_secp521r1_sha512,ecdsa_secp256r1_sha256", "ed25519", "ec:secp256r1");
    duo_shake(d);
    assert_kind(d, "ec:secp256r1");
    assert_true(pair(d) == 0x0603 || pair(d) == 0x0403);
    begin(d, "rsa_pss_rsae_sha384,ecdsa_secp256r1_sha256", "rsa:2048", "ec:secp256r1");
    duo_shake(d);
    assert_kind(d, "rsa:2048");
    assert_int_equal(pair(d), 0x0805);
    begin(d, "rsa_pkcs1_sha512,ecdsa_secp256r1_sha256", "rsa:2048", "ec:secp256r1");
    duo_shake(d);
    assert_kind(d, "rsa:2048");
    assert_int_equal(pair(d), 0x0601);
    duo_free(d);
    REQ("5246:7.4.4/8");
    REQ("5246:7.4.6/8");
    REQ("5246:7.4.6/10");
    REQ("5246:7.4.8/4");
    REQ("5246:7.4.8/5");
}

static void certificate_without_a_fitting_pair_is_not_sent(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    begin(d, "ecdsa_secp256r1_sha256", "ed25519", "rsa:2048");
    duo_shake(d);
    assert_int_equal(duo_message(d, TLSN_CLIENT, 11).len, 3);
    assert_null(duo_message(d, TLSN_CLIENT, 15).data);
    duo_free(d);
    REQ("5246:7.4.6/6");
}

/* The authority signs with ECDSA and SHA-256, which this server does not list. */
static void chain_signed_with_what_was_not_listed_is_not_sent_when_strict(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        begin(d, "rsa_pss_rsae_sha256,ecdsa_secp384r1_sha384", "rsa:2048", NULL);
        duo_reset_server(d, duo_credential("ec:secp384r1"));
        assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER],
                                                     TLSN_CLIENT_AUTH_REQUEST), TLSN_OK);
        assert_int_equal(tlsn_config_set_sigalgs(d->config[TLSN_SERVER],
                                                 "rsa_pss_rsae_sha256,ecdsa_secp384r1_sha384"), TLSN_OK);
        assert_int_equal(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_STRICT_CHAINS,
                                                 strict), TLSN_OK);
        duo_connect(d);
        duo_run(d);
        if (strict)
            assert_int_equal(duo_message(d, TLSN_CLIENT, 11).len, 3);
        else
            assert_kind(d, "rsa:2048");
    }
    duo_free(d);
    REQ("5246:7.4.4/6");
    REQ("5246:7.4.6/15");
}

static void only_rsa_sign(uint8_t *m, size_t *len) { m[2] = 1; (void)len; }
static void only_ecdsa_sign(uint8_t *m, size_t *len) { m[1] = 64; (void)len; }

/* The request is bent, so the handshake fails later; the client has made its choice by then. */
static void check_type(struct duo *d, duo_change *change, const char *first, const char *second)
{
    begin(d, NULL, first, second);
    duo_change_message(d, TLSN_SERVER, 13, change);
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->changed, 1);
    assert_kind(d, second);
}

static void certificate_has_a_key_of_a_type_of_the_request(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    check_type(d, only_rsa_sign, "ec:secp256r1", "rsa:2048");
    check_type(d, only_rsa_sign, "ed25519", "rsa:2048");
    check_type(d, only_ecdsa_sign, "rsa:2048", "ec:secp256r1");
    check_type(d, only_ecdsa_sign, "rsa:2048", "ed25519");
    duo_free(d);
    REQ("5246:7.4.4/7");
    REQ("8422:3.1/1");
    REQ("8422:5.6/1");
}

static tlsn_credential *of_another_authority(void)
{
    static const struct tlsn_cert_spec ca_spec = { .subject = "CN=elsewhere", .ca = true,
                                                   .path_len = -1 };
    static const struct tlsn_cert_spec spec = { .subject = "CN=client", .path_len = -1 };
    uint8_t ca[2048], der[2048];
    char pem[2048];
    size_t ca_len, len, pem_len;
    tlsn_key *ca_key, *key;
    tlsn_credential *c;

    assert_int_equal(tlsn_key_generate(&ca_key, "ec:secp256r1", NULL), TLSN_OK);
    assert_int_equal(tlsn_key_generate(&key, "ec:secp256r1", NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&ca_spec, ca_key, (struct tlsn_span){ 0 }, ca_key, NULL, ca,
                                     sizeof ca, &ca_len), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&spec, key, (struct tlsn_span){ ca, ca_len }, ca_key, NULL,
                                     der, sizeof der, &len), TLSN_OK);
    assert_int_equal(tlsn_key_write(key, pem, sizeof pem, &pem_len), TLSN_OK);
    assert_int_equal(tlsn_credential_new(&c, der, len, pem, pem_len, NULL), TLSN_OK);
    tlsn_key_free(ca_key);
    tlsn_key_free(key);
    return c;
}

static void certificate_of_a_listed_authority_comes_first(void **state)
{
    tlsn_credential *other = of_another_authority();
    struct duo *d = duo_new();

    (void)state;
    for (int listed = 0; listed < 2; listed++) {
        duo_reset_client(d);
        assert_int_equal(tlsn_config_add_credential(d->config[TLSN_CLIENT], other), TLSN_OK);
        add(d, "ec:secp256r1");
        duo_reset_server(d, duo_credential("ec:secp256r1"));
        assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER],
                                                     TLSN_CLIENT_AUTH_REQUEST), TLSN_OK);
        assert_int_equal(tlsn_config_set_send_authorities(d->config[TLSN_SERVER], listed), TLSN_OK);
        duo_connect(d);
        duo_run(d);
        assert_sent(d, tlsn_credential_cert(listed ? duo_credential("ec:secp256r1") : other, 0));
    }
    tlsn_credential_free(other);
    duo_free(d);
    REQ("5246:7.4.6/14");
}

int main(void)
{
    const struct CMUnitTest every[] = {
        cmocka_unit_test(certificate_of_a_listed_authority_comes_first),
    };
    /* about what TLS 1.2 brought */
    const struct CMUnitTest newest[] = {
        cmocka_unit_test(chain_signed_with_what_was_not_listed_is_not_sent_when_strict),
        cmocka_unit_test(certificate_can_sign_with_a_pair_of_the_request),
        cmocka_unit_test(certificate_without_a_fitting_pair_is_not_sent),
        cmocka_unit_test(certificate_has_a_key_of_a_type_of_the_request),
    };
    int failed = cmocka_run_group_tests(every, NULL, NULL);

    failed += cmocka_run_group_tests(newest, NULL, NULL);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", every);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", every);
    failed += DUO_RUN_IN(TLSN_SSL3, "ssl3", every);
    return failed;
}
