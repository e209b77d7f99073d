/* dl.h - keys in a subgroup of a prime field and powers in it. */
#ifndef TLSNI_CIPHER_DL_H
#define TLSNI_CIPHER_DL_H

#include "cipher/dh.h"
#include "cipher/pk_impl.h"

enum {
    TLSNI_DSA_Q_LIMBS = (TLSNI_DSA_Q_BITS_MAX / 8 + TLSNI_LIMB_BYTES - 1) / TLSNI_LIMB_BYTES,
};

/* Of a number without leading zeros. */
size_t tlsni_dl_bits(struct tlsn_span s);

/* r = base^e mod p: p_limbs limbs each, e of e_bits bits. Silent in base, e and r. */
static inline void tlsni_dl_power(const struct tlsni_dl_public *dl, mp_limb_t *r,
                                  const mp_limb_t *base, const mp_limb_t *e, size_t e_bits,
                                  mp_limb_t *scratch)
{
    mpn_sec_powm(r, base, (mp_size_t)dl->p_limbs, e, e_bits, dl->p, (mp_size_t)dl->p_limbs,
                 scratch);
}

static inline size_t tlsni_dl_power_itch(const struct tlsni_dl_public *dl, size_t e_bits)
{
    return (size_t)mpn_sec_powm_itch((mp_size_t)dl->p_limbs, e_bits, (mp_size_t)dl->p_limbs);
}

#endif
