#include "x509/pool.h"

#include <string.h>

#include "base/mem.h"
#include "x509/name.h"

static uint32_t *bucket_of(const struct tlsni_pool *p, uint64_t subject_hash)
{
    return &p->buckets[subject_hash & (p->cap - 1)];
}

/* Behind the last one of its bucket: certificates are tried in the order in which they came. */
static void link_node(struct tlsni_pool *p, size_t i)
{
    uint32_t *last = bucket_of(p, p->nodes[i].subject_hash), self = (uint32_t)(i + 1);

    p->nodes[i].next = *last ? p->nodes[*last - 1].next : self;
    if (*last)
        p->nodes[*last - 1].next = self;
    *last = self;
}

tlsn_status tlsni_pool_reserve(struct tlsni_pool *p, size_t count)
{
    struct tlsni_node *nodes;
    uint32_t *buckets;
    size_t cap = 8;

    if (p->count + count <= p->cap)
        return TLSN_OK;
    while (cap < p->count + count)
        cap *= 2;
    nodes = tlsni_alloc_array(p->env, cap, sizeof *nodes);
    buckets = tlsni_alloc_array(p->env, cap, sizeof *buckets);
    if (!nodes || !buckets || cap >= UINT32_MAX) {
        tlsni_free(p->env, nodes);
        tlsni_free(p->env, buckets);
        return TLSN_ERR_NO_MEMORY;
    }
    if (p->count)
        memcpy(nodes, p->nodes, p->count * sizeof *nodes);
    tlsni_free(p->env, p->nodes);
    tlsni_free(p->env, p->buckets);
    p->nodes = nodes;
    p->buckets = buckets;
    p->cap = cap;
    for (size_t i = 0; i < p->count; i++)
        link_node(p, i);
    return TLSN_OK;
}

static void put(struct tlsni_pool *p, const struct tlsni_cert *cert, struct tlsni_cert *owned)
{
    struct tlsni_node *n = &p->nodes[p->count];

    memset(n, 0, sizeof *n);
    n->cert = cert;
    n->owned = owned;
    n->subject_hash = tlsni_name_hash(cert->subject);
    n->issuer_hash = tlsni_name_hash(cert->issuer);
    link_node(p, p->count++);
}

tlsn_status tlsni_pool_add(struct tlsni_pool *p, const struct tlsni_cert *cert)
{
    tlsn_status st = tlsni_pool_reserve(p, 1);

    if (st == TLSN_OK)
        put(p, cert, NULL);
    return st;
}

tlsn_status tlsni_cert_copy(struct tlsni_cert **out, const struct tlsn_hooks *env,
                            struct tlsn_span der)
{
    struct tlsni_cert *cert = tlsni_alloc(env, sizeof *cert + der.len);
    uint8_t *copy;
    tlsn_status st;

    *out = NULL;
    if (!cert)
        return TLSN_ERR_NO_MEMORY;
    copy = (uint8_t *)(cert + 1);
    if (der.len)
        memcpy(copy, der.data, der.len);
    st = tlsni_cert_parse(cert, tlsni_span_make(copy, der.len), NULL);
    if (st == TLSN_OK)
        *out = cert;
    else
        tlsni_free(env, cert);
    return st;
}

tlsn_status tlsni_pool_add_copy(struct tlsni_pool *p, struct tlsn_span der)
{
    tlsn_status st = tlsni_pool_reserve(p, 1);
    struct tlsni_cert *cert;

    if (st == TLSN_OK)
        st = tlsni_cert_copy(&cert, p->env, der);
    if (st == TLSN_OK)
        put(p, cert, cert);
    return st;
}

struct tlsni_node *tlsni_pool_next(const struct tlsni_pool *p, uint64_t subject_hash,
                                   const struct tlsni_node *at)
{
    uint32_t last = p->cap ? *bucket_of(p, subject_hash) : 0;

    if (!last || at == &p->nodes[last - 1])
        return NULL;
    return &p->nodes[(at ? at->next : p->nodes[last - 1].next) - 1];
}

tlsn_status tlsni_node_key(const struct tlsni_pubkey **out, const struct tlsni_pool *p,
                           struct tlsni_node *n)
{
    tlsn_status st;

    if (n->key_bad)
        return TLSN_ERR_CERT_UNSUPPORTED;
    if (!n->key) {
        st = tlsni_cert_pubkey(&n->key, p->env, n->cert, NULL);
        n->key_bad = st != TLSN_OK && st != TLSN_ERR_NO_MEMORY;
        if (st != TLSN_OK)
            return st;
    }
    *out = n->key;
    return TLSN_OK;
}

void tlsni_pool_free(struct tlsni_pool *p)
{
    for (size_t i = 0; i < p->count; i++) {
        tlsni_pubkey_free(p->nodes[i].key);
        tlsni_free(p->env, p->nodes[i].owned);
    }
    tlsni_free(p->env, p->nodes);
    tlsni_free(p->env, p->buckets);
    p->nodes = NULL;
    p->buckets = NULL;
    p->count = p->cap = 0;
}
