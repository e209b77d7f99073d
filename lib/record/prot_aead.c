/* prot_aead.c - AEAD records of TLS 1.2 (RFC 5246 6.2.3.3).
 *
 * Two kinds that differ in the nonce. Explicit (RFC 5288 3, RFC 6655 3): 4 bytes of salt and 8 in front of the
 * ciphertext, for which we send the sequence number; no other choice is as sure not to repeat. XOR
 * (RFC 7905 2): 12 bytes of IV XOR the sequence number, nothing on the wire. */
#include "base/mem.h"
#include "record/prot_aead.h"

#include <string.h>

enum { SALT_LEN = 4, EXPLICIT_LEN = 8 };

static bool fits(const struct tlsni_prot_keys *keys, uint8_t nonce)
{
    return keys->suite->kind == TLSNI_CIPHER_AEAD && keys->suite->nonce == nonce &&
           !keys->profile->inner_type && !keys->encrypt_then_mac && tlsni_aead_row_of(keys);
}

static bool fits_explicit(const struct tlsni_prot_keys *keys)
{
    return fits(keys, TLSNI_NONCE_EXPLICIT8);
}

static bool fits_xor(const struct tlsni_prot_keys *keys)
{
    return fits(keys, TLSNI_NONCE_XOR12);
}

size_t tlsni_aead_state_size(const struct tlsni_prot_keys *keys, bool writes)
{
    (void)writes;
    return sizeof(struct tlsni_aead_prot) + tlsni_aead_row_of(keys)->state_len;
}

/* @rfc 7905:2/1, 5288:3/1, 8439:4/2, 8439:4/3 */
void tlsni_aead_init(struct tlsni_prot *p, const struct tlsni_prot_keys *keys)
{
    struct tlsni_aead_prot *a = tlsni_aead_of(p);
    uint64_t full = tlsni_prot_blocks(TLSNI_RECORD_PLAIN_MAX);

    a->aead = tlsni_aead_row_of(keys);
    if (p->writes && a->aead->record_limit < UINT64_MAX / full) /* @rfc 9325:4.4/1, 9325:4.4/2, 9846:5.5/3 */
        p->budget = a->aead->record_limit * full;
    memcpy(a->iv, keys->iv.data, keys->iv.len);
    a->aead->set_key(a->state, keys->key.data);
    p->lead = TLSNI_RECORD_HEADER;
    if (keys->suite->nonce == TLSNI_NONCE_EXPLICIT8)
        p->lead += EXPLICIT_LEN;
    p->tail = a->aead->tag_len; /* never less: @rfc 5288:3/12, 6655:6/2 */
}

/* header and explicit part are written already
 * @rfc 5246:6.2.3.3/4, 5116:2.1/8, 5246:6.2.3.3/5, 5116:2.1/2 */
static void seal(const struct tlsni_aead_prot *a, const uint8_t *nonce, uint8_t type,
                 const uint8_t *plain, size_t len, uint8_t *dst)
{
    uint8_t pseudo[TLSNI_PSEUDO_HEADER];

    (void)tlsni_prot_pseudo(&a->head, type, len, pseudo);
    a->aead->seal(a->state, nonce, pseudo, sizeof pseudo, dst, plain, len, dst + len);
}

/* body: ciphertext and tag
 * @rfc 5246:6.2.3.3/6, 5288:3/11, 5487:2/5, 5116:2.2/1 */
static tlsn_status open(const struct tlsni_aead_prot *a, const uint8_t *nonce, uint8_t type,
                        const uint8_t *body, size_t len, uint8_t *dst, size_t *plain_len)
{
    uint8_t pseudo[TLSNI_PSEUDO_HEADER];

    *plain_len = len - a->aead->tag_len;
    (void)tlsni_prot_pseudo(&a->head, type, *plain_len, pseudo);
    return a->aead->open(a->state, nonce, pseudo, sizeof pseudo, dst, body, *plain_len,
                         body + *plain_len);
}

/* @rfc 5246:6.2.3.3/1, 5246:6.2.3.3/2, 5288:3/2, 5288:3/3, 5288:3/4, 5288:3/5, 5288:3/6
 * @rfc 5116:2.1/3, 5116:3.2/1, 5116:3.2/2, 5116:3.2/3, 5116:3.2.1/1, 5116:3.2.1/2
 * @rfc 6655:3/2, 6655:3/3, 6655:3/4, 6655:3/5, 6655:3/6, 8442:5/2 */
static tlsn_status seal_explicit(struct tlsni_prot *p, uint8_t type, const uint8_t *plain,
                                 size_t len, uint8_t *out)
{
    const struct tlsni_aead_prot *a = tlsni_aead_of(p);
    uint8_t nonce[TLSNI_AEAD_NONCE_LEN];

    memcpy(nonce, a->iv, SALT_LEN);
    tlsni_put_be64(nonce + SALT_LEN, p->sequence);
    tlsni_record_header(type, p->version, EXPLICIT_LEN + len + p->tail, out);
    memcpy(out + TLSNI_RECORD_HEADER, nonce + SALT_LEN, EXPLICIT_LEN);
    seal(a, nonce, type, plain, len, out + TLSNI_RECORD_HEADER + EXPLICIT_LEN);
    return TLSN_OK;
}

static tlsn_status open_explicit(struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                                 uint8_t *type, size_t *plain_len)
{
    const struct tlsni_aead_prot *a = tlsni_aead_of(p);
    uint8_t nonce[TLSNI_AEAD_NONCE_LEN];

    memcpy(nonce, a->iv, SALT_LEN);
    memcpy(nonce + SALT_LEN, rec->fragment, EXPLICIT_LEN);
    *type = rec->type;
    return open(a, nonce, rec->type, rec->fragment + EXPLICIT_LEN, rec->len - EXPLICIT_LEN, dst,
                plain_len);
}

static tlsn_status seal_xor(struct tlsni_prot *p, uint8_t type, const uint8_t *plain, size_t len,
                            uint8_t *out)
{
    const struct tlsni_aead_prot *a = tlsni_aead_of(p);
    uint8_t nonce[TLSNI_AEAD_NONCE_LEN];

    tlsni_aead_nonce(a, nonce);
    tlsni_record_header(type, p->version, len + p->tail, out);
    seal(a, nonce, type, plain, len, out + TLSNI_RECORD_HEADER);
    return TLSN_OK;
}

static tlsn_status open_xor(struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                            uint8_t *type, size_t *plain_len)
{
    const struct tlsni_aead_prot *a = tlsni_aead_of(p);
    uint8_t nonce[TLSNI_AEAD_NONCE_LEN];

    tlsni_aead_nonce(a, nonce);
    *type = rec->type;
    return open(a, nonce, rec->type, rec->fragment, rec->len, dst, plain_len);
}

const struct tlsni_prot_kind tlsni_prot_aead_explicit = {
    { "AEAD, explicit nonce", seal_explicit, open_explicit },
    fits_explicit,
    tlsni_aead_state_size,
    tlsni_aead_init,
};

const struct tlsni_prot_kind tlsni_prot_aead_xor = {
    { "AEAD, nonce from the sequence number", seal_xor, open_xor },
    fits_xor,
    tlsni_aead_state_size,
    tlsni_aead_init,
};
