/* ec_double.h - the one case of ECDSA verification that Nettle does not cover. */
#ifndef TLSNI_CIPHER_EC_DOUBLE_H
#define TLSNI_CIPHER_EC_DOUBLE_H

#include "cipher/ec.h"

/* True if the signature is valid and its two products u1 G and u2 Q are the same point, so that
 * adding them is a doubling. For signatures that the kernel refused; public data only. */
bool tlsni_ec_verify_double(const struct tlsni_ec *ec, const mp_limb_t *point, const mp_limb_t *r,
                            const mp_limb_t *s, const uint8_t *digest, size_t digest_len);

#endif
