#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cipher/aead.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <stdlib.h>
#include <string.h>

static const enum tlsni_aead_id ids[] = { TLSNI_AEAD_AES_128_GCM, TLSNI_AEAD_AES_256_GCM,
                                          TLSNI_AEAD_CHACHA20_POLY1305,
                                          TLSNI_AEAD_AES_128_CCM,
                                          TLSNI_AEAD_AES_256_CCM,
                                          TLSNI_AEAD_AES_128_CCM_8,
                                          TLSNI_AEAD_AES_256_CCM_8,
                                          TLSNI_AEAD_CAMELLIA_128_GCM,
                                          TLSNI_AEAD_CAMELLIA_256_GCM,
                                          TLSNI_AEAD_ARIA_128_GCM,
                                          TLSNI_AEAD_ARIA_256_GCM };
enum { IDS = sizeof ids / sizeof *ids };

static const struct tlsni_aead *by_name(const char *name)
{
    for (size_t i = 0; i < IDS; i++)
        if (strcmp(tlsni_aead_find(ids[i])->name, name) == 0)
            return tlsni_aead_find(ids[i]);
    fail_msg("no AEAD %s", name);
    return NULL;
}

static void *keyed(const struct tlsni_aead *row, const uint8_t *key)
{
    void *state = aligned_alloc(16, (row->state_len + 15U) & ~15U);

    assert_non_null(state);
    row->set_key(state, key);
    return state;
}

/* GCM specification appendix B, RFC 8439, NIST SP 800-38C */
static void aead_published_vectors_match(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/aead.txt");
    struct vec_block b = { 0 };
    unsigned count = 0;

    (void)state;
    assert_non_null(f);
    for (; vec_next(f, &b); count++) {
        const struct tlsni_aead *row = by_name(vec_label(&b));
        struct tlsn_span nonce = vec_bytes(&b, "nonce"), aad = vec_bytes(&b, "aad");
        struct tlsn_span msg = vec_bytes(&b, "msg"), ct = vec_bytes(&b, "ct");
        struct tlsn_span tag = vec_bytes(&b, "tag");
        void *s = keyed(row, vec_bytes(&b, "key").data);
        uint8_t out[512], got[TLSNI_AEAD_TAG_LEN];

        row->seal(s, nonce.data, aad.data, aad.len, out, msg.data, msg.len, got);
        assert_memory_equal(out, ct.data, ct.len);
        assert_memory_equal(got, tag.data, tag.len);
        assert_int_equal(
            row->open(s, nonce.data, aad.data, aad.len, out, ct.data, ct.len, tag.data), TLSN_OK);
        assert_memory_equal(out, msg.data, msg.len);
        free(s);
    }
    assert_int_equal(count, 11);
    vec_block_clear(&b);
    vec_close(f);
    REQ("8439:2.6/1");
    REQ("8439:2.8/1");
    REQ("8439:2.8/2");
    REQ("8439:2.8.2/1");
    REQ("5116:5.1/1");
    REQ("5116:5.2/1");
    REQ("8439:2.5/1");
}

/* Lengths around the pieces in which data is worked on, alignments, in place and apart. */
static void aead_every_length_comes_back(void **state)
{
    static uint8_t plain[2048], sealed[2048 + 64], opened[2048 + 64];
    uint8_t key[32], nonce[12], aad[13], tag[16];
    struct test_env env;

    (void)state;
    test_env_init(&env, 3);
    test_random(&env, plain, sizeof plain);
    test_random(&env, key, sizeof key);
    for (size_t i = 0; i < IDS; i++) {
        const struct tlsni_aead *row = tlsni_aead_find(ids[i]);
        void *s = keyed(row, key);

        for (size_t len = 0; len < 1200; len += len < 450 ? 1 : 37) {
            uint8_t *c = sealed + len % 17, *o = opened + len % 13;

            test_random(&env, nonce, sizeof nonce);
            test_random(&env, aad, sizeof aad);
            row->seal(s, nonce, aad, sizeof aad, c, plain, len, tag);
            memcpy(o, plain, len);
            row->seal(s, nonce, aad, sizeof aad, o, o, len, o + len);
            assert_memory_equal(o, c, len);
            assert_memory_equal(o + len, tag, row->tag_len);
            assert_int_equal(row->open(s, nonce, aad, sizeof aad, o, c, len, tag), TLSN_OK);
            assert_memory_equal(o, plain, len);
            assert_int_equal(row->open(s, nonce, aad, sizeof aad, c, c, len, tag), TLSN_OK);
            assert_memory_equal(c, plain, len);
        }
        free(s);
    }
}

static void assert_refused(const struct tlsni_aead *row, const void *s, const uint8_t *nonce,
                           const uint8_t *aad, const uint8_t *ct, size_t len, const uint8_t *tag)
{
    uint8_t out[256], zero[256] = { 0 };

    memset(out, 0xa5, sizeof out);
    assert_int_equal(row->open(s, nonce, aad, 13, out, ct, len, tag), TLSN_ERR_BAD_RECORD_MAC);
    assert_memory_equal(out, zero, len);
}

static void aead_any_flipped_bit_is_refused_and_the_text_wiped(void **state)
{
    uint8_t key[32], nonce[12], aad[13], tag[16], plain[200], ct[200];
    struct test_env env;

    (void)state;
    test_env_init(&env, 4);
    test_random(&env, plain, sizeof plain);
    test_random(&env, key, sizeof key);
    test_random(&env, nonce, sizeof nonce);
    test_random(&env, aad, sizeof aad);
    for (size_t i = 0; i < IDS; i++) {
        const struct tlsni_aead *row = tlsni_aead_find(ids[i]);
        void *s = keyed(row, key);
        struct {
            uint8_t *p;
            size_t len;
        } parts[] = { { nonce, 12 }, { aad, 13 }, { ct, sizeof ct }, { tag, row->tag_len } };

        row->seal(s, nonce, aad, sizeof aad, ct, plain, sizeof plain, tag);
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            for (size_t bit = 0; bit < 8 * parts[k].len; bit++) {
                parts[k].p[bit / 8] ^= (uint8_t)(1 << bit % 8);
                assert_refused(row, s, nonce, aad, ct, sizeof ct, tag);
                parts[k].p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            }
        }
        free(s);
    }
    REQ("8439:4/3");
    REQ("5116:2.1/7");
    REQ("5116:2.2/1");
}

static void aead_rows_are_consistent(void **state)
{
    (void)state;
    assert_int_equal(TLSNI_AEAD_NONCE_LEN, 12);
    assert_null(tlsni_aead_find((enum tlsni_aead_id)0));
    assert_null(tlsni_aead_find((enum tlsni_aead_id)200));
    for (size_t i = 0; i < IDS; i++) {
        const struct tlsni_aead *row = tlsni_aead_find(ids[i]);

        assert_int_equal(row->id, ids[i]);
        assert_int_equal(row->key_len, strstr(row->name, "_128") ? 16 : 32);
        assert_int_equal(row->tag_len, strstr(row->name, "_8") ? 8 : TLSNI_AEAD_TAG_LEN);
    }
    /* floor(2^24.5), RFC 8446 5.5; and the square is just below 2^49 */
    assert_int_equal(tlsni_aead_find(TLSNI_AEAD_AES_128_GCM)->record_limit, 23726566);
    assert_true(UINT64_C(23726566) * 23726566 <= UINT64_C(1) << 49);
    assert_true(UINT64_C(23726567) * 23726567 > UINT64_C(1) << 49);
    assert_true(tlsni_aead_find(TLSNI_AEAD_CHACHA20_POLY1305)->record_limit == UINT64_MAX);
    assert_int_equal(tlsni_aead_find(TLSNI_AEAD_CAMELLIA_128_GCM)->record_limit, 23726566);
    /* 2^23, RFC 9147 4.5.3 */
    assert_int_equal(tlsni_aead_find(TLSNI_AEAD_AES_128_CCM)->record_limit, 8388608);
    assert_int_equal(tlsni_aead_find(TLSNI_AEAD_AES_256_CCM_8)->record_limit, 8388608);
    REQ("5116:2.1/4");
    REQ("5116:2.1/5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aead_published_vectors_match),
        cmocka_unit_test(aead_every_length_comes_back),
        cmocka_unit_test(aead_any_flipped_bit_is_refused_and_the_text_wiped),
        cmocka_unit_test(aead_rows_are_consistent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
