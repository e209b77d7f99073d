/* cert_ext.c - THE table of certificate extensions and a reader for each that is used.
 *
 * Every extension of RFC 5280 has its row: one that is damaged makes the certificate so, whether it
 * is critical or not. What a row's reader does not keep says nothing that a path depends on. */
#include "x509/cert_ext.h"

#include "x509/ext_info.h"
#include "x509/ext_list.h"
#include "x509/ext_policies.h"
#include "x509/general_name.h"
#include "x509/oid.h"

static struct tlsni_rd open_value(struct tlsn_span value)
{
    return tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);
}

/* RFC 5280 4.2.1.9. An explicit FALSE for cA is against DER, but too common to be refused.
 * @rfc 5280:4.2.1.9/2 */
static bool basic_constraints(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = open_value(value);

    cert->has |= TLSNI_HAS_BASIC_CONSTRAINTS;
    if (tlsni_der_peek(&r, TLSNI_DER_BOOLEAN))
        cert->ca = tlsni_der_bool(&r);
    if (tlsni_der_peek(&r, TLSNI_DER_INTEGER))
        cert->path_len = tlsni_der_small(&r);
    return tlsni_rd_done(&r);
}

/* RFC 5280 4.2.1.3: at least one bit is set.
 * @rfc 5280:4.2.1.3/5 */
static bool key_usage(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_rd_span(value);

    cert->has |= TLSNI_HAS_KEY_USAGE;
    cert->key_usage = tlsni_der_named_bits(&r);
    return tlsni_rd_done(&r) && cert->key_usage;
}

static uint16_t purpose_bit(enum tlsni_oid oid)
{
    switch (oid) {
    case TLSNI_OID_EKU_SERVER_AUTH: return TLSNI_EKU_SERVER_AUTH;
    case TLSNI_OID_EKU_CLIENT_AUTH: return TLSNI_EKU_CLIENT_AUTH;
    case TLSNI_OID_EKU_OCSP_SIGNING: return TLSNI_EKU_OCSP_SIGNING;
    case TLSNI_OID_EKU_ANY: return TLSNI_EKU_ANY;
    default: return TLSNI_EKU_OTHER;
    }
}

static bool ext_key_usage(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = open_value(value);

    cert->has |= TLSNI_HAS_EKU;
    do
        cert->eku |= purpose_bit(tlsni_oid_find(tlsni_der_oid(&r)));
    while (r.p != r.end);
    return tlsni_rd_done(&r);
}

/* @rfc 5280:4.2.1.6/4 */
bool tlsni_ext_subject_alt_name(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_rd_span(value);

    cert->has |= TLSNI_HAS_SAN;
    cert->san = tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    return tlsni_rd_done(&r) && tlsni_general_names_sound(cert->san);
}

/* RFC 5280 4.2.1.10: GeneralSubtrees, each a base with minimum and maximum. */
static bool subtrees_sound(struct tlsni_rd *r)
{
    struct tlsni_rd list = tlsni_der_enter(r, *r->p), one;

    do {
        one = tlsni_der_enter(&list, TLSNI_DER_SEQUENCE);
        (void)tlsni_general_name_next(&one, true);
        for (uint8_t tag = TLSNI_DER_CONTEXT(0); tag <= TLSNI_DER_CONTEXT(1); tag++)
            if (tlsni_der_peek(&one, tag))
                (void)tlsni_der_next(&one);
        if (!tlsni_rd_done(&one))
            return false;
    } while (list.p != list.end);
    return tlsni_rd_done(&list);
}

bool tlsni_ext_name_constraints_sound(struct tlsn_span value)
{
    struct tlsni_rd r = open_value(value);

    if (r.p == r.end)
        return false;
    for (uint8_t n = 0; n < 2; n++)
        if (tlsni_der_peek(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(n)) && !subtrees_sound(&r))
            return false;
    return tlsni_rd_done(&r);
}

static bool name_constraints(struct tlsni_cert *cert, struct tlsn_span value)
{
    cert->has |= TLSNI_HAS_NAME_CONSTRAINTS;
    cert->name_constraints = value;
    return tlsni_ext_name_constraints_sound(value);
}

/* RFC 5280 4.2.1.1: issuer and serial number come together. */
bool tlsni_ext_authority_key_id(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = open_value(value);
    bool issuer, serial;

    if (tlsni_der_peek(&r, TLSNI_DER_CONTEXT(0)))
        cert->aki = tlsni_der_next(&r).body;
    issuer = tlsni_der_peek(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(1));
    if (issuer && !tlsni_general_names_sound(tlsni_der_next(&r).body))
        return false;
    serial = tlsni_der_peek(&r, TLSNI_DER_CONTEXT(2));
    if (serial)
        (void)tlsni_der_integer_as(&r, TLSNI_DER_CONTEXT(2));
    return tlsni_rd_done(&r) && issuer == serial;
}

static bool subject_key_id(struct tlsni_cert *cert, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_rd_span(value);

    cert->ski = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
    return tlsni_rd_done(&r);
}

struct ext_row {
    uint8_t oid;
    bool (*read)(struct tlsni_cert *cert, struct tlsn_span value);
    uint16_t critical; /* TLSNI_HAS_ bit that notes a critical one, or 0; UNKNOWN_CRITICAL where only the
                        * form is known, or where it says nothing for a path (RFC 5280 wants those not to
                        * be critical): such a one may not be passed over */
    const char *source;
};

/* @rfc 5280:4.2/4, 5280:4.2/6, 5280:4.2/7, 5280:4.2/8 */
static const struct ext_row rows[] = {
    { TLSNI_OID_SUBJECT_KEY_ID, subject_key_id, TLSNI_HAS_KEY_ID_CRITICAL, "RFC 5280 4.2.1.2" },
    { TLSNI_OID_KEY_USAGE, key_usage, 0, "RFC 5280 4.2.1.3" },
    { TLSNI_OID_SUBJECT_ALT_NAME, tlsni_ext_subject_alt_name, TLSNI_HAS_SAN_CRITICAL,
      "RFC 5280 4.2.1.6" },
    { TLSNI_OID_BASIC_CONSTRAINTS, basic_constraints, 0, "RFC 5280 4.2.1.9" },
    { TLSNI_OID_NAME_CONSTRAINTS, name_constraints, TLSNI_HAS_NC_CRITICAL, "RFC 5280 4.2.1.10" },
    { TLSNI_OID_CRL_DISTRIBUTION, tlsni_ext_crl_points, TLSNI_HAS_POINTS_CRITICAL,
      "RFC 5280 4.2.1.13" },
    { TLSNI_OID_POLICIES, tlsni_ext_policies, 0, "RFC 5280 4.2.1.4" },
    { TLSNI_OID_POLICY_MAPPINGS, tlsni_ext_policy_mappings, 0, "RFC 5280 4.2.1.5" },
    { TLSNI_OID_AUTHORITY_KEY_ID, tlsni_ext_authority_key_id, TLSNI_HAS_KEY_ID_CRITICAL,
      "RFC 5280 4.2.1.1" },
    { TLSNI_OID_POLICY_CONSTRAINTS, tlsni_ext_policy_constraints, 0, "RFC 5280 4.2.1.11" },
    { TLSNI_OID_EXT_KEY_USAGE, ext_key_usage, 0, "RFC 5280 4.2.1.12" },
    { TLSNI_OID_INHIBIT_ANY_POLICY, tlsni_ext_inhibit_any, 0, "RFC 5280 4.2.1.14" },
    { TLSNI_OID_AUTHORITY_INFO, tlsni_ext_authority_info, TLSNI_HAS_UNKNOWN_CRITICAL,
      "RFC 5280 4.2.2.1" },
    { TLSNI_OID_SUBJECT_INFO, tlsni_ext_subject_info, TLSNI_HAS_UNKNOWN_CRITICAL,
      "RFC 5280 4.2.2.2" },
    { TLSNI_OID_ISSUER_ALT_NAME, tlsni_ext_issuer_alt_name, TLSNI_HAS_UNKNOWN_CRITICAL,
      "RFC 5280 4.2.1.7" },
    { TLSNI_OID_SUBJECT_DIRECTORY, tlsni_ext_subject_directory, TLSNI_HAS_UNKNOWN_CRITICAL,
      "RFC 5280 4.2.1.8" },
    { TLSNI_OID_FRESHEST_CRL, tlsni_ext_freshest_crl, TLSNI_HAS_UNKNOWN_CRITICAL,
      "RFC 5280 4.2.1.15" },
    { TLSNI_OID_TLS_FEATURE, tlsni_ext_tls_features, 0, "RFC 7633 4.1" },
    { TLSNI_OID_SCT_LIST, tlsni_ext_scts, 0, "RFC 6962 3.3" },
    { TLSNI_OID_OCSP_NOCHECK, tlsni_ext_ocsp_nocheck, 0, "RFC 6960 4.2.2.2.1" },
    { TLSNI_OID_NO_REVOCATION, tlsni_ext_no_revocation, 0, "RFC 9608 2" },
    { TLSNI_OID_DELEGATION_USAGE, tlsni_ext_delegation_usage, TLSNI_HAS_DELEGATION_CRITICAL,
      "RFC 9345 4.2" },
};

static tlsn_status bad(struct tlsni_err *err, const char *what, struct tlsn_span oid)
{
    enum tlsni_oid id = tlsni_oid_find(oid);
    char text[48];

    return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509", "certificate: %s extension %s", what,
                      id ? tlsni_oid_row(id)->name : tlsni_oid_text(text, sizeof text, oid));
}

/* @rfc 5280:4.2/2, 5280:4.2/3 */
static void note_critical(struct tlsni_cert *cert, uint16_t bit, struct tlsn_span oid)
{
    if (bit == TLSNI_HAS_UNKNOWN_CRITICAL && !(cert->has & TLSNI_HAS_UNKNOWN_CRITICAL))
        cert->unknown_critical = oid;
    cert->has |= bit;
}

static tlsn_status apply(struct tlsni_cert *cert, const struct tlsni_extension *e, struct tlsni_err *err)
{
    enum tlsni_oid oid = tlsni_oid_find(e->oid);
    uint16_t critical = TLSNI_HAS_UNKNOWN_CRITICAL;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].oid != oid)
            continue;
        critical = rows[i].critical;
        if (!rows[i].read(cert, e->value))
            return bad(err, "damaged", e->oid);
        break;
    }
    if (oid == TLSNI_OID_POLICIES && cert->has & TLSNI_HAS_UNKNOWN_QUALIFIER)
        critical = TLSNI_HAS_UNKNOWN_CRITICAL; /* @rfc 5280:4.2.1.4/4 */
    if (e->critical)
        note_critical(cert, critical, e->oid);
    return TLSN_OK;
}

tlsn_status tlsni_cert_extensions(struct tlsni_cert *cert, struct tlsn_span contents,
                                  struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_rd_span(contents);
    unsigned count = 0;
    tlsn_status st;

    do {
        struct tlsni_extension e = tlsni_extension_next(&r);

        if (r.bad || ++count > TLSNI_EXTENSIONS_MAX)
            return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509", "certificate: damaged extensions");
        if (tlsni_extension_repeats(contents, &e))
            return bad(err, "more than one", e.oid);
        st = apply(cert, &e, err);
        if (st != TLSN_OK)
            return st;
    } while (r.p != r.end);
    if (!tlsni_ext_no_revocation_sound(cert, contents))
        return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509",
                          "certificate: noRevAvail beside what tells of revocation, or in an authority");
    return TLSN_OK;
}
