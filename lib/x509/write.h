/* write.h - parts of certificates and keys that more than one writer needs. */
#ifndef TLSNI_X509_WRITE_H
#define TLSNI_X509_WRITE_H

#include "cipher/pk.h"
#include "x509/der_write.h"

struct tlsn_key {
    struct tlsn_hooks env;
    struct tlsni_privkey *key; /* owned */
};

/* SubjectPublicKeyInfo. */
void tlsni_write_spki(struct tlsni_wr *w, const struct tlsni_pubkey *key);
/* The contents of its BIT STRING. */
void tlsni_write_public_bits(struct tlsni_wr *w, const struct tlsni_pubkey *key);
/* AlgorithmIdentifier of a key. */
void tlsni_write_key_algorithm(struct tlsni_wr *w, const struct tlsni_pubkey *key);
/* AlgorithmIdentifier of a signature. */
void tlsni_write_signature_algorithm(struct tlsni_wr *w, const struct tlsni_sig_params *params);
/* How this key signs when nothing is said; or by the scheme's name. TLSN_ERR_UNKNOWN_KEYWORD,
 * TLSN_ERR_ARGUMENT when the scheme is for another kind of key. */
TLSN_MUST_USE tlsn_status tlsni_write_scheme(const struct tlsni_pubkey *key, const char *name,
                                             struct tlsni_sig_params *out);
/* contents, algorithm and signature around `tbs`, signed by key (X.509 and PKCS#10 alike). */
TLSN_MUST_USE tlsn_status tlsni_write_signed(struct tlsni_wr *w, struct tlsn_span tbs,
                                             const struct tlsni_privkey *key,
                                             const struct tlsn_hooks *env,
                                             const struct tlsni_sig_params *params);
/* The caller's buffer of the public functions: TLSN_ERR_BUFFER and *len when it is too small. */
TLSN_MUST_USE tlsn_status tlsni_write_out(const void *data, size_t data_len, void *out, size_t cap,
                                          size_t *len);

#endif
