/* key.h - private keys from PEM or DER: PKCS#1, PKCS#8 (RFC 5958), SEC1 (RFC 5915), and the
 * traditional form of DSA keys. */
#ifndef TLSNI_X509_KEY_H
#define TLSNI_X509_KEY_H

#include "base/error.h"
#include "cipher/pk.h"
#include "x509/unlock.h"

/* The first private key in data (PEM with text around it, or DER of any of these forms).
 * TLSN_ERR_KEY_ENCRYPTED, TLSN_ERR_KEY, TLSN_ERR_PEM (no key in it), TLSN_ERR_NO_MEMORY. */
tlsn_status tlsni_key_parse(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                            struct tlsn_span data, struct tlsni_err *err);

/* The same, encrypted ones too: EncryptedPrivateKeyInfo and traditional PEM. Further statuses:
 * TLSN_ERR_PASSWORD, TLSN_ERR_KEY_COST, or what the callback returned. unlock may be NULL. */
tlsn_status tlsni_key_parse_unlocked(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                     struct tlsn_span data, struct tlsni_unlock *unlock,
                                     struct tlsni_err *err);
/* From DER alone. */
tlsn_status tlsni_key_parse_der(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                struct tlsn_span der, struct tlsni_unlock *unlock,
                                struct tlsni_err *err);
/* One block of PEM, decoded at data (which is overwritten), that tlsni_key_label says is a key. */
struct tlsni_pem_block;
tlsn_status tlsni_key_parse_block(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                  const struct tlsni_pem_block *block, uint8_t *data,
                                  struct tlsni_unlock *unlock, struct tlsni_err *err);
bool tlsni_key_label(struct tlsn_span label);

#endif
