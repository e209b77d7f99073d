#include "handshake/psk_key.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "cipher/hkdf.h"
#include "cipher/suite.h"
#include "handshake/psk13.h"
#include "handshake/version.h"

enum { ALPN_MAX = 255 };

/* @rfc 8446:4.2.11/9 */
bool tlsni_psk_hash_of(unsigned bits, uint8_t *hash)
{
    *hash = bits == 384 ? TLSNI_HASH_SHA384 : TLSNI_HASH_SHA256;
    return bits == 0 || bits == 256 || bits == 384;
}

/* ---- copies ---- */

void tlsni_psk_drop(const struct tlsn_hooks *env, struct tlsni_psk *p)
{
    tlsni_free(env, p->identity);
    tlsni_free_secret(env, p->key, p->key_len);
    tlsni_free(env, p->alpn);
    memset(p, 0, sizeof *p);
}

tlsn_status tlsni_psk_copy(const struct tlsn_hooks *env, const struct tlsni_psk *from,
                           struct tlsni_psk *out)
{
    size_t alpn_len = from->early.alpn.len;

    *out = *from;
    out->identity = tlsni_memdup(env, from->identity, from->identity_len);
    out->key = tlsni_memdup(env, from->key, from->key_len);
    out->alpn = alpn_len ? tlsni_memdup(env, from->early.alpn.data, alpn_len) : NULL;
    out->early.alpn = tlsni_span_make(out->alpn, alpn_len);
    if (out->identity && out->key && !alpn_len == !out->alpn)
        return TLSN_OK;
    tlsni_psk_drop(env, out);
    return TLSN_ERR_NO_MEMORY;
}

/* ---- early data ---- */

static const struct tlsni_suite *early_suite(const struct tlsn_external_psk *psk)
{
    const struct tlsni_suite *suite = tlsni_suite_find(psk->early.suite);

    return suite && tlsni_version_overlap(suite->min_version, suite->max_version, TLSN_TLS1_3,
                                          TLSN_TLS1_3)
               ? suite
               : NULL;
}

/* @rfc 9258:5.1/10 */
static bool early_sound(const struct tlsn_external_psk *psk)
{
    const struct tlsni_suite *suite = early_suite(psk);
    uint8_t hash;

    if (!psk->early.max)
        return true;
    return suite && (psk->import || (tlsni_psk_hash_of(psk->hash_bits, &hash) && suite->prf == hash)) &&
           psk->early.alpn.len <= ALPN_MAX && (!psk->early.alpn.len || psk->early.alpn.data) &&
           psk->early.made_ms >= 0;
}

/* Those of a key of this hash. */
static struct tlsni_early_terms terms_for(const struct tlsn_external_psk *psk, uint8_t hash)
{
    const struct tlsni_suite *suite = early_suite(psk);
    struct tlsni_early_terms terms = { 0 };

    if (!psk->early.max || suite->prf != hash)
        return terms;
    terms.max = psk->early.max;
    terms.suite = suite->id;
    terms.version = TLSN_TLS1_3;
    terms.alpn = psk->early.alpn;
    terms.made_ms = psk->early.made_ms;
    return terms;
}

/* ---- import ---- */

enum { IMPORT_OVERHEAD = 2 + 2 + 2 + 2 };
enum { KDF_SHA256 = 1, KDF_SHA384 = 2, KDFS = 3 }; /* RFC 9258 10 */
static const uint8_t kdf_hash[KDFS] = { [KDF_SHA256] = TLSNI_HASH_SHA256,
                                        [KDF_SHA384] = TLSNI_HASH_SHA384 };

/* RFC 9258 5.1: for TLS 1.3 and this KDF.
 * @rfc 9258:5.1/8 */
static void write_imported(struct tlsni_wr *w, const struct tlsn_external_psk *psk, uint16_t kdf)
{
    tlsni_wr_vec(w, 2, psk->identity);
    tlsni_wr_vec(w, 2, psk->context);
    tlsni_wr_u16(w, TLSN_TLS1_3);
    tlsni_wr_u16(w, kdf);
}

bool tlsni_psk_read_imported(struct tlsn_span identity, struct tlsni_imported *out)
{
    struct tlsni_rd r = tlsni_rd_span(identity);
    const struct tlsni_version *version;

    out->identity = tlsni_rd_vec_span(&r, 2, 1, 65535);
    out->context = tlsni_rd_vec_span(&r, 2, 0, 65535);
    version = tlsni_version_find(tlsni_rd_u16(&r));
    out->kdf = tlsni_rd_u16(&r);
    return tlsni_rd_done(&r) && version && version->psk_extension && out->kdf < KDFS && kdf_hash[out->kdf];
}

/* RFC 9258 5.1: the key of an imported identity. hash: of the key that it comes from.
 * @rfc 9258:5.1/3, 9258:5.1/4, 9258:5.1/5 */
static void derive(const struct tlsni_hash *hash, struct tlsn_span key, struct tlsn_span identity,
                   uint8_t *out, size_t len)
{
    uint8_t extracted[TLSNI_HASH_LEN_MAX], digest[TLSNI_HASH_LEN_MAX];

    tlsni_hkdf_extract(hash, tlsni_span_make(NULL, 0), key, extracted);
    tlsni_hash_once(hash, identity.data, identity.len, digest);
    tlsni_hkdf_expand_label(hash, extracted, "derived psk", tlsni_span_make(digest, hash->len), out,
                            len);
    tlsni_wipe(extracted, sizeof extracted);
}

/* The key of this imported identity. */
static tlsn_status import_as(const struct tlsn_hooks *env, const struct tlsn_external_psk *psk,
                             struct tlsn_span identity, uint16_t kdf, struct tlsni_psk *out)
{
    const struct tlsni_hash *target = tlsni_hash_find((enum tlsni_hash_id)kdf_hash[kdf]);
    uint8_t key[TLSNI_HASH_LEN_MAX], hash;
    tlsn_status st = TLSN_ERR_ARGUMENT;

    if (tlsni_psk_hash_of(psk->hash_bits, &hash)) {
        derive(tlsni_psk13_hash(hash), psk->key, identity, key, target->len);
        st = tlsni_psk_copy(env,
                            &(struct tlsni_psk){ .identity = (uint8_t *)(uintptr_t)identity.data,
                                                 .identity_len = identity.len, .key = key,
                                                 .key_len = target->len, .worlds = TLSNI_WORLD_13,
                                                 .hash = target->id, .imported = true,
                                                 .early = terms_for(psk, target->id) },
                            out);
    }
    tlsni_wipe(key, sizeof key);
    return st;
}

/* @rfc 9258:5.1/1, 9258:5.1/2 */
static tlsn_status import_for(const struct tlsn_hooks *env, const struct tlsn_external_psk *psk,
                              uint16_t kdf, struct tlsni_psk *out)
{
    size_t len = psk->identity.len + psk->context.len + IMPORT_OVERHEAD;
    uint8_t *identity = tlsni_alloc(env, len);
    struct tlsni_wr w = tlsni_wr_make(identity, identity ? len : 0);
    tlsn_status st;

    if (!identity)
        return TLSN_ERR_NO_MEMORY;
    write_imported(&w, psk, kdf);
    st = import_as(env, psk, tlsni_span_make(identity, len), kdf, out);
    tlsni_free(env, identity);
    return st;
}

/* The one that early data go with comes first, for they go with the first that is offered. The key itself is
 * not kept.
 * @rfc 9258:5.1/7, 9258:6/1, 9257:6/6, 9258:4/2 */
static tlsn_status import(const struct tlsn_hooks *env, const struct tlsn_external_psk *psk,
                          struct tlsni_psk out[TLSNI_PSK_KEYS])
{
    bool turned = psk->early.max && early_suite(psk)->prf == TLSNI_HASH_SHA384;
    tlsn_status st = import_for(env, psk, turned ? KDF_SHA384 : KDF_SHA256, &out[0]);

    if (st == TLSN_OK)
        st = import_for(env, psk, turned ? KDF_SHA256 : KDF_SHA384, &out[1]);
    if (st != TLSN_OK)
        tlsni_psk_drop(env, &out[0]);
    return st;
}

/* ---- what is used ---- */

/* @rfc 9258:5.1/6, 9257:6/2 */
bool tlsni_psk_sound(const struct tlsn_external_psk *psk)
{
    size_t room = TLSNI_PSK_MAX - (psk->import ? IMPORT_OVERHEAD : 0);
    uint8_t hash;

    return psk->identity.data && psk->key.data && psk->identity.len && psk->identity.len <= room &&
           psk->key.len >= TLSNI_PSK13_MIN && psk->key.len <= TLSNI_PSK_MAX &&
           (!psk->context.len || (psk->import && psk->context.data)) &&
           psk->context.len <= room - psk->identity.len && tlsni_psk_hash_of(psk->hash_bits, &hash) &&
           early_sound(psk);
}

tlsn_status tlsni_psk_make(const struct tlsn_hooks *env, const struct tlsn_external_psk *psk,
                           struct tlsni_psk out[TLSNI_PSK_KEYS], size_t *count)
{
    struct tlsni_psk plain = { .identity = (uint8_t *)(uintptr_t)psk->identity.data,
                               .identity_len = psk->identity.len,
                               .key = (uint8_t *)(uintptr_t)psk->key.data,
                               .key_len = psk->key.len,
                               .worlds = TLSNI_WORLD_13 };
    tlsn_status st;

    memset(out, 0, TLSNI_PSK_KEYS * sizeof *out);
    (void)tlsni_psk_hash_of(psk->hash_bits, &plain.hash);
    if (psk->import) {
        st = import(env, psk, out);
    } else {
        plain.early = terms_for(psk, plain.hash);
        st = tlsni_psk_copy(env, &plain, &out[0]);
    }
    *count = st != TLSN_OK ? 0 : psk->import ? 2 : 1;
    return st;
}

tlsn_status tlsni_psk_make_for(const struct tlsn_hooks *env, const struct tlsn_external_psk *psk,
                               struct tlsni_psk *out)
{
    struct tlsni_imported form;

    if (!tlsni_psk_read_imported(psk->identity, &form))
        return TLSN_ERR_NOT_FOUND;
    return import_as(env, psk, psk->identity, form.kdf, out);
}
