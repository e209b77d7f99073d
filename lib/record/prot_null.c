/* prot_null.c - records with a MAC and no encryption (RFC 5246 6.2.3.1, the NULL cipher).
 *
 *     header | content | MAC
 *
 * Everybody reads the content; it is only known to be the peer's. For research. */
#include "base/ct.h"
#include "base/mem.h"
#include "cipher/hmac.h"
#include "record/prot.h"

#include <string.h>

struct null_prot {
    struct tlsni_prot head;
    struct tlsni_hmac_key mac;
};

static struct null_prot *null_of(struct tlsni_prot *p)
{
    return (struct null_prot *)p;
}

static bool fits(const struct tlsni_prot_keys *keys)
{
    return keys->suite->kind == TLSNI_CIPHER_NULL && !keys->suite->cipher &&
           !keys->profile->inner_type && !keys->encrypt_then_mac &&
           tlsni_hash_find((enum tlsni_hash_id)keys->suite->mac);
}

static size_t state_size(const struct tlsni_prot_keys *keys, bool writes)
{
    (void)keys;
    (void)writes;
    return sizeof(struct null_prot);
}

static void init(struct tlsni_prot *p, const struct tlsni_prot_keys *keys)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)keys->suite->mac);

    tlsni_hmac_set_key(&null_of(p)->mac, hash, keys->mac_key.data, keys->mac_key.len);
    p->lead = TLSNI_RECORD_HEADER;
    p->tail = hash->len;
}

static void mac_record(const struct null_prot *n, uint8_t type, const uint8_t *data, size_t len,
                       uint8_t *out)
{
    uint8_t pseudo[TLSNI_PSEUDO_HEADER];
    struct tlsni_hmac h;

    tlsni_prot_pseudo(&n->head, type, len, pseudo);
    tlsni_hmac_init(&h, &n->mac);
    tlsni_hmac_update(&h, pseudo, sizeof pseudo);
    tlsni_hmac_update(&h, data, len);
    tlsni_hmac_final(&h, out);
}

static tlsn_status seal(struct tlsni_prot *p, uint8_t type, const uint8_t *plain, size_t len,
                        uint8_t *out)
{
    uint8_t *body = out + TLSNI_RECORD_HEADER;

    if (len && plain != body)
        memcpy(body, plain, len);
    mac_record(null_of(p), type, body, len, body + len);
    tlsni_record_header(type, p->version, len + p->tail, out);
    return TLSN_OK;
}

static tlsn_status open(struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                        uint8_t *type, size_t *plain_len)
{
    size_t len = rec->len - p->tail;
    uint8_t mac[TLSNI_HASH_LEN_MAX];

    mac_record(null_of(p), rec->type, rec->fragment, len, mac);
    if (!tlsni_ct_memeq(mac, rec->fragment + len, p->tail))
        return TLSN_ERR_BAD_RECORD_MAC;
    if (len && dst != rec->fragment)
        memcpy(dst, rec->fragment, len);
    *type = rec->type;
    *plain_len = len;
    return TLSN_OK;
}

const struct tlsni_prot_kind tlsni_prot_null = {
    { "MAC alone", seal, open },
    fits,
    state_size,
    init,
};
