/* Calls of all kinds in random order, with buffers of random sizes: between two sound engines
 * nothing may fail, get lost, be doubled or block, whatever the order. And transcripts bent at
 * random. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"

enum { ROUNDS = 300, STEPS = 400, STREAM = 1 << 17, BENT = 4000 };

struct stream {
    uint8_t sent[STREAM], got[STREAM];
    size_t sent_len, got_len;
};

struct monkey {
    struct wire *w;
    uint64_t seed;
    struct stream to[2]; /* by receiver */
    unsigned requests[2];
    bool closed[2];      /* has called tlsn_shutdown */
};

static size_t below(struct monkey *m, size_t n)
{
    return (size_t)(wire_random(&m->seed) % n);
}

/* Mostly small, sometimes large. */
static size_t some(struct monkey *m, size_t max)
{
    size_t n = below(m, 4) ? below(m, 50) : below(m, 20000);

    return n < max ? n : max;
}

static bool failed(const struct monkey *m)
{
    return tlsn_conn_error(m->w->end[0].conn) || tlsn_conn_error(m->w->end[1].conn);
}

static void emit(struct monkey *m, enum tlsn_role from, const uint8_t *out, size_t len)
{
    wire_inject(m->w, (enum tlsn_role)!from, out, len);
}

static void eat(struct wire_end *e, size_t n)
{
    memmove(e->in, e->in + n, e->in_len - n);
    e->in_len -= n;
}

static void do_answer(struct monkey *m, enum tlsn_role r)
{
    tlsn_conn *c = m->w->end[r].conn;

    switch (tlsn_question(c)) {
    case TLSN_NEED_VERDICT:
        OK(tlsn_verify_default(c, NULL));
        OK(tlsn_set_verdict(c, TLSN_OK));
        break;
    case TLSN_NEED_CREDENTIAL:
        OK(tlsn_conn_set_credential(c, below(m, 2) ? wire_credential("ed25519") : NULL));
        break;
    case TLSN_NEED_SESSION:
        OK(tlsn_session_answer(c, NULL, 0));
        break;
    default:
        assert_int_equal(tlsn_set_verdict(c, TLSN_OK), TLSN_ERR_MISUSE);
        assert_int_equal(tlsn_conn_set_credential(c, NULL), TLSN_ERR_MISUSE);
        assert_int_equal(tlsn_session_answer(c, NULL, 0), TLSN_ERR_MISUSE);
    }
}

static void do_handshake(struct monkey *m, enum tlsn_role r)
{
    struct wire_end *e = &m->w->end[r];
    static uint8_t out[1 << 16];
    size_t offer = some(m, e->in_len), cap = some(m, sizeof out), n, written;
    tlsn_status st = tlsn_handshake(e->conn, e->in, offer, &n, out, cap, &written);

    assert_true(n <= offer && written <= cap);
    assert_true(st >= 0 || (st == TLSN_ERR_MISUSE && m->closed[r]));
    eat(e, n);
    emit(m, r, out, written);
}

static void do_encrypt(struct monkey *m, enum tlsn_role r)
{
    struct wire_end *e = &m->w->end[r];
    struct stream *s = &m->to[!r];
    static uint8_t out[1 << 16], data[20000];
    size_t len = some(m, STREAM - s->sent_len), cap = some(m, sizeof out), n, written;
    tlsn_status st;

    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)wire_random(&m->seed);
    st = tlsn_encrypt(e->conn, data, len, &n, out, cap, &written);
    assert_true(n <= len && written <= cap);
    if (!tlsn_handshake_done(e->conn) || m->closed[r])
        assert_int_equal(st, TLSN_ERR_MISUSE);
    else
        assert_true(st == TLSN_OK || st == TLSN_NEED_OUTPUT);
    memcpy(s->sent + s->sent_len, data, n);
    s->sent_len += n;
    emit(m, r, out, written);
}

/* Into a separate buffer, or somewhere into the record itself. */
static void do_decrypt(struct monkey *m, enum tlsn_role r)
{
    struct wire_end *e = &m->w->end[r];
    struct stream *s = &m->to[r];
    static uint8_t apart[20000];
    size_t offer = some(m, e->in_len), n, len;
    size_t shift = below(m, tlsn_payload_offset_in(e->conn) + 1);
    bool in_place = below(m, 2) && offer > shift;
    uint8_t *plain = in_place ? e->in + shift : apart;
    size_t cap = some(m, in_place ? offer - shift : sizeof apart);
    tlsn_status st = tlsn_decrypt(e->conn, e->in, offer, &n, plain, cap, &len);

    assert_true(n <= offer && len <= cap && len <= STREAM - s->got_len);
    if (!tlsn_handshake_done(e->conn))
        assert_int_equal(st, TLSN_ERR_MISUSE);
    else if (st != TLSN_ERR_ARGUMENT || !in_place)
        assert_true(st == TLSN_OK || st == TLSN_NEED_INPUT || (st == TLSN_CLOSED && m->closed[!r]));
    memcpy(s->got + s->got_len, plain, len);
    s->got_len += len;
    eat(e, n);
}

static void do_drain(struct monkey *m, enum tlsn_role r)
{
    static uint8_t out[1 << 16];
    size_t cap = some(m, sizeof out), pending = tlsn_output_len(m->w->end[r].conn), written;
    tlsn_status st = tlsn_drain(m->w->end[r].conn, out, cap, &written);

    assert_int_equal(written, pending < cap ? pending : cap);
    assert_int_equal(st, written == pending ? TLSN_OK : TLSN_NEED_OUTPUT);
    emit(m, r, out, written);
}

static void do_request(struct monkey *m, enum tlsn_role r)
{
    static const uint8_t hello[] = { 1, 0, 0, 2, 3, 3 };
    tlsn_conn *c = m->w->end[r].conn;

    if (!tlsn_handshake_done(c) || m->closed[r] || m->requests[r]++ >= 4)
        return;
    OK(tlsni_conn_queue(c, 22, r == TLSN_CLIENT ? hello : (const uint8_t *)"\0\0\0", r ? 4 : 6));
}

static void do_shutdown(struct monkey *m, enum tlsn_role r)
{
    static uint8_t out[1 << 16];
    size_t cap = some(m, sizeof out), written;
    tlsn_status st = tlsn_shutdown(m->w->end[r].conn, out, cap, &written);

    assert_true(st == TLSN_OK || st == TLSN_NEED_OUTPUT);
    m->closed[r] = true;
    emit(m, r, out, written);
}

static void act(struct monkey *m)
{
    static void (*const acts[])(struct monkey *m, enum tlsn_role r) = {
        do_handshake, do_handshake, do_handshake, do_encrypt, do_encrypt, do_decrypt, do_decrypt,
        do_decrypt, do_drain, do_drain, do_answer, do_answer, do_request,
    };
    enum tlsn_role r = below(m, 2) ? TLSN_SERVER : TLSN_CLIENT;

    acts[below(m, sizeof acts / sizeof *acts)](m, r);
    assert_false(failed(m));
}

/* Everything that is still on its way arrives, then both close. */
static void settle(struct monkey *m)
{
    for (int i = 0; i < 3000; i++) {
        act(m);
        for (int r = 0; r < 2; r++) {
            do_answer(m, (enum tlsn_role)r);
            do_handshake(m, (enum tlsn_role)r);
        }
    }
    for (int i = 0; i < 2; i++) {
        if (below(m, 2) || i)
            do_shutdown(m, TLSN_CLIENT);
        if (below(m, 2) || i)
            do_shutdown(m, TLSN_SERVER);
    }
    for (int i = 0; i < 4000; i++) {
        do_drain(m, TLSN_CLIENT);
        do_drain(m, TLSN_SERVER);
        do_decrypt(m, TLSN_CLIENT);
        do_decrypt(m, TLSN_SERVER);
    }
}

static void check_round(struct monkey *m)
{
    for (int r = 0; r < 2; r++) {
        const struct stream *s = &m->to[r];

        assert_true(tlsn_handshake_done(m->w->end[r].conn));
        assert_int_equal(s->got_len, s->sent_len);
        assert_int_equal(memcmp(s->got, s->sent, s->got_len), 0);
        assert_int_equal(tlsn_transport_eof(m->w->end[r].conn), TLSN_CLOSED);
    }
}

static struct wire *random_wire(struct monkey *m)
{
    static const char *const suites[] = { "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                                          "TLS_RSA_WITH_AES_128_CBC_SHA256" };
    struct wire *w = wire_new("ec:secp256r1");

    OK(tlsn_config_add_credential(w->end[1].config, wire_credential("rsa:2048")));
    OK(tlsn_config_set_suites(w->end[0].config, suites[below(m, 4)]));
    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_ETM, below(m, 2)));
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_TICKETS, below(m, 2)));
        if (below(m, 2))
            OK(tlsn_config_set_verify_mode(w->end[r].config, TLSN_VERIFY_SUSPEND));
    }
    OK(tlsn_config_set_credential_suspend(w->end[0].config, below(m, 2)));
    OK(tlsn_config_set_session_suspend(w->end[1].config, below(m, 2)));
    if (below(m, 2))
        OK(tlsn_config_set_client_auth(w->end[1].config, TLSN_CLIENT_AUTH_REQUEST));
    return w;
}

static void calls_in_any_order_lose_nothing(void **state)
{
    struct monkey *m = calloc(1, sizeof *m);
    const char *rounds = getenv("TEST_ROUNDS"); /* more of them by hand */
    unsigned long last = rounds ? strtoul(rounds, NULL, 10) : ROUNDS;

    (void)state;
    assert_non_null(m);
    for (unsigned long round = 1; round <= last; round++) {
        memset(m, 0, sizeof *m);
        m->seed = round;
        m->w = random_wire(m);
        wire_open(m->w);
        for (int i = 0; i < STEPS; i++)
            act(m);
        settle(m);
        check_round(m);
        wire_free(m->w);
    }
    free(m);
}

/* ---- transcripts bent at random ---- */

static void bend(uint64_t *seed, struct wire_tape *t)
{
    size_t at = (size_t)(wire_random(seed) % t->len), n = (size_t)(wire_random(seed) % 9);
    size_t from = (size_t)(wire_random(seed) % t->len);

    n = n < t->len - at ? n : t->len - at;
    switch (wire_random(seed) % 5) {
    case 0: /* other bytes */
        for (size_t i = 0; i < n; i++)
            t->data[at + i] = (uint8_t)wire_random(seed);
        break;
    case 1: /* without some */
        memmove(t->data + at, t->data + at + n, t->len - at - n);
        t->len -= n;
        break;
    case 2: /* some twice */
        memmove(t->data + at + n, t->data + at, t->len - at);
        t->len += n;
        break;
    case 3: /* from elsewhere */
        memmove(t->data + at, t->data + from, n < t->len - from ? n : t->len - from);
        break;
    default: /* a number at its bound */
        t->data[at] = (uint8_t)(wire_random(seed) % 2 ? 0xff : 0);
    }
    if (!t->len)
        t->len = 1;
}

/* Makes the lengths of record and message right again, so that the message itself is looked at. */
static void mend(struct wire_tape *t, const struct wire_tape *good, size_t record)
{
    size_t at = wire_record_at(good, record);
    size_t size = wire_record_at(good, record + 1) - at + t->len - good->len;

    if (size < 9 || good->data[at] != 22)
        return;
    memcpy(t->data + at, good->data + at, 6);
    t->data[at + 3] = (uint8_t)((size - 5) >> 8);
    t->data[at + 4] = (uint8_t)(size - 5);
    t->data[at + 6] = 0;
    t->data[at + 7] = (uint8_t)((size - 9) >> 8);
    t->data[at + 8] = (uint8_t)(size - 9);
}

static void transcripts_bent_at_random_end_cleanly(void **state)
{
    static struct wire_tape good[2], bent;
    struct wire *w = wire_new("ec:secp256r1");
    const char *rounds = getenv("TEST_ROUNDS");
    unsigned long last = rounds ? strtoul(rounds, NULL, 10) : BENT;
    uint64_t seed = 1;

    (void)state;
    OK(tlsn_config_set_client_auth(w->end[1].config, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(w->end[0].config, wire_credential("ec:secp256r1")));
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_alpn(w->end[r].config, "h2,http/1.1"));
    wire_shake(w);
    wire_record(w, TLSN_CLIENT, &good[0]);
    wire_record(w, TLSN_SERVER, &good[1]);
    for (unsigned long i = 0; i < last; i++) {
        enum tlsn_role listener = i % 2 ? TLSN_SERVER : TLSN_CLIENT;
        const struct wire_tape *g = &good[!listener];
        struct wire_outcome o;

        bent = *g;
        for (uint64_t k = wire_random(&seed) % 3; k < 3; k++)
            bend(&seed, &bent);
        if (wire_random(&seed) % 4)
            mend(&bent, g, (size_t)(wire_random(&seed) % 5));
        o = wire_replay(w, listener, bent.data, bent.len);
        assert_true(o.status != TLSN_OK || bent.len >= g->len);
        assert_true(o.status == TLSN_NEED_INPUT ? o.eof == TLSN_ERR_TRUNCATED : true);
        assert_true(o.status >= 0 || o.alert >= 0 || o.status == TLSN_ERR_ALERT);
        assert_true(o.status != TLSN_ERR_INTERNAL && o.status != TLSN_ERR_NO_MEMORY);
    }
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_in_any_order_lose_nothing),
        cmocka_unit_test(transcripts_bent_at_random_end_cleanly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
