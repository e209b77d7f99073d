/* cert_comp_brotli.c - Brotli (RFC 7932) by libbrotli, with memory from the hooks.
 *
 * libbrotli's encoder ends the process when it gets no memory. It works in one block, therefore, that is
 * there before it begins; what it needs for inputs of this size was measured (version 1.0.9: at most
 * 0.9 MB and 114 bytes a byte), and longer inputs are not packed. The decoder reports what it does not
 * get; it has a limit, since a stream can claim a window of 16 MB. */
#include "handshake/cert_comp_rows.h"

#ifdef TLSNI_HAVE_BROTLI
#include <brotli/decode.h>
#include <brotli/encode.h>

#include "base/mem.h"

enum { INPUT_MAX = 64 << 10, ARENA_FIXED = 1 << 20, ARENA_A_BYTE = 128, DECODER_MAX = 512 << 10 };

struct arena {
    const struct tlsn_hooks *env;
    uint8_t *block;
    size_t len, used;
};

static void *take_arena(void *opaque, size_t len)
{
    struct arena *a = opaque;
    void *p = a->block + a->used;

    len = (len + 15) & ~(size_t)15;
    if (len > a->len - a->used)
        return tlsni_alloc_sized(a->env, len);
    a->used += len;
    return p;
}

static void give_arena(void *opaque, void *address)
{
    const struct arena *a = opaque;
    const uint8_t *p = address;

    if (p < a->block || p >= a->block + a->len)
        tlsni_free_sized(a->env, address);
}

struct memory {
    const struct tlsn_hooks *env;
    size_t left;
    bool refused;
};

static void *take(void *opaque, size_t len)
{
    struct memory *m = opaque;

    m->refused = m->refused || len > m->left;
    if (m->refused)
        return NULL;
    m->left -= len;
    return tlsni_alloc_sized(m->env, len);
}

static void give(void *opaque, void *address)
{
    const struct memory *m = opaque;

    tlsni_free_sized(m->env, address);
}

/* A window just above the input's size: an encoder's memory goes with it. */
static bool tune(BrotliEncoderState *s, size_t len)
{
    uint32_t bits = BROTLI_MIN_WINDOW_BITS;

    while (bits < BROTLI_DEFAULT_WINDOW && ((size_t)1 << bits) < len + 16)
        bits++;
    return BrotliEncoderSetParameter(s, BROTLI_PARAM_LGWIN, bits) &&
           BrotliEncoderSetParameter(s, BROTLI_PARAM_SIZE_HINT, (uint32_t)len);
}

static bool encode(BrotliEncoderState *s, struct tlsn_span in, uint8_t *out, size_t *left)
{
    return tune(s, in.len) &&
           BrotliEncoderCompressStream(s, BROTLI_OPERATION_FINISH, &in.len, &in.data, left, &out,
                                       NULL) &&
           BrotliEncoderIsFinished(s);
}

static tlsn_status pack(const struct tlsn_hooks *env, struct tlsn_span in, uint8_t *out, size_t cap,
                        size_t *len)
{
    struct arena a = { .env = env, .len = ARENA_FIXED + ARENA_A_BYTE * in.len };
    BrotliEncoderState *s;
    size_t left = cap;

    *len = 0;
    if (in.len > INPUT_MAX)
        return TLSN_OK;
    a.block = tlsni_alloc(env, a.len);
    if (!a.block)
        return TLSN_ERR_NO_MEMORY;
    s = BrotliEncoderCreateInstance(take_arena, give_arena, &a);
    if (s && encode(s, in, out, &left))
        *len = cap - left;
    BrotliEncoderDestroyInstance(s);
    tlsni_free(env, a.block);
    return s ? TLSN_OK : TLSN_ERR_NO_MEMORY;
}

static tlsn_status failure(const BrotliDecoderState *s, const struct memory *m)
{
    BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(s);
    bool memory = code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
                  code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;

    return memory && !m->refused ? TLSN_ERR_NO_MEMORY : TLSN_ERR_CERT_COMPRESSION;
}

static tlsn_status unpack(const struct tlsn_hooks *env, struct tlsn_span in, uint8_t *out,
                          size_t len)
{
    struct memory m = { env, DECODER_MAX + 4 * len, false };
    BrotliDecoderState *s = BrotliDecoderCreateInstance(take, give, &m);
    BrotliDecoderResult result;
    tlsn_status st = TLSN_OK;

    if (!s)
        return TLSN_ERR_NO_MEMORY;
    result = BrotliDecoderDecompressStream(s, &in.len, &in.data, &len, &out, NULL);
    if (result != BROTLI_DECODER_RESULT_SUCCESS || in.len || len)
        st = failure(s, &m);
    BrotliDecoderDestroyInstance(s);
    return st;
}

/* @rfc 8879:4/7, 8879:5/2, 8879:7.3/1 */
const struct tlsni_cert_comp tlsni_cert_comp_brotli = { 2, "brotli", pack, unpack, "RFC 7932" };
#else
typedef int tlsni_cert_comp_without_brotli; /* ISO C has no empty files */
#endif
