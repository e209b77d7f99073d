/* early13.h - early data of TLS 1.3 (0-RTT): who may send them, who takes them, and how those that are not
 * taken are got rid of (RFC 8446 2.3, 4.2.10, 8).
 *
 * They belong to the first pre-shared key of the ClientHello, a ticket or one that has terms for them: its suite,
 * version and application protocol are theirs. Anybody can send them again, so a server takes none unless the
 * ClientHello is new to it, and the age of the ticket is right, if it is one. */
#ifndef TLSNI_HANDSHAKE_EARLY13_H
#define TLSNI_HANDSHAKE_EARLY13_H

#include "handshake/hs.h"

/* Bytes that are skipped whatever limit tickets have: one record of the longest kind. */
enum { TLSNI_EARLY_SKIP_MIN = 16384 };

/* What early data with a session's ticket go by; borrows of it. */
struct tlsni_early_terms tlsni_early13_of_session(const struct tlsn_session *session);

/* ---- client ---- */

/* Before the ClientHello is written: whether it announces early data. */
void tlsni_early13_offer(struct tlsni_hs *hs);
/* Behind the ClientHello: early data may go out. */
TLSN_MUST_USE tlsn_status tlsni_early13_start(struct tlsni_hs *hs);
/* The server's first answer leaves it open whether it takes them. */
bool tlsni_early13_open(const struct tlsni_hs *hs);
/* It does not: what we say from here on goes out in the clear (behind HelloRetryRequest), or under the
 * handshake's keys. No effect where early data were not announced. */
TLSN_MUST_USE tlsn_status tlsni_early13_reject(struct tlsni_hs *hs);
/* It has said so in EncryptedExtensions: is it entitled to? */
TLSN_MUST_USE tlsn_status tlsni_early13_check(struct tlsni_hs *hs);
/* EndOfEarlyData, and the handshake's keys. */
TLSN_MUST_USE tlsn_status tlsni_early13_finish(struct tlsni_hs *hs);
/* The limit in the extensions of a ticket, 0 when it allows none. */
TLSN_MUST_USE tlsn_status tlsni_early13_read_limit(struct tlsn_span extensions, uint32_t *max);

/* ---- server ---- */

/* Once the ClientHello was judged: what becomes of the early data behind it. */
void tlsni_early13_settle(struct tlsni_hs *hs);
/* Their keys are the ones to read with; behind EndOfEarlyData those of the handshake. */
TLSN_MUST_USE tlsn_status tlsni_early13_listen(struct tlsni_hs *hs);
TLSN_MUST_USE tlsn_status tlsni_early13_end(struct tlsni_hs *hs);
/* Early data of this many bytes have come: are there too many? */
TLSN_MUST_USE tlsn_status tlsni_early13_count(struct tlsni_hs *hs, size_t len);
/* A record of early data that nobody wants, with a fragment of this many bytes: are there too many? */
TLSN_MUST_USE tlsn_status tlsni_early13_skip(struct tlsni_hs *hs, size_t len);

#endif
