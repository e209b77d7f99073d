#include "x509/ocsp.h"
#include "support_ocsp.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static bool sound(const char *hex, size_t cut)
{
    uint8_t der[512];
    size_t len = vec_unhex(hex, der, sizeof der);

    return tlsni_ocsp_sound(tlsni_span_make(der, cut < len ? cut : len));
}

static void ocsp_response_of_openssl_is_sound(void **state)
{
    (void)state;
    assert_true(sound(OCSP_GOOD, SIZE_MAX));
    assert_true(sound(OCSP_TRY_LATER, SIZE_MAX));
}

static void ocsp_response_cut_or_longer_is_not(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < sizeof OCSP_GOOD / 2; cut++)
        assert_false(sound(OCSP_GOOD, cut));
    assert_false(sound(OCSP_GOOD "00", SIZE_MAX));
    assert_false(sound(OCSP_TRY_LATER "00", SIZE_MAX));
}

static void ocsp_response_that_is_something_else_is_not(void **state)
{
    (void)state;
    assert_false(sound("30030a0100", SIZE_MAX));   /* successful, but nothing behind it */
    assert_false(sound("30030a0104", SIZE_MAX));   /* a status that is not used */
    assert_false(sound("30030a0107", SIZE_MAX));
    assert_false(sound("30040a020001", SIZE_MAX)); /* a status of two bytes */
    assert_false(sound("3003020103", SIZE_MAX));   /* an INTEGER */
    assert_false(sound("31030a0103", SIZE_MAX));
    assert_false(sound("300a0a0103" "a0053003060129", SIZE_MAX)); /* octets missing */
    assert_true(sound("300c0a0103" "a0073005060129" "0400", SIZE_MAX));
    assert_false(sound("300d0a0103" "a0083006060129" "0400" "00", SIZE_MAX));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ocsp_response_of_openssl_is_sound),
        cmocka_unit_test(ocsp_response_cut_or_longer_is_not),
        cmocka_unit_test(ocsp_response_that_is_something_else_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
