/* cert.h - one X.509 certificate, parsed once to spans into its DER (RFC 5280 4). */
#ifndef TLSNI_X509_CERT_H
#define TLSNI_X509_CERT_H

#include "base/error.h"
#include "cipher/pk.h"

/* RFC 5280 4.2.1.3, bit 0 of the BIT STRING is bit 0 here. */
enum {
    TLSNI_KU_DIGITAL_SIGNATURE = 1 << 0,
    TLSNI_KU_CONTENT_COMMITMENT = 1 << 1,
    TLSNI_KU_KEY_ENCIPHERMENT = 1 << 2,
    TLSNI_KU_DATA_ENCIPHERMENT = 1 << 3,
    TLSNI_KU_KEY_AGREEMENT = 1 << 4,
    TLSNI_KU_KEY_CERT_SIGN = 1 << 5,
    TLSNI_KU_CRL_SIGN = 1 << 6,
    TLSNI_KU_ENCIPHER_ONLY = 1 << 7,
    TLSNI_KU_DECIPHER_ONLY = 1 << 8,
};

/* RFC 5280 4.2.1.12. */
enum {
    TLSNI_EKU_SERVER_AUTH = 1 << 0,
    TLSNI_EKU_CLIENT_AUTH = 1 << 1,
    TLSNI_EKU_OCSP_SIGNING = 1 << 2,
    TLSNI_EKU_ANY = 1 << 3,
    TLSNI_EKU_OTHER = 1 << 4,
};

/* Which extensions are there. */
enum {
    TLSNI_HAS_BASIC_CONSTRAINTS = 1 << 0,
    TLSNI_HAS_KEY_USAGE = 1 << 1,
    TLSNI_HAS_EKU = 1 << 2,
    TLSNI_HAS_SAN = 1 << 3,
    TLSNI_HAS_NAME_CONSTRAINTS = 1 << 4,
    TLSNI_HAS_POLICIES = 1 << 5,
    TLSNI_HAS_UNKNOWN_CRITICAL = 1 << 6,
    TLSNI_HAS_SAN_CRITICAL = 1 << 7,
    TLSNI_HAS_NC_CRITICAL = 1 << 8,
    TLSNI_HAS_KEY_ID_CRITICAL = 1 << 9,
    TLSNI_HAS_POINTS_CRITICAL = 1 << 10,
    TLSNI_HAS_OCSP_NOCHECK = 1 << 11,
    TLSNI_HAS_DELEGATION_USAGE = 1 << 12,
    TLSNI_HAS_DELEGATION_CRITICAL = 1 << 13,
    TLSNI_HAS_UNKNOWN_QUALIFIER = 1 << 14, /* of a policy */
    TLSNI_HAS_NO_REVOCATION = 1 << 15,
};

/* All spans point into `der`, which has to outlive the struct. */
struct tlsni_cert {
    struct tlsn_span der, tbs, serial, issuer, subject; /* names: whole SEQUENCE TLV */
    struct tlsn_span spki;          /* SubjectPublicKeyInfo, whole TLV */
    struct tlsn_span heritage;      /* AlgorithmIdentifier of an authority above in the path, whose
                                     * parameters the key shares; only in copies that a search makes */
    struct tlsn_span sig_algorithm; /* AlgorithmIdentifier, whole TLV */
    struct tlsn_span signature;     /* contents of the BIT STRING */
    int64_t not_before, not_after;  /* seconds since 1970, both inclusive */
    uint8_t version;                /* 1, 2 or 3 */
    uint32_t has;                   /* TLSNI_HAS_ */
    bool self_issued;               /* subject and issuer are equal */
    bool ca;
    int path_len;                   /* -1: none */
    uint16_t key_usage;             /* TLSNI_KU_, only with TLSNI_HAS_KEY_USAGE */
    uint16_t eku;                   /* TLSNI_EKU_, only with TLSNI_HAS_EKU */
    struct tlsn_span san;           /* contents of the GeneralNames SEQUENCE */
    /* Values of extensions, empty if not there. */
    struct tlsn_span name_constraints, policies, policy_mappings;
    struct tlsn_span crl_points, authority_info, tls_features, scts;
    int require_explicit, inhibit_mapping, inhibit_any; /* certificates to skip; -1: not said */
    struct tlsn_span aki, ski;      /* key identifiers, empty if not there */
    struct tlsn_span extensions;    /* contents of the Extensions SEQUENCE */
    struct tlsn_span unknown_critical; /* OID of the first one */
    struct tlsni_sig_params sig;    /* parsed sig_algorithm; key 0: not one that we verify */
};

/* Strict DER: minimal lengths, canonical values, no trailing bytes. TLSN_ERR_CERT_BAD with a line
 * in err that names the field. An algorithm that is not known is no parse error. Allocates
 * nothing. */
tlsn_status tlsni_cert_parse(struct tlsni_cert *cert, struct tlsn_span der, struct tlsni_err *err);

/* TBSCertificate by itself; the outer members stay empty and nothing is compared with them. */
tlsn_status tlsni_cert_parse_tbs(struct tlsni_cert *cert, struct tlsn_span tbs,
                                 struct tlsni_err *err);

/* The subject's public key, owned by the caller. TLSN_ERR_CERT_UNSUPPORTED for an unknown algorithm
 * or curve, TLSN_ERR_CERT_BAD for a value that is not sound. */
tlsn_status tlsni_cert_pubkey(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                              const struct tlsni_cert *cert, struct tlsni_err *err);

/* SubjectPublicKeyInfo by itself (also for raw public keys, RFC 7250). */
tlsn_status tlsni_spki_parse(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                             struct tlsn_span spki, struct tlsni_err *err);

/* For people: "EC secp256r1", "RSA 2048"; "unknown" for what does not parse. */
void tlsni_spki_describe(char *out, size_t cap, struct tlsn_span spki);

/* True when the certificate's key usage extension allows all of these (or is not there). */
bool tlsni_cert_allows(const struct tlsni_cert *cert, uint16_t key_usage);

/* Does the certificate speak for this host: RFC 9525 6 (DNS-ID with wildcards in the whole leftmost
 * label, IP addresses in text form). TLSN_OK or TLSN_ERR_CERT_NAME. */
tlsn_status tlsni_cert_matches(const struct tlsni_cert *cert, const char *name);

#endif
