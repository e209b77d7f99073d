/* common13.h - actions that both roles of TLS 1.3 take. */
#ifndef TLSNI_HANDSHAKE_COMMON13_H
#define TLSNI_HANDSHAKE_COMMON13_H

#include "base/bytes.h"
#include "handshake/common12.h"
#include "handshake/hs.h"

/* The random value that makes a ServerHello a HelloRetryRequest (RFC 8446 4.1.3). */
extern const uint8_t tlsni_retry_random[TLSNI_RANDOM_LEN];

/* A Certificate message into hs->peer, its extensions read; false in *any for an empty one. */
TLSN_MUST_USE tlsn_status tlsni_peer_certificate13(struct tlsni_hs *hs, struct tlsn_span body,
                                                   bool *any);
/* Adds a certificate to a list as those of older versions are. */
TLSN_MUST_USE tlsn_status tlsni_peer_list_add(struct tlsni_hs *hs, struct tlsni_buf *list,
                                              struct tlsn_span der);
/* What a CertificateVerify signs, into hs->sign_input: for this purpose, over these messages. */
TLSN_MUST_USE tlsn_status tlsni_verify13_input(struct tlsni_hs *hs, const char *context,
                                               const struct tlsni_hash_ctx *messages);
/* CertificateVerify of the peer. */
tlsn_status tlsni_act13_receive_verify(struct tlsni_hs *hs, struct tlsn_span body);
/* Sends a Certificate message with hs->credential's chain, or an empty one. */
tlsn_status tlsni_act13_send_certificate(struct tlsni_hs *hs, struct tlsn_span body);
/* Begins our signature with this scheme; and sends it once it is made. */
TLSN_MUST_USE tlsn_status tlsni_verify13_begin(struct tlsni_hs *hs,
                                               const struct tlsni_sigalg *scheme);
tlsn_status tlsni_act13_send_verify(struct tlsni_hs *hs, struct tlsn_span body);
TLSN_MUST_USE tlsn_status tlsni_finished13_send(struct tlsni_hs *hs);
/* hs->session as it is at the end, with the resumption secret in the place of a ticket's key. */
TLSN_MUST_USE tlsn_status tlsni_session13_fill(struct tlsni_hs *hs);
tlsn_status tlsni_act13_receive_finished(struct tlsni_hs *hs, struct tlsn_span body);

#endif
