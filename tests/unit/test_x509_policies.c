#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "req.h"
#include "support_env.h"
#include "x509/der.h"
#include "x509/ext_policies.h"
#include "x509/oid.h"
#include "x509/policies.h"

/* Paths of certificates that consist of nothing but their policies. Policy n is 1.2.n; 0 is anyPolicy.
 * The graph is compared with the tree of RFC 5280 6.1, written down here as it stands there: the
 * published PKITS cases, which x509-cases runs, check both. */

enum { PATH_LEN = 4, LISTED_MAX = 6, ANY = 0 };

struct spec {
    unsigned policies[LISTED_MAX], policy_count;
    unsigned mappings[LISTED_MAX][2], mapping_count;
    int require_explicit, inhibit_mapping, inhibit_any;
    bool self_issued;
};

static size_t put_oid(uint8_t *out, unsigned n)
{
    static const uint8_t any[] = { 0x06, 4, 0x55, 0x1d, 0x20, 0x00 };
    uint8_t oid[] = { 0x06, 2, 0x2a, (uint8_t)n };

    memcpy(out, n ? oid : any, n ? sizeof oid : sizeof any);
    return n ? sizeof oid : sizeof any;
}

static size_t wrap(uint8_t *out, const uint8_t *body, size_t len)
{
    assert_true(len < 128);
    out[0] = TLSNI_DER_SEQUENCE;
    out[1] = (uint8_t)len;
    memcpy(out + 2, body, len);
    return len + 2;
}

struct made {
    struct tlsni_cert cert;
    uint8_t policies[160], mappings[160];
};

static void make(struct made *m, const struct spec *s)
{
    uint8_t all[160], one[32];
    size_t len = 0;

    memset(&m->cert, 0, sizeof m->cert);
    m->cert.require_explicit = s->require_explicit;
    m->cert.inhibit_mapping = s->inhibit_mapping;
    m->cert.inhibit_any = s->inhibit_any;
    m->cert.self_issued = s->self_issued;
    for (unsigned i = 0; i < s->policy_count; i++)
        len += wrap(all + len, one, put_oid(one, s->policies[i]));
    if (len)
        m->cert.policies = tlsni_span_make(m->policies, wrap(m->policies, all, len));
    len = 0;
    for (unsigned i = 0; i < s->mapping_count; i++) {
        size_t n = put_oid(one, s->mappings[i][0]);

        n += put_oid(one + n, s->mappings[i][1]);
        len += wrap(all + len, one, n);
    }
    if (len)
        m->cert.policy_mappings = tlsni_span_make(m->mappings, wrap(m->mappings, all, len));
}

/* What is valid in the end, as bits; bit 0 stands for all. */
static unsigned bits_of(const struct tlsni_policy_result *r)
{
    struct tlsni_rd list = tlsni_rd_make(tlsni_buf_data(&r->valid), tlsni_buf_len(&r->valid));
    unsigned bits = r->any ? 1 : 0;

    while (list.p != list.end)
        bits |= 1u << tlsni_der_oid(&list).data[1];
    return bits;
}

struct settings {
    unsigned initial; /* bits, 0: any */
    bool require_explicit, inhibit_mapping, inhibit_any;
};

struct outcome {
    bool accepted;
    unsigned bits;
};

static struct outcome by_graph(const struct spec *specs, unsigned len, const struct settings *s)
{
    static struct made made[PATH_LEN];
    const struct tlsni_cert *path[PATH_LEN];
    struct tlsni_policy_settings settings = { { NULL, 0 }, s->require_explicit, s->inhibit_mapping,
                                              s->inhibit_any };
    struct tlsni_policy_result result;
    uint32_t budget = 10000;
    uint8_t initial[160];
    struct outcome out;
    size_t at = 0;

    for (unsigned i = 1; i < 16; i++)
        if (s->initial >> i & 1)
            at += put_oid(initial + at, i);
    settings.initial = tlsni_span_make(at ? initial : NULL, at);
    for (unsigned i = 0; i < len; i++) {
        make(&made[i], &specs[i]);
        path[len - 1 - i] = &made[i].cert; /* specs begin at the anchor */
    }
    assert_int_equal(tlsni_policies_check(&result, NULL, path, len, NULL, &settings, &budget),
                     TLSN_OK);
    out.accepted = result.verdict == TLSNI_POLICY_OK;
    out.bits = bits_of(&result);
    tlsni_buf_free(NULL, &result.valid);
    return out;
}

/* ---- the tree of RFC 5280 6.1 ---- */

enum { TREE_MAX = 20000 };

struct tree_node {
    unsigned policy, expected; /* number; bits */
    int parent, depth;         /* -1: deleted */
};

static struct tree_node tree[TREE_MAX];
static int tree_size;

static void plant(unsigned policy, unsigned expected, int parent, int depth)
{
    assert_true(tree_size < TREE_MAX);
    tree[tree_size++] = (struct tree_node){ policy, expected, parent, depth };
}

static bool has_child(int n)
{
    for (int i = 0; i < tree_size; i++)
        if (tree[i].depth >= 0 && tree[i].parent == n)
            return true;
    return false;
}

/* Deletes what has no children above this depth. */
static void prune(int depth)
{
    for (int d = depth - 1; d >= 0; d--)
        for (int i = 0; i < tree_size; i++)
            if (tree[i].depth == d && !has_child(i))
                tree[i].depth = -1;
}

static bool names_child(int n, unsigned policy)
{
    for (int i = 0; i < tree_size; i++)
        if (tree[i].depth >= 0 && tree[i].parent == n && tree[i].policy == policy)
            return true;
    return false;
}

/* 6.1.3 d 1. */
static void grow_named(unsigned policy, int depth)
{
    bool matched = false;
    int before = tree_size;

    for (int i = 0; i < before; i++)
        if (tree[i].depth == depth - 1 && tree[i].expected >> policy & 1) {
            plant(policy, 1u << policy, i, depth);
            matched = true;
        }
    for (int i = 0; !matched && i < before; i++)
        if (tree[i].depth == depth - 1 && tree[i].policy == ANY)
            plant(policy, 1u << policy, i, depth);
}

/* 6.1.3 d 2. */
static void grow_any(int depth)
{
    int before = tree_size;

    for (int i = 0; i < before; i++)
        for (unsigned p = 0; tree[i].depth == depth - 1 && p < 16; p++)
            if (tree[i].expected >> p & 1 && !names_child(i, p))
                plant(p, 1u << p, i, depth);
}

/* 6.1.4 b for one issuer policy. */
static void map_tree(const struct spec *s, unsigned issuer, bool allowed, int depth)
{
    unsigned subjects = 0;
    bool found = false;
    int above = -1;

    for (unsigned i = 0; i < s->mapping_count; i++)
        if (s->mappings[i][0] == issuer)
            subjects |= 1u << s->mappings[i][1];
    for (int i = 0; i < tree_size; i++) {
        if (tree[i].depth != depth)
            continue;
        if (tree[i].policy == ANY)
            above = tree[i].parent;
        if (tree[i].policy != issuer)
            continue;
        found = true;
        tree[i].expected = subjects;
        if (!allowed)
            tree[i].depth = -1;
    }
    if (allowed && !found && above >= 0)
        plant(issuer, subjects, above, depth);
    if (!allowed)
        prune(depth);
}

static bool tree_lives(int depth)
{
    for (int i = 0; i < tree_size; i++)
        if (tree[i].depth == depth)
            return true;
    return false;
}

/* 6.1.5 g, and what is left right below anyPolicy. */
static unsigned cut_to_initial(unsigned initial, int n)
{
    unsigned bits = 0;

    for (int i = 0; i < tree_size; i++) {
        int depth = tree[i].depth;

        if (depth == n && tree[i].policy == ANY)
            return initial ? initial : 1;
    }
    for (int i = 0; initial && i < tree_size; i++)
        if (tree[i].depth > 0 && tree[i].policy != ANY && tree[tree[i].parent].policy == ANY &&
            !(initial >> tree[i].policy & 1))
            tree[i].depth = -1;
    for (int i = 0; i < tree_size; i++) /* parents come first */
        if (tree[i].depth > 0 && tree[tree[i].parent].depth < 0)
            tree[i].depth = -1;
    prune(n);
    for (int i = 0; i < tree_size; i++)
        if (tree[i].depth > 0 && tree[i].policy != ANY && tree[tree[i].parent].policy == ANY)
            bits |= 1u << tree[i].policy;
    return bits;
}

static void lower(int *counter, int to)
{
    if (to >= 0 && to < *counter)
        *counter = to;
}

static struct outcome by_tree(const struct spec *specs, unsigned n, const struct settings *s)
{
    int explicit_in = s->require_explicit ? 0 : (int)n + 1;
    int mapping_in = s->inhibit_mapping ? 0 : (int)n + 1;
    int any_in = s->inhibit_any ? 0 : (int)n + 1;
    struct outcome out = { true, 0 };

    tree_size = 0;
    plant(ANY, 1, -1, 0);
    for (unsigned i = 1; i <= n; i++) {
        const struct spec *c = &specs[i - 1];
        bool any = false;

        for (unsigned k = 0; k < c->policy_count; k++) {
            any |= c->policies[k] == ANY;
            if (c->policies[k] != ANY)
                grow_named(c->policies[k], (int)i);
        }
        if (any && (any_in > 0 || (i < n && c->self_issued)))
            grow_any((int)i);
        prune((int)i);
        out.accepted &= explicit_in > 0 || tree_lives((int)i);
        if (i == n) {
            explicit_in -= explicit_in > 0;
            if (c->require_explicit == 0)
                explicit_in = 0;
            break;
        }
        for (unsigned p = 1; p < 16; p++)
            for (unsigned k = 0; k < c->mapping_count; k++)
                if (c->mappings[k][0] == p) {
                    map_tree(c, p, mapping_in > 0, (int)i);
                    break;
                }
        if (!c->self_issued) {
            explicit_in -= explicit_in > 0;
            mapping_in -= mapping_in > 0;
            any_in -= any_in > 0;
        }
        lower(&explicit_in, c->require_explicit);
        lower(&mapping_in, c->inhibit_mapping);
        lower(&any_in, c->inhibit_any);
    }
    out.bits = cut_to_initial(s->initial, (int)n);
    out.accepted &= explicit_in > 0 || out.bits;
    return out;
}

static unsigned dice(uint64_t *state, unsigned sides)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*state >> 33) % sides;
}

static bool listed(const struct spec *s, unsigned policy)
{
    for (unsigned i = 0; i < s->policy_count; i++)
        if (s->policies[i] == policy)
            return true;
    return false;
}

static void random_spec(struct spec *s, uint64_t *state)
{
    unsigned policies = dice(state, 6) ? 1 + dice(state, 3) : 0, mappings = dice(state, 4);

    memset(s, 0, sizeof *s);
    while (policies--) {
        unsigned p = dice(state, 5);

        if (!listed(s, p))
            s->policies[s->policy_count++] = p;
    }
    while (mappings--) {
        s->mappings[s->mapping_count][0] = 1 + dice(state, 4);
        s->mappings[s->mapping_count++][1] = 1 + dice(state, 4);
    }
    s->require_explicit = dice(state, 6) ? -1 : (int)dice(state, 3);
    s->inhibit_mapping = dice(state, 6) ? -1 : (int)dice(state, 3);
    s->inhibit_any = dice(state, 6) ? -1 : (int)dice(state, 3);
    s->self_issued = dice(state, 5) == 0;
}

static void graph_of_random_paths_says_what_the_tree_says(void **state)
{
    unsigned accepted = 0, told = 0;
    uint64_t seed = 9618;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct spec specs[PATH_LEN];
        unsigned len = 1 + dice(&seed, PATH_LEN);
        struct settings s = { dice(&seed, 3) ? 0 : dice(&seed, 16) * 2, dice(&seed, 4) == 0,
                              dice(&seed, 6) == 0, dice(&seed, 6) == 0 };
        struct outcome graph, plain;

        for (unsigned i = 0; i < len; i++)
            random_spec(&specs[i], &seed);
        graph = by_graph(specs, len, &s);
        plain = by_tree(specs, len, &s);
        if (graph.accepted != plain.accepted || graph.bits != plain.bits)
            fail_msg("round %d: graph %d %x, tree %d %x", round, graph.accepted, graph.bits,
                     plain.accepted, plain.bits);
        accepted += plain.accepted;
        told += plain.bits != 0;
    }
    assert_in_range(accepted, 2000, 18000); /* both verdicts came up */
    assert_in_range(told, 2000, 18000);
    REQ("5280:6.1.3/6");
    REQ("5280:6.1.5/2");
    REQ("5280:6.1.6/1");
    REQ("5280:4.2.1.4/1");
    REQ("5280:4.2.1.11/1");
    REQ("5280:4.2.1.14/1");
    REQ("5280:6.1.3/7");
    REQ("5280:6.1.4/7");
    REQ("5280:6.1.4/8");
    REQ("9618:5.1/1");
    REQ("9618:5.3/1");
    REQ("9618:5.4/1");
    REQ("9618:5.5/1");
    REQ("9618:4.2/1");
    REQ("9618:4.2/2");
    REQ("9618:6.4/1");
}

#define SPEC(...) { .require_explicit = -1, .inhibit_mapping = -1, .inhibit_any = -1, __VA_ARGS__ }

static void policy_named_twice_refuses_the_path(void **state)
{
    const struct spec twice = SPEC(.policies = { 1, 2, 1 }, .policy_count = 3);
    const struct spec any_twice = SPEC(.policies = { 1, ANY, ANY }, .policy_count = 3);
    const struct settings s = { 0 };

    (void)state;
    assert_false(by_graph(&twice, 1, &s).accepted);
    assert_false(by_graph(&any_twice, 1, &s).accepted);
    REQ("5280:4.2.1.4/2");
}

static void mapping_of_any_policy_refuses_the_path(void **state)
{
    struct spec specs[2] = {
        SPEC(.policies = { 1 }, .policy_count = 1, .mappings = { { 1, ANY } }, .mapping_count = 1),
        SPEC(.policies = { 1 }, .policy_count = 1),
    };
    const struct settings s = { 0 };

    (void)state;
    assert_false(by_graph(specs, 2, &s).accepted);
    specs[0].mappings[0][0] = ANY;
    specs[0].mappings[0][1] = 1;
    assert_false(by_graph(specs, 2, &s).accepted);
    specs[0].mappings[0][0] = 2;
    assert_true(by_graph(specs, 2, &s).accepted);
    REQ("5280:4.2.1.5/1");
}

/* Every level maps each policy to every other: the tree has 6^n nodes, the graph 6n. */
static void graph_of_crossed_mappings_stays_small(void **state)
{
    static struct made made[24];
    const struct tlsni_cert *path[24];
    struct spec s = SPEC(.policies = { 1, 2 }, .policy_count = 2,
                         .mappings = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 } },
                         .mapping_count = 4);
    const struct tlsni_policy_settings settings = { .require_explicit = true };
    struct tlsni_policy_result result;
    uint32_t budget = 1000;

    (void)state;
    for (unsigned i = 0; i < 24; i++) {
        make(&made[i], &s);
        path[i] = &made[i].cert;
    }
    assert_int_equal(tlsni_policies_check(&result, NULL, path, 24, NULL, &settings, &budget),
                     TLSN_OK);
    assert_int_equal(result.verdict, TLSNI_POLICY_OK);
    assert_int_equal(bits_of(&result), 6);
    assert_true(budget > 600);
    tlsni_buf_free(NULL, &result.valid);
    budget = 100;
    assert_int_equal(tlsni_policies_check(&result, NULL, path, 24, NULL, &settings, &budget),
                     TLSN_OK);
    assert_int_equal(result.verdict, TLSNI_POLICY_LIMIT);
    tlsni_buf_free(NULL, &result.valid);
    REQ("9618:4/1");
    REQ("9618:6.3/1");
}

static void anchor_without_policies_allows_all_of_them(void **state)
{
    struct spec silent = { .require_explicit = 0, .inhibit_mapping = -1, .inhibit_any = -1 };
    struct spec loud = SPEC(.policies = { 2 }, .policy_count = 1);
    struct spec below = SPEC(.policies = { 1 }, .policy_count = 1);
    struct tlsni_policy_settings settings = { .require_explicit = true };
    struct tlsni_policy_result result;
    struct made anchor, leaf;
    const struct tlsni_cert *path[1] = { &leaf.cert };
    uint32_t budget = 100;

    (void)state;
    make(&anchor, &silent);
    make(&leaf, &below);
    assert_int_equal(tlsni_policies_check(&result, NULL, path, 1, &anchor.cert, &settings, &budget),
                     TLSN_OK);
    assert_int_equal(result.verdict, TLSNI_POLICY_OK);
    assert_int_equal(bits_of(&result), 2);
    tlsni_buf_free(NULL, &result.valid);
    make(&anchor, &loud);
    assert_int_equal(tlsni_policies_check(&result, NULL, path, 1, &anchor.cert, &settings, &budget),
                     TLSN_OK);
    assert_int_equal(result.verdict, TLSNI_POLICY_MISSING);
    tlsni_buf_free(NULL, &result.valid);
    /* RFC 5937: what the anchor requires binds the path. */
    settings.require_explicit = false;
    make(&anchor, &silent);
    leaf.cert.policies.len = 0;
    assert_int_equal(tlsni_policies_check(&result, NULL, path, 1, &anchor.cert, &settings, &budget),
                     TLSN_OK);
    assert_int_equal(result.verdict, TLSNI_POLICY_MISSING);
}

static void constraints_without_members_are_damaged(void **state)
{
    static const uint8_t empty[] = { 0x30, 0 }, both[] = { 0x30, 6, 0x80, 1, 3, 0x81, 1, 0 };
    static const uint8_t negative[] = { 0x30, 3, 0x80, 1, 0xff }, skip[] = { 2, 1, 5 };
    struct tlsni_cert cert = { 0 };

    (void)state;
    assert_false(tlsni_ext_policy_constraints(&cert, tlsni_span_make(empty, sizeof empty)));
    assert_false(tlsni_ext_policy_constraints(&cert, tlsni_span_make(negative, sizeof negative)));
    assert_true(tlsni_ext_policy_constraints(&cert, tlsni_span_make(both, sizeof both)));
    assert_int_equal(cert.require_explicit, 3);
    assert_int_equal(cert.inhibit_mapping, 0);
    for (size_t i = 0; i < sizeof both; i++)
        assert_false(tlsni_ext_policy_constraints(&cert, tlsni_span_make(both, i)));
    assert_true(tlsni_ext_inhibit_any(&cert, tlsni_span_make(skip, sizeof skip)));
    assert_int_equal(cert.inhibit_any, 5);
    assert_false(tlsni_ext_inhibit_any(&cert, tlsni_span_make(skip, 2)));
    REQ("5280:4.2.1.11/2");
}

static void qualifiers_are_checked_for_their_form(void **state)
{
    static const uint8_t with[] = { 0x30, 16, 0x30, 14, 6, 2, 0x2a, 1, 0x30, 8,
                                    0x30, 6, 6, 2, 0x2a, 2, 0x16, 0 };
    uint8_t bent[sizeof with];
    struct tlsni_cert cert = { 0 };

    (void)state;
    assert_true(tlsni_ext_policies(&cert, tlsni_span_make(with, sizeof with)));
    memcpy(bent, with, sizeof with);
    bent[16] = 0x30; /* the qualifier is anything */
    assert_true(tlsni_ext_policies(&cert, tlsni_span_make(bent, sizeof bent)));
    bent[12] = 0x05; /* its identifier is none */
    assert_false(tlsni_ext_policies(&cert, tlsni_span_make(bent, sizeof bent)));
    memcpy(bent, with, sizeof with);
    bent[8] = 0x31; /* no SEQUENCE */
    assert_false(tlsni_ext_policies(&cert, tlsni_span_make(bent, sizeof bent)));
    REQ("5280:4.2.1.4/3");
    REQ("6818:3/5");
}

static void texts_of_policies_are_read(void **state)
{
    static const uint8_t two[] = { 6, 2, 0x2a, 0x03, 6, 4, 0x2a, 0x86, 0x48, 0x00 };
    const char *const bad[] = { "1", "3.1", "1.40", "1.2.", "1..2", "x", "1.2 .3", "1.2.4294967296",
                                "1.2,x" };
    struct tlsni_buf out = { NULL, 0, 0, 0 };

    (void)state;
    assert_int_equal(tlsni_policies_read(&out, NULL, "1.2.3,  1.2.840.0"), TLSN_OK);
    assert_int_equal(tlsni_buf_len(&out), sizeof two);
    assert_memory_equal(tlsni_buf_data(&out), two, sizeof two);
    tlsni_buf_free(NULL, &out);
    assert_int_equal(tlsni_policies_read(&out, NULL, "1.2.3, 2.5.29.32.0"), TLSN_OK);
    assert_int_equal(tlsni_buf_len(&out), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (tlsni_policies_read(&out, NULL, bad[i]) != TLSN_ERR_ARGUMENT)
            fail_msg("%s was read", bad[i]);
        tlsni_buf_free(NULL, &out);
    }
}

static void check_without_memory_says_so(void **state)
{
    struct spec specs[2] = { SPEC(.policies = { 1, 2 }, .policy_count = 2,
                                  .mappings = { { 1, 2 } }, .mapping_count = 1),
                             SPEC(.policies = { 2 }, .policy_count = 1) };
    const struct tlsni_policy_settings settings = { .require_explicit = true };
    struct made made[2];
    const struct tlsni_cert *path[2] = { &made[1].cert, &made[0].cert };
    tlsn_status st = TLSN_ERR_NO_MEMORY;
    struct test_env env;
    size_t fail_at = 1;

    (void)state;
    make(&made[0], &specs[0]);
    make(&made[1], &specs[1]);
    for (; st == TLSN_ERR_NO_MEMORY; fail_at++) {
        struct tlsni_policy_result result;
        uint32_t budget = 100;

        test_env_init(&env, 1);
        env.fail_at = fail_at;
        st = tlsni_policies_check(&result, &env.hooks, path, 2, NULL, &settings, &budget);
        if (st == TLSN_OK)
            tlsni_buf_free(&env.hooks, &result.valid);
        assert_int_equal(env.live, 0);
    }
    assert_int_equal(st, TLSN_OK);
    assert_true(fail_at > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graph_of_random_paths_says_what_the_tree_says),
        cmocka_unit_test(policy_named_twice_refuses_the_path),
        cmocka_unit_test(mapping_of_any_policy_refuses_the_path),
        cmocka_unit_test(graph_of_crossed_mappings_stays_small),
        cmocka_unit_test(anchor_without_policies_allows_all_of_them),
        cmocka_unit_test(constraints_without_members_are_damaged),
        cmocka_unit_test(qualifiers_are_checked_for_their_form),
        cmocka_unit_test(texts_of_policies_are_read),
        cmocka_unit_test(check_without_memory_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
