#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { CLIENT = TLSNI_EXT_CLIENT_AUTHZ, SERVER = TLSNI_EXT_SERVER_AUTHZ };
enum { ATTR = 1 << TLSN_AUTHZ_X509_ATTR_CERT, SAML = 1 << TLSN_AUTHZ_SAML_ASSERTION,
       SAML_URL = 1 << TLSN_AUTHZ_SAML_ASSERTION_URL };

static void authz_is_off_by_default(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, CLIENT, &data));
    assert_false(ext_write_one(&f, SERVER, &data));
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, CLIENT, "03" "000103"), TLSN_OK);
    assert_false(ext_write_one(&f, CLIENT, &data));
    assert_int_equal(ext_read_one(&f, SERVER, "03" "000103"), TLSN_OK);
    assert_false(ext_write_one(&f, SERVER, &data));
    REQ("5878:2.1/4");
    REQ("5878:2.2/4");
}

static void authz_lists_have_their_bounds(void **state)
{
    struct ext_fixture f;

    (void)state;
    for (int i = 0; i < 2; i++) {
        uint16_t type = (uint16_t)(i ? SERVER : CLIENT);

        ext_check_exact(ext_server, type, "03" "0001fe");
        ext_check_length(ext_server, type, "03" "0001fe", 0);
        ext_server(&f);
        assert_int_equal(ext_read_one(&f, type, "00"), TLSN_ERR_DECODE);
        ext_client(&f);
        assert_int_equal(ext_read_one(&f, type, "00"), TLSN_ERR_DECODE);
    }
    REQ("5878:2.3/1");
}

static void authz_client_names_what_it_has_and_wants(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    f.cfg.authz_formats = ATTR | SAML_URL;
    f.cfg.authz_taken = SAML;
    ext_check_written(&f, CLIENT, "02" "0003");
    ext_check_written(&f, SERVER, "01" "01");
    REQ("5878:2.1/1");
    REQ("5878:2.2/1");
}

static void authz_server_answers_what_both_have(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    f.cfg.authz_taken = SAML | SAML_URL;
    f.cfg.authz_formats = ATTR;
    assert_int_equal(ext_read_one(&f, CLIENT, "06" "0001034041e0"), TLSN_OK);
    ext_check_written(&f, CLIENT, "02" "0103");
    assert_int_equal(ext_read_one(&f, SERVER, "03" "000103"), TLSN_OK);
    ext_check_written(&f, SERVER, "01" "00");
    REQ("5878:2.1/2");
    REQ("5878:2.1/3");
    REQ("6042:2/1");
    REQ("6042:3/1");
    REQ("5878:2.2/2");
    REQ("5878:2.2/3");
}

static void authz_answer_of_another_format_is_refused(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    f.cfg.authz_formats = ATTR;
    f.cfg.authz_taken = SAML;
    assert_int_equal(ext_read_one(&f, CLIENT, "02" "0001"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(ext_read_one(&f, CLIENT, "01" "e0"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(ext_read_one(&f, SERVER, "01" "00"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(f.hs.authz_out | f.hs.authz_in, 0);
    assert_int_equal(ext_read_one(&f, CLIENT, "01" "00"), TLSN_OK);
    assert_int_equal(f.hs.authz_out, ATTR);
    assert_int_equal(ext_read_one(&f, SERVER, "01" "01"), TLSN_OK);
    assert_int_equal(f.hs.authz_in, SAML);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(authz_is_off_by_default),
        cmocka_unit_test(authz_lists_have_their_bounds),
        cmocka_unit_test(authz_client_names_what_it_has_and_wants),
        cmocka_unit_test(authz_server_answers_what_both_have),
        cmocka_unit_test(authz_answer_of_another_format_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
