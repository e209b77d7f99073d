/* conn.h - inside of a connection.
 *
 * What an idle connection needs is in struct tlsn_conn; what only a handshake needs is in struct
 * tlsni_scratch, one block that is freed at completion. */
#ifndef TLSNI_CONN_H
#define TLSNI_CONN_H

#include <tls-native/conn.h>
#include "base/alert.h"
#include "config.h"
#include "handshake/machine.h"
#include "record/record.h"

/* Handshake state, reassembly of messages, and the open question. */
struct tlsni_scratch {
    struct tlsni_hs hs;
    struct tlsni_err err;
    struct tlsni_buf in;          /* handshake bytes that make no whole message yet; owned */
    size_t reading;               /* bytes of `in` that are the message being taken */
    struct tlsni_buf flight;      /* messages that go out in common records; owned */
    tlsn_status question;         /* TLSN_NEED_..., TLSN_OK when none is open */
    tlsn_status answered;         /* the question whose answer is here, TLSN_OK for none */
    bool calling;                 /* a callback runs for the question: it may look, not answer */
    bool judged;                  /* there was a verdict on the peer's chain */
    bool config_given;            /* tlsn_renegotiate() had one: it is not asked for */
    bool auth13;                  /* client authentication behind a handshake of TLS 1.3 */
    tlsn_status verdict;          /* answer of TLSN_NEED_VERDICT */
    tlsn_credential *credential;  /* answer of TLSN_NEED_CREDENTIAL; reference */
    struct tlsn_client_hello hello_view;
    struct tlsn_certificate_request request_view;
};

/* RFC 6520: the modes agreed on, and the request that waits for its answer. */
struct tlsni_heartbeat {
    struct tlsni_buf payload; /* of the request in flight, owned */
    uint32_t requests_in, responses_in;
    uint8_t peer, own;        /* enum tlsn_heartbeat */
    bool in_flight;
};

/* What RFC 5705 4 needs. Secret. */
struct tlsni_exporter {
    uint8_t master[TLSNI_MASTER_LEN];
    uint8_t randoms[2 * TLSNI_RANDOM_LEN]; /* the client's first */
};

/* Changes of one direction's keys in all (RFC 9846 4.7.3). */
#define TLSNI_KEY_UPDATES_MAX ((UINT64_C(1) << 48) - 1)

/* What a TLS 1.3 connection needs of its key schedule for as long as it lives. Secret. */
struct tlsni_secrets13 {
    struct tlsni_secret traffic[2]; /* by role of the sender */
    struct tlsni_secret exporter;   /* when TLSN_FEATURE_EXPORTER says so */
    struct tlsni_secret early_exporter; /* and early data were taken */
    unsigned answers;               /* to the peer's KeyUpdates since no output was pending */
    bool asked;                     /* the peer owes us a KeyUpdate */
    uint64_t updates;               /* KeyUpdates sent */
    struct tlsni_auth13 *auth;      /* owned; NULL: the client is not asked who it is any more */
    struct tlsni_bytes older;       /* client: packed sessions of tickets before the newest one, newest
                                     * first, each behind 3 bytes; owned */
    struct tlsni_bytes resumable;   /* client: the packed session that tickets are for, without its
                                     * certificate; owned */
};

/* What few connections have. */
struct tlsni_rare {
    tlsn_config *next;            /* reference: for the renegotiation that was asked for, or NULL */
    struct tlsni_buf plain;       /* decrypted data that did not fit; owned */
    struct tlsni_heartbeat heartbeat;
    struct tlsni_buf cached;      /* client: messages of earlier connections (RFC 7924), owned, gone after
                                   * the handshake */
    struct tlsni_bytes srtp_mki;  /* owned: to offer, then agreed on */
    struct tlsni_bytes identity;  /* of the pre-shared key or SRP user; owned */
    struct tlsni_buf authenticators; /* contexts that were used (authenticator.c); owned */
    struct tlsni_bytes peer_sigalgs; /* server, with exporters: of ClientHello; owned */
    uint64_t peer_extensions;        /* and which were in it, as in struct tlsni_hs.ext_seen */
    bool status_asked;               /* a response by OCSP among them */
    struct tlsni_delegation delegation[2]; /* by signer */
    uint8_t *alpn_kept;           /* owned: the protocol, when the configuration that had it is gone */
    uint16_t srtp_profile;
};

struct tlsn_conn {
    const struct tlsn_hooks *env;     /* of `base`, or NULL for the defaults */
    tlsn_config *base, *config;       /* references; config may be answered later */
    void *user;
    struct tlsni_scratch *scratch;    /* owned; NULL before the first call and after completion */
    struct tlsni_prot *rx, *tx;       /* owned; NULL: no protection */
    const struct tlsni_version *version;
    struct tlsni_buf out;             /* pending output, owned */
    struct tlsni_buf post;            /* part of a handshake message behind the handshake; owned */
    struct tlsni_rare *rare;          /* owned; NULL: there is nothing in it */
    struct tlsni_exporter *exporter;  /* owned; NULL: the feature is off */
    struct tlsni_secrets13 *secrets13; /* owned; NULL up to TLS 1.2 */
    tlsn_credential *own;             /* server: reference to what it showed, NULL when resumed */
    struct tlsn_session *offer;       /* client: to resume; owned, gone after the handshake */
    char *server_name, *verify_name;  /* owned */
    struct tlsni_bytes session;       /* client: packed, without the certificate; server: ID under which it is
                                       * kept, or tickets, each behind 2 bytes; owned */
    struct tlsni_bytes peer;          /* certificates kept, each behind 3 bytes; owned */
    struct tlsni_beside *beside;      /* what came along with them; owned, NULL: nothing is kept */
    char *error_text;                 /* owned; NULL: error.text is static */
    struct tlsn_conn_error error;     /* status TLSN_OK while the connection is sound */
    const struct tlsni_suite *suite;
    const struct tlsni_group *group;
    const struct tlsni_sigalg *scheme;
    struct tlsn_span alpn;            /* into the configuration, or rare->alpn_kept */
    uint64_t records_in, records_out;
    tlsn_status verdict;
    uint32_t refused_requests, renegotiations; /* renegotiations: completed */
    uint32_t empty_records, warnings; /* in a row */
    uint16_t fragment_max;            /* max_fragment_length, 0: none */
    uint16_t clear_out_max;           /* plain text of records we send in the clear, 0: no bound */
    uint8_t role, resumed, compression;
    uint8_t early;                    /* enum tlsn_early */
    uint8_t signer;                   /* enum tlsni_key_type: the server signed with it, or did when the session began */
    bool by_psk;                      /* TLS 1.3: a pre-shared key alone authenticates, or did when the session began */
    uint8_t verify_data_len, mac_order;
    uint8_t verify_data[2][36];       /* of the latest handshake, by role; none in TLS 1.3 */
    bool leaf_hashed;                 /* `peer` has the SHA-256 of the leaf instead of it */
    bool session_by_ticket;           /* server: these are tickets */
    bool done, close_sent, close_received;
    bool ccs_owed; /* a ChangeCipherSpec goes in front of the first protected record */
    bool renegotiation_asked, renegotiation_refused; /* server: HelloRequest is out; the peer said no */
    bool early_wanted;                /* client */
    bool send_name, name_is_address, verify_name_set, fallback;
    bool peer_raw; /* a raw public key stands in place of the certificates */
    uint8_t cert_comp[2]; /* by sender; 0: none */
    bool truncated_mac, name_acknowledged;
    bool ems, etm, secure_renegotiation, client_authenticated, verified;
};

static inline bool tlsni_conn_failed(const tlsn_conn *c)
{
    return c->error.status != TLSN_OK;
}

static inline bool tlsni_conn_renegotiates(const tlsn_conn *c)
{
    return c->done && c->scratch && !c->scratch->auth13;
}

static inline bool tlsni_conn_authenticates(const tlsn_conn *c)
{
    return c->scratch && c->scratch->auth13;
}

static inline bool tlsni_conn_sends_name(const tlsn_conn *c)
{
    return c->server_name && c->send_name && !c->name_is_address;
}

static inline const struct tlsn_limits *tlsni_conn_limits(const tlsn_conn *c)
{
    return c->config ? &c->config->hs.limits : &tlsni_default_limits;
}

/* ---- conn_out.c ---- */

/* Version for the headers of what we send. */
uint16_t tlsni_conn_wire_version(const tlsn_conn *c);
/* Longest plain text of a record in this direction. */
size_t tlsni_conn_plain_max(const tlsn_conn *c, bool writes);
/* Takes over what the hellos settled for the records to come. */
void tlsni_conn_follow_hello(tlsn_conn *c);
/* Seals data as records of this type behind the pending output. */
TLSN_MUST_USE tlsn_status tlsni_conn_queue(tlsn_conn *c, uint8_t type, const void *data, size_t len);
/* The same for at most TLSNI_RECORD_PLAIN_MAX bytes of application data. */
TLSN_MUST_USE tlsn_status tlsni_conn_queue_data(tlsn_conn *c, const void *data, size_t len);
TLSN_MUST_USE tlsn_status tlsni_conn_queue_alert(tlsn_conn *c, uint8_t level, uint8_t alert);
/* Seals what send_message gathered. */
TLSN_MUST_USE tlsn_status tlsni_conn_end_flight(tlsn_conn *c);
/* Moves pending output into the caller's buffer; frees the block of an idle connection. */
void tlsni_conn_pump(tlsn_conn *c, void *out, size_t cap, size_t *written);
/* Makes an error stick: notes it, queues its alert, drops what a handshake held. Returns it. */
tlsn_status tlsni_conn_fail(tlsn_conn *c, tlsn_status status, const struct tlsni_err *err);

/* ---- conn_in.c ---- */

/* Parses the next record; as tlsni_record_parse with the limits of this connection. */
TLSN_MUST_USE tlsn_status tlsni_conn_next_record(const tlsn_conn *c, const uint8_t *in, size_t len,
                                                 struct tlsni_record *rec, size_t *hint,
                                                 struct tlsni_err *err);
/* Opens a record behind the contents of `to` without making it part of them. *type: what is in it. */
TLSN_MUST_USE tlsn_status tlsni_conn_open(tlsn_conn *c, const struct tlsni_record *rec,
                                          struct tlsni_buf *to, uint8_t *type,
                                          const uint8_t **data, size_t *len,
                                          struct tlsni_err *err);
/* The outside of a protected record says what it has to. */
TLSN_MUST_USE tlsn_status tlsni_conn_check_outside(const tlsn_conn *c,
                                                   const struct tlsni_record *rec,
                                                   struct tlsni_err *err);
/* A ChangeCipherSpec that means nothing (RFC 8446 5), and its checks. */
bool tlsni_conn_drops_ccs(const tlsn_conn *c, const struct tlsni_record *rec);
TLSN_MUST_USE tlsn_status tlsni_conn_drop_ccs(tlsn_conn *c, const struct tlsni_record *rec,
                                              struct tlsni_err *err);
/* The payload of an alert record. */
TLSN_MUST_USE tlsn_status tlsni_conn_alerts(tlsn_conn *c, const uint8_t *data, size_t len,
                                            struct tlsni_err *err);

/* ---- conn_early.c ---- */

/* Records may be early data that are not taken, and then of any length that protected ones have. */
bool tlsni_conn_skips(const tlsn_conn *c);
/* Looks at a record that was opened with this status. True when it is such data and passed over; *status:
 * whether it may be. The first one that is not ends them. */
bool tlsni_conn_sift_early(tlsn_conn *c, const struct tlsni_record *rec, tlsn_status *status);

/* What a server reads is protected by the key of early data: tlsn_decrypt_early() opens it. */
bool tlsni_conn_reads_early(const tlsn_conn *c);
/* A server may answer early data, its own flight is out. */
bool tlsni_conn_answers_early(const tlsn_conn *c);
/* The contents of a record of that phase. */
TLSN_MUST_USE tlsn_status tlsni_conn_take_early(tlsn_conn *c, uint8_t type, const uint8_t *data,
                                                size_t len, size_t *written, struct tlsni_err *err);
/* A client that fails uses the handshake's keys, unless the server reads with those of early data. */
void tlsni_conn_leave_early(tlsn_conn *c);

/* ---- conn_data.c ---- */

/* Checks on buffers that overlap, and records of application data as far as they get out. */
TLSN_MUST_USE tlsn_status tlsni_conn_may_seal(const tlsn_conn *c, const void *plain, size_t len,
                                              const void *out, size_t cap);
TLSN_MUST_USE tlsn_status tlsni_conn_seal(tlsn_conn *c, const uint8_t *plain, size_t len,
                                          size_t *consumed, uint8_t *out, size_t cap,
                                          size_t *written);
/* Opens a record that says application_data and takes what is in it. */
TLSN_MUST_USE tlsn_status tlsni_conn_take_data(tlsn_conn *c, const struct tlsni_record *rec,
                                               uint8_t *plain, size_t cap, uint8_t *type,
                                               size_t *written, struct tlsni_err *err);
TLSN_MUST_USE tlsn_status tlsni_conn_count_empty(tlsn_conn *c, size_t len, struct tlsni_err *err);
/* Data that were opened and have not been fetched yet, and fetching them. */
bool tlsni_conn_keeps(const tlsn_conn *c);
TLSN_MUST_USE tlsn_status tlsni_conn_give_kept(tlsn_conn *c, const void *in, size_t in_len,
                                               uint8_t *plain, size_t cap, size_t *written);

/* ---- conn_heartbeat.c ---- */

/* A heartbeat behind the handshake; data may be written to. */
TLSN_MUST_USE tlsn_status tlsni_conn_heartbeat(tlsn_conn *c, uint8_t *data, size_t len,
                                               struct tlsni_err *err);
/* One inside a handshake. */
TLSN_MUST_USE tlsn_status tlsni_conn_early_heartbeat(tlsn_conn *c, struct tlsni_err *err);

/* ---- conn_host.c ---- */

extern const struct tlsni_hs_host tlsni_conn_host;
/* A key that the application found, for the handshake; an empty one is none. */
TLSN_MUST_USE tlsn_status tlsni_conn_take_psk(tlsn_conn *c, const struct tlsn_psk *psk);
TLSN_MUST_USE tlsn_status tlsni_conn_take_srp(tlsn_conn *c, const struct tlsn_srp_verifier *v);

/* ---- conn_handshake.c ---- */

/* Handshake state for a connection that has none. */
TLSN_MUST_USE tlsn_status tlsni_conn_start(tlsn_conn *c);
/* State of an exchange of this connection, with nothing in it; to be c->scratch while it runs. NULL: no memory. */
struct tlsni_scratch *tlsni_conn_new_scratch(tlsn_conn *c);
/* Takes a configuration into use (freezes it, takes a reference). */
TLSN_MUST_USE tlsn_status tlsni_conn_adopt(tlsn_conn *c, tlsn_config *config);
void tlsni_conn_drop_scratch(tlsn_conn *c);
/* The peer's certificates and what came along with them, at the end of a handshake. */
TLSN_MUST_USE tlsn_status tlsni_conn_keep_peer(tlsn_conn *c, struct tlsni_hs *hs);

/* Takes one record of a handshake. */
TLSN_MUST_USE tlsn_status tlsni_conn_take_record(tlsn_conn *c, const struct tlsni_record *rec);
/* Steps and messages that are here already: TLSN_OK when complete, TLSN_NEED_INPUT, a question, an
 * error. */
TLSN_MUST_USE tlsn_status tlsni_conn_advance(tlsn_conn *c);

/* ---- conn_renegotiate.c ---- */

/* Goes on with a renegotiation, if there is one, as far as it gets without input. TLSN_OK: records
 * may be read; a question; an error. */
TLSN_MUST_USE tlsn_status tlsni_conn_progress(tlsn_conn *c);
/* A record that is no application data, behind the first handshake. */
TLSN_MUST_USE tlsn_status tlsni_conn_take_other(tlsn_conn *c, const struct tlsni_record *rec,
                                                struct tlsni_err *err);
/* The peer's no_renegotiation. */
void tlsni_conn_hear_refusal(tlsn_conn *c);
/* Binds a new handshake to the one before. */
void tlsni_conn_bind(tlsn_conn *c, struct tlsni_hs *hs);

/* ---- conn_post13.c ---- */

/* The contents of a TLS 1.3 record that are no application data, behind the handshake. */
TLSN_MUST_USE tlsn_status tlsni_conn_take_inner(tlsn_conn *c, uint8_t type, const uint8_t *data,
                                                size_t len, struct tlsni_err *err);
/* What is left of a handshake at its end. */
TLSN_MUST_USE tlsn_status tlsni_conn_keep_secrets13(tlsn_conn *c, struct tlsni_hs *hs);
void tlsni_conn_drop_secrets13(tlsn_conn *c);

/* Messages of such records that have come and wait, since a question was open. */
TLSN_MUST_USE tlsn_status tlsni_conn_take_waiting(tlsn_conn *c, struct tlsni_err *err);

/* ---- conn_auth13.c ---- */

/* At the end of a handshake: what client authentication needs later, if it may come. */
TLSN_MUST_USE tlsn_status tlsni_conn_keep_auth13(tlsn_conn *c, const struct tlsni_hs *hs);
/* A message of this type is part of it. */
bool tlsni_conn_takes_auth13(const tlsn_conn *c, uint8_t type);
/* That message, with its header: TLSN_OK, a question, an error that `err` or c->scratch->err tells about. */
TLSN_MUST_USE tlsn_status tlsni_conn_take_auth13(tlsn_conn *c, struct tlsn_span message,
                                                 struct tlsni_err *err);
/* Goes on with an answer, as tlsni_conn_progress(). */
TLSN_MUST_USE tlsn_status tlsni_conn_progress_auth13(tlsn_conn *c);
void tlsni_conn_info_auth13(const tlsn_conn *c, struct tlsn_conn_info *info);

/* ---- conn_key_update.c ---- */

TLSN_MUST_USE tlsn_status tlsni_conn_take_key_update(tlsn_conn *c, struct tlsn_span body,
                                                     struct tlsni_err *err);
/* Before data are sealed: new keys when the old ones are nearly used up, where the version has that. */
TLSN_MUST_USE tlsn_status tlsni_conn_renew_keys(tlsn_conn *c);

/* ---- export.c ---- */

TLSN_MUST_USE tlsn_status tlsni_conn_keep_exporter(tlsn_conn *c, const struct tlsni_hs *hs);
void tlsni_conn_drop_exporter(tlsn_conn *c);

/* ---- conn.c ---- */

/* What there is of it, to be read; to be written to, NULL when out of memory. */
const struct tlsni_rare *tlsni_conn_rare(const tlsn_conn *c);
TLSN_MUST_USE struct tlsni_rare *tlsni_conn_need_rare(tlsn_conn *c);
/* Replaces the SRTP master key identifier of the connection. */
TLSN_MUST_USE tlsn_status tlsni_conn_keep_mki(tlsn_conn *c, const void *mki, size_t len);

/* Wipes and frees the session that a client wanted to resume. */
void tlsni_conn_drop_offer(tlsn_conn *c);

#endif
