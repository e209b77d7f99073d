/* ocsp_check.c - what OCSP responses say about a certificate (RFC 6960 3.2). */
#include "base/mem.h"
#include "x509/cert_id.h"
#include "x509/name.h"
#include "x509/revoke.h"
#include "x509/verify.h"

enum { CERTS_MAX = 8, SINGLES_MAX = 4096 };

/* Is this certificate's subject the one that the response names as its signer?
 * @rfc 6960:3.2/3, 6960:4.2.2.3/1, 5019:2.2.2/3 */
static bool is_named(const struct tlsni_ocsp_response *r, const struct tlsni_cert *cert)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    if (r->name.len)
        return tlsni_name_equal(r->name, cert->subject);
    return tlsni_key_hash(digest, TLSNI_HASH_SHA1, cert->spki) &&
           tlsni_span_eq(r->key_hash, tlsni_span_make(digest, r->key_hash.len));
}

/* What a certificate has to be to sign responses in its issuer's place, but for its signature and its
 * own status. anyExtendedKeyUsage does not mean that: it would make every such certificate a
 * responder.
 * @rfc 6960:4.2.2.2/2, 6960:4.2.2.2/3, 6960:3.2/4 */
static bool may_sign(const struct tlsni_judge *j, const struct tlsni_cert *cert,
                     const struct tlsni_cert *issuer)
{
    return cert->has & TLSNI_HAS_EKU && cert->eku & TLSNI_EKU_OCSP_SIGNING &&
           j->time >= cert->not_before && j->time <= cert->not_after &&
           !(cert->has & TLSNI_HAS_UNKNOWN_CRITICAL) &&
           (tlsni_cert_allows(cert, TLSNI_KU_DIGITAL_SIGNATURE) ||
            tlsni_cert_allows(cert, TLSNI_KU_CONTENT_COMMITMENT)) &&
           tlsni_judge_key(j, cert) == TLSNI_WHY_NONE &&
           tlsni_name_equal(cert->issuer, issuer->subject);
}

/* The delegate's own status: with ocspNoCheck, or without any word on where to find it, the authority
 * has said that it vouches for its life; otherwise lists are asked.
 * @rfc 6960:4.2.2.2.1/1, 6960:4.2.2.2.1/4 */
static bool delegate_stands(struct tlsni_judge *j, const struct tlsni_path *path, unsigned i,
                            const struct tlsni_cert *cert)
{
    struct tlsni_path below = { .anchored = true };
    struct tlsni_status status = { 0 };
    bool needed = j->revocation->mode == TLSN_REVOCATION_HARD &&
                  (cert->crl_points.len || cert->authority_info.len);

    if (cert->has & TLSNI_HAS_OCSP_NOCHECK)
        return true;
    below.certs[below.len++] = cert;
    for (unsigned k = i + 1; k < path->len; k++)
        below.certs[below.len++] = path->certs[k];
    tlsni_crl_status(j, &below, 0, &status);
    return !status.revoked && (status.good || !needed);
}

/* @rfc 6960:4.2.2.2/4, 5019:2.2.2/1 */
static bool signed_by_delegate(struct tlsni_judge *j, const struct tlsni_path *path, unsigned i,
                               const struct tlsni_ocsp_response *r)
{
    const struct tlsni_cert *issuer = path->certs[i + 1];
    struct tlsni_rd list = tlsni_rd_span(r->certs);

    for (unsigned n = 0; n < CERTS_MAX && list.p != list.end; n++) {
        struct tlsn_span der = tlsni_der_get_whole(&list, TLSNI_DER_SEQUENCE);
        struct tlsni_cert cert;

        if (list.bad || tlsni_cert_parse(&cert, der, NULL) != TLSN_OK || !is_named(r, &cert) ||
            !may_sign(j, &cert, issuer))
            continue;
        if (tlsni_revocation_signed(j, issuer, &cert.sig, cert.tbs, cert.signature) &&
            tlsni_revocation_signed(j, &cert, &r->sig, r->data, r->signature) &&
            delegate_stands(j, path, i, &cert))
            return true;
    }
    return false;
}

/* @rfc 6960:4.2.2.2/5 */
static bool signed_by_known(struct tlsni_judge *j, const struct tlsni_ocsp_response *r)
{
    const struct tlsn_evidence *e = j->revocation->evidence;

    for (size_t i = 0; e && i < e->responder_count; i++) {
        const struct tlsni_cert *cert = &e->responders[i]->cert;

        if (is_named(r, cert) && j->time >= cert->not_before && j->time <= cert->not_after &&
            tlsni_judge_key(j, cert) == TLSNI_WHY_NONE &&
            tlsni_revocation_signed(j, cert, &r->sig, r->data, r->signature))
            return true;
    }
    return false;
}

/* @rfc 6960:2.2/3, 6960:3.2/2, 6960:4.2.1/5 */
static bool is_authentic(struct tlsni_judge *j, const struct tlsni_path *path, unsigned i,
                         const struct tlsni_ocsp_response *r)
{
    const struct tlsni_cert *issuer = path->certs[i + 1];

    if (is_named(r, issuer) &&
        tlsni_revocation_signed(j, issuer, &r->sig, r->data, r->signature))
        return true;
    return signed_by_known(j, r) || signed_by_delegate(j, path, i, r);
}

/* Of several answers on one certificate "revoked" counts most, then "unknown", which leaves the question
 * open, as does one with a critical extension that is not known. Nothing can be said of a time after
 * the response was made.
 * @rfc 6960:2.2/5, 6960:3.2/1, 6960:4.2.2.3/4, 6960:4.4/1 */
static void find_singles(const struct tlsni_judge *j, const struct tlsni_path *path, unsigned i,
                         const struct tlsni_ocsp_response *r, struct tlsni_status *out)
{
    struct tlsni_rd list = tlsni_rd_span(r->singles);
    bool unknown = false;

    for (unsigned n = 0; n < SINGLES_MAX && list.p != list.end; n++) {
        struct tlsni_ocsp_single s = tlsni_ocsp_single_next(&list);

        if (list.bad || s.unusable ||
            !tlsni_cert_id_matches(&s.id, path->certs[i]->serial, path->certs[i + 1]) ||
            s.this_update > r->produced_at + j->revocation->skew ||
            !tlsni_revocation_current(j, s.this_update, s.next_update))
            continue;
        if (s.status == TLSN_CERT_REVOKED)
            *out = (struct tlsni_status){ .revoked = true, .reason = s.reason, .since = s.since };
        out->good |= s.status == TLSN_CERT_GOOD;
        unknown |= s.status == TLSN_CERT_UNKNOWN;
    }
    out->good &= !unknown && !out->revoked;
}

void tlsni_ocsp_response_status(struct tlsni_judge *j, const struct tlsni_path *path, unsigned i,
                                const struct tlsni_ocsp_response *r, struct tlsni_status *out)
{
    struct tlsni_status said = { 0 };

    if (r->unusable || r->produced_at > j->time + j->revocation->skew)
        return;
    find_singles(j, path, i, r, &said);
    if ((!said.good && !said.revoked) || !is_authentic(j, path, i, r))
        return;
    if (said.revoked)
        *out = said;
    out->good |= said.good;
}

/* Those that came along, then those that the caller has. */
void tlsni_ocsp_status(struct tlsni_judge *j, const struct tlsni_path *path, unsigned i,
                       struct tlsni_status *out)
{
    const struct tlsni_revocation *v = j->revocation;
    struct tlsni_rd staples = tlsni_rd_span(v->in->staples);

    for (unsigned n = 0; n < TLSNI_PATH_MAX && tlsni_rd_left(&staples); n++) {
        struct tlsn_span der = tlsni_rd_vec_span(&staples, 3, 0, 0xffffff);
        struct tlsni_ocsp_response r;

        if (n && der.len && tlsni_ocsp_parse(&r, der, NULL) == TLSN_OK)
            tlsni_ocsp_response_status(j, path, i, &r, out);
    }
    if (!v->evidence)
        return;
    for (const struct tlsni_known_ocsp *k = v->evidence->responses; k && !out->revoked; k = k->next)
        tlsni_ocsp_response_status(j, path, i, &k->response, out);
}
