/* bound.h - what a renegotiation may not change: version, server name, extended_master_secret, the
 * order of MAC and encryption, and the peer's certificate or identity.
 *
 * An application that looked at the peer once goes on to trust what it saw. If the certificate could
 * change underneath, one end would be somebody else from then on (the triple handshake attack); if
 * protection could be negotiated away, an attacker who can force a second handshake would. */
#ifndef TLSNI_HANDSHAKE_BOUND_H
#define TLSNI_HANDSHAKE_BOUND_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* SHA-256 of a certificate. */
void tlsni_bound_hash(struct tlsn_span der, uint8_t hash[32]);
/* True when this certificate (empty for none) may be the peer's. */
bool tlsni_bound_fits_leaf(const struct tlsni_hs *hs, struct tlsn_span der);
TLSN_MUST_USE tlsn_status tlsni_bound_check_leaf(struct tlsni_hs *hs, struct tlsn_span der);
/* Server: the same for the identity of a pre-shared key or an SRP user. */
bool tlsni_bound_fits_identity(const struct tlsni_hs *hs, struct tlsn_span identity);
/* Server: who the client is, once its ClientKeyExchange is here. */
TLSN_MUST_USE tlsn_status tlsni_bound_check_client(struct tlsni_hs *hs);
/* The version that was just chosen. */
TLSN_MUST_USE tlsn_status tlsni_bound_check_version(struct tlsni_hs *hs);
/* Server: what the ClientHello's extensions ask for. */
TLSN_MUST_USE tlsn_status tlsni_bound_check_hello(struct tlsni_hs *hs);
/* What suite and extensions come to, on both sides. */
TLSN_MUST_USE tlsn_status tlsni_bound_check_outcome(struct tlsni_hs *hs);
#endif
