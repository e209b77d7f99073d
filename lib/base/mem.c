#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void *get(const struct tlsn_hooks *env, size_t len)
{
    return env && env->alloc ? env->alloc(env->mem_ctx, len) : malloc(len);
}

void tlsni_free(const struct tlsn_hooks *env, void *block)
{
    if (env && env->release)
        env->release(env->mem_ctx, block);
    else
        free(block);
}

void *tlsni_alloc(const struct tlsn_hooks *env, size_t len)
{
    void *p = get(env, len ? len : 1);

    if (p)
        memset(p, 0, len ? len : 1);
    return p;
}

void *tlsni_alloc_array(const struct tlsn_hooks *env, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        return NULL;
    return tlsni_alloc(env, n * size);
}

void *tlsni_memdup(const struct tlsn_hooks *env, const void *data, size_t len)
{
    void *p = get(env, len ? len : 1);

    if (p && len)
        memcpy(p, data, len);
    return p;
}

char *tlsni_strndup(const struct tlsn_hooks *env, const char *text, size_t len)
{
    char *p = get(env, len + 1);

    if (!p)
        return NULL;
    memcpy(p, text, len);
    p[len] = 0;
    return p;
}

void tlsni_wipe(void *data, size_t len)
{
    if (!len)
        return;
    memset(data, 0, len);
#if defined(__GNUC__)
    __asm__ __volatile__("" : : "r"(data) : "memory");
#endif
}

void tlsni_free_secret(const struct tlsn_hooks *env, void *block, size_t len)
{
    if (!block)
        return;
    tlsni_wipe(block, len);
    tlsni_free(env, block);
}

struct sized {
    size_t len;
    _Alignas(16) uint8_t data[];
};

void *tlsni_alloc_sized(const struct tlsn_hooks *env, size_t len)
{
    struct sized *b = len < SIZE_MAX - sizeof *b ? tlsni_alloc(env, sizeof *b + len) : NULL;

    if (!b)
        return NULL;
    b->len = len;
    return b->data;
}

void tlsni_free_sized(const struct tlsn_hooks *env, void *block)
{
    struct sized *b;

    if (!block)
        return;
    b = (struct sized *)(void *)((uint8_t *)block - offsetof(struct sized, data));
    tlsni_free_secret(env, b, sizeof *b + b->len);
}

tlsn_status tlsni_buf_reserve(const struct tlsn_hooks *env, struct tlsni_buf *b, size_t n)
{
    size_t used = tlsni_buf_len(b), cap;
    uint8_t *p;

    if (n <= b->cap - b->end)
        return TLSN_OK;
    if (n <= b->cap - used) {
        memmove(b->data, b->data + b->start, used);
        b->start = 0;
        b->end = used;
        return TLSN_OK;
    }
    if (n > SIZE_MAX / 2 - used)
        return TLSN_ERR_NO_MEMORY;
    cap = used + n > 2 * b->cap ? used + n : 2 * b->cap;
    p = get(env, cap);
    if (!p)
        return TLSN_ERR_NO_MEMORY;
    if (used)
        memcpy(p, b->data + b->start, used);
    tlsni_free_secret(env, b->data, b->cap);
    b->data = p;
    b->start = 0;
    b->end = used;
    b->cap = cap;
    return TLSN_OK;
}

tlsn_status tlsni_buf_append(const struct tlsn_hooks *env, struct tlsni_buf *b, const void *data,
                             size_t n)
{
    tlsn_status st = tlsni_buf_reserve(env, b, n);

    if (st == TLSN_OK && n) {
        memcpy(b->data + b->end, data, n);
        b->end += n;
    }
    return st;
}

tlsn_status tlsni_buf_trim(const struct tlsn_hooks *env, struct tlsni_buf *b)
{
    struct tlsni_buf exact = { 0 };
    size_t len = tlsni_buf_len(b);
    tlsn_status st;

    if (len == b->cap)
        return TLSN_OK;
    st = len ? tlsni_buf_append(env, &exact, b->data + b->start, len) : TLSN_OK;
    if (st != TLSN_OK)
        return st;
    tlsni_buf_free(env, b);
    *b = exact;
    return TLSN_OK;
}

void tlsni_buf_free(const struct tlsn_hooks *env, struct tlsni_buf *b)
{
    tlsni_free_secret(env, b->data, b->cap);
    memset(b, 0, sizeof *b);
}

tlsn_status tlsni_bytes_take(const struct tlsn_hooks *env, struct tlsni_bytes *to,
                             struct tlsni_buf *from)
{
    size_t len = tlsni_buf_len(from);
    tlsn_status st = tlsni_buf_trim(env, from);

    if (st != TLSN_OK)
        return st;
    tlsni_bytes_free(env, to);
    *to = (struct tlsni_bytes){ from->data, len };
    memset(from, 0, sizeof *from);
    return TLSN_OK;
}

tlsn_status tlsni_bytes_set(const struct tlsn_hooks *env, struct tlsni_bytes *to, const void *data,
                            size_t len)
{
    struct tlsni_bytes copy = { NULL, len };

    if (len) {
        copy.data = tlsni_memdup(env, data, len);
        if (!copy.data)
            return TLSN_ERR_NO_MEMORY;
    }
    tlsni_bytes_free(env, to);
    *to = copy;
    return TLSN_OK;
}

void tlsni_bytes_free(const struct tlsn_hooks *env, struct tlsni_bytes *b)
{
    tlsni_free_secret(env, b->data, b->len);
    memset(b, 0, sizeof *b);
}
