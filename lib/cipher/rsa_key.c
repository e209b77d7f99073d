/* rsa_key.c - RSA private keys: laid out once, checked by arithmetic that shows nothing of them. */
#include "base/bytes.h"
#include "cipher/pk_impl.h"

static size_t max(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t number_bits(struct tlsn_span s)
{
    return s.len ? 8 * (s.len - 1) + tlsni_limb_bits(s.data[0]) : 0;
}

/* A number of n limbs being checked. */
struct number {
    const mp_limb_t *x;
    size_t n;
};

/* Not zero unless a b mod m is r, or a b itself when m.n is 0. r is as long as m or the product. */
static mp_limb_t product_differs(struct tlsni_limb_scratch *s, struct number a, struct number b,
                                 struct number m, const mp_limb_t *r)
{
    size_t start = s->used, n = a.n + b.n;
    struct number hi = a.n >= b.n ? a : b, lo = a.n >= b.n ? b : a;
    size_t itch = (size_t)mpn_sec_mul_itch((mp_size_t)hi.n, (mp_size_t)lo.n);
    mp_limb_t diff, *t = tlsni_scratch_take(s, n);

    if (m.n)
        itch = max(itch, (size_t)mpn_sec_div_r_itch((mp_size_t)n, (mp_size_t)m.n));
    mpn_sec_mul(t, hi.x, (mp_size_t)hi.n, lo.x, (mp_size_t)lo.n, tlsni_scratch_take(s, itch));
    if (m.n)
        mpn_sec_div_r(t, (mp_size_t)n, m.x, (mp_size_t)m.n, t + n);
    diff = tlsni_limbs_diff(t, r, m.n ? m.n : n);
    tlsni_wipe(t, (n + itch) * sizeof *t);
    s->used = start;
    return diff;
}

/* One prime's exponent: e dp = 1 and d = dp modulo p - 1. */
static mp_limb_t exponent_differs(struct tlsni_limb_scratch *s, const struct tlsni_rsa_public *rsa,
                                  struct tlsn_span d_bytes, struct number p, const mp_limb_t *dp)
{
    size_t start = s->used, n = rsa->n_limbs;
    mp_limb_t *d = tlsni_scratch_take(s, n), *phi = tlsni_scratch_take(s, p.n);
    mp_limb_t *one = tlsni_scratch_take(s, n), diff;
    struct number mod = { phi, p.n }, unit = { one, 1 };
    struct number e = { rsa->e, tlsni_limbs_for(rsa->e_bytes.len) };

    tlsni_limbs_get(d, n, d_bytes.data, d_bytes.len);
    tlsni_limbs_copy(phi, p.x, p.n);
    phi[0] ^= 1; /* p is odd */
    tlsni_limbs_zero(one, n);
    one[0] = 1;
    diff = product_differs(s, e, (struct number){ dp, p.n }, mod, one);
    diff |= product_differs(s, (struct number){ d, n }, unit, mod, dp);
    s->used = start;
    return diff;
}

/* Not zero unless a number given as octets is below m. */
static mp_limb_t is_not_below(struct tlsni_limb_scratch *s, struct tlsn_span bytes, const mp_limb_t *m,
                              size_t n)
{
    size_t start = s->used;
    mp_limb_t *x = tlsni_scratch_take(s, n), *t = tlsni_scratch_take(s, n), below;

    tlsni_limbs_get(x, n, bytes.data, bytes.len);
    below = tlsni_limbs_lt(x, m, n, t);
    s->used = start;
    return below ^ 1;
}

/* @rfc 8017:3.2/1, 8017:3.2/2, 8017:3.2/3, 8017:3.2/4 */
static tlsn_status check(const struct tlsni_privkey *key, const struct tlsn_hooks *env)
{
    const struct tlsni_rsa_private *k = &key->u.rsa;
    const struct tlsni_rsa_public *rsa = &key->pub->u.rsa;
    struct number p = { k->p, k->p_limbs }, q = { k->q, k->q_limbs }, none = { NULL, 0 };
    size_t half = max(p.n, q.n), n = p.n + q.n, room = 4 * n;
    mp_limb_t *r, diff;
    struct tlsni_limb_scratch s;
    tlsn_status st;

    room = 4 * n + 2 * half + (size_t)mpn_sec_mul_itch((mp_size_t)n, (mp_size_t)n) +
           (size_t)mpn_sec_div_r_itch((mp_size_t)(2 * n), (mp_size_t)half);
    st = tlsni_scratch_open(&s, env, 2 * n + room, NULL, 0);
    if (st != TLSN_OK)
        return st;
    r = tlsni_scratch_take(&s, n);
    tlsni_limbs_zero(r, n);
    tlsni_limbs_copy(r, rsa->n, rsa->n_limbs);
    diff = product_differs(&s, p, q, none, r);
    tlsni_limbs_zero(r, n);
    r[0] = 1;
    diff |= product_differs(&s, (struct number){ k->qinv, p.n }, q, p, r);
    diff |= exponent_differs(&s, rsa, k->parts.d, p, k->dp);
    diff |= exponent_differs(&s, rsa, k->parts.d, q, k->dq);
    diff |= is_not_below(&s, k->parts.d, rsa->n, rsa->n_limbs);
    diff |= is_not_below(&s, k->parts.qinv, k->p, k->p_limbs);
    TLSNI_CT_PUBLIC(&diff, sizeof diff);
    tlsni_wipe(s.heap, s.cap * sizeof *s.heap);
    tlsni_scratch_close(&s);
    return diff ? TLSN_ERR_KEY : TLSN_OK;
}

/* What the sizes and the lowest bits must be for the arithmetic to be defined. */
static bool sizes_sound(const struct tlsni_rsa_parts *x)
{
    size_t bits = number_bits(x->p) + number_bits(x->q), n = number_bits(x->n);

    return x->p.len && x->q.len && x->dp.len && x->dq.len && x->qinv.len && x->d.len &&
           x->p.data[x->p.len - 1] & 1 && x->q.data[x->q.len - 1] & 1 &&
           number_bits(x->p) > 1 && number_bits(x->q) > 1 && (bits == n || bits == n + 1) &&
           x->d.len <= x->n.len && x->dp.len <= x->p.len && x->dq.len <= x->q.len &&
           x->qinv.len <= x->p.len;
}

static struct tlsni_rsa_parts stripped(const struct tlsni_rsa_parts *in)
{
    struct tlsni_rsa_parts x = {
        .n = tlsni_number_strip(in->n),   .e = tlsni_number_strip(in->e),
        .d = tlsni_number_strip(in->d),   .p = tlsni_number_strip(in->p),
        .q = tlsni_number_strip(in->q),   .dp = tlsni_number_strip(in->dp),
        .dq = tlsni_number_strip(in->dq), .qinv = tlsni_number_strip(in->qinv),
    };
    return x;
}

static void lay_out(struct tlsni_privkey *key, const struct tlsni_rsa_parts *x)
{
    struct tlsni_rsa_private *k = &key->u.rsa;
    size_t n = key->pub->u.rsa.n_limbs;
    struct tlsni_rsa_blind *blind = (struct tlsni_rsa_blind *)(void *)key->block;
    mp_limb_t *at = (mp_limb_t *)(void *)(key->block + TLSNI_RSA_BLIND_SLOTS * sizeof *blind);
    uint8_t *bytes;

    k->blind = blind;
    for (unsigned i = 0; i < TLSNI_RSA_BLIND_SLOTS; i++, at += 2 * n) {
        atomic_flag_clear(&blind[i].busy);
        blind[i].a = at;
        blind[i].b = at + n;
    }
    k->p_bits = number_bits(x->p);
    k->q_bits = number_bits(x->q);
    k->p_limbs = tlsni_limbs_for(x->p.len);
    k->q_limbs = tlsni_limbs_for(x->q.len);
    k->p = tlsni_place(&at, k->p_limbs, x->p);
    k->q = tlsni_place(&at, k->q_limbs, x->q);
    k->dp = tlsni_place(&at, k->p_limbs, x->dp);
    k->dq = tlsni_place(&at, k->q_limbs, x->dq);
    k->qinv = tlsni_place(&at, k->p_limbs, x->qinv);
    bytes = (uint8_t *)at;
    k->parts.n = key->pub->u.rsa.n_bytes;
    k->parts.e = key->pub->u.rsa.e_bytes;
    k->parts.d = tlsni_place_bytes(&bytes, x->d);
    k->parts.p = tlsni_place_bytes(&bytes, x->p);
    k->parts.q = tlsni_place_bytes(&bytes, x->q);
    k->parts.dp = tlsni_place_bytes(&bytes, x->dp);
    k->parts.dq = tlsni_place_bytes(&bytes, x->dq);
    k->parts.qinv = tlsni_place_bytes(&bytes, x->qinv);
}

tlsn_status tlsni_privkey_new_rsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                  enum tlsni_key_type type, const struct tlsni_rsa_parts *parts)
{
    struct tlsni_rsa_parts x = stripped(parts);
    struct tlsni_pubkey *pub;
    struct tlsni_privkey *key;
    size_t limbs, size;
    tlsn_status st = tlsni_pubkey_new_rsa(&pub, env, type, x.n, x.e);

    *out = NULL;
    if (st != TLSN_OK)
        return st == TLSN_ERR_ILLEGAL_PARAMETER ? TLSN_ERR_KEY : st;
    if (!sizes_sound(&x)) {
        tlsni_pubkey_free(pub);
        return TLSN_ERR_KEY;
    }
    limbs = 2 * TLSNI_RSA_BLIND_SLOTS * pub->u.rsa.n_limbs + 3 * tlsni_limbs_for(x.p.len) +
            2 * tlsni_limbs_for(x.q.len);
    size = sizeof *key + TLSNI_RSA_BLIND_SLOTS * sizeof(struct tlsni_rsa_blind) +
           limbs * sizeof(mp_limb_t) + x.d.len + x.p.len + x.q.len + x.dp.len + x.dq.len +
           x.qinv.len;
    key = tlsni_privkey_alloc(env, size);
    if (!key) {
        tlsni_pubkey_free(pub);
        return TLSN_ERR_NO_MEMORY;
    }
    key->pub = pub;
    lay_out(key, &x);
    st = check(key, env);
    if (st == TLSN_OK)
        *out = key;
    else
        tlsni_privkey_free(key);
    return st;
}
