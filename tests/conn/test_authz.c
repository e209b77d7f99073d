/* Authorization data in SupplementalData (RFC 5878, RFC 4680), both ends and both directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "req.h"
#include "support_duo.h"
#include "support_wire.h"

enum { CLIENT_AUTHZ = 7, SERVER_AUTHZ = 8, CERTIFICATE = 11, DONE = 14, SUPPLEMENTAL_DATA = 23 };

static const uint8_t all[] = { TLSN_AUTHZ_X509_ATTR_CERT, TLSN_AUTHZ_SAML_ASSERTION,
                               TLSN_AUTHZ_X509_ATTR_CERT_URL, TLSN_AUTHZ_SAML_ASSERTION_URL };
static const uint8_t digest[20] = "twenty octets of it.";
static const struct tlsn_authz attribute = { .format = TLSN_AUTHZ_X509_ATTR_CERT,
                                             .data = { (const uint8_t *)"0attr", 5 } };
static const struct tlsn_authz assertion = { .format = TLSN_AUTHZ_SAML_ASSERTION_URL,
                                             .data = { (const uint8_t *)"http://a/", 9 },
                                             .hash_algorithm = 2, .hash = { digest, 20 } };

static void equip(tlsn_config *config, bool sends, bool takes)
{
    if (sends) {
        OK(tlsn_config_add_authz(config, &attribute));
        OK(tlsn_config_add_authz(config, &assertion));
    }
    if (takes)
        OK(tlsn_config_set_authz_taken(config, all, sizeof all));
    OK(tlsn_config_set_feature(config, TLSN_FEATURE_KEEP_BESIDE, true));
}

static struct duo *begin(bool from_client, bool from_server)
{
    struct duo *d = duo_new();

    equip(d->config[TLSN_CLIENT], from_client, from_server);
    equip(d->config[TLSN_SERVER], from_server, from_client);
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_USER_MAPPING, true));
    return d;
}

static void assert_item(const tlsn_conn *conn, size_t i, const struct tlsn_authz *expected)
{
    struct tlsn_authz got;

    assert_true(tlsn_conn_peer_authz(conn, i, &got));
    assert_int_equal(got.format, expected->format);
    assert_int_equal(got.data.len, expected->data.len);
    assert_memory_equal(got.data.data, expected->data.data, got.data.len);
    assert_int_equal(got.hash_algorithm, expected->hash_algorithm);
    assert_int_equal(got.hash.len, expected->hash.len);
    if (got.hash.len)
        assert_memory_equal(got.hash.data, expected->hash.data, got.hash.len);
}

static void assert_both(const tlsn_conn *conn)
{
    struct tlsn_authz got;

    assert_item(conn, 0, &attribute);
    assert_item(conn, 1, &assertion);
    assert_false(tlsn_conn_peer_authz(conn, 2, &got));
}

static void assert_nothing(const tlsn_conn *conn)
{
    struct tlsn_authz got;

    assert_false(tlsn_conn_peer_authz(conn, 0, &got));
}

static void authz_goes_both_ways(void **state)
{
    struct duo *d = begin(true, true);

    (void)state;
    duo_shake(d);
    assert_both(d->conn[TLSN_SERVER]);
    assert_both(d->conn[TLSN_CLIENT]);
    assert_string_equal(duo_order(d),
                        "ClientHello <ServerHello <SupplementalData <Certificate "
                        "<ServerKeyExchange <ServerHelloDone SupplementalData "
                        "ClientKeyExchange CCS {handshake} <CCS <{handshake}");
    duo_free(d);
    REQ("4680:2/6");
    REQ("5878:3/1");
}

static void authz_goes_one_way(void **state)
{
    struct duo *d = begin(true, false);

    (void)state;
    duo_shake(d);
    assert_both(d->conn[TLSN_SERVER]);
    assert_nothing(d->conn[TLSN_CLIENT]);
    assert_null(duo_message(d, TLSN_SERVER, SUPPLEMENTAL_DATA).data);
    assert_null(duo_extension(d, TLSN_CLIENT, SERVER_AUTHZ).data);
    duo_free(d);
    d = begin(false, true);
    duo_shake(d);
    assert_nothing(d->conn[TLSN_SERVER]);
    assert_both(d->conn[TLSN_CLIENT]);
    assert_null(duo_message(d, TLSN_CLIENT, SUPPLEMENTAL_DATA).data);
    assert_null(duo_extension(d, TLSN_CLIENT, CLIENT_AUTHZ).data);
    duo_free(d);
}

static void authz_is_never_negotiated_by_default(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_shake(d);
    assert_null(duo_extension(d, TLSN_CLIENT, CLIENT_AUTHZ).data);
    assert_null(duo_extension(d, TLSN_CLIENT, SERVER_AUTHZ).data);
    duo_free(d);
    d = duo_new();
    equip(d->config[TLSN_CLIENT], true, true);
    duo_shake(d);
    assert_null(duo_extension(d, TLSN_SERVER, CLIENT_AUTHZ).data);
    assert_null(duo_extension(d, TLSN_SERVER, SERVER_AUTHZ).data);
    assert_null(duo_message(d, TLSN_CLIENT, SUPPLEMENTAL_DATA).data);
    duo_free(d);
}

/* Only formats of both sides are shown. */
static void authz_of_formats_in_common_is_shown(void **state)
{
    struct duo *d = begin(true, false);
    struct tlsn_authz got;

    (void)state;
    OK(tlsn_config_set_authz_taken(d->config[TLSN_SERVER], all + 3, 1));
    duo_shake(d);
    assert_item(d->conn[TLSN_SERVER], 0, &assertion);
    assert_false(tlsn_conn_peer_authz(d->conn[TLSN_SERVER], 1, &got));
    duo_free(d);
    REQ("5878:2.1/3");
}

static void authz_and_user_mapping_go_together(void **state)
{
    struct duo *d = begin(true, true);
    struct tlsn_span principal, domain;

    (void)state;
    OK(tlsn_config_set_user_mapping(d->config[TLSN_CLIENT], "a@b.example", NULL));
    duo_shake(d);
    assert_both(d->conn[TLSN_SERVER]);
    assert_true(tlsn_conn_user_mapping(d->conn[TLSN_SERVER], &principal, &domain));
    assert_int_equal(principal.len, 11);
    duo_free(d);
}

static void authz_goes_without_certificates_too(void **state)
{
    struct duo *d = begin(true, true);

    (void)state;
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_suites(d->config[i], "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"));
    duo_shake(d);
    assert_both(d->conn[TLSN_SERVER]);
    assert_both(d->conn[TLSN_CLIENT]);
    assert_null(duo_message(d, TLSN_SERVER, CERTIFICATE).data);
    duo_free(d);
}

/* ---- refusals ---- */

static uint8_t from_side;

static size_t lose(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    (void)d;
    return from == from_side && r[0] == 22 && r[5] == SUPPLEMENTAL_DATA ? 0 : len;
}

static void authz_that_does_not_come_is_a_bad_certificate(void **state)
{
    struct duo *d = begin(true, true);

    (void)state;
    d->bend = lose;
    from_side = TLSN_SERVER;
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_BAD, 42);
    from_side = TLSN_CLIENT;
    duo_refused(d, TLSN_SERVER, TLSN_ERR_CERT_BAD, 42);
    duo_free(d);
    REQ("5878:4/1");
}

static void other_format(uint8_t *body, size_t *len)
{
    (void)len;
    assert_int_equal(body[9], TLSN_AUTHZ_X509_ATTR_CERT);
    body[9] = TLSN_AUTHZ_SAML_ASSERTION;
}

static void other_shape(uint8_t *body, size_t *len)
{
    (void)len;
    body[9] = 9;
}

static void other_kind(uint8_t *body, size_t *len)
{
    (void)len;
    body[4] ^= 1;
}

/* Both directions: the message changes on its way. */
static void assert_changed_is_refused(duo_change *change, tlsn_status status, int alert)
{
    static const uint8_t two[] = { TLSN_AUTHZ_X509_ATTR_CERT, TLSN_AUTHZ_SAML_ASSERTION_URL };

    for (int from = 0; from < 2; from++) {
        struct duo *d = begin(true, true);

        OK(tlsn_config_set_authz_taken(d->config[!from], two, sizeof two));
        duo_change_message(d, (enum tlsn_role)from, SUPPLEMENTAL_DATA, change);
        duo_refused(d, (enum tlsn_role)!from, status, alert);
        duo_free(d);
    }
}

static void authz_of_another_format_is_an_unsupported_certificate(void **state)
{
    (void)state;
    assert_changed_is_refused(other_format, TLSN_ERR_CERT_UNSUPPORTED, 43);
    REQ("5878:3.3/1");
    REQ("5878:4/2");
}

static void authz_that_does_not_parse_is_an_unknown_certificate(void **state)
{
    (void)state;
    assert_changed_is_refused(other_shape, TLSN_ERR_DECODE, 46);
    REQ("5878:4/3");
}

static void supplemental_data_of_another_kind_is_refused_by_clients_too(void **state)
{
    (void)state;
    assert_changed_is_refused(other_kind, TLSN_ERR_ILLEGAL_PARAMETER, 47);
}

static size_t retype(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    if (from == TLSN_SERVER && !d->ccs[from] && r[0] == 22 && r[5] == from_side)
        r[5] = SUPPLEMENTAL_DATA;
    return len;
}

static void supplemental_data_of_servers_twice_or_late_is_unexpected(void **state)
{
    struct duo *d = begin(true, true);

    (void)state;
    d->bend = retype;
    from_side = CERTIFICATE; /* a second one */
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    from_side = DONE; /* behind the certificate */
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    duo_free(d);
    d = begin(true, false); /* not agreed on */
    d->bend = retype;
    from_side = CERTIFICATE;
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    duo_free(d);
    REQ("4680:2/2");
    REQ("4680:2/3");
    REQ("4680:2/5");
}

/* ---- sessions ---- */

/* What was said then cannot be shown again: no session comes of it. */
static void authz_leaves_no_session_behind(void **state)
{
    for (int which = 0; which < 2; which++) {
        struct duo *d = begin(!which, which);
        tlsn_session *s;

        (void)state;
        duo_shake(d);
        assert_int_equal(tlsn_conn_get_session(d->conn[TLSN_CLIENT], &s), TLSN_ERR_NOT_FOUND);
        duo_free(d);
    }
    REQ("5878:2/2");
}

/* A session of a time without them is offered together with the extensions. */
static void authz_extensions_go_along_with_a_session(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    duo_reset_client(d);
    equip(d->config[TLSN_CLIENT], true, true);
    duo_reconnect(d, s);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    assert_non_null(duo_extension(d, TLSN_CLIENT, CLIENT_AUTHZ).data);
    assert_non_null(duo_extension(d, TLSN_CLIENT, SERVER_AUTHZ).data);
    assert_null(duo_message(d, TLSN_CLIENT, SUPPLEMENTAL_DATA).data);
    tlsn_session_free(s);
    duo_free(d);
    REQ("5878:2/1");
}

static void authz_setters_check_what_they_get(void **state)
{
    struct duo *d = duo_new();
    tlsn_config *c = d->config[TLSN_CLIENT];
    struct tlsn_authz a = attribute;
    const uint8_t none[] = { 4 };

    (void)state;
    a.format = TLSN_AUTHZ_FORMATS;
    assert_int_equal(tlsn_config_add_authz(c, &a), TLSN_ERR_ARGUMENT);
    a = attribute;
    a.data.len = 0;
    assert_int_equal(tlsn_config_add_authz(c, &a), TLSN_ERR_ARGUMENT);
    a = attribute;
    a.hash = assertion.hash;
    assert_int_equal(tlsn_config_add_authz(c, &a), TLSN_ERR_ARGUMENT);
    a = assertion;
    a.hash_algorithm = 4;
    assert_int_equal(tlsn_config_add_authz(c, &a), TLSN_ERR_ARGUMENT);
    a = assertion;
    a.hash.len = a.hash_algorithm = 0;
    assert_int_equal(tlsn_config_add_authz(c, &a), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_authz(c, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_authz_taken(c, none, 1), TLSN_ERR_ARGUMENT);
    duo_shake(d);
    assert_null(duo_extension(d, TLSN_CLIENT, CLIENT_AUTHZ).data);
    assert_int_equal(tlsn_config_add_authz(c, &attribute), TLSN_ERR_FROZEN);
    duo_free(d);
}

static void authz_survives_small_steps(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    equip(w->end[TLSN_CLIENT].config, true, true);
    equip(w->end[TLSN_SERVER].config, true, true);
    w->step = w->cap = 1;
    wire_shake(w);
    assert_both(w->end[TLSN_SERVER].conn);
    assert_both(w->end[TLSN_CLIENT].conn);
    wire_free(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(authz_goes_both_ways),
        cmocka_unit_test(authz_goes_one_way),
        cmocka_unit_test(authz_is_never_negotiated_by_default),
        cmocka_unit_test(authz_of_formats_in_common_is_shown),
        cmocka_unit_test(authz_and_user_mapping_go_together),
        cmocka_unit_test(authz_goes_without_certificates_too),
        cmocka_unit_test(authz_that_does_not_come_is_a_bad_certificate),
        cmocka_unit_test(authz_of_another_format_is_an_unsupported_certificate),
        cmocka_unit_test(authz_that_does_not_parse_is_an_unknown_certificate),
        cmocka_unit_test(supplemental_data_of_another_kind_is_refused_by_clients_too),
        cmocka_unit_test(supplemental_data_of_servers_twice_or_late_is_unexpected),
        cmocka_unit_test(authz_leaves_no_session_behind),
        cmocka_unit_test(authz_extensions_go_along_with_a_session),
        cmocka_unit_test(authz_setters_check_what_they_get),
        cmocka_unit_test(authz_survives_small_steps),
    };
    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
