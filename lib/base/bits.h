/* bits.h - a writer and a reader of bits, the first one highest in its byte. Both are sticky: a writer
 * that lacks room and a reader that is at its end turn bad, and go on harmlessly. */
#ifndef TLSNI_BASE_BITS_H
#define TLSNI_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tlsni_bits {
    uint8_t *buf; /* borrowed */
    size_t cap, len; /* len: bytes begun */
    unsigned free;   /* bits left in the last of them */
    bool bad;
};

static inline struct tlsni_bits tlsni_bits_make(uint8_t *buf, size_t cap)
{
    return (struct tlsni_bits){ .buf = buf, .cap = cap };
}

/* The low `count` bits of a value, count <= 32. */
static inline void tlsni_bits_put(struct tlsni_bits *b, uint32_t value, unsigned count)
{
    while (count && !b->bad) {
        if (!b->free && b->len == b->cap) {
            b->bad = true;
            return;
        }
        if (!b->free) {
            b->buf[b->len++] = 0;
            b->free = 8;
        }
        count--;
        b->free--;
        b->buf[b->len - 1] |= (uint8_t)((value >> count & 1) << b->free);
    }
}

struct tlsni_bits_rd {
    const uint8_t *data; /* borrowed */
    size_t len, at;      /* at: bits read */
    bool bad;
};

static inline struct tlsni_bits_rd tlsni_bits_rd_make(const uint8_t *data, size_t len)
{
    return (struct tlsni_bits_rd){ .data = data, .len = len };
}

/* The next `count` bits, count <= 32; zeros behind the end. */
static inline uint32_t tlsni_bits_get(struct tlsni_bits_rd *r, unsigned count)
{
    uint32_t value = 0;

    for (; count; count--) {
        if (r->at / 8 == r->len) {
            r->bad = true;
            return 0;
        }
        value = value << 1 | (r->data[r->at / 8] >> (7 - r->at % 8) & 1);
        r->at++;
    }
    return value;
}

#endif
