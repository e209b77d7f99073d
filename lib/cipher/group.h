/* group.h - key-exchange groups as rows, and finite-field groups given on the wire.
 *
 * Encodings are the ones TLS uses: an uncompressed point 04 X Y (RFC 8422 5.4.1), 32 or 56 bytes for
 * X25519 and X448, big-endian Y for FFDHE, keys and ciphertexts of FIPS 203 for ML-KEM, and hybrids of
 * two one behind the other (RFC 9954 3.2). With ML-KEM the answer is not what a client sends: only
 * keygen of the one side and respond of the other fit together. */
#ifndef TLSNI_CIPHER_GROUP_H
#define TLSNI_CIPHER_GROUP_H

#include <tls-native/types.h>

enum {
    TLSNI_GROUP_SECP192R1 = 19,
    TLSNI_GROUP_SECP224R1 = 21,
    TLSNI_GROUP_SECP256K1 = 22,
    TLSNI_GROUP_SECP256R1 = 23,
    TLSNI_GROUP_SECP384R1 = 24,
    TLSNI_GROUP_SECP521R1 = 25,
    TLSNI_GROUP_BRAINPOOLP256R1 = 26,
    TLSNI_GROUP_BRAINPOOLP384R1 = 27,
    TLSNI_GROUP_BRAINPOOLP512R1 = 28,
    TLSNI_GROUP_X25519 = 29,
    TLSNI_GROUP_X448 = 30,
    TLSNI_GROUP_BRAINPOOLP256R1TLS13 = 31,
    TLSNI_GROUP_BRAINPOOLP384R1TLS13 = 32,
    TLSNI_GROUP_BRAINPOOLP512R1TLS13 = 33,
    TLSNI_GROUP_FFDHE2048 = 256,
    TLSNI_GROUP_FFDHE3072 = 257,
    TLSNI_GROUP_FFDHE4096 = 258,
    TLSNI_GROUP_FFDHE6144 = 259,
    TLSNI_GROUP_FFDHE8192 = 260,
    TLSNI_GROUP_MLKEM512 = 0x0200,
    TLSNI_GROUP_MLKEM768 = 0x0201,
    TLSNI_GROUP_MLKEM1024 = 0x0202,
    TLSNI_GROUP_SECP256R1_MLKEM768 = 0x11eb,
    TLSNI_GROUP_X25519_MLKEM768 = 0x11ec,
    TLSNI_GROUP_SECP384R1_MLKEM1024 = 0x11ed,
};

enum tlsni_group_kind { TLSNI_GROUP_EC = 1, TLSNI_GROUP_MONTGOMERY, TLSNI_GROUP_FF, TLSNI_GROUP_KEM };

enum {
    TLSNI_GROUP_PRIVATE_MAX = 3168 + 48, /* SecP384r1MLKEM1024 */
    TLSNI_GROUP_PUBLIC_MAX = 1568 + 97,
    TLSNI_GROUP_SHARED_MAX = 1024, /* ffdhe8192 */
    TLSNI_DH_BITS_MAX = 8192,
    TLSNI_DH_LEN_MAX = TLSNI_DH_BITS_MAX / 8,
};

struct tlsni_mlkem;

struct tlsni_group {
    uint16_t id;
    uint8_t kind;   /* enum tlsni_group_kind */
    uint8_t policy; /* enum tlsni_class of suite.h */
    uint16_t bits;  /* size of the field; KEM: rank of the lattice */
    uint16_t security_bits;
    uint16_t min_version, max_version;
    /* EC: whose curve it is, the row's own id unless two code points name one curve. KEM: the row of
     * the other part of a hybrid, 0 for none. */
    uint16_t curve;
    uint16_t private_len, public_len, response_len, shared_len; /* bytes */
    const char *name, *openssl, *gnutls;
    /* A fresh key pair: private_len and public_len bytes. */
    tlsn_status (*keygen)(const struct tlsni_group *g, const struct tlsn_hooks *env,
                          uint8_t *private_key, uint8_t *public_key);
    /* shared_len bytes. TLSN_ERR_ILLEGAL_PARAMETER for a public value that is malformed, not on the
     * curve, out of range or of small order (all-zero X25519/X448 result, RFC 7748 6). Side-channel
     * silent in the private key and the result. */
    tlsn_status (*derive)(const struct tlsni_group *g, const struct tlsn_hooks *env,
                          const uint8_t *private_key, const uint8_t *peer, size_t peer_len,
                          uint8_t *shared);
    /* The other side of a key exchange in one step: from the peer's public value, public_len bytes,
     * to our answer of response_len bytes and the secret that the peer derives from it. Statuses as
     * above. Where both sides have key pairs, it makes one, uses it and wipes it. */
    tlsn_status (*respond)(const struct tlsni_group *g, const struct tlsn_hooks *env,
                           const uint8_t *peer, size_t peer_len, uint8_t *response,
                           uint8_t *shared);
    const char *source;
    const struct tlsni_mlkem *kem; /* KEM rows */
    bool kem_first;                /* in every concatenation of a hybrid */
};

/* All rows, sorted by id. */
const struct tlsni_group *tlsni_group_rows(size_t *count);
const struct tlsni_group *tlsni_group_find(uint16_t id);
const struct tlsni_group *tlsni_group_by_name(const char *name, size_t len);
/* Ids of every row, best first: hybrids, X25519, P-256, X448, P-384, P-521, ffdhe2048, 3072, ...,
 * what is rarely used, what is weak. */
const uint16_t *tlsni_group_preference(size_t *count);

/* A finite-field group: prime and generator, big-endian, borrowed. For the named rows the prime comes
 * from the table; otherwise from a ServerKeyExchange or a parameter file. */
struct tlsni_dh_params {
    struct tlsn_span p, g;
};

/* The parameters of a TLSNI_GROUP_FF row. */
struct tlsni_dh_params tlsni_dh_params_of(const struct tlsni_group *g);
/* The row with this prime and generator, or NULL (RFC 7919 4). Leading zeros are ignored. */
const struct tlsni_group *tlsni_dh_identify(const struct tlsni_dh_params *dh);
/* For export suites: our group of 512 or 1024 bits, empty for another size. A safe prime and 2. */
struct tlsni_dh_params tlsni_dh_export(unsigned bits);
/* Bits of the prime; 0 when it is 0. */
size_t tlsni_dh_bits(const struct tlsni_dh_params *dh);
/* Structural checks that cost nothing: p odd, 1 < g < p - 1, at most TLSNI_DH_BITS_MAX bits. */
tlsn_status tlsni_dh_check(const struct tlsni_dh_params *dh);
/* Are p and (p - 1) / 2 primes? True for every named group. */
bool tlsni_dh_is_safe(const struct tlsni_dh_params *dh);
/* A key pair in a group without a row. The exponent is as long as the prime; both lengths are the
 * prime's length in bytes without leading zeros. */
tlsn_status tlsni_dh_keygen(const struct tlsni_dh_params *dh, const struct tlsn_hooks *env,
                            uint8_t *private_key, uint8_t *public_key);
/* As row->derive. shared gets as many bytes as the prime has (leading zeros kept; RFC 5246 8.1.2
 * strips them, which is the key schedule's affair). 1 < peer < p - 1. */
tlsn_status tlsni_dh_derive(const struct tlsni_dh_params *dh, const struct tlsn_hooks *env,
                            const uint8_t *private_key, const uint8_t *peer, size_t peer_len,
                            uint8_t *shared);

#endif
