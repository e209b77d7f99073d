/* sct.h - signed certificate timestamps (RFC 6962): promises of certificate logs, and how many a
 * certificate has to have. */
#ifndef TLSNI_X509_SCT_H
#define TLSNI_X509_SCT_H

#include "x509/evidence.h"
#include "x509/path.h"

struct tlsni_sct {
    struct tlsn_span log_id;     /* 32 bytes */
    uint64_t timestamp_ms;       /* since 1970 */
    struct tlsn_span extensions; /* of the log */
    uint8_t hash, signature_algorithm; /* RFC 5246 7.4.1.4.1 */
    struct tlsn_span signature;
};

/* One SerializedSCT of version 1; false for what is none. */
bool tlsni_sct_parse(struct tlsni_sct *out, struct tlsn_span bytes);
/* What the log saw: the certificate itself, or, for timestamps inside of it, its to-be-signed part
 * without them and the hash of its issuer's key (RFC 6962 3.2). The key is that of the log. TLSN_OK,
 * TLSN_ERR_CERT_TRANSPARENCY when the signature is not good, TLSN_ERR_NO_MEMORY. */
tlsn_status tlsni_sct_verify(const struct tlsn_hooks *env, const struct tlsni_sct *sct,
                             struct tlsn_span log_spki, const struct tlsni_cert *cert,
                             const struct tlsni_cert *issuer, bool embedded);
/* A certificate's to-be-signed part without the extension that holds timestamps. */
tlsn_status tlsni_sct_precertificate(const struct tlsn_hooks *env, struct tlsni_buf *out,
                                     const struct tlsni_cert *cert);
/* Notes when fewer logs than wanted know the leaf of a path. */
void tlsni_sct_judge(struct tlsni_judge *j, struct tlsni_path *path);

#endif
