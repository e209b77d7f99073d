#include "req.h"
#include "support_env.h"

#include <tls-native.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { WINDOW = 1000, BEGAN = 1000000 };

static int64_t now_ms;

static int64_t now(void *ctx)
{
    (void)ctx;
    return now_ms;
}

static const struct tlsn_hooks hooks = { .now_ms = now };

/* A hello with this number, of a ticket of this time, that came as fast as it was sent. */
static tlsn_status first(tlsn_replay_guard *g, uint32_t n, int64_t issued_ms)
{
    uint8_t id[32] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16) };
    const struct tlsn_early_hello h = { { id, sizeof id }, issued_ms, now_ms, now_ms, WINDOW, false };

    return tlsn_replay_guard_first(g, &h);
}

static tlsn_replay_guard *make_at(size_t entries, int64_t ms)
{
    tlsn_replay_guard *g;

    now_ms = ms;
    assert_int_equal(tlsn_replay_guard_new(&g, entries, &hooks), TLSN_OK);
    return g;
}

static tlsn_replay_guard *make(size_t entries)
{
    return make_at(entries, BEGAN);
}

static void hello_is_new_once(void **state)
{
    tlsn_replay_guard *g = make(100);

    (void)state;
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(first(g, i, BEGAN), TLSN_OK);
    for (int64_t t = 0; t <= 2 * WINDOW; t += WINDOW / 4) {
        now_ms = BEGAN + t;
        for (uint32_t i = 0; i < 100; i++)
            assert_int_equal(first(g, i, BEGAN), TLSN_ERR_ILLEGAL_PARAMETER);
    }
    tlsn_replay_guard_free(g);
    REQ("8446:8.2/1");
}

static void memory_is_bounded_and_used_again(void **state)
{
    tlsn_replay_guard *g = make(7);
    uint32_t n = 0;

    (void)state;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 7; i++)
            assert_int_equal(first(g, n++, BEGAN), TLSN_OK);
        assert_int_equal(first(g, n, BEGAN), TLSN_ERR_TOO_MANY);
        now_ms += 3 * WINDOW + 1;
    }
    tlsn_replay_guard_free(g);
    REQ("8446:8.2/3");
}

/* Some leave while others come. */
static void entries_leave_in_order(void **state)
{
    tlsn_replay_guard *g = make(64);

    (void)state;
    for (uint32_t i = 0; i < 5000; i++) {
        now_ms += 3 * WINDOW / 50;
        assert_int_equal(first(g, i, BEGAN), TLSN_OK);
        for (uint32_t back = 1; back <= 50 && back <= i; back++)
            assert_int_equal(first(g, i - back, BEGAN), TLSN_ERR_ILLEGAL_PARAMETER);
    }
    tlsn_replay_guard_free(g);
}

static void what_came_before_is_refused(void **state)
{
    tlsn_replay_guard *g = make(8);

    (void)state;
    now_ms = BEGAN + WINDOW - 1;
    assert_int_equal(first(g, 1, BEGAN - 1), TLSN_ERR_NOT_FOUND);
    assert_int_equal(first(g, 1, BEGAN), TLSN_OK); /* of a younger ticket */
    now_ms = BEGAN + WINDOW;
    assert_int_equal(first(g, 2, BEGAN - 1), TLSN_OK);
    tlsn_replay_guard_free(g);
    REQ("8446:8.2/2");
}

static void clock_that_is_set_back_refuses(void **state)
{
    tlsn_replay_guard *g = make(8);

    (void)state;
    now_ms = BEGAN + 100 * WINDOW;
    assert_int_equal(first(g, 1, BEGAN), TLSN_OK);
    now_ms -= WINDOW;
    assert_int_equal(first(g, 2, BEGAN), TLSN_OK);
    now_ms--;
    assert_int_equal(first(g, 3, BEGAN), TLSN_ERR_NOT_FOUND);
    tlsn_replay_guard_free(g);
}

/* A hello with an external key that was made then. */
static tlsn_status first_external(tlsn_replay_guard *g, uint32_t n, int64_t made_ms)
{
    uint8_t id[32] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16) };
    const struct tlsn_early_hello h = { { id, sizeof id }, made_ms, 0, now_ms, WINDOW, true };

    return tlsn_replay_guard_first(g, &h);
}

/* It has no age, so that it is never forgotten; tickets have their own room. */
static void external_hello_is_new_once_and_for_good(void **state)
{
    tlsn_replay_guard *g = make(4);

    (void)state;
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(first_external(g, i, BEGAN), TLSN_OK);
    for (int later = 0; later < 3; later++) {
        for (uint32_t i = 0; i < 4; i++)
            assert_int_equal(first_external(g, i, BEGAN), TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(first_external(g, 4, BEGAN), TLSN_ERR_TOO_MANY);
        assert_int_equal(first(g, (uint32_t)later, BEGAN), TLSN_OK);
        now_ms += (int64_t)WINDOW * 1000 * 1000;
    }
    tlsn_replay_guard_free(g);
    REQ("8446:8.2/1");
}

/* Then others may have taken it. */
static void external_key_that_is_older_or_of_unknown_age_is_refused(void **state)
{
    tlsn_replay_guard *g = make(4);

    (void)state;
    now_ms = BEGAN + 100 * WINDOW;
    assert_int_equal(first_external(g, 1, 0), TLSN_ERR_NOT_FOUND);
    assert_int_equal(first_external(g, 1, BEGAN - 1), TLSN_ERR_NOT_FOUND);
    assert_int_equal(first_external(g, 1, BEGAN), TLSN_OK);
    tlsn_replay_guard_free(g);
    REQ("8446:8.2/2");
}

/* By the clock of whoever made it, which is ahead: a set that began in between would take it for its own. */
static void external_key_that_is_not_made_yet_is_refused(void **state)
{
    tlsn_replay_guard *g = make(4), *next;

    (void)state;
    assert_int_equal(first_external(g, 1, BEGAN + 1), TLSN_ERR_NOT_FOUND);
    now_ms = BEGAN + 1;
    assert_int_equal(first_external(g, 1, BEGAN + 1), TLSN_OK);
    tlsn_replay_guard_free(g);
    next = make_at(4, BEGAN + 2);
    assert_int_equal(first_external(next, 1, BEGAN + 1), TLSN_ERR_NOT_FOUND);
    tlsn_replay_guard_free(next);
    REQ("8446:8.2/2");
}

static void arguments_are_checked(void **state)
{
    tlsn_replay_guard *g = NULL;
    struct tlsn_early_hello h = { { (const uint8_t *)"short", 5 }, 0, 0, 0, 1, false };

    (void)state;
    assert_int_equal(tlsn_replay_guard_new(NULL, 1, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_replay_guard_new(&g, 0, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_replay_guard_new(&g, ((size_t)1 << 24) + 1, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_replay_guard_first(NULL, &h), TLSN_ERR_ARGUMENT);
    g = make(1);
    assert_int_equal(tlsn_replay_guard_first(g, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_replay_guard_first(g, &h), TLSN_ERR_ARGUMENT);
    assert_ptr_equal(tlsn_replay_guard_ref(g), g);
    tlsn_replay_guard_free(g);
    tlsn_replay_guard_free(g);
    tlsn_replay_guard_free(NULL);
}

enum { THREADS = 4, HELLOS = 5000 };

static atomic_uint taken;

static void *race(void *arg)
{
    for (uint32_t i = 0; i < HELLOS; i++)
        if (first(arg, i, BEGAN) == TLSN_OK)
            atomic_fetch_add(&taken, 1);
    return NULL;
}

static void threads_take_each_once(void **state)
{
    tlsn_replay_guard *g = make(HELLOS);
    pthread_t thread[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, race, g), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    assert_int_equal(taken, HELLOS);
    tlsn_replay_guard_free(g);
    REQ("8446:8/1");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_is_new_once),
        cmocka_unit_test(memory_is_bounded_and_used_again),
        cmocka_unit_test(entries_leave_in_order),
        cmocka_unit_test(what_came_before_is_refused),
        cmocka_unit_test(clock_that_is_set_back_refuses),
        cmocka_unit_test(external_hello_is_new_once_and_for_good),
        cmocka_unit_test(external_key_that_is_older_or_of_unknown_age_is_refused),
        cmocka_unit_test(external_key_that_is_not_made_yet_is_refused),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(threads_take_each_once),
    };

    return cmocka_run_group_tests_name("test_replay_guard", tests, NULL, NULL);
}
