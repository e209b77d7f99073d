/* config_context.c - by what rules a configuration judges its peers, as a hash that sessions carry.
 *
 * Tickets and caches are shared, and sessions are saved. One that was made where a peer was accepted
 * must not speak for it where it would have been refused. The hash is made of contents, not of
 * addresses, so that it is the same in another process. */
#include "base/bytes.h"
#include "cipher/hash.h"
#include "config.h"
#include "x509/evidence.h"
#include "x509/trust.h"

enum { LANES = 4, HASH_LEN = 32 };

static const struct tlsni_hash *sha256(void)
{
    return tlsni_hash_find(TLSNI_HASH_SHA256);
}

/* The sum of the anchors' hashes: their order has no meaning, and no two are the same. */
static void add_anchor(uint64_t sum[LANES], const struct tlsni_cert *cert)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    struct tlsni_hash_ctx h;
    struct tlsni_rd r = tlsni_rd_make(digest, HASH_LEN);

    tlsni_hash_init(&h, sha256());
    tlsni_hash_update(&h, cert->subject.data, cert->subject.len);
    tlsni_hash_update(&h, cert->spki.data, cert->spki.len);
    tlsni_hash_peek(&h, digest);
    for (int i = 0; i < LANES; i++)
        sum[i] += tlsni_rd_u64(&r);
}

/* Sources that are read when first needed count by what they are, so that they are not read for this. */
static void add_trust(uint64_t sum[LANES], const tlsn_trust *trust)
{
    const struct tlsni_anchor *a;

    for (size_t i = 0; (a = tlsni_trust_nth_there(trust, i)) != NULL; i++)
        if (!a->later)
            add_anchor(sum, &a->cert);
    tlsni_trust_describe_sources(trust, sum);
    tlsni_trust_describe_distrust(trust, sum);
}

static void put_text(struct tlsni_wr *w, const char *text)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_hash_once(sha256(), text, text ? strlen(text) : 0, digest);
    tlsni_wr_put(w, digest, HASH_LEN);
}

static void put_options(struct tlsni_wr *w, const struct tlsn_verify_options *o)
{
    tlsni_wr_u32(w, o->max_depth);
    tlsni_wr_u32(w, o->max_signatures);
    tlsni_wr_u32(w, o->min_rsa_bits);
    tlsni_wr_u32(w, o->min_ec_bits);
    tlsni_wr_u32(w, o->min_dsa_bits);
    tlsni_wr_u8(w, (uint8_t)(o->allow_sha1 | o->allow_md5 << 1 | o->allow_partial << 2 |
                             o->insecure_common_name << 3 | o->no_intermediates << 4 |
                             o->plain_anchors << 5 | o->require_policy << 6 |
                             o->inhibit_mapping << 7));
    tlsni_wr_u8(w, (uint8_t)(o->inhibit_any_policy | o->revocation_leaf_only << 1 |
                             (int)o->revocation << 2));
    tlsni_wr_u32(w, o->revocation_skew_s);
    tlsni_wr_u32(w, o->revocation_age_s);
    tlsni_wr_u32(w, o->min_logs);
    tlsni_wr_u32(w, o->min_log_operators);
    tlsni_wr_u8(w, (uint8_t)o->suite_b);
    put_text(w, o->policies);
    put_text(w, o->permitted);
    put_text(w, o->excluded);
}

/* Raw public keys: whether they are taken, and which; pins. */
static void put_keys(struct tlsni_wr *w, const tlsn_config *c)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_hash_once(sha256(), tlsni_buf_data(&c->peer_keys), tlsni_buf_len(&c->peer_keys), digest);
    tlsni_wr_vec(w, 1, tlsni_span_make(c->hs.peer_types.type, c->hs.peer_types.count));
    tlsni_wr_put(w, digest, HASH_LEN);
    tlsni_hash_once(sha256(), tlsni_buf_data(&c->pins), tlsni_buf_len(&c->pins), digest);
    tlsni_wr_put(w, digest, HASH_LEN);
    tlsni_wr_u8(w, c->pin_mode);
}

/* Delegated credentials: whether they are taken, for which schemes, and for how long. */
static void put_delegated(struct tlsni_wr *w, const struct tlsni_hs_config *hs)
{
    const struct tlsni_ids *ids = &hs->delegated_schemes;

    if (!ids->count)
        return;
    tlsni_wr_u8(w, (uint8_t)ids->count);
    tlsni_wr_u32(w, hs->limits.delegated_seconds);
    for (size_t i = 0; i < ids->count; i++)
        tlsni_wr_u16(w, ids->id[i]);
}

void tlsni_config_make_context(tlsn_config *c)
{
    uint8_t bytes[512], digest[TLSNI_HASH_LEN_MAX];
    struct tlsni_wr w = tlsni_wr_make(bytes, sizeof bytes);
    uint64_t sum[LANES] = { 0 };

    if (c->trust)
        add_trust(sum, c->trust);
    if (c->verify_options.evidence)
        tlsni_evidence_describe(c->verify_options.evidence, sum);
    for (int i = 0; i < LANES; i++)
        tlsni_wr_u64(&w, sum[i]);
    put_options(&w, &c->verify_options);
    put_keys(&w, c);
    put_delegated(&w, &c->hs);
    tlsni_wr_u8(&w, (uint8_t)c->verify_mode);
    tlsni_wr_u8(&w, c->callbacks.verdict != NULL);
    tlsni_wr_vec(&w, 1, tlsni_span_make(c->session_context, c->session_context_len));
    tlsni_hash_once(sha256(), bytes, w.len, digest);
    memcpy(c->hs.context, digest, TLSNI_CONTEXT_LEN);
}

tlsn_status tlsn_config_set_session_context(tlsn_config *c, const void *id, size_t len)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (len > sizeof c->session_context || (len && !id))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "a session context has %zu bytes at most",
                                 sizeof c->session_context);
    if (len)
        memcpy(c->session_context, id, len);
    c->session_context_len = (uint8_t)len;
    return TLSN_OK;
}
