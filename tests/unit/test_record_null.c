/* test_record_null.c - records without encryption. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "req.h"
#include "support_record.h"
#include "support_vectors.h"

#include <string.h>

static const struct test_kind kinds[] = {
    { "NULL", "SHA1", false, { .kind = TLSNI_CIPHER_NULL, .mac = TLSNI_HASH_SHA1 } },
    { "NULL", "SHA256", false, { .kind = TLSNI_CIPHER_NULL, .mac = TLSNI_HASH_SHA256 } },
};

static uint8_t plain[TLSNI_RECORD_PLAIN_MAX], wire[TLSNI_RECORD_MAX], out[TLSNI_RECORD_MAX];

static tlsn_status open_wire(struct tlsni_prot *p, size_t size, uint8_t *dst, size_t *len)
{
    struct tlsni_record rec = test_parse(wire, size);
    const uint8_t *payload;
    uint8_t type;
    tlsn_status st = tlsni_prot_open(p, &rec, dst, sizeof out, &type, &payload, len);

    if (st == TLSN_OK) {
        assert_int_equal(type, 23);
        assert_memory_equal(payload, plain, *len);
    }
    return st;
}

/* RFC 5246 6.2.3.1, with the HMAC of Python's hmac module. */
static void null_record_is_the_content_and_its_mac(void **state)
{
    static const char text[] = "in the clear";
    uint8_t key[20], mac[20];
    struct tlsni_prot_keys keys = { .suite = &kinds[0].suite, .profile = &tlsni_record_tls12,
                                    .mac_key = { key, sizeof key } };
    struct tlsni_prot *p;
    struct test_env env;
    size_t size;

    (void)state;
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)(i + 1);
    test_env_init(&env, 1);
    assert_int_equal(tlsni_prot_new(&p, &env.hooks, &keys, true), TLSN_OK);
    assert_int_equal(tlsni_prot_seal(p, 23, 0, (const uint8_t *)text, 12, wire, sizeof wire, &size),
                     TLSN_OK);
    assert_int_equal(vec_unhex("27963aa36106c8fe699adc28ac3652cad2dfe3bb", mac, sizeof mac), 20);
    assert_int_equal(size, 5 + 12 + 20);
    assert_memory_equal(wire, "\x17\x03\x03\x00\x20" "in the clear", 17);
    assert_memory_equal(wire + 17, mac, sizeof mac);
    tlsni_prot_free(p);
    assert_int_equal(env.live, 0);
    REQ("5246:6.2.3.1/4");
}

static void null_every_length_comes_back(void **state)
{
    struct test_env env;
    size_t size, len;

    (void)state;
    test_env_init(&env, 2);
    test_random(&env, plain, sizeof plain);
    for (size_t k = 0; k < 2; k++) {
        struct test_pair pair = test_pair_new(&env, &kinds[k], 3);

        for (size_t n = 0; n <= sizeof plain; n += n < 70 ? 1 : 1631) {
            uint8_t *dst = n % 2 ? out : NULL;

            assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, n, wire, sizeof wire,
                                             &size), TLSN_OK);
            assert_int_equal(size, tlsni_prot_sealed_size(pair.writer, n));
            assert_int_equal(open_wire(pair.reader, size, dst, &len), TLSN_OK);
            assert_int_equal(len, n);
        }
        test_pair_free(&pair);
    }
    assert_int_equal(env.live, 0);
}

static void null_other_bits_lengths_and_replays_are_bad_record_mac(void **state)
{
    struct test_env env;
    size_t size, len;

    (void)state;
    test_env_init(&env, 2);
    for (size_t k = 0; k < 2; k++) {
        struct test_pair pair = test_pair_new(&env, &kinds[k], 3);

        assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, 40, wire, sizeof wire, &size),
                         TLSN_OK);
        for (size_t bit = 8 * 5; bit < 8 * size; bit++) {
            wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_equal(open_wire(pair.reader, size, NULL, &len), TLSN_ERR_BAD_RECORD_MAC);
            wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        for (size_t n = 0; n < size - 5; n++) {
            wire[4] = (uint8_t)n;
            assert_int_equal(open_wire(pair.reader, 5 + n, NULL, &len), TLSN_ERR_BAD_RECORD_MAC);
        }
        wire[4] = (uint8_t)(size - 5);
        assert_int_equal(open_wire(pair.reader, size, NULL, &len), TLSN_OK);
        assert_int_equal(open_wire(pair.reader, size, NULL, &len), TLSN_ERR_BAD_RECORD_MAC);
        test_pair_free(&pair);
    }
}

/* ---- TLS 1.3, RFC 9150 ---- */

static const struct tlsni_suite suites13[] = {
    { .kind = TLSNI_CIPHER_NULL, .mac = TLSNI_HASH_SHA256 },
    { .kind = TLSNI_CIPHER_NULL, .mac = TLSNI_HASH_SHA384 },
};

/* Both ends with keys counting up from 1 and IVs from 0x80. */
static struct test_pair pair13(struct test_env *env, const struct tlsni_suite *suite)
{
    uint8_t key[48], iv[48];
    size_t len = tlsni_hash_find((enum tlsni_hash_id)suite->mac)->len;
    struct tlsni_prot_keys keys = { .suite = suite, .profile = &tlsni_record_tls13,
                                    .key = { key, len }, .iv = { iv, len } };
    struct test_pair pair;

    for (size_t i = 0; i < sizeof key; i++) {
        key[i] = (uint8_t)(i + 1);
        iv[i] = (uint8_t)(i + 0x80);
    }
    assert_int_equal(tlsni_prot_new(&pair.writer, &env->hooks, &keys, true), TLSN_OK);
    assert_int_equal(tlsni_prot_new(&pair.reader, &env->hooks, &keys, false), TLSN_OK);
    return pair;
}

/* HMAC(key, nonce | header | content | type) of Python's hmac module, for the first two records. */
static void null13_record_is_the_inner_text_and_its_mac(void **state)
{
    static const char *const macs[2][2] = {
        { "a4c5a655469408dc95064e7526ac651ba403052eb180e5b0fee2444b086639c1",
          "eddf15e79ccd53aec2e5f8eefeddb6b9139894f5264deb3310174316e42c5988" },
        { "9645a77a407079737afb287a9cdcea068610d617848416cac287949118f4992c"
          "d7922d2de264aa8789491f067f4eac9e",
          "b3ec80bfdd28ea4b2b0a95ec966dbbe8ddb0cb4a149c0bc8d5f6c3532e33e752"
          "bccd18bda4a3eb7195bd8ac68ca25149" },
    };
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    for (size_t k = 0; k < 2; k++) {
        struct test_pair pair = pair13(&env, &suites13[k]);

        for (size_t n = 0; n < 2; n++) {
            uint8_t mac[48];
            size_t size, len = vec_unhex(macs[k][n], mac, sizeof mac);

            assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, (const uint8_t *)"in the clear",
                                             12, wire, sizeof wire, &size), TLSN_OK);
            assert_int_equal(size, 5 + 13 + len);
            assert_memory_equal(wire, "\x17\x03\x03", 3);
            assert_memory_equal(wire + 5, "in the clear\x17", 13);
            assert_memory_equal(wire + 18, mac, len);
        }
        test_pair_free(&pair);
    }
    assert_int_equal(env.live, 0);
    REQ("9150:5/1");
    REQ("9150:5/2");
    REQ("9150:5/3");
    REQ("9150:5/4");
    REQ("9150:6/2");
}

static void null13_every_length_and_place_comes_back(void **state)
{
    struct test_env env;
    size_t size, len;

    (void)state;
    test_env_init(&env, 2);
    test_random(&env, plain, sizeof plain);
    for (size_t k = 0; k < 2; k++) {
        struct test_pair pair = pair13(&env, &suites13[k]);

        for (size_t n = 0; n <= sizeof plain; n += n < 70 ? 1 : 1631) {
            assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, n, wire, sizeof wire,
                                             &size), TLSN_OK);
            assert_int_equal(size, tlsni_prot_sealed_size(pair.writer, n));
            assert_int_equal(open_wire(pair.reader, size, n % 2 ? out : NULL, &len), TLSN_OK);
            assert_int_equal(len, n);
        }
        test_pair_free(&pair);
    }
}

static void null13_other_bits_and_replays_are_bad_record_mac(void **state)
{
    struct test_env env;
    size_t size, len;

    (void)state;
    test_env_init(&env, 3);
    for (size_t k = 0; k < 2; k++) {
        struct test_pair pair = pair13(&env, &suites13[k]);

        assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, 40, wire, sizeof wire, &size),
                         TLSN_OK);
        for (size_t bit = 8 * 5; bit < 8 * size; bit++) {
            wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_equal(open_wire(pair.reader, size, NULL, &len), TLSN_ERR_BAD_RECORD_MAC);
            wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        assert_int_equal(open_wire(pair.reader, size, NULL, &len), TLSN_OK);
        assert_int_equal(open_wire(pair.reader, size, NULL, &len), TLSN_ERR_BAD_RECORD_MAC);
        test_pair_free(&pair);
    }
    assert_int_equal(tlsn_status_alert(TLSN_ERR_BAD_RECORD_MAC), 20);
    REQ("9150:7/1");
    REQ("9150:7/2");
}

/* Long before sequence numbers end. */
static void null13_key_is_due_before_its_limit(void **state)
{
    struct test_env env;

    (void)state;
    test_env_init(&env, 4);
    for (size_t k = 0; k < 2; k++) {
        struct test_pair pair = pair13(&env, &suites13[k]);
        size_t size;

        assert_true(pair.writer->limit < UINT64_MAX / 2);
        assert_false(tlsni_prot_due(pair.writer));
        pair.writer->sequence = pair.writer->limit - 1;
        assert_true(tlsni_prot_due(pair.writer));
        assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, 1, wire, sizeof wire, &size),
                         TLSN_OK);
        assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, 1, wire, sizeof wire, &size),
                         TLSN_ERR_LIMIT);
        test_pair_free(&pair);
    }
    REQ("9150:9/3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_record_is_the_content_and_its_mac),
        cmocka_unit_test(null_every_length_comes_back),
        cmocka_unit_test(null_other_bits_lengths_and_replays_are_bad_record_mac),
        cmocka_unit_test(null13_record_is_the_inner_text_and_its_mac),
        cmocka_unit_test(null13_every_length_and_place_comes_back),
        cmocka_unit_test(null13_other_bits_and_replays_are_bad_record_mac),
        cmocka_unit_test(null13_key_is_due_before_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
