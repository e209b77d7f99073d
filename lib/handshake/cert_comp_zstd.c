/* cert_comp_zstd.c - zstd (RFC 8878) by libzstd. Its stable interface has no way to give it memory: what
 * it needs comes from the C library, goes back before the call ends, and does not grow with what the
 * data claims, since the output goes straight into a block of known size. */
#include "handshake/cert_comp_rows.h"

#ifdef TLSNI_HAVE_ZSTD
#include <zstd.h>

enum { LEVEL = 19 };

static tlsn_status pack(const struct tlsn_hooks *env, struct tlsn_span in, uint8_t *out, size_t cap,
                        size_t *len)
{
    (void)env;
    *len = ZSTD_compress(out, cap, in.data, in.len, LEVEL);
    if (ZSTD_isError(*len))
        *len = 0;
    return TLSN_OK;
}

/* One frame and no more. */
static tlsn_status unpack(const struct tlsn_hooks *env, struct tlsn_span in, uint8_t *out,
                          size_t len)
{
    size_t frame = ZSTD_findFrameCompressedSize(in.data, in.len);

    (void)env;
    if (ZSTD_isError(frame) || frame != in.len ||
        ZSTD_decompress(out, len, in.data, in.len) != len)
        return TLSN_ERR_CERT_COMPRESSION;
    return TLSN_OK;
}

/* @rfc 8879:4/8, 8879:5/2, 8879:7.3/1 */
const struct tlsni_cert_comp tlsni_cert_comp_zstd = { 3, "zstd", pack, unpack, "RFC 8878" };
#else
typedef int tlsni_cert_comp_without_zstd; /* ISO C has no empty files */
#endif
