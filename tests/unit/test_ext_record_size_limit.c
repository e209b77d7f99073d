#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TYPE = TLSNI_EXT_RECORD_SIZE_LIMIT };

static void client_1000(struct ext_fixture *f)
{
    ext_client(f);
    f->cfg.record_size_limit = 1000;
}

static void server_1000(struct ext_fixture *f)
{
    ext_server(f);
    f->cfg.record_size_limit = 1000;
}

static void size_limit_is_two_bytes(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    client_1000(&f);
    ext_check_written(&f, TYPE, "03e8");
    assert_int_equal(f.hs.size_limit_in, 1000);
    f.cfg.record_size_limit = 16384;
    ext_check_written(&f, TYPE, "4000");
    f.cfg.record_size_limit = 0;
    assert_false(ext_write_one(&f, TYPE, &data));
    assert_int_equal(TYPE, 28);
    REQ("8449:4/1");
    REQ("8449:4/10");
}

static void size_limit_of_both_sides_may_differ(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    server_1000(&f);
    assert_false(ext_write_one(&f, TYPE, &data));
    assert_int_equal(ext_read_one(&f, TYPE, "0200"), TLSN_OK);
    assert_int_equal(f.hs.size_limit_out, 512);
    ext_check_written(&f, TYPE, "03e8");
    assert_int_equal(f.hs.size_limit_in, 1000);
    client_1000(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "2000"), TLSN_OK);
    assert_int_equal(f.hs.size_limit_out, 8192);
    REQ("8449:4/11");
}

static void size_limit_below_64_is_illegal(void **state)
{
    struct ext_fixture f;

    (void)state;
    server_1000(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "003f"), TLSN_ERR_ILLEGAL_PARAMETER);
    server_1000(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0040"), TLSN_OK);
    client_1000(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0000"), TLSN_ERR_ILLEGAL_PARAMETER);
    client_1000(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0040"), TLSN_OK);
    REQ("8449:4/9");
}

static void size_limit_above_the_protocol_is_taken_from_clients_only(void **state)
{
    struct ext_fixture f;

    (void)state;
    server_1000(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "ffff"), TLSN_OK);
    assert_int_equal(f.hs.size_limit_out, 16384);
    client_1000(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "4000"), TLSN_OK);
    client_1000(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "4001"), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("8449:4/6");
    REQ("8449:4/7");
    REQ("8449:4/14");
}

static void size_limit_replaces_fragment_length(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    server_1000(&f);
    assert_int_equal(ext_read_block(&f, "001c" "0002" "0200" "0001" "0001" "02"), TLSN_OK);
    assert_int_equal(f.hs.size_limit_out, 512);
    assert_int_equal(f.hs.fragment_max, 0);
    assert_false(ext_write_one(&f, TLSNI_EXT_MAX_FRAGMENT_LENGTH, &data));
    server_1000(&f);
    f.cfg.record_size_limit = 0; /* not spoken here: the old one counts */
    assert_int_equal(ext_read_block(&f, "001c" "0002" "0200" "0001" "0001" "02"), TLSN_OK);
    assert_int_equal(f.hs.size_limit_out, 0);
    assert_int_equal(f.hs.fragment_max, 1024);
    assert_false(ext_write_one(&f, TYPE, &data));
    REQ("8449:5/1");
    REQ("8449:5/2");
}

static void size_limit_and_fragment_length_answered_are_illegal(void **state)
{
    struct ext_fixture f;

    (void)state;
    client_1000(&f);
    f.cfg.max_fragment_length = 1024;
    ext_mark_sent(&f, TLSNI_EXT_MAX_FRAGMENT_LENGTH);
    ext_mark_sent(&f, TYPE);
    assert_int_equal(ext_read_block(&f, "001c" "0002" "0200" "0001" "0001" "02"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("8449:5/3");
}

static void size_limit_without_a_bound_makes_way_for_fragment_length(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    f.cfg.record_size_limit = 16384;
    f.cfg.max_fragment_length = 1024;
    assert_false(ext_write_one(&f, TYPE, &data));
    assert_true(ext_write_one(&f, TLSNI_EXT_MAX_FRAGMENT_LENGTH, &data));
    f.cfg.record_size_limit = 1000;
    assert_true(ext_write_one(&f, TYPE, &data));
    assert_true(ext_write_one(&f, TLSNI_EXT_MAX_FRAGMENT_LENGTH, &data));
    REQ("8449:5/4");
}

static void size_limit_without_answer_does_not_hold(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    client_1000(&f);
    assert_true(ext_write_one(&f, TYPE, &data));
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_int_equal(f.hs.size_limit_in, 0);
    assert_int_equal(f.hs.size_limit_out, 0);
}

static void size_limit_of_another_size_is_a_decode_error(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(server_1000, TYPE, "0200");
    ext_check_exact(client_1000, TYPE, "0200");
    ext_client(&f);
    assert_int_equal(ext_read_block(&f, "001c" "0002" "0200"), TLSN_ERR_UNSUPPORTED_EXTENSION);
    server_1000(&f);
    assert_int_equal(ext_read_block(&f, "001c" "0002" "0200" "001c" "0002" "0200"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_limit_is_two_bytes),
        cmocka_unit_test(size_limit_of_both_sides_may_differ),
        cmocka_unit_test(size_limit_below_64_is_illegal),
        cmocka_unit_test(size_limit_above_the_protocol_is_taken_from_clients_only),
        cmocka_unit_test(size_limit_replaces_fragment_length),
        cmocka_unit_test(size_limit_and_fragment_length_answered_are_illegal),
        cmocka_unit_test(size_limit_without_a_bound_makes_way_for_fragment_length),
        cmocka_unit_test(size_limit_without_answer_does_not_hold),
        cmocka_unit_test(size_limit_of_another_size_is_a_decode_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
