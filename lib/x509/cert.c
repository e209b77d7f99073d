/* cert.c - Certificate and TBSCertificate (RFC 5280 4.1) to spans. */
#include "x509/cert.h"

#include "x509/algid.h"
#include "x509/cert_ext.h"
#include "x509/name.h"

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509", "certificate: damaged %s", what);
}

/* The default, v1, is left out (X.690 11.5); 1 means v2, 2 means v3.
 * @rfc 5280:4.1.2.1/2, 5280:4.1.2.1/3 */
static bool read_version(struct tlsni_cert *cert, struct tlsni_rd *r)
{
    struct tlsni_rd v;
    int n;

    cert->version = 1;
    if (!tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0)))
        return true;
    v = tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    n = tlsni_der_small(&v);
    cert->version = n == 1 ? 2 : 3;
    return tlsni_rd_done(&v) && (n == 1 || n == 2);
}

static bool read_validity(struct tlsni_cert *cert, struct tlsni_rd *r)
{
    struct tlsni_rd v = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);

    cert->not_before = tlsni_der_time(&v);
    cert->not_after = tlsni_der_time(&v);
    return tlsni_rd_done(&v);
}

/* issuerUniqueID and subjectUniqueID, BIT STRINGs from v2 on (RFC 5280 4.1.2.8); nobody looks at them. */
static bool skip_unique_ids(const struct tlsni_cert *cert, struct tlsni_rd *r)
{
    for (uint8_t tag = TLSNI_DER_CONTEXT(1); tag <= TLSNI_DER_CONTEXT(2); tag++) {
        if (!tlsni_der_peek(r, tag))
            continue;
        (void)tlsni_der_named_bits_as(r, tag);
        if (cert->version < 2 || r->bad)
            return false;
    }
    return true;
}

/* @rfc 5280:4.1.2.1/4 */
static tlsn_status read_extensions(struct tlsni_cert *cert, struct tlsni_rd *r,
                                   struct tlsni_err *err)
{
    struct tlsni_rd x;

    if (!r->bad && r->p == r->end)
        return TLSN_OK;
    x = tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(3));
    cert->extensions = tlsni_der_get(&x, TLSNI_DER_SEQUENCE);
    if (!tlsni_rd_done(&x) || !tlsni_rd_done(r))
        return bad(err, "extensions");
    if (cert->version < 3)
        return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509",
                          "certificate: extensions in version %u", cert->version);
    return tlsni_cert_extensions(cert, cert->extensions, err);
}

/* @rfc 5280:4.1.1.2/1, 5280:4.1.2.2/2, 5280:4.1.2.2/4 */
static tlsn_status read_tbs(struct tlsni_cert *cert, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(cert->tbs, TLSNI_DER_SEQUENCE);
    struct tlsn_span algorithm;

    if (!read_version(cert, &r))
        return bad(err, "version");
    cert->serial = tlsni_der_integer(&r);
    if (r.bad)
        return bad(err, "serialNumber");
    algorithm = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    if (r.bad || (cert->der.len && !tlsni_span_eq(algorithm, cert->sig_algorithm)))
        return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509",
                          "certificate: its two signature algorithms differ");
    cert->issuer = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    if (r.bad || !tlsni_name_sound(cert->issuer))
        return bad(err, "issuer");
    if (!read_validity(cert, &r))
        return bad(err, "validity");
    cert->subject = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    if (r.bad || !tlsni_name_sound(cert->subject))
        return bad(err, "subject");
    cert->self_issued = tlsni_name_equal(cert->subject, cert->issuer);
    cert->spki = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    if (r.bad || !skip_unique_ids(cert, &r))
        return bad(err, "subjectPublicKeyInfo or unique identifiers");
    return read_extensions(cert, &r, err);
}

static void clear(struct tlsni_cert *cert)
{
    memset(cert, 0, sizeof *cert);
    cert->path_len = cert->require_explicit = cert->inhibit_mapping = cert->inhibit_any = -1;
}

/* @rfc 5280:4.1/1 */
tlsn_status tlsni_cert_parse(struct tlsni_cert *cert, struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);

    clear(cert);
    cert->der = der;
    cert->tbs = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    cert->sig_algorithm = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    cert->signature = tlsni_der_bits(&r);
    if (!tlsni_rd_done(&r))
        return bad(err, "outer structure");
    cert->sig = tlsni_algid_signature(cert->sig_algorithm);
    return read_tbs(cert, err);
}

tlsn_status tlsni_cert_parse_tbs(struct tlsni_cert *cert, struct tlsn_span tbs,
                                 struct tlsni_err *err)
{
    clear(cert);
    cert->tbs = tbs;
    return read_tbs(cert, err);
}

bool tlsni_cert_allows(const struct tlsni_cert *cert, uint16_t key_usage)
{
    return !(cert->has & TLSNI_HAS_KEY_USAGE) || (cert->key_usage & key_usage) == key_usage;
}
