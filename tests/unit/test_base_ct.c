#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ct.h"
#include "support_env.h"

#include <string.h>

/* Values where carries and sign bits change. */
static const uint32_t edges[] = { 0,          1,          2,          127,        128,
                                  255,        256,        0x7ffffffe, 0x7fffffff, 0x80000000,
                                  0x80000001, 0xfffffffe, 0xffffffff };
enum { EDGES = sizeof edges / sizeof *edges };

static void assert_mask(uint32_t mask, bool expected)
{
    assert_int_equal(mask, expected ? UINT32_MAX : 0);
}

static void check_pair(uint32_t a, uint32_t b)
{
    assert_mask(tlsni_ct_eq(a, b), a == b);
    assert_mask(tlsni_ct_lt(a, b), a < b);
    assert_mask(tlsni_ct_ge(a, b), a >= b);
    assert_mask(tlsni_ct_is_zero(a), a == 0);
    assert_mask(tlsni_ct_msb(a), a >> 31 != 0);
    assert_int_equal(tlsni_ct_select(UINT32_MAX, a, b), a);
    assert_int_equal(tlsni_ct_select(0, a, b), b);
    assert_int_equal(tlsni_ct_barrier(a), a);
}

static void ct_masks_equal_the_comparisons(void **state)
{
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    for (size_t i = 0; i < EDGES; i++)
        for (size_t j = 0; j < EDGES; j++)
            check_pair(edges[i], edges[j]);
    for (size_t i = 0; i < 100000; i++) {
        uint32_t v[2];

        test_random(&env, v, sizeof v);
        check_pair(v[0], v[1]);
    }
}

static void ct_memory_comparison_sees_every_bit(void **state)
{
    uint8_t a[70], b[70];
    struct test_env env;

    (void)state;
    test_env_init(&env, 2);
    test_random(&env, a, sizeof a);
    memcpy(b, a, sizeof a);
    assert_true(tlsni_ct_memeq(a, b, sizeof a));
    assert_true(tlsni_ct_memeq(NULL, NULL, 0));
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(tlsni_ct_memeq(a, b, sizeof a));
        assert_mask(tlsni_ct_eq_mask(a, b, sizeof a), false);
        assert_mask(tlsni_ct_eq_mask(a, b, bit / 8), true);
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void ct_leading_zeros_are_counted_up_to_the_first_other_byte(void **state)
{
    uint8_t a[40] = { 0 };

    (void)state;
    assert_int_equal(tlsni_ct_leading_zeros(a, 0), 0);
    for (size_t n = 1; n <= sizeof a; n++)
        assert_int_equal(tlsni_ct_leading_zeros(a, n), n);
    for (size_t i = 0; i < sizeof a; i++)
        for (unsigned v = 1; v < 256; v++) {
            a[i] = (uint8_t)v;
            if (i + 2 < sizeof a)
                a[i + 1] = 0, a[i + 2] = 9;
            assert_int_equal(tlsni_ct_leading_zeros(a, sizeof a), i);
            memset(a, 0, sizeof a);
        }
}

static void ct_conditional_copy_takes_all_or_nothing(void **state)
{
    uint8_t a[33], dst[33], before[33];
    struct test_env env;

    (void)state;
    test_env_init(&env, 3);
    test_random(&env, a, sizeof a);
    test_random(&env, dst, sizeof dst);
    memcpy(before, dst, sizeof dst);
    tlsni_ct_cond_copy(0, dst, a, sizeof a);
    assert_memory_equal(dst, before, sizeof dst);
    tlsni_ct_cond_copy(UINT32_MAX, dst, a, sizeof a - 1);
    assert_memory_equal(dst, a, sizeof a - 1);
    assert_int_equal(dst[32], before[32]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ct_masks_equal_the_comparisons),
        cmocka_unit_test(ct_memory_comparison_sees_every_bit),
        cmocka_unit_test(ct_leading_zeros_are_counted_up_to_the_first_other_byte),
        cmocka_unit_test(ct_conditional_copy_takes_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
