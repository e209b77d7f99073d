/* hkdf.h - HKDF (RFC 5869) and the labelled expansion that TLS 1.3 makes of it (RFC 8446 7.1). */
#ifndef TLSNI_CIPHER_HKDF_H
#define TLSNI_CIPHER_HKDF_H

#include "cipher/hash.h"

enum {
    TLSNI_HKDF_BLOCKS_MAX = 255,  /* RFC 5869 2.3 */
    TLSNI_HKDF_LABEL_MAX = 249,   /* bytes of a label behind "tls13 " */
    TLSNI_HKDF_CONTEXT_MAX = 255, /* bytes of its context */
};

/* prk gets hash->len bytes. An empty salt stands for one of hash->len zero bytes. */
void tlsni_hkdf_extract(const struct tlsni_hash *hash, struct tlsn_span salt, struct tlsn_span ikm,
                        uint8_t *prk);
/* Can so many bytes be expanded? At most 255 times the length of the hash. */
bool tlsni_hkdf_fits(const struct tlsni_hash *hash, size_t out_len);
/* A length that does not fit is a bug of the caller. */
void tlsni_hkdf_expand(const struct tlsni_hash *hash, struct tlsn_span prk, struct tlsn_span info,
                       uint8_t *out, size_t out_len);
/* HKDF-Expand-Label(secret, label, context, out_len). The secret has hash->len bytes; the label is
 * ASCII without "tls13 " and without its NUL. Lengths above those that fit, of the label and of the
 * context are bugs of the caller. */
void tlsni_hkdf_expand_label(const struct tlsni_hash *hash, const uint8_t *secret,
                             const char *label, struct tlsn_span context, uint8_t *out,
                             size_t out_len);

#endif
