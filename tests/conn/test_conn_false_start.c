/* Data of a client before the server's Finished (RFC 7918): only where everything that was agreed on is good
 * enough whoever chose it, and only when the application asked for it. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"
#include "req.h"

#define GOOD "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"

static void set_feature(struct wire *w, enum tlsn_feature feature, bool on)
{
    OK(tlsn_config_set_feature(w->end[TLSN_CLIENT].config, feature, on));
}

static struct wire *wire_early(const char *suite)
{
    struct wire *w = wire_new("rsa:2048");

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_policy(w->end[r].config, "research"));
        OK(tlsn_config_set_suites(w->end[r].config, suite));
    }
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUEST));
    set_feature(w, TLSN_FEATURE_FALSE_START, true);
    return w;
}

/* ClientHello, the server's flight, the client's; never ready before that. */
static bool to_the_clients_finished(struct wire *w)
{
    tlsn_conn *c;

    wire_open(w);
    c = w->end[TLSN_CLIENT].conn;
    assert_false(tlsn_may_start_early(c));
    (void)wire_turn(w, TLSN_CLIENT);
    assert_false(tlsn_may_start_early(c));
    (void)wire_turn(w, TLSN_SERVER);
    (void)wire_turn(w, TLSN_CLIENT);
    assert_false(tlsn_handshake_done(w->end[TLSN_CLIENT].conn) && tlsn_may_start_early(c));
    assert_false(tlsn_may_start_early(w->end[TLSN_SERVER].conn));
    return tlsn_may_start_early(c);
}

static void early_data_arrives_and_the_handshake_goes_on(void **state)
{
    static const char *const suites[] = { GOOD, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
                                          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct wire *w = wire_early(suites[i]);
        char got[64];
        size_t len;

        OK(tlsn_config_set_groups(w->end[TLSN_CLIENT].config, "x25519,ffdhe3072"));
        assert_true(to_the_clients_finished(w));
        wire_write(w, TLSN_CLIENT, "GET / HTTP/1.0\r\n", 16);
        assert_false(tlsn_handshake_done(w->end[TLSN_CLIENT].conn));
        assert_false(tlsn_handshake_done(w->end[TLSN_SERVER].conn));
        wire_run(w);
        assert_true(wire_done(w));
        assert_false(tlsn_may_start_early(w->end[TLSN_CLIENT].conn));
        (void)wire_read(w, TLSN_SERVER, got, sizeof got, &len);
        assert_int_equal(len, 16);
        assert_memory_equal(got, "GET / HTTP/1.0\r\n", 16);
        wire_agree(w);
        wire_say(w, TLSN_SERVER, 1000);
        wire_say(w, TLSN_CLIENT, 1000);
        wire_free(w);
    }
    REQ("7918:4/1");
    REQ("7918:4/6");
    REQ("7918:3/1");
    REQ("7918:4/8");
    REQ("7919:8.9/1");
}

static void check_not_early(struct wire *w)
{
    uint8_t out[512];
    size_t n, written;

    assert_false(to_the_clients_finished(w));
    if (!tlsn_handshake_done(w->end[TLSN_CLIENT].conn))
        assert_int_equal(tlsn_encrypt(w->end[TLSN_CLIENT].conn, "early", 5, &n, out, sizeof out, &written),
                         TLSN_ERR_MISUSE);
    wire_run(w);
    assert_true(wire_done(w));
    wire_say(w, TLSN_CLIENT, 100);
}

static void early_data_needs_the_feature(void **state)
{
    struct wire *w = wire_early(GOOD);

    (void)state;
    set_feature(w, TLSN_FEATURE_FALSE_START, false);
    check_not_early(w);
    wire_free(w);
    REQ("7918:4/2");
}

static void early_data_needs_a_strong_cipher_and_a_fresh_exchange(void **state)
{
    static const struct {
        const char *suite;
        uint16_t version;
        const char *group;
    } rows[] = {
        { "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", TLSN_TLS1_2, NULL },
        { "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", TLSN_TLS1_2, NULL },
        { "TLS_ECDHE_RSA_WITH_NULL_SHA", TLSN_TLS1_2, NULL },
        { "TLS_ECDHE_RSA_WITH_RC4_128_SHA", TLSN_TLS1_2, NULL },
        { "TLS_RSA_WITH_AES_128_GCM_SHA256", TLSN_TLS1_2, NULL },
        { "TLS_DH_anon_WITH_AES_128_GCM_SHA256", TLSN_TLS1_2, NULL },
        { "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", TLSN_TLS1_1, NULL },
        { "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", TLSN_TLS1_0, NULL },
        { GOOD, TLSN_TLS1_2, "secp192r1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire *w = wire_early(rows[i].suite);

        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_set_versions(w->end[r].config, rows[i].version, rows[i].version));
            if (rows[i].group)
                OK(tlsn_config_set_groups(w->end[r].config, rows[i].group));
        }
        check_not_early(w);
        wire_free(w);
    }
    REQ("7918:4/3");
    REQ("7918:4/4");
    REQ("7918:4/5");
    REQ("7918:5.1/1");
    REQ("7918:5.2/1");
    REQ("7918:5.3/1");
    REQ("7918:5.1/2");
}

/* A group of the server's own that is too small, where the client takes it at all. */
static void early_data_needs_a_strong_group(void **state)
{
    static const struct tlsn_limits limits = { .dh_bits_min = 1024 };
    /* RFC 2409 6.2 */
    static const char group[] =
        "-----BEGIN DH PARAMETERS-----\n"
        "MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR\n"
        "Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL\n"
        "/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC\n"
        "-----END DH PARAMETERS-----\n";
    struct wire *w = wire_early("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");

    (void)state;
    OK(tlsn_config_set_limits(w->end[TLSN_CLIENT].config, &limits));
    OK(tlsn_config_set_groups(w->end[TLSN_CLIENT].config, "secp256r1"));
    OK(tlsn_config_set_dh_group(w->end[TLSN_SERVER].config, group, sizeof group - 1));
    check_not_early(w);
    wire_free(w);
    w = wire_early("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");
    OK(tlsn_config_set_groups(w->end[TLSN_CLIENT].config, "secp256r1,ffdhe2048"));
    check_not_early(w);
    wire_free(w);
    w = wire_early("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_groups(w->end[r].config, "secp224r1"));
    check_not_early(w);
    wire_free(w);
    REQ("7919:8.9/2");
    REQ("7918:5.3/1");
    REQ("7918:5.3/3");
}

/* In a resumption the client is the last to finish: nothing is early. */
static void early_data_is_for_full_handshakes(void **state)
{
    struct wire *w = wire_early(GOOD);
    tlsn_session *s;

    (void)state;
    wire_shake(w);
    s = wire_session(w);
    wire_open(w);
    OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, s));
    while (!tlsn_handshake_done(w->end[TLSN_CLIENT].conn)) {
        assert_false(tlsn_may_start_early(w->end[TLSN_CLIENT].conn));
        assert_true(wire_turn(w, TLSN_CLIENT));
        (void)wire_turn(w, TLSN_SERVER);
    }
    assert_false(tlsn_may_start_early(w->end[TLSN_CLIENT].conn));
    wire_run(w);
    assert_true(wire_done(w));
    tlsn_session_free(s);
    wire_free(w);
    REQ("7918:4/1");
}

/* A client's certificate signs; others are not sent here. */
static void early_data_goes_with_a_certificate_that_signs(void **state)
{
    struct wire *w = wire_early(GOOD);

    (void)state;
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, wire_credential("ec:secp256r1")));
    assert_true(to_the_clients_finished(w));
    wire_run(w);
    assert_true(wire_done(w));
    wire_free(w);
    REQ("7918:5.3/2");
}

/* Nothing comes out, and nothing is complete, before the server's Finished is right. */
static void early_data_does_not_make_the_server_known(void **state)
{
    struct wire *w = wire_early(GOOD);
    char got[64];
    size_t len;

    (void)state;
    assert_true(to_the_clients_finished(w));
    wire_write(w, TLSN_CLIENT, "secret", 6);
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &len), TLSN_ERR_MISUSE);
    (void)wire_turn(w, TLSN_SERVER);
    w->end[TLSN_CLIENT].in[w->end[TLSN_CLIENT].in_len - 1] ^= 1; /* its Finished */
    wire_run(w);
    assert_true(w->end[TLSN_CLIENT].status < 0);
    assert_false(tlsn_handshake_done(w->end[TLSN_CLIENT].conn));
    assert_false(tlsn_may_start_early(w->end[TLSN_CLIENT].conn));
    wire_free(w);
    REQ("7918:4/7");
    REQ("7918:4/8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_data_arrives_and_the_handshake_goes_on),
        cmocka_unit_test(early_data_needs_the_feature),
        cmocka_unit_test(early_data_needs_a_strong_cipher_and_a_fresh_exchange),
        cmocka_unit_test(early_data_needs_a_strong_group),
        cmocka_unit_test(early_data_is_for_full_handshakes),
        cmocka_unit_test(early_data_goes_with_a_certificate_that_signs),
        cmocka_unit_test(early_data_does_not_make_the_server_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
