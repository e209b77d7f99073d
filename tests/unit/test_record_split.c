/* test_record_split.c - application data in CBC with implicit IVs: 1/n-1 splitting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "req.h"
#include "support_record.h"

#include <string.h>

enum { SIZE = 40000 };

static struct test_env env;
static uint8_t content[TLSNI_RECORD_PLAIN_MAX], wire[SIZE], other[SIZE];

static int set_up(void **state)
{
    (void)state;
    test_env_init(&env, 5);
    test_random(&env, content, sizeof content);
    return 0;
}

static struct tlsni_prot *make(const struct test_kind *kind, bool writes)
{
    uint8_t bytes[256];
    struct tlsni_prot_keys keys = test_keys(kind, 3, bytes);
    struct tlsni_prot *p;

    keys.profile = &tlsni_record_tls10;
    keys.iv.len = tlsni_block_find((enum tlsni_block_id)kind->suite.cipher)->block_len;
    assert_int_equal(tlsni_prot_new(&p, &env.hooks, &keys, writes), TLSN_OK);
    return p;
}

static size_t seal(struct tlsni_prot *p, const uint8_t *plain, size_t len, uint8_t *out)
{
    size_t size = 0;

    assert_int_equal(tlsni_prot_seal_data(p, 0x0301, plain, len, out, SIZE / 2, &size), TLSN_OK);
    assert_int_equal(size, tlsni_prot_data_size(p, len));
    return size;
}

/* Opens what is at *at and moves it on; the payload's length. */
static size_t open_next(struct tlsni_prot *p, uint8_t **at, const uint8_t **payload)
{
    struct tlsni_record rec;
    size_t hint, len;
    uint8_t type;

    assert_int_equal(tlsni_record_parse(*at, SIZE, 0x0301, TLSNI_RECORD_CIPHER_MAX, &rec, &hint,
                                        NULL), TLSN_OK);
    assert_int_equal(tlsni_prot_open(p, &rec, NULL, 0, &type, payload, &len), TLSN_OK);
    assert_int_equal(type, TLSNI_CONTENT_APPLICATION);
    *at += rec.size;
    return len;
}

static const size_t lens[] = { 0, 1, 2, 3, 15, 16, 17, 1000, 16383, 16384 };
enum { LENS = sizeof lens / sizeof *lens };

static const struct test_kind *const kinds[] = { &test_kinds[3], &test_kinds[4],
                                                 &test_kinds[TEST_3DES] };

static void data_is_split_behind_its_first_byte(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct tlsni_prot *w = make(kinds[k], true), *r = make(kinds[k], false);

        for (size_t i = 0; i < LENS; i++) {
            size_t size = seal(w, content, lens[i], wire), first = lens[i] < 2 ? lens[i] : 1;
            const uint8_t *payload;
            uint8_t *at = wire;

            assert_int_equal(tlsni_prot_data_records(w, lens[i]), lens[i] < 2 ? 1 : 2);
            assert_int_equal(open_next(r, &at, &payload), first);
            assert_memory_equal(payload, content, first);
            if (lens[i] >= 2) {
                assert_int_equal(open_next(r, &at, &payload), lens[i] - 1);
                assert_memory_equal(payload, content + 1, lens[i] - 1);
            }
            assert_ptr_equal(at, wire + size);
        }
        tlsni_prot_free(w);
        tlsni_prot_free(r);
    }
}

/* In place, or from anywhere in the same buffer, makes the same bytes. */
static void data_in_place_or_overlapping_gives_the_same_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENS; i++) {
        struct tlsni_prot *w = make(kinds[0], true);
        size_t lead = tlsni_prot_data_lead(w), size = seal(w, content, lens[i], other);

        tlsni_prot_free(w);
        for (size_t offset = 0; offset < 3 * lead; offset++) {
            w = make(kinds[0], true);
            memcpy(wire + offset, content, lens[i]);
            assert_int_equal(seal(w, wire + offset, lens[i], wire), size);
            assert_memory_equal(wire, other, size);
            tlsni_prot_free(w);
        }
    }
}

/* The block that whoever chooses the data can compare with an earlier one is never the first of a
 * record: its IV is known only once the first record is out. */
static void data_meets_no_iv_that_was_on_the_wire_before_it(void **state)
{
    struct tlsni_prot *w = make(kinds[0], true);
    uint8_t previous[16] = { 0 };

    (void)state;
    for (int i = 0; i < 20; i++) {
        size_t size = seal(w, content, 32, wire), first = tlsni_prot_sealed_size(w, 1);

        assert_true(size > first);
        assert_memory_not_equal(wire + first - 16, previous, 16);
        memcpy(previous, wire + size - 16, 16);
    }
    tlsni_prot_free(w);
    REQ("7457:2.3/1");
}

static void data_without_room_or_keys_for_both_records_changes_nothing(void **state)
{
    struct tlsni_prot *w = make(kinds[0], true);
    size_t size, need = tlsni_prot_data_size(w, 100);

    (void)state;
    assert_int_equal(tlsni_prot_seal_data(w, 0, content, 100, wire, need - 1, &size),
                     TLSN_ERR_BUFFER);
    assert_int_equal(w->sequence, 0);
    w->limit = 1;
    assert_int_equal(tlsni_prot_seal_data(w, 0, content, 100, wire, need, &size), TLSN_ERR_LIMIT);
    assert_int_equal(w->sequence, 0);
    w->limit = 2;
    assert_int_equal(tlsni_prot_seal_data(w, 0, content, 100, wire, need, &size), TLSN_OK);
    assert_int_equal(w->sequence, 2);
    tlsni_prot_free(w);
}

static void data_with_explicit_ivs_is_one_record(void **state)
{
    struct test_pair pair = test_pair_new(&env, &test_kinds[3], 1);

    (void)state;
    assert_int_equal(tlsni_prot_data_records(pair.writer, 100), 1);
    assert_int_equal(tlsni_prot_data_size(pair.writer, 100),
                     tlsni_prot_sealed_size(pair.writer, 100));
    assert_int_equal(tlsni_prot_data_lead(pair.writer), tlsni_prot_lead(pair.writer));
    test_pair_free(&pair);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(data_is_split_behind_its_first_byte),
        TEST(data_in_place_or_overlapping_gives_the_same_records),
        TEST(data_meets_no_iv_that_was_on_the_wire_before_it),
        TEST(data_without_room_or_keys_for_both_records_changes_nothing),
        TEST(data_with_explicit_ivs_is_one_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
