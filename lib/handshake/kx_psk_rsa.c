/* kx_psk_rsa.c - RSA key transport together with a pre-shared key (RFC 4279 4): the certificate
 * authenticates the server, the key both. The 48 octets of RSA come by kx_rsa.c, which never tells
 * whether a ciphertext was sound. */
#include "handshake/kx_psk.h"

/* @rfc 4279:4/2 */
static bool has_hint(const struct tlsni_hs *hs)
{
    return hs->cfg->psk_hint.len != 0;
}

static tlsn_status prepare(struct tlsni_hs *hs)
{
    (void)hs;
    return TLSN_OK;
}

static void write_params(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_psk_write_hint(hs, w);
}

/* The length in front of the 48 octets is part of it.
 * @rfc 4279:4/5 */
static tlsn_status combine(struct tlsni_hs *hs)
{
    return tlsni_psk_premaster(hs, tlsni_span_make(hs->premaster, hs->premaster_len));
}

/* @rfc 4279:4/3, 4279:4/4 */
static tlsn_status write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsn_status st;

    tlsni_psk_write_identity(hs, w);
    st = tlsni_kx_rsa.write_exchange(hs, w);
    return st == TLSN_OK ? combine(hs) : st;
}

static tlsn_status read_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    tlsn_status st = tlsni_psk_read_identity(hs, &r);

    return st == TLSN_OK ? tlsni_kx_rsa.read_exchange(hs, tlsni_rd_rest(&r)) : st;
}

/* @rfc 4279:7.4/1 */
static tlsn_status finish_exchange(struct tlsni_hs *hs)
{
    tlsn_status st = tlsni_psk_find(hs);

    if (st == TLSN_OK)
        st = tlsni_kx_rsa.finish_exchange(hs);
    return st == TLSN_OK ? combine(hs) : st;
}

/* @rfc 4279:4/1 */
const struct tlsni_kx_ops tlsni_kx_rsa_psk = {
    .kx = TLSNI_KX_RSA_PSK,
    .psk = true,
    .offered = tlsni_psk_known,
    .served = tlsni_psk_known,
    .feasible = tlsni_kx_no_group,
    .has_params = has_hint,
    .prepare = prepare,
    .params_extra = tlsni_psk_hint_room,
    .write_params = write_params,
    .read_params = tlsni_psk_read_hint,
    .choose = tlsni_psk_choose,
    .exchange_extra = tlsni_psk_identity_room,
    .write_exchange = write_exchange,
    .read_exchange = read_exchange,
    .finish_exchange = finish_exchange,
};
