/* test_conn_heartbeat.c - heartbeats between two ends (RFC 6520), and everything a peer may do wrong
 * with them, CVE-2014-0160 first. */
#include "support_wire.h"
#include "../unit/req.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { HEARTBEAT = 24, REQUEST = 1, RESPONSE = 2 };

static struct wire *open_with(enum tlsn_heartbeat client, enum tlsn_heartbeat server)
{
    struct wire *w = wire_with_suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");

    OK(tlsn_config_set_heartbeat(w->end[TLSN_CLIENT].config, client));
    OK(tlsn_config_set_heartbeat(w->end[TLSN_SERVER].config, server));
    wire_open(w);
    wire_run(w);
    assert_true(wire_done(w));
    return w;
}

static struct tlsn_heartbeat_info info_of(const struct wire *w, enum tlsn_role role)
{
    struct tlsn_heartbeat_info info;

    tlsn_heartbeat_get_info(w->end[role].conn, &info);
    return info;
}

static tlsn_status read_at(struct wire *w, enum tlsn_role role)
{
    static uint8_t got[20000];
    size_t n;
    tlsn_status st = wire_read(w, role, got, sizeof got, &n);

    assert_int_equal(n, 0);
    return st;
}

static void heartbeat_is_not_spoken_by_default(void **state)
{
    struct wire *w = wire_with_suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");

    (void)state;
    wire_open(w);
    wire_run(w);
    assert_int_equal(info_of(w, TLSN_CLIENT).peer, TLSN_HEARTBEAT_OFF);
    assert_int_equal(tlsn_heartbeat_send(w->end[TLSN_CLIENT].conn, "x", 1), TLSN_ERR_MISUSE);
    wire_forge(w, TLSN_CLIENT, HEARTBEAT, "\1\0\0................", 19);
    assert_int_equal(read_at(w, TLSN_SERVER), TLSN_ERR_UNEXPECTED_MESSAGE);
    wire_free(w);
}

static void heartbeat_is_answered_with_its_payload(void **state)
{
    static const uint8_t payload[1024] = "are you there";
    static const size_t lens[] = { 0, 1, 13, 1024 };

    (void)state;
    for (int from = 0; from < 2; from++) {
        struct wire *w = open_with(TLSN_HEARTBEAT_ANSWER, TLSN_HEARTBEAT_ANSWER);

        for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
            tlsn_conn *asks = w->end[from].conn, *answers = w->end[!from].conn;

            OK(tlsn_heartbeat_send(asks, payload, lens[i]));
            assert_true(tlsn_output_pending(asks));
            assert_true(info_of(w, (enum tlsn_role)from).in_flight);
            /* RFC 6520 3: no second one as long as the first has no answer */
            assert_int_equal(tlsn_heartbeat_send(asks, payload, 1), TLSN_ERR_MISUSE);
            wire_flush(w, (enum tlsn_role)from);
            assert_int_equal(read_at(w, (enum tlsn_role)!from), TLSN_NEED_INPUT);
            assert_true(tlsn_output_pending(answers));
            assert_int_equal(tlsn_output_len(answers), 5 + 24 + 3 + lens[i] + 16);
            wire_flush(w, (enum tlsn_role)!from);
            assert_int_equal(read_at(w, (enum tlsn_role)from), TLSN_NEED_INPUT);
            assert_false(info_of(w, (enum tlsn_role)from).in_flight);
            assert_int_equal(info_of(w, (enum tlsn_role)from).responses_in, i + 1);
            assert_int_equal(info_of(w, (enum tlsn_role)!from).requests_in, i + 1);
        }
        wire_say(w, TLSN_CLIENT, 100);
        wire_say(w, TLSN_SERVER, 100);
        wire_free(w);
    }
    REQ("6520:3/1");
    REQ("6520:3/5");
    REQ("6520:4/6");
}

static void heartbeat_payload_is_bounded(void **state)
{
    static const uint8_t payload[2000];
    struct wire *w = open_with(TLSN_HEARTBEAT_ANSWER, TLSN_HEARTBEAT_ANSWER);

    (void)state;
    assert_int_equal(tlsn_heartbeat_send(w->end[0].conn, payload, 1025), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_heartbeat_send(w->end[0].conn, NULL, 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_heartbeat_send(NULL, payload, 1), TLSN_ERR_ARGUMENT);
    wire_free(w);
    /* with fragments of 512 bytes, type, length and padding leave 493 */
    w = wire_with_suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    OK(tlsn_config_set_max_fragment_length(w->end[TLSN_CLIENT].config, 512));
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_heartbeat(w->end[i].config, TLSN_HEARTBEAT_ANSWER));
    wire_open(w);
    wire_run(w);
    assert_int_equal(tlsn_heartbeat_send(w->end[0].conn, payload, 494), TLSN_ERR_ARGUMENT);
    OK(tlsn_heartbeat_send(w->end[0].conn, payload, 493));
    wire_flush(w, TLSN_CLIENT);
    assert_int_equal(read_at(w, TLSN_SERVER), TLSN_NEED_INPUT);
    assert_int_equal(info_of(w, TLSN_SERVER).requests_in, 1);
    wire_free(w);
    REQ("6520:4/1");
}

/* Sealed with the sender's keys: nothing goes back and nothing is noted. */
static void dropped(struct wire *w, enum tlsn_role from, const void *data, size_t len)
{
    struct tlsn_heartbeat_info before = info_of(w, (enum tlsn_role)!from), after;

    wire_forge(w, from, HEARTBEAT, data, len);
    assert_int_equal(read_at(w, (enum tlsn_role)!from), TLSN_NEED_INPUT);
    assert_false(tlsn_output_pending(w->end[!from].conn));
    after = info_of(w, (enum tlsn_role)!from);
    assert_int_equal(after.in_flight, before.in_flight);
    assert_int_equal(after.requests_in, before.requests_in);
    assert_int_equal(after.responses_in, before.responses_in);
    assert_int_equal(after.peer, before.peer);
    assert_int_equal(after.own, before.own);
}

/* Every claim about the payload's length, for records with little, just enough and no padding. */
static void heartbleed_in_both_directions_gets_nothing(void **state)
{
    (void)state;
    for (int from = 0; from < 2; from++) {
        for (size_t len = 0; len <= 24; len++) {
            struct wire *w = open_with(TLSN_HEARTBEAT_ANSWER, TLSN_HEARTBEAT_ANSWER);
            uint8_t m[24] = { REQUEST };

            for (size_t claim = 0; len >= 3 && claim <= 22; claim++) {
                m[1] = 0;
                m[2] = (uint8_t)claim;
                if (claim + 19 > len)
                    dropped(w, (enum tlsn_role)from, m, len);
                wire_say(w, (enum tlsn_role)from, 1); /* the count of useless ones starts again */
            }
            m[1] = 0x40; /* 16384 bytes, as the exploits ask for */
            dropped(w, (enum tlsn_role)from, m, len);
            m[1] = m[2] = 0xff;
            dropped(w, (enum tlsn_role)from, m, len);
            wire_free(w);
        }
    }
    REQ("6520:4/5");
}

static void heartbeat_padding_is_ignored(void **state)
{
    struct wire *w = open_with(TLSN_HEARTBEAT_ANSWER, TLSN_HEARTBEAT_ANSWER);
    uint8_t m[3 + 4 + 40] = { REQUEST, 0, 4, 'p', 'i', 'n', 'g' };
    static uint8_t got[100];
    size_t n;

    (void)state;
    memset(m + 7, 0xaa, 40);
    wire_forge(w, TLSN_CLIENT, HEARTBEAT, m, sizeof m);
    assert_int_equal(read_at(w, TLSN_SERVER), TLSN_NEED_INPUT);
    assert_int_equal(info_of(w, TLSN_SERVER).requests_in, 1);
    /* longer padding is not sent back: 16 bytes of our own follow the payload */
    assert_int_equal(tlsn_output_len(w->end[TLSN_SERVER].conn), 5 + 24 + 3 + 4 + 16);
    wire_flush(w, TLSN_SERVER);
    /* nobody waits for it: dropped */
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &n), TLSN_NEED_INPUT);
    assert_int_equal(info_of(w, TLSN_CLIENT).responses_in, 0);
    wire_free(w);
    REQ("6520:4/4");
}

/* Without encryption the records show what is in them. */
static void heartbeat_on_the_wire_is_as_rfc_6520_says(void **state)
{
    struct wire *w = wire_with_suite("TLS_RSA_WITH_NULL_SHA256");
    const uint8_t *request[2], *response;
    enum { LEN = 5 + 3 + 4 + 16 + 32 };

    (void)state;
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_heartbeat(w->end[i].config, TLSN_HEARTBEAT_ANSWER));
    wire_open(w);
    wire_run(w);
    assert_true(wire_done(w));
    for (int i = 0; i < 2; i++) {
        struct wire_end *client = &w->end[TLSN_CLIENT], *server = &w->end[TLSN_SERVER];

        OK(tlsn_heartbeat_send(client->conn, "ping", 4));
        wire_flush(w, TLSN_CLIENT);
        request[i] = client->sent + client->sent_len - LEN;
        assert_memory_equal(request[i], "\x18\3\3\0\x37\1\0\4ping", 12);
        assert_int_equal(read_at(w, TLSN_SERVER), TLSN_NEED_INPUT);
        wire_flush(w, TLSN_SERVER);
        response = server->sent + server->sent_len - LEN;
        assert_memory_equal(response, "\x18\3\3\0\x37\2\0\4ping", 12);
        assert_memory_not_equal(response + 12, request[i] + 12, 16);
        assert_int_equal(read_at(w, TLSN_CLIENT), TLSN_NEED_INPUT);
    }
    assert_memory_not_equal(request[0] + 12, request[1] + 12, 16);
    assert_int_equal(info_of(w, TLSN_CLIENT).responses_in, 2);
    wire_free(w);
    REQ("6520:4/2");
    REQ("6520:4/3");
}

static void heartbeat_response_with_another_payload_is_dropped(void **state)
{
    struct wire *w = open_with(TLSN_HEARTBEAT_ANSWER, TLSN_HEARTBEAT_ANSWER);
    static const uint8_t wrong[] = "\2\0\4pong" "0123456789abcdef", shorter[] = "\2\0\3pin" "0123456789abcdef",
                         right[] = "\2\0\4ping" "0123456789abcdef", odd[] = "\3\0\4ping" "0123456789abcdef";

    (void)state;
    OK(tlsn_heartbeat_send(w->end[TLSN_CLIENT].conn, "ping", 4));
    wire_flush(w, TLSN_CLIENT);
    dropped(w, TLSN_SERVER, wrong, sizeof wrong - 1);
    dropped(w, TLSN_SERVER, shorter, sizeof shorter - 1);
    dropped(w, TLSN_SERVER, odd, sizeof odd - 1);
    assert_true(info_of(w, TLSN_CLIENT).in_flight);
    wire_forge(w, TLSN_SERVER, HEARTBEAT, right, sizeof right - 1);
    assert_int_equal(read_at(w, TLSN_CLIENT), TLSN_NEED_INPUT);
    assert_false(info_of(w, TLSN_CLIENT).in_flight);
    dropped(w, TLSN_SERVER, right, sizeof right - 1); /* once */
    wire_free(w);
    REQ("6520:4/7");
}

static void heartbeat_to_who_does_not_answer(void **state)
{
    struct wire *w = open_with(TLSN_HEARTBEAT_SEND_ONLY, TLSN_HEARTBEAT_ANSWER);
    static const uint8_t request[] = "\1\0\4ping" "0123456789abcdef";

    (void)state;
    /* the server must not ask this client, and gets no answer when it does */
    assert_int_equal(tlsn_heartbeat_send(w->end[TLSN_SERVER].conn, "x", 1), TLSN_ERR_MISUSE);
    dropped(w, TLSN_SERVER, request, sizeof request - 1);
    /* the other direction is independent of that */
    OK(tlsn_heartbeat_send(w->end[TLSN_CLIENT].conn, "x", 1));
    wire_flush(w, TLSN_CLIENT);
    assert_int_equal(read_at(w, TLSN_SERVER), TLSN_NEED_INPUT);
    wire_flush(w, TLSN_SERVER);
    assert_int_equal(read_at(w, TLSN_CLIENT), TLSN_NEED_INPUT);
    assert_int_equal(info_of(w, TLSN_CLIENT).responses_in, 1);
    wire_free(w);
    REQ("6520:2/4");
    REQ("6520:2/5");
}

static void heartbeats_of_no_use_are_bounded(void **state)
{
    struct wire *w = open_with(TLSN_HEARTBEAT_ANSWER, TLSN_HEARTBEAT_ANSWER);
    int dropped_ones = 0;

    (void)state;
    for (;;) {
        tlsn_status st;

        wire_forge(w, TLSN_CLIENT, HEARTBEAT, "\1\377\377", 3);
        st = read_at(w, TLSN_SERVER);
        if (st == TLSN_ERR_TOO_MANY)
            break;
        assert_int_equal(st, TLSN_NEED_INPUT);
        assert_true(++dropped_ones < 1000);
    }
    assert_int_equal(dropped_ones, 32);
    wire_free(w);
}

/* A peer that asks and never reads: the answers that wait have a bound (pending_max). */
static void heartbeats_without_reading_are_cut_off(void **state)
{
    struct wire *w = wire_with_suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    const struct tlsn_limits limits = { .pending_max = 8000 };
    static uint8_t m[3 + 1000 + 16] = { REQUEST, 1000 >> 8, 1000 & 255 };
    int answered = 0;

    (void)state;
    OK(tlsn_config_set_limits(w->end[TLSN_SERVER].config, &limits));
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_heartbeat(w->end[i].config, TLSN_HEARTBEAT_ANSWER));
    wire_open(w);
    wire_run(w);
    for (;;) {
        static uint8_t in[4000], got[4000];
        size_t n, used, written;
        tlsn_status st;

        wire_forge(w, TLSN_CLIENT, HEARTBEAT, m, sizeof m);
        n = w->end[TLSN_SERVER].in_len;
        assert_true(n <= sizeof in);
        memcpy(in, w->end[TLSN_SERVER].in, n);
        w->end[TLSN_SERVER].in_len = 0;
        st = tlsn_decrypt(w->end[TLSN_SERVER].conn, in, n, &used, got, sizeof got, &written);
        if (st == TLSN_ERR_PENDING)
            break;
        assert_int_equal(st, TLSN_NEED_INPUT);
        assert_true(++answered < 100);
    }
    assert_int_equal(answered, 7); /* of 1048 bytes each */
    wire_free(w);
}

/* A request in the clear before there are keys, as in the exploits: not answered. */
static void heartbeat_during_the_handshake_is_dropped(void **state)
{
    static const uint8_t early[] = { HEARTBEAT, 3, 3, 0, 3, REQUEST, 0x40, 0 };

    (void)state;
    for (int on = 0; on < 2; on++) {
        struct wire *w = wire_with_suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
        struct wire_end *server = &w->end[TLSN_SERVER];

        for (int i = 0; i < 2; i++)
            OK(tlsn_config_set_heartbeat(w->end[i].config, on ? TLSN_HEARTBEAT_ANSWER
                                                              : TLSN_HEARTBEAT_OFF));
        wire_open(w);
        (void)wire_turn(w, TLSN_CLIENT);
        (void)wire_turn(w, TLSN_SERVER);
        wire_inject(w, TLSN_SERVER, early, sizeof early);
        (void)wire_turn(w, TLSN_SERVER);
        assert_int_equal(server->status, on ? TLSN_NEED_INPUT : TLSN_ERR_UNEXPECTED_MESSAGE);
        wire_run(w);
        assert_int_equal(wire_done(w), on);
        if (on)
            assert_int_equal(info_of(w, TLSN_SERVER).requests_in, 0);
        wire_free(w);
    }
    REQ("6520:3/4");
}

static void heartbeat_outside_of_the_data_phase_is_misuse(void **state)
{
    struct wire *w = wire_with_suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    uint8_t out[100];
    size_t n;

    (void)state;
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_heartbeat(w->end[i].config, TLSN_HEARTBEAT_ANSWER));
    wire_open(w);
    assert_int_equal(tlsn_heartbeat_send(w->end[0].conn, "x", 1), TLSN_ERR_MISUSE);
    wire_run(w);
    OK(tlsn_shutdown(w->end[0].conn, out, sizeof out, &n));
    assert_int_equal(tlsn_heartbeat_send(w->end[0].conn, "x", 1), TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_config_set_heartbeat(w->end[0].config, TLSN_HEARTBEAT_OFF),
                     TLSN_ERR_FROZEN);
    wire_free(w);
    REQ("6520:3/2");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(heartbeat_is_not_spoken_by_default),
        cmocka_unit_test(heartbeat_is_answered_with_its_payload),
        cmocka_unit_test(heartbeat_payload_is_bounded),
        cmocka_unit_test(heartbleed_in_both_directions_gets_nothing),
        cmocka_unit_test(heartbeat_padding_is_ignored),
        cmocka_unit_test(heartbeat_on_the_wire_is_as_rfc_6520_says),
        cmocka_unit_test(heartbeat_response_with_another_payload_is_dropped),
        cmocka_unit_test(heartbeat_to_who_does_not_answer),
        cmocka_unit_test(heartbeats_of_no_use_are_bounded),
        cmocka_unit_test(heartbeats_without_reading_are_cut_off),
        cmocka_unit_test(heartbeat_during_the_handshake_is_dropped),
        cmocka_unit_test(heartbeat_outside_of_the_data_phase_is_misuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
