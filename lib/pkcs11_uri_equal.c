/* pkcs11_uri_equal.c - whether two PKCS#11 URIs are the same (RFC 7512 2.6), without a look at any token: the same
 * attributes in any order, with values that are the same once what may be written in two ways is written in one
 * (RFC 3986 6.2.2). */
#include "pkcs11_uri.h"

#include "base/bytes.h"
#include "base/mem.h"

/* RFC 3986 2.3: these are the same with and without percent-encoding. */
static bool unreserved(uint8_t c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

/* The next character of a value: an octet, and above 255 an octet that stays percent-encoded. */
static bool next(struct tlsn_span *s, unsigned *out)
{
    uint8_t c;

    if (!s->len)
        return false;
    c = s->data[0];
    *out = c;
    if (c == '%' && s->len >= 3) {
        c = (uint8_t)tlsni_hex_pair(s->data + 1);
        *out = unreserved(c) ? c : 256U + c;
        *s = tlsni_span_make(s->data + 2, s->len - 2);
    }
    *s = tlsni_span_make(s->data + 1, s->len - 1);
    return true;
}

/* @rfc 7512:2.6/3, 7512:2.6/12 */
static bool same_text(struct tlsn_span a, struct tlsn_span b)
{
    unsigned x = 0, y = 0;

    while (a.len && b.len)
        if (next(&a, &x) != next(&b, &y) || x != y)
            return false;
    return !a.len && !b.len;
}

/* Every octet percent-encoded, so that it does not matter how it was.
 * @rfc 7512:2.6/4 */
static bool same_octets(struct tlsn_span a, struct tlsn_span b)
{
    unsigned x = 0, y = 0;

    while (a.len && b.len)
        if (next(&a, &x) != next(&b, &y) || (x & 255) != (y & 255))
            return false;
    return !a.len && !b.len;
}

/* @rfc 7512:2.6/5, 7512:2.6/6, 7512:2.6/7 */
static bool same_version(struct tlsn_span a, struct tlsn_span b)
{
    int major[2], minor[2];

    return tlsni_uri_version(a, &major[0], &minor[0]) && tlsni_uri_version(b, &major[1], &minor[1]) &&
           major[0] == major[1] && minor[0] == minor[1];
}

/* ---- paths ---- */

/* In the one form: hexadecimal digits in capitals, a file's scheme in small letters, and without segments of dots.
 * Octets of at most TLSN_PKCS11_TEXT_MAX, each of which may take three characters. */
struct path {
    char text[3 * TLSN_PKCS11_TEXT_MAX];
    size_t len;
};

static void put(struct path *p, unsigned c)
{
    static const char digits[] = "0123456789ABCDEF";

    if (c > 255) {
        p->text[p->len++] = '%';
        p->text[p->len++] = digits[c >> 4 & 15];
        p->text[p->len++] = digits[c & 15];
    } else {
        p->text[p->len++] = (char)c;
    }
}

/* Length of "file:" in front, in whatever letters, which become small ones; 0: another value. */
static size_t scheme(char *text, size_t len)
{
    static const char file[] = "file:";
    const size_t n = sizeof file - 1;

    for (size_t i = 0; i < n; i++)
        if (i == len || (text[i] != file[i] && (text[i] | 0x20) != file[i]))
            return 0;
    memcpy(text, file, n);
    return n;
}

/* Back to in front of the last segment. */
static size_t parent(const char *text, size_t first, size_t len)
{
    while (len > first && text[len - 1] != '/')
        len--;
    return len > first ? len - 1 : len;
}

static size_t segment_end(const struct path *p, size_t at)
{
    do
        at++;
    while (at < p->len && p->text[at] != '/');
    return at;
}

/* RFC 3986 5.2.4, of what stands behind `first`. */
static void remove_dots(struct path *p, size_t first)
{
    size_t to = first, end;

    for (size_t at = first; at < p->len; at = end) {
        bool here, up;

        end = segment_end(p, at);
        here = end - at == 2 && memcmp(p->text + at, "/.", 2) == 0;
        up = end - at == 3 && memcmp(p->text + at, "/..", 3) == 0;
        if (up)
            to = parent(p->text, first, to);
        if (!here && !up) {
            memmove(p->text + to, p->text + at, end - at);
            to += end - at;
        } else if (end == p->len) {
            p->text[to++] = '/';
        }
    }
    p->len = to;
}

static void normalise(struct path *p, struct tlsn_span value)
{
    unsigned c;

    p->len = 0;
    while (p->len + 3 <= sizeof p->text && next(&value, &c))
        put(p, c);
    remove_dots(p, scheme(p->text, p->len));
}

/* @rfc 7512:2.6/9, 7512:2.6/10, 7512:2.6/11 */
static bool same_path(struct tlsn_span a, struct tlsn_span b)
{
    struct path x, y;

    normalise(&x, a);
    normalise(&y, b);
    return x.len == y.len && memcmp(x.text, y.text, x.len) == 0;
}

/* ---- sets of attributes ---- */

/* @rfc 7512:2.6/8 */
static bool same_value(const struct tlsni_uri_attribute *a, struct tlsn_span x, struct tlsn_span y)
{
    switch (a ? a->kind : TLSNI_URI_TEXT) {
    case TLSNI_URI_BINARY:
        return same_octets(x, y);
    case TLSNI_URI_VERSION:
        return same_version(x, y);
    case TLSNI_URI_NUMBER:
        return tlsni_uri_number(x, INT64_MAX) == tlsni_uri_number(y, INT64_MAX);
    case TLSNI_URI_FILE:
        return same_path(x, y);
    default:
        return same_text(x, y);
    }
}

/* How often a part has this pair. */
static size_t count(struct tlsn_span all, enum tlsni_uri_part part, const struct tlsni_uri_pair *pair)
{
    const struct tlsni_uri_attribute *a = tlsni_uri_attribute(pair->name, part);
    struct tlsni_uri_pair other;
    size_t n = 0;

    while (tlsni_uri_next(&all, part, &other))
        n += tlsni_span_eq(other.name, pair->name) && same_value(a, other.value, pair->value);
    return n;
}

/* Every pair of one as often as in the other. */
static bool covers(struct tlsn_span a, struct tlsn_span b, enum tlsni_uri_part part)
{
    struct tlsn_span rest = a;
    struct tlsni_uri_pair pair;

    while (tlsni_uri_next(&rest, part, &pair))
        if (count(a, part, &pair) != count(b, part, &pair))
            return false;
    return true;
}

/* @rfc 7512:2.6/1, 7512:2.6/2 */
bool tlsn_pkcs11_uri_equal(const char *a, const char *b)
{
    struct tlsn_span x[TLSNI_URI_PARTS], y[TLSNI_URI_PARTS];
    struct tlsn_pkcs11_uri parsed;
    bool sound = tlsn_pkcs11_uri_parse(&parsed, a) == TLSN_OK &&
                 tlsn_pkcs11_uri_parse(&parsed, b) == TLSN_OK;

    tlsni_wipe(&parsed, sizeof parsed);
    if (!sound || !tlsni_uri_split(x, a) || !tlsni_uri_split(y, b))
        return false;
    for (enum tlsni_uri_part p = TLSNI_URI_PATH; p < TLSNI_URI_PARTS; p++)
        if (!covers(x[p], y[p], p) || !covers(y[p], x[p], p))
            return false;
    return true;
}
