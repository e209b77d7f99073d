/* password_kdf.h - keys out of passwords: PBKDF1 and PBKDF2 (RFC 8018 5), scrypt (RFC 7914), PKCS#12's
 * own function (RFC 7292 B), and the one of OpenSSL's encrypted PEM.
 *
 * How much work the numbers of a file ask for is for the caller to bound. Passwords and results are
 * secret; lengths and counts are public. What is left on the stack and in memory is wiped. */
#ifndef TLSNI_CIPHER_PASSWORD_KDF_H
#define TLSNI_CIPHER_PASSWORD_KDF_H

#include "cipher/hash.h"

/* PBKDF1: out gets len <= row->len bytes. iterations >= 1. */
void tlsni_pbkdf1(const struct tlsni_hash *row, struct tlsn_span password, struct tlsn_span salt,
                  uint32_t iterations, uint8_t *out, size_t len);

/* PBKDF2 with HMAC of this hash. iterations >= 1; len < 2^32 times row->len. */
void tlsni_pbkdf2(const struct tlsni_hash *row, struct tlsn_span password, struct tlsn_span salt,
                  uint32_t iterations, uint8_t *out, size_t len);

/* The ID byte of RFC 7292 B.3: what the bytes are for. */
enum tlsni_pkcs12_use { TLSNI_PKCS12_KEY = 1, TLSNI_PKCS12_IV = 2, TLSNI_PKCS12_MAC = 3 };

/* password: a BMPString with its two zero bytes at the end, or nothing at all. iterations >= 1.
 * TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_pkcs12_kdf(const struct tlsn_hooks *env,
                                           const struct tlsni_hash *row,
                                           enum tlsni_pkcs12_use use, struct tlsn_span password,
                                           struct tlsn_span salt, uint32_t iterations,
                                           uint8_t *out, size_t len);

/* What OpenSSL calls EVP_BytesToKey with MD5 and one round: each block is the hash of the one before,
 * the password and the salt. */
void tlsni_openssl_kdf(struct tlsn_span password, struct tlsn_span salt, uint8_t *out, size_t len);

struct tlsni_scrypt_cost {
    uint64_t n; /* a power of two, at least 2 */
    uint32_t r, p;
};

/* The bytes of memory that scrypt takes with one lane, 128 r n; UINT64_MAX when the numbers are not
 * allowed by RFC 7914 2 (n < 2^(128 r / 8), p <= (2^32 - 1) 32 / (128 r)) or do not fit. */
uint64_t tlsni_scrypt_memory(const struct tlsni_scrypt_cost *cost);
/* TLSN_ERR_ARGUMENT for a cost that is not allowed, TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_scrypt(const struct tlsn_hooks *env, struct tlsn_span password,
                                       struct tlsn_span salt, const struct tlsni_scrypt_cost *cost,
                                       uint8_t *out, size_t len);

#endif
