/* aead_chacha.c - ChaCha20-Poly1305 (RFC 8439 2.8) over Nettle.
 *
 * The state is ChaCha's key matrix. Poly1305 has a new key for every record, so all else is on the
 * stack. As in aead_gcm.c, Nettle gets small pieces and an aligned buffer to write to. */
#include "base/ct.h"
#include "base/mem.h"
#include "cipher/aead_rows.h"
#include "cipher/nettle_compat.h"

#include <nettle/chacha-poly1305.h>
#include <string.h>

enum { PIECE = 4 * CHACHA_BLOCK_SIZE };

typedef void chacha_crypt_fn(struct chacha_poly1305_ctx *ctx, size_t len, uint8_t *dst,
                             const uint8_t *src);

static void set_key(void *state, const uint8_t *key)
{
    struct chacha_ctx *s = state;

    chacha_set_key(s, key);
}

/* @rfc 8439:2.6/1, 8439:2.8/1, 8439:2.8/2
 * @rfc 8439:2.8.2/1
 * @rfc 8439:2.5/1 */
static void begin(struct chacha_poly1305_ctx *ctx, const void *state, const uint8_t *nonce,
                  const uint8_t *aad, size_t aad_len)
{
    const struct chacha_ctx *s = state;

    ctx->chacha = *s;
    chacha_poly1305_set_nonce(ctx, nonce);
    chacha_poly1305_update(ctx, aad_len, aad);
}

static inline void crypt_pieces(chacha_crypt_fn *crypt, struct chacha_poly1305_ctx *ctx,
                                uint8_t *dst, const uint8_t *src, size_t len)
{
    _Alignas(16) uint8_t piece[PIECE];
    bool long_enough = len >= PIECE;

    for (; len >= PIECE; dst += PIECE, src += PIECE, len -= PIECE) {
        crypt(ctx, PIECE, piece, src);
        memcpy(dst, piece, PIECE);
    }
    if (long_enough)
        tlsni_wipe(piece, sizeof piece);
    if (len)
        crypt(ctx, len, dst, src);
}

static void seal(const void *state, const uint8_t nonce[TLSNI_AEAD_NONCE_LEN], const uint8_t *aad,
                 size_t aad_len, uint8_t *dst, const uint8_t *src, size_t len, uint8_t *tag)
{
    struct chacha_poly1305_ctx ctx;

    begin(&ctx, state, nonce, aad, aad_len);
    crypt_pieces(chacha_poly1305_encrypt, &ctx, dst, src, len);
    TLSNI_DIGEST(chacha_poly1305_digest, TLSNI_AEAD_TAG_LEN, tag, &ctx);
    tlsni_wipe(&ctx, sizeof ctx);
}

/* @rfc 8439:4/1 */
static tlsn_status open(const void *state, const uint8_t nonce[TLSNI_AEAD_NONCE_LEN],
                        const uint8_t *aad, size_t aad_len, uint8_t *dst, const uint8_t *src,
                        size_t len, const uint8_t *tag)
{
    uint8_t expected[TLSNI_AEAD_TAG_LEN];
    struct chacha_poly1305_ctx ctx;
    bool same;

    begin(&ctx, state, nonce, aad, aad_len);
    crypt_pieces(chacha_poly1305_decrypt, &ctx, dst, src, len);
    TLSNI_DIGEST(chacha_poly1305_digest, TLSNI_AEAD_TAG_LEN, expected, &ctx);
    same = tlsni_ct_memeq(expected, tag, sizeof expected);
    tlsni_wipe(&ctx, sizeof ctx);
    tlsni_wipe(expected, sizeof expected);
    if (!same)
        tlsni_wipe(dst, len);
    return same ? TLSN_OK : TLSN_ERR_BAD_RECORD_MAC;
}

const struct tlsni_aead tlsni_aead_chacha20_poly1305 = {
    TLSNI_AEAD_CHACHA20_POLY1305,
    32,
    TLSNI_AEAD_TAG_LEN,
    sizeof(struct chacha_ctx),
    UINT64_MAX, /* RFC 8446 5.5: the record sequence number wraps before the limit is reached */
    "CHACHA20_POLY1305",
    set_key,
    seal,
    open,
    "RFC 8439 2.8",
};
