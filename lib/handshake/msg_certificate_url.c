/* msg_certificate_url.c - CertificateURL, RFC 6066 5. */
#include "handshake/msg.h"

enum { PADDING = 1, INDIVIDUAL = 0, PKIPATH = 1 };

bool tlsni_msg_url_next(struct tlsn_span *list, struct tlsni_msg_url *out)
{
    struct tlsni_rd r = tlsni_rd_span(*list);

    if (!list->len)
        return false;
    out->url = tlsni_rd_vec_span(&r, 2, 1, 65535);
    /* @rfc 6066:5/8 */
    if (tlsni_rd_u8(&r) != PADDING)
        tlsni_rd_fail(&r);
    out->sha1 = tlsni_rd_bytes(&r, TLSNI_MSG_URL_HASH);
    *list = tlsni_rd_rest(&r);
    return !r.bad;
}

tlsn_status tlsni_msg_certificate_url_parse(struct tlsn_span body,
                                            struct tlsni_msg_certificate_url *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsn_span rest;
    struct tlsni_msg_url url;
    uint8_t type = tlsni_rd_u8(&r);

    out->pkipath = type == PKIPATH;
    out->count = 0;
    out->list = tlsni_rd_vec_span(&r, 2, 1, 65535);
    if (!tlsni_rd_done(&r))
        return TLSN_ERR_DECODE;
    if (type != INDIVIDUAL && type != PKIPATH)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    for (rest = out->list; rest.len; out->count++)
        if (!tlsni_msg_url_next(&rest, &url))
            return TLSN_ERR_DECODE;
    /* @rfc 6066:5/7 */
    return out->pkipath && out->count != 1 ? TLSN_ERR_ILLEGAL_PARAMETER : TLSN_OK;
}

void tlsni_msg_certificate_url_write(struct tlsni_wr *w, const struct tlsni_msg_certificate_url *m)
{
    tlsni_wr_u8(w, m->pkipath ? PKIPATH : INDIVIDUAL);
    tlsni_wr_vec(w, 2, m->list);
}

void tlsni_msg_url_write(struct tlsni_wr *w, const struct tlsni_msg_url *m)
{
    tlsni_wr_vec(w, 2, m->url);
    tlsni_wr_u8(w, PADDING);
    tlsni_wr_span(w, m->sha1);
}
