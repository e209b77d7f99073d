/* kx_psk.h - what all exchanges with a pre-shared key have in common (RFC 4279 2, RFC 5489 2): hint,
 * identity, looking up the key, and the form of the premaster secret. */
#ifndef TLSNI_HANDSHAKE_KX_PSK_H
#define TLSNI_HANDSHAKE_KX_PSK_H

#include "handshake/kx.h"

/* Is there a key, or somebody who may have one; is a session of an identity that is known? On both sides. */
bool tlsni_psk_known(const struct tlsni_hs_config *cfg, const struct tlsn_session *s);

/* ServerKeyExchange: the hint in front of everything else. */
void tlsni_psk_write_hint(const struct tlsni_hs *hs, struct tlsni_wr *w);
TLSN_MUST_USE tlsn_status tlsni_psk_read_hint(struct tlsni_hs *hs, struct tlsni_rd *r);
size_t tlsni_psk_hint_room(const struct tlsni_hs *hs);

/* ClientKeyExchange: the identity in front of everything else. */
void tlsni_psk_write_identity(const struct tlsni_hs *hs, struct tlsni_wr *w);
TLSN_MUST_USE tlsn_status tlsni_psk_read_identity(struct tlsni_hs *hs, struct tlsni_rd *r);
size_t tlsni_psk_identity_room(const struct tlsni_hs *hs);

/* Client: identity and key for this server. May suspend. */
TLSN_MUST_USE tlsn_status tlsni_psk_choose(struct tlsni_hs *hs);
/* Server: the key of the identity that came; a random one for an unknown identity unless that is to be
 * known. May suspend. */
TLSN_MUST_USE tlsn_status tlsni_psk_find(struct tlsni_hs *hs);

/* The premaster secret out of other_secret, which may lie in the block of the exchange (it is replaced),
 * and the key. other.data NULL: as many zeros as the key is long. */
TLSN_MUST_USE tlsn_status tlsni_psk_premaster(struct tlsni_hs *hs, struct tlsn_span other);

#endif
