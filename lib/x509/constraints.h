/* constraints.h - name constraints (RFC 5280 4.2.1.10): do a certificate's names lie inside an
 * issuer's permitted subtrees and outside of its excluded ones? */
#ifndef TLSNI_X509_CONSTRAINTS_H
#define TLSNI_X509_CONSTRAINTS_H

#include "x509/cert.h"

enum tlsni_constraint_result {
    TLSNI_CONSTRAINT_OK,
    TLSNI_CONSTRAINT_VIOLATED,
    TLSNI_CONSTRAINT_LIMIT, /* *budget ran out: names times constraints may be many millions */
};

/* Applies the constraints (an extension's value that parsed, and whether it is critical) to every name of cert: subject,
 * subjectAltName, and without the latter the subject's emailAddress. Each comparison takes from
 * *budget by the bytes it has to look at. common_name: also the CN where it looks like a DNS name,
 * because it will be used as one. */
enum tlsni_constraint_result tlsni_constraints_check(struct tlsn_span constraints, bool critical,
                                                     const struct tlsni_cert *cert,
                                                     bool common_name, uint32_t *budget);

#endif
