/* aria.h - the block cipher ARIA (RFC 5794), of our own because Nettle does not have it.
 *
 * In constant time: it is computed with logical operations on words, four blocks at once; nothing
 * is looked up by a secret. One block costs as much as four. */
#ifndef TLSNI_CIPHER_ARIA_H
#define TLSNI_CIPHER_ARIA_H

#include <tls-native/types.h>

enum { TLSNI_ARIA_BLOCK_LEN = 16, TLSNI_ARIA_ROUND_KEYS = 17 };

/* The round keys in the order of use: for one direction. Secret. */
struct tlsni_aria {
    uint64_t key[TLSNI_ARIA_ROUND_KEYS][2]; /* octets 0-7 and 8-15, the first one in the low bits */
    unsigned rounds;
};

/* key_len is 16 or 32. */
void tlsni_aria_set_encrypt_key(struct tlsni_aria *aria, const uint8_t *key, size_t key_len);
void tlsni_aria_set_decrypt_key(struct tlsni_aria *aria, const uint8_t *key, size_t key_len);

/* Whole blocks, each for itself, in the direction of the key; dst == src is allowed. Its type is
 * that of Nettle's cipher functions. */
void tlsni_aria_crypt(const void *aria, size_t len, uint8_t *dst, const uint8_t *src);

#endif
