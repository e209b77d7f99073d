#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "req.h"
#include "support_record.h"

#include <stdio.h>
#include <string.h>

static uint8_t plain[TLSNI_RECORD_PLAIN_MAX], wire[TLSNI_RECORD_MAX + 64], out[TLSNI_RECORD_MAX];

static int set_up(void **state)
{
    static struct test_env env;

    test_env_init(&env, 7);
    test_random(&env, plain, sizeof plain);
    *state = &env;
    return 0;
}

static int tear_down(void **state)
{
    const struct test_env *env = *state;

    return env->live != 0;
}

/* Calls the function with a fresh pair of every kind. */
static void for_each_kind(struct test_env *env, void (*each)(struct test_env *env,
                                                             struct test_pair *pair))
{
    for (size_t i = 0; i < TEST_KINDS; i++) {
        struct test_pair pair = test_pair_new(env, &test_kinds[i], (uint8_t)i);

        each(env, &pair);
        test_pair_free(&pair);
    }
}

static size_t seal_to(struct tlsni_prot *p, const uint8_t *from, size_t len, uint8_t *to)
{
    size_t size = 0, need = tlsni_prot_sealed_size(p, len);

    assert_int_equal(tlsni_prot_seal(p, 23, 0, from, len, to, need, &size), TLSN_OK);
    assert_int_equal(size, need);
    assert_true(size <= len + TLSNI_RECORD_OVERHEAD_MAX);
    return size;
}

static tlsn_status open_at(struct tlsni_prot *p, uint8_t *at, size_t size, uint8_t *dst,
                           const uint8_t **payload, size_t *len)
{
    struct tlsni_record rec = test_parse(at, size);
    uint8_t type = 0;
    size_t room = tlsni_prot_open_room(p, &rec);
    tlsn_status st = tlsni_prot_open(p, &rec, dst, room, &type, payload, len);

    if (st == TLSN_OK)
        assert_int_equal(type, rec.type);
    return st;
}

static size_t next_len(size_t len)
{
    if (len < 130)
        return len + 1;
    return len < 600 ? len + 23 : len + 1987;
}

static void each_length_apart(struct test_env *env, struct test_pair *pair)
{
    (void)env;
    for (size_t len = 0; len <= sizeof plain; len = next_len(len)) {
        size_t size = seal_to(pair->writer, plain, len, wire), got;
        const uint8_t *payload;

        assert_int_equal(open_at(pair->reader, wire, size, out, &payload, &got), TLSN_OK);
        assert_ptr_equal(payload, out);
        assert_int_equal(got, len);
        assert_memory_equal(out, plain, len);
    }
}

static void prot_every_length_comes_back(void **state)
{
    for_each_kind(*state, each_length_apart);
    REQ("5246:6.2.1/7");
    REQ("5246:6.2.3.3/5");
}

static void each_length_in_place(struct test_env *env, struct test_pair *pair)
{
    size_t lead = tlsni_prot_lead(pair->writer);

    (void)env;
    for (size_t len = 0; len <= sizeof plain; len = next_len(len)) {
        uint8_t *at = wire + len % 16;
        const uint8_t *payload;
        size_t size, got;

        memcpy(at + lead, plain, len);
        size = seal_to(pair->writer, at + lead, len, at);
        assert_int_equal(open_at(pair->reader, at, size, NULL, &payload, &got), TLSN_OK);
        assert_ptr_equal(payload, at + lead);
        assert_int_equal(got, len);
        assert_memory_equal(payload, plain, len);
    }
}

static void prot_in_place_every_length_comes_back(void **state)
{
    for_each_kind(*state, each_length_in_place);
}

/* Plaintext and destination lie anywhere relative to the record. */
static void each_overlap(struct test_env *env, struct test_pair *pair)
{
    static uint8_t area[600];
    const size_t len = 100, record_at = 200;

    (void)env;
    for (size_t at = 40; at < 500; at++) {
        const uint8_t *payload;
        size_t size, got;

        memcpy(area + at, plain, len);
        size = seal_to(pair->writer, area + at, len, area + record_at);
        memcpy(wire, area + record_at, size);
        assert_int_equal(open_at(pair->reader, wire, size, out, &payload, &got), TLSN_OK);
        assert_int_equal(got, len);
        assert_memory_equal(payload, plain, len);
    }
    for (size_t at = 40; at < 400; at++) {
        const uint8_t *payload;
        size_t size = seal_to(pair->writer, plain, len, area + record_at), got;

        assert_int_equal(open_at(pair->reader, area + record_at, size, area + at, &payload, &got),
                         TLSN_OK);
        assert_ptr_equal(payload, area + at);
        assert_int_equal(got, len);
        assert_memory_equal(payload, plain, len);
    }
}

static void prot_overlapping_buffers_come_back(void **state)
{
    for_each_kind(*state, each_overlap);
}

static void each_small_buffer(struct test_env *env, struct test_pair *pair)
{
    size_t size = 0, need = tlsni_prot_sealed_size(pair->writer, 50), got, room;
    const uint8_t *payload;
    struct tlsni_record rec;
    uint8_t type;

    (void)env;
    memset(wire, 0xa5, sizeof wire);
    for (size_t cap = 0; cap < need; cap++)
        assert_int_equal(tlsni_prot_seal(pair->writer, 23, 0, plain, 50, wire, cap, &size),
                         TLSN_ERR_BUFFER);
    for (size_t i = 0; i < need; i++)
        assert_int_equal(wire[i], 0xa5);
    assert_int_equal(pair->writer->sequence, 0);
    assert_int_equal(seal_to(pair->writer, plain, 50, wire), need);
    assert_int_equal(wire[need], 0xa5);
    rec = test_parse(wire, need);
    room = tlsni_prot_open_room(pair->reader, &rec);
    assert_true(room >= 50);
    memcpy(out, wire, need);
    for (size_t cap = 0; cap < room; cap++)
        assert_int_equal(tlsni_prot_open(pair->reader, &rec, plain, cap, &type, &payload, &got),
                         TLSN_ERR_BUFFER);
    assert_memory_equal(out, wire, need);
    assert_int_equal(pair->reader->sequence, 0);
    assert_int_equal(open_at(pair->reader, wire, need, out, &payload, &got), TLSN_OK);
    assert_int_equal(got, 50);
}

static void prot_small_buffer_changes_nothing(void **state)
{
    for_each_kind(*state, each_small_buffer);
}

static void assert_refused(struct test_pair *pair, const uint8_t *bytes, size_t size)
{
    uint8_t copy[400], dst[400], zero[400] = { 0 }, type;
    const uint8_t *payload;
    struct tlsni_record rec;
    size_t got, room;

    memcpy(copy, bytes, size);
    memset(dst, 0, sizeof dst);
    rec = test_parse(copy, size);
    room = tlsni_prot_open_room(pair->reader, &rec);
    assert_int_equal(tlsni_prot_open(pair->reader, &rec, dst, room, &type, &payload, &got),
                     TLSN_ERR_BAD_RECORD_MAC);
    assert_memory_equal(dst, zero, sizeof dst);
    assert_int_equal(tlsni_prot_open(pair->reader, &rec, NULL, 0, &type, &payload, &got),
                     TLSN_ERR_BAD_RECORD_MAC);
    assert_int_equal(pair->reader->sequence, 0);
}

/* The header says what is left, so that only the protection can notice. */
static void each_truncation(struct test_env *env, struct test_pair *pair)
{
    size_t size = seal_to(pair->writer, plain, 60, wire), got;
    const uint8_t *payload;
    uint8_t cut[400];

    (void)env;
    for (size_t n = TLSNI_RECORD_HEADER; n < size; n++) {
        memcpy(cut, wire, n);
        cut[3] = 0;
        cut[4] = (uint8_t)(n - TLSNI_RECORD_HEADER);
        assert_refused(pair, cut, n);
    }
    for (size_t more = 1; more <= 32; more++) {
        memcpy(cut, wire, size);
        memset(cut + size, 0, more);
        cut[4] = (uint8_t)(size + more - TLSNI_RECORD_HEADER);
        assert_refused(pair, cut, size + more);
    }
    assert_int_equal(open_at(pair->reader, wire, size, NULL, &payload, &got), TLSN_OK);
}

static void prot_every_other_length_is_bad_record_mac(void **state)
{
    for_each_kind(*state, each_truncation);
}

static void each_flipped_bit(struct test_env *env, struct test_pair *pair)
{
    size_t size = seal_to(pair->writer, plain, 45, wire), got;
    const uint8_t *payload;

    (void)env;
    for (size_t bit = 8 * TLSNI_RECORD_HEADER; bit < 8 * size; bit++) {
        wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_refused(pair, wire, size);
        wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (uint8_t type = 20; type <= 24; type++) {
        wire[0] = type;
        if (type != 23)
            assert_refused(pair, wire, size);
    }
    wire[0] = 23;
    assert_int_equal(open_at(pair->reader, wire, size, NULL, &payload, &got), TLSN_OK);
    assert_memory_equal(payload, plain, 45);
}

static void prot_every_flipped_bit_is_bad_record_mac(void **state)
{
    for_each_kind(*state, each_flipped_bit);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_BAD_RECORD_MAC), 20);
    REQ("5246:6.2.3.3/6");
    REQ("5288:3/11");
    REQ("5487:2/5");
}

static void each_wrong_mac(struct test_env *env, struct test_pair *pair)
{
    size_t size = seal_to(pair->writer, plain, 100, wire), got;
    const uint8_t *payload;

    (void)env;
    if (!pair->writer->outer)
        return;
    wire[size - 1] ^= 1;
    memcpy(out, wire, size);
    assert_int_equal(open_at(pair->reader, wire, size, NULL, &payload, &got),
                     TLSN_ERR_BAD_RECORD_MAC);
    assert_memory_equal(wire, out, size);
}

static void prot_encrypt_then_mac_wrong_mac_decrypts_nothing(void **state)
{
    for_each_kind(*state, each_wrong_mac);
    REQ("7366:3/5");
    REQ("7366:3/6");
}

/* The second record before the first, and the first twice. */
static void each_reordering(struct test_env *env, struct test_pair *pair)
{
    size_t first = seal_to(pair->writer, plain, 20, wire), got;
    uint8_t *second_at = wire + 300, copy[300];
    size_t second = seal_to(pair->writer, plain, 20, second_at);
    const uint8_t *payload;

    (void)env;
    assert_refused(pair, second_at, second);
    memcpy(copy, wire, first);
    assert_int_equal(open_at(pair->reader, wire, first, NULL, &payload, &got), TLSN_OK);
    assert_int_equal(pair->reader->sequence, 1);
    assert_int_equal(open_at(pair->reader, copy, first, NULL, &payload, &got),
                     TLSN_ERR_BAD_RECORD_MAC);
    assert_int_equal(open_at(pair->reader, second_at, second, NULL, &payload, &got), TLSN_OK);
    assert_int_equal(pair->reader->sequence, 2);
}

static void prot_replay_and_reordering_are_bad_record_mac(void **state)
{
    for_each_kind(*state, each_reordering);
    REQ("5246:6.1/4");
    REQ("5246:6.1/5");
    REQ("5246:6.1/8");
}

static void each_last_sequence(struct test_env *env, struct test_pair *pair)
{
    const uint8_t *payload;
    struct tlsni_record rec;
    size_t size, got;
    uint8_t type;

    (void)env;
    pair->writer->sequence = pair->reader->sequence = UINT64_MAX - 1;
    size = seal_to(pair->writer, plain, 20, wire);
    assert_int_equal(open_at(pair->reader, wire, size, out, &payload, &got), TLSN_OK);
    assert_int_equal(tlsni_prot_seal(pair->writer, 23, 0, plain, 20, wire, sizeof wire, &size),
                     TLSN_ERR_LIMIT);
    rec = test_parse(wire, size);
    assert_int_equal(tlsni_prot_open(pair->reader, &rec, NULL, 0, &type, &payload, &got),
                     TLSN_ERR_LIMIT);
    assert_true(pair->writer->sequence == UINT64_MAX);
}

static void prot_sequence_number_does_not_wrap(void **state)
{
    for_each_kind(*state, each_last_sequence);
    REQ("5246:6.1/7");
    REQ("5288:3/5");
    REQ("6655:3/5");
    REQ("8442:5/2");
    REQ("5288:6.1/1");
    REQ("5116:2.1/2");
    REQ("7905:4/1");
    REQ("8439:2.3/1");
}

static void prot_gcm_budget_is_the_rows_limit_of_full_records(void **state)
{
    struct test_pair pair = test_pair_new(*state, &test_kinds[0], 1);
    size_t size;

    assert_true(pair.writer->budget == UINT64_C(23726566) * (1024 + 1));
    seal_to(pair.writer, plain, sizeof plain, wire);
    assert_true(pair.writer->budget == UINT64_C(23726565) * (1024 + 1));
    pair.writer->budget = 3;
    seal_to(pair.writer, plain, 16, wire);
    assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, 1, wire, sizeof wire, &size),
                     TLSN_ERR_LIMIT);
    seal_to(pair.writer, plain, 0, wire);
    assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, 0, wire, sizeof wire, &size),
                     TLSN_ERR_LIMIT);
    test_pair_free(&pair);
    pair = test_pair_new(*state, test_kind_find("CHACHA20_POLY1305", "", false), 1);
    assert_true(pair.writer->budget == UINT64_MAX);
    test_pair_free(&pair);
    REQ("9325:4.4/1");
    REQ("9325:4.4/2");
}

/* Sweet32: the blocks of 3DES are counted, padding and MAC included (NIST SP 800-67r2 3.1). */
static void prot_3des_key_ends_after_its_blocks(void **state)
{
    struct test_pair pair = test_pair_new(*state, &test_kinds[TEST_3DES], 1);
    size_t size;

    assert_int_equal(pair.writer->budget, 1 << 20);
    assert_true(pair.reader->budget == UINT64_MAX);
    seal_to(pair.writer, plain, 11, wire); /* 11 + 20 and one of padding: 4 blocks */
    assert_int_equal(pair.writer->budget, (1 << 20) - 4);
    seal_to(pair.writer, plain, 12, wire);
    assert_int_equal(pair.writer->budget, (1 << 20) - 9);
    pair.writer->budget = 4;
    assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, 12, wire, sizeof wire, &size),
                     TLSN_ERR_LIMIT);
    seal_to(pair.writer, plain, 11, wire);
    assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, 0, wire, sizeof wire, &size),
                     TLSN_ERR_LIMIT);
    test_pair_free(&pair);
    pair = test_pair_new(*state, &test_kinds[TEST_3DES + 1], 1);
    seal_to(pair.writer, plain, 15, wire); /* the MAC of encrypt-then-MAC is not encrypted */
    assert_int_equal(pair.writer->budget, (1 << 20) - 2);
    test_pair_free(&pair);
}

static void prot_gcm_explicit_nonce_is_the_sequence_number(void **state)
{
    struct test_pair pair = test_pair_new(*state, &test_kinds[0], 1);

    for (uint8_t i = 0; i < 5; i++) {
        uint8_t expected[8] = { 0, 0, 0, 0, 0, 0, 0, i };

        seal_to(pair.writer, plain, 20, wire);
        assert_memory_equal(wire + TLSNI_RECORD_HEADER, expected, 8);
    }
    test_pair_free(&pair);
    REQ("5288:3/6");
    REQ("5116:3.2/1");
    REQ("5116:3.2/2");
    REQ("5116:3.2.1/2");
}

/* A peer may choose its explicit nonces in another way. */
static void prot_gcm_any_explicit_nonce_of_the_peer_opens(void **state)
{
    struct test_pair pair = test_pair_new(*state, &test_kinds[0], 1);
    const struct tlsni_aead *aead = tlsni_aead_find(TLSNI_AEAD_AES_128_GCM);
    uint8_t bytes[256], key_state[8192] __attribute__((aligned(16))), nonce[12];
    uint8_t aad[13] = { 0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, 0, 10 };
    struct tlsni_prot_keys keys = test_keys(&test_kinds[0], 1, bytes);
    const uint8_t *payload;
    size_t got;

    assert_true(aead->state_len <= sizeof key_state);
    aead->set_key(key_state, keys.key.data);
    memcpy(nonce, keys.iv.data, 4);
    memset(nonce + 4, 0xee, 8);
    memcpy(wire, "\x17\x03\x03\x00\x22", 5);
    memcpy(wire + 5, nonce + 4, 8);
    aead->seal(key_state, nonce, aad, 13, wire + 13, plain, 10, wire + 23);
    assert_int_equal(open_at(pair.reader, wire, 39, NULL, &payload, &got), TLSN_OK);
    assert_int_equal(got, 10);
    assert_memory_equal(payload, plain, 10);
    test_pair_free(&pair);
}

static void each_iv(struct test_env *env, struct test_pair *pair)
{
    static uint8_t ivs[100][16];
    size_t calls = env->random_calls;

    if (!pair->writer->block_len)
        return;
    for (size_t i = 0; i < 100; i++) {
        seal_to(pair->writer, plain, 20, wire);
        memcpy(ivs[i], wire + TLSNI_RECORD_HEADER, 16);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(ivs[i], ivs[j], 16);
    }
    assert_in_range(env->random_calls - calls, 1, 10);
}

static void prot_cbc_ivs_come_from_the_random_source_in_batches(void **state)
{
    for_each_kind(*state, each_iv);
    REQ("5246:6.2.3.2/2");
    REQ("5246:6.2.3.2/3");
}

static void each_random_failure(struct test_env *env, struct test_pair *pair)
{
    size_t size = 0;

    env->random_fails = true;
    assert_int_equal(tlsni_prot_seal(pair->writer, 23, 0, plain, 20, wire, sizeof wire, &size),
                     pair->writer->block_len ? TLSN_ERR_RANDOM : TLSN_OK);
    env->random_fails = false;
    if (!pair->writer->block_len)
        return;
    assert_int_equal(pair->writer->sequence, 0);
    seal_to(pair->writer, plain, 20, wire);
}

static void prot_random_failure_is_an_error_and_can_be_repeated(void **state)
{
    for_each_kind(*state, each_random_failure);
}

static void each_allocation_count(struct test_env *env, struct test_pair *pair)
{
    size_t before = env->allocs, got;
    const uint8_t *payload;

    for (size_t i = 0; i < 100; i++) {
        size_t size = seal_to(pair->writer, plain, 10 * i, wire);

        assert_int_equal(open_at(pair->reader, wire, size, i % 2 ? out : NULL, &payload, &got),
                         TLSN_OK);
    }
    assert_int_equal(env->allocs, before);
}

static void prot_records_allocate_nothing(void **state)
{
    for_each_kind(*state, each_allocation_count);
}

static void each_wrong_side(struct test_env *env, struct test_pair *pair)
{
    const uint8_t *payload;
    struct tlsni_record rec;
    size_t size, got;
    uint8_t type;

    (void)env;
    assert_int_equal(tlsni_prot_seal(pair->reader, 23, 0, plain, 20, wire, sizeof wire, &size),
                     TLSN_ERR_MISUSE);
    size = seal_to(pair->writer, plain, 20, wire);
    rec = test_parse(wire, size);
    assert_int_equal(tlsni_prot_open(pair->writer, &rec, NULL, 0, &type, &payload, &got),
                     TLSN_ERR_MISUSE);
    assert_int_equal(tlsni_prot_seal(pair->writer, 23, 0, plain, sizeof plain + 1, wire,
                                     sizeof wire, &size),
                     TLSN_ERR_ARGUMENT);
}

static void prot_wrong_side_or_length_is_refused(void **state)
{
    for_each_kind(*state, each_wrong_side);
    REQ("5246:6.2.1/1");
    REQ("5116:2.1/6");
}

/* Sealed below the check of the length, as a peer that does not keep to it would. */
static void each_oversized(struct test_env *env, struct test_pair *pair)
{
    static uint8_t big[TLSNI_RECORD_PLAIN_MAX + 1];
    size_t size = tlsni_prot_sealed_size(pair->writer, sizeof big), got;
    const uint8_t *payload;

    (void)env;
    assert_int_equal(pair->writer->ops->seal(pair->writer, 23, big, sizeof big, wire), TLSN_OK);
    assert_int_equal(open_at(pair->reader, wire, size, NULL, &payload, &got),
                     TLSN_ERR_RECORD_OVERFLOW);
}

static void prot_payload_above_2_14_is_overflow(void **state)
{
    for_each_kind(*state, each_oversized);
}

static void prot_new_without_memory_is_an_error(void **state)
{
    struct test_env *env = *state;
    struct tlsni_prot *p = (struct tlsni_prot *)plain;

    for (size_t i = 0; i < TEST_KINDS; i++) {
        uint8_t bytes[256];
        struct tlsni_prot_keys keys = test_keys(&test_kinds[i], 1, bytes);

        env->fail_at = env->allocs + 1;
        assert_int_equal(tlsni_prot_new(&p, &env->hooks, &keys, true), TLSN_ERR_NO_MEMORY);
        assert_null(p);
        env->fail_at = 0;
    }
    tlsni_prot_free(NULL);
}

static void prot_new_refuses_what_has_no_row(void **state)
{
    struct tlsni_record_profile later = tlsni_record_tls12;
    struct test_env *env = *state;
    struct tlsni_suite unknown;
    struct tlsni_prot *p;

    later.inner_type = true;
    for (size_t i = 0; i < TEST_KINDS; i++) {
        uint8_t bytes[256];
        struct tlsni_prot_keys keys = test_keys(&test_kinds[i], 1, bytes);

        keys.key.len--;
        assert_int_equal(tlsni_prot_new(&p, &env->hooks, &keys, true), TLSN_ERR_ARGUMENT);
        keys = test_keys(&test_kinds[i], 1, bytes);
        keys.profile = &later;
        if (keys.suite->nonce != TLSNI_NONCE_XOR12) /* that is how TLS 1.3 does it too */
            assert_int_equal(tlsni_prot_new(&p, &env->hooks, &keys, true),
                             TLSN_ERR_NOT_IMPLEMENTED);
        unknown = *keys.suite;
        unknown.cipher = 99;
        keys.suite = &unknown;
        keys.profile = &tlsni_record_tls12;
        assert_int_equal(tlsni_prot_new(&p, &env->hooks, &keys, true), TLSN_ERR_NOT_IMPLEMENTED);
    }
}

/* RFC 5246 6.3 and appendix C, RFC 5288 3, RFC 7905 2 */
static void prot_key_lengths_are_those_of_the_suites(void **state)
{
    static const struct {
        const char *cipher, *mac;
        size_t mac_key, key, iv;
    } rows[] = { { "AES_128_GCM", "", 0, 16, 4 },        { "AES_256_GCM", "", 0, 32, 4 },
                 { "CHACHA20_POLY1305", "", 0, 32, 12 }, { "AES_128_CBC", "SHA1", 20, 16, 0 },
                 { "AES_256_CBC", "SHA256", 32, 32, 0 }, { "AES_256_CBC", "SHA384", 48, 32, 0 } };
    size_t mac_key, key, iv;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tlsni_prot_key_lens(&test_kind_find(rows[i].cipher, rows[i].mac, false)->suite,
                            &tlsni_record_tls12, &mac_key, &key, &iv);
        assert_int_equal(mac_key, rows[i].mac_key);
        assert_int_equal(key, rows[i].key);
        assert_int_equal(iv, rows[i].iv);
    }
    REQ("5246:6.3/3");
    REQ("5246:6.2.3.3/2");
}

static void prot_null_protects_nothing(void **state)
{
    const uint8_t *payload;
    struct tlsni_record rec;
    size_t size, got, hint;
    uint8_t type;

    (void)state;
    assert_int_equal(tlsni_prot_lead(NULL), 5);
    assert_int_equal(tlsni_prot_sealed_size(NULL, 7), 12);
    assert_int_equal(tlsni_prot_seal(NULL, 22, 0x0301, plain, 7, wire, 12, &size), TLSN_OK);
    assert_memory_equal(wire, "\x16\x03\x01\x00\x07", 5);
    assert_memory_equal(wire + 5, plain, 7);
    assert_int_equal(tlsni_record_parse(wire, size, 0, 100, &rec, &hint, NULL), TLSN_OK);
    assert_int_equal(tlsni_prot_open_room(NULL, &rec), 7);
    assert_int_equal(tlsni_prot_open(NULL, &rec, NULL, 0, &type, &payload, &got), TLSN_OK);
    assert_ptr_equal(payload, wire + 5);
    assert_int_equal(tlsni_prot_open(NULL, &rec, wire + 1, 7, &type, &payload, &got), TLSN_OK);
    assert_int_equal(type, 22);
    assert_memory_equal(wire + 1, plain, 7);
    REQ("5246:6.1/3");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(prot_every_length_comes_back),
        TEST(prot_in_place_every_length_comes_back),
        TEST(prot_overlapping_buffers_come_back),
        TEST(prot_small_buffer_changes_nothing),
        TEST(prot_every_other_length_is_bad_record_mac),
        TEST(prot_every_flipped_bit_is_bad_record_mac),
        TEST(prot_encrypt_then_mac_wrong_mac_decrypts_nothing),
        TEST(prot_replay_and_reordering_are_bad_record_mac),
        TEST(prot_sequence_number_does_not_wrap),
        TEST(prot_gcm_budget_is_the_rows_limit_of_full_records),
        TEST(prot_3des_key_ends_after_its_blocks),
        TEST(prot_gcm_explicit_nonce_is_the_sequence_number),
        TEST(prot_gcm_any_explicit_nonce_of_the_peer_opens),
        TEST(prot_cbc_ivs_come_from_the_random_source_in_batches),
        TEST(prot_random_failure_is_an_error_and_can_be_repeated),
        TEST(prot_records_allocate_nothing),
        TEST(prot_wrong_side_or_length_is_refused),
        TEST(prot_payload_above_2_14_is_overflow),
        TEST(prot_new_without_memory_is_an_error),
        TEST(prot_new_refuses_what_has_no_row),
        TEST(prot_key_lengths_are_those_of_the_suites),
        TEST(prot_null_protects_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
