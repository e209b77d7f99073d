/* block_seed.c - SEED (RFC 4269) in CBC mode: the cipher is ours, the mode Nettle's. */
#include "cipher/block_rows.h"
#include "cipher/seed.h"

#include <nettle/cbc.h>

static void set_encrypt_key(void *state, const uint8_t *key)
{
    tlsni_seed_set_encrypt_key(state, key);
}

static void set_decrypt_key(void *state, const uint8_t *key)
{
    tlsni_seed_set_decrypt_key(state, key);
}

TLSNI_CBC_OVER(tlsni_seed_crypt, tlsni_seed_crypt, TLSNI_SEED_BLOCK_LEN)

/* @rfc 4162:3.1/1 */
const struct tlsni_block tlsni_block_seed = {
    TLSNI_BLOCK_SEED, TLSNI_SEED_KEY_LEN, TLSNI_SEED_BLOCK_LEN, sizeof(struct tlsni_seed),
    UINT64_MAX, "SEED_CBC", set_encrypt_key, set_decrypt_key, encrypt_cbc, decrypt_cbc,
    "RFC 4162",
};
