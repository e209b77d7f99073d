/* kx_psk_dh.c - a Diffie-Hellman exchange that the pre-shared key authenticates: finite field (RFC
 * 4279 3) or elliptic curves (RFC 5489 2). The exchange itself is that of kx_dhe.c or kx_ecdhe.c
 * with the hint in front of its parameters and the identity in front of the client's public
 * value. */
#include "handshake/kx_psk.h"

/* @rfc 4279:3/1, 4279:3/2, 5489:2/1, 5489:2/2, 5489:2/3 */
static void write_params(struct tlsni_hs *hs, struct tlsni_wr *w, const struct tlsni_kx_ops *dh)
{
    tlsni_psk_write_hint(hs, w);
    dh->write_params(hs, w);
}

static tlsn_status read_params(struct tlsni_hs *hs, struct tlsni_rd *r,
                               const struct tlsni_kx_ops *dh)
{
    tlsn_status st = tlsni_psk_read_hint(hs, r);

    return st == TLSN_OK ? dh->read_params(hs, r) : st;
}

/* other_secret is what the exchange gave: the kinds keep or strip leading zeros themselves.
 * @rfc 4279:3/4 */
static tlsn_status combine(struct tlsni_hs *hs)
{
    return tlsni_psk_premaster(hs, tlsni_span_make(hs->premaster, hs->premaster_len));
}

/* @rfc 4279:3/3, 5489:2/1 */
static tlsn_status write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w,
                                  const struct tlsni_kx_ops *dh)
{
    tlsn_status st;

    tlsni_psk_write_identity(hs, w);
    st = dh->write_exchange(hs, w);
    return st == TLSN_OK ? combine(hs) : st;
}

static tlsn_status read_exchange(struct tlsni_hs *hs, struct tlsn_span body,
                                 const struct tlsni_kx_ops *dh)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    tlsn_status st = tlsni_psk_read_identity(hs, &r);

    return st == TLSN_OK ? dh->read_exchange(hs, tlsni_rd_rest(&r)) : st;
}

static tlsn_status finish_exchange(struct tlsni_hs *hs, const struct tlsni_kx_ops *dh)
{
    tlsn_status st = tlsni_psk_find(hs);

    if (st == TLSN_OK)
        st = dh->finish_exchange(hs);
    return st == TLSN_OK ? combine(hs) : st;
}

/* ---- one set of functions a kind ---- */

#define KIND(name, dh)                                                                             \
    /* RFC 5489 2: never without a common group. @rfc 8442:3/6, 4279:7.4/2 */                       \
    static bool name##_feasible(struct tlsni_hs *hs) { return dh.feasible(hs); }                   \
    static tlsn_status name##_prepare(struct tlsni_hs *hs) { return dh.prepare(hs); }              \
    static void name##_write_params(struct tlsni_hs *hs, struct tlsni_wr *w)                       \
    {                                                                                              \
        write_params(hs, w, &dh);                                                                  \
    }                                                                                              \
    static tlsn_status name##_read_params(struct tlsni_hs *hs, struct tlsni_rd *r)                 \
    {                                                                                              \
        return read_params(hs, r, &dh);                                                            \
    }                                                                                              \
    static tlsn_status name##_write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w)              \
    {                                                                                              \
        return write_exchange(hs, w, &dh);                                                         \
    }                                                                                              \
    static tlsn_status name##_read_exchange(struct tlsni_hs *hs, struct tlsn_span body)            \
    {                                                                                              \
        return read_exchange(hs, body, &dh);                                                       \
    }                                                                                              \
    static tlsn_status name##_finish_exchange(struct tlsni_hs *hs)                                 \
    {                                                                                              \
        return finish_exchange(hs, &dh);                                                           \
    }                                                                                              \
    const struct tlsni_kx_ops tlsni_kx_##name

/* Private values are drawn for each handshake. @rfc 4279:7.1/1 */
KIND(dhe_psk, tlsni_kx_dhe) = {
    .kx = TLSNI_KX_DHE_PSK,
    .psk = true,
    .offered = tlsni_psk_known,
    .served = tlsni_psk_known,
    .feasible = dhe_psk_feasible,
    .prepare = dhe_psk_prepare,
    .params_extra = tlsni_psk_hint_room,
    .write_params = dhe_psk_write_params,
    .read_params = dhe_psk_read_params,
    .choose = tlsni_psk_choose,
    .exchange_extra = tlsni_psk_identity_room,
    .write_exchange = dhe_psk_write_exchange,
    .read_exchange = dhe_psk_read_exchange,
    .finish_exchange = dhe_psk_finish_exchange,
};

KIND(ecdhe_psk, tlsni_kx_ecdhe) = {
    .kx = TLSNI_KX_ECDHE_PSK,
    .psk = true,
    .offered = tlsni_psk_known,
    .served = tlsni_psk_known,
    .feasible = ecdhe_psk_feasible,
    .prepare = ecdhe_psk_prepare,
    .params_extra = tlsni_psk_hint_room,
    .write_params = ecdhe_psk_write_params,
    .read_params = ecdhe_psk_read_params,
    .choose = tlsni_psk_choose,
    .exchange_extra = tlsni_psk_identity_room,
    .write_exchange = ecdhe_psk_write_exchange,
    .read_exchange = ecdhe_psk_read_exchange,
    .finish_exchange = ecdhe_psk_finish_exchange,
};
