/* credential_unlocked.c - credentials from encrypted keys and containers (tls-native/config.h).
 *
 * What is found is put in order, written plainly, and handed to tlsn_credential_new, which checks it like
 * any other chain and key. */
#include <tls-native/config.h>
#include <tls-native/x509.h>
#include "base/bytes.h"
#include "base/mem.h"
#include "x509/cert.h"
#include "x509/der_write.h"
#include "x509/write.h"

enum { KEY_DER_MAX = 16384 };

struct parts {
    const struct tlsn_hooks *env;
    tlsn_bundle *chain, *other; /* owned; other: where the key is when it is not in chain */
    const tlsn_key *key;        /* borrowed */
    struct tlsn_span *certs;    /* owned; spans into chain, the key's certificate first */
    size_t count;
};

static void parts_free(struct parts *p)
{
    tlsni_free(p->env, p->certs);
    tlsn_bundle_free(p->chain);
    tlsn_bundle_free(p->other);
}

static tlsn_status collect(struct parts *p)
{
    struct tlsn_bundle_item item;

    p->count = tlsn_bundle_count(p->chain, TLSN_BUNDLE_CERTIFICATE);
    if (!p->count)
        return TLSN_ERR_PEM;
    p->certs = tlsni_alloc_array(p->env, p->count, sizeof *p->certs);
    if (!p->certs)
        return TLSN_ERR_NO_MEMORY;
    for (size_t i = 0; tlsn_bundle_get(p->chain, TLSN_BUNDLE_CERTIFICATE, i, &item); i++)
        p->certs[i] = item.der;
    return TLSN_OK;
}

/* Whether the certificate is about this key. */
static tlsn_status belongs(struct parts *p, struct tlsn_span der, const tlsn_key *key, bool *yes)
{
    struct tlsni_pubkey *public_key;
    struct tlsni_cert cert;
    tlsn_status st = tlsni_cert_parse(&cert, der, NULL);

    *yes = false;
    if (st == TLSN_OK)
        st = tlsni_cert_pubkey(&public_key, p->env, &cert, NULL);
    if (st == TLSN_ERR_NO_MEMORY)
        return st;
    if (st != TLSN_OK) /* another one may be sound */
        return TLSN_OK;
    *yes = tlsni_pubkey_equal(public_key, tlsni_privkey_public(key->key));
    tlsni_pubkey_free(public_key);
    return TLSN_OK;
}

/* Moves the key's certificate to the front. */
static tlsn_status put_first(struct parts *p, const tlsn_key *key, bool *found)
{
    tlsn_status st = TLSN_OK;

    *found = false;
    for (size_t i = 0; st == TLSN_OK && i < p->count && !*found; i++) {
        struct tlsn_span leaf = p->certs[i];

        st = belongs(p, leaf, key, found);
        if (!*found)
            continue;
        memmove(p->certs + 1, p->certs, i * sizeof *p->certs);
        p->certs[0] = leaf;
    }
    return st;
}

/* The first key that one of the certificates is about. */
static tlsn_status match(struct parts *p)
{
    const tlsn_bundle *from = p->other ? p->other : p->chain;
    struct tlsn_bundle_item item;
    tlsn_status st = TLSN_OK;
    bool found = false;

    if (!tlsn_bundle_count(from, TLSN_BUNDLE_KEY))
        return TLSN_ERR_KEY;
    for (size_t i = 0; st == TLSN_OK && !found && tlsn_bundle_get(from, TLSN_BUNDLE_KEY, i, &item);
         i++) {
        st = put_first(p, item.key, &found);
        p->key = item.key;
    }
    return st == TLSN_OK && !found ? TLSN_ERR_KEY_MISMATCH : st;
}

/* Certificates as PKCS#7 and the key as PKCS#8, as if they had been given so. */
static tlsn_status make(tlsn_credential **out, const struct parts *p, uint8_t *chain, size_t room)
{
    uint8_t *key = tlsni_alloc(p->env, KEY_DER_MAX);
    struct tlsni_wr w = tlsni_wr_make(key, key ? KEY_DER_MAX : 0);
    size_t len;
    tlsn_status st = key ? tlsn_pkcs7_write(p->certs, p->count, p->env, chain, room, &len)
                         : TLSN_ERR_NO_MEMORY;

    if (st == TLSN_OK) {
        tlsni_write_pkcs8(&w, p->key->key);
        st = w.bad ? TLSN_ERR_INTERNAL
                   : tlsn_credential_new(out, chain, len, key, w.len, p->env);
    }
    tlsni_free_secret(p->env, key, KEY_DER_MAX);
    return st;
}

static tlsn_status write_and_make(tlsn_credential **out, const struct parts *p)
{
    size_t room = 128;
    uint8_t *chain;
    tlsn_status st;

    for (size_t i = 0; i < p->count; i++)
        room += p->certs[i].len;
    chain = tlsni_alloc(p->env, room);
    if (!chain)
        return TLSN_ERR_NO_MEMORY;
    st = make(out, p, chain, room);
    tlsni_free(p->env, chain);
    return st;
}

tlsn_status tlsn_credential_new_unlocked(tlsn_credential **out, const void *chain,
                                         size_t chain_len, const void *key, size_t key_len,
                                         const struct tlsn_unlock *unlock,
                                         const struct tlsn_hooks *hooks)
{
    struct parts p = { .env = hooks };
    tlsn_status st;

    *out = NULL;
    if (!chain)
        return TLSN_ERR_ARGUMENT;
    st = tlsn_bundle_read(&p.chain, chain, chain_len, unlock, hooks);
    if (st == TLSN_OK && key)
        st = tlsn_bundle_read(&p.other, key, key_len, unlock, hooks);
    if (st == TLSN_OK)
        st = collect(&p);
    if (st == TLSN_OK)
        st = match(&p);
    if (st == TLSN_OK)
        st = write_and_make(out, &p);
    parts_free(&p);
    return st;
}
