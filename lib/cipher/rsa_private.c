/* rsa_private.c - the RSA private-key operation.
 *
 * By the Chinese remainder theorem on GMP's side-channel silent functions, on a blinded input, and
 * checked with the public exponent before unblinding: a fault in one half would give the other
 * prime away. Sizes are public, values are not. */
#include "cipher/pk_impl.h"

static size_t max(size_t a, size_t b)
{
    return a > b ? a : b;
}

struct work {
    mp_limb_t *a, *b;    /* the blinding pair */
    mp_limb_t *c, *x;    /* blinded input and result */
    mp_limb_t *mp, *mq;  /* the halves; mq has room for max(p, q) */
    mp_limb_t *prod;     /* a product and its factors' remainder */
    mp_limb_t *rest;     /* scratch of everything */
};

static size_t prod_limbs(const struct tlsni_rsa_private *k, size_t n)
{
    return max(2 * n, max(2 * k->p_limbs, k->p_limbs + k->q_limbs));
}

static size_t rest_limbs(const struct tlsni_rsa_private *k, const struct tlsni_rsa_public *rsa)
{
    mp_size_t n = (mp_size_t)rsa->n_limbs, p = (mp_size_t)k->p_limbs, q = (mp_size_t)k->q_limbs;
    mp_size_t big = p > q ? p : q, small = p > q ? q : p;
    size_t r = (size_t)mpn_sec_powm_itch(n, k->p_bits, p);

    r = max(r, (size_t)mpn_sec_powm_itch(n, k->q_bits, q));
    r = max(r, (size_t)mpn_sec_mul_itch(n, n));
    r = max(r, (size_t)mpn_sec_div_r_itch(2 * n, n));
    r = max(r, (size_t)mpn_sec_mul_itch(p, p));
    r = max(r, (size_t)mpn_sec_mul_itch(big, small));
    r = max(r, (size_t)mpn_sec_div_r_itch(2 * p, p));
    r = max(r, (size_t)mpn_sec_div_r_itch(big, p));
    r = max(r, tlsni_rsa_power_e_itch(rsa));
    return max(r, tlsni_rsa_blind_itch(rsa));
}

/* r = a b mod n */
static void mulmod(const struct tlsni_rsa_public *rsa, struct work *w, mp_limb_t *r,
                   const mp_limb_t *a, const mp_limb_t *b)
{
    mp_size_t n = (mp_size_t)rsa->n_limbs;

    mpn_sec_mul(w->prod, a, n, b, n, w->rest);
    mpn_sec_div_r(w->prod, 2 * n, rsa->n, n, w->rest);
    tlsni_limbs_copy(r, w->prod, rsa->n_limbs);
}

/* x = c^d mod n: mq + q ((mp - mq) qinv mod p).
 * @rfc 8017:5.1.2/1, 8017:5.2.1/1 */
static void power_d(const struct tlsni_rsa_private *k, size_t n_limbs, struct work *w)
{
    mp_size_t n = (mp_size_t)n_limbs, p = (mp_size_t)k->p_limbs, q = (mp_size_t)k->q_limbs;
    mp_size_t big = p > q ? p : q;
    mp_limb_t borrow, *t = w->prod;

    mpn_sec_powm(w->mp, w->c, n, k->dp, k->p_bits, k->p, p, w->rest);
    mpn_sec_powm(w->mq, w->c, n, k->dq, k->q_bits, k->q, q, w->rest);

    tlsni_limbs_zero(t, (size_t)big);
    tlsni_limbs_copy(t, w->mq, k->q_limbs);
    mpn_sec_div_r(t, big, k->p, p, w->rest);
    borrow = mpn_sub_n(w->mp, w->mp, t, p);
    mpn_cnd_add_n(borrow, w->mp, w->mp, k->p, p);
    mpn_sec_mul(t, w->mp, p, k->qinv, p, w->rest);
    mpn_sec_div_r(t, 2 * p, k->p, p, w->rest);
    tlsni_limbs_copy(w->mp, t, k->p_limbs);

    if (p >= q)
        mpn_sec_mul(t, w->mp, p, k->q, q, w->rest);
    else
        mpn_sec_mul(t, k->q, q, w->mp, p, w->rest);
    /* The sum is below pq = n: limbs beyond n's are 0. */
    tlsni_limbs_zero(w->x, n_limbs);
    tlsni_limbs_copy(w->x, w->mq, k->q_limbs);
    mpn_add_n(w->x, w->x, t, n);
}

static tlsn_status operate(const struct tlsni_privkey *key, struct work *w)
{
    const struct tlsni_rsa_public *rsa = &key->pub->u.rsa;
    mp_limb_t fault;
    tlsn_status st = tlsni_rsa_blind_take(key, w->a, w->b, w->rest);

    if (st != TLSN_OK)
        return st;
    mulmod(rsa, w, w->c, w->c, w->a);
    power_d(&key->u.rsa, rsa->n_limbs, w);
    tlsni_rsa_power_e(rsa, w->prod, w->x, w->rest);
    fault = tlsni_limbs_diff(w->prod, w->c, rsa->n_limbs);
    TLSNI_CT_PUBLIC(&fault, sizeof fault);
    if (fault)
        return TLSN_ERR_KEY_OP;
    mulmod(rsa, w, w->x, w->x, w->b);
    return TLSN_OK;
}

tlsn_status tlsni_rsa_private(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                              uint8_t *out, const uint8_t *in)
{
    const struct tlsni_rsa_public *rsa = &key->pub->u.rsa;
    const struct tlsni_rsa_private *k = &key->u.rsa;
    mp_limb_t stack[TLSNI_STACK_LIMBS];
    size_t n = rsa->n_limbs, half = max(k->p_limbs, k->q_limbs);
    size_t prod = prod_limbs(k, n), rest = rest_limbs(k, rsa);
    struct tlsni_limb_scratch s;
    struct work w;
    tlsn_status st = tlsni_scratch_open(&s, env, 4 * n + 2 * half + prod + rest, stack,
                                        TLSNI_STACK_LIMBS);

    if (st != TLSN_OK)
        return st;
    w.a = tlsni_scratch_take(&s, n);
    w.b = tlsni_scratch_take(&s, n);
    w.c = tlsni_scratch_take(&s, n);
    w.x = tlsni_scratch_take(&s, n);
    w.mp = tlsni_scratch_take(&s, half);
    w.mq = tlsni_scratch_take(&s, half);
    w.prod = tlsni_scratch_take(&s, prod);
    w.rest = tlsni_scratch_take(&s, rest);
    tlsni_limbs_get(w.c, n, in, rsa->len);
    st = operate(key, &w);
    if (st == TLSN_OK)
        tlsni_limbs_put(out, rsa->len, w.x, n);
    tlsni_scratch_close(&s);
    return st;
}
