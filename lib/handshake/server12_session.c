/* server12_session.c - finding, judging and keeping sessions on the TLS 1.2 server. */
#include "handshake/server12.h"

#include "base/env.h"
#include "handshake/bound.h"
#include "handshake/kx.h"
#include "handshake/negotiate.h"
#include "handshake/tickets.h"

/* @rfc 5246:7.4.1.2/5, 6066:3/18 */
static tlsn_status find_by_id(struct tlsni_hs *hs)
{
    tlsn_status st;

    if (!hs->hello.session_id.len || !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_SESSION_IDS))
        return TLSN_OK;
    st = tlsni_session_find(hs, hs->hello.session_id, true);
    if (st == TLSN_OK)
        hs->resumed = TLSN_RESUMED_ID;
    return st == TLSN_ERR_NOT_FOUND ? TLSN_OK : st;
}

/* @rfc 5077:3.1/3, 4507:3.1/3, 5077:3.2/5, 4507:3.2/5, 5077:3.4/5, 4507:3.4/5 */
tlsn_status tlsni_server12_open_ticket(struct tlsni_hs *hs)
{
    uint32_t max_s = hs->cfg->limits.session_seconds;
    tlsn_status st = hs->cfg->tickets->open(hs);

    if (st != TLSN_OK)
        return st == TLSN_ERR_NOT_FOUND ? TLSN_OK : st;
    hs->resumed = TLSN_RESUMED_TICKET;
    if (hs->session.lifetime_s > max_s)
        hs->session.lifetime_s = max_s;
    if (!hs->cfg->tickets->drop)
        return TLSN_OK;
    return tlsni_buf_append(hs->env, &hs->own_ticket, hs->ticket.data, hs->ticket.len);
}

static int64_t age_ms(const struct tlsni_hs *hs)
{
    int64_t age = tlsni_now_ms(hs->env) - hs->session.created_ms;

    return age > 0 ? age : 0;
}

/* @rfc 5077:3.3/8, 4507:3.3/8 */
bool tlsni_server12_renews(const struct tlsni_hs *hs)
{
    return hs->resumed == TLSN_RESUMED_TICKET &&
           (hs->ticket_renew || tlsni_hs_feature(hs->cfg, TLSN_FEATURE_RENEW_TICKETS) ||
            age_ms(hs) >= 500 * (int64_t)hs->session.lifetime_s);
}

uint32_t tlsni_server12_rest_s(const struct tlsni_hs *hs)
{
    int64_t spent = age_ms(hs) / 1000;

    /* 0 would say nothing about it (RFC 5077 3.3) */
    return spent < hs->session.lifetime_s ? (uint32_t)(hs->session.lifetime_s - spent) : 1;
}

/* @rfc 6066:3/20, 6066:3/21 */
static bool same_name(const struct tlsni_hs *hs)
{
    const char *name = hs->session.server_name;

    return tlsni_span_eq(hs->peer_name, tlsni_span_make(name, strlen(name)));
}

/* A client that was let in without a verdict is not known to a configuration that wants one. */
static bool client_fits(const struct tlsni_hs *hs)
{
    const struct tlsn_session *s = &hs->session;

    if (!s->client_authenticated)
        return hs->cfg->client_auth != TLSN_CLIENT_AUTH_REQUIRE;
    return tlsni_hs_trusts(hs->cfg, s);
}

/* Nor is one whose pre-shared key or password was taken out of it. */
static bool identity_fits(const struct tlsni_hs *hs, const struct tlsni_suite *suite)
{
    const struct tlsn_session *s = &hs->session;
    const struct tlsni_kx_ops *kx = tlsni_kx_find(suite->kx);

    return kx && (!kx->served || kx->served(hs->cfg, s)) &&
           tlsni_bound_fits_identity(hs, tlsni_buf_span(&s->identity));
}

/* A session keeps its max_fragment_length; a client that now asks for another one gets it by a full
 * handshake.
 * @rfc 6066:4/7 */
static bool fragments_fit(const struct tlsni_hs *hs)
{
    return !hs->fragment_max || hs->fragment_max == hs->session.fragment_max;
}

/* Whether the session may be used for this ClientHello; if not, a full handshake follows.
 * @rfc 7627:5.3/4, 7627:5.3/5 */
static bool usable(const struct tlsni_hs *hs)
{
    const struct tlsn_session *s = &hs->session;
    const struct tlsni_suite *suite = tlsni_suite_find(s->suite);

    return suite && s->version == hs->version->number &&
           tlsni_ids_has(&hs->cfg->suites, s->suite) &&
           tlsni_compression_enabled(hs->cfg, s->compression) &&
           tlsni_session_fresh(s, tlsni_now_ms(hs->env)) &&
           same_name(hs) &&              /* RFC 6066 3 */
           !(hs->ems && !s->ems) &&      /* RFC 7627 5.3 */
           !(s->etm && !hs->etm) &&      /* RFC 7366 3.1 */
           fragments_fit(hs) && client_fits(hs) && identity_fits(hs, suite) &&
           tlsni_bound_fits_leaf(hs, tlsni_span_make(s->peer_leaf.data, s->peer_leaf.end)) &&
           (!s->truncated_mac || tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TRUNCATED_HMAC));
}

/* RFC 7627 5.3: a session that has it must not be resumed without it, and the client knows.
 * @rfc 7627:5.3/6, 7627:5.4/7 */
static tlsn_status check_ems(struct tlsni_hs *hs)
{
    if (!hs->session.ems || hs->ems)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_EXTENDED_MASTER, "handshake",
                      "client wants to resume without the extended_master_secret of the session");
}

/* @rfc 5246:7.4.1.3/5 a session keeps its suite. RFC 5246 7.4.1.2: who wants to resume offers it
 * again. */
static tlsn_status check_suite(struct tlsni_hs *hs)
{
    struct tlsn_span methods = hs->hello.compressions;

    /* the same goes for its compression (@rfc 3749:3/1, 5246:7.4.1.2/13) */
    if (!memchr(methods.data, hs->session.compression, methods.len))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "client wants to resume a session without offering its compression "
                          "method, %u", hs->session.compression);
    if (tlsni_wire_has(hs->hello.suites, hs->session.suite))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                      "client wants to resume a session without offering its suite, %s",
                      tlsni_suite_find(hs->session.suite)->name);
}

/* @rfc 5077:3.4/6, 4507:3.4/6
 * @rfc 5246:7.4.1.4.1/11, 6066:1.1/3 */
tlsn_status tlsni_server12_find_session(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = TLSN_OK;

    (void)body;
    if (hs->ticket.len && tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TICKETS))
        st = tlsni_server12_open_ticket(hs);
    /* RFC 5077 3.4: with a ticket the session ID is no key */
    else if (!hs->ticket.len)
        st = find_by_id(hs);
    if (st != TLSN_OK)
        return st;
    if (hs->resumed && tlsni_session_fresh(&hs->session, tlsni_now_ms(hs->env)))
        st = check_ems(hs);
    if (st == TLSN_OK && hs->resumed && usable(hs)) {
        hs->facts |= TLSNI_F_RESUMED;
        return check_suite(hs);
    }
    hs->resumed = TLSN_RESUMED_NO;
    tlsni_session_clear(&hs->session);
    tlsni_buf_free(hs->env, &hs->own_ticket);
    return st;
}

tlsn_status tlsni_tickets_note(const struct tlsn_hooks *env, struct tlsni_buf *list,
                               struct tlsn_span ticket)
{
    const uint8_t len[2] = { (uint8_t)(ticket.len >> 8), (uint8_t)ticket.len };
    tlsn_status st = tlsni_buf_append(env, list, len, sizeof len);

    return st == TLSN_OK ? tlsni_buf_append(env, list, ticket.data, ticket.len) : st;
}

tlsn_status tlsni_server12_make_ticket(struct tlsni_hs *hs, struct tlsni_buf *ticket,
                                       uint32_t *lifetime_s)
{
    const struct tlsni_ticket_kind *kind = hs->cfg->tickets;
    tlsn_status st = kind->make(hs, ticket, lifetime_s);

    if (st != TLSN_OK || !tlsni_buf_len(ticket) || !kind->drop)
        return st;
    hs->spent_ticket = hs->own_ticket;
    hs->own_ticket = (struct tlsni_buf){ 0 };
    hs->ticket_made = true;
    st = tlsni_buf_append(hs->env, &hs->own_ticket, tlsni_buf_data(ticket), tlsni_buf_len(ticket));
    return st == TLSN_OK ? tlsni_tickets_note(hs->env, &hs->made_tickets, tlsni_buf_span(ticket)) : st;
}

tlsn_status tlsni_server12_settle_ticket(struct tlsni_hs *hs)
{
    return hs->ticket_made && hs->cfg->tickets->settle ? hs->cfg->tickets->settle(hs) : TLSN_OK;
}

tlsn_status tlsni_server12_keep_session(struct tlsni_hs *hs)
{
    if (!hs->session_id_len || !hs->cfg->cache_store)
        return TLSN_OK;
    return tlsni_session_keep(hs, tlsni_span_make(hs->session_id, hs->session_id_len));
}
