/* test_conn_sizes.c - record_size_limit and max_fragment_length between two ends, and handshake
 * messages that are longer than a record. */
#include "conn.h"
#include "support_duo.h"
#include "support_wire.h"
#include "../unit/req.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static uint8_t text[20000];

static const char gcm[] = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"; /* 24 bytes around the text */
static const char cbc[] = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256";

static struct duo *new_duo(const char *suite, size_t fragment, size_t client, size_t server)
{
    struct duo *d = duo_new();

    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_suites(d->config[i], suite));
    OK(tlsn_config_set_max_fragment_length(d->config[TLSN_CLIENT], fragment));
    OK(tlsn_config_set_record_size_limit(d->config[TLSN_CLIENT], client));
    OK(tlsn_config_set_record_size_limit(d->config[TLSN_SERVER], server));
    return d;
}

static struct tlsn_conn_info info_of(const struct duo *d, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[role], &info);
    return info;
}

/* The longest record of this kind that a side sent. */
static size_t longest(const struct duo *d, enum tlsn_role from, uint8_t type, bool sealed)
{
    size_t max = 0;

    for (size_t i = 0; i < d->records; i++)
        if (d->record[i].from == from && d->record[i].type == type &&
            d->record[i].sealed == sealed && d->record[i].len > max)
            max = d->record[i].len;
    return max;
}

static void data_flows_both_ways(struct duo *d)
{
    duo_write(d, TLSN_CLIENT, text, sizeof text);
    duo_write(d, TLSN_SERVER, text, sizeof text);
    duo_run(d);
    for (int i = 0; i < 2; i++) {
        OK(d->read_status[i] < 0 ? d->read_status[i] : TLSN_OK);
        assert_int_equal(d->data_len[i], sizeof text);
        d->data_len[i] = 0;
    }
}

static void fragment_length_bounds_all_records_of_both_sides(void **state)
{
    struct duo *d = new_duo(gcm, 512, 16384, 16384);

    (void)state;
    duo_reset_server(d, duo_credential_behind_intermediate());
    duo_shake(d);
    assert_int_equal(duo_extension(d, TLSN_SERVER, 1).len, 1);
    assert_null(duo_extension(d, TLSN_CLIENT, 28).data);
    /* the certificate is longer than that: it comes in pieces, in the clear */
    assert_true(duo_message(d, TLSN_SERVER, 11).len > 0);
    assert_int_equal(longest(d, TLSN_SERVER, 22, false), 512);
    data_flows_both_ways(d);
    assert_int_equal(longest(d, TLSN_CLIENT, 23, true), 512 + 24);
    assert_int_equal(longest(d, TLSN_SERVER, 23, true), 512 + 24);
    assert_int_equal(info_of(d, TLSN_SERVER).max_fragment_length, 512);
    assert_int_equal(info_of(d, TLSN_CLIENT).record_in_max, 512);
    assert_int_equal(tlsn_record_plain_max(d->conn[TLSN_CLIENT]), 512);
    assert_int_equal(tlsn_record_size(d->conn[TLSN_CLIENT], 1030), 2 * 541 + 6 + 29);
    duo_free(d);
    REQ("6066:4/6");
}

static void size_limit_bounds_protected_records_by_direction(void **state)
{
    struct duo *d = new_duo(gcm, 0, 300, 5000);

    (void)state;
    duo_shake(d);
    data_flows_both_ways(d);
    assert_int_equal(longest(d, TLSN_CLIENT, 23, true), 5000 + 24);
    assert_int_equal(longest(d, TLSN_SERVER, 23, true), 300 + 24);
    assert_int_equal(longest(d, TLSN_SERVER, 22, false), 300); /* not asked for, but kind */
    assert_int_equal(info_of(d, TLSN_CLIENT).record_in_max, 300);
    assert_int_equal(info_of(d, TLSN_CLIENT).record_out_max, 5000);
    assert_int_equal(info_of(d, TLSN_SERVER).record_in_max, 5000);
    assert_int_equal(info_of(d, TLSN_CLIENT).max_fragment_length, 0);
    duo_free(d);
    REQ("8449:4/2");
    REQ("8449:4/12");
}

/* The server reads another limit than the client wrote; both notice with Finished, not before. */
static size_t lift_limit(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    static const uint8_t asked[] = { 0, 28, 0, 2, 1, 44 };

    (void)d;
    for (size_t i = 9; from == TLSN_CLIENT && r[0] == 22 && i + sizeof asked <= len; i++)
        if (memcmp(r + i, asked, sizeof asked) == 0)
            r[i + 4] = 64;
    return len;
}

static void size_limit_leaves_records_in_the_clear_alone(void **state)
{
    struct duo *d = new_duo(gcm, 0, 300, 16384);

    (void)state;
    d->bend = lift_limit;
    duo_connect(d);
    duo_run(d);
    assert_true(longest(d, TLSN_SERVER, 22, false) > 300);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_BAD_RECORD_MAC);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_ALERT);
    duo_free(d);
    REQ("8449:4/3");
}

static void size_limit_is_spoken_by_default(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_shake(d);
    assert_memory_equal(duo_extension(d, TLSN_CLIENT, 28).data, "\x40\x00", 2);
    assert_memory_equal(duo_extension(d, TLSN_SERVER, 28).data, "\x40\x00", 2);
    assert_null(duo_extension(d, TLSN_CLIENT, 1).data);
    data_flows_both_ways(d);
    assert_int_equal(info_of(d, TLSN_CLIENT).record_out_max, 16384);
    duo_free(d);
}

static void size_limit_is_a_setting_within_bounds(void **state)
{
    struct duo *d = duo_new();
    tlsn_config *c = d->config[TLSN_CLIENT];

    (void)state;
    assert_int_equal(tlsn_config_set_record_size_limit(c, 63), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_record_size_limit(c, 16385), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_set_record_size_limit(c, 64));
    OK(tlsn_config_set_record_size_limit(c, 16384));
    assert_int_equal(tlsn_config_set_max_fragment_length(c, 16384), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_max_fragment_length(c, 511), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_set_max_fragment_length(c, 4096));
    OK(tlsn_config_freeze(c));
    assert_int_equal(tlsn_config_set_record_size_limit(c, 64), TLSN_ERR_FROZEN);
    assert_int_equal(tlsn_config_set_max_fragment_length(c, 0), TLSN_ERR_FROZEN);
    duo_free(d);
    REQ("8449:4/5");
    REQ("8449:4/8");
}

/* The header alone is enough to refuse a record that is longer than the limit can become. */
static void check_room(const char *suite, enum tlsn_role victim, size_t room)
{
    struct duo *d = new_duo(suite, 512, 16384, 16384);
    const uint8_t head[] = { 23, 3, 3, (uint8_t)((room + 1) >> 8), (uint8_t)(room + 1) };

    duo_shake(d);
    duo_inject(d, !victim, head, sizeof head);
    duo_run(d);
    assert_int_equal(d->read_status[victim], TLSN_ERR_RECORD_OVERFLOW);
    assert_int_equal(tlsn_conn_error(d->conn[victim])->alert_sent, 22);
    duo_free(d);
}

static void record_above_what_the_limit_can_become_is_refused_unread(void **state)
{
    (void)state;
    check_room(gcm, TLSN_CLIENT, 512 + 24);
    check_room(gcm, TLSN_SERVER, 512 + 24);
    /* IV, text, MAC, length of padding and padding */
    check_room(cbc, TLSN_CLIENT, 16 + 512 + 32 + 1 + 255);
    REQ("6066:4/8");
    REQ("8449:4.1/1");
}

/* The sender's bound is lifted behind its back: the receiver notices by itself. */
static void break_limit(size_t fragment, size_t size_limit, size_t len, tlsn_status expected)
{
    for (int victim = 0; victim < 2; victim++) {
        struct wire *w = wire_with_suite(cbc);
        static uint8_t got[20000];
        size_t n;

        OK(tlsn_config_set_max_fragment_length(w->end[TLSN_CLIENT].config, fragment));
        for (int i = 0; i < 2; i++)
            OK(tlsn_config_set_record_size_limit(w->end[i].config, size_limit));
        wire_open(w);
        wire_run(w);
        assert_true(wire_done(w));
        w->end[!victim].conn->tx->plain_max = TLSN_PLAIN_MAX;
        wire_forge(w, (enum tlsn_role)!victim, 23, text, len);
        assert_int_equal(wire_read(w, (enum tlsn_role)victim, got, sizeof got, &n), expected);
        if (expected < 0) {
            assert_int_equal(n, 0);
            assert_int_equal(tlsn_conn_error(w->end[victim].conn)->alert_sent, 22);
        }
        wire_free(w);
    }
}

static void text_above_the_limit_is_record_overflow(void **state)
{
    (void)state;
    break_limit(512, 16384, 512, TLSN_NEED_INPUT);
    break_limit(512, 16384, 513, TLSN_ERR_RECORD_OVERFLOW);
    break_limit(0, 1000, 1000, TLSN_NEED_INPUT);
    break_limit(0, 1000, 1001, TLSN_ERR_RECORD_OVERFLOW);
    REQ("8449:4/4");
}

static void fragment_length_goes_along_with_the_session(void **state)
{
    struct duo *d = new_duo(gcm, 1024, 16384, 16384);
    tlsn_session *session;

    (void)state;
    for (int tickets = 0; tickets < 2; tickets++) {
        duo_free(d);
        d = new_duo(gcm, 1024, 16384, 16384);
        OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_TICKETS, tickets));
        duo_shake(d);
        session = duo_session(d);
        duo_reconnect(d, session);
        duo_run(d);
        assert_int_equal(info_of(d, TLSN_CLIENT).resumed,
                         tickets ? TLSN_RESUMED_TICKET : TLSN_RESUMED_ID);
        assert_null(duo_extension(d, TLSN_SERVER, 1).data);
        data_flows_both_ways(d);
        assert_int_equal(longest(d, TLSN_CLIENT, 23, true), 1024 + 24);
        assert_int_equal(longest(d, TLSN_SERVER, 23, true), 1024 + 24);
        tlsn_session_free(session);
    }
    duo_free(d);
    REQ("6066:4/7");
}

static void size_limit_is_named_again_when_resumed(void **state)
{
    struct duo *d = new_duo(gcm, 0, 300, 5000);
    tlsn_session *session;

    (void)state;
    duo_shake(d);
    session = duo_session(d);
    duo_reconnect(d, session);
    duo_run(d);
    assert_int_equal(info_of(d, TLSN_CLIENT).resumed, TLSN_RESUMED_TICKET);
    assert_non_null(duo_extension(d, TLSN_SERVER, 28).data);
    data_flows_both_ways(d);
    assert_int_equal(longest(d, TLSN_SERVER, 23, true), 300 + 24);
    tlsn_session_free(session);
    duo_free(d);
    REQ("8449:4/13");
}

static void sealing_in_place_is_bounded_by_the_limit(void **state)
{
    struct duo *d = new_duo(gcm, 0, 16384, 1000);
    static uint8_t buffer[20000];
    size_t n, written, at;

    (void)state;
    duo_shake(d);
    at = tlsn_payload_offset(d->conn[TLSN_CLIENT]);
    assert_int_equal(tlsn_encrypt(d->conn[TLSN_CLIENT], buffer + at, 1001, &n, buffer,
                                  sizeof buffer, &written), TLSN_ERR_ARGUMENT);
    OK(tlsn_encrypt(d->conn[TLSN_CLIENT], buffer + at, 1000, &n, buffer, sizeof buffer, &written));
    assert_int_equal(written, 1029);
    duo_free(d);
}

/* A chain of 40 kB: the Certificate message takes three records (RFC 5246 6.2.1). */
static void certificate_above_16384_bytes_is_fragmented(void **state)
{
    struct duo *d = duo_new();
    tlsn_credential *long_one;
    static char pem[200000];
    struct tlsn_cert_spec spec = { .ca = true, .path_len = -1, .not_before = 1000000000,
                                   .not_after = 2000000000 };
    struct tlsn_span leaf = tlsn_credential_cert(duo_credential("rsa:2048"), 0);
    enum { ABOVE = 56 };
    uint8_t der[2][2048];
    struct tlsn_span issuer = { 0 };
    char subject[32];
    size_t len, at = 0, more;
    tlsn_key *key;

    (void)state;
    OK(tlsn_key_generate(&key, "rsa:2048", NULL));
    OK(tlsn_pem_write("CERTIFICATE", leaf.data, leaf.len, pem, sizeof pem, &at));
    for (int i = ABOVE; i > 0; i--, at += more) { /* from the top down to the name of the leaf's issuer */
        (void)snprintf(subject, sizeof subject, i == 1 ? "CN=root" : "CN=padding %d", i);
        spec.subject = subject;
        OK(tlsn_cert_issue(&spec, key, issuer, key, NULL, der[i % 2], sizeof der[0], &len));
        issuer = (struct tlsn_span){ der[i % 2], len };
        OK(tlsn_pem_write("CERTIFICATE", issuer.data, len, pem + at, sizeof pem - at, &more));
    }
    OK(tlsn_credential_new_external(&long_one, pem, at, NULL));
    duo_reset_server(d, long_one);
    tlsn_credential_free(long_one);
    tlsn_key_free(key);
    duo_connect(d);
    duo_run(d);
    /* the private key is elsewhere: the flight waits behind the certificate */
    assert_int_equal(d->status[TLSN_SERVER], TLSN_NEED_KEY_OP);
    assert_int_equal(longest(d, TLSN_SERVER, 22, false), 16384);
    assert_true(d->records >= 5);
    /* the client put it together again */
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_NEED_INPUT);
    assert_true(tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], ABOVE).len > 0);
    duo_free(d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragment_length_bounds_all_records_of_both_sides),
        cmocka_unit_test(size_limit_bounds_protected_records_by_direction),
        cmocka_unit_test(size_limit_leaves_records_in_the_clear_alone),
        cmocka_unit_test(size_limit_is_spoken_by_default),
        cmocka_unit_test(size_limit_is_a_setting_within_bounds),
        cmocka_unit_test(record_above_what_the_limit_can_become_is_refused_unread),
        cmocka_unit_test(text_above_the_limit_is_record_overflow),
        cmocka_unit_test(fragment_length_goes_along_with_the_session),
        cmocka_unit_test(size_limit_is_named_again_when_resumed),
        cmocka_unit_test(sealing_in_place_is_bounded_by_the_limit),
        cmocka_unit_test(certificate_above_16384_bytes_is_fragmented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
