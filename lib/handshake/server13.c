/* server13.c - the TLS 1.3 server behind ClientHello: actions, and the flow table they stand in (RFC
 * 8446 A.2). The rows that grant TLSNI_P_CHAIN and TLSNI_P_SIGNATURE are the audit surface. */
#include "handshake/server13.h"

#include "base/alert.h"
#include "base/env.h"
#include "ext/ext.h"
#include "handshake/common13.h"
#include "handshake/early13.h"
#include "handshake/hello_server.h"
#include "handshake/machine.h"
#include "handshake/send.h"
#include "handshake/share13.h"
#include "handshake/transcript.h"
#include "handshake/packed13.h"
#include "x509/oid_filter.h"

static const char layer[] = "handshake";

enum { HELLO_MAX = 256, COOKIE_LEN = 32 };

/* ---- hellos ---- */

/* In compatibility mode, which the client's session ID asks for, behind our first message.
 * @rfc 8446:D.4/1
 * @rfc 8446:D.4/3 */
static tlsn_status send_ccs(struct tlsni_hs *hs)
{
    if (!hs->session_id_len || hs->tls13.ccs_sent)
        return TLSN_OK;
    hs->tls13.ccs_sent = true;
    return hs->host->send_ccs(hs->host_ctx);
}

/* @rfc 8446:4.1.3/4
 * @rfc 8446:4.1.3/10, 8446:4.1.3/11, 8446:4.1.4/7, 8446:4.1.4/8, 8446:4.1.4/9, 9846:E.5/2 */
static tlsn_status send_hello(struct tlsni_hs *hs, enum tlsni_ext_message kind,
                              const uint8_t *random)
{
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, TLSNI_MSG_SERVER_HELLO,
                                      HELLO_MAX + (hs->group ? hs->group->response_len : 0));
    const struct tlsni_msg_server_hello m = {
        .version = hs->version->old_number,
        .random = { random, TLSNI_RANDOM_LEN },
        .session_id = { hs->session_id, hs->session_id_len },
        .suite = hs->suite->id,
    };

    if (st != TLSN_OK)
        return st;
    tlsni_msg_server_hello_write(&s.w, &m);
    tlsni_ext_write(hs, kind, &s.w);
    st = tlsni_send_end(hs, &s);
    return st == TLSN_OK ? send_ccs(hs) : st;
}

static tlsn_status make_cookie(struct tlsni_hs *hs)
{
    uint8_t cookie[COOKIE_LEN];
    tlsn_status st;

    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_RETRY_COOKIE))
        return TLSN_OK;
    st = tlsni_random(hs->env, cookie, sizeof cookie);
    return st == TLSN_OK ? tlsni_buf_append(hs->env, &hs->tls13.cookie, cookie, sizeof cookie) : st;
}

/* The transcript begins again; from here on it holds nothing to point into. */
static tlsn_status send_retry(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = make_cookie(hs);

    (void)body;
    tlsni_transcript_retry(&hs->transcript, tlsni_version_hash(hs->version, hs->suite));
    tlsni_hello_forget(hs);
    if (st == TLSN_OK)
        st = send_hello(hs, TLSNI_IN_HELLO_RETRY, tlsni_retry_random);
    hs->transcript.raw.start = hs->transcript.raw.end = 0;
    hs->tls13.before_retried = hs->transcript.hash;
    hs->tls13.retry_group = NULL;
    return st;
}

/* The message is read from the transcript's copy. */
static tlsn_status receive_second_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)hs;
    (void)body;
    return TLSN_OK;
}

static void derive_early(struct tlsni_hs *hs)
{
    uint8_t hash[TLSNI_HASH_LEN_MAX];

    tlsni_transcript_hash(&hs->transcript, hash);
    tlsni_schedule13_early_traffic(hs, hash);
}

/* Keys change behind it in both directions. Early data are not waited for.
 * @rfc 8446:4.1.3/9, 8446:4.2.11.3/1 */
static tlsn_status send_server_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;
    tlsn_status st = tlsni_random(hs->env, hs->server_random, TLSNI_RANDOM_LEN);

    (void)body;
    if (!hs->transcript.hash.row)
        tlsni_transcript_start(&hs->transcript, tlsni_version_hash(hs->version, hs->suite));
    if (hs->facts & TLSNI_F_EARLY)
        derive_early(hs);
    if (!hs->tls13.keyed) /* else the binder began with it */
        tlsni_schedule13_early(s, hs->transcript.hash.row, tlsni_span_make(NULL, 0));
    if (st == TLSN_OK && hs->group)
        st = tlsni_share13_respond(hs);
    if (st == TLSN_OK)
        st = send_hello(hs, TLSNI_IN_SERVER_HELLO13, hs->server_random);
    if (st != TLSN_OK)
        return st;
    tlsni_hello_forget(hs);
    tlsni_transcript_forget(&hs->transcript, hs->env);
    tlsni_schedule13_handshake(hs);
    st = tlsni_schedule13_install(hs, true, &s->handshake[TLSN_SERVER]);
    if (st != TLSN_OK)
        return st;
    return hs->facts & TLSNI_F_EARLY
               ? tlsni_early13_listen(hs)
               : tlsni_schedule13_install(hs, false, &s->handshake[TLSN_CLIENT]);
}

/* ---- the rest of our flight ---- */

static size_t extensions_max(const struct tlsni_hs *hs)
{
    return 1024 + hs->srtp_mki.len + hs->alpn.len;
}

/* @rfc 8446:4.3.1/1 */
static tlsn_status send_encrypted_extensions(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, TLSNI_MSG_ENCRYPTED_EXTENSIONS, extensions_max(hs));

    (void)body;
    if (st != TLSN_OK)
        return st;
    tlsni_ext_write(hs, TLSNI_IN_ENCRYPTED_EXTENSIONS, &s.w);
    return tlsni_send_end(hs, &s);
}

/* @rfc 8446:4.3.2/1 */
tlsn_status tlsni_act13_send_request(struct tlsni_hs *hs, struct tlsn_span body)
{
    const struct tlsni_hs_config *cfg = hs->cfg;
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, TLSNI_MSG_CERTIFICATE_REQUEST,
                                      256 + 2 * (cfg->sigalgs.count + cfg->sigalgs_cert.count +
                                                 cfg->delegated_schemes.count) +
                                          cfg->authorities.len + cfg->oid_filters.len);

    (void)body;
    if (st != TLSN_OK)
        return st;
    tlsni_wr_vec(&s.w, 1, hs->tls13.request_context);
    tlsni_ext_write(hs, TLSNI_IN_CERTIFICATE_REQUEST, &s.w);
    return tlsni_send_end(hs, &s);
}

static tlsn_status prepare_verify(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    return tlsni_verify13_begin(hs, hs->scheme);
}

/* @rfc 8446:4.4.4/2 */
static tlsn_status send_finished(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;
    tlsn_status st = tlsni_finished13_send(hs);

    (void)body;
    if (st != TLSN_OK)
        return st;
    tlsni_schedule13_main(hs);
    return tlsni_schedule13_install(hs, true, &s->traffic[TLSN_SERVER]);
}

/* ---- the client's flight ---- */

/* @rfc 8446:4.5/3 */
static tlsn_status receive_end_of_early_data(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)hs;
    return body.len ? TLSN_ERR_DECODE : TLSN_OK;
}

static tlsn_status end_early_data(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    return tlsni_early13_end(hs);
}

/* @rfc 8446:4.4.2.4/2 */
tlsn_status tlsni_server13_client_certificate(struct tlsni_hs *hs, struct tlsn_span body,
                                              bool required)
{
    bool any;
    tlsn_status st = tlsni_peer_certificate13(hs, body, &any);

    if (st != TLSN_OK)
        return st;
    if (!any && required)
        return tlsni_fail_alert(hs->err, TLSN_ERR_NO_PEER_CERTIFICATE,
                                TLSNI_ALERT_CERTIFICATE_REQUIRED, layer,
                                "client sent no certificate, one is required");
    if (!any)
        return TLSN_OK;
    hs->facts |= TLSNI_F_CLIENT_SIGNS;
    /* @rfc 8446:4.2.5/7 */
    if (hs->cfg->oid_filters.len && !tlsni_oid_filters_match(hs->cfg->oid_filters, &hs->peer.leaf))
        return tlsni_fail(hs->err, TLSN_ERR_CERT_UNSUPPORTED, layer,
                          "client certificate has not what oid_filters ask for");
    return tlsni_peer_usage(hs, TLSNI_KU_DIGITAL_SIGNATURE);
}

static tlsn_status receive_certificate(struct tlsni_hs *hs, struct tlsn_span body)
{
    return tlsni_server13_client_certificate(hs, body,
                                             hs->cfg->client_auth == TLSN_CLIENT_AUTH_REQUIRE);
}

static tlsn_status receive_packed(struct tlsni_hs *hs, struct tlsn_span body)
{
    return tlsni_packed_receive(hs, body, receive_certificate);
}

tlsn_status tlsni_act13_accept_client(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = tlsni_act_judge_chain(hs, body);

    if (st == TLSN_OK)
        hs->client_certificate_sent = true;
    return st;
}

static tlsn_status take_main_keys(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;
    tlsn_status st = tlsni_schedule13_install(hs, false, &s->traffic[TLSN_CLIENT]);

    (void)body;
    tlsni_schedule13_resumption(hs);
    /* @rfc 9149:6/2 */
    if (tlsni_ext_tickets_usable(hs))
        hs->facts |= TLSNI_F_TICKET;
    return st == TLSN_OK ? tlsni_session13_fill(hs) : st;
}

enum {
    SELECT, BRANCH, SECOND_HELLO, READ_AGAIN, SELECT_AGAIN, HELLO, EXTENSIONS, REQUEST, CERTIFICATE, PREPARE,
    SIGN, SEND_FINISHED, EARLY_DATA, END_EARLY, CLIENT, C_CERTIFICATE, VERIFY_BRANCH, VERIFY, VERDICT, FINISHED, KEYS,
    TICKETS, STATES
};
static const char *const state_names[STATES] = {
    "select", "branch", "wait_second_hello", "read_again", "select_again", "send_server_hello",
    "send_encrypted_extensions", "send_certificate_request", "send_certificate", "prepare_verify",
    "sign", "send_finished", "early_data", "end_early_data", "client_branch", "wait_certificate",
    "verify_branch", "wait_certificate_verify", "verdict", "wait_finished", "main_keys", "tickets",
};

#define CHAIN TLSNI_P_CHAIN
#define SIGNED TLSNI_P_SIGNATURE
#define PROTECTED TLSNI_P_CCS
#define KEYS_SENT TLSNI_P_KEYS
#define PSK TLSNI_F_PSK
#define EARLY TLSNI_F_EARLY
#define ASKED TLSNI_F_REQUEST
#define SIGNS TLSNI_F_CLIENT_SIGNS

/* @rfc 8446:4/1, 8446:4.3.2/6, 8446:4.4.3/1, 8446:4.6.3/4 */
/* clang-format off */
static const struct tlsni_hs_row rows[] = {
/*            state          event                         next           when           unless         needs             proves            action                        source */
    TLSNI_ROW(SELECT,        TLSNI_EV_STEP,                BRANCH,        0,             0,             0,                0,                tlsni_server13_select,        "RFC 8446 4.1.1"),
    TLSNI_ROW(BRANCH,        TLSNI_EV_STEP,                SECOND_HELLO,  TLSNI_F_RETRY, 0,             0,                0,                send_retry,                   "RFC 8446 4.1.4"),
    TLSNI_ROW(BRANCH,        TLSNI_EV_STEP,                HELLO,         0,             TLSNI_F_RETRY, 0,                0,                tlsni_act_none,               "RFC 8446 2"),
    TLSNI_ROW(SECOND_HELLO,  TLSNI_MSG_CLIENT_HELLO,       READ_AGAIN,    0,             0,             0,                0,                receive_second_hello,         "RFC 8446 4.1.2"),
    TLSNI_ROW(READ_AGAIN,    TLSNI_EV_STEP,                SELECT_AGAIN,  0,             0,             0,                0,                tlsni_server13_read_again,    "RFC 8446 4.1.2"),
    TLSNI_ROW(SELECT_AGAIN,  TLSNI_EV_STEP,                HELLO,         0,             0,             0,                0,                tlsni_server13_select_again,  "RFC 8446 4.1.2"),
    TLSNI_ROW(HELLO,         TLSNI_EV_STEP,                EXTENSIONS,    0,             0,             0,                PROTECTED,        send_server_hello,            "RFC 8446 4.1.3"),
    TLSNI_ROW(EXTENSIONS,    TLSNI_EV_STEP,                SEND_FINISHED, PSK,           0,             PROTECTED,        0,                send_encrypted_extensions,    "RFC 8446 2.2"),
    TLSNI_ROW(EXTENSIONS,    TLSNI_EV_STEP,                REQUEST,       0,             PSK,           PROTECTED,        0,                send_encrypted_extensions,    "RFC 8446 4.3.1"),
    TLSNI_ROW(REQUEST,       TLSNI_EV_STEP,                CERTIFICATE,   ASKED,         0,             0,                0,                tlsni_act13_send_request,     "RFC 8446 4.3.2"),
    TLSNI_ROW(REQUEST,       TLSNI_EV_STEP,                CERTIFICATE,   0,             ASKED,         0,                0,                tlsni_act_none,               "RFC 8446 2"),
    TLSNI_ROW(CERTIFICATE,   TLSNI_EV_STEP,                PREPARE,       0,             0,             0,                0,                tlsni_act13_send_certificate, "RFC 8446 4.4.2"),
    TLSNI_ROW(PREPARE,       TLSNI_EV_STEP,                SIGN,          0,             0,             0,                0,                prepare_verify,               "RFC 8446 4.4.3"),
    TLSNI_ROW(SIGN,          TLSNI_EV_STEP,                SEND_FINISHED, 0,             0,             0,                0,                tlsni_act13_send_verify,      "RFC 8446 4.4.3"),
    TLSNI_ROW(SEND_FINISHED, TLSNI_EV_STEP,                EARLY_DATA,    EARLY,         0,             PROTECTED,        KEYS_SENT,        send_finished,                "RFC 8446 4.4.4"),
    TLSNI_ROW(SEND_FINISHED, TLSNI_EV_STEP,                CLIENT,        0,             EARLY,         PROTECTED,        KEYS_SENT,        send_finished,                "RFC 8446 4.4.4"),
    TLSNI_ROW(EARLY_DATA,    TLSNI_MSG_END_OF_EARLY_DATA,  END_EARLY,     0,             0,             KEYS_SENT,        0,                receive_end_of_early_data,    "RFC 8446 4.5"),
    TLSNI_ROW(END_EARLY,     TLSNI_EV_STEP,                CLIENT,        0,             0,             KEYS_SENT,        0,                end_early_data,               "RFC 8446 4.5"),
    TLSNI_ROW(CLIENT,        TLSNI_EV_STEP,                C_CERTIFICATE, ASKED,         0,             0,                0,                tlsni_act_none,               "RFC 8446 A.2"),
    /* nobody was asked who he is, or a pre-shared key said so, as the binder showed */
    TLSNI_ROW(CLIENT,        TLSNI_EV_STEP,                FINISHED,      0,             ASKED,         0,                CHAIN|SIGNED,     tlsni_act_none,               "RFC 8446 A.2"),
    TLSNI_ROW(C_CERTIFICATE, TLSNI_MSG_CERTIFICATE,        VERIFY_BRANCH, 0,             0,             0,                0,                receive_certificate,          "RFC 8446 4.4.2"),
    TLSNI_ROW(C_CERTIFICATE, TLSNI_MSG_COMPRESSED_CERTIFICATE, VERIFY_BRANCH, 0,             0,             0,                0,                receive_packed,               "RFC 8879 4"),
    TLSNI_ROW(VERIFY_BRANCH, TLSNI_EV_STEP,                VERIFY,        SIGNS,         0,             0,                0,                tlsni_act_none,               "RFC 8446 A.2"),
    /* no client certificate: there is nothing to prove */
    TLSNI_ROW(VERIFY_BRANCH, TLSNI_EV_STEP,                FINISHED,      0,             SIGNS,         0,                CHAIN|SIGNED,     tlsni_act_none,               "RFC 8446 4.4.2.4"),
    TLSNI_ROW(VERIFY,        TLSNI_MSG_CERTIFICATE_VERIFY, VERDICT,       0,             0,             0,                SIGNED,           tlsni_act13_receive_verify,   "RFC 8446 4.4.3"),
    TLSNI_ROW(VERDICT,       TLSNI_EV_STEP,                FINISHED,      0,             0,             SIGNED,           CHAIN,            tlsni_act13_accept_client,    "RFC 8446 4.4.2.4"),
    TLSNI_ROW(FINISHED,      TLSNI_MSG_FINISHED,           KEYS,          0,             0,             CHAIN|SIGNED|KEYS_SENT|PROTECTED, TLSNI_P_FINISHED, tlsni_act13_receive_finished, "RFC 8446 4.4.4"),
    TLSNI_ROW(KEYS,          TLSNI_EV_STEP,                TICKETS,       0,             0,             TLSNI_P_FINISHED, 0,                take_main_keys,               "RFC 8446 7.1"),
    TLSNI_ROW(TICKETS,       TLSNI_EV_STEP,                TLSNI_ST_DONE, TLSNI_F_TICKET, 0,            TLSNI_P_FINISHED, 0,                tlsni_server13_send_tickets,  "RFC 8446 4.6.1"),
    TLSNI_ROW(TICKETS,       TLSNI_EV_STEP,                TLSNI_ST_DONE, 0,             TLSNI_F_TICKET, TLSNI_P_FINISHED, 0,               tlsni_act_none,               "RFC 8446 2"),
};
/* clang-format on */

const struct tlsni_flow tlsni_flow_tls13_server = {
    "tls1.3 server", SELECT, rows, sizeof rows / sizeof *rows, state_names, STATES,
    CHAIN | SIGNED | KEYS_SENT | PROTECTED | TLSNI_P_FINISHED,
};
