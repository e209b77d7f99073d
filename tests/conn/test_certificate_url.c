/* Client certificates by URL (RFC 6066 5) and chains chosen by the client's anchors (RFC 6066 6), both ends. */
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

enum { URL = 2, TRUSTED = 3, CERTIFICATE_URL = 21, CERTIFICATE = 11 };

static const char *const urls[] = { "http://a.example/leaf", "http://a.example/ca" };

/* The client's chain has two certificates. */
static struct duo *begin(size_t count, bool pkipath, enum tlsn_client_auth auth)
{
    struct duo *d = duo_new();
    tlsn_credential *c = duo_credential_behind_intermediate();
    const struct tlsn_limits limits = { .urls = 3 };

    OK(tlsn_credential_set_urls(c, urls, count, pkipath));
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], c));
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_feature(d->config[i], TLSN_FEATURE_CERTIFICATE_URL, true));
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], auth));
    OK(tlsn_config_set_limits(d->config[TLSN_SERVER], &limits));
    return d;
}

static void end(struct duo *d)
{
    duo_free(d);
    OK(tlsn_credential_set_urls(duo_credential_behind_intermediate(), NULL, 0, false));
}

static void run_to_question(struct duo *d)
{
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_NEED_CERTIFICATES);
}

static void assert_authenticated(struct duo *d, bool expected)
{
    struct tlsn_conn_info info;

    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    assert_true(tlsn_handshake_done(d->conn[TLSN_SERVER]));
    tlsn_conn_get_info(d->conn[TLSN_SERVER], &info);
    assert_int_equal(info.client_authenticated, expected);
}

static void url_of_each_certificate_leads_to_the_chain(void **state)
{
    struct duo *d = begin(2, false, TLSN_CLIENT_AUTH_REQUIRE);
    struct tlsn_span objects[2], url;
    bool pkipath = true;

    (void)state;
    for (size_t i = 0; i < 2; i++)
        objects[i] = tlsn_credential_cert(duo_credential_behind_intermediate(), i);
    run_to_question(d);
    url = tlsn_certificate_url(d->conn[TLSN_SERVER], 1, &pkipath);
    assert_false(pkipath);
    assert_int_equal(url.len, strlen(urls[1]));
    assert_memory_equal(url.data, urls[1], url.len);
    assert_int_equal(tlsn_certificate_url(d->conn[TLSN_SERVER], 2, NULL).len, 0);
    assert_int_equal(tlsn_certificates_answer(d->conn[TLSN_SERVER], objects, 1), TLSN_ERR_ARGUMENT);
    OK(tlsn_certificates_answer(d->conn[TLSN_SERVER], objects, 2));
    assert_int_equal(tlsn_certificates_answer(d->conn[TLSN_SERVER], objects, 2), TLSN_ERR_MISUSE);
    duo_run(d);
    assert_authenticated(d, true);
    assert_null(duo_message(d, TLSN_CLIENT, CERTIFICATE).data);
    assert_non_null(duo_extension(d, TLSN_SERVER, URL).data);
    end(d);
    REQ("6066:5/3");
    REQ("6066:5/4");
    REQ("6066:5/5");
    REQ("6066:5/6");
    REQ("6066:5/9");
    REQ("6066:1.1/1");
    REQ("3546:3/1");
    REQ("4366:3/1");
}

static void url_of_a_path_is_taken_in_reverse(void **state)
{
    struct duo *d = begin(1, true, TLSN_CLIENT_AUTH_REQUIRE);
    tlsn_credential *c = duo_credential_behind_intermediate();
    uint8_t path[4096];
    struct tlsn_span object = { path, 0 }, first = tlsn_credential_cert(c, 0),
                     last = tlsn_credential_cert(c, 1);

    (void)state;
    assert_int_equal(tlsn_credential_write_pkipath(c, path, 1, &object.len), TLSN_ERR_BUFFER);
    OK(tlsn_credential_write_pkipath(c, path, sizeof path, &object.len));
    /* RFC 6066 10.1: what issues the others stands first */
    assert_memory_equal(path + object.len - first.len, first.data, first.len);
    assert_memory_equal(path + object.len - first.len - last.len, last.data, last.len);
    run_to_question(d);
    OK(tlsn_certificates_answer(d->conn[TLSN_SERVER], &object, 1));
    duo_run(d);
    assert_authenticated(d, true);
    end(d);
    REQ("6066:5/10");
    REQ("6066:10.1/1");
}

static void url_with_another_hash_is_refused(void **state)
{
    struct duo *d = begin(1, false, TLSN_CLIENT_AUTH_REQUEST);
    struct tlsn_span other = tlsn_credential_cert(duo_credential("ec:secp256r1"), 0);

    (void)state;
    run_to_question(d);
    assert_int_equal(tlsn_certificates_answer(d->conn[TLSN_SERVER], &other, 1), TLSN_ERR_CERT_HASH);
    duo_run(d);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_received, 114);
    end(d);
    REQ("6066:5/11");
    REQ("3546:3.3/2");
    REQ("4366:3.3/2");
    REQ("6066:5/12");
    REQ("6066:9/2");
}

static void url_that_leads_nowhere_is_fatal_when_a_certificate_is_required(void **state)
{
    struct duo *d = begin(1, false, TLSN_CLIENT_AUTH_REQUIRE);

    (void)state;
    run_to_question(d);
    OK(tlsn_certificates_answer(d->conn[TLSN_SERVER], NULL, 0));
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_CERT_UNOBTAINABLE);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_received, 111);
    end(d);
    REQ("6066:5/13");
    REQ("3546:3.3/3");
    REQ("4366:3.3/3");
    REQ("6066:9/2");
}

static void url_that_leads_nowhere_makes_an_unknown_client(void **state)
{
    struct duo *d = begin(1, false, TLSN_CLIENT_AUTH_REQUEST);

    (void)state;
    run_to_question(d);
    OK(tlsn_certificates_answer(d->conn[TLSN_SERVER], NULL, 0));
    duo_run(d);
    assert_authenticated(d, false);
    assert_non_null(duo_message(d, TLSN_CLIENT, 15).data);
    assert_int_equal(tlsn_conn_peer_cert(d->conn[TLSN_SERVER], 0).len, 0);
    end(d);
    REQ("6066:5/14");
}

static void url_is_never_used_by_default(void **state)
{
    struct duo *d = begin(1, false, TLSN_CLIENT_AUTH_REQUIRE);

    (void)state;
    duo_reset_server(d, duo_credential("ec:secp256r1")); /* a server that knows nothing of it */
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    duo_shake(d);
    assert_non_null(duo_extension(d, TLSN_CLIENT, URL).data);
    assert_null(duo_extension(d, TLSN_SERVER, URL).data);
    assert_non_null(duo_message(d, TLSN_CLIENT, CERTIFICATE).data);
    duo_reset_client(d);
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential_behind_intermediate()));
    duo_shake(d);
    assert_null(duo_extension(d, TLSN_CLIENT, URL).data);
    end(d);
    REQ("6066:5/2");
}

static void too_many(uint8_t *body, size_t *len)
{
    size_t one = *len - 3; /* four of the same */

    for (size_t i = 1; i < 4; i++)
        memcpy(body + 3 + i * one, body + 3, one);
    body[1] = (uint8_t)(4 * one >> 8);
    body[2] = (uint8_t)(4 * one);
    *len = 3 + 4 * one;
}

static void url_lists_are_bounded(void **state)
{
    struct duo *d = begin(1, false, TLSN_CLIENT_AUTH_REQUEST);

    (void)state;
    duo_change_message(d, TLSN_CLIENT, CERTIFICATE_URL, too_many);
    duo_refused(d, TLSN_SERVER, TLSN_ERR_CERT_UNOBTAINABLE, 111);
    end(d);
}

/* CertificateURL where nothing was agreed on. */
static size_t retype(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    if (from == TLSN_CLIENT && !d->ccs[from] && r[0] == 22 && r[5] == CERTIFICATE)
        r[5] = CERTIFICATE_URL;
    return len;
}

static void url_that_was_not_agreed_on_is_unexpected(void **state)
{
    struct duo *d = begin(0, false, TLSN_CLIENT_AUTH_REQUEST);

    (void)state;
    duo_reset_client(d);
    d->bend = retype;
    duo_refused(d, TLSN_SERVER, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    end(d);
}

static struct tlsn_span fetched;

static tlsn_status fetch(void *ctx, tlsn_conn *conn, struct tlsn_span *objects, size_t count)
{
    (void)ctx;
    assert_int_equal(count, 1);
    assert_int_equal(tlsn_certificate_url(conn, 0, NULL).len, strlen(urls[0]));
    assert_int_equal(tlsn_certificates_answer(conn, objects, 1), TLSN_ERR_MISUSE);
    objects[0] = fetched;
    return fetched.len ? TLSN_OK : TLSN_ERR_NOT_FOUND;
}

static void url_is_fetched_by_callback_in_small_steps(void **state)
{
    const struct tlsn_callbacks cb = { .certificates = fetch };
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_credential *c = wire_stranger();

    (void)state;
    OK(tlsn_credential_set_urls(c, urls, 1, false));
    fetched = tlsn_credential_cert(c, 0);
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, c));
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_feature(w->end[i].config, TLSN_FEATURE_CERTIFICATE_URL, true));
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_set_verify_mode(w->end[TLSN_SERVER].config, TLSN_VERIFY_INSECURE_NONE));
    OK(tlsn_config_set_callbacks(w->end[TLSN_SERVER].config, &cb));
    w->step = w->cap = 1;
    wire_open(w);
    wire_run(w);
    assert_true(wire_done(w));
    wire_free(w);
}

static void urls_of_a_credential_are_checked(void **state)
{
    static const char *const empty[] = { "" };
    tlsn_credential *c = duo_credential("ec:secp256r1"), *other;

    (void)state;
    assert_int_equal(tlsn_credential_set_urls(c, urls, 2, false), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_credential_set_urls(c, empty, 1, false), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_credential_set_urls(c, NULL, 1, false), TLSN_ERR_ARGUMENT);
    other = tlsn_credential_ref(c);
    assert_int_equal(tlsn_credential_set_urls(c, urls, 1, false), TLSN_ERR_FROZEN);
    tlsn_credential_free(other);
}

/* ---- trusted_ca_keys ---- */

/* An authority of its own, its certificate, and a chain of a leaf and it. To be freed. */
static tlsn_credential *foreign(const char *kind)
{
    static const char *const names[] = { "server.example" };
    const struct tlsn_cert_spec ca_spec = { .subject = "CN=foreign", .ca = true, .path_len = -1,
                                            .not_before = 1000000000, .not_after = 2000000000 };
    const struct tlsn_cert_spec spec = { .subject = "CN=leaf", .names = names, .name_count = 1,
                                         .not_before = 1000000000, .not_after = 2000000000 };
    uint8_t ca[2048], leaf[2048];
    char pem[8192], secret[8192];
    size_t ca_len, leaf_len, at, more, secret_len;
    tlsn_credential *c;
    tlsn_key *ca_key, *key;

    OK(tlsn_key_generate(&ca_key, kind, NULL));
    OK(tlsn_key_generate(&key, "ec:secp256r1", NULL));
    OK(tlsn_cert_issue(&ca_spec, ca_key, (struct tlsn_span){ 0 }, ca_key, NULL, ca, sizeof ca, &ca_len));
    OK(tlsn_cert_issue(&spec, key, (struct tlsn_span){ ca, ca_len }, ca_key, NULL, leaf, sizeof leaf,
                       &leaf_len));
    OK(tlsn_pem_write("CERTIFICATE", leaf, leaf_len, pem, sizeof pem, &at));
    OK(tlsn_pem_write("CERTIFICATE", ca, ca_len, pem + at, sizeof pem - at, &more));
    OK(tlsn_key_write(key, secret, sizeof secret, &secret_len));
    OK(tlsn_credential_new(&c, pem, at + more, secret, secret_len, NULL));
    tlsn_key_free(ca_key);
    tlsn_key_free(key);
    return c;
}

static void check_choice(tlsn_credential *server_ca, tlsn_credential *named, enum tlsn_ca_id type,
                         bool expect_answer)
{
    struct duo *d = duo_new();
    struct tlsn_span anchor = tlsn_credential_cert(named, 1), sent, want;

    OK(tlsn_config_add_credential(d->config[TLSN_SERVER], server_ca)); /* the second choice */
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
    OK(tlsn_config_add_trusted_ca(d->config[TLSN_CLIENT], type, anchor.data, anchor.len));
    duo_shake(d);
    want = tlsn_credential_cert(expect_answer && type ? server_ca : duo_credential("ec:secp256r1"), 0);
    sent = duo_message(d, TLSN_SERVER, CERTIFICATE);
    assert_memory_equal(sent.data + 6, want.data, want.len);
    assert_int_equal(duo_extension(d, TLSN_SERVER, TRUSTED).data != NULL, expect_answer);
    assert_int_equal(duo_extension(d, TLSN_SERVER, TRUSTED).len, 0);
    duo_free(d);
}

static void trusted_ca_of_every_kind_guides_the_choice(void **state)
{
    static const char *const kinds[] = { "ec:secp256r1", "rsa:2048" };

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        tlsn_credential *a = foreign(kinds[k]);

        for (int type = TLSN_CA_PRE_AGREED; type <= TLSN_CA_CERT_SHA1; type++)
            check_choice(a, a, (enum tlsn_ca_id)type, true);
        tlsn_credential_free(a);
    }
    REQ("5246:7.4.2/16");
    REQ("6066:6/4");
    REQ("6066:6/5");
    REQ("5246:7.4.2/16");
    REQ("6066:6/6");
    REQ("3546:3.4/2");
    REQ("4366:3.4/2");
}

static void trusted_ca_that_no_chain_leads_to_changes_nothing(void **state)
{
    tlsn_credential *a = foreign("ec:secp256r1"), *b = foreign("ec:secp256r1");

    (void)state;
    check_choice(a, b, TLSN_CA_KEY_SHA1, false);
    check_choice(a, b, TLSN_CA_CERT_SHA1, false);
    tlsn_credential_free(a);
    tlsn_credential_free(b);
}

/* In TLS 1.3 certificate_authorities is in its place: names only, and nothing is answered. */
static void certificate_authorities_guide_the_choice_in_tls13(void **state)
{
    enum { CERTIFICATE_AUTHORITIES = 47 };

    (void)state;
    for (int type = TLSN_CA_PRE_AGREED; type <= TLSN_CA_NAME; type++) {
        tlsn_credential *a = foreign("ec:secp256r1");
        struct tlsn_span anchor = tlsn_credential_cert(a, 1);
        struct duo *d = duo_new();
        struct tlsn_cert_info cert;

        OK(tlsn_config_add_credential(d->config[TLSN_SERVER], a));
        OK(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_3, TLSN_TLS1_3));
        OK(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_3, TLSN_TLS1_3));
        OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
        OK(tlsn_config_add_trusted_ca(d->config[TLSN_CLIENT], (enum tlsn_ca_id)type,
                                      type ? anchor.data : NULL, type ? anchor.len : 0));
        duo_shake(d);
        assert_int_equal(duo_extension(d, TLSN_CLIENT, CERTIFICATE_AUTHORITIES).len != 0,
                         type == TLSN_CA_NAME);
        OK(tlsn_cert_describe(tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], 0), &cert));
        assert_int_equal(strcmp(cert.issuer, "CN=foreign") == 0, type == TLSN_CA_NAME);
        duo_free(d);
        tlsn_credential_free(a);
    }
}

static void trusted_ca_is_checked(void **state)
{
    tlsn_config *config;

    (void)state;
    OK(tlsn_config_new(&config, NULL));
    OK(tlsn_config_set_versions(config, TLSN_TLS1_2, TLSN_TLS1_2));
    assert_int_equal(tlsn_config_add_trusted_ca(config, TLSN_CA_NAME, NULL, 0), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_trusted_ca(config, TLSN_CA_NAME, "x", 1), TLSN_ERR_CERT_BAD);
    OK(tlsn_config_add_trusted_ca(config, TLSN_CA_PRE_AGREED, NULL, 0));
    tlsn_config_free(config);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_of_each_certificate_leads_to_the_chain),
        cmocka_unit_test(url_of_a_path_is_taken_in_reverse),
        cmocka_unit_test(url_with_another_hash_is_refused),
        cmocka_unit_test(url_that_leads_nowhere_is_fatal_when_a_certificate_is_required),
        cmocka_unit_test(url_that_leads_nowhere_makes_an_unknown_client),
        cmocka_unit_test(url_is_never_used_by_default),
        cmocka_unit_test(url_lists_are_bounded),
        cmocka_unit_test(url_that_was_not_agreed_on_is_unexpected),
        cmocka_unit_test(url_is_fetched_by_callback_in_small_steps),
        cmocka_unit_test(urls_of_a_credential_are_checked),
        cmocka_unit_test(trusted_ca_of_every_kind_guides_the_choice),
        cmocka_unit_test(trusted_ca_that_no_chain_leads_to_changes_nothing),
        cmocka_unit_test(certificate_authorities_guide_the_choice_in_tls13),
        cmocka_unit_test(trusted_ca_is_checked),
    };
    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
