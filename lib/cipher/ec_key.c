/* ec_key.c - EC keys for ECDSA: points checked and kept as limbs, scalars checked. */
#include "base/bytes.h"
#include "cipher/group.h"
#include "cipher/pk_impl.h"

static struct tlsni_pubkey *make_public(const struct tlsn_hooks *env, const struct tlsni_ec *ec)
{
    struct tlsni_pubkey *key = tlsni_pubkey_alloc(env, TLSNI_KEY_EC, sizeof *key);

    if (key)
        key->u.ec.curve = ec;
    return key;
}

tlsn_status tlsni_pubkey_new_ec(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                uint16_t group, struct tlsn_span point)
{
    const struct tlsni_ec *ec = tlsni_ec_find(group);
    mp_limb_t xy[2 * TLSNI_EC_LIMBS_MAX];

    *out = NULL;
    if (!ec)
        return TLSN_ERR_NOT_IMPLEMENTED;
    if (!tlsni_ec_point_get(ec, xy, point))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    *out = make_public(env, ec);
    if (!*out)
        return TLSN_ERR_NO_MEMORY;
    tlsni_limbs_copy((*out)->u.ec.xy, xy, 2 * tlsni_ec_limbs(ec));
    memcpy((*out)->u.ec.bytes, point.data, point.len);
    return TLSN_OK;
}

/* The scalar is in key->u.scalar; the point follows from it. */
static tlsn_status finish(struct tlsni_privkey *key, const struct tlsni_ec *ec,
                          struct tlsn_span point)
{
    mp_limb_t k[TLSNI_EC_LIMBS_MAX];
    struct tlsni_ec_public *pub = &key->pub->u.ec;
    tlsn_status st = TLSN_ERR_KEY;

    if (tlsni_ec_scalar_get(ec, k, key->u.scalar)) {
        ec->kernel->mul_g(ec, pub->xy, k);
        TLSNI_CT_PUBLIC(pub->xy, sizeof pub->xy);
        tlsni_ec_point_put(ec, pub->bytes, pub->xy);
        if (!point.len || tlsni_span_eq(point, tlsni_pubkey_point(key->pub)))
            st = TLSN_OK;
    }
    tlsni_wipe(k, sizeof k);
    return st;
}

tlsn_status tlsni_privkey_new_ec(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                 uint16_t group, struct tlsn_span scalar, struct tlsn_span point)
{
    const struct tlsni_ec *ec = tlsni_ec_find(group);
    struct tlsni_privkey *key;
    tlsn_status st;

    *out = NULL;
    if (!ec)
        return TLSN_ERR_NOT_IMPLEMENTED;
    while (scalar.len > ec->len && !scalar.data[0]) {
        scalar.data++;
        scalar.len--;
    }
    if (!scalar.len || scalar.len > ec->len)
        return TLSN_ERR_KEY;
    key = tlsni_privkey_alloc(env, sizeof *key);
    if (!key)
        return TLSN_ERR_NO_MEMORY;
    memcpy(key->u.scalar + (ec->len - scalar.len), scalar.data, scalar.len);
    key->pub = make_public(env, ec);
    st = key->pub ? finish(key, ec, point) : TLSN_ERR_NO_MEMORY;
    if (st == TLSN_OK)
        *out = key;
    else
        tlsni_privkey_free(key);
    return st;
}
