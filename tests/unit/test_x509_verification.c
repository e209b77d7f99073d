#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <tls-native/x509.h>

#include "support_env.h"
#include "support_x509.h"
#include "req.h"

/* The verification as an object: given piece by piece, paused, asked what is missing. */

#define AIA_CA_ISSUERS "00 2b06010505070101 3017301506082b060105050730028609687474703a2f2f612f"
#define KEY_ID_7 "00 551d0e 040107"
#define ISSUER_KEY_ID_7 "00 551d23 3003800107"

static struct x509_made root, ca, leaf;

static int make_chain(void **state)
{
    const struct x509_spec root_spec = {
        .subject = "CN=Root", .seed = 1, .extensions = { X509_CA, X509_KU_CERT_SIGN },
    };
    const struct x509_spec ca_spec = {
        .subject = "CN=Authority", .seed = 2, .extensions = { X509_CA, X509_KU_CERT_SIGN, KEY_ID_7 },
    };
    const struct x509_spec leaf_spec = {
        .subject = "CN=leaf", .seed = 3,
        .extensions = { X509_EKU_SERVER, X509_SAN_A_EXAMPLE, AIA_CA_ISSUERS, ISSUER_KEY_ID_7 },
    };

    (void)state;
    x509_make(&root, &root_spec, NULL);
    x509_make(&ca, &ca_spec, &root);
    x509_make(&leaf, &leaf_spec, &ca);
    return 0;
}

static tlsn_status add(tlsn_verification *v, const struct x509_made *made)
{
    return tlsn_verification_add(v, made->der, made->len, NULL);
}

static tlsn_trust *trust_in(const struct x509_made *anchor, const struct tlsn_hooks *hooks)
{
    tlsn_trust *trust;

    if (tlsn_trust_new(&trust, hooks) != TLSN_OK)
        return NULL;
    if (tlsn_trust_add(trust, anchor->der, anchor->len, NULL, NULL) == TLSN_OK)
        return trust;
    tlsn_trust_free(trust);
    return NULL;
}

static tlsn_status begin(tlsn_verification **v, const struct x509_made *anchor,
                         const struct tlsn_hooks *hooks)
{
    tlsn_trust *trust = trust_in(anchor, hooks);
    tlsn_status st = trust ? tlsn_verification_new(v, trust, hooks) : TLSN_ERR_NO_MEMORY;

    tlsn_trust_free(trust);
    if (st != TLSN_OK)
        return st;
    return tlsn_verification_ask(*v, TLSN_PURPOSE_SERVER, "a.example", X509_NOW, NULL);
}

static void issuer_that_is_missing_is_named_and_can_be_added(void **state)
{
    struct tlsn_missing missing;
    tlsn_verification *v;
    size_t added;

    (void)state;
    assert_int_equal(begin(&v, &root, NULL), TLSN_OK);
    assert_int_equal(tlsn_verification_run(v, 0), TLSN_ERR_MISUSE);
    assert_int_equal(add(v, &leaf), TLSN_OK);
    assert_int_equal(tlsn_verification_run(v, 0), TLSN_ERR_CERT_UNKNOWN_CA);
    assert_true(tlsn_verification_missing(v, 0, &missing));
    assert_int_equal(missing.kind, TLSN_MISSING_ISSUER);
    assert_int_equal(missing.cert.len, leaf.len);
    assert_memory_equal(missing.cert.data, leaf.der, leaf.len);
    assert_int_equal(missing.issuer.len, ca.cert.subject.len);
    assert_memory_equal(missing.issuer.data, ca.cert.subject.data, missing.issuer.len);
    assert_int_equal(missing.key_id.len, 1);
    assert_int_equal(tlsn_cert_url(missing.cert, TLSN_URL_ISSUER, 0).len, 9);
    assert_false(tlsn_verification_missing(v, 1, &missing));

    assert_int_equal(tlsn_verification_add(v, ca.der, ca.len, &added), TLSN_OK);
    assert_int_equal(added, 1);
    assert_int_equal(tlsn_verification_run(v, 0), TLSN_OK);
    for (size_t i = 0; tlsn_verification_missing(v, i, &missing); i++)
        assert_int_not_equal(missing.kind, TLSN_MISSING_ISSUER);
    assert_true(tlsn_verification_missing(v, 0, &missing)); /* nobody has asked its responder */
    assert_int_equal(missing.kind, TLSN_MISSING_OCSP);
    assert_memory_equal(missing.issuer_cert.data, ca.der, ca.len);
    assert_int_equal(tlsn_verify_report_depth(tlsn_verification_report(v)), 3);
    assert_int_equal(tlsn_verification_run(v, 0), TLSN_OK);
    tlsn_verification_free(v);
}

static void another_question_is_answered_anew(void **state)
{
    tlsn_verification *v;
    char name[] = "b.example";

    (void)state;
    assert_int_equal(begin(&v, &root, NULL), TLSN_OK);
    assert_int_equal(add(v, &leaf), TLSN_OK);
    assert_int_equal(add(v, &ca), TLSN_OK);
    assert_int_equal(tlsn_verification_run(v, 0), TLSN_OK);
    assert_int_equal(tlsn_verification_ask(v, TLSN_PURPOSE_SERVER, name, X509_NOW, NULL), TLSN_OK);
    memset(name, 'x', sizeof name - 1); /* a copy was kept */
    assert_int_equal(tlsn_verification_run(v, 0), TLSN_ERR_CERT_NAME);
    assert_int_equal(tlsn_verification_ask(v, TLSN_PURPOSE_CLIENT, NULL, X509_NOW, NULL), TLSN_OK);
    assert_int_equal(tlsn_verification_run(v, 0), TLSN_ERR_CERT_PURPOSE);
    assert_int_equal(tlsn_verification_ask(v, TLSN_PURPOSE_ANY, NULL, X509_END + 1, NULL), TLSN_OK);
    assert_int_equal(tlsn_verification_run(v, 0), TLSN_ERR_CERT_EXPIRED);
    assert_int_equal(tlsn_verify_report_count(tlsn_verification_report(v)), 3);
    tlsn_verification_free(v);
}

static void options_that_cannot_be_read_change_nothing(void **state)
{
    const struct tlsn_verify_options bad = { .policies = "x" }, other = { .policies = "1.2.3" };
    tlsn_verification *v;

    (void)state;
    assert_int_equal(begin(&v, &root, NULL), TLSN_OK);
    assert_int_equal(add(v, &leaf), TLSN_OK);
    assert_int_equal(add(v, &ca), TLSN_OK);
    assert_int_equal(tlsn_verification_ask(v, TLSN_PURPOSE_CLIENT, NULL, 0, &bad),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_verification_run(v, 0), TLSN_OK);
    assert_int_equal(tlsn_verification_ask(v, TLSN_PURPOSE_SERVER, NULL, X509_NOW, &other),
                     TLSN_OK);
    assert_int_equal(tlsn_verification_run(v, 0), TLSN_OK);
    tlsn_verification_free(v);
}

/* A turn of one signature each leads to the same verdict. */
static void run_in_turns_comes_to_the_same_verdict(void **state)
{
    static struct x509_made chain[6], end;
    static const char *const names[] = { "CN=0", "CN=1", "CN=2", "CN=3", "CN=4", "CN=5" };
    struct x509_spec spec = { .extensions = { X509_CA, X509_KU_CERT_SIGN } };
    const struct x509_spec end_spec = { .subject = "CN=end", .seed = 9,
                                        .extensions = { X509_SAN_A_EXAMPLE } };
    tlsn_verification *v;
    unsigned turns = 0;
    tlsn_status st;

    (void)state;
    assert_int_equal(begin(&v, &root, NULL), TLSN_OK);
    for (unsigned i = 0; i < 6; i++) {
        spec.subject = names[i];
        spec.seed = 60 + i;
        x509_make(&chain[i], &spec, i ? &chain[i - 1] : &root);
    }
    x509_make(&end, &end_spec, &chain[5]);
    assert_int_equal(add(v, &end), TLSN_OK);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(add(v, &chain[i]), TLSN_OK);
    while ((st = tlsn_verification_run(v, 1)) == TLSN_NEED_TURN)
        assert_true(++turns < 100);
    assert_int_equal(st, TLSN_OK);
    assert_in_range(turns, 6, 12);
    assert_int_equal(tlsn_verify_report_depth(tlsn_verification_report(v)), 8);
    tlsn_verification_free(v);
}

static void certificate_added_between_turns_counts(void **state)
{
    tlsn_verification *v;
    tlsn_status st;

    (void)state;
    assert_int_equal(begin(&v, &root, NULL), TLSN_OK);
    assert_int_equal(add(v, &leaf), TLSN_OK);
    for (int i = 0; i < 20; i++) /* the pool moves while it grows */
        assert_int_equal(add(v, &root), TLSN_OK);
    assert_int_equal(tlsn_verification_run(v, 1), TLSN_ERR_CERT_UNKNOWN_CA);
    assert_int_equal(add(v, &ca), TLSN_OK);
    st = tlsn_verification_run(v, 1);
    assert_int_equal(st, TLSN_NEED_TURN);
    for (int i = 0; i < 20; i++)
        assert_int_equal(add(v, &root), TLSN_OK);
    while (st == TLSN_NEED_TURN)
        st = tlsn_verification_run(v, 1);
    assert_int_equal(st, TLSN_OK);
    tlsn_verification_free(v);
}

static void leaf_that_does_not_parse_is_refused(void **state)
{
    static const uint8_t junk[] = { 0x30, 1, 0 };
    tlsn_verification *v;
    size_t added;

    (void)state;
    assert_int_equal(begin(&v, &root, NULL), TLSN_OK);
    assert_int_equal(tlsn_verification_add(v, "text", 4, &added), TLSN_ERR_PEM);
    assert_int_equal(tlsn_verification_add(v, junk, sizeof junk, &added), TLSN_ERR_CERT_BAD);
    assert_int_equal(added, 0);
    assert_int_equal(add(v, &leaf), TLSN_OK);
    assert_int_equal(tlsn_verification_add(v, junk, sizeof junk, &added), TLSN_OK);
    assert_int_equal(added, 0);
    tlsn_verification_free(v);
    tlsn_verification_free(NULL);
}

/* Bundles of 10,000 certificates: all the same name, or a chain of their own that leads nowhere. Bounds are
 * many times what it takes: 10 ms and 10 MB here. */
static void bag_of_10000_certificates_takes_bounded_time_and_memory(void **state)
{
    static struct x509_made one;
    struct x509_spec spec = { .extensions = { X509_CA, X509_KU_CERT_SIGN } };
    struct test_env env;
    tlsn_verification *v;
    clock_t start;
    char name[32], below[32];

    (void)state;
    for (int same = 0; same < 2; same++) {
        test_env_init(&env, 1);
        assert_int_equal(begin(&v, &root, &env.hooks), TLSN_OK);
        assert_int_equal(add(v, &leaf), TLSN_OK);
        for (unsigned i = 0; i < 10000; i++) {
            (void)snprintf(name, sizeof name, same ? "CN=Authority" : "CN=%u", i);
            (void)snprintf(below, sizeof below, "CN=%u", i + 1);
            spec.subject = i ? name : "CN=Authority";
            spec.issuer = same ? "CN=Authority" : below;
            spec.seed = 100 + i % 50;
            if (i < 50 || !same)
                x509_make(&one, &spec, &root);
            assert_int_equal(add(v, &one), TLSN_OK);
        }
        start = clock();
        assert_int_not_equal(tlsn_verification_run(v, 0), TLSN_OK);
        assert_true(clock() - start < CLOCKS_PER_SEC);
        assert_int_equal(add(v, &ca), TLSN_OK);
        start = clock();
        if (!same) /* among its likes the right one is behind the limit */
            assert_int_equal(tlsn_verification_run(v, 0), TLSN_OK);
        assert_true(clock() - start < CLOCKS_PER_SEC);
        assert_true(env.live < 10500);
        tlsn_verification_free(v);
        assert_int_equal(env.live, 0);
    }
}

static void memory_running_out_is_an_error_and_leaves_nothing(void **state)
{
    struct test_env env;
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    (void)state;
    for (size_t n = 1; st == TLSN_ERR_NO_MEMORY; n++) {
        const struct tlsn_verify_options options = { .policies = "1.2.3" };
        tlsn_verification *v = NULL;

        test_env_init(&env, 1);
        env.fail_at = n;
        st = begin(&v, &root, &env.hooks);
        if (st == TLSN_OK)
            st = tlsn_verification_ask(v, TLSN_PURPOSE_SERVER, "a.example", X509_NOW, &options);
        if (st == TLSN_OK)
            st = add(v, &leaf);
        if (st == TLSN_OK)
            st = add(v, &ca);
        if (st == TLSN_OK)
            st = tlsn_verification_run(v, 0);
        if (st == TLSN_ERR_NO_MEMORY && v) {
            env.fail_at = 0; /* and goes on once there is some */
            if (add(v, &leaf) == TLSN_OK && add(v, &ca) == TLSN_OK)
                assert_int_equal(tlsn_verification_run(v, 0), TLSN_OK);
        }
        tlsn_verification_free(v);
        assert_int_equal(env.live, 0);
        assert_true(n < 100);
    }
    assert_int_equal(st, TLSN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issuer_that_is_missing_is_named_and_can_be_added),
        cmocka_unit_test(another_question_is_answered_anew),
        cmocka_unit_test(options_that_cannot_be_read_change_nothing),
        cmocka_unit_test(run_in_turns_comes_to_the_same_verdict),
        cmocka_unit_test(certificate_added_between_turns_counts),
        cmocka_unit_test(leaf_that_does_not_parse_is_refused),
        cmocka_unit_test(bag_of_10000_certificates_takes_bounded_time_and_memory),
        cmocka_unit_test(memory_running_out_is_an_error_and_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, make_chain, NULL);
}
