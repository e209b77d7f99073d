/* crl_ext.h - the extensions of a revocation list (RFC 5280 5.2). */
#ifndef TLSNI_X509_CRL_EXT_H
#define TLSNI_X509_CRL_EXT_H

#include "x509/crl.h"
#include "x509/ext_list.h"

/* For tlsni_extensions_read: one extension into a struct tlsni_crl. */
enum tlsni_ext_verdict tlsni_crl_extension(void *crl, enum tlsni_oid oid, struct tlsn_span value);
/* CRLReason, an ENUMERATED (RFC 5280 5.3.1); the reader turns bad for numbers that are none. */
uint8_t tlsni_crl_reason(struct tlsni_rd *r);

#endif
