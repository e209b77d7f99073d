#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "req.h"
#include "support_env.h"
#include "support_x509.h"
#include "x509/der.h"
#include "x509/heir.h"
#include "x509/spki.h"
#include "x509/write.h"

/* DSA keys without parameters. The keys are made by openssl, since several have to share parameters. Java's
 * CertPathValidator ("PKIX", OpenJDK 17) says of this chain that it is good; OpenSSL 3.0 does not read such keys. */

enum { BASE, AUTHORITY, BELOW, LEAF, STRANGER, CERTS };

struct made {
    tlsn_key *key;
    uint8_t der[4096];
    size_t len;
};

static struct made made[CERTS];
static struct tlsn_verify_options options = { .min_dsa_bits = 1024 };

static tlsn_key *read_key(const char *file)
{
    uint8_t pem[4096];
    tlsn_key *key;

    assert_int_equal(tlsn_key_read(&key, pem, peer_read(file, pem, sizeof pem), NULL), TLSN_OK);
    return key;
}

static struct tlsn_span span(const struct made *m)
{
    return tlsni_span_make(m->der, m->len);
}

/* The same certificate without the parameters of its key, signed again. */
static void strip(struct made *m, const struct made *issuer)
{
    struct tlsni_cert cert;
    uint8_t tbs[4096];
    struct tlsni_wr w = tlsni_wr_make(tbs, sizeof tbs);
    struct tlsni_rd r, spki;
    size_t all = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE), info, id;

    assert_int_equal(tlsni_cert_parse(&cert, span(m), NULL), TLSN_OK);
    r = tlsni_der_open_span(cert.tbs, TLSNI_DER_SEQUENCE);
    tlsni_wr_span(&w, tlsni_rd_bytes(&r, (size_t)(cert.spki.data - r.p)));
    spki = tlsni_der_open_span(tlsni_der_next(&r).whole, TLSNI_DER_SEQUENCE);
    (void)tlsni_der_next(&spki);
    info = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    id = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_dw_put(&w, TLSNI_DER_OID, tlsni_oid_bytes(TLSNI_OID_DSA));
    tlsni_dw_close(&w, id);
    tlsni_wr_span(&w, tlsni_rd_rest(&spki));
    tlsni_dw_close(&w, info);
    tlsni_wr_span(&w, tlsni_rd_rest(&r));
    tlsni_dw_close(&w, all);
    assert_false(w.bad);
    assert_int_equal(tlsni_write_signed_out(tlsni_span_make(tbs, w.len), issuer->key->key, NULL, &cert.sig,
                                            m->der, sizeof m->der, &m->len),
                     TLSN_OK);
    assert_int_equal(tlsni_cert_parse(&cert, span(m), NULL), TLSN_OK);
    assert_true(tlsni_spki_inherits(cert.spki));
}

static void issue(int which, int issuer, const char *subject, bool ca)
{
    struct tlsn_cert_spec spec = { .subject = subject, .ca = ca, .path_len = -1, .not_before = X509_BEGIN,
                                   .not_after = X509_END };
    struct tlsn_span above = which == issuer ? tlsni_span_make(NULL, 0) : span(&made[issuer]);

    assert_int_equal(tlsn_cert_issue(&spec, made[which].key, above, made[issuer].key, NULL,
                                     made[which].der, sizeof made[which].der, &made[which].len),
                     TLSN_OK);
}

/* A revocation list of BELOW's, made while its certificate has the parameters still. */
static struct made good, revoked;

static void list(struct made *out, bool with_leaf)
{
    struct tlsni_cert cert;
    struct tlsn_revoked entry = { .reason = TLSN_REASON_KEY_COMPROMISE };
    struct tlsn_crl_spec spec = { .revoked = &entry, .revoked_count = with_leaf, .this_update = X509_BEGIN,
                                  .next_update = X509_END };

    assert_int_equal(tlsni_cert_parse(&cert, span(&made[LEAF]), NULL), TLSN_OK);
    entry.serial = cert.serial;
    assert_int_equal(tlsn_crl_write(&spec, span(&made[BELOW]), made[BELOW].key, NULL, out->der,
                                    sizeof out->der, &out->len),
                     TLSN_OK);
}

static int setup(void **state)
{
    (void)state;
    if (!peer_there())
        return 0;
    assert_true(peer_openssl("dsaparam -out params 1024"));
    assert_true(peer_openssl("dsaparam -out others 1024"));
    for (int i = AUTHORITY; i <= STRANGER; i++) {
        char arguments[64], name[8];

        (void)snprintf(name, sizeof name, "k%d", i);
        (void)snprintf(arguments, sizeof arguments, "gendsa -out %s %s", name,
                       i == STRANGER ? "others" : "params");
        assert_true(peer_openssl(arguments));
        made[i].key = read_key(name);
    }
    made[BASE].key = x509_key(1);
    issue(BASE, BASE, "CN=Base", true);
    issue(AUTHORITY, BASE, "CN=DSA", true);
    issue(BELOW, AUTHORITY, "CN=Below", true);
    issue(LEAF, BELOW, "CN=leaf", false);
    list(&good, false);
    list(&revoked, true);
    strip(&made[BELOW], &made[AUTHORITY]);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (int i = 0; i < CERTS; i++)
        tlsn_key_free(made[i].key);
    peer_clean();
    return 0;
}

/* The leaf, its two issuers in this order, and the base as anchor. */
static tlsn_status judge(int first, int second, int third, tlsn_verify_report *report,
                         const struct tlsn_hooks *hooks)
{
    const struct tlsn_span certs[] = { span(&made[first]), span(&made[second]), span(&made[third]) };
    tlsn_trust *trust;
    tlsn_status st = tlsn_trust_new(&trust, hooks);

    if (st == TLSN_OK)
        st = tlsn_trust_add(trust, made[BASE].der, made[BASE].len, NULL, NULL);
    if (st == TLSN_OK)
        st = tlsn_x509_verify(trust, certs, 3, TLSN_PURPOSE_ANY, NULL, X509_NOW, &options, report);
    tlsn_trust_free(trust);
    return st;
}

static void parameters_are_those_of_the_issuer(void **state)
{
    (void)state;
    if (!peer_there())
        skip();
    assert_int_equal(judge(LEAF, AUTHORITY, BELOW, NULL, NULL), TLSN_OK);
    REQ("5280:6.1.4/9");
}

static void leaf_may_inherit_too(void **state)
{
    struct made kept = made[LEAF];

    (void)state;
    if (!peer_there())
        skip();
    strip(&made[LEAF], &made[BELOW]);
    assert_int_equal(judge(LEAF, BELOW, AUTHORITY, NULL, NULL), TLSN_OK);
    made[LEAF] = kept;
}

static void signature_of_an_heir_counts(void **state)
{
    struct made kept = made[LEAF];

    (void)state;
    if (!peer_there())
        skip();
    made[LEAF].der[made[LEAF].len - 1] ^= 1;
    assert_int_equal(judge(LEAF, BELOW, AUTHORITY, NULL, NULL), TLSN_ERR_CERT_SIGNATURE);
    made[LEAF] = kept;
}

/* So do the lists that it signs. */
static void revocation_list_of_an_heir_counts(void **state)
{
    struct made *const lists[] = { &good, &revoked };
    tlsn_evidence *evidence;

    (void)state;
    if (!peer_there())
        skip();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tlsn_evidence_new(&evidence, NULL), TLSN_OK);
        assert_int_equal(tlsn_evidence_add_crl(evidence, lists[i]->der, lists[i]->len, NULL), TLSN_OK);
        options.evidence = evidence;
        options.revocation = TLSN_REVOCATION_HARD;
        options.revocation_leaf_only = true;
        for (int again = 0; again < 2; again++)
            assert_int_equal(judge(LEAF, BELOW, AUTHORITY, NULL, NULL),
                             i ? TLSN_ERR_CERT_REVOKED : TLSN_OK);
        tlsn_evidence_free(evidence);
    }
    options = (struct tlsn_verify_options){ .min_dsa_bits = 1024 };
}

/* Sizes are asked of the parameters wherever they come from. */
static void heir_is_as_weak_as_its_parameters(void **state)
{
    (void)state;
    if (!peer_there())
        skip();
    options.min_dsa_bits = 0;
    assert_int_equal(judge(LEAF, BELOW, AUTHORITY, NULL, NULL), TLSN_ERR_CERT_WEAK);
    options.min_dsa_bits = 1024;
}

/* Without a DSA key above it there is nothing to inherit. */
static void heir_of_another_kind_of_key_is_refused(void **state)
{
    struct made kept = made[BELOW];

    (void)state;
    if (!peer_there())
        skip();
    issue(BELOW, BASE, "CN=Below", true);
    strip(&made[BELOW], &made[BASE]);
    assert_int_not_equal(judge(LEAF, BELOW, BELOW, NULL, NULL), TLSN_OK);
    made[BELOW] = kept;
}

/* What a stranger says to be the issuer gives nothing: parameters are those of the path. */
static void heir_takes_nothing_from_outside_of_its_path(void **state)
{
    struct made kept = made[AUTHORITY];

    (void)state;
    if (!peer_there())
        skip();
    made[AUTHORITY].key = made[STRANGER].key; /* the same name, other parameters */
    issue(AUTHORITY, BASE, "CN=DSA", true);
    assert_int_not_equal(judge(LEAF, BELOW, AUTHORITY, NULL, NULL), TLSN_OK);
    made[STRANGER] = made[AUTHORITY];
    made[AUTHORITY] = kept;
    assert_int_equal(judge(LEAF, BELOW, AUTHORITY, NULL, NULL), TLSN_OK);
}

static void memory_running_out_among_heirs_is_an_error(void **state)
{
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    (void)state;
    if (!peer_there())
        skip();
    for (size_t n = 1; st == TLSN_ERR_NO_MEMORY; n++) {
        struct test_env env;

        test_env_init(&env, 1);
        env.fail_at = n;
        st = judge(LEAF, BELOW, AUTHORITY, NULL, &env.hooks);
        assert_int_equal(env.live, 0);
        assert_true(n < 100);
    }
    assert_int_equal(st, TLSN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_those_of_the_issuer),
        cmocka_unit_test(leaf_may_inherit_too),
        cmocka_unit_test(signature_of_an_heir_counts),
        cmocka_unit_test(revocation_list_of_an_heir_counts),
        cmocka_unit_test(heir_is_as_weak_as_its_parameters),
        cmocka_unit_test(heir_of_another_kind_of_key_is_refused),
        cmocka_unit_test(heir_takes_nothing_from_outside_of_its_path),
        cmocka_unit_test(memory_running_out_among_heirs_is_an_error),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
