#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/env.h"
#include "req.h"
#include "support_env.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void random_comes_from_the_hook(void **state)
{
    struct test_env env, same;
    uint8_t a[100], b[100];

    (void)state;
    test_env_init(&env, 42);
    test_env_init(&same, 42);
    assert_int_equal(tlsni_random(&env.hooks, a, sizeof a), TLSN_OK);
    assert_int_equal(env.random_calls, 1);
    test_random(&same, b, sizeof b);
    assert_memory_equal(a, b, sizeof a);
}

static void random_of_no_bytes_asks_nobody(void **state)
{
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    env.random_fails = true;
    assert_int_equal(tlsni_random(&env.hooks, NULL, 0), TLSN_OK);
    assert_int_equal(env.random_calls, 0);
}

static void random_failure_leaves_zeros(void **state)
{
    uint8_t out[20], zero[20] = { 0 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    env.random_fails = true;
    memset(out, 7, sizeof out);
    assert_int_equal(tlsni_random(&env.hooks, out, sizeof out), TLSN_ERR_RANDOM);
    assert_memory_equal(out, zero, sizeof out);
}

/* Above 256 bytes getrandom(2) may give less than was asked for. */
static void random_of_the_system_fills_everything(void **state)
{
    static uint8_t a[5000], b[5000];
    size_t zeros = 0;

    (void)state;
    assert_int_equal(tlsni_random(NULL, a, sizeof a), TLSN_OK);
    assert_int_equal(tlsni_random(NULL, b, sizeof b), TLSN_OK);
    assert_memory_not_equal(a, b, sizeof a);
    for (size_t i = 0; i < sizeof a; i++)
        zeros += a[i] == 0;
    assert_true(zeros < 200);
    assert_memory_not_equal(a + sizeof a - 32, (uint8_t[32]){ 0 }, 32);
}

/* A generator with a state of its own would give a child what it gives the parent. */
static void random_of_the_system_differs_behind_fork(void **state)
{
    uint8_t here[32], there[32];
    int ends[2], status;
    pid_t child;

    (void)state;
    assert_int_equal(tlsni_random(NULL, here, 1), TLSN_OK);
    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool ok = tlsni_random(NULL, there, sizeof there) == TLSN_OK &&
                  write(ends[1], there, sizeof there) == (ssize_t)sizeof there;

        _exit(ok ? 0 : 1);
    }
    assert_int_equal(read(ends[0], there, sizeof there), sizeof there);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_int_equal(tlsni_random(NULL, here, sizeof here), TLSN_OK);
    assert_memory_not_equal(here, there, sizeof here);
    REQ("5246:D.1/1");
}

static void seconds_are_milliseconds_rounded_down(void **state)
{
    static const struct {
        int64_t ms, s;
    } rows[] = { { 0, 0 }, { 999, 0 }, { 1000, 1 }, { -1, -1 }, { -1000, -1 }, { -1001, -2 } };
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        env.now_ms = rows[i].ms;
        assert_true(tlsni_now_ms(&env.hooks) == rows[i].ms);
        assert_true(tlsni_now_s(&env.hooks) == rows[i].s);
    }
}

/* After this was written and before the year 2200. */
static void clock_of_the_system_is_plausible(void **state)
{
    struct tlsn_hooks none = { 0 };

    (void)state;
    assert_true(tlsni_now_s(NULL) > 1700000000);
    assert_true(tlsni_now_s(&none) < INT64_C(7258118400));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_comes_from_the_hook),
        cmocka_unit_test(random_of_no_bytes_asks_nobody),
        cmocka_unit_test(random_failure_leaves_zeros),
        cmocka_unit_test(random_of_the_system_fills_everything),
        cmocka_unit_test(random_of_the_system_differs_behind_fork),
        cmocka_unit_test(seconds_are_milliseconds_rounded_down),
        cmocka_unit_test(clock_of_the_system_is_plausible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
