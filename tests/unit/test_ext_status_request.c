#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void status_request_is_off_by_default(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, TLSNI_EXT_STATUS_REQUEST, &data));
    assert_false(ext_write_one(&f, TLSNI_EXT_STATUS_REQUEST_V2, &data));
}

static void status_request_of_client_names_ocsp(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_set_feature(&f, TLSN_FEATURE_OCSP, true);
    ext_check_written(&f, TLSNI_EXT_STATUS_REQUEST, "01" "0000" "0000");
    REQ("6066:8/1");
    REQ("3546:3.6/1");
    REQ("4366:3.6/1");
    REQ("6066:8/2");
    REQ("6066:8/4");
}

static void status_request_v2_of_client_lists_both_types(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_set_feature(&f, TLSN_FEATURE_OCSP_MULTI, true);
    ext_check_written(&f, TLSNI_EXT_STATUS_REQUEST_V2,
                      "000e" "02" "0004" "00000000" "01" "0004" "00000000");
    REQ("6961:2.2/1");
    REQ("6961:2.2/2");
}

static void status_request_is_read_with_its_bounds(void **state)
{
    static const char with_all[] = "01" "0007" "0001aa" "0002bbcc" "0003" "300100";
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_server, TLSNI_EXT_STATUS_REQUEST, "01" "0000" "0000");
    ext_check_exact(ext_server, TLSNI_EXT_STATUS_REQUEST, with_all);
    ext_check_length(ext_server, TLSNI_EXT_STATUS_REQUEST, with_all, 2);
    ext_check_length(ext_server, TLSNI_EXT_STATUS_REQUEST, with_all, 11);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_STATUS_REQUEST, with_all), TLSN_OK);
    assert_true(f.hs.status_asked);
    ext_server(&f); /* a responder's name is not empty */
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_STATUS_REQUEST, "01" "0002" "0000" "0000"),
                     TLSN_ERR_DECODE);
    REQ("6066:8/3");
}

static void status_request_of_an_unknown_type_is_none(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_STATUS_REQUEST, "09" "abcdef"), TLSN_OK);
    assert_false(f.hs.status_asked);
}

static void status_request_v2_takes_the_first_known_type(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_server, TLSNI_EXT_STATUS_REQUEST_V2,
                    "000e" "02" "0004" "00000000" "01" "0004" "00000000");
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_STATUS_REQUEST_V2,
                                  "0013" "07" "0002" "abcd" "01" "0004" "00000000"
                                  "02" "0004" "00000000"), TLSN_OK);
    assert_int_equal(f.hs.status_asked_v2, TLSNI_STATUS_OCSP);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_STATUS_REQUEST_V2, "0003" "07" "0000"), TLSN_OK);
    assert_int_equal(f.hs.status_asked_v2, 0);
    REQ("6961:2.2/3");
    REQ("6961:2.2/4");
}

static void status_request_v2_item_of_another_length_is_refused(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_STATUS_REQUEST_V2, "0008" "02" "0005" "0000000000"),
                     TLSN_ERR_DECODE);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_STATUS_REQUEST_V2, "0006" "02" "0003" "000000"),
                     TLSN_ERR_DECODE);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_STATUS_REQUEST_V2, "0000"), TLSN_ERR_DECODE);
}

static void status_request_answers_are_empty(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_client, TLSNI_EXT_STATUS_REQUEST, "");
    ext_check_exact(ext_client, TLSNI_EXT_STATUS_REQUEST_V2, "");
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_STATUS_REQUEST, ""), TLSN_OK);
    assert_true(f.hs.facts & TLSNI_F_STATUS);
    assert_false(f.hs.status_v2);
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_STATUS_REQUEST_V2, ""), TLSN_OK);
    assert_true(f.hs.status_v2);
    REQ("6066:8/10");
    REQ("3546:3.6/2");
    REQ("4366:3.6/2");
}

static void status_request_and_its_successor_are_not_both_answered(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_mark_sent(&f, TLSNI_EXT_STATUS_REQUEST);
    ext_mark_sent(&f, TLSNI_EXT_STATUS_REQUEST_V2);
    assert_int_equal(ext_read_block(&f, "0005" "0000" "0011" "0000"), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("6961:2.2/6");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_request_is_off_by_default),
        cmocka_unit_test(status_request_of_client_names_ocsp),
        cmocka_unit_test(status_request_v2_of_client_lists_both_types),
        cmocka_unit_test(status_request_is_read_with_its_bounds),
        cmocka_unit_test(status_request_of_an_unknown_type_is_none),
        cmocka_unit_test(status_request_v2_takes_the_first_known_type),
        cmocka_unit_test(status_request_v2_item_of_another_length_is_refused),
        cmocka_unit_test(status_request_answers_are_empty),
        cmocka_unit_test(status_request_and_its_successor_are_not_both_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
