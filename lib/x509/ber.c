/* ber.c - indefinite lengths made definite, once, before the strict reader sees the bytes. */
#include "x509/ber.h"

#include "x509/der.h"
#include "x509/der_write.h"

enum { DEPTH_MAX = 24, CONSTRUCTED = 0x20, INDEFINITE = 0x80 };

bool tlsni_ber_looks(struct tlsn_span data)
{
    return data.len > 2 && data.data[0] == TLSNI_DER_SEQUENCE && data.data[1] == INDEFINITE;
}

/* Length octets of any form that fits in 4 bytes. */
static size_t length(struct tlsni_rd *r, bool *open)
{
    size_t len = tlsni_rd_u8(r);
    unsigned n = len & 0x7f;

    *open = len == INDEFINITE;
    if (len <= INDEFINITE)
        return len & 0x7f;
    if (n > 4) {
        tlsni_rd_fail(r);
        return 0;
    }
    return tlsni_rd_uint(r, n);
}

/* The contents of the next element. For an indefinite length *open is true and they begin where r
 * stands. */
static struct tlsni_rd enter(struct tlsni_rd *r, uint8_t *tag, bool *open)
{
    size_t len;

    *tag = tlsni_rd_u8(r);
    len = length(r, open);
    if ((*tag & 0x1f) == 0x1f || (*open && !(*tag & CONSTRUCTED)))
        tlsni_rd_fail(r);
    return tlsni_rd_span(tlsni_rd_bytes(r, len));
}

/* The two zero bytes behind the last child of an indefinite length. */
static bool at_end(struct tlsni_rd *r)
{
    if (tlsni_rd_left(r) < 2 || r->p[0] || r->p[1])
        return false;
    (void)tlsni_rd_u16(r);
    return true;
}

static void convert(struct tlsni_rd *r, struct tlsni_wr *w, unsigned depth, bool joined);

static void children(struct tlsni_rd *r, struct tlsni_wr *w, unsigned depth, bool joined,
                     bool open)
{
    while (!r->bad && !w->bad) {
        if (open && at_end(r))
            return;
        if (!tlsni_rd_left(r) && !open)
            return;
        convert(r, w, depth, joined); /* fails when nothing is left */
    }
}

/* One element. joined: it is a piece of an OCTET STRING; its header vanishes. */
static void convert(struct tlsni_rd *r, struct tlsni_wr *w, unsigned depth, bool joined)
{
    bool open, pieces;
    uint8_t tag;
    struct tlsni_rd body = enter(r, &tag, &open);
    size_t mark = 0;

    pieces = tag == (TLSNI_DER_OCTET_STRING | CONSTRUCTED);
    if (!depth || (joined && !pieces && tag != TLSNI_DER_OCTET_STRING))
        tlsni_rd_fail(r);
    if (r->bad)
        return;
    if (!joined)
        mark = tlsni_dw_open(w, pieces ? TLSNI_DER_OCTET_STRING : tag);
    if (!(tag & CONSTRUCTED))
        tlsni_wr_span(w, tlsni_rd_rest(&body));
    else if (open)
        children(r, w, depth - 1, pieces, true);
    else
        children(&body, w, depth - 1, pieces, false);
    if (body.bad && !open)
        tlsni_rd_fail(r);
    if (!joined)
        tlsni_dw_close(w, mark);
}

tlsn_status tlsni_ber_to_der(const struct tlsn_hooks *env, struct tlsn_span data,
                             struct tlsni_buf *out)
{
    size_t room = 2 * data.len + 16;
    struct tlsni_rd r = tlsni_rd_span(data);
    struct tlsni_wr w;
    tlsn_status st;

    if (data.len > SIZE_MAX / 4)
        return TLSN_ERR_PEM;
    st = tlsni_buf_reserve(env, out, room);
    if (st != TLSN_OK)
        return st;
    w = tlsni_wr_make(out->data + out->end, room);
    convert(&r, &w, DEPTH_MAX, false);
    if (!tlsni_rd_done(&r) || w.bad)
        return TLSN_ERR_PEM;
    out->end += w.len;
    return TLSN_OK;
}
