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

#endif
