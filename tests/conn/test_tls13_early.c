/* Early data between two engines: taken, refused, limited, and never twice. */
#include "conn.h"
#include "req.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MAX = 20000 };

static const char request[] = "GET /early HTTP/1.1\r\n\r\n";

/* Both speak TLS 1.3 alone, the server takes early data. */
static struct wire *pair(void)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_early_data_max(wire_config(w, TLSN_SERVER), MAX));
    return w;
}

static enum tlsn_early said(const struct wire *w, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(wire_conn(w, role), &info);
    return info.early_data;
}

static enum tlsn_resumed resumed(const struct wire *w)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(wire_conn(w, TLSN_CLIENT), &info);
    return info.resumed;
}

static tlsn_session *session(struct wire *w)
{
    tlsn_session *s;

    wire_shake(w);
    s = wire_session(w);
    assert_int_equal(tlsn_session_early_data_max(s), MAX);
    return s;
}

/* New connections; the client's hello is on its way. */
static void announce(struct wire *w, const tlsn_session *s)
{
    wire_open(w);
    OK(tlsn_conn_set_session(wire_conn(w, TLSN_CLIENT), s));
    OK(tlsn_conn_set_early_data(wire_conn(w, TLSN_CLIENT), true));
    while (wire_turn(w, TLSN_CLIENT))
        ;
}

/* The server reads these early data and nothing else. */
static void hear(struct wire *w, const void *data, size_t len)
{
    uint8_t *got = malloc(len + 1);
    size_t n;

    assert_non_null(got);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_EARLY_DATA);
    assert_int_equal(wire_read_early(w, got, len + 1, &n), TLSN_EARLY_END);
    assert_int_equal(n, len);
    assert_memory_equal(got, data, len);
    free(got);
}

/* The whole of it; true when they were taken. */
static bool go(struct wire *w, const tlsn_session *s)
{
    announce(w, s);
    OK(wire_write_early(w, request, sizeof request));
    wire_run(w);
    if (said(w, TLSN_SERVER) == TLSN_EARLY_ACCEPTED)
        hear(w, request, sizeof request);
    wire_run(w);
    assert_true(wire_done(w));
    assert_int_equal(said(w, TLSN_CLIENT), said(w, TLSN_SERVER));
    return said(w, TLSN_CLIENT) == TLSN_EARLY_ACCEPTED;
}

static void talk(struct wire *w)
{
    uint8_t waste[1];
    size_t len;

    wire_flush(w, TLSN_SERVER);
    assert_int_equal(wire_read(w, TLSN_CLIENT, waste, 1, &len), TLSN_NEED_INPUT);
    wire_say(w, TLSN_CLIENT, 20000);
    wire_say(w, TLSN_SERVER, 20000);
}

/* ---- taken ---- */

static const char *const suites[] = { "TLS_AES_128_GCM_SHA256",       "TLS_AES_256_GCM_SHA384",
                                      "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256",
                                      "TLS_AES_128_CCM_8_SHA256" };
static const char *const groups[] = { "x25519",    "secp256r1", "x448",     "secp384r1",
                                      "secp521r1", "ffdhe2048", "X25519MLKEM768" };

static void early_data_are_taken_and_refused_in_each_suite_and_group(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5 * 7; i++) {
        struct wire *w = pair();
        tlsn_session *s;

        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_set_suites(w->end[r].config, suites[i % 5]));
            OK(tlsn_config_set_groups(w->end[r].config, groups[i / 5]));
        }
        s = session(w);
        assert_true(go(w, s));
        assert_int_equal(resumed(w), TLSN_RESUMED_TICKET);
        talk(w);
        wire_agree(w);
        assert_false(go(w, s)); /* the same hello once more */
        talk(w);
        assert_int_equal(resumed(w), TLSN_RESUMED_TICKET);
        tlsn_session_free(s);
        wire_free(w);
    }
    REQ("8446:4.2.10/1");
    REQ("8446:4.2.10/3");
    REQ("8446:4.5/1");
    REQ("8446:4.5/3");
}

/* Both ways of a step, and any lengths. */
static void early_data_come_byte_by_byte(void **state)
{
    static const size_t steps[][2] = { { 1, 1 }, { 1, 0 }, { 0, 1 }, { 7, 100 } };
    static uint8_t data[MAX];

    (void)state;
    for (size_t i = 0; i < MAX; i++)
        data[i] = (uint8_t)(i * 5 + i / 256);
    for (size_t i = 0; i < 8; i++) {
        struct wire *w = pair();
        tlsn_session *s = session(w);

        w->step = i < 4 ? steps[i][0] : 0;
        w->cap = i < 4 ? steps[i][1] : 0;
        w->chance = i < 4 ? 0 : i;
        announce(w, s);
        assert_int_equal(tlsn_early_data_left(wire_conn(w, TLSN_CLIENT)), MAX);
        OK(wire_write_early(w, data, sizeof data));
        assert_int_equal(tlsn_early_data_left(wire_conn(w, TLSN_CLIENT)), 0);
        wire_run(w);
        hear(w, data, sizeof data);
        wire_run(w);
        assert_true(wire_done(w));
        talk(w);
        tlsn_session_free(s);
        wire_free(w);
    }
}

/* The same bytes whatever the buffers are. */
static void output_does_not_depend_on_the_buffers(void **state)
{
    static struct wire_tape first, tape;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct wire *w = pair();
        tlsn_session *s = session(w);

        w->cap = w->step = i;
        assert_true(go(w, s));
        wire_record(w, TLSN_CLIENT, i ? &tape : &first);
        if (i) {
            assert_int_equal(tape.len, first.len);
            assert_memory_equal(tape.data, first.data, first.len);
        }
        tlsn_session_free(s);
        wire_free(w);
    }
}

static void records_are_sealed_and_opened_in_place(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);
    uint8_t buf[256];
    size_t consumed, written, n;

    (void)state;
    announce(w, s);
    memcpy(buf + 5, request, sizeof request);
    OK(tlsn_encrypt_early(wire_conn(w, TLSN_CLIENT),
                          buf + tlsn_payload_offset(wire_conn(w, TLSN_CLIENT)),
                          sizeof request, &consumed, buf, sizeof buf, &written));
    assert_int_equal(consumed, sizeof request);
    while (wire_turn(w, TLSN_SERVER))
        ;
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_EARLY_DATA);
    OK(tlsn_decrypt_early(wire_conn(w, TLSN_SERVER), buf, written, &consumed, buf + 5,
                          sizeof buf - 5, &n));
    assert_int_equal(consumed, written);
    assert_int_equal(n, sizeof request);
    assert_memory_equal(buf + 5, request, n);
    tlsn_session_free(s);
    wire_free(w);
}

/* A record, once there is room for it. */
static void reading_and_writing_take_no_memory(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);
    static uint8_t buf[TLSN_RECORD_MAX], plain[TLSN_PLAIN_MAX];
    size_t consumed, written, n, client, server;

    (void)state;
    announce(w, s);
    while (wire_turn(w, TLSN_SERVER))
        ;
    client = w->end[TLSN_CLIENT].env.allocs;
    server = w->end[TLSN_SERVER].env.allocs;
    for (int i = 0; i < 10; i++) {
        OK(tlsn_encrypt_early(wire_conn(w, TLSN_CLIENT), plain, 1000, &consumed, buf, sizeof buf,
                              &written));
        OK(tlsn_decrypt_early(wire_conn(w, TLSN_SERVER), buf, written, &consumed, plain,
                              sizeof plain,
                              &n));
    }
    assert_int_equal(w->end[TLSN_CLIENT].env.allocs, client);
    assert_int_equal(w->end[TLSN_SERVER].env.allocs, server);
    tlsn_session_free(s);
    wire_free(w);
}

static void server_answers_before_the_end(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);
    char got[64];
    size_t n;

    (void)state;
    announce(w, s);
    OK(wire_write_early(w, request, sizeof request));
    while (wire_turn(w, TLSN_SERVER))
        ;
    assert_int_equal(wire_read_early(w, got, sizeof got, &n), TLSN_NEED_INPUT);
    assert_int_equal(n, sizeof request);
    wire_write(w, TLSN_SERVER, "answer", 6);
    while (wire_turn(w, TLSN_CLIENT))
        ;
    assert_true(tlsn_handshake_done(wire_conn(w, TLSN_CLIENT)));
    assert_false(tlsn_handshake_done(wire_conn(w, TLSN_SERVER)));
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &n), TLSN_NEED_INPUT);
    assert_int_equal(n, 6);
    assert_memory_equal(got, "answer", 6);
    REQ("8446:E.5/2");
    REQ("8446:4.2.11.3/1");
    assert_int_equal(wire_read_early(w, got, sizeof got, &n), TLSN_EARLY_END);
    wire_run(w);
    assert_true(wire_done(w));
    talk(w);
    tlsn_session_free(s);
    wire_free(w);
}

/* Tickets are names of sessions that the application looks up, while the client goes on sending. */
struct drawer {
    uint8_t session[4096];
    size_t len;
};

static tlsn_status put_away(void *ctx, struct tlsn_span session, uint8_t *ticket, size_t cap,
                            size_t *len, uint32_t *lifetime_s)
{
    struct drawer *d = ctx;

    (void)lifetime_s;
    assert_true(cap && session.len <= sizeof d->session);
    memcpy(d->session, session.data, session.len);
    d->len = session.len;
    ticket[0] = 'T';
    *len = 1;
    return TLSN_OK;
}

static void question_about_the_session_loses_nothing(void **state)
{
    static struct drawer d;
    const struct tlsn_ticket_maker maker = { .seal = put_away, .ctx = &d };
    static const size_t steps[] = { 0, 1, 50 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct wire *w = pair();
        tlsn_session *s;

        OK(tlsn_config_set_ticket_maker(wire_config(w, TLSN_SERVER), &maker));
        OK(tlsn_config_set_session_suspend(wire_config(w, TLSN_SERVER), true));
        s = session(w);
        w->step = w->cap = steps[i];
        announce(w, s);
        OK(wire_write_early(w, request, sizeof request));
        wire_run(w);
        assert_int_equal(w->end[TLSN_SERVER].status, TLSN_NEED_SESSION);
        OK(tlsn_session_answer(wire_conn(w, TLSN_SERVER), d.session, d.len));
        wire_run(w);
        hear(w, request, sizeof request);
        wire_run(w);
        assert_true(wire_done(w));
        talk(w);
        tlsn_session_free(s);
        wire_free(w);
    }
}

/* The handshake completes with the early data unanswered; what comes later goes on where they ended. */
static void rest_of_a_request_comes_behind(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);
    char got[64];
    size_t n;

    (void)state;
    announce(w, s);
    OK(wire_write_early(w, request, 8));
    wire_run(w);
    hear(w, request, 8);
    assert_false(tlsn_handshake_done(wire_conn(w, TLSN_SERVER)));
    wire_run(w);
    assert_true(wire_done(w));
    wire_write(w, TLSN_CLIENT, request + 8, sizeof request - 8);
    assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &n), TLSN_NEED_INPUT);
    assert_int_equal(n, sizeof request - 8);
    assert_memory_equal(got, request + 8, n);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8470:2/1");
    REQ("8470:3/2");
}

/* ---- not taken ---- */

static void nothing_is_taken_by_default(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_session *s;

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
    wire_shake(w);
    s = wire_session(w);
    assert_int_equal(tlsn_session_early_data_max(s), 0);
    announce(w, s);
    assert_int_equal(tlsn_early_data_left(wire_conn(w, TLSN_CLIENT)), 0);
    assert_int_equal(wire_write_early(w, request, 1), TLSN_ERR_MISUSE);
    wire_run(w);
    assert_true(wire_done(w));
    assert_int_equal(said(w, TLSN_CLIENT), TLSN_EARLY_NO);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:E.5/1");
}

static void nothing_is_announced_unless_asked_for(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);

    (void)state;
    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_int_equal(said(w, TLSN_CLIENT), TLSN_EARLY_NO);
    assert_int_equal(resumed(w), TLSN_RESUMED_TICKET);
    tlsn_session_free(s);
    wire_free(w);
}

/* What changes between the two connections, so that the server does not take them; it goes on all the
 * same. */
static void lower_limit(struct wire *w)
{
    OK(tlsn_config_set_early_data_max(wire_config(w, TLSN_SERVER), MAX - 1));
}

static void no_limit(struct wire *w)
{
    OK(tlsn_config_set_early_data_max(wire_config(w, TLSN_SERVER), 0));
}

static void other_alpn(struct wire *w)
{
    OK(tlsn_config_set_alpn(wire_config(w, TLSN_SERVER), "second,first"));
}

static void other_suite(struct wire *w)
{
    OK(tlsn_config_set_suites(wire_config(w, TLSN_SERVER), suites[2]));
}

static void other_secret(struct wire *w)
{
    static const uint8_t secret[32] = { 1 };

    OK(tlsn_config_set_ticket_secret(wire_config(w, TLSN_SERVER), secret));
}

static void other_group(struct wire *w)
{
    OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), "secp384r1"));
}

static void late(struct wire *w)
{
    w->end[TLSN_SERVER].env.now_ms += 10001;
}

static void early(struct wire *w)
{
    w->end[TLSN_SERVER].env.now_ms -= 10001;
}

static tlsn_config *server_config(struct wire *w)
{
    static const uint8_t secret[32] = { 2 };
    tlsn_config *c;

    OK(tlsn_config_new(&c, &w->end[TLSN_SERVER].env.hooks));
    OK(tlsn_config_set_policy(c, "compat"));
    OK(tlsn_config_set_versions(c, TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_add_credential(c, wire_credential("ec:secp256r1")));
    OK(tlsn_config_set_alpn(c, "first,second"));
    OK(tlsn_config_set_early_data_max(c, MAX));
    OK(tlsn_config_set_ticket_secret(c, secret));
    return c;
}

static void refused(void (*change)(struct wire *w))
{
    struct wire *w = pair();
    tlsn_session *s;
    static const uint64_t chance[] = { 0, 5 };

    OK(tlsn_config_set_alpn(wire_config(w, TLSN_CLIENT), "second,first"));
    wire_set_config(w, TLSN_SERVER, server_config(w));
    s = session(w);
    for (size_t i = 0; i < 2; i++) {
        wire_set_config(w, TLSN_SERVER, server_config(w));
        change(w);
        w->chance = chance[i];
        assert_false(go(w, s));
        assert_int_equal(said(w, TLSN_CLIENT), TLSN_EARLY_REJECTED);
        assert_int_equal(resumed(w), change == other_secret ? TLSN_RESUMED_NO : TLSN_RESUMED_TICKET);
        assert_int_equal(tlsn_early_data_left(wire_conn(w, TLSN_CLIENT)), 0);
        talk(w);
    }
    tlsn_session_free(s);
    wire_free(w);
}

static void server_refuses_when_something_has_changed(void **state)
{
    static void (*const changes[])(struct wire *w) = { lower_limit,  no_limit,    other_alpn, other_suite,
                                                       other_secret, other_group, late,       early };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        refused(changes[i]);
    REQ("8446:4.2.10/4");
    REQ("8446:4.2.10/6");
    REQ("8446:4.2.10/7");
    REQ("8446:4.2.10/9");
    REQ("8446:8.3/1");
    REQ("8446:4.5/2");
    REQ("8470:3/1");
    REQ("8470:4/2");
    REQ("8470:6.3/1");
    REQ("8446:4.2.10/2");
    REQ("8446:4.2.10/11");
}

static void window_is_what_the_configuration_says(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct wire *w = pair();
        tlsn_session *s;

        OK(tlsn_config_set_early_data_window(wire_config(w, TLSN_SERVER), 500));
        s = session(w);
        w->end[TLSN_CLIENT].env.now_ms += 70000;
        w->end[TLSN_SERVER].env.now_ms += 70000 + (i & 1 ? 501 : 500) * (i & 2 ? -1 : 1);
        assert_int_equal(go(w, s), !(i & 1));
        tlsn_session_free(s);
        wire_free(w);
    }
    REQ("8446:4.2.11.1/1");
}

/* ---- again ---- */

static void second_time_is_refused(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);

    (void)state;
    assert_true(go(w, s));
    assert_false(go(w, s)); /* the very same hello: randomness starts again */
    assert_int_equal(resumed(w), TLSN_RESUMED_TICKET);
    talk(w);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:8/1");
    REQ("8446:8.2/1");
}

static void handle_is_good_for_one_time(void **state)
{
    struct wire *w = pair();
    tlsn_session *s;

    (void)state;
    OK(tlsn_config_set_feature(wire_config(w, TLSN_SERVER), TLSN_FEATURE_STATEFUL_TICKETS, true));
    s = session(w);
    assert_true(go(w, s));
    w->end[TLSN_CLIENT].env.now_ms += 1; /* another hello */
    assert_false(go(w, s));
    assert_int_equal(resumed(w), TLSN_RESUMED_NO);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:8.1/1");
}

static tlsn_status say(void *ctx, const struct tlsn_early_hello *hello)
{
    const struct wire *w = ctx;

    assert_int_equal(hello->id.len, 32);
    assert_int_equal(hello->now_ms, w->end[TLSN_SERVER].env.now_ms);
    assert_int_equal(hello->sent_ms, hello->issued_ms);
    assert_int_equal(hello->window_ms, 10000);
    return w->chance == 1 ? TLSN_OK : TLSN_ERR_NOT_FOUND;
}

static void application_decides_what_is_new(void **state)
{
    struct wire *w = pair();
    const struct tlsn_replay_check check = { say, w }, none = { NULL, NULL };
    tlsn_session *s;

    (void)state;
    assert_int_equal(tlsn_config_set_replay_check(wire_config(w, TLSN_SERVER), &none),
                     TLSN_ERR_ARGUMENT);
    OK(tlsn_config_set_replay_check(wire_config(w, TLSN_SERVER), &check));
    s = session(w);
    assert_false(go(w, s));
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:8/3");
}

/* ---- limits and errors ---- */

static void client_keeps_to_the_limit(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);
    static uint8_t data[MAX + 1];

    (void)state;
    announce(w, s);
    assert_int_equal(wire_write_early(w, data, sizeof data), TLSN_NEED_INPUT);
    assert_int_equal(wire_write_early(w, data, 1), TLSN_ERR_MISUSE);
    wire_run(w);
    hear(w, data, MAX);
    wire_run(w);
    assert_true(wire_done(w));
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:4.6.1/7");
}

/* Keys of early data have a limit too, and no successors. */
static void early_data_end_where_their_key_does(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);
    struct tlsni_prot *tx;

    (void)state;
    announce(w, s);
    tx = wire_conn(w, TLSN_CLIENT)->tx;
    assert_true(tx->budget < UINT64_MAX);
    tx->budget = 3;
    OK(wire_write_early(w, "a block", 7));
    assert_ptr_equal(wire_conn(w, TLSN_CLIENT)->tx, tx);
    assert_int_equal(wire_write_early(w, "another", 7), TLSN_ERR_LIMIT);
    assert_int_equal(tlsn_conn_error(wire_conn(w, TLSN_CLIENT))->alert_sent, 80);
    tlsn_session_free(s);
    wire_free(w);
    REQ("9846:5.5/2");
}

static void server_is_strict(struct wire *w, tlsn_status status, int alert)
{
    static uint8_t got[2 * MAX];
    size_t n;

    while (wire_turn(w, TLSN_SERVER))
        ;
    assert_int_equal(wire_read_early(w, got, sizeof got, &n), status);
    assert_int_equal(tlsn_conn_error(wire_conn(w, TLSN_SERVER))->alert_sent, alert);
}

static void too_much_is_unexpected(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);
    static uint8_t data[MAX];

    (void)state;
    announce(w, s);
    OK(wire_write_early(w, data, MAX));
    wire_forge(w, TLSN_CLIENT, 23, data, 1);
    server_is_strict(w, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:4.6.1/6");
    REQ("8470:3/4");
}

static void damaged_early_data_are_fatal(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);

    (void)state;
    announce(w, s);
    OK(wire_write_early(w, request, sizeof request));
    w->end[TLSN_SERVER].in[w->end[TLSN_SERVER].in_len - 1] ^= 1;
    server_is_strict(w, TLSN_ERR_BAD_RECORD_MAC, 20);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:4.2.10/8");
}

static void other_messages_under_that_key_are_refused(void **state)
{
    static const struct { uint8_t type, len, data[12]; tlsn_status status; } rows[] = {
        { 22, 4, { 20, 0, 0, 0 }, TLSN_ERR_UNEXPECTED_MESSAGE },             /* Finished */
        { 22, 4, { 1, 0, 0, 0 }, TLSN_ERR_UNEXPECTED_MESSAGE },              /* ClientHello */
        { 22, 5, { 24, 0, 0, 1, 0 }, TLSN_ERR_UNEXPECTED_MESSAGE },          /* KeyUpdate */
        { 22, 5, { 5, 0, 0, 1, 0 }, TLSN_ERR_DECODE },
        { 22, 8, { 5, 0, 0, 0, 20, 0, 0, 0 }, TLSN_ERR_UNEXPECTED_MESSAGE }, /* behind the end */
        { 22, 0, { 0 }, TLSN_ERR_UNEXPECTED_MESSAGE },
        { 24, 3, { 1, 0, 0 }, TLSN_ERR_UNEXPECTED_MESSAGE },
        { 20, 1, { 1 }, TLSN_ERR_UNEXPECTED_MESSAGE },
        { 21, 2, { 2, 40 }, TLSN_ERR_ALERT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire *w = pair();
        tlsn_session *s = session(w);
        uint8_t got[64];
        size_t n;

        announce(w, s);
        wire_forge(w, TLSN_CLIENT, rows[i].type, rows[i].data, rows[i].len);
        while (wire_turn(w, TLSN_SERVER))
            ;
        assert_int_equal(wire_read_early(w, got, sizeof got, &n), rows[i].status);
        tlsn_session_free(s);
        wire_free(w);
    }
}

static void calls_out_of_place_are_misuse(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);
    uint8_t got[64];
    size_t n, m;

    (void)state;
    assert_int_equal(tlsn_conn_set_early_data(wire_conn(w, TLSN_CLIENT), true), TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_conn_set_early_data(wire_conn(w, TLSN_SERVER), true), TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_conn_set_early_data(NULL, true), TLSN_ERR_ARGUMENT);
    assert_int_equal(wire_write_early(w, request, 1), TLSN_ERR_MISUSE);
    assert_int_equal(wire_read_early(w, got, sizeof got, &n), TLSN_ERR_MISUSE);
    announce(w, s);
    OK(wire_write_early(w, request, sizeof request));
    while (wire_turn(w, TLSN_SERVER))
        ;
    assert_int_equal(tlsn_decrypt(wire_conn(w, TLSN_SERVER), w->end[TLSN_SERVER].in,
                                  w->end[TLSN_SERVER].in_len, &n, got, sizeof got, &m),
                     TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_encrypt(wire_conn(w, TLSN_CLIENT), "x", 1, &n, got, sizeof got, &m),
                     TLSN_ERR_MISUSE);
    wire_run(w);
    hear(w, request, sizeof request);
    assert_int_equal(wire_read_early(w, got, sizeof got, &n), TLSN_ERR_MISUSE);
    tlsn_session_free(s);
    wire_free(w);
}

static void older_version_ends_it(void **state)
{
    struct wire *w = pair();
    tlsn_session *s = session(w);

    (void)state;
    for (int r = 0; r < 2; r++) {
        tlsn_config *c;

        OK(tlsn_config_new(&c, &w->end[r].env.hooks));
        OK(tlsn_config_set_versions(c, TLSN_TLS1_2, r == TLSN_CLIENT ? TLSN_TLS1_3 : TLSN_TLS1_2));
        OK(tlsn_config_set_trust(c, wire_trust()));
        OK(tlsn_config_add_credential(c, wire_credential("ec:secp256r1")));
        if (r == TLSN_CLIENT)
            OK(tlsn_config_set_session_context(c, "", 0));
        wire_set_config(w, (enum tlsn_role)r, c);
    }
    announce(w, s);
    assert_int_equal(tlsn_early_data_left(wire_conn(w, TLSN_CLIENT)), MAX);
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_VERSION);
    assert_int_equal(tlsn_conn_error(wire_conn(w, TLSN_CLIENT))->alert_sent, 70);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:D.3/1");
}

/* A server of ours that lies: it changes its mind where the application is asked. */
struct liar {
    struct wire *w;
    void (*lie)(struct tlsni_hs *hs);
    tlsn_status answer;
};

static tlsn_status lie(void *ctx, const struct tlsn_early_hello *hello)
{
    const struct liar *l = ctx;

    (void)hello;
    l->lie(&wire_conn(l->w, TLSN_SERVER)->scratch->hs);
    return l->answer;
}

static void other_protocol(struct tlsni_hs *hs)
{
    hs->session.alpn_len = 6;
    memcpy(hs->session.alpn, "second", 6);
    hs->alpn = (struct tlsn_span){ (const uint8_t *)"second", 6 };
}

static void foreign_protocol(struct tlsni_hs *hs)
{
    hs->alpn = (struct tlsn_span){ (const uint8_t *)"third", 5 };
}

static void sibling_suite(struct tlsni_hs *hs)
{
    hs->suite = tlsni_suite_find(0x1303);
}

static const uint8_t psk[] = "a key of thirty-two octets, known";
enum { PSK_LEN = 32 };

static void second_key(struct tlsni_hs *hs)
{
    hs->tls13.selected = 1;
    tlsni_schedule13_early(&hs->tls13.keys, hs->tls13.keys.hash,
                           (struct tlsn_span){ psk, PSK_LEN });
}

/* The client with what it said and the server's answer in front of it. */
static struct wire *lied_to(struct liar *l)
{
    const struct tlsn_replay_check check = { lie, l };
    tlsn_session *s;

    l->w = pair();
    OK(tlsn_config_set_alpn(wire_config(l->w, TLSN_CLIENT), "first,second"));
    OK(tlsn_config_set_alpn(wire_config(l->w, TLSN_SERVER), "first,second"));
    OK(tlsn_config_set_suites(wire_config(l->w, TLSN_CLIENT),
                              "TLS_AES_128_GCM_SHA256,TLS_CHACHA20_POLY1305_SHA256,"
                              "TLS_AES_256_GCM_SHA384"));
    OK(tlsn_config_set_replay_check(wire_config(l->w, TLSN_SERVER), &check));
    if (l->lie == second_key)
        OK(tlsn_config_add_psk(wire_config(l->w, TLSN_CLIENT), "joe", 3, psk, PSK_LEN));
    s = session(l->w);
    announce(l->w, s);
    OK(wire_write_early(l->w, request, sizeof request));
    tlsn_session_free(s);
    return l->w;
}

static void client_refuses_early_data_taken_for_something_else(void **state)
{
    static void (*const lies[])(struct tlsni_hs *hs) = { other_protocol, sibling_suite, second_key };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct liar l = { NULL, lies[i], TLSN_OK };
        struct wire *w = lied_to(&l);

        wire_run(w);
        assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_ILLEGAL_PARAMETER);
        assert_non_null(strstr(tlsn_conn_error(wire_conn(w, TLSN_CLIENT))->text, "early data"));
        assert_int_equal(tlsn_conn_error(wire_conn(w, TLSN_CLIENT))->alert_sent, 47);
        wire_free(w);
    }
    REQ("8446:4.2.10/5");
    REQ("8446:4.2.11/6");
}

static void key_beyond(struct tlsni_hs *hs)
{
    hs->tls13.selected = 1;
}

static void other_hash(struct tlsni_hs *hs)
{
    hs->suite = tlsni_suite_find(0x1302);
}

/* Which key was taken, and for which suite, is seen in ServerHello already. */
static void client_refuses_a_key_that_was_not_offered_or_does_not_fit(void **state)
{
    static void (*const lies[])(struct tlsni_hs *hs) = { key_beyond, other_hash };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct liar l = { NULL, lies[i], TLSN_ERR_NOT_FOUND };
        struct wire *w = lied_to(&l);

        wire_run(w);
        assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(tlsn_conn_error(wire_conn(w, TLSN_CLIENT))->alert_sent, 47);
        wire_free(w);
    }
    REQ("8446:4.2.11/5");
}

static void alert_behind_server_hello_is_under_the_handshakes_keys(void **state)
{
    struct liar l = { NULL, foreign_protocol, TLSN_ERR_NOT_FOUND };
    struct wire *w = lied_to(&l);

    (void)state;
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_ALERT);
    assert_int_equal(tlsn_conn_error(wire_conn(w, TLSN_SERVER))->alert_received, 47);
    wire_free(w);
    REQ("8446:A.1/1");
}

static void end_of_early_data_is_not_for_clients(void **state)
{
    static const uint8_t end[] = { 5, 0, 0, 0 };
    struct wire *w = pair();
    uint8_t got[8];
    size_t n;

    (void)state;
    wire_shake(w);
    wire_forge(w, TLSN_SERVER, 22, end, sizeof end);
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &n), TLSN_ERR_UNEXPECTED_MESSAGE);
    wire_free(w);
    REQ("8446:4.5/4");
}

/* ClientHello, ChangeCipherSpec, early data. */
static void change_cipher_spec_stands_in_between(void **state)
{
    static struct wire_tape tape;
    struct wire *w = pair();
    tlsn_session *s = session(w);

    (void)state;
    assert_true(go(w, s));
    wire_record(w, TLSN_CLIENT, &tape);
    assert_int_equal(tape.data[wire_record_at(&tape, 0)], 22);
    assert_int_equal(tape.data[wire_record_at(&tape, 1)], 20);
    for (size_t i = 2; i < wire_record_count(&tape); i++)
        assert_int_equal(tape.data[wire_record_at(&tape, i)], 23);
    for (size_t i = 0; i < wire_record_count(&tape); i++) /* peers are strict about the second one */
        assert_int_equal(tape.data[wire_record_at(&tape, i) + 2], i ? 3 : 1);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:D.4/2");
    REQ("8446:5.1/5");
}

/* ---- memory ---- */

/* The secret of early data, which the same calls make again, is in no block that is given back. */
static void secret_of_early_data_is_wiped(void **state)
{
    struct wire_secret secret = { { 0 }, 0 };

    (void)state;
    for (int taken = 0; taken < 2; taken++)
        for (int pass = 0; pass < 2; pass++) {
            struct wire *w = pair();
            tlsn_session *s = session(w);

            for (int r = 0; r < 2 && pass; r++)
                wire_watch(&w->end[r].env, secret.data, secret.len);
            if (!taken)
                w->end[TLSN_SERVER].env.now_ms += 20000;
            assert_int_equal(go(w, s), taken);
            if (pass)
                assert_memory_equal(w->end[TLSN_CLIENT].logged[0].data, secret.data, secret.len);
            secret = w->end[TLSN_CLIENT].logged[0];
            assert_int_equal(secret.len, 32);
            for (int r = 0; r < 2; r++)
                assert_int_equal(w->end[r].env.leaks, 0);
            tlsn_session_free(s);
            wire_free(w);
        }
}

static void no_memory_at_any_allocation_is_a_clean_error(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct wire *w = pair();
        enum tlsn_role role = (enum tlsn_role)(i & 1);
        struct wire_env *env = &w->end[role].env;
        tlsn_session *s = session(w);
        bool more = true;

        for (size_t n = 1; more; n++) {
            uint8_t got[64];
            size_t len, consumed, written;

            announce(w, s);
            w->end[TLSN_SERVER].env.seed += n << 32;
            w->end[TLSN_CLIENT].env.seed += n << 32;
            env->failed = 0;
            env->fail_on = i & 2;
            env->fail_at = env->allocs + n;
            if (tlsn_encrypt_early(wire_conn(w, TLSN_CLIENT), request, sizeof request, &consumed,
                                   got,
                                   sizeof got, &written) == TLSN_OK)
                wire_inject(w, TLSN_SERVER, got, written);
            wire_run(w);
            if (w->end[TLSN_SERVER].status == TLSN_EARLY_DATA)
                (void)wire_read_early(w, got, sizeof got, &len);
            if (!tlsn_conn_error(wire_conn(w, TLSN_SERVER)))
                wire_run(w);
            env->fail_at = 0;
            more = env->failed != 0;
            assert_true(n < 300);
        }
        tlsn_session_free(s);
        wire_free(w);
    }
}

/* The values of the early exporter: there with the first ClientHello, the same on both sides, of no use once the
 * server has said no. What the secret is shows tests/conn/test_rfc8448.c, what is made of it
 * tests/conn/test_conn_export13.c. */
static void early_exporter_is_for_early_data(void **state)
{
    uint8_t early[3][32], late[32];
    struct wire *w = pair();
    tlsn_session *s;

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_EXPORTER, true));
    s = session(w);
    assert_int_equal(tlsn_export_early(wire_conn(w, TLSN_CLIENT), "x", "y", 1, early[0], 32),
                     TLSN_ERR_MISUSE); /* there were none in the first handshake */
    announce(w, s);
    OK(tlsn_export_early(wire_conn(w, TLSN_CLIENT), "x", "y", 1, early[0], 32));
    assert_int_equal(tlsn_export(wire_conn(w, TLSN_CLIENT), "x", "y", 1, true, late, 32),
                     TLSN_ERR_MISUSE);
    OK(wire_write_early(w, request, sizeof request));
    wire_run(w);
    OK(tlsn_export_early(wire_conn(w, TLSN_SERVER), "x", "y", 1, early[1], 32));
    hear(w, request, sizeof request);
    wire_run(w);
    assert_true(wire_done(w));
    OK(tlsn_export_early(wire_conn(w, TLSN_CLIENT), "x", "y", 1, early[2], 32));
    OK(tlsn_export(wire_conn(w, TLSN_CLIENT), "x", "y", 1, true, late, 32));
    assert_memory_equal(early[0], early[1], 32);
    assert_memory_equal(early[0], early[2], 32);
    assert_memory_not_equal(early[0], late, 32);
    assert_false(go(w, s)); /* the same hello once more */
    for (int r = 0; r < 2; r++)
        assert_int_equal(tlsn_export_early(wire_conn(w, (enum tlsn_role)r), "x", "y", 1,
                                           early[0], 32),
                         TLSN_ERR_MISUSE);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:7.5/3");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_data_are_taken_and_refused_in_each_suite_and_group),
        cmocka_unit_test(early_data_come_byte_by_byte),
        cmocka_unit_test(output_does_not_depend_on_the_buffers),
        cmocka_unit_test(records_are_sealed_and_opened_in_place),
        cmocka_unit_test(reading_and_writing_take_no_memory),
        cmocka_unit_test(server_answers_before_the_end),
        cmocka_unit_test(question_about_the_session_loses_nothing),
        cmocka_unit_test(rest_of_a_request_comes_behind),
        cmocka_unit_test(nothing_is_taken_by_default),
        cmocka_unit_test(nothing_is_announced_unless_asked_for),
        cmocka_unit_test(server_refuses_when_something_has_changed),
        cmocka_unit_test(window_is_what_the_configuration_says),
        cmocka_unit_test(second_time_is_refused),
        cmocka_unit_test(handle_is_good_for_one_time),
        cmocka_unit_test(application_decides_what_is_new),
        cmocka_unit_test(client_keeps_to_the_limit),
        cmocka_unit_test(early_data_end_where_their_key_does),
        cmocka_unit_test(too_much_is_unexpected),
        cmocka_unit_test(damaged_early_data_are_fatal),
        cmocka_unit_test(other_messages_under_that_key_are_refused),
        cmocka_unit_test(calls_out_of_place_are_misuse),
        cmocka_unit_test(older_version_ends_it),
        cmocka_unit_test(client_refuses_early_data_taken_for_something_else),
        cmocka_unit_test(client_refuses_a_key_that_was_not_offered_or_does_not_fit),
        cmocka_unit_test(alert_behind_server_hello_is_under_the_handshakes_keys),
        cmocka_unit_test(end_of_early_data_is_not_for_clients),
        cmocka_unit_test(change_cipher_spec_stands_in_between),
        cmocka_unit_test(secret_of_early_data_is_wiped),
        cmocka_unit_test(no_memory_at_any_allocation_is_a_clean_error),
        cmocka_unit_test(early_exporter_is_for_early_data),
    };

    return cmocka_run_group_tests_name("test_tls13_early", tests, NULL, NULL);
}
