#include "support_cbc.h"

#include <string.h>

static void mac_of(const struct tlsni_hmac_key *mac, const uint8_t *pseudo, const uint8_t *content,
                   size_t len, uint8_t *out)
{
    uint8_t header[TLSNI_PSEUDO_HEADER];
    struct tlsni_hmac h;

    memcpy(header, pseudo, sizeof header);
    header[11] = (uint8_t)(len >> 8);
    header[12] = (uint8_t)len;
    tlsni_hmac_init(&h, mac);
    tlsni_hmac_update(&h, header, sizeof header);
    tlsni_hmac_update(&h, content, len);
    tlsni_hmac_final(&h, out);
}

size_t test_cbc_text(const struct tlsni_hmac_key *mac, const uint8_t pseudo[TLSNI_PSEUDO_HEADER],
                     const uint8_t *content, size_t len, size_t padding, uint8_t *out)
{
    if (len)
        memcpy(out, content, len);
    mac_of(mac, pseudo, out, len, out + len);
    memset(out + len + mac->row->len, (int)padding, padding + 1);
    return len + mac->row->len + padding + 1;
}

bool test_cbc_judge(const struct tlsni_hmac_key *mac, const uint8_t pseudo[TLSNI_PSEUDO_HEADER],
                    const uint8_t *text, size_t len, size_t *content_len)
{
    size_t mac_len = mac->row->len, padding = text[len - 1];
    uint8_t expected[TLSNI_HASH_LEN_MAX];

    if (padding + 1 + mac_len > len)
        return false;
    for (size_t i = len - 1 - padding; i < len; i++)
        if (text[i] != padding)
            return false;
    *content_len = len - 1 - padding - mac_len;
    mac_of(mac, pseudo, text, *content_len, expected);
    return memcmp(expected, text + *content_len, mac_len) == 0;
}

size_t test_cbc_fragment(enum tlsni_block_id id, const uint8_t *key, const uint8_t *text,
                         size_t len, uint8_t *out)
{
    const struct tlsni_block *row = tlsni_block_find(id);
    uint8_t state[512] __attribute__((aligned(16))), iv[TLSNI_BLOCK_LEN_MAX] = { 0 };

    memset(out, 0, row->block_len);
    row->set_encrypt_key(state, key);
    row->cbc_encrypt(state, iv, out + row->block_len, text, len);
    return row->block_len + len;
}
