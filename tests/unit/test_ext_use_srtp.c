#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TYPE = TLSNI_EXT_USE_SRTP };

static const uint16_t profiles[] = { 0x0007, 0x0001 };

static void client(struct ext_fixture *f)
{
    ext_client(f);
    f->cfg.srtp = (struct tlsni_ids){ profiles, 2 };
}

static void client_with_mki(struct ext_fixture *f)
{
    client(f);
    f->hs.srtp_mki = tlsni_span_make("\x01\x02", 2);
}

static void server(struct ext_fixture *f)
{
    ext_server(f);
    f->cfg.srtp = (struct tlsni_ids){ profiles, 2 };
    f->cfg.srtp_take_mki = true;
}

static void srtp_is_off_by_default(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, TYPE, &data));
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0002000100"), TLSN_OK);
    assert_int_equal(f.hs.srtp_profile, 0);
    assert_false(ext_write_one(&f, TYPE, &data));
}

static void srtp_of_client_lists_profiles_and_mki(void **state)
{
    struct ext_fixture f;

    (void)state;
    assert_int_equal(TYPE, 14);
    client(&f);
    ext_check_written(&f, TYPE, "0004" "0007" "0001" "00");
    client_with_mki(&f);
    ext_check_written(&f, TYPE, "0004" "0007" "0001" "02" "0102");
    REQ("5764:4.1.1/1");
    REQ("5764:4.1.1/2");
}

static void srtp_server_chooses_one_by_its_order(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    server(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0006" "0002" "0001" "0007" "00"), TLSN_OK);
    assert_int_equal(f.hs.srtp_profile, 7);
    ext_check_written(&f, TYPE, "0002" "0007" "00");
    server(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0002" "0001" "01" "aa"), TLSN_OK);
    ext_check_written(&f, TYPE, "0002" "0001" "01" "aa");
    server(&f);
    f.cfg.srtp_take_mki = false;
    assert_int_equal(ext_read_one(&f, TYPE, "0002" "0001" "01" "aa"), TLSN_OK);
    ext_check_written(&f, TYPE, "0002" "0001" "00");
    server(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0002" "0002" "00"), TLSN_OK);
    assert_false(ext_write_one(&f, TYPE, &data));
    REQ("5764:4.1.1/3");
    REQ("5764:4.1.1/4");
    REQ("5764:4.1.1/5");
    REQ("5764:4.1.3/2");
}

static void srtp_answer_is_one_that_was_offered(void **state)
{
    struct ext_fixture f;

    (void)state;
    client(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0002" "0001" "00"), TLSN_OK);
    assert_int_equal(f.hs.srtp_profile, 1);
    client(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0002" "0002" "00"), TLSN_ERR_ILLEGAL_PARAMETER);
    client(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0004" "0007" "0001" "00"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
}

static void srtp_mki_comes_back_or_is_empty(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    client_with_mki(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0002" "0001" "02" "0102"), TLSN_OK);
    assert_int_equal(f.hs.srtp_mki.len, 2);
    client_with_mki(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0002" "0001" "00"), TLSN_OK);
    assert_int_equal(f.hs.srtp_mki.len, 0);
    client_with_mki(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0002" "0001" "02" "0103"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    client_with_mki(&f);
    assert_true(ext_write_one(&f, TYPE, &data));
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    assert_int_equal(f.hs.srtp_mki.len, 0);
    REQ("5764:4.1.3/3");
}

static void srtp_malformed_is_a_decode_error(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(server, TYPE, "0004" "0007" "0001" "02" "0102");
    ext_check_exact(client_with_mki, TYPE, "0002" "0007" "02" "0102");
    ext_check_length(server, TYPE, "0004" "0007" "0001" "02" "0102", 1);
    server(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0000" "00"), TLSN_ERR_DECODE);
    ext_client(&f);
    assert_int_equal(ext_read_block(&f, "000e" "0005" "0002000100"),
                     TLSN_ERR_UNSUPPORTED_EXTENSION);
}

/* RFC 5764 4.1.2 and RFC 7714 14.2 */
static void srtp_profiles_have_their_numbers(void **state)
{
    (void)state;
    assert_string_equal(tlsni_srtp_name(1), "SRTP_AES128_CM_HMAC_SHA1_80");
    assert_string_equal(tlsni_srtp_name(2), "SRTP_AES128_CM_HMAC_SHA1_32");
    assert_string_equal(tlsni_srtp_name(5), "SRTP_NULL_HMAC_SHA1_80");
    assert_string_equal(tlsni_srtp_name(6), "SRTP_NULL_HMAC_SHA1_32");
    assert_string_equal(tlsni_srtp_name(3), "");
    assert_int_equal(tlsni_srtp_find("SRTP_AEAD_AES_128_GCM", 21), 7);
    assert_int_equal(tlsni_srtp_find("SRTP_AEAD_AES_256_GCM", 21), 8);
    assert_int_equal(tlsni_srtp_find("SRTP_AEAD", 9), 0);
    REQ("5764:4.1.2/1");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(srtp_is_off_by_default),
        cmocka_unit_test(srtp_of_client_lists_profiles_and_mki),
        cmocka_unit_test(srtp_server_chooses_one_by_its_order),
        cmocka_unit_test(srtp_answer_is_one_that_was_offered),
        cmocka_unit_test(srtp_mki_comes_back_or_is_empty),
        cmocka_unit_test(srtp_malformed_is_a_decode_error),
        cmocka_unit_test(srtp_profiles_have_their_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
