#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cipher/block.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <string.h>

static const enum tlsni_block_id ids[] = { TLSNI_BLOCK_AES_128, TLSNI_BLOCK_AES_256,
                                           TLSNI_BLOCK_CAMELLIA_128, TLSNI_BLOCK_CAMELLIA_256,
                                           TLSNI_BLOCK_3DES_EDE, TLSNI_BLOCK_ARIA_128,
                                           TLSNI_BLOCK_ARIA_256, TLSNI_BLOCK_DES, TLSNI_BLOCK_DES40,
                                           TLSNI_BLOCK_RC2_128, TLSNI_BLOCK_RC2_40,
                                           TLSNI_BLOCK_RC2_56, TLSNI_BLOCK_IDEA,
                                           TLSNI_BLOCK_SEED };
enum { IDS = sizeof ids / sizeof *ids };

static const struct tlsni_block *by_name(const char *name)
{
    for (size_t i = 0; i < IDS; i++)
        if (strcmp(tlsni_block_find(ids[i])->name, name) == 0)
            return tlsni_block_find(ids[i]);
    fail_msg("no block cipher %s", name);
    return NULL;
}

/* NIST SP 800-38A F.2, RFC 3713 A, NIST SP 800-67 B.1, RFC 5794 A, and those that the file names */
static void block_cbc_published_vectors_match(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/cbc.txt");
    struct vec_block b = { 0 };
    unsigned count = 0;

    (void)state;
    assert_non_null(f);
    for (; vec_next(f, &b); count++) {
        const struct tlsni_block *row = by_name(vec_label(&b));
        struct tlsn_span msg = vec_bytes(&b, "msg"), ct = vec_bytes(&b, "ct");
        uint8_t s[512] __attribute__((aligned(16))), iv[16], out[128];

        row->set_encrypt_key(s, vec_bytes(&b, "key").data);
        memcpy(iv, vec_bytes(&b, "iv").data, row->block_len);
        row->cbc_encrypt(s, iv, out, msg.data, msg.len);
        assert_memory_equal(out, ct.data, ct.len);
        row->set_decrypt_key(s, vec_bytes(&b, "key").data);
        memcpy(iv, vec_bytes(&b, "iv").data, row->block_len);
        row->cbc_decrypt(s, iv, out, out, ct.len);
        assert_memory_equal(out, msg.data, msg.len);
    }
    assert_int_equal(count, 20);
    vec_block_clear(&b);
    vec_close(f);
    REQ("4132:3.1/1");
    REQ("4162:3.1/1");
    REQ("5469:2/1");
    REQ("5469:3/1");
}

static void block_cbc_iv_carries_on_between_calls(void **state)
{
    uint8_t key[32], plain[1024], whole[1024], parts[1024], iv[16], start[16];
    uint8_t e[512] __attribute__((aligned(16))), d[512] __attribute__((aligned(16)));
    struct test_env env;

    (void)state;
    test_env_init(&env, 5);
    test_random(&env, key, sizeof key);
    test_random(&env, plain, sizeof plain);
    test_random(&env, start, sizeof start);
    for (size_t i = 0; i < IDS; i++) {
        const struct tlsni_block *row = tlsni_block_find(ids[i]);
        size_t n = row->block_len;

        row->set_encrypt_key(e, key);
        row->set_decrypt_key(d, key);
        memcpy(iv, start, 16);
        row->cbc_encrypt(e, iv, whole, plain, sizeof plain);
        assert_memory_equal(iv, whole + sizeof whole - n, n);
        for (size_t cut = 0; cut <= sizeof plain; cut += n) {
            memcpy(iv, start, 16);
            memcpy(parts, plain, sizeof plain);
            row->cbc_encrypt(e, iv, parts, parts, cut);
            row->cbc_encrypt(e, iv, parts + cut, parts + cut, sizeof parts - cut);
            assert_memory_equal(parts, whole, sizeof whole);
            memcpy(iv, start, 16);
            row->cbc_decrypt(d, iv, parts, whole, cut);
            row->cbc_decrypt(d, iv, parts + cut, parts + cut, sizeof parts - cut);
            assert_memory_equal(parts, plain, sizeof plain);
            assert_memory_equal(iv, whole + sizeof whole - n, n);
        }
    }
}

static void block_rows_are_consistent(void **state)
{
    (void)state;
    assert_null(tlsni_block_find((enum tlsni_block_id)0));
    assert_null(tlsni_block_find((enum tlsni_block_id)99));
    for (size_t i = 0; i < IDS; i++) {
        const struct tlsni_block *row = tlsni_block_find(ids[i]);

        assert_int_equal(row->id, ids[i]);
        assert_true(row->key_len <= TLSNI_BLOCK_KEY_MAX && row->block_len <= TLSNI_BLOCK_LEN_MAX);
        /* NIST SP 800-67 Revision 2, 3.1 */
        assert_true(row->block_limit == (row->block_len == 8 ? 1U << 20 : UINT64_MAX));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_cbc_published_vectors_match),
        cmocka_unit_test(block_cbc_iv_carries_on_between_calls),
        cmocka_unit_test(block_rows_are_consistent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
