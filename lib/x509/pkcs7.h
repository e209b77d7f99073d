/* pkcs7.h - certificates in PKCS#7 or CMS SignedData without signers (RFC 2315 9.1, RFC 5652 5.1):
 * what .p7b and .p7c files are. */
#ifndef TLSNI_X509_PKCS7_H
#define TLSNI_X509_PKCS7_H

#include "base/error.h"

/* Does this DER begin like a ContentInfo? */
bool tlsni_pkcs7_looks(struct tlsn_span der);
/* Calls certificate (and crl, which may be NULL) for each one that the SignedData carries, until one
 * returns something other than TLSN_OK, which is returned. Signatures in it are not looked at: the
 * certificates have to be judged by themselves. TLSN_ERR_PEM when it is damaged or of another type. */
TLSN_MUST_USE tlsn_status tlsni_pkcs7_each(struct tlsn_span der,
                                           tlsn_status (*certificate)(void *ctx,
                                                                      struct tlsn_span der),
                                           tlsn_status (*crl)(void *ctx, struct tlsn_span der),
                                           void *ctx, struct tlsni_err *err);

#endif
