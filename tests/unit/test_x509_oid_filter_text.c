/* Filters of oid_filters as people write them. The DER is written by hand, from RFC 5280 4.2.1.3 and 4.2.1.12. */
#include <tls-native.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "support_vectors.h"
#include "x509/oid_filter.h"

static const struct row {
    const char *text, *hex, *back; /* back: NULL, the same text */
} rows[] = {
    { "keyUsage=digitalSignature", "050603551d0f" "0004" "03020780", NULL },
    { "keyUsage=digitalSignature,keyCertSign", "050603551d0f" "0004" "03020284", NULL },
    { "keyUsage=keyCertSign,digitalSignature", "050603551d0f" "0004" "03020284",
      "keyUsage=digitalSignature,keyCertSign" },
    { "keyUsage=keyAgreement,decipherOnly", "050603551d0f" "0005" "0303070880", NULL },
    { "keyUsage", "050603551d0f" "0000", NULL },
    { "keyUsage=", "050603551d0f" "0000", "keyUsage" },
    { "extKeyUsage=clientAuth", "050603551d25" "000c" "300a06082b06010505070302", NULL },
    { "extKeyUsage=clientAuth,1.2.3", "050603551d25" "0010" "300e06082b06010505070302" "06022a03", NULL },
    { "1.2.3.4=0C0178", "05" "06032a0304" "0003" "0c0178", "1.2.3.4=0c0178" },
    { "1.2.3.4", "05" "06032a0304" "0000", NULL },
};

static void texts_are_filters_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t got[64], want[64];
        struct tlsni_wr w = tlsni_wr_make(got, sizeof got);
        size_t len = vec_unhex(rows[i].hex, want, sizeof want);
        char text[80];

        assert_int_equal(tlsni_oid_filter_write_text(&w, rows[i].text), TLSN_OK);
        assert_int_equal(w.len, len);
        assert_memory_equal(got, want, len);
        assert_true(tlsn_oid_filter_text(tlsni_span_make(got, len), 0, text, sizeof text));
        assert_string_equal(text, rows[i].back ? rows[i].back : rows[i].text);
        assert_false(tlsn_oid_filter_text(tlsni_span_make(got, len), 1, text, sizeof text));
        assert_false(tlsn_oid_filter_text(tlsni_span_make(got, len - 1), 0, text, sizeof text));
    }
}

static void texts_that_are_none_are_refused(void **state)
{
    static const char *const bad[] = { "", "=", "keyusage", "keyUsage=all", "keyUsage=digitalSignature,x",
                                       "extKeyUsage=me", "1.2.3=0", "1.2.3=0g", "1.2.3=g0", "1", "1.2.x" };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t got[64];
        struct tlsni_wr w = tlsni_wr_make(got, sizeof got);

        assert_int_not_equal(tlsni_oid_filter_write_text(&w, bad[i]), TLSN_OK);
    }
}

/* Whatever room there is for either side. */
static void room_is_kept_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t got[64];
        size_t len = strlen(rows[i].hex) / 2;
        struct tlsni_wr w;
        char text[80];

        for (size_t cap = 0; cap < len; cap++) {
            w = tlsni_wr_make(got, cap);
            assert_int_equal(tlsni_oid_filter_write_text(&w, rows[i].text), TLSN_ERR_ARGUMENT);
        }
        w = tlsni_wr_make(got, len);
        assert_int_equal(tlsni_oid_filter_write_text(&w, rows[i].text), TLSN_OK);
        for (size_t cap = 1; cap < sizeof text; cap++) {
            memset(text, 'x', sizeof text);
            assert_true(tlsn_oid_filter_text(tlsni_span_make(got, len), 0, text, cap));
            assert_true(strlen(text) < cap);
            assert_true(strncmp(text, rows[i].back ? rows[i].back : rows[i].text, strlen(text)) == 0);
        }
        assert_false(tlsn_oid_filter_text(tlsni_span_make(got, len), 0, text, 0));
    }
}

static void configuration_takes_texts(void **state)
{
    tlsn_config *c;
    char big[4201] = "1.2.3.5=";

    (void)state;
    memset(big + 8, '0', sizeof big - 9);
    assert_int_equal(tlsn_config_new(&c, NULL), TLSN_OK);
    assert_int_equal(tlsn_config_add_oid_filter_text(c, "keyUsage=digitalSignature"), TLSN_OK);
    assert_int_equal(tlsn_config_add_oid_filter_text(c, "extKeyUsage=clientAuth"), TLSN_OK);
    assert_int_equal(tlsn_config_add_oid_filter_text(c, "keyUsage"), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_oid_filter_text(c, "nonsense"), TLSN_ERR_UNKNOWN_KEYWORD);
    assert_non_null(strstr(tlsn_config_error(c), "nonsense"));
    assert_int_equal(tlsn_config_add_oid_filter_text(c, "2.5.29.37=00"), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_oid_filter_text(c, big), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_oid_filter_text(c, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_oid_filter_text(c, "1.2.3.4"), TLSN_OK);
    tlsn_config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_filters_and_back),
        cmocka_unit_test(texts_that_are_none_are_refused),
        cmocka_unit_test(room_is_kept_to),
        cmocka_unit_test(configuration_takes_texts),
    };

    return cmocka_run_group_tests_name("test_x509_oid_filter_text", tests, NULL, NULL);
}
