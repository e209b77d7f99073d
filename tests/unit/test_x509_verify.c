#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "support_env.h"
#include "support_x509.h"
#include "req.h"
#include "x509/path.h"
#include "x509/verify.h"

/* The rules of RFC 5280 6.1, one bent certificate each. The corpora behind x509-cases have many
 * more. */

static struct x509_made root, ca, leaf;

static const struct x509_spec root_spec = {
    .subject = "CN=Root", .seed = 1, .extensions = { X509_CA, X509_KU_CERT_SIGN },
};
static const struct x509_spec ca_spec = {
    .subject = "CN=Authority", .seed = 2, .extensions = { X509_CA, X509_KU_CERT_SIGN },
};
static const struct x509_spec leaf_spec = {
    .subject = "CN=leaf", .seed = 3,
    .extensions = { X509_KU_SIGNATURE, X509_EKU_SERVER, X509_SAN_A_EXAMPLE },
};

static int make_chain(void **state)
{
    (void)state;
    x509_make(&root, &root_spec, NULL);
    x509_make(&ca, &ca_spec, &root);
    x509_make(&leaf, &leaf_spec, &ca);
    return 0;
}

/* One question with its defaults; reset before each test. */
static struct {
    struct tlsn_span certs[200];
    size_t count;
    enum tlsn_purpose purpose;
    const char *name;
    int64_t time;
    struct tlsn_verify_options options;
    struct tlsn_hooks *hooks;
    const struct x509_made *anchors[4], *distrusted;
    enum tlsn_pin_of distrusted_of;
    tlsn_verify_report *report;
} ask;

static int reset(void **state)
{
    (void)state;
    memset(&ask, 0, sizeof ask);
    ask.certs[0] = x509_span(&leaf);
    ask.certs[1] = x509_span(&ca);
    ask.count = 2;
    ask.purpose = TLSN_PURPOSE_SERVER;
    ask.name = "a.example";
    ask.time = X509_NOW;
    ask.anchors[0] = &root;
    return tlsn_verify_report_new(&ask.report, NULL) == TLSN_OK ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    tlsn_verify_report_free(ask.report);
    return 0;
}

static void start_again(void)
{
    (void)drop(NULL);
    assert_int_equal(reset(NULL), 0);
}

static tlsn_status distrust(tlsn_trust *trust, const struct x509_made *made)
{
    uint8_t sha256[32];
    tlsn_status st = tlsn_cert_fingerprint(x509_span(made), ask.distrusted_of, sha256);

    return st == TLSN_OK ? tlsn_trust_distrust(trust, ask.distrusted_of, sha256) : st;
}

static tlsn_status verdict(void)
{
    tlsn_trust *trust;
    tlsn_status st = tlsn_trust_new(&trust, ask.hooks);

    for (size_t i = 0; st == TLSN_OK && i < 4 && ask.anchors[i]; i++)
        st = tlsn_trust_add(trust, ask.anchors[i]->der, ask.anchors[i]->len, NULL, NULL);
    if (st == TLSN_OK && ask.distrusted)
        st = distrust(trust, ask.distrusted);
    if (st == TLSN_OK)
        st = tlsn_x509_verify(trust, ask.certs, ask.count, ask.purpose, ask.name, ask.time,
                              &ask.options, ask.report);
    tlsn_trust_free(trust);
    return st;
}

static void use(const struct x509_made *made, size_t i)
{
    ask.certs[i] = x509_span(made);
    if (ask.count <= i)
        ask.count = i + 1;
}

/* An authority of one's own wish between root and leaf. */
static tlsn_status with_authority(const struct x509_spec *spec)
{
    static struct x509_made bent, below;

    x509_make(&bent, spec, &root);
    x509_make(&below, &leaf_spec, &bent);
    use(&below, 0);
    use(&bent, 1);
    return verdict();
}

static tlsn_status with_leaf(const struct x509_spec *spec)
{
    static struct x509_made bent;

    x509_make(&bent, spec, &ca);
    use(&bent, 0);
    return verdict();
}

static void chain_in_order_is_accepted(void **state)
{
    (void)state;
    assert_int_equal(verdict(), TLSN_OK);
    assert_int_equal(tlsn_verify_report_depth(ask.report), 3);
    assert_int_equal(tlsn_verify_report_count(ask.report), 0);
    assert_memory_equal(tlsn_verify_report_cert(ask.report, 2).data, root.der, root.len);
    assert_int_equal(tlsn_verify_report_cert(ask.report, 3).len, 0);
    assert_null(tlsn_verify_report_finding(ask.report, 0));
}

static void chain_unordered_with_strangers_is_accepted(void **state)
{
    static struct x509_made stranger;
    const struct x509_spec spec = { .subject = "CN=Stranger", .seed = 9 };

    (void)state;
    x509_make(&stranger, &spec, NULL);
    use(&stranger, 1);
    use(&root, 2);
    use(&ca, 3);
    ask.certs[4] = tlsni_span_make("junk", 4);
    ask.count = 5;
    assert_int_equal(verdict(), TLSN_OK);
}

static void chain_incomplete_is_unknown_ca(void **state)
{
    (void)state;
    ask.count = 1;
    assert_int_equal(verdict(), TLSN_ERR_CERT_UNKNOWN_CA);
    assert_int_equal(tlsn_verify_report_depth(ask.report), 1);
    ask.count = 2;
    ask.anchors[0] = NULL;
    assert_int_equal(verdict(), TLSN_ERR_CERT_UNKNOWN_CA);
    assert_int_equal(tlsn_verify_report_depth(ask.report), 2);
}

/* RFC 5280 6.1.3 (a)(1) */
static void signature_of_another_key_is_refused(void **state)
{
    static struct x509_made fake, below;
    struct x509_spec spec = ca_spec;

    (void)state;
    spec.issuer = "CN=Root"; /* so it says, but it is signed by somebody else */
    x509_make(&fake, &spec, &leaf);
    x509_make(&below, &leaf_spec, &fake);
    use(&below, 0);
    use(&fake, 1);
    assert_int_equal(verdict(), TLSN_ERR_CERT_SIGNATURE);
    start_again();
    fake = leaf;
    fake.der[fake.len - 1] ^= 1;
    use(&fake, 0);
    assert_int_equal(verdict(), TLSN_ERR_CERT_SIGNATURE);
    REQ("5280:6.1.3/1");
    REQ("5280:6.1.4/1");
}

/* What a path would ask of policies is not computed before its signatures are known to be good. */
static void policies_of_a_forged_path_are_not_looked_at(void **state)
{
    static struct x509_made below;

    (void)state;
    ask.options.require_policy = true;
    assert_int_equal(verdict(), TLSN_ERR_CERT_POLICY);
    below = leaf;
    below.der[below.len - 1] ^= 1;
    use(&below, 0);
    assert_int_equal(verdict(), TLSN_ERR_CERT_SIGNATURE);
    for (size_t i = 0; i < tlsn_verify_report_count(ask.report); i++)
        assert_int_not_equal(tlsn_verify_report_finding(ask.report, i)->status,
                             TLSN_ERR_CERT_POLICY);
    REQ("9618:6.1/1");
}

/* RFC 5280 4.1.2.5: both ends are inside. */
static void validity_includes_both_ends(void **state)
{
    (void)state;
    ask.time = X509_BEGIN;
    assert_int_equal(verdict(), TLSN_OK);
    ask.time = X509_END;
    assert_int_equal(verdict(), TLSN_OK);
    ask.time = X509_BEGIN - 1;
    assert_int_equal(verdict(), TLSN_ERR_CERT_NOT_YET_VALID);
    ask.time = X509_END + 1;
    assert_int_equal(verdict(), TLSN_ERR_CERT_EXPIRED);
    assert_int_equal(tlsn_verify_report_count(ask.report), 3);
    REQ("5280:4.1.2.5/3");
    REQ("5280:6.1.3/2");
}

/* RFC 5280 6.1.4 (k), (n), (l) */
static void issuer_has_to_be_an_authority(void **state)
{
    struct x509_spec spec = ca_spec;

    (void)state;
    spec.extensions[0] = NULL;
    assert_int_equal(with_authority(&spec), TLSN_ERR_CERT_NOT_CA);
    spec.extensions[0] = "ff 551d13 3000";
    assert_int_equal(with_authority(&spec), TLSN_ERR_CERT_NOT_CA);
    spec.extensions[0] = NULL;
    spec.version = 1;
    assert_int_equal(with_authority(&spec), TLSN_ERR_CERT_NOT_CA);
    spec = ca_spec;
    spec.extensions[1] = X509_KU_SIGNATURE;
    assert_int_equal(with_authority(&spec), TLSN_ERR_CERT_KEY_USAGE);
    spec.extensions[1] = NULL;
    assert_int_equal(with_authority(&spec), TLSN_OK);
    REQ("5280:4.2.1.3/4");
    REQ("5280:4.2.1.9/1");
    REQ("5280:6.1.4/2");
    REQ("5280:6.1.4/5");
    REQ("5480:3/1");
}

static void path_length_counts_intermediates(void **state)
{
    static struct x509_made top, middle, below;
    struct x509_spec spec = ca_spec;

    (void)state;
    spec.extensions[0] = X509_CA_PATH_0;
    assert_int_equal(with_authority(&spec), TLSN_OK);
    spec.subject = "CN=Top";
    spec.seed = 20;
    x509_make(&top, &spec, &root);
    x509_make(&middle, &ca_spec, &top);
    x509_make(&below, &leaf_spec, &middle);
    use(&below, 0);
    use(&middle, 1);
    use(&top, 2);
    assert_int_equal(verdict(), TLSN_ERR_CERT_PATH_LENGTH);
    spec.extensions[0] = X509_CA_PATH_1;
    x509_make(&top, &spec, &root);
    assert_int_equal((use(&top, 2), verdict()), TLSN_OK);
    REQ("5280:6.1.4/4");
}

/* RFC 5280 6.1.4 (l): a key rollover does not use up the length. */
static void path_length_skips_self_issued(void **state)
{
    static struct x509_made top, next, below;
    struct x509_spec spec = ca_spec;

    (void)state;
    spec.extensions[0] = X509_CA_PATH_0;
    x509_make(&top, &spec, &root);
    spec.seed = 21;
    x509_make(&next, &spec, &top);
    x509_make(&below, &leaf_spec, &next);
    use(&below, 0);
    use(&top, 1);
    use(&next, 2);
    assert_int_equal(verdict(), TLSN_OK);
    assert_int_equal(tlsn_verify_report_depth(ask.report), 4);
    REQ("5280:4.2.1.9/3");
}

static void extension_unknown_and_critical_is_refused(void **state)
{
    struct x509_spec spec = ca_spec;

    (void)state;
    spec.extensions[2] = "ff 2a0304 0500";
    assert_int_equal(with_authority(&spec), TLSN_ERR_CERT_CRITICAL);
    assert_non_null(strstr(tlsn_verify_report_finding(ask.report, 0)->text, "1.2.3.4"));
    assert_int_equal(tlsn_verify_report_finding(ask.report, 0)->depth, 1);
    spec.extensions[2] = "00 2a0304 0500";
    assert_int_equal(with_authority(&spec), TLSN_OK);
    start_again();
    spec = leaf_spec;
    spec.extensions[3] = "ff 2a0304 0500";
    assert_int_equal(with_leaf(&spec), TLSN_ERR_CERT_CRITICAL);
    REQ("5280:4.2/1");
    REQ("5280:4.2/3");
    REQ("5280:6.1.4/6");
    REQ("5280:6.1.5/1");
}

static void purpose_of_leaf_and_authority_limits(void **state)
{
    struct x509_spec spec = ca_spec;

    (void)state;
    ask.purpose = TLSN_PURPOSE_CLIENT;
    assert_int_equal(verdict(), TLSN_ERR_CERT_PURPOSE);
    ask.purpose = TLSN_PURPOSE_ANY;
    assert_int_equal(verdict(), TLSN_OK);
    ask.purpose = TLSN_PURPOSE_SERVER;
    spec.extensions[2] = X509_EKU_CLIENT;
    assert_int_equal(with_authority(&spec), TLSN_ERR_CERT_PURPOSE);
    assert_int_equal(tlsn_verify_report_finding(ask.report, 0)->depth, 1);
    spec.extensions[2] = "00 551d25 30060604551d2500"; /* any */
    assert_int_equal(with_authority(&spec), TLSN_OK);
    REQ("5280:4.2.1.12/1");
}

static void key_usage_of_the_leaf_has_to_fit_tls(void **state)
{
    struct x509_spec spec = leaf_spec;

    (void)state;
    spec.extensions[0] = "ff 551d0f 03020204"; /* keyCertSign */
    assert_int_equal(with_leaf(&spec), TLSN_ERR_CERT_KEY_USAGE);
    spec.extensions[0] = "ff 551d0f 03020520"; /* keyEncipherment */
    assert_int_equal(with_leaf(&spec), TLSN_OK);
    REQ("5280:4.2.1.12/2");
}

static void name_that_is_not_there_is_refused(void **state)
{
    (void)state;
    ask.name = "b.example";
    assert_int_equal(verdict(), TLSN_ERR_CERT_NAME);
    assert_int_equal(tlsn_status_alert(TLSN_ERR_CERT_NAME), 42); /* bad_certificate */
    ask.name = NULL;
    assert_int_equal(verdict(), TLSN_OK);
    REQ("9525:6.1.1/1");
    REQ("9525:6.6/2");
}

static void common_name_counts_only_by_option(void **state)
{
    struct x509_spec spec = leaf_spec;

    (void)state;
    spec.subject = "CN=c.example";
    spec.extensions[2] = NULL;
    ask.name = "c.example";
    assert_int_equal(with_leaf(&spec), TLSN_ERR_CERT_NAME);
    ask.options.insecure_common_name = true;
    assert_int_equal(with_leaf(&spec), TLSN_OK);
}

/* RFC 5280 6.1.3 (b), (c), also for constraints of the anchor (RFC 5937 3.2) */
static void name_constraints_bind_what_is_below(void **state)
{
    static struct x509_made anchor, below;
    struct x509_spec spec = ca_spec;

    (void)state;
    spec.extensions[2] = "ff 551d1e 300fa00d300b8209612e6578616d706c65"; /* permitted a.example */
    assert_int_equal(with_authority(&spec), TLSN_OK);
    spec.extensions[2] = "ff 551d1e 300fa10d300b8209612e6578616d706c65"; /* excluded */
    assert_int_equal(with_authority(&spec), TLSN_ERR_CERT_NAME_CONSTRAINT);
    spec.extensions[2] = "ff 551d1e 300fa00d300b8209622e6578616d706c65"; /* permitted b.example */
    assert_int_equal(with_authority(&spec), TLSN_ERR_CERT_NAME_CONSTRAINT);
    x509_make(&anchor, &spec, NULL);
    x509_make(&below, &leaf_spec, &anchor);
    ask.anchors[0] = &anchor;
    use(&below, 0);
    ask.count = 1;
    assert_int_equal(verdict(), TLSN_ERR_CERT_NAME_CONSTRAINT);
    REQ("5280:4.2.1.10/1");
    REQ("5280:6.1.3/5");
}

/* RFC 5280 6.1.1 (h), (i): the caller's own, of every certificate below the anchor. */
static void names_are_held_to_what_the_caller_permits(void **state)
{
    static const struct {
        const char *permitted, *excluded;
        tlsn_status status;
    } rows[] = {
        { "DNS:example", NULL, TLSN_OK },
        { "DNS:b.example,DNS:a.example", "DNS:c.example", TLSN_OK },
        { "DNS:b.example", NULL, TLSN_ERR_CERT_NAME_CONSTRAINT },
        { NULL, "DNS:example", TLSN_ERR_CERT_NAME_CONSTRAINT },
        { "IP:192.0.2.0/24", NULL, TLSN_OK }, /* there is no address in it */
        { "DIR:CN=leaf,DIR:CN=Authority,DNS:example", NULL, TLSN_OK },
        { "DIR:CN=leaf", NULL, TLSN_ERR_CERT_NAME_CONSTRAINT }, /* the authority is below the anchor too */
        { NULL, "DIR:CN=Authority", TLSN_ERR_CERT_NAME_CONSTRAINT },
        { NULL, "DIR:CN=leaf,O=b", TLSN_OK },
        { NULL, "DIR:CN=root", TLSN_OK },
        { "a.example", NULL, TLSN_ERR_ARGUMENT },
        { NULL, "DIR:what", TLSN_ERR_ARGUMENT },
        { NULL, "DNS:a b", TLSN_ERR_ARGUMENT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask.options.permitted = rows[i].permitted;
        ask.options.excluded = rows[i].excluded;
        if (verdict() != rows[i].status)
            fail_msg("row %zu", i);
    }
    REQ("5280:6.1.1/2");
    REQ("5280:6.1.1/3");
}

static void leaf_self_signed_counts_only_as_anchor(void **state)
{
    static struct x509_made self;

    (void)state;
    x509_make(&self, &leaf_spec, NULL);
    use(&self, 0);
    ask.count = 1;
    assert_int_equal(verdict(), TLSN_ERR_CERT_UNKNOWN_CA);
    assert_non_null(strstr(tlsn_verify_report_finding(ask.report, 0)->text, "self-signed"));
    ask.anchors[1] = &self;
    assert_int_equal(verdict(), TLSN_OK);
    assert_int_equal(tlsn_verify_report_depth(ask.report), 1);
    ask.time = X509_END + 1;
    assert_int_equal(verdict(), TLSN_ERR_CERT_EXPIRED);
}

static void anchor_not_self_signed_ends_only_partial_paths(void **state)
{
    (void)state;
    ask.anchors[0] = &ca;
    assert_int_equal(verdict(), TLSN_ERR_CERT_UNKNOWN_CA);
    ask.options.allow_partial = true;
    assert_int_equal(verdict(), TLSN_OK);
    assert_int_equal(tlsn_verify_report_depth(ask.report), 2);
    ask.options.allow_partial = false;
    ask.anchors[1] = &root;
    assert_int_equal(verdict(), TLSN_OK);
    assert_int_equal(tlsn_verify_report_depth(ask.report), 3);
}

/* The first issuer that fits by name leads nowhere: it has expired, the other one has not. */
static void search_backtracks_to_another_issuer(void **state)
{
    static struct x509_made old, other;
    struct x509_spec spec = ca_spec;

    (void)state;
    spec.not_after = X509_NOW - 1;
    x509_make(&old, &spec, &root);
    use(&old, 1);
    use(&ca, 2);
    assert_int_equal(verdict(), TLSN_OK);
    spec = root_spec;
    spec.seed = 30;
    x509_make(&other, &spec, NULL); /* an anchor of the same name, with another key */
    ask.anchors[0] = &other;
    ask.anchors[1] = &root;
    assert_int_equal(verdict(), TLSN_OK);
}

/* Cross certificates that sign each other in a circle. */
static void search_ends_in_a_loop(void **state)
{
    static struct x509_made one, two, below;
    const struct x509_spec a = { .subject = "CN=A", .seed = 40, .issuer = "CN=B",
                                 .extensions = { X509_CA } };
    const struct x509_spec b = { .subject = "CN=B", .seed = 41, .issuer = "CN=A",
                                 .extensions = { X509_CA } };

    (void)state;
    two.seed = 41;
    x509_make(&one, &a, &two);
    x509_make(&two, &b, &one);
    x509_make(&below, &leaf_spec, &one);
    use(&below, 0);
    use(&one, 1);
    use(&two, 2);
    assert_int_equal(verdict(), TLSN_ERR_CERT_UNKNOWN_CA);
}

/* Many authorities of one name that all sign each other: bounded, and said so. */
static void search_of_a_hostile_bag_ends_at_its_limit(void **state)
{
    static struct x509_made bag[150], below;
    struct x509_spec spec = { .subject = "CN=A", .extensions = { X509_CA } };

    (void)state;
    for (unsigned i = 0; i < 150; i++) {
        spec.seed = 300 + i;
        x509_make(&bag[i], &spec, i ? &bag[i - 1] : NULL);
        use(&bag[i], 1 + i);
    }
    x509_make(&below, &leaf_spec, &bag[149]);
    use(&below, 0);
    assert_int_equal(verdict(), TLSN_ERR_CERT_LIMIT);
}

/* A long name whose comparison takes time: its letters are upper or lower case, and what differs
 * stands at its end, which is the beginning of the text (RFC 4514 2.1). */
static const char *long_name(char *out, char letter, unsigned level)
{
    size_t at = (size_t)sprintf(out, "CN=%u", level);

    for (unsigned i = 0; i < 24; i++) {
        memcpy(out + at, ",O=", 3);
        memset(out + at + 3, letter, 60);
        at += 63;
    }
    out[at] = 0;
    return out;
}

enum { LEVELS = 9, TWINS = 3 };

/* Three authorities on each of nine levels, all with the same key, and no anchor: three to the
 * ninth ways up. */
static void search_with_names_that_are_long_takes_little_time(void **state)
{
    static struct x509_made bag[LEVELS * TWINS], below;
    static char subject[2048], issuer[2048];
    struct x509_spec spec = { .seed = 7, .extensions = { X509_CA } };
    clock_t begin;

    (void)state;
    for (unsigned i = 0; i < LEVELS * TWINS; i++) {
        spec.subject = long_name(subject, i % 2 ? 'a' : 'A', i / TWINS);
        spec.issuer = long_name(issuer, i % 2 ? 'A' : 'a', i / TWINS + 1);
        spec.not_after = X509_END - i;
        x509_make(&bag[i], &spec, NULL);
        assert_int_not_equal(bag[i].cert.version, 0);
        use(&bag[i], 1 + i);
    }
    spec = leaf_spec;
    spec.issuer = long_name(issuer, 'a', 0);
    x509_make(&below, &spec, &bag[0]);
    use(&below, 0);
    begin = clock();
    assert_int_not_equal(verdict(), TLSN_OK);
    assert_true(clock() - begin < CLOCKS_PER_SEC / 2);
}

static void depth_is_limited_by_option(void **state)
{
    static struct x509_made chain[6], below;
    struct x509_spec spec = { .extensions = { X509_CA } };
    static const char *const names[] = { "CN=0", "CN=1", "CN=2", "CN=3", "CN=4", "CN=5" };

    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        spec.subject = names[i];
        spec.seed = 60 + i;
        x509_make(&chain[i], &spec, i ? &chain[i - 1] : &root);
        use(&chain[i], 1 + i);
    }
    x509_make(&below, &leaf_spec, &chain[5]);
    use(&below, 0);
    assert_int_equal(verdict(), TLSN_OK);
    ask.options.max_depth = 5;
    assert_int_equal(verdict(), TLSN_ERR_CERT_LIMIT);
    ask.options.max_depth = 6;
    assert_int_equal(verdict(), TLSN_OK);
    ask.options.max_signatures = 3;
    assert_int_equal(verdict(), TLSN_ERR_CERT_LIMIT);
    REQ("9618:6.2/1");
}

static void intermediates_can_be_forbidden(void **state)
{
    static struct x509_made direct;

    (void)state;
    ask.options.no_intermediates = true;
    ask.options.max_depth = 5;
    assert_int_equal(verdict(), TLSN_ERR_CERT_LIMIT);
    x509_make(&direct, &leaf_spec, &root);
    use(&direct, 0);
    assert_int_equal(verdict(), TLSN_OK);
}

/* All that is wrong is told, and the heaviest decides. */
static void findings_are_collected_and_weighed(void **state)
{
    struct x509_spec spec = ca_spec;

    (void)state;
    spec.extensions[0] = "ff 551d13 3000";
    spec.not_after = X509_NOW - 1;
    ask.name = "b.example";
    assert_int_equal(with_authority(&spec), TLSN_ERR_CERT_NOT_CA);
    assert_int_equal(tlsn_verify_report_count(ask.report), 3);
    assert_int_equal(tlsn_verify_report_finding(ask.report, 0)->status, TLSN_ERR_CERT_NOT_CA);
    assert_int_equal(tlsn_verify_report_finding(ask.report, 1)->status, TLSN_ERR_CERT_EXPIRED);
    assert_int_equal(tlsn_verify_report_finding(ask.report, 1)->depth, 1);
    assert_int_equal(tlsn_verify_report_finding(ask.report, 2)->status, TLSN_ERR_CERT_NAME);
}

/* Who tolerates light findings has to see a heavy one behind any number of them. */
static void finding_that_is_heavy_is_never_crowded_out(void **state)
{
    static struct tlsni_path path;

    (void)state;
    for (unsigned i = 0; i < 2 * TLSNI_FINDINGS_MAX; i++)
        tlsni_path_note(&path, 1, TLSNI_WHY_EXPIRED);
    tlsni_path_note(&path, 2, TLSNI_WHY_NOT_CA);
    tlsni_path_note(&path, 3, TLSNI_WHY_NAME);
    assert_int_equal(path.count, TLSNI_FINDINGS_MAX);
    assert_int_equal(tlsni_path_worst(&path), TLSNI_WHY_NOT_CA);
}

static void leaf_that_does_not_parse_is_bad(void **state)
{
    (void)state;
    assert_int_equal(verdict(), TLSN_OK);
    ask.certs[0] = tlsni_span_make("junk", 4);
    assert_int_equal(verdict(), TLSN_ERR_CERT_BAD);
    assert_int_equal(tlsn_verify_report_depth(ask.report), 0); /* nothing of an earlier chain */
    ask.count = 0;
    assert_int_equal(verdict(), TLSN_ERR_ARGUMENT);
}

/* A trusted leaf whose SubjectPublicKeyInfo is of no known algorithm: 1.3.101.127. */
static void leaf_without_usable_key_is_refused(void **state)
{
    static const uint8_t ed25519[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70 };
    static struct x509_made self;

    (void)state;
    x509_make(&self, &leaf_spec, NULL);
    for (size_t i = 0; i + sizeof ed25519 < self.len; i++)
        if (memcmp(self.der + i, ed25519, sizeof ed25519) == 0)
            self.der[i + sizeof ed25519 - 1] = 0x7f;
    use(&self, 0);
    ask.count = 1;
    ask.anchors[1] = &self;
    assert_int_equal(verdict(), TLSN_ERR_CERT_UNSUPPORTED);
}

static void issuer_without_name_is_refused(void **state)
{
    const struct x509_spec spec = { .subject = "", .seed = 2,
                                    .extensions = { X509_CA, X509_KU_CERT_SIGN } };

    (void)state;
    assert_int_equal(with_authority(&spec), TLSN_ERR_CERT_BAD);
    REQ("5280:4.1.2.4/1");
}

#define POLICIES_1_2_3 "00 551d20 3006300406022a03" /* 1.2.3 */
#define REQUIRES_POLICY "ff 551d24 3003800100"

static const struct x509_spec with_policy = {
    .subject = "CN=Authority", .seed = 2,
    .extensions = { X509_CA, X509_KU_CERT_SIGN, POLICIES_1_2_3 },
};

static void use_leaf_with_policy(void)
{
    static struct x509_made authority, made;
    const struct x509_spec spec = {
        .subject = "CN=leaf", .seed = 3, .extensions = { X509_SAN_A_EXAMPLE, POLICIES_1_2_3 },
    };

    x509_make(&authority, &with_policy, &root);
    x509_make(&made, &spec, &authority);
    use(&made, 0);
    use(&authority, 1);
}

static void policy_that_is_required_has_to_be_valid(void **state)
{
    const struct x509_spec demanding = {
        .subject = "CN=Authority", .seed = 2,
        .extensions = { X509_CA, X509_KU_CERT_SIGN, POLICIES_1_2_3, REQUIRES_POLICY },
    };
    char text[32];
    bool any;

    (void)state;
    assert_int_equal(with_authority(&demanding), TLSN_ERR_CERT_POLICY);
    assert_true(tlsn_verify_report_policy_required(ask.report));
    ask.options.require_policy = true;
    assert_int_equal(with_authority(&with_policy), TLSN_ERR_CERT_POLICY);
    use_leaf_with_policy();
    assert_int_equal(verdict(), TLSN_OK);
    assert_int_equal(tlsn_verify_report_policy_count(ask.report, &any), 1);
    assert_false(any);
    tlsn_verify_report_policy(ask.report, 0, text, sizeof text);
    assert_string_equal(text, "1.2.3");
    tlsn_verify_report_policy(ask.report, 1, text, sizeof text);
    assert_string_equal(text, "");
    ask.options.policies = "1.2.4, 1.2.5";
    assert_int_equal(verdict(), TLSN_ERR_CERT_POLICY);
    ask.options.policies = "1.2.4, 1.2.3";
    assert_int_equal(verdict(), TLSN_OK);
    ask.options.policies = "policy";
    assert_int_equal(verdict(), TLSN_ERR_ARGUMENT);
    REQ("5280:4.2/7");
}

/* What an authority in use as an anchor says about itself binds, unless it is a mere key. */
static void anchor_that_is_plain_is_a_name_and_a_key(void **state)
{
    static struct x509_made old, authority, below;
    const struct x509_spec spec = {
        .subject = "CN=Old", .seed = 8, .not_after = X509_NOW - 1,
        .extensions = { "ff 551d13 3000", REQUIRES_POLICY, "ff 2a0301 0500" },
    };

    (void)state;
    x509_make(&old, &spec, NULL);
    x509_make(&authority, &ca_spec, &old);
    x509_make(&below, &leaf_spec, &authority);
    use(&below, 0);
    use(&authority, 1);
    ask.anchors[0] = &old;
    assert_int_not_equal(verdict(), TLSN_OK);
    assert_in_range(tlsn_verify_report_count(ask.report), 4, 8);
    ask.options.plain_anchors = true;
    assert_int_equal(verdict(), TLSN_OK);
    ask.options.min_ec_bits = 1000;
    assert_int_equal(verdict(), TLSN_OK);
    REQ("6818:4/1");
}

/* Leaf, intermediate and anchor alike; another way to an anchor is taken. */
static void distrusted_certificates_and_keys_are_in_no_path(void **state)
{
    static const struct x509_made *const all[] = { &leaf, &ca, &root };
    const struct x509_spec renewed = { .subject = "CN=Authority", .seed = 2, .not_after = X509_END + 1,
                                       .extensions = { X509_CA, X509_KU_CERT_SIGN } };
    struct x509_made other;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        ask.distrusted = all[i / 2];
        ask.distrusted_of = i % 2 ? TLSN_PIN_CERTIFICATE : TLSN_PIN_KEY;
        assert_int_equal(verdict(), TLSN_ERR_CERT_DISTRUSTED);
        assert_int_equal(tlsn_verify_report_finding(ask.report, 0)->status,
                         TLSN_ERR_CERT_DISTRUSTED);
    }
    x509_make(&other, &renewed, &root);
    use(&other, 2);
    ask.distrusted = &ca;
    assert_int_equal(verdict(), TLSN_OK);
    ask.distrusted_of = TLSN_PIN_KEY;
    assert_int_equal(verdict(), TLSN_ERR_CERT_DISTRUSTED);
}

/* Each allocation fails in turn: an error, nothing lost. */
static void memory_running_out_is_an_error(void **state)
{
    struct test_env env;
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    (void)state;
    for (size_t n = 1; st == TLSN_ERR_NO_MEMORY; n++) {
        test_env_init(&env, 1);
        env.fail_at = n;
        ask.hooks = &env.hooks;
        st = verdict();
        assert_int_equal(env.live, 0);
        assert_true(n < 100);
    }
    assert_int_equal(st, TLSN_OK);
}

static void memory_running_out_among_policies_is_an_error(void **state)
{
    ask.options.permitted = "DNS:example";
    ask.options.require_policy = true;
    use_leaf_with_policy();
    memory_running_out_is_an_error(state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, reset, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(chain_in_order_is_accepted),
        TEST(chain_unordered_with_strangers_is_accepted),
        TEST(chain_incomplete_is_unknown_ca),
        TEST(signature_of_another_key_is_refused),
        TEST(policies_of_a_forged_path_are_not_looked_at),
        TEST(validity_includes_both_ends),
        TEST(issuer_has_to_be_an_authority),
        TEST(path_length_counts_intermediates),
        TEST(path_length_skips_self_issued),
        TEST(extension_unknown_and_critical_is_refused),
        TEST(purpose_of_leaf_and_authority_limits),
        TEST(key_usage_of_the_leaf_has_to_fit_tls),
        TEST(name_that_is_not_there_is_refused),
        TEST(common_name_counts_only_by_option),
        TEST(name_constraints_bind_what_is_below),
        TEST(names_are_held_to_what_the_caller_permits),
        TEST(leaf_self_signed_counts_only_as_anchor),
        TEST(anchor_not_self_signed_ends_only_partial_paths),
        TEST(search_backtracks_to_another_issuer),
        TEST(search_ends_in_a_loop),
        TEST(search_of_a_hostile_bag_ends_at_its_limit),
        TEST(search_with_names_that_are_long_takes_little_time),
        TEST(depth_is_limited_by_option),
        TEST(intermediates_can_be_forbidden),
        TEST(findings_are_collected_and_weighed),
        TEST(finding_that_is_heavy_is_never_crowded_out),
        TEST(leaf_that_does_not_parse_is_bad),
        TEST(leaf_without_usable_key_is_refused),
        TEST(issuer_without_name_is_refused),
        TEST(policy_that_is_required_has_to_be_valid),
        TEST(anchor_that_is_plain_is_a_name_and_a_key),
        TEST(distrusted_certificates_and_keys_are_in_no_path),
        TEST(memory_running_out_is_an_error),
        TEST(memory_running_out_among_policies_is_an_error),
    };

    return cmocka_run_group_tests(tests, make_chain, NULL);
}
