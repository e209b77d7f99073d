/* block_rows.h - the rows of block ciphers, one file a cipher, for the table in block.c. */
#ifndef TLSNI_CIPHER_BLOCK_ROWS_H
#define TLSNI_CIPHER_BLOCK_ROWS_H

#include "cipher/block.h"

extern const struct tlsni_block tlsni_block_aes_128;
extern const struct tlsni_block tlsni_block_aes_192;
extern const struct tlsni_block tlsni_block_aes_256;
extern const struct tlsni_block tlsni_block_camellia_128;
extern const struct tlsni_block tlsni_block_camellia_256;
extern const struct tlsni_block tlsni_block_3des_ede;
extern const struct tlsni_block tlsni_block_aria_128;
extern const struct tlsni_block tlsni_block_aria_256;
extern const struct tlsni_block tlsni_block_des;
extern const struct tlsni_block tlsni_block_des40;
extern const struct tlsni_block tlsni_block_rc2_128;
extern const struct tlsni_block tlsni_block_rc2_40;
extern const struct tlsni_block tlsni_block_rc2_56;
extern const struct tlsni_block tlsni_block_idea;
extern const struct tlsni_block tlsni_block_seed;

/* Blocks of 64 bits: about 2^32 of them under one key show a collision, hence plain text (Sweet32,
 * CVE-2016-2183). A key ends long before that: NIST SP 800-67 Revision 2, 3.1, 2^20 blocks, 8
 * MiB. */
enum { TLSNI_BLOCK_LIMIT_64 = 1 << 20 };

/* encrypt_cbc and decrypt_cbc of a row: Nettle's mode over functions for whole blocks. */
#define TLSNI_CBC_OVER(encrypt, decrypt, block_len)                                                \
    static void encrypt_cbc(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,      \
                            size_t len)                                                            \
    {                                                                                              \
        cbc_encrypt(state, encrypt, block_len, iv, len, dst, src);                                 \
    }                                                                                              \
    static void decrypt_cbc(const void *state, uint8_t *iv, uint8_t *dst, const uint8_t *src,      \
                            size_t len)                                                            \
    {                                                                                              \
        cbc_decrypt(state, decrypt, block_len, iv, len, dst, src);                                 \
    }

#endif
