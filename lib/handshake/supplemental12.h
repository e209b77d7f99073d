/* supplemental12.h - actions about SupplementalData (RFC 4680) in TLS 1.2. */
#ifndef TLSNI_HANDSHAKE_SUPPLEMENTAL12_H
#define TLSNI_HANDSHAKE_SUPPLEMENTAL12_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* Client: the user mapping of its configuration. */
tlsn_status tlsni_act_send_supplement(struct tlsni_hs *hs, struct tlsn_span body);
/* Server: keeps it in hs->beside; takes TLSNI_F_SUPPLEMENT away. */
tlsn_status tlsni_act_receive_supplement(struct tlsni_hs *hs, struct tlsn_span body);

#endif
