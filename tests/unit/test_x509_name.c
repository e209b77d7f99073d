#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support_vectors.h"
#include "req.h"
#include "x509/name.h"

struct name {
    uint8_t der[512];
    size_t len;
};

static struct tlsn_span name_of(struct name *n, const char *hex)
{
    n->len = vec_unhex(hex, n->der, sizeof n->der);
    return tlsni_span_make(n->der, n->len);
}

static bool equal(const char *a, const char *b)
{
    struct name x, y;
    struct tlsn_span sx = name_of(&x, a), sy = name_of(&y, b);
    bool same = tlsni_name_equal(sx, sy);

    assert_true(tlsni_name_sound(sx) && tlsni_name_sound(sy));
    assert_int_equal(tlsni_name_equal(sy, sx), same);
    if (same)
        assert_true(tlsni_name_hash(sx) == tlsni_name_hash(sy));
    return same;
}

/* CN of one string type: 30 len 31 len 30 len 0603550403 TYPE len text */
#define CN_PRINTABLE_AB "300d310b3009060355040313024142"  /* "AB" */
#define CN_UTF8_ab "300d310b300906035504030c026162"       /* "ab" */
#define CN_UTF8_ac "300d310b300906035504030c026163"
#define CN_BMP_AB "300f310d300b06035504031e0400410042"
#define CN_UNIVERSAL_AB "30133111300f06035504031c080000004100000042"

/* RFC 5280 7.1 */
static void names_compare_across_string_types_and_case(void **state)
{
    (void)state;
    assert_true(equal(CN_PRINTABLE_AB, CN_PRINTABLE_AB));
    assert_true(equal(CN_PRINTABLE_AB, CN_UTF8_ab));
    assert_true(equal(CN_PRINTABLE_AB, CN_BMP_AB));
    assert_true(equal(CN_UTF8_ab, CN_UNIVERSAL_AB));
    assert_false(equal(CN_PRINTABLE_AB, CN_UTF8_ac));
    assert_false(equal(CN_UTF8_ab, "300c310a300806035504030c0161"));
    assert_false(equal(CN_UTF8_ab, "300d310b3009060355040a0c026162")); /* O */
    assert_false(equal(CN_UTF8_ab, "3000"));
}

/* RFC 4518 2.6.1 */
static void names_fold_spaces(void **state)
{
    /* "a b", " a  b ", "ab" */
    const char *one = "300e310c300a06035504030c03612062";
    const char *more = "3011310f300d06035504030c06206120206220";

    (void)state;
    assert_true(equal(one, more));
    assert_true(equal(one, "300e310c300a06035504030c03412042")); /* "A B" */
    assert_false(equal(one, CN_UTF8_ab));
    REQ("5280:7.1/2");
}

/* CN as UTF8String, or as another type of one byte a character. */
static bool texts_equal(const char *a, uint8_t tag, const char *b)
{
    uint8_t names[2][64];
    const char *texts[2] = { a, b };
    size_t len[2];

    for (int i = 0; i < 2; i++) {
        size_t n = strlen(texts[i]);
        const uint8_t head[] = { 0x30, (uint8_t)(n + 11), 0x31, (uint8_t)(n + 9), 0x30,
                                 (uint8_t)(n + 7), 0x06, 0x03, 0x55, 0x04, 0x03,
                                 i ? tag : TLSNI_DER_UTF8, (uint8_t)n };

        memcpy(names[i], head, sizeof head);
        memcpy(names[i] + sizeof head, texts[i], n);
        len[i] = sizeof head + n;
    }
    return tlsni_name_equal(tlsni_span_make(names[0], len[0]), tlsni_span_make(names[1], len[1])) &&
           tlsni_name_hash(tlsni_span_make(names[0], len[0])) ==
               tlsni_name_hash(tlsni_span_make(names[1], len[1]));
}

/* RFC 4518 2.2; the mappings are those of RFC 3454, tables B.1 and B.2. */
static void names_are_prepared_beyond_ascii(void **state)
{
    static const char *const same[][2] = {
        { "\xc3\x84", "\xc3\xa4" },             /* A with diaeresis */
        { "\xc5\xb8", "\xc3\xbf" },             /* Y with diaeresis leaves its block */
        { "\xc4\xa6", "\xc4\xa7" },             /* H with stroke */
        { "\xce\xa3", "\xcf\x82" },             /* sigma, and as the last letter */
        { "\xd0\x81\xd0\xaf", "\xd1\x91\xd1\x8f" }, /* Cyrillic */
        { "\xd4\xb1", "\xd5\xa1" },             /* Armenian */
        { "\xe1\xba\xa0", "\xe1\xba\xa1" },     /* A with dot below */
        { "\xef\xbc\xa1\xef\xbc\x91", "a1" },   /* full width */
        { "a\xc2\xad" "b", "ab" },             /* soft hyphen */
        { "a\xe2\x80\x8b\xef\xbb\xbf" "b", "ab" }, /* zero width */
        { "a\xc2\xa0\xe3\x80\x80\t" "b", "a b" }, /* spaces of all kinds */
        { "\xc2\xa0" "a\xe2\x80\x83", "a" },
        { "u\xcc\x88", "\xc3\x9c" },           /* u with diaeresis, in two and in one */
        { "\xef\xac\x81", "FI" },              /* ligature */
        { "\xea\xb0\x81", "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8" }, /* Hangul */
        { "Stra\xc3\x9f" "e", "STRASSE" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!texts_equal(same[i][0], TLSNI_DER_UTF8, same[i][1]))
            fail_msg("%zu", i);
    assert_false(texts_equal("\xc3\x97", TLSNI_DER_UTF8, "\xc3\xb7")); /* times is no letter */
    assert_false(texts_equal("\xc4\x81", TLSNI_DER_UTF8, "\xc4\x82"));
    assert_false(texts_equal("\xc3\xa4", TLSNI_DER_UTF8, "a"));
    assert_true(texts_equal("ab", TLSNI_DER_IA5, "AB"));
    assert_true(texts_equal("ab", TLSNI_DER_VISIBLE, "AB"));
    REQ("5280:7.1/3");
    REQ("5280:7.1/4");
    REQ("5280:7.1/5");
}

/* Attributes of one RDN have no order, RDNs have. */
static void names_have_ordered_rdns_of_unordered_attributes(void **state)
{
    (void)state;
    assert_true(equal("30163114300806035504030c01613008060355040a0c0162",
                      "301631143008060355040a0c0162300806035504030c0161"));
    assert_false(equal("3018310a300806035504030c0161310a3008060355040a0c0162",
                       "3018310a3008060355040a0c0162310a300806035504030c0161"));
}

static void names_that_do_not_decode_equal_only_themselves(void **state)
{
    const char *bad = "300d310b300906035504030c02c328"; /* no UTF-8 */

    (void)state;
    assert_true(equal(bad, bad));
    assert_false(equal(bad, "300d310b300906035504031302c328"));
    REQ("5280:7.1/1");
}

static void names_with_damaged_structure_are_not_sound(void **state)
{
    static const char *const bad[] = {
        "", "3100", "30023100", "300431023000", "3007310530030c0161", "3006310430020600",
        "300d310b3009060355040313024142ff", "300c310b3009060355040313024142",
        "300e310c300a06035504031302414200",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct name n;

        assert_false(tlsni_name_sound(name_of(&n, bad[i])));
    }
}

/* RFC 5280 4.2.1.10: a subtree holds what begins with its base. */
static void names_within_begin_with_the_base(void **state)
{
    struct name base, both, other;
    struct tlsn_span o = name_of(&base, "300c310a3008060355040a0c0162");
    struct tlsn_span o_cn = name_of(&both, "3018310a3008060355040a0c0142310a300806035504030c0161");
    struct tlsn_span cn = name_of(&other, "300c310a300806035504030c0161");

    (void)state;
    assert_true(tlsni_name_within(o_cn, o));
    assert_true(tlsni_name_within(o, o));
    assert_false(tlsni_name_within(o, o_cn));
    assert_false(tlsni_name_within(cn, o));
    assert_true(tlsni_name_within(cn, tlsni_span_make("\x30\x00", 2)));
}

static void attributes_are_found_by_type(void **state)
{
    struct name n;
    struct tlsn_span s = name_of(&n, "3018310a3008060355040a0c0162310a300806035504030c0161");
    struct tlsni_attribute a;

    (void)state;
    assert_true(tlsni_name_attribute(s, TLSNI_OID_CN, 0, &a));
    assert_int_equal(a.value.body.data[0], 'a');
    assert_false(tlsni_name_attribute(s, TLSNI_OID_CN, 1, &a));
    assert_false(tlsni_name_attribute(s, TLSNI_OID_C, 0, &a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_compare_across_string_types_and_case),
        cmocka_unit_test(names_fold_spaces),
        cmocka_unit_test(names_are_prepared_beyond_ascii),
        cmocka_unit_test(names_have_ordered_rdns_of_unordered_attributes),
        cmocka_unit_test(names_that_do_not_decode_equal_only_themselves),
        cmocka_unit_test(names_with_damaged_structure_are_not_sound),
        cmocka_unit_test(names_within_begin_with_the_base),
        cmocka_unit_test(attributes_are_found_by_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
