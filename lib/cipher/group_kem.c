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

/* @rfc 9954:2/1, 9954:2/2, 9954:3.2/1, 9954:3.2/3, 9954:3.2/4, 9954:3.2/6, 9954:6/1
 * @rfc 10024:4.1/1, 10024:4.1/2, 10024:4.1/3, 10024:6/1, 10024:6/2 */
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

/* @rfc 9954:2/4, 9954:3.2/5, 9954:3.3/1, 10024:4.2/1, 10024:4.2/2, 10024:4.2/3, 10024:4.2/4
 * @rfc 10024:4.3/1, 10024:4.3/2, 10024:4.3/3 */
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

/* ML-KEM's part: a ciphertext that is not the answer to our key gives another secret, so that what is left
 * to fail is a key that is not the one that was made.
 * @rfc 10024:4.2/6 */
static tlsn_status decapsulate(const struct tlsni_mlkem *kem, const uint8_t *private_key,
                               const uint8_t *ciphertext, uint8_t *shared)
{
    if (tlsni_mlkem_check_private(kem, tlsni_span_make(private_key, kem->private_len)) != TLSN_OK)
        return TLSN_ERR_INTERNAL;
    return tlsni_mlkem_decapsulate(kem, private_key,
                                   tlsni_span_make(ciphertext, kem->ciphertext_len), shared);
}

/* @rfc 10024:4.2/5, 10024:4.2/7, 10024:4.3/4 */
tlsn_status tlsni_group_kem_derive(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                   const uint8_t *private_key, const uint8_t *peer,
                                   size_t peer_len, uint8_t *shared)
{
    const struct tlsni_group *curve = curve_of(g);
    tlsn_status st;

    if (peer_len != g->response_len)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = decapsulate(g->kem, private_key + kem_at(g, curve ? curve->private_len : 0),
                     peer + kem_at(g, curve ? curve->public_len : 0),
                     shared + kem_at(g, curve ? curve->shared_len : 0));
    if (st != TLSN_OK || !curve)
        return st;
    return curve->derive(curve, env, private_key + curve_at(g, g->kem->private_len),
                         peer + curve_at(g, g->kem->ciphertext_len), curve->public_len,
                         shared + curve_at(g, TLSNI_MLKEM_SHARED_LEN));
}
