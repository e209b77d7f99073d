#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "req.h"
#include "support_revocation.h"
#include "support_vectors.h"
#include "x509/crl.h"
#include "x509/der_write.h"
#include "x509/oid.h"

/* TBSCertList parts in hex: what a test changes is what it hands in. */
#define ALG "300506032b6570" /* Ed25519 */
#define NAME "300c310a300806035504030c0143"
#define TIME "170d3235303130313030303030305a"
#define LATER "170d3235303230313030303030305a"
#define V2 "020101"
#define ENTRY "3012020101" TIME /* 01 */

static size_t put_list(uint8_t *out, const char *hex)
{
    uint8_t body[2048], room[4096];
    size_t len = vec_unhex(hex, body, sizeof body), all, mark;
    struct tlsni_wr w = tlsni_wr_make(room, sizeof room);

    all = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    mark = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_wr_put(&w, body, len);
    tlsni_dw_close(&w, mark);
    len = vec_unhex(ALG "030200aa", body, sizeof body);
    tlsni_wr_put(&w, body, len);
    tlsni_dw_close(&w, all);
    assert_false(w.bad);
    memcpy(out, room, w.len);
    return w.len;
}

static uint8_t der[4096];

static tlsn_status parse(struct tlsni_crl *crl, const char *hex)
{
    struct tlsni_err err = { 0 };
    tlsn_status st = tlsni_crl_parse(crl, tlsni_span_make(der, put_list(der, hex)), &err);

    assert_int_equal(st, err.status);
    return st;
}

static void assert_bad(const char *hex)
{
    struct tlsni_crl crl;

    if (parse(&crl, hex) != TLSN_ERR_CRL)
        fail_msg("accepted: %s", hex);
}

static void list_of_any_form_is_read(void **state)
{
    struct tlsni_crl crl;

    (void)state;
    assert_int_equal(parse(&crl, ALG NAME TIME), TLSN_OK);
    assert_false(crl.has_next);
    assert_int_equal(crl.this_update, X509_NOW);
    assert_int_equal(crl.count, 0);
    assert_int_equal(parse(&crl, ALG NAME TIME LATER), TLSN_OK);
    assert_int_equal(crl.next_update, X509_NOW + 31 * DAY);
    assert_int_equal(parse(&crl, ALG NAME "180f32303235303130313030303030305a" TIME), TLSN_OK);
    assert_int_equal(crl.this_update, X509_NOW);
    assert_int_equal(parse(&crl, V2 ALG NAME TIME LATER "3014" ENTRY), TLSN_OK);
    assert_int_equal(crl.count, 1);
    REQ("5280:5.1.2.4/2");
}

static void list_of_wrong_form_is_refused(void **state)
{
    (void)state;
    assert_bad("020100" ALG NAME TIME);                        /* v1 in words */
    assert_bad("020102" ALG NAME TIME);                        /* v3 */
    assert_bad("300506032b6571" NAME TIME);                    /* another algorithm inside */
    assert_bad(ALG "0500" TIME);                               /* no name */
    assert_bad(ALG NAME);                                      /* no time */
    assert_bad(ALG NAME "170b323530313031303030305a");         /* no seconds */
    assert_bad(ALG NAME TIME TIME TIME);
    assert_bad(V2 ALG NAME TIME LATER "3000");                 /* no entry */
    assert_bad(V2 ALG NAME TIME LATER "3005" "3003020101");    /* no date */
    assert_bad(V2 ALG NAME TIME LATER "3014" "3012" "020101" TIME "0500");
    assert_bad(V2 ALG NAME TIME LATER "3014" ENTRY "0500");
    REQ("5280:5.1.1.2/1");
    REQ("5280:5.1.2.6/3");
}

static void extensions_are_of_version_2(void **state)
{
    static const char entry[] = "30223020" "020101" TIME "300c300a0603551d1504030a0101";
    static const char number[] = "a00e300c300a0603551d140403020105";
    struct tlsni_crl crl;
    char text[512];

    (void)state;
    (void)snprintf(text, sizeof text, "%s%s", V2 ALG NAME TIME LATER, entry);
    assert_int_equal(parse(&crl, text), TLSN_OK);
    assert_bad(text + strlen(V2));
    (void)snprintf(text, sizeof text, "%s%s", V2 ALG NAME TIME LATER, number);
    assert_int_equal(parse(&crl, text), TLSN_OK);
    assert_int_equal(crl.number.len, 1);
    assert_int_equal(crl.number.data[0], 5);
    assert_bad(text + strlen(V2));
    REQ("5280:5.1.2.1/2");
}

/* oid and value in hex into [0] { SEQUENCE { Extension } }. */
static tlsn_status parse_extension(struct tlsni_crl *crl, const char *oid, bool critical,
                                   const char *value)
{
    uint8_t room[512], bytes[256];
    struct tlsni_wr w = tlsni_wr_make(room, sizeof room);
    size_t outer = tlsni_dw_open(&w, 0xa0), list = tlsni_dw_open(&w, 0x30);
    size_t one = tlsni_dw_open(&w, 0x30), len = vec_unhex(oid, bytes, sizeof bytes);
    char hex[1024];

    tlsni_dw_put(&w, TLSNI_DER_OID, tlsni_span_make(bytes, len));
    if (critical)
        tlsni_dw_put(&w, TLSNI_DER_BOOLEAN, tlsni_span_make("\xff", 1));
    len = vec_unhex(value, bytes, sizeof bytes);
    tlsni_dw_put(&w, TLSNI_DER_OCTET_STRING, tlsni_span_make(bytes, len));
    tlsni_dw_close(&w, one);
    tlsni_dw_close(&w, list);
    tlsni_dw_close(&w, outer);
    len = (size_t)snprintf(hex, sizeof hex, "%s", V2 ALG NAME TIME LATER);
    for (size_t i = 0; i < w.len; i++)
        len += (size_t)snprintf(hex + len, sizeof hex - len, "%02x", room[i]);
    return parse(crl, hex);
}

#define IDP "551d1c"

static void issuing_point_of_every_form_is_read(void **state)
{
    struct tlsni_crl crl;

    (void)state;
    assert_int_equal(parse_extension(&crl, IDP, true, "3003" "8101ff"), TLSN_OK);
    assert_true(crl.point.only_user);
    assert_int_equal(crl.point.reasons, TLSNI_REASONS_ALL);
    assert_int_equal(parse_extension(&crl, IDP, true, "3006" "8201ff" "8401ff"), TLSN_OK);
    assert_true(crl.point.only_ca && crl.point.indirect);
    assert_int_equal(parse_extension(&crl, IDP, true, "3003" "8501ff"), TLSN_OK);
    assert_true(crl.point.only_attribute);
    assert_int_equal(parse_extension(&crl, IDP, true, "3004" "83020560"), TLSN_OK);
    assert_int_equal(crl.point.reasons, 6);
    assert_int_equal(parse_extension(&crl, IDP, true, "3009" "a007" "a005" "8603612f62"), TLSN_OK);
    assert_int_equal(crl.point.name.full.len, 5);
    assert_int_equal(parse_extension(&crl, IDP, true, "300e" "a00c" "a10a" "300806035504030c0143"),
                     TLSN_OK);
    assert_int_equal(crl.point.name.relative.len, 10);
    REQ("5280:5.2.5/6");
}

static void issuing_point_of_wrong_form_is_refused(void **state)
{
    static const char *const bad[] = {
        "3000",             /* empty */
        "3006" "8101ff" "8201ff", /* for users and for authorities alone */
        "3003" "810100",    /* the default */
        "3003" "8101ff" "00",
        "3006" "8201ff" "8101ff", /* out of order */
        "3002" "a000",      /* a name that is none */
        "3006" "a004" "a002" "8600" "00",
        "3004" "a002" "a000", /* no names */
    };
    struct tlsni_crl crl;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse_extension(&crl, IDP, true, bad[i]) != TLSN_ERR_CRL)
            fail_msg("accepted: %s", bad[i]);
    REQ("5280:5.2.5/5");
}

static void unknown_critical_extension_makes_a_list_unusable(void **state)
{
    static const char entry[] = V2 ALG NAME TIME LATER "30233021" "020101" TIME
                                "300d300b06022a030101ff04020500";
    struct tlsni_crl crl;

    (void)state;
    assert_int_equal(parse_extension(&crl, "2a03", false, "0500"), TLSN_OK);
    assert_false(crl.unusable);
    assert_int_equal(parse_extension(&crl, "2a03", true, "0500"), TLSN_OK);
    assert_true(crl.unusable);
    assert_int_equal(parse(&crl, entry), TLSN_OK);
    assert_true(crl.unusable);
    assert_int_equal(parse_extension(&crl, "551d14", true, "020105"), TLSN_OK);
    assert_true(crl.unusable); /* cRLNumber */
    REQ("5280:5.2/2");
    REQ("5280:5.2.3/5");
}

static void numbers_of_20_octets_are_compared(void **state)
{
    struct tlsni_crl a, b;
    uint8_t first[sizeof der];

    (void)state;
    assert_int_equal(parse_extension(&a, "551d14", false,
                                     "0214" "7f00000000000000000000000000000000000001"), TLSN_OK);
    assert_int_equal(a.number.len, 20);
    memcpy(first, a.number.data, 20);
    a.number.data = first;
    assert_int_equal(parse_extension(&b, "551d14", false,
                                     "0214" "7f00000000000000000000000000000000000002"), TLSN_OK);
    assert_int_equal(tlsni_crl_number_compare(a.number, b.number), -1);
    assert_int_equal(tlsni_crl_number_compare(b.number, a.number), 1);
    assert_int_equal(tlsni_crl_number_compare(a.number, a.number), 0);
    assert_int_equal(tlsni_crl_number_compare(tlsni_span_make("\xff", 1), a.number), -1);
    assert_int_equal(parse_extension(&b, "551d14", false, "0201ff"), TLSN_ERR_CRL);
    REQ("5280:5.2.3/2");
}

static void every_truncation_and_every_longer_list_is_refused(void **state)
{
    const struct tlsn_revoked entry = { .serial = { (const uint8_t *)"\x05", 1 },
                                        .reason = TLSN_REASON_HOLD };
    struct issued ca;
    struct made crl;
    struct tlsni_crl out;

    (void)state;
    issue(&ca, "ed25519", (struct tlsn_cert_spec){ .subject = "CN=CA", .ca = true }, NULL);
    make_crl(&crl, (struct tlsn_crl_spec){ .revoked = &entry, .revoked_count = 1, .number = 1,
                                           .point_url = "http://a.example/", .indirect = true },
             &ca);
    for (size_t len = 0; len < crl.len; len++) {
        uint8_t *exact = malloc(len ? len : 1); /* so that reading behind the end shows */

        memcpy(exact, crl.der, len);
        assert_int_equal(tlsni_crl_parse(&out, tlsni_span_make(exact, len), NULL), TLSN_ERR_CRL);
        free(exact);
    }
    assert_int_equal(tlsni_crl_parse(&out, made_span(&crl), NULL), TLSN_OK);
    crl.der[crl.len] = 0;
    assert_int_equal(tlsni_crl_parse(&out, tlsni_span_make(crl.der, crl.len + 1), NULL),
                     TLSN_ERR_CRL);
    issued_free(&ca);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_of_any_form_is_read),
        cmocka_unit_test(list_of_wrong_form_is_refused),
        cmocka_unit_test(extensions_are_of_version_2),
        cmocka_unit_test(issuing_point_of_every_form_is_read),
        cmocka_unit_test(issuing_point_of_wrong_form_is_refused),
        cmocka_unit_test(unknown_critical_extension_makes_a_list_unusable),
        cmocka_unit_test(numbers_of_20_octets_are_compared),
        cmocka_unit_test(every_truncation_and_every_longer_list_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
