/* group_kem.c - ML-KEM as a group, and hybrids of it with a curve (RFC 9954, RFC 10024).
 *
 * Keys, answers and secrets of the parts stand one behind the other without lengths, in the order of the
 * row. Both parts are always computed; a failure of one is a failure of the whole. */
#include "base/bytes.h"
#include "base/ct.h"
#include "base/env.h"
#include "base/mem.h"
#include "cipher/group_kinds.h"
#include "cipher/mlkem.h"

/* The other part; NULL for ML-KEM alone. */
static const struct tlsni_group *curve_of(const struct tlsni_group *g)
{
    return g->curve ? tlsni_group_find(g->curve) : NULL;
}

/* Where a part begins, given the length of the other one. */
static size_t kem_at(const struct tlsni_group *g, size_t curve_len)
{
    return g->kem_first ? 0 : curve_len;
}

static size_t curve_at(const struct tlsni_group *g, size_t kem_len)
{
    return g->kem_first ? kem_len : 0;
}

/* @rfc 9954:3.2/1, 10024:4.1/1 */
tlsn_status tlsni_group_kem_keygen(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                   uint8_t *private_key, uint8_t *public_key)
{
    const struct tlsni_group *curve = curve_of(g);
    uint8_t seed[TLSNI_MLKEM_SEED_LEN];
    tlsn_status st = tlsni_random(env, seed, sizeof seed);

    if (st != TLSN_OK)
        return st;
    TLSNI_CT_SECRET(seed, sizeof seed);
    tlsni_mlkem_keygen(g->kem, seed, private_key + kem_at(g, curve ? curve->private_len : 0),
                       public_key + kem_at(g, curve ? curve->public_len : 0));
    tlsni_wipe(seed, sizeof seed);
    return curve ? curve->keygen(curve, env, private_key + curve_at(g, g->kem->private_len),
                                 public_key + curve_at(g, g->kem->public_len))
                 : TLSN_OK;
}

/* @rfc 9954:3.2/2, 9954:3.3/1, 10024:4.2/1, 10024:4.2/2, 10024:4.3/1 */
tlsn_status tlsni_group_kem_respond(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                    const uint8_t *peer, size_t peer_len, uint8_t *response,
                                    uint8_t *shared)
{
    const struct tlsni_group *curve = curve_of(g);
    size_t public_at = kem_at(g, curve ? curve->public_len : 0);
    uint8_t random[TLSNI_MLKEM_RANDOM_LEN];
    tlsn_status st;

    if (peer_len != g->public_len)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = tlsni_random(env, random, sizeof random);
    if (st != TLSN_OK)
        return st;
    TLSNI_CT_SECRET(random, sizeof random);
    st = tlsni_mlkem_encapsulate(g->kem, random,
                                 tlsni_span_make(peer + public_at, g->kem->public_len),
                                 response + public_at,
                                 shared + kem_at(g, curve ? curve->shared_len : 0));
    tlsni_wipe(random, sizeof random);
    if (st != TLSN_OK || !curve)
        return st;
    return curve->respond(curve, env, peer + curve_at(g, g->kem->public_len), curve->public_len,
                          response + curve_at(g, g->kem->ciphertext_len),
                          shared + curve_at(g, TLSNI_MLKEM_SHARED_LEN));
}

/* @rfc 10024:4.2/3 */
tlsn_status tlsni_group_kem_derive(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                   const uint8_t *private_key, const uint8_t *peer,
                                   size_t peer_len, uint8_t *shared)
{
    const struct tlsni_group *curve = curve_of(g);
    tlsn_status st;

    if (peer_len != g->response_len)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = tlsni_mlkem_decapsulate(g->kem, private_key + kem_at(g, curve ? curve->private_len : 0),
                                 tlsni_span_make(peer + kem_at(g, curve ? curve->public_len : 0),
                                                 g->kem->ciphertext_len),
                                 shared + kem_at(g, curve ? curve->shared_len : 0));
    if (st != TLSN_OK || !curve)
        return st;
    return curve->derive(curve, env, private_key + curve_at(g, g->kem->private_len),
                         peer + curve_at(g, g->kem->ciphertext_len), curve->public_len,
                         shared + curve_at(g, TLSNI_MLKEM_SHARED_LEN));
}
