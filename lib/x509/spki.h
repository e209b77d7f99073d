/* spki.h - SubjectPublicKeyInfo beyond making a key of it. */
#ifndef TLSNI_X509_SPKI_H
#define TLSNI_X509_SPKI_H

#include "cipher/pk.h"

/* What kind of key it is, and the bits of RSA's modulus, DSA's or DH's prime, the curve's field; no key is
 * made for that. All are 0 when it cannot be told. */
struct tlsni_spki_size {
    uint8_t type; /* enum tlsni_key_type */
    uint16_t group; /* EC: the curve, if it is known */
    unsigned bits;
};
struct tlsni_spki_size tlsni_spki_size(struct tlsn_span spki);

/* Is this the signature of message by the key of spki? An rsaEncryption key makes RSASSA-PSS
 * signatures too (RFC 4055 1.2), and an RSASSA-PSS key may prescribe their parameters (3.3).
 * TLSN_OK, or the statuses of tlsni_pubkey_verify. */
tlsn_status tlsni_spki_verify(const struct tlsni_pubkey *key, struct tlsn_span spki,
                              const struct tlsni_sig_params *params, struct tlsn_span message,
                              struct tlsn_span signature);

#endif
