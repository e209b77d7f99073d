/* nonce.h - nonces of ECDSA, made of the private key, the digest and random bytes together: RFC 6979 3.2 with
 * the additional data of 3.6. They stay secret as long as any of the three is new: where the random source
 * repeats itself, another message still has another nonce. */
#ifndef TLSNI_CIPHER_NONCE_H
#define TLSNI_CIPHER_NONCE_H

#include "cipher/ec.h"
#include "cipher/hash.h"

/* Secret; to be wiped. */
struct tlsni_nonce {
    const struct tlsni_hash *hash;
    bool begun;
    uint8_t k[TLSNI_HASH_LEN_MAX], v[TLSNI_HASH_LEN_MAX];
};

/* key: ec->len bytes; digest: hash->len bytes. */
void tlsni_nonce_begin(struct tlsni_nonce *x, const struct tlsni_ec *ec, const struct tlsni_hash *hash,
                       const uint8_t *key, const uint8_t *digest, struct tlsn_span random);
/* The next one, 0 < k < n. TLSN_ERR_RANDOM when a hundred were none, which does not happen. */
TLSN_MUST_USE tlsn_status tlsni_nonce_next(struct tlsni_nonce *x, const struct tlsni_ec *ec, mp_limb_t *k);

#endif
