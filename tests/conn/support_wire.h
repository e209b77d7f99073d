/* support_wire.h - two engines and the bytes between them, for tests of the contract: input comes
 * in steps of any size, output in buffers of any size, every byte is kept, memory is counted, can
 * be made to fail and is searched for secrets when it is given back. Seeded: the same calls give
 * the same bytes. */
#ifndef TLSNI_TESTS_CONN_SUPPORT_WIRE_H
#define TLSNI_TESTS_CONN_SUPPORT_WIRE_H

#include <tls-native.h>

enum { WIRE_BYTES = 1 << 18, WIRE_SECRETS = 8 };

struct wire_secret {
    uint8_t data[64];
    size_t len;
};

/* Memory, randomness and time of one side. */
struct wire_env {
    struct tlsn_hooks hooks;
    uint64_t seed;
    int64_t now_ms;
    size_t allocs, live, live_bytes;
    size_t fail_at;        /* the allocation with this number (from 1) fails; 0: none */
    bool fail_on;          /* and so do all behind it */
    size_t failed;         /* how many did */
    struct wire_secret secret[WIRE_SECRETS];
    size_t secrets, leaks; /* blocks that were given back with a secret in them */
};

struct wire_end {
    struct wire_env env;
    tlsn_config *config;
    tlsn_conn *conn;
    tlsn_status status;    /* of the latest tlsn_handshake */
    uint8_t in[WIRE_BYTES];
    size_t in_len, offered;
    uint8_t sent[WIRE_BYTES];
    size_t sent_len;
    uint8_t master[48];    /* from the key log; in TLS 1.3 the last secret of the handshake */
    bool has_master;
    struct wire_secret logged[WIRE_SECRETS]; /* all of the handshake, in order */
    size_t logged_count;
};

struct wire {
    struct wire_end end[2]; /* by role */
    size_t step;            /* bytes more of input from call to call; 0: all there are */
    size_t cap;             /* of the output buffers; 0: large */
    uint64_t chance;        /* not 0: both are drawn anew for each call, from this seed */
    const tlsn_session *offer; /* of the client in wire_replay(); borrowed */
};

#define OK(call) assert_int_equal((call), TLSN_OK)

static inline tlsn_config *wire_config(const struct wire *w, enum tlsn_role role)
{
    return w->end[role].config;
}

static inline tlsn_conn *wire_conn(const struct wire *w, enum tlsn_role role)
{
    return w->end[role].conn;
}

struct tlsn_conn_info wire_info(const struct wire *w, enum tlsn_role role);
/* That this side sent with its error; -1: it sent none, or has no error. */
int wire_alert(const struct wire *w, enum tlsn_role role);

/* ---- credentials: made once, for "server.example"; kinds as in tlsn_key_generate() ---- */

tlsn_credential *wire_credential(const char *kind);          /* borrowed */
tlsn_credential *wire_external(const char *kind);            /* without its key; borrowed */
tlsn_trust *wire_trust(void);                                /* borrowed */
/* Suites of fixed Diffie-Hellman: a certificate for one, and the authorities that such are from; borrowed. */
bool wire_is_fixed(const char *suite);
tlsn_credential *wire_credential_fixed(const char *suite);
tlsn_trust *wire_trust_fixed(void);
/* Another authority, that nobody trusts. Borrowed. */
tlsn_credential *wire_stranger(void);
/* The same with RSA keys, and one that its own key signed. Borrowed. */
tlsn_credential *wire_stranger_rsa(void);
tlsn_credential *wire_self_signed_rsa(void);

/* ---- a pair ---- */

/* Configurations with policy "compat" in TLS 1.2; server_key for the server; both trust. To be changed before
 * wire_open(). */
struct wire *wire_new(const char *server_key);
/* The pre-shared key of "joe". */
#define WIRE_PSK "a key of thirty-two octets, secret"
/* An RSA certificate besides and a pre-shared key: whatever a suite asks for; both sides have this one only, in a version that
 * has it. */
void wire_equip(struct wire *w, const char *suite);
/* wire_new() with a P-256 certificate, equipped. */
struct wire *wire_with_suite(const char *suite);
/* The last version that has a suite, where that is not TLS 1.2. */
void wire_set_suite_version(struct wire *w, const char *suite);
void wire_free(struct wire *w); /* nothing of either side's memory is left */
/* The same for one configuration; takes the reference. */
void wire_set_config(struct wire *w, enum tlsn_role role, tlsn_config *config);
/* New connections; the randomness of both sides starts again. */
void wire_open(struct wire *w);
/* Calls tlsn_handshake in turn until nothing moves: done, failed, or a question is open. */
void wire_run(struct wire *w);
void wire_shake(struct wire *w); /* both, and it has to complete; tickets behind it are read */
bool wire_done(const struct wire *w);
/* One call of tlsn_handshake; false when it changed nothing. */
bool wire_turn(struct wire *w, enum tlsn_role role);
/* Moves pending output to the other side. */
void wire_flush(struct wire *w, enum tlsn_role from);
/* Bytes of the test's own to a side. */
void wire_inject(struct wire *w, enum tlsn_role to, const void *data, size_t len);
/* A record sealed with this side's present keys, whatever the engine thinks of it. */
void wire_forge(struct wire *w, enum tlsn_role from, uint8_t type, const void *data, size_t len);

/* tlsn_decrypt until it wants input; returns its last status. got has room for cap bytes. */
tlsn_status wire_read(struct wire *w, enum tlsn_role at, void *got, size_t cap, size_t *len);
/* The client's early data, and reading them at the server. */
TLSN_MUST_USE tlsn_status wire_write_early(struct wire *w, const void *data, size_t len);
tlsn_status wire_read_early(struct wire *w, void *got, size_t cap, size_t *len);
/* This side asks for a renegotiation, which completes. */
void wire_renegotiate(struct wire *w, enum tlsn_role from);
/* Known secrets in the place of a connection's: the exporter's is 00, 01, ...; in TLS 1.2 the master secret is, and
 * the random values are 40, 41, ... */
void wire_set_exporter(tlsn_conn *c);
void wire_write(struct wire *w, enum tlsn_role from, const void *data, size_t len);
/* Patterned data of this length there and checked on arrival. */
void wire_say(struct wire *w, enum tlsn_role from, size_t len);
/* The same facts on both sides. */
void wire_agree(const struct wire *w);

/* The client's session; to be freed. */
tlsn_session *wire_session(const struct wire *w);
/* New connections; the client offers this session. */
void wire_resume(struct wire *w, const tlsn_session *session);

/* ---- transcripts ---- */

struct wire_tape {
    uint8_t data[WIRE_BYTES];
    size_t len;
};

struct wire_outcome {
    tlsn_status status;  /* at the end of the bytes; TLSN_OK: complete */
    tlsn_status eof;     /* of tlsn_transport_eof, when it still waited */
    int alert;           /* sent, -1: none */
    size_t out;          /* bytes it sent */
};

/* What this side sent up to now. */
void wire_record(const struct wire *w, enum tlsn_role from, struct wire_tape *tape);
/* A new connection in this role that gets these bytes at once, then the end of the transport. */
struct wire_outcome wire_replay(struct wire *w, enum tlsn_role role, const void *data, size_t len);
/* The offset of record i, or the length when there are fewer. */
size_t wire_record_at(const struct wire_tape *tape, size_t i);
size_t wire_record_count(const struct wire_tape *tape);
/* The first handshake message of this type in the clear from this side, with its header; len 0: none. */
struct tlsn_span wire_message(const struct wire *w, enum tlsn_role from, uint8_t type);

/* ---- memory ---- */

void wire_env_init(struct wire_env *env, uint64_t seed);
/* wire_run(), of which this side's n-th allocation from now on fails; false when there were fewer. */
bool wire_run_failing(struct wire *w, enum tlsn_role role, size_t n);
/* Handshakes of which one allocation of this side fails, each in turn: that is the error, or does no harm. The last
 * one, of which none fails, completes. */
void wire_fail_each(struct wire *w, enum tlsn_role role);
/* Whether these bytes are anywhere in the block. */
bool wire_holds(const void *block, size_t size, const void *bytes, size_t len);
/* From now on blocks are searched for these bytes. */
void wire_watch(struct wire_env *env, const void *secret, size_t len);
uint64_t wire_random(uint64_t *state);

#endif
