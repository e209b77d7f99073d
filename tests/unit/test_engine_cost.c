/* What a peer can make us compute before it has shown anything. Nothing is timed: without the bounds
 * these tests would run for minutes. */
#include "base/bytes.h"
#include "support_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SUITES = 24000, SCHEMES = 32000 };

static struct pair_pki pki;
static struct pair pair;
static uint8_t message[PAIR_WIRE];

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

static void put_many(struct tlsni_wr *w, size_t n, const uint16_t *values, size_t count)
{
    size_t mark = tlsni_wr_open(w, 2);

    for (size_t i = 0; i < n; i++)
        tlsni_wr_u16(w, values[i % count]);
    tlsni_wr_close(w, 2, mark);
}

/* Two suites again and again, and schemes that nobody has. */
static size_t write_hello(void)
{
    static const uint16_t suites[] = { 0xc02b, 0xc02f }, scheme[] = { 0xfefe };
    struct tlsni_wr w = tlsni_wr_make(message, sizeof message);
    uint8_t random[32] = { 0 };
    size_t whole, extensions, one;

    tlsni_wr_u8(&w, 1);
    whole = tlsni_wr_open(&w, 3);
    tlsni_wr_u16(&w, 0x0303);
    tlsni_wr_put(&w, random, sizeof random);
    tlsni_wr_u8(&w, 0);
    put_many(&w, SUITES, suites, 2);
    tlsni_wr_u16(&w, 0x0100);
    extensions = tlsni_wr_open(&w, 2);
    tlsni_wr_u16(&w, 13);
    one = tlsni_wr_open(&w, 2);
    put_many(&w, SCHEMES, scheme, 1);
    tlsni_wr_close(&w, 2, one);
    tlsni_wr_close(&w, 2, extensions);
    tlsni_wr_close(&w, 3, whole);
    assert_false(w.bad);
    return w.len;
}

static void inject_records(const uint8_t *data, size_t len)
{
    while (len) {
        size_t n = len < TLSN_PLAIN_MAX ? len : TLSN_PLAIN_MAX;
        uint8_t head[5] = { 22, 3, 1, (uint8_t)(n >> 8), (uint8_t)n };

        pair_inject(&pair, TLSN_SERVER, head, sizeof head);
        pair_inject(&pair, TLSN_SERVER, data, n);
        data += n;
        len -= n;
    }
}

static void check_refused(bool client_preference)
{
    tlsn_config *client = pair_config(&pki, TLSN_CLIENT), *server = pair_config(&pki, TLSN_SERVER);

    assert_int_equal(tlsn_config_set_client_preference(server, client_preference), TLSN_OK);
    pair_open(&pair, client, server, NULL);
    inject_records(message, write_hello());
    pair_turn(&pair, TLSN_SERVER);
    assert_int_equal(pair.end[TLSN_SERVER].status, TLSN_ERR_NO_CREDENTIAL);
    pair_close(&pair);
    tlsn_config_free(client);
    tlsn_config_free(server);
}

static void suites_repeated_in_a_hello_are_tried_once(void **state)
{
    (void)state;
    check_refused(true);
    check_refused(false);
}

/* ---- what is counted ---- */

enum { MANY = 300 };

/* A client with this limit that receives the record again and again: how many it takes. */
static unsigned taken(const struct tlsn_limits *limits, const void *record, size_t len)
{
    tlsn_config *client = pair_config(&pki, TLSN_CLIENT), *server = pair_config(&pki, TLSN_SERVER);
    unsigned n = 0;

    assert_int_equal(tlsn_config_set_limits(client, limits), TLSN_OK);
    pair_open(&pair, client, server, "a.example");
    pair_turn(&pair, TLSN_CLIENT);
    while (pair.end[TLSN_CLIENT].status == TLSN_NEED_INPUT && n < 2 * MANY) {
        pair_inject(&pair, TLSN_CLIENT, record, len);
        pair_turn(&pair, TLSN_CLIENT);
        n++;
    }
    assert_int_equal(pair.end[TLSN_CLIENT].status, TLSN_ERR_TOO_MANY);
    pair_close(&pair);
    tlsn_config_free(client);
    tlsn_config_free(server);
    return n - 1;
}

static void limits_above_a_byte_hold_too(void **state)
{
    static const uint8_t warning[] = { 21, 3, 3, 0, 2, 1, 90 };
    static const uint8_t hello_request[] = { 22, 3, 3, 0, 4, 0, 0, 0, 0 };
    const struct tlsn_limits limits = { .warnings = MANY, .requests = MANY };

    (void)state;
    assert_int_equal(taken(&limits, warning, sizeof warning), MANY);
    assert_int_equal(taken(&limits, hello_request, sizeof hello_request), MANY);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(suites_repeated_in_a_hello_are_tried_once),
        cmocka_unit_test(limits_above_a_byte_hold_too),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
