#include "x509/oid_filter.h"

#include "x509/der.h"
#include "x509/ext_list.h"

bool tlsni_oid_filter_next(struct tlsn_span *rest, struct tlsni_oid_filter *out)
{
    struct tlsni_rd r = tlsni_rd_span(*rest);

    out->oid = tlsni_rd_vec_span(&r, 1, 1, 255);
    out->values = tlsni_rd_vec_span(&r, 2, 0, 65535);
    if (r.bad)
        return false;
    *rest = tlsni_rd_rest(&r);
    return true;
}

static enum tlsni_oid extension_of(const struct tlsni_oid_filter *f)
{
    struct tlsni_rd r = tlsni_rd_span(f->oid);
    struct tlsn_span body = tlsni_der_oid(&r);

    return tlsni_rd_done(&r) ? tlsni_oid_find(body) : TLSNI_OID_UNKNOWN;
}

static bool has_purpose(struct tlsn_span list, struct tlsn_span purpose)
{
    struct tlsni_rd r = tlsni_der_open_span(list, TLSNI_DER_SEQUENCE);

    while (tlsni_rd_left(&r))
        if (tlsni_span_eq(tlsni_der_oid(&r), purpose) && !r.bad)
            return true;
    return false;
}

/* ---- key usage ---- */

static bool usage_sound(struct tlsn_span values)
{
    struct tlsni_rd r = tlsni_rd_span(values);

    (void)tlsni_der_named_bits(&r);
    return tlsni_rd_done(&r);
}

static bool usage_matches(struct tlsn_span values, struct tlsn_span value)
{
    struct tlsni_rd want = tlsni_rd_span(values), have = tlsni_rd_span(value);

    return (tlsni_der_named_bits(&want) & ~tlsni_der_named_bits(&have)) == 0;
}

/* ---- extended key usage ---- */

static bool purposes_sound(struct tlsn_span values)
{
    struct tlsni_rd r = tlsni_der_open_span(values, TLSNI_DER_SEQUENCE);

    while (!r.bad && tlsni_rd_left(&r))
        if (tlsni_oid_find(tlsni_der_oid(&r)) == TLSNI_OID_EKU_ANY)
            return false;
    return tlsni_rd_done(&r);
}

static bool purposes_match(struct tlsn_span values, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(values, TLSNI_DER_SEQUENCE);

    while (!r.bad && tlsni_rd_left(&r))
        if (!has_purpose(value, tlsni_der_oid(&r)))
            return false;
    return !r.bad;
}

/* ---- all of them ---- */

/* @rfc 8446:4.2.5/3, 8446:4.2.5/4, 8446:4.2.5/5 */
static const struct rule {
    enum tlsni_oid oid;
    bool (*sound)(struct tlsn_span values);
    bool (*matches)(struct tlsn_span values, struct tlsn_span value); /* that of the certificate */
    const char *source;
} rules[] = {
    { TLSNI_OID_KEY_USAGE, usage_sound, usage_matches, "RFC 8446 4.2.5" },
    { TLSNI_OID_EXT_KEY_USAGE, purposes_sound, purposes_match, "RFC 8446 4.2.5" },
};

static const struct rule *rule_of(const struct tlsni_oid_filter *f)
{
    enum tlsni_oid oid = extension_of(f);

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].oid == oid)
            return &rules[i];
    return NULL;
}

static bool repeats(struct tlsn_span list, const struct tlsni_oid_filter *f)
{
    struct tlsni_oid_filter other;

    while (tlsni_oid_filter_next(&list, &other) && other.oid.data != f->oid.data)
        if (tlsni_span_eq(other.oid, f->oid))
            return true;
    return false;
}

enum { FILTERS_MAX = 64 }; /* are looked at pairwise */

/* @rfc 8446:4.2.5/6, 8446:4.2.5/5 */
bool tlsni_oid_filters_sound(struct tlsn_span list)
{
    struct tlsn_span rest = list;
    struct tlsni_oid_filter f;
    size_t count = 0;

    while (tlsni_oid_filter_next(&rest, &f)) {
        const struct rule *rule = rule_of(&f);

        if (++count > FILTERS_MAX || repeats(list, &f) ||
            (rule && f.values.len && !rule->sound(f.values)))
            return false;
    }
    return rest.len == 0;
}

/* @rfc 8446:4.2.5/2 */
bool tlsni_oid_filters_match(struct tlsn_span list, const struct tlsni_cert *cert)
{
    struct tlsni_oid_filter f;
    struct tlsn_span value;

    while (tlsni_oid_filter_next(&list, &f)) {
        const struct rule *rule = rule_of(&f);

        if (rule && (!cert->extensions.len || !tlsni_extension_find(cert->extensions, rule->oid, &value) ||
                     (f.values.len && !rule->matches(f.values, value))))
            return false;
    }
    return true;
}
