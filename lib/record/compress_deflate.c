/* compress_deflate.c - the DEFLATE method (RFC 3749) by zlib.
 *
 * RFC 3749 names RFC 1951; every implementation that was ever deployed puts the header of RFC 1950 in
 * front of the first record, and so does this one. A reader takes both: in raw deflate data the low
 * four bits of the first byte are never 8, since that would be a stored block with a bit set where
 * encoders write zeros. The history goes on from record to record; each record is flushed.
 *
 * zlib's memory comes through the hooks of the connection and is wiped when it goes back. */
#include "record/compress_rows.h"

#ifdef TLSNI_HAVE_ZLIB
#include <zlib.h>

#include "base/mem.h"

struct deflate_state {
    z_stream z;
    bool begun; /* reading: the format is known */
};

static voidpf take(voidpf opaque, uInt items, uInt size)
{
    const struct tlsni_comp *c = opaque;

    return tlsni_alloc_sized(c->env, (size_t)items * size);
}

static void give(voidpf opaque, voidpf address)
{
    const struct tlsni_comp *c = opaque;

    tlsni_free_sized(c->env, address);
}

static struct deflate_state *state_of(struct tlsni_comp *c)
{
    return c->state;
}

static tlsn_status begin(struct tlsni_comp *c)
{
    struct deflate_state *s = state_of(c);
    int result = Z_OK;

    s->z.zalloc = take;
    s->z.zfree = give;
    s->z.opaque = c;
    if (c->packs)
        result = deflateInit(&s->z, Z_DEFAULT_COMPRESSION);
    return result == Z_OK ? TLSN_OK : TLSN_ERR_NO_MEMORY;
}

static void end(struct tlsni_comp *c)
{
    struct deflate_state *s = state_of(c);

    if (c->packs)
        (void)deflateEnd(&s->z);
    else if (s->begun)
        (void)inflateEnd(&s->z);
}

/* zlib promises not to write to its input. */
static void aim(z_stream *z, const uint8_t *in, size_t in_len, uint8_t *out, size_t room)
{
    union {
        const uint8_t *from;
        Bytef *to;
    } input = { in };

    z->next_in = input.to;
    z->avail_in = (uInt)in_len;
    z->next_out = out;
    z->avail_out = (uInt)room;
}

/* @rfc 3749:2/3, 3749:2.1/2, 3749:2.1/3 */
static tlsn_status pack(struct tlsni_comp *c, const uint8_t *in, size_t in_len, uint8_t *out,
                        size_t *out_len)
{
    z_stream *z = &state_of(c)->z;
    int result;

    aim(z, in, in_len, out, TLSNI_COMPRESSED_MAX);
    result = deflate(z, Z_SYNC_FLUSH);
    *out_len = TLSNI_COMPRESSED_MAX - z->avail_out;
    /* nothing to add and nothing to flush counts as an error in zlib */
    if (result == Z_BUF_ERROR && !in_len)
        result = Z_OK;
    return result == Z_OK && !z->avail_in && z->avail_out ? TLSN_OK : TLSN_ERR_INTERNAL;
}

static tlsn_status begin_reading(struct deflate_state *s, uint8_t first)
{
    int window = (first & 15) == Z_DEFLATED ? MAX_WBITS : -MAX_WBITS;
    int result = inflateInit2(&s->z, window);

    s->begun = result == Z_OK;
    return s->begun ? TLSN_OK : TLSN_ERR_NO_MEMORY;
}

/* @rfc 3749:2.1/1 */
static tlsn_status unpack(struct tlsni_comp *c, const uint8_t *in, size_t in_len, uint8_t *out,
                          size_t *out_len)
{
    struct deflate_state *s = state_of(c);
    uint8_t beyond;
    tlsn_status st = TLSN_OK;
    int result;

    *out_len = 0;
    if (!in_len)
        return TLSN_OK;
    if (!s->begun)
        st = begin_reading(s, in[0]);
    if (st != TLSN_OK)
        return st;
    aim(&s->z, in, in_len, out, TLSNI_RECORD_PLAIN_MAX);
    result = inflate(&s->z, Z_SYNC_FLUSH);
    *out_len = TLSNI_RECORD_PLAIN_MAX - s->z.avail_out;
    if (result == Z_OK && !s->z.avail_out) { /* a full record: is that all? */
        aim(&s->z, s->z.next_in, s->z.avail_in, &beyond, sizeof beyond);
        result = inflate(&s->z, Z_SYNC_FLUSH);
        if (!s->z.avail_out)
            return TLSN_ERR_DECOMPRESSION;
        if (result == Z_BUF_ERROR)
            result = Z_OK;
    }
    if (result == Z_MEM_ERROR)
        return TLSN_ERR_NO_MEMORY;
    return result == Z_OK && !s->z.avail_in ? TLSN_OK : TLSN_ERR_DECOMPRESSION;
}

const struct tlsni_compression tlsni_compression_deflate = {
    .id = TLSNI_COMPRESSION_DEFLATE,
    .name = "DEFLATE",
    .source = "RFC 3749",
    .state_len = (sizeof(struct deflate_state) + 15) & ~(size_t)15,
    .begin = begin,
    .end = end,
    .pack = pack,
    .unpack = unpack,
};
#else
typedef int tlsni_compress_deflate_is_empty;
#endif
