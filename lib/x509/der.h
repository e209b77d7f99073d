/* der.h - a strict reader of DER (X.690 8 and 10) on top of the sticky byte reader.
 *
 * Accepted are single-byte tags, definite lengths in their minimal form and canonical values;
 * anything else makes the reader bad. Nothing is copied: bodies are spans into the input. As with
 * every sticky reader, a parser reads all it wants and asks once, with tlsni_rd_done. */
#ifndef TLSNI_X509_DER_H
#define TLSNI_X509_DER_H

#include "base/bytes.h"

/* Identifier octets, X.690 8.1.2 and X.680 8.4. */
enum {
    TLSNI_DER_BOOLEAN = 0x01,
    TLSNI_DER_INTEGER = 0x02,
    TLSNI_DER_BIT_STRING = 0x03,
    TLSNI_DER_OCTET_STRING = 0x04,
    TLSNI_DER_NULL = 0x05,
    TLSNI_DER_OID = 0x06,
    TLSNI_DER_ENUMERATED = 0x0a,
    TLSNI_DER_UTF8 = 0x0c,
    TLSNI_DER_NUMERIC = 0x12,
    TLSNI_DER_PRINTABLE = 0x13,
    TLSNI_DER_T61 = 0x14,
    TLSNI_DER_IA5 = 0x16,
    TLSNI_DER_UTC_TIME = 0x17,
    TLSNI_DER_GENERALIZED_TIME = 0x18,
    TLSNI_DER_VISIBLE = 0x1a,
    TLSNI_DER_UNIVERSAL = 0x1c,
    TLSNI_DER_BMP = 0x1e,
    TLSNI_DER_SEQUENCE = 0x30,
    TLSNI_DER_SET = 0x31,
};

#define TLSNI_DER_CONTEXT(n) (0x80 | (n))             /* primitive [n] */
#define TLSNI_DER_CONSTRUCTED_CONTEXT(n) (0xa0 | (n)) /* constructed [n] */

struct tlsni_der {
    uint8_t tag;
    struct tlsn_span whole, body;
};

/* Length octets, X.690 8.1.3 and 10.1: at most four bytes of length, never more than needed. */
static inline size_t tlsni_der_length(struct tlsni_rd *r)
{
    size_t len = tlsni_rd_u8(r);
    unsigned n = len & 0x7f;

    if (len < 0x80)
        return len;
    if (n < 1 || n > 4) {
        tlsni_rd_fail(r);
        return 0;
    }
    len = tlsni_rd_uint(r, n);
    if (len < 0x80 || (n > 1 && len >> 8 * (n - 1) == 0))
        tlsni_rd_fail(r);
    return len;
}

/* The next element, whatever it is. A bad reader gives tag 0 and empty spans. */
static inline struct tlsni_der tlsni_der_next(struct tlsni_rd *r)
{
    struct tlsni_der e = { 0, { NULL, 0 }, { NULL, 0 } };
    const uint8_t *begin = r->p;
    uint8_t tag = tlsni_rd_u8(r);
    size_t len;

    if ((tag & 0x1f) == 0x1f) /* long tag numbers have no place in PKIX */
        tlsni_rd_fail(r);
    len = tlsni_der_length(r);
    e.body = tlsni_rd_bytes(r, len);
    if (r->bad)
        return e;
    e.tag = tag;
    e.whole = tlsni_span_make(begin, (size_t)(r->p - begin));
    return e;
}

/* Is the next element one with this tag? */
static inline bool tlsni_der_peek(const struct tlsni_rd *r, uint8_t tag)
{
    return r->p != r->end && *r->p == tag;
}

/* The contents of the next element, which has to have this tag. */
static inline struct tlsn_span tlsni_der_get(struct tlsni_rd *r, uint8_t tag)
{
    if (!tlsni_der_peek(r, tag))
        tlsni_rd_fail(r);
    return tlsni_der_next(r).body;
}

/* The same with its tag and length. */
static inline struct tlsn_span tlsni_der_get_whole(struct tlsni_rd *r, uint8_t tag)
{
    if (!tlsni_der_peek(r, tag))
        tlsni_rd_fail(r);
    return tlsni_der_next(r).whole;
}

/* A reader of the contents; bad when the element is not there. */
static inline struct tlsni_rd tlsni_der_enter(struct tlsni_rd *r, uint8_t tag)
{
    struct tlsni_rd s = tlsni_rd_span(tlsni_der_get(r, tag));

    s.bad = r->bad;
    return s;
}

/* A reader of the contents of the one element that `whole` consists of. */
static inline struct tlsni_rd tlsni_der_open_span(struct tlsn_span whole, uint8_t tag)
{
    struct tlsni_rd r = tlsni_rd_span(whole), s = tlsni_der_enter(&r, tag);

    if (!tlsni_rd_done(&r))
        tlsni_rd_fail(&s);
    return s;
}

/* BOOLEAN contents are 00 or ff (X.690 11.1). */
bool tlsni_der_bool(struct tlsni_rd *r);
/* INTEGER of any size and sign: its contents, minimal (X.690 8.3.2). */
struct tlsn_span tlsni_der_integer(struct tlsni_rd *r);
struct tlsn_span tlsni_der_integer_as(struct tlsni_rd *r, uint8_t tag); /* under an implicit tag */
/* INTEGER >= 0 of any size without its sign byte: big-endian; zero is one byte 00. */
struct tlsn_span tlsni_der_unsigned(struct tlsni_rd *r);
/* INTEGER 0 .. 2^31 - 1; larger ones are clamped to that. `as`: under an implicit tag. */
int tlsni_der_small(struct tlsni_rd *r);
int tlsni_der_small_as(struct tlsni_rd *r, uint8_t tag);
/* BIT STRING of whole bytes: no unused bits. */
struct tlsn_span tlsni_der_bits(struct tlsni_rd *r);
/* BIT STRING with named bits, the first 16 of them: bit 0 of the string is bit 0 of the result.
 * Unused bits are zero (X.690 11.2.1). That trailing zero bits stay away (11.2.2) is not insisted
 * on: authorities in use write keyUsage as whole bytes. */
uint16_t tlsni_der_named_bits(struct tlsni_rd *r);
uint16_t tlsni_der_named_bits_as(struct tlsni_rd *r, uint8_t tag);
/* OBJECT IDENTIFIER contents: not empty, each arc minimal and complete (X.690 8.19). */
struct tlsn_span tlsni_der_oid(struct tlsni_rd *r);
bool tlsni_der_oid_sound(struct tlsn_span body);
/* UTCTime or GeneralizedTime in the one form that RFC 5280 4.1.2.5 allows: seconds since 1970. */
int64_t tlsni_der_time(struct tlsni_rd *r);

#endif
