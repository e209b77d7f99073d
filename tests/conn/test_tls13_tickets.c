/* Tickets of TLS 1.3: how many come, how many are asked for (RFC 9149), and each of them for one connection. */
#include "conn.h"
#include "ext/ext.h"
#include "req.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The server sends this many, the client keeps as many as there may be. */
static struct wire *pair(unsigned count)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_tickets(wire_config(w, TLSN_SERVER), count));
    OK(tlsn_config_set_tickets(wire_config(w, TLSN_CLIENT), 16));
    return w;
}

/* All that the client has. */
static size_t take_all(struct wire *w, tlsn_session *s[16])
{
    tlsn_session *more = NULL;
    size_t n = 0;

    while (n < 16 && tlsn_conn_take_session(w->end[TLSN_CLIENT].conn, &s[n]) == TLSN_OK)
        n++;
    assert_int_equal(tlsn_conn_take_session(w->end[TLSN_CLIENT].conn, &more), TLSN_ERR_NOT_FOUND);
    assert_null(more);
    assert_int_equal(tlsn_conn_get_session(w->end[TLSN_CLIENT].conn, &more), TLSN_ERR_NOT_FOUND);
    return n;
}

static void free_all(tlsn_session *s[16], size_t n)
{
    while (n--)
        tlsn_session_free(s[n]);
}

static size_t count_of(struct wire *w)
{
    tlsn_session *s[16];
    size_t n = take_all(w, s);

    free_all(s, n);
    return n;
}

static enum tlsn_resumed resumed(const struct wire *w)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(w->end[TLSN_CLIENT].conn, &info);
    return info.resumed;
}

/* ---- several ---- */

static void each_ticket_is_handed_out_once_and_good(void **state)
{
    struct wire *w = pair(16);
    tlsn_session *s[16];
    size_t n;

    (void)state;
    wire_shake(w);
    n = take_all(w, s);
    assert_int_equal(n, 16);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(s[i]->age_add, s[k]->age_add);
            assert_memory_not_equal(s[i]->master.data, s[k]->master.data, s[i]->master.len);
        }
        wire_resume(w, s[i]);
        assert_true(wire_done(w));
        assert_int_equal(resumed(w), TLSN_RESUMED_TICKET);
    }
    free_all(s, n);
    wire_free(w);
    REQ("8446:4.6.1/3");
    REQ("8446:C.4/1");
}

static void client_keeps_the_newest(void **state)
{
    (void)state;
    for (unsigned keep = 0; keep <= 3; keep++) {
        struct wire *w = pair(5);
        tlsn_session *s[16];
        uint32_t all[16];

        wire_shake(w);
        assert_int_equal(take_all(w, s), 5);
        for (unsigned i = 0; i < 5; i++)
            all[i] = s[i]->age_add;
        free_all(s, 5);
        wire_free(w);
        w = pair(5);
        OK(tlsn_config_set_tickets(wire_config(w, TLSN_CLIENT), keep));
        wire_shake(w);
        assert_int_equal(take_all(w, s), keep);
        for (unsigned i = 0; i < keep; i++) /* randomness is the same */
            assert_int_equal(s[i]->age_add, all[i]);
        free_all(s, keep);
        wire_free(w);
    }
}

static void older_version_has_one_session_to_take(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_session *s = NULL;

    (void)state;
    wire_shake(w);
    OK(tlsn_conn_take_session(w->end[TLSN_CLIENT].conn, &s));
    tlsn_session_free(s);
    assert_int_equal(tlsn_conn_take_session(w->end[TLSN_CLIENT].conn, &s), TLSN_ERR_NOT_FOUND);
    wire_free(w);
}

static void no_memory_for_a_ticket_is_a_clean_error(void **state)
{
    struct wire *w = pair(4);
    bool more = true;

    (void)state;
    for (size_t n = 1; more; n++) {
        struct wire_env *env = &w->end[TLSN_CLIENT].env;
        tlsn_session *s[16];
        uint8_t got[8];
        size_t len, k = 0;

        wire_open(w);
        wire_run(w);
        wire_flush(w, TLSN_SERVER);
        env->failed = 0;
        env->fail_at = env->allocs + n;
        if (wire_read(w, TLSN_CLIENT, got, sizeof got, &len) == TLSN_NEED_INPUT)
            while (tlsn_conn_take_session(w->end[TLSN_CLIENT].conn, &s[k]) == TLSN_OK)
                k++;
        env->fail_at = 0;
        more = env->failed != 0;
        assert_true(more || k == 4);
        free_all(s, k);
        assert_true(n < 200);
    }
    wire_free(w);
}

/* Whatever the server says. */
static void ticket_is_kept_for_a_week_at_most(void **state)
{
    static const uint8_t ticket[] = { 4, 0, 0, 15, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 2, 1, 2, 0, 0 };
    const struct tlsn_limits limits = { .session_seconds = 604800 };
    struct wire *w = pair(0);
    tlsn_session *s[16];
    uint8_t got[8];
    size_t len;

    (void)state;
    OK(tlsn_config_set_limits(wire_config(w, TLSN_CLIENT), &limits));
    wire_shake(w);
    wire_forge(w, TLSN_SERVER, 22, ticket, sizeof ticket);
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &len), TLSN_NEED_INPUT);
    assert_int_equal(take_all(w, s), 1);
    assert_int_equal(s[0]->lifetime_s, 604800);
    free_all(s, 1);
    wire_free(w);
    REQ("8446:4.6.1/2");
    REQ("9149:6/1");
}

static void server_gives_tickets_for_a_week_at_most(void **state)
{
    struct tlsn_limits limits = { .session_seconds = 604801 };
    struct wire *w = pair(1);
    tlsn_session *s[16];

    (void)state;
    assert_int_equal(tlsn_config_set_limits(wire_config(w, TLSN_SERVER), &limits),
                     TLSN_ERR_ARGUMENT);
    limits.session_seconds = 604800;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_limits(w->end[r].config, &limits));
    wire_shake(w);
    assert_int_equal(take_all(w, s), 1);
    assert_int_equal(s[0]->lifetime_s, 604800);
    w->end[TLSN_CLIENT].env.now_ms += 604800 * (int64_t)1000; /* and then it is not offered */
    wire_resume(w, s[0]);
    assert_true(wire_done(w));
    assert_int_equal(resumed(w), TLSN_RESUMED_NO);
    free_all(s, 1);
    wire_free(w);
    REQ("8446:4.6.1/1");
}

/* Its extensions: one that nobody knows. */
static void unknown_extension_of_a_ticket_is_passed_over(void **state)
{
    static const uint8_t ticket[] = { 4, 0, 0, 21, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 0, 6, 0x7a, 0x7b,
                                      0, 2, 9, 9 };
    struct wire *w = pair(0);
    uint8_t got[8];
    size_t len;

    (void)state;
    wire_shake(w);
    wire_forge(w, TLSN_SERVER, 22, ticket, sizeof ticket);
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &len), TLSN_NEED_INPUT);
    assert_int_equal(count_of(w), 1);
    wire_free(w);
    REQ("8446:4.6.1/5");
}

/* What the extension for early data may look like. */
static void limit_of_a_ticket_is_four_bytes_once(void **state)
{
    static const struct { uint8_t len, data[24]; tlsn_status status; } rows[] = {
        { 8, { 0, 42, 0, 4, 0, 0, 1, 0 }, TLSN_NEED_INPUT },
        { 7, { 0, 42, 0, 3, 0, 1, 0 }, TLSN_ERR_DECODE },
        { 9, { 0, 42, 0, 5, 0, 0, 1, 0, 0 }, TLSN_ERR_DECODE },
        { 8, { 0, 42, 0, 5, 0, 0, 1, 0 }, TLSN_ERR_DECODE },
        { 3, { 0, 42, 0 }, TLSN_ERR_DECODE },
        { 16, { 0, 42, 0, 4, 0, 0, 1, 0, 0, 42, 0, 4, 0, 0, 1, 0 }, TLSN_ERR_ILLEGAL_PARAMETER },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t ticket[64] = { 4, 0, 0, (uint8_t)(15 + rows[i].len), 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 1,
                               2, 0, rows[i].len };
        struct wire *w = pair(0);
        tlsn_session *s[16];
        uint8_t got[8];
        size_t len;

        memcpy(ticket + 19, rows[i].data, rows[i].len);
        wire_shake(w);
        wire_forge(w, TLSN_SERVER, 22, ticket, (size_t)19 + rows[i].len);
        assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &len), rows[i].status);
        if (rows[i].status == TLSN_NEED_INPUT) {
            assert_int_equal(take_all(w, s), 1);
            assert_int_equal(tlsn_session_early_data_max(s[0]), 256);
            free_all(s, 1);
        }
        wire_free(w);
    }
}

static void ticket_is_offered_for_its_name_alone(void **state)
{
    struct wire *w = pair(1);
    tlsn_session *s[16];
    struct tlsn_span hello, data;
    struct tlsni_msg_client_hello m;

    (void)state;
    wire_shake(w);
    assert_int_equal(take_all(w, s), 1);
    for (int same = 0; same < 2; same++) {
        wire_open(w);
        OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, s[0]));
        if (!same)
            OK(tlsn_conn_set_server_name(w->end[TLSN_CLIENT].conn, "other.example"));
        while (wire_turn(w, TLSN_CLIENT))
            ;
        hello = wire_message(w, TLSN_CLIENT, TLSNI_MSG_CLIENT_HELLO);
        OK(tlsni_msg_client_hello_parse(tlsni_span_make(hello.data + 4, hello.len - 4), &m));
        assert_int_equal(tlsni_ext_find(m.extensions, TLSNI_EXT_PRE_SHARED_KEY, &data), same);
    }
    free_all(s, 1);
    wire_free(w);
    REQ("8446:4.6.1/4");
}

/* As by default: two after a full handshake, and two after a resumption. */
/* A client that thinks that its session is for another name: the server tells the one of the hello. */
static void name_in_a_resumption_is_that_of_its_hello(void **state)
{
    struct wire *w = pair(1);
    tlsn_session *s[16];

    (void)state;
    OK(tlsn_config_set_verify_mode(wire_config(w, TLSN_CLIENT), TLSN_VERIFY_INSECURE_NONE));
    wire_shake(w);
    assert_string_equal(wire_info(w, TLSN_SERVER).server_name, "server.example");
    assert_int_equal(take_all(w, s), 1);
    (void)snprintf(s[0]->server_name, sizeof s[0]->server_name, "other.example");
    (void)snprintf(s[0]->verify_name, sizeof s[0]->verify_name, "other.example");
    wire_open(w);
    OK(tlsn_conn_set_server_name(w->end[TLSN_CLIENT].conn, "other.example"));
    OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, s[0]));
    wire_run(w);
    assert_true(wire_done(w));
    assert_string_equal(wire_info(w, TLSN_SERVER).server_name, "other.example");
    free_all(s, 1);
    wire_free(w);
    REQ("8446:4.6.1/8");
}

/* The certificate was shown once: a ticket of a resumption lives no longer than the first one. */
static void tickets_of_resumptions_make_a_session_no_younger(void **state)
{
    static const int64_t ages_s[] = { 4000, 7100, 7300 };
    struct wire *w = pair(1);
    tlsn_session *s[16];

    (void)state;
    wire_shake(w);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(take_all(w, s), 1);
        for (int r = 0; r < 2; r++)
            w->end[r].env.now_ms += 1000 * (ages_s[i] - (i ? ages_s[i - 1] : 0));
        wire_resume(w, s[0]);
        wire_run(w);
        assert_true(wire_done(w));
        assert_int_equal(wire_info(w, TLSN_SERVER).resumed != TLSN_RESUMED_NO, ages_s[i] < 7200);
        free_all(s, 1);
    }
    wire_free(w);
    REQ("8446:4.6.1/9");
}

static void each_connection_brings_new_tickets(void **state)
{
    struct wire *w = pair(2);
    tlsn_session *s[16];

    (void)state;
    wire_shake(w);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(take_all(w, s), 2);
        wire_resume(w, s[0]);
        assert_true(wire_done(w));
        assert_int_equal(resumed(w), TLSN_RESUMED_TICKET);
        free_all(s, 2);
    }
    wire_free(w);
    REQ("8446:C.4/3");
}

static void no_ticket_comes_before_the_clients_finished(void **state)
{
    struct wire *w = pair(4);
    size_t flight;

    (void)state;
    wire_open(w);
    while (wire_turn(w, TLSN_CLIENT) || wire_turn(w, TLSN_SERVER))
        if (w->end[TLSN_CLIENT].status == TLSN_OK)
            break;
    flight = w->end[TLSN_SERVER].sent_len;
    assert_true(tlsn_handshake_done(w->end[TLSN_CLIENT].conn));
    assert_false(tlsn_output_pending(w->end[TLSN_SERVER].conn));
    assert_int_equal(w->end[TLSN_CLIENT].in_len, 0); /* all of it was read, and it was no ticket */
    assert_int_equal(count_of(w), 0);
    while (wire_turn(w, TLSN_SERVER))
        ;
    assert_true(w->end[TLSN_SERVER].sent_len > flight);
    wire_free(w);
    REQ("9149:6/2");
}

/* ---- asked for ---- */

static void server_sends_as_many_as_are_asked_for(void **state)
{
    static const unsigned rows[][3] = { { 5, 3, 2 }, { 1, 0, 2 }, { 0, 1, 2 }, { 16, 16, 1 }, { 255, 17, 1 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int retry = 0; retry < 2; retry++) {
            struct wire *w = pair(rows[i][2]);
            tlsn_session *s[16];
            size_t full = rows[i][0] < 16 ? rows[i][0] : 16;
            size_t resumed = rows[i][1] < 16 ? rows[i][1] : 16, n;

            OK(tlsn_config_set_ticket_request(wire_config(w, TLSN_CLIENT), rows[i][0], rows[i][1]));
            if (retry)
                OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), "secp384r1"));
            wire_shake(w);
            n = take_all(w, s);
            assert_int_equal(n, full);
            if (n) {
                wire_resume(w, s[0]);
                assert_true(wire_done(w));
                assert_int_equal(count_of(w), resumed);
            }
            free_all(s, n);
            wire_free(w);
        }
    REQ("9149:3/1");
    REQ("9149:3/2");
    REQ("9149:3/3");
    REQ("9149:3/6");
    REQ("8446:C.4/2");
}

static void server_without_tickets_sends_none(void **state)
{
    struct wire *w = pair(0);

    (void)state;
    OK(tlsn_config_set_ticket_request(wire_config(w, TLSN_CLIENT), 3, 3));
    wire_shake(w);
    assert_int_equal(count_of(w), 0);
    wire_free(w);
}

static void nothing_is_asked_for_by_default(void **state)
{
    struct wire *w = pair(3);
    struct tlsn_span hello, data;
    struct tlsni_msg_client_hello m;

    (void)state;
    assert_int_equal(tlsn_config_set_ticket_request(wire_config(w, TLSN_CLIENT), 256, 0),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_ticket_request(wire_config(w, TLSN_CLIENT), 0, 256),
                     TLSN_ERR_ARGUMENT);
    wire_shake(w);
    hello = wire_message(w, TLSN_CLIENT, TLSNI_MSG_CLIENT_HELLO);
    OK(tlsni_msg_client_hello_parse(tlsni_span_make(hello.data + 4, hello.len - 4), &m));
    assert_false(tlsni_ext_find(m.extensions, TLSNI_EXT_TICKET_REQUEST, &data));
    assert_int_equal(count_of(w), 3);
    wire_free(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_ticket_is_handed_out_once_and_good),
        cmocka_unit_test(client_keeps_the_newest),
        cmocka_unit_test(older_version_has_one_session_to_take),
        cmocka_unit_test(no_memory_for_a_ticket_is_a_clean_error),
        cmocka_unit_test(ticket_is_kept_for_a_week_at_most),
        cmocka_unit_test(server_gives_tickets_for_a_week_at_most),
        cmocka_unit_test(unknown_extension_of_a_ticket_is_passed_over),
        cmocka_unit_test(limit_of_a_ticket_is_four_bytes_once),
        cmocka_unit_test(ticket_is_offered_for_its_name_alone),
        cmocka_unit_test(name_in_a_resumption_is_that_of_its_hello),
        cmocka_unit_test(tickets_of_resumptions_make_a_session_no_younger),
        cmocka_unit_test(each_connection_brings_new_tickets),
        cmocka_unit_test(no_ticket_comes_before_the_clients_finished),
        cmocka_unit_test(server_sends_as_many_as_are_asked_for),
        cmocka_unit_test(server_without_tickets_sends_none),
        cmocka_unit_test(nothing_is_asked_for_by_default),
    };

    return cmocka_run_group_tests_name("test_tls13_tickets", tests, NULL, NULL);
}
