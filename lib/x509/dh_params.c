/* dh_params.c - which of the two forms it is follows from the DER: both begin with prime and generator.
 * What stands behind them (a length of exponents; the order of the subgroup, the factor, how the prime
 * was made) is checked for its form and not used. */
#include "x509/dh_params.h"

#include "x509/der.h"
#include "x509/pem.h"

static tlsn_status damaged(struct tlsni_err *err)
{
    return tlsni_fail(err, TLSN_ERR_PEM, "x509", "not the parameters of a Diffie-Hellman group");
}

/* PKCS#3 9: privateValueLength INTEGER OPTIONAL. RFC 3279 2.3.3: q INTEGER, j INTEGER OPTIONAL,
 * validationParms SEQUENCE OPTIONAL. */
static bool skip_rest(struct tlsni_rd *r)
{
    for (int integers = 0; integers < 2 && tlsni_der_peek(r, TLSNI_DER_INTEGER); integers++)
        (void)tlsni_der_unsigned(r);
    if (tlsni_der_peek(r, TLSNI_DER_SEQUENCE))
        (void)tlsni_der_next(r);
    return tlsni_rd_done(r);
}

static tlsn_status keep_group(struct tlsni_dh_params *out, struct tlsni_buf *keep,
                              const struct tlsn_hooks *env, const struct tlsni_dh_params *dh)
{
    tlsn_status st = tlsni_buf_reserve(env, keep, dh->p.len + dh->g.len);

    if (st == TLSN_OK)
        st = tlsni_buf_append(env, keep, dh->p.data, dh->p.len);
    if (st == TLSN_OK)
        st = tlsni_buf_append(env, keep, dh->g.data, dh->g.len);
    if (st != TLSN_OK)
        return st;
    out->g = tlsni_span_make(keep->data + keep->end - dh->g.len, dh->g.len);
    out->p = tlsni_span_make(out->g.data - dh->p.len, dh->p.len);
    return TLSN_OK;
}

static tlsn_status read_der(struct tlsni_dh_params *out, struct tlsni_buf *keep,
                            const struct tlsn_hooks *env, struct tlsn_span der,
                            struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    struct tlsni_dh_params dh;

    dh.p = tlsni_der_unsigned(&r);
    dh.g = tlsni_der_unsigned(&r);
    if (!skip_rest(&r))
        return damaged(err);
    if (tlsni_dh_check(&dh) != TLSN_OK)
        return tlsni_fail(err, TLSN_ERR_ILLEGAL_PARAMETER, "x509",
                          "the Diffie-Hellman group of %zu bits is not sound", tlsni_dh_bits(&dh));
    return keep_group(out, keep, env, &dh);
}

static bool is_label(struct tlsn_span label)
{
    static const char tail[] = "DH PARAMETERS";
    size_t n = sizeof tail - 1;

    return label.len >= n && memcmp(label.data + label.len - n, tail, n) == 0;
}

static tlsn_status read_pem(struct tlsni_dh_params *out, struct tlsni_buf *keep,
                            const struct tlsn_hooks *env, struct tlsn_span text,
                            struct tlsni_err *err)
{
    struct tlsni_buf der = { NULL, 0, 0, 0 };
    struct tlsn_span label;
    size_t first, len;
    tlsn_status st;

    do
        st = tlsni_pem_next(env, &text, &label, &der, &first, &len, err);
    while (st == TLSN_OK && !is_label(label));
    if (st == TLSN_OK)
        st = read_der(out, keep, env, tlsni_span_make(der.data + der.start + first, len), err);
    else if (st == TLSN_ERR_NOT_FOUND)
        st = damaged(err);
    tlsni_buf_free(env, &der);
    return st;
}

tlsn_status tlsni_dh_params_read(struct tlsni_dh_params *out, struct tlsni_buf *keep,
                                 const struct tlsn_hooks *env, struct tlsn_span data,
                                 struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_rd_span(data);

    (void)tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    return tlsni_rd_done(&r) ? read_der(out, keep, env, data, err)
                             : read_pem(out, keep, env, data, err);
}
