/* block.h - block ciphers in CBC mode as rows.
 *
 * A state serves one direction: set_encrypt_key or set_decrypt_key fills state_len bytes (16-byte
 * aligned, secret, owned by the caller). len is a multiple of block_len; dst == src is allowed. */
#ifndef TLSNI_CIPHER_BLOCK_H
#define TLSNI_CIPHER_BLOCK_H

#include <tls-native/types.h>

enum { TLSNI_BLOCK_LEN_MAX = 16, TLSNI_BLOCK_KEY_MAX = 32 };

enum tlsni_block_id {
    TLSNI_BLOCK_AES_128 = 1,
    TLSNI_BLOCK_AES_256,
    TLSNI_BLOCK_CAMELLIA_128,
    TLSNI_BLOCK_CAMELLIA_256,
    TLSNI_BLOCK_3DES_EDE,
    TLSNI_BLOCK_ARIA_128,
    TLSNI_BLOCK_ARIA_256,
    TLSNI_BLOCK_DES,
    TLSNI_BLOCK_DES40,
    TLSNI_BLOCK_RC2_128,
    TLSNI_BLOCK_RC2_40,
    TLSNI_BLOCK_RC2_56,
    TLSNI_BLOCK_IDEA,
    TLSNI_BLOCK_SEED,
    TLSNI_BLOCK_AES_192, /* for stored keys; TLS has no suite with it */
};

struct tlsni_block {
    uint8_t id, key_len, block_len;
    uint16_t state_len;
    /* Blocks that may be encrypted under one key; UINT64_MAX: the sequence number ends first. */
    uint64_t block_limit;
    const char *name;
    void (*set_encrypt_key)(void *state, const uint8_t *key);
    void (*set_decrypt_key)(void *state, const uint8_t *key);
    /* iv is replaced by the last ciphertext block. */
    void (*cbc_encrypt)(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                        size_t len);
    void (*cbc_decrypt)(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                        size_t len);
    const char *source;
};

const struct tlsni_block *tlsni_block_find(enum tlsni_block_id id);

#endif
