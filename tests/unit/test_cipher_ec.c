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

/* ---- RFC 6979 A.2.5 to A.2.7, message "sample" ---- */

static const struct published {
    uint16_t group;
    uint8_t hash;
    const char *x, *ux, *uy, *k, *r, *s;
} published[] = {
    { TLSNI_GROUP_SECP256R1, TLSNI_HASH_SHA256,
      "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
      "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
      "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
    { TLSNI_GROUP_SECP384R1, TLSNI_HASH_SHA384,
      "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"
      "96d5724e4c70a825f872c9ea60d2edf5",
      "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
      "def8f0ea9055866064a254515480bc13",
      "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1"
      "288b231c3ae0d4fe7344fd2533264720",
      "94ed910d1a099dad3254e9242ae85abde4ba15168eaf0ca87a555fd56d10fbca"
      "2907e3e83ba95368623b8c4686915cf9",
      "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
      "81a648152e44acf96e36dd1e80fabe46",
      "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
      "a329c145786e679e7b82c71a38628ac8" },
    { TLSNI_GROUP_SECP521R1, TLSNI_HASH_SHA512,
      "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75"
      "caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8"
      "3538",
      "01894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd"
      "371123d46e45db6b5d5370a7f20fb633155d38ffa16d2bd761dcac474b9a2f50"
      "23a4",
      "00493101c962cd4d2fddf782285e64584139c2f91b47f87ff82354d6630f746a"
      "28a0db25741b5b34a828008b22acc23f924faafbd4d33f81ea66956dfeaa2bfd"
      "fcf5",
      "01dae2ea071f8110dc26882d4d5eae0621a3256fc8847fb9022e2b7d28e6f101"
      "98b1574fdd03a9053c08a1854a168aa5a57470ec97dd5ce090124ef52a2f7ecb"
      "ffd3",
      "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f"
      "174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e3"
      "77fa",
      "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af"
      "282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4"
      "a67a" },
};

enum { PUBLISHED = sizeof published / sizeof published[0] };

/* Hands out the nonce of the vector. */
static tlsn_status nonce_random(void *ctx, void *out, size_t len)
{
    const struct published *v = ctx;

    assert_int_equal(vec_unhex(v->k, out, len), len);
    return TLSN_OK;
}

static struct tlsn_hooks hooks_of(const struct published *v)
{
    struct tlsn_hooks h = { .random = nonce_random, .random_ctx = (void *)(uintptr_t)v };
    return h;
}

static struct tlsni_privkey *key_of(const struct published *v)
{
    uint8_t x[66];
    struct tlsni_privkey *key;
    struct tlsn_span none = { NULL, 0 };

    assert_int_equal(tlsni_privkey_new_ec(&key, NULL, v->group,
                                          tlsni_span_make(x, vec_unhex(v->x, x, sizeof x)), none),
                     TLSN_OK);
    return key;
}

static struct tlsni_sig_params params_of(const struct published *v)
{
    struct tlsni_sig_params p = { TLSNI_KEY_EC, v->hash, TLSNI_PAD_NONE, 0, 0 };
    return p;
}

static void put_integer(struct tlsni_wr *w, const uint8_t *x, size_t len)
{
    while (len > 1 && !x[0]) {
        x++;
        len--;
    }
    tlsni_wr_u8(w, 2);
    tlsni_wr_u8(w, (uint32_t)len + (x[0] >> 7));
    if (x[0] >> 7)
        tlsni_wr_u8(w, 0);
    tlsni_wr_put(w, x, len);
}

/* SEQUENCE { r, s } */
static size_t der_of(const struct published *v, uint8_t *out)
{
    uint8_t r[66], s[66], body[150];
    size_t len = vec_unhex(v->r, r, sizeof r);
    struct tlsni_wr b = tlsni_wr_make(body, sizeof body), w = tlsni_wr_make(out, 160);

    (void)vec_unhex(v->s, s, sizeof s);
    put_integer(&b, r, len);
    put_integer(&b, s, len);
    tlsni_wr_u8(&w, 0x30);
    if (b.len > 0x7f)
        tlsni_wr_u8(&w, 0x81);
    tlsni_wr_u8(&w, (uint32_t)b.len);
    tlsni_wr_put(&w, body, b.len);
    return w.len;
}

static const struct tlsn_span sample = { (const uint8_t *)"sample", 6 };

static void ecdsa_signature_with_the_published_nonce_is_the_published_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLISHED; i++) {
        const struct published *v = &published[i];
        struct tlsni_privkey *key = key_of(v);
        struct tlsni_sig_params params = params_of(v);
        struct tlsn_hooks hooks = hooks_of(v);
        uint8_t sig[TLSNI_SIGNATURE_MAX], expected[160];
        size_t len, expected_len = der_of(v, expected);

        assert_int_equal(tlsni_privkey_sign(key, &hooks, &params, sample, sig, &len), TLSN_OK);
        assert_int_equal(len, expected_len);
        assert_memory_equal(sig, expected, len);
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, sample,
                                             tlsni_span_make(sig, len)), TLSN_OK);
        tlsni_privkey_free(key);
    }
    REQ("8422:5.4/9");
    REQ("8422:5.10/6");
}

static void ec_public_point_follows_from_the_scalar(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLISHED; i++) {
        const struct published *v = &published[i];
        struct tlsni_privkey *key = key_of(v), *again;
        uint8_t point[133] = { 4 };
        size_t len = vec_unhex(v->ux, point + 1, 66);
        struct tlsn_span have = tlsni_pubkey_point(tlsni_privkey_public(key));

        len += vec_unhex(v->uy, point + 1 + len, 66);
        assert_true(tlsni_span_eq(have, tlsni_span_make(point, 1 + len)));
        assert_int_equal(tlsni_pubkey_group(tlsni_privkey_public(key)), v->group);
        assert_int_equal(tlsni_privkey_new_ec(&again, NULL, v->group, tlsni_privkey_scalar(key),
                                              have), TLSN_OK);
        assert_true(tlsni_pubkey_equal(tlsni_privkey_public(key), tlsni_privkey_public(again)));
        tlsni_privkey_free(again);
        point[len] ^= 1;
        assert_int_equal(tlsni_privkey_new_ec(&again, NULL, v->group, tlsni_privkey_scalar(key),
                                              tlsni_span_make(point, 1 + len)), TLSN_ERR_KEY);
        assert_null(again);
        tlsni_privkey_free(key);
    }
}

/* ---- damaged signatures ---- */

static tlsn_status verify(const struct tlsni_privkey *key, const uint8_t *der, size_t len)
{
    struct tlsni_sig_params params = params_of(&published[0]);

    return tlsni_pubkey_verify(tlsni_privkey_public(key), &params, sample,
                               tlsni_span_make(der, len));
}

static void ecdsa_signature_damaged_anywhere_is_refused(void **state)
{
    struct tlsni_privkey *key = key_of(&published[0]);
    uint8_t der[160];
    size_t len = der_of(&published[0], der);

    (void)state;
    assert_int_equal(verify(key, der, len), TLSN_OK);
    for (size_t n = 0; n < len; n++)
        assert_int_equal(verify(key, der, n), TLSN_ERR_DECRYPT_ERROR);
    der[len] = 0;
    assert_int_equal(verify(key, der, len + 1), TLSN_ERR_DECRYPT_ERROR);
    for (size_t at = 0; at < len; at++) {
        der[at] ^= 0x40;
        assert_int_equal(verify(key, der, len), TLSN_ERR_DECRYPT_ERROR);
        der[at] ^= 0x40;
    }
    tlsni_privkey_free(key);
}

/* The same numbers in BER: long length, leading zero, negative; and numbers out of range. */
static void ecdsa_signature_in_another_encoding_is_refused(void **state)
{
    static const char *const bad[] = {
        "3006020100020100",                       /* 0, 0 */
        "3006020101020100",                       /* s = 0 */
        "3006020100020101",                       /* r = 0 */
        "3000", "30020200", "300402000200",       /* empty */
        "3008020101020101" "0500",                /* something behind */
        "30800201010201010000",                   /* indefinite */
        "3106020101020101", "3006030101020101",   /* wrong tags */
        "300602017f0201ff",                       /* negative */
        "30260201010221" "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    };
    struct tlsni_privkey *key = key_of(&published[0]);
    uint8_t der[160], ber[170];
    size_t len = der_of(&published[0], der);

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(verify(key, ber, vec_unhex(bad[i], ber, sizeof ber)),
                         TLSN_ERR_DECRYPT_ERROR);
    ber[0] = 0x30; /* a length octet too many */
    ber[1] = 0x81;
    memcpy(ber + 2, der + 1, len - 1);
    assert_int_equal(verify(key, ber, len + 1), TLSN_ERR_DECRYPT_ERROR);
    memcpy(ber, der, 4); /* a zero too many in r */
    ber[1]++;
    ber[3]++;
    ber[4] = 0;
    memcpy(ber + 5, der + 4, len - 4);
    assert_int_equal(verify(key, ber, len + 1), TLSN_ERR_DECRYPT_ERROR);
    memcpy(ber, der, len); /* r without its sign octet */
    ber[1]--;
    ber[3]--;
    memmove(ber + 4, ber + 5, len - 5);
    assert_int_equal(verify(key, ber, len - 1), TLSN_ERR_DECRYPT_ERROR);
    tlsni_privkey_free(key);
}

/* ---- u1 G = u2 Q ---- */

/* A signature made for the purpose: R = 2 G, r = x(R), s = z, so that u1 = 1; and the key z / r, so
 * that u2 Q = (r / s) (z / r) G = G as well. Computed with Python from FIPS 186-4 D.1.2.3. */
static void ecdsa_signature_whose_sum_is_a_doubling_verifies(void **state)
{
    static const char sig[] =
        "304502207cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc"
        "47669978022100af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562"
        "113d8a62add1bf";
    static const char scalar[] = "2a540bc47b5bc4e24af6d43fdac7920ef2e0af70e3324a483688c93f20125662";
    struct tlsni_sig_params params = params_of(&published[0]);
    struct tlsn_span none = { NULL, 0 };
    struct tlsni_privkey *key;
    uint8_t x[32], der[80];
    size_t len = vec_unhex(sig, der, sizeof der);

    (void)state;
    (void)vec_unhex(scalar, x, sizeof x);
    assert_int_equal(tlsni_privkey_new_ec(&key, NULL, TLSNI_GROUP_SECP256R1,
                                          tlsni_span_make(x, 32), none), TLSN_OK);
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, sample,
                                         tlsni_span_make(der, len)), TLSN_OK);
    der[20] ^= 1;
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, sample,
                                         tlsni_span_make(der, len)), TLSN_ERR_DECRYPT_ERROR);
    tlsni_privkey_free(key);
}

/* ---- nonces and keys ---- */

/* First the order itself and 0, which are no nonces, then good bytes. */
struct script {
    unsigned calls;
};

static tlsn_status scripted_random(void *ctx, void *out, size_t len)
{
    struct script *s = ctx;

    if (s->calls++ == 0)
        (void)vec_unhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", out,
                        len);
    else if (s->calls == 2)
        memset(out, 0, len);
    else
        (void)vec_unhex(published[0].k, out, len);
    return TLSN_OK;
}

static void ecdsa_nonce_out_of_range_is_drawn_again(void **state)
{
    struct tlsni_privkey *key = key_of(&published[0]);
    struct tlsni_sig_params params = params_of(&published[0]);
    struct script script = { 0 };
    struct tlsn_hooks hooks = { .random = scripted_random, .random_ctx = &script };
    uint8_t sig[TLSNI_SIGNATURE_MAX], expected[160];
    size_t len, expected_len = der_of(&published[0], expected);

    (void)state;
    assert_int_equal(tlsni_privkey_sign(key, &hooks, &params, sample, sig, &len), TLSN_OK);
    assert_int_equal(script.calls, 3);
    assert_int_equal(len, expected_len);
    assert_memory_equal(sig, expected, len);
    tlsni_privkey_free(key);
}

static void ecdsa_two_signatures_have_two_nonces(void **state)
{
    struct tlsni_privkey *key = key_of(&published[0]);
    struct tlsni_sig_params params = params_of(&published[0]);
    uint8_t a[TLSNI_SIGNATURE_MAX], b[TLSNI_SIGNATURE_MAX];
    struct test_env env;
    size_t len;

    (void)state;
    test_env_init(&env, 21);
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, sample, a, &len), TLSN_OK);
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, sample, b, &len), TLSN_OK);
    assert_memory_not_equal(a + 5, b + 5, 30);
    assert_int_equal(env.allocs, 0);
    env.random_fails = true;
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, sample, b, &len),
                     TLSN_ERR_RANDOM);
    tlsni_privkey_free(key);
}

static void ec_scalar_out_of_range_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "00", "0000000000000000000000000000000000000000000000000000000000000000",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552",
        "010000000000000000000000000000000000000000000000000000000000000001",
    };
    static const char *const good[] = {
        "01", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
        "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
    };
    struct tlsn_span none = { NULL, 0 };
    struct tlsni_privkey *key;
    uint8_t x[40];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tlsn_span s = { x, vec_unhex(bad[i], x, sizeof x) };
        assert_int_equal(tlsni_privkey_new_ec(&key, NULL, TLSNI_GROUP_SECP256R1, s, none),
                         TLSN_ERR_KEY);
        assert_null(key);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct tlsn_span s = { x, vec_unhex(good[i], x, sizeof x) };
        assert_int_equal(tlsni_privkey_new_ec(&key, NULL, TLSNI_GROUP_SECP256R1, s, none),
                         TLSN_OK);
        assert_int_equal(tlsni_privkey_scalar(key).len, 32);
        tlsni_privkey_free(key);
    }
    assert_int_equal(tlsni_privkey_new_ec(&key, NULL, TLSNI_GROUP_X25519, tlsni_span_make(x, 32),
                                          none), TLSN_ERR_NOT_IMPLEMENTED);
}

static void ec_public_key_off_the_curve_is_refused(void **state)
{
    struct tlsni_privkey *key = key_of(&published[0]);
    struct tlsn_span point = tlsni_pubkey_point(tlsni_privkey_public(key));
    struct tlsni_pubkey *pub;
    uint8_t bad[65];

    (void)state;
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, TLSNI_GROUP_SECP256R1, point), TLSN_OK);
    assert_true(tlsni_pubkey_equal(pub, tlsni_privkey_public(key)));
    tlsni_pubkey_free(pub);
    memcpy(bad, point.data, 65);
    bad[64] ^= 1;
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, TLSNI_GROUP_SECP256R1,
                                         tlsni_span_make(bad, 65)), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, TLSNI_GROUP_SECP256R1,
                                         tlsni_span_make(bad, 64)), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, TLSNI_GROUP_SECP256R1,
                                         tlsni_span_make(bad, 0)), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, TLSNI_GROUP_SECP384R1, point),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, 20, point), TLSN_ERR_NOT_IMPLEMENTED);
    assert_null(pub);
    tlsni_privkey_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdsa_signature_with_the_published_nonce_is_the_published_one),
        cmocka_unit_test(ec_public_point_follows_from_the_scalar),
        cmocka_unit_test(ecdsa_signature_damaged_anywhere_is_refused),
        cmocka_unit_test(ecdsa_signature_in_another_encoding_is_refused),
        cmocka_unit_test(ecdsa_signature_whose_sum_is_a_doubling_verifies),
        cmocka_unit_test(ecdsa_nonce_out_of_range_is_drawn_again),
        cmocka_unit_test(ecdsa_two_signatures_have_two_nonces),
        cmocka_unit_test(ec_scalar_out_of_range_is_refused),
        cmocka_unit_test(ec_public_key_off_the_curve_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
