/* pem.c - textual encodings (RFC 7468): what stands around the blocks is skipped, as are the header
 * lines of RFC 1421 inside them. */
#include "x509/pem.h"

#include <string.h>

#include "base/bytes.h"
#include "x509/base64.h"
#include "x509/ber.h"
#include "x509/der.h"
#include "x509/pkcs7.h"

static const char begin_mark[] = "-----BEGIN ", end_mark[] = "-----END ", dashes[] = "-----";

#define LEN(mark) (sizeof(mark) - 1)

/* Where mark begins in s, or s.len. */
static size_t find(struct tlsn_span s, const char *mark, size_t len)
{
    size_t at = 0;

    while (s.len - at >= len) {
        const uint8_t *p = memchr(s.data + at, mark[0], s.len - at - len + 1);

        if (!p)
            break;
        at = (size_t)(p - s.data);
        if (memcmp(p, mark, len) == 0)
            return at;
        at++;
    }
    return s.len;
}

static struct tlsn_span behind(struct tlsn_span s, size_t n)
{
    return n < s.len ? tlsni_span_make(s.data + n, s.len - n)
                     : tlsni_span_make(s.data ? s.data + s.len : NULL, 0);
}

/* Cuts the first line off, without its end. */
static struct tlsn_span next_line(struct tlsn_span *s)
{
    size_t n = find(*s, "\n", 1);
    struct tlsn_span line = tlsni_span_make(s->data, n);

    *s = behind(*s, n + 1);
    while (line.len && line.data[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* What header lines of RFC 1421 4.4 say about encryption. */
struct headers {
    bool encrypted;
    struct tlsn_span dek_info; /* the value of that line */
};

static void read_header(struct headers *h, struct tlsn_span line)
{
    static const char dek_info[] = "DEK-Info: ";

    h->encrypted |= find(line, "ENCRYPTED", 9) != line.len;
    if (line.len > LEN(dek_info) && memcmp(line.data, dek_info, LEN(dek_info)) == 0)
        h->dek_info = behind(line, LEN(dek_info));
}

/* Drops the header lines up to the empty line. */
static void skip_headers(struct tlsn_span *body, struct headers *h)
{
    struct tlsn_span line;

    memset(h, 0, sizeof *h);
    if (find(*body, ":", 1) == body->len)
        return;
    do {
        line = next_line(body);
        read_header(h, line);
    } while (body->len && (line.len || find(*body, ":", 1) != body->len));
}

/* The block whose contents begin at *text: its body, with *text moved behind the closing line.
 * @rfc 7468:2/4 */
static tlsn_status cut_body(struct tlsn_span *text, struct tlsn_span label, struct tlsn_span *body)
{
    size_t at = find(*text, end_mark, LEN(end_mark));
    struct tlsn_span rest;

    if (at == text->len) {
        *text = behind(*text, text->len);
        return TLSN_ERR_PEM;
    }
    *body = tlsni_span_make(text->data, at);
    *text = rest = behind(*text, at + LEN(end_mark));
    if (rest.len < label.len + LEN(dashes) || memcmp(rest.data, label.data, label.len) != 0 ||
        memcmp(rest.data + label.len, dashes, LEN(dashes)) != 0 ||
        find(*body, begin_mark, LEN(begin_mark)) != body->len)
        return TLSN_ERR_PEM;
    *text = behind(rest, label.len + LEN(dashes));
    return TLSN_OK;
}

static tlsn_status decode(const struct tlsn_hooks *env, struct tlsn_span body,
                          struct tlsni_buf *der, size_t *first, size_t *len)
{
    tlsn_status st = tlsni_buf_reserve(env, der, tlsni_base64_decoded_max(body.len));

    if (st != TLSN_OK)
        return st;
    st = tlsni_base64_decode(der->data + der->end, len, body.data, body.len);
    if (st == TLSN_OK && !*len)
        st = TLSN_ERR_PEM;
    if (st != TLSN_OK)
        return st;
    *first = tlsni_buf_len(der);
    der->end += *len;
    return TLSN_OK;
}

static tlsn_status damaged(struct tlsni_err *err, struct tlsn_span label)
{
    char quoted[64];

    return tlsni_fail(err, TLSN_ERR_PEM, "x509", "damaged PEM block \"%s\"",
                      tlsni_err_quote(quoted, sizeof quoted, label.data, label.len));
}

/* The label of the next block; *text moves behind its line. */
static tlsn_status next_label(struct tlsn_span *text, struct tlsn_span *label,
                              struct tlsni_err *err)
{
    size_t at = find(*text, begin_mark, LEN(begin_mark));

    *label = tlsni_span_make(NULL, 0);
    if (at == text->len)
        return TLSN_ERR_NOT_FOUND;
    *text = behind(*text, at + LEN(begin_mark));
    at = find(*text, dashes, LEN(dashes));
    *label = tlsni_span_make(text->data, at);
    if (at == text->len || find(*label, "\n", 1) != at) {
        label->len = find(*label, "\n", 1);
        return damaged(err, *label);
    }
    *text = behind(*text, at + LEN(dashes));
    return TLSN_OK;
}

/* @rfc 7468:2/1, 7468:2/5 */
tlsn_status tlsni_pem_next_sealed(const struct tlsn_hooks *env, struct tlsn_span *text,
                                  struct tlsni_pem_block *block, struct tlsni_buf *der,
                                  struct tlsni_err *err)
{
    struct headers headers;
    struct tlsn_span body;
    tlsn_status st = next_label(text, &block->label, err);

    if (st != TLSN_OK)
        return st;
    st = cut_body(text, block->label, &body);
    if (st == TLSN_OK) {
        skip_headers(&body, &headers);
        block->encrypted = headers.encrypted;
        block->dek_info = headers.dek_info;
        st = decode(env, body, der, &block->first, &block->len);
    }
    return st == TLSN_ERR_PEM ? damaged(err, block->label) : st;
}

tlsn_status tlsni_pem_next(const struct tlsn_hooks *env, struct tlsn_span *text,
                           struct tlsn_span *label, struct tlsni_buf *der, size_t *first,
                           size_t *len, struct tlsni_err *err)
{
    struct tlsni_pem_block block = { 0 };
    tlsn_status st = tlsni_pem_next_sealed(env, text, &block, der, err);

    *label = block.label;
    *first = block.first;
    *len = block.len;
    if (st != TLSN_OK || !block.encrypted)
        return st;
    der->end -= block.len;
    return TLSN_ERR_KEY_ENCRYPTED;
}

static bool label_is(struct tlsn_span label, const char *text)
{
    return label.len == strlen(text) && memcmp(label.data, text, label.len) == 0;
}

/* Appends one length to the array, which doubles when it is full. */
static tlsn_status push(const struct tlsn_hooks *env, size_t **lens, size_t *count, size_t len)
{
    size_t *grown;

    if ((*count & (*count - 1)) == 0) {
        grown = tlsni_alloc_array(env, *count ? 2 * *count : 1, sizeof **lens);
        if (!grown)
            return TLSN_ERR_NO_MEMORY;
        if (*count)
            memcpy(grown, *lens, *count * sizeof **lens);
        tlsni_free(env, *lens);
        *lens = grown;
    }
    (*lens)[(*count)++] = len;
    return TLSN_OK;
}

/* One certificate in DER fills its file: that is also how it is told from a text. */
static bool is_der(struct tlsn_span data)
{
    struct tlsni_rd r = tlsni_rd_span(data);

    (void)tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    return tlsni_rd_done(&r);
}

/* The array of lengths as it grows, and who is told of refused blocks; NULL: they are errors. */
struct list {
    size_t *lens, count; /* owned */
    size_t refused;
    const struct tlsni_pem_watch *watch;
};

/* @rfc 7468:5.1/1, 7468:5.1/2 */
static bool is_certificate(struct tlsn_span label)
{
    return label_is(label, "CERTIFICATE") || label_is(label, "X509 CERTIFICATE");
}

struct taker {
    const struct tlsn_hooks *env;
    struct list *list;
    struct tlsni_buf *der;
};

static tlsn_status take_certificate(void *ctx, struct tlsn_span der)
{
    struct taker *t = ctx;
    tlsn_status st = tlsni_buf_append(t->env, t->der, der.data, der.len);

    return st == TLSN_OK ? push(t->env, &t->list->lens, &t->list->count, der.len) : st;
}

/* The certificates of a PKCS#7 in DER or BER. */
static tlsn_status take_pkcs7(const struct tlsn_hooks *env, struct list *list,
                              struct tlsni_buf *out, struct tlsn_span data, struct tlsni_err *err)
{
    struct taker taker = { env, list, out };
    struct tlsni_buf copy = { 0 };
    tlsn_status st = tlsni_ber_looks(data) ? tlsni_ber_to_der(env, data, &copy)
                                           : tlsni_buf_append(env, &copy, data.data, data.len);

    if (st == TLSN_OK)
        st = tlsni_pkcs7_each(tlsni_buf_span(&copy),
                              take_certificate, NULL, &taker, err);
    tlsni_buf_free(env, &copy);
    return st;
}

/* @rfc 7468:8/1, 7468:8/3, 7468:9/1 */
bool tlsni_pem_is_pkcs7(struct tlsn_span label)
{
    return label_is(label, "PKCS7") || label_is(label, "CMS") ||
           label_is(label, "PKCS #7 SIGNED DATA");
}

/* What to do with one block of any kind. Keys, parameters, CRLs are dropped. */
static tlsn_status take_block(const struct tlsn_hooks *env, struct list *list,
                              struct tlsni_buf *der, struct tlsn_span label, size_t len,
                              struct tlsni_err *err)
{
    if (is_certificate(label))
        return push(env, &list->lens, &list->count, len);
    der->end -= len;
    if (tlsni_pem_is_pkcs7(label)) {
        struct tlsn_span data = tlsni_span_make(der->data + der->end, len);

        return take_pkcs7(env, list, der, data, err);
    }
    if (!label_is(label, "TRUSTED CERTIFICATE"))
        return TLSN_OK;
    return tlsni_fail(err, TLSN_ERR_PEM, "x509",
                      "OpenSSL's TRUSTED CERTIFICATE format is not supported");
}

static tlsn_status collect(const struct tlsn_hooks *env, struct tlsn_span data,
                           struct tlsni_buf *der, struct list *list, struct tlsni_err *err)
{
    struct tlsn_span label;
    size_t first, len;
    tlsn_status st = tlsni_buf_reserve(env, der, tlsni_base64_decoded_max(data.len));

    while (st == TLSN_OK) {
        struct tlsni_err one = { .status = TLSN_OK }, *note = list->watch ? &one : err;

        st = tlsni_pem_next(env, &data, &label, der, &first, &len, note);
        if (st == TLSN_ERR_NOT_FOUND)
            break;
        if (st == TLSN_OK)
            st = take_block(env, list, der, label, len, note);
        if (st == TLSN_ERR_KEY_ENCRYPTED)
            st = TLSN_OK;
        if (st == TLSN_ERR_PEM && list->watch) {
            list->watch->refused(list->watch->ctx, list->count + ++list->refused, &one);
            st = TLSN_OK;
        }
    }
    if (st != TLSN_ERR_NOT_FOUND || list->count)
        return st == TLSN_ERR_NOT_FOUND ? TLSN_OK : st;
    return tlsni_fail(err, TLSN_ERR_PEM, "x509", "no certificate in this text");
}

tlsn_status tlsni_pem_certificates_sound(const struct tlsn_hooks *env, struct tlsn_span data,
                                         struct tlsni_buf *der, size_t **lens, size_t *count,
                                         const struct tlsni_pem_watch *watch,
                                         struct tlsni_err *err)
{
    struct list list = { NULL, 0, 0, watch };
    tlsn_status st;

    *lens = NULL;
    *count = 0;
    if (tlsni_ber_looks(data) || (is_der(data) && tlsni_pkcs7_looks(data))) {
        st = take_pkcs7(env, &list, der, data, err);
        if (st == TLSN_OK && !list.count)
            st = tlsni_fail(err, TLSN_ERR_PEM, "x509", "no certificate in this PKCS#7");
    } else if (is_der(data)) {
        st = tlsni_buf_append(env, der, data.data, data.len);
        if (st == TLSN_OK)
            st = push(env, &list.lens, &list.count, data.len);
    } else {
        st = collect(env, data, der, &list, err);
    }
    if (st != TLSN_OK) {
        tlsni_free(env, list.lens);
        return st;
    }
    *lens = list.lens;
    *count = list.count;
    return TLSN_OK;
}

tlsn_status tlsni_pem_certificates(const struct tlsn_hooks *env, struct tlsn_span data,
                                   struct tlsni_buf *der, size_t **lens, size_t *count,
                                   struct tlsni_err *err)
{
    return tlsni_pem_certificates_sound(env, data, der, lens, count, NULL, err);
}
