/* config_psk.c - pre-shared keys in a configuration (tls-native/config.h). */
#include "base/bytes.h"
#include "cipher/hkdf.h"
#include "config.h"
#include "x509/name.h"

static void drop(tlsn_config *c, struct tlsni_psk *p)
{
    tlsni_free(&c->hooks, p->identity);
    tlsni_free_secret(&c->hooks, p->key, p->key_len);
    memset(p, 0, sizeof *p);
}

void tlsni_config_drop_psks(tlsn_config *c)
{
    for (size_t i = 0; i < c->hs.psk_count; i++)
        drop(c, &c->psks[i]);
    tlsni_free(&c->hooks, c->psks);
    tlsni_free(&c->hooks, c->psk_hint);
}

static bool is_known(const tlsn_config *c, struct tlsn_span identity)
{
    for (size_t i = 0; i < c->hs.psk_count; i++)
        if (tlsni_span_eq(identity, tlsni_span_make(c->psks[i].identity, c->psks[i].identity_len)))
            return true;
    return false;
}

static tlsn_status grow(tlsn_config *c)
{
    size_t n = c->hs.psk_count;
    struct tlsni_psk *grown = tlsni_alloc_array(&c->hooks, n + 1, sizeof *grown);

    if (!grown)
        return TLSN_ERR_NO_MEMORY;
    if (n)
        memcpy(grown, c->psks, n * sizeof *grown);
    tlsni_free(&c->hooks, c->psks);
    c->psks = grown;
    c->hs.psks = grown;
    return TLSN_OK;
}

/* @rfc 9257:6/2 */
static bool is_for_tls13(size_t identity_len, size_t key_len)
{
    return identity_len && key_len >= TLSNI_PSK13_MIN;
}

/* Copies one behind the others. p: lengths, identity and key borrowed. */
static tlsn_status append(tlsn_config *c, struct tlsni_psk p)
{
    tlsn_status st;

    if (is_known(c, tlsni_span_make(p.identity, p.identity_len)))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "there is a key for this identity already");
    p.identity = tlsni_memdup(&c->hooks, p.identity, p.identity_len);
    p.key = tlsni_memdup(&c->hooks, p.key, p.key_len);
    st = p.identity && p.key ? grow(c) : TLSN_ERR_NO_MEMORY;
    if (st != TLSN_OK) {
        drop(c, &p);
        return st;
    }
    c->psks[c->hs.psk_count++] = p;
    return TLSN_OK;
}

/* RFC 8446 4.2.11 has no empty identities, and keys of TLS 1.3 are not short.
 * @rfc 4279:5.1/1, 4279:5.3/1, 4279:5.3/2, 4279:5.3/3 */
tlsn_status tlsn_config_add_psk(tlsn_config *c, const void *identity, size_t identity_len,
                                const void *key, size_t key_len)
{
    tlsn_status st = tlsni_config_open(c);
    struct tlsni_psk p = {
        .identity = (uint8_t *)(uintptr_t)identity,
        .identity_len = identity_len,
        .key = (uint8_t *)(uintptr_t)key,
        .key_len = key_len,
        .worlds = (uint8_t)(TLSNI_WORLD_OLD | (is_for_tls13(identity_len, key_len) ? TLSNI_WORLD_13 : 0)),
        .hash = TLSNI_HASH_SHA256,
    };

    if (st != TLSN_OK)
        return st;
    if ((!identity && identity_len) || !key || !key_len || key_len > TLSNI_PSK_MAX ||
        identity_len > TLSNI_PSK_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                                 "a pre-shared key has 1 to %d bytes, its identity at most as many",
                                 TLSNI_PSK_MAX);
    if (!tlsni_is_utf8(tlsni_span_make(identity, identity_len)))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "the identity of a pre-shared key is UTF-8");
    return append(c, p);
}

/* ---- TLS 1.3 ---- */

/* @rfc 8446:4.2.11/9 */
bool tlsni_psk_hash_of(unsigned bits, uint8_t *hash)
{
    *hash = bits == 384 ? TLSNI_HASH_SHA384 : TLSNI_HASH_SHA256;
    return bits == 0 || bits == 256 || bits == 384;
}

/* RFC 9258 5.1: for TLS 1.3 and this KDF.
 * @rfc 9258:5.1/8 */
static void write_imported(struct tlsni_wr *w, const struct tlsn_external_psk *psk, uint16_t kdf)
{
    tlsni_wr_vec(w, 2, psk->identity);
    tlsni_wr_vec(w, 2, psk->context);
    tlsni_wr_u16(w, TLSN_TLS1_3);
    tlsni_wr_u16(w, kdf);
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

enum { KDF_SHA256 = 1, KDF_SHA384 = 2 }; /* RFC 9258 10 */
static const uint8_t kdf_hash[] = { [KDF_SHA256] = TLSNI_HASH_SHA256, [KDF_SHA384] = TLSNI_HASH_SHA384 };

/* @rfc 9258:5.1/1, 9258:5.1/2 */
static tlsn_status import_for(tlsn_config *c, const struct tlsn_external_psk *psk, uint8_t hash,
                              uint16_t kdf)
{
    size_t len = 2 + psk->identity.len + 2 + psk->context.len + 2 + 2;
    uint8_t *identity = tlsni_alloc(&c->hooks, len), key[TLSNI_HASH_LEN_MAX];
    struct tlsni_wr w = tlsni_wr_make(identity, identity ? len : 0);
    const struct tlsni_hash *target = tlsni_hash_find((enum tlsni_hash_id)kdf_hash[kdf]);
    tlsn_status st;

    if (!identity)
        return TLSN_ERR_NO_MEMORY;
    write_imported(&w, psk, kdf);
    derive(tlsni_hash_find((enum tlsni_hash_id)hash), psk->key, tlsni_span_make(identity, len), key,
           target->len);
    st = append(c, (struct tlsni_psk){ .identity = identity, .identity_len = len, .key = key,
                                       .key_len = target->len, .worlds = TLSNI_WORLD_13,
                                       .hash = target->id, .imported = true });
    tlsni_wipe(key, sizeof key);
    tlsni_free(&c->hooks, identity);
    return st;
}

/* All or none. The key itself is not kept.
 * @rfc 9258:5.1/7, 9258:6/1, 9257:6/6, 9258:4/2 */
static tlsn_status import(tlsn_config *c, const struct tlsn_external_psk *psk, uint8_t hash)
{
    size_t before = c->hs.psk_count;
    tlsn_status st = import_for(c, psk, hash, KDF_SHA256);

    if (st == TLSN_OK)
        st = import_for(c, psk, hash, KDF_SHA384);
    while (st != TLSN_OK && c->hs.psk_count > before)
        drop(c, &c->psks[--c->hs.psk_count]);
    return st;
}

enum { IMPORT_OVERHEAD = 2 + 2 + 2 + 2 };

static bool is_sound(const struct tlsn_external_psk *psk)
{
    size_t room = TLSNI_PSK_MAX - (psk->import ? IMPORT_OVERHEAD : 0);

    return psk->identity.data && psk->key.data && psk->identity.len <= room &&
           is_for_tls13(psk->identity.len, psk->key.len) && psk->key.len <= TLSNI_PSK_MAX &&
           (!psk->context.len || (psk->import && psk->context.data)) &&
           psk->context.len <= room - psk->identity.len;
}

/* @rfc 9258:5.1/6 */
tlsn_status tlsn_config_add_external_psk(tlsn_config *c, const struct tlsn_external_psk *psk)
{
    tlsn_status st = tlsni_config_open(c);
    uint8_t hash;

    if (st != TLSN_OK)
        return st;
    if (!psk || !is_sound(psk) || !tlsni_psk_hash_of(psk->hash_bits, &hash))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                                 "an external key has %d to %d bytes, its identity 1 to as many, its "
                                 "hash 256 or 384 bits, imported ones alone have a context",
                                 TLSNI_PSK13_MIN, TLSNI_PSK_MAX);
    if (psk->import)
        return import(c, psk, hash);
    return append(c, (struct tlsni_psk){ .identity = (uint8_t *)(uintptr_t)psk->identity.data,
                                         .identity_len = psk->identity.len,
                                         .key = (uint8_t *)(uintptr_t)psk->key.data,
                                         .key_len = psk->key.len,
                                         .worlds = TLSNI_WORLD_13, .hash = hash });
}

tlsn_status tlsn_config_set_psk_hint(tlsn_config *c, const void *hint, size_t len)
{
    tlsn_status st = tlsni_config_open(c);
    uint8_t *copy;

    if (st != TLSN_OK)
        return st;
    if ((!hint && len) || len > TLSNI_PSK_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "an identity hint has at most %d bytes",
                                 TLSNI_PSK_MAX);
    copy = tlsni_memdup(&c->hooks, hint, len);
    if (!copy)
        return TLSN_ERR_NO_MEMORY;
    tlsni_free(&c->hooks, c->psk_hint);
    c->psk_hint = copy;
    c->hs.psk_hint = tlsni_span_make(copy, len);
    return TLSN_OK;
}

tlsn_status tlsn_config_set_psk_suspend(tlsn_config *c, bool on)
{
    tlsn_status st = tlsni_config_open(c);

    if (st == TLSN_OK)
        c->psk_suspend = on;
    return st;
}
