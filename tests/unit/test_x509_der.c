#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>

#include "req.h"
#include "support_vectors.h"
#include "x509/der.h"

static struct tlsni_rd hex(const char *text)
{
    static uint8_t bytes[512];

    return tlsni_rd_make(bytes, vec_unhex(text, bytes, sizeof bytes));
}

/* X.690 8.1.3, 10.1 */
static void length_only_minimal_definite_is_read(void **state)
{
    static const struct {
        const char *der;
        bool good;
    } cases[] = {
        { "0400", true },         { "0401aa", true },     { "0480", false },
        { "048100", false },      { "04817f", false },    { "04820001aa", false },
        { "0484000000", false },  { "0485010000000000", false }, { "04ff", false },
        { "04", false },          { "", false },          { "0402aa", false },
        { "1f0100", false },      { "04830000ff", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tlsni_rd r = hex(cases[i].der);

        (void)tlsni_der_next(&r);
        assert_int_equal(tlsni_rd_done(&r), cases[i].good);
    }
}

static void length_of_two_bytes_is_read(void **state)
{
    uint8_t der[4 + 300] = { 0x04, 0x82, 0x01, 0x2c };
    struct tlsni_rd r = tlsni_rd_make(der, sizeof der);

    (void)state;
    assert_int_equal(tlsni_der_get(&r, TLSNI_DER_OCTET_STRING).len, 300);
    assert_true(tlsni_rd_done(&r));
}

/* X.690 11.1 */
static void boolean_is_00_or_ff(void **state)
{
    struct tlsni_rd r;

    (void)state;
    r = hex("0101ff");
    assert_true(tlsni_der_bool(&r));
    assert_true(tlsni_rd_done(&r));
    r = hex("010100");
    assert_false(tlsni_der_bool(&r));
    assert_true(tlsni_rd_done(&r));
    r = hex("010101");
    (void)tlsni_der_bool(&r);
    assert_true(r.bad);
    r = hex("0100");
    (void)tlsni_der_bool(&r);
    assert_true(r.bad);
    r = hex("0102ffff");
    (void)tlsni_der_bool(&r);
    assert_true(r.bad);
}

/* X.690 8.3 */
static void integer_is_minimal(void **state)
{
    static const struct {
        const char *der;
        bool good, positive;
        int small;
    } cases[] = {
        { "020100", true, true, 0 },        { "02017f", true, true, 127 },
        { "02020080", true, true, 128 },    { "0201ff", true, false, 0 },
        { "0202ff7f", true, false, 0 },     { "0202ffff", false, false, 0 },
        { "0202007f", false, false, 0 },    { "0200", false, false, 0 },
        { "02047fffffff", true, true, INT_MAX }, { "02050100000000", true, true, INT_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tlsni_rd r = hex(cases[i].der);

        (void)tlsni_der_integer(&r);
        assert_int_equal(tlsni_rd_done(&r), cases[i].good);
        r = hex(cases[i].der);
        (void)tlsni_der_unsigned(&r);
        assert_int_equal(tlsni_rd_done(&r), cases[i].positive);
        r = hex(cases[i].der);
        if (cases[i].positive)
            assert_int_equal(tlsni_der_small(&r), cases[i].small);
    }
}

/* X.690 8.6, 11.2.1 */
static void bit_string_unused_bits_are_zero(void **state)
{
    static const struct {
        const char *der;
        bool good;
        unsigned bits;
    } cases[] = {
        { "03020780", true, 1 },       { "030205a0", true, 5 },        { "030200a0", true, 5 },
        { "03020106", true, 0x60 },    { "0303070080", true, 0x100 },  { "030100", true, 0 },
        { "030107", false, 0 },        { "03020781", false, 0 },       { "03020880", false, 0 },
        { "0300", false, 0 },
    };
    struct tlsni_rd r;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        r = hex(cases[i].der);
        assert_int_equal(tlsni_der_named_bits(&r), cases[i].bits);
        assert_int_equal(tlsni_rd_done(&r), cases[i].good);
    }
    r = hex("03020780");
    (void)tlsni_der_bits(&r);
    assert_true(r.bad);
}

/* X.690 8.19 */
static void oid_arcs_are_minimal_and_complete(void **state)
{
    static const struct {
        const char *der;
        bool good;
    } cases[] = {
        { "06032a8648", true }, { "0600", false }, { "0602802a", false }, { "06022a86", false },
        { "06042a800101", false }, { "060155", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tlsni_rd r = hex(cases[i].der);

        (void)tlsni_der_oid(&r);
        assert_int_equal(tlsni_rd_done(&r), cases[i].good);
    }
}

/* RFC 5280 4.1.2.5; the seconds are those of date(1). */
static void time_forms_of_rfc_5280_are_read(void **state)
{
    static const struct {
        uint8_t tag;
        const char *text;
        int64_t seconds;
    } cases[] = {
        { 0x17, "700101000000Z", 0 },
        { 0x17, "250101000000Z", 1735689600 },
        { 0x17, "491231235959Z", 2524607999 },
        { 0x17, "500101000000Z", -631152000 },
        { 0x17, "240229120000Z", 1709208000 },
        { 0x18, "20500101000000Z", 2524608000 },
        { 0x18, "19700101000000Z", 0 },
        { 0x18, "99991231235959Z", 253402300799 },
        { 0x18, "20000229000000Z", 951782400 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t der[32] = { cases[i].tag, (uint8_t)strlen(cases[i].text) };
        struct tlsni_rd r = tlsni_rd_make(der, 2 + strlen(cases[i].text));

        memcpy(der + 2, cases[i].text, strlen(cases[i].text));
        assert_int_equal(tlsni_der_time(&r), cases[i].seconds);
        assert_true(tlsni_rd_done(&r));
    }
    REQ("5280:4.1.2.5/2");
    REQ("5280:4.1.2.5.1/2");
}

static void time_other_forms_are_refused(void **state)
{
    static const struct {
        uint8_t tag;
        const char *text;
    } cases[] = {
        { 0x17, "2501010000Z" },     { 0x17, "250101000000+0000" }, { 0x17, "250101000000" },
        { 0x17, "250229000000Z" },   { 0x17, "251301000000Z" },     { 0x17, "250100000000Z" },
        { 0x17, "250001000000Z" },   { 0x17, "250101240000Z" },     { 0x17, "250101006000Z" },
        { 0x17, "250101000060Z" },   { 0x17, "25010100000 Z" },     { 0x18, "250101000000Z" },
        { 0x18, "20250101000000.5Z" }, { 0x18, "21000229000000Z" }, { 0x18, "20250101000000" },
        { 0x16, "250101000000Z" },   { 0x18, "202501010000Z" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t der[32] = { cases[i].tag, (uint8_t)strlen(cases[i].text) };
        struct tlsni_rd r = tlsni_rd_make(der, 2 + strlen(cases[i].text));

        memcpy(der + 2, cases[i].text, strlen(cases[i].text));
        (void)tlsni_der_time(&r);
        assert_true(r.bad);
    }
    REQ("5280:4.1.2.5.1/1");
    REQ("5280:4.1.2.5.2/1");
    REQ("5280:4.1.2.5.2/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_only_minimal_definite_is_read),
        cmocka_unit_test(length_of_two_bytes_is_read),
        cmocka_unit_test(boolean_is_00_or_ff),
        cmocka_unit_test(integer_is_minimal),
        cmocka_unit_test(bit_string_unused_bits_are_zero),
        cmocka_unit_test(oid_arcs_are_minimal_and_complete),
        cmocka_unit_test(time_forms_of_rfc_5280_are_read),
        cmocka_unit_test(time_other_forms_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
