#include "x509/base64.h"

#include "base/ct.h"

/* All ones when lo <= c <= hi. */
static uint32_t in_range(uint32_t c, uint32_t lo, uint32_t hi)
{
    return tlsni_ct_msb(~((c - lo) | (hi - c)));
}

/* 0..63, or 64 and above for a character that is none of the alphabet. */
static uint32_t value_of(uint32_t c)
{
    uint32_t upper = in_range(c, 'A', 'Z'), lower = in_range(c, 'a', 'z');
    uint32_t digit = in_range(c, '0', '9'), plus = in_range(c, '+', '+');
    uint32_t slash = in_range(c, '/', '/');

    return (upper & (c - 'A')) | (lower & (c - 'a' + 26)) | (digit & (c - '0' + 52)) |
           (plus & 62) | (slash & 63) | (~(upper | lower | digit | plus | slash) & 64);
}

/* @rfc 7468:2/3, 7468:2/9 */
static bool is_space(uint8_t c)
{
    return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

/* Four characters at once while there is nothing but the alphabet. */
static size_t decode_quads(uint8_t *out, size_t *at, const uint8_t *text, size_t len)
{
    size_t i = 0;

    for (; i + 4 <= len; i += 4) {
        uint32_t a = value_of(text[i]), b = value_of(text[i + 1]);
        uint32_t c = value_of(text[i + 2]), d = value_of(text[i + 3]);

        if ((a | b | c | d) & 64)
            break;
        out[(*at)++] = (uint8_t)(a << 2 | b >> 4);
        out[(*at)++] = (uint8_t)(b << 4 | c >> 2);
        out[(*at)++] = (uint8_t)(c << 6 | d);
    }
    return i;
}

/* What is left in bits when padding begins: 18 bits have 2 unused ones, 12 bits have 4. */
static tlsn_status finish(uint8_t *out, size_t *at, uint32_t bits, unsigned have, unsigned pads)
{
    if (have + pads != 4 && have + pads != 0)
        return TLSN_ERR_PEM;
    if (have == 1 || (have == 2 && bits & 15) || (have == 3 && bits & 3))
        return TLSN_ERR_PEM;
    if (have == 2)
        out[(*at)++] = (uint8_t)(bits >> 4);
    if (have == 3) {
        out[(*at)++] = (uint8_t)(bits >> 10);
        out[(*at)++] = (uint8_t)(bits >> 2);
    }
    return TLSN_OK;
}

tlsn_status tlsni_base64_decode(uint8_t *out, size_t *out_len, const uint8_t *text, size_t len)
{
    uint32_t bits = 0;
    unsigned have = 0, pads = 0;

    *out_len = 0;
    for (size_t i = 0; i < len; i++) {
        if (!have && !pads)
            i += decode_quads(out, out_len, text + i, len - i);
        if (i == len)
            break;
        if (is_space(text[i]))
            continue;
        if (text[i] == '=') {
            pads++;
            continue;
        }
        if (pads || value_of(text[i]) & 64)
            return TLSN_ERR_PEM;
        bits = bits << 6 | value_of(text[i]);
        if (++have == 4) {
            out[(*out_len)++] = (uint8_t)(bits >> 16);
            out[(*out_len)++] = (uint8_t)(bits >> 8);
            out[(*out_len)++] = (uint8_t)bits;
            have = 0;
            bits = 0;
        }
    }
    return finish(out, out_len, bits, have, pads);
}

static char char_of(uint32_t v)
{
    uint32_t upper = in_range(v, 0, 25), lower = in_range(v, 26, 51);
    uint32_t digit = in_range(v, 52, 61), plus = in_range(v, 62, 62), slash = in_range(v, 63, 63);

    return (char)((upper & (v + 'A')) | (lower & (v - 26 + 'a')) | (digit & (v - 52 + '0')) |
                  (plus & '+') | (slash & '/'));
}

void tlsni_base64_encode(char *out, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i += 3, out += 4) {
        size_t left = len - i;
        uint32_t v = (uint32_t)data[i] << 16;

        if (left > 1)
            v |= (uint32_t)data[i + 1] << 8;
        if (left > 2)
            v |= data[i + 2];
        out[0] = char_of(v >> 18);
        out[1] = char_of(v >> 12 & 63);
        out[2] = left > 1 ? char_of(v >> 6 & 63) : '=';
        out[3] = left > 2 ? char_of(v & 63) : '=';
    }
}
