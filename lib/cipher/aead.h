/* aead.h - AEAD algorithms as rows (RFC 5116), with their usage limits.
 *
 * `state` is the expanded key: row->state_len bytes, 16-byte aligned, secret, owned by the caller.
 * It is never written by seal and open, so one state may serve several threads. */
#ifndef TLSNI_CIPHER_AEAD_H
#define TLSNI_CIPHER_AEAD_H

#include <tls-native/types.h>

/* TLSNI_AEAD_TAG_LEN: the usual one and the longest; a row may have a shorter tag_len. */
enum { TLSNI_AEAD_KEY_MAX = 32, TLSNI_AEAD_NONCE_LEN = 12, TLSNI_AEAD_TAG_LEN = 16 };

enum tlsni_aead_id {
    TLSNI_AEAD_AES_128_GCM = 1,
    TLSNI_AEAD_AES_256_GCM,
    TLSNI_AEAD_CHACHA20_POLY1305,
    TLSNI_AEAD_AES_128_CCM,
    TLSNI_AEAD_AES_256_CCM,
    TLSNI_AEAD_AES_128_CCM_8,
    TLSNI_AEAD_AES_256_CCM_8,
    TLSNI_AEAD_CAMELLIA_128_GCM,
    TLSNI_AEAD_CAMELLIA_256_GCM,
    TLSNI_AEAD_ARIA_128_GCM,
    TLSNI_AEAD_ARIA_256_GCM,
};

struct tlsni_aead {
    uint8_t id, key_len, tag_len;
    uint32_t state_len;
    /* Records that may be sealed under one key before the confidentiality bound is reached
     * (RFC 8446 5.5, RFC 9147 4.5.3); UINT64_MAX: the sequence number ends first. */
    uint64_t record_limit;
    const char *name;
    void (*set_key)(void *state, const uint8_t *key);
    /* dst == src, or the two do not overlap. The tag may lie right behind dst + len. */
    void (*seal)(const void *state, const uint8_t nonce[TLSNI_AEAD_NONCE_LEN], const uint8_t *aad,
                 size_t aad_len, uint8_t *dst, const uint8_t *src, size_t len, uint8_t *tag);
    /* TLSN_OK, or TLSN_ERR_BAD_RECORD_MAC with dst zeroed. Constant time in the contents. */
    tlsn_status (*open)(const void *state, const uint8_t nonce[TLSNI_AEAD_NONCE_LEN],
                        const uint8_t *aad, size_t aad_len, uint8_t *dst, const uint8_t *src,
                        size_t len, const uint8_t *tag);
    const char *source;
};

const struct tlsni_aead *tlsni_aead_find(enum tlsni_aead_id id);

#endif
