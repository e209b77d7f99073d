/* Exported authenticators (RFC 9261): both roles, with and without a request, and what is refused. */
#include "base/bytes.h"
#include "cipher/hmac.h"
#include "cipher/sigalg.h"
#include "conn.h"
#include "req.h"
#include "support_vectors.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SHA256_SUITE "TLS_AES_128_GCM_SHA256"
#define SHA384_SUITE "TLS_AES_256_GCM_SHA384"
#define SHA256_SUITE12 "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
#define SHA384_SUITE12 "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"

enum { ROOM = 8192 };

static const struct tlsn_span none;

static struct wire *shaken(uint16_t version, const char *suite)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(w->end[r].config, version, version));
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_EXPORTER, true));
        if (suite)
            OK(tlsn_config_set_suites(w->end[r].config, suite));
    }
    wire_shake(w);
    return w;
}

struct message {
    uint8_t data[ROOM];
    size_t len;
};

static struct tlsn_span span(const struct message *m)
{
    return (struct tlsn_span){ m->data, m->len };
}

static void request(struct wire *w, enum tlsn_role role, struct message *out)
{
    OK(tlsn_authenticator_request(wire_conn(w, role), none, NULL, out->data, sizeof out->data,
                                  &out->len));
}

static tlsn_status make(struct wire *w, enum tlsn_role role, const struct message *for_it,
                        const char *kind, struct message *out)
{
    return tlsn_authenticator_make(wire_conn(w, role), for_it ? span(for_it) : none,
                                   kind ? wire_credential(kind) : NULL, out->data, sizeof out->data,
                                   &out->len);
}

static tlsn_status check(struct wire *w, enum tlsn_role role, const struct message *for_it,
                         const struct message *authenticator)
{
    return tlsn_authenticator_check(wire_conn(w, role), for_it ? span(for_it) : none,
                                    span(authenticator), NULL);
}

/* ---- values ---- */

/* Computed from the standard by a few lines of Python over its hmac module, whose HKDF and PRF agree with
 * `openssl kdf`: exporter secret 00, 01, ... (TLS 1.2: master secret, and randoms 40, 41, ...). */
static void empty_authenticator_has_the_value_of_the_standard(void **state)
{
    static const struct {
        uint16_t version;
        enum tlsn_role role;
        const char *suite, *value;
    } t[] = {
        { TLSN_TLS1_3, TLSN_CLIENT, SHA256_SUITE,
          "140000203cb0c4726b29f85a51ddae8409453eb40ac4d26f3545b2c3082e2d43a24a3667" },
        { TLSN_TLS1_3, TLSN_SERVER, SHA256_SUITE,
          "1400002013444d88d3d3b79da3a81b22be7eaef806e03c1345150297b1de6e2c5105813c" },
        { TLSN_TLS1_3, TLSN_CLIENT, SHA384_SUITE,
          "14000030656ef8f348f88128512e15dbfe3e4224f177453d721433687857fc4b4c1121e609ec1ca0f4716ee625c8"
          "0772419db0fe" },
        { TLSN_TLS1_3, TLSN_SERVER, SHA384_SUITE,
          "14000030c9e49d371feb4eed72f0fc7ff7dd9415fa4d5f116fcf115fc6a8e356b7aaf57342af6e8142e78a9ff924"
          "75d215f304bc" },
        { TLSN_TLS1_2, TLSN_CLIENT, SHA256_SUITE12,
          "14000020007c3b6fa1dc4e09e384d2d8374eea00403dcadad7f3017cfc185413219b3849" },
        { TLSN_TLS1_2, TLSN_SERVER, SHA256_SUITE12,
          "140000207b5a4153cc3a480c4105772f190e057fdc9d91e92b980911a7d1c944f444bc0e" },
        { TLSN_TLS1_2, TLSN_CLIENT, SHA384_SUITE12,
          "1400003061e8522aefc7631f43bbc2936b42cad37ace3352ee32642eb5ac22e14925fbb345a1d660569e86e0287b"
          "0775d4549a80" },
        { TLSN_TLS1_2, TLSN_SERVER, SHA384_SUITE12,
          "1400003080cdcb626a92e601c679498db349e9d06fc25c7fff6f9cc4f4786b71b1134ed1b144ab81c94d9dd16098"
          "3ad755115795" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct wire *w = shaken(t[i].version, t[i].suite);
        struct message got;
        uint8_t asked[64], want[64];
        size_t asked_len = vec_unhex("0d000011066374782121210008000d000400020807", asked, sizeof asked),
               len = vec_unhex(t[i].value, want, sizeof want);

        asked[0] = t[i].role == TLSN_CLIENT ? 13 : 17;
        for (int r = 0; r < 2; r++)
            wire_set_exporter(wire_conn(w, (enum tlsn_role)r));
        OK(tlsn_authenticator_refuse(wire_conn(w, t[i].role),
                                     (struct tlsn_span){ asked, asked_len },
                                     got.data, sizeof got.data, &got.len));
        assert_int_equal(got.len, len);
        assert_memory_equal(got.data, want, len);
        assert_int_equal(tlsn_authenticator_check(wire_conn(w, !t[i].role),
                                                  (struct tlsn_span){ asked, asked_len }, span(&got),
                                                  NULL),
                         TLSN_ERR_NO_PEER_CERTIFICATE);
        wire_free(w);
    }
    REQ("9261:5.1/1");
    REQ("9261:5.1/2");
    REQ("9261:5.1/3");
    REQ("9261:5.2.3/1");
    REQ("9261:6/1");
}

static struct tlsn_span message_at(const struct message *m, size_t at)
{
    size_t len = 4 + ((size_t)m->data[at + 1] << 16 | (size_t)m->data[at + 2] << 8 | m->data[at + 3]);

    return (struct tlsn_span){ m->data + at, len };
}

/* The signature is over spaces, the words, a zero and the hash, put together here. */
static void signature_covers_context_request_and_certificate(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3, SHA256_SUITE);
    struct message asked, made;
    struct tlsn_span certificate, verify;
    struct tlsni_hash_ctx t;
    uint8_t input[64 + 23 + 32], context[32];
    const struct tlsni_sigalg *scheme;

    (void)state;
    request(w, TLSN_SERVER, &asked);
    OK(make(w, TLSN_CLIENT, &asked, "ed25519", &made));
    certificate = message_at(&made, 0);
    verify = message_at(&made, certificate.len);
    assert_int_equal(certificate.data[0], 11);
    assert_int_equal(verify.data[0], 15);
    assert_int_equal(made.data[certificate.len + verify.len], 20);
    assert_int_equal(made.len, certificate.len + verify.len + 36);
    OK(tlsn_export(wire_conn(w, 1), "EXPORTER-client authenticator handshake context", "", 0, true,
                   context, 32));
    tlsni_hash_init(&t, tlsni_hash_find(TLSNI_HASH_SHA256));
    tlsni_hash_update(&t, context, 32);
    tlsni_hash_update(&t, asked.data, asked.len);
    tlsni_hash_update(&t, certificate.data, certificate.len);
    memset(input, ' ', 64);
    memcpy(input + 64, "Exported Authenticator", 23);
    tlsni_hash_peek(&t, input + 87);
    scheme = tlsni_sigalg_find((uint16_t)(verify.data[4] << 8 | verify.data[5]));
    assert_string_equal(scheme->name, "ed25519");
    const struct tlsni_sig_params params = tlsni_sigalg_params(scheme);

    OK(tlsni_pubkey_verify(wire_credential("ed25519")->public_key, &params,
                           (struct tlsn_span){ input, sizeof input },
                           (struct tlsn_span){ verify.data + 8, verify.len - 8 }));
    wire_free(w);
    REQ("9261:5.2/1");
    REQ("9261:5.2.2/4");
    REQ("9261:5.2.4/1");
    REQ("9261:9/1");
}

/* ---- exchanges ---- */

static void request_is_answered_and_the_answer_is_good(void **state)
{
    static const char *const kinds[] = { "ec:secp384r1", "rsa:2048", "ed25519" };
    static const char *const suites[] = { SHA256_SUITE, SHA384_SUITE, SHA256_SUITE12, SHA384_SUITE12 };

    (void)state;
    for (int i = 0; i < 24; i++) {
        uint16_t version = i % 4 < 2 ? TLSN_TLS1_3 : TLSN_TLS1_2;
        const char *kind = kinds[i / 4 % 3];
        int asks = i / 12;
        struct wire *w = shaken(version, suites[i % 4]);
        struct message asked, made;
        struct tlsn_span context[2], der = tlsn_credential_cert(wire_credential(kind), 0);

        request(w, (enum tlsn_role)asks, &asked);
        assert_int_equal(asked.data[0], asks == TLSN_CLIENT ? 17 : 13);
        OK(make(w, !asks, &asked, kind, &made));
        OK(tlsn_authenticator_context(span(&asked), &context[0]));
        OK(tlsn_authenticator_context(span(&made), &context[1]));
        assert_int_equal(context[0].len, 32);
        assert_int_equal(context[1].len, 32);
        assert_memory_equal(context[0].data, context[1].data, 32);
        OK(check(w, (enum tlsn_role)asks, &asked, &made));
        assert_memory_equal(tlsn_authenticator_cert(span(&made), 0).data, der.data, der.len);
        assert_int_equal(tlsn_authenticator_cert(span(&made), 1).len, 0);
        assert_null(wire_conn(w, (enum tlsn_role)asks)->scratch);
        wire_say(w, TLSN_CLIENT, 100); /* nothing has changed */
        wire_say(w, TLSN_SERVER, 100);
        wire_free(w);
    }
    REQ("9261:4/1");
    REQ("9261:4/2");
    REQ("9261:5.2.1/2");
    REQ("9261:7.1/1");
    REQ("9261:7.2/1");
    REQ("9261:7.4/1");
}

static void server_may_go_without_a_request_and_a_client_not(void **state)
{
    (void)state;
    for (uint16_t v = TLSN_TLS1_2; v <= TLSN_TLS1_3; v++) {
        struct wire *w = shaken(v, NULL);
        struct message made, other;

        OK(make(w, TLSN_SERVER, NULL, NULL, &other));
        OK(make(w, TLSN_SERVER, NULL, NULL, &made)); /* one of the configuration's */
        assert_memory_not_equal(other.data + 5, made.data + 5, 32); /* contexts */
        OK(check(w, TLSN_CLIENT, NULL, &made));
        assert_int_equal(check(w, TLSN_CLIENT, NULL, &made), TLSN_ERR_ILLEGAL_PARAMETER); /* again */
        OK(make(w, TLSN_SERVER, NULL, "rsa:2048", &made));
        OK(check(w, TLSN_CLIENT, NULL, &made));
        assert_int_equal(make(w, TLSN_CLIENT, NULL, "rsa:2048", &made), TLSN_ERR_ARGUMENT);
        assert_int_equal(check(w, TLSN_SERVER, NULL, &made), TLSN_ERR_ARGUMENT);
        wire_free(w);
    }
    REQ("9261:5/1");
    REQ("9261:5/2");
    REQ("9261:5.2.1/1");
    REQ("9261:7.4/2");
}

static void context_serves_once(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3, NULL);
    const struct tlsn_span own = { (const uint8_t *)"mine", 4 };
    struct message asked, made, again;

    (void)state;
    OK(tlsn_authenticator_request(wire_conn(w, 1), own, NULL, asked.data, ROOM, &asked.len));
    assert_int_equal(tlsn_authenticator_request(wire_conn(w, 1), own, NULL, again.data, ROOM,
                                                &again.len),
                     TLSN_ERR_ARGUMENT);
    OK(make(w, TLSN_CLIENT, &asked, "ed25519", &made));
    assert_int_equal(make(w, TLSN_CLIENT, &asked, "ed25519", &again), TLSN_ERR_ILLEGAL_PARAMETER);
    /* nor in a request of the other side */
    assert_int_equal(tlsn_authenticator_request(wire_conn(w, 0), own, NULL, again.data, ROOM,
                                                &again.len),
                     TLSN_ERR_ARGUMENT);
    OK(check(w, TLSN_SERVER, &asked, &made));
    assert_int_equal(check(w, TLSN_SERVER, &asked, &made), TLSN_ERR_ILLEGAL_PARAMETER);
    wire_free(w);
    REQ("9261:4/3");
}

static void contexts_are_drawn_and_bounded(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3, NULL);
    struct message first, next;

    (void)state;
    request(w, TLSN_SERVER, &first);
    request(w, TLSN_SERVER, &next);
    assert_memory_not_equal(first.data + 5, next.data + 5, 16);
    for (int i = 2; i < 256; i++)
        request(w, TLSN_SERVER, &next);
    assert_int_equal(tlsn_authenticator_request(wire_conn(w, 1), none, NULL, next.data, ROOM,
                                                &next.len),
                     TLSN_ERR_TOO_MANY);
    wire_free(w);
    REQ("9261:4/4");
}

/* Whoever is asked for is who has to answer, also where the check does not say the name again. */
static void certificate_for_another_name_than_the_request_is_refused(void **state)
{
    static const char *const names[] = { "other.example", "server.example" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct wire *w = shaken(TLSN_TLS1_3, NULL);
        struct message asked, made;

        OK(tlsn_authenticator_request(wire_conn(w, 0), none, names[i], asked.data, ROOM, &asked.len));
        OK(make(w, TLSN_SERVER, &asked, "rsa:2048", &made));
        assert_int_equal(check(w, TLSN_CLIENT, &asked, &made), i ? TLSN_OK : TLSN_ERR_CERT_NAME);
        wire_free(w);
    }
    REQ("9261:5.2.1/6");
}

static void client_names_the_server_it_wants(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3, NULL);
    struct message asked, made;

    (void)state;
    OK(tlsn_authenticator_request(wire_conn(w, 0), none, "server.example", asked.data, ROOM,
                                  &asked.len));
    assert_memory_equal(asked.data + 4 + 33 + 2, "\0\0\0\x13\0\x11\0\0\x0eserver.example", 23);
    OK(make(w, TLSN_SERVER, &asked, NULL, &made));
    assert_int_equal(tlsn_authenticator_check(wire_conn(w, 0), span(&asked), span(&made),
                                              "other.example"),
                     TLSN_ERR_CERT_NAME);
    OK(tlsn_authenticator_check(wire_conn(w, 0), span(&asked), span(&made), "server.example"));
    assert_int_equal(tlsn_authenticator_request(wire_conn(w, 1), none, "a.example", asked.data,
                                                ROOM, &asked.len),
                     TLSN_ERR_ARGUMENT);
    wire_free(w);
    REQ("9261:4/5");
}

/* Who has nothing that fits says so. */
static void identity_is_chosen_by_the_request(void **state)
{
    static const uint8_t unknown[] = { 13, 0, 0, 17, 4, 'a', 'b', 'c', 'd', 0, 10,
                                       0, 13, 0, 6, 0, 4, 0xfe, 1, 0xfe, 2 };
    struct wire *w = shaken(TLSN_TLS1_3, NULL);
    struct message asked, made;

    (void)state;
    request(w, TLSN_SERVER, &asked);
    OK(make(w, TLSN_CLIENT, &asked, NULL, &made)); /* the client has no credential */
    assert_int_equal(made.data[0], 20);
    assert_int_equal(check(w, TLSN_SERVER, &asked, &made), TLSN_ERR_NO_PEER_CERTIFICATE);
    memcpy(asked.data, unknown, asked.len = sizeof unknown);
    assert_int_equal(make(w, TLSN_CLIENT, &asked, "ed25519", &made), TLSN_ERR_NO_CREDENTIAL);
    wire_free(w);
    REQ("9261:5.2.2/2");
    REQ("9261:7.3/1");
}

/* ---- what is refused ---- */

static void connection_without_its_own_secret_is_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct wire *w = wire_new("ec:secp256r1");
        struct message m;

        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_EXPORTER, i != 2));
            OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_INSECURE_BINDINGS, true));
            if (i == 0) {
                OK(tlsn_config_set_policy(w->end[r].config, "legacy"));
                OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_1, TLSN_TLS1_1));
            }
        }
        if (i == 1)
            OK(tlsn_config_set_feature(w->end[0].config, TLSN_FEATURE_EMS, false));
        wire_open(w);
        assert_int_equal(tlsn_authenticator_request(wire_conn(w, 1), none, NULL, m.data, ROOM,
                                                    &m.len),
                         TLSN_ERR_MISUSE);
        wire_run(w);
        assert_true(wire_done(w));
        assert_int_equal(tlsn_authenticator_request(wire_conn(w, 1), none, NULL, m.data, ROOM,
                                                    &m.len),
                         TLSN_ERR_MISUSE);
        assert_int_equal(make(w, 1, NULL, NULL, &m), TLSN_ERR_MISUSE);
        m.len = 36;
        assert_int_equal(check(w, 0, NULL, &m), TLSN_ERR_MISUSE);
        wire_free(w);
    }
    REQ("9261:5.1/4");
    REQ("9261:7/1");
    REQ("9261:9/2");
}

static void authenticator_of_another_connection_is_refused(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3, NULL), *v = shaken(TLSN_TLS1_3, NULL);
    struct message asked, made;

    (void)state;
    wire_say(v, TLSN_CLIENT, 1);
    wire_shake(v); /* other randomness */
    wire_set_exporter(wire_conn(v, 0));
    wire_set_exporter(wire_conn(v, 1));
    request(w, TLSN_SERVER, &asked);
    OK(make(w, TLSN_CLIENT, &asked, "ed25519", &made));
    assert_int_equal(check(v, TLSN_SERVER, &asked, &made), TLSN_ERR_DECRYPT_ERROR);
    OK(check(w, TLSN_SERVER, &asked, &made));
    wire_free(v);
    wire_free(w);
    REQ("9261:5.2.4/2");
}

/* Each byte counts: of the authenticator and of the request. */
static void change_of_any_byte_is_noticed(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3, NULL);
    struct message asked, made;

    (void)state;
    request(w, TLSN_SERVER, &asked);
    OK(make(w, TLSN_CLIENT, &asked, "ed25519", &made));
    for (size_t i = 0; i < made.len; i++) {
        made.data[i] ^= 1;
        assert_int_not_equal(check(w, TLSN_SERVER, &asked, &made), TLSN_OK);
        made.data[i] ^= 1;
    }
    for (size_t i = 0; i < asked.len; i++) {
        asked.data[i] ^= 1;
        assert_int_not_equal(check(w, TLSN_SERVER, &asked, &made), TLSN_OK);
        asked.data[i] ^= 1;
    }
    for (size_t len = made.len; len-- > 1;) {
        struct tlsn_span cut = { made.data, len };

        assert_int_equal(tlsn_authenticator_check(wire_conn(w, 1), span(&asked), cut, NULL),
                         TLSN_ERR_DECODE);
        assert_int_equal(tlsn_authenticator_cert(cut, 0).len, 0);
    }
    OK(check(w, TLSN_SERVER, &asked, &made));
    wire_free(w);
    REQ("9261:5.2.4/3");
}

static void stranger_is_refused(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3, NULL);
    struct message asked, made;

    (void)state;
    request(w, TLSN_SERVER, &asked);
    OK(tlsn_authenticator_make(wire_conn(w, 0), span(&asked), wire_stranger(), made.data, ROOM,
                               &made.len));
    assert_int_equal(check(w, TLSN_SERVER, &asked, &made), TLSN_ERR_CERT_UNKNOWN_CA);
    assert_false(tlsn_conn_error(wire_conn(w, 1)) != NULL);
    wire_say(w, TLSN_CLIENT, 10);
    wire_free(w);
}

/* An authenticator of the client's put together here, for a suite with SHA-256. */
static void by_hand(struct wire *w, const struct message *asked, struct tlsn_span extensions,
                    uint16_t scheme, struct message *out)
{
    tlsn_credential *c = wire_credential("ed25519");
    struct tlsn_span der = tlsn_credential_cert(c, 0);
    uint8_t context[32], key[32], signature[256], input[64 + 23 + 32], digest[32];
    const struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(0x0807));
    struct tlsni_wr m = tlsni_wr_make(out->data, ROOM);
    struct tlsni_hash_ctx t;
    size_t len, from;

    OK(tlsn_export(wire_conn(w, 0), "EXPORTER-client authenticator handshake context", "", 0, true,
                   context, 32));
    OK(tlsn_export(wire_conn(w, 0), "EXPORTER-client authenticator finished key", "", 0, true, key,
                   32));
    tlsni_wr_u8(&m, 11);
    tlsni_wr_u24(&m, (uint32_t)(33 + 3 + 3 + der.len + 2 + extensions.len));
    tlsni_wr_put(&m, asked->data + 4, 33);
    tlsni_wr_u24(&m, (uint32_t)(3 + der.len + 2 + extensions.len));
    tlsni_wr_vec(&m, 3, der);
    tlsni_wr_vec(&m, 2, extensions);
    tlsni_hash_init(&t, tlsni_hash_find(TLSNI_HASH_SHA256));
    tlsni_hash_update(&t, context, 32);
    tlsni_hash_update(&t, asked->data, asked->len);
    tlsni_hash_update(&t, m.buf, m.len);
    memset(input, ' ', 64);
    memcpy(input + 64, "Exported Authenticator", 23);
    tlsni_hash_peek(&t, input + 87);
    OK(tlsni_privkey_sign(c->key, NULL, &params, (struct tlsn_span){ input, sizeof input }, signature,
                          &len));
    from = m.len;
    tlsni_wr_u8(&m, 15);
    tlsni_wr_u24(&m, (uint32_t)(4 + len));
    tlsni_wr_u16(&m, scheme);
    tlsni_wr_vec(&m, 2, (struct tlsn_span){ signature, len });
    tlsni_hash_update(&t, m.buf + from, m.len - from);
    tlsni_hash_peek(&t, digest);
    tlsni_wr_put(&m, "\x14\0\0\x20", 4);
    tlsni_hmac_once(tlsni_hash_find(TLSNI_HASH_SHA256), key, 32, digest, 32, m.buf + m.len);
    out->len = m.len + 32;
}

/* MAC and signature are right in all of them. */
static void what_was_not_asked_for_is_refused(void **state)
{
    static const uint8_t staple[] = { 0, 5, 0, 5, 1, 0, 0, 1, 9 }, name[] = { 0, 0, 0, 0 };
    static const struct {
        struct tlsn_span extensions;
        uint16_t scheme;
        tlsn_status status;
    } t[] = {
        { { staple, sizeof staple }, 0x0807, TLSN_ERR_UNSUPPORTED_EXTENSION },
        { { name, sizeof name }, 0x0807, TLSN_ERR_UNSUPPORTED_EXTENSION },
        { { staple, 7 }, 0x0807, TLSN_ERR_DECODE },
        { { NULL, 0 }, 0x0808, TLSN_ERR_ILLEGAL_PARAMETER }, /* ed448, with such a key */
        { { NULL, 0 }, 0x0401, TLSN_ERR_ILLEGAL_PARAMETER },
        { { NULL, 0 }, 0xfe01, TLSN_ERR_ILLEGAL_PARAMETER },
        { { NULL, 0 }, 0x0807, TLSN_OK },
    };
    struct wire *w = shaken(TLSN_TLS1_3, SHA256_SUITE);
    struct message asked, made;

    (void)state;
    request(w, TLSN_SERVER, &asked);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        by_hand(w, &asked, t[i].extensions, t[i].scheme, &made);
        assert_int_equal(check(w, TLSN_SERVER, &asked, &made), t[i].status);
    }
    OK(make(w, TLSN_CLIENT, &asked, "ed25519", &made));
    assert_memory_equal(made.data + 4 + 33 + 3 + 3 + tlsn_authenticator_cert(span(&made), 0).len, "\0\0",
                        2); /* ours has no extensions */
    wire_free(w);
    REQ("9261:5.2.1/4");
    REQ("9261:5.2.2/3");
}

/* A chain that is signed with what the peer does not list is not shown. */
static void chain_is_of_listed_schemes(void **state)
{
    static const uint8_t both[] = { 13, 0, 0, 25, 4, 'a', 'b', 'c', 'd', 0, 18, 0, 13, 0, 4, 0, 2, 8,
                                    7, 0, 50, 0, 6, 0, 4, 8, 7, 4, 3 };
    struct wire *w = shaken(TLSN_TLS1_3, NULL);
    struct message asked, made;

    (void)state;
    memcpy(asked.data, both, asked.len = sizeof both); /* the authority's key is a P-256 one */
    asked.data[27] = 5;
    assert_int_equal(make(w, TLSN_CLIENT, &asked, "ed25519", &made), TLSN_ERR_NO_CREDENTIAL);
    asked.data[27] = 4;
    OK(make(w, TLSN_CLIENT, &asked, "ed25519", &made));
    wire_free(w);
    REQ("9261:5.2.1/3");
}

static void request_that_is_not_sound_is_refused(void **state)
{
    static const struct {
        uint8_t bytes[24];
        size_t len;
        tlsn_status status;
    } t[] = {
        { { 13, 0, 0, 0 }, 4, TLSN_ERR_DECODE },
        { { 17, 0, 0, 14, 3, 'a', 'b', 'c', 0, 8, 0, 13, 0, 4, 0, 2, 8, 7 }, 18, TLSN_ERR_DECODE },
        { { 13, 0, 0, 14, 3, 'a', 'b', 'c', 0, 8, 0, 13, 0, 4, 0, 2, 8, 7, 0 }, 19, TLSN_ERR_DECODE },
        { { 13, 0, 0, 6, 3, 'a', 'b', 'c', 0, 0 }, 10, TLSN_ERR_MISSING_EXTENSION },
        { { 13, 0, 0, 14, 3, 'a', 'b', 'c', 0, 8, 0, 13, 0, 4, 0, 3, 8, 7 }, 18, TLSN_ERR_DECODE },
        { { 13, 0, 0, 14, 3, 'a', 'b', 'c', 0, 8, 0, 5, 0, 0, 0, 5, 0, 0 }, 18, TLSN_ERR_DECODE },
        /* what is not known is passed over */
        { { 13, 0, 0, 20, 3, 'a', 'b', 'c', 0, 14, 0xfe, 1, 0, 0, 0, 13, 0, 6, 0, 4, 8, 7, 4, 3 }, 24,
          TLSN_OK },
    };
    struct wire *w = shaken(TLSN_TLS1_3, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct message asked, made;

        memcpy(asked.data, t[i].bytes, asked.len = t[i].len);
        assert_int_equal(make(w, TLSN_CLIENT, &asked, "ed25519", &made), t[i].status);
    }
    wire_free(w);
    REQ("9261:5.2.1/5");
}

/* Schemes of TLS 1.2 alone are none here, in TLS 1.2 neither. */
static void scheme_of_tls12_is_not_used(void **state)
{
    static const uint8_t pkcs1[] = { 13, 0, 0, 15, 4, 'a', 'b', 'c', 'f', 0, 8, 0, 13, 0, 4, 0, 2, 4, 1 };
    struct wire *w = shaken(TLSN_TLS1_2, NULL);
    struct message asked, made;

    (void)state;
    memcpy(asked.data, pkcs1, asked.len = sizeof pkcs1);
    assert_int_equal(make(w, TLSN_CLIENT, &asked, "rsa:2048", &made), TLSN_ERR_NO_CREDENTIAL);
    request(w, TLSN_SERVER, &asked);
    OK(make(w, TLSN_CLIENT, &asked, "rsa:2048", &made));
    assert_int_equal(message_at(&made, message_at(&made, 0).len).data[4], 8); /* rsa_pss_... */
    wire_free(w);
}

static void too_little_room_is_said(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3, NULL);
    struct message asked, made;
    size_t cap = 0;
    tlsn_status st = TLSN_ERR_BUFFER;

    (void)state;
    request(w, TLSN_SERVER, &asked);
    for (; st == TLSN_ERR_BUFFER; cap += 16) {
        st = tlsn_authenticator_make(wire_conn(w, 0), span(&asked), wire_credential("ed25519"),
                                     made.data, cap, &made.len);
        assert_true(st == TLSN_OK || made.len == 0);
    }
    OK(st);
    OK(check(w, TLSN_SERVER, &asked, &made));
    assert_int_equal(tlsn_authenticator_request(wire_conn(w, 0), none, NULL, made.data, 20,
                                                &made.len),
                     TLSN_ERR_BUFFER);
    wire_free(w);
    REQ("9261:7/2");
}

/* ---- memory ---- */

static tlsn_status all_of_it(struct wire *w)
{
    struct message asked, made;
    tlsn_status st = tlsn_authenticator_request(wire_conn(w, 1), none, NULL, asked.data, ROOM,
                                                &asked.len);

    if (st == TLSN_OK)
        st = make(w, TLSN_CLIENT, &asked, "ec:secp256r1", &made);
    return st == TLSN_OK ? check(w, TLSN_SERVER, &asked, &made) : st;
}

static void no_memory_at_any_allocation_is_a_clean_error(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        struct wire *w = shaken(TLSN_TLS1_3, NULL);
        struct wire_env *env = &w->end[r].env;
        size_t n = 0;

        do {
            tlsn_status st;

            env->failed = 0;
            env->fail_at = env->allocs + ++n;
            st = all_of_it(w);
            env->fail_at = 0;
            assert_int_equal(st, env->failed ? TLSN_ERR_NO_MEMORY : TLSN_OK);
            assert_null(tlsn_conn_error(wire_conn(w, (enum tlsn_role)r)));
        } while (env->failed && n < 100);
        assert_in_range(n, 3, 60);
        wire_say(w, TLSN_CLIENT, 10);
        wire_free(w);
    }
}

static void secrets_are_wiped(void **state)
{
    struct wire *w = shaken(TLSN_TLS1_3, NULL);

    (void)state;
    for (int r = 0; r < 2; r++)
        wire_watch(&w->end[r].env, wire_conn(w, (enum tlsn_role)r)->secrets13->exporter.data, 32);
    OK(all_of_it(w));
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
        cmocka_unit_test(empty_authenticator_has_the_value_of_the_standard),
        cmocka_unit_test(signature_covers_context_request_and_certificate),
        cmocka_unit_test(request_is_answered_and_the_answer_is_good),
        cmocka_unit_test(server_may_go_without_a_request_and_a_client_not),
        cmocka_unit_test(context_serves_once),
        cmocka_unit_test(contexts_are_drawn_and_bounded),
        cmocka_unit_test(certificate_for_another_name_than_the_request_is_refused),
        cmocka_unit_test(client_names_the_server_it_wants),
        cmocka_unit_test(identity_is_chosen_by_the_request),
        cmocka_unit_test(connection_without_its_own_secret_is_refused),
        cmocka_unit_test(authenticator_of_another_connection_is_refused),
        cmocka_unit_test(change_of_any_byte_is_noticed),
        cmocka_unit_test(stranger_is_refused),
        cmocka_unit_test(what_was_not_asked_for_is_refused),
        cmocka_unit_test(chain_is_of_listed_schemes),
        cmocka_unit_test(request_that_is_not_sound_is_refused),
        cmocka_unit_test(scheme_of_tls12_is_not_used),
        cmocka_unit_test(too_little_room_is_said),
        cmocka_unit_test(no_memory_at_any_allocation_is_a_clean_error),
        cmocka_unit_test(secrets_are_wiped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
