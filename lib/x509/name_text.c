#include "x509/name_text.h"

#include "x509/der.h"
#include "x509/der_write.h"
#include "x509/idna.h"
#include "x509/name.h"
#include "x509/oid.h"

enum { RDNS_MAX = 32, VALUE_MAX = 256 };

/* ---- text to DER ---- */

static bool escaped_char(char c)
{
    return c && strchr(",+\"\\<>;=# ", c) != NULL;
}

/* Behind a backslash: a character that has a meaning, or a byte in hex (RFC 4514 3). -1: neither. */
static int read_escape(const char **p)
{
    int v = tlsni_hex_pair(*p);

    *p += v < 0 ? 1 : 2;
    return v >= 0 ? v : escaped_char((*p)[-1]) ? (uint8_t)(*p)[-1] : -1;
}

/* The value up to an unescaped comma or the end; *text moves to that place. */
static bool read_value(const char **text, uint8_t *out, size_t *len)
{
    const char *p = *text;

    *len = 0;
    while (*p && *p != ',') {
        int c = (uint8_t)*p++;

        if (strchr("+\";<>", c) || *len == VALUE_MAX)
            return false;
        if (c == '\\')
            c = read_escape(&p);
        if (c < 0)
            return false;
        out[(*len)++] = (uint8_t)c;
    }
    *text = p;
    return *len != 0;
}

/* "#" and a value in DER, in hex. */
static bool read_der(const char *text, uint8_t *out, size_t *len)
{
    struct tlsni_rd r;
    int byte;

    for (*len = 0; *len < VALUE_MAX && (byte = tlsni_hex_pair(text)) >= 0; text += 2)
        out[(*len)++] = (uint8_t)byte;
    r = tlsni_rd_make(out, *len);
    (void)tlsni_der_next(&r);
    return (!*text || *text == ',') && tlsni_rd_done(&r);
}

/* RFC 5280 appendix A: country is a PrintableString, domain components and e-mail are IA5String.
 * Labels in other scripts come as A-labels.
 * @rfc 5280:4.1.2.4/6, 9549:2.4/1, 6818:5/1 */
static uint8_t string_tag(enum tlsni_oid id)
{
    if (id == TLSNI_OID_C)
        return TLSNI_DER_PRINTABLE;
    return id == TLSNI_OID_DC || id == TLSNI_OID_EMAIL ? TLSNI_DER_IA5 : TLSNI_DER_UTF8;
}

/* A string of the type that the attribute has. */
static bool write_string(struct tlsni_wr *w, enum tlsni_oid id, const char *text)
{
    uint8_t value[VALUE_MAX], tag = string_tag(id);
    struct tlsn_span s = { value, 0 };

    if (!read_value(&text, value, &s.len) ||
        !(tag == TLSNI_DER_UTF8 ? tlsni_is_utf8(s) : tlsni_is_ascii(s)))
        return false;
    tlsni_dw_put(w, tag, s);
    return true;
}

/* Types without a keyword stand in numbers, and their values in hex. */
static bool write_pair(struct tlsni_wr *w, const char *type, size_t type_len, const char *text)
{
    enum tlsni_oid id = tlsni_oid_attribute(type, type_len);
    uint8_t value[VALUE_MAX];
    size_t len = 0;

    if (id == TLSNI_OID_UNKNOWN)
        len = tlsni_oid_encode(value, sizeof value, type, type_len);
    if (id != TLSNI_OID_UNKNOWN)
        tlsni_dw_oid(w, id);
    else
        tlsni_dw_put(w, TLSNI_DER_OID, tlsni_span_make(value, len));
    if (*text != '#')
        return id != TLSNI_OID_UNKNOWN && write_string(w, id, text);
    if ((id == TLSNI_OID_UNKNOWN && !len) || !read_der(text + 1, value, &len))
        return false;
    tlsni_wr_put(w, value, len);
    return true;
}

static bool write_rdn(struct tlsni_wr *w, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t set, pair;
    bool sound;

    if (!equals)
        return false;
    set = tlsni_dw_open(w, TLSNI_DER_SET);
    pair = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    sound = write_pair(w, text, (size_t)(equals - text), equals + 1);
    tlsni_dw_close(w, pair);
    tlsni_dw_close(w, set);
    return sound;
}

/* Where each RDN of the text begins, and how many there are; 0: too many. */
static size_t split(const char *text, const char *at[RDNS_MAX])
{
    size_t n = 0;

    at[n++] = text;
    for (; *text; text++) {
        if (*text == '\\' && text[1])
            text++;
        else if (*text == ',' && n == RDNS_MAX)
            return 0;
        else if (*text == ',')
            at[n++] = text[1] == ' ' ? text + 2 : text + 1;
    }
    return n;
}

tlsn_status tlsni_name_write(struct tlsni_wr *w, const char *text)
{
    const char *at[RDNS_MAX];
    size_t n = split(text, at), mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    if (!n)
        return TLSN_ERR_ARGUMENT;
    while (*text && n--)
        if (!write_rdn(w, at[n]))
            return TLSN_ERR_ARGUMENT;
    tlsni_dw_close(w, mark);
    return w->bad ? TLSN_ERR_ARGUMENT : TLSN_OK;
}

/* ---- DER to text ---- */

struct text {
    char *out;
    size_t cap, len;
};

static void put(struct text *t, char c)
{
    if (t->len + 1 < t->cap)
        t->out[t->len++] = c;
}

static void put_string(struct text *t, const char *s)
{
    while (*s)
        put(t, *s++);
}

static void put_hex(struct text *t, uint8_t b)
{
    static const char digits[] = "0123456789ABCDEF";

    put(t, digits[b >> 4]);
    put(t, digits[b & 15]);
}

/* Controls, and what shows nothing or changes the order of what does: no terminal should see them. */
static bool is_hidden(int32_t c)
{
    static const int32_t ranges[][2] = {
        { 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x061c, 0x061c },
        { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfe00, 0xfe0f },
        { 0xfeff, 0xfeff }, { 0xfff9, 0xffff }, { 0xe0000, 0xe0fff },
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

/* RFC 4514 2.4: what has a meaning is escaped, what should not be seen is written in hex. All of a character
 * or nothing. */
static void put_char(struct text *t, int32_t c, bool edge)
{
    bool meaning = c == ' ' || c == '#' ? edge : c < 0x80 && escaped_char((char)c);
    bool hidden = is_hidden(c);
    uint8_t bytes[4];
    size_t n = tlsni_utf8_put(bytes, (uint32_t)c), room = n * (hidden ? 3 : 1) + meaning;

    if (t->cap - t->len <= room) {
        t->cap = t->len + 1; /* nothing behind it either */
        return;
    }
    if (meaning)
        put(t, '\\');
    for (size_t i = 0; i < n; i++) {
        if (hidden)
            put(t, '\\');
        if (hidden)
            put_hex(t, bytes[i]);
        else
            put(t, (char)bytes[i]);
    }
}

static bool is_text(const struct tlsni_der *value)
{
    struct tlsni_rd r = tlsni_rd_span(value->body);
    int32_t c;

    do
        c = tlsni_attribute_char(value->tag, &r);
    while (c >= 0);
    return c == TLSNI_CHAR_END;
}

static void put_text(struct text *t, const struct tlsni_der *value)
{
    struct tlsni_rd r = tlsni_rd_span(value->body);
    bool first = true;

    while (r.p != r.end) {
        int32_t c = tlsni_attribute_char(value->tag, &r);

        put_char(t, c, first || (c == ' ' && r.p == r.end));
        first = false;
    }
}

/* A value that is no string, or of a type without keyword. */
static void put_der(struct text *t, struct tlsn_span whole)
{
    put(t, '#');
    for (size_t i = 0; i < whole.len; i++)
        put_hex(t, whole.data[i]);
}

static void put_pair(struct text *t, struct tlsni_rd *set)
{
    struct tlsni_attribute a = tlsni_attribute_next(set);
    enum tlsni_oid id = tlsni_oid_find(a.type);
    bool known = id >= TLSNI_OID_CN && id <= TLSNI_OID_EMAIL;
    char dotted[64];

    put_string(t, known ? tlsni_oid_row(id)->name : tlsni_oid_text(dotted, sizeof dotted, a.type));
    put(t, '=');
    if (known && is_text(&a.value))
        put_text(t, &a.value);
    else
        put_der(t, a.value.whole);
}

static void put_rdn(struct text *t, struct tlsni_rd set)
{
    for (bool first = true; tlsni_rd_left(&set); first = false) {
        if (!first)
            put(t, '+');
        put_pair(t, &set);
    }
}

/* Of very many RDNs those that stand last in the name, and first in the text. */
void tlsni_name_print(char *out, size_t cap, struct tlsn_span name)
{
    struct tlsni_rd r = tlsni_der_open_span(name, TLSNI_DER_SEQUENCE);
    struct tlsni_rd last[RDNS_MAX];
    struct text t = { out, cap, 0 };
    size_t n = 0, shown;

    while (tlsni_rd_left(&r))
        last[n++ % RDNS_MAX] = tlsni_der_enter(&r, TLSNI_DER_SET);
    shown = n < RDNS_MAX ? n : RDNS_MAX;
    for (size_t i = 1; i <= shown; i++) {
        put_rdn(&t, last[(n - i) % RDNS_MAX]);
        if (i < n)
            put(&t, ',');
    }
    out[t.len] = 0;
}
