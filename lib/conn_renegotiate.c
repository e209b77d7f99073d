/* conn_renegotiate.c - handshakes on a connection that is complete, and their refusal.
 *
 * The handshake is the same as ever; what differs is how it begins (a wish of ours, or of the peer),
 * what it is bound to, and that application data flow around it. The keys in use change one direction
 * at a time, each at its ChangeCipherSpec, like in the first handshake. */
#include "base/bytes.h"
#include "base/mem.h"
#include "conn.h"

bool tlsn_renegotiating(const tlsn_conn *c)
{
    return tlsni_conn_renegotiates(c) && !tlsni_conn_failed(c);
}

/* ---- the new handshake's beginning: when the application wants it, @rfc 5929:7/2 ---- */

/* @rfc 5746:3.1/2, 5746:3.1/3, 5746:3.5/1 */
void tlsni_conn_bind(tlsn_conn *c, struct tlsni_hs *hs)
{
    struct tlsni_bound *b = &hs->bound;

    hs->facts |= TLSNI_F_RENEGOTIATION;
    if (c->secure_renegotiation) {
        hs->client_verify_data = tlsni_span_make(c->verify_data[TLSN_CLIENT], c->verify_data_len);
        hs->server_verify_data = tlsni_span_make(c->verify_data[TLSN_SERVER], c->verify_data_len);
    }
    b->version = c->version;
    b->leaf = c->peer_raw ? tlsn_conn_peer_key(c) : tlsn_conn_peer_cert(c, 0);
    b->leaf_hash = c->leaf_hashed ? c->peer.data : NULL;
    if (c->role == TLSN_SERVER)
        b->identity = tlsni_bytes_span(&tlsni_conn_rare(c)->identity);
    b->server_name = c->role == TLSN_SERVER ? c->server_name : NULL;
    b->mac_order = (enum tlsni_mac_order)c->mac_order;
    b->ems = c->ems;
}

/* The configuration for the renegotiation that was asked for, in place of another; takes the reference. */
static tlsn_status set_next(tlsn_conn *c, tlsn_config *config)
{
    struct tlsni_rare *rare = config ? tlsni_conn_need_rare(c) : c->rare;

    if (rare) {
        tlsn_config_free(rare->next);
        rare->next = config;
    } else if (config) {
        tlsn_config_free(config);
        return TLSN_ERR_NO_MEMORY;
    }
    return TLSN_OK;
}

/* Takes it into use. */
static tlsn_status begin(tlsn_conn *c)
{
    tlsn_config *next = tlsni_conn_rare(c)->next;
    tlsn_status st = next ? tlsni_conn_adopt(c, next) : TLSN_OK;

    if (next)
        c->rare->next = NULL;
    c->renegotiation_refused = false;
    if (st == TLSN_OK)
        st = tlsni_conn_start(c);
    if (st == TLSN_OK) {
        c->scratch->config_given = next != NULL;
        c->scratch->in = c->post; /* what has come of a request goes on there */
        c->post = (struct tlsni_buf){ 0 };
    }
    tlsn_config_free(next);
    return st;
}

static void give_up(tlsn_conn *c)
{
    if (tlsni_buf_len(&c->scratch->in)) {
        c->post = c->scratch->in;
        c->scratch->in = (struct tlsni_buf){ 0 };
    }
    tlsni_conn_drop_scratch(c);
    tlsni_conn_drop_offer(c);
}

tlsn_status tlsni_conn_progress(tlsn_conn *c)
{
    tlsn_status st;

    if (tlsni_conn_authenticates(c))
        return tlsni_conn_progress_auth13(c);
    if (!tlsni_conn_renegotiates(c))
        return TLSN_OK;
    /* Nothing has come of it: neither side has changed anything. */
    if (c->close_sent || (c->renegotiation_refused && !c->scratch->hs.version)) {
        give_up(c);
        return TLSN_OK;
    }
    if (c->scratch->question)
        return c->scratch->question;
    st = tlsni_conn_advance(c);
    return st == TLSN_NEED_INPUT ? TLSN_OK : st;
}

/* ---- our wish ---- */

/* Whether this connection may renegotiate at all.
 * @rfc 7627:5.4/5, 5746:4.2/1, 5746:4.4/1, 5746:5/1 */
static bool allowed(const tlsn_conn *c)
{
    if (c->role == TLSN_CLIENT && c->resumed && !c->ems)
        return false;
    if (!c->version->renegotiates)
        return false;
    return c->secure_renegotiation || c->config->renegotiation == TLSN_RENEGOTIATION_INSECURE_LEGACY;
}

/* @rfc 5246:7.4.1.1/1, 5246:7.4.1.1/5 */
static tlsn_status send_hello_request(tlsn_conn *c)
{
    static const uint8_t message[TLSNI_MSG_HEADER] = { TLSNI_MSG_HELLO_REQUEST };

    c->renegotiation_asked = true;
    return tlsni_conn_queue(c, TLSNI_CONTENT_HANDSHAKE, message, sizeof message);
}

/* Queued as any other data: protected as that is.
 * @rfc 6101:5.6.1/1 */
static tlsn_status send_client_hello(tlsn_conn *c)
{
    tlsn_status st = begin(c);

    return st == TLSN_OK ? tlsni_conn_progress(c) : st;
}

tlsn_status tlsn_renegotiate(tlsn_conn *c, tlsn_config *config)
{
    tlsn_status st;

    if (!c)
        return TLSN_ERR_ARGUMENT;
    if (tlsni_conn_failed(c))
        return c->error.status;
    if (!c->done || c->scratch || c->renegotiation_asked || c->close_sent || c->close_received)
        return TLSN_ERR_MISUSE;
    if (!allowed(c))
        return TLSN_ERR_NO_RENEGOTIATION;
    st = config ? tlsn_config_freeze(config) : TLSN_OK;
    if (st != TLSN_OK)
        return st;
    st = set_next(c, config ? tlsn_config_ref(config) : NULL);
    if (st == TLSN_OK)
        st = c->role == TLSN_SERVER ? send_hello_request(c) : send_client_hello(c);
    return st < 0 ? tlsni_conn_fail(c, st, c->scratch ? &c->scratch->err : NULL) : TLSN_OK;
}

/* The alert is read while the handshake's own buffers are in use: tlsni_conn_progress() clears up. */
void tlsni_conn_hear_refusal(tlsn_conn *c)
{
    if (!c->renegotiation_asked && !(c->role == TLSN_CLIENT && tlsni_conn_renegotiates(c)))
        return;
    c->renegotiation_asked = false;
    c->renegotiation_refused = true;
    (void)set_next(c, NULL);
}

/* ---- the peer's wish ---- */

/* @rfc 5246:7.4.1.1/4, 5746:4.4/1, 5746:5/1, 5746:5/2 */
static bool accepts(const tlsn_conn *c)
{
    if (!allowed(c))
        return false;
    if (c->renegotiation_asked)
        return true;
    return c->config->renegotiation != TLSN_RENEGOTIATION_NONE &&
           c->renegotiations < tlsni_conn_limits(c)->renegotiations;
}

/* The peer hears no_renegotiation (RFC 5246 7.2.2) and we go on.
 * @rfc 5246:7.2.2/28, 5746:4.2/1, 5746:4.2/2, 5746:4.4/1
 * @rfc 5746:5/1 */
static tlsn_status refuse(tlsn_conn *c, struct tlsni_err *err)
{
    unsigned max = tlsni_conn_limits(c)->requests;

    if (++c->refused_requests > max)
        return tlsni_fail(err, TLSN_ERR_TOO_MANY, "handshake",
                          "more than %u requests to renegotiate", max);
    /* @rfc 5746:4.5/3 a version without that alert has only the fatal one */
    if (tlsni_version_alert(c->version, TLSNI_ALERT_NO_RENEGOTIATION) != TLSNI_ALERT_NO_RENEGOTIATION)
        return tlsni_fail(err, TLSN_ERR_NO_RENEGOTIATION, "handshake",
                          "the peer wants to renegotiate, %s cannot refuse", c->version->title);
    return tlsni_conn_queue_alert(c, TLSNI_ALERT_WARNING, TLSNI_ALERT_NO_RENEGOTIATION);
}

static tlsn_status check_request(const tlsn_conn *c, uint8_t type, size_t len,
                                 struct tlsni_err *err)
{
    const char *name = tlsni_msg_name(type);
    bool asks = c->role == TLSN_SERVER ? type == TLSNI_MSG_CLIENT_HELLO
                                       : type == TLSNI_MSG_HELLO_REQUEST;

    if (!asks)
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "handshake",
                          "%s (%u) behind the handshake", name ? name : "unknown message", type);
    if (type == TLSNI_MSG_HELLO_REQUEST && len)
        return tlsni_fail(err, TLSN_ERR_DECODE, "handshake", "HelloRequest of %zu bytes", len);
    if (len > tlsni_conn_limits(c)->message_max)
        return tlsni_fail(err, TLSN_ERR_MESSAGE_TOO_LONG, "handshake", "%s of %zu bytes", name, len);
    return TLSN_OK;
}

/* A whole request of `size` bytes is at the front. A HelloRequest is no part of the handshake that it
 * begins, a ClientHello is its first message.
 * @rfc 5246:D.4/5 */
static tlsn_status take_request(tlsn_conn *c, size_t size, struct tlsni_err *err)
{
    tlsn_status st;

    if (!accepts(c)) {
        tlsni_buf_skip(&c->post, size);
        return refuse(c, err);
    }
    if (c->role == TLSN_CLIENT)
        tlsni_buf_skip(&c->post, size);
    st = begin(c);
    return st == TLSN_OK ? tlsni_conn_progress(c) : st;
}

static tlsn_status take_requests(tlsn_conn *c, struct tlsni_err *err)
{
    tlsn_status st = TLSN_OK;

    while (st == TLSN_OK && !c->scratch) {
        struct tlsni_rd r = tlsni_rd_make(tlsni_buf_data(&c->post), tlsni_buf_len(&c->post));
        uint8_t type = tlsni_rd_u8(&r);
        size_t body = tlsni_rd_u24(&r);

        if (r.bad)
            return TLSN_OK;
        st = check_request(c, type, body, err);
        if (st != TLSN_OK || body > tlsni_rd_left(&r))
            return st;
        st = take_request(c, TLSNI_MSG_HEADER + body, err);
    }
    return st;
}

/* ---- records ---- */

/* @rfc 5246:6/2 */
static tlsn_status take_outside(tlsn_conn *c, const struct tlsni_record *rec,
                                struct tlsni_err *err)
{
    const uint8_t *data;
    size_t len;
    uint8_t type;
    tlsn_status st = tlsni_conn_open(c, rec, &c->post, &type, &data, &len, err);

    if (st != TLSN_OK)
        return st;
    if (rec->type == TLSNI_CONTENT_ALERT)
        return tlsni_conn_alerts(c, data, len, err);
    /* A renegotiation that our close_notify has ended: nothing comes of it any more, and behind new keys
     * nothing can be read. */
    if (c->close_sent && rec->type == TLSNI_CONTENT_CCS)
        c->close_received = true;
    if (c->close_sent)
        return TLSN_OK;
    if (rec->type == TLSNI_CONTENT_HEARTBEAT)
        return tlsni_conn_heartbeat(c, c->post.data + c->post.end, len, err); /* opened there */
    if (rec->type != TLSNI_CONTENT_HANDSHAKE)
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                          "record of type %u behind the handshake", rec->type);
    if (!len)
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record", "empty handshake record");
    c->post.end += len; /* it was opened in place */
    return take_requests(c, err);
}

tlsn_status tlsni_conn_take_other(tlsn_conn *c, const struct tlsni_record *rec,
                                  struct tlsni_err *err)
{
    tlsn_status st;

    if (tlsni_conn_renegotiates(c))
        return tlsni_conn_take_record(c, rec);
    st = take_outside(c, rec, err);
    if (!tlsni_buf_len(&c->post))
        tlsni_buf_free(c->env, &c->post);
    return st;
}
