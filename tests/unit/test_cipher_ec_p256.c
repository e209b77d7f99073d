/* The kernel of secp256r1 against Nettle's, which is the other implementation. What is published of
 * signatures of this curve runs in test_cipher_ec and wycheproof. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cipher/ec.h"
#include "cipher/group.h"
#include "support_env.h"
#include "support_vectors.h"

enum { LIMBS = 32 / TLSNI_LIMB_BYTES, ROUNDS = 60 };

static const struct tlsni_ec *curve(void)
{
    return tlsni_ec_find(TLSNI_GROUP_SECP256R1);
}

struct signature {
    mp_limb_t key[LIMBS], point[2 * LIMBS], r[LIMBS], s[LIMBS];
    uint8_t digest[32];
};

static void sign(struct signature *g, struct test_env *env)
{
    mp_limb_t nonce[LIMBS];

    assert_int_equal(tlsni_ec_scalar_random(curve(), &env->hooks, g->key), TLSN_OK);
    assert_int_equal(tlsni_ec_scalar_random(curve(), &env->hooks, nonce), TLSN_OK);
    test_random(env, g->digest, sizeof g->digest);
    tlsni_ec_nettle.mul_g(curve(), g->point, g->key);
    assert_int_equal(tlsni_ec_nettle.sign(curve(), NULL, g->r, g->s, g->key, nonce, g->digest, 32),
                     TLSN_OK);
}

static tlsn_status by(const struct tlsni_ec_kernel *kernel, const struct signature *g, size_t digest_len)
{
    return kernel->verify(curve(), NULL, g->point, g->r, g->s, g->digest, digest_len);
}

static void p256_agrees_with_nettle_on_good_and_bent_signatures(void **state)
{
    struct signature g;
    struct test_env env;

    (void)state;
    test_env_init(&env, 256);
    for (unsigned i = 0; i < ROUNDS; i++) {
        sign(&g, &env);
        assert_int_equal(by(&tlsni_ec_p256, &g, 32), TLSN_OK);
        g.digest[i % 32] ^= (uint8_t)(1 << i % 8);
        assert_int_equal(by(&tlsni_ec_p256, &g, 32), TLSN_ERR_DECRYPT_ERROR);
        g.digest[i % 32] ^= (uint8_t)(1 << i % 8);
        g.s[i % LIMBS] ^= (mp_limb_t)1 << i;
        assert_int_equal(by(&tlsni_ec_p256, &g, 32), by(&tlsni_ec_nettle, &g, 32));
        g.s[i % LIMBS] ^= (mp_limb_t)1 << i;
        g.r[i % LIMBS] ^= (mp_limb_t)1 << i;
        assert_int_equal(by(&tlsni_ec_p256, &g, 32), by(&tlsni_ec_nettle, &g, 32));
    }
}

/* Digests of other lengths, and of nothing but zeros, which leave G out of the sum. */
static void p256_takes_digests_of_any_length_and_value(void **state)
{
    struct signature g;
    struct test_env env;
    mp_limb_t nonce[LIMBS];
    uint8_t digest[64] = { 0 };

    (void)state;
    test_env_init(&env, 257);
    for (size_t len = 0; len <= sizeof digest; len += 4) {
        sign(&g, &env);
        assert_int_equal(tlsni_ec_scalar_random(curve(), &env.hooks, nonce), TLSN_OK);
        assert_int_equal(tlsni_ec_nettle.sign(curve(), NULL, g.r, g.s, g.key, nonce, digest, len), TLSN_OK);
        assert_int_equal(tlsni_ec_p256.verify(curve(), NULL, g.point, g.r, g.s, digest, len), TLSN_OK);
        test_random(&env, digest, sizeof digest);
    }
}

/* Keys that are small multiples of G meet the points of both tables: equal ones, opposite ones. */
static void p256_adds_equal_and_opposite_points(void **state)
{
    struct signature g;
    struct test_env env;
    mp_limb_t nonce[LIMBS];

    (void)state;
    test_env_init(&env, 258);
    for (mp_limb_t k = 1; k <= 40; k++) {
        sign(&g, &env);
        for (int negative = 0; negative < 2; negative++) {
            memset(g.key, 0, sizeof g.key);
            g.key[0] = k;
            if (negative) { /* n - k */
                tlsni_limbs_get(g.key, LIMBS, curve()->n, 32);
                (void)mpn_sub_1(g.key, g.key, LIMBS, k);
            }
            tlsni_ec_nettle.mul_g(curve(), g.point, g.key);
            assert_int_equal(tlsni_ec_scalar_random(curve(), &env.hooks, nonce), TLSN_OK);
            assert_int_equal(tlsni_ec_nettle.sign(curve(), NULL, g.r, g.s, g.key, nonce, g.digest, 32),
                             TLSN_OK);
            assert_int_equal(by(&tlsni_ec_p256, &g, 32), TLSN_OK);
        }
    }
}

static void p256_numbers_out_of_range_do_not_verify(void **state)
{
    struct signature g, bent;
    struct test_env env;
    mp_limb_t n[LIMBS];

    (void)state;
    test_env_init(&env, 259);
    sign(&g, &env);
    tlsni_limbs_get(n, LIMBS, curve()->n, 32);
    for (int i = 0; i < 4; i++) {
        mp_limb_t *which;

        bent = g;
        which = i % 2 ? bent.s : bent.r;
        if (i < 2)
            memset(which, 0, sizeof bent.r);
        else
            memcpy(which, n, sizeof n);
        assert_int_equal(by(&tlsni_ec_p256, &bent, 32), TLSN_ERR_DECRYPT_ERROR);
    }
    bent = g;
    if (mpn_add_n(bent.r, bent.r, n, LIMBS) == 0) /* the same modulo n */
        assert_int_equal(by(&tlsni_ec_p256, &bent, 32), TLSN_ERR_DECRYPT_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p256_agrees_with_nettle_on_good_and_bent_signatures),
        cmocka_unit_test(p256_takes_digests_of_any_length_and_value),
        cmocka_unit_test(p256_adds_equal_and_opposite_points),
        cmocka_unit_test(p256_numbers_out_of_range_do_not_verify),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
