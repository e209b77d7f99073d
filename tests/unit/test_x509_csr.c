#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tls-native/x509.h>

#include "req.h"
#include "support_env.h"
#include "support_x509.h"
#include "x509/csr.h"

enum { ROOM = 16384 };

static struct tlsn_span file_span(const char *name, uint8_t *room)
{
    size_t len = peer_read(name, room, ROOM);

    return tlsni_span_make(room, len);
}

static tlsn_status parse(struct tlsn_span der)
{
    struct tlsni_pubkey *key;
    struct tlsni_csr csr;
    tlsn_status st = tlsni_csr_parse(&csr, &key, NULL, der, NULL);

    tlsni_pubkey_free(key);
    return st;
}

static void make_request(const char *key)
{
    char command[512];

    (void)snprintf(command, sizeof command, "req -new -newkey %s -nodes -keyout key -out csr "
                   "-outform DER -subj /CN=a.example/O=Example -addext "
                   "subjectAltName=DNS:a.example,IP:192.0.2.1 -addext keyUsage=keyAgreement", key);
    if (!peer_openssl(command))
        fail_msg("openssl %s", command);
}

static void make_authority(tlsn_key **key, uint8_t *cert, size_t *len)
{
    struct tlsn_cert_spec spec = { .subject = "CN=CA", .ca = true, .path_len = -1 };

    assert_int_equal(tlsn_key_generate(key, "ec:P-256", NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&spec, *key, (struct tlsn_span){ 0 }, *key, NULL, cert, ROOM,
                                     len), TLSN_OK);
    peer_write("ca.der", cert, *len);
    assert_true(peer_openssl("x509 -in ca.der -inform DER -out ca.pem"));
}

/* What openssl asks for is what it gets: key, subject and names, and nothing else. */
static void requests_of_openssl_are_answered(void **state)
{
    static const char *const keys[] = { "rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-384",
                                        "ed25519", "ed448" };
    uint8_t room[ROOM], cert[ROOM], out[ROOM];
    struct tlsn_cert_spec spec = { .path_len = -1 };
    struct tlsn_cert_info info;
    tlsn_key *authority;
    size_t cert_len, len;

    (void)state;
    if (!peer_there())
        skip();
    make_authority(&authority, cert, &cert_len);
    for (size_t i = 0; i < 4; i++) {
        make_request(keys[i]);
        assert_int_equal(tlsn_cert_issue_request(&spec, file_span("csr", room),
                                                 tlsni_span_make(cert, cert_len), authority, NULL,
                                                 out, sizeof out, &len), TLSN_OK);
        assert_int_equal(tlsn_cert_describe(tlsni_span_make(out, len), &info), TLSN_OK);
        assert_string_equal(info.names, "DNS:a.example, IP:192.0.2.1");
        peer_write("cert", out, len);
        assert_true(peer_openssl("x509 -in cert -inform DER -out cert.pem"));
        assert_true(peer_openssl("verify -CAfile ca.pem cert.pem"));
        assert_true(peer_openssl("x509 -in cert.pem -noout -subject -out subject") &&
                    peer_openssl("x509 -in cert.pem -noout -pubkey -out public") &&
                    peer_openssl("pkey -in key -pubout -out wanted"));
        assert_true(tlsni_span_eq(file_span("public", room), file_span("wanted", out)));
    }
    tlsn_key_free(authority);
}

static void spec_comes_before_the_request(void **state)
{
    const char *const names[] = { "b.example" };
    struct tlsn_cert_spec spec = { .subject = "CN=b.example", .names = names, .name_count = 1 };
    uint8_t room[ROOM], cert[ROOM], out[ROOM];
    struct tlsn_cert_info info;
    tlsn_key *authority;
    size_t cert_len, len;

    (void)state;
    if (!peer_there())
        skip();
    make_authority(&authority, cert, &cert_len);
    make_request("ed25519");
    assert_int_equal(tlsn_cert_issue_request(&spec, file_span("csr", room),
                                             tlsni_span_make(cert, cert_len), authority, NULL, out,
                                             sizeof out, &len), TLSN_OK);
    assert_int_equal(tlsn_cert_describe(tlsni_span_make(out, len), &info), TLSN_OK);
    assert_string_equal(info.names, "DNS:b.example");
    assert_string_equal(info.subject, "CN=b.example");
    tlsn_key_free(authority);
}

static void request_not_signed_by_its_key_is_refused(void **state)
{
    uint8_t room[ROOM];
    struct tlsn_span der;

    (void)state;
    if (!peer_there())
        skip();
    make_request("ed25519");
    der = file_span("csr", room);
    assert_int_equal(parse(der), TLSN_OK);
    room[der.len - 1] ^= 1;
    assert_int_equal(parse(der), TLSN_ERR_CERT_SIGNATURE);
    room[der.len - 1] ^= 1;
    assert_int_equal(parse(tlsni_span_make(room, der.len - 1)), TLSN_ERR_CERT_BAD);
    for (size_t n = 0; n < der.len; n++) { /* whichever bit it is, it is noticed */
        room[n] ^= 4;
        assert_int_not_equal(parse(der), TLSN_OK);
        room[n] ^= 4;
    }
}

static void pem_blocks_are_found_by_their_label(void **state)
{
    char text[ROOM];
    uint8_t out[ROOM], room[ROOM];
    struct tlsn_span der;
    size_t len, n;

    (void)state;
    if (!peer_there())
        skip();
    make_request("ed25519");
    der = file_span("csr", room);
    n = peer_read("key", text, sizeof text);
    assert_int_equal(tlsn_pem_write("CERTIFICATE REQUEST", der.data, der.len, text + n, ROOM - n,
                                    &len), TLSN_OK);
    assert_int_equal(tlsn_pem_read("CERTIFICATE REQUEST", text, n + len, out, sizeof out, &len),
                     TLSN_OK);
    assert_true(tlsni_span_eq(der, tlsni_span_make(out, len)));
    assert_int_equal(tlsn_pem_read("CERTIFICATE REQUEST", text, strlen(text), NULL, 0, &len),
                     TLSN_ERR_BUFFER);
    assert_int_equal(len, der.len);
    assert_int_equal(tlsn_pem_read("X509 CRL", text, strlen(text), out, sizeof out, &len),
                     TLSN_ERR_PEM);
    assert_int_equal(tlsn_pem_read("X509 CRL", der.data, der.len, out, sizeof out, &len), TLSN_OK);
    REQ("7468:7/1");
}

/* ---- extensions by name ---- */

static bool shows(const char *want)
{
    char text[ROOM];
    size_t len = peer_read("text", text, sizeof text - 1);

    text[len] = 0;
    return strstr(text, want) != NULL;
}

static void extensions_by_name_are_understood_by_openssl(void **state)
{
    static const struct tlsn_extension other = { "1.2.3.4", true, { (const uint8_t *)"\5\0", 2 } };
    struct tlsn_cert_spec spec = {
        .subject = "CN=a", .key_usage = "digitalSignature,decipherOnly",
        .ext_key_usage = "serverAuth,OCSPSigning,1.3.6.1.5.5.7.3.3", .policies = "1.2.3,anyPolicy",
        .permitted = "DNS:a.example,IP:192.0.2.128/25,DIR:O=a,C=DE,EMAIL:a.example", .path_len = -1,
        .excluded = "IP:2001:db8::/32,URI:.b.example", .extensions = &other, .extension_count = 1,
    };
    uint8_t out[ROOM];
    tlsn_key *key;
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    assert_int_equal(tlsn_key_generate(&key, "ed25519", NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&spec, key, (struct tlsn_span){ 0 }, key, NULL, out, ROOM,
                                     &len), TLSN_OK);
    peer_write("cert", out, len);
    assert_true(peer_openssl("x509 -in cert -inform DER -noout -text -out text"));
    assert_true(shows("Digital Signature, Decipher Only"));
    assert_true(shows("TLS Web Server Authentication, OCSP Signing, Code Signing"));
    assert_true(shows("Policy: 1.2.3"));
    assert_true(shows("Any Policy"));
    assert_true(shows("DNS:a.example"));
    assert_true(shows("IP:192.0.2.128/255.255.255.128"));
    assert_true(shows("DirName:C = DE, O = a"));
    assert_true(shows("email:a.example"));
    assert_true(shows("IP:2001:DB8:0:0:0:0:0:0/FFFF:FFFF:0:0:0:0:0:0"));
    assert_true(shows("URI:.b.example"));
    assert_true(shows("1.2.3.4: critical"));
    spec.key_usage = spec.ext_key_usage = "none";
    assert_int_equal(tlsn_cert_issue(&spec, key, (struct tlsn_span){ 0 }, key, NULL, out, ROOM,
                                     &len), TLSN_OK);
    peer_write("cert", out, len);
    assert_true(peer_openssl("x509 -in cert -inform DER -noout -text -out text"));
    assert_false(shows("Key Usage"));
    tlsn_key_free(key);
}

static void extensions_that_are_misspelt_are_refused(void **state)
{
    static const struct tlsn_extension wrong = { "1.a", false, { NULL, 0 } };
    const struct {
        struct tlsn_cert_spec spec;
        tlsn_status status;
    } rows[] = {
        { { .key_usage = "signing" }, TLSN_ERR_UNKNOWN_KEYWORD },
        { { .ext_key_usage = "serverAuth,web" }, TLSN_ERR_UNKNOWN_KEYWORD },
        { { .policies = "none" }, TLSN_ERR_UNKNOWN_KEYWORD },
        { { .permitted = "a.example" }, TLSN_ERR_ARGUMENT },
        { { .permitted = ("EMAIL:b\xc3\xbc" "cher.example") }, TLSN_ERR_ARGUMENT },
        { { .permitted = "IP:192.0.2.0" }, TLSN_ERR_ARGUMENT },
        { { .permitted = "IP:192.0.2.0/33" }, TLSN_ERR_ARGUMENT },
        { { .excluded = "IP:192.0.2.0/" }, TLSN_ERR_ARGUMENT },
        { { .excluded = "IP:x/8" }, TLSN_ERR_ARGUMENT },
        { { .extensions = &wrong, .extension_count = 1 }, TLSN_ERR_ARGUMENT },
    };
    uint8_t out[ROOM];
    tlsn_key *key;
    size_t len;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ed25519", NULL), TLSN_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tlsn_cert_spec spec = rows[i].spec;

        spec.subject = "CN=a";
        assert_int_equal(tlsn_cert_issue(&spec, key, (struct tlsn_span){ 0 }, key, NULL, out, ROOM,
                                         &len), rows[i].status);
    }
    tlsn_key_free(key);
    REQ("9598:6/6");
}

static void request_memory_running_out_is_an_error(void **state)
{
    uint8_t room[ROOM], cert[ROOM], out[ROOM];
    struct tlsn_cert_spec spec = { .path_len = -1 };
    tlsn_status st = TLSN_ERR_NO_MEMORY;
    tlsn_key *authority;
    size_t cert_len, len;
    struct tlsn_span csr;

    (void)state;
    if (!peer_there())
        skip();
    make_authority(&authority, cert, &cert_len);
    make_request("rsa:2048");
    csr = file_span("csr", room);
    for (size_t n = 1; st == TLSN_ERR_NO_MEMORY; n++) {
        struct test_env env;

        test_env_init(&env, 1);
        env.fail_at = n;
        st = tlsn_cert_issue_request(&spec, csr, tlsni_span_make(cert, cert_len), authority,
                                     &env.hooks, out, sizeof out, &len);
        assert_int_equal(env.live, 0);
    }
    assert_int_equal(st, TLSN_OK);
    tlsn_key_free(authority);
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
        cmocka_unit_test(requests_of_openssl_are_answered),
        cmocka_unit_test(spec_comes_before_the_request),
        cmocka_unit_test(request_not_signed_by_its_key_is_refused),
        cmocka_unit_test(pem_blocks_are_found_by_their_label),
        cmocka_unit_test(extensions_by_name_are_understood_by_openssl),
        cmocka_unit_test(extensions_that_are_misspelt_are_refused),
        cmocka_unit_test(request_memory_running_out_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
