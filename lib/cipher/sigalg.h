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
};

enum tlsni_padding { TLSNI_PAD_NONE = 0, TLSNI_PAD_PKCS1, TLSNI_PAD_PSS };

struct tlsni_sigalg {
    uint16_t id;      /* SignatureScheme / SignatureAndHashAlgorithm */
    uint8_t key;      /* enum tlsni_key_type */
    uint8_t hash;     /* enum tlsni_hash_id; 0 for EdDSA */
    uint8_t padding;  /* enum tlsni_padding */
    uint8_t policy;   /* enum tlsni_class */
    uint16_t group;   /* curve that TLS 1.3 binds to the scheme, 0 for none */
    uint16_t min_version, max_version; /* for handshake signatures */
    const char *name; /* IANA SignatureScheme, "ecdsa_secp256r1_sha256" */
    const char *openssl, *gnutls; /* "ECDSA+SHA256", "SIGN-ECDSA-SHA256" */
    const char *source;
};

/* All rows, sorted by id. SHA-1, SHA-224 and DSA have class LEGACY, MD5 has RESEARCH. */
const struct tlsni_sigalg *tlsni_sigalg_rows(size_t *count);
const struct tlsni_sigalg *tlsni_sigalg_find(uint16_t id);
const struct tlsni_sigalg *tlsni_sigalg_by_name(const char *name, size_t len);
/* Ids of every row, best first. */
const uint16_t *tlsni_sigalg_preference(size_t *count);

const char *tlsni_key_type_name(uint8_t type);

#endif
