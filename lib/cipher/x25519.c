/* x25519.c - the Montgomery ladder of RFC 7748 5 on five limbs of 51 bits, in little more than half of the
 * time that Nettle takes; without a multiplication of 64 by 64 bits it is Nettle's.
 *
 * Nothing branches on, or indexes by, the scalar or a coordinate. Bounds: a "tight" element has limbs below
 * 2^51 + 2^13; mul and sqr give tight ones and take limbs below 2^54, so that a column of products stays
 * below 77 * 2^108 and the carry that returns to the lowest limb, times 19, below 2^64. add of tight ones
 * stays below 2^53, sub below 2^54. */
#include "cipher/x25519.h"

#include <string.h>

#include "base/mem.h"
#include "cipher/le64.h"

#if defined(__SIZEOF_INT128__)

enum { LIMBS = 5, LIMB_BITS = 51, TOP_BIT = 254, A24 = 121665 };

__extension__ typedef unsigned __int128 wide;
typedef uint64_t fe[LIMBS];

static const uint64_t low = ((uint64_t)1 << LIMB_BITS) - 1;

/* ---- the field, modulo 2^255 - 19 ---- */

static inline void add(fe r, const fe a, const fe b)
{
    for (int i = 0; i < LIMBS; i++)
        r[i] = a[i] + b[i];
}

/* a - b + 4p for tight a and b: no limb becomes negative. */
static inline void sub(fe r, const fe a, const fe b)
{
    r[0] = a[0] + 4 * (low - 18) - b[0];
    for (int i = 1; i < LIMBS; i++)
        r[i] = a[i] + 4 * low - b[i];
}

/* Columns to a tight element; 2^255 is 19. */
static inline void carry(fe r, wide t0, wide t1, wide t2, wide t3, wide t4)
{
    t1 += (uint64_t)(t0 >> LIMB_BITS);
    t2 += (uint64_t)(t1 >> LIMB_BITS);
    t3 += (uint64_t)(t2 >> LIMB_BITS);
    t4 += (uint64_t)(t3 >> LIMB_BITS);
    r[0] = ((uint64_t)t0 & low) + 19 * (uint64_t)(t4 >> LIMB_BITS);
    r[1] = ((uint64_t)t1 & low) + (r[0] >> LIMB_BITS);
    r[0] &= low;
    r[2] = (uint64_t)t2 & low;
    r[3] = (uint64_t)t3 & low;
    r[4] = (uint64_t)t4 & low;
}

static inline void mul(fe r, const fe a, const fe b)
{
    const uint64_t a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4];
    const uint64_t b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3], b4 = b[4];
    const uint64_t c1 = 19 * b1, c2 = 19 * b2, c3 = 19 * b3, c4 = 19 * b4;

    carry(r, (wide)a0 * b0 + (wide)a1 * c4 + (wide)a2 * c3 + (wide)a3 * c2 + (wide)a4 * c1,
          (wide)a0 * b1 + (wide)a1 * b0 + (wide)a2 * c4 + (wide)a3 * c3 + (wide)a4 * c2,
          (wide)a0 * b2 + (wide)a1 * b1 + (wide)a2 * b0 + (wide)a3 * c4 + (wide)a4 * c3,
          (wide)a0 * b3 + (wide)a1 * b2 + (wide)a2 * b1 + (wide)a3 * b0 + (wide)a4 * c4,
          (wide)a0 * b4 + (wide)a1 * b3 + (wide)a2 * b2 + (wide)a3 * b1 + (wide)a4 * b0);
}

static inline void sqr(fe r, const fe a)
{
    const uint64_t a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4];
    const uint64_t d0 = 2 * a0, d1 = 2 * a1, c3 = 19 * a3, c4 = 19 * a4;

    carry(r, (wide)a0 * a0 + (wide)d1 * c4 + (wide)(2 * a2) * c3,
          (wide)d0 * a1 + (wide)(2 * a2) * c4 + (wide)a3 * c3,
          (wide)d0 * a2 + (wide)a1 * a1 + (wide)(2 * a3) * c4,
          (wide)d0 * a3 + (wide)d1 * a2 + (wide)a4 * c4,
          (wide)d0 * a4 + (wide)d1 * a3 + (wide)a2 * a2);
}

static inline void mul_a24(fe r, const fe a)
{
    carry(r, (wide)a[0] * A24, (wide)a[1] * A24, (wide)a[2] * A24, (wide)a[3] * A24,
          (wide)a[4] * A24);
}

static void sqr_times(fe r, const fe a, int times)
{
    sqr(r, a);
    for (int i = 1; i < times; i++)
        sqr(r, r);
}

/* r = a^(2^n - 1) from h = a^(2^k - 1) for n = 2k. */
static void twice_as_long(fe r, const fe h, int k)
{
    fe t;

    sqr_times(t, h, k);
    mul(r, t, h);
    tlsni_wipe(t, sizeof t);
}

/* r = a^(p - 2), p - 2 = 2^255 - 21 = (2^250 - 1) * 2^5 + 11. Zero gives zero. */
static void invert(fe r, const fe a)
{
    fe a11, x, x5, x10, x20, x50;

    sqr(a11, a);           /* 2 */
    sqr_times(x, a11, 2);  /* 8 */
    mul(x, x, a);          /* 9 */
    mul(a11, a11, x);      /* 11 */
    sqr(x5, a11);          /* 22 */
    mul(x5, x5, x);        /* 31 = 2^5 - 1 */
    twice_as_long(x10, x5, 5);
    twice_as_long(x20, x10, 10);
    twice_as_long(x, x20, 20);
    sqr_times(x, x, 10);
    mul(x50, x, x10);
    twice_as_long(x, x50, 50);
    sqr_times(r, x, 100);
    mul(r, r, x);          /* 2^200 - 1 */
    sqr_times(r, r, 50);
    mul(r, r, x50);        /* 2^250 - 1 */
    sqr_times(r, r, 5);
    mul(r, r, a11);
    tlsni_wipe(a11, sizeof a11);
    tlsni_wipe(x, sizeof x);
    tlsni_wipe(x5, sizeof x5);
    tlsni_wipe(x10, sizeof x10);
    tlsni_wipe(x20, sizeof x20);
    tlsni_wipe(x50, sizeof x50);
}

/* ---- bytes ---- */

static void load(fe r, const uint8_t *p)
{
    r[0] = tlsni_le64_get(p) & low;
    r[1] = tlsni_le64_get(p + 6) >> 3 & low;
    r[2] = tlsni_le64_get(p + 12) >> 6 & low;
    r[3] = tlsni_le64_get(p + 19) >> 1 & low;
    r[4] = tlsni_le64_get(p + 24) >> 12 & low;
}

/* The least representative: 19 more carry over 2^255 exactly when a is not below p. */
static void store(uint8_t *p, fe a)
{
    uint64_t over;

    carry(a, a[0], a[1], a[2], a[3], a[4]);
    over = 19;
    for (int i = 0; i < LIMBS; i++)
        over = (a[i] + over) >> LIMB_BITS;
    a[0] += 19 * over;
    for (int i = 0; i < LIMBS - 1; i++) {
        a[i + 1] += a[i] >> LIMB_BITS;
        a[i] &= low;
    }
    a[4] &= low;
    tlsni_le64_put(p, a[0] | a[1] << 51);
    tlsni_le64_put(p + 8, a[1] >> 13 | a[2] << 38);
    tlsni_le64_put(p + 16, a[2] >> 26 | a[3] << 25);
    tlsni_le64_put(p + 24, a[3] >> 39 | a[4] << 12);
}

/* ---- the ladder ---- */

struct ladder {
    fe x1, x2, z2, x3, z3; /* the point; multiples n and n + 1 of it */
    fe a, b, c, d, e;      /* as it goes */
};

static inline void swap(uint64_t bit, fe a, fe b)
{
    for (int i = 0; i < LIMBS; i++) {
        uint64_t t = (0 - bit) & (a[i] ^ b[i]);

        a[i] ^= t;
        b[i] ^= t;
    }
}

/* Doubles the first multiple and adds the first to the second. */
static inline void step(struct ladder *l)
{
    add(l->a, l->x2, l->z2);
    sub(l->b, l->x2, l->z2);
    add(l->c, l->x3, l->z3);
    sub(l->d, l->x3, l->z3);
    mul(l->d, l->d, l->a);
    mul(l->c, l->c, l->b);
    add(l->x3, l->d, l->c);
    sqr(l->x3, l->x3);
    sub(l->z3, l->d, l->c);
    sqr(l->z3, l->z3);
    mul(l->z3, l->z3, l->x1);
    sqr(l->a, l->a);
    sqr(l->b, l->b);
    mul(l->x2, l->a, l->b);
    sub(l->e, l->a, l->b);
    mul_a24(l->c, l->e);
    add(l->c, l->c, l->a);
    mul(l->z2, l->e, l->c);
}

static void climb(struct ladder *l, const uint8_t *k)
{
    uint64_t swapped = 0;

    for (int i = TOP_BIT; i >= 0; i--) {
        uint64_t bit = k[i / 8] >> (i % 8) & 1;

        swap(swapped ^ bit, l->x2, l->x3);
        swap(swapped ^ bit, l->z2, l->z3);
        swapped = bit;
        step(l);
    }
    swap(swapped, l->x2, l->x3);
    swap(swapped, l->z2, l->z3);
}

/* @rfc 7748:5/1, 7748:5/2, 7748:5/3, 7748:5/4, 7748:5/5 */
void tlsni_x25519(uint8_t *out, const uint8_t *scalar, const uint8_t *point)
{
    struct ladder l = { .x2 = { 1 }, .z3 = { 1 } };
    uint8_t k[TLSNI_X25519_LEN];

    memcpy(k, scalar, sizeof k);
    k[0] &= 0xf8;
    k[31] = (k[31] & 0x7f) | 0x40;
    load(l.x1, point);
    memcpy(l.x3, l.x1, sizeof l.x3);
    climb(&l, k);
    invert(l.z2, l.z2);
    mul(l.x2, l.x2, l.z2);
    store(out, l.x2);
    tlsni_wipe(k, sizeof k);
    tlsni_wipe(&l, sizeof l);
}

#else

#include <nettle/curve25519.h>

void tlsni_x25519(uint8_t *out, const uint8_t *scalar, const uint8_t *point)
{
    uint8_t result[TLSNI_X25519_LEN];

    curve25519_mul(result, scalar, point);
    memcpy(out, result, sizeof result);
    tlsni_wipe(result, sizeof result);
}

#endif
