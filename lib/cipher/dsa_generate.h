#ifndef TLSNI_CIPHER_DSA_GENERATE_H
#define TLSNI_CIPHER_DSA_GENERATE_H

#include "cipher/pk.h"

/* TLSN_ERR_ARGUMENT unless bits is a multiple of 8 within the bounds of pk.h. */
tlsn_status tlsni_dsa_generate(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               unsigned bits);

#endif
