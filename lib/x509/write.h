/* write.h - parts of certificates and keys that more than one writer needs. */
#ifndef TLSNI_X509_WRITE_H
#define TLSNI_X509_WRITE_H

#include <tls-native/x509.h>
#include "cipher/pk.h"
#include "x509/cert.h"
#include "x509/der_write.h"

struct tlsn_key {
    struct tlsn_hooks env;
    struct tlsni_privkey *key; /* owned */
};

/* A tlsn_key around it; after a failure the key is freed and *out NULL. */
TLSN_MUST_USE tlsn_status tlsni_key_wrap(tlsn_key **out, struct tlsni_privkey *key,
                                         const struct tlsn_hooks *hooks);
/* PrivateKeyInfo (RFC 5958 2), secret. */
void tlsni_write_pkcs8(struct tlsni_wr *w, const struct tlsni_privkey *key);
/* SubjectPublicKeyInfo. */
void tlsni_write_spki(struct tlsni_wr *w, const struct tlsni_pubkey *key);
/* The contents of its BIT STRING. */
void tlsni_write_public_bits(struct tlsni_wr *w, const struct tlsni_pubkey *key);
/* AlgorithmIdentifier of a key. */
void tlsni_write_key_algorithm(struct tlsni_wr *w, const struct tlsni_pubkey *key);
/* AlgorithmIdentifier of a signature. */
void tlsni_write_signature_algorithm(struct tlsni_wr *w, const struct tlsni_sig_params *params);
/* Opens an Extension; its value goes in between. */
struct tlsni_ext_mark {
    size_t all, value;
};
TLSN_MUST_USE struct tlsni_ext_mark tlsni_write_ext_open(struct tlsni_wr *w, enum tlsni_oid oid,
                                                         bool critical);
void tlsni_write_ext_close(struct tlsni_wr *w, struct tlsni_ext_mark mark);
/* authorityKeyIdentifier with this key identifier; nothing when it is empty. */
void tlsni_write_authority_key_id(struct tlsni_wr *w, struct tlsn_span id);
/* The key identifier of an issuer: what its certificate says, else SHA-1 of its public key (RFC 5280 4.2.1.2,
 * the first method) in id. */
struct tlsn_span tlsni_write_issuer_id(uint8_t id[20], const struct tlsni_cert *issuer);
/* GeneralNames of one URL (contents of the SEQUENCE); false unless it is visible ASCII. */
TLSN_MUST_USE bool tlsni_write_url(struct tlsni_wr *w, const char *url);
/* CRLDistributionPoints with one full name: of extension oid (also freshestCRL). */
void tlsni_write_points(struct tlsni_wr *w, enum tlsni_oid oid, const char *url);
/* The TLS feature extension with status_request. */
void tlsni_write_tls_features(struct tlsni_wr *w);
/* delegationUsage (RFC 9345 4.2). */
void tlsni_write_delegation_usage(struct tlsni_wr *w);
/* What a certificate says about its revocation: distribution point, access to information, TLS
 * features, ocspNoCheck. */
void tlsni_write_revocation_extensions(struct tlsni_wr *w, const struct tlsn_cert_spec *spec);
/* Extensions by the lists in a spec, write_ext.c. TLSN_ERR_UNKNOWN_KEYWORD, TLSN_ERR_ARGUMENT. */
bool tlsni_write_none(const char *list); /* the word that leaves one out */
TLSN_MUST_USE tlsn_status tlsni_write_usage_list(struct tlsni_wr *w, const char *list);
const char *tlsni_usage_name(unsigned bit); /* NULL behind the last */
TLSN_MUST_USE tlsn_status tlsni_write_purpose_list(struct tlsni_wr *w, const char *list);
/* Policies, name constraints, and those given as bytes. */
TLSN_MUST_USE tlsn_status tlsni_write_named_extensions(struct tlsni_wr *w,
                                                       const struct tlsn_cert_spec *spec);
/* NameConstraints by two lists as in a spec, NULL or empty: none. TLSN_ERR_ARGUMENT. */
TLSN_MUST_USE tlsn_status tlsni_write_subtrees(struct tlsni_wr *w, const char *permitted,
                                               const char *excluded);
/* How this key signs when nothing is said; or by the scheme's name. TLSN_ERR_UNKNOWN_KEYWORD,
 * TLSN_ERR_ARGUMENT when the scheme is for another kind of key. */
TLSN_MUST_USE tlsn_status tlsni_write_scheme(const struct tlsni_pubkey *key, const char *name,
                                             struct tlsni_sig_params *out);
/* contents, algorithm and signature around `tbs`, signed by key (X.509 and PKCS#10 alike). */
TLSN_MUST_USE tlsn_status tlsni_write_signed(struct tlsni_wr *w, struct tlsn_span tbs,
                                             const struct tlsni_privkey *key,
                                             const struct tlsn_hooks *env,
                                             const struct tlsni_sig_params *params);
/* The same into a public function's buffer, by way of memory that is freed again. */
TLSN_MUST_USE tlsn_status tlsni_write_signed_out(struct tlsn_span tbs,
                                                 const struct tlsni_privkey *key,
                                                 const struct tlsn_hooks *env,
                                                 const struct tlsni_sig_params *params,
                                                 uint8_t *out, size_t cap, size_t *len);
/* The issuer's certificate has to be the one of this key (TLSN_ERR_KEY_MISMATCH), or nobody could
 * verify what it signs. */
TLSN_MUST_USE tlsn_status tlsni_write_parse_issuer(struct tlsni_cert *issuer, struct tlsn_span der,
                                                   const struct tlsni_privkey *key,
                                                   const struct tlsn_hooks *env);
/* The caller's buffer of the public functions: TLSN_ERR_BUFFER and *len when it is too small. */
TLSN_MUST_USE tlsn_status tlsni_write_out(const void *data, size_t data_len, void *out, size_t cap,
                                          size_t *len);

#endif
