/* conn_out.c - output that nobody asked for yet: flights, alerts, answers; and the one place that fails. */
#include "base/bytes.h"
#include "base/mem.h"
#include "conn.h"
#include "handshake/tickets.h"

/* @rfc 5246:E.1/6, 5246:6.2.1/4, 6101:5.2.1/2
 * @rfc 8446:5.1/11, 8446:5.1/12, 8446:D/2, 8446:D.5/13 */
uint16_t tlsni_conn_wire_version(const tlsn_conn *c)
{
    const struct tlsni_hs *hs = c->scratch ? &c->scratch->hs : NULL;

    if (c->version)
        return c->version->record->wire_version;
    if (hs && hs->tls13.early && c->records_out) /* between the ClientHello and early data */
        return hs->newest->record->wire_version;
    return tlsni_version_first_record((enum tlsn_role)c->role,
                                      c->scratch ? c->scratch->hs.client_version : 0);
}

/* Room for a record, or two, of this size. The last alert of a connection always has its place. */
static tlsn_status reserve(tlsn_conn *c, size_t need)
{
    if (!tlsni_conn_failed(c) &&
        tlsni_buf_len(&c->out) + need > tlsni_conn_limits(c)->pending_max)
        return TLSN_ERR_PENDING;
    return tlsni_buf_reserve(c->env, &c->out, need);
}

/* @rfc 6066:4/6, 8449:4/3 */
size_t tlsni_conn_plain_max(const tlsn_conn *c, bool writes)
{
    const struct tlsni_prot *p = writes ? c->tx : c->rx;

    if (p)
        return p->plain_max;
    if (writes && c->clear_out_max)
        return c->clear_out_max;
    return c->fragment_max ? c->fragment_max : TLSNI_RECORD_PLAIN_MAX;
}

/* RFC 8449 leaves records in the clear alone, but GnuTLS 3.7 holds its limit against them too, and short
 * ones are always allowed. */
void tlsni_conn_follow_hello(tlsn_conn *c)
{
    const struct tlsni_hs *hs = &c->scratch->hs;

    if (c->done) /* records have their version, and their bounds come with the keys */
        return;
    c->version = hs->version;
    c->fragment_max = hs->fragment_max;
    c->clear_out_max = hs->fragment_max ? hs->fragment_max : hs->size_limit_out;
    if (c->clear_out_max > TLSNI_RECORD_PLAIN_MAX)
        c->clear_out_max = TLSNI_RECORD_PLAIN_MAX;
}

/* The ChangeCipherSpec that is still to come, in the clear. */
static tlsn_status pay_ccs(tlsn_conn *c)
{
    const uint8_t one = 1;
    size_t need = TLSNI_RECORD_HEADER + 1, size;
    tlsn_status st;

    if (!c->ccs_owed)
        return TLSN_OK;
    c->ccs_owed = false;
    st = reserve(c, need);
    if (st == TLSN_OK)
        st = tlsni_record_plain(TLSNI_CONTENT_CCS, tlsni_conn_wire_version(c), &one, 1,
                                c->out.data + c->out.end, need, &size);
    if (st != TLSN_OK)
        return st;
    c->out.end += need;
    c->records_out++;
    return TLSN_OK;
}

static tlsn_status queue_record(tlsn_conn *c, uint8_t type, const uint8_t *data, size_t len)
{
    size_t need = tlsni_prot_sealed_size(c->tx, len), size;
    tlsn_status st = pay_ccs(c);

    if (st == TLSN_OK)
        st = reserve(c, need);
    if (st == TLSN_OK)
        st = tlsni_prot_seal(c->tx, type, tlsni_conn_wire_version(c), data, len,
                             c->out.data + c->out.end, need, &size);
    if (st != TLSN_OK)
        return st;
    c->out.end += size;
    c->records_out++;
    return TLSN_OK;
}

tlsn_status tlsni_conn_queue_data(tlsn_conn *c, const void *data, size_t len)
{
    size_t need = tlsni_prot_data_size(c->tx, len), size;
    tlsn_status st = reserve(c, need);

    if (st == TLSN_OK)
        st = tlsni_prot_seal_data(c->tx, tlsni_conn_wire_version(c), data, len,
                                  c->out.data + c->out.end, need, &size);
    if (st != TLSN_OK)
        return st;
    c->out.end += size;
    c->records_out += tlsni_prot_data_records(c->tx, len);
    return TLSN_OK;
}

/* @rfc 5246:6.2.1/1, 5116:2.1/6, 5246:6.2.1/3, 5246:6.2.1/8, 5246:D.4/2
 * @rfc 5246:6/1
 * @rfc 8446:5/4, 8446:5.1/10, 8446:5.2/6 */
tlsn_status tlsni_conn_queue(tlsn_conn *c, uint8_t type, const void *data, size_t len)
{
    const uint8_t *p = data;
    tlsn_status st;

    do { /* neither messages nor alerts are empty: @rfc 8446:5.4/4 */
        size_t max = tlsni_conn_plain_max(c, true), n = len < max ? len : max;

        st = queue_record(c, type, p, n);
        p += n;
        len -= n;
    } while (st == TLSN_OK && len);
    return st;
}

/* @rfc 5246:7.2/1, 5246:7.2/4
 * @rfc 8446:5.1/7, 8446:6/8 */
tlsn_status tlsni_conn_queue_alert(tlsn_conn *c, uint8_t level, uint8_t alert)
{
    uint8_t data[2] = { level, alert };

    return tlsni_conn_queue(c, TLSNI_CONTENT_ALERT, data, sizeof data);
}

tlsn_status tlsni_conn_end_flight(tlsn_conn *c)
{
    struct tlsni_buf *b = c->scratch ? &c->scratch->flight : NULL;
    tlsn_status st;

    if (!b || !tlsni_buf_len(b))
        return TLSN_OK;
    st = tlsni_conn_queue(c, TLSNI_CONTENT_HANDSHAKE, tlsni_buf_data(b), tlsni_buf_len(b));
    b->start = b->end = 0;
    return st;
}

void tlsni_conn_pump(tlsn_conn *c, void *out, size_t cap, size_t *written)
{
    size_t len = tlsni_buf_len(&c->out), n = len < cap ? len : cap;

    if (n)
        memcpy(out, c->out.data + c->out.start, n);
    tlsni_buf_skip(&c->out, n);
    *written = n;
    if (!tlsni_buf_len(&c->out) && (c->done || tlsni_conn_failed(c)))
        tlsni_buf_free(c->env, &c->out);
}

/* The line for people, if there is memory for it. */
static void keep_text(tlsn_conn *c, const char *text)
{
    c->error_text = tlsni_strndup(c->env, text, strlen(text));
    c->error.text = c->error_text ? c->error_text : tlsn_status_text(c->error.status);
}

static void drop_tickets(const struct tlsni_hs_config *hs, struct tlsn_span list)
{
    struct tlsni_rd r = tlsni_rd_span(list);

    while (tlsni_rd_left(&r))
        hs->tickets->drop(hs, tlsni_rd_vec_span(&r, 2, 1, TLSNI_TICKET_MAX));
}

/* RFC 5246 7.2.2: a session whose connection failed is not resumed.
 * @rfc 5246:7.2/3, 5246:7.2.2/3
 * @rfc 8446:6/7 */
static void forget_session(tlsn_conn *c)
{
    const struct tlsni_hs_config *hs = c->config ? &c->config->hs : NULL;
    bool kept = c->role == TLSN_SERVER && c->session.len && hs;

    if (kept && c->session_by_ticket && tlsni_tickets_drop(hs))
        drop_tickets(hs, tlsni_bytes_span(&c->session));
    else if (kept && !c->session_by_ticket && hs->cache_remove)
        hs->cache_remove(hs->cache_ctx, tlsni_bytes_span(&c->session));
    tlsni_bytes_free(c->env, &c->session);
}

/* The alert, sealed already, is all that still goes out.
 * @rfc 8446:6/3 */
static void forget_keys(tlsn_conn *c)
{
    tlsni_prot_free(c->rx);
    tlsni_prot_free(c->tx);
    c->rx = c->tx = NULL;
}

/* Statuses without an alert blame the application or the machine: the peer hears as much. */
static uint8_t alert_for(tlsn_status status)
{
    uint8_t alert = tlsn_status_alert(status);

    if (alert == TLSN_ALERT_NONE && status != TLSN_ERR_ALERT && status != TLSN_ERR_TRUNCATED)
        alert = TLSNI_ALERT_INTERNAL_ERROR;
    return alert;
}

/* @rfc 5246:7.2/2, 5246:7.2.2/1, 5246:7.2.2/2, 5246:7.2.2/4, 5246:7.2.2/5
 * @rfc 8446:6/6, 8446:6.2/1, 8446:6.2/3 */
tlsn_status tlsni_conn_fail(tlsn_conn *c, tlsn_status status, const struct tlsni_err *err)
{
    bool noted = err && err->status == status;
    uint8_t alert = noted && err->alert != TLSN_ALERT_NONE ? err->alert : alert_for(status);

    if (tlsni_conn_failed(c))
        return c->error.status;
    if (c->version && alert != TLSN_ALERT_NONE)
        alert = tlsni_version_alert(c->version, alert);
    c->error.status = status;
    c->error.layer = noted ? err->layer : "engine";
    keep_text(c, noted ? err->text : tlsn_status_text(status));
    tlsni_conn_leave_early(c);
    if (alert != TLSN_ALERT_NONE && !c->close_sent &&
        tlsni_conn_queue_alert(c, TLSNI_ALERT_FATAL, alert) == TLSN_OK)
        c->error.alert_sent = alert;
    /* @rfc 6101:5.4.1/6, 2246:7.2.1/7 */
    if (status != TLSN_ERR_TRUNCATED || (c->version && c->version->unclosed_ends))
        forget_session(c);
    forget_keys(c);
    tlsni_conn_drop_exporter(c);
    tlsni_conn_drop_secrets13(c);
    tlsni_conn_drop_scratch(c);
    tlsni_buf_free(c->env, &c->post);
    if (c->rare) {
        tlsni_buf_free(c->env, &c->rare->plain);
        tlsni_buf_free(c->env, &c->rare->heartbeat.payload);
    }
    return status;
}
