/* replay_guard.c - which ClientHellos with early data have been here (RFC 8446 8.2): a bounded, thread-safe set
 * of their binders.
 *
 * An entry is kept for three windows from its arrival: behind two the age of its ticket is wrong, and the clock
 * may be set back by one. So entries leave in the order in which they came, and a ring holds them, with chains of the hash index through it. What does
 * not fit is refused, never forgotten. Binders are made with keys that clients know, who could choose them to
 * meet in one chain: the index is seeded.
 *
 * Before the set began others may have taken a ClientHello that can still come again: what was sent up to a
 * window later than that is refused, unless its ticket is younger than the set, for nobody has taken early
 * data with it before. The same holds when the clock is set back by more. */
#include <tls-native/config.h>

#include "base/bytes.h"
#include "base/env.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>

enum { NONE = UINT32_MAX, ENTRIES_MAX = 1 << 24, ID_LEN = 32 };

struct entry {
    uint8_t id[ID_LEN];
    int64_t until_ms;
    uint32_t chain; /* next with this hash */
};

struct tlsn_replay_guard {
    struct tlsn_hooks env;
    atomic_uint references;
    pthread_mutex_t lock;   /* guards everything below */
    uint32_t entries, count, oldest;
    uint32_t bucket_count;  /* a power of two */
    uint32_t seed;
    struct entry *ring;     /* owned; NULL before the first entry */
    uint32_t *buckets;      /* owned */
    int64_t began_ms, latest_ms;
};

static tlsn_status draw_seed(tlsn_replay_guard *g)
{
    uint8_t bytes[4];
    struct tlsni_rd r = tlsni_rd_make(bytes, sizeof bytes);
    tlsn_status st = tlsni_random(&g->env, bytes, sizeof bytes);

    if (st == TLSN_OK)
        g->seed = tlsni_rd_u32(&r);
    return st;
}

tlsn_status tlsn_replay_guard_new(tlsn_replay_guard **out, size_t entries,
                                  const struct tlsn_hooks *hooks)
{
    tlsn_replay_guard *g;

    if (!out)
        return TLSN_ERR_ARGUMENT;
    *out = NULL;
    if (entries == 0 || entries > ENTRIES_MAX)
        return TLSN_ERR_ARGUMENT;
    g = tlsni_alloc(hooks, sizeof *g);
    if (!g)
        return TLSN_ERR_NO_MEMORY;
    if (hooks)
        g->env = *hooks;
    if (draw_seed(g) != TLSN_OK || pthread_mutex_init(&g->lock, NULL) != 0) {
        tlsni_free(hooks, g);
        return TLSN_ERR_NO_MEMORY;
    }
    atomic_init(&g->references, 1);
    g->entries = (uint32_t)entries;
    g->bucket_count = 1;
    while (g->bucket_count < g->entries)
        g->bucket_count *= 2;
    g->began_ms = g->latest_ms = tlsni_now_ms(&g->env);
    *out = g;
    return TLSN_OK;
}

tlsn_replay_guard *tlsn_replay_guard_ref(tlsn_replay_guard *g)
{
    if (g)
        (void)atomic_fetch_add(&g->references, 1);
    return g;
}

void tlsn_replay_guard_free(tlsn_replay_guard *g)
{
    struct tlsn_hooks env;

    if (!g || atomic_fetch_sub(&g->references, 1) != 1)
        return;
    env = g->env;
    (void)pthread_mutex_destroy(&g->lock);
    tlsni_free(&env, g->ring);
    tlsni_free(&env, g->buckets);
    tlsni_free(&env, g);
}

static tlsn_status make_ring(tlsn_replay_guard *g)
{
    struct entry *ring;
    uint32_t *buckets;

    if (g->ring)
        return TLSN_OK;
    ring = tlsni_alloc_array(&g->env, g->entries, sizeof *ring);
    buckets = tlsni_alloc_array(&g->env, g->bucket_count, sizeof *buckets);
    if (!ring || !buckets) {
        tlsni_free(&g->env, ring);
        tlsni_free(&g->env, buckets);
        return TLSN_ERR_NO_MEMORY;
    }
    memset(buckets, 0xff, g->bucket_count * sizeof *buckets);
    g->ring = ring;
    g->buckets = buckets;
    return TLSN_OK;
}

/* FNV-1a. */
static uint32_t *bucket_of(const tlsn_replay_guard *g, const uint8_t *id)
{
    uint32_t h = 2166136261U ^ g->seed;

    for (size_t i = 0; i < ID_LEN; i++)
        h = (h ^ id[i]) * 16777619U;
    return &g->buckets[(h ^ h >> 16) & (g->bucket_count - 1)];
}

static bool is_there(const tlsn_replay_guard *g, const uint8_t *id)
{
    uint32_t i = *bucket_of(g, id);

    while (i != NONE && memcmp(g->ring[i].id, id, ID_LEN) != 0)
        i = g->ring[i].chain;
    return i != NONE;
}

/* The oldest one is at the end of its chain, since chains grow at their heads. */
static void drop_oldest(tlsn_replay_guard *g)
{
    uint32_t *link = bucket_of(g, g->ring[g->oldest].id);

    while (*link != g->oldest)
        link = &g->ring[*link].chain;
    *link = NONE;
    g->oldest = (g->oldest + 1) % g->entries;
    g->count--;
}

static void enter(tlsn_replay_guard *g, const uint8_t *id, int64_t until_ms)
{
    uint32_t at = (uint32_t)(((uint64_t)g->oldest + g->count) % g->entries);
    uint32_t *bucket = bucket_of(g, id);

    memcpy(g->ring[at].id, id, ID_LEN);
    g->ring[at].until_ms = until_ms;
    g->ring[at].chain = *bucket;
    *bucket = at;
    g->count++;
}

/* Somebody who is not in the ring any more, or never was, may have taken it.
 * @rfc 8446:8.2/2 */
static bool may_be_older(const tlsn_replay_guard *g, const struct tlsn_early_hello *h)
{
    return h->now_ms < g->latest_ms - h->window_ms ||
           (h->issued_ms < g->began_ms && h->sent_ms < g->began_ms + h->window_ms);
}

static tlsn_status note(tlsn_replay_guard *g, const struct tlsn_early_hello *h)
{
    tlsn_status st = make_ring(g);

    if (st != TLSN_OK)
        return st;
    if (h->now_ms > g->latest_ms)
        g->latest_ms = h->now_ms;
    while (g->count && g->ring[g->oldest].until_ms < g->latest_ms)
        drop_oldest(g);
    if (is_there(g, h->id.data))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    if (g->count == g->entries)
        return TLSN_ERR_TOO_MANY;
    enter(g, h->id.data, g->latest_ms + 3 * (int64_t)h->window_ms);
    return TLSN_OK;
}

/* @rfc 8446:8.2/1, 8446:8.2/3 */
tlsn_status tlsn_replay_guard_first(tlsn_replay_guard *g, const struct tlsn_early_hello *h)
{
    tlsn_status st = TLSN_ERR_NOT_FOUND;

    if (!g || !h || h->id.len != ID_LEN)
        return TLSN_ERR_ARGUMENT;
    (void)pthread_mutex_lock(&g->lock);
    if (!may_be_older(g, h))
        st = note(g, h);
    (void)pthread_mutex_unlock(&g->lock);
    return st;
}
