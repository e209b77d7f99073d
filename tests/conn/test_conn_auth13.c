/* Client authentication behind a TLS 1.3 handshake (RFC 8446 4.2.6, 4.6.2): who is asked, what it
 * answers, and what comes in between. */
#include "cipher/sigalg.h"
#include "conn.h"
#include "ext/ext.h"
#include "handshake/auth13.h"
#include "req.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { HANDSHAKE = 22, REQUIRED = 116, UNEXPECTED = 10 };

/* Both speak TLS 1.3 and have the feature; the client has this credential, or none. */
static struct wire *pair(tlsn_credential *credential)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_POST_HANDSHAKE_AUTH, true));
    }
    if (credential)
        OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, credential));
    return w;
}

/* What has come is read; there are no data in it. */
static tlsn_status reads(struct wire *w, enum tlsn_role at)
{
    uint8_t got[64];
    size_t len;
    tlsn_status st = wire_read(w, at, got, sizeof got, &len);

    assert_int_equal(len, 0);
    return st;
}

static tlsn_status client_reads(struct wire *w)
{
    wire_flush(w, TLSN_SERVER);
    return reads(w, TLSN_CLIENT);
}

static tlsn_status server_reads(struct wire *w)
{
    wire_flush(w, TLSN_CLIENT);
    return reads(w, TLSN_SERVER);
}

static tlsn_status asks(struct wire *w, enum tlsn_role role)
{
    return tlsn_request_client_auth(wire_conn(w, role), TLSN_CLIENT_AUTH_REQUEST);
}

static void ask(struct wire *w, enum tlsn_client_auth auth)
{
    OK(tlsn_request_client_auth(wire_conn(w, TLSN_SERVER), auth));
    assert_true(tlsn_output_pending(wire_conn(w, TLSN_SERVER)));
}

/* Request and answer, without questions. */
static void authenticate(struct wire *w)
{
    ask(w, TLSN_CLIENT_AUTH_REQUIRE);
    assert_int_equal(client_reads(w), TLSN_NEED_INPUT);
    assert_true(tlsn_output_pending(wire_conn(w, TLSN_CLIENT)));
    assert_int_equal(server_reads(w), TLSN_NEED_INPUT);
}

static void talk(struct wire *w)
{
    wire_say(w, TLSN_CLIENT, 20000);
    wire_say(w, TLSN_SERVER, 20000);
}

/* The request that is open. */
static const struct tlsni_auth13_request *open_request(const struct wire *w, size_t i)
{
    return wire_conn(w, TLSN_SERVER)->secrets13->auth->open[i];
}

/* ---- who is asked ---- */

static void client_that_was_asked_shows_its_certificate(void **state)
{
    static const char *const suites[] = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                          "TLS_CHACHA20_POLY1305_SHA256" };
    static const char *const kinds[] = { "ec:secp384r1", "rsa:2048", "ed25519" };

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        tlsn_credential *own = wire_credential(kinds[i / 3]);
        struct wire *w = pair(own);

        OK(tlsn_config_set_suites(w->end[TLSN_CLIENT].config, suites[i % 3]));
        wire_shake(w);
        assert_false(wire_info(w, TLSN_SERVER).client_authenticated);
        assert_int_equal(tlsn_conn_peer_cert(wire_conn(w, TLSN_SERVER), 0).len, 0);
        talk(w);
        authenticate(w);
        for (int r = 0; r < 2; r++) {
            assert_true(wire_info(w, (enum tlsn_role)r).client_authenticated);
            assert_int_equal(wire_info(w, (enum tlsn_role)r).client_auth_given, 1);
            assert_int_equal(wire_info(w, (enum tlsn_role)r).client_auth_declined, 0);
            assert_null(wire_conn(w, (enum tlsn_role)r)->scratch);
        }
        assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_open, 0);
        assert_true(wire_info(w, TLSN_SERVER).verified);
        assert_memory_equal(tlsn_conn_peer_cert(wire_conn(w, TLSN_SERVER), 0).data,
                            tlsn_credential_cert(own, 0).data, tlsn_credential_cert(own, 0).len);
        talk(w);
        wire_free(w);
    }
    REQ("8446:4.6.2/1");
    REQ("8446:4.6.2/2");
}

static void client_without_certificate_declines(void **state)
{
    (void)state;
    for (int require = 0; require < 2; require++) {
        struct wire *w = pair(NULL);

        wire_shake(w);
        ask(w, require ? TLSN_CLIENT_AUTH_REQUIRE : TLSN_CLIENT_AUTH_REQUEST);
        assert_int_equal(client_reads(w), TLSN_NEED_INPUT);
        assert_int_equal(server_reads(w), require ? TLSN_ERR_NO_PEER_CERTIFICATE : TLSN_NEED_INPUT);
        assert_int_equal(wire_info(w, TLSN_CLIENT).client_auth_declined, 1);
        if (require) {
            assert_int_equal(tlsn_conn_error(wire_conn(w, TLSN_SERVER))->alert_sent, REQUIRED);
            assert_int_equal(client_reads(w), TLSN_ERR_ALERT);
        } else {
            assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_declined, 1);
            assert_false(wire_info(w, TLSN_SERVER).client_authenticated);
            talk(w);
        }
        wire_free(w);
    }
    REQ("8446:4.6.2/3");
}

/* It takes the feature on both sides. */
static void client_is_asked_when_it_said_so_alone(void **state)
{
    (void)state;
    for (int who = 0; who < 3; who++) { /* bit 0: the client's feature, bit 1: the server's */
        struct wire *w = pair(wire_credential("ed25519"));

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_POST_HANDSHAKE_AUTH,
                                       who >> r & 1));
        wire_shake(w);
        assert_false(tlsn_may_request_client_auth(wire_conn(w, TLSN_SERVER)));
        assert_int_equal(asks(w, TLSN_SERVER), TLSN_ERR_MISUSE);
        assert_null(wire_conn(w, TLSN_SERVER)->secrets13->auth);
        assert_false(tlsn_output_pending(wire_conn(w, TLSN_SERVER)));
        talk(w);
        wire_free(w);
    }
    REQ("8446:4.2.6/1");
    REQ("8446:4.2.6/2");
}

/* A key that was agreed on outside stands for the client, unless certificates go with it (RFC 9973). */
static void client_of_an_external_key_is_asked_beside_certificates_alone(void **state)
{
    static const char key[] = "thirty-two octets of a secret key";

    (void)state;
    for (int with = 0; with < 2; with++) {
        struct wire *w = pair(wire_credential("ec:secp256r1"));

        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_add_psk(w->end[r].config, "joe", 3, key, 32));
            OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_CERT_WITH_PSK, with));
        }
        wire_shake(w);
        assert_int_equal(wire_info(w, TLSN_SERVER).psk_identity.len, 3);
        assert_int_equal(tlsn_may_request_client_auth(wire_conn(w, TLSN_SERVER)), with);
        assert_int_equal(asks(w, TLSN_SERVER), with ? TLSN_OK : TLSN_ERR_MISUSE);
        wire_free(w);
    }
    REQ("9846:4.4.2/2");
}

static void extension_stands_in_client_hello_alone(void **state)
{
    size_t count;
    const struct tlsni_ext *const *row = tlsni_ext_rows(&count);

    (void)state;
    while (count && (*row)->type != TLSNI_EXT_POST_HANDSHAKE_AUTH) {
        row++;
        count--;
    }
    assert_true(count != 0);
    for (int i = 0; i < TLSNI_EXT_MESSAGES; i++) {
        assert_int_equal((*row)->in[i].wanted != NULL, i == TLSNI_IN_CLIENT_HELLO);
        assert_int_equal((*row)->in[i].parse != NULL, i == TLSNI_IN_CLIENT_HELLO);
    }
    REQ("8446:4.2.6/3");
}

static void request_to_a_client_that_did_not_offer_it_is_unexpected(void **state)
{
    static const uint8_t request[] = { 13, 0, 0, 13, 2, 7, 7, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3 };

    (void)state;
    for (int offered = 0; offered < 2; offered++) {
        struct wire *w = pair(wire_credential("ed25519"));

        OK(tlsn_config_set_feature(w->end[TLSN_CLIENT].config, TLSN_FEATURE_POST_HANDSHAKE_AUTH,
                                   offered));
        wire_shake(w);
        wire_forge(w, TLSN_SERVER, HANDSHAKE, request, sizeof request);
        assert_int_equal(reads(w, TLSN_CLIENT),
                         offered ? TLSN_NEED_INPUT : TLSN_ERR_UNEXPECTED_MESSAGE);
        if (!offered)
            assert_int_equal(tlsn_conn_error(wire_conn(w, TLSN_CLIENT))->alert_sent, UNEXPECTED);
        wire_free(w);
    }
    REQ("8446:4.6.2/5");
}

static void request_that_is_not_sound_is_refused(void **state)
{
    static const struct {
        uint8_t bytes[20];
        size_t len;
        tlsn_status status;
    } cases[] = {
        { { 13, 0, 0, 0 }, 4, TLSN_ERR_DECODE },
        { { 13, 0, 0, 3, 3, 1, 1 }, 7, TLSN_ERR_DECODE },
        { { 13, 0, 0, 4, 1, 1, 0, 0 }, 8, TLSN_ERR_MISSING_EXTENSION },
        { { 13, 0, 0, 8, 1, 1, 0, 4, 0x3a, 0x3a, 0, 0 }, 12, TLSN_ERR_MISSING_EXTENSION },
        { { 13, 0, 0, 13, 1, 7, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3, 9 }, 17, TLSN_ERR_DECODE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wire *w = pair(wire_credential("ed25519"));

        wire_shake(w);
        wire_forge(w, TLSN_SERVER, HANDSHAKE, cases[i].bytes, cases[i].len);
        assert_int_equal(reads(w, TLSN_CLIENT), cases[i].status);
        wire_free(w);
    }
}

static void asking_is_for_servers_with_an_open_connection(void **state)
{
    struct wire *w = pair(wire_credential("ed25519"));
    uint8_t out[256];
    size_t n;

    (void)state;
    wire_open(w);
    assert_int_equal(tlsn_request_client_auth(NULL, TLSN_CLIENT_AUTH_REQUEST), TLSN_ERR_ARGUMENT);
    assert_int_equal(asks(w, TLSN_SERVER), TLSN_ERR_MISUSE);
    wire_shake(w);
    assert_int_equal(asks(w, TLSN_CLIENT), TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_request_client_auth(wire_conn(w, TLSN_SERVER), TLSN_CLIENT_AUTH_NONE),
                     TLSN_ERR_ARGUMENT);
    OK(tlsn_shutdown(wire_conn(w, TLSN_SERVER), out, sizeof out, &n));
    assert_int_equal(asks(w, TLSN_SERVER), TLSN_ERR_MISUSE);
    wire_free(w);
}

/* ---- several requests ---- */

static void requests_are_bounded_and_their_contexts_differ(void **state)
{
    struct wire *w = pair(wire_credential("ed25519"));

    (void)state;
    wire_shake(w);
    for (int i = 0; i < TLSNI_AUTH13_OPEN_MAX; i++)
        ask(w, TLSN_CLIENT_AUTH_REQUEST);
    assert_int_equal(asks(w, TLSN_SERVER), TLSN_ERR_MISUSE);
    for (size_t i = 0; i < TLSNI_AUTH13_OPEN_MAX; i++)
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(open_request(w, i)->context, open_request(w, j)->context, 8);
    assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_open, 4);
    wire_say(w, TLSN_CLIENT, 1000); /* data may come before the answers */
    assert_int_equal(client_reads(w), TLSN_NEED_INPUT);
    assert_int_equal(server_reads(w), TLSN_NEED_INPUT);
    assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_open, 0);
    assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_given, 4);
    talk(w);
    authenticate(w);
    assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_given, 5);
    wire_free(w);
    REQ("8446:4.3.2/3");
    REQ("8446:4.3.2/4");
    REQ("8446:4.6.2/6");
}

/* The server finds the request by its context. */
static void answers_may_come_in_another_order(void **state)
{
    struct wire *w = pair(wire_credential("ed25519"));
    struct tlsni_auth13 *auth;
    struct tlsni_auth13_request *first;

    (void)state;
    wire_shake(w);
    ask(w, TLSN_CLIENT_AUTH_REQUEST);
    ask(w, TLSN_CLIENT_AUTH_REQUEST);
    auth = wire_conn(w, TLSN_SERVER)->secrets13->auth;
    first = auth->open[0];
    auth->open[0] = auth->open[1];
    auth->open[1] = first;
    assert_int_equal(client_reads(w), TLSN_NEED_INPUT);
    assert_int_equal(server_reads(w), TLSN_NEED_INPUT);
    assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_given, 2);
    wire_free(w);
    REQ("8446:4.6.2/7");
}

static void client_that_is_asked_without_end_and_not_read_gives_up(void **state)
{
    static const uint8_t request[] = { 13, 0, 0, 13, 2, 7, 7, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3 };
    struct wire *w = pair(NULL);
    tlsn_status st = TLSN_NEED_INPUT;
    int sent = 0;

    (void)state;
    wire_shake(w);
    for (; st == TLSN_NEED_INPUT && sent < 20; sent++) {
        wire_forge(w, TLSN_SERVER, HANDSHAKE, request, sizeof request);
        st = reads(w, TLSN_CLIENT);
    }
    assert_int_equal(st, TLSN_ERR_TOO_MANY);
    assert_int_equal(sent, TLSNI_AUTH13_OPEN_MAX + 1);
    wire_free(w);
}

/* ---- in between ---- */

static void keys_change_and_tickets_come_around_it(void **state)
{
    (void)state;
    for (int who = 0; who < 2; who++) {
        struct wire *w = pair(wire_credential("ec:secp256r1"));
        tlsn_session *s;

        wire_shake(w);
        OK(tlsn_key_update(wire_conn(w, (enum tlsn_role)who), true));
        talk(w);
        ask(w, TLSN_CLIENT_AUTH_REQUIRE);
        OK(tlsn_key_update(wire_conn(w, TLSN_CLIENT), false)); /* between request and answer */
        OK(tlsn_key_update(wire_conn(w, TLSN_SERVER), true));
        wire_say(w, TLSN_CLIENT, 100);
        assert_int_equal(client_reads(w), TLSN_NEED_INPUT);
        assert_int_equal(server_reads(w), TLSN_NEED_INPUT);
        assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_given, 1);
        talk(w);
        s = wire_session(w);
        wire_resume(w, s);
        wire_run(w);
        assert_true(wire_done(w));
        assert_true(wire_info(w, TLSN_SERVER).resumed);
        (void)client_reads(w);
        authenticate(w); /* what a session of a pre-shared key may be asked as well */
        assert_true(wire_info(w, TLSN_SERVER).client_authenticated);
        tlsn_session_free(s);
        wire_free(w);
    }
}

static void any_size_of_input_and_output_will_do(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct wire *w = pair(wire_credential("ec:secp256r1"));

        w->step = i < 2;
        w->cap = i < 2;
        w->chance = i < 2 ? 0 : 7 + (uint64_t)i;
        wire_shake(w);
        authenticate(w);
        assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_given, 1);
        talk(w);
        wire_free(w);
    }
}

static void nothing_stands_between_the_messages_of_an_answer(void **state)
{
    static const uint8_t update[] = { 24, 0, 0, 1, 0 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct wire *w = pair(NULL);
        uint8_t empty[4 + 1 + TLSNI_AUTH13_CONTEXT + 3] = { 11, 0, 0, sizeof empty - 4,
                                                            TLSNI_AUTH13_CONTEXT };
        uint8_t got[8];
        size_t len;

        wire_shake(w);
        ask(w, TLSN_CLIENT_AUTH_REQUEST);
        memcpy(empty + 5, open_request(w, 0)->context, TLSNI_AUTH13_CONTEXT);
        wire_forge(w, TLSN_CLIENT, HANDSHAKE, empty, sizeof empty);
        assert_int_equal(reads(w, TLSN_SERVER), TLSN_NEED_INPUT);
        if (i)
            wire_write(w, TLSN_CLIENT, "data", 4);
        else
            wire_forge(w, TLSN_CLIENT, HANDSHAKE, update, sizeof update);
        assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &len),
                         TLSN_ERR_UNEXPECTED_MESSAGE);
        wire_free(w);
    }
    REQ("8446:4.6.2/4");
}

/* ---- answers that are not sound ---- */

static void answer_to_no_request_is_refused(void **state)
{
    static const uint8_t empty[] = { 11, 0, 0, 6, 2, 7, 7, 0, 0, 0 };

    (void)state;
    for (int asked = 0; asked < 2; asked++) {
        struct wire *w = pair(NULL);

        wire_shake(w);
        if (asked)
            ask(w, TLSN_CLIENT_AUTH_REQUEST);
        wire_forge(w, TLSN_CLIENT, HANDSHAKE, empty, sizeof empty);
        assert_int_equal(reads(w, TLSN_SERVER),
                         asked ? TLSN_ERR_ILLEGAL_PARAMETER : TLSN_ERR_UNEXPECTED_MESSAGE);
        wire_free(w);
    }
}

static void answer_with_a_wrong_finished_is_refused(void **state)
{
    struct wire *w = pair(NULL);
    uint8_t answer[4 + 1 + TLSNI_AUTH13_CONTEXT + 3 + 4 + 32] = {
        11, 0, 0, 1 + TLSNI_AUTH13_CONTEXT + 3, TLSNI_AUTH13_CONTEXT
    };

    (void)state;
    OK(tlsn_config_set_suites(w->end[TLSN_CLIENT].config, "TLS_AES_128_GCM_SHA256"));
    wire_shake(w);
    ask(w, TLSN_CLIENT_AUTH_REQUEST);
    memcpy(answer + 5, open_request(w, 0)->context, TLSNI_AUTH13_CONTEXT);
    memcpy(answer + 40, "\x14\0\0\x20", 4);
    wire_forge(w, TLSN_CLIENT, HANDSHAKE, answer, sizeof answer);
    assert_int_equal(reads(w, TLSN_SERVER), TLSN_ERR_DECRYPT_ERROR);
    assert_false(wire_info(w, TLSN_SERVER).client_authenticated);
    wire_free(w);
}

static void answer_of_a_stranger_is_refused(void **state)
{
    struct wire *w = pair(wire_stranger());

    (void)state;
    wire_shake(w);
    ask(w, TLSN_CLIENT_AUTH_REQUEST);
    assert_int_equal(client_reads(w), TLSN_NEED_INPUT);
    assert_int_equal(server_reads(w), TLSN_ERR_CERT_UNKNOWN_CA);
    assert_false(wire_info(w, TLSN_SERVER).client_authenticated);
    assert_int_equal(client_reads(w), TLSN_ERR_ALERT);
    wire_free(w);
}

/* ---- questions ---- */

static void sign(tlsn_conn *c, const char *kind)
{
    struct tlsn_key_op op;
    uint8_t out[2048];
    size_t len;

    assert_true(tlsn_key_op(c, &op));
    const struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(op.scheme));

    OK(tlsni_privkey_sign(wire_credential(kind)->key, NULL, &params, op.input, out, &len));
    OK(tlsn_key_op_complete(c, TLSN_OK, out, len));
}

/* Data go out while a question is open, none of them inside the answer; a second request waits. */
static void questions_suspend_reading_alone(void **state)
{
    (void)state;
    for (int small = 0; small < 2; small++) {
        struct wire *w = pair(NULL);
        tlsn_conn *client, *server;
        uint8_t got[16];
        size_t len;

        w->step = w->cap = (size_t)small;
        OK(tlsn_config_set_credential_suspend(w->end[TLSN_CLIENT].config, true));
        OK(tlsn_config_set_verify_mode(w->end[TLSN_SERVER].config, TLSN_VERIFY_SUSPEND));
        wire_shake(w);
        client = wire_conn(w, TLSN_CLIENT);
        server = wire_conn(w, TLSN_SERVER);
        ask(w, TLSN_CLIENT_AUTH_REQUEST);
        ask(w, TLSN_CLIENT_AUTH_REQUEST);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(client_reads(w), TLSN_NEED_CREDENTIAL);
            assert_int_equal(client_reads(w), TLSN_NEED_CREDENTIAL);
            assert_int_equal(tlsn_question(client), TLSN_NEED_CREDENTIAL);
            assert_non_null(tlsn_certificate_request(client));
            wire_say(w, TLSN_CLIENT, 20000);
            OK(tlsn_conn_set_credential(client, wire_external("rsa:2048")));
            assert_int_equal(client_reads(w), TLSN_NEED_KEY_OP);
            OK(tlsn_key_update(client, false));
            wire_say(w, TLSN_CLIENT, 20000);
            sign(client, "rsa:2048");
            assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &len),
                             i ? TLSN_NEED_INPUT : TLSN_NEED_CREDENTIAL);
            assert_int_equal(len, i ? 4 : 0); /* what the server said meanwhile */
            assert_int_equal(server_reads(w), TLSN_NEED_VERDICT);
            assert_true(tlsn_conn_peer_cert(server, 0).len > 100);
            wire_write(w, TLSN_SERVER, "data", 4);
            if (i)
                assert_true(tlsn_may_request_client_auth(server));
            OK(tlsn_verify_default(server, NULL));
            OK(tlsn_set_verdict(server, TLSN_OK));
            assert_int_equal(server_reads(w), TLSN_NEED_INPUT);
            assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_given, (unsigned)i + 1);
        }
        assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &len), TLSN_NEED_INPUT);
        assert_int_equal(len, 4);
        talk(w);
        wire_free(w);
    }
    REQ("9846:4.7.2/1");
}

/* tlsn_handshake() goes on as well. */
static void handshake_call_goes_on_with_an_answer(void **state)
{
    struct wire *w = pair(wire_credential("ed25519"));
    uint8_t out[64];
    size_t consumed, written;
    tlsn_conn *server;

    (void)state;
    OK(tlsn_config_set_verify_mode(w->end[TLSN_SERVER].config, TLSN_VERIFY_SUSPEND));
    wire_shake(w);
    ask(w, TLSN_CLIENT_AUTH_REQUEST);
    assert_int_equal(client_reads(w), TLSN_NEED_INPUT);
    assert_int_equal(server_reads(w), TLSN_NEED_VERDICT);
    server = wire_conn(w, TLSN_SERVER);
    assert_int_equal(tlsn_handshake(server, NULL, 0, &consumed, out, sizeof out, &written),
                     TLSN_NEED_VERDICT);
    OK(tlsn_set_verdict(server, TLSN_OK));
    OK(tlsn_handshake(server, NULL, 0, &consumed, out, sizeof out, &written));
    assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_given, 1);
    talk(w);
    wire_free(w);
}

static void verdict_that_refuses_ends_the_connection(void **state)
{
    struct wire *w = pair(wire_credential("ed25519"));

    (void)state;
    OK(tlsn_config_set_verify_mode(w->end[TLSN_SERVER].config, TLSN_VERIFY_SUSPEND));
    wire_shake(w);
    ask(w, TLSN_CLIENT_AUTH_REQUEST);
    assert_int_equal(client_reads(w), TLSN_NEED_INPUT);
    assert_int_equal(server_reads(w), TLSN_NEED_VERDICT);
    OK(tlsn_set_verdict(wire_conn(w, TLSN_SERVER), TLSN_ERR_CERT_REVOKED));
    assert_int_equal(reads(w, TLSN_SERVER), TLSN_ERR_CERT_REVOKED);
    assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_given, 0);
    assert_false(wire_info(w, TLSN_SERVER).client_authenticated);
    assert_int_equal(client_reads(w), TLSN_ERR_ALERT);
    wire_free(w);
}

/* A client that closes with a question open has nothing more to say, and reads on. */
static void close_ends_an_answer(void **state)
{
    struct wire *w = pair(NULL);
    uint8_t got[8];
    size_t len;

    (void)state;
    OK(tlsn_config_set_credential_suspend(w->end[TLSN_CLIENT].config, true));
    wire_shake(w);
    ask(w, TLSN_CLIENT_AUTH_REQUEST);
    assert_int_equal(client_reads(w), TLSN_NEED_CREDENTIAL);
    (void)!tlsn_shutdown(wire_conn(w, TLSN_CLIENT), NULL, 0, &len);
    wire_write(w, TLSN_SERVER, "data", 4);
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &len), TLSN_NEED_INPUT);
    assert_int_equal(len, 4);
    assert_int_equal(tlsn_question(wire_conn(w, TLSN_CLIENT)), TLSN_OK);
    ask(w, TLSN_CLIENT_AUTH_REQUEST);
    assert_int_equal(client_reads(w), TLSN_NEED_INPUT);
    assert_int_equal(server_reads(w), TLSN_CLOSED);
    wire_free(w);
}

/* ---- memory ---- */

/* The exchange with the n-th allocation of one side failing; true when none failed. */
static bool survives(struct wire *w, enum tlsn_role victim, size_t n)
{
    struct wire_env *env = &w->end[victim].env;
    tlsn_status st[2];

    wire_shake(w);
    env->failed = 0;
    env->fail_at = env->allocs + n;
    st[TLSN_SERVER] = tlsn_request_client_auth(wire_conn(w, TLSN_SERVER), TLSN_CLIENT_AUTH_REQUIRE);
    if (st[TLSN_SERVER] == TLSN_OK) {
        st[TLSN_CLIENT] = client_reads(w);
        st[TLSN_SERVER] = server_reads(w);
    }
    env->fail_at = 0;
    if (!env->failed) {
        assert_int_equal(wire_info(w, TLSN_SERVER).client_auth_given, 1);
        return true;
    }
    assert_int_equal(st[victim], TLSN_ERR_NO_MEMORY);
    return false;
}

static void no_memory_at_any_allocation_is_a_clean_error(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        struct wire *w = pair(wire_credential("ec:secp256r1"));
        size_t n = 1;

        while (!survives(w, (enum tlsn_role)r, n))
            assert_true(++n < 100);
        assert_in_range(n, 4, 60);
        wire_free(w);
    }
}

static void secrets_are_wiped(void **state)
{
    struct wire *w = pair(wire_credential("ec:secp256r1"));

    (void)state;
    wire_shake(w);
    for (int r = 0; r < 2; r++) {
        const struct tlsni_secrets13 *kept = wire_conn(w, (enum tlsn_role)r)->secrets13;
        const struct tlsni_secret *s = &kept->traffic[TLSN_CLIENT];

        wire_watch(&w->end[r].env, s->data, s->len);
    }
    authenticate(w);
    for (int r = 0; r < 2; r++) {
        tlsn_conn_free(w->end[r].conn);
        w->end[r].conn = NULL;
        assert_int_equal(w->end[r].env.leaks, 0);
    }
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_that_was_asked_shows_its_certificate),
        cmocka_unit_test(client_without_certificate_declines),
        cmocka_unit_test(client_is_asked_when_it_said_so_alone),
        cmocka_unit_test(client_of_an_external_key_is_asked_beside_certificates_alone),
        cmocka_unit_test(extension_stands_in_client_hello_alone),
        cmocka_unit_test(request_to_a_client_that_did_not_offer_it_is_unexpected),
        cmocka_unit_test(request_that_is_not_sound_is_refused),
        cmocka_unit_test(asking_is_for_servers_with_an_open_connection),
        cmocka_unit_test(requests_are_bounded_and_their_contexts_differ),
        cmocka_unit_test(answers_may_come_in_another_order),
        cmocka_unit_test(client_that_is_asked_without_end_and_not_read_gives_up),
        cmocka_unit_test(keys_change_and_tickets_come_around_it),
        cmocka_unit_test(any_size_of_input_and_output_will_do),
        cmocka_unit_test(nothing_stands_between_the_messages_of_an_answer),
        cmocka_unit_test(answer_to_no_request_is_refused),
        cmocka_unit_test(answer_with_a_wrong_finished_is_refused),
        cmocka_unit_test(answer_of_a_stranger_is_refused),
        cmocka_unit_test(questions_suspend_reading_alone),
        cmocka_unit_test(handshake_call_goes_on_with_an_answer),
        cmocka_unit_test(verdict_that_refuses_ends_the_connection),
        cmocka_unit_test(close_ends_an_answer),
        cmocka_unit_test(no_memory_at_any_allocation_is_a_clean_error),
        cmocka_unit_test(secrets_are_wiped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
