/* trust.h - trust anchors: certificates, found by the hash of their subject.
 *
 * Anchors are parsed to spans when they are added; their public keys are made when first needed, by
 * whichever thread comes first. Reading is thread safe, adding is not. */
#ifndef TLSNI_X509_TRUST_H
#define TLSNI_X509_TRUST_H

#include <stdatomic.h>
#include <tls-native/x509.h>

#include "x509/cert.h"

struct tlsni_anchor {
    struct tlsni_cert cert; /* spans into a block of the store */
    uint64_t subject_hash;  /* tlsni_name_hash */
    uint32_t next;          /* 1 + index of the next one in the bucket, 0: none */
    _Atomic(struct tlsni_pubkey *) key; /* owned; NULL until needed */
};

struct tlsni_trust_block {
    struct tlsni_trust_block *next; /* owned */
    uint8_t *der;                   /* owned */
};

struct tlsn_trust {
    struct tlsn_hooks env;
    atomic_uint refs;
    struct tlsni_trust_block *blocks; /* owned */
    struct tlsni_anchor *anchors;     /* owned */
    size_t count, cap;
    uint32_t *buckets; /* owned; 1 + index of the first anchor, 0: none */
    size_t bucket_count; /* a power of two, or 0 */
};

/* The anchors with this subject: start with at NULL, ends with NULL. */
struct tlsni_anchor *tlsni_trust_find(const tlsn_trust *trust, struct tlsn_span subject,
                                      uint64_t subject_hash, const struct tlsni_anchor *at);
/* The very same certificate, or NULL. */
struct tlsni_anchor *tlsni_trust_holds(const tlsn_trust *trust, const struct tlsni_cert *cert,
                                       uint64_t subject_hash);
/* Its public key, borrowed. The statuses of tlsni_cert_pubkey. */
tlsn_status tlsni_anchor_key(const struct tlsni_pubkey **out, const tlsn_trust *trust,
                             struct tlsni_anchor *anchor);
/* The i-th anchor's subject (whole TLV); false behind the last. */
bool tlsni_trust_subject(const tlsn_trust *trust, size_t i, struct tlsn_span *name);

#endif
