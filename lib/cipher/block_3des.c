/* block_3des.c - triple DES with three keys (NIST SP 800-67) in CBC mode over Nettle.
 *
 * Nettle looks bits up in tables, so time may tell something to who shares the processor's
 * caches. */
#include "cipher/block_rows.h"

#include <nettle/cbc.h>
#include <nettle/des.h>

/* Nettle tells of weak keys, which have a probability of 2^-52. TLS has no other key to offer. */
static void set_key(void *state, const uint8_t *key)
{
    (void)des3_set_key(state, key);
}

static void encrypt(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    des3_encrypt(ctx, len, dst, src);
}

static void decrypt(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    des3_decrypt(ctx, len, dst, src);
}

TLSNI_CBC_OVER(encrypt, decrypt, DES3_BLOCK_SIZE)

const struct tlsni_block tlsni_block_3des_ede = {
    TLSNI_BLOCK_3DES_EDE, DES3_KEY_SIZE, DES3_BLOCK_SIZE, sizeof(struct des3_ctx),
    TLSNI_BLOCK_LIMIT_64, "3DES_EDE_CBC", set_key, set_key, encrypt_cbc, decrypt_cbc, "RFC 5246 6.3",
};
