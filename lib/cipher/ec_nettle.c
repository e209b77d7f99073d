/* ec_nettle.c - the curve kernel over Nettle: constant time, on limbs, without bignum round trips.
 *
 * Nettle's point multiplication takes its scratch from GMP's allocator, once a call; signing and
 * verifying get theirs from here. */
#include <nettle/ecdsa.h>

#include "cipher/ec.h"

static void mul_g(const struct tlsni_ec *ec, mp_limb_t *out, const mp_limb_t *k)
{
    mp_limb_t kk[TLSNI_EC_LIMBS_MAX];
    struct ecc_point r = { ec->nettle(), out };
    struct ecc_scalar scalar = { r.ecc, kk };

    tlsni_limbs_copy(kk, k, tlsni_ec_limbs(ec));
    ecc_point_mul_g(&r, &scalar);
    tlsni_wipe(kk, sizeof kk);
}

static void mul(const struct tlsni_ec *ec, mp_limb_t *out, const mp_limb_t *k, const mp_limb_t *p)
{
    mp_limb_t kk[TLSNI_EC_LIMBS_MAX], pp[2 * TLSNI_EC_LIMBS_MAX];
    struct ecc_point r = { ec->nettle(), out }, point = { r.ecc, pp };
    struct ecc_scalar scalar = { r.ecc, kk };

    tlsni_limbs_copy(kk, k, tlsni_ec_limbs(ec));
    tlsni_limbs_copy(pp, p, 2 * tlsni_ec_limbs(ec));
    ecc_point_mul(&r, &scalar, &point);
    tlsni_wipe(kk, sizeof kk);
}

static tlsn_status sign(const struct tlsni_ec *ec, const struct tlsn_hooks *env, mp_limb_t *r,
                        mp_limb_t *s, const mp_limb_t *key, const mp_limb_t *nonce,
                        const uint8_t *digest, size_t digest_len)
{
    mp_limb_t stack[TLSNI_STACK_LIMBS];
    const struct ecc_curve *curve = ec->nettle();
    size_t itch = (size_t)ecc_ecdsa_sign_itch(curve);
    struct tlsni_limb_scratch scratch;
    tlsn_status st = tlsni_scratch_open(&scratch, env, itch, stack, TLSNI_STACK_LIMBS);

    if (st != TLSN_OK)
        return st;
    ecc_ecdsa_sign(curve, key, nonce, digest_len, digest, r, s,
                   tlsni_scratch_take(&scratch, itch));
    tlsni_scratch_close(&scratch);
    return TLSN_OK;
}

static tlsn_status verify(const struct tlsni_ec *ec, const struct tlsn_hooks *env,
                          const mp_limb_t *point, const mp_limb_t *r, const mp_limb_t *s,
                          const uint8_t *digest, size_t digest_len)
{
    mp_limb_t stack[TLSNI_STACK_LIMBS];
    const struct ecc_curve *curve = ec->nettle();
    size_t itch = (size_t)ecc_ecdsa_verify_itch(curve);
    struct tlsni_limb_scratch scratch;
    tlsn_status st = tlsni_scratch_open(&scratch, env, itch, stack, TLSNI_STACK_LIMBS);

    if (st != TLSN_OK)
        return st;
    if (!ecc_ecdsa_verify(curve, point, digest_len, digest, r, s,
                          tlsni_scratch_take(&scratch, itch)))
        st = TLSN_ERR_DECRYPT_ERROR;
    tlsni_scratch_close(&scratch);
    return st;
}

const struct tlsni_ec_kernel tlsni_ec_nettle = { mul_g, mul, sign, verify };
