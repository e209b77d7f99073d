/* Sessions that are offered after the configurations of both sides have changed in any way: the
 * handshake is resumed or full or refused, but both sides always say the same of it. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { ROUNDS = 600 };

static bool coin(uint64_t *seed)
{
    return wire_random(seed) >> 40 & 1;
}

static tlsn_config *random_config(struct wire *w, enum tlsn_role role, uint64_t *seed,
                                  tlsn_session_cache *cache)
{
    static const uint8_t secret[32] = { 1 };
    static const char *const suites[] = {
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_RSA_WITH_AES_128_CBC_SHA,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,TLS_RSA_WITH_AES_128_CBC_SHA",
    };
    static const enum tlsn_feature features[] = { TLSN_FEATURE_EMS, TLSN_FEATURE_ETM,
                                                  TLSN_FEATURE_TICKETS, TLSN_FEATURE_SESSION_IDS };
    tlsn_config *c;

    OK(tlsn_config_new(&c, &w->end[role].env.hooks));
    OK(tlsn_config_set_versions(c, TLSN_TLS1_2, TLSN_TLS1_2));
    OK(tlsn_config_set_trust(c, wire_trust()));
    OK(tlsn_config_set_suites(c, suites[wire_random(seed) % 3]));
    OK(tlsn_config_set_client_preference(c, coin(seed)));
    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        OK(tlsn_config_set_feature(c, features[i], wire_random(seed) % 4 != 0));
    if (coin(seed))
        OK(tlsn_config_set_alpn(c, coin(seed) ? "h2,http/1.1" : "http/1.1"));
    if (coin(seed))
        OK(tlsn_config_set_verify_mode(c, TLSN_VERIFY_INSECURE_NONE));
    if (role == TLSN_SERVER || coin(seed))
        OK(tlsn_config_add_credential(c, wire_credential("ec:secp256r1")));
    if (role == TLSN_CLIENT)
        return c;
    OK(tlsn_config_add_credential(c, wire_credential("rsa:2048")));
    OK(tlsn_config_set_client_auth(c, (enum tlsn_client_auth)(wire_random(seed) % 3)));
    OK(tlsn_config_set_ticket_secret(c, secret));
    OK(tlsn_config_set_session_cache(c, cache));
    return c;
}

static void change(struct wire *w, uint64_t *seed, tlsn_session_cache *cache)
{
    for (int r = 0; r < 2; r++) {
        tlsn_conn_free(w->end[r].conn);
        w->end[r].conn = NULL;
        wire_set_config(w, (enum tlsn_role)r, random_config(w, (enum tlsn_role)r, seed, cache));
    }
}

/* Refusals that these configurations lead to, all of the server's: what it answers is always sound. */
static bool is_refusal(tlsn_status st)
{
    return st == TLSN_ERR_EXTENDED_MASTER || st == TLSN_ERR_NO_PEER_CERTIFICATE ||
           st == TLSN_ERR_NO_SHARED_ALPN || st == TLSN_ERR_NO_SHARED_SUITE;
}

static void check_end(struct wire *w, unsigned counts[4])
{
    struct tlsn_conn_info info[2];
    tlsn_status c = w->end[0].status, s = w->end[1].status;

    if (!wire_done(w)) {
        if (!is_refusal(s) || c != TLSN_ERR_ALERT)
            fail_msg("client %s, server %s", tlsn_status_name(c), tlsn_status_name(s));
        counts[3]++;
        return;
    }
    for (int r = 0; r < 2; r++)
        tlsn_conn_get_info(w->end[r].conn, &info[r]);
    assert_int_equal(info[0].resumed, info[1].resumed);
    assert_int_equal(info[0].suite, info[1].suite);
    assert_int_equal(info[0].ems, info[1].ems);
    assert_int_equal(info[0].etm, info[1].etm);
    assert_int_equal(info[0].client_authenticated, info[1].client_authenticated);
    assert_int_equal(info[0].alpn.len, info[1].alpn.len);
    wire_say(w, TLSN_CLIENT, 20);
    wire_say(w, TLSN_SERVER, 20);
    counts[info[0].resumed]++;
}

static void session_under_changed_configurations_leaves_no_disagreement(void **state)
{
    struct wire *w = wire_new(NULL);
    tlsn_session_cache *cache;
    tlsn_session *s = NULL;
    unsigned counts[4] = { 0 };
    uint64_t seed = 1;

    (void)state;
    OK(tlsn_session_cache_new(&cache, 100, NULL));
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 3 == 0)
            change(w, &seed, cache);
        wire_open(w);
        for (int r = 0; r < 2; r++)
            w->end[r].env.seed = wire_random(&seed); /* session IDs are not to come again */
        if (s)
            OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, s));
        wire_run(w);
        check_end(w, counts);
        if (!wire_done(w))
            continue;
        tlsn_session_free(s);
        if (tlsn_conn_get_session(w->end[TLSN_CLIENT].conn, &s) != TLSN_OK)
            s = NULL;
    }
    for (int i = 0; i < 4; i++)
        assert_true(counts[i] > 10); /* each of them is met */
    tlsn_session_free(s);
    wire_free(w);
    tlsn_session_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_under_changed_configurations_leaves_no_disagreement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
