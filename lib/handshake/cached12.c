/* cached12.c - RFC 7924: a fingerprint goes over the wire, and into the transcript, in place of a
 * Certificate or CertificateRequest that the client kept. The key exchange, which is checked with
 * the key of the kept certificate, shows that both mean the same one. */
#include "handshake/cached12.h"

#include "ext/ext.h"

static const uint8_t message_type[] = {
    [TLSNI_CACHED_CERT] = TLSNI_MSG_CERTIFICATE,
    [TLSNI_CACHED_CERT_REQ] = TLSNI_MSG_CERTIFICATE_REQUEST,
};

static bool listed(struct tlsn_span list, uint8_t type, const uint8_t *fingerprint)
{
    struct tlsni_msg_cached object;

    while (tlsni_msg_cached_next(&list, &object))
        if (object.type == type &&
            tlsni_span_eq(object.fingerprint, tlsni_span_make(fingerprint, TLSNI_FINGERPRINT_LEN)))
            return true;
    return false;
}

/* @rfc 7924:4/5, 7924:4/6, 7924:4.1/1, 7924:4.1/3, 7924:4.2/1 */
tlsn_status tlsni_cached_settle(struct tlsni_hs *hs, uint8_t type, tlsni_cached_begin *begin)
{
    uint8_t *fingerprint = hs->fingerprint[type - 1];
    struct tlsni_sending s;
    tlsn_status st;

    if (!hs->cached.len)
        return TLSN_OK;
    st = begin(hs, &s);
    if (st != TLSN_OK)
        return st;
    tlsni_msg_end(&s.w, s.mark);
    tlsni_ext_fingerprint(tlsni_span_make(s.w.buf, s.w.len), fingerprint);
    if (!s.w.bad && listed(hs->cached, type, fingerprint))
        hs->cached_types |= (uint8_t)(1U << type);
    return TLSN_OK;
}

/* @rfc 7924:4/3, 7924:7/1 */
tlsn_status tlsni_cached_send(struct tlsni_hs *hs, uint8_t type)
{
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, message_type[type], 1 + TLSNI_FINGERPRINT_LEN);

    if (st != TLSN_OK)
        return st;
    tlsni_msg_fingerprint_write(&s.w, tlsni_span_make(hs->fingerprint[type - 1],
                                                      TLSNI_FINGERPRINT_LEN));
    return tlsni_send_end(hs, &s);
}

/* @rfc 7924:4.1/4 */
static tlsn_status find(struct tlsni_hs *hs, uint8_t type, struct tlsn_span *body)
{
    struct tlsn_span wanted, rest = hs->cached, message;
    uint8_t fingerprint[TLSNI_FINGERPRINT_LEN];
    tlsn_status st = tlsni_msg_fingerprint_parse(*body, &wanted);

    if (st != TLSN_OK)
        return st;
    while (tlsni_msg_next(&rest, &message)) {
        tlsni_ext_fingerprint(message, fingerprint);
        if (tlsni_ext_cached_type(message) == type &&
            tlsni_span_eq(wanted, tlsni_span_make(fingerprint, sizeof fingerprint))) {
            *body = tlsni_span_make(message.data + TLSNI_MSG_HEADER,
                                    message.len - TLSNI_MSG_HEADER);
            return TLSN_OK;
        }
    }
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                      "%s is a fingerprint of %zu bytes that was not among those offered",
                      tlsni_msg_name(message_type[type]), wanted.len);
}

static tlsn_status keep(struct tlsni_hs *hs, uint8_t type, struct tlsn_span body)
{
    struct tlsni_buf *b = &hs->beside.cacheable;
    const uint8_t header[TLSNI_MSG_HEADER] = { message_type[type], (uint8_t)(body.len >> 16),
                                               (uint8_t)(body.len >> 8), (uint8_t)body.len };
    tlsn_status st = tlsni_buf_append(hs->env, b, header, sizeof header);

    return st == TLSN_OK ? tlsni_buf_append(hs->env, b, body.data, body.len) : st;
}

tlsn_status tlsni_cached_take(struct tlsni_hs *hs, uint8_t type, struct tlsn_span *body)
{
    tlsn_status st = tlsni_cached_agreed(hs, type) ? find(hs, type, body) : TLSN_OK;

    if (st != TLSN_OK || !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CACHED_INFO))
        return st;
    return keep(hs, type, *body);
}
