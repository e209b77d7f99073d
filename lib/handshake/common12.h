/* common12.h - actions that both roles of TLS 1.2 take. */
#ifndef TLSNI_HANDSHAKE_COMMON12_H
#define TLSNI_HANDSHAKE_COMMON12_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* An action for rows that only branch. */
tlsn_status tlsni_act_none(struct tlsni_hs *hs, struct tlsn_span body);
/* A HelloRequest in the middle of a handshake is counted and ignored. */
tlsn_status tlsni_act_hello_request(struct tlsni_hs *hs, struct tlsn_span body);
/* Asks for the verdict on hs->peer. */
tlsn_status tlsni_act_judge_chain(struct tlsni_hs *hs, struct tlsn_span body);
/* Sends a Certificate message with hs->credential's chain, or an empty one. */
tlsn_status tlsni_act_send_certificate(struct tlsni_hs *hs, struct tlsn_span body);
/* Sends ChangeCipherSpec, takes the write keys and sends Finished. */
tlsn_status tlsni_act_send_finished(struct tlsni_hs *hs, struct tlsn_span body);
/* Takes the read keys. */
tlsn_status tlsni_act_receive_ccs(struct tlsni_hs *hs, struct tlsn_span body);
tlsn_status tlsni_act_receive_finished(struct tlsni_hs *hs, struct tlsn_span body);

/* Writes that message without sending it. */
struct tlsni_sending;
TLSN_MUST_USE tlsn_status tlsni_certificate_begin(struct tlsni_hs *hs, struct tlsni_sending *s);

/* A Certificate message's list into hs->peer; false in *any for an empty one. */
TLSN_MUST_USE tlsn_status tlsni_peer_certificate(struct tlsni_hs *hs, struct tlsn_span body,
                                                 bool *any);
/* Whether a list of so many bytes, of the type that was agreed on, is taken. */
TLSN_MUST_USE tlsn_status tlsni_peer_check_list(struct tlsni_hs *hs, size_t len);
/* A SubjectPublicKeyInfo behind its 3 byte length into hs->peer. */
TLSN_MUST_USE tlsn_status tlsni_peer_raw_key(struct tlsni_hs *hs, struct tlsn_span list);
/* The contents of a certificate_list into hs->peer. */
TLSN_MUST_USE tlsn_status tlsni_peer_chain(struct tlsni_hs *hs, struct tlsn_span list);
/* Checks that the peer's signature may be of this scheme and verifies it. *row: the scheme; one that
 * is given counts where signatures name none. */
TLSN_MUST_USE tlsn_status tlsni_peer_signature(struct tlsni_hs *hs,
                                               const struct tlsni_msg_signed *sig,
                                               struct tlsn_span message,
                                               const struct tlsni_sigalg **row);
/* What a CertificateVerify is over: the messages so far, or the digest that the version makes of them,
 * which is put into hs->sign_input. key: whose signature it is. *scheme is changed for a digest. */
TLSN_MUST_USE tlsn_status tlsni_verify_input(struct tlsni_hs *hs, const struct tlsni_pubkey *key,
                                             const struct tlsni_sigalg **scheme,
                                             struct tlsn_span *input);
/* client_random + server_random + params into hs->sign_input (RFC 5246 7.4.3). */
TLSN_MUST_USE tlsn_status tlsni_sign_input(struct tlsni_hs *hs, struct tlsn_span params);
/* Whether the peer's key may be used in this way by its certificate. */
TLSN_MUST_USE tlsn_status tlsni_peer_usage(struct tlsni_hs *hs, uint16_t key_usage);
/* Server: the name that was asked for, while the ClientHello is still at hand; client: ours. */
void tlsni_session_set_name(struct tlsni_hs *hs);
/* Fills what else hs->session holds besides its master secret. */
TLSN_MUST_USE tlsn_status tlsni_session_fill(struct tlsni_hs *hs);

#endif
