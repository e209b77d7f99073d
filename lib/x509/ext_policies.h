/* ext_policies.h - the four extensions that speak of policies (RFC 5280 4.2.1.4, 4.2.1.5, 4.2.1.11,
 * 4.2.1.14): readers for cert_ext.c, and what policies.c takes from their values. */
#ifndef TLSNI_X509_EXT_POLICIES_H
#define TLSNI_X509_EXT_POLICIES_H

#include "x509/cert.h"
#include "x509/der.h"

bool tlsni_ext_policies(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_policy_mappings(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_policy_constraints(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_inhibit_any(struct tlsni_cert *cert, struct tlsn_span value);

/* From a reader of the value's SEQUENCE: one policy's identifier, one mapping. The reader turns bad
 * where there is none. */
struct tlsn_span tlsni_policy_next(struct tlsni_rd *r);
struct tlsni_policy_mapping {
    struct tlsn_span issuer, subject; /* the same policy in either's domain */
};
struct tlsni_policy_mapping tlsni_policy_mapping_next(struct tlsni_rd *r);

#endif
