/* pbe.h - encryption by a password as an AlgorithmIdentifier says it: PBES1 and PBES2 (RFC 8018),
 * and the schemes of PKCS#12 (RFC 7292 C). */
#ifndef TLSNI_X509_PBE_H
#define TLSNI_X509_PBE_H

#include "cipher/password_kdf.h"
#include "cipher/pbe_cipher.h"
#include "x509/oid.h"
#include "x509/unlock.h"

enum tlsni_pbe_kdf {
    TLSNI_PBE_KDF_PBKDF1, /* key and vector in one piece */
    TLSNI_PBE_KDF_PKCS12, /* both by PKCS#12's function */
    TLSNI_PBE_KDF_PBKDF2,
    TLSNI_PBE_KDF_SCRYPT,
};

struct tlsni_pbe {
    enum tlsni_pbe_kdf kdf;
    const struct tlsni_hash *hash; /* not for scrypt */
    struct tlsn_span salt;         /* borrowed */
    uint32_t iterations;
    struct tlsni_scrypt_cost cost;
    const struct tlsni_pbe_cipher *cipher;
    size_t key_len;
    uint16_t rc2_bits;
    struct tlsn_span iv; /* borrowed; PBES2 only */
};

/* TLSN_ERR_KEY: damaged, or a scheme that is not supported; *err says which. */
TLSN_MUST_USE tlsn_status tlsni_pbe_parse(struct tlsni_pbe *out, struct tlsn_span algorithm,
                                          struct tlsni_err *err);
/* PBKDF2-params or scrypt-params with its OID, as in PBES2 and PBMAC1: whole AlgorithmIdentifier.
 * key_len 0: not said. */
TLSN_MUST_USE bool tlsni_pbe_parse_kdf(struct tlsni_pbe *out, struct tlsn_span algorithm);
/* The hash behind an OID of HMAC, or NULL. And the other way. */
const struct tlsni_hash *tlsni_pbe_hmac(enum tlsni_oid oid);
enum tlsni_oid tlsni_pbe_hmac_oid(const struct tlsni_hash *hash);

/* Which text PKCS#12's function sees for an empty password: two zero bytes, or nothing. */
enum tlsni_pkcs12_empty { TLSNI_PKCS12_EMPTY_TEXT, TLSNI_PKCS12_NO_TEXT };

/* `len` bytes of key by PBKDF2 or scrypt, paid from u. */
TLSN_MUST_USE tlsn_status tlsni_pbe_derive(struct tlsni_unlock *u, const struct tlsni_pbe *pbe,
                                           struct tlsn_span password, uint8_t *out, size_t len,
                                           struct tlsni_err *err);
/* `len` bytes for this use by PKCS#12's function. */
TLSN_MUST_USE tlsn_status tlsni_pbe_derive_pkcs12(struct tlsni_unlock *u,
                                                  const struct tlsni_pbe *pbe,
                                                  enum tlsni_pkcs12_use use,
                                                  struct tlsn_span password,
                                                  enum tlsni_pkcs12_empty empty, uint8_t *out,
                                                  size_t len, struct tlsni_err *err);
/* The key and vector of the cipher. */
TLSN_MUST_USE tlsn_status tlsni_pbe_key(struct tlsni_unlock *u, const struct tlsni_pbe *pbe,
                                        struct tlsn_span password,
                                        enum tlsni_pkcs12_empty empty, struct tlsni_pbe_key *key,
                                        struct tlsni_err *err);

/* Decrypts what an EncryptedPrivateKeyInfo or EncryptedData holds into plain, which is empty before.
 * The plain text is one whole SEQUENCE, or the password was wrong: TLSN_ERR_PASSWORD. Further
 * statuses: those of tlsni_pbe_parse and of unlock.h. */
TLSN_MUST_USE tlsn_status tlsni_pbe_open(struct tlsni_unlock *u, const char *what,
                                         struct tlsn_span algorithm, struct tlsn_span sealed,
                                         struct tlsni_buf *plain, struct tlsni_err *err);

#endif
