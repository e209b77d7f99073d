/* oid.h - every object identifier that this library knows, one row each. */
#ifndef TLSNI_X509_OID_H
#define TLSNI_X509_OID_H

#include <tls-native/types.h>

enum tlsni_oid {
    TLSNI_OID_UNKNOWN = 0,
    /* public keys */
    TLSNI_OID_RSA, TLSNI_OID_RSA_PSS, TLSNI_OID_EC, TLSNI_OID_ED25519, TLSNI_OID_ED448,
    TLSNI_OID_DSA, TLSNI_OID_DH, TLSNI_OID_DH_PKCS3,
    /* curves */
    TLSNI_OID_P256, TLSNI_OID_P384, TLSNI_OID_P521, TLSNI_OID_P192, TLSNI_OID_P224,
    TLSNI_OID_SECP256K1, TLSNI_OID_BRAINPOOL256, TLSNI_OID_BRAINPOOL384, TLSNI_OID_BRAINPOOL512,
    /* signatures */
    TLSNI_OID_RSA_MD2, TLSNI_OID_RSA_MD5, TLSNI_OID_RSA_SHA1, TLSNI_OID_RSA_SHA1_OIW, TLSNI_OID_RSA_SHA224,
    TLSNI_OID_RSA_SHA256, TLSNI_OID_RSA_SHA384, TLSNI_OID_RSA_SHA512,
    TLSNI_OID_ECDSA_SHA1, TLSNI_OID_ECDSA_SHA224, TLSNI_OID_ECDSA_SHA256, TLSNI_OID_ECDSA_SHA384,
    TLSNI_OID_ECDSA_SHA512, TLSNI_OID_DSA_SHA1, TLSNI_OID_DSA_SHA224, TLSNI_OID_DSA_SHA256,
    TLSNI_OID_DSA_SHA384, TLSNI_OID_DSA_SHA512,
    /* hashes and mask generation */
    TLSNI_OID_SHA1, TLSNI_OID_SHA224, TLSNI_OID_SHA256, TLSNI_OID_SHA384, TLSNI_OID_SHA512,
    TLSNI_OID_MGF1,
    /* certificate extensions */
    TLSNI_OID_SUBJECT_KEY_ID, TLSNI_OID_KEY_USAGE, TLSNI_OID_SUBJECT_ALT_NAME,
    TLSNI_OID_ISSUER_ALT_NAME, TLSNI_OID_BASIC_CONSTRAINTS, TLSNI_OID_NAME_CONSTRAINTS,
    TLSNI_OID_CRL_DISTRIBUTION, TLSNI_OID_POLICIES, TLSNI_OID_POLICY_MAPPINGS,
    TLSNI_OID_AUTHORITY_KEY_ID, TLSNI_OID_POLICY_CONSTRAINTS, TLSNI_OID_EXT_KEY_USAGE,
    TLSNI_OID_FRESHEST_CRL, TLSNI_OID_INHIBIT_ANY_POLICY, TLSNI_OID_AUTHORITY_INFO,
    TLSNI_OID_SUBJECT_INFO, TLSNI_OID_SUBJECT_DIRECTORY,
    /* the policy that stands for all; other names */
    TLSNI_OID_ANY_POLICY, TLSNI_OID_ON_SMTP_UTF8,
    /* extensions outside of RFC 5280 */
    TLSNI_OID_TLS_FEATURE, TLSNI_OID_SCT_LIST, TLSNI_OID_CT_POISON,
    /* extensions of revocation lists and their entries */
    TLSNI_OID_CRL_NUMBER, TLSNI_OID_CRL_REASON, TLSNI_OID_INVALIDITY_DATE,
    TLSNI_OID_DELTA_CRL, TLSNI_OID_ISSUING_POINT, TLSNI_OID_CERTIFICATE_ISSUER,
    /* OCSP */
    TLSNI_OID_AD_OCSP, TLSNI_OID_AD_CA_ISSUERS, TLSNI_OID_OCSP_BASIC, TLSNI_OID_OCSP_NONCE,
    TLSNI_OID_OCSP_CRL, TLSNI_OID_OCSP_NOCHECK, TLSNI_OID_OCSP_ARCHIVE_CUTOFF,
    TLSNI_OID_OCSP_PREFERRED_SIGALGS, TLSNI_OID_OCSP_EXTENDED_REVOKE, TLSNI_OID_OCSP_SCT_LIST,
    /* purposes */
    TLSNI_OID_EKU_SERVER_AUTH, TLSNI_OID_EKU_CLIENT_AUTH, TLSNI_OID_EKU_OCSP_SIGNING,
    TLSNI_OID_EKU_PRECERT_SIGNING, TLSNI_OID_EKU_ANY,
    /* forms of other names */
    TLSNI_OID_ON_DNS_SRV,
    /* attributes of names */
    TLSNI_OID_CN, TLSNI_OID_SN, TLSNI_OID_SERIAL_NUMBER, TLSNI_OID_C, TLSNI_OID_L, TLSNI_OID_ST,
    TLSNI_OID_STREET, TLSNI_OID_O, TLSNI_OID_OU, TLSNI_OID_TITLE, TLSNI_OID_GIVEN_NAME,
    TLSNI_OID_UID, TLSNI_OID_DC, TLSNI_OID_EMAIL,
    /* others */
    TLSNI_OID_EXTENSION_REQUEST,
    /* hashes and MACs of stored keys */
    TLSNI_OID_MD5, TLSNI_OID_SHA512_224, TLSNI_OID_SHA512_256, TLSNI_OID_HMAC_MD5,
    TLSNI_OID_HMAC_SHA1, TLSNI_OID_HMAC_SHA224, TLSNI_OID_HMAC_SHA256, TLSNI_OID_HMAC_SHA384,
    TLSNI_OID_HMAC_SHA512, TLSNI_OID_HMAC_SHA512_224, TLSNI_OID_HMAC_SHA512_256,
    /* encryption by a password */
    TLSNI_OID_PBE_MD5_DES, TLSNI_OID_PBE_MD5_RC2, TLSNI_OID_PBE_SHA1_DES, TLSNI_OID_PBE_SHA1_RC2,
    TLSNI_OID_PBE_P12_RC4_128, TLSNI_OID_PBE_P12_RC4_40, TLSNI_OID_PBE_P12_3DES,
    TLSNI_OID_PBE_P12_3DES_2KEY, TLSNI_OID_PBE_P12_RC2_128, TLSNI_OID_PBE_P12_RC2_40,
    TLSNI_OID_PBES2, TLSNI_OID_PBKDF2, TLSNI_OID_PBMAC1, TLSNI_OID_SCRYPT, TLSNI_OID_DES_CBC,
    TLSNI_OID_DES_EDE3_CBC, TLSNI_OID_RC2_CBC, TLSNI_OID_AES_128_CBC, TLSNI_OID_AES_192_CBC,
    TLSNI_OID_AES_256_CBC, TLSNI_OID_CAMELLIA_128_CBC, TLSNI_OID_CAMELLIA_256_CBC,
    /* PKCS#7 and PKCS#12 */
    TLSNI_OID_P7_DATA, TLSNI_OID_P7_SIGNED_DATA, TLSNI_OID_P7_ENCRYPTED_DATA, TLSNI_OID_BAG_KEY,
    TLSNI_OID_BAG_SHROUDED_KEY, TLSNI_OID_BAG_CERT, TLSNI_OID_BAG_CRL, TLSNI_OID_BAG_SECRET,
    TLSNI_OID_BAG_SAFE_CONTENTS, TLSNI_OID_P9_X509_CERT, TLSNI_OID_P9_X509_CRL,
    TLSNI_OID_P9_FRIENDLY_NAME, TLSNI_OID_P9_LOCAL_KEY_ID,
    TLSNI_OID_COUNT
};

struct tlsni_oid_row {
    enum tlsni_oid id;
    uint8_t len;     /* of the contents octets */
    uint8_t der[11]; /* contents octets */
    const char *dotted;
    const char *name; /* what it means; for attributes the keyword of RFC 4514 3 */
    const char *source;
};

/* All rows in the order of the enum, beginning with TLSNI_OID_UNKNOWN. */
const struct tlsni_oid_row *tlsni_oid_rows(size_t *count);
const struct tlsni_oid_row *tlsni_oid_row(enum tlsni_oid id);
/* The row of these contents octets, or TLSNI_OID_UNKNOWN. */
enum tlsni_oid tlsni_oid_find(struct tlsn_span body);
struct tlsn_span tlsni_oid_bytes(enum tlsni_oid id);
/* The attribute with this keyword, without regard to case, or TLSNI_OID_UNKNOWN. */
enum tlsni_oid tlsni_oid_attribute(const char *keyword, size_t len);
/* Dotted decimal text, cut to fit; cap >= 1. Returns out. */
const char *tlsni_oid_text(char *out, size_t cap, struct tlsn_span body);

/* The contents octets of dotted decimal text of len bytes: their number, 0 when it is none or does not
 * fit. Arcs have 32 bits at most. */
size_t tlsni_oid_encode(uint8_t *out, size_t cap, const char *text, size_t len);

#endif
