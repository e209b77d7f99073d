/* dl_key.c - keys in a subgroup of a prime field: DSA (FIPS 186-4 4).
 *
 * The numbers are checked as far as arithmetic can tell cheaply: q divides p - 1, generator and
 * public value have the order q. That p and q are primes is the word of whoever made them. */
#include "base/bytes.h"
#include "cipher/dl.h"

size_t tlsni_dl_bits(struct tlsn_span s)
{
    return s.len ? 8 * (s.len - 1) + tlsni_limb_bits(s.data[0]) : 0;
}

static bool is_odd(struct tlsn_span s)
{
    return s.len && s.data[s.len - 1] & 1;
}

/* 1 < x < p - 1 */
static bool in_range(const struct tlsni_dl_public *dl, const mp_limb_t *x,
                     struct tlsni_limb_scratch *s)
{
    size_t n = dl->p_limbs;
    mp_limb_t *top = tlsni_scratch_take(s, n);
    bool good;

    tlsni_limbs_copy(top, dl->p, n);
    top[0] ^= 1; /* p is odd */
    good = mpn_cmp(x, top, (mp_size_t)n) < 0 && tlsni_limbs_diff_1(x, n, 0) &&
           tlsni_limbs_diff_1(x, n, 1);
    s->used -= n;
    return good;
}

/* x^q = 1 mod p */
static bool has_order_q(const struct tlsni_dl_public *dl, const mp_limb_t *x,
                        struct tlsni_limb_scratch *s)
{
    size_t n = dl->p_limbs, used = s->used;
    mp_limb_t *r = tlsni_scratch_take(s, n);
    mp_limb_t *rest = tlsni_scratch_take(s, tlsni_dl_power_itch(dl, dl->q_bits));
    bool good;

    tlsni_dl_power(dl, r, x, dl->q, dl->q_bits, rest);
    good = !tlsni_limbs_diff_1(r, n, 1);
    s->used = used;
    return good;
}

/* q divides p - 1 */
static bool divides(const struct tlsni_dl_public *dl, struct tlsni_limb_scratch *s)
{
    size_t n = dl->p_limbs, used = s->used;
    mp_limb_t *r = tlsni_scratch_take(s, n);
    mp_size_t itch = mpn_sec_div_r_itch((mp_size_t)n, (mp_size_t)dl->q_limbs);
    bool good;

    tlsni_limbs_copy(r, dl->p, n);
    r[0] ^= 1;
    mpn_sec_div_r(r, (mp_size_t)n, dl->q, (mp_size_t)dl->q_limbs,
                  tlsni_scratch_take(s, (size_t)itch));
    good = !tlsni_limbs_diff_1(r, dl->q_limbs, 0);
    s->used = used;
    return good;
}

static tlsn_status check(const struct tlsni_pubkey *key)
{
    const struct tlsni_dl_public *dl = &key->u.dl;
    mp_limb_t stack[TLSNI_STACK_LIMBS];
    struct tlsni_limb_scratch s;
    size_t div = (size_t)mpn_sec_div_r_itch((mp_size_t)dl->p_limbs, (mp_size_t)dl->q_limbs);
    size_t power = tlsni_dl_power_itch(dl, dl->q_bits);
    tlsn_status st = tlsni_scratch_open(&s, &key->env, dl->p_limbs + (power > div ? power : div),
                                        stack, TLSNI_STACK_LIMBS);

    if (st != TLSN_OK)
        return st;
    if (!in_range(dl, dl->g, &s) || !in_range(dl, dl->y, &s) || !divides(dl, &s) ||
        !has_order_q(dl, dl->g, &s) || !has_order_q(dl, dl->y, &s))
        st = TLSN_ERR_ILLEGAL_PARAMETER;
    tlsni_scratch_close(&s);
    return st;
}

/* The sizes are within their bounds, and so small that everything has its place. */
static bool sizes_sound(const struct tlsni_dl_params *x, struct tlsn_span y)
{
    size_t p = tlsni_dl_bits(x->p), q = tlsni_dl_bits(x->q);

    return is_odd(x->p) && is_odd(x->q) && p >= TLSNI_DSA_BITS_MIN && p <= TLSNI_DSA_BITS_MAX &&
           q >= TLSNI_DSA_Q_BITS_MIN && q <= TLSNI_DSA_Q_BITS_MAX && x->g.len <= x->p.len &&
           y.len <= x->p.len;
}

static void lay_out(struct tlsni_pubkey *key, const struct tlsni_dl_params *x, struct tlsn_span y)
{
    struct tlsni_dl_public *dl = &key->u.dl;
    mp_limb_t *at = key->block;
    uint8_t *bytes;

    dl->p_bits = tlsni_dl_bits(x->p);
    dl->q_bits = tlsni_dl_bits(x->q);
    dl->p_limbs = tlsni_limbs_for(x->p.len);
    dl->q_limbs = tlsni_limbs_for(x->q.len);
    dl->p = tlsni_place(&at, dl->p_limbs, x->p);
    dl->g = tlsni_place(&at, dl->p_limbs, x->g);
    dl->y = tlsni_place(&at, dl->p_limbs, y);
    dl->q = tlsni_place(&at, dl->q_limbs, x->q);
    bytes = (uint8_t *)at;
    dl->params.p = tlsni_place_bytes(&bytes, x->p);
    dl->params.q = tlsni_place_bytes(&bytes, x->q);
    dl->params.g = tlsni_place_bytes(&bytes, x->g);
    dl->y_bytes = tlsni_place_bytes(&bytes, y);
}

tlsn_status tlsni_pubkey_new_dsa(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                 const struct tlsni_dl_params *params, struct tlsn_span y)
{
    struct tlsni_dl_params x = { tlsni_number_strip(params->p), tlsni_number_strip(params->q),
                                 tlsni_number_strip(params->g) };
    struct tlsni_pubkey *key;
    size_t limbs;
    tlsn_status st;

    *out = NULL;
    y = tlsni_number_strip(y);
    if (!sizes_sound(&x, y))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    limbs = 3 * tlsni_limbs_for(x.p.len) + tlsni_limbs_for(x.q.len);
    key = tlsni_pubkey_alloc(env, TLSNI_KEY_DSA, sizeof *key + limbs * sizeof(mp_limb_t) +
                             x.p.len + x.q.len + x.g.len + y.len);
    if (!key)
        return TLSN_ERR_NO_MEMORY;
    lay_out(key, &x, y);
    st = check(key);
    if (st == TLSN_OK)
        *out = key;
    else
        tlsni_pubkey_free(key);
    return st;
}

/* ---- private keys ---- */

/* 0 < x < q; only the answer is public. */
static bool exponent_sound(const struct tlsni_dl_public *dl, const uint8_t *x)
{
    mp_limb_t k[TLSNI_DSA_Q_LIMBS], tmp[TLSNI_DSA_Q_LIMBS], below, nonzero;

    tlsni_limbs_get(k, dl->q_limbs, x, dl->params.q.len);
    below = tlsni_limbs_lt(k, dl->q, dl->q_limbs, tmp);
    nonzero = tlsni_limbs_diff_1(k, dl->q_limbs, 0);
    tlsni_wipe(k, sizeof k);
    tlsni_wipe(tmp, sizeof tmp);
    TLSNI_CT_PUBLIC(&below, sizeof below);
    TLSNI_CT_PUBLIC(&nonzero, sizeof nonzero);
    return below && nonzero;
}

/* y = g^x mod p, as long as p. The parameters come checked or are checked by what follows; p is odd
 * here, which is all that the arithmetic needs. */
static tlsn_status public_value(const struct tlsn_hooks *env, const struct tlsni_dl_params *params,
                                const uint8_t *x, size_t x_len, uint8_t *y)
{
    struct tlsni_dh_params group = { params->p, params->g };

    return tlsni_dh_power(env, &group, x, 8 * x_len, y);
}

static tlsn_status finish(struct tlsni_privkey *key, const struct tlsn_hooks *env,
                          const struct tlsni_dl_params *params, struct tlsn_span y)
{
    uint8_t made[TLSNI_DSA_BITS_MAX / 8];
    struct tlsn_span mine = { made, params->p.len };
    tlsn_status st = public_value(env, params, key->u.scalar, params->q.len, made);

    if (st != TLSN_OK)
        return st;
    TLSNI_CT_PUBLIC(made, mine.len);
    if (y.len && !tlsni_span_eq(tlsni_number_strip(y), tlsni_number_strip(mine)))
        return TLSN_ERR_KEY;
    st = tlsni_pubkey_new_dsa(&key->pub, env, params, mine);
    if (st == TLSN_OK && exponent_sound(&key->pub->u.dl, key->u.scalar))
        return TLSN_OK;
    return st == TLSN_OK || st == TLSN_ERR_ILLEGAL_PARAMETER ? TLSN_ERR_KEY : st;
}

tlsn_status tlsni_privkey_new_dsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                  const struct tlsni_dl_params *params, struct tlsn_span x,
                                  struct tlsn_span y)
{
    struct tlsni_dl_params d = { tlsni_number_strip(params->p), tlsni_number_strip(params->q),
                                 tlsni_number_strip(params->g) };
    struct tlsni_privkey *key;
    tlsn_status st;

    *out = NULL;
    while (x.len > d.q.len && !x.data[0]) {
        x.data++;
        x.len--;
    }
    if (!sizes_sound(&d, tlsni_number_strip(y)) || !d.g.len || !x.len || x.len > d.q.len)
        return TLSN_ERR_KEY;
    key = tlsni_privkey_alloc(env, sizeof *key);
    if (!key)
        return TLSN_ERR_NO_MEMORY;
    memcpy(key->u.scalar + (d.q.len - x.len), x.data, x.len);
    st = finish(key, env, &d, y);
    if (st == TLSN_OK)
        *out = key;
    else
        tlsni_privkey_free(key);
    return st;
}
