/* credential.c - a chain and its key, checked to belong together (tls-native/config.h). */
#include <tls-native/config.h>
#include "base/bytes.h"
#include "base/mem.h"
#include "ext/ext.h"
#include "handshake/credential.h"
#include "handshake/msg.h"
#include "handshake/packed13.h"
#include "x509/features.h"
#include "x509/key.h"
#include "x509/ocsp.h"
#include "x509/pem.h"
#include "x509/write.h"

enum { LIST_MAX = 0xffffff, SPKI_MAX = 8192 };

static struct tlsn_span nth(const struct tlsni_buf *der, const size_t *lens, size_t n)
{
    size_t at = der->start;

    for (size_t i = 0; i < n; i++)
        at += lens[i];
    return tlsni_span_make(der->data + at, lens[n]);
}

/* Whether a certificate, known by its subject, certifies the one put last. */
static bool certifies(struct tlsn_span der, struct tlsn_span below)
{
    struct tlsni_cert cert, last;

    return tlsni_cert_parse(&last, below, NULL) == TLSN_OK && !last.self_issued &&
           tlsni_cert_parse(&cert, der, NULL) == TLSN_OK && tlsni_span_eq(cert.subject, last.issuer);
}

/* The certificates as they came, and which of them are in the chain already. */
struct bag {
    const struct tlsni_buf *der;
    const size_t *lens;
    size_t count, leaf;
    bool *taken; /* owned */
};

/* From the leaf upwards, each certified by the next; what leads nowhere is left out. @rfc 8446:4.4.2/11 */
static void put_in_order(tlsn_credential *c, struct bag *bag, struct tlsni_wr *w)
{
    size_t at = bag->leaf, i;

    for (c->count = 0;; at = i) {
        struct tlsn_span last = nth(bag->der, bag->lens, at);

        if (at != c->count)
            c->findings |= TLSN_CHAIN_REORDERED;
        tlsni_wr_vec(w, 3, last);
        bag->taken[at] = true;
        c->count++;
        for (i = 0; i < bag->count; i++)
            if (!bag->taken[i] && certifies(nth(bag->der, bag->lens, i), last))
                break;
        if (i == bag->count)
            return;
    }
}

/* What stays behind: another copy, or what no certificate of the chain was issued by. */
static void judge_rest(tlsn_credential *c, const struct bag *bag)
{
    for (size_t i = 0; i < bag->count; i++) {
        bool copy = false;

        for (size_t k = 0; k < bag->count && !bag->taken[i]; k++)
            copy |= bag->taken[k] && tlsni_span_eq(nth(bag->der, bag->lens, k),
                                                   nth(bag->der, bag->lens, i));
        if (!bag->taken[i])
            c->findings |= copy ? TLSN_CHAIN_DUPLICATE : TLSN_CHAIN_UNRELATED;
    }
}

/* How the chain ends. A root that goes along is of no use to anybody; certificates that belong to
 * nothing while the end is open mean that something is missing in between. */
static void judge_end(tlsn_credential *c)
{
    struct tlsni_cert last;

    if (tlsni_cert_parse(&last, tlsn_credential_cert(c, c->count - 1), NULL) != TLSN_OK)
        return;
    if (last.self_issued && c->count > 1)
        c->findings |= TLSN_CHAIN_WITH_ROOT;
    if (!last.self_issued && (c->count == 1 || c->findings & TLSN_CHAIN_UNRELATED))
        c->findings |= TLSN_CHAIN_INCOMPLETE;
}

static tlsn_status arrange(tlsn_credential *c, struct bag *bag, struct tlsni_wr *w)
{
    struct tlsn_span first = nth(bag->der, bag->lens, bag->leaf);

    bag->taken = tlsni_alloc_array(&c->env, bag->count, sizeof *bag->taken);
    if (!bag->taken)
        return TLSN_ERR_NO_MEMORY;
    put_in_order(c, bag, w);
    judge_rest(c, bag);
    c->list_len = w->len;
    judge_end(c);
    tlsni_free(&c->env, bag->taken);
    if (c->order == TLSN_CHAIN_STRICT && c->findings & TLSN_CHAIN_DISORDER)
        return TLSN_ERR_CERT_BAD;
    if (c->order != TLSN_CHAIN_AS_GIVEN)
        return TLSN_OK;
    w->len = 0;
    tlsni_wr_vec(w, 3, first);
    for (size_t i = 0; i < bag->count; i++)
        if (i != bag->leaf)
            tlsni_wr_vec(w, 3, nth(bag->der, bag->lens, i));
    c->count = bag->count;
    return TLSN_OK;
}

/* Which of the certificates is that of the key: the first one, unless another one is and the first is
 * not. */
static size_t find_leaf(const tlsn_credential *c, const struct bag *bag)
{
    for (size_t i = 0; c->key && i < bag->count; i++) {
        struct tlsni_pubkey *key = NULL;
        struct tlsni_cert cert;
        bool fits = tlsni_cert_parse(&cert, nth(bag->der, bag->lens, i), NULL) == TLSN_OK &&
                    tlsni_cert_pubkey(&key, &c->env, &cert, NULL) == TLSN_OK &&
                    tlsni_pubkey_equal(tlsni_privkey_public(c->key), key);

        tlsni_pubkey_free(key);
        if (fits)
            return i;
    }
    return 0;
}

/* The certificate_list of a Certificate message (RFC 5246 7.4.2).
 * @rfc 5246:7.4.2/5 */
static tlsn_status build_list(tlsn_credential *c, const struct tlsni_buf *der, const size_t *lens)
{
    struct bag bag = { .der = der, .lens = lens, .count = c->count };
    size_t total = tlsni_buf_len(der) + 3 * c->count;
    struct tlsni_wr w;
    tlsn_status st;

    if (total > LIST_MAX)
        return TLSN_ERR_CERT_BAD;
    c->list = tlsni_alloc(&c->env, total);
    if (!c->list)
        return TLSN_ERR_NO_MEMORY;
    w = tlsni_wr_make(c->list, total);
    bag.leaf = find_leaf(c, &bag);
    st = arrange(c, &bag, &w);
    c->list_len = w.len;
    return st == TLSN_OK && w.bad ? TLSN_ERR_INTERNAL : st;
}

/* How the certificates are signed, for clients that say what they can verify. */
static tlsn_status note_signatures(tlsn_credential *c)
{
    struct tlsn_span list = tlsni_span_make(c->list, c->list_len), der;
    struct tlsni_cert cert;

    c->signatures = tlsni_alloc_array(&c->env, c->count, sizeof *c->signatures);
    if (!c->signatures)
        return TLSN_ERR_NO_MEMORY;
    while (tlsni_msg_certificate_next(&list, &der)) {
        bool sound = tlsni_cert_parse(&cert, der, NULL) == TLSN_OK;

        if (sound && !cert.self_issued)
            c->signatures[c->signature_count++] = cert.sig;
        else if (!sound)
            c->signature_count++; /* zeros: not known */
    }
    return TLSN_OK;
}

static tlsn_status read_chain(tlsn_credential *c, struct tlsn_span chain)
{
    struct tlsni_buf der = { 0 };
    size_t *lens = NULL;
    tlsn_status st = tlsni_pem_certificates(&c->env, chain, &der, &lens, &c->count, NULL);

    if (st == TLSN_OK)
        st = build_list(c, &der, lens);
    if (st == TLSN_OK)
        st = note_signatures(c);
    if (st == TLSN_OK)
        st = tlsni_cert_parse(&c->leaf, tlsn_credential_cert(c, 0), NULL);
    if (st == TLSN_OK)
        st = tlsni_cert_pubkey(&c->public_key, &c->env, &c->leaf, NULL);
    c->spki = c->leaf.spki;
    tlsni_buf_free(&c->env, &der);
    tlsni_free(&c->env, lens);
    return st;
}

tlsn_status tlsni_credential_match(const tlsn_credential *c)
{
    return tlsni_pubkey_equal(tlsni_privkey_public(c->key), c->public_key) ? TLSN_OK
                                                                          : TLSN_ERR_KEY_MISMATCH;
}

/* A key by itself: its public half is written as SubjectPublicKeyInfo. */
static tlsn_status read_raw(tlsn_credential *c, struct tlsn_span key)
{
    uint8_t spki[SPKI_MAX];
    struct tlsni_wr w = tlsni_wr_make(spki, sizeof spki);
    tlsn_status st = tlsni_key_parse(&c->key, &c->env, key, NULL);

    if (st != TLSN_OK)
        return st;
    tlsni_write_spki(&w, tlsni_privkey_public(c->key));
    if (w.bad)
        return TLSN_ERR_KEY;
    c->raw = tlsni_memdup(&c->env, spki, w.len);
    if (!c->raw)
        return TLSN_ERR_NO_MEMORY;
    c->spki = tlsni_span_make(c->raw, w.len);
    return tlsni_spki_parse(&c->public_key, &c->env, c->spki, NULL);
}

static tlsn_status read_pair(tlsn_credential *c, struct tlsn_span chain, const struct tlsn_span *key)
{
    tlsn_status st_key = key ? tlsni_key_parse(&c->key, &c->env, *key, NULL) : TLSN_OK;
    tlsn_status st = read_chain(c, chain);

    if (st == TLSN_OK)
        st = st_key;
    return st == TLSN_OK && key ? tlsni_credential_match(c) : st;
}

tlsn_credential *tlsni_credential_begin(const struct tlsn_hooks *hooks)
{
    tlsn_credential *c = tlsni_alloc(hooks, sizeof *c);

    if (!c)
        return NULL;
    if (hooks)
        c->env = *hooks;
    atomic_init(&c->references, 1);
    return c;
}

static tlsn_status make(tlsn_credential **out, struct tlsn_span chain, const struct tlsn_span *key,
                        enum tlsn_chain_order order, const struct tlsn_hooks *hooks)
{
    tlsn_credential *c;
    tlsn_status st;

    *out = NULL;
    if ((!chain.data && !key) || (key && !key->data))
        return TLSN_ERR_ARGUMENT;
    c = tlsni_credential_begin(hooks);
    if (!c)
        return TLSN_ERR_NO_MEMORY;
    c->order = (uint8_t)order;
    st = tlsni_packed_cache_new(&c->packed, hooks);
    if (st == TLSN_OK)
        st = chain.data ? read_pair(c, chain, key) : read_raw(c, *key);
    if (st != TLSN_OK) {
        tlsn_credential_free(c);
        return st;
    }
    *out = c;
    return TLSN_OK;
}

tlsn_status tlsn_credential_new_ordered(tlsn_credential **out, const void *chain, size_t chain_len,
                                        const void *key, size_t key_len, enum tlsn_chain_order order,
                                        const struct tlsn_hooks *hooks)
{
    struct tlsn_span k = tlsni_span_make(key, key_len);

    *out = NULL;
    if (!chain || order < TLSN_CHAIN_ORDER || order > TLSN_CHAIN_STRICT)
        return TLSN_ERR_ARGUMENT;
    return make(out, tlsni_span_make(chain, chain_len), &k, order, hooks);
}

tlsn_status tlsn_credential_new(tlsn_credential **out, const void *chain, size_t chain_len,
                                const void *key, size_t key_len, const struct tlsn_hooks *hooks)
{
    return tlsn_credential_new_ordered(out, chain, chain_len, key, key_len, TLSN_CHAIN_ORDER, hooks);
}

tlsn_status tlsn_credential_new_raw(tlsn_credential **out, const void *key, size_t key_len,
                                    const struct tlsn_hooks *hooks)
{
    struct tlsn_span k = tlsni_span_make(key, key_len);

    return make(out, tlsni_span_make(NULL, 0), &k, TLSN_CHAIN_ORDER, hooks);
}

tlsn_status tlsn_credential_new_external(tlsn_credential **out, const void *chain, size_t chain_len,
                                         const struct tlsn_hooks *hooks)
{
    return make(out, tlsni_span_make(chain, chain_len), NULL, TLSN_CHAIN_ORDER, hooks);
}

tlsn_status tlsn_credential_set_key_op(tlsn_credential *c,
                                       tlsn_status (*run)(void *ctx, const struct tlsn_key_op *op,
                                                          void *result, size_t cap, size_t *len),
                                       void (*release)(void *ctx), void *ctx)
{
    if (!c || c->key || !run || c->holder.run)
        return TLSN_ERR_ARGUMENT;
    if (atomic_load(&c->references) != 1)
        return TLSN_ERR_FROZEN;
    c->holder = (struct tlsni_key_holder){ run, release, ctx };
    return TLSN_OK;
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
    if (c->holder.release)
        c->holder.release(c->holder.ctx);
    for (size_t i = 0; i < c->delegated_count; i++)
        tlsn_credential_free(c->delegated[i].credential);
    tlsni_free(&env, c->delegated);
    tlsni_free(&env, c->delegated_bytes);
    tlsni_buf_free(&env, &c->ocsp);
    tlsni_buf_free(&env, &c->scts);
    tlsni_buf_free(&env, &c->urls);
    tlsni_packed_cache_free(c->packed, &env);
    tlsni_free(&env, c->signatures);
    tlsni_free(&env, c->list);
    tlsni_free(&env, c->raw);
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

/* @rfc 7633:4.3.2/1, 7633:4.3.2/2 */
static bool lacks_staple(const tlsn_credential *c)
{
    struct tlsn_span list = tlsni_buf_span(&c->ocsp), first;
    struct tlsni_cert leaf;

    if (tlsni_msg_status_next(&list, &first) && first.len)
        return false;
    return tlsni_cert_parse(&leaf, tlsn_credential_cert(c, 0), NULL) == TLSN_OK &&
           tlsni_cert_promises(&leaf, TLSNI_FEATURE_STATUS_REQUEST);
}

unsigned tlsn_credential_findings(const tlsn_credential *credential)
{
    return credential->findings | (lacks_staple(credential) ? TLSN_CHAIN_UNSTAPLED : 0);
}

const char *tlsn_chain_finding_text(enum tlsn_chain_finding finding)
{
    switch (finding) {
    case TLSN_CHAIN_REORDERED: return "the certificates are not in order from the leaf upwards";
    case TLSN_CHAIN_UNRELATED: return "a certificate belongs to no other one of the chain";
    case TLSN_CHAIN_DUPLICATE: return "a certificate is there twice";
    case TLSN_CHAIN_WITH_ROOT: return "the root goes along, which no peer needs";
    case TLSN_CHAIN_UNSTAPLED: return "it promises a stapled OCSP response, and there is none";
    case TLSN_CHAIN_INCOMPLETE: return "the issuer of the last certificate is not there";
    default: return "";
    }
}

tlsn_status tlsn_credential_check(const tlsn_credential *credential, const tlsn_trust *trust,
                                  enum tlsn_purpose purpose, const char *name, int64_t time_s,
                                  const struct tlsn_verify_options *options,
                                  tlsn_verify_report *report)
{
    struct tlsn_span *certs = tlsni_alloc_array(&credential->env, credential->count + 1, sizeof *certs);
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    if (!certs)
        return st;
    for (size_t i = 0; i < credential->count; i++)
        certs[i] = tlsn_credential_cert(credential, i);
    st = tlsn_x509_verify(trust, certs, credential->count, purpose, name, time_s, options, report);
    tlsni_free(&credential->env, certs);
    return st;
}

/* ---- what goes along with the chain; only while nobody else holds the credential ---- */

static tlsn_status put(const tlsn_credential *c, struct tlsni_buf *to, struct tlsn_span response)
{
    const uint8_t len[3] = { (uint8_t)(response.len >> 16), (uint8_t)(response.len >> 8),
                             (uint8_t)response.len };
    tlsn_status st = tlsni_buf_append(&c->env, to, len, sizeof len);

    return st == TLSN_OK ? tlsni_buf_append(&c->env, to, response.data, response.len) : st;
}

/* The list with `response` in place of the one at i. */
static tlsn_status rebuild(const tlsn_credential *c, struct tlsni_buf *out, size_t i,
                           struct tlsn_span response)
{
    struct tlsn_span list = tlsni_buf_span(&c->ocsp);
    tlsn_status st = TLSN_OK;
    bool any = false;

    for (size_t k = 0; st == TLSN_OK && k < c->count; k++) {
        struct tlsn_span r;

        (void)tlsni_msg_status_next(&list, &r);
        if (k == i)
            r = response;
        any = any || r.len;
        st = put(c, out, r);
    }
    if (st != TLSN_OK || !any)
        tlsni_buf_free(&c->env, out);
    return st;
}

tlsn_status tlsn_credential_set_ocsp(tlsn_credential *c, size_t i, const void *der, size_t len)
{
    struct tlsn_span response = tlsni_span_make(der, len);
    struct tlsni_buf fresh = { 0 };
    tlsn_status st;

    if (!c || i >= c->count || (len && !der) || len > LIST_MAX / 2)
        return TLSN_ERR_ARGUMENT;
    if (atomic_load(&c->references) != 1)
        return TLSN_ERR_FROZEN;
    if (len && !tlsni_ocsp_sound(response))
        return TLSN_ERR_OCSP_RESPONSE;
    st = rebuild(c, &fresh, i, response);
    if (st == TLSN_OK && tlsni_buf_len(&fresh) > LIST_MAX) {
        tlsni_buf_free(&c->env, &fresh);
        st = TLSN_ERR_ARGUMENT;
    }
    if (st != TLSN_OK)
        return st;
    tlsni_buf_free(&c->env, &c->ocsp);
    c->ocsp = fresh;
    return TLSN_OK;
}

tlsn_status tlsn_credential_set_scts(tlsn_credential *c, const void *list, size_t len)
{
    struct tlsni_rd r = tlsni_rd_make(list, list ? len : 0);
    struct tlsni_buf fresh = { 0 };
    struct tlsn_span scts = { NULL, 0 };
    tlsn_status st;

    if (!c || (len && !list))
        return TLSN_ERR_ARGUMENT;
    if (atomic_load(&c->references) != 1)
        return TLSN_ERR_FROZEN;
    if (len && !tlsni_ext_sct_list(&r, &scts))
        return TLSN_ERR_DECODE;
    st = tlsni_buf_append(&c->env, &fresh, scts.data, scts.len);
    if (st != TLSN_OK)
        return st;
    tlsni_buf_free(&c->env, &c->scts);
    c->scts = fresh;
    return TLSN_OK;
}
