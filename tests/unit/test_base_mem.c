#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "support_env.h"

#include <stdlib.h>
#include <string.h>

static void alloc_gives_zeroed_blocks(void **state)
{
    static const uint8_t zero[1000];
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    for (size_t len = 0; len < sizeof zero; len += 37) {
        void *p = tlsni_alloc(&env.hooks, len);

        assert_non_null(p);
        assert_memory_equal(p, zero, len);
        memset(p, 0xff, len);
        tlsni_free(&env.hooks, p);
    }
    assert_int_equal(env.live, 0);
}

static void alloc_without_hooks_uses_the_system(void **state)
{
    struct tlsn_hooks none = { 0 };
    uint8_t *p = tlsni_alloc(NULL, 10), *q = tlsni_alloc(&none, 10);

    (void)state;
    assert_non_null(p);
    assert_non_null(q);
    tlsni_free_secret(NULL, p, 10);
    tlsni_free(&none, q);
    tlsni_free(NULL, NULL);
    tlsni_free_secret(NULL, NULL, 10);
}

static void alloc_array_refuses_overflow(void **state)
{
    struct test_env env;
    void *p;

    (void)state;
    test_env_init(&env, 1);
    assert_null(tlsni_alloc_array(&env.hooks, SIZE_MAX / 2, 3));
    assert_null(tlsni_alloc_array(&env.hooks, 3, SIZE_MAX / 2));
    assert_int_equal(env.allocs, 0);
    p = tlsni_alloc_array(&env.hooks, 3, 5);
    assert_non_null(p);
    tlsni_free(&env.hooks, p);
}

static void copies_are_copies(void **state)
{
    struct test_env env;
    uint8_t *p;
    char *s;

    (void)state;
    test_env_init(&env, 1);
    p = tlsni_memdup(&env.hooks, "abc", 3);
    s = tlsni_strndup(&env.hooks, "abcdef", 3);
    assert_memory_equal(p, "abc", 3);
    assert_string_equal(s, "abc");
    tlsni_free(&env.hooks, p);
    tlsni_free(&env.hooks, s);
    p = tlsni_memdup(&env.hooks, NULL, 0);
    assert_non_null(p);
    tlsni_free(&env.hooks, p);
    assert_int_equal(env.live, 0);
}

static void out_of_memory_is_null(void **state)
{
    struct tlsni_buf b = { 0 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    env.fail_at = 1;
    assert_null(tlsni_alloc(&env.hooks, 5));
    assert_null(tlsni_alloc_array(&env.hooks, 5, 5));
    assert_null(tlsni_memdup(&env.hooks, "x", 1));
    assert_null(tlsni_strndup(&env.hooks, "x", 1));
    assert_int_equal(tlsni_buf_append(&env.hooks, &b, "x", 1), TLSN_ERR_NO_MEMORY);
    assert_int_equal(tlsni_buf_len(&b), 0);
}

static void wipe_writes_zeros(void **state)
{
    uint8_t data[40], expected[40];

    (void)state;
    memset(data, 1, sizeof data);
    memset(expected, 1, sizeof expected);
    memset(expected + 3, 0, 30);
    tlsni_wipe(data + 3, 30);
    assert_memory_equal(data, expected, sizeof data);
    tlsni_wipe(NULL, 0);
}

/* What free_secret hands to the allocator is already zero. */
static uint8_t seen[8];

static void *plain_alloc(void *ctx, size_t len)
{
    (void)ctx;
    return malloc(len);
}

static void spy_release(void *ctx, void *block)
{
    (void)ctx;
    memcpy(seen, block, sizeof seen);
    free(block);
}

static void free_secret_wipes_first(void **state)
{
    const struct tlsn_hooks hooks = { .alloc = plain_alloc, .release = spy_release };
    static const uint8_t zero[sizeof seen];
    void *p = tlsni_memdup(&hooks, "secret!!", 8);

    (void)state;
    memset(seen, 1, sizeof seen);
    tlsni_free_secret(&hooks, p, 8);
    assert_memory_equal(seen, zero, sizeof seen);
}

/* Appending and skipping in random amounts, against a large array that never moves. */
static void buf_is_a_queue_of_bytes(void **state)
{
    static uint8_t model[200000];
    struct tlsni_buf b = { 0 };
    size_t start = 0, end = 0;
    struct test_env env;

    (void)state;
    test_env_init(&env, 3);
    test_random(&env, model, sizeof model);
    while (end + 300 < sizeof model) {
        size_t n = test_below(&env, 300);

        assert_int_equal(tlsni_buf_append(&env.hooks, &b, model + end, n), TLSN_OK);
        end += n;
        n = test_below(&env, end - start + 1);
        tlsni_buf_skip(&b, n);
        start += n;
        assert_int_equal(tlsni_buf_len(&b), end - start);
        if (end > start)
            assert_memory_equal(b.data + b.start, model + start, end - start);
    }
    assert_true(b.cap < 4000);
    tlsni_buf_free(&env.hooks, &b);
    assert_int_equal(env.live, 0);
    assert_int_equal(b.cap, 0);
}

static void buf_trim_leaves_a_block_of_the_contents_size(void **state)
{
    struct tlsni_buf b = { 0 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    assert_int_equal(tlsni_buf_reserve(&env.hooks, &b, 1000), TLSN_OK);
    assert_int_equal(tlsni_buf_append(&env.hooks, &b, "abcdef", 6), TLSN_OK);
    tlsni_buf_skip(&b, 2);
    assert_int_equal(tlsni_buf_trim(&env.hooks, &b), TLSN_OK);
    assert_int_equal(b.cap, 4);
    assert_memory_equal(b.data, "cdef", 4);
    tlsni_buf_skip(&b, 4);
    assert_int_equal(tlsni_buf_trim(&env.hooks, &b), TLSN_OK);
    assert_int_equal(b.cap, 0);
    assert_int_equal(env.live, 0);
}

static void buf_failed_growth_keeps_the_content(void **state)
{
    struct tlsni_buf b = { 0 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    assert_int_equal(tlsni_buf_append(&env.hooks, &b, "abc", 3), TLSN_OK);
    env.fail_at = env.allocs + 1;
    assert_int_equal(tlsni_buf_reserve(&env.hooks, &b, 1000), TLSN_ERR_NO_MEMORY);
    assert_int_equal(tlsni_buf_reserve(&env.hooks, &b, SIZE_MAX - 1), TLSN_ERR_NO_MEMORY);
    assert_int_equal(tlsni_buf_len(&b), 3);
    assert_memory_equal(b.data + b.start, "abc", 3);
    tlsni_buf_free(&env.hooks, &b);
}

static void bytes_take_over_a_buffer_in_a_block_of_its_size(void **state)
{
    struct tlsni_bytes bytes = { 0 };
    struct tlsni_buf b = { 0 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    assert_int_equal(tlsni_bytes_set(&env.hooks, &bytes, "before", 6), TLSN_OK);
    assert_int_equal(tlsni_buf_reserve(&env.hooks, &b, 1000), TLSN_OK);
    assert_int_equal(tlsni_buf_append(&env.hooks, &b, "xabc", 4), TLSN_OK);
    tlsni_buf_skip(&b, 1);
    env.fail_at = env.allocs + 1;
    assert_int_equal(tlsni_bytes_take(&env.hooks, &bytes, &b), TLSN_ERR_NO_MEMORY);
    assert_memory_equal(bytes.data, "before", 6);
    assert_int_equal(tlsni_buf_len(&b), 3);
    env.fail_at = 0;
    assert_int_equal(tlsni_bytes_take(&env.hooks, &bytes, &b), TLSN_OK);
    assert_int_equal(bytes.len, 3);
    assert_memory_equal(bytes.data, "abc", 3);
    assert_int_equal(env.live, 1);
    assert_null(b.data);
    assert_int_equal(tlsni_bytes_take(&env.hooks, &bytes, &b), TLSN_OK);
    assert_null(bytes.data);
    assert_int_equal(env.live, 0);
}

static void bytes_out_of_memory_keep_what_was_there(void **state)
{
    struct tlsni_bytes bytes = { 0 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    assert_int_equal(tlsni_bytes_set(&env.hooks, &bytes, "before", 6), TLSN_OK);
    env.fail_at = env.allocs + 1;
    assert_int_equal(tlsni_bytes_set(&env.hooks, &bytes, "behind", 6), TLSN_ERR_NO_MEMORY);
    assert_memory_equal(bytes.data, "before", 6);
    assert_int_equal(tlsni_bytes_set(&env.hooks, &bytes, NULL, 0), TLSN_OK);
    assert_int_equal(bytes.len, 0);
    assert_int_equal(env.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alloc_gives_zeroed_blocks),
        cmocka_unit_test(alloc_without_hooks_uses_the_system),
        cmocka_unit_test(alloc_array_refuses_overflow),
        cmocka_unit_test(copies_are_copies),
        cmocka_unit_test(out_of_memory_is_null),
        cmocka_unit_test(wipe_writes_zeros),
        cmocka_unit_test(free_secret_wipes_first),
        cmocka_unit_test(buf_is_a_queue_of_bytes),
        cmocka_unit_test(buf_trim_leaves_a_block_of_the_contents_size),
        cmocka_unit_test(buf_failed_growth_keeps_the_content),
        cmocka_unit_test(bytes_take_over_a_buffer_in_a_block_of_its_size),
        cmocka_unit_test(bytes_out_of_memory_keep_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
