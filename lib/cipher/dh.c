/* dh.c - finite-field Diffie-Hellman over GMP's side-channel silent exponentiation.
 *
 * The prime, the generator and public values are public; exponents and results are secret. Public
 * values outside 1 < Y < p - 1 are refused (RFC 7919 5.1), and so is a result of 1,
 * which only a group whose prime is not safe can give. */
#include "cipher/dh.h"

#include "base/bytes.h"
#include "base/env.h"
#include "cipher/group_kinds.h"
#include "cipher/limbs.h"

static struct tlsn_span strip(struct tlsn_span s)
{
    while (s.len && !s.data[0]) {
        s.data++;
        s.len--;
    }
    return s;
}

size_t tlsni_dh_bits(const struct tlsni_dh_params *dh)
{
    struct tlsn_span p = strip(dh->p);

    return p.len ? 8 * (p.len - 1) + tlsni_limb_bits(p.data[0]) : 0;
}

/* 1 < y < p - 1 for odd p, without leading zeros in either. Public data.
 * @rfc 7919:5.1/1, 7919:3/9, 7919:4/9, 5246:F.1.1.3/4 */
static bool in_range(struct tlsn_span y, struct tlsn_span p)
{
    int order;

    if (!y.len || (y.len == 1 && y.data[0] == 1) || y.len > p.len)
        return false;
    if (y.len < p.len)
        return true;
    order = memcmp(y.data, p.data, p.len - 1);
    /* p is odd, so p - 1 differs in the last octet alone. */
    return order < 0 || (order == 0 && y.data[p.len - 1] < p.data[p.len - 1] - 1);
}

/* @rfc 5246:D.4/7 */
tlsn_status tlsni_dh_check(const struct tlsni_dh_params *dh)
{
    struct tlsn_span p = strip(dh->p);
    size_t bits = tlsni_dh_bits(dh);

    if (bits < 3 || bits > TLSNI_DH_BITS_MAX || !(p.data[p.len - 1] & 1))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    return in_range(strip(dh->g), p) ? TLSN_OK : TLSN_ERR_ILLEGAL_PARAMETER;
}

/* out = base^exponent mod p, all in big-endian bytes; out gets as many as p has.
 * @rfc 7919:8.6/1 */
static tlsn_status power(const struct tlsn_hooks *env, struct tlsn_span p, struct tlsn_span base,
                         const uint8_t *exponent, size_t exponent_bits, uint8_t *out)
{
    mp_limb_t stack[TLSNI_STACK_LIMBS];
    struct tlsni_limb_scratch s;
    size_t n = tlsni_limbs_for(p.len), e_len = (exponent_bits + 7) / 8, en = tlsni_limbs_for(e_len);
    size_t itch = (size_t)mpn_sec_powm_itch((mp_size_t)n, exponent_bits, (mp_size_t)n);
    mp_limb_t *m, *b, *e, *r;
    tlsn_status st = tlsni_scratch_open(&s, env, 3 * n + en + itch, stack, TLSNI_STACK_LIMBS);

    if (st != TLSN_OK)
        return st;
    m = tlsni_scratch_take(&s, n);
    b = tlsni_scratch_take(&s, n);
    r = tlsni_scratch_take(&s, n);
    e = tlsni_scratch_take(&s, en);
    tlsni_limbs_get(m, n, p.data, p.len);
    tlsni_limbs_get(b, n, base.data, base.len);
    tlsni_limbs_get(e, en, exponent, e_len);
    mpn_sec_powm(r, b, (mp_size_t)n, e, exponent_bits, m, (mp_size_t)n,
                 tlsni_scratch_take(&s, itch));
    tlsni_limbs_put(out, p.len, r, n);
    tlsni_scratch_close(&s);
    return TLSN_OK;
}

tlsn_status tlsni_dh_power(const struct tlsn_hooks *env, const struct tlsni_dh_params *dh,
                           const uint8_t *exponent, size_t exponent_bits, uint8_t *out)
{
    return power(env, strip(dh->p), strip(dh->g), exponent, exponent_bits, out);
}

/* An exponent of exactly `bits` bits (the top bit set, so that it is never 0), and its power.
 * @rfc 7919:5.2/1 */
static tlsn_status keygen(const struct tlsni_dh_params *dh, const struct tlsn_hooks *env,
                          size_t bits, uint8_t *private_key, size_t private_len,
                          uint8_t *public_key)
{
    struct tlsn_span p = strip(dh->p);
    size_t len = (bits + 7) / 8;
    uint8_t *x = private_key + (private_len - len);
    unsigned top = (unsigned)((bits - 1) % 8);
    tlsn_status st;

    memset(private_key, 0, private_len - len);
    st = tlsni_random(env, x, len);
    if (st != TLSN_OK)
        return st;
    x[0] = (uint8_t)((x[0] & ((1U << top) - 1)) | 1U << top);
    TLSNI_CT_SECRET(private_key, private_len);
    st = power(env, p, strip(dh->g), x, bits, public_key);
    TLSNI_CT_PUBLIC(public_key, p.len);
    return st;
}

static tlsn_status derive(const struct tlsni_dh_params *dh, const struct tlsn_hooks *env,
                          const uint8_t *private_key, size_t exponent_bits, const uint8_t *peer,
                          size_t peer_len, uint8_t *shared)
{
    struct tlsn_span p = strip(dh->p), y = strip(tlsni_span_make(peer, peer_len));
    uint32_t other = 0;
    tlsn_status st;

    if (!in_range(y, p))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = power(env, p, y, private_key, exponent_bits, shared);
    if (st != TLSN_OK)
        return st;
    for (size_t i = 0; i + 1 < p.len; i++)
        other |= shared[i];
    other |= shared[p.len - 1] ^ 1U;
    other = tlsni_ct_is_zero(other);
    TLSNI_CT_PUBLIC(&other, sizeof other);
    return other ? TLSN_ERR_ILLEGAL_PARAMETER : TLSN_OK;
}

tlsn_status tlsni_dh_keygen(const struct tlsni_dh_params *dh, const struct tlsn_hooks *env,
                            uint8_t *private_key, uint8_t *public_key)
{
    size_t bits = tlsni_dh_bits(dh);
    tlsn_status st = tlsni_dh_check(dh);

    /* One bit less than the prime has is below (p - 1) / 2 or near it: the whole subgroup. */
    return st == TLSN_OK ? keygen(dh, env, bits - 1, private_key, (bits + 7) / 8, public_key) : st;
}

tlsn_status tlsni_dh_derive(const struct tlsni_dh_params *dh, const struct tlsn_hooks *env,
                            const uint8_t *private_key, const uint8_t *peer, size_t peer_len,
                            uint8_t *shared)
{
    size_t bits = tlsni_dh_bits(dh);
    tlsn_status st = tlsni_dh_check(dh);

    if (st != TLSN_OK)
        return st;
    return derive(dh, env, private_key, 8 * ((bits + 7) / 8), peer, peer_len, shared);
}

tlsn_status tlsni_group_ff_keygen(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                  uint8_t *private_key, uint8_t *public_key)
{
    const struct tlsni_dh_named *dh = tlsni_dh_named(g->id);

    return keygen(&dh->params, env, dh->exponent_bits, private_key, g->private_len, public_key);
}

/* As long as the prime, whatever the number. @rfc 8446:7.4.1/1 */
tlsn_status tlsni_group_ff_derive(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                  const uint8_t *private_key, const uint8_t *peer, size_t peer_len,
                                  uint8_t *shared)
{
    const struct tlsni_dh_named *dh = tlsni_dh_named(g->id);

    return derive(&dh->params, env, private_key, 8U * g->private_len, peer, peer_len, shared);
}

struct tlsni_dh_params tlsni_dh_params_of(const struct tlsni_group *g)
{
    const struct tlsni_dh_named *dh = tlsni_dh_named(g->id);
    struct tlsni_dh_params none = { { NULL, 0 }, { NULL, 0 } };

    return dh ? dh->params : none;
}

const struct tlsni_group *tlsni_dh_identify(const struct tlsni_dh_params *dh)
{
    struct tlsn_span p = strip(dh->p), g = strip(dh->g);
    size_t count;
    const struct tlsni_group *rows = tlsni_group_rows(&count);

    for (size_t i = 0; i < count; i++) {
        struct tlsni_dh_params known = tlsni_dh_params_of(&rows[i]);
        if (known.p.len && tlsni_span_eq(known.p, p) && tlsni_span_eq(known.g, g))
            return &rows[i];
    }
    return NULL;
}
