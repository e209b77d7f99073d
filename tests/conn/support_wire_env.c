#include "support_wire.h"

#include <stdlib.h>
#include <string.h>

/* In front of each block: its length. */
enum { HEAD = 16 };

static void *take(void *ctx, size_t len)
{
    struct wire_env *env = ctx;
    size_t number = ++env->allocs;
    uint8_t *block;

    if (env->fail_at && (number == env->fail_at || (env->fail_on && number > env->fail_at))) {
        env->failed++;
        return NULL;
    }
    block = malloc(HEAD + len);
    if (!block)
        return NULL;
    memcpy(block, &len, sizeof len);
    env->live++;
    env->live_bytes += len;
    return block + HEAD;
}

bool wire_holds(const void *block, size_t size, const void *bytes, size_t len)
{
    const uint8_t *p = block;

    for (size_t i = 0; i + len <= size; i++)
        if (memcmp(p + i, bytes, len) == 0)
            return true;
    return false;
}

static void give(void *ctx, void *p)
{
    struct wire_env *env = ctx;
    uint8_t *block = p;
    size_t len;

    if (!block)
        return;
    memcpy(&len, block - HEAD, sizeof len);
    for (size_t i = 0; i < env->secrets; i++)
        env->leaks += wire_holds(block, len, env->secret[i].data, env->secret[i].len);
    env->live--;
    env->live_bytes -= len;
    free(block - HEAD);
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t wire_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15U;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static tlsn_status draw(void *ctx, void *out, size_t len)
{
    struct wire_env *env = ctx;
    uint8_t *p = out;

    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)(wire_random(&env->seed) >> 56);
    return TLSN_OK;
}

static int64_t now(void *ctx)
{
    const struct wire_env *env = ctx;

    return env->now_ms;
}

void wire_env_init(struct wire_env *env, uint64_t seed)
{
    *env = (struct wire_env){
        .hooks = { take, give, env, draw, env, now, env },
        .seed = seed,
        .now_ms = 1700000000000,
    };
}

void wire_watch(struct wire_env *env, const void *secret, size_t len)
{
    struct wire_secret *s = &env->secret[env->secrets++];

    memcpy(s->data, secret, len);
    s->len = len;
}
