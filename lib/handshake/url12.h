/* url12.h - actions about CertificateURL (RFC 6066 5) in TLS 1.2. */
#ifndef TLSNI_HANDSHAKE_URL12_H
#define TLSNI_HANDSHAKE_URL12_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* Client: the URLs of its credential. */
tlsn_status tlsni_act_send_url(struct tlsni_hs *hs, struct tlsn_span body);
/* Server: keeps the message; then has its contents fetched and takes them for the client's chain. */
tlsn_status tlsni_act_receive_url(struct tlsni_hs *hs, struct tlsn_span body);
tlsn_status tlsni_act_fetch(struct tlsni_hs *hs, struct tlsn_span body);
/* Server: the signature of a client whose certificates could not be had proves nothing. */
tlsn_status tlsni_act_ignore_verify(struct tlsni_hs *hs, struct tlsn_span body);

/* What was fetched, for the message that is kept: checks the hashes and appends the certificates in the
 * order of a Certificate message to hs->fetched. count 0: nothing could be fetched. */
TLSN_MUST_USE tlsn_status tlsni_url_take(struct tlsni_hs *hs, const struct tlsn_span *objects,
                                         size_t count);

#endif
