/* stream.c - RC4 over Nettle.
 *
 * Its key stream is biased: plain text that is sent often enough can be read (AlFardan et al. 2013,
 * RFC 7465), and it looks bytes up by secret indices. For old peers only. */
#include "cipher/stream.h"

#include <nettle/arcfour.h>

/* Biases within one key stream give plain text away that was repeated some 2^33 times (AlFardan et
 * al. 2013). A key ends at 2^30 bytes. */
enum { RC4_BLOCK_LIMIT = 1 << 26 };

static void set_key(void *state, const uint8_t *key)
{
    arcfour128_set_key(state, key);
}

static void crypt(void *state, uint8_t *dst, const uint8_t *src, size_t len)
{
    arcfour_crypt(state, len, dst, src);
}

/* The shorter keys of export suites are stretched to 16 bytes before they come here (RFC 2246
 * 6.3.1), so that they differ in name only. */
#define ROW(id, name, source)                                                             \
    { id, ARCFOUR128_KEY_SIZE, sizeof(struct arcfour_ctx), RC4_BLOCK_LIMIT, name, set_key, \
      crypt, source }

static const struct tlsni_stream rows[] = {
    ROW(TLSNI_STREAM_RC4_128, "RC4_128", "RFC 5246 6.3"),
    ROW(TLSNI_STREAM_RC4_56, "RC4_56", "draft-ietf-tls-56-bit-ciphersuites-01"),
    ROW(TLSNI_STREAM_RC4_40, "RC4_40", "RFC 2246 6.3"),
};

const struct tlsni_stream *tlsni_stream_find(enum tlsni_stream_id id)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].id == id)
            return &rows[i];
    return NULL;
}
