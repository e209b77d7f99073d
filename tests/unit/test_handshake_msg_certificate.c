#include "handshake/msg.h"
#include "req.h"
#include "support_msg.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static tlsn_status certificate(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsn_span list;
    tlsn_status st = tlsni_msg_certificate_parse(body, &list);

    if (st == TLSN_OK)
        tlsni_msg_certificate_write(again, list);
    return st;
}

static tlsn_status request(struct tlsn_span body, struct tlsni_wr *again, bool with_sigalgs)
{
    struct tlsni_msg_certificate_request m;
    tlsn_status st = tlsni_msg_certificate_request_parse(body, with_sigalgs, &m);

    if (st == TLSN_OK)
        tlsni_msg_certificate_request_write(again, with_sigalgs, &m);
    return st;
}

static tlsn_status request_tls12(struct tlsn_span body, struct tlsni_wr *again)
{
    return request(body, again, true);
}

static tlsn_status request_tls10(struct tlsn_span body, struct tlsni_wr *again)
{
    return request(body, again, false);
}

static void certificate_of_openssl_survives_a_round_trip(void **state)
{
    (void)state;
    msg_check(certificate, FLIGHT_CERTIFICATE, 0);
    msg_check_length(certificate, FLIGHT_CERTIFICATE, 2);
    msg_check_length(certificate, FLIGHT_CERTIFICATE, 5);
}

/* RFC 5246 7.4.6: a client without a certificate sends an empty list. */
static void certificate_empty_list_parses(void **state)
{
    (void)state;
    msg_check_hex(certificate, "000000");
}

/* RFC 5246 7.4.2: opaque ASN.1Cert<1..2^24-1> */
static void certificate_of_no_bytes_is_refused(void **state)
{
    (void)state;
    msg_check_bad(certificate, "000003" "000000");
    msg_check_bad(certificate, "000007" "00000130" "000000");
}

static void certificate_next_walks_the_list(void **state)
{
    uint8_t body[32];
    struct tlsn_span list, der;
    size_t len = vec_unhex("00000b" "00000130" "000004" "31323334", body, sizeof body);

    (void)state;
    assert_int_equal(tlsni_msg_certificate_parse(tlsni_span_make(body, len), &list), TLSN_OK);
    assert_true(tlsni_msg_certificate_next(&list, &der));
    assert_int_equal(der.len, 1);
    assert_true(tlsni_msg_certificate_next(&list, &der));
    assert_int_equal(der.len, 4);
    assert_memory_equal(der.data, "1234", 4);
    assert_false(tlsni_msg_certificate_next(&list, &der));
    assert_int_equal(der.len, 0);
    assert_false(tlsni_msg_certificate_next(&list, &der));
}

static void request_of_openssl_survives_a_round_trip(void **state)
{
    (void)state;
    msg_check(request_tls12, FLIGHT_CERTIFICATE_REQUEST, 0);
    msg_check_length(request_tls12, FLIGHT_CERTIFICATE_REQUEST, 0);
    /* 3 types, then the length of 40 bytes of algorithms and that of the names */
    msg_check_length(request_tls12, FLIGHT_CERTIFICATE_REQUEST, 1 + 3 + 1);
    msg_check_length(request_tls12, FLIGHT_CERTIFICATE_REQUEST, 1 + 3 + 2 + 40 + 1);
}

/* -Verify with -CAfile: one name, CN=localhost */
static void request_of_openssl_has_its_fields(void **state)
{
    struct tlsni_msg_certificate_request m;
    size_t len;
    uint8_t *bytes = flight_message(FLIGHT_CERTIFICATE_REQUEST, &len);

    (void)state;
    assert_int_equal(
        tlsni_msg_certificate_request_parse(tlsni_span_make(bytes + 4, len - 4), true,
                                            &m), TLSN_OK);
    assert_int_equal(m.types.len, 3);
    assert_int_equal(m.sigalgs.len, 40);
    assert_int_equal(m.sigalgs.data[0] << 8 | m.sigalgs.data[1], 0x0403);
    assert_int_equal(m.authorities.len, 24);
    assert_memory_equal(m.authorities.data + 15, "localhost", 9);
    free(bytes);
}

/* RFC 5246 7.4.4: certificate_types<1..2^8-1> */
static void request_without_types_is_refused(void **state)
{
    (void)state;
    msg_check_hex(request_tls12, "0101" "00020403" "0000");
    msg_check_bad(request_tls12, "00" "00020403" "0000");
    REQ("5246:7.4.4/2");
}

static void request_without_algorithms_is_refused(void **state)
{
    (void)state;
    msg_check_bad(request_tls12, "0101" "0000" "0000");
    msg_check_bad(request_tls12, "0101" "0003040304" "0000");
    msg_check_bad(request_tls12, "0101" "000104" "0000");
    REQ("5246:7.4.4/3");
}

/* DistinguishedName<1..2^16-1> */
static void request_with_empty_name_is_refused(void **state)
{
    (void)state;
    msg_check_hex(request_tls12, "0101" "00020403" "0004" "00023000");
    msg_check_bad(request_tls12, "0101" "00020403" "0002" "0000");
    msg_check_bad(request_tls12, "0101" "00020403" "0004" "00033000");
    REQ("5246:7.4.4/4");
}

/* RFC 4346 7.4.4 has no algorithms. */
static void request_before_tls12_has_no_algorithms(void **state)
{
    (void)state;
    msg_check_hex(request_tls10, "020140" "0000");
    msg_check_bad(request_tls10, "0101" "00020403" "0000");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_of_openssl_survives_a_round_trip),
        cmocka_unit_test(certificate_empty_list_parses),
        cmocka_unit_test(certificate_of_no_bytes_is_refused),
        cmocka_unit_test(certificate_next_walks_the_list),
        cmocka_unit_test(request_of_openssl_survives_a_round_trip),
        cmocka_unit_test(request_of_openssl_has_its_fields),
        cmocka_unit_test(request_without_types_is_refused),
        cmocka_unit_test(request_without_algorithms_is_refused),
        cmocka_unit_test(request_with_empty_name_is_refused),
        cmocka_unit_test(request_before_tls12_has_no_algorithms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
