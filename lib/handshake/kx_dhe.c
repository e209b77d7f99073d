/* kx_dhe.c - ephemeral finite-field Diffie-Hellman (RFC 5246 7.4.3, RFC 7919). */
#include "base/alert.h"
#include "handshake/kx.h"
#include "handshake/negotiate.h"

enum { EXPORT_BITS_MIN = 512 };

/* A group that was configured, for this suite and a client that names none. */
static bool configured_fits(const struct tlsni_hs *hs)
{
    size_t bits = tlsni_dh_bits(&hs->cfg->dh), most = hs->suite->export_bits;

    return most ? bits && bits <= most : bits && !tlsni_client_lists_ff(hs);
}

/* Export suites know nothing of named groups: the one that was configured, or ours of that size.
 * @rfc 7919:4/6 */
static bool feasible(struct tlsni_hs *hs)
{
    hs->ff_negotiated = false;
    if (configured_fits(hs)) {
        hs->dh = hs->cfg->dh;
        hs->group = tlsni_dh_identify(&hs->dh);
        return true;
    }
    if (hs->suite->export_bits) {
        hs->dh = tlsni_dh_export(hs->suite->export_bits);
        hs->group = NULL;
        return hs->dh.p.len != 0;
    }
    hs->group = tlsni_negotiate_group(hs, true);
    if (!hs->group)
        return false;
    hs->dh = tlsni_dh_params_of(hs->group);
    hs->ff_negotiated = tlsni_wire_has(hs->peer_groups, hs->group->id);
    return true;
}

/* *len: bytes of the public value. */
static tlsn_status keygen(struct tlsni_hs *hs, size_t *len)
{
    const struct tlsni_group *g = hs->group;
    tlsn_status st;

    *len = g ? g->public_len : (tlsni_dh_bits(&hs->dh) + 7) / 8;
    st = tlsni_kx_reserve(hs, g ? g->private_len : *len, *len, *len);
    if (st != TLSN_OK)
        return st;
    return g ? g->keygen(g, hs->env, hs->private_key, hs->public_key)
             : tlsni_dh_keygen(&hs->dh, hs->env, hs->private_key, hs->public_key);
}

/* @rfc 5246:F.1.1.3/2, 5246:F.1.1.3/5 */
static tlsn_status prepare(struct tlsni_hs *hs)
{
    size_t len;

    return keygen(hs, &len);
}

/* @rfc 5246:7.4.3/3, 5246:7.4.3/6 */
static void write_params(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t len = (tlsni_dh_bits(&hs->dh) + 7) / 8;
    struct tlsni_msg_dh_params m = { hs->dh.p, hs->dh.g, { hs->public_key, len } };

    tlsni_msg_dh_params_write(w, &m);
}

/* Copies of p and g behind each other; the public value follows by tlsni_kx_keep_public, for which
 * room is made now so that these spans stay. */
static tlsn_status keep(struct tlsni_hs *hs, const struct tlsni_msg_dh_params *m)
{
    struct tlsni_buf *b = &hs->kx_params;
    tlsn_status st = tlsni_buf_reserve(hs->env, b, m->p.len + m->g.len + m->y.len);

    if (st == TLSN_OK)
        st = tlsni_buf_append(hs->env, b, m->p.data, m->p.len);
    if (st == TLSN_OK)
        st = tlsni_buf_append(hs->env, b, m->g.data, m->g.len);
    if (st == TLSN_OK)
        st = tlsni_kx_keep_public(hs, m->y);
    if (st != TLSN_OK)
        return st;
    hs->dh.p = tlsni_span_make(b->data + b->start, m->p.len);
    hs->dh.g = tlsni_span_make(b->data + b->start + m->p.len, m->g.len);
    return TLSN_OK;
}

/* A group of the server's own making: with a safe prime it has no small subgroups, in which a hidden
 * trapdoor or a third party's value could give the secret away.
 * @rfc 5246:D.4/7 */
static bool own_group_is_sound(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_INSECURE_DH_PRIMES) || tlsni_dh_is_safe(&hs->dh);
}

/* hs->group stays NULL for a group without a row.
 * @rfc 5246:D.4/7, 5246:F.1.1.3/3, 7919:3/7, 7919:3/8, 7919:3.1/1, 7919:3.1/2, 7919:3.1/3 */
static tlsn_status accept_group(struct tlsni_hs *hs)
{
    size_t bits = tlsni_dh_bits(&hs->dh), most = hs->suite->export_bits;
    size_t least = most ? (size_t)EXPORT_BITS_MIN : hs->cfg->limits.dh_bits_min;

    if (most && bits > most)
        return tlsni_fail_alert(hs->err, TLSN_ERR_ILLEGAL_PARAMETER,
                                TLSNI_ALERT_EXPORT_RESTRICTION, "handshake",
                                "server's DH group has %zu bits, %s allows %zu", bits,
                                hs->suite->name, most);
    if (bits < least)
        return tlsni_fail(hs->err, TLSN_ERR_INSUFFICIENT_SECURITY, "handshake",
                          "server's DH group has %zu bits, at least %zu are wanted", bits, least);
    if (tlsni_dh_check(&hs->dh) != TLSN_OK)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "server's DH group of %zu bits is not sound", bits);
    hs->group = tlsni_dh_identify(&hs->dh);
    if (!hs->group && !own_group_is_sound(hs))
        return tlsni_fail(hs->err, TLSN_ERR_INSUFFICIENT_SECURITY, "handshake",
                          "the prime of the server's own DH group of %zu bits is not safe", bits);
    hs->ff_negotiated = hs->group && tlsni_ids_has(&hs->cfg->groups, hs->group->id);
    return TLSN_OK;
}

static tlsn_status read_params(struct tlsni_hs *hs, struct tlsni_rd *r)
{
    struct tlsni_msg_dh_params m;
    tlsn_status st;

    tlsni_msg_dh_params_read(r, &m);
    if (r->bad)
        return TLSN_ERR_DECODE;
    st = keep(hs, &m);
    return st == TLSN_OK ? accept_group(hs) : st;
}

static tlsn_status derive(struct tlsni_hs *hs)
{
    tlsn_status st = tlsni_kx_derive(hs);

    if (st == TLSN_OK)
        tlsni_kx_strip_zeros(hs);
    return st;
}

/* @rfc 5246:7.4.7.2/1 */
static tlsn_status write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t len;
    tlsn_status st = keygen(hs, &len);

    if (st == TLSN_OK)
        st = derive(hs);
    if (st == TLSN_OK)
        tlsni_msg_exchange_write(w, 2, tlsni_span_make(hs->public_key, len));
    return st;
}

static tlsn_status read_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span y;
    tlsn_status st = tlsni_msg_exchange_parse(body, 2, &y);

    return st == TLSN_OK ? tlsni_kx_keep_public(hs, y) : st;
}

const struct tlsni_kx_ops tlsni_kx_dhe = {
    .kx = TLSNI_KX_DHE,
    .auths = 1U << TLSNI_AUTH_NONE | 1U << TLSNI_AUTH_RSA | 1U << TLSNI_AUTH_DSS,
    .exports = true,
    .feasible = feasible,
    .prepare = prepare,
    .write_params = write_params,
    .read_params = read_params,
    .write_exchange = write_exchange,
    .read_exchange = read_exchange,
    .finish_exchange = derive,
};
