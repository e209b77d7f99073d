#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void extended_master_secret_of_client_is_empty(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_check_written(&f, TLSNI_EXT_EXTENDED_MASTER_SECRET, "");
    assert_int_equal(TLSNI_EXT_EXTENDED_MASTER_SECRET, 23);
    REQ("7627:5.1/1");
    REQ("7627:5.2/1");
}

static void extended_master_secret_is_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_EXTENDED_MASTER_SECRET, ""), TLSN_OK);
    assert_true(f.hs.ems);
    ext_check_written(&f, TLSNI_EXT_EXTENDED_MASTER_SECRET, "");
    f.hs.ems = false; /* settled otherwise */
    assert_false(ext_write_one(&f, TLSNI_EXT_EXTENDED_MASTER_SECRET, &data));
    REQ("7627:5.2/2");
    REQ("7627:5.2/5");
}

static void extended_master_secret_with_data_is_a_decode_error(void **state)
{
    (void)state;
    ext_check_exact(ext_server, TLSNI_EXT_EXTENDED_MASTER_SECRET, "");
    ext_check_exact(ext_client, TLSNI_EXT_EXTENDED_MASTER_SECRET, "");
    REQ("7627:5.1/2");
}

static void extended_master_secret_switched_off_is_neither_sent_nor_taken(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    ext_set_feature(&f, TLSN_FEATURE_EMS, false);
    assert_false(ext_write_one(&f, TLSNI_EXT_EXTENDED_MASTER_SECRET, &data));
    ext_server(&f);
    ext_set_feature(&f, TLSN_FEATURE_EMS, false);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_EXTENDED_MASTER_SECRET, ""), TLSN_OK);
    assert_false(f.hs.ems);
}

static void extended_master_secret_absent_is_accepted_by_default(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    ext_client(&f);
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_false(f.hs.ems);
}

/* RFC 7627 5.2: abort means handshake_failure (40). */
static void extended_master_secret_required_of_client_ends_without(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    ext_set_feature(&f, TLSN_FEATURE_REQUIRE_EMS, true);
    assert_true(ext_read_block(&f, "") < 0);
    assert_int_equal(f.err.alert, 40);
    REQ("7627:5.2/4");
    REQ("7627:5.2/8");
}

static void extended_master_secret_required_of_server_ends_without(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_set_feature(&f, TLSN_FEATURE_REQUIRE_EMS, true);
    assert_true(ext_read_block(&f, "") < 0);
    assert_int_equal(f.err.alert, 40);
    REQ("7627:5.2/6");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(extended_master_secret_of_client_is_empty),
        cmocka_unit_test(extended_master_secret_is_answered),
        cmocka_unit_test(extended_master_secret_with_data_is_a_decode_error),
        cmocka_unit_test(extended_master_secret_switched_off_is_neither_sent_nor_taken),
        cmocka_unit_test(extended_master_secret_absent_is_accepted_by_default),
        cmocka_unit_test(extended_master_secret_required_of_client_ends_without),
        cmocka_unit_test(extended_master_secret_required_of_server_ends_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
