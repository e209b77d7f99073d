/* send.h - writing one handshake message: reserve, write, send. */
#ifndef TLSNI_HANDSHAKE_SEND_H
#define TLSNI_HANDSHAKE_SEND_H

#include "base/bytes.h"
#include "handshake/hs.h"

struct tlsni_sending {
    struct tlsni_wr w;
    size_t mark;
};

/* A writer for the body of a message of at most body_max bytes. */
TLSN_MUST_USE tlsn_status tlsni_send_begin(struct tlsni_hs *hs, struct tlsni_sending *s,
                                           uint8_t type, size_t body_max);
/* Closes the message, adds it to the transcript and hands it to the host. */
TLSN_MUST_USE tlsn_status tlsni_send_end(struct tlsni_hs *hs, struct tlsni_sending *s);
/* The same in two steps; in between the message, hs->out, may still be changed. */
TLSN_MUST_USE tlsn_status tlsni_send_close(struct tlsni_hs *hs, struct tlsni_sending *s);
TLSN_MUST_USE tlsn_status tlsni_send_closed(struct tlsni_hs *hs);
/* A message without a body. */
TLSN_MUST_USE tlsn_status tlsni_send_empty(struct tlsni_hs *hs, uint8_t type);

#endif
