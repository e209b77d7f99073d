/* cert_url.c - where a certificate says that more about it is to be found. */
#include <tls-native/x509.h>

#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/dist_point.h"
#include "x509/ext_list.h"
#include "x509/general_name.h"

/* Is this the wanted one, counting down? */
static bool wanted(const struct tlsni_general_name *n, size_t *i)
{
    return n->kind == TLSNI_GN_URI && (*i)-- == 0;
}

/* @rfc 5280:4.2.2.1/2, 5019:3.1/1 */
static struct tlsn_span access_url(struct tlsn_span value, enum tlsni_oid method, size_t i)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    while (r.p != r.end) {
        struct tlsni_rd one = tlsni_der_enter(&r, TLSNI_DER_SEQUENCE);
        enum tlsni_oid found = tlsni_oid_find(tlsni_der_oid(&one));
        struct tlsni_general_name n = tlsni_general_name_next(&one, false);

        if (tlsni_rd_done(&one) && found == method && wanted(&n, &i))
            return n.value;
    }
    return tlsni_span_make(NULL, 0);
}

static struct tlsn_span point_url(struct tlsn_span value, size_t i)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    while (r.p != r.end) {
        struct tlsni_dist_point p = tlsni_dist_point_next(&r);
        struct tlsni_rd names = tlsni_rd_span(p.name.full);

        while (!r.bad && names.p != names.end) {
            struct tlsni_general_name n = tlsni_general_name_next(&names, false);

            if (!names.bad && wanted(&n, &i))
                return n.value;
        }
    }
    return tlsni_span_make(NULL, 0);
}

struct tlsn_span tlsn_cert_url(struct tlsn_span der, enum tlsn_url kind, size_t i)
{
    struct tlsn_span none = { NULL, 0 }, freshest;
    struct tlsni_cert cert;
    struct tlsni_crl crl;

    if (kind == TLSN_URL_DELTA_CRL && tlsni_crl_parse(&crl, der, NULL) == TLSN_OK)
        return point_url(crl.freshest, i);
    if (tlsni_cert_parse(&cert, der, NULL) != TLSN_OK)
        return none;
    switch (kind) {
    case TLSN_URL_OCSP:
        return access_url(cert.authority_info, TLSNI_OID_AD_OCSP, i);
    case TLSN_URL_ISSUER:
        return access_url(cert.authority_info, TLSNI_OID_AD_CA_ISSUERS, i);
    case TLSN_URL_CRL:
        return point_url(cert.crl_points, i);
    case TLSN_URL_DELTA_CRL:
        if (tlsni_extension_find(cert.extensions, TLSNI_OID_FRESHEST_CRL, &freshest))
            return point_url(freshest, i);
        return none;
    default:
        return none;
    }
}
