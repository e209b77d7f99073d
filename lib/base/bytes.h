/* bytes.h - reading and writing of structures on the wire, RFC 5246 section 4.
 *
 * Both ends are sticky: after the first failure every further call is harmless and the object stays
 * bad, so a parser reads everything and asks once. A reader never allocates and never moves past its
 * end; what it hands out are spans into the input. A writer never writes past its capacity. */
#ifndef TLSNI_BASE_BYTES_H
#define TLSNI_BASE_BYTES_H

#include <string.h>
#include <tls-native/types.h>

/* Value of a hexadecimal digit; -1: it is none. */
static inline int tlsni_hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Value of two of them; -1: they are none. Behind a first one that is none nothing is read. */
static inline int tlsni_hex_pair(const void *text)
{
    const uint8_t *p = text;
    int high = tlsni_hex_digit(p[0]), low = high < 0 ? -1 : tlsni_hex_digit(p[1]);

    return low < 0 ? -1 : high << 4 | low;
}

struct tlsni_rd {
    const uint8_t *p, *end;
    bool bad;
};

static inline struct tlsni_rd tlsni_rd_make(const void *data, size_t len)
{
    const uint8_t *p = data;
    struct tlsni_rd r = { p, len ? p + len : p, false };
    return r;
}

static inline struct tlsni_rd tlsni_rd_span(struct tlsn_span s)
{
    return tlsni_rd_make(s.data, s.len);
}

static inline size_t tlsni_rd_left(const struct tlsni_rd *r)
{
    return (size_t)(r->end - r->p);
}

static inline void tlsni_rd_fail(struct tlsni_rd *r)
{
    r->bad = true;
    r->p = r->end;
}

/* The next n bytes, or NULL (and a bad reader) when fewer are left. */
static inline const uint8_t *tlsni_rd_take(struct tlsni_rd *r, size_t n)
{
    const uint8_t *q = r->p;

    if (r->bad || n > tlsni_rd_left(r)) {
        tlsni_rd_fail(r);
        return NULL;
    }
    if (n)
        r->p += n;
    return q;
}

static inline struct tlsn_span tlsni_rd_bytes(struct tlsni_rd *r, size_t n)
{
    const uint8_t *q = tlsni_rd_take(r, n);
    struct tlsn_span s = { q, r->bad ? 0 : n };
    return s;
}

/* Copies n bytes to out, zeros when they are not there. */
static inline void tlsni_rd_copy(struct tlsni_rd *r, void *out, size_t n)
{
    const uint8_t *q = tlsni_rd_take(r, n);

    if (q && n)
        memcpy(out, q, n);
    else if (n)
        memset(out, 0, n);
}

/* Big-endian integer of n <= 4 bytes; 0 when they are not there.
 * @rfc 5246:4.1/1, 5246:4.5/1 */
static inline uint32_t tlsni_rd_uint(struct tlsni_rd *r, unsigned n)
{
    const uint8_t *q = tlsni_rd_take(r, n);
    uint32_t v = 0;

    if (!q)
        return 0;
    while (n--)
        v = v << 8 | *q++;
    return v;
}

static inline uint8_t tlsni_rd_u8(struct tlsni_rd *r) { return (uint8_t)tlsni_rd_uint(r, 1); }
static inline uint16_t tlsni_rd_u16(struct tlsni_rd *r) { return (uint16_t)tlsni_rd_uint(r, 2); }
static inline uint32_t tlsni_rd_u24(struct tlsni_rd *r) { return tlsni_rd_uint(r, 3); }
static inline uint32_t tlsni_rd_u32(struct tlsni_rd *r) { return tlsni_rd_uint(r, 4); }

static inline uint64_t tlsni_rd_u64(struct tlsni_rd *r)
{
    uint64_t hi = tlsni_rd_uint(r, 4);
    return hi << 32 | tlsni_rd_uint(r, 4);
}

/* opaque x<min..max> behind an n byte length, RFC 5246 4.3: a reader of the contents. When it does
 * not fit, both the reader and the result are bad.
 * @rfc 5246:4.3/1, 5246:4.3/2 */
static inline struct tlsni_rd tlsni_rd_vec(struct tlsni_rd *r, unsigned n, size_t min, size_t max)
{
    size_t len = tlsni_rd_uint(r, n);
    const uint8_t *q;
    struct tlsni_rd s;

    if (len < min || len > max)
        tlsni_rd_fail(r);
    q = tlsni_rd_take(r, len);
    s = tlsni_rd_make(q, q ? len : 0);
    s.bad = r->bad;
    return s;
}

/* The same as a span. */
static inline struct tlsn_span tlsni_rd_vec_span(struct tlsni_rd *r, unsigned n, size_t min,
                                                 size_t max)
{
    struct tlsni_rd s = tlsni_rd_vec(r, n, min, max);
    struct tlsn_span out = { s.p, tlsni_rd_left(&s) };
    return out;
}

/* A vector of elements of `unit` bytes; a length that is no multiple of it is bad.
 * @rfc 5246:4.3/3 */
static inline struct tlsn_span tlsni_rd_list_span(struct tlsni_rd *r, unsigned n, size_t unit,
                                                  size_t min, size_t max)
{
    struct tlsn_span s = tlsni_rd_vec_span(r, n, min, max);

    if (s.len % unit) {
        tlsni_rd_fail(r);
        s.len = 0;
    }
    return s;
}

/* Everything that is left. */
static inline struct tlsn_span tlsni_rd_rest(struct tlsni_rd *r)
{
    return tlsni_rd_bytes(r, tlsni_rd_left(r));
}

/* True when everything was there and nothing is left: the question every parser ends with. */
static inline bool tlsni_rd_done(const struct tlsni_rd *r)
{
    return !r->bad && r->p == r->end;
}

TLSN_MUST_USE static inline tlsn_status tlsni_rd_end(const struct tlsni_rd *r)
{
    return tlsni_rd_done(r) ? TLSN_OK : TLSN_ERR_DECODE;
}

struct tlsni_wr {
    uint8_t *buf; /* borrowed */
    size_t cap, len;
    bool bad;
};

static inline struct tlsni_wr tlsni_wr_make(void *buf, size_t cap)
{
    struct tlsni_wr w = { buf, cap, 0, false };
    return w;
}

/* Room for n bytes inside the buffer, or NULL (and a bad writer). */
static inline uint8_t *tlsni_wr_reserve(struct tlsni_wr *w, size_t n)
{
    uint8_t *q;

    if (w->bad || n > w->cap - w->len) {
        w->bad = true;
        return NULL;
    }
    q = w->buf + w->len;
    w->len += n;
    return q;
}

static inline void tlsni_wr_put(struct tlsni_wr *w, const void *data, size_t n)
{
    uint8_t *q = n ? tlsni_wr_reserve(w, n) : NULL;

    if (q)
        memcpy(q, data, n);
}

static inline void tlsni_wr_span(struct tlsni_wr *w, struct tlsn_span s)
{
    tlsni_wr_put(w, s.data, s.len);
}

/* Big-endian integer of n <= 4 bytes; a value that does not fit makes the writer bad. */
static inline void tlsni_wr_uint(struct tlsni_wr *w, unsigned n, uint32_t v)
{
    uint8_t *q = tlsni_wr_reserve(w, n);

    if (n < 4 && v >> 8 * n)
        w->bad = true;
    if (!q)
        return;
    while (n--) {
        q[n] = (uint8_t)v;
        v >>= 8;
    }
}

static inline void tlsni_wr_u8(struct tlsni_wr *w, uint32_t v) { tlsni_wr_uint(w, 1, v); }
static inline void tlsni_wr_u16(struct tlsni_wr *w, uint32_t v) { tlsni_wr_uint(w, 2, v); }
static inline void tlsni_wr_u24(struct tlsni_wr *w, uint32_t v) { tlsni_wr_uint(w, 3, v); }
static inline void tlsni_wr_u32(struct tlsni_wr *w, uint32_t v) { tlsni_wr_uint(w, 4, v); }

static inline void tlsni_wr_u64(struct tlsni_wr *w, uint64_t v)
{
    tlsni_wr_uint(w, 4, (uint32_t)(v >> 32));
    tlsni_wr_uint(w, 4, (uint32_t)v);
}

/* Opens a vector with an n byte length; the mark goes to tlsni_wr_close. Vectors nest. */
TLSN_MUST_USE static inline size_t tlsni_wr_open(struct tlsni_wr *w, unsigned n)
{
    tlsni_wr_uint(w, n, 0);
    return w->len;
}

static inline void tlsni_wr_close(struct tlsni_wr *w, unsigned n, size_t mark)
{
    size_t len, i;

    if (w->bad)
        return;
    len = w->len - mark;
    if (n < sizeof len && len >> 8 * n) {
        w->bad = true;
        return;
    }
    for (i = 1; i <= n; i++, len >>= 8)
        w->buf[mark - i] = (uint8_t)len;
}

static inline void tlsni_wr_vec(struct tlsni_wr *w, unsigned n, struct tlsn_span s)
{
    size_t mark = tlsni_wr_open(w, n);

    tlsni_wr_span(w, s);
    tlsni_wr_close(w, n, mark);
}

static inline struct tlsn_span tlsni_span_make(const void *data, size_t len)
{
    struct tlsn_span s = { data, len };
    return s;
}

/* For public data only: leaves at the first difference. */
static inline bool tlsni_span_eq(struct tlsn_span a, struct tlsn_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

#endif
