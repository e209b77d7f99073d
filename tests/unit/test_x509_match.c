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

static void cert_common_name_does_not_count(void **state)
{
    const struct x509_spec spec = { .subject = "CN=cn.example" };
    struct x509_made made;

    (void)state;
    x509_make(&made, &spec, NULL);
    assert_int_equal(tlsni_cert_matches(&made.cert, "cn.example"), TLSN_ERR_CERT_NAME);
    assert_true(tlsni_cert_matches_common_name(&made.cert, "cn.example"));
    make_with(&made, X509_SAN_A_EXAMPLE);
    assert_false(tlsni_cert_matches_common_name(&made.cert, "cn.example"));
    REQ("9525:2/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_equal_names_match_without_case),
        cmocka_unit_test(dns_wildcard_stands_for_one_whole_leftmost_label),
        cmocka_unit_test(dns_trailing_dot_of_the_reference_is_dropped),
        cmocka_unit_test(dns_unsound_names_match_nothing),
        cmocka_unit_test(cert_names_and_addresses_do_not_stand_in_for_each_other),
        cmocka_unit_test(cert_common_name_does_not_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
