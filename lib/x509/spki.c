/* spki.c - SubjectPublicKeyInfo (RFC 5280 4.1.2.7) to a prepared public key. */
#include "cipher/group.h"
#include "x509/algid.h"
#include "x509/cert.h"
#include "x509/spki.h"

enum { RSA_EXPONENT_MAX = 32 }; /* bytes: FIPS 186-5 5.4 e; without a bound 7 ms a signature */

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509", "public key: %s", what);
}

/* What pk.h says about a key, in the terms of a certificate. */
static tlsn_status judged(tlsn_status st, struct tlsni_err *err)
{
    if (st == TLSN_ERR_ILLEGAL_PARAMETER)
        return bad(err, "its value is not sound");
    if (st == TLSN_ERR_NOT_IMPLEMENTED)
        return tlsni_fail(err, TLSN_ERR_CERT_UNSUPPORTED, "x509", "public key: unknown curve");
    return st;
}

/* RSAPublicKey, RFC 8017 A.1.1. */
static tlsn_status rsa(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                       const struct tlsni_key_algid *key, struct tlsn_span bits,
                       struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(bits, TLSNI_DER_SEQUENCE);
    struct tlsn_span n = tlsni_der_unsigned(&r), e = tlsni_der_unsigned(&r);
    tlsn_status st;

    if (!tlsni_rd_done(&r))
        return bad(err, "damaged RSAPublicKey");
    if (e.len > RSA_EXPONENT_MAX)
        return tlsni_fail(err, TLSN_ERR_CERT_UNSUPPORTED, "x509",
                          "public key: an RSA exponent of more than 256 bits");
    st = tlsni_pubkey_new_rsa(out, env, key->type, n, e);
    if (st == TLSN_OK && key->restricted)
        tlsni_pubkey_restrict(*out, &key->pss);
    return judged(st, err);
}

/* DSAPublicKey and DHPublicKey, RFC 3279 2.3.2 and 2.3.3. */
static tlsn_status dl(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                      const struct tlsni_key_algid *key, struct tlsn_span bits,
                      struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_rd_span(bits);
    struct tlsn_span y = tlsni_der_unsigned(&r);

    if (!tlsni_rd_done(&r))
        return bad(err, "damaged public value");
    return judged(key->type == TLSNI_KEY_DSA ? tlsni_pubkey_new_dsa(out, env, &key->dl, y)
                                             : tlsni_pubkey_new_dh(out, env, &key->dl, y), err);
}

static tlsn_status spki_open(struct tlsn_span spki, struct tlsn_span *algorithm,
                             struct tlsn_span *bits, struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(spki, TLSNI_DER_SEQUENCE);

    *algorithm = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    *bits = tlsni_der_bits(&r);
    return tlsni_rd_done(&r) ? TLSN_OK : bad(err, "damaged SubjectPublicKeyInfo");
}

/* heritage: the AlgorithmIdentifier that a DSA key without parameters takes them from (RFC 3279 2.3.2,
 * RFC 5280 6.1.4 d to f), or empty. */
static tlsn_status algorithm_of(struct tlsni_key_algid *out, struct tlsn_span algorithm,
                                struct tlsn_span heritage, struct tlsni_err *err)
{
    tlsn_status st = tlsni_algid_key(out, algorithm, heritage.len ? NULL : err);

    if (heritage.len && st == TLSN_ERR_CERT_UNSUPPORTED && out->type == TLSNI_KEY_DSA)
        st = tlsni_algid_key(out, heritage, err);
    return st;
}

bool tlsni_spki_inherits(struct tlsn_span spki)
{
    struct tlsni_key_algid key;

    return tlsni_spki_algorithm(&key, spki, NULL) == TLSN_ERR_CERT_UNSUPPORTED &&
           key.type == TLSNI_KEY_DSA;
}

struct tlsn_span tlsni_spki_bequeaths(struct tlsn_span spki)
{
    struct tlsn_span algorithm, bits;
    struct tlsni_key_algid key;

    if (spki_open(spki, &algorithm, &bits, NULL) == TLSN_OK &&
        tlsni_algid_key(&key, algorithm, NULL) == TLSN_OK && key.type == TLSNI_KEY_DSA)
        return algorithm;
    return tlsni_span_make(NULL, 0);
}

tlsn_status tlsni_spki_algorithm(struct tlsni_key_algid *out, struct tlsn_span spki,
                                 struct tlsni_err *err)
{
    struct tlsn_span algorithm, bits;
    tlsn_status st = spki_open(spki, &algorithm, &bits, err);

    return st == TLSN_OK ? tlsni_algid_key(out, algorithm, err) : st;
}

static unsigned number_bits(struct tlsn_span n)
{
    unsigned len;

    if (!n.len || n.len > TLSNI_RSA_BITS_MAX)
        return 0;
    len = (unsigned)n.len * 8;
    for (unsigned top = n.data[0]; len && !(top & 0x80); top <<= 1)
        len--;
    return len;
}

static struct tlsni_spki_size size_of(struct tlsn_span spki, struct tlsn_span heritage)
{
    struct tlsn_span algorithm, bits;
    struct tlsni_spki_size size = { 0 };
    const struct tlsni_group *group;
    struct tlsni_key_algid key;
    struct tlsni_rd r;

    if (spki_open(spki, &algorithm, &bits, NULL) != TLSN_OK ||
        algorithm_of(&key, algorithm, heritage, NULL) != TLSN_OK)
        return size;
    size.type = key.type;
    if (key.type == TLSNI_KEY_RSA || key.type == TLSNI_KEY_RSA_PSS) {
        r = tlsni_der_open_span(bits, TLSNI_DER_SEQUENCE);
        size.bits = number_bits(tlsni_der_unsigned(&r));
    } else if (key.type == TLSNI_KEY_DSA || key.type == TLSNI_KEY_DH) {
        size.bits = number_bits(key.dl.p);
    } else if (key.type == TLSNI_KEY_EC) {
        size.group = key.group;
        group = tlsni_group_find(key.group);
        size.bits = group ? group->bits : 0;
    }
    return size;
}

struct tlsni_spki_size tlsni_spki_size(struct tlsn_span spki)
{
    return size_of(spki, tlsni_span_make(NULL, 0));
}

struct tlsni_spki_size tlsni_cert_key_size(const struct tlsni_cert *cert)
{
    return size_of(cert->spki, cert->heritage);
}

/* @rfc 8410:4/1 */
static tlsn_status parse(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                         struct tlsn_span spki, struct tlsn_span heritage, struct tlsni_err *err)
{
    struct tlsn_span algorithm, bits;
    struct tlsni_key_algid key;
    tlsn_status st = spki_open(spki, &algorithm, &bits, err);

    *out = NULL;
    if (st == TLSN_OK)
        st = algorithm_of(&key, algorithm, heritage, err);
    if (st != TLSN_OK)
        return st;
    switch (key.type) {
    case TLSNI_KEY_RSA:
    case TLSNI_KEY_RSA_PSS: /* @rfc 4055:1.2/3 */
        return rsa(out, env, &key, bits, err);
    case TLSNI_KEY_EC:
        return judged(tlsni_pubkey_new_ec(out, env, key.group, bits), err);
    case TLSNI_KEY_DSA:
    case TLSNI_KEY_DH:
        return dl(out, env, &key, bits, err);
    default:
        return judged(tlsni_pubkey_new_eddsa(out, env, key.type, bits), err);
    }
}

tlsn_status tlsni_spki_parse(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                             struct tlsn_span spki, struct tlsni_err *err)
{
    return parse(out, env, spki, tlsni_span_make(NULL, 0), err);
}

tlsn_status tlsni_cert_pubkey(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                              const struct tlsni_cert *cert, struct tlsni_err *err)
{
    return parse(out, env, cert->spki, cert->heritage, err);
}

/* @rfc 4055:1.2/6 */
tlsn_status tlsni_spki_verify(const struct tlsni_pubkey *key, struct tlsn_span spki,
                              const struct tlsni_sig_params *params, struct tlsn_span message,
                              struct tlsn_span signature)
{
    struct tlsni_sig_params p = *params;
    struct tlsni_key_algid algid;

    if (p.padding == TLSNI_PAD_PSS) {
        if (tlsni_spki_algorithm(&algid, spki, NULL) != TLSN_OK ||
            !tlsni_algid_pss_allowed(&algid, &p))
            return TLSN_ERR_ILLEGAL_PARAMETER;
        if (algid.type == TLSNI_KEY_RSA)
            p.key = TLSNI_KEY_RSA;
    }
    return tlsni_pubkey_verify(key, &p, message, signature);
}
