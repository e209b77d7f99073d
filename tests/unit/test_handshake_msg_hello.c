#include "handshake/msg.h"
#include "req.h"
#include "support_msg.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static tlsn_status client_hello(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsni_msg_client_hello m;
    tlsn_status st = tlsni_msg_client_hello_parse(body, &m);

    if (st == TLSN_OK)
        tlsni_msg_client_hello_write(again, &m);
    return st;
}

static tlsn_status server_hello(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsni_msg_server_hello m;
    tlsn_status st = tlsni_msg_server_hello_parse(body, &m);

    if (st == TLSN_OK)
        tlsni_msg_server_hello_write(again, &m);
    return st;
}

/* 2 version, 32 random, and the offsets that follow from OpenSSL's and RFC 8448's messages. */
enum { SUITES = 35 };
#define VERSION_RANDOM "0303" "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void client_hello_of_peers_survives_a_round_trip(void **state)
{
    (void)state;
    /* Cut behind the compression methods it is a hello without extensions. */
    msg_check(client_hello, FLIGHT_CLIENT_HELLO, 35 + 2 + 4 + 2);
    msg_check(client_hello, FLIGHT_RFC8448_CLIENT_HELLO, 35 + 2 + 6 + 2);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_DECODE), 50);
    REQ("5246:7.4.1.2/18");
    REQ("5246:7.4.1.2/19");
}

/* The values are those RFC 8448 section 3 prints. */
static void client_hello_of_rfc_8448_has_its_fields(void **state)
{
    static const uint8_t suites[] = { 0x13, 0x01, 0x13, 0x03, 0x13, 0x02 };
    struct tlsni_msg_client_hello m;
    size_t len;
    uint8_t *bytes = flight_message(FLIGHT_RFC8448_CLIENT_HELLO, &len);

    (void)state;
    assert_int_equal(tlsni_msg_client_hello_parse(tlsni_span_make(bytes + 4, len - 4), &m),
                     TLSN_OK);
    assert_int_equal(m.version, 0x0303);
    assert_int_equal(m.random.len, 32);
    assert_int_equal(m.random.data[0], 0xcb);
    assert_int_equal(m.random.data[31], 0xe7);
    assert_int_equal(m.session_id.len, 0);
    assert_true(tlsni_span_eq(m.suites, tlsni_span_make(suites, sizeof suites)));
    assert_int_equal(m.compressions.len, 1);
    assert_true(m.has_extensions);
    assert_int_equal(m.extensions.len, 0x91);
    free(bytes);
}

static void client_hello_extensions_are_told_by_length_alone(void **state)
{
    struct tlsni_msg_client_hello m;
    uint8_t body[64];
    size_t without = vec_unhex(VERSION_RANDOM "00" "0002c02b" "0100", body, sizeof body), with;

    (void)state;
    assert_int_equal(tlsni_msg_client_hello_parse(tlsni_span_make(body, without), &m), TLSN_OK);
    assert_false(m.has_extensions);
    with = vec_unhex(VERSION_RANDOM "00" "0002c02b" "0100" "0000", body, sizeof body);
    assert_int_equal(tlsni_msg_client_hello_parse(tlsni_span_make(body, with), &m), TLSN_OK);
    assert_true(m.has_extensions);
    assert_int_equal(m.extensions.len, 0);
    REQ("5246:7.4.1.2/10");
}

static void hello_without_extensions_survives_a_round_trip(void **state)
{
    (void)state;
    msg_check_hex(server_hello, VERSION_RANDOM "00" "c02b" "00");
    msg_check_bad(client_hello, VERSION_RANDOM "00" "0002c02b" "0100" "00");
}

static void client_hello_session_id_above_32_is_refused(void **state)
{
#define ID32 "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
    struct tlsni_msg_client_hello m;
    uint8_t body[128];
    size_t len = vec_unhex(VERSION_RANDOM "20" ID32 "0002c02b" "0100", body, sizeof body);

    (void)state;
    assert_int_equal(tlsni_msg_client_hello_parse(tlsni_span_make(body, len), &m), TLSN_OK);
    assert_int_equal(m.session_id.len, 32);
    msg_check_bad(client_hello, VERSION_RANDOM "21" ID32 "c0" "0002c02b" "0100");
    msg_check_bad(server_hello, VERSION_RANDOM "21" ID32 "c0" "c02b" "00");
    REQ("5246:7.4.1.2/3");
}

/* RFC 5246 A.4.1: cipher_suites<2..2^16-2>, compression_methods<1..2^8-1> */
static void client_hello_empty_lists_are_refused(void **state)
{
    (void)state;
    msg_check_bad(client_hello, VERSION_RANDOM "00" "0000" "0100");
    msg_check_bad(client_hello, VERSION_RANDOM "00" "0002c02b" "00");
    REQ("5246:4.3/2");
}

static void client_hello_odd_suites_are_refused(void **state)
{
    (void)state;
    msg_check_bad(client_hello, VERSION_RANDOM "00" "0003c02bc0" "0100");
    msg_check_bad(client_hello, VERSION_RANDOM "00" "0001c0" "0100");
    REQ("5246:4.3/3");
}

static void client_hello_wrong_lengths_are_refused(void **state)
{
    (void)state;
    msg_check_length(client_hello, FLIGHT_CLIENT_HELLO, SUITES + 1);
    msg_check_length(client_hello, FLIGHT_CLIENT_HELLO, SUITES + 2 + 4 + 2 + 1);
}

static void server_hello_of_openssl_survives_a_round_trip(void **state)
{
    (void)state;
    /* version, random, session ID's length, suite, compression */
    msg_check(server_hello, FLIGHT_SERVER_HELLO, 2 + 32 + 1 + 2 + 1);
    msg_check_length(server_hello, FLIGHT_SERVER_HELLO, 2 + 32 + 1 + 2 + 1 + 1);
}

static void server_hello_of_openssl_has_its_fields(void **state)
{
    struct tlsni_msg_server_hello m;
    size_t len;
    uint8_t *bytes = flight_message(FLIGHT_SERVER_HELLO, &len);

    (void)state;
    assert_int_equal(tlsni_msg_server_hello_parse(tlsni_span_make(bytes + 4, len - 4), &m),
                     TLSN_OK);
    assert_int_equal(m.version, 0x0303);
    assert_int_equal(m.suite, 0xc02b); /* what s_client was told to offer */
    assert_int_equal(m.compression, 0);
    assert_int_equal(m.session_id.len, 0);
    assert_true(m.has_extensions);
    free(bytes);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_hello_of_peers_survives_a_round_trip),
        cmocka_unit_test(client_hello_of_rfc_8448_has_its_fields),
        cmocka_unit_test(client_hello_extensions_are_told_by_length_alone),
        cmocka_unit_test(hello_without_extensions_survives_a_round_trip),
        cmocka_unit_test(client_hello_session_id_above_32_is_refused),
        cmocka_unit_test(client_hello_empty_lists_are_refused),
        cmocka_unit_test(client_hello_odd_suites_are_refused),
        cmocka_unit_test(client_hello_wrong_lengths_are_refused),
        cmocka_unit_test(server_hello_of_openssl_survives_a_round_trip),
        cmocka_unit_test(server_hello_of_openssl_has_its_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
