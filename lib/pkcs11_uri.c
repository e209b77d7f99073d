/* pkcs11_uri.c - PKCS#11 URIs (RFC 7512 2.3, 2.4): attributes in a path and a query, percent-encoded. */
#include "pkcs11_uri.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "x509/idna.h"
#include "x509/name.h"

#include <limits.h>

/* Lengths of CK_TOKEN_INFO, CK_INFO and CK_SLOT_INFO (PKCS #11 2.20 9.2); labels of objects and what a query
 * says may be as long as the fields here.
 * @rfc 7512:2.3/5, 7512:2.3/10, 7512:2.3/11 */
static const struct tlsni_uri_attribute attributes[] = {
#define ROW(name, number, part, kind, field, max)                                                 \
    { name, TLSN_PKCS11_##number, TLSNI_URI_##part, TLSNI_URI_##kind,                             \
      offsetof(struct tlsn_pkcs11_uri, field), max }
    ROW("token", TOKEN, PATH, TEXT, token, 32),
    ROW("manufacturer", MANUFACTURER, PATH, TEXT, manufacturer, 32),
    ROW("serial", SERIAL, PATH, TEXT, serial, 16),
    ROW("model", MODEL, PATH, TEXT, model, 16),
    ROW("library-manufacturer", LIBRARY_MANUFACTURER, PATH, TEXT, library_manufacturer, 32),
    ROW("library-description", LIBRARY_DESCRIPTION, PATH, TEXT, library_description, 32),
    ROW("library-version", LIBRARY_VERSION, PATH, VERSION, library_major, 0),
    ROW("object", OBJECT, PATH, TEXT, object, TLSN_PKCS11_TEXT_MAX - 1),
    ROW("type", TYPE, PATH, TEXT, type, 16),
    ROW("id", ID, PATH, BINARY, id, TLSN_PKCS11_ID_MAX),
    ROW("slot-manufacturer", SLOT_MANUFACTURER, PATH, TEXT, slot_manufacturer, 32),
    ROW("slot-description", SLOT_DESCRIPTION, PATH, TEXT, slot_description, 64),
    ROW("slot-id", SLOT_ID, PATH, NUMBER, slot_id, 0),
    ROW("pin-source", PIN_SOURCE, QUERY, FILE, pin_source, TLSN_PKCS11_TEXT_MAX - 1),
    ROW("pin-value", PIN_VALUE, QUERY, TEXT, pin_value, TLSN_PKCS11_TEXT_MAX - 1),
    ROW("module-name", MODULE_NAME, QUERY, TEXT, module_name, TLSN_PKCS11_TEXT_MAX - 1),
    ROW("module-path", MODULE_PATH, QUERY, FILE, module_path, TLSN_PKCS11_TEXT_MAX - 1),
#undef ROW
};

enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };

const struct tlsni_uri_attribute *tlsni_uri_attribute(struct tlsn_span name, enum tlsni_uri_part part)
{
    for (size_t i = 0; i < ATTRIBUTES; i++)
        if (attributes[i].part == part &&
            tlsni_span_eq(name, tlsni_span_make(attributes[i].name, strlen(attributes[i].name))))
            return &attributes[i];
    return NULL;
}

bool tlsn_pkcs11_uri_has(const struct tlsn_pkcs11_uri *uri, enum tlsn_pkcs11_attribute attribute)
{
    return uri->present >> attribute & 1;
}

/* ---- octets ---- */

/* RFC 3986 2.3, and what RFC 7512 2.3 allows besides in a path or a query.
 * @rfc 7512:2.3/6, 7512:2.3/7, 7512:2.3/8, 7512:2.3/9 */
static bool literal(uint8_t c, enum tlsni_uri_part part)
{
    bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

    return letter || (c >= '0' && c <= '9') || (c && strchr("-._~:[]@!$'()*+,=", c)) ||
           c == (part == TLSNI_URI_PATH ? '&' : '/') ||
           (part == TLSNI_URI_QUERY && (c == '?' || c == '|'));
}

/* Percent-decoded into out, or with NULL only checked; -1 when it does not fit or is not allowed.
 * @rfc 7512:2.3/1, 7512:2.4/5, 7512:3/2, 7512:3/3, 7512:3/4, 7512:3/6 */
static ptrdiff_t decode(uint8_t *out, size_t cap, struct tlsn_span in, enum tlsni_uri_part part)
{
    size_t n = 0;

    for (size_t i = 0; i < in.len; i++, n++) {
        uint8_t c = in.data[i];

        if (out && n == cap)
            return -1;
        if (c == '%') {
            int octet = i + 2 < in.len ? tlsni_hex_pair(in.data + i + 1) : -1;

            if (octet < 0)
                return -1;
            c = (uint8_t)octet;
            i += 2;
        } else if (!literal(c, part)) {
            return -1;
        }
        if (out)
            out[n] = c;
    }
    return (ptrdiff_t)n;
}

bool tlsni_uri_decode_path(char out[TLSN_PKCS11_TEXT_MAX], const char *path)
{
    ptrdiff_t n = decode((uint8_t *)out, TLSN_PKCS11_TEXT_MAX - 1,
                         tlsni_span_make(path, strlen(path)), TLSNI_URI_QUERY);

    if (n >= 0)
        out[n] = 0;
    return n >= 0 && !memchr(out, 0, (size_t)n) && !strpbrk(path, "?|[]");
}

int64_t tlsni_uri_number(struct tlsn_span s, int64_t max)
{
    int64_t v = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9' || v > (max - (s.data[i] - '0')) / 10)
            return -1;
        v = v * 10 + (s.data[i] - '0');
    }
    return s.len ? v : -1;
}

/* @rfc 7512:2.3/14, 7512:2.3/15, 7512:2.3/16 */
bool tlsni_uri_version(struct tlsn_span s, int *major, int *minor)
{
    const uint8_t *dot = s.len ? memchr(s.data, '.', s.len) : NULL;
    size_t n = dot ? (size_t)(dot - s.data) : s.len;

    *major = (int)tlsni_uri_number(tlsni_span_make(s.data, n), 255);
    *minor = dot ? (int)tlsni_uri_number(tlsni_span_make(dot + 1, s.len - n - 1), 255) : 0;
    return *major >= 0 && *minor >= 0;
}

/* ---- values ---- */

static bool type_known(const char *type)
{
    static const char *const types[] = { "public", "private", "cert", "secret-key", "data" };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

/* What PKCS#11 would not take is refused here.
 * @rfc 7512:2.3/5, 7512:2.4/9 */
static bool text_fits(const struct tlsni_uri_attribute *a, const char *text, struct tlsn_span s)
{
    if (memchr(text, 0, s.len) || !tlsni_is_utf8(s))
        return false;
    switch (a->number) {
    case TLSN_PKCS11_TYPE: return type_known(text);
    case TLSN_PKCS11_SERIAL: return tlsni_is_printable(s); /* CK_CHAR */
    case TLSN_PKCS11_MODULE_PATH: return *text == '/';
    default: return true;
    }
}

static bool set_text(char *field, const struct tlsni_uri_attribute *a, struct tlsn_span value)
{
    ptrdiff_t n = decode((uint8_t *)field, a->max, value, a->part);

    if (n < 0)
        return false;
    field[n] = 0;
    return text_fits(a, field, tlsni_span_make(field, (size_t)n));
}

static bool set(struct tlsn_pkcs11_uri *out, const struct tlsni_uri_attribute *a,
                struct tlsn_span value)
{
    ptrdiff_t n;

    switch (a->kind) {
    case TLSNI_URI_BINARY:
        n = decode(out->id, a->max, value, a->part);
        out->id_len = n > 0 ? (size_t)n : 0;
        return n >= 0;
    case TLSNI_URI_VERSION:
        return tlsni_uri_version(value, &out->library_major, &out->library_minor);
    case TLSNI_URI_NUMBER:
        out->slot_id = tlsni_uri_number(value, INT64_MAX);
        return out->slot_id >= 0;
    default:
        return set_text((char *)out + a->offset, a, value);
    }
}

/* ---- pairs ---- */

/* A part may be empty: no pairs. */
static struct tlsn_span pairs_of(const char *text, size_t len)
{
    return tlsni_span_make(len ? text : NULL, len);
}

bool tlsni_uri_split(struct tlsn_span part[TLSNI_URI_PARTS], const char *text)
{
    static const char scheme[] = "pkcs11:";
    const char *query;

    for (size_t i = 0; scheme[i]; i++, text++) /* schemes know no case, RFC 3986 3.1 */
        if (*text != scheme[i] && !(*text >= 'A' && *text <= 'Z' && (*text | 0x20) == scheme[i]))
            return false;
    query = strchr(text, '?');
    part[TLSNI_URI_PATH] = pairs_of(text, query ? (size_t)(query - text) : strlen(text));
    part[TLSNI_URI_QUERY] = query ? pairs_of(query + 1, strlen(query + 1)) : pairs_of(NULL, 0);
    return true;
}

/* Nothing between two separators, or behind the last one, is a pair without '=' too.
 * @rfc 7512:2.3/1, 7512:3/5 */
bool tlsni_uri_next(struct tlsn_span *rest, enum tlsni_uri_part part, struct tlsni_uri_pair *out)
{
    struct tlsn_span none = tlsni_span_make(NULL, 0);
    const uint8_t *end, *equals;
    size_t n;

    if (!rest->data)
        return false;
    end = rest->len ? memchr(rest->data, part == TLSNI_URI_PATH ? ';' : '&', rest->len) : NULL;
    n = end ? (size_t)(end - rest->data) : rest->len;
    equals = n ? memchr(rest->data, '=', n) : NULL;
    out->name = out->value = none;
    if (equals) {
        out->name = tlsni_span_make(rest->data, (size_t)(equals - rest->data));
        out->value = tlsni_span_make(equals + 1, n - out->name.len - 1);
    }
    *rest = end ? tlsni_span_make(end + 1, rest->len - n - 1) : none;
    return true;
}

/* ---- the whole ---- */

/* Of a vendor's attribute, or of one that is newer than we are. It is none of ours in the other part.
 * @rfc 7512:2.3/3 */
static bool is_foreign(struct tlsn_span name, enum tlsni_uri_part part)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];

        if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !(c >= '0' && c <= '9') && c != '-' &&
            c != '_')
            return false;
    }
    return name.len &&
           !tlsni_uri_attribute(name, part == TLSNI_URI_PATH ? TLSNI_URI_QUERY : TLSNI_URI_PATH);
}

/* Once in the path up to here? */
static bool is_first(struct tlsn_span path, struct tlsn_span name)
{
    struct tlsni_uri_pair pair;

    while (tlsni_uri_next(&path, TLSNI_URI_PATH, &pair))
        if (tlsni_span_eq(pair.name, name))
            return pair.name.data == name.data;
    return false;
}

/* In a path it means that nothing fits, in a query nothing at all, however often it is there.
 * @rfc 7512:2.3/2, 7512:2.3/12, 7512:2.5/2, 7512:2.5/3 */
static bool take_foreign(struct tlsn_pkcs11_uri *out, struct tlsn_span all,
                         const struct tlsni_uri_pair *pair, enum tlsni_uri_part part)
{
    if (!is_foreign(pair->name, part) || decode(NULL, 0, pair->value, part) < 0)
        return false;
    if (part == TLSNI_URI_QUERY)
        return true;
    out->unknown = true;
    return is_first(all, pair->name);
}

/* Each attribute of ours once.
 * @rfc 7512:2.3/11, 7512:2.4/13 */
static bool take_all(struct tlsn_pkcs11_uri *out, struct tlsn_span all, enum tlsni_uri_part part)
{
    struct tlsn_span rest = all;
    struct tlsni_uri_pair pair;

    while (tlsni_uri_next(&rest, part, &pair)) {
        const struct tlsni_uri_attribute *a = tlsni_uri_attribute(pair.name, part);

        if (!a && !take_foreign(out, all, &pair, part))
            return false;
        if (!a)
            continue;
        if (tlsn_pkcs11_uri_has(out, a->number) || !set(out, a, pair.value))
            return false;
        out->present |= UINT32_C(1) << a->number;
    }
    return true;
}

/* @rfc 7512:2.4/4 */
static bool parse(struct tlsn_pkcs11_uri *out, const char *text)
{
    struct tlsn_span part[TLSNI_URI_PARTS];

    return tlsni_uri_split(part, text) && take_all(out, part[TLSNI_URI_PATH], TLSNI_URI_PATH) &&
           take_all(out, part[TLSNI_URI_QUERY], TLSNI_URI_QUERY) &&
           !(tlsn_pkcs11_uri_has(out, TLSN_PKCS11_PIN_VALUE) &&
             tlsn_pkcs11_uri_has(out, TLSN_PKCS11_PIN_SOURCE));
}

tlsn_status tlsn_pkcs11_uri_parse(struct tlsn_pkcs11_uri *out, const char *text)
{
    memset(out, 0, sizeof *out);
    out->library_major = out->library_minor = -1;
    out->slot_id = -1;
    if (text && parse(out, text))
        return TLSN_OK;
    tlsni_wipe(out, sizeof *out);
    return TLSN_ERR_ARGUMENT;
}
