/* mem.h - the only place that allocates, and the hooks of an object's environment.
 *
 * `env` is the struct tlsn_hooks of the configuration (or of the stand-alone object); NULL means the
 * defaults. Blocks come zeroed. */
#ifndef TLSNI_BASE_MEM_H
#define TLSNI_BASE_MEM_H

#include <tls-native/types.h>

/* NULL when out of memory; len 0 gives a block too. */
TLSN_MUST_USE void *tlsni_alloc(const struct tlsn_hooks *env, size_t len);
/* n * size with overflow checked. */
TLSN_MUST_USE void *tlsni_alloc_array(const struct tlsn_hooks *env, size_t n, size_t size);
TLSN_MUST_USE void *tlsni_memdup(const struct tlsn_hooks *env, const void *data, size_t len);
/* A copy with a terminating NUL. */
TLSN_MUST_USE char *tlsni_strndup(const struct tlsn_hooks *env, const char *text, size_t len);
void tlsni_free(const struct tlsn_hooks *env, void *block);
/* Wipes len bytes, then frees. */
void tlsni_free_secret(const struct tlsn_hooks *env, void *block, size_t len);

/* For libraries that give blocks back without their length: it stands in front. Freeing wipes. NULL is
 * nothing to free. */
TLSN_MUST_USE void *tlsni_alloc_sized(const struct tlsn_hooks *env, size_t len);
void tlsni_free_sized(const struct tlsn_hooks *env, void *block);

/* Bytes that are kept for long, in a block of just their size. */
struct tlsni_bytes {
    uint8_t *data; /* owned; NULL: empty */
    size_t len;
};

/* Overwrites with zeros in a way the compiler keeps. */
void tlsni_wipe(void *data, size_t len);

/* A growing byte buffer: data[start .. end) is its content. Growth copies and wipes the old block. */
struct tlsni_buf {
    uint8_t *data; /* owned */
    size_t start, end, cap;
};

/* Room for n more bytes behind end (the content may move to the front). */
TLSN_MUST_USE tlsn_status tlsni_buf_reserve(const struct tlsn_hooks *env, struct tlsni_buf *b,
                                            size_t n);
TLSN_MUST_USE tlsn_status tlsni_buf_append(const struct tlsn_hooks *env, struct tlsni_buf *b,
                                           const void *data, size_t n);
/* A block that is just as large as its content, for a buffer that is kept for long. */
TLSN_MUST_USE tlsn_status tlsni_buf_trim(const struct tlsn_hooks *env, struct tlsni_buf *b);
/* Wipes and frees the block; the buffer is empty and usable again. */
void tlsni_buf_free(const struct tlsn_hooks *env, struct tlsni_buf *b);

/* Moves the content into bytes, in place of what was there; the buffer is empty then. When out of memory
 * both are as before. */
TLSN_MUST_USE tlsn_status tlsni_bytes_take(const struct tlsn_hooks *env, struct tlsni_bytes *to,
                                           struct tlsni_buf *from);
/* A copy, in place of what was there. */
TLSN_MUST_USE tlsn_status tlsni_bytes_set(const struct tlsn_hooks *env, struct tlsni_bytes *to,
                                          const void *data, size_t len);
/* Wipes and frees. */
void tlsni_bytes_free(const struct tlsn_hooks *env, struct tlsni_bytes *b);

static inline struct tlsn_span tlsni_bytes_span(const struct tlsni_bytes *b)
{
    return (struct tlsn_span){ b->data, b->len };
}

static inline size_t tlsni_buf_len(const struct tlsni_buf *b)
{
    return b->end - b->start;
}

/* The content; NULL while nothing was ever put in. */
static inline uint8_t *tlsni_buf_data(const struct tlsni_buf *b)
{
    return b->data ? b->data + b->start : NULL;
}

static inline struct tlsn_span tlsni_buf_span(const struct tlsni_buf *b)
{
    return (struct tlsn_span){ tlsni_buf_data(b), tlsni_buf_len(b) };
}

/* Drops n bytes from the front. */
static inline void tlsni_buf_skip(struct tlsni_buf *b, size_t n)
{
    b->start += n;
    if (b->start == b->end)
        b->start = b->end = 0;
}

#endif
