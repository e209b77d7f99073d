#include "req.h"
#include "ext/rows.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TYPE = TLSNI_EXT_COMPRESS_CERTIFICATE };

static const uint16_t both[] = { 2, 1 };

static void client_both(struct ext_fixture *f)
{
    ext_client13(f);
    f->cfg.cert_compressions = (struct tlsni_ids){ both, 2 };
}

static void server_both(struct ext_fixture *f)
{
    ext_server13(f);
    f->cfg.cert_compressions = (struct tlsni_ids){ both, 2 };
}

static void compress_certificate_lists_algorithms_behind_one_byte(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    client_both(&f);
    ext_check_written(&f, TYPE, "0400020001");
    f.cfg.cert_compressions.count = 0;
    assert_false(ext_write_one(&f, TYPE, &data));
    assert_int_equal(TYPE, 27);
    REQ("8879:3/3");
    REQ("8879:7.1/1");
}

static void compress_certificate_is_for_tls13(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    client_both(&f);
    f.hs.worlds = 0;
    assert_false(ext_write_one(&f, TYPE, &data));
    REQ("8879:6/1");
}

static void compress_certificate_takes_the_first_of_ours_that_the_peer_has(void **state)
{
    struct ext_fixture f;

    (void)state;
    server_both(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0400010002"), TLSN_OK);
    assert_int_equal(f.hs.tls13.pack_with, 2);
    server_both(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "0400030001"), TLSN_OK);
    assert_int_equal(f.hs.tls13.pack_with, 1);
    server_both(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "020003"), TLSN_OK);
    assert_int_equal(f.hs.tls13.pack_with, 0);
    server_both(&f);
    f.cfg.cert_compressions.count = 0;
    assert_int_equal(ext_read_one(&f, TYPE, "020001"), TLSN_OK);
    assert_int_equal(f.hs.tls13.pack_with, 0);
    REQ("8879:4/3");
}

/* Its only answer is the compressed message: it stands in the two messages that ask, and nowhere else. */
static void compress_certificate_is_asked_and_not_answered(void **state)
{
    (void)state;
    for (int in = 0; in < TLSNI_EXT_MESSAGES; in++) {
        bool asks = in == TLSNI_IN_CLIENT_HELLO || in == TLSNI_IN_CERTIFICATE_REQUEST;

        assert_int_equal(tlsni_ext_compress_certificate.in[in].write != NULL, asks);
        assert_int_equal(tlsni_ext_compress_certificate.in[in].parse != NULL, asks);
    }
    REQ("8879:3/4");
}

static void compress_certificate_of_other_shape_is_refused(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(server_both, TYPE, "0400010002");
    ext_check_length(server_both, TYPE, "0400010002", 0);
    server_both(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "00"), TLSN_ERR_DECODE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compress_certificate_lists_algorithms_behind_one_byte),
        cmocka_unit_test(compress_certificate_is_for_tls13),
        cmocka_unit_test(compress_certificate_takes_the_first_of_ours_that_the_peer_has),
        cmocka_unit_test(compress_certificate_is_asked_and_not_answered),
        cmocka_unit_test(compress_certificate_of_other_shape_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
