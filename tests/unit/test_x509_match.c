#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "req.h"
#include "support_x509.h"
#include "x509/match.h"

static bool dns(const char *presented, const char *reference)
{
    struct tlsni_reference ref = tlsni_reference_make(reference);

    return tlsni_dns_matches(tlsni_span_make(presented, strlen(presented)), ref.dns);
}

static void dns_equal_names_match_without_case(void **state)
{
    (void)state;
    assert_true(dns("a.example", "a.example"));
    assert_true(dns("A.Example", "a.eXAMPLE"));
    assert_true(dns("xn--bcher-kva.example", "XN--BCHER-KVA.example"));
    assert_false(dns("a.example", "b.example"));
    assert_false(dns("a.example", "x.a.example"));
    assert_false(dns("x.a.example", "a.example"));
    REQ("9525:6.3/1");
    REQ("9525:6.3/2");
    REQ("9525:6.3/4");
    REQ("9549:2.3/1");
    REQ("9549:2.3/2");
    REQ("9525:6.2/2");
}

static void dns_wildcard_stands_for_one_whole_leftmost_label(void **state)
{
    (void)state;
    assert_true(dns("*.a.example", "x.a.example"));
    assert_true(dns("*.A.EXAMPLE", "x.a.example"));
    assert_true(dns("*.a.example", "xn--x.a.example"));
    assert_false(dns("*.a.example", "a.example"));
    assert_false(dns("*.a.example", "x.y.a.example"));
    assert_false(dns("*.a.example", ".a.example"));
    assert_false(dns("x*.a.example", "xy.a.example"));
    assert_false(dns("*x.a.example", "yx.a.example"));
    assert_false(dns("x.*.example", "x.a.example"));
    assert_false(dns("*.*.example", "x.a.example"));
    assert_false(dns("*", "example"));
    assert_false(dns("*.", "x."));
    REQ("9525:6.3/5");
    REQ("9525:6.3/8");
    REQ("9525:6.3/6");
    REQ("9525:6.3/7");
    REQ("9525:6.3/9");
}

static void dns_trailing_dot_of_the_reference_is_dropped(void **state)
{
    (void)state;
    assert_true(dns("a.example", "a.example."));
    assert_false(dns("a.example.", "a.example."));
    assert_false(dns("a.example", "a.example.."));
    assert_false(dns("", ""));
    assert_false(dns("", "."));
}

static void dns_unsound_names_match_nothing(void **state)
{
    static const char nul[] = "a.example\0.evil";
    struct tlsni_reference ref = tlsni_reference_make("a.example");
    char label[70];

    (void)state;
    assert_false(tlsni_dns_matches(tlsni_span_make(nul, sizeof nul - 1), ref.dns));
    assert_false(dns("a..example", "a..example"));
    assert_false(dns(".example", ".example"));
    assert_false(dns("a b.example", "a b.example"));
    assert_false(dns(" ", " "));
    assert_false(dns("b\xc3\xbc.example", "b\xc3\xbc.example"));
    memset(label, 'a', 64);
    label[64] = 0;
    assert_false(dns(label, label));
    label[63] = 0;
    assert_true(dns(label, label));
    REQ("5280:4.2.1.6/3");
    REQ("9525:2/3");
}

static void make_with(struct x509_made *made, const char *san)
{
    const struct x509_spec spec = { .subject = "CN=cn.example", .extensions = { san } };

    x509_make(made, &spec, NULL);
    assert_int_equal(made->cert.version, 3);
}

static void cert_names_and_addresses_do_not_stand_in_for_each_other(void **state)
{
    struct x509_made made;

    (void)state;
    make_with(&made, "00 551d11 30238209612e6578616d706c658704c0000201"
                     "871020010db8000000000000000000000001");
    assert_int_equal(tlsni_cert_matches(&made.cert, "a.example"), TLSN_OK);
    assert_int_equal(tlsni_cert_matches(&made.cert, "192.0.2.1"), TLSN_OK);
    assert_int_equal(tlsni_cert_matches(&made.cert, "2001:db8::1"), TLSN_OK);
    assert_int_equal(tlsni_cert_matches(&made.cert, "2001:DB8:0:0::1"), TLSN_OK);
    assert_int_equal(tlsni_cert_matches(&made.cert, "192.0.2.2"), TLSN_ERR_CERT_NAME);
    assert_int_equal(tlsni_cert_matches(&made.cert, "2001:db8::2"), TLSN_ERR_CERT_NAME);
    make_with(&made, "00 551d11 300b82093139322e302e322e31"); /* DNS:192.0.2.1 */
    assert_int_equal(tlsni_cert_matches(&made.cert, "192.0.2.1"), TLSN_ERR_CERT_NAME);
    REQ("9525:6.2/3");
    REQ("9525:6.2/4");
    REQ("9525:6.2/5");
    REQ("9525:6.1.1/3");
    REQ("9525:6.1.1/4");
    REQ("9525:6.4/1");
}

static bool matches(const struct x509_made *made, const char *name)
{
    return tlsni_cert_matches(&made->cert, name) == TLSN_OK;
}

/* SRV _xmpp-client.im.example, SRV _imaps.*.mail.example, DNS web.example */
static const char srv_names[] =
    "00 551d11 3059a02506082b06010505070807a01916175f786d70702d636c69656e742e696d2e6578616d70"
    "6c65a02306082b06010505070807a01716155f696d6170732e2a2e6d61696c2e6578616d706c65820b776562"
    "2e6578616d706c65";

static void cert_srv_ids_count_with_their_own_service_and_name(void **state)
{
    struct x509_made made;

    (void)state;
    make_with(&made, srv_names);
    assert_true(matches(&made, "SRV:_xmpp-client.im.example"));
    assert_true(matches(&made, "srv:_XMPP-Client.IM.example."));
    assert_false(matches(&made, "SRV:_xmpp-server.im.example"));
    assert_false(matches(&made, "SRV:_xmpp-client.web.example"));
    assert_true(matches(&made, "SRV:_imaps.a.mail.example"));
    assert_false(matches(&made, "SRV:_imaps.mail.example"));
    assert_false(matches(&made, "SRV:xmpp-client.im.example"));
    assert_false(matches(&made, "im.example"));
    assert_false(matches(&made, "SRV:_https.web.example"));
    assert_false(matches(&made, "URI:https:web.example"));
    assert_true(matches(&made, "web.example"));
    REQ("9525:6.1.1/6");
    REQ("9525:6.2/6");
    REQ("9525:6.5/1");
    REQ("9525:6.5/2");
}

/* URI sip:voice.example, HTTPS://Web.Example:8443/path?x@other.example,
 * sips:alice@b.example;transport=tcp, ldap://[2001:db8::1]:389/x, ftp://192.0.2.7/ */
static const char uri_names[] =
    "00 551d11 30819486117369703a766f6963652e6578616d706c65862d48545450533a2f2f5765622e457861"
    "6d706c653a383434332f706174683f78406f746865722e6578616d706c658622736970733a616c6963654062"
    "2e6578616d706c653b7472616e73706f72743d746370861a6c6461703a2f2f5b323030313a6462383a3a315d"
    "3a3338392f7886106674703a2f2f3139322e302e322e372f";

static void cert_uri_ids_count_with_their_own_scheme_and_host(void **state)
{
    struct x509_made made;

    (void)state;
    make_with(&made, uri_names);
    assert_true(matches(&made, "URI:sip:voice.example"));
    assert_true(matches(&made, "URI:SIP:bob@VOICE.example:5060"));
    assert_true(matches(&made, "URI:https://web.example"));
    assert_true(matches(&made, "URI:sips:b.example"));
    assert_false(matches(&made, "URI:sips:voice.example"));
    assert_false(matches(&made, "URI:https://other.example"));
    assert_false(matches(&made, "URI:http://web.example"));
    assert_false(matches(&made, "voice.example"));
    assert_false(matches(&made, "SRV:_sip.voice.example"));
    assert_true(matches(&made, "URI:ldap://[2001:DB8:0::1]/"));
    assert_true(matches(&made, "URI:ftp:192.0.2.7"));
    assert_false(matches(&made, "URI:ftp:192.0.2.8"));
    assert_false(matches(&made, "192.0.2.7"));
    REQ("9525:6.1.1/5");
    REQ("9525:6.2/6");
    REQ("9525:6.4/2");
    REQ("9525:6.5/1");
    REQ("9525:6.5/3");
}

/* Without scheme, without host, without either, a scheme that begins with a digit. */
static const char void_uris[] =
    "00 551d11 303b860d766f6963652e6578616d706c6586047369703a86102f2f766f6963652e6578616d706c"
    "652f8612317369703a766f6963652e6578616d706c65";

/* _a.im.example as UTF8String, _b under another type, _c with a NULL behind it, d without "_", an
 * empty service, no name, an empty name. */
static const char void_srvs[] =
    "00 551d11 3081b6a01b06082b06010505070807a00f0c0d5f612e696d2e6578616d706c65a01b06082b0601"
    "0505070808a00f160d5f622e696d2e6578616d706c65a01d06082b06010505070807a011160d5f632e696d2e"
    "6578616d706c650500a01a06082b06010505070807a00e160c642e696d2e6578616d706c65a01a06082b0601"
    "0505070807a00e160c5f2e696d2e6578616d706c65a01006082b06010505070807a00416025f65a01106082b"
    "06010505070807a00516035f662e";

static void cert_identifiers_that_lack_a_part_match_nothing(void **state)
{
    static const char *const uris[] = { "URI:sip:voice.example", "URI:1sip:voice.example", "URI::voice.example",
                                        "URI:voice.example", "URI:sip:", "URI:" };
    static const char *const srvs[] = { "SRV:_a.im.example", "SRV:_b.im.example", "SRV:_c.im.example",
                                        "SRV:_d.im.example", "SRV:d.im.example", "SRV:_.im.example",
                                        "SRV:_e", "SRV:_f.", "SRV:" };
    struct x509_made made;

    (void)state;
    make_with(&made, void_uris);
    for (size_t i = 0; i < sizeof uris / sizeof *uris; i++)
        assert_false(matches(&made, uris[i]));
    make_with(&made, void_srvs);
    for (size_t i = 0; i < sizeof srvs / sizeof *srvs; i++)
        assert_false(matches(&made, srvs[i]));
    REQ("9525:7.2/1");
}

/* One that matches is enough; the others take nothing away and give nothing. */
static void cert_any_of_several_references_will_do(void **state)
{
    struct x509_made made;

    (void)state;
    make_with(&made, srv_names);
    assert_true(matches(&made, "SRV:_xmpp-client.im.example,im.example"));
    assert_true(matches(&made, "im.example,DNS:web.example"));
    assert_true(matches(&made, ",web.example"));
    assert_false(matches(&made, "im.example,other.example"));
    assert_false(matches(&made, "IP:web.example"));
    assert_false(matches(&made, ""));
    assert_false(matches(&made, ","));
    REQ("9525:6.2/1");
    REQ("9525:6.6/1");
}

static void cert_common_name_does_not_count(void **state)
{
    const struct x509_spec spec = { .subject = "CN=cn.example" };
    struct x509_made made;

    (void)state;
    x509_make(&made, &spec, NULL);
    assert_int_equal(tlsni_cert_matches(&made.cert, "cn.example"), TLSN_ERR_CERT_NAME);
    assert_true(tlsni_cert_matches_common_name(&made.cert, "cn.example"));
    assert_true(tlsni_cert_matches_common_name(&made.cert, "192.0.2.1,cn.example"));
    assert_false(tlsni_cert_matches_common_name(&made.cert, "SRV:_x.cn.example"));
    make_with(&made, X509_SAN_A_EXAMPLE);
    assert_false(tlsni_cert_matches_common_name(&made.cert, "cn.example"));
    make_with(&made, srv_names);
    assert_false(tlsni_cert_matches_common_name(&made.cert, "cn.example"));
    make_with(&made, uri_names);
    assert_false(tlsni_cert_matches_common_name(&made.cert, "cn.example"));
    REQ("9525:2/1");
    REQ("6125:6.2.1/7");
    REQ("6125:6.3/2");
}

static void cert_common_name_is_compared_like_a_dns_name(void **state)
{
    const struct x509_spec wild = { .subject = "CN=*.cn.example" }, odd = { .subject = "CN=*x.cn.example" };
    const struct x509_spec text = { .subject = "O=cn.example,CN=A Name" };
    struct x509_made made;

    (void)state;
    x509_make(&made, &wild, NULL);
    assert_true(tlsni_cert_matches_common_name(&made.cert, "A.CN.example"));
    assert_false(tlsni_cert_matches_common_name(&made.cert, "a.b.cn.example"));
    x509_make(&made, &odd, NULL);
    assert_false(tlsni_cert_matches_common_name(&made.cert, "xx.cn.example"));
    x509_make(&made, &text, NULL);
    assert_false(tlsni_cert_matches_common_name(&made.cert, "cn.example"));
    assert_false(tlsni_cert_matches_common_name(&made.cert, "A Name"));
    REQ("6125:6.4.4/1");
    REQ("6125:6.4.4/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_equal_names_match_without_case),
        cmocka_unit_test(dns_wildcard_stands_for_one_whole_leftmost_label),
        cmocka_unit_test(dns_trailing_dot_of_the_reference_is_dropped),
        cmocka_unit_test(dns_unsound_names_match_nothing),
        cmocka_unit_test(cert_names_and_addresses_do_not_stand_in_for_each_other),
        cmocka_unit_test(cert_srv_ids_count_with_their_own_service_and_name),
        cmocka_unit_test(cert_uri_ids_count_with_their_own_scheme_and_host),
        cmocka_unit_test(cert_identifiers_that_lack_a_part_match_nothing),
        cmocka_unit_test(cert_any_of_several_references_will_do),
        cmocka_unit_test(cert_common_name_does_not_count),
        cmocka_unit_test(cert_common_name_is_compared_like_a_dns_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
