/* le64.h - 64-bit numbers as 8 bytes, least significant first. */
#ifndef TLSNI_CIPHER_LE64_H
#define TLSNI_CIPHER_LE64_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t tlsni_le64_get(const uint8_t *p)
{
    uint64_t v = 0;

    for (size_t i = 0; i < 8; i++)
        v |= (uint64_t)p[i] << 8 * i;
    return v;
}

static inline void tlsni_le64_put(uint8_t *p, uint64_t v)
{
    for (size_t i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

#endif
