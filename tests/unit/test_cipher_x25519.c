/* test_cipher_x25519.c - the ladder against Nettle's, another implementation, on random points and at the
 * edges of the field. Published values: test_cipher_group.c and the Wycheproof runner. */
#include <nettle/curve25519.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "cipher/x25519.h"

enum { LEN = TLSNI_X25519_LEN, RANDOM_POINTS = 2000 };

static void compare(const uint8_t *k, const uint8_t *u)
{
    uint8_t ours[LEN], theirs[LEN];

    tlsni_x25519(ours, k, u);
    curve25519_mul(theirs, k, u);
    assert_memory_equal(ours, theirs, LEN);
}

static void fill(uint8_t *p, uint64_t *seed)
{
    for (int i = 0; i < LEN; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        p[i] = (uint8_t)(*seed >> 56);
    }
}

static void x25519_random_points_agree_with_nettle(void **state)
{
    uint64_t seed = 25519;
    uint8_t k[LEN], u[LEN];

    (void)state;
    for (int i = 0; i < RANDOM_POINTS; i++) {
        fill(k, &seed);
        fill(u, &seed);
        compare(k, u);
    }
}

/* Small numbers and those around p = 2^255 - 19 and 2^255, the highest bit clear and set; limbs that are all
 * ones or all zero. */
static void x25519_edges_of_the_field_agree_with_nettle(void **state)
{
    static const uint8_t fills[] = { 0, 0xfe, 0xff };
    uint64_t seed = 1;
    uint8_t k[LEN], u[LEN];

    (void)state;
    for (unsigned top = 0; top < 2; top++)
        for (unsigned first = 0; first < 256; first++)
            for (size_t i = 0; i < sizeof fills; i++) {
                memset(u, fills[i], sizeof u);
                u[0] = (uint8_t)first;
                u[31] = (uint8_t)((u[31] & 0x7f) | top << 7);
                fill(k, &seed);
                compare(k, u);
            }
}

static void x25519_limbs_of_ones_and_zeros_agree_with_nettle(void **state)
{
    uint64_t seed = 2;
    uint8_t k[LEN], u[LEN];

    (void)state;
    for (unsigned limbs = 0; limbs < 32; limbs++) {
        memset(u, 0, sizeof u);
        for (unsigned bit = 0; bit < 255; bit++)
            u[bit / 8] |= (uint8_t)((limbs >> bit / 51 & 1) << bit % 8);
        fill(k, &seed);
        compare(k, u);
        memset(k, limbs & 1 ? 0xff : 0, sizeof k);
        compare(k, u);
    }
}

static void x25519_result_may_replace_its_arguments(void **state)
{
    uint8_t k[LEN] = { 9, 8, 7 }, u[LEN] = { 9 }, apart[LEN], scalar[LEN], point[LEN];

    (void)state;
    tlsni_x25519(apart, k, u);
    memcpy(scalar, k, LEN);
    tlsni_x25519(scalar, scalar, u);
    memcpy(point, u, LEN);
    tlsni_x25519(point, k, point);
    assert_memory_equal(scalar, apart, LEN);
    assert_memory_equal(point, apart, LEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x25519_random_points_agree_with_nettle),
        cmocka_unit_test(x25519_edges_of_the_field_agree_with_nettle),
        cmocka_unit_test(x25519_limbs_of_ones_and_zeros_agree_with_nettle),
        cmocka_unit_test(x25519_result_may_replace_its_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
