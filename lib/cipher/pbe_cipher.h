/* pbe_cipher.h - the ciphers that stored keys are encrypted with: blocks in CBC mode with PKCS#5
 * padding (RFC 8018 6.1.1), and RC4.
 *
 * The rows say what a key derivation has to yield. Many are weak; they serve to read what others have
 * written. */
#ifndef TLSNI_CIPHER_PBE_CIPHER_H
#define TLSNI_CIPHER_PBE_CIPHER_H

#include <tls-native/types.h>

enum tlsni_pbe_cipher_id {
    TLSNI_PBE_DES,
    TLSNI_PBE_3DES,
    TLSNI_PBE_3DES_2KEY, /* the third key is the first one */
    TLSNI_PBE_RC2,       /* 128, 64 or 40 effective bits; other sizes by tlsni_pbe_key.rc2_bits */
    TLSNI_PBE_AES_128,
    TLSNI_PBE_AES_192,
    TLSNI_PBE_AES_256,
    TLSNI_PBE_CAMELLIA_128,
    TLSNI_PBE_CAMELLIA_256,
    TLSNI_PBE_RC4,
    TLSNI_PBE_CIPHER_COUNT
};

enum { TLSNI_PBE_KEY_MAX = 32, TLSNI_PBE_IV_MAX = 16, TLSNI_PBE_DERIVED_MAX = 1024 };

struct tlsni_pbe_cipher {
    uint8_t id;
    uint8_t key_len; /* as a rule; RC2 and RC4 take others */
    uint8_t iv_len;  /* as long as a block; 0: a stream cipher */
    const char *name;
    const char *source;
};

const struct tlsni_pbe_cipher *tlsni_pbe_cipher(enum tlsni_pbe_cipher_id id);

/* A key with its vector. Secret; the owner wipes it. */
struct tlsni_pbe_key {
    const struct tlsni_pbe_cipher *cipher;
    uint8_t key_len;   /* 1 .. TLSNI_PBE_KEY_MAX; fixed but for RC2 and RC4 */
    uint16_t rc2_bits; /* RC2: effective bits, 1 .. 1024 */
    uint8_t key[TLSNI_PBE_KEY_MAX], iv[TLSNI_PBE_IV_MAX];
};

/* out has room for len bytes and gets *out_len, without padding; in == out is allowed.
 * TLSN_ERR_DECRYPT_ERROR when the length or the padding is wrong (all of its bytes are looked at, but
 * the result is public). TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_pbe_decrypt(const struct tlsn_hooks *env,
                                            const struct tlsni_pbe_key *key, struct tlsn_span in,
                                            uint8_t *out, size_t *out_len);
/* out has room for len + iv_len bytes. in == out is allowed. */
TLSN_MUST_USE tlsn_status tlsni_pbe_encrypt(const struct tlsn_hooks *env,
                                            const struct tlsni_pbe_key *key, struct tlsn_span in,
                                            uint8_t *out, size_t *out_len);

#endif
