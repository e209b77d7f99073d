/* kx_ecdhe.c - ephemeral elliptic-curve Diffie-Hellman (RFC 8422 5.4, 5.7). */
#include "handshake/kx.h"
#include "handshake/negotiate.h"

static bool feasible(struct tlsni_hs *hs)
{
    hs->group = tlsni_negotiate_group(hs, false);
    return hs->group != NULL;
}

static tlsn_status keygen(struct tlsni_hs *hs)
{
    const struct tlsni_group *g = hs->group;
    tlsn_status st = tlsni_kx_reserve(hs, g->private_len, g->public_len, g->shared_len);

    return st == TLSN_OK ? g->keygen(g, hs->env, hs->private_key, hs->public_key) : st;
}

/* @rfc 8422:5.10/3 */
static tlsn_status prepare(struct tlsni_hs *hs)
{
    return keygen(hs);
}

/* @rfc 8422:5.4/2, 8422:2.3/2 */
static void write_params(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    struct tlsni_msg_ecdh_params m = { hs->group->id, { hs->public_key, hs->group->public_len } };

    tlsni_msg_ecdh_params_write(w, &m);
}

/* @rfc 8422:5.4/4, 6460:4.1/9 */
static tlsn_status read_params(struct tlsni_hs *hs, struct tlsni_rd *r)
{
    struct tlsni_msg_ecdh_params m;
    bool named;

    tlsni_msg_ecdh_params_read(r, &m, &named);
    /* @rfc 8422:5.4/3 */
    if (!named)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "server used a curve type other than named_curve");
    if (r->bad)
        return TLSN_ERR_DECODE;
    hs->group = tlsni_group_find(m.group);
    if (!tlsni_group_fits(hs, hs->group, false) ||
        !tlsni_ids_has(&hs->cfg->groups, m.group))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "server chose group %u, which was not offered with %s", m.group,
                          hs->suite->name);
    return tlsni_kx_keep_public(hs, m.point);
}

/* @rfc 8422:2.1/3, 8422:5.7/1 */
static tlsn_status write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsn_status st = keygen(hs);

    if (st == TLSN_OK)
        st = tlsni_kx_derive(hs);
    if (st == TLSN_OK)
        tlsni_msg_exchange_write(w, 1, tlsni_span_make(hs->public_key, hs->group->public_len));
    return st;
}

/* @rfc 8422:5.7/2 */
static tlsn_status read_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span point;
    tlsn_status st = tlsni_msg_exchange_parse(body, 1, &point);

    return st == TLSN_OK ? tlsni_kx_keep_public(hs, point) : st;
}

const struct tlsni_kx_ops tlsni_kx_ecdhe = {
    .kx = TLSNI_KX_ECDHE,
    .auths = 1U << TLSNI_AUTH_NONE | 1U << TLSNI_AUTH_RSA | 1U << TLSNI_AUTH_ECDSA,
    .feasible = feasible,
    .prepare = prepare,
    .write_params = write_params,
    .read_params = read_params,
    .write_exchange = write_exchange,
    .read_exchange = read_exchange,
    .finish_exchange = tlsni_kx_derive,
};
