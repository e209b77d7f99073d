/* msg_authorization.c - AuthorizationData, RFC 5878 3.3: what SupplementalData of type authz_data
 * holds. The contents of attribute certificates and assertions are the application's business. */
#include "cipher/hash.h"
#include "handshake/msg.h"

bool tlsni_authz_is_url(uint8_t format)
{
    return format == TLSN_AUTHZ_X509_ATTR_CERT_URL || format == TLSN_AUTHZ_SAML_ASSERTION_URL;
}

/* @rfc 5878:3.3.3/4 */
size_t tlsni_authz_hash_len(uint8_t algorithm)
{
    const struct tlsni_hash *hash = algorithm <= TLSNI_HASH_SHA512
                                        ? tlsni_hash_find((enum tlsni_hash_id)algorithm)
                                        : NULL;

    return hash ? hash->len : 0;
}

/* What follows an unknown format or hash cannot be read, for want of its length.
 * @rfc 5878:3.3/2 */
bool tlsni_msg_authz_next(struct tlsn_span *list, struct tlsn_authz *out)
{
    struct tlsni_rd r = tlsni_rd_span(*list);

    memset(out, 0, sizeof *out);
    if (!list->len)
        return false;
    out->format = tlsni_rd_u8(&r);
    out->data = tlsni_rd_vec_span(&r, 2, 1, 65535);
    if (out->format >= TLSN_AUTHZ_FORMATS)
        tlsni_rd_fail(&r);
    if (tlsni_authz_is_url(out->format)) {
        out->hash_algorithm = tlsni_rd_u8(&r);
        out->hash = tlsni_rd_bytes(&r, tlsni_authz_hash_len(out->hash_algorithm));
        if (!out->hash.len)
            tlsni_rd_fail(&r);
    }
    *list = tlsni_rd_rest(&r);
    return !r.bad;
}

tlsn_status tlsni_msg_authorization_parse(struct tlsn_span data, struct tlsn_span *list)
{
    struct tlsni_rd r = tlsni_rd_span(data);
    struct tlsn_authz entry;

    *list = tlsni_rd_vec_span(&r, 2, 1, 65535);
    for (struct tlsn_span rest = *list; rest.len;)
        if (!tlsni_msg_authz_next(&rest, &entry))
            return TLSN_ERR_DECODE;
    return tlsni_rd_end(&r);
}

void tlsni_msg_authz_write(struct tlsni_wr *w, const struct tlsn_authz *entry)
{
    tlsni_wr_u8(w, entry->format);
    tlsni_wr_vec(w, 2, entry->data);
    if (!tlsni_authz_is_url(entry->format))
        return;
    tlsni_wr_u8(w, entry->hash_algorithm);
    tlsni_wr_put(w, entry->hash.data, entry->hash.len);
}
