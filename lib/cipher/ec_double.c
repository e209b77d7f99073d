/* ec_double.c - ECDSA verification when u1 G = u2 Q.
 *
 * Nettle 3.8 adds the two with a formula that does not double and refuses the signature. It is
 * valid all the same (FIPS 186-4 6.4), though only the key's owner can make one. Everything is
 * public, so plain arithmetic modulo the order will do. */
#include "cipher/ec_double.h"

#include <gmp.h>

/* The leftmost bits of the digest, as many as the order has. */
static void digest_number(mpz_t z, const struct tlsni_ec *ec, const uint8_t *digest, size_t len)
{
    size_t bits = 8 * len;

    mpz_import(z, len, 1, 1, 0, 0, digest);
    if (bits > ec->bits)
        mpz_fdiv_q_2exp(z, z, bits - ec->bits);
}

static void to_limbs(mp_limb_t *out, size_t n, const mpz_t x)
{
    for (size_t i = 0; i < n; i++)
        out[i] = mpz_getlimbn(x, (mp_size_t)i);
}

struct numbers {
    mpz_t n, r, s, u1, u2;
};

/* u1 = z / s and u2 = r / s mod n. False unless 0 < r, s < n and u1 is not 0. */
static bool scalars(struct numbers *v, const struct tlsni_ec *ec, const uint8_t *digest,
                    size_t digest_len)
{
    if (mpz_sgn(v->r) <= 0 || mpz_sgn(v->s) <= 0 || mpz_cmp(v->r, v->n) >= 0 ||
        mpz_cmp(v->s, v->n) >= 0 || !mpz_invert(v->s, v->s, v->n))
        return false;
    digest_number(v->u1, ec, digest, digest_len);
    mpz_mul(v->u1, v->u1, v->s);
    mpz_mod(v->u1, v->u1, v->n);
    mpz_mul(v->u2, v->r, v->s);
    mpz_mod(v->u2, v->u2, v->n);
    return mpz_sgn(v->u1) != 0;
}

/* u1 G = u2 Q, and the x coordinate of 2 u1 G is r modulo n. */
static bool doubles(struct numbers *v, const struct tlsni_ec *ec, const mp_limb_t *point)
{
    size_t n = tlsni_ec_limbs(ec);
    mp_limb_t k[TLSNI_EC_LIMBS_MAX], a[2 * TLSNI_EC_LIMBS_MAX], b[2 * TLSNI_EC_LIMBS_MAX];

    to_limbs(k, n, v->u1);
    ec->kernel->mul_g(ec, a, k);
    to_limbs(k, n, v->u2);
    ec->kernel->mul(ec, b, k, point);
    if (tlsni_limbs_diff(a, b, 2 * n))
        return false;
    mpz_mul_2exp(v->u1, v->u1, 1);
    mpz_mod(v->u1, v->u1, v->n); /* not 0: the order is odd */
    to_limbs(k, n, v->u1);
    ec->kernel->mul_g(ec, a, k);
    mpz_import(v->u2, n, -1, sizeof *a, 0, 0, a);
    mpz_mod(v->u2, v->u2, v->n);
    return mpz_cmp(v->u2, v->r) == 0;
}

bool tlsni_ec_verify_double(const struct tlsni_ec *ec, const mp_limb_t *point, const mp_limb_t *r,
                            const mp_limb_t *s, const uint8_t *digest, size_t digest_len)
{
    size_t n = tlsni_ec_limbs(ec);
    struct numbers v;
    bool good;

    mpz_inits(v.n, v.r, v.s, v.u1, v.u2, NULL);
    mpz_import(v.n, ec->len, 1, 1, 0, 0, ec->n);
    mpz_import(v.r, n, -1, sizeof *r, 0, 0, r);
    mpz_import(v.s, n, -1, sizeof *s, 0, 0, s);
    good = scalars(&v, ec, digest, digest_len) && doubles(&v, ec, point);
    mpz_clears(v.n, v.r, v.s, v.u1, v.u2, NULL);
    return good;
}
