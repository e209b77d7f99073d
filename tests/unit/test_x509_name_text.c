#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "support_vectors.h"
#include "support_x509.h"
#include "x509/der_write.h"
#include "x509/name.h"
#include "x509/name_text.h"

/* Names as text. Examples are those of RFC 4514 4; the openssl command reads and writes the same ones. */

struct name {
    uint8_t der[1024];
    size_t len;
};

static tlsn_status written(struct name *n, const char *text)
{
    struct tlsni_wr w = tlsni_wr_make(n->der, sizeof n->der);
    tlsn_status st = tlsni_name_write(&w, text);

    n->len = w.len;
    return st;
}

static void assert_printed(const char *hex, const char *text)
{
    char out[512];
    struct name n;

    n.len = vec_unhex(hex, n.der, sizeof n.der);
    assert_true(tlsni_name_sound(tlsni_span_make(n.der, n.len)));
    tlsni_name_print(out, sizeof out, tlsni_span_make(n.der, n.len));
    assert_string_equal(out, text);
}

/* Text to DER and back to the same text. */
static void names_come_back_as_they_were(void **state)
{
    static const char *const texts[] = {
        "UID=jsmith,DC=example,DC=net",
        "CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net",
        "CN=Before\\0DAfter,DC=example,DC=net",
        "1.3.6.1.4.1.1466.0=#04024869",
        "CN=Lu\xc4\x8di\xc4\x87",
        "CN=\\ a\\ ,O=\\#1 a#b",
        "CN=a\\+b\\;c\\<d\\>e\\=f\\\\g",
        "O=\xe6\x97\xa5\xe6\x9c\xac",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char out[256];
        struct name n;

        assert_int_equal(written(&n, texts[i]), TLSN_OK);
        tlsni_name_print(out, sizeof out, tlsni_span_make(n.der, n.len));
        assert_string_equal(out, texts[i]);
    }
}

/* "CN=a0" and further ones behind it, count in all. */
static void parts(char *text, size_t cap, unsigned count)
{
    size_t len = (size_t)snprintf(text, cap, "CN=a0");

    for (unsigned i = 1; i < count; i++)
        len += (size_t)snprintf(text + len, cap - len, ",OU=u%u", i);
    assert_true(len < cap);
}

static void name_of_too_many_parts_is_refused_and_never_cut(void **state)
{
    char text[512];
    struct name n;

    (void)state;
    parts(text, sizeof text, 32);
    assert_int_equal(written(&n, text), TLSN_OK);
    parts(text, sizeof text, 33);
    assert_int_equal(written(&n, text), TLSN_ERR_ARGUMENT);
}

/* A name of 33 parts, of which those next to its holder are shown. */
static void text_of_too_many_parts_begins_with_the_first(void **state)
{
    static uint8_t twice[2048];
    struct tlsni_wr w = tlsni_wr_make(twice, sizeof twice);
    struct tlsni_rd contents;
    char text[512], out[2048];
    struct name n;
    size_t mark;

    (void)state;
    parts(text, sizeof text, 32);
    assert_int_equal(written(&n, text), TLSN_OK);
    contents = tlsni_der_open_span(tlsni_span_make(n.der, n.len), TLSNI_DER_SEQUENCE);
    mark = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_wr_put(&w, contents.p, tlsni_rd_left(&contents));
    assert_int_equal(written(&n, "CN=leaf"), TLSN_OK);
    contents = tlsni_der_open_span(tlsni_span_make(n.der, n.len), TLSNI_DER_SEQUENCE);
    tlsni_wr_put(&w, contents.p, tlsni_rd_left(&contents));
    tlsni_dw_close(&w, mark);
    assert_false(w.bad);
    tlsni_name_print(out, sizeof out, tlsni_span_make(twice, w.len));
    assert_memory_equal(out, "CN=leaf,CN=a0,OU=u1,", 20);
}

static void other_spellings_are_the_same_name(void **state)
{
    static const char *const pairs[][2] = {
        { "CN=Lu\\C4\\8Di\\C4\\87", "CN=Lu\xc4\x8di\xc4\x87" },
        { "cn=a, o=b", "CN=a,O=b" },
        { "CN=\\41\\2c", "CN=A\\," },
        { "CN=#0c0161", "CN=a" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct name a, b;

        assert_int_equal(written(&a, pairs[i][0]), TLSN_OK);
        assert_int_equal(written(&b, pairs[i][1]), TLSN_OK);
        assert_int_equal(a.len, b.len);
        assert_memory_equal(a.der, b.der, a.len);
    }
}

static void texts_that_are_no_names_are_refused(void **state)
{
    static const char *const bad[] = {
        "a", "CN=", "=a", "CN=a,", "XY=a", "1.2.3=a", "1.2.3=#", "1.2.3=#04", "1.2.3=#040", "CN=#0c0261",
        "CN=#0c0161zz", "CN=a\\", "CN=a\\q", "CN=a\\4", "CN=\\C4", "CN=\xff", "CN=a+O=b", "CN=\"a\"",
        "1.=#0500", "9.9=#0500", "DC=\xc3\xbc", "C=\xc3\xbc",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct name n;

        if (written(&n, bad[i]) != TLSN_ERR_ARGUMENT)
            fail_msg("%s", bad[i]);
    }
}

/* Every string type is shown by its characters; what is no string, or has no keyword, in hex. */
static void values_of_every_type_are_printed(void **state)
{
    (void)state;
    assert_printed("300d310b3009060355040313024142", "CN=AB");                /* PrintableString */
    assert_printed("300d310b300906035504031402e441", "CN=\xc3\xa4" "A");      /* T61String */
    assert_printed("300f310d300b06035504031e0401420041", "CN=\xc5\x82" "A");  /* BMPString */
    assert_printed("300f310d300b06035504031c040001f600", "CN=\xf0\x9f\x98\x80"); /* UniversalString */
    assert_printed("300f310d300b06035504031c0400110000", "CN=#1C0400110000"); /* and none */
    assert_printed("300d310b300906035504030c02c328", "CN=#0C02C328");         /* no UTF-8 */
    assert_printed("300c310a30080603550403020105", "CN=#020105");
    assert_printed("300b310930070602550c0c0161", "2.5.12=#0C0161") ;
    /* an identifier that is known, but no attribute */
    assert_printed("300c310a30080603551d0f0c0161", "2.5.29.15=#0C0161");
    /* RFC 4514 4: two attributes in one RDN */
    assert_printed("3015311330080603550403" "0c0161" "3007060355040b" "0c00", "CN=a+OU=");
}

/* CSI of terminals that understand 8 bits, marks of direction, an invisible space. */
static void hidden_characters_are_printed_in_hex(void **state)
{
    assert_printed("300f310d300b06035504030c0461c29b6d", "CN=a\\C2\\9Bm");
    assert_printed("3010310e300c06035504030c0561e280ae62", "CN=a\\E2\\80\\AEb");
    assert_printed("300f310d300b06035504030c04e2808b62", "CN=\\E2\\80\\8Bb");
    assert_printed("300d310b300906035504030c021b5b", "CN=\\1B[");
    (void)state;
}

/* Cut between characters, with the NUL in its place. */
static void text_is_cut_to_fit(void **state)
{
    struct name n;
    char out[16];

    (void)state;
    assert_int_equal(written(&n, "CN=\xc3\xbc\xc3\xbc\\,b"), TLSN_OK);
    for (size_t cap = 1; cap <= sizeof out; cap++) {
        static const char *const cut[] = { "", "", "C", "CN", "CN=", "CN=", "CN=\xc3\xbc", "CN=\xc3\xbc",
                                           "CN=\xc3\xbc\xc3\xbc", "CN=\xc3\xbc\xc3\xbc",
                                           "CN=\xc3\xbc\xc3\xbc\\,", "CN=\xc3\xbc\xc3\xbc\\,b" };

        memset(out, 'x', sizeof out);
        tlsni_name_print(out, cap, tlsni_span_make(n.der, n.len));
        assert_string_equal(out, cut[cap < 11 ? cap : 11]);
    }
}

/* What openssl writes into a certificate is shown here as it shows it itself. */
static void openssl_shows_the_same_names(void **state)
{
    static const char *const subjects[] = {
        "/DC=net/DC=example/CN=James \"Jim\" Smith, III", "/O= a /CN=#1", "/CN=a+b=c;d<e>f\\\\g",
        "/C=DE/L=M\xc3\xbcnchen/O=\xe6\x97\xa5\xe6\x9c\xac/CN=Lu\xc4\x8di\xc4\x87",
    };

    (void)state;
    if (!peer_there())
        skip();
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        struct tlsn_cert_info info;
        char command[512], shown[512];
        uint8_t der[4096];
        size_t len;

        (void)snprintf(command, sizeof command,
                       "req -x509 -utf8 -newkey rsa:2048 -nodes -keyout k -subj '%s' -outform DER -out der",
                       subjects[i]);
        assert_true(peer_openssl(command));
        len = peer_read("der", der, sizeof der);
        assert_int_equal(tlsn_cert_describe(tlsni_span_make(der, len), &info), TLSN_OK);
        assert_true(peer_openssl("x509 -inform DER -in der -noout -subject "
                                 "-nameopt RFC2253,-esc_msb,utf8"));
        len = peer_read("out", shown, sizeof shown - 1);
        shown[len] = 0;
        *strchr(shown, '\n') = 0;
        assert_true(strncmp(shown, "subject=", 8) == 0);
        assert_string_equal(info.subject, shown + 8);
    }
    peer_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_come_back_as_they_were),
        cmocka_unit_test(name_of_too_many_parts_is_refused_and_never_cut),
        cmocka_unit_test(text_of_too_many_parts_begins_with_the_first),
        cmocka_unit_test(other_spellings_are_the_same_name),
        cmocka_unit_test(texts_that_are_no_names_are_refused),
        cmocka_unit_test(values_of_every_type_are_printed),
        cmocka_unit_test(hidden_characters_are_printed_in_hex),
        cmocka_unit_test(text_is_cut_to_fit),
        cmocka_unit_test(openssl_shows_the_same_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
