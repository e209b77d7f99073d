/* cert_ext.h - the extensions of a certificate (RFC 5280 4.2). */
#ifndef TLSNI_X509_CERT_EXT_H
#define TLSNI_X509_CERT_EXT_H

#include "base/bytes.h"
#include "x509/cert.h"

/* Reads cert->extensions. Each at most once (RFC 5280 4.2). */
TLSN_MUST_USE tlsn_status tlsni_cert_extensions(struct tlsni_cert *cert, struct tlsni_err *err);

/* One extension from the front of the contents of Extensions; *value is the contents of extnValue.
 * False at the end; a damaged one makes the reader bad. */
bool tlsni_cert_ext_next(struct tlsni_rd *list, struct tlsn_span *oid, bool *critical,
                         struct tlsn_span *value);

#endif
