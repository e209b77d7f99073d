/* server12.c - the TLS 1.2 server behind ClientHello: actions, and the flow table they stand in
 * (RFC 5246 7.3). The rows that grant TLSNI_P_CHAIN and TLSNI_P_SIGNATURE are the audit surface. */
#include "handshake/server12.h"

#include "base/alert.h"
#include "base/env.h"
#include "ext/ext.h"
#include "handshake/bound.h"
#include "handshake/cached12.h"
#include "handshake/common12.h"
#include "handshake/hello_server.h"
#include "handshake/kx.h"
#include "handshake/machine.h"
#include "handshake/negotiate.h"
#include "handshake/schedule.h"
#include "handshake/send.h"
#include "handshake/status12.h"
#include "handshake/supplemental12.h"
#include "handshake/transcript.h"
#include "handshake/url12.h"

/* Extensions whose answer depends on the suite.
 * @rfc 5246:7.4.9/7, 7627:3/2 */
static tlsn_status settle(struct tlsni_hs *hs)
{
    /* @rfc 7366:3/4 */
    if (hs->suite->kind != TLSNI_CIPHER_CBC)
        hs->etm = false;
    tlsni_ext_settle_truncated_hmac(hs);
    tlsni_transcript_start(&hs->transcript, tlsni_version_hash(hs->version, hs->suite));
    return tlsni_bound_check_outcome(hs);
}

static void announce_ticket(struct tlsni_hs *hs)
{
    hs->ticket_due = true;
    hs->facts |= TLSNI_F_TICKET;
}

/* @rfc 5246:7.3/13, 5246:7.4.1.3/5 */
static tlsn_status negotiate_resumed(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span id = hs->hello.session_id;

    (void)body;
    hs->suite = tlsni_suite_find(hs->session.suite);
    /* @rfc 6066:4/7, 8449:4/13 a limit that is named anew takes its place */
    hs->truncated_mac = hs->session.truncated_mac; /* @rfc 6066:7/6 */
    hs->fragment_max = hs->size_limit_out ? 0 : hs->session.fragment_max;
    hs->compression = hs->session.compression;
    hs->kx = tlsni_kx_find(hs->suite->kx);
    /* @rfc 5077:3.4/4, 4507:3.4/4 the client's ID is echoed: it sees that the session goes on */
    hs->session_id_len = (uint8_t)id.len;
    if (id.len)
        memcpy(hs->session_id, id.data, id.len);
    if (tlsni_server12_renews(hs))
        announce_ticket(hs);
    return settle(hs);
}

/* A new session gets a ticket if the client takes one, else an ID if there is a place to keep it.
 * @rfc 5246:7.4.1.3/4, 5246:7.3/15, 5077:3.2/3, 4507:3.2/3, 5077:3.4/1, 4507:3.4/1
 * @rfc 5246:7.4.1.2/4 */
static tlsn_status name_session(struct tlsni_hs *hs)
{
    if (hs->authz_in || hs->authz_out) /* @rfc 5878:2/2 it is not kept in sessions */
        return TLSN_OK;
    if (hs->peer_name.len > TLSNI_SESSION_NAME_MAX) /* it could not say whose it is */
        return TLSN_OK;
    if (hs->ticket_offered && tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TICKETS)) {
        announce_ticket(hs);
        return TLSN_OK;
    }
    if (!hs->cfg->cache_store || !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_SESSION_IDS))
        return TLSN_OK;
    hs->session_id_len = TLSNI_SESSION_ID_MAX;
    return tlsni_random(hs->env, hs->session_id, TLSNI_SESSION_ID_MAX);
}

/* In our version, its handshake or its certificates. */
static bool client_may_sign(const struct tlsni_hs *hs, uint16_t scheme)
{
    const struct tlsni_sigalg *s = tlsni_sigalg_find(scheme);
    uint16_t version = hs->version->number;

    return s && tlsni_version_overlap(s->min_version, tlsni_sigalg_last(s, TLSN_CLIENT), version,
                                      version);
}

/* @rfc 5246:7.4.4/4, 5246:7.4.4/9 */
static tlsn_status begin_certificate_request(struct tlsni_hs *hs, struct tlsni_sending *s)
{
    uint8_t types[TLSNI_TYPES_MAX];
    const struct tlsni_ids *ids = &hs->cfg->sigalgs;
    uint8_t list[256];
    struct tlsni_wr w = tlsni_wr_make(list, sizeof list);
    struct tlsni_msg_certificate_request m = { .types = { types, tlsni_negotiate_types(hs, types) },
                                               .authorities = hs->cfg->authorities };
    tlsn_status st = tlsni_send_begin(hs, s, TLSNI_MSG_CERTIFICATE_REQUEST,
                                      sizeof types + sizeof list + hs->cfg->authorities.len + 8);

    if (st != TLSN_OK)
        return st;
    for (size_t i = 0; i < ids->count; i++)
        if (client_may_sign(hs, ids->id[i]))
            tlsni_wr_u16(&w, ids->id[i]);
    m.sigalgs = tlsni_span_make(list, w.len);
    tlsni_msg_certificate_request_write(&s->w, hs->version->sigalgs, &m);
    return TLSN_OK;
}

/* What the client still has is left out. */
static tlsn_status settle_cached(struct tlsni_hs *hs)
{
    tlsn_status st = TLSN_OK;

    if (hs->facts & TLSNI_F_CERT) /* @rfc 8422:2.3/1, 8422:2.3/3 */
        st = tlsni_cached_settle(hs, TLSNI_CACHED_CERT, tlsni_certificate_begin);
    if (st == TLSN_OK && (hs->facts & TLSNI_F_REQUEST))
        st = tlsni_cached_settle(hs, TLSNI_CACHED_CERT_REQ, begin_certificate_request);
    return st;
}

/* @rfc 5246:7.3/5 */
static tlsn_status negotiate_full(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = tlsni_negotiate_suite(hs);

    (void)body;
    if (st == TLSN_OK && hs->kx->keep_hello)
        st = hs->kx->keep_hello(hs);
    if (st == TLSN_OK)
        st = name_session(hs);
    if (st != TLSN_OK)
        return st;
    if (tlsni_auth_by_certificate(hs->suite->auth))
        hs->facts |= TLSNI_F_CERT;
    if (hs->kx->prepare && (!hs->kx->has_params || hs->kx->has_params(hs)))
        hs->facts |= TLSNI_F_SKE;
    if (tlsni_auth_by_certificate(hs->suite->auth) &&
        tlsni_key_usage(hs->suite, hs->credential->public_key) == TLSNI_KU_DIGITAL_SIGNATURE)
        hs->facts |= TLSNI_F_SKE_SIGNED;
    /* RFC 5246 7.4.4: a server without a certificate does not ask for one */
    if (hs->cfg->client_auth != TLSN_CLIENT_AUTH_NONE && tlsni_auth_by_certificate(hs->suite->auth))
        hs->facts |= TLSNI_F_REQUEST;
    hs->compression = tlsni_negotiate_compression(hs);
    tlsni_session_set_name(hs);
    tlsni_ext_choose_status(hs);
    if (hs->mapping_agreed || hs->authz_in)
        hs->facts |= TLSNI_F_SUPPLEMENT;
    if (hs->authz_out)
        hs->facts |= TLSNI_F_SERVER_SUPPLEMENT;
    st = tlsni_negotiate_peer_type(hs);
    if ((hs->facts & TLSNI_F_REQUEST) && hs->url_asked && hs->peer_type == TLSN_CERT_X509 &&
        tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERTIFICATE_URL))
        hs->facts |= TLSNI_F_URL;
    if (st == TLSN_OK)
        st = settle_cached(hs);
    return st == TLSN_OK ? settle(hs) : st;
}

static size_t hello_max(const struct tlsni_hs *hs)
{
    return 1024 + (hs->credential ? tlsni_buf_len(&hs->credential->scts) : 0);
}

/* @rfc 8446:4.1.3/1 */
static tlsn_status make_random(struct tlsni_hs *hs)
{
    const char *mark = tlsni_version_mark(hs->version, hs->newest);
    tlsn_status st = tlsni_random(hs->env, hs->server_random, TLSNI_RANDOM_LEN);

    if (st == TLSN_OK && mark)
        memcpy(hs->server_random + TLSNI_RANDOM_LEN - TLSNI_MARK_LEN, mark, TLSNI_MARK_LEN);
    return st;
}

/* @rfc 5246:7.4.1.3/3, 5246:7.4.1.3/7, 5246:7.4.1.3/10 */
static tlsn_status send_server_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_sending s;
    tlsn_status st = make_random(hs);

    (void)body;
    if (st == TLSN_OK && hs->name_unknown)
        st = hs->host->send_warning(hs->host_ctx, TLSNI_ALERT_UNRECOGNIZED_NAME);
    if (st == TLSN_OK)
        st = tlsni_send_begin(hs, &s, TLSNI_MSG_SERVER_HELLO, hello_max(hs));
    if (st != TLSN_OK)
        return st;
    const struct tlsni_msg_server_hello m = {
        .version = hs->version->number,
        .random = { hs->server_random, TLSNI_RANDOM_LEN },
        .session_id = { hs->session_id, hs->session_id_len },
        .suite = hs->suite->id,
        .compression = hs->compression,
    };
    tlsni_msg_server_hello_write(&s.w, &m);
    tlsni_ext_write(hs, TLSNI_IN_SERVER_HELLO, &s.w);
    tlsni_hello_forget(hs);
    return tlsni_send_end(hs, &s);
}

static tlsn_status send_certificate(struct tlsni_hs *hs, struct tlsn_span body)
{
    return tlsni_cached_agreed(hs, TLSNI_CACHED_CERT) ? tlsni_cached_send(hs, TLSNI_CACHED_CERT)
                                                      : tlsni_act_send_certificate(hs, body);
}

enum { PARAMS_MAX = 3 * (2 + TLSNI_DH_LEN_MAX) };

/* Parameters without a signature: anonymous, PSK, SRP. */
static tlsn_status send_plain_key_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_sending s;
    tlsn_status st = hs->kx->prepare(hs);

    (void)body;
    if (st == TLSN_OK)
        st = tlsni_send_begin(hs, &s, TLSNI_MSG_SERVER_KEY_EXCHANGE,
                              PARAMS_MAX + (hs->kx->params_extra ? hs->kx->params_extra(hs) : 0));
    if (st != TLSN_OK)
        return st;
    hs->kx->write_params(hs, &s.w);
    return tlsni_send_end(hs, &s);
}

/* @rfc 8422:2.1/2, 8422:2.2/2, 5246:F.1.1.3/2, 3268:3/1 */
static tlsn_status prepare_signed_key_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    uint8_t params[PARAMS_MAX + TLSNI_SALT_MAX];
    struct tlsni_wr w = tlsni_wr_make(params, sizeof params);
    tlsn_status st = hs->kx->prepare(hs);

    (void)body;
    if (st != TLSN_OK)
        return st;
    hs->kx->write_params(hs, &w);
    if (w.bad)
        return TLSN_ERR_INTERNAL;
    st = tlsni_sign_input(hs, tlsni_span_make(params, w.len));
    tlsni_key_op_begin(hs, TLSNI_OP_SIGN, hs->scheme,
                       tlsni_span_make(hs->sign_input.data, hs->sign_input.end));
    return st;
}

static tlsn_status send_signed_key_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_sending s;
    tlsn_status st = tlsni_key_op_run(hs);

    (void)body;
    if (st != TLSN_OK)
        return st;
    const struct tlsni_msg_signed sig = { hs->scheme->id,
                                          { hs->key_op.result, hs->key_op.result_len } };
    size_t params_len = hs->sign_input.end - 2 * TLSNI_RANDOM_LEN;

    st = tlsni_send_begin(hs, &s, TLSNI_MSG_SERVER_KEY_EXCHANGE,
                          params_len + 4 + sig.signature.len);
    if (st != TLSN_OK)
        return st;
    tlsni_wr_put(&s.w, hs->sign_input.data + 2 * TLSNI_RANDOM_LEN, params_len);
    tlsni_msg_signed_write(&s.w, hs->version->sigalgs, &sig);
    return tlsni_send_end(hs, &s);
}

static tlsn_status send_certificate_request(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_sending s;
    tlsn_status st;

    (void)body;
    if (tlsni_cached_agreed(hs, TLSNI_CACHED_CERT_REQ))
        return tlsni_cached_send(hs, TLSNI_CACHED_CERT_REQ);
    st = begin_certificate_request(hs, &s);
    return st == TLSN_OK ? tlsni_send_end(hs, &s) : st;
}

static tlsn_status send_server_hello_done(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    if (!(hs->facts & TLSNI_F_REQUEST))
        tlsni_transcript_forget(&hs->transcript, hs->env);
    return tlsni_send_empty(hs, TLSNI_MSG_SERVER_HELLO_DONE);
}

/* @rfc 5246:7.4.6/4, 6101:5.6.6/4, 8422:3/4, 8422:5.6/2 */
static tlsn_status receive_client_certificate(struct tlsni_hs *hs, struct tlsn_span body)
{
    bool any;
    tlsn_status st = tlsni_peer_certificate(hs, body, &any);

    if (st != TLSN_OK)
        return st;
    if (!any && hs->cfg->client_auth == TLSN_CLIENT_AUTH_REQUIRE)
        return tlsni_fail(hs->err, TLSN_ERR_NO_PEER_CERTIFICATE, "handshake",
                          "client sent no certificate, one is required");
    if (!any)
        return tlsni_bound_check_leaf(hs, tlsni_span_make(NULL, 0));
    hs->facts |= TLSNI_F_CLIENT_SIGNS;
    return tlsni_peer_usage(hs, TLSNI_KU_DIGITAL_SIGNATURE);
}

static tlsn_status receive_client_key_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = hs->kx->read_exchange(hs, body);

    return st == TLSN_OK ? tlsni_bound_check_client(hs) : st;
}

static tlsn_status finish_key_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = tlsni_supplement_check(hs);

    if (st == TLSN_OK)
        st = hs->kx->finish_exchange(hs);
    (void)body;
    if (st != TLSN_OK)
        return st;
    tlsni_schedule_master(hs);
    tlsni_schedule_keys(hs);
    return tlsni_session_fill(hs);
}

/* @rfc 5246:7.4.8/6, 5246:7.4.8/7 */
static tlsn_status receive_certificate_verify(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsni_msg_signed sig;
    tlsn_status st = tlsni_msg_signed_parse(&r, hs->version->sigalgs, &sig);

    struct tlsn_span input;

    if (st == TLSN_OK)
        st = tlsni_verify_input(hs, hs->peer.key, &hs->peer_scheme, &input);
    if (st == TLSN_OK)
        st = tlsni_peer_signature(hs, &sig, input, &hs->peer_scheme);
    if (st == TLSN_OK)
        tlsni_transcript_forget(&hs->transcript, hs->env);
    return st;
}

static tlsn_status accept_client(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = tlsni_act_judge_chain(hs, body);

    if (st == TLSN_OK)
        hs->session.client_authenticated = true;
    return st;
}

/* @rfc 5077:3.3/1, 4507:3.3/1, 5077:3.3/2, 4507:3.3/2, 5077:3.1/4, 4507:3.1/4 */
static tlsn_status send_new_session_ticket(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_msg_new_session_ticket m = { .lifetime_s = tlsni_server12_rest_s(hs) };
    struct tlsni_buf ticket = { 0 };
    struct tlsni_sending s;
    tlsn_status st = tlsni_server12_make_ticket(hs, &ticket, &m.lifetime_s);

    (void)body;
    m.ticket = tlsni_span_make(ticket.data, tlsni_buf_len(&ticket));
    if (st == TLSN_OK)
        st = tlsni_send_begin(hs, &s, TLSNI_MSG_NEW_SESSION_TICKET, 6 + m.ticket.len);
    if (st == TLSN_OK) {
        tlsni_msg_new_session_ticket_write(&s.w, &m);
        st = tlsni_send_end(hs, &s);
    }
    tlsni_buf_free(hs->env, &ticket);
    return st;
}

/* @rfc 5246:7.4.1.2/6 */
static tlsn_status finish_full(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = tlsni_server12_keep_session(hs);

    if (st == TLSN_OK)
        st = tlsni_server12_settle_ticket(hs);
    return st == TLSN_OK ? tlsni_act_send_finished(hs, body) : st;
}

static tlsn_status finish_resumed(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = tlsni_act_receive_finished(hs, body);

    return st == TLSN_OK ? tlsni_server12_settle_ticket(hs) : st;
}

static tlsn_status derive_resumed(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    tlsni_transcript_forget(&hs->transcript, hs->env);
    hs->host->key_log(hs->host_ctx, "CLIENT_RANDOM", &hs->session.master);
    tlsni_schedule_keys(hs);
    return TLSN_OK;
}

enum {
    SESSION, NEGOTIATE, SEND_HELLO, SUPPLEMENT, SEND_CERTIFICATE, STATUS, EXCHANGE_BRANCH, SIGN,
    REQUEST, SEND_DONE, CLIENT_BRANCH, CERTIFICATE, FETCH, EXCHANGE, FINISH_EXCHANGE, VERIFY_BRANCH,
    VERIFY, VERDICT, CCS, FINISHED, TICKET, SEND_FINISHED, R_SEND_HELLO, R_DERIVE, R_TICKET,
    R_SEND_FINISHED, R_CCS, R_FINISHED,
    STATES
};
static const char *const state_names[STATES] = {
    "session", "negotiate", "send_server_hello", "supplement", "send_certificate", "status",
    "exchange_branch", "sign",
    "request", "send_server_hello_done", "client_branch", "wait_certificate", "fetch",
    "wait_client_key_exchange", "finish_key_exchange", "verify_branch", "wait_certificate_verify",
    "verdict", "wait_ccs", "wait_finished", "ticket", "send_finished", "resumed_send_server_hello",
    "resumed_derive", "resumed_ticket", "resumed_send_finished", "resumed_wait_ccs", "resumed_wait_finished",
};

#define CHAIN TLSNI_P_CHAIN
#define SIGNED TLSNI_P_SIGNATURE
#define KEYS TLSNI_P_KEYS
#define SIGNS TLSNI_F_CLIENT_SIGNS
#define SKE_SIGNED TLSNI_F_SKE_SIGNED

/* @rfc 5246:7.3/1, 5246:7.3/3, 5246:7.3/4, 5246:7.3/6, 5246:7.3/11, 5246:7.3/14
 * @rfc 5246:7.4/1, 5246:7.4.2/1, 5246:7.4.2/2, 5246:7.4.3/1, 5246:7.4.3/2, 5246:7.4.3/4
 * @rfc 5246:7.4.4/1, 5246:7.4.8/8, 5246:7.4.9/4, 5246:7.4.9/11, 8422:5.4/1, 5077:3.1/1, 4507:3.1/1
 * @rfc 5077:3.3/5, 4507:3.3/5 */
/* clang-format off */
static const struct tlsni_hs_row rows[] = {
/*            state             event                          next              when             unless           needs               proves            action                       source */
    TLSNI_ROW(SESSION,          TLSNI_EV_STEP,                 NEGOTIATE,        0,               0,               0,                  0,                tlsni_server12_find_session, "RFC 5246 7.4.1.3"),
    TLSNI_ROW(NEGOTIATE,        TLSNI_EV_STEP,                 R_SEND_HELLO,     TLSNI_F_RESUMED, 0,               0,                  0,                negotiate_resumed,           "RFC 5246 7.3 figure 2"),
    TLSNI_ROW(NEGOTIATE,        TLSNI_EV_STEP,                 SEND_HELLO,       0,               TLSNI_F_RESUMED, 0,                  0,                negotiate_full,              "RFC 5246 7.3 figure 1"),
    TLSNI_ROW(SEND_HELLO,       TLSNI_EV_STEP,                 SUPPLEMENT,       0,               0,               0,                  0,                send_server_hello,           "RFC 5246 7.4.1.3"),
    TLSNI_ROW(SUPPLEMENT,       TLSNI_EV_STEP,                 SEND_CERTIFICATE, TLSNI_F_SERVER_SUPPLEMENT, 0,     0,                  0,                tlsni_act_send_supplement,   "RFC 4680 3"),
    TLSNI_ROW(SUPPLEMENT,       TLSNI_EV_STEP,                 SEND_CERTIFICATE, 0,               TLSNI_F_SERVER_SUPPLEMENT, 0,        0,                tlsni_act_none,              "RFC 5246 7.3"),
    TLSNI_ROW(SEND_CERTIFICATE, TLSNI_EV_STEP,                 STATUS,           TLSNI_F_CERT,    0,               0,                  0,                send_certificate,            "RFC 5246 7.4.2"),
    TLSNI_ROW(SEND_CERTIFICATE, TLSNI_EV_STEP,                 EXCHANGE_BRANCH,  0,               TLSNI_F_CERT,    0,                  0,                tlsni_act_none,              "RFC 5246 7.4.2, RFC 4279 2, RFC 5054 2.5.2"),
    TLSNI_ROW(STATUS,           TLSNI_EV_STEP,                 EXCHANGE_BRANCH,  TLSNI_F_STATUS,  0,               0,                  0,                tlsni_act_send_status,       "RFC 6066 8"),
    TLSNI_ROW(STATUS,           TLSNI_EV_STEP,                 EXCHANGE_BRANCH,  0,               TLSNI_F_STATUS,  0,                  0,                tlsni_act_none,              "RFC 5246 7.3"),
    TLSNI_ROW(EXCHANGE_BRANCH,  TLSNI_EV_STEP,                 SIGN,             TLSNI_F_SKE|SKE_SIGNED, 0,        0,                  0,                prepare_signed_key_exchange, "RFC 5246 7.4.3"),
    TLSNI_ROW(EXCHANGE_BRANCH,  TLSNI_EV_STEP,                 REQUEST,          TLSNI_F_SKE,     SKE_SIGNED,      0,                  0,                send_plain_key_exchange,     "RFC 5246 7.4.3"),
    TLSNI_ROW(EXCHANGE_BRANCH,  TLSNI_EV_STEP,                 REQUEST,          0,               TLSNI_F_SKE,     0,                  0,                tlsni_act_none,              "RFC 5246 7.3"),
    TLSNI_ROW(SIGN,             TLSNI_EV_STEP,                 REQUEST,          0,               0,               0,                  0,                send_signed_key_exchange,    "RFC 5246 7.4.3"),
    TLSNI_ROW(REQUEST,          TLSNI_EV_STEP,                 SEND_DONE,        TLSNI_F_REQUEST, 0,               0,                  0,                send_certificate_request,    "RFC 5246 7.4.4"),
    TLSNI_ROW(REQUEST,          TLSNI_EV_STEP,                 SEND_DONE,        0,               TLSNI_F_REQUEST, 0,                  0,                tlsni_act_none,              "RFC 5246 7.3"),
    TLSNI_ROW(SEND_DONE,        TLSNI_EV_STEP,                 CLIENT_BRANCH,    0,               0,               0,                  0,                send_server_hello_done,      "RFC 5246 7.4.5"),
    TLSNI_ROW(CLIENT_BRANCH,    TLSNI_EV_STEP,                 CERTIFICATE,      TLSNI_F_REQUEST, 0,               0,                  0,                tlsni_act_none,              "RFC 5246 7.3"),
    TLSNI_ROW(CLIENT_BRANCH,    TLSNI_EV_STEP,                 EXCHANGE,         0,               TLSNI_F_REQUEST, 0,                  0,                tlsni_act_none,              "RFC 5246 7.3"),
    TLSNI_ROW(CERTIFICATE,      TLSNI_MSG_CERTIFICATE,         EXCHANGE,         0,               0,               0,                  0,                receive_client_certificate,  "RFC 5246 7.4.6"),
    /* RFC 4680 3: the first message of the client's flight, once */
    TLSNI_ROW(CERTIFICATE,      TLSNI_MSG_SUPPLEMENTAL_DATA,   CERTIFICATE,      TLSNI_F_SUPPLEMENT, 0,            0,                  0,                tlsni_act_receive_supplement, "RFC 4680 3"),
    TLSNI_ROW(EXCHANGE,         TLSNI_MSG_SUPPLEMENTAL_DATA,   EXCHANGE,         TLSNI_F_SUPPLEMENT, TLSNI_F_REQUEST, 0,               0,                tlsni_act_receive_supplement, "RFC 4680 3"),
    TLSNI_ROW(CERTIFICATE,      TLSNI_MSG_CERTIFICATE_URL,     FETCH,            TLSNI_F_URL,     0,               0,                  0,                tlsni_act_receive_url,       "RFC 6066 5"),
    TLSNI_ROW(FETCH,            TLSNI_EV_STEP,                 EXCHANGE,         0,               0,               0,                  0,                tlsni_act_fetch,             "RFC 6066 5"),
    TLSNI_ROW(EXCHANGE,         TLSNI_MSG_CLIENT_KEY_EXCHANGE, FINISH_EXCHANGE,  0,               0,               0,                  0,                receive_client_key_exchange, "RFC 5246 7.4.7"),
    TLSNI_ROW(FINISH_EXCHANGE,  TLSNI_EV_STEP,                 VERIFY_BRANCH,    0,               0,               0,                  KEYS,             finish_key_exchange,         "RFC 5246 8.1"),
    TLSNI_ROW(VERIFY_BRANCH,    TLSNI_EV_STEP,                 VERIFY,           SIGNS,           0,               0,                  0,                tlsni_act_none,              "RFC 5246 7.3"),
    /* no client certificate: there is nothing to prove */
    TLSNI_ROW(VERIFY_BRANCH,    TLSNI_EV_STEP,                 CCS,              0,               SIGNS,           0,                  CHAIN|SIGNED,     tlsni_act_none,              "RFC 5246 7.4.6"),
    /* the certificates could not be had and are not required: the client counts as one without
     * any */
    TLSNI_ROW(VERIFY,           TLSNI_MSG_CERTIFICATE_VERIFY,  CCS,              TLSNI_F_UNOBTAINED, 0,            0,                  CHAIN|SIGNED,     tlsni_act_ignore_verify,     "RFC 6066 5"),
    TLSNI_ROW(VERIFY,           TLSNI_MSG_CERTIFICATE_VERIFY,  VERDICT,          0,               TLSNI_F_UNOBTAINED, 0,                  SIGNED,           receive_certificate_verify,  "RFC 5246 7.4.8"),
    TLSNI_ROW(VERDICT,          TLSNI_EV_STEP,                 CCS,              0,               0,               SIGNED,             CHAIN,            accept_client,               "RFC 5246 7.4.6"),
    TLSNI_ROW(CCS,              TLSNI_EV_CCS,                  FINISHED,         0,               0,               CHAIN|SIGNED|KEYS,  TLSNI_P_CCS,      tlsni_act_receive_ccs,       "RFC 5246 7.1"),
    TLSNI_ROW(FINISHED,         TLSNI_MSG_FINISHED,            TICKET,           0,               0,               TLSNI_P_CCS,        TLSNI_P_FINISHED, tlsni_act_receive_finished,  "RFC 5246 7.4.9"),
    TLSNI_ROW(TICKET,           TLSNI_EV_STEP,                 SEND_FINISHED,    TLSNI_F_TICKET,  0,               TLSNI_P_FINISHED,   0,                send_new_session_ticket,     "RFC 5077 3.3"),
    TLSNI_ROW(TICKET,           TLSNI_EV_STEP,                 SEND_FINISHED,    0,               TLSNI_F_TICKET,  TLSNI_P_FINISHED,   0,                tlsni_act_none,              "RFC 5246 7.3"),
    TLSNI_ROW(SEND_FINISHED,    TLSNI_EV_STEP,                 TLSNI_ST_DONE,    0,               0,               TLSNI_P_FINISHED,   0,                finish_full,                 "RFC 5246 7.4.9"),
    TLSNI_ROW(R_SEND_HELLO,     TLSNI_EV_STEP,                 R_DERIVE,         0,               0,               0,                  0,                send_server_hello,           "RFC 5246 7.4.1.3"),
    /* the session's Finished will show that the client knows its master secret */
    TLSNI_ROW(R_DERIVE,         TLSNI_EV_STEP,                 R_TICKET,         0,               0,               0,                  CHAIN|SIGNED|KEYS, derive_resumed,             "RFC 5246 7.3 figure 2"),
    TLSNI_ROW(R_TICKET,         TLSNI_EV_STEP,                 R_SEND_FINISHED,  TLSNI_F_TICKET,  0,               KEYS,               0,                send_new_session_ticket,     "RFC 5077 3.1 figure 3"),
    TLSNI_ROW(R_TICKET,         TLSNI_EV_STEP,                 R_SEND_FINISHED,  0,               TLSNI_F_TICKET,  KEYS,               0,                tlsni_act_none,              "RFC 5246 7.3 figure 2"),
    TLSNI_ROW(R_SEND_FINISHED,  TLSNI_EV_STEP,                 R_CCS,            0,               0,               KEYS,               0,                tlsni_act_send_finished,     "RFC 5246 7.4.9"),
    TLSNI_ROW(R_CCS,            TLSNI_EV_CCS,                  R_FINISHED,       0,               0,               KEYS,               TLSNI_P_CCS,      tlsni_act_receive_ccs,       "RFC 5246 7.1"),
    TLSNI_ROW(R_FINISHED,       TLSNI_MSG_FINISHED,            TLSNI_ST_DONE,    0,               0,               TLSNI_P_CCS,        TLSNI_P_FINISHED, finish_resumed,              "RFC 5246 7.4.9"),
};
/* clang-format on */

const struct tlsni_flow tlsni_flow_tls12_server = {
    "tls1.2 server", SESSION, rows, sizeof rows / sizeof *rows, state_names, STATES,
    CHAIN | SIGNED | KEYS | TLSNI_P_CCS | TLSNI_P_FINISHED,
};
