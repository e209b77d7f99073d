/* pbkdf.c - PBKDF1, PBKDF2 (RFC 8018 5) and the function behind OpenSSL's encrypted PEM. */
#include "base/mem.h"
#include "cipher/hmac.h"
#include "cipher/password_kdf.h"

#include <string.h>

/* @rfc 8018:5.1/1, 8018:3/1 */
void tlsni_pbkdf1(const struct tlsni_hash *row, struct tlsn_span password, struct tlsn_span salt,
                  uint32_t iterations, uint8_t *out, size_t len)
{
    uint8_t t[TLSNI_HASH_LEN_MAX];
    struct tlsni_hash_ctx ctx;

    tlsni_hash_init(&ctx, row);
    tlsni_hash_update(&ctx, password.data, password.len);
    tlsni_hash_update(&ctx, salt.data, salt.len);
    row->digest(&ctx.state, t);
    while (--iterations)
        tlsni_hash_once(row, t, row->len, t);
    memcpy(out, t, len);
    tlsni_wipe(t, sizeof t);
    tlsni_wipe(&ctx, sizeof ctx);
}

/* One block: the exclusive or of all rounds. @rfc 8018:5.2/1 */
static void pbkdf2_block(const struct tlsni_hmac_key *key, struct tlsn_span salt, uint32_t index,
                         uint32_t iterations, uint8_t *sum)
{
    const uint8_t number[4] = { (uint8_t)(index >> 24), (uint8_t)(index >> 16),
                                (uint8_t)(index >> 8), (uint8_t)index };
    uint8_t u[TLSNI_HASH_LEN_MAX];
    struct tlsni_hmac h;

    tlsni_hmac_init(&h, key);
    tlsni_hmac_update(&h, salt.data, salt.len);
    tlsni_hmac_update(&h, number, sizeof number);
    tlsni_hmac_final(&h, u);
    memcpy(sum, u, key->row->len);
    while (--iterations) {
        tlsni_hmac_init(&h, key);
        tlsni_hmac_update(&h, u, key->row->len);
        tlsni_hmac_final(&h, u);
        for (size_t i = 0; i < key->row->len; i++)
            sum[i] ^= u[i];
    }
    tlsni_wipe(u, sizeof u);
}

void tlsni_pbkdf2(const struct tlsni_hash *row, struct tlsn_span password, struct tlsn_span salt,
                  uint32_t iterations, uint8_t *out, size_t len)
{
    uint8_t block[TLSNI_HASH_LEN_MAX];
    struct tlsni_hmac_key key;

    tlsni_hmac_set_key(&key, row, password.data, password.len);
    for (uint32_t i = 1; len; i++) {
        size_t n = len < row->len ? len : row->len;

        pbkdf2_block(&key, salt, i, iterations, block);
        memcpy(out, block, n);
        out += n;
        len -= n;
    }
    tlsni_wipe(&key, sizeof key);
    tlsni_wipe(block, sizeof block);
}

void tlsni_openssl_kdf(struct tlsn_span password, struct tlsn_span salt, uint8_t *out, size_t len)
{
    const struct tlsni_hash *md5 = tlsni_hash_find(TLSNI_HASH_MD5);
    uint8_t t[16];
    struct tlsni_hash_ctx ctx;
    bool first = true;

    while (len) {
        size_t n = len < sizeof t ? len : sizeof t;

        tlsni_hash_init(&ctx, md5);
        if (!first)
            tlsni_hash_update(&ctx, t, sizeof t);
        tlsni_hash_update(&ctx, password.data, password.len);
        tlsni_hash_update(&ctx, salt.data, salt.len);
        md5->digest(&ctx.state, t);
        memcpy(out, t, n);
        out += n;
        len -= n;
        first = false;
    }
    tlsni_wipe(t, sizeof t);
    tlsni_wipe(&ctx, sizeof ctx);
}
