/* name.c - form and comparison of distinguished names.
 *
 * Comparison prepares strings as RFC 4518 does (stringprep.h). */
#include "x509/name.h"

#include "x509/idna.h"
#include "x509/stringprep.h"

struct tlsni_attribute tlsni_attribute_next(struct tlsni_rd *set)
{
    struct tlsni_rd r = tlsni_der_enter(set, TLSNI_DER_SEQUENCE);
    struct tlsni_attribute a;

    a.type = tlsni_der_oid(&r);
    a.value = tlsni_der_next(&r);
    if (!tlsni_rd_done(&r))
        tlsni_rd_fail(set);
    return a;
}

bool tlsni_name_sound(struct tlsn_span name)
{
    struct tlsni_rd r = tlsni_der_open_span(name, TLSNI_DER_SEQUENCE), set;

    while (r.p != r.end) {
        set = tlsni_der_enter(&r, TLSNI_DER_SET);
        do
            (void)tlsni_attribute_next(&set);
        while (set.p != set.end);
        if (!tlsni_rd_done(&set))
            return false;
    }
    return tlsni_rd_done(&r);
}

bool tlsni_name_empty(struct tlsn_span name)
{
    return name.len <= 2;
}

/* One character of UTF-8, RFC 3629 3: shortest form, no surrogates, at most 10ffff. */
static int32_t utf8_char(struct tlsni_rd *r)
{
    static const uint32_t least[4] = { 0, 0x80, 0x800, 0x10000 };
    uint8_t c = tlsni_rd_u8(r);
    unsigned more = c < 0x80 ? 0 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    uint32_t v = more ? c & (0x3fu >> more) : c;

    if (more && (c < 0xc0 || c >= 0xf8))
        return TLSNI_CHAR_BAD;
    for (unsigned i = 0; i < more; i++) {
        c = tlsni_rd_u8(r);
        if ((c & 0xc0) != 0x80)
            return TLSNI_CHAR_BAD;
        v = v << 6 | (c & 0x3f);
    }
    if (v < least[more] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
        return TLSNI_CHAR_BAD;
    return (int32_t)v;
}

size_t tlsni_utf8_put(uint8_t out[4], uint32_t c)
{
    static const uint8_t lead[4] = { 0, 0xc0, 0xe0, 0xf0 };
    unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

    out[0] = (uint8_t)(lead[more] | c >> 6 * more);
    for (unsigned i = 1; i <= more; i++)
        out[i] = (uint8_t)(0x80 | (c >> 6 * (more - i) & 0x3f));
    return more + 1;
}

bool tlsni_is_utf8(struct tlsn_span text)
{
    struct tlsni_rd r = tlsni_rd_span(text);

    while (r.p != r.end)
        if (utf8_char(&r) == TLSNI_CHAR_BAD || r.bad)
            return false;
    return true;
}

int32_t tlsni_attribute_char(uint8_t tag, struct tlsni_rd *r)
{
    uint32_t v;

    if (r->p == r->end)
        return r->bad ? TLSNI_CHAR_BAD : TLSNI_CHAR_END;
    switch (tag) {
    case TLSNI_DER_UTF8:
        return utf8_char(r);
    case TLSNI_DER_T61: /* in practice Latin-1 */
        return tlsni_rd_u8(r);
    case TLSNI_DER_PRINTABLE:
    case TLSNI_DER_IA5:
    case TLSNI_DER_VISIBLE:
    case TLSNI_DER_NUMERIC:
        v = tlsni_rd_u8(r);
        return v < 0x80 ? (int32_t)v : TLSNI_CHAR_BAD;
    case TLSNI_DER_BMP:
        v = tlsni_rd_u16(r);
        break;
    case TLSNI_DER_UNIVERSAL:
        v = tlsni_rd_u32(r);
        break;
    default:
        return TLSNI_CHAR_BAD;
    }
    return r->bad || v > 0x10ffff || (v >= 0xd800 && v < 0xe000) ? TLSNI_CHAR_BAD : (int32_t)v;
}

static void prepare(struct tlsni_stringprep *p, const struct tlsni_der *value)
{
    tlsni_stringprep_begin(p, value->tag, value->body);
}

static bool is_text(const struct tlsni_der *value)
{
    struct tlsni_stringprep p;
    int32_t c;

    prepare(&p, value);
    do
        c = tlsni_stringprep_next(&p);
    while (c >= 0);
    return c == TLSNI_CHAR_END;
}

static bool value_equal(const struct tlsni_der *a, const struct tlsni_der *b, bool lax)
{
    struct tlsni_stringprep pa, pb;
    int32_t ca, cb;

    if (tlsni_span_eq(a->whole, b->whole))
        return true;
    prepare(&pa, a);
    prepare(&pb, b);
    pa.lax = pb.lax = lax;
    do {
        ca = tlsni_stringprep_next(&pa);
        cb = tlsni_stringprep_next(&pb);
        if (ca != cb || ca == TLSNI_CHAR_BAD)
            return false;
    } while (ca != TLSNI_CHAR_END);
    return true;
}

static size_t count_attributes(struct tlsni_rd set)
{
    size_t n = 0;

    for (; set.p != set.end; n++)
        (void)tlsni_attribute_next(&set);
    return n;
}

/* How often this attribute stands in the set. */
static size_t occurrences(struct tlsni_rd set, const struct tlsni_attribute *a, bool lax)
{
    size_t n = 0;

    while (set.p != set.end) {
        struct tlsni_attribute b = tlsni_attribute_next(&set);

        n += !set.bad && tlsni_span_eq(a->type, b.type) && value_equal(&a->value, &b.value, lax);
    }
    return n;
}

enum { RDN_ATTRIBUTES_MAX = 32 }; /* comparison of sets takes the square of it */

/* Sets without order: every attribute as often in one as in the other. */
static bool rdn_equal(struct tlsni_rd a, struct tlsni_rd b, bool lax)
{
    struct tlsni_rd rest = a;
    size_t n = count_attributes(a);

    if (n != count_attributes(b) || n > RDN_ATTRIBUTES_MAX)
        return false;
    while (rest.p != rest.end) {
        struct tlsni_attribute x = tlsni_attribute_next(&rest);

        if (rest.bad || occurrences(a, &x, lax) != occurrences(b, &x, lax))
            return false;
    }
    return true;
}

/* Printable ASCII, an octet to a character? */
static bool is_plain(const struct tlsni_der *value)
{
    return value->tag != TLSNI_DER_BMP && value->tag != TLSNI_DER_UNIVERSAL &&
           tlsni_is_printable(value->body);
}

enum { GROWN = 16 }; /* times the work of ASCII: three octets of UTF-8 may be eighteen characters, or none */

size_t tlsni_name_weight(struct tlsn_span name)
{
    struct tlsni_rd r = tlsni_der_open_span(name, TLSNI_DER_SEQUENCE);
    size_t widest = 1;
    bool plain = true;

    while (r.p != r.end) {
        struct tlsni_rd set = tlsni_der_enter(&r, TLSNI_DER_SET);
        size_t n = 0;

        for (; set.p != set.end; n++) {
            struct tlsni_attribute a = tlsni_attribute_next(&set);

            plain = plain && is_plain(&a.value);
        }
        widest = n > widest ? n : widest;
    }
    return (widest < RDN_ATTRIBUTES_MAX ? widest : RDN_ATTRIBUTES_MAX) * (plain ? 1 : GROWN);
}

/* Compares RDN by RDN until base ends; *rest: what then is left of the name. */
static bool begins_with(struct tlsn_span name, struct tlsn_span base, bool lax, bool *rest)
{
    struct tlsni_rd n = tlsni_der_open_span(name, TLSNI_DER_SEQUENCE);
    struct tlsni_rd b = tlsni_der_open_span(base, TLSNI_DER_SEQUENCE);

    while (b.p != b.end) {
        struct tlsn_span x = tlsni_der_get(&n, TLSNI_DER_SET);
        struct tlsn_span y = tlsni_der_get(&b, TLSNI_DER_SET);

        if (n.bad || b.bad ||
            (!tlsni_span_eq(x, y) && !rdn_equal(tlsni_rd_span(x), tlsni_rd_span(y), lax)))
            return false;
    }
    *rest = n.p != n.end;
    return !n.bad && !b.bad;
}

/* @rfc 5280:7.1/2, 5280:7.1/5
 * @rfc 5280:7.1/1, 5280:4.1.2.4/2, 5280:4.1.2.4/3, 5280:4.1.2.4/4 */
bool tlsni_name_equal(struct tlsn_span a, struct tlsn_span b)
{
    bool rest;

    return tlsni_span_eq(a, b) || (begins_with(a, b, false, &rest) && !rest);
}

bool tlsni_name_within(struct tlsn_span name, struct tlsn_span base)
{
    bool rest;

    return begins_with(name, base, false, &rest);
}

bool tlsni_name_perhaps_within(struct tlsn_span name, struct tlsn_span base)
{
    bool rest;

    return begins_with(name, base, true, &rest);
}

/* FNV-1a over code points; any even spread does, nobody gains by collisions among trusted names. */
static uint64_t mix(uint64_t h, uint32_t v)
{
    return (h ^ v) * 0x100000001b3u;
}

static uint64_t attribute_hash(const struct tlsni_attribute *a)
{
    uint64_t h = 0xcbf29ce484222325u;
    struct tlsni_stringprep p;
    int32_t c;

    for (size_t i = 0; i < a->type.len; i++)
        h = mix(h, a->type.data[i]);
    if (!is_text(&a->value)) {
        for (size_t i = 0; i < a->value.whole.len; i++)
            h = mix(h, a->value.whole.data[i]);
        return h;
    }
    prepare(&p, &a->value);
    while ((c = tlsni_stringprep_next(&p)) >= 0)
        h = mix(h, (uint32_t)c);
    return h;
}

/* Attributes of one RDN have no order: their hashes are added. */
uint64_t tlsni_name_hash(struct tlsn_span name)
{
    struct tlsni_rd r = tlsni_der_open_span(name, TLSNI_DER_SEQUENCE), set;
    uint64_t h = 0;

    while (r.p != r.end) {
        h *= 0x9e3779b97f4a7c15u;
        set = tlsni_der_enter(&r, TLSNI_DER_SET);
        while (set.p != set.end) {
            struct tlsni_attribute a = tlsni_attribute_next(&set);

            h += attribute_hash(&a);
        }
    }
    return h ^ h >> 32;
}

bool tlsni_name_attribute(struct tlsn_span name, enum tlsni_oid type, size_t i,
                          struct tlsni_attribute *out)
{
    struct tlsni_rd r = tlsni_der_open_span(name, TLSNI_DER_SEQUENCE), set;

    while (r.p != r.end) {
        set = tlsni_der_enter(&r, TLSNI_DER_SET);
        while (set.p != set.end) {
            *out = tlsni_attribute_next(&set);
            if (!set.bad && tlsni_oid_find(out->type) == type && i-- == 0)
                return true;
        }
    }
    return false;
}
