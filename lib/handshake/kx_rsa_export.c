/* kx_rsa_export.c - RSA key transport of export suites (RFC 2246 7.4.3, D.1).
 *
 * With a certificate whose key is longer than the suite allows, the server signs a temporary key that is
 * short enough, in a ServerKeyExchange; with a short one this is RSA key transport as ever and a
 * ServerKeyExchange is not allowed. A temporary key serves one handshake. For research by name only: keys
 * of 512 bits can be broken, and FREAK was servers and clients that took them without being asked.
 * @rfc 2246:7.2.2/23, 2246:7.4.2/22, 2246:7.4.3/13, 2246:7.4.3/14, 2246:D.1/1, 2246:D.1/2
 * @rfc export56:5/1, export56:5/2 */
#include "base/alert.h"
#include "handshake/kx.h"
#include "handshake/kx_rsa.h"

bool tlsni_kx_needs_temporary(const struct tlsni_suite *suite, const struct tlsni_pubkey *key)
{
    return suite->kx == TLSNI_KX_RSA_EXPORT && tlsni_pubkey_bits(key) > suite->export_bits;
}

static bool has_params(const struct tlsni_hs *hs)
{
    return tlsni_kx_needs_temporary(hs->suite, hs->credential->public_key);
}

/* Client: the certificate's key decides whether parameters have to follow. */
static tlsn_status certificate_known(struct tlsni_hs *hs)
{
    if (tlsni_kx_needs_temporary(hs->suite, hs->peer.key))
        hs->facts |= TLSNI_F_SKE | TLSNI_F_SKE_SIGNED;
    return TLSN_OK;
}

/* The size that was configured, or what the suite allows. */
static unsigned temporary_bits(const struct tlsni_hs *hs)
{
    unsigned wanted = hs->cfg->rsa_export_bits, most = hs->suite->export_bits;

    return wanted && wanted < most ? wanted : most;
}

static tlsn_status prepare(struct tlsni_hs *hs)
{
    return tlsni_privkey_generate_export(&hs->temporary_key, hs->env, temporary_bits(hs));
}

static void write_params(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    struct tlsni_msg_rsa_params m;

    tlsni_pubkey_rsa_numbers(tlsni_privkey_public(hs->temporary_key), &m.modulus, &m.exponent);
    tlsni_msg_rsa_params_write(w, &m);
}

static tlsn_status accept_key(struct tlsni_hs *hs)
{
    unsigned bits = tlsni_pubkey_bits(hs->temporary_public);

    if (bits <= hs->suite->export_bits)
        return TLSN_OK;
    return tlsni_fail_alert(hs->err, TLSN_ERR_ILLEGAL_PARAMETER,
                            TLSNI_ALERT_EXPORT_RESTRICTION, "handshake",
                            "server's temporary RSA key has %u bits, %s allows %u", bits,
                            hs->suite->name, hs->suite->export_bits);
}

static tlsn_status read_params(struct tlsni_hs *hs, struct tlsni_rd *r)
{
    struct tlsni_msg_rsa_params m;
    tlsn_status st;

    tlsni_msg_rsa_params_read(r, &m);
    if (r->bad)
        return TLSN_ERR_DECODE;
    st = tlsni_pubkey_new_rsa(&hs->temporary_public, hs->env, TLSNI_KEY_RSA, m.modulus, m.exponent);
    if (st == TLSN_OK)
        return accept_key(hs);
    if (st == TLSN_ERR_NO_MEMORY)
        return st;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                      "server's temporary RSA key of %zu bytes is not sound", m.modulus.len);
}

static tlsn_status write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    return tlsni_kx_rsa_write(hs, w, hs->temporary_public ? hs->temporary_public : hs->peer.key);
}

/* With the temporary key, which nobody holds outside. */
static tlsn_status finish_exchange(struct tlsni_hs *hs)
{
    tlsn_status st;

    if (!hs->temporary_key)
        return tlsni_kx_rsa_finish(hs);
    st = tlsni_kx_reserve(hs, 0, 0, TLSNI_MASTER_LEN);
    if (st != TLSN_OK)
        return st;
    hs->premaster_len = TLSNI_MASTER_LEN;
    return tlsni_kx_rsa_decrypt(hs, hs->temporary_key, hs->peer_public, hs->premaster);
}

const struct tlsni_kx_ops tlsni_kx_rsa_export = {
    .kx = TLSNI_KX_RSA_EXPORT,
    .auths = 1U << TLSNI_AUTH_RSA,
    .exports = true,
    .feasible = tlsni_kx_no_group,
    .has_params = has_params,
    .certificate_known = certificate_known,
    .prepare = prepare,
    .write_params = write_params,
    .read_params = read_params,
    .write_exchange = write_exchange,
    .read_exchange = tlsni_kx_rsa_read,
    .finish_exchange = finish_exchange,
};
