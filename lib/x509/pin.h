/* pin.h - certificates and keys named by their SHA-256: those that are pinned, those that are not
 * trusted. */
#ifndef TLSNI_X509_PIN_H
#define TLSNI_X509_PIN_H

#include <tls-native/x509.h>

#include "base/mem.h"
#include "x509/cert.h"

enum { TLSNI_PIN_HASH = 32 };

struct tlsni_pin {
    uint8_t of; /* enum tlsn_pin_of */
    uint8_t sha256[TLSNI_PIN_HASH];
};

/* A list of them is a tlsni_buf of structs, one after the other. */
static inline size_t tlsni_pin_count(const struct tlsni_buf *pins)
{
    return tlsni_buf_len(pins) / sizeof(struct tlsni_pin);
}

/* Adds one unless it is there. TLSN_ERR_ARGUMENT for another kind, TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_pin_add(const struct tlsn_hooks *env, struct tlsni_buf *pins,
                                        enum tlsn_pin_of of, const uint8_t *sha256);
/* Whether the list names this certificate or its key. Hashes nothing when it is empty. */
bool tlsni_pins_name(const struct tlsni_buf *pins, const struct tlsni_cert *cert);
/* The same for a SubjectPublicKeyInfo by itself. */
bool tlsni_pins_name_key(const struct tlsni_buf *pins, struct tlsn_span spki);

#endif
