#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { CERT = TLSNI_EXT_SIGNATURE_ALGORITHMS_CERT };

static void sigalgs_cert_is_sent_when_it_is_set(void **state)
{
    static const uint16_t ids[] = { 0x0401, 0x0403 };
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, CERT, &data));
    f.cfg.sigalgs_cert = (struct tlsni_ids){ ids, 2 };
    ext_check_written(&f, CERT, "0004" "0401" "0403");
    REQ("8446:4.2.3/1");
}

static void sigalgs_cert_is_read_with_its_bounds(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_server, CERT, "0004" "0401" "0403");
    ext_check_length(ext_server, CERT, "0004" "0401" "0403", 1);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, CERT, "0000"), TLSN_ERR_DECODE);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, CERT, "0002" "0401"), TLSN_OK);
    assert_int_equal(f.hs.peer_sigalgs_cert.len, 2);
}

static void sigalgs_cert_in_an_answer_is_unsupported(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, CERT, "0002" "0401"), TLSN_ERR_UNSUPPORTED_EXTENSION);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sigalgs_cert_is_sent_when_it_is_set),
        cmocka_unit_test(sigalgs_cert_is_read_with_its_bounds),
        cmocka_unit_test(sigalgs_cert_in_an_answer_is_unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
