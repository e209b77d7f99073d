/* conn_post13.c - what TLS 1.3 records carry besides application data once the handshake is complete. */
#include "base/bytes.h"
#include "base/mem.h"
#include "conn.h"
#include "handshake/auth13.h"
#include "handshake/post13.h"

/* ---- secrets ---- */

tlsn_status tlsni_conn_keep_secrets13(tlsn_conn *c, struct tlsni_hs *hs)
{
    const struct tlsni_schedule13 *s = &hs->tls13.keys;

    c->secrets13 = tlsni_alloc(c->env, sizeof *c->secrets13);
    if (!c->secrets13)
        return TLSN_ERR_NO_MEMORY;
    memcpy(c->secrets13->traffic, s->traffic, sizeof s->traffic);
    if (tlsni_hs_feature(hs->cfg, TLSN_FEATURE_EXPORTER)) {
        c->secrets13->exporter = s->exporter;
        c->secrets13->early_exporter = s->early_exporter;
    }
    return tlsni_conn_keep_auth13(c, hs);
}

void tlsni_conn_drop_secrets13(tlsn_conn *c)
{
    if (!c->secrets13)
        return;
    tlsni_auth13_free(c->secrets13->auth, c->env);
    tlsni_bytes_free(c->env, &c->secrets13->resumable);
    tlsni_bytes_free(c->env, &c->secrets13->older);
    tlsni_free_secret(c->env, c->secrets13, sizeof *c->secrets13);
    c->secrets13 = NULL;
}

/* ---- tickets ---- */

/* @rfc 8446:C.4/1 */
tlsn_status tlsn_conn_take_session(tlsn_conn *c, tlsn_session **out)
{
    tlsn_status st = tlsn_conn_get_session(c, out);

    if (st == TLSN_OK && c->secrets13)
        st = tlsni_post13_next_session(c->env, &c->session, &c->secrets13->older);
    else if (st == TLSN_OK)
        tlsni_bytes_free(c->env, &c->session);
    if (st != TLSN_OK) {
        tlsn_session_free(*out);
        *out = NULL;
    }
    return st;
}

/* ---- messages: one row each ---- */

/* @rfc 9846:4.7.1/1 */
static tlsn_status take_ticket(tlsn_conn *c, struct tlsn_span body, struct tlsni_err *err)
{
    struct tlsni_post13 p = {
        .env = c->env,
        .err = err,
        .session_seconds = tlsni_conn_limits(c)->session_seconds,
        .session = &c->session,
        .older = &c->secrets13->older,
        .keep = c->config->hs.ticket_count,
    };

    if (tlsni_hs_feature(&c->config->hs, TLSN_FEATURE_TICKETS))
        p.resumable = tlsni_bytes_span(&c->secrets13->resumable);
    return tlsni_post13_ticket(&p, body);
}

#define BIT(role) (1U << (role))

static const struct {
    uint8_t message, readers; /* bit n: who may get it, by enum tlsn_role */
    tlsn_status (*take)(tlsn_conn *c, struct tlsn_span body, struct tlsni_err *err);
} rows[] = {
    { TLSNI_MSG_NEW_SESSION_TICKET, BIT(TLSN_CLIENT), take_ticket },
    { TLSNI_MSG_KEY_UPDATE, BIT(TLSN_CLIENT) | BIT(TLSN_SERVER), tlsni_conn_take_key_update },
};

/* @rfc 8446:4.1.2/3 */
static tlsn_status dispatch(tlsn_conn *c, uint8_t type, struct tlsn_span body,
                            struct tlsni_err *err)
{
    const char *name = tlsni_msg_name(type);
    tlsn_status st;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].message == type && (rows[i].readers & BIT(c->role))) {
            st = rows[i].take(c, body, err);
            return st >= 0 ? st
                           : tlsni_fail(err, st, "handshake", "%s (%s)", tlsn_status_text(st), name);
        }
    return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "handshake",
                      "%s (%u) behind the handshake", name ? name : "unknown message", type);
}

static tlsn_status check_length(const tlsn_conn *c, size_t len, struct tlsni_err *err)
{
    if (len <= tlsni_conn_limits(c)->message_max)
        return TLSN_OK;
    return tlsni_fail(err, TLSN_ERR_MESSAGE_TOO_LONG, "handshake",
                      "message of %zu bytes behind the handshake", len);
}

/* Keys change between records. */
static tlsn_status check_end(uint8_t type, size_t behind, struct tlsni_err *err)
{
    if (type != TLSNI_MSG_KEY_UPDATE || !behind)
        return TLSN_OK;
    return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                      "%zu bytes of a message in front of new keys", behind);
}

static tlsn_status take_one(tlsn_conn *c, struct tlsn_span message, struct tlsni_err *err)
{
    uint8_t type = message.data[0];

    if (tlsni_conn_takes_auth13(c, type))
        return tlsni_conn_take_auth13(c, message, err);
    return dispatch(c, type, tlsni_span_make(message.data + TLSNI_MSG_HEADER,
                                             message.len - TLSNI_MSG_HEADER), err);
}

/* Whole messages at the front of c->post, up to a question. */
static tlsn_status take_messages(tlsn_conn *c, struct tlsni_err *err)
{
    tlsn_status st = TLSN_OK;

    while (st == TLSN_OK) {
        struct tlsni_rd r = tlsni_rd_make(tlsni_buf_data(&c->post), tlsni_buf_len(&c->post));
        uint8_t type = tlsni_rd_u8(&r);
        size_t len = tlsni_rd_u24(&r);

        if (r.bad)
            return TLSN_OK;
        st = check_length(c, len, err);
        if (st != TLSN_OK || len > tlsni_rd_left(&r))
            return st;
        st = check_end(type, tlsni_rd_left(&r) - len, err);
        if (st == TLSN_OK)
            st = take_one(c, tlsni_span_make(tlsni_buf_data(&c->post), TLSNI_MSG_HEADER + len), err);
        tlsni_buf_skip(&c->post, TLSNI_MSG_HEADER + len);
    }
    return st;
}

static tlsn_status take_all(tlsn_conn *c, struct tlsni_err *err)
{
    tlsn_status st = take_messages(c, err);

    if (!tlsni_buf_len(&c->post))
        tlsni_buf_free(c->env, &c->post);
    return st;
}

tlsn_status tlsni_conn_take_waiting(tlsn_conn *c, struct tlsni_err *err)
{
    bool waiting = c->version && c->version->record->inner_type && tlsni_buf_len(&c->post);

    return waiting ? take_all(c, err) : TLSN_OK;
}

/* @rfc 8446:5.1/2 */
static tlsn_status take_handshake(tlsn_conn *c, const uint8_t *data, size_t len,
                                  struct tlsni_err *err)
{
    tlsn_status st;

    if (!len)
        return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record", "empty handshake record");
    st = tlsni_buf_append(c->env, &c->post, data, len);
    return st == TLSN_OK ? take_all(c, err) : st;
}

static tlsn_status take_heartbeat(tlsn_conn *c, const uint8_t *data, size_t len,
                                  struct tlsni_err *err)
{
    tlsn_status st = tlsni_buf_reserve(c->env, &c->post, len ? len : 1);

    if (st == TLSN_OK && len)
        memcpy(c->post.data + c->post.end, data, len);
    return st == TLSN_OK ? tlsni_conn_heartbeat(c, c->post.data + c->post.end, len, err) : st;
}

tlsn_status tlsni_conn_take_inner(tlsn_conn *c, uint8_t type, const uint8_t *data, size_t len,
                                  struct tlsni_err *err)
{
    if (type == TLSNI_CONTENT_HANDSHAKE)
        return take_handshake(c, data, len, err);
    if (type == TLSNI_CONTENT_ALERT)
        return tlsni_conn_alerts(c, data, len, err);
    if (type == TLSNI_CONTENT_HEARTBEAT && !tlsni_buf_len(&c->post))
        return take_heartbeat(c, data, len, err);
    return tlsni_fail(err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                      "record of type %u behind the handshake", type);
}
