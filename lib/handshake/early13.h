/* early13.h - early data of TLS 1.3 (0-RTT): who may send them, who takes them, and how those that are not
 * taken are got rid of (RFC 8446 2.3, 4.2.10). */
#ifndef TLSNI_HANDSHAKE_EARLY13_H
#define TLSNI_HANDSHAKE_EARLY13_H

#include "handshake/hs.h"

/* What is skipped although it is announced by nobody's limit: one record of the longest kind. */
enum { TLSNI_EARLY_SKIP_MIN = 16384 };

/* Server, once the ClientHello was judged: what becomes of the early data behind it. */
void tlsni_early13_settle(struct tlsni_hs *hs);

/* Server: records that are early data nobody wants, with a fragment of this many bytes; TLSN_ERR_TOO_MANY
 * when there were more than a client may send. */
TLSN_MUST_USE tlsn_status tlsni_early13_skip(struct tlsni_hs *hs, size_t len);

#endif
