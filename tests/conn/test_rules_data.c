/* Rules 3, 4, 5 and 7 of the engine's contract: data in place and without allocations, pending
 * output, records behind the handshake, and closing. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"
#include "req.h"

static struct wire *done(const char *suite)
{
    static const struct tlsn_limits limits = { .warnings = 6, .requests = 5, .empty_records = 32 };
    struct wire *w = suite ? wire_with_suite(suite) : wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_limits(w->end[r].config, &limits));
    wire_shake(w);
    return w;
}

static tlsn_conn *client(const struct wire *w)
{
    return w->end[TLSN_CLIENT].conn;
}

static tlsn_conn *server(const struct wire *w)
{
    return w->end[TLSN_SERVER].conn;
}

static void fill(uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i * 13 + 1);
}

/* ---- rule 3 ---- */

/* One record sealed (in place or not) and opened with the payload at `shift` into the record. */
static void there_and_back(struct wire *w, size_t len, bool in_place, size_t shift)
{
    static uint8_t record[TLSN_RECORD_MAX], data[TLSN_PLAIN_MAX];
    size_t at = tlsn_payload_offset(client(w)), consumed, written, size, got = 0;
    const uint8_t *plain = in_place ? record + at : data;

    fill(data, len);
    fill(record + at, in_place ? len : 0);
    OK(tlsn_encrypt(client(w), plain, len, &consumed, record, sizeof record, &size));
    assert_int_equal(consumed, len);
    assert_int_equal(size, tlsn_record_size(client(w), len));
    /* below TLS 1.1 a block cipher makes two records of it: one byte, and the rest */
    for (size_t from = 0; from < size; from += consumed, got += written) {
        OK(tlsn_decrypt(server(w), record + from, size - from, &consumed, record + from + shift,
                        sizeof record - from - shift, &written));
        assert_true(written <= len - got);
        assert_memory_equal(record + from + shift, data + got, written);
    }
    assert_int_equal(got, len);
}

static void rule3_records_are_made_and_opened_in_place_without_allocations(void **state)
{
    static const size_t lens[] = { 1, 15, 16, 17, 1400, 16384 };
    struct tlsn_suite_info suite;

    (void)state;
    for (size_t i = 0; tlsn_suite_info(i, &suite); i++) {
        struct wire *w = suite.implemented ? done(suite.name) : NULL;

        if (!w)
            continue;
        const size_t allocs[2] = { w->end[0].env.allocs, w->end[1].env.allocs };
        const size_t shift[] = { tlsn_payload_offset_in(server(w)), 5, 0 };

        for (size_t k = 0; k < 36; k++)
            there_and_back(w, lens[k % 6], k / 6 % 2, shift[k / 12]);
        for (int r = 0; r < 2; r++)
            assert_int_equal(w->end[r].env.allocs, allocs[r]);
        wire_free(w);
    }
}

static void rule3_separate_buffers_take_no_allocations_either(void **state)
{
    struct wire *w = done(NULL);
    static uint8_t data[50000], out[60000], got[50000];
    size_t allocs = w->end[0].env.allocs + w->end[1].env.allocs, n, size, sum = 0, at = 0;

    (void)state;
    fill(data, sizeof data);
    OK(tlsn_encrypt(server(w), data, sizeof data, &n, out, sizeof out, &size));
    while (at < size) {
        size_t len;

        OK(tlsn_decrypt(client(w), out + at, size - at, &n, got + sum, sizeof got - sum, &len));
        at += n;
        sum += len;
    }
    assert_int_equal(sum, sizeof data);
    assert_memory_equal(data, got, sizeof data);
    assert_int_equal(w->end[0].env.allocs + w->end[1].env.allocs, allocs);
    wire_free(w);
}

static void rule3_short_buffers_get_a_record_in_pieces(void **state)
{
    struct wire *w = done(NULL);
    uint8_t got[64];
    size_t n, len, sum = 0;

    (void)state;
    wire_write(w, TLSN_CLIENT, "0123456789", 10);
    OK(tlsn_decrypt(server(w), w->end[1].in, w->end[1].in_len, &n, NULL, 0, &len));
    assert_int_equal(n, w->end[1].in_len);
    for (int i = 0; i < 10; i++) {
        OK(tlsn_decrypt(server(w), NULL, 0, &n, got + sum, 1, &len));
        assert_int_equal(len, 1);
        sum += len;
    }
    assert_memory_equal(got, "0123456789", 10);
    assert_int_equal(tlsn_decrypt(server(w), NULL, 0, &n, got, 1, &len), TLSN_NEED_INPUT);
    wire_free(w);
}

static void rule3_kept_data_is_not_written_over_input_that_still_counts(void **state)
{
    struct wire *w = done(NULL);
    uint8_t got[16], *in = w->end[TLSN_SERVER].in;
    size_t n, len, size;

    (void)state;
    wire_write(w, TLSN_CLIENT, "0123456789", 10);
    size = w->end[TLSN_SERVER].in_len;
    wire_write(w, TLSN_CLIENT, "ABCDEFGHIJ", 10);
    OK(tlsn_decrypt(server(w), in, 2 * size, &n, in + 5, 4, &len));
    assert_int_equal(n, size);
    assert_int_equal(len, 4);
    assert_int_equal(tlsn_decrypt(server(w), in + size, size, &n, in + size + 5, size - 5, &len),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(n + len, 0);
    OK(tlsn_decrypt(server(w), in + size, size, &n, got, sizeof got, &len));
    assert_int_equal(n, 0);
    assert_int_equal(len, 6);
    assert_memory_equal(got, "456789", 6);
    OK(tlsn_decrypt(server(w), in + size, size, &n, in + size + 5, size - 5, &len));
    assert_memory_equal(in + size + 5, "ABCDEFGHIJ", 10);
    wire_free(w);
}

/* ---- rule 4 ---- */

static void rule4_input_that_is_not_consumed_stays_the_callers(void **state)
{
    struct wire *w = done(NULL);
    uint8_t got[64];
    size_t n, len, allocs;

    (void)state;
    wire_write(w, TLSN_CLIENT, "abc", 3);
    allocs = w->end[TLSN_SERVER].env.allocs;
    for (size_t have = 0; have < w->end[TLSN_SERVER].in_len; have++) {
        assert_int_equal(tlsn_decrypt(server(w), w->end[TLSN_SERVER].in, have, &n, got, 64, &len),
                         TLSN_NEED_INPUT);
        assert_int_equal(n + len, 0);
        assert_int_equal(tlsn_input_hint(server(w), w->end[TLSN_SERVER].in, have),
                         have < 5 ? 5 : w->end[TLSN_SERVER].in_len);
    }
    OK(tlsn_decrypt(server(w), w->end[TLSN_SERVER].in, w->end[TLSN_SERVER].in_len, &n, got, 64,
                    &len));
    assert_int_equal(len, 3);
    assert_int_equal(allocs, w->end[TLSN_SERVER].env.allocs);
    wire_free(w);
}

/* Renegotiation asked for by the one that may: an answer is pending after decrypt. */
static void check_refusal(enum tlsn_role asks, const void *message, size_t len)
{
    struct wire *w = done(NULL);
    enum tlsn_role other = asks == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT;
    uint8_t got[64];
    size_t n, i;

    for (i = 0; i < 5; i++) {
        wire_forge(w, asks, 22, message, len);
        assert_int_equal(wire_read(w, other, got, sizeof got, &n), TLSN_NEED_INPUT);
        assert_true(tlsn_output_pending(w->end[other].conn));
        assert_true(tlsn_output_len(w->end[other].conn) > 0);
        wire_say(w, asks, 5); /* reading goes on */
        if (i % 2)
            wire_flush(w, other);
        assert_int_equal(wire_read(w, asks, got, sizeof got, &n), TLSN_NEED_INPUT);
    }
    wire_say(w, other, 5); /* what is pending goes first */
    wire_forge(w, asks, 22, message, len);
    assert_int_equal(wire_read(w, other, got, sizeof got, &n), TLSN_ERR_TOO_MANY);
    wire_flush(w, other);
    assert_int_equal(wire_read(w, asks, got, sizeof got, &n), TLSN_ERR_ALERT);
    wire_free(w);
}

static void rule4_renegotiation_is_refused_and_the_refusals_are_bounded(void **state)
{
    static const uint8_t request[] = { 0, 0, 0, 0 };
    static const uint8_t hello[] = { 1, 0, 0, 4, 3, 3, 0, 0 };

    (void)state;
    check_refusal(TLSN_SERVER, request, sizeof request);
    check_refusal(TLSN_CLIENT, hello, sizeof hello);
    REQ("5746:4.2/2");
    REQ("5246:7.2.2/28");
    REQ("5246:7.4.1.1/4");
}

static void rule4_both_write_first_without_deadlock(void **state)
{
    struct wire *w = done(NULL);
    static uint8_t data[60000], got[60000];
    size_t n;

    (void)state;
    fill(data, sizeof data);
    wire_write(w, TLSN_CLIENT, data, sizeof data);
    wire_write(w, TLSN_SERVER, data, sizeof data);
    for (int r = 0; r < 2; r++) {
        assert_int_equal(wire_read(w, (enum tlsn_role)r, got, sizeof got, &n), TLSN_NEED_INPUT);
        assert_int_equal(n, sizeof data);
        assert_memory_equal(got, data, n);
    }
    wire_free(w);
}

static void rule4_empty_records_are_taken_but_not_without_end(void **state)
{
    struct wire *w = done("TLS_RSA_WITH_AES_128_CBC_SHA");
    uint8_t got[8];
    size_t n;

    (void)state;
    for (int i = 0; i < 32; i++)
        wire_forge(w, TLSN_CLIENT, 23, "", 0);
    wire_say(w, TLSN_CLIENT, 4);
    for (int i = 0; i < 33; i++)
        wire_forge(w, TLSN_CLIENT, 23, "", 0);
    assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &n), TLSN_ERR_TOO_MANY);
    wire_free(w);
    REQ("5246:6.2.1/7");
}

static void rule4_warnings_are_taken_but_not_without_end(void **state)
{
    static const uint8_t user_canceled[] = { 1, 90 };
    struct wire *w = done(NULL);
    uint8_t got[8];
    size_t n;

    (void)state;
    for (int i = 0; i < 6; i++)
        wire_forge(w, TLSN_CLIENT, 21, user_canceled, 2);
    wire_say(w, TLSN_CLIENT, 4);
    for (int i = 0; i < 7; i++)
        wire_forge(w, TLSN_CLIENT, 21, user_canceled, 2);
    assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &n), TLSN_ERR_TOO_MANY);
    wire_free(w);
}

static void rule4_pending_output_is_bounded_and_the_alert_still_goes_out(void **state)
{
    (void)state;
    for (size_t max = 1; max < 1500; max += 7) {
        const struct tlsn_limits limits = { .pending_max = max };
        struct wire *w = wire_new("ec:secp256r1");

        OK(tlsn_config_set_limits(w->end[TLSN_SERVER].config, &limits));
        wire_open(w);
        wire_run(w);
        if (!wire_done(w)) {
            assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_PENDING);
            assert_int_equal(tlsn_conn_error(server(w))->alert_sent, 80);
            assert_int_equal(tlsn_conn_error(client(w))->alert_received, 80);
        }
        wire_free(w);
    }
}

/* ---- rule 5 ---- */

/* The side that completes last gets its last flight with data and a closure right behind it. */
static void check_coalesced(bool resumed)
{
    enum tlsn_role last = resumed ? TLSN_SERVER : TLSN_CLIENT, first = (enum tlsn_role)!last;
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_session *s;
    uint8_t got[64];
    size_t n;

    wire_shake(w);
    s = wire_session(w);
    wire_open(w);
    if (resumed)
        OK(tlsn_conn_set_session(client(w), s));
    while (!tlsn_handshake_done(w->end[first].conn)) {
        while (wire_turn(w, last))
            ;
        while (wire_turn(w, first))
            ;
    }
    wire_write(w, first, "behind", 6);
    (void)wire_turn(w, last);
    assert_int_equal(w->end[last].status, TLSN_OK);
    assert_int_equal(w->end[last].in_len, tlsn_record_size(w->end[first].conn, 6));
    assert_int_equal(wire_read(w, last, got, sizeof got, &n), TLSN_NEED_INPUT);
    assert_int_equal(n, 6);
    assert_memory_equal(got, "behind", 6);
    tlsn_session_free(s);
    wire_free(w);
}

static void rule5_data_behind_the_last_flight_is_left_for_decrypt(void **state)
{
    (void)state;
    check_coalesced(false);
    check_coalesced(true);
}

/* ---- rule 7 ---- */

static void close_side(struct wire *w, enum tlsn_role from)
{
    uint8_t out[256];
    size_t written;
    tlsn_status st = tlsn_shutdown(w->end[from].conn, out, sizeof out, &written);

    assert_int_equal(st, TLSN_OK);
    wire_inject(w, (enum tlsn_role)!from, out, written);
}

static void rule7_shutdown_twice_sends_one_close_notify(void **state)
{
    struct wire *w = done(NULL);
    uint8_t out[256];
    size_t written;

    (void)state;
    close_side(w, TLSN_CLIENT);
    OK(tlsn_shutdown(client(w), out, sizeof out, &written));
    assert_int_equal(written, 0);
    assert_int_equal(tlsn_encrypt(client(w), "x", 1, &written, out, sizeof out, &written),
                     TLSN_ERR_MISUSE);
    wire_free(w);
}

/* First closes and goes on reading; other goes on writing and closes later. */
static void check_half_close(enum tlsn_role first)
{
    struct wire *w = done(NULL);
    enum tlsn_role other = (enum tlsn_role)!first;
    uint8_t got[64];
    size_t n;

    close_side(w, first);
    assert_int_equal(wire_read(w, other, got, sizeof got, &n), TLSN_CLOSED);
    wire_say(w, other, 40);
    close_side(w, other);
    assert_int_equal(wire_read(w, first, got, sizeof got, &n), TLSN_CLOSED);
    assert_int_equal(wire_read(w, first, got, sizeof got, &n), TLSN_CLOSED);
    for (int r = 0; r < 2; r++) {
        assert_int_equal(tlsn_transport_eof(w->end[r].conn), TLSN_CLOSED);
        assert_null(tlsn_conn_error(w->end[r].conn));
    }
    wire_free(w);
}

static void rule7_both_half_close_orders_work(void **state)
{
    (void)state;
    check_half_close(TLSN_CLIENT);
    check_half_close(TLSN_SERVER);
    REQ("5246:7.2.1/1");
}

static void rule7_data_behind_close_notify_is_ignored(void **state)
{
    static const uint8_t notify[] = { 1, 0 };
    struct wire *w = done(NULL);
    uint8_t got[64];
    size_t n;

    (void)state;
    wire_write(w, TLSN_CLIENT, "before", 6);
    wire_forge(w, TLSN_CLIENT, 21, notify, 2);
    wire_write(w, TLSN_CLIENT, "after", 5);
    assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &n), TLSN_CLOSED);
    assert_int_equal(n, 6);
    wire_free(w);
    REQ("5246:7.2.1/2");
}

static void rule7_end_without_close_notify_is_truncation(void **state)
{
    struct wire *w = done(NULL);
    size_t n;
    uint8_t b;

    (void)state;
    wire_say(w, TLSN_SERVER, 10);
    assert_int_equal(tlsn_transport_eof(client(w)), TLSN_ERR_TRUNCATED);
    assert_int_equal(tlsn_decrypt(client(w), NULL, 0, &n, &b, 1, &n), TLSN_ERR_TRUNCATED);
    assert_false(tlsn_output_pending(client(w)));
    assert_int_equal(tlsn_conn_error(client(w))->alert_sent, -1);
    close_side(w, TLSN_SERVER);
    assert_int_equal(tlsn_transport_eof(server(w)), TLSN_ERR_TRUNCATED);
    wire_free(w);
    REQ("5246:7.2.1/5");
}

static void rule7_close_notify_inside_the_handshake_closes_it(void **state)
{
    static const uint8_t notify[] = { 21, 3, 3, 0, 2, 1, 0 };
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    wire_open(w);
    wire_inject(w, TLSN_SERVER, notify, sizeof notify);
    (void)wire_turn(w, TLSN_SERVER);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_CLOSED);
    (void)wire_turn(w, TLSN_SERVER);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_CLOSED);
    assert_int_equal(tlsn_transport_eof(server(w)), TLSN_CLOSED);
    wire_free(w);
}

static void rule7_shutdown_in_front_of_the_handshake_is_possible(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    uint8_t out[64];
    size_t n, written;

    (void)state;
    wire_open(w);
    OK(tlsn_shutdown(client(w), out, sizeof out, &written));
    assert_int_equal(tlsn_handshake(client(w), NULL, 0, &n, out, sizeof out, &written),
                     TLSN_ERR_MISUSE);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule3_records_are_made_and_opened_in_place_without_allocations),
        cmocka_unit_test(rule3_separate_buffers_take_no_allocations_either),
        cmocka_unit_test(rule3_short_buffers_get_a_record_in_pieces),
        cmocka_unit_test(rule3_kept_data_is_not_written_over_input_that_still_counts),
        cmocka_unit_test(rule4_input_that_is_not_consumed_stays_the_callers),
        cmocka_unit_test(rule4_renegotiation_is_refused_and_the_refusals_are_bounded),
        cmocka_unit_test(rule4_both_write_first_without_deadlock),
        cmocka_unit_test(rule4_empty_records_are_taken_but_not_without_end),
        cmocka_unit_test(rule4_warnings_are_taken_but_not_without_end),
        cmocka_unit_test(rule4_pending_output_is_bounded_and_the_alert_still_goes_out),
        cmocka_unit_test(rule5_data_behind_the_last_flight_is_left_for_decrypt),
        cmocka_unit_test(rule7_shutdown_twice_sends_one_close_notify),
        cmocka_unit_test(rule7_both_half_close_orders_work),
        cmocka_unit_test(rule7_data_behind_close_notify_is_ignored),
        cmocka_unit_test(rule7_end_without_close_notify_is_truncation),
        cmocka_unit_test(rule7_close_notify_inside_the_handshake_closes_it),
        cmocka_unit_test(rule7_shutdown_in_front_of_the_handshake_is_possible),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
