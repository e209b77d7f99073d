#include "handshake/packed13.h"

#include "handshake/cert_comp.h"
#include "handshake/common12.h"
#include "handshake/negotiate.h"

#include <stdatomic.h>

/* Bytes around the compressed ones: algorithm and two lengths. */
enum { FRAME = 2 + 3 + 3, ALGORITHMS = 3, VARIANTS = 4, HASH_LEN = 32 };

struct packed {
    uint8_t hash[HASH_LEN]; /* of what it unpacks to */
    size_t len;             /* 0: it does not get shorter */
    uint8_t data[];
};

struct tlsni_packed_cache {
    _Atomic(struct packed *) slot[ALGORITHMS * VARIANTS]; /* owned */
};

tlsn_status tlsni_packed_cache_new(struct tlsni_packed_cache **out, const struct tlsn_hooks *env)
{
    *out = tlsni_alloc(env, sizeof **out);
    if (!*out)
        return TLSN_ERR_NO_MEMORY;
    for (size_t i = 0; i < ALGORITHMS * VARIANTS; i++)
        atomic_init(&(*out)->slot[i], NULL);
    return TLSN_OK;
}

void tlsni_packed_cache_free(struct tlsni_packed_cache *cache, const struct tlsn_hooks *env)
{
    for (size_t i = 0; cache && i < ALGORITHMS * VARIANTS; i++)
        tlsni_free(env, atomic_load(&cache->slot[i]));
    tlsni_free(env, cache);
}

static tlsn_status pack(const struct tlsn_hooks *env, const struct tlsni_cert_comp *comp,
                        struct tlsn_span body, const uint8_t *hash, struct packed **out)
{
    size_t cap = body.len > FRAME ? body.len - FRAME - 1 : 0, len = 0;
    uint8_t *room = tlsni_alloc(env, cap);
    tlsn_status st = room ? comp->pack(env, body, room, cap, &len) : TLSN_ERR_NO_MEMORY;

    *out = st == TLSN_OK ? tlsni_alloc(env, sizeof **out + len) : NULL;
    if (*out) {
        (*out)->len = len;
        memcpy((*out)->hash, hash, HASH_LEN);
        if (len)
            memcpy((*out)->data, room, len);
    } else if (st == TLSN_OK) {
        st = TLSN_ERR_NO_MEMORY;
    }
    tlsni_free(env, room);
    return st;
}

/* Puts an entry into its place if that is free; false: it stays the caller's. */
static bool keep(_Atomic(struct packed *) *slot, struct packed *entry)
{
    struct packed *none = NULL;

    return atomic_compare_exchange_strong(slot, &none, entry);
}

static tlsn_status send_entry(struct tlsni_hs *hs, const struct tlsni_cert_comp *comp,
                              size_t length, const struct packed *entry)
{
    const struct tlsni_msg_packed m = { comp->id, (uint32_t)length,
                                        tlsni_span_make(entry->data, entry->len) };
    struct tlsni_wr w;
    size_t mark;

    if (!entry->len)
        return TLSN_OK;
    w = tlsni_wr_make(hs->out.data, hs->out.cap);
    mark = tlsni_msg_begin(&w, TLSNI_MSG_COMPRESSED_CERTIFICATE);
    tlsni_msg_packed_write(&w, &m);
    tlsni_msg_end(&w, mark);
    hs->tls13.packed[hs->role] = (uint8_t)comp->id;
    hs->out.end = w.len;
    return w.bad ? TLSN_ERR_INTERNAL : TLSN_OK;
}

/* @rfc 8879:4/1, 8879:4/2, 8879:4/3, 8879:4/5, 8879:4/10 */
tlsn_status tlsni_packed_replace(struct tlsni_hs *hs)
{
    const struct tlsni_cert_comp *comp = tlsni_cert_comp_find(hs->tls13.pack_with);
    struct tlsn_span body = tlsni_span_make(hs->out.data + TLSNI_MSG_HEADER,
                                            hs->out.end - TLSNI_MSG_HEADER);
    _Atomic(struct packed *) *slot;
    struct packed *entry, *fresh = NULL;
    uint8_t hash[HASH_LEN];
    tlsn_status st = TLSN_OK;

    if (!comp || !hs->credential)
        return TLSN_OK;
    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), body.data, body.len, hash);
    slot = &hs->credential->packed->slot[(comp->id - 1) * VARIANTS + hash[0] % VARIANTS];
    entry = atomic_load(slot);
    if (!entry || memcmp(entry->hash, hash, HASH_LEN) != 0) {
        st = pack(&hs->credential->env, comp, body, hash, &fresh);
        entry = fresh;
        if (st == TLSN_OK && keep(slot, fresh))
            fresh = NULL;
    }
    if (st == TLSN_OK)
        st = send_entry(hs, comp, body.len, entry);
    tlsni_free(&hs->credential->env, fresh);
    return st;
}

/* The peer may use what was offered, and claim no more than any message may have; what is unpacked is then
 * held against the limit for chains as if it had come so.
 * @rfc 8879:4/3, 8879:5/3, 8879:5/6 */
static tlsn_status check(struct tlsni_hs *hs, const struct tlsni_msg_packed *m)
{
    if (!hs->cfg->cert_compressions.count)
        return tlsni_fail(hs->err, TLSN_ERR_UNEXPECTED_MESSAGE, "handshake",
                          "CompressedCertificate, which was not offered");
    if (!tlsni_ids_has(&hs->cfg->cert_compressions, m->algorithm))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "Certificate compressed with algorithm %u, which was not offered",
                          m->algorithm);
    if (m->length > hs->cfg->limits.message_max)
        return tlsni_fail(hs->err, TLSN_ERR_CERT_COMPRESSION, "handshake",
                          "Certificate said to unpack to %u bytes, at most %zu are taken", m->length,
                          hs->cfg->limits.message_max);
    return TLSN_OK;
}

/* @rfc 8879:4/4, 8879:4/9, 8879:4/10, 8879:5/1, 8879:5/4, 8879:5/5 */
tlsn_status tlsni_packed_receive(struct tlsni_hs *hs, struct tlsn_span body,
                                 tlsn_status (*receive)(struct tlsni_hs *hs, struct tlsn_span body))
{
    const struct tlsni_cert_comp *comp;
    struct tlsni_msg_packed m;
    tlsn_status st = tlsni_msg_packed_parse(body, &m);
    uint8_t *whole;

    if (st == TLSN_OK)
        st = check(hs, &m);
    if (st != TLSN_OK)
        return st;
    comp = tlsni_cert_comp_find(m.algorithm);
    whole = tlsni_alloc(hs->env, m.length);
    st = whole ? comp->unpack(hs->env, m.data, whole, m.length) : TLSN_ERR_NO_MEMORY;
    if (st == TLSN_ERR_CERT_COMPRESSION)
        st = tlsni_fail(hs->err, st, "handshake",
                        "%zu bytes of %s do not unpack to a Certificate message of %u bytes",
                        m.data.len, comp->name, m.length);
    if (st == TLSN_OK) {
        hs->tls13.packed[tlsni_other_role(hs->role)] = (uint8_t)comp->id;
        st = receive(hs, tlsni_span_make(whole, m.length));
    }
    tlsni_free(hs->env, whole);
    return st;
}
