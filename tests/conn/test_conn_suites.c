/* Every suite, group, kind of key and extension between two engines: both sides end with the same
 * facts and understand each other's data. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "req.h"

static struct tlsn_conn_info facts(const struct wire *w)
{
    struct tlsn_conn_info info;

    wire_agree(w);
    tlsn_conn_get_info(w->end[TLSN_CLIENT].conn, &info);
    return info;
}

static void talk(struct wire *w)
{
    static const size_t lens[] = { 0, 1, 16384, 16385, 100000 };

    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        wire_say(w, TLSN_CLIENT, lens[i]);
        wire_say(w, TLSN_SERVER, lens[i]);
    }
}

/* Both ends speak this version and no other. */
static void set_version(struct wire *w, uint16_t version)
{
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, version, version));
}

/* Versions before TLS 1.2 have no signatures by Ed25519. */
static const char *client_key(uint16_t version)
{
    return version == TLSN_TLS1_2 ? "ed25519" : "rsa:2048";
}

static bool without_certificate(const struct tlsn_suite_info *suite)
{
    return !*suite->auth || strcmp(suite->auth, "PSK") == 0 || strcmp(suite->auth, "SRP") == 0;
}

/* Both know by what the server was authenticated, and whose key it was. */
static void check_identity(const struct wire *w, const struct tlsn_suite_info *suite)
{
    bool named = strstr(suite->kx, "PSK") || strcmp(suite->kx, "SRP") == 0;

    for (int r = 0; r < 2; r++) {
        struct tlsn_conn_info info;

        tlsn_conn_get_info(w->end[r].conn, &info);
        assert_string_equal(info.authentication, *suite->auth ? suite->auth : "none");
        assert_int_equal(info.psk_identity.len, named ? 3 : 0);
        if (named)
            assert_memory_equal(info.psk_identity.data, "joe", 3);
        if (r == TLSN_CLIENT && !info.resumed)
            assert_int_equal(info.verified, !without_certificate(suite));
    }
}

static void check_suite(const struct tlsn_suite_info *suite, uint16_t version, bool tickets,
                        bool client_auth)
{
    struct wire *w = wire_with_suite(suite->name);
    tlsn_session *s;

    set_version(w, version);
    client_auth = client_auth && !without_certificate(suite);
    tickets = tickets && version != TLSN_SSL3; /* which has no extensions */
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_renegotiation(w->end[r].config, TLSN_RENEGOTIATION_SECURE));
    OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_TICKETS, tickets));
    if (client_auth) {
        OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
        OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config,
                                      wire_credential(client_key(version))));
    }
    wire_shake(w);
    assert_int_equal(facts(w).suite, suite->id);
    assert_int_equal(facts(w).version, version);
    assert_int_equal(facts(w).client_authenticated, client_auth);
    assert_int_equal(facts(w).group != 0, strstr(suite->kx, "DHE") != NULL);
    check_identity(w, suite);
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_NO);
    talk(w);
    wire_renegotiate(w, client_auth ? TLSN_SERVER : TLSN_CLIENT);
    assert_int_equal(facts(w).suite, suite->id);
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_NO);
    wire_say(w, TLSN_CLIENT, 100);
    wire_say(w, TLSN_SERVER, 100);
    s = wire_session(w);
    assert_int_equal(tlsn_session_has_ticket(s), tickets);
    OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, s));
    wire_renegotiate(w, client_auth ? TLSN_CLIENT : TLSN_SERVER);
    assert_int_equal(facts(w).resumed, tickets ? TLSN_RESUMED_TICKET : TLSN_RESUMED_ID);
    assert_int_equal(facts(w).client_authenticated, client_auth);
    wire_say(w, TLSN_SERVER, 100);
    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_int_equal(facts(w).suite, suite->id);
    assert_int_equal(facts(w).resumed, tickets ? TLSN_RESUMED_TICKET : TLSN_RESUMED_ID);
    assert_int_equal(facts(w).client_authenticated, client_auth);
    check_identity(w, suite);
    talk(w);
    tlsn_session_free(s);
    wire_free(w);
}

/* In every version that allows the suite and that is spoken here. */
static void check_versions(const struct tlsn_suite_info *suite, size_t i)
{
    struct tlsn_version_info v;

    for (size_t n = 0; tlsn_version_info(n, &v); n++) {
        if (!v.implemented || v.number < suite->min_version || v.number > suite->max_version)
            continue;
        check_suite(suite, v.number, (i + n) % 2, (i + n) % 4 >= 2);
        if (v.number == TLSN_TLS1_2)
            check_suite(suite, v.number, !((i + n) % 2), (i + n) % 4 < 2);
    }
}

static void suite_each_full_and_resumed_carries_data(void **state)
{
    struct tlsn_suite_info suite;
    size_t count = 0;

    (void)state;
    for (size_t i = 0; tlsn_suite_info(i, &suite); i++) {
        if (!suite.implemented)
            continue;
        count++;
        check_versions(&suite, i);
    }
    assert_in_range(count, 83, 400);
    REQ("5469:2/2");
    REQ("5469:3/2");
    REQ("5932:2/1");
    REQ("5932:2/2");
    REQ("6367:2.1/1");
    REQ("6367:2.2/2");
    REQ("6367:3/1");
    REQ("6209:2.1/3");
    REQ("6209:2.2/3");
    REQ("6209:3/1");
    REQ("5246:9/1");
    REQ("5246:7.4.9/10");
    REQ("5077:3.3/4");
    REQ("4507:3.3/4");
}

static void group_each_is_agreed_on(void **state)
{
    struct tlsn_group_info group;
    size_t i;

    (void)state;
    for (i = 0; tlsn_group_info(i, &group); i++) {
        bool ff = strncmp(group.name, "ffdhe", 5) == 0;
        struct wire *w = wire_with_suite(ff ? "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
                                            : "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

        OK(tlsn_config_set_groups(w->end[TLSN_CLIENT].config, group.name));
        OK(tlsn_config_set_groups(w->end[TLSN_SERVER].config, group.name));
        wire_shake(w);
        assert_int_equal(facts(w).group, group.id);
        wire_say(w, TLSN_CLIENT, 100);
        wire_free(w);
    }
    assert_int_equal(i, 16);
    REQ("7027:2/1");
    REQ("7919:4/5");
}

static const char *const keys[] = { "rsa:2048", "rsa-pss:2048", "ec:secp256r1", "ec:secp384r1",
                                    "ec:secp521r1", "ed25519", "ed448",
                                    "ec:secp224r1", "ec:secp256k1", "ec:brainpoolP256r1",
                                    "ec:brainpoolP384r1", "ec:brainpoolP512r1" };

enum { KEYS = sizeof keys / sizeof *keys };

static void key_of_each_kind_authenticates_both_sides(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++) {
        struct wire *w = wire_new(keys[i]);

        OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
        OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, wire_credential(keys[i])));
        if (strncmp(keys[i], "ec:", 3) == 0)
            OK(tlsn_config_set_groups(w->end[TLSN_CLIENT].config, keys[i] + 3));
        if (strncmp(keys[i], "ec:", 3) == 0)
            OK(tlsn_config_set_groups(w->end[TLSN_SERVER].config, keys[i] + 3));
        wire_shake(w);
        assert_true(facts(w).verified);
        assert_true(facts(w).client_authenticated);
        assert_int_not_equal(facts(w).signature_scheme, 0);
        wire_say(w, TLSN_SERVER, 100);
        wire_free(w);
    }
    REQ("8422:5.8/1");
    REQ("8422:5.8/2");
    REQ("7027:1/1");
    REQ("7027:2/2");
}

/* Until a suite's server signs with DSA, clients do. */
static void scheme_of_client(const struct tlsn_sigalg_info *scheme)
{
    const struct tlsn_verify_options options = { .min_dsa_bits = 1024 };
    struct wire *w = wire_new("ec:secp256r1");
    char list[80];

    (void)snprintf(list, sizeof list, "ecdsa_secp256r1_sha256,%s", scheme->name);
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_sigalgs(w->end[r].config, list));
    OK(tlsn_config_set_verify_options(w->end[TLSN_SERVER].config, &options));
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, wire_credential("dsa:1024")));
    wire_shake(w);
    assert_true(facts(w).client_authenticated);
    wire_free(w);
}

static void dsa_client_is_refused_by_default(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, wire_credential("dsa:1024")));
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_NO_PEER_CERTIFICATE);
    wire_free(w);
}

static void scheme_each_is_signed_and_verified(void **state)
{
    struct tlsn_sigalg_info scheme;

    (void)state;
    for (size_t i = 0; tlsn_sigalg_info(i, &scheme); i++) {
        if (strcmp(scheme.key, "DSA") == 0) {
            scheme_of_client(&scheme);
            continue;
        }
        const char *key = strcmp(scheme.key, "RSA") == 0       ? "rsa:2048"
                          : strcmp(scheme.key, "RSA-PSS") == 0 ? "rsa-pss:2048"
                          : strcmp(scheme.key, "EC") == 0      ? "ec:secp384r1"
                          : strcmp(scheme.key, "Ed25519") == 0 ? "ed25519"
                                                               : "ed448";
        struct wire *w = wire_new(key);

        OK(tlsn_config_set_sigalgs(w->end[TLSN_CLIENT].config, scheme.name));
        OK(tlsn_config_set_sigalgs(w->end[TLSN_SERVER].config, scheme.name));
        wire_shake(w);
        assert_int_equal(facts(w).signature_scheme, scheme.id);
        wire_free(w);
    }
}

static void ems_and_etm_hold_when_both_want_them(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 16; bits++) {
        struct wire *w = wire_with_suite("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");

        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_EMS, bits >> r & 1));
            OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_ETM, bits >> (2 + r) & 1));
        }
        wire_shake(w);
        assert_int_equal(facts(w).ems, (bits & 3) == 3);
        assert_int_equal(facts(w).etm, (bits & 12) == 12);
        wire_say(w, TLSN_CLIENT, 1000);
        wire_say(w, TLSN_SERVER, 1000);
        wire_free(w);
    }
    REQ("7627:5.2/3");
    REQ("7627:5.2/7");
    REQ("7366:2/5");
}

static void etm_with_aead_is_not_answered(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    wire_shake(w);
    assert_false(facts(w).etm);
    wire_free(w);
    REQ("7366:3/4");
}

static void alpn_servers_first_common_name_is_chosen(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    OK(tlsn_config_set_alpn(w->end[TLSN_CLIENT].config, "x,http/1.1,h2"));
    OK(tlsn_config_set_alpn(w->end[TLSN_SERVER].config, "y,h2,http/1.1"));
    wire_shake(w);
    assert_int_equal(facts(w).alpn.len, 2);
    assert_memory_equal(facts(w).alpn.data, "h2", 2);
    wire_free(w);
    REQ("7301:3.2/1");
    REQ("7301:3.1/8");
}

static void alpn_without_common_name_is_fatal(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    OK(tlsn_config_set_alpn(w->end[TLSN_CLIENT].config, "x"));
    OK(tlsn_config_set_alpn(w->end[TLSN_SERVER].config, "y"));
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_NO_SHARED_ALPN);
    assert_int_equal(tlsn_conn_error(w->end[TLSN_CLIENT].conn)->alert_received, 120);
    wire_free(w);
    REQ("7301:3.2/2");
}

static void server_name_reaches_the_server(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    OK(tlsn_config_set_server_names(w->end[TLSN_SERVER].config, "server.example"));
    wire_shake(w);
    assert_string_equal(facts(w).server_name, "server.example");
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suite_each_full_and_resumed_carries_data),
        cmocka_unit_test(group_each_is_agreed_on),
        cmocka_unit_test(key_of_each_kind_authenticates_both_sides),
        cmocka_unit_test(dsa_client_is_refused_by_default),
        cmocka_unit_test(scheme_each_is_signed_and_verified),
        cmocka_unit_test(ems_and_etm_hold_when_both_want_them),
        cmocka_unit_test(etm_with_aead_is_not_answered),
        cmocka_unit_test(alpn_servers_first_common_name_is_chosen),
        cmocka_unit_test(alpn_without_common_name_is_fatal),
        cmocka_unit_test(server_name_reaches_the_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
