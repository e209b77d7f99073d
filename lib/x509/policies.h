/* policies.h - certificate policies along a path (RFC 5280 6.1, with the graph of RFC 9618 in the place
 * of the tree, so that work and memory grow with the path's size and no faster).
 *
 * Level i of the graph belongs to the i-th certificate from the anchor. A node is a policy that is
 * valid there; what the next certificate may call it, the expected policies, stands in one sorted
 * list a level, and that list is all there is of edges. anyPolicy is a flag of the level. */
#ifndef TLSNI_X509_POLICIES_H
#define TLSNI_X509_POLICIES_H

#include "base/mem.h"
#include "x509/cert.h"

/* RFC 5280 6.1.1 c and e to g. */
struct tlsni_policy_settings {
    struct tlsn_span initial; /* identifiers (OBJECT IDENTIFIER TLVs); empty: any policy */
    bool require_explicit, inhibit_mapping, inhibit_any;
};

enum tlsni_policy_verdict {
    TLSNI_POLICY_OK,
    TLSNI_POLICY_MISSING,   /* one is required and there is none */
    TLSNI_POLICY_MALFORMED, /* one comes twice in a certificate, or anyPolicy is mapped */
    TLSNI_POLICY_LIMIT,     /* more policies than *budget allows */
};

/* RFC 5280 6.1.6. */
struct tlsni_policy_result {
    enum tlsni_policy_verdict verdict;
    unsigned depth;        /* of the certificate to blame */
    bool required;         /* a policy was required in the end */
    bool any;              /* every policy is valid; nothing is in `valid` then */
    struct tlsni_buf valid; /* owned; the user-constrained policy set: OBJECT IDENTIFIER TLVs */
};

/* The path from the leaf to the anchor's first subordinate; anchor (NULL: none, or not to be heeded)
 * restricts like any other authority in what it says, but need not say anything. Work is taken from
 * *budget, one unit a policy. TLSN_OK or TLSN_ERR_NO_MEMORY; the verdict is in the result. */
tlsn_status tlsni_policies_check(struct tlsni_policy_result *result, const struct tlsn_hooks *env,
                                 const struct tlsni_cert *const *path, unsigned len,
                                 const struct tlsni_cert *anchor,
                                 const struct tlsni_policy_settings *settings, uint32_t *budget);

/* "2.5.29.32.0, 1.2.3" as OBJECT IDENTIFIER TLVs behind what is in out; anyPolicy makes it empty again.
 * TLSN_ERR_ARGUMENT for anything else. */
tlsn_status tlsni_policies_read(struct tlsni_buf *out, const struct tlsn_hooks *env,
                                const char *text);

#endif
