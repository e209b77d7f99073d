#include "conn.h"
#include "handshake/schedule13.h"
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
    for (unsigned i = 1; i <= 3; i++) {
        OK(tlsn_key_update(conn(w, TLSN_CLIENT), true));
        wire_flush(w, TLSN_CLIENT);
        assert_int_equal(read_all(w, TLSN_SERVER), TLSN_NEED_INPUT);
        assert_true(tlsn_output_pending(conn(w, TLSN_SERVER)));
        wire_flush(w, TLSN_SERVER);
        assert_int_equal(read_all(w, TLSN_CLIENT), TLSN_NEED_INPUT);
        assert_int_equal(records_out(w, TLSN_SERVER), before + i);
    }
    OK(tlsn_key_update(conn(w, TLSN_CLIENT), true));
    wire_say(w, TLSN_CLIENT, 100);
    assert_int_equal(records_out(w, TLSN_SERVER), before + 4);
    wire_say(w, TLSN_SERVER, 100);
    wire_free(w);
    REQ("8446:4.6.3/3");
    REQ("8446:4.6.3/5");
    REQ("8446:7.2/1");
}

/* What a KeyUpdate of the client said is told by the server's answer. */
static void peer_is_asked_once_until_its_update_has_come(void **state)
{
    struct wire *w = shaken();
    uint64_t own = records_out(w, TLSN_CLIENT), answers = records_out(w, TLSN_SERVER);

    (void)state;
    for (int i = 0; i < 3; i++) {
        OK(tlsn_key_update(conn(w, TLSN_CLIENT), true));
        wire_flush(w, TLSN_CLIENT);
        assert_int_equal(read_all(w, TLSN_SERVER), TLSN_NEED_INPUT);
    }
    assert_int_equal(records_out(w, TLSN_CLIENT), own + 3); /* its own keys change all the same */
    assert_int_equal(records_out(w, TLSN_SERVER), answers + 1);
    wire_say(w, TLSN_SERVER, 100);
    OK(tlsn_key_update(conn(w, TLSN_CLIENT), true));
    wire_say(w, TLSN_CLIENT, 100);
    assert_int_equal(records_out(w, TLSN_SERVER), answers + 3); /* data were one */
    wire_say(w, TLSN_SERVER, 100);
    wire_free(w);
    REQ("9846:4.7.3/1");
}

/* Either is answered, and an update that is no answer is good enough for the next request. */
static void requests_that_cross_are_both_answered(void **state)
{
    struct wire *w = shaken();
    uint64_t before[] = { records_out(w, TLSN_CLIENT), records_out(w, TLSN_SERVER) };

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_key_update(conn(w, (enum tlsn_role)r), true));
    for (int r = 0; r < 2; r++)
        wire_flush(w, (enum tlsn_role)r);
    for (int r = 0; r < 2; r++) {
        assert_int_equal(read_all(w, (enum tlsn_role)r), TLSN_NEED_INPUT);
        assert_int_equal(records_out(w, (enum tlsn_role)r), before[r] + 2);
        assert_false(conn(w, (enum tlsn_role)r)->secrets13->asked);
    }
    wire_say(w, TLSN_CLIENT, 100);
    wire_say(w, TLSN_SERVER, 100);
    wire_free(w);
}

/* A client that asks whether or not there was an answer. Data in between keep the count of updates in a row low. */
static void ask(struct wire *w)
{
    conn(w, TLSN_CLIENT)->secrets13->asked = false;
    OK(tlsn_key_update(conn(w, TLSN_CLIENT), true));
    wire_say(w, TLSN_CLIENT, 1);
}

static void answers_that_the_peer_does_not_read_are_bounded(void **state)
{
    struct wire *w = shaken();
    uint64_t before = records_out(w, TLSN_SERVER);

    (void)state;
    for (int i = 0; i < 100; i++)
        ask(w);
    assert_int_equal(records_out(w, TLSN_SERVER), before + 32);
    wire_say(w, TLSN_SERVER, 100);
    ask(w);
    assert_int_equal(records_out(w, TLSN_SERVER), before + 34);
    wire_say(w, TLSN_SERVER, 100);
    wire_free(w);
}

/* A side that has changed its keys as often as it may: it says so, answers no request, goes on otherwise,
 * and the keys it has come to their end. */
static void updates_of_a_direction_end_at_their_bound(void **state)
{
    struct wire *w = shaken();
    tlsn_conn *client = conn(w, TLSN_CLIENT);
    uint8_t out[64];
    uint64_t before;
    size_t n, m;

    (void)state;
    client->secrets13->updates = (UINT64_C(1) << 48) - 2;
    OK(tlsn_key_update(client, false));
    before = records_out(w, TLSN_CLIENT);
    assert_int_equal(tlsn_key_update(client, false), TLSN_ERR_LIMIT);
    assert_int_equal(tlsn_key_update(client, true), TLSN_ERR_LIMIT);
    assert_int_equal(records_out(w, TLSN_CLIENT), before);
    for (int i = 0; i < 3; i++) { /* the other side may go on, whatever it counts */
        OK(tlsn_key_update(conn(w, TLSN_SERVER), true));
        wire_say(w, TLSN_SERVER, 10);
    }
    assert_int_equal(records_out(w, TLSN_CLIENT), before);
    REQ("9846:4.7.3/3");
    REQ("9846:4.7.3/4");
    client->tx->limit = client->tx->sequence + 2;
    wire_say(w, TLSN_CLIENT, 10);
    wire_say(w, TLSN_CLIENT, 10);
    assert_int_equal(tlsn_encrypt(client, "x", 1, &n, out, sizeof out, &m), TLSN_ERR_LIMIT);
    assert_int_equal(wire_alert(w, TLSN_CLIENT), 80);
    wire_free(w);
    REQ("9846:4.7.3/2");
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
    REQ("9846:5.5/1");
}

/* The reader has no bound of its own but the sequence number: with the writer's bound gone it takes as many. */
static void reader_does_not_hold_the_peer_to_limits(void **state)
{
    struct wire *w = shaken();
    struct tlsni_prot *tx = conn(w, TLSN_CLIENT)->tx, *rx = conn(w, TLSN_SERVER)->rx;

    (void)state;
    assert_true(tx->budget < UINT64_MAX);
    assert_int_equal(rx->budget, UINT64_MAX);
    assert_int_equal(rx->limit, UINT64_MAX);
    tx->sequence = rx->sequence = UINT64_C(1) << 40; /* far more than AES-GCM is good for */
    wire_say(w, TLSN_CLIENT, 10);
    wire_free(w);
    REQ("9846:5.5/3");
}

/* Secret and key of one side's records, on one end: where they were they are no more, and the block of the key
 * was empty when it was given back. */
static void check_erased(struct wire *w, enum tlsn_role at, enum tlsn_role sender)
{
    tlsn_conn *c = conn(w, at);
    struct tlsni_prot **slot = at == sender ? &c->tx : &c->rx;
    const struct tlsni_secret *now = &c->secrets13->traffic[sender];
    struct tlsni_secret old = *now;
    struct tlsni_prot_keys keys = { .suite = c->suite, .profile = c->version->record };
    struct tlsni_keys13 room;

    tlsni_schedule13_keys(tlsni_version_hash(c->version, c->suite), &old, &keys, &room);
    assert_true(wire_holds(c->secrets13, sizeof *c->secrets13, old.data, old.len));
    assert_true(wire_holds(*slot, (*slot)->size, keys.key.data, keys.key.len));
    wire_watch(&w->end[at].env, old.data, old.len);
    wire_watch(&w->end[at].env, keys.key.data, keys.key.len);
    OK(tlsn_key_update(conn(w, sender), false));
    wire_say(w, sender, 10);
    assert_false(wire_holds(c->secrets13, sizeof *c->secrets13, old.data, old.len));
    assert_false(wire_holds(*slot, (*slot)->size, keys.key.data, keys.key.len));
}

static void secret_and_keys_before_an_update_are_erased(void **state)
{
    (void)state;
    for (int at = 0; at < 2; at++)
        for (int sender = 0; sender < 2; sender++) {
            struct wire *w = shaken();

            check_erased(w, (enum tlsn_role)at, (enum tlsn_role)sender);
            assert_int_equal(w->end[at].env.leaks, 0);
            wire_free(w);
        }
    REQ("8446:7.2/2");
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
        cmocka_unit_test(peer_is_asked_once_until_its_update_has_come),
        cmocka_unit_test(requests_that_cross_are_both_answered),
        cmocka_unit_test(updates_of_a_direction_end_at_their_bound),
        cmocka_unit_test(answers_that_the_peer_does_not_read_are_bounded),
        cmocka_unit_test(key_that_is_nearly_used_up_is_replaced_by_itself),
        cmocka_unit_test(reader_does_not_hold_the_peer_to_limits),
        cmocka_unit_test(secret_and_keys_before_an_update_are_erased),
        cmocka_unit_test(update_is_for_complete_connections_of_tls13),
        cmocka_unit_test(malformed_update_is_refused),
        cmocka_unit_test(update_before_finished_is_in_no_flow),
        cmocka_unit_test(flood_of_updates_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
