/* cached12.h - messages that are left out since the client still has them (RFC 7924), TLS 1.2. */
#ifndef TLSNI_HANDSHAKE_CACHED12_H
#define TLSNI_HANDSHAKE_CACHED12_H

#include "handshake/send.h"

/* Was it agreed that the message of this TLSNI_CACHED_ type is left out? */
static inline bool tlsni_cached_agreed(const struct tlsni_hs *hs, uint8_t type)
{
    return (hs->cached_types >> type & 1) != 0;
}

/* Writes a message that could be left out. */
typedef tlsn_status tlsni_cached_begin(struct tlsni_hs *hs, struct tlsni_sending *s);

/* Server: agrees to leave a message out when the client has exactly what would be sent. */
TLSN_MUST_USE tlsn_status tlsni_cached_settle(struct tlsni_hs *hs, uint8_t type,
                                              tlsni_cached_begin *begin);
/* Server: the fingerprint in place of the message. */
TLSN_MUST_USE tlsn_status tlsni_cached_send(struct tlsni_hs *hs, uint8_t type);
/* Client: *body becomes that of the message that a fingerprint stands for. With
 * TLSN_FEATURE_CACHED_INFO the whole message is kept in hs->beside. */
TLSN_MUST_USE tlsn_status tlsni_cached_take(struct tlsni_hs *hs, uint8_t type,
                                            struct tlsn_span *body);

#endif
