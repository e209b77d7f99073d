#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* RFC 6066 3: list, type 0, name */
#define LOCALHOST "000c" "00" "0009" "6c6f63616c686f7374"

static const uint8_t served[] = "\x09localhost\x0b""www.example";

static void with_names(struct ext_fixture *f)
{
    ext_server(f);
    f->cfg.server_names = tlsni_span_make(served, sizeof served - 1);
}

/* OpenSSL writes the same for -servername localhost (support_flight.c). */
static void server_name_of_client_is_a_list_with_one_host_name(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    f.hs.server_name = "localhost";
    ext_check_written(&f, TLSNI_EXT_SERVER_NAME, LOCALHOST);
    REQ("6066:3/1");
    REQ("3546:3.1/1");
    REQ("4366:3.1/1");
    REQ("6066:3/2");
    REQ("3546:3.1/2");
    REQ("4366:3.1/2");
    REQ("6066:3/4");
}

static void server_name_without_name_is_not_sent(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, TLSNI_EXT_SERVER_NAME, &data));
}

static void server_name_is_read_and_acknowledged(void **state)
{
    struct ext_fixture f;

    (void)state;
    with_names(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME, LOCALHOST), TLSN_OK);
    assert_true(tlsni_span_eq(f.hs.peer_name, tlsni_span_make("localhost", 9)));
    ext_check_written(&f, TLSNI_EXT_SERVER_NAME, "");
    REQ("6066:3/16");
    REQ("6066:3/17");
}

static void server_name_in_resumption_is_not_acknowledged(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    with_names(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME, LOCALHOST), TLSN_OK);
    f.hs.facts |= TLSNI_F_RESUMED;
    assert_false(ext_write_one(&f, TLSNI_EXT_SERVER_NAME, &data));
    REQ("6066:3/22");
    REQ("6066:1.1/4");
}

/* A server without names does not use what it was told, and does not say it did. */
static void server_name_that_decides_nothing_is_not_acknowledged(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME, LOCALHOST), TLSN_OK);
    assert_true(tlsni_span_eq(f.hs.peer_name, tlsni_span_make("localhost", 9)));
    assert_false(ext_write_one(&f, TLSNI_EXT_SERVER_NAME, &data));
}

static void server_name_malformed_is_a_decode_error(void **state)
{
    (void)state;
    ext_check_exact(ext_server, TLSNI_EXT_SERVER_NAME, LOCALHOST);
    ext_check_length(ext_server, TLSNI_EXT_SERVER_NAME, LOCALHOST, 1);
    ext_check_length(ext_server, TLSNI_EXT_SERVER_NAME, LOCALHOST, 4);
    REQ("6066:11.1/2");
}

static void server_name_empty_list_or_name_is_a_decode_error(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME, "0000"), TLSN_ERR_DECODE);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME, "0003" "00" "0000"), TLSN_ERR_DECODE);
    REQ("6066:3/3");
}

static void server_name_two_of_one_type_are_refused(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME, "0008" "00000161" "00000162"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME,
                                  "000c" "07000161" "07000162" "00000163"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("6066:3/5");
}

static void server_name_of_other_types_is_passed_over(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME, "0008" "07000161" "00000162"),
                     TLSN_OK);
    assert_true(tlsni_span_eq(f.hs.peer_name, tlsni_span_make("b", 1)));
    REQ("6066:3/10");
}

static void server_name_with_control_bytes_is_refused(void **state)
{
    static const char *const bad[] = {
        "0006" "00" "0003" "610062", /* NUL in the middle */
        "0006" "00" "0003" "610a62",
        "0006" "00" "0003" "612062",
        "0006" "00" "0003" "61c3a4",
        "0006" "00" "0003" "61627f",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ext_fixture f;

        ext_server(&f);
        assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME, bad[i]),
                         TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(f.hs.peer_name.len, 0);
    }
}

static void server_name_is_compared_without_case(void **state)
{
    struct ext_fixture f;

    (void)state;
    with_names(&f);
    /* "WwW.Example" */
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME,
                                  "000e" "00" "000b" "5777572e4578616d706c65"),
                     TLSN_OK);
    ext_check_written(&f, TLSNI_EXT_SERVER_NAME, "");
    REQ("6066:3/12");
    REQ("3546:3.1/3");
    REQ("4366:3.1/3");
}

static void server_name_unknown_is_not_acknowledged(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    with_names(&f);
    /* "localhosu" */
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME,
                                  "000c" "00" "0009" "6c6f63616c686f7375"), TLSN_OK);
    assert_false(ext_write_one(&f, TLSNI_EXT_SERVER_NAME, &data));
}

static void server_name_unknown_is_fatal_when_configured(void **state)
{
    struct ext_fixture f;

    (void)state;
    with_names(&f);
    ext_set_feature(&f, TLSN_FEATURE_SNI_FATAL, true);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME, "0005" "00" "0002" "6162"),
                     TLSN_ERR_UNRECOGNIZED_NAME);
    assert_int_equal(f.err.alert, 112);
    assert_non_null(strstr(f.err.text, "\"ab\""));
    REQ("6066:3/6");
    REQ("3546:3.1/10");
    REQ("4366:3.1/10");
}

static void server_name_in_answer_must_be_empty(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_client, TLSNI_EXT_SERVER_NAME, "");
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SERVER_NAME, ""), TLSN_OK);
    assert_true(f.hs.name_acknowledged);
}

static void server_name_view_shows_the_host_or_nothing(void **state)
{
    static const uint8_t good[] = { 0, 4, 0, 0, 1, 'a' }, cut[] = { 0, 4, 0, 0, 1 };
    static const uint8_t nul[] = { 0, 4, 0, 0, 1, 0 };

    (void)state;
    assert_true(tlsni_span_eq(tlsni_ext_view_host_name(tlsni_span_make(good, sizeof good)),
                              tlsni_span_make("a", 1)));
    assert_int_equal(tlsni_ext_view_host_name(tlsni_span_make(cut, sizeof cut)).len, 0);
    assert_int_equal(tlsni_ext_view_host_name(tlsni_span_make(nul, sizeof nul)).len, 0);
    assert_int_equal(tlsni_ext_view_host_name(tlsni_span_make(NULL, 0)).len, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_name_of_client_is_a_list_with_one_host_name),
        cmocka_unit_test(server_name_without_name_is_not_sent),
        cmocka_unit_test(server_name_is_read_and_acknowledged),
        cmocka_unit_test(server_name_in_resumption_is_not_acknowledged),
        cmocka_unit_test(server_name_that_decides_nothing_is_not_acknowledged),
        cmocka_unit_test(server_name_malformed_is_a_decode_error),
        cmocka_unit_test(server_name_empty_list_or_name_is_a_decode_error),
        cmocka_unit_test(server_name_two_of_one_type_are_refused),
        cmocka_unit_test(server_name_of_other_types_is_passed_over),
        cmocka_unit_test(server_name_with_control_bytes_is_refused),
        cmocka_unit_test(server_name_is_compared_without_case),
        cmocka_unit_test(server_name_unknown_is_not_acknowledged),
        cmocka_unit_test(server_name_unknown_is_fatal_when_configured),
        cmocka_unit_test(server_name_in_answer_must_be_empty),
        cmocka_unit_test(server_name_view_shows_the_host_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
