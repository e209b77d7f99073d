/* crl_check.c - what revocation lists say about a certificate: the algorithm of RFC 5280 6.3.3, over the
 * lists that the caller has. Each distribution point of the certificate is gone through with each list
 * that may be meant by it; last comes a point that stands for the issuer itself. */
#include "base/mem.h"
#include "x509/der_write.h"
#include "x509/name.h"
#include "x509/revoke.h"
#include "x509/verify.h"

enum { POINTS_MAX = 32, NESTED_MAX = 3, SEARCHES_MAX = 8 };

/* One certificate's question. */
struct question {
    struct tlsni_judge *judge;
    const struct tlsni_path *path;
    unsigned i;
    const struct tlsni_cert *cert;
    uint16_t reasons; /* covered so far */
    struct tlsni_status *status;
};

/* ---- who signed a list ---- */

static bool fits(const struct tlsni_crl *crl, const struct tlsni_cert *cert)
{
    return (!crl->aki.len || !cert->ski.len || tlsni_span_eq(crl->aki, cert->ski)) &&
           tlsni_name_equal(crl->issuer, cert->subject);
}

/* @rfc 5280:5.1.1.3/1, 5280:6.3.3/14, 5280:6.3.3/15 */
static bool signed_by(struct tlsni_judge *j, struct tlsni_known_crl *k,
                      const struct tlsni_cert *cert)
{
    const struct tlsni_crl *crl = &k->crl;

    if (!fits(crl, cert) || !tlsni_cert_allows(cert, TLSNI_KU_CRL_SIGN))
        return false;
    if (!cert->heritage.len && tlsni_known_crl_vouched(k, cert->spki))
        return !tlsni_judge_weak_hash(j, crl->sig.hash);
    if (!tlsni_revocation_signed(j, cert, &crl->sig, crl->tbs, crl->signature))
        return false;
    if (!cert->heritage.len) /* what the key is depends on the path then */
        tlsni_known_crl_vouch(&j->revocation->evidence->env, k, cert->spki);
    return true;
}

/* Certificates of the path from the one in question up: they are judged with the path. A key that
 * vouches for its own certificate proves nothing, but it is believed when it says the worst. */
static const struct tlsni_cert *signer_in_path(const struct question *q, struct tlsni_known_crl *k)
{
    for (unsigned i = q->i + 1; i < q->path->len; i++)
        if (signed_by(q->judge, k, q->path->certs[i]))
            return q->path->certs[i];
    return signed_by(q->judge, k, q->cert) ? q->cert : NULL;
}

static tlsn_status pool_of(const struct tlsni_judge *j, const struct tlsn_evidence *e,
                           const struct tlsni_cert ***pool, size_t *count)
{
    *count = j->pool->count + e->cert_count;
    *pool = tlsni_alloc_array(j->env, *count, sizeof **pool);
    if (!*pool)
        return TLSN_ERR_NO_MEMORY;
    for (size_t i = 0; i < j->pool->count; i++)
        (*pool)[i] = j->pool->nodes[i].cert;
    for (size_t i = 0; i < e->cert_count; i++)
        (*pool)[j->pool->count + i] = &e->certs[i]->cert;
    return TLSN_OK;
}

/* The signer's own path, without name, purpose and policies, judged as strictly otherwise: it ends in
 * the same anchor and nothing is wrong with it.
 * @rfc 5280:5.1.1.3/2, 5280:5.1.1.3/3, 5280:6.3.3/13 */
static bool signer_stands(const struct question *q, const struct tlsni_cert *signer,
                          const struct tlsni_cert *const *pool, size_t pool_count)
{
    struct tlsni_revocation *v = q->judge->revocation;
    const struct tlsni_cert *anchor = q->path->certs[q->path->len - 1];
    struct tlsni_judge judge = *q->judge;
    struct tlsni_verify_in in = *v->in;
    struct tlsni_path best;
    tlsn_status st;

    if (v->depth >= NESTED_MAX || v->searches >= SEARCHES_MAX) {
        v->limited = true;
        return false;
    }
    v->searches++;
    v->depth++;
    in.leaf = signer;
    in.pool = pool;
    in.pool_count = pool_count;
    judge.name = NULL;
    judge.purpose = TLSN_PURPOSE_ANY;
    judge.policy = (struct tlsni_policy_settings){ 0 };
    judge.leaf_asked = false;
    st = tlsni_path_search(&in, &judge, &best);
    v->depth--;
    q->judge->no_memory |= judge.no_memory || st == TLSN_ERR_NO_MEMORY;
    return st == TLSN_OK && best.anchored && tlsni_path_worst(&best) == TLSNI_WHY_NONE &&
           tlsni_span_eq(best.certs[best.len - 1]->subject, anchor->subject) &&
           tlsni_span_eq(best.certs[best.len - 1]->spki, anchor->spki);
}

/* Somebody else who is named as the list's issuer: an authority's other key, or the issuer of an
 * indirect list. */
static const struct tlsni_cert *signer_elsewhere(const struct question *q,
                                                 struct tlsni_known_crl *k)
{
    const struct tlsni_revocation *v = q->judge->revocation;
    const struct tlsni_cert *found = NULL, **pool;
    size_t count;

    if (pool_of(q->judge, v->evidence, &pool, &count) != TLSN_OK) {
        q->judge->no_memory = true;
        return NULL;
    }
    for (size_t i = 0; i < count && !found; i++)
        if (signed_by(q->judge, k, pool[i]) && signer_stands(q, pool[i], pool, count))
            found = pool[i];
    tlsni_free(v->in->env, (void *)pool);
    return found;
}

static const struct tlsni_cert *signer_of(const struct question *q, struct tlsni_known_crl *k)
{
    const struct tlsni_cert *signer = signer_in_path(q, k);

    return signer ? signer : signer_elsewhere(q, k);
}

/* ---- which lists are meant ---- */

/* (b) 2: the kinds of certificates that a list is for. A certificate of version 1 or 2 does not say
 * what it is, so it is none of a user for sure.
 * @rfc 5280:6.3.3/7, 5280:6.3.3/8, 5280:6.3.3/9 */
static bool kind_fits(const struct tlsni_issuing_point *p, const struct tlsni_cert *cert)
{
    return !p->only_attribute && !(p->only_user && (cert->ca || cert->version < 3)) &&
           !(p->only_ca && !cert->ca);
}

static bool names_given(const struct tlsni_point_name *n)
{
    return n->full.len || n->relative.len;
}

/* The name that the list has to have as its issuer.
 * @rfc 5280:6.3.3/2, 5280:6.3.3/3 */
static bool issuer_fits(const struct question *q, const struct tlsni_dist_point *p,
                        const struct tlsni_crl *crl)
{
    if (p->issuer.len)
        return crl->point.indirect && tlsni_general_names_have(p->issuer, crl->issuer);
    return tlsni_name_equal(crl->issuer, q->cert->issuer);
}

/* (b) 2 i. A relative name of the certificate's point counts behind cRLIssuer, which is one name then,
 * or behind the certificate's issuer.
 * @rfc 5280:5.2.5/3, 5280:6.3.3/4, 5280:6.3.3/5, 5280:4.2.1.13/4 */
static bool names_fit(const struct question *q, const struct tlsni_dist_point *p,
                      const struct tlsni_crl *crl)
{
    const struct tlsni_point_name issuers = { p->issuer, { NULL, 0 } };
    struct tlsn_span base = q->cert->issuer;

    if (!names_given(&crl->point.name))
        return true;
    if (!names_given(&p->name))
        return tlsni_point_names_meet(&issuers, base, &crl->point.name, crl->issuer);
    if (p->issuer.len)
        base = tlsni_general_names_directory(p->issuer);
    return tlsni_point_names_meet(&p->name, base, &crl->point.name, crl->issuer);
}

/* @rfc 5280:5.2.4/2, 5280:5.2/1, 5280:5.3/1 */
static bool is_meant(const struct question *q, const struct tlsni_dist_point *p,
                     const struct tlsni_crl *crl)
{
    return !crl->unusable && !crl->base.len && issuer_fits(q, p, crl) && names_fit(q, p, crl) &&
           kind_fits(&crl->point, q->cert);
}

/* ---- deltas ---- */

/* @rfc 5280:5.2.4/3, 5280:5.2.4/4, 5280:5.2.4/5, 5280:5.2.4/6, 5280:6.3.3/10 */
static bool delta_fits(const struct tlsni_crl *delta, const struct tlsni_crl *complete)
{
    return delta->base.len && !delta->unusable && complete->number.len && delta->number.len &&
           tlsni_span_eq(delta->point.value, complete->point.value) &&
           tlsni_span_eq(delta->aki, complete->aki) &&
           tlsni_crl_number_compare(complete->number, delta->base) >= 0 &&
           tlsni_crl_number_compare(complete->number, delta->number) < 0 &&
           tlsni_name_equal(delta->issuer, complete->issuer);
}

/* The newest delta for this list that is current and signed by the same key; lists are in order.
 * @rfc 5280:5.2.4/7, 5280:5.2.4/8, 5280:6.3.1/1 */
static struct tlsni_known_crl *delta_of(const struct question *q, const struct tlsni_known_crl *k,
                                        const struct tlsni_cert *signer)
{
    const struct tlsn_evidence *e = q->judge->revocation->evidence;

    for (size_t i = 0; i < e->crl_count; i++) {
        struct tlsni_known_crl *d = e->crls[i];

        if (d->issuer_hash == k->issuer_hash && delta_fits(&d->crl, &k->crl) &&
            tlsni_revocation_current(q->judge, d->crl.this_update, d->crl.next_update) &&
            signed_by(q->judge, d, signer))
            return d;
    }
    return NULL;
}

/* ---- the answer ---- */

/* @rfc 5280:6.3.3/17, 5280:6.3.3/18 */
static void look_up(const struct question *q, const struct tlsni_known_crl *complete,
                    const struct tlsni_known_crl *delta)
{
    struct tlsni_crl_entry e;
    bool found = delta && tlsni_known_crl_find(delta, q->cert->serial, q->cert->issuer, &e);

    if (!found)
        found = tlsni_known_crl_find(complete, q->cert->serial, q->cert->issuer, &e);
    if (found && e.reason != TLSN_REASON_REMOVE_FROM_CRL)
        *q->status = (struct tlsni_status){ .revoked = true, .reason = e.reason, .since = e.since };
}

/* @rfc 5280:6.3.3/1, 5280:6.3.3/11, 5280:6.3.3/12, 5280:6.3.3/19 */
static void ask_list(struct question *q, const struct tlsni_dist_point *p, struct tlsni_known_crl *k)
{
    uint16_t covered = k->crl.point.reasons & p->reasons;
    const struct tlsni_known_crl *delta;
    const struct tlsni_cert *signer;

    if (!(covered & ~q->reasons) || !is_meant(q, p, &k->crl))
        return;
    if (k->crl.this_update > q->judge->time + q->judge->revocation->skew)
        return;
    signer = signer_of(q, k);
    if (!signer)
        return;
    delta = delta_of(q, k, signer);
    if (!delta && !tlsni_revocation_current(q->judge, k->crl.this_update, k->crl.next_update))
        return;
    look_up(q, k, delta);
    q->reasons |= covered;
}

/* @rfc 5280:6.3.2/1 */
static bool settled(const struct question *q)
{
    return q->status->revoked || q->reasons == TLSNI_REASONS_ALL;
}

static void ask_point(struct question *q, const struct tlsni_dist_point *p, uint64_t issuer_hash)
{
    const struct tlsn_evidence *e = q->judge->revocation->evidence;

    for (size_t i = 0; i < e->crl_count && !settled(q); i++)
        if (p->issuer.len || e->crls[i]->issuer_hash == issuer_hash)
            ask_list(q, p, e->crls[i]);
}

/* The last point: any list of the issuer that is not for a certain distribution point.
 * @rfc 5280:6.3.3/20 */
static void ask_issuer(struct question *q, uint64_t issuer_hash)
{
    struct tlsni_dist_point p = { .reasons = TLSNI_REASONS_ALL };
    uint8_t room[2048];
    struct tlsni_wr w = tlsni_wr_make(room, sizeof room);

    tlsni_dw_put(&w, TLSNI_DER_CONSTRUCTED_CONTEXT(4), q->cert->issuer);
    p.name.full = tlsni_span_make(room, w.bad ? 0 : w.len);
    ask_point(q, &p, issuer_hash);
}

/* @rfc 5280:4.2.1.13/2, 5280:6.3/1 */
void tlsni_crl_status(struct tlsni_judge *j, const struct tlsni_path *path, unsigned i,
                      struct tlsni_status *out)
{
    struct question q = { j, path, i, path->certs[i], 0, out };
    struct tlsni_rd points = tlsni_rd_make(NULL, 0);
    uint64_t issuer_hash;

    if (!j->revocation->evidence || !j->revocation->evidence->crl_count)
        return;
    issuer_hash = tlsni_name_hash(q.cert->issuer);
    if (q.cert->crl_points.len)
        points = tlsni_der_open_span(q.cert->crl_points, TLSNI_DER_SEQUENCE);
    for (unsigned n = 0; n < POINTS_MAX && points.p != points.end && !settled(&q); n++) {
        struct tlsni_dist_point p = tlsni_dist_point_next(&points);

        if (!points.bad)
            ask_point(&q, &p, issuer_hash);
    }
    if (!settled(&q))
        ask_issuer(&q, issuer_hash);
    out->good |= !out->revoked && q.reasons == TLSNI_REASONS_ALL;
}
