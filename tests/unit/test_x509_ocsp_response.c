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
#include "x509/cert_id.h"
#include "x509/der_write.h"
#include "x509/ocsp_response.h"
#include "x509/revoke.h"
#include "x509/write.h"

/* Responses of every form, made here member by member and signed by the issuer. */

static struct issued ca, leaf, second;

static int begin(void **state)
{
    (void)state;
    issue(&ca, NULL, (struct tlsn_cert_spec){ .subject = "CN=CA", .ca = true }, NULL);
    issue(&leaf, NULL, (struct tlsn_cert_spec){ .subject = "CN=leaf" }, &ca);
    issue(&second, NULL, (struct tlsn_cert_spec){ .subject = "CN=second" }, &ca);
    return 0;
}

static int end(void **state)
{
    (void)state;
    issued_free(&ca);
    issued_free(&leaf);
    issued_free(&second);
    return 0;
}

/* What goes into a response; hex that is NULL is left out, or a time that fits. */
struct parts {
    const char *version, *responder, *produced, *extensions;
    struct {
        const struct issued *cert; /* NULL: no more */
        const char *status, *this_update, *next_update, *extensions;
    } singles[3];
    const char *scheme;
};

#define GOOD "8000"
#define UNKNOWN "8200"
#define REVOKED "a111180f32303234303130313030303030305a"
#define REVOKED_BY_REASON "a116180f32303234303130313030303030305aa0030a0101"
#define TIME "180f32303235303130313030303030305a" /* 2025-01-01 */
#define LATER "a011180f32303235303230313030303030305a" /* nextUpdate, a month later */

static void put_hex(struct tlsni_wr *w, const char *hex)
{
    uint8_t bytes[512];

    if (hex)
        tlsni_wr_put(w, bytes, vec_unhex(hex, bytes, sizeof bytes));
}

static void put_data(struct tlsni_wr *w, const struct parts *p, const struct tlsni_cert *issuer)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), list, one;
    struct tlsni_cert cert;

    put_hex(w, p->version);
    if (p->responder)
        put_hex(w, p->responder);
    else
        tlsni_dw_put(w, TLSNI_DER_CONSTRUCTED_CONTEXT(1), issuer->subject);
    put_hex(w, p->produced ? p->produced : TIME);
    list = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    for (size_t i = 0; i < 3 && p->singles[i].cert; i++) {
        assert_int_equal(tlsni_cert_parse(&cert, issued_span(p->singles[i].cert), NULL), TLSN_OK);
        one = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        tlsni_cert_id_write(w, TLSNI_HASH_SHA1, cert.serial, issuer);
        put_hex(w, p->singles[i].status);
        put_hex(w, p->singles[i].this_update ? p->singles[i].this_update : TIME);
        put_hex(w, p->singles[i].next_update ? p->singles[i].next_update : LATER);
        put_hex(w, p->singles[i].extensions);
        tlsni_dw_close(w, one);
    }
    tlsni_dw_close(w, list);
    put_hex(w, p->extensions);
    tlsni_dw_close(w, all);
}

static uint8_t der[8192];

static size_t put_response(const struct parts *p)
{
    uint8_t data[4096], basic[4096];
    struct tlsni_wr d = tlsni_wr_make(data, sizeof data), w = tlsni_wr_make(der, sizeof der);
    struct tlsni_sig_params scheme;
    struct tlsni_cert issuer;
    size_t len, m[3];

    assert_int_equal(tlsni_cert_parse(&issuer, issued_span(&ca), NULL), TLSN_OK);
    put_data(&d, p, &issuer);
    assert_int_equal(tlsni_write_scheme(tlsni_privkey_public(ca.key->key), p->scheme, &scheme),
                     TLSN_OK);
    assert_int_equal(tlsni_write_signed_out(tlsni_span_make(data, d.len), ca.key->key, NULL, &scheme,
                                            basic, sizeof basic, &len), TLSN_OK);
    m[0] = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_dw_put(&w, TLSNI_DER_ENUMERATED, tlsni_span_make("", 1));
    m[1] = tlsni_dw_open(&w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    m[2] = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(&w, TLSNI_OID_OCSP_BASIC);
    tlsni_dw_put(&w, TLSNI_DER_OCTET_STRING, tlsni_span_make(basic, len));
    for (int i = 2; i >= 0; i--)
        tlsni_dw_close(&w, m[i]);
    assert_false(w.bad || d.bad);
    return w.len;
}

static tlsn_status parse(const struct parts *p, struct tlsni_ocsp_response *out)
{
    struct tlsni_err err = { 0 };
    tlsn_status st = tlsni_ocsp_parse(out, tlsni_span_make(der, put_response(p)), &err);

    assert_int_equal(st, err.status);
    return st;
}

static tlsn_status verify(const struct parts *p, const struct issued *cert)
{
    struct tlsn_verify_options options = { .revocation = TLSN_REVOCATION_HARD };
    const struct tlsn_span chain = issued_span(cert);
    tlsn_trust *trust;
    tlsn_status st;

    assert_int_equal(tlsn_evidence_new(&options.evidence, NULL), TLSN_OK);
    assert_int_equal(tlsn_evidence_add_ocsp(options.evidence, der, put_response(p)), TLSN_OK);
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, ca.der, ca.len, NULL, NULL), TLSN_OK);
    st = tlsn_x509_verify(trust, &chain, 1, TLSN_PURPOSE_ANY, NULL, X509_NOW, &options, NULL);
    tlsn_trust_free(trust);
    tlsn_evidence_free(options.evidence);
    return st;
}

static void response_of_any_form_is_read(void **state)
{
    struct tlsni_ocsp_response r;
    struct tlsni_rd list;
    struct tlsni_ocsp_single s;
    struct parts p = { .singles = { { .cert = &leaf, .status = REVOKED_BY_REASON,
                                      .next_update = "a011" TIME } } };

    (void)state;
    assert_int_equal(parse(&p, &r), TLSN_OK);
    assert_int_equal(r.produced_at, X509_NOW);
    assert_true(r.name.len && !r.key_hash.len && !r.nonce.len && !r.certs.len);
    list = tlsni_rd_span(r.singles);
    s = tlsni_ocsp_single_next(&list);
    assert_int_equal(s.status, TLSN_CERT_REVOKED);
    assert_int_equal(s.reason, TLSN_REASON_KEY_COMPROMISE);
    assert_int_equal(s.since, 1704067200);
    assert_int_equal(s.next_update, X509_NOW);
    assert_true(tlsni_rd_done(&list));
    p.version = "a003020100"; /* the default in words */
    assert_int_equal(parse(&p, &r), TLSN_OK);
    p.responder = "a2160414" "0000000000000000000000000000000000000000";
    assert_int_equal(parse(&p, &r), TLSN_OK);
    assert_int_equal(r.key_hash.len, 20);
}

static void response_of_wrong_form_is_refused(void **state)
{
    static const struct parts rows[] = {
        { .version = "a003020101" },                                /* v2 */
        { .responder = "a2150413" "00000000000000000000000000000000000000" }, /* 19 bytes */
        { .responder = "a1020500" }, { .responder = "a0020500" },
        { .produced = "170d3235303130313030303030305a" },           /* UTCTime */
        { .produced = "181132303235303130313030303030302e355a" },   /* half a second */
        { .singles = { { .cert = &leaf, .status = "8100" } } },
        { .singles = { { .cert = &leaf, .status = "800100" } } },
        { .singles = { { .cert = &leaf, .status = GOOD, .next_update = TIME } } },
        { .singles = { { .cert = &leaf, .status = "a116180f32303234303130313030303030305aa0030a0107" } } },
        { .singles = { { .cert = &leaf, .status = GOOD, .this_update = "0500" } } },
        { .extensions = "a1023000" }, { .extensions = "0500" },
    };
    struct tlsni_ocsp_response r;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (parse(&rows[i], &r) != TLSN_ERR_OCSP_RESPONSE)
            fail_msg("row %zu is accepted", i);
    REQ("6960:4.2.2.3/2");
    REQ("5019:2.2.4/2");
}

static void every_truncation_is_refused(void **state)
{
    const struct parts p = { .singles = { { .cert = &leaf, .status = GOOD } } };
    size_t all = put_response(&p);
    struct tlsni_ocsp_response r;

    (void)state;
    for (size_t len = 0; len < all; len++) {
        uint8_t *exact = malloc(len ? len : 1);

        memcpy(exact, der, len);
        assert_int_equal(tlsni_ocsp_parse(&r, tlsni_span_make(exact, len), NULL),
                         TLSN_ERR_OCSP_RESPONSE);
        free(exact);
    }
    assert_int_equal(tlsni_ocsp_parse(&r, tlsni_span_make(der, all), NULL), TLSN_OK);
}

static void each_certificate_finds_its_answer(void **state)
{
    const struct parts p = { .singles = { { .cert = &second, .status = REVOKED },
                                          { .cert = &leaf, .status = GOOD } } };

    (void)state;
    assert_int_equal(verify(&p, &leaf), TLSN_OK);
    assert_int_equal(verify(&p, &second), TLSN_ERR_CERT_REVOKED);
    REQ("5019:2.2.1/4");
}

static void worst_of_several_answers_counts(void **state)
{
    static const struct {
        const char *first, *second;
        tlsn_status st;
    } rows[] = {
        { GOOD, GOOD, TLSN_OK },
        { GOOD, REVOKED, TLSN_ERR_CERT_REVOKED },
        { REVOKED, GOOD, TLSN_ERR_CERT_REVOKED },
        { UNKNOWN, REVOKED, TLSN_ERR_CERT_REVOKED },
        { GOOD, UNKNOWN, TLSN_ERR_CERT_STATUS_UNKNOWN },
        { UNKNOWN, GOOD, TLSN_ERR_CERT_STATUS_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct parts p = { .singles = { { .cert = &leaf, .status = rows[i].first },
                                              { .cert = &leaf, .status = rows[i].second } } };

        assert_int_equal(verify(&p, &leaf), rows[i].st);
    }
    REQ("6960:4.2.2.3/4");
}

/* Extension 1.2.3.4 with and without the flag, of the whole and of an answer. */
static void unknown_critical_extension_makes_a_response_useless(void **state)
{
    static const char harmless[] = "a10d300b300906032a030404020500";
    static const char critical[] = "a110300e300c06032a03040101ff04020500";
    static const char revoke[] = "a1133011300f06092b060105050730010904020500";
    struct parts p = { .singles = { { .cert = &leaf, .status = GOOD } } };

    (void)state;
    p.extensions = harmless;
    assert_int_equal(verify(&p, &leaf), TLSN_OK);
    p.extensions = critical;
    assert_int_equal(verify(&p, &leaf), TLSN_ERR_CERT_STATUS_UNKNOWN);
    p.extensions = revoke;
    assert_int_equal(verify(&p, &leaf), TLSN_OK);
    p.extensions = NULL;
    p.singles[0].extensions = harmless;
    assert_int_equal(verify(&p, &leaf), TLSN_OK);
    p.singles[0].extensions = critical;
    assert_int_equal(verify(&p, &leaf), TLSN_ERR_CERT_STATUS_UNKNOWN);
    REQ("6960:4.4/1");
    REQ("6960:4.4.8/2");
    REQ("6960:4.4.3/1");
}

static void strong_hashes_are_accepted_and_weak_ones_are_not(void **state)
{
    struct parts p = { .singles = { { .cert = &leaf, .status = GOOD } } };

    (void)state;
    p.scheme = "ecdsa_sha1";
    assert_int_equal(verify(&p, &leaf), TLSN_ERR_CERT_STATUS_UNKNOWN);
    p.scheme = NULL;
    assert_int_equal(verify(&p, &leaf), TLSN_OK);
    REQ("6960:5.1.1/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_of_any_form_is_read),
        cmocka_unit_test(response_of_wrong_form_is_refused),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(each_certificate_finds_its_answer),
        cmocka_unit_test(worst_of_several_answers_counts),
        cmocka_unit_test(unknown_critical_extension_makes_a_response_useless),
        cmocka_unit_test(strong_hashes_are_accepted_and_weak_ones_are_not),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
