/* test_record_mac.c - MACs cut to 80 bits (RFC 6066 7) in every kind of protection that has one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "req.h"
#include "support_record.h"

#include <string.h>

#define CBC(id, hash, order) \
    { "", "", order, { .kind = TLSNI_CIPHER_CBC, .cipher = id, .mac = hash } }

static const struct test_kind kinds[] = {
    { "", "", false, { .kind = TLSNI_CIPHER_NULL, .mac = TLSNI_HASH_SHA1 } },
    { "", "", false,
      { .kind = TLSNI_CIPHER_STREAM, .cipher = TLSNI_STREAM_RC4_128, .mac = TLSNI_HASH_MD5 } },
    CBC(TLSNI_BLOCK_AES_128, TLSNI_HASH_SHA1, false),
    CBC(TLSNI_BLOCK_AES_256, TLSNI_HASH_SHA384, false),
    CBC(TLSNI_BLOCK_DES, TLSNI_HASH_MD5, false),
    CBC(TLSNI_BLOCK_AES_128, TLSNI_HASH_SHA256, true),
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static uint8_t plain[2000], wire[TLSNI_RECORD_MAX], other[TLSNI_RECORD_MAX];

static struct tlsni_prot *prot_for(struct test_env *env, const struct test_kind *kind,
                                   bool truncated, bool writes)
{
    uint8_t bytes[256];
    struct tlsni_prot_keys keys = test_keys(kind, 3, bytes);
    struct tlsni_prot *p;

    keys.truncated_mac = truncated;
    assert_int_equal(tlsni_prot_new(&p, &env->hooks, &keys, writes), TLSN_OK);
    return p;
}

static size_t seal_once(const struct test_kind *kind, bool truncated, size_t len, uint8_t *out)
{
    struct test_env env; /* the same IVs each time */
    struct tlsni_prot *p;
    size_t size;

    test_env_init(&env, 5);
    p = prot_for(&env, kind, truncated, true);
    assert_int_equal(tlsni_prot_seal(p, 23, 0, plain, len, out, TLSNI_RECORD_MAX, &size), TLSN_OK);
    assert_int_equal(size, tlsni_prot_sealed_size(p, len));
    tlsni_prot_free(p);
    return size;
}

static tlsn_status open_once(const struct test_kind *kind, size_t size, size_t len)
{
    struct test_env env;
    struct tlsni_record rec = test_parse(wire, size);
    struct tlsni_prot *p;
    const uint8_t *payload;
    uint8_t type;
    size_t got;
    tlsn_status st;

    test_env_init(&env, 5);
    p = prot_for(&env, kind, true, false);
    st = tlsni_prot_open(p, &rec, NULL, 0, &type, &payload, &got);
    if (st == TLSN_OK) {
        assert_int_equal(got, len);
        assert_memory_equal(payload, plain, len);
    }
    tlsni_prot_free(p);
    return st;
}

static void truncated_mac_of_each_kind_comes_back_and_is_checked(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        for (size_t len = 0; len < sizeof plain; len += len < 40 ? 1 : 333)
            assert_int_equal(open_once(&kinds[k], seal_once(&kinds[k], true, len, wire), len),
                             TLSN_OK);
        for (size_t i = TLSNI_RECORD_HEADER; i < seal_once(&kinds[k], true, 20, wire); i++) {
            size_t size = seal_once(&kinds[k], true, 20, wire);

            wire[i] ^= 0x20;
            assert_int_equal(open_once(&kinds[k], size, 20), TLSN_ERR_BAD_RECORD_MAC);
        }
    }
}

/* Where the MAC stands at the end of the record, the rest is the same with both lengths. */
static void truncated_mac_is_the_beginning_of_the_whole_one(void **state)
{
    static const size_t at_the_end[] = { 0, 1, 5 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct test_kind *kind = &kinds[at_the_end[i]];
        size_t mac_len = tlsni_hash_find(kind->suite.mac)->len;
        size_t size = seal_once(kind, true, 20, wire);

        assert_int_equal(seal_once(kind, false, 20, other), size - 10 + mac_len);
        assert_memory_equal(wire + TLSNI_RECORD_HEADER, other + TLSNI_RECORD_HEADER,
                            size - TLSNI_RECORD_HEADER);
    }
}

/* RFC 5288 3, RFC 6655 6: there is no HMAC to shorten. */
static void truncated_mac_leaves_tags_of_aeads_alone(void **state)
{
    static const char *const ciphers[] = { "AES_128_GCM", "AES_128_CCM", "AES_128_CCM_8" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct test_kind *kind = test_kind_find(ciphers[i], "", false);
        size_t size = seal_once(kind, true, 20, wire);

        assert_int_equal(size, TLSNI_RECORD_HEADER + 8 + 20 + (i == 2 ? 8 : 16));
        assert_int_equal(seal_once(kind, false, 20, other), size);
        assert_memory_equal(wire, other, size);
        assert_int_equal(open_once(kind, size, 20), TLSN_OK);
    }
    REQ("5288:3/12");
    REQ("6655:6/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncated_mac_of_each_kind_comes_back_and_is_checked),
        cmocka_unit_test(truncated_mac_is_the_beginning_of_the_whole_one),
        cmocka_unit_test(truncated_mac_leaves_tags_of_aeads_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
