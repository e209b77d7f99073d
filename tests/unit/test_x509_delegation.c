#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <tls-native/x509.h>

#include "req.h"
#include "support_x509.h"

/* DelegationUsage of certificates, RFC 9345 4.2. */

#define DELEGATION "00 2b060104018 2da4b2c 0500"

/* The certificate of RFC 9345, appendix B. */
static const char appendix_b[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIFRjCCBMugAwIBAgIQDGevB+lY0o/OecHFSJ6YnTAKBggqhkjOPQQDAzBMMQsw\n"
    "CQYDVQQGEwJVUzEVMBMGA1UEChMMRGlnaUNlcnQgSW5jMSYwJAYDVQQDEx1EaWdp\n"
    "Q2VydCBFQ0MgU2VjdXJlIFNlcnZlciBDQTAeFw0xOTAzMjYwMDAwMDBaFw0yMTAz\n"
    "MzAxMjAwMDBaMGoxCzAJBgNVBAYTAlVTMRMwEQYDVQQIEwpDYWxpZm9ybmlhMRYw\n"
    "FAYDVQQHEw1TYW4gRnJhbmNpc2NvMRkwFwYDVQQKExBDbG91ZGZsYXJlLCBJbmMu\n"
    "MRMwEQYDVQQDEwprYzJrZG0uY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n"
    "d4azI83Bw0fcPgfoeiZpZZnwGuxjBjv++wzE0zAj8vNiUkKxOWSQiGNLn+xlWUpL\n"
    "lw9djRN1rLmVmn2gb9GgdKOCA28wggNrMB8GA1UdIwQYMBaAFKOd5h/52jlPwG7o\n"
    "kcuVpdox4gqfMB0GA1UdDgQWBBSfcb7fS3fUFAyB91fRcwoDPtgtJjAjBgNVHREE\n"
    "HDAaggprYzJrZG0uY29tggwqLmtjMmtkbS5jb20wDgYDVR0PAQH/BAQDAgeAMB0G\n"
    "A1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcDAjBpBgNVHR8EYjBgMC6gLKAqhiho\n"
    "dHRwOi8vY3JsMy5kaWdpY2VydC5jb20vc3NjYS1lY2MtZzEuY3JsMC6gLKAqhiho\n"
    "dHRwOi8vY3JsNC5kaWdpY2VydC5jb20vc3NjYS1lY2MtZzEuY3JsMEwGA1UdIARF\n"
    "MEMwNwYJYIZIAYb9bAEBMCowKAYIKwYBBQUHAgEWHGh0dHBzOi8vd3d3LmRpZ2lj\n"
    "ZXJ0LmNvbS9DUFMwCAYGZ4EMAQICMHsGCCsGAQUFBwEBBG8wbTAkBggrBgEFBQcw\n"
    "AYYYaHR0cDovL29jc3AuZGlnaWNlcnQuY29tMEUGCCsGAQUFBzAChjlodHRwOi8v\n"
    "Y2FjZXJ0cy5kaWdpY2VydC5jb20vRGlnaUNlcnRFQ0NTZWN1cmVTZXJ2ZXJDQS5j\n"
    "cnQwDAYDVR0TAQH/BAIwADAPBgkrBgEEAYLaSywEAgUAMIIBfgYKKwYBBAHWeQIE\n"
    "AgSCAW4EggFqAWgAdgC72d+8H4pxtZOUI5eqkntHOFeVCqtS6BqQlmQ2jh7RhQAA\n"
    "AWm5hYJ5AAAEAwBHMEUCICiGfq+hSThRL2m8H0awoDR8OpnEHNkF0nI6nL5yYL/j\n"
    "AiEAxwebGs/T6Es0YarPzoQJrVZqk+sHH/t+jrSrKd5TDjcAdgCHdb/nWXz4jEOZ\n"
    "X73zbv9WjUdWNv9KtWDBtOr/XqCDDwAAAWm5hYNgAAAEAwBHMEUCIQD9OWA8KGL6\n"
    "bxDKfgIleHJWB0iWieRs88VgJyfAg/aFDgIgQ/OsdSF9XOy1foqge0DTDM2FExuw\n"
    "0JR0AGZWXoNtJzMAdgBElGUusO7Or8RAB9io/ijA2uaCvtjLMbU/0zOWtbaBqAAA\n"
    "AWm5hYHgAAAEAwBHMEUCIQC4vua1n3BqthEqpA/VBTcsNwMtAwpCuac2IhJ9wx6X\n"
    "/AIgb+o00k28JQo9TMpP4vzJ3BD3HXWSNc2Zizbq7mkUQYMwCgYIKoZIzj0EAwMD\n"
    "aQAwZgIxAJsX7d0SuA8ddf/m7IWfNfs3MQfJyGkEezMJX1t6sRso5z50SS12LpXe\n"
    "muGa1FE2ZgIxAL+CDUF5pz7mhrAEIjQ1MqlpF9tH40dJGvYZZQ3W23cMzSkDfvlt\n"
    "y5S4RfWHIIPjbw==\n"
    "-----END CERTIFICATE-----\n";

static tlsn_status look(void *ctx, struct tlsn_span der)
{
    struct tlsni_cert *cert = ctx;
    struct tlsn_cert_info info;

    assert_int_equal(tlsni_cert_parse(cert, der, NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_describe(der, &info), TLSN_OK);
    assert_true(info.delegation_usage);
    assert_string_equal(info.key, "EC secp256r1");
    assert_int_equal(tlsn_cert_remarks(der, NULL, 0), 0);
    return TLSN_OK;
}

static void certificate_of_appendix_b_may_delegate(void **state)
{
    struct tlsni_cert cert;

    (void)state;
    assert_int_equal(tlsn_pem_each(appendix_b, sizeof appendix_b - 1, look, &cert), TLSN_OK);
    assert_true(cert.has & TLSNI_HAS_DELEGATION_USAGE);
    assert_false(cert.has & (TLSNI_HAS_DELEGATION_CRITICAL | TLSNI_HAS_UNKNOWN_CRITICAL));
    assert_true(cert.has & TLSNI_HAS_KEY_USAGE);
    assert_int_equal(cert.key_usage, TLSNI_KU_DIGITAL_SIGNATURE);
    assert_int_equal(cert.not_before, 1553558400); /* 2019-03-26 */
    assert_int_equal(cert.not_after, 1617105600);  /* 2021-03-30 12:00 */
    REQ("9345:B/1");
}

static struct tlsni_cert with_extension(const char *extension)
{
    const struct x509_spec spec = { .subject = "CN=x", .seed = 1,
                                    .extensions = { X509_KU_SIGNATURE, extension } };
    static struct x509_made made;

    x509_make(&made, &spec, NULL);
    return made.cert;
}

static void extension_that_is_no_null_damages_the_certificate(void **state)
{
    static const char *const values[] = { "00 2b0601040182da4b2c 05", "00 2b0601040182da4b2c 050100",
                                          "00 2b0601040182da4b2c 05000500",
                                          "00 2b0601040182da4b2c 3000" };

    (void)state;
    assert_true(with_extension("00 2b0601040182da4b2c 0500").has & TLSNI_HAS_DELEGATION_USAGE);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_int_equal(with_extension(values[i]).der.len, 0);
    REQ("9345:4.2/4");
}

static void critical_extension_is_noted(void **state)
{
    struct tlsni_cert cert = with_extension("ff 2b0601040182da4b2c 0500");

    (void)state;
    assert_true(cert.has & TLSNI_HAS_DELEGATION_USAGE);
    assert_true(cert.has & TLSNI_HAS_DELEGATION_CRITICAL);
    assert_false(cert.has & TLSNI_HAS_UNKNOWN_CRITICAL);
}

static bool remarked(struct tlsn_span der, const char *text)
{
    struct tlsn_remark remarks[24];
    size_t n = tlsn_cert_remarks(der, remarks, 24);

    for (size_t i = 0; i < n && i < 24; i++)
        if (strcmp(remarks[i].text, text) == 0)
            return true;
    return false;
}

static void odd_delegation_is_remarked(void **state)
{
    static const struct {
        const char *usage, *extension, *text;
    } rows[] = {
        { X509_KU_SIGNATURE, "ff 2b0601040182da4b2c 0500", "delegationUsage is critical" },
        { "ff 551d0f 03020520", "00 2b0601040182da4b2c 0500",
          "delegationUsage without digitalSignature" },
        { "ff 551d0f 030205a0", "00 2b0601040182da4b2c 0500",
          "delegationUsage beside keyEncipherment" },
    };
    static struct x509_made made;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct x509_spec spec = { .subject = "CN=x", .seed = 1,
                                        .extensions = { rows[i].usage, rows[i].extension } };

        x509_make(&made, &spec, NULL);
        assert_true(remarked(x509_span(&made), rows[i].text));
    }
    REQ("9345:7.6/1");
}

/* What the writer makes, before its own reader and before the openssl command. */
static void written_certificate_has_the_extension(void **state)
{
    static const char *const kinds[] = { "rsa:2048", "ec:P-256", "ed25519" };
    const struct tlsn_cert_spec spec = { .subject = "CN=x", .delegation_usage = true };
    struct tlsni_cert cert;
    uint8_t der[4096];
    char text[16384];
    tlsn_key *key;
    size_t len;

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        assert_int_equal(tlsn_key_generate(&key, kinds[i], NULL), TLSN_OK);
        assert_int_equal(tlsn_cert_issue(&spec, key, (struct tlsn_span){ NULL, 0 }, key, NULL, der,
                                         sizeof der, &len), TLSN_OK);
        tlsn_key_free(key);
        assert_int_equal(tlsni_cert_parse(&cert, tlsni_span_make(der, len), NULL), TLSN_OK);
        assert_true(cert.has & TLSNI_HAS_DELEGATION_USAGE);
        assert_false(cert.has & TLSNI_HAS_DELEGATION_CRITICAL);
        assert_int_equal(cert.key_usage, TLSNI_KU_DIGITAL_SIGNATURE);
    }
    if (peer_there()) {
        peer_write("cert", der, len);
        assert_true(peer_openssl("x509 -inform DER -in cert -noout -text"));
        text[peer_read("out", text, sizeof text - 1)] = 0;
        assert_non_null(strstr(text, "1.3.6.1.4.1.44363.44: \n"));
    }
    REQ("9345:4.2/1");
}

static void authority_does_not_get_the_extension(void **state)
{
    const struct tlsn_cert_spec spec = { .subject = "CN=x", .ca = true, .path_len = -1,
                                         .delegation_usage = true };
    struct tlsni_cert cert;
    uint8_t der[4096];
    tlsn_key *key;
    size_t len;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ec:P-256", NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&spec, key, (struct tlsn_span){ NULL, 0 }, key, NULL, der,
                                     sizeof der, &len), TLSN_OK);
    tlsn_key_free(key);
    assert_int_equal(tlsni_cert_parse(&cert, tlsni_span_make(der, len), NULL), TLSN_OK);
    assert_false(cert.has & TLSNI_HAS_DELEGATION_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_of_appendix_b_may_delegate),
        cmocka_unit_test(extension_that_is_no_null_damages_the_certificate),
        cmocka_unit_test(critical_extension_is_noted),
        cmocka_unit_test(odd_delegation_is_remarked),
        cmocka_unit_test(written_certificate_has_the_extension),
        cmocka_unit_test(authority_does_not_get_the_extension),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    peer_clean();
    return failed;
}
