/* conn_auth13.c - client authentication behind a TLS 1.3 handshake (RFC 8446 4.6.2) as the engine sees it.
 *
 * An answer is an exchange with handshake state of its own, which comes and goes like that of a handshake;
 * its questions are the same. All of a client's answer is sealed in one go once it is complete, so that
 * nothing comes in between, and data go out while a question is open. A server takes nothing else between
 * the messages of an answer. */
#include "base/bytes.h"
#include "base/mem.h"
#include "conn.h"
#include "handshake/auth13.h"

static struct tlsni_auth13 *kept(const tlsn_conn *c)
{
    return c->secrets13 ? c->secrets13->auth : NULL;
}

/* A server that will not ask keeps nothing. */
tlsn_status tlsni_conn_keep_auth13(tlsn_conn *c, const struct tlsni_hs *hs)
{
    bool mine = tlsni_hs_feature(hs->cfg, TLSN_FEATURE_POST_HANDSHAKE_AUTH);
    struct tlsni_auth13 *auth;

    if (!mine || (c->role == TLSN_SERVER && !hs->tls13.auth_offered))
        return TLSN_OK;
    auth = tlsni_alloc(c->env, sizeof *auth);
    if (!auth)
        return TLSN_ERR_NO_MEMORY;
    tlsni_auth13_keep(auth, hs);
    c->secrets13->auth = auth;
    return TLSN_OK;
}

static tlsn_status begin(tlsn_conn *c)
{
    struct tlsni_scratch *s = tlsni_conn_new_scratch(c);
    struct tlsni_hs *hs;

    if (!s)
        return TLSN_ERR_NO_MEMORY;
    c->scratch = s;
    s->auth13 = true;
    hs = &s->hs;
    hs->version = c->version;
    hs->suite = c->suite;
    tlsni_auth13_begin(hs, kept(c), &c->secrets13->traffic[TLSN_CLIENT]);
    return TLSN_OK;
}

/* ---- answers ---- */

static tlsn_status keep_client(tlsn_conn *c, struct tlsni_hs *hs)
{
    tlsn_status st = tlsni_conn_keep_peer(c, hs);

    if (st != TLSN_OK)
        return st;
    c->peer_raw = hs->peer.raw_key.len != 0;
    c->cert_comp[TLSN_CLIENT] = hs->tls13.packed[TLSN_CLIENT];
    c->verdict = TLSN_OK;
    c->verified = c->scratch->judged;
    return TLSN_OK;
}

/* A delegated credential of the client, where it used one. */
static tlsn_status keep_delegation(tlsn_conn *c, const struct tlsni_hs *hs)
{
    const struct tlsni_delegation *d = &hs->tls13.delegation[TLSN_CLIENT];
    struct tlsni_rare *rare = d->scheme ? tlsni_conn_need_rare(c) : c->rare;

    if (rare)
        rare->delegation[TLSN_CLIENT] = *d;
    return rare || !d->scheme ? TLSN_OK : TLSN_ERR_NO_MEMORY;
}

/* @rfc 9846:4.7.2/1 */
static tlsn_status complete(tlsn_conn *c)
{
    struct tlsni_hs *hs = &c->scratch->hs;
    struct tlsni_auth13 *auth = hs->tls13.auth;
    bool given = hs->client_certificate_sent;
    tlsn_status st = TLSN_OK;

    if (c->role == TLSN_CLIENT)
        st = tlsni_conn_end_flight(c);
    else if (given)
        st = keep_client(c, hs);
    if (st == TLSN_OK && given)
        st = keep_delegation(c, hs);
    if (st != TLSN_OK)
        return st;
    if (c->role == TLSN_SERVER)
        tlsni_auth13_settle(hs);
    auth->given += given;
    auth->declined += !given;
    c->client_authenticated |= given;
    tlsni_conn_drop_scratch(c);
    return TLSN_OK;
}

static tlsn_status advance(tlsn_conn *c)
{
    tlsn_status st = tlsni_hs_run(&c->scratch->hs);

    if (st == TLSN_OK)
        return complete(c);
    return st == TLSN_NEED_INPUT ? TLSN_OK : st;
}

/* @rfc 8446:4.6.2/5, 8446:4.6.2/6 */
bool tlsni_conn_takes_auth13(const tlsn_conn *c, uint8_t type)
{
    const struct tlsni_auth13 *auth = kept(c);

    if (c->scratch)
        return true;
    if (!auth)
        return false;
    if (c->role == TLSN_CLIENT)
        return type == TLSNI_MSG_CERTIFICATE_REQUEST;
    return auth->open_count &&
           (type == TLSNI_MSG_CERTIFICATE || type == TLSNI_MSG_COMPRESSED_CERTIFICATE);
}

/* Whoever asks and does not read what is answered is cut off. */
static tlsn_status count(tlsn_conn *c, struct tlsni_err *err)
{
    struct tlsni_auth13 *auth = kept(c);

    if (!tlsn_output_pending(c))
        auth->unsent = 0;
    if (auth->unsent++ < TLSNI_AUTH13_OPEN_MAX)
        return TLSN_OK;
    return tlsni_fail(err, TLSN_ERR_TOO_MANY, "handshake",
                      "more than %d CertificateRequests whose answers nobody reads",
                      TLSNI_AUTH13_OPEN_MAX);
}

/* Behind our close_notify there is no answer. */
tlsn_status tlsni_conn_take_auth13(tlsn_conn *c, struct tlsn_span message, struct tlsni_err *err)
{
    tlsn_status st = TLSN_OK;

    if (c->role == TLSN_CLIENT && c->close_sent)
        return TLSN_OK;
    if (!c->scratch) {
        if (c->role == TLSN_CLIENT)
            st = count(c, err);
        if (st == TLSN_OK)
            st = begin(c);
    }
    if (st == TLSN_OK)
        st = tlsni_hs_message(&c->scratch->hs, message.data, message.len);
    return st == TLSN_OK ? advance(c) : st;
}

tlsn_status tlsni_conn_progress_auth13(tlsn_conn *c)
{
    if (c->role == TLSN_CLIENT && c->close_sent) {
        tlsni_conn_drop_scratch(c);
        return TLSN_OK;
    }
    return c->scratch->question ? c->scratch->question : advance(c);
}

/* ---- requests ---- */

/* @rfc 9846:4.4.2/2 */
bool tlsn_may_request_client_auth(const tlsn_conn *c)
{
    const struct tlsni_auth13 *auth = c ? kept(c) : NULL;

    return auth && c->role == TLSN_SERVER && c->done && !tlsni_conn_failed(c) && !c->by_psk &&
           !c->close_sent && !c->close_received && !(c->scratch && c->scratch->calling) &&
           auth->open_count < TLSNI_AUTH13_OPEN_MAX;
}

/* An answer to another request may be under way: its state is put aside. */
static tlsn_status ask(tlsn_conn *c, bool required)
{
    struct tlsni_scratch *other = c->scratch;
    tlsn_status st;

    c->scratch = NULL;
    st = begin(c);
    if (st == TLSN_OK)
        st = tlsni_auth13_ask(&c->scratch->hs, required);
    if (st == TLSN_OK)
        st = tlsni_conn_end_flight(c);
    tlsni_conn_drop_scratch(c);
    c->scratch = other;
    return st;
}

/* @rfc 8446:4.2.6/2, 8446:4.6.2/1 */
tlsn_status tlsn_request_client_auth(tlsn_conn *c, enum tlsn_client_auth auth)
{
    tlsn_status st;

    if (!c || (auth != TLSN_CLIENT_AUTH_REQUEST && auth != TLSN_CLIENT_AUTH_REQUIRE))
        return TLSN_ERR_ARGUMENT;
    if (tlsni_conn_failed(c))
        return c->error.status;
    if (!tlsn_may_request_client_auth(c))
        return TLSN_ERR_MISUSE;
    st = ask(c, auth == TLSN_CLIENT_AUTH_REQUIRE);
    return st == TLSN_OK ? st : tlsni_conn_fail(c, st, NULL);
}

void tlsni_conn_info_auth13(const tlsn_conn *c, struct tlsn_conn_info *info)
{
    const struct tlsni_auth13 *auth = kept(c);

    if (!auth)
        return;
    info->client_auth_open = auth->open_count;
    info->client_auth_given = auth->given;
    info->client_auth_declined = auth->declined;
}
