/* srp.c - the arithmetic of SRP-6a over GMP's side-channel silent functions (RFC 5054 2.4 to 2.6). */
#include "cipher/srp.h"

#include "base/bytes.h"
#include "cipher/hash.h"
#include "cipher/limbs.h"

enum {
    HASH = 20,                                       /* SHA-1 */
    HASH_LIMBS = (HASH + TLSNI_LIMB_BYTES - 1) / TLSNI_LIMB_BYTES,
    PRIVATE_LIMBS = TLSNI_SRP_PRIVATE / TLSNI_LIMB_BYTES,
    SUM_LIMBS = 2 * HASH_LIMBS,                      /* a + u x */
    SUM_BITS = SUM_LIMBS * GMP_NUMB_BITS,
    NUMBERS = 6,                                     /* modulo N, in one calculation */
};

_Static_assert(SUM_LIMBS > PRIVATE_LIMBS, "a + u x has room for its carry");

/* Working space for numbers modulo N. */
struct work {
    struct tlsni_limb_scratch s;
    mp_limb_t stack[TLSNI_STACK_LIMBS];
    size_t n;       /* limbs of N */
    size_t len;     /* bytes of N */
    mp_limb_t *m;   /* N */
    mp_limb_t *product, *tmp;
};

static size_t larger(mp_size_t a, size_t b)
{
    return (size_t)a > b ? (size_t)a : b;
}

static tlsn_status begin(struct work *w, const struct tlsni_srp_group *group,
                         const struct tlsn_hooks *env)
{
    mp_size_t n = (mp_size_t)tlsni_limbs_for(group->n.len);
    size_t itch = larger(mpn_sec_powm_itch(n, SUM_BITS, n), 0);
    tlsn_status st;

    itch = larger(mpn_sec_mul_itch(n, n), itch);
    itch = larger(mpn_sec_div_r_itch(2 * n, n), itch);
    w->n = (size_t)n;
    w->len = group->n.len;
    st = tlsni_scratch_open(&w->s, env, (3 + NUMBERS) * w->n + itch, w->stack, TLSNI_STACK_LIMBS);
    if (st != TLSN_OK)
        return st;
    w->m = tlsni_scratch_take(&w->s, w->n);
    w->product = tlsni_scratch_take(&w->s, 2 * w->n);
    w->tmp = tlsni_scratch_take(&w->s, itch);
    tlsni_limbs_get(w->m, w->n, group->n.data, group->n.len);
    return TLSN_OK;
}

static void end(struct work *w)
{
    tlsni_scratch_close(&w->s);
}

/* A number of at most as many bytes as N, not reduced. */
static mp_limb_t *number(struct work *w, const uint8_t *data, size_t len)
{
    mp_limb_t *x = tlsni_scratch_take(&w->s, w->n);

    tlsni_limbs_get(x, w->n, data, len);
    return x;
}

static mp_limb_t *space(struct work *w)
{
    return tlsni_scratch_take(&w->s, w->n);
}

static void reduce(struct work *w, mp_limb_t *x)
{
    mpn_sec_div_r(x, (mp_size_t)w->n, w->m, (mp_size_t)w->n, w->tmp);
}

static void multiply(struct work *w, mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b)
{
    mp_size_t n = (mp_size_t)w->n;

    mpn_sec_mul(w->product, a, n, b, n, w->tmp);
    mpn_sec_div_r(w->product, 2 * n, w->m, n, w->tmp);
    tlsni_limbs_copy(r, w->product, w->n);
}

static void add(struct work *w, mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b)
{
    mp_size_t n = (mp_size_t)w->n;
    mp_limb_t carry = mpn_add_n(r, a, b, n), below = mpn_sub_n(w->product, r, w->m, n);

    mpn_cnd_sub_n(carry | (below ^ 1), r, r, w->m, n);
}

static void subtract(struct work *w, mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b)
{
    mp_size_t n = (mp_size_t)w->n;

    mpn_cnd_add_n(mpn_sub_n(r, a, b, n), r, r, w->m, n);
}

static void power(struct work *w, mp_limb_t *r, const mp_limb_t *base, const mp_limb_t *exponent,
                  size_t limbs)
{
    mp_size_t n = (mp_size_t)w->n;

    mpn_sec_powm(r, base, n, exponent, limbs * GMP_NUMB_BITS, w->m, n, w->tmp);
}

/* ---- hashes ---- */

static void hash_number(mp_limb_t out[HASH_LIMBS], struct tlsni_hash_ctx *ctx)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_hash_peek(ctx, digest);
    tlsni_limbs_get(out, HASH_LIMBS, digest, HASH);
    tlsni_wipe(digest, sizeof digest);
    tlsni_wipe(ctx, sizeof *ctx);
}

static void begin_hash(struct tlsni_hash_ctx *ctx)
{
    tlsni_hash_init(ctx, tlsni_hash_find(TLSNI_HASH_SHA1));
}

/* PAD() of RFC 5054 2.1. */
static void hash_padded(struct tlsni_hash_ctx *ctx, struct tlsn_span x, size_t len)
{
    static const uint8_t zeros[64];

    for (size_t left = len - x.len; left;) {
        size_t some = left < sizeof zeros ? left : sizeof zeros;

        tlsni_hash_update(ctx, zeros, some);
        left -= some;
    }
    tlsni_hash_update(ctx, x.data, x.len);
}

/* k modulo N.
 * @rfc 5054:2.5.3/4 */
static mp_limb_t *multiplier(struct work *w, const struct tlsni_srp_group *group)
{
    struct tlsni_hash_ctx ctx;
    mp_limb_t *k = space(w);

    begin_hash(&ctx);
    tlsni_hash_update(&ctx, group->n.data, group->n.len);
    hash_padded(&ctx, group->g, group->n.len);
    tlsni_limbs_zero(k, w->n);
    hash_number(k, &ctx);
    return k;
}

/* @rfc 5054:2.4/1 */
static void hash_login(mp_limb_t x[HASH_LIMBS], const struct tlsni_srp_login *login)
{
    struct tlsni_hash_ctx ctx;
    uint8_t inner[TLSNI_HASH_LEN_MAX];

    begin_hash(&ctx);
    tlsni_hash_update(&ctx, login->user.data, login->user.len);
    tlsni_hash_update(&ctx, ":", 1);
    tlsni_hash_update(&ctx, login->password.data, login->password.len);
    tlsni_hash_peek(&ctx, inner);
    begin_hash(&ctx);
    tlsni_hash_update(&ctx, login->salt.data, login->salt.len);
    tlsni_hash_update(&ctx, inner, HASH);
    hash_number(x, &ctx);
    tlsni_wipe(inner, sizeof inner);
}

/* u = 0 would take the verifier out of the secret. */
static tlsn_status hash_publics(mp_limb_t u[HASH_LIMBS], struct tlsn_span a, struct tlsn_span b,
                                size_t len)
{
    struct tlsni_hash_ctx ctx;

    begin_hash(&ctx);
    hash_padded(&ctx, a, len);
    hash_padded(&ctx, b, len);
    hash_number(u, &ctx);
    return tlsni_limbs_diff_1(u, HASH_LIMBS, 0) ? TLSN_OK : TLSN_ERR_ILLEGAL_PARAMETER;
}

/* ---- the protocol ---- */

static struct tlsn_span strip(struct tlsn_span s)
{
    while (s.len && !s.data[0]) {
        s.data++;
        s.len--;
    }
    return s;
}

/* The peer's value modulo N into *x; it is public.
 * @rfc 5054:2.5.3/11, 5054:2.5.4/2, 5054:3.1/1 */
static tlsn_status take_public(struct work *w, struct tlsn_span y, mp_limb_t **x)
{
    y = strip(y);
    if (y.len > w->len)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    *x = number(w, y.data, y.len);
    reduce(w, *x);
    return tlsni_limbs_diff_1(*x, w->n, 0) ? TLSN_OK : TLSN_ERR_ILLEGAL_PARAMETER;
}

tlsn_status tlsni_srp_check_public(const struct tlsni_srp_group *group,
                                   const struct tlsn_hooks *env, struct tlsn_span y)
{
    struct work w;
    mp_limb_t *x;
    tlsn_status st = begin(&w, group, env);

    if (st != TLSN_OK)
        return st;
    st = take_public(&w, y, &x);
    end(&w);
    return st;
}

/* @rfc 5054:2.4/1 */
tlsn_status tlsni_srp_verifier(const struct tlsni_srp_group *group, const struct tlsn_hooks *env,
                               const struct tlsni_srp_login *login, uint8_t *v)
{
    struct work w;
    mp_limb_t x[HASH_LIMBS], *r;
    tlsn_status st = begin(&w, group, env);

    if (st != TLSN_OK)
        return st;
    r = space(&w);
    hash_login(x, login);
    power(&w, r, number(&w, group->g.data, group->g.len), x, HASH_LIMBS);
    tlsni_limbs_put(v, w.len, r, w.n);
    tlsni_wipe(x, sizeof x);
    end(&w);
    return TLSN_OK;
}

/* g to the power of a private value. */
static mp_limb_t *raise(struct work *w, const struct tlsni_srp_group *group, const uint8_t *secret)
{
    mp_limb_t e[PRIVATE_LIMBS], *r = space(w);

    tlsni_limbs_get(e, PRIVATE_LIMBS, secret, TLSNI_SRP_PRIVATE);
    power(w, r, number(w, group->g.data, group->g.len), e, PRIVATE_LIMBS);
    tlsni_wipe(e, sizeof e);
    return r;
}

/* @rfc 5054:2.5.4/1 */
tlsn_status tlsni_srp_client_public(const struct tlsni_srp_group *group,
                                    const struct tlsn_hooks *env, const uint8_t *a, uint8_t *out)
{
    struct work w;
    tlsn_status st = begin(&w, group, env);

    if (st != TLSN_OK)
        return st;
    tlsni_limbs_put(out, w.len, raise(&w, group, a), w.n);
    end(&w);
    return TLSN_OK;
}

/* @rfc 5054:2.5.3/2 */
tlsn_status tlsni_srp_server_public(const struct tlsni_srp_group *group,
                                    const struct tlsn_hooks *env, const uint8_t *b,
                                    const uint8_t *v, uint8_t *out)
{
    struct work w;
    mp_limb_t *k, *r;
    tlsn_status st = begin(&w, group, env);

    if (st != TLSN_OK)
        return st;
    k = multiplier(&w, group);
    multiply(&w, k, k, number(&w, v, w.len));
    r = raise(&w, group, b);
    add(&w, r, r, k);
    tlsni_limbs_put(out, w.len, r, w.n);
    end(&w);
    return TLSN_OK;
}

/* a + u x */
static void client_exponent(struct work *w, mp_limb_t e[SUM_LIMBS], const uint8_t *a,
                            const mp_limb_t *u, const mp_limb_t *x)
{
    mp_limb_t sum[SUM_LIMBS];

    tlsni_limbs_get(sum, SUM_LIMBS, a, TLSNI_SRP_PRIVATE);
    mpn_sec_mul(e, u, HASH_LIMBS, x, HASH_LIMBS, w->tmp);
    (void)mpn_add_n(e, e, sum, SUM_LIMBS);
    tlsni_wipe(sum, sizeof sum);
}

static void client_power(struct work *w, const struct tlsni_srp_group *group, const mp_limb_t *peer,
                         const mp_limb_t *x, const mp_limb_t *e, uint8_t *secret)
{
    mp_limb_t *k = multiplier(w, group), *r = space(w);

    power(w, r, number(w, group->g.data, group->g.len), x, HASH_LIMBS);
    multiply(w, k, k, r);
    subtract(w, k, peer, k);
    power(w, r, k, e, SUM_LIMBS);
    tlsni_limbs_put(secret, w->len, r, w->n);
}

/* @rfc 5054:2.6/1 */
tlsn_status tlsni_srp_client_secret(const struct tlsni_srp_group *group,
                                    const struct tlsn_hooks *env,
                                    const struct tlsni_srp_login *login, const uint8_t *a,
                                    const uint8_t *our_public, struct tlsn_span peer,
                                    uint8_t *secret)
{
    struct work w;
    mp_limb_t x[HASH_LIMBS], u[HASH_LIMBS], e[SUM_LIMBS], *y;
    tlsn_status st = begin(&w, group, env);

    if (st != TLSN_OK)
        return st;
    st = take_public(&w, peer, &y);
    if (st == TLSN_OK)
        st = hash_publics(u, tlsni_span_make(our_public, w.len), strip(peer), w.len);
    if (st == TLSN_OK) {
        hash_login(x, login);
        client_exponent(&w, e, a, u, x);
        client_power(&w, group, y, x, e, secret);
        tlsni_wipe(x, sizeof x);
        tlsni_wipe(e, sizeof e);
    }
    end(&w);
    return st;
}

static void server_power(struct work *w, mp_limb_t *peer, const uint8_t *v, const mp_limb_t *u,
                         const uint8_t *b, uint8_t *secret)
{
    mp_limb_t e[PRIVATE_LIMBS], *r = space(w);

    tlsni_limbs_get(e, PRIVATE_LIMBS, b, TLSNI_SRP_PRIVATE);
    power(w, r, number(w, v, w->len), u, HASH_LIMBS);
    multiply(w, peer, peer, r);
    power(w, r, peer, e, PRIVATE_LIMBS);
    tlsni_limbs_put(secret, w->len, r, w->n);
    tlsni_wipe(e, sizeof e);
}

/* @rfc 5054:2.6/2 */
tlsn_status tlsni_srp_server_secret(const struct tlsni_srp_group *group,
                                    const struct tlsn_hooks *env, const uint8_t *v,
                                    const uint8_t *b, const uint8_t *our_public,
                                    struct tlsn_span peer, uint8_t *secret)
{
    struct work w;
    mp_limb_t u[HASH_LIMBS], *y;
    tlsn_status st = begin(&w, group, env);

    if (st != TLSN_OK)
        return st;
    st = take_public(&w, peer, &y);
    if (st == TLSN_OK)
        st = hash_publics(u, strip(peer), tlsni_span_make(our_public, w.len), w.len);
    if (st == TLSN_OK)
        server_power(&w, y, v, u, b, secret);
    end(&w);
    return st;
}
