/* support_duo.h - a client and a server in memory: every record between them is on a tape, and may
 * be bent on its way. Time stands still, randomness is seeded, memory is counted.
 *
 * The server has a P-256 certificate for "server.example" that the client trusts; both sides have
 * the policy `default` in TLS 1.2. Tests change the configurations between duo_new() and duo_connect(). */
#ifndef TLSNI_TESTS_SUPPORT_DUO_H
#define TLSNI_TESTS_SUPPORT_DUO_H

#include <tls-native.h>
#include "support_env.h"

enum { DUO_BYTES = 1 << 18, DUO_RECORDS = 256, DUO_KEYS = 32 };

struct duo_record {
    uint8_t from, type;
    bool sealed; /* behind the sender's ChangeCipherSpec */
    uint16_t version;
    const uint8_t *head, *body; /* with and without its header */
    size_t len;                 /* of body */
};

struct duo;
/* May change a record on its way; returns its new length, 0 when it gets lost. */
typedef size_t duo_bend(struct duo *d, enum tlsn_role from, uint8_t *record, size_t len);
/* May change the body of a message. */
typedef void duo_change(uint8_t *body, size_t *len);

struct duo {
    struct test_env env;
    tlsn_config *config[2];
    tlsn_conn *conn[2];
    tlsn_status status[2];     /* of tlsn_handshake */
    tlsn_status read_status[2]; /* of tlsn_decrypt */
    bool absent[2];            /* not driven: the test speaks for it */
    struct duo_record record[DUO_RECORDS];
    size_t records, taped;
    bool ccs[2];
    uint8_t tape[DUO_BYTES];
    uint8_t in[2][DUO_BYTES];
    size_t in_len[2];
    uint8_t data[2][DUO_BYTES]; /* application data that arrived */
    size_t data_len[2];
    uint8_t master[DUO_KEYS][48]; /* from the key logs: the client's come first when both log */
    size_t masters;
    duo_bend *bend;
    duo_change *change;        /* of the message below */
    uint8_t change_from, change_type;
    unsigned changed;          /* how often */
    char text[2048];
};

/* The certificate of the server is all that a suite asks for: no pre-shared key, not anonymous. */
bool duo_certificate_suffices(uint16_t suite);

/* From now on both sides speak this older version only, with suites of CBC and SHA-1; 0: the default. In SSL
 * 3.0 RSA and DHE stand for what has curves in certificates and suites. */
void duo_set_version(uint16_t version);

/* tlsn_config_set_suites; in an older version suites with GCM stand for their elder siblings with CBC and
 * SHA-1, in lists as well as in duo_hello() and duo_suite(). */
TLSN_MUST_USE tlsn_status duo_set_suites(tlsn_config *config, const char *list);
/* The version that both speak. */
uint16_t duo_version(void);
/* A group of tests once more in an older version; how many failed. To be expanded where REQ is used. */
#define DUO_RUN_IN(version, name, tests)                                                          \
    (duo_set_version(version), *req_version() = (name),                                           \
     cmocka_run_group_tests_name((name), (tests), NULL, NULL))

/* From now on clients offer TLS 1.3 as well, to servers that do not speak it. */
void duo_offer_tls13(void);
/* A group of tests, and all of it once more with that; how many failed. */
#define DUO_RUN_ALSO_OFFERING_TLS13(tests)                                                         \
    (cmocka_run_group_tests((tests), NULL, NULL) +                                                 \
     (duo_offer_tls13(), cmocka_run_group_tests_name("beside TLS 1.3", (tests), NULL, NULL)))

struct duo *duo_new(void);
void duo_free(struct duo *d); /* no memory is left */

/* A chain of one certificate of this kind ("rsa:2048", "ec:secp256r1", "ed25519", ...) for
 * "server.example", issued by the authority of the tests; made once. Borrowed. */
tlsn_credential *duo_credential(const char *kind);
/* The same behind an intermediate authority that goes along. */
tlsn_credential *duo_credential_behind_intermediate(void);
/* The certificate of the authority. */
struct tlsn_span duo_root(void);
/* The same certificate with other bits of keyUsage (its signature is then wrong). To be freed. */
tlsn_credential *duo_credential_with_usage(const char *kind, uint8_t usage);
tlsn_trust *duo_trust(void);
/* New configurations with this credential for the server, NULL for none. */
void duo_reset_server(struct duo *d, tlsn_credential *credential);
void duo_reset_client(struct duo *d);

/* New connections and a new tape. */
void duo_connect(struct duo *d);
/* Lets both go on until nothing moves. */
void duo_run(struct duo *d);
/* Both, and the handshake completes. */
void duo_shake(struct duo *d);
/* The alert that stands for this one in the version that both speak. */
int duo_alert_in_version(int alert);
/* A handshake in which a message is changed on its way: `victim` fails with this status and alert,
 * and the other side hears it. */
void duo_refused(struct duo *d, enum tlsn_role victim, tlsn_status status, int alert);
/* Changes each message of this type from this side. */
void duo_change_message(struct duo *d, enum tlsn_role from, uint8_t type, duo_change *change);
/* Bytes to the other side of `from`, as they are but that a record of TLS 1.2 becomes one of duo_version(). */
void duo_inject(struct duo *d, enum tlsn_role from, const void *bytes, size_t len);
void duo_write(struct duo *d, enum tlsn_role from, const void *data, size_t len);
void duo_close(struct duo *d, enum tlsn_role from);
/* Pending output goes on its way. */
void duo_flush(struct duo *d, enum tlsn_role from);
/* This side asks for a renegotiation, and both go on. config may be NULL. */
void duo_renegotiate(struct duo *d, enum tlsn_role from, tlsn_config *config);

/* All records as text: "ClientHello <ServerHello ... CCS {handshake} <CCS <{handshake}"; the
 * server's with <, protected ones in braces, alerts as "alert:2/40". */
const char *duo_order(struct duo *d);
/* The body of the first message of this type that this side sent in the clear, or NULL. */
struct tlsn_span duo_message(const struct duo *d, enum tlsn_role from, uint8_t type);
/* The data of an extension of the first hello of this side; NULL data when it is not there. */
struct tlsn_span duo_extension(const struct duo *d, enum tlsn_role from, uint16_t type);
/* Fields of the ServerHello. */
uint16_t duo_suite(const struct duo *d);
uint16_t duo_suite_sent(const struct duo *d); /* as it stands there */
struct tlsn_span duo_session_id(const struct duo *d, enum tlsn_role from);
/* An alert in the clear from this side: level << 8 | description; -1 when there is none. */
int duo_alert(const struct duo *d, enum tlsn_role from);

/* A ClientHello of the test's own. Hexadecimal digits. */
struct duo_hello {
    uint16_t record_version, version; /* 0: 0x0301, duo_version() */
    /* NULL: empty, c02b, 00, no field */
    const char *session_id, *suites, *compressions, *extensions;
};
/* Sends it; the client's connection stays out of it. */
void duo_hello(struct duo *d, const struct duo_hello *hello);

/* The client's session. To be freed. */
tlsn_session *duo_session(struct duo *d);
/* New connections; the client offers the session. */
void duo_reconnect(struct duo *d, const tlsn_session *session);

#endif
