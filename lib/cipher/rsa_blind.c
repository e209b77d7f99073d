/* rsa_blind.c - blinding pairs for RSA private-key operations, kept in the key.
 *
 * A pair costs an inversion; squaring both halves makes the next one for two multiplications. A key
 * has several slots, each guarded by a flag: a thread that finds one busy takes the next, and when
 * all are busy makes a pair of its own, so nobody ever waits. Each taker leaves the square behind,
 * so no pair serves two operations.
 *
 * The random numbers come from the key's environment and not from a connection's: how many are
 * drawn depends on the key's other users, which must not disturb the replay of a connection. */
#include "base/env.h"
#include "cipher/pk_impl.h"

static size_t max(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* r = a b mod n. prod: 2 n_limbs; scratch behind it. */
static void mulmod(const struct tlsni_rsa_public *rsa, mp_limb_t *r, const mp_limb_t *a,
                   const mp_limb_t *b, mp_limb_t *prod)
{
    mp_size_t n = (mp_size_t)rsa->n_limbs;

    mpn_sec_mul(prod, a, n, b, n, prod + 2 * n);
    mpn_sec_div_r(prod, 2 * n, rsa->n, n, prod + 2 * n);
    tlsni_limbs_copy(r, prod, rsa->n_limbs);
}

size_t tlsni_rsa_blind_itch(const struct tlsni_rsa_public *rsa)
{
    mp_size_t n = (mp_size_t)rsa->n_limbs;
    size_t mul = (size_t)mpn_sec_mul_itch(n, n), div = (size_t)mpn_sec_div_r_itch(2 * n, n);
    size_t power = tlsni_rsa_power_e_itch(rsa);

    /* r, t and u; the inversion's two operands, cofactor and gcd; the rest one after the other. */
    return 3 * rsa->n_limbs + 1 + 4 * (rsa->n_limbs + 2) +
           max(power, 2 * rsa->n_limbs + max(mul, div));
}

/* A uniform number below n; tmp has n_limbs. Rejected ones are not used. */
static tlsn_status random_below(const struct tlsni_privkey *key, mp_limb_t *x, mp_limb_t *tmp)
{
    const struct tlsni_rsa_public *rsa = &key->pub->u.rsa;
    uint8_t bytes[TLSNI_RSA_BITS_MAX / 8];
    tlsn_status st = TLSN_ERR_RANDOM;
    mp_limb_t below = 0;

    for (int attempt = 0; !below && attempt < 200; attempt++) {
        st = tlsni_random(&key->env, bytes, rsa->len);
        if (st != TLSN_OK)
            break;
        TLSNI_CT_SECRET(bytes, rsa->len);
        bytes[0] = (uint8_t)(bytes[0] & (0xffU >> (8 * rsa->len - rsa->bits)));
        tlsni_limbs_get(x, rsa->n_limbs, bytes, rsa->len);
        below = tlsni_limbs_lt(x, rsa->n, rsa->n_limbs, tmp);
        TLSNI_CT_PUBLIC(&below, sizeof below);
        st = TLSN_ERR_RANDOM;
    }
    tlsni_wipe(bytes, rsa->len);
    return below ? TLSN_OK : st;
}

/* inverse = u^-1 mod n in variable time: u is not secret. scratch: 4 (n_limbs + 2). False when
 * there is none. */
static bool invert(const struct tlsni_rsa_public *rsa, mp_limb_t *inverse, const mp_limb_t *u,
                   mp_limb_t *scratch)
{
    size_t n = rsa->n_limbs, room = n + 2;
    mp_limb_t *x = scratch, *y = x + room, *cofactor = y + room, *gcd = cofactor + room;
    mp_size_t len, size = (mp_size_t)n;

    /* gcdext wants the first operand not smaller than the second. */
    x[n] = mpn_add_n(x, u, rsa->n, size);
    tlsni_limbs_copy(y, rsa->n, n);
    if (mpn_gcdext(gcd, cofactor, &len, x, size + (x[n] != 0), y, size) != 1 || gcd[0] != 1)
        return false;
    tlsni_limbs_zero(inverse, n);
    tlsni_limbs_copy(inverse, cofactor, (size_t)(len < 0 ? -len : len));
    if (len < 0)
        mpn_sub_n(inverse, rsa->n, inverse, size);
    return len != 0;
}

/* a = r^e, b = r^-1 for a fresh r. The inverse is taken of r t, which for a uniform secret t tells
 * nothing about r, so that the fast inversion may be used: r^-1 = t (r t)^-1. */
static tlsn_status fresh(const struct tlsni_privkey *key, mp_limb_t *a, mp_limb_t *b,
                         mp_limb_t *scratch)
{
    const struct tlsni_rsa_public *rsa = &key->pub->u.rsa;
    size_t n = rsa->n_limbs;
    mp_limb_t *r = scratch, *t = r + n, *u = t + n, *inv = u + n + 1, *rest = inv + 4 * (n + 2);
    tlsn_status st;

    for (int attempt = 0; attempt < 8; attempt++) {
        st = random_below(key, r, u);
        if (st == TLSN_OK)
            st = random_below(key, t, u);
        if (st != TLSN_OK)
            return st;
        mulmod(rsa, u, r, t, rest);
        TLSNI_CT_PUBLIC(u, n * sizeof *u);
        if (!invert(rsa, b, u, inv))
            continue;
        mulmod(rsa, b, b, t, rest);
        tlsni_rsa_power_e(rsa, a, r, rest);
        return TLSN_OK;
    }
    return TLSN_ERR_KEY_OP; /* a modulus full of small factors */
}

/* @rfc 5246:7.4.7.1/12 */
tlsn_status tlsni_rsa_blind_take(const struct tlsni_privkey *key, mp_limb_t *a, mp_limb_t *b,
                                 mp_limb_t *scratch)
{
    const struct tlsni_rsa_public *rsa = &key->pub->u.rsa;

    for (unsigned i = 0; i < TLSNI_RSA_BLIND_SLOTS; i++) {
        struct tlsni_rsa_blind *slot = &key->u.rsa.blind[i];
        tlsn_status st = TLSN_OK;

        if (atomic_flag_test_and_set_explicit(&slot->busy, memory_order_acquire))
            continue;
        if (!slot->uses)
            st = fresh(key, slot->a, slot->b, scratch);
        if (st == TLSN_OK) {
            slot->uses = slot->uses ? slot->uses - 1 : TLSNI_RSA_BLIND_USES - 1;
            tlsni_limbs_copy(a, slot->a, rsa->n_limbs);
            tlsni_limbs_copy(b, slot->b, rsa->n_limbs);
            if (slot->uses) {
                mulmod(rsa, slot->a, a, a, scratch);
                mulmod(rsa, slot->b, b, b, scratch);
            }
        }
        atomic_flag_clear_explicit(&slot->busy, memory_order_release);
        return st;
    }
    return fresh(key, a, b, scratch);
}
