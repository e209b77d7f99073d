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
    const struct tlsni_cert *root = &tlsni_trust_nth(duo_trust(), 0)->cert;
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

enum rule { SAME, ORDER, ANCHOR, OPTION, POLICIES, MODE, CONTEXT, PIN, DISTRUST, RULES };

/* Makes one rule another one. The configuration has both anchors from the start. */
static void bend(tlsn_config *config, enum rule rule)
{
    const struct tlsn_verify_options options = { .max_depth = 5 };
    const struct tlsn_verify_options policies = { .policies = "1.2.3" };
    tlsn_trust *trust = other_trust(true, rule != ORDER);

    if (rule == DISTRUST) {
        static const uint8_t nobody[32];

        OK(tlsn_trust_distrust(trust, TLSN_PIN_KEY, nobody));
    }
    OK(tlsn_config_set_trust(config, rule == ANCHOR ? duo_trust() : trust));
    tlsn_trust_free(trust);
    if (rule == OPTION)
        OK(tlsn_config_set_verify_options(config, &options));
    if (rule == POLICIES)
        OK(tlsn_config_set_verify_options(config, &policies));
    if (rule == MODE)
        OK(tlsn_config_set_verify_mode(config, TLSN_VERIFY_SUSPEND));
    if (rule == PIN) {
        uint8_t sha256[32];

        OK(tlsn_cert_fingerprint(duo_root(), TLSN_PIN_KEY, sha256));
        OK(tlsn_config_add_pin(config, TLSN_PIN_KEY, sha256));
    }
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

/* ---- secrets of tickets ---- */

static void with_secrets(struct duo *d, uint8_t first, uint8_t further)
{
    const uint8_t a[32] = { first }, b[32] = { further };

    duo_reset_server(d, duo_credential("ec:secp256r1"));
    OK(tlsn_config_set_ticket_secret(d->config[1], a));
    if (further)
        OK(tlsn_config_add_ticket_secret(d->config[1], b));
}

static void tickets_of_old_secrets_are_taken(void **state)
{
    static const struct {
        uint8_t first, further;
        enum tlsn_resumed how;
    } t[] = {
        { 1, 0, TLSN_RESUMED_TICKET }, { 2, 1, TLSN_RESUMED_TICKET }, { 1, 2, TLSN_RESUMED_TICKET },
        { 2, 3, TLSN_RESUMED_NO }, { 2, 0, TLSN_RESUMED_NO },
    };
    struct duo *d = duo_new();
    static const uint8_t any[32];
    tlsn_session *s;

    (void)state;
    with_secrets(d, 1, 0);
    duo_shake(d);
    s = duo_session(d);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        with_secrets(d, t[i].first, t[i].further);
        duo_reconnect(d, s);
        assert_true(tlsn_handshake_done(d->conn[0])); /* an unknown one is no error */
        assert_int_equal(resumed(d, TLSN_SERVER), t[i].how);
    }
    tlsn_session_free(s);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    for (int i = 0; i < 4; i++)
        OK(tlsn_config_add_ticket_secret(d->config[1], any));
    assert_int_equal(tlsn_config_add_ticket_secret(d->config[1], any), TLSN_ERR_ARGUMENT);
    duo_free(d);
}

/* A server that was started anew has other secrets; sessions of its earlier run lead to a full
 * handshake, by ticket and by ID. */
static void sessions_of_an_earlier_run_lead_to_a_full_handshake(void **state)
{
    (void)state;
    for (int tickets = 0; tickets < 2; tickets++) {
        struct duo *d = duo_new();
        tlsn_session *s;

        OK(tlsn_config_set_feature(d->config[1], TLSN_FEATURE_TICKETS, tickets));
        duo_shake(d);
        s = duo_session(d);
        duo_reset_server(d, duo_credential("ec:secp256r1"));
        OK(tlsn_config_set_feature(d->config[1], TLSN_FEATURE_TICKETS, tickets));
        duo_reconnect(d, s);
        assert_true(tlsn_handshake_done(d->conn[0]) && tlsn_handshake_done(d->conn[1]));
        assert_int_equal(resumed(d, TLSN_SERVER), TLSN_RESUMED_NO);
        tlsn_session_free(s);
        duo_free(d);
    }
}

/* ---- a store of the application's ---- */

struct shelf {
    uint8_t id[32], session[8192];
    size_t id_len, len, pad;
    unsigned stored, looked, removed;
};

static tlsn_status put(void *ctx, struct tlsn_span id, struct tlsn_span session, int64_t expires_ms)
{
    struct shelf *x = ctx;

    assert_true(expires_ms > 0 && session.len <= sizeof x->session && id.len <= 32);
    memcpy(x->id, id.data, x->id_len = id.len);
    memcpy(x->session, session.data, x->len = session.len);
    x->stored++;
    return TLSN_OK;
}

static tlsn_status get(void *ctx, struct tlsn_span id, uint8_t *out, size_t cap, size_t *len)
{
    struct shelf *x = ctx;

    x->looked++;
    if (!x->len || id.len != x->id_len || memcmp(id.data, x->id, id.len) != 0)
        return TLSN_ERR_NOT_FOUND;
    *len = x->len + x->pad;
    if (cap < *len)
        return TLSN_ERR_BUFFER;
    memcpy(out, x->session, x->len);
    memset(out + x->len, 0, x->pad);
    return TLSN_OK;
}

static void drop(void *ctx, struct tlsn_span id)
{
    struct shelf *x = ctx;

    assert_memory_equal(id.data, x->id, x->id_len);
    x->len = 0;
    x->removed++;
}

static void sessions_are_kept_where_the_application_says(void **state)
{
    struct shelf x = { .len = 0 };
    const struct tlsn_session_store store = { put, get, drop, &x }, half = { put, get, NULL, &x };
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    assert_int_equal(tlsn_config_set_session_store(d->config[1], &half), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_set_session_store(d->config[1], &store));
    OK(tlsn_config_set_feature(d->config[1], TLSN_FEATURE_TICKETS, false));
    duo_shake(d);
    assert_int_equal(x.stored, 1);
    s = duo_session(d);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d, TLSN_SERVER), TLSN_RESUMED_ID);
    assert_int_equal(x.looked, 1);
    x.pad = 4000; /* foreign bytes, and more than a first look has room for */
    duo_reconnect(d, s);
    assert_int_equal(x.looked, 3);
    assert_int_equal(resumed(d, TLSN_SERVER), TLSN_RESUMED_NO);
    duo_inject(d, TLSN_CLIENT, "\x63\3\3\0\1x", 6); /* the connection fails: its session is not resumed */
    duo_run(d);
    assert_int_equal(x.removed, 1);
    tlsn_session_free(s);
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
        cmocka_unit_test(tickets_of_old_secrets_are_taken),
        cmocka_unit_test(sessions_of_an_earlier_run_lead_to_a_full_handshake),
        cmocka_unit_test(sessions_are_kept_where_the_application_says),
        cmocka_unit_test(limit_of_a_key_ends_the_connection_with_an_alert),
        cmocka_unit_test(renegotiation_brings_keys_that_are_fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
