/* group_kinds.h - the functions that the rows of group.c name. */
#ifndef TLSNI_CIPHER_GROUP_KINDS_H
#define TLSNI_CIPHER_GROUP_KINDS_H

#include "cipher/group.h"

/* group_ec.c: secp256r1, secp384r1, secp521r1 */
tlsn_status tlsni_group_ec_keygen(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                  uint8_t *private_key, uint8_t *public_key);
tlsn_status tlsni_group_ec_derive(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                  const uint8_t *private_key, const uint8_t *peer, size_t peer_len,
                                  uint8_t *shared);

/* group_x25519.c, group_x448.c */
tlsn_status tlsni_group_x25519_keygen(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                      uint8_t *private_key, uint8_t *public_key);
tlsn_status tlsni_group_x25519_derive(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                      const uint8_t *private_key, const uint8_t *peer,
                                      size_t peer_len, uint8_t *shared);
tlsn_status tlsni_group_x448_keygen(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                    uint8_t *private_key, uint8_t *public_key);
tlsn_status tlsni_group_x448_derive(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                    const uint8_t *private_key, const uint8_t *peer,
                                    size_t peer_len, uint8_t *shared);

/* dh.c: ffdhe2048 .. ffdhe8192 */
tlsn_status tlsni_group_ff_keygen(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                  uint8_t *private_key, uint8_t *public_key);
tlsn_status tlsni_group_ff_derive(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                  const uint8_t *private_key, const uint8_t *peer, size_t peer_len,
                                  uint8_t *shared);

/* group_pair.c: every group where both sides have a key pair */
tlsn_status tlsni_group_pair_respond(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                     const uint8_t *peer, size_t peer_len, uint8_t *response,
                                     uint8_t *shared);

/* group_kem.c: ML-KEM, alone and with a curve */
tlsn_status tlsni_group_kem_keygen(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                   uint8_t *private_key, uint8_t *public_key);
tlsn_status tlsni_group_kem_derive(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                   const uint8_t *private_key, const uint8_t *peer,
                                   size_t peer_len, uint8_t *shared);
tlsn_status tlsni_group_kem_respond(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                    const uint8_t *peer, size_t peer_len, uint8_t *response,
                                    uint8_t *shared);

#endif
