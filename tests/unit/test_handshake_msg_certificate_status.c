#include "handshake/msg.h"
#include "req.h"
#include "support_msg.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static tlsn_status status(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsni_msg_certificate_status m;
    tlsn_status st = tlsni_msg_certificate_status_parse(body, &m);

    if (st == TLSN_OK)
        tlsni_msg_certificate_status_write(again, &m);
    return st;
}

static void status_ocsp_is_one_response(void **state)
{
    (void)state;
    msg_check_hex(status, "01" "000001" "aa");
    msg_check_hex(status, "01" "000003" "aabbcc");
    msg_check_bad(status, "01" "000000");
    msg_check_bad(status, "01" "000002" "aa");
    REQ("6066:8/13");
    REQ("6961:2.2/8");
}

static void status_multi_is_a_list(void **state)
{
    (void)state;
    msg_check_hex(status, "02" "000003" "000000");
    msg_check_hex(status, "02" "000008" "000002aabb" "000000");
    msg_check_bad(status, "02" "000000");
    msg_check_bad(status, "02" "000004" "000000" "00");
    msg_check_bad(status, "02" "000004" "000002" "aa");
    REQ("6961:2.2/9");
}

static void status_of_another_type_is_an_illegal_value(void **state)
{
    static const uint8_t other[] = { 3, 0, 0, 1, 0xaa }, zero[] = { 0, 0, 0, 1, 0xaa };
    struct tlsni_msg_certificate_status m;

    (void)state;
    assert_int_equal(tlsni_msg_certificate_status_parse(tlsni_span_make(other, 5), &m),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_msg_certificate_status_parse(tlsni_span_make(zero, 5), &m),
                     TLSN_ERR_ILLEGAL_PARAMETER);
}

static void status_list_is_walked_over_empty_ones(void **state)
{
    uint8_t body[32];
    size_t len = vec_unhex("02" "00000c" "000002aabb" "000000" "000001cc", body, sizeof body);
    struct tlsni_msg_certificate_status m;
    struct tlsn_span r;

    (void)state;
    assert_int_equal(tlsni_msg_certificate_status_parse(tlsni_span_make(body, len), &m), TLSN_OK);
    assert_true(tlsni_msg_status_next(&m.responses, &r));
    assert_int_equal(r.len, 2);
    assert_true(tlsni_msg_status_next(&m.responses, &r));
    assert_int_equal(r.len, 0);
    assert_true(tlsni_msg_status_next(&m.responses, &r));
    assert_int_equal(r.len, 1);
    assert_int_equal(r.data[0], 0xcc);
    assert_false(tlsni_msg_status_next(&m.responses, &r));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_ocsp_is_one_response),
        cmocka_unit_test(status_multi_is_a_list),
        cmocka_unit_test(status_of_another_type_is_an_illegal_value),
        cmocka_unit_test(status_list_is_walked_over_empty_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
