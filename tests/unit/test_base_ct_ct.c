/* test_base_ct_ct.c - the constant-time helpers with their operands marked as undefined: see
 * test_record_cbc_ct.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ct.h"

#include <string.h>

static void ct_helpers_take_no_decision_on_secrets(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 40; i++) {
        uint32_t a = i, b = 20, results[6];

        TLSNI_CT_SECRET(&a, sizeof a);
        TLSNI_CT_SECRET(&b, sizeof b);
        results[0] = tlsni_ct_eq(a, b);
        results[1] = tlsni_ct_lt(a, b);
        results[2] = tlsni_ct_ge(a, b);
        results[3] = tlsni_ct_is_zero(a);
        results[4] = tlsni_ct_msb(a);
        results[5] = tlsni_ct_select(tlsni_ct_lt(a, b), a, b);
        TLSNI_CT_PUBLIC(results, sizeof results);
        assert_int_equal(results[0] != 0, i == 20);
        assert_int_equal(results[1] != 0, i < 20);
        assert_int_equal(results[2] != 0, i >= 20);
        assert_int_equal(results[3] != 0, i == 0);
        assert_int_equal(results[4], 0);
        assert_int_equal(results[5], i < 20 ? i : 20);
    }
}

static void ct_memory_helpers_take_no_decision_on_secrets(void **state)
{
    (void)state;
    for (size_t flip = 0; flip < 33; flip++) {
        uint8_t a[32] = { 1, 2, 3 }, b[32] = { 1, 2, 3 }, dst[32] = { 0 };
        uint32_t mask;

        if (flip < 32)
            b[flip] ^= 0x10;
        TLSNI_CT_SECRET(a, sizeof a);
        TLSNI_CT_SECRET(b, sizeof b);
        mask = tlsni_ct_eq_mask(a, b, sizeof a);
        tlsni_ct_cond_copy(mask, dst, a, sizeof a);
        assert_int_equal(tlsni_ct_memeq(a, b, sizeof a), flip == 32);
        TLSNI_CT_PUBLIC(dst, sizeof dst);
        TLSNI_CT_PUBLIC(&mask, sizeof mask);
        assert_int_equal(dst[0], flip == 32);
        assert_int_equal(mask != 0, flip == 32);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ct_helpers_take_no_decision_on_secrets),
        cmocka_unit_test(ct_memory_helpers_take_no_decision_on_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
