#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { CACHED_INFO = TLSNI_EXT_CACHED_INFO };

static const uint8_t messages[] = { 11, 0, 0, 3, 0, 0, 0, 13, 0, 0, 1, 0 };
/* SHA-256 of both, as sha256sum says. */
#define CERT_PRINT "1e8ee5644d5a3307f1900b43f1ceee7cab8376ec1ef79f40b21b7baac046c227"
#define REQUEST_PRINT "dda3876ac5dc6638c4c0d91c68bf1e9e95bf70c1ede58d4af9b0a1badacf2162"

static void cached_info_names_what_is_there(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, CACHED_INFO, &data));
    f.hs.cached = tlsni_span_make(messages, sizeof messages);
    ext_check_written(&f, CACHED_INFO, "0044" "0120" CERT_PRINT "0220" REQUEST_PRINT);
    REQ("7924:3/1");
    REQ("7924:3/3");
    REQ("7924:3/4");
    REQ("7924:4/1");
}

static void cached_info_is_read_with_its_bounds(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_server, CACHED_INFO, "000a" "0102aabb" "0201cc" "0901dd");
    ext_check_length(ext_server, CACHED_INFO, "0006" "0104aabbccdd", 1);
    ext_check_length(ext_server, CACHED_INFO, "0006" "0104aabbccdd", 3);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, CACHED_INFO, "0000"), TLSN_ERR_DECODE);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, CACHED_INFO, "0002" "0100"), TLSN_ERR_DECODE);
}

static void cached_info_counts_for_servers_that_have_it_on(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, CACHED_INFO, "0003" "0101aa"), TLSN_OK);
    assert_int_equal(f.hs.cached.len, 0);
    ext_server(&f);
    ext_set_feature(&f, TLSN_FEATURE_CACHED_INFO, true);
    assert_int_equal(ext_read_one(&f, CACHED_INFO, "0003" "0101aa"), TLSN_OK);
    assert_int_equal(f.hs.cached.len, 3);
}

static void cached_info_answer_has_types_only(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, CACHED_INFO, "0003" "0101aa"), TLSN_OK);
    assert_false(ext_write_one(&f, CACHED_INFO, &data));
    f.hs.cached_types = 1 << TLSNI_CACHED_CERT | 1 << TLSNI_CACHED_CERT_REQ;
    ext_check_written(&f, CACHED_INFO, "0002" "0102");
    f.hs.facts |= TLSNI_F_RESUMED;
    assert_false(ext_write_one(&f, CACHED_INFO, &data));
    REQ("7924:4/2");
}

static void cached_info_answer_of_another_type_is_refused(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    f.hs.cached = tlsni_span_make(messages, 7);
    assert_int_equal(ext_read_one(&f, CACHED_INFO, "0001" "02"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(ext_read_one(&f, CACHED_INFO, "0001" "00"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(ext_read_one(&f, CACHED_INFO, "0000"), TLSN_ERR_DECODE);
    assert_int_equal(f.hs.cached_types, 0);
    assert_int_equal(ext_read_one(&f, CACHED_INFO, "0001" "01"), TLSN_OK);
    assert_int_equal(f.hs.cached_types, 1 << TLSNI_CACHED_CERT);
    REQ("7924:4/4");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(cached_info_names_what_is_there),
        cmocka_unit_test(cached_info_is_read_with_its_bounds),
        cmocka_unit_test(cached_info_counts_for_servers_that_have_it_on),
        cmocka_unit_test(cached_info_answer_has_types_only),
        cmocka_unit_test(cached_info_answer_of_another_type_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
