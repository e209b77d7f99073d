#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support_x509.h"
#include "x509/constraints.h"
#include "x509/der_write.h"
#include "x509/evidence.h"
#include "x509/verify.h"

/* The bounds that <tls-native/x509.h> states, by counting: what hostile input costs in checks, steps and bytes, on
 * any machine the same. */

enum {
    SIGNATURES = 100, STEPS = 2 * 50 * SIGNATURES + 2, NAMES = 2 * 8000000, CONSTRAINTS = 12000000,
    BAG = 10000, PER_CERT = 1000, PER_SIGNATURE = 24, BASE = 65536,
};

static struct x509_made root, leaf;
static const struct x509_spec ca_spec = { .extensions = { X509_CA, X509_KU_CERT_SIGN } };

/* ---- memory that is measured ---- */

static size_t held, most;

static void *measured_alloc(void *ctx, size_t len)
{
    size_t *block = malloc(sizeof(max_align_t) + len);

    (void)ctx;
    if (!block)
        return NULL;
    *block = len;
    held += len;
    most = held > most ? held : most;
    return (uint8_t *)block + sizeof(max_align_t);
}

static void measured_release(void *ctx, void *block)
{
    size_t *begin = block ? (size_t *)(void *)((uint8_t *)block - sizeof(max_align_t)) : NULL;

    (void)ctx;
    if (begin)
        held -= *begin;
    free(begin);
}

static const struct tlsn_hooks measured = { .alloc = measured_alloc, .release = measured_release };

/* ---- one question ---- */

struct cost {
    struct tlsni_search_cost search;
    uint32_t constraints;
    unsigned evidence, nested;
    size_t memory;
};

static tlsn_status ask(const struct tlsni_cert *first, const struct tlsni_cert *const *pool, size_t count,
                       const struct tlsn_verify_options *options, struct cost *cost)
{
    struct tlsni_verify_in in = { .env = &measured, .leaf = first, .pool = pool, .pool_count = count,
                                  .options = options, .time = X509_NOW, .purpose = TLSN_PURPOSE_ANY };
    struct tlsni_verification v;
    tlsn_trust *trust;
    tlsn_status st;
    bool done;

    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, root.der, root.len, NULL, NULL), TLSN_OK);
    in.trust = trust;
    held = most = 0;
    assert_int_equal(tlsni_verification_open(&v, &in, NULL), TLSN_OK);
    st = tlsni_verification_run(&v, 0, &done, NULL, NULL);
    assert_true(done);
    *cost = (struct cost){ tlsni_search_cost(v.search), CONSTRAINTS - v.judge.name_budget,
                           v.revocation.signatures, v.revocation.searches, most };
    tlsni_verification_close(&v);
    assert_int_equal(held, 0);
    tlsn_trust_free(trust);
    return st;
}

static void assert_bounded(const struct cost *cost, size_t certs)
{
    assert_in_range(cost->search.signatures, 0, SIGNATURES);
    assert_in_range(cost->search.steps, 0, STEPS);
    assert_in_range(cost->search.names, 0, NAMES);
    assert_in_range(cost->constraints, 0, CONSTRAINTS);
    assert_in_range(cost->evidence, 0, SIGNATURES);
    assert_in_range(cost->nested, 0, 8);
    assert_in_range(cost->memory + certs * sizeof(struct tlsni_cert), 0,
                    certs * PER_CERT + SIGNATURES * PER_SIGNATURE + BASE);
}

/* Authorities in any number; those behind `distinct` are the same once more. describe: what one is, and whose key
 * signs it. */
struct bag {
    struct tlsni_cert *certs;
    const struct tlsni_cert **pool;
    struct x509_made *made;
    size_t count;
};

static struct bag make_bag(size_t count, size_t distinct,
                           unsigned (*describe)(struct x509_spec *spec, char text[2][64], size_t i))
{
    struct bag b = { calloc(count, sizeof *b.certs), calloc(count, sizeof *b.pool),
                     calloc(distinct, sizeof *b.made), count };

    assert_true(b.certs && b.pool && b.made);
    for (size_t i = 0; i < count; i++) {
        struct x509_spec spec = ca_spec;
        char text[2][64];

        if (i < distinct) {
            struct x509_made signer = { .seed = describe(&spec, text, i) };

            x509_make(&b.made[i], &spec, &signer);
        }
        b.certs[i] = b.made[i % distinct].cert;
        b.pool[i] = &b.certs[i];
    }
    return b;
}

static void free_bag(struct bag *b)
{
    free(b->certs);
    free((void *)b->pool);
    free(b->made);
}

/* ---- searches ---- */

static unsigned all_alike(struct x509_spec *spec, char text[2][64], size_t i)
{
    (void)text;
    spec->subject = spec->issuer = "CN=Authority";
    spec->seed = 200 + (unsigned)i;
    return 100; /* who of them it was has to be found out */
}

static unsigned in_line(struct x509_spec *spec, char text[2][64], size_t i)
{
    (void)snprintf(text[0], sizeof text[0], i ? "CN=%zu" : "CN=Authority", i);
    (void)snprintf(text[1], sizeof text[1], "CN=%zu", i + 1);
    spec->subject = text[0];
    spec->issuer = text[1];
    spec->seed = 100 + (unsigned)(i % 50);
    return 100 + (unsigned)((i + 1) % 50);
}

/* Each level twice, each issued by both of the next one: 2^n paths. */
static unsigned in_twins(struct x509_spec *spec, char text[2][64], size_t i)
{
    (void)snprintf(text[0], sizeof text[0], i / 2 ? "CN=level %zu" : "CN=Authority", i / 2);
    (void)snprintf(text[1], sizeof text[1], "CN=level %zu", i / 2 + 1);
    spec->subject = text[0];
    spec->issuer = text[1];
    spec->seed = 100 + (unsigned)(i / 2);
    return 100 + (unsigned)(i / 2 + 1);
}

static void bag_costs_what_is_stated(void **state)
{
    static const struct {
        size_t count, distinct;
        unsigned (*describe)(struct x509_spec *spec, char text[2][64], size_t i);
    } rows[] = {
        { BAG, 50, all_alike }, { BAG, 2000, in_line }, { 40, 40, in_twins }, { 500, 500, all_alike },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bag b = make_bag(rows[i].count, rows[i].distinct, rows[i].describe);
        struct cost cost;

        assert_int_not_equal(ask(&leaf.cert, b.pool, b.count, NULL, &cost), TLSN_OK);
        (void)printf("# %zu certificates: %u signatures, %u steps, %zu bytes of names, %zu bytes\n", b.count,
                     cost.search.signatures, cost.search.steps, cost.search.names, cost.memory);
        assert_bounded(&cost, b.count);
        free_bag(&b);
    }
}

/* The right one among many of its name: found by its key identifier, or given up at the limit. */
static void limits_are_those_of_the_caller(void **state)
{
    struct tlsn_verify_options options = { .max_signatures = 7 };
    struct bag b = make_bag(500, 500, all_alike);
    struct cost cost;

    (void)state;
    assert_int_equal(ask(&leaf.cert, b.pool, b.count, &options, &cost), TLSN_ERR_CERT_LIMIT);
    assert_in_range(cost.search.signatures, 1, 7);
    assert_in_range(cost.search.steps, 1, 2 * (50 * 7 + 1));
    free_bag(&b);
}

/* ---- name constraints ---- */

static struct tlsn_span names_of(uint8_t *room, size_t cap, size_t count, bool subtrees, const char *domain)
{
    struct tlsni_wr w = tlsni_wr_make(room, cap);
    size_t all = subtrees ? tlsni_dw_open(&w, TLSNI_DER_SEQUENCE) : 0;
    size_t list = subtrees ? tlsni_dw_open(&w, TLSNI_DER_CONSTRUCTED_CONTEXT(1)) : 0;
    char text[32];

    for (size_t i = 0; i < count; i++) {
        size_t one = subtrees ? tlsni_dw_open(&w, TLSNI_DER_SEQUENCE) : 0;
        int len = snprintf(text, sizeof text, "n%zu.%s", i, domain);

        tlsni_dw_put(&w, TLSNI_DER_CONTEXT(2), tlsni_span_make(text, (size_t)len));
        if (subtrees)
            tlsni_dw_close(&w, one);
    }
    if (subtrees) {
        tlsni_dw_close(&w, list);
        tlsni_dw_close(&w, all);
    }
    assert_false(w.bad);
    return tlsni_span_make(room, w.len);
}

/* Names times subtrees: what all comparisons would take is paid up to the budget, and then there is no verdict. */
static void names_times_subtrees_are_bounded(void **state)
{
    static uint8_t trees[1 << 18], sans[1 << 18];
    struct tlsn_span value = names_of(trees, sizeof trees, 5000, true, "b.example");
    struct tlsni_cert cert = { .subject = { (const uint8_t *)"\x30\x00", 2 }, .has = TLSNI_HAS_SAN };
    uint32_t budget = CONSTRAINTS;

    (void)state;
    cert.san = names_of(sans, sizeof sans, 5000, false, "a.example");
    assert_int_equal(tlsni_constraints_check(value, true, &cert, false, &budget), TLSNI_CONSTRAINT_LIMIT);
    assert_int_equal(budget, 0);
    cert.san = names_of(sans, sizeof sans, 30, false, "a.example");
    budget = CONSTRAINTS;
    assert_int_equal(tlsni_constraints_check(value, true, &cert, false, &budget), TLSNI_CONSTRAINT_OK);
    assert_in_range(CONSTRAINTS - budget, 30 * 5000, CONSTRAINTS);
}

/* ---- evidence ---- */

/* Lists in the issuer's name that others signed: as many are tried as signatures may be checked. */
static void forged_lists_are_bounded(void **state)
{
    enum { LISTS = 400 };
    struct tlsn_verify_options options = { .revocation = TLSN_REVOCATION_HARD };
    tlsn_key *key = x509_key(77);
    tlsn_evidence *evidence;
    struct x509_made stranger, below;
    struct x509_spec spec = ca_spec;
    struct cost cost;

    (void)state;
    spec.subject = "CN=Root";
    spec.seed = 77;
    x509_make(&stranger, &spec, NULL);
    spec = (struct x509_spec){ .subject = "CN=leaf", .seed = 9, .extensions = { X509_KU_SIGNATURE } };
    x509_make(&below, &spec, &root);
    assert_int_equal(tlsn_evidence_new(&evidence, NULL), TLSN_OK);
    for (unsigned i = 0; i < LISTS; i++) {
        const struct tlsn_crl_spec crl = { .number = i + 1, .this_update = X509_BEGIN,
                                           .next_update = X509_END };
        uint8_t der[1024];
        size_t len;

        assert_int_equal(tlsn_crl_write(&crl, x509_span(&stranger), key, NULL, der, sizeof der, &len),
                         TLSN_OK);
        der[len - 1] ^= 1; /* nobody's signature */
        assert_int_equal(tlsn_evidence_add_crl(evidence, der, len, NULL), TLSN_OK);
    }
    options.evidence = evidence;
    assert_int_not_equal(ask(&below.cert, NULL, 0, &options, &cost), TLSN_OK);
    (void)printf("# %u lists: %u signatures\n", LISTS, cost.evidence);
    assert_bounded(&cost, 1);
    tlsn_evidence_free(evidence);
    tlsn_key_free(key);
}

static int setup(void **state)
{
    struct x509_spec spec = ca_spec;

    (void)state;
    spec.subject = "CN=Root";
    spec.seed = 1;
    x509_make(&root, &spec, NULL);
    spec = (struct x509_spec){ .subject = "CN=leaf", .issuer = "CN=Authority", .seed = 3,
                               .extensions = { X509_KU_SIGNATURE } };
    x509_make(&leaf, &spec, &(struct x509_made){ .seed = 100 });
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bag_costs_what_is_stated),
        cmocka_unit_test(limits_are_those_of_the_caller),
        cmocka_unit_test(names_times_subtrees_are_bounded),
        cmocka_unit_test(forged_lists_are_bounded),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
