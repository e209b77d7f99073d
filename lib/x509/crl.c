/* crl.c - CertificateList and TBSCertList (RFC 5280 5.1) to spans. */
#include "x509/crl.h"

#include <tls-native/x509.h>
#include "x509/algid.h"
#include "x509/crl_ext.h"
#include "x509/ext_list.h"
#include "x509/name.h"

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_CRL, "x509", "revocation list: damaged %s", what);
}

/* ---- entries ---- */

static enum tlsni_ext_verdict entry_extension(void *ctx, enum tlsni_oid oid, struct tlsn_span value)
{
    struct tlsni_crl_entry *e = ctx;
    struct tlsni_rd r = tlsni_rd_span(value);

    switch (oid) {
    case TLSNI_OID_CRL_REASON:
        e->reason = tlsni_crl_reason(&r);
        break;
    case TLSNI_OID_INVALIDITY_DATE:
        if (!tlsni_der_peek(&r, TLSNI_DER_GENERALIZED_TIME))
            tlsni_rd_fail(&r);
        (void)tlsni_der_time(&r);
        break;
    case TLSNI_OID_CERTIFICATE_ISSUER:
        e->issuer = tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
        if (!tlsni_general_names_directory(e->issuer).len)
            tlsni_rd_fail(&r);
        break;
    default:
        return TLSNI_EXT_UNKNOWN;
    }
    return tlsni_rd_done(&r) ? TLSNI_EXT_KNOWN : TLSNI_EXT_DAMAGED;
}

/* @rfc 5280:5.3/2 */
struct tlsni_crl_entry tlsni_crl_entry_next(struct tlsni_rd *r, bool *unknown_critical)
{
    struct tlsni_rd one = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    struct tlsni_crl_entry e = { .serial = tlsni_der_integer(&one) };
    bool critical = false;

    e.since = tlsni_der_time(&one);
    e.extended = one.p != one.end;
    if (e.extended &&
        !tlsni_extensions_read(tlsni_der_get(&one, TLSNI_DER_SEQUENCE), entry_extension, &e,
                               &critical))
        tlsni_rd_fail(&one);
    if (unknown_critical)
        *unknown_critical |= critical;
    if (!tlsni_rd_done(&one))
        tlsni_rd_fail(r);
    return e;
}

/* @rfc 5280:5.1.2.1/2, 5280:5.1.2.6/3, 5280:5.3/1 */
static bool read_entries(struct tlsni_crl *crl, struct tlsni_rd *r, bool v2)
{
    struct tlsni_rd list;

    if (!tlsni_der_peek(r, TLSNI_DER_SEQUENCE))
        return true;
    crl->revoked = tlsni_der_next(r).body;
    list = tlsni_rd_span(crl->revoked);
    do {
        struct tlsni_crl_entry e = tlsni_crl_entry_next(&list, &crl->unusable);

        if (list.bad || (e.extended && !v2))
            return false;
        crl->issuers |= e.issuer.len != 0;
        crl->count++;
    } while (list.p != list.end);
    return true;
}

/* ---- the list ---- */

/* Version 1 is said by leaving it out; 1 means v2. */
static bool read_version(struct tlsni_rd *r, bool *v2)
{
    *v2 = tlsni_der_peek(r, TLSNI_DER_INTEGER);
    return !*v2 || tlsni_der_small(r) == 1;
}

/* @rfc 5280:5.1.2.4/2, 5280:5.1.2.5/2 */
static bool read_times(struct tlsni_crl *crl, struct tlsni_rd *r)
{
    crl->this_update = tlsni_der_time(r);
    crl->next_update = INT64_MAX;
    crl->has_next = tlsni_der_peek(r, TLSNI_DER_UTC_TIME) ||
                    tlsni_der_peek(r, TLSNI_DER_GENERALIZED_TIME);
    if (crl->has_next)
        crl->next_update = tlsni_der_time(r);
    return !r->bad;
}

/* @rfc 5280:5.2/1, 5280:5.2/2 */
static tlsn_status read_extensions(struct tlsni_crl *crl, struct tlsni_rd *r, bool v2,
                                   struct tlsni_err *err)
{
    struct tlsni_rd x;
    struct tlsn_span list;

    if (!r->bad && r->p == r->end)
        return TLSN_OK;
    x = tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    list = tlsni_der_get(&x, TLSNI_DER_SEQUENCE);
    if (!tlsni_rd_done(&x) || !tlsni_rd_done(r) || !v2 ||
        !tlsni_extensions_read(list, tlsni_crl_extension, crl, &crl->unusable))
        return bad(err, "extensions");
    return TLSN_OK;
}

/* @rfc 5280:5.1.1.2/1 */
static tlsn_status read_tbs(struct tlsni_crl *crl, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(crl->tbs, TLSNI_DER_SEQUENCE);
    struct tlsn_span algorithm;
    bool v2;

    if (!read_version(&r, &v2))
        return bad(err, "version");
    algorithm = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    if (r.bad || !tlsni_span_eq(algorithm, crl->sig_algorithm))
        return tlsni_fail(err, TLSN_ERR_CRL, "x509",
                          "revocation list: its two signature algorithms differ");
    crl->issuer = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    if (r.bad || !tlsni_name_sound(crl->issuer))
        return bad(err, "issuer");
    if (!read_times(crl, &r))
        return bad(err, "thisUpdate or nextUpdate");
    if (!read_entries(crl, &r, v2))
        return bad(err, "entry");
    return read_extensions(crl, &r, v2, err);
}

tlsn_status tlsni_crl_parse(struct tlsni_crl *crl, struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);

    memset(crl, 0, sizeof *crl);
    crl->der = der;
    crl->point.reasons = TLSNI_REASONS_ALL;
    crl->tbs = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    crl->sig_algorithm = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    crl->signature = tlsni_der_bits(&r);
    if (!tlsni_rd_done(&r))
        return bad(err, "outer structure");
    crl->sig = tlsni_algid_signature(crl->sig_algorithm);
    return read_tbs(crl, err);
}

int tlsni_crl_number_compare(struct tlsn_span a, struct tlsn_span b)
{
    int order;

    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    order = a.len ? memcmp(a.data, b.data, a.len) : 0;
    return order < 0 ? -1 : order > 0;
}
