/* Sealing in the caller's own buffer (tls-native/conn.h, tlsn_encrypt): what else has to go out must
 * not be written over the plain text. */
#include "support_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct pair_pki pki;
static tlsn_config *client, *server;
static struct pair pair;

static int setup(void **state)
{
    (void)state;
    pair_pki_make(&pki);
    client = pair_config(&pki, TLSN_CLIENT);
    server = pair_config(&pki, TLSN_SERVER);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tlsn_config_free(client);
    tlsn_config_free(server);
    pair_pki_free(&pki);
    return 0;
}

static int open_pair(void **state)
{
    (void)state;
    pair_open(&pair, client, server, "a.example");
    pair_run(&pair);
    return pair_done(&pair) ? 0 : -1;
}

static int close_pair(void **state)
{
    (void)state;
    pair_close(&pair);
    return 0;
}

static void check_arrives(const char *text)
{
    struct pair_end *to = &pair.end[TLSN_SERVER];
    size_t consumed, written;
    uint8_t got[256];

    assert_int_equal(tlsn_decrypt(to->conn, to->in, to->in_len, &consumed, got, sizeof got,
                                  &written), TLSN_OK);
    assert_int_equal(written, strlen(text));
    assert_memory_equal(got, text, written);
    memmove(to->in, to->in + consumed, to->in_len - consumed);
    to->in_len -= consumed;
}

static void encrypt_in_place_waits_until_pending_output_is_gone(void **state)
{
    tlsn_conn *c = pair.end[TLSN_CLIENT].conn;
    uint8_t buf[256], out[256], *plain = buf + tlsn_payload_offset(c);
    size_t consumed, written;

    (void)state;
    assert_int_equal(tlsn_encrypt(c, "first", 5, &consumed, out, 1, &written), TLSN_NEED_OUTPUT);
    assert_int_equal(consumed, 5);
    pair_inject(&pair, TLSN_SERVER, out, written);
    memcpy(plain, "second", 6);
    assert_int_equal(tlsn_encrypt(c, plain, 6, &consumed, buf, sizeof buf, &written),
                     TLSN_NEED_OUTPUT);
    assert_int_equal(consumed, 0);
    assert_int_equal(written, 0);
    assert_memory_equal(plain, "second", 6);
    assert_int_equal(tlsn_drain(c, out, sizeof out, &written), TLSN_OK);
    pair_inject(&pair, TLSN_SERVER, out, written);
    assert_int_equal(tlsn_encrypt(c, plain, 6, &consumed, buf, sizeof buf, &written), TLSN_OK);
    pair_inject(&pair, TLSN_SERVER, buf, written);
    check_arrives("first");
    check_arrives("second");
}

static void encrypt_in_place_of_more_than_a_record_is_refused(void **state)
{
    tlsn_conn *c = pair.end[TLSN_CLIENT].conn;
    static uint8_t buf[2 * TLSN_RECORD_MAX];
    uint8_t *plain = buf + tlsn_payload_offset(c);
    size_t consumed, written;

    (void)state;
    assert_int_equal(tlsn_encrypt(c, plain, TLSN_PLAIN_MAX + 1, &consumed, buf, sizeof buf,
                                  &written), TLSN_ERR_ARGUMENT);
    assert_int_equal(consumed, 0);
    assert_int_equal(tlsn_encrypt(c, plain, TLSN_PLAIN_MAX, &consumed, buf, sizeof buf, &written),
                     TLSN_OK);
    assert_int_equal(consumed, TLSN_PLAIN_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pair, close_pair)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(encrypt_in_place_waits_until_pending_output_is_gone),
        TEST(encrypt_in_place_of_more_than_a_record_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
