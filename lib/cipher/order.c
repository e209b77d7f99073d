/* order.c - see order.h. */
#include "cipher/order.h"

#include "base/env.h"

/* GMP's functions want at most 2n + 2n + 2 limbs of scratch for numbers of n (mpn_sec_invert 4n). */
enum { REST = 8 * TLSNI_ORDER_LIMBS_MAX };

struct work {
    const struct tlsni_order *o;
    mp_limb_t product[2 * TLSNI_ORDER_LIMBS_MAX];
    mp_limb_t a[TLSNI_ORDER_LIMBS_MAX], b[TLSNI_ORDER_LIMBS_MAX];
    mp_limb_t rest[REST];
};

static void work_open(struct work *w, const struct tlsni_order *o)
{
    mp_size_t n = (mp_size_t)o->limbs;

    assert(o->limbs <= TLSNI_ORDER_LIMBS_MAX && mpn_sec_div_r_itch(2 * n, n) <= REST &&
           mpn_sec_invert_itch(n) <= REST && mpn_sec_mul_itch(n, n) <= REST);
    w->o = o;
}

static void multiply(struct work *w, const mp_limb_t *a, const mp_limb_t *b)
{
    mp_size_t n = (mp_size_t)w->o->limbs;

    mpn_sec_mul(w->product, a, n, b, n, w->rest);
}

static void reduce(struct work *w, mp_limb_t *r)
{
    mp_size_t n = (mp_size_t)w->o->limbs;

    mpn_sec_div_r(w->product, 2 * n, w->o->q, n, w->rest);
    tlsni_limbs_copy(r, w->product, w->o->limbs);
}

/* a = 1 / x */
static bool invert(struct work *w, mp_limb_t *a, const mp_limb_t *x)
{
    mp_size_t n = (mp_size_t)w->o->limbs;
    int done;

    tlsni_limbs_copy(w->b, x, w->o->limbs);
    done = mpn_sec_invert(a, w->b, w->o->q, n, (mp_bitcnt_t)(2 * n * GMP_NUMB_BITS), w->rest);
    TLSNI_CT_PUBLIC(&done, sizeof done);
    return done;
}

void tlsni_order_digest(const struct tlsni_order *o, mp_limb_t *z, const uint8_t *digest,
                        size_t len)
{
    size_t spare = 8 * o->len - o->bits;

    tlsni_limbs_get(z, o->limbs, digest, len < o->len ? len : o->len);
    if (len >= o->len && spare)
        mpn_rshift(z, z, (mp_size_t)o->limbs, (unsigned)spare);
}

/* What is rejected is never used. q's top bit is where its size says: at least every second attempt
 * succeeds, and a source that needs a hundred is broken. */
tlsn_status tlsni_order_random(const struct tlsni_order *o, const struct tlsn_hooks *env,
                               mp_limb_t *k)
{
    uint8_t bytes[TLSNI_ORDER_LEN_MAX];
    mp_limb_t tmp[TLSNI_ORDER_LIMBS_MAX], good = 0;
    tlsn_status st = TLSN_OK;

    for (int attempt = 0; attempt < 100 && st == TLSN_OK && !good; attempt++) {
        st = tlsni_random(env, bytes, o->len);
        if (st != TLSN_OK)
            break;
        TLSNI_CT_SECRET(bytes, o->len);
        bytes[0] = (uint8_t)(bytes[0] & (0xffU >> (8 * o->len - o->bits)));
        tlsni_limbs_get(k, o->limbs, bytes, o->len);
        good = tlsni_limbs_lt(k, o->q, o->limbs, tmp) &
               (tlsni_limbs_diff_1(k, o->limbs, 0) != 0);
        TLSNI_CT_PUBLIC(&good, sizeof good);
    }
    tlsni_wipe(bytes, sizeof bytes);
    tlsni_wipe(tmp, sizeof tmp);
    return st == TLSN_OK && !good ? TLSN_ERR_RANDOM : st;
}

/* z + x r is below 2^(2 bits): no carry leaves the product. */
bool tlsni_order_sign(const struct tlsni_order *o, mp_limb_t *s, const mp_limb_t *z,
                      const mp_limb_t *x, const mp_limb_t *r, const mp_limb_t *k)
{
    mp_limb_t wide[2 * TLSNI_ORDER_LIMBS_MAX] = { 0 };
    struct work w;
    bool good;

    work_open(&w, o);
    multiply(&w, x, r);
    tlsni_limbs_copy(wide, z, o->limbs);
    mpn_add_n(w.product, w.product, wide, (mp_size_t)(2 * o->limbs));
    reduce(&w, s);
    good = invert(&w, w.a, k);
    if (good) {
        multiply(&w, w.a, s);
        reduce(&w, s);
    }
    tlsni_wipe(&w, sizeof w);
    return good;
}

static bool in_range(const struct tlsni_order *o, const mp_limb_t *x)
{
    return tlsni_limbs_diff_1(x, o->limbs, 0) && mpn_cmp(x, o->q, (mp_size_t)o->limbs) < 0;
}

bool tlsni_order_split(const struct tlsni_order *o, mp_limb_t *u1, mp_limb_t *u2,
                       const mp_limb_t *z, const mp_limb_t *r, const mp_limb_t *s)
{
    struct work w;

    work_open(&w, o);
    if (!in_range(o, r) || !in_range(o, s) || !invert(&w, w.a, s))
        return false;
    multiply(&w, w.a, z);
    reduce(&w, u1);
    multiply(&w, w.a, r);
    reduce(&w, u2);
    return true;
}
