/* algid.c - tables of algorithm identifiers and the parameters they take. */
#include "x509/algid.h"

#include "cipher/group.h"

enum params { PARAMS_ABSENT, PARAMS_NULL, PARAMS_NULL_OR_ABSENT, PARAMS_PSS };

struct sig_row {
    uint8_t oid, key, hash, padding, params;
    const char *source;
};

/* RFC 4055 5 has verifiers accept PKCS#1 identifiers without parameters too.
 * @rfc 4055:5/1, 8017:A.2.4/1
 * @rfc 8422:5.3/1, 8422:5.9/1, 8422:5.9/2, 8422:5.9/3
 * @rfc 8410:6/1 */
static const struct sig_row sig_rows[] = {
    { TLSNI_OID_RSA_SHA256, TLSNI_KEY_RSA, TLSNI_HASH_SHA256, TLSNI_PAD_PKCS1,
      PARAMS_NULL_OR_ABSENT, "RFC 4055 5" },
    { TLSNI_OID_ECDSA_SHA256, TLSNI_KEY_EC, TLSNI_HASH_SHA256, 0, PARAMS_ABSENT, "RFC 5758 3.2" },
    { TLSNI_OID_ECDSA_SHA384, TLSNI_KEY_EC, TLSNI_HASH_SHA384, 0, PARAMS_ABSENT, "RFC 5758 3.2" },
    { TLSNI_OID_RSA_SHA384, TLSNI_KEY_RSA, TLSNI_HASH_SHA384, TLSNI_PAD_PKCS1,
      PARAMS_NULL_OR_ABSENT, "RFC 4055 5" },
    { TLSNI_OID_RSA_SHA512, TLSNI_KEY_RSA, TLSNI_HASH_SHA512, TLSNI_PAD_PKCS1,
      PARAMS_NULL_OR_ABSENT, "RFC 4055 5" },
    { TLSNI_OID_RSA_PSS, TLSNI_KEY_RSA_PSS, 0, TLSNI_PAD_PSS, PARAMS_PSS, "RFC 4055 3.1" },
    { TLSNI_OID_ED25519, TLSNI_KEY_ED25519, 0, 0, PARAMS_ABSENT, "RFC 8410 3" },
    { TLSNI_OID_ED448, TLSNI_KEY_ED448, 0, 0, PARAMS_ABSENT, "RFC 8410 3" },
    { TLSNI_OID_ECDSA_SHA512, TLSNI_KEY_EC, TLSNI_HASH_SHA512, 0, PARAMS_ABSENT, "RFC 5758 3.2" },
    { TLSNI_OID_ECDSA_SHA224, TLSNI_KEY_EC, TLSNI_HASH_SHA224, 0, PARAMS_ABSENT, "RFC 5758 3.2" },
    { TLSNI_OID_ECDSA_SHA1, TLSNI_KEY_EC, TLSNI_HASH_SHA1, 0, PARAMS_ABSENT, "RFC 3279 2.2.3" },
    { TLSNI_OID_RSA_SHA224, TLSNI_KEY_RSA, TLSNI_HASH_SHA224, TLSNI_PAD_PKCS1,
      PARAMS_NULL_OR_ABSENT, "RFC 4055 5" },
    { TLSNI_OID_RSA_SHA1, TLSNI_KEY_RSA, TLSNI_HASH_SHA1, TLSNI_PAD_PKCS1, PARAMS_NULL_OR_ABSENT,
      "RFC 3279 2.2.1" },
    { TLSNI_OID_RSA_SHA1_OIW, TLSNI_KEY_RSA, TLSNI_HASH_SHA1, TLSNI_PAD_PKCS1,
      PARAMS_NULL_OR_ABSENT, "OIW Stable Agreements, Part 12" },
    { TLSNI_OID_RSA_MD5, TLSNI_KEY_RSA, TLSNI_HASH_MD5, TLSNI_PAD_PKCS1, PARAMS_NULL_OR_ABSENT,
      "RFC 3279 2.2.1" },
    { TLSNI_OID_DSA_SHA256, TLSNI_KEY_DSA, TLSNI_HASH_SHA256, 0, PARAMS_ABSENT, "RFC 5758 3.1" },
    { TLSNI_OID_DSA_SHA1, TLSNI_KEY_DSA, TLSNI_HASH_SHA1, 0, PARAMS_ABSENT, "RFC 3279 2.2.2" },
    { TLSNI_OID_DSA_SHA224, TLSNI_KEY_DSA, TLSNI_HASH_SHA224, 0, PARAMS_ABSENT, "RFC 5758 3.1" },
    { TLSNI_OID_DSA_SHA384, TLSNI_KEY_DSA, TLSNI_HASH_SHA384, 0, PARAMS_ABSENT, "NIST CSOR" },
    { TLSNI_OID_DSA_SHA512, TLSNI_KEY_DSA, TLSNI_HASH_SHA512, 0, PARAMS_ABSENT, "NIST CSOR" },
};

struct key_row {
    uint8_t oid, type, params;
    const char *source;
};

/* The type is 0 where no certificate of TLS has such a key: it can be neither signed with nor, by a
 * suite, agreed with. EC takes a curve, RSASSA-PSS its own parameters or none, DSA and DH a
 * group; they are read apart.
 * @rfc 4055:1.2/1, 4055:1.2/2, 8422:5.4/6
 * @rfc 5480:2.1/1, 8410:3/1 */
static const struct key_row key_rows[] = {
    { TLSNI_OID_RSA, TLSNI_KEY_RSA, PARAMS_NULL, "RFC 3279 2.3.1" },
    { TLSNI_OID_RSA_PSS, TLSNI_KEY_RSA_PSS, PARAMS_PSS, "RFC 4055 3.1" },
    { TLSNI_OID_EC, TLSNI_KEY_EC, PARAMS_ABSENT, "RFC 5480 2.1.1" },
    { TLSNI_OID_ED25519, TLSNI_KEY_ED25519, PARAMS_ABSENT, "RFC 8410 3" },
    { TLSNI_OID_ED448, TLSNI_KEY_ED448, PARAMS_ABSENT, "RFC 8410 3" },
    { TLSNI_OID_X25519, TLSNI_KEY_NONE, PARAMS_ABSENT, "RFC 8410 3" },
    { TLSNI_OID_X448, TLSNI_KEY_NONE, PARAMS_ABSENT, "RFC 8410 3" },
    { TLSNI_OID_DSA, TLSNI_KEY_DSA, PARAMS_ABSENT, "RFC 3279 2.3.2" },
    { TLSNI_OID_DH, TLSNI_KEY_DH, PARAMS_ABSENT, "RFC 3279 2.3.3" },
    { TLSNI_OID_DH_PKCS3, TLSNI_KEY_DH, PARAMS_ABSENT, "PKCS #3 9" },
};

struct pair_row {
    uint8_t oid;
    uint16_t id;
    const char *source;
};

static const struct pair_row hash_rows[] = {
    { TLSNI_OID_SHA256, TLSNI_HASH_SHA256, "RFC 4055 2.1" },
    { TLSNI_OID_SHA384, TLSNI_HASH_SHA384, "RFC 4055 2.1" },
    { TLSNI_OID_SHA512, TLSNI_HASH_SHA512, "RFC 4055 2.1" },
    { TLSNI_OID_SHA224, TLSNI_HASH_SHA224, "RFC 4055 2.1" },
    { TLSNI_OID_SHA1, TLSNI_HASH_SHA1, "RFC 4055 2.1" },
};

/* @rfc 7027:1/1 */
static const struct pair_row curve_rows[] = {
    { TLSNI_OID_P256, TLSNI_GROUP_SECP256R1, "RFC 5480 2.1.1.1" },
    { TLSNI_OID_P384, TLSNI_GROUP_SECP384R1, "RFC 5480 2.1.1.1" },
    { TLSNI_OID_P521, TLSNI_GROUP_SECP521R1, "RFC 5480 2.1.1.1" },
    { TLSNI_OID_P192, TLSNI_GROUP_SECP192R1, "RFC 5480 2.1.1.1" },
    { TLSNI_OID_P224, TLSNI_GROUP_SECP224R1, "RFC 5480 2.1.1.1" },
    { TLSNI_OID_SECP256K1, TLSNI_GROUP_SECP256K1, "SEC 2 A.2.1" },
    { TLSNI_OID_BRAINPOOL256, TLSNI_GROUP_BRAINPOOLP256R1, "RFC 5639 A.1" },
    { TLSNI_OID_BRAINPOOL384, TLSNI_GROUP_BRAINPOOLP384R1, "RFC 5639 A.1" },
    { TLSNI_OID_BRAINPOOL512, TLSNI_GROUP_BRAINPOOLP512R1, "RFC 5639 A.1" },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

uint16_t tlsni_algid_curve(enum tlsni_oid oid)
{
    for (size_t i = 0; i < COUNT(curve_rows); i++)
        if (curve_rows[i].oid == oid)
            return curve_rows[i].id;
    return 0;
}

enum tlsni_oid tlsni_algid_curve_oid(uint16_t group)
{
    for (size_t i = 0; i < COUNT(curve_rows); i++)
        if (curve_rows[i].id == group)
            return curve_rows[i].oid;
    return TLSNI_OID_UNKNOWN;
}

enum tlsni_oid tlsni_algid_hash_oid(uint8_t hash)
{
    for (size_t i = 0; i < COUNT(hash_rows); i++)
        if (hash_rows[i].id == hash)
            return hash_rows[i].oid;
    return TLSNI_OID_UNKNOWN;
}

enum tlsni_oid tlsni_algid_signature_oid(const struct tlsni_sig_params *p)
{
    if (p->padding == TLSNI_PAD_PSS)
        return TLSNI_OID_RSA_PSS;
    for (size_t i = 0; i < COUNT(sig_rows); i++)
        if (sig_rows[i].key == p->key && sig_rows[i].hash == p->hash &&
            sig_rows[i].padding == p->padding)
            return sig_rows[i].oid;
    return TLSNI_OID_UNKNOWN;
}

static bool params_fit(struct tlsni_rd *r, enum params rule)
{
    if (rule == PARAMS_NULL || (rule == PARAMS_NULL_OR_ABSENT && r->p != r->end))
        return tlsni_der_get(r, TLSNI_DER_NULL).len == 0 && tlsni_rd_done(r);
    return tlsni_rd_done(r);
}

/* HashAlgorithm ::= AlgorithmIdentifier, with NULL or without parameters.
 * @rfc 4055:2.1/1, 8017:A.2.3/2 */
static uint8_t hash_of(struct tlsni_rd *r)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    enum tlsni_oid oid = tlsni_oid_find(tlsni_der_oid(&s));

    if (params_fit(&s, PARAMS_NULL_OR_ABSENT))
        for (size_t i = 0; i < COUNT(hash_rows); i++)
            if (hash_rows[i].oid == oid)
                return (uint8_t)hash_rows[i].id;
    tlsni_rd_fail(r);
    return 0;
}

/* @rfc 4055:2.2/1 */
static uint8_t mgf_hash_of(struct tlsni_rd *r)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    enum tlsni_oid oid = tlsni_oid_find(tlsni_der_oid(&s));
    uint8_t hash = hash_of(&s);

    if (oid != TLSNI_OID_MGF1 || !tlsni_rd_done(&s))
        tlsni_rd_fail(r);
    return hash;
}

/* RSASSA-PSS-params: every member has a default, the last one no other value.
 * @rfc 4055:3.1/1, 4055:3.1/2, 4055:3.1/3, 4055:3.1/5, 8446:4.2.3/13, 8017:A.2.3/5 */
static bool pss_params(struct tlsni_rd *r, struct tlsni_sig_params *out)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE), m;
    int salt = 20, trailer = 1;

    out->hash = out->mgf_hash = TLSNI_HASH_SHA1;
    for (uint8_t tag = TLSNI_DER_CONSTRUCTED_CONTEXT(0); tag <= TLSNI_DER_CONSTRUCTED_CONTEXT(3);
         tag++) {
        if (!tlsni_der_peek(&s, tag))
            continue;
        m = tlsni_der_enter(&s, tag);
        switch (tag & 3) {
        case 0: out->hash = hash_of(&m); break;
        case 1: out->mgf_hash = mgf_hash_of(&m); break;
        case 2: salt = tlsni_der_small(&m); break;
        default: trailer = tlsni_der_small(&m); break;
        }
        if (!tlsni_rd_done(&m))
            return false;
    }
    out->salt_len = (uint16_t)salt;
    return tlsni_rd_done(&s) && tlsni_rd_done(r) && salt <= UINT16_MAX && trailer == 1;
}

struct tlsni_sig_params tlsni_algid_signature(struct tlsn_span whole)
{
    static const struct tlsni_sig_params none = { 0, 0, 0, 0, 0 };
    struct tlsni_rd r = tlsni_der_open_span(whole, TLSNI_DER_SEQUENCE);
    enum tlsni_oid oid = tlsni_oid_find(tlsni_der_oid(&r));
    struct tlsni_sig_params out = none;

    for (size_t i = 0; i < COUNT(sig_rows); i++) {
        if (sig_rows[i].oid != oid)
            continue;
        out.key = sig_rows[i].key;
        out.hash = sig_rows[i].hash;
        out.padding = sig_rows[i].padding;
        if (sig_rows[i].params == PARAMS_PSS)
            return pss_params(&r, &out) ? out : none;
        return params_fit(&r, sig_rows[i].params) ? out : none;
    }
    return none;
}

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_CERT_BAD, "x509", "public key: %s", what);
}

/* Named curves only (RFC 5480 2.1.1): the two other choices of ECParameters stay out.
 * @rfc 5480:2.1.1/1, 5480:2.1.1/2, 5480:2.1.1/3, 5480:2.1.1/4, 5480:2.1.1/5 */
static tlsn_status curve_params(struct tlsni_key_algid *out, struct tlsni_rd *r,
                                struct tlsni_err *err)
{
    struct tlsn_span oid;
    char text[64];

    if (!tlsni_der_peek(r, TLSNI_DER_OID))
        return bad(err, "the curve is not given by name");
    oid = tlsni_der_oid(r);
    if (!tlsni_rd_done(r))
        return bad(err, "damaged curve parameters");
    out->group = tlsni_algid_curve(tlsni_oid_find(oid));
    if (!out->group)
        return tlsni_fail(err, TLSN_ERR_CERT_UNSUPPORTED, "x509", "unknown curve %s",
                          tlsni_oid_text(text, sizeof text, oid));
    return TLSN_OK;
}

/* Dss-Parms. Without them they are the issuer's (RFC 3279 2.3.2), and a key by itself is of no use. */
static tlsn_status dsa_params(struct tlsni_key_algid *out, struct tlsni_rd *r,
                              struct tlsni_err *err)
{
    struct tlsni_rd s;

    if (r->p == r->end)
        return tlsni_fail(err, TLSN_ERR_CERT_UNSUPPORTED, "x509",
                          "public key: DSA parameters inherited from the issuer");
    s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    out->dl.p = tlsni_der_unsigned(&s);
    out->dl.q = tlsni_der_unsigned(&s);
    out->dl.g = tlsni_der_unsigned(&s);
    return tlsni_rd_done(&s) && tlsni_rd_done(r) ? TLSN_OK : bad(err, "damaged DSA parameters");
}

/* X9.42's DomainParameters: p, g, q, then what proves how they were made, which nobody looks at; or
 * PKCS #3's: p, g, and perhaps the length of exponents. */
static tlsn_status dh_params(struct tlsni_key_algid *out, struct tlsni_rd *r, bool pkcs3,
                             struct tlsni_err *err)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);

    out->dl.p = tlsni_der_unsigned(&s);
    out->dl.g = tlsni_der_unsigned(&s);
    if (!pkcs3)
        out->dl.q = tlsni_der_unsigned(&s);
    if (tlsni_der_peek(&s, TLSNI_DER_INTEGER)) /* j, privateValueLength */
        (void)tlsni_der_unsigned(&s);
    if (!pkcs3 && tlsni_der_peek(&s, TLSNI_DER_SEQUENCE)) /* validationParms */
        (void)tlsni_der_next(&s);
    return tlsni_rd_done(&s) && tlsni_rd_done(r) ? TLSN_OK : bad(err, "damaged DH parameters");
}

static tlsn_status key_params(struct tlsni_key_algid *out, const struct key_row *row,
                              struct tlsni_rd *r, struct tlsni_err *err)
{
    out->type = row->type;
    if (row->type == TLSNI_KEY_EC)
        return curve_params(out, r, err);
    if (row->type == TLSNI_KEY_DSA)
        return dsa_params(out, r, err);
    if (row->type == TLSNI_KEY_DH)
        return dh_params(out, r, row->oid == TLSNI_OID_DH_PKCS3, err);
    if (row->params == PARAMS_PSS && r->p != r->end) {
        out->restricted = true;
        out->pss.key = TLSNI_KEY_RSA_PSS;
        out->pss.padding = TLSNI_PAD_PSS;
        return pss_params(r, &out->pss) ? TLSN_OK : bad(err, "damaged RSASSA-PSS parameters");
    }
    if (!params_fit(r, row->params == PARAMS_PSS ? PARAMS_ABSENT : row->params))
        return bad(err, "parameters that its algorithm does not allow");
    return row->type ? TLSN_OK
                     : tlsni_fail(err, TLSN_ERR_CERT_UNSUPPORTED, "x509",
                                  "public key: %s signs nothing", tlsni_oid_row(row->oid)->name);
}

tlsn_status tlsni_algid_key(struct tlsni_key_algid *out, struct tlsn_span whole,
                            struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(whole, TLSNI_DER_SEQUENCE);
    struct tlsn_span body = tlsni_der_oid(&r);
    enum tlsni_oid oid = tlsni_oid_find(body);
    char text[64];

    memset(out, 0, sizeof *out);
    if (r.bad)
        return bad(err, "damaged algorithm identifier");
    for (size_t i = 0; i < COUNT(key_rows); i++)
        if (key_rows[i].oid == oid)
            return key_params(out, &key_rows[i], &r, err);
    return tlsni_fail(err, TLSN_ERR_CERT_UNSUPPORTED, "x509", "unknown public key algorithm %s",
                      tlsni_oid_text(text, sizeof text, body));
}

/* @rfc 4055:3.1/4, 4055:3.3/1, 4055:1.2/7 */
bool tlsni_algid_pss_allowed(const struct tlsni_key_algid *key, const struct tlsni_sig_params *sig)
{
    return !key->restricted || (sig->hash == key->pss.hash && sig->mgf_hash == key->pss.mgf_hash &&
                                sig->salt_len >= key->pss.salt_len);
}
