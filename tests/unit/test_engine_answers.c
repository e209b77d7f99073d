/* Questions and their answers: what belongs to one question must not count for another. Expected
 * results follow from <tls-native/conn.h> and <tls-native/config.h>. */
#include "support_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct pair_pki pki;
static tlsn_config *client, *server;
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

static int make_configs(void **state)
{
    (void)state;
    client = pair_config(&pki, TLSN_CLIENT);
    server = pair_config(&pki, TLSN_SERVER);
    return 0;
}

static int drop_configs(void **state)
{
    (void)state;
    pair_close(&pair);
    tlsn_config_free(client);
    tlsn_config_free(server);
    return 0;
}

/* ---- callbacks that answer by a call, which they must not ---- */

static tlsn_status hello_by_setter(void *ctx, tlsn_conn *conn, tlsn_config **config)
{
    (void)config;
    assert_non_null(tlsn_client_hello(conn));
    assert_int_equal(tlsn_conn_set_config(conn, ctx), TLSN_ERR_MISUSE);
    return TLSN_OK;
}

static void config_set_inside_the_callback_answers_no_later_question(void **state)
{
    tlsn_config *other = pair_config(&pki, TLSN_SERVER);
    struct tlsn_callbacks callbacks = { .client_hello = hello_by_setter, .ctx = other };

    (void)state;
    assert_int_equal(tlsn_config_set_callbacks(server, &callbacks), TLSN_OK);
    assert_int_equal(tlsn_config_set_trust(server, pki.trust), TLSN_OK);
    assert_int_equal(tlsn_config_set_client_auth(server, TLSN_CLIENT_AUTH_REQUIRE), TLSN_OK);
    assert_int_equal(tlsn_config_set_verify_mode(server, TLSN_VERIFY_SUSPEND), TLSN_OK);
    assert_int_equal(tlsn_config_add_credential(client, pki.ec), TLSN_OK);
    pair_open(&pair, client, server, "a.example");
    pair_run(&pair);
    assert_int_equal(pair.end[TLSN_SERVER].status, TLSN_NEED_VERDICT);
    assert_false(tlsn_handshake_done(pair.end[TLSN_CLIENT].conn));
    tlsn_config_free(other);
}

static tlsn_status verdict_by_setter(void *ctx, tlsn_conn *conn)
{
    (void)ctx;
    assert_int_equal(tlsn_set_verdict(conn, TLSN_OK), TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_transport_eof(conn), TLSN_ERR_MISUSE);
    return TLSN_ERR_CERT_UNKNOWN;
}

static void verdict_set_inside_the_callback_is_misuse_and_the_return_counts(void **state)
{
    struct tlsn_callbacks callbacks = { .verdict = verdict_by_setter };

    (void)state;
    assert_int_equal(tlsn_config_set_callbacks(client, &callbacks), TLSN_OK);
    pair_open(&pair, client, server, "a.example");
    pair_run(&pair);
    assert_int_equal(pair.end[TLSN_CLIENT].status, TLSN_ERR_CERT_UNKNOWN);
    assert_int_equal(pair.end[TLSN_SERVER].status, TLSN_ERR_ALERT);
    assert_int_equal(tlsn_conn_error(pair.end[TLSN_SERVER].conn)->alert_received, 46);
}

static tlsn_status credential_by_setter(void *ctx, tlsn_conn *conn, tlsn_credential **credential)
{
    assert_non_null(tlsn_certificate_request(conn));
    assert_int_equal(tlsn_conn_set_credential(conn, ctx), TLSN_ERR_MISUSE);
    *credential = ctx;
    return TLSN_OK;
}

static void credential_set_inside_the_callback_is_misuse_and_the_pointer_counts(void **state)
{
    struct tlsn_callbacks callbacks = { .credential = credential_by_setter, .ctx = pki.ec };
    struct tlsn_conn_info info;

    (void)state;
    assert_int_equal(tlsn_config_set_callbacks(client, &callbacks), TLSN_OK);
    assert_int_equal(tlsn_config_set_trust(server, pki.trust), TLSN_OK);
    assert_int_equal(tlsn_config_set_client_auth(server, TLSN_CLIENT_AUTH_REQUIRE), TLSN_OK);
    pair_open(&pair, client, server, "a.example");
    pair_run(&pair);
    assert_true(pair_done(&pair));
    tlsn_conn_get_info(pair.end[TLSN_SERVER].conn, &info);
    assert_true(info.client_authenticated);
}

/* ---- verdicts ---- */

static void verdict_without_an_alert_of_its_own_sends_certificate_unknown(void **state)
{
    (void)state;
    assert_int_equal(tlsn_config_set_verify_mode(client, TLSN_VERIFY_SUSPEND), TLSN_OK);
    pair_open(&pair, client, server, "a.example");
    pair_run(&pair);
    assert_int_equal(pair.end[TLSN_CLIENT].status, TLSN_NEED_VERDICT);
    assert_int_equal(tlsn_set_verdict(pair.end[TLSN_CLIENT].conn, TLSN_ERR_NOT_FOUND), TLSN_OK);
    assert_int_equal(tlsn_set_verdict(pair.end[TLSN_CLIENT].conn, TLSN_OK), TLSN_ERR_MISUSE);
    pair_run(&pair);
    assert_int_equal(pair.end[TLSN_CLIENT].status, TLSN_ERR_NOT_FOUND);
    assert_int_equal(pair.end[TLSN_SERVER].status, TLSN_ERR_ALERT);
    assert_int_equal(tlsn_conn_error(pair.end[TLSN_SERVER].conn)->alert_received, 46);
}

/* ---- names ---- */

static void default_verdict_without_a_name_to_check_is_no(void **state)
{
    (void)state;
    pair_open(&pair, client, server, NULL);
    pair_run(&pair);
    assert_int_equal(pair.end[TLSN_CLIENT].status, TLSN_ERR_CERT_NAME);
    pair_close(&pair);
    pair_open(&pair, client, server, NULL);
    assert_int_equal(tlsn_conn_set_verify_name(pair.end[TLSN_CLIENT].conn, NULL), TLSN_OK);
    pair_run(&pair);
    assert_true(pair_done(&pair));
}

static void name_that_replaces_an_address_is_sent(void **state)
{
    struct tlsn_conn_info info;

    (void)state;
    pair_open(&pair, client, server, "192.0.2.1");
    assert_int_equal(tlsn_conn_set_server_name(pair.end[TLSN_CLIENT].conn, "a.example"), TLSN_OK);
    pair_run(&pair);
    assert_true(pair_done(&pair));
    tlsn_conn_get_info(pair.end[TLSN_SERVER].conn, &info);
    assert_string_equal(info.server_name, "a.example");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_configs, drop_configs)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(config_set_inside_the_callback_answers_no_later_question),
        TEST(verdict_set_inside_the_callback_is_misuse_and_the_return_counts),
        TEST(credential_set_inside_the_callback_is_misuse_and_the_pointer_counts),
        TEST(verdict_without_an_alert_of_its_own_sends_certificate_unknown),
        TEST(default_verdict_without_a_name_to_check_is_no),
        TEST(name_that_replaces_an_address_is_sent),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
