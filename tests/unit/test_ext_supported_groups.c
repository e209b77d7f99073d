#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void supported_groups_of_client_hold_both_families(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    /* RFC 8422 5.1.1, RFC 7919 2: x25519 29, secp256r1 23, ffdhe2048 256 */
    ext_check_written(&f, TLSNI_EXT_SUPPORTED_GROUPS, "0006" "001d" "0017" "0100");
    REQ("8422:5.1.1/1");
    REQ("7919:2/1");
    REQ("7919:3/1");
    REQ("7919:3/2");
}

static void supported_groups_without_ecc_suites_name_no_curve(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    ext_set_suites(&f, 0x009e, 0x003c); /* DHE_RSA, RSA */
    ext_check_written(&f, TLSNI_EXT_SUPPORTED_GROUPS, "0002" "0100");
    ext_client(&f);
    ext_set_suites(&f, 0x003c, 0x003d);
    assert_false(ext_write_one(&f, TLSNI_EXT_SUPPORTED_GROUPS, &data));
    assert_false(ext_write_one(&f, TLSNI_EXT_EC_POINT_FORMATS, &data));
    REQ("8422:4/4");
}

static void supported_groups_without_dhe_suites_name_no_ffdhe(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_set_suites(&f, 0xc02b, 0xc02f);
    ext_check_written(&f, TLSNI_EXT_SUPPORTED_GROUPS, "0004" "001d" "0017");
    REQ("7919:3/4");
}

static void supported_groups_of_client_are_kept(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SUPPORTED_GROUPS, "0004" "fafa" "001d"), TLSN_OK);
    assert_true(f.hs.peer_groups_seen);
    assert_int_equal(f.hs.peer_groups.len, 4);
    assert_int_equal(f.hs.peer_groups.data[3], 29);
}

static void supported_groups_absent_are_not_seen(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_false(f.hs.peer_groups_seen);
}

/* NamedCurve named_curve_list<2..2^16-1>, two bytes each */
static void supported_groups_malformed_are_a_decode_error(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_server, TLSNI_EXT_SUPPORTED_GROUPS, "0004" "001d" "0017");
    ext_check_length(ext_server, TLSNI_EXT_SUPPORTED_GROUPS, "0004" "001d" "0017", 1);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SUPPORTED_GROUPS, "0000"), TLSN_ERR_DECODE);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SUPPORTED_GROUPS, "0003" "001d00"),
                     TLSN_ERR_DECODE);
    assert_false(f.hs.peer_groups_seen);
}

/* BIG-IP sends it; so did pion (issue 409 there). */
static void supported_groups_in_answer_are_ignored(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SUPPORTED_GROUPS, "0004" "001d" "0017"), TLSN_OK);
    assert_false(f.hs.peer_groups_seen);
}

static void supported_groups_are_never_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SUPPORTED_GROUPS, "0002" "001d"), TLSN_OK);
    assert_false(ext_write_one(&f, TLSNI_EXT_SUPPORTED_GROUPS, &data));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(supported_groups_of_client_hold_both_families),
        cmocka_unit_test(supported_groups_without_ecc_suites_name_no_curve),
        cmocka_unit_test(supported_groups_without_dhe_suites_name_no_ffdhe),
        cmocka_unit_test(supported_groups_of_client_are_kept),
        cmocka_unit_test(supported_groups_absent_are_not_seen),
        cmocka_unit_test(supported_groups_malformed_are_a_decode_error),
        cmocka_unit_test(supported_groups_in_answer_are_ignored),
        cmocka_unit_test(supported_groups_are_never_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
