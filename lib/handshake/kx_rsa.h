/* kx_rsa.h - what the kinds of RSA key transport share. */
#ifndef TLSNI_HANDSHAKE_KX_RSA_H
#define TLSNI_HANDSHAKE_KX_RSA_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* Client: a fresh premaster secret, encrypted with this key, as ClientKeyExchange. */
TLSN_MUST_USE tlsn_status tlsni_kx_rsa_write(struct tlsni_hs *hs, struct tlsni_wr *w,
                                             const struct tlsni_pubkey *key);
/* Server: keeps the ciphertext; decrypts it with the credential's key. May suspend. */
TLSN_MUST_USE tlsn_status tlsni_kx_rsa_read(struct tlsni_hs *hs, struct tlsn_span body);
TLSN_MUST_USE tlsn_status tlsni_kx_rsa_finish(struct tlsni_hs *hs);
/* Server: the premaster secret, decrypted with a key of ours; random bytes when that fails, which does not
 * show (RFC 5246 7.4.7.1). Fails for want of memory or randomness only. */
TLSN_MUST_USE tlsn_status tlsni_kx_rsa_decrypt(const struct tlsni_hs *hs,
                                               const struct tlsni_privkey *key,
                                               struct tlsn_span sealed,
                                               uint8_t premaster[TLSNI_MASTER_LEN]);
/* An export suite for which this certificate key is too long: a temporary one has to be signed. */
bool tlsni_kx_needs_temporary(const struct tlsni_suite *suite, const struct tlsni_pubkey *key);

#endif
