/* Certificate status on its way: RFC 6066 8 and RFC 6961, both ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "req.h"
#include "support_duo.h"
#include "support_ocsp.h"
#include "support_vectors.h"
#include "support_wire.h"

enum { STATUS_REQUEST = 5, STATUS_REQUEST_V2 = 17, CERTIFICATE_STATUS = 22 };

static struct tlsn_span good(void)
{
    static uint8_t der[512];

    return (struct tlsn_span){ der, vec_unhex(OCSP_GOOD, der, sizeof der) };
}

static void staple(tlsn_credential *c, size_t i, struct tlsn_span response)
{
    OK(tlsn_credential_set_ocsp(c, i, response.data, response.len));
}

/* A server whose leaf has a response (or none), and a client that asks as the features say. What the
 * response says is judged in test_staple.c. */
static struct duo *begin(bool stapled, bool v1, bool v2)
{
    static const struct tlsn_verify_options options = { .revocation = TLSN_REVOCATION_OFF };
    struct duo *d = duo_new();
    tlsn_credential *c = duo_credential("ec:secp384r1");

    staple(c, 0, stapled ? good() : (struct tlsn_span){ 0 });
    duo_reset_server(d, c);
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_OCSP, v1));
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_OCSP_MULTI, v2));
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_KEEP_BESIDE, true));
    OK(tlsn_config_set_verify_options(d->config[TLSN_CLIENT], &options));
    return d;
}

static void assert_response(const tlsn_conn *conn, size_t i)
{
    struct tlsn_span got = tlsn_conn_peer_ocsp(conn, i), want = good();

    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.data, want.data, want.len);
}

static void status_comes_behind_the_certificate(void **state)
{
    struct duo *d = begin(true, true, false);

    (void)state;
    duo_shake(d);
    assert_string_equal(duo_order(d),
                        "ClientHello <ServerHello <Certificate <CertificateStatus "
                        "<ServerKeyExchange <ServerHelloDone ClientKeyExchange CCS {handshake} "
                        "<NewSessionTicket <CCS <{handshake}");
    assert_int_equal(duo_extension(d, TLSN_SERVER, STATUS_REQUEST).len, 0);
    assert_non_null(duo_extension(d, TLSN_SERVER, STATUS_REQUEST).data);
    assert_response(d->conn[TLSN_CLIENT], 0);
    assert_int_equal(tlsn_conn_peer_ocsp(d->conn[TLSN_CLIENT], 1).len, 0);
    assert_int_equal(duo_message(d, TLSN_SERVER, CERTIFICATE_STATUS).data[0], 1);
    duo_free(d);
    REQ("6066:8/7");
    REQ("6066:8/8");
    REQ("6066:8/9");
    REQ("6066:8/12");
    REQ("6066:1.1/1");
}

static void status_is_not_sent_unasked(void **state)
{
    struct duo *d = begin(true, false, false);

    (void)state;
    duo_shake(d);
    assert_null(duo_message(d, TLSN_SERVER, CERTIFICATE_STATUS).data);
    assert_null(duo_extension(d, TLSN_CLIENT, STATUS_REQUEST).data);
    assert_null(duo_extension(d, TLSN_CLIENT, STATUS_REQUEST_V2).data);
    duo_free(d);
    REQ("6066:8/15");
    REQ("6961:2.2/18");
    REQ("3546:3.6/3");
    REQ("4366:3.6/3");
}

static void status_that_is_not_there_is_not_promised(void **state)
{
    struct duo *d = begin(false, true, true);

    (void)state;
    duo_shake(d);
    assert_null(duo_message(d, TLSN_SERVER, CERTIFICATE_STATUS).data);
    assert_null(duo_extension(d, TLSN_SERVER, STATUS_REQUEST).data);
    assert_null(duo_extension(d, TLSN_SERVER, STATUS_REQUEST_V2).data);
    assert_int_equal(tlsn_conn_peer_ocsp(d->conn[TLSN_CLIENT], 0).len, 0);
    duo_free(d);
}

static void status_of_the_chain_has_an_element_for_each_certificate(void **state)
{
    struct duo *d = begin(false, true, true);
    tlsn_credential *c = duo_credential_behind_intermediate();

    (void)state;
    staple(c, 1, good());
    duo_reset_server(d, c);
    duo_connect(d);
    duo_shake(d);
    assert_non_null(duo_extension(d, TLSN_SERVER, STATUS_REQUEST_V2).data);
    assert_null(duo_extension(d, TLSN_SERVER, STATUS_REQUEST).data);
    assert_int_equal(duo_message(d, TLSN_SERVER, CERTIFICATE_STATUS).data[0], 2);
    assert_int_equal(tlsn_conn_peer_ocsp(d->conn[TLSN_CLIENT], 0).len, 0);
    assert_response(d->conn[TLSN_CLIENT], 1);
    duo_free(d);
    staple(c, 1, (struct tlsn_span){ 0 });
    REQ("6961:2.2/5");
    REQ("6961:2.2/7");
    REQ("6961:2.2/15");
    REQ("6961:2.2/16");
}

static void status_lives_as_long_as_is_asked_for(void **state)
{
    struct duo *d = begin(true, true, false);

    (void)state;
    duo_reset_client(d);
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_OCSP, true));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_SUSPEND));
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_NEED_VERDICT);
    assert_response(d->conn[TLSN_CLIENT], 0);
    OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_OK));
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    assert_int_equal(tlsn_conn_peer_ocsp(d->conn[TLSN_CLIENT], 0).len, 0);
    duo_free(d);
}

static void status_that_does_not_satisfy_is_refused_with_its_alert(void **state)
{
    struct duo *d = begin(true, true, false);

    (void)state;
    duo_reset_client(d);
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_OCSP, true));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_SUSPEND));
    duo_connect(d);
    duo_run(d);
    OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_ERR_OCSP_RESPONSE));
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_OCSP_RESPONSE);
    assert_int_equal(duo_alert(d, TLSN_CLIENT), 2 << 8 | 113);
    duo_free(d);
    REQ("6066:8/16");
    REQ("3546:3.6/4");
    REQ("4366:3.6/4");
}

static void drop_a_byte(uint8_t *body, size_t *len)
{
    body[3]--;
    --*len;
}

static void type_multi(uint8_t *body, size_t *len)
{
    body[0] = 2;
    (void)len;
}

static void type_unknown(uint8_t *body, size_t *len)
{
    body[0] = 9;
    (void)len;
}

static void status_bent_is_refused(void **state)
{
    static const struct {
        duo_change *change;
        tlsn_status status;
        int alert;
    } rows[] = { { drop_a_byte, TLSN_ERR_OCSP_RESPONSE, 113 },
                 { type_multi, TLSN_ERR_DECODE, 50 },
                 { type_unknown, TLSN_ERR_ILLEGAL_PARAMETER, 47 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct duo *d = begin(true, true, false);

        duo_change_message(d, TLSN_SERVER, CERTIFICATE_STATUS, rows[i].change);
        duo_refused(d, TLSN_CLIENT, rows[i].status, rows[i].alert);
        duo_free(d);
    }
    REQ("6066:8/11");
    REQ("6961:2.2/11");
}

/* ocsp_multi in answer to a plain status_request; two responses for one certificate */
static void two_elements(uint8_t *body, size_t *len)
{
    static const char list[] = "02" "000010" "000005" OCSP_TRY_LATER "000005" OCSP_TRY_LATER;

    *len = vec_unhex(list, body, 64);
}

static void status_of_more_certificates_than_there_are_is_refused(void **state)
{
    struct duo *d = begin(true, false, true);

    (void)state;
    duo_change_message(d, TLSN_SERVER, CERTIFICATE_STATUS, two_elements);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_OCSP_RESPONSE, 113);
    duo_free(d);
    d = begin(true, true, false);
    duo_change_message(d, TLSN_SERVER, CERTIFICATE_STATUS, two_elements);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_free(d);
    REQ("6961:2.2/10");
}

/* Message type `as` instead of the one that was sent, with its body. */
static uint8_t other_type;

static size_t retype(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    if (from == TLSN_SERVER && !d->ccs[from] && r[0] == 22 && r[5] == d->change_type) {
        r[5] = other_type;
        d->changed++;
    }
    return len;
}

static void status_at_another_place_is_unexpected(void **state)
{
    static const struct {
        uint8_t type, as;
    } rows[] = { { 22, 11 },   /* a second Certificate in its place */
                 { 12, 22 },   /* a second status */
                 { 11, 22 } }; /* before the certificate */

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct duo *d = begin(true, true, false);

        d->bend = retype;
        d->change_type = rows[i].type;
        other_type = rows[i].as;
        duo_refused(d, TLSN_CLIENT, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
        duo_free(d);
    }
    REQ("6066:8/9");
}

static void status_that_was_not_agreed_on_is_unexpected(void **state)
{
    struct duo *d = begin(true, false, false);

    (void)state;
    d->bend = retype;
    d->change_type = 12;
    other_type = CERTIFICATE_STATUS;
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    duo_free(d);
}

/* The message gets lost although it was announced: that is allowed. Its absence from the transcripts
 * shows only in Finished. */
static size_t lose_status(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    (void)d;
    return from == TLSN_SERVER && r[0] == 22 && r[5] == CERTIFICATE_STATUS ? 0 : len;
}

static void status_announced_may_be_missing(void **state)
{
    struct duo *d = begin(true, true, false);

    (void)state;
    d->bend = lose_status;
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_EMS, false));
    duo_connect(d);
    duo_run(d);
    assert_non_null(duo_extension(d, TLSN_SERVER, STATUS_REQUEST).data);
    assert_non_null(duo_message(d, TLSN_CLIENT, 16).data); /* the client went on */
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_DECRYPT_ERROR); /* and is told in Finished */
    duo_free(d);
    REQ("6066:8/14");
    REQ("6066:1.1/1");
}

static void status_is_not_repeated_on_resumption(void **state)
{
    struct duo *d = begin(true, true, true);
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    duo_reconnect(d, s);
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    assert_non_null(duo_extension(d, TLSN_CLIENT, STATUS_REQUEST).data);
    assert_null(duo_extension(d, TLSN_SERVER, STATUS_REQUEST).data);
    assert_null(duo_extension(d, TLSN_SERVER, STATUS_REQUEST_V2).data);
    assert_null(duo_message(d, TLSN_SERVER, CERTIFICATE_STATUS).data);
    tlsn_session_free(s);
    duo_free(d);
    REQ("6066:1.1/2");
    REQ("6066:1.1/4");
}

static void status_of_a_credential_is_checked_and_set_before_it_is_shared(void **state)
{
    tlsn_credential *c = duo_credential("rsa:2048"), *other;
    struct tlsn_span r = good();

    (void)state;
    assert_int_equal(tlsn_credential_set_ocsp(c, 0, r.data, r.len - 1), TLSN_ERR_OCSP_RESPONSE);
    assert_int_equal(tlsn_credential_set_ocsp(c, 1, r.data, r.len), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_credential_set_ocsp(c, 0, NULL, 1), TLSN_ERR_ARGUMENT);
    other = tlsn_credential_ref(c);
    assert_int_equal(tlsn_credential_set_ocsp(c, 0, r.data, r.len), TLSN_ERR_FROZEN);
    tlsn_credential_free(other);
    OK(tlsn_credential_set_ocsp(c, 0, r.data, r.len));
    OK(tlsn_credential_set_ocsp(c, 0, NULL, 0));
}

/* Byte by byte, with questions on both sides, it is the same. */
static void status_survives_small_steps(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_config *server;

    (void)state;
    OK(tlsn_config_new(&server, &w->end[TLSN_SERVER].env.hooks));
    OK(tlsn_config_set_versions(server, TLSN_TLS1_2, TLSN_TLS1_2));
    staple(wire_stranger(), 0, good());
    OK(tlsn_config_add_credential(server, wire_stranger()));
    wire_set_config(w, TLSN_SERVER, server);
    OK(tlsn_config_set_feature(w->end[TLSN_CLIENT].config, TLSN_FEATURE_OCSP, true));
    OK(tlsn_config_set_feature(w->end[TLSN_CLIENT].config, TLSN_FEATURE_KEEP_BESIDE, true));
    OK(tlsn_config_set_verify_mode(w->end[TLSN_CLIENT].config, TLSN_VERIFY_SUSPEND));
    w->step = w->cap = 1;
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_NEED_VERDICT);
    assert_response(w->end[TLSN_CLIENT].conn, 0);
    OK(tlsn_set_verdict(w->end[TLSN_CLIENT].conn, TLSN_OK));
    wire_run(w);
    assert_true(wire_done(w));
    assert_response(w->end[TLSN_CLIENT].conn, 0);
    wire_free(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_comes_behind_the_certificate),
        cmocka_unit_test(status_is_not_sent_unasked),
        cmocka_unit_test(status_that_is_not_there_is_not_promised),
        cmocka_unit_test(status_of_the_chain_has_an_element_for_each_certificate),
        cmocka_unit_test(status_lives_as_long_as_is_asked_for),
        cmocka_unit_test(status_that_does_not_satisfy_is_refused_with_its_alert),
        cmocka_unit_test(status_bent_is_refused),
        cmocka_unit_test(status_of_more_certificates_than_there_are_is_refused),
        cmocka_unit_test(status_at_another_place_is_unexpected),
        cmocka_unit_test(status_that_was_not_agreed_on_is_unexpected),
        cmocka_unit_test(status_announced_may_be_missing),
        cmocka_unit_test(status_is_not_repeated_on_resumption),
        cmocka_unit_test(status_of_a_credential_is_checked_and_set_before_it_is_shared),
        cmocka_unit_test(status_survives_small_steps),
    };
    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
