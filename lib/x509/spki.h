/* spki.h - SubjectPublicKeyInfo beyond making a key of it. */
#ifndef TLSNI_X509_SPKI_H
#define TLSNI_X509_SPKI_H

#include "x509/cert.h"

/* What kind of key it is, and the bits of RSA's modulus, DSA's or DH's prime, the curve's field; no key is
 * made for that. All are 0 when it cannot be told. */
struct tlsni_spki_size {
    uint8_t type; /* enum tlsni_key_type */
    uint16_t group; /* EC: the curve, if it is known */
    unsigned bits;
};
struct tlsni_spki_size tlsni_spki_size(struct tlsn_span spki);
/* The same with the parameters that the key shares with an authority's. */
struct tlsni_spki_size tlsni_cert_key_size(const struct tlsni_cert *cert);

/* A DSA key without parameters: it has those of its issuer's key (RFC 3279 2.3.2). */
bool tlsni_spki_inherits(struct tlsn_span spki);
/* The AlgorithmIdentifier of a DSA key with parameters, or empty. */
struct tlsn_span tlsni_spki_bequeaths(struct tlsn_span spki);

/* Is this the signature of message by the key of spki? An rsaEncryption key makes RSASSA-PSS
 * signatures too (RFC 4055 1.2), and an RSASSA-PSS key may prescribe their parameters (3.3).
 * TLSN_OK, or the statuses of tlsni_pubkey_verify. */
tlsn_status tlsni_spki_verify(const struct tlsni_pubkey *key, struct tlsn_span spki,
                              const struct tlsni_sig_params *params, struct tlsn_span message,
                              struct tlsn_span signature);

#endif
