/* Alerts, closing, and what may still come behind a handshake: RFC 5246 6.2, 7.2 and 7.4.1.1, RFC
 * 5746 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conn.h"
#include "req.h"
#include "support_duo.h"

/* The newest record of one side, opened by the other side's keys in the place of the connection. */
static uint8_t open_last(struct duo *d, enum tlsn_role from, uint8_t *out, size_t cap, size_t *len)
{
    const struct duo_record *r = &d->record[d->records - 1];
    struct tlsni_record rec;
    const uint8_t *data;
    size_t hint;
    uint8_t type;

    assert_int_equal(r->from, from);
    assert_true(r->sealed);
    assert_int_equal(tlsni_record_parse(r->head, r->len + 5, duo_version(), 18432, &rec, &hint, NULL),
                     TLSN_OK);
    assert_int_equal(tlsni_prot_open(d->conn[!from]->rx, &rec, out, cap, &type, &data, len),
                     TLSN_OK);
    memmove(out, data, *len);
    return type;
}

static void send_handshake(struct duo *d, enum tlsn_role from, const char *bytes, size_t len)
{
    uint8_t out[256];
    size_t written;

    assert_int_equal(tlsni_conn_queue(d->conn[from], 22, bytes, len), TLSN_OK);
    assert_int_equal(tlsn_drain(d->conn[from], out, sizeof out, &written), TLSN_OK);
    duo_inject(d, from, out, written);
    d->absent[from] = true;
    duo_run(d);
}

/* The answer to a wish to renegotiate is a warning, and the connection goes on. */
static void check_refusal(struct duo *d, enum tlsn_role from, const char *bytes, size_t len)
{
    enum tlsn_role to = from == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT;
    uint8_t alert[64];
    size_t alert_len;

    send_handshake(d, from, bytes, len);
    assert_true(d->read_status[to] >= 0);
    assert_int_equal(open_last(d, to, alert, sizeof alert, &alert_len), 21);
    assert_int_equal(alert_len, 2);
    assert_memory_equal(alert, "\x01\x64", 2); /* warning, no_renegotiation */
    d->absent[from] = false;
    d->in_len[from] = 0; /* it was read here */
    duo_write(d, from, "still there", 11);
    duo_run(d);
    assert_memory_equal(d->data[to], "still there", 11);
}

static void hello_request_behind_the_handshake_is_refused_by_a_warning(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    for (int secure = 0; secure < 2; secure++) { /* RFC 5746 4.2 is about servers without it */
        duo_shake(d);
        d->conn[TLSN_CLIENT]->secure_renegotiation = secure;
        check_refusal(d, TLSN_SERVER, "\0\0\0\0", 4);
    }
    duo_free(d);
    REQ("5246:7.2.2/28");
    REQ("5746:4.2/1");
    REQ("5746:4.2/2");
}

static void client_hello_behind_the_handshake_is_refused_by_a_warning(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    for (int secure = 0; secure < 2; secure++) {
        duo_shake(d);
        d->conn[TLSN_SERVER]->secure_renegotiation = secure;
        check_refusal(d, TLSN_CLIENT, "\1\0\0\4abcd", 8);
    }
    duo_free(d);
    REQ("5746:4.4/1");
    REQ("5746:5/1");
}

/* ---- closing ---- */

static void close_is_begun_by_either_side_and_protected(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    for (int i = 0; i < 2; i++) {
        enum tlsn_role first = i ? TLSN_SERVER : TLSN_CLIENT;
        enum tlsn_role second = i ? TLSN_CLIENT : TLSN_SERVER;
        uint8_t alert[64];
        size_t len;

        duo_shake(d);
        duo_close(d, first);
        assert_int_equal(d->record[d->records - 1].type, 21);
        assert_int_equal(open_last(d, first, alert, sizeof alert, &len), 21);
        assert_int_equal(len, 2);
        assert_memory_equal(alert, "\x01\x00", 2);
        duo_shake(d);
        duo_close(d, first);
        duo_run(d);
        assert_int_equal(d->read_status[second], TLSN_CLOSED);
        duo_close(d, second);
        duo_run(d);
        assert_int_equal(d->read_status[first], TLSN_CLOSED);
    }
    duo_free(d);
    REQ("5246:7.2.1/1");
    REQ("5246:7.2/4");
}

static void close_is_answered_at_once_where_that_was_asked_for(void **state)
{
    uint8_t out[64], data[64];
    size_t written, n;

    (void)state;
    for (int i = 0; i < 2; i++) {
        enum tlsn_role first = i ? TLSN_SERVER : TLSN_CLIENT;
        enum tlsn_role second = i ? TLSN_CLIENT : TLSN_SERVER;
        struct duo *d = duo_new();

        assert_int_equal(tlsn_config_set_feature(d->config[second], TLSN_FEATURE_ANSWER_CLOSE, true),
                         TLSN_OK);
        duo_shake(d);
        duo_close(d, first);
        d->absent[first] = true;
        duo_run(d);
        assert_int_equal(d->read_status[second], TLSN_CLOSED);
        duo_flush(d, second);
        assert_int_equal(open_last(d, second, data, sizeof data, &n), 21);
        assert_memory_equal(data, "\x01\x00", 2);
        assert_int_equal(tlsn_encrypt(d->conn[second], "x", 1, &n, out, sizeof out, &written),
                         TLSN_ERR_MISUSE);
        duo_free(d);
    }
    REQ("5246:7.2.1/4");
}

static void close_is_not_sent_behind_a_fatal_alert(void **state)
{
    struct duo *d = duo_new();
    uint8_t out[64];
    size_t written, n;

    (void)state;
    duo_shake(d);
    duo_inject(d, TLSN_CLIENT, "\x63\3\3\0\1x", 6);
    duo_run(d);
    assert_true(d->read_status[TLSN_SERVER] < 0);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->status, TLSN_ERR_ALERT);
    for (int i = 0; i < 2; i++) { /* neither side writes any more */
        assert_true(tlsn_shutdown(d->conn[i], out, sizeof out, &written) < 0);
        assert_int_equal(written, 0);
        assert_true(tlsn_encrypt(d->conn[i], "x", 1, &n, out, sizeof out, &written) < 0);
        assert_int_equal(written, 0);
    }
    duo_shake(d); /* while a sound connection sends it, and nothing behind it */
    assert_int_equal(tlsn_shutdown(d->conn[0], out, sizeof out, &written), TLSN_OK);
    assert_true(written > 0);
    assert_int_equal(tlsn_encrypt(d->conn[0], "x", 1, &n, out, sizeof out, &written),
                     TLSN_ERR_MISUSE);
    duo_free(d);
    REQ("5246:7.2.1/3");
    REQ("5246:7.2/2");
    REQ("5246:7.2.2/1");
}

static void data_behind_a_close_is_ignored(void **state)
{
    struct duo *d = duo_new();
    uint8_t out[64];
    size_t written;

    (void)state;
    duo_shake(d);
    duo_close(d, TLSN_CLIENT);
    assert_int_equal(tlsni_conn_queue(d->conn[TLSN_CLIENT], 23, "late", 4), TLSN_OK);
    assert_int_equal(tlsn_drain(d->conn[TLSN_CLIENT], out, sizeof out, &written), TLSN_OK);
    duo_inject(d, TLSN_CLIENT, out, written);
    duo_run(d);
    assert_int_equal(d->read_status[TLSN_SERVER], TLSN_CLOSED);
    assert_int_equal(d->data_len[TLSN_SERVER], 0);
    duo_free(d);
    REQ("5246:7.2.1/2");
}

static void end_of_transport_is_told_apart_from_a_close(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_shake(d);
    assert_int_equal(tlsn_transport_eof(d->conn[TLSN_SERVER]), TLSN_ERR_TRUNCATED);
    duo_shake(d);
    duo_close(d, TLSN_CLIENT);
    duo_run(d);
    assert_int_equal(tlsn_transport_eof(d->conn[TLSN_SERVER]), TLSN_CLOSED);
    duo_free(d);
    REQ("5246:7.2.1/5");
}

/* ---- alerts ---- */

static void failure_of_our_own_is_internal_error(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_connect(d);
    d->env.random_fails = true;
    d->absent[TLSN_CLIENT] = true;
    duo_hello(d, &(struct duo_hello){ .extensions = "000a000400020017000d000400020403" });
    assert_true(d->status[TLSN_SERVER] < 0);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 0x0250);
    d->env.random_fails = false;
    duo_free(d);
    REQ("5246:7.2.2/26");
}

static void fatal_error_is_told_before_the_end_at_level_fatal(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_connect(d);
    duo_hello(d, &(struct duo_hello){ .suites = "fafa" });
    assert_string_equal(duo_order(d), "ClientHello <alert:2/40");
    assert_int_equal(d->record[1].len, 2);
    duo_shake(d);
    duo_inject(d, TLSN_CLIENT, "\x17\3\3\0\1x", 6);
    duo_run(d);
    /* only a fatal one ends the other side so */
    assert_int_equal(d->read_status[TLSN_CLIENT], TLSN_ERR_ALERT);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_received, 20);
    duo_free(d);
    REQ("5246:7.2/1");
    REQ("5246:7.2.2/4");
    REQ("5246:7.2.2/5");
}

static void warnings_without_end_are_answered_with_a_fatal_alert(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_connect(d);
    for (int i = 0; i < 6; i++)
        duo_inject(d, TLSN_CLIENT, "\x15\3\1\0\2\1\x5a", 7); /* user_canceled */
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_TOO_MANY);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 0x020a);
    duo_free(d);
    REQ("5246:7.2.2/6");
}

#define ALERT_OF(name, number, alert, blame, text, source) alert,

static void alerts_that_are_reserved_belong_to_no_status(void **state)
{
    static const uint8_t alerts[] = { TLSN_STATUS_TABLE(ALERT_OF) };

    (void)state;
    for (size_t i = 0; i < sizeof alerts; i++) {
        assert_int_not_equal(alerts[i], 21); /* decryption_failed */
        assert_int_not_equal(alerts[i], 41); /* no_certificate */
        assert_int_not_equal(alerts[i], 60); /* export_restriction */
    }
    REQ("5246:7.2.2/13");
    REQ("5246:7.2.2/23");
}

/* ---- secrets of a failed connection ---- */

static void failed_connection_keeps_neither_session_nor_keys(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    assert_int_equal(tlsn_conn_get_session(d->conn[TLSN_CLIENT], &s), TLSN_OK);
    tlsn_session_free(s);
    duo_inject(d, TLSN_SERVER, "\x17\3\3\0\1x", 6);
    duo_run(d);
    assert_true(d->read_status[TLSN_CLIENT] < 0);
    assert_true(tlsn_conn_get_session(d->conn[TLSN_CLIENT], &s) < 0);
    assert_null(d->conn[TLSN_CLIENT]->rx); /* the keys are gone too */
    assert_null(d->conn[TLSN_CLIENT]->tx);
    assert_null(d->conn[TLSN_CLIENT]->scratch);
    duo_free(d);
    REQ("5246:7.2.2/2");
}

/* ---- records ---- */

static void records_leave_in_the_order_of_their_numbers(void **state)
{
    static uint8_t sent[100000];
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (uint8_t)(i ^ i >> 8 ^ i >> 16);
    duo_shake(d);
    for (int i = 0; i < 2; i++) {
        enum tlsn_role to = i ? TLSN_CLIENT : TLSN_SERVER;

        duo_write(d, (enum tlsn_role)i, sent, sizeof sent);
        duo_run(d);
        assert_int_equal(d->data_len[to], sizeof sent);
        assert_memory_equal(d->data[to], sent, sizeof sent);
    }
    duo_free(d);
    REQ("5246:6.2.1/8");
    REQ("5246:6.2.2/4");
}

static void record_is_whole_before_its_first_byte_leaves(void **state)
{
    struct duo *d = duo_new();
    uint8_t out[1];
    size_t n, written;

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(duo_set_suites(d->config[i],
                                                "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
                         TLSN_OK);
    assert_int_equal(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_ETM, false),
                     TLSN_OK);
    duo_shake(d);
    for (size_t i = 0; i < d->records; i++)
        if (d->record[i].sealed)
            assert_int_equal(d->record[i].len % 16, 0);
    assert_int_equal(tlsn_encrypt(d->conn[TLSN_CLIENT], "0123456789abcdefghij", 20, &n, out,
                                  sizeof out, &written), TLSN_NEED_OUTPUT);
    assert_int_equal(n, 20);
    assert_int_equal(written, 1);
    duo_free(d);
    REQ("5246:4.7/7");
    REQ("5246:6.2.3.2/11");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(close_is_begun_by_either_side_and_protected),
        cmocka_unit_test(close_is_answered_at_once_where_that_was_asked_for),
        cmocka_unit_test(close_is_not_sent_behind_a_fatal_alert),
        cmocka_unit_test(data_behind_a_close_is_ignored),
        cmocka_unit_test(end_of_transport_is_told_apart_from_a_close),
        cmocka_unit_test(failure_of_our_own_is_internal_error),
        cmocka_unit_test(fatal_error_is_told_before_the_end_at_level_fatal),
        cmocka_unit_test(warnings_without_end_are_answered_with_a_fatal_alert),
        cmocka_unit_test(alerts_that_are_reserved_belong_to_no_status),
        cmocka_unit_test(failed_connection_keeps_neither_session_nor_keys),
        cmocka_unit_test(records_leave_in_the_order_of_their_numbers),
        cmocka_unit_test(record_is_whole_before_its_first_byte_leaves),
    };
    /* about an alert that SSL 3.0 does not have */
    const struct CMUnitTest since_tls10[] = {
        cmocka_unit_test(hello_request_behind_the_handshake_is_refused_by_a_warning),
        cmocka_unit_test(client_hello_behind_the_handshake_is_refused_by_a_warning),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    failed += cmocka_run_group_tests(since_tls10, NULL, NULL);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", tests);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", tests);
    failed += DUO_RUN_IN(TLSN_SSL3, "ssl3", tests);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", since_tls10);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", since_tls10);
    return failed;
}
