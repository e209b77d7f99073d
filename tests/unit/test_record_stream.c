/* test_record_stream.c - records of stream ciphers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "req.h"
#include "support_record.h"
#include "support_vectors.h"

#include <string.h>

#define KIND(hash) { .kind = TLSNI_CIPHER_STREAM, .cipher = TLSNI_STREAM_RC4_128, .mac = hash }

static const struct test_kind kinds[] = {
    { "RC4_128", "MD5", false, KIND(TLSNI_HASH_MD5) },
    { "RC4_128", "SHA1", false, KIND(TLSNI_HASH_SHA1) },
};
enum { KINDS = sizeof kinds / sizeof *kinds, CONTENT = 23 };

static uint8_t plain[TLSNI_RECORD_PLAIN_MAX], wire[TLSNI_RECORD_MAX], out[TLSNI_RECORD_MAX];

/* Opens `size` bytes of wire, in place or to `out`; what comes out has to be `plain`. */
static tlsn_status open_wire(struct tlsni_prot *p, size_t size, bool in_place, size_t *len)
{
    struct tlsni_record rec = test_parse(wire, size);
    const uint8_t *payload;
    uint8_t type;
    tlsn_status st = tlsni_prot_open(p, &rec, in_place ? NULL : out, sizeof out, &type, &payload,
                                     len);

    if (st == TLSN_OK) {
        assert_int_equal(type, CONTENT);
        assert_memory_equal(payload, plain, *len);
    }
    return st;
}

static size_t sealed(struct tlsni_prot *p, const void *text, size_t len)
{
    size_t size;

    assert_int_equal(tlsni_prot_seal(p, CONTENT, 0, text, len, wire, sizeof wire, &size), TLSN_OK);
    assert_int_equal(size, tlsni_prot_sealed_size(p, len));
    return size;
}

static struct tlsni_prot *writer_for(struct test_env *env, const struct tlsni_suite *suite)
{
    static uint8_t mac_key[20], key[16];
    struct tlsni_prot_keys keys = { .suite = suite, .profile = &tlsni_record_tls12,
                                    .mac_key = { mac_key, sizeof mac_key },
                                    .key = { key, sizeof key } };
    struct tlsni_prot *p;

    for (size_t i = 0; i < sizeof mac_key; i++)
        mac_key[i] = (uint8_t)(i + 1);
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)(i + 0x40);
    assert_int_equal(tlsni_prot_new(&p, &env->hooks, &keys, true), TLSN_OK);
    return p;
}

/* Python: hmac over number, type, version, length, text; RC4 of the cryptography package over text
 * and MAC, one key stream for all three records, the second of which is empty. */
static void stream_records_are_those_of_another_implementation(void **state)
{
    static const char *const texts[] = { "stream of records", "", "and on" };
    static const char *const expected[] = {
        "1ddd5591955f1935fd953d3dd1b027182d43cda1401958be2922ad0dd710f2d9723964c65d",
        "d6eeff5bc6a7e2c2d7f9bf8deff94bbb5548ef46",
        "0c1beb8eb97d8ef3dbafcde913b1c32eaee9a12a815da1606426",
    };
    struct test_env env;
    struct tlsni_prot *p;
    uint8_t want[64];

    (void)state;
    test_env_init(&env, 1);
    p = writer_for(&env, &kinds[1].suite);
    for (size_t i = 0; i < 3; i++) {
        size_t len = vec_unhex(expected[i], want, sizeof want);

        assert_int_equal(sealed(p, texts[i], strlen(texts[i])), TLSNI_RECORD_HEADER + len);
        assert_memory_equal(wire + TLSNI_RECORD_HEADER, want, len);
    }
    tlsni_prot_free(p);
    REQ("5246:6.2.3.1/3");
}

static void stream_every_length_comes_back(void **state)
{
    struct test_env env;
    size_t len;

    (void)state;
    test_env_init(&env, 2);
    test_random(&env, plain, sizeof plain);
    for (size_t k = 0; k < KINDS; k++) {
        struct test_pair pair = test_pair_new(&env, &kinds[k], 3);

        for (size_t n = 0; n <= sizeof plain; n += n < 70 ? 1 : 1631) {
            size_t size = sealed(pair.writer, plain, n);

            assert_int_equal(open_wire(pair.reader, size, n % 2, &len), TLSN_OK);
            assert_int_equal(len, n);
        }
        test_pair_free(&pair);
    }
    assert_int_equal(env.live, 0);
}

/* Sealing in place is the same record. */
static void stream_sealed_in_place_is_the_same(void **state)
{
    struct test_env env;
    struct tlsni_prot *a, *b;
    uint8_t copy[128];
    size_t size;

    (void)state;
    test_env_init(&env, 2);
    a = writer_for(&env, &kinds[1].suite);
    b = writer_for(&env, &kinds[1].suite);
    size = sealed(a, plain, 90);
    memcpy(copy, wire, size);
    memcpy(wire + tlsni_prot_lead(b), plain, 90);
    assert_int_equal(sealed(b, wire + tlsni_prot_lead(b), 90), size);
    assert_memory_equal(wire, copy, size);
    tlsni_prot_free(a);
    tlsni_prot_free(b);
}

/* One record of 9 bytes, changed by `bit` or cut to `cut` bytes of fragment, to a fresh reader. */
static tlsn_status damaged(struct test_env *env, const struct test_kind *kind, size_t bit,
                           size_t cut)
{
    struct test_pair pair = test_pair_new(env, kind, 3);
    size_t size = sealed(pair.writer, plain, 9), len;
    tlsn_status st;

    if (bit < 8 * (size - TLSNI_RECORD_HEADER))
        wire[TLSNI_RECORD_HEADER + bit / 8] ^= (uint8_t)(1 << bit % 8);
    if (cut < size - TLSNI_RECORD_HEADER) {
        wire[4] = (uint8_t)cut;
        size = TLSNI_RECORD_HEADER + cut;
    }
    st = open_wire(pair.reader, size, true, &len);
    test_pair_free(&pair);
    return st;
}

static void stream_other_bits_lengths_and_replays_are_bad_record_mac(void **state)
{
    struct test_env env;
    struct test_pair pair;
    size_t size, len;

    (void)state;
    test_env_init(&env, 2);
    for (size_t k = 0; k < KINDS; k++) {
        size_t fragment = 9 + (k ? 20 : 16);

        assert_int_equal(damaged(&env, &kinds[k], SIZE_MAX, SIZE_MAX), TLSN_OK);
        for (size_t bit = 0; bit < 8 * fragment; bit++)
            assert_int_equal(damaged(&env, &kinds[k], bit, SIZE_MAX), TLSN_ERR_BAD_RECORD_MAC);
        for (size_t cut = 0; cut < fragment; cut++)
            assert_int_equal(damaged(&env, &kinds[k], SIZE_MAX, cut), TLSN_ERR_BAD_RECORD_MAC);
    }
    pair = test_pair_new(&env, &kinds[0], 3);
    size = sealed(pair.writer, plain, 9);
    memcpy(out + 100, wire, size);
    assert_int_equal(open_wire(pair.reader, size, true, &len), TLSN_OK);
    memcpy(wire, out + 100, size);
    assert_int_equal(open_wire(pair.reader, size, true, &len), TLSN_ERR_BAD_RECORD_MAC);
    test_pair_free(&pair);
    assert_int_equal(env.live, 0);
}

static void stream_key_ends_before_its_biases_show(void **state)
{
    struct test_env env;
    struct tlsni_prot *p;
    size_t size;

    (void)state;
    test_env_init(&env, 2);
    p = writer_for(&env, &kinds[1].suite);
    assert_int_equal(p->budget, 1 << 26); /* of 16 bytes: 1 GiB */
    p->budget = 7;
    assert_int_equal(tlsni_prot_seal(p, CONTENT, 0, plain, 100, wire, sizeof wire, &size),
                     TLSN_ERR_LIMIT);
    (void)sealed(p, plain, 96);
    assert_int_equal(p->budget, 0);
    tlsni_prot_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_records_are_those_of_another_implementation),
        cmocka_unit_test(stream_every_length_comes_back),
        cmocka_unit_test(stream_sealed_in_place_is_the_same),
        cmocka_unit_test(stream_other_bits_lengths_and_replays_are_bad_record_mac),
        cmocka_unit_test(stream_key_ends_before_its_biases_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
