/* nettle_record.c - a TLS 1.2 record by Nettle alone: the least that any library over it can
 * cost. */
#include "harness.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/chacha-poly1305.h>
#include <nettle/gcm.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/version.h>
#include <stdlib.h>
#include <string.h>

enum { AAD = 13, TAG = 16, MAC = 32, BLOCK = 16 };

/* Nettle 4.0 took the length out of its digest functions. */
#if NETTLE_VERSION_MAJOR >= 4
#define DIGEST(function, ctx, len, out) function(ctx, out)
#else
#define DIGEST(function, ctx, len, out) function(ctx, len, out)
#endif

struct nettle {
    enum bench_cipher cipher;
    bool etm;
    uint64_t sequence[2];
    struct gcm_aes128_ctx gcm128;
    struct gcm_aes256_ctx gcm256;
    struct chacha_poly1305_ctx chacha;
    struct CBC_CTX(struct aes128_ctx, AES_BLOCK_SIZE) encrypt, decrypt;
    struct hmac_sha256_ctx mac;
};

void *bench_nettle_new(const struct bench_case *c)
{
    static const uint8_t key[32] = { 1, 2, 3 };
    struct nettle *n;

    if (c->version != TLS_1_2)
        return NULL;
    n = calloc(1, sizeof *n);
    if (!n)
        return NULL;
    n->cipher = c->cipher;
    n->etm = c->etm;
    gcm_aes128_set_key(&n->gcm128, key);
    gcm_aes256_set_key(&n->gcm256, key);
    chacha_poly1305_set_key(&n->chacha, key);
    aes128_set_encrypt_key(&n->encrypt.ctx, key);
    aes128_set_decrypt_key(&n->decrypt.ctx, key);
    hmac_sha256_set_key(&n->mac, 32, key);
    return n;
}

void bench_nettle_free(void *n)
{
    free(n);
}

/* Sequence number, type, version, length. */
static void head(struct nettle *n, int way, size_t len, uint8_t aad[AAD], uint8_t nonce[12])
{
    uint64_t s = n->sequence[way]++;

    for (int i = 7; i >= 0; i--, s >>= 8)
        aad[i] = (uint8_t)s;
    aad[8] = 23;
    aad[9] = aad[10] = 3;
    aad[11] = (uint8_t)(len >> 8);
    aad[12] = (uint8_t)len;
    memset(nonce, 7, 4);
    memcpy(nonce + 4, aad, 8);
}

static size_t padded(size_t len)
{
    return len / BLOCK * BLOCK + BLOCK;
}

static void cbc_seal(struct nettle *n, const uint8_t *aad, uint8_t *out, const uint8_t *data,
                     size_t len)
{
    size_t inner = n->etm ? len : len + MAC, whole = padded(inner);

    memset(n->encrypt.iv, 9, BLOCK);
    memcpy(out, data, len);
    if (!n->etm) {
        hmac_sha256_update(&n->mac, AAD, aad);
        hmac_sha256_update(&n->mac, len, data);
        DIGEST(hmac_sha256_digest, &n->mac, MAC, out + len);
    }
    memset(out + inner, (int)(whole - inner - 1), whole - inner);
    CBC_ENCRYPT(&n->encrypt, aes128_encrypt, whole, out, out);
    if (n->etm) {
        hmac_sha256_update(&n->mac, AAD, aad);
        hmac_sha256_update(&n->mac, whole, out);
        DIGEST(hmac_sha256_digest, &n->mac, MAC, out + whole);
    }
}

static void cbc_open(struct nettle *n, const uint8_t *aad, uint8_t *out, const uint8_t *record,
                     size_t len)
{
    size_t whole = padded(n->etm ? len : len + MAC);
    uint8_t mac[MAC];

    hmac_sha256_update(&n->mac, AAD, aad);
    if (n->etm)
        hmac_sha256_update(&n->mac, whole, record);
    memset(n->decrypt.iv, 9, BLOCK);
    CBC_DECRYPT(&n->decrypt, aes128_decrypt, whole, out, record);
    if (!n->etm)
        hmac_sha256_update(&n->mac, len, out);
    DIGEST(hmac_sha256_digest, &n->mac, MAC, mac);
    if (!memeql_sec(mac, n->etm ? record + whole : out + len, MAC))
        abort();
}

void bench_nettle_seal(void *state, uint8_t *out, const uint8_t *data, size_t len)
{
    struct nettle *n = state;
    uint8_t aad[AAD], nonce[12];

    head(n, 0, len, aad, nonce);
    switch (n->cipher) {
    case AES_128_GCM:
        gcm_aes128_set_iv(&n->gcm128, sizeof nonce, nonce);
        gcm_aes128_update(&n->gcm128, AAD, aad);
        gcm_aes128_encrypt(&n->gcm128, len, out, data);
        DIGEST(gcm_aes128_digest, &n->gcm128, TAG, out + len);
        break;
    case AES_256_GCM:
        gcm_aes256_set_iv(&n->gcm256, sizeof nonce, nonce);
        gcm_aes256_update(&n->gcm256, AAD, aad);
        gcm_aes256_encrypt(&n->gcm256, len, out, data);
        DIGEST(gcm_aes256_digest, &n->gcm256, TAG, out + len);
        break;
    case CHACHA20_POLY1305:
        chacha_poly1305_set_nonce(&n->chacha, nonce);
        chacha_poly1305_update(&n->chacha, AAD, aad);
        chacha_poly1305_encrypt(&n->chacha, len, out, data);
        DIGEST(chacha_poly1305_digest, &n->chacha, TAG, out + len);
        break;
    case AES_128_CBC_SHA256:
        cbc_seal(n, aad, out, data, len);
        break;
    }
}

void bench_nettle_open(void *state, uint8_t *out, const uint8_t *record, size_t len)
{
    struct nettle *n = state;
    uint8_t aad[AAD], nonce[12], tag[TAG];

    head(n, 1, len, aad, nonce);
    switch (n->cipher) {
    case AES_128_GCM:
        gcm_aes128_set_iv(&n->gcm128, sizeof nonce, nonce);
        gcm_aes128_update(&n->gcm128, AAD, aad);
        gcm_aes128_decrypt(&n->gcm128, len, out, record);
        DIGEST(gcm_aes128_digest, &n->gcm128, TAG, tag);
        break;
    case AES_256_GCM:
        gcm_aes256_set_iv(&n->gcm256, sizeof nonce, nonce);
        gcm_aes256_update(&n->gcm256, AAD, aad);
        gcm_aes256_decrypt(&n->gcm256, len, out, record);
        DIGEST(gcm_aes256_digest, &n->gcm256, TAG, tag);
        break;
    case CHACHA20_POLY1305:
        chacha_poly1305_set_nonce(&n->chacha, nonce);
        chacha_poly1305_update(&n->chacha, AAD, aad);
        chacha_poly1305_decrypt(&n->chacha, len, out, record);
        DIGEST(chacha_poly1305_digest, &n->chacha, TAG, tag);
        break;
    case AES_128_CBC_SHA256:
        cbc_open(n, aad, out, record, len);
        return;
    }
    if (!memeql_sec(tag, record + len, TAG))
        abort();
}
