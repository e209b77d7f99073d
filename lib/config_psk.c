/* config_psk.c - pre-shared keys in a configuration (tls-native/config.h). */
#include "base/bytes.h"
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

/* @rfc 4279:5.1/1, 4279:5.3/1, 4279:5.3/2, 4279:5.3/3 */
tlsn_status tlsn_config_add_psk(tlsn_config *c, const void *identity, size_t identity_len,
                                const void *key, size_t key_len)
{
    tlsn_status st = tlsni_config_open(c);
    struct tlsni_psk p = { .identity_len = identity_len, .key_len = key_len };

    if (st != TLSN_OK)
        return st;
    if ((!identity && identity_len) || !key || !key_len || key_len > TLSNI_PSK_MAX ||
        identity_len > TLSNI_PSK_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                                 "a pre-shared key has 1 to %d bytes, its identity at most as many",
                                 TLSNI_PSK_MAX);
    if (!tlsni_is_utf8(tlsni_span_make(identity, identity_len)))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "the identity of a pre-shared key is UTF-8");
    if (is_known(c, tlsni_span_make(identity, identity_len)))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "there is a key for this identity already");
    p.identity = tlsni_memdup(&c->hooks, identity, identity_len);
    p.key = tlsni_memdup(&c->hooks, key, key_len);
    st = p.identity && p.key ? grow(c) : TLSN_ERR_NO_MEMORY;
    if (st != TLSN_OK) {
        drop(c, &p);
        return st;
    }
    c->psks[c->hs.psk_count++] = p;
    return TLSN_OK;
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
