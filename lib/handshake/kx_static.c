/* kx_static.c - fixed Diffie-Hellman: the server's public value stands in its certificate, finite-field (RFC
 * 5246 7.4.2, 7.4.7.2) or on a curve (RFC 4492 2.1, 2.3). The client's is ephemeral.
 *
 * There is no ServerKeyExchange and nothing is signed: only the owner of the certificate's key can finish.
 * There is no forward secrecy either, and a server's answers to chosen public values all come from one key
 * (Raccoon, small subgroups): off by default, and values are checked before the key meets them.
 * @rfc 5246:7.4.3/5, 2246:7.4.3/5, 4346:7.4.3/5, 4492:2.1/2 */
#include "base/env.h"
#include "handshake/kx.h"
#include "handshake/negotiate.h"

/* Server: what was a private-key operation becomes the premaster secret, without leading zeros where the
 * exchange leaves them out. */
static tlsn_status finish(struct tlsni_hs *hs, size_t expected, bool strip)
{
    struct tlsni_key_op *op = &hs->key_op;
    tlsn_status st = TLSN_OK;

    if (op->kind != TLSNI_OP_AGREE) {
        if (!hs->credential->key) /* a key outside need not be as careful as ours */
            st = tlsni_pubkey_meets(hs->credential->public_key, hs->env, hs->peer_public);
        if (st == TLSN_OK)
            tlsni_key_op_begin(hs, TLSNI_OP_AGREE, NULL, hs->peer_public);
    }
    if (st == TLSN_OK)
        st = tlsni_key_op_run(hs);
    if (st == TLSN_ERR_ILLEGAL_PARAMETER)
        return tlsni_fail(hs->err, st, "handshake", "client's public value of %zu bytes is not valid "
                          "in the group of the certificate", hs->peer_public.len);
    if (st == TLSN_OK && op->result_len != expected)
        st = TLSN_ERR_KEY_OP;
    if (st == TLSN_OK)
        st = tlsni_kx_reserve(hs, 0, 0, expected);
    if (st != TLSN_OK)
        return st;
    hs->premaster_len = expected;
    memcpy(hs->premaster, op->result, expected);
    tlsni_wipe(op->result, expected);
    if (strip)
        tlsni_kx_strip_zeros(hs);
    return TLSN_OK;
}

/* ---- on a curve ---- */

/* @rfc 8422:5.3/6 */
static tlsn_status ecdh_certificate_known(struct tlsni_hs *hs)
{
    uint16_t id = tlsni_pubkey_group(hs->peer.key);

    if (tlsni_ids_has(&hs->cfg->groups, id))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_CERT_UNSUPPORTED, "handshake",
                      "server's certificate holds a key on curve %u, which was not offered", id);
}

/* @rfc 4492:2.1/3 */
static tlsn_status ecdh_write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsn_status st = tlsni_kx_keep_public(hs, tlsni_pubkey_point(hs->peer.key));

    hs->group = tlsni_group_find(tlsni_pubkey_group(hs->peer.key));
    if (st == TLSN_OK)
        st = tlsni_kx_ecdhe.write_exchange(hs, w);
    hs->group = NULL; /* none was negotiated */
    return st;
}

static tlsn_status ecdh_read_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    return tlsni_kx_ecdhe.read_exchange(hs, body);
}

static tlsn_status ecdh_finish_exchange(struct tlsni_hs *hs)
{
    const struct tlsni_group *g = tlsni_group_find(tlsni_pubkey_group(hs->credential->public_key));

    return finish(hs, g->shared_len, false);
}

const struct tlsni_kx_ops tlsni_kx_ecdh = {
    .kx = TLSNI_KX_ECDH,
    .auths = 1U << TLSNI_AUTH_RSA | 1U << TLSNI_AUTH_ECDSA,
    .feasible = tlsni_kx_no_group,
    .certificate_known = ecdh_certificate_known,
    .write_exchange = ecdh_write_exchange,
    .read_exchange = ecdh_read_exchange,
    .finish_exchange = ecdh_finish_exchange,
};

/* ---- finite field ---- */

static tlsn_status dh_certificate_known(struct tlsni_hs *hs)
{
    unsigned bits = tlsni_pubkey_bits(hs->peer.key);
    unsigned least = hs->suite->export_bits ? 512 : hs->cfg->limits.dh_bits_min;

    if (bits >= least)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_INSUFFICIENT_SECURITY, "handshake",
                      "server's certificate holds a DH key of %u bits, at least %u are wanted", bits,
                      least);
}

static tlsn_status dh_write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    struct tlsni_dl_params params;
    struct tlsn_span y;
    tlsn_status st;

    tlsni_pubkey_dl_numbers(hs->peer.key, &params, &y);
    hs->dh = (struct tlsni_dh_params){ params.p, params.g };
    hs->group = tlsni_dh_identify(&hs->dh);
    st = tlsni_kx_keep_public(hs, y);
    if (st == TLSN_OK)
        st = tlsni_kx_dhe.write_exchange(hs, w);
    hs->group = NULL;
    return st;
}

static tlsn_status dh_read_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    return tlsni_kx_dhe.read_exchange(hs, body);
}

static tlsn_status dh_finish_exchange(struct tlsni_hs *hs)
{
    return finish(hs, (tlsni_pubkey_bits(hs->credential->public_key) + 7) / 8, true);
}

const struct tlsni_kx_ops tlsni_kx_dh = {
    .kx = TLSNI_KX_DH,
    .auths = 1U << TLSNI_AUTH_RSA | 1U << TLSNI_AUTH_DSS,
    .exports = true,
    .feasible = tlsni_kx_no_group,
    .certificate_known = dh_certificate_known,
    .write_exchange = dh_write_exchange,
    .read_exchange = dh_read_exchange,
    .finish_exchange = dh_finish_exchange,
};
