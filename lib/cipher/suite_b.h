/* suite_b.h - what the Suite B profile allows (RFC 6460): ECDHE and ECDSA on P-256 and P-384, each curve with the
 * hash and the AES-GCM of its strength. level: 128 or 192 bits at least; 0: no profile, everything fits. */
#ifndef TLSNI_CIPHER_SUITE_B_H
#define TLSNI_CIPHER_SUITE_B_H

#include "cipher/pk.h"
#include "cipher/suite.h"

/* Keys, of certificates and of the exchange. */
bool tlsni_suite_b_curve(unsigned level, uint16_t group);
/* The curve of the exchange goes with the suite's cipher. */
bool tlsni_suite_b_exchange(unsigned level, const struct tlsni_suite *suite, uint16_t group);
/* A signature made with a key on this curve. */
bool tlsni_suite_b_signs(unsigned level, uint16_t group, uint8_t hash);
/* A signature on a certificate. */
bool tlsni_suite_b_signature(unsigned level, const struct tlsni_sig_params *sig);

#endif
