/* fuzz_x509_text.c - what people write: names (RFC 4514), subtrees, policies, hosts in their own spelling,
 * reference identities, and filters of certificates. The first byte says which. What is read is sound, and a name
 * that is printed is read as the same one. */
#include <stdlib.h>
#include <string.h>

#include "x509/cert_ext.h"
#include "x509/constraints.h"
#include "x509/idna.h"
#include "x509/match.h"
#include "x509/name.h"
#include "x509/name_text.h"
#include "x509/oid_filter.h"
#include "x509/policies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { TEXT_MAX = 2048, DER_MAX = 1 << 16 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Values in DER have string types of their own, which text does not tell. */
static void name(const char *text)
{
    static uint8_t der[DER_MAX], again[DER_MAX];
    static char shown[DER_MAX];
    struct tlsni_wr w = tlsni_wr_make(der, sizeof der), w2 = tlsni_wr_make(again, sizeof again);
    struct tlsn_span first;

    if (tlsni_name_write(&w, text) != TLSN_OK)
        return;
    first = tlsni_span_make(der, w.len);
    require(tlsni_name_sound(first) && tlsni_name_equal(first, first));
    tlsni_name_print(shown, sizeof shown, first);
    if (strstr(text, "=#"))
        return;
    require(tlsni_name_write(&w2, shown) == TLSN_OK &&
            tlsni_span_eq(first, tlsni_span_make(again, w2.len)));
}

static void subtrees(const char *text)
{
    struct tlsni_buf out = { 0 };

    for (int excluded = 0; excluded < 2; excluded++) {
        tlsn_status st = tlsni_constraints_read(&out, NULL, excluded ? NULL : text, excluded ? text : NULL);

        require(st == TLSN_OK || st == TLSN_ERR_ARGUMENT);
        if (st == TLSN_OK && *text)
            require(tlsni_ext_name_constraints_sound(tlsni_buf_span(&out)));
        tlsni_buf_free(NULL, &out);
    }
}

static void policies(const char *text)
{
    struct tlsni_buf out = { 0 };

    if (tlsni_policies_read(&out, NULL, text) == TLSN_OK) {
        struct tlsni_rd r = tlsni_rd_span(tlsni_buf_span(&out));

        while (r.p != r.end)
            (void)tlsni_der_oid(&r);
        require(tlsni_rd_done(&r));
    }
    tlsni_buf_free(NULL, &out);
}

static void identities(struct tlsn_span text)
{
    struct tlsni_reference ref;
    size_t left = text.len;

    while (tlsni_reference_next(&text, &ref)) {
        struct tlsni_general_name same = { TLSNI_GN_DNS, ref.dns };

        require(text.len < left);
        left = text.len;
        if (ref.kind == TLSNI_REF_DNS) /* a name is what itself stands for, when it is sound at all */
            require(tlsni_reference_matches(&ref, &same) == tlsni_dns_matches(ref.dns, ref.dns));
    }
}

static void host(const char *text)
{
    struct tlsni_buf ascii = { 0 }, again = { 0 };

    if (tlsni_idna_to_ascii(NULL, &ascii, tlsni_span_make(text, strlen(text))) == TLSN_OK) {
        require(tlsni_is_ascii(tlsni_buf_span(&ascii)));
        require(tlsni_idna_to_ascii(NULL, &again, tlsni_buf_span(&ascii)) == TLSN_OK &&
                tlsni_span_eq(tlsni_buf_span(&ascii), tlsni_buf_span(&again)));
        identities(tlsni_buf_span(&ascii));
    }
    tlsni_buf_free(NULL, &ascii);
    tlsni_buf_free(NULL, &again);
}

static void filter(const char *text)
{
    static uint8_t room[DER_MAX];
    struct tlsni_wr w = tlsni_wr_make(room, sizeof room);
    struct tlsni_oid_filter f;
    struct tlsn_span list;

    if (tlsni_oid_filter_write_text(&w, text) != TLSN_OK)
        return;
    list = tlsni_span_make(room, w.len);
    require(tlsni_oid_filter_next(&list, &f) && !list.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static void (*const readers[])(const char *text) = { name, subtrees, policies, host, filter };
    char text[TEXT_MAX + 1];

    if (len < 1 || len > TEXT_MAX || memchr(data + 1, 0, len - 1))
        return 0;
    memcpy(text, data + 1, len - 1);
    text[len - 1] = 0;
    readers[data[0] % 5](text);
    return 0;
}
