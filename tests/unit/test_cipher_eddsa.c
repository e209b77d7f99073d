#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/pk.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <string.h>

/* RFC 8032 7.1 (tests 1 to 3) and 7.4 ("Blank"). */
static const struct published {
    enum tlsni_key_type type;
    const char *seed, *point, *msg, *sig;
} published[] = {
    { TLSNI_KEY_ED25519, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
    { TLSNI_KEY_ED25519, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
    { TLSNI_KEY_ED25519, "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
      "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
    { TLSNI_KEY_ED448,
      "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3"
      "528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
      "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778"
      "edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
      "",
      "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f"
      "2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a"
      "9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4db"
      "b61149f05a7363268c71d95808ff2e652600" },
};

enum { PUBLISHED = sizeof published / sizeof published[0] };

static struct tlsni_privkey *key_of(const struct published *v)
{
    uint8_t seed[57];
    struct tlsni_privkey *key;

    assert_int_equal(tlsni_privkey_new_eddsa(&key, NULL, v->type,
                                             tlsni_span_make(seed, vec_unhex(v->seed, seed, 57))),
                     TLSN_OK);
    return key;
}

static struct tlsni_sig_params params_of(const struct published *v)
{
    struct tlsni_sig_params p = { (uint8_t)v->type, 0, TLSNI_PAD_NONE, 0, 0 };
    return p;
}

static void eddsa_published_signatures_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLISHED; i++) {
        const struct published *v = &published[i];
        struct tlsni_privkey *key = key_of(v);
        struct tlsni_sig_params params = params_of(v);
        uint8_t point[57], msg[8], expected[114], sig[TLSNI_SIGNATURE_MAX];
        struct tlsn_span message = { msg, vec_unhex(v->msg, msg, sizeof msg) };
        size_t len, point_len = vec_unhex(v->point, point, sizeof point);

        assert_true(tlsni_span_eq(tlsni_pubkey_point(tlsni_privkey_public(key)),
                                  tlsni_span_make(point, point_len)));
        assert_int_equal(tlsni_privkey_sign(key, NULL, &params, message, sig, &len), TLSN_OK);
        assert_int_equal(len, vec_unhex(v->sig, expected, sizeof expected));
        assert_memory_equal(sig, expected, len);
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, message,
                                             tlsni_span_make(sig, len)), TLSN_OK);
        tlsni_privkey_free(key);
    }
    REQ("8422:5.10/8");
    REQ("8422:5.10/9");
    REQ("8032:5.1.2/1");
    REQ("8032:5.1.5/1");
    REQ("8032:5.1.6/1");
    REQ("8032:5.2.2/1");
    REQ("8032:5.2.5/1");
    REQ("8032:5.2.6/1");
    REQ("8032:7.1/1");
    REQ("8032:7.4/1");
}

static void eddsa_damaged_signature_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLISHED; i++) {
        struct tlsni_privkey *key = key_of(&published[i]);
        const struct tlsni_pubkey *pub = tlsni_privkey_public(key);
        struct tlsni_sig_params params = params_of(&published[i]);
        uint8_t sig[TLSNI_SIGNATURE_MAX];
        struct tlsn_span message = tlsni_span_make("message", 7);
        size_t len;

        assert_int_equal(tlsni_privkey_sign(key, NULL, &params, message, sig, &len), TLSN_OK);
        sig[len] = 0;
        assert_int_equal(tlsni_pubkey_verify(pub, &params, message, tlsni_span_make(sig, len + 1)),
                         TLSN_ERR_DECRYPT_ERROR);
        assert_int_equal(tlsni_pubkey_verify(pub, &params, message, tlsni_span_make(sig, len - 1)),
                         TLSN_ERR_DECRYPT_ERROR);
        assert_int_equal(tlsni_pubkey_verify(pub, &params, message, tlsni_span_make(sig, 0)),
                         TLSN_ERR_DECRYPT_ERROR);
        for (size_t at = 0; at < len; at++) {
            sig[at] ^= 0x20;
            assert_int_equal(tlsni_pubkey_verify(pub, &params, message, tlsni_span_make(sig, len)),
                             TLSN_ERR_DECRYPT_ERROR);
            sig[at] ^= 0x20;
        }
        message.len--;
        assert_int_equal(tlsni_pubkey_verify(pub, &params, message, tlsni_span_make(sig, len)),
                         TLSN_ERR_DECRYPT_ERROR);
        tlsni_privkey_free(key);
    }
    REQ("8032:5.1.7/2");
    REQ("8032:8.7/1");
    REQ("8032:5.2.7/2");
}

/* The octet that Nettle 3.8 does not look at. */
static void ed448_last_octet_of_s_has_to_be_zero(void **state)
{
    struct tlsni_privkey *key = key_of(&published[3]);
    struct tlsni_sig_params params = params_of(&published[3]);
    struct tlsn_span message = tlsni_span_make("message", 7);
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    size_t len;

    (void)state;
    assert_int_equal(tlsni_privkey_sign(key, NULL, &params, message, sig, &len), TLSN_OK);
    for (unsigned v = 0; v < 256; v++) {
        sig[113] = (uint8_t)v;
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, message,
                                             tlsni_span_make(sig, len)),
                         v ? TLSN_ERR_DECRYPT_ERROR : TLSN_OK);
    }
    tlsni_privkey_free(key);
}

/* S with the order of the group (RFC 8032 5.1 and 5.2) added is the same number to the equation that a verifier
 * checks: without a bound anybody could make another signature of each. */
static void eddsa_s_beyond_the_order_is_refused(void **state)
{
    static const struct {
        const char *order;
        size_t vector;
    } rows[] = {
        { "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", 0 },
        { "f34458ab92c27823558fc58d72c26c219036d6ae49db4ec4e923ca7cffffffff"
          "ffffffffffffffffffffffffffffffffffffffffffffff3f00", 3 },
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct published *v = &published[rows[i].vector];
        struct tlsni_privkey *key = key_of(v);
        struct tlsni_sig_params params = params_of(v);
        uint8_t sig[TLSNI_SIGNATURE_MAX], order[57];
        struct tlsn_span message = tlsni_span_make("message", 7);
        size_t len, n = vec_unhex(rows[i].order, order, sizeof order);
        unsigned carry = 0;

        assert_int_equal(tlsni_privkey_sign(key, NULL, &params, message, sig, &len), TLSN_OK);
        assert_int_equal(len, 2 * n);
        for (size_t at = 0; at < n; at++) {
            carry += (unsigned)sig[n + at] + order[at];
            sig[n + at] = (uint8_t)carry;
            carry >>= 8;
        }
        assert_int_equal(carry, 0);
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, message,
                                             tlsni_span_make(sig, len)), TLSN_ERR_DECRYPT_ERROR);
        tlsni_privkey_free(key);
    }
    REQ("8032:5.1.7/1");
    REQ("8032:5.2.7/1");
}

static tlsn_status decode(enum tlsni_key_type type, const char *hex)
{
    uint8_t point[64];
    struct tlsni_pubkey *key;
    tlsn_status st = tlsni_pubkey_new_eddsa(&key, NULL, type,
                                            tlsni_span_make(point, vec_unhex(hex, point, 64)));

    assert_true((st == TLSN_OK) == (key != NULL));
    tlsni_pubkey_free(key);
    return st;
}

/* RFC 8032 5.1.3: y = 2 has no x; y not below p; x = 0 with a sign. y = 1 is neutral. */
static void ed25519_public_key_that_does_not_decode_is_refused(void **state)
{
    static const char *const bad[] = {
        "0200000000000000000000000000000000000000000000000000000000000000",
        "0200000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "", "00",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a00",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(decode(TLSNI_KEY_ED25519, bad[i]), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(decode(TLSNI_KEY_ED25519,
                            "0100000000000000000000000000000000000000000000000000000000000000"),
                     TLSN_OK);
    assert_int_equal(decode(TLSNI_KEY_ED25519,
                            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707519a"),
                     TLSN_OK); /* -x */
    REQ("8032:5.1.3/1");
    REQ("8032:5.1.3/2");
}

static void ed448_public_key_that_does_not_decode_is_refused(void **state)
{
    (void)state;
    /* y = p, y above p, bits beyond the sign */
    assert_int_equal(decode(TLSNI_KEY_ED448,
                            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffff"
                            "ffffffffffffffffffffffffffffffffffffffffffffffff00"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(decode(TLSNI_KEY_ED448,
                            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                            "ffffffffffffffffffffffffffffffffffffffffffffffff00"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(decode(TLSNI_KEY_ED448,
                            "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778"
                            "edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256181"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(decode(TLSNI_KEY_ED448,
                            "0100000000000000000000000000000000000000000000000000000000000000"
                            "00000000000000000000000000000000000000000000000080"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(decode(TLSNI_KEY_ED448,
                            "0100000000000000000000000000000000000000000000000000000000000000"
                            "00000000000000000000000000000000000000000000000000"),
                     TLSN_OK);
    REQ("8032:5.2.3/1");
    REQ("8032:5.2.3/2");
}

/* About half of all y belong to a point: every generated key does, and a key with y + 1 in half. */
static void eddsa_every_generated_key_decodes(void **state)
{
    static const enum tlsni_key_type types[] = { TLSNI_KEY_ED25519, TLSNI_KEY_ED448 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 31);
    for (size_t i = 0; i < 2; i++) {
        unsigned neighbours = 0;

        for (int round = 0; round < 64; round++) {
            struct tlsni_privkey *key;
            struct tlsni_pubkey *pub;
            struct tlsn_span point;
            uint8_t next[57];

            assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, types[i], 0, 0), TLSN_OK);
            point = tlsni_pubkey_point(tlsni_privkey_public(key));
            assert_int_equal(tlsni_pubkey_new_eddsa(&pub, NULL, types[i], point), TLSN_OK);
            assert_true(tlsni_pubkey_equal(pub, tlsni_privkey_public(key)));
            tlsni_pubkey_free(pub);
            memcpy(next, point.data, point.len);
            next[0]++;
            if (tlsni_pubkey_new_eddsa(&pub, NULL, types[i], tlsni_span_make(next, point.len)) ==
                TLSN_OK)
                neighbours++;
            tlsni_pubkey_free(pub);
            tlsni_privkey_free(key);
        }
        assert_in_range(neighbours, 12, 52);
    }
    assert_int_equal(env.live, 0);
}

static void eddsa_keys_of_wrong_length_or_type_are_refused(void **state)
{
    struct tlsni_privkey *key;
    uint8_t seed[58] = { 1 };

    (void)state;
    for (size_t len = 0; len <= sizeof seed; len++) {
        struct tlsn_span s = tlsni_span_make(seed, len);

        assert_int_equal(tlsni_privkey_new_eddsa(&key, NULL, TLSNI_KEY_ED25519, s),
                         len == 32 ? TLSN_OK : TLSN_ERR_KEY);
        tlsni_privkey_free(key);
        assert_int_equal(tlsni_privkey_new_eddsa(&key, NULL, TLSNI_KEY_ED448, s),
                         len == 57 ? TLSN_OK : TLSN_ERR_KEY);
        tlsni_privkey_free(key);
        assert_int_equal(tlsni_privkey_new_eddsa(&key, NULL, TLSNI_KEY_EC, s), TLSN_ERR_KEY);
        assert_null(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eddsa_published_signatures_match),
        cmocka_unit_test(eddsa_damaged_signature_is_refused),
        cmocka_unit_test(eddsa_s_beyond_the_order_is_refused),
        cmocka_unit_test(ed448_last_octet_of_s_has_to_be_zero),
        cmocka_unit_test(ed25519_public_key_that_does_not_decode_is_refused),
        cmocka_unit_test(ed448_public_key_that_does_not_decode_is_refused),
        cmocka_unit_test(eddsa_every_generated_key_decodes),
        cmocka_unit_test(eddsa_keys_of_wrong_length_or_type_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
