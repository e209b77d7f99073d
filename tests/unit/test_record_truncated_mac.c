/* test_record_truncated_mac.c - records whose MAC is cut to 80 bits (RFC 6066 7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "req.h"
#include "support_record.h"

#include <string.h>

static const struct test_kind null_kind = {
    "NULL", "SHA256", false, { .kind = TLSNI_CIPHER_NULL, .mac = TLSNI_HASH_SHA256 }
};

static struct test_env env;

static struct test_pair new_pair(const struct test_kind *kind)
{
    uint8_t bytes[256];
    struct tlsni_prot_keys keys = test_keys(kind, 1, bytes);
    struct test_pair pair;

    keys.truncated_mac = true;
    test_env_init(&env, 1);
    assert_int_equal(tlsni_prot_new(&pair.writer, &env.hooks, &keys, true), TLSN_OK);
    assert_int_equal(tlsni_prot_new(&pair.reader, &env.hooks, &keys, false), TLSN_OK);
    return pair;
}

static tlsn_status open_wire(struct tlsni_prot *p, uint8_t *wire, size_t size, size_t *len)
{
    struct tlsni_record rec = test_parse(wire, size);
    const uint8_t *payload;
    uint8_t type;

    return tlsni_prot_open(p, &rec, NULL, 0, &type, &payload, len);
}

/* Key 01 02 .. 20, record 0 of type 23 and version 3.3: HMAC-SHA-256 by Python 3.11's hmac is
 * 04f91f5416ce9bf29081 e99865f6a0d669e072ff2b376eba622069b2c0e50d63. */
static void truncated_mac_is_the_front_of_the_hmac(void **state)
{
    static const uint8_t mac[] = { 0x04, 0xf9, 0x1f, 0x54, 0x16, 0xce, 0x9b, 0xf2, 0x90, 0x81 };
    struct test_pair pair = new_pair(&null_kind);
    uint8_t wire[64];
    size_t size, len;

    (void)state;
    memset(wire, 0xee, sizeof wire);
    assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, (const uint8_t *)"short mac", 9, wire, 24,
                                     &size), TLSN_OK);
    assert_int_equal(size, 5 + 9 + 10);
    assert_memory_equal(wire + 5, "short mac", 9);
    assert_memory_equal(wire + 14, mac, sizeof mac);
    for (size_t i = size; i < sizeof wire; i++)
        assert_int_equal(wire[i], 0xee); /* nothing behind the record is touched */
    assert_int_equal(open_wire(pair.reader, wire, size, &len), TLSN_OK);
    assert_int_equal(len, 9);
    test_pair_free(&pair);
    REQ("6066:7/5");
    REQ("3546:3.5/5");
    REQ("4366:3.5/5");
}

static void check_kind(const struct test_kind *kind, size_t len)
{
    struct test_pair pair = new_pair(kind);
    static uint8_t plain[1000], wire[1500], copy[1500];
    size_t need = tlsni_prot_sealed_size(pair.writer, len), size, got;

    memset(wire, 0xee, sizeof wire);
    assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, plain, len, wire, need, &size), TLSN_OK);
    assert_int_equal(size, need);
    assert_int_equal(wire[size], 0xee);
    for (size_t i = 5; i < size; i++) {
        memcpy(copy, wire, size);
        copy[i] ^= 0x10;
        assert_int_equal(open_wire(pair.reader, copy, size, &got), TLSN_ERR_BAD_RECORD_MAC);
    }
    assert_int_equal(open_wire(pair.reader, wire, size, &got), TLSN_OK);
    assert_int_equal(got, len);
    test_pair_free(&pair);
}

/* AES-128-CBC with HMAC-SHA-256: 16 bytes of IV, 100 of content, 10 of MAC and 2 of padding make
 * 128, or 16 + 112 + 10 with the MAC outside. */
static void truncated_mac_works_in_both_orders(void **state)
{
    const struct test_kind *inside = test_kind_find("AES_128_CBC", "SHA256", false);
    const struct test_kind *outside = test_kind_find("AES_128_CBC", "SHA256", true);

    (void)state;
    assert_true(inside && outside);
    for (size_t len = 0; len < 70; len++) {
        check_kind(inside, len);
        check_kind(outside, len);
        check_kind(&null_kind, len);
    }
    for (int etm = 0; etm < 2; etm++) {
        struct test_pair pair = new_pair(etm ? outside : inside);

        assert_int_equal(tlsni_prot_sealed_size(pair.writer, 100), etm ? 5 + 138 : 5 + 128);
        test_pair_free(&pair);
    }
    REQ("7366:3/10");
}

/* An AEAD's tag is no HMAC and stays as long as it is. */
static void truncated_mac_leaves_aeads_alone(void **state)
{
    struct test_pair pair = new_pair(&test_kinds[0]);
    const struct test_kind *ccm = test_kind_find("AES_128_CCM", "", false);

    (void)state;
    assert_non_null(ccm);
    assert_int_equal(tlsni_prot_sealed_size(pair.writer, 100), 5 + 8 + 100 + 16);
    test_pair_free(&pair);
    pair = new_pair(ccm);
    assert_int_equal(tlsni_prot_sealed_size(pair.writer, 100), 5 + 8 + 100 + 16);
    test_pair_free(&pair);
    REQ("5288:3/12");
    REQ("6655:6/2");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncated_mac_is_the_front_of_the_hmac),
        cmocka_unit_test(truncated_mac_works_in_both_orders),
        cmocka_unit_test(truncated_mac_leaves_aeads_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
