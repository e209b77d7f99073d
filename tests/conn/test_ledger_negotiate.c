/* How a server chooses version, suite, group, signature pair and certificate: ClientHellos made by
 * hand, and what comes back. RFC 5246 7.4.1 to 7.4.3 and E.1, RFC 7919 4, RFC 8422 4 and 5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cipher/suite.h"
#include "handshake/negotiate.h"
#include "req.h"
#include "support_duo.h"

/* Extensions, each with its type and length. */
#define GROUPS(n, list) "000a" n list            /* n: both lengths */
#define ALL_GROUPS "000a000a0008001d001700180019"
#define P256_ONLY "000a000400020017"
#define X25519_ONLY "000a00040002001d"
#define ECDSA_SHA256 "000d000400020403"
#define RSA_PSS_SHA256 "000d000400020804"
#define BOTH_SCHEMES "000d0006000404030804"

static void answer(struct duo *d, const struct duo_hello *h)
{
    duo_connect(d);
    duo_hello(d, h);
}

/* The suite that is chosen. */
static unsigned chosen(struct duo *d, const char *suites, const char *extensions)
{
    const struct duo_hello h = { .suites = suites, .extensions = extensions };

    answer(d, &h);
    if (!duo_message(d, TLSN_SERVER, 2).data)
        fail_msg("no ServerHello: %s", tlsn_conn_error(d->conn[TLSN_SERVER])->text);
    return duo_suite(d);
}

/* The alert that comes instead. */
static int refused(struct duo *d, const char *suites, const char *extensions)
{
    const struct duo_hello h = { .suites = suites, .extensions = extensions };

    answer(d, &h);
    assert_null(duo_message(d, TLSN_SERVER, 2).data);
    return duo_alert(d, TLSN_SERVER);
}

static const uint8_t *exchange(const struct duo *d)
{
    struct tlsn_span m = duo_message(d, TLSN_SERVER, 12);

    assert_non_null(m.data);
    return m.data;
}

/* Group and pair of an ECDHE ServerKeyExchange. */
static unsigned group(const struct duo *d)
{
    return (unsigned)exchange(d)[1] << 8 | exchange(d)[2];
}

static unsigned pair(const struct duo *d)
{
    const uint8_t *m = exchange(d);

    return (unsigned)m[4 + m[3]] << 8 | m[5 + m[3]];
}

static struct duo *with_credentials(const char *first, const char *second)
{
    struct duo *d = duo_new();

    duo_reset_server(d, duo_credential(first));
    if (second)
        assert_int_equal(tlsn_config_add_credential(d->config[TLSN_SERVER], duo_credential(second)),
                         TLSN_OK);
    return d;
}

static void set_sigalgs(struct duo *d, const char *list)
{
    assert_int_equal(tlsn_config_set_sigalgs(d->config[TLSN_SERVER], list), TLSN_OK);
}

static void set_suites(struct duo *d, const char *list)
{
    assert_int_equal(duo_set_suites(d->config[TLSN_SERVER], list), TLSN_OK);
}

static void set_groups(struct duo *d, const char *list)
{
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_SERVER], list), TLSN_OK);
}

/* ---- versions ---- */

static unsigned version_for(struct duo *d, uint16_t client_version)
{
    const struct duo_hello h = { .version = client_version, .extensions = ALL_GROUPS BOTH_SCHEMES };
    struct tlsn_span m;

    answer(d, &h);
    m = duo_message(d, TLSN_SERVER, 2);
    return m.data ? (unsigned)m.data[0] << 8 | m.data[1] : 0;
}

static void version_above_ours_is_answered_with_ours(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(version_for(d, 0x0303), duo_version());
    assert_int_equal(version_for(d, 0x0304), duo_version());
    assert_int_equal(version_for(d, 0x0305), duo_version());
    assert_int_equal(version_for(d, 0x03ff), duo_version());
    assert_int_equal(version_for(d, 0x0400), duo_version());
    duo_free(d);
    REQ("5246:7.4.1.3/2");
    REQ("5246:E.1/2");
    REQ("5746:3.6/9");
}

static void version_below_ours_is_refused(void **state)
{
    static const uint16_t old[] = { 0x0002, 0x0200, 0x0300, 0x0301, 0x0302 };
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; i < sizeof old / sizeof *old && old[i] < duo_version(); i++) {
        assert_int_equal(version_for(d, old[i]), 0);
        assert_int_equal(duo_alert(d, TLSN_SERVER), 0x0246);
    }
    duo_free(d);
    REQ("5246:E.1/3");
    REQ("6176:3/6");
    REQ("7568:3/1");
    REQ("7568:3/2");
    REQ("7568:3/4");
    REQ("7627:6.4/1");
    REQ("8996:4/1");
    REQ("8996:4/2");
    REQ("8996:4/4");
    REQ("8996:5/1");
    REQ("8996:5/2");
    REQ("8996:5/4");
    REQ("5288:4/1");
    REQ("5288:4/3");
    REQ("5289:4/1");
    REQ("7905:4/2");
}

static void record_version_of_the_hello_does_not_matter(void **state)
{
    struct duo *d = duo_new();
    struct duo_hello h = { .extensions = ALL_GROUPS BOTH_SCHEMES };

    (void)state;
    for (unsigned minor = 0; minor < 256; minor += minor < 5 ? 1 : 50) {
        h.record_version = (uint16_t)(0x0300 | minor);
        answer(d, &h);
        assert_non_null(duo_message(d, TLSN_SERVER, 2).data);
    }
    duo_free(d);
    REQ("5246:D.4/3");
    REQ("5246:E.1/5");
    REQ("7568:3/6");
    REQ("8996:4/6");
}

/* CLIENT-HELLO of SSL 2.0 with version 2: length, type, version, suites, no ID, challenge. */
static void ssl2_hello_draws_no_ssl2_answer(void **state)
{
    static const uint8_t hello[] = { 0x80, 28, 1, 0, 2, 0, 3, 0, 0, 0, 16, 1, 0, 0x80, 1, 2, 3, 4,
                                     5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
    struct duo *d = duo_new();

    (void)state;
    duo_connect(d);
    d->absent[TLSN_CLIENT] = true;
    duo_inject(d, TLSN_CLIENT, hello, sizeof hello);
    duo_run(d);
    assert_true(d->status[TLSN_SERVER] < 0);
    assert_int_equal(d->records, 1); /* one TLS alert */
    assert_true(duo_alert(d, TLSN_SERVER) >= 0x0200);
    duo_free(d);
    REQ("6176:3/5");
}

/* ---- suites ---- */

static void suite_without_common_one_is_handshake_failure(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(refused(d, "fafa", ALL_GROUPS BOTH_SCHEMES), 0x0228);
    if (duo_version() != TLSN_SSL3)
        assert_int_equal(refused(d, "c02f", ALL_GROUPS BOTH_SCHEMES), 0x0228); /* needs an RSA key */
    assert_int_equal(refused(d, "00000001", ALL_GROUPS BOTH_SCHEMES), 0x0228);
    /* RC4: with RSA, DHE, ECDHE */
    assert_int_equal(refused(d, "00040005c007c011", ALL_GROUPS BOTH_SCHEMES), 0x0228);
    duo_free(d);
    REQ("5246:7.2.2/12");
    REQ("5246:7.3/1");
    REQ("5246:7.4.1.2/8");
    REQ("5246:7.4.1.3/1");
    REQ("7465:2/2");
    REQ("7465:2/3");
}

static void suite_unknown_or_signalling_is_passed_over(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(chosen(d, "fafa000000ffdeadc02b5b5b", ALL_GROUPS BOTH_SCHEMES), 0xc02b);
    assert_int_equal(refused(d, "00ff", ALL_GROUPS BOTH_SCHEMES), 0x0228);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    assert_int_equal(tlsn_config_set_client_preference(d->config[TLSN_SERVER], true), TLSN_OK);
    assert_int_equal(chosen(d, "00ffc02cc02b", ALL_GROUPS BOTH_SCHEMES), 0xc02c);
    duo_free(d);
    REQ("5246:7.4.1.2/9");
    REQ("5746:3.3/2");
}

static void suite_is_one_of_those_that_were_offered(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(chosen(d, "c02c", ALL_GROUPS BOTH_SCHEMES), 0xc02c);
    if (duo_version() == TLSN_TLS1_2)
        assert_int_equal(chosen(d, "cca9", ALL_GROUPS BOTH_SCHEMES), 0xcca9);
    assert_int_equal(chosen(d, "c02ccca9c02b", ALL_GROUPS BOTH_SCHEMES), 0xc02b);
    /* compression: null, though more is offered */
    const struct duo_hello h = { .compressions = "0100", .extensions = ALL_GROUPS BOTH_SCHEMES };

    answer(d, &h);
    struct tlsn_span m = duo_message(d, TLSN_SERVER, 2);

    assert_int_equal(m.data[37 + m.data[34]], 0);
    duo_free(d);
    REQ("5246:7.4.1.3/7");
    REQ("5246:7.4.1.3/10");
    REQ("5246:7.4.1.2/15");
    REQ("5246:6.2.2/1");
}

static void suites_of_every_kind_complete_a_handshake(void **state)
{
    struct duo *d = duo_new();
    size_t count;
    const struct tlsni_suite *rows = tlsni_suite_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        bool dss = rows[i].auth == TLSNI_AUTH_DSS;
        const char *kind = rows[i].auth == TLSNI_AUTH_RSA ? "rsa:2048"
                           : dss                          ? "dsa:1024"
                                                          : "ec:secp256r1";
        struct tlsn_conn_info info;

        if (!tlsni_suite_implemented(&rows[i]) || !duo_certificate_suffices(rows[i].id))
            continue;
        duo_reset_client(d);
        duo_reset_server(d, duo_credential(kind));
        for (int r = 0; r < 2 && dss; r++)
            assert_int_equal(tlsn_config_set_policy(d->config[r], "legacy"), TLSN_OK);
        assert_int_equal(duo_set_suites(d->config[TLSN_CLIENT], rows[i].name), TLSN_OK);
        set_suites(d, rows[i].name);
        if (rows[i].max_version != TLSN_TLS1_2)
            for (int r = 0; r < 2; r++)
                assert_int_equal(tlsn_config_set_versions(d->config[r], rows[i].max_version,
                                                          rows[i].max_version), TLSN_OK);
        duo_shake(d);
        duo_write(d, TLSN_CLIENT, "ping", 4);
        duo_run(d);
        assert_memory_equal(d->data[TLSN_SERVER], "ping", 4);
        tlsn_conn_get_info(d->conn[TLSN_SERVER], &info);
        assert_int_equal(info.suite, rows[i].id);
        /* a ServerKeyExchange says that the exchange is an ephemeral one */
        assert_int_equal(duo_message(d, TLSN_SERVER, 12).data != NULL,
                         strstr(rows[i].name, "DHE_") || strstr(rows[i].name, "RSA_EXPORT"));
    }
    duo_free(d);
    REQ("4132:2/1");
    REQ("4132:3.3/1");
    REQ("4162:2/1");
    REQ("4162:3.3/1");
    REQ("5246:A.5/3");
    REQ("5288:3/7");
    REQ("5289:3/1");
    REQ("3268:2/3");
    REQ("8422:6/2");
}

/* RFC 5289 3.1: the rows differ from those of RFC 4492 in MAC and PRF hash only. */
static void suites_with_sha2_equal_those_with_sha1_otherwise(void **state)
{
    static const uint16_t pairs[][2] = { { 0xc023, 0xc009 }, { 0xc024, 0xc00a }, { 0xc027, 0xc013 },
                                         { 0xc028, 0xc014 } };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const struct tlsni_suite *a = tlsni_suite_find(pairs[i][0]);
        const struct tlsni_suite *b = tlsni_suite_find(pairs[i][1]);

        assert_true(a->kx == b->kx && a->auth == b->auth && a->kind == b->kind);
        assert_int_equal(a->cipher, b->cipher);
        assert_true(a->mac != b->mac);
    }
    REQ("5289:3.1/1");
}

/* A client lists only suites of versions that it offers. */
static void suites_with_gcm_are_not_usable_below_tls12(void **state)
{
    static const struct tlsni_hs_config old = { .version_min = TLSN_TLS1_0,
                                                .version_max = TLSN_TLS1_1 };
    size_t count;
    const struct tlsni_suite *rows = tlsni_suite_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == TLSNI_CIPHER_AEAD)
            assert_false(tlsni_suite_usable(&rows[i], &old));
    assert_true(tlsni_suite_usable(tlsni_suite_find(0x002f), &old));
    REQ("5288:4/2");
    REQ("6655:3/10");
}

static void random_of_the_server_does_not_depend_on_the_clients(void **state)
{
    struct duo *d = duo_new();
    uint8_t first[32];

    (void)state;
    (void)chosen(d, "c02b", ALL_GROUPS BOTH_SCHEMES); /* the client's is the same each time */
    memcpy(first, duo_message(d, TLSN_SERVER, 2).data + 2, 32);
    (void)chosen(d, "c02b", ALL_GROUPS BOTH_SCHEMES);
    for (size_t i = 0; i < 32; i += 4)
        assert_memory_not_equal(first + i, duo_message(d, TLSN_SERVER, 2).data + 2 + i, 4);
    duo_free(d);
    REQ("5246:7.4.1.3/3");
}

/* ---- hellos without extensions ---- */

static void hello_without_extensions_counts_as_sha1_and_any_curve(void **state)
{
    struct duo *d = with_credentials("ec:secp256r1", "rsa:2048");

    (void)state;
    set_sigalgs(d, "ecdsa_sha1,rsa_pkcs1_sha1,ecdsa_secp256r1_sha256,rsa_pkcs1_sha256");
    assert_int_equal(chosen(d, "c02b", NULL), 0xc02b);
    assert_int_equal(pair(d), 0x0203);
    assert_in_range(group(d), 0x0017, 0x0019);
    assert_int_equal(chosen(d, "c02f", NULL), 0xc02f);
    assert_int_equal(pair(d), 0x0201);
    /* without SHA-1 there is nothing to sign with */
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    assert_int_equal(refused(d, "c02b", NULL), 0x0228);
    duo_free(d);
    REQ("5246:7.4.1.2/17");
    REQ("5246:7.4.1.4.1/5");
    REQ("5246:7.4.1.4.1/7");
    REQ("5246:D.4/4");
    REQ("8422:4/5");
}

/* ---- certificates and pairs ---- */

static struct tlsn_span leaf_sent(const struct duo *d)
{
    struct tlsn_span m = duo_message(d, TLSN_SERVER, 11);

    assert_non_null(m.data);
    return (struct tlsn_span){ m.data + 6, (size_t)m.data[4] << 8 | m.data[5] };
}

static void assert_leaf(const struct duo *d, const char *kind)
{
    struct tlsn_span sent = leaf_sent(d), own = tlsn_credential_cert(duo_credential(kind), 0);

    assert_int_equal(sent.len, own.len);
    assert_memory_equal(sent.data, own.data, own.len);
}

static void certificate_fits_the_suite(void **state)
{
    struct duo *d = with_credentials("rsa:2048", "ec:secp256r1");

    (void)state;
    assert_int_equal(chosen(d, "c02b", ALL_GROUPS BOTH_SCHEMES), 0xc02b);
    assert_leaf(d, "ec:secp256r1");
    if (duo_version() == TLSN_TLS1_2)
        assert_int_equal(pair(d), 0x0403);
    assert_int_equal(chosen(d, "c02f", ALL_GROUPS BOTH_SCHEMES), 0xc02f);
    assert_leaf(d, "rsa:2048");
    if (duo_version() == TLSN_TLS1_2)
        assert_int_equal(pair(d), 0x0804);
    duo_reset_server(d, duo_credential("rsa:2048"));
    assert_int_equal(refused(d, "c02b", ALL_GROUPS BOTH_SCHEMES), 0x0228);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    assert_int_equal(refused(d, "c02f009c", ALL_GROUPS BOTH_SCHEMES), 0x0228);
    duo_free(d);
    REQ("5246:7.4.2/3");
    REQ("5246:7.4.2/8");
    REQ("5246:7.4.2/18");
    REQ("5246:7.4.2/19");
    REQ("5246:7.4.3/10");
    REQ("8422:2.1/1");
    REQ("8422:2.2/1");
    REQ("8422:5.3/2");
    REQ("8422:5.3/3");
}

static void certificate_of_edwards_curves_signs_with_its_own_scheme(void **state)
{
    struct duo *d = with_credentials("ed25519", "ed448");

    (void)state;
    assert_int_equal(chosen(d, "c02b", ALL_GROUPS "000d0006000404030807"), 0xc02b);
    assert_leaf(d, "ed25519");
    assert_int_equal(pair(d), 0x0807);
    assert_int_equal(chosen(d, "c02b", ALL_GROUPS "000d0006000404030808"), 0xc02b);
    assert_leaf(d, "ed448");
    assert_int_equal(pair(d), 0x0808);
    assert_int_equal(refused(d, "c02b", ALL_GROUPS ECDSA_SHA256), 0x0228);
    duo_free(d);
    REQ("8422:5.9/4");
    REQ("8422:5.10/10");
}

static void pair_is_one_the_client_listed_or_the_suite_is_not_chosen(void **state)
{
    struct duo *d = with_credentials("ec:secp256r1", "rsa:2048");

    (void)state;
    assert_int_equal(chosen(d, "c02bc02f", ALL_GROUPS "000d000400020503"), 0xc02b);
    assert_int_equal(pair(d), 0x0503);
    assert_int_equal(chosen(d, "c02bc02f", ALL_GROUPS RSA_PSS_SHA256), 0xc02f);
    assert_int_equal(pair(d), 0x0804);
    assert_int_equal(chosen(d, "c02fc02b", ALL_GROUPS ECDSA_SHA256), 0xc02b);
    assert_int_equal(pair(d), 0x0403);
    assert_int_equal(refused(d, "c02f", ALL_GROUPS ECDSA_SHA256), 0x0228);
    duo_free(d);
    REQ("5246:7.4.3/8");
    REQ("5246:7.4.3/9");
}

#define DSS "TLS_DHE_RSA_WITH_AES_128_CBC_SHA,TLS_DHE_DSS_WITH_AES_128_CBC_SHA"

/* Behind p, g and Ys. */
static unsigned dss_pair(const struct duo *d)
{
    const uint8_t *m = exchange(d);

    for (int i = 0; i < 3; i++)
        m += 2 + (m[0] << 8 | m[1]);
    return (unsigned)m[0] << 8 | m[1];
}

static void use_with_usage(struct duo *d, const char *kind, uint8_t usage)
{
    tlsn_credential *c = duo_credential_with_usage(kind, usage);

    duo_reset_server(d, c);
    set_suites(d, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_GCM_SHA256,"
                  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    tlsn_credential_free(c);
}

static void certificate_is_used_as_its_key_usage_allows(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    use_with_usage(d, "rsa:2048", 0x80); /* digitalSignature */
    assert_int_equal(refused(d, "009c", ALL_GROUPS BOTH_SCHEMES), 0x0228);
    if (duo_version() != TLSN_SSL3)
        assert_int_equal(chosen(d, "009cc02f", ALL_GROUPS BOTH_SCHEMES), 0xc02f);
    (void)chosen(d, "009c009e", BOTH_SCHEMES);
    assert_int_equal(duo_suite_sent(d), duo_version() == TLSN_TLS1_2 ? 0x009e : 0x0033);
    use_with_usage(d, "rsa:2048", 0x20); /* keyEncipherment */
    assert_int_equal(refused(d, "009ec02f", ALL_GROUPS BOTH_SCHEMES), 0x0228);
    assert_int_equal(chosen(d, "009ec02f009c", ALL_GROUPS BOTH_SCHEMES), 0x009c);
    use_with_usage(d, "ec:secp256r1", 0x08); /* keyAgreement */
    assert_int_equal(refused(d, "c02b", ALL_GROUPS BOTH_SCHEMES), 0x0228);
    duo_free(d);
    REQ("5246:7.4.2/9");
    REQ("5246:7.4.2/10");
}

/* The authority signs with ECDSA and SHA-256: a client that does not list that pair gets the chain unless the
 * configuration is strict. */
static void chain_signed_with_what_was_not_listed_is_kept_back_when_strict(void **state)
{
    for (int strict = 0; strict < 2; strict++) {
        struct duo *d = with_credentials("rsa:2048", NULL);

        assert_int_equal(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_STRICT_CHAINS,
                                                 strict), TLSN_OK);
        assert_int_equal(chosen(d, "c02f", ALL_GROUPS BOTH_SCHEMES), 0xc02f);
        if (strict)
            assert_int_equal(refused(d, "c02f", ALL_GROUPS RSA_PSS_SHA256), 0x0228);
        else
            assert_int_equal(chosen(d, "c02f", ALL_GROUPS RSA_PSS_SHA256), 0xc02f);
        duo_free(d);
    }
    (void)state;
    REQ("5246:7.4.2/17");
}

/* Signed by itself, which shows nothing but the kind of key that signed it. */
static tlsn_credential *signed_by_own_kind(const char *kind)
{
    static const struct tlsn_cert_spec spec = { .subject = "CN=own", .not_before = 1000000000,
                                                .not_after = 2000000000 };
    tlsn_credential *c;
    uint8_t der[2048];
    char pem[8192];
    size_t len, pem_len;
    tlsn_key *key;

    assert_int_equal(tlsn_key_generate(&key, kind, NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&spec, key, (struct tlsn_span){ 0 }, key, NULL, der, sizeof der,
                                     &len), TLSN_OK);
    assert_int_equal(tlsn_key_write(key, pem, sizeof pem, &pem_len), TLSN_OK);
    assert_int_equal(tlsn_credential_new(&c, der, len, pem, pem_len, NULL), TLSN_OK);
    tlsn_key_free(key);
    return c;
}

/* Before TLS 1.2 the suite says how the certificate is signed. The authority of the tests has an ECDSA key:
 * its RSA certificate is sent when there is no better one, unless the configuration is strict. */
static void certificate_is_signed_as_the_suite_says(void **state)
{
    tlsn_credential *own = signed_by_own_kind("rsa:2048");
    struct duo *d = duo_new();

    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        duo_reset_server(d, duo_credential("rsa:2048"));
        assert_int_equal(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_STRICT_CHAINS,
                                                 strict), TLSN_OK);
        if (strict)
            assert_int_equal(refused(d, "c02f009e009c", ALL_GROUPS), 0x0228);
        else
            assert_int_equal(chosen(d, "c02f", ALL_GROUPS), 0xc02f);
        duo_reset_server(d, duo_credential("rsa:2048"));
        assert_int_equal(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_STRICT_CHAINS,
                                                 strict), TLSN_OK);
        assert_int_equal(tlsn_config_add_credential(d->config[TLSN_SERVER], own), TLSN_OK);
        assert_int_equal(tlsn_config_add_credential(d->config[TLSN_SERVER],
                                                    duo_credential("ec:secp256r1")), TLSN_OK);
        assert_int_equal(chosen(d, "c02f", ALL_GROUPS), 0xc02f);
        assert_int_equal(leaf_sent(d).len, tlsn_credential_cert(own, 0).len);
        assert_memory_equal(leaf_sent(d).data, tlsn_credential_cert(own, 0).data, leaf_sent(d).len);
        assert_int_equal(chosen(d, "c02b", ALL_GROUPS), 0xc02b);
        assert_leaf(d, "ec:secp256r1");
    }
    duo_free(d);
    tlsn_credential_free(own);
    REQ("2246:7.4.2/21");
    REQ("4346:7.4.2/21");
    REQ("4492:2.2/2");
    REQ("4492:2.4/3");
}

/* RFC 4492 4: a client that says nothing about curves takes any. */
static void client_without_groups_takes_any_curve(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_SERVER], "secp384r1,secp256r1"), TLSN_OK);
    assert_int_equal(chosen(d, "c02b", NULL), 0xc02b);
    assert_int_equal(group(d), 24);
    duo_free(d);
    REQ("8422:4/5");
}

/* Without the extension a client takes SHA-1 with DSA; here a test names it for the server. */
static void certificate_with_dsa_serves_dhe_dss(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    use_with_usage(d, "dsa:1024", 0x80); /* digitalSignature */
    set_suites(d, DSS);
    if (duo_version() == TLSN_TLS1_2)
        assert_int_equal(tlsn_config_set_sigalgs(d->config[TLSN_SERVER], "dsa_sha256,dsa_sha1"),
                         TLSN_OK);
    assert_int_equal(chosen(d, "00330032", ALL_GROUPS "000d0006000402020402"), 0x0032);
    if (duo_version() == TLSN_TLS1_2) {
        assert_int_equal(dss_pair(d), 0x0402);
        assert_int_equal(chosen(d, "00330032", NULL), 0x0032);
        assert_int_equal(dss_pair(d), 0x0202);
    }
    assert_int_equal(refused(d, "0033", ALL_GROUPS), 0x0228);
    use_with_usage(d, "dsa:1024", 0x08); /* keyAgreement */
    set_suites(d, DSS);
    assert_int_equal(refused(d, "00330032", ALL_GROUPS "000d0006000402020402"), 0x0228);
    duo_free(d);
    REQ("5246:7.4.1.4.1/6");
    REQ("5246:7.4.2/11");
}

/* ---- curves ---- */

static void curve_of_the_certificate_has_to_be_listed(void **state)
{
    struct duo *d = with_credentials("ec:secp256r1", NULL);

    (void)state;
    assert_int_equal(refused(d, "c02b", X25519_ONLY BOTH_SCHEMES), 0x0228);
    assert_int_equal(chosen(d, "c02b", P256_ONLY BOTH_SCHEMES), 0xc02b);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    assert_int_equal(tlsn_config_add_credential(d->config[TLSN_SERVER], duo_credential("rsa:2048")),
                     TLSN_OK);
    assert_int_equal(chosen(d, "c02bc02f", X25519_ONLY BOTH_SCHEMES), 0xc02f);
    duo_free(d);
    REQ("5246:7.4.2/14");
    REQ("8422:5.1/4");
    REQ("8422:5.3/4");
    REQ("8422:5.3/5");
}

static void curves_of_the_client_decide(void **state)
{
    struct duo *d = with_credentials("rsa:2048", NULL);

    (void)state;
    set_suites(d, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");
    assert_int_equal(chosen(d, "c02f", GROUPS("00040002", "0018") BOTH_SCHEMES), 0xc02f);
    assert_int_equal(group(d), 0x0018);
    assert_int_equal(chosen(d, "c02f", GROUPS("00040002", "001e") BOTH_SCHEMES), 0xc02f);
    assert_int_equal(group(d), 0x001e);
    /* sect163k1 alone: no ECC suite, but one without curves */
    assert_int_equal(refused(d, "c02f", GROUPS("00040002", "0001") BOTH_SCHEMES), 0x0228);
    duo_reset_server(d, duo_credential("rsa:2048"));
    set_suites(d, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assert_int_equal(chosen(d, "c02f009e", GROUPS("00040002", "0001") BOTH_SCHEMES), 0x009e);
    /* point formats without `uncompressed` are malformed; with it all is well */
    assert_int_equal(chosen(d, "c02f", P256_ONLY BOTH_SCHEMES "000b00020100"), 0xc02f);
    duo_free(d);
    REQ("8422:4/2");
    REQ("8422:4/3");
    REQ("8422:5.1/3");
    REQ("8422:5.1/5");
}

static void curves_of_every_kind_complete_a_handshake(void **state)
{
    static const char *const names[] = { "secp256r1", "secp384r1", "secp521r1", "x25519", "x448" };
    static const unsigned lengths[] = { 65, 97, 133, 32, 56 };
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct tlsn_span m;

        duo_reset_client(d);
        duo_reset_server(d, duo_credential("rsa:2048"));
        set_groups(d, names[i]);
        assert_int_equal(tlsn_config_set_groups(d->config[TLSN_CLIENT], names[i]), TLSN_OK);
        duo_shake(d);
        assert_int_equal(exchange(d)[0], 3);
        assert_int_equal(exchange(d)[3], lengths[i]);
        m = duo_message(d, TLSN_CLIENT, 16); /* the client's key is on the server's curve */
        assert_int_equal(m.len, 1 + lengths[i]);
        assert_int_equal(m.data[0], lengths[i]);
        if (i < 3) { /* uncompressed */
            assert_int_equal(m.data[1], 4);
            assert_int_equal(exchange(d)[4], 4);
        }
    }
    duo_free(d);
    REQ("8422:2.1/3");
    REQ("8422:5.1.2/1");
}

/* ---- finite fields ---- */

static unsigned prime_bits(const struct duo *d)
{
    return 8U * ((unsigned)exchange(d)[0] << 8 | exchange(d)[1]);
}

static struct duo *with_ffdhe2048(void)
{
    struct duo *d = with_credentials("rsa:2048", NULL);

    set_suites(d, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");
    set_groups(d, "x25519,secp256r1,ffdhe2048,ffdhe3072");
    return d;
}

static void ffdhe_without_common_group_leads_to_another_suite(void **state)
{
    struct duo *d = with_ffdhe2048();

    (void)state;
    /* ffdhe8192 and P-256 */
    assert_int_equal(chosen(d, "009ec02f", GROUPS("00060004", "01040017") BOTH_SCHEMES), 0xc02f);
    duo_free(d);
    REQ("7919:4/1");
    REQ("7919:4/2");
}

static void ffdhe_without_common_group_and_other_suite_is_insufficient_security(void **state)
{
    struct duo *d = with_ffdhe2048();

    (void)state;
    assert_int_equal(refused(d, "009e", GROUPS("00040002", "0104") BOTH_SCHEMES), 0x0247);
    duo_free(d);
    REQ("5246:7.2.2/25");
    REQ("7919:4/3");
}

static void ffdhe_group_is_one_that_was_offered(void **state)
{
    struct duo *d = with_ffdhe2048();

    (void)state;
    assert_int_equal(chosen(d, "009e", GROUPS("00060004", "01040101") BOTH_SCHEMES), 0x009e);
    assert_int_equal(prime_bits(d), 3072); /* though ours would be ffdhe2048 */
    assert_int_equal(chosen(d, "009e", GROUPS("00060004", "01010100") BOTH_SCHEMES), 0x009e);
    assert_int_equal(prime_bits(d), 2048);
    duo_free(d);
    REQ("7919:4/5");
    REQ("7919:4/6");
}

static void ffdhe_suite_that_was_not_offered_is_not_chosen_for_its_groups(void **state)
{
    struct duo *d = with_ffdhe2048();

    (void)state;
    assert_int_equal(chosen(d, "c02f", GROUPS("00060004", "01000017") BOTH_SCHEMES), 0xc02f);
    assert_int_equal(refused(d, "fafa", GROUPS("00040002", "0100") BOTH_SCHEMES), 0x0228);
    duo_free(d);
    REQ("7919:4/7");
}

static void ffdhe_groups_of_every_size_complete_a_handshake(void **state)
{
    static const char *const names[] = { "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144",
                                         "ffdhe8192" };
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct tlsn_conn_info info;

        duo_reset_client(d);
        duo_reset_server(d, duo_credential("rsa:2048"));
        set_suites(d, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");
        assert_int_equal(duo_set_suites(d->config[TLSN_CLIENT],
                                                "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"), TLSN_OK);
        assert_int_equal(tlsn_config_set_groups(d->config[TLSN_CLIENT], names[i]), TLSN_OK);
        duo_shake(d);
        tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
        assert_string_equal(info.group_name, names[i]); /* recognised by p and g */
    }
    duo_free(d);
    REQ("7919:3/5");
    REQ("7919:3/7");
    REQ("7919:9.1/1");
}

static void ffdhe_groups_stand_in_the_order_of_the_configuration(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(duo_set_suites(d->config[TLSN_CLIENT],
                                            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,"
                                            "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"), TLSN_OK);
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_CLIENT],
                                            "ffdhe3072,secp256r1,ffdhe2048,x25519"), TLSN_OK);
    duo_shake(d);
    assert_memory_equal(duo_extension(d, TLSN_CLIENT, 10).data,
                        "\x00\x08\x01\x01\x00\x17\x01\x00\x00\x1d", 10);
    duo_free(d);
    REQ("7919:3/3");
    REQ("7919:6.1/1");
}

static void each_handshake_has_keys_of_its_own(void **state)
{
    static const char *const suites[] = { "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
                                          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" };
    struct duo *d = duo_new();
    uint8_t first[2048], client[2048];
    struct tlsn_span m;
    size_t len, client_len;

    (void)state;
    for (int i = 0; i < 2; i++) {
        duo_reset_client(d);
        duo_reset_server(d, duo_credential("rsa:2048"));
        set_suites(d, suites[i]);
        assert_int_equal(duo_set_suites(d->config[TLSN_CLIENT], suites[i]), TLSN_OK);
        duo_shake(d);
        m = duo_message(d, TLSN_SERVER, 12);
        len = m.len - 260; /* without the signature */
        memcpy(first, m.data, len);
        m = duo_message(d, TLSN_CLIENT, 16);
        client_len = m.len;
        memcpy(client, m.data, m.len);
        duo_shake(d);
        assert_memory_not_equal(duo_message(d, TLSN_SERVER, 12).data, first, len);
        assert_memory_not_equal(duo_message(d, TLSN_CLIENT, 16).data, client, client_len);
    }
    duo_free(d);
    REQ("5246:F.1.1.3/2");
    REQ("3268:3/1");
    REQ("8422:5.10/3");
}

int main(void)
{
    const struct CMUnitTest every[] = {
        cmocka_unit_test(version_above_ours_is_answered_with_ours),
        cmocka_unit_test(version_below_ours_is_refused),
        cmocka_unit_test(record_version_of_the_hello_does_not_matter),
        cmocka_unit_test(ssl2_hello_draws_no_ssl2_answer),
        cmocka_unit_test(suite_without_common_one_is_handshake_failure),
        cmocka_unit_test(suite_unknown_or_signalling_is_passed_over),
        cmocka_unit_test(suite_is_one_of_those_that_were_offered),
        cmocka_unit_test(suites_with_sha2_equal_those_with_sha1_otherwise),
        cmocka_unit_test(suites_with_gcm_are_not_usable_below_tls12),
        cmocka_unit_test(random_of_the_server_does_not_depend_on_the_clients),
        cmocka_unit_test(certificate_is_used_as_its_key_usage_allows),
        cmocka_unit_test(certificate_with_dsa_serves_dhe_dss),
        cmocka_unit_test(each_handshake_has_keys_of_its_own),
    };
    /* about curves and extensions */
    const struct CMUnitTest since_tls10[] = {
        cmocka_unit_test(certificate_fits_the_suite),
        cmocka_unit_test(curve_of_the_certificate_has_to_be_listed),
        cmocka_unit_test(curves_of_the_client_decide),
        cmocka_unit_test(curves_of_every_kind_complete_a_handshake),
        cmocka_unit_test(ffdhe_without_common_group_leads_to_another_suite),
        cmocka_unit_test(ffdhe_without_common_group_and_other_suite_is_insufficient_security),
        cmocka_unit_test(ffdhe_group_is_one_that_was_offered),
        cmocka_unit_test(ffdhe_suite_that_was_not_offered_is_not_chosen_for_its_groups),
        cmocka_unit_test(ffdhe_groups_of_every_size_complete_a_handshake),
        cmocka_unit_test(ffdhe_groups_stand_in_the_order_of_the_configuration),
    };
    /* about what TLS 1.2 brought */
    const struct CMUnitTest newest[] = {
        cmocka_unit_test(chain_signed_with_what_was_not_listed_is_kept_back_when_strict),
        cmocka_unit_test(suites_of_every_kind_complete_a_handshake),
        cmocka_unit_test(hello_without_extensions_counts_as_sha1_and_any_curve),
        cmocka_unit_test(certificate_of_edwards_curves_signs_with_its_own_scheme),
        cmocka_unit_test(pair_is_one_the_client_listed_or_the_suite_is_not_chosen),
    };
    const struct CMUnitTest old[] = {
        cmocka_unit_test(certificate_is_signed_as_the_suite_says),
        cmocka_unit_test(client_without_groups_takes_any_curve),
    };
    int failed = cmocka_run_group_tests(every, NULL, NULL);

    failed += cmocka_run_group_tests(since_tls10, NULL, NULL);
    failed += cmocka_run_group_tests(newest, NULL, NULL);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", every);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", every);
    failed += DUO_RUN_IN(TLSN_SSL3, "ssl3", every);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", since_tls10);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", since_tls10);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", old);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", old);
    return failed;
}
