/* server12.h - the TLS 1.2 server's dealings with sessions; the flow is in server12.c. */
#ifndef TLSNI_HANDSHAKE_SERVER12_H
#define TLSNI_HANDSHAKE_SERVER12_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* Looks for a session by ticket or ID and sets TLSNI_F_RESUMED when it may be used. May suspend. */
tlsn_status tlsni_server12_find_session(struct tlsni_hs *hs, struct tlsn_span body);
/* Opens hs->ticket into hs->session with the secrets that are still good; hs->resumed says whether. */
TLSN_MUST_USE tlsn_status tlsni_server12_open_ticket(struct tlsni_hs *hs);
/* Puts the session of a complete handshake into the cache. */
TLSN_MUST_USE tlsn_status tlsni_server12_keep_session(struct tlsni_hs *hs);

/* Makes the session's ticket; empty for none. */
TLSN_MUST_USE tlsn_status tlsni_server12_make_ticket(struct tlsni_hs *hs, struct tlsni_buf *ticket,
                                                     uint32_t *lifetime_s);
/* The client's Finished is here: from now on that ticket counts (RFC 5077 3.3). */
TLSN_MUST_USE tlsn_status tlsni_server12_settle_ticket(struct tlsni_hs *hs);

/* A resumed handshake brings a new ticket along: the one that came is past half of its life, was
 * made under an old secret, or is good for one time. The session stays as old as it is. */
bool tlsni_server12_renews(const struct tlsni_hs *hs);
/* Seconds that are left of the session. */
uint32_t tlsni_server12_rest_s(const struct tlsni_hs *hs);

#endif
