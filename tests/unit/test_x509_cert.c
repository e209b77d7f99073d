#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "req.h"
#include "support_vectors.h"
#include "support_x509.h"
#include "x509/der.h"
#include "x509/der_write.h"
#include "x509/oid.h"

static const struct x509_spec full = {
    .subject = "CN=a.example",
    .issuer = "CN=Test CA",
    .seed = 7,
    .extensions = { X509_CA_PATH_1, X509_KU_CERT_SIGN, X509_EKU_SERVER, X509_SAN_A_EXAMPLE,
                    "00 551d0e 0404aabbccdd", "00 551d23 3006800411223344" },
};

static struct tlsn_span copy_of(const struct x509_made *made)
{
    uint8_t *p = malloc(made->len); /* on the heap, so that reading past the end is seen */

    memcpy(p, made->der, made->len);
    return tlsni_span_make(p, made->len);
}

/* RFC 5280 4.1 and 4.2: every field is where the specification of the certificate put it. */
static void cert_with_extensions_fills_every_field(void **state)
{
    struct x509_spec spec = full;
    struct x509_made made;
    const struct tlsni_cert *c = &made.cert;

    (void)state;
    x509_make(&made, &spec, NULL);
    assert_int_equal(tlsni_cert_parse(&made.cert, x509_span(&made), NULL), TLSN_OK);
    assert_int_equal(c->version, 3);
    assert_int_equal(c->not_before, X509_BEGIN);
    assert_int_equal(c->not_after, X509_END);
    assert_true(c->ca);
    assert_int_equal(c->path_len, 1);
    assert_int_equal(c->key_usage, TLSNI_KU_KEY_CERT_SIGN | TLSNI_KU_CRL_SIGN);
    assert_int_equal(c->eku, TLSNI_EKU_SERVER_AUTH);
    assert_int_equal(c->has, TLSNI_HAS_BASIC_CONSTRAINTS | TLSNI_HAS_KEY_USAGE | TLSNI_HAS_EKU |
                                 TLSNI_HAS_SAN);
    assert_memory_equal(c->ski.data, "\xaa\xbb\xcc\xdd", 4);
    assert_memory_equal(c->aki.data, "\x11\x22\x33\x44", 4);
    assert_int_equal(c->san.len, 11);
    assert_int_equal(c->serial.len, 1);
    assert_int_equal(c->serial.data[0], 8);
    assert_int_equal(c->signature.len, 64);
    assert_int_equal(c->sig.key, TLSNI_KEY_ED25519);
    assert_true(tlsni_cert_allows(c, TLSNI_KU_CRL_SIGN));
    assert_false(tlsni_cert_allows(c, TLSNI_KU_DIGITAL_SIGNATURE));
    REQ("5280:4.1.2.1/3");
    REQ("5280:4.2/8");
}

static void cert_minimum_is_read(void **state)
{
    const struct x509_spec spec = { .subject = "CN=x", .version = 1 };
    struct x509_made made;

    (void)state;
    x509_make(&made, &spec, NULL);
    assert_int_equal(tlsni_cert_parse(&made.cert, x509_span(&made), NULL), TLSN_OK);
    assert_int_equal(made.cert.version, 1);
    assert_int_equal(made.cert.has, 0);
    assert_int_equal(made.cert.path_len, -1);
    assert_true(tlsni_cert_allows(&made.cert, TLSNI_KU_KEY_CERT_SIGN));
}

static void cert_every_truncation_is_refused(void **state)
{
    struct x509_spec spec = full;
    struct x509_made made;
    struct tlsni_cert c;

    (void)state;
    spec.extensions[5] = NULL;
    x509_make(&made, &spec, NULL);
    for (size_t len = 0; len < made.len; len++) {
        struct x509_made cut = made;
        struct tlsn_span s;

        cut.len = len;
        s = copy_of(&cut);
        assert_int_equal(tlsni_cert_parse(&c, s, NULL), TLSN_ERR_CERT_BAD);
        free((void *)(uintptr_t)s.data);
    }
}

static void cert_trailing_byte_is_refused(void **state)
{
    struct x509_made made;
    struct tlsni_cert c;

    (void)state;
    x509_make(&made, &full, NULL);
    made.der[made.len++] = 0;
    assert_int_equal(tlsni_cert_parse(&c, x509_span(&made), NULL), TLSN_ERR_CERT_BAD);
    REQ("5280:4.1/1");
}

/* Every byte one more and one less: nothing is read outside of the certificate (under the
 * sanitizers), and a change of any length octet shows. */
static void cert_every_byte_off_by_one_stays_inside(void **state)
{
    struct x509_spec spec = full;
    struct x509_made made;
    struct tlsni_cert c;
    size_t refused = 0;

    (void)state;
    spec.extensions[5] = NULL;
    x509_make(&made, &spec, NULL);
    for (size_t i = 0; i < made.len; i++)
        for (int by = -1; by <= 1; by += 2) {
            struct tlsn_span s = copy_of(&made);
            uint8_t *p = (uint8_t *)(uintptr_t)s.data;

            p[i] = (uint8_t)(p[i] + by);
            refused += tlsni_cert_parse(&c, s, NULL) != TLSN_OK;
            free(p);
        }
    assert_true(refused > 100);
    made.der[3]++;
    assert_int_equal(tlsni_cert_parse(&c, x509_span(&made), NULL), TLSN_ERR_CERT_BAD);
}

static tlsn_status parse_with(const char *extension, const char *second, struct tlsni_cert *c)
{
    static struct x509_made made;
    const struct x509_spec spec = { .subject = "CN=x", .extensions = { extension, second } };

    x509_make(&made, &spec, NULL);
    return tlsni_cert_parse(c, x509_span(&made), NULL);
}

/* RFC 5280 4.2: no extension twice, known or not. */
static void cert_duplicate_extension_is_refused(void **state)
{
    struct tlsni_cert c;

    (void)state;
    assert_int_equal(parse_with(X509_CA, X509_CA, &c), TLSN_ERR_CERT_BAD);
    assert_int_equal(parse_with("00 2a0304 0500", "00 2a0304 0500", &c), TLSN_ERR_CERT_BAD);
    assert_int_equal(parse_with("00 2a0304 0500", "00 2a0305 0500", &c), TLSN_OK);
    REQ("5280:4.2/5");
}

static void cert_extensions_need_version_3(void **state)
{
    struct x509_spec spec = full;
    struct x509_made made;
    struct tlsni_cert c;

    (void)state;
    for (spec.version = 1; spec.version <= 2; spec.version++) {
        x509_make(&made, &spec, NULL);
        assert_int_equal(tlsni_cert_parse(&c, x509_span(&made), NULL), TLSN_ERR_CERT_BAD);
    }
    spec.version = 4;
    x509_make(&made, &spec, NULL);
    assert_int_equal(tlsni_cert_parse(&c, x509_span(&made), NULL), TLSN_ERR_CERT_BAD);
    REQ("5280:4.1.2.1/4");
}

/* The certificate's TBSCertificate with an element in front of the extensions. */
static tlsn_status parse_with_unique_id(const char *hex)
{
    uint8_t tbs[X509_DER_MAX], id[32];
    struct tlsni_wr w = tlsni_wr_make(tbs, sizeof tbs);
    size_t len = vec_unhex(hex, id, sizeof id), mark = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    struct x509_spec spec = { .subject = "CN=a", .seed = 1, .extensions = { X509_CA } };
    struct x509_made made;
    struct tlsni_cert c;
    struct tlsni_rd r;

    x509_make(&made, &spec, NULL);
    r = tlsni_der_open_span(made.cert.tbs, TLSNI_DER_SEQUENCE);
    while (r.p != r.end) {
        if (tlsni_der_peek(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(3)))
            tlsni_wr_put(&w, id, len);
        tlsni_wr_span(&w, tlsni_der_next(&r).whole);
    }
    tlsni_dw_close(&w, mark);
    assert_false(r.bad || w.bad);
    return tlsni_cert_parse_tbs(&c, tlsni_span_make(tbs, w.len), NULL);
}

/* RFC 5280 4.1.2.8: BIT STRINGs, which nobody looks at. */
static void cert_unique_identifiers_are_bit_strings(void **state)
{
    static const char *const good[] = { "", "810100", "8102008f", "820304f0f0", "8102008f8202008f" };
    static const char *const bad[] = { "8100", "810101", "81020880", "820304f0f1", "8202008f8102008f",
                                       "8102008f8102008f", "a1020080" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (parse_with_unique_id(good[i]) != TLSN_OK)
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse_with_unique_id(bad[i]) != TLSN_ERR_CERT_BAD)
            fail_msg("%s", bad[i]);
}

static void cert_unknown_critical_extension_is_told(void **state)
{
    struct tlsni_cert c;

    (void)state;
    assert_int_equal(parse_with("00 2a0304 0500", NULL, &c), TLSN_OK);
    assert_false(c.has & TLSNI_HAS_UNKNOWN_CRITICAL);
    assert_int_equal(parse_with("ff 2a0304 0500", NULL, &c), TLSN_OK);
    assert_true(c.has & TLSNI_HAS_UNKNOWN_CRITICAL);
    assert_memory_equal(c.unknown_critical.data, "\x2a\x03\x04", 3);
    /* subjectDirectoryAttributes: its form is known, but nobody processes it */
    assert_int_equal(parse_with("ff 551d09 300b300906022a033103020101", NULL, &c), TLSN_OK);
    assert_true(c.has & TLSNI_HAS_UNKNOWN_CRITICAL);
    assert_int_equal(parse_with("ff 551d24 3003800100", NULL, &c), TLSN_OK);
    assert_false(c.has & TLSNI_HAS_UNKNOWN_CRITICAL);
}

/* RFC 5280 4.2.1.7, 4.2.1.15, 4.2.2.1: a path has no use for what they say, so that nothing can be done about
 * an authority that insists on it. */
static void cert_critical_extension_without_use_is_told(void **state)
{
    static const char *const values[] = {
        " 551d2e 300a3008a006a0048602613a", /* freshestCRL */
        " 2b06010505070101 300a300806022a038602613a", /* authorityInfoAccess */
        " 551d12 30048202612e", /* issuerAltName */
    };
    struct tlsni_cert c;
    char text[80];

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (int critical = 0; critical < 2; critical++) {
            (void)snprintf(text, sizeof text, "%s%s", critical ? "ff" : "00", values[i]);
            assert_int_equal(parse_with(text, NULL, &c), TLSN_OK);
            assert_int_equal(!!(c.has & TLSNI_HAS_UNKNOWN_CRITICAL), critical);
        }
    REQ("5280:4.2/2");
}

/* RFC 9608: no revocation is told of, so nothing may say where. */
static void cert_without_revocation_does_not_say_where_it_is_told(void **state)
{
#define NO_REVOCATION "00 551d38 0500"
    static const char *const bad[] = {
        X509_CA,
        "00 551d1f 300e300ca006a0048602613a81020780",                 /* cRLDistributionPoints */
        "00 551d2e 300a3008a006a0048602613a",                         /* freshestCRL */
        "00 2b06010505070101 3010300e06082b060105050730018602613a",   /* an OCSP responder */
    };
    struct tlsni_cert c;

    (void)state;
    assert_int_equal(parse_with(NO_REVOCATION, X509_KU_SIGNATURE, &c), TLSN_OK);
    assert_true(c.has & TLSNI_HAS_NO_REVOCATION);
    assert_int_equal(parse_with(NO_REVOCATION, "00 2b06010505070101 3010300e06082b060105050730028602613a", &c),
                     TLSN_OK); /* where the issuer's certificate is */
    assert_int_equal(parse_with(NO_REVOCATION, "00 551d13 3000", &c), TLSN_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse_with(bad[i], NULL, &c), TLSN_OK);
        assert_int_equal(parse_with(NO_REVOCATION, bad[i], &c), TLSN_ERR_CERT_BAD);
        assert_int_equal(parse_with(bad[i], NO_REVOCATION, &c), TLSN_ERR_CERT_BAD);
    }
    assert_int_equal(parse_with("00 551d38 0400", NULL, &c), TLSN_ERR_CERT_BAD);
    assert_int_equal(parse_with("00 551d38 05000500", NULL, &c), TLSN_ERR_CERT_BAD);
    REQ("9608:2/3");
    REQ("9608:3/1");
    REQ("9608:3/2");
    REQ("9608:3/3");
    REQ("9608:3/4");
    REQ("9608:3/5");
}

/* RFC 5280 4.2.1.4: qualifiers other than the two of the standard need not be understood, unless the
 * authority insists. */
static void cert_unknown_qualifier_counts_when_critical(void **state)
{
    static const struct {
        const char *value;
        bool unknown;
    } rows[] = {
        { "3017" "301506022a03" "300f" "300d06082b06010505070201160161", false }, /* id-qt-cps */
        { "3016" "301406022a03" "300e" "300c06082b060105050702023000", false },   /* id-qt-unotice */
        { "3010" "300e06022a03" "3008" "300606022a040500", true },
        { "3018" "300406022a05" "301006022a03" "300a" "300806022a0404020500", true }, /* of the second */
    };
    struct tlsni_cert c;
    char text[120];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int critical = 0; critical < 2; critical++) {
            (void)snprintf(text, sizeof text, "%s 551d20 %s", critical ? "ff" : "00", rows[i].value);
            assert_int_equal(parse_with(text, NULL, &c), TLSN_OK);
            assert_int_equal(!!(c.has & TLSNI_HAS_UNKNOWN_CRITICAL), critical && rows[i].unknown);
        }
    REQ("5280:4.2.1.4/4");
}

/* RFC 5280 4.2.1: each value in its own form and no other. */
static void cert_damaged_extension_is_refused(void **state)
{
    static const char *const values[] = {
        "ff 551d13 3000ff",              /* basicConstraints with a trailing byte */
        "ff 551d13 30030201ff",          /* negative path length */
        "ff 551d13 3003010101",          /* BOOLEAN that is neither 00 nor ff */
        "ff 551d13 0500",                /* not a SEQUENCE */
        "ff 551d0f 03020700",            /* keyUsage without a bit */
        "ff 551d0f 03010700",            /* and damaged */
        "00 551d25 3000",                /* extKeyUsage without purpose */
        "00 551d25 30020600",            /* empty OBJECT IDENTIFIER */
        "00 551d11 3000",                /* subjectAltName without name */
        "00 551d11 30058703c00002",      /* address of three bytes */
        "00 551d11 3003820180",          /* dNSName beyond ASCII */
        "00 551d11 30038a0161",          /* no such kind of name */
        "ff 551d1e 3000",                /* nameConstraints without list */
        "ff 551d1e 300ea00c300a8708c0000200ff00ff00", /* mask with a gap */
        "00 551d20 3000",                /* policies without policy */
        "00 551d23 0500",                /* authorityKeyIdentifier */
        "00 551d23 300482020102",
        "00 551d23 300aa104a402300082020005", /* a serial number with a zero in front */
        "00 551d0e 0402aa",              /* subjectKeyIdentifier */
        "ff 551d24 3000",                /* policyConstraints without member */
        "ff 551d36 0201ff",              /* inhibitAnyPolicy */
        "00 551d21 3006300406022a03", /* policyMappings of one policy */
        "00 551d1f 3000",                /* cRLDistributionPoints without point */
        "00 551d1f 30023000",            /* a point without name */
        "00 551d1f 3006300481020780", /* with reasons only */
        "00 551d2e 3000",                /* freshestCRL */
        "00 2b06010505070101 3000",      /* authorityInfoAccess without entry */
        "00 2b06010505070101 3006300406022a03", /* without place */
        "00 2b0601050507010b 3000",      /* subjectInfoAccess */
        "00 551d12 3000",                /* issuerAltName without name */
        "00 551d09 3000",                /* subjectDirectoryAttributes without attribute */
        "00 551d09 3008300606022a033100", /* without value */
    };
    struct tlsni_cert c;

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_int_equal(parse_with(values[i], NULL, &c), TLSN_ERR_CERT_BAD);
    REQ("5280:4.2.1.3/5");
    REQ("5280:4.2.1.6/1");
    REQ("5280:4.2.1.6/4");
    REQ("5280:4.2.1.9/2");
}

static void cert_extension_of_every_kind_is_read(void **state)
{
    static const char *const values[] = {
        "00 551d1f 300e300ca006a0048602613a81020780", /* a name in full, reasons */
        "00 551d1f 30223020a00ca10a300806035504030c0161a210a40e300c310a300806035504030c0161", /* relative to the issuer */
        "00 551d2e 300a3008a006a0048602613a", /* freshestCRL */
        "00 2b06010505070101 300a300806022a038602613a", /* authorityInfoAccess */
        "00 2b0601050507010b 300a300806022a038602613a", /* subjectInfoAccess */
        "00 551d12 30048202612e", /* issuerAltName */
        "00 551d09 300b300906022a033103020101", /* subjectDirectoryAttributes */
        "ff 551d36 020100", /* inhibitAnyPolicy */
        "00 551d23 3009a104a4023000820105", /* authorityKeyIdentifier by issuer and number */
    };
    struct tlsni_cert c;

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (parse_with(values[i], NULL, &c) != TLSN_OK || c.has & TLSNI_HAS_UNKNOWN_CRITICAL)
            fail_msg("%s", values[i]);
    assert_int_equal(parse_with(values[0], values[3], &c), TLSN_OK);
    assert_int_equal(c.crl_points.len, 16);
    assert_int_equal(c.authority_info.len, 12);
}

static void cert_error_names_the_field(void **state)
{
    struct x509_spec spec = { .subject = "CN=x", .extensions = { "ff 551d13 0500" } };
    struct tlsni_err err = { 0 };
    struct x509_made made;
    struct tlsni_cert c;

    (void)state;
    x509_make(&made, &spec, NULL);
    assert_int_equal(tlsni_cert_parse(&c, x509_span(&made), &err), TLSN_ERR_CERT_BAD);
    assert_non_null(strstr(err.text, "basicConstraints"));
    assert_string_equal(err.layer, "x509");
}

/* SubjectPublicKeyInfo of 2048 bits with an exponent of so many bytes. */
static tlsn_status rsa_with_exponent(size_t len)
{
    static const uint8_t algorithm[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                         0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
    uint8_t spki[512], n[257], e[64];
    struct tlsni_wr w = tlsni_wr_make(spki, sizeof spki);
    size_t all = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE), bits, key;
    struct tlsni_pubkey *out;
    tlsn_status st;

    memset(n, 0xa5, sizeof n);
    memset(e, 0x55, sizeof e);
    n[0] = 0;
    tlsni_wr_put(&w, algorithm, sizeof algorithm);
    bits = tlsni_dw_open(&w, TLSNI_DER_BIT_STRING);
    tlsni_wr_u8(&w, 0);
    key = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_dw_put(&w, TLSNI_DER_INTEGER, tlsni_span_make(n, sizeof n));
    tlsni_dw_put(&w, TLSNI_DER_INTEGER, tlsni_span_make(e, len));
    tlsni_dw_close(&w, key);
    tlsni_dw_close(&w, bits);
    tlsni_dw_close(&w, all);
    st = tlsni_spki_parse(&out, NULL, tlsni_span_make(spki, w.len), NULL);
    tlsni_pubkey_free(out);
    return st;
}

/* FIPS 186-5 5.4 (e): below 2^256. A longer one only makes signatures costly to check. */
static void key_with_huge_exponent_is_refused(void **state)
{
    (void)state;
    assert_int_equal(rsa_with_exponent(3), TLSN_OK);
    assert_int_equal(rsa_with_exponent(32), TLSN_OK);
    assert_int_equal(rsa_with_exponent(33), TLSN_ERR_CERT_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cert_with_extensions_fills_every_field),
        cmocka_unit_test(cert_minimum_is_read),
        cmocka_unit_test(cert_every_truncation_is_refused),
        cmocka_unit_test(cert_trailing_byte_is_refused),
        cmocka_unit_test(cert_every_byte_off_by_one_stays_inside),
        cmocka_unit_test(cert_duplicate_extension_is_refused),
        cmocka_unit_test(cert_extensions_need_version_3),
        cmocka_unit_test(cert_unique_identifiers_are_bit_strings),
        cmocka_unit_test(cert_unknown_critical_extension_is_told),
        cmocka_unit_test(cert_critical_extension_without_use_is_told),
        cmocka_unit_test(cert_without_revocation_does_not_say_where_it_is_told),
        cmocka_unit_test(cert_unknown_qualifier_counts_when_critical),
        cmocka_unit_test(cert_damaged_extension_is_refused),
        cmocka_unit_test(cert_extension_of_every_kind_is_read),
        cmocka_unit_test(cert_error_names_the_field),
        cmocka_unit_test(key_with_huge_exponent_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
