#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TYPE = TLSNI_EXT_MAX_FRAGMENT_LENGTH };

static void asks_2048(struct ext_fixture *f)
{
    ext_client(f);
    f->cfg.max_fragment_length = 2048;
}

static void fragment_length_is_not_asked_for_by_itself(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, TYPE, &data));
}

/* The numbers are the registry's: 1 is 2^9 bytes and so on (RFC 6066 4). */
static void fragment_length_is_written_as_its_number(void **state)
{
    static const struct { uint16_t bytes; const char *hex; } rows[] = {
        { 512, "01" }, { 1024, "02" }, { 2048, "03" }, { 4096, "04" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ext_fixture f;

        ext_client(&f);
        f.cfg.max_fragment_length = rows[i].bytes;
        ext_check_written(&f, TYPE, rows[i].hex);
        ext_server(&f);
        assert_int_equal(ext_read_one(&f, TYPE, rows[i].hex), TLSN_OK);
        assert_int_equal(f.hs.fragment_max, rows[i].bytes);
        ext_check_written(&f, TYPE, rows[i].hex);
        assert_true(tlsni_ext_is_fragment_length(rows[i].bytes));
    }
    assert_false(tlsni_ext_is_fragment_length(8192));
    assert_false(tlsni_ext_is_fragment_length(513));
    REQ("6066:4/1");
    REQ("6066:4/2");
    REQ("6066:4/3");
    REQ("3546:3.2/1");
    REQ("3546:3.2/2");
    REQ("3546:3.2/3");
    REQ("4366:3.2/1");
    REQ("4366:3.2/2");
    REQ("4366:3.2/3");
}

static void fragment_length_of_no_meaning_is_illegal(void **state)
{
    static const char *const wrong[] = { "00", "05", "06", "ff" };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct ext_fixture f;

        ext_server(&f);
        assert_int_equal(ext_read_one(&f, TYPE, wrong[i]), TLSN_ERR_ILLEGAL_PARAMETER);
        asks_2048(&f);
        assert_int_equal(ext_read_one(&f, TYPE, wrong[i]), TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(f.hs.fragment_max, 0);
    }
    REQ("6066:4/4");
    REQ("3546:3.2/4");
    REQ("4366:3.2/4");
}

static void fragment_length_answered_otherwise_is_illegal(void **state)
{
    struct ext_fixture f;

    (void)state;
    asks_2048(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "03"), TLSN_OK);
    assert_int_equal(f.hs.fragment_max, 2048);
    asks_2048(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "02"), TLSN_ERR_ILLEGAL_PARAMETER);
    asks_2048(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "04"), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("6066:4/5");
    REQ("3546:3.2/5");
    REQ("4366:3.2/5");
}

static void fragment_length_of_resumed_session_is_not_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "01"), TLSN_OK);
    f.hs.facts |= TLSNI_F_RESUMED;
    assert_false(ext_write_one(&f, TYPE, &data));
}

static void fragment_length_of_another_size_is_a_decode_error(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_server, TYPE, "01");
    ext_check_exact(asks_2048, TYPE, "03");
    ext_client(&f);
    assert_int_equal(ext_read_block(&f, "0001" "0001" "01"), TLSN_ERR_UNSUPPORTED_EXTENSION);
    ext_server(&f);
    assert_int_equal(ext_read_block(&f, "0001" "0001" "01" "0001" "0001" "01"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragment_length_is_not_asked_for_by_itself),
        cmocka_unit_test(fragment_length_is_written_as_its_number),
        cmocka_unit_test(fragment_length_of_no_meaning_is_illegal),
        cmocka_unit_test(fragment_length_answered_otherwise_is_illegal),
        cmocka_unit_test(fragment_length_of_resumed_session_is_not_answered),
        cmocka_unit_test(fragment_length_of_another_size_is_a_decode_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
