#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"
#include "support_vectors.h"

enum { OUT_MAX = 1 << 16 };

static void key_log(void *ctx, const tlsn_conn *conn, const char *line)
{
    struct wire_end *e = ctx;

    struct wire_secret *s = &e->logged[e->logged_count++ % WIRE_SECRETS];
    const char *text = strrchr(line, ' ');

    (void)conn;
    assert_non_null(text);
    s->len = vec_unhex(text + 1, s->data, sizeof s->data);
    memset(e->master, 0, sizeof e->master);
    memcpy(e->master, s->data, s->len);
    e->has_master = true;
}

void wire_set_config(struct wire *w, enum tlsn_role role, tlsn_config *config)
{
    tlsn_config_free(w->end[role].config);
    w->end[role].config = config;
}

static void configure(struct wire_end *e, uint64_t seed)
{
    const struct tlsn_callbacks cb = { .key_log = key_log, .ctx = e };

    wire_env_init(&e->env, seed);
    OK(tlsn_config_new(&e->config, &e->env.hooks));
    OK(tlsn_config_set_policy(e->config, "compat"));
    OK(tlsn_config_set_versions(e->config, TLSN_TLS1_2, TLSN_TLS1_2));
    OK(tlsn_config_set_callbacks(e->config, &cb));
    OK(tlsn_config_set_trust(e->config, wire_trust()));
}

struct wire *wire_new(const char *server_key)
{
    struct wire *w = calloc(1, sizeof *w);

    assert_non_null(w);
    configure(&w->end[TLSN_CLIENT], 1);
    configure(&w->end[TLSN_SERVER], 2);
    if (server_key)
        OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_credential(server_key)));
    return w;
}

void wire_set_suite_version(struct wire *w, const char *suite)
{
    struct tlsn_suite_info info;
    size_t i = 0;

    while (tlsn_suite_info(i, &info) && strcmp(info.name, suite) != 0)
        i++;
    if (info.max_version != TLSN_TLS1_2)
        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_versions(w->end[r].config, info.max_version, info.max_version));
}

/* User "joe" on both sides. */
static void add_srp(struct wire *w)
{
    static uint8_t salt[16], verifier[256];
    static struct tlsn_srp_verifier v;
    size_t len;

    if (!v.group_bits)
        OK(tlsn_srp_make_verifier("joe", 3, WIRE_PSK, sizeof WIRE_PSK - 1, 2048, NULL, salt,
                                  verifier, sizeof verifier, &len));
    v = (struct tlsn_srp_verifier){ 2048, { salt, sizeof salt }, { verifier, sizeof verifier } };
    OK(tlsn_config_add_srp_user(w->end[TLSN_SERVER].config, "joe", 3, &v));
    OK(tlsn_config_set_srp_login(w->end[TLSN_CLIENT].config, "joe", 3, WIRE_PSK,
                                 sizeof WIRE_PSK - 1));
}

/* What no policy but legacy and research would take. */
static void allow_dsa(struct wire *w)
{
    const struct tlsn_verify_options options = { .min_dsa_bits = 1024 };

    OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_credential("dsa:1024")));
    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_sigalgs(w->end[r].config, "dsa_sha256,dsa_sha1,ed25519,"
                                                     "ecdsa_secp256r1_sha256"));
        OK(tlsn_config_set_verify_options(w->end[r].config, &options));
    }
}

void wire_equip(struct wire *w, const char *suite)
{
    if (strstr(suite, "_DSS_"))
        allow_dsa(w);
    OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_credential("rsa:2048")));
    if (wire_is_fixed(suite)) {
        OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_credential_fixed(suite)));
        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_trust(w->end[r].config, wire_trust_fixed()));
    }
    for (int r = 0; r < 2; r++) {
        /* in TLS 1.3 it would go before certificates */
        if (strstr(suite, "_WITH_"))
            OK(tlsn_config_add_psk(w->end[r].config, "joe", 3, WIRE_PSK, sizeof WIRE_PSK - 1));
        OK(tlsn_config_set_suites(w->end[r].config, suite));
    }
    wire_set_suite_version(w, suite);
    add_srp(w);
}

struct wire *wire_with_suite(const char *suite)
{
    struct wire *w = wire_new("ec:secp256r1");

    wire_equip(w, suite);
    return w;
}

static void close_end(struct wire_end *e)
{
    tlsn_conn_free(e->conn);
    e->conn = NULL;
}

void wire_free(struct wire *w)
{
    for (int i = 0; i < 2; i++) {
        close_end(&w->end[i]);
        tlsn_config_free(w->end[i].config);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->end[i].env.live, 0);
        assert_int_equal(w->end[i].env.leaks, 0);
    }
    free(w);
}

/* The configuration draws when it is frozen, which happens once. */
static void open_end(struct wire *w, enum tlsn_role role)
{
    struct wire_end *e = &w->end[role];

    close_end(e);
    e->in_len = e->offered = e->sent_len = 0;
    e->status = TLSN_NEED_INPUT;
    e->has_master = false;
    e->logged_count = 0;
    OK(tlsn_config_freeze(e->config));
    e->env.seed = 77 + (uint64_t)role;
    if (!e->env.fail_at)
        OK(tlsn_conn_new(&e->conn, role, e->config));
}

void wire_open(struct wire *w)
{
    open_end(w, TLSN_CLIENT);
    open_end(w, TLSN_SERVER);
    OK(tlsn_conn_set_server_name(w->end[TLSN_CLIENT].conn, "server.example"));
}

void wire_inject(struct wire *w, enum tlsn_role to, const void *data, size_t len)
{
    struct wire_end *e = &w->end[to];

    assert_true(len <= WIRE_BYTES - e->in_len);
    if (len)
        memcpy(e->in + e->in_len, data, len);
    e->in_len += len;
}

static void carry(struct wire *w, enum tlsn_role from, const uint8_t *out, size_t len)
{
    struct wire_end *e = &w->end[from];

    assert_true(len <= WIRE_BYTES - e->sent_len);
    memcpy(e->sent + e->sent_len, out, len);
    e->sent_len += len;
    wire_inject(w, (enum tlsn_role)!from, out, len);
}

static void consume(struct wire_end *e, size_t n)
{
    assert_true(n <= e->in_len);
    memmove(e->in, e->in + n, e->in_len - n);
    e->in_len -= n;
    if (n)
        e->offered = e->offered > n ? e->offered - n : 0;
}

/* Sizes of the next call. */
static size_t next_cap(struct wire *w)
{
    if (w->chance)
        return (size_t)(wire_random(&w->chance) % 300);
    return w->cap ? w->cap : OUT_MAX;
}

static size_t next_offer(struct wire *w, struct wire_end *e)
{
    size_t more = w->chance ? (size_t)(wire_random(&w->chance) % 300) : w->step;

    e->offered = !more || more > e->in_len - e->offered ? e->in_len : e->offered + more;
    return e->offered;
}

bool wire_turn(struct wire *w, enum tlsn_role role)
{
    static uint8_t out[OUT_MAX];
    struct wire_end *e = &w->end[role];
    size_t before = e->offered, offer = next_offer(w, e), consumed, written, cap = next_cap(w);
    tlsn_status st = tlsn_handshake(e->conn, e->in, offer, &consumed, out, cap, &written);
    bool moved = st != e->status || consumed || written || e->offered != before;

    assert_true(consumed <= offer && written <= cap);
    consume(e, consumed);
    carry(w, role, out, written);
    e->status = st;
    return moved || (w->chance && tlsn_output_pending(e->conn));
}

void wire_flush(struct wire *w, enum tlsn_role from)
{
    static uint8_t out[OUT_MAX];
    struct wire_end *e = &w->end[from];
    size_t written;

    while (tlsn_output_pending(e->conn)) {
        tlsn_status st = tlsn_drain(e->conn, out, next_cap(w), &written);

        assert_true(st <= 0 || st == TLSN_NEED_OUTPUT);
        carry(w, from, out, written);
    }
}

void wire_run(struct wire *w)
{
    bool moved = true;

    while (moved) {
        moved = false;
        for (int r = 0; r < 2; r++) {
            while (w->end[r].conn && wire_turn(w, (enum tlsn_role)r)) {
                moved = true;
                if (w->end[r].status < 0)
                    wire_flush(w, (enum tlsn_role)r);
            }
        }
    }
}

bool wire_done(const struct wire *w)
{
    return tlsn_handshake_done(w->end[0].conn) && tlsn_handshake_done(w->end[1].conn);
}

bool wire_run_failing(struct wire *w, enum tlsn_role role, size_t n)
{
    struct wire_env *env = &w->end[role].env;

    env->failed = 0;
    env->fail_at = env->allocs + n;
    wire_run(w);
    env->fail_at = 0;
    return env->failed != 0;
}

void wire_fail_each(struct wire *w, enum tlsn_role role)
{
    for (size_t n = 1;; n++) {
        wire_open(w);
        w->end[TLSN_SERVER].env.seed += n << 32; /* no session ID again that a failed one had */
        if (!wire_run_failing(w, role, n))
            break;
        assert_true(w->end[role].status == TLSN_ERR_NO_MEMORY || wire_done(w));
        assert_true(n < 1000);
    }
    assert_true(wire_done(w));
}

static const char *text_of(const struct wire_end *e)
{
    const struct tlsn_conn_error *error = tlsn_conn_error(e->conn);

    return error ? error->text : tlsn_status_name(e->status);
}

/* What a server says on its own behind a TLS 1.3 handshake. */
static void take_tickets(struct wire *w)
{
    struct tlsn_conn_info info;
    uint8_t waste[1];
    size_t len;

    tlsn_conn_get_info(w->end[TLSN_CLIENT].conn, &info);
    if (info.version < TLSN_TLS1_3)
        return;
    wire_flush(w, TLSN_SERVER);
    assert_int_equal(wire_read(w, TLSN_CLIENT, waste, 1, &len), TLSN_NEED_INPUT);
    assert_int_equal(len, 0);
}

void wire_shake(struct wire *w)
{
    wire_open(w);
    wire_run(w);
    if (!wire_done(w))
        fail_msg("client: %s; server: %s", text_of(&w->end[0]), text_of(&w->end[1]));
    take_tickets(w);
}

void wire_forge(struct wire *w, enum tlsn_role from, uint8_t type, const void *data, size_t len)
{
    OK(tlsni_conn_queue(w->end[from].conn, type, data, len));
    wire_flush(w, from);
}

/* ---- data ---- */

typedef tlsn_status sealer(tlsn_conn *conn, const void *plain, size_t len, size_t *consumed, void *out,
                           size_t out_cap, size_t *written);

static tlsn_status write_by(struct wire *w, enum tlsn_role from, sealer *seal, const void *data,
                            size_t len)
{
    static uint8_t out[OUT_MAX];
    const uint8_t *p = data;
    tlsn_status st = TLSN_NEED_OUTPUT;

    while (st == TLSN_NEED_OUTPUT) {
        size_t consumed, written;

        st = seal(w->end[from].conn, p, len, &consumed, out, next_cap(w), &written);
        carry(w, from, out, written);
        p += consumed;
        len -= consumed;
    }
    return st;
}

void wire_set_exporter(tlsn_conn *c)
{
    if (c->secrets13) {
        for (uint8_t b = 0; b < c->secrets13->exporter.len; b++)
            c->secrets13->exporter.data[b] = b;
        return;
    }
    for (uint8_t b = 0; b < 48; b++)
        c->exporter->master[b] = b;
    for (uint8_t b = 0; b < 64; b++)
        c->exporter->randoms[b] = (uint8_t)(64 + b);
}

void wire_write(struct wire *w, enum tlsn_role from, const void *data, size_t len)
{
    assert_int_equal(write_by(w, from, tlsn_encrypt, data, len), TLSN_OK);
}

tlsn_status wire_write_early(struct wire *w, const void *data, size_t len)
{
    return write_by(w, TLSN_CLIENT, tlsn_encrypt_early, data, len);
}

typedef tlsn_status opener(tlsn_conn *conn, const void *in, size_t in_len, size_t *consumed, void *plain,
                           size_t cap, size_t *written);

static tlsn_status read_by(struct wire *w, enum tlsn_role at, opener *open, void *got, size_t cap,
                           size_t *len)
{
    struct wire_end *e = &w->end[at];
    uint8_t *p = got;
    tlsn_status st;

    *len = 0;
    for (;;) {
        size_t before = e->offered, offer = next_offer(w, e), consumed, n, room = next_cap(w);

        room = room < cap - *len ? room : cap - *len;
        st = open(e->conn, e->in, offer, &consumed, p + *len, room, &n);
        assert_true(consumed <= offer && n <= room);
        consume(e, consumed);
        *len += n;
        if (st != TLSN_OK && (st != TLSN_NEED_INPUT || (!consumed && e->offered == before)))
            return st;
    }
}

tlsn_status wire_read(struct wire *w, enum tlsn_role at, void *got, size_t cap, size_t *len)
{
    return read_by(w, at, tlsn_decrypt, got, cap, len);
}

tlsn_status wire_read_early(struct wire *w, void *got, size_t cap, size_t *len)
{
    return read_by(w, TLSN_SERVER, tlsn_decrypt_early, got, cap, len);
}

static unsigned renegotiations(const struct wire *w, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(w->end[role].conn, &info);
    return info.renegotiations;
}

void wire_renegotiate(struct wire *w, enum tlsn_role from)
{
    unsigned before = renegotiations(w, from);
    uint8_t waste[1];
    size_t n;

    OK(tlsn_renegotiate(w->end[from].conn, NULL));
    for (int i = 0; i < 12; i++) {
        enum tlsn_role to = (from == TLSN_CLIENT) == (i % 2 == 0) ? TLSN_SERVER : TLSN_CLIENT;

        wire_flush(w, to == TLSN_SERVER ? TLSN_CLIENT : TLSN_SERVER);
        assert_int_equal(wire_read(w, to, waste, sizeof waste, &n), TLSN_NEED_INPUT);
        assert_int_equal(n, 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_false(tlsn_renegotiating(w->end[i].conn));
        assert_int_equal(renegotiations(w, (enum tlsn_role)i), before + 1);
    }
}

void wire_say(struct wire *w, enum tlsn_role from, size_t len)
{
    uint8_t *data = malloc(len + 1), *got = malloc(len + 1);
    size_t n;

    assert_true(data && got);
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i * 7 + i / 251);
    wire_write(w, from, data, len);
    assert_int_equal(wire_read(w, (enum tlsn_role)!from, got, len + 1, &n), TLSN_NEED_INPUT);
    assert_int_equal(n, len);
    assert_int_equal(memcmp(data, got, len), 0);
    assert_int_equal(w->end[!from].in_len, 0);
    free(data);
    free(got);
}

struct tlsn_conn_info wire_info(const struct wire *w, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(wire_conn(w, role), &info);
    return info;
}

int wire_alert(const struct wire *w, enum tlsn_role role)
{
    const struct tlsn_conn_error *e = tlsn_conn_error(wire_conn(w, role));

    return e ? e->alert_sent : -1;
}

void wire_agree(const struct wire *w)
{
    struct tlsn_conn_info c = wire_info(w, TLSN_CLIENT), s = wire_info(w, TLSN_SERVER);

    assert_int_equal(c.version, s.version);
    assert_int_equal(c.suite, s.suite);
    assert_int_equal(c.group, s.group);
    assert_int_equal(c.signature_scheme, s.signature_scheme);
    assert_int_equal(c.resumed, s.resumed);
    assert_int_equal(c.ems, s.ems);
    assert_int_equal(c.etm, s.etm);
    assert_int_equal(c.secure_renegotiation, s.secure_renegotiation);
    assert_int_equal(c.client_authenticated, s.client_authenticated);
    assert_int_equal(c.alpn.len, s.alpn.len);
    assert_int_equal(c.alpn.len ? memcmp(c.alpn.data, s.alpn.data, c.alpn.len) : 0, 0);
    assert_string_equal(c.server_name, s.server_name);
    assert_int_equal(c.records_in, s.records_out);
    assert_int_equal(c.records_out, s.records_in);
    assert_memory_equal(w->end[0].master, w->end[1].master, 48);
}

tlsn_session *wire_session(const struct wire *w)
{
    tlsn_session *s;

    OK(tlsn_conn_get_session(w->end[TLSN_CLIENT].conn, &s));
    return s;
}

void wire_resume(struct wire *w, const tlsn_session *session)
{
    wire_open(w);
    OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, session));
    wire_run(w);
    if (wire_done(w))
        take_tickets(w);
}

/* ---- transcripts ---- */

void wire_record(const struct wire *w, enum tlsn_role from, struct wire_tape *tape)
{
    memcpy(tape->data, w->end[from].sent, w->end[from].sent_len);
    tape->len = w->end[from].sent_len;
}

struct wire_outcome wire_replay(struct wire *w, enum tlsn_role role, const void *data, size_t len)
{
    struct wire_outcome o = { .alert = -1 };
    struct wire_end *e = &w->end[role];

    close_end(&w->end[!role]);
    open_end(w, role);
    w->end[!role].in_len = 0;
    if (role == TLSN_CLIENT)
        OK(tlsn_conn_set_server_name(e->conn, "server.example"));
    if (role == TLSN_CLIENT && w->offer)
        OK(tlsn_conn_set_session(e->conn, w->offer));
    wire_inject(w, role, data, len);
    while (wire_turn(w, role) && e->status >= 0)
        ;
    o.status = tlsn_handshake_done(e->conn) ? TLSN_OK : e->status;
    o.eof = o.status == TLSN_NEED_INPUT ? tlsn_transport_eof(e->conn) : TLSN_OK;
    wire_flush(w, role);
    if (tlsn_conn_error(e->conn))
        o.alert = tlsn_conn_error(e->conn)->alert_sent;
    o.out = e->sent_len;
    return o;
}

size_t wire_record_at(const struct wire_tape *tape, size_t i)
{
    size_t at = 0;

    while (i-- && at < tape->len)
        at += 5 + ((size_t)tape->data[at + 3] << 8 | tape->data[at + 4]);
    return at;
}

size_t wire_record_count(const struct wire_tape *tape)
{
    size_t n = 0;

    while (wire_record_at(tape, n) < tape->len)
        n++;
    return n;
}

/* The engine puts one message into a record. */
struct tlsn_span wire_message(const struct wire *w, enum tlsn_role from, uint8_t type)
{
    const struct wire_end *e = &w->end[from];
    size_t len;

    for (size_t at = 0; at + 5 < e->sent_len && e->sent[at] == 22; at += 5 + len) {
        len = (size_t)(e->sent[at + 3] << 8 | e->sent[at + 4]);
        if (e->sent[at + 5] == type)
            return (struct tlsn_span){ e->sent + at + 5, len };
    }
    return (struct tlsn_span){ NULL, 0 };
}
