/* oid.c - the table of object identifiers and its lookups. */
#include "x509/oid.h"

#include <stdio.h>
#include <strings.h>

#include "base/bytes.h"

/* clang-format off */
static const struct tlsni_oid_row rows[] = {
    { TLSNI_OID_UNKNOWN, 0, { 0 },
      "", "unknown", "" },
    { TLSNI_OID_RSA, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 },
      "1.2.840.113549.1.1.1", "rsaEncryption", "RFC 8017 A.1" },
    { TLSNI_OID_RSA_PSS, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a },
      "1.2.840.113549.1.1.10", "id-RSASSA-PSS", "RFC 4055 3" },
    { TLSNI_OID_EC, 7, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 },
      "1.2.840.10045.2.1", "id-ecPublicKey", "RFC 5480 2.1.1" },
    { TLSNI_OID_ED25519, 3, { 0x2b, 0x65, 0x70 },
      "1.3.101.112", "id-Ed25519", "RFC 8410 3" },
    { TLSNI_OID_ED448, 3, { 0x2b, 0x65, 0x71 },
      "1.3.101.113", "id-Ed448", "RFC 8410 3" },
    { TLSNI_OID_DSA, 7, { 0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01 },
      "1.2.840.10040.4.1", "id-dsa", "RFC 3279 2.3.2" },
    { TLSNI_OID_DH, 7, { 0x2a, 0x86, 0x48, 0xce, 0x3e, 0x02, 0x01 },
      "1.2.840.10046.2.1", "dhpublicnumber", "RFC 3279 2.3.3" },
    { TLSNI_OID_DH_PKCS3, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01 },
      "1.2.840.113549.1.3.1", "dhKeyAgreement", "PKCS #3 9" },
    { TLSNI_OID_X25519, 3, { 0x2b, 0x65, 0x6e },
      "1.3.101.110", "id-X25519", "RFC 8410 3" },
    { TLSNI_OID_X448, 3, { 0x2b, 0x65, 0x6f },
      "1.3.101.111", "id-X448", "RFC 8410 3" },
    { TLSNI_OID_P256, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 },
      "1.2.840.10045.3.1.7", "secp256r1", "RFC 5480 2.1.1.1" },
    { TLSNI_OID_P384, 5, { 0x2b, 0x81, 0x04, 0x00, 0x22 },
      "1.3.132.0.34", "secp384r1", "RFC 5480 2.1.1.1" },
    { TLSNI_OID_P521, 5, { 0x2b, 0x81, 0x04, 0x00, 0x23 },
      "1.3.132.0.35", "secp521r1", "RFC 5480 2.1.1.1" },
    { TLSNI_OID_P192, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x01 },
      "1.2.840.10045.3.1.1", "secp192r1", "RFC 5480 2.1.1.1" },
    { TLSNI_OID_P224, 5, { 0x2b, 0x81, 0x04, 0x00, 0x21 },
      "1.3.132.0.33", "secp224r1", "RFC 5480 2.1.1.1" },
    { TLSNI_OID_SECP256K1, 5, { 0x2b, 0x81, 0x04, 0x00, 0x0a },
      "1.3.132.0.10", "secp256k1", "SEC 2 A.2.1" },
    { TLSNI_OID_BRAINPOOL256, 9, { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07 },
      "1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", "RFC 5639 A.1" },
    { TLSNI_OID_BRAINPOOL384, 9, { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b },
      "1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", "RFC 5639 A.1" },
    { TLSNI_OID_BRAINPOOL512, 9, { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0d },
      "1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", "RFC 5639 A.1" },
    { TLSNI_OID_RSA_MD2, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x02 },
      "1.2.840.113549.1.1.2", "md2WithRSAEncryption", "RFC 3279 2.2.1" },
    { TLSNI_OID_RSA_MD5, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04 },
      "1.2.840.113549.1.1.4", "md5WithRSAEncryption", "RFC 3279 2.2.1" },
    { TLSNI_OID_RSA_SHA1, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05 },
      "1.2.840.113549.1.1.5", "sha1WithRSAEncryption", "RFC 3279 2.2.1" },
    { TLSNI_OID_RSA_SHA1_OIW, 5, { 0x2b, 0x0e, 0x03, 0x02, 0x1d },
      "1.3.14.3.2.29", "sha1WithRSASignature", "OIW Stable Agreements, Part 12" },
    { TLSNI_OID_RSA_SHA224, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0e },
      "1.2.840.113549.1.1.14", "sha224WithRSAEncryption", "RFC 4055 5" },
    { TLSNI_OID_RSA_SHA256, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b },
      "1.2.840.113549.1.1.11", "sha256WithRSAEncryption", "RFC 4055 5" },
    { TLSNI_OID_RSA_SHA384, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c },
      "1.2.840.113549.1.1.12", "sha384WithRSAEncryption", "RFC 4055 5" },
    { TLSNI_OID_RSA_SHA512, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d },
      "1.2.840.113549.1.1.13", "sha512WithRSAEncryption", "RFC 4055 5" },
    { TLSNI_OID_ECDSA_SHA1, 7, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01 },
      "1.2.840.10045.4.1", "ecdsa-with-SHA1", "RFC 3279 2.2.3" },
    { TLSNI_OID_ECDSA_SHA224, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x01 },
      "1.2.840.10045.4.3.1", "ecdsa-with-SHA224", "RFC 5758 3.2" },
    { TLSNI_OID_ECDSA_SHA256, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 },
      "1.2.840.10045.4.3.2", "ecdsa-with-SHA256", "RFC 5758 3.2" },
    { TLSNI_OID_ECDSA_SHA384, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03 },
      "1.2.840.10045.4.3.3", "ecdsa-with-SHA384", "RFC 5758 3.2" },
    { TLSNI_OID_ECDSA_SHA512, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04 },
      "1.2.840.10045.4.3.4", "ecdsa-with-SHA512", "RFC 5758 3.2" },
    { TLSNI_OID_DSA_SHA1, 7, { 0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x03 },
      "1.2.840.10040.4.3", "id-dsa-with-sha1", "RFC 3279 2.2.2" },
    { TLSNI_OID_DSA_SHA224, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x01 },
      "2.16.840.1.101.3.4.3.1", "id-dsa-with-sha224", "RFC 5758 3.1" },
    { TLSNI_OID_DSA_SHA256, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x02 },
      "2.16.840.1.101.3.4.3.2", "id-dsa-with-sha256", "RFC 5758 3.1" },
    { TLSNI_OID_DSA_SHA384, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x03 },
      "2.16.840.1.101.3.4.3.3", "id-dsa-with-sha384", "NIST CSOR, sigAlgs" },
    { TLSNI_OID_DSA_SHA512, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x04 },
      "2.16.840.1.101.3.4.3.4", "id-dsa-with-sha512", "NIST CSOR, sigAlgs" },
    { TLSNI_OID_SHA1, 5, { 0x2b, 0x0e, 0x03, 0x02, 0x1a },
      "1.3.14.3.2.26", "id-sha1", "RFC 4055 2.1" },
    { TLSNI_OID_SHA224, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04 },
      "2.16.840.1.101.3.4.2.4", "id-sha224", "RFC 4055 2.1" },
    { TLSNI_OID_SHA256, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 },
      "2.16.840.1.101.3.4.2.1", "id-sha256", "RFC 4055 2.1" },
    { TLSNI_OID_SHA384, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 },
      "2.16.840.1.101.3.4.2.2", "id-sha384", "RFC 4055 2.1" },
    { TLSNI_OID_SHA512, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 },
      "2.16.840.1.101.3.4.2.3", "id-sha512", "RFC 4055 2.1" },
    { TLSNI_OID_MGF1, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08 },
      "1.2.840.113549.1.1.8", "id-mgf1", "RFC 4055 2.2" },
    { TLSNI_OID_SUBJECT_KEY_ID, 3, { 0x55, 0x1d, 0x0e },
      "2.5.29.14", "subjectKeyIdentifier", "RFC 5280 4.2.1.2" },
    { TLSNI_OID_KEY_USAGE, 3, { 0x55, 0x1d, 0x0f },
      "2.5.29.15", "keyUsage", "RFC 5280 4.2.1.3" },
    { TLSNI_OID_SUBJECT_ALT_NAME, 3, { 0x55, 0x1d, 0x11 },
      "2.5.29.17", "subjectAltName", "RFC 5280 4.2.1.6" },
    { TLSNI_OID_ISSUER_ALT_NAME, 3, { 0x55, 0x1d, 0x12 },
      "2.5.29.18", "issuerAltName", "RFC 5280 4.2.1.7" },
    { TLSNI_OID_BASIC_CONSTRAINTS, 3, { 0x55, 0x1d, 0x13 },
      "2.5.29.19", "basicConstraints", "RFC 5280 4.2.1.9" },
    { TLSNI_OID_NAME_CONSTRAINTS, 3, { 0x55, 0x1d, 0x1e },
      "2.5.29.30", "nameConstraints", "RFC 5280 4.2.1.10" },
    { TLSNI_OID_CRL_DISTRIBUTION, 3, { 0x55, 0x1d, 0x1f },
      "2.5.29.31", "cRLDistributionPoints", "RFC 5280 4.2.1.13" },
    { TLSNI_OID_POLICIES, 3, { 0x55, 0x1d, 0x20 },
      "2.5.29.32", "certificatePolicies", "RFC 5280 4.2.1.4" },
    { TLSNI_OID_POLICY_MAPPINGS, 3, { 0x55, 0x1d, 0x21 },
      "2.5.29.33", "policyMappings", "RFC 5280 4.2.1.5" },
    { TLSNI_OID_AUTHORITY_KEY_ID, 3, { 0x55, 0x1d, 0x23 },
      "2.5.29.35", "authorityKeyIdentifier", "RFC 5280 4.2.1.1" },
    { TLSNI_OID_POLICY_CONSTRAINTS, 3, { 0x55, 0x1d, 0x24 },
      "2.5.29.36", "policyConstraints", "RFC 5280 4.2.1.11" },
    { TLSNI_OID_EXT_KEY_USAGE, 3, { 0x55, 0x1d, 0x25 },
      "2.5.29.37", "extKeyUsage", "RFC 5280 4.2.1.12" },
    { TLSNI_OID_FRESHEST_CRL, 3, { 0x55, 0x1d, 0x2e },
      "2.5.29.46", "freshestCRL", "RFC 5280 4.2.1.15" },
    { TLSNI_OID_INHIBIT_ANY_POLICY, 3, { 0x55, 0x1d, 0x36 },
      "2.5.29.54", "inhibitAnyPolicy", "RFC 5280 4.2.1.14" },
    { TLSNI_OID_AUTHORITY_INFO, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01 },
      "1.3.6.1.5.5.7.1.1", "authorityInfoAccess", "RFC 5280 4.2.2.1" },
    { TLSNI_OID_SUBJECT_INFO, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x0b },
      "1.3.6.1.5.5.7.1.11", "subjectInfoAccess", "RFC 5280 4.2.2.2" },
    { TLSNI_OID_SUBJECT_DIRECTORY, 3, { 0x55, 0x1d, 0x09 },
      "2.5.29.9", "subjectDirectoryAttributes", "RFC 5280 4.2.1.8" },
    { TLSNI_OID_NO_REVOCATION, 3, { 0x55, 0x1d, 0x38 },
      "2.5.29.56", "noRevAvail", "RFC 9608 2" },
    { TLSNI_OID_ANY_POLICY, 4, { 0x55, 0x1d, 0x20, 0x00 },
      "2.5.29.32.0", "anyPolicy", "RFC 5280 4.2.1.4" },
    { TLSNI_OID_ON_SMTP_UTF8, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x09 },
      "1.3.6.1.5.5.7.8.9", "id-on-SmtpUTF8Mailbox", "RFC 9598 3" },
    { TLSNI_OID_QUALIFIER_CPS, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x01 },
      "1.3.6.1.5.5.7.2.1", "id-qt-cps", "RFC 5280 4.2.1.4" },
    { TLSNI_OID_QUALIFIER_NOTICE, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x02 },
      "1.3.6.1.5.5.7.2.2", "id-qt-unotice", "RFC 5280 4.2.1.4" },
    { TLSNI_OID_TLS_FEATURE, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x18 },
      "1.3.6.1.5.5.7.1.24", "tlsfeature", "RFC 7633 4.1" },
    { TLSNI_OID_SCT_LIST, 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02 },
      "1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestampList", "RFC 6962 3.3" },
    { TLSNI_OID_CT_POISON, 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x03 },
      "1.3.6.1.4.1.11129.2.4.3", "precertificatePoison", "RFC 6962 3.1" },
    { TLSNI_OID_DELEGATION_USAGE, 9, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0xda, 0x4b, 0x2c },
      "1.3.6.1.4.1.44363.44", "delegationUsage", "RFC 9345 4.2" },
    { TLSNI_OID_CRL_NUMBER, 3, { 0x55, 0x1d, 0x14 },
      "2.5.29.20", "cRLNumber", "RFC 5280 5.2.3" },
    { TLSNI_OID_CRL_REASON, 3, { 0x55, 0x1d, 0x15 },
      "2.5.29.21", "reasonCode", "RFC 5280 5.3.1" },
    { TLSNI_OID_INVALIDITY_DATE, 3, { 0x55, 0x1d, 0x18 },
      "2.5.29.24", "invalidityDate", "RFC 5280 5.3.2" },
    { TLSNI_OID_DELTA_CRL, 3, { 0x55, 0x1d, 0x1b },
      "2.5.29.27", "deltaCRLIndicator", "RFC 5280 5.2.4" },
    { TLSNI_OID_ISSUING_POINT, 3, { 0x55, 0x1d, 0x1c },
      "2.5.29.28", "issuingDistributionPoint", "RFC 5280 5.2.5" },
    { TLSNI_OID_CERTIFICATE_ISSUER, 3, { 0x55, 0x1d, 0x1d },
      "2.5.29.29", "certificateIssuer", "RFC 5280 5.3.3" },
    { TLSNI_OID_AD_OCSP, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01 },
      "1.3.6.1.5.5.7.48.1", "ocsp", "RFC 5280 4.2.2.1" },
    { TLSNI_OID_AD_CA_ISSUERS, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02 },
      "1.3.6.1.5.5.7.48.2", "caIssuers", "RFC 5280 4.2.2.1" },
    { TLSNI_OID_OCSP_BASIC, 9, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01 },
      "1.3.6.1.5.5.7.48.1.1", "pkixOcspBasic", "RFC 6960 4.2.1" },
    { TLSNI_OID_OCSP_NONCE, 9, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02 },
      "1.3.6.1.5.5.7.48.1.2", "ocspNonce", "RFC 9654 2.1" },
    { TLSNI_OID_OCSP_CRL, 9, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x03 },
      "1.3.6.1.5.5.7.48.1.3", "ocspCrl", "RFC 6960 4.4.2" },
    { TLSNI_OID_OCSP_NOCHECK, 9, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05 },
      "1.3.6.1.5.5.7.48.1.5", "ocspNoCheck", "RFC 6960 4.2.2.2.1" },
    { TLSNI_OID_OCSP_ARCHIVE_CUTOFF, 9, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x06 },
      "1.3.6.1.5.5.7.48.1.6", "ocspArchiveCutoff", "RFC 6960 4.4.4" },
    { TLSNI_OID_OCSP_PREFERRED_SIGALGS, 9, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x08 },
      "1.3.6.1.5.5.7.48.1.8", "ocspPreferredSignatureAlgorithms", "RFC 6960 4.4.7" },
    { TLSNI_OID_OCSP_EXTENDED_REVOKE, 9, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x09 },
      "1.3.6.1.5.5.7.48.1.9", "ocspExtendedRevoke", "RFC 6960 4.4.8" },
    { TLSNI_OID_OCSP_SCT_LIST, 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x05 },
      "1.3.6.1.4.1.11129.2.4.5", "ocspSignedCertificateTimestampList", "RFC 6962 3.3" },
    { TLSNI_OID_EKU_SERVER_AUTH, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01 },
      "1.3.6.1.5.5.7.3.1", "serverAuth", "RFC 5280 4.2.1.12" },
    { TLSNI_OID_EKU_CLIENT_AUTH, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02 },
      "1.3.6.1.5.5.7.3.2", "clientAuth", "RFC 5280 4.2.1.12" },
    { TLSNI_OID_EKU_OCSP_SIGNING, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09 },
      "1.3.6.1.5.5.7.3.9", "OCSPSigning", "RFC 5280 4.2.1.12" },
    { TLSNI_OID_EKU_PRECERT_SIGNING, 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x04 },
      "1.3.6.1.4.1.11129.2.4.4", "precertificateSigning", "RFC 6962 3.1" },
    { TLSNI_OID_EKU_ANY, 4, { 0x55, 0x1d, 0x25, 0x00 },
      "2.5.29.37.0", "anyExtendedKeyUsage", "RFC 5280 4.2.1.12" },
    { TLSNI_OID_ON_DNS_SRV, 8, { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x07 },
      "1.3.6.1.5.5.7.8.7", "dnsSRV", "RFC 4985 2" },
    { TLSNI_OID_CN, 3, { 0x55, 0x04, 0x03 },
      "2.5.4.3", "CN", "RFC 4514 3" },
    { TLSNI_OID_SN, 3, { 0x55, 0x04, 0x04 },
      "2.5.4.4", "SN", "RFC 4519 2.32" },
    { TLSNI_OID_SERIAL_NUMBER, 3, { 0x55, 0x04, 0x05 },
      "2.5.4.5", "serialNumber", "RFC 4519 2.31" },
    { TLSNI_OID_C, 3, { 0x55, 0x04, 0x06 },
      "2.5.4.6", "C", "RFC 4514 3" },
    { TLSNI_OID_L, 3, { 0x55, 0x04, 0x07 },
      "2.5.4.7", "L", "RFC 4514 3" },
    { TLSNI_OID_ST, 3, { 0x55, 0x04, 0x08 },
      "2.5.4.8", "ST", "RFC 4514 3" },
    { TLSNI_OID_STREET, 3, { 0x55, 0x04, 0x09 },
      "2.5.4.9", "STREET", "RFC 4514 3" },
    { TLSNI_OID_O, 3, { 0x55, 0x04, 0x0a },
      "2.5.4.10", "O", "RFC 4514 3" },
    { TLSNI_OID_OU, 3, { 0x55, 0x04, 0x0b },
      "2.5.4.11", "OU", "RFC 4514 3" },
    { TLSNI_OID_TITLE, 3, { 0x55, 0x04, 0x0c },
      "2.5.4.12", "title", "RFC 4519 2.38" },
    { TLSNI_OID_GIVEN_NAME, 3, { 0x55, 0x04, 0x2a },
      "2.5.4.42", "givenName", "RFC 4519 2.12" },
    { TLSNI_OID_UID, 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01 },
      "0.9.2342.19200300.100.1.1", "UID", "RFC 4514 3" },
    { TLSNI_OID_DC, 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19 },
      "0.9.2342.19200300.100.1.25", "DC", "RFC 4514 3" },
    { TLSNI_OID_EMAIL, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01 },
      "1.2.840.113549.1.9.1", "emailAddress", "RFC 5280 4.1.2.6" },
    { TLSNI_OID_EXTENSION_REQUEST, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e },
      "1.2.840.113549.1.9.14", "extensionRequest", "RFC 2985 5.4.2" },
    { TLSNI_OID_MD5, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05 },
      "1.2.840.113549.2.5", "id-md5", "RFC 8018 B.1" },
    { TLSNI_OID_SHA512_224, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x05 },
      "2.16.840.1.101.3.4.2.5", "id-sha512-224", "RFC 8017 B.1" },
    { TLSNI_OID_SHA512_256, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x06 },
      "2.16.840.1.101.3.4.2.6", "id-sha512-256", "RFC 8017 B.1" },
    { TLSNI_OID_HMAC_MD5, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x06 },
      "1.2.840.113549.2.6", "hmacWithMD5", "RFC 8018 B.1" },
    { TLSNI_OID_HMAC_SHA1, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x07 },
      "1.2.840.113549.2.7", "hmacWithSHA1", "RFC 8018 B.1.1" },
    { TLSNI_OID_HMAC_SHA224, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x08 },
      "1.2.840.113549.2.8", "hmacWithSHA224", "RFC 8018 B.1.2" },
    { TLSNI_OID_HMAC_SHA256, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09 },
      "1.2.840.113549.2.9", "hmacWithSHA256", "RFC 8018 B.1.2" },
    { TLSNI_OID_HMAC_SHA384, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x0a },
      "1.2.840.113549.2.10", "hmacWithSHA384", "RFC 8018 B.1.2" },
    { TLSNI_OID_HMAC_SHA512, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x0b },
      "1.2.840.113549.2.11", "hmacWithSHA512", "RFC 8018 B.1.2" },
    { TLSNI_OID_HMAC_SHA512_224, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x0c },
      "1.2.840.113549.2.12", "hmacWithSHA512-224", "RFC 8018 B.1.2" },
    { TLSNI_OID_HMAC_SHA512_256, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x0d },
      "1.2.840.113549.2.13", "hmacWithSHA512-256", "RFC 8018 B.1.2" },
    { TLSNI_OID_PBE_MD5_DES, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x03 },
      "1.2.840.113549.1.5.3", "pbeWithMD5AndDES-CBC", "RFC 8018 A.3" },
    { TLSNI_OID_PBE_MD5_RC2, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x06 },
      "1.2.840.113549.1.5.6", "pbeWithMD5AndRC2-CBC", "RFC 8018 A.3" },
    { TLSNI_OID_PBE_SHA1_DES, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0a },
      "1.2.840.113549.1.5.10", "pbeWithSHA1AndDES-CBC", "RFC 8018 A.3" },
    { TLSNI_OID_PBE_SHA1_RC2, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0b },
      "1.2.840.113549.1.5.11", "pbeWithSHA1AndRC2-CBC", "RFC 8018 A.3" },
    { TLSNI_OID_PBE_P12_RC4_128, 10, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x01 },
      "1.2.840.113549.1.12.1.1", "pbeWithSHAAnd128BitRC4", "RFC 7292 C" },
    { TLSNI_OID_PBE_P12_RC4_40, 10, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x02 },
      "1.2.840.113549.1.12.1.2", "pbeWithSHAAnd40BitRC4", "RFC 7292 C" },
    { TLSNI_OID_PBE_P12_3DES, 10, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x03 },
      "1.2.840.113549.1.12.1.3", "pbeWithSHAAnd3-KeyTripleDES-CBC", "RFC 7292 C" },
    { TLSNI_OID_PBE_P12_3DES_2KEY, 10, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x04 },
      "1.2.840.113549.1.12.1.4", "pbeWithSHAAnd2-KeyTripleDES-CBC", "RFC 7292 C" },
    { TLSNI_OID_PBE_P12_RC2_128, 10, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x05 },
      "1.2.840.113549.1.12.1.5", "pbeWithSHAAnd128BitRC2-CBC", "RFC 7292 C" },
    { TLSNI_OID_PBE_P12_RC2_40, 10, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x06 },
      "1.2.840.113549.1.12.1.6", "pbeWithSHAAnd40BitRC2-CBC", "RFC 7292 C" },
    { TLSNI_OID_PBES2, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d },
      "1.2.840.113549.1.5.13", "PBES2", "RFC 8018 A.4" },
    { TLSNI_OID_PBKDF2, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c },
      "1.2.840.113549.1.5.12", "PBKDF2", "RFC 8018 A.2" },
    { TLSNI_OID_PBMAC1, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0e },
      "1.2.840.113549.1.5.14", "PBMAC1", "RFC 8018 A.5" },
    { TLSNI_OID_SCRYPT, 9, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b },
      "1.3.6.1.4.1.11591.4.11", "scrypt", "RFC 7914 7" },
    { TLSNI_OID_DES_CBC, 5, { 0x2b, 0x0e, 0x03, 0x02, 0x07 },
      "1.3.14.3.2.7", "desCBC", "RFC 8018 B.2.1" },
    { TLSNI_OID_DES_EDE3_CBC, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x07 },
      "1.2.840.113549.3.7", "des-EDE3-CBC", "RFC 8018 B.2.2" },
    { TLSNI_OID_RC2_CBC, 8, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x02 },
      "1.2.840.113549.3.2", "rc2CBC", "RFC 8018 B.2.3" },
    { TLSNI_OID_AES_128_CBC, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02 },
      "2.16.840.1.101.3.4.1.2", "aes128-CBC", "RFC 8018 B.2.5" },
    { TLSNI_OID_AES_192_CBC, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x16 },
      "2.16.840.1.101.3.4.1.22", "aes192-CBC", "RFC 8018 B.2.5" },
    { TLSNI_OID_AES_256_CBC, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a },
      "2.16.840.1.101.3.4.1.42", "aes256-CBC", "RFC 8018 B.2.5" },
    { TLSNI_OID_CAMELLIA_128_CBC, 11, { 0x2a, 0x83, 0x08, 0x8c, 0x9a, 0x4b, 0x3d, 0x01, 0x01, 0x01, 0x02 },
      "1.2.392.200011.61.1.1.1.2", "camellia128-CBC", "RFC 3657 3" },
    { TLSNI_OID_CAMELLIA_256_CBC, 11, { 0x2a, 0x83, 0x08, 0x8c, 0x9a, 0x4b, 0x3d, 0x01, 0x01, 0x01, 0x04 },
      "1.2.392.200011.61.1.1.1.4", "camellia256-CBC", "RFC 3657 3" },
    { TLSNI_OID_P7_DATA, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01 },
      "1.2.840.113549.1.7.1", "data", "RFC 2315 14" },
    { TLSNI_OID_P7_SIGNED_DATA, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 },
      "1.2.840.113549.1.7.2", "signedData", "RFC 2315 14" },
    { TLSNI_OID_P7_ENCRYPTED_DATA, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06 },
      "1.2.840.113549.1.7.6", "encryptedData", "RFC 2315 14" },
    { TLSNI_OID_BAG_KEY, 11, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x01 },
      "1.2.840.113549.1.12.10.1.1", "keyBag", "RFC 7292 4.2" },
    { TLSNI_OID_BAG_SHROUDED_KEY, 11, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x02 },
      "1.2.840.113549.1.12.10.1.2", "pkcs8ShroudedKeyBag", "RFC 7292 4.2" },
    { TLSNI_OID_BAG_CERT, 11, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x03 },
      "1.2.840.113549.1.12.10.1.3", "certBag", "RFC 7292 4.2" },
    { TLSNI_OID_BAG_CRL, 11, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x04 },
      "1.2.840.113549.1.12.10.1.4", "crlBag", "RFC 7292 4.2" },
    { TLSNI_OID_BAG_SECRET, 11, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x05 },
      "1.2.840.113549.1.12.10.1.5", "secretBag", "RFC 7292 4.2" },
    { TLSNI_OID_BAG_SAFE_CONTENTS, 11, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x06 },
      "1.2.840.113549.1.12.10.1.6", "safeContentsBag", "RFC 7292 4.2" },
    { TLSNI_OID_P9_X509_CERT, 10, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01 },
      "1.2.840.113549.1.9.22.1", "x509Certificate", "RFC 7292 4.2.3" },
    { TLSNI_OID_P9_X509_CRL, 10, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x17, 0x01 },
      "1.2.840.113549.1.9.23.1", "x509Crl", "RFC 7292 4.2.4" },
    { TLSNI_OID_P9_FRIENDLY_NAME, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x14 },
      "1.2.840.113549.1.9.20", "friendlyName", "RFC 2985 5.5.1" },
    { TLSNI_OID_P9_LOCAL_KEY_ID, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x15 },
      "1.2.840.113549.1.9.21", "localKeyId", "RFC 2985 5.5.2" },
};
/* clang-format on */

const struct tlsni_oid_row *tlsni_oid_rows(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}

const struct tlsni_oid_row *tlsni_oid_row(enum tlsni_oid id)
{
    return &rows[id];
}

struct tlsn_span tlsni_oid_bytes(enum tlsni_oid id)
{
    return tlsni_span_make(rows[id].der, rows[id].len);
}

/* The last byte tells most identifiers apart, so that few rows are compared in full. */
enum tlsni_oid tlsni_oid_find(struct tlsn_span body)
{
    if (!body.len || body.len > sizeof rows[0].der)
        return TLSNI_OID_UNKNOWN;
    for (size_t i = 1; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].len == body.len && rows[i].der[body.len - 1] == body.data[body.len - 1] &&
            memcmp(rows[i].der, body.data, body.len) == 0)
            return rows[i].id;
    return TLSNI_OID_UNKNOWN;
}

enum tlsni_oid tlsni_oid_attribute(const char *keyword, size_t len)
{
    for (int id = TLSNI_OID_CN; id <= TLSNI_OID_EMAIL; id++)
        if (strlen(rows[id].name) == len && strncasecmp(rows[id].name, keyword, len) == 0)
            return rows[id].id;
    return TLSNI_OID_UNKNOWN;
}

/* Arcs beyond 64 bits lose their upper bits: this is for people only. */
const char *tlsni_oid_text(char *out, size_t cap, struct tlsn_span body)
{
    uint64_t arc = 0;
    size_t at = 0;

    out[0] = 0;
    for (size_t i = 0; i < body.len; i++) {
        bool first = at == 0;
        unsigned top = 2;
        int n;

        arc = arc << 7 | (body.data[i] & 0x7f);
        if (body.data[i] & 0x80)
            continue;
        if (first && arc < 80)
            top = arc < 40 ? 0 : 1;
        n = first ? snprintf(out, cap, "%u.%llu", top, (unsigned long long)(arc - 40u * top))
                  : snprintf(out + at, cap - at, ".%llu", (unsigned long long)arc);
        if (n < 0 || (size_t)n >= cap - at)
            break;
        at += (size_t)n;
        arc = 0;
    }
    return out;
}

static bool read_arc(uint64_t *arc, const char **text, const char *end)
{
    const char *p = *text;

    *arc = 0;
    for (; p < end && *p >= '0' && *p <= '9' && *arc <= UINT32_MAX; p++)
        *arc = *arc * 10 + (uint64_t)(*p - '0');
    if (p == *text || *arc > UINT32_MAX || (p < end && (*p != '.' || p + 1 == end)))
        return false;
    *text = p < end ? p + 1 : p;
    return true;
}

static size_t put_arc(uint8_t *out, size_t cap, uint64_t arc)
{
    unsigned groups = 1;

    while (arc >> 7 * groups)
        groups++;
    if (groups > cap)
        return 0;
    for (unsigned i = 0; i < groups; i++)
        out[i] = (uint8_t)((arc >> 7 * (groups - 1 - i) & 0x7f) | (i + 1 < groups ? 0x80 : 0));
    return groups;
}

/* The first two arcs share their octets (X.690 8.19.4). */
size_t tlsni_oid_encode(uint8_t *out, size_t cap, const char *text, size_t len)
{
    const char *end = text + len;
    uint64_t top, arc;
    size_t at;

    if (!read_arc(&top, &text, end) || top > 2 || !read_arc(&arc, &text, end) ||
        (top < 2 && arc >= 40))
        return 0;
    at = put_arc(out, cap, top * 40 + arc);
    while (at && text < end) {
        size_t n = read_arc(&arc, &text, end) ? put_arc(out + at, cap - at, arc) : 0;

        at = n ? at + n : 0;
    }
    return at;
}
