/* test_cipher_old_ct.c - IDEA and SEED against published vectors, with key and data marked as
 * undefined: see test_record_cbc_ct.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ct.h"
#include "cipher/block.h"
#include "support_vectors.h"

#include <string.h>

static void check(enum tlsni_block_id id, const char *key_hex, const char *msg, const char *ct)
{
    const struct tlsni_block *row = tlsni_block_find(id);
    uint8_t key[16], data[16], plain[16], expected[16], iv[16] = { 0 };
    uint8_t s[512] __attribute__((aligned(16)));
    size_t n = row->block_len;

    assert_int_equal(vec_unhex(key_hex, key, sizeof key), 16);
    assert_int_equal(vec_unhex(msg, plain, sizeof plain), n);
    assert_int_equal(vec_unhex(ct, expected, sizeof expected), n);
    memcpy(data, plain, n);
    TLSNI_CT_SECRET(key, sizeof key);
    TLSNI_CT_SECRET(data, n);
    row->set_encrypt_key(s, key);
    row->cbc_encrypt(s, iv, data, data, n);
    TLSNI_CT_PUBLIC(data, n);
    assert_memory_equal(data, expected, n);
    TLSNI_CT_SECRET(data, n);
    memset(iv, 0, sizeof iv);
    row->set_decrypt_key(s, key);
    row->cbc_decrypt(s, iv, data, data, n);
    TLSNI_CT_PUBLIC(data, n);
    assert_memory_equal(data, plain, n);
}

/* The example of Lai's thesis; and words of zero, which stand for 2^16, from Python's
 * cryptography. */
static void idea_takes_no_decision_on_secrets(void **state)
{
    (void)state;
    check(TLSNI_BLOCK_IDEA, "00010002000300040005000600070008", "0000000100020003",
          "11fbed2b01986de5");
    check(TLSNI_BLOCK_IDEA, "00000000000000000000000000000000", "0000000000000000",
          "0001000100000000");
}

/* RFC 4269 B.1, B.3 */
static void seed_takes_no_decision_on_secrets(void **state)
{
    (void)state;
    check(TLSNI_BLOCK_SEED, "00000000000000000000000000000000", "000102030405060708090a0b0c0d0e0f",
          "5ebac6e0054e166819aff1cc6d346cdb");
    check(TLSNI_BLOCK_SEED, "4706480851e61be85d74bfb3fd956185", "83a2f8a288641fb9a4e9a5cc2f131c7d",
          "ee54d13ebcae706d226bc3142cd40d4a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idea_takes_no_decision_on_secrets),
        cmocka_unit_test(seed_takes_no_decision_on_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
