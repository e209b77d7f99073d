/* credential_source.c - credentials by name, loaded when first asked for and remembered (tls-native/config.h).
 *
 * Bounded: names come from strangers. Names without credentials are remembered too, but never push out one
 * with, so that guessing names costs calls of the loader and nothing else. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "config.h"

enum { NAME_MAX_LEN = 253, ENTRIES_MAX = 1000000 };

struct entry {
    struct entry *next; /* in the bucket */
    tlsn_credential *credential[TLSN_SOURCED_MAX]; /* references */
    size_t count;       /* 0: it is known that there is none */
    uint64_t used;      /* when it was asked for last */
    uint32_t hash;
    uint8_t len;
    char name[NAME_MAX_LEN];
};

struct tlsn_credential_source {
    struct tlsn_hooks env;
    atomic_uint references;
    struct tlsn_credential_loader loader;
    size_t entries;
    pthread_mutex_t lock;   /* guards everything below */
    struct entry **buckets; /* owned; bucket_count of them, a power of two */
    size_t bucket_count, count;
    uint64_t clock;
};

tlsn_status tlsn_credential_source_new(tlsn_credential_source **out,
                                       const struct tlsn_credential_loader *loader, size_t entries,
                                       const struct tlsn_hooks *hooks)
{
    tlsn_credential_source *s;

    *out = NULL;
    if (!loader || !loader->load || entries < 1 || entries > ENTRIES_MAX)
        return TLSN_ERR_ARGUMENT;
    s = tlsni_alloc(hooks, sizeof *s);
    if (!s)
        return TLSN_ERR_NO_MEMORY;
    s->loader = *loader;
    s->entries = entries;
    for (s->bucket_count = 1; s->bucket_count < entries; s->bucket_count *= 2)
        ;
    s->buckets = tlsni_alloc_array(hooks, s->bucket_count, sizeof *s->buckets);
    if (!s->buckets || pthread_mutex_init(&s->lock, NULL) != 0) {
        tlsni_free(hooks, s->buckets);
        tlsni_free(hooks, s);
        return TLSN_ERR_NO_MEMORY;
    }
    if (hooks)
        s->env = *hooks;
    atomic_init(&s->references, 1);
    *out = s;
    return TLSN_OK;
}

tlsn_credential_source *tlsn_credential_source_ref(tlsn_credential_source *source)
{
    if (source)
        atomic_fetch_add(&source->references, 1);
    return source;
}

/* Unlinks and frees. The lock is held, or nobody else is there. */
static void drop(tlsn_credential_source *s, struct entry **at)
{
    struct entry *e = *at;

    *at = e->next;
    s->count--;
    for (size_t i = 0; i < e->count; i++)
        tlsn_credential_free(e->credential[i]);
    tlsni_free(&s->env, e);
}

static void drop_all(tlsn_credential_source *s)
{
    for (size_t b = 0; b < s->bucket_count; b++)
        while (s->buckets[b])
            drop(s, &s->buckets[b]);
}

void tlsn_credential_source_free(tlsn_credential_source *source)
{
    struct tlsn_hooks env;

    if (!source || atomic_fetch_sub(&source->references, 1) != 1)
        return;
    env = source->env;
    drop_all(source);
    (void)pthread_mutex_destroy(&source->lock);
    tlsni_free(&env, source->buckets);
    tlsni_free(&env, source);
}

size_t tlsn_credential_source_count(tlsn_credential_source *source)
{
    size_t n;

    (void)pthread_mutex_lock(&source->lock);
    n = source->count;
    (void)pthread_mutex_unlock(&source->lock);
    return n;
}

/* ---- names ---- */

struct key {
    char name[NAME_MAX_LEN + 1];
    size_t len;
    uint32_t hash;
};

/* In lower case. False for a name that is too long to be one. */
static bool make_key(struct key *k, struct tlsn_span name)
{
    k->len = name.len;
    k->hash = 2166136261u;
    if (name.len > NAME_MAX_LEN)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];

        k->name[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        k->hash = (k->hash ^ (uint8_t)k->name[i]) * 16777619u;
    }
    k->name[name.len] = 0;
    return true;
}

static struct entry **find(tlsn_credential_source *s, const struct key *k)
{
    struct entry **at = &s->buckets[k->hash & (s->bucket_count - 1)];

    while (*at && !((*at)->hash == k->hash && (*at)->len == k->len &&
                    memcmp((*at)->name, k->name, k->len) == 0))
        at = &(*at)->next;
    return at;
}

void tlsn_credential_source_forget(tlsn_credential_source *source, const char *name)
{
    struct entry **at;
    struct key k;

    (void)pthread_mutex_lock(&source->lock);
    if (!name) {
        drop_all(source);
    } else if (make_key(&k, tlsni_span_make(name, strlen(name)))) {
        at = find(source, &k);
        if (*at)
            drop(source, at);
    }
    (void)pthread_mutex_unlock(&source->lock);
}

/* ---- remembering: the lock is held ---- */

/* The entry to give up: one without credentials if there is any, else the one unused for the longest. */
static struct entry **victim(tlsn_credential_source *s, bool empty_only)
{
    struct entry **best = NULL;

    for (size_t b = 0; b < s->bucket_count; b++)
        for (struct entry **at = &s->buckets[b]; *at; at = &(*at)->next) {
            bool empty = !(*at)->count;

            if (empty_only && !empty)
                continue;
            if (!best || (empty && (*best)->count) ||
                (empty == !(*best)->count && (*at)->used < (*best)->used))
                best = at;
        }
    return best;
}

static bool make_room(tlsn_credential_source *s, bool empty)
{
    struct entry **at;

    if (s->count < s->entries)
        return true;
    at = victim(s, empty);
    if (at)
        drop(s, at);
    return at != NULL;
}

/* What cannot be remembered is loaded again the next time. */
static void remember(tlsn_credential_source *s, const struct key *k, tlsn_credential *const *got,
                     size_t count)
{
    struct entry **at = find(s, k), *e;

    if (*at) /* another thread was faster, or it was renewed */
        drop(s, at);
    if (!make_room(s, count == 0))
        return;
    e = tlsni_alloc(&s->env, sizeof *e);
    if (!e)
        return;
    e->hash = k->hash;
    e->len = (uint8_t)k->len;
    memcpy(e->name, k->name, k->len);
    for (e->count = 0; e->count < count; e->count++)
        e->credential[e->count] = tlsn_credential_ref(got[e->count]);
    e->used = ++s->clock;
    e->next = s->buckets[k->hash & (s->bucket_count - 1)];
    s->buckets[k->hash & (s->bucket_count - 1)] = e;
    s->count++;
}

static bool recall(tlsn_credential_source *s, const struct key *k, tlsn_credential **out,
                   size_t *count)
{
    struct entry *e = *find(s, k);

    if (!e)
        return false;
    e->used = ++s->clock;
    for (*count = 0; *count < e->count; ++*count)
        out[*count] = tlsn_credential_ref(e->credential[*count]);
    return true;
}

/* ---- asking ---- */

static tlsn_status load(tlsn_credential_source *s, const struct key *k, tlsn_credential **out,
                        size_t *count)
{
    tlsn_status st = s->loader.load(s->loader.ctx, k->name, out, count);

    if (st != TLSN_OK)
        *count = 0;
    if (st != TLSN_OK && st != TLSN_ERR_NOT_FOUND)
        return st < 0 ? st : TLSN_ERR_INTERNAL;
    (void)pthread_mutex_lock(&s->lock);
    remember(s, k, out, *count);
    (void)pthread_mutex_unlock(&s->lock);
    return *count ? TLSN_OK : TLSN_ERR_NOT_FOUND;
}

static tlsn_status ask(void *ctx, struct tlsn_span name, tlsn_credential **out, size_t *count)
{
    tlsn_credential_source *s = ctx;
    struct key k;
    bool known;

    *count = 0;
    if (!make_key(&k, name))
        return TLSN_ERR_NOT_FOUND;
    (void)pthread_mutex_lock(&s->lock);
    known = recall(s, &k, out, count);
    (void)pthread_mutex_unlock(&s->lock);
    if (!known)
        return load(s, &k, out, count);
    return *count ? TLSN_OK : TLSN_ERR_NOT_FOUND;
}

tlsn_status tlsn_config_set_credential_source(tlsn_config *c, tlsn_credential_source *source)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    tlsn_credential_source_free(c->source);
    c->source = tlsn_credential_source_ref(source);
    c->hs.source = source ? ask : NULL;
    c->hs.source_ctx = source;
    return TLSN_OK;
}
