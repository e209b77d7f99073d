/* cert_comp_zlib.c - the zlib format (RFC 1950) by zlib, with memory from the hooks. */
#include "handshake/cert_comp_rows.h"

#ifdef TLSNI_HAVE_ZLIB
#include <zlib.h>

#include "base/mem.h"

static voidpf take(voidpf opaque, uInt items, uInt size)
{
    return tlsni_alloc_sized(opaque, (size_t)items * size);
}

static void give(voidpf opaque, voidpf address)
{
    tlsni_free_sized(opaque, address);
}

/* zlib takes pointers that it could write through, and promises not to do so to its input and to hand
 * the opaque one on. Lengths are below 2^24. */
static z_stream stream_of(const struct tlsn_hooks *env, struct tlsn_span in, uint8_t *out,
                          size_t cap)
{
    union {
        const void *from;
        void *to;
    } hooks = { env }, input = { in.data };
    z_stream z = { .next_in = input.to, .avail_in = (uInt)in.len, .next_out = out,
                   .avail_out = (uInt)cap, .zalloc = take, .zfree = give, .opaque = hooks.to };

    return z;
}

static tlsn_status pack(const struct tlsn_hooks *env, struct tlsn_span in, uint8_t *out, size_t cap,
                        size_t *len)
{
    z_stream z = stream_of(env, in, out, cap);
    int result;

    if (deflateInit(&z, Z_BEST_COMPRESSION) != Z_OK)
        return TLSN_ERR_NO_MEMORY;
    result = deflate(&z, Z_FINISH);
    *len = result == Z_STREAM_END ? cap - z.avail_out : 0;
    (void)deflateEnd(&z);
    return TLSN_OK;
}

static tlsn_status unpack(const struct tlsn_hooks *env, struct tlsn_span in, uint8_t *out,
                          size_t len)
{
    z_stream z = stream_of(env, in, out, len);
    int result;

    if (inflateInit(&z) != Z_OK)
        return TLSN_ERR_NO_MEMORY;
    result = inflate(&z, Z_FINISH);
    (void)inflateEnd(&z);
    if (result == Z_MEM_ERROR)
        return TLSN_ERR_NO_MEMORY;
    return result == Z_STREAM_END && !z.avail_in && !z.avail_out ? TLSN_OK
                                                                 : TLSN_ERR_CERT_COMPRESSION;
}

/* @rfc 8879:4/6, 8879:5/2, 8879:7.3/1 */
const struct tlsni_cert_comp tlsni_cert_comp_zlib = { 1, "zlib", pack, unpack, "RFC 1950" };
#else
typedef int tlsni_cert_comp_without_zlib; /* ISO C has no empty files */
#endif
