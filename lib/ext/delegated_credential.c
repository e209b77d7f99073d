/* delegated_credential.c - RFC 9345 4.1: with which schemes the peer's delegated credentials may sign, said in
 * ClientHello and CertificateRequest; and such a credential, beside the certificate that signed it. */
#include "ext/rows.h"

/* It is said by configuration alone: the answer tells something of our clock.
 * @rfc 9345:7.5/1 */
static bool taken(const struct tlsni_hs *hs)
{
    return hs->cfg->delegated_schemes.count &&
           tlsni_cert_types_have(&hs->cfg->peer_types, TLSN_CERT_X509);
}

/* @rfc 9345:4.1.1/1, 9345:4.1.2/1 */
static void write_list(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    const struct tlsni_ids *ids = &hs->cfg->delegated_schemes;
    size_t list = tlsni_wr_open(w, 2);

    for (size_t i = 0; i < ids->count; i++)
        tlsni_wr_u16(w, ids->id[i]);
    tlsni_wr_close(w, 2, list);
}

static tlsn_status parse_list(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->tls13.peer_delegated = tlsni_rd_list_span(data, 2, 2, 2, 65534);
    return TLSN_OK;
}

/* ---- in the entry of the leaf ---- */

/* @rfc 9345:4.1.1/4, 9345:4.1.1/6, 9345:4.1.2/4, 9345:4.1.2/6 */
static bool entry_wanted(const struct tlsni_hs *hs)
{
    return hs->tls13.entry == 0 && hs->tls13.delegated && hs->own_type == TLSN_CERT_X509;
}

static void entry_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_put(w, hs->tls13.delegated->delegated_bytes, hs->tls13.delegated->delegated_len);
}

/* It is judged once the certificates are read. Those of other entries mean nothing.
 * @rfc 9345:4.1.1/7, 9345:4.1.1/8, 9345:4.1.2/7, 9345:4.1.2/8 */
static tlsn_status entry_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span bytes = tlsni_rd_rest(data);
    struct tlsni_delegated d;
    tlsn_status st;

    if (hs->tls13.entry)
        return TLSN_OK;
    if (hs->peer_type != TLSN_CERT_X509)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "extension",
                          "delegated credential beside a raw public key");
    st = tlsni_delegated_parse(bytes, &d);
    return st == TLSN_OK ? tlsni_buf_append(hs->env, &hs->peer.delegated, bytes.data, bytes.len) : st;
}

/* @rfc 9345:3/3, 9345:4.1/1, 9345:4.1.1/2, 9345:4.1.1/5, 9345:4.1.2/2 */
const struct tlsni_ext tlsni_ext_delegated_credential = {
    .type = TLSNI_EXT_DELEGATED_CREDENTIAL,
    .name = "delegated_credential",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { taken, write_list, parse_list, NULL },
        [TLSNI_IN_CERTIFICATE] = { entry_wanted, entry_write, entry_parse, NULL },
        [TLSNI_IN_CERTIFICATE_REQUEST] = { taken, write_list, parse_list, NULL },
    },
    .worlds = TLSNI_WORLD_13,
    .unasked = TLSN_ERR_UNEXPECTED_MESSAGE,
    .source = "RFC 9345 4.1",
};
