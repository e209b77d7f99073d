/* Stapled OCSP responses, must-staple and certificate logs in the verdict of a connection: RFC 6066 8,
 * RFC 7633, RFC 6962. How responses travel is in test_status.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "req.h"
#include "support_duo.h"
#include "support_revocation.h"
#include "support_wire.h"

static struct issued root, leaf, must, strict_ca, plain_leaf, must_leaf;
static const char *const names[] = { "server.example" };

static int begin_all(void **state)
{
    const struct tlsn_cert_spec spec = { .subject = "CN=leaf", .names = names, .name_count = 1 };
    struct tlsn_cert_spec promising = spec, ca = { .subject = "CN=strict", .ca = true };

    (void)state;
    promising.must_staple = ca.must_staple = true;
    issue(&root, NULL, (struct tlsn_cert_spec){ .subject = "CN=root", .ca = true }, NULL);
    issue(&leaf, NULL, spec, &root);
    issue(&must, NULL, promising, &root);
    issue(&strict_ca, NULL, ca, &root);
    issue(&plain_leaf, NULL, spec, &strict_ca);
    issue(&must_leaf, NULL, promising, &strict_ca);
    return 0;
}

static int end_all(void **state)
{
    struct issued *const all[] = { &root, &leaf, &must, &strict_ca, &plain_leaf, &must_leaf };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        issued_free(all[i]);
    return 0;
}

/* Certificate and what follows it, as a credential. */
static tlsn_credential *credential_of(const struct issued *cert, const struct issued *by)
{
    static char pem[32768], secret[4096];
    size_t len, more, secret_len;
    tlsn_credential *c;

    OK(tlsn_pem_write("CERTIFICATE", cert->der, cert->len, pem, sizeof pem, &len));
    if (by) {
        OK(tlsn_pem_write("CERTIFICATE", by->der, by->len, pem + len, sizeof pem - len, &more));
        len += more;
    }
    OK(tlsn_key_write(cert->key, secret, sizeof secret, &secret_len));
    OK(tlsn_credential_new(&c, pem, len, secret, secret_len, NULL));
    return c;
}

/* A server with this certificate and response (may be NULL), a client that asks. */
static struct duo *begin(const struct issued *cert, const struct issued *by,
                         const struct made *response)
{
    struct duo *d = duo_new();
    tlsn_credential *c = credential_of(cert, by);
    tlsn_trust *trust;

    d->env.now_ms = X509_NOW * INT64_C(1000);
    if (response)
        OK(tlsn_credential_set_ocsp(c, 0, response->der, response->len));
    duo_reset_server(d, c);
    tlsn_credential_free(c);
    OK(tlsn_trust_new(&trust, NULL));
    OK(tlsn_trust_add(trust, root.der, root.len, NULL, NULL));
    OK(tlsn_config_set_trust(d->config[TLSN_CLIENT], trust));
    tlsn_trust_free(trust);
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_OCSP, true));
    return d;
}

static void finish(struct duo *d, tlsn_status st, int alert)
{
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], st);
    if (st == TLSN_OK)
        assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    else
        assert_int_equal(duo_alert(d, TLSN_CLIENT), 2 << 8 | alert);
    duo_free(d);
}

static struct made respond(struct tlsn_ocsp_single single, const struct issued *by)
{
    struct made response;

    make_ocsp(&response, (struct tlsn_ocsp_spec){ 0 }, single, &leaf, &root, by);
    return response;
}

/* RFC 7633 4.3.2: whoever runs the server is told. */
static void server_without_the_staple_it_promises_says_so(void **state)
{
    struct made response = respond((struct tlsn_ocsp_single){ 0 }, &root);
    tlsn_credential *c = credential_of(&must, NULL), *plain = credential_of(&leaf, NULL);

    (void)state;
    assert_false(tlsn_credential_findings(plain) & TLSN_CHAIN_UNSTAPLED);
    assert_true(tlsn_credential_findings(c) & TLSN_CHAIN_UNSTAPLED);
    OK(tlsn_credential_set_ocsp(c, 0, response.der, response.len));
    assert_false(tlsn_credential_findings(c) & TLSN_CHAIN_UNSTAPLED);
    OK(tlsn_credential_set_ocsp(c, 0, NULL, 0));
    assert_true(tlsn_credential_findings(c) & TLSN_CHAIN_UNSTAPLED);
    tlsn_credential_free(c);
    tlsn_credential_free(plain);
    REQ("7633:4.3.2/1");
    REQ("7633:4.3.2/2");
}

static void staple_is_judged_by_default(void **state)
{
    struct made good = respond((struct tlsn_ocsp_single){ 0 }, &root);
    struct made revoked = respond((struct tlsn_ocsp_single){ .status = TLSN_CERT_REVOKED }, &root);
    struct made unknown = respond((struct tlsn_ocsp_single){ .status = TLSN_CERT_UNKNOWN }, &root);
    struct made old = respond((struct tlsn_ocsp_single){ .this_update = X509_NOW - 9 * DAY,
                                                         .next_update = X509_NOW - DAY }, &root);
    struct made forged = respond((struct tlsn_ocsp_single){ 0 }, &leaf);

    (void)state;
    finish(begin(&leaf, NULL, &good), TLSN_OK, 0);
    finish(begin(&leaf, NULL, NULL), TLSN_OK, 0);
    finish(begin(&leaf, NULL, &revoked), TLSN_ERR_CERT_REVOKED, 44);
    finish(begin(&leaf, NULL, &unknown), TLSN_ERR_OCSP_RESPONSE, 113);
    finish(begin(&leaf, NULL, &old), TLSN_ERR_OCSP_RESPONSE, 113);
    finish(begin(&leaf, NULL, &forged), TLSN_ERR_OCSP_RESPONSE, 113);
    finish(begin(&must, NULL, &good), TLSN_ERR_OCSP_RESPONSE, 113); /* of another certificate */
    REQ("6066:8/16");
    REQ("6961:2.2/11");
    REQ("6961:2.2/19");
    REQ("6960:3.2/1");
    REQ("6960:3.2/2");
}

static void staple_counts_for_those_who_insist(void **state)
{
    const struct tlsn_verify_options options = { .revocation = TLSN_REVOCATION_HARD };
    struct made good = respond((struct tlsn_ocsp_single){ 0 }, &root);
    struct duo *d = begin(&leaf, NULL, &good);

    (void)state;
    OK(tlsn_config_set_verify_options(d->config[TLSN_CLIENT], &options));
    finish(d, TLSN_OK, 0);
    d = begin(&leaf, NULL, NULL);
    OK(tlsn_config_set_verify_options(d->config[TLSN_CLIENT], &options));
    finish(d, TLSN_ERR_CERT_STATUS_UNKNOWN, 46);
    REQ("6961:4.1/1");
}

static void responder_error_in_place_of_a_response_is_none(void **state)
{
    const struct tlsn_ocsp_spec spec = { .status = TLSN_OCSP_TRY_LATER };
    struct made later;

    (void)state;
    OK(tlsn_ocsp_write(&spec, NULL, NULL, later.der, sizeof later.der, &later.len));
    finish(begin(&leaf, NULL, &later), TLSN_OK, 0);
    finish(begin(&must, NULL, &later), TLSN_ERR_OCSP_RESPONSE, 113);
}

static void promised_staple_has_to_come(void **state)
{
    struct made good;
    struct duo *d;

    (void)state;
    make_ocsp(&good, (struct tlsn_ocsp_spec){ 0 }, (struct tlsn_ocsp_single){ 0 }, &must, &root,
              &root);
    finish(begin(&must, NULL, &good), TLSN_OK, 0);
    finish(begin(&must, NULL, NULL), TLSN_ERR_OCSP_RESPONSE, 113);
    d = begin(&must, NULL, NULL); /* who does not ask cannot expect one */
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_OCSP, false));
    finish(d, TLSN_OK, 0);
    REQ("7633:4.2.2/1");
    REQ("7633:4.1/1");
    REQ("7633:4.3.3/1");
    REQ("7633:4.3.1/1");
    REQ("5019:6.3/1");
}

static void promise_of_an_authority_is_handed_down(void **state)
{
    struct made good;

    (void)state;
    make_ocsp(&good, (struct tlsn_ocsp_spec){ 0 }, (struct tlsn_ocsp_single){ 0 }, &must_leaf,
              &strict_ca, &strict_ca);
    finish(begin(&must_leaf, &strict_ca, &good), TLSN_OK, 0);
    finish(begin(&plain_leaf, &strict_ca, NULL), TLSN_ERR_CERT_BAD, 42);
    REQ("7633:4.2.2/2");
}

static void wrong_setup_is_an_error(void **state)
{
    struct tlsn_verify_options options = { .revocation = TLSN_REVOCATION_HARD };
    struct duo *d = begin(&leaf, NULL, NULL);
    tlsn_config *c = d->config[TLSN_CLIENT];
    struct made good = respond((struct tlsn_ocsp_single){ 0 }, &root);
    tlsn_evidence *evidence;

    (void)state;
    OK(tlsn_config_set_feature(c, TLSN_FEATURE_OCSP, false));
    OK(tlsn_config_set_verify_options(c, &options));
    assert_int_equal(tlsn_config_freeze(c), TLSN_ERR_ARGUMENT);
    assert_non_null(strstr(tlsn_config_error(c), "neither revocation lists nor OCSP responses"));
    OK(tlsn_evidence_new(&evidence, NULL));
    OK(tlsn_evidence_add_ocsp(evidence, good.der, good.len));
    options.evidence = evidence;
    options.revocation = TLSN_REVOCATION_OFF;
    OK(tlsn_config_set_verify_options(c, &options));
    assert_int_equal(tlsn_config_freeze(c), TLSN_ERR_ARGUMENT);
    options.revocation = TLSN_REVOCATION_HARD;
    OK(tlsn_config_set_verify_options(c, &options));
    tlsn_evidence_free(evidence); /* the configuration keeps it */
    finish(d, TLSN_OK, 0);
}

/* A new client configuration that trusts the root, with a list or without. */
static void renew_client(struct duo *d, const struct made *crl)
{
    struct tlsn_verify_options options = { 0 };
    tlsn_trust *trust;

    duo_reset_client(d);
    OK(tlsn_trust_new(&trust, NULL));
    OK(tlsn_trust_add(trust, root.der, root.len, NULL, NULL));
    OK(tlsn_config_set_trust(d->config[TLSN_CLIENT], trust));
    tlsn_trust_free(trust);
    if (!crl)
        return;
    OK(tlsn_evidence_new(&options.evidence, NULL));
    OK(tlsn_evidence_add_crl(options.evidence, crl->der, crl->len, NULL));
    OK(tlsn_config_set_verify_options(d->config[TLSN_CLIENT], &options));
    tlsn_evidence_free(options.evidence);
}

/* A session of a client that knew less is not resumed by one that knows more. */
static void new_evidence_ends_sessions(void **state)
{
    enum { SESSION_TICKET = 35 };
    struct made crl;
    struct duo *d = begin(&leaf, NULL, NULL);
    tlsn_session *session;

    (void)state;
    make_crl(&crl, (struct tlsn_crl_spec){ 0 }, &root);
    renew_client(d, NULL);
    duo_connect(d);
    duo_run(d);
    session = duo_session(d);
    for (int more = 0; more < 2; more++) {
        renew_client(d, more ? &crl : NULL);
        duo_reconnect(d, session);
        assert_int_equal(duo_extension(d, TLSN_CLIENT, SESSION_TICKET).len != 0, !more);
    }
    tlsn_session_free(session);
    duo_free(d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_without_the_staple_it_promises_says_so),
        cmocka_unit_test(staple_is_judged_by_default),
        cmocka_unit_test(staple_counts_for_those_who_insist),
        cmocka_unit_test(responder_error_in_place_of_a_response_is_none),
        cmocka_unit_test(promised_staple_has_to_come),
        cmocka_unit_test(promise_of_an_authority_is_handed_down),
        cmocka_unit_test(wrong_setup_is_an_error),
        cmocka_unit_test(new_evidence_ends_sessions),
    };
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
