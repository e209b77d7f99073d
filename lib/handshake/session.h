/* session.h - what two handshakes share: the contents of a resumable session and its codec. */
#ifndef TLSNI_HANDSHAKE_SESSION_H
#define TLSNI_HANDSHAKE_SESSION_H

#include "base/bytes.h"
#include "base/secret.h"
#include "handshake/msg.h"

enum { TLSNI_MASTER_LEN = 48, TLSNI_CONTEXT_LEN = 16, TLSNI_TICKET_MAX = 65535, TLSNI_SESSION_NAME_MAX = 255 };
enum { TLSNI_SESSION_FORMAT = 6 }; /* of the serialised form */

/* Secret, by value apart from the ticket and the certificate. */
struct tlsn_session {
    uint8_t context[TLSNI_CONTEXT_LEN]; /* by what rules the peer was judged: hash of the configuration's */
    struct tlsn_hooks env;
    uint16_t version, suite;
    uint8_t compression;         /* method, kept by resumption (RFC 3749 3) */
    struct tlsni_secret master;  /* TLSNI_MASTER_LEN bytes, in TLS 1.3 the pre-shared key of the ticket, as
                                  * long as the suite's hash */
    bool ems, etm, truncated_mac;
    bool client_authenticated;   /* server: its chain was accepted; client: one was sent */
    bool peer_raw;               /* peer_leaf is a raw public key (RFC 7250) */
    bool verified;               /* the peer's chain got a verdict: it was not waved through */
    int64_t created_ms;
    uint32_t lifetime_s;         /* from created_ms on */
    int64_t issued_ms;           /* TLS 1.3: when the ticket was made (server) or came (client) */
    uint32_t age_add;            /* the same: what hides its age */
    uint32_t early_data_max;     /* bytes that may come before the handshake is complete, 0: none */
    uint8_t id[TLSNI_SESSION_ID_MAX];
    uint8_t id_len;
    char server_name[TLSNI_SESSION_NAME_MAX + 1]; /* "" when none */
    char verify_name[TLSNI_SESSION_NAME_MAX + 1]; /* client: that the chain is for; "" when none */
    uint8_t alpn[255];
    uint8_t alpn_len;
    struct tlsni_buf ticket;     /* client: owned, empty when resumed by ID */
    struct tlsni_buf peer_leaf;  /* owned, DER, empty when there was none */
    uint16_t fragment_max;       /* max_fragment_length in bytes, 0 for none (RFC 6066 4) */
    struct tlsni_buf identity;   /* owned: of the pre-shared key, or the SRP user; empty when none */
    int64_t delegated_end_s;     /* the peer showed a delegated credential: its last second, since 1970; 0: none */
    uint16_t group, scheme;      /* of the handshake that made it, for information */
};

/* Appends the bare serialised form, for bytes that are sealed or never leave the process. */
TLSN_MUST_USE tlsn_status tlsni_session_pack(const struct tlsn_session *s,
                                             const struct tlsn_hooks *env, struct tlsni_buf *out);
/* Fills a zeroed session from it, as tlsni_session_read. */
TLSN_MUST_USE tlsn_status tlsni_session_unpack(struct tlsn_session *s, struct tlsn_span data,
                                               const struct tlsn_hooks *env);
/* Appends that form with its check value behind it. */
TLSN_MUST_USE tlsn_status tlsni_session_write(const struct tlsn_session *s,
                                              const struct tlsn_hooks *env, struct tlsni_buf *out);
/* Fills a zeroed session (env of the caller). TLSN_ERR_SESSION_FORMAT, TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_session_read(struct tlsn_session *s, struct tlsn_span data,
                                             const struct tlsn_hooks *env);
/* Wipes and frees what the session owns, not the struct. */
void tlsni_session_clear(struct tlsn_session *s);
TLSN_MUST_USE tlsn_status tlsni_session_copy(struct tlsn_session *to,
                                             const struct tlsn_session *from,
                                             const struct tlsn_hooks *env);
/* False when its time is over, or has not come (clock set back by more than a minute). */
bool tlsni_session_fresh(const struct tlsn_session *s, int64_t now_ms);

/* Tickets, RFC 5077 4 with an AEAD: key name, nonce, sealed session, tag. The keys are derived from a secret and the
 * hour-long epoch the ticket was made in, so that they rotate without any state: a ticket is accepted in
 * its own epoch and as many later ones as its lifetime spans. A session that is too long for a ticket
 * (a huge client certificate) appends nothing. */
TLSN_MUST_USE tlsn_status tlsni_ticket_seal(const struct tlsn_session *s, const uint8_t secret[32],
                                            const struct tlsn_hooks *env, struct tlsni_buf *out);
/* TLSN_ERR_NOT_FOUND for a ticket that is not ours, damaged or outdated: a full handshake then. */
TLSN_MUST_USE tlsn_status tlsni_ticket_open(struct tlsn_session *s, const uint8_t secret[32],
                                            uint32_t lifetime_s, struct tlsn_span ticket,
                                            const struct tlsn_hooks *env);

#endif
