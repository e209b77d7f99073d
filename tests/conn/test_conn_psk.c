/* Pre-shared keys between two engines (RFC 4279, 4785, 5487, 5489, 8442): who gets a handshake with which
 * identity and key, what is said about the others, and what the application is asked. All suites of the family
 * complete, resume and carry data in test_conn_suites.c. */
#include "support_duo.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "conn.h"
#include "req.h"

static const char *const suites[] = {
    "TLS_PSK_WITH_AES_128_GCM_SHA256", "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256",
    "TLS_PSK_WITH_AES_128_CBC_SHA", "TLS_PSK_WITH_NULL_SHA256",
};
enum { SUITES = sizeof suites / sizeof *suites };
static const uint8_t key[] = { 1, 2, 3, 4, 5, 6, 7, 8 }, other_key[] = { 1, 2, 3, 4, 5, 6, 7, 9 };

static struct wire *bare(const char *suite)
{
    struct wire *w = wire_new("rsa:2048");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_suites(w->end[r].config, suite));
    return w;
}

static void add(struct wire *w, enum tlsn_role role, const char *identity, const void *k, size_t len)
{
    OK(tlsn_config_add_psk(w->end[role].config, identity, strlen(identity), k, len));
}

/* The server's flight has a message of this type. */
static bool sent(const struct wire *w, uint8_t type)
{
    return wire_message(w, TLSN_SERVER, type).len != 0;
}

static void psk_server_picks_the_key_of_the_identity(void **state)
{
    static const char *const names[] = { "alice", "bob", "" };

    (void)state;
    for (size_t i = 0; i < SUITES; i++)
        for (size_t k = 0; k < 3; k++) {
            struct wire *w = bare(suites[i]);

            add(w, TLSN_SERVER, "alice", key, 8);
            add(w, TLSN_SERVER, "bob", key, 7);
            add(w, TLSN_SERVER, "", other_key, 8);
            add(w, TLSN_CLIENT, names[k], k == 2 ? other_key : key, k == 1 ? 7 : 8);
            wire_shake(w);
            for (int r = 0; r < 2; r++) {
                struct tlsn_conn_info info = wire_info(w, (enum tlsn_role)r);

                assert_int_equal(info.psk_identity.len, strlen(names[k]));
                if (k < 2)
                    assert_memory_equal(info.psk_identity.data, names[k], strlen(names[k]));
            }
            wire_free(w);
        }
    REQ("4279:2/2");
    REQ("4279:2/6");
}

/* RFC 4279 2 and 4: no hint, no message; 3 and RFC 5489 2: the message is there all the same. */
static void psk_exchange_without_hint_is_left_out_where_nothing_else_is_in_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUITES; i++)
        for (int hint = 0; hint < 2; hint++) {
            struct wire *w = bare(suites[i]);

            add(w, TLSN_SERVER, "joe", key, 8);
            add(w, TLSN_CLIENT, "joe", key, 8);
            if (hint)
                OK(tlsn_config_set_psk_hint(w->end[TLSN_SERVER].config, "hint", 4));
            OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUEST));
            wire_shake(w);
            assert_int_equal(sent(w, 12), hint || strstr(suites[i], "DHE_") != NULL);
            assert_int_equal(sent(w, 11), strstr(suites[i], "RSA_") != NULL);
            assert_int_equal(sent(w, 13), strstr(suites[i], "RSA_") != NULL);
            wire_free(w);
        }
    REQ("5246:7.3/5");
    REQ("4279:2/3");
    REQ("4279:2/4");
    REQ("4279:2/5");
    REQ("4279:3/1");
    REQ("4279:4/1");
    REQ("4279:4/2");
    REQ("4279:5.2/1");
    REQ("4279:5.2/2");
}

static void psk_wrong_key_and_unknown_identity_look_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUITES; i++)
        for (int unknown = 0; unknown < 2; unknown++) {
            struct wire *w = bare(suites[i]);

            add(w, TLSN_SERVER, "joe", key, 8);
            add(w, TLSN_CLIENT, unknown ? "jim" : "joe", unknown ? key : other_key, 8);
            wire_open(w);
            wire_run(w);
            assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_BAD_RECORD_MAC);
            assert_int_equal(wire_alert(w, TLSN_SERVER), 51);
            assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_ALERT);
            wire_free(w);
        }
    REQ("4279:2/10");
    REQ("4279:2/11");
}

static void psk_unknown_identity_is_told_on_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUITES; i++) {
        struct wire *w = bare(suites[i]);

        add(w, TLSN_SERVER, "joe", key, 8);
        add(w, TLSN_CLIENT, "jim", key, 8);
        OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_HIDE_UNKNOWN_PSK, false));
        wire_open(w);
        wire_run(w);
        assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_UNKNOWN_PSK);
        assert_int_equal(wire_alert(w, TLSN_SERVER), 115);
        wire_free(w);
    }
    REQ("4279:2/9");
}

static void psk_suites_are_for_sides_with_a_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUITES; i++)
        for (int r = 0; r < 2; r++) {
            struct wire *w = bare(suites[i]);

            add(w, (enum tlsn_role)r, "joe", key, 8);
            wire_open(w);
            wire_run(w);
            assert_int_equal(w->end[!r].status, TLSN_ERR_NO_SHARED_SUITE);
            wire_free(w);
        }
    REQ("4279:2/1");
}

/* No group that both have: the suite is not chosen, whatever else there is. */
static void psk_ecdhe_is_not_chosen_without_a_common_group(void **state)
{
    struct wire *w = bare("TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,TLS_PSK_WITH_AES_128_GCM_SHA256");

    (void)state;
    for (int r = 0; r < 2; r++)
        add(w, (enum tlsn_role)r, "joe", key, 8);
    OK(tlsn_config_set_groups(w->end[TLSN_CLIENT].config, "x25519"));
    OK(tlsn_config_set_groups(w->end[TLSN_SERVER].config, "secp256r1"));
    wire_shake(w);
    assert_string_equal(wire_info(w, TLSN_CLIENT).suite_name, "TLS_PSK_WITH_AES_128_GCM_SHA256");
    wire_free(w);
    REQ("8442:3/6");
}

static void psk_longest_identities_and_keys_work(void **state)
{
    static char identity[1025];
    static uint8_t long_key[65535];

    (void)state;
    memset(identity, 'i', sizeof identity - 1);
    memset(long_key, 'k', sizeof long_key);
    for (size_t i = 0; i < SUITES; i++)
        for (int big = 0; big < 2; big++) {
            struct wire *w = bare(suites[i]);

            identity[big ? 1024 : 128] = 0;
            for (int r = 0; r < 2; r++)
                add(w, (enum tlsn_role)r, identity, long_key, big ? sizeof long_key : 64);
            wire_shake(w);
            assert_int_equal(wire_info(w, TLSN_SERVER).psk_identity.len, big ? 1024 : 128);
            identity[128] = 'i';
            wire_free(w);
        }
    REQ("4279:5.3/1");
    REQ("4279:5.3/2");
    REQ("4279:5.3/3");
}

static void psk_identity_beyond_the_limit_is_refused(void **state)
{
    struct wire *w = bare(suites[0]);
    const struct tlsn_limits limits = { .psk_identity_max = 128 }, small = { .psk_identity_max = 127 };
    char identity[130];

    (void)state;
    memset(identity, 'i', sizeof identity);
    identity[129] = 0;
    for (int r = 0; r < 2; r++)
        add(w, (enum tlsn_role)r, identity, key, 8);
    assert_int_equal(tlsn_config_set_limits(w->end[TLSN_SERVER].config, &small), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_set_limits(w->end[TLSN_SERVER].config, &limits));
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_MESSAGE_TOO_LONG);
    wire_free(w);
}

static void psk_settings_out_of_range_are_refused(void **state)
{
    struct wire *w = bare(suites[0]);
    tlsn_config *c = w->end[TLSN_SERVER].config;

    (void)state;
    add(w, TLSN_SERVER, "joe", key, 8);
    assert_int_equal(tlsn_config_add_psk(c, "joe", 3, other_key, 8), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_psk(c, "jim", 3, key, 0), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_psk(c, "jim", 3, NULL, 8), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_psk(c, NULL, 3, key, 8), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_psk(c, "jim", 65536, key, 8), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_psk(c, "j\xfcrgen", 6, key, 8), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_psk(c, "j\xc3", 2, key, 8), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_add_psk(c, "j\xc3\xbcrgen", 7, key, 8));
    assert_int_equal(tlsn_config_add_psk(c, "jim", 3, key, 65536), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_psk_hint(c, NULL, 1), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_freeze(c));
    assert_int_equal(tlsn_config_add_psk(c, "jim", 3, key, 8), TLSN_ERR_FROZEN);
    assert_int_equal(tlsn_config_set_psk_hint(c, "h", 1), TLSN_ERR_FROZEN);
    assert_int_equal(tlsn_config_set_psk_suspend(c, true), TLSN_ERR_FROZEN);
    wire_free(w);
    REQ("4279:5.1/1");
}

/* ---- questions ---- */

static struct tlsn_span text(const char *s)
{
    return tlsni_span_make((const uint8_t *)s, strlen(s));
}

/* Answers what is asked at this end; the server's client is "ann". */
static void answer(struct wire *w, enum tlsn_role role, bool known)
{
    tlsn_conn *c = w->end[role].conn;
    struct tlsn_psk_request request;
    const struct tlsn_psk psk = { .identity = text("ann"), .key = { key, known ? 8 : 0 } };

    assert_int_equal(tlsn_question(c), TLSN_NEED_PSK);
    assert_true(tlsn_psk_wanted(c, &request));
    if (role == TLSN_CLIENT)
        assert_true(tlsni_span_eq(request.hint, text("who?")));
    else
        assert_true(tlsni_span_eq(request.identity, text("ann")));
    OK(tlsn_psk_answer(c, known ? &psk : NULL));
    assert_int_equal(tlsn_psk_answer(c, &psk), TLSN_ERR_MISUSE);
    assert_false(tlsn_psk_wanted(c, &request));
}

static struct wire *asking(const char *suite)
{
    struct wire *w = bare(suite);

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_psk_suspend(w->end[r].config, true));
    OK(tlsn_config_set_psk_hint(w->end[TLSN_SERVER].config, "who?", 4));
    return w;
}

static void psk_both_sides_suspend_and_go_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUITES; i++)
        for (size_t step = 0; step < 2; step++) {
            struct wire *w = asking(suites[i]);

            w->step = w->cap = step;
            wire_open(w);
            wire_run(w);
            answer(w, TLSN_CLIENT, true);
            wire_run(w);
            answer(w, TLSN_SERVER, true);
            wire_run(w);
            assert_true(wire_done(w));
            wire_agree(w);
            assert_memory_equal(wire_info(w, TLSN_SERVER).psk_identity.data, "ann", 3);
            wire_say(w, TLSN_CLIENT, 100);
            wire_free(w);
        }
}

static void psk_no_answer_is_no_key(void **state)
{
    struct wire *w = asking(suites[0]);

    (void)state;
    wire_open(w);
    wire_run(w);
    answer(w, TLSN_CLIENT, false);
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_UNKNOWN_PSK);
    assert_int_equal(wire_alert(w, TLSN_CLIENT), 40);
    wire_open(w);
    wire_run(w);
    answer(w, TLSN_CLIENT, true);
    wire_run(w);
    answer(w, TLSN_SERVER, false);
    wire_run(w);
    assert_int_equal(wire_alert(w, TLSN_SERVER), 51);
    wire_free(w);
}

static tlsn_status say(void *ctx, tlsn_conn *conn, const struct tlsn_psk_request *request,
                       struct tlsn_psk *psk)
{
    (void)conn;
    (*(unsigned *)ctx)++;
    if (request->identity.len && !tlsni_span_eq(request->identity, text("ann")))
        return TLSN_ERR_ACCESS_DENIED;
    *psk = (struct tlsn_psk){ .identity = text("ann"), .key = { key, 8 } };
    return TLSN_OK;
}

static void psk_callback_takes_the_place_of_the_suspension(void **state)
{
    unsigned calls = 0;
    const struct tlsn_callbacks cb = { .psk = say, .ctx = &calls };

    (void)state;
    for (size_t i = 0; i < SUITES; i++) {
        struct wire *w = asking(suites[i]);

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_callbacks(w->end[r].config, &cb));
        wire_shake(w);
        wire_agree(w);
        wire_free(w);
    }
    assert_int_equal(calls, 2 * SUITES);
}

static void psk_status_of_the_callback_ends_the_handshake(void **state)
{
    unsigned calls = 0;
    const struct tlsn_callbacks cb = { .psk = say, .ctx = &calls };
    struct wire *w = bare(suites[0]);

    (void)state;
    add(w, TLSN_CLIENT, "jim", key, 8);
    OK(tlsn_config_set_callbacks(w->end[TLSN_SERVER].config, &cb));
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_ACCESS_DENIED);
    assert_int_equal(calls, 1);
    wire_free(w);
}

/* An answer that could not be kept has changed nothing. */
static void psk_answer_that_met_no_memory_is_given_again(void **state)
{
    const struct tlsn_psk psk = { .identity = text("joe"), .key = { key, sizeof key } };
    struct wire *w = bare(suites[0]);
    struct wire_env *env = &w->end[TLSN_CLIENT].env;

    (void)state;
    OK(tlsn_config_set_psk_suspend(w->end[TLSN_CLIENT].config, true));
    add(w, TLSN_SERVER, "joe", key, 8);
    for (size_t i = 1; i <= 2; i++) {
        wire_open(w);
        wire_run(w);
        assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_NEED_PSK);
        env->fail_at = env->allocs + i;
        assert_int_equal(tlsn_psk_answer(w->end[TLSN_CLIENT].conn, &psk), TLSN_ERR_NO_MEMORY);
        env->fail_at = 0;
        assert_int_equal(tlsn_question(w->end[TLSN_CLIENT].conn), TLSN_NEED_PSK);
        OK(tlsn_psk_answer(w->end[TLSN_CLIENT].conn, &psk));
        wire_run(w);
        assert_true(wire_done(w));
        assert_int_equal(wire_info(w, TLSN_CLIENT).psk_identity.len, 3);
    }
    wire_free(w);
}

/* ---- sessions ---- */

/* A session is of its identity: with another key configured it is not offered. */
static void psk_session_is_offered_for_its_identity_only(void **state)
{
    struct wire *w = bare(suites[3]);
    tlsn_config *c;
    tlsn_session *s;

    (void)state;
    for (int r = 0; r < 2; r++)
        add(w, (enum tlsn_role)r, "joe", key, 8);
    add(w, TLSN_SERVER, "jim", other_key, 8);
    wire_shake(w);
    s = wire_session(w);
    wire_resume(w, s);
    assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_TICKET);
    assert_memory_equal(wire_info(w, TLSN_SERVER).psk_identity.data, "joe", 3);
    OK(tlsn_config_new(&c, &w->end[TLSN_CLIENT].env.hooks));
    OK(tlsn_config_set_versions(c, TLSN_TLS1_2, TLSN_TLS1_2));
    OK(tlsn_config_set_suites(c, suites[3]));
    OK(tlsn_config_add_psk(c, "jim", 3, other_key, 8));
    wire_set_config(w, TLSN_CLIENT, c);
    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_NO);
    assert_memory_equal(wire_info(w, TLSN_SERVER).psk_identity.data, "jim", 3);
    tlsn_session_free(s);
    wire_free(w);
}

/* Nor does a server go on with one of a key that it was told to forget. */
static void psk_session_of_a_key_that_is_gone_is_not_resumed(void **state)
{
    static const uint8_t secret[32] = { 7 };
    struct wire *w = bare(suites[3]);
    tlsn_config *c;
    tlsn_session *s;

    (void)state;
    for (int r = 0; r < 2; r++)
        add(w, (enum tlsn_role)r, "joe", key, 8);
    OK(tlsn_config_set_ticket_secret(w->end[TLSN_SERVER].config, secret));
    wire_shake(w);
    s = wire_session(w);
    OK(tlsn_config_new(&c, &w->end[TLSN_SERVER].env.hooks));
    OK(tlsn_config_set_versions(c, TLSN_TLS1_2, TLSN_TLS1_2));
    OK(tlsn_config_set_suites(c, suites[3]));
    OK(tlsn_config_set_ticket_secret(c, secret));
    OK(tlsn_config_add_psk(c, "jim", 3, other_key, 8));
    wire_set_config(w, TLSN_SERVER, c);
    wire_resume(w, s);
    assert_false(wire_done(w));
    assert_int_equal(wire_alert(w, TLSN_SERVER), 51);
    tlsn_session_free(s);
    wire_free(w);
}

/* ---- anonymous ---- */

static struct wire *anonymous(bool named)
{
    struct wire *w = wire_new("rsa:2048");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_policy(w->end[r].config, "research"));
    OK(tlsn_config_set_suites(w->end[TLSN_SERVER].config, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"));
    if (named)
        OK(tlsn_config_set_suites(w->end[TLSN_CLIENT].config, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"));
    return w;
}

static void anonymous_server_is_for_clients_that_name_the_suite(void **state)
{
    (void)state;
    for (int named = 0; named < 2; named++) {
        struct wire *w = anonymous(named);

        wire_open(w);
        wire_run(w);
        assert_int_equal(wire_done(w), named);
        if (named) {
            assert_string_equal(wire_info(w, TLSN_CLIENT).authentication, "none");
            assert_false(wire_info(w, TLSN_CLIENT).verified);
        }
        wire_free(w);
    }
    REQ("5246:A.5/2");
}

static void anonymous_suite_is_not_for_servers_that_require_a_certificate(void **state)
{
    struct wire *w = anonymous(true);

    (void)state;
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_NO_CREDENTIAL);
    wire_free(w);
}

/* RFC 8422 2.3: parameters without signature, and no certificate in either direction. */
static void anonymous_exchange_has_neither_certificates_nor_signatures(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_span m;

    (void)state;
    for (int r = 0; r < 2; r++) {
        assert_int_equal(tlsn_config_set_policy(d->config[r], "research"), TLSN_OK);
        assert_int_equal(tlsn_config_set_suites(d->config[r], "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"),
                         TLSN_OK);
        assert_int_equal(tlsn_config_set_groups(d->config[r], "secp256r1"), TLSN_OK);
        assert_int_equal(tlsn_config_add_credential(d->config[r], duo_credential("ec:secp384r1")),
                         TLSN_OK);
    }
    assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST),
                     TLSN_OK);
    duo_shake(d);
    assert_string_equal(duo_order(d), "ClientHello <ServerHello <ServerKeyExchange <ServerHelloDone "
                                      "ClientKeyExchange CCS {handshake} <NewSessionTicket <CCS "
                                      "<{handshake}");
    m = duo_message(d, TLSN_SERVER, 12);
    assert_int_equal(m.len, 3 + 1 + 65); /* curve type, curve, point; nothing behind it */
    assert_memory_equal(m.data, "\x03\x00\x17\x41\x04", 5);
    duo_free(d);
    REQ("8422:2.3/1");
    REQ("8422:2.3/2");
    REQ("8422:2.3/3");
}

/* The same point compressed. */
static void compress_point(uint8_t *m, size_t *len)
{
    m[3] = 33;
    m[4] = 2 + (m[*len - 1] & 1);
    *len = 3 + 1 + 33;
}

static void point_that_is_compressed_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    for (int r = 0; r < 2; r++) {
        assert_int_equal(tlsn_config_set_policy(d->config[r], "research"), TLSN_OK);
        assert_int_equal(tlsn_config_set_suites(d->config[r], "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"),
                         TLSN_OK);
        assert_int_equal(tlsn_config_set_groups(d->config[r], "secp256r1"), TLSN_OK);
    }
    duo_change_message(d, TLSN_SERVER, 12, compress_point);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_free(d);
    REQ("8422:5.2/4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(psk_server_picks_the_key_of_the_identity),
        cmocka_unit_test(psk_exchange_without_hint_is_left_out_where_nothing_else_is_in_it),
        cmocka_unit_test(psk_wrong_key_and_unknown_identity_look_the_same),
        cmocka_unit_test(psk_unknown_identity_is_told_on_request),
        cmocka_unit_test(psk_suites_are_for_sides_with_a_key),
        cmocka_unit_test(psk_ecdhe_is_not_chosen_without_a_common_group),
        cmocka_unit_test(psk_longest_identities_and_keys_work),
        cmocka_unit_test(psk_identity_beyond_the_limit_is_refused),
        cmocka_unit_test(psk_settings_out_of_range_are_refused),
        cmocka_unit_test(psk_both_sides_suspend_and_go_on),
        cmocka_unit_test(psk_no_answer_is_no_key),
        cmocka_unit_test(psk_callback_takes_the_place_of_the_suspension),
        cmocka_unit_test(psk_status_of_the_callback_ends_the_handshake),
        cmocka_unit_test(psk_session_is_offered_for_its_identity_only),
        cmocka_unit_test(psk_session_of_a_key_that_is_gone_is_not_resumed),
        cmocka_unit_test(psk_answer_that_met_no_memory_is_given_again),
        cmocka_unit_test(anonymous_server_is_for_clients_that_name_the_suite),
        cmocka_unit_test(anonymous_suite_is_not_for_servers_that_require_a_certificate),
        cmocka_unit_test(anonymous_exchange_has_neither_certificates_nor_signatures),
        cmocka_unit_test(point_that_is_compressed_is_refused),
    };

    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
