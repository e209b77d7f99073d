/* ber.h - containers in BER (X.690 8.1.3.6, 8.7.3): lengths that are not known beforehand, and strings
 * in pieces, as Mozilla's and Microsoft's exports of PKCS#12 have them. */
#ifndef TLSNI_X509_BER_H
#define TLSNI_X509_BER_H

#include "base/mem.h"

/* Does it begin like a SEQUENCE of indefinite length? */
bool tlsni_ber_looks(struct tlsn_span data);
/* The one element in data, in DER's lengths, appended to out. Values stay as they are but for OCTET
 * STRINGs in pieces, which are joined. TLSN_ERR_PEM when it is damaged, TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_ber_to_der(const struct tlsn_hooks *env, struct tlsn_span data,
                                           struct tlsni_buf *out);

#endif
