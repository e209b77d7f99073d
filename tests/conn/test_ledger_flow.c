/* What a handshake looks like on the wire: orders of messages and their contents as RFC
 * 5246 7.3 and 7.4, RFC 8422 5 and RFC 5077 3.1 draw them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cipher/pk_impl.h"
#include "handshake/credential.h"
#include "req.h"
#include "support_duo.h"

/* The order of the messages, and behind them what the server sends last. */
static void assert_order(struct duo *d, const char *order)
{
    bool tickets = duo_version() != TLSN_SSL3; /* which has no extensions */
    char text[512];

    snprintf(text, sizeof text, "%s%s <CCS <{handshake}", order, tickets ? " <NewSessionTicket" : "");
    assert_string_equal(duo_order(d), text);
}

static void set_suites(struct duo *d, const char *list)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(duo_set_suites(d->config[i], list), TLSN_OK);
}

static void ask_for_certificate(struct duo *d, enum tlsn_client_auth mode)
{
    assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER], mode), TLSN_OK);
}

static void give_client(struct duo *d, const char *kind)
{
    assert_int_equal(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential(kind)),
                     TLSN_OK);
}

static void full_handshake_ecdhe_has_the_order_of_figure_1(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_shake(d);
    assert_order(d, "ClientHello <ServerHello <Certificate <ServerKeyExchange <ServerHelloDone "
                    "ClientKeyExchange CCS {handshake}");
    assert_int_equal(duo_message(d, TLSN_SERVER, 14).len, 0);
    duo_free(d);
    REQ("5246:7.1/3");
    REQ("5246:7.3/3");
    REQ("5246:7.3/6");
    REQ("5246:7.3/8");
    REQ("5246:7.3/10");
    REQ("5246:7.3/11");
    REQ("5246:7.4.1.2/1");
    REQ("5246:7.4.2/1");
    REQ("5246:7.4.2/2");
    REQ("5246:7.4.3/1");
    REQ("5246:7.4.5/1");
    REQ("5246:7.4.6/2");
    REQ("5246:7.4.7/1");
    REQ("5246:7.4.9/1");
    REQ("8422:5.4/1");
    REQ("5077:3.1/1");
    REQ("4507:3.1/1");
    REQ("5077:3.3/1");
    REQ("4507:3.3/1");
}

static void full_handshake_dhe_sends_server_key_exchange_and_rsa_does_not(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_reset_server(d, duo_credential("rsa:2048"));
    set_suites(d, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");
    duo_shake(d);
    assert_order(d, "ClientHello <ServerHello <Certificate <ServerKeyExchange <ServerHelloDone "
                    "ClientKeyExchange CCS {handshake}");
    duo_reset_client(d);
    duo_reset_server(d, duo_credential("rsa:2048"));
    set_suites(d, "TLS_RSA_WITH_AES_128_GCM_SHA256");
    duo_shake(d);
    assert_order(d, "ClientHello <ServerHello <Certificate <ServerHelloDone "
                    "ClientKeyExchange CCS {handshake}");
    duo_free(d);
    REQ("5246:7.3/4");
    REQ("5246:7.4.3/2");
    REQ("5246:7.4.7/2");
}

static void change_cipher_spec_is_one_octet_in_the_clear(void **state)
{
    struct duo *d = duo_new();
    unsigned seen = 0;

    (void)state;
    duo_shake(d);
    for (size_t i = 0; i < d->records; i++)
        if (d->record[i].type == 20) {
            assert_int_equal(d->record[i].len, 1);
            assert_int_equal(d->record[i].body[0], 1);
            seen++;
        }
    assert_int_equal(seen, 2);
    for (size_t i = 0; i < d->records; i++)
        assert_in_range(d->record[i].type, 20, 23);
    duo_free(d);
    REQ("5246:6/1");
    REQ("5246:7.1/2");
}

static void client_certificate_is_sent_and_verified_when_asked_for(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_conn_info info;

    (void)state;
    ask_for_certificate(d, TLSN_CLIENT_AUTH_REQUIRE);
    give_client(d, "ec:secp384r1");
    duo_shake(d);
    assert_order(d, "ClientHello <ServerHello <Certificate <ServerKeyExchange "
                    "<CertificateRequest <ServerHelloDone Certificate ClientKeyExchange "
                    "CertificateVerify CCS {handshake}");
    tlsn_conn_get_info(d->conn[TLSN_SERVER], &info);
    assert_true(info.client_authenticated);
    duo_free(d);
    REQ("5246:7.3/7");
    REQ("5246:7.3/9");
    REQ("5246:7.4.6/1");
    REQ("5246:7.4.8/2");
    REQ("8422:3/5");
}

static void client_without_certificate_sends_an_empty_list_and_goes_on(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_span list;

    (void)state;
    ask_for_certificate(d, TLSN_CLIENT_AUTH_REQUEST);
    duo_shake(d);
    assert_order(d, duo_version() == TLSN_SSL3
                        ? "ClientHello <ServerHello <Certificate <ServerKeyExchange "
                          "<CertificateRequest <ServerHelloDone alert:1/41 ClientKeyExchange "
                          "CCS {handshake}"
                        : "ClientHello <ServerHello <Certificate <ServerKeyExchange "
                          "<CertificateRequest <ServerHelloDone Certificate ClientKeyExchange "
                          "CCS {handshake}");
    list = duo_message(d, TLSN_CLIENT, 11);
    if (duo_version() == TLSN_SSL3)
        assert_null(list.data);
    else
        assert_memory_equal(list.data - 4, "\x0b\0\0\3\0\0\0", 7);
    duo_free(d);
    REQ("5246:7.4.6/3");
    REQ("5246:7.4.8/1");
    REQ("8422:3/1");
    REQ("8422:3/2");
    REQ("8422:3/3");
}

static void certificate_request_follows_the_certificate_in_rsa_key_transport(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_reset_server(d, duo_credential("rsa:2048"));
    set_suites(d, "TLS_RSA_WITH_AES_128_GCM_SHA256");
    ask_for_certificate(d, TLSN_CLIENT_AUTH_REQUEST);
    give_client(d, "rsa:2048");
    duo_shake(d);
    assert_order(d, "ClientHello <ServerHello <Certificate <CertificateRequest "
                    "<ServerHelloDone Certificate ClientKeyExchange CertificateVerify "
                    "CCS {handshake}");
    duo_free(d);
    REQ("5246:7.4.4/1");
}

/* types, signature pairs, authorities (RFC 5246 7.4.4) */
static void certificate_request_lists_types_pairs_and_authorities(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_span m;
    const uint8_t *p;
    size_t names;

    (void)state;
    ask_for_certificate(d, TLSN_CLIENT_AUTH_REQUEST);
    assert_int_equal(tlsn_config_set_sigalgs(d->config[TLSN_SERVER],
                                             "ecdsa_secp384r1_sha384,rsa_pss_rsae_sha256,"
                                             "ecdsa_secp256r1_sha256"), TLSN_OK);
    duo_shake(d);
    m = duo_message(d, TLSN_SERVER, 13);
    p = m.data;
    assert_int_equal(p[0], 2); /* rsa_sign, ecdsa_sign; neither 5, 6, 20 nor 65, 66 */
    assert_int_equal(p[1], 1);
    assert_int_equal(p[2], 64);
    if (duo_version() == TLSN_TLS1_2) {
        assert_memory_equal(p + 3, "\x00\x06\x05\x03\x08\x04\x04\x03", 8);
        p += 8;
    }
    /* one name: SEQUENCE { SET { SEQUENCE { commonName, "root" } } } */
    names = (size_t)(m.data + m.len - p) - 5;
    assert_int_equal(p[3] << 8 | p[4], names);
    assert_int_equal(p[5] << 8 | p[6], names - 2);
    assert_int_equal(p[7], 0x30);
    assert_int_equal(p[8], names - 4);
    assert_memory_equal(m.data + m.len - 4, "root", 4);
    duo_free(d);
    REQ("5246:7.4.4/2");
    REQ("5246:7.4.4/4");
    REQ("5246:7.4.4/9");
    REQ("8422:5.5/1");
}

/* Of ECDHE, or of DHE: p, g and Ys. */
static size_t params_len(const uint8_t *m)
{
    size_t len = 0;

    if (duo_version() != TLSN_SSL3)
        return 4U + m[3];
    for (int i = 0; i < 3; i++)
        len += 2U + (size_t)(m[len] << 8 | m[len + 1]);
    return len;
}

/* Before TLS 1.2: the signature follows the parameters at once; RSA signs MD5 and SHA-1 one behind the other
 * in a block of type 1. */
static void signature_before_tls12_names_no_pair(void **state)
{
    const struct tlsni_pubkey *key = duo_credential("rsa:2048")->public_key;
    struct duo *d = duo_new();
    uint8_t em[256], covered[64 + 1024], hash[36];
    struct tlsn_span m;
    size_t params;

    (void)state;
    duo_reset_server(d, duo_credential("rsa:2048"));
    duo_shake(d);
    m = duo_message(d, TLSN_SERVER, 12);
    params = params_len(m.data);
    assert_true(params <= 1024);
    assert_int_equal(m.len, params + 2 + 256);
    assert_int_equal(m.data[params] << 8 | m.data[params + 1], 256);
    memcpy(covered, duo_message(d, TLSN_CLIENT, 1).data + 2, 32);
    memcpy(covered + 32, duo_message(d, TLSN_SERVER, 2).data + 2, 32);
    memcpy(covered + 64, m.data, params);
    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_MD5), covered, 64 + params, hash);
    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA1), covered, 64 + params, hash + 16);
    m = (struct tlsn_span){ m.data + params + 2, 256 };
    assert_int_equal(tlsni_rsa_recover(key, NULL, m, em), TLSN_OK);
    assert_memory_equal(em, "\0\1", 2);
    for (size_t i = 2; i < 256 - 37; i++)
        assert_int_equal(em[i], 0xff);
    assert_int_equal(em[256 - 37], 0);
    assert_memory_equal(em + 256 - 36, hash, 36);
    duo_free(d);
    REQ("4346:4.7/1");
    REQ("4346:4.7/2");
    REQ("2246:4.7/1");
    REQ("2246:4.7/2");
    REQ("6101:4.7/1");
    REQ("6101:5.6.3/2");
}

/* So does ECDSA, which signs the SHA-1 value (RFC 4492 5.10). */
static void ecdsa_before_tls12_signs_sha1(void **state)
{
    const struct tlsni_pubkey *key = duo_credential("ec:secp256r1")->public_key;
    const struct tlsni_sig_params sha1 = { .key = TLSNI_KEY_EC, .hash = TLSNI_HASH_SHA1 };
    const struct tlsni_sig_params sha256 = { .key = TLSNI_KEY_EC, .hash = TLSNI_HASH_SHA256 };
    struct duo *d = duo_new();
    struct tlsn_span m, text, signature;
    uint8_t covered[64 + 256];
    size_t params;

    (void)state;
    duo_shake(d);
    m = duo_message(d, TLSN_SERVER, 12);
    params = params_len(m.data);
    memcpy(covered, duo_message(d, TLSN_CLIENT, 1).data + 2, 32);
    memcpy(covered + 32, duo_message(d, TLSN_SERVER, 2).data + 2, 32);
    memcpy(covered + 64, m.data, params);
    text = (struct tlsn_span){ covered, 64 + params };
    signature = (struct tlsn_span){ m.data + params + 2, m.len - params - 2 };
    assert_int_equal(tlsni_pubkey_verify(key, &sha1, text, signature), TLSN_OK);
    assert_int_equal(tlsni_pubkey_verify(key, &sha256, text, signature), TLSN_ERR_DECRYPT_ERROR);
    duo_free(d);
    REQ("4492:5.10/3");
}

static void certificate_request_is_not_sent_by_a_server_that_was_not_asked_to(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_shake(d);
    assert_null(duo_message(d, TLSN_SERVER, 13).data);
    assert_null(duo_message(d, TLSN_CLIENT, 11).data);
    duo_free(d);
}

static void certificates_stand_leaf_first_each_certified_by_the_next(void **state)
{
    struct duo *d = duo_new();
    tlsn_credential *c = duo_credential_behind_intermediate();
    struct tlsn_span m, leaf = tlsn_credential_cert(c, 0), next = tlsn_credential_cert(c, 1);
    struct tlsn_cert_info first, second;

    (void)state;
    duo_reset_server(d, c);
    duo_shake(d);
    m = duo_message(d, TLSN_SERVER, 11);
    assert_int_equal(m.len, 3 + 3 + leaf.len + 3 + next.len);
    assert_memory_equal(m.data + 6, leaf.data, leaf.len);
    assert_memory_equal(m.data + 9 + leaf.len, next.data, next.len);
    assert_int_equal(tlsn_cert_describe(leaf, &first), TLSN_OK);
    assert_int_equal(tlsn_cert_describe(next, &second), TLSN_OK);
    assert_string_equal(first.issuer, second.subject);
    assert_int_equal(first.version, 3);
    duo_free(d);
    REQ("5246:7.4.2/4");
    REQ("6101:D.3/3");
}

/* leaf, root, a stranger, intermediate: what is kept is in order, and without the stranger. */
static void chain_in_disorder_is_put_in_order(void **state)
{
    tlsn_credential *c, *whole = duo_credential_behind_intermediate();
    const struct tlsn_span given[] = { tlsn_credential_cert(whole, 0), duo_root(),
                                       tlsn_credential_cert(duo_credential("rsa:2048"), 0),
                                       tlsn_credential_cert(whole, 1) };
    static const int kept[] = { 0, 3, 1 };
    char pem[16384];
    size_t at = 0, len;

    (void)state;
    for (size_t i = 0; i < 4; i++, at += len)
        assert_int_equal(tlsn_pem_write("CERTIFICATE", given[i].data, given[i].len, pem + at,
                                        sizeof pem - at, &len), TLSN_OK);
    assert_int_equal(tlsn_credential_new_external(&c, pem, at, NULL), TLSN_OK);
    for (size_t i = 0; i < 3; i++) {
        struct tlsn_span cert = tlsn_credential_cert(c, i);

        assert_int_equal(cert.len, given[kept[i]].len);
        assert_memory_equal(cert.data, given[kept[i]].data, cert.len);
    }
    assert_null(tlsn_credential_cert(c, 3).data);
    tlsn_credential_free(c);
    REQ("5246:7.4.2/5");
}

static void hello_of_the_client_is_what_it_should_be(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_span m, again;
    uint8_t random[32];

    (void)state;
    duo_shake(d);
    m = duo_message(d, TLSN_CLIENT, 1);
    assert_int_equal(d->record[0].type, 22); /* a TLS record, not an SSL 2.0 hello */
    assert_int_equal(d->record[0].version >> 8, 3);
    assert_int_equal(m.data[0] << 8 | m.data[1], duo_version());
    memcpy(random, m.data + 2, 32);
    again = duo_message(d, TLSN_SERVER, 2);
    assert_int_equal(again.data[0] << 8 | again.data[1], duo_version());
    assert_memory_not_equal(random, again.data + 2, 32);
    assert_memory_not_equal(random, again.data + 2, 8);
    duo_shake(d); /* the generator goes on */
    m = duo_message(d, TLSN_CLIENT, 1);
    assert_memory_not_equal(random, m.data + 2, 32);
    assert_memory_not_equal(random + 28, m.data + 30, 4);
    duo_free(d);
    REQ("5246:7.4.1.2/2");
    REQ("5246:7.4.1.2/11");
    REQ("5246:E.2/4");
    REQ("6176:3/1");
    REQ("6176:3/2");
    REQ("6176:3/3");
    REQ("7568:3/3");
    REQ("8996:4/3");
    REQ("8996:5/3");
}

static void suites_stand_in_the_order_of_the_configuration_with_null_compression(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_span m;

    (void)state;
    assert_int_equal(duo_set_suites(d->config[TLSN_CLIENT],
                                            "TLS_RSA_WITH_AES_128_GCM_SHA256,"
                                            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,"
                                            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"), TLSN_OK);
    duo_shake(d);
    m = duo_message(d, TLSN_CLIENT, 1);
    if (duo_version() == TLSN_SSL3) /* and the signalling suite */
        assert_memory_equal(m.data + 34, "\x00\x00\x08\x00\x2f\x00\x39\x00\x33\x00\xff\x01\x00", 13);
    else
        assert_memory_equal(m.data + 34, duo_version() == TLSN_TLS1_2
                                             ? "\x00\x00\x06\x00\x9c\xc0\x2c\xc0\x2b\x01\x00"
                                             : "\x00\x00\x06\x00\x2f\xc0\x0a\xc0\x09\x01\x00", 11);
    duo_free(d);
    REQ("5246:4.1/1");
    REQ("5246:4.3/1");
    REQ("5246:4.5/1");
    REQ("5246:7.4.1.2/7");
    REQ("5246:7.4.1.2/14");
}

/* What stands in the default offer, by number (IANA TLS Cipher Suites). */
static void suites_by_default_are_not_null_anonymous_rc4_nor_without_forward_secrecy(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_span m;
    size_t len;
    bool listed = false;

    (void)state;
    duo_shake(d);
    m = duo_message(d, TLSN_CLIENT, 1);
    len = (size_t)m.data[35] << 8 | m.data[36];
    for (size_t i = 0; i < len; i += 2) {
        unsigned id = (unsigned)m.data[37 + i] << 8 | m.data[38 + i];

        listed = listed || id == 0xc02b || id == 0xc02f;
        /* 00xx: NULL, RC4, anonymous, static DH and RSA, and DHE suites */
        assert_true(id >> 8 == 0xc0 || id == 0xcca8 || id == 0xcca9);
        /* c0xx: the AEAD suites of ECDHE; not static ECDH, RC4 or NULL */
        if (id >> 8 == 0xc0)
            assert_true(id == 0xc02b || id == 0xc02c || id == 0xc02f || id == 0xc030 ||
                        id == 0xc0ac || id == 0xc0ad);
    }
    assert_true(listed);
    duo_free(d);
    REQ("5246:A.5/1");
    REQ("5246:A.5/2");
    REQ("7465:2/1");
    REQ("8422:6/3");
    REQ("10015:2/1");
    REQ("10015:2/2");
    REQ("10015:3/1");
    REQ("10015:4/1");
}

static void extensions_of_the_client_are_there(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_shake(d);
    assert_non_null(duo_extension(d, TLSN_CLIENT, 10).data);
    assert_memory_equal(duo_extension(d, TLSN_CLIENT, 11).data, "\x01\x00", 2);
    assert_memory_equal(duo_extension(d, TLSN_CLIENT, 0).data, "\x00\x11\x00\x00\x0eserver.example",
                        19);
    for (uint16_t anonymous = 0; anonymous < 7; anonymous++) {
        struct tlsn_span list = duo_extension(d, TLSN_CLIENT, 13);

        for (size_t i = 2; i < list.len; i += 2)
            assert_false(list.data[i] == anonymous && list.data[i + 1] == 0);
    }
    duo_free(d);
    REQ("5246:7.4.1.4.1/2");
    REQ("8422:4/1");
    REQ("8422:5.1/1");
    REQ("6066:3/14");
    REQ("3546:3.1/6");
    REQ("4366:3.1/6");
    REQ("6066:3/4");
}

static void server_name_is_not_sent_for_an_address(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_connect(d);
    assert_int_equal(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], "192.0.2.1"), TLSN_OK);
    duo_run(d);
    assert_null(duo_extension(d, TLSN_CLIENT, 0).data);
    duo_connect(d);
    assert_int_equal(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], "2001:db8::1"), TLSN_OK);
    duo_run(d);
    assert_null(duo_extension(d, TLSN_CLIENT, 0).data);
    duo_free(d);
    REQ("6066:3/13");
    REQ("3546:3.1/5");
    REQ("4366:3.1/5");
}

static void server_name_is_sent_without_trailing_dot(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_connect(d);
    assert_int_equal(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], "server.example."), TLSN_OK);
    duo_run(d);
    assert_int_equal(duo_extension(d, TLSN_CLIENT, 0).len, 19);
    assert_memory_equal(duo_extension(d, TLSN_CLIENT, 0).data + 5, "server.example", 14);
    duo_free(d);
    REQ("6066:3/11");
}

static tlsn_config *config_for_name;

static tlsn_status choose_by_name(void *ctx, tlsn_conn *conn, tlsn_config **config)
{
    const struct tlsn_client_hello *hello = tlsn_client_hello(conn);

    (void)ctx;
    if (hello->server_name.len == 14 && memcmp(hello->server_name.data, "server.example", 14) == 0)
        *config = config_for_name;
    return TLSN_OK;
}

static void server_name_guides_the_choice_of_the_certificate(void **state)
{
    static const struct tlsn_callbacks cb = { .client_hello = choose_by_name };
    struct duo *d = duo_new();
    struct tlsn_span own = tlsn_credential_cert(duo_credential("ec:secp384r1"), 0);

    (void)state;
    assert_int_equal(tlsn_config_set_callbacks(d->config[TLSN_SERVER], &cb), TLSN_OK);
    assert_int_equal(tlsn_config_new(&config_for_name, &d->env.hooks), TLSN_OK);
    assert_int_equal(tlsn_config_set_versions(config_for_name, TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    assert_int_equal(tlsn_config_add_credential(config_for_name, duo_credential("ec:secp384r1")),
                     TLSN_OK);
    duo_shake(d);
    assert_memory_equal(duo_message(d, TLSN_SERVER, 11).data + 6, own.data, own.len);
    duo_connect(d);
    assert_int_equal(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], "other.example"), TLSN_OK);
    duo_run(d);
    own = tlsn_credential_cert(duo_credential("ec:secp256r1"), 0);
    assert_memory_equal(duo_message(d, TLSN_SERVER, 11).data + 6, own.data, own.len);
    tlsn_config_free(config_for_name);
    duo_free(d);
    REQ("5246:7.4.2/15");
}

/* AlgorithmIdentifiers of keys and signatures: RFC 5480 2.1.1 with the curve by name, RFC 5758
 * 3.2, RFC 8410 3. */
static void check_contains(struct tlsn_span der, const char *bytes, size_t len)
{
    for (size_t i = 0; i + len <= der.len; i++)
        if (memcmp(der.data + i, bytes, len) == 0)
            return;
    fail_msg("AlgorithmIdentifier of %zu bytes is not there", len);
}

static void certificates_of_curves_name_them_as_the_rfcs_say(void **state)
{
    (void)state;
    check_contains(tlsn_credential_cert(duo_credential("ec:secp256r1"), 0),
                   "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d"
                   "\x03\x01\x07\x03\x42\x00\x04", 25);
    check_contains(tlsn_credential_cert(duo_credential("ec:secp256r1"), 0),
                   "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02", 12);
    check_contains(tlsn_credential_cert(duo_credential("ec:secp384r1"), 0),
                   "\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22"
                   "\x03\x62\x00\x04", 22);
    check_contains(tlsn_credential_cert(duo_credential("ed25519"), 0),
                   "\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 10);
    check_contains(tlsn_credential_cert(duo_credential("ed448"), 0),
                   "\x30\x05\x06\x03\x2b\x65\x71\x03\x3a\x00", 10);
    REQ("8422:5.3/1");
    REQ("8422:5.4/6");
    REQ("8422:5.9/1");
    REQ("8422:5.9/2");
    REQ("8422:5.9/3");
}

static void server_name_that_decides_is_answered_empty(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_span answer;

    (void)state;
    assert_int_equal(tlsn_config_set_server_names(d->config[TLSN_SERVER], "server.example"),
                     TLSN_OK);
    duo_shake(d);
    answer = duo_extension(d, TLSN_SERVER, 0);
    assert_non_null(answer.data);
    assert_int_equal(answer.len, 0);
    duo_free(d);
    REQ("6066:3/16");
    REQ("3546:3.1/8");
    REQ("4366:3.1/8");
    REQ("6066:3/17");
    REQ("3546:3.1/9");
    REQ("4366:3.1/9");
}

static void server_name_unknown_draws_no_warning(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(tlsn_config_set_server_names(d->config[TLSN_SERVER], "other.example"),
                     TLSN_OK);
    duo_shake(d);
    assert_int_equal(duo_alert(d, TLSN_SERVER), -1);
    duo_free(d);
    REQ("6066:3/7");
}

static void warning_about_the_name_does_not_end_the_handshake(void **state)
{
    static const uint8_t warning[] = { 21, 3, 3, 0, 2, 1, 112 };
    struct duo *d = duo_new();

    (void)state;
    duo_connect(d);
    duo_inject(d, TLSN_SERVER, warning, sizeof warning);
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    duo_free(d);
    REQ("6066:3/8");
}

static void finished_alone_and_data_before_it_do_not_get_through(void **state)
{
    struct duo *d = duo_new();
    uint8_t out[64];
    size_t n, written;

    (void)state;
    duo_connect(d);
    for (int i = 0; i < 2; i++)
        assert_int_equal(tlsn_encrypt(d->conn[i], "x", 1, &n, out, sizeof out, &written),
                         TLSN_ERR_MISUSE);
    duo_run(d);
    assert_int_equal(d->data_len[0] + d->data_len[1], 0);
    duo_write(d, TLSN_CLIENT, "\0\1\2 as it is", 12);
    duo_run(d);
    assert_int_equal(d->data_len[TLSN_SERVER], 12);
    assert_memory_equal(d->data[TLSN_SERVER], "\0\1\2 as it is", 12);
    duo_free(d);
    REQ("5246:7.3/12");
    REQ("5246:10/1");
}

/* Data may flow only once both Finished are checked: until the server's arrives the client may not
 * send. */
static size_t hold_server_finished(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    return from == TLSN_SERVER && r[0] == 22 && d->ccs[TLSN_SERVER] ? 0 : len;
}

static void data_waits_for_the_peers_finished(void **state)
{
    struct duo *d = duo_new();
    uint8_t out[64];
    size_t n, written;

    (void)state;
    duo_connect(d);
    d->bend = hold_server_finished;
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_SERVER]));
    assert_false(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    assert_int_equal(tlsn_encrypt(d->conn[TLSN_CLIENT], "x", 1, &n, out, sizeof out, &written),
                     TLSN_ERR_MISUSE);
    duo_free(d);
    REQ("5246:7.4.9/4");
}

/* Every record cut into records of one byte of payload; the ClientHello too. */
static size_t cut_small(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    if (r[0] != 22 || d->ccs[from])
        return len;
    for (size_t i = 5; i < len; i++) {
        const uint8_t small[] = { 22, r[1], r[2], 0, 1, r[i] };

        duo_inject(d, from, small, sizeof small);
    }
    return 0;
}

static void messages_in_records_of_one_byte_are_put_together(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    d->bend = cut_small;
    duo_shake(d);
    duo_free(d);
    REQ("5246:D.4/1");
}

static void message_longer_than_a_record_is_fragmented(void **state)
{
    static char list[40000]; /* long ALPN list: a ClientHello of several records */
    struct duo *d = duo_new();
    size_t at = 0;

    (void)state;
    while (at + 210 < sizeof list) {
        if (at)
            list[at++] = ',';
        memset(list + at, 'a', 200);
        at += 200;
    }
    assert_int_equal(tlsn_config_set_alpn(d->config[TLSN_CLIENT], list), TLSN_OK);
    duo_shake(d);
    assert_true(d->record[0].len == 16384 && d->record[0].type == 22);
    assert_true(d->record[1].len == 16384 && d->record[1].from == TLSN_CLIENT);
    for (size_t i = 0; i < d->records; i++)
        assert_in_range(d->record[i].len, 1, 16384 + 24);
    duo_free(d);
    REQ("5246:D.4/2");
    REQ("5246:6.2.1/6");
}

int main(void)
{
    const struct CMUnitTest every[] = {
        cmocka_unit_test(full_handshake_ecdhe_has_the_order_of_figure_1),
        cmocka_unit_test(full_handshake_dhe_sends_server_key_exchange_and_rsa_does_not),
        cmocka_unit_test(change_cipher_spec_is_one_octet_in_the_clear),
        cmocka_unit_test(client_certificate_is_sent_and_verified_when_asked_for),
        cmocka_unit_test(client_without_certificate_sends_an_empty_list_and_goes_on),
        cmocka_unit_test(certificate_request_follows_the_certificate_in_rsa_key_transport),
        cmocka_unit_test(certificate_request_lists_types_pairs_and_authorities),
        cmocka_unit_test(certificate_request_is_not_sent_by_a_server_that_was_not_asked_to),
        cmocka_unit_test(certificates_stand_leaf_first_each_certified_by_the_next),
        cmocka_unit_test(chain_in_disorder_is_put_in_order),
        cmocka_unit_test(hello_of_the_client_is_what_it_should_be),
        cmocka_unit_test(suites_stand_in_the_order_of_the_configuration_with_null_compression),
        cmocka_unit_test(server_name_is_not_sent_for_an_address),
        cmocka_unit_test(server_name_unknown_draws_no_warning),
        cmocka_unit_test(warning_about_the_name_does_not_end_the_handshake),
        cmocka_unit_test(finished_alone_and_data_before_it_do_not_get_through),
        cmocka_unit_test(data_waits_for_the_peers_finished),
        cmocka_unit_test(messages_in_records_of_one_byte_are_put_together),
    };
    /* about extensions */
    const struct CMUnitTest since_tls10[] = {
        cmocka_unit_test(extensions_of_the_client_are_there),
        cmocka_unit_test(server_name_is_sent_without_trailing_dot),
        cmocka_unit_test(certificates_of_curves_name_them_as_the_rfcs_say),
        cmocka_unit_test(server_name_that_decides_is_answered_empty),
        cmocka_unit_test(message_longer_than_a_record_is_fragmented),
    };
    /* about what TLS 1.2 brought */
    const struct CMUnitTest newest[] = {
        cmocka_unit_test(suites_by_default_are_not_null_anonymous_rc4_nor_without_forward_secrecy),
        cmocka_unit_test(server_name_guides_the_choice_of_the_certificate),
    };
    const struct CMUnitTest older[] = {
        cmocka_unit_test(signature_before_tls12_names_no_pair),
    };
    const struct CMUnitTest older_curves[] = {
        cmocka_unit_test(ecdsa_before_tls12_signs_sha1),
    };
    int failed = cmocka_run_group_tests(every, NULL, NULL);

    failed += cmocka_run_group_tests(since_tls10, NULL, NULL);
    failed += cmocka_run_group_tests(newest, NULL, NULL);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", every);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", every);
    failed += DUO_RUN_IN(TLSN_SSL3, "ssl3", every);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", since_tls10);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", since_tls10);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", older_curves);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", older_curves);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", older);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", older);
    failed += DUO_RUN_IN(TLSN_SSL3, "ssl3", older);
    return failed;
}
