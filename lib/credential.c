/* credential.c - a chain and its key, checked to belong together (tls-native/config.h). */
#include <tls-native/config.h>
#include "base/bytes.h"
#include "base/mem.h"
#include "handshake/credential.h"
#include "handshake/msg.h"
#include "x509/key.h"
#include "x509/pem.h"

enum { LIST_MAX = 0xffffff };

/* The certificate_list of a Certificate message (RFC 5246 7.4.2). */
static tlsn_status build_list(tlsn_credential *c, const struct tlsni_buf *der, const size_t *lens)
{
    size_t total = tlsni_buf_len(der) + 3 * c->count, at = der->start;
    struct tlsni_wr w;

    if (total > LIST_MAX)
        return TLSN_ERR_CERT_BAD;
    c->list = tlsni_alloc(&c->env, total);
    if (!c->list)
        return TLSN_ERR_NO_MEMORY;
    w = tlsni_wr_make(c->list, total);
    for (size_t i = 0; i < c->count; i++) {
        tlsni_wr_vec(&w, 3, tlsni_span_make(der->data + at, lens[i]));
        at += lens[i];
    }
    c->list_len = w.len;
    return w.bad ? TLSN_ERR_INTERNAL : TLSN_OK;
}

static tlsn_status read_chain(tlsn_credential *c, struct tlsn_span chain)
{
    struct tlsni_buf der = { 0 };
    size_t *lens = NULL;
    tlsn_status st = tlsni_pem_certificates(&c->env, chain, &der, &lens, &c->count, NULL);

    if (st == TLSN_OK)
        st = build_list(c, &der, lens);
    if (st == TLSN_OK)
        st = tlsni_cert_parse(&c->leaf, tlsn_credential_cert(c, 0), NULL);
    if (st == TLSN_OK)
        st = tlsni_cert_pubkey(&c->public_key, &c->env, &c->leaf, NULL);
    tlsni_buf_free(&c->env, &der);
    tlsni_free(&c->env, lens);
    return st;
}

static tlsn_status read_key(tlsn_credential *c, struct tlsn_span key)
{
    tlsn_status st = tlsni_key_parse(&c->key, &c->env, key, NULL);

    if (st != TLSN_OK)
        return st;
    return tlsni_pubkey_equal(tlsni_privkey_public(c->key), c->public_key) ? TLSN_OK
                                                                          : TLSN_ERR_KEY_MISMATCH;
}

static tlsn_status make(tlsn_credential **out, struct tlsn_span chain, const struct tlsn_span *key,
                        const struct tlsn_hooks *hooks)
{
    tlsn_credential *c;
    tlsn_status st;

    *out = NULL;
    if (!chain.data || (key && !key->data))
        return TLSN_ERR_ARGUMENT;
    c = tlsni_alloc(hooks, sizeof *c);
    if (!c)
        return TLSN_ERR_NO_MEMORY;
    if (hooks)
        c->env = *hooks;
    atomic_init(&c->references, 1);
    st = read_chain(c, chain);
    if (st == TLSN_OK && key)
        st = read_key(c, *key);
    if (st != TLSN_OK) {
        tlsn_credential_free(c);
        return st;
    }
    *out = c;
    return TLSN_OK;
}

tlsn_status tlsn_credential_new(tlsn_credential **out, const void *chain, size_t chain_len,
                                const void *key, size_t key_len, const struct tlsn_hooks *hooks)
{
    struct tlsn_span k = tlsni_span_make(key, key_len);

    return make(out, tlsni_span_make(chain, chain_len), &k, hooks);
}

tlsn_status tlsn_credential_new_external(tlsn_credential **out, const void *chain, size_t chain_len,
                                         const struct tlsn_hooks *hooks)
{
    return make(out, tlsni_span_make(chain, chain_len), NULL, hooks);
}

tlsn_credential *tlsn_credential_ref(tlsn_credential *credential)
{
    if (credential)
        atomic_fetch_add(&credential->references, 1);
    return credential;
}

void tlsn_credential_free(tlsn_credential *c)
{
    struct tlsn_hooks env;

    if (!c || atomic_fetch_sub(&c->references, 1) != 1)
        return;
    env = c->env;
    tlsni_pubkey_free(c->public_key);
    tlsni_privkey_free(c->key);
    tlsni_free(&env, c->list);
    tlsni_free(&env, c);
}

struct tlsn_span tlsn_credential_cert(const tlsn_credential *credential, size_t i)
{
    struct tlsn_span list = tlsni_span_make(credential->list, credential->list_len), der;

    while (tlsni_msg_certificate_next(&list, &der))
        if (i-- == 0)
            return der;
    return tlsni_span_make(NULL, 0);
}
