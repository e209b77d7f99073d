/* client13.h - the TLS 1.3 client: what its ServerHello means. The flow is in client13.c. */
#ifndef TLSNI_HANDSHAKE_CLIENT13_H
#define TLSNI_HANDSHAKE_CLIENT13_H

#include "handshake/hs.h"

tlsn_status tlsni_client13_server_hello(struct tlsni_hs *hs, struct tlsn_span body);

#endif
