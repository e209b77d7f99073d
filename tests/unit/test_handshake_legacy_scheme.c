#include "req.h"
#include "support_env.h"
#include "support_ext.h"
#include "support_vectors.h"

#include "cipher/pk_impl.h"
#include "handshake/common12.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* RSASSA-PKCS1-v1_5 in TLS 1.3 (RFC 9963): a signature that is good, made by the wrong side or not asked
 * for. */

enum { LEGACY = 0x0420 };

static const struct tlsn_span message = { (const uint8_t *)"message", 7 };

/* What our side says to such a signature by this key. */
static tlsn_status judge_signature(enum tlsn_role us, const uint16_t *schemes, size_t count,
                                   const struct tlsni_privkey *key, struct tlsn_span signature)
{
    const struct tlsni_msg_signed sig = { .scheme = LEGACY, .signature = signature };
    const struct tlsni_sigalg *row = NULL;
    struct ext_fixture f;

    (us == TLSN_CLIENT ? ext_client : ext_server)(&f);
    f.hs.version = tlsni_version_find(TLSN_TLS1_3);
    f.hs.peer.key = (struct tlsni_pubkey *)(uintptr_t)tlsni_privkey_public(key);
    f.cfg.sigalgs = (struct tlsni_ids){ schemes, count };
    return tlsni_peer_signature(&f.hs, &sig, message, &row);
}

static tlsn_status judge(enum tlsn_role us, const uint16_t *schemes, size_t count)
{
    struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(LEGACY));
    uint8_t bytes[TLSNI_SIGNATURE_MAX];
    struct tlsni_privkey *key;
    struct test_env env;
    size_t len;
    tlsn_status st;

    test_env_init(&env, 5);
    assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, TLSNI_KEY_RSA, 2048, 0), TLSN_OK);
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, message, bytes, &len), TLSN_OK);
    st = judge_signature(us, schemes, count, key, tlsni_span_make(bytes, len));
    tlsni_privkey_free(key);
    return st;
}

static void legacy_scheme_is_taken_by_servers_that_asked(void **state)
{
    static const uint16_t with[] = { 0x0804, LEGACY }, without[] = { 0x0804, 0x0401 };

    (void)state;
    assert_int_equal(judge(TLSN_SERVER, with, 2), TLSN_OK);
    assert_int_equal(judge(TLSN_SERVER, without, 2), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("9963:3/6");
}

static void legacy_scheme_is_never_taken_by_clients(void **state)
{
    static const uint16_t with[] = { 0x0804, LEGACY };

    (void)state;
    assert_int_equal(judge(TLSN_CLIENT, with, 2), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("9963:3/4");
}

/* DigestInfo for SHA-256 up to the digest: with NULL parameters, without, and with lengths that are not DER, with
 * another parameter. */
static const struct {
    const char *head;
    bool good;
} infos[] = {
    { "3031300d060960864801650304020105000420", true },
    { "302f300b06096086480165030402010420", false },
    { "308131300d060960864801650304020105000420", false },
    { "3032300d06096086480165030402010500048120", false },
    { "3032300e06096086480165030402010201000420", false },
};

/* The signature of a block with this DigestInfo, whoever makes such. */
static void sign_info(const struct tlsni_privkey *key, const struct tlsn_hooks *env, const char *head,
                      uint8_t signature[256])
{
    uint8_t em[256] = { 0, 1 }, info[64];
    size_t len = vec_unhex(head, info, sizeof info);

    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), message.data, message.len, info + len);
    len += 32;
    memset(em + 2, 0xff, sizeof em - 3 - len);
    em[sizeof em - 1 - len] = 0;
    memcpy(em + sizeof em - len, info, len);
    assert_int_equal(tlsni_rsa_private(key, env, signature, em), TLSN_OK);
}

/* The second one is what older versions have to take (RFC 5246 4.7). */
static void legacy_scheme_needs_null_parameters_in_der(void **state)
{
    static const uint16_t with[] = { 0x0804, LEGACY };
    struct tlsni_sig_params old = tlsni_sigalg_params(tlsni_sigalg_find(0x0401));
    struct tlsni_privkey *key;
    struct test_env env;
    uint8_t signature[256];

    (void)state;
    test_env_init(&env, 6);
    assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, TLSNI_KEY_RSA, 2048, 0), TLSN_OK);
    for (size_t i = 0; i < sizeof infos / sizeof *infos; i++) {
        struct tlsn_span s = tlsni_span_make(signature, sizeof signature);

        sign_info(key, &env.hooks, infos[i].head, signature);
        assert_int_equal(judge_signature(TLSN_SERVER, with, 2, key, s),
                         infos[i].good ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR);
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &old, message, s),
                         i < 2 ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR);
    }
    tlsni_privkey_free(key);
    REQ("9963:4/2");
    REQ("9963:4/4");
}

/* PKCS #1 v1.5 gives one signature a message: ours is that of the block with NULL. */
static void legacy_scheme_signs_with_null_parameters(void **state)
{
    struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(LEGACY));
    struct tlsni_privkey *key;
    struct test_env env;
    uint8_t ours[TLSNI_SIGNATURE_MAX], right[256];
    size_t len;

    (void)state;
    test_env_init(&env, 7);
    assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, TLSNI_KEY_RSA, 2048, 0), TLSN_OK);
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, message, ours, &len), TLSN_OK);
    sign_info(key, &env.hooks, infos[0].head, right);
    assert_int_equal(len, sizeof right);
    assert_memory_equal(ours, right, len);
    tlsni_privkey_free(key);
    REQ("9963:4/3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legacy_scheme_is_taken_by_servers_that_asked),
        cmocka_unit_test(legacy_scheme_is_never_taken_by_clients),
        cmocka_unit_test(legacy_scheme_needs_null_parameters_in_der),
        cmocka_unit_test(legacy_scheme_signs_with_null_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
