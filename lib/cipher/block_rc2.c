/* block_rc2.c - RC2 (RFC 2268) in CBC mode over Nettle.
 *
 * TLS keys it with 16 bytes and 128 effective bits, export suites included: the 40 or 56 bits of
 * RFC 2246 6.3 measure what goes into the key, not what RC2 makes of it. Its key schedule and its
 * mashing rounds look words up by secret indices, so time may tell something. For research. */
#include "cipher/block_rows.h"

#include <nettle/arctwo.h>
#include <nettle/cbc.h>

enum { RC2_KEY_LEN = 16 };

static void set_key(void *state, const uint8_t *key)
{
    arctwo128_set_key(state, key);
}

/* Nettle's functions take a state that they could change, but do not. */
static void encrypt(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    arctwo_encrypt((struct arctwo_ctx *)ctx, len, dst, src);
}

static void decrypt(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    arctwo_decrypt((struct arctwo_ctx *)ctx, len, dst, src);
}

TLSNI_CBC_OVER(encrypt, decrypt, ARCTWO_BLOCK_SIZE)

const struct tlsni_block tlsni_block_rc2_128 = {
    TLSNI_BLOCK_RC2_128, RC2_KEY_LEN, ARCTWO_BLOCK_SIZE, sizeof(struct arctwo_ctx),
    TLSNI_BLOCK_LIMIT_64, "RC2_CBC_128", set_key, set_key, encrypt_cbc, decrypt_cbc, "Netscape",
};

/* The keys come stretched from 5 and 7 bytes to 16 (RFC 2246 6.3.1). */
const struct tlsni_block tlsni_block_rc2_40 = {
    TLSNI_BLOCK_RC2_40, RC2_KEY_LEN, ARCTWO_BLOCK_SIZE, sizeof(struct arctwo_ctx),
    TLSNI_BLOCK_LIMIT_64, "RC2_CBC_40", set_key, set_key, encrypt_cbc, decrypt_cbc, "RFC 2246 6.3",
};

const struct tlsni_block tlsni_block_rc2_56 = {
    TLSNI_BLOCK_RC2_56, RC2_KEY_LEN, ARCTWO_BLOCK_SIZE, sizeof(struct arctwo_ctx),
    TLSNI_BLOCK_LIMIT_64, "RC2_CBC_56", set_key, set_key, encrypt_cbc, decrypt_cbc, "OpenSSL 0.9.8",
};
