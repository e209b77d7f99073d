/* wyche_symmetric.c - AEADs, HMAC, HKDF and block ciphers in CBC mode against Wycheproof. */
#include "base/bytes.h"
#include "cipher/aead.h"
#include "cipher/block.h"
#include "cipher/hkdf.h"
#include "cipher/hmac.h"
#include "cipher/password_kdf.h"
#include "cipher/pbe_cipher.h"
#include "wycheproof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tlsni_aead *aead_by_key(enum tlsni_aead_id a, enum tlsni_aead_id b, size_t len)
{
    const struct tlsni_aead *first = tlsni_aead_find(a), *second = tlsni_aead_find(b);

    if (first->key_len == len)
        return first;
    return second->key_len == len ? second : NULL;
}

/* Sealing has to give the expected bytes, opening the message, in place and apart. */
static enum wyche_outcome aead_case(const struct tlsni_aead *aead, const struct wyche_case *c)
{
    struct tlsn_span iv = wyche_bytes(c, "iv"), aad = wyche_bytes(c, "aad");
    struct tlsn_span msg = wyche_bytes(c, "msg"), ct = wyche_bytes(c, "ct");
    struct tlsn_span tag = wyche_bytes(c, "tag");
    uint8_t *state = aligned_alloc(16, (aead->state_len + 15U) & ~15U);
    uint8_t *out = malloc(msg.len + 1), sealed_tag[TLSNI_AEAD_TAG_LEN];
    enum wyche_outcome outcome = WYCHE_REJECTED;
    bool sealed_same;

    aead->set_key(state, wyche_bytes(c, "key").data);
    aead->seal(state, iv.data, aad.data, aad.len, out, msg.data, msg.len, sealed_tag);
    sealed_same = wyche_same(ct, out, msg.len) && wyche_same(tag, sealed_tag, aead->tag_len);
    if (aead->open(state, iv.data, aad.data, aad.len, out, ct.data, ct.len, tag.data) == TLSN_OK)
        outcome = sealed_same && wyche_same(msg, out, ct.len) ? WYCHE_ACCEPTED : WYCHE_WRONG;
    else if (sealed_same)
        outcome = WYCHE_WRONG;
    memcpy(out, ct.data, ct.len);
    if ((aead->open(state, iv.data, aad.data, aad.len, out, out, ct.len, tag.data) == TLSN_OK) !=
        (outcome == WYCHE_ACCEPTED))
        outcome = WYCHE_WRONG;
    free(state);
    free(out);
    return outcome;
}

/* Only what TLS has: nonces of 12 bytes and whole tags. */
static bool tls_shaped(const struct wyche_case *c)
{
    return wyche_bytes(c, "iv").len == TLSNI_AEAD_NONCE_LEN &&
           wyche_bytes(c, "tag").len == TLSNI_AEAD_TAG_LEN;
}

static enum wyche_outcome aes_gcm(const struct wyche_case *c)
{
    const struct tlsni_aead *aead = aead_by_key(TLSNI_AEAD_AES_128_GCM, TLSNI_AEAD_AES_256_GCM,
                                                wyche_bytes(c, "key").len);

    return aead && tls_shaped(c) ? aead_case(aead, c) : WYCHE_NOT_APPLICABLE;
}

static enum wyche_outcome aria_gcm(const struct wyche_case *c)
{
    const struct tlsni_aead *aead = aead_by_key(TLSNI_AEAD_ARIA_128_GCM, TLSNI_AEAD_ARIA_256_GCM,
                                                wyche_bytes(c, "key").len);

    return aead && tls_shaped(c) ? aead_case(aead, c) : WYCHE_NOT_APPLICABLE;
}

static enum wyche_outcome aes_ccm(const struct wyche_case *c)
{
    size_t key_len = wyche_bytes(c, "key").len, tag_len = wyche_bytes(c, "tag").len;
    const struct tlsni_aead *aead =
        tag_len == 8 ? aead_by_key(TLSNI_AEAD_AES_128_CCM_8, TLSNI_AEAD_AES_256_CCM_8, key_len)
                     : aead_by_key(TLSNI_AEAD_AES_128_CCM, TLSNI_AEAD_AES_256_CCM, key_len);

    return aead && wyche_bytes(c, "iv").len == TLSNI_AEAD_NONCE_LEN && tag_len == aead->tag_len
               ? aead_case(aead, c)
               : WYCHE_NOT_APPLICABLE;
}

static enum wyche_outcome chacha20_poly1305(const struct wyche_case *c)
{
    return tls_shaped(c) ? aead_case(tlsni_aead_find(TLSNI_AEAD_CHACHA20_POLY1305), c)
                         : WYCHE_NOT_APPLICABLE;
}

/* The hash behind "HMAC" or "HKDF-". */
static const struct tlsni_hash *hash_of(const char *name)
{
    for (int id = TLSNI_HASH_MD5; id <= TLSNI_HASH_SHA512; id++)
        if (strcmp(name, tlsni_hash_find((enum tlsni_hash_id)id)->name) == 0)
            return tlsni_hash_find((enum tlsni_hash_id)id);
    return NULL;
}

static enum wyche_outcome hmac(const struct wyche_case *c)
{
    const struct tlsni_hash *row = hash_of(vec_text(c->file, "algorithm") + strlen("HMAC"));
    struct tlsn_span key = wyche_bytes(c, "key"), msg = wyche_bytes(c, "msg");
    struct tlsn_span tag = wyche_bytes(c, "tag");
    uint8_t out[TLSNI_HASH_LEN_MAX];

    if (!row)
        return WYCHE_NOT_APPLICABLE;
    tlsni_hmac_once(row, key.data, key.len, msg.data, msg.len, out);
    return tag.len <= row->len && wyche_same(tag, out, tag.len) ? WYCHE_ACCEPTED : WYCHE_REJECTED;
}

/* "HKDF-SHA-256": the corpus has a dash where our names have none. */
static const struct tlsni_hash *hkdf_hash(const char *algorithm)
{
    char name[16];

    (void)snprintf(name, sizeof name, "SHA%s", algorithm + strlen("HKDF-SHA-"));
    return hash_of(name);
}

static enum wyche_outcome hkdf(const struct wyche_case *c)
{
    const struct tlsni_hash *row = hkdf_hash(vec_text(c->file, "algorithm"));
    struct tlsn_span okm = wyche_bytes(c, "okm");
    uint8_t prk[TLSNI_HASH_LEN_MAX], out[TLSNI_HKDF_BLOCKS_MAX * TLSNI_HASH_LEN_MAX];
    long size = wyche_int(c, "size");

    if (!row)
        return WYCHE_NOT_APPLICABLE;
    if (!tlsni_hkdf_fits(row, (size_t)size))
        return WYCHE_REJECTED;
    tlsni_hkdf_extract(row, wyche_bytes(c, "salt"), wyche_bytes(c, "ikm"), prk);
    tlsni_hkdf_expand(row, tlsni_span_make(prk, row->len), wyche_bytes(c, "info"), out,
                      (size_t)size);
    return wyche_same(okm, out, (size_t)size) ? WYCHE_ACCEPTED : WYCHE_WRONG;
}

static const struct tlsni_block *block_by_key(enum tlsni_block_id a, enum tlsni_block_id b,
                                              size_t len)
{
    if (len == 16)
        return tlsni_block_find(a);
    return len == 32 ? tlsni_block_find(b) : NULL;
}

/* The mode alone: PKCS #5 padding, which TLS does not use, is put on here. */
static enum wyche_outcome cbc_case(const struct tlsni_block *block, const struct wyche_case *c)
{
    struct tlsn_span msg = wyche_bytes(c, "msg"), ct = wyche_bytes(c, "ct");
    uint8_t state[512] __attribute__((aligned(16))), iv[16], text[1024], out[1024];
    size_t pad = 16 - msg.len % 16;

    if (!block || strcmp(wyche_text(c, "result"), "valid") != 0)
        return WYCHE_NOT_APPLICABLE;
    memcpy(text, msg.data, msg.len);
    memset(text + msg.len, (int)pad, pad);
    memcpy(iv, wyche_bytes(c, "iv").data, sizeof iv);
    block->set_encrypt_key(state, wyche_bytes(c, "key").data);
    block->cbc_encrypt(state, iv, out, text, msg.len + pad);
    if (!wyche_same(ct, out, msg.len + pad) || memcmp(iv, out + msg.len + pad - 16, 16) != 0)
        return WYCHE_WRONG;
    memcpy(iv, wyche_bytes(c, "iv").data, sizeof iv);
    block->set_decrypt_key(state, wyche_bytes(c, "key").data);
    block->cbc_decrypt(state, iv, out, out, ct.len);
    return memcmp(out, text, ct.len) == 0 ? WYCHE_ACCEPTED : WYCHE_WRONG;
}

static enum wyche_outcome aes_cbc(const struct wyche_case *c)
{
    return cbc_case(block_by_key(TLSNI_BLOCK_AES_128, TLSNI_BLOCK_AES_256,
                                 wyche_bytes(c, "key").len), c);
}

static enum wyche_outcome camellia_cbc(const struct wyche_case *c)
{
    return cbc_case(block_by_key(TLSNI_BLOCK_CAMELLIA_128, TLSNI_BLOCK_CAMELLIA_256,
                                 wyche_bytes(c, "key").len), c);
}

/* The hash out of "pbkdf2_hmacsha256_test.json". */
static const struct tlsni_hash *hash_by_source(const struct wyche_case *c)
{
    static const struct {
        const char *name;
        enum tlsni_hash_id id;
    } rows[] = { { "hmacsha1_", TLSNI_HASH_SHA1 },     { "hmacsha224_", TLSNI_HASH_SHA224 },
                 { "hmacsha256_", TLSNI_HASH_SHA256 }, { "hmacsha384_", TLSNI_HASH_SHA384 },
                 { "hmacsha512_", TLSNI_HASH_SHA512 } };
    const char *source = vec_text(c->file, "source");

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (source && strstr(source, rows[i].name))
            return tlsni_hash_find(rows[i].id);
    return NULL;
}

static enum wyche_outcome pbkdf2(const struct wyche_case *c)
{
    const struct tlsni_hash *hash = hash_by_source(c);
    struct tlsn_span key = wyche_bytes(c, "dk");
    uint8_t *out = malloc(key.len + 1);
    enum wyche_outcome outcome;

    if (!hash || !key.data) {
        free(out);
        return WYCHE_WRONG;
    }
    tlsni_pbkdf2(hash, wyche_bytes(c, "password"), wyche_bytes(c, "salt"),
                 (uint32_t)wyche_int(c, "iterationCount"), out, key.len);
    outcome = wyche_same(key, out, key.len) ? WYCHE_ACCEPTED : WYCHE_WRONG;
    free(out);
    return outcome;
}

/* PBES2's encryption: both directions. */
static enum wyche_outcome pbes2(const struct wyche_case *c)
{
    const struct tlsni_hash *hash = hash_by_source(c);
    const char *source = vec_text(c->file, "source");
    struct tlsn_span msg = wyche_bytes(c, "msg"), ct = wyche_bytes(c, "ct");
    struct tlsn_span iv = wyche_bytes(c, "iv");
    struct tlsni_pbe_key key = { .cipher = tlsni_pbe_cipher(TLSNI_PBE_AES_128) };
    uint8_t *out = malloc(msg.len + ct.len + 32);
    enum wyche_outcome outcome = WYCHE_WRONG;
    size_t len;

    if (strstr(source, "aes_192"))
        key.cipher = tlsni_pbe_cipher(TLSNI_PBE_AES_192);
    if (strstr(source, "aes_256"))
        key.cipher = tlsni_pbe_cipher(TLSNI_PBE_AES_256);
    key.key_len = key.cipher->key_len;
    if (hash && iv.len == key.cipher->iv_len) {
        memcpy(key.iv, iv.data, iv.len);
        tlsni_pbkdf2(hash, wyche_bytes(c, "password"), wyche_bytes(c, "salt"),
                     (uint32_t)wyche_int(c, "iterationCount"), key.key, key.key_len);
        if (tlsni_pbe_decrypt(NULL, &key, ct, out, &len) != TLSN_OK)
            outcome = WYCHE_REJECTED;
        else if (wyche_same(msg, out, len) &&
                 tlsni_pbe_encrypt(NULL, &key, msg, out, &len) == TLSN_OK &&
                 wyche_same(ct, out, len))
            outcome = WYCHE_ACCEPTED;
    }
    free(out);
    return outcome;
}

const struct wyche_algorithm wyche_symmetric[] = {
    { "aes_gcm", aes_gcm, NULL },
    { "aes_ccm", aes_ccm, NULL },
    { "aria_gcm", aria_gcm, NULL },
    { "chacha20_poly1305", chacha20_poly1305, NULL },
    { "hmac_sha*", hmac, NULL },
    { "hkdf_sha*", hkdf, NULL },
    { "aes_cbc_pkcs5", aes_cbc, NULL },
    { "camellia_cbc_pkcs5", camellia_cbc, NULL },
    { "pbkdf2_hmacsha*", pbkdf2, NULL },
    { "pbes2_hmacsha*", pbes2, NULL },
    { NULL, NULL, NULL },
};
