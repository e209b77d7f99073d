/* dsa_generate.c - fresh DSA parameters and keys for tools and tests; the search by Nettle.
 *
 * Parameters are public. The private key is drawn by rejection. */
#include "cipher/dsa_generate.h"

#include <nettle/bignum.h>
#include <nettle/dsa.h>

#include "base/bytes.h"
#include "base/env.h"
#include "base/mem.h"
#include "cipher/draw.h"

enum { P_MAX = TLSNI_DSA_BITS_MAX / 8, Q_MAX = TLSNI_DSA_Q_BITS_MAX / 8 };

struct numbers {
    uint8_t p[P_MAX], g[P_MAX], q[Q_MAX];
};

/* FIPS 186-4 4.2, and 160 bits below its sizes. */
static unsigned order_bits(unsigned bits)
{
    return bits < 2048 ? 160 : 256;
}

static tlsn_status make_params(struct numbers *n, const struct tlsn_hooks *env, unsigned bits)
{
    struct tlsni_draw source = { env, TLSN_OK, 1 };
    struct dsa_params params;
    tlsn_status st = TLSN_ERR_INTERNAL;

    dsa_params_init(&params);
    if (dsa_generate_params(&params, &source, tlsni_draw, NULL, NULL, bits, order_bits(bits))) {
        nettle_mpz_get_str_256(P_MAX, n->p, params.p);
        nettle_mpz_get_str_256(P_MAX, n->g, params.g);
        nettle_mpz_get_str_256(Q_MAX, n->q, params.q);
        st = source.status;
    }
    dsa_params_clear(&params);
    return st;
}

/* q's top bit is set: a value at or above it is seen no more often than every second time. */
static tlsn_status make_key(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                            const struct numbers *n, unsigned q_bits)
{
    struct tlsni_dl_params params = { { n->p, P_MAX }, { n->q, Q_MAX }, { n->g, P_MAX } };
    struct tlsn_span none = { NULL, 0 };
    uint8_t x[Q_MAX];
    size_t len = q_bits / 8;
    tlsn_status st = TLSN_ERR_KEY;

    for (int attempt = 0; attempt < 100 && st == TLSN_ERR_KEY; attempt++) {
        st = tlsni_random(env, x, len);
        if (st == TLSN_OK)
            st = tlsni_privkey_new_dsa(out, env, &params, tlsni_span_make(x, len), none);
    }
    tlsni_wipe(x, sizeof x);
    return st == TLSN_ERR_KEY ? TLSN_ERR_RANDOM : st;
}

tlsn_status tlsni_dsa_generate(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               unsigned bits)
{
    struct numbers n;
    tlsn_status st;

    *out = NULL;
    if (bits < TLSNI_DSA_BITS_MIN || bits > TLSNI_DSA_BITS_MAX || bits % 8)
        return TLSN_ERR_ARGUMENT;
    st = make_params(&n, env, bits);
    return st == TLSN_OK ? make_key(out, env, &n, order_bits(bits)) : st;
}
