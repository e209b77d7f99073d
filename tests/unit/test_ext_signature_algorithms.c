#include "handshake/version.h"
#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void signature_algorithms_of_client_are_in_order(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    /* RFC 8446 4.2.3 and RFC 8422 5.1.3: ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256, ed25519 */
    ext_check_written(&f, TLSNI_EXT_SIGNATURE_ALGORITHMS, "0006" "0403" "0804" "0807");
    REQ("5246:7.4.1.4.1/1");
    REQ("5246:7.4.1.4.1/4");
    REQ("8422:5.1.3/1");
}

static void signature_algorithms_before_tls12_are_not_sent(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    f.cfg.version_min = TLSN_TLS1_0;
    f.cfg.version_max = TLSN_TLS1_1;
    assert_false(ext_write_one(&f, TLSNI_EXT_SIGNATURE_ALGORITHMS, &data));
    REQ("5246:7.4.1.4.1/8");
}

static void signature_algorithms_of_client_are_kept(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SIGNATURE_ALGORITHMS, "0004" "0403" "7f7f"),
                     TLSN_OK);
    assert_true(f.hs.peer_sigalgs_seen);
    assert_int_equal(f.hs.peer_sigalgs.len, 4);
    REQ("5246:7.4.1.4.1/10");
}

/* supported_signature_algorithms<2..2^16-2> */
static void signature_algorithms_malformed_are_a_decode_error(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_server, TLSNI_EXT_SIGNATURE_ALGORITHMS, "0004" "0403" "0804");
    ext_check_length(ext_server, TLSNI_EXT_SIGNATURE_ALGORITHMS, "0004" "0403" "0804", 1);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SIGNATURE_ALGORITHMS, "0000"), TLSN_ERR_DECODE);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SIGNATURE_ALGORITHMS, "0003" "040308"),
                     TLSN_ERR_DECODE);
}

static void signature_algorithms_are_never_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SIGNATURE_ALGORITHMS, "0002" "0403"), TLSN_OK);
    assert_false(ext_write_one(&f, TLSNI_EXT_SIGNATURE_ALGORITHMS, &data));
    REQ("5246:7.4.1.4.1/9");
}

static void signature_algorithms_in_answer_are_refused(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SIGNATURE_ALGORITHMS, "0002" "0403"),
                     TLSN_ERR_UNSUPPORTED_EXTENSION);
    assert_int_equal(f.err.alert, 110);
}

/* The version is settled: what only older ones can verify stays out, what TLS 1.3 has in certificates stays. */
static void signature_algorithms_of_certificate_request_are_those_of_the_version(void **state)
{
    static const uint16_t ids[] = { 0x0202, 0x0303, 0x0402, 0x0401, 0x0403 };
    struct tlsn_span data;
    struct ext_fixture f;
    struct tlsni_wr w = tlsni_wr_make(f.block, sizeof f.block);

    (void)state;
    ext_server(&f);
    memcpy(f.sigalgs, ids, sizeof ids);
    f.cfg.sigalgs.count = sizeof ids / sizeof *ids;
    f.cfg.version_max = TLSN_TLS1_3;
    f.hs.version = tlsni_version_find(TLSN_TLS1_3);
    tlsni_ext_write(&f.hs, TLSNI_IN_CERTIFICATE_REQUEST, &w);
    assert_true(tlsni_ext_find(tlsni_span_make(f.block + 2, w.len - 2),
                               TLSNI_EXT_SIGNATURE_ALGORITHMS, &data));
    assert_int_equal(data.len, 6);
    assert_memory_equal(data.data, "\x00\x04\x04\x01\x04\x03", 6);
    REQ("8446:4.2.3/7");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(signature_algorithms_of_client_are_in_order),
        cmocka_unit_test(signature_algorithms_before_tls12_are_not_sent),
        cmocka_unit_test(signature_algorithms_of_client_are_kept),
        cmocka_unit_test(signature_algorithms_malformed_are_a_decode_error),
        cmocka_unit_test(signature_algorithms_are_never_answered),
        cmocka_unit_test(signature_algorithms_in_answer_are_refused),
        cmocka_unit_test(signature_algorithms_of_certificate_request_are_those_of_the_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
