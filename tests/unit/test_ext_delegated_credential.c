#include "req.h"
#include "ext/rows.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TYPE = TLSNI_EXT_DELEGATED_CREDENTIAL };

static const uint16_t both[] = { 0x0807, 0x0403 };

static void client_both(struct ext_fixture *f)
{
    ext_client13(f);
    f->cfg.delegated_schemes = (struct tlsni_ids){ both, 2 };
}

/* SignatureSchemeList of RFC 8446 4.2.3: 2 bytes of length. */
static void delegated_credential_lists_schemes_behind_two_bytes(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    client_both(&f);
    ext_check_written(&f, TYPE, "000408070403");
    f.cfg.delegated_schemes.count = 0;
    assert_false(ext_write_one(&f, TYPE, &data));
    assert_int_equal(TYPE, 34);
    REQ("9345:4.1/1");
    REQ("9345:4.1.1/1");
}

static void delegated_credential_is_for_tls13_and_certificates(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    client_both(&f);
    f.hs.worlds = 0;
    assert_false(ext_write_one(&f, TYPE, &data));
    client_both(&f);
    f.cfg.peer_types = (struct tlsni_cert_types){ { TLSN_CERT_RAW_KEY }, 1 };
    assert_false(ext_write_one(&f, TYPE, &data));
    f.cfg.peer_types = (struct tlsni_cert_types){ { TLSN_CERT_RAW_KEY, TLSN_CERT_X509 }, 2 };
    assert_true(ext_write_one(&f, TYPE, &data));
    REQ("9345:3/3");
}

static void delegated_credential_list_is_kept(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server13(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0006080704031a1a"), TLSN_OK);
    assert_int_equal(f.hs.tls13.peer_delegated.len, 6);
    ext_server(&f); /* TLS 1.2: as if it were not there */
    assert_int_equal(ext_read_one(&f, TYPE, "0006080704031a1a"), TLSN_OK);
    assert_int_equal(f.hs.tls13.peer_delegated.len, 0);
    assert_int_equal(ext_read_one(&f, TYPE, "00"), TLSN_OK);
    REQ("9345:4.1.1/5");
}

static void delegated_credential_list_of_other_shape_is_refused(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_server13, TYPE, "000408070403");
    ext_check_length(ext_server13, TYPE, "000408070403", 1);
    ext_server13(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0000"), TLSN_ERR_DECODE);
}

static void delegated_credential_stands_in_three_messages(void **state)
{
    (void)state;
    for (int in = 0; in < TLSNI_EXT_MESSAGES; in++) {
        bool stands = in == TLSNI_IN_CLIENT_HELLO || in == TLSNI_IN_CERTIFICATE_REQUEST ||
                      in == TLSNI_IN_CERTIFICATE;

        assert_int_equal(tlsni_ext_delegated_credential.in[in].write != NULL, stands);
        assert_int_equal(tlsni_ext_delegated_credential.in[in].parse != NULL, stands);
    }
    assert_int_equal(tlsni_ext_delegated_credential.worlds, TLSNI_WORLD_13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delegated_credential_lists_schemes_behind_two_bytes),
        cmocka_unit_test(delegated_credential_is_for_tls13_and_certificates),
        cmocka_unit_test(delegated_credential_list_is_kept),
        cmocka_unit_test(delegated_credential_list_of_other_shape_is_refused),
        cmocka_unit_test(delegated_credential_stands_in_three_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
