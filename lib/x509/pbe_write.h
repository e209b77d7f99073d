/* pbe_write.h - encrypting by a password: named choices, fresh salt and vector, AlgorithmIdentifier. */
#ifndef TLSNI_X509_PBE_WRITE_H
#define TLSNI_X509_PBE_WRITE_H

#include "cipher/pk.h"
#include "x509/der_write.h"
#include "x509/pbe.h"

enum { TLSNI_SALT_LEN = 16 };

/* A choice with its random parts; pbe borrows from the arrays. */
struct tlsni_pbe_fresh {
    struct tlsni_pbe pbe;
    enum tlsni_oid scheme, cipher; /* scheme PBES2: cipher is its encryptionScheme */
    uint8_t salt[TLSNI_SALT_LEN], iv[TLSNI_PBE_IV_MAX];
};

/* By seal->scheme and seal->iterations. TLSN_ERR_UNKNOWN_KEYWORD, TLSN_ERR_ARGUMENT (no password),
 * TLSN_ERR_RANDOM. */
TLSN_MUST_USE tlsn_status tlsni_pbe_choose(struct tlsni_pbe_fresh *out,
                                           const struct tlsn_hooks *env,
                                           const struct tlsn_seal *seal);
/* The count in seal, or the default. */
uint32_t tlsni_seal_iterations(const struct tlsn_seal *seal);
void tlsni_pbe_write_algorithm(struct tlsni_wr *w, const struct tlsni_pbe_fresh *fresh);
/* PBKDF2 with HMAC-SHA-256 as an AlgorithmIdentifier; key_len 0: left out. */
void tlsni_pbe_write_pbkdf2(struct tlsni_wr *w, struct tlsn_span salt, uint32_t iterations,
                            size_t key_len);
/* plain encrypted, behind what w has, without a header. */
TLSN_MUST_USE tlsn_status tlsni_pbe_seal(struct tlsni_wr *w, const struct tlsn_hooks *env,
                                         const struct tlsni_pbe_fresh *fresh,
                                         const struct tlsn_seal *seal, struct tlsn_span plain);
/* EncryptedPrivateKeyInfo (RFC 5958 3) of this key. TLSN_ERR_BUFFER when w is too small. */
TLSN_MUST_USE tlsn_status tlsni_write_encrypted_key(struct tlsni_wr *w,
                                                    const struct tlsn_hooks *env,
                                                    const struct tlsni_privkey *key,
                                                    const struct tlsn_seal *seal);
/* An opener that may spend whatever was chosen. */
void tlsni_seal_unlock(struct tlsni_unlock *u, struct tlsn_unlock *how,
                       const struct tlsn_hooks *env);

#endif
