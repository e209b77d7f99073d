/* heap.c - every allocation of the process passes here (the executable's malloc is the one that all
 * libraries use), is handed to libc's, and counted for the side that is at work. */
#include "harness.h"

#include <errno.h>
#include <malloc.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

enum { CHUNK_HEADER = 8 };

static struct heap_count *now;

void heap_count_for(struct heap_count *count)
{
    now = count;
}

static long size_of(void *block)
{
    return (long)malloc_usable_size(block) + CHUNK_HEADER;
}

static void *came(void *block)
{
    if (!now || !block)
        return block;
    now->calls++;
    now->live += size_of(block);
    if (now->live > now->peak)
        now->peak = now->live;
    return block;
}

static void goes(void *block)
{
    if (now && block)
        now->live -= size_of(block);
}

void *malloc(size_t n)
{
    return came(__libc_malloc(n));
}

void *calloc(size_t n, size_t size)
{
    return came(__libc_calloc(n, size));
}

void *realloc(void *block, size_t n)
{
    goes(block);
    return came(__libc_realloc(block, n));
}

void free(void *block)
{
    goes(block);
    __libc_free(block);
}

void *memalign(size_t alignment, size_t n)
{
    return came(__libc_memalign(alignment, n));
}

void *aligned_alloc(size_t alignment, size_t n)
{
    return memalign(alignment, n);
}

int posix_memalign(void **out, size_t alignment, size_t n)
{
    *out = memalign(alignment, n);
    return *out ? 0 : ENOMEM;
}
