/* dh_params.h - finite-field groups from files: DHParameter (PKCS#3) and DomainParameters (RFC 3279 2.3.3). */
#ifndef TLSNI_X509_DH_PARAMS_H
#define TLSNI_X509_DH_PARAMS_H

#include "base/error.h"
#include "base/mem.h"
#include "cipher/group.h"

/* The first group in data: PEM ("DH PARAMETERS", "X9.42 DH PARAMETERS") with text around it, or one DER
 * SEQUENCE. Prime and generator are appended to `keep` and *out are spans into it, without leading zeros.
 * TLSN_ERR_PEM when nothing of that kind is there, TLSN_ERR_ILLEGAL_PARAMETER when tlsni_dh_check()
 * finds the numbers unsound, TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_dh_params_read(struct tlsni_dh_params *out, struct tlsni_buf *keep,
                                               const struct tlsn_hooks *env, struct tlsn_span data,
                                               struct tlsni_err *err);

#endif
