/* fuzz_x509_name.c - two Names: comparison is symmetric, equal names hash alike and lie within each
 * other; their text is terminated. The first byte says where the second one begins. */
#include <stdlib.h>
#include <string.h>

#include "x509/general_name.h"
#include "x509/name.h"
#include "x509/name_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsn_span a, b;
    char text[200];
    bool same;
    size_t cut;

    if (len < 1)
        return 0;
    cut = data[0] < len ? data[0] : len - 1;
    a = tlsni_span_make(data + 1, cut < len - 1 ? cut : len - 1);
    b = tlsni_span_make(data + 1 + a.len, len - 1 - a.len);
    (void)tlsni_general_names_sound(b);
    if (!tlsni_name_sound(a) || !tlsni_name_sound(b))
        return 0;
    same = tlsni_name_equal(a, b);
    if (same != tlsni_name_equal(b, a) || !tlsni_name_equal(a, a) || !tlsni_name_within(a, a))
        abort();
    if (same && (tlsni_name_hash(a) != tlsni_name_hash(b) || !tlsni_name_within(a, b)))
        abort();
    tlsni_name_print(text, sizeof text, a);
    if (!memchr(text, 0, sizeof text))
        abort();
    return 0;
}
