#include "base/ct.h"

uint32_t tlsni_ct_eq_mask(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;
    uint32_t diff = 0;

    for (size_t i = 0; i < n; i++)
        diff |= (uint32_t)(x[i] ^ y[i]);
    return tlsni_ct_is_zero(diff);
}

bool tlsni_ct_memeq(const void *a, const void *b, size_t n)
{
    uint32_t mask = tlsni_ct_eq_mask(a, b, n);

    TLSNI_CT_PUBLIC(&mask, sizeof mask);
    return mask != 0;
}

void tlsni_ct_cond_copy(uint32_t mask, void *dst, const void *a, size_t n)
{
    uint8_t *d = dst;
    const uint8_t *s = a;
    uint8_t m = (uint8_t)mask;

    for (size_t i = 0; i < n; i++)
        d[i] = (uint8_t)(d[i] ^ (m & (d[i] ^ s[i])));
}

uint32_t tlsni_ct_leading_zeros(const uint8_t *data, size_t n)
{
    uint32_t still = UINT32_MAX, count = 0;

    for (size_t i = 0; i < n; i++) {
        still &= tlsni_ct_is_zero(data[i]);
        count += still & 1;
    }
    return count;
}
