/* client12.c - the TLS 1.2 client behind ServerHello: actions, and the flow table they stand in
 * (RFC 5246 7.3). The rows that grant TLSNI_P_CHAIN and TLSNI_P_SIGNATURE are the audit surface. */
#include "handshake/client12.h"

#include "base/alert.h"
#include "base/env.h"
#include "handshake/bound.h"
#include "handshake/cached12.h"
#include "handshake/common12.h"
#include "handshake/kx.h"
#include "handshake/machine.h"
#include "handshake/negotiate.h"
#include "handshake/schedule.h"
#include "handshake/send.h"
#include "handshake/status12.h"
#include "handshake/supplemental12.h"
#include "handshake/transcript.h"
#include "handshake/url12.h"

/* @rfc 7627:5.3/11, 5246:7.3/14 */
static tlsn_status start_resumed(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    tlsni_transcript_forget(&hs->transcript, hs->env);
    hs->verdict = TLSN_OK;
    hs->host->key_log(hs->host_ctx, "CLIENT_RANDOM", &hs->session.master);
    tlsni_schedule_keys(hs);
    return TLSN_OK;
}

/* @rfc 5246:7.4.2/20, 8422:5.3/6 */
static tlsn_status receive_certificate(struct tlsni_hs *hs, struct tlsn_span body)
{
    bool any = true;
    tlsn_status st = tlsni_cached_take(hs, TLSNI_CACHED_CERT, &body);

    if (st == TLSN_OK)
        st = tlsni_peer_certificate(hs, body, &any);
    if (st != TLSN_OK)
        return st;
    if (!any) /* RFC 5246 7.4.2: a server that authenticates sends at least its own */
        return tlsni_fail_alert(hs->err, TLSN_ERR_NO_PEER_CERTIFICATE, 50, "handshake",
                                "server sent an empty certificate list");
    if (!tlsni_auth_fits_key(hs->suite->auth, hs->suite->kx, hs->peer.key) ||
        !tlsni_key_size_fits(hs->suite, hs->peer.key))
        return tlsni_fail(hs->err, TLSN_ERR_CERT_UNSUPPORTED, "handshake",
                          "server's certificate holds a key of type %s, %s wants another",
                          tlsni_key_type_name((uint8_t)tlsni_pubkey_type(hs->peer.key)),
                          hs->suite->name);
    if (hs->kx->certificate_known)
        st = hs->kx->certificate_known(hs);
    return st == TLSN_OK ? tlsni_peer_usage(hs, tlsni_key_usage(hs->suite, hs->peer.key)) : st;
}

/* Parameters that no certificate's key signs: nobody is authenticated by them (RFC 5246 7.4.3), or
 * the Finished messages do that, which need a key both sides had before (RFC 4279 2, RFC 5054
 * 2.6). */
static tlsn_status receive_plain_key_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    tlsn_status st = hs->kx->read_params(hs, &r);

    return st == TLSN_OK ? tlsni_rd_end(&r) : st;
}

/* @rfc 5246:7.4.3/7, 6101:5.6.3/2, 8422:5.4/10 */
static tlsn_status receive_signed_key_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsni_msg_signed sig;
    tlsn_status st = hs->kx->read_params(hs, &r);

    if (st == TLSN_OK)
        st = tlsni_sign_input(hs, tlsni_span_make(body.data, (size_t)(r.p - body.data)));
    if (st == TLSN_OK)
        st = tlsni_msg_signed_parse(&r, hs->version->sigalgs, &sig);
    if (st != TLSN_OK)
        return st;
    return tlsni_peer_signature(hs, &sig,
                                tlsni_span_make(hs->sign_input.data, hs->sign_input.end),
                                &hs->scheme);
}

static tlsn_status receive_certificate_request(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = tlsni_cached_take(hs, TLSNI_CACHED_CERT_REQ, &body);

    if (st == TLSN_OK)
        st = tlsni_buf_append(hs->env, &hs->request, body.data, body.len);
    if (st == TLSN_OK)
        st = tlsni_msg_certificate_request_parse(tlsni_span_make(hs->request.data,
                                                                 hs->request.end),
                                                 hs->version->sigalgs, &hs->certificate_request);
    if (st == TLSN_OK)
        hs->facts |= TLSNI_F_REQUEST;
    return st;
}

/* @rfc 5246:7.4.4/10 who shows no certificate does not get to see one */
static tlsn_status refuse_certificate_request(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    return tlsni_fail_alert(hs->err, TLSN_ERR_UNEXPECTED_MESSAGE, TLSNI_ALERT_HANDSHAKE_FAILURE,
                            "handshake", "a server without a certificate (%s) asks for one",
                            hs->suite->name);
}

/* In a renegotiation a certificate does not just go away. */
static tlsn_status accept_no_chain(struct tlsni_hs *hs, struct tlsn_span body)
{
    return tlsni_bound_check_leaf(hs, tlsni_span_make(NULL, body.len));
}

/* @rfc 5246:7.4.5/1 */
static tlsn_status receive_server_hello_done(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = tlsni_supplement_check(hs);

    if (!(hs->facts & TLSNI_F_REQUEST))
        tlsni_transcript_forget(&hs->transcript, hs->env);
    return st == TLSN_OK ? tlsni_msg_empty_parse(body) : st;
}

/* @rfc 5246:7.4.4/8, 5246:7.4.6/3, 8422:3/1, 8422:3/3 */
static tlsn_status choose_credential(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = hs->host->ask_credential(hs->host_ctx);

    (void)body;
    if (st != TLSN_OK || !hs->credential)
        return st;
    if (!tlsni_credential_has(hs->credential, hs->own_type))
        return tlsni_fail(hs->err, TLSN_ERR_NO_CREDENTIAL, "handshake",
                          "a bare key is no X.509 certificate, which is what the server takes");
    hs->peer_scheme = tlsni_negotiate_scheme(hs, hs->credential, hs->certificate_request.sigalgs);
    if (!hs->peer_scheme)
        return tlsni_fail(hs->err, TLSN_ERR_NO_CREDENTIAL, "handshake",
                          "the client certificate cannot sign with any algorithm the server takes");
    hs->facts |= TLSNI_F_CLIENT_SIGNS;
    if (hs->url_asked && tlsni_buf_len(&hs->credential->urls) && hs->own_type == TLSN_CERT_X509)
        hs->facts |= TLSNI_F_URL;
    hs->client_certificate_sent = true;
    return TLSN_OK;
}

/* @rfc 5246:7.4.7/2, 8422:3/2, 8422:2.1/3 */
static tlsn_status send_client_key_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_sending s;
    tlsn_status st = hs->kx->choose ? hs->kx->choose(hs) : TLSN_OK;

    (void)body;
    if (st == TLSN_OK)
        st = tlsni_send_begin(hs, &s, TLSNI_MSG_CLIENT_KEY_EXCHANGE,
                              2 + TLSNI_RSA_BITS_MAX / 8 +
                                  (hs->kx->exchange_extra ? hs->kx->exchange_extra(hs) : 0));
    if (st == TLSN_OK)
        st = hs->kx->write_exchange(hs, &s.w);
    if (st == TLSN_OK)
        st = tlsni_send_end(hs, &s);
    if (st != TLSN_OK)
        return st;
    tlsni_schedule_master(hs);
    tlsni_schedule_keys(hs);
    tlsni_session_set_name(hs);
    return tlsni_session_fill(hs);
}

/* @rfc 5246:7.4.8/3, 6101:5.6.8/3, 5246:7.4.8/4, 5246:7.4.8/5 */
static tlsn_status prepare_certificate_verify(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span input;
    tlsn_status st = tlsni_verify_input(hs, hs->credential->public_key, &hs->peer_scheme, &input);

    (void)body;
    if (st == TLSN_OK)
        tlsni_key_op_begin(hs, TLSNI_OP_SIGN, hs->peer_scheme, input);
    return st;
}

/* @rfc 8422:3/5, 8422:5.8/1, 8422:5.8/2 */
static tlsn_status send_certificate_verify(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_sending s;
    tlsn_status st = tlsni_key_op_run(hs);

    (void)body;
    if (st != TLSN_OK)
        return st;
    const struct tlsni_msg_signed sig = { hs->peer_scheme->id,
                                          { hs->key_op.result, hs->key_op.result_len } };

    st = tlsni_send_begin(hs, &s, TLSNI_MSG_CERTIFICATE_VERIFY, 4 + sig.signature.len);
    if (st != TLSN_OK)
        return st;
    tlsni_msg_signed_write(&s.w, hs->version->sigalgs, &sig);
    st = tlsni_send_end(hs, &s);
    tlsni_transcript_forget(&hs->transcript, hs->env);
    return st;
}

/* @rfc 5077:3.1/2, 4507:3.1/2, 5077:3.3/9, 4507:3.3/9, 5077:3.3/12, 4507:3.3/12
 * @rfc 5077:4/1, 4507:4/1 */
/* A session lasts as long as the hint says, but not longer than our limit from the handshake in
 * which the server showed its certificate: renewed tickets make that no younger. */
static void set_lifetime(struct tlsni_hs *hs, uint32_t hint_s)
{
    struct tlsn_session *s = &hs->session;
    int64_t now = tlsni_now_ms(hs->env), age_s = 0;

    if (hs->facts & TLSNI_F_RESUMED)
        age_s = now > s->created_ms ? (now - s->created_ms) / 1000 : 0;
    else
        s->created_ms = now;
    s->lifetime_s = hs->cfg->limits.session_seconds;
    if (hint_s && age_s + hint_s < s->lifetime_s)
        s->lifetime_s = (uint32_t)(age_s + hint_s);
}

static tlsn_status receive_new_session_ticket(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_msg_new_session_ticket m;
    struct tlsn_session *s = &hs->session;
    tlsn_status st = tlsni_msg_new_session_ticket_parse(body, &m);

    /* @rfc 5077:3.3/7, 4507:3.3/7 an empty ticket: the server changed its mind */
    if (st != TLSN_OK || !m.ticket.len)
        return st;
    tlsni_buf_free(hs->env, &s->ticket);
    st = tlsni_buf_append(hs->env, &s->ticket, m.ticket.data, m.ticket.len);
    set_lifetime(hs, m.lifetime_s);
    return st;
}

enum {
    BRANCH, CERTIFICATE, KEY_EXCHANGE, REQUEST, HELLO_DONE, VERDICT, SUPPLEMENT, CREDENTIAL,
    SEND_CERTIFICATE,
    SEND_EXCHANGE, SIGN_BRANCH, SIGN, SEND_FINISHED, TICKET, CCS, FINISHED,
    R_TICKET, R_CCS, R_FINISHED, R_SEND, STATES
};
static const char *const state_names[STATES] = {
    "branch", "wait_certificate", "wait_server_key_exchange", "wait_certificate_request",
    "wait_server_hello_done", "verdict", "supplement", "credential", "send_certificate",
    "send_client_key_exchange", "sign_branch", "sign", "send_finished", "wait_ticket", "wait_ccs",
    "wait_finished", "resumed_wait_ticket", "resumed_wait_ccs", "resumed_wait_finished",
    "resumed_send_finished",
};

#define CHAIN TLSNI_P_CHAIN
#define SIGNED TLSNI_P_SIGNATURE
#define KEYS TLSNI_P_KEYS
#define CERT TLSNI_F_CERT
#define SKE TLSNI_F_SKE
#define SKE_SIGNED TLSNI_F_SKE_SIGNED
#define SKE_OPTIONAL TLSNI_F_SKE_OPTIONAL

/* @rfc 5246:7.3/7, 5246:7.3/8, 5246:7.3/9, 5246:7.3/10, 5246:7.4/1, 5246:7.4.3/4
 * @rfc 5246:7.4.5/2, 5246:7.4.6/1, 5246:7.4.6/2, 5246:7.4.7/1, 5246:7.4.8/1, 5246:7.4.8/2
 * @rfc 6101:5.6.9/1
 * @rfc 5246:7.4.9/1, 5246:7.4.9/4, 5246:7.4.9/11, 5246:7.1/5, 5077:3.3/3, 4507:3.3/3 */
/* clang-format off */
static const struct tlsni_hs_row rows[] = {
/*            state             event                           next              when                  unless           needs          proves              action                       source */
    TLSNI_ROW(BRANCH,           TLSNI_EV_STEP,                  R_TICKET,         TLSNI_F_RESUMED,      0,               0,             CHAIN|SIGNED|KEYS,  start_resumed,               "RFC 5246 7.3 figure 2"),
    TLSNI_ROW(BRANCH,           TLSNI_EV_STEP,                  CERTIFICATE,      CERT,                 TLSNI_F_RESUMED, 0,             0,                  tlsni_act_none,              "RFC 5246 7.3 figure 1"),
    TLSNI_ROW(BRANCH,           TLSNI_EV_STEP,                  KEY_EXCHANGE,     0,                    CERT|TLSNI_F_RESUMED, 0,        0,                  tlsni_act_none,              "RFC 5246 7.4.2, RFC 4279 2, RFC 5054 2.5.2"),
    /* RFC 4680 3: the first message behind ServerHello, once */
    TLSNI_ROW(CERTIFICATE,      TLSNI_MSG_SUPPLEMENTAL_DATA,    CERTIFICATE,      TLSNI_F_SERVER_SUPPLEMENT, 0,          0,             0,                  tlsni_act_receive_supplement, "RFC 4680 3"),
    TLSNI_ROW(KEY_EXCHANGE,     TLSNI_MSG_SUPPLEMENTAL_DATA,    KEY_EXCHANGE,     TLSNI_F_SERVER_SUPPLEMENT, CERT,       0,             0,                  tlsni_act_receive_supplement, "RFC 4680 3"),
    TLSNI_ROW(CERTIFICATE,      TLSNI_MSG_CERTIFICATE,          KEY_EXCHANGE,     0,                    0,               0,             0,                  receive_certificate,         "RFC 5246 7.4.2"),
    TLSNI_ROW(KEY_EXCHANGE,     TLSNI_MSG_CERTIFICATE_STATUS,   KEY_EXCHANGE,     CERT|TLSNI_F_STATUS,  0,               0,             0,                  tlsni_act_receive_status,    "RFC 6066 8"),
    TLSNI_ROW(KEY_EXCHANGE,     TLSNI_MSG_SERVER_KEY_EXCHANGE,  REQUEST,          SKE|SKE_SIGNED,       0,               0,             SIGNED,             receive_signed_key_exchange, "RFC 5246 7.4.3"),
    /* no certificate, no signature: anonymous, or the key known to both finishes (PSK, SRP) */
    TLSNI_ROW(KEY_EXCHANGE,     TLSNI_MSG_SERVER_KEY_EXCHANGE,  REQUEST,          SKE,                  SKE_SIGNED,      0,             SIGNED,             receive_plain_key_exchange,  "RFC 5246 7.4.3"),
    TLSNI_ROW(KEY_EXCHANGE,     TLSNI_MSG_SERVER_KEY_EXCHANGE,  REQUEST,          SKE_OPTIONAL,         SKE,             0,             SIGNED,             receive_plain_key_exchange,  "RFC 4279 2, 4"),
    /* key transport: only the owner of the RSA key can finish; PSK: who knows the key */
    TLSNI_ROW(KEY_EXCHANGE,     TLSNI_MSG_CERTIFICATE_REQUEST,  HELLO_DONE,       CERT,                 SKE,             0,             SIGNED,             receive_certificate_request, "RFC 5246 7.4.4"),
    TLSNI_ROW(KEY_EXCHANGE,     TLSNI_MSG_CERTIFICATE_REQUEST,  HELLO_DONE,       0,                    CERT,            0,             0,                  refuse_certificate_request,  "RFC 5246 7.4.4"),
    TLSNI_ROW(KEY_EXCHANGE,     TLSNI_MSG_SERVER_HELLO_DONE,    VERDICT,          0,                    SKE,             0,             SIGNED,             receive_server_hello_done,   "RFC 5246 7.4.5"),
    /* a server without a certificate asks for none; with one it may, and RFC 4279 4 and RFC 5054
     * 2.2 say nothing else */
    TLSNI_ROW(REQUEST,          TLSNI_MSG_CERTIFICATE_REQUEST,  HELLO_DONE,       CERT,                 0,               0,             0,                  receive_certificate_request, "RFC 5246 7.4.4"),
    TLSNI_ROW(REQUEST,          TLSNI_MSG_CERTIFICATE_REQUEST,  HELLO_DONE,       0,                    CERT,            0,             0,                  refuse_certificate_request,  "RFC 5246 7.4.4"),
    TLSNI_ROW(REQUEST,          TLSNI_MSG_SERVER_HELLO_DONE,    VERDICT,          0,                    0,               0,             0,                  receive_server_hello_done,   "RFC 5246 7.4.5"),
    TLSNI_ROW(HELLO_DONE,       TLSNI_MSG_SERVER_HELLO_DONE,    VERDICT,          0,                    0,               0,             0,                  receive_server_hello_done,   "RFC 5246 7.4.5"),
    TLSNI_ROW(VERDICT,          TLSNI_EV_STEP,                  SUPPLEMENT,       CERT,                 0,               SIGNED,        CHAIN,              tlsni_act_judge_chain,       "RFC 5246 7.4.2"),
    /* no chain was due: hs->suite was offered knowing that, and the connection never says it was
     * verified */
    TLSNI_ROW(VERDICT,          TLSNI_EV_STEP,                  SUPPLEMENT,       0,                    CERT,            SIGNED,        CHAIN,              accept_no_chain,             "RFC 5246 F.1.1.1"),
    TLSNI_ROW(SUPPLEMENT,       TLSNI_EV_STEP,                  CREDENTIAL,       TLSNI_F_SUPPLEMENT,   0,               CHAIN,         0,                  tlsni_act_send_supplement,   "RFC 4680 3"),
    TLSNI_ROW(SUPPLEMENT,       TLSNI_EV_STEP,                  CREDENTIAL,       0,                    TLSNI_F_SUPPLEMENT, 0,          0,                  tlsni_act_none,              "RFC 5246 7.3"),
    TLSNI_ROW(CREDENTIAL,       TLSNI_EV_STEP,                  SEND_CERTIFICATE, TLSNI_F_REQUEST,      0,               0,             0,                  choose_credential,           "RFC 5246 7.4.6"),
    TLSNI_ROW(CREDENTIAL,       TLSNI_EV_STEP,                  SEND_EXCHANGE,    0,                    TLSNI_F_REQUEST, 0,             0,                  tlsni_act_none,              "RFC 5246 7.3"),
    TLSNI_ROW(SEND_CERTIFICATE, TLSNI_EV_STEP,                  SEND_EXCHANGE,    TLSNI_F_URL,          0,               0,             0,                  tlsni_act_send_url,          "RFC 6066 5"),
    TLSNI_ROW(SEND_CERTIFICATE, TLSNI_EV_STEP,                  SEND_EXCHANGE,    0,                    TLSNI_F_URL,               0,             0,                  tlsni_act_send_certificate,  "RFC 5246 7.4.6"),
    TLSNI_ROW(SEND_EXCHANGE,    TLSNI_EV_STEP,                  SIGN_BRANCH,      0,                    0,               CHAIN|SIGNED,  0,                  send_client_key_exchange,    "RFC 5246 7.4.7"),
    TLSNI_ROW(SIGN_BRANCH,      TLSNI_EV_STEP,                  SIGN,             TLSNI_F_CLIENT_SIGNS, 0,               0,             0,                  prepare_certificate_verify,  "RFC 5246 7.4.8"),
    TLSNI_ROW(SIGN_BRANCH,      TLSNI_EV_STEP,                  SEND_FINISHED,    0,                    TLSNI_F_CLIENT_SIGNS, 0,        0,                  tlsni_act_none,              "RFC 5246 7.3"),
    TLSNI_ROW(SIGN,             TLSNI_EV_STEP,                  SEND_FINISHED,    0,                    0,               0,             0,                  send_certificate_verify,     "RFC 5246 7.4.8"),
    TLSNI_ROW(SEND_FINISHED,    TLSNI_EV_STEP,                  TICKET,           0,                    0,               CHAIN|SIGNED,  KEYS,               tlsni_act_send_finished,     "RFC 5246 7.4.9"),
    TLSNI_ROW(TICKET,           TLSNI_MSG_NEW_SESSION_TICKET,   CCS,              TLSNI_F_TICKET,       0,               KEYS,          0,                  receive_new_session_ticket,  "RFC 5077 3.3"),
    TLSNI_ROW(TICKET,           TLSNI_EV_CCS,                   FINISHED,         0,                    TLSNI_F_TICKET,  KEYS,          TLSNI_P_CCS,        tlsni_act_receive_ccs,       "RFC 5246 7.1"),
    TLSNI_ROW(CCS,              TLSNI_EV_CCS,                   FINISHED,         0,                    0,               KEYS,          TLSNI_P_CCS,        tlsni_act_receive_ccs,       "RFC 5246 7.1"),
    TLSNI_ROW(FINISHED,         TLSNI_MSG_FINISHED,             TLSNI_ST_DONE,    0,                    0,               TLSNI_P_CCS,   TLSNI_P_FINISHED,   tlsni_act_receive_finished,  "RFC 5246 7.4.9"),
    TLSNI_ROW(R_TICKET,         TLSNI_MSG_NEW_SESSION_TICKET,   R_CCS,            TLSNI_F_TICKET,       0,               KEYS,          0,                  receive_new_session_ticket,  "RFC 5077 3.3"),
    TLSNI_ROW(R_TICKET,         TLSNI_EV_CCS,                   R_FINISHED,       0,                    TLSNI_F_TICKET,  KEYS,          TLSNI_P_CCS,        tlsni_act_receive_ccs,       "RFC 5246 7.1"),
    TLSNI_ROW(R_CCS,            TLSNI_EV_CCS,                   R_FINISHED,       0,                    0,               KEYS,          TLSNI_P_CCS,        tlsni_act_receive_ccs,       "RFC 5246 7.1"),
    TLSNI_ROW(R_FINISHED,       TLSNI_MSG_FINISHED,             R_SEND,           0,                    0,               TLSNI_P_CCS,   TLSNI_P_FINISHED,   tlsni_act_receive_finished,  "RFC 5246 7.4.9"),
    TLSNI_ROW(R_SEND,           TLSNI_EV_STEP,                  TLSNI_ST_DONE,    0,                    0,               TLSNI_P_FINISHED, 0,               tlsni_act_send_finished,     "RFC 5246 7.4.9"),
    TLSNI_ROW(TLSNI_ST_ANY,     TLSNI_MSG_HELLO_REQUEST,        TLSNI_ST_ANY,     0,                    0,               0,             0,                  tlsni_act_hello_request,     "RFC 5246 7.4.1.1"),
};
/* clang-format on */

const struct tlsni_flow tlsni_flow_tls12_client = {
    "tls1.2 client", BRANCH, rows, sizeof rows / sizeof *rows, state_names, STATES,
    CHAIN | SIGNED | KEYS | TLSNI_P_CCS | TLSNI_P_FINISHED,
};
