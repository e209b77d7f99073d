/* ocsp.h - OCSP responses (RFC 6960 4.2.1), as far as they can be told without knowing a certificate. */
#ifndef TLSNI_X509_OCSP_H
#define TLSNI_X509_OCSP_H

#include "base/bytes.h"

/* OCSPResponseStatus */
enum { TLSNI_OCSP_SUCCESSFUL = 0, TLSNI_OCSP_STATUS_MAX = 6 };

/* The outer structure: one DER element, a status of the standard's, and with `successful` a type and its
 * octets behind it. Neither signature nor contents are looked at. */
bool tlsni_ocsp_sound(struct tlsn_span der);

#endif
