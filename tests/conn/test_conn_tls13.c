/* TLS 1.3 between two engines: groups, keys, retries, tickets; and what records may not carry behind it. */
#include "conn.h"
#include "req.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Both speak TLS 1.3 alone; the server has this key. */
static struct wire *pair(const char *key)
{
    struct wire *w = wire_new(key);

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
    return w;
}

static tlsn_config *config(struct wire *w, enum tlsn_role role)
{
    return w->end[role].config;
}

static struct tlsn_conn_info facts(const struct wire *w)
{
    struct tlsn_conn_info info;

    wire_agree(w);
    tlsn_conn_get_info(w->end[TLSN_CLIENT].conn, &info);
    return info;
}

static void talk(struct wire *w)
{
    wire_say(w, TLSN_CLIENT, 1);
    wire_say(w, TLSN_SERVER, 40000);
    wire_say(w, TLSN_CLIENT, 40000);
    wire_say(w, TLSN_SERVER, 1);
}

static const char *const groups[] = { "x25519",    "secp256r1", "x448",      "secp384r1",
                                      "secp521r1", "ffdhe2048", "ffdhe3072" };
static const char *const kinds[] = { "ec:secp256r1", "ec:secp384r1", "ec:secp521r1", "rsa:2048",
                                     "ed25519",      "ed448" };

/* ---- full handshakes ---- */

static void group_each_carries_a_handshake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        struct wire *w = pair("ec:secp256r1");

        OK(tlsn_config_set_groups(config(w, TLSN_CLIENT), groups[i]));
        wire_shake(w);
        assert_int_equal(facts(w).version, TLSN_TLS1_3);
        talk(w);
        wire_free(w);
    }
    REQ("8446:2/1");
    REQ("8446:9.1/1");
}

/* In the words for suites of older versions. */
static const char *way_of(const char *kind)
{
    return strncmp(kind, "rsa", 3) == 0 ? "RSA" : strncmp(kind, "ec:", 3) == 0 ? "ECDSA" : "EdDSA";
}

static void key_of_each_kind_authenticates_both_sides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct wire *w = pair(kinds[i]);

        OK(tlsn_config_set_client_auth(config(w, TLSN_SERVER), TLSN_CLIENT_AUTH_REQUIRE));
        OK(tlsn_config_add_credential(config(w, TLSN_CLIENT), wire_credential(kinds[i])));
        wire_shake(w);
        assert_true(facts(w).client_authenticated);
        assert_string_equal(facts(w).authentication, way_of(kinds[i]));
        talk(w);
        wire_free(w);
    }
    REQ("8446:4.2.3/6");
    REQ("8446:4.4.3/1");
    REQ("8446:4.4.3/3");
}

/* ---- HelloRetryRequest ---- */

static void retry_for_another_group_goes_on(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof groups / sizeof *groups; i++) {
        struct wire *w = pair("rsa:2048");

        OK(tlsn_config_set_feature(config(w, TLSN_SERVER), TLSN_FEATURE_RETRY_COOKIE, i % 2));
        OK(tlsn_config_set_groups(config(w, TLSN_SERVER), groups[i]));
        wire_shake(w);
        assert_string_equal(facts(w).group_name, groups[i]);
        talk(w);
        wire_free(w);
    }
    REQ("8446:4.1.2/1");
    REQ("8446:4.2.2/1");
    REQ("8446:4.2.8/2");
}

/* ---- sessions ---- */

/* Behind header, version, random, session ID, suite and compression. */
static bool server_hello_has(const struct wire *w, uint16_t extension)
{
    struct tlsn_span m = wire_message(w, TLSN_SERVER, 2);
    size_t at = 38 + 1 + m.data[38] + 3 + 2;

    while (at + 4 <= m.len && (m.data[at] << 8 | m.data[at + 1]) != extension)
        at += 4 + (size_t)(m.data[at + 2] << 8 | m.data[at + 3]);
    return at + 4 <= m.len;
}

static void ticket_is_taken(void **state)
{
    struct wire *w = pair("ec:secp256r1");
    tlsn_session *s, *again;

    (void)state;
    wire_shake(w);
    talk(w);
    s = wire_session(w);
    assert_true(tlsn_session_has_ticket(s));
    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_TICKET);
    assert_string_equal(facts(w).authentication, "ECDSA"); /* that of the first handshake */
    assert_true(server_hello_has(w, 41) && server_hello_has(w, 51)); /* pre_shared_key, key_share */
    talk(w);
    again = wire_session(w);
    wire_resume(w, again);
    assert_true(wire_done(w));
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_TICKET);
    tlsn_session_free(s);
    tlsn_session_free(again);
    wire_free(w);
    REQ("9325:3.4/7");
}

static void ticket_is_taken_behind_a_retry(void **state)
{
    struct wire *w = pair("ec:secp256r1");
    tlsn_session *s;

    (void)state;
    OK(tlsn_config_set_groups(config(w, TLSN_SERVER), "secp384r1"));
    wire_shake(w);
    talk(w);
    s = wire_session(w);
    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_TICKET);
    assert_string_equal(facts(w).group_name, "secp384r1");
    tlsn_session_free(s);
    wire_free(w);
}

/* The client's session, apart from its environment; to be freed. */
static tlsn_session *detached(const struct wire *w)
{
    uint8_t bytes[4096];
    tlsn_session *s = wire_session(w);
    size_t len;

    OK(tlsn_session_write(s, bytes, sizeof bytes, &len));
    tlsn_session_free(s);
    OK(tlsn_session_read(&s, bytes, len, NULL));
    return s;
}

/* Tickets of this secret, for one suite. */
static struct wire *pair_with(uint8_t secret, const char *suite)
{
    const uint8_t bytes[32] = { secret };
    struct wire *w = pair("ec:secp256r1");

    OK(tlsn_config_set_suites(config(w, TLSN_SERVER), suite));
    OK(tlsn_config_set_ticket_secret(config(w, TLSN_SERVER), bytes));
    return w;
}

static void check_ticket(const tlsn_session *s, uint8_t secret, const char *suite,
                         enum tlsn_resumed resumed)
{
    struct wire *w = pair_with(secret, suite);

    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_int_equal(facts(w).resumed, resumed);
    wire_free(w);
}

/* A ticket is for one hash, and is passed over where no suite of it is left, or nobody knows it. */
static void ticket_of_another_hash_or_secret_is_passed_over(void **state)
{
    struct wire *w = pair_with(1, "TLS_AES_128_GCM_SHA256");
    tlsn_session *s;

    (void)state;
    wire_shake(w);
    s = detached(w);
    wire_free(w);
    check_ticket(s, 1, "TLS_AES_128_GCM_SHA256", TLSN_RESUMED_TICKET);
    check_ticket(s, 1, "TLS_CHACHA20_POLY1305_SHA256", TLSN_RESUMED_TICKET);
    check_ticket(s, 1, "TLS_AES_256_GCM_SHA384", TLSN_RESUMED_NO);
    check_ticket(s, 2, "TLS_AES_128_GCM_SHA256", TLSN_RESUMED_NO);
    tlsn_session_free(s);
    REQ("8446:4.2.11/1");
    REQ("8446:4.2.11/2");
}

/* Without a group in common a ticket works alone where both sides want that, which they do not by default. */
static void ticket_alone_is_taken_only_by_who_wants_it(void **state)
{
    struct wire *w = pair_with(1, "TLS_AES_128_GCM_SHA256");
    tlsn_session *s;

    (void)state;
    wire_shake(w);
    s = detached(w);
    wire_free(w);
    for (unsigned who = 0; who < 4; who++) {
        w = pair_with(1, "TLS_AES_128_GCM_SHA256");
        OK(tlsn_config_set_groups(config(w, TLSN_CLIENT), "x25519"));
        OK(tlsn_config_set_groups(config(w, TLSN_SERVER), "secp256r1"));
        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_INSECURE_PSK_KE, who >> r & 1));
        wire_resume(w, s);
        assert_int_equal(wire_done(w), who == 3);
        if (who == 3) {
            assert_int_equal(facts(w).resumed, TLSN_RESUMED_TICKET);
            talk(w);
        } else {
            assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_NO_SHARED_GROUP);
        }
        wire_free(w);
    }
    tlsn_session_free(s);
    REQ("8446:4.2.9/2");
}

/* As many as are configured, each with a nonce and an age of its own: the sessions differ. */
static void tickets_are_as_many_as_configured(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 4; n++) {
        struct wire *w = pair("ec:secp256r1");
        tlsn_session *s = NULL;

        OK(tlsn_config_set_tickets(config(w, TLSN_SERVER), n));
        wire_shake(w);
        assert_int_equal(tlsn_conn_get_session(w->end[TLSN_CLIENT].conn, &s),
                         n ? TLSN_OK : TLSN_ERR_NOT_FOUND);
        tlsn_session_free(s);
        wire_free(w);
    }
    REQ("8446:4.6.1/3");
}

/* A client whose time has passed the ticket's does not show it. */
static void ticket_is_not_offered_beyond_its_time(void **state)
{
    struct wire *w = pair("ec:secp256r1");
    tlsn_session *s;

    (void)state;
    wire_shake(w);
    s = wire_session(w);
    for (int r = 0; r < 2; r++)
        w->end[r].env.now_ms += 7200 * 1000LL + 1000;
    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_NO);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:4.2.11.1/1");
}

/* ---- records behind the handshake ---- */

static void refused(enum tlsn_role from, uint8_t type, const void *data, size_t len,
                    tlsn_status status, int alert)
{
    struct wire *w = pair("ec:secp256r1");
    tlsn_conn *victim;
    uint8_t got[64];
    size_t n;

    wire_shake(w);
    wire_forge(w, from, type, data, len);
    assert_int_equal(wire_read(w, from ? TLSN_CLIENT : TLSN_SERVER, got, sizeof got, &n), status);
    victim = w->end[!from].conn;
    assert_int_equal(tlsn_conn_error(victim)->alert_sent, alert);
    wire_free(w);
}

static void message_that_is_none_behind_a_handshake_is_unexpected(void **state)
{
    (void)state;
    refused(TLSN_CLIENT, 22, "\1\0\0\0", 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    refused(TLSN_CLIENT, 22, "\4\0\0\0", 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    refused(TLSN_SERVER, 22, "\0\0\0\0", 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    refused(TLSN_SERVER, 22, "\x14\0\0\0", 4, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    refused(TLSN_SERVER, 22, "\4\0\0\0", 4, TLSN_ERR_DECODE, 50);
    REQ("8446:4.1.2/3");
    REQ("8446:4/1");
}

static void record_of_a_wrong_kind_is_unexpected(void **state)
{
    (void)state;
    refused(TLSN_CLIENT, 22, "", 0, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    refused(TLSN_CLIENT, 21, "", 0, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    refused(TLSN_CLIENT, 20, "\1", 1, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    refused(TLSN_CLIENT, 99, "\1", 1, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    refused(TLSN_CLIENT, 0, "\0\0\0", 3, TLSN_ERR_UNEXPECTED_MESSAGE, 10); /* zeros alone */
    refused(TLSN_CLIENT, 21, "\1\0\1\0", 4, TLSN_ERR_DECODE, 50);
    REQ("8446:5/3");
    REQ("8446:5.1/2");
    REQ("8446:5.1/4");
    REQ("8446:5.4/2");
}

static void alert_of_any_level_is_an_end(void **state)
{
    (void)state;
    refused(TLSN_CLIENT, 21, "\1\x2e", 2, TLSN_ERR_ALERT, -1);
    refused(TLSN_CLIENT, 21, "\2\x2e", 2, TLSN_ERR_ALERT, -1);
    refused(TLSN_CLIENT, 21, "\1\xc8", 2, TLSN_ERR_ALERT, -1);
    refused(TLSN_CLIENT, 21, "\7\x64", 2, TLSN_ERR_ALERT, -1);
    REQ("8446:6/1");
    REQ("8446:6/2");
}

static void data_inside_a_message_are_unexpected(void **state)
{
    struct wire *w = pair("ec:secp256r1");
    uint8_t got[64];
    size_t n;

    (void)state;
    wire_shake(w);
    wire_forge(w, TLSN_SERVER, 22, "\4\0\0\x40\0\0", 6);
    wire_write(w, TLSN_SERVER, "x", 1);
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &n), TLSN_ERR_UNEXPECTED_MESSAGE);
    wire_free(w);
    REQ("8446:5.1/1");
}

/* One byte more than a record holds, sealed all the same. */
static void content_above_the_limit_is_overflow(void **state)
{
    static uint8_t data[16385], got[20000];
    struct wire *w = pair("ec:secp256r1");
    size_t n;

    (void)state;
    wire_shake(w);
    w->end[TLSN_CLIENT].conn->tx->plain_max = sizeof data;
    wire_forge(w, TLSN_CLIENT, 23, data, sizeof data);
    assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &n), TLSN_ERR_RECORD_OVERFLOW);
    assert_int_equal(tlsn_conn_error(w->end[TLSN_SERVER].conn)->alert_sent, 22);
    wire_free(w);
    REQ("8446:5.4/3");
}

static void padding_makes_records_of_one_size(void **state)
{
    struct wire *w = pair("ec:secp256r1");
    size_t before;

    (void)state;
    OK(tlsn_config_set_record_padding(config(w, TLSN_CLIENT), 256));
    wire_shake(w);
    for (size_t len = 1; len < 256; len += 50) {
        before = w->end[TLSN_CLIENT].sent_len;
        wire_say(w, TLSN_CLIENT, len);
        assert_int_equal(w->end[TLSN_CLIENT].sent_len - before, 5 + 256 + 16);
    }
    wire_say(w, TLSN_CLIENT, 16384);
    wire_say(w, TLSN_CLIENT, 40000);
    assert_int_equal(tlsn_config_set_record_padding(config(w, TLSN_CLIENT), 2), TLSN_ERR_FROZEN);
    wire_free(w);
    REQ("8446:5.4/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group_each_carries_a_handshake),
        cmocka_unit_test(key_of_each_kind_authenticates_both_sides),
        cmocka_unit_test(retry_for_another_group_goes_on),
        cmocka_unit_test(ticket_is_taken),
        cmocka_unit_test(ticket_is_taken_behind_a_retry),
        cmocka_unit_test(ticket_of_another_hash_or_secret_is_passed_over),
        cmocka_unit_test(ticket_alone_is_taken_only_by_who_wants_it),
        cmocka_unit_test(tickets_are_as_many_as_configured),
        cmocka_unit_test(ticket_is_not_offered_beyond_its_time),
        cmocka_unit_test(message_that_is_none_behind_a_handshake_is_unexpected),
        cmocka_unit_test(record_of_a_wrong_kind_is_unexpected),
        cmocka_unit_test(alert_of_any_level_is_an_end),
        cmocka_unit_test(data_inside_a_message_are_unexpected),
        cmocka_unit_test(content_above_the_limit_is_overflow),
        cmocka_unit_test(padding_makes_records_of_one_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
