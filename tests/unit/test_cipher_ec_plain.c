#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/ct.h"
#include "cipher/ec.h"
#include "cipher/group.h"
#include "cipher/pk.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <string.h>

static const uint16_t curves[] = { TLSNI_GROUP_SECP256K1, TLSNI_GROUP_BRAINPOOLP256R1,
                                   TLSNI_GROUP_BRAINPOOLP384R1, TLSNI_GROUP_BRAINPOOLP512R1 };
enum { CURVES = sizeof curves / sizeof *curves };

/* ---- RFC 7027 A.1 to A.3, and RFC 8734 A.1 to A.3 with the same figures ---- */

static const struct exchange {
    uint16_t group;
    const char *da, *xa, *ya, *db, *xb, *yb, *xz;
} exchanges[] = {
    { TLSNI_GROUP_BRAINPOOLP256R1,
      "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d",
      "44106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100be5",
      "8ab4846f11caccb73ce49cbdd120f5a900a69fd32c272223f789ef10eb089bdc",
      "55e40bc41e37e3e2ad25c3c6654511ffa8474a91a0032087593852d3e7d76bd3",
      "8d2d688c6cf93e1160ad04cc4429117dc2c41825e1e9fca0addd34e6f1b39f7b",
      "990c57520812be512641e47034832106bc7d3e8dd0e4c7f1136d7006547cec6a",
      "89afc39d41d3b327814b80940b042590f96556ec91e6ae7939bce31f3a18bf2b" },
    { TLSNI_GROUP_BRAINPOOLP384R1,
      "1e20f5e048a5886f1f157c74e91bde2b98c8b52d58e5003d57053fc4b0bd65d6f15eb5d1ee1610df"
      "870795143627d042",
      "68b665dd91c195800650cdd363c625f4e742e8134667b767b1b476793588f885ab698c852d4a6e77"
      "a252d6380fcaf068",
      "55bc91a39c9ec01dee36017b7d673a931236d2f1f5c83942d049e3fa20607493e0d038ff2fd30c2a"
      "b67d15c85f7faa59",
      "032640bc6003c59260f7250c3db58ce647f98e1260acce4acda3dd869f74e01f8ba5e0324309db6a"
      "9831497abac96670",
      "4d44326f269a597a5b58bba565da5556ed7fd9a8a9eb76c25f46db69d19dc8ce6ad18e404b15738b"
      "2086df37e71d1eb4",
      "62d692136de56cbe93bf5fa3188ef58bc8a3a0ec6c1e151a21038a42e9185329b5b275903d192f8d"
      "4e1f32fe9cc78c48",
      "0bd9d3a7ea0b3d519d09d8e48d0785fb744a6b355e6304bc51c229fbbce239bbadf6403715c35d4f"
      "b2a5444f575d4f42" },
    { TLSNI_GROUP_BRAINPOOLP512R1,
      "16302ff0dbbb5a8d733dab7141c1b45acbc8715939677f6a56850a38bd87bd59b09e80279609ff33"
      "3eb9d4c061231fb26f92eeb04982a5f1d1764cad57665422",
      "0a420517e406aac0acdce90fcd71487718d3b953efd7fbec5f7f27e28c6149999397e91e029e0645"
      "7db2d3e640668b392c2a7e737a7f0bf04436d11640fd09fd",
      "72e6882e8db28aad36237cd25d580db23783961c8dc52dfa2ec138ad472a0fcef3887cf62b623b2a"
      "87de5c588301ea3e5fc269b373b60724f5e82a6ad147fde7",
      "230e18e1bcc88a362fa54e4ea3902009292f7f8033624fd471b5d8ace49d12cfabbc19963dab8e2f"
      "1eba00bffb29e4d72d13f2224562f405cb80503666b25429",
      "9d45f66de5d67e2e6db6e93a59ce0bb48106097ff78a081de781cdb31fce8ccbaaea8dd4320c4119"
      "f1e9cd437a2eab3731fa9668ab268d871deda55a5473199f",
      "2fdc313095bcdd5fb3a91636f07a959c8e86b5636a1e930e8396049cb481961d365cc11453a06c71"
      "9835475b12cb52fc3c383bce35e27ef194512b71876285fa",
      "a7927098655f1f9976fa50a9d566865dc530331846381c87256baf3226244b76d36403c024d7bbf0"
      "aa0803eaff405d3d24f11a9b5c0bef679fe1454b21c4cd1f" }
};

static size_t point_of(uint8_t *out, const char *x, const char *y)
{
    size_t n = 1;

    out[0] = 4;
    n += vec_unhex(x, out + n, 64);
    return n + vec_unhex(y, out + n, 64);
}

static void check_half(const struct tlsni_group *g, const char *scalar, const char *x,
                       const char *y, const uint8_t *peer, size_t peer_len, const char *z)
{
    uint8_t d[64], own[129], want[64], out[64];
    size_t len = vec_unhex(scalar, d, sizeof d), own_len = point_of(own, x, y);
    struct tlsni_privkey *key;

    assert_int_equal(len, g->private_len);
    assert_int_equal(tlsni_privkey_new_ec(&key, NULL, g->id, tlsni_span_make(d, len),
                                          tlsni_span_make(own, own_len)), TLSN_OK);
    tlsni_privkey_free(key);
    assert_int_equal(g->derive(g, NULL, d, peer, peer_len, out), TLSN_OK);
    assert_int_equal(vec_unhex(z, want, sizeof want), g->shared_len);
    assert_memory_equal(out, want, g->shared_len);
}

static void ecdh_of_rfc_7027_comes_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof exchanges / sizeof *exchanges; i++) {
        const struct exchange *e = &exchanges[i];
        const struct tlsni_group *g = tlsni_group_find(e->group);
        uint8_t a[129], b[129];
        size_t a_len = point_of(a, e->xa, e->ya), b_len = point_of(b, e->xb, e->yb);

        check_half(g, e->da, e->xa, e->ya, b, b_len, e->xz);
        check_half(g, e->db, e->xb, e->yb, a, a_len, e->xz);
    }
    REQ("7027:A/1");
    REQ("8734:A/1");
}

/* ---- scalars at the edges ---- */

/* k G for a small k, or for n - k. */
static void times_g(const struct tlsni_ec *ec, mp_limb_t *xy, mp_limb_t k, bool negative)
{
    mp_limb_t scalar[TLSNI_EC_LIMBS_MAX] = { k };
    size_t n = tlsni_ec_limbs(ec);

    if (negative) {
        tlsni_limbs_get(scalar, n, ec->n, ec->len);
        mpn_sub_1(scalar, scalar, (mp_size_t)n, k);
    }
    ec->kernel->mul_g(ec, xy, scalar);
}

static void multiple_by_one_is_the_generator_and_by_minus_one_its_opposite(void **state)
{
    (void)state;
    for (size_t i = 0; i < CURVES; i++) {
        const struct tlsni_ec *ec = tlsni_ec_find(curves[i]);
        size_t n = tlsni_ec_limbs(ec);
        mp_limb_t g[2 * TLSNI_EC_LIMBS_MAX], a[2 * TLSNI_EC_LIMBS_MAX], p[TLSNI_EC_LIMBS_MAX];

        tlsni_limbs_get(g, n, ec->g, ec->len);
        tlsni_limbs_get(g + n, n, ec->g + ec->len, ec->len);
        tlsni_limbs_get(p, n, ec->p, ec->len);
        times_g(ec, a, 1, false);
        assert_false(tlsni_limbs_diff(a, g, 2 * n));
        times_g(ec, a, 1, true);
        assert_false(tlsni_limbs_diff(a, g, n));
        mpn_add_n(a + n, a + n, g + n, (mp_size_t)n);
        assert_false(tlsni_limbs_diff(a + n, p, n));
    }
}

/* 2 (k G) = (2k) G and k (m G) = m (k G), where tables and windows see every small value. */
static void multiples_of_multiples_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < CURVES; i++) {
        const struct tlsni_ec *ec = tlsni_ec_find(curves[i]);
        size_t n = tlsni_ec_limbs(ec);

        for (mp_limb_t k = 1; k <= 34; k++) {
            mp_limb_t p[2 * TLSNI_EC_LIMBS_MAX], a[2 * TLSNI_EC_LIMBS_MAX];
            mp_limb_t b[2 * TLSNI_EC_LIMBS_MAX], m[TLSNI_EC_LIMBS_MAX] = { k + 5 };

            times_g(ec, p, k, false);
            ec->kernel->mul(ec, a, m, p);
            times_g(ec, b, k * (k + 5), false);
            assert_false(tlsni_limbs_diff(a, b, 2 * n));
        }
    }
}

/* ---- signatures ---- */

static struct tlsni_privkey *fresh(struct test_env *env, uint16_t group)
{
    struct tlsni_privkey *key;

    test_env_init(env, group);
    assert_int_equal(tlsni_privkey_generate(&key, &env->hooks, TLSNI_KEY_EC, 0, group), TLSN_OK);
    return key;
}

static void ecdsa_signature_of_something_else_is_refused(void **state)
{
    const struct tlsni_sig_params params = { TLSNI_KEY_EC, TLSNI_HASH_SHA512, 0, 0, 0 };
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    struct test_env env;
    size_t len;

    (void)state;
    for (size_t i = 0; i < CURVES; i++) {
        struct tlsni_privkey *key = fresh(&env, curves[i]);
        const struct tlsni_pubkey *pub = tlsni_privkey_public(key);

        assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, tlsni_span_make("m", 1), sig,
                                            &len), TLSN_OK);
        assert_int_equal(tlsni_pubkey_verify(pub, &params, tlsni_span_make("m", 1),
                                             tlsni_span_make(sig, len)), TLSN_OK);
        assert_int_equal(tlsni_pubkey_verify(pub, &params, tlsni_span_make("n", 1),
                                             tlsni_span_make(sig, len)), TLSN_ERR_DECRYPT_ERROR);
        sig[len - 1] ^= 1;
        assert_int_equal(tlsni_pubkey_verify(pub, &params, tlsni_span_make("m", 1),
                                             tlsni_span_make(sig, len)), TLSN_ERR_DECRYPT_ERROR);
        tlsni_privkey_free(key);
    }
}

/* With u1 G = u2 Q the sum is a doubling, with u1 G = -u2 Q it is infinity: r = s = 1 and Q = z G or
 * -z G for a digest z. The first verifies if r is the x coordinate of 2 z G, which it is not; the
 * second must not crash or verify. */
static void ecdsa_sum_at_infinity_is_refused(void **state)
{
    static const uint8_t one_one[] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };
    const struct tlsni_sig_params params = { TLSNI_KEY_EC, TLSNI_HASH_SHA256, 0, 0, 0 };

    (void)state;
    for (size_t i = 0; i < CURVES; i++) {
        const struct tlsni_ec *ec = tlsni_ec_find(curves[i]);
        size_t n = tlsni_ec_limbs(ec);
        mp_limb_t z[TLSNI_EC_LIMBS_MAX], q[TLSNI_EC_LIMBS_MAX], xy[2 * TLSNI_EC_LIMBS_MAX];
        uint8_t digest[TLSNI_HASH_LEN_MAX], point[TLSNI_EC_POINT_MAX];
        struct tlsni_pubkey *key;

        tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), "m", 1, digest);
        tlsni_limbs_get(z, n, digest, 32);
        tlsni_limbs_get(q, n, ec->n, ec->len);
        if (mpn_cmp(z, q, (mp_size_t)n) >= 0)
            mpn_sub_n(z, z, q, (mp_size_t)n);
        mpn_sub_n(z, q, z, (mp_size_t)n);
        ec->kernel->mul_g(ec, xy, z);
        tlsni_ec_point_put(ec, point, xy);
        assert_int_equal(tlsni_pubkey_new_ec(&key, NULL, ec->group,
                                             tlsni_span_make(point, 1U + 2U * ec->len)), TLSN_OK);
        assert_int_equal(tlsni_pubkey_verify(key, &params, tlsni_span_make("m", 1),
                                             tlsni_span_make(one_one, sizeof one_one)),
                         TLSN_ERR_DECRYPT_ERROR);
        tlsni_pubkey_free(key);
    }
}

/* A point of the twist, as everywhere else: y + 1. */
static void point_off_the_curve_is_refused(void **state)
{
    struct test_env env;
    uint8_t out[64], d[64], point[129];

    (void)state;
    for (size_t i = 0; i < CURVES; i++) {
        const struct tlsni_group *g = tlsni_group_find(curves[i]);

        test_env_init(&env, 3);
        assert_int_equal(g->keygen(g, &env.hooks, d, point), TLSN_OK);
        TLSNI_CT_PUBLIC(d, sizeof d);
        assert_int_equal(g->derive(g, NULL, d, point, g->public_len, out), TLSN_OK);
        point[g->public_len - 1] ^= 1;
        assert_int_equal(g->derive(g, NULL, d, point, g->public_len, out),
                         TLSN_ERR_ILLEGAL_PARAMETER);
    }
    REQ("8734:6/1");
}

/* The orders of the brainpool curves are well below the power of two above them: of as many random bits as the
 * order has, numbers above it have to be thrown away. */
static void private_keys_fill_the_order_and_stay_below_it(void **state)
{
    struct test_env env;
    mp_limb_t k[TLSNI_EC_LIMBS_MAX];
    uint8_t bytes[TLSNI_EC_LEN_MAX];

    (void)state;
    for (size_t i = 1; i < CURVES; i++) {
        const struct tlsni_ec *ec = tlsni_ec_find(curves[i]);
        uint8_t any = 0;

        test_env_init(&env, 4);
        for (int n = 0; n < 200; n++) {
            assert_int_equal(tlsni_ec_scalar_random(ec, &env.hooks, k), TLSN_OK);
            tlsni_limbs_put(bytes, ec->len, k, tlsni_ec_limbs(ec));
            TLSNI_CT_PUBLIC(bytes, sizeof bytes);
            assert_true(memcmp(bytes, ec->n, ec->len) < 0);
            any |= bytes[0];
        }
        assert_int_equal(any, 0xff);
    }
    REQ("8734:6/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdh_of_rfc_7027_comes_out),
        cmocka_unit_test(multiple_by_one_is_the_generator_and_by_minus_one_its_opposite),
        cmocka_unit_test(multiples_of_multiples_agree),
        cmocka_unit_test(ecdsa_signature_of_something_else_is_refused),
        cmocka_unit_test(ecdsa_sum_at_infinity_is_refused),
        cmocka_unit_test(point_off_the_curve_is_refused),
        cmocka_unit_test(private_keys_fill_the_order_and_stay_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
