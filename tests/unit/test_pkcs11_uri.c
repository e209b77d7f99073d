#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <tls-native/pkcs11.h>

static struct tlsn_pkcs11_uri u;

static tlsn_status parse(const char *text)
{
    return tlsn_pkcs11_uri_parse(&u, text);
}

/* The examples of RFC 7512 3. */
static void uri_examples_of_the_rfc_are_understood(void **state)
{
    static const uint8_t id[] = { 0x69, 0x95, 0x3e, 0x5c, 0xf4, 0xbd, 0xec, 0x91 };

    (void)state;
    assert_int_equal(parse("pkcs11:"), TLSN_OK);
    assert_string_equal(u.token, "");
    assert_true(u.slot_id == -1 && u.library_major == -1 && !u.has_pin_value && !u.id_len);
    assert_int_equal(parse("pkcs11:object=my-pubkey;type=public"), TLSN_OK);
    assert_string_equal(u.object, "my-pubkey");
    assert_string_equal(u.type, "public");
    assert_int_equal(parse("pkcs11:object=my-key;type=private?pin-source=file:/etc/token"),
                     TLSN_OK);
    assert_string_equal(u.pin_source, "file:/etc/token");
    assert_int_equal(parse("pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;"
                           "manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-certificate;"
                           "type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial="
                           "?pin-source=file:/etc/token_pin"), TLSN_OK);
    assert_string_equal(u.token, "The Software PKCS#11 Softtoken");
    assert_string_equal(u.manufacturer, "Snake Oil, Inc.");
    assert_string_equal(u.model, "1.0");
    assert_string_equal(u.serial, "");
    assert_int_equal(u.id_len, sizeof id);
    assert_memory_equal(u.id, id, sizeof id);
    assert_int_equal(parse("pkcs11:object=my-sign-key;type=private?module-name=mypkcs11"), TLSN_OK);
    assert_string_equal(u.module_name, "mypkcs11");
    assert_int_equal(parse("pkcs11:object=my-sign-key;type=private?"
                           "module-path=/mnt/libmypkcs11.so.1"), TLSN_OK);
    assert_string_equal(u.module_path, "/mnt/libmypkcs11.so.1");
    assert_int_equal(parse("pkcs11:token=Software%20PKCS%2311%20softtoken;"
                           "manufacturer=Snake%20Oil,%20Inc.?pin-value=the-pin"), TLSN_OK);
    assert_true(u.has_pin_value);
    assert_string_equal(u.pin_value, "the-pin");
    assert_int_equal(parse("pkcs11:slot-description=Sun%20Metaslot"), TLSN_OK);
    assert_string_equal(u.slot_description, "Sun Metaslot");
    assert_int_equal(parse("pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;"
                           "library-description=Soft%20Token%20Library;library-version=1.23"),
                     TLSN_OK);
    assert_true(u.library_major == 1 && u.library_minor == 23);
    assert_string_equal(u.library_description, "Soft Token Library");
    assert_int_equal(parse("pkcs11:token=My%20token%25%20created%20by%20Joe;library-version=3;"
                           "id=%01%02%03%Ba%dd%Ca%fe%04%05%06"), TLSN_OK);
    assert_string_equal(u.token, "My token% created by Joe");
    assert_true(u.library_major == 3 && u.library_minor == 0 && u.id_len == 10);
    assert_int_equal(parse("pkcs11:token=A%20name%20with%20a%20substring%20%25%3B;object=my-cert;"
                           "type=cert"), TLSN_OK);
    assert_string_equal(u.token, "A name with a substring %;");
    assert_int_equal(parse("pkcs11:token=Name%20with%20a%20small%20A%20with%20acute:%20%C3%A1;"
                           "object=my-cert;type=cert"), TLSN_OK);
    assert_string_equal(u.token, "Name with a small A with acute: \xc3\xa1");
    assert_int_equal(parse("pkcs11:token=my-token;object=my-cert;type=cert;x-vend-aaa=value-a"
                           "?pin-source=file:/etc/token_pin&x-vend-bbb=value-b"), TLSN_OK);
    assert_string_equal(u.object, "my-cert");
}

static void uri_mistakes_are_refused(void **state)
{
    static const char *const wrong[] = {
        "", "pkcs11", "pkcs12:", "http://a", "pkcs11:token", "pkcs11:=x", "pkcs11:token=a;token=b",
        "pkcs11:;", "pkcs11:token=a;", "pkcs11:token=a;;object=b", "pkcs11:unknown=a",
        "pkcs11:pin-value=1", "pkcs11:?token=a", "pkcs11:token=%2", "pkcs11:token=%zz",
        "pkcs11:token=a b", "pkcs11:token=a/b", "pkcs11:token=a?", "pkcs11:token=%00",
        "pkcs11:type=nothing", "pkcs11:slot-id=x", "pkcs11:slot-id=", "pkcs11:slot-id=-1",
        "pkcs11:slot-id=99999999999999999999", "pkcs11:library-version=",
        "pkcs11:library-version=1.", "pkcs11:library-version=1.2.3", "pkcs11:library-version=256",
        "pkcs11:?pin-value=1&pin-value=2", "pkcs11:?pin-value=1&pin-source=/x", "pkcs11:x-=a",
        "pkcs11:token=\xc3\xa1", "pkcs11:?module-path=a#b",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bool empty_query = strcmp(wrong[i], "pkcs11:token=a?") == 0; /* allowed by the grammar */

        if (parse(wrong[i]) != (empty_query ? TLSN_OK : TLSN_ERR_ARGUMENT))
            fail_msg("%s", wrong[i]);
    }
    assert_int_equal(parse(NULL), TLSN_ERR_ARGUMENT);
}

static void uri_lengths_are_bounded(void **state)
{
    char text[1024];
    int n = snprintf(text, sizeof text, "pkcs11:token=");

    (void)state;
    memset(text + n, 'a', 255);
    text[n + 255] = 0;
    assert_int_equal(parse(text), TLSN_OK);
    assert_int_equal(strlen(u.token), 255);
    memset(text + n, 'a', 256);
    text[n + 256] = 0;
    assert_int_equal(parse(text), TLSN_ERR_ARGUMENT);
    n = snprintf(text, sizeof text, "pkcs11:id=");
    memset(text + n, 'a', 128);
    text[n + 128] = 0;
    assert_int_equal(parse(text), TLSN_OK);
    assert_int_equal(u.id_len, 128);
    text[n + 128] = 'a';
    text[n + 129] = 0;
    assert_int_equal(parse(text), TLSN_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uri_examples_of_the_rfc_are_understood),
        cmocka_unit_test(uri_mistakes_are_refused),
        cmocka_unit_test(uri_lengths_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
