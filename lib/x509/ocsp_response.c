#include "x509/ocsp_response.h"

#include <tls-native/x509.h>
#include "x509/algid.h"
#include "x509/crl_ext.h"
#include "x509/ext_list.h"
#include "x509/name.h"
#include "x509/ocsp.h"

enum { KEY_HASH_LEN = 20 }; /* SHA-1, whatever else is used (RFC 6960 4.2.1) */

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_OCSP_RESPONSE, "x509", "OCSP response: damaged %s", what);
}

/* @rfc 5019:2.2.4/2 */
static int64_t generalized_time(struct tlsni_rd *r)
{
    if (!tlsni_der_peek(r, TLSNI_DER_GENERALIZED_TIME))
        tlsni_rd_fail(r);
    return tlsni_der_time(r);
}

/* ---- one certificate ---- */

/* RevokedInfo */
static void read_revoked(struct tlsni_ocsp_single *s, struct tlsni_rd *r)
{
    struct tlsni_rd info = tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(1)), reason;

    s->status = TLSN_CERT_REVOKED;
    s->since = generalized_time(&info);
    if (tlsni_der_peek(&info, TLSNI_DER_CONSTRUCTED_CONTEXT(0))) {
        reason = tlsni_der_enter(&info, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        s->reason = tlsni_crl_reason(&reason);
        if (!tlsni_rd_done(&reason))
            tlsni_rd_fail(&info);
    }
    if (!tlsni_rd_done(&info))
        tlsni_rd_fail(r);
}

/* CertStatus, a CHOICE.
 * @rfc 6960:2.2/4 */
static void read_status(struct tlsni_ocsp_single *s, struct tlsni_rd *r)
{
    if (tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(1))) {
        read_revoked(s, r);
        return;
    }
    s->status = tlsni_der_peek(r, TLSNI_DER_CONTEXT(0)) ? TLSN_CERT_GOOD : TLSN_CERT_UNKNOWN;
    if (tlsni_der_get(r, TLSNI_DER_CONTEXT(s->status == TLSN_CERT_GOOD ? 0 : 2)).len)
        tlsni_rd_fail(r);
}

/* What entries of a revocation list have may be here as well (RFC 6960 4.4.5); archiveCutoff and
 * ocspCrl tell where else to look. */
static enum tlsni_ext_verdict single_extension(void *ctx, enum tlsni_oid oid,
                                               struct tlsn_span value)
{
    struct tlsni_ocsp_single *s = ctx;

    switch (oid) {
    case TLSNI_OID_OCSP_SCT_LIST:
        s->scts = value;
        return TLSNI_EXT_KNOWN;
    case TLSNI_OID_CRL_REASON:
    case TLSNI_OID_INVALIDITY_DATE:
    case TLSNI_OID_OCSP_ARCHIVE_CUTOFF:
    case TLSNI_OID_OCSP_CRL:
        return TLSNI_EXT_KNOWN;
    default:
        return TLSNI_EXT_UNKNOWN;
    }
}

/* [n] EXPLICIT Extensions, when there are some. */
static void read_extensions(struct tlsni_rd *r, uint8_t tag, tlsni_ext_reader *read, void *ctx,
                            bool *unusable)
{
    struct tlsni_rd x;
    struct tlsn_span list;

    if (!tlsni_der_peek(r, tag))
        return;
    x = tlsni_der_enter(r, tag);
    list = tlsni_der_get(&x, TLSNI_DER_SEQUENCE);
    if (!tlsni_rd_done(&x) || !tlsni_extensions_read(list, read, ctx, unusable))
        tlsni_rd_fail(r);
}

struct tlsni_ocsp_single tlsni_ocsp_single_next(struct tlsni_rd *r)
{
    struct tlsni_rd one = tlsni_der_enter(r, TLSNI_DER_SEQUENCE), next;
    struct tlsni_ocsp_single s = { .id = tlsni_cert_id_read(&one), .next_update = INT64_MAX };

    read_status(&s, &one);
    s.this_update = generalized_time(&one);
    s.has_next = tlsni_der_peek(&one, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    if (s.has_next) {
        next = tlsni_der_enter(&one, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        s.next_update = generalized_time(&next);
        if (!tlsni_rd_done(&next))
            tlsni_rd_fail(&one);
    }
    read_extensions(&one, TLSNI_DER_CONSTRUCTED_CONTEXT(1), single_extension, &s, &s.unusable);
    if (!tlsni_rd_done(&one))
        tlsni_rd_fail(r);
    return s;
}

/* ---- ResponseData ---- */

/* Version 1 is the default and left out; some write it all the same.
 * @rfc 6960:4.2.2.3/2 */
static void read_version(struct tlsni_rd *r)
{
    struct tlsni_rd v;

    if (!tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0)))
        return;
    v = tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    if (tlsni_der_small(&v) != 0 || !tlsni_rd_done(&v))
        tlsni_rd_fail(r);
}

static void read_responder(struct tlsni_ocsp_response *out, struct tlsni_rd *r)
{
    bool by_name = tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(1));
    struct tlsni_rd id = tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(by_name ? 1 : 2));

    if (by_name)
        out->name = tlsni_der_get_whole(&id, TLSNI_DER_SEQUENCE);
    else
        out->key_hash = tlsni_der_get(&id, TLSNI_DER_OCTET_STRING);
    if (!tlsni_rd_done(&id) || (by_name ? !tlsni_name_sound(out->name)
                                        : out->key_hash.len != KEY_HASH_LEN))
        tlsni_rd_fail(r);
}

/* ocspExtendedRevoke tells that "revoked" may mean "never issued".
 * @rfc 6960:4.4.8/2 */
static enum tlsni_ext_verdict response_extension(void *ctx, enum tlsni_oid oid,
                                                 struct tlsn_span value)
{
    struct tlsni_ocsp_response *out = ctx;
    struct tlsni_rd r = tlsni_rd_span(value);

    if (oid == TLSNI_OID_OCSP_EXTENDED_REVOKE)
        return TLSNI_EXT_KNOWN;
    if (oid != TLSNI_OID_OCSP_NONCE)
        return TLSNI_EXT_UNKNOWN;
    out->nonce = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
    if (!tlsni_rd_done(&r)) /* before RFC 6960 it could be any value */
        out->nonce = value;
    return TLSNI_EXT_KNOWN;
}

/* @rfc 5019:2.2.1/4 */
static bool read_data(struct tlsni_ocsp_response *out)
{
    struct tlsni_rd r = tlsni_der_open_span(out->data, TLSNI_DER_SEQUENCE), list;

    read_version(&r);
    read_responder(out, &r);
    out->produced_at = generalized_time(&r);
    out->singles = tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    read_extensions(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(1), response_extension, out, &out->unusable);
    list = tlsni_rd_span(out->singles);
    while (list.p != list.end)
        (void)tlsni_ocsp_single_next(&list);
    return tlsni_rd_done(&r) && tlsni_rd_done(&list);
}

/* ---- the outside ---- */

/* The contents of the OCTET STRING, of which BasicOCSPResponse is the only type that there is.
 * @rfc 6960:2.2/1, 6960:4.2.1/3 */
static tlsn_status open_basic(struct tlsn_span der, struct tlsn_span *basic, struct tlsni_err *err)
{
    static const char *const names[] = { "successful", "malformedRequest", "internalError",
                                         "tryLater", "", "sigRequired", "unauthorized" };
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE), tagged, bytes;
    struct tlsn_span status = tlsni_der_get(&r, TLSNI_DER_ENUMERATED), type;

    if (!tlsni_ocsp_sound(der))
        return bad(err, "outer structure");
    if (status.data[0] != TLSNI_OCSP_SUCCESSFUL)
        return tlsni_fail(err, TLSN_ERR_OCSP_RESPONSE, "x509",
                          "OCSP response: the responder says %s", names[status.data[0]]);
    tagged = tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    bytes = tlsni_der_enter(&tagged, TLSNI_DER_SEQUENCE);
    type = tlsni_der_oid(&bytes);
    *basic = tlsni_der_get(&bytes, TLSNI_DER_OCTET_STRING);
    if (tlsni_oid_find(type) != TLSNI_OID_OCSP_BASIC)
        return tlsni_fail(err, TLSN_ERR_OCSP_RESPONSE, "x509",
                          "OCSP response: it is not of the basic type");
    return TLSN_OK;
}

/* @rfc 6960:2.3/1, 5019:2.2.3/1 */
tlsn_status tlsni_ocsp_parse(struct tlsni_ocsp_response *out, struct tlsn_span der,
                             struct tlsni_err *err)
{
    struct tlsni_rd r, certs;
    struct tlsn_span basic = { NULL, 0 };
    tlsn_status st;

    memset(out, 0, sizeof *out);
    st = open_basic(der, &basic, err);
    if (st != TLSN_OK)
        return st;
    r = tlsni_der_open_span(basic, TLSNI_DER_SEQUENCE);
    out->data = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    out->sig = tlsni_algid_signature(tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE));
    out->signature = tlsni_der_bits(&r);
    if (tlsni_der_peek(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0))) {
        certs = tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        out->certs = tlsni_der_get(&certs, TLSNI_DER_SEQUENCE);
        if (!tlsni_rd_done(&certs))
            tlsni_rd_fail(&r);
    }
    if (!tlsni_rd_done(&r))
        return bad(err, "basic response");
    return read_data(out) ? TLSN_OK : bad(err, "response data");
}
