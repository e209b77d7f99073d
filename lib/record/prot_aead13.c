/* prot_aead13.c - AEAD records of TLS 1.3 (RFC 8446 5.2).
 *
 *     header | content, type, zeros | tag
 *
 * The header says application_data and is the additional data. Where the content ends is secret until
 * the record is open; then its last byte that is not zero is the type. */
#include "base/mem.h"
#include "record/prot_aead.h"

static bool fits(const struct tlsni_prot_keys *keys)
{
    return keys->suite->kind == TLSNI_CIPHER_AEAD && keys->suite->nonce == TLSNI_NONCE_XOR12 &&
           keys->profile->inner_type && !keys->encrypt_then_mac && !keys->compression &&
           tlsni_aead_row_of(keys);
}

static void init(struct tlsni_prot *p, const struct tlsni_prot_keys *keys)
{
    tlsni_aead_init(p, keys);
    p->inner = 1;
    p->pad = p->writes ? keys->pad : 0;
    if (p->writes)
        p->tail++; /* the type; of what comes in even that is not known to be there */
}

/* The type goes behind the content, so this is where it has to be.
 * @rfc 8446:5.2/1, 8446:5.4/1 */
static tlsn_status seal(struct tlsni_prot *p, uint8_t type, const uint8_t *plain, size_t len,
                        uint8_t *out)
{
    const struct tlsni_aead_prot *a = tlsni_aead_of(p);
    uint8_t nonce[TLSNI_AEAD_NONCE_LEN], *body = out + TLSNI_RECORD_HEADER;
    size_t inner = tlsni_prot_inner_put(p, type, plain, len, body);

    tlsni_aead_nonce(a, nonce);
    tlsni_record_header(TLSNI_CONTENT_APPLICATION, p->version, inner + a->aead->tag_len, out);
    a->aead->seal(a->state, nonce, out, TLSNI_RECORD_HEADER, body, body, inner, body + inner);
    return TLSN_OK;
}

/* @rfc 8446:5.2/4, 8446:5.4/3 */
static tlsn_status open(struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                        uint8_t *type, size_t *plain_len)
{
    const struct tlsni_aead_prot *a = tlsni_aead_of(p);
    uint8_t nonce[TLSNI_AEAD_NONCE_LEN], header[TLSNI_RECORD_HEADER];
    size_t len = rec->len - a->aead->tag_len;
    tlsn_status st;

    tlsni_aead_nonce(a, nonce);
    tlsni_record_header(rec->type, rec->version, rec->len, header);
    st = a->aead->open(a->state, nonce, header, sizeof header, dst, rec->fragment, len,
                       rec->fragment + len);
    if (st != TLSN_OK)
        return st;
    st = tlsni_prot_inner_take(p, dst, len, type, plain_len);
    if (st != TLSN_OK)
        tlsni_wipe(dst, len);
    return st;
}

const struct tlsni_prot_kind tlsni_prot_aead13 = {
    { "AEAD, type inside", seal, open },
    fits,
    tlsni_aead_state_size,
    init,
};
