#include "x509/ext_info.h"

#include "x509/dist_point.h"
#include "x509/ext_list.h"
#include "x509/general_name.h"
#include "x509/oid.h"

bool tlsni_ext_crl_points(struct tlsni_cert *cert, struct tlsn_span value)
{
    cert->crl_points = value;
    return tlsni_dist_points_sound(value);
}

bool tlsni_ext_freshest_crl(struct tlsni_cert *cert, struct tlsn_span value)
{
    (void)cert;
    return tlsni_dist_points_sound(value);
}

/* AccessDescription, at least one. */
static bool access_sound(struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    do {
        struct tlsni_rd one = tlsni_der_enter(&r, TLSNI_DER_SEQUENCE);

        (void)tlsni_der_oid(&one);
        (void)tlsni_general_name_next(&one, false);
        if (!tlsni_rd_done(&one))
            return false;
    } while (r.p != r.end);
    return tlsni_rd_done(&r);
}

bool tlsni_ext_authority_info(struct tlsni_cert *cert, struct tlsn_span value)
{
    cert->authority_info = value;
    return access_sound(value);
}

bool tlsni_ext_subject_info(struct tlsni_cert *cert, struct tlsn_span value)
{
    (void)cert;
    return access_sound(value);
}

/* RFC 5280 4.2.1.7: no part of path validation. */
bool tlsni_ext_issuer_alt_name(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_rd_span(value);
    struct tlsn_span names = tlsni_der_get(&r, TLSNI_DER_SEQUENCE);

    (void)cert;
    return tlsni_rd_done(&r) && tlsni_general_names_sound(names);
}

/* RFC 5280 4.2.1.8: attributes, each a type and at least one value. */
bool tlsni_ext_subject_directory(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    (void)cert;
    do {
        struct tlsni_rd one = tlsni_der_enter(&r, TLSNI_DER_SEQUENCE), set;

        (void)tlsni_der_oid(&one);
        set = tlsni_der_enter(&one, TLSNI_DER_SET);
        do
            (void)tlsni_der_next(&set);
        while (set.p != set.end);
        if (!tlsni_rd_done(&set) || !tlsni_rd_done(&one))
            return false;
    } while (r.p != r.end);
    return tlsni_rd_done(&r);
}

/* RFC 7633 4.1: numbers of TLS extensions; one that comes twice says no more than once.
 * @rfc 7633:4.1/1 */
bool tlsni_ext_tls_features(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    cert->tls_features = value;
    while (r.p != r.end)
        (void)tlsni_der_unsigned(&r);
    return tlsni_rd_done(&r);
}

/* Who does not ask for timestamps does not look at them either (RFC 6962 3.3): their form is checked
 * where they are used. */
bool tlsni_ext_scts(struct tlsni_cert *cert, struct tlsn_span value)
{
    cert->scts = value;
    return true;
}

/* Its value is NULL, but that it is there is all that counts. */
bool tlsni_ext_ocsp_nocheck(struct tlsni_cert *cert, struct tlsn_span value)
{
    (void)value;
    cert->has |= TLSNI_HAS_OCSP_NOCHECK;
    return true;
}

static bool is_null(struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_rd_span(value);
    struct tlsni_der e = tlsni_der_next(&r);

    return tlsni_rd_done(&r) && e.tag == TLSNI_DER_NULL && !e.body.len;
}

/* RFC 9345 4.2: NULL.
 * @rfc 9345:4.2/4 */
bool tlsni_ext_delegation_usage(struct tlsni_cert *cert, struct tlsn_span value)
{
    cert->has |= TLSNI_HAS_DELEGATION_USAGE;
    return is_null(value);
}

/* @rfc 9608:2/3 */
bool tlsni_ext_no_revocation(struct tlsni_cert *cert, struct tlsn_span value)
{
    cert->has |= TLSNI_HAS_NO_REVOCATION;
    return is_null(value);
}

static bool names_responder(struct tlsn_span authority_info)
{
    struct tlsni_rd r = tlsni_der_open_span(authority_info, TLSNI_DER_SEQUENCE);

    while (r.p != r.end) {
        struct tlsni_rd one = tlsni_der_enter(&r, TLSNI_DER_SEQUENCE);

        if (tlsni_oid_find(tlsni_der_oid(&one)) == TLSNI_OID_AD_OCSP)
            return true;
    }
    return false;
}

/* @rfc 9608:3/1, 9608:3/2, 9608:3/3, 9608:3/4, 9608:3/5 */
bool tlsni_ext_no_revocation_sound(const struct tlsni_cert *cert, struct tlsn_span extensions)
{
    struct tlsn_span freshest;

    return !(cert->has & TLSNI_HAS_NO_REVOCATION) ||
           (!cert->ca && !cert->crl_points.len && !names_responder(cert->authority_info) &&
            !tlsni_extension_find(extensions, TLSNI_OID_FRESHEST_CRL, &freshest));
}
