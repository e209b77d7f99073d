/* The Suite B profile (RFC 6460): what its two policies offer, choose, sign and accept, and that nothing else comes of
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "req.h"
#include "support_duo.h"

/* A chain of one, from an authority with this kind of key, which both sides trust. */
static void give(struct duo *d, const char *kind, const char *authority)
{
    static const char *const names[] = { "server.example" };
    static const struct tlsn_cert_spec root = { .subject = "CN=root", .ca = true, .path_len = -1,
                                                .not_before = 1000000000, .not_after = 2000000000 };
    static const struct tlsn_cert_spec leaf = { .subject = "CN=leaf", .names = names, .name_count = 1,
                                                .not_before = 1000000000, .not_after = 2000000000 };
    uint8_t der[2][4096];
    char pem[8192];
    size_t len[2], pem_len;
    tlsn_key *by, *key;
    tlsn_credential *c;
    tlsn_trust *trust;

    assert_int_equal(tlsn_key_generate(&by, authority, NULL), TLSN_OK);
    assert_int_equal(tlsn_key_generate(&key, kind, NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&root, by, (struct tlsn_span){ 0 }, by, NULL, der[0], sizeof der[0],
                                     &len[0]), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&leaf, key, (struct tlsn_span){ der[0], len[0] }, by, NULL, der[1],
                                     sizeof der[1], &len[1]), TLSN_OK);
    assert_int_equal(tlsn_key_write(key, pem, sizeof pem, &pem_len), TLSN_OK);
    assert_int_equal(tlsn_credential_new(&c, der[1], len[1], pem, pem_len, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, der[0], len[0], NULL, NULL), TLSN_OK);
    duo_reset_client(d);
    duo_reset_server(d, c);
    for (int r = 0; r < 2; r++)
        assert_int_equal(tlsn_config_set_trust(d->config[r], trust), TLSN_OK);
    assert_int_equal(tlsn_config_add_credential(d->config[TLSN_CLIENT], c), TLSN_OK);
    tlsn_credential_free(c);
    tlsn_trust_free(trust);
    tlsn_key_free(by);
    tlsn_key_free(key);
}

static void set_policy(struct duo *d, enum tlsn_role role, const char *policy)
{
    assert_int_equal(tlsn_config_set_policy(d->config[role], policy), TLSN_OK);
}

static struct duo *begin(const char *policy, const char *kind, const char *authority)
{
    struct duo *d = duo_new();

    give(d, kind, authority);
    for (int r = 0; r < 2; r++)
        set_policy(d, (enum tlsn_role)r, policy);
    return d;
}

#define P256 "ec:secp256r1"
#define P384 "ec:secp384r1"

static void assert_extension(const struct duo *d, uint16_t type, const char *bytes, size_t len)
{
    struct tlsn_span got = duo_extension(d, TLSN_CLIENT, type);

    assert_int_equal(got.len, len);
    assert_memory_equal(got.data, bytes, len);
}

static void hello_of_each_level_has_its_algorithms_alone(void **state)
{
    struct duo *d = begin("suiteb128", P256, P256);
    const uint8_t *m;

    (void)state;
    duo_connect(d);
    duo_run(d);
    m = duo_message(d, TLSN_CLIENT, 1).data;
    assert_memory_equal(m, "\3\3", 2);
    assert_memory_equal(m + 35, "\0\4\xc0\x2b\xc0\x2c", 6);
    assert_extension(d, 10, "\0\4\0\x17\0\x18", 6);
    assert_extension(d, 11, "\1\0", 2);
    assert_extension(d, 13, "\0\4\4\3\5\3", 6);
    duo_free(d);
    d = begin("suiteb192", P384, P384);
    duo_shake(d);
    m = duo_message(d, TLSN_CLIENT, 1).data;
    assert_memory_equal(m, "\3\3", 2);
    assert_memory_equal(m + 35, "\0\2\xc0\x2c", 4);
    assert_extension(d, 10, "\0\2\0\x18", 4);
    assert_extension(d, 13, "\0\2\5\3", 4);
    duo_free(d);
    REQ("6460:4/1");
    REQ("6460:4.1/6");
    REQ("6460:4/2");
    REQ("6460:4/3");
    REQ("6460:4/4");
    REQ("6460:4/5");
    REQ("6460:4/6");
    REQ("6460:4.1/4");
    REQ("6460:4.1/5");
    REQ("6460:4.3/1");
    REQ("6460:4.3/2");
}

/* curve type, group; signature behind the point */
static void check_exchange(const struct duo *d, unsigned suite, unsigned group, unsigned scheme)
{
    const uint8_t *m = duo_message(d, TLSN_SERVER, 12).data;

    assert_int_equal(duo_suite(d), suite);
    assert_int_equal(m[1] << 8 | m[2], group);
    assert_int_equal(m[4 + m[3]] << 8 | m[5 + m[3]], scheme);
}

static void curve_goes_with_the_cipher_and_hash_with_the_key(void **state)
{
    static const struct {
        const char *policy, *suites, *kind;
        unsigned suite, group, scheme;
    } rows[] = {
        { "suiteb128", NULL, P256, 0xc02b, 23, 0x0403 },
        { "suiteb128", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", P256, 0xc02c, 24, 0x0403 },
        { "suiteb128", NULL, P384, 0xc02b, 23, 0x0503 },
        { "suiteb192", NULL, P384, 0xc02c, 24, 0x0503 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct duo *d = begin(rows[i].policy, rows[i].kind, P384);
        struct tlsn_span m;

        if (rows[i].suites)
            assert_int_equal(tlsn_config_set_suites(d->config[TLSN_CLIENT], rows[i].suites), TLSN_OK);
        assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE),
                         TLSN_OK);
        duo_shake(d);
        check_exchange(d, rows[i].suite, rows[i].group, rows[i].scheme);
        m = duo_message(d, TLSN_SERVER, 13); /* rsa_sign, ecdsa_sign; schemes */
        assert_memory_equal(m.data, strcmp(rows[i].policy, "suiteb128") == 0
                                        ? "\2\1\x40\0\4\4\3" : "\2\1\x40\0\2\5\3", 7);
        m = duo_message(d, TLSN_CLIENT, 15);
        assert_int_equal(m.data[0] << 8 | m.data[1], rows[i].scheme);
        duo_free(d);
    }
    REQ("6460:3.2/1");
    REQ("6460:3.2/4");
    REQ("6460:4/7");
    REQ("6460:4.1/1");
    REQ("6460:4.1/2");
    REQ("6460:4.1/3");
    REQ("6460:4.4/1");
    REQ("6460:4.5/1");
    REQ("6460:4.6/1");
}

/* A peer of the policy `default` has more to offer, and gets this all the same. */
static void peers_without_the_profile_get_its_algorithms(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        struct duo *d = begin("suiteb128", P256, P256);

        set_policy(d, (enum tlsn_role)r, "default");
        duo_shake(d);
        check_exchange(d, 0xc02b, 23, 0x0403);
        duo_free(d);
        d = begin("suiteb192", P384, P384);
        set_policy(d, (enum tlsn_role)r, "default");
        duo_shake(d);
        check_exchange(d, 0xc02c, 24, 0x0503);
        duo_free(d);
    }
    REQ("6460:3.1/1");
    REQ("6460:4/7");
    REQ("6460:4/8");
}

/* Key of the leaf, key of its authority. */
static const struct {
    const char *policy, *kind, *authority;
} outside[] = {
    { "suiteb128", "rsa:2048", P256 }, { "suiteb128", P256, "rsa:2048" },
    { "suiteb128", "ed25519", P256 },  { "suiteb128", P256, "ed25519" },
    { "suiteb192", P256, P384 },       { "suiteb192", P384, P256 },
    { "suiteb128", "ec:secp521r1", P256 }, { "suiteb128", P256, "ec:secp521r1" },
};

static void certificates_outside_the_profile_are_not_used(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        struct duo *d = begin(outside[i].policy, outside[i].kind, outside[i].authority);

        set_policy(d, TLSN_CLIENT, "compat");
        duo_connect(d);
        duo_run(d);
        assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_NO_CREDENTIAL);
        duo_free(d);
    }
    REQ("6460:4.2/1");
}

/* A server of another policy sends them: where its own key fits, the authority's is found out by the verdict. */
static void certificates_outside_the_profile_are_not_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        struct duo *d = begin(outside[i].policy, outside[i].kind, outside[i].authority);
        bool key_fits = strcmp(outside[i].kind, P256) == 0 || strcmp(outside[i].kind, P384) == 0;

        set_policy(d, TLSN_SERVER, "default");
        if (strcmp(outside[i].policy, "suiteb192") == 0)
            key_fits = strcmp(outside[i].kind, P384) == 0;
        duo_connect(d);
        duo_run(d);
        assert_int_equal(d->status[TLSN_CLIENT], key_fits ? TLSN_ERR_CERT_WEAK : TLSN_ERR_ALERT);
        duo_free(d);
    }
    REQ("6460:4.2/1");
    REQ("6460:4.3/3");
}

static void versions_before_tls12_are_refused(void **state)
{
    struct duo *d = begin("suiteb128", P256, P256);

    (void)state;
    set_policy(d, TLSN_CLIENT, "legacy");
    assert_int_equal(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_0, TLSN_TLS1_1), TLSN_OK);
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_VERSION);
    duo_free(d);
    REQ("6460:4/1");
    REQ("6460:4/9");
}

/* Of keys on P-256 signatures with SHA-256, of keys on P-384 with SHA-384: nothing between them. */
static void signature_with_the_other_hash_is_refused(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        struct duo *d = begin("suiteb128", P256, P256);

        set_policy(d, (enum tlsn_role)r, "default");
        assert_int_equal(tlsn_config_set_versions(d->config[r], TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
        assert_int_equal(tlsn_config_set_sigalgs(d->config[r], r == TLSN_SERVER
                                                     ? "ecdsa_secp384r1_sha384"
                                                     : "ecdsa_secp384r1_sha384,ecdsa_secp256r1_sha256"),
                         TLSN_OK);
        assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE),
                         TLSN_OK);
        duo_connect(d);
        duo_run(d);
        assert_int_equal(d->status[!r], TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(d->status[r], TLSN_ERR_ALERT);
        duo_free(d);
    }
    REQ("6460:3.2/2");
}

static void keys_become_no_smaller_towards_the_root(void **state)
{
    static const struct {
        const char *kind, *authority;
        tlsn_status status;
    } rows[] = {
        { P256, P256, TLSN_OK }, { P256, P384, TLSN_OK }, { P384, P384, TLSN_OK },
        { P384, P256, TLSN_ERR_CERT_WEAK },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct duo *d = begin("suiteb128", rows[i].kind, rows[i].authority);

        duo_connect(d);
        duo_run(d);
        assert_int_equal(d->status[TLSN_CLIENT], rows[i].status);
        duo_free(d);
    }
    REQ("6460:B/1");
    REQ("6460:3.2/3");
}

static void client_authenticates_the_server(void **state)
{
    struct duo *d = begin("suiteb128", P256, P256);
    tlsn_trust *nobody;

    (void)state;
    assert_int_equal(tlsn_trust_new(&nobody, NULL), TLSN_OK);
    assert_int_equal(tlsn_config_set_trust(d->config[TLSN_CLIENT], nobody), TLSN_OK);
    tlsn_trust_free(nobody);
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_CERT_UNKNOWN_CA);
    duo_free(d);
    REQ("6460:3.2/5");
}

/* A client that has P-521 or P-384 alone, and a server that takes what is not on its list. */
static void curve_outside_of_the_level_is_refused(void **state)
{
    struct duo *d;

    (void)state;
    d = begin("suiteb128", P256, P256);
    set_policy(d, TLSN_CLIENT, "default");
    assert_int_equal(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_CLIENT], "secp521r1,x25519"), TLSN_OK);
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_NO_SHARED_GROUP);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 0x228);
    duo_free(d);
    REQ("6460:4.1/7");
    REQ("6460:4.1/8");
    d = begin("suiteb128", P256, P256);
    set_policy(d, TLSN_SERVER, "default");
    assert_int_equal(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    assert_int_equal(tlsn_config_set_suites(d->config[TLSN_SERVER],
                                            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"), TLSN_OK);
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_SERVER], "secp256r1"), TLSN_OK);
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_ILLEGAL_PARAMETER);
    duo_free(d);
    REQ("6460:4.1/9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_of_each_level_has_its_algorithms_alone),
        cmocka_unit_test(curve_goes_with_the_cipher_and_hash_with_the_key),
        cmocka_unit_test(peers_without_the_profile_get_its_algorithms),
        cmocka_unit_test(certificates_outside_the_profile_are_not_used),
        cmocka_unit_test(certificates_outside_the_profile_are_not_accepted),
        cmocka_unit_test(versions_before_tls12_are_refused),
        cmocka_unit_test(signature_with_the_other_hash_is_refused),
        cmocka_unit_test(keys_become_no_smaller_towards_the_root),
        cmocka_unit_test(client_authenticates_the_server),
        cmocka_unit_test(curve_outside_of_the_level_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
