/* suite.c - the ways to find a row of THE suite table, and names for its columns. */
#include "cipher/suite_rows.h"

#include "cipher/names.h"

#include <string.h>

const struct tlsni_suite *tlsni_suite_rows(size_t *count)
{
    *count = tlsni_suite_row_count;
    return tlsni_suite_row;
}

const struct tlsni_suite *tlsni_suite_find(uint16_t id)
{
    size_t lo = 0, hi = tlsni_suite_row_count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (tlsni_suite_row[mid].id == id)
            return &tlsni_suite_row[mid];
        if (tlsni_suite_row[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

/* Names of SSL 3.0 begin with SSL_ and go on as those of TLS (RFC 6101 A.6). */
static bool same_name(const char *row, const char *name, size_t len)
{
    if (len > 4 && strncmp(row, "TLS_", 4) == 0 && tlsni_name_eq("SSL_", name, 4))
        return tlsni_name_eq(row + 4, name + 4, len - 4);
    return tlsni_name_eq(row, name, len);
}

static const struct tlsni_suite *by_alias(const struct tlsni_suite_alias *list, size_t count,
                                          const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (tlsni_name_eq(list[i].name, name, len))
            return tlsni_suite_find(list[i].id);
    return NULL;
}

const struct tlsni_suite *tlsni_suite_by_name(const char *name, size_t len)
{
    const struct tlsni_suite *found;

    for (size_t i = 0; len && i < tlsni_suite_row_count; i++) {
        const struct tlsni_suite *s = &tlsni_suite_row[i];
        if (same_name(s->name, name, len) || tlsni_name_eq(s->openssl, name, len))
            return s;
    }
    found = by_alias(tlsni_suite_gnutls, tlsni_suite_gnutls_count, name, len);
    return found ? found : by_alias(tlsni_suite_older, tlsni_suite_older_count, name, len);
}

const char *tlsni_suite_gnutls_name(const struct tlsni_suite *suite)
{
    for (size_t i = 0; i < tlsni_suite_gnutls_count; i++)
        if (tlsni_suite_gnutls[i].id == suite->id)
            return tlsni_suite_gnutls[i].name;
    return "";
}

const uint16_t *tlsni_suite_preference(size_t *count)
{
    *count = tlsni_suite_order_count;
    return tlsni_suite_order;
}

const char *tlsni_kx_name(uint8_t kx)
{
    static const char *const names[] = {
        "", "RSA", "DHE", "ECDHE", "TLS13", "RSA_EXPORT", "DH", "ECDH", "PSK", "DHE_PSK", "ECDHE_PSK",
        "RSA_PSK", "SRP"
    };

    return kx < sizeof names / sizeof names[0] ? names[kx] : "";
}

const char *tlsni_auth_name(uint8_t auth)
{
    static const char *const names[] = { "", "RSA", "ECDSA", "TLS13", "DSS", "PSK", "SRP" };

    return auth < sizeof names / sizeof names[0] ? names[auth] : "";
}

const char *tlsni_class_name(uint8_t policy)
{
    static const char *const names[] = { "modern", "default", "compat", "legacy", "research" };

    return policy < sizeof names / sizeof names[0] ? names[policy] : "";
}

const char *tlsni_suite_cipher_name(const struct tlsni_suite *suite)
{
    const struct tlsni_aead *aead;
    const struct tlsni_block *block;
    const struct tlsni_stream *stream;

    if (suite->kind == TLSNI_CIPHER_AEAD) {
        aead = tlsni_aead_find((enum tlsni_aead_id)suite->cipher);
        return aead ? aead->name : "";
    }
    if (suite->kind == TLSNI_CIPHER_STREAM) {
        stream = tlsni_stream_find((enum tlsni_stream_id)suite->cipher);
        return stream ? stream->name : "";
    }
    if (suite->kind == TLSNI_CIPHER_NULL)
        return "NULL";
    block = tlsni_block_find((enum tlsni_block_id)suite->cipher);
    return block ? block->name : "";
}

const char *tlsni_suite_mac_name(const struct tlsni_suite *suite)
{
    static const char *const names[] = { "AEAD",   "MD5",    "SHA1",  "SHA224",
                                         "SHA256", "SHA384", "SHA512" };

    return suite->mac < sizeof names / sizeof names[0] ? names[suite->mac] : "";
}
