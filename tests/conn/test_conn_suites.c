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

/* Who speaks TLS 1.3 besides, which the other side has never heard of. */
enum beside { NOBODY, THE_CLIENT, THE_SERVER, BESIDES };

static void set_beside(struct wire *w, const char *suite, uint16_t version, enum beside who)
{
    tlsn_config *c = w->end[who == THE_CLIENT ? TLSN_CLIENT : TLSN_SERVER].config;
    char suites[128];

    if (who == NOBODY)
        return;
    (void)snprintf(suites, sizeof suites, "TLS_AES_128_GCM_SHA256,%s", suite);
    OK(tlsn_config_set_suites(c, suites));
    OK(tlsn_config_set_versions(c, version, TLSN_TLS1_3));
}

/* The client's list begins with TLS 1.3, the server's random value ends with the mark of RFC 8446 4.1.3. */
static void check_beside(const struct wire *w, enum beside who)
{
    struct tlsn_span hello = wire_message(w, TLSN_CLIENT, 1);
    struct tlsn_span answer = wire_message(w, TLSN_SERVER, 2);
    bool offered = false;

    for (size_t i = 0; i + 7 <= hello.len && !offered; i++)
        offered = hello.data[i] == 0 && hello.data[i + 1] == 43 && hello.data[i + 5] == 3 &&
                  hello.data[i + 6] == 4;
    assert_int_equal(offered, who == THE_CLIENT);
    assert_int_equal(memcmp(answer.data + 4 + 2 + 24, "DOWNGRD", 7) == 0, who == THE_SERVER);
}

/* Versions before TLS 1.2 have no signatures by Ed25519. */
static const char *client_key(uint16_t version)
{
    return version >= TLSN_TLS1_2 ? "ed25519" : "rsa:2048";
}

static bool without_certificate(const struct tlsn_suite_info *suite)
{
    return !*suite->auth || strcmp(suite->auth, "PSK") == 0 || strcmp(suite->auth, "SRP") == 0;
}

/* Suites of TLS 1.3 leave that to the server's key, which is one for ECDSA here. */
static const char *authentication(const struct tlsn_suite_info *suite)
{
    if (strcmp(suite->auth, "TLS13") == 0)
        return "ECDSA";
    return *suite->auth ? suite->auth : "none";
}

/* Both know by what the server was authenticated, and whose key it was. */
static void check_identity(const struct wire *w, const struct tlsn_suite_info *suite)
{
    bool named = strstr(suite->kx, "PSK") || strcmp(suite->kx, "SRP") == 0;

    for (int r = 0; r < 2; r++) {
        struct tlsn_conn_info info;

        tlsn_conn_get_info(w->end[r].conn, &info);
        assert_string_equal(info.authentication, authentication(suite));
        assert_int_equal(info.psk_identity.len, named ? 3 : 0);
        if (named)
            assert_memory_equal(info.psk_identity.data, "joe", 3);
        if (r == TLSN_CLIENT && !info.resumed)
            assert_int_equal(info.verified, !without_certificate(suite));
    }
}

/* Anew, and going on with the session of that. */
static void check_renegotiation(struct wire *w, const struct tlsn_suite_info *suite, bool tickets,
                                bool client_auth)
{
    tlsn_session *s;

    wire_renegotiate(w, client_auth ? TLSN_SERVER : TLSN_CLIENT);
    assert_int_equal(facts(w).suite, suite->id);
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_NO);
    wire_say(w, TLSN_CLIENT, 100);
    wire_say(w, TLSN_SERVER, 100);
    s = wire_session(w);
    OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, s));
    wire_renegotiate(w, client_auth ? TLSN_CLIENT : TLSN_SERVER);
    assert_int_equal(facts(w).resumed, tickets ? TLSN_RESUMED_TICKET : TLSN_RESUMED_ID);
    assert_int_equal(facts(w).client_authenticated, client_auth);
    wire_say(w, TLSN_SERVER, 100);
    tlsn_session_free(s);
}

static void check_suite(const struct tlsn_suite_info *suite, uint16_t version, bool tickets,
                        bool client_auth, enum beside who)
{
    struct wire *w = wire_with_suite(suite->name);
    tlsn_session *s;

    set_version(w, version);
    set_beside(w, suite->name, version, who);
    client_auth = client_auth && !without_certificate(suite);
    tickets = (tickets && version != TLSN_SSL3) /* which has no extensions */ ||
              version > TLSN_TLS1_2;            /* which has nothing else */
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
    if (who != NOBODY)
        check_beside(w, who);
    assert_int_equal(facts(w).client_authenticated, client_auth);
    /* the small groups of export suites have no number */
    assert_int_equal(facts(w).group != 0,
                     version > TLSN_TLS1_2 ||
                         (strstr(suite->kx, "DHE") && !strstr(suite->name, "EXPORT")));
    check_identity(w, suite);
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_NO);
    talk(w);
    if (version <= TLSN_TLS1_2)
        check_renegotiation(w, suite, tickets, client_auth);
    s = wire_session(w);
    assert_int_equal(tlsn_session_has_ticket(s), tickets);
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

/* In every version that allows the suite and that is spoken here, with session IDs and with tickets. */
static void check_versions(const struct tlsn_suite_info *suite, size_t i)
{
    struct tlsn_version_info v;

    for (size_t n = 0; tlsn_version_info(n, &v); n++) {
        size_t turn = i + n;

        if (!v.implemented || v.number < suite->min_version || v.number > suite->max_version)
            continue;
        if (v.number > TLSN_TLS1_2) {
            check_suite(suite, v.number, true, turn % 2, NOBODY);
            continue;
        }
        check_suite(suite, v.number, false, turn % 4 >= 2, (enum beside)(turn % BESIDES));
        if (v.number > TLSN_SSL3)
            check_suite(suite, v.number, true, turn % 4 < 2, (enum beside)((turn + 1) % BESIDES));
    }
}

/* The suites of a document, where it takes more than the list of ciphers to say which they are. */
static const struct family {
    const char *req;
    uint16_t suites[24];
} families[] = {
    { "2246:9/1", { 0x0013 } },
    { "4346:9/1", { 0x000a } },
    { "export56:3/1", { 0x0062, 0x0064 } },
    { "export56:3/2", { 0x0063, 0x0065, 0x0066 } },
    { "4492:6/1", { 0xc001, 0xc002, 0xc003, 0xc004, 0xc005, 0xc00b, 0xc00c, 0xc00d, 0xc00e, 0xc00f } },
    { "4492:6/2", { 0xc003, 0xc004, 0xc012, 0xc013 } },
    { "4492:6/3", { 0xc013 } },
    { "8422:6/1", { 0xc006, 0xc008, 0xc010, 0xc012, 0xc015, 0xc017, 0xc018, 0xc019 } },
    { "5246:7.4.3/3", { 0x0013, 0x0032, 0x0040, 0x0018, 0x001b, 0x0034 } },
    { "3268:2/3", { 0x002f, 0x0033, 0x0035, 0x0039 } },
    { "3268:2/4", { 0x0032, 0x0038 } },
    { "3268:2/5", { 0x0034, 0x003a } },
    { "3268:2/6", { 0x0030, 0x0031, 0x0036, 0x0037 } },
    { "4132:2/1", { 0x0041, 0x0045, 0x0084, 0x0088 } },
    { "4132:2/2", { 0x0044, 0x0087 } },
    { "4132:2/3", { 0x0042, 0x0043, 0x0085, 0x0086 } },
    { "4132:2/4", { 0x0046, 0x0089 } },
    { "4162:2/1", { 0x0096, 0x009a } },
    { "4162:2/2", { 0x0099 } },
    { "4162:2/3", { 0x0097, 0x0098 } },
    { "4162:2/4", { 0x009b } },
    { "5288:3/8", { 0x00a2, 0x00a3, 0x00a6, 0x00a7 } },
    { "5288:3/13", { 0x00a0, 0x00a1, 0x00a4, 0x00a5 } },
    { "5289:3.1/4", { 0xc025, 0xc026, 0xc029, 0xc02a } },
    { "5289:3.2/4", { 0xc02d, 0xc02e, 0xc031, 0xc032 } },
    { "5469:2/3", { 0x0012 } },
    { "5469:2/4", { 0x000c, 0x000f } },
    { "5469:2/5", { 0x001a } },
    { "5932:2/3", { 0x0044, 0x0046, 0x0087, 0x0089, 0x00bd, 0x00bf, 0x00c3, 0x00c5 } },
    { "5932:2/4", { 0x0042, 0x0043, 0x0085, 0x0086, 0x00bb, 0x00bc, 0x00c1, 0x00c2 } },
    { "6209:2.1/4", { 0xc042, 0xc043, 0xc046, 0xc047 } },
    { "6209:2.1/5", { 0xc03e, 0xc03f, 0xc040, 0xc041, 0xc04a, 0xc04b, 0xc04e, 0xc04f } },
    { "6209:2.2/4", { 0xc056, 0xc057, 0xc05a, 0xc05b } },
    { "6209:2.2/5", { 0xc054, 0xc055, 0xc058, 0xc059, 0xc05e, 0xc05f, 0xc062, 0xc063 } },
    { "6209:2.3/1", { 0xc064, 0xc065, 0xc066, 0xc067, 0xc068, 0xc069, 0xc06a, 0xc06b, 0xc06c,
                      0xc06d, 0xc06e, 0xc06f, 0xc070, 0xc071 } },
    { "6367:2.1/3", { 0xc074, 0xc075, 0xc078, 0xc079 } },
    { "6367:2.2/4", { 0xc080, 0xc081, 0xc084, 0xc085 } },
    { "6367:2.2/5", { 0xc07e, 0xc07f, 0xc082, 0xc083, 0xc088, 0xc089, 0xc08c, 0xc08d } },
    { "6367:2.3/1", { 0xc08e, 0xc08f, 0xc090, 0xc091, 0xc092, 0xc093, 0xc094, 0xc095, 0xc096,
                      0xc097, 0xc098, 0xc099, 0xc09a, 0xc09b } },
    { "6655:4/1", { 0xc0a4, 0xc0a5, 0xc0a6, 0xc0a7, 0xc0a8, 0xc0a9, 0xc0aa, 0xc0ab } },
    { "7905:2/7", { 0xccab, 0xccac, 0xccad, 0xccae } },
};

static bool carried_data[0x10000];

/* Behind the handshakes of all suites: what they have shown. */
static void claim_families(void)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        const uint16_t *id = families[i].suites;

        while (*id && carried_data[*id])
            id++;
        if (!*id)
            req_print(families[i].req);
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
        carried_data[suite.id] = true;
    }
    assert_in_range(count, 83, 400);
    claim_families();
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

/* In TLS 1.2, which the suites here are of. */
static void group_each_is_agreed_on(void **state)
{
    struct tlsn_group_info group;
    size_t agreed = 0;

    (void)state;
    for (size_t i = 0; tlsn_group_info(i, &group); i++) {
        if (group.min_version > TLSN_TLS1_2)
            continue;
        bool ff = strncmp(group.name, "ffdhe", 5) == 0;
        struct wire *w = wire_with_suite(ff ? "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
                                            : "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

        OK(tlsn_config_set_groups(w->end[TLSN_CLIENT].config, group.name));
        OK(tlsn_config_set_groups(w->end[TLSN_SERVER].config, group.name));
        wire_shake(w);
        assert_int_equal(facts(w).group, group.id);
        agreed++;
        wire_say(w, TLSN_CLIENT, 100);
        wire_free(w);
    }
    assert_int_equal(agreed, 16);
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
        if (scheme.min_version > TLSN_TLS1_2)
            continue;
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
    REQ("5246:7.4.6/9");
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
