/* oid_filter_text.c - filters of oid_filters as people write them: keyUsage=digitalSignature,keyAgreement,
 * extKeyUsage=clientAuth, 1.2.3.4=HEX with the value's DER, or a name alone for any value. */
#include <stdio.h>

#include "x509/der.h"
#include "x509/oid_filter.h"
#include "x509/write.h"

/* Extensions whose values have words. */
static const struct known {
    const char *name;
    enum tlsni_oid oid;
    tlsn_status (*write)(struct tlsni_wr *w, const char *list);
} known[] = {
    { "keyUsage", TLSNI_OID_KEY_USAGE, tlsni_write_usage_list },
    { "extKeyUsage", TLSNI_OID_EXT_KEY_USAGE, tlsni_write_purpose_list },
};
enum { KNOWN = sizeof known / sizeof *known, VALUE_MAX = 1024 };

/* ---- from text ---- */

static void write_known_oid(struct tlsni_wr *w, enum tlsni_oid oid)
{
    size_t len = tlsni_wr_open(w, 1);

    tlsni_dw_oid(w, oid);
    tlsni_wr_close(w, 1, len);
}

/* The value out of a whole extension, as certificates have them. */
static tlsn_status write_words(struct tlsni_wr *w, const struct known *k, const char *list)
{
    uint8_t extension[VALUE_MAX];
    struct tlsni_wr e = tlsni_wr_make(extension, sizeof extension);
    tlsn_status st = k->write(&e, list);
    struct tlsni_rd r;

    if (st != TLSN_OK || e.bad)
        return st != TLSN_OK ? st : TLSN_ERR_ARGUMENT;
    r = tlsni_der_open_span(tlsni_span_make(extension, e.len), TLSNI_DER_SEQUENCE);
    (void)tlsni_der_oid(&r);
    if (tlsni_der_peek(&r, TLSNI_DER_BOOLEAN))
        (void)tlsni_der_next(&r);
    write_known_oid(w, k->oid);
    tlsni_wr_vec(w, 2, tlsni_der_get(&r, TLSNI_DER_OCTET_STRING));
    return tlsni_rd_end(&r);
}

static bool write_hex(struct tlsni_wr *w, const char *text)
{
    size_t len = tlsni_wr_open(w, 2);

    for (; text[0]; text += 2) {
        int octet = tlsni_hex_pair(text);

        if (octet < 0)
            return false;
        tlsni_wr_u8(w, (uint8_t)octet);
    }
    tlsni_wr_close(w, 2, len);
    return true;
}

static tlsn_status write_number(struct tlsni_wr *w, const char *text, size_t len, const char *value)
{
    uint8_t oid[64];
    size_t oid_len = tlsni_oid_encode(oid, sizeof oid, text, len), mark = tlsni_wr_open(w, 1);

    tlsni_dw_put(w, TLSNI_DER_OID, tlsni_span_make(oid, oid_len));
    tlsni_wr_close(w, 1, mark);
    return oid_len && write_hex(w, value) ? TLSN_OK : TLSN_ERR_UNKNOWN_KEYWORD;
}

tlsn_status tlsni_oid_filter_write_text(struct tlsni_wr *w, const char *text)
{
    size_t len = strcspn(text, "=");
    const char *value = text[len] ? text + len + 1 : "";
    tlsn_status st;

    for (size_t i = 0; i < KNOWN; i++) {
        if (strlen(known[i].name) != len || memcmp(known[i].name, text, len) != 0)
            continue;
        if (*value) {
            st = write_words(w, &known[i], value);
        } else {
            write_known_oid(w, known[i].oid);
            tlsni_wr_u16(w, 0);
            st = TLSN_OK;
        }
        return st == TLSN_OK && w->bad ? TLSN_ERR_ARGUMENT : st;
    }
    st = write_number(w, text, len, value);
    return st == TLSN_OK && w->bad ? TLSN_ERR_ARGUMENT : st;
}

/* ---- to text ---- */

/* Text that is cut to fit. */
struct page {
    char *out;
    size_t cap, len;
};

static void put(struct page *p, const char *text)
{
    for (; *text && p->len + 1 < p->cap; text++)
        p->out[p->len++] = *text;
    p->out[p->len] = '\0';
}

static void put_usages(struct page *p, struct tlsn_span values)
{
    struct tlsni_rd r = tlsni_rd_span(values);
    uint16_t bits = tlsni_der_named_bits(&r);
    const char *between = "=";

    for (unsigned i = 0; tlsni_usage_name(i); i++)
        if (bits >> i & 1) {
            put(p, between);
            put(p, tlsni_usage_name(i));
            between = ",";
        }
}

static void put_purposes(struct page *p, struct tlsn_span values)
{
    struct tlsni_rd r = tlsni_der_open_span(values, TLSNI_DER_SEQUENCE);
    const char *between = "=";
    char text[80];

    while (!r.bad && tlsni_rd_left(&r)) {
        struct tlsn_span purpose = tlsni_der_oid(&r);
        enum tlsni_oid id = tlsni_oid_find(purpose);

        put(p, between);
        put(p, id != TLSNI_OID_UNKNOWN ? tlsni_oid_row(id)->name
                                       : tlsni_oid_text(text, sizeof text, purpose));
        between = ",";
    }
}

static void put_number(struct page *p, struct tlsn_span oid, struct tlsn_span values)
{
    char text[80];

    put(p, tlsni_oid_text(text, sizeof text, oid));
    if (values.len)
        put(p, "=");
    for (size_t i = 0; i < values.len; i++) {
        (void)snprintf(text, sizeof text, "%02x", values.data[i]);
        put(p, text);
    }
}

void tlsni_oid_filter_text(char *out, size_t cap, const struct tlsni_oid_filter *f)
{
    struct page p = { out, cap, 0 };
    struct tlsni_rd r = tlsni_rd_span(f->oid);
    struct tlsn_span oid = tlsni_der_oid(&r);
    enum tlsni_oid id = tlsni_oid_find(oid);

    *out = '\0';
    if (id == TLSNI_OID_KEY_USAGE) {
        put(&p, "keyUsage");
        put_usages(&p, f->values);
    } else if (id == TLSNI_OID_EXT_KEY_USAGE) {
        put(&p, "extKeyUsage");
        put_purposes(&p, f->values);
    } else {
        put_number(&p, oid, f->values);
    }
}
