#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"

#include <string.h>

static void fail_notes_status_alert_layer_and_text(void **state)
{
    struct tlsni_err err = { 0 };

    (void)state;
    assert_int_equal(tlsni_fail(&err, TLSN_ERR_DECODE, "handshake", "%d of %s", 3, "four"),
                     TLSN_ERR_DECODE);
    assert_int_equal(err.status, TLSN_ERR_DECODE);
    assert_int_equal(err.alert, 50);
    assert_string_equal(err.layer, "handshake");
    assert_string_equal(err.text, "3 of four");
}

static void fail_the_first_error_sticks(void **state)
{
    struct tlsni_err err = { 0 };

    (void)state;
    (void)tlsni_fail(&err, TLSN_ERR_DECODE, "record", "first");
    assert_int_equal(tlsni_fail(&err, TLSN_ERR_INTERNAL, "x509", "second"), TLSN_ERR_INTERNAL);
    assert_int_equal(err.status, TLSN_ERR_DECODE);
    assert_string_equal(err.text, "first");
}

static void fail_with_a_status_that_is_no_error_notes_nothing(void **state)
{
    struct tlsni_err err = { 0 };

    (void)state;
    assert_int_equal(tlsni_fail(&err, TLSN_NEED_INPUT, "record", "text"), TLSN_NEED_INPUT);
    assert_int_equal(err.status, 0);
    assert_int_equal(err.text[0], 0);
}

static void fail_without_a_place_to_note_returns_the_status(void **state)
{
    (void)state;
    assert_int_equal(tlsni_fail(NULL, TLSN_ERR_LIMIT, "record", "x"), TLSN_ERR_LIMIT);
    assert_int_equal(tlsni_fail_alert(NULL, TLSN_ERR_LIMIT, 80, "record", "x"), TLSN_ERR_LIMIT);
}

static void fail_alert_overrides_the_tables_alert(void **state)
{
    struct tlsni_err err = { 0 };

    (void)state;
    (void)tlsni_fail_alert(&err, TLSN_ERR_DECODE, 47, "handshake", "x");
    assert_int_equal(err.alert, 47);
}

static void fail_long_text_is_cut(void **state)
{
    struct tlsni_err err = { 0 };
    char text[400];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    (void)tlsni_fail(&err, TLSN_ERR_DECODE, "record", "%s", text);
    assert_int_equal(strlen(err.text), TLSNI_ERROR_TEXT - 1);
}

static void quote_shows_printable_bytes_and_escapes_others(void **state)
{
    char out[64];

    (void)state;
    assert_string_equal(tlsni_err_quote(out, sizeof out, "a \"b\\\n\x7f\xff", 8),
                        "a \\x22b\\x5c\\x0a\\x7f\\xff");
    assert_string_equal(tlsni_err_quote(out, sizeof out, NULL, 0), "");
}

static void quote_stays_within_any_capacity(void **state)
{
    (void)state;
    for (size_t cap = 1; cap < 40; cap++) {
        char out[48];

        memset(out, 'Z', sizeof out);
        (void)tlsni_err_quote(out, cap, "\x01\x02\x03\x04\x05\x06\x07\x08\x09plain text", 19);
        assert_true(strlen(out) < cap);
        assert_int_equal(out[cap], 'Z');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_notes_status_alert_layer_and_text),
        cmocka_unit_test(fail_the_first_error_sticks),
        cmocka_unit_test(fail_with_a_status_that_is_no_error_notes_nothing),
        cmocka_unit_test(fail_without_a_place_to_note_returns_the_status),
        cmocka_unit_test(fail_alert_overrides_the_tables_alert),
        cmocka_unit_test(fail_long_text_is_cut),
        cmocka_unit_test(quote_shows_printable_bytes_and_escapes_others),
        cmocka_unit_test(quote_stays_within_any_capacity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
