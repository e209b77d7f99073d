/* conn_in.c - what handshake and data phase share about incoming records. */
#include "base/bytes.h"
#include "base/mem.h"
#include "conn.h"

/* The very first bytes of a server that takes it may be an SSL 2.0 compatible ClientHello.
 * @rfc 8446:D.5/10 */
static bool takes_ssl2(const tlsn_conn *c)
{
    return c->role == TLSN_SERVER && !c->records_in && !c->done && c->config &&
           tlsni_hs_feature(&c->config->hs, TLSN_FEATURE_INSECURE_SSL2_HELLO);
}

/* @rfc 8446:5.1/5 */
tlsn_status tlsni_conn_next_record(const tlsn_conn *c, const uint8_t *in, size_t len,
                                   struct tlsni_record *rec, size_t *hint, struct tlsni_err *err)
{
    /* A peer that gives up over our hello may not know the version yet; its alert is in the clear. */
    bool early_alert = !c->rx && len && in[0] == TLSNI_CONTENT_ALERT;
    bool says_version = c->version && !early_alert && !c->version->record->inner_type;
    uint16_t version = says_version ? c->version->record->wire_version : 0;
    size_t max = c->rx ? tlsni_prot_fragment_max(c->rx, c->version->record)
                       : tlsni_conn_plain_max(c, false);

    if (tlsni_conn_skips(c))
        max = c->version->record->cipher_max;

    if (takes_ssl2(c)) {
        tlsn_status st = tlsni_record_parse_ssl2(in, len, rec, hint);

        if (st != TLSN_ERR_NOT_FOUND)
            return st;
    }
    return tlsni_record_parse(in, len, version, max, rec, hint, err);
}

/* A client that gives up over our first flight may not have keys yet. Somebody else could say that too,
 * but whoever can do that can also cut the connection. */
static bool is_clear_alert(const tlsn_conn *c, const struct tlsni_record *rec)
{
    return c->role == TLSN_SERVER && !c->done && c->rx && c->version->record->inner_type &&
           c->rx->sequence == 0 && rec->type == TLSNI_CONTENT_ALERT;
}

/* @rfc 8446:5/3, 8446:5.2/3 */
tlsn_status tlsni_conn_check_outside(const tlsn_conn *c, const struct tlsni_record *rec,
                                     struct tlsni_err *err)
{
    if (!c->version->record->inner_type || rec->type == TLSNI_CONTENT_APPLICATION)
        return TLSN_OK;
    return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                      "record of type %u without protection", rec->type);
}

/* Inside of a handshake, in the clear, once a ClientHello is there; a client does not know the version
 * before it has an answer, but it has offered one.
 * @rfc 8446:5/1
 * @rfc 8446:5/6 */
bool tlsni_conn_drops_ccs(const tlsn_conn *c, const struct tlsni_record *rec)
{
    const struct tlsni_hs *hs = c->scratch ? &c->scratch->hs : NULL;

    if (rec->type != TLSNI_CONTENT_CCS || !hs || c->done)
        return false;
    return hs->version ? hs->version->drops_ccs
                       : c->role == TLSN_CLIENT && hs->newest && hs->newest->drops_ccs;
}

/* @rfc 8446:5/2 */
tlsn_status tlsni_conn_drop_ccs(tlsn_conn *c, const struct tlsni_record *rec,
                                struct tlsni_err *err)
{
    unsigned max = tlsni_conn_limits(c)->empty_records;

    if (rec->len != 1 || rec->fragment[0] != 1)
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                          "ChangeCipherSpec of %zu bytes or with a value other than 1", rec->len);
    if (tlsni_buf_len(&c->scratch->in))
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                          "ChangeCipherSpec inside a handshake message");
    if (++c->empty_records > max)
        return tlsni_fail(err, TLSN_ERR_TOO_MANY, "record", "more than %u ChangeCipherSpecs", max);
    c->records_in++;
    return TLSN_OK;
}

/* @rfc 5246:6.1/1, 5246:6.2.2/4 */
tlsn_status tlsni_conn_open(tlsn_conn *c, const struct tlsni_record *rec, struct tlsni_buf *to,
                            uint8_t *type, const uint8_t **data, size_t *len,
                            struct tlsni_err *err)
{
    struct tlsni_prot *rx = is_clear_alert(c, rec) ? NULL : c->rx;
    size_t room = tlsni_prot_open_room(rx, rec);
    tlsn_status st = rx ? tlsni_conn_check_outside(c, rec, err) : TLSN_OK;

    if (st == TLSN_OK)
        st = tlsni_buf_reserve(c->env, to, room ? room : 1);
    if (st == TLSN_OK)
        st = tlsni_prot_open(rx, rec, to->data + to->end, to->cap - to->end, type, data, len);
    if (st < 0)
        return tlsni_fail(err, st, "record", "record %llu of %zu bytes: %s",
                          (unsigned long long)c->records_in, rec->len, tlsn_status_text(st));
    c->records_in++;
    return TLSN_OK;
}

/* @rfc 6066:3/8
 * @rfc 5246:7.2.2/6 */
static tlsn_status take_warning(tlsn_conn *c, uint8_t alert, struct tlsni_err *err)
{
    unsigned max = tlsni_conn_limits(c)->warnings;

    if (++c->warnings > max)
        return tlsni_fail(err, TLSN_ERR_TOO_MANY, "record", "more than %u warning alerts in a row, "
                          "the last one %s", max, tlsn_alert_name(alert));
    return TLSN_OK;
}

/* What the application has not written by then, it writes no more.
 * @rfc 5246:7.2.1/4
 * @rfc 8446:6/4, 8446:6.1/4 */
static tlsn_status take_close(tlsn_conn *c)
{
    c->close_received = true;
    if (c->close_sent || !tlsni_hs_feature(&c->config->hs, TLSN_FEATURE_ANSWER_CLOSE))
        return TLSN_OK;
    c->close_sent = true;
    return tlsni_conn_queue_alert(c, TLSNI_ALERT_WARNING, TLSNI_ALERT_CLOSE_NOTIFY);
}

/* From TLS 1.3 on levels say nothing: what does not close is an end (RFC 8446 6).
 * @rfc 8446:6/1, 8446:6/2 */
static bool is_end(const tlsn_conn *c, uint8_t alert)
{
    return c->version && c->version->alerts_end && alert != TLSNI_ALERT_USER_CANCELED;
}

/* close_notify follows it (RFC 9846 6.1).
 * @rfc 9846:6.1/3 */
static bool says_nothing(const tlsn_conn *c, uint8_t alert)
{
    return c->version && c->version->alerts_end && alert == TLSNI_ALERT_USER_CANCELED;
}

/* @rfc 5246:7.2.2/1
 * @rfc 8446:6/5, 8446:6.2/3 */
static tlsn_status take_alert(tlsn_conn *c, uint8_t level, uint8_t alert, struct tlsni_err *err)
{
    /* An end is an end whatever level it comes with; peers differ here. */
    if (alert == TLSNI_ALERT_CLOSE_NOTIFY)
        return take_close(c);
    if (level == TLSNI_ALERT_WARNING && alert == TLSNI_ALERT_NO_RENEGOTIATION)
        tlsni_conn_hear_refusal(c);
    if (level == TLSNI_ALERT_WARNING && alert == TLSNI_ALERT_NO_CERTIFICATE && c->scratch &&
        tlsni_hs_takes_no_certificate(&c->scratch->hs) && !tlsni_buf_len(&c->scratch->in))
        return tlsni_hs_no_certificate(&c->scratch->hs);
    if (!is_end(c, alert) && (level == TLSNI_ALERT_WARNING || says_nothing(c, alert)))
        return take_warning(c, alert, err);
    if (level != TLSNI_ALERT_WARNING && level != TLSNI_ALERT_FATAL && !is_end(c, alert))
        return tlsni_fail(err, TLSN_ERR_ILLEGAL_PARAMETER, "record", "alert of level %u", level);
    c->error.alert_received = alert;
    return tlsni_fail(err, TLSN_ERR_ALERT, "record", "the peer sent %s (%u)",
                      tlsn_alert_name(alert), alert);
}

/* @rfc 8446:5.1/4
 * @rfc 8446:5/5 */
tlsn_status tlsni_conn_alerts(tlsn_conn *c, const uint8_t *data, size_t len, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_rd_make(data, len);
    tlsn_status st = TLSN_OK;

    /* RFC 5246 6.2.1: no empty ones, and 7.2: two bytes each */
    if (!len)
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record", "empty alert record");
    if (len % 2 || (len > 2 && c->version && c->version->alerts_end))
        return tlsni_fail(err, TLSN_ERR_DECODE, "record", "alert record of %zu bytes", len);
    while (st == TLSN_OK && !c->close_received && tlsni_rd_left(&r)) {
        uint8_t level = tlsni_rd_u8(&r);

        st = take_alert(c, level, tlsni_rd_u8(&r), err);
    }
    return st;
}
