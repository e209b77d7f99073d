/* certificate_authorities.c - the authorities whose certificates a peer takes, RFC 8446 4.2.4. In
 * CertificateRequest it stands for the list of older versions. A client names those of its
 * trusted_ca_keys (RFC 6066 6) that are names, and a server that has several chains prefers one of theirs. */
#include "ext/rows.h"

static bool request_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->authorities.len != 0;
}

static void request_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_vec(w, 2, hs->cfg->authorities);
}

/* @rfc 8446:4.2.4/3 */
static bool read_names(struct tlsni_rd *data, struct tlsn_span *names)
{
    struct tlsni_rd list = tlsni_rd_vec(data, 2, 3, 65535);

    *names = tlsni_span_make(list.p, tlsni_rd_left(&list));
    while (tlsni_rd_left(&list))
        (void)tlsni_rd_vec_span(&list, 2, 1, 65535);
    return tlsni_rd_done(&list);
}

static tlsn_status request_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    return read_names(data, &hs->certificate_request.authorities) ? TLSN_OK : TLSN_ERR_DECODE;
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    return read_names(data, &hs->peer_authorities) ? TLSN_OK : TLSN_ERR_DECODE;
}

/* The next name of the client's authorities, empty behind the last. */
static struct tlsn_span next_name(struct tlsni_rd *r)
{
    struct tlsni_authority a;

    while (tlsni_authority_next(r, &a))
        if (a.type == TLSN_CA_NAME)
            return a.id;
    return tlsni_span_make(NULL, 0);
}

static bool client_wanted(const struct tlsni_hs *hs)
{
    struct tlsni_rd r = tlsni_rd_span(hs->cfg->trusted_cas);

    return next_name(&r).len != 0;
}

static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    struct tlsni_rd r = tlsni_rd_span(hs->cfg->trusted_cas);
    size_t mark = tlsni_wr_open(w, 2);
    struct tlsn_span name;

    while ((name = next_name(&r)).len)
        tlsni_wr_vec(w, 2, name);
    tlsni_wr_close(w, 2, mark);
}

const struct tlsni_ext tlsni_ext_certificate_authorities = {
    .type = TLSNI_EXT_CERTIFICATE_AUTHORITIES,
    .name = "certificate_authorities",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_CERTIFICATE_REQUEST] = { request_wanted, request_write, request_parse, NULL },
    },
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 8446 4.2.4",
};
