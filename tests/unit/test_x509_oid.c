#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/bytes.h"
#include "x509/oid.h"

/* Each row's bytes against its dotted text, encoded here by X.690 8.19. */
static size_t encode(const char *dotted, uint8_t *out)
{
    unsigned long first = strtoul(dotted, (char **)&dotted, 10);
    unsigned long arc = first * 40 + strtoul(dotted + 1, (char **)&dotted, 10);
    size_t n = 0;

    for (;;) {
        unsigned shift = 0;

        while (arc >> shift > 127)
            shift += 7;
        for (; shift; shift -= 7)
            out[n++] = (uint8_t)(0x80 | (arc >> shift & 127));
        out[n++] = (uint8_t)(arc & 127);
        if (*dotted != '.')
            return n;
        arc = strtoul(dotted + 1, (char **)&dotted, 10);
    }
}

static void rows_bytes_and_text_agree(void **state)
{
    size_t count;
    const struct tlsni_oid_row *rows = tlsni_oid_rows(&count);

    (void)state;
    assert_int_equal(count, TLSNI_OID_COUNT);
    for (size_t i = 1; i < count; i++) {
        uint8_t der[32];
        char text[64];

        assert_int_equal(rows[i].id, i);
        assert_int_equal(encode(rows[i].dotted, der), rows[i].len);
        assert_memory_equal(der, rows[i].der, rows[i].len);
        assert_string_equal(tlsni_oid_text(text, sizeof text, tlsni_oid_bytes(rows[i].id)),
                            rows[i].dotted);
        assert_true(*rows[i].source);
    }
}

static void find_every_row_and_nothing_else(void **state)
{
    static const uint8_t other[] = { 0x2a, 0x03 };
    size_t count;
    const struct tlsni_oid_row *rows = tlsni_oid_rows(&count);

    (void)state;
    for (size_t i = 1; i < count; i++)
        assert_int_equal(tlsni_oid_find(tlsni_oid_bytes(rows[i].id)), i);
    assert_int_equal(tlsni_oid_find(tlsni_span_make(other, 2)), TLSNI_OID_UNKNOWN);
    assert_int_equal(tlsni_oid_find(tlsni_span_make(NULL, 0)), TLSNI_OID_UNKNOWN);
}

static void attribute_keywords_have_no_case(void **state)
{
    (void)state;
    assert_int_equal(tlsni_oid_attribute("cn", 2), TLSNI_OID_CN);
    assert_int_equal(tlsni_oid_attribute("OU", 2), TLSNI_OID_OU);
    assert_int_equal(tlsni_oid_attribute("C", 1), TLSNI_OID_C);
    assert_int_equal(tlsni_oid_attribute("serverAuth", 10), TLSNI_OID_UNKNOWN);
}

static void text_is_cut_to_fit(void **state)
{
    char text[6];

    (void)state;
    (void)tlsni_oid_text(text, sizeof text, tlsni_oid_bytes(TLSNI_OID_RSA));
    assert_true(strlen(text) < sizeof text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_bytes_and_text_agree),
        cmocka_unit_test(find_every_row_and_nothing_else),
        cmocka_unit_test(attribute_keywords_have_no_case),
        cmocka_unit_test(text_is_cut_to_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
