#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "support_x509.h"
#include "x509/pin.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* SHA-256 of nothing (FIPS 180-4 test files), in base64 as `base64` prints it. */
static void pin_texts_are_read(void **state)
{
    static const struct {
        const char *text;
        enum tlsn_pin_of of;
    } good[] = {
        { "sha256:" HEX, TLSN_PIN_KEY },
        { "cert-sha256:" HEX, TLSN_PIN_CERTIFICATE },
        { "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", TLSN_PIN_KEY },
        { "cert-sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", TLSN_PIN_CERTIFICATE },
        { "sha256:E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:"
          "78:52:B8:55", TLSN_PIN_KEY },
    };
    static const char *const bad[] = {
        "", "sha256:", "sha256//", HEX, "sha1:" HEX, "sha256:" HEX "00", "sha256:x" HEX, "cert-" HEX,
        "sha256:" HEX ":", "sha256::" HEX, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c",
        "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF==",
        "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=A",
        "sha256// 7DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    };
    enum tlsn_pin_of of;
    uint8_t sha256[32];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        memset(sha256, 0, sizeof sha256);
        assert_int_equal(tlsn_pin_read(good[i].text, &of, sha256), TLSN_OK);
        assert_int_equal(of, good[i].of);
        assert_int_equal(sha256[0], 0xe3);
        assert_int_equal(sha256[31], 0x55);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(tlsn_pin_read(bad[i], &of, sha256), TLSN_ERR_ARGUMENT);
}

static void pins_name_certificates_and_keys_apart(void **state)
{
    const struct x509_spec spec = { .subject = "CN=a", .seed = 1 }, other = { .subject = "CN=b", .seed = 1 };
    struct tlsni_buf pins = { 0 };
    struct x509_made a, b;
    uint8_t key[32], cert[32];

    (void)state;
    x509_make(&a, &spec, NULL);
    x509_make(&b, &other, NULL);
    assert_int_equal(tlsn_cert_fingerprint(x509_span(&a), TLSN_PIN_KEY, key), TLSN_OK);
    assert_int_equal(tlsn_cert_fingerprint(x509_span(&a), TLSN_PIN_CERTIFICATE, cert), TLSN_OK);
    assert_false(tlsni_pins_name(&pins, &a.cert));
    /* a hash of the other kind is another pin */
    assert_int_equal(tlsni_pin_add(NULL, &pins, TLSN_PIN_KEY, cert), TLSN_OK);
    assert_int_equal(tlsni_pin_add(NULL, &pins, TLSN_PIN_CERTIFICATE, key), TLSN_OK);
    assert_false(tlsni_pins_name(&pins, &a.cert));
    assert_int_equal(tlsni_pin_add(NULL, &pins, TLSN_PIN_CERTIFICATE, cert), TLSN_OK);
    assert_int_equal(tlsni_pin_add(NULL, &pins, TLSN_PIN_CERTIFICATE, cert), TLSN_OK);
    assert_int_equal(tlsni_pin_count(&pins), 3);
    assert_true(tlsni_pins_name(&pins, &a.cert));
    assert_false(tlsni_pins_name(&pins, &b.cert));
    assert_false(tlsni_pins_name_key(&pins, a.cert.spki));
    assert_int_equal(tlsni_pin_add(NULL, &pins, TLSN_PIN_KEY, key), TLSN_OK);
    assert_true(tlsni_pins_name(&pins, &b.cert));
    assert_true(tlsni_pins_name_key(&pins, b.cert.spki));
    assert_int_equal(tlsni_pin_add(NULL, &pins, TLSN_PIN_KEY, NULL), TLSN_ERR_ARGUMENT);
    tlsni_buf_free(NULL, &pins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pin_texts_are_read),
        cmocka_unit_test(pins_name_certificates_and_keys_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
