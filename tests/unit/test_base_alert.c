#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alert.h"
#include "support_vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void alert_rows_are_sorted_and_complete(void **state)
{
    size_t count;
    const struct tlsni_alert *rows = tlsni_alert_rows(&count);

    (void)state;
    assert_true(count > 30);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || rows[i - 1].number < rows[i].number);
        assert_true(rows[i].level <= TLSNI_ALERT_FATAL);
        assert_non_null(strstr(rows[i].source, "RFC "));
        assert_string_equal(tlsn_alert_name(rows[i].number), rows[i].name);
    }
    assert_string_equal(tlsn_alert_name(1), "unknown");
    assert_string_equal(tlsn_alert_name(TLSN_ALERT_NONE), "unknown");
}

/* RFC 5246 7.2: these are sent as warnings, others of the base document end the connection. */
static void alert_levels_are_those_of_the_standard(void **state)
{
    static const uint8_t warnings[] = { 0, 90, 100 }, fatal[] = { 10, 20, 22, 40, 50, 70, 80, 110 };
    size_t count;
    const struct tlsni_alert *rows = tlsni_alert_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        if (memchr(warnings, rows[i].number, sizeof warnings))
            assert_int_equal(rows[i].level, TLSNI_ALERT_WARNING);
        if (memchr(fatal, rows[i].number, sizeof fatal))
            assert_int_equal(rows[i].level, TLSNI_ALERT_FATAL);
    }
}

/* The registry's rows are number,name,...; ranges and unassigned numbers are left out. */
static bool registry_row(char *line, unsigned *number, char **name)
{
    char *comma = strchr(line, ','), *end;

    if (!comma)
        return false;
    *number = (unsigned)strtoul(line, &end, 10);
    if (end != comma)
        return false;
    *name = comma + 1;
    (*name)[strcspn(*name, ",")] = 0;
    return strcmp(*name, "Unassigned") != 0 && strcmp(*name, "Reserved") != 0;
}

static void alert_names_are_those_of_the_registry(void **state)
{
    const char *shared = vec_shared_dir();
    char path[1024], line[2048], *name;
    unsigned number, seen = 0;
    FILE *f;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/vectors/iana/tls-parameters-6.csv", shared ? shared : "");
    f = shared ? fopen(path, "r") : NULL;
    if (!f) {
        print_message("skipped: the IANA registry is not there\n");
        skip();
        return;
    }
    for (; fgets(line, sizeof line, f); ) {
        if (!registry_row(line, &number, &name))
            continue;
        seen++;
        assert_string_equal(tlsn_alert_name((uint8_t)number), name);
    }
    (void)fclose(f);
    assert_true(seen > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alert_rows_are_sorted_and_complete),
        cmocka_unit_test(alert_levels_are_those_of_the_standard),
        cmocka_unit_test(alert_names_are_those_of_the_registry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
