#include "conn.h"
#include "req.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { HANDSHAKE = 22 };

static struct wire *shaken(void)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
    wire_shake(w);
    return w;
}

static tlsn_conn *conn(struct wire *w, enum tlsn_role role)
{
    return w->end[role].conn;
}

static uint64_t records_out(struct wire *w, enum tlsn_role role)
{
    return conn(w, role)->records_out;
}

static tlsn_status read_all(struct wire *w, enum tlsn_role at)
{
    uint8_t got[64];
    size_t len;

    return wire_read(w, at, got, sizeof got, &len);
}

static void data_flow_under_new_keys_of_either_side(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        enum tlsn_role from = (enum tlsn_role)r, to = (enum tlsn_role)!r;
        struct wire *w = shaken();

        for (int i = 0; i < 4; i++) {
            OK(tlsn_key_update(conn(w, from), false));
            assert_true(tlsn_output_pending(conn(w, from)));
            wire_say(w, from, 20000);
            assert_int_equal(conn(w, from)->tx->sequence, 2); /* from zero: these are new keys */
            wire_say(w, to, 20000);
        }
        wire_free(w);
    }
    REQ("8446:4.6.3/1");
}

static void request_is_answered_before_data(void **state)
{
    struct wire *w = shaken();
    uint64_t before = records_out(w, TLSN_SERVER);

    (void)state;
    for (int i = 0; i < 3; i++)
        OK(tlsn_key_update(conn(w, TLSN_CLIENT), true));
    wire_flush(w, TLSN_CLIENT);
    assert_int_equal(read_all(w, TLSN_SERVER), TLSN_NEED_INPUT);
    assert_true(tlsn_output_pending(conn(w, TLSN_SERVER)));
    assert_int_equal(records_out(w, TLSN_SERVER), before + 3);
    wire_flush(w, TLSN_SERVER);
    wire_say(w, TLSN_SERVER, 100);
    OK(tlsn_key_update(conn(w, TLSN_CLIENT), true));
    wire_say(w, TLSN_CLIENT, 100);
    assert_int_equal(records_out(w, TLSN_SERVER), before + 5);
    wire_say(w, TLSN_SERVER, 100);
    wire_free(w);
    REQ("8446:4.6.3/3");
    REQ("8446:4.6.3/5");
    REQ("8446:7.2/1");
}

/* Data in between keep the count of updates in a row low. */
static void answers_that_the_peer_does_not_read_are_bounded(void **state)
{
    struct wire *w = shaken();
    uint64_t before = records_out(w, TLSN_SERVER);

    (void)state;
    for (int i = 0; i < 100; i++) {
        OK(tlsn_key_update(conn(w, TLSN_CLIENT), true));
        wire_say(w, TLSN_CLIENT, 1);
    }
    assert_int_equal(records_out(w, TLSN_SERVER), before + 32);
    wire_say(w, TLSN_SERVER, 100);
    OK(tlsn_key_update(conn(w, TLSN_CLIENT), true));
    wire_say(w, TLSN_CLIENT, 1);
    assert_int_equal(records_out(w, TLSN_SERVER), before + 34);
    wire_say(w, TLSN_SERVER, 100);
    wire_free(w);
}

static void key_that_is_nearly_used_up_is_replaced_by_itself(void **state)
{
    struct wire *w = shaken();
    struct tlsni_prot *tx = conn(w, TLSN_CLIENT)->tx;

    (void)state;
    tx->limit = tx->sequence + 8;
    for (int i = 0; i < 40; i++)
        wire_say(w, TLSN_CLIENT, 10);
    assert_true(conn(w, TLSN_CLIENT)->tx->limit > 1000);
    wire_say(w, TLSN_SERVER, 10);
    wire_free(w);
    REQ("8446:5.5/1");
}

static void update_is_for_complete_connections_of_tls13(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    wire_open(w);
    assert_int_equal(tlsn_key_update(NULL, false), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_key_update(conn(w, TLSN_CLIENT), false), TLSN_ERR_MISUSE);
    wire_shake(w);
    assert_int_equal(tlsn_key_update(conn(w, TLSN_CLIENT), false), TLSN_ERR_MISUSE);
    wire_say(w, TLSN_CLIENT, 1);
    wire_free(w);

    w = shaken();
    {
        uint8_t out[64];
        size_t n;

        OK(tlsn_shutdown(conn(w, TLSN_CLIENT), out, sizeof out, &n));
        assert_int_equal(tlsn_key_update(conn(w, TLSN_CLIENT), true), TLSN_ERR_MISUSE);
    }
    wire_free(w);
}

static void malformed_update_is_refused(void **state)
{
    static const struct {
        uint8_t bytes[8];
        size_t len;
        tlsn_status status;
    } cases[] = {
        { { 24, 0, 0, 1, 2 }, 5, TLSN_ERR_ILLEGAL_PARAMETER },
        { { 24, 0, 0, 1, 255 }, 5, TLSN_ERR_ILLEGAL_PARAMETER },
        { { 24, 0, 0, 0 }, 4, TLSN_ERR_DECODE },
        { { 24, 0, 0, 2, 0, 0 }, 6, TLSN_ERR_DECODE },
        { { 24, 0, 0, 1, 0, 24 }, 6, TLSN_ERR_UNEXPECTED_MESSAGE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int r = 0; r < 2; r++) {
            struct wire *w = shaken();

            wire_forge(w, (enum tlsn_role)r, HANDSHAKE, cases[i].bytes, cases[i].len);
            assert_int_equal(read_all(w, (enum tlsn_role)!r), cases[i].status);
            wire_free(w);
        }
    REQ("8446:4.6.3/2");
    REQ("8446:5.1/3");
}

/* A message that no row of a flow takes is unexpected_message: tests/conn/test_ledger_flow.c. */
static void update_before_finished_is_in_no_flow(void **state)
{
    size_t flows;
    const struct tlsni_flow *const *flow = tlsni_flows(&flows);

    (void)state;
    for (size_t i = 0; i < flows; i++)
        for (size_t k = 0; k < flow[i]->count; k++)
            assert_int_not_equal(flow[i]->rows[k].event, TLSNI_MSG_KEY_UPDATE);
    REQ("8446:4.6.3/4");
}

static void flood_of_updates_ends(void **state)
{
    struct wire *w = shaken();
    tlsn_status st = TLSN_NEED_INPUT;
    int sent = 0;

    (void)state;
    for (; sent < 100 && st == TLSN_NEED_INPUT; sent++) {
        OK(tlsn_key_update(conn(w, TLSN_CLIENT), false));
        wire_flush(w, TLSN_CLIENT);
        st = read_all(w, TLSN_SERVER);
    }
    assert_int_equal(st, TLSN_ERR_TOO_MANY);
    assert_in_range(sent, 31, 33); /* the ChangeCipherSpec of the handshake counts */
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_flow_under_new_keys_of_either_side),
        cmocka_unit_test(request_is_answered_before_data),
        cmocka_unit_test(answers_that_the_peer_does_not_read_are_bounded),
        cmocka_unit_test(key_that_is_nearly_used_up_is_replaced_by_itself),
        cmocka_unit_test(update_is_for_complete_connections_of_tls13),
        cmocka_unit_test(malformed_update_is_refused),
        cmocka_unit_test(update_before_finished_is_in_no_flow),
        cmocka_unit_test(flood_of_updates_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
