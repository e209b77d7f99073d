/* credential.h - a certificate chain with its private key, ready for use in many handshakes. */
#ifndef TLSNI_HANDSHAKE_CREDENTIAL_H
#define TLSNI_HANDSHAKE_CREDENTIAL_H

#include <stdatomic.h>
#include <tls-native/config.h>
#include "base/mem.h"
#include "handshake/delegated.h"
#include "x509/cert.h"

/* Who does what the private key does, when it is elsewhere (tlsn_credential_set_key_op). */
struct tlsni_key_holder {
    tlsn_status (*run)(void *ctx, const struct tlsn_key_op *op, void *result, size_t cap,
                       size_t *len);
    void (*release)(void *ctx); /* or NULL */
    void *ctx;
};

/* A delegated credential that goes with a certificate (RFC 9345). */
struct tlsni_own_delegated {
    tlsn_credential *credential; /* reference */
    int64_t end;                 /* its last second, since 1970 */
    uint8_t role;                /* enum tlsn_role: whom it authenticates */
};

/* Immutable once made; shared by reference counting. */
struct tlsn_credential {
    struct tlsn_hooks env;
    atomic_uint references;
    uint8_t *list; /* owned: the certificate_list of a Certificate message, each behind 3 bytes */
    size_t list_len, count;
    struct tlsni_cert leaf;        /* spans into list; empty for a bare key */
    struct tlsn_span spki;         /* SubjectPublicKeyInfo, span into list or raw */
    uint8_t *raw;                  /* owned: without a chain, the SPKI; NULL otherwise */
    struct tlsni_pubkey *public_key; /* owned */
    struct tlsni_privkey *key;     /* owned; NULL: operations suspend, or the holder does them */
    struct tlsni_key_holder holder;
    struct tlsni_buf ocsp;         /* owned: OCSP responses, each behind 3 bytes, by certificate;
                                    * empty: none at all */
    struct tlsni_buf scts;         /* owned: SerializedSCTs, each behind 2 bytes (RFC 6962 3.3) */
    struct tlsni_buf urls;         /* owned: URLAndHash list (RFC 6066 5), empty: none */
    bool urls_pkipath;
    uint8_t order;                 /* enum tlsn_chain_order, while it is made */
    unsigned findings;             /* enum tlsn_chain_finding */
    uint8_t *delegated_bytes;      /* owned: this is a DelegatedCredential, no certificate; NULL: it is not */
    size_t delegated_len;
    struct tlsni_delegated delegation; /* spans into them */
    struct tlsni_own_delegated *delegated; /* owned: those that the certificate signed */
    size_t delegated_count;
    struct tlsni_packed_cache *packed; /* owned: of its Certificate message, see packed13.h */
    struct tlsni_sig_params *signatures; /* owned: of the chain's certificates but for self-issued
                                          * ones; key 0: one that is not known here */
    size_t signature_count;
};

/* An empty one with one reference; NULL: no memory. (lib/credential.c) */
tlsn_credential *tlsni_credential_begin(const struct tlsn_hooks *hooks);
/* Private and public key belong together: TLSN_OK, TLSN_ERR_KEY_MISMATCH. (lib/credential.c) */
TLSN_MUST_USE tlsn_status tlsni_credential_match(const tlsn_credential *c);

/* Whether it can be shown as a certificate of this type (enum tlsn_cert_type). */
static inline bool tlsni_credential_has(const struct tlsn_credential *c, uint8_t type)
{
    return type == TLSN_CERT_X509 ? c->list_len != 0
                                  : type == TLSN_CERT_RAW_KEY && !c->delegated_bytes;
}

#endif
