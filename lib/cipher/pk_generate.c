/* pk_generate.c - fresh keys of every kind. */
#include "base/bytes.h"
#include "base/env.h"
#include "cipher/dsa_generate.h"
#include "cipher/group.h"
#include "cipher/pk_impl.h"
#include "cipher/rsa_generate.h"

static tlsn_status generate_ec(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               uint16_t group)
{
    const struct tlsni_ec *ec = tlsni_ec_find(group);
    struct tlsn_span none = { NULL, 0 };
    mp_limb_t k[TLSNI_EC_LIMBS_MAX];
    uint8_t scalar[TLSNI_EC_LEN_MAX];
    tlsn_status st;

    if (!ec)
        return TLSN_ERR_NOT_IMPLEMENTED;
    st = tlsni_ec_scalar_random(ec, env, k);
    if (st == TLSN_OK) {
        tlsni_limbs_put(scalar, ec->len, k, tlsni_ec_limbs(ec));
        st = tlsni_privkey_new_ec(out, env, group, tlsni_span_make(scalar, ec->len), none);
    }
    tlsni_wipe(k, sizeof k);
    tlsni_wipe(scalar, sizeof scalar);
    return st;
}

static tlsn_status generate_eddsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                  enum tlsni_key_type type)
{
    uint8_t seed[TLSNI_EDDSA_LEN_MAX];
    size_t len = tlsni_eddsa_len(type);
    tlsn_status st = tlsni_random(env, seed, len);

    if (st == TLSN_OK)
        st = tlsni_privkey_new_eddsa(out, env, type, tlsni_span_make(seed, len));
    tlsni_wipe(seed, sizeof seed);
    return st;
}

/* In a named group, whose prime is safe: q = (p - 1) / 2. The exponent is as short as RFC 7919 allows. */
static tlsn_status generate_dh(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               uint16_t id)
{
    const struct tlsni_group *g = tlsni_group_find(id);
    uint8_t x[TLSNI_GROUP_PRIVATE_MAX], y[TLSNI_GROUP_PUBLIC_MAX], q[TLSNI_GROUP_PUBLIC_MAX];
    struct tlsni_dl_params params;
    tlsn_status st;

    if (!g || g->kind != TLSNI_GROUP_FF)
        return TLSN_ERR_NOT_IMPLEMENTED;
    params.p = tlsni_dh_params_of(g).p;
    params.g = tlsni_dh_params_of(g).g;
    params.q = tlsni_span_make(q, params.p.len);
    for (size_t i = 0; i < params.p.len; i++)
        q[i] = (uint8_t)(params.p.data[i] >> 1 | (i ? params.p.data[i - 1] << 7 : 0));
    st = g->keygen(g, env, x, y);
    if (st == TLSN_OK)
        st = tlsni_privkey_new_dh(out, env, &params, tlsni_span_make(x, g->private_len),
                                  tlsni_span_make(y, g->public_len));
    tlsni_wipe(x, sizeof x);
    return st;
}

tlsn_status tlsni_privkey_generate(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                   enum tlsni_key_type type, unsigned bits, uint16_t group)
{
    *out = NULL;
    switch (type) {
    case TLSNI_KEY_RSA:
    case TLSNI_KEY_RSA_PSS:
        return tlsni_rsa_generate(out, env, type, bits);
    case TLSNI_KEY_EC:
        return generate_ec(out, env, group);
    case TLSNI_KEY_ED25519:
    case TLSNI_KEY_ED448:
        return generate_eddsa(out, env, type);
    case TLSNI_KEY_DSA:
        return tlsni_dsa_generate(out, env, bits);
    case TLSNI_KEY_DH:
        return generate_dh(out, env, group);
    case TLSNI_KEY_NONE:
        break;
    }
    return TLSN_ERR_ARGUMENT;
}
