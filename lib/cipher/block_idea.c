/* block_idea.c - IDEA (RFC 5469 3) in CBC mode: the cipher is ours, the mode Nettle's. */
#include "cipher/block_rows.h"
#include "cipher/idea.h"

#include <nettle/cbc.h>

static void set_encrypt_key(void *state, const uint8_t *key)
{
    tlsni_idea_set_encrypt_key(state, key);
}

static void set_decrypt_key(void *state, const uint8_t *key)
{
    tlsni_idea_set_decrypt_key(state, key);
}

TLSNI_CBC_OVER(tlsni_idea_crypt, tlsni_idea_crypt, TLSNI_IDEA_BLOCK_LEN)

/* @rfc 5469:3/1 */
const struct tlsni_block tlsni_block_idea = {
    TLSNI_BLOCK_IDEA, TLSNI_IDEA_KEY_LEN, TLSNI_IDEA_BLOCK_LEN, sizeof(struct tlsni_idea),
    TLSNI_BLOCK_LIMIT_64, "IDEA_CBC", set_encrypt_key, set_decrypt_key, encrypt_cbc, decrypt_cbc,
    "RFC 5469",
};
