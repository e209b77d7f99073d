/* credential.h - a certificate chain with its private key, ready for use in many handshakes. */
#ifndef TLSNI_HANDSHAKE_CREDENTIAL_H
#define TLSNI_HANDSHAKE_CREDENTIAL_H

#include <stdatomic.h>
#include "x509/cert.h"

/* Immutable once made; shared by reference counting. */
struct tlsn_credential {
    struct tlsn_hooks env;
    atomic_uint references;
    uint8_t *list; /* owned: the certificate_list of a Certificate message, each behind 3 bytes */
    size_t list_len, count;
    struct tlsni_cert leaf;        /* spans into list */
    struct tlsni_pubkey *public_key; /* owned */
    struct tlsni_privkey *key;     /* owned; NULL: operations suspend */
};

#endif
