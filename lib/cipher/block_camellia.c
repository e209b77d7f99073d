/* block_camellia.c - Camellia (RFC 3713) in CBC mode over Nettle.
 *
 * Nettle looks bytes up in tables, so time may tell something to who shares the processor's caches;
 * it has no other implementation. */
#include "cipher/block_rows.h"

#include <nettle/camellia.h>
#include <nettle/cbc.h>

static void crypt_128(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    camellia128_crypt(ctx, len, dst, src);
}

static void set_encrypt_key_128(void *state, const uint8_t *key)
{
    camellia128_set_encrypt_key(state, key);
}

static void set_decrypt_key_128(void *state, const uint8_t *key)
{
    camellia128_set_decrypt_key(state, key);
}

static void cbc_encrypt_128(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                            size_t len)
{
    cbc_encrypt(state, crypt_128, CAMELLIA_BLOCK_SIZE, iv, len, dst, src);
}

static void cbc_decrypt_128(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                            size_t len)
{
    cbc_decrypt(state, crypt_128, CAMELLIA_BLOCK_SIZE, iv, len, dst, src);
}

static void crypt_256(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    camellia256_crypt(ctx, len, dst, src);
}

static void set_encrypt_key_256(void *state, const uint8_t *key)
{
    camellia256_set_encrypt_key(state, key);
}

static void set_decrypt_key_256(void *state, const uint8_t *key)
{
    camellia256_set_decrypt_key(state, key);
}

static void cbc_encrypt_256(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                            size_t len)
{
    cbc_encrypt(state, crypt_256, CAMELLIA_BLOCK_SIZE, iv, len, dst, src);
}

static void cbc_decrypt_256(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,
                            size_t len)
{
    cbc_decrypt(state, crypt_256, CAMELLIA_BLOCK_SIZE, iv, len, dst, src);
}

/* @rfc 5932:3/1, 4132:3.1/1 */
const struct tlsni_block tlsni_block_camellia_128 = {
    TLSNI_BLOCK_CAMELLIA_128, 16, CAMELLIA_BLOCK_SIZE, sizeof(struct camellia128_ctx), UINT64_MAX,
    "CAMELLIA_128_CBC", set_encrypt_key_128, set_decrypt_key_128, cbc_encrypt_128, cbc_decrypt_128,
    "RFC 5932",
};

const struct tlsni_block tlsni_block_camellia_256 = {
    TLSNI_BLOCK_CAMELLIA_256, 32, CAMELLIA_BLOCK_SIZE, sizeof(struct camellia256_ctx), UINT64_MAX,
    "CAMELLIA_256_CBC", set_encrypt_key_256, set_decrypt_key_256, cbc_encrypt_256, cbc_decrypt_256,
    "RFC 5932",
};
