#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/group.h"
#include "cipher/pk.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <string.h>

/* One key of each kind. */
enum { RSA, RSA_PSS, P256, P384, P521, ED25519, ED448, KINDS };

static const struct {
    enum tlsni_key_type type;
    uint16_t group;
} kinds[KINDS] = {
    { TLSNI_KEY_RSA, 0 },
    { TLSNI_KEY_RSA_PSS, 0 },
    { TLSNI_KEY_EC, TLSNI_GROUP_SECP256R1 },
    { TLSNI_KEY_EC, TLSNI_GROUP_SECP384R1 },
    { TLSNI_KEY_EC, TLSNI_GROUP_SECP521R1 },
    { TLSNI_KEY_ED25519, 0 },
    { TLSNI_KEY_ED448, 0 },
};

static struct tlsni_privkey *keys[KINDS];
static struct test_env key_env;

static int make_keys(void **state)
{
    (void)state;
    test_env_init(&key_env, 41);
    for (size_t i = 0; i < KINDS; i++)
        if (tlsni_privkey_generate(&keys[i], &key_env.hooks, kinds[i].type, 2048,
                                   kinds[i].group) != TLSN_OK)
            return -1;
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++)
        tlsni_privkey_free(keys[i]);
    return key_env.live != 0;
}

static void pk_getters_tell_the_kind(void **state)
{
    static const unsigned bits[KINDS] = { 2048, 2048, 256, 384, 521, 255, 448 };
    static const size_t point[KINDS] = { 0, 0, 65, 97, 133, 32, 57 };
    static const char *const names[KINDS] = { "RSA", "RSA-PSS", "EC", "EC", "EC", "Ed25519",
                                              "Ed448" };

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        const struct tlsni_pubkey *pub = tlsni_privkey_public(keys[i]);
        struct tlsni_rsa_parts parts;
        struct tlsn_span n, e;

        assert_int_equal(tlsni_pubkey_type(pub), kinds[i].type);
        assert_string_equal(tlsni_key_type_name((uint8_t)kinds[i].type), names[i]);
        assert_int_equal(tlsni_pubkey_bits(pub), bits[i]);
        assert_int_equal(tlsni_pubkey_group(pub), kinds[i].group);
        assert_int_equal(tlsni_pubkey_modulus_len(pub), i <= RSA_PSS ? 256 : 0);
        assert_int_equal(tlsni_pubkey_point(pub).len, point[i]);
        tlsni_pubkey_rsa_numbers(pub, &n, &e);
        tlsni_privkey_rsa_parts(keys[i], &parts);
        assert_int_equal(n.len, i <= RSA_PSS ? 256 : 0);
        assert_int_equal(parts.n.len, n.len);
        assert_int_equal(parts.e.len, i <= RSA_PSS ? 3 : 0);
        for (size_t j = 0; j < KINDS; j++)
            assert_int_equal(tlsni_pubkey_equal(pub, tlsni_privkey_public(keys[j])), i == j);
    }
    assert_string_equal(tlsni_key_type_name(0), "");
    assert_string_equal(tlsni_key_type_name(200), "");
}

/* Each scheme with each key: it signs and verifies, or both refuse. */
static void pk_schemes_work_with_their_keys_only(void **state)
{
    size_t count;
    const struct tlsni_sigalg *rows = tlsni_sigalg_rows(&count);
    struct tlsn_span msg = tlsni_span_make("message", 7), other = tlsni_span_make("massage", 7);

    (void)state;
    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < KINDS; i++) {
            struct tlsni_sig_params params = tlsni_sigalg_params(&rows[r]);
            const struct tlsni_pubkey *pub = tlsni_privkey_public(keys[i]);
            uint8_t sig[TLSNI_SIGNATURE_MAX] = { 0 };
            struct tlsn_span span = { sig, 0 };
            size_t len = 1;
            tlsn_status st = tlsni_privkey_sign(keys[i], NULL, &params, msg, sig, &len);

            span.len = len;
            if (rows[r].key != kinds[i].type) {
                assert_int_equal(st, TLSN_ERR_ILLEGAL_PARAMETER);
                assert_int_equal(len, 0);
                assert_int_equal(tlsni_pubkey_verify(pub, &params, msg, span),
                                 TLSN_ERR_ILLEGAL_PARAMETER);
                continue;
            }
            assert_int_equal(st, TLSN_OK);
            assert_in_range(len, 1, TLSNI_SIGNATURE_MAX);
            assert_int_equal(tlsni_pubkey_verify(pub, &params, msg, span), TLSN_OK);
            assert_int_equal(tlsni_pubkey_verify(pub, &params, other, span),
                             TLSN_ERR_DECRYPT_ERROR);
        }
    REQ("8422:5.9/4");
    REQ("8422:5.9/5");
}

static void pk_params_that_do_not_fit_are_refused(void **state)
{
    static const struct tlsni_sig_params bad[] = {
        { TLSNI_KEY_RSA_PSS, TLSNI_HASH_SHA256, TLSNI_PAD_PKCS1, 0, 0 },
        { TLSNI_KEY_RSA, TLSNI_HASH_SHA256, TLSNI_PAD_NONE, 0, 0 },
        { TLSNI_KEY_RSA, 0, TLSNI_PAD_PKCS1, 0, 0 },
        { TLSNI_KEY_RSA, 99, TLSNI_PAD_PKCS1, 0, 0 },
        { TLSNI_KEY_RSA, TLSNI_HASH_SHA256, TLSNI_PAD_PSS, 0, 32 },
        { TLSNI_KEY_RSA, TLSNI_HASH_SHA256, TLSNI_PAD_PSS, TLSNI_HASH_SHA256, 256 - 33 },
        { TLSNI_KEY_EC, 0, TLSNI_PAD_NONE, 0, 0 },
        { TLSNI_KEY_EC, TLSNI_HASH_SHA256, TLSNI_PAD_PKCS1, 0, 0 },
        { TLSNI_KEY_ED25519, TLSNI_HASH_SHA512, TLSNI_PAD_NONE, 0, 0 },
        { TLSNI_KEY_NONE, TLSNI_HASH_SHA256, TLSNI_PAD_NONE, 0, 0 },
    };
    uint8_t sig[TLSNI_SIGNATURE_MAX] = { 0 };
    struct tlsn_span msg = tlsni_span_make("m", 1);
    size_t len;

    (void)state;
    for (size_t b = 0; b < sizeof bad / sizeof bad[0]; b++)
        for (size_t i = 0; i < KINDS; i++) {
            assert_int_equal(tlsni_privkey_sign(keys[i], NULL, &bad[b], msg, sig, &len),
                             TLSN_ERR_ILLEGAL_PARAMETER);
            assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(keys[i]), &bad[b], msg,
                                                 tlsni_span_make(sig, 256)),
                             TLSN_ERR_ILLEGAL_PARAMETER);
        }
}

static void pk_encryption_needs_a_plain_rsa_key(void **state)
{
    uint8_t out[256], pm[48] = { 0 };

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        tlsn_status st = tlsni_pubkey_rsa_encrypt(tlsni_privkey_public(keys[i]), NULL,
                                                  tlsni_span_make(pm, 48), out);

        assert_int_equal(st, i == RSA ? TLSN_OK : TLSN_ERR_ILLEGAL_PARAMETER);
        st = tlsni_privkey_rsa_premaster(keys[i], NULL, tlsni_span_make(out, 256), 0, pm);
        assert_int_equal(st, i == RSA ? TLSN_OK : TLSN_ERR_ILLEGAL_PARAMETER);
    }
}

static void pk_generation_survives_each_failing_allocation(void **state)
{
    struct tlsni_privkey *key;

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        tlsn_status st = TLSN_ERR_NO_MEMORY;

        for (size_t n = 1; st != TLSN_OK; n++) {
            struct test_env env;

            test_env_init(&env, 42);
            env.fail_at = n;
            assert_true(n < 10);
            st = tlsni_privkey_generate(&key, &env.hooks, kinds[i].type, 2048, kinds[i].group);
            assert_true(st == TLSN_OK || st == TLSN_ERR_NO_MEMORY);
            assert_true((st == TLSN_OK) == (key != NULL));
            tlsni_privkey_free(key);
            assert_int_equal(env.live, 0);
        }
    }
    assert_int_equal(tlsni_privkey_generate(&key, NULL, TLSNI_KEY_NONE, 0, 0), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsni_privkey_generate(&key, NULL, TLSNI_KEY_EC, 0, TLSNI_GROUP_X25519),
                     TLSN_ERR_NOT_IMPLEMENTED);
    assert_null(key);
}

static void pk_failing_random_source_is_reported(void **state)
{
    struct test_env env;
    struct tlsni_privkey *key;

    (void)state;
    test_env_init(&env, 43);
    env.random_fails = true;
    for (size_t i = P256; i < KINDS; i++) {
        assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, kinds[i].type, 0,
                                                kinds[i].group), TLSN_ERR_RANDOM);
        assert_null(key);
    }
    assert_int_equal(env.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pk_getters_tell_the_kind),
        cmocka_unit_test(pk_schemes_work_with_their_keys_only),
        cmocka_unit_test(pk_params_that_do_not_fit_are_refused),
        cmocka_unit_test(pk_encryption_needs_a_plain_rsa_key),
        cmocka_unit_test(pk_generation_survives_each_failing_allocation),
        cmocka_unit_test(pk_failing_random_source_is_reported),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
