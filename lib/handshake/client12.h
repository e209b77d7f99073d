/* client12.h - the TLS 1.2 client: what its ServerHello means. The flow is in client12.c. */
#ifndef TLSNI_HANDSHAKE_CLIENT12_H
#define TLSNI_HANDSHAKE_CLIENT12_H

#include "handshake/hs.h"

tlsn_status tlsni_client12_server_hello(struct tlsni_hs *hs, struct tlsn_span body);

#endif
