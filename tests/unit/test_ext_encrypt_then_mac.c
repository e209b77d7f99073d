#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void encrypt_then_mac_of_client_is_empty(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_check_written(&f, TLSNI_EXT_ENCRYPT_THEN_MAC, "");
    assert_int_equal(TLSNI_EXT_ENCRYPT_THEN_MAC, 22);
    REQ("7366:2/1");
    REQ("7366:2/3");
}

static void encrypt_then_mac_without_cbc_suites_is_not_sent(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    ext_set_suites(&f, 0xc02b, 0x009e);
    assert_false(ext_write_one(&f, TLSNI_EXT_ENCRYPT_THEN_MAC, &data));
    ext_client(&f);
    ext_set_feature(&f, TLSN_FEATURE_ETM, false);
    assert_false(ext_write_one(&f, TLSNI_EXT_ENCRYPT_THEN_MAC, &data));
}

static void encrypt_then_mac_is_asked_for_and_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ENCRYPT_THEN_MAC, ""), TLSN_OK);
    assert_true(f.hs.etm);
    ext_check_written(&f, TLSNI_EXT_ENCRYPT_THEN_MAC, "");
    f.hs.etm = false; /* what the flow does for a suite without CBC */
    assert_false(ext_write_one(&f, TLSNI_EXT_ENCRYPT_THEN_MAC, &data));
    REQ("7366:2/2");
}

static void encrypt_then_mac_switched_off_is_not_taken(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    ext_set_feature(&f, TLSN_FEATURE_ETM, false);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ENCRYPT_THEN_MAC, ""), TLSN_OK);
    assert_false(f.hs.etm);
}

static void encrypt_then_mac_with_data_is_a_decode_error(void **state)
{
    (void)state;
    ext_check_exact(ext_server, TLSNI_EXT_ENCRYPT_THEN_MAC, "");
    ext_check_exact(ext_client, TLSNI_EXT_ENCRYPT_THEN_MAC, "");
    REQ("7366:2/4");
}

static void encrypt_then_mac_needs_the_answer(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_mark_sent(&f, TLSNI_EXT_ENCRYPT_THEN_MAC);
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_false(f.hs.etm);
    assert_int_equal(ext_read_block(&f, "0016" "0000"), TLSN_OK);
    assert_true(f.hs.etm);
    ext_client(&f);
    assert_int_equal(ext_read_block(&f, "0016" "0000"), TLSN_ERR_UNSUPPORTED_EXTENSION);
    assert_false(f.hs.etm);
    REQ("7366:2/5");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(encrypt_then_mac_of_client_is_empty),
        cmocka_unit_test(encrypt_then_mac_without_cbc_suites_is_not_sent),
        cmocka_unit_test(encrypt_then_mac_is_asked_for_and_answered),
        cmocka_unit_test(encrypt_then_mac_switched_off_is_not_taken),
        cmocka_unit_test(encrypt_then_mac_with_data_is_a_decode_error),
        cmocka_unit_test(encrypt_then_mac_needs_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
