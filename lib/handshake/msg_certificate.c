/* msg_certificate.c - Certificate and CertificateRequest, RFC 5246 7.4.2 and 7.4.4. */
#include "handshake/msg.h"

enum { LIST_MAX = 0xffffff, TYPES_MAX = 255, SIGALGS_MAX = 65534, AUTHORITIES_MAX = 65535 };

bool tlsni_msg_certificate_next(struct tlsn_span *list, struct tlsn_span *der)
{
    struct tlsni_rd r = tlsni_rd_span(*list);

    *der = tlsni_rd_vec_span(&r, 3, 1, LIST_MAX);
    *list = tlsni_rd_rest(&r);
    return !r.bad && der->len > 0;
}

/* True when the list is a sequence of vectors of at least one byte behind n byte lengths. */
static bool is_list(struct tlsn_span list, unsigned n)
{
    struct tlsni_rd r = tlsni_rd_span(list);

    while (tlsni_rd_left(&r))
        (void)tlsni_rd_vec_span(&r, n, 1, LIST_MAX);
    return tlsni_rd_done(&r);
}

tlsn_status tlsni_msg_certificate_parse(struct tlsn_span body, struct tlsn_span *list)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    *list = tlsni_rd_vec_span(&r, 3, 0, LIST_MAX);
    if (!tlsni_rd_done(&r) || !is_list(*list, 3))
        return TLSN_ERR_DECODE;
    return TLSN_OK;
}

tlsn_status tlsni_msg_raw_key_parse(struct tlsn_span body, struct tlsn_span *spki)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    *spki = tlsni_rd_vec_span(&r, 3, 0, LIST_MAX);
    return tlsni_rd_end(&r);
}

void tlsni_msg_certificate_write(struct tlsni_wr *w, struct tlsn_span list)
{
    tlsni_wr_vec(w, 3, list);
}

/* @rfc 5246:7.4.4/2 */
tlsn_status tlsni_msg_certificate_request_parse(struct tlsn_span body, bool with_sigalgs,
                                                struct tlsni_msg_certificate_request *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    memset(out, 0, sizeof *out);
    out->types = tlsni_rd_vec_span(&r, 1, 1, TYPES_MAX);
    if (with_sigalgs)
        out->sigalgs = tlsni_rd_list_span(&r, 2, 2, 2, SIGALGS_MAX);
    out->authorities = tlsni_rd_vec_span(&r, 2, 0, AUTHORITIES_MAX);
    if (!tlsni_rd_done(&r) || !is_list(out->authorities, 2))
        return TLSN_ERR_DECODE;
    return TLSN_OK;
}

void tlsni_msg_certificate_request_write(struct tlsni_wr *w, bool with_sigalgs,
                                         const struct tlsni_msg_certificate_request *m)
{
    tlsni_wr_vec(w, 1, m->types);
    if (with_sigalgs)
        tlsni_wr_vec(w, 2, m->sigalgs);
    tlsni_wr_vec(w, 2, m->authorities);
}
