/* ocsp.h - OCSP (RFC 6960): what request, response, their writers and the check share. */
#ifndef TLSNI_X509_OCSP_H
#define TLSNI_X509_OCSP_H

#include "base/bytes.h"

/* OCSPResponseStatus */
enum { TLSNI_OCSP_SUCCESSFUL = 0, TLSNI_OCSP_STATUS_MAX = 6 };

enum { TLSNI_OCSP_NONCE_MAX = 128 }; /* RFC 9654 2.1 */

/* The outer structure: one DER element, a status of the standard's, and with `successful` a type and its
 * octets behind it. Neither signature nor contents are looked at. */
bool tlsni_ocsp_sound(struct tlsn_span der);
/* Is a sound one successful? The others are unsigned and decide nothing. */
bool tlsni_ocsp_answers(struct tlsn_span der);

/* The nonce extension. */
void tlsni_ocsp_write_nonce(struct tlsni_wr *w, struct tlsn_span nonce);

#endif
