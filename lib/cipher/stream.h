/* stream.h - stream ciphers as rows.
 *
 * set_key fills state_len bytes (secret, owned by the caller). The key stream runs on from call to
 * call; enciphering and deciphering are the same. dst == src is allowed. */
#ifndef TLSNI_CIPHER_STREAM_H
#define TLSNI_CIPHER_STREAM_H

#include <tls-native/types.h>

enum tlsni_stream_id { TLSNI_STREAM_RC4_128 = 1, TLSNI_STREAM_RC4_56, TLSNI_STREAM_RC4_40 };

struct tlsni_stream {
    uint8_t id, key_len;
    uint16_t state_len;
    uint64_t block_limit; /* blocks of 16 bytes that may be enciphered under one key */
    const char *name;
    void (*set_key)(void *state, const uint8_t *key);
    void (*crypt)(void *state, uint8_t *dst, const uint8_t *src, size_t len);
    const char *source;
};

/* NULL when there is no such row. */
const struct tlsni_stream *tlsni_stream_find(enum tlsni_stream_id id);

#endif
