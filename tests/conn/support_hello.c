#include "support_hello.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

size_t hello_get16(const uint8_t *p)
{
    return (size_t)(p[0] << 8 | p[1]);
}

void hello_put16(uint8_t *p, size_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

size_t hello_block(const uint8_t *body, bool client)
{
    size_t at = 34;

    at += 1U + body[at];
    if (!client)
        return at + 3;
    at += 2U + hello_get16(body + at);
    return at + 1U + body[at];
}

size_t hello_find(const uint8_t *body, bool client, unsigned type)
{
    size_t at = hello_block(body, client), end = at + 2 + hello_get16(body + at);

    for (at += 2; at < end; at += 4 + hello_get16(body + at + 2))
        if (hello_get16(body + at) == type)
            return at;
    fail_msg("no extension %u", type);
    return 0;
}

void hello_cut(uint8_t *body, size_t *len, bool client, unsigned type)
{
    size_t at = hello_find(body, client, type), block = hello_block(body, client);
    size_t size = 4 + hello_get16(body + at + 2);

    memmove(body + at, body + at + size, *len - at - size);
    *len -= size;
    hello_put16(body + block, hello_get16(body + block) - size);
}

void hello_append(uint8_t *body, size_t *len, bool client, const void *ext, size_t size)
{
    size_t block = hello_block(body, client);

    memcpy(body + *len, ext, size);
    *len += size;
    hello_put16(body + block, hello_get16(body + block) + size);
}
