/* pk_agree.c - static Diffie-Hellman: key agreement with a key that lives long (RFC 5246 8.1.2, RFC 4492
 * 2.1 and 2.3).
 *
 * The peer chooses a value, sees how we react, and may ask as often as it likes: the value is shown to be in
 * the right group before the key meets it. */
#include "base/bytes.h"
#include "cipher/group.h"
#include "cipher/pk_impl.h"

static tlsn_status agree_ec(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                            struct tlsn_span peer, uint8_t *shared, size_t *shared_len)
{
    const struct tlsni_group *g = tlsni_group_find(tlsni_pubkey_group(key->pub));

    *shared_len = g->shared_len;
    return g->derive(g, env, key->u.scalar, peer.data, peer.len, shared);
}

static tlsn_status agree_dh(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                            struct tlsn_span peer, uint8_t *shared, size_t *shared_len)
{
    const struct tlsni_dl_params *params = &key->pub->u.dl.params;
    const struct tlsni_dh_params group = { params->p, params->g };
    tlsn_status st = tlsni_dl_member(key->pub, env, peer);

    *shared_len = params->p.len;
    return st == TLSN_OK ? tlsni_dh_derive(&group, env, key->block, peer.data, peer.len, shared)
                         : st;
}

tlsn_status tlsni_pubkey_meets(const struct tlsni_pubkey *key, const struct tlsn_hooks *env,
                               struct tlsn_span peer)
{
    struct tlsni_pubkey *point;
    tlsn_status st;

    if (key->type == TLSNI_KEY_DH)
        return tlsni_dl_member(key, env, peer);
    if (key->type != TLSNI_KEY_EC)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = tlsni_pubkey_new_ec(&point, env, tlsni_pubkey_group(key), peer);
    tlsni_pubkey_free(point);
    return st;
}

tlsn_status tlsni_privkey_agree(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                                struct tlsn_span peer, uint8_t *shared, size_t *shared_len)
{
    *shared_len = 0;
    switch (key->pub->type) {
    case TLSNI_KEY_EC:
        return agree_ec(key, env, peer, shared, shared_len);
    case TLSNI_KEY_DH:
        return agree_dh(key, env, peer, shared, shared_len);
    default:
        return TLSN_ERR_ILLEGAL_PARAMETER;
    }
}
