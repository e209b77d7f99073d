/* cert.c - Certificate and TBSCertificate to spans (RFC 5280 4.1). Extensions are read in cert_ext.c. */
#include "x509/cert.h"

#include "x509/algid.h"
#include "x509/cert_ext.h"

enum { SERIAL_MAX = 64, PATH_NONE = -1 };

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509", "certificate: %s", what);
}

/* Name: a SEQUENCE of SETs of type and value (RFC 5280 4.1.2.4). */
static bool name_sound(struct tlsn_span name)
{
    struct tlsni_rd r = tlsni_der_open_span(name, TLSNI_DER_SEQUENCE);

    while (tlsni_rd_left(&r)) {
        struct tlsni_rd set = tlsni_der_enter(&r, TLSNI_DER_SET);

        if (!tlsni_rd_left(&set))
            return false;
        while (tlsni_rd_left(&set)) {
            struct tlsni_rd pair = tlsni_der_enter(&set, TLSNI_DER_SEQUENCE);

            (void)tlsni_der_oid(&pair);
            (void)tlsni_der_next(&pair);
            if (!tlsni_rd_done(&pair))
                return false;
        }
        if (set.bad)
            return false;
    }
    return tlsni_rd_done(&r);
}

/* EXPLICIT [0] with an INTEGER; the default, v1, is not written. */
static bool read_version(struct tlsni_cert *c, struct tlsni_rd *tbs)
{
    struct tlsni_rd r;
    int v;

    c->version = 1;
    if (!tlsni_der_peek(tbs, TLSNI_DER_CONSTRUCTED_CONTEXT(0)))
        return true;
    r = tlsni_der_enter(tbs, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    v = tlsni_der_small(&r);
    c->version = (uint8_t)(v + 1);
    return tlsni_rd_done(&r) && (v == 1 || v == 2);
}

static bool read_validity(struct tlsni_cert *c, struct tlsni_rd *tbs)
{
    struct tlsni_rd r = tlsni_der_enter(tbs, TLSNI_DER_SEQUENCE);

    c->not_before = tlsni_der_time(&r);
    c->not_after = tlsni_der_time(&r);
    return tlsni_rd_done(&r);
}

/* The unique identifiers of version 2 are passed over. */
static bool skip_unique_ids(const struct tlsni_cert *c, struct tlsni_rd *tbs)
{
    for (uint8_t tag = TLSNI_DER_CONTEXT(1); tag <= TLSNI_DER_CONTEXT(2); tag++)
        if (tlsni_der_peek(tbs, tag)) {
            (void)tlsni_der_get(tbs, tag);
            if (c->version < 2)
                return false;
        }
    return true;
}

static tlsn_status read_extensions(struct tlsni_cert *c, struct tlsni_rd *tbs,
                                   struct tlsni_err *err)
{
    struct tlsni_rd wrapper, list;

    if (!tlsni_der_peek(tbs, TLSNI_DER_CONSTRUCTED_CONTEXT(3)))
        return TLSN_OK;
    wrapper = tlsni_der_enter(tbs, TLSNI_DER_CONSTRUCTED_CONTEXT(3));
    list = tlsni_der_enter(&wrapper, TLSNI_DER_SEQUENCE);
    if (!tlsni_rd_done(&wrapper) || !tlsni_rd_left(&list))
        return bad(err, "damaged extensions");
    if (c->version != 3)
        return bad(err, "extensions in a certificate that is not of version 3");
    c->extensions = tlsni_span_make(list.p, tlsni_rd_left(&list));
    return tlsni_cert_extensions(c, err);
}

static tlsn_status read_tbs(struct tlsni_cert *c, struct tlsn_span *inner_algorithm,
                            struct tlsni_err *err)
{
    struct tlsni_rd tbs = tlsni_der_open_span(c->tbs, TLSNI_DER_SEQUENCE);
    tlsn_status st;

    if (!read_version(c, &tbs))
        return bad(err, "version other than 1, 2 or 3");
    c->serial = tlsni_der_integer(&tbs);
    *inner_algorithm = tlsni_der_get_whole(&tbs, TLSNI_DER_SEQUENCE);
    c->issuer = tlsni_der_get_whole(&tbs, TLSNI_DER_SEQUENCE);
    if (!read_validity(c, &tbs))
        return bad(err, "damaged serial number, issuer or validity");
    c->subject = tlsni_der_get_whole(&tbs, TLSNI_DER_SEQUENCE);
    c->spki = tlsni_der_get_whole(&tbs, TLSNI_DER_SEQUENCE);
    if (tbs.bad || !name_sound(c->issuer) || !name_sound(c->subject))
        return bad(err, "damaged issuer, subject or public key");
    if (!skip_unique_ids(c, &tbs))
        return bad(err, "unique identifiers in version 1");
    st = read_extensions(c, &tbs, err);
    if (st == TLSN_OK && !tlsni_rd_done(&tbs))
        st = bad(err, "bytes behind the extensions");
    return st;
}

static tlsn_status parse(struct tlsni_cert *c, struct tlsni_err *err)
{
    struct tlsni_rd cert = tlsni_der_open_span(c->der, TLSNI_DER_SEQUENCE);
    struct tlsn_span inner = { NULL, 0 };
    tlsn_status st;

    c->tbs = tlsni_der_get_whole(&cert, TLSNI_DER_SEQUENCE);
    c->sig_algorithm = tlsni_der_get_whole(&cert, TLSNI_DER_SEQUENCE);
    c->signature = tlsni_der_bits(&cert);
    if (!tlsni_rd_done(&cert))
        return bad(err, "not a SEQUENCE of contents, algorithm and signature");
    st = read_tbs(c, &inner, err);
    if (st != TLSN_OK)
        return st;
    if (c->serial.len > SERIAL_MAX)
        return bad(err, "serial number of more than 64 bytes");
    /* @rfc 5280:4.1.1.2/1 */
    if (!tlsni_span_eq(inner, c->sig_algorithm))
        return bad(err, "signature algorithm inside differs from the one outside");
    c->sig = tlsni_algid_signature(c->sig_algorithm);
    return TLSN_OK;
}

tlsn_status tlsni_cert_parse(struct tlsni_cert *cert, struct tlsn_span der, struct tlsni_err *err)
{
    static const struct tlsni_cert empty;

    *cert = empty;
    cert->der = der;
    cert->path_len = PATH_NONE;
    return parse(cert, err);
}

bool tlsni_cert_allows(const struct tlsni_cert *cert, uint16_t key_usage)
{
    return !(cert->has & TLSNI_HAS_KEY_USAGE) || (cert->key_usage & key_usage) == key_usage;
}
