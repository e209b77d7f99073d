/* test_cipher_aria_ct.c - ARIA against RFC 5794, with key and data marked as undefined: see
 * test_record_cbc_ct.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ct.h"
#include "cipher/aria.h"
#include "support_vectors.h"

#include <string.h>

/* RFC 5794 A.1 and A.3: one key, one block. */
static const struct {
    size_t key_len;
    const char *ct;
} vectors[] = {
    { 16, "d718fbd6ab644c739da95f3be6451778" },
    { 32, "f92bd7c79fb72e2f2b8f80c1972d24fc" },
};

static void check(size_t which, size_t blocks)
{
    uint8_t key[32], plain[16], expected[16], data[16 * 9];
    struct tlsni_aria aria;

    assert_int_equal(vec_unhex(vectors[which].ct, expected, sizeof expected), 16);
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(0x11 * i);
    for (size_t i = 0; i < blocks; i++)
        memcpy(data + 16 * i, plain, 16);
    TLSNI_CT_SECRET(key, sizeof key);
    TLSNI_CT_SECRET(data, sizeof data);
    tlsni_aria_set_encrypt_key(&aria, key, vectors[which].key_len);
    tlsni_aria_crypt(&aria, 16 * blocks, data, data);
    TLSNI_CT_PUBLIC(data, sizeof data);
    for (size_t i = 0; i < blocks; i++)
        assert_memory_equal(data + 16 * i, expected, 16);
    TLSNI_CT_SECRET(data, sizeof data);
    tlsni_aria_set_decrypt_key(&aria, key, vectors[which].key_len);
    tlsni_aria_crypt(&aria, 16 * blocks, data, data);
    TLSNI_CT_PUBLIC(data, sizeof data);
    for (size_t i = 0; i < blocks; i++)
        assert_memory_equal(data + 16 * i, plain, 16);
}

/* Any number of blocks: four are worked on at once. */
static void aria_takes_no_decision_on_secrets(void **state)
{
    (void)state;
    for (size_t which = 0; which < sizeof vectors / sizeof *vectors; which++)
        for (size_t blocks = 1; blocks <= 9; blocks++)
            check(which, blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aria_takes_no_decision_on_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
