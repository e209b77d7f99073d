/* dl_key.c - keys in a subgroup of a prime field: DSA (FIPS 186-4 4) and DH (X9.42, PKCS #3).
 *
 * The numbers are checked as far as arithmetic can tell cheaply: q divides p - 1, generator and
 * public value have the order q. That p and q are primes is the word of whoever made them. */
#include "base/bytes.h"
#include "cipher/dl.h"

enum {
    MAX_LIMBS = TLSNI_DH_BITS_MAX / 8 / TLSNI_LIMB_BYTES,
    Q_BITS_MAX = 512, /* of an order that is checked by exponentiation */
};

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

/* q = (p - 1) / 2: then every value in range has the order q or 2q. */
static bool is_half(const struct tlsni_dl_public *dl)
{
    size_t n = dl->p_limbs;
    mp_limb_t low = dl->p[0] >> 1, diff = 0;

    if (dl->q_bits + 1 != dl->p_bits)
        return false;
    for (size_t i = 0; i < n; i++) {
        mp_limb_t next = i + 1 < n ? dl->p[i + 1] : 0;

        if (i < dl->q_limbs)
            diff |= dl->q[i] ^ (low | next << (GMP_NUMB_BITS - 1));
        low = next >> 1;
    }
    return !diff;
}

static bool values_sound(const struct tlsni_dl_public *dl, const mp_limb_t *const *values,
                         size_t count, struct tlsni_limb_scratch *s)
{
    bool subgroup = dl->q_bits && !is_half(dl);

    if (subgroup && (dl->q_bits > Q_BITS_MAX || !divides(dl, s)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!in_range(dl, values[i], s) || (subgroup && !has_order_q(dl, values[i], s)))
            return false;
    return true;
}

static tlsn_status check(const struct tlsni_dl_public *dl, const struct tlsn_hooks *env,
                         const mp_limb_t *const *values, size_t count)
{
    mp_limb_t stack[TLSNI_STACK_LIMBS];
    struct tlsni_limb_scratch s;
    mp_size_t p = (mp_size_t)dl->p_limbs, q = dl->q_limbs ? (mp_size_t)dl->q_limbs : 1;
    size_t div = (size_t)mpn_sec_div_r_itch(p, q);
    size_t power = tlsni_dl_power_itch(dl, dl->q_bits ? dl->q_bits : 1);
    tlsn_status st = tlsni_scratch_open(&s, env, dl->p_limbs + (power > div ? power : div), stack,
                                        TLSNI_STACK_LIMBS);

    if (st != TLSN_OK)
        return st;
    if (!values_sound(dl, values, count, &s))
        st = TLSN_ERR_ILLEGAL_PARAMETER;
    tlsni_scratch_close(&s);
    return st;
}

tlsn_status tlsni_dl_member(const struct tlsni_pubkey *key, const struct tlsn_hooks *env,
                            struct tlsn_span y)
{
    mp_limb_t value[MAX_LIMBS];
    const mp_limb_t *const values[] = { value };

    y = tlsni_number_strip(y);
    if (y.len > key->u.dl.params.p.len)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    tlsni_limbs_get(value, key->u.dl.p_limbs, y.data, y.len);
    return check(&key->u.dl, env, values, 1);
}

/* The sizes are within their bounds, and so small that everything has its place. */
static bool sizes_sound(enum tlsni_key_type type, const struct tlsni_dl_params *x,
                        struct tlsn_span y)
{
    size_t p = tlsni_dl_bits(x->p), q = tlsni_dl_bits(x->q);
    bool dsa = type == TLSNI_KEY_DSA;

    return is_odd(x->p) && p >= TLSNI_DSA_BITS_MIN &&
           p <= (dsa ? (size_t)TLSNI_DSA_BITS_MAX : (size_t)TLSNI_DH_BITS_MAX) &&
           ((!dsa && !q) || (is_odd(x->q) && q >= TLSNI_DSA_Q_BITS_MIN)) &&
           (dsa ? q <= TLSNI_DSA_Q_BITS_MAX : q < p) && x->g.len && x->g.len <= x->p.len &&
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

static struct tlsni_dl_params stripped(const struct tlsni_dl_params *in)
{
    struct tlsni_dl_params x = { tlsni_number_strip(in->p), tlsni_number_strip(in->q),
                                 tlsni_number_strip(in->g) };
    return x;
}

static tlsn_status new_public(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                              enum tlsni_key_type type, const struct tlsni_dl_params *params,
                              struct tlsn_span y)
{
    struct tlsni_dl_params x = stripped(params);
    struct tlsni_pubkey *key;
    size_t limbs;
    tlsn_status st;

    *out = NULL;
    y = tlsni_number_strip(y);
    if (!sizes_sound(type, &x, y))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    limbs = 3 * tlsni_limbs_for(x.p.len) + tlsni_limbs_for(x.q.len);
    key = tlsni_pubkey_alloc(env, type, sizeof *key + limbs * sizeof(mp_limb_t) + x.p.len +
                             x.q.len + x.g.len + y.len);
    if (!key)
        return TLSN_ERR_NO_MEMORY;
    lay_out(key, &x, y);
    const mp_limb_t *const values[] = { key->u.dl.g, key->u.dl.y };
    st = check(&key->u.dl, env, values, 2);
    if (st == TLSN_OK)
        *out = key;
    else
        tlsni_pubkey_free(key);
    return st;
}

tlsn_status tlsni_pubkey_new_dsa(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                 const struct tlsni_dl_params *params, struct tlsn_span y)
{
    return new_public(out, env, TLSNI_KEY_DSA, params, y);
}

tlsn_status tlsni_pubkey_new_dh(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                const struct tlsni_dl_params *params, struct tlsn_span y)
{
    return new_public(out, env, TLSNI_KEY_DH, params, y);
}

/* ---- private keys ---- */

/* 0 < x < q, or below p when there is no q; only the answer is public. x has x_len bytes. */
static bool exponent_sound(const struct tlsni_dl_public *dl, const uint8_t *x, size_t x_len)
{
    mp_limb_t k[MAX_LIMBS], tmp[MAX_LIMBS], below, nonzero;
    const mp_limb_t *bound = dl->q_bits ? dl->q : dl->p;
    size_t n = dl->p_limbs, m = dl->q_bits ? dl->q_limbs : n;

    tlsni_limbs_get(k, n, x, x_len);
    below = tlsni_limbs_lt(k, bound, m, tmp);
    nonzero = tlsni_limbs_diff_1(k, m, 0);
    for (size_t i = m; i < n; i++) /* above q's limbs there is nothing */
        below &= (mp_limb_t)(k[i] == 0);
    tlsni_wipe(k, sizeof k);
    tlsni_wipe(tmp, sizeof tmp);
    TLSNI_CT_PUBLIC(&below, sizeof below);
    TLSNI_CT_PUBLIC(&nonzero, sizeof nonzero);
    return below && nonzero;
}

static tlsn_status finish(struct tlsni_privkey *key, const struct tlsn_hooks *env,
                          enum tlsni_key_type type, const struct tlsni_dl_params *params,
                          const uint8_t *x, size_t x_len, struct tlsn_span y)
{
    const struct tlsni_dh_params group = { params->p, params->g };
    uint8_t made[TLSNI_DH_BITS_MAX / 8];
    struct tlsn_span mine = { made, params->p.len };
    tlsn_status st = tlsni_dh_power(env, &group, x, 8 * x_len, made);

    if (st != TLSN_OK)
        return st;
    TLSNI_CT_PUBLIC(made, mine.len);
    if (y.len && !tlsni_span_eq(tlsni_number_strip(y), tlsni_number_strip(mine)))
        return TLSN_ERR_KEY;
    st = new_public(&key->pub, env, type, params, mine);
    if (st == TLSN_OK && exponent_sound(&key->pub->u.dl, x, x_len))
        return TLSN_OK;
    return st == TLSN_OK || st == TLSN_ERR_ILLEGAL_PARAMETER ? TLSN_ERR_KEY : st;
}

/* Room for an exponent of `room` bytes: in the struct for DSA, behind it for DH. */
static tlsn_status new_private(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               enum tlsni_key_type type, const struct tlsni_dl_params *params,
                               struct tlsn_span x, struct tlsn_span y, size_t room)
{
    bool dsa = type == TLSNI_KEY_DSA;
    struct tlsni_privkey *key;
    uint8_t *place;
    tlsn_status st;

    while (x.len > room && !x.data[0]) {
        x.data++;
        x.len--;
    }
    if (!sizes_sound(type, params, tlsni_number_strip(y)) || !x.len || x.len > room)
        return TLSN_ERR_KEY;
    key = tlsni_privkey_alloc(env, sizeof *key + (dsa ? 0 : room));
    if (!key)
        return TLSN_ERR_NO_MEMORY;
    place = dsa ? key->u.scalar : key->block;
    if (!dsa)
        key->u.exponent_len = room;
    memcpy(place + (room - x.len), x.data, x.len);
    st = finish(key, env, type, params, place, room, y);
    if (st == TLSN_OK)
        *out = key;
    else
        tlsni_privkey_free(key);
    return st;
}

tlsn_status tlsni_privkey_new_dsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                  const struct tlsni_dl_params *params, struct tlsn_span x,
                                  struct tlsn_span y)
{
    struct tlsni_dl_params d = stripped(params);

    *out = NULL;
    return new_private(out, env, TLSNI_KEY_DSA, &d, x, y, d.q.len);
}

tlsn_status tlsni_privkey_new_dh(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                 const struct tlsni_dl_params *params, struct tlsn_span x,
                                 struct tlsn_span y)
{
    struct tlsni_dl_params d = stripped(params);
    const struct tlsni_dh_params group = { d.p, d.g };

    *out = NULL;
    if (!d.q.len && !tlsni_dh_is_safe(&group))
        return TLSN_ERR_KEY;
    return new_private(out, env, TLSNI_KEY_DH, &d, x, y, d.p.len);
}
