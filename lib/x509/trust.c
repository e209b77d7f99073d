#include "x509/trust.h"

#include <string.h>

#include "base/mem.h"
#include "x509/name.h"
#include "x509/pem.h"

tlsn_status tlsn_trust_new(tlsn_trust **out, const struct tlsn_hooks *hooks)
{
    tlsn_trust *t = tlsni_alloc(hooks, sizeof *t);

    *out = t;
    if (!t)
        return TLSN_ERR_NO_MEMORY;
    if (hooks)
        t->env = *hooks;
    atomic_init(&t->refs, 1);
    return TLSN_OK;
}

tlsn_trust *tlsn_trust_ref(tlsn_trust *trust)
{
    if (trust)
        (void)atomic_fetch_add_explicit(&trust->refs, 1, memory_order_relaxed);
    return trust;
}

void tlsn_trust_free(tlsn_trust *trust)
{
    struct tlsn_hooks env;

    if (!trust || atomic_fetch_sub_explicit(&trust->refs, 1, memory_order_acq_rel) != 1)
        return;
    env = trust->env;
    for (size_t i = 0; i < trust->count; i++)
        tlsni_pubkey_free(atomic_load_explicit(&trust->anchors[i].key, memory_order_relaxed));
    while (trust->blocks) {
        struct tlsni_trust_block *b = trust->blocks;

        trust->blocks = b->next;
        tlsni_free(&env, b->der);
        tlsni_free(&env, b);
    }
    tlsni_free(&env, trust->anchors);
    tlsni_free(&env, trust->buckets);
    tlsni_free(&env, trust);
}

size_t tlsn_trust_count(const tlsn_trust *trust)
{
    return trust ? trust->count : 0;
}

bool tlsni_trust_subject(const tlsn_trust *trust, size_t i, struct tlsn_span *name)
{
    if (!trust || i >= trust->count)
        return false;
    *name = trust->anchors[i].cert.subject;
    return true;
}

struct tlsni_anchor *tlsni_trust_find(const tlsn_trust *trust, struct tlsn_span subject,
                                      uint64_t subject_hash, const struct tlsni_anchor *at)
{
    uint32_t i;

    if (!trust || !trust->bucket_count)
        return NULL;
    i = at ? at->next : trust->buckets[subject_hash & (trust->bucket_count - 1)];
    for (; i; i = trust->anchors[i - 1].next) {
        struct tlsni_anchor *a = &trust->anchors[i - 1];

        if (a->subject_hash == subject_hash && tlsni_name_equal(a->cert.subject, subject))
            return a;
    }
    return NULL;
}

struct tlsni_anchor *tlsni_trust_holds(const tlsn_trust *trust, const struct tlsni_cert *cert,
                                       uint64_t subject_hash)
{
    struct tlsni_anchor *a = NULL;

    do
        a = tlsni_trust_find(trust, cert->subject, subject_hash, a);
    while (a && !tlsni_span_eq(a->cert.der, cert->der));
    return a;
}

tlsn_status tlsni_anchor_key(const struct tlsni_pubkey **out, const tlsn_trust *trust,
                             struct tlsni_anchor *anchor)
{
    struct tlsni_pubkey *key = atomic_load_explicit(&anchor->key, memory_order_acquire);
    struct tlsni_pubkey *made, *none = NULL;
    tlsn_status st;

    *out = key;
    if (key)
        return TLSN_OK;
    st = tlsni_cert_pubkey(&made, &trust->env, &anchor->cert, NULL);
    if (st != TLSN_OK)
        return st;
    if (atomic_compare_exchange_strong_explicit(&anchor->key, &none, made, memory_order_acq_rel,
                                                memory_order_acquire)) {
        *out = made;
        return TLSN_OK;
    }
    tlsni_pubkey_free(made); /* another thread was faster */
    *out = none;
    return TLSN_OK;
}

static void link_anchor(tlsn_trust *t, size_t i)
{
    uint32_t *head = &t->buckets[t->anchors[i].subject_hash & (t->bucket_count - 1)];

    t->anchors[i].next = *head;
    *head = (uint32_t)(i + 1);
}

/* Twice the room: one bucket for each place. */
static tlsn_status grow(tlsn_trust *t)
{
    size_t cap = t->cap ? 2 * t->cap : 16;
    struct tlsni_anchor *anchors = tlsni_alloc_array(&t->env, cap, sizeof *anchors);
    uint32_t *buckets = tlsni_alloc_array(&t->env, cap, sizeof *buckets);

    if (!anchors || !buckets || cap >= UINT32_MAX) {
        tlsni_free(&t->env, anchors);
        tlsni_free(&t->env, buckets);
        return TLSN_ERR_NO_MEMORY;
    }
    if (t->count)
        memcpy(anchors, t->anchors, t->count * sizeof *anchors);
    tlsni_free(&t->env, t->anchors);
    tlsni_free(&t->env, t->buckets);
    t->anchors = anchors;
    t->buckets = buckets;
    t->cap = t->bucket_count = cap;
    for (size_t i = 0; i < t->count; i++)
        link_anchor(t, i);
    return TLSN_OK;
}

/* One certificate in a block that the store owns already. */
static tlsn_status add_cert(tlsn_trust *t, struct tlsn_span der, size_t *refused)
{
    struct tlsni_cert cert;
    struct tlsni_anchor *a;
    uint64_t hash;
    tlsn_status st;

    if (tlsni_cert_parse(&cert, der, NULL) != TLSN_OK) {
        ++*refused;
        return TLSN_OK;
    }
    hash = tlsni_name_hash(cert.subject);
    if (tlsni_trust_holds(t, &cert, hash))
        return TLSN_OK;
    if (t->count == t->cap && (st = grow(t)) != TLSN_OK)
        return st;
    a = &t->anchors[t->count];
    a->cert = cert;
    a->subject_hash = hash;
    atomic_init(&a->key, NULL);
    link_anchor(t, t->count++);
    return TLSN_OK;
}

/* Makes the buffer's memory the store's. */
static tlsn_status keep_block(tlsn_trust *t, struct tlsni_buf *der)
{
    struct tlsni_trust_block *b = tlsni_alloc(&t->env, sizeof *b);

    if (!b)
        return TLSN_ERR_NO_MEMORY;
    b->der = der->data;
    b->next = t->blocks;
    t->blocks = b;
    memset(der, 0, sizeof *der);
    return TLSN_OK;
}

static tlsn_status add_all(tlsn_trust *t, struct tlsni_buf *der, const size_t *lens, size_t count,
                           size_t *refused)
{
    const uint8_t *p = der->data + der->start;
    tlsn_status st = keep_block(t, der);

    for (size_t i = 0; st == TLSN_OK && i < count; p += lens[i++])
        st = add_cert(t, tlsni_span_make(p, lens[i]), refused);
    return st;
}

/* Undoes what was added behind the first `count` anchors. Their keys were never made. The block
 * stays until the store goes: it is out of reach. */
static void forget(tlsn_trust *t, size_t count)
{
    t->count = count;
    if (t->bucket_count)
        memset(t->buckets, 0, t->bucket_count * sizeof *t->buckets);
    for (size_t i = 0; i < count; i++)
        link_anchor(t, i);
}

tlsn_status tlsn_trust_add(tlsn_trust *trust, const void *data, size_t len, size_t *added,
                           size_t *refused)
{
    struct tlsni_buf der = { NULL, 0, 0, 0 };
    size_t *lens = NULL, count, before = trust->count, bad = 0;
    tlsn_status st = tlsni_pem_certificates_sound(&trust->env, tlsni_span_make(data, len), &der,
                                                  &lens, &count, &bad, NULL);

    if (st == TLSN_OK)
        st = add_all(trust, &der, lens, count, &bad);
    if (st != TLSN_OK)
        forget(trust, before);
    tlsni_free(&trust->env, lens);
    tlsni_buf_free(&trust->env, &der);
    if (added)
        *added = trust->count - before;
    if (refused)
        *refused = bad;
    return st;
}
