/* pbe_parse.c - what the AlgorithmIdentifier of a password-based encryption says. */
#include "x509/algid.h"
#include "x509/der.h"
#include "x509/pbe.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Schemes that name hash and cipher at once: salt and iteration count are all that is open.
 * RC2 of PBES1 has 64 effective bits (RFC 8018 A.3).
 * @rfc 7292:C/1, 8018:6.1/1 */
static const struct scheme {
    enum tlsni_oid oid;
    enum tlsni_pbe_kdf kdf;
    enum tlsni_hash_id hash;
    enum tlsni_pbe_cipher_id cipher;
    uint8_t key_len, rc2_bits;
} schemes[] = {
    { TLSNI_OID_PBE_MD5_DES, TLSNI_PBE_KDF_PBKDF1, TLSNI_HASH_MD5, TLSNI_PBE_DES, 8, 0 },
    { TLSNI_OID_PBE_MD5_RC2, TLSNI_PBE_KDF_PBKDF1, TLSNI_HASH_MD5, TLSNI_PBE_RC2, 8, 64 },
    { TLSNI_OID_PBE_SHA1_DES, TLSNI_PBE_KDF_PBKDF1, TLSNI_HASH_SHA1, TLSNI_PBE_DES, 8, 0 },
    { TLSNI_OID_PBE_SHA1_RC2, TLSNI_PBE_KDF_PBKDF1, TLSNI_HASH_SHA1, TLSNI_PBE_RC2, 8, 64 },
    { TLSNI_OID_PBE_P12_RC4_128, TLSNI_PBE_KDF_PKCS12, TLSNI_HASH_SHA1, TLSNI_PBE_RC4, 16, 0 },
    { TLSNI_OID_PBE_P12_RC4_40, TLSNI_PBE_KDF_PKCS12, TLSNI_HASH_SHA1, TLSNI_PBE_RC4, 5, 0 },
    { TLSNI_OID_PBE_P12_3DES, TLSNI_PBE_KDF_PKCS12, TLSNI_HASH_SHA1, TLSNI_PBE_3DES, 24, 0 },
    { TLSNI_OID_PBE_P12_3DES_2KEY, TLSNI_PBE_KDF_PKCS12, TLSNI_HASH_SHA1, TLSNI_PBE_3DES_2KEY, 16,
      0 },
    { TLSNI_OID_PBE_P12_RC2_128, TLSNI_PBE_KDF_PKCS12, TLSNI_HASH_SHA1, TLSNI_PBE_RC2, 16, 128 },
    { TLSNI_OID_PBE_P12_RC2_40, TLSNI_PBE_KDF_PKCS12, TLSNI_HASH_SHA1, TLSNI_PBE_RC2, 5, 40 },
};

/* @rfc 8018:B.2/1 */
static const struct cipher_oid {
    enum tlsni_oid oid;
    enum tlsni_pbe_cipher_id cipher;
} cipher_oids[] = {
    { TLSNI_OID_DES_CBC, TLSNI_PBE_DES },
    { TLSNI_OID_DES_EDE3_CBC, TLSNI_PBE_3DES },
    { TLSNI_OID_RC2_CBC, TLSNI_PBE_RC2 },
    { TLSNI_OID_AES_128_CBC, TLSNI_PBE_AES_128 },
    { TLSNI_OID_AES_192_CBC, TLSNI_PBE_AES_192 },
    { TLSNI_OID_AES_256_CBC, TLSNI_PBE_AES_256 },
    { TLSNI_OID_CAMELLIA_128_CBC, TLSNI_PBE_CAMELLIA_128 },
    { TLSNI_OID_CAMELLIA_256_CBC, TLSNI_PBE_CAMELLIA_256 },
};

/* @rfc 8018:A.2/3 */
static const struct hmac_oid {
    enum tlsni_oid oid;
    enum tlsni_hash_id hash;
} hmac_oids[] = {
    { TLSNI_OID_HMAC_SHA1, TLSNI_HASH_SHA1 },
    { TLSNI_OID_HMAC_SHA256, TLSNI_HASH_SHA256 },
    { TLSNI_OID_HMAC_SHA384, TLSNI_HASH_SHA384 },
    { TLSNI_OID_HMAC_SHA512, TLSNI_HASH_SHA512 },
    { TLSNI_OID_HMAC_SHA224, TLSNI_HASH_SHA224 },
    { TLSNI_OID_HMAC_SHA512_224, TLSNI_HASH_SHA512_224 },
    { TLSNI_OID_HMAC_SHA512_256, TLSNI_HASH_SHA512_256 },
    { TLSNI_OID_HMAC_MD5, TLSNI_HASH_MD5 },
};

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_KEY, "x509", "encryption by a password: %s", what);
}

static tlsn_status unknown(struct tlsni_err *err, const char *what, struct tlsn_span oid)
{
    char text[64];

    return tlsni_fail(err, TLSN_ERR_KEY, "x509", "encryption by a password: %s %s is not supported",
                      what, tlsni_oid_text(text, sizeof text, oid));
}

const struct tlsni_hash *tlsni_pbe_hmac(enum tlsni_oid oid)
{
    for (size_t i = 0; i < COUNT(hmac_oids); i++)
        if (hmac_oids[i].oid == oid)
            return tlsni_hash_find(hmac_oids[i].hash);
    return NULL;
}

enum tlsni_oid tlsni_pbe_hmac_oid(const struct tlsni_hash *hash)
{
    for (size_t i = 0; i < COUNT(hmac_oids); i++)
        if (hmac_oids[i].hash == hash->id)
            return hmac_oids[i].oid;
    return TLSNI_OID_UNKNOWN;
}

/* How often; 0 is nothing that can be done. */
static bool read_iterations(struct tlsni_rd *r, uint32_t *out)
{
    int n = tlsni_der_small(r);

    *out = (uint32_t)n;
    return n > 0;
}

/* The PRF with its parameters, NULL or absent. HMAC with SHA-1 when nothing is said.
 * @rfc 8018:A.2/2 */
static const struct tlsni_hash *read_prf(struct tlsni_rd *r)
{
    struct tlsni_rd s;
    const struct tlsni_hash *hash;

    if (!tlsni_der_peek(r, TLSNI_DER_SEQUENCE))
        return tlsni_hash_find(TLSNI_HASH_SHA1);
    s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    hash = tlsni_pbe_hmac(tlsni_oid_find(tlsni_der_oid(&s)));
    if (tlsni_der_peek(&s, TLSNI_DER_NULL))
        (void)tlsni_der_get(&s, TLSNI_DER_NULL);
    return tlsni_rd_done(&s) ? hash : NULL;
}

/* keyLength, 0 when it is not there. PBMAC1 leaves it open how long a key may be. */
static bool read_key_len(struct tlsni_rd *r, size_t *out)
{
    int n = tlsni_der_peek(r, TLSNI_DER_INTEGER) ? tlsni_der_small(r) : 0;

    *out = (size_t)n;
    return n <= TLSNI_PBE_DERIVED_MAX;
}

/* @rfc 8018:A.2/1 */
static bool parse_pbkdf2(struct tlsni_pbe *out, struct tlsni_rd *r)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    bool sound;

    out->kdf = TLSNI_PBE_KDF_PBKDF2;
    out->salt = tlsni_der_get(&s, TLSNI_DER_OCTET_STRING);
    sound = read_iterations(&s, &out->iterations);
    sound = read_key_len(&s, &out->key_len) && sound;
    out->hash = read_prf(&s);
    return sound && out->hash && tlsni_rd_done(&s) && tlsni_rd_done(r);
}

static bool parse_scrypt(struct tlsni_pbe *out, struct tlsni_rd *r)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);

    out->kdf = TLSNI_PBE_KDF_SCRYPT;
    out->salt = tlsni_der_get(&s, TLSNI_DER_OCTET_STRING);
    out->cost.n = (uint64_t)tlsni_der_small(&s);
    out->cost.r = (uint32_t)tlsni_der_small(&s);
    out->cost.p = (uint32_t)tlsni_der_small(&s);
    return read_key_len(&s, &out->key_len) && tlsni_rd_done(&s) && tlsni_rd_done(r) &&
           tlsni_scrypt_memory(&out->cost) != UINT64_MAX;
}

bool tlsni_pbe_parse_kdf(struct tlsni_pbe *out, struct tlsn_span algorithm)
{
    struct tlsni_rd r = tlsni_der_open_span(algorithm, TLSNI_DER_SEQUENCE);
    enum tlsni_oid oid = tlsni_oid_find(tlsni_der_oid(&r));

    if (oid == TLSNI_OID_PBKDF2)
        return parse_pbkdf2(out, &r);
    return oid == TLSNI_OID_SCRYPT && parse_scrypt(out, &r);
}

/* The numbers that stand for effective bits below 256, RFC 8018 B.2.3; 32 when nothing is said.
 * @rfc 8018:B.2/3 */
static uint16_t rc2_bits(int version)
{
    switch (version) {
    case 160: return 40;
    case 120: return 64;
    case 58: return 128;
    default: return version >= 256 && version <= 1024 ? (uint16_t)version : 0;
    }
}

static bool parse_rc2(struct tlsni_pbe *out, struct tlsni_rd *r)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);

    out->rc2_bits = tlsni_der_peek(&s, TLSNI_DER_INTEGER) ? rc2_bits(tlsni_der_small(&s)) : 32;
    out->iv = tlsni_der_get(&s, TLSNI_DER_OCTET_STRING);
    if (!out->key_len)
        out->key_len = out->rc2_bits / 8;
    return tlsni_rd_done(&s) && out->rc2_bits && out->key_len <= TLSNI_PBE_KEY_MAX;
}

static tlsn_status parse_encryption(struct tlsni_pbe *out, struct tlsn_span algorithm,
                                    struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(algorithm, TLSNI_DER_SEQUENCE);
    struct tlsn_span body = tlsni_der_oid(&r);
    enum tlsni_oid oid = tlsni_oid_find(body);
    size_t i;

    for (i = 0; i < COUNT(cipher_oids) && cipher_oids[i].oid != oid; i++)
        ;
    if (r.bad || i == COUNT(cipher_oids))
        return unknown(err, "cipher", body);
    out->cipher = tlsni_pbe_cipher(cipher_oids[i].cipher);
    if (oid == TLSNI_OID_RC2_CBC) {
        if (!parse_rc2(out, &r))
            return bad(err, "damaged parameters of RC2");
    } else {
        out->iv = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
        if (out->key_len && out->key_len != out->cipher->key_len)
            return bad(err, "a key of a length that the cipher does not have");
        out->key_len = out->cipher->key_len;
    }
    return tlsni_rd_done(&r) && out->iv.len == out->cipher->iv_len
               ? TLSN_OK
               : bad(err, "damaged parameters of the cipher");
}

/* @rfc 8018:A.4/1, 8018:6.2/1 */
static tlsn_status parse_pbes2(struct tlsni_pbe *out, struct tlsni_rd *r, struct tlsni_err *err)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    struct tlsn_span kdf = tlsni_der_get_whole(&s, TLSNI_DER_SEQUENCE);
    struct tlsn_span encryption = tlsni_der_get_whole(&s, TLSNI_DER_SEQUENCE);

    if (!tlsni_rd_done(&s) || !tlsni_rd_done(r))
        return bad(err, "damaged parameters of PBES2");
    if (!tlsni_pbe_parse_kdf(out, kdf))
        return bad(err, "a key derivation that is damaged or not supported");
    return parse_encryption(out, encryption, err);
}

/* PBEParameter and pkcs-12PbeParams: salt and count. PBES1's salt has 8 bytes.
 * @rfc 8018:A.3/1 */
static tlsn_status parse_scheme(struct tlsni_pbe *out, const struct scheme *row, struct tlsni_rd *r,
                                struct tlsni_err *err)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);

    out->kdf = row->kdf;
    out->hash = tlsni_hash_find(row->hash);
    out->cipher = tlsni_pbe_cipher(row->cipher);
    out->key_len = row->key_len;
    out->rc2_bits = row->rc2_bits;
    out->salt = tlsni_der_get(&s, TLSNI_DER_OCTET_STRING);
    if (!read_iterations(&s, &out->iterations) || !tlsni_rd_done(&s) || !tlsni_rd_done(r) ||
        (row->kdf == TLSNI_PBE_KDF_PBKDF1 && out->salt.len != 8))
        return bad(err, "damaged salt or iteration count");
    return TLSN_OK;
}

tlsn_status tlsni_pbe_parse(struct tlsni_pbe *out, struct tlsn_span algorithm,
                            struct tlsni_err *err)
{
    struct tlsni_rd r = tlsni_der_open_span(algorithm, TLSNI_DER_SEQUENCE);
    struct tlsn_span body = tlsni_der_oid(&r);
    enum tlsni_oid oid = tlsni_oid_find(body);

    memset(out, 0, sizeof *out);
    if (oid == TLSNI_OID_PBES2)
        return parse_pbes2(out, &r, err);
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (schemes[i].oid == oid)
            return parse_scheme(out, &schemes[i], &r, err);
    return unknown(err, "scheme", body);
}
