/* csr.h - certification requests (PKCS #10, RFC 2986) as an authority reads them. */
#ifndef TLSNI_X509_CSR_H
#define TLSNI_X509_CSR_H

#include "base/error.h"
#include "cipher/pk.h"

/* Spans into the request. */
struct tlsni_csr {
    struct tlsn_span subject; /* Name, whole TLV */
    struct tlsn_span spki;    /* whole TLV */
    struct tlsn_span san;     /* value of the subjectAltName that is asked for, or empty */
};

/* Strict DER. The signature has to be that of the key in it: TLSN_ERR_CERT_SIGNATURE otherwise. *key is the
 * caller's. TLSN_ERR_CERT_BAD, TLSN_ERR_CERT_UNSUPPORTED, TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_csr_parse(struct tlsni_csr *out, struct tlsni_pubkey **key,
                                          const struct tlsn_hooks *env, struct tlsn_span der,
                                          struct tlsni_err *err);

#endif
