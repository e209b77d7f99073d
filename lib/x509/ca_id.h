/* ca_id.h - the hashes by which RFC 6066 6 names the key and the certificate of an authority. */
#ifndef TLSNI_X509_CA_ID_H
#define TLSNI_X509_CA_ID_H

#include "base/bytes.h"

enum { TLSNI_CA_HASH_LEN = 20 };

/* SHA-1 of the modulus of an RSA key, of the subjectPublicKey of any other. False when the
 * SubjectPublicKeyInfo (whole TLV) does not parse. */
bool tlsni_ca_key_hash(struct tlsn_span spki, uint8_t out[TLSNI_CA_HASH_LEN]);
void tlsni_ca_cert_hash(struct tlsn_span der, uint8_t out[TLSNI_CA_HASH_LEN]);

#endif
