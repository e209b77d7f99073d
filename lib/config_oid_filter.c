/* config_oid_filter.c - what a server wants to stand in client certificates (RFC 8446 4.2.5). */
#include "base/bytes.h"
#include "base/mem.h"
#include "config.h"
#include "x509/der.h"
#include "x509/oid_filter.h"

enum { FILTERS_LEN_MAX = 16384 };

static bool is_oid(struct tlsn_span oid)
{
    struct tlsni_rd r = tlsni_rd_span(oid);

    (void)tlsni_der_oid(&r);
    return oid.len <= 255 && tlsni_rd_done(&r);
}

/* One that was written behind the others stays if the list is sound with it. */
static tlsn_status settle(tlsn_config *c, const struct tlsni_wr *w)
{
    size_t before = tlsni_buf_len(&c->oid_filters);

    c->oid_filters.end += w->len;
    c->hs.oid_filters = tlsni_buf_span(&c->oid_filters);
    if (tlsni_oid_filters_sound(c->hs.oid_filters))
        return TLSN_OK;
    c->oid_filters.end -= w->len;
    c->hs.oid_filters.len = before;
    return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                             "a filter that is there already, or with a value that is none");
}

tlsn_status tlsn_config_add_oid_filter(tlsn_config *c, const void *oid, size_t oid_len,
                                       const void *values, size_t values_len)
{
    tlsn_status st = tlsni_config_open(c);
    size_t before = tlsni_buf_len(&c->oid_filters), len = 1 + oid_len + 2 + values_len;
    struct tlsni_wr w;

    if (st != TLSN_OK)
        return st;
    if (!oid || (!values && values_len) || !is_oid(tlsni_span_make(oid, oid_len)) ||
        values_len > FILTERS_LEN_MAX - before)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no DER of an extension's identifier and value");
    st = tlsni_buf_reserve(&c->hooks, &c->oid_filters, len);
    if (st != TLSN_OK)
        return st;
    w = tlsni_wr_make(c->oid_filters.data + c->oid_filters.end, len);
    tlsni_wr_vec(&w, 1, tlsni_span_make(oid, oid_len));
    tlsni_wr_vec(&w, 2, tlsni_span_make(values, values_len));
    return settle(c, &w);
}

enum { TEXT_FILTER_MAX = 2048 };

tlsn_status tlsn_config_add_oid_filter_text(tlsn_config *c, const char *text)
{
    tlsn_status st = tlsni_config_open(c);
    struct tlsni_wr w;

    if (st != TLSN_OK)
        return st;
    if (!text || tlsni_buf_len(&c->oid_filters) > FILTERS_LEN_MAX - TEXT_FILTER_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no filter, or too many");
    st = tlsni_buf_reserve(&c->hooks, &c->oid_filters, TEXT_FILTER_MAX);
    if (st != TLSN_OK)
        return st;
    w = tlsni_wr_make(c->oid_filters.data + c->oid_filters.end, TEXT_FILTER_MAX);
    st = tlsni_oid_filter_write_text(&w, text);
    if (st == TLSN_OK)
        return settle(c, &w);
    return tlsni_config_fail(c, st, "\"%s\" names no extension, or has a value that is none", text);
}

bool tlsn_oid_filter_text(struct tlsn_span filters, size_t i, char *out, size_t cap)
{
    struct tlsni_oid_filter f;

    if (!out || !cap || !tlsni_oid_filters_sound(filters))
        return false;
    while (tlsni_oid_filter_next(&filters, &f))
        if (i-- == 0) {
            tlsni_oid_filter_text(out, cap, &f);
            return true;
        }
    return false;
}
