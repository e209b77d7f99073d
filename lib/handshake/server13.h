/* server13.h - the TLS 1.3 server: what is settled by a ClientHello, and sessions; the flow is in
 * server13.c. */
#ifndef TLSNI_HANDSHAKE_SERVER13_H
#define TLSNI_HANDSHAKE_SERVER13_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* ---- server13_select.c ---- */

/* Suite, group, pre-shared key or credential; notes TLSNI_F_RETRY when the group has no share. */
tlsn_status tlsni_server13_select(struct tlsni_hs *hs, struct tlsn_span body);
/* The second ClientHello: read and compared with the first one; and the choice once more. */
tlsn_status tlsni_server13_read_again(struct tlsni_hs *hs, struct tlsn_span body);
tlsn_status tlsni_server13_select_again(struct tlsni_hs *hs, struct tlsn_span body);

/* ---- server13.c: parts that an exchange behind the handshake has as well ---- */

/* CertificateRequest with hs->tls13.request_context. */
tlsn_status tlsni_act13_send_request(struct tlsni_hs *hs, struct tlsn_span body);
/* The client's Certificate; required: an empty one ends the connection. */
TLSN_MUST_USE tlsn_status tlsni_server13_client_certificate(struct tlsni_hs *hs,
                                                            struct tlsn_span body, bool required);
tlsn_status tlsni_act13_accept_client(struct tlsni_hs *hs, struct tlsn_span body);

/* ---- server13_session.c ---- */

/* A pre-shared key of the client's list that may be used: fills hs->session and hs->suite, checks its
 * binder, notes TLSNI_F_PSK. */
TLSN_MUST_USE tlsn_status tlsni_server13_find_psk(struct tlsni_hs *hs);
tlsn_status tlsni_server13_send_tickets(struct tlsni_hs *hs, struct tlsn_span body);

#endif
