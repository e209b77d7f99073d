#include "x509/der_write.h"

#include <stdio.h>
#include "x509/der.h"

size_t tlsni_dw_open(struct tlsni_wr *w, uint8_t tag)
{
    tlsni_wr_u8(w, tag);
    tlsni_wr_u8(w, 0);
    return w->len;
}

void tlsni_dw_close(struct tlsni_wr *w, size_t mark)
{
    size_t len, more = 0;

    if (w->bad)
        return;
    len = w->len - mark;
    if (len < 0x80) {
        w->buf[mark - 1] = (uint8_t)len;
        return;
    }
    for (size_t n = len; n; n >>= 8)
        more++;
    if (!tlsni_wr_reserve(w, more))
        return;
    memmove(w->buf + mark + more, w->buf + mark, len);
    w->buf[mark - 1] = (uint8_t)(0x80 | more);
    for (size_t i = 0; i < more; i++)
        w->buf[mark + i] = (uint8_t)(len >> 8 * (more - 1 - i));
}

void tlsni_dw_put(struct tlsni_wr *w, uint8_t tag, struct tlsn_span contents)
{
    size_t mark = tlsni_dw_open(w, tag);

    tlsni_wr_span(w, contents);
    tlsni_dw_close(w, mark);
}

void tlsni_dw_unsigned(struct tlsni_wr *w, struct tlsn_span number)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_INTEGER);

    while (number.len && number.data[0] == 0) {
        number.data++;
        number.len--;
    }
    if (!number.len || number.data[0] >= 0x80)
        tlsni_wr_u8(w, 0);
    tlsni_wr_span(w, number);
    tlsni_dw_close(w, mark);
}

void tlsni_dw_small(struct tlsni_wr *w, unsigned value)
{
    const uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
                               (uint8_t)(value >> 8), (uint8_t)value };

    tlsni_dw_unsigned(w, tlsni_span_make(bytes, sizeof bytes));
}

void tlsni_dw_oid(struct tlsni_wr *w, enum tlsni_oid oid)
{
    tlsni_dw_put(w, TLSNI_DER_OID, tlsni_oid_bytes(oid));
}

void tlsni_dw_bits(struct tlsni_wr *w, struct tlsn_span bytes)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_BIT_STRING);

    tlsni_wr_u8(w, 0);
    tlsni_wr_span(w, bytes);
    tlsni_dw_close(w, mark);
}

/* Days since 1970 to a date of the proleptic Gregorian calendar, by eras of 400 years that begin in
 * March. */
static void civil(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

static bool in_utc_range(int64_t seconds)
{
    return seconds >= -631152000 && seconds < 2524608000; /* 1950 to 2049 */
}

static void write_time(struct tlsni_wr *w, int64_t seconds, bool utc)
{
    int64_t days = seconds >= 0 ? seconds / 86400 : -((86399 - seconds) / 86400);
    int rest = (int)(seconds - days * 86400), year, month, day, n;
    char text[64];

    if (days < -719528 || days > 2932896) {
        w->bad = true;
        return;
    }
    civil(days, &year, &month, &day);
    n = snprintf(text, sizeof text, "%0*d%02d%02d%02d%02d%02dZ", utc ? 2 : 4,
                 utc ? year % 100 : year, month, day, rest / 3600, rest / 60 % 60, rest % 60);
    tlsni_dw_put(w, utc ? TLSNI_DER_UTC_TIME : TLSNI_DER_GENERALIZED_TIME,
                 tlsni_span_make(text, (size_t)n));
}

/* @rfc 5280:4.1.2.5/1 */
void tlsni_dw_time(struct tlsni_wr *w, int64_t seconds)
{
    write_time(w, seconds, in_utc_range(seconds));
}

void tlsni_dw_generalized_time(struct tlsni_wr *w, int64_t seconds)
{
    write_time(w, seconds, false);
}
