/* ct.h - constant-time helpers. Masks are all ones or all zeros.
 *
 * With TLSN_VALGRIND_CT the marks tell valgrind that secrets are undefined, so that every branch or
 * index on them is reported (tests named *_ct). Without it they vanish. */
#ifndef TLSNI_BASE_CT_H
#define TLSNI_BASE_CT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef TLSN_VALGRIND_CT
#include <valgrind/memcheck.h>
#define TLSNI_CT_SECRET(p, n) ((void)VALGRIND_MAKE_MEM_UNDEFINED((p), (n)))
#define TLSNI_CT_PUBLIC(p, n) ((void)VALGRIND_MAKE_MEM_DEFINED((p), (n)))
#else
#define TLSNI_CT_SECRET(p, n) ((void)(p), (void)(n))
#define TLSNI_CT_PUBLIC(p, n) ((void)(p), (void)(n))
#endif

/* Hides a value from the optimiser, so that masks stay masks. */
static inline uint32_t tlsni_ct_barrier(uint32_t v)
{
#if defined(__GNUC__)
    __asm__("" : "+r"(v));
#endif
    return v;
}

/* All ones if the top bit of v is set. The barrier is on the mask: a compiler that knows where it
 * comes from may turn `x & mask` into a branch (clang 14 does). */
static inline uint32_t tlsni_ct_msb(uint32_t v)
{
    return tlsni_ct_barrier(0U - (v >> 31));
}

static inline uint32_t tlsni_ct_is_zero(uint32_t v)
{
    return tlsni_ct_msb(~v & (v - 1));
}

static inline uint32_t tlsni_ct_eq(uint32_t a, uint32_t b)
{
    return tlsni_ct_is_zero(a ^ b);
}

/* a < b, for all 32-bit values. */
static inline uint32_t tlsni_ct_lt(uint32_t a, uint32_t b)
{
    return tlsni_ct_msb(a ^ ((a ^ b) | ((a - b) ^ b)));
}

static inline uint32_t tlsni_ct_ge(uint32_t a, uint32_t b)
{
    return ~tlsni_ct_lt(a, b);
}

/* mask ? a : b */
static inline uint32_t tlsni_ct_select(uint32_t mask, uint32_t a, uint32_t b)
{
    return b ^ (mask & (a ^ b));
}

/* All ones if the n bytes are the same; looks at all of them. */
uint32_t tlsni_ct_eq_mask(const void *a, const void *b, size_t n);

/* The one comparison of secrets that ends in a branch: the result is made public. */
bool tlsni_ct_memeq(const void *a, const void *b, size_t n);

/* Zero bytes in front of the first other one, of n at most; looks at all of them. Secret until the caller
 * says otherwise. */
uint32_t tlsni_ct_leading_zeros(const uint8_t *data, size_t n);

/* dst = mask ? a : dst for n bytes. */
void tlsni_ct_cond_copy(uint32_t mask, void *dst, const void *a, size_t n);

#endif
