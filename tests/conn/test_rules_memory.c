/* Each allocation of a handshake, and of setting it up, fails in turn: an error like any other, and
 * nothing is left behind. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "req.h"

static struct wire *with_client_auth(void)
{
    struct wire *w = wire_new("ec:secp256r1");

    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, wire_credential("ec:secp256r1")));
    OK(tlsn_config_set_alpn(w->end[TLSN_CLIENT].config, "h2"));
    OK(tlsn_config_set_alpn(w->end[TLSN_SERVER].config, "h2"));
    OK(tlsn_config_set_server_names(w->end[TLSN_SERVER].config, "server.example"));
    return w;
}

/* Memory was missing behind the last flight: the peer hears of it at once. */
static void check_hears(struct wire *w, enum tlsn_role role)
{
    uint8_t got[8];
    size_t len;

    assert_int_equal(wire_read(w, role, got, sizeof got, &len), TLSN_ERR_ALERT);
    assert_int_equal(tlsn_conn_error(w->end[role].conn)->alert_received, 80);
}

/* That the peer is through and must hear of it: unless memory is gone for good behind the client's
 * Finished of TLS 1.3, where the alert is the first message of a new buffer. */
static bool must_hear(const struct wire *w, int role, bool all)
{
    struct tlsn_conn_info info;

    if (!tlsn_handshake_done(w->end[role].conn))
        return false;
    tlsn_conn_get_info(w->end[role].conn, &info);
    return !all || info.version != TLSN_TLS1_3;
}

/* Handshakes of which one side's n-th allocation fails, for every n until it gets through. Returns
 * n. */
static size_t fail_each(struct wire *w, enum tlsn_role role, const tlsn_session *session, bool all)
{
    struct wire_env *env = &w->end[role].env;
    size_t n;

    for (n = 1;; n++) {
        tlsn_status st;
        bool failed;

        wire_open(w);
        /* A session that failed is forgotten; the next one must not get its ID again. */
        w->end[TLSN_SERVER].env.seed += n << 32;
        if (session)
            OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, session));
        env->fail_on = all;
        failed = wire_run_failing(w, role, n);
        st = w->end[role].status;
        if (!failed)
            break;
        /* Some of what is kept is not needed: a text, an entry of the cache. */
        assert_true(st == TLSN_ERR_NO_MEMORY || wire_done(w));
        if (st == TLSN_ERR_NO_MEMORY && must_hear(w, !role, all))
            check_hears(w, (enum tlsn_role)!role);
        assert_true(n < 1000);
    }
    assert_true(wire_done(w));
    return n;
}

static void no_memory_at_any_allocation_is_a_clean_error(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct wire *w = with_client_auth();
        tlsn_session *s = NULL;

        OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_TICKETS, i & 4));
        wire_shake(w);
        if (i & 2)
            s = wire_session(w);
        assert_in_range(fail_each(w, (enum tlsn_role)(i & 1), s, false), 3, 150);
        (void)fail_each(w, (enum tlsn_role)(i & 1), s, true);
        tlsn_session_free(s);
        wire_free(w); /* checks that nothing is left */
    }
    REQ("5246:7.2.2/26");
}

/* Full and resumed, with and without a HelloRetryRequest, of either side. */
static void no_memory_in_tls13_is_a_clean_error(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct wire *w = with_client_auth();
        tlsn_session *s = NULL;

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
        OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_RETRY_COOKIE, true));
        OK(tlsn_config_set_groups(w->end[TLSN_CLIENT].config, "x25519,secp256r1"));
        OK(tlsn_config_set_groups(w->end[TLSN_SERVER].config, i & 4 ? "secp256r1" : "x25519"));
        wire_shake(w);
        if (i & 2)
            s = wire_session(w);
        assert_in_range(fail_each(w, (enum tlsn_role)(i & 1), s, false), 3, 150);
        (void)fail_each(w, (enum tlsn_role)(i & 1), s, true);
        tlsn_session_free(s);
        wire_free(w);
    }
}

static void no_memory_in_a_key_exchange_of_each_kind_is_a_clean_error(void **state)
{
    static const char *const suites[] = { "TLS_RSA_WITH_AES_128_CBC_SHA",
                                          "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
                                          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                                          "TLS_PSK_WITH_AES_128_GCM_SHA256",
                                          "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256",
                                          "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256",
                                          "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256",
                                          "TLS_SRP_SHA_WITH_AES_128_CBC_SHA",
                                          "TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA" };

    (void)state;
    for (int i = 0; i < 2 * (int)(sizeof suites / sizeof *suites); i++) {
        struct wire *w = wire_with_suite(suites[i / 2]);

        (void)fail_each(w, (enum tlsn_role)(i & 1), NULL, false);
        wire_free(w);
    }
}

static tlsn_status set_up(tlsn_config **config, const struct wire_env *env,
                          const tlsn_session *session, tlsn_conn **conn)
{
    tlsn_config *c;
    tlsn_status st = tlsn_config_new(&c, &env->hooks);

    *config = c;
    if (st == TLSN_OK)
        st = tlsn_config_set_policy(c, "compat");
    if (st == TLSN_OK)
        st = tlsn_config_set_suites(c, "TLS_RSA_WITH_AES_128_CBC_SHA,ECDHE-RSA-AES128-GCM-SHA256");
    if (st == TLSN_OK)
        st = tlsn_config_set_groups(c, "P-256,X25519");
    if (st == TLSN_OK)
        st = tlsn_config_set_sigalgs(c, "RSA+SHA256");
    if (st == TLSN_OK)
        st = tlsn_config_set_alpn(c, "h2,http/1.1");
    if (st == TLSN_OK)
        st = tlsn_config_set_server_names(c, "a.example,b.example");
    if (st == TLSN_OK)
        st = tlsn_config_add_psk(c, "joe", 3, "key", 3);
    if (st == TLSN_OK)
        st = tlsn_config_add_psk(c, "jim", 3, "key", 3);
    if (st == TLSN_OK)
        st = tlsn_config_set_psk_hint(c, "hint", 4);
    if (st == TLSN_OK)
        st = tlsn_config_set_trust(c, wire_trust());
    if (st == TLSN_OK)
        st = tlsn_config_set_client_auth(c, TLSN_CLIENT_AUTH_REQUEST);
    for (int i = 0; st == TLSN_OK && i < 6; i++)
        st = tlsn_config_add_credential(c, wire_credential("rsa:2048"));
    if (st == TLSN_OK)
        st = tlsn_conn_new(conn, TLSN_CLIENT, c);
    if (st == TLSN_OK)
        st = tlsn_conn_set_server_name(*conn, "server.example");
    if (st == TLSN_OK)
        st = tlsn_conn_set_verify_name(*conn, "server.example");
    return st == TLSN_OK ? tlsn_conn_set_session(*conn, session) : st;
}

static void no_memory_in_setting_up_is_a_clean_error(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_session *s;
    size_t n;

    (void)state;
    wire_shake(w);
    s = wire_session(w);
    for (n = 1; n < 200; n++) {
        struct wire_env env;
        tlsn_config *config = NULL;
        tlsn_conn *conn = NULL;
        tlsn_status st;

        wire_env_init(&env, 1);
        env.fail_at = n;
        st = set_up(&config, &env, s, &conn);
        assert_int_equal(st, env.failed ? TLSN_ERR_NO_MEMORY : TLSN_OK);
        tlsn_conn_free(conn);
        tlsn_config_free(config);
        assert_int_equal(env.live, 0);
        if (!env.failed)
            break;
    }
    assert_in_range(n, 10, 100);
    tlsn_session_free(s);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_memory_at_any_allocation_is_a_clean_error),
        cmocka_unit_test(no_memory_in_tls13_is_a_clean_error),
        cmocka_unit_test(no_memory_in_setting_up_is_a_clean_error),
        cmocka_unit_test(no_memory_in_a_key_exchange_of_each_kind_is_a_clean_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
