/* support_bent.h - messages of TLS 1.3 that are changed before they are sealed. The sender's transcript has them
 * as they go out, so that a peer that takes them comes to its end. */
#ifndef TLSNI_TESTS_CONN_SUPPORT_BENT_H
#define TLSNI_TESTS_CONN_SUPPORT_BENT_H

#include "support_duo.h"

/* Fresh connections, of which this side changes the body of each message of this type; change NULL: it only
 * looks on. */
void bent_connect(struct duo *d, enum tlsn_role from, uint8_t type, duo_change *change);
/* The same, and the other side fails with this status and alert. */
void bent_refused(struct duo *d, enum tlsn_role from, uint8_t type, duo_change *change,
                  tlsn_status status, int alert);
/* How many messages were changed. */
unsigned bent_count(void);
/* The types of all messages that this side sent in its handshake, in order. */
struct tlsn_span bent_types(void);
/* The bytes of those of this type, with their headers, before any change. */
size_t bent_bytes(uint8_t type);

#endif
