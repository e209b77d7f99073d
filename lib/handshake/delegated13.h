/* delegated13.h - delegated credentials in a handshake: judging the peer's, choosing ours (RFC 9345 4.1). */
#ifndef TLSNI_HANDSHAKE_DELEGATED13_H
#define TLSNI_HANDSHAKE_DELEGATED13_H

#include "handshake/hs.h"

/* The peer's Certificate is in hs->peer, and perhaps a delegated credential with it: when that holds, its key is
 * the one that CertificateVerify is checked with. TLSN_ERR_ILLEGAL_PARAMETER, TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_delegated13_take(struct tlsni_hs *hs);
/* Puts one that goes with hs->credential into hs->tls13.delegated, and its scheme into *scheme, when the peer
 * takes one that is there. sigalgs: the peer's signature_algorithms. */
void tlsni_delegated13_choose(struct tlsni_hs *hs, struct tlsn_span sigalgs,
                              const struct tlsni_sigalg **scheme);

#endif
