/* test_handshake_kx_ct.c - what is done to premaster secrets, with them marked as undefined: see
 * test_record_cbc_ct.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ct.h"
#include "handshake/kx.h"

#include <string.h>

enum { LEN = 256 };

/* The number of leading zeros is found out in constant time, and is all that shows. */
static void premaster_is_stripped_without_a_decision_on_its_bytes(void **state)
{
    uint8_t premaster[LEN], expected[LEN];

    (void)state;
    for (size_t zeros = 0; zeros <= LEN; zeros++) {
        size_t left = zeros < LEN ? LEN - zeros : 1; /* the last byte stays */
        struct tlsni_hs hs = { .premaster = premaster, .premaster_len = LEN };

        for (size_t i = 0; i < LEN; i++)
            expected[i] = premaster[i] = i < zeros ? 0 : (uint8_t)(i - zeros ? i * (i % 3 == 0) : 1);
        TLSNI_CT_SECRET(premaster, LEN);
        tlsni_kx_strip_zeros(&hs);
        TLSNI_CT_PUBLIC(premaster, LEN);
        assert_int_equal(hs.premaster_len, left);
        assert_memory_equal(premaster, expected + LEN - left, left);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(premaster_is_stripped_without_a_decision_on_its_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
