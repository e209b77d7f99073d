/* order.h - the arithmetic of DSA and ECDSA modulo the order of a group (FIPS 186-4 4.6, 4.7, 6).
 *
 * Numbers have `limbs` limbs. Everything is side-channel silent. */
#ifndef TLSNI_CIPHER_ORDER_H
#define TLSNI_CIPHER_ORDER_H

#include "base/bytes.h"
#include "cipher/limbs.h"

enum {
    TLSNI_ORDER_LIMBS_MAX = (512 / 8 + TLSNI_LIMB_BYTES - 1) / TLSNI_LIMB_BYTES,
    TLSNI_ORDER_LEN_MAX = 512 / 8,
};

struct tlsni_order {
    const mp_limb_t *q; /* borrowed; odd, its top limb not 0 */
    size_t limbs, bits, len; /* len: bytes */
};

/* The leftmost bits of the digest, as many as q has; may be above q. */
void tlsni_order_digest(const struct tlsni_order *o, mp_limb_t *z, const uint8_t *digest,
                        size_t len);
/* 0 < k < q by rejection. TLSN_ERR_RANDOM. */
TLSN_MUST_USE tlsn_status tlsni_order_random(const struct tlsni_order *o,
                                             const struct tlsn_hooks *env, mp_limb_t *k);
/* s = (z + x r) / k mod q. False when k has no inverse. */
TLSN_MUST_USE bool tlsni_order_sign(const struct tlsni_order *o, mp_limb_t *s, const mp_limb_t *z,
                                    const mp_limb_t *x, const mp_limb_t *r, const mp_limb_t *k);
/* u1 = z / s and u2 = r / s mod q. False unless 0 < r, s < q and s has an inverse. */
TLSN_MUST_USE bool tlsni_order_split(const struct tlsni_order *o, mp_limb_t *u1, mp_limb_t *u2,
                                     const mp_limb_t *z, const mp_limb_t *r, const mp_limb_t *s);

#endif
