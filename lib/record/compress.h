/* compress.h - compression of records in front of their protection (RFC 5246 6.2.2), one row a method.
 *
 * Compression tells whoever sees the lengths something about the contents (CRIME): it is off unless
 * an application asks for it by name. A direction of a connection has one struct tlsni_comp; it lives
 * and dies with the record protection, so that renegotiation and resumption begin without history.
 * All buffers are made at once: nothing is allocated for a record. */
#ifndef TLSNI_RECORD_COMPRESS_H
#define TLSNI_RECORD_COMPRESS_H

#include "base/error.h"
#include "record/record.h"

enum tlsni_compression_id {
    TLSNI_COMPRESSION_NULL = 0,
    TLSNI_COMPRESSION_DEFLATE = 1, /* RFC 3749, when zlib was configured in */
    TLSNI_COMPRESSION_LZS = 64,    /* RFC 3943 */
};

enum {
    TLSNI_COMPRESS_GROWTH = 1024, /* RFC 5246 6.2.2 */
    TLSNI_COMPRESSED_MAX = TLSNI_RECORD_PLAIN_MAX + TLSNI_COMPRESS_GROWTH,
};

struct tlsni_comp;

struct tlsni_compression {
    uint8_t id;
    const char *name; /* "DEFLATE" */
    const char *source;
    size_t state_len; /* bytes of the method's state */
    /* The state comes zeroed. */
    tlsn_status (*begin)(struct tlsni_comp *c);
    void (*end)(struct tlsni_comp *c); /* NULL: nothing to do but wiping */
    /* All of `in` becomes one compressed fragment: in_len <= TLSNI_RECORD_PLAIN_MAX, room for
     * TLSNI_COMPRESSED_MAX bytes. */
    tlsn_status (*pack)(struct tlsni_comp *c, const uint8_t *in, size_t in_len, uint8_t *out,
                        size_t *out_len);
    /* The way back: TLSNI_RECORD_PLAIN_MAX bytes of room. TLSN_ERR_DECOMPRESSION for whatever does
     * not unpack to at most as many. */
    tlsn_status (*unpack)(struct tlsni_comp *c, const uint8_t *in, size_t in_len, uint8_t *out,
                          size_t *out_len);
};

/* The methods that are there, best first; TLSNI_COMPRESSION_NULL has no row. */
const struct tlsni_compression *const *tlsni_compression_rows(size_t *count);
const struct tlsni_compression *tlsni_compression_find(uint8_t id);        /* NULL when not there */
const struct tlsni_compression *tlsni_compression_by_name(const char *name, size_t len);

/* One block: this, the method's state, and a buffer. Holds plain text: wiped when it is freed. */
struct tlsni_comp {
    const struct tlsni_compression *method;
    const struct tlsn_hooks *env;
    size_t size;
    bool packs;      /* the writing side */
    uint8_t *buffer; /* writing: a compressed fragment; reading: a whole record's fragment */
    void *state;
};

TLSN_MUST_USE tlsn_status tlsni_comp_new(struct tlsni_comp **out, const struct tlsn_hooks *env,
                                         uint8_t id, bool packs);
void tlsni_comp_free(struct tlsni_comp *c); /* NULL allowed */

#endif
