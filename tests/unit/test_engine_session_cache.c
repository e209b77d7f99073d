#include "base/bytes.h"
#include "session_cache.h"
#include "support_env.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { FAR_MS = 2000000000 };

static struct tlsn_span text(const char *s)
{
    return tlsni_span_make(s, strlen(s));
}

static tlsn_status store(tlsn_session_cache *c, const char *id, const char *session)
{
    return tlsni_session_cache_store(c, text(id), text(session), FAR_MS);
}

/* The session under id, "" when there is none. */
static const char *find(tlsn_session_cache *c, const char *id, int64_t now_ms)
{
    static char found[64];
    struct tlsni_buf out = { 0 };
    tlsn_status st = tlsni_session_cache_lookup(c, text(id), now_ms, NULL, &out);

    memset(found, 0, sizeof found);
    if (st == TLSN_OK)
        memcpy(found, out.data, tlsni_buf_len(&out));
    else
        assert_int_equal(st, TLSN_ERR_NOT_FOUND);
    tlsni_buf_free(NULL, &out);
    return found;
}

static void cache_finds_what_was_stored(void **state)
{
    struct test_env t;
    tlsn_session_cache *c;

    (void)state;
    test_env_init(&t, 1);
    assert_int_equal(tlsn_session_cache_new(&c, 3, &t.hooks), TLSN_OK);
    assert_string_equal(find(c, "a", 0), "");
    assert_int_equal(store(c, "a", "one"), TLSN_OK);
    assert_int_equal(store(c, "b", "two"), TLSN_OK);
    assert_string_equal(find(c, "a", 0), "one");
    assert_string_equal(find(c, "b", 0), "two");
    assert_string_equal(find(c, "c", 0), "");
    assert_int_equal(tlsn_session_cache_count(c), 2);
    tlsn_session_cache_free(c);
    assert_int_equal(t.live, 0);
}

static void cache_replaces_the_oldest(void **state)
{
    tlsn_session_cache *c;

    (void)state;
    assert_int_equal(tlsn_session_cache_new(&c, 3, NULL), TLSN_OK);
    assert_int_equal(store(c, "a", "1"), TLSN_OK);
    assert_int_equal(store(c, "b", "2"), TLSN_OK);
    assert_int_equal(store(c, "c", "3"), TLSN_OK);
    /* "a" becomes the newest again, so "b" goes */
    assert_int_equal(store(c, "a", "4"), TLSN_OK);
    assert_int_equal(store(c, "d", "5"), TLSN_OK);
    assert_int_equal(tlsn_session_cache_count(c), 3);
    assert_string_equal(find(c, "b", 0), "");
    assert_string_equal(find(c, "a", 0), "4");
    assert_string_equal(find(c, "c", 0), "3");
    assert_string_equal(find(c, "d", 0), "5");
    tlsn_session_cache_free(c);
}

static void cache_of_one_entry_works(void **state)
{
    tlsn_session_cache *c;

    (void)state;
    assert_int_equal(tlsn_session_cache_new(&c, 1, NULL), TLSN_OK);
    assert_int_equal(store(c, "a", "1"), TLSN_OK);
    assert_int_equal(store(c, "b", "2"), TLSN_OK);
    assert_string_equal(find(c, "a", 0), "");
    assert_string_equal(find(c, "b", 0), "2");
    tlsni_session_cache_remove(c, text("b"));
    assert_int_equal(tlsn_session_cache_count(c), 0);
    assert_int_equal(store(c, "c", "3"), TLSN_OK);
    assert_string_equal(find(c, "c", 0), "3");
    tlsn_session_cache_free(c);
}

static void cache_entry_expires_at_its_time(void **state)
{
    tlsn_session_cache *c;

    (void)state;
    assert_int_equal(tlsn_session_cache_new(&c, 2, NULL), TLSN_OK);
    assert_int_equal(store(c, "a", "1"), TLSN_OK);
    assert_string_equal(find(c, "a", FAR_MS - 1), "1");
    assert_string_equal(find(c, "a", FAR_MS), "");
    assert_int_equal(tlsn_session_cache_count(c), 0);
    assert_string_equal(find(c, "a", 0), "");
    tlsn_session_cache_free(c);
}

static void cache_removes_one_entry(void **state)
{
    tlsn_session_cache *c;

    (void)state;
    assert_int_equal(tlsn_session_cache_new(&c, 4, NULL), TLSN_OK);
    tlsni_session_cache_remove(c, text("a"));
    assert_int_equal(store(c, "a", "1"), TLSN_OK);
    assert_int_equal(store(c, "b", "2"), TLSN_OK);
    assert_int_equal(store(c, "c", "3"), TLSN_OK);
    tlsni_session_cache_remove(c, text("b"));
    tlsni_session_cache_remove(c, text("b"));
    assert_string_equal(find(c, "a", 0), "1");
    assert_string_equal(find(c, "b", 0), "");
    assert_string_equal(find(c, "c", 0), "3");
    assert_int_equal(tlsn_session_cache_count(c), 2);
    tlsn_session_cache_free(c);
}

/* Many more entries than slots, with removals in between; a plain array is the model. */
static void cache_agrees_with_a_model(void **state)
{
    enum { KEYS = 64, SLOTS = 16, STEPS = 20000 };
    long stored_at[KEYS] = { 0 }, live = 0;
    unsigned long rnd = 1;
    tlsn_session_cache *c;

    (void)state;
    assert_int_equal(tlsn_session_cache_new(&c, SLOTS, NULL), TLSN_OK);
    for (long step = 1; step <= STEPS; step++) {
        unsigned key;
        char id[8];

        rnd = (rnd * 1103515245UL + 12345UL) & 0x7fffffffUL;
        key = (unsigned)(rnd >> 8) % KEYS;
        (void)snprintf(id, sizeof id, "k%u", key);
        assert_int_equal(find(c, id, 0)[0] != 0, stored_at[key] != 0);
        if (rnd >> 16 & 3) {
            if (!stored_at[key] && live == SLOTS) {
                unsigned oldest = 0;

                for (unsigned k = 0; k < KEYS; k++)
                    if (stored_at[k] && (!stored_at[oldest] || stored_at[k] < stored_at[oldest]))
                        oldest = k;
                stored_at[oldest] = 0;
                live--;
            }
            live += !stored_at[key];
            stored_at[key] = step;
            assert_int_equal(store(c, id, id), TLSN_OK);
        } else {
            live -= stored_at[key] != 0;
            stored_at[key] = 0;
            tlsni_session_cache_remove(c, text(id));
        }
        assert_int_equal(tlsn_session_cache_count(c), live);
    }
    tlsn_session_cache_free(c);
}

static void cache_wrong_arguments_are_refused(void **state)
{
    static const char long_id[] = "0123456789abcdef0123456789abcdef0";
    tlsn_session_cache *c;

    (void)state;
    assert_int_equal(tlsn_session_cache_new(&c, 0, NULL), TLSN_ERR_ARGUMENT);
    assert_null(c);
    assert_int_equal(tlsn_session_cache_new(NULL, 1, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_session_cache_new(&c, 1, NULL), TLSN_OK);
    assert_int_equal(store(c, "", "x"), TLSN_ERR_ARGUMENT);
    assert_int_equal(store(c, long_id, "x"), TLSN_ERR_ARGUMENT);
    assert_string_equal(find(c, long_id, 0), "");
    tlsn_session_cache_free(c);
    tlsn_session_cache_free(NULL);
    assert_int_equal(tlsn_session_cache_count(NULL), 0);
}

static void cache_lives_as_long_as_its_references(void **state)
{
    struct test_env t;
    tlsn_session_cache *c;

    (void)state;
    test_env_init(&t, 1);
    assert_int_equal(tlsn_session_cache_new(&c, 2, &t.hooks), TLSN_OK);
    assert_ptr_equal(tlsn_session_cache_ref(c), c);
    tlsn_session_cache_free(c);
    assert_int_equal(store(c, "a", "1"), TLSN_OK);
    assert_string_equal(find(c, "a", 0), "1");
    tlsn_session_cache_free(c);
    assert_int_equal(t.live, 0);
}

static void cache_without_memory_keeps_what_it_has(void **state)
{
    struct test_env t;
    tlsn_session_cache *c;

    (void)state;
    test_env_init(&t, 1);
    t.fail_at = t.allocs + 1;
    assert_int_equal(tlsn_session_cache_new(&c, 2, &t.hooks), TLSN_ERR_NO_MEMORY);
    t.fail_at = 0;
    assert_int_equal(tlsn_session_cache_new(&c, 2, &t.hooks), TLSN_OK);
    for (size_t n = 0; n < 3; n++) { /* the copy, the slots, the index */
        t.fail_at = t.allocs + n + 1;
        assert_int_equal(store(c, "a", "1"), TLSN_ERR_NO_MEMORY);
    }
    t.fail_at = 0;
    assert_int_equal(store(c, "a", "1"), TLSN_OK);
    t.fail_at = t.allocs + 1;
    assert_int_equal(store(c, "a", "2"), TLSN_ERR_NO_MEMORY);
    assert_string_equal(find(c, "a", 0), "1");
    tlsn_session_cache_free(c);
    assert_int_equal(t.live, 0);
}

static void *work(void *arg)
{
    tlsn_session_cache *c = tlsn_session_cache_ref(arg);

    for (int i = 0; i < 5000; i++) {
        struct tlsni_buf out = { 0 };
        char id[8], session[12];

        (void)snprintf(id, sizeof id, "%d", i * 7 % 50);
        (void)snprintf(session, sizeof session, "s%s", id);
        if (i % 5 == 0)
            tlsni_session_cache_remove(c, text(id));
        else if (store(c, id, session) != TLSN_OK)
            abort();
        /* Whoever stored it, under this id there is only this session. */
        if (tlsni_session_cache_lookup(c, text(id), 0, NULL, &out) == TLSN_OK &&
            !tlsni_span_eq(tlsni_span_make(out.data, tlsni_buf_len(&out)), text(session)))
            abort();
        tlsni_buf_free(NULL, &out);
    }
    tlsn_session_cache_free(c);
    return NULL;
}

static void cache_serves_several_threads(void **state)
{
    pthread_t threads[4];
    tlsn_session_cache *c;

    (void)state;
    assert_int_equal(tlsn_session_cache_new(&c, 20, NULL), TLSN_OK);
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, c), 0);
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_true(tlsn_session_cache_count(c) <= 20);
    tlsn_session_cache_free(c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(cache_finds_what_was_stored),
        cmocka_unit_test(cache_replaces_the_oldest),
        cmocka_unit_test(cache_of_one_entry_works),
        cmocka_unit_test(cache_entry_expires_at_its_time),
        cmocka_unit_test(cache_removes_one_entry),
        cmocka_unit_test(cache_agrees_with_a_model),
        cmocka_unit_test(cache_wrong_arguments_are_refused),
        cmocka_unit_test(cache_lives_as_long_as_its_references),
        cmocka_unit_test(cache_without_memory_keeps_what_it_has),
        cmocka_unit_test(cache_serves_several_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
