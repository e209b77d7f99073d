/* key.h - private keys from PEM or DER: PKCS#1, PKCS#8 (RFC 5958), SEC1 (RFC 5915), and the
 * traditional form of DSA keys. */
#ifndef TLSNI_X509_KEY_H
#define TLSNI_X509_KEY_H

#include "base/error.h"
#include "cipher/pk.h"

/* The first private key in data (PEM with text around it, or DER of any of these forms).
 * TLSN_ERR_KEY_ENCRYPTED, TLSN_ERR_KEY, TLSN_ERR_PEM (no key in it), TLSN_ERR_NO_MEMORY. */
tlsn_status tlsni_key_parse(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                            struct tlsn_span data, struct tlsni_err *err);

#endif
