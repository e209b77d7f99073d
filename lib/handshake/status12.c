/* status12.c - the CertificateStatus message in a TLS 1.2 handshake: RFC 6066 8, RFC 6961 2.2. */
#include "handshake/status12.h"

#include "handshake/send.h"
#include "x509/ocsp.h"

/* The first response of a list, as a list. */
static struct tlsn_span only_first(struct tlsn_span list)
{
    struct tlsn_span rest = list, first;

    (void)tlsni_msg_status_next(&rest, &first);
    return tlsni_span_make(list.data, 3 + first.len);
}

/* @rfc 6066:8/8, 6066:8/9, 6066:8/12, 6066:8/15, 3546:3.6/3, 4366:3.6/3, 6961:2.2/7, 6961:2.2/15, 6961:2.2/18 */
tlsn_status tlsni_act_send_status(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_msg_certificate_status m = { hs->status_type,
                                              tlsni_buf_span(&hs->credential->ocsp) };
    struct tlsni_sending s;
    tlsn_status st;

    (void)body;
    if (m.type == TLSNI_STATUS_OCSP)
        m.responses = only_first(m.responses);
    st = tlsni_send_begin(hs, &s, TLSNI_MSG_CERTIFICATE_STATUS, 4 + m.responses.len);
    if (st != TLSN_OK)
        return st;
    tlsni_msg_certificate_status_write(&s.w, &m);
    return tlsni_send_end(hs, &s);
}

/* @rfc 6961:2.2/10, 6961:2.2/11, 6961:2.2/16 */
static tlsn_status check_responses(struct tlsni_hs *hs, struct tlsn_span list)
{
    struct tlsn_span certs = tlsni_buf_span(&hs->peer.list), der, response;

    for (size_t i = 0; tlsni_msg_status_next(&list, &response); i++) {
        if (!tlsni_msg_certificate_next(&certs, &der))
            return tlsni_fail(hs->err, TLSN_ERR_OCSP_RESPONSE, "handshake",
                              "server sent more than %zu certificate statuses, one for each of its "
                              "certificates", i);
        if (response.len && !tlsni_ocsp_sound(response))
            return tlsni_fail(hs->err, TLSN_ERR_OCSP_RESPONSE, "handshake",
                              "certificate status %zu (%zu bytes) is no OCSP response", i,
                              response.len);
    }
    return TLSN_OK;
}

/* A type that was not asked for is as bad as one that is not known.
 * @rfc 6066:8/11, 6066:8/16, 3546:3.6/4, 4366:3.6/4 */
tlsn_status tlsni_act_receive_status(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_msg_certificate_status m;
    tlsn_status st = tlsni_msg_certificate_status_parse(body, &m);

    if (st == TLSN_ERR_ILLEGAL_PARAMETER ||
        (st == TLSN_OK && m.type == TLSNI_STATUS_OCSP_MULTI && !hs->status_v2))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "server sent a certificate status of type %u, which was not asked for",
                          m.type);
    if (st == TLSN_OK)
        st = check_responses(hs, m.responses);
    if (st == TLSN_OK)
        st = tlsni_buf_append(hs->env, &hs->beside.ocsp, m.responses.data, m.responses.len);
    if (st == TLSN_OK)
        hs->facts &= ~(uint32_t)TLSNI_F_STATUS; /* there is no second one */
    return st;
}
