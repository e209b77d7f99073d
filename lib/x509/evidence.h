/* evidence.h - what the caller has of revocation lists, OCSP responses, certificates of those who sign
 * them, and keys of certificate logs. Filled by one thread, then shared: reading is thread safe.
 *
 * A list that is large gets an index of serial numbers when it is added; which key it was verified with
 * is remembered, so that its signature costs once. */
#ifndef TLSNI_X509_EVIDENCE_H
#define TLSNI_X509_EVIDENCE_H

#include <stdatomic.h>
#include <tls-native/x509.h>

#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/ocsp_response.h"

/* The key a signature was verified with. */
struct tlsni_vouched {
    size_t len;
    uint8_t spki[];
};

struct tlsni_known_crl {
    struct tlsni_crl crl; /* spans into der */
    uint8_t *der;         /* owned */
    uint64_t issuer_hash; /* tlsni_name_hash */
    uint32_t *slots;      /* owned: 1 + where an entry begins, 0: free; NULL: no index */
    size_t slot_count;    /* a power of two */
    uint64_t seed;
    _Atomic(struct tlsni_vouched *) vouched; /* owned */
};

struct tlsni_known_ocsp {
    struct tlsni_ocsp_response response; /* spans into der */
    uint8_t *der;                        /* owned */
    struct tlsni_known_ocsp *next;       /* owned */
};

struct tlsni_known_cert {
    struct tlsni_cert cert; /* spans into der */
    uint8_t *der;           /* owned */
};

struct tlsni_known_log {
    uint8_t id[32];  /* SHA-256 of spki */
    uint8_t *spki;   /* owned */
    size_t spki_len;
    char *operator;  /* owned */
};

struct tlsn_evidence {
    struct tlsn_hooks env;
    atomic_uint refs;
    struct tlsni_known_crl **crls; /* owned; the newest thisUpdate first */
    size_t crl_count, crl_cap;
    struct tlsni_known_ocsp *responses; /* owned */
    struct tlsni_known_cert **certs;    /* owned */
    size_t cert_count, cert_cap;
    struct tlsni_known_cert **responders; /* owned; for OCSP, trusted by themselves */
    size_t responder_count, responder_cap;
    struct tlsni_known_log *logs; /* owned */
    size_t log_count, log_cap;
};

/* Adds hashes of all that is known: who was accepted with less may not be with more. */
void tlsni_evidence_describe(const tlsn_evidence *evidence, uint64_t sum[4]);
/* Makes the index and what else is derived from k->crl. TLSN_ERR_NO_MEMORY, TLSN_ERR_RANDOM. */
tlsn_status tlsni_known_crl_index(const struct tlsn_hooks *env, struct tlsni_known_crl *k);
/* The entry for a certificate with this serial number (contents of the INTEGER) and issuer (whole
 * Name). */
bool tlsni_known_crl_find(const struct tlsni_known_crl *k, struct tlsn_span serial,
                          struct tlsn_span issuer, struct tlsni_crl_entry *out);
/* Was the list's signature verified with this key before? */
bool tlsni_known_crl_vouched(const struct tlsni_known_crl *k, struct tlsn_span spki);
/* Remembers that it was. Without memory it is not remembered. */
void tlsni_known_crl_vouch(const struct tlsn_hooks *env, struct tlsni_known_crl *k,
                           struct tlsn_span spki);

#endif
