/* seed.h - the block cipher SEED (RFC 4269), of our own because Nettle does not have it.
 *
 * In constant time: its S-boxes are computed, nothing is looked up by a secret. That costs
 * speed. */
#ifndef TLSNI_CIPHER_SEED_H
#define TLSNI_CIPHER_SEED_H

#include <tls-native/types.h>

enum { TLSNI_SEED_BLOCK_LEN = 16, TLSNI_SEED_KEY_LEN = 16, TLSNI_SEED_ROUNDS = 16 };

/* The round keys in the order of use: for one direction. Secret. */
struct tlsni_seed {
    uint32_t key[TLSNI_SEED_ROUNDS][2];
};

void tlsni_seed_set_encrypt_key(struct tlsni_seed *seed, const uint8_t key[TLSNI_SEED_KEY_LEN]);
void tlsni_seed_set_decrypt_key(struct tlsni_seed *seed, const uint8_t key[TLSNI_SEED_KEY_LEN]);

/* Whole blocks, each for itself, in the direction of the key; dst == src is allowed. Its type is
 * that of Nettle's cipher functions. */
void tlsni_seed_crypt(const void *seed, size_t len, uint8_t *dst, const uint8_t *src);

#endif
