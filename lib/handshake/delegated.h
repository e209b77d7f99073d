/* delegated.h - delegated credentials (RFC 9345): their form, what is signed, and the rules that do not depend
 * on a connection. */
#ifndef TLSNI_HANDSHAKE_DELEGATED_H
#define TLSNI_HANDSHAKE_DELEGATED_H

#include "base/bytes.h"
#include "base/mem.h"
#include "x509/cert.h"

enum {
    TLSNI_DELEGATED_SECONDS = 604800, /* that one may last: 7 days (RFC 9345 3) */
    TLSNI_DELEGATED_MARGIN_S = 60,    /* before its end it is not used any more (5.1) */
};

/* A DelegatedCredential; spans into its bytes. */
struct tlsni_delegated {
    uint32_t valid_time;       /* seconds from the certificate's notBefore on */
    uint16_t scheme;           /* dc_cert_verify_algorithm, of handshakes */
    struct tlsn_span spki;
    uint16_t signature_scheme; /* algorithm, of `signature` */
    struct tlsn_span signature;
    struct tlsn_span body;     /* all in front of the signature's length: what is signed */
};

/* TLSN_ERR_DECODE when it is not all of these bytes. */
TLSN_MUST_USE tlsn_status tlsni_delegated_parse(struct tlsn_span bytes, struct tlsni_delegated *out);
/* What is signed, and the signature behind it. */
void tlsni_delegated_write_body(struct tlsni_wr *w, const struct tlsni_delegated *d);
void tlsni_delegated_write_signature(struct tlsni_wr *w, struct tlsn_span signature);
/* Its last second, in seconds since 1970. */
int64_t tlsni_delegated_end(const struct tlsni_delegated *d, const struct tlsni_cert *cert);
/* The row of a scheme that delegated keys may sign handshakes with; NULL: it is none. */
const struct tlsni_sigalg *tlsni_delegated_scheme(uint16_t id);
/* The same when this key, delegated, can sign with it. */
const struct tlsni_sigalg *tlsni_delegated_key_scheme(uint16_t id, const struct tlsni_pubkey *key);
/* The row of a scheme that this certificate's key may sign delegations with; NULL: it is none. */
const struct tlsni_sigalg *tlsni_delegated_signature_scheme(uint16_t id, const struct tlsni_pubkey *key);
/* Why this certificate may not delegate; NULL when it may. */
const char *tlsni_delegated_obstacle(const struct tlsni_cert *cert);
/* Appends what the signature is over, for credentials of this side. */
TLSN_MUST_USE tlsn_status tlsni_delegated_input(const struct tlsn_hooks *env, struct tlsni_buf *out,
                                                enum tlsn_role role, const struct tlsni_cert *cert,
                                                struct tlsn_span body);
/* Whether it was signed with this key of this certificate: TLSN_OK, TLSN_ERR_CERT_SIGNATURE,
 * TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_delegated_verify(const struct tlsn_hooks *env,
                                                 const struct tlsni_delegated *d,
                                                 enum tlsn_role role,
                                                 const struct tlsni_cert *cert,
                                                 const struct tlsni_pubkey *key);
/* Its public key, owned by the caller: one that fits its scheme. TLSN_ERR_KEY, TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_delegated_key(const struct tlsn_hooks *env,
                                              const struct tlsni_delegated *d,
                                              struct tlsni_pubkey **out);

#endif
