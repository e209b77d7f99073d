/* group_x25519.c - X25519 (RFC 7748): key pairs by Nettle, which clamps the scalar and is constant
 * time; shared secrets by x25519.c. */
#include <nettle/curve25519.h>

#include "base/ct.h"
#include "base/env.h"
#include "cipher/group_kinds.h"
#include "cipher/x25519.h"

/* @rfc 8422:5.10/3 */
tlsn_status tlsni_group_x25519_keygen(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                   uint8_t *private_key, uint8_t *public_key)
{
    tlsn_status st = tlsni_random(env, private_key, g->private_len);

    if (st != TLSN_OK)
        return st;
    TLSNI_CT_SECRET(private_key, CURVE25519_SIZE);
    curve25519_mul_g(public_key, private_key);
    TLSNI_CT_PUBLIC(public_key, CURVE25519_SIZE);
    return TLSN_OK;
}

/* A point of small order gives zero whatever the key: refused (RFC 7748 6, RFC 8446 7.4.2).
 * @rfc 8422:5.10/4, 8422:5.10/5, 8422:5.11/3, 8422:5.4/5, 7748:6.1/1
 * @rfc 7748:5/1, 7748:5/2, 7748:5/3, 7748:5/4, 7748:5/5, 7748:5.2/1
 * @rfc 7748:5/6 */
tlsn_status tlsni_group_x25519_derive(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                   const uint8_t *private_key, const uint8_t *peer,
                                   size_t peer_len, uint8_t *shared)
{
    uint32_t bits = 0, zero;

    (void)env;
    if (peer_len != g->public_len)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    tlsni_x25519(shared, private_key, peer);
    for (size_t i = 0; i < CURVE25519_SIZE; i++)
        bits |= shared[i];
    zero = tlsni_ct_is_zero(bits);
    TLSNI_CT_PUBLIC(&zero, sizeof zero);
    return zero ? TLSN_ERR_ILLEGAL_PARAMETER : TLSN_OK;
}
