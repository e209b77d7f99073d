/* csr.c - certification requests: parsed, and proved to come from who has the key (RFC 2986 4.2). */
#include "x509/csr.h"

#include "x509/algid.h"
#include "x509/cert.h"
#include "x509/der.h"
#include "x509/oid.h"
#include "x509/spki.h"

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509", "certification request: %s", what);
}

/* Extensions, RFC 2985 5.4.2. Others than the names are the authority's affair. */
static bool read_extensions(struct tlsni_csr *out, struct tlsni_rd *list)
{
    while (tlsni_rd_left(list)) {
        struct tlsni_rd e = tlsni_der_enter(list, TLSNI_DER_SEQUENCE);
        enum tlsni_oid oid = tlsni_oid_find(tlsni_der_oid(&e));
        struct tlsn_span value;

        if (tlsni_der_peek(&e, TLSNI_DER_BOOLEAN))
            (void)tlsni_der_bool(&e);
        value = tlsni_der_get(&e, TLSNI_DER_OCTET_STRING);
        if (!tlsni_rd_done(&e))
            return false;
        if (oid == TLSNI_OID_SUBJECT_ALT_NAME)
            out->san = value;
    }
    return !list->bad;
}

static bool read_attributes(struct tlsni_csr *out, struct tlsni_rd *list)
{
    while (tlsni_rd_left(list)) {
        struct tlsni_rd a = tlsni_der_enter(list, TLSNI_DER_SEQUENCE), set, extensions;
        enum tlsni_oid oid = tlsni_oid_find(tlsni_der_oid(&a));

        set = tlsni_der_enter(&a, TLSNI_DER_SET);
        if (!tlsni_rd_done(&a))
            return false;
        if (oid != TLSNI_OID_EXTENSION_REQUEST)
            continue;
        extensions = tlsni_der_enter(&set, TLSNI_DER_SEQUENCE);
        if (!tlsni_rd_done(&set) || !read_extensions(out, &extensions))
            return false;
    }
    return !list->bad;
}

static bool read_info(struct tlsni_csr *out, struct tlsn_span info)
{
    struct tlsni_rd r = tlsni_der_open_span(info, TLSNI_DER_SEQUENCE), attributes;
    int version = tlsni_der_small(&r);

    out->subject = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    out->spki = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    attributes = tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    return version == 0 && tlsni_rd_done(&r) && read_attributes(out, &attributes);
}

tlsn_status tlsni_csr_parse(struct tlsni_csr *out, struct tlsni_pubkey **key,
                            const struct tlsn_hooks *env, struct tlsn_span der,
                            struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    struct tlsn_span info = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    struct tlsn_span algorithm = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    struct tlsn_span signature = tlsni_der_bits(&r);
    struct tlsni_sig_params params;
    tlsn_status st;

    memset(out, 0, sizeof *out);
    *key = NULL;
    if (!tlsni_rd_done(&r) || !read_info(out, info))
        return bad(err, "damaged");
    params = tlsni_algid_signature(algorithm);
    if (!params.key)
        return tlsni_fail(err, TLSN_ERR_CERT_UNSUPPORTED, "x509",
                          "certification request: its signature algorithm is not supported");
    st = tlsni_spki_parse(key, env, out->spki, err);
    if (st == TLSN_OK && tlsni_spki_verify(*key, out->spki, &params, info, signature) != TLSN_OK)
        st = tlsni_fail(err, TLSN_ERR_CERT_SIGNATURE, "x509",
                        "certification request: it is not signed by its own key");
    if (st != TLSN_OK) {
        tlsni_pubkey_free(*key);
        *key = NULL;
    }
    return st;
}
