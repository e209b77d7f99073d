/* packed13.h - Certificate messages that travel compressed (RFC 8879 4). */
#ifndef TLSNI_HANDSHAKE_PACKED13_H
#define TLSNI_HANDSHAKE_PACKED13_H

#include "handshake/hs.h"

/* What was packed once, kept with the credential whose chain it is. Shared between threads: an entry is
 * set once and stays. One for each algorithm and each of a few variants (with and without a stapled
 * response, say); what finds its place taken by another is packed each time. */
struct tlsni_packed_cache;

TLSN_MUST_USE tlsn_status tlsni_packed_cache_new(struct tlsni_packed_cache **out,
                                                 const struct tlsn_hooks *env);
void tlsni_packed_cache_free(struct tlsni_packed_cache *cache, const struct tlsn_hooks *env);

/* Puts CompressedCertificate in the place of the Certificate message in hs->out (with its header), when the
 * peer takes that and it is shorter. */
TLSN_MUST_USE tlsn_status tlsni_packed_replace(struct tlsni_hs *hs);
/* Unpacks CompressedCertificate and has `receive` take what was in it. */
TLSN_MUST_USE tlsn_status tlsni_packed_receive(struct tlsni_hs *hs, struct tlsn_span body,
                                               tlsn_status (*receive)(struct tlsni_hs *hs,
                                                                      struct tlsn_span body));

#endif
