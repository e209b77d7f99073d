/* Hostile bytes under good keys: what comes first behind ChangeCipherSpec, and behind the
 * handshake. The records are sealed by the peer's own engine, whose write side is used as a
 * tool. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"
#include "req.h"

static const char gcm[] = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
static const char cbc[] = "TLS_RSA_WITH_AES_128_CBC_SHA";

/* A server that has the client's ChangeCipherSpec and waits for its Finished; what the client sends
 * next is up to the test, numbered from 0. */
static struct wire *before_finished(const char *suite)
{
    struct wire *w = wire_with_suite(suite);
    struct wire_end *client = &w->end[TLSN_CLIENT], *server = &w->end[TLSN_SERVER];
    struct wire_tape tape;
    size_t finished;

    wire_open(w);
    while (!client->conn->tx)
        for (int r = 0; r < 2; r++)
            while (client->conn->tx == NULL && wire_turn(w, (enum tlsn_role)r))
                ;
    wire_record(w, TLSN_CLIENT, &tape);
    finished = tape.len - wire_record_at(&tape, wire_record_count(&tape) - 1);
    assert_true(server->in_len > finished);
    server->in_len -= finished;
    client->conn->tx->sequence = 0;
    while (wire_turn(w, TLSN_SERVER))
        ;
    assert_int_equal(server->status, TLSN_NEED_INPUT);
    assert_non_null(server->conn->rx);
    return w;
}

struct forged {
    uint8_t type;
    uint8_t data[24];
    size_t len;
    tlsn_status status;
    int alert;
};

static void first_record_that_is_not_finished_is_refused(void **state)
{
    static const struct forged f[] = {
        { 22, { 20, 0, 0, 12 }, 16, TLSN_ERR_DECRYPT_ERROR, 51 }, /* of zeros */
        { 22, { 20, 0, 0, 11 }, 15, TLSN_ERR_DECODE, 50 },
        { 22, { 20, 0, 0, 13 }, 17, TLSN_ERR_DECODE, 50 },
        { 22, { 20, 0, 0, 0 }, 4, TLSN_ERR_DECODE, 50 },
        { 22, { 1, 0, 0, 0 }, 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 22, { 16, 0, 0, 0 }, 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 22, { 15, 0, 0, 0 }, 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 22, { 0, 0, 0, 0 }, 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 22, { 254, 0, 0, 0 }, 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 22, { 255, 0, 0, 0 }, 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 23, "data", 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 20, { 1 }, 1, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 24, { 1 }, 1, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 21, { 2, 40 }, 2, TLSN_ERR_ALERT, -1 },
        { 21, { 2 }, 1, TLSN_ERR_DECODE, 50 },
        { 21, { 1, 0 }, 2, TLSN_CLOSED, -1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof f / sizeof *f; i++) {
        struct wire *w = before_finished(i % 2 ? gcm : cbc);
        const struct wire_end *server = &w->end[TLSN_SERVER];

        wire_forge(w, TLSN_CLIENT, f[i].type, f[i].data, f[i].len);
        while (wire_turn(w, TLSN_SERVER) && server->status >= 0)
            ;
        assert_int_equal(server->status, f[i].status);
        if (f[i].status < 0)
            assert_int_equal(tlsn_conn_error(server->conn)->alert_sent, f[i].alert);
        assert_false(tlsn_handshake_done(server->conn));
        wire_free(w);
    }
    REQ("5246:7.4.9/1");
    REQ("5246:7.3/12");
}

static void application_data_never_comes_out_before_finished(void **state)
{
    struct wire *w = before_finished(gcm);
    uint8_t got[64];
    size_t n, len;

    (void)state;
    wire_forge(w, TLSN_CLIENT, 23, "secret", 6);
    assert_int_equal(tlsn_decrypt(w->end[1].conn, w->end[1].in, w->end[1].in_len, &n, got,
                                  sizeof got, &len), TLSN_ERR_MISUSE);
    assert_int_equal(n + len, 0);
    wire_free(w);
}

/* A message in pieces is fine under keys too; so is a Finished behind a warning. */
static void finished_in_pieces_completes(void **state)
{
    struct wire *w = wire_with_suite(gcm);
    struct wire_end *client;
    uint8_t finished[16] = { 20, 0, 0, 12 };

    (void)state;
    wire_shake(w);
    wire_free(w);
    w = before_finished(gcm);
    client = &w->end[TLSN_CLIENT];
    memcpy(finished + 4, client->conn->scratch->hs.verify_data[TLSN_CLIENT], 12);
    wire_forge(w, TLSN_CLIENT, 21, "\1\x5a", 2);
    for (int i = 0; i < 16; i++)
        wire_forge(w, TLSN_CLIENT, 22, finished + i, 1);
    wire_run(w);
    assert_true(wire_done(w));
    wire_say(w, TLSN_CLIENT, 9);
    wire_say(w, TLSN_SERVER, 9);
    wire_free(w);
}

static void bytes_behind_finished_in_its_record_are_refused(void **state)
{
    struct wire *w = before_finished(gcm);
    uint8_t finished[20] = { 20, 0, 0, 12 };

    (void)state;
    memcpy(finished + 4, w->end[TLSN_CLIENT].conn->scratch->hs.verify_data[TLSN_CLIENT], 12);
    wire_forge(w, TLSN_CLIENT, 22, finished, 17);
    while (wire_turn(w, TLSN_SERVER) && w->end[TLSN_SERVER].status >= 0)
        ;
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_UNEXPECTED_MESSAGE);
    wire_free(w);
}

/* ---- behind the handshake ---- */

static void check_behind(const struct forged *f, size_t parts)
{
    struct wire *w = wire_with_suite(gcm);
    uint8_t got[64];
    size_t n, at = 0;

    wire_shake(w);
    for (size_t i = 0; i < parts; i++) {
        size_t len = i + 1 == parts ? f->len - at : 1;

        wire_forge(w, TLSN_CLIENT, f->type, f->data + at, len);
        at += len;
    }
    assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &n), f->status);
    assert_int_equal(n, 0);
    if (f->status < 0)
        assert_int_equal(tlsn_conn_error(w->end[TLSN_SERVER].conn)->alert_sent, f->alert);
    else
        wire_say(w, TLSN_CLIENT, 7);
    wire_free(w);
}

static void record_behind_the_handshake_that_is_foreign_gets_its_alert(void **state)
{
    static const struct forged f[] = {
        { 22, { 0, 0, 0, 0 }, 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10 }, /* only servers ask so */
        { 22, { 2, 0, 0, 0 }, 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 22, { 4, 0, 0, 6, 0, 0, 0, 0, 0, 0 }, 10, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 22, { 20, 0, 0, 12 }, 16, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 22, { 24, 0, 0, 1, 0 }, 5, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 22, { 1, 0xff, 0xff, 0xff }, 4, TLSN_ERR_MESSAGE_TOO_LONG, 50 },
        { 22, { 0 }, 0, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 20, { 1 }, 1, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 24, { 1 }, 1, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 21, { 0 }, 0, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { 21, { 1, 90, 2 }, 3, TLSN_ERR_DECODE, 50 },
        { 21, { 3, 90 }, 2, TLSN_ERR_ILLEGAL_PARAMETER, 47 },
        { 21, { 2, 90 }, 2, TLSN_ERR_ALERT, -1 },
        { 21, { 1, 90, 1, 90 }, 4, TLSN_NEED_INPUT, -1 },
        { 22, { 1, 0, 0, 2, 3, 3 }, 6, TLSN_NEED_INPUT, -1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof f / sizeof *f; i++) {
        check_behind(&f[i], 1);
        if (f[i].type == 22 && f[i].len > 4)
            check_behind(&f[i], f[i].len);
    }
    REQ("5246:6/2");
}

static void data_inside_a_message_behind_the_handshake_are_delivered(void **state)
{
    struct wire *w = wire_with_suite(gcm);
    uint8_t got[64];
    size_t n;

    (void)state;
    wire_shake(w);
    wire_forge(w, TLSN_SERVER, 22, "\0\0", 2);
    wire_write(w, TLSN_SERVER, "x", 1);
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &n), TLSN_NEED_INPUT);
    assert_int_equal(n, 1);
    wire_forge(w, TLSN_SERVER, 22, "\0\0", 2); /* the rest of a HelloRequest, which is refused */
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &n), TLSN_NEED_INPUT);
    assert_true(tlsn_output_pending(w->end[TLSN_CLIENT].conn));
    wire_free(w);
}

/* A message that never ends takes no more memory than one that does. */
static void message_behind_the_handshake_is_bounded(void **state)
{
    uint8_t piece[16384] = { 1, 1, 0, 0 };
    struct wire *w = wire_with_suite(gcm);
    uint8_t got[8];
    size_t n, before;

    (void)state;
    wire_shake(w);
    before = w->end[TLSN_SERVER].env.live_bytes;
    for (int i = 0; i < 4; i++) {
        wire_forge(w, TLSN_CLIENT, 22, piece, sizeof piece);
        assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &n), TLSN_NEED_INPUT);
    }
    assert_true(w->end[TLSN_SERVER].env.live_bytes - before < 300000);
    memset(piece, 0, sizeof piece);
    wire_forge(w, TLSN_CLIENT, 22, piece, 8); /* its last 4 bytes, and HelloRequest */
    assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &n), TLSN_ERR_UNEXPECTED_MESSAGE);
    wire_free(w);
}

/* Every byte of a sealed record counts, in every kind of protection. */
static void record_with_any_byte_bent_is_bad_record_mac(void **state)
{
    static const char *const suites[] = { gcm, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", cbc };

    (void)state;
    for (size_t i = 0; i < 40; i++) {
        struct wire *w = wire_with_suite(suites[i % 4]);
        struct wire_end *server = &w->end[TLSN_SERVER];
        uint8_t got[64];
        size_t n, at;

        OK(tlsn_config_set_feature(server->config, TLSN_FEATURE_ETM, i & 4));
        wire_shake(w);
        wire_write(w, TLSN_CLIENT, "0123456789", 10);
        at = 5 + (i * 7) % (server->in_len - 5);
        server->in[at] ^= (uint8_t)(1 << i % 8);
        assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &n), TLSN_ERR_BAD_RECORD_MAC);
        assert_int_equal(n, 0);
        assert_int_equal(tlsn_conn_error(server->conn)->alert_sent, 20);
        wire_free(w);
    }
    REQ("5246:7.2.2/8");
    REQ("5246:6.2.3.3/6");
    REQ("7366:3/7");
}

static void record_replayed_or_out_of_order_is_bad_record_mac(void **state)
{
    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        struct wire *w = wire_with_suite(gcm);
        struct wire_end *server = &w->end[TLSN_SERVER];
        uint8_t got[64], first[256];
        size_t n, len;

        wire_shake(w);
        wire_write(w, TLSN_CLIENT, "one", 3);
        len = server->in_len;
        memcpy(first, server->in, len);
        if (swapped)
            server->in_len = 0;
        wire_write(w, TLSN_CLIENT, "two", 3);
        wire_inject(w, TLSN_SERVER, first, len);
        assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &n), TLSN_ERR_BAD_RECORD_MAC);
        assert_int_equal(n, swapped ? 0 : 6);
        wire_free(w);
    }
    REQ("5246:6.1/8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_record_that_is_not_finished_is_refused),
        cmocka_unit_test(application_data_never_comes_out_before_finished),
        cmocka_unit_test(finished_in_pieces_completes),
        cmocka_unit_test(bytes_behind_finished_in_its_record_are_refused),
        cmocka_unit_test(record_behind_the_handshake_that_is_foreign_gets_its_alert),
        cmocka_unit_test(data_inside_a_message_behind_the_handshake_are_delivered),
        cmocka_unit_test(message_behind_the_handshake_is_bounded),
        cmocka_unit_test(record_with_any_byte_bent_is_bad_record_mac),
        cmocka_unit_test(record_replayed_or_out_of_order_is_bad_record_mac),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
