#include "x509/ext_info.h"

#include "x509/der.h"
#include "x509/general_name.h"

/* DistributionPointName: names in full, or one RDN behind the issuer's name. */
static bool point_name_sound(struct tlsni_rd *point)
{
    struct tlsni_rd choice = tlsni_der_enter(point, TLSNI_DER_CONSTRUCTED_CONTEXT(0)), set;

    if (tlsni_der_peek(&choice, TLSNI_DER_CONSTRUCTED_CONTEXT(0)))
        return tlsni_general_names_sound(tlsni_der_next(&choice).body) && tlsni_rd_done(&choice);
    set = tlsni_der_enter(&choice, TLSNI_DER_CONSTRUCTED_CONTEXT(1));
    do {
        struct tlsni_rd attribute = tlsni_der_enter(&set, TLSNI_DER_SEQUENCE);

        (void)tlsni_der_oid(&attribute);
        (void)tlsni_der_next(&attribute);
        if (!tlsni_rd_done(&attribute))
            return false;
    } while (set.p != set.end);
    return tlsni_rd_done(&set) && tlsni_rd_done(&choice);
}

/* RFC 5280 4.2.1.13: a point has a name or an issuer, and perhaps reasons besides. */
static bool point_sound(struct tlsni_rd *list)
{
    struct tlsni_rd point = tlsni_der_enter(list, TLSNI_DER_SEQUENCE);
    bool found = false;

    if (tlsni_der_peek(&point, TLSNI_DER_CONSTRUCTED_CONTEXT(0)))
        found = point_name_sound(&point);
    if (tlsni_der_peek(&point, TLSNI_DER_CONTEXT(1)))
        (void)tlsni_der_named_bits_as(&point, TLSNI_DER_CONTEXT(1));
    if (tlsni_der_peek(&point, TLSNI_DER_CONSTRUCTED_CONTEXT(2)))
        found = tlsni_general_names_sound(tlsni_der_next(&point).body);
    return tlsni_rd_done(&point) && found;
}

static bool points_sound(struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    do
        if (!point_sound(&r))
            return false;
    while (r.p != r.end);
    return tlsni_rd_done(&r);
}

bool tlsni_ext_crl_points(struct tlsni_cert *cert, struct tlsn_span value)
{
    cert->crl_points = value;
    return points_sound(value);
}

bool tlsni_ext_freshest_crl(struct tlsni_cert *cert, struct tlsn_span value)
{
    (void)cert;
    return points_sound(value);
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
