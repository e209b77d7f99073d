#include "support_engine.h"
#include "support_env.h"

#include <stdlib.h>
#include <string.h>

enum {
    CALLS_MAX = 4000,
    INPUT_MAX = 1 << 17,
    STREAM_MAX = 1 << 18,
    SMALL_OUT = 7,
};

/* ---- configurations, made once ---- */

static tlsn_config *configs[2][256]; /* by role and choice; NULL: not made yet */

static tlsn_config *make_config(enum tlsn_role role, unsigned choice)
{
    tlsn_config *c;

    fuzz_ok(tlsn_config_new(&c, &fuzz_hooks));
    fuzz_ok(tlsn_config_set_policy(c, "compat"));
    if (choice & ENGINE_RSA)
        fuzz_ok(tlsn_config_set_suites(c, "TLS_RSA_WITH_AES_128_CBC_SHA256"));
    fuzz_ok(tlsn_config_set_trust(c, fuzz_made()->trust));
    fuzz_ok(tlsn_config_add_credential(c, fuzz_made()->ec));
    fuzz_ok(tlsn_config_add_credential(c, fuzz_made()->rsa));
    fuzz_ok(tlsn_config_set_alpn(c, "h2,http/1.1"));
    if (role == TLSN_SERVER && (choice & ENGINE_CLIENT_AUTH))
        fuzz_ok(tlsn_config_set_client_auth(c, TLSN_CLIENT_AUTH_REQUEST));
    if (choice & ENGINE_SUSPEND) {
        fuzz_ok(tlsn_config_set_verify_mode(c, TLSN_VERIFY_SUSPEND));
        fuzz_ok(tlsn_config_set_credential_suspend(c, true));
        fuzz_ok(tlsn_config_set_session_suspend(c, true));
        fuzz_ok(tlsn_config_set_feature(c, TLSN_FEATURE_CERTIFICATE_URL, true));
    }
    fuzz_ok(tlsn_config_freeze(c));
    return c;
}

static tlsn_config *config_of(enum tlsn_role role, unsigned choice)
{
    unsigned what = choice & (ENGINE_CLIENT_AUTH | ENGINE_SUSPEND | ENGINE_RSA);

    if (!configs[role][what])
        configs[role][what] = make_config(role, what);
    return configs[role][what];
}

/* ---- one side ---- */

struct side {
    tlsn_conn *conn;
    enum tlsn_role role;
    unsigned choice;
    const uint8_t *in; /* borrowed */
    size_t in_len;
    size_t said;       /* bytes of its application data that went out */
    bool over;         /* failed, closed, or stuck */
};

static void side_open(struct side *s, enum tlsn_role role, unsigned choice,
                      const tlsn_session *session)
{
    /* A suspending server starts without a configuration. */
    bool later = role == TLSN_SERVER && (choice & ENGINE_SUSPEND);

    memset(s, 0, sizeof *s);
    s->role = role;
    s->choice = choice;
    fuzz_ok(tlsn_conn_new(&s->conn, role, later ? NULL : config_of(role, choice)));
    if (role == TLSN_CLIENT)
        fuzz_ok(tlsn_conn_set_server_name(s->conn, "a.example"));
    if (session)
        fuzz_ok(tlsn_conn_set_session(s->conn, session));
}

/* The peer's own certificate, whatever the URLs say: another hash ends the connection. */
static void answer_certificates(struct side *s, bool refuse)
{
    const struct tlsn_span certificate = tlsn_credential_cert(fuzz_made()->ec, 0);
    tlsn_status st = tlsn_certificates_answer(s->conn, &certificate, refuse ? 0 : 1);

    if (st == TLSN_ERR_ARGUMENT) /* another number of URLs */
        fuzz_ok(tlsn_certificates_answer(s->conn, NULL, 0));
}

/* True when there was a question and it has its answer. */
static bool side_answer(struct side *s, tlsn_status question)
{
    bool refuse = s->choice & ENGINE_REFUSE;

    switch (question) {
    case TLSN_NEED_CONFIG:
        fuzz_need(tlsn_client_hello(s->conn) != NULL);
        fuzz_ok(tlsn_conn_set_config(s->conn, config_of(s->role, s->choice)));
        return true;
    case TLSN_NEED_VERDICT:
        fuzz_need(tlsn_conn_peer_cert(s->conn, 0).len > 0);
        (void)!tlsn_verify_default(s->conn, NULL);
        fuzz_ok(tlsn_set_verdict(s->conn, refuse ? TLSN_ERR_CERT_UNKNOWN : TLSN_OK));
        return true;
    case TLSN_NEED_CREDENTIAL:
        fuzz_need(tlsn_certificate_request(s->conn) != NULL);
        fuzz_ok(tlsn_conn_set_credential(s->conn, refuse ? NULL : fuzz_made()->ec));
        return true;
    case TLSN_NEED_CERTIFICATES:
        fuzz_need(tlsn_certificate_url(s->conn, 0, NULL).len > 0);
        answer_certificates(s, refuse);
        return true;
    case TLSN_NEED_SESSION:
        fuzz_need(tlsn_session_wanted(s->conn).len > 0);
        fuzz_ok(tlsn_session_answer(s->conn, NULL, 0));
        return true;
    default:
        return false;
    }
}

/* An error sticks, names itself and can be asked for again and again. */
static void side_failed(struct side *s, tlsn_status st)
{
    const struct tlsn_conn_error *e = tlsn_conn_error(s->conn);
    uint8_t out[64];
    size_t consumed, written;

    fuzz_need(e && e->status == st && e->layer && e->text && e->text[0]);
    fuzz_need(tlsn_handshake(s->conn, NULL, 0, &consumed, out, sizeof out, &written) == st);
    while (tlsn_drain(s->conn, out, sizeof out, &written) == st && written)
        continue;
    fuzz_need(!tlsn_output_pending(s->conn));
    s->over = true;
}

static tlsn_status side_call(struct side *s, size_t *consumed, uint8_t *out, size_t cap,
                             size_t *written)
{
    static const char hello[] = "hello";
    size_t in_len = s->in_len, count = 0;
    uint8_t *copy;
    tlsn_status st;

    if ((s->choice & ENGINE_ONE_BYTE) && !tlsn_handshake_done(s->conn)) {
        size_t hint = tlsn_input_hint(s->conn, s->in, in_len);

        fuzz_need(hint > 0);
        in_len = hint < in_len ? hint : in_len;
    }
    /* In a block of its own: tlsn_decrypt may use its input as working space, and sanitizers see
     * reads behind it. */
    copy = malloc(in_len + 1);
    fuzz_need(copy != NULL);
    if (in_len)
        memcpy(copy, s->in, in_len);
    if (!tlsn_handshake_done(s->conn)) {
        st = tlsn_handshake(s->conn, copy, in_len, consumed, out, cap, written);
    } else if (s->said < sizeof hello) {
        st = tlsn_encrypt(s->conn, hello + s->said, sizeof hello - s->said, &count, out, cap,
                          written);
        fuzz_need(count <= sizeof hello - s->said);
        s->said += count;
        *consumed = 0;
    } else if (tlsn_output_pending(s->conn)) {
        st = tlsn_drain(s->conn, out, cap, written);
        *consumed = 0;
    } else {
        uint8_t plain[TLSN_PLAIN_MAX];

        st = tlsn_decrypt(s->conn, copy, in_len, consumed, plain, sizeof plain, &count);
        fuzz_need(count <= sizeof plain);
        *written = 0;
    }
    fuzz_need(*consumed <= in_len && *written <= cap);
    free(copy);
    return st;
}

/* One call. True when something moved. */
static bool side_step(struct side *s, uint8_t *out, size_t cap, size_t *written)
{
    size_t consumed = 0;
    tlsn_status st;

    *written = 0;
    if (s->choice & ENGINE_SMALL_OUT)
        cap = SMALL_OUT;
    st = side_call(s, &consumed, out, cap, written);
    s->in += consumed;
    s->in_len -= consumed;
    if (st < 0) {
        side_failed(s, st);
        return false;
    }
    if (st == TLSN_CLOSED)
        s->over = true;
    if (side_answer(s, st))
        return true;
    return consumed || *written;
}

static void side_close(struct side *s)
{
    struct tlsn_conn_info info;
    uint8_t out[64];
    size_t written;

    tlsn_conn_get_info(s->conn, &info);
    (void)!tlsn_shutdown(s->conn, out, sizeof out, &written);
    (void)!tlsn_transport_eof(s->conn);
    tlsn_conn_free(s->conn);
}

static void run_raw(enum tlsn_role role, unsigned choice, const uint8_t *data, size_t len)
{
    static uint8_t out[TLSN_RECORD_MAX];
    struct side s;
    size_t written;
    unsigned idle = 0;

    side_open(&s, role, choice, NULL);
    s.in = data;
    s.in_len = len;
    for (unsigned n = 0; n < CALLS_MAX && !s.over && idle < 2; n++)
        idle = side_step(&s, out, sizeof out, &written) ? 0 : idle + 1;
    side_close(&s);
}

/* ---- two sides, and changes on the way to one of them ---- */

/* Bytes on their way; read from `at` on. */
struct stream {
    uint8_t bytes[STREAM_MAX];
    size_t at, len;
};

static void stream_put(struct stream *t, const uint8_t *bytes, size_t len)
{
    if (len > STREAM_MAX - t->len)
        len = STREAM_MAX - t->len;
    memcpy(t->bytes + t->len, bytes, len);
    t->len += len;
}

/* The changes: 2 bytes of distance from the last one, 1 of kind, 1 of value. */
struct bender {
    const uint8_t *script;
    size_t left, wait;
    bool active;
};

static void bender_next(struct bender *b)
{
    b->active = b->left >= 4;
    if (b->active)
        b->wait = (size_t)b->script[0] << 8 | b->script[1];
}

static void bender_apply(struct bender *b, struct stream *t, uint8_t byte)
{
    static const uint8_t junk[16] = { 22, 3, 3, 0, 4, 14, 0, 0, 0, 20, 3, 3, 0, 1, 1, 21 };
    uint8_t value = b->script[3], changed = byte;
    size_t back = value < t->len ? value : t->len;

    switch (b->script[2] % 5) {
    case 0: changed ^= value; break;
    case 1: changed = value; break;
    case 2: stream_put(t, junk, value % sizeof junk); break;
    case 3: stream_put(t, t->bytes + t->len - back, back); break;
    default: b->script += 4; b->left -= 4; bender_next(b); return; /* the byte is dropped */
    }
    stream_put(t, &changed, 1);
    b->script += 4;
    b->left -= 4;
    bender_next(b);
}

static void bender_put(struct bender *b, struct stream *t, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (b->active && b->wait == 0) {
            bender_apply(b, t, bytes[i]);
            continue;
        }
        if (b->active)
            b->wait--;
        stream_put(t, &bytes[i], 1);
    }
}

static bool pair_step(struct side *s, struct stream *in, struct stream *out, struct bender *b)
{
    static uint8_t bytes[TLSN_RECORD_MAX];
    size_t written;
    bool moved;

    if (s->over)
        return false;
    s->in = in->bytes + in->at;
    s->in_len = in->len - in->at;
    moved = side_step(s, bytes, sizeof bytes, &written);
    in->at = in->len - s->in_len;
    bender_put(b, out, bytes, written);
    return moved;
}

static tlsn_session *run_pair(enum tlsn_role target, unsigned choice, const tlsn_session *session,
                              const uint8_t *script, size_t len)
{
    static struct stream to[2];
    struct bender bend[2] = { 0 };
    struct side sides[2];
    tlsn_session *made = NULL;
    unsigned idle = 0;

    bend[target].script = script;
    bend[target].left = len;
    bender_next(&bend[target]);
    for (int role = 0; role < 2; role++) {
        to[role].at = to[role].len = 0;
        side_open(&sides[role], (enum tlsn_role)role, choice,
                  role == TLSN_CLIENT ? session : NULL);
    }
    for (unsigned n = 0; n < CALLS_MAX && idle < 3; n++) {
        bool moved = false;

        for (int role = 0; role < 2; role++)
            moved |= pair_step(&sides[role], &to[role], &to[!role], &bend[!role]);
        idle = moved ? 0 : idle + 1;
    }
    if (tlsn_handshake_done(sides[TLSN_CLIENT].conn))
        (void)!tlsn_conn_get_session(sides[TLSN_CLIENT].conn, &made);
    side_close(&sides[0]);
    side_close(&sides[1]);
    return made;
}

static void run_bent(enum tlsn_role role, unsigned choice, const uint8_t *script, size_t len)
{
    tlsn_session *session = NULL;

    if (choice & ENGINE_RESUME)
        session = run_pair(role, choice & ~(unsigned)ENGINE_REFUSE, NULL, NULL, 0);
    tlsn_session_free(run_pair(role, choice, session, script, len));
    tlsn_session_free(session);
}

void engine_run(enum tlsn_role role, const uint8_t *data, size_t len)
{
    if (!len || len > INPUT_MAX)
        return;
    (void)fuzz_made();
    fuzz_seed(2);
    if (data[0] & ENGINE_BENT)
        run_bent(role, data[0], data + 1, len - 1);
    else
        run_raw(role, data[0], data + 1, len - 1);
}
