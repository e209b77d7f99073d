/* support_tls13.c - what support_tls13.h says: the bent peer, the wire between the two, and what comes behind the
 * handshake. */
#include "support_tls13.h"

#include <stdlib.h>
#include <string.h>
#include <tls-native/authenticator.h>

#include "conn.h"
#include "ext/ext.h"
#include "handshake/binder13.h"
#include "handshake/transcript.h"
#include "support_env.h"

enum { INPUT_MAX = 4096, ROOM = 1 << 16, WIRE_MAX = 1 << 18, CALLS_MAX = 400, CHANGE_LEN = 5, LAST = 255 };
enum { EARLY_MAX = 200, PIECE_MAX = 64, RECORDS_MAX = 16 };

/* ---- changes ---- */

struct message {
    uint8_t data[ROOM];
    size_t len;
    bool lost, twice;
    bool raw;     /* the length in the header is no concern of ours */
    bool unbound; /* nor are binders */
};

static size_t get16(const uint8_t *p)
{
    return (size_t)p[0] << 8 | p[1];
}

static void put16(uint8_t *p, size_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

/* A gap of n bytes at a place. */
static bool make_room(struct message *m, size_t at, size_t n)
{
    if (m->len + n > ROOM)
        return false;
    memmove(m->data + at + n, m->data + at, m->len - at);
    m->len += n;
    return true;
}

static void cut(struct message *m, size_t at, size_t n)
{
    if (n > m->len - at)
        n = m->len - at;
    memmove(m->data + at, m->data + at + n, m->len - at - n);
    m->len -= n;
}

/* change: message, offset in the body (2 bytes), kind, value. The top bit of the kind: binders stay as they were. */
static void apply(struct message *m, const uint8_t *change)
{
    size_t body = m->len - TLSNI_MSG_HEADER;
    size_t at = TLSNI_MSG_HEADER + (body ? get16(change + 1) % body : 0);
    size_t n = change[4] % PIECE_MAX + 1;

    m->unbound = m->unbound || change[3] & 0x80;
    switch (change[3] % 12) {
    case 0: m->data[at] ^= change[4]; break;
    case 1: m->data[at] = change[4]; break;
    case 2: /* a length, perhaps */
        if (at + 2 <= m->len)
            put16(m->data + at, get16(m->data + at) + change[4]);
        break;
    case 3:
        if (at + 2 <= m->len)
            put16(m->data + at, get16(m->data + at) - change[4]);
        break;
    case 4:
        if (make_room(m, at, n))
            memset(m->data + at, change[4], n);
        break;
    case 5: /* the same piece twice; at the end, from n bytes before */
        if (at + n <= m->len)
            (void)make_room(m, at, n);
        break;
    case 6: cut(m, at, n); break;
    case 7: m->len = at; break;
    case 8: m->data[0] = change[4]; break;
    case 9: m->data[3] = (uint8_t)(m->data[3] + change[4]); m->raw = true; break;
    case 10: m->lost = true; break;
    default: m->twice = true; break;
    }
}

static void set_length(struct message *m)
{
    size_t body = m->len - TLSNI_MSG_HEADER;

    if (m->raw)
        return;
    m->data[1] = (uint8_t)(body >> 16);
    put16(m->data + 2, body & 0xffff);
}

/* ---- the bent peer ---- */

static struct {
    const uint8_t *script;
    size_t left;
    enum tlsn_role peer;
    struct tlsni_hs_host host[2];
    struct tlsni_hash_ctx base; /* the transcript in front of the log; no row: from the beginning */
    uint8_t log[WIRE_MAX];      /* messages of both sides */
    size_t log_len;
    unsigned sent;              /* messages of the peer */
    bool any, proof;            /* changed: something; what nobody takes in another form or number */
} bend;

static void log_put(const void *data, size_t len)
{
    if (len > WIRE_MAX - bend.log_len)
        len = WIRE_MAX - bend.log_len;
    memcpy(bend.log + bend.log_len, data, len);
    bend.log_len += len;
}

static void log_hash(const struct tlsni_hash *row, struct tlsni_hash_ctx *out)
{
    *out = bend.base;
    if (!out->row)
        tlsni_hash_init(out, row);
    tlsni_hash_update(out, bend.log, bend.log_len);
}

static bool is_retry(const uint8_t *message, size_t len)
{
    return message[0] == TLSNI_MSG_SERVER_HELLO && len > 10 && !memcmp(message + 6, "\xcf\x21\xad\x74", 4);
}

/* RFC 8446 4.4.1: the hash stands for the first ClientHello. */
static void log_retry(const struct tlsni_hash *row)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX], head[TLSNI_MSG_HEADER] = { TLSNI_MSG_MESSAGE_HASH };
    struct tlsni_hash_ctx h;

    log_hash(row, &h);
    tlsni_hash_peek(&h, digest);
    head[3] = row->len;
    bend.log_len = 0;
    log_put(head, sizeof head);
    log_put(digest, row->len);
}

static tlsn_status send_as_it_is(void *ctx, const uint8_t *message, size_t len)
{
    tlsn_conn *c = ctx;

    if (is_retry(message, len))
        log_retry(c->scratch->hs.transcript.hash.row);
    log_put(message, len);
    return tlsni_conn_host.send_message(ctx, message, len);
}

/* All changes that are due. */
static void bend_message(struct message *m)
{
    while (bend.left >= CHANGE_LEN && bend.script[0] != LAST && bend.script[0] <= bend.sent) {
        if (bend.script[0] == bend.sent)
            apply(m, bend.script);
        bend.script += CHANGE_LEN;
        bend.left -= CHANGE_LEN;
    }
    set_length(m);
}

/* The sender's transcript has what went out, and so have the binders of a ClientHello. */
static tlsn_status follow(tlsn_conn *c, struct message *m, size_t len)
{
    struct tlsni_hs *hs = &c->scratch->hs;
    struct tlsni_transcript *t = &hs->transcript;
    size_t tail = hs->tls13.offers && m->data[0] == TLSNI_MSG_CLIENT_HELLO ? tlsni_ext_binders_len(hs) : 0;

    if (t->hash.row)
        log_hash(t->hash.row, &t->hash);
    if (t->raw.end >= t->raw.start + len)
        t->raw.end -= len;
    if (tail && !m->unbound && m->len > TLSNI_MSG_HEADER + tail)
        tlsni_binder13_put(hs, m->data, m->len);
    return tlsni_transcript_add(t, c->env, m->data, m->len);
}

static void note_change(uint8_t type, const struct message *m)
{
    bool has_one_form = type == TLSNI_MSG_CERTIFICATE_VERIFY || type == TLSNI_MSG_FINISHED ||
                        type == TLSNI_MSG_END_OF_EARLY_DATA;

    bend.any = true;
    if (type != TLSNI_MSG_NEW_SESSION_TICKET && (has_one_form || m->lost || m->twice))
        bend.proof = true;
}

static tlsn_status send_bent(void *ctx, const uint8_t *message, size_t len)
{
    static struct message m;
    tlsn_conn *c = ctx;
    tlsn_status st = TLSN_OK;
    bool changed;

    m.lost = m.twice = m.raw = m.unbound = false;
    m.len = len;
    memcpy(m.data, message, len);
    bend_message(&m);
    bend.sent++;
    changed = m.len != len || memcmp(m.data, message, len) != 0;
    if (changed || m.lost || m.twice)
        note_change(message[0], &m);
    if (is_retry(message, len))
        log_retry(c->scratch->hs.transcript.hash.row);
    if (changed)
        st = follow(c, &m, len);
    log_put(m.data, m.len);
    if (m.lost)
        tlsni_conn_follow_hello(c);
    for (int i = 0; st == TLSN_OK && i < (m.lost ? 0 : 1 + m.twice); i++)
        st = tlsni_conn_host.send_message(ctx, m.data, m.len);
    return st;
}

static void bend_begin(enum tlsn_role target, const uint8_t *script, size_t len)
{
    memset(&bend.base, 0, sizeof bend.base);
    bend.script = script;
    bend.left = len;
    bend.peer = target == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT;
    bend.log_len = bend.sent = 0;
    bend.any = bend.proof = false;
    for (int r = 0; r < 2; r++) {
        bend.host[r] = tlsni_conn_host;
        bend.host[r].send_message = r == (int)bend.peer ? send_bent : send_as_it_is;
    }
}

/* The rest of the script is for what comes behind the handshake. */
static void bend_end(void)
{
    while (bend.left >= CHANGE_LEN && bend.script[0] != LAST) {
        bend.script += CHANGE_LEN;
        bend.left -= CHANGE_LEN;
    }
    if (bend.left) {
        bend.script++;
        bend.left--;
    }
}

/* ---- configurations and sessions, made once ---- */

static tlsn_status always_new(void *ctx, const struct tlsn_early_hello *hello)
{
    (void)ctx;
    (void)hello;
    return TLSN_OK;
}

static const struct tlsn_span identity = { (const uint8_t *)"joe", 3 };
static const struct tlsn_span key = { (const uint8_t *)"a key of 24 bytes, known", 24 };

/* A server that has the key in its configuration, or asks for it. */
static void set_key(tlsn_config *c, enum tlsn_role role, unsigned choice)
{
    const struct tlsn_external_psk psk = { .identity = identity, .key = key };

    if (role == TLSN_SERVER && (choice & TLS13_RETRY))
        fuzz_ok(tlsn_config_set_psk_suspend(c, true));
    else
        fuzz_ok(tlsn_config_add_external_psk(c, &psk));
}

static void set_features(tlsn_config *c, enum tlsn_role role, unsigned choice)
{
    fuzz_ok(tlsn_config_set_feature(c, TLSN_FEATURE_EXPORTER, true));
    fuzz_ok(tlsn_config_set_feature(c, TLSN_FEATURE_POST_HANDSHAKE_AUTH, choice & TLS13_BEHIND));
    fuzz_ok(tlsn_config_set_feature(c, TLSN_FEATURE_RETRY_COOKIE, true));
    fuzz_ok(tlsn_config_set_feature(c, TLSN_FEATURE_CERT_WITH_PSK, choice & TLS13_CERT_WITH_KEY));
    if (choice & (TLS13_KEY | TLS13_CERT_WITH_KEY))
        set_key(c, role, choice);
}

static tlsn_config *make_config(enum tlsn_role role, unsigned choice)
{
    static const struct tlsn_replay_check check = { always_new, NULL };
    bool retry = choice & TLS13_RETRY;
    tlsn_config *c;

    fuzz_ok(tlsn_config_new(&c, &fuzz_hooks));
    fuzz_ok(tlsn_config_set_versions(c, TLSN_TLS1_3, TLSN_TLS1_3));
    fuzz_ok(tlsn_config_set_groups(c, retry && role == TLSN_SERVER ? "secp256r1" : "x25519,secp256r1"));
    fuzz_ok(tlsn_config_set_trust(c, fuzz_made()->trust));
    fuzz_ok(tlsn_config_add_credential(c, fuzz_made()->ec));
    fuzz_ok(tlsn_config_set_alpn(c, "h2,http/1.1"));
    fuzz_ok(tlsn_config_set_cert_compression(c, choice & TLS13_AUTHENTICATOR ? NULL : "zlib"));
    fuzz_ok(tlsn_config_set_delegated(c, choice & TLS13_KEY ? NULL : "default"));
    set_features(c, role, choice);
    if (role == TLSN_SERVER) {
        fuzz_ok(tlsn_config_set_early_data_max(c, EARLY_MAX));
        fuzz_ok(tlsn_config_set_replay_check(c, &check));
        if (choice & TLS13_CLIENT_AUTH)
            fuzz_ok(tlsn_config_set_client_auth(c, TLSN_CLIENT_AUTH_REQUIRE));
    } else {
        fuzz_ok(tlsn_config_set_credential_suspend(c, true));
    }
    fuzz_ok(tlsn_config_freeze(c));
    return c;
}

static tlsn_config *config_of(enum tlsn_role role, unsigned choice)
{
    static tlsn_config *made[2][256];
    unsigned what = choice & ~(unsigned)(TLS13_RESUME | TLS13_EARLY);

    if (!made[role][what])
        made[role][what] = make_config(role, what);
    return made[role][what];
}

/* ---- the two ends ---- */

struct end {
    tlsn_conn *conn;
    uint8_t in[WIRE_MAX];
    size_t in_len;
    bool over, said_early;
};

static struct end ends[2];

static void deliver(struct end *to, const uint8_t *data, size_t len)
{
    if (len > WIRE_MAX - to->in_len)
        len = WIRE_MAX - to->in_len;
    memcpy(to->in + to->in_len, data, len);
    to->in_len += len;
}

/* An error sticks and says what it is. */
static void check_failed(struct end *e, tlsn_status st)
{
    const struct tlsn_conn_error *error = tlsn_conn_error(e->conn);
    uint8_t out[8];
    size_t consumed, written;

    fuzz_need(error && error->status == st && error->layer && error->text && error->text[0]);
    fuzz_need(tlsn_handshake(e->conn, NULL, 0, &consumed, out, sizeof out, &written) == st);
    fuzz_need(!tlsn_handshake_done(e->conn));
    e->over = true;
}

static bool answer_psk(tlsn_conn *c)
{
    const struct tlsn_psk psk = { .identity = identity, .key = key };
    struct tlsn_psk_request request;

    fuzz_need(tlsn_psk_wanted(c, &request));
    fuzz_ok(tlsn_psk_answer(c, tlsni_span_eq(request.identity, identity) ? &psk : NULL));
    return true;
}

/* The peer's transcript of an answer behind the handshake begins where the question is open. */
static bool answer(struct end *e, tlsn_status question)
{
    struct tlsni_scratch *s = e->conn->scratch;

    if (question == TLSN_NEED_PSK)
        return answer_psk(e->conn);
    if (question != TLSN_NEED_CREDENTIAL)
        return false;
    if (e->conn->done) {
        bend.base = s->hs.transcript.hash;
        bend.log_len = 0;
        s->hs.host = &bend.host[TLSN_CLIENT];
    }
    fuzz_ok(tlsn_conn_set_credential(e->conn, fuzz_made()->ec));
    return true;
}

static tlsn_status call(struct end *e, uint8_t *copy, size_t *consumed, uint8_t *out, size_t cap,
                        size_t *written)
{
    uint8_t plain[TLSN_PLAIN_MAX];
    size_t count = 0;
    tlsn_status st;

    if (!tlsn_handshake_done(e->conn)) {
        st = tlsn_handshake(e->conn, copy, e->in_len, consumed, out, cap, written);
        if (st == TLSN_EARLY_DATA && !*consumed && !*written)
            st = tlsn_decrypt_early(e->conn, copy, e->in_len, consumed, plain, sizeof plain, &count);
    } else if (tlsn_output_pending(e->conn)) {
        st = tlsn_drain(e->conn, out, cap, written);
    } else {
        st = tlsn_decrypt(e->conn, copy, e->in_len, consumed, plain, sizeof plain, &count);
    }
    fuzz_need(*consumed <= e->in_len && *written <= cap && count <= sizeof plain);
    return st;
}

/* One call. True when something moved. The input is in a block of its own, for sanitizers. */
static bool step(struct end *e, struct end *other)
{
    static uint8_t out[2 * TLSN_RECORD_MAX];
    size_t consumed = 0, written = 0;
    uint8_t *copy;
    tlsn_status st;

    if (e->over)
        return false;
    copy = malloc(e->in_len + 1);
    fuzz_need(copy != NULL);
    memcpy(copy, e->in, e->in_len);
    st = call(e, copy, &consumed, out, sizeof out, &written);
    free(copy);
    memmove(e->in, e->in + consumed, e->in_len - consumed);
    e->in_len -= consumed;
    deliver(other, out, written);
    if (st < 0)
        check_failed(e, st);
    if (st == TLSN_CLOSED)
        e->over = true;
    return answer(e, st) || consumed || written;
}

static void say_early(struct end *client, struct end *server)
{
    uint8_t out[256];
    size_t consumed, written;

    if (client->over || client->said_early || tlsn_early_data_left(client->conn) == 0)
        return;
    client->said_early = true;
    (void)!tlsn_encrypt_early(client->conn, "early", 5, &consumed, out, sizeof out, &written);
    deliver(server, out, written);
}

static void pump(void)
{
    bool moved = true;

    for (unsigned n = 0; moved && n < CALLS_MAX; n++) {
        moved = step(&ends[TLSN_CLIENT], &ends[TLSN_SERVER]);
        say_early(&ends[TLSN_CLIENT], &ends[TLSN_SERVER]);
        moved |= step(&ends[TLSN_SERVER], &ends[TLSN_CLIENT]);
    }
}

static void say(enum tlsn_role from)
{
    uint8_t out[256];
    size_t consumed, written;

    if (!ends[from].over && tlsn_handshake_done(ends[from].conn) &&
        tlsn_encrypt(ends[from].conn, "hello", 5, &consumed, out, sizeof out, &written) >= 0)
        deliver(&ends[!from], out, written);
}

static void open_ends(unsigned choice, const tlsn_session *session)
{
    for (int r = 0; r < 2; r++) {
        struct end *e = &ends[r];

        e->in_len = 0;
        e->over = e->said_early = false;
        fuzz_ok(tlsn_conn_new(&e->conn, (enum tlsn_role)r, config_of((enum tlsn_role)r, choice)));
    }
    fuzz_ok(tlsn_conn_set_server_name(ends[TLSN_CLIENT].conn, "a.example"));
    if (session) {
        fuzz_ok(tlsn_conn_set_session(ends[TLSN_CLIENT].conn, session));
        fuzz_ok(tlsn_conn_set_early_data(ends[TLSN_CLIENT].conn, choice & TLS13_EARLY));
    }
    for (int r = 0; r < 2; r++) {
        fuzz_ok(tlsni_conn_start(ends[r].conn));
        ends[r].conn->scratch->hs.host = &bend.host[r];
    }
}

static void close_ends(void)
{
    for (int r = 0; r < 2; r++)
        tlsn_conn_free(ends[r].conn);
}

/* A session of these configurations, made once. */
static const tlsn_session *session_of(unsigned choice)
{
    static tlsn_session *made[256];
    unsigned what = choice & ~(unsigned)(TLS13_RESUME | TLS13_EARLY);

    if (!(choice & TLS13_RESUME) || (choice & TLS13_CERT_WITH_KEY))
        return NULL;
    if (!made[what]) {
        bend_begin(TLSN_CLIENT, NULL, 0);
        open_ends(what, NULL);
        pump();
        if (tlsn_conn_get_session(ends[TLSN_CLIENT].conn, &made[what]) != TLSN_OK)
            made[what] = NULL; /* under a key alone there may be none */
        close_ends();
    }
    return made[what];
}

/* ---- what has to hold ---- */

static bool by_key(const struct tlsn_conn_info *info)
{
    return info->resumed != TLSN_RESUMED_NO;
}

static void check_handshake(enum tlsn_role target, unsigned choice)
{
    struct tlsn_conn_info info;

    if (!bend.any)
        fuzz_need(tlsn_handshake_done(ends[0].conn) && tlsn_handshake_done(ends[1].conn));
    if (!tlsn_handshake_done(ends[target].conn))
        return;
    fuzz_need(!bend.proof);
    tlsn_conn_get_info(ends[target].conn, &info);
    if (target == TLSN_CLIENT)
        fuzz_need(by_key(&info) || (info.verified && info.verdict == TLSN_OK));
    else if (choice & TLS13_CLIENT_AUTH)
        fuzz_need(info.client_authenticated || by_key(&info));
}

/* ---- behind the handshake ---- */

static bool both_live(void)
{
    return !ends[0].over && !ends[1].over && tlsn_handshake_done(ends[0].conn) &&
           tlsn_handshake_done(ends[1].conn);
}

/* Types from ChangeCipherSpec to heartbeat; a length and as many bytes each. */
static void forge_records(void)
{
    for (int i = 0; i < RECORDS_MAX && bend.left >= 2 && both_live(); i++) {
        uint8_t type = (uint8_t)(TLSNI_CONTENT_CCS + bend.script[0] % 5);
        size_t n = bend.script[1];

        bend.script += 2;
        bend.left -= 2;
        if (n > bend.left)
            n = bend.left;
        fuzz_ok(tlsni_conn_queue(ends[bend.peer].conn, type, bend.script, n));
        bend.script += n;
        bend.left -= n;
        pump();
    }
}

static void ask_client(enum tlsn_role target)
{
    struct tlsn_conn_info info;

    bend.proof = false;
    if (!both_live() || !tlsn_may_request_client_auth(ends[TLSN_SERVER].conn))
        return;
    fuzz_ok(tlsn_request_client_auth(ends[TLSN_SERVER].conn, TLSN_CLIENT_AUTH_REQUIRE));
    pump();
    tlsn_conn_get_info(ends[TLSN_SERVER].conn, &info);
    if (target == TLSN_SERVER && bend.proof)
        fuzz_need(!info.client_auth_given);
}

static void renew_keys(void)
{
    for (int r = 0; r < 2; r++)
        if (both_live())
            fuzz_ok(tlsn_key_update(ends[r].conn, r == TLSN_CLIENT));
    pump();
    for (int r = 0; r < 2; r++)
        say((enum tlsn_role)r);
    pump();
}

/* ---- authenticators ---- */

enum { REQUEST_MAX = 512, AUTHENTICATOR_MAX = 4096 };

/* Three bytes each: where, and what is added to it. True when anything changed. */
static bool bend_bytes(uint8_t *data, size_t len)
{
    bool changed = false;

    for (int i = 0; i < 4 && bend.left >= 3 && len; i++, bend.script += 3, bend.left -= 3) {
        data[get16(bend.script) % len] ^= bend.script[2];
        changed |= bend.script[2] != 0;
    }
    return changed;
}

/* Of the peer's, which the target asked for; two changes of one byte may take each other back. */
static void check_authenticator(tlsn_conn *target, tlsn_conn *peer)
{
    uint8_t request[REQUEST_MAX], made[AUTHENTICATOR_MAX], bent[AUTHENTICATOR_MAX];
    const struct tlsn_span none = { NULL, 0 };
    struct tlsn_span asked = { request, 0 };
    size_t len;
    tlsn_status st;

    fuzz_ok(tlsn_authenticator_request(target, none, NULL, request, sizeof request, &asked.len));
    fuzz_ok(tlsn_authenticator_make(peer, asked, NULL, made, sizeof made, &len));
    memcpy(bent, made, len);
    (void)bend_bytes(bent, len);
    st = tlsn_authenticator_check(target, asked, (struct tlsn_span){ bent, len }, NULL);
    fuzz_need((st == TLSN_OK) == (memcmp(bent, made, len) == 0));
}

static void make_authenticator(tlsn_conn *target, tlsn_conn *peer)
{
    uint8_t request[REQUEST_MAX], made[AUTHENTICATOR_MAX];
    const struct tlsn_span none = { NULL, 0 };
    struct tlsn_span asked = { request, 0 };
    size_t len;

    fuzz_ok(tlsn_authenticator_request(peer, none, NULL, request, sizeof request, &asked.len));
    (void)bend_bytes(request, asked.len);
    fuzz_need(tlsn_authenticator_make(target, asked, NULL, made, sizeof made, &len) <= 0);
}

static void go_on(enum tlsn_role target, unsigned choice)
{
    bend_end();
    if ((choice & TLS13_AUTHENTICATOR) && both_live()) {
        check_authenticator(ends[target].conn, ends[bend.peer].conn);
        make_authenticator(ends[target].conn, ends[bend.peer].conn);
    }
    if (choice & TLS13_BEHIND) {
        forge_records();
        renew_keys();
    }
}

void tls13_run(enum tlsn_role target, const uint8_t *data, size_t len)
{
    const tlsn_session *session;
    unsigned choice;

    if (!len || len > INPUT_MAX)
        return;
    choice = data[0];
    (void)fuzz_made();
    session = session_of(choice);
    fuzz_seed(2);
    bend_begin(target, data + 1, len - 1);
    open_ends(choice, session);
    pump();
    check_handshake(target, choice);
    if (choice & TLS13_BEHIND)
        ask_client(target);
    go_on(target, choice);
    close_ends();
}
