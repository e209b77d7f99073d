/* idea.h - the block cipher IDEA (Lai and Massey 1991), of our own because Nettle does not have it.
 *
 * In constant time where the processor's multiplication is: nothing is looked up and no decision is
 * taken by a secret. */
#ifndef TLSNI_CIPHER_IDEA_H
#define TLSNI_CIPHER_IDEA_H

#include <tls-native/types.h>

enum { TLSNI_IDEA_BLOCK_LEN = 8, TLSNI_IDEA_KEY_LEN = 16, TLSNI_IDEA_SUBKEYS = 8 * 6 + 4 };

/* The subkeys in the order of use: for one direction. Secret. */
struct tlsni_idea {
    uint16_t key[TLSNI_IDEA_SUBKEYS];
};

void tlsni_idea_set_encrypt_key(struct tlsni_idea *idea, const uint8_t key[TLSNI_IDEA_KEY_LEN]);
void tlsni_idea_set_decrypt_key(struct tlsni_idea *idea, const uint8_t key[TLSNI_IDEA_KEY_LEN]);

/* Whole blocks, each for itself, in the direction of the key; dst == src is allowed. Its type is
 * that of Nettle's cipher functions. */
void tlsni_idea_crypt(const void *idea, size_t len, uint8_t *dst, const uint8_t *src);

#endif
