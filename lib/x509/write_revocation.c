/* write_revocation.c - the extensions by which a certificate says how its status can be found out:
 * RFC 5280 4.2.1.13 and 4.2.2.1, RFC 7633, RFC 6960 4.2.2.2.1. */
#include "x509/der.h"
#include "x509/write.h"

enum { FEATURE_STATUS_REQUEST = 5, TAG_URL = 6 };

/* RFC 3986: a URL is printable ASCII without blanks. */
bool tlsni_write_url(struct tlsni_wr *w, const char *url)
{
    size_t len = strlen(url);

    for (size_t i = 0; i < len; i++)
        if (url[i] <= 0x20 || url[i] >= 0x7f)
            return false;
    tlsni_dw_put(w, TLSNI_DER_CONTEXT(TAG_URL), tlsni_span_make(url, len));
    return len != 0;
}

/* @rfc 5280:4.2.1.13/1, 5280:4.2.1.15/1, 5280:5.2.6/1 */
void tlsni_write_points(struct tlsni_wr *w, enum tlsni_oid oid, const char *url)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, oid, false);
    size_t list = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    size_t point = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    size_t name = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    size_t full = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));

    if (!tlsni_write_url(w, url))
        w->bad = true;
    tlsni_dw_close(w, full);
    tlsni_dw_close(w, name);
    tlsni_dw_close(w, point);
    tlsni_dw_close(w, list);
    tlsni_write_ext_close(w, m);
}

static void write_access(struct tlsni_wr *w, enum tlsni_oid method, const char *url)
{
    size_t mark;

    if (!url)
        return;
    mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, method);
    if (!tlsni_write_url(w, url))
        w->bad = true;
    tlsni_dw_close(w, mark);
}

/* @rfc 5280:4.2.2.1/1, 6960:3.1/1, 5019:3.1/2 */
static void write_authority_info(struct tlsni_wr *w, const struct tlsn_cert_spec *spec)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_AUTHORITY_INFO, false);
    size_t list = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    write_access(w, TLSNI_OID_AD_OCSP, spec->ocsp_url);
    write_access(w, TLSNI_OID_AD_CA_ISSUERS, spec->issuer_url);
    tlsni_dw_close(w, list);
    tlsni_write_ext_close(w, m);
}

/* RFC 7633 4.1: the numbers of TLS extensions.
 * @rfc 7633:4.1/2, 7633:4.3.2/3 */
void tlsni_write_tls_features(struct tlsni_wr *w)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_TLS_FEATURE, false);
    size_t list = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    tlsni_dw_small(w, FEATURE_STATUS_REQUEST);
    tlsni_dw_close(w, list);
    tlsni_write_ext_close(w, m);
}

/* @rfc 6960:4.2.2.2.1/2, 6960:4.2.2.2.1/3 */
static void write_nocheck(struct tlsni_wr *w)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_OCSP_NOCHECK, false);

    tlsni_dw_put(w, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
    tlsni_write_ext_close(w, m);
}

void tlsni_write_revocation_extensions(struct tlsni_wr *w, const struct tlsn_cert_spec *spec)
{
    if (spec->crl_url)
        tlsni_write_points(w, TLSNI_OID_CRL_DISTRIBUTION, spec->crl_url);
    if (spec->ocsp_url || spec->issuer_url)
        write_authority_info(w, spec);
    if (spec->must_staple) /* @rfc 7633:4.3.1/1 */
        tlsni_write_tls_features(w);
    if (spec->ocsp_signing && !spec->ca)
        write_nocheck(w);
}
