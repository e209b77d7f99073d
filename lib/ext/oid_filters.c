/* oid_filters.c - what a server wants to stand in a client's certificate, RFC 8446 4.2.5. What it means is in
 * x509/oid_filter.c. */
#include "ext/rows.h"
#include "x509/oid_filter.h"

/* @rfc 8446:4.2.5/1 */
static bool request_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->oid_filters.len != 0;
}

static void request_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_vec(w, 2, hs->cfg->oid_filters);
}

static tlsn_status request_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list = tlsni_rd_vec_span(data, 2, 0, 65535);

    if (!tlsni_rd_done(data))
        return TLSN_ERR_DECODE;
    if (!tlsni_oid_filters_sound(list))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "extension",
                          "oid_filters of %zu bytes name something twice, or a value that is none",
                          list.len);
    hs->certificate_request.oid_filters = list;
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_oid_filters = {
    .type = TLSNI_EXT_OID_FILTERS,
    .name = "oid_filters",
    .in = {
        [TLSNI_IN_CERTIFICATE_REQUEST] = { request_wanted, request_write, request_parse, NULL },
    },
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 8446 4.2.5",
};
