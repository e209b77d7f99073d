/* OID filters against extensions of certificates (RFC 8446 4.2.5). The extensions are written by hand, from RFC 5280
 * 4.2.1.3 and 4.2.1.12. */
#include "x509/oid_filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "req.h"
#include "support_vectors.h"

#define KU "0603551d0f"
#define EKU "0603551d25"
#define SIGN "03020780"       /* digitalSignature */
#define SIGN_AND_CA "03020284" /* and keyCertSign */
#define CLIENT "06082b06010505070302"
#define SERVER "06082b06010505070301"
#define MAIL "06082b06010505070304"
#define ANY "0604551d2500"

/* Filters of hexadecimal digits: identifier, values, in pairs up to NULL. */
static struct tlsn_span filters(const char *const *pairs)
{
    static uint8_t list[8192];
    struct tlsni_wr w = tlsni_wr_make(list, sizeof list);
    uint8_t item[128];

    for (; *pairs; pairs += 2) {
        tlsni_wr_vec(&w, 1, tlsni_span_make(item, vec_unhex(pairs[0], item, sizeof item)));
        tlsni_wr_vec(&w, 2, tlsni_span_make(item, vec_unhex(pairs[1], item, sizeof item)));
    }
    assert_false(w.bad);
    return tlsni_span_make(list, w.len);
}

#define LIST(...) filters((const char *const[]){ __VA_ARGS__, NULL })

/* digitalSignature; clientAuth and emailProtection. */
static struct tlsni_cert certificate(void)
{
    static uint8_t bytes[128];
    static const char text[] = "300e" KU "0101ff0404" SIGN
                               "301d" EKU "04163014" CLIENT MAIL;
    struct tlsni_cert cert = { .extensions = { bytes, vec_unhex(text, bytes, sizeof bytes) } };

    return cert;
}

static void usage_and_purposes_have_to_be_there(void **state)
{
    const struct tlsni_cert cert = certificate();

    (void)state;
    assert_true(tlsni_oid_filters_match(LIST(KU, SIGN), &cert));
    assert_false(tlsni_oid_filters_match(LIST(KU, SIGN_AND_CA), &cert));
    assert_true(tlsni_oid_filters_match(LIST(KU, ""), &cert));
    assert_true(tlsni_oid_filters_match(LIST(EKU, "300a" CLIENT), &cert));
    assert_true(tlsni_oid_filters_match(LIST(EKU, "3014" MAIL CLIENT), &cert));
    assert_false(tlsni_oid_filters_match(LIST(EKU, "300a" SERVER), &cert));
    assert_false(tlsni_oid_filters_match(LIST(EKU, "3014" CLIENT SERVER), &cert));
    assert_false(tlsni_oid_filters_match(LIST(KU, SIGN, EKU, "300a" SERVER), &cert));
    REQ("8446:4.2.5/2");
    REQ("8446:4.2.5/3");
    REQ("8446:4.2.5/4");
}

static void extension_that_is_missing_is_no_match(void **state)
{
    const struct tlsni_cert bare = { 0 };

    (void)state;
    assert_false(tlsni_oid_filters_match(LIST(KU, ""), &bare));
    assert_false(tlsni_oid_filters_match(LIST(EKU, "300a" CLIENT), &bare));
    assert_true(tlsni_oid_filters_match(tlsni_span_make(NULL, 0), &bare));
    REQ("8446:4.2.5/2");
}

static void unknown_extensions_are_passed_over(void **state)
{
    const struct tlsni_cert cert = certificate();

    (void)state;
    assert_true(tlsni_oid_filters_sound(LIST("06032a0304", "ffff", "00", "")));
    assert_true(tlsni_oid_filters_match(LIST("06032a0304", "ffff", "00", ""), &cert));
    REQ("8446:4.2.5/2");
}

static void unsound_lists_are_told(void **state)
{
    struct tlsn_span list = LIST(KU, SIGN, EKU, "300a" CLIENT);

    (void)state;
    assert_true(tlsni_oid_filters_sound(list));
    for (size_t len = 1; len < list.len; len++) /* whole behind the first filter */
        assert_int_equal(tlsni_oid_filters_sound(tlsni_span_make(list.data, len)), len == 12);
    assert_false(tlsni_oid_filters_sound(LIST(KU, SIGN, EKU, "300a" CLIENT, KU, SIGN)));
    assert_false(tlsni_oid_filters_sound(LIST(EKU, "3006" ANY)));
    assert_false(tlsni_oid_filters_sound(LIST(EKU, "3010" CLIENT ANY)));
    assert_false(tlsni_oid_filters_sound(LIST(EKU, "3009" CLIENT)));
    assert_false(tlsni_oid_filters_sound(LIST(KU, "0302")));
    assert_false(tlsni_oid_filters_sound(LIST(KU, SIGN "00")));
    REQ("8446:4.2.5/5");
    REQ("8446:4.2.5/6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usage_and_purposes_have_to_be_there),
        cmocka_unit_test(extension_that_is_missing_is_no_match),
        cmocka_unit_test(unknown_extensions_are_passed_over),
        cmocka_unit_test(unsound_lists_are_told),
    };

    return cmocka_run_group_tests_name("test_x509_oid_filter", tests, NULL, NULL);
}
