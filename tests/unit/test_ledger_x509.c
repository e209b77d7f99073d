/* Certificates, keys and their encodings statement by statement: RFC 5280, 5480, 5915, 7468, 8410
 * and 9525, where the tests by source file do not show it already. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <tls-native/x509.h>

#include "req.h"
#include "support_vectors.h"
#include "support_x509.h"
#include "x509/algid.h"
#include "x509/base64.h"
#include "x509/match.h"
#include "x509/name.h"
#include "x509/spki.h"

/* ---- one certificate ---- */

static const struct x509_spec plain = { .subject = "CN=a.example", .seed = 3 };

static void cert_with_two_signature_algorithms_is_refused(void **state)
{
    struct x509_made made;
    struct tlsni_cert c;

    (void)state;
    x509_make(&made, &plain, NULL);
    assert_int_equal(tlsni_cert_parse(&c, x509_span(&made), NULL), TLSN_OK);
    /* Ed25519 becomes Ed448, outside only: the last octet of its identifier */
    made.der[(size_t)(c.sig_algorithm.data - made.der) + c.sig_algorithm.len - 1]++;
    assert_int_equal(tlsni_cert_parse(&c, x509_span(&made), NULL), TLSN_ERR_CERT_BAD);
    REQ("5280:4.1.1.2/1");
}

static void cert_of_any_version_is_parsed(void **state)
{
    struct x509_spec spec = plain;
    struct x509_made made;
    struct tlsni_cert c;

    (void)state;
    for (spec.version = 1; spec.version <= 3; spec.version++) {
        x509_make(&made, &spec, NULL);
        assert_int_equal(tlsni_cert_parse(&c, x509_span(&made), NULL), TLSN_OK);
        assert_int_equal(c.version, spec.version);
    }
    REQ("5280:4.1.2.1/2");
}

static void cert_serial_zero_or_negative_does_no_harm(void **state)
{
    struct x509_made made;
    struct tlsni_cert c;

    (void)state;
    x509_make(&made, &plain, NULL);
    for (int i = 0; i < 2; i++) {
        made.der[made.cert.serial.data - made.der] = i ? 0xff : 0;
        assert_int_equal(tlsni_cert_parse(&c, x509_span(&made), NULL), TLSN_OK);
        assert_int_equal(c.serial.len, 1);
    }
    REQ("5280:4.1.2.2/4");
}

/* One name with this attribute, as a PrintableString (or what `tag` says) and a UTF8String. */
static void check_attribute(const char *oid, const char *tag)
{
    uint8_t a[64], b[64];
    char text[128];
    unsigned n = (unsigned)strlen(oid) / 2;
    struct tlsn_span x, y;

    (void)snprintf(text, sizeof text, "30%02x31%02x30%02x06%02x%s%s024142", n + 10, n + 8, n + 6, n,
                   oid, tag);
    x = tlsni_span_make(a, vec_unhex(text, a, sizeof a));
    (void)snprintf(text, sizeof text, "30%02x31%02x30%02x06%02x%s0c026162", n + 10, n + 8, n + 6, n,
                   oid);
    y = tlsni_span_make(b, vec_unhex(text, b, sizeof b));
    assert_true(tlsni_name_sound(x) && tlsni_name_sound(y));
    assert_true(tlsni_name_equal(x, y));
    b[y.len - 1]++;
    assert_false(tlsni_name_equal(x, y));
}

static void names_with_every_attribute_are_received(void **state)
{
    /* country, organization, unit, qualifier, state, common name, serial number; then locality,
     * title, surname, given name, initials, pseudonym, generation qualifier */
    static const char *const oids[] = { "550406", "55040a", "55040b", "55042e", "550408",
                                        "550403", "550405", "550407", "55040c", "550404",
                                        "55042a", "55042b", "550441", "55042c" };

    (void)state;
    for (size_t i = 0; i < sizeof oids / sizeof *oids; i++)
        check_attribute(oids[i], "13");
    check_attribute("0992268993f22c640119", "16"); /* domainComponent, IA5String */
    REQ("5280:4.1.2.4/2");
    REQ("5280:4.1.2.4/3");
    REQ("5280:4.1.2.4/4");
}

static void subject_names_no_service(void **state)
{
    const struct x509_spec spec = { .subject = "CN=a.example,OU=a.example,O=a.example,"
                                               "DC=a,DC=example" };
    struct x509_made made;

    (void)state;
    x509_make(&made, &spec, NULL);
    assert_int_equal(made.cert.version, 3);
    assert_int_equal(tlsni_cert_matches(&made.cert, "a.example"), TLSN_ERR_CERT_NAME);
    REQ("9525:2/1");
    REQ("9525:2/2");
}

/* ---- paths ---- */

static struct x509_made root, ca, leaf;
static const struct x509_spec root_spec = {
    .subject = "CN=Root", .seed = 1, .extensions = { X509_CA, X509_KU_CERT_SIGN },
};
static const struct x509_spec leaf_spec = {
    .subject = "CN=leaf", .seed = 3,
    .extensions = { X509_KU_SIGNATURE, X509_EKU_SERVER, X509_SAN_A_EXAMPLE },
};

static tlsn_status verify_at(enum tlsn_purpose purpose, const char *name, int64_t time)
{
    struct tlsn_span certs[2] = { x509_span(&leaf), x509_span(&ca) };
    tlsn_trust *trust;
    tlsn_status st;

    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, root.der, root.len, NULL, NULL), TLSN_OK);
    st = tlsn_x509_verify(trust, certs, 2, purpose, name, time, NULL, NULL);
    tlsn_trust_free(trust);
    return st;
}

/* Root, an authority with these extensions, and a leaf. */
static tlsn_status verify_with(const struct x509_spec *of_leaf, unsigned version,
                               const char *first, const char *second)
{
    const struct x509_spec spec = { .subject = "CN=CA", .seed = 2, .version = version,
                                    .extensions = { first, second } };

    x509_make(&root, &root_spec, NULL);
    x509_make(&ca, &spec, &root);
    x509_make(&leaf, of_leaf, &ca);
    return verify_at(TLSN_PURPOSE_SERVER, "a.example", X509_NOW);
}

static void signature_covers_the_whole_of_the_certificate(void **state)
{
    (void)state;
    assert_int_equal(verify_with(&leaf_spec, 3, X509_CA, NULL), TLSN_OK);
    leaf.der[leaf.cert.serial.data - leaf.der] ^= 1;
    assert_int_equal(verify_at(TLSN_PURPOSE_SERVER, "a.example", X509_NOW),
                     TLSN_ERR_CERT_SIGNATURE);
    REQ("5280:4.1.1.3/1");
}

static void issuer_name_has_to_be_the_subject_above(void **state)
{
    struct x509_spec spec = leaf_spec;

    (void)state;
    spec.issuer = "CN=ca"; /* the same without regard to case */
    assert_int_equal(verify_with(&spec, 3, X509_CA, NULL), TLSN_OK);
    spec.issuer = "CN=Another";
    assert_int_equal(verify_with(&spec, 3, X509_CA, NULL), TLSN_ERR_CERT_UNKNOWN_CA);
    REQ("5280:4.1.2.4/5");
    REQ("5280:6.1.3/4");
}

static void verdict_follows_from_its_inputs(void **state)
{
    (void)state;
    assert_int_equal(verify_with(&leaf_spec, 3, X509_CA, NULL), TLSN_OK);
    assert_int_equal(verify_at(TLSN_PURPOSE_CLIENT, "a.example", X509_NOW), TLSN_ERR_CERT_PURPOSE);
    assert_int_equal(verify_at(TLSN_PURPOSE_SERVER, "b.example", X509_NOW), TLSN_ERR_CERT_NAME);
    assert_int_equal(verify_at(TLSN_PURPOSE_SERVER, "a.example", X509_END + 1),
                     TLSN_ERR_CERT_EXPIRED);
    root = ca;
    assert_int_equal(verify_at(TLSN_PURPOSE_SERVER, "a.example", X509_NOW),
                     TLSN_ERR_CERT_UNKNOWN_CA);
    REQ("5280:6.1.1/1");
}

static void extensions_count_whether_critical_or_not(void **state)
{
    const struct x509_spec critical = {
        .subject = "CN=leaf", .seed = 3,
        .extensions = { X509_KU_SIGNATURE, "ff 551d25 300a06082b06010505070301",
                        "ff 551d11 300b8209612e6578616d706c65", "ff 551d13 3000" },
    };

    (void)state;
    assert_int_equal(verify_with(&critical, 3, X509_CA, X509_KU_CERT_SIGN), TLSN_OK);
    assert_int_equal(verify_with(&leaf_spec, 3, "00 551d13 3000", NULL), TLSN_ERR_CERT_NOT_CA);
    assert_int_equal(verify_with(&leaf_spec, 3, X509_CA, "00 551d0f 03020780"),
                     TLSN_ERR_CERT_KEY_USAGE);
    assert_int_equal(verify_with(&leaf_spec, 3, X509_CA, X509_EKU_CLIENT), TLSN_ERR_CERT_PURPOSE);
    REQ("5280:4.2/4");
    REQ("5280:4.2/6");
}

static void extension_critical_but_not_processed_is_refused(void **state)
{
    static const char *const known[] = {
        "ff 551d09 300b300906022a033103020101",               /* subjectDirectoryAttributes */
        "ff 2b0601050507010b 300a300806022a048602613a",      /* subjectInfoAccess */
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_int_equal(verify_with(&leaf_spec, 3, X509_CA, known[i]), TLSN_ERR_CERT_CRITICAL);
    REQ("5280:4.2/2");
}

static void issuer_of_version_1_or_2_is_refused(void **state)
{
    (void)state;
    assert_int_equal(verify_with(&leaf_spec, 1, NULL, NULL), TLSN_ERR_CERT_NOT_CA);
    assert_int_equal(verify_with(&leaf_spec, 2, NULL, NULL), TLSN_ERR_CERT_NOT_CA);
    REQ("5280:6.1.4/3");
}

/* ---- what we write ---- */

struct issued {
    uint8_t der[4096];
    size_t len;
    struct tlsni_cert cert;
};

static void issue(struct issued *out, const struct tlsn_cert_spec *spec, const tlsn_key *key,
                  const struct issued *by)
{
    struct tlsn_span issuer = { by ? by->der : NULL, by ? by->len : 0 };

    assert_int_equal(tlsn_cert_issue(spec, key, issuer, key, NULL, out->der, sizeof out->der,
                                     &out->len), TLSN_OK);
    assert_int_equal(tlsni_cert_parse(&out->cert, tlsni_span_make(out->der, out->len), NULL),
                     TLSN_OK);
}

/* Do these octets stand in it? */
static bool holds(const void *data, size_t len, const char *hex)
{
    uint8_t bytes[128];
    size_t n = vec_unhex(hex, bytes, sizeof bytes);
    const uint8_t *p = data;

    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(p + i, bytes, n) == 0)
            return true;
    return false;
}

#define HOLDS(c, hex) holds((c).der, (c).len, hex)

static const char *const names[] = { "a.example", "b.example", "IP:192.0.2.1" };
/* 2049-12-31 23:59:59 and one second later */
static const struct tlsn_cert_spec ca_written = {
    .subject = "CN=CA,C=DE", .ca = true, .path_len = 0, .not_before = 2524607999,
    .not_after = 2524608000,
};
static const struct tlsn_cert_spec leaf_written = {
    .subject = "", .names = names, .name_count = 3, .path_len = 0, .not_before = X509_BEGIN,
};

static void writer_of_authorities_keeps_the_profile(void **state)
{
    struct issued c;
    tlsn_key *key;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ed25519", NULL), TLSN_OK);
    issue(&c, &ca_written, key, NULL);
    assert_int_equal(c.cert.version, 3);
    assert_true(HOLDS(c, "170d3439313233313233353935395a180f32303530303130313030303030305a"));
    assert_true(HOLDS(c, "06035504030c024341"));                /* CN, UTF8String */
    assert_true(HOLDS(c, "060355040613024445"));                /* C, PrintableString */
    assert_true(HOLDS(c, "0603551d130101ff040830060101ff020100"));
    assert_true(HOLDS(c, "0603551d0f0101ff040403020106"));      /* keyCertSign, cRLSign */
    assert_true(HOLDS(c, "0603551d0e04160414"));                /* not critical, 20 octets */
    tlsn_key_free(key);
    REQ("5280:4.1.2.1/1");
    REQ("5280:4.1.2.4/6");
    REQ("5280:4.1.2.5/1");
    REQ("5280:4.2.1.2/1");
    REQ("5280:4.2.1.3/1");
    REQ("5280:4.2.1.3/2");
    REQ("5280:4.2.1.9/4");
    REQ("8410:5/3");
}

static void writer_of_leaves_keeps_the_profile(void **state)
{
    struct tlsn_cert_spec spec = leaf_written;
    uint8_t serial[20];
    struct issued by, c;
    tlsn_key *key;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ed25519", NULL), TLSN_OK);
    issue(&by, &ca_written, key, NULL);
    issue(&c, &spec, key, &by);
    assert_true(c.cert.has & TLSNI_HAS_SAN_CRITICAL);
    assert_int_equal(c.cert.path_len, -1);
    assert_true(HOLDS(c, "0603551d130101ff04023000"));
    assert_int_equal(c.cert.key_usage, TLSNI_KU_DIGITAL_SIGNATURE);
    assert_true(HOLDS(c, "0603551d0e04160414"));
    assert_true(HOLDS(c, "0603551d23041830168014"));
    assert_true(tlsni_span_eq(c.cert.aki, by.cert.ski));
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(tlsni_cert_matches(&c.cert, names[i] + (i == 2 ? 3 : 0)), TLSN_OK);
    spec.subject = "CN=leaf";
    spec.serial = memset(serial, 0x7f, sizeof serial);
    spec.serial_len = sizeof serial;
    issue(&c, &spec, key, &by);
    assert_true(c.cert.has & TLSNI_HAS_SAN);
    assert_false(c.cert.has & TLSNI_HAS_SAN_CRITICAL);
    assert_true(tlsni_span_eq(c.cert.serial, tlsni_span_make(serial, sizeof serial)));
    tlsn_key_free(key);
    REQ("5280:4.1.2.2/2");
    REQ("5280:4.1.2.6/2");
    REQ("5280:4.2.1.1/2");
    REQ("5280:4.2.1.2/2");
    REQ("5280:4.2.1.2/3");
    REQ("5280:4.2.1.3/3");
    REQ("5280:4.2.1.6/5");
    REQ("5280:4.2.1.9/5");
    REQ("8410:5/2");
    REQ("9525:4.1/3");
}

/* ---- public keys ---- */

/* The base point of P-256, SEC 2 2.4.2. */
#define G_X "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define G_Y "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define P256 "06082a8648ce3d030107"
#define EC "06072a8648ce3d0201"
/* RFC 8410 10.1 */
#define ED25519_POINT "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"

static tlsn_status spki(const char *hex)
{
    struct tlsni_pubkey *key;
    uint8_t der[256];
    tlsn_status st = tlsni_spki_parse(&key, NULL, tlsni_span_make(der, vec_unhex(hex, der, 256)),
                                      NULL);

    tlsni_pubkey_free(key);
    return st;
}

static void ec_key_needs_a_named_curve(void **state)
{
    (void)state;
    assert_int_equal(spki("30593013" EC P256 "034200" "04" G_X G_Y), TLSN_OK);
    assert_int_equal(spki("304f3009" EC "034200" "04" G_X G_Y), TLSN_ERR_CERT_BAD);
    assert_int_equal(spki("3051300b" EC "0500" "034200" "04" G_X G_Y), TLSN_ERR_CERT_BAD);
    assert_int_equal(spki("3054300e" EC "3003020101" "034200" "04" G_X G_Y), TLSN_ERR_CERT_BAD);
    REQ("5480:2.1/1");
    REQ("5480:2.1.1/1");
    REQ("5480:2.1.1/2");
    REQ("5480:2.1.1/3");
    REQ("5480:2.1.1/4");
    REQ("5480:2.1.1/5");
}

static void ec_point_has_a_form_that_is_known(void **state)
{
    static const char *const bad[] = { "00", "01", "05", "06", "07", "ff" };
    char text[256];

    (void)state;
    assert_int_equal(spki("30593013" EC P256 "034200" "04" G_X G_Y), TLSN_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        (void)snprintf(text, sizeof text, "30593013" EC P256 "034200%s" G_X G_Y, bad[i]);
        assert_int_equal(spki(text), TLSN_ERR_CERT_BAD);
    }
    REQ("5480:2.2/1");
    REQ("5480:2.2/3");
    REQ("5480:2.2/4");
}

static uint8_t signature_key(const char *hex)
{
    uint8_t der[64];

    return tlsni_algid_signature(tlsni_span_make(der, vec_unhex(hex, der, sizeof der))).key;
}

static void eddsa_identifiers_have_no_parameters(void **state)
{
    (void)state;
    assert_int_equal(spki("302a300506032b6570032100" ED25519_POINT), TLSN_OK);
    assert_int_equal(spki("302c300706032b65700500032100" ED25519_POINT), TLSN_ERR_CERT_BAD);
    assert_int_equal(spki("302c300506032b65700323000420" ED25519_POINT), TLSN_ERR_CERT_BAD);
    assert_int_equal(signature_key("300506032b6570"), TLSNI_KEY_ED25519);
    assert_int_equal(signature_key("300706032b65700500"), 0);
    assert_int_equal(signature_key("300506032b6571"), TLSNI_KEY_ED448);
    assert_int_equal(signature_key("300706032b65710500"), 0);
    REQ("8410:3/1");
    REQ("8410:4/1");
    REQ("8410:6/1");
}

/* ---- private keys ---- */

#define ZEROS_31 "00000000000000000000000000000000000000000000000000000000000000"

static tlsn_status read_key(tlsn_key **key, const char *hex)
{
    uint8_t der[256];

    return tlsn_key_read(key, der, vec_unhex(hex, der, sizeof der), NULL);
}

static void ec_private_key_is_version_1(void **state)
{
    tlsn_key *key;

    (void)state;
    assert_int_equal(read_key(&key, "3031020101" "0420" ZEROS_31 "01" "a00a" P256), TLSN_OK);
    tlsn_key_free(key);
    assert_int_equal(read_key(&key, "3031020100" "0420" ZEROS_31 "01" "a00a" P256), TLSN_ERR_KEY);
    assert_int_equal(read_key(&key, "3031020102" "0420" ZEROS_31 "01" "a00a" P256), TLSN_ERR_KEY);
    REQ("5915:3/1");
    REQ("5915:3/2");
}

/* The key 1, read with a single octet; its public point is the base point. */
static void ec_private_key_is_written_in_full(void **state)
{
    char text[1024];
    uint8_t der[512];
    tlsn_key *key;
    size_t len, body;
    char *end;

    (void)state;
    assert_int_equal(read_key(&key, "3012020101" "0401" "01" "a00a" P256), TLSN_OK);
    assert_int_equal(tlsn_key_write(key, text, sizeof text, &len), TLSN_OK);
    tlsn_key_free(key);
    assert_memory_equal(text, "-----BEGIN PRIVATE KEY-----\n", 28);
    end = strstr(text, "-----END");
    assert_non_null(end);
    assert_int_equal(tlsni_base64_decode(der, &body, (const uint8_t *)text + 28,
                                         (size_t)(end - text) - 28), TLSN_OK);
    /* PrivateKeyInfo with the curve, ECPrivateKey with 32 octets and the point, minimal lengths */
    assert_true(holds(der, body, "3081930201003013" EC P256 "047930770201010420" ZEROS_31 "01"
                                 "a00a" P256));
    assert_true(holds(der, body, "a144034200" "04" G_X G_Y));
    assert_int_equal(body, 150);
    REQ("5915:3/3");
    REQ("5915:3/5");
    REQ("5915:4/1");
    REQ("7468:10/1");
}

/* ---- text ---- */

static void pem_is_written_in_its_strict_form(void **state)
{
    static const char expected[] =
        "-----BEGIN X-----\n"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
        "AAA=\n"
        "-----END X-----\n";
    static const uint8_t zeros[50];
    char text[256];
    size_t len;

    (void)state;
    assert_int_equal(tlsn_pem_write("X", zeros, sizeof zeros, text, sizeof text, &len), TLSN_OK);
    assert_int_equal(len, sizeof expected - 1);
    assert_string_equal(text, expected);
    REQ("7468:2/6");
    REQ("7468:2/7");
    REQ("7468:2/8");
    REQ("7468:3/1");
}

/* The lines end with LF, CRLF or CR; what is inside has to be a certificate. */
static void pem_certificates_of_all_line_ends_are_read(void **state)
{
    static const char *const ends[] = { "\n", "\r\n", "\r" };
    char text[4096], bent[8192];
    struct x509_made made;
    size_t len, added, refused;
    tlsn_trust *trust;

    (void)state;
    x509_make(&made, &root_spec, NULL);
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    for (unsigned i = 0; i < 6; i++) {
        char *to = bent;

        if (i == 3)
            made.der[0] = 0x31; /* no certificate any more */
        assert_int_equal(tlsn_pem_write("CERTIFICATE", made.der, made.len, text, sizeof text, &len),
                         TLSN_OK);
        for (const char *p = text; *p; p++)
            to += *p == '\n' ? snprintf(to, 3, "%s", ends[i % 3]) : snprintf(to, 2, "%c", *p);
        assert_int_equal(tlsn_trust_add(trust, bent, (size_t)(to - bent), &added, &refused),
                         TLSN_OK);
        assert_int_equal(refused, i >= 3);
        assert_int_equal(tlsn_trust_count(trust), 1);
    }
    tlsn_trust_free(trust);
    REQ("7468:2/3");
    REQ("7468:5.1/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cert_with_two_signature_algorithms_is_refused),
        cmocka_unit_test(cert_of_any_version_is_parsed),
        cmocka_unit_test(cert_serial_zero_or_negative_does_no_harm),
        cmocka_unit_test(names_with_every_attribute_are_received),
        cmocka_unit_test(subject_names_no_service),
        cmocka_unit_test(signature_covers_the_whole_of_the_certificate),
        cmocka_unit_test(issuer_name_has_to_be_the_subject_above),
        cmocka_unit_test(verdict_follows_from_its_inputs),
        cmocka_unit_test(extensions_count_whether_critical_or_not),
        cmocka_unit_test(extension_critical_but_not_processed_is_refused),
        cmocka_unit_test(issuer_of_version_1_or_2_is_refused),
        cmocka_unit_test(writer_of_authorities_keeps_the_profile),
        cmocka_unit_test(writer_of_leaves_keeps_the_profile),
        cmocka_unit_test(ec_key_needs_a_named_curve),
        cmocka_unit_test(ec_point_has_a_form_that_is_known),
        cmocka_unit_test(eddsa_identifiers_have_no_parameters),
        cmocka_unit_test(ec_private_key_is_version_1),
        cmocka_unit_test(ec_private_key_is_written_in_full),
        cmocka_unit_test(pem_is_written_in_its_strict_form),
        cmocka_unit_test(pem_certificates_of_all_line_ends_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
