/* trust.h - trust anchors: certificates, found by the hash of their subject or by their key
 * identifier.
 *
 * Anchors are parsed to spans when they are added; their public keys are made when first needed, by
 * whichever thread comes first. Everything may be called from any thread at any time: an anchor that
 * was found stays readable until the store goes, even when it is removed meanwhile. */
#ifndef TLSNI_X509_TRUST_H
#define TLSNI_X509_TRUST_H

#include <pthread.h>
#include <stdatomic.h>
#include <tls-native/x509.h>

#include "x509/cert.h"
#include "x509/pin.h"

enum { TLSNI_TRUST_SKIPPED_MAX = 64 };

struct tlsni_anchor {
    struct tlsni_cert cert; /* spans into its block */
    uint64_t subject_hash;  /* tlsni_name_hash */
    struct tlsni_anchor *next, *next_by_id; /* in the bucket; the younger ones come first */
    _Atomic(struct tlsni_pubkey *) key; /* owned; NULL until needed */
    bool later;                         /* of a source that is read when first needed */
};

/* What one call added. */
struct tlsni_trust_block {
    struct tlsni_trust_block *next; /* owned */
    uint8_t *der;                   /* owned */
    size_t count;
    struct tlsni_anchor anchors[];
};

/* A file or directory that is read when first needed. */
struct tlsni_trust_source {
    struct tlsni_trust_source *next; /* owned */
    bool read;
    char path[]; /* "": the system's store */
};

struct tlsn_trust {
    struct tlsn_hooks env;
    atomic_uint refs;
    atomic_uint waiting;  /* sources that were not read yet */
    pthread_mutex_t loading; /* held while sources are read; taken before lock */
    pthread_mutex_t lock;    /* guards everything below */
    struct tlsni_trust_block *blocks; /* owned */
    struct tlsni_anchor **anchors;    /* owned array, by age */
    size_t count, cap;
    struct tlsni_anchor **buckets, **buckets_by_id; /* owned; bucket_count entries each */
    size_t bucket_count; /* a power of two, or 0 */
    struct tlsni_trust_source *sources; /* owned */
    struct tlsni_buf distrusted;        /* owned: struct tlsni_pin */
    struct tlsn_trust_skipped *skipped; /* owned; room for TLSNI_TRUST_SKIPPED_MAX, or NULL */
    size_t skipped_count; /* all that were, also those not kept */
};

/* The anchors with this subject: start with at NULL, ends with NULL. */
struct tlsni_anchor *tlsni_trust_find(const tlsn_trust *trust, struct tlsn_span subject,
                                      uint64_t subject_hash, const struct tlsni_anchor *at);
/* The anchors with this key identifier. */
struct tlsni_anchor *tlsni_trust_find_id(const tlsn_trust *trust, struct tlsn_span key_id,
                                         const struct tlsni_anchor *at);
/* The very same certificate, or NULL. */
struct tlsni_anchor *tlsni_trust_holds(const tlsn_trust *trust, const struct tlsni_cert *cert,
                                       uint64_t subject_hash);
/* Its public key, borrowed. The statuses of tlsni_cert_pubkey. */
tlsn_status tlsni_anchor_key(const struct tlsni_pubkey **out, const tlsn_trust *trust,
                             struct tlsni_anchor *anchor);
/* The i-th anchor, NULL behind the last. */
const struct tlsni_anchor *tlsni_trust_nth(const tlsn_trust *trust, size_t i);
/* The same, without reading sources that wait. */
const struct tlsni_anchor *tlsni_trust_nth_there(const tlsn_trust *trust, size_t i);
/* The i-th anchor's subject (whole TLV); false behind the last. */
bool tlsni_trust_subject(const tlsn_trust *trust, size_t i, struct tlsn_span *name);

/* Whether a certificate, or its key, is on the list of what is not trusted. */
bool tlsni_trust_distrusts(const tlsn_trust *trust, const struct tlsni_cert *cert);

/* Adds what is in `data`. source: what it is called in the list of what was skipped. */
tlsn_status tlsni_trust_take(tlsn_trust *trust, struct tlsn_span data, const char *source,
                             bool later, size_t *added, size_t *refused);
/* A file, or a directory. */
tlsn_status tlsni_trust_take_path(tlsn_trust *trust, const char *path, bool later, size_t *added,
                                  size_t *refused);
tlsn_status tlsni_trust_take_system(tlsn_trust *trust, bool later, size_t *added);
/* Reads the sources that wait. What cannot be read is noted as skipped. */
void tlsni_trust_load(const tlsn_trust *trust);
/* Notes that something was left out; place: its number in the source from 1, 0 for the source itself. */
void tlsni_trust_skip(tlsn_trust *trust, const char *source, size_t place, tlsn_status status,
                      const char *reason);
/* What sources there are and how they stand, without reading them, mixed into four sums. */
void tlsni_trust_describe_sources(const tlsn_trust *trust, uint64_t sum[4]);
/* What is distrusted, likewise. */
void tlsni_trust_describe_distrust(const tlsn_trust *trust, uint64_t sum[4]);

/* The mutable store behind a const one: locks and what is read late are no part of its value. */
static inline tlsn_trust *tlsni_trust_inside(const tlsn_trust *trust)
{
    return (tlsn_trust *)(uintptr_t)trust;
}

#endif
