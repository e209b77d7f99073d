/* What a resumed session may stand for: no certificate is shown again, so the old verdict has to be
 * one that the new connection would ask for. The cases are those of Go's crypto/tls
 * (clientSessionCache: InsecureSkipVerify, VerifyHostname) and RFC 5246 7.2.2 and F.1.4. */
#include "support_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "handshake/machine.h"
#include "handshake/session.h"
#include "req.h"

static const uint8_t secret[32] = { 1, 2, 3 };

static struct pair_pki pki;
static struct pair pair;

static int setup(void **state)
{
    (void)state;
    pair_pki_make(&pki);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pair_pki_free(&pki);
    return 0;
}

/* With tickets that every server of these tests takes. */
static tlsn_config *server_config(void)
{
    tlsn_config *c = pair_config(&pki, TLSN_SERVER);

    assert_int_equal(tlsn_config_set_ticket_secret(c, secret), TLSN_OK);
    return c;
}

static tlsn_config *client_config(enum tlsn_verify_mode mode)
{
    tlsn_config *c = pair_config(&pki, TLSN_CLIENT);

    assert_int_equal(tlsn_config_set_verify_mode(c, mode), TLSN_OK);
    return c;
}

/* The name that is checked; NULL: none. server_name is not sent, so that it does not decide. */
static void connect_as(tlsn_config *client, tlsn_config *server, const char *verify_name,
                       const tlsn_session *session)
{
    pair_open(&pair, client, server, NULL);
    assert_int_equal(tlsn_conn_set_verify_name(pair.end[TLSN_CLIENT].conn, verify_name), TLSN_OK);
    if (session)
        assert_int_equal(tlsn_conn_set_session(pair.end[TLSN_CLIENT].conn, session), TLSN_OK);
    pair_run(&pair);
}

static enum tlsn_resumed resumed(enum tlsn_role role)
{
    struct tlsn_conn_info info;

    assert_true(pair_done(&pair));
    tlsn_conn_get_info(pair.end[role].conn, &info);
    return info.resumed;
}

static tlsn_session *session_of(tlsn_config *client, tlsn_config *server, const char *verify_name)
{
    tlsn_session *session;

    connect_as(client, server, verify_name, NULL);
    assert_int_equal(resumed(TLSN_CLIENT), TLSN_RESUMED_NO);
    assert_int_equal(tlsn_conn_get_session(pair.end[TLSN_CLIENT].conn, &session), TLSN_OK);
    pair_close(&pair);
    return session;
}

static enum tlsn_resumed resume(tlsn_config *client, tlsn_config *server, const char *verify_name,
                                const tlsn_session *session)
{
    enum tlsn_resumed how;

    connect_as(client, server, verify_name, session);
    how = resumed(TLSN_CLIENT);
    assert_int_equal(resumed(TLSN_SERVER), how);
    pair_close(&pair);
    return how;
}

static void session_of_an_unverified_server_is_offered_only_without_verification(void **state)
{
    tlsn_config *server = server_config(), *careful = client_config(TLSN_VERIFY_DEFAULT);
    tlsn_config *careless = client_config(TLSN_VERIFY_INSECURE_NONE);
    tlsn_session *session = session_of(careless, server, "a.example");

    (void)state;
    assert_int_equal(resume(careless, server, "a.example", session), TLSN_RESUMED_TICKET);
    assert_int_equal(resume(careful, server, "a.example", session), TLSN_RESUMED_NO);
    tlsn_session_free(session);
    tlsn_config_free(server);
    tlsn_config_free(careful);
    tlsn_config_free(careless);
}

static void session_verified_for_one_name_is_not_offered_for_another(void **state)
{
    tlsn_config *server = server_config(), *client = client_config(TLSN_VERIFY_DEFAULT);
    tlsn_session *named = session_of(client, server, "a.example");
    tlsn_session *nameless = session_of(client, server, NULL);

    (void)state;
    assert_int_equal(resume(client, server, "a.example", named), TLSN_RESUMED_TICKET);
    assert_int_equal(resume(client, server, NULL, named), TLSN_RESUMED_TICKET);
    assert_int_equal(resume(client, server, "b.example", named), TLSN_RESUMED_NO);
    assert_int_equal(resume(client, server, "a.example", nameless), TLSN_RESUMED_NO);
    tlsn_session_free(named);
    tlsn_session_free(nameless);
    tlsn_config_free(server);
    tlsn_config_free(client);
}

static tlsn_config *asking_server(enum tlsn_verify_mode mode, enum tlsn_client_auth auth)
{
    tlsn_config *c = server_config();

    assert_int_equal(tlsn_config_set_trust(c, pki.trust), TLSN_OK);
    assert_int_equal(tlsn_config_set_verify_mode(c, mode), TLSN_OK);
    assert_int_equal(tlsn_config_set_client_auth(c, auth), TLSN_OK);
    return c;
}

static void client_let_in_without_a_verdict_is_not_resumed_by_a_server_that_wants_one(void **state)
{
    tlsn_config *careless = asking_server(TLSN_VERIFY_INSECURE_NONE, TLSN_CLIENT_AUTH_REQUIRE);
    tlsn_config *wants = asking_server(TLSN_VERIFY_DEFAULT, TLSN_CLIENT_AUTH_REQUIRE);
    tlsn_config *asks = asking_server(TLSN_VERIFY_DEFAULT, TLSN_CLIENT_AUTH_REQUEST);
    tlsn_config *client = client_config(TLSN_VERIFY_DEFAULT);
    tlsn_session *unverified, *verified;

    (void)state;
    assert_int_equal(tlsn_config_add_credential(client, pki.ec), TLSN_OK);
    unverified = session_of(client, careless, "a.example");
    verified = session_of(client, wants, "a.example");
    assert_int_equal(resume(client, careless, "a.example", unverified), TLSN_RESUMED_TICKET);
    assert_int_equal(resume(client, wants, "a.example", unverified), TLSN_RESUMED_NO);
    assert_int_equal(resume(client, asks, "a.example", unverified), TLSN_RESUMED_NO);
    assert_int_equal(resume(client, wants, "a.example", verified), TLSN_RESUMED_TICKET);
    tlsn_session_free(unverified);
    tlsn_session_free(verified);
    tlsn_config_free(careless);
    tlsn_config_free(wants);
    tlsn_config_free(asks);
    tlsn_config_free(client);
}

static void client_without_certificate_is_not_resumed_where_one_is_required(void **state)
{
    tlsn_config *open = server_config(), *client = client_config(TLSN_VERIFY_DEFAULT);
    tlsn_config *wants = asking_server(TLSN_VERIFY_DEFAULT, TLSN_CLIENT_AUTH_REQUIRE);
    tlsn_session *session;

    (void)state;
    assert_int_equal(tlsn_config_add_credential(client, pki.ec), TLSN_OK);
    session = session_of(client, open, "a.example");
    assert_int_equal(resume(client, wants, "a.example", session), TLSN_RESUMED_NO);
    tlsn_session_free(session);
    tlsn_config_free(open);
    tlsn_config_free(wants);
    tlsn_config_free(client);
}

/* ---- failed connections ---- */

static void session_of_a_connection_that_failed_is_gone(void **state)
{
    static const uint8_t damaged[5 + 32] = { 23, 3, 3, 0, 32 };
    tlsn_config *server = server_config(), *client = client_config(TLSN_VERIFY_DEFAULT);
    tlsn_conn *conn;
    tlsn_session *session;
    size_t consumed, written;
    uint8_t plain[64];

    (void)state;
    connect_as(client, server, "a.example", NULL);
    assert_true(pair_done(&pair));
    conn = pair.end[TLSN_CLIENT].conn;
    assert_int_equal(tlsn_decrypt(conn, damaged, sizeof damaged, &consumed, plain, sizeof plain,
                                  &written), TLSN_ERR_BAD_RECORD_MAC);
    assert_int_equal(tlsn_conn_get_session(conn, &session), TLSN_ERR_NOT_FOUND);
    assert_null(session);
    pair_close(&pair);
    tlsn_config_free(server);
    tlsn_config_free(client);
    REQ("5246:7.2.2/3");
}

/* RFC 5246 7.2.1: an end without close_notify does not forbid to resume. */
static void session_of_a_truncated_connection_stays(void **state)
{
    tlsn_config *server = server_config(), *client = client_config(TLSN_VERIFY_DEFAULT);
    tlsn_session *session;

    (void)state;
    connect_as(client, server, "a.example", NULL);
    assert_true(pair_done(&pair));
    assert_int_equal(tlsn_transport_eof(pair.end[TLSN_CLIENT].conn), TLSN_ERR_TRUNCATED);
    assert_int_equal(tlsn_conn_get_session(pair.end[TLSN_CLIENT].conn, &session), TLSN_OK);
    tlsn_session_free(session);
    pair_close(&pair);
    tlsn_config_free(server);
    tlsn_config_free(client);
}

/* The session ID that the client draws beside its ticket is made to be the one of `victim`. */
static const tlsn_session *drawn;

static tlsn_status draw(void *ctx, void *out, size_t len)
{
    (void)ctx;
    memset(out, 7, len);
    if (drawn && len == sizeof drawn->id)
        memcpy(out, drawn->id, len);
    return TLSN_OK;
}

static void connect_with_id(tlsn_config *server, const tlsn_session *ticket,
                            const tlsn_session *victim)
{
    const struct tlsn_hooks hooks = { .random = draw };
    tlsn_config *client;

    assert_int_equal(tlsn_config_new(&client, &hooks), TLSN_OK);
    assert_int_equal(tlsn_config_set_versions(client, TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    assert_int_equal(tlsn_config_set_trust(client, pki.trust), TLSN_OK);
    drawn = victim;
    connect_as(client, server, "a.example", ticket);
    drawn = NULL;
    tlsn_config_free(client);
}

/* The session ID beside a ticket is the client's to choose: another client's ID, read off the wire,
 * must not throw that client's session out of the cache when this connection fails. */
static void failed_ticket_connection_leaves_the_cache_alone(void **state)
{
    static const uint8_t zeros[5 + 32] = { 23, 3, 3, 0, 32 };
    tlsn_session_cache *cache;
    tlsn_config *server = server_config(), *client = client_config(TLSN_VERIFY_DEFAULT);
    tlsn_config *by_id = client_config(TLSN_VERIFY_DEFAULT);
    tlsn_session *victim, *ticket;
    size_t consumed, written;
    uint8_t plain[64];
    tlsn_conn *conn;

    (void)state;
    assert_int_equal(tlsn_session_cache_new(&cache, 4, NULL), TLSN_OK);
    assert_int_equal(tlsn_config_set_session_cache(server, cache), TLSN_OK);
    assert_int_equal(tlsn_config_set_feature(by_id, TLSN_FEATURE_TICKETS, false), TLSN_OK);
    victim = session_of(by_id, server, "a.example");
    assert_int_equal(tlsn_session_cache_count(cache), 1);
    ticket = session_of(client, server, "a.example");
    assert_int_equal(tlsn_session_cache_count(cache), 1);
    connect_with_id(server, ticket, victim);
    assert_int_equal(resumed(TLSN_SERVER), TLSN_RESUMED_TICKET);
    conn = pair.end[TLSN_SERVER].conn;
    assert_int_equal(tlsn_decrypt(conn, zeros, sizeof zeros, &consumed, plain, sizeof plain,
                                  &written), TLSN_ERR_BAD_RECORD_MAC);
    assert_int_equal(tlsn_session_cache_count(cache), 1);
    pair_close(&pair);
    tlsn_session_free(victim);
    tlsn_session_free(ticket);
    tlsn_session_cache_free(cache);
    tlsn_config_free(server);
    tlsn_config_free(client);
    tlsn_config_free(by_id);
}

/* ---- renewed tickets ---- */

enum { NOW_S = 1700000000, LIMIT_S = 7200 };

static int64_t standing(void *ctx)
{
    (void)ctx;
    return (int64_t)NOW_S * 1000;
}

/* A client whose session began age_s ago, resumed or just made, receives a ticket with this hint:
 * the seconds that the session may live from its beginning. */
static uint32_t lifetime(bool is_resumed, uint32_t age_s, uint8_t hint_high, uint8_t hint_low)
{
    static const struct tlsn_hooks hooks = { .now_ms = standing };
    const uint8_t message[] = { 4, 0, 0, 8, 0, 0, hint_high, hint_low, 0, 2, 't', 't' };
    struct tlsni_hs_config cfg = { .limits = { .session_seconds = LIMIT_S } };
    struct tlsni_err err = { 0 };
    struct tlsni_hs hs = { .env = &hooks, .cfg = &cfg, .err = &err, .role = TLSN_CLIENT,
                           .flow = &tlsni_flow_tls12_client, .proofs = TLSNI_P_KEYS };
    const char *wanted = is_resumed ? "resumed_wait_ticket" : "wait_ticket";
    uint32_t seconds;
    int64_t created;

    hs.facts = TLSNI_F_TICKET | (is_resumed ? TLSNI_F_RESUMED : 0);
    hs.session.created_ms = standing(NULL) - 1000 * (int64_t)age_s;
    while (strcmp(tlsni_flow_state_name(hs.flow, hs.state), wanted) != 0)
        hs.state++;
    assert_int_equal(tlsni_hs_message(&hs, message, sizeof message), TLSN_OK);
    seconds = hs.session.lifetime_s;
    created = hs.session.created_ms;
    tlsni_hs_clear(&hs);
    assert_true(created == standing(NULL) - 1000 * (int64_t)(is_resumed ? age_s : 0));
    return seconds;
}

static void renewed_ticket_makes_the_session_no_younger(void **state)
{
    (void)state;
    assert_int_equal(lifetime(false, 0, 0, 60), 60);
    assert_int_equal(lifetime(false, 0, 0, 0), LIMIT_S);
    assert_int_equal(lifetime(false, 0, 0xff, 0xff), LIMIT_S);
    assert_int_equal(lifetime(true, 3600, 0, 60), 3660);
    assert_int_equal(lifetime(true, 3600, 0, 0), LIMIT_S);
    assert_int_equal(lifetime(true, 3600, 0x1c, 0x20), LIMIT_S);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_of_an_unverified_server_is_offered_only_without_verification),
        cmocka_unit_test(session_verified_for_one_name_is_not_offered_for_another),
        cmocka_unit_test(client_let_in_without_a_verdict_is_not_resumed_by_a_server_that_wants_one),
        cmocka_unit_test(client_without_certificate_is_not_resumed_where_one_is_required),
        cmocka_unit_test(session_of_a_connection_that_failed_is_gone),
        cmocka_unit_test(session_of_a_truncated_connection_stays),
        cmocka_unit_test(failed_ticket_connection_leaves_the_cache_alone),
        cmocka_unit_test(renewed_ticket_makes_the_session_no_younger),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
