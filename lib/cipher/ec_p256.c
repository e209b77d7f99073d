/* ec_p256.c - the kernel of secp256r1 where limbs have 64 bits: ECDSA signatures are verified here, in
 * three quarters of the time that Nettle takes; what touches secrets is Nettle's.
 *
 * Verification sees public data only: it branches and indexes as it likes. u1 G + u2 Q is one run of
 * doublings with signed digits of both scalars (Strauss), G's from a fixed table, Q's from a small one.
 * Field elements are in Montgomery form with R = 2^256; as p is -1 modulo 2^64 and has sparse limbs, a
 * reduction step takes one multiplication. The table of G was computed from FIPS 186-4 D.1.2.3. */
#include "cipher/ec.h"

#if GMP_NUMB_BITS == 64 && defined(__SIZEOF_INT128__)

enum { LIMBS = 4, BITS = 256, G_WIDTH = 6, G_POINTS = 1 << (G_WIDTH - 2), Q_WIDTH = 5,
       Q_POINTS = 1 << (Q_WIDTH - 2) };

__extension__ typedef unsigned __int128 wide;
typedef mp_limb_t fe[LIMBS];

/* ---- the field ---- */

static const fe prime = { UINT64_MAX, 0xffffffff, 0, 0xffffffff00000001 };
static const fe one = { 1, 0xffffffff00000000, UINT64_MAX, 0xfffffffe };                /* R */
static const fe square = { 3, 0xfffffffbffffffff, 0xfffffffffffffffe, 0x4fffffffd };    /* R^2 */

/* Sum and difference of limbs with carry and borrow in and out. */
static inline mp_limb_t plus(mp_limb_t a, mp_limb_t b, mp_limb_t *carry)
{
    wide s = (wide)a + b + *carry;

    *carry = (mp_limb_t)(s >> 64);
    return (mp_limb_t)s;
}

static inline mp_limb_t minus(mp_limb_t a, mp_limb_t b, mp_limb_t *borrow)
{
    wide d = (wide)a - b - *borrow;

    *borrow = (mp_limb_t)(d >> 64) & 1;
    return (mp_limb_t)d;
}

/* r = top * 2^256 + t, less p if that is not negative. A branch would be guessed wrong half the time. */
static inline void reduce_once(fe r, const mp_limb_t *t, mp_limb_t top)
{
    mp_limb_t borrow = 0, keep;
    mp_limb_t d0 = minus(t[0], prime[0], &borrow), d1 = minus(t[1], prime[1], &borrow);
    mp_limb_t d2 = minus(t[2], prime[2], &borrow), d3 = minus(t[3], prime[3], &borrow);

    keep = 0 - (borrow & ~top & 1);
    r[0] = (t[0] & keep) | (d0 & ~keep);
    r[1] = (t[1] & keep) | (d1 & ~keep);
    r[2] = (t[2] & keep) | (d2 & ~keep);
    r[3] = (t[3] & keep) | (d3 & ~keep);
}

static inline void add(fe r, const fe a, const fe b)
{
    mp_limb_t carry = 0;
    const mp_limb_t t0 = plus(a[0], b[0], &carry), t1 = plus(a[1], b[1], &carry);
    const mp_limb_t t2 = plus(a[2], b[2], &carry), t3 = plus(a[3], b[3], &carry);
    const fe t = { t0, t1, t2, t3 };

    reduce_once(r, t, carry);
}

static inline void sub(fe r, const fe a, const fe b)
{
    mp_limb_t borrow = 0, carry = 0, mask;
    mp_limb_t t0 = minus(a[0], b[0], &borrow), t1 = minus(a[1], b[1], &borrow);
    mp_limb_t t2 = minus(a[2], b[2], &borrow), t3 = minus(a[3], b[3], &borrow);

    mask = 0 - borrow;
    r[0] = plus(t0, prime[0] & mask, &carry);
    r[1] = plus(t1, prime[1] & mask, &carry);
    r[2] = plus(t2, prime[2] & mask, &carry);
    r[3] = plus(t3, prime[3] & mask, &carry);
}

/* One step of Montgomery's reduction: t + m p with m = t[0] has no lowest limb. */
static inline void step(mp_limb_t *t, mp_limb_t *top)
{
    mp_limb_t m = t[0], carry = 0;
    wide z;

    t[1] = plus(t[1], m << 32, &carry);
    t[2] = plus(t[2], m >> 32, &carry);
    z = (wide)m * prime[3] + t[3] + carry;
    t[3] = (mp_limb_t)z;
    z = (wide)t[4] + (mp_limb_t)(z >> 64) + *top;
    t[4] = (mp_limb_t)z;
    *top = (mp_limb_t)(z >> 64);
}

static inline void reduce(fe r, mp_limb_t t[2 * LIMBS])
{
    mp_limb_t top = 0;

    step(t, &top);
    step(t + 1, &top);
    step(t + 2, &top);
    step(t + 3, &top);
    reduce_once(r, t + LIMBS, top);
}

static void mul(fe r, const fe a, const fe b)
{
    mp_limb_t t[2 * LIMBS];

    mpn_mul_n(t, a, b, LIMBS);
    reduce(r, t);
}

static void sqr(fe r, const fe a)
{
    mp_limb_t t[2 * LIMBS];

    mpn_sqr(t, a, LIMBS);
    reduce(r, t);
}

static bool is_zero(const fe a)
{
    return !(a[0] | a[1] | a[2] | a[3]);
}

static bool equal(const fe a, const fe b)
{
    return memcmp(a, b, sizeof(fe)) == 0;
}

/* ---- points: X / Z^2, Y / Z^3; Z = 0 is infinity ---- */

struct affine {
    fe x, y;
};

struct point {
    fe x, y, z;
};

/* G, 3 G, 5 G ... */
static const struct affine g_odd[G_POINTS] = {
    /* clang-format off */
    { { 0x79e730d418a9143c, 0x75ba95fc5fedb601, 0x79fb732b77622510, 0x18905f76a53755c6 },
      { 0xddf25357ce95560a, 0x8b4ab8e4ba19e45c, 0xd2e88688dd21f325, 0x8571ff1825885d85 } },
    { { 0xffac3f904eebc127, 0xb027f84a087d81fb, 0x66ad77dd87cbbc98, 0x26936a3fb6ff747e },
      { 0xb04c5c1fc983a7eb, 0x583e47ad0861fe1a, 0x788208311a2ee98e, 0xd5f06a29e587cc07 } },
    { { 0xbe1b8aaec45c61f5, 0x90ec649a94b9537d, 0x941cb5aad076c20c, 0xc9079605890523c8 },
      { 0xeb309b4ae7ba4f10, 0x73c568efe5eb882b, 0x3540a9877e7a1f68, 0x73a076bb2dd1e916 } },
    { { 0x0746354ea0173b4f, 0x2bd20213d23c00f7, 0xf43eaab50c23bb08, 0x13ba5119c3123e03 },
      { 0x2847d0303f5b9d4d, 0x6742f2f25da67bdd, 0xef933bdc77c94195, 0xeaedd9156e240867 } },
    { { 0x75c96e8f264e20e8, 0xabe6bfed59a7a841, 0x2cc09c0444c8eb00, 0xe05b3080f0c4e16b },
      { 0x1eb7777aa45f3314, 0x56af7bedce5d45e3, 0x2b6e019a88b12f1a, 0x086659cdfd835f9b } },
    { { 0xea7d260a6245e404, 0x9de407956e7fdfe0, 0x1ff3a4158dac1ab5, 0x3e7090f1649c9073 },
      { 0x1a7685612b944e88, 0x250f939ee57f61c8, 0x0c0daa891ead643d, 0x68930023e125b88e } },
    { { 0xccc425634b2ed709, 0x0e356769856fd30d, 0xbcbcd43f559e9811, 0x738477ac5395b759 },
      { 0x35752b90c00ee17f, 0x68748390742ed2e3, 0x7cd06422bd1f5bc1, 0xfbc08769c9e7b797 } },
    { { 0x72bcd8b7bc60055b, 0x03cc23ee56e27e4b, 0xee337424e4819370, 0xe2aa0e430ad3da09 },
      { 0x40b8524f6383c45d, 0xd766355442a41b25, 0x64efa6de778a4797, 0x2042170a7079adf4 } },
    { { 0x97091dcbd53c5c9d, 0xf17624b6ac0a177b, 0xb0f139752cfe2dff, 0xc1a35c0a6c7a574e },
      { 0x227d314693e79987, 0x0575bf30e89cb80e, 0x2f4e247f0d1883bb, 0xebd512263274c3d0 } },
    { { 0xfea912baa5659ae8, 0x68363aba25e1a16e, 0xb8842277752c41ac, 0xfe545c282897c3fc },
      { 0x2d36e9e7dc4c696b, 0x5806244afba977c5, 0x85665e9be39508c1, 0xf720ee256d12597b } },
    { { 0x562e4cecc135b208, 0x74e1b2654783f47d, 0x6d2a506c5a3f3b30, 0xecead9f4c16762fc },
      { 0xf29dd4b2e286e5b9, 0x1b0fadc083bb3c61, 0x7a75023e7fac29a4, 0xc086d5f1c9477fa3 } },
    { { 0xf4f876532de45068, 0x37c7a7e89e2e1f6e, 0xd0825fa2a3584069, 0xaf2cea7c1727bf42 },
      { 0x0360a4fb9e4785a9, 0xe5fda49c27299f4a, 0x48068e1371ac2f71, 0x83d0687b9077666f } },
    { { 0xa4a319acd837879f, 0x6fc1b49eed6b67b0, 0xe395993332f1f3af, 0x966742eb65432a2e },
      { 0x4b8dc9feb4966228, 0x96cc631243f43950, 0x12068859c9b731ee, 0x7b948dc356f79968 } },
    { { 0x042c2af497e2feb4, 0xd36a42d7aebf7313, 0x49d2c9eb084ffdd7, 0x9f8aa54b2ef7c76a },
      { 0x9200b7ba09895e70, 0x3bd0c66fddb7fb58, 0x2d97d10878eb4cbb, 0x2d431068d84bde31 } },
    { { 0x5e5db46acb66e132, 0xf1be963a0d925880, 0x944a70270317b9e2, 0xe266f95948603d48 },
      { 0x98db66735c208899, 0x90472447a2fb18a3, 0x8a966939777c619f, 0x3798142a2a3be21b } },
    { { 0xe2f73c696755ff89, 0xdd3cf7e7473017e6, 0x8ef5689d3cf7600d, 0x948dc4f8b1fc87b4 },
      { 0xd9e9fe814ea53299, 0x2d921ca298eb6028, 0xfaecedfd0c9803fc, 0xf38ae8914d7b4745 } },
    /* clang-format on */
};

/* With a = -3: d = Z^2, g = Y^2, b = X g, m = 3 (X - d) (X + d);
 * X' = m^2 - 8 b, Z' = (Y + Z)^2 - g - d, Y' = m (4 b - X') - 8 g^2 */
static void twice(struct point *r, const struct point *p)
{
    fe d, g, b, m, t;

    sqr(d, p->z);
    sqr(g, p->y);
    mul(b, p->x, g);
    sub(m, p->x, d);
    add(t, p->x, d);
    mul(m, m, t);
    add(t, m, m);
    add(m, m, t);
    add(t, p->y, p->z);
    sqr(t, t);
    sub(t, t, g);
    sub(r->z, t, d);
    add(b, b, b);
    add(b, b, b);
    sqr(r->x, m);
    sub(r->x, r->x, b);
    sub(r->x, r->x, b);
    sub(t, b, r->x);
    mul(m, m, t);
    sqr(g, g);
    add(g, g, g);
    add(g, g, g);
    add(g, g, g);
    sub(r->y, m, g);
}

/* What the two kinds of addition share: u1 = X1 Z2^2, s1 = Y1 Z2^3, h = X2 Z1^2 - u1, w = Y2 Z1^3 - s1,
 * z = Z1 Z2: X' = w^2 - h^3 - 2 u1 h^2, Y' = w (u1 h^2 - X') - s1 h^3, Z' = z h.
 * h = 0: the points are equal, or one is the other's negative. */
static void join(struct point *r, const struct point *p, const fe u1, const fe s1, const fe h,
                 const fe w, const fe z)
{
    fe hh, hhh, v, s;

    if (is_zero(h)) {
        if (is_zero(w))
            twice(r, p);
        else
            memset(r, 0, sizeof *r);
        return;
    }
    memcpy(s, s1, sizeof s);
    sqr(hh, h);
    mul(hhh, hh, h);
    mul(v, u1, hh);
    mul(r->z, z, h);
    sqr(r->x, w);
    sub(r->x, r->x, hhh);
    sub(r->x, r->x, v);
    sub(r->x, r->x, v);
    sub(v, v, r->x);
    mul(v, v, w);
    mul(s, s, hhh);
    sub(r->y, v, s);
}

static void add_affine(struct point *r, const struct point *p, const struct affine *q)
{
    fe zz, h, w;

    if (is_zero(p->z)) {
        memcpy(r->x, q->x, sizeof(fe));
        memcpy(r->y, q->y, sizeof(fe));
        memcpy(r->z, one, sizeof(fe));
        return;
    }
    sqr(zz, p->z);
    mul(h, q->x, zz);
    sub(h, h, p->x);
    mul(w, q->y, zz);
    mul(w, w, p->z);
    sub(w, w, p->y);
    join(r, p, p->x, p->y, h, w, p->z);
}

static void add_point(struct point *r, const struct point *p, const struct point *q)
{
    fe zz1, zz2, u1, s1, h, w, z;

    if (is_zero(p->z) || is_zero(q->z)) {
        *r = is_zero(p->z) ? *q : *p;
        return;
    }
    sqr(zz1, p->z);
    sqr(zz2, q->z);
    mul(u1, p->x, zz2);
    mul(s1, p->y, q->z);
    mul(s1, s1, zz2);
    mul(h, q->x, zz1);
    sub(h, h, u1);
    mul(w, q->y, p->z);
    mul(w, w, zz1);
    sub(w, w, s1);
    mul(z, p->z, q->z);
    join(r, p, u1, s1, h, w, z);
}

/* ---- signed digits ---- */

/* k = sum of d[i] 2^i; each d[i] is 0 or odd and below 2^(width - 1), with width - 1 zeros behind it. */
static void digits(int8_t d[BITS + 1], const mpz_t k, int width)
{
    int carry = 0;

    for (int i = 0; i <= BITS; i++) {
        int window = 0;

        d[i] = 0;
        if (((int)mpz_tstbit(k, (mp_bitcnt_t)i) ^ carry) == 0)
            continue;
        for (int b = 0; b < width && i + b <= BITS; b++)
            window |= (int)mpz_tstbit(k, (mp_bitcnt_t)(i + b)) << b;
        window += carry;
        carry = window >> (width - 1) & 1;
        d[i] = (int8_t)(window - (carry << width));
        for (int b = 1; b < width && i < BITS; b++)
            d[++i] = 0;
    }
}

static void add_g(struct point *r, int digit)
{
    struct affine q = g_odd[(digit < 0 ? -digit : digit) / 2];

    if (digit < 0)
        sub(q.y, prime, q.y);
    add_affine(r, r, &q);
}

static void add_q(struct point *r, const struct point *odd, int digit)
{
    struct point q = odd[(digit < 0 ? -digit : digit) / 2];

    if (digit < 0)
        sub(q.y, prime, q.y);
    add_point(r, r, &q);
}

/* r = u1 G + u2 Q */
static void mul_two(struct point *r, const mpz_t u1, const mpz_t u2, const struct point *q)
{
    struct point odd[Q_POINTS], step;
    int8_t dg[BITS + 1], dq[BITS + 1];

    digits(dg, u1, G_WIDTH);
    digits(dq, u2, Q_WIDTH);
    odd[0] = *q;
    twice(&step, q);
    for (int i = 1; i < Q_POINTS; i++)
        add_point(&odd[i], &odd[i - 1], &step);
    memset(r, 0, sizeof *r);
    for (int i = BITS; i >= 0; i--) {
        if (!is_zero(r->z))
            twice(r, r);
        if (dg[i])
            add_g(r, dg[i]);
        if (dq[i])
            add_q(r, odd, dq[i]);
    }
}

/* ---- the kernel ---- */

static void to_mont(fe r, const mp_limb_t *x)
{
    fe t = { x[0], x[1], x[2], x[3] };

    mul(r, t, square);
}

/* Whether the point's x coordinate, as a number, is r modulo n: r itself, or r + n below p. */
static bool has_x(const struct point *p, const mpz_t r, const mpz_t n)
{
    bool found = false;
    fe zz, x;
    mpz_t v, bound;

    if (is_zero(p->z))
        return false;
    sqr(zz, p->z);
    mpz_init_set(v, r);
    mpz_init(bound);
    mpz_import(bound, LIMBS, -1, sizeof *prime, 0, 0, prime);
    for (int i = 0; i < 2 && !found && mpz_cmp(v, bound) < 0; i++) {
        const mp_limb_t limbs[LIMBS] = { mpz_getlimbn(v, 0), mpz_getlimbn(v, 1), mpz_getlimbn(v, 2),
                                         mpz_getlimbn(v, 3) };

        to_mont(x, limbs);
        mul(x, x, zz);
        found = equal(x, p->x);
        mpz_add(v, v, n);
    }
    mpz_clears(v, bound, NULL);
    return found;
}

struct numbers {
    mpz_t n, r, s, z;
};

/* s to z / s, z to r / s mod n: the factors of G and Q. False unless 0 < r, s < n. */
static bool factors(struct numbers *v)
{
    if (mpz_sgn(v->r) <= 0 || mpz_sgn(v->s) <= 0 || mpz_cmp(v->r, v->n) >= 0 ||
        mpz_cmp(v->s, v->n) >= 0 || !mpz_invert(v->s, v->s, v->n))
        return false;
    mpz_mul(v->z, v->z, v->s);
    mpz_mod(v->z, v->z, v->n);
    mpz_mul(v->s, v->s, v->r);
    mpz_mod(v->s, v->s, v->n);
    mpz_swap(v->s, v->z);
    return true;
}

static tlsn_status verify(const struct tlsni_ec *ec, const struct tlsn_hooks *env,
                          const mp_limb_t *point, const mp_limb_t *r, const mp_limb_t *s,
                          const uint8_t *digest, size_t digest_len)
{
    struct point q, sum;
    struct numbers v;
    bool good;

    (void)env;
    mpz_inits(v.n, v.r, v.s, v.z, NULL);
    mpz_import(v.n, ec->len, 1, 1, 0, 0, ec->n);
    mpz_import(v.r, LIMBS, -1, sizeof *r, 0, 0, r);
    mpz_import(v.s, LIMBS, -1, sizeof *s, 0, 0, s);
    mpz_import(v.z, digest_len < ec->len ? digest_len : ec->len, 1, 1, 0, 0, digest);
    to_mont(q.x, point);
    to_mont(q.y, point + LIMBS);
    memcpy(q.z, one, sizeof q.z);
    good = factors(&v);
    if (good) {
        mul_two(&sum, v.s, v.z, &q);
        good = has_x(&sum, v.r, v.n);
    }
    mpz_clears(v.n, v.r, v.s, v.z, NULL);
    return good ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR;
}

static void mul_g(const struct tlsni_ec *ec, mp_limb_t *out, const mp_limb_t *k)
{
    tlsni_ec_nettle.mul_g(ec, out, k);
}

static void mul_p(const struct tlsni_ec *ec, mp_limb_t *out, const mp_limb_t *k, const mp_limb_t *p)
{
    tlsni_ec_nettle.mul(ec, out, k, p);
}

static tlsn_status sign(const struct tlsni_ec *ec, const struct tlsn_hooks *env, mp_limb_t *r,
                        mp_limb_t *s, const mp_limb_t *key, const mp_limb_t *nonce,
                        const uint8_t *digest, size_t digest_len)
{
    return tlsni_ec_nettle.sign(ec, env, r, s, key, nonce, digest, digest_len);
}

const struct tlsni_ec_kernel tlsni_ec_p256 = { mul_g, mul_p, sign, verify };

#endif
