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

/* Revocation lists and OCSP responses that other programs make, before our verdict. Their clocks are the
 * system's. */

static struct issued root, good, bad, strange, responder;
static int64_t now;

static const struct tlsn_span serials[] = { { (const uint8_t *)"\x10\x01", 2 },
                                            { (const uint8_t *)"\x10\x02", 2 } };

static void make(struct issued *out, const char *name, struct tlsn_span serial, bool signs)
{
    struct tlsn_cert_spec spec = { .subject = name, .not_before = now - DAY,
                                   .not_after = now + 30 * DAY, .serial = serial.data,
                                   .serial_len = serial.len, .ocsp_signing = signs };

    issue(out, NULL, spec, &root);
}

static void write_key(const char *file, const struct issued *cert)
{
    char text[4096];
    size_t len;

    assert_int_equal(tlsn_key_write(cert->key, text, sizeof text, &len), TLSN_OK);
    peer_write(file, text, len);
}

/* What `openssl ca` knows of its certificates: the second one is revoked. */
static void write_database(void)
{
    static const char index[] = "V\t350101000000Z\t\t1001\tunknown\t/CN=good\n"
                                "R\t350101000000Z\t200101000000Z,keyCompromise\t1002\tunknown\t/CN=bad\n";
    static const char config[] = "[ca]\ndefault_ca = d\n[d]\ndatabase = index\ncrlnumber = number\n"
                                 "default_md = sha256\ndefault_crl_days = 7\ncertificate = root\n"
                                 "private_key = root.key\ncrl_extensions = e\n[e]\n"
                                 "authorityKeyIdentifier = keyid:always\n";

    peer_write("index", index, sizeof index - 1);
    peer_write("config", config, sizeof config - 1);
    peer_write("number", "01\n", 3);
}

static int begin(void **state)
{
    (void)state;
    if (!peer_there())
        return 0;
    assert_true(peer_run("date +%s"));
    now = strtoll(peer_output(), NULL, 10);
    issue(&root, NULL, (struct tlsn_cert_spec){ .subject = "CN=root", .ca = true,
                                                .not_before = now - DAY,
                                                .not_after = now + 30 * DAY }, NULL);
    make(&good, "CN=good", serials[0], false);
    make(&bad, "CN=bad", serials[1], false);
    make(&strange, "CN=strange", (struct tlsn_span){ NULL, 0 }, false);
    make(&responder, "CN=responder", (struct tlsn_span){ NULL, 0 }, true);
    peer_write_pem("root", "CERTIFICATE", issued_span(&root));
    peer_write_pem("good", "CERTIFICATE", issued_span(&good));
    peer_write_pem("bad", "CERTIFICATE", issued_span(&bad));
    peer_write_pem("strange", "CERTIFICATE", issued_span(&strange));
    peer_write_pem("responder", "CERTIFICATE", issued_span(&responder));
    write_key("root.key", &root);
    write_key("responder.key", &responder);
    write_database();
    return 0;
}

static int end(void **state)
{
    (void)state;
    issued_free(&root);
    issued_free(&good);
    issued_free(&bad);
    issued_free(&strange);
    issued_free(&responder);
    peer_clean();
    return 0;
}

static tlsn_status verify(const struct issued *cert, tlsn_evidence *evidence)
{
    const struct tlsn_verify_options options = { .evidence = evidence,
                                                 .revocation = TLSN_REVOCATION_HARD };
    const struct tlsn_span chain = issued_span(cert);
    tlsn_trust *trust;
    tlsn_status st;

    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, root.der, root.len, NULL, NULL), TLSN_OK);
    st = tlsn_x509_verify(trust, &chain, 1, TLSN_PURPOSE_ANY, NULL, now, &options, NULL);
    tlsn_trust_free(trust);
    return st;
}

static void check_list(const char *file)
{
    static uint8_t data[16384];
    size_t len = peer_read(file, data, sizeof data);
    tlsn_evidence *evidence;

    assert_int_equal(tlsn_evidence_new(&evidence, NULL), TLSN_OK);
    assert_int_equal(tlsn_evidence_add_crl(evidence, data, len, NULL), TLSN_OK);
    assert_int_equal(verify(&good, evidence), TLSN_OK);
    assert_int_equal(verify(&bad, evidence), TLSN_ERR_CERT_REVOKED);
    tlsn_evidence_free(evidence);
}

static void lists_of_openssl_count(void **state)
{
    (void)state;
    if (!peer_there())
        skip();
    assert_true(peer_openssl("ca -config config -gencrl -out crl"));
    check_list("crl");
    assert_true(peer_openssl("crl -in crl -outform DER -out crl.der"));
    check_list("crl.der");
    REQ("5280:6.3/1");
}

static void list_of_gnutls_counts(void **state)
{
    static const char template[] = "crl_next_update = 7\ncrl_number = 5\n";

    (void)state;
    if (!peer_there() || !peer_run("certtool --version"))
        skip();
    peer_write("template", template, sizeof template - 1);
    assert_true(peer_run("certtool --generate-crl --load-ca-privkey root.key --load-ca-certificate root "
                         "--load-certificate bad --template template --outfile crl"));
    check_list("crl");
}

static tlsn_status verify_with_response(const struct issued *cert, const char *file)
{
    static uint8_t data[16384];
    size_t len = peer_read(file, data, sizeof data);
    tlsn_evidence *evidence;
    tlsn_status st;

    assert_int_equal(tlsn_evidence_new(&evidence, NULL), TLSN_OK);
    assert_int_equal(tlsn_evidence_add_ocsp(evidence, data, len), TLSN_OK);
    st = verify(cert, evidence);
    tlsn_evidence_free(evidence);
    return st;
}

static bool respond(const char *cert, const char *more)
{
    char line[256];

    (void)snprintf(line, sizeof line, "ocsp -index index -CA root -issuer root -cert %s -ndays 3 "
                   "-respout response -no_nonce %s", cert, more);
    return peer_openssl(line);
}

static void responses_of_openssl_count(void **state)
{
    static const char *const ways[] = {
        "-rsigner root -rkey root.key", "-rsigner responder -rkey responder.key",
        "-rsigner responder -rkey responder.key -resp_key_id", "-rsigner root -rkey root.key -rmd sha384",
    };

    (void)state;
    if (!peer_there())
        skip();
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        assert_true(respond("good", ways[i]));
        assert_int_equal(verify_with_response(&good, "response"), TLSN_OK);
        assert_int_equal(verify_with_response(&bad, "response"), TLSN_ERR_CERT_STATUS_UNKNOWN);
        assert_true(respond("bad", ways[i]));
        assert_int_equal(verify_with_response(&bad, "response"), TLSN_ERR_CERT_REVOKED);
    }
    assert_true(respond("strange", ways[0])); /* it knows nothing of it */
    assert_int_equal(verify_with_response(&strange, "response"), TLSN_ERR_CERT_STATUS_UNKNOWN);
    assert_true(respond("good", "-rsigner good -rkey root.key") == false ||
                verify_with_response(&good, "response") == TLSN_ERR_CERT_STATUS_UNKNOWN);
    REQ("6960:4.2.1/3");
    REQ("6960:4.2.2.3/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_openssl_count),
        cmocka_unit_test(list_of_gnutls_counts),
        cmocka_unit_test(responses_of_openssl_count),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
