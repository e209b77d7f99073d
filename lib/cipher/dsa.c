/* dsa.c - DSA signatures (FIPS 186-4 4.5 to 4.7), encoded as RFC 3279 2.2.2 says.
 *
 * The nonce is fresh random for each signature, drawn by rejection and never used when rejected.
 * Key, nonce and everything between them and the signature are handled by GMP's side-channel silent
 * functions. */
#include "base/bytes.h"
#include "cipher/dl.h"
#include "cipher/order.h"
#include "cipher/sig_der.h"

enum { Q_LIMBS = TLSNI_DSA_Q_LIMBS };

/* Room for numbers modulo p. */
struct work {
    const struct tlsni_dl_public *dl;
    struct tlsni_order order;
    mp_limb_t *a, *b, *product; /* the last for two of them multiplied */
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

    return max(a, max((size_t)mpn_sec_div_r_itch(p, q), (size_t)mpn_sec_mul_itch(p, p)));
}

static tlsn_status work_open(struct work *w, const struct tlsni_dl_public *dl,
                             const struct tlsn_hooks *env, mp_limb_t *stack)
{
    size_t p = dl->p_limbs, rest = rest_limbs(dl);
    tlsn_status st;

    w->dl = dl;
    w->order = (struct tlsni_order){ dl->q, dl->q_limbs, dl->q_bits, dl->params.q.len };
    st = tlsni_scratch_open(&w->scratch, env, 4 * p + rest, stack, TLSNI_STACK_LIMBS);
    if (st != TLSN_OK)
        return st;
    w->a = tlsni_scratch_take(&w->scratch, p);
    w->b = tlsni_scratch_take(&w->scratch, p);
    w->product = tlsni_scratch_take(&w->scratch, 2 * p);
    w->rest = tlsni_scratch_take(&w->scratch, rest);
    return TLSN_OK;
}

/* None, or a digest of the right length instead of the message. */
static bool padding_fits(const struct tlsni_sig_params *params, const struct tlsni_hash *hash,
                         struct tlsn_span message)
{
    return params->padding == TLSNI_PAD_NONE ||
           (params->padding == TLSNI_PAD_DIGEST && message.len == hash->len);
}

static void set_digest(const struct work *w, mp_limb_t *z, const struct tlsni_hash *hash,
                       struct tlsn_span message, bool hashed)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    if (hashed)
        memcpy(digest, message.data, hash->len);
    else
        tlsni_hash_once(hash, message.data, message.len, digest);
    tlsni_order_digest(&w->order, z, digest, hash->len);
}

/* r = x mod q, for x of p_limbs limbs; x is overwritten */
static void fold(struct work *w, mp_limb_t *r, mp_limb_t *x)
{
    mpn_sec_div_r(x, (mp_size_t)w->dl->p_limbs, w->dl->q, (mp_size_t)w->dl->q_limbs, w->rest);
    tlsni_limbs_copy(r, x, w->dl->q_limbs);
}

/* ---- signing ---- */

/* r = (g^k mod p) mod q, s = (z + x r) / k mod q. False when one of them is 0. */
static bool attempt(struct work *w, const struct tlsni_privkey *key, const mp_limb_t *z,
                    const mp_limb_t *k, mp_limb_t *r, mp_limb_t *s)
{
    const struct tlsni_dl_public *dl = w->dl;
    mp_limb_t x[Q_LIMBS];
    bool good;

    tlsni_dl_power(dl, w->a, dl->g, k, dl->q_bits, w->rest);
    fold(w, r, w->a);
    tlsni_limbs_get(x, dl->q_limbs, key->u.scalar, dl->params.q.len);
    good = tlsni_order_sign(&w->order, s, z, x, r, k);
    tlsni_wipe(x, sizeof x);
    TLSNI_CT_PUBLIC(r, dl->q_limbs * sizeof *r);
    TLSNI_CT_PUBLIC(s, dl->q_limbs * sizeof *s);
    return good && tlsni_limbs_diff_1(r, dl->q_limbs, 0) && tlsni_limbs_diff_1(s, dl->q_limbs, 0);
}

static size_t write_signature(const struct work *w, uint8_t *out, const mp_limb_t *r,
                              const mp_limb_t *s)
{
    uint8_t bytes[2][TLSNI_DSA_Q_BITS_MAX / 8];
    size_t len = sizeof bytes[0];

    tlsni_limbs_put(bytes[0], len, r, w->dl->q_limbs);
    tlsni_limbs_put(bytes[1], len, s, w->dl->q_limbs);
    return tlsni_sig_der_write(out, tlsni_span_make(bytes[0], len),
                               tlsni_span_make(bytes[1], len));
}

tlsn_status tlsni_dsa_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                           const struct tlsni_sig_params *params, struct tlsn_span message,
                           uint8_t *signature, size_t *signature_len)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)params->hash);
    mp_limb_t stack[TLSNI_STACK_LIMBS], k[Q_LIMBS], z[Q_LIMBS], r[Q_LIMBS], s[Q_LIMBS];
    struct work w;
    tlsn_status st;

    if (!hash || !padding_fits(params, hash, message))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = work_open(&w, &key->pub->u.dl, env, stack);
    if (st != TLSN_OK)
        return st;
    set_digest(&w, z, hash, message, params->padding == TLSNI_PAD_DIGEST);
    for (int i = 0; i < 8 && st == TLSN_OK && !*signature_len; i++) {
        st = tlsni_order_random(&w.order, env, k);
        if (st == TLSN_OK && attempt(&w, key, z, k, r, s))
            *signature_len = write_signature(&w, signature, r, s);
    }
    tlsni_wipe(k, sizeof k);
    tlsni_scratch_close(&w.scratch);
    return st == TLSN_OK && !*signature_len ? TLSN_ERR_RANDOM : st;
}

/* ---- verifying; all of it is public ---- */

/* (g^(z/s) y^(r/s) mod p) mod q = r */
static bool agrees(struct work *w, const mp_limb_t *z, const mp_limb_t *r, const mp_limb_t *s)
{
    const struct tlsni_dl_public *dl = w->dl;
    mp_size_t p = (mp_size_t)dl->p_limbs;
    mp_limb_t u1[Q_LIMBS], u2[Q_LIMBS];

    if (!tlsni_order_split(&w->order, u1, u2, z, r, s))
        return false;
    tlsni_dl_power(dl, w->a, dl->g, u1, dl->q_bits, w->rest);
    tlsni_dl_power(dl, w->b, dl->y, u2, dl->q_bits, w->rest);
    mpn_sec_mul(w->product, w->a, p, w->b, p, w->rest);
    mpn_sec_div_r(w->product, 2 * p, dl->p, p, w->rest);
    fold(w, u1, w->product);
    return !tlsni_limbs_diff(u1, r, dl->q_limbs);
}

/* @rfc 5246:4.7/6 */
tlsn_status tlsni_dsa_verify(const struct tlsni_pubkey *key, const struct tlsni_sig_params *params,
                             struct tlsn_span message, struct tlsn_span signature)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)params->hash);
    const struct tlsni_dl_public *dl = &key->u.dl;
    mp_limb_t stack[TLSNI_STACK_LIMBS], z[Q_LIMBS], r[Q_LIMBS], s[Q_LIMBS];
    struct tlsn_span r_bytes, s_bytes;
    struct work w;
    tlsn_status st;

    if (!hash || !padding_fits(params, hash, message))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = tlsni_sig_der_read(signature, dl->params.q.len, &r_bytes, &s_bytes);
    if (st == TLSN_OK)
        st = work_open(&w, dl, &key->env, stack);
    if (st != TLSN_OK)
        return st;
    set_digest(&w, z, hash, message, params->padding == TLSNI_PAD_DIGEST);
    tlsni_limbs_get(r, dl->q_limbs, r_bytes.data, r_bytes.len);
    tlsni_limbs_get(s, dl->q_limbs, s_bytes.data, s_bytes.len);
    if (!agrees(&w, z, r, s))
        st = TLSN_ERR_DECRYPT_ERROR;
    tlsni_scratch_close(&w.scratch);
    return st;
}
