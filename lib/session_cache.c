/* session_cache.c - a bounded, thread-safe map from session ID to serialised session.
 *
 * Slots are an array that is made with the first entry. A slot is in one chain of the hash index
 * and in the ring of ages, or in the list of free slots. Links are slot numbers; NONE ends a chain.
 * Sessions are secret and wiped when they leave. */
#include "session_cache.h"

#include "base/bytes.h"
#include "handshake/msg.h"

#include <pthread.h>
#include <stdatomic.h>

enum { NONE = UINT32_MAX, ENTRIES_MAX = 1 << 24 };

struct slot {
    uint8_t id[TLSNI_SESSION_ID_MAX];
    uint8_t id_len;
    uint8_t *session; /* owned, secret */
    size_t session_len;
    int64_t expires_ms;
    uint32_t chain;        /* next with this hash, or next free slot */
    uint32_t older, newer; /* by age */
};

struct tlsn_session_cache {
    struct tlsn_hooks env;
    atomic_uint references;
    pthread_mutex_t lock; /* guards everything below */
    uint32_t entries, count;
    uint32_t bucket_count; /* a power of two */
    struct slot *slots;    /* owned; NULL before the first entry */
    uint32_t *buckets;     /* owned */
    uint32_t free, oldest, newest;
};

tlsn_status tlsn_session_cache_new(tlsn_session_cache **out, size_t entries,
                                   const struct tlsn_hooks *hooks)
{
    tlsn_session_cache *c;

    if (!out)
        return TLSN_ERR_ARGUMENT;
    *out = NULL;
    if (entries == 0 || entries > ENTRIES_MAX)
        return TLSN_ERR_ARGUMENT;
    c = tlsni_alloc(hooks, sizeof *c);
    if (!c)
        return TLSN_ERR_NO_MEMORY;
    if (hooks)
        c->env = *hooks;
    if (pthread_mutex_init(&c->lock, NULL) != 0) {
        tlsni_free(hooks, c);
        return TLSN_ERR_NO_MEMORY;
    }
    atomic_init(&c->references, 1);
    c->entries = (uint32_t)entries;
    c->bucket_count = 1;
    while (c->bucket_count < c->entries)
        c->bucket_count *= 2;
    c->free = c->oldest = c->newest = NONE;
    *out = c;
    return TLSN_OK;
}

tlsn_session_cache *tlsn_session_cache_ref(tlsn_session_cache *c)
{
    if (c)
        (void)atomic_fetch_add(&c->references, 1);
    return c;
}

/* FNV-1a. IDs are random and our own, so nobody can choose them to collide. */
static uint32_t *bucket_of(const tlsn_session_cache *c, const uint8_t *id, size_t len)
{
    uint32_t h = 2166136261U;

    for (size_t i = 0; i < len; i++)
        h = (h ^ id[i]) * 16777619U;
    return &c->buckets[h & (c->bucket_count - 1)];
}

/* The link that leads to the slot with this id, or the NONE at the end of its chain. */
static uint32_t *find_link(tlsn_session_cache *c, struct tlsn_span id)
{
    uint32_t *link = bucket_of(c, id.data, id.len);

    while (*link != NONE) {
        struct slot *s = &c->slots[*link];

        if (tlsni_span_eq(tlsni_span_make(s->id, s->id_len), id))
            break;
        link = &s->chain;
    }
    return link;
}

static void leave_ring(tlsn_session_cache *c, const struct slot *s)
{
    *(s->older == NONE ? &c->oldest : &c->slots[s->older].newer) = s->newer;
    *(s->newer == NONE ? &c->newest : &c->slots[s->newer].older) = s->older;
}

/* Empties the slot behind link and puts it among the free ones. */
static void drop(tlsn_session_cache *c, uint32_t *link)
{
    uint32_t i = *link;
    struct slot *s = &c->slots[i];

    *link = s->chain;
    leave_ring(c, s);
    tlsni_free_secret(&c->env, s->session, s->session_len);
    memset(s, 0, sizeof *s);
    s->chain = c->free;
    c->free = i;
    c->count--;
}

static void drop_oldest(tlsn_session_cache *c)
{
    const struct slot *s = &c->slots[c->oldest];

    drop(c, find_link(c, tlsni_span_make(s->id, s->id_len)));
}

void tlsn_session_cache_free(tlsn_session_cache *c)
{
    struct tlsn_hooks env;

    if (!c || atomic_fetch_sub(&c->references, 1) != 1)
        return;
    while (c->count)
        drop_oldest(c);
    env = c->env;
    (void)pthread_mutex_destroy(&c->lock);
    tlsni_free(&env, c->slots);
    tlsni_free(&env, c->buckets);
    tlsni_free(&env, c);
}

size_t tlsn_session_cache_count(tlsn_session_cache *c)
{
    size_t count;

    if (!c)
        return 0;
    (void)pthread_mutex_lock(&c->lock);
    count = c->count;
    (void)pthread_mutex_unlock(&c->lock);
    return count;
}

static tlsn_status make_slots(tlsn_session_cache *c)
{
    struct slot *slots;
    uint32_t *buckets;

    if (c->slots)
        return TLSN_OK;
    slots = tlsni_alloc_array(&c->env, c->entries, sizeof *slots);
    buckets = tlsni_alloc_array(&c->env, c->bucket_count, sizeof *buckets);
    if (!slots || !buckets) {
        tlsni_free(&c->env, slots);
        tlsni_free(&c->env, buckets);
        return TLSN_ERR_NO_MEMORY;
    }
    memset(buckets, 0xff, c->bucket_count * sizeof *buckets);
    for (uint32_t i = 0; i < c->entries; i++)
        slots[i].chain = i + 1 < c->entries ? i + 1 : NONE;
    c->slots = slots;
    c->buckets = buckets;
    c->free = 0;
    return TLSN_OK;
}

/* Takes a free slot, which there is, into chain and ring. */
static struct slot *enter(tlsn_session_cache *c, struct tlsn_span id)
{
    uint32_t i = c->free, *bucket = bucket_of(c, id.data, id.len);
    struct slot *s = &c->slots[i];

    c->free = s->chain;
    s->chain = *bucket;
    *bucket = i;
    s->newer = NONE;
    s->older = c->newest;
    *(c->newest == NONE ? &c->oldest : &c->slots[c->newest].newer) = i;
    c->newest = i;
    c->count++;
    memcpy(s->id, id.data, id.len);
    s->id_len = (uint8_t)id.len;
    return s;
}

static tlsn_status store(tlsn_session_cache *c, struct tlsn_span id, uint8_t *copy, size_t len,
                         int64_t expires_ms)
{
    tlsn_status st = make_slots(c);
    struct slot *s;
    uint32_t *link;

    if (st != TLSN_OK)
        return st;
    link = find_link(c, id);
    if (*link != NONE)
        drop(c, link);
    else if (c->count == c->entries)
        drop_oldest(c);
    s = enter(c, id);
    s->session = copy;
    s->session_len = len;
    s->expires_ms = expires_ms;
    return TLSN_OK;
}

tlsn_status tlsni_session_cache_store(void *ctx, struct tlsn_span id, struct tlsn_span session,
                                      int64_t expires_ms)
{
    tlsn_session_cache *c = ctx;
    uint8_t *copy;
    tlsn_status st;

    if (id.len == 0 || id.len > TLSNI_SESSION_ID_MAX)
        return TLSN_ERR_ARGUMENT;
    copy = tlsni_memdup(&c->env, session.data, session.len);
    if (!copy)
        return TLSN_ERR_NO_MEMORY;
    (void)pthread_mutex_lock(&c->lock);
    st = store(c, id, copy, session.len, expires_ms);
    (void)pthread_mutex_unlock(&c->lock);
    if (st != TLSN_OK)
        tlsni_free_secret(&c->env, copy, session.len);
    return st;
}

static tlsn_status lookup(tlsn_session_cache *c, struct tlsn_span id, int64_t now_ms,
                          const struct tlsn_hooks *env, struct tlsni_buf *out)
{
    const struct slot *s;
    uint32_t *link;

    if (!c->slots)
        return TLSN_ERR_NOT_FOUND;
    link = find_link(c, id);
    if (*link == NONE)
        return TLSN_ERR_NOT_FOUND;
    s = &c->slots[*link];
    if (s->expires_ms > now_ms)
        return tlsni_buf_append(env, out, s->session, s->session_len);
    drop(c, link);
    return TLSN_ERR_NOT_FOUND;
}

tlsn_status tlsni_session_cache_lookup(void *ctx, struct tlsn_span id, int64_t now_ms,
                                       const struct tlsn_hooks *env, struct tlsni_buf *out)
{
    tlsn_session_cache *c = ctx;
    tlsn_status st;

    (void)pthread_mutex_lock(&c->lock);
    st = lookup(c, id, now_ms, env, out);
    (void)pthread_mutex_unlock(&c->lock);
    return st;
}

void tlsni_session_cache_remove(void *ctx, struct tlsn_span id)
{
    tlsn_session_cache *c = ctx;
    uint32_t *link;

    (void)pthread_mutex_lock(&c->lock);
    if (c->slots) {
        link = find_link(c, id);
        if (*link != NONE)
            drop(c, link);
    }
    (void)pthread_mutex_unlock(&c->lock);
}
