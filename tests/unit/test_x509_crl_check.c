#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "req.h"
#include "support_revocation.h"
#include "support_vectors.h"
#include "x509/crl.h"
#include "x509/der_write.h"
#include "x509/ext_list.h"
#include "x509/write.h"

/* Lists and certificates with extensions that our writers do not write: distribution points of every
 * form, and what a list may say of itself. Certificates are made by extension in hex (support_x509.h). */

enum { ROOT = 1, LEAF = 2, OTHER = 3 };

static struct x509_made root, leaf, other;

#define OTHER_NAME "300d310b300906035504030c025a5a" /* CN=ZZ */
#define ROOT_NAME "300c310a300806035504030c0152"    /* CN=R */
#define KU_CRL_SIGN "ff 551d0f 03020102"
#define POINTS "551d1f " /* CRLDistributionPoints */

static const struct x509_spec root_spec = { .subject = "CN=R", .seed = ROOT,
                                            .extensions = { X509_CA } };

static void make_leaf(const char *extension)
{
    struct x509_spec spec = { .subject = "CN=leaf", .seed = LEAF, .extensions = { extension } };

    x509_make(&leaf, &spec, &root);
    assert_true(leaf.cert.der.len);
}

/* DER in hex behind tag and length. */
static size_t put(char *out, size_t cap, unsigned tag, const char *contents)
{
    size_t len = strlen(contents) / 2;

    assert_true(len < 0x80);
    return (size_t)snprintf(out, cap, "%02x%02zx%s", tag, len, contents);
}

/* "00 551d1f 30..": one point, whose members are given in hex. */
static const char *points(bool critical, const char *members)
{
    static char text[512];
    char point[256], list[256];

    (void)put(point, sizeof point, 0x30, members);
    (void)put(list, sizeof list, 0x30, point);
    (void)snprintf(text, sizeof text, "%s %s%s", critical ? "ff" : "00", POINTS, list);
    return text;
}

/* [tag] of what is given, in a buffer of its own. */
static const char *tagged(unsigned tag, const char *contents)
{
    static char rooms[8][256];
    static unsigned next;
    char *room = rooms[next++ % 8];

    (void)put(room, sizeof rooms[0], tag, contents);
    return room;
}

static const char *joined(const char *a, const char *b)
{
    static char rooms[4][256];
    static unsigned next;
    char *room = rooms[next++ % 4];

    (void)snprintf(room, sizeof rooms[0], "%s%s", a, b);
    return room;
}

/* DistributionPointName: a full directory name, or CN=P behind another name. */
static const char *full_name(const char *name)
{
    return tagged(0xa0, tagged(0xa0, tagged(0xa4, name)));
}

static const char *relative_name(void)
{
    return tagged(0xa0, tagged(0xa1, "3008" "0603550403" "0c0150"));
}

/* cRLIssuer */
static const char *crl_issuer(const char *name)
{
    return tagged(0xa2, tagged(0xa4, name));
}

/* ---- lists ---- */

/* The list's to-be-signed part again, with one more extension, or with extensions for its only entry. */
static void write_tbs(struct tlsni_wr *w, const struct tlsni_crl *crl, const char *list_extension,
                      const char *entry_extension)
{
    struct tlsni_rd r = tlsni_der_open_span(crl->tbs, TLSNI_DER_SEQUENCE);
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), outer, inner;
    uint8_t bytes[512];

    while (r.p != r.end && *r.p != 0xa0) {
        struct tlsni_der e = tlsni_der_next(&r);

        if (e.body.data != crl->revoked.data || !entry_extension) {
            tlsni_wr_span(w, e.whole);
            continue;
        }
        outer = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        inner = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        r = tlsni_rd_span(e.body);
        e = tlsni_der_next(&r);
        tlsni_wr_span(w, e.body);
        tlsni_wr_put(w, bytes, vec_unhex(tagged(0x30, entry_extension), bytes, sizeof bytes));
        tlsni_dw_close(w, inner);
        tlsni_dw_close(w, outer);
        r = tlsni_rd_make(e.whole.data + e.whole.len,
                          (size_t)(crl->tbs.data + crl->tbs.len - e.whole.data) - e.whole.len);
    }
    outer = tlsni_dw_open(w, 0xa0);
    inner = tlsni_dw_open(w, 0x30);
    r = tlsni_der_enter(&r, 0xa0);
    r = tlsni_der_enter(&r, 0x30);
    tlsni_wr_span(w, tlsni_rd_rest(&r));
    if (list_extension)
        tlsni_wr_put(w, bytes, vec_unhex(list_extension, bytes, sizeof bytes));
    tlsni_dw_close(w, inner);
    tlsni_dw_close(w, outer);
    tlsni_dw_close(w, all);
}

/* A list of this certificate, with extensions in hex (may be NULL), and an entry that nobody has. */
static void add_list(tlsn_evidence *e, const struct x509_made *by, const char *list_extension,
                     const char *entry_extension)
{
    const struct tlsn_revoked entry = { .serial = { (const uint8_t *)"\x77", 1 } };
    const struct tlsn_crl_spec spec = { .this_update = X509_NOW - 60, .next_update = X509_NOW + 60,
                                        .revoked = &entry, .revoked_count = 1 };
    tlsn_key *key = x509_key(by->seed);
    struct tlsni_sig_params scheme;
    uint8_t der[4096], tbs[4096];
    struct tlsni_wr w = tlsni_wr_make(tbs, sizeof tbs);
    struct tlsni_crl crl;
    size_t len;

    assert_int_equal(tlsn_crl_write(&spec, x509_span(by), key, NULL, der, sizeof der, &len), TLSN_OK);
    assert_int_equal(tlsni_crl_parse(&crl, tlsni_span_make(der, len), NULL), TLSN_OK);
    write_tbs(&w, &crl, list_extension, entry_extension);
    assert_false(w.bad);
    assert_int_equal(tlsni_write_scheme(tlsni_privkey_public(key->key), NULL, &scheme), TLSN_OK);
    assert_int_equal(tlsni_write_signed_out(tlsni_span_make(tbs, w.len), key->key, NULL, &scheme, der,
                                            sizeof der, &len), TLSN_OK);
    tlsn_key_free(key);
    assert_int_equal(tlsn_evidence_add_crl(e, der, len, NULL), TLSN_OK);
}

/* issuingDistributionPoint with these members. */
static const char *issuing_point(const char *members)
{
    return tagged(0x30, joined("0603551d1c" "0101ff", tagged(0x04, tagged(0x30, members))));
}

/* Whether the status of the leaf is known: TLSN_ERR_CERT_STATUS_UNKNOWN if not. That of others, which
 * sign lists here, need not be. */
static tlsn_status verify(tlsn_evidence *evidence)
{
    const struct tlsn_verify_options options = { .evidence = evidence };
    const struct tlsn_span certs[] = { x509_span(&leaf), x509_span(&other) };
    tlsn_verify_report *report;
    tlsn_trust *trust;
    tlsn_status st;

    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, root.der, root.len, NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_verify_report_new(&report, NULL), TLSN_OK);
    st = tlsn_x509_verify(trust, certs, 2, TLSN_PURPOSE_ANY, NULL, X509_NOW, &options, report);
    if (st == TLSN_OK && tlsn_verify_report_status_missing(report, 0))
        st = TLSN_ERR_CERT_STATUS_UNKNOWN;
    tlsn_verify_report_free(report);
    tlsn_trust_free(trust);
    return st;
}

/* With this list alone. */
static tlsn_status with_list(const struct x509_made *by, const char *list_extension,
                             const char *entry_extension)
{
    tlsn_evidence *e;
    tlsn_status st;

    assert_int_equal(tlsn_evidence_new(&e, NULL), TLSN_OK);
    add_list(e, by, list_extension, entry_extension);
    st = verify(e);
    tlsn_evidence_free(e);
    return st;
}

static int begin(void **state)
{
    static const struct x509_spec spec = { .subject = "CN=ZZ", .seed = OTHER,
                                           .extensions = { KU_CRL_SIGN } };

    (void)state;
    x509_make(&root, &root_spec, NULL);
    x509_make(&other, &spec, &root);
    assert_true(root.cert.der.len && other.cert.der.len);
    return 0;
}

/* ---- tests ---- */

static void critical_points_want_the_status(void **state)
{
    const struct tlsn_verify_options options = { 0 };
    struct tlsn_span cert;
    tlsn_trust *trust;

    (void)state;
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, root.der, root.len, NULL, NULL), TLSN_OK);
    for (int critical = 0; critical < 2; critical++) {
        make_leaf(points(critical, full_name(ROOT_NAME)));
        cert = x509_span(&leaf);
        assert_int_equal(tlsn_x509_verify(trust, &cert, 1, TLSN_PURPOSE_ANY, NULL, X509_NOW, &options,
                                          NULL),
                         critical ? TLSN_ERR_CERT_STATUS_UNKNOWN : TLSN_OK);
        assert_int_equal(with_list(&root, NULL, NULL), TLSN_OK);
    }
    tlsn_trust_free(trust);
    REQ("5280:4.2.1.13/2");
    REQ("5280:4.2.1.13/5");
}

static void relative_name_counts_behind_the_issuer(void **state)
{
    static const char both[] = "3018310a300806035504030c0152310a300806035504030c0150";

    (void)state;
    make_leaf(points(false, relative_name()));
    assert_int_equal(with_list(&root, issuing_point(full_name(both)), NULL), TLSN_OK);
    assert_int_equal(with_list(&root, issuing_point(relative_name()), NULL), TLSN_OK);
    assert_int_equal(with_list(&root, issuing_point(full_name(ROOT_NAME)), NULL),
                     TLSN_OK); /* the issuer's own point */
    assert_int_equal(with_list(&root, issuing_point(full_name(OTHER_NAME)), NULL),
                     TLSN_ERR_CERT_STATUS_UNKNOWN);
    make_leaf(points(false, full_name(both)));
    assert_int_equal(with_list(&root, issuing_point(relative_name()), NULL), TLSN_OK);
    REQ("5280:6.3.3/6");
}

/* Lists of CN=ZZ for the root's certificates: indirect, and meant by the certificate. */
static void issuer_of_an_indirect_list_has_to_be_named(void **state)
{
    static const char both[] = "3019310b300906035504030c025a5a310a300806035504030c0150";
    const char *const indirect = "8401ff";

    (void)state;
    make_leaf(points(false, crl_issuer(OTHER_NAME)));
    assert_int_equal(with_list(&other, issuing_point(indirect), NULL), TLSN_OK);
    assert_int_equal(with_list(&other, issuing_point(joined(full_name(OTHER_NAME), indirect)), NULL),
                     TLSN_OK);
    make_leaf(points(false, joined(relative_name(), crl_issuer(OTHER_NAME))));
    assert_int_equal(with_list(&other, issuing_point(joined(full_name(both), indirect)), NULL),
                     TLSN_OK);
    REQ("5280:6.3.3/2");
    REQ("5280:6.3.3/5");
    REQ("5280:4.2.1.13/4");
}

static void list_of_another_issuer_that_is_not_indirect_does_not_count(void **state)
{
    (void)state;
    make_leaf(points(false, crl_issuer(OTHER_NAME)));
    assert_int_equal(with_list(&other, NULL, NULL), TLSN_ERR_CERT_STATUS_UNKNOWN);
    assert_int_equal(with_list(&other, issuing_point(joined(full_name(ROOT_NAME), "8401ff")), NULL),
                     TLSN_ERR_CERT_STATUS_UNKNOWN);
    make_leaf(NULL); /* nobody else is named */
    assert_int_equal(with_list(&other, issuing_point("8401ff"), NULL),
                     TLSN_ERR_CERT_STATUS_UNKNOWN);
}

/* Any list of the certificate's issuer will do, in the end. */
static void list_that_no_point_names_is_asked_last(void **state)
{
    (void)state;
    make_leaf(points(false, crl_issuer(OTHER_NAME)));
    assert_int_equal(with_list(&root, NULL, NULL), TLSN_OK);
    REQ("5280:6.3.3/20");
}

static void list_of_attribute_certificates_does_not_count(void **state)
{
    (void)state;
    make_leaf(NULL);
    assert_int_equal(with_list(&root, issuing_point("8501ff"), NULL), TLSN_ERR_CERT_STATUS_UNKNOWN);
    assert_int_equal(with_list(&root, NULL, NULL), TLSN_OK);
    REQ("5280:6.3.3/9");
}

static void list_with_an_unknown_critical_extension_does_not_count(void **state)
{
    (void)state;
    make_leaf(NULL);
    assert_int_equal(with_list(&root, "3009" "06022a03" "0403" "020101", NULL), TLSN_OK);
    assert_int_equal(with_list(&root, "300c" "06022a03" "0101ff" "0403" "020101", NULL),
                     TLSN_ERR_CERT_STATUS_UNKNOWN);
    assert_int_equal(with_list(&root, NULL, "3009" "06022a03" "0403" "020101"), TLSN_OK);
    assert_int_equal(with_list(&root, NULL, "300c" "06022a03" "0101ff" "0403" "020101"),
                     TLSN_ERR_CERT_STATUS_UNKNOWN);
    REQ("5280:5.2/1");
    REQ("5280:5.3/1");
}

/* freshestCRL, which is no more than a hint. */
static void list_with_a_critical_hint_does_not_count(void **state)
{
    const char *value = tagged(0x04, tagged(0x30, tagged(0x30, full_name(ROOT_NAME))));

    (void)state;
    make_leaf(NULL);
    assert_int_equal(with_list(&root, tagged(0x30, joined("0603551d2e", value)), NULL), TLSN_OK);
    value = tagged(0x04, tagged(0x30, tagged(0x30, full_name(ROOT_NAME))));
    assert_int_equal(with_list(&root, tagged(0x30, joined("0603551d2e0101ff", value)), NULL),
                     TLSN_ERR_CERT_STATUS_UNKNOWN);
}

/* A list with a key identifier that is not the signer's is another key's, whatever its signature. */
static void key_identifier_tells_the_keys_of_an_issuer_apart(void **state)
{
    static const struct x509_spec with_id = { .subject = "CN=R", .seed = ROOT,
                                              .extensions = { X509_CA, "00 551d0e 04020a0b" } };
    static const struct x509_spec with_another = { .subject = "CN=R", .seed = ROOT,
                                                   .extensions = { X509_CA, "00 551d0e 04020a0c" } };
    static struct x509_made twin;

    (void)state;
    x509_make(&twin, &with_another, NULL);
    x509_make(&root, &with_id, NULL);
    make_leaf(NULL);
    assert_int_equal(with_list(&root, NULL, NULL), TLSN_OK);
    assert_int_equal(with_list(&twin, NULL, NULL), TLSN_ERR_CERT_STATUS_UNKNOWN);
    x509_make(&root, &root_spec, NULL);
    REQ("5280:5.2.1/2");
}

static void point_of_reasons_alone_is_refused(void **state)
{
    struct x509_spec spec = { .subject = "CN=leaf", .seed = LEAF };
    static struct x509_made made;

    (void)state;
    spec.extensions[0] = points(false, "81020560");
    x509_make(&made, &spec, &root);
    assert_int_equal(made.cert.der.len, 0); /* does not parse */
    spec.extensions[0] = points(false, joined(full_name(ROOT_NAME), "81020560"));
    x509_make(&made, &spec, &root);
    assert_true(made.cert.der.len);
    REQ("5280:4.2.1.13/3");
}

/* A response by a delegate whose certificate names a list for itself, and has no ocspNoCheck. */
static void delegate_that_names_a_list_needs_it(void **state)
{
    struct x509_spec spec = { .subject = "CN=delegate", .seed = 4,
                              .extensions = { "00 551d25 300a06082b06010505070309" } };
    struct tlsn_verify_options options = { .revocation = TLSN_REVOCATION_HARD };
    struct tlsn_ocsp_single single = { 0 };
    struct tlsn_ocsp_spec response = { .singles = &single, .single_count = 1,
                                       .produced_at = X509_NOW };
    tlsn_key *key = x509_key(4);
    static struct x509_made delegate;
    struct tlsn_span chain;
    tlsn_trust *trust;
    uint8_t der[4096];
    size_t len;

    (void)state;
    make_leaf(NULL);
    spec.extensions[1] = points(false, full_name(OTHER_NAME));
    x509_make(&delegate, &spec, &root);
    chain = single.cert = x509_span(&leaf);
    response.issuer = x509_span(&root);
    response.responder = x509_span(&delegate);
    assert_int_equal(tlsn_ocsp_write(&response, key, NULL, der, sizeof der, &len), TLSN_OK);
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, root.der, root.len, NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_evidence_new(&options.evidence, NULL), TLSN_OK);
    assert_int_equal(tlsn_evidence_add_ocsp(options.evidence, der, len), TLSN_OK);
    assert_int_equal(tlsn_x509_verify(trust, &chain, 1, TLSN_PURPOSE_ANY, NULL, X509_NOW, &options,
                                      NULL), TLSN_ERR_CERT_STATUS_UNKNOWN);
    add_list(options.evidence, &root, issuing_point(full_name(OTHER_NAME)), NULL);
    assert_int_equal(tlsn_x509_verify(trust, &chain, 1, TLSN_PURPOSE_ANY, NULL, X509_NOW, &options,
                                      NULL), TLSN_OK);
    tlsn_trust_free(trust);
    tlsn_evidence_free(options.evidence);
    tlsn_key_free(key);
    REQ("6960:4.2.2.2.1/4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(critical_points_want_the_status),
        cmocka_unit_test(relative_name_counts_behind_the_issuer),
        cmocka_unit_test(issuer_of_an_indirect_list_has_to_be_named),
        cmocka_unit_test(list_of_another_issuer_that_is_not_indirect_does_not_count),
        cmocka_unit_test(list_that_no_point_names_is_asked_last),
        cmocka_unit_test(list_of_attribute_certificates_does_not_count),
        cmocka_unit_test(list_with_an_unknown_critical_extension_does_not_count),
        cmocka_unit_test(list_with_a_critical_hint_does_not_count),
        cmocka_unit_test(key_identifier_tells_the_keys_of_an_issuer_apart),
        cmocka_unit_test(point_of_reasons_alone_is_refused),
        cmocka_unit_test(delegate_that_names_a_list_needs_it),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
