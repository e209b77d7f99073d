#include "req.h"
#include "support_env.h"
#include "support_ext.h"

#include "cipher/pk.h"
#include "handshake/common12.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* RSASSA-PKCS1-v1_5 in TLS 1.3 (RFC 9963): a signature that is good, made by the wrong side or not asked
 * for. */

enum { LEGACY = 0x0420 };

static tlsn_status judge(enum tlsn_role us, const uint16_t *schemes, size_t count)
{
    struct tlsn_span message = tlsni_span_make("message", 7);
    const struct tlsni_sigalg *row = NULL;
    struct tlsni_msg_signed sig = { .scheme = LEGACY };
    struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(LEGACY));
    uint8_t bytes[TLSNI_SIGNATURE_MAX];
    struct ext_fixture f;
    struct tlsni_privkey *key;
    struct test_env env;
    size_t len;
    tlsn_status st;

    test_env_init(&env, 5);
    assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, TLSNI_KEY_RSA, 2048, 0), TLSN_OK);
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, message, bytes, &len), TLSN_OK);
    sig.signature = tlsni_span_make(bytes, len);
    (us == TLSN_CLIENT ? ext_client : ext_server)(&f);
    f.hs.version = tlsni_version_find(TLSN_TLS1_3);
    f.hs.peer.key = (struct tlsni_pubkey *)(uintptr_t)tlsni_privkey_public(key);
    f.cfg.sigalgs = (struct tlsni_ids){ schemes, count };
    st = tlsni_peer_signature(&f.hs, &sig, message, &row);
    tlsni_privkey_free(key);
    return st;
}

static void legacy_scheme_is_taken_by_servers_that_asked(void **state)
{
    static const uint16_t with[] = { 0x0804, LEGACY }, without[] = { 0x0804, 0x0401 };

    (void)state;
    assert_int_equal(judge(TLSN_SERVER, with, 2), TLSN_OK);
    assert_int_equal(judge(TLSN_SERVER, without, 2), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("9963:2/4");
}

static void legacy_scheme_is_never_taken_by_clients(void **state)
{
    static const uint16_t with[] = { 0x0804, LEGACY };

    (void)state;
    assert_int_equal(judge(TLSN_CLIENT, with, 2), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("9963:2/3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legacy_scheme_is_taken_by_servers_that_asked),
        cmocka_unit_test(legacy_scheme_is_never_taken_by_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
