/* rsa_generate.h - fresh RSA keys. */
#ifndef TLSNI_CIPHER_RSA_GENERATE_H
#define TLSNI_CIPHER_RSA_GENERATE_H

#include "cipher/pk.h"

/* A modulus of 2048 to 8192 bits with e = 65537; TLSN_ERR_ARGUMENT for another size. */
tlsn_status tlsni_rsa_generate(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               enum tlsni_key_type type, unsigned bits);

#endif
