/* bmp.c - between UTF-8 and the two-byte characters of PKCS#12. */
#include "x509/bmp.h"

#include "base/bytes.h"
#include "x509/der.h"
#include "x509/name.h"

static void put_utf16(struct tlsni_wr *w, uint32_t c)
{
    if (c >= 0x10000) {
        tlsni_wr_u16(w, 0xd800 + ((c - 0x10000) >> 10));
        c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    tlsni_wr_u16(w, c);
}

/* @rfc 7292:B.1/1 */
tlsn_status tlsni_bmp_from_utf8(const struct tlsn_hooks *env, struct tlsni_buf *out,
                                struct tlsn_span text, bool closed)
{
    uint8_t tag = tlsni_is_utf8(text) ? TLSNI_DER_UTF8 : TLSNI_DER_T61;
    struct tlsni_rd r = tlsni_rd_span(text);
    size_t room = 2 * text.len + 2;
    struct tlsni_wr w;
    tlsn_status st = tlsni_buf_reserve(env, out, room);

    if (st != TLSN_OK)
        return st;
    w = tlsni_wr_make(out->data + out->end, room);
    while (tlsni_rd_left(&r))
        put_utf16(&w, (uint32_t)tlsni_attribute_char(tag, &r));
    if (closed)
        tlsni_wr_u16(&w, 0);
    out->end += w.len;
    return TLSN_OK;
}

static uint32_t next_utf16(struct tlsni_rd *r)
{
    uint32_t c = tlsni_rd_u16(r), low;
    struct tlsni_rd ahead = *r;

    if (c - 0xd800 >= 0x800)
        return c;
    low = tlsni_rd_u16(&ahead);
    if (c >= 0xdc00 || ahead.bad || low - 0xdc00 >= 0x400)
        return 0xfffd;
    *r = ahead;
    return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

void tlsni_bmp_to_utf8(char *out, size_t cap, struct tlsn_span bmp)
{
    struct tlsni_rd r = tlsni_rd_make(bmp.data, bmp.len & ~(size_t)1);
    uint8_t bytes[4];
    size_t at = 0;

    while (tlsni_rd_left(&r)) {
        uint32_t c = next_utf16(&r);
        size_t n = tlsni_utf8_put(bytes, c);

        if (!c || cap - at < n + 1)
            break;
        memcpy(out + at, bytes, n);
        at += n;
    }
    out[at] = 0;
}
