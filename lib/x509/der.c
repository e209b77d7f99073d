/* der.c - values of DER: BOOLEAN, INTEGER, BIT STRING, OBJECT IDENTIFIER and times. */
#include "x509/der.h"

#include <limits.h>

bool tlsni_der_bool(struct tlsni_rd *r)
{
    struct tlsn_span s = tlsni_der_get(r, TLSNI_DER_BOOLEAN);

    if (s.len == 1 && s.data[0] == 0xff)
        return true;
    if (s.len != 1 || s.data[0] != 0)
        tlsni_rd_fail(r);
    return false;
}

struct tlsn_span tlsni_der_integer_as(struct tlsni_rd *r, uint8_t tag)
{
    struct tlsn_span s = tlsni_der_get(r, tag);
    bool padded = s.len > 1 && ((s.data[0] == 0 && s.data[1] < 0x80) ||
                                (s.data[0] == 0xff && s.data[1] >= 0x80));

    if (s.len && !padded)
        return s;
    tlsni_rd_fail(r);
    return tlsni_span_make(NULL, 0);
}

struct tlsn_span tlsni_der_integer(struct tlsni_rd *r)
{
    return tlsni_der_integer_as(r, TLSNI_DER_INTEGER);
}

static struct tlsn_span unsigned_as(struct tlsni_rd *r, uint8_t tag)
{
    struct tlsn_span s = tlsni_der_integer_as(r, tag);

    if (s.len && s.data[0] >= 0x80) {
        tlsni_rd_fail(r);
        return tlsni_span_make(NULL, 0);
    }
    if (s.len > 1 && s.data[0] == 0)
        return tlsni_span_make(s.data + 1, s.len - 1);
    return s;
}

struct tlsn_span tlsni_der_unsigned(struct tlsni_rd *r)
{
    return unsigned_as(r, TLSNI_DER_INTEGER);
}

int tlsni_der_small_as(struct tlsni_rd *r, uint8_t tag)
{
    struct tlsn_span s = unsigned_as(r, tag);
    uint32_t v = 0;

    if (s.len > 4)
        return INT_MAX;
    for (size_t i = 0; i < s.len; i++)
        v = v << 8 | s.data[i];
    return v > INT_MAX ? INT_MAX : (int)v;
}

int tlsni_der_small(struct tlsni_rd *r)
{
    return tlsni_der_small_as(r, TLSNI_DER_INTEGER);
}

struct tlsn_span tlsni_der_bits(struct tlsni_rd *r)
{
    struct tlsn_span s = tlsni_der_get(r, TLSNI_DER_BIT_STRING);

    if (s.len && s.data[0] == 0)
        return tlsni_span_make(s.data + 1, s.len - 1);
    tlsni_rd_fail(r);
    return tlsni_span_make(NULL, 0);
}

/* The first byte's most significant bit is bit 0 (X.690 8.6.2). */
static uint16_t reverse_bits(struct tlsn_span s)
{
    uint16_t v = 0;

    for (size_t i = 0; i < s.len && i < 2; i++)
        for (unsigned b = 0; b < 8; b++)
            if (s.data[i] >> (7 - b) & 1)
                v = (uint16_t)(v | 1u << (8 * i + b));
    return v;
}

uint16_t tlsni_der_named_bits_as(struct tlsni_rd *r, uint8_t tag)
{
    struct tlsn_span s = tlsni_der_get(r, tag);
    unsigned unused = s.len ? s.data[0] : 8;

    if (unused > 7 || (s.len == 1 && unused) ||
        (s.len > 1 && s.data[s.len - 1] & ((1u << unused) - 1))) {
        tlsni_rd_fail(r);
        return 0;
    }
    return reverse_bits(tlsni_span_make(s.data + 1, s.len - 1));
}

uint16_t tlsni_der_named_bits(struct tlsni_rd *r)
{
    return tlsni_der_named_bits_as(r, TLSNI_DER_BIT_STRING);
}

bool tlsni_der_oid_sound(struct tlsn_span body)
{
    bool first = true;

    for (size_t i = 0; i < body.len; i++) {
        if (first && body.data[i] == 0x80) /* a leading zero group */
            return false;
        first = body.data[i] < 0x80;
    }
    return body.len && first;
}

struct tlsn_span tlsni_der_oid(struct tlsni_rd *r)
{
    struct tlsn_span s = tlsni_der_get(r, TLSNI_DER_OID);

    if (tlsni_der_oid_sound(s))
        return s;
    tlsni_rd_fail(r);
    return tlsni_span_make(NULL, 0);
}

/* Days from 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day is
 * their last, and 400 of them have 146097 days. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, in_era = y % 400;
    int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static int month_days(int year, int month)
{
    static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

/* n <= 4 decimal digits. */
static int digits(struct tlsni_rd *r, unsigned n)
{
    int v = 0;

    while (n--) {
        uint8_t c = tlsni_rd_u8(r);

        if (c < '0' || c > '9')
            tlsni_rd_fail(r);
        v = v * 10 + (c & 15);
    }
    return v;
}

/* @rfc 5280:4.1.2.5.1/2 */
static int64_t time_value(struct tlsni_rd *r, bool utc)
{
    int year = digits(r, utc ? 2 : 4), month = digits(r, 2), day = digits(r, 2);
    int hour = digits(r, 2), minute = digits(r, 2), second = digits(r, 2);

    if (utc)
        year += year < 50 ? 2000 : 1900;
    if (tlsni_rd_u8(r) != 'Z' || !tlsni_rd_done(r) || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month) || hour > 23 || minute > 59 || second > 59) {
        tlsni_rd_fail(r);
        return 0;
    }
    return ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

/* RFC 5280 4.1.2.5: GMT, with seconds, without fractions; two-digit years are 1950 to 2049.
 * @rfc 5280:4.1.2.5/2, 5280:4.1.2.5.1/1, 5280:4.1.2.5.2/1, 5280:4.1.2.5.2/2 */
int64_t tlsni_der_time(struct tlsni_rd *r)
{
    bool utc = tlsni_der_peek(r, TLSNI_DER_UTC_TIME);
    struct tlsni_rd s = tlsni_der_enter(r, utc ? TLSNI_DER_UTC_TIME : TLSNI_DER_GENERALIZED_TIME);
    int64_t t = time_value(&s, utc);

    if (s.bad)
        tlsni_rd_fail(r);
    return s.bad ? 0 : t;
}
