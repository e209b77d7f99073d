/* pkcs12_kdf.c - PKCS#12's key derivation (RFC 7292 B.2), which chains a hash over salt and password. */
#include "base/mem.h"
#include "cipher/password_kdf.h"

#include <string.h>

static size_t rounded(size_t len, size_t unit)
{
    return (len + unit - 1) / unit * unit;
}

/* As many copies of s as fill len bytes. */
static void repeat(uint8_t *out, size_t len, struct tlsn_span s)
{
    for (size_t i = 0; i < len; i++)
        out[i] = s.data[i % s.len];
}

/* block = block + b + 1 modulo 2^(8 v), big-endian. */
static void add_one_and(uint8_t *block, const uint8_t *b, size_t v)
{
    unsigned carry = 1;

    while (v--) {
        carry += block[v] + (unsigned)b[v];
        block[v] = (uint8_t)carry;
        carry >>= 8;
    }
}

/* One output block A: the hash of diversifier and input, hashed again and again. */
static void chain(const struct tlsni_hash *row, uint8_t use, const uint8_t *in, size_t in_len,
                  uint32_t iterations, uint8_t *a)
{
    uint8_t diversifier[TLSNI_HASH_BLOCK_MAX];
    struct tlsni_hash_ctx ctx;

    memset(diversifier, use, row->block_len);
    tlsni_hash_init(&ctx, row);
    tlsni_hash_update(&ctx, diversifier, row->block_len);
    tlsni_hash_update(&ctx, in, in_len);
    row->digest(&ctx.state, a);
    while (--iterations)
        tlsni_hash_once(row, a, row->len, a);
    tlsni_wipe(&ctx, sizeof ctx);
}

/* The blocks of the output; `in` changes between them. @rfc 7292:B.2/1, 7292:B.3/1 */
static void produce(const struct tlsni_hash *row, enum tlsni_pkcs12_use use, uint8_t *in,
                    size_t in_len, uint32_t iterations, uint8_t *out, size_t len)
{
    uint8_t a[TLSNI_HASH_LEN_MAX], b[TLSNI_HASH_BLOCK_MAX];

    for (;;) {
        size_t n = len < row->len ? len : row->len;

        chain(row, (uint8_t)use, in, in_len, iterations, a);
        memcpy(out, a, n);
        out += n;
        len -= n;
        if (!len)
            break;
        repeat(b, row->block_len, (struct tlsn_span){ a, row->len });
        for (size_t at = 0; at < in_len; at += row->block_len)
            add_one_and(in + at, b, row->block_len);
    }
    tlsni_wipe(a, sizeof a);
    tlsni_wipe(b, sizeof b);
}

tlsn_status tlsni_pkcs12_kdf(const struct tlsn_hooks *env, const struct tlsni_hash *row,
                             enum tlsni_pkcs12_use use, struct tlsn_span password,
                             struct tlsn_span salt, uint32_t iterations, uint8_t *out, size_t len)
{
    size_t salt_len = rounded(salt.len, row->block_len);
    size_t in_len = salt_len + rounded(password.len, row->block_len);
    uint8_t *in = tlsni_alloc(env, in_len);

    if (!in)
        return TLSN_ERR_NO_MEMORY;
    repeat(in, salt_len, salt);
    repeat(in + salt_len, in_len - salt_len, password);
    produce(row, use, in, in_len, iterations, out, len);
    tlsni_free_secret(env, in, in_len);
    return TLSN_OK;
}
