/* ssl3.h - what SSL 3.0 hashes in its own way (RFC 6101): keys, MAC, Finished, CertificateVerify. */
#ifndef TLSNI_CIPHER_SSL3_H
#define TLSNI_CIPHER_SSL3_H

#include "cipher/hmac.h"
#include "cipher/prf.h"

enum { TLSNI_SSL3_PAD_MAX = 48, TLSNI_SSL3_DIGEST_LEN = 36 };

/* MD5 and SHA-1 nested over secret and seeds (RFC 6101 6.1, 6.2.2). The label is not used.
 * @rfc 6101:6.1/1 */
tlsni_prf_fn tlsni_prf_ssl3;

/* The MAC's key in the form of an HMAC key: its states stand behind secret and pad, so that
 * tlsni_hmac_init, _update and _final make the MAC of RFC 6101 5.2.3.1. MD5 or SHA-1.
 * @rfc 6101:5.2.3.1/1, 6101:5.2.3.1/2 */
void tlsni_ssl3_mac_set_key(struct tlsni_hmac_key *key, const struct tlsni_hash *row,
                            const void *secret, size_t secret_len);
/* The bytes of the first pad: 48 of MD5, 40 of SHA-1; out has room for TLSNI_SSL3_PAD_MAX. */
size_t tlsni_ssl3_pad(const struct tlsni_hash *row, uint8_t *out);

/* Both nested hashes over the messages so far (a context of TLSNI_HASH_MD5_SHA1), the sender's
 * four bytes (empty for CertificateVerify) and the master secret (RFC 6101 5.6.8, 5.6.9).
 * @rfc 6101:5.6.8/2, 6101:5.6.9/4 */
void tlsni_ssl3_digest(const struct tlsni_hash_ctx *messages, struct tlsn_span sender,
                       struct tlsn_span master, uint8_t out[TLSNI_SSL3_DIGEST_LEN]);

#endif
