/* pkcs7.c - the sets of certificates and CRLs in a SignedData. */
#include "x509/pkcs7.h"

#include "x509/der.h"
#include "x509/oid.h"

bool tlsni_pkcs7_looks(struct tlsn_span der)
{
    struct tlsni_rd r = tlsni_rd_span(der), s = tlsni_der_enter(&r, TLSNI_DER_SEQUENCE);

    return tlsni_der_peek(&s, TLSNI_DER_OID);
}

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_PEM, "x509", "PKCS#7: %s", what);
}

struct signed_data {
    struct tlsni_rd certificates, crls;
};

/* The sets are IMPLICIT: a tag in their place. */
static struct tlsni_rd optional_set(struct tlsni_rd *r, uint8_t tag)
{
    return tlsni_der_peek(r, tag) ? tlsni_der_enter(r, tag) : tlsni_rd_make(NULL, 0);
}

static bool parse(struct signed_data *out, struct tlsni_rd *content)
{
    struct tlsni_rd r = tlsni_der_enter(content, TLSNI_DER_SEQUENCE);

    (void)tlsni_der_small(&r);                        /* version */
    (void)tlsni_der_get(&r, TLSNI_DER_SET);           /* digestAlgorithms */
    (void)tlsni_der_get(&r, TLSNI_DER_SEQUENCE);      /* contents */
    out->certificates = optional_set(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    out->crls = optional_set(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(1));
    (void)tlsni_der_get(&r, TLSNI_DER_SET); /* signerInfos */
    return tlsni_rd_done(&r) && tlsni_rd_done(content);
}

/* Other choices than a certificate (attribute certificates, RFC 5652 10.2.2) have tags of their own. */
static tlsn_status each(struct tlsni_rd *r, tlsn_status (*take)(void *ctx, struct tlsn_span der),
                        void *ctx, struct tlsni_err *err)
{
    tlsn_status st = TLSN_OK;

    while (st == TLSN_OK && tlsni_rd_left(r)) {
        struct tlsni_der e = tlsni_der_next(r);

        if (e.tag == TLSNI_DER_SEQUENCE && take)
            st = take(ctx, e.whole);
    }
    return st == TLSN_OK && r->bad ? bad(err, "a damaged set") : st;
}

tlsn_status tlsni_pkcs7_each(struct tlsn_span der,
                             tlsn_status (*certificate)(void *ctx, struct tlsn_span der),
                             tlsn_status (*crl)(void *ctx, struct tlsn_span der), void *ctx,
                             struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE), content;
    enum tlsni_oid type = tlsni_oid_find(tlsni_der_oid(&r));
    struct signed_data data;
    tlsn_status st;

    if (r.bad || type != TLSNI_OID_P7_SIGNED_DATA)
        return bad(err, "not a SignedData");
    content = tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    if (!parse(&data, &content) || !tlsni_rd_done(&r))
        return bad(err, "damaged");
    st = each(&data.certificates, certificate, ctx, err);
    return st == TLSN_OK ? each(&data.crls, crl, ctx, err) : st;
}
