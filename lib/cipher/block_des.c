/* block_des.c - single DES (FIPS 46-3) in CBC mode over Nettle, also for the export suites that
 * make its key from 40 bits.
 *
 * A key of 56 bits can be searched. Nettle looks bits up in tables, so time may tell something to
 * who shares the processor's caches. For research. */
#include "cipher/block_rows.h"

#include <nettle/cbc.h>
#include <nettle/des.h>

/* Nettle tells of weak keys and fills the state all the same. TLS has no other key to offer. */
static void set_key(void *state, const uint8_t *key)
{
    (void)des_set_key(state, key);
}

static void encrypt(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    des_encrypt(ctx, len, dst, src);
}

static void decrypt(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    des_decrypt(ctx, len, dst, src);
}

TLSNI_CBC_OVER(encrypt, decrypt, DES_BLOCK_SIZE)

/* @rfc 5469:2/1 */
const struct tlsni_block tlsni_block_des = {
    TLSNI_BLOCK_DES, DES_KEY_SIZE, DES_BLOCK_SIZE, sizeof(struct des_ctx), TLSNI_BLOCK_LIMIT_64,
    "DES_CBC", set_key, set_key, encrypt_cbc, decrypt_cbc, "RFC 5469",
};

/* The key comes stretched from 5 bytes to 8 (RFC 2246 6.3.1). */
const struct tlsni_block tlsni_block_des40 = {
    TLSNI_BLOCK_DES40, DES_KEY_SIZE, DES_BLOCK_SIZE, sizeof(struct des_ctx), TLSNI_BLOCK_LIMIT_64,
    "DES40_CBC", set_key, set_key, encrypt_cbc, decrypt_cbc, "RFC 2246 6.3",
};
