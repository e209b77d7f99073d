#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tls-native/delegated.h>
#include <tls-native/pkcs11.h>
#include <unistd.h>

#include "cipher/group.h"
#include "cipher/pk_impl.h"
#include "handshake/credential.h"
#include "pkcs11.h"
#include "req.h"
#include "support_delegated.h"
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
    REQ("7512:2.4/3");
}

/* The file's name is that of a URI within a URI: a space is %20 there, and %2520 here. */
static void pin_comes_from_the_file_of_a_uri(void **state)
{
    static const struct {
        const char *form;
        tlsn_status want;
    } rows[] = {
        { "file:%s/the%%2520pin", TLSN_OK },
        { "FILE://%s/the%%2520pin", TLSN_OK },
        { "file://localhost%s/the%%2520pin", TLSN_OK },
        { "%s/the%%20pin", TLSN_OK },
        { "file:%s/the%%20pin", TLSN_ERR_FILE },
        { "file://elsewhere.example%s/the%%2520pin", TLSN_ERR_FILE },
        { "file:the%%2520pin", TLSN_ERR_FILE },
        { "|/bin/cat%%20%s/the%%20pin", TLSN_ERR_FILE },
        { "https://localhost%s/the%%2520pin", TLSN_ERR_FILE },
    };
    char source[256], uri[512];
    struct tlsn_pkcs11_key *key;

    (void)state;
    NEED_TOKEN();
    peer_write("the pin", "1234\n", 5);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        (void)snprintf(source, sizeof source, rows[i].form, peer_dir());
        (void)snprintf(uri, sizeof uri, "pkcs11:object=an-rsa?pin-source=%s", source);
        assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){ .uri = uri }), rows[i].want);
        tlsn_pkcs11_key_free(key);
    }
    REQ("7512:2.4/1");
}

/* The module is one by its path here, and one of those that p11-kit has there. */
static void modules_are_chosen_by_name_and_by_path(void **state)
{
    char directory[256], uri[512];
    struct tlsn_pkcs11_key *key;
    const char *const good[] = { "module-name=softhsm2", "module-name=SoftHSM2", "module-path=%s",
                                 "module-path=%s/", "module-name=softhsm2&module-path=%s" };
    const char *const bad[] = { "module-name=softhsm", "module-name=libsofthsm2",
                                "module-path=%s/else.so", "module-path=/us", "module-path=%s.1",
                                "module-name=other&module-path=%s" };

    (void)state;
    NEED_TOKEN();
    (void)snprintf(directory, sizeof directory, "%s", module_path);
    *strrchr(directory, '/') = 0;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        size_t n = (size_t)snprintf(uri, sizeof uri, "pkcs11:object=an-rsa?pin-value=1234&");

        (void)snprintf(uri + n, sizeof uri - n, good[i], directory);
        assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){ .uri = uri }), TLSN_OK);
        tlsn_pkcs11_key_free(key);
    }
    (void)snprintf(uri, sizeof uri, "pkcs11:object=an-rsa?pin-value=1234&module-path=%s", module_path);
    assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){ .uri = uri }), TLSN_OK);
    tlsn_pkcs11_key_free(key);
    (void)snprintf(uri, sizeof uri, "pkcs11:object=nothing?pin-value=1234&module-path=%s", module_path);
    assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){ .uri = uri }), TLSN_ERR_NOT_FOUND);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t n = (size_t)snprintf(uri, sizeof uri, "pkcs11:object=an-rsa?pin-value=1234&");

        (void)snprintf(uri + n, sizeof uri - n, bad[i], module_path);
        assert_int_equal(open_key(&key, (struct tlsn_pkcs11_query){ .uri = uri }), TLSN_ERR_NOT_FOUND);
    }
    REQ("7512:2.4/6");
    REQ("7512:2.4/8");
    REQ("7512:2.4/11");
    REQ("7512:2.4/12");
}

/* Where the system keeps its modules is p11-kit's to know. */
static void modules_of_the_system_are_found_by_name(void **state)
{
    static const char uri[] = "pkcs11:token=tlsn;object=an-rsa?pin-value=1234&module-name=softhsm2";
    struct tlsn_pkcs11_key *key;
    tlsn_pkcs11 *m;
    tlsn_status st;

    (void)state;
    NEED_TOKEN();
    if (system("p11-kit list-modules 2>/dev/null | grep -q 'softhsm2:'") != 0)
        skip();
    assert_int_equal(tlsn_pkcs11_open(&m, NULL, TLSN_PKCS11_DEFAULT, NULL, NULL), TLSN_OK);
    st = tlsn_pkcs11_key_open(&key, m, &(struct tlsn_pkcs11_query){ .uri = uri }, NULL);
    assert_int_equal(st, TLSN_OK);
    tlsn_pkcs11_key_free(key);
    tlsn_pkcs11_free(m);
    REQ("7512:2.4/7");
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

/* ---- delegated credentials (RFC 9345) ---- */

/* The key with this label, out of the file that it was imported from. */
static tlsn_key *known_key(const char *label)
{
    static char text[8192];
    char name[64];
    tlsn_key *key;

    (void)snprintf(name, sizeof name, "%s.key", label);
    assert_int_equal(tlsn_key_read(&key, text, peer_read(name, text, sizeof text), NULL), TLSN_OK);
    return key;
}

static tlsn_pkcs11_key *token_key(const char *label)
{
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .object = label };
    tlsn_pkcs11_key *key;

    assert_int_equal(open_key(&key, q), TLSN_OK);
    return key;
}

static void delegated_key_in_a_token_signs(void **state)
{
    static const struct tlsn_delegated_spec spec;
    struct tlsn_conn_info info;
    tlsn_pkcs11_key *right, *wrong;
    tlsn_credential *owner, *dc;
    uint8_t bytes[TLSN_DELEGATED_MAX];
    struct wire *w;
    tlsn_key *key;
    size_t len;

    (void)state;
    NEED_TOKEN();
    w = wire_new("ec:secp256r1");
    owner = dc_owner("ec:secp256r1", DC_SOUND);
    key = known_key("an-ec");
    assert_int_equal(tlsn_delegated_issue(&spec, owner, key, &w->end[TLSN_SERVER].env.hooks, bytes,
                                          sizeof bytes, &len), TLSN_OK);
    tlsn_key_free(key);
    right = token_key("an-ec");
    wrong = token_key("an-rsa");
    assert_int_equal(tlsn_credential_new_delegated(&dc, bytes, len, NULL, 0, NULL), TLSN_OK);
    assert_int_equal(tlsn_credential_set_pkcs11_key(dc, wrong), TLSN_ERR_KEY_MISMATCH);
    assert_int_equal(tlsn_credential_set_pkcs11_key(dc, right), TLSN_OK);
    assert_int_equal(tlsn_credential_set_pkcs11_key(dc, right), TLSN_ERR_ARGUMENT); /* it has one */
    assert_int_equal(tlsn_credential_add_delegated(owner, dc), TLSN_OK);
    for (int r = 0; r < 2; r++) {
        tlsn_config *config;

        assert_int_equal(tlsn_config_new(&config, &w->end[r].env.hooks), TLSN_OK);
        assert_int_equal(tlsn_config_set_trust(config, dc_trust()), TLSN_OK);
        assert_int_equal(r == TLSN_SERVER ? tlsn_config_add_credential(config, owner)
                                          : tlsn_config_set_delegated(config, "default"), TLSN_OK);
        wire_set_config(w, (enum tlsn_role)r, config);
    }
    wire_shake(w);
    info = wire_info(w, TLSN_CLIENT);
    assert_string_equal(info.delegated[TLSN_SERVER].scheme_name, "ecdsa_secp256r1_sha256");
    wire_free(w);
    tlsn_credential_free(dc);
    tlsn_credential_free(owner);
    tlsn_pkcs11_key_free(right);
    tlsn_pkcs11_key_free(wrong);
    REQ("9345:7.1/1");
}

static void certificate_key_in_a_token_delegates(void **state)
{
    const struct tlsn_cert_spec cert = { .subject = "CN=x", .delegation_usage = true };
    static const struct tlsn_delegated_spec spec;
    struct tlsn_delegated_info info;
    uint8_t der[4096], bytes[TLSN_DELEGATED_MAX];
    tlsn_pkcs11_key *token;
    tlsn_credential *owner;
    tlsn_key *key;
    size_t der_len, len;

    (void)state;
    NEED_TOKEN();
    key = known_key("an-rsa");
    assert_int_equal(tlsn_cert_issue(&cert, key, (struct tlsn_span){ NULL, 0 }, key, NULL, der, sizeof der,
                                     &der_len), TLSN_OK);
    tlsn_key_free(key);
    token = token_key("an-rsa");
    assert_int_equal(tlsn_credential_new_pkcs11(&owner, der, der_len, token, NULL), TLSN_OK);
    assert_int_equal(tlsn_key_generate(&key, "ed25519", NULL), TLSN_OK);
    assert_int_equal(tlsn_delegated_issue(&spec, owner, key, NULL, bytes, sizeof bytes, &len), TLSN_OK);
    assert_int_equal(tlsn_delegated_describe(bytes, len, (struct tlsn_span){ der, der_len }, &info), TLSN_OK);
    assert_true(info.signed_by_it);
    assert_string_equal(info.signature_scheme_name, "rsa_pss_rsae_sha256");
    tlsn_key_free(key);
    tlsn_credential_free(owner);
    tlsn_pkcs11_key_free(token);
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
    op.kind = TLSN_KEY_OP_AGREE; /* this one may sign, and not derive */
    assert_int_equal(tlsn_pkcs11_key_op(key, &op, out, sizeof out, &len, NULL), TLSN_ERR_KEY_OP);
    assert_int_equal(tlsn_pkcs11_key_op(key, &op, out, 100, &len, NULL), TLSN_ERR_ARGUMENT);
    tlsn_pkcs11_key_free(key);
}

/* ---- fixed Diffie-Hellman ---- */

#ifdef TLSNI_HAVE_P11KIT

enum { AGREE_EC, AGREE_DH, AGREES };
static const struct {
    const char *suite, *label, *type;
} agrees[AGREES] = {
    { "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", "agree-ec", "ec" },
    { "TLS_DH_RSA_WITH_AES_128_CBC_SHA", "agree-dh", "dh" },
};

/* softhsm2-util makes no key that may derive: this does, by the module itself, of a key that we know. */
static void put_key(int which)
{
    static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
    const struct tlsni_privkey *k = wire_credential_fixed(agrees[which].suite)->key;
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_KEY_TYPE type = which == AGREE_EC ? CKK_EC : CKK_DH;
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_BYTE id = (CK_BYTE)(0x20 + which);
    CK_ATTRIBUTE key[12] = {
        { CKA_CLASS, &class, sizeof class }, { CKA_KEY_TYPE, &type, sizeof type },
        { CKA_TOKEN, &yes, sizeof yes },     { CKA_PRIVATE, &yes, sizeof yes },
        { CKA_SENSITIVE, &yes, sizeof yes }, { CKA_EXTRACTABLE, &no, sizeof no },
        { CKA_DERIVE, &yes, sizeof yes },    { CKA_ID, &id, 1 },
        { CKA_LABEL, (void *)(uintptr_t)agrees[which].label, strlen(agrees[which].label) },
    };
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .object = "an-rsa" };
    const struct tlsni_dl_params *dl = &k->pub->u.dl.params;
    struct tlsn_pkcs11_key *door; /* that is logged in */
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE made;
    CK_FUNCTION_LIST *m;

    if (which == AGREE_EC) {
        key[9] = (CK_ATTRIBUTE){ CKA_EC_PARAMS, p256, sizeof p256 };
        key[10] = (CK_ATTRIBUTE){ CKA_VALUE, (void *)(uintptr_t)k->u.scalar, 32 };
    } else {
        key[9] = (CK_ATTRIBUTE){ CKA_PRIME, (void *)(uintptr_t)dl->p.data, dl->p.len };
        key[10] = (CK_ATTRIBUTE){ CKA_BASE, (void *)(uintptr_t)dl->g.data, dl->g.len };
        key[11] = (CK_ATTRIBUTE){ CKA_VALUE, (void *)(uintptr_t)k->block, k->u.exponent_len };
    }
    assert_int_equal(open_key(&door, q), TLSN_OK);
    m = door->place.module;
    assert_int_equal(m->C_OpenSession(door->place.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
                                      NULL, &session), CKR_OK);
    assert_int_equal(m->C_CreateObject(session, key, which == AGREE_EC ? 11 : 12, &made), CKR_OK);
    (void)m->C_CloseSession(session);
    tlsn_pkcs11_key_free(door);
}

/* The chain of the fixed credential with its key in the token. */
static tlsn_credential *agreeing(int which, tlsn_pkcs11_key **key)
{
    const tlsn_credential *c = wire_credential_fixed(agrees[which].suite);
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .object = agrees[which].label,
                                   .type = agrees[which].type };
    tlsn_credential *made;

    assert_int_equal(open_key(key, q), TLSN_OK);
    assert_int_equal(tlsn_credential_new_pkcs11(&made, c->leaf.der.data, c->leaf.der.len, *key, NULL),
                     TLSN_OK);
    return made;
}

static void fixed_keys_in_a_token_agree(void **state)
{
    (void)state;
    NEED_TOKEN();
    for (int which = 0; which < AGREES; which++) {
        struct wire *w;
        tlsn_pkcs11_key *key;
        tlsn_credential *c;

        put_key(which);
        c = agreeing(which, &key);
        for (int i = 0; i < 3; i++) {
            w = wire_new("ec:secp256r1");
            assert_int_equal(tlsn_config_add_credential(w->end[TLSN_SERVER].config, c), TLSN_OK);
            for (int r = 0; r < 2; r++) {
                assert_int_equal(tlsn_config_set_policy(w->end[r].config, "legacy"), TLSN_OK);
                assert_int_equal(tlsn_config_set_suites(w->end[r].config, agrees[which].suite), TLSN_OK);
                assert_int_equal(tlsn_config_set_trust(w->end[r].config, wire_trust_fixed()), TLSN_OK);
            }
            wire_shake(w);
            wire_say(w, TLSN_CLIENT, 100);
            wire_free(w);
        }
        tlsn_credential_free(c);
        tlsn_pkcs11_key_free(key);
    }
}

/* What the token says is what our own key says, also for points that begin like DER (SoftHSM looks at the second
 * byte) and for secrets that begin with zeros. */
static void agreement_in_a_token_is_that_of_the_key(void **state)
{
    enum { ANY = 20, TRIES = 6000 };
    struct tlsn_key_op op = { .kind = TLSN_KEY_OP_AGREE };
    const struct tlsni_group *g = tlsni_group_find(TLSNI_GROUP_SECP256R1);
    const struct tlsni_privkey *mine = wire_credential_fixed(agrees[AGREE_EC].suite)->key;
    uint8_t secret[32], peer[65], ours[TLSNI_SIGNATURE_MAX], its[1024];
    unsigned like_der = 0, with_zero = 0;
    tlsn_pkcs11_key *key;
    size_t len, its_len;

    (void)state;
    NEED_TOKEN();
    tlsn_credential_free(agreeing(AGREE_EC, &key));
    for (int i = 0; i < TRIES && (i < ANY || !like_der || !with_zero); i++) {
        bool der, zero;

        assert_int_equal(g->keygen(g, NULL, secret, peer), TLSN_OK);
        op.input = tlsni_span_make(peer, sizeof peer);
        assert_int_equal(tlsni_privkey_agree(mine, NULL, op.input, ours, &len), TLSN_OK);
        der = peer[1] == sizeof peer - 2;
        zero = ours[0] == 0;
        if (i >= ANY && !der && !zero)
            continue;
        like_der += der;
        with_zero += zero;
        assert_int_equal(tlsn_pkcs11_key_op(key, &op, its, sizeof its, &its_len, NULL), TLSN_OK);
        assert_int_equal(its_len, len);
        assert_memory_equal(its, ours, len);
    }
    assert_true(like_der && with_zero); /* one in 256 each: 6000 without have a chance of 2^-33 */
    op.input = tlsni_span_make(peer, 3);
    assert_int_equal(tlsn_pkcs11_key_op(key, &op, its, sizeof its, &its_len, NULL), TLSN_ERR_KEY_OP);
    tlsn_pkcs11_key_free(key);
}

static void fixed_key_in_a_token_is_compared_with_its_chain(void **state)
{
    struct tlsn_pkcs11_query q = { .pin = "1234", .pin_len = 4, .object = agrees[AGREE_DH].label };
    const tlsn_credential *ec = wire_credential_fixed(agrees[AGREE_EC].suite);
    const tlsn_credential *export = wire_credential_fixed("TLS_DH_RSA_EXPORT_WITH_DES40_CBC_SHA");
    tlsn_credential *made;
    tlsn_pkcs11_key *key;

    (void)state;
    NEED_TOKEN();
    assert_int_equal(open_key(&key, q), TLSN_OK);
    assert_int_equal(tlsn_credential_new_pkcs11(&made, ec->leaf.der.data, ec->leaf.der.len, key, NULL),
                     TLSN_ERR_KEY_MISMATCH);
    assert_int_equal(tlsn_credential_new_pkcs11(&made, export->leaf.der.data, export->leaf.der.len, key,
                                                NULL),
                     TLSN_ERR_KEY_MISMATCH); /* another group */
    tlsn_pkcs11_key_free(key);
}

#endif

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
    assert_int_equal(tlsn_trust_add_pkcs11(trust, m, "pkcs11:type=private", true, &added, NULL), TLSN_OK);
    assert_int_equal(added, 0);
    assert_int_equal(tlsn_trust_add_pkcs11(trust, m, "pkcs11:token=tlsn;type=cert", true, &added, NULL),
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
        cmocka_unit_test(pin_comes_from_the_file_of_a_uri),
        cmocka_unit_test(modules_are_chosen_by_name_and_by_path),
        cmocka_unit_test(modules_of_the_system_are_found_by_name),
        cmocka_unit_test(handshakes_with_keys_in_a_token_complete),
        cmocka_unit_test(handshakes_of_tls13_with_keys_in_a_token_complete),
        cmocka_unit_test(delegated_key_in_a_token_signs),
        cmocka_unit_test(certificate_key_in_a_token_delegates),
        cmocka_unit_test(chain_of_another_key_is_refused),
        cmocka_unit_test(ed25519_in_a_token_signs),
        cmocka_unit_test(point_that_looks_like_der_is_that_of_its_key),
        cmocka_unit_test(key_that_wants_its_pin_each_time_signs_more_than_once),
        cmocka_unit_test(key_serves_every_thread),
        cmocka_unit_test(operations_that_a_key_does_not_have_are_refused),
#ifdef TLSNI_HAVE_P11KIT
        cmocka_unit_test(fixed_keys_in_a_token_agree),
        cmocka_unit_test(agreement_in_a_token_is_that_of_the_key),
        cmocka_unit_test(fixed_key_in_a_token_is_compared_with_its_chain),
#endif
        cmocka_unit_test(certificates_of_a_token_become_anchors),
    };
    return cmocka_run_group_tests(tests, make_token, remove_token);
}
