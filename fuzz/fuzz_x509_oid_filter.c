/* fuzz_x509_oid_filter.c - a list of oid_filters (RFC 8446 4.2.5) behind its length, and a certificate that is held
 * against it. A list that matches still does without its last filter, and an empty one matches always. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "x509/oid_filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The list up to its last filter. */
static struct tlsn_span without_last(struct tlsn_span list)
{
    struct tlsn_span rest = list, before = list;
    struct tlsni_oid_filter f;

    while (rest.len) {
        before = tlsni_span_make(list.data, list.len - rest.len);
        if (!tlsni_oid_filter_next(&rest, &f))
            abort(); /* it was sound */
    }
    return before;
}

/* Each is shown, in whatever room. */
static void show(struct tlsn_span list)
{
    struct tlsni_oid_filter f;
    char text[200];

    while (tlsni_oid_filter_next(&list, &f))
        for (size_t cap = 1; cap <= sizeof text; cap *= 14) {
            tlsni_oid_filter_text(text, cap, &f);
            if (!memchr(text, 0, cap))
                abort();
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsn_span list, der;
    struct tlsni_err err = { 0 };
    struct tlsni_cert cert;
    size_t cut;

    if (len < 2)
        return 0;
    cut = (size_t)data[0] << 8 | data[1];
    if (cut > len - 2)
        cut = len - 2;
    list = tlsni_span_make(data + 2, cut);
    der = tlsni_span_make(data + 2 + cut, len - 2 - cut);
    show(list);
    if (!tlsni_oid_filters_sound(list) || tlsni_cert_parse(&cert, der, &err) != TLSN_OK)
        return 0;
    if (!tlsni_oid_filters_match(tlsni_span_make(list.data, 0), &cert))
        abort();
    if (tlsni_oid_filters_match(list, &cert) && list.len &&
        !tlsni_oid_filters_match(without_last(list), &cert))
        abort();
    return 0;
}
