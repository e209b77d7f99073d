/* test_engine_alert.c - alerts of a peer that gives up before it knows the version. */
#include "support_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

/* RFC 5246 E.1: before a version is agreed on, records carry any version with major number 3. */
static void alert_over_a_server_hello_in_an_old_record_is_read(void **state)
{
    static const uint8_t handshake_failure[] = { 21, 3, 1, 0, 2, 2, 40 };
    struct pair_pki pki;
    struct pair p;
    tlsn_config *client, *server;

    (void)state;
    pair_pki_make(&pki);
    client = pair_config(&pki, TLSN_CLIENT);
    server = pair_config(&pki, TLSN_SERVER);
    pair_open(&p, client, server, "a.example");
    pair_turn(&p, TLSN_CLIENT);
    pair_turn(&p, TLSN_SERVER);
    assert_int_equal(p.end[TLSN_SERVER].status, TLSN_NEED_INPUT);
    pair_inject(&p, TLSN_SERVER, handshake_failure, sizeof handshake_failure);
    pair_turn(&p, TLSN_SERVER);
    assert_int_equal(p.end[TLSN_SERVER].status, TLSN_ERR_ALERT);
    assert_int_equal(tlsn_conn_error(p.end[TLSN_SERVER].conn)->alert_received, 40);
    pair_close(&p);
    tlsn_config_free(client);
    tlsn_config_free(server);
    pair_pki_free(&pki);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alert_over_a_server_hello_in_an_old_record_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
