/* constraints.h - name constraints (RFC 5280 4.2.1.10): do a certificate's names lie inside an
 * issuer's permitted subtrees and outside of its excluded ones? */
#ifndef TLSNI_X509_CONSTRAINTS_H
#define TLSNI_X509_CONSTRAINTS_H

#include "base/mem.h"
#include "x509/cert.h"

enum tlsni_constraint_result {
    TLSNI_CONSTRAINT_OK,
    TLSNI_CONSTRAINT_VIOLATED,
    TLSNI_CONSTRAINT_LIMIT, /* *budget ran out: names times constraints may be many millions */
};

/* Applies the constraints (an extension's value that parsed, and whether it is critical) to every name of cert:
 * subject, subjectAltName, and without the latter the subject's emailAddress. Each comparison takes from *budget by the bytes it has to look at. common_name: also the CN where it looks like a DNS name,
 * because it will be used as one. */
enum tlsni_constraint_result tlsni_constraints_check(struct tlsn_span constraints, bool critical,
                                                     const struct tlsni_cert *cert,
                                                     bool common_name, uint32_t *budget);
/* The value of such an extension from lists as in tlsn_cert_spec; out stays empty without any.
 * TLSN_ERR_ARGUMENT for what cannot be read, TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_constraints_read(struct tlsni_buf *out, const struct tlsn_hooks *env,
                                                 const char *permitted, const char *excluded);

#endif
