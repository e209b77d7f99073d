#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <tls-native/config.h>
#include <tls-native/x509.h>

#include "req.h"
#include "support_env.h"
#include "support_x509.h"

enum { FILE_MAX = 32768 };

static const struct tlsn_unlock secret = { .password = "secret", .password_len = 6 };

/* An authority, a leaf of it, and a file with all of it in an order of its own. */
static void make_files(void)
{
    assert_true(peer_openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                             "-keyout ca-key -out ca -subj /CN=CA -days 30"));
    assert_true(peer_openssl("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                             "-keyout key -out csr -subj /CN=a.example"));
    assert_true(peer_openssl("x509 -req -in csr -CA ca -CAkey ca-key -CAcreateserial -out cert "
                             "-days 30"));
    assert_true(peer_openssl("x509 -in cert -outform DER -out cert.der"));
    assert_true(peer_openssl("pkcs8 -topk8 -in key -out sealed -passout pass:secret"));
    assert_true(peer_openssl("pkcs12 -export -in cert -inkey key -certfile ca -out p12 -passout "
                             "pass:secret"));
    assert_true(peer_openssl("crl2pkcs7 -nocrl -certfile ca -certfile cert -out p7"));
}

static void check_leaf(tlsn_credential *c, bool issuer_too)
{
    struct tlsn_span leaf = tlsn_credential_cert(c, 0);
    uint8_t want[FILE_MAX];
    size_t len = peer_read("cert.der", want, sizeof want);

    assert_int_equal(leaf.len, len);
    assert_memory_equal(leaf.data, want, len);
    assert_int_equal(tlsn_credential_cert(c, 1).len != 0, issuer_too);
    tlsn_credential_free(c);
}

static void credential_of_a_pkcs12_file_begins_with_its_leaf(void **state)
{
    uint8_t p12[FILE_MAX];
    tlsn_credential *c;
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    make_files();
    len = peer_read("p12", p12, sizeof p12);
    assert_int_equal(tlsn_credential_new_unlocked(&c, p12, len, NULL, 0, &secret, NULL), TLSN_OK);
    check_leaf(c, true);
    assert_int_equal(tlsn_credential_new_unlocked(&c, p12, len, NULL, 0, NULL, NULL),
                     TLSN_ERR_KEY_ENCRYPTED);
    assert_null(c);
}

/* The bag of a PKCS#7 has no order: here the authority comes first. */
static void credential_of_a_bag_and_an_encrypted_key_is_put_in_order(void **state)
{
    uint8_t p7[FILE_MAX], key[FILE_MAX];
    size_t len, key_len;
    tlsn_credential *c;

    (void)state;
    if (!peer_there())
        skip();
    make_files();
    len = peer_read("p7", p7, sizeof p7);
    key_len = peer_read("sealed", key, sizeof key);
    assert_int_equal(tlsn_credential_new_unlocked(&c, p7, len, key, key_len, &secret, NULL),
                     TLSN_OK);
    check_leaf(c, true);
    assert_int_equal(tlsn_credential_new_unlocked(&c, p7, len, NULL, 0, &secret, NULL),
                     TLSN_ERR_KEY);
    assert_true(peer_openssl("genpkey -algorithm ED25519 -out other"));
    key_len = peer_read("other", key, sizeof key);
    assert_int_equal(tlsn_credential_new_unlocked(&c, p7, len, key, key_len, NULL, NULL),
                     TLSN_ERR_KEY_MISMATCH);
    assert_int_equal(tlsn_credential_new_unlocked(&c, key, key_len, key, key_len, NULL, NULL),
                     TLSN_ERR_PEM);
}

/* A public key by itself, as openssl writes it; under another label it is something else. */
static void public_keys_of_openssl_are_keys_of_peers(void **state)
{
    static const char label[] = "PUBLIC KEY";
    char pem[FILE_MAX], *at;
    tlsn_config *config;
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    make_files();
    assert_true(peer_openssl("pkey -in key -pubout -out public"));
    len = peer_read("public", pem, sizeof pem - 1);
    pem[len] = 0;
    assert_int_equal(tlsn_config_new(&config, NULL), TLSN_OK);
    assert_int_equal(tlsn_config_add_peer_key(config, pem, len), TLSN_OK);
    while ((at = strstr(pem, label)) != NULL)
        memcpy(at, "PUBLIC QUAY", sizeof label - 1);
    assert_int_equal(tlsn_config_add_peer_key(config, pem, len), TLSN_ERR_PEM);
    tlsn_config_free(config);
    REQ("7468:13/1");
}

static void credential_memory_running_out_is_an_error(void **state)
{
    tlsn_status st = TLSN_ERR_NO_MEMORY;
    uint8_t p12[FILE_MAX];
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    make_files();
    len = peer_read("p12", p12, sizeof p12);
    for (size_t n = 1; st == TLSN_ERR_NO_MEMORY; n++) {
        struct test_env env;
        tlsn_credential *c;

        test_env_init(&env, 1);
        env.fail_at = n;
        st = tlsn_credential_new_unlocked(&c, p12, len, NULL, 0, &secret, &env.hooks);
        tlsn_credential_free(c);
        assert_int_equal(env.live, 0);
    }
    assert_int_equal(st, TLSN_OK);
}

static int clean(void **state)
{
    (void)state;
    peer_clean();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credential_of_a_pkcs12_file_begins_with_its_leaf),
        cmocka_unit_test(credential_of_a_bag_and_an_encrypted_key_is_put_in_order),
        cmocka_unit_test(public_keys_of_openssl_are_keys_of_peers),
        cmocka_unit_test(credential_memory_running_out_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
