/* msg_certificate_status.c - CertificateStatus, RFC 6066 8 and RFC 6961 2.2.
 *
 * Both types are handed out as one list of responses behind 3 byte lengths: a single one is a list
 * of one element, whose length on the wire is that of the element itself. */
#include "handshake/msg.h"

enum { RESPONSE_MAX = 0xffffff };

bool tlsni_msg_status_next(struct tlsn_span *list, struct tlsn_span *response)
{
    struct tlsni_rd r = tlsni_rd_span(*list);

    *response = tlsni_span_make(NULL, 0);
    if (!list->len)
        return false;
    *response = tlsni_rd_vec_span(&r, 3, 0, RESPONSE_MAX);
    *list = tlsni_rd_rest(&r);
    return !r.bad;
}

/* @rfc 6066:8/13, 6961:2.2/8 */
static bool read_one(struct tlsni_rd *r, struct tlsn_span *list)
{
    const uint8_t *start = r->p;

    (void)tlsni_rd_vec_span(r, 3, 1, RESPONSE_MAX);
    *list = tlsni_span_make(start, (size_t)(r->p - start));
    return tlsni_rd_done(r);
}

/* @rfc 6961:2.2/9 */
static bool read_several(struct tlsni_rd *r, struct tlsn_span *list)
{
    struct tlsni_rd items = tlsni_rd_vec(r, 3, 3, RESPONSE_MAX);

    *list = tlsni_span_make(items.p, tlsni_rd_left(&items));
    while (tlsni_rd_left(&items))
        (void)tlsni_rd_vec_span(&items, 3, 0, RESPONSE_MAX);
    return tlsni_rd_done(r) && tlsni_rd_done(&items);
}

tlsn_status tlsni_msg_certificate_status_parse(struct tlsn_span body,
                                               struct tlsni_msg_certificate_status *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    bool sound;

    memset(out, 0, sizeof *out);
    out->type = tlsni_rd_u8(&r);
    if (r.bad)
        return TLSN_ERR_DECODE;
    switch (out->type) {
    case TLSNI_STATUS_OCSP: sound = read_one(&r, &out->responses); break;
    case TLSNI_STATUS_OCSP_MULTI: sound = read_several(&r, &out->responses); break;
    default: return TLSN_ERR_ILLEGAL_PARAMETER;
    }
    return sound ? TLSN_OK : TLSN_ERR_DECODE;
}

void tlsni_msg_certificate_status_write(struct tlsni_wr *w,
                                        const struct tlsni_msg_certificate_status *m)
{
    tlsni_wr_u8(w, m->type);
    if (m->type == TLSNI_STATUS_OCSP_MULTI)
        tlsni_wr_vec(w, 3, m->responses);
    else
        tlsni_wr_span(w, m->responses);
}
