/* config_psk.c - pre-shared keys in a configuration (tls-native/config.h). */
#include "config.h"
#include "handshake/psk_key.h"
#include "x509/name.h"

void tlsni_config_drop_psks(tlsn_config *c)
{
    for (size_t i = 0; i < c->hs.psk_count; i++)
        tlsni_psk_drop(&c->hooks, &c->psks[i]);
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

/* Puts one behind the others, unless something went wrong before: then it is dropped. */
static tlsn_status keep(tlsn_config *c, struct tlsni_psk *p, tlsn_status st)
{
    if (st == TLSN_OK && is_known(c, tlsni_span_make(p->identity, p->identity_len)))
        st = tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "there is a key for this identity already");
    if (st == TLSN_OK)
        st = grow(c);
    if (st == TLSN_OK)
        c->psks[c->hs.psk_count++] = *p;
    else
        tlsni_psk_drop(&c->hooks, p);
    return st;
}

static tlsn_status append(tlsn_config *c, const struct tlsni_psk *p)
{
    struct tlsni_psk copy;
    tlsn_status st = tlsni_psk_copy(&c->hooks, p, &copy);

    return st == TLSN_OK ? keep(c, &copy, st) : st;
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
    return append(c, &p);
}

/* ---- TLS 1.3 ---- */

/* All or none. */
static tlsn_status keep_all(tlsn_config *c, struct tlsni_psk *keys, size_t count)
{
    size_t before = c->hs.psk_count;
    tlsn_status st = TLSN_OK;

    for (size_t i = 0; i < count; i++)
        st = keep(c, &keys[i], st);
    while (st != TLSN_OK && c->hs.psk_count > before)
        tlsni_psk_drop(&c->hooks, &c->psks[--c->hs.psk_count]);
    return st;
}

tlsn_status tlsn_config_add_external_psk(tlsn_config *c, const struct tlsn_external_psk *psk)
{
    struct tlsni_psk keys[TLSNI_PSK_KEYS];
    tlsn_status st = tlsni_config_open(c);
    size_t count;

    if (st != TLSN_OK)
        return st;
    if (!psk || !tlsni_psk_sound(psk))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                                 "an external key has %d to %d bytes, its identity 1 to as many, its "
                                 "hash 256 or 384 bits, imported ones alone have a context, early data "
                                 "a suite of its hash",
                                 TLSNI_PSK13_MIN, TLSNI_PSK_MAX);
    st = tlsni_psk_make(&c->hooks, psk, keys, &count);
    return st == TLSN_OK ? keep_all(c, keys, count) : st;
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
