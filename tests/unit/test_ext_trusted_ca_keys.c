#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TRUSTED = TLSNI_EXT_TRUSTED_CA_KEYS, URL = TLSNI_EXT_CLIENT_CERTIFICATE_URL };
#define HASH "000102030405060708090a0b0c0d0e0f10111213"
#define ALL "00" "01" HASH "02" "0002" "3000" "03" HASH

static void trusted_ca_keys_are_sent_when_they_are_set(void **state)
{
    static const uint8_t list[] = { TLSN_CA_PRE_AGREED };
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, TRUSTED, &data));
    f.cfg.trusted_cas = tlsni_span_make(list, 1);
    ext_check_written(&f, TRUSTED, "0001" "00");
    REQ("6066:6/1");
    REQ("3546:3.4/1");
    REQ("4366:3.4/1");
    REQ("6066:6/2");
}

static void trusted_ca_keys_are_read_with_their_bounds(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_server, TRUSTED, "0030" ALL);
    ext_check_exact(ext_server, TRUSTED, "0000");
    ext_check_length(ext_server, TRUSTED, "0030" ALL, 1);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TRUSTED, "0003" "02" "0000"), TLSN_ERR_DECODE); /* no name */
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TRUSTED, "0001" "04"), TLSN_ERR_DECODE); /* unknown way */
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TRUSTED, "0030" ALL), TLSN_OK);
    assert_int_equal(f.hs.trusted_cas.len, 48);
    REQ("6066:6/3");
}

static void trusted_ca_keys_answer_is_empty(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_check_exact(ext_client, TRUSTED, "");
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TRUSTED, "0000"), TLSN_OK);
    f.hs.facts = TLSNI_F_CERT;
    assert_false(ext_write_one(&f, TRUSTED, &data));
    f.hs.trusted_used = true;
    ext_check_written(&f, TRUSTED, "");
    REQ("6066:6/7");
}

static void client_certificate_url_is_empty_and_off(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, URL, &data));
    ext_set_feature(&f, TLSN_FEATURE_CERTIFICATE_URL, true);
    ext_check_written(&f, URL, "");
    ext_check_exact(ext_server, URL, "");
    ext_check_exact(ext_client, URL, "");
    REQ("6066:5/1");
    REQ("3546:3.3/1");
    REQ("4366:3.3/1");
    REQ("6066:5/2");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(trusted_ca_keys_are_sent_when_they_are_set),
        cmocka_unit_test(trusted_ca_keys_are_read_with_their_bounds),
        cmocka_unit_test(trusted_ca_keys_answer_is_empty),
        cmocka_unit_test(client_certificate_url_is_empty_and_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
