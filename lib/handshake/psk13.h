/* psk13.h - pre-shared keys of TLS 1.3 that are not tickets: external ones (RFC 8446 4.2.11) and those that
 * are imported from others (RFC 9258). Identities are public, keys are secret. */
#ifndef TLSNI_HANDSHAKE_PSK13_H
#define TLSNI_HANDSHAKE_PSK13_H

#include "handshake/hs.h"

/* An answer of the application into hs->tls13.asked, or nothing: TLSN_ERR_ARGUMENT for what is none. */
TLSN_MUST_USE tlsn_status tlsni_psk13_answer(struct tlsni_hs *hs, const struct tlsn_psk *answer);
/* Wipes what was answered. */
void tlsni_psk13_forget(struct tlsni_hs *hs);

/* Client: asks the application for a key, when it said so. May suspend. */
TLSN_MUST_USE tlsn_status tlsni_psk13_ask(struct tlsni_hs *hs);
/* Client: how many keys go into the ClientHello; fills hs->tls13.offers. */
void tlsni_psk13_count(struct tlsni_hs *hs);
/* Client: the key that the server chose begins the key schedule. Its hash is that of the suite. */
TLSN_MUST_USE tlsn_status tlsni_psk13_take(struct tlsni_hs *hs);

/* Server: the key of this identity; TLSN_ERR_NOT_FOUND, or may suspend. `asks`: the application too is asked. */
TLSN_MUST_USE tlsn_status tlsni_psk13_find(struct tlsni_hs *hs, struct tlsn_span identity, bool asks,
                                           struct tlsni_psk13 *out);
/* Server: there is nothing but pre-shared keys, and none of the client's is known. */
TLSN_MUST_USE tlsn_status tlsni_psk13_refuse(struct tlsni_hs *hs);

/* A number of the wire as the hash that it stands for; NULL: none of TLS 1.3. */
const struct tlsni_hash *tlsni_psk13_hash(uint8_t hash);

#endif
