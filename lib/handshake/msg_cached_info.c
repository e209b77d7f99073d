/* msg_cached_info.c - what cached_info (RFC 7924) is made of: objects in the hello, and the
 * fingerprint that stands in place of a message. */
#include "handshake/msg.h"

bool tlsni_msg_next(struct tlsn_span *messages, struct tlsn_span *message)
{
    struct tlsni_rd r = tlsni_rd_span(*messages);
    const uint8_t *start = r.p;

    if (!messages->len)
        return false;
    (void)tlsni_rd_u8(&r);
    (void)tlsni_rd_vec_span(&r, 3, 0, 0xffffff);
    *message = tlsni_span_make(start, (size_t)(r.p - start));
    *messages = tlsni_rd_rest(&r);
    return !r.bad;
}

/* @rfc 7924:3/1 */
bool tlsni_msg_cached_next(struct tlsn_span *list, struct tlsni_msg_cached *out)
{
    struct tlsni_rd r = tlsni_rd_span(*list);

    if (!list->len)
        return false;
    out->type = tlsni_rd_u8(&r);
    out->fingerprint = tlsni_rd_vec_span(&r, 1, 1, 255);
    *list = tlsni_rd_rest(&r);
    return !r.bad;
}

/* @rfc 7924:4.1/2 */
tlsn_status tlsni_msg_fingerprint_parse(struct tlsn_span body, struct tlsn_span *fingerprint)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    *fingerprint = tlsni_rd_vec_span(&r, 1, 1, 255);
    return tlsni_rd_end(&r);
}

void tlsni_msg_fingerprint_write(struct tlsni_wr *w, struct tlsn_span fingerprint)
{
    tlsni_wr_vec(w, 1, fingerprint);
}
