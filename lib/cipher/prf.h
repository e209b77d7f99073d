/* prf.h - the pseudorandom functions of TLS.
 *
 * One function per construction: TLS 1.2 (RFC 5246 5), TLS 1.0 and 1.1 (RFC 4346 5). */
#ifndef TLSNI_CIPHER_PRF_H
#define TLSNI_CIPHER_PRF_H

#include "cipher/hash.h"

/* out = PRF(secret, label, seed1 + seed2)[0 .. out_len). seed2 may be empty. The label is ASCII
 * without its NUL. `hash` is the suite's PRF hash; constructions that do not use it ignore it. */
typedef void tlsni_prf_fn(const struct tlsni_hash *hash, const void *secret, size_t secret_len,
                          const char *label, struct tlsn_span seed1, struct tlsn_span seed2,
                          uint8_t *out, size_t out_len);

tlsni_prf_fn tlsni_prf_tls12, tlsni_prf_tls10;

#endif
