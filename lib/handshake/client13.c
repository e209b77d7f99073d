/* client13.c - the TLS 1.3 client behind ServerHello: actions, and the flow table they stand in (RFC
 * 8446 A.1). The rows that grant TLSNI_P_CHAIN and TLSNI_P_SIGNATURE are the audit surface. */
#include "handshake/client13.h"

#include "ext/ext.h"
#include "handshake/common13.h"
#include "handshake/delegated13.h"
#include "handshake/early13.h"
#include "handshake/hello_client.h"
#include "handshake/kx.h"
#include "handshake/machine.h"
#include "handshake/negotiate.h"
#include "handshake/packed13.h"
#include "handshake/send.h"
#include "handshake/share13.h"
#include "handshake/transcript.h"
#include "x509/oid_filter.h"

static const char layer[] = "handshake";

/* ---- hellos ---- */

/* In compatibility mode our ChangeCipherSpec goes in front of the second flight.
 * @rfc 8446:4.1.2/1
 * @rfc 8446:4.1.4/10 */
static tlsn_status send_second_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = TLSN_OK;

    (void)body;
    if (hs->tls13.compat && !hs->tls13.ccs_sent)
        st = hs->host->send_ccs(hs->host_ctx);
    hs->tls13.ccs_sent = true;
    if (st == TLSN_OK)
        st = tlsni_share13_make(hs);
    return st == TLSN_OK ? tlsni_client_hello_send(hs) : st;
}

static tlsn_status take_handshake_keys(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;
    tlsn_status st;

    (void)body;
    if (!hs->tls13.keyed) /* else a pre-shared key began with it */
        tlsni_schedule13_early(s, hs->transcript.hash.row, tlsni_span_make(NULL, 0));
    tlsni_schedule13_handshake(hs);
    if (hs->tls13.compat && !hs->tls13.ccs_sent)
        hs->host->owe_ccs(hs->host_ctx);
    hs->tls13.ccs_sent = true;
    st = tlsni_schedule13_install(hs, false, &s->handshake[TLSN_SERVER]);
    if (st != TLSN_OK || tlsni_early13_open(hs))
        return st;
    if (hs->tls13.early == TLSN_EARLY_OFFERED)
        return tlsni_early13_reject(hs);
    return tlsni_schedule13_install(hs, true, &s->handshake[TLSN_CLIENT]);
}

/* ---- the server's flight ---- */

/* ALPACA: see client12_hello.c */
static tlsn_status check_acknowledged(const struct tlsni_hs *hs)
{
    if ((hs->facts & TLSNI_F_PSK) || !hs->server_name || hs->name_acknowledged ||
        !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_REQUIRE_NAMES))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_UNRECOGNIZED_NAME, layer,
                      "server does not acknowledge the server_name \"%s\", which is required",
                      hs->server_name);
}

static tlsn_status receive_encrypted_extensions(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span block;
    tlsn_status st = tlsni_msg_extensions_parse(body, &block);

    if (st == TLSN_OK)
        st = tlsni_ext_read(hs, TLSNI_IN_ENCRYPTED_EXTENSIONS, block);
    if (st == TLSN_OK)
        st = tlsni_early13_check(hs);
    return st == TLSN_OK ? check_acknowledged(hs) : st;
}

/* The same at the end of a handshake that a pre-shared key authenticates: Finished shows that the server
 * has it, and whose it is was judged when the session began. */
static tlsn_status receive_psk_extensions(struct tlsni_hs *hs, struct tlsn_span body)
{
    hs->verdict = TLSN_OK;
    return receive_encrypted_extensions(hs, body);
}

tlsn_status tlsni_client13_parse_request(struct tlsni_hs *hs, struct tlsn_span body,
                                         struct tlsn_span *extensions)
{
    tlsn_status st = tlsni_buf_append(hs->env, &hs->request, body.data, body.len);

    if (st != TLSN_OK)
        return st;
    return tlsni_msg_certificate_request13_parse(
        tlsni_span_make(tlsni_buf_data(&hs->request), body.len), &hs->tls13.request_context,
        extensions);
}

tlsn_status tlsni_client13_read_request(struct tlsni_hs *hs, struct tlsn_span extensions)
{
    hs->facts |= TLSNI_F_REQUEST;
    return tlsni_ext_read(hs, TLSNI_IN_CERTIFICATE_REQUEST, extensions);
}

static tlsn_status receive_certificate_request(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span block;
    tlsn_status st = tlsni_client13_parse_request(hs, body, &block);

    if (st != TLSN_OK)
        return st;
    if (hs->tls13.request_context.len)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "CertificateRequest of a handshake has a context");
    return tlsni_client13_read_request(hs, block);
}

/* @rfc 8446:4.4.2/4, 8446:4.4.2.4/1 */
static tlsn_status receive_certificate(struct tlsni_hs *hs, struct tlsn_span body)
{
    bool any = true;
    tlsn_status st = tlsni_peer_certificate13(hs, body, &any);

    if (st != TLSN_OK)
        return st;
    if (!any)
        return tlsni_fail(hs->err, TLSN_ERR_DECODE, layer, "server sent an empty certificate list");
    if (!tlsni_auth_fits_key(hs->suite->auth, hs->suite->kx, hs->peer.key))
        return tlsni_fail(hs->err, TLSN_ERR_CERT_UNSUPPORTED, layer,
                          "server's certificate holds a key of type %s, which signs nothing in %s",
                          tlsni_key_type_name((uint8_t)tlsni_pubkey_type(hs->peer.key)),
                          hs->version->title);
    return tlsni_peer_usage(hs, TLSNI_KU_DIGITAL_SIGNATURE);
}

static tlsn_status receive_packed(struct tlsni_hs *hs, struct tlsn_span body)
{
    return tlsni_packed_receive(hs, body, receive_certificate);
}

static tlsn_status take_main_keys(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;

    (void)body;
    tlsni_schedule13_main(hs);
    return tlsni_schedule13_install(hs, false, &s->traffic[TLSN_SERVER]);
}

static tlsn_status end_early_data(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    return tlsni_early13_finish(hs);
}

/* ---- our flight ---- */

tlsn_status tlsni_act13_choose_credential(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = hs->host->ask_credential(hs->host_ctx);

    (void)body;
    if (st != TLSN_OK || !hs->credential)
        return st;
    if (!tlsni_credential_has(hs->credential, hs->own_type))
        return tlsni_fail(hs->err, TLSN_ERR_NO_CREDENTIAL, layer,
                          "a bare key is no X.509 certificate, which is what the server takes");
    if (!tlsni_cert_allows(&hs->credential->leaf, TLSNI_KU_DIGITAL_SIGNATURE))
        return tlsni_fail(hs->err, TLSN_ERR_NO_CREDENTIAL, layer,
                          "the client certificate may not be used for digitalSignature");
    if (!tlsni_oid_filters_match(hs->certificate_request.oid_filters, &hs->credential->leaf))
        return tlsni_fail(hs->err, TLSN_ERR_NO_CREDENTIAL, layer,
                          "the client certificate has not what the server's oid_filters ask for");
    hs->peer_scheme = tlsni_negotiate_scheme(hs, hs->credential, hs->certificate_request.sigalgs);
    if (!hs->peer_scheme)
        return tlsni_fail(hs->err, TLSN_ERR_NO_CREDENTIAL, layer,
                          "the client certificate cannot sign with any algorithm the server takes");
    tlsni_delegated13_choose(hs, hs->certificate_request.sigalgs, &hs->peer_scheme);
    hs->facts |= TLSNI_F_CLIENT_SIGNS;
    hs->client_certificate_sent = true;
    return TLSN_OK;
}

tlsn_status tlsni_act13_prepare_client_verify(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    return tlsni_verify13_begin(hs, hs->peer_scheme);
}

/* The session as it is now waits for a ticket: its secret is the one that tickets' keys are made of. */
static tlsn_status send_finished(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;
    tlsn_status st = tlsni_finished13_send(hs);

    (void)body;
    if (st == TLSN_OK)
        st = tlsni_schedule13_install(hs, true, &s->traffic[TLSN_CLIENT]);
    if (st != TLSN_OK)
        return st;
    tlsni_schedule13_resumption(hs);
    tlsni_session_set_name(hs);
    return tlsni_session13_fill(hs);
}

enum {
    BRANCH, RETRIED_HELLO, HELLO_KEYS, EXTENSIONS, REQUEST, CERTIFICATE, VERIFY, VERDICT, FINISHED, KEYS,
    END_EARLY, CREDENTIAL, SEND_CERTIFICATE, SIGN_BRANCH, SIGN, SEND_FINISHED, STATES
};
static const char *const state_names[STATES] = {
    "branch", "wait_server_hello", "hello_keys", "wait_encrypted_extensions", "wait_certificate_request",
    "wait_certificate", "wait_certificate_verify", "verdict", "wait_finished", "main_keys",
    "end_early_data", "credential", "send_certificate", "sign_branch", "sign", "send_finished",
};

#define CHAIN TLSNI_P_CHAIN
#define SIGNED TLSNI_P_SIGNATURE
#define PSK TLSNI_F_PSK

/* @rfc 8446:2/1, 8446:4.3.2/2, 8446:4.5/4, 8446:E.1/1 */
/* clang-format off */
static const struct tlsni_hs_row rows[] = {
/*            state             event                           next              when                  unless                needs            proves             action                       source */
    TLSNI_ROW(BRANCH,           TLSNI_EV_STEP,                  RETRIED_HELLO,    TLSNI_F_RETRY,        0,                    0,               0,                 send_second_hello,           "RFC 8446 4.1.2"),
    TLSNI_ROW(BRANCH,           TLSNI_EV_STEP,                  EXTENSIONS,       0,                    TLSNI_F_RETRY,        0,               TLSNI_P_CCS,       take_handshake_keys,         "RFC 8446 A.1"),
    TLSNI_ROW(RETRIED_HELLO,    TLSNI_MSG_SERVER_HELLO,         HELLO_KEYS,       0,                    0,                    0,               0,                 tlsni_act_server_hello,      "RFC 8446 4.1.3"),
    TLSNI_ROW(HELLO_KEYS,       TLSNI_EV_STEP,                  EXTENSIONS,       0,                    0,                    0,               TLSNI_P_CCS,       take_handshake_keys,         "RFC 8446 A.1"),
    /* the server's Finished will show that it knows the pre-shared key, which nobody else has */
    TLSNI_ROW(EXTENSIONS,       TLSNI_MSG_ENCRYPTED_EXTENSIONS, FINISHED,         PSK,                  0,                    TLSNI_P_CCS,     CHAIN|SIGNED,      receive_psk_extensions,      "RFC 8446 2.2"),
    TLSNI_ROW(EXTENSIONS,       TLSNI_MSG_ENCRYPTED_EXTENSIONS, REQUEST,          0,                    PSK,                  TLSNI_P_CCS,     0,                 receive_encrypted_extensions, "RFC 8446 4.3.1"),
    TLSNI_ROW(REQUEST,          TLSNI_MSG_CERTIFICATE_REQUEST,  CERTIFICATE,      0,                    0,                    0,               0,                 receive_certificate_request, "RFC 8446 4.3.2"),
    TLSNI_ROW(REQUEST,          TLSNI_MSG_CERTIFICATE,          VERIFY,           0,                    0,                    0,               0,                 receive_certificate,         "RFC 8446 4.4.2"),
    TLSNI_ROW(REQUEST,          TLSNI_MSG_COMPRESSED_CERTIFICATE, VERIFY,           0,                    0,                    0,               0,                 receive_packed,              "RFC 8879 4"),
    TLSNI_ROW(CERTIFICATE,      TLSNI_MSG_CERTIFICATE,          VERIFY,           0,                    0,                    0,               0,                 receive_certificate,         "RFC 8446 4.4.2"),
    TLSNI_ROW(CERTIFICATE,      TLSNI_MSG_COMPRESSED_CERTIFICATE, VERIFY,           0,                    0,                    0,               0,                 receive_packed,              "RFC 8879 4"),
    TLSNI_ROW(VERIFY,           TLSNI_MSG_CERTIFICATE_VERIFY,   VERDICT,          0,                    0,                    0,               SIGNED,            tlsni_act13_receive_verify,  "RFC 8446 4.4.3"),
    TLSNI_ROW(VERDICT,          TLSNI_EV_STEP,                  FINISHED,         0,                    0,                    SIGNED,          CHAIN,             tlsni_act_judge_chain,       "RFC 8446 4.4.2.4"),
    TLSNI_ROW(FINISHED,         TLSNI_MSG_FINISHED,             KEYS,             0,                    0,                    CHAIN|SIGNED,    TLSNI_P_FINISHED,  tlsni_act13_receive_finished, "RFC 8446 4.4.4"),
    TLSNI_ROW(KEYS,             TLSNI_EV_STEP,                  END_EARLY,        TLSNI_F_EARLY,        0,                    TLSNI_P_FINISHED, 0,                take_main_keys,              "RFC 8446 7.1"),
    TLSNI_ROW(KEYS,             TLSNI_EV_STEP,                  CREDENTIAL,       0,                    TLSNI_F_EARLY,        TLSNI_P_FINISHED, 0,                take_main_keys,              "RFC 8446 7.1"),
    TLSNI_ROW(END_EARLY,        TLSNI_EV_STEP,                  CREDENTIAL,       0,                    0,                    TLSNI_P_FINISHED, 0,                end_early_data,              "RFC 8446 4.5"),
    TLSNI_ROW(CREDENTIAL,       TLSNI_EV_STEP,                  SEND_CERTIFICATE, TLSNI_F_REQUEST,      0,                    0,               0,                 tlsni_act13_choose_credential, "RFC 8446 4.4.2"),
    TLSNI_ROW(CREDENTIAL,       TLSNI_EV_STEP,                  SEND_FINISHED,    0,                    TLSNI_F_REQUEST,      0,               0,                 tlsni_act_none,              "RFC 8446 2"),
    TLSNI_ROW(SEND_CERTIFICATE, TLSNI_EV_STEP,                  SIGN_BRANCH,      0,                    0,                    CHAIN|SIGNED,    0,                 tlsni_act13_send_certificate, "RFC 8446 4.4.2"),
    TLSNI_ROW(SIGN_BRANCH,      TLSNI_EV_STEP,                  SIGN,             TLSNI_F_CLIENT_SIGNS, 0,                    0,               0,                 tlsni_act13_prepare_client_verify, "RFC 8446 4.4.3"),
    TLSNI_ROW(SIGN_BRANCH,      TLSNI_EV_STEP,                  SEND_FINISHED,    0,                    TLSNI_F_CLIENT_SIGNS, 0,               0,                 tlsni_act_none,              "RFC 8446 4.4.2"),
    TLSNI_ROW(SIGN,             TLSNI_EV_STEP,                  SEND_FINISHED,    0,                    0,                    0,               0,                 tlsni_act13_send_verify,     "RFC 8446 4.4.3"),
    TLSNI_ROW(SEND_FINISHED,    TLSNI_EV_STEP,                  TLSNI_ST_DONE,    0,                    0,                    CHAIN|SIGNED|TLSNI_P_FINISHED, TLSNI_P_KEYS, send_finished,       "RFC 8446 4.4.4"),
};
/* clang-format on */

const struct tlsni_flow tlsni_flow_tls13_client = {
    "tls1.3 client", BRANCH, rows, sizeof rows / sizeof *rows, state_names, STATES,
    CHAIN | SIGNED | TLSNI_P_KEYS | TLSNI_P_CCS | TLSNI_P_FINISHED,
};
