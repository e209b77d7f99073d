/* scrypt.c - scrypt (RFC 7914): PBKDF2 around a mix that needs memory.
 *
 * Its look-ups go by bytes that depend on the password (RFC 7914 2 wants it so): who shares the
 * processor's caches may learn something. That is what makes the memory necessary. */
#include "base/mem.h"
#include "cipher/password_kdf.h"

#include <string.h>

enum { WORDS = 16, BLOCK = 64 }; /* of one Salsa20 block */

static uint32_t rotl(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static void quarter(uint32_t *x, size_t a, size_t b, size_t c, size_t d)
{
    x[b] ^= rotl(x[a] + x[d], 7);
    x[c] ^= rotl(x[b] + x[a], 9);
    x[d] ^= rotl(x[c] + x[b], 13);
    x[a] ^= rotl(x[d] + x[c], 18);
}

/* Salsa20/8, RFC 7914 3: four times columns, then rows. */
static void salsa(uint32_t b[WORDS])
{
    uint32_t x[WORDS];

    memcpy(x, b, sizeof x);
    for (unsigned i = 0; i < 4; i++) {
        quarter(x, 0, 4, 8, 12);
        quarter(x, 5, 9, 13, 1);
        quarter(x, 10, 14, 2, 6);
        quarter(x, 15, 3, 7, 11);
        quarter(x, 0, 1, 2, 3);
        quarter(x, 5, 6, 7, 4);
        quarter(x, 10, 11, 8, 9);
        quarter(x, 15, 12, 13, 14);
    }
    for (size_t i = 0; i < WORDS; i++)
        b[i] += x[i];
}

/* scryptBlockMix, RFC 7914 4: 2 r blocks of `in`; those with even numbers come first in `out`. */
static void block_mix(uint32_t *out, const uint32_t *in, size_t r)
{
    uint32_t x[WORDS];

    memcpy(x, in + (2 * r - 1) * WORDS, sizeof x);
    for (size_t i = 0; i < 2 * r; i++) {
        for (size_t k = 0; k < WORDS; k++)
            x[k] ^= in[i * WORDS + k];
        salsa(x);
        memcpy(out + (i / 2 + (i % 2) * r) * WORDS, x, sizeof x);
    }
}

/* scryptROMix, RFC 7914 5, on one lane x of 32 r words. v: n lanes; t: one lane. */
static void rom_mix(uint32_t *x, uint32_t *v, uint32_t *t, uint64_t n, size_t r)
{
    size_t words = 2 * WORDS * r;

    for (uint64_t i = 0; i < n; i++) {
        memcpy(v + i * words, x, words * sizeof *x);
        block_mix(t, x, r);
        memcpy(x, t, words * sizeof *x);
    }
    for (uint64_t i = 0; i < n; i++) {
        const uint32_t *last = x + (2 * r - 1) * WORDS;
        const uint32_t *chosen = v + ((last[0] | (uint64_t)last[1] << 32) & (n - 1)) * words;

        for (size_t k = 0; k < words; k++)
            x[k] ^= chosen[k];
        block_mix(t, x, r);
        memcpy(x, t, words * sizeof *x);
    }
}

/* Bytes are little-endian numbers here. */
static void load(uint32_t *out, const uint8_t *in, size_t words)
{
    for (size_t i = 0; i < words; i++, in += 4)
        out[i] = in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static void store(uint8_t *out, const uint32_t *in, size_t words)
{
    for (size_t i = 0; i < words; i++)
        for (unsigned k = 0; k < 4; k++)
            *out++ = (uint8_t)(in[i] >> 8 * k);
}

uint64_t tlsni_scrypt_memory(const struct tlsni_scrypt_cost *cost)
{
    uint64_t n = cost->n, lane = 128 * (uint64_t)cost->r;

    if (n < 2 || (n & (n - 1)) || !cost->r || !cost->p || (cost->r < 4 && n >> 16 * cost->r) ||
        cost->p > UINT64_C(0xffffffff) * 32 / lane || n > UINT64_MAX / lane)
        return UINT64_MAX;
    return n * lane;
}

tlsn_status tlsni_scrypt(const struct tlsn_hooks *env, struct tlsn_span password,
                         struct tlsn_span salt, const struct tlsni_scrypt_cost *cost, uint8_t *out,
                         size_t len)
{
    const struct tlsni_hash *sha256 = tlsni_hash_find(TLSNI_HASH_SHA256);
    uint64_t memory = tlsni_scrypt_memory(cost);
    size_t lane = 128 * (size_t)cost->r, lanes = lane * cost->p;
    uint8_t *b;
    uint32_t *v;

    if (memory > SIZE_MAX / 4 || lanes / lane != cost->p)
        return TLSN_ERR_ARGUMENT;
    b = tlsni_alloc(env, lanes);
    v = tlsni_alloc(env, (size_t)memory + 2 * lane);
    if (b && v) {
        uint32_t *x = v + memory / sizeof *v, *t = x + lane / sizeof *v;

        tlsni_pbkdf2(sha256, password, salt, 1, b, lanes);
        for (size_t i = 0; i < cost->p; i++) {
            load(x, b + i * lane, lane / sizeof *x);
            rom_mix(x, v, t, cost->n, cost->r);
            store(b + i * lane, x, lane / sizeof *x);
        }
        tlsni_pbkdf2(sha256, password, (struct tlsn_span){ b, lanes }, 1, out, len);
    }
    if (v)
        tlsni_free_secret(env, v, (size_t)memory + 2 * lane);
    if (b)
        tlsni_free_secret(env, b, lanes);
    return b && v ? TLSN_OK : TLSN_ERR_NO_MEMORY;
}
