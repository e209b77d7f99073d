#include "x509/policies.h"

#include <string.h>

#include "x509/der.h"
#include "x509/ext_policies.h"
#include "x509/oid.h"

enum {
    LEVELS_MAX = 32,
    LEVEL_MAX = 4096, /* policies and mappings of one level */
    OID_MAX = 127,    /* octets of an identifier that is told */
};

/* A policy that is valid at a level. */
struct node {
    struct tlsn_span oid;
    bool from_any; /* its parent is anyPolicy; otherwise whoever expects it one level up */
    bool mapped;   /* the next certificate calls it by other names than its own */
    bool reached;  /* from the leaf's level */
};

/* A name that the next certificate may use for a node. */
struct expect {
    struct tlsn_span oid;
    uint32_t node;
};

struct level {
    struct node *nodes;     /* owned; sorted by oid */
    struct expect *expects; /* owned; sorted by oid */
    size_t node_count, expect_count;
    bool any; /* anyPolicy is valid */
};

struct run {
    const struct tlsn_hooks *env;
    uint32_t *budget;
    struct tlsni_policy_result *result;
    struct level levels[LEVELS_MAX];
    unsigned count;                          /* levels in use; the first is the initial one */
    unsigned explicit_in, mapping_in, any_in; /* certificates until these are required or inhibited */
};

/* ---- sorting ---- */

static int compare(struct tlsn_span a, struct tlsn_span b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len ? memcmp(a.data, b.data, a.len) : 0;
}

/* Nodes and expects both begin with their identifier. */
static struct tlsn_span key_at(const uint8_t *base, size_t size, size_t i)
{
    struct tlsn_span key;

    memcpy(&key, base + i * size, sizeof key);
    return key;
}

static void swap(uint8_t *base, size_t size, size_t i, size_t k)
{
    uint8_t t[sizeof(struct node) + sizeof(struct expect)];

    memcpy(t, base + i * size, size);
    memcpy(base + i * size, base + k * size, size);
    memcpy(base + k * size, t, size);
}

static void sift(uint8_t *base, size_t size, size_t i, size_t n)
{
    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= n)
            return;
        if (child + 1 < n &&
            compare(key_at(base, size, child), key_at(base, size, child + 1)) < 0)
            child++;
        if (compare(key_at(base, size, i), key_at(base, size, child)) >= 0)
            return;
        swap(base, size, i, child);
        i = child;
    }
}

/* Heap sort: no recursion, no memory, no input that makes it slow. */
static void sort(void *array, size_t size, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        sift(array, size, i, n);
    for (size_t end = n; end > 1; end--) {
        swap(array, size, 0, end - 1);
        sift(array, size, 0, end - 1);
    }
}

/* The first element that is not less than oid. */
static size_t lower_bound(const void *array, size_t size, size_t n, struct tlsn_span oid)
{
    size_t low = 0;

    while (low < n) {
        size_t middle = low + (n - low) / 2;

        if (compare(key_at(array, size, middle), oid) < 0)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

static size_t find_expect(const struct level *l, struct tlsn_span oid)
{
    return lower_bound(l->expects, sizeof *l->expects, l->expect_count, oid);
}

static bool is_expected(const struct level *l, struct tlsn_span oid)
{
    size_t i = find_expect(l, oid);

    return i < l->expect_count && compare(l->expects[i].oid, oid) == 0;
}

static struct node *find_node(const struct level *l, struct tlsn_span oid)
{
    size_t i = lower_bound(l->nodes, sizeof *l->nodes, l->node_count, oid);

    return i < l->node_count && compare(l->nodes[i].oid, oid) == 0 ? &l->nodes[i] : NULL;
}

/* ---- building a level ---- */

static bool is_any(struct tlsn_span oid)
{
    return tlsni_span_eq(oid, tlsni_oid_bytes(TLSNI_OID_ANY_POLICY));
}

static size_t count_elements(struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);
    size_t n = 0;

    for (; r.p != r.end; n++)
        (void)tlsni_der_next(&r);
    return n;
}

static void blame(struct run *x, enum tlsni_policy_verdict verdict, unsigned depth)
{
    if (x->result->verdict != TLSNI_POLICY_OK)
        return;
    x->result->verdict = verdict;
    x->result->depth = depth;
}

/* @rfc 9618:4/1, 9618:6.3/1
 * Room for a certificate's own policies, those it takes over from the level above, and mappings. */
static tlsn_status open_level(struct run *x, const struct tlsni_cert *cert, unsigned depth)
{
    struct level *l = &x->levels[x->count], *up = l - 1;
    size_t mappings = cert->policy_mappings.len ? count_elements(cert->policy_mappings) : 0;
    size_t nodes = mappings + up->expect_count;

    if (cert->policies.len)
        nodes += count_elements(cert->policies);
    if (nodes + mappings > LEVEL_MAX || nodes + mappings > *x->budget) {
        blame(x, TLSNI_POLICY_LIMIT, depth);
        return TLSN_OK;
    }
    *x->budget -= (uint32_t)(nodes + mappings);
    x->count++;
    l->nodes = tlsni_alloc_array(x->env, nodes, sizeof *l->nodes);
    l->expects = tlsni_alloc_array(x->env, nodes + mappings, sizeof *l->expects);
    return l->nodes && l->expects ? TLSN_OK : TLSN_ERR_NO_MEMORY;
}

static void add_node(struct level *l, struct tlsn_span oid, bool from_any)
{
    struct node *n = &l->nodes[l->node_count++];

    n->oid = oid;
    n->from_any = from_any;
}

static bool has_twins(const struct level *l)
{
    for (size_t i = 1; i < l->node_count; i++)
        if (compare(l->nodes[i - 1].oid, l->nodes[i].oid) == 0)
            return true;
    return false;
}

/* RFC 5280 6.1.3 d 1: policies whose parent is there stay.
 * @rfc 5280:4.2.1.4/2 */
static bool read_policies(struct run *x, const struct tlsni_cert *cert, unsigned depth)
{
    struct level *l = &x->levels[x->count - 1], *up = l - 1;
    struct tlsni_rd r = tlsni_der_open_span(cert->policies, TLSNI_DER_SEQUENCE);
    unsigned any = 0;
    size_t kept = 0;

    while (r.p != r.end) {
        struct tlsn_span oid = tlsni_policy_next(&r);

        if (is_any(oid))
            any++;
        else
            add_node(l, oid, false);
    }
    sort(l->nodes, sizeof *l->nodes, l->node_count);
    if (any > 1 || has_twins(l))
        blame(x, TLSNI_POLICY_MALFORMED, depth);
    for (size_t i = 0; i < l->node_count; i++) {
        struct node n = l->nodes[i];

        n.from_any = !is_expected(up, n.oid);
        if (!n.from_any || up->any)
            l->nodes[kept++] = n;
    }
    l->node_count = kept;
    return any;
}

/* RFC 5280 6.1.3 d 2: anyPolicy takes over whatever was expected and not named. */
static void take_over(struct run *x)
{
    struct level *l = &x->levels[x->count - 1], *up = l - 1;
    size_t named = l->node_count;

    l->any = up->any;
    for (size_t i = 0; i < up->expect_count; i++) {
        struct tlsn_span oid = up->expects[i].oid;
        size_t at = lower_bound(l->nodes, sizeof *l->nodes, named, oid);

        if ((i && compare(up->expects[i - 1].oid, oid) == 0) ||
            (at < named && compare(l->nodes[at].oid, oid) == 0))
            continue;
        add_node(l, oid, false);
    }
    sort(l->nodes, sizeof *l->nodes, l->node_count);
}

/* ---- mapping, RFC 5280 6.1.4 a and b ---- */

static void drop_mapped(struct level *l)
{
    size_t kept = 0;

    for (size_t i = 0; i < l->node_count; i++)
        if (!l->nodes[i].mapped)
            l->nodes[kept++] = l->nodes[i];
    l->node_count = kept;
}

/* Marks the nodes that are mapped; where anyPolicy is valid, a policy that only the mapping names
 * becomes a node too. */
static void mark_mapped(struct run *x, struct level *l, struct tlsn_span value, bool inhibited,
                        unsigned depth)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);
    size_t before = l->node_count;

    while (r.p != r.end) {
        struct tlsni_policy_mapping m = tlsni_policy_mapping_next(&r);

        if (is_any(m.issuer) || is_any(m.subject))
            blame(x, TLSNI_POLICY_MALFORMED, depth);
        if (!find_node(l, m.issuer) && l->any && !inhibited)
            l->nodes[before++] = (struct node){ .oid = m.issuer, .from_any = true };
    }
    l->node_count = before;
    sort(l->nodes, sizeof *l->nodes, l->node_count);
    before = 0;
    for (size_t i = 0; i < l->node_count; i++) /* named by several mappings */
        if (!before || compare(l->nodes[before - 1].oid, l->nodes[i].oid) != 0)
            l->nodes[before++] = l->nodes[i];
    l->node_count = before;
    r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);
    while (r.p != r.end) {
        struct node *n = find_node(l, tlsni_policy_mapping_next(&r).issuer);

        if (n)
            n->mapped = true;
    }
}

static void add_expect(struct level *l, struct tlsn_span oid, const struct node *n)
{
    struct expect *e = &l->expects[l->expect_count++];

    e->oid = oid;
    e->node = (uint32_t)(n - l->nodes);
}

static void write_expects(struct level *l, struct tlsn_span mappings)
{
    struct tlsni_rd r = tlsni_der_open_span(mappings, TLSNI_DER_SEQUENCE);

    for (size_t i = 0; i < l->node_count; i++)
        if (!l->nodes[i].mapped)
            add_expect(l, l->nodes[i].oid, &l->nodes[i]);
    while (mappings.len && r.p != r.end) {
        struct tlsni_policy_mapping m = tlsni_policy_mapping_next(&r);
        struct node *n = find_node(l, m.issuer);

        if (n)
            add_expect(l, m.subject, n);
    }
    sort(l->expects, sizeof *l->expects, l->expect_count);
}

/* @rfc 5280:4.2.1.5/1, 5280:6.1.4/7, 9618:5.4/1, 9618:6.4/1 */
static void map(struct run *x, const struct tlsni_cert *cert, unsigned depth)
{
    struct level *l = &x->levels[x->count - 1];
    struct tlsn_span mappings = cert->policy_mappings;

    if (mappings.len) {
        mark_mapped(x, l, mappings, !x->mapping_in, depth);
        if (!x->mapping_in) {
            drop_mapped(l);
            mappings.len = 0;
        }
    }
    write_expects(l, mappings);
}

/* ---- certificates ---- */

static void lower(unsigned *counter, int to)
{
    if (to >= 0 && (unsigned)to < *counter)
        *counter = (unsigned)to;
}

/* RFC 5280 6.1.4 h. */
static void count_down(struct run *x)
{
    x->explicit_in -= x->explicit_in > 0;
    x->mapping_in -= x->mapping_in > 0;
    x->any_in -= x->any_in > 0;
}

/* RFC 5280 6.1.4 i and j.
 * @rfc 5280:4.2.1.11/1, 5280:4.2.1.14/1, 5280:6.1.4/8 */
static void restrict_below(struct run *x, const struct tlsni_cert *cert)
{
    lower(&x->explicit_in, cert->require_explicit);
    lower(&x->mapping_in, cert->inhibit_mapping);
    lower(&x->any_in, cert->inhibit_any);
}

static bool is_empty(const struct level *l)
{
    return !l->any && !l->node_count;
}

/* RFC 5280 6.1.3 d to f, and the mapping of 6.1.4.
 * @rfc 5280:6.1.3/6, 5280:6.1.3/7, 9618:5.3/1 */
static tlsn_status process(struct run *x, const struct tlsni_cert *cert, unsigned depth)
{
    tlsn_status st = open_level(x, cert, depth);

    if (st != TLSN_OK || x->result->verdict == TLSNI_POLICY_LIMIT)
        return st;
    if (cert->policies.len && read_policies(x, cert, depth) &&
        (x->any_in || (depth && cert->self_issued)))
        take_over(x);
    if (!x->explicit_in && is_empty(&x->levels[x->count - 1]))
        blame(x, TLSNI_POLICY_MISSING, depth);
    if (depth)
        map(x, cert, depth);
    return TLSN_OK;
}

/* An anchor that says nothing about policies allows all of them (RFC 5937 3.2). */
static tlsn_status process_anchor(struct run *x, const struct tlsni_cert *anchor, unsigned depth)
{
    tlsn_status st = anchor->policies.len ? process(x, anchor, depth) : TLSN_OK;

    restrict_below(x, anchor);
    return st;
}

/* ---- the end, RFC 5280 6.1.5 a, b and g ---- */

/* Marks what leads to a valid policy of the leaf. */
static void mark_reached(struct run *x)
{
    struct level *last = &x->levels[x->count - 1];

    for (size_t i = 0; i < last->node_count; i++)
        last->nodes[i].reached = true;
    for (struct level *l = last; l > x->levels; l--)
        for (size_t i = 0; i < l->node_count; i++) {
            const struct node *n = &l->nodes[i];

            if (!n->reached || n->from_any)
                continue;
            for (size_t k = find_expect(l - 1, n->oid);
                 k < l[-1].expect_count && compare(l[-1].expects[k].oid, n->oid) == 0; k++)
                l[-1].nodes[l[-1].expects[k].node].reached = true;
        }
}

static tlsn_status add_policy(struct run *x, struct tlsn_span oid)
{
    uint8_t head[2] = { TLSNI_DER_OID, (uint8_t)oid.len };
    tlsn_status st;

    if (oid.len > OID_MAX)
        return TLSN_OK;
    st = tlsni_buf_append(x->env, &x->result->valid, head, sizeof head);
    return st == TLSN_OK ? tlsni_buf_append(x->env, &x->result->valid, oid.data, oid.len) : st;
}

static bool holds(struct tlsn_span list, struct tlsn_span oid)
{
    struct tlsni_rd r = tlsni_rd_span(list);

    while (r.p != r.end)
        if (tlsni_span_eq(tlsni_der_oid(&r), oid))
            return true;
    return false;
}

/* The policies of the anchor's domain, as far as the user takes them: those right below anyPolicy,
 * at whatever level. */
static tlsn_status collect_nodes(struct run *x, struct tlsn_span initial)
{
    size_t room = 0, n = 0;
    struct tlsn_span *found;
    tlsn_status st = TLSN_OK;

    for (struct level *l = x->levels; l < x->levels + x->count; l++)
        room += l->node_count;
    found = tlsni_alloc_array(x->env, room, sizeof *found);
    if (!found)
        return TLSN_ERR_NO_MEMORY;
    for (struct level *l = x->levels; l < x->levels + x->count; l++)
        for (size_t i = 0; i < l->node_count; i++)
            if (l->nodes[i].reached && l->nodes[i].from_any)
                found[n++] = l->nodes[i].oid;
    sort(found, sizeof *found, n);
    for (size_t i = 0; st == TLSN_OK && i < n; i++)
        if ((!i || compare(found[i - 1], found[i]) != 0) &&
            (!initial.len || holds(initial, found[i])))
            st = add_policy(x, found[i]);
    tlsni_free(x->env, found);
    return st;
}

/* @rfc 5280:6.1.5/2, 5280:6.1.6/1, 9618:5.5/1, 9618:4.2/1, 9618:4.2/2 */
static tlsn_status collect(struct run *x, struct tlsn_span initial)
{
    struct tlsni_rd r = tlsni_rd_span(initial);
    tlsn_status st = TLSN_OK;

    if (!x->levels[x->count - 1].any) {
        mark_reached(x);
        return collect_nodes(x, initial);
    }
    x->result->any = !initial.len;
    while (st == TLSN_OK && r.p != r.end)
        st = add_policy(x, tlsni_der_oid(&r));
    return st;
}

static tlsn_status finish(struct run *x, const struct tlsni_cert *leaf, struct tlsn_span initial)
{
    tlsn_status st;

    x->explicit_in -= x->explicit_in > 0;
    if (leaf->require_explicit == 0)
        x->explicit_in = 0;
    x->result->required = !x->explicit_in;
    st = collect(x, initial);
    if (x->result->required && !x->result->any && !tlsni_buf_len(&x->result->valid))
        blame(x, TLSNI_POLICY_MISSING, 0);
    return st;
}

static tlsn_status run_path(struct run *x, const struct tlsni_cert *const *path, unsigned len,
                            const struct tlsni_cert *anchor, struct tlsn_span initial)
{
    tlsn_status st = TLSN_OK;

    if (anchor)
        st = process_anchor(x, anchor, len);
    for (unsigned i = len; st == TLSN_OK && x->result->verdict != TLSNI_POLICY_LIMIT && i-- > 0;) {
        st = process(x, path[i], i);
        if (i && !path[i]->self_issued)
            count_down(x);
        if (i)
            restrict_below(x, path[i]);
    }
    if (st == TLSN_OK && x->result->verdict != TLSNI_POLICY_LIMIT)
        st = finish(x, path[0], initial);
    return st;
}

/* @rfc 5280:4.2.1.4/1, 9618:5.1/1 */
tlsn_status tlsni_policies_check(struct tlsni_policy_result *result, const struct tlsn_hooks *env,
                                 const struct tlsni_cert *const *path, unsigned len,
                                 const struct tlsni_cert *anchor,
                                 const struct tlsni_policy_settings *settings, uint32_t *budget)
{
    struct run x = { .env = env, .budget = budget, .result = result, .count = 1 };
    tlsn_status st;

    memset(result, 0, sizeof *result);
    if (len + 2 > LEVELS_MAX)
        return TLSN_ERR_ARGUMENT;
    x.levels[0].any = true;
    x.explicit_in = settings->require_explicit ? 0 : len + 1;
    x.mapping_in = settings->inhibit_mapping ? 0 : len + 1;
    x.any_in = settings->inhibit_any ? 0 : len + 1;
    st = run_path(&x, path, len, anchor, settings->initial);
    for (unsigned i = 0; i < LEVELS_MAX; i++) {
        tlsni_free(env, x.levels[i].nodes);
        tlsni_free(env, x.levels[i].expects);
    }
    if (st != TLSN_OK)
        tlsni_buf_free(env, &result->valid);
    return st;
}

tlsn_status tlsni_policies_read(struct tlsni_buf *out, const struct tlsn_hooks *env,
                                const char *text)
{
    uint8_t tlv[2 + OID_MAX] = { TLSNI_DER_OID };
    tlsn_status st = TLSN_OK;

    while (st == TLSN_OK && *text) {
        size_t len = strcspn(text, ", "), oid_len = tlsni_oid_encode(tlv + 2, OID_MAX, text, len);

        if (!oid_len)
            return TLSN_ERR_ARGUMENT;
        if (is_any(tlsni_span_make(tlv + 2, oid_len))) {
            tlsni_buf_free(env, out);
            return TLSN_OK;
        }
        tlv[1] = (uint8_t)oid_len;
        st = tlsni_buf_append(env, out, tlv, 2 + oid_len);
        text += len;
        text += strspn(text, ", ");
    }
    return st;
}
