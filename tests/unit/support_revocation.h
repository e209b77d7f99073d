/* support_revocation.h - certificates, revocation lists and OCSP responses made with the public writers. */
#ifndef TLSN_TESTS_SUPPORT_REVOCATION_H
#define TLSN_TESTS_SUPPORT_REVOCATION_H

#include <tls-native/x509.h>

#include "support_x509.h"

#define DAY INT64_C(86400)

struct issued {
    tlsn_key *key; /* owned */
    uint8_t der[8192];
    size_t len;
};

struct made {
    uint8_t der[16384];
    size_t len;
};

/* Valid 30 days around X509_NOW unless the spec says otherwise. by NULL: self-signed. kind NULL:
 * "ec:P-256". */
void issue(struct issued *out, const char *kind, struct tlsn_cert_spec spec,
           const struct issued *by);
void issued_free(struct issued *cert);
struct tlsn_span issued_span(const struct issued *cert);
struct tlsn_span made_span(const struct made *made);
/* this_update is X509_NOW - 1 day and next_update 7 days later unless the spec says otherwise. */
void make_crl(struct made *out, struct tlsn_crl_spec spec, const struct issued *by);
/* One single for cert; produced and this_update at X509_NOW - 1 hour unless said otherwise. The signer is
 * `by`, named as responder unless it is the issuer. */
void make_ocsp(struct made *out, struct tlsn_ocsp_spec spec, struct tlsn_ocsp_single single,
               const struct issued *cert, const struct issued *issuer, const struct issued *by);
/* In PEM, into the peer's directory. */
void peer_write_pem(const char *file, const char *label, struct tlsn_span der);
/* The peer's output as text, valid until the next call. */
const char *peer_output(void);
/* Another command in that directory. */
bool peer_run(const char *command);

#endif
