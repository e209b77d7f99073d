/* cert_id.h - how OCSP names a certificate: by hashes of its issuer's name and key, and by its serial
 * number (RFC 6960 4.1.1). */
#ifndef TLSNI_X509_CERT_ID_H
#define TLSNI_X509_CERT_ID_H

#include "x509/cert.h"
#include "x509/der.h"

struct tlsni_cert_id {
    uint8_t hash; /* enum tlsni_hash_id; 0: not one that we compute */
    struct tlsn_span name_hash, key_hash, serial; /* serial: contents of the INTEGER */
};

/* The next CertID; the reader turns bad when it is none. */
struct tlsni_cert_id tlsni_cert_id_read(struct tlsni_rd *r);
/* Is it that of a certificate with this serial number (contents of the INTEGER) by this issuer? */
bool tlsni_cert_id_matches(const struct tlsni_cert_id *id, struct tlsn_span serial,
                           const struct tlsni_cert *issuer);
/* Hash of the public key: the bits without tag, length and number of unused bits. out has room for
 * any hash; false when the key info has no such bits. */
bool tlsni_key_hash(uint8_t *out, uint8_t hash, struct tlsn_span spki);

/* Writes one. hash: TLSNI_HASH_SHA1 or TLSNI_HASH_SHA256. */
void tlsni_cert_id_write(struct tlsni_wr *w, uint8_t hash, struct tlsn_span serial,
                         const struct tlsni_cert *issuer);

#endif
