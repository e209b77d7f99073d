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
#include "support_x509.h"
#include "x509/cert_id.h"
#include "x509/pem.h"
#include "x509/spki.h"

/* Certificates of our writer before the openssl command, and its certificates before our
 * validator. */

#define NOW X509_NOW
#define DAY 86400

struct issued {
    tlsn_key *key;
    uint8_t der[8192];
    size_t len;
};

static void issue(struct issued *out, const char *kind, const struct tlsn_cert_spec *spec,
                  const struct issued *by)
{
    struct tlsn_span issuer = { NULL, 0 };

    if (by)
        issuer = tlsni_span_make(by->der, by->len);
    assert_int_equal(tlsn_key_generate(&out->key, kind, NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(spec, out->key, issuer, by ? by->key : out->key, NULL,
                                     out->der, sizeof out->der, &out->len), TLSN_OK);
}

static void write_pem(const char *file, const struct issued *cert)
{
    char text[16384];
    size_t len;

    assert_int_equal(tlsn_pem_write("CERTIFICATE", cert->der, cert->len, text, sizeof text, &len),
                     TLSN_OK);
    peer_write(file, text, len);
}

static const struct tlsn_cert_spec root_spec = {
    .subject = "CN=Test Root,O=Example\\, Inc.,C=DE", .ca = true, .path_len = -1,
    .not_before = NOW - DAY, .not_after = NOW + 30 * (int64_t)DAY,
};
static const struct tlsn_cert_spec ca_spec = {
    .subject = "CN=Test CA", .ca = true, .path_len = 0,
    .not_before = NOW - DAY, .not_after = NOW + 30 * (int64_t)DAY,
};
static const char *const leaf_names[] = { "a.example", "IP:192.0.2.1", "IP:2001:db8::1",
                                          "EMAIL:a@b.example", "DNS:*.b.example" };
static const struct tlsn_cert_spec leaf_spec = {
    .subject = "CN=a.example", .names = leaf_names, .name_count = 5,
    .not_before = NOW - DAY, .not_after = NOW + DAY,
};

/* DSA is taken only when this is set. */
static struct tlsn_verify_options options;

static tlsn_status verify(const struct issued *root, const struct issued *ca,
                          const struct issued *leaf, const char *name)
{
    struct tlsn_span certs[2] = { { leaf->der, leaf->len }, { ca->der, ca->len } };
    tlsn_trust *trust;
    tlsn_status st;

    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, root->der, root->len, NULL, NULL), TLSN_OK);
    st = tlsn_x509_verify(trust, certs, 2, TLSN_PURPOSE_SERVER, name, NOW, &options, NULL);
    tlsn_trust_free(trust);
    return st;
}

/* A chain of this kind of key: good for us and for openssl, which is told the time. */
static void check_chain(const char *root_kind, const char *ca_kind, const char *leaf_kind)
{
    struct issued root, ca, leaf;

    issue(&root, root_kind, &root_spec, NULL);
    issue(&ca, ca_kind, &ca_spec, &root);
    issue(&leaf, leaf_kind, &leaf_spec, &ca);
    assert_int_equal(verify(&root, &ca, &leaf, "a.example"), TLSN_OK);
    assert_int_equal(verify(&root, &ca, &leaf, "192.0.2.1"), TLSN_OK);
    assert_int_equal(verify(&root, &ca, &leaf, "2001:db8::1"), TLSN_OK);
    assert_int_equal(verify(&root, &ca, &leaf, "x.b.example"), TLSN_OK);
    assert_int_equal(verify(&root, &ca, &leaf, "b.example"), TLSN_ERR_CERT_NAME);
    if (peer_there()) {
        write_pem("root", &root);
        write_pem("ca", &ca);
        write_pem("leaf", &leaf);
        assert_true(peer_openssl("verify -x509_strict -attime 1735689600 -purpose sslserver "
                                 "-verify_hostname a.example -CAfile root -untrusted ca leaf"));
        assert_true(peer_openssl("verify -attime 1735689600 -verify_ip 2001:db8::1 -verify_email "
                                 "a@b.example -CAfile root -untrusted ca leaf"));
        assert_false(peer_openssl("verify -attime 1735689600 -verify_hostname b.example "
                                  "-CAfile root -untrusted ca leaf"));
    }
    tlsn_key_free(root.key);
    tlsn_key_free(ca.key);
    tlsn_key_free(leaf.key);
}

static void writer_chains_of_every_key_verify(void **state)
{
    (void)state;
    check_chain("ed25519", "ed25519", "ed25519");
    check_chain("ec:P-256", "ec:secp384r1", "ec:secp521r1");
    check_chain("ed448", "ed25519", "ec:P-256");
    check_chain("rsa:2048", "rsa-pss:2048", "rsa:2048");
    check_chain("ec:brainpoolP256r1", "ec:brainpoolP384r1", "ec:brainpoolP512r1");
    check_chain("ec:secp256k1", "ec:secp224r1", "ec:secp256k1");
}

/* Where the caller names no scheme. */
static void writer_hash_is_as_strong_as_the_curve(void **state)
{
    static const struct {
        const char *kind, *hash;
    } rows[] = {
        { "ec:brainpoolP256r1", "SHA256" }, { "ec:brainpoolP384r1", "SHA384" },
        { "ec:brainpoolP512r1", "SHA512" }, { "ec:secp256r1", "SHA256" },
        { "ec:secp384r1", "SHA384" },       { "ec:secp521r1", "SHA512" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tlsn_cert_info info;
        struct issued root;

        issue(&root, rows[i].kind, &root_spec, NULL);
        assert_int_equal(tlsn_cert_describe(tlsni_span_make(root.der, root.len), &info), TLSN_OK);
        assert_non_null(strstr(info.signature, rows[i].hash));
        tlsn_key_free(root.key);
    }
    REQ("7027:4/1");
    REQ("8734:6/3");
}

static void writer_chains_of_dsa_verify_by_option_only(void **state)
{
    struct issued root, ca, leaf;

    (void)state;
    issue(&root, "dsa:1024", &root_spec, NULL);
    issue(&ca, "ec:P-256", &ca_spec, &root);
    issue(&leaf, "dsa:2048", &leaf_spec, &ca);
    assert_int_equal(verify(&root, &ca, &leaf, "a.example"), TLSN_ERR_CERT_WEAK);
    options.min_dsa_bits = 2048;
    assert_int_equal(verify(&root, &ca, &leaf, "a.example"), TLSN_ERR_CERT_WEAK);
    tlsn_key_free(root.key);
    tlsn_key_free(ca.key);
    tlsn_key_free(leaf.key);
    options.min_dsa_bits = 1024;
    check_chain("dsa:1024", "ec:P-256", "dsa:2048");
    options.min_dsa_bits = 0;
}

/* What openssl prints of it. */
static void writer_fields_are_what_was_asked_for(void **state)
{
    static const char *const lines[] = {
        "Version: 3", "Serial Number: 4660 (0x1234)", "Signature Algorithm: ED25519",
        "Subject: CN = a.example", "Not Before: Dec 31 00:00:00 2024 GMT",
        "Not After : Jan  2 00:00:00 2025 GMT", "CA:FALSE",
        ("DNS:a.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, "
         "email:a@b.example, DNS:*.b.example"), "Digital Signature",
        "TLS Web Server Authentication",
    };
    struct tlsn_cert_spec spec = leaf_spec;
    static char text[16384];
    struct issued leaf;
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    spec.serial = (const uint8_t *)"\x12\x34";
    spec.serial_len = 2;
    issue(&leaf, "ed25519", &spec, NULL);
    write_pem("leaf", &leaf);
    assert_true(peer_openssl("x509 -in leaf -noout -text"));
    len = peer_read("out", text, sizeof text - 1);
    text[len] = 0;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(text, lines[i]))
            fail_msg("no \"%s\" in\n%s", lines[i], text);
    tlsn_key_free(leaf.key);
}

static void writer_requests_verify(void **state)
{
    static const char *const kinds[] = { "ed25519", "ec:P-256", "rsa:2048" };
    char pem[8192];
    uint8_t der[4096];
    size_t len, pem_len;
    tlsn_key *key;

    (void)state;
    if (!peer_there())
        skip();
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(tlsn_key_generate(&key, kinds[i], NULL), TLSN_OK);
        assert_int_equal(tlsn_csr_write(&leaf_spec, key, NULL, der, sizeof der, &len), TLSN_OK);
        assert_int_equal(tlsn_pem_write("CERTIFICATE REQUEST", der, len, pem, sizeof pem, &pem_len),
                         TLSN_OK);
        peer_write("csr", pem, pem_len);
        assert_true(peer_openssl("req -in csr -verify -noout -text"));
        tlsn_key_free(key);
    }
}

static void writer_refuses_what_makes_no_sense(void **state)
{
    struct tlsn_cert_spec spec = leaf_spec;
    struct issued root, other;
    size_t len;
    uint8_t small[10];

    (void)state;
    issue(&root, "ed25519", &root_spec, NULL);
    issue(&other, "ed25519", &root_spec, NULL);
    assert_int_equal(tlsn_cert_issue(&spec, root.key, tlsni_span_make(root.der, root.len),
                                     other.key, NULL, NULL, 0, &len), TLSN_ERR_KEY_MISMATCH);
    assert_int_equal(tlsn_cert_issue(&spec, root.key, tlsni_span_make("x", 1), root.key, NULL, NULL,
                                     0, &len), TLSN_ERR_CERT_BAD);
    assert_int_equal(tlsn_cert_issue(&spec, root.key, tlsni_span_make(NULL, 0), root.key, NULL,
                                     small, sizeof small, &len), TLSN_ERR_BUFFER);
    assert_true(len > 200);
    spec.signature = "rsa_pkcs1_sha256";
    assert_int_equal(tlsn_cert_issue(&spec, root.key, tlsni_span_make(NULL, 0), root.key, NULL,
                                     small, sizeof small, &len), TLSN_ERR_ARGUMENT);
    spec.signature = "nothing";
    assert_int_equal(tlsn_cert_issue(&spec, root.key, tlsni_span_make(NULL, 0), root.key, NULL,
                                     small, sizeof small, &len), TLSN_ERR_UNKNOWN_KEYWORD);
    spec = leaf_spec;
    spec.subject = "no keyword";
    assert_int_equal(tlsn_cert_issue(&spec, root.key, tlsni_span_make(NULL, 0), root.key, NULL,
                                     small, sizeof small, &len), TLSN_ERR_ARGUMENT);
    tlsn_key_free(root.key);
    tlsn_key_free(other.key);
    assert_int_equal(tlsn_key_generate(&other.key, "gost:256", NULL), TLSN_ERR_UNKNOWN_KEYWORD);
    assert_null(other.key);
}

static tlsn_status issue_with(struct tlsn_cert_spec spec)
{
    uint8_t der[4096];
    tlsn_key *key;
    size_t len;
    tlsn_status st;

    assert_int_equal(tlsn_key_generate(&key, "ec:secp256r1", NULL), TLSN_OK);
    st = tlsn_cert_issue(&spec, key, tlsni_span_make(NULL, 0), key, NULL, der, sizeof der, &len);
    tlsn_key_free(key);
    return st;
}

static void writer_serial_is_positive_and_of_20_octets_at_most(void **state)
{
    static const uint8_t zero[2], high[20] = { 0x80 }, padded[21] = { 0, 1 };
    struct tlsn_cert_spec spec = leaf_spec;

    (void)state;
    spec.serial = zero;
    spec.serial_len = sizeof zero;
    assert_int_equal(issue_with(spec), TLSN_ERR_ARGUMENT);
    spec.serial = high;
    spec.serial_len = 20;
    assert_int_equal(issue_with(spec), TLSN_ERR_ARGUMENT);
    spec.serial_len = 19;
    assert_int_equal(issue_with(spec), TLSN_OK);
    spec.serial = padded;
    spec.serial_len = sizeof padded;
    assert_int_equal(issue_with(spec), TLSN_OK);
    REQ("5280:4.1.2.2/1");
    REQ("5280:4.1.2.2/3");
}

static void writer_authority_without_a_name_is_refused(void **state)
{
    struct tlsn_cert_spec spec = ca_spec;

    (void)state;
    spec.subject = "";
    assert_int_equal(issue_with(spec), TLSN_ERR_ARGUMENT);
    REQ("5280:4.1.2.6/1");
}

static void writer_names_in_other_scripts_are_refused(void **state)
{
    static const char *const bad[] = { ("DNS:b\xc3\xbc" "cher.example"), "DNS:a b.example",
                                       "DNS:a.example\n", ("EMAIL:a@b\xc3\xbc" "cher.example"),
                                       ("EMAIL:\xc3\xbc@a.example") };
    static const char *const name = "EMAIL:a@a.example";
    struct tlsn_cert_spec spec = leaf_spec;

    (void)state;
    spec.name_count = 1;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        spec.names = &bad[i];
        assert_int_equal(issue_with(spec), TLSN_ERR_ARGUMENT);
    }
    spec.names = &name;
    assert_int_equal(issue_with(spec), TLSN_OK);
    spec.subject = "CN=a,DC=b\xc3\xbc" "cher";
    assert_int_equal(issue_with(spec), TLSN_ERR_ARGUMENT);
    spec.subject = "CN=b\xc3\xbc" "cher,DC=xn--bcher-kva";
    assert_int_equal(issue_with(spec), TLSN_OK);
    REQ("5280:7.2/1");
    REQ("6818:5/1");
    REQ("9549:2.4/1");
    REQ("9549:2.5/1");
    REQ("9549:2.5/2");
}

static void writer_host_names_have_preferred_syntax(void **state)
{
    static const struct {
        const char *name;
        bool good;
    } rows[] = {
        { "a.example", true }, { "*.a.example", true }, { "xn--bcher-kva.example", true },
        { "1.example", true }, { "a-b", true }, { "a..example", false }, { ".example", false },
        { "a.example.", false }, { "-a.example", false }, { "a-.example", false },
        { "a_b.example", false }, { "a.*.example", false }, { "*", false }, { "DNS:", false },
        { "DNS:a@b", false },
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", true }, /* 63 */
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", false },
    };
    struct tlsn_cert_spec spec = leaf_spec;

    (void)state;
    spec.name_count = 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        spec.names = &rows[i].name;
        if ((issue_with(spec) == TLSN_OK) != rows[i].good)
            fail_msg("%s", rows[i].name);
    }
    REQ("5280:4.2.1.6/2");
}

static bool contains(struct tlsn_span in, const void *what, size_t len)
{
    for (size_t i = 0; i + len <= in.len; i++)
        if (memcmp(in.data + i, what, len) == 0)
            return true;
    return false;
}

/* The identifiers of RSA keys: by one that is for RSASSA-PSS alone nothing else verifies. */
static void writer_rsa_identifiers_are_those_of_rfc_4055(void **state)
{
    static const uint8_t trailer[] = { 0xa3, 3, 2, 1, 1 };
    struct issued pss, plain, leaf;
    struct tlsni_sig_params pkcs1 = { .key = TLSNI_KEY_RSA, .hash = TLSNI_HASH_SHA256,
                                      .padding = TLSNI_PAD_PKCS1 };
    struct tlsni_pubkey *key;
    struct tlsni_cert c;

    (void)state;
    issue(&plain, "rsa:2048", &root_spec, NULL);
    assert_int_equal(tlsni_cert_parse(&c, tlsni_span_make(plain.der, plain.len), NULL), TLSN_OK);
    assert_true(contains(c.sig_algorithm, "\5", 2)); /* NULL */
    issue(&pss, "rsa-pss:2048", &root_spec, NULL);
    assert_int_equal(tlsni_cert_parse(&c, tlsni_span_make(pss.der, pss.len), NULL), TLSN_OK);
    assert_int_equal(c.sig.padding, TLSNI_PAD_PSS);
    assert_true(c.sig_algorithm.len > 20);
    assert_false(contains(c.sig_algorithm, trailer, sizeof trailer));
    assert_true(c.key_usage & TLSNI_KU_KEY_CERT_SIGN);
    assert_int_equal(tlsni_cert_pubkey(&key, NULL, &c, NULL), TLSN_OK);
    assert_int_equal(tlsni_spki_verify(key, c.spki, &c.sig, c.tbs, c.signature), TLSN_OK);
    assert_int_not_equal(tlsni_spki_verify(key, c.spki, &pkcs1, c.tbs, c.signature), TLSN_OK);
    tlsni_pubkey_free(key);
    issue(&leaf, "rsa-pss:2048", &leaf_spec, &pss);
    assert_int_equal(tlsni_cert_parse(&c, tlsni_span_make(leaf.der, leaf.len), NULL), TLSN_OK);
    assert_int_equal(c.key_usage, TLSNI_KU_DIGITAL_SIGNATURE);
    assert_true(contains(c.spki, "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", 13));
    tlsn_key_free(plain.key);
    tlsn_key_free(pss.key);
    tlsn_key_free(leaf.key);
    REQ("4055:1.2/3");
    REQ("4055:1.2/4");
    REQ("4055:1.2/5");
    REQ("4055:1.2/6");
    REQ("4055:3/3");
    REQ("4055:3.1/6");
    REQ("4055:5/2");
}

/* RFC 5280 4.2.1.1: an issuer whose certificate has no key identifier has one all the same, by the first
 * method of 4.2.1.2. */
static void writer_names_the_issuers_key_always(void **state)
{
    static struct x509_made root; /* without extensions of its own */
    const struct x509_spec spec = { .subject = "CN=root", .seed = 7, .extensions = { X509_CA } };
    uint8_t der[2048], id[TLSNI_HASH_LEN_MAX];
    struct tlsni_cert cert;
    tlsn_key *key;
    size_t len;

    (void)state;
    x509_make(&root, &spec, NULL);
    key = x509_key(7);
    assert_int_equal(tlsn_cert_issue(&leaf_spec, key, x509_span(&root), key, NULL, der, sizeof der,
                                     &len), TLSN_OK);
    assert_int_equal(tlsni_cert_parse(&cert, tlsni_span_make(der, len), NULL), TLSN_OK);
    assert_int_equal(cert.aki.len, 20);
    assert_true(tlsni_key_hash(id, TLSNI_HASH_SHA1, root.cert.spki));
    assert_memory_equal(cert.aki.data, id, 20);
    tlsn_key_free(key);
    REQ("5280:4.2.1.1/1");
}

/* RFC 5915 3: [0] with the curve's OBJECT IDENTIFIER behind the key, 1.2.840.10045.3.1.7. */
static void writer_ec_key_names_its_curve_inside_too(void **state)
{
    static const uint8_t parameters[] = { 0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86,
                                          0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
    struct tlsn_span text, label;
    struct tlsni_buf der = { 0 };
    char pem[2048];
    tlsn_key *key;
    size_t len, first, n;
    bool found = false;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ec:secp256r1", NULL), TLSN_OK);
    assert_int_equal(tlsn_key_write(key, pem, sizeof pem, &len), TLSN_OK);
    tlsn_key_free(key);
    text = tlsni_span_make(pem, len);
    assert_int_equal(tlsni_pem_next(NULL, &text, &label, &der, &first, &n, NULL), TLSN_OK);
    for (size_t i = 0; i + sizeof parameters <= n; i++)
        found = found || memcmp(der.data + first + i, parameters, sizeof parameters) == 0;
    tlsni_buf_free(NULL, &der);
    assert_true(found);
    REQ("5915:3/4");
}

static void description_tells_the_fields(void **state)
{
    struct tlsn_cert_info info;
    struct issued root;

    (void)state;
    issue(&root, "ec:P-256", &root_spec, NULL);
    assert_int_equal(tlsn_cert_describe(tlsni_span_make(root.der, root.len), &info), TLSN_OK);
    assert_string_equal(info.subject, "CN=Test Root,O=Example\\, Inc.,C=DE");
    assert_string_equal(info.issuer, info.subject);
    assert_string_equal(info.key, "EC secp256r1");
    assert_string_equal(info.signature, "ECDSA-SHA256");
    assert_true(info.ca);
    assert_int_equal(info.path_len, -1);
    assert_int_equal(info.not_after, NOW + 30 * (int64_t)DAY);
    tlsn_key_free(root.key);
}

/* ---- the other way: chains of openssl ---- */

static void use_peer_cert(const char *file, struct issued *out)
{
    char command[128];

    (void)snprintf(command, sizeof command, "x509 -in %s -outform DER -out der", file);
    assert_true(peer_openssl(command));
    out->len = peer_read("der", out->der, sizeof out->der);
}

static void check_peer_chain(const char *genpkey, const char *digest)
{
    static const char root_ext[] = "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n"
                                   "subjectKeyIdentifier=hash\n";
    static const char leaf_ext[] = "subjectAltName=DNS:a.example\nextendedKeyUsage=serverAuth\n"
                                   "authorityKeyIdentifier=keyid,issuer\n";
    static const char *const commands[] = {
        "req -new -x509 -key k1 -subj /CN=Root -days 9000 %s -out root",
        "req -new -key k2 -subj /CN=CA %s -out csr",
        "x509 -req -in csr -CA root -CAkey k1 -set_serial 2 -days 9000 %s -extfile ca.ext -out ca",
        "req -new -key k3 -subj /CN=leaf %s -out csr",
        ("x509 -req -in csr -CA ca -CAkey k2 -set_serial 3 -days 9000 %s -extfile leaf.ext "
         "-out leaf"),
    };
    struct issued root, ca, leaf;
    struct tlsn_span certs[2];
    tlsn_trust *trust;
    char command[512];

    peer_write("ca.ext", root_ext, sizeof root_ext - 1);
    peer_write("leaf.ext", leaf_ext, sizeof leaf_ext - 1);
    for (int i = 1; i <= 3; i++) {
        (void)snprintf(command, sizeof command, "genpkey %s -out k%d", genpkey, i);
        assert_true(peer_openssl(command));
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        (void)snprintf(command, sizeof command, commands[i], digest);
        assert_true(peer_openssl(command));
    }
    use_peer_cert("root", &root);
    use_peer_cert("ca", &ca);
    use_peer_cert("leaf", &leaf);
    certs[0] = tlsni_span_make(leaf.der, leaf.len);
    certs[1] = tlsni_span_make(ca.der, ca.len);
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, root.der, root.len, NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_x509_verify(trust, certs, 2, TLSN_PURPOSE_SERVER, "a.example", INT64_MIN,
                                      &options, NULL), TLSN_OK);
    leaf.der[leaf.len - 5] ^= 1;
    assert_int_equal(tlsn_x509_verify(trust, certs, 2, TLSN_PURPOSE_SERVER, "a.example", INT64_MIN,
                                      &options, NULL), TLSN_ERR_CERT_SIGNATURE);
    tlsn_trust_free(trust);
}

static void chains_of_openssl_verify(void **state)
{
    (void)state;
    if (!peer_there())
        skip();
    check_peer_chain("-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "-sha256");
    check_peer_chain("-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
                     "-sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20");
    check_peer_chain("-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048", "-sha256");
    check_peer_chain("-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha512 "
                     "-pkeyopt rsa_pss_keygen_mgf1_md:sha512 -pkeyopt rsa_pss_keygen_saltlen:64",
                     "-sha512");
    check_peer_chain("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "-sha256");
    check_peer_chain("-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "-sha512");
    check_peer_chain("-algorithm EC -pkeyopt ec_paramgen_curve:P-521", "-sha224");
    check_peer_chain("-algorithm ED25519", "");
    check_peer_chain("-algorithm ED448", "");
    options = (struct tlsn_verify_options){ .min_dsa_bits = 1024, .allow_sha1 = true };
    assert_true(peer_openssl("genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 "
                             "-out params"));
    check_peer_chain("-paramfile params", "-sha1");
    check_peer_chain("-paramfile params", "-sha224");
    check_peer_chain("-paramfile params", "-sha256");
    options = (struct tlsn_verify_options){ 0 };
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
        cmocka_unit_test(writer_chains_of_every_key_verify),
        cmocka_unit_test(writer_hash_is_as_strong_as_the_curve),
        cmocka_unit_test(writer_chains_of_dsa_verify_by_option_only),
        cmocka_unit_test(writer_fields_are_what_was_asked_for),
        cmocka_unit_test(writer_requests_verify),
        cmocka_unit_test(writer_refuses_what_makes_no_sense),
        cmocka_unit_test(writer_serial_is_positive_and_of_20_octets_at_most),
        cmocka_unit_test(writer_authority_without_a_name_is_refused),
        cmocka_unit_test(writer_names_in_other_scripts_are_refused),
        cmocka_unit_test(writer_host_names_have_preferred_syntax),
        cmocka_unit_test(writer_rsa_identifiers_are_those_of_rfc_4055),
        cmocka_unit_test(writer_names_the_issuers_key_always),
        cmocka_unit_test(writer_ec_key_names_its_curve_inside_too),
        cmocka_unit_test(description_tells_the_fields),
        cmocka_unit_test(chains_of_openssl_verify),
    };

    return cmocka_run_group_tests(tests, NULL, clean);
}
