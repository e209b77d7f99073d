/* parse.c - the header of a record that arrives (RFC 5246 6.2.1). */
#include "record/record.h"

static bool known_type(uint8_t type)
{
    return type >= TLSNI_CONTENT_CCS && type <= TLSNI_CONTENT_HEARTBEAT;
}

/* @rfc 5246:6/2 */
static tlsn_status refuse_type(const uint8_t *in, size_t in_len, struct tlsni_err *err)
{
    char quoted[64];

    return tlsni_fail(err, TLSN_ERR_NOT_TLS, "record",
                      "record type %u is not known; the peer's bytes begin with \"%s\"", in[0],
                      tlsni_err_quote(quoted, sizeof quoted, in, in_len < 12 ? in_len : 12));
}

/* Complains about as much of the header as is there.
 * @rfc 5246:6.2.1/4, 5246:6.2.3/2, 5246:7.2.2/10, 5246:D.4/3, 5246:E.1/5, 7568:3/6
 * @rfc 8996:4/6
 * @rfc 8446:D.5/14, 8446:D/1, 8446:D.2/4
 * @rfc 8446:5.1/9 */
static tlsn_status check(const uint8_t *in, size_t in_len, uint16_t version, size_t max,
                         struct tlsni_err *err)
{
    size_t len;

    if (in_len >= 1 && !known_type(in[0]))
        return refuse_type(in, in_len, err);
    if (in_len >= 2 && in[1] != 3)
        return tlsni_fail(err, TLSN_ERR_RECORD_VERSION, "record",
                          "record has major version %u instead of 3", in[1]);
    if (in_len >= 3 && version && (in[1] << 8 | in[2]) != version)
        return tlsni_fail(err, TLSN_ERR_RECORD_VERSION, "record",
                          "record has version 0x%02x%02x, 0x%04x was negotiated", in[1], in[2],
                          version);
    if (in_len < TLSNI_RECORD_HEADER)
        return TLSN_OK;
    len = (size_t)in[3] << 8 | in[4];
    if (len > max)
        return tlsni_fail(err, TLSN_ERR_RECORD_OVERFLOW, "record",
                          "record has %zu bytes, at most %zu are allowed", len, max);
    return TLSN_OK;
}

tlsn_status tlsni_record_parse(const uint8_t *in, size_t in_len, uint16_t version, size_t max,
                               struct tlsni_record *out, size_t *hint, struct tlsni_err *err)
{
    tlsn_status st = check(in, in_len, version, max, err);
    size_t size = TLSNI_RECORD_HEADER;

    if (st != TLSN_OK)
        return st;
    if (in_len >= TLSNI_RECORD_HEADER)
        size += (size_t)in[3] << 8 | in[4];
    *hint = size;
    if (in_len < size || in_len < TLSNI_RECORD_HEADER)
        return TLSN_NEED_INPUT;
    out->type = in[0];
    out->version = (uint16_t)(in[1] << 8 | in[2]);
    /* Opening in place writes to what the caller of the engine handed in for that. */
    out->fragment = (uint8_t *)(uintptr_t)in + TLSNI_RECORD_HEADER;
    out->len = size - TLSNI_RECORD_HEADER;
    out->size = size;
    return TLSN_OK;
}

/* As far as the bytes go: the length's top bit, client_hello, a major version of 3. */
static bool looks_like_ssl2(const uint8_t *in, size_t in_len)
{
    return in_len >= 1 && in[0] & 0x80 && (in_len < 3 || in[2] == 1) && (in_len < 4 || in[3] == 3);
}

tlsn_status tlsni_record_parse_ssl2(const uint8_t *in, size_t in_len, struct tlsni_record *out,
                                    size_t *hint)
{
    size_t size = 2;

    if (!looks_like_ssl2(in, in_len))
        return TLSN_ERR_NOT_FOUND;
    if (in_len >= 2)
        size += (size_t)(in[0] & 0x7f) << 8 | in[1];
    *hint = size;
    if (in_len < 2 || in_len < size)
        return TLSN_NEED_INPUT;
    *out = (struct tlsni_record){ .type = TLSNI_CONTENT_SSL2_HELLO,
                                  .fragment = (uint8_t *)(uintptr_t)in + 2,
                                  .len = size - 2,
                                  .size = size };
    return TLSN_OK;
}
