#include "x509/cert_ext.h"

#include "x509/der.h"
#include "x509/oid.h"

enum { EXTENSIONS_MAX = 128 };

bool tlsni_cert_ext_next(struct tlsni_rd *list, struct tlsn_span *oid, bool *critical,
                         struct tlsn_span *value)
{
    struct tlsni_rd r;

    if (!tlsni_rd_left(list))
        return false;
    r = tlsni_der_enter(list, TLSNI_DER_SEQUENCE);
    *oid = tlsni_der_oid(&r);
    *critical = false;
    if (tlsni_der_peek(&r, TLSNI_DER_BOOLEAN)) {
        *critical = tlsni_der_bool(&r);
        if (!*critical) /* the default is not written (X.690 11.5) */
            tlsni_rd_fail(&r);
    }
    *value = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
    if (tlsni_rd_done(&r))
        return true;
    tlsni_rd_fail(list);
    return false;
}

/* ---- one function an extension: its value into the certificate ---- */

typedef bool ext_fn(struct tlsni_cert *c, struct tlsn_span value);

static bool basic_constraints(struct tlsni_cert *c, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    if (tlsni_der_peek(&r, TLSNI_DER_BOOLEAN)) {
        c->ca = tlsni_der_bool(&r);
        if (!c->ca)
            return false;
    }
    if (tlsni_der_peek(&r, TLSNI_DER_INTEGER))
        c->path_len = tlsni_der_small(&r);
    /* RFC 5280 4.2.1.9: a path length goes with cA only */
    return tlsni_rd_done(&r) && (c->ca || c->path_len < 0);
}

static bool key_usage(struct tlsni_cert *c, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_rd_span(value);

    c->key_usage = tlsni_der_named_bits(&r);
    /* RFC 5280 4.2.1.3: at least one bit */
    return tlsni_rd_done(&r) && c->key_usage;
}

static bool ext_key_usage(struct tlsni_cert *c, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    if (!tlsni_rd_left(&r))
        return false;
    while (tlsni_rd_left(&r)) {
        switch (tlsni_oid_find(tlsni_der_oid(&r))) {
        case TLSNI_OID_EKU_SERVER_AUTH: c->eku |= TLSNI_EKU_SERVER_AUTH; break;
        case TLSNI_OID_EKU_CLIENT_AUTH: c->eku |= TLSNI_EKU_CLIENT_AUTH; break;
        case TLSNI_OID_EKU_OCSP_SIGNING: c->eku |= TLSNI_EKU_OCSP_SIGNING; break;
        case TLSNI_OID_EKU_ANY: c->eku |= TLSNI_EKU_ANY; break;
        default: c->eku |= TLSNI_EKU_OTHER; break;
        }
    }
    return tlsni_rd_done(&r);
}

/* GeneralNames: at least one, each a context tag 0 to 8 (RFC 5280 4.2.1.6). */
static bool general_names(struct tlsni_rd r)
{
    if (r.bad || !tlsni_rd_left(&r))
        return false;
    while (tlsni_rd_left(&r)) {
        struct tlsni_der e = tlsni_der_next(&r);
        uint8_t number = e.tag & 0x1f;
        bool constructed = number == 0 || number == 3 || number == 4 || number == 5;

        if (number > 8 || (e.tag & 0xe0) != (constructed ? 0xa0 : 0x80))
            return false;
        if (number == 7 && e.body.len != 4 && e.body.len != 16)
            return false;
    }
    return tlsni_rd_done(&r);
}

static bool subject_alt_name(struct tlsni_cert *c, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    c->san = tlsni_span_make(r.p, tlsni_rd_left(&r));
    return general_names(r);
}

static bool subject_key_id(struct tlsni_cert *c, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_rd_span(value);

    c->ski = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
    return tlsni_rd_done(&r);
}

static bool authority_key_id(struct tlsni_cert *c, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);
    bool issuer = false, serial = false;

    if (tlsni_der_peek(&r, TLSNI_DER_CONTEXT(0)))
        c->aki = tlsni_der_get(&r, TLSNI_DER_CONTEXT(0));
    if (tlsni_der_peek(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(1))) {
        issuer = true;
        if (!general_names(tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(1))))
            return false;
    }
    if (tlsni_der_peek(&r, TLSNI_DER_CONTEXT(2))) {
        serial = true;
        (void)tlsni_der_get(&r, TLSNI_DER_CONTEXT(2));
    }
    return tlsni_rd_done(&r) && issuer == serial;
}

static bool name_constraints(struct tlsni_cert *c, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    c->name_constraints = value;
    return !r.bad && tlsni_rd_left(&r);
}

static bool policies(struct tlsni_cert *c, struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    c->policies = value;
    return !r.bad && tlsni_rd_left(&r);
}

/* Recognised, and of no weight for the verdict. */
static bool no_effect(struct tlsni_cert *c, struct tlsn_span value)
{
    (void)c;
    return value.len != 0;
}

/* clang-format off */
static const struct ext_row {
    enum tlsni_oid oid;
    uint32_t has;
    ext_fn *read;
    bool processed; /* may be critical */
    const char *name;
    const char *source;
} rows[] = {
    { TLSNI_OID_BASIC_CONSTRAINTS, TLSNI_HAS_BASIC_CONSTRAINTS, basic_constraints, true,  "basicConstraints",       "RFC 5280 4.2.1.9" },
    { TLSNI_OID_KEY_USAGE,         TLSNI_HAS_KEY_USAGE,         key_usage,         true,  "keyUsage",               "RFC 5280 4.2.1.3" },
    { TLSNI_OID_EXT_KEY_USAGE,     TLSNI_HAS_EKU,               ext_key_usage,     true,  "extKeyUsage",            "RFC 5280 4.2.1.12" },
    { TLSNI_OID_SUBJECT_ALT_NAME,  TLSNI_HAS_SAN,               subject_alt_name,  true,  "subjectAltName",         "RFC 5280 4.2.1.6" },
    { TLSNI_OID_SUBJECT_KEY_ID,    0,                           subject_key_id,    true,  "subjectKeyIdentifier",   "RFC 5280 4.2.1.2" },
    { TLSNI_OID_AUTHORITY_KEY_ID,  0,                           authority_key_id,  true,  "authorityKeyIdentifier", "RFC 5280 4.2.1.1" },
    { TLSNI_OID_NAME_CONSTRAINTS,  TLSNI_HAS_NAME_CONSTRAINTS,  name_constraints,  true,  "nameConstraints",        "RFC 5280 4.2.1.10" },
    { TLSNI_OID_POLICIES,          TLSNI_HAS_POLICIES,          policies,          true,  "certificatePolicies",    "RFC 5280 4.2.1.4" },
    { TLSNI_OID_ISSUER_ALT_NAME,   0,                           no_effect,         true,  "issuerAltName",          "RFC 5280 4.2.1.7" },
    { TLSNI_OID_CRL_DISTRIBUTION,  0,                           no_effect,         true,  "cRLDistributionPoints",  "RFC 5280 4.2.1.13" },
    { TLSNI_OID_AUTHORITY_INFO,    0,                           no_effect,         true,  "authorityInfoAccess",    "RFC 5280 4.2.2.1" },
    { TLSNI_OID_SUBJECT_INFO,      0,                           no_effect,         true,  "subjectInfoAccess",      "RFC 5280 4.2.2.2" },
    { TLSNI_OID_FRESHEST_CRL,      0,                           no_effect,         true,  "freshestCRL",            "RFC 5280 4.2.1.15" },
    /* Policies are not processed yet: these three forbid more than they allow, so a critical one is unknown. */
    { TLSNI_OID_POLICY_MAPPINGS,    0,                          no_effect,         false, "policyMappings",         "RFC 5280 4.2.1.5" },
    { TLSNI_OID_POLICY_CONSTRAINTS, 0,                          no_effect,         false, "policyConstraints",      "RFC 5280 4.2.1.11" },
    { TLSNI_OID_INHIBIT_ANY_POLICY, 0,                          no_effect,         false, "inhibitAnyPolicy",       "RFC 5280 4.2.1.14" },
};
/* clang-format on */

static const struct ext_row *find_row(struct tlsn_span oid)
{
    enum tlsni_oid id = tlsni_oid_find(oid);

    for (size_t i = 0; id != TLSNI_OID_UNKNOWN && i < sizeof rows / sizeof *rows; i++)
        if (rows[i].oid == id)
            return &rows[i];
    return NULL;
}

static void note_unknown(struct tlsni_cert *c, struct tlsn_span oid)
{
    if (c->has & TLSNI_HAS_UNKNOWN_CRITICAL)
        return;
    c->has |= TLSNI_HAS_UNKNOWN_CRITICAL;
    c->unknown_critical = oid;
}

static bool seen_before(const struct tlsn_span *seen, size_t n, struct tlsn_span oid)
{
    for (size_t i = 0; i < n; i++)
        if (tlsni_span_eq(seen[i], oid))
            return true;
    return false;
}

static tlsn_status take(struct tlsni_cert *c, struct tlsn_span oid, bool critical,
                        struct tlsn_span value, struct tlsni_err *err)
{
    const struct ext_row *row = find_row(oid);

    if (critical && (!row || !row->processed))
        note_unknown(c, oid);
    if (!row)
        return TLSN_OK;
    if (!row->read(c, value))
        return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509", "certificate: damaged %s", row->name);
    c->has |= row->has;
    if (critical && row->oid == TLSNI_OID_SUBJECT_ALT_NAME)
        c->has |= TLSNI_HAS_SAN_CRITICAL;
    return TLSN_OK;
}

tlsn_status tlsni_cert_extensions(struct tlsni_cert *cert, struct tlsni_err *err)
{
    struct tlsni_rd list = tlsni_rd_span(cert->extensions);
    struct tlsn_span seen[EXTENSIONS_MAX], oid, value;
    tlsn_status st = TLSN_OK;
    bool critical;
    size_t n = 0;

    while (st == TLSN_OK && tlsni_cert_ext_next(&list, &oid, &critical, &value)) {
        /* @rfc 5280:4.2/5 */
        if (n == EXTENSIONS_MAX || seen_before(seen, n, oid))
            return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509",
                              "certificate: an extension twice, or more than %d", EXTENSIONS_MAX);
        seen[n++] = oid;
        st = take(cert, oid, critical, value, err);
    }
    if (st == TLSN_OK && list.bad)
        return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509", "certificate: damaged extension");
    return st;
}
