#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "req.h"
#include "support_revocation.h"

/* Requests and responses of our writers before the openssl and ocsptool commands. */

static const struct tlsn_span nonce = { (const uint8_t *)"0123456789abcdef0123456789abcdef", 32 };

struct scene {
    struct issued ca, leaf, responder;
};

static void begin(struct scene *s)
{
    static const struct tlsn_cert_spec leaf = {
        .subject = "CN=leaf", .ocsp_url = "http://a.example/ocsp",
        .issuer_url = "http://a.example/ca", .crl_url = "http://a.example/crl", .must_staple = true,
    };

    issue(&s->ca, NULL, (struct tlsn_cert_spec){ .subject = "CN=Test CA", .ca = true }, NULL);
    issue(&s->leaf, NULL, leaf, &s->ca);
    issue(&s->responder, "rsa:2048",
          (struct tlsn_cert_spec){ .subject = "CN=responder", .ocsp_signing = true }, &s->ca);
    peer_write_pem("ca", "CERTIFICATE", issued_span(&s->ca));
    peer_write_pem("leaf", "CERTIFICATE", issued_span(&s->leaf));
    peer_write_pem("responder", "CERTIFICATE", issued_span(&s->responder));
}

static void end(struct scene *s)
{
    issued_free(&s->ca);
    issued_free(&s->leaf);
    issued_free(&s->responder);
}

static void assert_printed(const char *line)
{
    const char *text = peer_output();

    if (!strstr(text, line))
        fail_msg("no \"%s\" in\n%s", line, text);
}

static void certificate_tells_where_its_status_is(void **state)
{
    struct scene s;

    (void)state;
    if (!peer_there())
        skip();
    begin(&s);
    assert_true(peer_openssl("x509 -in leaf -noout -text"));
    assert_printed("OCSP - URI:http://a.example/ocsp");
    assert_printed("CA Issuers - URI:http://a.example/ca");
    assert_printed("URI:http://a.example/crl");
    assert_printed("TLS Feature: \n                status_request");
    assert_printed("X509v3 CRL Distribution Points: \n");
    assert_printed("Authority Information Access: \n");
    assert_true(peer_openssl("x509 -in responder -noout -text"));
    assert_printed("OCSP Signing");
    assert_printed("OCSP No Check: \n");
    assert_true(memmem(s.responder.der, s.responder.len, "\x2b\x06\x01\x05\x05\x07\x30\x01\x05"
                                                         "\x04\x02\x05\x00", 13) != NULL);
    end(&s);
    REQ("5280:4.2.1.13/1");
    REQ("5280:4.2.2.1/1");
    REQ("6960:3.1/1");
    REQ("6960:4.2.2.2.1/2");
    REQ("6960:4.2.2.2.1/3");
    REQ("7633:4.1/2");
    REQ("5019:3.1/2");
}

static void request_for_a_certificate_asks_for_the_feature(void **state)
{
    const struct tlsn_cert_spec spec = { .subject = "CN=leaf", .must_staple = true };
    uint8_t der[2048];
    tlsn_key *key;
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    assert_int_equal(tlsn_key_generate(&key, "ec:P-256", NULL), TLSN_OK);
    assert_int_equal(tlsn_csr_write(&spec, key, NULL, der, sizeof der, &len), TLSN_OK);
    peer_write("csr", der, len);
    assert_true(peer_openssl("req -inform DER -in csr -noout -text -verify"));
    assert_printed("TLS Feature: \n                    status_request");
    tlsn_key_free(key);
    REQ("7633:4.3.2/3");
}

static void check_with_openssl(const struct scene *s, struct tlsn_ocsp_spec spec,
                               struct tlsn_ocsp_single single, const struct issued *by,
                               const char *line)
{
    struct made response;

    single.next_update = -1; /* it compares with its own clock */
    make_ocsp(&response, spec, single, &s->leaf, &s->ca, by);
    peer_write("response", response.der, response.len);
    assert_true(peer_openssl("ocsp -no_nonce -respin response -issuer ca -cert leaf -CAfile ca "
                             "-attime 1735689600 -text"));
    assert_printed("Response verify OK");
    assert_printed(line);
}

static void responses_verify_at_openssl(void **state)
{
    struct scene s;

    (void)state;
    if (!peer_there())
        skip();
    begin(&s);
    check_with_openssl(&s, (struct tlsn_ocsp_spec){ 0 }, (struct tlsn_ocsp_single){ 0 }, &s.ca,
                       "leaf: good");
    check_with_openssl(&s, (struct tlsn_ocsp_spec){ .by_key = true }, (struct tlsn_ocsp_single){ 0 },
                       &s.responder, "leaf: good");
    check_with_openssl(&s, (struct tlsn_ocsp_spec){ .nonce = nonce },
                       (struct tlsn_ocsp_single){ .status = TLSN_CERT_UNKNOWN }, &s.responder,
                       "leaf: unknown");
    assert_printed("OCSP Nonce");
    check_with_openssl(&s, (struct tlsn_ocsp_spec){ 0 },
                       (struct tlsn_ocsp_single){ .status = TLSN_CERT_REVOKED,
                                                  .revoked_since = 1700000000,
                                                  .reason = TLSN_REASON_SUPERSEDED }, &s.responder,
                       "leaf: revoked");
    assert_printed("Reason: superseded");
    assert_printed("Revocation Time: Nov 14 22:13:20 2023 GMT");
    end(&s);
    REQ("6960:4.2.1/1");
    REQ("6960:4.2.1/2");
    REQ("6960:4.2.1/4");
    REQ("6960:4.2.2.1/1");
    REQ("6960:4.2.2.3/1");
    REQ("5019:2.2.1/1");
    REQ("6960:2.2/2");
    REQ("6960:4.2.1/6");
    REQ("6960:2.6/1");
    REQ("6960:4.2.2.2/1");
    REQ("5019:2.2.1/2");
    REQ("5019:2.2.1/3");
    REQ("5019:2.2.2/2");
    REQ("6960:4.2.2.3/2");
}

static void response_by_sha256_verifies_at_gnutls(void **state)
{
    struct scene s;
    struct made response;

    (void)state;
    if (!peer_run("ocsptool --version"))
        skip();
    begin(&s);
    make_ocsp(&response, (struct tlsn_ocsp_spec){ .sha256 = true, .by_key = true },
              (struct tlsn_ocsp_single){ 0 }, &s.leaf, &s.ca, &s.responder);
    peer_write("response", response.der, response.len);
    assert_true(peer_run("ocsptool --response-info --infile response"));
    assert_printed("Hash Algorithm: SHA256");
    assert_printed("Certificate Status: good");
    assert_printed("Next Update: ");
    assert_printed("Signature Algorithm: RSA-SHA256");
    assert_true(peer_run("ocsptool --verify-response --load-signer responder --infile response"));
    assert_printed("Success");
    end(&s);
    REQ("5019:2.2.4/1");
    REQ("6960:5.1.1/3");
}

static void status_without_answer_is_read_by_openssl(void **state)
{
    const struct tlsn_ocsp_spec spec = { .status = TLSN_OCSP_TRY_LATER };
    uint8_t der[64];
    size_t len;

    (void)state;
    assert_int_equal(tlsn_ocsp_write(&spec, NULL, NULL, der, sizeof der, &len), TLSN_OK);
    assert_int_equal(len, 5);
    assert_memory_equal(der, "\x30\x03\x0a\x01\x03", 5);
}

/* What openssl makes of the same wish, byte by byte. */
static void request_is_that_of_openssl(void **state)
{
    uint8_t der[1024], theirs[1024];
    struct scene s;
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    begin(&s);
    assert_int_equal(tlsn_ocsp_request_write(issued_span(&s.leaf), issued_span(&s.ca),
                                             (struct tlsn_span){ NULL, 0 }, false, der, sizeof der,
                                             &len), TLSN_OK);
    assert_true(peer_openssl("ocsp -issuer ca -cert leaf -no_nonce -reqout request"));
    assert_int_equal(peer_read("request", theirs, sizeof theirs), len);
    assert_memory_equal(der, theirs, len);
    assert_int_equal(tlsn_ocsp_request_write(issued_span(&s.leaf), issued_span(&s.ca),
                                             (struct tlsn_span){ NULL, 0 }, true, der, sizeof der,
                                             &len), TLSN_OK);
    assert_true(peer_openssl("ocsp -sha256 -issuer ca -cert leaf -no_nonce -reqout request"));
    assert_int_equal(peer_read("request", theirs, sizeof theirs), len);
    assert_memory_equal(der, theirs, len);
    end(&s);
    REQ("6960:4.1.1/1");
    REQ("6960:4.1.1/2");
    REQ("5019:2.1.1/1");
    REQ("5019:2.1.1/2");
    REQ("5019:2.1.1/3");
    REQ("5019:2.1.2/1");
    REQ("6960:2.1/1");
    REQ("6960:4.1.2/1");
    REQ("5019:2.1.1/4");
}

static void request_carries_the_nonce(void **state)
{
    static uint8_t long_nonce[129];
    uint8_t der[1024];
    struct scene s;
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    begin(&s);
    assert_int_equal(tlsn_ocsp_request_write(issued_span(&s.leaf), issued_span(&s.ca), nonce, false,
                                             der, sizeof der, &len), TLSN_OK);
    peer_write("request", der, len);
    assert_true(peer_openssl("ocsp -reqin request -text"));
    assert_printed("OCSP Nonce: \n            04203031323334353637383961626364656630313233"
                   "3435363738396162636465");
    assert_int_equal(tlsn_ocsp_request_write(issued_span(&s.leaf), issued_span(&s.ca),
                                             tlsni_span_make(long_nonce, 129), false, der,
                                             sizeof der, &len), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_ocsp_request_write(issued_span(&s.leaf), issued_span(&s.ca),
                                             tlsni_span_make(long_nonce, 128), true, der,
                                             sizeof der, &len), TLSN_OK);
    end(&s);
    REQ("9654:2.1/1");
    REQ("9654:2.1/2");
}

/* A responder of openssl's answers our request, nonce and all. */
static void request_is_answered_by_openssl(void **state)
{
    static const char index[] = "V\t350101000000Z\t\t01\tunknown\t/CN=one\n";
    const struct tlsn_cert_spec spec = { .subject = "CN=one", .serial = (const uint8_t *)"\x01",
                                         .serial_len = 1 };
    uint8_t der[1024];
    struct issued leaf;
    struct scene s;
    char key[4096];
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    begin(&s);
    issue(&leaf, NULL, spec, &s.ca);
    assert_int_equal(tlsn_ocsp_request_write(issued_span(&leaf), issued_span(&s.ca), nonce, false,
                                             der, sizeof der, &len), TLSN_OK);
    peer_write("request", der, len);
    peer_write("index", index, sizeof index - 1);
    assert_int_equal(tlsn_key_write(s.responder.key, key, sizeof key, &len), TLSN_OK);
    peer_write("key", key, len);
    assert_true(peer_openssl("ocsp -index index -CA ca -rsigner responder -rkey key -reqin request "
                             "-respout response -text"));
    assert_printed("Cert Status: good");
    assert_printed("OCSP Nonce");
    issued_free(&leaf);
    end(&s);
    REQ("6960:4.4.1/1");
}

static void response_that_makes_no_sense_is_refused(void **state)
{
    struct scene s;
    struct tlsn_ocsp_single single = { 0 };
    struct tlsn_ocsp_spec spec = { .singles = &single, .single_count = 1 };
    uint8_t der[4096];
    size_t len, again;

    (void)state;
    begin(&s);
    single.cert = issued_span(&s.leaf);
    spec.issuer = issued_span(&s.ca);
    assert_int_equal(tlsn_ocsp_write(&spec, s.ca.key, NULL, NULL, 0, &len), TLSN_ERR_BUFFER);
    assert_int_equal(tlsn_ocsp_write(&spec, s.ca.key, NULL, der, sizeof der, &again), TLSN_OK);
    assert_in_range(again, len - 2, len + 2); /* ECDSA signatures vary */
    assert_int_equal(tlsn_ocsp_write(&spec, s.leaf.key, NULL, der, sizeof der, &len),
                     TLSN_ERR_KEY_MISMATCH);
    assert_int_equal(tlsn_ocsp_write(&spec, NULL, NULL, der, sizeof der, &len), TLSN_ERR_ARGUMENT);
    spec.single_count = 0;
    assert_int_equal(tlsn_ocsp_write(&spec, s.ca.key, NULL, der, sizeof der, &len),
                     TLSN_ERR_ARGUMENT);
    spec.single_count = 1;
    spec.status = 4;
    assert_int_equal(tlsn_ocsp_write(&spec, s.ca.key, NULL, der, sizeof der, &len),
                     TLSN_ERR_ARGUMENT);
    spec.status = TLSN_OCSP_SUCCESSFUL;
    single.cert.len = 0;
    assert_int_equal(tlsn_ocsp_write(&spec, s.ca.key, NULL, der, sizeof der, &len),
                     TLSN_ERR_ARGUMENT);
    end(&s);
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
        cmocka_unit_test(certificate_tells_where_its_status_is),
        cmocka_unit_test(request_for_a_certificate_asks_for_the_feature),
        cmocka_unit_test(responses_verify_at_openssl),
        cmocka_unit_test(response_by_sha256_verifies_at_gnutls),
        cmocka_unit_test(status_without_answer_is_read_by_openssl),
        cmocka_unit_test(request_is_that_of_openssl),
        cmocka_unit_test(request_carries_the_nonce),
        cmocka_unit_test(request_is_answered_by_openssl),
        cmocka_unit_test(response_that_makes_no_sense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, clean);
}
