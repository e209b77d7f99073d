#include "handshake/auth13.h"

#include "base/env.h"
#include "handshake/client13.h"
#include "handshake/common13.h"
#include "handshake/machine.h"
#include "handshake/negotiate.h"
#include "handshake/packed13.h"
#include "handshake/server13.h"
#include "handshake/transcript.h"

static const char layer[] = "handshake";

/* ---- what is kept, and how an exchange begins ---- */

void tlsni_auth13_keep(struct tlsni_auth13 *auth, const struct tlsni_hs *hs)
{
    auth->transcript = hs->tls13.through_finished;
    auth->own_type = hs->own_type;
    auth->peer_type = hs->peer_type;
}

void tlsni_auth13_begin(struct tlsni_hs *hs, struct tlsni_auth13 *auth,
                        const struct tlsni_secret *traffic)
{
    hs->flow = hs->role == TLSN_CLIENT ? &tlsni_flow_auth13_client : &tlsni_flow_auth13_server;
    hs->state = hs->flow->entry;
    hs->transcript.hash = auth->transcript;
    hs->tls13.keys.hash = tlsni_version_hash(hs->version, hs->suite);
    hs->tls13.finished_from = traffic;
    hs->tls13.auth = auth;
    hs->own_type = auth->own_type;
    hs->peer_type = auth->peer_type;
}

void tlsni_auth13_free(struct tlsni_auth13 *auth, const struct tlsn_hooks *env)
{
    if (!auth)
        return;
    for (size_t i = 0; i < auth->open_count; i++)
        tlsni_free(env, auth->open[i]);
    tlsni_free(env, auth);
}

/* ---- client ---- */

/* @rfc 8446:4.6.2/2 */
static tlsn_status receive_request(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span block;
    tlsn_status st = tlsni_client13_parse_request(hs, body, &block);

    return st == TLSN_OK ? tlsni_client13_read_request(hs, block) : st;
}

/* @rfc 8446:4.6.2/3 */
static tlsn_status send_finished(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    return tlsni_finished13_send(hs);
}

/* ---- server: requests ---- */

/* @rfc 8446:4.3.2/3, 8446:4.3.2/4 */
tlsn_status tlsni_auth13_ask(struct tlsni_hs *hs, bool required)
{
    struct tlsni_auth13 *auth = hs->tls13.auth;
    struct tlsni_auth13_request *r = tlsni_alloc(hs->env, sizeof *r);
    tlsn_status st = r ? tlsni_random(hs->env, r->context, sizeof r->context) : TLSN_ERR_NO_MEMORY;

    if (st == TLSN_OK) {
        hs->tls13.request_context = tlsni_span_make(r->context, sizeof r->context);
        st = tlsni_act13_send_request(hs, tlsni_span_make(NULL, 0));
    }
    if (st != TLSN_OK) {
        tlsni_free(hs->env, r);
        return st;
    }
    r->transcript = hs->transcript.hash;
    r->asked = hs->ext_sent;
    r->required = required;
    auth->open[auth->open_count++] = r;
    return TLSN_OK;
}

static size_t find_request(const struct tlsni_auth13 *auth, struct tlsn_span context)
{
    size_t i = 0;

    while (i < auth->open_count &&
           !tlsni_span_eq(context, tlsni_span_make(auth->open[i]->context, TLSNI_AUTH13_CONTEXT)))
        i++;
    return i;
}

void tlsni_auth13_settle(struct tlsni_hs *hs)
{
    struct tlsni_auth13 *auth = hs->tls13.auth;
    size_t i = find_request(auth, hs->tls13.request_context);

    if (i == auth->open_count)
        return;
    tlsni_free(hs->env, auth->open[i]);
    auth->open_count--;
    memmove(auth->open + i, auth->open + i + 1, (auth->open_count - i) * sizeof *auth->open);
}

/* ---- server: answers ---- */

/* Which request is it about? Clients may answer in another order (RFC 8446 4.6.2). The transcript goes on
 * where that one ended.
 * @rfc 8446:4.6.2/7 */
static tlsn_status choose_request(struct tlsni_hs *hs, struct tlsn_span body)
{
    const struct tlsni_auth13 *auth = hs->tls13.auth;
    struct tlsni_msg_certificate13 m;
    tlsn_status st = tlsni_msg_certificate13_parse(body, &m);
    size_t i;

    if (st != TLSN_OK)
        return st;
    i = find_request(auth, m.context);
    if (i == auth->open_count)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "Certificate with a context of %zu bytes, which no open request has",
                          m.context.len);
    hs->tls13.request_context = tlsni_span_make(auth->open[i]->context, TLSNI_AUTH13_CONTEXT);
    hs->transcript.hash = auth->open[i]->transcript;
    hs->ext_sent = auth->open[i]->asked;
    hs->tls13.auth_required = auth->open[i]->required;
    return TLSN_OK;
}

static tlsn_status receive_certificate(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = choose_request(hs, body);

    return st == TLSN_OK ? tlsni_server13_client_certificate(hs, body, hs->tls13.auth_required) : st;
}

static tlsn_status receive_packed(struct tlsni_hs *hs, struct tlsn_span body)
{
    return tlsni_packed_receive(hs, body, receive_certificate);
}

/* ---- tables ---- */

enum { REQUEST, CREDENTIAL, SEND_CERTIFICATE, SIGN_BRANCH, SIGN, SEND_FINISHED, CLIENT_STATES };
static const char *const client_states[CLIENT_STATES] = {
    "wait_certificate_request", "credential", "send_certificate", "sign_branch", "sign", "send_finished",
};

enum { CERTIFICATE, VERIFY_BRANCH, VERIFY, VERDICT, FINISHED, SERVER_STATES };
static const char *const server_states[SERVER_STATES] = {
    "wait_certificate", "verify_branch", "wait_certificate_verify", "verdict", "wait_finished",
};

#define CHAIN TLSNI_P_CHAIN
#define SIGNED TLSNI_P_SIGNATURE
#define SIGNS TLSNI_F_CLIENT_SIGNS

/* @rfc 8446:4.6.2/2, 8446:4.6.2/3, 8446:4.6.2/4 */
/* clang-format off */
static const struct tlsni_hs_row client_rows[] = {
/*            state             event                          next              when   unless  needs  proves        action                           source */
    TLSNI_ROW(REQUEST,          TLSNI_MSG_CERTIFICATE_REQUEST, CREDENTIAL,       0,     0,      0,     0,            receive_request,                 "RFC 8446 4.6.2"),
    TLSNI_ROW(CREDENTIAL,       TLSNI_EV_STEP,                 SEND_CERTIFICATE, 0,     0,      0,     0,            tlsni_act13_choose_credential,   "RFC 8446 4.4.2"),
    TLSNI_ROW(SEND_CERTIFICATE, TLSNI_EV_STEP,                 SIGN_BRANCH,      0,     0,      0,     0,            tlsni_act13_send_certificate,    "RFC 8446 4.4.2"),
    TLSNI_ROW(SIGN_BRANCH,      TLSNI_EV_STEP,                 SIGN,             SIGNS, 0,      0,     0,            tlsni_act13_prepare_client_verify, "RFC 8446 4.4.3"),
    TLSNI_ROW(SIGN_BRANCH,      TLSNI_EV_STEP,                 SEND_FINISHED,    0,     SIGNS,  0,     0,            tlsni_act_none,                  "RFC 8446 4.4.2"),
    TLSNI_ROW(SIGN,             TLSNI_EV_STEP,                 SEND_FINISHED,    0,     0,      0,     0,            tlsni_act13_send_verify,         "RFC 8446 4.4.3"),
    TLSNI_ROW(SEND_FINISHED,    TLSNI_EV_STEP,                 TLSNI_ST_DONE,    0,     0,      0,     TLSNI_P_KEYS, send_finished,                   "RFC 8446 4.4.4"),
};

static const struct tlsni_hs_row server_rows[] = {
/*            state          event                             next           when   unless  needs         proves            action                        source */
    TLSNI_ROW(CERTIFICATE,   TLSNI_MSG_CERTIFICATE,            VERIFY_BRANCH, 0,     0,      0,            0,                receive_certificate,          "RFC 8446 4.6.2"),
    TLSNI_ROW(CERTIFICATE,   TLSNI_MSG_COMPRESSED_CERTIFICATE, VERIFY_BRANCH, 0,     0,      0,            0,                receive_packed,               "RFC 8879 4"),
    TLSNI_ROW(VERIFY_BRANCH, TLSNI_EV_STEP,                    VERIFY,        SIGNS, 0,      0,            0,                tlsni_act_none,               "RFC 8446 4.4.3"),
    /* the client declines, and Finished will show that it was it */
    TLSNI_ROW(VERIFY_BRANCH, TLSNI_EV_STEP,                    FINISHED,      0,     SIGNS,  0,            CHAIN|SIGNED,     tlsni_act_none,               "RFC 8446 4.6.2"),
    TLSNI_ROW(VERIFY,        TLSNI_MSG_CERTIFICATE_VERIFY,     VERDICT,       0,     0,      0,            SIGNED,           tlsni_act13_receive_verify,   "RFC 8446 4.4.3"),
    TLSNI_ROW(VERDICT,       TLSNI_EV_STEP,                    FINISHED,      0,     0,      SIGNED,       CHAIN,            tlsni_act13_accept_client,    "RFC 8446 4.4.2.4"),
    TLSNI_ROW(FINISHED,      TLSNI_MSG_FINISHED,               TLSNI_ST_DONE, 0,     0,      CHAIN|SIGNED, TLSNI_P_FINISHED, tlsni_act13_receive_finished, "RFC 8446 4.4.4"),
};
/* clang-format on */

const struct tlsni_flow tlsni_flow_auth13_client = {
    "tls1.3 client, authentication behind it", REQUEST, client_rows,
    sizeof client_rows / sizeof *client_rows, client_states, CLIENT_STATES, TLSNI_P_KEYS,
};

const struct tlsni_flow tlsni_flow_auth13_server = {
    "tls1.3 server, authentication behind it", CERTIFICATE, server_rows,
    sizeof server_rows / sizeof *server_rows, server_states, SERVER_STATES,
    CHAIN | SIGNED | TLSNI_P_FINISHED,
};
