/* replay_guard.c - which ClientHellos with early data have been here (RFC 8446 8.2): a bounded, thread-safe set
 * of their binders.
 *
 * An entry is kept for three windows from its arrival: behind two the age of its ticket is wrong, and the clock
 * may be set back by one. So entries leave in the order in which they came, and a ring holds them, with chains of
 * the hash index through it. What does not fit is refused, never forgotten. Binders are made with keys that clients
 * know, who could choose them to meet in one chain: the index is seeded.
 *
 * Before the set began others may have taken a ClientHello that can still come again: what was sent up to a
 * window later than that is refused, unless its ticket is younger than the set, for nobody has taken early
 * data with it before. The same holds when the clock is set back by more.
 *
 * With external keys there is no age, so that a ClientHello is good for ever: those are in a set of their own that
 * no entry leaves, and the key has to be younger than the set. One that by its time is not made yet is refused: a
 * set that begins before that time comes would be older than the key, but not than what came with it. */
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

struct set {
    uint32_t count, oldest;
    struct entry *ring; /* owned; NULL before the first entry */
    uint32_t *buckets;  /* owned */
};

struct tlsn_replay_guard {
    struct tlsn_hooks env;
    atomic_uint references;
    pthread_mutex_t lock;   /* guards everything below */
    uint32_t entries;       /* of each set */
    uint32_t bucket_count;  /* a power of two */
    uint32_t seed;
    struct set tickets, external;
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

static void free_set(const struct tlsn_hooks *env, struct set *s)
{
    tlsni_free(env, s->ring);
    tlsni_free(env, s->buckets);
}

void tlsn_replay_guard_free(tlsn_replay_guard *g)
{
    struct tlsn_hooks env;

    if (!g || atomic_fetch_sub(&g->references, 1) != 1)
        return;
    env = g->env;
    (void)pthread_mutex_destroy(&g->lock);
    free_set(&env, &g->tickets);
    free_set(&env, &g->external);
    tlsni_free(&env, g);
}

static tlsn_status make_set(const tlsn_replay_guard *g, struct set *s)
{
    struct set made = { 0 };

    if (s->ring)
        return TLSN_OK;
    made.ring = tlsni_alloc_array(&g->env, g->entries, sizeof *made.ring);
    made.buckets = tlsni_alloc_array(&g->env, g->bucket_count, sizeof *made.buckets);
    if (!made.ring || !made.buckets) {
        free_set(&g->env, &made);
        return TLSN_ERR_NO_MEMORY;
    }
    memset(made.buckets, 0xff, g->bucket_count * sizeof *made.buckets);
    *s = made;
    return TLSN_OK;
}

/* FNV-1a. */
static uint32_t *bucket_of(const tlsn_replay_guard *g, const struct set *s, const uint8_t *id)
{
    uint32_t h = 2166136261U ^ g->seed;

    for (size_t i = 0; i < ID_LEN; i++)
        h = (h ^ id[i]) * 16777619U;
    return &s->buckets[(h ^ h >> 16) & (g->bucket_count - 1)];
}

static bool is_there(const tlsn_replay_guard *g, const struct set *s, const uint8_t *id)
{
    uint32_t i = *bucket_of(g, s, id);

    while (i != NONE && memcmp(s->ring[i].id, id, ID_LEN) != 0)
        i = s->ring[i].chain;
    return i != NONE;
}

/* The oldest one is at the end of its chain, since chains grow at their heads. */
static void drop_oldest(const tlsn_replay_guard *g, struct set *s)
{
    uint32_t *link = bucket_of(g, s, s->ring[s->oldest].id);

    while (*link != s->oldest)
        link = &s->ring[*link].chain;
    *link = NONE;
    s->oldest = (s->oldest + 1) % g->entries;
    s->count--;
}

static void enter(const tlsn_replay_guard *g, struct set *s, const uint8_t *id, int64_t until_ms)
{
    uint32_t at = (uint32_t)(((uint64_t)s->oldest + s->count) % g->entries);
    uint32_t *bucket = bucket_of(g, s, id);

    memcpy(s->ring[at].id, id, ID_LEN);
    s->ring[at].until_ms = until_ms;
    s->ring[at].chain = *bucket;
    *bucket = at;
    s->count++;
}

/* Somebody who is not in the ring any more, or never was, may have taken it.
 * @rfc 8446:8.2/2 */
static bool may_be_older(const tlsn_replay_guard *g, const struct tlsn_early_hello *h)
{
    return h->now_ms < g->latest_ms - h->window_ms || (h->external && h->issued_ms > h->now_ms) ||
           (h->issued_ms < g->began_ms && (h->external || h->sent_ms < g->began_ms + h->window_ms));
}

static tlsn_status note(tlsn_replay_guard *g, const struct tlsn_early_hello *h)
{
    struct set *s = h->external ? &g->external : &g->tickets;
    tlsn_status st = make_set(g, s);

    if (st != TLSN_OK)
        return st;
    if (h->now_ms > g->latest_ms)
        g->latest_ms = h->now_ms;
    while (s->count && s->ring[s->oldest].until_ms < g->latest_ms)
        drop_oldest(g, s);
    if (is_there(g, s, h->id.data))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    if (s->count == g->entries)
        return TLSN_ERR_TOO_MANY;
    enter(g, s, h->id.data, h->external ? INT64_MAX : g->latest_ms + 3 * (int64_t)h->window_ms);
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
