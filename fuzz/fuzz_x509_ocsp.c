/* fuzz_x509_ocsp.c - one OCSP response in DER, and the timestamps that it may carry. What parses is sound
 * by the engine's cheap look, too, and its single responses can be read again. */
#include <stdlib.h>

#include "x509/ocsp.h"
#include "x509/ocsp_response.h"
#include "x509/sct.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void inside(struct tlsn_span s, const uint8_t *data, size_t len)
{
    if (s.len && (s.data < data || s.len > len || (size_t)(s.data - data) > len - s.len))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsn_span der = tlsni_span_make(data, len);
    struct tlsni_ocsp_response r;
    struct tlsni_err err = { 0 };
    struct tlsni_sct sct;
    struct tlsni_rd list;

    (void)tlsni_sct_parse(&sct, der);
    if (tlsni_ocsp_parse(&r, der, &err) != TLSN_OK) {
        if (err.status != TLSN_ERR_OCSP_RESPONSE)
            abort();
        return 0;
    }
    if (!tlsni_ocsp_sound(der) || !tlsni_ocsp_answers(der))
        abort();
    inside(r.data, data, len);
    inside(r.signature, data, len);
    inside(r.certs, data, len);
    inside(r.name, data, len);
    inside(r.key_hash, data, len);
    inside(r.nonce, data, len);
    list = tlsni_rd_span(r.singles);
    while (list.p != list.end) {
        struct tlsni_ocsp_single s = tlsni_ocsp_single_next(&list);

        if (list.bad)
            abort();
        inside(s.id.serial, data, len);
        inside(s.scts, data, len);
    }
    (void)(tlsn_ocsp_check_nonce(der, r.nonce) == TLSN_OK);
    return 0;
}
