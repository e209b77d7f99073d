#include "x509/trust_block.h"

#include <string.h>

#include "base/mem.h"
#include "x509/name.h"

static void lock(const tlsn_trust *t)
{
    (void)pthread_mutex_lock(&tlsni_trust_inside(t)->lock);
}

static void unlock(const tlsn_trust *t)
{
    (void)pthread_mutex_unlock(&tlsni_trust_inside(t)->lock);
}

static bool init_locks(tlsn_trust *t)
{
    if (pthread_mutex_init(&t->loading, NULL) != 0)
        return false;
    if (pthread_mutex_init(&t->lock, NULL) == 0)
        return true;
    (void)pthread_mutex_destroy(&t->loading);
    return false;
}

tlsn_status tlsn_trust_new(tlsn_trust **out, const struct tlsn_hooks *hooks)
{
    tlsn_trust *t = tlsni_alloc(hooks, sizeof *t);

    *out = NULL;
    if (!t)
        return TLSN_ERR_NO_MEMORY;
    if (!init_locks(t)) {
        tlsni_free(hooks, t);
        return TLSN_ERR_NO_MEMORY;
    }
    if (hooks)
        t->env = *hooks;
    atomic_init(&t->refs, 1);
    atomic_init(&t->waiting, 0);
    *out = t;
    return TLSN_OK;
}

tlsn_trust *tlsn_trust_ref(tlsn_trust *trust)
{
    if (trust)
        (void)atomic_fetch_add_explicit(&trust->refs, 1, memory_order_relaxed);
    return trust;
}

static void free_blocks(tlsn_trust *t)
{
    while (t->blocks) {
        struct tlsni_trust_block *b = t->blocks;

        for (size_t i = 0; i < b->count; i++)
            tlsni_pubkey_free(atomic_load_explicit(&b->anchors[i].key, memory_order_relaxed));
        t->blocks = b->next;
        tlsni_free(&t->env, b->der);
        tlsni_free(&t->env, b);
    }
}

void tlsn_trust_free(tlsn_trust *trust)
{
    struct tlsn_hooks env;

    if (!trust || atomic_fetch_sub_explicit(&trust->refs, 1, memory_order_acq_rel) != 1)
        return;
    env = trust->env;
    free_blocks(trust);
    while (trust->sources) {
        struct tlsni_trust_source *s = trust->sources;

        trust->sources = s->next;
        tlsni_free(&env, s);
    }
    tlsni_free(&env, trust->anchors);
    tlsni_free(&env, trust->buckets);
    tlsni_free(&env, trust->buckets_by_id);
    tlsni_buf_free(&env, &trust->distrusted);
    tlsni_free(&env, trust->skipped);
    (void)pthread_mutex_destroy(&trust->lock);
    (void)pthread_mutex_destroy(&trust->loading);
    tlsni_free(&env, trust);
}

/* ---- looking ---- */

size_t tlsn_trust_count(const tlsn_trust *trust)
{
    size_t n;

    if (!trust)
        return 0;
    tlsni_trust_load(trust);
    lock(trust);
    n = trust->count;
    unlock(trust);
    return n;
}

const struct tlsni_anchor *tlsni_trust_nth_there(const tlsn_trust *trust, size_t i)
{
    const struct tlsni_anchor *a;

    if (!trust)
        return NULL;
    lock(trust);
    a = i < trust->count ? trust->anchors[i] : NULL;
    unlock(trust);
    return a;
}

const struct tlsni_anchor *tlsni_trust_nth(const tlsn_trust *trust, size_t i)
{
    tlsni_trust_load(trust);
    return tlsni_trust_nth_there(trust, i);
}

bool tlsni_trust_subject(const tlsn_trust *trust, size_t i, struct tlsn_span *name)
{
    const struct tlsni_anchor *a = tlsni_trust_nth(trust, i);

    if (a)
        *name = a->cert.subject;
    return a != NULL;
}

struct tlsn_span tlsn_trust_cert(const tlsn_trust *trust, size_t i)
{
    const struct tlsni_anchor *a = tlsni_trust_nth(trust, i);

    return a ? a->cert.der : tlsni_span_make(NULL, 0);
}

static struct tlsni_anchor *find_locked(const tlsn_trust *t, struct tlsn_span subject,
                                        uint64_t hash, const struct tlsni_anchor *at)
{
    struct tlsni_anchor *a = at               ? at->next
                             : t->bucket_count ? t->buckets[hash & (t->bucket_count - 1)]
                                               : NULL;

    while (a && !(a->subject_hash == hash && tlsni_name_equal(a->cert.subject, subject)))
        a = a->next;
    return a;
}

struct tlsni_anchor *tlsni_trust_find(const tlsn_trust *trust, struct tlsn_span subject,
                                      uint64_t subject_hash, const struct tlsni_anchor *at)
{
    struct tlsni_anchor *a;

    if (!trust)
        return NULL;
    tlsni_trust_load(trust);
    lock(trust);
    a = find_locked(trust, subject, subject_hash, at);
    unlock(trust);
    return a;
}

/* Key identifiers are hashes as they come (RFC 5280 4.2.1.2), or else chosen by an authority that the
 * store trusts. */
static size_t id_bucket(const tlsn_trust *t, struct tlsn_span id)
{
    size_t v = 0;

    for (size_t i = 0; i < id.len && i < sizeof v; i++)
        v = v << 8 | id.data[i];
    return v & (t->bucket_count - 1);
}

struct tlsni_anchor *tlsni_trust_find_id(const tlsn_trust *trust, struct tlsn_span key_id,
                                         const struct tlsni_anchor *at)
{
    struct tlsni_anchor *a = NULL;

    if (!trust || !key_id.len)
        return NULL;
    tlsni_trust_load(trust);
    lock(trust);
    if (trust->bucket_count)
        a = at ? at->next_by_id : trust->buckets_by_id[id_bucket(trust, key_id)];
    while (a && !tlsni_span_eq(a->cert.ski, key_id))
        a = a->next_by_id;
    unlock(trust);
    return a;
}

struct tlsn_span tlsn_trust_find(const tlsn_trust *trust, struct tlsn_span subject,
                                 struct tlsn_span key_id)
{
    struct tlsni_anchor *a = NULL;
    uint64_t hash = subject.len ? tlsni_name_hash(subject) : 0;

    do
        a = key_id.len ? tlsni_trust_find_id(trust, key_id, a)
                       : tlsni_trust_find(trust, subject, hash, a);
    while (a && subject.len && !tlsni_name_equal(a->cert.subject, subject));
    return a ? a->cert.der : tlsni_span_make(NULL, 0);
}

static struct tlsni_anchor *holds_locked(const tlsn_trust *t, const struct tlsni_cert *cert,
                                         uint64_t hash)
{
    struct tlsni_anchor *a = NULL;

    do
        a = find_locked(t, cert->subject, hash, a);
    while (a && !tlsni_span_eq(a->cert.der, cert->der));
    return a;
}

struct tlsni_anchor *tlsni_trust_holds(const tlsn_trust *trust, const struct tlsni_cert *cert,
                                       uint64_t subject_hash)
{
    struct tlsni_anchor *a;

    if (!trust)
        return NULL;
    tlsni_trust_load(trust);
    lock(trust);
    a = holds_locked(trust, cert, subject_hash);
    unlock(trust);
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

/* ---- changing: the lock is held ---- */

static void link_anchor(tlsn_trust *t, struct tlsni_anchor *a)
{
    struct tlsni_anchor **head = &t->buckets[a->subject_hash & (t->bucket_count - 1)];

    a->next = *head;
    *head = a;
    if (!a->cert.ski.len)
        return;
    head = &t->buckets_by_id[id_bucket(t, a->cert.ski)];
    a->next_by_id = *head;
    *head = a;
}

static void unlink_anchor(tlsn_trust *t, const struct tlsni_anchor *a)
{
    struct tlsni_anchor **at = &t->buckets[a->subject_hash & (t->bucket_count - 1)];

    while (*at != a)
        at = &(*at)->next;
    *at = a->next;
    if (!a->cert.ski.len)
        return;
    at = &t->buckets_by_id[id_bucket(t, a->cert.ski)];
    while (*at != a)
        at = &(*at)->next_by_id;
    *at = a->next_by_id;
}

/* Room for `more` anchors, one bucket for each place. */
static tlsn_status make_room(tlsn_trust *t, size_t more)
{
    size_t cap = t->cap ? t->cap : 16;
    struct tlsni_anchor **anchors, **buckets, **by_id;

    while (cap - t->count < more)
        cap *= 2;
    if (cap == t->cap)
        return TLSN_OK;
    anchors = tlsni_alloc_array(&t->env, cap, sizeof *anchors);
    buckets = tlsni_alloc_array(&t->env, cap, sizeof *buckets);
    by_id = tlsni_alloc_array(&t->env, cap, sizeof *by_id);
    if (!anchors || !buckets || !by_id) {
        tlsni_free(&t->env, anchors);
        tlsni_free(&t->env, buckets);
        tlsni_free(&t->env, by_id);
        return TLSN_ERR_NO_MEMORY;
    }
    if (t->count)
        memcpy(anchors, t->anchors, t->count * sizeof *anchors);
    tlsni_free(&t->env, t->anchors);
    tlsni_free(&t->env, t->buckets);
    tlsni_free(&t->env, t->buckets_by_id);
    t->anchors = anchors;
    t->buckets = buckets;
    t->buckets_by_id = by_id;
    t->cap = t->bucket_count = cap;
    for (size_t i = 0; i < t->count; i++)
        link_anchor(t, t->anchors[i]);
    return TLSN_OK;
}

tlsn_status tlsni_trust_join(tlsn_trust *t, struct tlsni_trust_block *b, size_t *added)
{
    tlsn_status st;

    *added = 0;
    lock(t);
    st = make_room(t, b->count);
    for (size_t i = 0; st == TLSN_OK && i < b->count; i++) {
        struct tlsni_anchor *a = &b->anchors[i];

        if (holds_locked(t, &a->cert, a->subject_hash))
            continue;
        link_anchor(t, a);
        t->anchors[t->count++] = a;
        ++*added;
    }
    if (*added) {
        b->next = t->blocks;
        t->blocks = b;
    }
    unlock(t);
    return st;
}

tlsn_status tlsn_trust_remove(tlsn_trust *trust, const void *der, size_t len)
{
    struct tlsn_span wanted = tlsni_span_make(der, len);
    tlsn_status st = TLSN_ERR_NOT_FOUND;

    tlsni_trust_load(trust);
    lock(trust);
    for (size_t i = 0; st != TLSN_OK && i < trust->count; i++) {
        if (!tlsni_span_eq(trust->anchors[i]->cert.der, wanted))
            continue;
        unlink_anchor(trust, trust->anchors[i]);
        memmove(&trust->anchors[i], &trust->anchors[i + 1],
                (trust->count - i - 1) * sizeof *trust->anchors);
        trust->count--;
        st = TLSN_OK;
    }
    unlock(trust);
    return st;
}

void tlsn_trust_clear(tlsn_trust *trust)
{
    (void)pthread_mutex_lock(&trust->loading);
    lock(trust);
    for (struct tlsni_trust_source *s = trust->sources; s; s = s->next)
        s->read = true;
    atomic_store(&trust->waiting, 0);
    trust->count = 0;
    if (trust->bucket_count) {
        memset(trust->buckets, 0, trust->bucket_count * sizeof *trust->buckets);
        memset(trust->buckets_by_id, 0, trust->bucket_count * sizeof *trust->buckets_by_id);
    }
    unlock(trust);
    (void)pthread_mutex_unlock(&trust->loading);
}
