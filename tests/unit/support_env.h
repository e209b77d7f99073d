/* support_env.h - an environment for tests: seeded randomness, a clock that stands still, and
 * memory that is counted and can be made to fail. */
#ifndef TLSNI_TESTS_SUPPORT_ENV_H
#define TLSNI_TESTS_SUPPORT_ENV_H

#include <tls-native/types.h>

struct test_env {
    struct tlsn_hooks hooks; /* hand out &env.hooks */
    uint64_t seed;
    int64_t now_ms;
    size_t allocs;       /* blocks handed out so far */
    size_t live;         /* of them not yet released */
    size_t fail_at;      /* the allocation with this number, from 1, fails and all later ones; or 0 */
    size_t random_calls;
    bool random_fails;
};

void test_env_init(struct test_env *env, uint64_t seed);
/* The generator behind env->hooks.random, for test data. */
void test_random(struct test_env *env, void *out, size_t len);
/* A number below n > 0. */
size_t test_below(struct test_env *env, size_t n);

#endif
