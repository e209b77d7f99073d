#include "support_env.h"

#include <stdlib.h>

static void *counted_alloc(void *ctx, size_t len)
{
    struct test_env *env = ctx;
    void *p;

    if (env->fail_at && env->allocs + 1 >= env->fail_at)
        return NULL;
    p = malloc(len);
    if (p) {
        env->allocs++;
        env->live++;
    }
    return p;
}

static void counted_release(void *ctx, void *block)
{
    struct test_env *env = ctx;

    if (block)
        env->live--;
    free(block);
}

/* SplitMix64 (Steele, Lea, Flood 2014): full period from any seed. */
static uint64_t next(struct test_env *env)
{
    uint64_t z = env->seed += 0x9e3779b97f4a7c15U;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

void test_random(struct test_env *env, void *out, size_t len)
{
    uint8_t *p = out;

    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)(next(env) >> 56);
}

size_t test_below(struct test_env *env, size_t n)
{
    return (size_t)(next(env) % n);
}

static tlsn_status seeded_random(void *ctx, void *out, size_t len)
{
    struct test_env *env = ctx;

    env->random_calls++;
    if (env->random_fails)
        return TLSN_ERR_RANDOM;
    test_random(env, out, len);
    return TLSN_OK;
}

static int64_t fixed_now(void *ctx)
{
    const struct test_env *env = ctx;

    return env->now_ms;
}

void test_env_init(struct test_env *env, uint64_t seed)
{
    *env = (struct test_env){
        .hooks = { counted_alloc, counted_release, env, seeded_random, env, fixed_now, env },
        .seed = seed,
        .now_ms = 1700000000000,
    };
}
