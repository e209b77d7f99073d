/* What a TLS 1.3 server lets its client know without insisting in the same handshake: the certificates that it wants
 * (oid_filters, RFC 8446 4.2.5), groups that it likes better (RFC 8446 4.2.7). */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "config.h"
#include "conn.h"
#include "req.h"

static const uint8_t usage[] = { 6, 3, 0x55, 0x1d, 0x0f }, purpose[] = { 6, 3, 0x55, 0x1d, 0x25 };
static const uint8_t other[] = { 6, 3, 0x2a, 3, 4 };
static const uint8_t signs[] = { 3, 2, 7, 0x80 }, certifies[] = { 3, 2, 2, 4 };
static const uint8_t any[] = { 0x30, 6, 6, 4, 0x55, 0x1d, 0x25, 0 };

static bool client_authenticated(const struct wire *w)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(w->end[TLSN_SERVER].conn, &info);
    return info.client_authenticated;
}

static struct wire *pair(enum tlsn_client_auth auth)
{
    struct wire *w = wire_new("ed25519");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(wire_config(w, (enum tlsn_role)r), TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_client_auth(wire_config(w, TLSN_SERVER), auth));
    if (auth != TLSN_CLIENT_AUTH_NONE)
        OK(tlsn_config_add_credential(wire_config(w, TLSN_CLIENT),
                                      wire_credential("ec:secp256r1")));
    return w;
}

/* The certificates of these tests are for signatures. */
static void client_shows_what_fits_alone(void **state)
{
    (void)state;
    for (int fits = 0; fits < 2; fits++)
        for (size_t step = 0; step < 2; step++) {
            struct wire *w = pair(TLSN_CLIENT_AUTH_REQUEST);

            w->step = w->cap = step;
            OK(tlsn_config_add_oid_filter(wire_config(w, TLSN_SERVER), usage, sizeof usage,
                                          fits ? signs : certifies, 4));
            OK(tlsn_config_add_oid_filter(wire_config(w, TLSN_SERVER), other, sizeof other, "x",
                                          1));
            wire_shake(w);
            assert_int_equal(client_authenticated(w), fits);
            wire_free(w);
        }
    REQ("8446:4.2.5/1");
    REQ("8446:4.2.5/2");
    REQ("8446:4.2.5/3");
}

static void certificate_of_the_application_has_to_fit(void **state)
{
    struct wire *w = pair(TLSN_CLIENT_AUTH_REQUEST);

    (void)state;
    OK(tlsn_config_add_oid_filter(wire_config(w, TLSN_SERVER), usage, sizeof usage, certifies, 4));
    OK(tlsn_config_set_credential_suspend(wire_config(w, TLSN_CLIENT), true));
    wire_open(w);
    wire_run(w);
    OK(tlsn_conn_set_credential(w->end[TLSN_CLIENT].conn, wire_credential("ec:secp256r1")));
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_NO_CREDENTIAL);
    wire_free(w);
    REQ("8446:4.2.5/2");
}

/* The application sees the wish, and what the library would show. */
static void application_sees_what_is_wanted(void **state)
{
    (void)state;
    for (int fits = 0; fits < 2; fits++) {
        struct wire *w = pair(TLSN_CLIENT_AUTH_REQUEST);
        tlsn_conn *client;
        char text[64];

        OK(tlsn_config_add_oid_filter_text(wire_config(w, TLSN_SERVER),
                                           fits ? "keyUsage=digitalSignature" : "keyUsage=keyCertSign"));
        OK(tlsn_config_set_credential_suspend(wire_config(w, TLSN_CLIENT), true));
        wire_open(w);
        wire_run(w);
        client = w->end[TLSN_CLIENT].conn;
        assert_true(tlsn_oid_filter_text(tlsn_certificate_request(client)->oid_filters, 0, text,
                                         sizeof text));
        assert_string_equal(text, fits ? "keyUsage=digitalSignature" : "keyUsage=keyCertSign");
        assert_int_equal(tlsn_credential_default(client) != NULL, fits);
        OK(tlsn_conn_set_credential(client, tlsn_credential_default(client)));
        wire_run(w);
        assert_true(wire_done(w));
        assert_int_equal(client_authenticated(w), fits);
        assert_null(tlsn_credential_default(client));
        wire_free(w);
    }
    REQ("8446:4.2.5/2");
    REQ("8446:4.2.5/3");
}

/* A server that changes its mind stands for a client that does not look. */
static void server_refuses_what_does_not_fit(void **state)
{
    static uint8_t changed[sizeof usage + sizeof certifies + 3] = { sizeof usage };
    struct wire *w = pair(TLSN_CLIENT_AUTH_REQUEST);

    (void)state;
    memcpy(changed + 1, usage, sizeof usage);
    changed[1 + sizeof usage + 1] = sizeof certifies;
    memcpy(changed + 1 + sizeof usage + 2, certifies, sizeof certifies);
    wire_open(w);
    while (wire_turn(w, TLSN_CLIENT))
        ;
    while (wire_turn(w, TLSN_SERVER))
        ;
    w->end[TLSN_SERVER].conn->config->hs.oid_filters = tlsni_span_make(changed, sizeof changed);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_CERT_UNSUPPORTED);
    assert_int_equal(tlsn_conn_error(w->end[TLSN_SERVER].conn)->alert_sent, 43);
    w->end[TLSN_SERVER].conn->config->hs.oid_filters.len = 0;
    wire_free(w);
    REQ("8446:4.2.5/7");
}

static void request_with_an_unsound_list_is_refused(void **state)
{
    static const uint8_t twice[] = { 1, 6, 0, 0, 1, 6, 0, 0 };
    struct wire *w = pair(TLSN_CLIENT_AUTH_REQUEST);

    (void)state;
    wire_open(w);
    w->end[TLSN_SERVER].conn->config->hs.oid_filters = tlsni_span_make(twice, sizeof twice);
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsn_conn_error(w->end[TLSN_CLIENT].conn)->alert_sent, 47);
    w->end[TLSN_SERVER].conn->config->hs.oid_filters.len = 0;
    wire_free(w);
    REQ("8446:4.2.5/6");
}

static void unsound_filters_are_not_added(void **state)
{
    static uint8_t big[16384];
    tlsn_config *c;

    (void)state;
    OK(tlsn_config_new(&c, NULL));
    assert_int_equal(tlsn_config_add_oid_filter(c, NULL, 0, NULL, 0), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_oid_filter(c, usage, 4, NULL, 0), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_oid_filter(c, usage, sizeof usage, NULL, 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_oid_filter(c, usage, sizeof usage, signs, 3), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_oid_filter(c, purpose, sizeof purpose, any, sizeof any),
                     TLSN_ERR_ARGUMENT);
    OK(tlsn_config_add_oid_filter(c, usage, sizeof usage, signs, 4));
    assert_int_equal(tlsn_config_add_oid_filter(c, usage, sizeof usage, signs, 4), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_oid_filter(c, other, sizeof other, big, sizeof big),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(c->hs.oid_filters.len, 1 + sizeof usage + 2 + 4);
    tlsn_config_free(c);
    REQ("8446:4.2.5/5");
    REQ("8446:4.2.5/6");
}

/* ---- groups ---- */

/* Bytes of a server with these groups up to the end of its first flight. */
static size_t flight_of(const char *groups)
{
    struct wire *w = pair(TLSN_CLIENT_AUTH_NONE);
    size_t len;

    OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
    OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), groups));
    wire_open(w);
    while (wire_turn(w, TLSN_CLIENT))
        ;
    while (wire_turn(w, TLSN_SERVER))
        ;
    len = w->end[TLSN_SERVER].sent_len;
    wire_run(w);
    assert_true(wire_done(w));
    wire_free(w);
    return len;
}

/* The extension with its list: 4 bytes, 2 bytes, two groups. It changes nothing else. */
static void server_names_groups_that_it_likes_better(void **state)
{
    (void)state;
    assert_int_equal(flight_of("secp256r1,x25519"), flight_of("x25519,secp256r1") + 4 + 2 + 4);
    assert_int_equal(flight_of("x25519"), flight_of("x25519,secp256r1"));
    REQ("8446:4.2.7/1");
    REQ("8446:4.2.7/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_shows_what_fits_alone),
        cmocka_unit_test(certificate_of_the_application_has_to_fit),
        cmocka_unit_test(application_sees_what_is_wanted),
        cmocka_unit_test(server_refuses_what_does_not_fit),
        cmocka_unit_test(request_with_an_unsound_list_is_refused),
        cmocka_unit_test(unsound_filters_are_not_added),
        cmocka_unit_test(server_names_groups_that_it_likes_better),
    };

    return cmocka_run_group_tests_name("test_tls13_wishes", tests, NULL, NULL);
}
