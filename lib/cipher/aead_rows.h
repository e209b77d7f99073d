/* aead_rows.h - the AEAD rows, one file a mode, for the table in aead.c. */
#ifndef TLSNI_CIPHER_AEAD_ROWS_H
#define TLSNI_CIPHER_AEAD_ROWS_H

#include "cipher/aead.h"

extern const struct tlsni_aead tlsni_aead_aes_128_gcm;
extern const struct tlsni_aead tlsni_aead_aes_256_gcm;
extern const struct tlsni_aead tlsni_aead_chacha20_poly1305;
extern const struct tlsni_aead tlsni_aead_aes_128_ccm;
extern const struct tlsni_aead tlsni_aead_aes_256_ccm;
extern const struct tlsni_aead tlsni_aead_aes_128_ccm_8;
extern const struct tlsni_aead tlsni_aead_aes_256_ccm_8;
extern const struct tlsni_aead tlsni_aead_camellia_128_gcm;
extern const struct tlsni_aead tlsni_aead_camellia_256_gcm;
extern const struct tlsni_aead tlsni_aead_aria_128_gcm;
extern const struct tlsni_aead tlsni_aead_aria_256_gcm;

#endif
