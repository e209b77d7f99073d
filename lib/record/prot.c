/* prot.c - making record protection, and what sealing and opening have in common: room, limits,
 * where the bytes are, and the sequence number. */
#include "record/prot.h"
#include "base/mem.h"
#include "record/compress.h"

#include <string.h>

static const struct tlsni_prot_kind *const kinds[] = {
    &tlsni_prot_aead_explicit,
    &tlsni_prot_aead_xor,
    &tlsni_prot_aead13,
    &tlsni_prot_mac_then_encrypt,
    &tlsni_prot_encrypt_then_mac,
    &tlsni_prot_null,
    &tlsni_prot_null13,
    &tlsni_prot_stream,
};

static const struct tlsni_prot_kind *find_kind(const struct tlsni_prot_keys *keys)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i]->fits(keys))
            return kinds[i];
    return NULL;
}

bool tlsni_prot_supports(const struct tlsni_suite *suite,
                         const struct tlsni_record_profile *profile)
{
    struct tlsni_prot_keys keys = { .suite = suite, .profile = profile };

    return find_kind(&keys) != NULL;
}

/* @rfc 5246:6.3/3, 5288:3/3, 7905:2/5, 5246:6.2.3.2/4, 9150:6/1 */
void tlsni_prot_key_lens(const struct tlsni_suite *suite,
                         const struct tlsni_record_profile *profile, size_t *mac_key, size_t *key,
                         size_t *iv)
{
    const struct tlsni_hash *mac = tlsni_hash_find((enum tlsni_hash_id)suite->mac);

    *mac_key = mac && !profile->inner_type ? mac->len : 0;
    if (suite->kind == TLSNI_CIPHER_AEAD) {
        const struct tlsni_aead *aead = tlsni_aead_find((enum tlsni_aead_id)suite->cipher);

        *key = aead ? aead->key_len : 0;
        *iv = suite->nonce == TLSNI_NONCE_EXPLICIT8 ? 4 : TLSNI_AEAD_NONCE_LEN;
    } else if (suite->kind == TLSNI_CIPHER_NULL) {
        *key = *iv = mac && profile->inner_type ? mac->len : 0;
    } else if (suite->kind == TLSNI_CIPHER_STREAM) {
        const struct tlsni_stream *s = tlsni_stream_find((enum tlsni_stream_id)suite->cipher);

        *key = s ? s->key_len : 0;
        *iv = 0;
    } else {
        const struct tlsni_block *block = tlsni_block_find((enum tlsni_block_id)suite->cipher);

        *key = block ? block->key_len : 0;
        *iv = block && !profile->explicit_iv ? block->block_len : 0;
    }
}

static bool lengths_right(const struct tlsni_prot_keys *keys)
{
    size_t mac_key, key, iv;

    tlsni_prot_key_lens(keys->suite, keys->profile, &mac_key, &key, &iv);
    return keys->mac_key.len == mac_key && keys->key.len == key && keys->iv.len == iv;
}

/* @rfc 5246:6.1/2, 5246:6.1/5, 6101:5.1/4, 5246:6.1/6, 5246:6.1/7
 * @rfc 8446:5.3/2 */
tlsn_status tlsni_prot_new(struct tlsni_prot **out, const struct tlsn_hooks *env,
                           const struct tlsni_prot_keys *keys, bool writes)
{
    const struct tlsni_prot_kind *kind = find_kind(keys);
    struct tlsni_prot *p;
    tlsn_status st = TLSN_OK;
    size_t size;

    *out = NULL;
    if (!kind)
        return TLSN_ERR_NOT_IMPLEMENTED;
    if (!lengths_right(keys))
        return TLSN_ERR_ARGUMENT;
    size = kind->state_size(keys, writes);
    p = tlsni_alloc(env, size);
    if (!p)
        return TLSN_ERR_NO_MEMORY;
    p->ops = &kind->ops;
    p->env = env;
    p->limit = UINT64_MAX; /* sequence numbers do not wrap (5246:6.1/7) */
    p->budget = UINT64_MAX;
    p->size = (uint32_t)size;
    p->version = keys->profile->wire_version;
    p->ssl3 = keys->profile->ssl3;
    p->plain_max = keys->plain_max ? keys->plain_max : TLSNI_RECORD_PLAIN_MAX;
    p->writes = writes;
    kind->init(p, keys);
    p->full = p->budget;
    if (keys->compression)
        st = tlsni_comp_new(&p->comp, env, keys->compression, writes);
    if (st == TLSN_OK)
        *out = p;
    else
        tlsni_prot_free(p);
    return st;
}

void tlsni_prot_free(struct tlsni_prot *p)
{
    if (!p)
        return;
    tlsni_comp_free(p->comp);
    tlsni_free_secret(p->env, p, p->size);
}

/* The same for a payload that is compressed already, if it is. */
static size_t protected_size(const struct tlsni_prot *p, size_t len)
{
    size_t inner;

    if (!p)
        return TLSNI_RECORD_HEADER + len;
    inner = tlsni_prot_padded(p, len) + p->tail - p->outer;
    if (p->block_len)
        inner += p->block_len - 1U - (inner + p->block_len - 1U) % p->block_len;
    return p->lead + inner + p->outer;
}

/* Bytes of a fragment in front of the ciphertext. */
static size_t prefix_len(const struct tlsni_prot *p)
{
    return (size_t)p->lead - TLSNI_RECORD_HEADER;
}

/* All the padding that a length byte can announce. Never more than the version has: the buffer that
 * compressed text is decrypted into holds that much.
 * @rfc 6066:4/8, 8449:4.1/1 */
size_t tlsni_prot_fragment_max(const struct tlsni_prot *p, const struct tlsni_record_profile *profile)
{
    size_t padding = p->block_len ? 255 : 0, growth = p->comp ? TLSNI_COMPRESS_GROWTH : 0;
    size_t max = prefix_len(p) + p->plain_max + p->inner + growth + p->tail + padding;

    return p->plain_max == TLSNI_RECORD_PLAIN_MAX || max > profile->cipher_max ? profile->cipher_max
                                                                               : max;
}

size_t tlsni_prot_sealed_size(const struct tlsni_prot *p, size_t len)
{
    return protected_size(p, p && p->comp ? len + TLSNI_COMPRESS_GROWTH : len);
}

size_t tlsni_prot_lead(const struct tlsni_prot *p)
{
    return p ? p->lead : TLSNI_RECORD_HEADER;
}

bool tlsni_prot_overlap(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    uintptr_t x = (uintptr_t)a, y = (uintptr_t)b;

    return a_len && b_len && x < y + b_len && y < x + a_len;
}

/* What the record takes from the budget: blocks that are encrypted. */
static uint64_t cost_of(const struct tlsni_prot *p, size_t len, size_t sealed)
{
    if (p->budget == UINT64_MAX)
        return 0;
    return p->block_len ? (sealed - p->lead - p->outer) / p->block_len : tlsni_prot_blocks(len);
}

/* Compresses the payload first, where that was agreed on: it is then in a buffer of its own. The
 * record can only get shorter than the size and the cost that were checked. */
static tlsn_status pack(struct tlsni_prot *p, const uint8_t **plain, size_t *len, size_t *need,
                        uint64_t *cost)
{
    struct tlsni_comp *c = p->comp;
    tlsn_status st;

    if (!c)
        return TLSN_OK;
    st = c->method->pack(c, *plain, *len, c->buffer, len);
    *plain = c->buffer;
    *need = protected_size(p, *len);
    *cost = cost_of(p, *len, *need);
    return st;
}

static bool is_used_up(const struct tlsni_prot *p, uint64_t cost)
{
    return p->sequence >= p->limit || cost > p->budget;
}

bool tlsni_prot_due(const struct tlsni_prot *p)
{
    return p && (p->sequence >= p->limit - p->limit / 4 || p->budget <= p->full / 4);
}

/* @rfc 5246:6.1/4, 5246:6.1/8, 5246:6.2.1/5, 5246:6.2.3/1, 6101:5.2.3/2, 7905:4/1, 5288:6.1/1
 * @rfc 8446:5.3/3 */
tlsn_status tlsni_prot_seal(struct tlsni_prot *p, uint8_t type, uint16_t version,
                            const uint8_t *plain, size_t len, uint8_t *out, size_t cap,
                            size_t *size)
{
    size_t need = tlsni_prot_sealed_size(p, len);
    uint64_t cost;
    tlsn_status st;

    if (!p)
        return tlsni_record_plain(type, version, plain, len, out, cap, size);
    cost = cost_of(p, len, need);
    if (len > p->plain_max)
        return TLSN_ERR_ARGUMENT;
    if (!p->writes)
        return TLSN_ERR_MISUSE;
    if (need > cap)
        return TLSN_ERR_BUFFER;
    if (is_used_up(p, cost) && (type != TLSNI_CONTENT_ALERT || p->sequence == UINT64_MAX))
        return TLSN_ERR_LIMIT;
    st = pack(p, &plain, &len, &need, &cost);
    if (st != TLSN_OK)
        return st;
    if (plain != out + p->lead && tlsni_prot_overlap(plain, len, out, need)) {
        memmove(out + p->lead, plain, len);
        plain = out + p->lead;
    }
    st = p->ops->seal(p, type, plain, len, out);
    if (st != TLSN_OK)
        return st;
    p->sequence++;
    p->budget -= cost < p->budget ? cost : p->budget;
    *size = need;
    return TLSN_OK;
}

size_t tlsni_prot_open_room(const struct tlsni_prot *p, const struct tlsni_record *rec)
{
    size_t fixed;

    if (!p)
        return rec->len;
    if (p->comp)
        return TLSNI_RECORD_PLAIN_MAX;
    fixed = prefix_len(p) + (p->block_len ? p->outer : p->tail);
    return rec->len > fixed ? rec->len - fixed : 0;
}

static void hand_over(uint8_t *dst, const uint8_t *at, size_t len, const uint8_t **payload,
                      size_t *payload_len)
{
    if (dst && dst != at && len)
        memmove(dst, at, len);
    *payload = dst ? dst : at;
    *payload_len = len;
}

static tlsn_status open_plain(const struct tlsni_record *rec, uint8_t *dst, uint8_t *type,
                              const uint8_t **payload, size_t *payload_len)
{
    if (rec->len > TLSNI_RECORD_PLAIN_MAX)
        return TLSN_ERR_RECORD_OVERFLOW;
    *type = rec->type;
    hand_over(dst, rec->fragment, rec->len, payload, payload_len);
    return TLSN_OK;
}

/* Where the cipher works: straight into dst if it may, else inside the record; compressed text in a
 * buffer of its own. */
static uint8_t *place_for(const struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                          size_t room)
{
    if (p->comp)
        return p->comp->buffer;
    if (dst && !tlsni_prot_overlap(dst, room, rec->fragment, rec->len))
        return dst;
    return rec->fragment + prefix_len(p);
}

/* @rfc 5246:6.2.2/2, 5246:7.2.2/11 */
static tlsn_status unpack(struct tlsni_prot *p, uint8_t *packed, size_t len, uint8_t *dst,
                          const uint8_t **payload, size_t *payload_len)
{
    tlsn_status st = p->comp->method->unpack(p->comp, packed, len, dst, payload_len);

    tlsni_wipe(packed, len);
    *payload = dst;
    return st == TLSN_OK && *payload_len > p->plain_max ? TLSN_ERR_RECORD_OVERFLOW : st;
}

/* @rfc 5246:6.2.2/3, 5246:7.2.2/8, 6101:5.4.2/4 */
tlsn_status tlsni_prot_open(struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                            size_t cap, uint8_t *type, const uint8_t **payload,
                            size_t *payload_len)
{
    size_t room = tlsni_prot_open_room(p, rec), len = 0;
    uint8_t *at;
    tlsn_status st;

    if (dst && cap < room)
        return TLSN_ERR_BUFFER;
    if (!p)
        return open_plain(rec, dst, type, payload, payload_len);
    if (p->writes || (p->comp && !dst))
        return TLSN_ERR_MISUSE;
    if (p->sequence >= p->limit)
        return TLSN_ERR_LIMIT;
    if (rec->len < prefix_len(p) + p->tail)
        return TLSN_ERR_BAD_RECORD_MAC;
    at = place_for(p, rec, dst, room);
    st = p->ops->open(p, rec, at, type, &len);
    if (st != TLSN_OK)
        return st;
    p->sequence++;
    if (len > p->plain_max + (p->comp ? (size_t)TLSNI_COMPRESS_GROWTH : 0)) {
        tlsni_wipe(at, len);
        return TLSN_ERR_RECORD_OVERFLOW;
    }
    if (p->comp)
        return unpack(p, at, len, dst, payload, payload_len);
    hand_over(dst, at, len, payload, payload_len);
    return TLSN_OK;
}
