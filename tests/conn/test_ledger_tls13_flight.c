/* Statements of RFC 8446 on what comes behind the hellos: messages under keys, certificates, records, alerts. */
#include "conn.h"
#include "req.h"
#include "support_bent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { CLIENT_HELLO = 1, TICKET = 4, ENCRYPTED_EXTENSIONS = 8, CERTIFICATE = 11, REQUEST = 13, VERIFY = 15,
       FINISHED = 20 };
enum { UNEXPECTED = 10, OVERFLOW = 22, HANDSHAKE_FAILURE = 40, ILLEGAL = 47, DECODE = 50, DECRYPT = 51,
       MISSING = 109, UNSUPPORTED = 110, CERTIFICATE_REQUIRED = 116 };

#define OK(call) assert_int_equal((call), TLSN_OK)

static struct duo *pair(void)
{
    struct duo *d = duo_new();

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(d->config[r], TLSN_TLS1_3, TLSN_TLS1_3));
    return d;
}

static struct duo *asking(enum tlsn_client_auth auth, const char *key)
{
    struct duo *d = pair();

    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], auth));
    if (key)
        OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential(key)));
    return d;
}

static bool done(const struct duo *d)
{
    return tlsn_handshake_done(d->conn[0]) && tlsn_handshake_done(d->conn[1]);
}

static struct tlsn_conn_info facts(const struct duo *d)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    return info;
}

struct refusal {
    uint8_t message;
    duo_change *change;
    tlsn_status status;
    int alert;
};

static void check(enum tlsn_role from, const struct refusal *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct duo *d = asking(TLSN_CLIENT_AUTH_REQUIRE, "ec:secp256r1");

        bent_refused(d, from, list[i].message, list[i].change, list[i].status, list[i].alert);
        duo_free(d);
    }
}

/* ---- changes ---- */

/* An extension at the end of a body that ends with its block, whose length stands at `at`. */
static void add(uint8_t *body, size_t *len, size_t at, const void *ext, size_t size)
{
    size_t block = (size_t)(body[at] << 8 | body[at + 1]) + size;

    memcpy(body + *len, ext, size);
    *len += size;
    body[at] = (uint8_t)(block >> 8);
    body[at + 1] = (uint8_t)block;
}

static void strange_answer(uint8_t *body, size_t *len)
{
    add(body, len, 0, "\x12\x34\0\0", 4);
}

static void misplaced_answer(uint8_t *body, size_t *len)
{
    add(body, len, 0, "\0\x33\0\0", 4);
}

static void answer_twice(uint8_t *body, size_t *len)
{
    add(body, len, 0, "\0\x0a\0\4\0\2\0\x17\0\x0a\0\4\0\2\0\x17", 16);
}

static void longer(uint8_t *body, size_t *len)
{
    body[(*len)++] = 0;
}

static void request_with_context(uint8_t *body, size_t *len)
{
    memmove(body + 2, body + 1, *len - 1);
    body[0] = 1;
    body[1] = 'x';
    ++*len;
}

static void request_without_schemes(uint8_t *body, size_t *len)
{
    static const uint8_t bare[] = { 0, 0, 4, 0x12, 0x34, 0, 0 };

    memcpy(body, bare, sizeof bare);
    *len = sizeof bare;
}

static void strange_request(uint8_t *body, size_t *len)
{
    add(body, len, 1, "\x12\x34\0\1x", 5);
}

static void empty_list(uint8_t *body, size_t *len)
{
    memset(body, 0, 4);
    *len = 4;
}

static void certificate_with_context(uint8_t *body, size_t *len)
{
    request_with_context(body, len);
}

/* The one entry's extensions are the last two bytes. */
static void strange_entry(uint8_t *body, size_t *len)
{
    size_t list;

    add(body, len, *len - 2, "\x12\x34\0\0", 4);
    list = (size_t)(body[1] << 16 | body[2] << 8 | body[3]) + 4;
    body[1] = (uint8_t)(list >> 16);
    body[2] = (uint8_t)(list >> 8);
    body[3] = (uint8_t)list;
}

static void by_pkcs1(uint8_t *body, size_t *len)
{
    (void)len;
    body[0] = 4;
    body[1] = 1;
}

static void by_sha1(uint8_t *body, size_t *len)
{
    (void)len;
    body[0] = 2;
    body[1] = 3;
}

static void last_byte(uint8_t *body, size_t *len)
{
    body[*len - 1] ^= 1;
}

/* The last integer of an ECDSA signature stays one. */
static void bad_signature(uint8_t *body, size_t *len)
{
    last_byte(body, len);
}

static void message_of_the_server_is_refused_as_the_standard_says(void **state)
{
    static const struct refusal list[] = {
        { ENCRYPTED_EXTENSIONS, strange_answer, TLSN_ERR_UNSUPPORTED_EXTENSION, UNSUPPORTED },
        { ENCRYPTED_EXTENSIONS, misplaced_answer, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { ENCRYPTED_EXTENSIONS, answer_twice, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { ENCRYPTED_EXTENSIONS, longer, TLSN_ERR_DECODE, DECODE },
        { REQUEST, request_with_context, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { REQUEST, request_without_schemes, TLSN_ERR_MISSING_EXTENSION, MISSING },
        { CERTIFICATE, empty_list, TLSN_ERR_DECODE, DECODE },
        { CERTIFICATE, certificate_with_context, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { CERTIFICATE, strange_entry, TLSN_ERR_UNSUPPORTED_EXTENSION, UNSUPPORTED },
        { VERIFY, by_pkcs1, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { VERIFY, by_sha1, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { VERIFY, bad_signature, TLSN_ERR_DECRYPT_ERROR, DECRYPT },
        { FINISHED, last_byte, TLSN_ERR_DECRYPT_ERROR, DECRYPT },
        { FINISHED, longer, TLSN_ERR_DECODE, DECODE },
    };

    (void)state;
    check(TLSN_SERVER, list, sizeof list / sizeof *list);
    REQ("8446:4.2/1");
    REQ("8446:4.2/4");
    REQ("8446:4.3.1/2");
    REQ("8446:4.3.2/1");
    REQ("8446:4.3.2/5");
    REQ("8446:4.4.2/2");
    REQ("8446:4.4.2/4");
    REQ("8446:4.4.2/8");
    REQ("8446:4.4.2/9");
    REQ("8446:4.4.2.4/1");
    REQ("8446:4.4.3/4");
    REQ("8446:4.4.4/1");
}

static void message_of_the_client_is_refused_as_the_standard_says(void **state)
{
    static const struct refusal list[] = {
        { CERTIFICATE, certificate_with_context, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { CERTIFICATE, strange_entry, TLSN_ERR_UNSUPPORTED_EXTENSION, UNSUPPORTED },
        { CERTIFICATE, empty_list, TLSN_ERR_NO_PEER_CERTIFICATE, CERTIFICATE_REQUIRED },
        { VERIFY, by_pkcs1, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { VERIFY, by_sha1, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { VERIFY, bad_signature, TLSN_ERR_DECRYPT_ERROR, DECRYPT },
        { FINISHED, last_byte, TLSN_ERR_DECRYPT_ERROR, DECRYPT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct duo *d = asking(TLSN_CLIENT_AUTH_REQUIRE, "ec:secp256r1");
        const struct tlsn_conn_error *error;

        bent_connect(d, TLSN_CLIENT, list[i].message, list[i].change);
        duo_run(d);
        assert_int_equal(bent_count(), 1);
        error = tlsn_conn_error(d->conn[TLSN_SERVER]);
        assert_non_null(error);
        assert_int_equal(error->status, list[i].status);
        assert_int_equal(error->alert_sent, list[i].alert);
        /* the client has finished already: it hears of it under the application keys */
        assert_int_equal(d->read_status[TLSN_CLIENT], TLSN_ERR_ALERT);
        assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_received, list[i].alert);
        duo_free(d);
    }
    REQ("8446:4.4.3/4");
    REQ("8446:4.4.4/1");
    REQ("8446:4.4.4/2");
}

static void extension_of_a_request_that_is_not_known_is_passed_over(void **state)
{
    struct duo *d = asking(TLSN_CLIENT_AUTH_REQUIRE, "ec:secp256r1");

    (void)state;
    bent_connect(d, TLSN_SERVER, REQUEST, strange_request);
    duo_run(d);
    assert_int_equal(bent_count(), 1);
    assert_true(done(d));
    assert_true(facts(d).client_authenticated);
    duo_free(d);
    REQ("8446:4.3.2/7");
    REQ("8446:9.3/3");
}

/* lifetime, age_add, nonce of one byte, ticket */
static void strange_ticket(uint8_t *body, size_t *len)
{
    size_t at = 8 + 1 + body[8], ticket = (size_t)(body[at] << 8 | body[at + 1]);

    add(body, len, at + 2 + ticket, "\x12\x34\0\1x", 5);
}

static void extension_of_a_ticket_that_is_not_known_is_passed_over(void **state)
{
    struct duo *d = pair();
    tlsn_session *s;

    (void)state;
    bent_connect(d, TLSN_SERVER, TICKET, strange_ticket);
    duo_run(d);
    assert_true(done(d) && bent_count());
    s = duo_session(d);
    assert_true(tlsn_session_has_ticket(s));
    tlsn_session_free(s);
    duo_free(d);
    REQ("8446:4.6.1/5");
}

/* The one mode that the client has becomes one that nobody knows. */
static void strange_mode(uint8_t *body, size_t *len)
{
    static const uint8_t modes[] = { 0, 45, 0, 2, 1, 1 };
    size_t at = 0;

    while (memcmp(body + at, modes, sizeof modes) != 0)
        assert_true(++at + sizeof modes <= *len);
    body[at + 5] = 9;
}

static void ticket_that_the_client_cannot_use_is_not_sent(void **state)
{
    (void)state;
    for (unsigned asks = 0; asks < 2; asks++) {
        struct duo *d = pair();
        tlsn_session *s;

        if (asks)
            OK(tlsn_config_set_ticket_request(d->config[TLSN_CLIENT], 3, 3));
        bent_connect(d, TLSN_CLIENT, CLIENT_HELLO, strange_mode);
        duo_run(d);
        assert_true(done(d) && bent_count());
        assert_int_equal(tlsn_conn_get_session(d->conn[TLSN_CLIENT], &s), TLSN_ERR_NOT_FOUND);
        duo_free(d);
    }
    REQ("8446:4.2.9/2");
}

static bool sent(uint8_t type)
{
    struct tlsn_span types = bent_types();

    return memchr(types.data, type, types.len) != NULL;
}

static void messages_go_out_in_their_order(void **state)
{
    static const uint8_t servers[] = { 2, ENCRYPTED_EXTENSIONS, REQUEST, CERTIFICATE, VERIFY, FINISHED };
    static const uint8_t clients[] = { 1, CERTIFICATE, VERIFY, FINISHED };
    struct duo *d = asking(TLSN_CLIENT_AUTH_REQUIRE, "ec:secp256r1");

    (void)state;
    bent_connect(d, TLSN_SERVER, 0, NULL);
    duo_run(d);
    assert_true(done(d));
    assert_memory_equal(bent_types().data, servers, sizeof servers);
    bent_connect(d, TLSN_CLIENT, 0, NULL);
    duo_run(d);
    assert_true(done(d));
    assert_int_equal(bent_types().len, sizeof clients);
    assert_memory_equal(bent_types().data, clients, sizeof clients);
    duo_free(d);
    REQ("8446:4.3.1/1");
    REQ("8446:4.3.2/6");
    REQ("8446:4.4.2/5");
    REQ("8446:4.4.3/1");
}

static void client_without_a_certificate_says_so_when_it_is_asked(void **state)
{
    struct duo *d = asking(TLSN_CLIENT_AUTH_REQUEST, NULL);

    (void)state;
    bent_connect(d, TLSN_CLIENT, 0, NULL);
    duo_run(d);
    assert_true(done(d));
    assert_memory_equal(bent_types().data, "\1\x0b\x14", 3);
    assert_false(facts(d).client_authenticated);
    duo_free(d);
    d = pair();
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("ec:secp256r1")));
    bent_connect(d, TLSN_CLIENT, 0, NULL);
    duo_run(d);
    assert_true(done(d) && !sent(CERTIFICATE));
    duo_free(d);
    REQ("8446:4.4.2/6");
    REQ("8446:4.4.2/7");
    REQ("8446:4.4.2.4/2");
}

static void resumption_shows_and_asks_for_no_certificate(void **state)
{
    struct duo *d = asking(TLSN_CLIENT_AUTH_REQUEST, "ec:secp256r1");
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    bent_connect(d, TLSN_SERVER, 0, NULL);
    OK(tlsn_conn_set_session(d->conn[TLSN_CLIENT], s));
    duo_run(d);
    tlsn_session_free(s);
    assert_true(done(d));
    assert_int_equal(facts(d).resumed, TLSN_RESUMED_TICKET);
    assert_false(sent(CERTIFICATE) || sent(REQUEST) || sent(VERIFY));
    duo_free(d);
    REQ("8446:4.3.2/2");
}

/* ---- chains ---- */

static tlsn_trust *authority; /* of the latest one */

/* A certificate that an authority with an RSA key signed by this scheme. To be freed. */
static tlsn_credential *signed_by(const char *scheme)
{
    static const char *const names[] = { "server.example" };
    static const struct tlsn_cert_spec ca = { .subject = "CN=ca", .ca = true, .path_len = -1,
                                              .not_before = 1000000000, .not_after = 2000000000 };
    struct tlsn_cert_spec leaf = { .subject = "CN=leaf", .names = names, .name_count = 1,
                                   .signature = scheme, .not_before = 1000000000, .not_after = 2000000000 };
    tlsn_credential *c;
    tlsn_key *ca_key, *key;
    uint8_t root[4096], der[4096];
    char pem[4096];
    size_t root_len, len, pem_len;

    OK(tlsn_key_generate(&ca_key, "rsa:2048", NULL));
    OK(tlsn_key_generate(&key, "ec:secp256r1", NULL));
    OK(tlsn_cert_issue(&ca, ca_key, (struct tlsn_span){ 0 }, ca_key, NULL, root, sizeof root, &root_len));
    OK(tlsn_cert_issue(&leaf, key, (struct tlsn_span){ root, root_len }, ca_key, NULL, der, sizeof der, &len));
    OK(tlsn_key_write(key, pem, sizeof pem, &pem_len));
    OK(tlsn_credential_new(&c, der, len, pem, pem_len, NULL));
    tlsn_trust_free(authority);
    OK(tlsn_trust_new(&authority, NULL));
    OK(tlsn_trust_add(authority, root, root_len, NULL, NULL));
    tlsn_key_free(key);
    tlsn_key_free(ca_key);
    return c;
}

static struct duo *serving(tlsn_credential *first, tlsn_credential *second, const char *schemes)
{
    struct duo *d = pair();

    duo_reset_server(d, first);
    if (second)
        OK(tlsn_config_add_credential(d->config[TLSN_SERVER], second));
    OK(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_sigalgs(d->config[TLSN_CLIENT], schemes));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
    return d;
}

static void check_leaf(struct duo *d, tlsn_credential *expected)
{
    struct tlsn_span got, want = tlsn_credential_cert(expected, 0);

    duo_shake(d);
    got = tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], 0);
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.data, want.data, want.len);
    duo_free(d);
}

static void chain_with_sha1_is_the_last_that_is_shown(void **state)
{
    static const char with[] = "rsa_pkcs1_sha1,ecdsa_secp256r1_sha256,rsa_pkcs1_sha256";
    static const char without[] = "ecdsa_secp256r1_sha256,rsa_pkcs1_sha256";
    tlsn_credential *old = signed_by("rsa_pkcs1_sha1"), *fresh = signed_by("rsa_pkcs1_sha256");
    struct duo *d;

    (void)state;
    check_leaf(serving(old, fresh, with), fresh);
    check_leaf(serving(fresh, old, with), fresh);
    check_leaf(serving(old, fresh, without), fresh);
    check_leaf(serving(old, NULL, with), old);
    d = serving(old, NULL, without);
    duo_refused(d, TLSN_SERVER, TLSN_ERR_NO_CREDENTIAL, HANDSHAKE_FAILURE);
    duo_free(d);
    d = serving(old, NULL, without);
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_INSECURE_CHAINS, true));
    check_leaf(d, old);
    tlsn_credential_free(old);
    tlsn_credential_free(fresh);
    tlsn_trust_free(authority);
    authority = NULL;
    REQ("8446:4.2.3/17");
    REQ("8446:4.4.2.2/6");
    REQ("8446:4.4.2.2/7");
    REQ("8446:4.4.2.2/8");
}

/* Though they are listed. */
static void chain_that_hangs_on_a_weak_hash_is_bad_certificate(void **state)
{
    static const struct {
        const char *scheme;
        int alert;
    } rows[] = { { "rsa_pkcs1_sha1", 42 }, { "rsa_pkcs1_md5", 42 }, { "rsa_pkcs1_sha256", 0 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tlsn_credential *c = signed_by(rows[i].scheme);
        struct duo *d = serving(c, NULL, "ecdsa_secp256r1_sha256,rsa_pkcs1_sha256,rsa_pkcs1_sha1,rsa_pkcs1_md5");

        OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_DEFAULT));
        OK(tlsn_config_set_trust(d->config[TLSN_CLIENT], authority));
        /* MD5 is in no list of TLS 1.3 */
        if (i == 1)
            OK(tlsn_config_set_sigalgs_cert(d->config[TLSN_CLIENT], "rsa_pkcs1_sha256,rsa_pkcs1_md5"));
        if (rows[i].alert)
            duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_WEAK, rows[i].alert);
        else
            duo_shake(d);
        duo_free(d);
        tlsn_credential_free(c);
    }
    tlsn_trust_free(authority);
    authority = NULL;
    REQ("8446:4.4.2.4/3");
    REQ("8446:4.4.2.4/4");
    REQ("8446:9.1/3");
}

static void server_of_a_strange_authority_is_refused(void **state)
{
    tlsn_credential *c = signed_by("rsa_pkcs1_sha256");
    struct duo *d = pair();

    (void)state;
    duo_reset_server(d, c);
    OK(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_3, TLSN_TLS1_3));
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_UNKNOWN_CA, 48);
    duo_free(d);
    tlsn_credential_free(c);
    tlsn_trust_free(authority);
    authority = NULL;
    REQ("8446:4.4.2.2/9");
    REQ("8446:C.5/1");
}

/* Keys of rsaEncryption have schemes of their own. */
static void scheme_of_another_kind_of_key_is_none(void **state)
{
    struct duo *d = pair();

    (void)state;
    duo_reset_server(d, duo_credential("rsa:2048"));
    OK(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_sigalgs(d->config[TLSN_CLIENT], "rsa_pss_pss_sha256,ecdsa_secp256r1_sha256"));
    duo_refused(d, TLSN_SERVER, TLSN_ERR_NO_CREDENTIAL, HANDSHAKE_FAILURE);
    duo_free(d);
    REQ("8446:4.2.3/8");
    REQ("8446:4.2.3/11");
    REQ("8446:4.2.3/12");
}

static void weak_schemes_stand_at_the_end_of_the_list(void **state)
{
    struct duo *d = pair();
    struct tlsn_span list;

    (void)state;
    OK(tlsn_config_set_sigalgs(d->config[TLSN_CLIENT],
                               "rsa_pkcs1_sha1,ecdsa_sha1,ecdsa_secp256r1_sha256,rsa_pkcs1_sha256"));
    OK(tlsn_config_set_sigalgs_cert(d->config[TLSN_CLIENT], "rsa_pkcs1_sha1,ecdsa_secp256r1_sha256"));
    duo_shake(d);
    list = duo_extension(d, TLSN_CLIENT, 13);
    assert_int_equal(list.len, 10);
    assert_memory_equal(list.data, "\0\x08\4\3\4\1\2\1\2\3", 10);
    list = duo_extension(d, TLSN_CLIENT, 50);
    assert_int_equal(list.len, 6);
    assert_memory_equal(list.data, "\0\4\4\3\2\1", 6);
    assert_int_equal(facts(d).signature_scheme, 0x0403);
    duo_free(d);
    REQ("8446:4.2.3/16");
    REQ("8446:4.2.3/15");
}

/* The chain is signed with ECDSA and SHA-256. */
static void client_shows_no_chain_that_the_server_cannot_verify(void **state)
{
    static const struct {
        const char *cert_schemes;
        bool shown;
    } rows[] = { { "rsa_pkcs1_sha256", false }, { "ecdsa_secp256r1_sha256", true }, { NULL, true } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct duo *d = asking(TLSN_CLIENT_AUTH_REQUEST, "ec:secp256r1");

        if (rows[i].cert_schemes)
            OK(tlsn_config_set_sigalgs_cert(d->config[TLSN_SERVER], rows[i].cert_schemes));
        duo_shake(d);
        assert_int_equal(facts(d).client_authenticated, rows[i].shown);
        duo_free(d);
    }
    REQ("8446:4.4.2.3/3");
}

static void scheme_of_the_client_is_one_of_the_request(void **state)
{
    struct duo *d = asking(TLSN_CLIENT_AUTH_REQUEST, "rsa:2048");

    (void)state;
    OK(tlsn_config_set_sigalgs(d->config[TLSN_SERVER], "rsa_pkcs1_sha256,rsa_pss_rsae_sha384,ecdsa_secp256r1_sha256"));
    duo_shake(d);
    assert_true(facts(d).client_authenticated);
    assert_int_equal(facts(d).signature_scheme, 0x0403);
    duo_free(d);
    d = asking(TLSN_CLIENT_AUTH_REQUEST, "rsa:2048");
    OK(tlsn_config_set_sigalgs(d->config[TLSN_SERVER], "rsa_pkcs1_sha256,ecdsa_secp256r1_sha256"));
    duo_shake(d);
    assert_false(facts(d).client_authenticated);
    duo_free(d);
    REQ("8446:4.4.3/6");
    REQ("8446:4.4.3/7");
}

/* ---- TLS 1.2 with hellos of both ---- */

static unsigned scheme_in_tls12(const char *key, const char *schemes)
{
    struct duo *d = duo_new();
    unsigned scheme;

    duo_reset_server(d, duo_credential(key));
    OK(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_2, TLSN_TLS1_3));
    OK(tlsn_config_set_sigalgs(d->config[TLSN_CLIENT], schemes));
    duo_shake(d);
    assert_int_equal(facts(d).version, TLSN_TLS1_2);
    scheme = facts(d).signature_scheme;
    duo_free(d);
    return scheme;
}

static void schemes_mean_in_tls12_what_they_meant(void **state)
{
    (void)state;
    assert_int_equal(scheme_in_tls12("rsa:2048", "rsa_pss_rsae_sha256"), 0x0804);
    assert_int_equal(scheme_in_tls12("ec:secp384r1", "ecdsa_secp256r1_sha256"), 0x0403);
    assert_int_equal(scheme_in_tls12("rsa:2048", "rsa_pkcs1_sha256"), 0x0401);
    REQ("8446:1.3/1");
    REQ("8446:4.2.3/18");
    REQ("8446:4.2.3/20");
    REQ("8446:4.2.3/21");
}

static void suites_and_groups_that_everybody_has(void **state)
{
    static const char *const suites[] = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                          "TLS_CHACHA20_POLY1305_SHA256" };
    static const char *const groups[] = { "secp256r1", "x25519" };

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct duo *d = pair();

        OK(tlsn_config_set_suites(d->config[TLSN_CLIENT], suites[i % 3]));
        OK(tlsn_config_set_groups(d->config[TLSN_CLIENT], groups[i / 3]));
        duo_shake(d);
        assert_string_equal(facts(d).suite_name, suites[i % 3]);
        assert_string_equal(facts(d).group_name, groups[i / 3]);
        duo_free(d);
    }
    REQ("8446:4.1.1/1");
    REQ("8446:9.1/2");
    REQ("8446:9.1/4");
}

/* ---- records ---- */

static void from_server(struct duo *d, uint8_t type, const void *data, size_t len)
{
    OK(tlsni_conn_queue(d->conn[TLSN_SERVER], type, data, len));
    duo_flush(d, TLSN_SERVER);
    duo_run(d);
}

static void ccs_is_for_handshakes_and_in_the_clear(void **state)
{
    struct duo *d = pair();

    (void)state;
    duo_shake(d);
    from_server(d, 20, "\1", 1);
    assert_int_equal(d->read_status[TLSN_CLIENT], TLSN_ERR_UNEXPECTED_MESSAGE);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_sent, UNEXPECTED);
    duo_connect(d);
    d->absent[TLSN_CLIENT] = true;
    duo_inject(d, TLSN_CLIENT, "\x14\x03\x03\0\1\1", 6);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_UNEXPECTED_MESSAGE);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | UNEXPECTED);
    duo_free(d);
    REQ("8446:5/5");
    REQ("8446:5/6");
    REQ("8446:6/8");
}

static void ccs_answers_a_session_id(void **state)
{
    struct duo *d = pair();

    (void)state;
    duo_shake(d);
    assert_non_null(strstr(duo_order(d), "<ServerHello <CCS"));
    duo_free(d);
    d = pair();
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_COMPAT_MODE, false));
    duo_shake(d);
    assert_null(strstr(duo_order(d), "CCS"));
    duo_free(d);
    REQ("8446:D.4/3");
}

static void clear_record_above_the_limit_is_overflow(void **state)
{
    struct duo *d = pair();

    (void)state;
    duo_connect(d);
    d->absent[TLSN_CLIENT] = true;
    duo_inject(d, TLSN_CLIENT, "\x16\x03\x01\x40\x01", 5);
    duo_run(d);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | OVERFLOW);
    duo_free(d);
    REQ("8446:5.1/9");
}

static void data_go_out_behind_finished_in_protected_records(void **state)
{
    static uint8_t data[50000];
    struct duo *d = pair();
    uint8_t out[64];
    size_t n, len, before;

    (void)state;
    duo_connect(d);
    assert_int_equal(tlsn_encrypt(d->conn[TLSN_CLIENT], "x", 1, &n, out, sizeof out, &len), TLSN_ERR_MISUSE);
    duo_run(d);
    assert_int_equal(d->conn[TLSN_CLIENT]->tx->sequence, 0);
    before = d->records;
    duo_write(d, TLSN_CLIENT, data, sizeof data);
    duo_run(d);
    assert_int_equal(d->data_len[TLSN_SERVER], sizeof data);
    for (size_t i = 0; i < d->records; i++) {
        assert_in_range(d->record[i].type, 20, 23);
        assert_in_range(d->record[i].len, 1, i < before ? 16384 : 16384 + 256);
        if (i >= before)
            assert_int_equal(d->record[i].type, 23);
    }
    duo_free(d);
    REQ("8446:2/3");
    REQ("8446:5/4");
    REQ("8446:5.1/8");
    REQ("8446:5.1/10");
    REQ("8446:5.2/6");
    REQ("8446:5.3/2");
}

static void sequence_number_does_not_wrap(void **state)
{
    struct duo *d = pair();
    uint8_t out[256];
    size_t n, len;

    (void)state;
    duo_shake(d);
    d->conn[TLSN_CLIENT]->tx->sequence = UINT64_MAX;
    assert_int_equal(tlsn_encrypt(d->conn[TLSN_CLIENT], "x", 1, &n, out, sizeof out, &len), TLSN_ERR_LIMIT);
    duo_free(d);
    REQ("8446:5.3/3");
}

/* ---- alerts and the end ---- */

static void close_ends_one_direction(void **state)
{
    struct duo *d = pair();

    (void)state;
    duo_shake(d);
    duo_write(d, TLSN_CLIENT, "last", 4);
    duo_close(d, TLSN_CLIENT);
    OK(tlsni_conn_queue(d->conn[TLSN_CLIENT], 23, "more", 4)); /* which nobody may do */
    duo_flush(d, TLSN_CLIENT);
    duo_run(d);
    assert_int_equal(d->read_status[TLSN_SERVER], TLSN_CLOSED);
    assert_int_equal(d->data_len[TLSN_SERVER], 4);
    duo_write(d, TLSN_SERVER, "still here", 10);
    duo_run(d);
    assert_int_equal(d->data_len[TLSN_CLIENT], 10);
    assert_int_equal(tlsn_transport_eof(d->conn[TLSN_CLIENT]), TLSN_ERR_TRUNCATED);
    assert_int_equal(tlsn_transport_eof(d->conn[TLSN_SERVER]), TLSN_CLOSED);
    duo_free(d);
    REQ("8446:6/4");
    REQ("8446:6.1/1");
    REQ("8446:6.1/3");
    REQ("8446:6.1/4");
    REQ("8446:6.1/5");
}

static void fatal_alert_is_the_end_of_everything(void **state)
{
    struct duo *d = pair();
    tlsn_session *s;
    uint8_t out[256];
    size_t n, len;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    tlsn_session_free(s);
    from_server(d, 21, "\2\x28", 2);
    assert_int_equal(d->read_status[TLSN_CLIENT], TLSN_ERR_ALERT);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_received, HANDSHAKE_FAILURE);
    assert_int_equal(tlsn_encrypt(d->conn[TLSN_CLIENT], "x", 1, &n, out, sizeof out, &len), TLSN_ERR_ALERT);
    assert_int_equal(tlsn_decrypt(d->conn[TLSN_CLIENT], "", 0, &n, out, sizeof out, &len), TLSN_ERR_ALERT);
    assert_null(d->conn[TLSN_CLIENT]->tx);
    assert_null(d->conn[TLSN_CLIENT]->rx);
    assert_null(d->conn[TLSN_CLIENT]->secrets13);
    assert_int_not_equal(tlsn_conn_get_session(d->conn[TLSN_CLIENT], &s), TLSN_OK);
    duo_free(d);
    REQ("8446:6/3");
    REQ("8446:6/5");
    REQ("8446:6/6");
    REQ("8446:6/7");
    REQ("8446:6.2/1");
    REQ("8446:6.2/2");
    REQ("8446:6.2/3");
}

/* Whatever its level says. */
static void user_canceled_ends_nothing_by_itself(void **state)
{
    struct duo *d = pair();

    (void)state;
    duo_shake(d);
    from_server(d, 21, "\1\x5a", 2);
    from_server(d, 21, "\2\x5a", 2);
    duo_write(d, TLSN_SERVER, "x", 1);
    duo_run(d);
    assert_int_equal(d->data_len[TLSN_CLIENT], 1);
    duo_close(d, TLSN_SERVER);
    duo_run(d);
    assert_int_equal(d->read_status[TLSN_CLIENT], TLSN_CLOSED);
    duo_free(d);
    REQ("9846:6.1/3");
}

static void ticket_is_passed_over_by_who_does_not_resume(void **state)
{
    static const uint8_t ticket[] = { TICKET, 0, 0, 15, 0, 0, 1, 0, 1, 2, 3, 4, 1, 0, 0, 1, 'x', 0, 0 };
    struct duo *d = pair();
    tlsn_session *s;

    (void)state;
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_TICKETS, false));
    duo_shake(d);
    from_server(d, 22, ticket, sizeof ticket);
    duo_write(d, TLSN_SERVER, "x", 1);
    duo_run(d);
    assert_int_equal(d->data_len[TLSN_CLIENT], 1);
    assert_int_not_equal(tlsn_conn_get_session(d->conn[TLSN_CLIENT], &s), TLSN_OK);
    duo_free(d);
    REQ("9846:4.7.1/1");
}

static void general_error_is_an_alert(void **state)
{
    struct duo *d = pair();

    (void)state;
    assert_string_equal(tlsn_alert_name(117), "general_error");
    for (int st = -1; st > -1000; st--) /* for every cause there is one that says more */
        assert_int_not_equal(tlsn_status_alert((tlsn_status)st), 117);
    duo_shake(d);
    from_server(d, 21, "\1\x75", 2);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_received, 117);
    duo_free(d);
    REQ("9846:6.2/1");
    REQ("9846:6.2/2");
}

static void close_notify_is_a_warning(void **state)
{
    struct duo *d = pair();

    (void)state;
    duo_connect(d);
    d->absent[TLSN_SERVER] = true;
    duo_run(d);
    duo_close(d, TLSN_CLIENT);
    assert_int_equal(duo_alert(d, TLSN_CLIENT), 1 << 8);
    duo_free(d);
    REQ("9846:6.1/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_of_the_server_is_refused_as_the_standard_says),
        cmocka_unit_test(message_of_the_client_is_refused_as_the_standard_says),
        cmocka_unit_test(extension_of_a_request_that_is_not_known_is_passed_over),
        cmocka_unit_test(extension_of_a_ticket_that_is_not_known_is_passed_over),
        cmocka_unit_test(ticket_that_the_client_cannot_use_is_not_sent),
        cmocka_unit_test(messages_go_out_in_their_order),
        cmocka_unit_test(client_without_a_certificate_says_so_when_it_is_asked),
        cmocka_unit_test(resumption_shows_and_asks_for_no_certificate),
        cmocka_unit_test(chain_with_sha1_is_the_last_that_is_shown),
        cmocka_unit_test(weak_schemes_stand_at_the_end_of_the_list),
        cmocka_unit_test(client_shows_no_chain_that_the_server_cannot_verify),
        cmocka_unit_test(scheme_of_the_client_is_one_of_the_request),
        cmocka_unit_test(schemes_mean_in_tls12_what_they_meant),
        cmocka_unit_test(suites_and_groups_that_everybody_has),
        cmocka_unit_test(ccs_is_for_handshakes_and_in_the_clear),
        cmocka_unit_test(ccs_answers_a_session_id),
        cmocka_unit_test(clear_record_above_the_limit_is_overflow),
        cmocka_unit_test(data_go_out_behind_finished_in_protected_records),
        cmocka_unit_test(sequence_number_does_not_wrap),
        cmocka_unit_test(close_ends_one_direction),
        cmocka_unit_test(fatal_alert_is_the_end_of_everything),
        cmocka_unit_test(user_canceled_ends_nothing_by_itself),
        cmocka_unit_test(ticket_is_passed_over_by_who_does_not_resume),
        cmocka_unit_test(general_error_is_an_alert),
        cmocka_unit_test(chain_that_hangs_on_a_weak_hash_is_bad_certificate),
        cmocka_unit_test(server_of_a_strange_authority_is_refused),
        cmocka_unit_test(scheme_of_another_kind_of_key_is_none),
        cmocka_unit_test(close_notify_is_a_warning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
