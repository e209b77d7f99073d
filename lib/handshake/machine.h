/* machine.h - the driver of the flow tables.
 *
 * A handshake advances by events: one message, one ChangeCipherSpec, or a step that needs no
 * input. The row that fits decides; there is no other place that knows an order of messages. An
 * action that fails or suspends leaves the state as it was. */
#ifndef TLSNI_HANDSHAKE_MACHINE_H
#define TLSNI_HANDSHAKE_MACHINE_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* A fresh handshake in the entry state of its role's hello flow. The struct is zeroed by the
 * caller; env, cfg, host, host_ctx, err, role and the client's inputs are set. */
void tlsni_hs_begin(struct tlsni_hs *hs);
/* Takes steps until a message is needed (TLSN_NEED_INPUT), the handshake is complete (TLSN_OK),
 * a question is open, or an error. */
TLSN_MUST_USE tlsn_status tlsni_hs_run(struct tlsni_hs *hs);
/* One whole handshake message with its header; only after tlsni_hs_run said TLSN_NEED_INPUT. */
TLSN_MUST_USE tlsn_status tlsni_hs_message(struct tlsni_hs *hs, const uint8_t *message, size_t len);
/* One ChangeCipherSpec. */
TLSN_MUST_USE tlsn_status tlsni_hs_ccs(struct tlsni_hs *hs);
/* True when there is something in it. */
bool tlsni_beside_any(const struct tlsni_beside *beside);
/* Frees the contents, not the struct. */
void tlsni_beside_free(struct tlsni_beside *beside, const struct tlsn_hooks *env);
/* Server: an SSL 2.0 compatible ClientHello, from its message type on, in the place of a ClientHello. */
TLSN_MUST_USE tlsn_status tlsni_hs_ssl2_hello(struct tlsni_hs *hs, struct tlsn_span body);
/* Server: the version takes the warning no_certificate in the place of an empty Certificate. */
bool tlsni_hs_takes_no_certificate(const struct tlsni_hs *hs);
/* The client sent it. */
TLSN_MUST_USE tlsn_status tlsni_hs_no_certificate(struct tlsni_hs *hs);
/* Wipes and frees what hs owns, not the struct. */
void tlsni_hs_clear(struct tlsni_hs *hs);

/* The row that an event takes now, NULL for none. */
const struct tlsni_hs_row *tlsni_hs_find(const struct tlsni_hs *hs, uint8_t event);

/* Every flow, for the table checks and `tlsn flows`. */
const struct tlsni_flow *const *tlsni_flows(size_t *count);
const char *tlsni_flow_state_name(const struct tlsni_flow *flow, uint8_t state);
const char *tlsni_event_name(uint8_t event);

extern const struct tlsni_flow tlsni_flow_hello_client, tlsni_flow_hello_server;
extern const struct tlsni_flow tlsni_flow_tls12_client, tlsni_flow_tls12_server;
extern const struct tlsni_flow tlsni_flow_tls13_client, tlsni_flow_tls13_server;

/* One row of a flow table: the action's name is kept for people. */
#define TLSNI_ROW(state, event, next, when, unless, needs, proves, act, source) \
    { state, event, next, when, unless, needs, proves, act, source, #act }

#endif
