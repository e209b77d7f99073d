#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TYPE = TLSNI_EXT_TRUNCATED_HMAC };

static void client_on(struct ext_fixture *f)
{
    ext_client(f);
    ext_set_feature(f, TLSN_FEATURE_TRUNCATED_HMAC, true);
}

static void server_on(struct ext_fixture *f)
{
    ext_server(f);
    ext_set_feature(f, TLSN_FEATURE_TRUNCATED_HMAC, true);
}

static void truncated_hmac_is_off_by_default(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, TYPE, &data));
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TYPE, ""), TLSN_OK);
    assert_false(f.hs.truncated_mac);
    assert_false(ext_write_one(&f, TYPE, &data));
}

static void truncated_hmac_is_empty_and_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    assert_int_equal(TYPE, 4);
    client_on(&f);
    ext_check_written(&f, TYPE, "");
    assert_int_equal(ext_read_one(&f, TYPE, ""), TLSN_OK);
    assert_true(f.hs.truncated_mac);
    server_on(&f);
    assert_int_equal(ext_read_one(&f, TYPE, ""), TLSN_OK);
    ext_check_written(&f, TYPE, "");
    f.hs.facts |= TLSNI_F_RESUMED;
    assert_false(ext_write_one(&f, TYPE, &data));
    client_on(&f);
    ext_set_suites(&f, 0xc02b, 0x009e); /* AEADs alone have nothing to cut */
    assert_false(ext_write_one(&f, TYPE, &data));
    REQ("6066:7/1");
    REQ("6066:7/2");
    REQ("6066:7/3");
    REQ("3546:3.5/1");
    REQ("3546:3.5/2");
    REQ("3546:3.5/3");
    REQ("4366:3.5/1");
    REQ("4366:3.5/2");
    REQ("4366:3.5/3");
}

static void truncated_hmac_has_no_effect_on_other_suites(void **state)
{
    struct ext_fixture f;

    (void)state;
    server_on(&f);
    f.hs.truncated_mac = true;
    tlsni_ext_settle_truncated_hmac(&f.hs); /* GCM */
    assert_false(f.hs.truncated_mac);
    f.hs.truncated_mac = true;
    f.hs.suite = tlsni_suite_find(0x003c); /* CBC */
    tlsni_ext_settle_truncated_hmac(&f.hs);
    assert_true(f.hs.truncated_mac);
    REQ("6066:7/4");
    REQ("3546:3.5/4");
    REQ("4366:3.5/4");
}

static void truncated_hmac_with_data_is_a_decode_error(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(server_on, TYPE, "");
    ext_check_exact(client_on, TYPE, "");
    ext_client(&f);
    assert_int_equal(ext_read_block(&f, "0004" "0000"), TLSN_ERR_UNSUPPORTED_EXTENSION);
    server_on(&f);
    assert_int_equal(ext_read_block(&f, "0004" "0000" "0004" "0000"), TLSN_ERR_ILLEGAL_PARAMETER);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncated_hmac_is_off_by_default),
        cmocka_unit_test(truncated_hmac_is_empty_and_answered),
        cmocka_unit_test(truncated_hmac_has_no_effect_on_other_suites),
        cmocka_unit_test(truncated_hmac_with_data_is_a_decode_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
