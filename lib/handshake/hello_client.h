/* hello_client.h - what the flow of TLS 1.3 needs of the client's beginning: a second ClientHello. */
#ifndef TLSNI_HANDSHAKE_HELLO_CLIENT_H
#define TLSNI_HANDSHAKE_HELLO_CLIENT_H

#include "handshake/hs.h"

/* Writes and sends a ClientHello with what is in hs. */
TLSN_MUST_USE tlsn_status tlsni_client_hello_send(struct tlsni_hs *hs);
/* A ServerHello: the version's row takes it. */
tlsn_status tlsni_act_server_hello(struct tlsni_hs *hs, struct tlsn_span body);

#endif
