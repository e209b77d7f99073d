/* crl_ext.c - THE table of extensions of revocation lists, and their readers. */
#include "x509/crl_ext.h"

#include <tls-native/x509.h>
#include "x509/cert_ext.h"

/* BOOLEAN under an implicit tag; the default, FALSE, is left out. */
static bool flag(struct tlsni_rd *r, uint8_t tag)
{
    struct tlsn_span s;

    if (!tlsni_der_peek(r, tag))
        return false;
    s = tlsni_der_next(r).body;
    if (s.len == 1 && s.data[0] == 0xff)
        return true;
    tlsni_rd_fail(r);
    return false;
}

/* @rfc 5280:5.2.5/5, 5280:5.2.5/6 */
static bool issuing_point(struct tlsni_crl *crl, struct tlsn_span value)
{
    struct tlsni_issuing_point *p = &crl->point;
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);
    bool empty = r.p == r.end;

    p->value = value;
    if (tlsni_der_peek(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0)))
        p->name = tlsni_point_name_read(&r);
    p->only_user = flag(&r, TLSNI_DER_CONTEXT(1));
    p->only_ca = flag(&r, TLSNI_DER_CONTEXT(2));
    if (tlsni_der_peek(&r, TLSNI_DER_CONTEXT(3)))
        p->reasons = tlsni_der_named_bits_as(&r, TLSNI_DER_CONTEXT(3)) & TLSNI_REASONS_ALL;
    p->indirect = flag(&r, TLSNI_DER_CONTEXT(4));
    p->only_attribute = flag(&r, TLSNI_DER_CONTEXT(5));
    return tlsni_rd_done(&r) && !empty && p->only_user + p->only_ca + p->only_attribute <= 1;
}

/* @rfc 5280:5.2.1/2 */
static bool authority_key_id(struct tlsni_crl *crl, struct tlsn_span value)
{
    struct tlsni_cert scratch = { 0 };
    bool sound = tlsni_ext_authority_key_id(&scratch, value);

    crl->aki = scratch.aki;
    return sound;
}

/* Up to 20 octets of number, and one for the sign; longer ones are compared just as well.
 * @rfc 5280:5.2.3/2 */
static bool read_number(struct tlsn_span *out, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_rd_span(value);

    *out = tlsni_der_unsigned(&r);
    return tlsni_rd_done(&r);
}

static bool number(struct tlsni_crl *crl, struct tlsn_span value)
{
    return read_number(&crl->number, value);
}

static bool delta_indicator(struct tlsni_crl *crl, struct tlsn_span value)
{
    return read_number(&crl->base, value);
}

/* @rfc 5280:5.2.6/3 */
static bool freshest(struct tlsni_crl *crl, struct tlsn_span value)
{
    crl->freshest = value;
    return tlsni_dist_points_sound(value);
}

struct ext_row {
    uint8_t oid;
    uint8_t verdict; /* when it is sound */
    bool (*read)(struct tlsni_crl *crl, struct tlsn_span value);
    const char *source;
};

static const struct ext_row rows[] = {
    { TLSNI_OID_AUTHORITY_KEY_ID, TLSNI_EXT_NEVER_CRITICAL, authority_key_id, "RFC 5280 5.2.1" },
    { TLSNI_OID_CRL_NUMBER, TLSNI_EXT_NEVER_CRITICAL, number, "RFC 5280 5.2.3" },
    { TLSNI_OID_DELTA_CRL, TLSNI_EXT_KNOWN, delta_indicator, "RFC 5280 5.2.4" },
    { TLSNI_OID_ISSUING_POINT, TLSNI_EXT_KNOWN, issuing_point, "RFC 5280 5.2.5" },
    { TLSNI_OID_FRESHEST_CRL, TLSNI_EXT_NEVER_CRITICAL, freshest, "RFC 5280 5.2.6" },
};

/* @rfc 5280:5.2.3/5 */
enum tlsni_ext_verdict tlsni_crl_extension(void *crl, enum tlsni_oid oid, struct tlsn_span value)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].oid == oid)
            return rows[i].read(crl, value) ? rows[i].verdict : TLSNI_EXT_DAMAGED;
    return TLSNI_EXT_UNKNOWN;
}

/* Seven is not used. */
uint8_t tlsni_crl_reason(struct tlsni_rd *r)
{
    struct tlsn_span s = tlsni_der_get(r, TLSNI_DER_ENUMERATED);

    if (s.len == 1 && s.data[0] <= TLSN_REASON_AA_COMPROMISE && s.data[0] != 7)
        return s.data[0];
    tlsni_rd_fail(r);
    return 0;
}
