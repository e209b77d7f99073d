#include "cipher/hmac.h"
#include "base/mem.h"

#include <string.h>

/* The state behind one block of key XOR pad. The block comes with the previous pad in it. */
static void key_state(union tlsni_hash_state *state, const struct tlsni_hash *row, uint8_t *block,
                      uint8_t change)
{
    for (size_t i = 0; i < TLSNI_HASH_BLOCK_MAX; i++)
        block[i] ^= change;
    row->init(state);
    row->compress(state, block);
}

void tlsni_hmac_set_key(struct tlsni_hmac_key *key, const struct tlsni_hash *row,
                        const void *secret, size_t secret_len)
{
    uint8_t block[TLSNI_HASH_BLOCK_MAX] = { 0 };

    if (secret_len > row->block_len)
        tlsni_hash_once(row, secret, secret_len, block);
    else if (secret_len)
        memcpy(block, secret, secret_len);
    key->row = row;
    key_state(&key->inner, row, block, 0x36);
    key_state(&key->outer, row, block, 0x36 ^ 0x5c);
    tlsni_wipe(block, sizeof block);
}

void tlsni_hmac_init(struct tlsni_hmac *h, const struct tlsni_hmac_key *key)
{
    h->key = key;
    memcpy(&h->state, &key->inner, key->row->state_len);
}

void tlsni_hmac_update(struct tlsni_hmac *h, const void *data, size_t len)
{
    if (len)
        h->key->row->update(&h->state, len, data);
}

/* @rfc 5246:5/1 */
void tlsni_hmac_final(struct tlsni_hmac *h, uint8_t *out)
{
    const struct tlsni_hash *row = h->key->row;
    uint8_t inner[TLSNI_HASH_LEN_MAX];

    row->digest(&h->state, inner);
    memcpy(&h->state, &h->key->outer, row->state_len);
    row->update(&h->state, row->len, inner);
    row->digest(&h->state, out);
    tlsni_wipe(&h->state, row->state_len);
    tlsni_wipe(inner, row->len);
}

void tlsni_hmac_once(const struct tlsni_hash *row, const void *secret, size_t secret_len,
                     const void *data, size_t len, uint8_t *out)
{
    struct tlsni_hmac_key key;
    struct tlsni_hmac h;

    tlsni_hmac_set_key(&key, row, secret, secret_len);
    tlsni_hmac_init(&h, &key);
    tlsni_hmac_update(&h, data, len);
    tlsni_hmac_final(&h, out);
    tlsni_wipe(&key, sizeof key);
}
