/* What is refused, and with which alert: a message is bent on its way, and the receiver has to
 * notice. Alerts are those of RFC 5246 7.2.2 and of the sections named at each test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cipher/pk.h"
#include "conn.h"
#include "handshake/credential.h"
#include "req.h"
#include "support_duo.h"

enum { SERVER_HELLO = 2, TICKET = 4, CERTIFICATE = 11, SERVER_EXCHANGE = 12, HELLO_DONE = 14,
       VERIFY = 15, CLIENT_EXCHANGE = 16 };

static void set_suites(struct duo *d, const char *list)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(duo_set_suites(d->config[i], list), TLSN_OK);
}

static void set_feature(struct duo *d, enum tlsn_feature feature, bool on)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(tlsn_config_set_feature(d->config[i], feature, on), TLSN_OK);
}

static void set_groups(struct duo *d, const char *list)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(tlsn_config_set_groups(d->config[i], list), TLSN_OK);
}

/* The client refuses the server's message. */
static void client_refuses(struct duo *d, uint8_t type, duo_change *change, tlsn_status status,
                           int alert)
{
    duo_change_message(d, TLSN_SERVER, type, change);
    duo_refused(d, TLSN_CLIENT, status, alert);
}

/* The same before a version is agreed on; the server need not understand the alert's record. */
static void client_refuses_early(struct duo *d, tlsn_status status, int alert)
{
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], status);
    assert_int_equal(duo_alert(d, TLSN_CLIENT), 0x0200 | alert);
}

/* ---- ServerHello ---- */

static size_t suite_at(const uint8_t *hello)
{
    return 35U + hello[34];
}

static void other_suite(uint8_t *m, size_t *len)
{
    (void)len;
    m[suite_at(m)] = 0x00; /* TLS_RSA_WITH_AES_256_CBC_SHA */
    m[suite_at(m) + 1] = 0x35;
}

static void unknown_suite(uint8_t *m, size_t *len)
{
    (void)len;
    m[suite_at(m)] = 0xfe;
}

static void deflate(uint8_t *m, size_t *len)
{
    (void)len;
    m[suite_at(m) + 2] = 1;
}

static void server_hello_with_what_was_not_offered_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    client_refuses(d, SERVER_HELLO, other_suite, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    client_refuses(d, SERVER_HELLO, unknown_suite, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    client_refuses(d, SERVER_HELLO, deflate, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_free(d);
    REQ("5246:7.4.1.3/8");
    REQ("5246:7.4.1.3/11");
    REQ("5246:7.2.2/18");
}

static void ssl3(uint8_t *m, size_t *len) { m[1] = 0; (void)len; }
static void tls10(uint8_t *m, size_t *len) { m[1] = 1; (void)len; }
static void tls11(uint8_t *m, size_t *len) { m[1] = 2; (void)len; }
static void tls12(uint8_t *m, size_t *len) { m[1] = 3; (void)len; }
static void tls13(uint8_t *m, size_t *len) { m[1] = 4; (void)len; }

static void server_hello_of_another_version_is_refused(void **state)
{
    static duo_change *const changes[] = { ssl3, tls10, tls11, tls12, tls13 };
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (i == (duo_version() & 0xffU))
            continue;
        duo_change_message(d, TLSN_SERVER, SERVER_HELLO, changes[i]);
        client_refuses_early(d, TLSN_ERR_VERSION, 70);
    }
    duo_free(d);
    REQ("5246:E.1/1");
    REQ("5246:7.2.2/24");
    REQ("7568:3/5");
    REQ("8996:4/5");
    REQ("8996:5/5");
}

static void gcm_suite(uint8_t *m, size_t *len)
{
    (void)len;
    m[suite_at(m)] = 0xc0; /* TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 */
    m[suite_at(m) + 1] = 0x2b;
}

static void server_hello_with_a_suite_of_later_versions_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    for (uint16_t v = TLSN_TLS1_0; v < TLSN_TLS1_2; v++) {
        duo_reset_client(d);
        duo_reset_server(d, duo_credential("ec:secp256r1"));
        assert_int_equal(tlsn_config_set_versions(d->config[TLSN_SERVER], v, v), TLSN_OK);
        assert_int_equal(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_0, TLSN_TLS1_2),
                         TLSN_OK);
        set_suites(d, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,"
                      "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");
        client_refuses(d, SERVER_HELLO, gcm_suite, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    }
    duo_free(d);
    REQ("5288:4/4");
}

static void cut_hello(uint8_t *m, size_t *len)
{
    (void)m;
    *len = 20;
}

static void server_hello_that_does_not_parse_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    client_refuses(d, SERVER_HELLO, cut_hello, TLSN_ERR_DECODE, 50);
    duo_free(d);
    REQ("5246:7.2.2/21");
}

/* ---- certificates ---- */

static void put_certificate(const char *kind, uint8_t *m, size_t *len)
{
    const tlsn_credential *c = duo_credential(kind);

    m[0] = (uint8_t)(c->list_len >> 16);
    m[1] = (uint8_t)(c->list_len >> 8);
    m[2] = (uint8_t)c->list_len;
    memcpy(m + 3, c->list, c->list_len);
    *len = 3 + c->list_len;
}

static void rsa_certificate(uint8_t *m, size_t *len) { put_certificate("rsa:2048", m, len); }
static void dsa_certificate(uint8_t *m, size_t *len) { put_certificate("dsa:2048", m, len); }
static void ec_certificate(uint8_t *m, size_t *len) { put_certificate("ec:secp256r1", m, len); }

static void certificate_of_another_kind_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    if (duo_version() != TLSN_SSL3)
        client_refuses(d, CERTIFICATE, rsa_certificate, TLSN_ERR_CERT_UNSUPPORTED, 43);
    duo_reset_client(d);
    duo_reset_server(d, duo_credential("rsa:2048"));
    client_refuses(d, CERTIFICATE, duo_version() == TLSN_SSL3 ? dsa_certificate : ec_certificate,
                   TLSN_ERR_CERT_UNSUPPORTED, 43);
    duo_free(d);
    REQ("5246:7.4.2/20");
    REQ("5246:7.2.2/15");
    REQ("8422:5.3/6");
}

static void bend_der(uint8_t *m, size_t *len)
{
    (void)len;
    m[6] = 0x31; /* SET instead of SEQUENCE */
}

/* The signature's last byte: the certificate still parses. */
static void bend_certificate_signature(uint8_t *m, size_t *len)
{
    m[*len - 1] ^= 1;
}

static void certificate_that_is_corrupt_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    client_refuses(d, CERTIFICATE, bend_der, TLSN_ERR_CERT_BAD, 42);
    client_refuses(d, CERTIFICATE, bend_certificate_signature, TLSN_ERR_CERT_SIGNATURE, 42);
    duo_free(d);
    REQ("5246:7.2.2/14");
}

static void certificate_outside_its_validity_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    d->env.now_ms = 2100000000000;
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_EXPIRED, 45);
    d->env.now_ms = 900000000000;
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_NOT_YET_VALID, 45);
    duo_free(d);
    REQ("5246:7.2.2/17");
}

static void certificate_of_an_unknown_authority_is_refused(void **state)
{
    static const struct tlsn_cert_spec spec = { .subject = "CN=another root", .ca = true,
                                                .path_len = -1 };
    struct duo *d = duo_new();
    tlsn_trust *trust;
    tlsn_key *key;
    uint8_t der[2048];
    size_t len;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ec:secp256r1", NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&spec, key, (struct tlsn_span){ 0 }, key, NULL, der,
                                     sizeof der, &len), TLSN_OK);
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, der, len, NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_config_set_trust(d->config[TLSN_CLIENT], trust), TLSN_OK);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_UNKNOWN_CA, 48);
    tlsn_trust_free(trust);
    tlsn_key_free(key);
    duo_free(d);
    REQ("5246:7.2.2/19");
    REQ("5246:D.2/1");
}

static tlsn_status deny(void *ctx, tlsn_conn *conn)
{
    (void)ctx;
    (void)conn;
    return TLSN_ERR_ACCESS_DENIED;
}

static void certificate_the_application_does_not_admit_is_denied_access(void **state)
{
    static const struct tlsn_callbacks cb = { .verdict = deny };
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(tlsn_config_set_callbacks(d->config[TLSN_CLIENT], &cb), TLSN_OK);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_ACCESS_DENIED, 49);
    /* the client had answered nothing yet */
    assert_null(duo_message(d, TLSN_CLIENT, CLIENT_EXCHANGE).data);
    duo_free(d);
    REQ("5246:7.2.2/20");
    REQ("5246:7.4.5/2");
}

static tlsn_status revoke(void *ctx, tlsn_conn *conn)
{
    (void)ctx;
    (void)conn;
    return TLSN_ERR_CERT_REVOKED;
}

static void certificate_the_application_knows_as_revoked_is_refused(void **state)
{
    static const struct tlsn_callbacks cb = { .verdict = revoke };
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(tlsn_config_set_callbacks(d->config[TLSN_CLIENT], &cb), TLSN_OK);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_REVOKED, 44);
    duo_free(d);
    REQ("5246:7.2.2/16");
}

/* Keys of certificates and of exchanges have a least size; the greatest is that of the arithmetic. */
static void certificate_with_a_short_key_is_refused(void **state)
{
    static const struct tlsn_verify_options options = { .min_rsa_bits = 3072 };
    struct duo *d = duo_new();

    (void)state;
    duo_reset_server(d, duo_credential("rsa:2048"));
    duo_shake(d);
    duo_reset_client(d);
    assert_int_equal(tlsn_config_set_verify_options(d->config[TLSN_CLIENT], &options), TLSN_OK);
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_CERT_WEAK);
    duo_free(d);
    REQ("5246:D.3/1");
}

/* ---- ServerKeyExchange ---- */

/* Edwards curves sign from TLS 1.2 on. */
static size_t key_kinds(void)
{
    return duo_version() == TLSN_TLS1_2 ? 4 : 2;
}

static void bend_last(uint8_t *m, size_t *len)
{
    m[*len - 1] ^= 1;
}

static void bend_random(uint8_t *m, size_t *len)
{
    (void)len;
    m[20] ^= 1;
}

static void bend_point(uint8_t *m, size_t *len)
{
    size_t at = 4;

    (void)len;
    if (duo_version() == TLSN_SSL3) { /* behind p and g */
        at = 2U + (size_t)(m[0] << 8 | m[1]);
        at += 4U + (size_t)(m[at] << 8 | m[at + 1]);
    }
    m[at + 10] ^= 1;
}

static void check_signature_covers(struct duo *d)
{
    client_refuses(d, SERVER_EXCHANGE, bend_last, TLSN_ERR_DECRYPT_ERROR, 51);
    client_refuses(d, SERVER_EXCHANGE, bend_point, TLSN_ERR_DECRYPT_ERROR, 51);
    client_refuses(d, SERVER_HELLO, bend_random, TLSN_ERR_DECRYPT_ERROR, 51);
    duo_change_message(d, TLSN_CLIENT, 1, bend_random);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_DECRYPT_ERROR, 51);
}

static void server_key_exchange_signature_covers_randoms_and_parameters(void **state)
{
    static const char *const kinds[] = { "ec:secp256r1", "rsa:2048", "ed25519", "ed448" };
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; i < key_kinds(); i++) {
        duo_reset_client(d);
        duo_reset_server(d, duo_credential(kinds[i]));
        check_signature_covers(d);
    }
    duo_free(d);
    REQ("5246:7.4.3/7");
    REQ("5246:7.4.3/12");
    REQ("5246:7.2.2/22");
    REQ("8422:2.1/2");
    REQ("8422:2.2/2");
    REQ("8422:5.4/7");
    REQ("8422:5.4/8");
    REQ("8422:5.4/10");
}

static void sign_with_sha1(uint8_t *m, size_t *len)
{
    (void)len;
    m[4 + m[3]] = 2; /* behind curve type, group and point */
}

static void sign_with_pss(uint8_t *m, size_t *len)
{
    (void)len;
    m[4 + m[3]] = 8;
    m[5 + m[3]] = 4;
}

static void server_key_exchange_with_another_pair_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    client_refuses(d, SERVER_EXCHANGE, sign_with_sha1, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    client_refuses(d, SERVER_EXCHANGE, sign_with_pss, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_free(d);
    REQ("5246:7.4.3/11");
    REQ("8422:5.10/7");
}

static void explicit_curve(uint8_t *m, size_t *len) { m[0] = 1; (void)len; }
static void other_group(uint8_t *m, size_t *len) { m[2] = 0x18; (void)len; } /* secp384r1 */
static void unknown_group(uint8_t *m, size_t *len) { m[2] = 0x16; (void)len; } /* secp256k1 */

static void server_key_exchange_on_another_curve_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    set_groups(d, "x25519,secp256r1");
    client_refuses(d, SERVER_EXCHANGE, explicit_curve, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    client_refuses(d, SERVER_EXCHANGE, other_group, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    client_refuses(d, SERVER_EXCHANGE, unknown_group, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_free(d);
    REQ("8422:5.4/3");
    REQ("8422:5.4/4");
}

/* ---- order ---- */

static const uint8_t early_ccs[] = { 20, 3, 3, 0, 1, 1 };
static const uint8_t two_byte_ccs[] = { 20, 3, 3, 0, 2, 1, 1 };
static const uint8_t two_ccs[] = { 20, 3, 3, 0, 1, 2 };
static const uint8_t plain_finished[] = { 22, 3, 3, 0, 16, 20, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8,
                                          9, 10, 11, 12 };
static const uint8_t ticket[] = { 22, 3, 3, 0, 12, 4, 0, 0, 8, 0, 0, 0, 9, 0, 2, 'x', 'y' };
static const uint8_t exchange[] = { 22, 3, 3, 0, 5, 12, 0, 0, 1, 0 };
static const uint8_t data[] = { 23, 3, 3, 0, 1, 'x' };
static const uint8_t heartbeat[] = { 24, 3, 3, 0, 1, 'x' };
static const uint8_t unknown_type[] = { 99, 3, 3, 0, 1, 'x' };

/* What goes in front of, or instead of, which record. */
static struct {
    const uint8_t *bytes;
    size_t len;
    uint8_t type, message;
    bool instead;
} insertion;

static size_t insert(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    if (from != TLSN_SERVER || d->changed || r[0] != insertion.type ||
        (r[0] == 22 && (d->ccs[from] || r[5] != insertion.message)))
        return len;
    d->changed = 1;
    duo_inject(d, from, insertion.bytes, insertion.len);
    return insertion.instead ? 0 : len;
}

static void refuse_inserted(struct duo *d, const uint8_t *bytes, size_t len, uint8_t message)
{
    insertion.bytes = bytes;
    insertion.len = len;
    insertion.type = message ? 22 : 20;
    insertion.message = message;
    d->bend = insert;
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->changed, 1);
    assert_true(d->status[TLSN_CLIENT] < 0);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_sent, 10);
}

static void early_records_are_unexpected(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    insertion.instead = false;
    set_feature(d, TLSN_FEATURE_TICKETS, false);
    refuse_inserted(d, early_ccs, sizeof early_ccs, SERVER_HELLO);
    refuse_inserted(d, early_ccs, sizeof early_ccs, CERTIFICATE);
    refuse_inserted(d, early_ccs, sizeof early_ccs, SERVER_EXCHANGE);
    refuse_inserted(d, early_ccs, sizeof early_ccs, HELLO_DONE);
    refuse_inserted(d, data, sizeof data, CERTIFICATE);
    refuse_inserted(d, heartbeat, sizeof heartbeat, CERTIFICATE);
    refuse_inserted(d, unknown_type, sizeof unknown_type, CERTIFICATE);
    duo_free(d);
    REQ("5246:6/2");
    REQ("5246:6.1/2");
    REQ("5246:7.1/5");
    REQ("5246:7.2.2/7");
}

static void change_cipher_spec_malformed_is_unexpected(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    insertion.instead = true;
    refuse_inserted(d, two_byte_ccs, sizeof two_byte_ccs, 0);
    refuse_inserted(d, two_ccs, sizeof two_ccs, 0);
    duo_free(d);
    REQ("5246:7.1/1");
}

static void finished_without_change_cipher_spec_is_unexpected(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    insertion.instead = true;
    refuse_inserted(d, plain_finished, sizeof plain_finished, 0);
    duo_free(d);
    REQ("5246:7.4.9/11");
}

static void ticket_that_was_not_announced_is_unexpected(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    insertion.instead = false;
    set_feature(d, TLSN_FEATURE_TICKETS, false);
    refuse_inserted(d, ticket, sizeof ticket, 0);
    duo_free(d);
    REQ("5077:3.3/3");
    REQ("4507:3.3/3");
}

static void server_key_exchange_in_rsa_key_transport_is_unexpected(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    insertion.instead = false;
    duo_reset_server(d, duo_credential("rsa:2048"));
    set_suites(d, "TLS_RSA_WITH_AES_128_GCM_SHA256");
    refuse_inserted(d, exchange, sizeof exchange, HELLO_DONE);
    assert_null(duo_message(d, TLSN_SERVER, SERVER_EXCHANGE).data);
    duo_free(d);
    REQ("5246:7.4.3/4");
}

static size_t lose_server_hello(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    return from == TLSN_SERVER && !d->ccs[from] && r[0] == 22 && r[5] == SERVER_HELLO ? 0 : len;
}

static void client_expects_server_hello_first(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    d->bend = lose_server_hello;
    client_refuses_early(d, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    duo_free(d);
    REQ("5246:7.4.1.2/20");
}

/* ---- records ---- */

static size_t bend_sealed(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    if (from == TLSN_CLIENT && d->ccs[from] && r[0] == 22)
        r[len - 1] ^= 1;
    return len;
}

static size_t bend_front(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    if (from == TLSN_CLIENT && d->ccs[from] && r[0] == 22)
        r[5] ^= 1;
    return len;
}

static size_t cut_sealed(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    if (from != TLSN_CLIENT || !d->ccs[from] || r[0] != 22)
        return len;
    r[4]--;
    return len - 1;
}

static void records_that_do_not_authenticate_are_bad_record_mac(void **state)
{
    static const char *const suites[] = { "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                                          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384" };
    static duo_bend *const bends[] = { bend_sealed, bend_front, cut_sealed };
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        if (duo_version() < TLSN_TLS1_2 && i / 2 != 2)
            continue;
        duo_reset_client(d);
        duo_reset_server(d, duo_credential("ec:secp256r1"));
        set_suites(d, suites[i / 2]);
        set_feature(d, TLSN_FEATURE_ETM, i % 2);
        for (size_t j = 0; j < 3; j++) {
            d->bend = bends[j];
            d->change = NULL;
            duo_refused(d, TLSN_SERVER, TLSN_ERR_BAD_RECORD_MAC, 20); /* never 21 */
            assert_int_equal(duo_alert(d, TLSN_SERVER), 0x0214);
        }
    }
    duo_free(d);
    REQ("5246:7.2.2/8");
    REQ("5246:7.2.2/9");
    REQ("7366:3/7");
}

static void records_longer_than_allowed_overflow(void **state)
{
    static const uint8_t plain[5] = { 22, 3, 3, 0x40, 0x01 };
    static const uint8_t protected[5] = { 23, 3, 3, 0x48, 0x01 };
    struct duo *d = duo_new();

    (void)state;
    duo_connect(d);
    duo_inject(d, TLSN_CLIENT, plain, sizeof plain);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_RECORD_OVERFLOW);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 0x0216);
    duo_shake(d);
    duo_inject(d, TLSN_CLIENT, protected, sizeof protected);
    duo_run(d);
    assert_int_equal(d->read_status[TLSN_SERVER], TLSN_ERR_RECORD_OVERFLOW);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_received, duo_alert_in_version(22));
    duo_free(d);
    REQ("5246:7.2.2/10");
    REQ("5246:6.2.1/5");
    REQ("5246:6.2.3/2");
}

/* ---- Finished ---- */

/* It becomes one that nobody wants. */
static void bend_last_suite(uint8_t *m, size_t *len)
{
    (void)len;
    size_t last = 35U + (size_t)(m[35] << 8 | m[36]);

    m[duo_version() == TLSN_SSL3 ? last - 2 : last] ^= 0x11; /* SSL 3.0: the last one is a signal */
}

static void finished_that_does_not_agree_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    set_feature(d, TLSN_FEATURE_EMS, false); /* else the keys would differ too */
    duo_change_message(d, TLSN_CLIENT, 1, bend_last_suite);
    duo_refused(d, TLSN_SERVER, TLSN_ERR_DECRYPT_ERROR, 51);
    if (duo_version() != TLSN_SSL3) /* which has no tickets; its server's Finished: test_ledger_ssl3 */
        client_refuses(d, TICKET, bend_last, TLSN_ERR_DECRYPT_ERROR, 51);
    duo_free(d);
    REQ("5246:7.4.9/3");
}

/* ---- what the client sends ---- */

static struct duo *with_client_certificate(const char *kind)
{
    struct duo *d = duo_new();

    assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE),
                     TLSN_OK);
    assert_int_equal(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential(kind)),
                     TLSN_OK);
    return d;
}

static void verify_with_sha1(uint8_t *m, size_t *len) { m[0] = 2; (void)len; }

static void certificate_verify_wrong_is_refused(void **state)
{
    static const char *const kinds[] = { "ec:secp256r1", "rsa:2048", "ed25519", "ed448" };

    (void)state;
    for (size_t i = 0; i < key_kinds(); i++) {
        struct duo *d = with_client_certificate(kinds[i]);

        duo_shake(d);
        duo_change_message(d, TLSN_CLIENT, VERIFY, bend_last);
        duo_refused(d, TLSN_SERVER, TLSN_ERR_DECRYPT_ERROR, 51);
        /* it covers the first message already */
        duo_change_message(d, TLSN_CLIENT, 1, bend_last_suite);
        duo_refused(d, TLSN_SERVER, TLSN_ERR_DECRYPT_ERROR, 51);
        duo_free(d);
    }
    REQ("5246:7.4.8/3");
    REQ("5246:7.4.8/7");
    REQ("8422:5.8/1");
    REQ("8422:5.8/2");
    REQ("8422:5.8/3");
}

static void certificate_verify_with_another_pair_is_refused(void **state)
{
    struct duo *d = with_client_certificate("ec:secp256r1");

    (void)state;
    duo_change_message(d, TLSN_CLIENT, VERIFY, verify_with_sha1);
    duo_refused(d, TLSN_SERVER, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_change_message(d, TLSN_CLIENT, CERTIFICATE, rsa_certificate); /* it does not fit ECDSA */
    duo_refused(d, TLSN_SERVER, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_free(d);
    REQ("5246:7.4.8/6");
    REQ("8422:5.6/2");
}

static size_t lose_verify(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    return from == TLSN_CLIENT && !d->ccs[from] && r[0] == 22 && r[5] == VERIFY ? 0 : len;
}

static void certificate_without_verify_does_not_get_through(void **state)
{
    struct duo *d = with_client_certificate("ec:secp256r1");

    (void)state;
    d->bend = lose_verify;
    duo_refused(d, TLSN_SERVER, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    duo_free(d);
    REQ("5246:7.4.8/8");
}

static void bend_y(uint8_t *m, size_t *len) { m[60] ^= 1; (void)len; }

static void point_off_the_curve_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    set_groups(d, "secp256r1");
    duo_change_message(d, TLSN_CLIENT, CLIENT_EXCHANGE, bend_y);
    duo_refused(d, TLSN_SERVER, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_free(d);
    REQ("8422:5.7/3");
}

static void empty_exchange(uint8_t *m, size_t *len) { *len = 0; (void)m; }

static void client_key_exchange_without_point_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_change_message(d, TLSN_CLIENT, CLIENT_EXCHANGE, empty_exchange);
    duo_refused(d, TLSN_SERVER, TLSN_ERR_DECODE, 50);
    duo_free(d);
    REQ("8422:5.7/2");
}

/* ---- RSA premaster secrets ---- */

static const struct tlsn_hooks *hooks;
static uint8_t bad_version[48] = { 3, 2, 1 }, short_secret[48] = { 3, 3 };
static size_t secret_len;
static const uint8_t *secret;

static void seal_again(uint8_t *m, size_t *len)
{
    const tlsn_credential *c = duo_credential("rsa:2048");

    (void)len;
    assert_int_equal(tlsni_pubkey_rsa_encrypt(c->public_key, hooks,
                                              (struct tlsn_span){ secret, secret_len }, m + 2),
                     TLSN_OK);
}

static void bad_padding(uint8_t *m, size_t *len)
{
    (void)len;
    m[20] ^= 1;
}

/* All end alike, behind the client's Finished, and say the same. */
static void premaster_wrong_in_any_way_is_noticed_at_finished_only(void **state)
{
    struct duo *d = duo_new();
    char first[200];

    (void)state;
    hooks = &d->env.hooks;
    duo_reset_server(d, duo_credential("rsa:2048"));
    set_suites(d, "TLS_RSA_WITH_AES_128_GCM_SHA256");
    for (int i = 0; i < 3; i++) {
        secret = i == 1 ? bad_version : short_secret;
        secret_len = i == 1 ? 48 : 47;
        duo_change_message(d, TLSN_CLIENT, CLIENT_EXCHANGE, i ? seal_again : bad_padding);
        duo_refused(d, TLSN_SERVER, TLSN_ERR_BAD_RECORD_MAC, 20);
        assert_string_equal(duo_order(d), "ClientHello <ServerHello <Certificate <ServerHelloDone "
                                          "ClientKeyExchange CCS {handshake} <alert:2/20");
        if (!i)
            (void)strcpy(first, tlsn_conn_error(d->conn[TLSN_SERVER])->text);
        assert_string_equal(tlsn_conn_error(d->conn[TLSN_SERVER])->text, first);
    }
    duo_free(d);
    REQ("5246:7.4.7.1/5");
    REQ("5246:7.4.7.1/6");
    REQ("5246:7.4.7.1/8");
    REQ("5246:7.4.7.1/10");
}

int main(void)
{
    const struct CMUnitTest every[] = {
        cmocka_unit_test(server_hello_with_what_was_not_offered_is_refused),
        cmocka_unit_test(server_hello_of_another_version_is_refused),
        cmocka_unit_test(server_hello_with_a_suite_of_later_versions_is_refused),
        cmocka_unit_test(server_hello_that_does_not_parse_is_refused),
        cmocka_unit_test(certificate_of_another_kind_is_refused),
        cmocka_unit_test(certificate_that_is_corrupt_is_refused),
        cmocka_unit_test(certificate_outside_its_validity_is_refused),
        cmocka_unit_test(certificate_of_an_unknown_authority_is_refused),
        cmocka_unit_test(certificate_the_application_does_not_admit_is_denied_access),
        cmocka_unit_test(certificate_the_application_knows_as_revoked_is_refused),
        cmocka_unit_test(certificate_with_a_short_key_is_refused),
        cmocka_unit_test(server_key_exchange_signature_covers_randoms_and_parameters),
        cmocka_unit_test(early_records_are_unexpected),
        cmocka_unit_test(change_cipher_spec_malformed_is_unexpected),
        cmocka_unit_test(finished_without_change_cipher_spec_is_unexpected),
        cmocka_unit_test(ticket_that_was_not_announced_is_unexpected),
        cmocka_unit_test(server_key_exchange_in_rsa_key_transport_is_unexpected),
        cmocka_unit_test(client_expects_server_hello_first),
        cmocka_unit_test(records_that_do_not_authenticate_are_bad_record_mac),
        cmocka_unit_test(records_longer_than_allowed_overflow),
        cmocka_unit_test(finished_that_does_not_agree_is_refused),
        cmocka_unit_test(certificate_verify_wrong_is_refused),
        cmocka_unit_test(certificate_without_verify_does_not_get_through),
        cmocka_unit_test(client_key_exchange_without_point_is_refused),
        cmocka_unit_test(premaster_wrong_in_any_way_is_noticed_at_finished_only),
    };
    /* about curves */
    const struct CMUnitTest since_tls10[] = {
        cmocka_unit_test(server_key_exchange_on_another_curve_is_refused),
        cmocka_unit_test(point_off_the_curve_is_refused),
    };
    /* about what TLS 1.2 brought */
    const struct CMUnitTest newest[] = {
        cmocka_unit_test(server_key_exchange_with_another_pair_is_refused),
        cmocka_unit_test(certificate_verify_with_another_pair_is_refused),
    };
    int failed = cmocka_run_group_tests(every, NULL, NULL);

    failed += cmocka_run_group_tests(since_tls10, NULL, NULL);
    failed += cmocka_run_group_tests(newest, NULL, NULL);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", every);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", every);
    failed += DUO_RUN_IN(TLSN_SSL3, "ssl3", every);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", since_tls10);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", since_tls10);
    return failed;
}
