#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define CLIENT_DATA "c0c1c2c3c4c5c6c7c8c9cacb"
#define SERVER_DATA "d0d1d2d3d4d5d6d7d8d9dadb"

static const uint8_t client_data[12] = { 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5,
                                         0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb };
static const uint8_t server_data[12] = { 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5,
                                         0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xdb };

static void again(struct ext_fixture *f)
{
    f->hs.facts |= TLSNI_F_RENEGOTIATION;
    f->hs.client_verify_data = tlsni_span_make(client_data, sizeof client_data);
    f->hs.server_verify_data = tlsni_span_make(server_data, sizeof server_data);
    f->hs.secure_renegotiation = true;
}

static void client_again(struct ext_fixture *f)
{
    ext_client(f);
    again(f);
}

static void server_again(struct ext_fixture *f)
{
    ext_server(f);
    again(f);
}

/* RFC 5746 3.2 prints ff 01 00 01 00. */
static void renegotiation_info_of_first_client_hello_is_empty(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_check_written(&f, TLSNI_EXT_RENEGOTIATION_INFO, "00");
    assert_int_equal(TLSNI_EXT_RENEGOTIATION_INFO, 0xff01);
    REQ("5746:3.2/1");
    REQ("5746:3.4/1");
}

static void renegotiation_info_of_client_is_answered(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, "00"), TLSN_OK);
    assert_true(f.hs.secure_renegotiation);
    ext_check_written(&f, TLSNI_EXT_RENEGOTIATION_INFO, "00");
    REQ("5746:3.6/2");
    REQ("5746:3.6/6");
    REQ("5746:4.3/1");
}

static void renegotiation_info_answers_the_scsv_alone(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    f.hs.renegotiation_scsv = true;
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_true(f.hs.secure_renegotiation);
    ext_check_written(&f, TLSNI_EXT_RENEGOTIATION_INFO, "00");
    REQ("5746:3.3/1");
    REQ("5746:3.6/1");
    REQ("5746:3.6/10");
}

static void renegotiation_info_of_old_client_is_not_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_false(f.hs.secure_renegotiation);
    assert_false(ext_write_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, &data));
    REQ("5746:3.6/5");
}

static void renegotiation_info_of_first_client_hello_must_be_empty(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, "0c" CLIENT_DATA),
                     TLSN_ERR_RENEGOTIATION_INFO);
    assert_int_equal(f.err.alert, 40);
    assert_false(f.hs.secure_renegotiation);
    REQ("5746:3.6/3");
    REQ("5746:3.6/4");
}

static void renegotiation_info_of_first_server_hello_sets_the_flag(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, "00"), TLSN_OK);
    assert_true(f.hs.secure_renegotiation);
    ext_client(&f);
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_false(f.hs.secure_renegotiation);
    REQ("5746:3.4/3");
    REQ("5746:3.4/4");
    REQ("5746:3.4/5");
}

static void renegotiation_info_of_first_server_hello_must_be_empty(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, "01" "00"),
                     TLSN_ERR_RENEGOTIATION_INFO);
    assert_int_equal(f.err.alert, 40);
    REQ("5746:3.4/6");
    REQ("5746:3.4/7");
}

static void renegotiation_info_required_ends_without(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_set_feature(&f, TLSN_FEATURE_REQUIRE_SECURE_RENEGOTIATION, true);
    assert_int_equal(ext_read_block(&f, ""), TLSN_ERR_RENEGOTIATION_INFO);
    assert_int_equal(f.err.alert, 40);
    REQ("5746:4.1/1");
}

static void renegotiation_info_malformed_is_a_decode_error(void **state)
{
    (void)state;
    ext_check_exact(ext_server, TLSNI_EXT_RENEGOTIATION_INFO, "00");
    ext_check_exact(ext_client, TLSNI_EXT_RENEGOTIATION_INFO, "00");
    ext_check_exact(server_again, TLSNI_EXT_RENEGOTIATION_INFO, "0c" CLIENT_DATA);
    ext_check_exact(client_again, TLSNI_EXT_RENEGOTIATION_INFO, "18" CLIENT_DATA SERVER_DATA);
}

static void renegotiation_info_of_later_hellos_carries_verify_data(void **state)
{
    struct ext_fixture f;

    (void)state;
    client_again(&f);
    ext_check_written(&f, TLSNI_EXT_RENEGOTIATION_INFO, "0c" CLIENT_DATA);
    server_again(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, "0c" CLIENT_DATA), TLSN_OK);
    ext_check_written(&f, TLSNI_EXT_RENEGOTIATION_INFO, "18" CLIENT_DATA SERVER_DATA);
    client_again(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, "18" CLIENT_DATA SERVER_DATA),
                     TLSN_OK);
    assert_true(f.hs.secure_renegotiation);
}

/* RFC 5746 3.7: each of these ends the handshake with handshake_failure. */
static void renegotiation_info_of_later_client_hello_is_checked(void **state)
{
    static const char *const bad[] = {
        "00",                                  /* as in a first handshake */
        "0c" "c0c1c2c3c4c5c6c7c8c9cacc",       /* last bit wrong */
        "0c" SERVER_DATA,
        "0b" "c0c1c2c3c4c5c6c7c8c9ca",
        "18" CLIENT_DATA SERVER_DATA,
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ext_fixture f;

        server_again(&f);
        assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, bad[i]),
                         TLSN_ERR_RENEGOTIATION_INFO);
        assert_int_equal(f.err.alert, 40);
    }
}

static void renegotiation_info_of_later_client_hello_must_be_there(void **state)
{
    struct ext_fixture f;

    (void)state;
    server_again(&f);
    assert_int_equal(ext_read_block(&f, ""), TLSN_ERR_RENEGOTIATION_INFO);
    server_again(&f);
    f.hs.renegotiation_scsv = true;
    assert_int_equal(ext_read_block(&f, ""), TLSN_ERR_RENEGOTIATION_INFO);
    server_again(&f);
    f.hs.renegotiation_scsv = true;
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, "0c" CLIENT_DATA),
                     TLSN_ERR_RENEGOTIATION_INFO);
    assert_int_equal(f.err.alert, 40);
    REQ("5746:3.7/1");
    REQ("5746:3.7/2");
}

static void renegotiation_info_of_later_server_hello_is_checked(void **state)
{
    static const char *const bad[] = {
        "00",
        "0c" CLIENT_DATA,
        "18" SERVER_DATA CLIENT_DATA,
        "18" CLIENT_DATA "d0d1d2d3d4d5d6d7d8d9dadc",
        "18" "c1c1c2c3c4c5c6c7c8c9cacb" SERVER_DATA,
    };
    struct ext_fixture f;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        client_again(&f);
        assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, bad[i]),
                         TLSN_ERR_RENEGOTIATION_INFO);
    }
    client_again(&f);
    assert_int_equal(ext_read_block(&f, ""), TLSN_ERR_RENEGOTIATION_INFO);
    assert_int_equal(f.err.alert, 40);
    REQ("5746:3.5/3");
    REQ("5746:3.5/4");
}

/* A renegotiation on a connection whose peer did not have it. */
static void insecure_client_sends_the_extension_and_wants_no_answer(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    f.hs.facts |= TLSNI_F_RENEGOTIATION;
    ext_set_feature(&f, TLSN_FEATURE_REQUIRE_SECURE_RENEGOTIATION, true);
    ext_check_written(&f, TLSNI_EXT_RENEGOTIATION_INFO, "00");
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_false(f.hs.secure_renegotiation);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, "00"),
                     TLSN_ERR_RENEGOTIATION_INFO);
    assert_int_equal(f.err.alert, 40);
    REQ("5746:4.2/3");
    REQ("5746:4.2/4");
    REQ("5746:4.2/5");
}

static void insecure_server_wants_neither_extension_nor_scsv(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    f.hs.facts |= TLSNI_F_RENEGOTIATION;
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_false(f.hs.secure_renegotiation);
    assert_false(ext_write_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, &data));
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_RENEGOTIATION_INFO, "00"),
                     TLSN_ERR_RENEGOTIATION_INFO);
    f.hs.renegotiation_scsv = true;
    assert_int_equal(ext_read_block(&f, ""), TLSN_ERR_RENEGOTIATION_INFO);
    assert_int_equal(f.err.alert, 40);
    REQ("5746:4.4/2");
    REQ("5746:4.4/3");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(renegotiation_info_of_first_client_hello_is_empty),
        cmocka_unit_test(renegotiation_info_of_client_is_answered),
        cmocka_unit_test(renegotiation_info_answers_the_scsv_alone),
        cmocka_unit_test(renegotiation_info_of_old_client_is_not_answered),
        cmocka_unit_test(renegotiation_info_of_first_client_hello_must_be_empty),
        cmocka_unit_test(renegotiation_info_of_first_server_hello_sets_the_flag),
        cmocka_unit_test(renegotiation_info_of_first_server_hello_must_be_empty),
        cmocka_unit_test(renegotiation_info_required_ends_without),
        cmocka_unit_test(renegotiation_info_malformed_is_a_decode_error),
        cmocka_unit_test(renegotiation_info_of_later_hellos_carries_verify_data),
        cmocka_unit_test(renegotiation_info_of_later_client_hello_is_checked),
        cmocka_unit_test(renegotiation_info_of_later_client_hello_must_be_there),
        cmocka_unit_test(renegotiation_info_of_later_server_hello_is_checked),
        cmocka_unit_test(insecure_client_sends_the_extension_and_wants_no_answer),
        cmocka_unit_test(insecure_server_wants_neither_extension_nor_scsv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
