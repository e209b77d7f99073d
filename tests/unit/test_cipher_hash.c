#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cipher/hash.h"
#include "support_env.h"
#include "support_vectors.h"

#include <stdlib.h>
#include <string.h>

static const struct tlsni_hash *by_name(const char *name)
{
    for (int id = TLSNI_HASH_MD5; id <= TLSNI_HASH_SHA512; id++)
        if (strcmp(tlsni_hash_find((enum tlsni_hash_id)id)->name, name) == 0)
            return tlsni_hash_find((enum tlsni_hash_id)id);
    fail_msg("no hash %s", name);
    return NULL;
}

static void feed(struct tlsni_hash_ctx *ctx, struct tlsn_span msg, long repeat)
{
    for (long i = 0; i < repeat; i++)
        tlsni_hash_update(ctx, msg.data, msg.len);
}

/* RFC 1321, RFC 6234 */
static void hash_published_vectors_match(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/hash.txt");
    struct vec_block b = { 0 };
    unsigned count = 0;

    (void)state;
    assert_non_null(f);
    for (; vec_next(f, &b); count++) {
        const struct tlsni_hash *row = by_name(vec_label(&b));
        struct tlsn_span md = vec_bytes(&b, "md");
        uint8_t out[TLSNI_HASH_LEN_MAX];
        struct tlsni_hash_ctx ctx;

        assert_int_equal(md.len, row->len);
        tlsni_hash_init(&ctx, row);
        feed(&ctx, vec_bytes(&b, "msg"), vec_int(&b, "repeat", 1));
        tlsni_hash_peek(&ctx, out);
        assert_memory_equal(out, md.data, md.len);
    }
    assert_true(count >= 37);
    vec_block_clear(&b);
    vec_close(f);
}

static void hash_peek_between_updates_changes_nothing(void **state)
{
    uint8_t data[300], whole[TLSNI_HASH_LEN_MAX], part[TLSNI_HASH_LEN_MAX];
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    test_random(&env, data, sizeof data);
    for (int id = TLSNI_HASH_MD5; id <= TLSNI_HASH_SHA512; id++) {
        const struct tlsni_hash *row = tlsni_hash_find((enum tlsni_hash_id)id);
        struct tlsni_hash_ctx ctx;

        tlsni_hash_init(&ctx, row);
        for (size_t at = 0; at < sizeof data; at += 25) {
            tlsni_hash_once(row, data, at, whole);
            tlsni_hash_peek(&ctx, part);
            assert_memory_equal(part, whole, row->len);
            tlsni_hash_update(&ctx, data + at, 25);
        }
    }
}

static void hash_copied_context_goes_on_by_itself(void **state)
{
    uint8_t first[TLSNI_HASH_LEN_MAX], second[TLSNI_HASH_LEN_MAX];
    struct tlsni_hash_ctx a, b;

    (void)state;
    tlsni_hash_init(&a, tlsni_hash_find(TLSNI_HASH_SHA256));
    tlsni_hash_update(&a, "ab", 2);
    b = a;
    tlsni_hash_update(&a, "x", 1);
    tlsni_hash_update(&b, "c", 1);
    tlsni_hash_peek(&b, first);
    tlsni_hash_once(a.row, "abc", 3, second);
    assert_memory_equal(first, second, a.row->len);
}

/* Padding a message by hand and compressing block by block has to end in the digest. */
static void hash_compress_and_chaining_make_the_digest(void **state)
{
    (void)state;
    for (int id = TLSNI_HASH_MD5; id <= TLSNI_HASH_SHA512; id++) {
        const struct tlsni_hash *row = tlsni_hash_find((enum tlsni_hash_id)id);
        uint8_t block[TLSNI_HASH_BLOCK_MAX] = "abc\x80", out[TLSNI_HASH_LEN_MAX] = { 0 };
        uint8_t expected[TLSNI_HASH_LEN_MAX];
        union tlsni_hash_state s;

        block[id == TLSNI_HASH_MD5 ? row->block_len - row->length_field : row->block_len - 1] = 24;
        row->init(&s);
        row->compress(&s, block);
        row->chaining(&s, out);
        tlsni_hash_once(row, "abc", 3, expected);
        assert_memory_equal(out, expected, row->len);
    }
}

static void hash_rows_are_consistent(void **state)
{
    (void)state;
    assert_null(tlsni_hash_find(TLSNI_HASH_NONE));
    assert_null(tlsni_hash_find((enum tlsni_hash_id)7));
    assert_null(tlsni_hash_find((enum tlsni_hash_id)255));
    for (int id = TLSNI_HASH_MD5; id <= TLSNI_HASH_SHA512; id++) {
        const struct tlsni_hash *row = tlsni_hash_find((enum tlsni_hash_id)id);

        assert_int_equal(row->id, id);
        assert_true(row->len <= TLSNI_HASH_LEN_MAX && row->block_len <= TLSNI_HASH_BLOCK_MAX);
        assert_true(row->state_len <= sizeof(union tlsni_hash_state));
        assert_int_equal(row->length_field, row->block_len / 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_published_vectors_match),
        cmocka_unit_test(hash_peek_between_updates_changes_nothing),
        cmocka_unit_test(hash_copied_context_goes_on_by_itself),
        cmocka_unit_test(hash_compress_and_chaining_make_the_digest),
        cmocka_unit_test(hash_rows_are_consistent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
