#include "x509/name_text.h"

#include <stdio.h>
#include "x509/der.h"
#include "x509/der_write.h"
#include "x509/idna.h"
#include "x509/oid.h"

enum { RDNS_MAX = 32, VALUE_MAX = 256 };

/* ---- text to DER ---- */

static bool escaped_char(char c)
{
    return c && strchr(",+\"\\<>;=# ", c) != NULL;
}

/* The value up to an unescaped comma or the end; *text moves to that place. */
static bool read_value(const char **text, uint8_t *out, size_t *len)
{
    const char *p = *text;

    *len = 0;
    while (*p && *p != ',') {
        if (*p == '+' || *p == '"' || *p == ';' || *p == '<' || *p == '>' || *len == VALUE_MAX)
            return false;
        if (*p == '\\') {
            p++;
            if (!escaped_char(*p))
                return false;
        }
        out[(*len)++] = (uint8_t)*p++;
    }
    *text = p;
    return *len != 0;
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

static bool write_rdn(struct tlsni_wr *w, const char *text)
{
    const char *equals = strchr(text, '=');
    uint8_t value[VALUE_MAX];
    enum tlsni_oid id;
    size_t len, set, pair;

    if (!equals)
        return false;
    id = tlsni_oid_attribute(text, (size_t)(equals - text));
    text = equals + 1;
    if (id == TLSNI_OID_UNKNOWN || !read_value(&text, value, &len) ||
        (string_tag(id) != TLSNI_DER_UTF8 && !tlsni_is_ascii(tlsni_span_make(value, len))))
        return false;
    set = tlsni_dw_open(w, TLSNI_DER_SET);
    pair = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, id);
    tlsni_dw_put(w, string_tag(id), tlsni_span_make(value, len));
    tlsni_dw_close(w, pair);
    tlsni_dw_close(w, set);
    return true;
}

/* Where each RDN of the text begins. */
static size_t split(const char *text, const char *at[RDNS_MAX])
{
    size_t n = 0;

    at[n++] = text;
    for (; *text && n < RDNS_MAX; text++) {
        if (*text == '\\' && text[1])
            text++;
        else if (*text == ',')
            at[n++] = text[1] == ' ' ? text + 2 : text + 1;
    }
    return n;
}

tlsn_status tlsni_name_write(struct tlsni_wr *w, const char *text)
{
    const char *at[RDNS_MAX];
    size_t n = split(text, at), mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

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

/* RFC 4514 2.4: what has a meaning is escaped; bytes that no terminal should see are written in
 * hex. */
static void put_value(struct text *t, struct tlsn_span v)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t b = v.data[i];
        bool edge = (b == ' ' && (i == 0 || i + 1 == v.len)) || (b == '#' && i == 0);

        if (b < 0x20 || b == 0x7f) {
            put(t, '\\');
            put_hex(t, b);
            continue;
        }
        if (edge || (b != ' ' && b != '#' && b < 0x80 && escaped_char((char)b)))
            put(t, '\\');
        put(t, (char)b);
    }
}

/* Two-byte characters: those of ASCII as they are, others in hex. */
static void put_bmp(struct text *t, struct tlsn_span v)
{
    for (size_t i = 0; i + 1 < v.len; i += 2) {
        if (v.data[i] == 0)
            put_value(t, tlsni_span_make(v.data + i + 1, 1));
        else {
            put_string(t, "\\u");
            put_hex(t, v.data[i]);
            put_hex(t, v.data[i + 1]);
        }
    }
}

static void put_pair(struct text *t, struct tlsni_rd *set)
{
    struct tlsni_rd pair = tlsni_der_enter(set, TLSNI_DER_SEQUENCE);
    struct tlsn_span type = tlsni_der_oid(&pair);
    struct tlsni_der value = tlsni_der_next(&pair);
    enum tlsni_oid id = tlsni_oid_find(type);
    char dotted[64];

    put_string(t, id == TLSNI_OID_UNKNOWN ? tlsni_oid_text(dotted, sizeof dotted, type)
                                          : tlsni_oid_row(id)->name);
    put(t, '=');
    if (value.tag == TLSNI_DER_BMP)
        put_bmp(t, value.body);
    else
        put_value(t, value.body);
}

void tlsni_name_print(char *out, size_t cap, struct tlsn_span name)
{
    struct tlsni_rd r = tlsni_der_open_span(name, TLSNI_DER_SEQUENCE);
    struct tlsni_rd sets[RDNS_MAX];
    struct text t = { out, cap, 0 };
    size_t n = 0;

    while (tlsni_rd_left(&r) && n < RDNS_MAX)
        sets[n++] = tlsni_der_enter(&r, TLSNI_DER_SET);
    while (n--) {
        for (bool first = true; tlsni_rd_left(&sets[n]); first = false) {
            if (!first)
                put(&t, '+');
            put_pair(&t, &sets[n]);
        }
        if (n)
            put(&t, ',');
    }
    out[t.len] = 0;
}
