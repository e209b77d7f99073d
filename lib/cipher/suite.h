/* suite.h - THE table of cipher suites. Names for people, numbers for the wire, ids for the code. */
#ifndef TLSNI_CIPHER_SUITE_H
#define TLSNI_CIPHER_SUITE_H

#include "cipher/aead.h"
#include "cipher/block.h"
#include "cipher/hash.h"
#include "cipher/stream.h"

/* Anonymous suites are DHE and ECDHE without authentication. DH and ECDH: the public value stands in
 * the certificate. TLS13: not the suite's affair, in both columns. */
enum tlsni_kx {
    TLSNI_KX_RSA = 1, TLSNI_KX_DHE, TLSNI_KX_ECDHE, TLSNI_KX_TLS13, TLSNI_KX_RSA_EXPORT, TLSNI_KX_DH,
    TLSNI_KX_ECDH, TLSNI_KX_PSK, TLSNI_KX_DHE_PSK, TLSNI_KX_ECDHE_PSK, TLSNI_KX_RSA_PSK, TLSNI_KX_SRP
};
/* How the server shows who it is. PSK and SRP: by the key exchange itself, without a certificate. */
enum tlsni_auth {
    TLSNI_AUTH_NONE = 0, TLSNI_AUTH_RSA, TLSNI_AUTH_ECDSA, TLSNI_AUTH_TLS13, TLSNI_AUTH_DSS,
    TLSNI_AUTH_PSK, TLSNI_AUTH_SRP
};
enum tlsni_cipher_kind {
    TLSNI_CIPHER_AEAD = 1, TLSNI_CIPHER_CBC, TLSNI_CIPHER_NULL, TLSNI_CIPHER_STREAM
};

/* The nonce of an AEAD record: 4 bytes of key block and 8 on the wire (RFC 5288 3), or 12 bytes of
 * key block XORed with the sequence number (RFC 7905 2, RFC 8446 5.3). */
enum tlsni_nonce { TLSNI_NONCE_NONE = 0, TLSNI_NONCE_EXPLICIT8, TLSNI_NONCE_XOR12 };

/* From which policy on a row may be negotiated without being named. */
enum tlsni_class {
    TLSNI_CLASS_MODERN = 0, /* AEAD with forward secrecy */
    TLSNI_CLASS_DEFAULT,    /* sound, kept for reach */
    TLSNI_CLASS_COMPAT,     /* deprecated or rare, unbroken: CBC, static RSA, finite-field DHE */
    TLSNI_CLASS_LEGACY,     /* weak, once normal: 3DES, RC4, IDEA, DSS, static DH and ECDH */
    TLSNI_CLASS_RESEARCH,   /* broken, or without secrecy or authentication: DES, export, NULL */
};

struct tlsni_suite {
    uint16_t id;
    uint8_t kx, auth;        /* enum tlsni_kx, enum tlsni_auth */
    uint8_t kind;            /* enum tlsni_cipher_kind */
    uint8_t cipher;          /* enum tlsni_aead_id, tlsni_block_id or tlsni_stream_id; 0 for NULL */
    uint8_t nonce;           /* enum tlsni_nonce, AEAD only */
    uint8_t mac;             /* enum tlsni_hash_id, 0 for AEAD */
    uint8_t prf;             /* enum tlsni_hash_id of the TLS 1.2 PRF / the TLS 1.3 key schedule */
    uint16_t min_version, max_version;
    uint8_t policy;          /* enum tlsni_class */
    bool recommended;        /* column of the IANA registry */
    /* Export suites: the longest modulus of an ephemeral RSA or DH key, 512 or 1024; 0 otherwise.
     * Bytes of the key block that the cipher's key is derived from: 5, 7 or 8 (RFC 2246 6.3.1); 0:
     * the key is cut from the key block as it is. */
    uint16_t export_bits;
    uint8_t key_material;
    bool tls_keys;           /* master secret and key block are those of TLS 1.0 in SSL 3.0 too */
    const char *name;        /* IANA */
    const char *openssl;     /* "" when it has none */
    const char *source;      /* "RFC 5289" */
};

/* The server sends a Certificate. */
static inline bool tlsni_auth_by_certificate(uint8_t auth)
{
    return auth == TLSNI_AUTH_RSA || auth == TLSNI_AUTH_ECDSA || auth == TLSNI_AUTH_DSS ||
           auth == TLSNI_AUTH_TLS13;
}

/* The premaster secret travels under an RSA key: the certificate's, which signs nothing, or in export
 * suites a temporary one. */
static inline bool tlsni_kx_is_transport(uint8_t kx)
{
    return kx == TLSNI_KX_RSA || kx == TLSNI_KX_RSA_PSK || kx == TLSNI_KX_RSA_EXPORT;
}

/* The certificate's key is a Diffie-Hellman key itself, and signs nothing. */
static inline bool tlsni_kx_is_fixed(uint8_t kx)
{
    return kx == TLSNI_KX_DH || kx == TLSNI_KX_ECDH;
}

/* Nobody shows who it is: DH_anon and ECDH_anon. */
static inline bool tlsni_suite_is_anonymous(const struct tlsni_suite *suite)
{
    return suite->auth == TLSNI_AUTH_NONE;
}

/* All rows, sorted by id. */
const struct tlsni_suite *tlsni_suite_rows(size_t *count);
/* NULL when there is no such row. Binary search. */
const struct tlsni_suite *tlsni_suite_find(uint16_t id);
/* By IANA, SSL 3.0, OpenSSL or GnuTLS name, case-insensitive; NULL when unknown. len without NUL. */
const struct tlsni_suite *tlsni_suite_by_name(const char *name, size_t len);
const char *tlsni_suite_gnutls_name(const struct tlsni_suite *suite); /* "" when it has none */
/* Our preference when nothing is configured: ids of every row, best first (by class, then forward
 * secrecy, AEAD before CBC, ECDSA before RSA, AES-128-GCM first). */
const uint16_t *tlsni_suite_preference(size_t *count);

/* Names for the columns, for tables that people read: "ECDHE", "ECDSA", "AES_128_GCM", "CBC" ... */
const char *tlsni_kx_name(uint8_t kx);
const char *tlsni_auth_name(uint8_t auth);
const char *tlsni_class_name(uint8_t policy);
const char *tlsni_suite_cipher_name(const struct tlsni_suite *suite);
const char *tlsni_suite_mac_name(const struct tlsni_suite *suite); /* "AEAD", "SHA1", ... */

/* A code point that will not be negotiated, and why. */
struct tlsni_suite_constant {
    uint16_t id;
    const char *name, *reason, *source;
};

/* All of them, sorted by id; none is among the rows. */
const struct tlsni_suite_constant *tlsni_suite_constants(size_t *count);

/* Signalling values that are no suites. */
enum { TLSNI_SCSV_RENEGOTIATION = 0x00ff, TLSNI_SCSV_FALLBACK = 0x5600 };

#endif
