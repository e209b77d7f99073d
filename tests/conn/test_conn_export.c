/* Keying material (RFC 5705) and channel bindings (RFC 5929, RFC 9266). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cipher/hash.h"
#include "conn.h"
#include "req.h"
#include "support_duo.h"
#include "support_vectors.h"

#define OK(call) assert_int_equal((call), TLSN_OK)

static struct duo *exporting(void)
{
    struct duo *d = duo_new();

    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_feature(d->config[i], TLSN_FEATURE_EXPORTER, true));
    OK(tlsn_config_set_renegotiation(d->config[TLSN_SERVER], TLSN_RENEGOTIATION_SECURE));
    return d;
}

struct what {
    const char *label, *context;
    bool has_context;
};

static void export(const struct duo *d, int role, const struct what *w, uint8_t out[40])
{
    OK(tlsn_export(d->conn[role], w->label, w->context, w->context ? strlen(w->context) : 0,
                   w->has_context, out, 40));
}

/* Values of `openssl kdf ... TLS1-PRF` (OpenSSL 3.0): secret 00..2f, seed label, 40..7f, context. */
static void export_agrees_with_values_of_openssl(void **state)
{
    static const struct {
        uint16_t suite;
        struct what what;
        const char *value;
    } t[] = {
        { 0xc02b, { "EXPORTER-test", NULL, false },
          "40325dea532bf30c6c663a56547f8a14987df3310d2a6b4de7f6366550d0e4b7de312fa86bc43993" },
        { 0xc02b, { "EXPORTER-test", "", true },
          "5ad3ef7a50a9b9abb6ec470382a2efdbc366725bccb71f6ed05473cfd9dd24c0f65e0ae6b9a29006" },
        { 0xc02b, { "EXPORTER-test", "ctx", true },
          "7c6f5e6e2fe4547529e63b435373db17e1b271b4d224312b7e4f3efd97e3da3c7c8dc303f835d0e0" },
        { 0xc02c, { "EXPORTER-test", NULL, false },
          "8b5640f808331695a711f40200c0ee2ec6cd8d4a5ad78574c8e057882143206d83103e195b1061ce" },
        { 0xc02c, { "EXPORTER-test", "", true },
          "42919bc6793aeac7a60925eb2d42e255c9a83cff30df8f533577708d441e8200d01ea6c70e7c58a2" },
        { 0xc02c, { "EXPORTER-test", "ctx", true },
          "9c5e53f655840e61aa3464fcdbbbb770a70f0a6918f3d07b42abf213fc135bd129222153be2b7728" },
    };
    struct duo *d = exporting();

    (void)state;
    duo_shake(d);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct tlsni_exporter *x = d->conn[0]->exporter;
        uint8_t want[40], got[40];

        for (uint8_t b = 0; b < 48; b++)
            x->master[b] = b;
        for (uint8_t b = 0; b < 64; b++)
            x->randoms[b] = (uint8_t)(64 + b);
        d->conn[0]->suite = tlsni_suite_find(t[i].suite);
        assert_int_equal(vec_unhex(t[i].value, want, sizeof want), 40);
        export(d, 0, &t[i].what, got);
        assert_memory_equal(got, want, 40);
    }
    duo_free(d);
    REQ("5705:4/1");
    REQ("5705:4/7");
    REQ("5705:4/2");
    REQ("5705:4/3");
}

static void export_is_the_same_on_both_sides_and_of_this_handshake(void **state)
{
    static const struct what what[] = {
        { "EXPORTER-a", NULL, false }, { "EXPORTER-a", "", true }, { "EXPORTER-b", "", true },
        { "EXPORTER-a", "x", true },
    };
    struct duo *d = exporting();
    uint8_t seen[3][4][40], other[40];
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    for (int round = 0; round < 3; round++) {
        if (round == 1)
            duo_renegotiate(d, TLSN_CLIENT, NULL);
        if (round == 2)
            duo_reconnect(d, s); /* the same master secret, other randoms */
        for (int i = 0; i < 4; i++) {
            export(d, 0, &what[i], seen[round][i]);
            export(d, 1, &what[i], other);
            assert_memory_equal(seen[round][i], other, 40);
            for (int j = 0; j < 4 * round + i; j++)
                assert_memory_not_equal(seen[round][i], seen[j / 4][j % 4], 40);
        }
    }
    tlsn_session_free(s);
    duo_free(d);
    REQ("5705:3/1");
    REQ("5705:3/2");
}

/* The line of one side; both log. */
static char logged[2][256];
static unsigned lines;

static void keep_line(void *ctx, const tlsn_conn *conn, const char *line)
{
    (void)ctx;
    assert_true(strlen(line) < sizeof logged[0]);
    memcpy(logged[conn->role], line, strlen(line) + 1);
    lines++;
}

static void key_log_is_a_line_of_label_random_and_secret(void **state)
{
    struct duo *d = exporting();
    const struct tlsn_callbacks cb = { .key_log = keep_line };
    struct tlsn_span hello;
    uint8_t value[48];

    (void)state;
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_callbacks(d->config[i], &cb));
    lines = 0;
    duo_shake(d);
    hello = duo_message(d, TLSN_CLIENT, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(strlen(logged[i]), 14 + 64 + 1 + 96);
        assert_memory_equal(logged[i], "CLIENT_RANDOM ", 14);
        assert_int_equal(logged[i][14 + 64], ' ');
        logged[i][14 + 64] = 0;
        assert_int_equal(vec_unhex(logged[i] + 14, value, 48), 32);
        assert_memory_equal(value, hello.data + 2, 32);
        assert_int_equal(vec_unhex(logged[i] + 14 + 65, value, 48), 48);
        assert_memory_equal(value, d->conn[i]->exporter->master, 48);
    }
    assert_int_equal(lines, 2);
    duo_free(d);
    d = duo_new();
    OK(tlsn_config_set_callbacks(d->config[0], &(struct tlsn_callbacks){ 0 }));
    OK(tlsn_config_set_callbacks(d->config[1], &(struct tlsn_callbacks){ 0 }));
    duo_shake(d);
    assert_int_equal(lines, 2);
    duo_free(d);
    REQ("9850:2/1");
    REQ("9850:2/2");
    REQ("9850:2.2/1");
    REQ("9850:3/1");
}

static void export_of_reserved_labels_and_bad_arguments_is_refused(void **state)
{
    static const char *const bad[] = { "client finished", "server finished", "master secret",
                                       "extended master secret", "key expansion", "" };
    struct duo *d = exporting();
    static uint8_t context[65536];
    uint8_t out[8];

    (void)state;
    duo_connect(d);
    assert_int_equal(tlsn_export(d->conn[0], "x", NULL, 0, false, out, 8), TLSN_ERR_MISUSE);
    duo_shake(d);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(tlsn_export(d->conn[0], bad[i], NULL, 0, false, out, 8),
                         TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_export(d->conn[0], "x", context, 65536, true, out, 8),
                     TLSN_ERR_ARGUMENT);
    OK(tlsn_export(d->conn[0], "x", context, 65535, true, out, 8));
    assert_int_equal(tlsn_export(d->conn[0], "x", context, 1, false, out, 8), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_export(d->conn[0], "x", NULL, 1, true, out, 8), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_export(d->conn[0], "x", NULL, 0, false, out, 0), TLSN_ERR_ARGUMENT);
    duo_free(d);
    REQ("5705:4/4");
}

static void export_is_off_by_default_and_keeps_nothing(void **state)
{
    struct duo *d = duo_new();
    uint8_t out[8];

    (void)state;
    duo_shake(d);
    assert_null(d->conn[0]->exporter);
    assert_int_equal(tlsn_export(d->conn[0], "x", NULL, 0, false, out, 8), TLSN_ERR_MISUSE);
    duo_free(d);
}

static void exports_without_extended_master_secret_are_refused(void **state)
{
    (void)state;
    for (int insecure = 0; insecure < 2; insecure++) {
        struct duo *d = exporting();
        uint8_t out[TLSN_BINDING_MAX];
        tlsn_status st = insecure ? TLSN_OK : TLSN_ERR_INSUFFICIENT_SECURITY;
        tlsn_session *s;
        size_t len;

        OK(tlsn_config_set_feature(d->config[0], TLSN_FEATURE_INSECURE_BINDINGS, insecure));
        OK(tlsn_config_set_feature(d->config[1], TLSN_FEATURE_EMS, false));
        duo_shake(d);
        s = duo_session(d);
        for (int i = 0; i < 2; i++) {
            if (i)
                duo_reconnect(d, s);
            assert_int_equal(tlsn_export(d->conn[0], "x", NULL, 0, false, out, 8), st);
            assert_int_equal(tlsn_channel_binding(d->conn[0], TLSN_BINDING_TLS_UNIQUE, out, &len),
                             st);
            assert_int_equal(tlsn_channel_binding(d->conn[0], TLSN_BINDING_TLS_EXPORTER, out,
                                                  &len), st);
        }
        tlsn_session_free(s);
        duo_free(d);
    }
    REQ("7627:5.4/2");
    REQ("7627:5.4/3");
    REQ("7627:5.4/4");
    REQ("7627:5.4/6");
}

/* ---- channel bindings ---- */

static void check_unique(const struct duo *d, enum tlsn_role first)
{
    for (int i = 0; i < 2; i++) {
        uint8_t out[TLSN_BINDING_MAX];
        size_t len;

        OK(tlsn_channel_binding(d->conn[i], TLSN_BINDING_TLS_UNIQUE, out, &len));
        assert_int_equal(len, 12);
        assert_memory_equal(out, d->conn[!i]->verify_data[first], 12);
    }
}

static void tls_unique_is_the_first_finished_of_the_latest_handshake(void **state)
{
    struct duo *d = exporting();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    check_unique(d, TLSN_CLIENT);
    s = duo_session(d);
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    check_unique(d, TLSN_CLIENT);
    duo_reconnect(d, s);
    check_unique(d, TLSN_SERVER);
    tlsn_session_free(s);
    duo_free(d);
    REQ("5929:3.1/1");
    REQ("5929:3.1/2");
    REQ("5929:7/1");
}

static void server_end_point(const char *signature, enum tlsni_hash_id id)
{
    const struct tlsni_hash *hash = tlsni_hash_find(id);
    struct duo *d = duo_new();
    uint8_t want[TLSNI_HASH_LEN_MAX];
    struct tlsn_cert_spec spec = { .subject = "CN=server.example", .signature = signature };
    static uint8_t der[4096];
    static char pem[8192];
    tlsn_credential *credential;
    size_t der_len, pem_len;
    tlsn_key *key;

    spec.names = (const char *const[]){ "server.example" };
    spec.name_count = 1;
    spec.not_before = 1000000000;
    spec.not_after = 2000000000;
    OK(tlsn_key_generate(&key, strncmp(signature, "rsa", 3) == 0     ? "rsa:2048"
                               : strncmp(signature, "ed2", 3) == 0 ? "ed25519"
                                                                     : "ec:secp256r1", NULL));
    OK(tlsn_cert_issue(&spec, key, (struct tlsn_span){ 0 }, key, NULL, der, sizeof der, &der_len));
    OK(tlsn_key_write(key, pem, sizeof pem, &pem_len));
    OK(tlsn_credential_new(&credential, der, der_len, pem, pem_len, NULL));
    duo_reset_server(d, credential);
    OK(tlsn_config_set_verify_mode(d->config[0], TLSN_VERIFY_INSECURE_NONE));
    duo_shake(d);
    for (int i = 0; i < 2; i++) {
        uint8_t out[TLSN_BINDING_MAX];
        size_t len;
        tlsn_status st = tlsn_channel_binding(d->conn[i], TLSN_BINDING_TLS_SERVER_END_POINT, out,
                                              &len);

        assert_int_equal(st, hash ? TLSN_OK : TLSN_ERR_NOT_IMPLEMENTED);
        if (!hash)
            continue;
        tlsni_hash_once(hash, der, der_len, want);
        assert_int_equal(len, hash->len);
        assert_memory_equal(out, want, len);
    }
    tlsn_key_free(key);
    tlsn_credential_free(credential);
    duo_free(d);
}

static void tls_server_end_point_has_the_hash_of_the_signature(void **state)
{
    (void)state;
    server_end_point("ecdsa_secp256r1_sha256", TLSNI_HASH_SHA256);
    server_end_point("ecdsa_secp384r1_sha384", TLSNI_HASH_SHA384);
    server_end_point("rsa_pkcs1_sha512", TLSNI_HASH_SHA512);
    server_end_point("rsa_pss_rsae_sha384", TLSNI_HASH_SHA384);
    server_end_point("rsa_pkcs1_sha1", TLSNI_HASH_SHA256);
    server_end_point("ed25519", TLSNI_HASH_NONE);
    REQ("5929:4.1/1");
    REQ("5929:4.1/2");
    REQ("5929:4.1/3");
    REQ("5929:4.1/4");
}

static void binding_of_a_certificate_that_is_not_at_hand_is_not_found(void **state)
{
    struct duo *d = exporting();
    uint8_t out[TLSN_BINDING_MAX];
    tlsn_session *s;
    size_t len;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    duo_reconnect(d, s);
    OK(tlsn_channel_binding(d->conn[0], TLSN_BINDING_TLS_SERVER_END_POINT, out, &len));
    assert_int_equal(tlsn_channel_binding(d->conn[1], TLSN_BINDING_TLS_SERVER_END_POINT, out, &len),
                     TLSN_ERR_NOT_FOUND);
    assert_int_equal(tlsn_channel_binding(d->conn[0], (enum tlsn_binding)9, out, &len),
                     TLSN_ERR_ARGUMENT);
    tlsn_session_free(s);
    duo_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export_agrees_with_values_of_openssl),
        cmocka_unit_test(export_is_the_same_on_both_sides_and_of_this_handshake),
        cmocka_unit_test(key_log_is_a_line_of_label_random_and_secret),
        cmocka_unit_test(export_of_reserved_labels_and_bad_arguments_is_refused),
        cmocka_unit_test(export_is_off_by_default_and_keeps_nothing),
        cmocka_unit_test(exports_without_extended_master_secret_are_refused),
        cmocka_unit_test(tls_unique_is_the_first_finished_of_the_latest_handshake),
        cmocka_unit_test(tls_server_end_point_has_the_hash_of_the_signature),
        cmocka_unit_test(binding_of_a_certificate_that_is_not_at_hand_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
