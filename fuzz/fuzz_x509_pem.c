/* fuzz_x509_pem.c - any text as PEM: every block in turn, then as a bundle of certificates. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "x509/pem.h"

static void refused(void *ctx, size_t place, const struct tlsni_err *err)
{
    (void)ctx;
    if (!place || !*err->text)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void blocks(struct tlsn_span text)
{
    struct tlsni_buf der = { NULL, 0, 0, 0 };
    size_t first, n, left = text.len;
    struct tlsn_span label;
    tlsn_status st;

    do {
        st = tlsni_pem_next(NULL, &text, &label, &der, &first, &n, NULL);
        if (st == TLSN_OK && first + n != tlsni_buf_len(&der))
            abort();
        if (st != TLSN_ERR_NOT_FOUND && text.len >= left) /* every block moves on */
            abort();
        left = text.len;
    } while (st != TLSN_ERR_NOT_FOUND);
    tlsni_buf_free(NULL, &der);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsn_span text = tlsni_span_make(data, len);
    struct tlsni_buf der = { NULL, 0, 0, 0 };
    const struct tlsni_pem_watch watch = { refused, NULL };
    size_t *lens, count, total = 0;

    blocks(text);
    if (tlsni_pem_certificates_sound(NULL, text, &der, &lens, &count, &watch, NULL) == TLSN_OK) {
        for (size_t i = 0; i < count; i++)
            total += lens[i];
        if (total != tlsni_buf_len(&der))
            abort();
        tlsni_free(NULL, lens);
    }
    tlsni_buf_free(NULL, &der);
    return 0;
}
