/* compress_certificate.c - how the peer may pack its Certificate message, RFC 8879 3: said in ClientHello and
 * in CertificateRequest, answered by the packed message alone. */
#include "ext/rows.h"

/* @rfc 8879:3/1, 8879:3/2, 8879:3/3, 8879:3/4, 8879:6/1, 8879:7.1/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return (hs->worlds & TLSNI_WORLD_13) && hs->cfg->cert_compressions.count;
}

static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->cert_compressions.count != 0;
}

static void write_list(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    const struct tlsni_ids *ids = &hs->cfg->cert_compressions;
    size_t list = tlsni_wr_open(w, 1);

    for (size_t i = 0; i < ids->count; i++)
        tlsni_wr_u16(w, ids->id[i]);
    tlsni_wr_close(w, 1, list);
}

static bool has(struct tlsn_span list, uint16_t id)
{
    struct tlsni_rd r = tlsni_rd_span(list);

    while (tlsni_rd_left(&r))
        if (tlsni_rd_u16(&r) == id)
            return true;
    return false;
}

/* Of what the peer takes, what we like best. Without a list of ours nothing is packed. */
static tlsn_status parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    const struct tlsni_ids *ids = &hs->cfg->cert_compressions;
    struct tlsn_span list = tlsni_rd_list_span(data, 1, 2, 2, 254);

    hs->tls13.pack_with = 0;
    for (size_t i = ids->count; i-- > 0;)
        if (has(list, ids->id[i]))
            hs->tls13.pack_with = ids->id[i];
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_compress_certificate = {
    .type = TLSNI_EXT_COMPRESS_CERTIFICATE,
    .name = "compress_certificate",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, write_list, parse, NULL },
        [TLSNI_IN_CERTIFICATE_REQUEST] = { server_wanted, write_list, parse, NULL },
    },
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 8879 3",
};
