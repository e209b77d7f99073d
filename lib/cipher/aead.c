/* aead.c - the table of AEADs. A faster implementation of an algorithm is a further row in front of
 * Nettle's, taken when the processor has what it needs. */
#include "cipher/aead.h"
#include "cipher/aead_rows.h"

/* @rfc 5116:2.1/4, 5116:2.1/5 */
static const struct tlsni_aead *const rows[] = {
    &tlsni_aead_aes_128_gcm,
    &tlsni_aead_aes_256_gcm,
    &tlsni_aead_chacha20_poly1305,
    &tlsni_aead_aes_128_ccm,
    &tlsni_aead_aes_256_ccm,
    &tlsni_aead_aes_128_ccm_8,
    &tlsni_aead_aes_256_ccm_8,
    &tlsni_aead_camellia_128_gcm,
    &tlsni_aead_camellia_256_gcm,
    &tlsni_aead_aria_128_gcm,
    &tlsni_aead_aria_256_gcm,
};

const struct tlsni_aead *tlsni_aead_find(enum tlsni_aead_id id)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i]->id == id)
            return rows[i];
    return NULL;
}
