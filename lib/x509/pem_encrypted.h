/* pem_encrypted.h - the traditional encryption of PEM blocks (RFC 1421 4.6.1.3, as OpenSSL has always
 * done it): a DEK-Info line with cipher and vector, and a key by one round of MD5. */
#ifndef TLSNI_X509_PEM_ENCRYPTED_H
#define TLSNI_X509_PEM_ENCRYPTED_H

#include "x509/unlock.h"

/* Decrypts `len` bytes at data in place. dek_info: the value of the header line, "AES-128-CBC,HEX".
 * TLSN_ERR_PASSWORD, TLSN_ERR_KEY_ENCRYPTED, TLSN_ERR_KEY (a cipher that is not supported, or
 * damaged), TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_pem_decrypt(struct tlsni_unlock *unlock, struct tlsn_span dek_info,
                                            uint8_t *data, size_t *len, struct tlsni_err *err);

#endif
