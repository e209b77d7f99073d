/* rsa_pkcs1.c - EMSA-PKCS1-v1_5, RFC 8017 9.2. Verification builds the block and compares: there is
 * no parser to fool. RFC 5246 4.7 wants two blocks accepted, with NULL parameters and without. */
#include "base/bytes.h"
#include "cipher/pk_impl.h"

/* DigestInfo up to the digest, with NULL parameters.
 * @rfc 8017:9.2/3, 8017:A.2.4/3, 8017:B.1/2 */
static const uint8_t md5[] = { 0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48,
                               0x86, 0xf7, 0x0d, 0x02, 0x05, 0x05, 0x00, 0x04, 0x10 };
static const uint8_t sha1[] = { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14 };
static const uint8_t sha224[] = { 0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                  0x65, 0x03, 0x04, 0x02, 0x04, 0x05, 0x00, 0x04, 0x1c };
static const uint8_t sha256[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                  0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
static const uint8_t sha384[] = { 0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                  0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30 };
static const uint8_t sha512[] = { 0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                  0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40 };

/* By enum tlsni_hash_id. The pair of MD5 and SHA-1 stands in the block without a DigestInfo.
 * @rfc 5246:4.7/3, 5246:4.7/4, 4346:4.7/1, 2246:4.7/1, 6101:6.1.1/2, 6101:4.7/1 */
static const struct tlsn_span prefixes[] = {
    { NULL, 0 },
    { md5, sizeof md5 },
    { sha1, sizeof sha1 },
    { sha224, sizeof sha224 },
    { sha256, sizeof sha256 },
    { sha384, sizeof sha384 },
    { sha512, sizeof sha512 },
    [TLSNI_HASH_MD5_SHA1] = { NULL, 0 },
};

/* DigestInfo without the digest at out: its length. NULL is the two octets in front of the digest's
 * header; without it both sequences are shorter by two. */
static size_t put_prefix(uint8_t *out, struct tlsn_span prefix, bool with_null)
{
    size_t head = prefix.len - 4;

    if (!prefix.len)
        return 0;
    memcpy(out, prefix.data, prefix.len);
    if (with_null)
        return prefix.len;
    out[1] = (uint8_t)(out[1] - 2);
    out[3] = (uint8_t)(out[3] - 2);
    memmove(out + head, out + head + 2, 2);
    return prefix.len - 2;
}

/* @rfc 5246:4.7/2, 8422:5.10/11, 8017:9.2/1, 8017:9.2/2 */
tlsn_status tlsni_rsa_pkcs1_wrap(uint8_t *em, size_t len, enum tlsni_hash_id hash, bool with_null,
                                 struct tlsn_span digest)
{
    const struct tlsni_hash *row = tlsni_hash_find(hash);
    uint8_t prefix[sizeof sha512];
    size_t prefix_len, padding;

    if (!row || (size_t)hash >= sizeof prefixes / sizeof prefixes[0] || digest.len != row->len)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    prefix_len = put_prefix(prefix, prefixes[hash], with_null);
    if (len < prefix_len + row->len + 11)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    padding = len - 3 - prefix_len - row->len;
    em[0] = 0;
    em[1] = 1;
    memset(em + 2, 0xff, padding);
    em[2 + padding] = 0;
    memcpy(em + 3 + padding, prefix, prefix_len);
    memcpy(em + len - row->len, digest.data, row->len);
    return TLSN_OK;
}

tlsn_status tlsni_rsa_pkcs1_encode(uint8_t *em, size_t len, enum tlsni_hash_id hash, bool with_null,
                                   struct tlsn_span message)
{
    const struct tlsni_hash *row = tlsni_hash_find(hash);
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    if (!row)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    tlsni_hash_once(row, message.data, message.len, digest);
    return tlsni_rsa_pkcs1_wrap(em, len, hash, with_null, tlsni_span_make(digest, row->len));
}
