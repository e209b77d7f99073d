#include "x509/revoke.h"
#include "x509/verify.h"

#include "x509/features.h"
#include "x509/ocsp.h"
#include "x509/sct.h"
#include "x509/spki.h"

enum { DEFAULT_SKEW = 300, DEFAULT_SIGNATURES = 100 };

struct tlsni_revocation tlsni_revocation_of(const struct tlsni_verify_in *in)
{
    static const struct tlsn_verify_options defaults;
    const struct tlsn_verify_options *o = in->options ? in->options : &defaults;

    return (struct tlsni_revocation){
        .in = in,
        .evidence = o->evidence,
        .mode = o->revocation,
        .leaf_only = o->revocation_leaf_only,
        .skew = o->revocation_skew_s ? o->revocation_skew_s : DEFAULT_SKEW,
        .age = o->revocation_age_s,
        .signatures_max = o->max_signatures ? o->max_signatures : DEFAULT_SIGNATURES,
    };
}

static bool any_status(const struct tlsn_evidence *e)
{
    return e && (e->crl_count || e->responses);
}

tlsn_status tlsni_revocation_sound(const struct tlsni_verify_in *in, struct tlsni_err *err)
{
    const struct tlsn_verify_options *o = in->options;

    if (!o)
        return TLSN_OK;
    if ((unsigned)o->revocation > TLSN_REVOCATION_OFF)
        return tlsni_fail(err, TLSN_ERR_ARGUMENT, "x509", "revocation: no mode has number %u",
                          (unsigned)o->revocation);
    if (o->revocation == TLSN_REVOCATION_HARD && !in->staple_asked && !any_status(o->evidence))
        return tlsni_fail(err, TLSN_ERR_ARGUMENT, "x509",
                          "revocation is to be checked, but there are neither revocation lists nor "
                          "OCSP responses, nor was a response asked for");
    if (o->revocation == TLSN_REVOCATION_OFF && any_status(o->evidence))
        return tlsni_fail(err, TLSN_ERR_ARGUMENT, "x509",
                          "revocation is not to be checked, but there is evidence of it");
    if (o->min_logs && (!o->evidence || o->evidence->log_count < o->min_logs))
        return tlsni_fail(err, TLSN_ERR_ARGUMENT, "x509",
                          "%u certificate logs have to know a certificate, but only %zu are known",
                          o->min_logs, o->evidence ? o->evidence->log_count : 0);
    return o->min_log_operators > o->min_logs
               ? tlsni_fail(err, TLSN_ERR_ARGUMENT, "x509",
                            "%u operators of %u certificate logs", o->min_log_operators, o->min_logs)
               : TLSN_OK;
}

/* Evidence that does not say when newer one is to be had is good for as long as the caller says: newer
 * one may be there at any time.
 * @rfc 6960:2.4/1, 6960:3.2/5, 6960:3.2/6, 6960:4.2.2.1/2, 6960:4.2.2.1/3, 6960:4.2.2.1/4
 * @rfc 5019:4/1, 5019:4/2, 5019:4/3, 6960:5/1, 5280:5.1.2.5/2 */
bool tlsni_revocation_current(const struct tlsni_judge *j, int64_t begin, int64_t end)
{
    const struct tlsni_revocation *v = j->revocation;

    if (begin > j->time + v->skew || (v->age && j->time - begin > v->age + v->skew))
        return false;
    return end == INT64_MAX ? v->age != 0 : end >= j->time - v->skew;
}

/* @rfc 6960:4.3/1, 6960:5.1.1/1 */
bool tlsni_revocation_signed(struct tlsni_judge *j, const struct tlsni_cert *signer,
                             const struct tlsni_sig_params *sig, struct tlsn_span data,
                             struct tlsn_span signature)
{
    struct tlsni_revocation *v = j->revocation;
    struct tlsni_pubkey *key = NULL;
    tlsn_status st;

    if (!sig->key || tlsni_judge_weak_hash(j, sig->hash))
        return false;
    if (v->signatures >= v->signatures_max) {
        v->limited = true;
        return false;
    }
    v->signatures++;
    st = tlsni_cert_pubkey(&key, j->env, signer, NULL);
    if (st == TLSN_OK)
        st = tlsni_spki_verify(key, signer->spki, sig, data, signature);
    tlsni_pubkey_free(key);
    j->no_memory |= st == TLSN_ERR_NO_MEMORY;
    return st == TLSN_OK;
}

/* ---- the verdict ---- */

struct tlsn_span tlsni_revocation_staple(const struct tlsni_verify_in *in)
{
    struct tlsni_rd list = tlsni_rd_span(in->staples);
    struct tlsn_span der = tlsni_rd_vec_span(&list, 3, 0, 0xffffff);

    return der.len && !tlsni_ocsp_answers(der) ? tlsni_span_make(NULL, 0) : der;
}

/* A staple that came for the leaf has to settle the question, whatever else is known.
 * @rfc 6961:2.2/11, 6961:2.2/19, 6961:4.1/1 */
static void judge_staple(struct tlsni_judge *j, struct tlsni_path *path, struct tlsni_status *status)
{
    struct tlsn_span der = tlsni_revocation_staple(j->revocation->in);
    struct tlsni_ocsp_response r;
    struct tlsni_status said = { 0 };

    if (!der.len)
        return;
    if (tlsni_ocsp_parse(&r, der, NULL) == TLSN_OK)
        tlsni_ocsp_response_status(j, path, 0, &r, &said);
    if (!said.good && !said.revoked)
        tlsni_path_note(path, 0, TLSNI_WHY_STAPLE);
    if (said.revoked)
        *status = said;
    status->good |= said.good;
}

/* Its authority says that there never is any evidence on this certificate, or vouches for the life of a responder's.
 * What speaks against it all the same counts as ever. ocspNoCheck in others says nothing.
 * @rfc 9608:4/1, 9608:4/2 */
static bool is_never_told_of(const struct tlsni_cert *cert)
{
    return cert->has & TLSNI_HAS_NO_REVOCATION ||
           (cert->has & TLSNI_HAS_OCSP_NOCHECK && cert->has & TLSNI_HAS_EKU &&
            cert->eku & TLSNI_EKU_OCSP_SIGNING);
}

static bool is_needed(const struct tlsni_revocation *v, const struct tlsni_cert *cert, unsigned i)
{
    if (is_never_told_of(cert))
        return false;
    return cert->has & TLSNI_HAS_POINTS_CRITICAL ||
           (v->mode == TLSN_REVOCATION_HARD && !(i && v->leaf_only));
}

/* @rfc 5280:4.2.1.13/5, 5280:6.1.3/3, 5280:6.3.3/21 */
static void judge_cert(struct tlsni_judge *j, struct tlsni_path *path, unsigned i)
{
    const struct tlsni_revocation *v = j->revocation;
    struct tlsni_status status = { 0 };

    if (i == 0 && !v->depth)
        judge_staple(j, path, &status);
    if (!status.revoked)
        tlsni_ocsp_status(j, path, i, &status);
    if (!status.revoked)
        tlsni_crl_status(j, path, i, &status);
    if (status.revoked)
        tlsni_path_note(path, i, status.reason == TLSN_REASON_HOLD ? TLSNI_WHY_ON_HOLD
                                                                  : TLSNI_WHY_REVOKED);
    else if (!status.good && is_needed(v, path->certs[i], i))
        tlsni_path_note(path, i, TLSNI_WHY_STATUS_UNKNOWN);
    if (!status.revoked && !status.good && !is_never_told_of(path->certs[i]))
        path->status_missing |= 1U << i;
}

/* Only a path whose signatures are good comes here. @rfc 5019:3.2/1 */
void tlsni_revocation_judge(struct tlsni_judge *j, struct tlsni_path *path)
{
    struct tlsni_revocation *v = j->revocation;

    path->status_missing = 0;
    if (!v || !path->anchored || path->len < 2)
        return;
    if (!v->depth)
        tlsni_sct_judge(j, path);
    if (v->mode == TLSN_REVOCATION_OFF)
        return;
    tlsni_features_judge(j, path);
    for (unsigned i = 0; i + 1 < path->len; i++)
        judge_cert(j, path, i);
    if (v->limited)
        tlsni_path_note(path, 0, TLSNI_WHY_STATUS_LIMIT);
}
