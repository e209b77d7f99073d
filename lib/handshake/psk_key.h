/* psk_key.h - one pre-shared key as it is kept: copies, and keys that are derived from others (RFC 9258). */
#ifndef TLSNI_HANDSHAKE_PSK_KEY_H
#define TLSNI_HANDSHAKE_PSK_KEY_H

#include "handshake/hs.h"

enum { TLSNI_PSK_MAX = 65535 }; /* bytes of an identity or a key, RFC 4279 2 */
enum { TLSNI_PSK_KEYS = 2 }; /* derived from one, at most: one for each hash of TLS 1.3 */

/* The hash (enum tlsni_hash_id) for suites of so many bits, 0: 256; false when there is none. */
bool tlsni_psk_hash_of(unsigned bits, uint8_t *hash);

/* A copy of *from, whose parts are borrowed; *out is empty after an error. */
TLSN_MUST_USE tlsn_status tlsni_psk_copy(const struct tlsn_hooks *env, const struct tlsni_psk *from,
                                         struct tlsni_psk *out);
/* Wipes and frees. */
void tlsni_psk_drop(const struct tlsn_hooks *env, struct tlsni_psk *psk);

/* Can there be such a key of TLS 1.3? */
bool tlsni_psk_sound(const struct tlsn_external_psk *psk);
/* A sound one as what is used, which are one key or those derived from it; nothing after an error. */
TLSN_MUST_USE tlsn_status tlsni_psk_make(const struct tlsn_hooks *env,
                                         const struct tlsn_external_psk *psk,
                                         struct tlsni_psk out[TLSNI_PSK_KEYS], size_t *count);

/* An identity that has the form of an imported one of TLS 1.3 (RFC 9258 5.1). */
struct tlsni_imported {
    struct tlsn_span identity, context;
    uint16_t kdf;
};
bool tlsni_psk_read_imported(struct tlsn_span identity, struct tlsni_imported *out);
/* The key of psk->identity as it was on the wire, derived from psk->key; TLSN_ERR_NOT_FOUND: it has not that form. */
TLSN_MUST_USE tlsn_status tlsni_psk_make_for(const struct tlsn_hooks *env,
                                             const struct tlsn_external_psk *psk,
                                             struct tlsni_psk *out);

#endif
