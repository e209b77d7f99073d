/* Delegated credentials in handshakes of TLS 1.3 (RFC 9345): who shows one to whom, and what else happens. */
#include "handshake/credential.h"
#include "req.h"
#include "support_delegated.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { DAY = 86400 };

/* A server with this credential and a client that takes delegated ones. Takes the reference. */
static struct wire *pair(tlsn_credential *owner)
{
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_config *config;

    for (int r = 0; r < 2; r++) {
        struct tlsn_hooks *hooks = &w->end[r].env.hooks;

        OK(tlsn_config_new(&config, hooks));
        wire_set_config(w, (enum tlsn_role)r, config);
        OK(tlsn_config_set_trust(config, dc_trust()));
    }
    OK(tlsn_config_set_delegated(w->end[TLSN_CLIENT].config, "default"));
    OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, owner));
    tlsn_credential_free(owner);
    return w;
}

/* The same the other way round, on demand or in the handshake. */
static struct wire *pair_for_client(tlsn_credential *owner)
{
    struct wire *w = pair(dc_owner("ec:secp256r1", DC_SOUND));

    OK(tlsn_config_set_delegated(w->end[TLSN_CLIENT].config, NULL));
    OK(tlsn_config_set_delegated(w->end[TLSN_SERVER].config, "default"));
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, owner));
    tlsn_credential_free(owner);
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    return w;
}

/* Both ends say that this side showed one, of this scheme; NULL: none. */
static void check_shown(const struct wire *w, enum tlsn_role by, const char *scheme)
{
    for (int r = 0; r < 2; r++) {
        struct tlsn_conn_info info = wire_info(w, (enum tlsn_role)r);

        assert_string_equal(info.delegated[by].scheme_name, scheme ? scheme : "");
        assert_int_equal(info.delegated[by].not_after, scheme ? DC_NOW + DAY : 0);
        assert_string_equal(info.delegated[!by].scheme_name, "");
    }
}

static bool has_extension(struct tlsn_span hello)
{
    static const uint8_t head[] = { 0, 34, 0 };

    return wire_holds(hello.data, hello.len, head, sizeof head);
}

static const struct {
    const char *key, *scheme;
} keys[] = { { "ec:secp256r1", "ecdsa_secp256r1_sha256" }, { "ec:secp384r1", "ecdsa_secp384r1_sha384" },
             { "ec:secp521r1", "ecdsa_secp521r1_sha512" }, { "ed25519", "ed25519" }, { "ed448", "ed448" },
             { "rsa-pss:2048", "rsa_pss_pss_sha256" } };
static const char *const owners[] = { "rsa:2048", "ec:secp256r1", "ed25519", "rsa-pss:2048" };
enum { KEYS = sizeof keys / sizeof *keys, OWNERS = sizeof owners / sizeof *owners };

static void server_shows_one_of_each_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS * OWNERS; i++) {
        const struct dc_spec spec = { .key = keys[i % KEYS].key, .role = TLSN_SERVER };
        tlsn_credential *owner = dc_owner(owners[i / KEYS], DC_SOUND);
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = pair(owner);
        wire_shake(w);
        check_shown(w, TLSN_SERVER, keys[i % KEYS].scheme);
        assert_string_equal(wire_info(w, TLSN_CLIENT).signature_scheme_name, keys[i % KEYS].scheme);
        assert_true(wire_info(w, TLSN_CLIENT).verified);
        wire_say(w, TLSN_SERVER, 20000);
        wire_free(w);
    }
    REQ("9345:4/1");
    REQ("9345:4/5");
    REQ("9345:4.1.1/1");
    REQ("9345:4.1.1/3");
    REQ("9345:4.1.3/10");
}

static void client_shows_one_of_each_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS * OWNERS; i++) {
        const struct dc_spec spec = { .key = keys[i % KEYS].key, .role = TLSN_CLIENT };
        tlsn_credential *owner = dc_owner(owners[i / KEYS], DC_SOUND);
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = pair_for_client(owner);
        wire_shake(w);
        check_shown(w, TLSN_CLIENT, keys[i % KEYS].scheme);
        assert_true(wire_info(w, TLSN_SERVER).client_authenticated);
        wire_say(w, TLSN_CLIENT, 20000);
        wire_free(w);
    }
    REQ("9345:4.1.2/1");
    REQ("9345:4.1.2/3");
}

static void both_sides_may_show_one(void **state)
{
    const struct dc_spec spec[2] = { { .role = TLSN_CLIENT }, { .role = TLSN_SERVER } };
    tlsn_credential *owner[2];
    struct wire *w;

    (void)state;
    for (int r = 0; r < 2; r++) {
        owner[r] = dc_owner("ec:secp256r1", DC_SOUND);
        (void)dc_add(owner[r], &spec[r]);
    }
    w = pair(owner[TLSN_SERVER]);
    OK(tlsn_config_set_delegated(w->end[TLSN_SERVER].config, "ed25519"));
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, owner[TLSN_CLIENT]));
    tlsn_credential_free(owner[TLSN_CLIENT]);
    wire_shake(w);
    for (int r = 0; r < 4; r++)
        assert_string_equal(wire_info(w, (enum tlsn_role)(r & 1)).delegated[r >> 1].scheme_name, "ed25519");
    wire_free(w);
}

/* ---- when there is none ---- */

static void shown_only_to_who_asks(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        const struct dc_spec spec = { .role = (enum tlsn_role)r };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = r == TLSN_SERVER ? pair(owner) : pair_for_client(owner);
        OK(tlsn_config_set_delegated(w->end[!r].config, ""));
        wire_shake(w);
        check_shown(w, (enum tlsn_role)r, NULL);
        assert_true(wire_info(w, (enum tlsn_role)!r).verified);
        wire_free(w);
    }
    REQ("9345:4.1.1/4");
    REQ("9345:4.1.2/4");
}

/* A new configuration does not ask for it. */
static void nobody_asks_by_default(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_2, TLSN_TLS1_3));
    wire_shake(w);
    assert_false(has_extension(wire_message(w, TLSN_CLIENT, 1)));
    wire_free(w);
    w = pair(dc_owner("ec:secp256r1", DC_SOUND));
    wire_shake(w);
    assert_true(has_extension(wire_message(w, TLSN_CLIENT, 1)));
    check_shown(w, TLSN_SERVER, NULL); /* there is none */
    wire_free(w);
    REQ("9345:4.1/1");
    REQ("9345:7.5/1");
}

static void none_below_tls13(void **state)
{
    (void)state;
    for (int old = 0; old < 2; old++) { /* which side speaks TLS 1.2 only */
        const struct dc_spec spec = { .role = TLSN_SERVER };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = pair(owner);
        OK(tlsn_config_set_versions(w->end[old].config, TLSN_TLS1_2, TLSN_TLS1_2));
        wire_shake(w);
        assert_int_equal(wire_info(w, TLSN_CLIENT).version, TLSN_TLS1_2);
        check_shown(w, TLSN_SERVER, NULL);
        wire_free(w);
    }
    REQ("9345:3/3");
    REQ("9345:4.1.1/5");
}

/* The certificate has to do by itself where its delegated credential is of no use. */
static void certificate_stands_in_for_one_that_does_not_suit(void **state)
{
    static const struct {
        const char *taken, *sigalgs, *own_sigalgs;
        int64_t end;
        enum tlsn_role role;
    } rows[] = {
        { .taken = "ecdsa_secp256r1_sha256,ed448", .role = TLSN_SERVER }, /* another scheme is wanted */
        { .taken = "default", .end = DC_NOW + 59, .role = TLSN_SERVER },  /* it may be over for the peer */
        { .taken = "default", .role = TLSN_CLIENT },                      /* it is for clients */
        { .taken = "default", .own_sigalgs = "ecdsa_secp256r1_sha256", .role = TLSN_SERVER },
        { .taken = "default", .sigalgs = "rsa_pss_rsae_sha256,ecdsa_secp384r1_sha384", .role = TLSN_SERVER },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct dc_spec spec = { .role = rows[i].role, .end = rows[i].end };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = pair(owner);
        OK(tlsn_config_set_delegated(w->end[TLSN_CLIENT].config, rows[i].taken));
        if (rows[i].own_sigalgs)
            OK(tlsn_config_set_sigalgs(w->end[TLSN_SERVER].config, rows[i].own_sigalgs));
        if (rows[i].sigalgs) {
            OK(tlsn_config_set_sigalgs(w->end[TLSN_CLIENT].config, rows[i].sigalgs));
            wire_open(w);
            wire_run(w);
            assert_false(wire_done(w)); /* nor can the certificate's key sign */
        } else {
            wire_shake(w);
            check_shown(w, TLSN_SERVER, NULL);
        }
        wire_free(w);
    }
    REQ("9345:5.1/1");
    REQ("9345:7.2/1");
}

/* It lasts for longer than the server's clock allows. */
static void one_that_lasts_too_long_is_not_shown(void **state)
{
    (void)state;
    for (int early = 0; early < 2; early++) {
        const struct dc_spec spec = { .role = TLSN_SERVER, .end = DC_NOW + 7 * DAY };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = pair(owner);
        for (int r = 0; r < 2; r++)
            w->end[r].env.now_ms -= 1000 * early;
        wire_shake(w);
        assert_int_equal(wire_info(w, TLSN_CLIENT).delegated[TLSN_SERVER].scheme, early ? 0 : 0x0807);
        wire_free(w);
    }
}

/* The client lists a scheme for the certificate's key, but not the one that the delegation was made with. */
static void delegation_that_the_client_cannot_check_is_not_shown(void **state)
{
    static const char *const signatures[] = { "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha512" };

    (void)state;
    for (int other = 0; other < 2; other++) {
        const struct dc_spec spec = { .role = TLSN_SERVER, .signature = signatures[other] };
        tlsn_credential *owner = dc_owner("rsa:2048", DC_SOUND);
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = pair(owner);
        OK(tlsn_config_set_sigalgs(w->end[TLSN_CLIENT].config, "rsa_pss_rsae_sha256,ecdsa_secp256r1_sha256"));
        wire_shake(w);
        check_shown(w, TLSN_SERVER, other ? NULL : "ed25519");
        wire_free(w);
    }
    REQ("9345:4.1.1/11");
}

static void first_that_suits_is_shown(void **state)
{
    const struct dc_spec specs[] = { { .role = TLSN_SERVER, .end = DC_NOW + 10 },
                                     { .role = TLSN_CLIENT },
                                     { .key = "ec:secp384r1", .role = TLSN_SERVER },
                                     { .key = "ed25519", .role = TLSN_SERVER } };
    static const char *const lists[][2] = { { "default", "ecdsa_secp384r1_sha384" },
                                            { "ed25519", "ed25519" } };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct wire *w;

        for (size_t k = 0; k < 4; k++)
            (void)dc_add(owner, &specs[k]);
        w = pair(owner);
        OK(tlsn_config_set_delegated(w->end[TLSN_CLIENT].config, lists[i][0]));
        wire_shake(w);
        check_shown(w, TLSN_SERVER, lists[i][1]);
        wire_free(w);
    }
}

/* ---- the contract ---- */

static void input_in_single_bytes_makes_no_difference(void **state)
{
    static struct wire_tape whole, split;

    (void)state;
    for (int r = 0; r < 2; r++) {
        const struct dc_spec spec = { .role = (enum tlsn_role)r };
        tlsn_credential *owner = dc_owner("ed25519", DC_SOUND);
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = r == TLSN_SERVER ? pair(owner) : pair_for_client(owner);
        wire_open(w);
        wire_run(w);
        wire_record(w, (enum tlsn_role)r, &whole);
        w->step = w->cap = 1;
        wire_open(w);
        wire_run(w);
        assert_true(wire_done(w));
        wire_record(w, (enum tlsn_role)r, &split);
        assert_int_equal(whole.len, split.len);
        assert_memory_equal(whole.data, split.data, whole.len);
        wire_free(w);
    }
}

/* The key of the delegated credential may be elsewhere, that of the certificate too. */
static void key_outside_is_asked_for(void **state)
{
    const struct dc_spec spec = { .key = "ed25519", .role = TLSN_SERVER };

    (void)state;
    for (int good = 0; good < 2; good++) {
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        tlsn_credential *dc = dc_add(owner, &spec);
        struct wire *w = pair(owner);
        uint8_t signature[TLSNI_SIGNATURE_MAX] = "no signature at all";
        struct tlsni_privkey *key = dc->key; /* the test does what it is asked for */
        struct tlsn_key_op op;
        size_t len = 19;

        dc->key = NULL;
        wire_open(w);
        wire_run(w);
        assert_int_equal(w->end[TLSN_SERVER].status, TLSN_NEED_KEY_OP);
        assert_true(tlsn_key_op(wire_conn(w, TLSN_SERVER), &op));
        assert_ptr_equal(op.credential, dc);
        assert_int_equal(op.scheme, 0x0807);
        assert_int_equal(op.kind, TLSN_KEY_OP_SIGN);
        if (good) {
            struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(op.scheme));

            OK(tlsni_privkey_sign(key, NULL, &params, op.input, signature, &len));
        }
        OK(tlsn_key_op_complete(wire_conn(w, TLSN_SERVER), TLSN_OK, signature, len));
        wire_run(w);
        assert_int_equal(wire_done(w), good);
        assert_int_equal(w->end[TLSN_CLIENT].status, good ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR);
        dc->key = key;
        wire_free(w);
    }
    REQ("9345:7.1/1");
}

static void verdict_is_asked_for_once_the_credential_is_known(void **state)
{
    (void)state;
    for (int accept = 0; accept < 2; accept++) {
        const struct dc_spec spec = { .role = TLSN_SERVER };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = pair(owner);
        OK(tlsn_config_set_verify_mode(w->end[TLSN_CLIENT].config, TLSN_VERIFY_SUSPEND));
        wire_open(w);
        wire_run(w);
        assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_NEED_VERDICT);
        assert_string_equal(wire_info(w, TLSN_CLIENT).delegated[TLSN_SERVER].scheme_name, "ed25519");
        OK(tlsn_verify_default(wire_conn(w, TLSN_CLIENT), NULL));
        OK(tlsn_set_verdict(wire_conn(w, TLSN_CLIENT), accept ? TLSN_OK : TLSN_ERR_ACCESS_DENIED));
        wire_run(w);
        assert_int_equal(wire_done(w), accept);
        wire_free(w);
    }
}

/* Chain and name count as ever. */
static void chain_of_another_authority_is_refused_beside_one(void **state)
{
    const struct dc_spec spec = { .role = TLSN_SERVER };
    tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
    struct wire *w;

    (void)state;
    (void)dc_add(owner, &spec);
    w = pair(owner);
    OK(tlsn_config_set_trust(w->end[TLSN_CLIENT].config, wire_trust()));
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_CERT_UNKNOWN_CA);
    wire_free(w);
    REQ("9345:4.1.3/1");
}

/* Memory fails at each place in turn, on either side. */
static void no_memory_is_a_clean_error(void **state)
{
    (void)state;
    for (int r = 0; r < 4; r++) { /* bit 0: whose memory, bit 1: who shows one */
        const struct dc_spec spec = { .role = (enum tlsn_role)(r >> 1) };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = r >> 1 ? pair(owner) : pair_for_client(owner);
        wire_fail_each(w, (enum tlsn_role)(r & 1));
        wire_free(w);
    }
}

/* ---- beside other things ---- */

static void retry_and_compression_change_nothing(void **state)
{
    const struct dc_spec spec = { .role = TLSN_SERVER };
    tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
    const char *compression = tlsn_cert_compression_name(0);
    struct wire *w;

    (void)state;
    (void)dc_add(owner, &spec);
    w = pair(owner);
    OK(tlsn_config_set_groups(w->end[TLSN_SERVER].config, "secp384r1"));
    OK(tlsn_config_set_key_shares(w->end[TLSN_CLIENT].config, "x25519"));
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_cert_compression(w->end[r].config, compression));
    wire_shake(w);
    check_shown(w, TLSN_SERVER, "ed25519");
    assert_string_equal(wire_info(w, TLSN_CLIENT).group_name, "secp384r1");
    wire_free(w);
}

static void client_shows_one_behind_the_handshake(void **state)
{
    const struct dc_spec spec = { .role = TLSN_CLIENT };
    tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
    uint8_t got[64];
    struct wire *w;
    size_t len;

    (void)state;
    (void)dc_add(owner, &spec);
    w = pair_for_client(owner);
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_NONE));
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_POST_HANDSHAKE_AUTH, true));
    wire_shake(w);
    check_shown(w, TLSN_CLIENT, NULL);
    OK(tlsn_request_client_auth(wire_conn(w, TLSN_SERVER), TLSN_CLIENT_AUTH_REQUIRE));
    wire_flush(w, TLSN_SERVER);
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, sizeof got, &len), TLSN_NEED_INPUT);
    wire_flush(w, TLSN_CLIENT);
    assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &len), TLSN_NEED_INPUT);
    check_shown(w, TLSN_CLIENT, "ed25519");
    assert_true(wire_info(w, TLSN_SERVER).client_authenticated);
    wire_free(w);
}

/* A session ends with what it was made with, whatever its tickets say. */
static void session_ends_with_its_delegated_credential(void **state)
{
    (void)state;
    for (int late = 0; late < 4; late++) { /* bit 0: behind its end, bit 1: who shows one */
        const struct dc_spec spec = { .role = (enum tlsn_role)(late >> 1), .end = DC_NOW + 600 };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        tlsn_session *session;
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = late >> 1 ? pair(owner) : pair_for_client(owner);
        wire_shake(w);
        session = wire_session(w);
        for (int r = 0; r < 2; r++)
            w->end[r].env.now_ms += 1000 * (600 + (late & 1));
        wire_resume(w, session);
        wire_run(w);
        assert_true(wire_done(w));
        assert_int_equal(wire_info(w, TLSN_CLIENT).resumed,
                         late & 1 ? TLSN_RESUMED_NO : TLSN_RESUMED_TICKET);
        check_shown(w, TLSN_CLIENT, NULL); /* a resumption shows nothing, and this one's time is over */
        tlsn_session_free(session);
        wire_free(w);
    }
    REQ("9345:7.4/1");
}

/* Where such credentials are not taken, a session that began with one is none either. */
static void session_does_not_speak_for_who_takes_none(void **state)
{
    (void)state;
    for (int takes = 0; takes < 2; takes++) {
        const struct dc_spec spec = { .role = TLSN_SERVER };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        tlsn_session *session;
        tlsn_config *config;
        struct wire *w;

        (void)dc_add(owner, &spec);
        w = pair(owner);
        wire_shake(w);
        session = wire_session(w);
        OK(tlsn_config_new(&config, &w->end[TLSN_CLIENT].env.hooks));
        OK(tlsn_config_set_trust(config, dc_trust()));
        OK(tlsn_config_set_delegated(config, takes ? "default" : NULL));
        wire_set_config(w, TLSN_CLIENT, config);
        wire_resume(w, session);
        wire_run(w);
        assert_true(wire_done(w));
        assert_int_equal(wire_info(w, TLSN_CLIENT).resumed, takes ? TLSN_RESUMED_TICKET : TLSN_RESUMED_NO);
        tlsn_session_free(session);
        wire_free(w);
    }
}

/* Authenticators (RFC 9261) ask for none, so that none is shown. */
static void authenticators_go_without(void **state)
{
    const struct dc_spec spec = { .role = TLSN_SERVER };
    const struct tlsn_span none = { NULL, 0 };
    tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND), *held, *dc;
    uint8_t out[8192];
    struct wire *w;
    size_t len;

    (void)state;
    dc = dc_add(owner, &spec);
    held = tlsn_credential_ref(owner);
    w = pair(owner);
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_EXPORTER, true));
    wire_shake(w);
    check_shown(w, TLSN_SERVER, "ed25519");
    OK(tlsn_authenticator_make(wire_conn(w, TLSN_SERVER), none, held, out, sizeof out, &len));
    assert_false(wire_holds(out, len, dc_bytes_of(dc).data, dc_bytes_of(dc).len));
    OK(tlsn_authenticator_check(wire_conn(w, TLSN_CLIENT), none, (struct tlsn_span){ out, len }, NULL));
    tlsn_credential_free(held);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_shows_one_of_each_kind),
        cmocka_unit_test(client_shows_one_of_each_kind),
        cmocka_unit_test(both_sides_may_show_one),
        cmocka_unit_test(shown_only_to_who_asks),
        cmocka_unit_test(nobody_asks_by_default),
        cmocka_unit_test(none_below_tls13),
        cmocka_unit_test(certificate_stands_in_for_one_that_does_not_suit),
        cmocka_unit_test(one_that_lasts_too_long_is_not_shown),
        cmocka_unit_test(delegation_that_the_client_cannot_check_is_not_shown),
        cmocka_unit_test(first_that_suits_is_shown),
        cmocka_unit_test(input_in_single_bytes_makes_no_difference),
        cmocka_unit_test(key_outside_is_asked_for),
        cmocka_unit_test(verdict_is_asked_for_once_the_credential_is_known),
        cmocka_unit_test(chain_of_another_authority_is_refused_beside_one),
        cmocka_unit_test(no_memory_is_a_clean_error),
        cmocka_unit_test(retry_and_compression_change_nothing),
        cmocka_unit_test(client_shows_one_behind_the_handshake),
        cmocka_unit_test(session_ends_with_its_delegated_credential),
        cmocka_unit_test(session_does_not_speak_for_who_takes_none),
        cmocka_unit_test(authenticators_go_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
