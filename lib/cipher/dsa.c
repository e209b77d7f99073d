/* dsa.c - DSA signatures (FIPS 186-4 4.5 to 4.7), encoded as RFC 3279 2.2.2 says.
 *
 * The nonce is fresh random for each signature, drawn by rejection and never used when rejected.
 * Key, nonce and everything between them and the signature are handled by GMP's side-channel silent
 * functions. */
#include "base/bytes.h"
#include "base/env.h"
#include "cipher/dl.h"
#include "cipher/sig_der.h"

/* Numbers modulo q have q_limbs limbs, products twice as many. */
struct work {
    const struct tlsni_dl_public *dl;
    mp_limb_t z[TLSNI_DSA_Q_LIMBS]; /* the digest as a number, perhaps above q */
    mp_limb_t r[TLSNI_DSA_Q_LIMBS], s[TLSNI_DSA_Q_LIMBS];
    mp_limb_t a[TLSNI_DSA_Q_LIMBS], b[TLSNI_DSA_Q_LIMBS];
    mp_limb_t product[2 * TLSNI_DSA_Q_LIMBS];
    mp_limb_t *big[3]; /* scratch: p_limbs; big[2] has room for a product of two */
    mp_limb_t *rest;
    struct tlsni_limb_scratch scratch;
};

static size_t max(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t rest_limbs(const struct tlsni_dl_public *dl)
{
    mp_size_t p = (mp_size_t)dl->p_limbs, q = (mp_size_t)dl->q_limbs;
    size_t a = max(tlsni_dl_power_itch(dl, dl->q_bits), (size_t)mpn_sec_div_r_itch(2 * p, p));
    size_t b = max((size_t)mpn_sec_div_r_itch(p, q), (size_t)mpn_sec_div_r_itch(2 * q, q));
    size_t c = max((size_t)mpn_sec_mul_itch(p, p), (size_t)mpn_sec_invert_itch(q));

    return max(a, max(b, c));
}

static tlsn_status work_open(struct work *w, const struct tlsni_pubkey *key,
                             const struct tlsn_hooks *env, mp_limb_t *stack)
{
    size_t p = key->u.dl.p_limbs, rest = rest_limbs(&key->u.dl);
    tlsn_status st;

    w->dl = &key->u.dl;
    st = tlsni_scratch_open(&w->scratch, env, 4 * p + rest, stack, TLSNI_STACK_LIMBS);
    if (st != TLSN_OK)
        return st;
    w->big[0] = tlsni_scratch_take(&w->scratch, p);
    w->big[1] = tlsni_scratch_take(&w->scratch, p);
    w->big[2] = tlsni_scratch_take(&w->scratch, 2 * p);
    w->rest = tlsni_scratch_take(&w->scratch, rest);
    return TLSN_OK;
}

static void work_close(struct work *w)
{
    tlsni_scratch_close(&w->scratch);
    tlsni_wipe(w, sizeof *w);
}

/* The leftmost bits of the digest, as many as q has (FIPS 186-4 4.6). */
static void set_digest(struct work *w, const struct tlsni_hash *hash, struct tlsn_span message)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    size_t q_len = w->dl->params.q.len, spare = 8 * q_len - w->dl->q_bits;

    tlsni_hash_once(hash, message.data, message.len, digest);
    tlsni_limbs_get(w->z, w->dl->q_limbs, digest, hash->len < q_len ? hash->len : q_len);
    if (hash->len >= q_len && spare)
        mpn_rshift(w->z, w->z, (mp_size_t)w->dl->q_limbs, (unsigned)spare);
}

/* product mod q, to r */
static void reduce(struct work *w, mp_limb_t *r)
{
    mp_size_t n = (mp_size_t)w->dl->q_limbs;

    mpn_sec_div_r(w->product, 2 * n, w->dl->q, n, w->rest);
    tlsni_limbs_copy(r, w->product, w->dl->q_limbs);
}

static void multiply(struct work *w, const mp_limb_t *a, const mp_limb_t *b)
{
    mp_size_t n = (mp_size_t)w->dl->q_limbs;

    mpn_sec_mul(w->product, a, n, b, n, w->rest);
}

/* a = 1 / x mod q; x is overwritten. False when there is none. */
static bool invert(struct work *w, mp_limb_t *a, mp_limb_t *x)
{
    mp_size_t n = (mp_size_t)w->dl->q_limbs;
    int done = mpn_sec_invert(a, x, w->dl->q, n, (mp_bitcnt_t)(2 * n * GMP_NUMB_BITS), w->rest);

    TLSNI_CT_PUBLIC(&done, sizeof done);
    return done;
}

/* r = (x mod p) mod q, for x of p_limbs limbs; x is overwritten */
static void fold(struct work *w, mp_limb_t *r, mp_limb_t *x)
{
    mpn_sec_div_r(x, (mp_size_t)w->dl->p_limbs, w->dl->q, (mp_size_t)w->dl->q_limbs, w->rest);
    tlsni_limbs_copy(r, x, w->dl->q_limbs);
}

/* ---- signing ---- */

/* 0 < k < q, see tlsni_ec_scalar_random. q's top bit is where its size says: at least every second
 * attempt succeeds. */
static tlsn_status draw_nonce(const struct tlsni_dl_public *dl, const struct tlsn_hooks *env,
                              mp_limb_t *k)
{
    uint8_t bytes[TLSNI_DSA_Q_BITS_MAX / 8];
    size_t len = dl->params.q.len;
    mp_limb_t tmp[TLSNI_DSA_Q_LIMBS], good = 0;
    tlsn_status st = TLSN_OK;

    for (int attempt = 0; attempt < 100 && st == TLSN_OK && !good; attempt++) {
        st = tlsni_random(env, bytes, len);
        if (st != TLSN_OK)
            break;
        TLSNI_CT_SECRET(bytes, len);
        bytes[0] = (uint8_t)(bytes[0] & (0xffU >> (8 * len - dl->q_bits)));
        tlsni_limbs_get(k, dl->q_limbs, bytes, len);
        good = tlsni_limbs_lt(k, dl->q, dl->q_limbs, tmp) &
               (tlsni_limbs_diff_1(k, dl->q_limbs, 0) != 0);
        TLSNI_CT_PUBLIC(&good, sizeof good);
    }
    tlsni_wipe(bytes, sizeof bytes);
    tlsni_wipe(tmp, sizeof tmp);
    return st == TLSN_OK && !good ? TLSN_ERR_RANDOM : st;
}

/* r = (g^k mod p) mod q, s = (z + x r) / k mod q. Below 2^(2 q_bits) all the way: no carry. */
static bool compute(struct work *w, const struct tlsni_privkey *key, mp_limb_t *k)
{
    const struct tlsni_dl_public *dl = w->dl;
    mp_limb_t wide[2 * TLSNI_DSA_Q_LIMBS] = { 0 };

    tlsni_dl_power(dl, w->big[0], dl->g, k, dl->q_bits, w->rest);
    fold(w, w->r, w->big[0]);
    tlsni_limbs_get(w->a, dl->q_limbs, key->u.scalar, dl->params.q.len);
    multiply(w, w->a, w->r);
    tlsni_limbs_copy(wide, w->z, dl->q_limbs);
    mpn_add_n(w->product, w->product, wide, (mp_size_t)(2 * dl->q_limbs));
    reduce(w, w->b);
    if (!invert(w, w->a, k))
        return false;
    multiply(w, w->a, w->b);
    reduce(w, w->s);
    TLSNI_CT_PUBLIC(w->r, sizeof w->r);
    TLSNI_CT_PUBLIC(w->s, sizeof w->s);
    return tlsni_limbs_diff_1(w->r, dl->q_limbs, 0) && tlsni_limbs_diff_1(w->s, dl->q_limbs, 0);
}

static size_t write_signature(const struct work *w, uint8_t *out)
{
    uint8_t r[TLSNI_DSA_Q_BITS_MAX / 8], s[sizeof r];

    tlsni_limbs_put(r, sizeof r, w->r, w->dl->q_limbs);
    tlsni_limbs_put(s, sizeof s, w->s, w->dl->q_limbs);
    return tlsni_sig_der_write(out, tlsni_span_make(r, sizeof r), tlsni_span_make(s, sizeof s));
}

tlsn_status tlsni_dsa_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                           const struct tlsni_sig_params *params, struct tlsn_span message,
                           uint8_t *signature, size_t *signature_len)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)params->hash);
    mp_limb_t stack[TLSNI_STACK_LIMBS], k[TLSNI_DSA_Q_LIMBS];
    struct work w;
    tlsn_status st;

    if (!hash || params->padding != TLSNI_PAD_NONE)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = work_open(&w, key->pub, env, stack);
    if (st != TLSN_OK)
        return st;
    set_digest(&w, hash, message);
    for (int i = 0; i < 8 && st == TLSN_OK && !*signature_len; i++) {
        st = draw_nonce(w.dl, env, k);
        if (st == TLSN_OK && compute(&w, key, k))
            *signature_len = write_signature(&w, signature);
    }
    tlsni_wipe(k, sizeof k);
    work_close(&w);
    return st == TLSN_OK && !*signature_len ? TLSN_ERR_RANDOM : st;
}

/* ---- verifying; all of it is public ---- */

/* 0 < x < q */
static bool get(const struct tlsni_dl_public *dl, mp_limb_t *x, struct tlsn_span bytes)
{
    tlsni_limbs_get(x, dl->q_limbs, bytes.data, bytes.len);
    return bytes.len && mpn_cmp(x, dl->q, (mp_size_t)dl->q_limbs) < 0;
}

/* (g^(z/s) y^(r/s) mod p) mod q = r */
static bool agrees(struct work *w)
{
    const struct tlsni_dl_public *dl = w->dl;
    mp_size_t p = (mp_size_t)dl->p_limbs;
    mp_limb_t inverse[TLSNI_DSA_Q_LIMBS];

    if (!invert(w, inverse, w->s))
        return false;
    multiply(w, inverse, w->z);
    reduce(w, w->a);
    multiply(w, inverse, w->r);
    reduce(w, w->b);
    tlsni_dl_power(dl, w->big[0], dl->g, w->a, dl->q_bits, w->rest);
    tlsni_dl_power(dl, w->big[1], dl->y, w->b, dl->q_bits, w->rest);
    mpn_sec_mul(w->big[2], w->big[0], p, w->big[1], p, w->rest);
    mpn_sec_div_r(w->big[2], 2 * p, dl->p, p, w->rest);
    fold(w, w->a, w->big[2]);
    return !tlsni_limbs_diff(w->a, w->r, dl->q_limbs);
}

tlsn_status tlsni_dsa_verify(const struct tlsni_pubkey *key, const struct tlsni_sig_params *params,
                             struct tlsn_span message, struct tlsn_span signature)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)params->hash);
    const struct tlsni_dl_public *dl = &key->u.dl;
    mp_limb_t stack[TLSNI_STACK_LIMBS];
    struct tlsn_span r, s;
    struct work w;
    tlsn_status st;

    if (!hash || params->padding != TLSNI_PAD_NONE)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = tlsni_sig_der_read(signature, dl->params.q.len, &r, &s);
    if (st == TLSN_OK)
        st = work_open(&w, key, &key->env, stack);
    if (st != TLSN_OK)
        return st;
    set_digest(&w, hash, message);
    if (!get(dl, w.r, r) || !get(dl, w.s, s) || !agrees(&w))
        st = TLSN_ERR_DECRYPT_ERROR;
    work_close(&w);
    return st;
}
