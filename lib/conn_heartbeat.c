/* conn_heartbeat.c - HeartbeatRequest and HeartbeatResponse, RFC 6520 3 and 4.
 *
 *     type | payload_length (2) | payload | padding, at least 16 bytes
 *
 * payload_length is the peer's claim. It counts for nothing unless the record has that much, and
 * the padding, behind it: an answer built on the claim alone gives away our memory (CVE-2014-0160).
 * Whatever is not in order is dropped without a word. An answer is pending output like any other,
 * with the same bound for a peer that asks without reading. */
#include "base/bytes.h"
#include "base/ct.h"
#include "base/env.h"
#include "base/mem.h"
#include "conn.h"

enum { REQUEST = 1, RESPONSE = 2, HEAD = 3, PADDING = 16 };

static const struct tlsni_heartbeat *heartbeat(const tlsn_conn *c)
{
    return &tlsni_conn_rare(c)->heartbeat;
}

/* What is dropped counts like empty records: not without end. */
static tlsn_status discard(tlsn_conn *c, struct tlsni_err *err)
{
    unsigned max = tlsni_conn_limits(c)->empty_records;

    if (++c->empty_records > max)
        return tlsni_fail(err, TLSN_ERR_TOO_MANY, "heartbeat",
                          "more than %u heartbeats that are of no use in a row", max);
    return TLSN_OK;
}

/* The payload lies where it came in; only type and padding become ours.
 * @rfc 6520:3/1, 6520:4/1, 6520:4/3, 6520:4/6 */
static tlsn_status answer(tlsn_conn *c, uint8_t *message, size_t payload_len)
{
    tlsn_status st = tlsni_random(c->env, message + HEAD + payload_len, PADDING);

    message[0] = RESPONSE;
    c->rare->heartbeat.requests_in++;
    return st == TLSN_OK ? tlsni_conn_queue(c, TLSNI_CONTENT_HEARTBEAT, message,
                                            HEAD + payload_len + PADDING)
                         : st;
}

/* @rfc 6520:4/7 */
static bool is_expected(const tlsn_conn *c, const uint8_t *payload, size_t len)
{
    const struct tlsni_heartbeat *h = heartbeat(c);

    return h->in_flight && tlsni_span_eq(tlsni_span_make(payload, len),
                                         tlsni_buf_span(&h->payload));
}

static void take_response(tlsn_conn *c)
{
    struct tlsni_heartbeat *h = &c->rare->heartbeat;

    h->in_flight = false;
    h->responses_in++;
    c->empty_records = 0;
    tlsni_buf_free(c->env, &h->payload);
}

/* @rfc 6520:2/5, 6520:4/4, 6520:4/5 */
tlsn_status tlsni_conn_heartbeat(tlsn_conn *c, uint8_t *data, size_t len, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_rd_make(data, len);
    uint8_t type = tlsni_rd_u8(&r);
    size_t payload_len = tlsni_rd_u16(&r);

    if (!heartbeat(c)->peer)
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "heartbeat",
                          "heartbeat, which was not agreed on");
    if (r.bad || tlsni_rd_left(&r) < PADDING || payload_len > tlsni_rd_left(&r) - PADDING)
        return discard(c, err);
    if (type == REQUEST && heartbeat(c)->own == TLSN_HEARTBEAT_ANSWER &&
        HEAD + payload_len + PADDING <= tlsni_conn_plain_max(c, true))
        return answer(c, data, payload_len);
    if (type != RESPONSE || !is_expected(c, data + HEAD, payload_len))
        return discard(c, err);
    take_response(c);
    return TLSN_OK;
}

/* @rfc 6520:3/4 */
tlsn_status tlsni_conn_early_heartbeat(tlsn_conn *c, struct tlsni_err *err)
{
    if (!heartbeat(c)->peer && !c->scratch->hs.peer_heartbeat)
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "heartbeat",
                          "heartbeat inside a handshake");
    return discard(c, err);
}

/* ---- what the application asks for ---- */

/* @rfc 6520:2/4, 6520:3/2, 6520:3/5 */
static bool may_send(const tlsn_conn *c)
{
    return !tlsni_conn_failed(c) && c->done && !c->scratch && !c->close_sent &&
           heartbeat(c)->peer == TLSN_HEARTBEAT_ANSWER && !heartbeat(c)->in_flight;
}

/* @rfc 6520:4/2, 6520:4/3 */
static tlsn_status queue_request(tlsn_conn *c, const void *payload, size_t len)
{
    uint8_t message[HEAD + TLSN_HEARTBEAT_PAYLOAD_MAX + PADDING];
    struct tlsni_wr w = tlsni_wr_make(message, sizeof message);
    uint8_t *padding;
    tlsn_status st;

    tlsni_wr_u8(&w, REQUEST);
    tlsni_wr_vec(&w, 2, tlsni_span_make(payload, len));
    padding = tlsni_wr_reserve(&w, PADDING);
    if (!padding)
        return TLSN_ERR_INTERNAL;
    st = tlsni_random(c->env, padding, PADDING);
    return st == TLSN_OK ? tlsni_conn_queue(c, TLSNI_CONTENT_HEARTBEAT, message, w.len) : st;
}

tlsn_status tlsn_heartbeat_send(tlsn_conn *c, const void *payload, size_t len)
{
    tlsn_status st;

    if (!c || (!payload && len))
        return TLSN_ERR_ARGUMENT;
    if (!may_send(c))
        return tlsni_conn_failed(c) ? c->error.status : TLSN_ERR_MISUSE;
    if (len > TLSN_HEARTBEAT_PAYLOAD_MAX ||
        HEAD + len + PADDING > tlsni_conn_plain_max(c, true))
        return TLSN_ERR_ARGUMENT;
    st = tlsni_buf_append(c->env, &c->rare->heartbeat.payload, payload, len);
    if (st == TLSN_OK)
        st = queue_request(c, payload, len);
    if (st != TLSN_OK)
        return tlsni_conn_fail(c, st, NULL);
    c->rare->heartbeat.in_flight = true;
    return TLSN_OK;
}

void tlsn_heartbeat_get_info(const tlsn_conn *c, struct tlsn_heartbeat_info *info)
{
    const struct tlsni_heartbeat *h = heartbeat(c);

    info->peer = (enum tlsn_heartbeat)h->peer;
    info->own = (enum tlsn_heartbeat)h->own;
    info->in_flight = h->in_flight;
    info->requests_in = h->requests_in;
    info->responses_in = h->responses_in;
}
