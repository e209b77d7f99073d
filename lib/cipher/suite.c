/* suite.c - the rows of THE suite table and the ways to find one.
 *
 * min_version is where the algorithm became usable, not what this library runs: RSA and DHE with
 * AES-CBC and SHA-1 came with RFC 3268, and implementations that had SSL 3.0 too negotiate them
 * there; ECC needs the extensions of TLS 1.0; SHA-2 MACs and AEADs need TLS 1.2. */
#include "cipher/suite.h"

#include "cipher/names.h"

static const struct tlsni_suite suites[] = {
    /* clang-format off */
    { 0x002f, TLSNI_KX_RSA, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_128,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA1, TLSNI_HASH_SHA256, 0x0300, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_RSA_WITH_AES_128_CBC_SHA",
      "AES128-SHA", "TLS_RSA_AES_128_CBC_SHA1", "RFC 5246" },
    { 0x0033, TLSNI_KX_DHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_128,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA1, TLSNI_HASH_SHA256, 0x0300, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
      "DHE-RSA-AES128-SHA", "TLS_DHE_RSA_AES_128_CBC_SHA1", "RFC 5246" },
    { 0x0035, TLSNI_KX_RSA, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_256,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA1, TLSNI_HASH_SHA256, 0x0300, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_RSA_WITH_AES_256_CBC_SHA",
      "AES256-SHA", "TLS_RSA_AES_256_CBC_SHA1", "RFC 5246" },
    { 0x0039, TLSNI_KX_DHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_256,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA1, TLSNI_HASH_SHA256, 0x0300, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
      "DHE-RSA-AES256-SHA", "TLS_DHE_RSA_AES_256_CBC_SHA1", "RFC 5246" },
    { 0x003c, TLSNI_KX_RSA, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_128,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA256, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_RSA_WITH_AES_128_CBC_SHA256",
      "AES128-SHA256", "TLS_RSA_AES_128_CBC_SHA256", "RFC 5246" },
    { 0x003d, TLSNI_KX_RSA, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_256,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA256, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_RSA_WITH_AES_256_CBC_SHA256",
      "AES256-SHA256", "TLS_RSA_AES_256_CBC_SHA256", "RFC 5246" },
    { 0x0067, TLSNI_KX_DHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_128,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA256, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
      "DHE-RSA-AES128-SHA256", "TLS_DHE_RSA_AES_128_CBC_SHA256", "RFC 5246" },
    { 0x006b, TLSNI_KX_DHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_256,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA256, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
      "DHE-RSA-AES256-SHA256", "TLS_DHE_RSA_AES_256_CBC_SHA256", "RFC 5246" },
    { 0x009c, TLSNI_KX_RSA, TLSNI_AUTH_RSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_AES_128_GCM,
      TLSNI_NONCE_EXPLICIT8, TLSNI_HASH_NONE, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_RSA_WITH_AES_128_GCM_SHA256",
      "AES128-GCM-SHA256", "TLS_RSA_AES_128_GCM_SHA256", "RFC 5288" },
    { 0x009d, TLSNI_KX_RSA, TLSNI_AUTH_RSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_AES_256_GCM,
      TLSNI_NONCE_EXPLICIT8, TLSNI_HASH_NONE, TLSNI_HASH_SHA384, 0x0303, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_RSA_WITH_AES_256_GCM_SHA384",
      "AES256-GCM-SHA384", "TLS_RSA_AES_256_GCM_SHA384", "RFC 5288" },
    { 0x009e, TLSNI_KX_DHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_AES_128_GCM,
      TLSNI_NONCE_EXPLICIT8, TLSNI_HASH_NONE, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_DEFAULT, true,       "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
      "DHE-RSA-AES128-GCM-SHA256", "TLS_DHE_RSA_AES_128_GCM_SHA256", "RFC 5288" },
    { 0x009f, TLSNI_KX_DHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_AES_256_GCM,
      TLSNI_NONCE_EXPLICIT8, TLSNI_HASH_NONE, TLSNI_HASH_SHA384, 0x0303, 0x0303,
      TLSNI_CLASS_DEFAULT, true,       "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
      "DHE-RSA-AES256-GCM-SHA384", "TLS_DHE_RSA_AES_256_GCM_SHA384", "RFC 5288" },
    { 0xc009, TLSNI_KX_ECDHE, TLSNI_AUTH_ECDSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_128,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA1, TLSNI_HASH_SHA256, 0x0301, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
      "ECDHE-ECDSA-AES128-SHA", "TLS_ECDHE_ECDSA_AES_128_CBC_SHA1", "RFC 8422" },
    { 0xc00a, TLSNI_KX_ECDHE, TLSNI_AUTH_ECDSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_256,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA1, TLSNI_HASH_SHA256, 0x0301, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
      "ECDHE-ECDSA-AES256-SHA", "TLS_ECDHE_ECDSA_AES_256_CBC_SHA1", "RFC 8422" },
    { 0xc013, TLSNI_KX_ECDHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_128,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA1, TLSNI_HASH_SHA256, 0x0301, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
      "ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_AES_128_CBC_SHA1", "RFC 8422" },
    { 0xc014, TLSNI_KX_ECDHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_256,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA1, TLSNI_HASH_SHA256, 0x0301, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
      "ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_AES_256_CBC_SHA1", "RFC 8422" },
    { 0xc023, TLSNI_KX_ECDHE, TLSNI_AUTH_ECDSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_128,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA256, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
      "ECDHE-ECDSA-AES128-SHA256", "TLS_ECDHE_ECDSA_AES_128_CBC_SHA256", "RFC 5289" },
    { 0xc024, TLSNI_KX_ECDHE, TLSNI_AUTH_ECDSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_256,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA384, TLSNI_HASH_SHA384, 0x0303, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
      "ECDHE-ECDSA-AES256-SHA384", "TLS_ECDHE_ECDSA_AES_256_CBC_SHA384", "RFC 5289" },
    { 0xc027, TLSNI_KX_ECDHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_128,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA256, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
      "ECDHE-RSA-AES128-SHA256", "TLS_ECDHE_RSA_AES_128_CBC_SHA256", "RFC 5289" },
    { 0xc028, TLSNI_KX_ECDHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_CBC, TLSNI_BLOCK_AES_256,
      TLSNI_NONCE_NONE, TLSNI_HASH_SHA384, TLSNI_HASH_SHA384, 0x0303, 0x0303,
      TLSNI_CLASS_COMPAT, false,       "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
      "ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_AES_256_CBC_SHA384", "RFC 5289" },
    { 0xc02b, TLSNI_KX_ECDHE, TLSNI_AUTH_ECDSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_AES_128_GCM,
      TLSNI_NONCE_EXPLICIT8, TLSNI_HASH_NONE, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_MODERN, true,       "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      "ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_AES_128_GCM_SHA256", "RFC 5289" },
    { 0xc02c, TLSNI_KX_ECDHE, TLSNI_AUTH_ECDSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_AES_256_GCM,
      TLSNI_NONCE_EXPLICIT8, TLSNI_HASH_NONE, TLSNI_HASH_SHA384, 0x0303, 0x0303,
      TLSNI_CLASS_MODERN, true,       "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
      "ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_AES_256_GCM_SHA384", "RFC 5289" },
    { 0xc02f, TLSNI_KX_ECDHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_AES_128_GCM,
      TLSNI_NONCE_EXPLICIT8, TLSNI_HASH_NONE, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_MODERN, true,       "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_AES_128_GCM_SHA256", "RFC 5289" },
    { 0xc030, TLSNI_KX_ECDHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_AES_256_GCM,
      TLSNI_NONCE_EXPLICIT8, TLSNI_HASH_NONE, TLSNI_HASH_SHA384, 0x0303, 0x0303,
      TLSNI_CLASS_MODERN, true,       "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      "ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_AES_256_GCM_SHA384", "RFC 5289" },
    { 0xcca8, TLSNI_KX_ECDHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_CHACHA20_POLY1305,
      TLSNI_NONCE_XOR12, TLSNI_HASH_NONE, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_MODERN, true,       "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
      "ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_CHACHA20_POLY1305", "RFC 7905" },
    { 0xcca9, TLSNI_KX_ECDHE, TLSNI_AUTH_ECDSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_CHACHA20_POLY1305,
      TLSNI_NONCE_XOR12, TLSNI_HASH_NONE, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_MODERN, true,       "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      "ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_CHACHA20_POLY1305", "RFC 7905" },
    { 0xccaa, TLSNI_KX_DHE, TLSNI_AUTH_RSA, TLSNI_CIPHER_AEAD, TLSNI_AEAD_CHACHA20_POLY1305,
      TLSNI_NONCE_XOR12, TLSNI_HASH_NONE, TLSNI_HASH_SHA256, 0x0303, 0x0303,
      TLSNI_CLASS_DEFAULT, true,       "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
      "DHE-RSA-CHACHA20-POLY1305", "TLS_DHE_RSA_CHACHA20_POLY1305", "RFC 7905" },
    /* clang-format on */
};

enum { SUITE_COUNT = sizeof suites / sizeof suites[0] };

/* By class, then forward secrecy, AEAD before CBC, ECDSA before RSA, AES-128-GCM first. */
static const uint16_t preference[] = {
    /* ECDHE with AEAD */
    0xc02b, 0xc02c, 0xcca9, 0xc02f, 0xc030, 0xcca8,
    /* DHE with AEAD */
    0x009e, 0x009f, 0xccaa,
    /* ECDHE with CBC */
    0xc023, 0xc009, 0xc024, 0xc00a, 0xc027, 0xc013, 0xc028, 0xc014,
    /* DHE with CBC */
    0x0067, 0x0033, 0x006b, 0x0039,
    /* static RSA */
    0x009c, 0x009d, 0x003c, 0x002f, 0x003d, 0x0035,
};

_Static_assert(sizeof preference / sizeof preference[0] == SUITE_COUNT, "one preference a row");

const struct tlsni_suite *tlsni_suite_rows(size_t *count)
{
    *count = SUITE_COUNT;
    return suites;
}

const struct tlsni_suite *tlsni_suite_find(uint16_t id)
{
    size_t lo = 0, hi = SUITE_COUNT;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (suites[mid].id == id)
            return &suites[mid];
        if (suites[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const struct tlsni_suite *tlsni_suite_by_name(const char *name, size_t len)
{
    for (size_t i = 0; i < SUITE_COUNT; i++) {
        const struct tlsni_suite *s = &suites[i];
        if (tlsni_name_eq(s->name, name, len) || tlsni_name_eq(s->openssl, name, len) ||
            tlsni_name_eq(s->gnutls, name, len))
            return s;
    }
    return NULL;
}

const uint16_t *tlsni_suite_preference(size_t *count)
{
    *count = SUITE_COUNT;
    return preference;
}

const char *tlsni_kx_name(uint8_t kx)
{
    static const char *const names[] = { "", "RSA", "DHE", "ECDHE", "TLS13" };

    return kx < sizeof names / sizeof names[0] ? names[kx] : "";
}

const char *tlsni_auth_name(uint8_t auth)
{
    static const char *const names[] = { "", "RSA", "ECDSA", "TLS13" };

    return auth < sizeof names / sizeof names[0] ? names[auth] : "";
}

const char *tlsni_class_name(uint8_t policy)
{
    static const char *const names[] = { "modern", "default", "compat", "legacy", "research" };

    return policy < sizeof names / sizeof names[0] ? names[policy] : "";
}

const char *tlsni_suite_cipher_name(const struct tlsni_suite *suite)
{
    static const char *const aead[] = { "", "AES_128_GCM", "AES_256_GCM", "CHACHA20_POLY1305" };
    static const char *const cbc[] = { "", "AES_128_CBC", "AES_256_CBC" };

    if (suite->kind == TLSNI_CIPHER_AEAD)
        return suite->cipher < sizeof aead / sizeof aead[0] ? aead[suite->cipher] : "";
    return suite->cipher < sizeof cbc / sizeof cbc[0] ? cbc[suite->cipher] : "";
}

const char *tlsni_suite_mac_name(const struct tlsni_suite *suite)
{
    static const char *const names[] = { "AEAD",   "MD5",    "SHA1",  "SHA224",
                                         "SHA256", "SHA384", "SHA512" };

    return suite->mac < sizeof names / sizeof names[0] ? names[suite->mac] : "";
}
