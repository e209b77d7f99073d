/* key.c - private keys: which of the forms it is follows from the DER itself, so that labels need
 * not be believed. Everything read here is secret; nothing of it goes into an error's text. */
#include "x509/key.h"

#include "x509/algid.h"
#include "x509/ber.h"
#include "x509/pbe.h"
#include "x509/pem.h"
#include "x509/pem_encrypted.h"
#include "x509/write.h"

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_KEY, "x509", "private key: %s", what);
}

static tlsn_status encrypted(struct tlsni_err *err)
{
    return tlsni_fail(err, TLSN_ERR_KEY_ENCRYPTED, "x509", "the private key is encrypted");
}

/* What pk.h says about the numbers, in the terms of a key file. */
static tlsn_status judged(tlsn_status st, struct tlsni_err *err)
{
    if (st >= 0 || st == TLSN_ERR_NO_MEMORY || st == TLSN_ERR_RANDOM)
        return st;
    return bad(err, st == TLSN_ERR_NOT_IMPLEMENTED ? "its curve is not supported"
                                                   : "its numbers are not sound");
}

/* RSAPrivateKey; more than two primes (version 1) are refused.
 * @rfc 8017:A.1.2/1, 8017:A.1.2/2 */
static tlsn_status parse_rsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                             enum tlsni_key_type type, struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    int version = tlsni_der_small(&r);
    struct tlsni_rsa_parts p;

    if (version != 0)
        return bad(err, "an RSA key of unknown version");
    p.n = tlsni_der_unsigned(&r);
    p.e = tlsni_der_unsigned(&r);
    p.d = tlsni_der_unsigned(&r);
    p.p = tlsni_der_unsigned(&r);
    p.q = tlsni_der_unsigned(&r);
    p.dp = tlsni_der_unsigned(&r);
    p.dq = tlsni_der_unsigned(&r);
    p.qinv = tlsni_der_unsigned(&r);
    if (!tlsni_rd_done(&r))
        return bad(err, "a damaged RSA key");
    return judged(tlsni_privkey_new_rsa(out, env, type, &p), err);
}

/* The form OpenSSL has always written, "DSA PRIVATE KEY": 0, p, q, g, y, x. */
static tlsn_status parse_dsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                             struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    int version = tlsni_der_small(&r);
    struct tlsni_dl_params params;
    struct tlsn_span x, y;

    params.p = tlsni_der_unsigned(&r);
    params.q = tlsni_der_unsigned(&r);
    params.g = tlsni_der_unsigned(&r);
    y = tlsni_der_unsigned(&r);
    x = tlsni_der_unsigned(&r);
    if (version != 0 || !tlsni_rd_done(&r))
        return bad(err, "a damaged DSA key");
    return judged(tlsni_privkey_new_dsa(out, env, &params, x, y), err);
}

/* The exponent by itself; the parameters stand in PKCS#8's algorithm identifier. */
static tlsn_status parse_exponent(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                  const struct tlsni_key_algid *key, struct tlsn_span der,
                                  struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_rd_span(der);
    struct tlsn_span x = tlsni_der_unsigned(&r), none = { NULL, 0 };

    if (!tlsni_rd_done(&r))
        return bad(err, "a damaged exponent");
    if (key->type == TLSNI_KEY_DH)
        return judged(tlsni_privkey_new_dh(out, env, &key->dl, x, none), err);
    return judged(tlsni_privkey_new_dsa(out, env, &key->dl, x, none), err);
}

/* How many INTEGERs follow. */
static unsigned count_integers(struct tlsni_rd r)
{
    unsigned n = 0;

    for (; tlsni_der_peek(&r, TLSNI_DER_INTEGER); n++)
        (void)tlsni_der_next(&r);
    return n;
}

/* The two optional members of ECPrivateKey; *named keeps its value without the first. */
static bool ec_options(struct tlsni_rd *r, uint16_t *named, struct tlsn_span *point)
{
    struct tlsni_rd inner;

    if (tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0))) {
        inner = tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        *named = tlsni_algid_curve(tlsni_oid_find(tlsni_der_oid(&inner)));
        if (!tlsni_rd_done(&inner))
            return false;
    }
    if (tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(1))) {
        inner = tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(1));
        *point = tlsni_der_bits(&inner);
        if (!tlsni_rd_done(&inner))
            return false;
    }
    return tlsni_rd_done(r);
}

/* ECPrivateKey, RFC 5915 3. group: the curve if it is known from outside (PKCS#8), else 0.
 * @rfc 5915:3/1, 5915:3/2 */
static tlsn_status parse_ec(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                            uint16_t group, struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    int version = tlsni_der_small(&r);
    struct tlsn_span scalar = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
    struct tlsn_span point = { NULL, 0 };
    uint16_t named = group;

    if (!ec_options(&r, &named, &point) || version != 1 || !scalar.len)
        return bad(err, "a damaged EC key");
    if (!named || (group && named != group))
        return bad(err, "an EC key without a curve that is supported");
    return judged(tlsni_privkey_new_ec(out, env, named, scalar, point), err);
}

/* CurvePrivateKey, RFC 8410 7.
 * @rfc 8410:7/1 */
static tlsn_status parse_eddsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               enum tlsni_key_type type, struct tlsn_span der,
                               struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_rd_span(der);
    struct tlsn_span seed = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);

    if (!tlsni_rd_done(&r))
        return bad(err, "a damaged EdDSA key");
    return judged(tlsni_privkey_new_eddsa(out, env, type, seed), err);
}

static tlsn_status parse_typed(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               const struct tlsni_key_algid *algorithm, struct tlsn_span der,
                               struct tlsni_err *err)
{
    enum tlsni_key_type type = (enum tlsni_key_type)algorithm->type;

    switch (type) {
    case TLSNI_KEY_RSA:
    case TLSNI_KEY_RSA_PSS:
        return parse_rsa(out, env, type, der, err);
    case TLSNI_KEY_EC:
        return parse_ec(out, env, algorithm->group, der, err);
    case TLSNI_KEY_DSA:
    case TLSNI_KEY_DH:
        return parse_exponent(out, env, algorithm, der, err);
    default:
        return parse_eddsa(out, env, type, der, err);
    }
}

enum { PUBLIC_MAX = TLSNI_RSA_BITS_MAX / 8 + 32 };

/* The public key that may stand beside the private one, in the form of a SubjectPublicKeyInfo, has to be its own.
 * @rfc 5958:2/10 */
static tlsn_status check_public(const struct tlsni_privkey *key, struct tlsn_span bits,
                                struct tlsni_err *err)
{
    uint8_t own[PUBLIC_MAX];
    struct tlsni_wr w = tlsni_wr_make(own, sizeof own);

    if (!bits.data)
        return TLSN_OK;
    tlsni_write_public_bits(&w, tlsni_privkey_public(key));
    return !w.bad && tlsni_span_eq(bits, tlsni_span_make(own, w.len))
               ? TLSN_OK
               : bad(err, "its public key is another one's");
}

/* @rfc 5958:2/5, 5958:2/9
 * Attributes, which nobody looks at, and from version 1 (v2) on the public key, an IMPLICIT BIT
 * STRING. */
static bool pkcs8_options(struct tlsni_rd *r, int version, struct tlsn_span *bits)
{
    if (tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0)))
        (void)tlsni_der_next(r);
    if (version == 1 && tlsni_der_peek(r, TLSNI_DER_CONTEXT(1))) {
        *bits = tlsni_der_next(r).body;
        if (!bits->len || bits->data[0] != 0)
            return false;
        *bits = tlsni_span_make(bits->data + 1, bits->len - 1);
    }
    return tlsni_rd_done(r);
}

/* OneAsymmetricKey; r stands behind the version.
 * @rfc 5958:2/5, 5958:2/7, 5958:2/8 */
static tlsn_status parse_pkcs8(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               int version, struct tlsni_rd *r, struct tlsni_err *err)
{
    struct tlsn_span algid = tlsni_der_get_whole(r, TLSNI_DER_SEQUENCE);
    struct tlsn_span der = tlsni_der_get(r, TLSNI_DER_OCTET_STRING);
    struct tlsn_span bits = { NULL, 0 };
    struct tlsni_key_algid algorithm;
    tlsn_status st;

    if (!pkcs8_options(r, version, &bits) || version > 1)
        return bad(err, "a damaged PKCS#8 structure");
    if (tlsni_algid_key(&algorithm, algid, NULL) != TLSN_OK)
        return bad(err, "its algorithm or curve is not supported");
    st = parse_typed(out, env, &algorithm, der, err);
    if (st == TLSN_OK)
        st = check_public(*out, bits, err);
    if (st == TLSN_OK)
        return st;
    tlsni_privkey_free(*out);
    *out = NULL;
    return st;
}

/* Unencrypted. What follows the version tells PKCS#1, PKCS#8, SEC1 and DSA's form apart. */
static tlsn_status parse_plain(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               struct tlsn_span der, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    int version = tlsni_der_small(&r);

    if (tlsni_der_peek(&r, TLSNI_DER_SEQUENCE))
        return parse_pkcs8(out, env, version, &r, err);
    if (tlsni_der_peek(&r, TLSNI_DER_OCTET_STRING))
        return parse_ec(out, env, 0, der, err);
    if (count_integers(r) == 5)
        return parse_dsa(out, env, der, err);
    if (tlsni_der_peek(&r, TLSNI_DER_INTEGER))
        return parse_rsa(out, env, TLSNI_KEY_RSA, der, err);
    return bad(err, "not a private key");
}

/* EncryptedPrivateKeyInfo; r stands inside. @rfc 5958:3/1 */
static tlsn_status parse_encrypted(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                   struct tlsni_rd *r, struct tlsni_unlock *unlock,
                                   struct tlsni_err *err)
{
    struct tlsn_span algorithm = tlsni_der_get_whole(r, TLSNI_DER_SEQUENCE);
    struct tlsn_span sealed = tlsni_der_get(r, TLSNI_DER_OCTET_STRING);
    struct tlsni_buf plain = { 0 };
    tlsn_status st;

    if (!tlsni_rd_done(r))
        return bad(err, "not a private key");
    if (!unlock)
        return encrypted(err);
    st = tlsni_pbe_open(unlock, "private key", algorithm, sealed, &plain, err);
    if (st == TLSN_OK)
        st = parse_plain(out, env, tlsni_buf_span(&plain), err);
    tlsni_buf_free(env, &plain);
    return st;
}

static tlsn_status parse_strict(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                struct tlsn_span der, struct tlsni_unlock *unlock,
                                struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);

    *out = NULL;
    if (tlsni_der_peek(&r, TLSNI_DER_SEQUENCE))
        return parse_encrypted(out, env, &r, unlock, err);
    return parse_plain(out, env, der, err);
}

/* Lengths of BER become those of DER first; what is no BER either is left to the strict reader.
 * @rfc 5958:2/3 */
tlsn_status tlsni_key_parse_der(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                struct tlsn_span der, struct tlsni_unlock *unlock,
                                struct tlsni_err *err)
{
    struct tlsni_buf strict = { 0 };
    tlsn_status st = tlsni_ber_to_der(env, der, &strict);

    *out = NULL;
    if (st == TLSN_OK)
        der = tlsni_buf_span(&strict);
    if (st != TLSN_ERR_NO_MEMORY)
        st = parse_strict(out, env, der, unlock, err);
    tlsni_buf_free(env, &strict);
    return st;
}

/* @rfc 7468:10/1, 7468:11/1, 5958:5/1 */
bool tlsni_key_label(struct tlsn_span label)
{
    static const char tail[] = "PRIVATE KEY";
    size_t n = sizeof tail - 1;

    return label.len >= n && memcmp(label.data + label.len - n, tail, n) == 0;
}

tlsn_status tlsni_key_parse_block(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                  const struct tlsni_pem_block *block, uint8_t *data,
                                  struct tlsni_unlock *unlock, struct tlsni_err *err)
{
    size_t len = block->len;
    tlsn_status st = TLSN_OK;

    *out = NULL;
    if (block->encrypted && !unlock)
        return encrypted(err);
    if (block->encrypted)
        st = tlsni_pem_decrypt(unlock, block->dek_info, data, &len, err);
    return st == TLSN_OK ? tlsni_key_parse_der(out, env, tlsni_span_make(data, len), unlock, err)
                         : st;
}

static tlsn_status parse_pem(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                             struct tlsn_span text, struct tlsni_unlock *unlock,
                             struct tlsni_err *err)
{
    struct tlsni_buf der = { NULL, 0, 0, 0 };
    struct tlsni_pem_block block = { 0 };
    tlsn_status st;

    do
        st = tlsni_pem_next_sealed(env, &text, &block, &der, err);
    while (st == TLSN_OK && !tlsni_key_label(block.label));
    if (st == TLSN_OK)
        st = tlsni_key_parse_block(out, env, &block, der.data + der.start + block.first, unlock,
                                   err);
    else if (st == TLSN_ERR_NOT_FOUND)
        st = tlsni_fail(err, TLSN_ERR_PEM, "x509", "no private key in this text");
    tlsni_buf_free(env, &der);
    return st;
}

/* DER is one SEQUENCE and nothing else; no text looks like that. */
tlsn_status tlsni_key_parse_unlocked(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                     struct tlsn_span data, struct tlsni_unlock *unlock,
                                     struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_rd_span(data);

    *out = NULL;
    (void)tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    return tlsni_rd_done(&r) || tlsni_ber_looks(data)
                             ? tlsni_key_parse_der(out, env, data, unlock, err)
                             : parse_pem(out, env, data, unlock, err);
}

tlsn_status tlsni_key_parse(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                            struct tlsn_span data, struct tlsni_err *err)
{
    return tlsni_key_parse_unlocked(out, env, data, NULL, err);
}
