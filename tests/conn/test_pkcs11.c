#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tls-native/pkcs11.h>
#include <unistd.h>

#include "support_duo.h"
#include "support_wire.h"
#include "support_x509.h"

/* SoftHSM as a token, with keys that the openssl command made: its certificates are verified with keys
 * that it has too, so that a signature that verifies was made by the token. */

static const char *const modules[] = {
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
};
static const char *module_path;

static bool has_eddsa, has_careful; /* keys that not every machine can make */

static bool run(const char *command)
{
    char line[1024];

    (void)snprintf(line, sizeof line, "cd '%s' && %s >out 2>&1", peer_dir(), command);
    return system(line) == 0;
}

/* The key that label.key holds, with a certificate in label.pem. */
static bool import_made(const char *label, const char *id)
{
    char command[512];

    (void)snprintf(command, sizeof command, "req -x509 -new -key %s.key -out %s.pem -subj /CN=%s "
                   "-addext subjectAltName=DNS:server.example -days 30", label, label, label);
    if (!peer_openssl(command))
        return false;
    (void)snprintf(command, sizeof command, "openssl pkcs8 -topk8 -nocrypt -in %s.key -out p8 && "
                   "softhsm2-util --import p8 --token tlsn --label %s --id %s --pin 1234", label,
                   label, id);
    return run(command);
}

static bool import(const char *kind, const char *label, const char *id)
{
    char command[512];

    (void)snprintf(command, sizeof command, "genpkey -algorithm %s -out %s.key", kind, label);
    return peer_openssl(command) && import_made(label, id);
}

static int make_token(void **state)
{
    char config[256];

    (void)state;
    for (size_t i = 0; i < sizeof modules / sizeof *modules && !module_path; i++)
        if (access(modules[i], R_OK) == 0)
            module_path = modules[i];
    if (!module_path || !peer_there() || system("command -v softhsm2-util >/dev/null 2>&1") != 0) {
        module_path = NULL;
        return 0;
    }
    (void)snprintf(config, sizeof config, "directories.tokendir = %s\nobjectstore.backend = file\n",
                   peer_dir());
    peer_write("softhsm2.conf", config, strlen(config));
    (void)snprintf(config, sizeof config, "%s/softhsm2.conf", peer_dir());
    if (setenv("SOFTHSM2_CONF", config, 1) != 0 ||
        !run("softhsm2-util --init-token --free --label tlsn --pin 1234 --so-pin 5678") ||
        !import("rsa -pkeyopt rsa_keygen_bits:2048", "an-rsa", "01") ||
        !import("ec -pkeyopt ec_paramgen_curve:P-256", "an-ec", "02") ||
        !import("ec -pkeyopt ec_paramgen_curve:P-384", "twin", "03") ||
        !import("rsa -pkeyopt rsa_keygen_bits:2048", "twin", "04"))
        return -1;
    has_eddsa = import("ed25519", "an-ed", "05"); /* SoftHSM may have been built without */
    (void)snprintf(config, sizeof config, "pkcs11-tool --module %s --login --pin 1234 --keypairgen "
                   "--key-type EC:prime256v1 --label careful --id 06 --always-auth --usage-sign",
                   module_path);
    has_careful = run(config);
    return 0;
}

static int remove_token(void **state)
{
    (void)state;
    peer_clean();
    return 0;
}

static tlsn_pkcs11 *open_module(void)
{
    struct tlsn_pkcs11_error error;
    tlsn_pkcs11 *m;

    if (tlsn_pkcs11_open(&m, module_path, TLSN_PKCS11_DEFAULT, NULL, &error) != TLSN_OK)
        fail_msg("%s", error.text);
    return m;
}

/* Without p11-kit or SoftHSM nothing of this can be shown. */
static bool there(void)
{
    tlsn_pkcs11 *m;

    if (!module_path ||
        tlsn_pkcs11_open(&m, module_path, TLSN_PKCS11_DEFAULT, NULL, NULL) != TLSN_OK)
        return false;
    tlsn_pkcs11_free(m);
    return true;
}

#define NEED_TOKEN()      \
    do {                  \
        if (!there())     \
            skip();       \
    } while (0)

static tlsn_status open_key(tlsn_pkcs11_key **key, struct tlsn_pkcs11_query q)
{
    tlsn_pkcs11 *m = open_module();
    tlsn_status st = tlsn_pkcs11_key_open(key, m, &q, NULL);

    tlsn_pkcs11_free(m); /* the key holds it */
    return st;
}

/* ---- lifecycle; before anything else has initialised the module ---- */

static void second_strict_initialisation_is_an_error(void **state)
{
    struct tlsn_pkcs11_error error;
    tlsn_pkcs11 *first, *second;

    (void)state;
    if (!module_path)
        skip();
    if (tlsn_pkcs11_open(&first, module_path, TLSN_PKCS11_STRICT, NULL, &error) ==
        TLSN_ERR_NOT_IMPLEMENTED)
        skip();
    assert_non_null(first);
    assert_int_equal(tlsn_pkcs11_open(&second, module_path, TLSN_PKCS11_STRICT, NULL, &error),
                     TLSN_ERR_PKCS11);
    assert_null(second);
    assert_int_equal(error.rv, 0x191); /* PKCS #11 v2.40 A */
    assert_string_equal(error.name, "CKR_CRYPTOKI_ALREADY_INITIALIZED");
    /* The two others do not mind. */
    assert_int_equal(tlsn_pkcs11_open(&second, module_path, TLSN_PKCS11_OMIT, NULL, NULL), TLSN_OK);
    tlsn_pkcs11_free(second);
    tlsn_pkcs11_free(first); /* C_Finalize */
    assert_int_equal(tlsn_pkcs11_open(&first, module_path, TLSN_PKCS11_STRICT, NULL, NULL),
                     TLSN_OK);
    tlsn_pkcs11_free(first);
    /* Nobody has initialised it: nothing works. */
    assert_int_equal(tlsn_pkcs11_open(&first, module_path, TLSN_PKCS11_OMIT, NULL, NULL), TLSN_OK);
    assert_int_not_equal(tlsn_pkcs11_token(first, 0, &(struct tlsn_pkcs11_token){ 0 }, NULL),
                         TLSN_OK);
    tlsn_pkcs11_free(first);
    assert_int_equal(tlsn_pkcs11_open(&first, "/nowhere/module.so", TLSN_PKCS11_DEFAULT, NULL,
                                      &error), TLSN_ERR_PKCS11);
    assert_int_equal(error.rv, 0);
}

/* ---- looking for keys ---- */

static void key_is_found_by_label_type_slot_token_and_uri(void **state)
{
    struct tlsn_pkcs11_token token;
    struct tlsn_pkcs11_key *key;
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .object = "an-rsa" };
    char uri[128];
    tlsn_pkcs11 *m;

    (void)state;
    NEED_TOKEN();
    m = open_module();
    assert_int_equal(tlsn_pkcs11_token(m, 0, &token, NULL), TLSN_OK);
    assert_string_equal(token.label, "tlsn");
    assert_true(token.initialised && token.login_required);
    tlsn_pkcs11_free(m);
    assert_int_equal(open_key(&key, q), TLSN_OK);
    tlsn_pkcs11_key_free(key);
    q.token = "tlsn";
    q.by_slot = true;
    q.slot_id = token.slot_id;
    q.type = "rsa";
    assert_int_equal(open_key(&key, q), TLSN_OK);
    tlsn_pkcs11_key_free(key);
    q.type = "ec";
    assert_int_equal(open_key(&key, q), TLSN_ERR_NOT_FOUND);
    q.type = "dsa";
    assert_int_equal(open_key(&key, q), TLSN_ERR_UNKNOWN_KEYWORD);
    q.type = NULL;
    q.slot_id++;
    assert_int_equal(open_key(&key, q), TLSN_ERR_NOT_FOUND);
    (void)snprintf(uri, sizeof uri, "pkcs11:token=tlsn;id=%%02;slot-id=%llu?pin-value=1234",
                   (unsigned long long)token.slot_id);
    assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){ .uri = uri }), TLSN_OK);
    tlsn_pkcs11_key_free(key);
    assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){ .uri = "pkcs11:token=another;"
                                                                       "object=an-rsa"
                                                                       "?pin-value=1234" }),
                     TLSN_ERR_NOT_FOUND);
    assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){ .uri = "pkcs11:;" }),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){ .uri = "pkcs11:type=cert" }),
                     TLSN_ERR_ARGUMENT);
    q = (struct tlsn_pkcs11_query){ .uri = "pkcs11:object=a", .object = "b" };
    assert_int_equal(open_key(&key, q), TLSN_ERR_ARGUMENT);
}

static void key_that_is_not_the_only_one_is_an_error(void **state)
{
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .object = "twin" };
    struct tlsn_pkcs11_error error;
    struct tlsn_pkcs11_key *key;
    tlsn_pkcs11 *m;

    (void)state;
    NEED_TOKEN();
    assert_int_equal(open_key(&key, q), TLSN_ERR_AMBIGUOUS);
    q.object = NULL;
    m = open_module();
    assert_int_equal(tlsn_pkcs11_key_open(&key, m, &q, &error), TLSN_ERR_AMBIGUOUS);
    assert_non_null(strstr(error.text, "more than one private key"));
    tlsn_pkcs11_free(m);
    q.object = "twin";
    q.type = "ec";
    assert_int_equal(open_key(&key, q), TLSN_OK);
    tlsn_pkcs11_key_free(key);
}

static void wrong_pin_is_a_wrong_password(void **state)
{
    struct tlsn_pkcs11_query q = { .pin = "4321", .pin_len = 4, .object = "an-rsa" };
    struct tlsn_pkcs11_error error;
    struct tlsn_pkcs11_key *key;
    tlsn_pkcs11 *m;

    (void)state;
    NEED_TOKEN();
    m = open_module();
    assert_int_equal(tlsn_pkcs11_key_open(&key, m, &q, &error), TLSN_ERR_PASSWORD);
    assert_null(key);
    assert_string_equal(error.name, "CKR_PIN_INCORRECT");
    tlsn_pkcs11_free(m);
    q.pin = NULL; /* without one private keys cannot be seen */
    assert_int_equal(open_key(&key, q), TLSN_ERR_NOT_FOUND);
}

static void pin_comes_from_a_file(void **state)
{
    char uri[256];
    struct tlsn_pkcs11_key *key;

    (void)state;
    NEED_TOKEN();
    peer_write("pin", "1234\n", 5);
    for (int i = 0; i < 3; i++) {
        static const char *const forms[] = { "", "file:", "file://" };

        (void)snprintf(uri, sizeof uri, "pkcs11:object=an-rsa?pin-source=%s%s/pin", forms[i],
                       peer_dir());
        assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){ .uri = uri }), TLSN_OK);
        tlsn_pkcs11_key_free(key);
    }
    assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){
                                        .uri = "pkcs11:?pin-source=/nowhere" }), TLSN_ERR_FILE);
}

/* ---- handshakes ---- */

static tlsn_credential *credential(const char *label, const char *type, const char *chain,
                                   tlsn_status want)
{
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .object = label, .type = type };
    char name[64], pem[8192];
    tlsn_credential *c;
    tlsn_pkcs11_key *key;
    size_t len;

    (void)snprintf(name, sizeof name, "%s.pem", chain);
    len = peer_read(name, pem, sizeof pem);
    assert_int_equal(open_key(&key, q), TLSN_OK);
    assert_int_equal(tlsn_credential_new_pkcs11(&c, pem, len, key, NULL), want);
    tlsn_pkcs11_key_free(key); /* the credential holds it */
    return c;
}

static void shake(const char *label, const char *suites, const char *sigalgs)
{
    tlsn_credential *c = credential(label, NULL, label, TLSN_OK);
    struct duo *d = duo_new();

    duo_reset_server(d, c);
    duo_reset_client(d);
    assert_int_equal(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE), TLSN_OK);
    if (suites) {
        assert_int_equal(duo_set_suites(d->config[TLSN_SERVER], suites), TLSN_OK);
        assert_int_equal(duo_set_suites(d->config[TLSN_CLIENT], suites), TLSN_OK);
    }
    if (sigalgs)
        assert_int_equal(tlsn_config_set_sigalgs(d->config[TLSN_CLIENT], sigalgs), TLSN_OK);
    duo_connect(d);
    duo_shake(d);
    duo_free(d);
    tlsn_credential_free(c);
}

static void handshakes_with_keys_in_a_token_complete(void **state)
{
    (void)state;
    NEED_TOKEN();
    shake("an-ec", NULL, NULL);
    shake("an-rsa", NULL, "rsa_pss_rsae_sha256");
    shake("an-rsa", NULL, "rsa_pss_rsae_sha512");
    shake("an-rsa", NULL, "rsa_pkcs1_sha256");
    shake("an-rsa", NULL, "rsa_pkcs1_sha384");
    shake("an-rsa", "TLS_RSA_WITH_AES_128_GCM_SHA256", NULL); /* it decrypts */
}

/* CertificateVerify of TLS 1.3 is the same operation. */
static void handshakes_of_tls13_with_keys_in_a_token_complete(void **state)
{
    static const char *const labels[] = { "an-ec", "an-rsa" };

    (void)state;
    NEED_TOKEN();
    for (int i = 0; i < 2; i++) {
        tlsn_credential *c = credential(labels[i], NULL, labels[i], TLSN_OK);
        struct wire *w = wire_new("ec:secp256r1");
        tlsn_config *config;

        assert_int_equal(tlsn_config_new(&config, &w->end[TLSN_SERVER].env.hooks), TLSN_OK);
        assert_int_equal(tlsn_config_add_credential(config, c), TLSN_OK);
        assert_int_equal(tlsn_config_set_versions(config, TLSN_TLS1_3, TLSN_TLS1_3), TLSN_OK);
        wire_set_config(w, TLSN_SERVER, config);
        config = w->end[TLSN_CLIENT].config;
        assert_int_equal(tlsn_config_set_versions(config, TLSN_TLS1_3, TLSN_TLS1_3), TLSN_OK);
        assert_int_equal(tlsn_config_set_verify_mode(config, TLSN_VERIFY_INSECURE_NONE), TLSN_OK);
        wire_shake(w);
        wire_free(w);
        tlsn_credential_free(c);
    }
}

static void chain_of_another_key_is_refused(void **state)
{
    (void)state;
    NEED_TOKEN();
    assert_null(credential("an-rsa", NULL, "twin", TLSN_ERR_KEY_MISMATCH));
    assert_null(credential("an-ec", NULL, "an-rsa", TLSN_ERR_KEY_MISMATCH));
    assert_null(credential("twin", "ec", "an-ec", TLSN_ERR_KEY_MISMATCH));
}

static void ed25519_in_a_token_signs(void **state)
{
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .type = "eddsa" };
    tlsn_pkcs11_key *key;

    (void)state;
    NEED_TOKEN();
    if (!has_eddsa)
        skip();
    shake("an-ed", NULL, NULL);
    assert_int_equal(open_key(&key, q), TLSN_OK); /* the only one of its type */
    tlsn_pkcs11_key_free(key);
    (void)credential("an-ed", NULL, "an-ec", TLSN_ERR_KEY_MISMATCH);
}

/* SoftHSM shows the bare point. This key's begins with 04 B7, like an OCTET STRING that is cut off. */
static void point_that_looks_like_der_is_that_of_its_key(void **state)
{
    static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADy\n"
                              "-----END PRIVATE KEY-----\n";

    (void)state;
    NEED_TOKEN();
    if (!has_eddsa)
        skip();
    peer_write("odd-ed.key", pem, sizeof pem - 1);
    assert_true(import_made("odd-ed", "07"));
    shake("odd-ed", NULL, NULL);
    (void)credential("odd-ed", NULL, "an-ed", TLSN_ERR_KEY_MISMATCH);
}

/* CKA_ALWAYS_AUTHENTICATE. */
static void key_that_wants_its_pin_each_time_signs_more_than_once(void **state)
{
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .object = "careful" };
    struct tlsn_key_op op = { .kind = TLSN_KEY_OP_SIGN, .scheme = 0x0403,
                              .input = { (const uint8_t *)"message", 7 } };
    uint8_t out[1024];
    tlsn_pkcs11_key *key;
    size_t len;

    (void)state;
    NEED_TOKEN();
    if (!has_careful)
        skip();
    assert_int_equal(open_key(&key, q), TLSN_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tlsn_pkcs11_key_op(key, &op, out, sizeof out, &len, NULL), TLSN_OK);
        assert_in_range(len, 60, 72);
    }
    tlsn_pkcs11_key_free(key);
}

/* Every thread signs with the same key; the signatures verify. */
static void *sign_many(void *ctx)
{
    struct tlsn_pkcs11_key *key = ctx;
    struct tlsn_key_op op = { .kind = TLSN_KEY_OP_SIGN, .scheme = 0x0403,
                              .input = { (const uint8_t *)"message", 7 } };
    uint8_t signature[1024];
    size_t len;

    for (int i = 0; i < 50; i++)
        if (tlsn_pkcs11_key_op(key, &op, signature, sizeof signature, &len, NULL) != TLSN_OK)
            return key;
    return NULL;
}

static void key_serves_every_thread(void **state)
{
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .object = "an-ec" };
    struct tlsn_pkcs11_key *key;
    pthread_t threads[4];
    void *failed;

    (void)state;
    NEED_TOKEN();
    assert_int_equal(open_key(&key, q), TLSN_OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sign_many, key), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    tlsn_pkcs11_key_free(key);
}

static void operations_that_a_key_does_not_have_are_refused(void **state)
{
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .object = "an-ec" };
    struct tlsn_key_op op = { .kind = TLSN_KEY_OP_SIGN, .scheme = 0x0401,
                              .input = { (const uint8_t *)"message", 7 } };
    struct tlsn_pkcs11_key *key;
    uint8_t out[1024];
    size_t len;

    (void)state;
    NEED_TOKEN();
    assert_int_equal(open_key(&key, q), TLSN_OK);
    assert_int_equal(tlsn_pkcs11_key_op(key, &op, out, sizeof out, &len, NULL),
                     TLSN_ERR_NOT_IMPLEMENTED);
    op.kind = TLSN_KEY_OP_DECRYPT;
    assert_int_equal(tlsn_pkcs11_key_op(key, &op, out, sizeof out, &len, NULL),
                     TLSN_ERR_NOT_IMPLEMENTED);
    op.kind = TLSN_KEY_OP_AGREE;
    assert_int_equal(tlsn_pkcs11_key_op(key, &op, out, sizeof out, &len, NULL),
                     TLSN_ERR_NOT_IMPLEMENTED);
    assert_int_equal(tlsn_pkcs11_key_op(key, &op, out, 100, &len, NULL), TLSN_ERR_ARGUMENT);
    tlsn_pkcs11_key_free(key);
}

/* ---- trust ---- */

static void certificates_of_a_token_become_anchors(void **state)
{
    tlsn_trust *trust;
    tlsn_pkcs11 *m;
    size_t added;

    (void)state;
    NEED_TOKEN();
    if (system("command -v p11tool >/dev/null 2>&1") != 0)
        skip();
    assert_true(setenv("TLSN_MODULE", module_path, 1) == 0 &&
                run("p11tool --provider \"$TLSN_MODULE\" --login --set-pin=1234 --batch --write "
                    "--load-certificate an-rsa.pem --label an-rsa --id 01 'pkcs11:token=tlsn'"));
    m = open_module();
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add_pkcs11(trust, m, NULL, false, &added, NULL), TLSN_OK);
    assert_int_equal(added, 0); /* it is there, but nobody said that it is trusted */
    assert_int_equal(tlsn_trust_add_pkcs11(trust, m, "pkcs11:token=other", true, &added, NULL),
                     TLSN_OK);
    assert_int_equal(added, 0);
    assert_int_equal(tlsn_trust_add_pkcs11(trust, m, "pkcs11:token=tlsn", true, &added, NULL),
                     TLSN_OK);
    assert_int_equal(added, 1);
    assert_int_equal(tlsn_trust_add_pkcs11(trust, m, "pkcs11:;", true, &added, NULL),
                     TLSN_ERR_ARGUMENT);
    tlsn_trust_free(trust);
    tlsn_pkcs11_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(second_strict_initialisation_is_an_error),
        cmocka_unit_test(key_is_found_by_label_type_slot_token_and_uri),
        cmocka_unit_test(key_that_is_not_the_only_one_is_an_error),
        cmocka_unit_test(wrong_pin_is_a_wrong_password),
        cmocka_unit_test(pin_comes_from_a_file),
        cmocka_unit_test(handshakes_with_keys_in_a_token_complete),
        cmocka_unit_test(handshakes_of_tls13_with_keys_in_a_token_complete),
        cmocka_unit_test(chain_of_another_key_is_refused),
        cmocka_unit_test(ed25519_in_a_token_signs),
        cmocka_unit_test(point_that_looks_like_der_is_that_of_its_key),
        cmocka_unit_test(key_that_wants_its_pin_each_time_signs_more_than_once),
        cmocka_unit_test(key_serves_every_thread),
        cmocka_unit_test(operations_that_a_key_does_not_have_are_refused),
        cmocka_unit_test(certificates_of_a_token_become_anchors),
    };
    return cmocka_run_group_tests(tests, make_token, remove_token);
}
