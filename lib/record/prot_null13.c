/* prot_null13.c - records of TLS 1.3 with a MAC and no encryption (RFC 9150 5).
 *
 *     header | content, type, zeros | HMAC(key, nonce, header, content, type, zeros)
 *
 * Everybody reads the content; it is only known to be the peer's. Key and nonce are as long as the hash;
 * the nonce is made of the sequence number as for AEADs. RFC 9150 6 has the length in its table 1; there are
 * implementations with nonces of 12 octets, which do not understand these records. For research. */
#include "base/ct.h"
#include "base/mem.h"
#include "cipher/hmac.h"
#include "record/prot.h"

#include <string.h>

struct null13_prot {
    struct tlsni_prot head;
    struct tlsni_hmac_key key; /* secret */
    uint8_t iv[TLSNI_HASH_LEN_MAX];
};

/* Records under one key. HMAC has no bound that would matter; RFC 9150 9 wants keys changed before a limit all
 * the same. */
static const uint64_t records_max = UINT64_C(1) << 48;

static struct null13_prot *null13_of(struct tlsni_prot *p)
{
    return (struct null13_prot *)p;
}

static bool fits(const struct tlsni_prot_keys *keys)
{
    return keys->suite->kind == TLSNI_CIPHER_NULL && keys->profile->inner_type &&
           tlsni_hash_find((enum tlsni_hash_id)keys->suite->mac) && !keys->encrypt_then_mac &&
           !keys->compression;
}

static size_t state_size(const struct tlsni_prot_keys *keys, bool writes)
{
    (void)keys;
    (void)writes;
    return sizeof(struct null13_prot);
}

/* @rfc 9150:5/1, 9150:6/2, 9150:9/3 */
static void init(struct tlsni_prot *p, const struct tlsni_prot_keys *keys)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)keys->suite->mac);

    tlsni_hmac_set_key(&null13_of(p)->key, hash, keys->key.data, keys->key.len);
    memcpy(null13_of(p)->iv, keys->iv.data, keys->iv.len);
    p->limit = records_max;
    p->lead = TLSNI_RECORD_HEADER;
    p->tail = hash->len;
    p->inner = 1;
    p->pad = p->writes ? keys->pad : 0;
    if (p->writes)
        p->tail++; /* the type */
}

/* @rfc 9150:5/3, 9150:5/4 */
static void sum(struct tlsni_prot *p, const uint8_t *header, const uint8_t *inner, size_t len,
                uint8_t *out)
{
    const struct null13_prot *n = null13_of(p);
    size_t iv_len = n->key.row->len;
    uint8_t nonce[TLSNI_HASH_LEN_MAX], *end = nonce + iv_len;
    struct tlsni_hmac h;

    memcpy(nonce, n->iv, iv_len);
    for (int i = 1; i <= 8; i++)
        end[-i] ^= (uint8_t)(p->sequence >> (8 * (i - 1)));
    tlsni_hmac_init(&h, &n->key);
    tlsni_hmac_update(&h, nonce, iv_len);
    tlsni_hmac_update(&h, header, TLSNI_RECORD_HEADER);
    tlsni_hmac_update(&h, inner, len);
    tlsni_hmac_final(&h, out);
}

/* @rfc 9150:5/2, 9150:5/5 */
static tlsn_status seal(struct tlsni_prot *p, uint8_t type, const uint8_t *plain, size_t len,
                        uint8_t *out)
{
    uint8_t *body = out + TLSNI_RECORD_HEADER;
    size_t inner = tlsni_prot_inner_put(p, type, plain, len, body);

    tlsni_record_header(TLSNI_CONTENT_APPLICATION, p->version, inner + null13_of(p)->key.row->len,
                        out);
    sum(p, out, body, inner, body + inner);
    return TLSN_OK;
}

/* @rfc 9150:7/1, 9150:7/2 */
static tlsn_status open(struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                        uint8_t *type, size_t *plain_len)
{
    uint8_t header[TLSNI_RECORD_HEADER], right[TLSNI_HASH_LEN_MAX];
    size_t mac_len = null13_of(p)->key.row->len, len = rec->len - mac_len;
    tlsn_status st;

    tlsni_record_header(rec->type, rec->version, rec->len, header);
    sum(p, header, rec->fragment, len, right);
    st = tlsni_ct_memeq(right, rec->fragment + len, mac_len) ? TLSN_OK : TLSN_ERR_BAD_RECORD_MAC;
    tlsni_wipe(right, sizeof right);
    if (st == TLSN_OK)
        st = tlsni_prot_inner_take(p, rec->fragment, len, type, plain_len);
    if (st == TLSN_OK && *plain_len && dst != rec->fragment)
        memcpy(dst, rec->fragment, *plain_len);
    return st;
}

const struct tlsni_prot_kind tlsni_prot_null13 = {
    { "MAC alone, type inside", seal, open },
    fits,
    state_size,
    init,
};
