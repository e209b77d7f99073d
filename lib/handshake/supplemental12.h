/* supplemental12.h - actions about SupplementalData (RFC 4680) in TLS 1.2. */
#ifndef TLSNI_HANDSHAKE_SUPPLEMENTAL12_H
#define TLSNI_HANDSHAKE_SUPPLEMENTAL12_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* What was agreed on: the user mapping and the authorization data of the configuration. */
tlsn_status tlsni_act_send_supplement(struct tlsni_hs *hs, struct tlsn_span body);
/* Keeps it in hs->beside; takes away the fact that it may come. */
tlsn_status tlsni_act_receive_supplement(struct tlsni_hs *hs, struct tlsn_span body);
/* Fails when authorization data was agreed on (RFC 5878) and is not there when it had to be. */
TLSN_MUST_USE tlsn_status tlsni_supplement_check(struct tlsni_hs *hs);

#endif
