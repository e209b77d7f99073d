/* msg13.c - messages that TLS 1.3 shaped anew, RFC 8446 4.3, 4.4.2, 4.6.1, and RFC 8879: most of them end in a block of
 * extensions, whose contents lib/ext reads. */
#include "handshake/msg.h"

enum { LIST_MAX = 0xffffff, BLOCK_MAX = 65535 };

bool tlsni_msg_certificate13_next(struct tlsn_span *list, struct tlsn_span *der,
                                  struct tlsn_span *extensions)
{
    struct tlsni_rd r = tlsni_rd_span(*list);

    *der = tlsni_rd_vec_span(&r, 3, 1, LIST_MAX);
    *extensions = tlsni_rd_vec_span(&r, 2, 0, BLOCK_MAX);
    if (r.bad)
        return false;
    *list = tlsni_rd_rest(&r);
    return true;
}

tlsn_status tlsni_msg_certificate13_parse(struct tlsn_span body,
                                          struct tlsni_msg_certificate13 *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsn_span rest, der, extensions;

    out->context = tlsni_rd_vec_span(&r, 1, 0, 255);
    out->list = rest = tlsni_rd_vec_span(&r, 3, 0, LIST_MAX);
    while (tlsni_msg_certificate13_next(&rest, &der, &extensions))
        ;
    return rest.len ? TLSN_ERR_DECODE : tlsni_rd_end(&r);
}

tlsn_status tlsni_msg_certificate_request13_parse(struct tlsn_span body, struct tlsn_span *context,
                                                  struct tlsn_span *extensions)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    *context = tlsni_rd_vec_span(&r, 1, 0, 255);
    *extensions = tlsni_rd_vec_span(&r, 2, 0, BLOCK_MAX);
    return tlsni_rd_end(&r);
}

tlsn_status tlsni_msg_extensions_parse(struct tlsn_span body, struct tlsn_span *extensions)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    *extensions = tlsni_rd_vec_span(&r, 2, 0, BLOCK_MAX);
    return tlsni_rd_end(&r);
}

tlsn_status tlsni_msg_ticket13_parse(struct tlsn_span body, struct tlsni_msg_ticket13 *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    out->lifetime_s = tlsni_rd_u32(&r);
    out->age_add = tlsni_rd_u32(&r);
    out->nonce = tlsni_rd_vec_span(&r, 1, 0, 255);
    out->ticket = tlsni_rd_vec_span(&r, 2, 1, 65535);
    out->extensions = tlsni_rd_vec_span(&r, 2, 0, BLOCK_MAX);
    return tlsni_rd_end(&r);
}

void tlsni_msg_ticket13_write(struct tlsni_wr *w, const struct tlsni_msg_ticket13 *m)
{
    tlsni_wr_u32(w, m->lifetime_s);
    tlsni_wr_u32(w, m->age_add);
    tlsni_wr_vec(w, 1, m->nonce);
    tlsni_wr_vec(w, 2, m->ticket);
}

tlsn_status tlsni_msg_packed_parse(struct tlsn_span body, struct tlsni_msg_packed *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    out->algorithm = tlsni_rd_u16(&r);
    out->length = tlsni_rd_u24(&r);
    out->data = tlsni_rd_vec_span(&r, 3, 1, LIST_MAX);
    return tlsni_rd_end(&r);
}

void tlsni_msg_packed_write(struct tlsni_wr *w, const struct tlsni_msg_packed *m)
{
    tlsni_wr_u16(w, m->algorithm);
    tlsni_wr_u24(w, m->length);
    tlsni_wr_vec(w, 3, m->data);
}
