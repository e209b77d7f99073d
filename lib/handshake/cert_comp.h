/* cert_comp.h - compression of Certificate messages (RFC 8879): the algorithms as rows.
 *
 * What is compressed is public on one side and comes from a stranger on the other: unpacking fills a
 * block whose length is known before and takes no more, and what is not exactly that long is refused. */
#ifndef TLSNI_HANDSHAKE_CERT_COMP_H
#define TLSNI_HANDSHAKE_CERT_COMP_H

#include <tls-native/types.h>

struct tlsni_cert_comp {
    uint16_t id; /* RFC 8879 7.3 */
    const char *name;
    /* At most cap bytes to out; *len is 0 when that is not enough. */
    tlsn_status (*pack)(const struct tlsn_hooks *env, struct tlsn_span in, uint8_t *out, size_t cap,
                        size_t *len);
    /* Exactly len bytes, with nothing behind the compressed data; TLSN_ERR_CERT_COMPRESSION otherwise. */
    tlsn_status (*unpack)(const struct tlsn_hooks *env, struct tlsn_span in, uint8_t *out,
                          size_t len);
    const char *source;
};

/* What this library was configured with, best first. */
const struct tlsni_cert_comp *const *tlsni_cert_comp_rows(size_t *count);
/* NULL when there is no such row. */
const struct tlsni_cert_comp *tlsni_cert_comp_find(uint16_t id);
const struct tlsni_cert_comp *tlsni_cert_comp_by_name(const char *name, size_t len);

#endif
