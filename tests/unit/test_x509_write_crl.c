#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "req.h"
#include "support_revocation.h"
#include "x509/crl.h"

/* Revocation lists of our writer before the openssl and certtool commands. */

static const struct tlsn_cert_spec ca_spec = { .subject = "CN=Test CA", .ca = true };
static const struct tlsn_span one = { (const uint8_t *)"\x01", 1 };
static const struct tlsn_span high = { (const uint8_t *)"\x80\x02", 2 };

static void assert_printed(const char *const *lines, size_t count)
{
    const char *text = peer_output();

    for (size_t i = 0; i < count; i++)
        if (!strstr(text, lines[i]))
            fail_msg("no \"%s\" in\n%s", lines[i], text);
}

static void list_of_every_field_is_read_by_openssl(void **state)
{
    static const char *const lines[] = {
        "Version 2 (0x1)", "Issuer: CN = Test CA", "Last Update: Dec 31 00:00:00 2024 GMT",
        "Next Update: Jan  7 00:00:00 2025 GMT", "X509v3 CRL Number: \n                4660",
        "X509v3 Authority Key Identifier", "Serial Number: 01", "Serial Number: 8002",
        "Revocation Date: Nov 14 22:13:20 2023 GMT", "Key Compromise", "Certificate Hold",
        "Invalidity Date: \n                Sep  9 01:46:40 2001 GMT",
        "X509v3 Issuing Distribution Point: critical", "URI:http://a.example/crl",
        "Only User Certificates",
        ("Only Some Reasons:\n                  Key Compromise, "
         "Certificate Hold, Privilege Withdrawn"), "verify OK",
    };
    const struct tlsn_revoked entries[] = {
        { .serial = one, .since = 1700000000, .reason = TLSN_REASON_KEY_COMPROMISE,
          .invalid_since = 1000000000 },
        { .serial = high, .reason = TLSN_REASON_HOLD },
    };
    struct issued ca;
    struct made crl;

    (void)state;
    if (!peer_there())
        skip();
    issue(&ca, NULL, ca_spec, NULL);
    make_crl(&crl, (struct tlsn_crl_spec){ .revoked = entries, .revoked_count = 2, .number = 4660,
                                           .point_url = "http://a.example/crl",
                                           .only_user_certs = true,
                                           .only_reasons = 1 << TLSN_REASON_KEY_COMPROMISE |
                                                           1 << TLSN_REASON_HOLD |
                                                           1 << TLSN_REASON_PRIVILEGE_WITHDRAWN },
             &ca);
    peer_write_pem("ca", "CERTIFICATE", issued_span(&ca));
    peer_write("crl", crl.der, crl.len);
    assert_true(peer_openssl("crl -inform DER -in crl -CAfile ca -noout -text"));
    assert_printed(lines, sizeof lines / sizeof *lines);
    issued_free(&ca);
    REQ("5280:5.1.2.1/1");
    REQ("5280:5.1.2.2/1");
    REQ("5280:5.1.2.3/1");
    REQ("5280:5.1.2.4/1");
    REQ("5280:5.1.2.5/1");
    REQ("5280:5.1.2.6/1");
    REQ("5280:5.2.1/1");
    REQ("5280:5.2.3/1");
    REQ("5280:5.2.5/1");
    REQ("5280:5.3.1/1");
    REQ("5280:5.3.2/1");
}

static void lists_of_every_key_verify_elsewhere(void **state)
{
    static const char *const kinds[] = { "rsa:2048", "rsa-pss:2048", "ec:P-384", "ed25519",
                                         "ed448", "dsa:2048" };

    (void)state;
    if (!peer_there())
        skip();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct issued ca;
        struct made crl;

        issue(&ca, kinds[i], ca_spec, NULL);
        make_crl(&crl, (struct tlsn_crl_spec){ .number = i }, &ca);
        peer_write_pem("ca", "CERTIFICATE", issued_span(&ca));
        peer_write("crl", crl.der, crl.len);
        assert_true(peer_openssl("crl -inform DER -in crl -CAfile ca -noout"));
        assert_non_null(strstr(peer_output(), "verify OK"));
        issued_free(&ca);
    }
}

static void delta_is_read_by_openssl(void **state)
{
    static const char *const lines[] = { ("X509v3 Delta CRL Indicator: critical\n"
                                          "                5"),
                                         "X509v3 CRL Number: \n                7",
                                         "Remove From CRL" };
    const struct tlsn_revoked entry = { .serial = one, .reason = TLSN_REASON_REMOVE_FROM_CRL };
    struct issued ca;
    struct made crl;

    (void)state;
    if (!peer_there())
        skip();
    issue(&ca, NULL, ca_spec, NULL);
    make_crl(&crl, (struct tlsn_crl_spec){ .revoked = &entry, .revoked_count = 1, .number = 7,
                                           .delta = true, .base_number = 5 }, &ca);
    peer_write("crl", crl.der, crl.len);
    assert_true(peer_openssl("crl -inform DER -in crl -noout -text"));
    assert_printed(lines, sizeof lines / sizeof *lines);
    issued_free(&ca);
    REQ("5280:5.2.4/1");
}

static void indirect_list_is_read_by_gnutls(void **state)
{
    struct issued ca, other;
    struct made crl;

    (void)state;
    if (!peer_run("certtool --version"))
        skip();
    issue(&ca, NULL, ca_spec, NULL);
    issue(&other, NULL, (struct tlsn_cert_spec){ .subject = "CN=Other CA", .ca = true }, NULL);
    make_crl(&crl, (struct tlsn_crl_spec){
                       .revoked = (const struct tlsn_revoked[]){ { .serial = one },
                                                                 { .serial = high,
                                                                   .issuer = issued_span(&other) } },
                       .revoked_count = 2, .indirect = true }, &ca);
    peer_write("crl", crl.der, crl.len);
    peer_write_pem("ca", "CERTIFICATE", issued_span(&ca));
    assert_true(peer_run("certtool --crl-info --inder --infile crl"));
    assert_non_null(strstr(peer_output(), "Revoked certificates (2)"));
    if (peer_there()) {
        assert_true(peer_openssl("crl -inform DER -in crl -CAfile ca -noout -text"));
        assert_non_null(strstr(peer_output(), "X509v3 Certificate Issuer: critical"));
        assert_non_null(strstr(peer_output(), "Indirect CRL"));
        assert_non_null(strstr(peer_output(), "verify OK"));
    }
    issued_free(&ca);
    issued_free(&other);
    REQ("5280:5.3.3/1");
}

static void empty_list_and_its_deltas_are_read_by_openssl(void **state)
{
    static const char *const lines[] = { "No Revoked Certificates.", "X509v3 Freshest CRL: \n",
                                         "URI:http://a.example/delta" };
    struct tlsn_span url;
    struct issued ca;
    struct made crl;

    (void)state;
    if (!peer_there())
        skip();
    issue(&ca, NULL, ca_spec, NULL);
    make_crl(&crl, (struct tlsn_crl_spec){ .freshest_url = "http://a.example/delta",
                                           .number = UINT64_MAX }, &ca);
    peer_write("crl", crl.der, crl.len);
    assert_true(peer_openssl("crl -inform DER -in crl -noout -text"));
    assert_printed(lines, sizeof lines / sizeof *lines);
    url = tlsn_cert_url(made_span(&crl), TLSN_URL_DELTA_CRL, 0);
    assert_int_equal(url.len, 22);
    assert_memory_equal(url.data, "http://a.example/delta", 22);
    issued_free(&ca);
    REQ("5280:5.1.2.6/2");
    REQ("5280:5.2.3/3");
    REQ("5280:5.2.6/1");
    REQ("5280:5.2.6/3");
    REQ("5280:4.2.1.15/1");
}

static void entry_without_reason_has_no_extension(void **state)
{
    const struct tlsn_revoked entry = { .serial = one };
    struct tlsni_crl parsed;
    struct tlsni_rd r;
    struct issued ca;
    struct made crl;

    (void)state;
    issue(&ca, NULL, ca_spec, NULL);
    make_crl(&crl, (struct tlsn_crl_spec){ .revoked = &entry, .revoked_count = 1 }, &ca);
    assert_int_equal(tlsni_crl_parse(&parsed, made_span(&crl), NULL), TLSN_OK);
    r = tlsni_rd_span(parsed.revoked);
    assert_false(tlsni_crl_entry_next(&r, NULL).extended);
    assert_true(parsed.has_next && parsed.aki.len && parsed.number.len);
    issued_free(&ca);
    REQ("5280:5.3.1/2");
    REQ("5280:5.1.2/1");
    REQ("5280:5.2/3");
}

static void authority_without_a_name_issues_no_list(void **state)
{
    static const struct x509_spec nameless = { .subject = "", .seed = 1, .extensions = { X509_CA } };
    static struct x509_made made;
    const struct tlsn_crl_spec spec = { 0 };
    uint8_t out[2048];
    tlsn_key *key = x509_key(1);
    size_t len;

    (void)state;
    x509_make(&made, &nameless, NULL);
    assert_int_equal(tlsn_crl_write(&spec, x509_span(&made), key, NULL, out, sizeof out, &len),
                     TLSN_ERR_ARGUMENT);
    tlsn_key_free(key);
    REQ("5280:5.1.2.3/2");
}

static tlsn_status status_of(struct tlsn_crl_spec spec, const struct issued *ca, const tlsn_key *key)
{
    uint8_t out[2048];
    size_t len;

    return tlsn_crl_write(&spec, issued_span(ca), key, NULL, out, sizeof out, &len);
}

static void list_that_makes_no_sense_is_refused(void **state)
{
    const struct tlsn_revoked bad[] = {
        { .serial = { NULL, 0 } }, { .serial = one, .reason = 7 },
        { .serial = one, .reason = TLSN_REASON_REMOVE_FROM_CRL },
    };
    struct issued ca, other;
    struct tlsn_revoked foreign = { .serial = one };

    (void)state;
    issue(&ca, NULL, ca_spec, NULL);
    issue(&other, NULL, ca_spec, NULL);
    assert_int_equal(status_of((struct tlsn_crl_spec){ 0 }, &ca, ca.key), TLSN_OK);
    assert_int_equal(status_of((struct tlsn_crl_spec){ 0 }, &ca, other.key), TLSN_ERR_KEY_MISMATCH);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(status_of((struct tlsn_crl_spec){ .revoked = &bad[i], .revoked_count = 1 },
                                   &ca, ca.key), TLSN_ERR_ARGUMENT);
    foreign.issuer = issued_span(&other);
    assert_int_equal(status_of((struct tlsn_crl_spec){ .revoked = &foreign, .revoked_count = 1 },
                               &ca, ca.key), TLSN_ERR_ARGUMENT);
    assert_int_equal(status_of((struct tlsn_crl_spec){ .only_user_certs = true,
                                                       .only_ca_certs = true }, &ca, ca.key),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(status_of((struct tlsn_crl_spec){ .this_update = 10, .next_update = 9 }, &ca,
                               ca.key), TLSN_ERR_ARGUMENT);
    assert_int_equal(status_of((struct tlsn_crl_spec){ .delta = true, .base_number = 1 }, &ca,
                               ca.key), TLSN_ERR_ARGUMENT);
    assert_int_equal(status_of((struct tlsn_crl_spec){ .only_reasons = 1 }, &ca, ca.key),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(status_of((struct tlsn_crl_spec){ .delta = true, .freshest_url = "http://a/" },
                               &ca, ca.key), TLSN_ERR_ARGUMENT);
    issued_free(&ca);
    issued_free(&other);
    REQ("5280:5.2.5/2");
    REQ("5280:5.3.1/3");
    REQ("5280:5.2.5/4");
    REQ("5280:5.2.6/2");
}

static void list_tells_how_much_room_it_takes(void **state)
{
    const struct tlsn_crl_spec spec = { 0 };
    struct issued ca;
    uint8_t out[2048];
    size_t len, again;

    (void)state;
    issue(&ca, "ed25519", ca_spec, NULL);
    assert_int_equal(tlsn_crl_write(&spec, issued_span(&ca), ca.key, NULL, NULL, 0, &len),
                     TLSN_ERR_BUFFER);
    assert_int_equal(tlsn_crl_write(&spec, issued_span(&ca), ca.key, NULL, out, len, &again),
                     TLSN_OK);
    assert_int_equal(again, len);
    issued_free(&ca);
}

static int clean(void **state)
{
    (void)state;
    peer_clean();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_of_every_field_is_read_by_openssl),
        cmocka_unit_test(lists_of_every_key_verify_elsewhere),
        cmocka_unit_test(delta_is_read_by_openssl),
        cmocka_unit_test(indirect_list_is_read_by_gnutls),
        cmocka_unit_test(list_that_makes_no_sense_is_refused),
        cmocka_unit_test(empty_list_and_its_deltas_are_read_by_openssl),
        cmocka_unit_test(entry_without_reason_has_no_extension),
        cmocka_unit_test(authority_without_a_name_issues_no_list),
        cmocka_unit_test(list_tells_how_much_room_it_takes),
    };

    return cmocka_run_group_tests(tests, NULL, clean);
}
