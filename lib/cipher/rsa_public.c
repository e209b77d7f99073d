/* rsa_public.c - RSA public keys: construction, verification of the raw kind, encryption.
 *
 * There are two ways to raise to e: the side-channel silent one for plain texts and for the private
 * key's own check, and a faster one for signatures, which are public. */
#include "base/env.h"
#include "cipher/pk_impl.h"

enum { EXPONENT_FREE_BITS = 3072 };

size_t tlsni_rsa_power_e_itch(const struct tlsni_rsa_public *rsa)
{
    mp_size_t n = (mp_size_t)rsa->n_limbs;

    return (size_t)mpn_sec_powm_itch(n, rsa->e_bits, n);
}

void tlsni_rsa_power_e(const struct tlsni_rsa_public *rsa, mp_limb_t *r, const mp_limb_t *a,
                       mp_limb_t *scratch)
{
    mp_size_t n = (mp_size_t)rsa->n_limbs;

    mpn_sec_powm(r, a, n, rsa->e, rsa->e_bits, rsa->n, n, scratch);
}

/* Whoever sends a certificate chooses how long its signatures take to check: seconds each, were
 * both numbers as long as they can be. Long exponents occur with short moduli only; OpenSSL draws
 * the same line. */
static bool exponent_affordable(struct tlsn_span e, size_t bits)
{
    return bits <= EXPONENT_FREE_BITS || e.len <= 8;
}

/* @rfc 8017:3.1/1 */
static bool exponent_sound(struct tlsn_span e, struct tlsn_span n)
{
    return e.len && e.data[e.len - 1] & 1 && (e.len > 1 || e.data[0] > 1) &&
           (e.len < n.len || (e.len == n.len && memcmp(e.data, n.data, n.len) < 0));
}

/* @rfc 8017:3.1/2 */
static bool numbers_sound(struct tlsn_span n, struct tlsn_span e, size_t bits)
{
    return bits >= TLSNI_RSA_BITS_MIN && bits <= TLSNI_RSA_BITS_MAX && n.data[n.len - 1] & 1 &&
           exponent_affordable(e, bits) && exponent_sound(e, n);
}

tlsn_status tlsni_pubkey_new_rsa(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                 enum tlsni_key_type type, struct tlsn_span n, struct tlsn_span e)
{
    size_t bits, nl, el;
    struct tlsni_pubkey *key;
    uint8_t *bytes;

    *out = NULL;
    n = tlsni_number_strip(n);
    e = tlsni_number_strip(e);
    bits = n.len && n.len <= TLSNI_RSA_BITS_MAX / 8
               ? 8 * (n.len - 1) + tlsni_limb_bits(n.data[0]) : 0;
    if ((type != TLSNI_KEY_RSA && type != TLSNI_KEY_RSA_PSS) || !numbers_sound(n, e, bits))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    nl = tlsni_limbs_for(n.len);
    el = tlsni_limbs_for(e.len);
    key = tlsni_pubkey_alloc(env, type,
                             sizeof *key + (nl + el) * sizeof(mp_limb_t) + n.len + e.len);
    if (!key)
        return TLSN_ERR_NO_MEMORY;
    tlsni_limbs_get(key->block, nl, n.data, n.len);
    tlsni_limbs_get(key->block + nl, el, e.data, e.len);
    bytes = (uint8_t *)(key->block + nl + el);
    memcpy(bytes, n.data, n.len);
    memcpy(bytes + n.len, e.data, e.len);
    key->u.rsa = (struct tlsni_rsa_public){
        .bits = bits,
        .len = n.len,
        .n_limbs = nl,
        .e_bits = 8 * (e.len - 1) + tlsni_limb_bits(e.data[0]),
        .n = key->block,
        .e = key->block + nl,
        .n_bytes = { bytes, n.len },
        .e_bytes = { bytes + n.len, e.len },
    };
    *out = key;
    return TLSN_OK;
}

/* The same in variable time, for public numbers and e below 2^64. t: 3 n_limbs + 1. */
static void power_e_public(const struct tlsni_rsa_public *rsa, mp_limb_t *r, const mp_limb_t *a,
                           mp_limb_t *t)
{
    mp_size_t n = (mp_size_t)rsa->n_limbs;
    mp_limb_t *quotient = t + 2 * n;

    tlsni_limbs_copy(r, a, rsa->n_limbs);
    for (size_t bit = rsa->e_bits - 1; bit-- > 0;) {
        mpn_sqr(t, r, n);
        mpn_tdiv_qr(quotient, r, 0, t, 2 * n, rsa->n, n);
        if (!(rsa->e[bit / GMP_NUMB_BITS] >> bit % GMP_NUMB_BITS & 1))
            continue;
        mpn_mul_n(t, r, a, n);
        mpn_tdiv_qr(quotient, r, 0, t, 2 * n, rsa->n, n);
    }
}

static size_t max(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* out = in^e mod n, rsa->len bytes each. Only whether in < n is public, unless all is.
 * @rfc 8017:4.1/1, 8017:4.1/2, 8017:5.1.1/1, 8017:5.2.2/1 */
static tlsn_status raw(const struct tlsni_rsa_public *rsa, const struct tlsn_hooks *env,
                       uint8_t *out, const uint8_t *in, bool all_public)
{
    mp_limb_t stack[TLSNI_STACK_LIMBS], *x, *y, below;
    size_t n = rsa->n_limbs, itch = max(tlsni_rsa_power_e_itch(rsa), 3 * n + 1);
    struct tlsni_limb_scratch s;
    tlsn_status st = tlsni_scratch_open(&s, env, 2 * n + itch, stack, TLSNI_STACK_LIMBS);

    if (st != TLSN_OK)
        return st;
    x = tlsni_scratch_take(&s, n);
    y = tlsni_scratch_take(&s, n);
    tlsni_limbs_get(x, n, in, rsa->len);
    below = tlsni_limbs_lt(x, rsa->n, n, y);
    TLSNI_CT_PUBLIC(&below, sizeof below);
    if (!below)
        st = TLSN_ERR_DECRYPT_ERROR;
    else if (all_public && rsa->e_bits <= 64)
        power_e_public(rsa, y, x, tlsni_scratch_take(&s, itch));
    else
        tlsni_rsa_power_e(rsa, y, x, tlsni_scratch_take(&s, itch));
    if (below)
        tlsni_limbs_put(out, rsa->len, y, n);
    tlsni_scratch_close(&s);
    return st;
}

/* @rfc 8017:8.1.2/1, 8017:8.1.2/2, 8017:8.2.2/1, 8017:8.2.2/2 */
tlsn_status tlsni_rsa_recover(const struct tlsni_pubkey *key, const struct tlsn_hooks *env,
                              struct tlsn_span signature, uint8_t *em)
{
    if (signature.len != key->u.rsa.len)
        return TLSN_ERR_DECRYPT_ERROR;
    return raw(&key->u.rsa, env, em, signature.data, true);
}

/* Padding octets are random and not 0: a 0 is drawn again, which tells nothing about the rest. */
static tlsn_status fill_nonzero(const struct tlsn_hooks *env, uint8_t *out, size_t len)
{
    tlsn_status st = tlsni_random(env, out, len);

    for (size_t i = 0; i < len && st == TLSN_OK; i++)
        for (int attempt = 0; !out[i] && st == TLSN_OK; attempt++)
            st = attempt < 100 ? tlsni_random(env, out + i, 1) : TLSN_ERR_RANDOM;
    return st;
}

/* @rfc 5246:4.7/8, 8017:7.2/3, 8017:7.2/4, 8017:7.2.1/1, 8017:7.2.1/2, 8017:7.2.1/3 */
tlsn_status tlsni_pubkey_rsa_encrypt(const struct tlsni_pubkey *key, const struct tlsn_hooks *env,
                                     struct tlsn_span plain, uint8_t *out)
{
    uint8_t em[TLSNI_RSA_BITS_MAX / 8];
    size_t len = key->u.rsa.len, padding;
    tlsn_status st;

    if (key->type != TLSNI_KEY_RSA || plain.len + 11 > len)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    padding = len - 3 - plain.len;
    em[0] = 0;
    em[1] = 2;
    st = fill_nonzero(env, em + 2, padding);
    if (st == TLSN_OK) {
        em[2 + padding] = 0;
        memcpy(em + 3 + padding, plain.data, plain.len);
        st = raw(&key->u.rsa, env, out, em, false);
    }
    tlsni_wipe(em, len);
    return st;
}
