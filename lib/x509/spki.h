/* spki.h - what can be said of a SubjectPublicKeyInfo without making a key of it. */
#ifndef TLSNI_X509_SPKI_H
#define TLSNI_X509_SPKI_H

#include <tls-native/types.h>

/* Bits of an RSA modulus (rsaEncryption or RSASSA-PSS), 0 for every other key. */
unsigned tlsni_spki_rsa_bits(struct tlsn_span spki);

#endif
