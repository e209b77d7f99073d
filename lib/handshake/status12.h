/* status12.h - actions about CertificateStatus in TLS 1.2. */
#ifndef TLSNI_HANDSHAKE_STATUS12_H
#define TLSNI_HANDSHAKE_STATUS12_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* Server: the credential's OCSP responses as they were asked for. */
tlsn_status tlsni_act_send_status(struct tlsni_hs *hs, struct tlsn_span body);
/* Client: keeps them in hs->beside; takes TLSNI_F_STATUS away. */
tlsn_status tlsni_act_receive_status(struct tlsni_hs *hs, struct tlsn_span body);

#endif
