/* config_freeze.c - the last look at a configuration before it is shared. */
#include "base/env.h"
#include "base/mem.h"
#include "config.h"
#include "handshake/negotiate.h"
#include "handshake/tickets.h"
#include "policy.h"
#include "session_cache.h"
#include "x509/verify.h"
#include "x509/trust.h"

enum { CACHE_ENTRIES = 1024, AUTHORITIES_MAX = 65535 };

static bool any_suite(const struct tlsni_hs_config *hs)
{
    for (size_t i = 0; i < hs->suites.count; i++) {
        const struct tlsni_suite *suite = tlsni_suite_find(hs->suites.id[i]);

        if (suite && tlsni_suite_usable(suite, hs))
            return true;
    }
    return false;
}

/* The subjects of the trust anchors for CertificateRequest; none at all when they do not fit. */
static tlsn_status list_authorities(tlsn_config *c)
{
    struct tlsni_buf *b = &c->authorities;
    struct tlsn_span name;
    tlsn_status st = TLSN_OK;

    for (size_t i = 0; st == TLSN_OK && tlsni_trust_subject(c->trust, i, &name); i++) {
        uint8_t len[2] = { (uint8_t)(name.len >> 8), (uint8_t)name.len };

        if (name.len > AUTHORITIES_MAX - 2 ||
            tlsni_buf_len(b) + 2 + name.len > AUTHORITIES_MAX) {
            tlsni_buf_free(&c->hooks, b);
            return TLSN_OK;
        }
        st = tlsni_buf_append(&c->hooks, b, len, 2);
        if (st == TLSN_OK)
            st = tlsni_buf_append(&c->hooks, b, name.data, name.len);
    }
    c->hs.authorities = tlsni_span_make(b->data, tlsni_buf_len(b));
    return st;
}

static tlsn_status set_cache(tlsn_config *c)
{
    tlsn_status st = TLSN_OK;

    if (!tlsni_hs_feature(&c->hs, TLSN_FEATURE_SESSION_IDS) &&
        !tlsni_hs_feature(&c->hs, TLSN_FEATURE_STATEFUL_TICKETS))
        return TLSN_OK;
    if (c->store.lookup) {
        tlsni_config_use_store(c);
        return TLSN_OK;
    }
    if (!c->cache)
        st = tlsn_session_cache_new(&c->cache, CACHE_ENTRIES, &c->hooks);
    if (st != TLSN_OK)
        return st;
    c->hs.cache_store = tlsni_session_cache_store;
    c->hs.cache_lookup = tlsni_session_cache_lookup;
    c->hs.cache_remove = tlsni_session_cache_remove;
    c->hs.cache_ctx = c->cache;
    return TLSN_OK;
}

static void set_tickets(tlsn_config *c)
{
    bool stateful = tlsni_hs_feature(&c->hs, TLSN_FEATURE_STATEFUL_TICKETS);

    c->hs.tickets = stateful ? &tlsni_tickets_stateful : &tlsni_tickets_sealed;
    if (!c->ticket_maker.seal)
        return;
    c->hs.tickets = &tlsni_tickets_application;
    c->hs.ticket_maker = &c->ticket_maker;
}

/* Revocation that is set up so that it could only fail, or would not happen, is an error now. */
static tlsn_status check_revocation(tlsn_config *c)
{
    const struct tlsni_verify_in in = { .options = &c->verify_options,
                                        .staple_asked = tlsni_config_asks_staple(c, TLSN_CLIENT) };
    struct tlsni_err err = { 0 };
    tlsn_status st = TLSN_OK;

    if (c->verify_mode != TLSN_VERIFY_INSECURE_NONE)
        st = tlsni_revocation_sound(&in, &err);
    return st == TLSN_OK ? st : tlsni_config_fail(c, st, "%s", err.text);
}

/* All curves of TLS 1.3 are longer than what holds where nothing is said. */
static void set_delegated_least(tlsn_config *c)
{
    const struct tlsn_verify_options *o = &c->verify_options;

    c->hs.delegated_least = (struct tlsni_delegated_least){
        .rsa_bits = o->min_rsa_bits ? o->min_rsa_bits : TLSNI_VERIFY_RSA_BITS,
        .ec_bits = o->min_ec_bits,
        .suite_b = o->suite_b,
    };
}

static tlsn_status freeze(tlsn_config *c)
{
    tlsn_status st = check_revocation(c);

    if (st != TLSN_OK)
        return st;
    if (!any_suite(&c->hs))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                                 "no cipher suite is left for the versions that are enabled");
    if (!c->hs.sigalgs.count)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no signature algorithm is left");
    if (c->ticket_maker.seal && tlsni_hs_feature(&c->hs, TLSN_FEATURE_STATEFUL_TICKETS))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                                 "tickets are either stateful or the application's");
    if (c->policy)
        tlsni_policy_verify(c->policy, &c->verify_options);
    set_delegated_least(c);
    if (!c->ticket_secret_set)
        st = tlsni_random(&c->hooks, c->hs.ticket_secret, sizeof c->hs.ticket_secret);
    c->ticket_secret_set = st == TLSN_OK;
    if (st == TLSN_OK && !c->srp_seed_set && (c->hs.srp_entry_count || c->srp_suspend || c->callbacks.srp))
        st = tlsni_random(&c->hooks, c->hs.srp_seed, sizeof c->hs.srp_seed);
    if (st == TLSN_OK && c->trust && c->send_authorities &&
        c->hs.client_auth != TLSN_CLIENT_AUTH_NONE && !tlsni_buf_len(&c->authorities))
        st = list_authorities(c);
    if (st == TLSN_OK)
        st = set_cache(c);
    if (st == TLSN_OK && (c->hs.credential_count > 1 || c->hs.source ||
                          tlsni_hs_feature(&c->hs, TLSN_FEATURE_EXPORTER))) /* for authenticators */
        st = tlsni_name_index_make(&c->hs.names, &c->hooks, c->credentials, c->hs.credential_count);
    if (st == TLSN_OK)
        st = tlsni_config_guard_replays(c);
    if (st == TLSN_OK)
        tlsni_config_make_context(c);
    if (st != TLSN_OK)
        return tlsni_config_fail(c, st, "%s", tlsn_status_text(st));
    set_tickets(c);
    c->hs.credentials = c->credentials;
    c->hs.srp_asks = c->srp_suspend || c->callbacks.srp;
    c->hs.psk_asks = c->psk_suspend || c->callbacks.psk;
    c->frozen = true;
    return TLSN_OK;
}

/* @rfc 5077:5.5/1 */
tlsn_status tlsn_config_freeze(tlsn_config *c)
{
    tlsn_status st = TLSN_OK;

    if (!c)
        return TLSN_ERR_ARGUMENT;
    if (c->frozen)
        return TLSN_OK;
    (void)pthread_mutex_lock(&c->freezing);
    if (!c->frozen)
        st = freeze(c);
    (void)pthread_mutex_unlock(&c->freezing);
    return st;
}
