#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <tls-native/pkcs11.h>

#include "req.h"

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
    assert_true(u.slot_id == -1 && u.library_major == -1 && !u.present && !u.unknown && !u.id_len);
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
    assert_true(tlsn_pkcs11_uri_has(&u, TLSN_PKCS11_SERIAL));
    assert_false(tlsn_pkcs11_uri_has(&u, TLSN_PKCS11_LIBRARY_VERSION));
    assert_int_equal(u.id_len, sizeof id);
    assert_memory_equal(u.id, id, sizeof id);
    assert_int_equal(parse("pkcs11:object=my-sign-key;type=private?module-name=mypkcs11"), TLSN_OK);
    assert_string_equal(u.module_name, "mypkcs11");
    assert_int_equal(parse("pkcs11:object=my-sign-key;type=private?"
                           "module-path=/mnt/libmypkcs11.so.1"), TLSN_OK);
    assert_string_equal(u.module_path, "/mnt/libmypkcs11.so.1");
    assert_int_equal(parse("pkcs11:token=Software%20PKCS%2311%20softtoken;"
                           "manufacturer=Snake%20Oil,%20Inc.?pin-value=the-pin"), TLSN_OK);
    assert_true(tlsn_pkcs11_uri_has(&u, TLSN_PKCS11_PIN_VALUE));
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
    /* the example itself has 34 octets, and no label has that many (2.3) */
    assert_int_equal(parse("pkcs11:token=Name%20with%20a%20small%20A%20with%20acute:%20%C3%A1;"
                           "object=my-cert;type=cert"), TLSN_ERR_ARGUMENT);
    assert_int_equal(parse("pkcs11:token=a%20small%20A%20with%20acute:%20%C3%A1;"
                           "object=my-cert;type=cert"), TLSN_OK);
    assert_string_equal(u.token, "a small A with acute: \xc3\xa1");
    assert_int_equal(parse("pkcs11:token=my-token;object=my-cert;type=cert;vendor-aaa=value-a"
                           "?pin-source=file:/etc/token_pin&vendor-bbb=value-b"), TLSN_OK);
    assert_string_equal(u.object, "my-cert");
    assert_string_equal(u.pin_source, "file:/etc/token_pin");
    assert_true(u.unknown);
    REQ("7512:2.3/1");
    REQ("7512:2.3/2");
    REQ("7512:2.3/10");
    REQ("7512:2.3/14");
    REQ("7512:3/3");
    REQ("7512:3/4");
    REQ("7512:3/6");
}

/* What was not of the table before PKCS #11 2.20 had it is of no use here; in a query it does no harm. */
static void uri_with_unknown_attributes_says_so(void **state)
{
    (void)state;
    assert_int_equal(parse("pkcs11:token=a?vendor=1&vendor=1&vendor=2&x-y_z=%20"), TLSN_OK);
    assert_false(u.unknown);
    assert_int_equal(parse("pkcs11:token=a;vendor=1;Token=2"), TLSN_OK);
    assert_true(u.unknown);
    assert_int_equal(parse("pkcs11:vendor=1;token=a;vendor=1"), TLSN_ERR_ARGUMENT);
    assert_int_equal(parse("pkcs11:vendor=1;token=a;vendor=2"), TLSN_ERR_ARGUMENT);
    assert_int_equal(parse("pkcs11:vendor=%zz"), TLSN_ERR_ARGUMENT);
    assert_int_equal(parse("pkcs11:?vendor=a#b"), TLSN_ERR_ARGUMENT);
    assert_int_equal(parse("pkcs11:ven.dor=1"), TLSN_ERR_ARGUMENT);
    REQ("7512:2.3/12");
    REQ("7512:2.5/3");
}

/* Those of the one part are no attributes of a vendor in the other. */
static void uri_attributes_in_the_wrong_part_are_refused(void **state)
{
    static const char *const path[] = { "token", "manufacturer", "serial", "model", "object", "id",
                                        "library-manufacturer", "library-description",
                                        "slot-manufacturer", "slot-description" };
    static const char *const query[] = { "pin-source", "pin-value", "module-name", "module-path" };
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        (void)snprintf(text, sizeof text, "pkcs11:%s=1", path[i]);
        assert_int_equal(parse(text), TLSN_OK);
        (void)snprintf(text, sizeof text, "pkcs11:?%s=1", path[i]);
        assert_int_equal(parse(text), TLSN_ERR_ARGUMENT);
    }
    for (size_t i = 0; i < sizeof query / sizeof *query; i++) {
        (void)snprintf(text, sizeof text, "pkcs11:?%s=/1", query[i]);
        assert_int_equal(parse(text), TLSN_OK);
        (void)snprintf(text, sizeof text, "pkcs11:%s=1", query[i]);
        assert_int_equal(parse(text), TLSN_ERR_ARGUMENT);
    }
    REQ("7512:2.3/3");
}

static void uri_mistakes_are_refused(void **state)
{
    static const char *const wrong[] = {
        "", "pkcs11", "pkcs12:", "http://a", "pkcs11:token", "pkcs11:=x", "pkcs11:token=a;token=b",
        "pkcs11:;", "pkcs11:token=a;", "pkcs11:token=a;;object=b", "pkcs11:type=",
        "pkcs11:pin-value=1", "pkcs11:?token=a", "pkcs11:token=%2", "pkcs11:token=%zz",
        "pkcs11:token=a b", "pkcs11:token=a/b", "pkcs11:token=a?", "pkcs11:token=%00",
        "pkcs11:type=nothing", "pkcs11:slot-id=x", "pkcs11:slot-id=", "pkcs11:slot-id=-1",
        "pkcs11:slot-id=99999999999999999999", "pkcs11:library-version=",
        "pkcs11:library-version=1.", "pkcs11:library-version=1.2.3", "pkcs11:library-version=256",
        "pkcs11:?pin-value=1&pin-value=2", "pkcs11:?pin-value=1&pin-source=/x",
        "pkcs11:?pin-source=&pin-value=", "pkcs11:?module-name=a&module-name=a",
        "pkcs11:?module-path=/a&module-path=/b", "pkcs11:?module-path=lib/a.so",
        "pkcs11:?module-path=", "pkcs11:id=%01;id=%01", "pkcs11:library-version=.1",
        "pkcs11:library-version=0x1", "pkcs11:library-version=1.256", "pkcs11:token=%ff",
        "pkcs11:serial=%c3%a1", "pkcs11:token=a#b", "pkcs11:token=a/b", "pkcs11:?pin-value=a;#",
        "pkcs11:token=a&;b", "pkcs11:?", "pkcs11:?&",
        "pkcs11:token=\xc3\xa1", "pkcs11:?module-path=a#b",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bool empty_query = strcmp(wrong[i], "pkcs11:token=a?") == 0 || /* allowed by the grammar */
                           strcmp(wrong[i], "pkcs11:?") == 0;

        if (parse(wrong[i]) != (empty_query ? TLSN_OK : TLSN_ERR_ARGUMENT))
            fail_msg("%s", wrong[i]);
    }
    assert_int_equal(parse(NULL), TLSN_ERR_ARGUMENT);
    REQ("7512:2.3/8");
    REQ("7512:2.3/11");
    REQ("7512:2.3/15");
    REQ("7512:2.3/16");
    REQ("7512:2.4/4");
    REQ("7512:2.4/9");
    REQ("7512:2.4/13");
}

/* Where each delimiter may stand as it is, and where it is something else. */
static void uri_delimiters_have_their_places(void **state)
{
    (void)state;
    assert_int_equal(parse("pkcs11:token=a%2Fb%3Fc%3Bd&e:[]@!$'()*+,="), TLSN_OK);
    assert_string_equal(u.token, "a/b?c;d&e:[]@!$'()*+,=");
    assert_int_equal(parse("pkcs11:token=a/b"), TLSN_ERR_ARGUMENT);
    assert_int_equal(parse("pkcs11:token=a;b"), TLSN_ERR_ARGUMENT);
    assert_int_equal(parse("pkcs11:token=a?b"), TLSN_ERR_ARGUMENT);
    assert_int_equal(parse("pkcs11:token=a?pin-value=b/c?d|e%26f"), TLSN_OK);
    assert_string_equal(u.token, "a");
    assert_string_equal(u.pin_value, "b/c?d|e&f");
    assert_int_equal(parse("pkcs11:?pin-value=b&f"), TLSN_ERR_ARGUMENT);
    assert_int_equal(parse("pkcs11:?pin-value=b&vendor=f"), TLSN_OK);
    assert_string_equal(u.pin_value, "b");
    REQ("7512:2.3/6");
    REQ("7512:2.3/7");
    REQ("7512:2.3/9");
    REQ("7512:2.4/5");
    REQ("7512:3/2");
    REQ("7512:3/5");
}

/* A value of so many octets. */
static tlsn_status parse_length(const char *name, size_t len)
{
    char text[1024];
    int n = snprintf(text, sizeof text, "pkcs11:%s=", name);

    memset(text + n, 'a', len);
    text[(size_t)n + len] = 0;
    return parse(text);
}

/* The lengths of the structures of PKCS #11 2.20 9.2; labels and ids of objects have none there. */
static void uri_lengths_are_those_of_pkcs11(void **state)
{
    static const struct {
        const char *name;
        size_t max;
    } rows[] = {
        { "token", 32 }, { "manufacturer", 32 }, { "model", 16 }, { "serial", 16 },
        { "library-manufacturer", 32 }, { "library-description", 32 }, { "slot-description", 64 },
        { "slot-manufacturer", 32 }, { "object", 255 }, { "id", 128 }, { "?pin-value", 255 },
        { "?module-name", 255 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(parse_length(rows[i].name, rows[i].max), TLSN_OK);
        assert_int_equal(parse_length(rows[i].name, rows[i].max + 1), TLSN_ERR_ARGUMENT);
        assert_int_equal(parse_length(rows[i].name, 0), TLSN_OK);
    }
    REQ("7512:2.3/5");
}

/* ---- comparison, RFC 7512 2.6 ---- */

static void uris_that_differ_in_writing_alone_are_equal(void **state)
{
    static const struct {
        const char *claim, *a, *b;
    } pairs[] = {
        { "7512:2.6/1", "pkcs11:token=a;vendor=1", "pkcs11:token=a;vendor=1" },
        { "7512:2.6/2", "pkcs11:token=a;object=b;type=cert", "PKCS11:type=cert;token=a;object=b" },
        { "7512:2.6/2", "pkcs11:?a=1&a=2&module-name=x", "pkcs11:?a=2&module-name=x&a=1" },
        { "7512:2.6/3", "pkcs11:token=%41%2Db%7e", "pkcs11:token=A-b~" },
        { "7512:2.6/3", "pkcs11:token=a%3b%c3%a1", "pkcs11:token=a%3B%C3%A1" },
        { "7512:2.6/3", "pkcs11:?module-name=%6d", "pkcs11:?module-name=m" },
        { "7512:2.6/4", "pkcs11:id=%01%2c%ba", "pkcs11:id=%01,%BA" },
        { "7512:2.6/5", "pkcs11:library-version=1.2", "pkcs11:library-version=01.002" },
        { "7512:2.6/6", "pkcs11:library-version=3", "pkcs11:library-version=3.0" },
        { "7512:2.6/7", "pkcs11:library-version=010", "pkcs11:library-version=10.00" },
        { "7512:2.6/8", "pkcs11:slot-id=7", "pkcs11:slot-id=007" },
        { "7512:2.6/9", "pkcs11:?pin-source=file:/etc/./x/../pin", "pkcs11:?pin-source=FILE:/etc/p%69n" },
        { "7512:2.6/9", "pkcs11:?pin-source=|/bin/./pin", "pkcs11:?pin-source=|/bin/pin" },
        { "7512:2.6/10", "pkcs11:?pin-source=ap%70", "pkcs11:?pin-source=app" },
        { "7512:2.6/11", "pkcs11:?module-path=/a/../b/./c.so", "pkcs11:?module-path=/b/c%2Eso" },
        { "7512:2.6/11", "pkcs11:?module-path=/a/b/..", "pkcs11:?module-path=/a/" },
        { "7512:2.6/12", "pkcs11:vendor=%61%3a", "pkcs11:vendor=a%3A" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (!tlsn_pkcs11_uri_equal(pairs[i].a, pairs[i].b) ||
            !tlsn_pkcs11_uri_equal(pairs[i].b, pairs[i].a))
            fail_msg("%s %s", pairs[i].a, pairs[i].b);
    }
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        req_print(pairs[i].claim);
}

static void uris_that_say_something_else_are_not_equal(void **state)
{
    static const char *const pairs[][2] = {
        { "pkcs11:token=a", "pkcs11:token=A" }, /* case counts */
        { "pkcs11:token=a", "pkcs11:token=a;object=" },
        { "pkcs11:token=a", "pkcs11:token=a?pin-value=" },
        { "pkcs11:token=a%2Cb", "pkcs11:token=a,b" }, /* a reserved character is another one when encoded */
        { "pkcs11:token=a", "pkcs11:token=ab" },
        { "pkcs11:token=", "pkcs11:token=%20" },
        { "pkcs11:id=%01", "pkcs11:id=%01%02" },
        { "pkcs11:id=%01", "pkcs11:id=%02" },
        { "pkcs11:library-version=1.2", "pkcs11:library-version=1.20" },
        { "pkcs11:library-version=1.2", "pkcs11:library-version=2.1" },
        { "pkcs11:slot-id=7", "pkcs11:slot-id=70" },
        { "pkcs11:?module-path=/a/b", "pkcs11:?module-path=/a/./c" },
        { "pkcs11:?pin-source=file:/a", "pkcs11:?pin-source=/a" },
        { "pkcs11:?a=1&a=1", "pkcs11:?a=1" },
        { "pkcs11:?a=1&a=2", "pkcs11:?a=1&a=1" },
        { "pkcs11:a=1", "pkcs11:?a=1" },
        { "pkcs11:;", "pkcs11:;" }, /* none at all */
        { "pkcs11:", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (tlsn_pkcs11_uri_equal(pairs[i][0], pairs[i][1]) ||
            tlsn_pkcs11_uri_equal(pairs[i][1], pairs[i][0]))
            fail_msg("%s %s", pairs[i][0], pairs[i][1] ? pairs[i][1] : "");
    REQ("7512:2.6/2");
    REQ("7512:2.6/3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uri_examples_of_the_rfc_are_understood),
        cmocka_unit_test(uri_mistakes_are_refused),
        cmocka_unit_test(uri_with_unknown_attributes_says_so),
        cmocka_unit_test(uri_attributes_in_the_wrong_part_are_refused),
        cmocka_unit_test(uri_delimiters_have_their_places),
        cmocka_unit_test(uri_lengths_are_those_of_pkcs11),
        cmocka_unit_test(uris_that_differ_in_writing_alone_are_equal),
        cmocka_unit_test(uris_that_say_something_else_are_not_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
