#include "handshake/psk13.h"

#include "base/ct.h"
#include "base/env.h"
#include "ext/ext.h"
#include "handshake/binder13.h"
#include "handshake/early13.h"
#include "handshake/negotiate.h"
#include "handshake/psk_key.h"

static const char layer[] = "handshake";

enum { OFFERS_MAX = 16, OFFERS_LEN_MAX = 60000 }; /* the extension has a length of 16 bits */

const struct tlsni_hash *tlsni_psk13_hash(uint8_t hash)
{
    return tlsni_hash_find(hash ? (enum tlsni_hash_id)hash : TLSNI_HASH_SHA256);
}

/* @rfc 9258:5.2/1 */
static struct tlsni_psk13 external(const struct tlsni_psk *p)
{
    const struct tlsni_psk13 psk = { tlsni_span_make(p->identity, p->identity_len),
                                     tlsni_span_make(p->key, p->key_len), tlsni_psk13_hash(p->hash),
                                     p->imported ? "imp binder" : "ext binder", false, p->early };

    return psk;
}

/* ---- answers of the application ---- */

void tlsni_psk13_forget(struct tlsni_hs *hs)
{
    struct tlsni_hs13 *t = &hs->tls13;

    while (t->asked_count)
        tlsni_psk_drop(hs->env, &t->asked[--t->asked_count]);
}

/* A server's is for the identity that the client sent. What is too short is none.
 * @rfc 9257:6/2 */
tlsn_status tlsni_psk13_answer(struct tlsni_hs *hs, const struct tlsn_psk *answer)
{
    struct tlsn_external_psk psk = {
        .identity = answer->identity,
        .key = answer->key,
        .hash_bits = answer->hash_bits,
        .import = answer->import,
        .context = answer->context,
        .early = answer->early,
    };
    struct tlsni_hs13 *t = &hs->tls13;
    size_t count = 0;
    tlsn_status st;

    if (hs->role == TLSN_SERVER) {
        psk.identity = tlsni_buf_span(&hs->psk_identity);
        psk.context = tlsni_span_make(NULL, 0);
    }
    if (psk.key.len < TLSNI_PSK13_MIN || !psk.identity.len)
        return tlsni_psk_hash_of(psk.hash_bits, &(uint8_t){ 0 }) ? TLSN_OK : TLSN_ERR_ARGUMENT;
    if (!tlsni_psk_sound(&psk))
        return TLSN_ERR_ARGUMENT;
    tlsni_psk13_forget(hs);
    if (hs->role == TLSN_CLIENT || !psk.import) {
        st = tlsni_psk_make(hs->env, &psk, t->asked, &count);
    } else {
        st = tlsni_psk_make_for(hs->env, &psk, t->asked);
        count = st == TLSN_OK;
    }
    t->asked_count = (uint8_t)count;
    return st == TLSN_ERR_NOT_FOUND ? TLSN_OK : st;
}

/* ---- client ---- */

static struct tlsni_psk13 of_ticket(const struct tlsn_session *s)
{
    const struct tlsni_suite *suite = tlsni_suite_find(s->suite);
    const struct tlsni_psk13 psk = { tlsni_buf_span(&s->ticket), tlsni_secret_span(&s->master),
                                     tlsni_hash_find((enum tlsni_hash_id)suite->prf), "res binder",
                                     true, tlsni_early13_of_session(s) };

    return psk;
}

/* A key is good for suites of its hash alone.
 * @rfc 8446:4.2.11/9 */
static bool hash_offered(const struct tlsni_hs *hs, const struct tlsni_hash *hash)
{
    const struct tlsni_ids *ids = &hs->cfg->suites;

    for (size_t i = 0; i < ids->count; i++) {
        const struct tlsni_suite *suite = tlsni_suite_find(ids->id[i]);

        if (suite && suite->prf == hash->id && tlsni_suite_offered(suite, hs->cfg) &&
            tlsni_version_overlap(suite->min_version, suite->max_version, hs->newest->number,
                                  hs->newest->number))
            return true;
    }
    return false;
}

/* What the application gave stands alone; else every key of the configuration. A second ClientHello has those of the
 * first that fit the suite.
 * @rfc 8446:4.1.4/5, 9257:6/5, 9258:5.1/7 */
static bool nth_external(const struct tlsni_hs *hs, size_t i, struct tlsni_psk13 *out)
{
    const struct tlsni_hs13 *t = &hs->tls13;
    const struct tlsni_psk *keys = hs->cfg->psk_asks ? t->asked : hs->cfg->psks;
    size_t count = hs->cfg->psk_asks ? t->asked_count : hs->cfg->psk_count;

    for (size_t k = 0, seen = 0; k < count; k++) {
        *out = external(&keys[k]);
        if (!(keys[k].worlds & TLSNI_WORLD_13) || !hash_offered(hs, out->hash))
            continue;
        if (t->offer_hash && seen++ >= t->externals)
            return false;
        if ((!t->offer_hash || out->hash == t->offer_hash) && i-- == 0)
            return true;
    }
    return false;
}

/* What is to go with a certificate does not stand beside a ticket.
 * @rfc 8446:2.2/1, 8773:5.1/2 */
bool tlsni_psk13_offer(const struct tlsni_hs *hs, size_t i, struct tlsni_psk13 *out)
{
    if (!hs->tls13.resumes)
        return nth_external(hs, i, out);
    if (i)
        return !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERT_WITH_PSK) && nth_external(hs, i - 1, out);
    *out = of_ticket(hs->offer);
    return true;
}

void tlsni_psk13_count(struct tlsni_hs *hs)
{
    size_t left = OFFERS_LEN_MAX, n = 0;
    struct tlsni_psk13 psk;

    hs->tls13.offers = 0;
    if (!(hs->worlds & TLSNI_WORLD_13))
        return;
    while (n < OFFERS_MAX && tlsni_psk13_offer(hs, n, &psk) &&
           left >= 2 + psk.identity.len + 4 + 1 + psk.hash->len) {
        left -= 2 + psk.identity.len + 4 + 1 + psk.hash->len;
        n++;
    }
    hs->tls13.offers = (uint16_t)n;
    hs->tls13.resumes = hs->tls13.resumes && n;
}

/* In front of the ClientHello nobody knows which version it will be: one of old asks again. */
tlsn_status tlsni_psk13_ask(struct tlsni_hs *hs)
{
    struct tlsni_hs13 *t = &hs->tls13;
    tlsn_status st;

    if (!hs->cfg->psk_asks || t->psk_asked || !(hs->worlds & TLSNI_WORLD_13))
        return TLSN_OK;
    st = hs->host->ask_psk(hs->host_ctx);
    if (st != TLSN_OK)
        return st;
    t->psk_asked = true;
    return TLSN_OK;
}

/* Its identity is one of the facts about the connection; a ticket's is in its session. */
tlsn_status tlsni_psk13_take(struct tlsni_hs *hs)
{
    struct tlsni_psk13 psk;

    if (!tlsni_psk13_offer(hs, hs->tls13.selected, &psk))
        return TLSN_ERR_INTERNAL;
    if (psk.hash->id != hs->suite->prf)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server chose %s for a pre-shared key of %s", hs->suite->name,
                          psk.hash->name);
    tlsni_schedule13_early(&hs->tls13.keys, psk.hash, psk.key);
    if (psk.ticket)
        return TLSN_OK;
    return tlsni_buf_append(hs->env, &hs->psk_identity, psk.identity.data, psk.identity.len);
}

/* ---- server ---- */

/* All are looked at, so that time says little about which there are.
 * @rfc 9257:6.1.1/1 */
static const struct tlsni_psk *find(const struct tlsni_hs_config *cfg, struct tlsn_span identity)
{
    const struct tlsni_psk *found = NULL;

    for (size_t i = 0; i < cfg->psk_count; i++) {
        const struct tlsni_psk *p = &cfg->psks[i];

        if (p->identity_len == identity.len && (p->worlds & TLSNI_WORLD_13) &&
            tlsni_ct_memeq(p->identity, identity.data, identity.len))
            found = p;
    }
    return found;
}

static tlsn_status keep_identity(struct tlsni_hs *hs, struct tlsn_span identity)
{
    tlsni_buf_free(hs->env, &hs->psk_identity);
    return tlsni_buf_append(hs->env, &hs->psk_identity, identity.data, identity.len);
}

static tlsn_status ask(struct tlsni_hs *hs, struct tlsn_span identity, struct tlsni_psk13 *out)
{
    tlsn_status st = keep_identity(hs, identity);

    if (st == TLSN_OK)
        st = hs->host->ask_psk(hs->host_ctx);
    if (st != TLSN_OK)
        return st;
    if (!hs->tls13.asked_count)
        return TLSN_ERR_NOT_FOUND;
    *out = external(&hs->tls13.asked[0]);
    return TLSN_OK;
}

tlsn_status tlsni_psk13_find(struct tlsni_hs *hs, struct tlsn_span identity, bool asks,
                             struct tlsni_psk13 *out)
{
    const struct tlsni_psk *p = find(hs->cfg, identity);

    if (p) {
        *out = external(p);
        return keep_identity(hs, identity);
    }
    if (!asks || !hs->cfg->psk_asks || identity.len > hs->cfg->limits.psk_identity_max)
        return TLSN_ERR_NOT_FOUND;
    return ask(hs, identity, out);
}

enum { RANDOM_KEY = 32 };

/* The same words and the same work as for a wrong key.
 * @rfc 8446:4.2.11/10, 8446:E.6/1 */
tlsn_status tlsni_psk13_refuse(struct tlsni_hs *hs)
{
    struct tlsn_span rest = hs->tls13.peer_psks.binders, binder;
    uint8_t key[RANDOM_KEY];
    struct tlsni_psk13 psk;
    tlsn_status st;

    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_HIDE_UNKNOWN_PSK))
        return tlsni_fail(hs->err, TLSN_ERR_UNKNOWN_PSK, layer,
                          "none of the client's %zu PSK identities is known",
                          hs->tls13.peer_psks.identity_count);
    st = tlsni_random(hs->env, key, sizeof key);
    if (st != TLSN_OK || !tlsni_ext_binder_next(&rest, &binder))
        return st == TLSN_OK ? TLSN_ERR_INTERNAL : st;
    psk = external(&(struct tlsni_psk){ .key = key, .key_len = sizeof key,
                                        .hash = binder.len == 48 ? TLSNI_HASH_SHA384
                                                                 : TLSNI_HASH_SHA256 });
    st = tlsni_binder13_check(hs, 0, &psk);
    tlsni_wipe(key, sizeof key);
    return st == TLSN_OK ? TLSN_ERR_DECRYPT_ERROR : st;
}
