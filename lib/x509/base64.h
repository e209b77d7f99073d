/* base64.h - RFC 4648 4. Decoding runs over private keys: it looks nothing up by their bytes. */
#ifndef TLSNI_X509_BASE64_H
#define TLSNI_X509_BASE64_H

#include <tls-native/types.h>

/* Bytes that decoding n characters can give at most, and characters that n bytes take (no
 * newlines). */
static inline size_t tlsni_base64_decoded_max(size_t n) { return n / 4 * 3 + 3; }
static inline size_t tlsni_base64_encoded_len(size_t n) { return (n + 2) / 3 * 4; }

/* White space is skipped anywhere; padding is needed and final, unused bits are zero. out has room
 * for tlsni_base64_decoded_max(len). TLSN_ERR_PEM otherwise. */
tlsn_status tlsni_base64_decode(uint8_t *out, size_t *out_len, const uint8_t *text, size_t len);
/* Writes tlsni_base64_encoded_len(len) characters, no NUL. */
void tlsni_base64_encode(char *out, const uint8_t *data, size_t len);

#endif
