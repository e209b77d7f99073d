/* test_conn_names.c - server names between two ends: certificates by name, warnings, what is
 * acknowledged, and names that have to be there (RFC 6066 3, ALPACA). */
#include "support_duo.h"
#include "support_wire.h"
#include "../unit/req.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static tlsn_credential *self_signed(const char *kind, const char *subject, const char *name)
{
    const struct tlsn_cert_spec spec = { .subject = subject, .names = &name, .name_count = 1,
                                         .not_before = 1000000000, .not_after = 2000000000 };
    tlsn_credential *c;
    tlsn_key *key;
    uint8_t der[2048];
    char pem[4096];
    size_t len, pem_len;

    OK(tlsn_key_generate(&key, kind, NULL));
    OK(tlsn_cert_issue(&spec, key, (struct tlsn_span){ 0 }, key, NULL, der, sizeof der, &len));
    OK(tlsn_key_write(key, pem, sizeof pem, &pem_len));
    OK(tlsn_credential_new(&c, der, len, pem, pem_len, NULL));
    tlsn_key_free(key);
    return c;
}

static void add(struct duo *d, const char *kind, const char *subject, const char *name)
{
    tlsn_credential *c = self_signed(kind, subject, name);

    OK(tlsn_config_add_credential(d->config[TLSN_SERVER], c));
    tlsn_credential_free(c);
}

/* A server for several names with one configuration; the client takes every certificate. */
static struct duo *hosts(void)
{
    struct duo *d = duo_new();

    duo_reset_server(d, NULL);
    add(d, "ec:secp256r1", "CN=default", "default.test");
    add(d, "ec:secp256r1", "CN=wild", "*.example");
    add(d, "ec:secp256r1", "CN=a", "a.example");
    add(d, "ec:secp384r1", "CN=b", "b.test");
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
    return d;
}

static void run_as(struct duo *d, const char *name)
{
    duo_connect(d);
    OK(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], name));
    duo_run(d);
}

static struct tlsn_conn_info info_of(const struct duo *d, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[role], &info);
    return info;
}

static void assert_served(struct duo *d, const char *name, const char *subject, bool acknowledged)
{
    struct tlsn_cert_info cert;

    run_as(d, name);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    OK(tlsn_cert_describe(tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], 0), &cert));
    assert_string_equal(cert.subject, subject);
    assert_int_equal(info_of(d, TLSN_CLIENT).server_name_acknowledged, acknowledged);
    assert_int_equal(duo_extension(d, TLSN_SERVER, 0).data != NULL, acknowledged);
}

static void certificate_is_chosen_by_name(void **state)
{
    struct duo *d = hosts();

    (void)state;
    assert_served(d, "a.example", "CN=a", true);
    assert_served(d, "A.EXAMPLE", "CN=a", true);
    assert_served(d, "c.example", "CN=wild", true); /* a wildcard comes second */
    assert_served(d, "x.c.example", "CN=default", false);
    assert_served(d, "b.test", "CN=b", true);
    assert_served(d, "nobody.test", "CN=default", false);
    assert_served(d, "192.0.2.1", "CN=default", false); /* not sent at all */
    duo_free(d);
    REQ("6066:3/15");
    REQ("3546:3.1/7");
    REQ("4366:3.1/7");
    REQ("6066:3/16");
}

/* The name counts for more than the server's order of suites. */
static void certificate_by_name_wins_over_order_of_suites(void **state)
{
    struct duo *d = hosts();

    (void)state;
    add(d, "rsa:2048", "CN=r", "r.test");
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_suites(d->config[i], "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,"
                                                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
    assert_served(d, "r.test", "CN=r", true);
    assert_int_equal(duo_suite(d), 0xc02f);
    assert_served(d, "other.test", "CN=default", false);
    assert_int_equal(duo_suite(d), 0xc02b);
    duo_free(d);
}

/* A certificate that the client cannot use does not count, whatever its name is. */
static void certificate_by_name_has_to_fit_the_client(void **state)
{
    struct duo *d = hosts();

    (void)state;
    OK(tlsn_config_set_groups(d->config[TLSN_CLIENT], "secp256r1"));
    assert_served(d, "b.test", "CN=default", false); /* b has a key on P-384 */
    duo_free(d);
}

static void unknown_name_is_a_warning_when_configured(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    OK(tlsn_config_set_server_names(d->config[TLSN_SERVER], "other.example,*.wild.example"));
    duo_shake(d);
    assert_int_equal(duo_alert(d, TLSN_SERVER), -1); /* not by default */
    assert_false(info_of(d, TLSN_CLIENT).server_name_acknowledged);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    OK(tlsn_config_set_server_names(d->config[TLSN_SERVER], "other.example"));
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_SNI_WARNING, true));
    duo_shake(d);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 1 << 8 | 112);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    OK(tlsn_config_set_server_names(d->config[TLSN_SERVER], "*.example"));
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_SNI_WARNING, true));
    duo_shake(d); /* server.example */
    assert_int_equal(duo_alert(d, TLSN_SERVER), -1);
    assert_true(info_of(d, TLSN_CLIENT).server_name_acknowledged);
    duo_free(d);
    REQ("6066:3/7");
    REQ("6066:3/8");
}

static void require(struct duo *d, enum tlsn_role role)
{
    OK(tlsn_config_set_feature(d->config[role], TLSN_FEATURE_REQUIRE_NAMES, true));
}

static void alpaca_server_that_requires_names_refuses_silence(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    require(d, TLSN_SERVER);
    duo_shake(d); /* with a name, and no protocols wanted */
    duo_connect(d);
    OK(tlsn_conn_set_send_server_name(d->conn[TLSN_CLIENT], false));
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_UNRECOGNIZED_NAME);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_SERVER])->alert_sent, 112);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    OK(tlsn_config_set_alpn(d->config[TLSN_SERVER], "imap"));
    duo_shake(d); /* not by default */
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    OK(tlsn_config_set_alpn(d->config[TLSN_SERVER], "imap"));
    require(d, TLSN_SERVER);
    d->bend = NULL;
    duo_refused(d, TLSN_SERVER, TLSN_ERR_NO_SHARED_ALPN, 120);
    duo_free(d);
}

/* An attacker leads a browser to a mail server with the same certificate. */
static void alpaca_other_protocol_or_name_is_fatal(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    OK(tlsn_config_set_alpn(d->config[TLSN_SERVER], "imap"));
    OK(tlsn_config_set_alpn(d->config[TLSN_CLIENT], "http/1.1"));
    duo_refused(d, TLSN_SERVER, TLSN_ERR_NO_SHARED_ALPN, 120);
    duo_reset_client(d);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    OK(tlsn_config_set_server_names(d->config[TLSN_SERVER], "mail.example"));
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_SNI_FATAL, true));
    duo_refused(d, TLSN_SERVER, TLSN_ERR_UNRECOGNIZED_NAME, 112);
    duo_free(d);
}

static void alpaca_client_that_requires_names_refuses_silence(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *session;

    (void)state;
    require(d, TLSN_CLIENT);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_UNRECOGNIZED_NAME, 112);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    OK(tlsn_config_set_server_names(d->config[TLSN_SERVER], "server.example"));
    duo_shake(d);
    session = duo_session(d);
    duo_reconnect(d, session); /* a resumption acknowledges nothing, and need not */
    assert_int_equal(info_of(d, TLSN_CLIENT).resumed, TLSN_RESUMED_TICKET);
    tlsn_session_free(session);
    duo_reset_client(d);
    OK(tlsn_config_set_alpn(d->config[TLSN_CLIENT], "h2"));
    require(d, TLSN_CLIENT);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_NO_SHARED_ALPN, 120);
    duo_free(d);
}

/* Regression: the order of the client's groups counts where its order of suites does. */
static void group_order_of_client_counts_when_it_should(void **state)
{
    static const char *const orders[] = { "secp256r1,x25519,secp384r1", "secp384r1,secp256r1",
                                          "x25519,secp256r1" };
    static const uint16_t first[] = { 23, 24, 29 };

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct duo *d = duo_new();

        OK(tlsn_config_set_groups(d->config[TLSN_CLIENT], orders[i]));
        OK(tlsn_config_set_groups(d->config[TLSN_SERVER], "x25519,secp256r1,secp384r1"));
        OK(tlsn_config_set_client_preference(d->config[TLSN_SERVER], true));
        duo_shake(d);
        assert_int_equal(info_of(d, TLSN_SERVER).group, first[i]);
        duo_reset_server(d, duo_credential("ec:secp256r1"));
        OK(tlsn_config_set_groups(d->config[TLSN_SERVER], "x25519,secp256r1,secp384r1"));
        duo_shake(d);
        assert_int_equal(info_of(d, TLSN_SERVER).group, i == 1 ? 23 : 29);
        duo_free(d);
    }
}

static void group_order_of_client_counts_for_finite_fields_too(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_reset_server(d, duo_credential("rsa:2048"));
    OK(tlsn_config_set_groups(d->config[TLSN_SERVER], "ffdhe2048,ffdhe3072,x25519"));
    OK(tlsn_config_set_client_preference(d->config[TLSN_SERVER], true));
    OK(tlsn_config_set_groups(d->config[TLSN_CLIENT], "x25519,ffdhe3072,ffdhe2048"));
    OK(tlsn_config_set_suites(d->config[TLSN_CLIENT], "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"));
    OK(tlsn_config_set_suites(d->config[TLSN_SERVER], "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"));
    duo_shake(d);
    assert_int_equal(info_of(d, TLSN_SERVER).group, 257);
    duo_free(d);
}

/* Regression: protocols of one byte, and application records without content under a MAC alone. */
static void one_byte_protocols_and_empty_records_are_taken(void **state)
{
    struct wire *w = wire_with_suite("TLS_RSA_WITH_NULL_SHA256");
    struct tlsn_conn_info info;
    static uint8_t got[100];
    size_t n;

    (void)state;
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_alpn(w->end[i].config, "h2,q"));
    OK(tlsn_config_set_alpn(w->end[TLSN_CLIENT].config, "q"));
    wire_open(w);
    wire_run(w);
    assert_true(wire_done(w));
    tlsn_conn_get_info(w->end[TLSN_SERVER].conn, &info);
    assert_int_equal(info.alpn.len, 1);
    assert_int_equal(info.alpn.data[0], 'q');
    for (int from = 0; from < 2; from++) {
        wire_forge(w, (enum tlsn_role)from, 23, "", 0);
        assert_int_equal(wire_read(w, (enum tlsn_role)!from, got, sizeof got, &n), TLSN_NEED_INPUT);
        wire_say(w, (enum tlsn_role)from, 10);
    }
    wire_free(w);
}

static void names_in_utf8_go_out_as_a_labels(void **state)
{
    struct duo *d = hosts();

    (void)state;
    add(d, "ec:secp256r1", "CN=u", "xn--bcher-kva.example");
    assert_served(d, "b\xc3\xbc" "cher.example", "CN=u", true);
    assert_string_equal(info_of(d, TLSN_SERVER).server_name, "xn--bcher-kva.example");
    duo_connect(d);
    assert_int_equal(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], "B\xc3\x9c" "CHER.example"),
                     TLSN_ERR_IDNA);
    assert_int_equal(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], "a.example,b.example"),
                     TLSN_ERR_ARGUMENT);
    duo_free(d);
}

/* Without a word from the caller, another name and no name at all both end the handshake. */
static void names_are_checked_by_default(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    run_as(d, "other.example");
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_CERT_NAME);
    duo_connect(d);
    OK(tlsn_conn_set_verify_name(d->conn[TLSN_CLIENT], "URI:https://server.example,server.example"));
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_OK);
    duo_connect(d);
    OK(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], NULL));
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_CERT_NAME);
    duo_free(d);
    REQ("9525:6.6/3");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_is_chosen_by_name),
        cmocka_unit_test(certificate_by_name_wins_over_order_of_suites),
        cmocka_unit_test(certificate_by_name_has_to_fit_the_client),
        cmocka_unit_test(unknown_name_is_a_warning_when_configured),
        cmocka_unit_test(alpaca_server_that_requires_names_refuses_silence),
        cmocka_unit_test(alpaca_other_protocol_or_name_is_fatal),
        cmocka_unit_test(alpaca_client_that_requires_names_refuses_silence),
        cmocka_unit_test(group_order_of_client_counts_when_it_should),
        cmocka_unit_test(group_order_of_client_counts_for_finite_fields_too),
        cmocka_unit_test(names_in_utf8_go_out_as_a_labels),
        cmocka_unit_test(names_are_checked_by_default),
        cmocka_unit_test(one_byte_protocols_and_empty_records_are_taken),
    };
    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
