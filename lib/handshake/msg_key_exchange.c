/* msg_key_exchange.c - the parts of ServerKeyExchange, ClientKeyExchange and CertificateVerify:
 * RFC 5246 4.7, 7.4.3, 7.4.7, 7.4.8 and RFC 8422 5.4, 5.7. */
#include "handshake/msg.h"

enum { CURVE_TYPE_NAMED = 3, VECTOR_MAX = 65535, POINT_MAX = 255 }; /* RFC 8422 5.4 */

/* @rfc 5246:7.4.3/6 */
void tlsni_msg_dh_params_read(struct tlsni_rd *r, struct tlsni_msg_dh_params *out)
{
    out->p = tlsni_rd_vec_span(r, 2, 1, VECTOR_MAX);
    out->g = tlsni_rd_vec_span(r, 2, 1, VECTOR_MAX);
    out->y = tlsni_rd_vec_span(r, 2, 1, VECTOR_MAX);
}

void tlsni_msg_dh_params_write(struct tlsni_wr *w, const struct tlsni_msg_dh_params *m)
{
    tlsni_wr_vec(w, 2, m->p);
    tlsni_wr_vec(w, 2, m->g);
    tlsni_wr_vec(w, 2, m->y);
}

void tlsni_msg_srp_params_read(struct tlsni_rd *r, struct tlsni_msg_srp_params *out)
{
    out->n = tlsni_rd_vec_span(r, 2, 1, VECTOR_MAX);
    out->g = tlsni_rd_vec_span(r, 2, 1, VECTOR_MAX);
    out->salt = tlsni_rd_vec_span(r, 1, 1, 255);
    out->b = tlsni_rd_vec_span(r, 2, 1, VECTOR_MAX);
}

void tlsni_msg_srp_params_write(struct tlsni_wr *w, const struct tlsni_msg_srp_params *m)
{
    tlsni_wr_vec(w, 2, m->n);
    tlsni_wr_vec(w, 2, m->g);
    tlsni_wr_vec(w, 1, m->salt);
    tlsni_wr_vec(w, 2, m->b);
}

void tlsni_msg_rsa_params_read(struct tlsni_rd *r, struct tlsni_msg_rsa_params *out)
{
    out->modulus = tlsni_rd_vec_span(r, 2, 1, VECTOR_MAX);
    out->exponent = tlsni_rd_vec_span(r, 2, 1, VECTOR_MAX);
}

void tlsni_msg_rsa_params_write(struct tlsni_wr *w, const struct tlsni_msg_rsa_params *m)
{
    tlsni_wr_vec(w, 2, m->modulus);
    tlsni_wr_vec(w, 2, m->exponent);
}

void tlsni_msg_ecdh_params_read(struct tlsni_rd *r, struct tlsni_msg_ecdh_params *out, bool *named)
{
    uint8_t type = tlsni_rd_u8(r);

    memset(out, 0, sizeof *out);
    *named = r->bad || type == CURVE_TYPE_NAMED;
    if (!*named)
        return;
    out->group = tlsni_rd_u16(r);
    out->point = tlsni_rd_vec_span(r, 1, 1, POINT_MAX);
}

void tlsni_msg_ecdh_params_write(struct tlsni_wr *w, const struct tlsni_msg_ecdh_params *m)
{
    tlsni_wr_u8(w, CURVE_TYPE_NAMED);
    tlsni_wr_u16(w, m->group);
    tlsni_wr_vec(w, 1, m->point);
}

/* @rfc 5246:4.7/1 */
tlsn_status tlsni_msg_signed_parse(struct tlsni_rd *r, bool with_scheme,
                                   struct tlsni_msg_signed *out)
{
    out->scheme = with_scheme ? tlsni_rd_u16(r) : 0;
    out->signature = tlsni_rd_vec_span(r, 2, 0, VECTOR_MAX);
    return tlsni_rd_end(r);
}

void tlsni_msg_signed_write(struct tlsni_wr *w, bool with_scheme, const struct tlsni_msg_signed *m)
{
    if (with_scheme)
        tlsni_wr_u16(w, m->scheme);
    tlsni_wr_vec(w, 2, m->signature);
}

/* An empty RSA ciphertext would parse by the letter of 7.4.7.1; it is refused here like an empty
 * public value because it can be told from a good one without any secret.
 * @rfc 5246:4.7/8, 5246:7.4.7.1/11, 5246:7.4.7.2/1, 8422:5.7/1 */
tlsn_status tlsni_msg_exchange_parse(struct tlsn_span body, unsigned length_bytes,
                                     struct tlsn_span *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    if (!length_bytes) { /* @rfc 6101:5.6.7.1/3 the ciphertext is all there is */
        *out = body;
        return body.len ? TLSN_OK : TLSN_ERR_DECODE;
    }
    *out = tlsni_rd_vec_span(&r, length_bytes, 1, VECTOR_MAX);
    return tlsni_rd_end(&r);
}

void tlsni_msg_exchange_write(struct tlsni_wr *w, unsigned length_bytes, struct tlsn_span value)
{
    if (length_bytes)
        tlsni_wr_vec(w, length_bytes, value);
    else
        tlsni_wr_span(w, value);
}
