/* ec.h - the prime curves as rows, with the kernel that computes on them.
 *
 * Numbers are GMP limbs, least significant first, tlsni_ec_limbs() of them; a point is x, then y,
 * affine. Scalars are secret unless said otherwise. */
#ifndef TLSNI_CIPHER_EC_H
#define TLSNI_CIPHER_EC_H

#include <nettle/ecc.h>

#include "base/bytes.h"
#include "cipher/limbs.h"

enum {
    TLSNI_EC_LEN_MAX = 66,
    TLSNI_EC_LIMBS_MAX = (TLSNI_EC_LEN_MAX + TLSNI_LIMB_BYTES - 1) / TLSNI_LIMB_BYTES,
    TLSNI_EC_POINT_MAX = 1 + 2 * TLSNI_EC_LEN_MAX,
};

struct tlsni_ec;

/* What a faster implementation replaces. All functions are side-channel silent but verify. */
struct tlsni_ec_kernel {
    /* out = k G and out = k P for 0 < k < n and P on the curve. */
    void (*mul_g)(const struct tlsni_ec *ec, mp_limb_t *out, const mp_limb_t *k);
    void (*mul)(const struct tlsni_ec *ec, mp_limb_t *out, const mp_limb_t *k, const mp_limb_t *p);
    /* ECDSA with the nonce given, 0 < nonce < n. r or s may come out as 0: try another nonce. */
    tlsn_status (*sign)(const struct tlsni_ec *ec, const struct tlsn_hooks *env, mp_limb_t *r,
                        mp_limb_t *s, const mp_limb_t *key, const mp_limb_t *nonce,
                        const uint8_t *digest, size_t digest_len);
    /* Public data only; any r and s. TLSN_ERR_DECRYPT_ERROR when it does not verify. */
    tlsn_status (*verify)(const struct tlsni_ec *ec, const struct tlsn_hooks *env,
                          const mp_limb_t *point, const mp_limb_t *r, const mp_limb_t *s,
                          const uint8_t *digest, size_t digest_len);
};

struct tlsni_ec {
    uint16_t group; /* TLS number */
    uint16_t bits;  /* of the field and of the order */
    uint16_t len;   /* bytes of a coordinate and of a scalar */
    const struct ecc_curve *(*nettle)(void); /* NULL when Nettle does not have it */
    /* Prime, coefficients of y^2 = x^3 + ax + b, order: len bytes, big-endian. a NULL: -3. */
    const uint8_t *p, *a, *b, *n;
    const uint8_t *g; /* x and y of the generator; NULL when Nettle has the curve */
    const struct tlsni_ec_kernel *kernel;
};

/* The kernel that always exists for Nettle's curves, and the one for all others. */
extern const struct tlsni_ec_kernel tlsni_ec_nettle, tlsni_ec_plain;
/* That of secp256r1: with limbs of 64 bits one that verifies faster. */
#if GMP_NUMB_BITS == 64 && defined(__SIZEOF_INT128__)
extern const struct tlsni_ec_kernel tlsni_ec_p256;
#else
#define tlsni_ec_p256 tlsni_ec_nettle
#endif

/* NULL when the group is no prime curve. */
const struct tlsni_ec *tlsni_ec_find(uint16_t group);

static inline size_t tlsni_ec_limbs(const struct tlsni_ec *ec)
{
    return tlsni_limbs_for(ec->len);
}

/* 04 X Y (RFC 8422 5.4.1). False unless both are below the prime and the point is on the curve. */
bool tlsni_ec_point_get(const struct tlsni_ec *ec, mp_limb_t *xy, struct tlsn_span point);
/* Writes 1 + 2 len bytes. */
void tlsni_ec_point_put(const struct tlsni_ec *ec, uint8_t *out, const mp_limb_t *xy);

/* k from len bytes; false unless 0 < k < n. Only the answer is public. */
bool tlsni_ec_scalar_get(const struct tlsni_ec *ec, mp_limb_t *k, const uint8_t *bytes);
/* A random k, 0 < k < n, by rejection. */
tlsn_status tlsni_ec_scalar_random(const struct tlsni_ec *ec, const struct tlsn_hooks *env,
                                   mp_limb_t *k);

#endif
