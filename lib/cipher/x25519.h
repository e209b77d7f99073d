/* x25519.h - the function X25519 (RFC 7748 5), side-channel silent in scalar and point. */
#ifndef TLSNI_CIPHER_X25519_H
#define TLSNI_CIPHER_X25519_H

#include <stdint.h>

enum { TLSNI_X25519_LEN = 32 };

/* out = X25519(scalar, point). Clamps the scalar, ignores the point's highest bit, takes points that are not
 * reduced. What it computes for a point of small order is all zero. out may be either of the others. */
void tlsni_x25519(uint8_t *out, const uint8_t *scalar, const uint8_t *point);

#endif
