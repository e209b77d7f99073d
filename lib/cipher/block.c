/* block.c - the table of block ciphers in CBC mode (NIST SP 800-38A 6.2). */
#include "cipher/block.h"
#include "cipher/block_rows.h"

static const struct tlsni_block *const rows[] = {
    &tlsni_block_aes_128,
    &tlsni_block_aes_256,
    &tlsni_block_camellia_128,
    &tlsni_block_camellia_256,
    &tlsni_block_3des_ede,
    &tlsni_block_aria_128,
    &tlsni_block_aria_256,
    &tlsni_block_des,
    &tlsni_block_des40,
    &tlsni_block_rc2_128,
    &tlsni_block_rc2_40,
    &tlsni_block_rc2_56,
    &tlsni_block_idea,
    &tlsni_block_seed,
    &tlsni_block_aes_192,
};

const struct tlsni_block *tlsni_block_find(enum tlsni_block_id id)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i]->id == id)
            return rows[i];
    return NULL;
}
