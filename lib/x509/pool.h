/* pool.h - certificates of no standing, in any order: what a peer sent and what was found elsewhere. They
 * are looked up by their subject. */
#ifndef TLSNI_X509_POOL_H
#define TLSNI_X509_POOL_H

#include "x509/cert.h"

struct tlsni_node {
    const struct tlsni_cert *cert; /* borrowed, or `owned` with its octets behind it */
    struct tlsni_cert *owned;
    uint64_t subject_hash, issuer_hash;
    struct tlsni_pubkey *key; /* owned; NULL until needed */
    uint32_t next;            /* 1 + index of the next one in the bucket; behind the last the first */
    bool key_bad;             /* there is no use in trying again */
};

/* A zeroed pool with env is empty. */
struct tlsni_pool {
    const struct tlsn_hooks *env;
    struct tlsni_node *nodes; /* owned */
    uint32_t *buckets;        /* owned; 1 + index of the last node, 0: none; cap of them */
    size_t count, cap;        /* cap: a power of two, or 0 */
};

/* Room for so many certificates, so that adding them cannot fail. TLSN_ERR_NO_MEMORY. */
tlsn_status tlsni_pool_reserve(struct tlsni_pool *pool, size_t count);
/* A certificate that outlives the pool. TLSN_ERR_NO_MEMORY. */
tlsn_status tlsni_pool_add(struct tlsni_pool *pool, const struct tlsni_cert *cert);
/* A copy of this DER. TLSN_ERR_CERT_BAD, TLSN_ERR_NO_MEMORY. */
tlsn_status tlsni_pool_add_copy(struct tlsni_pool *pool, struct tlsn_span der);
/* A copy of a certificate in one block. Freed with tlsni_free. */
tlsn_status tlsni_cert_copy(struct tlsni_cert **out, const struct tlsn_hooks *env,
                            struct tlsn_span der);
/* The nodes that may have this subject hash: start with at NULL, ends with NULL. */
struct tlsni_node *tlsni_pool_next(const struct tlsni_pool *pool, uint64_t subject_hash,
                                   const struct tlsni_node *at);
/* The node's public key, borrowed. The statuses of tlsni_cert_pubkey. */
tlsn_status tlsni_node_key(const struct tlsni_pubkey **out, const struct tlsni_pool *pool,
                           struct tlsni_node *node);
void tlsni_pool_free(struct tlsni_pool *pool);

#endif
