#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tls-native/types.h>

#include <ctype.h>
#include <string.h>

#define NUMBER(name, number, alert, blame, text, source) number,
#define NAME(name, number, alert, blame, text, source) "TLSN_" #name,
static const int numbers[] = { TLSN_STATUS_TABLE(NUMBER) };
static const char *const names[] = { TLSN_STATUS_TABLE(NAME) };
enum { ROWS = sizeof numbers / sizeof *numbers };

static void status_numbers_are_distinct_and_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        assert_string_equal(tlsn_status_name((tlsn_status)numbers[i]), names[i]);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(numbers[i], numbers[j]);
    }
}

/* No full stop at the end, no capital that is not an acronym, no newline. */
static void status_texts_are_one_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const char *text = tlsn_status_text((tlsn_status)numbers[i]);

        assert_true(strlen(text) > 3 && text[strlen(text) - 1] != '.');
        assert_null(strchr(text, '\n'));
    }
}

static void status_blame_and_alert_fit_the_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        tlsn_status st = (tlsn_status)numbers[i];
        uint8_t alert = tlsn_status_alert(st);

        assert_int_equal(tlsn_status_blame(st) == TLSN_BLAME_NONE, st >= 0);
        if (st >= 0)
            assert_int_equal(alert, TLSN_ALERT_NONE);
        if (alert != TLSN_ALERT_NONE)
            assert_string_not_equal(tlsn_alert_name(alert), "unknown");
        if (tlsn_status_blame(st) == TLSN_BLAME_CALLER)
            assert_true(alert == TLSN_ALERT_NONE || alert == 80);
    }
}

/* RFC 5246 7.2.2 */
static void status_alerts_are_those_of_the_standard(void **state)
{
    (void)state;
    assert_int_equal(tlsn_status_alert(TLSN_ERR_BAD_RECORD_MAC), 20);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_RECORD_OVERFLOW), 22);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_DECODE), 50);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_DECRYPT_ERROR), 51);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_UNEXPECTED_MESSAGE), 10);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_ILLEGAL_PARAMETER), 47);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_VERSION), 70);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_NO_SHARED_SUITE), 40);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_UNSUPPORTED_EXTENSION), 110);
}

static void status_unknown_number_has_a_description(void **state)
{
    (void)state;
    assert_string_equal(tlsn_status_name((tlsn_status)12345), "TLSN_UNKNOWN");
    assert_non_null(tlsn_status_text((tlsn_status)-12345));
    assert_non_null(tlsn_status_source((tlsn_status)-12345));
}

static void version_is_three_numbers(void **state)
{
    unsigned dots = 0;

    (void)state;
    for (const char *p = tlsn_version_string(); *p; p++) {
        assert_true(*p == '.' || isdigit((unsigned char)*p));
        dots += *p == '.';
    }
    assert_int_equal(dots, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_numbers_are_distinct_and_named),
        cmocka_unit_test(status_texts_are_one_line),
        cmocka_unit_test(status_blame_and_alert_fit_the_number),
        cmocka_unit_test(status_alerts_are_those_of_the_standard),
        cmocka_unit_test(status_unknown_number_has_a_description),
        cmocka_unit_test(version_is_three_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
