#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cipher/ssl3.h"
#include "req.h"
#include "support_cbc.h"
#include "support_record.h"

#include <string.h>

static const enum tlsni_hash_id hashes[] = { TLSNI_HASH_MD5, TLSNI_HASH_SHA1, TLSNI_HASH_SHA256,
                                             TLSNI_HASH_SHA384, TLSNI_HASH_SHA512 };
enum { HASHES = sizeof hashes / sizeof *hashes, TEXT_MAX = 20000 };

static const uint8_t pseudo[TLSNI_PSEUDO_HEADER] = { 1, 2, 3, 4, 5, 6, 7, 8, 23, 3, 3, 0, 0 };
static uint8_t content[TEXT_MAX], text[TEXT_MAX + 400];

static int set_up(void **state)
{
    static struct test_env env;

    test_env_init(&env, 11);
    test_random(&env, content, sizeof content);
    *state = &env;
    return 0;
}

static struct tlsni_hmac_key key_of(enum tlsni_hash_id id)
{
    struct tlsni_hmac_key key;

    tlsni_hmac_set_key(&key, tlsni_hash_find(id), "some key for a MAC", 18);
    return key;
}

static bool check(const struct tlsni_hmac_key *key, size_t len, uint32_t *content_len)
{
    uint8_t header[TLSNI_PSEUDO_HEADER];
    uint32_t ok;

    memcpy(header, pseudo, sizeof header);
    ok = tlsni_cbc_check(key, key->row->len, header, text, len, content_len);
    assert_true(ok == 0 || ok == UINT32_MAX);
    return ok != 0;
}

/* The verdict of the constant-time code equals the plain one's. */
static void assert_agrees(const struct tlsni_hmac_key *key, size_t len, bool expected)
{
    uint32_t content_len = 0;
    size_t plain_len = 0;

    assert_int_equal(test_cbc_judge(key, pseudo, text, len, &plain_len), expected);
    assert_int_equal(check(key, len, &content_len), expected);
    if (expected)
        assert_int_equal(content_len, plain_len);
}

/* Content lengths around every boundary of hash blocks, with every padding from 0 to 255. */
static void cbc_check_every_padding_is_accepted(void **state)
{
    (void)state;
    for (size_t h = 0; h < HASHES; h++) {
        struct tlsni_hmac_key key = key_of(hashes[h]);

        for (size_t len = 0; len < 300; len += len < 150 ? 1 : 13)
            for (size_t padding = 0; padding < 256; padding += len % 16 ? 17 : 1)
                assert_agrees(&key, test_cbc_text(&key, pseudo, content, len, padding, text), true);
        for (size_t padding = 0; padding < 256; padding++)
            assert_agrees(&key, test_cbc_text(&key, pseudo, content, 16384, padding, text), true);
    }
    REQ("5246:6.2.3.2/5");
}

static void cbc_check_every_wrong_padding_octet_is_refused(void **state)
{
    (void)state;
    for (size_t h = 0; h < HASHES; h++) {
        struct tlsni_hmac_key key = key_of(hashes[h]);

        for (size_t padding = 1; padding < 256; padding += 2) {
            size_t len = test_cbc_text(&key, pseudo, content, 50, padding, text);

            for (size_t i = 0; i < padding; i++) {
                text[len - 2 - i] ^= 0x40;
                assert_agrees(&key, len, false);
                text[len - 2 - i] ^= 0x40;
            }
            assert_agrees(&key, len, true);
        }
    }
    REQ("5246:6.2.3.2/7");
}

/* A padding length that reaches into the MAC, the content, or beyond the beginning. */
static void cbc_check_oversized_padding_is_refused(void **state)
{
    (void)state;
    for (size_t h = 0; h < HASHES; h++) {
        struct tlsni_hmac_key key = key_of(hashes[h]);
        size_t mac_len = key.row->len;

        for (size_t len = mac_len + 1; len < mac_len + 280; len++) {
            for (size_t value = 0; value < 256; value++) {
                memset(text, (int)value, len);
                assert_agrees(&key, len, false);
            }
        }
    }
}

/* A text whose MAC is cut to its first ten octets (RFC 6066 7). Bytes of it. */
static size_t truncated_text(const struct tlsni_hmac_key *key, size_t len, size_t padding)
{
    (void)test_cbc_text(key, pseudo, content, len, padding, text);
    memmove(text + len + 10, text + len + key->row->len, padding + 1);
    return len + 10 + padding + 1;
}

static bool check_truncated(const struct tlsni_hmac_key *key, size_t len, uint32_t *content_len)
{
    uint8_t header[TLSNI_PSEUDO_HEADER];

    memcpy(header, pseudo, sizeof header);
    return tlsni_cbc_check(key, 10, header, text, len, content_len) != 0;
}

static void cbc_check_truncated_mac_is_its_first_ten_octets(void **state)
{
    uint32_t found;

    (void)state;
    for (size_t h = 0; h < HASHES; h++) {
        struct tlsni_hmac_key key = key_of(hashes[h]);

        for (size_t len = 0; len < 300; len += 7)
            for (size_t padding = 0; padding < 256; padding += 3) {
                size_t size = truncated_text(&key, len, padding);

                assert_true(check_truncated(&key, size, &found));
                assert_int_equal(found, len);
                text[len + padding % 10] ^= 0x10;
                assert_false(check_truncated(&key, size, &found));
            }
        for (size_t value = 10; value < 256; value++) { /* padding that leaves no room for a MAC */
            memset(text, (int)value, value + 1);
            assert_false(check_truncated(&key, value + 1, &found));
        }
    }
}

static void cbc_check_every_wrong_mac_octet_is_refused(void **state)
{
    (void)state;
    for (size_t h = 0; h < HASHES; h++) {
        struct tlsni_hmac_key key = key_of(hashes[h]);

        for (size_t padding = 0; padding < 256; padding += 5) {
            size_t len = test_cbc_text(&key, pseudo, content, 77, padding, text);

            for (size_t i = 0; i < 77U + key.row->len; i++) {
                text[i] ^= 1;
                assert_agrees(&key, len, false);
                text[i] ^= 1;
            }
        }
    }
}

static void cbc_check_random_texts_are_judged_like_the_plain_code(void **state)
{
    struct test_env *env = *state;

    for (size_t round = 0; round < 20000; round++) {
        struct tlsni_hmac_key key = key_of(hashes[test_below(env, HASHES)]);
        size_t len = test_cbc_text(&key, pseudo, content, test_below(env, 300),
                                   test_below(env, 256), text);

        if (test_below(env, 4))
            text[test_below(env, len)] ^= (uint8_t)(1 << test_below(env, 8));
        assert_agrees(&key, len, test_cbc_judge(&key, pseudo, text, len, &(size_t){ 0 }));
    }
}

/* ---- the number of compressions ---- */

static size_t updated, compressed;
static const struct tlsni_hash *counted_row;

static void count_update(union tlsni_hash_state *s, size_t n, const uint8_t *data)
{
    updated += n;
    counted_row->update(s, n, data);
}

static void count_compress(union tlsni_hash_state *s, const uint8_t *block)
{
    compressed++;
    counted_row->compress(s, block);
}

/* Whatever the padding says and whether anything is right, for one length of the text there are as
 * many bytes hashed and blocks compressed. */
static void cbc_check_work_depends_on_the_length_alone(void **state)
{
    (void)state;
    for (size_t h = 0; h < HASHES; h++) {
        struct tlsni_hmac_key key = key_of(hashes[h]);
        struct tlsni_hash counting = *key.row;

        counted_row = key.row;
        counting.update = count_update;
        counting.compress = count_compress;
        for (size_t total = 320; total < 640; total += 16) {
            size_t first_updated = 0, first_compressed = 0;

            for (size_t padding = 0; padding < 256; padding++) {
                size_t content_len = total - key.row->len - padding - 1;
                uint32_t ignored;

                key.row = counted_row;
                (void)test_cbc_text(&key, pseudo, content, content_len, padding, text);
                if (padding % 3 == 1)
                    text[content_len] ^= 1;
                if (padding % 3 == 2)
                    text[total - 2] ^= 1;
                key.row = &counting;
                updated = compressed = 0;
                (void)check(&key, total, &ignored);
                if (padding == 0) {
                    first_updated = updated;
                    first_compressed = compressed;
                }
                assert_int_equal(updated, first_updated);
                assert_int_equal(compressed, first_compressed);
            }
        }
    }
    REQ("5246:6.2.3.2/10");
}

/* ---- through the record ---- */

static const struct test_kind *const record_kinds[] = { &test_kinds[3], &test_kinds[5],
                                                        &test_kinds[7], &test_kinds[9],
                                                        &test_kinds[TEST_3DES] };

static tlsn_status open_text(struct test_env *env, const struct test_kind *kind, size_t len)
{
    static uint8_t wire[TLSNI_RECORD_MAX];
    struct test_pair pair = test_pair_new(env, kind, 9);
    struct tlsni_record rec = { .type = 23, .version = 0x0303, .fragment = wire };
    uint8_t bytes[256], type, zero[400] = { 0 };
    struct tlsni_prot_keys keys = test_keys(kind, 9, bytes);
    const uint8_t *payload;
    tlsn_status st;
    size_t got;

    rec.len = test_cbc_fragment((enum tlsni_block_id)kind->suite.cipher, keys.key.data, text, len,
                                wire);
    st = tlsni_prot_open(pair.reader, &rec, NULL, 0, &type, &payload, &got);
    assert_int_equal(pair.reader->sequence, st == TLSN_OK);
    if (st != TLSN_OK)
        assert_memory_equal(wire + pair.reader->block_len, zero,
                            len < sizeof zero ? len : sizeof zero);
    test_pair_free(&pair);
    return st;
}

static struct tlsni_hmac_key record_key(const struct test_kind *kind)
{
    uint8_t bytes[256];
    struct tlsni_prot_keys keys = test_keys(kind, 9, bytes);
    struct tlsni_hmac_key key;

    tlsni_hmac_set_key(&key, tlsni_hash_find((enum tlsni_hash_id)kind->suite.mac),
                       keys.mac_key.data, keys.mac_key.len);
    return key;
}

/* The same status and the same wiped buffer, whichever was wrong. */
static void cbc_record_wrong_padding_and_wrong_mac_look_alike(void **state)
{
    static const uint8_t first[TLSNI_PSEUDO_HEADER] = { 0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, 0, 0 };
    struct test_env *env = *state;

    for (size_t k = 0; k < sizeof record_kinds / sizeof *record_kinds; k++) {
        struct tlsni_hmac_key key = record_key(record_kinds[k]);

        for (size_t padding = 0; padding < 256; padding++) {
            size_t block = tlsni_block_find(record_kinds[k]->suite.cipher)->block_len;
            size_t len = block - (key.row->len + padding + 1) % block, total;

            total = test_cbc_text(&key, first, content, len, padding, text);
            assert_int_equal(open_text(env, record_kinds[k], total), TLSN_OK);
            text[len] ^= 1;
            assert_int_equal(open_text(env, record_kinds[k], total), TLSN_ERR_BAD_RECORD_MAC);
            text[len] ^= 1;
            text[total - 1] ^= 1;
            assert_int_equal(open_text(env, record_kinds[k], total), TLSN_ERR_BAD_RECORD_MAC);
        }
        memset(text, 0, 256);
        assert_int_equal(open_text(env, record_kinds[k], 256), TLSN_ERR_BAD_RECORD_MAC);
        memset(text, 255, 256);
        assert_int_equal(open_text(env, record_kinds[k], 256), TLSN_ERR_BAD_RECORD_MAC);
    }
    REQ("5246:6.2.3.2/8");
}

/* ---- SSL 3.0 ---- */

enum { HEAD = 11 };

static const uint8_t secret[20] = "a secret for a MAC!";

/* secret, pad and pseudo header as the check wants them. */
static size_t make_head(const struct tlsni_hash *row, uint8_t *head)
{
    size_t len = row->len;

    memcpy(head, secret, len);
    len += tlsni_ssl3_pad(row, head + len);
    memcpy(head + len, pseudo, 9);
    memset(head + len + 9, 0, 2);
    return len + HEAD;
}

static size_t ssl3_text(const struct tlsni_hash *row, size_t len, size_t padding, uint8_t filler)
{
    struct tlsni_hmac_key key;
    struct tlsni_hmac h;
    uint8_t head[HEAD];

    tlsni_ssl3_mac_set_key(&key, row, secret, row->len);
    memcpy(head, pseudo, 9);
    head[9] = (uint8_t)(len >> 8);
    head[10] = (uint8_t)len;
    memcpy(text, content, len);
    tlsni_hmac_init(&h, &key);
    tlsni_hmac_update(&h, head, sizeof head);
    tlsni_hmac_update(&h, text, len);
    tlsni_hmac_final(&h, text + len);
    memset(text + len + row->len, filler, padding);
    text[len + row->len + padding] = (uint8_t)padding;
    return len + row->len + padding + 1;
}

static bool ssl3_check(const struct tlsni_hash *row, size_t total, size_t block, size_t *len)
{
    uint8_t head[128];
    size_t head_len = make_head(row, head);
    struct tlsni_hmac_key key;
    uint32_t got, ok;

    tlsni_ssl3_mac_set_key(&key, row, secret, row->len);
    ok = tlsni_cbc_check_ssl3(&key, head, head_len, block, text, total, &got);
    assert_true(ok == 0 || ok == UINT32_MAX);
    *len = got;
    return ok != 0;
}

/* Any octets of less than a block are taken, a whole block is not; MAC and content count. */
static void cbc_check_ssl3_takes_any_padding_below_a_block(void **state)
{
    static const enum tlsni_hash_id ids[] = { TLSNI_HASH_MD5, TLSNI_HASH_SHA1 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const struct tlsni_hash *row = tlsni_hash_find(ids[i % 2]);
        size_t block = i < 2 ? 8 : 16, got;

        for (size_t len = 0; len < 400; len++) {
            for (size_t padding = 0; padding < 2 * block; padding++) {
                size_t total = ssl3_text(row, len, padding, (uint8_t)(0xa0 + padding));

                assert_int_equal(ssl3_check(row, total, block, &got), padding < block);
                if (padding >= block)
                    continue;
                assert_int_equal(got, len);
                text[(len + row->len) / 2] ^= 1;
                assert_false(ssl3_check(row, total, block, &got));
            }
        }
        memset(text, 3, 400);
        assert_false(ssl3_check(row, row->len + 1U, block, &got));
    }
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cbc_check_every_padding_is_accepted),
        TEST(cbc_check_every_wrong_padding_octet_is_refused),
        TEST(cbc_check_oversized_padding_is_refused),
        TEST(cbc_check_truncated_mac_is_its_first_ten_octets),
        TEST(cbc_check_every_wrong_mac_octet_is_refused),
        TEST(cbc_check_random_texts_are_judged_like_the_plain_code),
        TEST(cbc_check_work_depends_on_the_length_alone),
        TEST(cbc_check_ssl3_takes_any_padding_below_a_block),
        TEST(cbc_record_wrong_padding_and_wrong_mac_look_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
