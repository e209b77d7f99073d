/* server13_session.c - tickets of TLS 1.3: finding the session of one, and making new ones (RFC 8446
 * 4.2.11, 4.6.1). */
#include "base/env.h"
#include "ext/ext.h"
#include "handshake/binder13.h"
#include "handshake/common12.h"
#include "handshake/early13.h"
#include "handshake/kx_psk.h"
#include "handshake/negotiate.h"
#include "handshake/psk13.h"
#include "handshake/send.h"
#include "handshake/server12.h"
#include "handshake/server13.h"
#include "handshake/share13.h"

/* ---- finding ---- */

enum { TRIED_MAX = 8 }; /* identities that are looked at: each costs an attempt to open a ticket */

/* A group in common, or a mode that does without.
 * @rfc 9257:6/3
 * @rfc 8446:4.1.1/3, 8446:4.2.8/8 */
static bool exchange_possible(struct tlsni_hs *hs)
{
    bool retry;

    hs->group = NULL;
    /* @rfc 9325:3.4/7 */
    if (tlsni_ext_psk_mode(hs, TLSNI_PSK_DHE_KE) && hs->peer_groups_seen)
        hs->group = tlsni_share13_choose(hs, &retry);
    return hs->group || tlsni_ext_psk_mode(hs, TLSNI_PSK_KE);
}

/* Behind a HelloRetryRequest it is that one's: the transcript goes by its hash.
 * @rfc 8446:4.1.4/4 */
static bool suite_fits(const struct tlsni_hs *hs, const struct tlsni_suite *suite,
                       const struct tlsni_hash *hash)
{
    if (hs->tls13.before_retried.row && suite != hs->tls13.first_suite)
        return false;
    return suite && suite->prf == hash->id && tlsni_ids_has(&hs->cfg->suites, suite->id) &&
           tlsni_wire_has(hs->hello.suites, suite->id) &&
           tlsni_version_overlap(suite->min_version, suite->max_version, hs->version->number,
                                 hs->version->number);
}

/* The first one of this hash, in the order that counts.
 * @rfc 8446:4.2.11/1, 8446:4.2.11/13 */
static const struct tlsni_suite *suite_of(const struct tlsni_hs *hs, const struct tlsni_hash *hash)
{
    struct tlsni_rd theirs = tlsni_rd_span(hs->hello.suites);
    const struct tlsni_suite *suite;

    if (hs->cfg->client_preference) {
        while (tlsni_rd_left(&theirs) >= 2)
            if (suite_fits(hs, suite = tlsni_suite_find(tlsni_rd_u16(&theirs)), hash))
                return suite;
        return NULL;
    }
    for (size_t i = 0; i < hs->cfg->suites.count; i++)
        if (suite_fits(hs, suite = tlsni_suite_find(hs->cfg->suites.id[i]), hash))
            return suite;
    return NULL;
}

/* The session's suite, or failing that one of its hash. */
static const struct tlsni_suite *suite_for(const struct tlsni_hs *hs, const struct tlsn_session *s)
{
    const struct tlsni_suite *own = tlsni_suite_find(s->suite);
    const struct tlsni_hash *hash = own ? tlsni_hash_find((enum tlsni_hash_id)own->prf) : NULL;

    if (!hash)
        return NULL;
    return suite_fits(hs, own, hash) ? own : suite_of(hs, hash);
}

/* That of the key's early data if there are some, or failing that one of its hash. */
static const struct tlsni_suite *suite_for_key(const struct tlsni_hs *hs, const struct tlsni_psk13 *psk)
{
    const struct tlsni_suite *own = psk->early.max && hs->tls13.early ? tlsni_suite_find(psk->early.suite)
                                                                      : NULL;

    return own && suite_fits(hs, own, psk->hash) ? own : suite_of(hs, psk->hash);
}

/* A client that was let in without a verdict is not known to a configuration that wants one. */
static bool client_fits(const struct tlsni_hs *hs)
{
    const struct tlsn_session *s = &hs->session;

    if (!s->client_authenticated)
        return hs->cfg->client_auth != TLSN_CLIENT_AUTH_REQUIRE;
    return tlsni_hs_trusts(hs->cfg, s);
}

/* Nor is one whose pre-shared key was taken out of it. */
static bool identity_fits(const struct tlsni_hs *hs)
{
    return !tlsni_buf_len(&hs->session.identity) || tlsni_psk_known(hs->cfg, &hs->session);
}

static bool usable(struct tlsni_hs *hs)
{
    const struct tlsn_session *s = &hs->session;
    struct tlsn_span name = tlsni_span_make(s->server_name, strlen(s->server_name));

    if (s->version != hs->version->number || !tlsni_session_fresh(s, tlsni_now_ms(hs->env)) ||
        !tlsni_span_eq(hs->peer_name, name) || !client_fits(hs) || !identity_fits(hs))
        return false;
    hs->suite = suite_for(hs, s);
    return hs->suite != NULL;
}

/* Opens the ticket and looks at what is in it; TLSN_ERR_NOT_FOUND: not one to go on with.
 * @rfc 8446:4.2.11/2 */
static tlsn_status try_ticket(struct tlsni_hs *hs, struct tlsn_span identity)
{
    tlsn_status st;

    hs->ticket = identity;
    st = tlsni_server12_open_ticket(hs);
    if (st != TLSN_OK || (hs->resumed && usable(hs)))
        return st;
    hs->resumed = TLSN_RESUMED_NO;
    hs->session_asked = false;
    tlsni_session_clear(&hs->session);
    tlsni_buf_free(hs->env, &hs->own_ticket);
    return TLSN_ERR_NOT_FOUND;
}

/* @rfc 8446:4.2.11/3 */
static tlsn_status accept(struct tlsni_hs *hs, size_t index, const struct tlsni_psk13 *psk)
{
    tlsn_status st = tlsni_binder13_check(hs, index, psk);

    if (st != TLSN_OK)
        return st;
    hs->tls13.selected = (uint16_t)index;
    hs->tls13.keyed = true;
    hs->tls13.terms = psk->early;
    hs->kx = tlsni_kx_find(hs->suite->kx);
    hs->credential = NULL;
    hs->scheme = NULL;
    if (!hs->tls13.cert_psk)
        hs->facts |= TLSNI_F_PSK;
    return TLSN_OK;
}

static tlsn_status accept_ticket(struct tlsni_hs *hs, size_t index, uint32_t hidden_age)
{
    const struct tlsni_psk13 psk = { hs->ticket, tlsni_secret_span(&hs->session.master),
                                     tlsni_version_hash(hs->version, hs->suite), "res binder", true,
                                     tlsni_early13_of_session(&hs->session) };

    hs->tls13.cert_psk = false;
    hs->tls13.ticket_age_ms = hidden_age - hs->session.age_add;
    hs->facts |= TLSNI_F_RESUMED;
    return accept(hs, index, &psk);
}

/* A key with certificates, both of which the client wants (RFC 8773): with fresh Diffie-Hellman keys.
 * @rfc 8773:5.1/1, 8773:4/5, 9973:5.1/2 */
static bool goes_with_certificates(const struct tlsni_hs *hs)
{
    return hs->tls13.cert_psk_asked && tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERT_WITH_PSK) &&
           hs->group && (hs->cfg->credential_count || hs->cfg->source);
}

/* Of whom a certificate is wanted, a key alone is not enough. */
static bool key_suffices(const struct tlsni_hs *hs)
{
    return hs->cfg->client_auth != TLSN_CLIENT_AUTH_REQUIRE &&
           !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERT_WITH_PSK);
}

/* The age that stands beside the identity says nothing here.
 * @rfc 8446:4.2.11/12, 8773:4/4, 8773:7/2, 9973:5.1/6 */
static tlsn_status try_external(struct tlsni_hs *hs, size_t index, struct tlsn_span identity,
                                bool asks)
{
    struct tlsni_psk13 psk;
    tlsn_status st;

    hs->tls13.cert_psk = goes_with_certificates(hs);
    if (!hs->tls13.cert_psk && !key_suffices(hs))
        return TLSN_ERR_NOT_FOUND;
    st = tlsni_psk13_find(hs, identity, asks, &psk);
    if (st == TLSN_OK && (hs->suite = suite_for_key(hs, &psk)) == NULL)
        st = TLSN_ERR_NOT_FOUND;
    if (st == TLSN_OK)
        st = accept(hs, index, &psk);
    if (asks && st < TLSN_OK) /* neither suspended nor taken, with terms that early data still need */
        tlsni_psk13_forget(hs);
    if (st == TLSN_OK)
        tlsni_session_set_name(hs);
    return st;
}

/* @rfc 8773:5.1/3, 8773:7/1 */
static tlsn_status refuse_tickets(struct tlsni_hs *hs)
{
    struct tlsn_span rest = hs->tls13.peer_psks.identities, identity;
    tlsn_status st = TLSN_ERR_NOT_FOUND;
    uint32_t age;

    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TICKETS) || !goes_with_certificates(hs))
        return TLSN_OK;
    for (size_t i = 0; i < TRIED_MAX && tlsni_ext_psk_next(&rest, &identity, &age); i++) {
        if (i >= hs->tls13.no_tickets)
            st = try_ticket(hs, identity);
        if (st == TLSN_OK)
            return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                              "client sends tls_cert_with_extern_psk with a ticket");
        if (st != TLSN_ERR_NOT_FOUND)
            return st;
        if (i >= hs->tls13.no_tickets)
            hs->tls13.no_tickets = i + 1;
    }
    return TLSN_OK;
}

/* An identity is a key of the configuration, a ticket, or a key of the application, in this order. */
static tlsn_status try_identity(struct tlsni_hs *hs, size_t i, struct tlsn_span identity, uint32_t age)
{
    tlsn_status st = try_external(hs, i, identity, false);

    if (st != TLSN_ERR_NOT_FOUND)
        return st;
    if (i >= hs->tls13.no_tickets && tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TICKETS)) {
        st = try_ticket(hs, identity);
        if (st == TLSN_OK)
            return accept_ticket(hs, i, age);
        if (st != TLSN_ERR_NOT_FOUND)
            return st;
    }
    if (i >= hs->tls13.no_tickets)
        hs->tls13.no_tickets = i + 1;
    return hs->cfg->psk_asks ? try_external(hs, i, identity, true) : TLSN_ERR_NOT_FOUND;
}

/* Without certificates there is nothing else to go on with. */
static tlsn_status none_known(struct tlsni_hs *hs)
{
    const struct tlsni_hs_config *cfg = hs->cfg;

    hs->tls13.cert_psk = false;
    tlsni_buf_free(hs->env, &hs->psk_identity);
    if (cfg->credential_count || cfg->source || !(cfg->psk_count || cfg->psk_asks))
        return TLSN_OK;
    return tlsni_psk13_refuse(hs);
}

/* A question about one of them may be open: the identities in front of it were looked at.
 * @rfc 8446:4.2.11/2 */
tlsn_status tlsni_server13_find_psk(struct tlsni_hs *hs)
{
    struct tlsn_span rest = hs->tls13.peer_psks.identities, identity;
    uint32_t age;
    tlsn_status found;

    if (!rest.len || !exchange_possible(hs))
        return TLSN_OK;
    found = refuse_tickets(hs);
    if (found != TLSN_OK)
        return found;
    for (size_t i = 0; i < TRIED_MAX && tlsni_ext_psk_next(&rest, &identity, &age); i++) {
        tlsn_status st = i < hs->tls13.tried ? TLSN_ERR_NOT_FOUND : try_identity(hs, i, identity, age);

        if (st != TLSN_ERR_NOT_FOUND)
            return st;
        if (hs->tls13.tried <= i)
            hs->tls13.tried = i + 1;
    }
    return none_known(hs);
}

/* ---- making ---- */

enum { TICKET_OVERHEAD = 4 + 4 + 2 + 2 + 2, EXTENSIONS_MAX = 64 };

/* The session becomes the one that a ticket with this nonce is for.
 * @rfc 8446:4.6.1/3 */
static tlsn_status name_ticket(struct tlsni_hs *hs, struct tlsn_span nonce)
{
    struct tlsn_session *s = &hs->session;
    uint8_t add[4];
    struct tlsni_rd r = tlsni_rd_make(add, sizeof add);
    tlsn_status st = tlsni_random(hs->env, add, sizeof add);

    s->age_add = tlsni_rd_u32(&r);
    s->issued_ms = tlsni_now_ms(hs->env);
    s->early_data_max = hs->cfg->early_data_max;
    tlsni_schedule13_ticket_psk(hs->tls13.keys.hash, &hs->tls13.keys.resumption, nonce, &s->master);
    return st;
}

static tlsn_status send_message(struct tlsni_hs *hs, const struct tlsni_msg_ticket13 *m)
{
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, TLSNI_MSG_NEW_SESSION_TICKET,
                                      TICKET_OVERHEAD + m->nonce.len + m->ticket.len +
                                          EXTENSIONS_MAX);

    if (st != TLSN_OK)
        return st;
    tlsni_msg_ticket13_write(&s.w, m);
    tlsni_ext_write(hs, TLSNI_IN_NEW_SESSION_TICKET, &s.w);
    return tlsni_send_end(hs, &s);
}

/* The client's Finished is here, so that the ticket counts at once. */
static tlsn_status send_ticket(struct tlsni_hs *hs, struct tlsn_span nonce)
{
    struct tlsni_buf ticket = { 0 };
    struct tlsni_msg_ticket13 m = { .nonce = nonce };
    tlsn_status st = name_ticket(hs, nonce);

    m.lifetime_s = tlsni_server12_rest_s(hs);
    m.age_add = hs->session.age_add;
    if (st == TLSN_OK)
        st = tlsni_server12_make_ticket(hs, &ticket, &m.lifetime_s);
    m.ticket = tlsni_buf_span(&ticket);
    if (st == TLSN_OK && m.ticket.len)
        st = send_message(hs, &m);
    if (st == TLSN_OK && m.ticket.len)
        st = tlsni_server12_settle_ticket(hs);
    tlsni_buf_free(hs->env, &ticket);
    return st;
}

/* @rfc 8446:C.4/3 */
tlsn_status tlsni_server13_send_tickets(struct tlsni_hs *hs, struct tlsn_span body)
{
    tlsn_status st = TLSN_OK;

    (void)body;
    for (uint8_t i = 0; st == TLSN_OK && i < tlsni_ext_ticket_count(hs); i++) {
        if (i) /* the second one does not stand in for the first */
            tlsni_buf_free(hs->env, &hs->own_ticket);
        tlsni_buf_free(hs->env, &hs->spent_ticket);
        st = send_ticket(hs, tlsni_span_make(&i, 1));
    }
    return st;
}
