#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "support_x509.h"
#include <tls-native/x509.h>

static bool remarked(const struct x509_spec *spec, const char *what)
{
    static struct x509_made made;
    struct tlsn_remark remarks[20];
    size_t n;

    x509_make(&made, spec, NULL);
    n = tlsn_cert_remarks(x509_span(&made), remarks, 20);
    for (size_t i = 0; i < n && i < 20; i++)
        if (strcmp(remarks[i].text, what) == 0)
            return true;
    return false;
}

static void certificate_in_order_has_no_remarks(void **state)
{
    const struct x509_spec root = {
        .subject = "CN=Root", .seed = 1,
        .extensions = { X509_CA, X509_KU_CERT_SIGN, "00 551d0e 040107" },
    };
    static struct x509_made made;

    (void)state;
    x509_make(&made, &root, NULL);
    assert_int_equal(tlsn_cert_remarks(x509_span(&made), NULL, 0), 0);
    assert_int_equal(tlsn_cert_remarks((struct tlsn_span){ made.der, 3 }, NULL, 0), 0);
}

static void certificate_that_breaks_a_rule_is_remarked(void **state)
{
    static const struct {
        struct x509_spec spec;
        const char *what;
    } rows[] = {
        { { .subject = "CN=x", .seed = 1, .version = 1 }, "not of version 3" },
        { { .subject = "", .seed = 1, .extensions = { X509_SAN_A_EXAMPLE } },
          "without subject, and no critical subjectAltName" },
        { { .subject = "CN=x", .seed = 1,
            .extensions = { "ff 551d11 300b8209612e6578616d706c65" } },
          "subjectAltName is critical beside a subject" },
        { { .subject = "CN=x", .seed = 1, .extensions = { X509_CA } },
          "an authority without subject key identifier" },
        { { .subject = "CN=x", .seed = 1, .extensions = { X509_CA } },
          "an authority whose key usage lacks keyCertSign" },
        { { .subject = "CN=x", .seed = 1, .extensions = { X509_KU_CERT_SIGN } },
          "keyCertSign without cA" },
        { { .subject = "CN=x", .seed = 1, .extensions = { "ff 551d0e 040107" } },
          "a key identifier is critical" },
        { { .subject = "CN=x", .issuer = "CN=y", .seed = 1, .extensions = { X509_SAN_A_EXAMPLE } },
          "no authority key identifier" },
        { { .subject = "CN=x", .seed = 1, .not_before = X509_NOW, .not_after = X509_BEGIN },
          "it ends before it begins" },
        { { .subject = "CN=x", .seed = 1, .extensions = { "ff 2a0304 0500" } },
          "a critical extension is unknown: nobody will accept it" },
        { { .subject = "CN=x", .seed = 1, .extensions = { "00 551d1e 3009a00730058203612e62" } },
          "name constraints are not critical" },
        { { .subject = "CN=x", .seed = 1, .extensions = { "00 551d1e 3009a00730058203612e62" } },
          "name constraints without cA" },
    };
    const struct x509_spec plain = { .subject = "CN=x", .seed = 1,
                                     .extensions = { X509_SAN_A_EXAMPLE } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!remarked(&rows[i].spec, rows[i].what))
            fail_msg("%s", rows[i].what);
        assert_false(remarked(&plain, rows[i].what));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_in_order_has_no_remarks),
        cmocka_unit_test(certificate_that_breaks_a_rule_is_remarked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
