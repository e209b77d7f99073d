/* fuzz_x509_constraints.c - names against name constraints (RFC 5280 4.2.1.10): behind a byte of flags and two
 * of length a NameConstraints, then the contents of a subjectAltName or a subject. Critical constraints are
 * never less strict, what is excluded as well as permitted is refused, and the work has a limit. */
#include <stdlib.h>

#include "x509/cert_ext.h"
#include "x509/constraints.h"
#include "x509/der_write.h"
#include "x509/general_name.h"
#include "x509/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { WORK = 1000000, ROOM = 1 << 17 };

static enum tlsni_constraint_result check(struct tlsn_span value, bool critical,
                                          const struct tlsni_cert *cert, uint32_t work)
{
    uint32_t left = work;
    enum tlsni_constraint_result result = tlsni_constraints_check(value, critical, cert, true, &left);

    if (left > work)
        abort();
    return result;
}

/* The permitted list of a value as the excluded one of another. */
static struct tlsn_span turned(struct tlsn_span value, uint8_t *room)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);
    struct tlsni_wr w = tlsni_wr_make(room, ROOM);
    size_t mark = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);

    tlsni_dw_put(&w, TLSNI_DER_CONSTRUCTED_CONTEXT(1),
                 tlsni_der_get(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0)));
    tlsni_dw_close(&w, mark);
    return r.bad || w.bad ? tlsni_span_make(NULL, 0) : tlsni_span_make(room, w.len);
}

static void compare(struct tlsn_span value, const struct tlsni_cert *cert)
{
    static uint8_t room[ROOM];
    enum tlsni_constraint_result lax = check(value, false, cert, WORK);
    enum tlsni_constraint_result strict = check(value, true, cert, WORK);
    struct tlsn_span excluded = turned(value, room);

    if (lax == TLSNI_CONSTRAINT_VIOLATED && strict == TLSNI_CONSTRAINT_OK)
        abort();
    (void)check(value, true, cert, 100);
    if (excluded.len && tlsni_ext_name_constraints_sound(excluded))
        (void)check(excluded, true, cert, WORK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const uint8_t nobody[] = { 0x30, 0x00 };
    struct tlsni_rd r = tlsni_rd_make(data, len);
    uint8_t flags = tlsni_rd_u8(&r);
    struct tlsn_span value = tlsni_rd_vec_span(&r, 2, 0, 0xffff), names = tlsni_rd_rest(&r);
    struct tlsni_cert cert = { .subject = { nobody, sizeof nobody } };

    if (r.bad || !tlsni_ext_name_constraints_sound(value))
        return 0;
    if (flags & 1 ? !tlsni_name_sound(names) : !tlsni_general_names_sound(names))
        return 0;
    if (flags & 1) {
        cert.subject = names;
    } else {
        cert.san = names;
        cert.has = TLSNI_HAS_SAN;
    }
    compare(value, &cert);
    return 0;
}
