/* sigalg.h - signature schemes as rows: the TLS 1.2 pairs and the TLS 1.3 schemes share numbers. */
#ifndef TLSNI_CIPHER_SIGALG_H
#define TLSNI_CIPHER_SIGALG_H

#include "cipher/hash.h"

enum tlsni_key_type {
    TLSNI_KEY_NONE = 0,
    TLSNI_KEY_RSA,     /* rsaEncryption */
    TLSNI_KEY_RSA_PSS, /* id-RSASSA-PSS */
    TLSNI_KEY_EC,
    TLSNI_KEY_ED25519,
    TLSNI_KEY_ED448,
    TLSNI_KEY_DSA,     /* signatures below TLS 1.3 only */
    TLSNI_KEY_DH,      /* agreement only */
};

/* DIGEST: what is to be signed is the digest already; PKCS#1 for RSA, none for DSA. PKCS1_NULL: a DigestInfo
 * without NULL parameters, which older versions have to take, is not taken (RFC 9963 4). */
enum tlsni_padding {
    TLSNI_PAD_NONE = 0,
    TLSNI_PAD_PKCS1,
    TLSNI_PAD_PSS,
    TLSNI_PAD_DIGEST,
    TLSNI_PAD_PKCS1_NULL
};

struct tlsni_sigalg {
    uint16_t id;      /* SignatureScheme / SignatureAndHashAlgorithm */
    uint8_t key;      /* enum tlsni_key_type */
    uint8_t hash;     /* enum tlsni_hash_id; 0 for EdDSA */
    uint8_t padding;  /* enum tlsni_padding */
    uint8_t policy;   /* enum tlsni_class */
    uint16_t group;   /* curve that TLS 1.3 binds to the scheme, 0 for none */
    uint16_t min_version, max_version; /* for handshake signatures */
    uint16_t cert_version; /* up to this one certificates may be signed with it; 0: never */
    bool clients_only;     /* for a client's CertificateVerify and nothing else */
    const char *name; /* IANA SignatureScheme, "ecdsa_secp256r1_sha256" */
    const char *openssl, *gnutls; /* "ECDSA+SHA256", "SIGN-ECDSA-SHA256" */
    const char *source;
};

/* The last version that may list it for one use or the other, when `role` signs. */
static inline uint16_t tlsni_sigalg_last(const struct tlsni_sigalg *s, enum tlsn_role signer)
{
    uint16_t last = s->clients_only && signer == TLSN_SERVER ? 0 : s->max_version;

    return s->cert_version > last ? s->cert_version : last;
}

/* Whether the scheme has a hash that nobody should trust any more. */
bool tlsni_sigalg_weak(uint16_t id);
/* All rows, sorted by id. SHA-1, SHA-224 and DSA have class LEGACY, MD5 has RESEARCH. */
const struct tlsni_sigalg *tlsni_sigalg_rows(size_t *count);
const struct tlsni_sigalg *tlsni_sigalg_find(uint16_t id);
/* "" for one that is not known. */
const char *tlsni_sigalg_name(uint16_t id);
/* How keys of a type (enum tlsni_key_type) sign, in the words for suites: "RSA", "ECDSA", "EdDSA",
 * "DSS"; "" for others. */
const char *tlsni_signer_name(uint8_t key);
const struct tlsni_sigalg *tlsni_sigalg_by_name(const char *name, size_t len);
/* The scheme that versions before TLS 1.2 sign with, without naming it, when they have a key of this
 * type (RFC 4346 4.7, RFC 8422 5.4); NULL when they have none for it. That of RSA is no row of the
 * table: it has no code point, and its id, from the range for private use, is on no wire. */
const struct tlsni_sigalg *tlsni_sigalg_unnamed(uint8_t key);
/* The same for a signature over a digest that is there already: CertificateVerify of SSL 3.0, 36
 * bytes for RSA and 20 for DSA. */
const struct tlsni_sigalg *tlsni_sigalg_unnamed_digest(uint8_t key);
enum {
    TLSNI_SIGALG_RSA_MD5_SHA1 = 0xff01,
    TLSNI_SIGALG_RSA_DIGEST = 0xff02,
    TLSNI_SIGALG_DSA_DIGEST = 0xff03,
};
/* Ids of every row, best first. */
const uint16_t *tlsni_sigalg_preference(size_t *count);

const char *tlsni_key_type_name(uint8_t type);

#endif
