#include "x509/stringprep.h"

#include <stdbool.h>
#include <stddef.h>

struct range {
    int32_t first, last, step, delta; /* every step-th one moves by delta */
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Mapped to nothing: controls, joiners, marks of direction, variation selectors, the soft hyphen. */
static const struct range hidden[] = {
    { 0x0000, 0x0008, 1, 0 }, { 0x000e, 0x001f, 1, 0 }, { 0x007f, 0x0084, 1, 0 },
    { 0x0086, 0x009f, 1, 0 }, { 0x00ad, 0x00ad, 1, 0 }, { 0x034f, 0x034f, 1, 0 },
    { 0x06dd, 0x06dd, 1, 0 }, { 0x070f, 0x070f, 1, 0 }, { 0x1806, 0x1806, 1, 0 },
    { 0x180b, 0x180e, 1, 0 }, { 0x200b, 0x200f, 1, 0 }, { 0x202a, 0x202e, 1, 0 },
    { 0x2060, 0x2063, 1, 0 }, { 0x206a, 0x206f, 1, 0 }, { 0xfe00, 0xfe0f, 1, 0 },
    { 0xfeff, 0xfeff, 1, 0 }, { 0xfff9, 0xfffc, 1, 0 }, { 0x1d173, 0x1d17a, 1, 0 },
    { 0xe0001, 0xe0001, 1, 0 }, { 0xe0020, 0xe007f, 1, 0 },
};

static const struct range spaces[] = {
    { 0x0009, 0x000d, 1, 0 }, { 0x0085, 0x0085, 1, 0 }, { 0x00a0, 0x00a0, 1, 0 },
    { 0x1680, 0x1680, 1, 0 }, { 0x2000, 0x200a, 1, 0 }, { 0x2028, 0x2029, 1, 0 },
    { 0x202f, 0x202f, 1, 0 }, { 0x205f, 0x205f, 1, 0 }, { 0x3000, 0x3000, 1, 0 },
};

/* Capital to small letters (RFC 3454 B.2), and full-width forms to ASCII. */
static const struct range folds[] = {
    { 0x0041, 0x005a, 1, 32 }, { 0x00c0, 0x00d6, 1, 32 }, { 0x00d8, 0x00de, 1, 32 },
    { 0x0100, 0x012e, 2, 1 }, { 0x0132, 0x0136, 2, 1 }, { 0x0139, 0x0147, 2, 1 },
    { 0x014a, 0x0176, 2, 1 }, { 0x0178, 0x0178, 1, -121 }, { 0x0179, 0x017d, 2, 1 },
    { 0x01cd, 0x01db, 2, 1 }, { 0x01de, 0x01ee, 2, 1 }, { 0x01f8, 0x021e, 2, 1 },
    { 0x0222, 0x0232, 2, 1 }, { 0x0386, 0x0386, 1, 38 }, { 0x0388, 0x038a, 1, 37 },
    { 0x038c, 0x038c, 1, 64 }, { 0x038e, 0x038f, 1, 63 }, { 0x0391, 0x03a1, 1, 32 },
    { 0x03a3, 0x03ab, 1, 32 }, { 0x03c2, 0x03c2, 1, 1 }, { 0x0400, 0x040f, 1, 80 },
    { 0x0410, 0x042f, 1, 32 }, { 0x0460, 0x0480, 2, 1 }, { 0x048a, 0x04be, 2, 1 },
    { 0x04d0, 0x04f4, 2, 1 }, { 0x0531, 0x0556, 1, 48 }, { 0x1e00, 0x1e94, 2, 1 },
    { 0x1ea0, 0x1ef8, 2, 1 }, { 0xff01, 0xff20, 1, 0x21 - 0xff01 },
    { 0xff21, 0xff3a, 1, 0x61 - 0xff21 }, { 0xff3b, 0xff5e, 1, 0x3b - 0xff1b },
};

static const struct range *find(const struct range *ranges, size_t count, int32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return (c - ranges[i].first) % ranges[i].step == 0 ? &ranges[i] : NULL;
    return NULL;
}

/* @rfc 5280:7.1/3, 5280:7.1/4 */
int32_t tlsni_stringprep_map(int32_t c)
{
    const struct range *fold;

    if (c > ' ' && c < 0x7f)
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    if (c == ' ' || find(spaces, COUNT(spaces), c))
        return ' ';
    if (find(hidden, COUNT(hidden), c))
        return TLSNI_CHAR_NOTHING;
    fold = find(folds, COUNT(folds), c);
    return fold ? c + fold->delta : c;
}
