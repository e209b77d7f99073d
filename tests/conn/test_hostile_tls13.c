/* What a hostile peer, or somebody between the two, may try in TLS 1.3: records at the wrong place, floods, tickets of
 * another version, a second hello that is another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conn.h"
#include "req.h"
#include "session_cache.h"
#include "support_duo.h"
#include "support_hello.h"
#include "support_wire.h"

enum { UNEXPECTED = 10, ILLEGAL = 47 };
enum { HANDSHAKE = 22, DATA = 23, ALERT = 21 };

static struct duo *duo13(void)
{
    struct duo *d = duo_new();

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(d->config[r], TLSN_TLS1_3, TLSN_TLS1_3));
        OK(tlsn_config_set_groups(d->config[r], "x25519,secp256r1"));
    }
    return d;
}

static struct wire *wire13(void)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
    return w;
}

/* ---- records in the clear ---- */

static const uint8_t clear_alert[] = { ALERT, 3, 3, 0, 2, 2, 40 };
static const uint8_t clear_close[] = { ALERT, 3, 3, 0, 2, 1, 0 };

static const uint8_t *in_front;
static enum tlsn_role liar;

/* An alert in front of this side's first protected record. */
static size_t slip_in(struct duo *d, enum tlsn_role from, uint8_t *record, size_t len)
{
    (void)d;
    if (from != liar || record[0] != DATA || !in_front)
        return len;
    memmove(record + sizeof clear_alert, record, len);
    memcpy(record, in_front, sizeof clear_alert);
    in_front = NULL;
    return len + sizeof clear_alert;
}

static void alert_in_the_clear_behind_server_hello_is_unexpected(void **state)
{
    static const uint8_t *const alerts[] = { clear_alert, clear_close };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = duo13();

        in_front = alerts[i];
        liar = TLSN_SERVER;
        d->bend = slip_in;
        duo_refused(d, TLSN_CLIENT, TLSN_ERR_UNEXPECTED_MESSAGE, UNEXPECTED);
        duo_free(d);
    }
    REQ("8446:5.2/3");
}

/* A client that gives up may have no keys yet; what it says by that is an end and nothing else. */
static void alert_in_the_clear_ends_a_servers_handshake(void **state)
{
    static const struct {
        const uint8_t *alert;
        tlsn_status status;
    } rows[] = { { clear_alert, TLSN_ERR_ALERT }, { clear_close, TLSN_CLOSED } };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = duo13();

        in_front = rows[i].alert;
        liar = TLSN_CLIENT;
        d->bend = slip_in;
        duo_connect(d);
        duo_run(d);
        assert_int_equal(d->status[TLSN_SERVER], rows[i].status);
        assert_false(tlsn_handshake_done(d->conn[TLSN_SERVER]));
        duo_free(d);
    }
}

/* Behind a record of the client's that was opened there are keys on both sides. */
static void alert_in_the_clear_behind_protected_records_is_unexpected(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        struct wire *w = wire13();
        uint8_t got[1];
        size_t len;

        wire_shake(w);
        wire_inject(w, (enum tlsn_role)r, clear_alert, sizeof clear_alert);
        assert_int_equal(wire_read(w, (enum tlsn_role)r, got, 1, &len), TLSN_ERR_UNEXPECTED_MESSAGE);
        wire_free(w);
    }
}

/* ---- floods ---- */

static void empty_data_are_taken_but_not_without_end(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        struct wire *w = wire13();
        tlsn_status st = TLSN_OK;
        uint8_t got[8];
        size_t len, n = 0;

        wire_shake(w);
        for (; n < 100 && st >= 0; n++) {
            wire_forge(w, (enum tlsn_role)!r, DATA, "", 0);
            st = wire_read(w, (enum tlsn_role)r, got, sizeof got, &len);
        }
        assert_int_equal(st, TLSN_ERR_TOO_MANY);
        assert_in_range(n, 20, 40);
        wire_free(w);
    }
}

/* What a client keeps of tickets does not grow with their number. */
static void tickets_without_end_take_no_memory(void **state)
{
    uint8_t ticket[4 + 4 + 4 + 2 + 2 + 200 + 2] = { 4, 0, 0, sizeof ticket - 4, 0, 0, 1, 0, 1, 2, 3, 4, 1, 0,
                                                    0, 200 };
    struct wire *w = wire13();
    size_t len, live = 0;
    uint8_t got[1];

    (void)state;
    OK(tlsn_config_set_tickets(wire_config(w, TLSN_CLIENT), 3));
    wire_shake(w);
    for (int i = 0; i < 500; i++) {
        ticket[13] = (uint8_t)i;
        wire_forge(w, TLSN_SERVER, HANDSHAKE, ticket, sizeof ticket);
        assert_int_equal(wire_read(w, TLSN_CLIENT, got, 1, &len), TLSN_NEED_INPUT);
        if (i == 10)
            live = w->end[TLSN_CLIENT].env.live_bytes;
    }
    assert_int_equal(w->end[TLSN_CLIENT].env.live_bytes, live);
    wire_free(w);
}

/* ---- messages of a peer that has the keys ---- */

enum what { AS_IT_IS, LOST, TWICE, OF_ANOTHER_TYPE };

static struct {
    struct tlsni_hs_host host;
    enum what what;
    unsigned which, sent; /* which message is not sent as it is */
    uint8_t type;         /* of it then */
} bent;

static tlsn_status send_bent(void *ctx, const uint8_t *message, size_t len)
{
    static uint8_t copy[1 << 15];
    bool now = bent.sent++ == bent.which;
    tlsn_status st = TLSN_OK;

    assert_true(len <= sizeof copy);
    memcpy(copy, message, len);
    if (now && bent.what == OF_ANOTHER_TYPE)
        copy[0] = bent.type;
    if (!now || bent.what != LOST)
        st = tlsni_conn_host.send_message(ctx, copy, len);
    else
        tlsni_conn_follow_hello(ctx);
    return st == TLSN_OK && now && bent.what == TWICE ? tlsni_conn_host.send_message(ctx, copy, len) : st;
}

/* A handshake with client authentication, of which this side sends one message otherwise. */
static struct duo *shake_bent(enum tlsn_role from, enum what what, unsigned which, uint8_t type)
{
    struct duo *d = duo13();

    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("ec:secp256r1")));
    bent.host = tlsni_conn_host;
    bent.host.send_message = send_bent;
    bent.what = what;
    bent.which = which;
    bent.sent = 0;
    bent.type = type;
    duo_connect(d);
    OK(tlsni_conn_start(d->conn[from]));
    d->conn[from]->scratch->hs.host = &bent.host;
    duo_run(d);
    return d;
}

static bool one_is_done(const struct duo *d, enum tlsn_role role)
{
    return tlsn_handshake_done(d->conn[role]);
}

/* ServerHello, EncryptedExtensions, CertificateRequest, Certificate, CertificateVerify and Finished of the
 * server, without the tickets behind; ClientHello, Certificate, CertificateVerify and Finished of the client. */
static const unsigned messages[2] = { [TLSN_CLIENT] = 4, [TLSN_SERVER] = 6 };

static void message_each_lost_or_doubled_never_completes_in_tls13(void **state)
{
    (void)state;
    for (int from = 0; from < 2; from++) {
        struct duo *d = shake_bent((enum tlsn_role)from, AS_IT_IS, 0, 0);

        assert_true(one_is_done(d, TLSN_CLIENT) && one_is_done(d, TLSN_SERVER));
        assert_in_range(bent.sent, messages[from], messages[from] + 4);
        duo_free(d);
        for (unsigned i = 0; i < messages[from]; i++)
            for (int what = LOST; what <= TWICE; what++) {
                d = shake_bent((enum tlsn_role)from, (enum what)what, i, 0);
                assert_false(one_is_done(d, (enum tlsn_role)!from));
                if (what == TWICE)
                    assert_int_equal(tlsn_conn_error(d->conn[!from])->alert_sent, UNEXPECTED);
                duo_free(d);
            }
    }
}

static void message_each_of_another_type_never_completes_in_tls13(void **state)
{
    static const uint8_t types[] = { 0, 1, 2, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 254, 255 };

    (void)state;
    for (int from = 0; from < 2; from++)
        for (unsigned i = 0; i < messages[from]; i++) {
            unsigned same = 0;

            for (size_t t = 0; t < sizeof types; t++) {
                struct duo *d = shake_bent((enum tlsn_role)from, OF_ANOTHER_TYPE, i, types[t]);

                if (one_is_done(d, (enum tlsn_role)!from))
                    same++; /* what it was */
                else
                    assert_non_null(tlsn_conn_error(d->conn[!from]));
                duo_free(d);
            }
            assert_int_equal(same, 1);
        }
}

/* ---- second hellos ---- */

static unsigned hellos;

static void other_random(uint8_t *body, size_t *len)
{
    (void)len;
    if (hellos++)
        body[2] ^= 1;
}

static void other_name(uint8_t *body, size_t *len)
{
    (void)len;
    if (hellos++)
        body[hello_find(body, true, 0) + 9] ^= 1;
}

static void no_name(uint8_t *body, size_t *len)
{
    if (hellos++)
        hello_cut(body, len, true, 0);
}

static void other_protocol(uint8_t *body, size_t *len)
{
    (void)len;
    if (hellos++)
        body[hello_find(body, true, 16) + 7] ^= 1;
}

static void other_groups(uint8_t *body, size_t *len)
{
    (void)len;
    if (hellos++)
        body[hello_find(body, true, 10) + 7] ^= 2;
}

static void other_schemes(uint8_t *body, size_t *len)
{
    (void)len;
    if (hellos++)
        body[hello_find(body, true, 13) + 7] ^= 2;
}

static void other_versions(uint8_t *body, size_t *len)
{
    (void)len;
    if (hellos++) /* TLS 1.1 in place of TLS 1.2, behind TLS 1.3 */
        body[hello_find(body, true, 43) + 8] ^= 1;
}

static void without_modes(uint8_t *body, size_t *len)
{
    if (hellos++)
        hello_cut(body, len, true, 45);
}

static void with_another_extension(uint8_t *body, size_t *len)
{
    static const uint8_t ext[] = { 0xfa, 0xfa, 0, 0 };

    if (hellos++)
        hello_append(body, len, true, ext, sizeof ext);
}

static void with_early_data(uint8_t *body, size_t *len)
{
    static const uint8_t ext[] = { 0, 42, 0, 0 };

    if (hellos++)
        hello_append(body, len, true, ext, sizeof ext);
}

static void second_hello_that_is_another_one_is_refused(void **state)
{
    static duo_change *const changes[] = { other_random, other_name, no_name, other_protocol, other_groups,
                                           other_schemes, other_versions, without_modes,
                                           with_another_extension, with_early_data };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct duo *d = duo13();

        hellos = 0;
        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_alpn(d->config[r], "h2,http/1.1"));
        OK(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_2, TLSN_TLS1_3));
        OK(tlsn_config_set_groups(d->config[TLSN_SERVER], "secp256r1"));
        /* a ChangeCipherSpec would look like the beginning of protection to the tape */
        OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_COMPAT_MODE, false));
        duo_change_message(d, TLSN_CLIENT, 1, changes[i]);
        duo_refused(d, TLSN_SERVER, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
        assert_int_equal(hellos, 2);
        duo_free(d);
    }
    REQ("8446:4.1.2/2");
}

/* ---- sessions ---- */

static void without_share(uint8_t *body, size_t *len)
{
    hello_cut(body, len, false, 51);
}

/* A ticket alone (psk_ke), which the client did not offer (RFC 8446 4.2.11). */
static void resumption_without_a_share_is_refused(void **state)
{
    struct duo *d = duo13();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    duo_change_message(d, TLSN_SERVER, 2, without_share);
    duo_reconnect(d, s);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_sent, ILLEGAL);
    tlsn_session_free(s);
    duo_free(d);
}

/* Tickets of one version are none in the other, sealed or kept in the server's cache: the client, which has
 * the bytes, says that they are what they are not. */
static void ticket_of_another_version_is_not_resumed(void **state)
{
    static const struct {
        uint16_t from, to, suite, carrier; /* carrier: the extension with the ticket */
    } rows[] = { { TLSN_TLS1_2, TLSN_TLS1_3, 0x1301, 41 }, { TLSN_TLS1_3, TLSN_TLS1_2, 0xc02b, 35 } };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct duo *d = duo_new();
        tlsn_session_cache *cache;
        struct tlsn_conn_info info;
        tlsn_session *s;

        OK(tlsn_session_cache_new(&cache, 8, NULL));
        OK(tlsn_config_set_session_cache(d->config[TLSN_SERVER], cache));
        OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_STATEFUL_TICKETS, i / 2));
        OK(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_2, TLSN_TLS1_3));
        OK(tlsn_config_set_versions(d->config[TLSN_CLIENT], rows[i % 2].from, rows[i % 2].from));
        duo_shake(d);
        s = duo_session(d);
        s->version = rows[i % 2].to;
        s->suite = rows[i % 2].suite;
        s->ems = true;
        duo_reset_client(d);
        OK(tlsn_config_set_versions(d->config[TLSN_CLIENT], rows[i % 2].to, rows[i % 2].to));
        OK(tlsn_config_freeze(d->config[TLSN_CLIENT]));
        memcpy(s->context, d->config[TLSN_CLIENT]->hs.context, sizeof s->context);
        duo_reconnect(d, s);
        assert_true(duo_extension(d, TLSN_CLIENT, rows[i % 2].carrier).len >= 32); /* it went out */
        assert_true(tlsn_handshake_done(d->conn[0]) && tlsn_handshake_done(d->conn[1]));
        tlsn_conn_get_info(d->conn[TLSN_SERVER], &info);
        assert_int_equal(info.version, rows[i % 2].to);
        assert_int_equal(info.resumed, TLSN_RESUMED_NO);
        tlsn_session_free(s);
        duo_free(d);
        tlsn_session_cache_free(cache);
    }
}

/* Somebody else may use up a ticket between the two hellos: the handshake goes on by certificate, with the suite
 * that the HelloRetryRequest named. */
static void ticket_that_is_gone_behind_a_retry_is_no_error(void **state)
{
    struct wire *w = wire13();
    tlsn_session_cache *cache;
    struct tlsn_conn_info info;
    tlsn_session *s;
    tlsn_config *c;

    (void)state;
    OK(tlsn_session_cache_new(&cache, 4, NULL));
    OK(tlsn_config_set_suites(wire_config(w, TLSN_SERVER), "TLS_AES_256_GCM_SHA384"));
    OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
    OK(tlsn_config_set_session_cache(wire_config(w, TLSN_SERVER), cache));
    OK(tlsn_config_set_feature(wire_config(w, TLSN_SERVER), TLSN_FEATURE_STATEFUL_TICKETS, true));
    wire_shake(w);
    s = wire_session(w);
    OK(tlsn_config_new(&c, &w->end[TLSN_SERVER].env.hooks));
    OK(tlsn_config_add_credential(c, wire_credential("ec:secp256r1")));
    OK(tlsn_config_set_suites(c, "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384"));
    OK(tlsn_config_set_groups(c, "secp256r1"));
    OK(tlsn_config_set_session_cache(c, cache));
    OK(tlsn_config_set_feature(c, TLSN_FEATURE_STATEFUL_TICKETS, true));
    wire_set_config(w, TLSN_SERVER, c);
    wire_open(w);
    OK(tlsn_conn_set_session(wire_conn(w, TLSN_CLIENT), s));
    (void)wire_turn(w, TLSN_CLIENT);
    (void)wire_turn(w, TLSN_SERVER);
    c->hs.cache_remove(c->hs.cache_ctx, tlsni_buf_span(&s->ticket));
    wire_run(w);
    assert_true(wire_done(w));
    info = wire_info(w, TLSN_SERVER);
    assert_int_equal(info.resumed, TLSN_RESUMED_NO);
    assert_int_equal(info.suite, 0x1302);
    tlsn_session_free(s);
    wire_free(w);
    tlsn_session_cache_free(cache);
    REQ("8446:4.1.4/11");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(alert_in_the_clear_behind_server_hello_is_unexpected),
        cmocka_unit_test(alert_in_the_clear_ends_a_servers_handshake),
        cmocka_unit_test(alert_in_the_clear_behind_protected_records_is_unexpected),
        cmocka_unit_test(empty_data_are_taken_but_not_without_end),
        cmocka_unit_test(tickets_without_end_take_no_memory),
        cmocka_unit_test(message_each_lost_or_doubled_never_completes_in_tls13),
        cmocka_unit_test(message_each_of_another_type_never_completes_in_tls13),
        cmocka_unit_test(second_hello_that_is_another_one_is_refused),
        cmocka_unit_test(resumption_without_a_share_is_refused),
        cmocka_unit_test(ticket_of_another_version_is_not_resumed),
        cmocka_unit_test(ticket_that_is_gone_behind_a_retry_is_no_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
