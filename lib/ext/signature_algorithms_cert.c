/* signature_algorithms_cert.c - what the client can verify in certificates, where that is not what it
 * can verify in the handshake: RFC 8446 4.2.3, which TLS 1.2 has too. */
#include "cipher/sigalg.h"
#include "ext/rows.h"

/* @rfc 8446:4.2.3/1, 8446:4.2.3/4 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->sigalgs_cert.count != 0;
}

/* @rfc 8446:4.2.3/16 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    const struct tlsni_ids *ids = &hs->cfg->sigalgs_cert;
    size_t list = tlsni_wr_open(w, 2);

    for (int weak = 0; weak < 2; weak++)
        for (size_t i = 0; i < ids->count; i++)
            if (tlsni_sigalg_weak(ids->id[i]) == (bool)weak)
                tlsni_wr_u16(w, ids->id[i]);
    tlsni_wr_close(w, 2, list);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->peer_sigalgs_cert = tlsni_rd_list_span(data, 2, 2, 2, 65534);
    return TLSN_OK;
}

static tlsn_status request_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->certificate_request.sigalgs_cert = tlsni_rd_list_span(data, 2, 2, 2, 65534);
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_signature_algorithms_cert = {
    .type = TLSNI_EXT_SIGNATURE_ALGORITHMS_CERT,
    .name = "signature_algorithms_cert",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_CERTIFICATE_REQUEST] = { client_wanted, client_write, request_parse, NULL },
    },
    .source = "RFC 8446 4.2.3",
};
