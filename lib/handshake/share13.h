/* share13.h - ephemeral key pairs of TLS 1.3: which groups get a share, and what comes of them. */
#ifndef TLSNI_HANDSHAKE_SHARE13_H
#define TLSNI_HANDSHAKE_SHARE13_H

#include "base/bytes.h"
#include "handshake/hs.h"
#include "handshake/kx.h"

/* Client: fresh key pairs for the groups that the configuration names, or for the first one that can
 * be used; behind a HelloRetryRequest for the one that it names, if it does. */
TLSN_MUST_USE tlsn_status tlsni_share13_make(struct tlsni_hs *hs);
/* Client: the shared secret of hs->group with hs->peer_public into hs->premaster; the key pairs are
 * wiped. */
TLSN_MUST_USE tlsn_status tlsni_share13_finish(struct tlsni_hs *hs);
/* Wipes and frees the key pairs. */
void tlsni_share13_drop(struct tlsni_hs *hs);

/* Server: the group to use by our preference among those with a share, else among those that are
 * listed (*retry: a share has to be asked for); NULL when there is none in common. */
const struct tlsni_group *tlsni_share13_choose(const struct tlsni_hs *hs, bool *retry);
/* Server: checks the client's shares against its list of groups. */
TLSN_MUST_USE tlsn_status tlsni_share13_check(struct tlsni_hs *hs);
/* Server: our share of hs->group into hs->public_key, the secret into hs->premaster. */
TLSN_MUST_USE tlsn_status tlsni_share13_respond(struct tlsni_hs *hs);

#endif
