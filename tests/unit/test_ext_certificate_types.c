#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { CLIENT = TLSNI_EXT_CLIENT_CERTIFICATE_TYPE, SERVER = TLSNI_EXT_SERVER_CERTIFICATE_TYPE };

static const struct tlsni_cert_types both = { { TLSN_CERT_RAW_KEY, TLSN_CERT_X509 }, 2 },
                                     x509 = { { TLSN_CERT_X509 }, 1 };

static void raw_client(struct ext_fixture *f)
{
    ext_client(f);
    f->cfg.own_types = f->cfg.peer_types = both;
}

static void certificate_types_are_left_out_for_x509_alone(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    f.cfg.own_types = x509;
    assert_false(ext_write_one(&f, CLIENT, &data));
    assert_false(ext_write_one(&f, SERVER, &data));
    REQ("7250:3/2");
    REQ("7250:4.1/3");
}

static void certificate_types_of_client_are_lists(void **state)
{
    struct ext_fixture f;

    (void)state;
    raw_client(&f);
    ext_check_written(&f, CLIENT, "02" "0200");
    raw_client(&f);
    ext_check_written(&f, SERVER, "02" "0200");
    ext_check_exact(ext_server, CLIENT, "02" "0200");
    ext_check_exact(ext_server, SERVER, "01" "02");
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, SERVER, "00"), TLSN_ERR_DECODE);
    REQ("7250:4.1/1");
}

static void certificate_types_in_answers_are_one_byte(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(raw_client, CLIENT, "02");
    ext_check_exact(raw_client, SERVER, "02");
    raw_client(&f);
    assert_int_equal(ext_read_one(&f, SERVER, "02"), TLSN_OK);
    assert_int_equal(f.hs.peer_type, TLSN_CERT_RAW_KEY);
    raw_client(&f);
    assert_int_equal(ext_read_one(&f, CLIENT, "01"), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("7250:4.2/5");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_types_are_left_out_for_x509_alone),
        cmocka_unit_test(certificate_types_of_client_are_lists),
        cmocka_unit_test(certificate_types_in_answers_are_one_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
