/* hash.c - the rows of hash functions, all Nettle's. */
#include "cipher/hash.h"
#include "base/mem.h"
#include "cipher/nettle_compat.h"

#include <string.h>

static void put_be32(uint8_t *out, const uint32_t *words, size_t n)
{
    for (size_t i = 0; i < 4 * n; i++)
        out[i] = (uint8_t)(words[i / 4] >> (24 - 8 * (i % 4)));
}

static void put_be64(uint8_t *out, const uint64_t *words, size_t n)
{
    for (size_t i = 0; i < 8 * n; i++)
        out[i] = (uint8_t)(words[i / 8] >> (56 - 8 * (i % 8)));
}

static void put_le32(uint8_t *out, const uint32_t *words, size_t n)
{
    for (size_t i = 0; i < 4 * n; i++)
        out[i] = (uint8_t)(words[i / 4] >> (8 * (i % 4)));
}

/* One hash function: nettle's functions behind the row's types. `compress` relies on the context
 * having no partial block, as the row promises, and on Nettle compressing a block as soon as it is
 * whole. */
#define FUNCTIONS(hash, field, length, block_length, put)                       \
    static void hash##_start(union tlsni_hash_state *s)                         \
    {                                                                           \
        hash##_init(&s->field);                                                 \
    }                                                                           \
    static void hash##_feed(union tlsni_hash_state *s, size_t n, const uint8_t *data) \
    {                                                                           \
        hash##_update(&s->field, n, data);                                      \
    }                                                                           \
    static void hash##_finish(union tlsni_hash_state *s, uint8_t *out)          \
    {                                                                           \
        TLSNI_DIGEST(hash##_digest, length, out, &s->field);                    \
    }                                                                           \
    static void hash##_block(union tlsni_hash_state *s, const uint8_t *block)   \
    {                                                                           \
        hash##_update(&s->field, block_length, block);                          \
    }                                                                           \
    static void hash##_chaining(const union tlsni_hash_state *s, uint8_t *out)  \
    {                                                                           \
        put(out, s->field.state, (length) / sizeof s->field.state[0]);          \
    }

FUNCTIONS(md5, md5, 16, 64, put_le32)
FUNCTIONS(sha1, sha1, 20, 64, put_be32)
FUNCTIONS(sha224, sha256, 28, 64, put_be32)
FUNCTIONS(sha256, sha256, 32, 64, put_be32)
FUNCTIONS(sha384, sha512, 48, 128, put_be64)
FUNCTIONS(sha512, sha512, 64, 128, put_be64)

/* SHA-512 cut short, with other initial values. */
#define CUT_FUNCTIONS(hash, length)                                                   \
    static void hash##_start(union tlsni_hash_state *s)                               \
    {                                                                                 \
        hash##_init(&s->sha512);                                                      \
    }                                                                                 \
    static void hash##_finish(union tlsni_hash_state *s, uint8_t *out)                \
    {                                                                                 \
        TLSNI_DIGEST(hash##_digest, length, out, &s->sha512);                         \
    }

CUT_FUNCTIONS(sha512_224, 28)
CUT_FUNCTIONS(sha512_256, 32)

/* The pair that versions before TLS 1.2 hash and sign with: MD5's 16 bytes, then SHA-1's 20. */
static void md5_sha1_start(union tlsni_hash_state *s)
{
    md5_init(&s->md5_sha1.md5);
    sha1_init(&s->md5_sha1.sha1);
}

static void md5_sha1_feed(union tlsni_hash_state *s, size_t n, const uint8_t *data)
{
    md5_update(&s->md5_sha1.md5, n, data);
    sha1_update(&s->md5_sha1.sha1, n, data);
}

static void md5_sha1_finish(union tlsni_hash_state *s, uint8_t *out)
{
    TLSNI_DIGEST(md5_digest, 16, out, &s->md5_sha1.md5);
    TLSNI_DIGEST(sha1_digest, 20, out + 16, &s->md5_sha1.sha1);
}

#define ROW(id, length, block_length, field_length, type, name, hash, source)                  \
    { id, length, block_length, field_length, sizeof(type), name, hash##_start, hash##_feed,   \
      hash##_finish, hash##_block, hash##_chaining, source }

/* Indexed by id. */
static const struct tlsni_hash rows[] = {
    [TLSNI_HASH_MD5] = ROW(TLSNI_HASH_MD5, 16, 64, 8, struct md5_ctx, "MD5", md5, "RFC 1321"),
    [TLSNI_HASH_SHA1] =
        ROW(TLSNI_HASH_SHA1, 20, 64, 8, struct sha1_ctx, "SHA1", sha1, "FIPS 180-4 6.1"),
    [TLSNI_HASH_SHA224] =
        ROW(TLSNI_HASH_SHA224, 28, 64, 8, struct sha256_ctx, "SHA224", sha224, "FIPS 180-4 6.3"),
    [TLSNI_HASH_SHA256] =
        ROW(TLSNI_HASH_SHA256, 32, 64, 8, struct sha256_ctx, "SHA256", sha256, "FIPS 180-4 6.2"),
    [TLSNI_HASH_SHA384] =
        ROW(TLSNI_HASH_SHA384, 48, 128, 16, struct sha512_ctx, "SHA384", sha384, "FIPS 180-4 6.5"),
    [TLSNI_HASH_SHA512] =
        ROW(TLSNI_HASH_SHA512, 64, 128, 16, struct sha512_ctx, "SHA512", sha512, "FIPS 180-4 6.4"),
    [TLSNI_HASH_MD5_SHA1] = { .id = TLSNI_HASH_MD5_SHA1, .len = 36, .block_len = 64,
                              .length_field = 8,
                              .state_len = sizeof(((union tlsni_hash_state *)0)->md5_sha1),
                              .name = "MD5+SHA1", .init = md5_sha1_start, .update = md5_sha1_feed,
                              .digest = md5_sha1_finish, .source = "RFC 4346 4.7" },
    [TLSNI_HASH_SHA512_224] = { TLSNI_HASH_SHA512_224, 28, 128, 16, sizeof(struct sha512_ctx),
                                "SHA512/224", sha512_224_start, sha512_feed, sha512_224_finish,
                                sha512_block, NULL, "FIPS 180-4 6.6" },
    [TLSNI_HASH_SHA512_256] = { TLSNI_HASH_SHA512_256, 32, 128, 16, sizeof(struct sha512_ctx),
                                "SHA512/256", sha512_256_start, sha512_feed, sha512_256_finish,
                                sha512_block, NULL, "FIPS 180-4 6.7" },
};

const struct tlsni_hash *tlsni_hash_find(enum tlsni_hash_id id)
{
    size_t i = (size_t)id;

    return i < sizeof rows / sizeof *rows && rows[i].id ? &rows[i] : NULL;
}

void tlsni_hash_init(struct tlsni_hash_ctx *ctx, const struct tlsni_hash *row)
{
    ctx->row = row;
    row->init(&ctx->state);
}

void tlsni_hash_update(struct tlsni_hash_ctx *ctx, const void *data, size_t len)
{
    if (len)
        ctx->row->update(&ctx->state, len, data);
}

void tlsni_hash_peek(const struct tlsni_hash_ctx *ctx, uint8_t *out)
{
    union tlsni_hash_state copy;

    memcpy(&copy, &ctx->state, ctx->row->state_len);
    ctx->row->digest(&copy, out);
    tlsni_wipe(&copy, ctx->row->state_len);
}

void tlsni_hash_once(const struct tlsni_hash *row, const void *data, size_t len, uint8_t *out)
{
    union tlsni_hash_state state;

    row->init(&state);
    if (len)
        row->update(&state, len, data);
    row->digest(&state, out);
    tlsni_wipe(&state, row->state_len);
}
