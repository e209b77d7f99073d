/* ec_scalar.c - secret scalars: private keys and nonces, 0 < k < n. */
#include "base/env.h"
#include "cipher/ec.h"

bool tlsni_ec_scalar_get(const struct tlsni_ec *ec, mp_limb_t *k, const uint8_t *bytes)
{
    size_t n = tlsni_ec_limbs(ec);
    mp_limb_t order[TLSNI_EC_LIMBS_MAX], tmp[TLSNI_EC_LIMBS_MAX], below, nonzero;

    tlsni_limbs_get(order, n, ec->n, ec->len);
    tlsni_limbs_get(k, n, bytes, ec->len);
    below = tlsni_limbs_lt(k, order, n, tmp);
    nonzero = tlsni_limbs_diff_1(k, n, 0);
    tlsni_wipe(tmp, sizeof tmp);
    TLSNI_CT_PUBLIC(&below, sizeof below);
    TLSNI_CT_PUBLIC(&nonzero, sizeof nonzero);
    return below && nonzero;
}

/* What is rejected is never used, so that the number of attempts tells nothing. The orders are just
 * below 2^256, 2^384 and 2^521: a second attempt is rare, and a source that needs a hundred is
 * broken.
 * @rfc 8734:6/2 */
tlsn_status tlsni_ec_scalar_random(const struct tlsni_ec *ec, const struct tlsn_hooks *env,
                                   mp_limb_t *k)
{
    uint8_t bytes[TLSNI_EC_LEN_MAX];
    tlsn_status st = TLSN_ERR_RANDOM;

    for (int attempt = 0; attempt < 100; attempt++) {
        st = tlsni_random(env, bytes, ec->len);
        if (st != TLSN_OK)
            break;
        TLSNI_CT_SECRET(bytes, ec->len);
        bytes[0] = (uint8_t)(bytes[0] & (0xffU >> (8 * ec->len - ec->bits)));
        if (tlsni_ec_scalar_get(ec, k, bytes))
            break;
        st = TLSN_ERR_RANDOM;
    }
    tlsni_wipe(bytes, sizeof bytes);
    return st;
}
