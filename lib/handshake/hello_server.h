/* hello_server.h - what flows need of the server's beginning: reading a ClientHello, and letting go of it. */
#ifndef TLSNI_HANDSHAKE_HELLO_SERVER_H
#define TLSNI_HANDSHAKE_HELLO_SERVER_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* Parses the ClientHello that is the transcript's only message. */
TLSN_MUST_USE tlsn_status tlsni_hello_read(struct tlsni_hs *hs);
/* The transcript moves on: what pointed into the ClientHello is gone from here on. */
void tlsni_hello_forget(struct tlsni_hs *hs);

#endif
