/* dh.h - the constants of the named finite-field groups. */
#ifndef TLSNI_CIPHER_DH_H
#define TLSNI_CIPHER_DH_H

#include "cipher/group.h"

/* A group of RFC 7919. */
struct tlsni_dh_named {
    uint16_t id;
    uint16_t exponent_bits;
    struct tlsni_dh_params params;
};

/* NULL when id is no finite-field group. */
const struct tlsni_dh_named *tlsni_dh_named(uint16_t id);

/* out = g^exponent mod p for odd p; as many bytes as p has without leading zeros. Silent in the
 * exponent and in the result. */
tlsn_status tlsni_dh_power(const struct tlsn_hooks *env, const struct tlsni_dh_params *dh,
                           const uint8_t *exponent, size_t exponent_bits, uint8_t *out);

#endif
