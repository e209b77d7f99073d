/* block_aria.c - ARIA (RFC 5794) in CBC mode: the cipher is ours, the mode Nettle's. */
#include "cipher/aria.h"
#include "cipher/block_rows.h"

#include <nettle/cbc.h>

static void set_encrypt_key_128(void *state, const uint8_t *key)
{
    tlsni_aria_set_encrypt_key(state, key, 16);
}

static void set_decrypt_key_128(void *state, const uint8_t *key)
{
    tlsni_aria_set_decrypt_key(state, key, 16);
}

static void set_encrypt_key_256(void *state, const uint8_t *key)
{
    tlsni_aria_set_encrypt_key(state, key, 32);
}

static void set_decrypt_key_256(void *state, const uint8_t *key)
{
    tlsni_aria_set_decrypt_key(state, key, 32);
}

static void encrypt_cbc(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                        size_t len)
{
    cbc_encrypt(state, tlsni_aria_crypt, TLSNI_ARIA_BLOCK_LEN, iv, len, dst, src);
}

static void decrypt_cbc(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                        size_t len)
{
    cbc_decrypt(state, tlsni_aria_crypt, TLSNI_ARIA_BLOCK_LEN, iv, len, dst, src);
}

/* @rfc 6209:2.1/1 */
const struct tlsni_block tlsni_block_aria_128 = {
    TLSNI_BLOCK_ARIA_128, 16, TLSNI_ARIA_BLOCK_LEN, sizeof(struct tlsni_aria), UINT64_MAX,
    "ARIA_128_CBC", set_encrypt_key_128, set_decrypt_key_128, encrypt_cbc, decrypt_cbc, "RFC 6209",
};

const struct tlsni_block tlsni_block_aria_256 = {
    TLSNI_BLOCK_ARIA_256, 32, TLSNI_ARIA_BLOCK_LEN, sizeof(struct tlsni_aria), UINT64_MAX,
    "ARIA_256_CBC", set_encrypt_key_256, set_decrypt_key_256, encrypt_cbc, decrypt_cbc, "RFC 6209",
};
