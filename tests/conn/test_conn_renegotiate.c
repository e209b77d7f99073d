/* Handshakes on a connection that is complete: RFC 5746, RFC 5246 7.4.1.1, and what may not change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conn.h"
#include "req.h"
#include "support_duo.h"
#include "support_wire.h"

static void set_mode(struct duo *d, enum tlsn_role role, enum tlsn_renegotiation mode)
{
    OK(tlsn_config_set_renegotiation(d->config[role], mode));
}

/* Both sides let the other one renegotiate. */
static struct duo *willing(void)
{
    struct duo *d = duo_new();

    set_mode(d, TLSN_CLIENT, TLSN_RENEGOTIATION_SECURE);
    set_mode(d, TLSN_SERVER, TLSN_RENEGOTIATION_SECURE);
    return d;
}

static unsigned count(const struct duo *d, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[role], &info);
    return info.renegotiations;
}

static bool refused(const struct duo *d, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[role], &info);
    return info.renegotiation_refused;
}

/* Each side hears the other one. */
static void check_data(struct duo *d)
{
    for (int i = 0; i < 2; i++) {
        enum tlsn_role from = i ? TLSN_SERVER : TLSN_CLIENT;

        d->data_len[!from] = 0;
        duo_write(d, from, "ping", 4);
        duo_run(d);
        assert_int_equal(d->data_len[!from], 4);
        assert_memory_equal(d->data[!from], "ping", 4);
    }
}

static void check_sound(struct duo *d, unsigned renegotiations)
{
    for (int i = 0; i < 2; i++) {
        if (tlsn_conn_error(d->conn[i]))
            fail_msg("%s: %s", i ? "server" : "client", tlsn_conn_error(d->conn[i])->text);
        assert_false(tlsn_renegotiating(d->conn[i]));
        assert_int_equal(count(d, (enum tlsn_role)i), renegotiations);
        assert_null(d->conn[i]->scratch);
    }
    check_data(d);
}

/* This side fails, the other one hears of it. */
static void check_failed(struct duo *d, enum tlsn_role victim, tlsn_status status, int alert)
{
    const struct tlsn_conn_error *e = tlsn_conn_error(d->conn[victim]);

    assert_non_null(e);
    if (e->status != status)
        fail_msg("status %d: %s", e->status, e->text);
    assert_int_equal(e->alert_sent, alert);
    assert_int_equal(tlsn_conn_error(d->conn[!victim])->alert_received, alert);
}

/* ---- both sides may begin ---- */

static void renegotiation_by_either_side_completes_again_and_again(void **state)
{
    struct duo *d = willing();
    uint8_t before[2][36];

    (void)state;
    duo_shake(d);
    for (unsigned i = 0; i < 4; i++) {
        memcpy(before, d->conn[0]->verify_data, sizeof before);
        duo_renegotiate(d, i & 1 ? TLSN_SERVER : TLSN_CLIENT, NULL);
        check_sound(d, i + 1);
        assert_memory_not_equal(before[0], d->conn[0]->verify_data[0], 12);
        assert_memory_not_equal(before[1], d->conn[0]->verify_data[1], 12);
        assert_memory_equal(d->conn[0]->verify_data, d->conn[1]->verify_data, sizeof before);
        assert_int_equal(d->conn[0]->verify_data_len, 12);
    }
    assert_int_equal(d->masters, 10); /* both sides log each of the five */
    assert_memory_not_equal(d->master[0], d->master[9], 48);
    duo_free(d);
    REQ("5246:7.4.1.1/1");
    REQ("5246:D.4/5");
    REQ("5746:3.1/2");
    REQ("5746:3.1/3");
    REQ("5746:3.4/8");
    REQ("5746:3.5/7");
    REQ("5746:3.6/7");
    REQ("5746:3.7/5");
}

static void renegotiation_is_refused_by_default_and_nothing_changes(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    for (int i = 0; i < 2; i++) {
        enum tlsn_role first = i ? TLSN_SERVER : TLSN_CLIENT;
        uint8_t before[2][36];

        duo_shake(d);
        memcpy(before, d->conn[first]->verify_data, sizeof before);
        duo_renegotiate(d, first, NULL);
        assert_true(refused(d, first));
        assert_false(refused(d, (enum tlsn_role)!first));
        check_sound(d, 0);
        assert_memory_equal(before, d->conn[first]->verify_data, sizeof before);
        duo_renegotiate(d, first, NULL); /* one may ask again */
        check_sound(d, 0);
    }
    duo_free(d);
    REQ("5746:5/2");
    REQ("5929:7/2");
}

static void renegotiation_is_asked_for_once_at_a_time(void **state)
{
    struct duo *d = willing();

    (void)state;
    duo_connect(d);
    assert_int_equal(tlsn_renegotiate(d->conn[0], NULL), TLSN_ERR_MISUSE);
    duo_shake(d);
    for (int i = 0; i < 2; i++) {
        OK(tlsn_renegotiate(d->conn[i], NULL));
        assert_int_equal(tlsn_renegotiate(d->conn[i], NULL), TLSN_ERR_MISUSE);
    }
    duo_flush(d, TLSN_CLIENT); /* the two wishes meet: one handshake comes of them */
    duo_flush(d, TLSN_SERVER);
    duo_run(d);
    check_sound(d, 1);
    duo_close(d, TLSN_CLIENT);
    assert_int_equal(tlsn_renegotiate(d->conn[0], NULL), TLSN_ERR_MISUSE);
    duo_free(d);
    REQ("5246:7.4.1.1/5");
}

/* ---- what binds it to the handshake before ---- */

static const uint8_t *hello_extension(const struct tlsn_client_hello *hello, unsigned type)
{
    const uint8_t *p = hello->extensions.data, *end = p + hello->extensions.len;

    for (; p < end; p += 4 + (p[2] << 8 | p[3]))
        if ((unsigned)(p[0] << 8 | p[1]) == type)
            return p + 2;
    return NULL;
}

static bool has_scsv(const struct tlsn_client_hello *hello)
{
    for (size_t i = 0; i < hello->suites.len; i += 2)
        if (hello->suites.data[i] == 0 && hello->suites.data[i + 1] == 0xff)
            return true;
    return false;
}

/* The second time round the client's verify_data is there, and no SCSV. */
static tlsn_status look(void *ctx, tlsn_conn *conn, tlsn_config **config)
{
    const struct tlsn_client_hello *hello = tlsn_client_hello(conn);
    const uint8_t *data = hello_extension(hello, 0xff01);
    unsigned *looks = ctx;

    (void)config;
    assert_false(has_scsv(hello));
    if ((*looks)++ == 0) {
        assert_memory_equal(data, "\0\1\0", 3);
        return TLSN_OK;
    }
    assert_memory_equal(data, "\0\15\14", 3);
    assert_memory_equal(data + 3, conn->verify_data[TLSN_CLIENT], 12);
    return TLSN_OK;
}

static void renegotiating_client_hello_carries_its_verify_data_and_no_scsv(void **state)
{
    struct duo *d = willing();
    unsigned looks = 0;
    const struct tlsn_callbacks cb = { .client_hello = look, .ctx = &looks };

    (void)state;
    OK(tlsn_config_set_callbacks(d->config[TLSN_SERVER], &cb));
    duo_shake(d);
    for (unsigned i = 1; i < 3; i++) {
        duo_renegotiate(d, TLSN_CLIENT, NULL);
        check_sound(d, i);
    }
    assert_int_equal(looks, 3);
    duo_free(d);
    REQ("5746:3.2/2");
    REQ("5746:3.5/1");
    REQ("5746:3.5/2");
}

/* Whose memory of which half is wrong, and who notices. A server that remembers its own half wrongly
 * answers wrongly. */
static void renegotiation_with_other_verify_data_is_refused(void **state)
{
    static const struct {
        enum tlsn_role wrong, half, victim;
    } t[] = {
        { TLSN_CLIENT, TLSN_CLIENT, TLSN_SERVER },
        { TLSN_SERVER, TLSN_CLIENT, TLSN_SERVER },
        { TLSN_SERVER, TLSN_SERVER, TLSN_CLIENT },
        { TLSN_CLIENT, TLSN_SERVER, TLSN_CLIENT },
    };
    struct duo *d = willing();

    (void)state;
    for (size_t i = 0; i < 4 * 12; i++) {
        duo_shake(d);
        d->conn[t[i / 12].wrong]->verify_data[t[i / 12].half][i % 12] ^= 1;
        duo_renegotiate(d, TLSN_CLIENT, NULL);
        check_failed(d, t[i / 12].victim, TLSN_ERR_RENEGOTIATION_INFO, 40);
    }
    duo_free(d);
    REQ("5746:3.2/3");
    REQ("5746:3.5/5");
    REQ("5746:3.5/6");
    REQ("5746:3.7/3");
    REQ("5746:3.7/4");
}

/* The prefix attack: what one side takes for its first handshake is the second one of the other. */
static void first_handshake_of_one_side_is_no_renegotiation_of_the_other(void **state)
{
    struct duo *d = willing();

    (void)state;
    duo_shake(d);
    d->conn[TLSN_CLIENT]->verify_data_len = 0; /* sends what a first ClientHello has */
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    check_failed(d, TLSN_SERVER, TLSN_ERR_RENEGOTIATION_INFO, 40);
    duo_free(d);
    REQ("5746:3.7/3");
}

static void renegotiation_without_rfc_5746_takes_an_explicit_call(void **state)
{
    (void)state;
    for (int mode = 0; mode < 3; mode++)
        for (int i = 0; i < 2; i++) {
            enum tlsn_role first = i ? TLSN_SERVER : TLSN_CLIENT;
            struct duo *d = duo_new();

            set_mode(d, TLSN_CLIENT, (enum tlsn_renegotiation)mode);
            set_mode(d, TLSN_SERVER, (enum tlsn_renegotiation)mode);
            duo_shake(d);
            d->conn[0]->secure_renegotiation = d->conn[1]->secure_renegotiation = false;
            if (mode == TLSN_RENEGOTIATION_INSECURE_LEGACY) {
                /* both of us have it, so that the server notices the extension */
                duo_renegotiate(d, first, NULL);
                check_failed(d, TLSN_SERVER, TLSN_ERR_RENEGOTIATION_INFO, 40);
            } else {
                assert_int_equal(tlsn_renegotiate(d->conn[first], NULL),
                                 TLSN_ERR_NO_RENEGOTIATION);
                check_sound(d, 0);
            }
            duo_free(d);
        }
    REQ("5746:4.4/3");
}

static void insecure_renegotiation_is_refused_to_secure_mode(void **state)
{
    struct duo *d = willing();

    (void)state;
    for (int i = 0; i < 2; i++) {
        enum tlsn_role first = i ? TLSN_SERVER : TLSN_CLIENT;

        duo_shake(d);
        d->conn[!first]->secure_renegotiation = false;
        duo_renegotiate(d, first, NULL);
        assert_true(refused(d, first));
        check_sound(d, 0);
    }
    duo_free(d);
    REQ("5746:4.2/1");
    REQ("5746:4.4/1");
    REQ("5746:5/1");
}

/* ---- what may not change ---- */

static tlsn_config *other_server(struct duo *d, tlsn_credential *credential)
{
    tlsn_config *config;

    OK(tlsn_config_new(&config, &d->env.hooks));
    OK(tlsn_config_set_versions(config, TLSN_TLS1_2, TLSN_TLS1_2));
    OK(tlsn_config_set_trust(config, duo_trust()));
    OK(tlsn_config_set_renegotiation(config, TLSN_RENEGOTIATION_SECURE));
    if (credential)
        OK(tlsn_config_add_credential(config, credential));
    return config;
}

/* The triple handshake attack ends here. */
static void server_certificate_must_not_change(void **state)
{
    (void)state;
    for (int keep = 0; keep < 3; keep++) {
        struct duo *d = willing();
        tlsn_config *other = other_server(d, duo_credential("rsa:2048"));

        OK(tlsn_config_set_feature(d->config[0], TLSN_FEATURE_KEEP_PEER_LEAF, keep > 0));
        OK(tlsn_config_set_feature(d->config[0], TLSN_FEATURE_KEEP_PEER_CHAIN, keep > 1));
        duo_shake(d);
        duo_renegotiate(d, TLSN_CLIENT, NULL); /* the same may be shown again */
        check_sound(d, 1);
        duo_renegotiate(d, TLSN_SERVER, other);
        check_failed(d, TLSN_CLIENT, TLSN_ERR_RENEGOTIATION_CHANGE, 40);
        tlsn_config_free(other);
        duo_free(d);
    }
    REQ("7457:2.11/2");
}

static void server_certificate_may_change_when_allowed(void **state)
{
    struct duo *d = willing();
    tlsn_config *other = other_server(d, duo_credential("rsa:2048"));
    struct tlsn_span leaf = tlsn_credential_cert(duo_credential("rsa:2048"), 0);

    (void)state;
    OK(tlsn_config_set_feature(d->config[0], TLSN_FEATURE_CERTIFICATE_CHANGE, true));
    duo_shake(d);
    duo_renegotiate(d, TLSN_SERVER, other);
    tlsn_config_free(other);
    check_sound(d, 1);
    assert_int_equal(tlsn_conn_peer_cert(d->conn[0], 0).len, leaf.len);
    assert_memory_equal(tlsn_conn_peer_cert(d->conn[0], 0).data, leaf.data, leaf.len);
    assert_int_equal(tlsn_conn_peer_cert(d->conn[0], 1).len, 0);
    duo_free(d);
}

static void set_client_certificate(struct duo *d, tlsn_credential *credential)
{
    tlsn_config *config = d->config[TLSN_CLIENT];

    if (credential)
        OK(tlsn_config_add_credential(config, credential));
}

static tlsn_config *demanding(struct duo *d, enum tlsn_client_auth mode)
{
    tlsn_config *config = other_server(d, duo_credential("ec:secp256r1"));

    OK(tlsn_config_set_client_auth(config, mode));
    return config;
}

static bool authenticated(const struct duo *d)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[TLSN_SERVER], &info);
    return info.client_authenticated;
}

static void client_is_authenticated_by_renegotiation(void **state)
{
    struct duo *d = willing();
    tlsn_config *asks = demanding(d, TLSN_CLIENT_AUTH_REQUIRE);

    (void)state;
    set_client_certificate(d, duo_credential("ec:secp256r1"));
    duo_shake(d);
    assert_false(authenticated(d));
    duo_renegotiate(d, TLSN_SERVER, asks);
    check_sound(d, 1);
    assert_true(authenticated(d));
    assert_true(tlsn_conn_peer_cert(d->conn[TLSN_SERVER], 0).len != 0);
    duo_renegotiate(d, TLSN_CLIENT, NULL); /* which holds from then on */
    check_sound(d, 2);
    assert_true(authenticated(d));
    tlsn_config_free(asks);
    duo_free(d);
}

static void client_without_certificate_is_refused_by_renegotiation(void **state)
{
    struct duo *d = willing();
    tlsn_config *asks = demanding(d, TLSN_CLIENT_AUTH_REQUIRE);

    (void)state;
    duo_shake(d);
    duo_renegotiate(d, TLSN_SERVER, asks);
    check_failed(d, TLSN_SERVER, TLSN_ERR_NO_PEER_CERTIFICATE, 40);
    tlsn_config_free(asks);
    duo_free(d);
}

/* A client takes another configuration along: another certificate, or none. */
static void client_certificate_must_not_change(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct duo *d = willing();
        tlsn_config *other = other_server(d, i ? duo_credential("rsa:2048") : NULL);

        OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST));
        OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_TICKETS, i));
        set_client_certificate(d, duo_credential("ec:secp256r1"));
        duo_shake(d);
        assert_true(authenticated(d));
        duo_renegotiate(d, TLSN_CLIENT, other);
        check_failed(d, TLSN_SERVER, TLSN_ERR_RENEGOTIATION_CHANGE, 40);
        tlsn_config_free(other);
        duo_free(d);
    }
}

static void add_psk(tlsn_config *config, const char *identity)
{
    OK(tlsn_config_add_psk(config, identity, strlen(identity), identity, strlen(identity)));
}

/* For a client that has nothing but a pre-shared key. */
static tlsn_config *by_psk(struct duo *d, const char *identity)
{
    tlsn_config *config = other_server(d, NULL);

    OK(tlsn_config_set_suites(config, "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"));
    add_psk(config, identity);
    return config;
}

/* Nor by a suite in which nobody is asked for one. */
static void client_certificate_does_not_go_away_by_a_pre_shared_key(void **state)
{
    (void)state;
    for (int change = 0; change < 2; change++) {
        struct duo *d = willing();
        tlsn_config *other = by_psk(d, "joe");

        OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST));
        OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_CERTIFICATE_CHANGE, change));
        OK(tlsn_config_set_feature(other, TLSN_FEATURE_CERTIFICATE_CHANGE, true));
        add_psk(d->config[TLSN_SERVER], "joe");
        set_client_certificate(d, duo_credential("ec:secp256r1"));
        duo_shake(d);
        assert_true(authenticated(d));
        duo_renegotiate(d, TLSN_CLIENT, other);
        if (change) {
            check_sound(d, 1);
            assert_false(authenticated(d));
        } else {
            check_failed(d, TLSN_SERVER, TLSN_ERR_RENEGOTIATION_CHANGE, 40);
        }
        tlsn_config_free(other);
        duo_free(d);
    }
}

/* The client of a pre-shared key stays who it was, in a resumed handshake too. */
static void identity_of_a_pre_shared_key_must_not_change(void **state)
{
    (void)state;
    for (int resumed = 0; resumed < 2; resumed++) {
        struct duo *d = willing();
        tlsn_config *joe = by_psk(d, "joe"), *jim = by_psk(d, "jim");
        tlsn_session *s;

        add_psk(d->config[TLSN_SERVER], "joe");
        add_psk(d->config[TLSN_SERVER], "jim");
        tlsn_config_free(d->config[TLSN_CLIENT]);
        d->config[TLSN_CLIENT] = jim;
        duo_shake(d);
        s = duo_session(d);
        tlsn_config_ref(jim);
        tlsn_config_free(d->config[TLSN_CLIENT]);
        d->config[TLSN_CLIENT] = joe;
        duo_shake(d);
        duo_renegotiate(d, TLSN_CLIENT, joe);
        check_sound(d, 1);
        if (resumed)
            OK(tlsn_conn_set_session(d->conn[TLSN_CLIENT], s));
        duo_renegotiate(d, TLSN_CLIENT, jim);
        check_failed(d, TLSN_SERVER, TLSN_ERR_RENEGOTIATION_CHANGE, 40);
        tlsn_session_free(s);
        tlsn_config_free(jim);
        duo_free(d);
    }
}

/* A configuration that is in use already is one reference, not two. */
static void own_configuration_is_given_again(void **state)
{
    struct duo *d = willing();

    (void)state;
    duo_shake(d);
    for (unsigned i = 0; i < 4; i++) {
        duo_renegotiate(d, i & 1 ? TLSN_SERVER : TLSN_CLIENT, d->config[i & 1]);
        check_sound(d, i + 1);
    }
    duo_free(d); /* which looks for what is left */
}

static tlsn_config *without(struct duo *d, enum tlsn_feature feature)
{
    tlsn_config *config = other_server(d, NULL);

    OK(tlsn_config_set_feature(config, feature, false));
    return config;
}

static void extended_master_secret_must_not_go_away(void **state)
{
    struct duo *d = willing();
    tlsn_config *other = without(d, TLSN_FEATURE_EMS);

    (void)state;
    duo_shake(d);
    duo_renegotiate(d, TLSN_CLIENT, other);
    check_failed(d, TLSN_SERVER, TLSN_ERR_RENEGOTIATION_CHANGE, 40);
    tlsn_config_free(other);
    duo_free(d);
}

static void server_name_must_not_change(void **state)
{
    struct duo *d = willing();

    (void)state;
    duo_shake(d);
    d->conn[TLSN_CLIENT]->server_name[0] = 'x';
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    check_failed(d, TLSN_SERVER, TLSN_ERR_RENEGOTIATION_CHANGE, 40);
    duo_shake(d);
    d->conn[TLSN_CLIENT]->send_name = false;
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    check_failed(d, TLSN_SERVER, TLSN_ERR_RENEGOTIATION_CHANGE, 40);
    duo_free(d);
}

static tlsn_config *with_suite(struct duo *d, const char *suite, bool etm)
{
    tlsn_config *config = other_server(d, NULL);

    OK(tlsn_config_set_suites(config, suite));
    OK(tlsn_config_set_feature(config, TLSN_FEATURE_ETM, etm));
    return config;
}

#define CBC "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"
#define GCM "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"

/* A connection in CBC with or without encrypt_then_mac; another suite in between; then CBC again. */
static struct duo *mac_order(bool before, bool between, bool after)
{
    struct duo *d = willing();
    tlsn_config *gcm = with_suite(d, GCM, true), *cbc = with_suite(d, CBC, after);

    OK(tlsn_config_set_suites(d->config[TLSN_SERVER], CBC "," GCM));
    OK(tlsn_config_set_suites(d->config[TLSN_CLIENT], CBC));
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_ETM, before));
    duo_shake(d);
    assert_int_equal(d->conn[0]->etm, before);
    if (between)
        duo_renegotiate(d, TLSN_CLIENT, gcm);
    duo_renegotiate(d, TLSN_CLIENT, cbc);
    tlsn_config_free(gcm);
    tlsn_config_free(cbc);
    return d;
}

static void order_of_mac_and_encryption_stays(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        bool before = i & 1, between = i & 2, after = i & 4;
        struct duo *d = mac_order(before, between, after);

        if (before && !after) {
            check_failed(d, TLSN_SERVER, TLSN_ERR_RENEGOTIATION_CHANGE, 40);
        } else {
            check_sound(d, between ? 2 : 1);
            assert_int_equal(d->conn[0]->etm, before); /* no upgrade either */
            assert_int_equal(d->conn[1]->etm, before);
        }
        duo_free(d);
    }
    REQ("7366:3.1/1");
    REQ("7366:3.1/2");
    REQ("7366:3.1/3");
    REQ("7366:3.1/4");
}

static void resumed_connection_without_ems_does_not_renegotiate(void **state)
{
    struct duo *d = willing();
    tlsn_session *s;

    (void)state;
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_EMS, false));
    duo_shake(d);
    s = duo_session(d);
    duo_renegotiate(d, TLSN_CLIENT, NULL); /* not resumed: it may */
    check_sound(d, 1);
    duo_reconnect(d, s);
    assert_int_equal(tlsn_renegotiate(d->conn[TLSN_CLIENT], NULL), TLSN_ERR_NO_RENEGOTIATION);
    duo_renegotiate(d, TLSN_SERVER, NULL);
    assert_true(refused(d, TLSN_SERVER));
    check_sound(d, 0);
    tlsn_session_free(s);
    duo_free(d);
    REQ("7627:5.4/5");
}

/* ---- resumption inside ---- */

static void session_is_resumed_in_a_renegotiation(void **state)
{
    (void)state;
    for (int tickets = 0; tickets < 2; tickets++) {
        struct duo *d = willing();
        struct tlsn_conn_info info;
        tlsn_session *s;

        OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_TICKETS, tickets));
        duo_shake(d);
        s = duo_session(d);
        OK(tlsn_conn_set_session(d->conn[TLSN_CLIENT], s));
        tlsn_session_free(s);
        duo_renegotiate(d, TLSN_CLIENT, NULL);
        check_sound(d, 1);
        tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
        assert_int_equal(info.resumed, tickets ? TLSN_RESUMED_TICKET : TLSN_RESUMED_ID);
        duo_renegotiate(d, TLSN_SERVER, NULL); /* the session was for once: full again */
        check_sound(d, 2);
        tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
        assert_int_equal(info.resumed, TLSN_RESUMED_NO);
        duo_free(d);
    }
}

/* A session with the other certificate of the server is as good as that certificate: not good. */
static void session_of_another_certificate_is_not_resumed_in_a_renegotiation(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_conn_info info;
    tlsn_session *s;

    (void)state;
    duo_reset_server(d, duo_credential("rsa:2048"));
    duo_shake(d);
    s = duo_session(d);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    set_mode(d, TLSN_SERVER, TLSN_RENEGOTIATION_SECURE);
    duo_shake(d);
    OK(tlsn_conn_set_session(d->conn[TLSN_CLIENT], s));
    tlsn_session_free(s);
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    check_sound(d, 1);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_int_equal(info.resumed, TLSN_RESUMED_NO);
    duo_free(d);
}

/* ---- application data around it ---- */

/* Lets only this side go on once. */
static void one(struct duo *d, enum tlsn_role role)
{
    d->absent[!role] = true;
    duo_run(d);
    d->absent[!role] = false;
}

static void data_around_a_renegotiation_are_delivered(void **state)
{
    struct duo *d = willing();
    static uint8_t out[256];
    size_t n, written;

    (void)state;
    duo_shake(d);
    duo_write(d, TLSN_SERVER, "a", 1); /* before it knows */
    OK(tlsn_renegotiate(d->conn[TLSN_CLIENT], NULL));
    duo_flush(d, TLSN_CLIENT);
    assert_true(tlsn_renegotiating(d->conn[TLSN_CLIENT]));
    assert_false(tlsn_renegotiating(d->conn[TLSN_SERVER]));
    one(d, TLSN_CLIENT);
    assert_int_equal(d->data_len[TLSN_CLIENT], 1);
    assert_int_equal(tlsn_encrypt(d->conn[TLSN_CLIENT], "b", 1, &n, out, sizeof out, &written),
                     TLSN_NEED_INPUT);
    assert_int_equal(n + written, 0);
    one(d, TLSN_SERVER); /* its flight is out */
    assert_int_equal(tlsn_encrypt(d->conn[TLSN_SERVER], "b", 1, &n, out, sizeof out, &written),
                     TLSN_NEED_INPUT);
    duo_run(d);
    check_sound(d, 1);
    duo_free(d);
}

/* A peer that does not hold back: data between all messages, even inside of one. */
static void data_between_messages_are_delivered(void **state)
{
    struct duo *d = willing();
    static uint8_t held[1 << 16];
    size_t len;

    (void)state;
    duo_shake(d);
    OK(tlsn_renegotiate(d->conn[TLSN_SERVER], NULL));
    duo_flush(d, TLSN_SERVER);
    OK(tlsni_conn_queue(d->conn[TLSN_SERVER], 23, "one", 3));
    duo_flush(d, TLSN_SERVER);
    one(d, TLSN_CLIENT); /* its ClientHello is out, and our data came behind HelloRequest */
    assert_memory_equal(d->data[TLSN_CLIENT], "one", 3);
    OK(tlsni_conn_queue(d->conn[TLSN_CLIENT], 23, "two", 3));
    duo_flush(d, TLSN_CLIENT);
    one(d, TLSN_SERVER);
    assert_memory_equal(d->data[TLSN_SERVER], "two", 3);
    len = d->in_len[TLSN_CLIENT]; /* the server's flight waits, data of old keys go in front */
    memcpy(held, d->in[TLSN_CLIENT], len);
    duo_run(d);
    check_sound(d, 1);
    assert_true(len > 0 && held[0] == 22);
    duo_free(d);
    REQ("5246:6.2.1/9");
}

/* Keys that are not proved yet carry no data. */
static void data_between_ccs_and_finished_are_unexpected(void **state)
{
    struct duo *d = willing();

    (void)state;
    duo_shake(d);
    OK(tlsn_renegotiate(d->conn[TLSN_CLIENT], NULL));
    duo_flush(d, TLSN_CLIENT);
    one(d, TLSN_SERVER);
    one(d, TLSN_CLIENT);
    assert_int_equal(d->record[d->records - 2].type, 20);
    d->in_len[TLSN_SERVER] -= d->record[d->records - 1].len + 5; /* no Finished */
    d->conn[TLSN_CLIENT]->tx->sequence = 0;
    OK(tlsni_conn_queue(d->conn[TLSN_CLIENT], 23, "early", 5));
    duo_flush(d, TLSN_CLIENT);
    duo_run(d);
    assert_int_equal(d->data_len[TLSN_SERVER], 0);
    check_failed(d, TLSN_SERVER, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    duo_free(d);
}

/* ---- ChangeCipherSpec: CVE-2014-0224, and no expectation left over from before ---- */

static void early_ccs_in_a_renegotiation_is_unexpected(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) /* as the first and as the second renegotiation */
        for (int i = 0; i < 3; i++) {
            enum tlsn_role from = i ? TLSN_SERVER : TLSN_CLIENT;
            struct duo *d = willing();

            duo_shake(d);
            if (round)
                duo_renegotiate(d, TLSN_CLIENT, NULL);
            if (i) {
                OK(tlsn_renegotiate(d->conn[TLSN_CLIENT], NULL));
                duo_flush(d, TLSN_CLIENT);
            }
            if (i == 2)
                one(d, TLSN_SERVER);
            OK(tlsni_conn_queue(d->conn[from], 20, "\1", 1));
            duo_flush(d, from);
            duo_run(d);
            check_failed(d, (enum tlsn_role)!from, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
            duo_free(d);
        }
}

/* ---- questions ---- */

static void questions_surface_in_decrypt_and_are_answered(void **state)
{
    struct duo *d = willing();
    tlsn_config *asks = demanding(d, TLSN_CLIENT_AUTH_REQUIRE);
    uint8_t out[64];
    size_t n, written;

    (void)state;
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_SUSPEND));
    OK(tlsn_config_set_credential_suspend(d->config[TLSN_CLIENT], true));
    OK(tlsn_config_set_verify_mode(asks, TLSN_VERIFY_SUSPEND));
    duo_connect(d);
    duo_run(d);
    OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_OK));
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_SERVER]));
    duo_renegotiate(d, TLSN_SERVER, asks);
    assert_int_equal(d->read_status[TLSN_CLIENT], TLSN_NEED_VERDICT);
    assert_int_equal(tlsn_question(d->conn[TLSN_CLIENT]), TLSN_NEED_VERDICT);
    assert_true(tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], 0).len != 0);
    OK(tlsn_verify_default(d->conn[TLSN_CLIENT], NULL));
    OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_OK));
    /* either call goes on */
    assert_int_equal(tlsn_handshake(d->conn[TLSN_CLIENT], NULL, 0, &n, out, sizeof out, &written),
                     TLSN_NEED_CREDENTIAL);
    assert_non_null(tlsn_certificate_request(d->conn[TLSN_CLIENT]));
    OK(tlsn_conn_set_credential(d->conn[TLSN_CLIENT], duo_credential("ec:secp256r1")));
    duo_run(d);
    assert_int_equal(d->read_status[TLSN_SERVER], TLSN_NEED_VERDICT);
    assert_false(authenticated(d));
    OK(tlsn_set_verdict(d->conn[TLSN_SERVER], TLSN_OK));
    duo_run(d);
    check_sound(d, 1);
    assert_true(authenticated(d));
    tlsn_config_free(asks);
    duo_free(d);
}

static void rejected_verdict_in_a_renegotiation_ends_the_connection(void **state)
{
    struct duo *d = willing();

    (void)state;
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_SUSPEND));
    duo_connect(d);
    duo_run(d);
    OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_OK));
    duo_run(d);
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_ERR_CERT_REVOKED));
    duo_run(d);
    check_failed(d, TLSN_CLIENT, TLSN_ERR_CERT_REVOKED, 44);
    duo_free(d);
}

/* The application closes instead of answering: nobody waits for the answer any more. */
static void close_with_an_open_question_needs_no_answer(void **state)
{
    struct duo *d = willing();

    (void)state;
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_SUSPEND));
    duo_connect(d);
    duo_run(d);
    OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_OK));
    duo_run(d);
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    assert_int_equal(tlsn_question(d->conn[TLSN_CLIENT]), TLSN_NEED_VERDICT);
    duo_close(d, TLSN_CLIENT);
    duo_run(d);
    duo_close(d, TLSN_SERVER);
    duo_run(d);
    assert_int_equal(d->read_status[TLSN_CLIENT], TLSN_CLOSED);
    assert_int_equal(tlsn_question(d->conn[TLSN_CLIENT]), TLSN_OK);
    assert_int_equal(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_OK), TLSN_ERR_MISUSE);
    assert_null(tlsn_conn_error(d->conn[TLSN_CLIENT]));
    duo_free(d);
}

/* What one handshake found out about the peer is not said of the next one. */
static void verdict_does_not_outlast_its_handshake(void **state)
{
    struct duo *d = willing();
    tlsn_config *blind = other_server(d, NULL), *sees = other_server(d, NULL);
    struct tlsn_conn_info info;
    size_t n, written;

    (void)state;
    OK(tlsn_config_set_verify_mode(blind, TLSN_VERIFY_INSECURE_NONE));
    duo_shake(d);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_true(info.verified);
    duo_renegotiate(d, TLSN_CLIENT, blind);
    check_sound(d, 1);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_false(info.verified);
    OK(tlsn_config_set_verify_mode(sees, TLSN_VERIFY_SUSPEND));
    duo_renegotiate(d, TLSN_CLIENT, sees);
    OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_OK));
    assert_int_equal(tlsn_handshake(d->conn[TLSN_CLIENT], NULL, 0, &n, NULL, 0, &written),
                     TLSN_NEED_OUTPUT);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_false(info.verified); /* not before it is complete */
    duo_run(d);
    check_sound(d, 2);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_true(info.verified);
    tlsn_config_free(sees);
    tlsn_config_free(blind);
    duo_free(d);
}

/* Nor is what came along with its certificates. */
static void what_came_beside_does_not_outlast_its_handshake(void **state)
{
    struct duo *d = willing();
    tlsn_config *silent = other_server(d, NULL);
    struct tlsn_span principal, domain;

    (void)state;
    OK(tlsn_config_set_user_mapping(d->config[TLSN_CLIENT], "a@b.example", "b.example"));
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_USER_MAPPING, true));
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_KEEP_BESIDE, true));
    duo_shake(d);
    assert_true(tlsn_conn_user_mapping(d->conn[TLSN_SERVER], &principal, &domain));
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    check_sound(d, 1);
    assert_true(tlsn_conn_user_mapping(d->conn[TLSN_SERVER], &principal, &domain));
    duo_renegotiate(d, TLSN_CLIENT, silent);
    check_sound(d, 2);
    assert_false(tlsn_conn_user_mapping(d->conn[TLSN_SERVER], &principal, &domain));
    tlsn_config_free(silent);
    duo_free(d);
}

/* ---- bounds ---- */

static void peer_renegotiates_a_limited_number_of_times(void **state)
{
    struct duo *d = willing();
    const struct tlsn_limits limits = { .renegotiations = 2 };

    (void)state;
    OK(tlsn_config_set_limits(d->config[TLSN_SERVER], &limits));
    duo_shake(d);
    for (unsigned i = 0; i < 4; i++) {
        duo_renegotiate(d, TLSN_CLIENT, NULL);
        check_sound(d, i < 2 ? i + 1 : 2);
        assert_int_equal(refused(d, TLSN_CLIENT), i >= 2);
    }
    duo_renegotiate(d, TLSN_SERVER, NULL); /* its own wish is another matter */
    check_sound(d, 3);
    duo_free(d);
    REQ("7457:2.13/1");
}

static void requests_without_end_are_cut_off(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_shake(d);
    for (int i = 0; i < 6; i++)
        OK(tlsni_conn_queue(d->conn[TLSN_SERVER], 22, "\0\0\0\0", 4));
    duo_flush(d, TLSN_SERVER);
    duo_run(d);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->status, TLSN_ERR_TOO_MANY);
    duo_free(d);
}

/* A HelloRequest comes in two records, and between them we begin by ourselves. */
static void half_a_request_is_not_lost_by_our_own_wish(void **state)
{
    struct duo *d = willing();

    (void)state;
    duo_shake(d);
    OK(tlsni_conn_queue(d->conn[TLSN_SERVER], 22, "\0\0", 2));
    duo_flush(d, TLSN_SERVER);
    duo_run(d);
    OK(tlsni_conn_queue(d->conn[TLSN_SERVER], 22, "\0\0", 2));
    duo_flush(d, TLSN_SERVER);
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    check_sound(d, 1);
    duo_free(d);
}

/* ---- closing in the middle ---- */

static void close_in_a_renegotiation_ends_it(void **state)
{
    struct duo *d = willing();

    (void)state;
    for (int i = 0; i < 2; i++) {
        enum tlsn_role first = i ? TLSN_SERVER : TLSN_CLIENT;

        duo_shake(d);
        OK(tlsn_renegotiate(d->conn[TLSN_CLIENT], NULL));
        duo_flush(d, TLSN_CLIENT);
        if (i)
            one(d, TLSN_SERVER);
        duo_close(d, first);
        duo_run(d);
        assert_null(tlsn_conn_error(d->conn[0]));
        assert_null(tlsn_conn_error(d->conn[1]));
        assert_int_equal(d->read_status[!first], TLSN_CLOSED);
        duo_close(d, (enum tlsn_role)!first);
        duo_run(d);
        assert_int_equal(d->read_status[first], TLSN_CLOSED);
    }
    duo_free(d);
}

/* ---- splits ---- */

/* Whatever the steps of input and output, the same bytes come out. */
static void renegotiation_gives_the_same_bytes_for_every_split(void **state)
{
    static const struct {
        size_t step, cap;
    } t[] = { { 0, 0 }, { 1, 0 }, { 0, 1 }, { 1, 1 }, { 7, 3 } };
    static uint8_t sent[2][WIRE_BYTES];
    size_t len[2] = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct wire *w = wire_new("ec:secp256r1");

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_renegotiation(w->end[r].config, TLSN_RENEGOTIATION_SECURE));
        wire_shake(w);
        w->step = t[i].step;
        w->cap = t[i].cap;
        wire_renegotiate(w, TLSN_CLIENT);
        wire_renegotiate(w, TLSN_SERVER);
        for (int r = 0; r < 2; r++) {
            if (i == 0)
                memcpy(sent[r], w->end[r].sent, len[r] = w->end[r].sent_len);
            assert_int_equal(w->end[r].sent_len, len[r]);
            assert_memory_equal(w->end[r].sent, sent[r], len[r]);
        }
        wire_free(w);
    }
}

/* ---- memory ---- */

static void no_memory_in_a_renegotiation_is_a_clean_error(void **state)
{
    struct duo *d = willing();
    tlsn_config *asks = demanding(d, TLSN_CLIENT_AUTH_REQUIRE);
    bool failed = true;
    size_t n;

    (void)state;
    set_client_certificate(d, duo_credential("ec:secp256r1"));
    OK(tlsn_config_set_alpn(d->config[TLSN_CLIENT], "h2"));
    OK(tlsn_config_set_alpn(d->config[TLSN_SERVER], "h2"));
    OK(tlsn_config_set_alpn(asks, "h2"));
    OK(tlsn_config_freeze(asks));
    for (n = 1; failed; n++) {
        duo_shake(d);
        d->env.fail_at = d->env.allocs + n;
        if (tlsn_renegotiate(d->conn[TLSN_SERVER], asks) == TLSN_OK) {
            duo_flush(d, TLSN_SERVER);
            duo_run(d);
        }
        failed = tlsn_conn_error(d->conn[0]) || tlsn_conn_error(d->conn[1]);
        d->env.fail_at = 0;
        assert_true(n < 1000);
    }
    assert_true(n > 20);
    check_sound(d, 1);
    tlsn_config_free(asks);
    duo_free(d);
}

/* What an idle connection holds does not grow. */
static void renegotiation_leaves_no_memory_behind(void **state)
{
    struct duo *d = willing();
    size_t live;

    (void)state;
    duo_shake(d);
    duo_renegotiate(d, TLSN_CLIENT, NULL);
    live = d->env.live;
    for (unsigned i = 2; i < 5; i++) {
        duo_renegotiate(d, TLSN_CLIENT, NULL);
        check_sound(d, i);
        assert_int_equal(d->env.live, live);
    }
    duo_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renegotiation_by_either_side_completes_again_and_again),
        cmocka_unit_test(renegotiation_is_refused_by_default_and_nothing_changes),
        cmocka_unit_test(renegotiation_is_asked_for_once_at_a_time),
        cmocka_unit_test(renegotiating_client_hello_carries_its_verify_data_and_no_scsv),
        cmocka_unit_test(renegotiation_with_other_verify_data_is_refused),
        cmocka_unit_test(first_handshake_of_one_side_is_no_renegotiation_of_the_other),
        cmocka_unit_test(renegotiation_without_rfc_5746_takes_an_explicit_call),
        cmocka_unit_test(insecure_renegotiation_is_refused_to_secure_mode),
        cmocka_unit_test(server_certificate_must_not_change),
        cmocka_unit_test(server_certificate_may_change_when_allowed),
        cmocka_unit_test(client_is_authenticated_by_renegotiation),
        cmocka_unit_test(client_without_certificate_is_refused_by_renegotiation),
        cmocka_unit_test(client_certificate_must_not_change),
        cmocka_unit_test(client_certificate_does_not_go_away_by_a_pre_shared_key),
        cmocka_unit_test(identity_of_a_pre_shared_key_must_not_change),
        cmocka_unit_test(own_configuration_is_given_again),
        cmocka_unit_test(half_a_request_is_not_lost_by_our_own_wish),
        cmocka_unit_test(close_with_an_open_question_needs_no_answer),
        cmocka_unit_test(verdict_does_not_outlast_its_handshake),
        cmocka_unit_test(what_came_beside_does_not_outlast_its_handshake),
        cmocka_unit_test(extended_master_secret_must_not_go_away),
        cmocka_unit_test(server_name_must_not_change),
        cmocka_unit_test(order_of_mac_and_encryption_stays),
        cmocka_unit_test(resumed_connection_without_ems_does_not_renegotiate),
        cmocka_unit_test(session_is_resumed_in_a_renegotiation),
        cmocka_unit_test(session_of_another_certificate_is_not_resumed_in_a_renegotiation),
        cmocka_unit_test(data_around_a_renegotiation_are_delivered),
        cmocka_unit_test(data_between_messages_are_delivered),
        cmocka_unit_test(data_between_ccs_and_finished_are_unexpected),
        cmocka_unit_test(early_ccs_in_a_renegotiation_is_unexpected),
        cmocka_unit_test(questions_surface_in_decrypt_and_are_answered),
        cmocka_unit_test(rejected_verdict_in_a_renegotiation_ends_the_connection),
        cmocka_unit_test(peer_renegotiates_a_limited_number_of_times),
        cmocka_unit_test(requests_without_end_are_cut_off),
        cmocka_unit_test(close_in_a_renegotiation_ends_it),
        cmocka_unit_test(renegotiation_gives_the_same_bytes_for_every_split),
        cmocka_unit_test(no_memory_in_a_renegotiation_is_a_clean_error),
        cmocka_unit_test(renegotiation_leaves_no_memory_behind),
    };

    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
