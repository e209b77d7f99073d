/* aead_ccm.c - AES-CCM (NIST SP 800-38C, RFC 5116 5.3 and 5.4) over Nettle, with tags of 16 and of
 * 8 octets (RFC 6655 6).
 *
 * The state is the expanded AES key, which function uses it, and the length of the tag: CCM puts
 * that length under the MAC, so it belongs to the key's algorithm. CBC-MAC goes over the data one
 * block after the other; nothing is gained by working in pieces as aead_gcm.c does.
 *
 * With a tag of 8 octets a guess succeeds with probability 2^-64. TLS closes the connection at
 * the first record that does not verify (RFC 5246 7.2.2), so there is one guess a connection. */
#include "base/ct.h"
#include "base/mem.h"
#include "cipher/aead_rows.h"
#include "cipher/nettle_compat.h"

#include <nettle/aes.h>
#include <nettle/ccm.h>
#include <string.h>

/* RFC 9147 4.5.3: 2^23 full-size records under one key keep the attacker's advantage small. */
enum { CCM_RECORD_LIMIT = 1 << 23 };

enum { CCM_TAG_LEN = 16, CCM_8_TAG_LEN = 8 };

struct ccm_state {
    nettle_cipher_func *encrypt;
    size_t tag_len;
    union {
        struct aes128_ctx aes128;
        struct aes256_ctx aes256;
    } cipher;
};

static void encrypt_aes128(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    aes128_encrypt(ctx, len, dst, src);
}

static void encrypt_aes256(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    aes256_encrypt(ctx, len, dst, src);
}

static void begin(struct ccm_ctx *ccm, const struct ccm_state *s, const uint8_t *nonce,
                  const uint8_t *aad, size_t aad_len, size_t len)
{
    ccm_set_nonce(ccm, &s->cipher, s->encrypt, TLSNI_AEAD_NONCE_LEN, nonce, aad_len, len,
                  s->tag_len);
    ccm_update(ccm, &s->cipher, s->encrypt, aad_len, aad);
}

/* tag: CCM_TAG_LEN bytes, of which the first s->tag_len are the tag. */
static void finish(struct ccm_ctx *ccm, const struct ccm_state *s, uint8_t *tag)
{
    TLSNI_DIGEST(ccm_digest, CCM_TAG_LEN, tag, ccm, &s->cipher, s->encrypt);
    tlsni_wipe(ccm, sizeof *ccm);
}

/* @rfc 6655:3/1, 6655:6/1, 7251:2/1 */
static void seal(const void *state, const uint8_t nonce[TLSNI_AEAD_NONCE_LEN], const uint8_t *aad,
                 size_t aad_len, uint8_t *dst, const uint8_t *src, size_t len, uint8_t *tag)
{
    const struct ccm_state *s = state;
    uint8_t whole[CCM_TAG_LEN];
    struct ccm_ctx ccm;

    begin(&ccm, s, nonce, aad, aad_len, len);
    ccm_encrypt(&ccm, &s->cipher, s->encrypt, len, dst, src);
    finish(&ccm, s, whole);
    memcpy(tag, whole, s->tag_len);
    tlsni_wipe(whole, sizeof whole);
}

static tlsn_status open(const void *state, const uint8_t nonce[TLSNI_AEAD_NONCE_LEN],
                        const uint8_t *aad, size_t aad_len, uint8_t *dst, const uint8_t *src,
                        size_t len, const uint8_t *tag)
{
    const struct ccm_state *s = state;
    uint8_t expected[CCM_TAG_LEN];
    struct ccm_ctx ccm;
    bool same;

    begin(&ccm, s, nonce, aad, aad_len, len);
    ccm_decrypt(&ccm, &s->cipher, s->encrypt, len, dst, src);
    finish(&ccm, s, expected);
    same = tlsni_ct_memeq(expected, tag, s->tag_len);
    tlsni_wipe(expected, sizeof expected);
    if (!same)
        tlsni_wipe(dst, len);
    return same ? TLSN_OK : TLSN_ERR_BAD_RECORD_MAC;
}

static void set_key(struct ccm_state *s, size_t key_len, size_t tag_len, const uint8_t *key)
{
    s->tag_len = tag_len;
    s->encrypt = key_len == AES128_KEY_SIZE ? encrypt_aes128 : encrypt_aes256;
    if (key_len == AES128_KEY_SIZE)
        aes128_set_encrypt_key(&s->cipher.aes128, key);
    else
        aes256_set_encrypt_key(&s->cipher.aes256, key);
}

static void set_key_128(void *state, const uint8_t *key)
{
    set_key(state, AES128_KEY_SIZE, CCM_TAG_LEN, key);
}

static void set_key_256(void *state, const uint8_t *key)
{
    set_key(state, AES256_KEY_SIZE, CCM_TAG_LEN, key);
}

static void set_key_128_8(void *state, const uint8_t *key)
{
    set_key(state, AES128_KEY_SIZE, CCM_8_TAG_LEN, key);
}

static void set_key_256_8(void *state, const uint8_t *key)
{
    set_key(state, AES256_KEY_SIZE, CCM_8_TAG_LEN, key);
}

/* @rfc 5116:5.3/1 */
const struct tlsni_aead tlsni_aead_aes_128_ccm = {
    TLSNI_AEAD_AES_128_CCM,
    AES128_KEY_SIZE,
    CCM_TAG_LEN,
    offsetof(struct ccm_state, cipher) + sizeof(struct aes128_ctx),
    CCM_RECORD_LIMIT,
    "AES_128_CCM",
    set_key_128,
    seal,
    open,
    "RFC 5116 5.3",
};

/* @rfc 5116:5.4/1 */
const struct tlsni_aead tlsni_aead_aes_256_ccm = {
    TLSNI_AEAD_AES_256_CCM,
    AES256_KEY_SIZE,
    CCM_TAG_LEN,
    sizeof(struct ccm_state),
    CCM_RECORD_LIMIT,
    "AES_256_CCM",
    set_key_256,
    seal,
    open,
    "RFC 5116 5.4",
};

const struct tlsni_aead tlsni_aead_aes_128_ccm_8 = {
    TLSNI_AEAD_AES_128_CCM_8,
    AES128_KEY_SIZE,
    CCM_8_TAG_LEN,
    offsetof(struct ccm_state, cipher) + sizeof(struct aes128_ctx),
    CCM_RECORD_LIMIT,
    "AES_128_CCM_8",
    set_key_128_8,
    seal,
    open,
    "RFC 6655 6.1",
};

const struct tlsni_aead tlsni_aead_aes_256_ccm_8 = {
    TLSNI_AEAD_AES_256_CCM_8,
    AES256_KEY_SIZE,
    CCM_8_TAG_LEN,
    sizeof(struct ccm_state),
    CCM_RECORD_LIMIT,
    "AES_256_CCM_8",
    set_key_256_8,
    seal,
    open,
    "RFC 6655 6.2",
};
