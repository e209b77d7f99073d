#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/ssl3.h"
#include "req.h"
#include "support_vectors.h"

#include <string.h>

static void prf_ssl3_equals_tlslite(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/prf_ssl3.txt");
    struct vec_block b = { 0 };
    unsigned count = 0;
    uint8_t got[256];

    (void)state;
    assert_non_null(f);
    for (; vec_next(f, &b); count++) {
        struct tlsn_span secret = vec_bytes(&b, "secret"), seed = vec_bytes(&b, "seed");
        struct tlsn_span out = vec_bytes(&b, "out");

        for (size_t len = 0; len <= out.len; len++) {
            size_t cut = len < seed.len ? len : seed.len;

            memset(got, 0xa5, sizeof got);
            tlsni_prf_ssl3(NULL, secret.data, secret.len, "", tlsni_span_make(seed.data, cut),
                           tlsni_span_make(seed.data + cut, seed.len - cut), got, len);
            assert_memory_equal(got, out.data, len);
            assert_int_equal(got[len], 0xa5);
        }
    }
    assert_int_equal(count, 2);
    vec_block_clear(&b);
    vec_close(f);
    REQ("6101:6.2.2/1");
}

/* Made with Python's hashlib by RFC 6101 5.2.3.1: keys 00 01 02 ..., record 5 of type 23, "abc". */
static void mac_ssl3_equals_one_made_elsewhere(void **state)
{
    static const uint8_t pseudo[] = { 0, 0, 0, 0, 0, 0, 0, 5, 23, 0, 3 };
    static const uint8_t md5[] = { 0xa6, 0x88, 0x98, 0xbd, 0x1b, 0x56, 0xfe, 0x2b, 0xc3, 0xe5,
                                   0x44, 0x06, 0x5d, 0x26, 0x36, 0xbe };
    static const uint8_t sha1[] = { 0x34, 0x20, 0x85, 0x1b, 0xfd, 0x4c, 0xdf, 0x4d, 0x5e, 0x21,
                                      0xd6, 0x26, 0x2f, 0xe7, 0xb8, 0xe8, 0x67, 0x67, 0xde, 0x6a };
    uint8_t secret[20], got[20];
    struct tlsni_hmac_key key;
    struct tlsni_hmac h;

    (void)state;
    for (uint8_t i = 0; i < sizeof secret; i++)
        secret[i] = i;
    tlsni_ssl3_mac_set_key(&key, tlsni_hash_find(TLSNI_HASH_MD5), secret, 16);
    tlsni_hmac_init(&h, &key);
    tlsni_hmac_update(&h, pseudo, sizeof pseudo);
    tlsni_hmac_update(&h, "abc", 3);
    tlsni_hmac_final(&h, got);
    assert_memory_equal(got, md5, sizeof md5);
    tlsni_ssl3_mac_set_key(&key, tlsni_hash_find(TLSNI_HASH_SHA1), secret, 20);
    tlsni_hmac_init(&h, &key);
    tlsni_hmac_update(&h, pseudo, sizeof pseudo);
    tlsni_hmac_update(&h, "abc", 3);
    tlsni_hmac_final(&h, got);
    assert_memory_equal(got, sha1, sizeof sha1);
    REQ("6101:5.2.3.1/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prf_ssl3_equals_tlslite),
        cmocka_unit_test(mac_ssl3_equals_one_made_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
