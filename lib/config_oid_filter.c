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
    c->oid_filters.end += w.len;
    c->hs.oid_filters = tlsni_buf_span(&c->oid_filters);
    if (tlsni_oid_filters_sound(c->hs.oid_filters))
        return TLSN_OK;
    c->oid_filters.end -= w.len;
    c->hs.oid_filters.len = before;
    return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                             "a filter that is there already, or with a value that is none");
}
