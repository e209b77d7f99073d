/* write_pkcs7.c - SignedData without signers (RFC 2315 9.1, RFC 5652 5.1), that is a set of
 * certificates. */
#include "base/mem.h"
#include "x509/der.h"
#include "x509/write.h"

enum { VERSION = 1, ROOM = 128 };

static void write_signed(struct tlsni_wr *w, const struct tlsn_span *certs, size_t count)
{
    size_t data = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), part;

    tlsni_dw_small(w, VERSION);
    tlsni_dw_put(w, TLSNI_DER_SET, tlsni_span_make(NULL, 0));
    part = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, TLSNI_OID_P7_DATA);
    tlsni_dw_close(w, part);
    part = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    for (size_t i = 0; i < count; i++)
        tlsni_wr_span(w, certs[i]);
    tlsni_dw_close(w, part);
    tlsni_dw_put(w, TLSNI_DER_SET, tlsni_span_make(NULL, 0));
    tlsni_dw_close(w, data);
}

tlsn_status tlsn_pkcs7_write(const struct tlsn_span *certs, size_t count,
                             const struct tlsn_hooks *hooks, uint8_t *out, size_t cap, size_t *len)
{
    size_t room = ROOM, mark, content;
    struct tlsni_wr w;
    uint8_t *work;
    tlsn_status st;

    *len = 0;
    if (!certs || !count || (!out && cap))
        return TLSN_ERR_ARGUMENT;
    for (size_t i = 0; i < count; i++)
        room += certs[i].len;
    work = tlsni_alloc(hooks, room);
    if (!work)
        return TLSN_ERR_NO_MEMORY;
    w = tlsni_wr_make(work, room);
    mark = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(&w, TLSNI_OID_P7_SIGNED_DATA);
    content = tlsni_dw_open(&w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    write_signed(&w, certs, count);
    tlsni_dw_close(&w, content);
    tlsni_dw_close(&w, mark);
    st = w.bad ? TLSN_ERR_ARGUMENT : tlsni_write_out(w.buf, w.len, out, cap, len);
    tlsni_free(hooks, work);
    return st;
}
