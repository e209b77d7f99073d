#include "x509/ext_policies.h"

#include "x509/oid.h"

/* PolicyInformation; qualifiers, if there, are a SEQUENCE that is not empty and has an identifier
 * in each of its members.
 * @rfc 5280:4.2.1.4/3, 6818:3/5 */
struct tlsn_span tlsni_policy_next(struct tlsni_rd *r)
{
    struct tlsni_rd one = tlsni_der_enter(r, TLSNI_DER_SEQUENCE), list, qualifier;
    struct tlsn_span policy = tlsni_der_oid(&one);

    if (one.p != one.end) {
        list = tlsni_der_enter(&one, TLSNI_DER_SEQUENCE);
        do {
            qualifier = tlsni_der_enter(&list, TLSNI_DER_SEQUENCE);
            (void)tlsni_der_oid(&qualifier);
            (void)tlsni_der_next(&qualifier);
            if (!tlsni_rd_done(&qualifier))
                tlsni_rd_fail(&one);
        } while (list.p != list.end);
        if (!tlsni_rd_done(&list))
            tlsni_rd_fail(&one);
    }
    if (!tlsni_rd_done(&one))
        tlsni_rd_fail(r);
    return policy;
}

/* In a policy that is sound. */
static bool has_unknown_qualifier(struct tlsn_span policy)
{
    struct tlsni_rd one = tlsni_der_open_span(policy, TLSNI_DER_SEQUENCE), list, qualifier;

    (void)tlsni_der_oid(&one);
    list = one.p == one.end ? one : tlsni_der_enter(&one, TLSNI_DER_SEQUENCE);
    while (list.p != list.end) {
        enum tlsni_oid oid;

        qualifier = tlsni_der_enter(&list, TLSNI_DER_SEQUENCE);
        oid = tlsni_oid_find(tlsni_der_oid(&qualifier));
        if (oid != TLSNI_OID_QUALIFIER_CPS && oid != TLSNI_OID_QUALIFIER_NOTICE)
            return true;
    }
    return false;
}

bool tlsni_ext_policies(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    cert->has |= TLSNI_HAS_POLICIES;
    cert->policies = value;
    do {
        const uint8_t *begin = r.p;

        (void)tlsni_policy_next(&r);
        if (!r.bad && has_unknown_qualifier(tlsni_span_make(begin, (size_t)(r.p - begin))))
            cert->has |= TLSNI_HAS_UNKNOWN_QUALIFIER;
    } while (r.p != r.end);
    return tlsni_rd_done(&r);
}

struct tlsni_policy_mapping tlsni_policy_mapping_next(struct tlsni_rd *r)
{
    struct tlsni_rd one = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    struct tlsni_policy_mapping m;

    m.issuer = tlsni_der_oid(&one);
    m.subject = tlsni_der_oid(&one);
    if (!tlsni_rd_done(&one))
        tlsni_rd_fail(r);
    return m;
}

bool tlsni_ext_policy_mappings(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    cert->policy_mappings = value;
    do
        (void)tlsni_policy_mapping_next(&r);
    while (r.p != r.end);
    return tlsni_rd_done(&r);
}

/* SkipCerts with the implicit tag [n], -1 when it is not there. */
static int skip_certs(struct tlsni_rd *r, uint8_t n)
{
    return tlsni_der_peek(r, TLSNI_DER_CONTEXT(n)) ? tlsni_der_small_as(r, TLSNI_DER_CONTEXT(n))
                                                   : -1;
}

/* At least one of the two is there.
 * @rfc 5280:4.2.1.11/2 */
bool tlsni_ext_policy_constraints(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);
    bool empty = r.p == r.end;

    cert->require_explicit = skip_certs(&r, 0);
    cert->inhibit_mapping = skip_certs(&r, 1);
    return tlsni_rd_done(&r) && !empty;
}

bool tlsni_ext_inhibit_any(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_rd_span(value);

    cert->inhibit_any = tlsni_der_small(&r);
    return tlsni_rd_done(&r);
}
