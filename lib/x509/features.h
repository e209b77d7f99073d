/* features.h - the TLS feature extension (RFC 7633): what a certificate's owner promises to do in TLS. */
#ifndef TLSNI_X509_FEATURES_H
#define TLSNI_X509_FEATURES_H

#include "x509/path.h"

enum { TLSNI_FEATURE_STATUS_REQUEST = 5, TLSNI_FEATURE_STATUS_REQUEST_V2 = 17 }; /* RFC 6066 8, RFC 6961 */

/* Does the certificate promise this TLS extension? */
bool tlsni_cert_promises(const struct tlsni_cert *cert, unsigned extension);
/* Notes where a promise was not kept, or not handed down by an authority that made it. */
void tlsni_features_judge(struct tlsni_judge *j, struct tlsni_path *path);

#endif
