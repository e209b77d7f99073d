/* aead_gcm.c - GCM (NIST SP 800-38D) with AES, Camellia and ARIA, over Nettle.
 *
 * The state is the expanded key of the block cipher, which function uses it, and the GHASH key, and
 * nothing that belongs to a single record: the running state lives on the stack for the length of
 * one call.
 *
 * Nettle makes two passes, CTR and GHASH, over what it is given, and CTR is slow where dst is not
 * aligned, as it never is behind a record header. So it is given small pieces, with an aligned
 * buffer to write to: both passes find their bytes in the nearest cache, and a 16 KiB record takes
 * about a sixth less time. */
#include "base/ct.h"
#include "base/mem.h"
#include "cipher/aead_rows.h"
#include "cipher/aria.h"
#include "cipher/nettle_compat.h"

#include <nettle/aes.h>
#include <nettle/camellia.h>
#include <nettle/gcm.h>
#include <string.h>

/* RFC 8446 5.5: 2^24.5 full-size records under one key keep the attacker's advantage below 2^-57.
 * The bound is that of GCM with any block cipher of 128-bit blocks. */
enum { GCM_RECORD_LIMIT = 23726566 };

enum { PIECE = 12 * GCM_BLOCK_SIZE };

struct gcm_state {
    struct gcm_key hash;
    nettle_cipher_func *encrypt;
    union {
        struct aes128_ctx aes128;
        struct aes256_ctx aes256;
        struct camellia128_ctx camellia128;
        struct camellia256_ctx camellia256;
        struct tlsni_aria aria;
    } cipher;
};

#define STATE_LEN(member) \
    (offsetof(struct gcm_state, cipher) + sizeof(((struct gcm_state *)NULL)->cipher.member))

typedef void gcm_crypt(struct gcm_ctx *ctx, const struct gcm_key *key, const void *cipher,
                       nettle_cipher_func *f, size_t len, uint8_t *dst, const uint8_t *src);

static inline void crypt_pieces(gcm_crypt *crypt, struct gcm_ctx *gcm, const struct gcm_state *s,
                                uint8_t *dst, const uint8_t *src, size_t len)
{
    _Alignas(16) uint8_t piece[PIECE];
    bool long_enough = len >= PIECE;

    for (; len >= PIECE; dst += PIECE, src += PIECE, len -= PIECE) {
        crypt(gcm, &s->hash, &s->cipher, s->encrypt, PIECE, piece, src);
        memcpy(dst, piece, PIECE);
    }
    if (long_enough)
        tlsni_wipe(piece, sizeof piece);
    if (len)
        crypt(gcm, &s->hash, &s->cipher, s->encrypt, len, dst, src);
}

static void begin(struct gcm_ctx *gcm, const struct gcm_state *s, const uint8_t *nonce,
                  const uint8_t *aad, size_t aad_len)
{
    gcm_set_iv(gcm, &s->hash, TLSNI_AEAD_NONCE_LEN, nonce);
    gcm_update(gcm, &s->hash, aad_len, aad);
}

static void finish(struct gcm_ctx *gcm, const struct gcm_state *s, uint8_t *tag)
{
    TLSNI_DIGEST(gcm_digest, TLSNI_AEAD_TAG_LEN, tag, gcm, &s->hash, &s->cipher, s->encrypt);
    tlsni_wipe(gcm, sizeof *gcm);
}

static void seal(const void *state, const uint8_t nonce[TLSNI_AEAD_NONCE_LEN], const uint8_t *aad,
                 size_t aad_len, uint8_t *dst, const uint8_t *src, size_t len, uint8_t *tag)
{
    const struct gcm_state *s = state;
    struct gcm_ctx gcm;

    begin(&gcm, s, nonce, aad, aad_len);
    crypt_pieces(gcm_encrypt, &gcm, s, dst, src, len);
    finish(&gcm, s, tag);
}

/* @rfc 5116:2.1/7, 5116:2.2/1 */
static tlsn_status open(const void *state, const uint8_t nonce[TLSNI_AEAD_NONCE_LEN],
                        const uint8_t *aad, size_t aad_len, uint8_t *dst, const uint8_t *src,
                        size_t len, const uint8_t *tag)
{
    const struct gcm_state *s = state;
    uint8_t expected[TLSNI_AEAD_TAG_LEN];
    struct gcm_ctx gcm;
    bool same;

    begin(&gcm, s, nonce, aad, aad_len);
    crypt_pieces(gcm_decrypt, &gcm, s, dst, src, len);
    finish(&gcm, s, expected);
    same = tlsni_ct_memeq(expected, tag, sizeof expected);
    tlsni_wipe(expected, sizeof expected);
    if (!same)
        tlsni_wipe(dst, len);
    return same ? TLSN_OK : TLSN_ERR_BAD_RECORD_MAC;
}

/* The cipher's key is in place: the rest of the state. */
static void set_hash_key(struct gcm_state *s, nettle_cipher_func *encrypt)
{
    s->encrypt = encrypt;
    gcm_set_key(&s->hash, &s->cipher, encrypt);
}

static void encrypt_aes128(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    aes128_encrypt(ctx, len, dst, src);
}

static void set_key_aes128(void *state, const uint8_t *key)
{
    struct gcm_state *s = state;

    aes128_set_encrypt_key(&s->cipher.aes128, key);
    set_hash_key(s, encrypt_aes128);
}

static void encrypt_aes256(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    aes256_encrypt(ctx, len, dst, src);
}

static void set_key_aes256(void *state, const uint8_t *key)
{
    struct gcm_state *s = state;

    aes256_set_encrypt_key(&s->cipher.aes256, key);
    set_hash_key(s, encrypt_aes256);
}

static void encrypt_camellia128(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    camellia128_crypt(ctx, len, dst, src);
}

static void set_key_camellia128(void *state, const uint8_t *key)
{
    struct gcm_state *s = state;

    camellia128_set_encrypt_key(&s->cipher.camellia128, key);
    set_hash_key(s, encrypt_camellia128);
}

static void encrypt_camellia256(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    camellia256_crypt(ctx, len, dst, src);
}

static void set_key_camellia256(void *state, const uint8_t *key)
{
    struct gcm_state *s = state;

    camellia256_set_encrypt_key(&s->cipher.camellia256, key);
    set_hash_key(s, encrypt_camellia256);
}

static void set_key_aria128(void *state, const uint8_t *key)
{
    struct gcm_state *s = state;

    tlsni_aria_set_encrypt_key(&s->cipher.aria, key, 16);
    set_hash_key(s, tlsni_aria_crypt);
}

static void set_key_aria256(void *state, const uint8_t *key)
{
    struct gcm_state *s = state;

    tlsni_aria_set_encrypt_key(&s->cipher.aria, key, 32);
    set_hash_key(s, tlsni_aria_crypt);
}

/* @rfc 5116:5.1/1 */
const struct tlsni_aead tlsni_aead_aes_128_gcm = {
    TLSNI_AEAD_AES_128_GCM,
    16,
    TLSNI_AEAD_TAG_LEN,
    STATE_LEN(aes128),
    GCM_RECORD_LIMIT,
    "AES_128_GCM",
    set_key_aes128,
    seal,
    open,
    "RFC 5116 5.1",
};

/* @rfc 5116:5.2/1 */
const struct tlsni_aead tlsni_aead_aes_256_gcm = {
    TLSNI_AEAD_AES_256_GCM,
    32,
    TLSNI_AEAD_TAG_LEN,
    STATE_LEN(aes256),
    GCM_RECORD_LIMIT,
    "AES_256_GCM",
    set_key_aes256,
    seal,
    open,
    "RFC 5116 5.2",
};

/* @rfc 6367:2.2/1 */
const struct tlsni_aead tlsni_aead_camellia_128_gcm = {
    TLSNI_AEAD_CAMELLIA_128_GCM,
    16,
    TLSNI_AEAD_TAG_LEN,
    STATE_LEN(camellia128),
    GCM_RECORD_LIMIT,
    "CAMELLIA_128_GCM",
    set_key_camellia128,
    seal,
    open,
    "RFC 6367 2.2",
};

/* @rfc 6367:2.2/1 */
const struct tlsni_aead tlsni_aead_camellia_256_gcm = {
    TLSNI_AEAD_CAMELLIA_256_GCM,
    32,
    TLSNI_AEAD_TAG_LEN,
    STATE_LEN(camellia256),
    GCM_RECORD_LIMIT,
    "CAMELLIA_256_GCM",
    set_key_camellia256,
    seal,
    open,
    "RFC 6367 2.2",
};

/* @rfc 6209:2.2/1 */
const struct tlsni_aead tlsni_aead_aria_128_gcm = {
    TLSNI_AEAD_ARIA_128_GCM,
    16,
    TLSNI_AEAD_TAG_LEN,
    STATE_LEN(aria),
    GCM_RECORD_LIMIT,
    "ARIA_128_GCM",
    set_key_aria128,
    seal,
    open,
    "RFC 6209 2.2",
};

/* @rfc 6209:2.2/1 */
const struct tlsni_aead tlsni_aead_aria_256_gcm = {
    TLSNI_AEAD_ARIA_256_GCM,
    32,
    TLSNI_AEAD_TAG_LEN,
    STATE_LEN(aria),
    GCM_RECORD_LIMIT,
    "ARIA_256_GCM",
    set_key_aria256,
    seal,
    open,
    "RFC 6209 2.2",
};
