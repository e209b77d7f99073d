/* Raw public keys in place of certificates, RFC 7250, both ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "req.h"
#include "support_duo.h"
#include "support_wire.h"

enum { CERT_TYPE = 9, CLIENT_TYPE = 19, SERVER_TYPE = 20, CERTIFICATE = 11 };

static const uint8_t raw_only[] = { TLSN_CERT_RAW_KEY }, both[] = { TLSN_CERT_RAW_KEY, TLSN_CERT_X509 };

/* A bare key of this kind. To be freed. */
static tlsn_credential *bare(const char *kind)
{
    tlsn_credential *c;
    tlsn_key *key;
    char pem[8192];
    size_t len;

    OK(tlsn_key_generate(&key, kind, NULL));
    OK(tlsn_key_write(key, pem, sizeof pem, &len));
    OK(tlsn_credential_new_raw(&c, pem, len, NULL));
    tlsn_key_free(key);
    return c;
}

static void server_shows(struct duo *d, tlsn_credential *c)
{
    duo_reset_server(d, c);
    OK(tlsn_config_set_own_cert_types(d->config[TLSN_SERVER], both, 2));
}

static void client_takes(struct duo *d, const uint8_t *types, size_t count)
{
    OK(tlsn_config_set_peer_cert_types(d->config[TLSN_CLIENT], types, count));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
}

/* What the server put into Certificate. */
static struct tlsn_span shown(const struct duo *d, enum tlsn_role who)
{
    struct tlsn_span m = duo_message(d, who, CERTIFICATE);

    assert_true(m.len >= 3);
    assert_int_equal(m.data[0] << 16 | m.data[1] << 8 | m.data[2], m.len - 3);
    return (struct tlsn_span){ m.data + 3, m.len - 3 };
}

static void raw_key_of_every_kind_is_shown(void **state)
{
    static const char *const kinds[] = { "ec:secp256r1", "ec:secp521r1", "ed25519", "ed448",
                                         "rsa:2048", "rsa-pss:2048" };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct duo *d = duo_new();
        tlsn_credential *c = bare(kinds[i]);
        struct tlsn_span key;

        server_shows(d, c);
        client_takes(d, raw_only, 1);
        duo_shake(d);
        key = tlsn_conn_peer_key(d->conn[TLSN_CLIENT]);
        assert_int_equal(key.len, shown(d, TLSN_SERVER).len);
        assert_memory_equal(key.data, shown(d, TLSN_SERVER).data, key.len);
        assert_int_equal(key.data[0], 0x30);
        assert_int_equal(tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], 0).len, 0);
        assert_int_equal(duo_extension(d, TLSN_SERVER, SERVER_TYPE).len, 1);
        assert_int_equal(duo_extension(d, TLSN_SERVER, SERVER_TYPE).data[0], TLSN_CERT_RAW_KEY);
        duo_free(d);
        tlsn_credential_free(c);
    }
    REQ("7250:3/1");
    REQ("7250:3/3");
    REQ("7250:4.2/7");
    REQ("7250:4.2/8");
    REQ("7250:4.4/1");
}

static void raw_key_is_accepted_when_it_is_pinned(void **state)
{
    struct duo *d = duo_new();
    tlsn_credential *c = bare("ec:secp256r1");
    uint8_t spki[256];
    size_t len;

    (void)state;
    server_shows(d, c);
    client_takes(d, both, 2);
    duo_shake(d);
    len = shown(d, TLSN_SERVER).len;
    memcpy(spki, shown(d, TLSN_SERVER).data, len);

    duo_reset_client(d); /* verification by default: nothing is pinned */
    OK(tlsn_config_set_peer_cert_types(d->config[TLSN_CLIENT], both, 2));
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_NO_TRUST, 80);

    duo_reset_client(d);
    OK(tlsn_config_set_peer_cert_types(d->config[TLSN_CLIENT], both, 2));
    OK(tlsn_config_add_peer_key(d->config[TLSN_CLIENT], spki, len));
    duo_shake(d);

    tlsn_credential_free(c); /* another key of the same kind */
    c = bare("ec:secp256r1");
    server_shows(d, c);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_UNKNOWN, 46);
    duo_free(d);
    tlsn_credential_free(c);
    REQ("7250:6/1");
}

static void raw_keys_are_never_negotiated_by_default(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_shake(d);
    assert_null(duo_extension(d, TLSN_CLIENT, CLIENT_TYPE).data);
    assert_null(duo_extension(d, TLSN_CLIENT, SERVER_TYPE).data);
    assert_null(duo_extension(d, TLSN_CLIENT, CERT_TYPE).data);
    duo_free(d);

    d = duo_new(); /* the server shows certificates only, the client would take both */
    client_takes(d, both, 2);
    duo_shake(d);
    assert_int_equal(duo_extension(d, TLSN_SERVER, SERVER_TYPE).len, 1);
    assert_int_equal(duo_extension(d, TLSN_SERVER, SERVER_TYPE).data[0], TLSN_CERT_X509);
    assert_true(tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], 0).len != 0);
    assert_true(tlsn_conn_peer_key(d->conn[TLSN_CLIENT]).len != 0);
    duo_free(d);
    REQ("7250:3/2");
    REQ("5081:3.1/2");
    REQ("6091:3.1/2");
    REQ("7250:4.1/3");
    REQ("7250:4.2/1");
}

static void raw_key_without_a_common_type_is_refused(void **state)
{
    struct duo *d = duo_new();
    tlsn_credential *c = bare("ec:secp256r1");

    (void)state;
    client_takes(d, raw_only, 1); /* the server has X.509 only */
    duo_refused(d, TLSN_SERVER, TLSN_ERR_CERT_UNSUPPORTED, 43);
    duo_reset_client(d); /* the client takes X.509 only, the server has a bare key */
    server_shows(d, c);
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_NO_CREDENTIAL);
    duo_free(d);
    tlsn_credential_free(c);
    REQ("7250:4.2/2");
}

static void raw_key_of_a_client(void **state)
{
    struct duo *d = duo_new();
    tlsn_credential *c = bare("ed25519");

    (void)state;
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], c));
    OK(tlsn_config_set_own_cert_types(d->config[TLSN_CLIENT], raw_only, 1));
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_set_peer_cert_types(d->config[TLSN_SERVER], both, 2));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_SERVER], TLSN_VERIFY_SUSPEND));
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_NEED_VERDICT);
    assert_int_equal(tlsn_conn_peer_key(d->conn[TLSN_SERVER]).len, 44); /* RFC 8410 10.1 */
    OK(tlsn_set_verdict(d->conn[TLSN_SERVER], TLSN_OK));
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    assert_int_equal(duo_extension(d, TLSN_SERVER, CLIENT_TYPE).data[0], TLSN_CERT_RAW_KEY);
    assert_null(duo_extension(d, TLSN_SERVER, SERVER_TYPE).data);
    assert_int_equal(shown(d, TLSN_CLIENT).len, 44);
    assert_int_equal(tlsn_conn_peer_key(d->conn[TLSN_SERVER]).len, 44);

    duo_reset_server(d, duo_credential("ec:secp256r1")); /* takes X.509 only */
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    duo_refused(d, TLSN_SERVER, TLSN_ERR_CERT_UNSUPPORTED, 43);
    duo_reset_server(d, duo_credential("ec:secp256r1")); /* asks for none: nothing to agree on */
    duo_shake(d);
    assert_null(duo_extension(d, TLSN_SERVER, CLIENT_TYPE).data);
    duo_free(d);
    tlsn_credential_free(c);
    REQ("7250:4.2/3");
    REQ("7250:4.2/6");
}

static struct tlsn_conn_info info_of(const struct duo *d, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[role], &info);
    return info;
}

/* Resumption shows no key again: the one of the session stands for it, on both sides. */
static void raw_key_stays_with_its_session(void **state)
{
    struct duo *d = duo_new();
    tlsn_credential *c = bare("ed25519");
    tlsn_session *s;

    (void)state;
    server_shows(d, c);
    client_takes(d, both, 2);
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], c));
    OK(tlsn_config_set_own_cert_types(d->config[TLSN_CLIENT], both, 2));
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_SERVER], TLSN_VERIFY_INSECURE_NONE));
    OK(tlsn_config_set_peer_cert_types(d->config[TLSN_SERVER], both, 2));
    duo_shake(d);
    s = duo_session(d);
    duo_reconnect(d, s);
    duo_run(d);
    for (int role = 0; role < 2; role++) {
        assert_int_equal(info_of(d, (enum tlsn_role)role).resumed, TLSN_RESUMED_TICKET);
        assert_int_equal(tlsn_conn_peer_cert(d->conn[role], 0).len, 0);
        assert_int_equal(tlsn_conn_peer_key(d->conn[role]).len, 44);
    }
    tlsn_session_free(s);
    duo_free(d);
    tlsn_credential_free(c);
}

/* A key that is not on the list any more is not let in by its session. */
static void raw_key_session_is_for_the_list_that_let_it_in(void **state)
{
    struct duo *d = duo_new();
    tlsn_credential *c = bare("ec:secp256r1");
    uint8_t spki[256];
    tlsn_session *s;
    size_t len;

    (void)state;
    server_shows(d, c);
    client_takes(d, both, 2);
    duo_shake(d);
    len = shown(d, TLSN_SERVER).len;
    memcpy(spki, shown(d, TLSN_SERVER).data, len);
    for (int pinned = 1; pinned >= 0; pinned--) {
        duo_reset_client(d);
        OK(tlsn_config_set_peer_cert_types(d->config[TLSN_CLIENT], both, 2));
        if (pinned)
            OK(tlsn_config_add_peer_key(d->config[TLSN_CLIENT], spki, len));
        if (pinned) {
            duo_shake(d);
            s = duo_session(d);
        }
        duo_reconnect(d, s);
        duo_run(d);
        assert_int_equal(duo_session_id(d, TLSN_CLIENT).len, pinned ? 32 : 0);
        assert_int_equal(tlsn_handshake_done(d->conn[TLSN_CLIENT]), pinned);
    }
    tlsn_session_free(s);
    duo_free(d);
    tlsn_credential_free(c);
}

static void choose_openpgp(uint8_t *body, size_t *len)
{
    body[*len - 1] = TLSN_CERT_OPENPGP; /* server_certificate_type is the last extension */
}

static void raw_key_type_that_was_not_offered_is_refused(void **state)
{
    struct duo *d = duo_new();
    tlsn_credential *c = bare("ec:secp256r1");
    struct tlsn_span m;

    (void)state;
    server_shows(d, c);
    client_takes(d, raw_only, 1);
    duo_shake(d);
    m = duo_message(d, TLSN_SERVER, 2);
    assert_int_equal(m.data[m.len - 1], TLSN_CERT_RAW_KEY);
    duo_change_message(d, TLSN_SERVER, 2, choose_openpgp);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_free(d);
    tlsn_credential_free(c);
    REQ("7250:4.2/5");
}

/* A client that says nothing has X.509. */
static void raw_keys_alone_are_too_much_for_a_plain_client(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    OK(tlsn_config_set_peer_cert_types(d->config[TLSN_SERVER], raw_only, 1));
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST));
    duo_refused(d, TLSN_SERVER, TLSN_ERR_CERT_UNSUPPORTED, 43);
    duo_free(d);
}

static void raw_keys_are_not_shown_to_a_plain_peer(void **state)
{
    tlsn_credential *c = bare("ec:secp256r1");
    struct duo *d = duo_new();

    (void)state;
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], c));
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST));
    duo_shake(d);
    assert_int_equal(duo_message(d, TLSN_CLIENT, 11).len, 3); /* an empty list */
    duo_reset_client(d);
    duo_reset_server(d, c);
    duo_refused(d, TLSN_SERVER, TLSN_ERR_NO_CREDENTIAL, 40);
    duo_free(d);
    tlsn_credential_free(c);
    REQ("5246:7.4.2/7");
    REQ("5246:7.4.6/7");
}

/* The answer gets lost: what comes then counts as X.509, which the client does not take. */
static void other_extension(uint8_t *body, size_t *len)
{
    size_t at = 2 + 32 + 1 + body[34] + 3; /* the block's length */

    *len -= 5; /* server_certificate_type stands last */
    body[at + 1] = (uint8_t)(body[at + 1] - 5);
}

static void raw_keys_alone_refuse_a_chain(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    OK(tlsn_config_set_own_cert_types(d->config[TLSN_SERVER], both, 2));
    client_takes(d, raw_only, 1);
    duo_change_message(d, TLSN_SERVER, 2, other_extension);
    duo_connect(d);
    duo_run(d);
    assert_true(d->status[TLSN_CLIENT] < 0);
    assert_int_equal(d->changed, 1);
    duo_free(d);
    REQ("7250:4.2/4");
}

static void raw_key_that_is_none_is_refused(void **state)
{
    tlsn_credential *c;
    tlsn_config *config;
    const uint8_t pgp = TLSN_CERT_OPENPGP, twice[] = { 0, 0 };

    (void)state;
    assert_int_equal(tlsn_credential_new_raw(&c, "x", 1, NULL), TLSN_ERR_PEM);
    assert_int_equal(tlsn_credential_new_raw(&c, NULL, 0, NULL), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_new(&config, NULL));
    OK(tlsn_config_set_versions(config, TLSN_TLS1_2, TLSN_TLS1_2));
    assert_int_equal(tlsn_config_set_own_cert_types(config, &pgp, 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_peer_cert_types(config, &pgp, 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_peer_cert_types(config, twice, 2), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_peer_cert_types(config, twice, 0), TLSN_ERR_ARGUMENT);
    assert_true(tlsn_config_add_peer_key(config, "\x30\x00", 2) < 0);
    assert_true(tlsn_config_add_peer_key(config, "text", 4) < 0);
    tlsn_config_free(config);
    REQ("7250:4.1/4");
}

/* ---- RFC 6091 ---- */

static struct duo *with_cert_type(const char *data)
{
    static char extensions[128];
    struct duo *d = duo_new();
    struct duo_hello h = { .extensions = extensions };

    /* supported_groups and signature_algorithms, then cert_type */
    snprintf(extensions, sizeof extensions, "000a00040002" "0017" "000d00040002" "0403" "0009%s", data);
    duo_connect(d);
    duo_hello(d, &h);
    duo_run(d);
    return d;
}

static void cert_type_is_answered_with_x509(void **state)
{
    struct duo *d = with_cert_type("0003" "02" "0100");
    struct tlsn_span answer = duo_extension(d, TLSN_SERVER, CERT_TYPE);

    (void)state;
    assert_int_equal(answer.len, 1);
    assert_int_equal(answer.data[0], TLSN_CERT_X509);
    duo_free(d);
    REQ("5081:3.2/2");
    REQ("6091:3.2/2");
}

static void cert_type_openpgp_alone_is_refused(void **state)
{
    struct duo *d = with_cert_type("0002" "01" "01");

    (void)state;
    assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | 43);
    duo_free(d);
    d = with_cert_type("0001" "00");
    assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | 50);
    duo_free(d);
    REQ("5081:3.2/1");
    REQ("6091:3.2/1");
}

/* Byte by byte it is the same. */
static void raw_keys_survive_small_steps(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    OK(tlsn_config_set_own_cert_types(w->end[TLSN_SERVER].config, raw_only, 1));
    OK(tlsn_config_set_peer_cert_types(w->end[TLSN_CLIENT].config, raw_only, 1));
    OK(tlsn_config_set_verify_mode(w->end[TLSN_CLIENT].config, TLSN_VERIFY_SUSPEND));
    w->step = w->cap = 1;
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_NEED_VERDICT);
    assert_int_equal(tlsn_conn_peer_key(w->end[TLSN_CLIENT].conn).len, 91);
    OK(tlsn_set_verdict(w->end[TLSN_CLIENT].conn, TLSN_OK));
    wire_run(w);
    assert_true(wire_done(w));
    wire_free(w);
}

static void only_tls13(struct duo *d)
{
    for (int role = 0; role < 2; role++)
        OK(tlsn_config_set_versions(d->config[role], TLSN_TLS1_3, TLSN_TLS1_3));
}

/* RFC 8446 4.4.2: the same types, the key in a CertificateEntry, in both directions. */
static void raw_keys_work_in_tls13(void **state)
{
    tlsn_credential *c = bare("ec:secp256r1"), *own = bare("ed25519");
    struct duo *d = duo_new();
    struct tlsn_span key;
    uint8_t spki[256];
    size_t len;

    (void)state;
    server_shows(d, c);
    client_takes(d, raw_only, 1);
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], own));
    OK(tlsn_config_set_own_cert_types(d->config[TLSN_CLIENT], raw_only, 1));
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_set_peer_cert_types(d->config[TLSN_SERVER], raw_only, 1));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_SERVER], TLSN_VERIFY_INSECURE_NONE));
    only_tls13(d);
    duo_shake(d);
    key = tlsn_conn_peer_key(d->conn[TLSN_CLIENT]);
    assert_in_range(key.len, 80, sizeof spki);
    memcpy(spki, key.data, len = key.len);
    assert_int_equal(tlsn_conn_peer_key(d->conn[TLSN_SERVER]).len, 44);
    duo_free(d);

    for (int right = 0; right < 2; right++) {
        d = duo_new();
        server_shows(d, right ? c : duo_credential("ec:secp256r1"));
        OK(tlsn_config_set_peer_cert_types(d->config[TLSN_CLIENT], both, 2));
        OK(tlsn_config_add_peer_key(d->config[TLSN_CLIENT], spki, len));
        only_tls13(d);
        duo_connect(d);
        duo_run(d);
        assert_int_equal(d->status[TLSN_CLIENT], right ? TLSN_OK : TLSN_ERR_CERT_UNKNOWN);
        duo_free(d);
    }
    tlsn_credential_free(c);
    tlsn_credential_free(own);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_key_of_every_kind_is_shown),
        cmocka_unit_test(raw_key_is_accepted_when_it_is_pinned),
        cmocka_unit_test(raw_keys_are_never_negotiated_by_default),
        cmocka_unit_test(raw_key_without_a_common_type_is_refused),
        cmocka_unit_test(raw_key_of_a_client),
        cmocka_unit_test(raw_key_stays_with_its_session),
        cmocka_unit_test(raw_key_session_is_for_the_list_that_let_it_in),
        cmocka_unit_test(raw_key_type_that_was_not_offered_is_refused),
        cmocka_unit_test(raw_keys_alone_are_too_much_for_a_plain_client),
        cmocka_unit_test(raw_keys_are_not_shown_to_a_plain_peer),
        cmocka_unit_test(raw_keys_alone_refuse_a_chain),
        cmocka_unit_test(raw_key_that_is_none_is_refused),
        cmocka_unit_test(cert_type_is_answered_with_x509),
        cmocka_unit_test(cert_type_openpgp_alone_is_refused),
        cmocka_unit_test(raw_keys_survive_small_steps),
        cmocka_unit_test(raw_keys_work_in_tls13),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
