#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "req.h"
#include "x509/name.h"
#include "x509/stringprep.h"

enum { TEXT_MAX = 128, SHOWN_MAX = 2048 };

/* What a UniversalString of these code points becomes, in hexadecimal. */
static void prepared(const char *points, char out[SHOWN_MAX])
{
    struct tlsni_stringprep p;
    uint8_t text[4 * TEXT_MAX];
    size_t len = 0, used = 0;
    int32_t c;

    for (char *end; *points; points = end + (*end == ' ')) {
        unsigned long v = strtoul(points, &end, 16);

        assert_true(len + 4 <= sizeof text && end > points);
        for (int shift = 24; shift >= 0; shift -= 8)
            text[len++] = (uint8_t)(v >> shift);
    }
    tlsni_stringprep_begin(&p, TLSNI_DER_UNIVERSAL, tlsni_span_make(text, len));
    *out = 0;
    while ((c = tlsni_stringprep_next(&p)) >= 0) {
        used += (size_t)snprintf(out + used, SHOWN_MAX - used, used ? " %x" : "%x", (unsigned)c);
        assert_true(used < SHOWN_MAX);
    }
    if (c == TLSNI_CHAR_BAD)
        (void)snprintf(out, SHOWN_MAX, "bad");
}

static void assert_prepared(const char *points, const char *expected)
{
    char is[SHOWN_MAX];

    prepared(points, is);
    if (strcmp(is, expected) != 0)
        fail_msg("%s is %s and not %s", points, is, expected);
}

/* The examples of UAX 15 (figures 3 to 6) and of RFC 4518 2.6.1. */
static void strings_are_folded_and_normalised(void **state)
{
    (void)state;
    assert_prepared("212b", "61 30a");          /* angstrom sign */
    assert_prepared("c5", "61 30a");            /* composed */
    assert_prepared("41 30a", "61 30a");        /* decomposed */
    assert_prepared("2126", "3c9");             /* ohm sign */
    assert_prepared("1e0b 323", "64 323 307");  /* marks in order */
    assert_prepared("71 307 323", "71 323 307");
    assert_prepared("fb01", "66 69");           /* ligature fi */
    assert_prepared("32 2075", "32 35");        /* superscript */
    assert_prepared("1e9b 323", "73 323 307");
    assert_prepared("df", "73 73");             /* sharp s (RFC 3454 B.2) */
    assert_prepared("d55c", "1112 1161 11ab");  /* Hangul */
    assert_prepared("66 6f 6f 20 62 61 72 20 20", "66 6f 6f 20 62 61 72");
    assert_prepared("20 20", "");
    assert_prepared("41 3000 a0 9 42", "61 20 62");
    assert_prepared("41 ad 200b 42", "61 62");
    REQ("5280:7.1/3");
    REQ("5280:7.1/6");
}

/* RFC 4518 2.6.1: a space with a mark is a character. */
static void space_with_a_mark_counts(void **state)
{
    (void)state;
    assert_prepared("61 20 308 62", "61 a0 308 62");
    assert_prepared("61 20 20 308 62", "61 20 a0 308 62");
    assert_prepared("20 308", "a0 308");
    assert_prepared("a8", "a0 308"); /* diaeresis */
    assert_prepared("20 903", "a0 903"); /* a mark without a class */
    assert_prepared("20 ad 308", "a0 308");
    REQ("5280:7.1/8");
}

static void prohibited_characters_make_no_text(void **state)
{
    static const char *const points[] = { "221", "1e9e", "e000", "f8ff", "fdd0", "fffd", "fffe", "1ffff", "f0000",
                                          "10fffd", "d800", "110000" };

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        assert_prepared(points[i], "bad");
    REQ("5280:7.1/7");
}

/* What is held of a character and its marks is bounded. */
static void marks_without_end_make_no_text(void **state)
{
    char points[8 * TEXT_MAX] = "61", expected[SHOWN_MAX];

    (void)state;
    for (int i = 0; i < TLSNI_STRINGPREP_MARKS; i++)
        strcat(points, " 301");
    assert_prepared(points, points);
    strcat(points, " 301");
    prepared(points, expected);
    assert_string_equal(expected, "bad");
    strcpy(points, "61");
    for (int i = 0; i < TEXT_MAX / 2; i++) /* on several characters there may be as many as one likes */
        strcat(points, i % 30 ? " 301" : " 61");
    assert_prepared(points, points);
}

/* The bound is on one character's marks: letters that are written with theirs in one follow each other as they like. */
static void accented_letters_in_a_row_are_text(void **state)
{
    char composed[TEXT_MAX] = "c9", expected[SHOWN_MAX] = "65 301";

    (void)state;
    for (int i = 1; i <= TLSNI_STRINGPREP_MARKS; i++) {
        strcat(composed, " c9");
        strcat(expected, " 65 301");
        assert_prepared(composed, expected);
    }
    assert_prepared("1e69 323 1e69", "73 323 323 307 73 323 307"); /* a mark behind goes in between */
    REQ("5280:7.1/3");
}

/* Another implementation: CPython's unicodedata and stringprep. A file of Unicode may be had besides. */
static void assert_agreement(const char *arguments, size_t least)
{
    char command[512], line[4 * SHOWN_MAX];
    size_t lines = 0;
    FILE *f;

    if (system("python3 -c 'import unicodedata, stringprep' >/dev/null 2>&1") != 0)
        skip();
    (void)snprintf(command, sizeof command, "python3 tests/unit/prepared_names.py %s", arguments);
    f = popen(command, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        char *became = strchr(line, ';'), *end = strchr(line, '\n');

        assert_true(became && end);
        *became = *end = 0;
        assert_prepared(line, became + 1);
        lines++;
    }
    assert_int_equal(pclose(f), 0);
    assert_true(lines >= least);
}

static void strings_agree_with_another_implementation(void **state)
{
    (void)state;
    assert_agreement("1 20000", 3000);
    REQ("5280:7.1/3");
    REQ("5280:7.1/4");
}

static void strings_agree_over_the_file_of_unicode(void **state)
{
    const char *path = "/usr/share/unicode/NormalizationTest.txt.bz2";
    FILE *f = fopen(path, "r");
    char arguments[96];

    (void)state;
    if (!f)
        skip();
    (void)fclose(f);
    (void)snprintf(arguments, sizeof arguments, "1 0 %s", path);
    assert_agreement(arguments, 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_folded_and_normalised),
        cmocka_unit_test(space_with_a_mark_counts),
        cmocka_unit_test(prohibited_characters_make_no_text),
        cmocka_unit_test(marks_without_end_make_no_text),
        cmocka_unit_test(accented_letters_in_a_row_are_text),
        cmocka_unit_test(strings_agree_with_another_implementation),
        cmocka_unit_test(strings_agree_over_the_file_of_unicode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
