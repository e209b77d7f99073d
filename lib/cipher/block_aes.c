/* block_aes.c - AES in CBC mode (NIST SP 800-38A 6.2) over Nettle. */
#include "cipher/block_rows.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>

static void decrypt_aes128(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    aes128_decrypt(ctx, len, dst, src);
}

static void decrypt_aes256(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    aes256_decrypt(ctx, len, dst, src);
}

static void set_encrypt_key_128(void *state, const uint8_t *key)
{
    aes128_set_encrypt_key(state, key);
}

static void set_decrypt_key_128(void *state, const uint8_t *key)
{
    aes128_set_decrypt_key(state, key);
}

static void cbc_encrypt_128(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                            size_t len)
{
    cbc_aes128_encrypt(state, iv, len, dst, src);
}

static void cbc_decrypt_128(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                            size_t len)
{
    cbc_decrypt(state, decrypt_aes128, AES_BLOCK_SIZE, iv, len, dst, src);
}

static void decrypt_aes192(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    aes192_decrypt(ctx, len, dst, src);
}

static void set_encrypt_key_192(void *state, const uint8_t *key)
{
    aes192_set_encrypt_key(state, key);
}

static void set_decrypt_key_192(void *state, const uint8_t *key)
{
    aes192_set_decrypt_key(state, key);
}

static void cbc_encrypt_192(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                            size_t len)
{
    cbc_aes192_encrypt(state, iv, len, dst, src);
}

static void cbc_decrypt_192(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                            size_t len)
{
    cbc_decrypt(state, decrypt_aes192, AES_BLOCK_SIZE, iv, len, dst, src);
}

static void set_encrypt_key_256(void *state, const uint8_t *key)
{
    aes256_set_encrypt_key(state, key);
}

static void set_decrypt_key_256(void *state, const uint8_t *key)
{
    aes256_set_decrypt_key(state, key);
}

static void cbc_encrypt_256(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                            size_t len)
{
    cbc_aes256_encrypt(state, iv, len, dst, src);
}

static void cbc_decrypt_256(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                            size_t len)
{
    cbc_decrypt(state, decrypt_aes256, AES_BLOCK_SIZE, iv, len, dst, src);
}

/* @rfc 3268:2/1, 5246:4.7/7 */
const struct tlsni_block tlsni_block_aes_128 = {
    TLSNI_BLOCK_AES_128, 16, AES_BLOCK_SIZE, sizeof(struct aes128_ctx), UINT64_MAX, "AES_128_CBC",
    set_encrypt_key_128, set_decrypt_key_128, cbc_encrypt_128, cbc_decrypt_128, "RFC 3268",
};

const struct tlsni_block tlsni_block_aes_192 = {
    TLSNI_BLOCK_AES_192, 24, AES_BLOCK_SIZE, sizeof(struct aes192_ctx), UINT64_MAX, "AES_192_CBC",
    set_encrypt_key_192, set_decrypt_key_192, cbc_encrypt_192, cbc_decrypt_192, "RFC 8018 B.2.5",
};

const struct tlsni_block tlsni_block_aes_256 = {
    TLSNI_BLOCK_AES_256, 32, AES_BLOCK_SIZE, sizeof(struct aes256_ctx), UINT64_MAX, "AES_256_CBC",
    set_encrypt_key_256, set_decrypt_key_256, cbc_encrypt_256, cbc_decrypt_256, "RFC 3268",
};
