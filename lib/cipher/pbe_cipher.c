/* pbe_cipher.c - ciphers of stored keys over the block rows and Nettle's RC2 and RC4. */
#include "cipher/pbe_cipher.h"

#include <nettle/arcfour.h>
#include <nettle/arctwo.h>
#include <nettle/cbc.h>
#include <string.h>

#include "base/ct.h"
#include "base/mem.h"
#include "cipher/block.h"

/* Indexed by id. */
static const struct tlsni_pbe_cipher rows[TLSNI_PBE_CIPHER_COUNT] = {
    { TLSNI_PBE_DES, 8, 8, "DES-CBC", "RFC 8018 B.2.1" },
    { TLSNI_PBE_3DES, 24, 8, "DES-EDE3-CBC", "RFC 8018 B.2.2" },
    { TLSNI_PBE_3DES_2KEY, 16, 8, "DES-EDE-CBC", "RFC 7292 C" },
    { TLSNI_PBE_RC2, 16, 8, "RC2-CBC", "RFC 8018 B.2.3" },
    { TLSNI_PBE_AES_128, 16, 16, "AES-128-CBC", "RFC 8018 B.2.5" },
    { TLSNI_PBE_AES_192, 24, 16, "AES-192-CBC", "RFC 8018 B.2.5" },
    { TLSNI_PBE_AES_256, 32, 16, "AES-256-CBC", "RFC 8018 B.2.5" },
    { TLSNI_PBE_CAMELLIA_128, 16, 16, "CAMELLIA-128-CBC", "RFC 3657 3" },
    { TLSNI_PBE_CAMELLIA_256, 32, 16, "CAMELLIA-256-CBC", "RFC 3657 3" },
    { TLSNI_PBE_RC4, 16, 0, "RC4", "RFC 7292 C" },
};

static const uint8_t block_ids[TLSNI_PBE_CIPHER_COUNT] = {
    [TLSNI_PBE_DES] = TLSNI_BLOCK_DES,
    [TLSNI_PBE_3DES] = TLSNI_BLOCK_3DES_EDE,
    [TLSNI_PBE_3DES_2KEY] = TLSNI_BLOCK_3DES_EDE,
    [TLSNI_PBE_AES_128] = TLSNI_BLOCK_AES_128,
    [TLSNI_PBE_AES_192] = TLSNI_BLOCK_AES_192,
    [TLSNI_PBE_AES_256] = TLSNI_BLOCK_AES_256,
    [TLSNI_PBE_CAMELLIA_128] = TLSNI_BLOCK_CAMELLIA_128,
    [TLSNI_PBE_CAMELLIA_256] = TLSNI_BLOCK_CAMELLIA_256,
};

const struct tlsni_pbe_cipher *tlsni_pbe_cipher(enum tlsni_pbe_cipher_id id)
{
    return &rows[id];
}

enum direction { ENCRYPT, DECRYPT };

/* Nettle's functions take a state that they could change, but do not. */
static void rc2_encrypt(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    arctwo_encrypt((struct arctwo_ctx *)ctx, len, dst, src);
}

static void rc2_decrypt(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
    arctwo_decrypt((struct arctwo_ctx *)ctx, len, dst, src);
}

static void rc2_cbc(struct arctwo_ctx *state, const struct tlsni_pbe_key *key, uint8_t *iv,
                    enum direction way, uint8_t *dst, const uint8_t *src, size_t len)
{
    arctwo_set_key_ekb(state, key->key_len, key->key, key->rc2_bits);
    if (way == ENCRYPT)
        cbc_encrypt(state, rc2_encrypt, ARCTWO_BLOCK_SIZE, iv, len, dst, src);
    else
        cbc_decrypt(state, rc2_decrypt, ARCTWO_BLOCK_SIZE, iv, len, dst, src);
}

static void block_cbc(void *state, const struct tlsni_block *row, const struct tlsni_pbe_key *key,
                      uint8_t *iv, enum direction way, uint8_t *dst, const uint8_t *src, size_t len)
{
    uint8_t bytes[TLSNI_PBE_KEY_MAX];

    memcpy(bytes, key->key, sizeof bytes);
    if (key->cipher->id == TLSNI_PBE_3DES_2KEY)
        memcpy(bytes + 16, bytes, 8);
    if (way == ENCRYPT) {
        row->set_encrypt_key(state, bytes);
        row->cbc_encrypt(state, iv, dst, src, len);
    } else {
        row->set_decrypt_key(state, bytes);
        row->cbc_decrypt(state, iv, dst, src, len);
    }
    tlsni_wipe(bytes, sizeof bytes);
}

/* Whole blocks, or RC4. */
static tlsn_status crypt(const struct tlsn_hooks *env, const struct tlsni_pbe_key *key,
                         enum direction way, uint8_t *dst, const uint8_t *src, size_t len)
{
    const struct tlsni_block *row = tlsni_block_find((enum tlsni_block_id)block_ids[key->cipher->id]);
    size_t size = row ? row->state_len : sizeof(struct arctwo_ctx) + sizeof(struct arcfour_ctx);
    void *state = tlsni_alloc(env, size);
    uint8_t iv[TLSNI_PBE_IV_MAX];

    if (!state)
        return TLSN_ERR_NO_MEMORY;
    memcpy(iv, key->iv, sizeof iv);
    if (row) {
        block_cbc(state, row, key, iv, way, dst, src, len);
    } else if (key->cipher->id == TLSNI_PBE_RC2) {
        rc2_cbc(state, key, iv, way, dst, src, len);
    } else {
        arcfour_set_key(state, key->key_len, key->key);
        arcfour_crypt(state, len, dst, src);
    }
    tlsni_free_secret(env, state, size);
    return TLSN_OK;
}

/* The length behind the padding, or SIZE_MAX: every byte of it says how long it is (RFC 8018 6.1.1).
 * @rfc 8018:6.1.2/1 */
static size_t unpadded(const uint8_t *data, size_t len, size_t block_len)
{
    uint32_t n = data[len - 1], bad = tlsni_ct_is_zero(n) | tlsni_ct_lt((uint32_t)block_len, n);

    for (uint32_t i = 1; i <= block_len; i++)
        bad |= ~tlsni_ct_lt(n, i) & ~tlsni_ct_eq(data[len - i], n);
    return bad ? SIZE_MAX : len - n;
}

tlsn_status tlsni_pbe_decrypt(const struct tlsn_hooks *env, const struct tlsni_pbe_key *key,
                              struct tlsn_span in, uint8_t *out, size_t *out_len)
{
    size_t block = key->cipher->iv_len, len = in.len;
    tlsn_status st;

    *out_len = 0;
    if (block && (!in.len || in.len % block))
        return TLSN_ERR_DECRYPT_ERROR;
    st = crypt(env, key, DECRYPT, out, in.data, in.len);
    if (st != TLSN_OK)
        return st;
    if (block)
        len = unpadded(out, in.len, block);
    if (len == SIZE_MAX) {
        tlsni_wipe(out, in.len);
        return TLSN_ERR_DECRYPT_ERROR;
    }
    *out_len = len;
    return TLSN_OK;
}

tlsn_status tlsni_pbe_encrypt(const struct tlsn_hooks *env, const struct tlsni_pbe_key *key,
                              struct tlsn_span in, uint8_t *out, size_t *out_len)
{
    size_t block = key->cipher->iv_len, pad = block ? block - in.len % block : 0;

    if (in.len && out != in.data)
        memcpy(out, in.data, in.len);
    memset(out + in.len, (int)pad, pad);
    *out_len = in.len + pad;
    return crypt(env, key, ENCRYPT, out, out, in.len + pad);
}
