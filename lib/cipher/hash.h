/* hash.h - hash functions as rows, and a running hash by value.
 *
 * A context is a plain struct: copying it is the snapshot operation that the transcript needs. */
#ifndef TLSNI_CIPHER_HASH_H
#define TLSNI_CIPHER_HASH_H

#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <tls-native/types.h>

/* The numbers are TLS HashAlgorithm, RFC 5246 7.4.1.4.1. */
enum tlsni_hash_id {
    TLSNI_HASH_NONE = 0,
    TLSNI_HASH_MD5 = 1,
    TLSNI_HASH_SHA1 = 2,
    TLSNI_HASH_SHA224 = 3,
    TLSNI_HASH_SHA256 = 4,
    TLSNI_HASH_SHA384 = 5,
    TLSNI_HASH_SHA512 = 6,
    TLSNI_HASH_MD5_SHA1 = 16, /* no number on the wire: both, one behind the other (RFC 4346 4.7) */
    TLSNI_HASH_SHA512_224,    /* no numbers on the wire: only in HMAC for keys from passwords */
    TLSNI_HASH_SHA512_256,
};

enum { TLSNI_HASH_LEN_MAX = 64, TLSNI_HASH_BLOCK_MAX = 128 };

union tlsni_hash_state {
    struct md5_ctx md5;
    struct sha1_ctx sha1;
    struct sha256_ctx sha256; /* and SHA-224 */
    struct sha512_ctx sha512; /* and SHA-384, SHA-512/224, SHA-512/256 */
    struct {
        struct md5_ctx md5;
        struct sha1_ctx sha1;
    } md5_sha1;
};

struct tlsni_hash {
    uint8_t id; /* enum tlsni_hash_id */
    uint8_t len, block_len;
    uint8_t length_field; /* bytes of the message length in the last block's padding: 8 or 16 */
    uint16_t state_len;   /* bytes of the state that are in use */
    const char *name;     /* "SHA256" */
    void (*init)(union tlsni_hash_state *s);
    void (*update)(union tlsni_hash_state *s, size_t n, const uint8_t *data);
    /* Writes all len bytes. The state is spent. */
    void (*digest)(union tlsni_hash_state *s, uint8_t *out);
    /* One compression of a whole block and the chaining value in big-endian (or little-endian for
     * MD5) form as the digest would show it: what the constant-time CBC MAC is built from. NULL in the
     * row of two hashes, which no MAC uses; the second also where TLS has no such MAC. */
    void (*compress)(union tlsni_hash_state *s, const uint8_t *block);
    void (*chaining)(const union tlsni_hash_state *s, uint8_t *out);
    const char *source;
};

/* NULL for NONE and for numbers that are not known. */
const struct tlsni_hash *tlsni_hash_find(enum tlsni_hash_id id);

/* Whether signatures with it should not be trusted any more (RFC 9155). */
static inline bool tlsni_hash_is_weak(uint8_t id)
{
    return id == TLSNI_HASH_MD5 || id == TLSNI_HASH_SHA1;
}

struct tlsni_hash_ctx {
    const struct tlsni_hash *row; /* NULL: not started */
    union tlsni_hash_state state;
};

void tlsni_hash_init(struct tlsni_hash_ctx *ctx, const struct tlsni_hash *row);
void tlsni_hash_update(struct tlsni_hash_ctx *ctx, const void *data, size_t len);
/* The hash so far; the context can go on. */
void tlsni_hash_peek(const struct tlsni_hash_ctx *ctx, uint8_t *out);
void tlsni_hash_once(const struct tlsni_hash *row, const void *data, size_t len, uint8_t *out);

#endif
