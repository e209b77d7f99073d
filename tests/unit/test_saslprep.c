/* SASLprep: the examples of RFC 4013 3, and further ones as CPython's stringprep and unicodedata (Unicode 3.2) do
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "req.h"
#include "saslprep.h"

static bool prep(const char *text, size_t len, struct tlsni_prepared *out)
{
    return tlsni_saslprep(tlsni_span_make((const uint8_t *)text, len), out);
}

static void becomes(const char *text, const char *expected)
{
    struct tlsni_prepared p;

    assert_true(prep(text, strlen(text), &p));
    assert_int_equal(p.len, strlen(expected));
    assert_memory_equal(p.data, expected, p.len);
}

static void refused(const char *text)
{
    struct tlsni_prepared p;

    assert_false(prep(text, strlen(text), &p));
}

static void saslprep_examples_of_the_document(void **state)
{
    (void)state;
    becomes("I\xc2\xadX", "IX");
    becomes("user", "user");
    becomes("USER", "USER");
    becomes("\xc2\xaa", "a");
    becomes("\xe2\x85\xa8", "IX");
    refused("\x07");
    refused("\xd8\xa7\x31");
    REQ("5054:2.3/1");
}

static void saslprep_letters_stay_and_others_take_their_form(void **state)
{
    (void)state;
    becomes(" ~", " ~");
    becomes("J\xc3\xbcrgen", "J\xc3\xbcrgen");
    becomes("\xce\xbb\xd0\x96\xe6\x97\xa5\xed\x95\x9c", "\xce\xbb\xd0\x96\xe6\x97\xa5\xed\x95\x9c");
    becomes("a\xc2\xa0\xe3\x80\x80z", "a  z");                     /* no-break and ideographic space */
    becomes("\xc2\xb5\xc2\xbd", "\xce\xbc" "1\xe2\x81\x84" "2"); /* micro sign, one half */
    becomes("\xef\xbc\xa1\xef\xbd\x9e", "A~");                   /* wide */
    becomes("x\xe2\x81\xa0y", "xy");                              /* word joiner */
}

static void saslprep_refuses_what_it_does_not_know(void **state)
{
    static const char *const bad[] = {
        "", "\x7f", "\xc2\x80", "\xc2\xad", /* nothing is left */
        "a\xcc\x88",                         /* combining */
        "\xd7\x90", "\xe2\x80\x8e",         /* right to left, marks of direction */
        "\xee\x80\x80", "\xef\xbf\xbe",     /* private use, no character */
        "\xe2\x80\xa8", "\xc8\xb7",         /* line separator; not assigned in Unicode 3.2 */
        "\xc0\x80", "\xed\xa0\x80", "\xff", "\xc3", "\xe2\x82", /* no UTF-8 */
    };
    struct tlsni_prepared p;
    char text[257];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(bad[i]);
    assert_false(prep("a\0b", 3, &p));
    memset(text, 'x', sizeof text);
    assert_true(prep(text, 255, &p));
    assert_false(prep(text, 256, &p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saslprep_examples_of_the_document),
        cmocka_unit_test(saslprep_letters_stay_and_others_take_their_form),
        cmocka_unit_test(saslprep_refuses_what_it_does_not_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
