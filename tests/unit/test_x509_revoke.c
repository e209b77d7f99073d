#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "req.h"
#include "support_revocation.h"

/* Verdicts on a chain with evidence of revocation: lists and responses of our own writers, which other
 * programs read (test_x509_write_crl.c, test_x509_write_ocsp.c). */

static struct issued root, ca, leaf;
static tlsn_trust *trust;
static tlsn_evidence *evidence;
static struct tlsn_verify_options options;
static tlsn_verify_report *report;

#define LEAF_URL "http://a.example/leaf.crl"

static const struct tlsn_span leaf_serial = { (const uint8_t *)"\x11", 1 };
static const struct tlsn_span ca_serial = { (const uint8_t *)"\x22", 1 };

static int begin_all(void **state)
{
    static const struct tlsn_cert_spec leaf_spec = {
        .subject = "CN=leaf", .serial = (const uint8_t *)"\x11", .serial_len = 1,
        .crl_url = LEAF_URL, .ocsp_url = "http://a.example/ocsp",
    };

    (void)state;
    issue(&root, NULL, (struct tlsn_cert_spec){ .subject = "CN=root", .ca = true }, NULL);
    issue(&ca, NULL, (struct tlsn_cert_spec){ .subject = "CN=CA", .ca = true,
                                              .serial = (const uint8_t *)"\x22", .serial_len = 1 },
          &root);
    issue(&leaf, NULL, leaf_spec, &ca);
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    issued_free(&root);
    issued_free(&ca);
    issued_free(&leaf);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, root.der, root.len, NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_evidence_new(&evidence, NULL), TLSN_OK);
    assert_int_equal(tlsn_verify_report_new(&report, NULL), TLSN_OK);
    options = (struct tlsn_verify_options){ .evidence = evidence,
                                            .revocation = TLSN_REVOCATION_HARD };
    return 0;
}

static int end(void **state)
{
    (void)state;
    tlsn_trust_free(trust);
    tlsn_evidence_free(evidence);
    tlsn_verify_report_free(report);
    return 0;
}

static tlsn_status verify_cert(const struct issued *cert)
{
    const struct tlsn_span certs[] = { issued_span(cert), issued_span(&ca) };

    return tlsn_x509_verify(trust, certs, 2, TLSN_PURPOSE_ANY, NULL, X509_NOW, &options, report);
}

static tlsn_status verify(void)
{
    return verify_cert(&leaf);
}

static void assert_finding(const char *text)
{
    for (size_t i = 0; i < tlsn_verify_report_count(report); i++)
        if (strstr(tlsn_verify_report_finding(report, i)->text, text))
            return;
    fail_msg("no finding \"%s\"", text);
}

static void add_crl(struct tlsn_crl_spec spec, const struct issued *by)
{
    struct made crl;

    make_crl(&crl, spec, by);
    assert_int_equal(tlsn_evidence_add_crl(evidence, crl.der, crl.len, NULL), TLSN_OK);
}

/* A list with one entry. */
static void add_entry(struct tlsn_crl_spec spec, struct tlsn_revoked entry, const struct issued *by)
{
    spec.revoked = &entry;
    spec.revoked_count = 1;
    add_crl(spec, by);
}

static void add_ocsp(struct tlsn_ocsp_spec spec, struct tlsn_ocsp_single single,
                     const struct issued *by)
{
    struct made response;

    make_ocsp(&response, spec, single, &leaf, &ca, by);
    assert_int_equal(tlsn_evidence_add_ocsp(evidence, response.der, response.len), TLSN_OK);
}

static void root_list(void)
{
    add_crl((struct tlsn_crl_spec){ .number = 1 }, &root);
}

/* ---- modes ---- */

static void modes_decide_what_a_lack_of_evidence_means(void **state)
{
    (void)state;
    assert_int_equal(verify(), TLSN_ERR_ARGUMENT); /* HARD, and nothing to look at */
    options.revocation = TLSN_REVOCATION_SOFT;
    assert_int_equal(verify(), TLSN_OK);
    assert_true(tlsn_verify_report_status_missing(report, 0));
    assert_true(tlsn_verify_report_status_missing(report, 1));
    assert_false(tlsn_verify_report_status_missing(report, 2));
    options.revocation = TLSN_REVOCATION_HARD;
    add_crl((struct tlsn_crl_spec){ 0 }, &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    assert_finding("CN=CA: nothing says whether it is revoked");
    assert_false(tlsn_verify_report_status_missing(report, 0));
    options.revocation_leaf_only = true;
    assert_int_equal(verify(), TLSN_OK);
    options.revocation_leaf_only = false;
    root_list();
    assert_int_equal(verify(), TLSN_OK);
    assert_int_equal(tlsn_verify_report_count(report), 0);
    options.revocation = TLSN_REVOCATION_OFF;
    assert_int_equal(verify(), TLSN_ERR_ARGUMENT); /* evidence that nobody looks at */
    options.revocation = (enum tlsn_revocation)3;
    assert_int_equal(verify(), TLSN_ERR_ARGUMENT);
    REQ("5280:6.3.3/21");
}

/* RFC 9608: nobody asks for evidence; what speaks against such a certificate counts. */
static void certificate_without_revocation_needs_no_evidence(void **state)
{
    const struct tlsn_extension none = { "2.5.29.56", false, { (const uint8_t *)"\x05", 2 } };
    struct issued short_lived;

    (void)state;
    issue(&short_lived, NULL, (struct tlsn_cert_spec){ .subject = "CN=short", .serial = leaf_serial.data,
                                                       .serial_len = 1, .extensions = &none,
                                                       .extension_count = 1 }, &ca);
    root_list();
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    assert_int_equal(verify_cert(&short_lived), TLSN_OK);
    assert_false(tlsn_verify_report_status_missing(report, 0));
    add_entry((struct tlsn_crl_spec){ 0 }, (struct tlsn_revoked){ .serial = leaf_serial }, &ca);
    assert_int_equal(verify_cert(&short_lived), TLSN_ERR_CERT_REVOKED);
    issued_free(&short_lived);
    REQ("9608:4/1");
}

/* ocspNoCheck: a responder needs none, and for anybody else it changes nothing. */
static void responder_that_is_vouched_for_needs_no_evidence(void **state)
{
    const struct tlsn_extension no_check = { "1.3.6.1.5.5.7.48.1.5", false, { (const uint8_t *)"\x05", 2 } };
    struct issued responder, other;

    (void)state;
    issue(&responder, NULL, (struct tlsn_cert_spec){ .subject = "CN=responder", .ocsp_signing = true }, &ca);
    issue(&other, NULL, (struct tlsn_cert_spec){ .subject = "CN=other", .extensions = &no_check,
                                                 .extension_count = 1 }, &ca);
    root_list();
    assert_int_equal(verify_cert(&responder), TLSN_OK);
    assert_int_equal(verify_cert(&other), TLSN_ERR_CERT_STATUS_UNKNOWN);
    issued_free(&responder);
    issued_free(&other);
    REQ("9608:4/2");
}

static void revoked_counts_in_every_mode(void **state)
{
    (void)state;
    root_list();
    add_entry((struct tlsn_crl_spec){ 0 }, (struct tlsn_revoked){ .serial = leaf_serial }, &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_REVOKED);
    assert_finding("CN=leaf: revoked");
    options.revocation = TLSN_REVOCATION_SOFT;
    assert_int_equal(verify(), TLSN_ERR_CERT_REVOKED);
    REQ("5280:6.1.3/3");
    REQ("5280:6.3/1");
    REQ("5280:6.3.3/16");
}

/* The path is refused for its signature before anybody asks for a status. */
static void status_of_a_forged_certificate_is_not_asked_for(void **state)
{
    struct issued forged = leaf;

    (void)state;
    root_list();
    add_entry((struct tlsn_crl_spec){ 0 }, (struct tlsn_revoked){ .serial = leaf_serial }, &ca);
    forged.der[forged.len - 3] ^= 1;
    assert_int_equal(verify_cert(&forged), TLSN_ERR_CERT_SIGNATURE);
    assert_int_equal(tlsn_verify_report_count(report), 1);
    REQ("5019:3.2/1");
}

static void revoked_authority_revokes_the_path(void **state)
{
    (void)state;
    add_crl((struct tlsn_crl_spec){ 0 }, &ca);
    add_entry((struct tlsn_crl_spec){ 0 },
              (struct tlsn_revoked){ .serial = ca_serial, .reason = TLSN_REASON_CA_COMPROMISE },
              &root);
    assert_int_equal(verify(), TLSN_ERR_CERT_REVOKED);
    assert_finding("CN=CA: revoked");
}

static void hold_is_told_apart(void **state)
{
    (void)state;
    root_list();
    add_entry((struct tlsn_crl_spec){ 0 },
              (struct tlsn_revoked){ .serial = leaf_serial, .reason = TLSN_REASON_HOLD }, &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_REVOKED);
    assert_finding("on hold");
}

/* ---- lists ---- */

static void list_counts_within_its_times(void **state)
{
    static const struct { int64_t this_update, next_update; tlsn_status st; } rows[] = {
        { X509_NOW - DAY, X509_NOW, TLSN_OK },
        { X509_NOW - DAY, X509_NOW - 300, TLSN_OK }, /* clocks differ */
        { X509_NOW - DAY, X509_NOW - 301, TLSN_ERR_CERT_STATUS_UNKNOWN },
        { X509_NOW + 300, X509_NOW + DAY, TLSN_OK },
        { X509_NOW + 301, X509_NOW + DAY, TLSN_ERR_CERT_STATUS_UNKNOWN },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(state);
        root_list();
        add_crl((struct tlsn_crl_spec){ .this_update = rows[i].this_update,
                                        .next_update = rows[i].next_update }, &ca);
        assert_int_equal(verify(), rows[i].st);
        end(state);
    }
    begin(state);
    root_list();
    add_crl((struct tlsn_crl_spec){ .this_update = X509_NOW - 3 * DAY }, &ca);
    assert_int_equal(verify(), TLSN_OK);
    options.revocation_age_s = 2 * (unsigned)DAY;
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    REQ("5280:6.3.3/1");
    REQ("5280:5.1.2.5/2");
}

static void list_of_another_key_does_not_count(void **state)
{
    struct issued twin;

    (void)state;
    root_list();
    issue(&twin, NULL, (struct tlsn_cert_spec){ .subject = "CN=CA", .ca = true }, NULL);
    add_entry((struct tlsn_crl_spec){ 0 }, (struct tlsn_revoked){ .serial = leaf_serial }, &twin);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    options.revocation = TLSN_REVOCATION_SOFT;
    assert_int_equal(verify(), TLSN_OK);
    issued_free(&twin);
    REQ("5280:6.3.3/15");
    REQ("5280:5.1.1.3/1");
}

static void list_for_others_does_not_count(void **state)
{
    (void)state;
    root_list();
    add_crl((struct tlsn_crl_spec){ .only_ca_certs = true }, &ca);
    add_crl((struct tlsn_crl_spec){ .point_url = "http://b.example/" }, &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    add_crl((struct tlsn_crl_spec){ .only_user_certs = true, .point_url = LEAF_URL }, &ca);
    assert_int_equal(verify(), TLSN_OK);
    REQ("5280:6.3.3/4");
    REQ("5280:6.3.3/8");
    REQ("5280:5.2.5/3");
}

static void list_for_users_is_not_for_authorities(void **state)
{
    (void)state;
    add_crl((struct tlsn_crl_spec){ 0 }, &ca);
    add_crl((struct tlsn_crl_spec){ .only_user_certs = true }, &root);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    add_crl((struct tlsn_crl_spec){ .only_ca_certs = true }, &root);
    assert_int_equal(verify(), TLSN_OK);
    REQ("5280:6.3.3/7");
}

static void lists_by_reasons_add_up(void **state)
{
    const unsigned some = 1U << TLSN_REASON_KEY_COMPROMISE | 1U << TLSN_REASON_CA_COMPROMISE;

    (void)state;
    root_list();
    add_crl((struct tlsn_crl_spec){ .only_reasons = some }, &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    add_crl((struct tlsn_crl_spec){ .only_reasons = 0x67e & ~some }, &ca);
    assert_int_equal(verify(), TLSN_OK);
    add_entry((struct tlsn_crl_spec){ .only_reasons = 0x67e & ~some, .this_update = X509_NOW },
              (struct tlsn_revoked){ .serial = leaf_serial, .reason = TLSN_REASON_SUPERSEDED },
              &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_REVOKED);
    REQ("5280:6.3.2/1");
    REQ("5280:6.3.3/11");
    REQ("5280:6.3.3/19");
}

/* Once all reasons are covered an older list is not asked any more: it may speak of a hold that is
 * over. */
static void newest_list_counts(void **state)
{
    (void)state;
    root_list();
    add_entry((struct tlsn_crl_spec){ .this_update = X509_NOW - 2 * DAY },
              (struct tlsn_revoked){ .serial = leaf_serial, .reason = TLSN_REASON_HOLD }, &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_REVOKED);
    add_crl((struct tlsn_crl_spec){ .this_update = X509_NOW - DAY }, &ca);
    assert_int_equal(verify(), TLSN_OK);
    REQ("5280:5.2.4/9");
    REQ("5280:6.3.3/12");
}

static void delta_completes_a_list(void **state)
{
    const struct tlsn_revoked revoked = { .serial = leaf_serial };
    const struct tlsn_revoked removed = { .serial = leaf_serial,
                                          .reason = TLSN_REASON_REMOVE_FROM_CRL };
    const struct tlsn_revoked held = { .serial = leaf_serial, .reason = TLSN_REASON_HOLD };

    root_list();
    add_entry((struct tlsn_crl_spec){ .delta = true, .number = 6, .base_number = 4 }, revoked, &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN); /* no list by itself */
    add_crl((struct tlsn_crl_spec){ .number = 5, .this_update = X509_NOW - 9 * DAY,
                                    .next_update = X509_NOW - 2 * DAY }, &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_REVOKED); /* together they are current */
    end(state);
    begin(state);
    root_list();
    add_entry((struct tlsn_crl_spec){ .number = 5 }, held, &ca);
    add_entry((struct tlsn_crl_spec){ .delta = true, .number = 6, .base_number = 5 }, removed, &ca);
    assert_int_equal(verify(), TLSN_OK);
    REQ("5280:5.2.4/2");
    REQ("5280:5.2.4/8");
    REQ("5280:6.3.1/1");
    REQ("5280:6.3.3/17");
    REQ("5280:6.3.3/18");
}

/* One thing is changed in each row, and the delta, which revokes, is not used. */
static void delta_that_does_not_fit_is_passed_over(void **state)
{
    static const struct tlsn_crl_spec rows[] = {
        { .delta = true, .number = 7, .base_number = 6 },  /* based on a newer list */
        { .delta = true, .number = 5, .base_number = 4 },  /* not newer than the list */
        { .delta = true, .number = 6, .base_number = 5, .only_user_certs = true },
        { .delta = true, .number = 6, .base_number = 5, .next_update = X509_NOW - DAY / 2 },
    };
    struct issued twin;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        end(state);
        begin(state);
        root_list();
        add_crl((struct tlsn_crl_spec){ .number = 5 }, &ca);
        add_entry(rows[i], (struct tlsn_revoked){ .serial = leaf_serial }, &ca);
        assert_int_equal(verify(), TLSN_OK);
    }
    issue(&twin, NULL, (struct tlsn_cert_spec){ .subject = "CN=CA", .ca = true }, NULL);
    add_entry((struct tlsn_crl_spec){ .delta = true, .number = 6, .base_number = 5 },
              (struct tlsn_revoked){ .serial = leaf_serial }, &twin);
    assert_int_equal(verify(), TLSN_OK);
    issued_free(&twin);
    REQ("5280:5.2.4/3");
    REQ("5280:5.2.4/4");
    REQ("5280:5.2.4/5");
    REQ("5280:5.2.4/6");
    REQ("5280:5.2.4/7");
    REQ("5280:6.3.3/10");
}

/* A list that its own authority signs with a key of its own (here: under the root, with the same
 * name). */
static void list_of_a_separate_key_needs_its_path(void **state)
{
    struct issued signer, stranger;

    (void)state;
    root_list();
    issue(&signer, NULL, (struct tlsn_cert_spec){ .subject = "CN=CA", .ca = true,
                                                  .serial = (const uint8_t *)"\x33",
                                                  .serial_len = 1 }, &root);
    issue(&stranger, NULL, (struct tlsn_cert_spec){ .subject = "CN=CA", .ca = true }, NULL);
    add_crl((struct tlsn_crl_spec){ 0 }, &signer);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    assert_int_equal(tlsn_evidence_add_cert(evidence, stranger.der, stranger.len, NULL), TLSN_OK);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    assert_int_equal(tlsn_evidence_add_cert(evidence, signer.der, signer.len, NULL), TLSN_OK);
    assert_int_equal(verify(), TLSN_OK);
    /* its own certificate is revoked */
    add_entry((struct tlsn_crl_spec){ .this_update = X509_NOW },
              (struct tlsn_revoked){ .serial = { (const uint8_t *)"\x33", 1 } }, &root);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    issued_free(&signer);
    issued_free(&stranger);
    REQ("5280:5.1.1.3/2");
    REQ("5280:5.1.1.3/3");
    REQ("5280:6.3.3/14");
}

/* Another root has an authority of the same name: its lists say nothing about ours. */
static void list_under_another_anchor_does_not_count(void **state)
{
    struct issued other_root, twin;

    (void)state;
    root_list();
    issue(&other_root, NULL, (struct tlsn_cert_spec){ .subject = "CN=other", .ca = true }, NULL);
    issue(&twin, NULL, (struct tlsn_cert_spec){ .subject = "CN=CA", .ca = true }, &other_root);
    assert_int_equal(tlsn_trust_add(trust, other_root.der, other_root.len, NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_evidence_add_cert(evidence, twin.der, twin.len, NULL), TLSN_OK);
    add_crl((struct tlsn_crl_spec){ 0 }, &other_root);
    add_crl((struct tlsn_crl_spec){ 0 }, &twin);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    issued_free(&other_root);
    issued_free(&twin);
    REQ("5280:6.3.3/13");
}

static void entries_follow_the_issuer_before_them(void **state)
{
    struct tlsn_revoked entries[3] = {
        { .serial = leaf_serial }, { .serial = ca_serial }, { .serial = leaf_serial },
    };

    (void)state;
    /* an indirect list of the root: the first entry is the root's own, the others are the CA's */
    entries[1].issuer = issued_span(&ca);
    add_crl((struct tlsn_crl_spec){ .revoked = entries, .revoked_count = 3, .indirect = true },
            &root);
    add_crl((struct tlsn_crl_spec){ 0 }, &ca);
    assert_int_equal(verify(), TLSN_OK); /* the leaf names no other issuer of lists */
    entries[1].issuer.len = 0;
    add_crl((struct tlsn_crl_spec){ .revoked = entries, .revoked_count = 3, .indirect = true,
                                    .this_update = X509_NOW }, &root);
    assert_int_equal(verify(), TLSN_ERR_CERT_REVOKED); /* now all are the root's: the CA is */
    REQ("5280:5.3.3/2");
    REQ("5280:5.3.3/3");
    REQ("5280:5.3.3/4");
    REQ("5280:6.3.3/2");
    REQ("5280:6.3.3/3");
}

static void large_list_is_searched_by_its_index(void **state)
{
    enum { COUNT = 3000 };
    static struct tlsn_revoked entries[COUNT];
    static uint8_t serials[COUNT][3], der[COUNT * 40];
    struct tlsn_crl_spec spec = { .revoked = entries, .revoked_count = COUNT,
                                  .this_update = X509_NOW, .next_update = X509_NOW + DAY };
    size_t len, added;

    (void)state;
    root_list();
    for (size_t i = 0; i < COUNT; i++) {
        serials[i][0] = 1 + (uint8_t)(i >> 8);
        serials[i][1] = (uint8_t)i;
        serials[i][2] = (uint8_t)(i * 7);
        entries[i].serial = tlsni_span_make(serials[i], 3);
    }
    assert_int_equal(tlsn_crl_write(&spec, issued_span(&ca), ca.key, NULL, der, sizeof der, &len),
                     TLSN_OK);
    assert_int_equal(tlsn_evidence_add_crl(evidence, der, len, &added), TLSN_OK);
    assert_int_equal(added, 1);
    assert_int_equal(tlsn_evidence_add_crl(evidence, der, len, &added), TLSN_OK);
    assert_int_equal(added, 0);
    assert_int_equal(verify(), TLSN_OK);
    for (size_t i = 0; i < COUNT; i += 997) {
        struct issued other;

        issue(&other, NULL, (struct tlsn_cert_spec){ .subject = "CN=x", .serial = serials[i],
                                                     .serial_len = 3 }, &ca);
        assert_int_equal(verify_cert(&other), TLSN_ERR_CERT_REVOKED);
        issued_free(&other);
    }
}

/* ---- OCSP ---- */

static void response_of_the_issuer_counts(void **state)
{
    (void)state;
    root_list();
    add_ocsp((struct tlsn_ocsp_spec){ 0 }, (struct tlsn_ocsp_single){ 0 }, &ca);
    assert_int_equal(verify(), TLSN_OK);
    add_ocsp((struct tlsn_ocsp_spec){ .by_key = true, .sha256 = true },
             (struct tlsn_ocsp_single){ .status = TLSN_CERT_REVOKED }, &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_REVOKED); /* the worst is believed */
    REQ("6960:2.2/1");
    REQ("6960:2.2/3");
    REQ("6960:2.2/4");
    REQ("6960:3.2/1");
    REQ("6960:4.2.1/3");
}

static void response_of_any_mode_of_name_and_hash_counts(void **state)
{
    for (int i = 0; i < 4; i++) {
        end(state);
        begin(state);
        root_list();
        add_ocsp((struct tlsn_ocsp_spec){ .by_key = i & 1, .sha256 = i >> 1 },
                 (struct tlsn_ocsp_single){ 0 }, &ca);
        assert_int_equal(verify(), TLSN_OK);
    }
    REQ("6960:3.2/3");
    REQ("6960:4.2.2.3/1");
    REQ("5019:2.2.2/3");
}

static void unknown_leaves_the_question_open(void **state)
{
    (void)state;
    root_list();
    add_ocsp((struct tlsn_ocsp_spec){ 0 }, (struct tlsn_ocsp_single){ .status = TLSN_CERT_UNKNOWN },
             &ca);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    add_crl((struct tlsn_crl_spec){ 0 }, &ca);
    assert_int_equal(verify(), TLSN_OK);
    REQ("6960:2.2/5");
}

static void response_counts_within_its_times(void **state)
{
    static const struct { struct tlsn_ocsp_single single; int64_t produced; bool good; } rows[] = {
        { { .this_update = X509_NOW - DAY, .next_update = X509_NOW - 300 }, 0, true },
        { { .this_update = X509_NOW - DAY, .next_update = X509_NOW - 301 }, 0, false },
        { { .this_update = X509_NOW - 60, .next_update = -1 }, 0, false }, /* who knows */
        { { .this_update = X509_NOW + 300 }, X509_NOW + 300, true },
        { { .this_update = X509_NOW + 301 }, X509_NOW + 300, false },
        { { .this_update = X509_NOW }, X509_NOW + 301, false },
        { { .this_update = X509_NOW }, X509_NOW - DAY, false }, /* later than it was made */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        end(state);
        begin(state);
        root_list();
        add_ocsp((struct tlsn_ocsp_spec){ .produced_at = rows[i].produced }, rows[i].single, &ca);
        assert_int_equal(verify(), rows[i].good ? TLSN_OK : TLSN_ERR_CERT_STATUS_UNKNOWN);
    }
    for (int days = 6; days <= 8; days += 2) {
        end(state);
        begin(state);
        root_list();
        add_ocsp((struct tlsn_ocsp_spec){ 0 },
                 (struct tlsn_ocsp_single){ .this_update = X509_NOW - days * DAY,
                                            .next_update = -1 }, &ca);
        options.revocation_age_s = 7 * (unsigned)DAY;
        assert_int_equal(verify(), days == 6 ? TLSN_OK : TLSN_ERR_CERT_STATUS_UNKNOWN);
    }
    REQ("5019:4/1");
    REQ("6960:2.4/1");
    REQ("6960:3.2/5");
    REQ("6960:3.2/6");
    REQ("6960:4.2.2.1/2");
    REQ("6960:4.2.2.1/3");
    REQ("6960:4.2.2.1/4");
    REQ("6960:5/1");
    REQ("5019:4/2");
    REQ("5019:4/3");
}

static void check_delegate(const struct issued *delegate, tlsn_status expected)
{
    tlsn_evidence_free(evidence);
    assert_int_equal(tlsn_evidence_new(&evidence, NULL), TLSN_OK);
    options.evidence = evidence;
    root_list();
    add_ocsp((struct tlsn_ocsp_spec){ 0 }, (struct tlsn_ocsp_single){ 0 }, delegate);
    assert_int_equal(verify(), expected);
}

static void delegate_has_to_be_the_issuers_and_marked(void **state)
{
    struct issued d;

    (void)state;
    issue(&d, "rsa:2048", (struct tlsn_cert_spec){ .subject = "CN=r", .ocsp_signing = true }, &ca);
    check_delegate(&d, TLSN_OK);
    issued_free(&d);
    issue(&d, NULL, (struct tlsn_cert_spec){ .subject = "CN=r" }, &ca); /* no OCSPSigning */
    check_delegate(&d, TLSN_ERR_CERT_STATUS_UNKNOWN);
    issued_free(&d);
    issue(&d, NULL, (struct tlsn_cert_spec){ .subject = "CN=r", .ocsp_signing = true }, &root);
    check_delegate(&d, TLSN_ERR_CERT_STATUS_UNKNOWN);
    issued_free(&d);
    issue(&d, NULL, (struct tlsn_cert_spec){ .subject = "CN=r", .ocsp_signing = true,
                                             .not_after = X509_NOW - 1 }, &ca);
    check_delegate(&d, TLSN_ERR_CERT_STATUS_UNKNOWN);
    issued_free(&d);
    REQ("6960:3.2/2");
    REQ("6960:3.2/4");
    REQ("6960:4.2.2.2/2");
    REQ("6960:4.2.2.2/3");
    REQ("6960:4.2.2.2/4");
    REQ("6960:4.2.2.2.1/1");
    REQ("6960:4.3/1");
    REQ("5019:2.2.2/1");
}

/* A responder that has nothing to do with the issuer counts where the caller says so, while it lives. */
static void known_responder_counts(void **state)
{
    static const int64_t ends[] = { 0, X509_NOW - 1 };
    struct issued r, twin;
    size_t added;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        issue(&r, NULL, (struct tlsn_cert_spec){ .subject = "CN=r", .not_after = ends[i] }, NULL);
        check_delegate(&r, TLSN_ERR_CERT_STATUS_UNKNOWN);
        assert_int_equal(tlsn_evidence_add_responder(evidence, r.der, r.len, &added), TLSN_OK);
        assert_int_equal(added, 1);
        assert_int_equal(verify(), i ? TLSN_ERR_CERT_STATUS_UNKNOWN : TLSN_OK);
        issued_free(&r);
    }
    issue(&r, NULL, (struct tlsn_cert_spec){ .subject = "CN=r" }, NULL);
    issue(&twin, NULL, (struct tlsn_cert_spec){ .subject = "CN=r" }, NULL); /* another key */
    check_delegate(&r, TLSN_ERR_CERT_STATUS_UNKNOWN);
    assert_int_equal(tlsn_evidence_add_responder(evidence, twin.der, twin.len, NULL), TLSN_OK);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    issued_free(&r);
    issued_free(&twin);
    REQ("6960:4.2.2.2/5");
}

static void forged_response_does_not_count(void **state)
{
    struct made response;

    (void)state;
    root_list();
    make_ocsp(&response, (struct tlsn_ocsp_spec){ 0 }, (struct tlsn_ocsp_single){ 0 }, &leaf, &ca,
              &ca);
    response.der[response.len - 3] ^= 1;
    assert_int_equal(tlsn_evidence_add_ocsp(evidence, response.der, response.len), TLSN_OK);
    assert_int_equal(verify(), TLSN_ERR_CERT_STATUS_UNKNOWN);
    REQ("6960:4.2.1/5");
}

static void response_without_an_answer_is_refused(void **state)
{
    uint8_t der[64];
    size_t len;

    (void)state;
    for (int status = TLSN_OCSP_MALFORMED_REQUEST; status <= TLSN_OCSP_UNAUTHORIZED; status++) {
        struct tlsn_ocsp_spec spec = { .status = (enum tlsn_ocsp_status)status };

        if (status == 4)
            continue;
        assert_int_equal(tlsn_ocsp_write(&spec, NULL, NULL, der, sizeof der, &len), TLSN_OK);
        assert_int_equal(tlsn_evidence_add_ocsp(evidence, der, len), TLSN_ERR_OCSP_RESPONSE);
    }
    assert_int_equal(tlsn_evidence_add_ocsp(evidence, "\x30\x00", 2), TLSN_ERR_OCSP_RESPONSE);
    REQ("6960:2.3/1");
    REQ("5019:2.2.3/1");
}

static void nonce_is_compared(void **state)
{
    const struct tlsn_span nonce = { (const uint8_t *)"0123456789", 10 };
    struct made r;

    (void)state;
    make_ocsp(&r, (struct tlsn_ocsp_spec){ .nonce = nonce }, (struct tlsn_ocsp_single){ 0 }, &leaf,
              &ca, &ca);
    assert_int_equal(tlsn_ocsp_check_nonce(made_span(&r), nonce), TLSN_OK);
    assert_int_equal(tlsn_ocsp_check_nonce(made_span(&r), tlsni_span_make(nonce.data, 9)),
                     TLSN_ERR_OCSP_RESPONSE);
    make_ocsp(&r, (struct tlsn_ocsp_spec){ 0 }, (struct tlsn_ocsp_single){ 0 }, &leaf, &ca, &ca);
    assert_int_equal(tlsn_ocsp_check_nonce(made_span(&r), nonce), TLSN_ERR_NOT_FOUND);
    REQ("9654:2.1/5");
    REQ("9654:2.1/6");
    REQ("5019:7/1");
}

/* ---- where to look ---- */

static void urls_are_told(void **state)
{
    struct tlsn_span url = tlsn_cert_url(issued_span(&leaf), TLSN_URL_CRL, 0);

    (void)state;
    assert_int_equal(url.len, strlen(LEAF_URL));
    assert_memory_equal(url.data, LEAF_URL, url.len);
    assert_int_equal(tlsn_cert_url(issued_span(&leaf), TLSN_URL_CRL, 1).len, 0);
    url = tlsn_cert_url(issued_span(&leaf), TLSN_URL_OCSP, 0);
    assert_memory_equal(url.data, "http://a.example/ocsp", url.len);
    assert_int_equal(url.len, 21);
    assert_int_equal(tlsn_cert_url(issued_span(&leaf), TLSN_URL_ISSUER, 0).len, 0);
    assert_int_equal(tlsn_cert_url(issued_span(&ca), TLSN_URL_OCSP, 0).len, 0);
    assert_int_equal(tlsn_cert_url(tlsni_span_make("x", 1), TLSN_URL_OCSP, 0).len, 0);
    REQ("5280:4.2.2.1/2");
    REQ("5019:3.1/1");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(modes_decide_what_a_lack_of_evidence_means),
        T(certificate_without_revocation_needs_no_evidence),
        T(responder_that_is_vouched_for_needs_no_evidence),
        T(revoked_counts_in_every_mode),
        T(status_of_a_forged_certificate_is_not_asked_for),
        T(revoked_authority_revokes_the_path),
        T(hold_is_told_apart),
        cmocka_unit_test_setup_teardown(list_counts_within_its_times, NULL, end),
        T(list_of_another_key_does_not_count),
        T(list_for_others_does_not_count),
        T(list_for_users_is_not_for_authorities),
        T(lists_by_reasons_add_up),
        T(newest_list_counts),
        T(delta_completes_a_list),
        T(delta_that_does_not_fit_is_passed_over),
        T(list_of_a_separate_key_needs_its_path),
        T(list_under_another_anchor_does_not_count),
        T(entries_follow_the_issuer_before_them),
        T(large_list_is_searched_by_its_index),
        T(response_of_the_issuer_counts),
        T(response_of_any_mode_of_name_and_hash_counts),
        T(unknown_leaves_the_question_open),
        T(response_counts_within_its_times),
        T(delegate_has_to_be_the_issuers_and_marked),
        T(known_responder_counts),
        T(forged_response_does_not_count),
        T(response_without_an_answer_is_refused),
        T(nonce_is_compared),
        T(urls_are_told),
    };

    return cmocka_run_group_tests(tests, begin_all, end_all);
}
