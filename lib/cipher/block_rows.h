/* block_rows.h - the rows of block ciphers, one file a cipher, for the table in block.c. */
#ifndef TLSNI_CIPHER_BLOCK_ROWS_H
#define TLSNI_CIPHER_BLOCK_ROWS_H

#include "cipher/block.h"

extern const struct tlsni_block tlsni_block_aes_128;
extern const struct tlsni_block tlsni_block_aes_256;
extern const struct tlsni_block tlsni_block_camellia_128;
extern const struct tlsni_block tlsni_block_camellia_256;
extern const struct tlsni_block tlsni_block_3des_ede;
extern const struct tlsni_block tlsni_block_aria_128;
extern const struct tlsni_block tlsni_block_aria_256;

#endif
