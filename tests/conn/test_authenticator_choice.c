/* Exported authenticators (RFC 9261): what goes along with certificates, which one is chosen, and keys that are
 * elsewhere. */
#include "support_duo.h"
#include "support_revocation.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/sigalg.h"
#include "conn.h"
#include "req.h"

enum { ROOM = 16384, STATUS_REQUEST = 5, SCT = 18 };

static const struct tlsn_span none;
static const uint8_t scts[] = { 0, 7, 0, 2, 'a', 'b', 0, 1, 'c' };
static struct issued root, one, two;

struct message {
    uint8_t data[ROOM];
    size_t len;
};

static struct tlsn_span span(const struct message *m)
{
    return (struct tlsn_span){ m->data, m->len };
}

static int begin_all(void **state)
{
    static const char *const first[] = { "a.example" }, *const second[] = { "b.example", "*.c.example" };

    (void)state;
    issue(&root, NULL, (struct tlsn_cert_spec){ .subject = "CN=root", .ca = true }, NULL);
    issue(&one, NULL, (struct tlsn_cert_spec){ .subject = "CN=one", .names = first, .name_count = 1,
                                               .ext_key_usage = "serverAuth,clientAuth" }, &root);
    issue(&two, NULL, (struct tlsn_cert_spec){ .subject = "CN=two", .names = second, .name_count = 2,
                                               .ext_key_usage = "serverAuth" }, &root);
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    issued_free(&root);
    issued_free(&one);
    issued_free(&two);
    return 0;
}

/* With timestamps, and a response that says so. */
static tlsn_credential *credential_of(const struct issued *cert, enum tlsn_cert_status status)
{
    static char pem[32768], secret[4096];
    struct made response;
    size_t len, secret_len;
    tlsn_credential *c;

    OK(tlsn_pem_write("CERTIFICATE", cert->der, cert->len, pem, sizeof pem, &len));
    OK(tlsn_key_write(cert->key, secret, sizeof secret, &secret_len));
    OK(tlsn_credential_new(&c, pem, len, secret, secret_len, NULL));
    make_ocsp(&response, (struct tlsn_ocsp_spec){ 0 }, (struct tlsn_ocsp_single){ .status = status }, cert,
              &root, &root);
    OK(tlsn_credential_set_ocsp(c, 0, response.der, response.len));
    OK(tlsn_credential_set_scts(c, scts, sizeof scts));
    return c;
}

/* Both trust the root; asking: each wants responses and timestamps. To be shaken. */
static struct duo *pair(uint16_t version, const struct issued *server, bool asking)
{
    struct duo *d = duo_new();
    tlsn_credential *c = credential_of(server, TLSN_CERT_GOOD);
    tlsn_trust *trust;

    d->env.now_ms = X509_NOW * INT64_C(1000);
    duo_reset_server(d, c);
    tlsn_credential_free(c);
    OK(tlsn_trust_new(&trust, NULL));
    OK(tlsn_trust_add(trust, root.der, root.len, NULL, NULL));
    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(d->config[r], version, version));
        OK(tlsn_config_set_trust(d->config[r], trust));
        OK(tlsn_config_set_feature(d->config[r], TLSN_FEATURE_EXPORTER, true));
        OK(tlsn_config_set_feature(d->config[r], TLSN_FEATURE_OCSP, asking));
        OK(tlsn_config_set_feature(d->config[r], TLSN_FEATURE_SCT, asking));
    }
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
    tlsn_trust_free(trust);
    return d;
}

/* The names in the tests are those of authenticators alone. */
static void shake(struct duo *d)
{
    duo_shake(d);
}

static tlsn_status ask(struct duo *d, enum tlsn_role who, const char *name, struct message *out)
{
    return tlsn_authenticator_request(d->conn[who], none, name, out->data, ROOM, &out->len);
}

static tlsn_status make(struct duo *d, enum tlsn_role who, struct tlsn_span asked, tlsn_credential *c,
                        struct message *out)
{
    return tlsn_authenticator_make(d->conn[who], asked, c, out->data, ROOM, &out->len);
}

/* ---- what goes along ---- */

static void check_beside(const struct message *made, bool there)
{
    struct tlsn_span staple = tlsn_authenticator_extension(span(made), 0, STATUS_REQUEST),
                     list = tlsn_authenticator_extension(span(made), 0, SCT);

    assert_int_equal(staple.len != 0, there);
    assert_int_equal(list.len, there ? sizeof scts : 0);
    if (there) {
        assert_int_equal(staple.data[0], 1);
        assert_int_equal(staple.data[1] << 16 | staple.data[2] << 8 | staple.data[3], staple.len - 4);
        assert_memory_equal(list.data, scts, sizeof scts);
    }
    assert_int_equal(tlsn_authenticator_extension(span(made), 1, SCT).len, 0);
    assert_int_equal(tlsn_authenticator_extension(span(made), 0, 13).len, 0);
}

/* By a request of either side, and by the ClientHello. */
static void responses_and_timestamps_go_along_when_they_are_asked_for(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * 2 * 3; i++) {
        struct duo *d = pair(i & 1 ? TLSN_TLS1_3 : TLSN_TLS1_2, &one, i >> 1 & 1);
        enum tlsn_role maker = i / 4 == 1 ? TLSN_CLIENT : TLSN_SERVER;
        enum tlsn_role asker = maker == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT;
        tlsn_credential *c = credential_of(&one, TLSN_CERT_GOOD);
        struct message asked = { .len = 0 }, made;

        shake(d);
        if (i / 4)
            OK(ask(d, asker, NULL, &asked));
        OK(make(d, maker, span(&asked), c, &made));
        check_beside(&made, i >> 1 & 1);
        OK(tlsn_authenticator_check(d->conn[asker], span(&asked), span(&made), "a.example"));
        tlsn_credential_free(c);
        duo_free(d);
    }
    REQ("9261:5.2.1/4");
    REQ("9261:5.2.1/7");
}

/* The response is judged with the chain. */
static void certificate_that_its_response_calls_revoked_is_refused(void **state)
{
    struct duo *d = pair(TLSN_TLS1_3, &one, true);
    tlsn_credential *c = credential_of(&one, TLSN_CERT_REVOKED);
    struct message asked, made;

    (void)state;
    shake(d);
    OK(ask(d, TLSN_SERVER, NULL, &asked));
    OK(make(d, TLSN_CLIENT, span(&asked), c, &made));
    assert_int_equal(tlsn_authenticator_check(d->conn[TLSN_SERVER], span(&asked), span(&made), NULL),
                     TLSN_ERR_CERT_REVOKED);
    tlsn_credential_free(c);
    duo_free(d);
    REQ("9261:7.4/1");
}

/* ---- which one ---- */

static const struct {
    const char *name;
    const struct issued *cert; /* NULL: an empty authenticator */
} choices[] = {
    { "a.example", &one }, { "b.example", &two }, { "x.c.example", &two }, { "B.EXAMPLE", &two },
    { "c.example", NULL }, { "other.example", NULL }, { NULL, &one },
};

static void server_shows_the_certificate_of_the_name_in_the_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        struct duo *d = pair(TLSN_TLS1_3, &one, false);
        tlsn_credential *c = credential_of(&two, TLSN_CERT_GOOD);
        struct message asked, made;
        struct tlsn_span shown;

        OK(tlsn_config_add_credential(d->config[TLSN_SERVER], c));
        tlsn_credential_free(c);
        shake(d);
        OK(ask(d, TLSN_CLIENT, choices[i].name, &asked));
        OK(make(d, TLSN_SERVER, span(&asked), NULL, &made));
        shown = tlsn_authenticator_cert(span(&made), 0);
        assert_int_equal(shown.len, choices[i].cert ? choices[i].cert->len : 0);
        if (shown.len)
            assert_memory_equal(shown.data, choices[i].cert->der, shown.len);
        duo_free(d);
    }
    REQ("9261:5.2.1/6");
    REQ("9261:7.3/1");
}

/* A server with one certificate has the choice between it and none. */
static void one_certificate_is_not_for_every_name(void **state)
{
    struct duo *d = pair(TLSN_TLS1_2, &one, false);
    struct message asked, made;

    (void)state;
    shake(d);
    OK(ask(d, TLSN_CLIENT, "b.example", &asked));
    OK(make(d, TLSN_SERVER, span(&asked), NULL, &made));
    assert_int_equal(tlsn_authenticator_check(d->conn[TLSN_CLIENT], span(&asked), span(&made), "b.example"),
                     TLSN_ERR_NO_PEER_CERTIFICATE);
    OK(ask(d, TLSN_CLIENT, "a.example", &asked));
    OK(make(d, TLSN_SERVER, span(&asked), NULL, &made));
    assert_int_equal(tlsn_authenticator_cert(span(&made), 0).len, one.len);
    duo_free(d);
    REQ("9261:5.2.1/6");
}

static void certificate_that_the_filters_do_not_fit_is_not_shown(void **state)
{
    (void)state;
    for (int fits = 0; fits < 2; fits++) {
        struct duo *d = pair(TLSN_TLS1_3, &one, false);
        tlsn_credential *c = credential_of(fits ? &one : &two, TLSN_CERT_GOOD);
        struct message asked, made;

        OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], c));
        OK(tlsn_config_add_oid_filter_text(d->config[TLSN_SERVER], "extKeyUsage=clientAuth"));
        shake(d);
        OK(ask(d, TLSN_SERVER, NULL, &asked));
        assert_int_equal(make(d, TLSN_CLIENT, span(&asked), c, &made), fits ? TLSN_OK : TLSN_ERR_NO_CREDENTIAL);
        if (!fits) {
            OK(make(d, TLSN_CLIENT, span(&asked), NULL, &made));
            assert_int_equal(tlsn_authenticator_cert(span(&made), 0).len, 0);
        }
        tlsn_credential_free(c);
        duo_free(d);
    }
    REQ("9261:5.2.1/6");
}

static void name_that_is_none_is_refused(void **state)
{
    static const uint8_t bad[][31] = {
        { 17, 0, 0, 27, 3, 'a', 'b', 'c', 0, 21, 0, 13, 0, 4, 0, 2, 4, 3, 0, 0, 0, 9, 0, 7, 0, 0, 4, 'a', ' ', 'b', 'c' },
        { 17, 0, 0, 27, 3, 'a', 'b', 'd', 0, 21, 0, 13, 0, 4, 0, 2, 4, 3, 0, 0, 0, 9, 0, 7, 9, 0, 4, 'a', 'a', 'b', 'c' },
        { 17, 0, 0, 27, 3, 'a', 'b', 'e', 0, 21, 0, 13, 0, 4, 0, 2, 4, 3, 0, 0, 0, 9, 0, 6, 0, 0, 4, 'a', 'a', 'b', 'c' },
    };
    struct duo *d = pair(TLSN_TLS1_3, &one, false);

    (void)state;
    shake(d);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct message made;

        assert_int_equal(make(d, TLSN_SERVER, tlsni_span_make(bad[i], sizeof bad[i]), NULL, &made),
                         TLSN_ERR_ILLEGAL_PARAMETER);
    }
    duo_free(d);
}

/* ---- keys that are elsewhere ---- */

static struct wire *shaken(uint16_t version)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(w->end[r].config, version, version));
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_EXPORTER, true));
    }
    wire_shake(w);
    return w;
}

static size_t sign(const char *kind, const struct tlsn_key_op *op, uint8_t *signature)
{
    const struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(op->scheme));
    size_t len;

    assert_int_equal(op->kind, TLSN_KEY_OP_SIGN);
    assert_null(op->credential);
    OK(tlsni_privkey_sign(wire_credential(kind)->key, NULL, &params, op->input, signature, &len));
    return len;
}

static tlsn_status begin(struct wire *w, enum tlsn_role maker, struct tlsn_span asked, const char *kind,
                         struct message *out)
{
    return tlsn_authenticator_make(wire_conn(w, maker), asked, wire_external(kind), out->data, ROOM,
                                   &out->len);
}

/* With a request in both roles and without, in each version. */
static void signature_of_an_outside_key_completes_an_authenticator(void **state)
{
    static const char *const kinds[] = { "ec:secp256r1", "rsa:2048", "ed25519" };

    (void)state;
    for (int i = 0; i < 2 * 3 * 3; i++) {
        struct wire *w = shaken(i & 1 ? TLSN_TLS1_3 : TLSN_TLS1_2);
        const char *kind = kinds[i / 2 % 3];
        enum tlsn_role maker = i / 6 == 1 ? TLSN_CLIENT : TLSN_SERVER;
        tlsn_conn *making = wire_conn(w, maker), *asking = wire_conn(w, maker == TLSN_CLIENT);
        struct message asked = { .len = 0 }, made, again;
        uint8_t room[TLSN_AUTHENTICATOR_INPUT_MAX], signature[1024];
        struct tlsn_key_op op;
        size_t len;

        if (i / 6)
            OK(tlsn_authenticator_request(asking, none, NULL, asked.data, ROOM, &asked.len));
        assert_int_equal(begin(w, maker, span(&asked), kind, &made), TLSN_NEED_KEY_OP);
        assert_int_equal(tlsn_question(making), TLSN_OK); /* the connection is not asked */
        wire_say(w, TLSN_CLIENT, 100);
        wire_say(w, TLSN_SERVER, 100);
        OK(tlsn_authenticator_key_op(making, span(&asked), span(&made), room, &op));
        len = sign(kind, &op, signature);
        again = made;
        OK(tlsn_authenticator_complete(making, span(&asked), signature, len, made.data, ROOM, &made.len));
        OK(tlsn_authenticator_check(asking, span(&asked), span(&made), NULL));
        /* once */
        assert_int_equal(tlsn_authenticator_key_op(making, span(&asked), span(&again), room, &op),
                         TLSN_ERR_MISUSE);
        assert_int_equal(tlsn_authenticator_complete(making, span(&asked), signature, len, again.data, ROOM,
                                                     &again.len),
                         TLSN_ERR_MISUSE);
        if (i / 6)
            assert_int_equal(begin(w, maker, span(&asked), kind, &again), TLSN_ERR_ILLEGAL_PARAMETER);
        wire_free(w);
    }
    REQ("9261:5.2/1");
    REQ("9261:5.2.2/4");
    REQ("9261:5.2.4/1");
}

static void signature_that_is_wrong_is_found_by_the_peer(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3);
    uint8_t room[TLSN_AUTHENTICATOR_INPUT_MAX], signature[1024];
    struct message asked, made;
    struct tlsn_key_op op;
    size_t len;

    (void)state;
    OK(tlsn_authenticator_request(wire_conn(w, 1), none, NULL, asked.data, ROOM, &asked.len));
    assert_int_equal(begin(w, TLSN_CLIENT, span(&asked), "ed25519", &made), TLSN_NEED_KEY_OP);
    OK(tlsn_authenticator_key_op(wire_conn(w, 0), span(&asked), span(&made), room, &op));
    len = sign("ed25519", &op, signature);
    signature[9] ^= 1;
    OK(tlsn_authenticator_complete(wire_conn(w, 0), span(&asked), signature, len, made.data, ROOM,
                                   &made.len));
    assert_int_equal(tlsn_authenticator_check(wire_conn(w, 1), span(&asked), span(&made), NULL),
                     TLSN_ERR_DECRYPT_ERROR);
    wire_free(w);
    REQ("9261:5.2.4/2");
}

/* What has not begun here, other arguments, and too little room, which changes nothing. */
static void completion_is_for_what_has_begun(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3);
    tlsn_conn *client = wire_conn(w, 0);
    uint8_t room[TLSN_AUTHENTICATOR_INPUT_MAX], signature[1024];
    struct message asked, made, bent;
    struct tlsn_key_op op;
    size_t len, cap;
    tlsn_status st = TLSN_ERR_BUFFER;

    (void)state;
    OK(tlsn_authenticator_request(wire_conn(w, 1), none, NULL, asked.data, ROOM, &asked.len));
    assert_int_equal(begin(w, TLSN_CLIENT, span(&asked), "ed25519", &made), TLSN_NEED_KEY_OP);
    OK(tlsn_authenticator_key_op(client, span(&asked), span(&made), room, &op));
    len = sign("ed25519", &op, signature);
    bent = made;
    bent.data[bent.len - 1] ^= 1;
    assert_int_equal(tlsn_authenticator_key_op(client, span(&asked), span(&bent), room, &op), TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_authenticator_complete(client, span(&asked), signature, len, bent.data, ROOM,
                                                 &bent.len),
                     TLSN_ERR_MISUSE);
    assert_int_equal(tlsn_authenticator_key_op(client, span(&asked), none, room, &op), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_authenticator_complete(client, span(&asked), signature, 0, made.data, ROOM,
                                                 &made.len),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_authenticator_complete(client, span(&asked), signature, len, made.data,
                                                 made.len - 1, &made.len),
                     TLSN_ERR_ARGUMENT);
    for (cap = made.len; st == TLSN_ERR_BUFFER; cap++)
        st = tlsn_authenticator_complete(client, span(&asked), signature, len, made.data, cap, &made.len);
    OK(st);
    assert_int_equal(made.len, cap - 1);
    OK(tlsn_authenticator_check(wire_conn(w, 1), span(&asked), span(&made), NULL));
    wire_free(w);
}

static void no_memory_is_a_clean_error(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3);
    struct wire_env *env = &w->end[TLSN_CLIENT].env;
    uint8_t room[TLSN_AUTHENTICATOR_INPUT_MAX], signature[1024];
    tlsn_status st;
    size_t n = 0;

    (void)state;
    do {
        struct message asked, made;
        struct tlsn_key_op op;

        OK(tlsn_authenticator_request(wire_conn(w, 1), none, NULL, asked.data, ROOM, &asked.len));
        env->failed = 0;
        env->fail_at = env->allocs + ++n;
        st = begin(w, TLSN_CLIENT, span(&asked), "ed25519", &made);
        if (st == TLSN_NEED_KEY_OP)
            st = tlsn_authenticator_key_op(wire_conn(w, 0), span(&asked), span(&made), room, &op);
        if (st == TLSN_OK)
            st = tlsn_authenticator_complete(wire_conn(w, 0), span(&asked), signature,
                                             sign("ed25519", &op, signature), made.data, ROOM, &made.len);
        env->fail_at = 0;
        assert_int_equal(st, env->failed ? TLSN_ERR_NO_MEMORY : TLSN_OK);
    } while (env->failed && n < 100);
    assert_in_range(n, 3, 60);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_and_timestamps_go_along_when_they_are_asked_for),
        cmocka_unit_test(certificate_that_its_response_calls_revoked_is_refused),
        cmocka_unit_test(server_shows_the_certificate_of_the_name_in_the_request),
        cmocka_unit_test(one_certificate_is_not_for_every_name),
        cmocka_unit_test(certificate_that_the_filters_do_not_fit_is_not_shown),
        cmocka_unit_test(name_that_is_none_is_refused),
        cmocka_unit_test(signature_of_an_outside_key_completes_an_authenticator),
        cmocka_unit_test(signature_that_is_wrong_is_found_by_the_peer),
        cmocka_unit_test(completion_is_for_what_has_begun),
        cmocka_unit_test(no_memory_is_a_clean_error),
    };

    return cmocka_run_group_tests_name("test_authenticator_choice", tests, begin_all, end_all);
}
