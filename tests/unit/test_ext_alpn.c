#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const uint8_t h2_http11[] = "\x02h2\x08http/1.1";
static const uint8_t x[] = "\x01x";

static void speaks(struct ext_fixture *f, const uint8_t *names, size_t len)
{
    f->cfg.alpn = tlsni_span_make(names, len);
}

static void client(struct ext_fixture *f)
{
    ext_client(f);
    speaks(f, h2_http11, sizeof h2_http11 - 1);
}

static void server(struct ext_fixture *f)
{
    ext_server(f);
    speaks(f, h2_http11, sizeof h2_http11 - 1);
}

#define H2_HTTP11 "000c" "026832" "08687474702f312e31"
#define HTTP11_H2 "000c" "08687474702f312e31" "026832"

/* OpenSSL writes the same for -alpn h2,http/1.1 (support_flight.c). */
static void alpn_of_client_lists_its_protocols(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    client(&f);
    ext_check_written(&f, TLSNI_EXT_ALPN, H2_HTTP11);
    ext_client(&f);
    assert_false(ext_write_one(&f, TLSNI_EXT_ALPN, &data));
    REQ("7301:3.1/1");
    REQ("7301:3.1/2");
    REQ("7301:3.1/3");
    REQ("7301:3.1/4");
}

static void alpn_server_takes_its_own_first(void **state)
{
    struct ext_fixture f;

    (void)state;
    server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, HTTP11_H2), TLSN_OK);
    ext_check_written(&f, TLSNI_EXT_ALPN, "0003" "026832");
    REQ("7301:3.1/9");
    REQ("7301:3.1/10");
    REQ("7301:3.2/1");
}

static void alpn_unknown_names_are_ignored(void **state)
{
    struct ext_fixture f;

    (void)state;
    server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, "000f" "0568332d3239" "08687474702f312e31"),
                     TLSN_OK);
    ext_check_written(&f, TLSNI_EXT_ALPN, "0009" "08687474702f312e31");
    REQ("7301:3.1/8");
}

static void alpn_names_are_opaque_bytes(void **state)
{
    struct ext_fixture f;

    (void)state;
    server(&f);
    /* "H2" is not "h2" */
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, "0003" "024832"), TLSN_ERR_NO_SHARED_ALPN);
    REQ("7301:3.1/7");
}

static void alpn_of_one_byte_works(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    speaks(&f, x, sizeof x - 1);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, "0002" "0178"), TLSN_OK);
    ext_check_written(&f, TLSNI_EXT_ALPN, "0002" "0178");
    ext_client(&f);
    speaks(&f, x, sizeof x - 1);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, "0002" "0178"), TLSN_OK);
    assert_int_equal(f.hs.alpn.len, 1);
}

static void alpn_without_overlap_is_fatal(void **state)
{
    struct ext_fixture f;

    (void)state;
    server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, "0002" "0178"), TLSN_ERR_NO_SHARED_ALPN);
    assert_int_equal(f.err.alert, 120);
    REQ("7301:3.2/2");
}

static void alpn_server_without_protocols_does_not_answer(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, H2_HTTP11), TLSN_OK);
    assert_false(ext_write_one(&f, TLSNI_EXT_ALPN, &data));
    server(&f);
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_false(ext_write_one(&f, TLSNI_EXT_ALPN, &data));
}

static void alpn_malformed_is_a_decode_error(void **state)
{
    static const char *const bad[] = { "0000", "0001" "00", "0004" "026832" "00", "0003" "036832" };

    (void)state;
    ext_check_exact(server, TLSNI_EXT_ALPN, H2_HTTP11);
    ext_check_exact(client, TLSNI_EXT_ALPN, "0003" "026832");
    ext_check_length(server, TLSNI_EXT_ALPN, H2_HTTP11, 1);
    ext_check_length(client, TLSNI_EXT_ALPN, "0003" "026832", 2);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ext_fixture f;

        server(&f);
        assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, bad[i]), TLSN_ERR_DECODE);
        client(&f);
        assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, bad[i]), TLSN_ERR_DECODE);
    }
    REQ("7301:3.1/5");
}

static void alpn_answer_is_taken_from_our_list(void **state)
{
    struct ext_fixture f;

    (void)state;
    client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, "0009" "08687474702f312e31"), TLSN_OK);
    assert_true(f.hs.alpn.data == h2_http11 + 4);
    assert_int_equal(f.hs.alpn.len, 8);
}

static void alpn_answer_with_two_names_is_illegal(void **state)
{
    struct ext_fixture f;

    (void)state;
    client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, H2_HTTP11), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(f.hs.alpn.len, 0);
}

static void alpn_answer_that_was_not_offered_is_illegal(void **state)
{
    struct ext_fixture f;

    (void)state;
    client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_ALPN, "0003" "026833"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(f.err.alert, 47);
    assert_non_null(strstr(f.err.text, "\"h3\""));
    REQ("7301:3.1/12");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(alpn_of_client_lists_its_protocols),
        cmocka_unit_test(alpn_server_takes_its_own_first),
        cmocka_unit_test(alpn_unknown_names_are_ignored),
        cmocka_unit_test(alpn_names_are_opaque_bytes),
        cmocka_unit_test(alpn_of_one_byte_works),
        cmocka_unit_test(alpn_without_overlap_is_fatal),
        cmocka_unit_test(alpn_server_without_protocols_does_not_answer),
        cmocka_unit_test(alpn_malformed_is_a_decode_error),
        cmocka_unit_test(alpn_answer_is_taken_from_our_list),
        cmocka_unit_test(alpn_answer_with_two_names_is_illegal),
        cmocka_unit_test(alpn_answer_that_was_not_offered_is_illegal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
