/* share.h - key shares of TLS 1.3 (RFC 8446 4.2.8) over the rows of group.h.
 *
 * A client calls the row's keygen and sends the public value, public_len bytes; a server responds with
 * response_len bytes; the client finishes. Both then have shared_len bytes, leading zeros and all
 * (RFC 8446 7.4). Values have exactly the length of the row: those of finite fields are padded to
 * the prime's (4.2.8.1). TLSN_ERR_ILLEGAL_PARAMETER for what the group does not take. */
#ifndef TLSNI_CIPHER_SHARE_H
#define TLSNI_CIPHER_SHARE_H

#include "cipher/group.h"

TLSN_MUST_USE tlsn_status tlsni_share_respond(const struct tlsni_group *g,
                                              const struct tlsn_hooks *env,
                                              struct tlsn_span client_share, uint8_t *response,
                                              uint8_t *shared);
TLSN_MUST_USE tlsn_status tlsni_share_finish(const struct tlsni_group *g,
                                             const struct tlsn_hooks *env,
                                             const uint8_t *private_key,
                                             struct tlsn_span server_share, uint8_t *shared);

#endif
