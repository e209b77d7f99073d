#include "x509/ext_list.h"

/* `critical` is left out when it is FALSE, the default (X.690 11.5). */
struct tlsni_extension tlsni_extension_next(struct tlsni_rd *list)
{
    struct tlsni_rd r = tlsni_der_enter(list, TLSNI_DER_SEQUENCE);
    struct tlsni_extension e = { tlsni_der_oid(&r), { NULL, 0 }, false };

    if (tlsni_der_peek(&r, TLSNI_DER_BOOLEAN)) {
        e.critical = tlsni_der_bool(&r);
        if (!e.critical)
            tlsni_rd_fail(&r);
    }
    e.value = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
    if (!tlsni_rd_done(&r))
        tlsni_rd_fail(list);
    return e;
}

/* @rfc 5280:4.2/5 */
bool tlsni_extension_repeats(struct tlsn_span contents, const struct tlsni_extension *e)
{
    struct tlsni_rd r = tlsni_rd_span(contents);

    for (;;) {
        struct tlsni_extension other = tlsni_extension_next(&r);

        if (r.bad || other.oid.data == e->oid.data)
            return false;
        if (tlsni_span_eq(other.oid, e->oid))
            return true;
    }
}

bool tlsni_extension_find(struct tlsn_span contents, enum tlsni_oid oid, struct tlsn_span *value)
{
    struct tlsni_rd r = tlsni_rd_span(contents);
    struct tlsn_span wanted = tlsni_oid_bytes(oid);

    while (r.p != r.end) {
        struct tlsni_extension e = tlsni_extension_next(&r);

        if (!r.bad && tlsni_span_eq(e.oid, wanted)) {
            *value = e.value;
            return true;
        }
    }
    return false;
}

bool tlsni_extensions_read(struct tlsn_span contents, tlsni_ext_reader *read, void *ctx,
                           bool *unknown_critical)
{
    struct tlsni_rd r = tlsni_rd_span(contents);
    unsigned count = 0;

    do {
        struct tlsni_extension e = tlsni_extension_next(&r);
        enum tlsni_ext_verdict verdict = TLSNI_EXT_DAMAGED;

        if (!r.bad && ++count <= TLSNI_EXTENSIONS_MAX && !tlsni_extension_repeats(contents, &e))
            verdict = read(ctx, tlsni_oid_find(e.oid), e.value);
        if (verdict == TLSNI_EXT_DAMAGED)
            return false;
        *unknown_critical |= verdict != TLSNI_EXT_KNOWN && e.critical;
    } while (r.p != r.end);
    return true;
}
