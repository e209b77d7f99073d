#include "handshake/msg.h"
#include "req.h"
#include "support_msg.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* ServerKeyExchange of an ephemeral exchange: parameters, then the signature over them. */
static tlsn_status ecdhe(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsni_msg_ecdh_params m;
    struct tlsni_msg_signed sig;
    bool named;
    tlsn_status st;

    tlsni_msg_ecdh_params_read(&r, &m, &named);
    st = tlsni_msg_signed_parse(&r, true, &sig);
    if (st != TLSN_OK || !named)
        return st;
    tlsni_msg_ecdh_params_write(again, &m);
    tlsni_msg_signed_write(again, true, &sig);
    return st;
}

static tlsn_status dhe(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsni_msg_dh_params m;
    struct tlsni_msg_signed sig;
    tlsn_status st;

    tlsni_msg_dh_params_read(&r, &m);
    st = tlsni_msg_signed_parse(&r, true, &sig);
    if (st != TLSN_OK)
        return st;
    tlsni_msg_dh_params_write(again, &m);
    tlsni_msg_signed_write(again, true, &sig);
    return st;
}

static tlsn_status signed_codec(struct tlsn_span body, struct tlsni_wr *again, bool with_scheme)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsni_msg_signed sig;
    tlsn_status st = tlsni_msg_signed_parse(&r, with_scheme, &sig);

    if (st == TLSN_OK)
        tlsni_msg_signed_write(again, with_scheme, &sig);
    return st;
}

static tlsn_status signed_tls12(struct tlsn_span body, struct tlsni_wr *again)
{
    return signed_codec(body, again, true);
}

static tlsn_status signed_tls10(struct tlsn_span body, struct tlsni_wr *again)
{
    return signed_codec(body, again, false);
}

static tlsn_status exchange(struct tlsn_span body, struct tlsni_wr *again, unsigned length_bytes)
{
    struct tlsn_span value;
    tlsn_status st = tlsni_msg_exchange_parse(body, length_bytes, &value);

    if (st == TLSN_OK)
        tlsni_msg_exchange_write(again, length_bytes, value);
    return st;
}

static tlsn_status exchange_point(struct tlsn_span body, struct tlsni_wr *again)
{
    return exchange(body, again, 1);
}

static tlsn_status exchange_long(struct tlsn_span body, struct tlsni_wr *again)
{
    return exchange(body, again, 2);
}

static void ecdhe_parameters_of_openssl_survive_a_round_trip(void **state)
{
    (void)state;
    msg_check(ecdhe, FLIGHT_ECDHE_SERVER_KEY_EXCHANGE, 0);
    msg_check_length(ecdhe, FLIGHT_ECDHE_SERVER_KEY_EXCHANGE, 3);
    msg_check_length(ecdhe, FLIGHT_ECDHE_SERVER_KEY_EXCHANGE, 4 + 32 + 2 + 1);
}

/* OpenSSL prefers X25519 and signs with ecdsa_secp256r1_sha256 here. */
static void ecdhe_parameters_of_openssl_have_their_fields(void **state)
{
    struct tlsni_msg_ecdh_params m;
    struct tlsni_msg_signed sig;
    size_t len;
    uint8_t *bytes = flight_message(FLIGHT_ECDHE_SERVER_KEY_EXCHANGE, &len);
    struct tlsni_rd r = tlsni_rd_make(bytes + 4, len - 4);
    bool named;

    (void)state;
    tlsni_msg_ecdh_params_read(&r, &m, &named);
    assert_true(named);
    assert_int_equal(m.group, 29);
    assert_int_equal(m.point.len, 32);
    assert_int_equal(tlsni_msg_signed_parse(&r, true, &sig), TLSN_OK);
    assert_int_equal(sig.scheme, 0x0403);
    assert_int_equal(sig.signature.data[0], 0x30);
    free(bytes);
    REQ("8422:5.4/2");
    REQ("5246:4.7/1");
}

/* RFC 8422 5.4: explicit_prime (1) and explicit_char2 (2) are deprecated. */
static void ecdhe_other_curve_types_are_not_named(void **state)
{
    static const uint8_t prime[] = { 1, 0, 29, 1, 9 };
    struct tlsni_rd r = tlsni_rd_make(prime, sizeof prime), none = tlsni_rd_make(NULL, 0);
    struct tlsni_msg_ecdh_params m;
    bool named;

    (void)state;
    tlsni_msg_ecdh_params_read(&r, &m, &named);
    assert_false(named);
    assert_false(r.bad);
    /* A message that ends there is cut short, whatever the type would have been. */
    tlsni_msg_ecdh_params_read(&none, &m, &named);
    assert_true(named);
    assert_true(none.bad);
}

static void ecdhe_empty_point_is_refused(void **state)
{
    (void)state;
    msg_check_hex(ecdhe, "03001d" "0109" "0403" "0000");
    msg_check_bad(ecdhe, "03001d" "00" "0403" "0000");
}

static void dhe_parameters_of_openssl_survive_a_round_trip(void **state)
{
    (void)state;
    msg_check(dhe, FLIGHT_DHE_SERVER_KEY_EXCHANGE, 0);
    msg_check_length(dhe, FLIGHT_DHE_SERVER_KEY_EXCHANGE, 1);
}

static void dhe_empty_parameters_are_refused(void **state)
{
    (void)state;
    msg_check_hex(dhe, "000117" "000105" "000102" "0401" "0000");
    msg_check_bad(dhe, "0000" "000105" "000102" "0401" "0000");
    msg_check_bad(dhe, "000117" "0000" "000102" "0401" "0000");
    msg_check_bad(dhe, "000117" "000105" "0000" "0401" "0000");
    REQ("5246:7.4.3/6");
}

static void signed_certificate_verify_survives_a_round_trip(void **state)
{
    (void)state;
    msg_check(signed_tls12, FLIGHT_CERTIFICATE_VERIFY, 0);
    msg_check_length(signed_tls12, FLIGHT_CERTIFICATE_VERIFY, 3);
    /* RFC 4346 4.7 has no pair in front. */
    msg_check_hex(signed_tls10, "0003" "010203");
}

static void exchange_of_openssl_survives_a_round_trip(void **state)
{
    (void)state;
    msg_check(exchange_point, FLIGHT_ECDHE_CLIENT_KEY_EXCHANGE, 0);
    msg_check(exchange_long, FLIGHT_DHE_CLIENT_KEY_EXCHANGE, 0);
    msg_check(exchange_long, FLIGHT_RSA_CLIENT_KEY_EXCHANGE, 0);
    msg_check_length(exchange_point, FLIGHT_ECDHE_CLIENT_KEY_EXCHANGE, 0);
    msg_check_length(exchange_long, FLIGHT_RSA_CLIENT_KEY_EXCHANGE, 1);
    REQ("5246:7.4.7.1/11");
    REQ("8422:5.7/1");
}

static void exchange_of_no_bytes_is_refused(void **state)
{
    (void)state;
    msg_check_bad(exchange_point, "00");
    msg_check_bad(exchange_long, "0000");
    REQ("5246:7.4.7.2/1");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdhe_parameters_of_openssl_survive_a_round_trip),
        cmocka_unit_test(ecdhe_parameters_of_openssl_have_their_fields),
        cmocka_unit_test(ecdhe_other_curve_types_are_not_named),
        cmocka_unit_test(ecdhe_empty_point_is_refused),
        cmocka_unit_test(dhe_parameters_of_openssl_survive_a_round_trip),
        cmocka_unit_test(dhe_empty_parameters_are_refused),
        cmocka_unit_test(signed_certificate_verify_survives_a_round_trip),
        cmocka_unit_test(exchange_of_openssl_survives_a_round_trip),
        cmocka_unit_test(exchange_of_no_bytes_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
