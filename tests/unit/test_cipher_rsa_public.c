/* How long a public exponent may be (OpenSSL 3.0, rsa_ossl.c: OPENSSL_RSA_SMALL_MODULUS_BITS 3072,
 * OPENSSL_RSA_MAX_PUBEXP_BITS 64; Go limits the modulus for the same reason, CVE-2023-29409). */
#include "base/bytes.h"
#include "cipher/pk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* Odd numbers of this many whole bytes with the top bit set: a constructor does not factor. */
static tlsn_status make(size_t n_len, size_t e_len, uint8_t e_top)
{
    uint8_t n[TLSNI_RSA_BITS_MAX / 8], e[TLSNI_RSA_BITS_MAX / 8];
    struct tlsni_pubkey *key;
    tlsn_status st;

    memset(n, 0xa5, sizeof n);
    memset(e, 0x5b, sizeof e);
    e[0] = e_top;
    st = tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, n_len),
                              tlsni_span_make(e, e_len));
    if (st == TLSN_OK)
        tlsni_pubkey_free(key);
    return st;
}

static void rsa_public_exponent_is_bounded_for_long_moduli(void **state)
{
    (void)state;
    assert_int_equal(make(384, 384, 0x5b), TLSN_OK);
    assert_int_equal(make(384, 9, 1), TLSN_OK);
    assert_int_equal(make(385, 8, 0xff), TLSN_OK);
    assert_int_equal(make(385, 9, 1), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(make(2048, 8, 0xff), TLSN_OK);
    assert_int_equal(make(2048, 2048, 0x5b), TLSN_ERR_ILLEGAL_PARAMETER);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_public_exponent_is_bounded_for_long_moduli),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
