/* ec_plain.c - the curve kernel for prime curves that Nettle does not have: secp256k1 and the
 * brainpool curves. Plain and constant time rather than fast.
 *
 * Points are homogeneous (X : Y : Z) and added by the complete formulas of Renes, Costello and Batina
 * (2015, theorem for y^2 = x^3 + ax + b of odd order): one formula for every pair of points, doubling
 * and infinity (0 : 1 : 0) included, so that nothing about a secret scalar decides what is computed.
 * Multiplication takes a fixed number of windows, and every entry of the table is touched for each.
 * Field elements are in Montgomery form, below p, in n limbs.
 * @rfc 7027:A/1 */
#include "cipher/ec.h"
#include "cipher/order.h"

enum { LIMBS = TLSNI_ORDER_LIMBS_MAX, WINDOW = 4, TABLE = 1 << WINDOW, REST = 8 * LIMBS };

struct field {
    size_t n;
    mp_limb_t p[LIMBS], a[LIMBS], b3[LIMBS], square[LIMBS]; /* R^2 mod p */
    mp_limb_t neg_inverse; /* -1/p modulo a limb */
};

struct point {
    mp_limb_t c[3 * LIMBS]; /* X, Y, Z: n limbs each */
};

/* ---- the field ---- */

/* -1/p by Newton's iteration, which doubles the number of right bits; p p = 1 mod 8 begins with 3. */
static mp_limb_t negative_inverse(mp_limb_t p)
{
    mp_limb_t x = p;

    for (unsigned bits = 3; bits < GMP_NUMB_BITS; bits *= 2)
        x *= 2 - p * x;
    return 0 - x;
}

/* r = t - p if that is not negative, given the limb above t */
static void subtract_p(const struct field *f, mp_limb_t *r, const mp_limb_t *t, mp_limb_t top)
{
    mp_size_t n = (mp_size_t)f->n;
    mp_limb_t borrow = mpn_sub_n(r, t, f->p, n);

    /* below p: borrow and no limb above */
    mpn_cnd_add_n(borrow & ~top & 1, r, r, f->p, n);
}

static void add(const struct field *f, mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b)
{
    mp_limb_t t[LIMBS], carry = mpn_add_n(t, a, b, (mp_size_t)f->n);

    subtract_p(f, r, t, carry);
}

static void sub(const struct field *f, mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b)
{
    mp_limb_t borrow = mpn_sub_n(r, a, b, (mp_size_t)f->n);

    mpn_cnd_add_n(borrow, r, r, f->p, (mp_size_t)f->n);
}

/* r = t / R mod p for t below p R, 2n limbs, which are overwritten */
static void redc(const struct field *f, mp_limb_t *r, mp_limb_t *t)
{
    mp_limb_t top = 0;

    for (size_t i = 0; i < f->n; i++) {
        mp_limb_t high = mpn_addmul_1(t + i, f->p, (mp_size_t)f->n, t[i] * f->neg_inverse);
        mp_limb_t sum = t[i + f->n] + high, carry = sum < high;

        t[i + f->n] = sum + top;
        top = carry | (t[i + f->n] < top);
    }
    subtract_p(f, r, t + f->n, top);
}

static void mul(const struct field *f, mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b)
{
    mp_limb_t t[2 * LIMBS], rest[REST];

    mpn_sec_mul(t, a, (mp_size_t)f->n, b, (mp_size_t)f->n, rest);
    redc(f, r, t);
}

/* Bytes to Montgomery form. */
static void load(const struct field *f, mp_limb_t *r, const uint8_t *bytes, size_t len)
{
    mp_limb_t t[LIMBS];

    tlsni_limbs_get(t, f->n, bytes, len);
    mul(f, r, t, f->square);
}

static void field_open(struct field *f, const struct tlsni_ec *ec)
{
    mp_limb_t t[2 * LIMBS + 1] = { 0 }, q[LIMBS + 2], b[LIMBS];

    f->n = tlsni_ec_limbs(ec);
    assert(f->n <= LIMBS && mpn_sec_mul_itch((mp_size_t)f->n, (mp_size_t)f->n) <= REST);
    tlsni_limbs_get(f->p, f->n, ec->p, ec->len);
    f->neg_inverse = negative_inverse(f->p[0]);
    t[2 * f->n] = 1;
    mpn_tdiv_qr(q, f->square, 0, t, (mp_size_t)(2 * f->n + 1), f->p, (mp_size_t)f->n);
    load(f, f->a, ec->a, ec->len);
    load(f, b, ec->b, ec->len);
    add(f, f->b3, b, b);
    add(f, f->b3, f->b3, b);
}

/* ---- points ---- */

static void infinity(const struct field *f, struct point *r)
{
    mp_limb_t one[LIMBS] = { 1 };

    memset(r, 0, sizeof *r);
    mul(f, r->c + f->n, one, f->square);
}

/* r = (a1 + b1)(a2 + b2) - aa - bb, which is a1 b2 + a2 b1 */
static void cross(const struct field *f, mp_limb_t *r, const mp_limb_t *const a[2],
                  const mp_limb_t *const b[2], const mp_limb_t *aa, const mp_limb_t *bb)
{
    mp_limb_t s[LIMBS], t[LIMBS];

    add(f, s, a[0], b[0]);
    add(f, t, a[1], b[1]);
    mul(f, r, s, t);
    sub(f, r, r, aa);
    sub(f, r, r, bb);
}

/* In the words of the formula, with m = X1 Y2 + X2 Y1, k = Y1 Z2 + Y2 Z1, o = X1 Z2 + X2 Z1:
 *   t = a o + 3b ZZ      u = a (XX - a ZZ) + 3b o      v = 3 XX + a ZZ
 *   X3 = m (YY - t) - k u      Y3 = (YY + t)(YY - t) + v u      Z3 = k (YY + t) + m v */
static void add_points(const struct field *f, struct point *r, const struct point *p,
                       const struct point *q)
{
    size_t n = f->n;
    const mp_limb_t *const x[2] = { p->c, q->c }, *const y[2] = { p->c + n, q->c + n };
    const mp_limb_t *const z[2] = { p->c + 2 * n, q->c + 2 * n };
    mp_limb_t xx[LIMBS], yy[LIMBS], zz[LIMBS], m[LIMBS], k[LIMBS], o[LIMBS], t[LIMBS], u[LIMBS];
    mp_limb_t v[LIMBS], w[LIMBS];

    mul(f, xx, x[0], x[1]);
    mul(f, yy, y[0], y[1]);
    mul(f, zz, z[0], z[1]);
    cross(f, m, x, y, xx, yy);
    cross(f, k, y, z, yy, zz);
    cross(f, o, x, z, xx, zz);
    mul(f, t, f->a, o);
    mul(f, w, f->b3, zz);
    add(f, t, t, w);
    mul(f, w, f->a, zz);
    sub(f, u, xx, w);
    mul(f, u, u, f->a);
    add(f, v, xx, xx);
    add(f, v, v, xx);
    add(f, v, v, w);
    mul(f, w, f->b3, o);
    add(f, u, u, w);
    add(f, w, yy, t);
    sub(f, yy, yy, t);

    mul(f, xx, m, yy);
    mul(f, zz, k, u);
    sub(f, r->c, xx, zz);
    mul(f, xx, w, yy);
    mul(f, zz, v, u);
    add(f, r->c + n, xx, zz);
    mul(f, xx, k, w);
    mul(f, zz, m, v);
    add(f, r->c + 2 * n, xx, zz);
}

/* 0 P to 15 P, packed for mpn_sec_tabselect. */
static void make_table(const struct field *f, mp_limb_t *table, const struct point *p)
{
    struct point r;

    infinity(f, &r);
    for (size_t i = 0; i < TABLE; i++) {
        tlsni_limbs_copy(table + 3 * f->n * i, r.c, 3 * f->n);
        add_points(f, &r, &r, p);
    }
}

/* Bits 4i .. 4i + 3 of k. */
static mp_limb_t window(const mp_limb_t *k, size_t i)
{
    return k[i * WINDOW / GMP_NUMB_BITS] >> i * WINDOW % GMP_NUMB_BITS & (TABLE - 1);
}

static void multiply(const struct field *f, struct point *r, const mp_limb_t *k,
                     const struct point *p)
{
    mp_limb_t table[TABLE * 3 * LIMBS];
    struct point entry;

    make_table(f, table, p);
    infinity(f, r);
    for (size_t i = f->n * GMP_NUMB_BITS / WINDOW; i-- > 0;) {
        for (unsigned j = 0; j < WINDOW; j++)
            add_points(f, r, r, r);
        mpn_sec_tabselect(entry.c, table, (mp_size_t)(3 * f->n), TABLE, (mp_size_t)window(k, i));
        add_points(f, r, r, &entry);
    }
    tlsni_wipe(table, sizeof table);
    tlsni_wipe(&entry, sizeof entry);
}

static void from_affine(const struct field *f, struct point *r, const mp_limb_t *xy)
{
    infinity(f, r);
    tlsni_limbs_copy(r->c + 2 * f->n, r->c + f->n, f->n); /* 1 */
    mul(f, r->c, xy, f->square);
    mul(f, r->c + f->n, xy + f->n, f->square);
}

static void generator(const struct field *f, struct point *r, const struct tlsni_ec *ec)
{
    infinity(f, r);
    tlsni_limbs_copy(r->c + 2 * f->n, r->c + f->n, f->n);
    load(f, r->c, ec->g, ec->len);
    load(f, r->c + f->n, ec->g + ec->len, ec->len);
}

/* x and y; false at infinity. Only the answer is public. */
static bool to_affine(const struct field *f, mp_limb_t *xy, const struct point *p)
{
    mp_limb_t t[2 * LIMBS] = { 0 }, z[LIMBS], inverse[LIMBS], rest[REST];
    mp_size_t n = (mp_size_t)f->n;
    int done;

    assert(mpn_sec_invert_itch(n) <= REST);
    tlsni_limbs_copy(t, p->c + 2 * f->n, f->n);
    redc(f, z, t);
    done = mpn_sec_invert(inverse, z, f->p, n, (mp_bitcnt_t)(2 * n * GMP_NUMB_BITS), rest);
    TLSNI_CT_PUBLIC(&done, sizeof done);
    mul(f, xy, p->c, inverse);
    mul(f, xy + f->n, p->c + f->n, inverse);
    tlsni_wipe(z, sizeof z);
    tlsni_wipe(inverse, sizeof inverse);
    tlsni_wipe(rest, sizeof rest);
    return done;
}

/* ---- the kernel ---- */

static void mul_g(const struct tlsni_ec *ec, mp_limb_t *out, const mp_limb_t *k)
{
    struct field f;
    struct point g, r;

    field_open(&f, ec);
    generator(&f, &g, ec);
    multiply(&f, &r, k, &g);
    (void)to_affine(&f, out, &r); /* 0 < k < n: not at infinity */
    tlsni_wipe(&r, sizeof r);
}

static void mul_p(const struct tlsni_ec *ec, mp_limb_t *out, const mp_limb_t *k,
                  const mp_limb_t *p)
{
    struct field f;
    struct point g, r;

    field_open(&f, ec);
    from_affine(&f, &g, p);
    multiply(&f, &r, k, &g);
    (void)to_affine(&f, out, &r);
    tlsni_wipe(&r, sizeof r);
}

static struct tlsni_order order_of(const struct tlsni_ec *ec, mp_limb_t *q)
{
    struct tlsni_order o = { q, tlsni_ec_limbs(ec), ec->bits, ec->len };

    tlsni_limbs_get(q, o.limbs, ec->n, ec->len);
    return o;
}

/* r = x mod n; x is below p, which is below 2n */
static void fold(const struct tlsni_order *o, mp_limb_t *r, const mp_limb_t *x)
{
    mp_limb_t borrow = mpn_sub_n(r, x, o->q, (mp_size_t)o->limbs);

    mpn_cnd_add_n(borrow, r, r, o->q, (mp_size_t)o->limbs);
}

static tlsn_status sign(const struct tlsni_ec *ec, const struct tlsn_hooks *env, mp_limb_t *r,
                        mp_limb_t *s, const mp_limb_t *key, const mp_limb_t *nonce,
                        const uint8_t *digest, size_t digest_len)
{
    mp_limb_t q[LIMBS], z[LIMBS], xy[2 * LIMBS];
    struct tlsni_order o = order_of(ec, q);

    (void)env;
    tlsni_order_digest(&o, z, digest, digest_len);
    mul_g(ec, xy, nonce);
    fold(&o, r, xy);
    return tlsni_order_sign(&o, s, z, key, r, nonce) ? TLSN_OK : TLSN_ERR_INTERNAL;
}

static tlsn_status verify(const struct tlsni_ec *ec, const struct tlsn_hooks *env,
                          const mp_limb_t *point, const mp_limb_t *r, const mp_limb_t *s,
                          const uint8_t *digest, size_t digest_len)
{
    mp_limb_t q[LIMBS], z[LIMBS], u1[LIMBS], u2[LIMBS], xy[2 * LIMBS];
    struct tlsni_order o = order_of(ec, q);
    struct point a, b, p;
    struct field f;

    (void)env;
    tlsni_order_digest(&o, z, digest, digest_len);
    if (!tlsni_order_split(&o, u1, u2, z, r, s))
        return TLSN_ERR_DECRYPT_ERROR;
    field_open(&f, ec);
    generator(&f, &p, ec);
    multiply(&f, &a, u1, &p);
    from_affine(&f, &p, point);
    multiply(&f, &b, u2, &p);
    add_points(&f, &a, &a, &b);
    if (!to_affine(&f, xy, &a))
        return TLSN_ERR_DECRYPT_ERROR;
    fold(&o, xy, xy);
    return tlsni_limbs_diff(xy, r, o.limbs) ? TLSN_ERR_DECRYPT_ERROR : TLSN_OK;
}

const struct tlsni_ec_kernel tlsni_ec_plain = { mul_g, mul_p, sign, verify };
