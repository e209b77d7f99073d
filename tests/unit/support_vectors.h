/* support_vectors.h - reader of vector files: lines `key value`, `#` comments, blocks end with an
 * empty line. Used by unit tests for tests/vectors/NAME.txt and by the programs that read larger
 * corpora.
 *
 * A block's keys, texts and decoded bytes belong to it and are valid until vec_block_clear(). Bad
 * files end the program with a message: a test must not pass because its vectors were unreadable.
 */
#ifndef TLSNI_TESTS_SUPPORT_VECTORS_H
#define TLSNI_TESTS_SUPPORT_VECTORS_H

#include <tls-native/types.h>

struct vec_file; /* owned by the caller of vec_open */

struct vec_line {
    const char *key, *value; /* value "" for a bare key */
};

/* A zeroed block is empty. */
struct vec_block {
    struct vec_line *lines;
    size_t count, cap;
    void **decoded; /* buffers handed out by vec_bytes */
    size_t decoded_count;
    unsigned line; /* number of the first line in its file */
};

/* NULL when the file cannot be read. */
struct vec_file *vec_open(const char *path);
void vec_close(struct vec_file *f);
const char *vec_path(const struct vec_file *f);

/* Replaces *b by the next block; false at the end of the file. */
bool vec_next(struct vec_file *f, struct vec_block *b);
void vec_block_clear(struct vec_block *b);

/* What the block is: its first key and that line's value. */
const char *vec_kind(const struct vec_block *b);
const char *vec_label(const struct vec_block *b);

/* The value of the first line with this key, NULL when there is none. */
const char *vec_text(const struct vec_block *b, const char *key);
/* Its hex decoded; data is NULL when there is no such line, never NULL otherwise. */
struct tlsn_span vec_bytes(struct vec_block *b, const char *key);
/* The nth line (from 0) with this key. */
struct tlsn_span vec_bytes_nth(struct vec_block *b, const char *key, size_t nth);
/* Its decimal value, `fallback` when there is no such line. */
long vec_int(const struct vec_block *b, const char *key, long fallback);

/* Decodes hex into out (cap bytes); the number of bytes. For literals in tests. */
size_t vec_unhex(const char *hex, uint8_t *out, size_t cap);

/* The folder of the larger corpora, from TLSN_SHARED or ../shared; NULL when it is not there. */
const char *vec_shared_dir(void);

#endif
