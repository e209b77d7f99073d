/* client13.h - the TLS 1.3 client: what its ServerHello means. The flow is in client13.c. */
#ifndef TLSNI_HANDSHAKE_CLIENT13_H
#define TLSNI_HANDSHAKE_CLIENT13_H

#include "handshake/hs.h"

tlsn_status tlsni_client13_server_hello(struct tlsni_hs *hs, struct tlsn_span body);

/* ---- client13.c: parts that an exchange behind the handshake has as well ---- */

/* CertificateRequest into hs->request; then what is in its extensions. */
TLSN_MUST_USE tlsn_status tlsni_client13_parse_request(struct tlsni_hs *hs, struct tlsn_span body,
                                                       struct tlsn_span *extensions);
TLSN_MUST_USE tlsn_status tlsni_client13_read_request(struct tlsni_hs *hs,
                                                      struct tlsn_span extensions);
tlsn_status tlsni_act13_choose_credential(struct tlsni_hs *hs, struct tlsn_span body);
tlsn_status tlsni_act13_prepare_client_verify(struct tlsni_hs *hs, struct tlsn_span body);

#endif
