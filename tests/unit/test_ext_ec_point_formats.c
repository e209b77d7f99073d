#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* RFC 8422 5.1.2 prints these bytes. */
static void ec_point_formats_of_client_are_uncompressed_only(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_check_written(&f, TLSNI_EXT_EC_POINT_FORMATS, "01" "00");
    ext_check_written(&f, TLSNI_EXT_SUPPORTED_GROUPS, "0006" "001d" "0017" "0100");
    REQ("8422:4/1");
    REQ("8422:5.1/1");
    REQ("8422:5.1/2");
    REQ("8422:5.1.2/3");
    REQ("8422:5.1.2/6");
}

static void ec_point_formats_are_answered_for_ecc_suites(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_EC_POINT_FORMATS, "03" "010200"), TLSN_OK);
    assert_true(f.hs.peer_uncompressed);
    ext_check_written(&f, TLSNI_EXT_EC_POINT_FORMATS, "01" "00");
    f.hs.suite = tlsni_suite_find(0x009e); /* DHE_RSA */
    assert_false(ext_write_one(&f, TLSNI_EXT_EC_POINT_FORMATS, &data));
    REQ("8422:5.2/1");
    REQ("8422:5.2/2");
}

static void ec_point_formats_not_asked_for_are_not_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_true(f.hs.peer_uncompressed);
    assert_false(ext_write_one(&f, TLSNI_EXT_EC_POINT_FORMATS, &data));
    REQ("8422:5.1.2/4");
}

static void ec_point_formats_in_resumption_are_not_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_EC_POINT_FORMATS, "01" "00"), TLSN_OK);
    f.hs.facts |= TLSNI_F_RESUMED;
    assert_false(ext_write_one(&f, TLSNI_EXT_EC_POINT_FORMATS, &data));
}

static void ec_point_formats_without_uncompressed_are_illegal(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_EC_POINT_FORMATS, "02" "0102"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(f.err.alert, 47);
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_EC_POINT_FORMATS, "01" "01"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("8422:5.1.2/5");
    REQ("8422:5.2/3");
}

static void ec_point_formats_malformed_are_a_decode_error(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_server, TLSNI_EXT_EC_POINT_FORMATS, "03" "000102");
    ext_check_exact(ext_client, TLSNI_EXT_EC_POINT_FORMATS, "01" "00");
    ext_check_length(ext_server, TLSNI_EXT_EC_POINT_FORMATS, "03" "000102", 0);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_EC_POINT_FORMATS, "00"), TLSN_ERR_DECODE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ec_point_formats_of_client_are_uncompressed_only),
        cmocka_unit_test(ec_point_formats_are_answered_for_ecc_suites),
        cmocka_unit_test(ec_point_formats_not_asked_for_are_not_answered),
        cmocka_unit_test(ec_point_formats_in_resumption_are_not_answered),
        cmocka_unit_test(ec_point_formats_without_uncompressed_are_illegal),
        cmocka_unit_test(ec_point_formats_malformed_are_a_decode_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
