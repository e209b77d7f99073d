/* hmac.h - HMAC (RFC 2104) with its keyed states kept, so that a MAC costs no key schedule. */
#ifndef TLSNI_CIPHER_HMAC_H
#define TLSNI_CIPHER_HMAC_H

#include "cipher/hash.h"

/* The key: the hash states behind the inner and outer pad. Secret. */
struct tlsni_hmac_key {
    const struct tlsni_hash *row;
    union tlsni_hash_state inner, outer;
};

struct tlsni_hmac {
    const struct tlsni_hmac_key *key; /* borrowed */
    union tlsni_hash_state state;
};

void tlsni_hmac_set_key(struct tlsni_hmac_key *key, const struct tlsni_hash *row,
                        const void *secret, size_t secret_len);
void tlsni_hmac_init(struct tlsni_hmac *h, const struct tlsni_hmac_key *key);
void tlsni_hmac_update(struct tlsni_hmac *h, const void *data, size_t len);
/* Writes row->len bytes and wipes the running state. */
void tlsni_hmac_final(struct tlsni_hmac *h, uint8_t *out);
/* out gets row->len bytes. */
void tlsni_hmac_once(const struct tlsni_hash *row, const void *secret, size_t secret_len,
                     const void *data, size_t len, uint8_t *out);

#endif
