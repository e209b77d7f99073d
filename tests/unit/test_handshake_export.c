/* Keys of export suites. The values of TLS 1.0 are from `openssl kdf TLS1-PRF`, those of SSL 3.0 from MD5
 * in Python's hashlib, by RFC 2246 6.3.1 and RFC 6101 6.2.2: client random 00 .. 1f, server random
 * 64 .. 83, five bytes of key material. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "handshake/schedule.h"
#include "req.h"

static const uint8_t tls_client_key[] = {
        0x94, 0x04, 0x78, 0xf5, 0x9e, 0xa6, 0x4b, 0x87, 0x86, 0xca, 0x20, 0x0f,
        0x66, 0x0e, 0x82, 0x7b
};
static const uint8_t tls_server_key[] = {
        0xca, 0x67, 0x76, 0xa2, 0xc1, 0xd2, 0x23, 0x10, 0xfe, 0x76, 0x36, 0x59,
        0x22, 0x76, 0x9d, 0x2d
};
static const uint8_t tls_ivs[] = {
        0x4e, 0x24, 0x30, 0x0d, 0xfc, 0xbb, 0x04, 0x3e, 0x9d, 0xc0, 0xf1, 0x85,
        0x6f, 0x35, 0x60, 0xd6
};
static const uint8_t ssl3_client_key[] = {
        0xf6, 0xd2, 0x26, 0x40, 0xd9, 0x8e, 0xc1, 0xfe, 0x6c, 0xfa, 0xc0, 0x68,
        0x10, 0xef, 0x13, 0x17
};
static const uint8_t ssl3_server_key[] = {
        0x36, 0x9a, 0x85, 0x71, 0x0f, 0xc5, 0x0c, 0xb2, 0x4e, 0x9a, 0x45, 0xce,
        0xa6, 0x0d, 0x32, 0x39
};
static const uint8_t ssl3_client_iv[] = {
        0x20, 0xf3, 0xf7, 0xa4, 0x39, 0xa0, 0xeb, 0xc1
};
static const uint8_t ssl3_server_iv[] = {
        0x75, 0xb3, 0xeb, 0xf3, 0x6f, 0x8a, 0x52, 0x11
};

static const uint8_t material[5] = { 1, 2, 3, 4, 5 };

static void fill(struct tlsni_hs *hs, uint16_t version)
{
    memset(hs, 0, sizeof *hs);
    hs->version = tlsni_version_find(version);
    for (uint8_t i = 0; i < TLSNI_RANDOM_LEN; i++) {
        hs->client_random[i] = i;
        hs->server_random[i] = (uint8_t)(100 + i);
    }
}

static void check(const struct tlsni_hs *hs, enum tlsn_role writer, size_t material_len,
                  const uint8_t *expected, size_t len)
{
    uint8_t got[33];

    memset(got, 0xa5, sizeof got);
    hs->version->export_key(hs, writer, tlsni_span_make(material, material_len), got, len);
    assert_memory_equal(got, expected, len);
    assert_int_equal(got[len], 0xa5);
}

static void export_keys_of_tls10_are_those_of_the_rfc(void **state)
{
    static struct tlsni_hs hs;

    (void)state;
    fill(&hs, TLSN_TLS1_0);
    check(&hs, TLSN_CLIENT, 5, tls_client_key, 16);
    check(&hs, TLSN_SERVER, 5, tls_server_key, 16);
    check(&hs, TLSN_SERVER, 5, tls_server_key, 8);
    check(&hs, TLSN_CLIENT, 0, tls_ivs, 8);
    check(&hs, TLSN_SERVER, 0, tls_ivs + 8, 8);
    REQ("2246:6.3.1/1");
    REQ("2246:6.3.1/2");
}

static void export_keys_of_ssl3_are_those_of_the_rfc(void **state)
{
    static struct tlsni_hs hs;

    (void)state;
    fill(&hs, TLSN_SSL3);
    check(&hs, TLSN_CLIENT, 5, ssl3_client_key, 16);
    check(&hs, TLSN_SERVER, 5, ssl3_server_key, 16);
    check(&hs, TLSN_CLIENT, 0, ssl3_client_iv, 8);
    check(&hs, TLSN_SERVER, 0, ssl3_server_iv, 8);
    REQ("6101:6.2.2/3");
    REQ("6101:6.2.2/4");
    REQ("6101:6.2.2/5");
}

static void export_keys_exist_up_to_tls10_only(void **state)
{
    (void)state;
    assert_null(tlsni_version_find(TLSN_TLS1_1)->export_key);
    assert_null(tlsni_version_find(TLSN_TLS1_2)->export_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export_keys_of_tls10_are_those_of_the_rfc),
        cmocka_unit_test(export_keys_of_ssl3_are_those_of_the_rfc),
        cmocka_unit_test(export_keys_exist_up_to_tls10_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
