/* Sessions count only where their peer would be judged by the same rules; keys that are used up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conn.h"
#include "req.h"
#include "support_duo.h"
#include "x509/trust.h"

#define OK(call) assert_int_equal((call), TLSN_OK)

/* ---- the rules ---- */

static tlsn_trust *other_trust(bool both, bool first)
{
    const struct tlsn_cert_spec spec = { .subject = "CN=other", .ca = true, .path_len = -1,
                                         .not_before = 1000000000, .not_after = 2000000000 };
    const struct tlsni_cert *root = &duo_trust()->anchors[0].cert;
    static uint8_t der[2048];
    static size_t len;
    tlsn_trust *trust;
    tlsn_key *key;

    if (!len) {
        OK(tlsn_key_generate(&key, "ec:secp256r1", NULL));
        OK(tlsn_cert_issue(&spec, key, (struct tlsn_span){ 0 }, key, NULL, der, sizeof der, &len));
        tlsn_key_free(key);
    }
    OK(tlsn_trust_new(&trust, NULL));
    if (both && first)
        OK(tlsn_trust_add(trust, root->der.data, root->der.len, NULL, NULL));
    OK(tlsn_trust_add(trust, der, len, NULL, NULL));
    if (both && !first)
        OK(tlsn_trust_add(trust, root->der.data, root->der.len, NULL, NULL));
    return trust;
}

enum rule { SAME, ORDER, ANCHOR, OPTION, MODE, CONTEXT, RULES };

/* Makes one rule another one. The configuration has both anchors from the start. */
static void bend(tlsn_config *config, enum rule rule)
{
    const struct tlsn_verify_options options = { .max_depth = 5 };
    tlsn_trust *trust = other_trust(true, rule != ORDER);

    OK(tlsn_config_set_trust(config, rule == ANCHOR ? duo_trust() : trust));
    tlsn_trust_free(trust);
    if (rule == OPTION)
        OK(tlsn_config_set_verify_options(config, &options));
    if (rule == MODE)
        OK(tlsn_config_set_verify_mode(config, TLSN_VERIFY_SUSPEND));
    if (rule == CONTEXT)
        OK(tlsn_config_set_session_context(config, "x", 1));
}

static const uint8_t secret[32] = { 7 };

static void demand(struct duo *d, enum rule rule)
{
    tlsn_config *c;

    duo_reset_server(d, duo_credential("ec:secp256r1"));
    c = d->config[TLSN_SERVER];
    OK(tlsn_config_set_ticket_secret(c, secret));
    OK(tlsn_config_set_client_auth(c, TLSN_CLIENT_AUTH_REQUEST));
    bend(c, rule);
}

static enum tlsn_resumed resumed(const struct duo *d, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[role], &info);
    return info.resumed;
}

/* The ticket of an authenticated client, at a server that shares the secret. */
static void authenticated_client_is_resumed_under_the_same_rules_only(void **state)
{
    (void)state;
    for (int rule = SAME; rule < RULES; rule++) {
        struct duo *d = duo_new();
        tlsn_session *s;

        OK(tlsn_config_add_credential(d->config[0], duo_credential("ec:secp256r1")));
        demand(d, SAME);
        duo_shake(d);
        s = duo_session(d);
        demand(d, (enum rule)rule);
        duo_reconnect(d, s);
        if (rule == MODE) {
            OK(tlsn_set_verdict(d->conn[1], TLSN_OK));
            duo_run(d);
        }
        assert_true(tlsn_handshake_done(d->conn[0]));
        assert_int_equal(resumed(d, TLSN_SERVER),
                         rule <= ORDER ? TLSN_RESUMED_TICKET : TLSN_RESUMED_NO);
        tlsn_session_free(s);
        duo_free(d);
    }
}

/* A client that showed no certificate has nothing to lose. */
static void anonymous_client_is_resumed_under_any_rules(void **state)
{
    (void)state;
    for (int rule = SAME; rule < RULES; rule++) {
        struct duo *d = duo_new();
        tlsn_session *s;

        demand(d, SAME);
        duo_shake(d);
        s = duo_session(d);
        demand(d, (enum rule)rule);
        duo_reconnect(d, s);
        assert_int_equal(resumed(d, TLSN_SERVER), TLSN_RESUMED_TICKET);
        tlsn_session_free(s);
        duo_free(d);
    }
}

static void session_is_offered_under_the_same_rules_only(void **state)
{
    (void)state;
    for (int rule = SAME; rule < RULES; rule++) {
        struct duo *d = duo_new();
        tlsn_session *s;

        bend(d->config[0], SAME);
        duo_shake(d);
        s = duo_session(d);
        duo_reset_client(d);
        bend(d->config[0], (enum rule)rule);
        duo_reconnect(d, s);
        assert_int_equal(duo_extension(d, TLSN_CLIENT, 35).len != 0, rule <= ORDER);
        tlsn_session_free(s);
        duo_free(d);
    }
}

static void session_context_has_32_bytes_at_most(void **state)
{
    struct duo *d = duo_new();
    static const uint8_t id[33];

    (void)state;
    OK(tlsn_config_set_session_context(d->config[0], id, 32));
    assert_int_equal(tlsn_config_set_session_context(d->config[0], id, 33), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_session_context(d->config[0], NULL, 1), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_set_session_context(d->config[0], NULL, 0));
    duo_free(d);
}

/* ---- keys that are used up ---- */

static bool due(const struct duo *d)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    return info.renegotiation_due;
}

static void limit_of_a_key_ends_the_connection_with_an_alert(void **state)
{
    static uint8_t out[512];
    struct duo *d = duo_new();
    size_t n, written;

    (void)state;
    for (int by_records = 0; by_records < 2; by_records++) {
        duo_shake(d);
        assert_false(due(d));
        if (by_records)
            d->conn[0]->tx->limit = d->conn[0]->tx->sequence;
        else
            d->conn[0]->tx->budget = 0;
        assert_true(due(d));
        assert_int_equal(tlsn_encrypt(d->conn[0], "x", 1, &n, out, sizeof out, &written),
                         TLSN_ERR_LIMIT);
        assert_int_equal(n, 0);
        duo_flush(d, TLSN_CLIENT);
        duo_run(d);
        assert_int_equal(tlsn_conn_error(d->conn[0])->alert_sent, 80);
        assert_int_equal(tlsn_conn_error(d->conn[1])->alert_received, 80);
    }
    duo_free(d);
}

static void renegotiation_brings_keys_that_are_fresh(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    OK(tlsn_config_set_renegotiation(d->config[TLSN_SERVER], TLSN_RENEGOTIATION_SECURE));
    duo_shake(d);
    d->conn[0]->tx->budget = d->conn[0]->tx->full / 4;
    assert_true(due(d));
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    assert_false(due(d));
    duo_write(d, TLSN_CLIENT, "goes on", 7);
    duo_run(d);
    assert_int_equal(d->data_len[TLSN_SERVER], 7);
    duo_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authenticated_client_is_resumed_under_the_same_rules_only),
        cmocka_unit_test(anonymous_client_is_resumed_under_any_rules),
        cmocka_unit_test(session_is_offered_under_the_same_rules_only),
        cmocka_unit_test(session_context_has_32_bytes_at_most),
        cmocka_unit_test(limit_of_a_key_ends_the_connection_with_an_alert),
        cmocka_unit_test(renegotiation_brings_keys_that_are_fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
