/* pkcs11_uri.c - PKCS#11 URIs (RFC 7512 2.3): attributes in a path and a query, percent-encoded. */
#include <tls-native/pkcs11.h>

#include "base/bytes.h"
#include "base/mem.h"

#include <limits.h>
#include <stddef.h>

enum part { PATH, QUERY };
enum kind { TEXT, BINARY, VERSION, NUMBER };

/* Where each attribute goes; once in a URI. */
static const struct attribute {
    const char *name;
    enum part part;
    enum kind kind;
    size_t offset;
} attributes[] = {
#define FIELD(member) offsetof(struct tlsn_pkcs11_uri, member)
    { "token", PATH, TEXT, FIELD(token) },
    { "manufacturer", PATH, TEXT, FIELD(manufacturer) },
    { "serial", PATH, TEXT, FIELD(serial) },
    { "model", PATH, TEXT, FIELD(model) },
    { "library-manufacturer", PATH, TEXT, FIELD(library_manufacturer) },
    { "library-description", PATH, TEXT, FIELD(library_description) },
    { "library-version", PATH, VERSION, FIELD(library_major) },
    { "object", PATH, TEXT, FIELD(object) },
    { "type", PATH, TEXT, FIELD(type) },
    { "id", PATH, BINARY, FIELD(id) },
    { "slot-manufacturer", PATH, TEXT, FIELD(slot_manufacturer) },
    { "slot-description", PATH, TEXT, FIELD(slot_description) },
    { "slot-id", PATH, NUMBER, FIELD(slot_id) },
    { "pin-source", QUERY, TEXT, FIELD(pin_source) },
    { "pin-value", QUERY, TEXT, FIELD(pin_value) },
    { "module-name", QUERY, TEXT, FIELD(module_name) },
    { "module-path", QUERY, TEXT, FIELD(module_path) },
#undef FIELD
};

enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986 2.3, and what RFC 7512 2.3 allows besides in a path or a query. */
static bool literal(uint8_t c, enum part part)
{
    bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

    return letter || (c >= '0' && c <= '9') || (c && strchr("-._~:[]@!$'()*+,=", c)) ||
           c == (part == PATH ? '&' : '/') || (part == QUERY && (c == '?' || c == '|'));
}

/* Percent-decoded into out; -1 when it does not fit or is not allowed. */
static ptrdiff_t decode(uint8_t *out, size_t cap, struct tlsn_span in, enum part part)
{
    size_t n = 0;

    for (size_t i = 0; i < in.len; i++, n++) {
        uint8_t c = in.data[i];

        if (n == cap)
            return -1;
        if (c == '%') {
            int high = i + 2 < in.len ? digit(in.data[i + 1]) : -1;
            int low = i + 2 < in.len ? digit(in.data[i + 2]) : -1;

            if (high < 0 || low < 0)
                return -1;
            c = (uint8_t)(high << 4 | low);
            i += 2;
        } else if (!literal(c, part)) {
            return -1;
        }
        out[n] = c;
    }
    return (ptrdiff_t)n;
}

/* Decimal digits alone, up to max. */
static int64_t number(struct tlsn_span s, int64_t max)
{
    int64_t v = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9' || v > (max - (s.data[i] - '0')) / 10)
            return -1;
        v = v * 10 + (s.data[i] - '0');
    }
    return s.len ? v : -1;
}

/* "M" or "M.N", RFC 7512 2.3. */
static bool set_version(struct tlsn_pkcs11_uri *out, struct tlsn_span s)
{
    const uint8_t *dot = memchr(s.data, '.', s.len);
    size_t major = dot ? (size_t)(dot - s.data) : s.len;

    out->library_major = (int)number(tlsni_span_make(s.data, major), 255);
    out->library_minor = dot ? (int)number(tlsni_span_make(dot + 1, s.len - major - 1), 255) : 0;
    return out->library_major >= 0 && out->library_minor >= 0;
}

static bool set_text(char *field, struct tlsn_span s, enum part part)
{
    ptrdiff_t n = decode((uint8_t *)field, TLSN_PKCS11_TEXT_MAX - 1, s, part);

    if (n < 0 || memchr(field, 0, (size_t)n))
        return false;
    field[n] = 0;
    return true;
}

static bool set(struct tlsn_pkcs11_uri *out, const struct attribute *a, struct tlsn_span value)
{
    ptrdiff_t n;

    switch (a->kind) {
    case TEXT:
        if (strcmp(a->name, "pin-value") == 0)
            out->has_pin_value = true;
        return set_text((char *)out + a->offset, value, a->part);
    case BINARY:
        n = decode(out->id, sizeof out->id, value, a->part);
        out->id_len = n > 0 ? (size_t)n : 0;
        return n >= 0;
    case VERSION:
        return value.len && set_version(out, value);
    default:
        out->slot_id = number(value, INT64_MAX);
        return out->slot_id >= 0;
    }
}

static const struct attribute *find(struct tlsn_span name, enum part part)
{
    for (size_t i = 0; i < ATTRIBUTES; i++)
        if (attributes[i].part == part &&
            tlsni_span_eq(name, tlsni_span_make(attributes[i].name, strlen(attributes[i].name))))
            return &attributes[i];
    return NULL;
}

/* A vendor's attribute, which may come several times and is passed over: nothing here is a vendor's. */
static bool is_vendor(struct tlsn_span name)
{
    if (name.len < 3 || memcmp(name.data, "x-", 2) != 0)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];

        if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !(c >= '0' && c <= '9') && c != '-' &&
            c != '_')
            return false;
    }
    return true;
}

static bool take(struct tlsn_pkcs11_uri *out, struct tlsn_span pair, enum part part, bool *seen)
{
    const uint8_t *equals = memchr(pair.data, '=', pair.len);
    size_t len = equals ? (size_t)(equals - pair.data) : 0;
    struct tlsn_span name = tlsni_span_make(pair.data, len);
    const struct attribute *a = find(name, part);

    if (!equals)
        return false;
    if (!a)
        return is_vendor(name);
    if (seen[a - attributes])
        return false;
    seen[a - attributes] = true;
    return set(out, a, tlsni_span_make(equals + 1, pair.len - len - 1));
}

/* The attributes of one part, between separators; none at all is allowed. */
static bool take_all(struct tlsn_pkcs11_uri *out, struct tlsn_span s, enum part part, bool *seen)
{
    char separator = part == PATH ? ';' : '&';

    while (s.len) {
        const uint8_t *end = memchr(s.data, separator, s.len);
        size_t n = end ? (size_t)(end - s.data) : s.len;

        if (!n || !take(out, tlsni_span_make(s.data, n), part, seen) || (end && n + 1 == s.len))
            return false;
        s = tlsni_span_make(s.data + n + (end != NULL), s.len - n - (end != NULL));
    }
    return true;
}

static bool parse(struct tlsn_pkcs11_uri *out, const char *text)
{
    static const char scheme[] = "pkcs11:";
    bool seen[ATTRIBUTES] = { false };
    const char *query;
    size_t path;

    for (size_t i = 0; scheme[i]; i++, text++) /* schemes know no case, RFC 3986 3.1 */
        if (*text != scheme[i] && !(*text >= 'A' && *text <= 'Z' && (*text | 0x20) == scheme[i]))
            return false;
    query = strchr(text, '?');
    path = query ? (size_t)(query - text) : strlen(text);
    return take_all(out, tlsni_span_make(text, path), PATH, seen) &&
           (!query || take_all(out, tlsni_span_make(query + 1, strlen(query + 1)), QUERY, seen)) &&
           !(out->has_pin_value && *out->pin_source);
}

static bool type_known(const char *type)
{
    static const char *const types[] = { "", "public", "private", "cert", "secret-key", "data" };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

tlsn_status tlsn_pkcs11_uri_parse(struct tlsn_pkcs11_uri *out, const char *text)
{
    memset(out, 0, sizeof *out);
    out->library_major = out->library_minor = -1;
    out->slot_id = -1;
    if (text && parse(out, text) && type_known(out->type))
        return TLSN_OK;
    tlsni_wipe(out, sizeof *out);
    return TLSN_ERR_ARGUMENT;
}
