/* key.c - private keys: PKCS#1 (RFC 8017 A.1.2), SEC1 (RFC 5915 3), PKCS#8 (RFC 5958 2). */
#include "x509/key.h"

#include <string.h>
#include "x509/algid.h"
#include "x509/pem.h"

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_KEY, "x509", "private key: %s", what);
}

static tlsn_status judged(tlsn_status st, struct tlsni_err *err)
{
    return st == TLSN_OK || st == TLSN_ERR_NO_MEMORY ? st : bad(err, "its values are not sound");
}

static tlsn_status read_rsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                            enum tlsni_key_type type, struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    struct tlsni_rsa_parts p;
    int version = tlsni_der_small(&r);

    p.n = tlsni_der_unsigned(&r);
    p.e = tlsni_der_unsigned(&r);
    p.d = tlsni_der_unsigned(&r);
    p.p = tlsni_der_unsigned(&r);
    p.q = tlsni_der_unsigned(&r);
    p.dp = tlsni_der_unsigned(&r);
    p.dq = tlsni_der_unsigned(&r);
    p.qinv = tlsni_der_unsigned(&r);
    if (!r.bad && version == 1)
        return bad(err, "RSA with more than two primes");
    if (!tlsni_rd_done(&r) || version != 0)
        return bad(err, "damaged RSAPrivateKey");
    return judged(tlsni_privkey_new_rsa(out, env, type, &p), err);
}

/* The curve: from PKCS#8's algorithm (group), from the key's own parameters, or both alike. */
static tlsn_status read_ec(struct tlsni_privkey **out, const struct tlsn_hooks *env, uint16_t group,
                           struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE), inner;
    struct tlsn_span scalar, point = tlsni_span_make(NULL, 0);
    int version = tlsni_der_small(&r);
    uint16_t own = group;

    scalar = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
    if (tlsni_der_peek(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0))) {
        inner = tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        own = tlsni_algid_curve(tlsni_oid_find(tlsni_der_oid(&inner)));
        if (!tlsni_rd_done(&inner))
            return bad(err, "only named curves are supported");
    }
    if (tlsni_der_peek(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(1))) {
        inner = tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(1));
        point = tlsni_der_bits(&inner);
        if (!tlsni_rd_done(&inner))
            return bad(err, "damaged public point");
    }
    if (!tlsni_rd_done(&r) || version != 1)
        return bad(err, "damaged ECPrivateKey");
    if (!own || (group && own != group))
        return bad(err, "unknown curve");
    return judged(tlsni_privkey_new_ec(out, env, own, scalar, point), err);
}

/* CurvePrivateKey: an OCTET STRING inside the OCTET STRING (RFC 8410 7). */
static tlsn_status read_eddsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                              enum tlsni_key_type type, struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_rd_span(der);
    struct tlsn_span seed = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);

    if (!tlsni_rd_done(&r))
        return bad(err, "damaged CurvePrivateKey");
    return judged(tlsni_privkey_new_eddsa(out, env, type, seed), err);
}

/* What may follow the key in PKCS#8: attributes [0], and in version 2 the public key [1]. */
static bool skip_rest(struct tlsni_rd *r, int version)
{
    if (tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0)))
        (void)tlsni_der_get(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    if (tlsni_der_peek(r, TLSNI_DER_CONTEXT(1))) {
        (void)tlsni_der_get(r, TLSNI_DER_CONTEXT(1));
        if (version < 1)
            return false;
    }
    return tlsni_rd_done(r);
}

static tlsn_status read_pkcs8(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                              struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    int version = tlsni_der_small(&r);
    struct tlsn_span algorithm = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    struct tlsn_span key = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
    struct tlsni_key_algid id;

    if (!skip_rest(&r, version) || version > 1)
        return bad(err, "damaged PrivateKeyInfo");
    if (tlsni_algid_key(&id, algorithm, NULL) != TLSN_OK)
        return bad(err, "unknown algorithm");
    switch (id.type) {
    case TLSNI_KEY_RSA:
    case TLSNI_KEY_RSA_PSS:
        return read_rsa(out, env, (enum tlsni_key_type)id.type, key, err);
    case TLSNI_KEY_EC:
        return read_ec(out, env, id.group, key, err);
    default:
        return read_eddsa(out, env, (enum tlsni_key_type)id.type, key, err);
    }
}

static tlsn_status encrypted(struct tlsni_err *err)
{
    return tlsni_fail(err, TLSN_ERR_KEY_ENCRYPTED, "x509", "private key is encrypted");
}

/* Which of the forms a bare DER key has: they differ in what follows the version. */
static tlsn_status read_der(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                            struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);

    if (r.bad)
        return tlsni_fail(err, TLSN_ERR_PEM, "x509", "no private key in it");
    if (tlsni_der_peek(&r, TLSNI_DER_SEQUENCE))
        return encrypted(err); /* EncryptedPrivateKeyInfo, RFC 5958 3 */
    (void)tlsni_der_small(&r);
    if (tlsni_der_peek(&r, TLSNI_DER_SEQUENCE))
        return read_pkcs8(out, env, der, err);
    if (tlsni_der_peek(&r, TLSNI_DER_OCTET_STRING))
        return read_ec(out, env, 0, der, err);
    return read_rsa(out, env, TLSNI_KEY_RSA, der, err);
}

static bool is(struct tlsn_span label, const char *text)
{
    return tlsni_span_eq(label, tlsni_span_make(text, strlen(text)));
}

/* One PEM block; TLSN_ERR_NOT_FOUND when it holds something else. `text` still begins with the block. */
static tlsn_status read_block(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                              struct tlsn_span label, struct tlsn_span der, struct tlsni_err *err)
{
    if (is(label, "PRIVATE KEY"))
        return read_pkcs8(out, env, der, err);
    if (is(label, "RSA PRIVATE KEY"))
        return read_rsa(out, env, TLSNI_KEY_RSA, der, err);
    if (is(label, "EC PRIVATE KEY"))
        return read_ec(out, env, 0, der, err);
    if (is(label, "ENCRYPTED PRIVATE KEY"))
        return encrypted(err);
    return TLSN_ERR_NOT_FOUND;
}

/* RFC 1421 headers of the traditional encrypted form: they are no base64, so the block looks damaged. */
static bool has_header(struct tlsn_span text)
{
    static const char mark[] = "Proc-Type: 4,ENCRYPTED";

    for (size_t i = 0; i + sizeof mark - 1 <= text.len; i++)
        if (memcmp(text.data + i, mark, sizeof mark - 1) == 0)
            return true;
    return false;
}

static tlsn_status read_pem(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                            struct tlsn_span text, struct tlsni_err *err)
{
    struct tlsni_buf der = { 0 };
    tlsn_status st = TLSN_ERR_NOT_FOUND;

    while (st == TLSN_ERR_NOT_FOUND) {
        struct tlsn_span label;
        size_t first, len;

        st = tlsni_pem_next(env, &text, &label, &der, &first, &len, NULL);
        if (st != TLSN_OK)
            break;
        st = read_block(out, env, label, tlsni_span_make(der.data + first, len), err);
    }
    tlsni_buf_free(env, &der);
    return st;
}

tlsn_status tlsni_key_parse(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                            struct tlsn_span data, struct tlsni_err *err)
{
    tlsn_status st;

    *out = NULL;
    if (data.len && data.data[0] == TLSNI_DER_SEQUENCE)
        return read_der(out, env, data, err);
    if (has_header(data))
        return encrypted(err);
    st = read_pem(out, env, data, err);
    if (st == TLSN_ERR_NOT_FOUND || st == TLSN_ERR_PEM)
        return tlsni_fail(err, TLSN_ERR_PEM, "x509", "no private key in it");
    return st;
}
