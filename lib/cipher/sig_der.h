/* sig_der.h - signatures of two numbers, r and s, in DER: ECDSA and DSA (RFC 3279 2.2.2 and
 * 2.2.3). */
#ifndef TLSNI_CIPHER_SIG_DER_H
#define TLSNI_CIPHER_SIG_DER_H

#include "base/bytes.h"

enum { TLSNI_SIG_NUMBER_MAX = 66 }; /* bytes; the order of secp521r1 */

/* Strict: one encoding for one pair. The numbers come without leading zeros, empty for 0, and have
 * at most `max` bytes. TLSN_ERR_DECRYPT_ERROR otherwise. */
TLSN_MUST_USE tlsn_status tlsni_sig_der_read(struct tlsn_span der, size_t max, struct tlsn_span *r,
                                             struct tlsn_span *s);
/* Numbers of at most TLSNI_SIG_NUMBER_MAX bytes, leading zeros allowed, not 0. out has room for
 * TLSNI_SIGNATURE_MAX bytes; returns the length. */
size_t tlsni_sig_der_write(uint8_t *out, struct tlsn_span r, struct tlsn_span s);

#endif
