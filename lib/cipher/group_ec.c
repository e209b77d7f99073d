/* group_ec.c - ECDH on the prime curves (RFC 8422 5.10): the shared secret is the x coordinate.
 *
 * The peer's point is checked to be on the curve before anything secret meets it. With cofactor 1
 * and a scalar below the order the result is never the point at infinity. */
#include "cipher/ec.h"
#include "cipher/group_kinds.h"

tlsn_status tlsni_group_ec_keygen(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                  uint8_t *private_key, uint8_t *public_key)
{
    const struct tlsni_ec *ec = tlsni_ec_find(g->curve);
    mp_limb_t k[TLSNI_EC_LIMBS_MAX], xy[2 * TLSNI_EC_LIMBS_MAX];
    tlsn_status st = tlsni_ec_scalar_random(ec, env, k);

    if (st != TLSN_OK)
        return st;
    ec->kernel->mul_g(ec, xy, k);
    tlsni_limbs_put(private_key, ec->len, k, tlsni_ec_limbs(ec));
    tlsni_ec_point_put(ec, public_key, xy);
    TLSNI_CT_PUBLIC(public_key, 1U + 2U * ec->len);
    tlsni_wipe(k, sizeof k);
    return TLSN_OK;
}

/* @rfc 8422:5.10/1, 8422:5.10/2, 8422:5.11/1, 8734:6/1, 8446:7.4.2/2 */
tlsn_status tlsni_group_ec_derive(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                  const uint8_t *private_key, const uint8_t *peer, size_t peer_len,
                                  uint8_t *shared)
{
    const struct tlsni_ec *ec = tlsni_ec_find(g->curve);
    mp_limb_t k[TLSNI_EC_LIMBS_MAX], xy[2 * TLSNI_EC_LIMBS_MAX], out[2 * TLSNI_EC_LIMBS_MAX];
    tlsn_status st = TLSN_OK;

    (void)env;
    if (!tlsni_ec_point_get(ec, xy, tlsni_span_make(peer, peer_len)))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    if (tlsni_ec_scalar_get(ec, k, private_key)) {
        ec->kernel->mul(ec, out, k, xy);
        tlsni_limbs_put(shared, ec->len, out, tlsni_ec_limbs(ec));
    } else {
        st = TLSN_ERR_INTERNAL; /* not a key that keygen made */
    }
    tlsni_wipe(k, sizeof k);
    tlsni_wipe(out, sizeof out);
    return st;
}
