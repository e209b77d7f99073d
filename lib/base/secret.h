/* secret.h - the type of short secrets: master secrets, traffic secrets, PSKs.
 *
 * A secret is wiped when it dies, compared only here, and shown to nobody: what leaves through
 * tlsni_secret_span goes into a PRF, a MAC, the key log hook or a sealed session. Nothing branches on its
 * bytes; its length is public. */
#ifndef TLSNI_BASE_SECRET_H
#define TLSNI_BASE_SECRET_H

#include "base/ct.h"
#include "base/mem.h"

enum { TLSNI_SECRET_MAX = 64 };

struct tlsni_secret {
    uint8_t len; /* public; 0: there is none */
    uint8_t data[TLSNI_SECRET_MAX];
};

/* Room for a secret of len <= TLSNI_SECRET_MAX bytes that the caller writes. */
static inline uint8_t *tlsni_secret_room(struct tlsni_secret *s, size_t len)
{
    s->len = (uint8_t)(len <= TLSNI_SECRET_MAX ? len : 0);
    return s->data;
}

static inline struct tlsn_span tlsni_secret_span(const struct tlsni_secret *s)
{
    struct tlsn_span span = { s->data, s->len };

    return span;
}

static inline void tlsni_secret_wipe(struct tlsni_secret *s)
{
    tlsni_wipe(s, sizeof *s);
}

/* Constant time in the bytes. */
static inline bool tlsni_secret_equal(const struct tlsni_secret *a, const struct tlsni_secret *b)
{
    return a->len == b->len && tlsni_ct_memeq(a->data, b->data, a->len);
}

#endif
