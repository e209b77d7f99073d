/* limbs.h - big-endian bytes, GMP limbs, and the scratch space of big-number code.
 *
 * Nothing here branches or indexes on values, only on lengths. Scratch comes from the caller's
 * stack as long as it suffices, then from the hooks; what was handed out is wiped on closing. */
#ifndef TLSNI_CIPHER_LIMBS_H
#define TLSNI_CIPHER_LIMBS_H

#include <assert.h>
#include <gmp.h>
#include <string.h>

#include "base/ct.h"
#include "base/mem.h"

enum {
    TLSNI_LIMB_BYTES = GMP_NUMB_BITS / 8,
    /* Stack scratch: enough for RSA-2048 private operations and ffdhe2048. */
    TLSNI_STACK_LIMBS = 8192 / TLSNI_LIMB_BYTES,
};

_Static_assert(GMP_NAIL_BITS == 0, "limbs without nails");

static inline size_t tlsni_limbs_for(size_t bytes)
{
    return (bytes + TLSNI_LIMB_BYTES - 1) / TLSNI_LIMB_BYTES;
}

/* x[0 .. n) from big-endian bytes; bytes that do not fit are dropped. */
static inline void tlsni_limbs_get(mp_limb_t *x, size_t n, const uint8_t *in, size_t len)
{
    for (size_t i = 0; i < n; i++) {
        mp_limb_t v = 0;
        for (size_t j = 0; j < TLSNI_LIMB_BYTES; j++) {
            size_t at = i * TLSNI_LIMB_BYTES + j;
            if (at < len)
                v |= (mp_limb_t)in[len - 1 - at] << 8 * j;
        }
        x[i] = v;
    }
}

/* len big-endian bytes of x[0 .. n), zeros in front. */
static inline void tlsni_limbs_put(uint8_t *out, size_t len, const mp_limb_t *x, size_t n)
{
    for (size_t at = 0; at < len; at++) {
        size_t i = at / TLSNI_LIMB_BYTES;
        out[len - 1 - at] = (uint8_t)(i < n ? x[i] >> 8 * (at % TLSNI_LIMB_BYTES) : 0);
    }
}

/* 1 if a < b, else 0. tmp has n limbs. */
static inline mp_limb_t tlsni_limbs_lt(const mp_limb_t *a, const mp_limb_t *b, size_t n,
                                       mp_limb_t *tmp)
{
    return mpn_sub_n(tmp, a, b, (mp_size_t)n);
}

/* Not zero if x is not v. */
static inline mp_limb_t tlsni_limbs_diff_1(const mp_limb_t *x, size_t n, mp_limb_t v)
{
    mp_limb_t d = x[0] ^ v;

    for (size_t i = 1; i < n; i++)
        d |= x[i];
    return d;
}

/* Not zero if a and b differ. */
static inline mp_limb_t tlsni_limbs_diff(const mp_limb_t *a, const mp_limb_t *b, size_t n)
{
    mp_limb_t d = 0;

    for (size_t i = 0; i < n; i++)
        d |= a[i] ^ b[i];
    return d;
}

static inline void tlsni_limbs_copy(mp_limb_t *dst, const mp_limb_t *src, size_t n)
{
    memcpy(dst, src, n * sizeof *dst);
}

static inline void tlsni_limbs_zero(mp_limb_t *dst, size_t n)
{
    memset(dst, 0, n * sizeof *dst);
}

static inline size_t tlsni_limb_bits(mp_limb_t v)
{
    size_t bits = 0;

    for (; v; v >>= 1)
        bits++;
    return bits;
}

struct tlsni_limb_scratch {
    mp_limb_t *base;  /* the stack block or `heap` */
    mp_limb_t *heap;  /* owned, or NULL */
    size_t used, cap; /* limbs */
    const struct tlsn_hooks *env;
};

/* Room for `limbs` limbs. */
TLSN_MUST_USE static inline tlsn_status tlsni_scratch_open(struct tlsni_limb_scratch *s,
                                                           const struct tlsn_hooks *env,
                                                           size_t limbs, mp_limb_t *stack,
                                                           size_t stack_limbs)
{
    s->env = env;
    s->used = 0;
    s->cap = limbs;
    s->heap = NULL;
    s->base = stack;
    if (limbs > stack_limbs) {
        s->heap = tlsni_alloc_array(env, limbs, sizeof *stack);
        s->base = s->heap;
    }
    return s->base ? TLSN_OK : TLSN_ERR_NO_MEMORY;
}

/* The next n limbs, not initialised. Asking for more than was opened is a bug of the caller. */
static inline mp_limb_t *tlsni_scratch_take(struct tlsni_limb_scratch *s, size_t n)
{
    mp_limb_t *p = s->base + s->used;

    assert(n <= s->cap - s->used);
    s->used += n;
    return p;
}

static inline void tlsni_scratch_close(struct tlsni_limb_scratch *s)
{
    tlsni_wipe(s->base, s->used * sizeof *s->base);
    tlsni_free(s->env, s->heap);
}

#endif
