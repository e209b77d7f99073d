/* post13.h - messages behind a TLS 1.3 handshake (RFC 8446 4.6): one row each. */
#ifndef TLSNI_HANDSHAKE_POST13_H
#define TLSNI_HANDSHAKE_POST13_H

#include "base/bytes.h"
#include "base/error.h"
#include "handshake/session.h"

/* What a message is read with; all borrowed. */
struct tlsni_post13 {
    const struct tlsn_hooks *env;
    struct tlsni_err *err;
    uint32_t session_seconds;     /* longest life of a session */
    struct tlsn_span resumable;   /* client: the packed session that tickets are for; empty: none */
    uint32_t early_data_max;      /* what the ticket allows */
    struct tlsni_bytes *session;  /* client: where the session of a new ticket goes, in the same form */
    struct tlsni_bytes *older;    /* client: those before it, newest first, each behind 3 bytes */
    size_t keep;                  /* how many there may be in all */
};

/* NewSessionTicket. */
TLSN_MUST_USE tlsn_status tlsni_post13_ticket(struct tlsni_post13 *p, struct tlsn_span body);
/* The newest session is gone: the one before takes its place, if there is one. */
TLSN_MUST_USE tlsn_status tlsni_post13_next_session(const struct tlsn_hooks *env,
                                                    struct tlsni_bytes *session,
                                                    struct tlsni_bytes *older);

#endif
