/* sig_der.c - SEQUENCE { r INTEGER, s INTEGER }, read strictly: a signature has one encoding. */
#include "cipher/sig_der.h"

#include "cipher/pk_impl.h"

/* An INTEGER >= 0 in its shortest form, of at most max bytes. */
static struct tlsn_span read_integer(struct tlsni_rd *r, size_t max)
{
    uint8_t tag = tlsni_rd_u8(r), size = tlsni_rd_u8(r);
    struct tlsn_span s = tlsni_rd_bytes(r, size);

    if (r->bad || tag != 2 || !s.len || s.data[0] & 0x80 ||
        (s.len > 1 && !s.data[0] && !(s.data[1] & 0x80))) {
        tlsni_rd_fail(r);
        return tlsni_span_make(NULL, 0);
    }
    s = tlsni_number_strip(s);
    if (s.len > max)
        tlsni_rd_fail(r);
    return s;
}

/* @rfc 8422:5.4/9 */
tlsn_status tlsni_sig_der_read(struct tlsn_span der, size_t max, struct tlsn_span *r,
                               struct tlsn_span *s)
{
    struct tlsni_rd in = tlsni_rd_span(der);
    uint8_t tag = tlsni_rd_u8(&in);
    size_t len = tlsni_rd_u8(&in);

    if (len == 0x81) {
        len = tlsni_rd_u8(&in);
        if (len < 0x80)
            tlsni_rd_fail(&in);
    } else if (len > 0x80) {
        tlsni_rd_fail(&in);
    }
    if (tag != 0x30 || len != tlsni_rd_left(&in))
        tlsni_rd_fail(&in);
    *r = read_integer(&in, max);
    *s = read_integer(&in, max);
    return tlsni_rd_done(&in) ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR;
}

/* Without leading zeros, but with the one that keeps it positive. */
static size_t integer_len(struct tlsn_span number)
{
    return number.len + (number.data[0] >> 7);
}

static void write_integer(struct tlsni_wr *w, struct tlsn_span number)
{
    tlsni_wr_u8(w, 2);
    tlsni_wr_u8(w, (uint32_t)integer_len(number));
    if (number.data[0] >> 7)
        tlsni_wr_u8(w, 0);
    tlsni_wr_span(w, number);
}

size_t tlsni_sig_der_write(uint8_t *out, struct tlsn_span r, struct tlsn_span s)
{
    struct tlsni_wr w = tlsni_wr_make(out, TLSNI_SIGNATURE_MAX);
    size_t len;

    r = tlsni_number_strip(r);
    s = tlsni_number_strip(s);
    len = integer_len(r) + integer_len(s) + 4;
    tlsni_wr_u8(&w, 0x30);
    if (len >= 0x80)
        tlsni_wr_u8(&w, 0x81);
    tlsni_wr_u8(&w, (uint32_t)len);
    write_integer(&w, r);
    write_integer(&w, s);
    return w.len;
}
