#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support_record.h"

#include <string.h>

#define AEAD(text, id, how) \
    { text, "", false, { .kind = TLSNI_CIPHER_AEAD, .cipher = id, .nonce = how } }
#define CBC(text, mac_text, id, hash, order) \
    { text, mac_text, order, { .kind = TLSNI_CIPHER_CBC, .cipher = id, .mac = hash } }
#define CBC_BOTH(text, mac_text, id, hash) \
    CBC(text, mac_text, id, hash, false), CBC(text, mac_text, id, hash, true)

const struct test_kind test_kinds[TEST_KINDS] = {
    AEAD("AES_128_GCM", TLSNI_AEAD_AES_128_GCM, TLSNI_NONCE_EXPLICIT8),
    AEAD("AES_256_GCM", TLSNI_AEAD_AES_256_GCM, TLSNI_NONCE_EXPLICIT8),
    AEAD("CHACHA20_POLY1305", TLSNI_AEAD_CHACHA20_POLY1305, TLSNI_NONCE_XOR12),
    CBC_BOTH("AES_128_CBC", "SHA1", TLSNI_BLOCK_AES_128, TLSNI_HASH_SHA1),
    CBC_BOTH("AES_128_CBC", "SHA256", TLSNI_BLOCK_AES_128, TLSNI_HASH_SHA256),
    CBC_BOTH("AES_128_CBC", "SHA384", TLSNI_BLOCK_AES_128, TLSNI_HASH_SHA384),
    CBC_BOTH("AES_256_CBC", "SHA1", TLSNI_BLOCK_AES_256, TLSNI_HASH_SHA1),
    CBC_BOTH("AES_256_CBC", "SHA256", TLSNI_BLOCK_AES_256, TLSNI_HASH_SHA256),
    CBC_BOTH("AES_256_CBC", "SHA384", TLSNI_BLOCK_AES_256, TLSNI_HASH_SHA384),
    AEAD("AES_128_CCM", TLSNI_AEAD_AES_128_CCM, TLSNI_NONCE_EXPLICIT8),
    AEAD("AES_256_CCM", TLSNI_AEAD_AES_256_CCM, TLSNI_NONCE_EXPLICIT8),
    AEAD("AES_128_CCM_8", TLSNI_AEAD_AES_128_CCM_8, TLSNI_NONCE_EXPLICIT8),
    AEAD("AES_256_CCM_8", TLSNI_AEAD_AES_256_CCM_8, TLSNI_NONCE_EXPLICIT8),
    AEAD("CAMELLIA_128_GCM", TLSNI_AEAD_CAMELLIA_128_GCM, TLSNI_NONCE_EXPLICIT8),
    AEAD("CAMELLIA_256_GCM", TLSNI_AEAD_CAMELLIA_256_GCM, TLSNI_NONCE_EXPLICIT8),
    CBC_BOTH("CAMELLIA_128_CBC", "SHA1", TLSNI_BLOCK_CAMELLIA_128, TLSNI_HASH_SHA1),
    CBC_BOTH("CAMELLIA_128_CBC", "SHA256", TLSNI_BLOCK_CAMELLIA_128, TLSNI_HASH_SHA256),
    CBC_BOTH("CAMELLIA_256_CBC", "SHA1", TLSNI_BLOCK_CAMELLIA_256, TLSNI_HASH_SHA1),
    CBC_BOTH("CAMELLIA_256_CBC", "SHA256", TLSNI_BLOCK_CAMELLIA_256, TLSNI_HASH_SHA256),
    CBC_BOTH("CAMELLIA_256_CBC", "SHA384", TLSNI_BLOCK_CAMELLIA_256, TLSNI_HASH_SHA384),
    CBC_BOTH("3DES_EDE_CBC", "SHA1", TLSNI_BLOCK_3DES_EDE, TLSNI_HASH_SHA1),
    AEAD("ARIA_128_GCM", TLSNI_AEAD_ARIA_128_GCM, TLSNI_NONCE_EXPLICIT8),
    AEAD("ARIA_256_GCM", TLSNI_AEAD_ARIA_256_GCM, TLSNI_NONCE_EXPLICIT8),
    CBC_BOTH("ARIA_128_CBC", "SHA256", TLSNI_BLOCK_ARIA_128, TLSNI_HASH_SHA256),
    CBC_BOTH("ARIA_256_CBC", "SHA384", TLSNI_BLOCK_ARIA_256, TLSNI_HASH_SHA384),
};

const struct test_kind *test_kind_find(const char *cipher, const char *mac, bool etm)
{
    for (size_t i = 0; i < TEST_KINDS; i++)
        if (strcmp(test_kinds[i].cipher, cipher) == 0 && strcmp(test_kinds[i].mac, mac) == 0 &&
            test_kinds[i].etm == etm)
            return &test_kinds[i];
    return NULL;
}

struct tlsni_prot_keys test_keys(const struct test_kind *kind, uint8_t label, uint8_t bytes[256])
{
    struct tlsni_prot_keys keys = { .suite = &kind->suite,
                                    .profile = &tlsni_record_tls12,
                                    .encrypt_then_mac = kind->etm };

    for (size_t i = 0; i < 256; i++)
        bytes[i] = (uint8_t)(i + label);
    tlsni_prot_key_lens(&kind->suite, &tlsni_record_tls12, &keys.mac_key.len, &keys.key.len,
                        &keys.iv.len);
    keys.mac_key.data = bytes;
    keys.key.data = bytes + 80;
    keys.iv.data = bytes + 160;
    return keys;
}

struct test_pair test_pair_new(struct test_env *env, const struct test_kind *kind, uint8_t label)
{
    uint8_t bytes[256];
    struct tlsni_prot_keys keys = test_keys(kind, label, bytes);
    struct test_pair pair;

    assert_int_equal(tlsni_prot_new(&pair.writer, &env->hooks, &keys, true), TLSN_OK);
    assert_int_equal(tlsni_prot_new(&pair.reader, &env->hooks, &keys, false), TLSN_OK);
    return pair;
}

void test_pair_free(struct test_pair *pair)
{
    tlsni_prot_free(pair->writer);
    tlsni_prot_free(pair->reader);
}

struct tlsni_record test_parse(const uint8_t *bytes, size_t size)
{
    struct tlsni_record rec;
    size_t hint;

    assert_int_equal(tlsni_record_parse(bytes, size, 0x0303, TLSNI_RECORD_CIPHER_MAX, &rec, &hint,
                                        NULL),
                     TLSN_OK);
    assert_int_equal(rec.size, size);
    return rec;
}
