/* External and imported pre-shared keys in TLS 1.3 between two engines (RFC 8446 2.2, 4.2.11, RFC 9258): who gets a
 * handshake with which key, what is said about the others, what the application is asked. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/hkdf.h"
#include "cipher/hmac.h"
#include "config.h"
#include "conn.h"
#include "ext/ext.h"
#include "req.h"
#include "support_vectors.h"

static const uint8_t key[] = "thirty-two octets of a secret key";
static const uint8_t other_key[] = "thirty-two octets of another key.";
enum { KEY_LEN = sizeof key - 1 };

static struct tlsn_span text(const char *s)
{
    return tlsni_span_make((const uint8_t *)s, strlen(s));
}

static void only_tls13(struct wire *w)
{
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(wire_config(w, (enum tlsn_role)r), TLSN_TLS1_3, TLSN_TLS1_3));
}

/* The server has a certificate too. */
static struct wire *pair(void)
{
    struct wire *w = wire_new("ec:secp256r1");

    only_tls13(w);
    return w;
}

/* It has none. */
static struct wire *bare(void)
{
    struct wire *w = pair();
    tlsn_config *c;

    OK(tlsn_config_new(&c, &w->end[TLSN_SERVER].env.hooks));
    wire_set_config(w, TLSN_SERVER, c);
    only_tls13(w);
    return w;
}

static void add(struct wire *w, enum tlsn_role role, const char *identity, const uint8_t *k)
{
    OK(tlsn_config_add_psk(wire_config(w, role), identity, strlen(identity), k, KEY_LEN));
}

/* A kind of key: for all versions (0), of this hash for TLS 1.3, imported. */
struct kind {
    unsigned bits;
    bool import;
    const char *context;
};

static void add_kind(struct wire *w, enum tlsn_role role, const char *identity, const uint8_t *k,
                     const struct kind *kind)
{
    const struct tlsn_external_psk psk = { .identity = text(identity),
                                           .key = { k, KEY_LEN },
                                           .hash_bits = kind->bits,
                                           .import = kind->import,
                                           .context = text(kind->context) };

    if (kind->bits)
        OK(tlsn_config_add_external_psk(wire_config(w, role), &psk));
    else
        add(w, role, identity, k);
}

static void say(struct wire *w)
{
    uint8_t waste[1];
    size_t len;

    wire_flush(w, TLSN_SERVER);
    assert_int_equal(wire_read(w, TLSN_CLIENT, waste, 1, &len), TLSN_NEED_INPUT);
    wire_say(w, TLSN_CLIENT, 20000);
    wire_say(w, TLSN_SERVER, 20000);
}

static void check_psk(const struct wire *w, const char *identity)
{
    for (int r = 0; r < 2; r++) {
        struct tlsn_conn_info info = wire_info(w, (enum tlsn_role)r);

        assert_int_equal(info.resumed, TLSN_RESUMED_PSK);
        assert_string_equal(info.authentication, "PSK");
        assert_int_equal(info.signature_scheme, 0);
        if (identity)
            assert_true(tlsni_span_eq(info.psk_identity, text(identity)));
    }
}

static void run(struct wire *w)
{
    wire_open(w);
    wire_run(w);
}

/* Bytes of a ClientHello that offers none. */
static size_t without_psk(void)
{
    struct wire *w = pair();
    size_t len;

    wire_shake(w);
    len = wire_message(w, TLSN_CLIENT, 1).len;
    wire_free(w);
    return len;
}

/* ---- it works ---- */

static const char *const suites[] = { "TLS_AES_128_GCM_SHA256",       "TLS_AES_256_GCM_SHA384",
                                      "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256",
                                      "TLS_AES_128_CCM_8_SHA256" };
static const struct kind kinds[] = { { 0, false, "" }, { 256, false, "" }, { 384, false, "" },
                                     { 256, true, "" }, { 384, true, "client speaks first" } };
static const size_t steps[][2] = { { 0, 0 }, { 1, 1 } };

static bool of_hash(size_t suite, const struct kind *kind)
{
    return kind->import || (strstr(suites[suite], "SHA384") != NULL) == (kind->bits == 384);
}

/* Its ticket is one for the same identity. */
static void resume(struct wire *w)
{
    tlsn_session *s = wire_session(w);

    wire_resume(w, s);
    for (int r = 0; r < 2; r++) {
        assert_int_equal(wire_info(w, (enum tlsn_role)r).resumed, TLSN_RESUMED_TICKET);
        assert_string_equal(wire_info(w, (enum tlsn_role)r).authentication, "PSK");
    }
    tlsn_session_free(s);
}

static void go(size_t suite, const struct kind *kind, bool retry, const size_t step[2])
{
    struct wire *w = pair();

    for (int r = 0; r < 2; r++) {
        add_kind(w, (enum tlsn_role)r, "joe", key, kind);
        OK(tlsn_config_set_suites(wire_config(w, (enum tlsn_role)r), suites[suite]));
        wire_watch(&w->end[r].env, key, KEY_LEN);
    }
    OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
    OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), retry ? "secp256r1" : "x25519"));
    w->step = step[0];
    w->cap = step[1];
    wire_shake(w);
    check_psk(w, kind->import ? NULL : "joe");
    say(w);
    wire_agree(w);
    resume(w);
    assert_int_equal(w->end[0].env.leaks + w->end[1].env.leaks, 0);
    wire_free(w);
}

static void psk_of_each_kind_works_with_each_suite_of_its_hash(void **state)
{
    (void)state;
    for (size_t suite = 0; suite < sizeof suites / sizeof *suites; suite++)
        for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
            for (size_t i = 0; i < 4; i++)
                if (of_hash(suite, &kinds[kind]))
                    go(suite, &kinds[kind], i & 1, steps[i / 2]);
    REQ("8446:2.2/1");
    REQ("8446:4.2.11/8");
}

/* Nobody has to have a certificate, or to trust one. */
static void psk_is_taken_before_a_certificate(void **state)
{
    struct wire *w = pair();

    (void)state;
    add(w, TLSN_CLIENT, "joe", key);
    add(w, TLSN_SERVER, "joe", key);
    OK(tlsn_config_add_credential(wire_config(w, TLSN_CLIENT), wire_credential("ec:secp256r1")));
    OK(tlsn_config_set_client_auth(wire_config(w, TLSN_SERVER), TLSN_CLIENT_AUTH_REQUEST));
    wire_shake(w);
    check_psk(w, "joe");
    for (int r = 0; r < 2; r++) /* neither side shows one */
        assert_int_equal(tlsn_conn_peer_cert(wire_conn(w, (enum tlsn_role)r), 0).len, 0);
    wire_free(w);
    REQ("8446:E.1/1");
}

static void psk_is_also_for_older_versions(void **state)
{
    struct wire *w = pair();

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_suites(wire_config(w, (enum tlsn_role)r),
                                  "TLS_AES_128_GCM_SHA256,TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"));
    OK(tlsn_config_set_versions(wire_config(w, TLSN_CLIENT), TLSN_TLS1_2, TLSN_TLS1_3));
    OK(tlsn_config_set_versions(wire_config(w, TLSN_SERVER), TLSN_TLS1_2, TLSN_TLS1_2));
    add(w, TLSN_CLIENT, "joe", key);
    add(w, TLSN_SERVER, "joe", key);
    wire_shake(w);
    assert_int_equal(wire_info(w, TLSN_CLIENT).version, TLSN_TLS1_2);
    assert_true(tlsni_span_eq(wire_info(w, TLSN_SERVER).psk_identity, text("joe")));
    wire_free(w);
}

/* Keys of TLS 1.3 are no keys of TLS 1.2. */
static void external_psk_is_for_tls13_alone(void **state)
{
    (void)state;
    for (int import = 0; import < 2; import++) {
        const struct kind kind = { 256, import, "" };
        struct wire *w = pair();

        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_set_versions(wire_config(w, (enum tlsn_role)r), TLSN_TLS1_2,
                                        TLSN_TLS1_2));
            OK(tlsn_config_set_suites(wire_config(w, (enum tlsn_role)r),
                                      "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"));
            add_kind(w, (enum tlsn_role)r, "joe", key, &kind);
        }
        run(w);
        assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_NO_SHARED_SUITE);
        wire_free(w);
    }
    REQ("9258:5.1/2");
}

/* What is too short goes on with older versions alone; keys of the application too. */
static void short_key_is_no_key_of_tls13(void **state)
{
    const struct tlsn_psk psk = { .identity = text("joe"), .key = { key, 15 } };
    struct wire *w = pair();

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_add_psk(wire_config(w, (enum tlsn_role)r), "joe", 3, key, 15));
    wire_shake(w);
    assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_NO);
    assert_int_equal(wire_message(w, TLSN_CLIENT, 1).len, without_psk());
    wire_free(w);
    w = pair();
    OK(tlsn_config_set_psk_suspend(wire_config(w, TLSN_CLIENT), true));
    wire_open(w);
    wire_run(w);
    OK(tlsn_psk_answer(w->end[TLSN_CLIENT].conn, &psk));
    wire_run(w);
    assert_true(wire_done(w));
    assert_int_equal(wire_message(w, TLSN_CLIENT, 1).len, without_psk());
    wire_free(w);
    REQ("9257:6/2");
}

/* Any bytes are compared as they are. */
static void identities_are_bytes(void **state)
{
    static const uint8_t names[][3] = { { 0xff, 0, 'a' }, { 0xff, 0, 'b' }, { 0xff, 0, 0 } };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct wire *w = pair();

        for (size_t k = 0; k < 3; k++)
            OK(tlsn_config_add_external_psk(
                wire_config(w, TLSN_SERVER),
                &(struct tlsn_external_psk){ .identity = { names[k], 3 },
                                             .key = { k == i ? key : other_key, KEY_LEN } }));
        OK(tlsn_config_add_external_psk(wire_config(w, TLSN_CLIENT),
                                        &(struct tlsn_external_psk){ .identity = { names[i], 3 },
                                                                     .key = { key, KEY_LEN } }));
        wire_shake(w);
        check_psk(w, NULL);
        wire_free(w);
    }
    REQ("9257:6.1.1/1");
}

/* ---- choosing ---- */

static void server_takes_the_first_identity_that_it_knows(void **state)
{
    static const char *const names[] = { "ann", "bob", "joe" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct wire *w = pair();

        for (size_t k = 0; k < 3; k++)
            add(w, TLSN_CLIENT, names[k], k == i ? key : other_key);
        for (size_t k = 3; k-- > i;)
            add(w, TLSN_SERVER, names[k], k == i ? key : other_key);
        wire_shake(w);
        check_psk(w, names[i]);
        say(w);
        wire_free(w);
    }
}

/* Identities stand with an age of 0 and in the order in which they were added, binders behind them. */
static void offer_is_as_the_rfc_has_it(void **state)
{
    static const uint8_t want[] = { 0, 13, 0, 3, 'a', 'n', 'n', 0, 0, 0, 0 };
    const struct kind sha256 = { 256, false, "" }, sha384 = { 384, false, "" };
    enum { LIST = 2 + 2 * (2 + 3 + 4), BINDERS = 2 + 1 + 32 + 1 + 48 };
    struct wire *w = pair();
    struct tlsn_span hello;
    const uint8_t *at;

    (void)state;
    add_kind(w, TLSN_CLIENT, "ann", key, &sha256);
    add_kind(w, TLSN_CLIENT, "joe", key, &sha384);
    wire_shake(w);
    hello = wire_message(w, TLSN_CLIENT, 1);
    at = hello.data + hello.len - BINDERS - LIST;
    assert_int_equal(at[1], LIST - 2);
    assert_memory_equal(at + 2, want + 2, sizeof want - 2);
    assert_memory_equal(at + 11, "\0\3joe\0\0\0\0", 9);
    assert_int_equal(at[LIST + 1], BINDERS - 2);
    assert_int_equal(at[LIST + 2], 32);
    assert_int_equal(at[LIST + 3 + 32], 48);
    wire_free(w);
    REQ("8446:4.2.11/7");
}

/* One of another hash is passed over. */
static void key_goes_with_suites_of_its_hash(void **state)
{
    const struct kind sha256 = { 256, false, "" }, sha384 = { 384, false, "" };
    struct wire *w = pair();

    (void)state;
    OK(tlsn_config_set_suites(wire_config(w, TLSN_SERVER), suites[1]));
    for (int r = 0; r < 2; r++) {
        add_kind(w, (enum tlsn_role)r, "ann", key, &sha256);
        add_kind(w, (enum tlsn_role)r, "joe", key, &sha384);
    }
    wire_shake(w);
    check_psk(w, "joe");
    assert_string_equal(wire_info(w, TLSN_CLIENT).suite_name, suites[1]);
    wire_free(w);
    REQ("8446:4.2.11/9");
    REQ("8446:4.2.11/1");
}

/* The server would have taken another suite without the key. */
static void key_has_a_say_in_the_choice_of_the_suite(void **state)
{
    const struct kind sha256 = { 256, false, "" };

    (void)state;
    for (int known = 0; known < 2; known++) {
        struct wire *w = pair();

        OK(tlsn_config_set_suites(wire_config(w, TLSN_SERVER),
                                  "TLS_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256"));
        add_kind(w, TLSN_CLIENT, "joe", key, &sha256);
        if (known)
            add_kind(w, TLSN_SERVER, "joe", key, &sha256);
        wire_shake(w);
        assert_string_equal(wire_info(w, TLSN_CLIENT).suite_name, suites[!known]);
        wire_free(w);
    }
    REQ("8446:4.2.11/13");
}

/* The binder of a key with SHA-256 over a hello up to its binders (RFC 8446 4.2.11.2). */
static void put_binder(uint8_t *hello, size_t len)
{
    static const uint8_t zeros[32];
    const struct tlsni_hash *hash = tlsni_hash_find(TLSNI_HASH_SHA256);
    const struct tlsn_span none = { NULL, 0 };
    uint8_t empty[32], early[32], base[32], finished[32], sum[32];

    tlsni_hash_once(hash, NULL, 0, empty);
    tlsni_hash_once(hash, hello, len - 35, sum);
    tlsni_hkdf_extract(hash, tlsni_span_make(zeros, 32), tlsni_span_make(key, KEY_LEN), early);
    tlsni_hkdf_expand_label(hash, early, "ext binder", tlsni_span_make(empty, 32), base, 32);
    tlsni_hkdf_expand_label(hash, base, "finished", none, finished, 32);
    tlsni_hmac_once(hash, finished, 32, sum, 32, hello + len - 32);
}

/* A client that says any age of it: the server goes on with the key, whatever comes behind. */
static void age_of_a_key_is_ignored(void **state)
{
    static const uint8_t ages[][4] = { { 0, 0, 0, 0 }, { 0, 0, 0, 1 }, { 0xff, 0xff, 0xff, 0xff } };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct wire *w = pair();
        struct wire_end *server = &w->end[TLSN_SERVER];

        add(w, TLSN_CLIENT, "joe", key);
        add(w, TLSN_SERVER, "joe", key);
        wire_open(w);
        while (wire_turn(w, TLSN_CLIENT))
            ;
        assert_int_equal(server->in[0], 22);
        memcpy(server->in + server->in_len - 39, ages[i], 4);
        put_binder(server->in + 5, server->in_len - 5);
        (void)wire_turn(w, TLSN_SERVER);
        assert_null(tlsn_conn_error(wire_conn(w, TLSN_SERVER)));
        assert_int_not_equal(wire_message(w, TLSN_SERVER, 2).len, 0);
        assert_true(wire_conn(w, TLSN_SERVER)->scratch->hs.tls13.keyed);
        wire_free(w);
    }
    REQ("8446:4.2.11/12");
}

/* And not offered by a client without such suites, or behind a HelloRetryRequest of another. */
static void key_of_another_hash_is_not_offered(void **state)
{
    const struct kind sha384 = { 384, false, "" };

    (void)state;
    for (int retry = 0; retry < 2; retry++) {
        struct wire *w = pair();

        add_kind(w, TLSN_CLIENT, "joe", key, &sha384);
        add_kind(w, TLSN_SERVER, "joe", key, &sha384);
        OK(tlsn_config_set_suites(wire_config(w, retry ? TLSN_SERVER : TLSN_CLIENT), suites[0]));
        OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
        OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), retry ? "secp256r1" : "x25519"));
        wire_shake(w);
        assert_int_equal(wire_info(w, TLSN_CLIENT).resumed, TLSN_RESUMED_NO);
        assert_int_equal(wire_info(w, TLSN_CLIENT).psk_identity.len, 0);
        assert_int_equal(wire_info(w, TLSN_SERVER).psk_identity.len, 0);
        wire_free(w);
    }
    REQ("8446:4.1.4/5");
}

/* A ticket comes first, and the key is there if it is not taken. */
static void key_stands_behind_a_ticket(void **state)
{
    static const uint8_t secret[32] = { 1 };

    (void)state;
    for (int known = 0; known < 2; known++) {
        struct wire *w = pair();
        tlsn_session *s;

        add(w, TLSN_CLIENT, "joe", key);
        add(w, TLSN_SERVER, "joe", key);
        wire_shake(w);
        s = wire_session(w);
        if (!known) {
            tlsn_config *c;

            tlsn_conn_free(w->end[TLSN_SERVER].conn);
            w->end[TLSN_SERVER].conn = NULL;
            OK(tlsn_config_new(&c, &w->end[TLSN_SERVER].env.hooks));
            OK(tlsn_config_set_versions(c, TLSN_TLS1_3, TLSN_TLS1_3));
            OK(tlsn_config_set_ticket_secret(c, secret));
            wire_set_config(w, TLSN_SERVER, c);
            add(w, TLSN_SERVER, "joe", key);
        }
        wire_resume(w, s);
        assert_true(wire_done(w));
        for (int r = 0; r < 2; r++)
            assert_int_equal(wire_info(w, (enum tlsn_role)r).resumed,
                             known ? TLSN_RESUMED_TICKET : TLSN_RESUMED_PSK);
        say(w);
        tlsn_session_free(s);
        wire_free(w);
    }
}

/* Tickets begin with the name of their key, so that nobody's identity is taken for one. */
static void ticket_is_told_from_identities(void **state)
{
    struct wire *w = pair();
    tlsn_session *s[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        wire_shake(w);
        s[i] = wire_session(w);
    }
    assert_int_equal(tlsni_buf_len(&s[0]->ticket), tlsni_buf_len(&s[1]->ticket));
    assert_memory_equal(tlsni_buf_data(&s[0]->ticket), tlsni_buf_data(&s[1]->ticket), 16);
    for (int i = 0; i < 2; i++)
        tlsn_session_free(s[i]);
    wire_free(w);
    REQ("9257:6.1.2/1");
}

/* A ticket does not outlive the key that it goes back to. */
static void ticket_goes_with_its_identity(void **state)
{
    static const uint8_t secret[32] = { 1 };

    (void)state;
    for (int r = 0; r < 2; r++) {
        struct wire *w = pair();
        tlsn_session *s;
        tlsn_config *c;

        add(w, TLSN_CLIENT, "joe", key);
        add(w, TLSN_SERVER, "joe", key);
        OK(tlsn_config_set_ticket_secret(wire_config(w, TLSN_SERVER), secret));
        wire_shake(w);
        s = wire_session(w);
        tlsn_conn_free(w->end[r].conn);
        w->end[r].conn = NULL;
        OK(tlsn_config_new(&c, &w->end[r].env.hooks));
        OK(tlsn_config_set_versions(c, TLSN_TLS1_3, TLSN_TLS1_3));
        OK(tlsn_config_set_ticket_secret(c, secret));
        OK(tlsn_config_set_trust(c, wire_trust()));
        OK(tlsn_config_add_credential(c, wire_credential("ec:secp256r1")));
        wire_set_config(w, (enum tlsn_role)r, c);
        wire_resume(w, s);
        assert_true(wire_done(w));
        assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_NO);
        assert_string_not_equal(wire_info(w, TLSN_CLIENT).authentication, "PSK");
        tlsn_session_free(s);
        wire_free(w);
    }
}

/* The first secret of the handshake, by RFC 8446 7.1: a key that was agreed on before, zeros for what Diffie-Hellman
 * would have given. */
static void handshake_secret(const struct wire *w, uint8_t secret[32])
{
    static const uint8_t zeros[32];
    const struct tlsni_hash *hash = tlsni_hash_find(TLSNI_HASH_SHA256);
    struct tlsn_span hellos[2];
    struct tlsni_hash_ctx messages;
    uint8_t empty[32], stage[32], salt[32], sum[32];

    tlsni_hash_once(hash, NULL, 0, empty);
    tlsni_hkdf_extract(hash, tlsni_span_make(zeros, 32), tlsni_span_make(key, KEY_LEN), stage);
    tlsni_hkdf_expand_label(hash, stage, "derived", tlsni_span_make(empty, 32), salt, 32);
    tlsni_hkdf_extract(hash, tlsni_span_make(salt, 32), tlsni_span_make(zeros, 32), stage);
    hellos[0] = wire_message(w, TLSN_CLIENT, 1);
    hellos[1] = wire_message(w, TLSN_SERVER, 2);
    tlsni_hash_init(&messages, hash);
    for (int i = 0; i < 2; i++)
        tlsni_hash_update(&messages, hellos[i].data, hellos[i].len);
    tlsni_hash_peek(&messages, sum);
    tlsni_hkdf_expand_label(hash, stage, "c hs traffic", tlsni_span_make(sum, 32), secret, 32);
}

static void check_without_dh(const struct wire *w)
{
    struct tlsn_span hello = wire_message(w, TLSN_SERVER, 2), share;
    uint8_t secret[32];

    assert_int_equal(wire_info(w, TLSN_CLIENT).group, 0);
    assert_int_equal(hello.data[4 + 34], 32); /* session ID, of compatibility mode */
    assert_false(tlsni_ext_find(tlsni_span_make(hello.data + 76, hello.len - 76), TLSNI_EXT_KEY_SHARE, &share));
    handshake_secret(w, secret);
    assert_memory_equal(w->end[TLSN_CLIENT].logged[0].data, secret, 32);
}

/* Keys without fresh Diffie-Hellman: only when both sides say so. */
static void psk_ke_is_by_name_only(void **state)
{
    (void)state;
    for (int sides = 0; sides < 4; sides++) {
        struct wire *w = bare();

        for (int r = 0; r < 2; r++) {
            add(w, (enum tlsn_role)r, "joe", key);
            OK(tlsn_config_set_feature(wire_config(w, (enum tlsn_role)r),
                                       TLSN_FEATURE_INSECURE_PSK_KE, sides >> r & 1));
        }
        OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519"));
        OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), "secp256r1"));
        run(w);
        assert_int_equal(wire_done(w), sides == 3);
        if (sides == 3) {
            check_without_dh(w);
            check_psk(w, "joe");
            say(w);
        }
        wire_free(w);
    }
    REQ("8446:4.2.9/2");
    REQ("8446:4.2.8/8");
    REQ("8446:7.1/3");
    REQ("9257:6/3");
}

/* Of whom a certificate is wanted, a key is not enough. */
static void key_does_not_stand_in_for_a_required_certificate(void **state)
{
    struct wire *w = pair();

    (void)state;
    add(w, TLSN_CLIENT, "joe", key);
    add(w, TLSN_SERVER, "joe", key);
    OK(tlsn_config_set_client_auth(wire_config(w, TLSN_SERVER), TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(wire_config(w, TLSN_CLIENT), wire_credential("ec:secp256r1")));
    wire_shake(w);
    assert_true(wire_info(w, TLSN_SERVER).client_authenticated);
    assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_NO);
    assert_int_equal(wire_info(w, TLSN_SERVER).psk_identity.len, 0);
    wire_free(w);
}

/* ---- refusals ---- */

static void refused(struct wire *w, tlsn_status status, int alert)
{
    run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, status);
    assert_int_equal(wire_alert(w, TLSN_SERVER), alert);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_ALERT);
}

static void wrong_key_and_unknown_identity_look_the_same_without_certificates(void **state)
{
    (void)state;
    for (int unknown = 0; unknown < 2; unknown++)
        for (size_t kind = 1; kind < sizeof kinds / sizeof *kinds; kind++) {
            struct wire *w = bare();

            add_kind(w, TLSN_SERVER, "joe", key, &kinds[kind]);
            add_kind(w, TLSN_CLIENT, unknown ? "jim" : "joe", unknown ? key : other_key, &kinds[kind]);
            refused(w, TLSN_ERR_DECRYPT_ERROR, 51);
            wire_free(w);
        }
    REQ("8446:4.2.11/3");
    REQ("8446:4.2.11/10");
    REQ("8446:E.6/1");
}

static void unknown_identity_is_told_on_request(void **state)
{
    struct wire *w = bare();

    (void)state;
    add(w, TLSN_SERVER, "joe", key);
    add(w, TLSN_CLIENT, "jim", key);
    OK(tlsn_config_set_feature(wire_config(w, TLSN_SERVER), TLSN_FEATURE_HIDE_UNKNOWN_PSK, false));
    refused(w, TLSN_ERR_UNKNOWN_PSK, 115);
    wire_free(w);
}

static void unknown_identity_leads_to_the_certificate(void **state)
{
    struct wire *w = pair();

    (void)state;
    add(w, TLSN_SERVER, "joe", key);
    add(w, TLSN_CLIENT, "jim", key);
    wire_shake(w);
    assert_int_equal(wire_info(w, TLSN_CLIENT).resumed, TLSN_RESUMED_NO);
    assert_int_equal(wire_info(w, TLSN_SERVER).psk_identity.len, 0);
    wire_free(w);
    REQ("8446:4.2.11/2");
}

/* The bytes of an imported identity and its key, as they are: the binder tells them apart. */
static void imported_key_is_not_an_external_one(void **state)
{
    static const char identity[] = "00036a6f65000673657276657203040001";
    static const char derived[] = "de7f155093b4afd1a0aacc29ad3717a204b7022c1941724d93fc1cebc29ed7cf";
    const struct kind kind = { 256, true, "server" };
    uint8_t name[17], k[32], base[KEY_LEN] = { 0 };
    struct wire *w = bare();

    (void)state;
    assert_int_equal(vec_unhex(identity, name, sizeof name), 17);
    assert_int_equal(vec_unhex(derived, k, sizeof k), 32);
    for (size_t i = 0; i < KEY_LEN; i++)
        base[i] = (uint8_t)i;
    add_kind(w, TLSN_SERVER, "joe", base, &kind);
    OK(tlsn_config_add_external_psk(wire_config(w, TLSN_CLIENT),
                                    &(struct tlsn_external_psk){ .identity = { name, 17 },
                                                                 .key = { k, 32 } }));
    refused(w, TLSN_ERR_DECRYPT_ERROR, 51);
    wire_free(w);
    REQ("9258:5.2/1");
}

static void flip_last(uint8_t *data, size_t len)
{
    data[len - 1] ^= 1;
}

/* The last byte of a ClientHello is one of its binder. */
static void changed_binder_is_refused(void **state)
{
    struct wire *w = pair();

    (void)state;
    add(w, TLSN_SERVER, "joe", key);
    add(w, TLSN_CLIENT, "joe", key);
    wire_open(w);
    while (wire_turn(w, TLSN_CLIENT))
        ;
    flip_last(w->end[TLSN_SERVER].in, w->end[TLSN_SERVER].in_len);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_DECRYPT_ERROR);
    wire_free(w);
}

/* ---- RFC 9258 ---- */

/* Values by HMAC and SHA-2 of Python 3 (hmac, hashlib), step by step from RFC 9258 5.1 and RFC 8446 7.1. */
static void imported_keys_are_those_of_the_rfc(void **state)
{
    static const struct {
        unsigned bits;
        const char *key[2];
    } rows[] = {
        { 256, { "de7f155093b4afd1a0aacc29ad3717a204b7022c1941724d93fc1cebc29ed7cf",
                 "1c4d69d8b28c80a28f7e8b3eb513ef5269070c0cba7a1001b7f9701b773fc1f9a139474fd7e59eb8"
                 "9e676318799b0a8f" } },
        { 384, { "1707ccc51e668ae4d4aa82d6ff4336066b62654f0247baa98cd9b4249c9f4473",
                 "30c242f6f9330f62c1b3763f8115a5c9c7ed156369bf659c33e673edf5031c0851ca0a3975c6e85c"
                 "286df5aa0e0b63ed" } },
    };
    static const char *const names[] = { "00036a6f65000673657276657203040001",
                                         "00036a6f65000673657276657203040002" };
    uint8_t base[32], want[48];

    (void)state;
    for (size_t i = 0; i < sizeof base; i++)
        base[i] = (uint8_t)i;
    for (size_t i = 0; i < 2; i++) {
        const struct tlsn_external_psk psk = { .identity = text("joe"),
                                               .key = { base, 32 },
                                               .hash_bits = rows[i].bits,
                                               .import = true,
                                               .context = text("server") };
        tlsn_config *c;

        OK(tlsn_config_new(&c, NULL));
        OK(tlsn_config_add_external_psk(c, &psk));
        assert_int_equal(c->hs.psk_count, 2);
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(c->psks[k].identity_len, vec_unhex(names[k], want, sizeof want));
            assert_memory_equal(c->psks[k].identity, want, c->psks[k].identity_len);
            assert_int_equal(c->psks[k].key_len, vec_unhex(rows[i].key[k], want, sizeof want));
            assert_memory_equal(c->psks[k].key, want, c->psks[k].key_len);
        }
        tlsn_config_free(c);
    }
    REQ("9258:5.1/1");
    REQ("9258:5.1/3");
    REQ("9258:5.1/4");
    REQ("9258:5.1/5");
    REQ("9258:5.1/7");
    REQ("9257:6/5");
    REQ("9257:6/6");
    REQ("9258:4/2");
    REQ("9258:5.1/8");
    REQ("9258:6/1");
}

static void imported_contexts_have_to_agree(void **state)
{
    const struct kind one = { 256, true, "client" }, two = { 256, true, "server" };
    struct wire *w = bare();

    (void)state;
    add_kind(w, TLSN_CLIENT, "joe", key, &one);
    add_kind(w, TLSN_SERVER, "joe", key, &two);
    refused(w, TLSN_ERR_DECRYPT_ERROR, 51);
    wire_free(w);
}

static void unsound_keys_are_refused(void **state)
{
    static uint8_t big[65536];
    const struct tlsn_external_psk bad[] = {
        { .identity = { key, 0 }, .key = { key, 16 } },
        { .identity = { key, 1 }, .key = { key, 15 } },
        { .identity = { key, 1 }, .key = { key, 15 }, .import = true },
        { .identity = { key, 1 }, .key = { NULL, 16 } },
        { .identity = { key, 1 }, .key = { key, 16 }, .hash_bits = 512 },
        { .identity = { key, 1 }, .key = { key, 16 }, .context = { key, 1 } },
        { .identity = { key, 1 }, .key = { big, 65536 } },
        { .identity = { big, 65536 }, .key = { key, 16 } },
        { .identity = { big, 65528 }, .key = { key, 16 }, .import = true },
        { .identity = { big, 65000 }, .key = { key, 16 }, .import = true, .context = { big, 528 } },
    };
    const struct tlsn_external_psk good = { .identity = { big, 65000 },
                                            .key = { key, 16 },
                                            .import = true,
                                            .context = { big, 527 } };
    tlsn_config *c;

    (void)state;
    OK(tlsn_config_new(&c, NULL));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(tlsn_config_add_external_psk(c, &bad[i]), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_external_psk(c, NULL), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_add_external_psk(c, &good));
    assert_int_equal(tlsn_config_add_external_psk(c, &good), TLSN_ERR_ARGUMENT);
    assert_int_equal(c->hs.psk_count, 2);
    tlsn_config_free(c);
    REQ("9257:6/2");
    REQ("9258:5.1/6");
}

/* ---- questions ---- */

static void answer(struct wire *w, enum tlsn_role role, const struct tlsn_psk *psk)
{
    struct tlsn_psk_request request;
    tlsn_conn *c = w->end[role].conn;

    assert_int_equal(tlsn_question(c), TLSN_NEED_PSK);
    assert_true(tlsn_psk_wanted(c, &request));
    assert_true(request.tls13);
    if (role == TLSN_SERVER)
        assert_true(tlsni_span_eq(request.identity, psk ? psk->identity : text("ann")));
    OK(tlsn_psk_answer(c, psk));
}

static struct wire *asking(void)
{
    struct wire *w = pair();

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_psk_suspend(wire_config(w, (enum tlsn_role)r), true));
    OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
    return w;
}

static void both_sides_are_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        const struct tlsn_psk psk = { .identity = text("ann"),
                                      .key = { key, KEY_LEN },
                                      .hash_bits = i & 1 ? 384 : 0 };
        struct wire *w = asking();

        OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), i & 4 ? "secp256r1" : "x25519"));
        w->step = w->cap = i >> 1 & 1;
        run(w);
        answer(w, TLSN_CLIENT, &psk);
        wire_run(w);
        answer(w, TLSN_SERVER, &psk);
        wire_run(w);
        if (i & 4)
            answer(w, TLSN_SERVER, &psk);
        wire_run(w);
        assert_true(wire_done(w));
        check_psk(w, "ann");
        say(w);
        wire_free(w);
    }
}

static void no_answer_is_no_key(void **state)
{
    const struct tlsn_psk psk = { .identity = text("ann"), .key = { key, KEY_LEN } };
    const struct tlsn_psk bad = { .identity = text("ann"),
                                  .key = { key, KEY_LEN },
                                  .hash_bits = 512 };

    (void)state;
    for (int asked = 0; asked < 2; asked++) {
        struct wire *w = asking();

        run(w);
        assert_int_equal(tlsn_psk_answer(w->end[TLSN_CLIENT].conn, &bad), TLSN_ERR_ARGUMENT);
        answer(w, TLSN_CLIENT, asked ? &psk : NULL);
        wire_run(w);
        if (asked)
            answer(w, TLSN_SERVER, NULL);
        wire_run(w);
        assert_true(wire_done(w));
        assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_NO);
        assert_int_equal(wire_info(w, TLSN_SERVER).psk_identity.len, 0);
        wire_free(w);
    }
}

/* A key that is imported from: the client's answer and the server's become what a configuration makes of it.
 * by: who is asked, 1 for the client, 2 for the server. */
static void import_by_answer(unsigned bits, bool sha384, bool retry, unsigned by)
{
    const struct tlsn_psk psk = { .identity = text("ann"),
                                  .key = { key, KEY_LEN },
                                  .hash_bits = bits,
                                  .import = true,
                                  .context = text("where from") };
    const struct kind kind = { bits, true, "where from" };
    struct wire *w = asking();
    struct tlsn_psk_request request;

    for (unsigned r = 0; r < 2; r++)
        if (!(by >> r & 1)) {
            OK(tlsn_config_set_psk_suspend(wire_config(w, (enum tlsn_role)r), false));
            add_kind(w, (enum tlsn_role)r, "ann", key, &kind);
        }
    OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), retry ? "secp256r1" : "x25519"));
    OK(tlsn_config_set_suites(wire_config(w, TLSN_SERVER), sha384 ? "TLS_AES_256_GCM_SHA384"
                                                                  : "TLS_AES_128_GCM_SHA256"));
    run(w);
    if (by & 1)
        OK(tlsn_psk_answer(w->end[TLSN_CLIENT].conn, &psk));
    wire_run(w);
    while (tlsn_question(w->end[TLSN_SERVER].conn) == TLSN_NEED_PSK) {
        assert_true(tlsn_psk_wanted(w->end[TLSN_SERVER].conn, &request));
        assert_true(request.imported);
        assert_true(tlsni_span_eq(request.external_identity, text("ann")));
        assert_true(tlsni_span_eq(request.context, text("where from")));
        OK(tlsn_psk_answer(w->end[TLSN_SERVER].conn, &psk));
        wire_run(w);
    }
    assert_true(wire_done(w));
    check_psk(w, NULL);
    say(w);
    wire_free(w);
}

static void answers_may_be_imported_keys(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * 2 * 2; i++)
        for (unsigned by = 1; by <= 3; by++)
            import_by_answer(i & 1 ? 384 : 256, i >> 1 & 1, i >> 2 & 1, by);
    REQ("9258:5.1/1");
    REQ("9258:5.1/3");
    REQ("9258:5.1/5");
    REQ("9258:5.1/7");
}

/* An identity that is none of RFC 9258 for TLS 1.3 and its hashes; what the server answers is for nothing then. */
static void key_to_import_from_is_none_for_other_identities(void **state)
{
    static const uint8_t names[][14] = {
        "as it likes", /* and zeros */
        { 0, 3, 'a', 'n', 'n', 0, 1, 'c', 3, 3, 0, 1 }, /* for TLS 1.2 */
        { 0, 3, 'a', 'n', 'n', 0, 1, 'c', 3, 4, 0, 3 }, /* a KDF that nobody has */
        { 0, 3, 'a', 'n', 'n', 0, 1, 'c', 3, 4, 0, 0 },
        { 0, 3, 'a', 'n', 'n', 0, 1, 'c', 3, 4, 0, 1, 0 }, /* a byte behind it */
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct tlsn_psk psk = { .identity = { names[i], i == 4 ? 13 : 12 },
                                      .key = { key, KEY_LEN } };
        const struct tlsn_psk base = { .key = { key, KEY_LEN }, .import = true };
        struct wire *w = asking();
        struct tlsn_psk_request request;

        run(w);
        answer(w, TLSN_CLIENT, &psk);
        wire_run(w);
        assert_true(tlsn_psk_wanted(w->end[TLSN_SERVER].conn, &request));
        assert_false(request.imported);
        assert_int_equal(request.external_identity.len + request.context.len, 0);
        OK(tlsn_psk_answer(w->end[TLSN_SERVER].conn, &base));
        wire_run(w);
        assert_true(wire_done(w));
        assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_NO);
        wire_free(w);
    }
    REQ("9258:5.1/2");
    REQ("9258:5.1/8");
}

/* By callbacks; neither side's key is left in memory. */
static tlsn_status give_base(void *ctx, tlsn_conn *conn, const struct tlsn_psk_request *request,
                             struct tlsn_psk *psk)
{
    (void)conn;
    (void)request;
    *psk = *(const struct tlsn_psk *)ctx;
    return TLSN_OK;
}

static void imported_answers_are_wiped(void **state)
{
    struct tlsn_psk psk = { .identity = text("ann"), .key = { key, KEY_LEN }, .import = true };
    const struct tlsn_callbacks callbacks = { .psk = give_base, .ctx = &psk };

    (void)state;
    for (int role = 0; role < 2; role++) {
        struct wire *w = bare();

        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_set_callbacks(wire_config(w, (enum tlsn_role)r), &callbacks));
            wire_watch(&w->end[r].env, key, KEY_LEN);
        }
        wire_fail_each(w, (enum tlsn_role)role);
        check_psk(w, NULL);
        assert_int_equal(w->end[0].env.leaks + w->end[1].env.leaks, 0);
        wire_free(w);
    }
}

/* The transcript of a second ClientHello goes by the suite of the HelloRetryRequest; a key of another hash is too late. */
static void key_of_another_hash_is_passed_over_behind_a_retry(void **state)
{
    const struct tlsn_psk psk = { .identity = text("ann"), .key = { key, KEY_LEN } };
    const struct tlsn_psk late = { .identity = text("ann"),
                                   .key = { key, KEY_LEN },
                                   .hash_bits = 384 };
    struct wire *w = asking();

    (void)state;
    OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), "secp256r1"));
    OK(tlsn_config_set_suites(wire_config(w, TLSN_SERVER),
                              "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384"));
    run(w);
    answer(w, TLSN_CLIENT, &psk);
    wire_run(w);
    answer(w, TLSN_SERVER, NULL);
    wire_run(w);
    answer(w, TLSN_SERVER, &late);
    wire_run(w);
    assert_true(wire_done(w));
    assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_NO);
    wire_free(w);
}

/* A client offers 16 at most. When the ticket among them is left out behind a HelloRetryRequest, the key that had
 * no place does not come in (RFC 8446 4.1.2). */
static void second_hello_offers_no_key_more_than_the_first(void **state)
{
    struct wire *w = pair();
    char name[] = "joe a";
    tlsn_config *c;
    tlsn_session *s;

    (void)state;
    for (; name[4] < 'a' + 16; name[4]++)
        add(w, TLSN_CLIENT, name, key);
    OK(tlsn_config_set_suites(wire_config(w, TLSN_SERVER), "TLS_AES_256_GCM_SHA384"));
    OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
    wire_shake(w);
    s = wire_session(w);
    OK(tlsn_config_new(&c, &w->end[TLSN_SERVER].env.hooks));
    OK(tlsn_config_add_credential(c, wire_credential("ec:secp256r1")));
    OK(tlsn_config_set_suites(c, "TLS_AES_128_GCM_SHA256"));
    wire_set_config(w, TLSN_SERVER, c);
    OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), "secp256r1"));
    wire_open(w);
    OK(tlsn_conn_set_session(wire_conn(w, TLSN_CLIENT), s));
    (void)wire_turn(w, TLSN_CLIENT);
    assert_int_equal(wire_conn(w, TLSN_CLIENT)->scratch->hs.tls13.offers, 16);
    (void)wire_turn(w, TLSN_SERVER);
    (void)wire_turn(w, TLSN_CLIENT);
    assert_int_equal(wire_conn(w, TLSN_CLIENT)->scratch->hs.tls13.offers, 15);
    wire_run(w);
    assert_true(wire_done(w));
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:4.1.2/2");
}

/* Tickets that somebody else made are asked for as well, one question after the other. */
static void session_and_key_are_asked_for_in_turn(void **state)
{
    static const char name[] = "as long as the handle of a ticket";
    const struct tlsn_psk psk = { .identity = { (const uint8_t *)name, 32 },
                                  .key = { key, KEY_LEN } };
    struct wire *w = asking();
    tlsn_conn *server;

    (void)state;
    OK(tlsn_config_set_feature(wire_config(w, TLSN_SERVER), TLSN_FEATURE_STATEFUL_TICKETS, true));
    OK(tlsn_config_set_session_suspend(wire_config(w, TLSN_SERVER), true));
    run(w);
    server = w->end[TLSN_SERVER].conn;
    answer(w, TLSN_CLIENT, &psk);
    wire_run(w);
    assert_int_equal(tlsn_question(server), TLSN_NEED_SESSION);
    OK(tlsn_session_answer(server, NULL, 0));
    wire_run(w);
    answer(w, TLSN_SERVER, &psk);
    wire_run(w);
    assert_true(wire_done(w));
    check_psk(w, NULL);
    wire_free(w);
}

/* ---- memory ---- */

static void no_memory_is_a_clean_error_and_keys_are_wiped(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct wire *w = bare();

        for (int r = 0; r < 2; r++) {
            add_kind(w, (enum tlsn_role)r, "joe", key, &kinds[i & 1 ? 3 : 1]);
            wire_watch(&w->end[r].env, key, KEY_LEN);
        }
        OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
        OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), i & 2 ? "secp256r1" : "x25519"));
        wire_fail_each(w, (enum tlsn_role)(i >> 2));
        assert_int_equal(w->end[0].env.leaks + w->end[1].env.leaks, 0);
        wire_free(w);
    }
}

static void adding_a_key_fails_whole(void **state)
{
    const struct tlsn_external_psk psk = { .identity = text("joe"),
                                           .key = { key, KEY_LEN },
                                           .import = true,
                                           .context = text("x") };
    struct wire_env env;

    (void)state;
    for (size_t n = 1;; n++) {
        tlsn_status st;
        tlsn_config *c;

        wire_env_init(&env, 1);
        wire_watch(&env, key, KEY_LEN);
        OK(tlsn_config_new(&c, &env.hooks));
        env.fail_at = env.allocs + n;
        st = tlsn_config_add_external_psk(c, &psk);
        env.fail_at = 0;
        assert_int_equal(c->hs.psk_count, st == TLSN_OK ? 2 : 0);
        tlsn_config_free(c);
        assert_int_equal(env.live, 0);
        assert_int_equal(env.leaks, 0);
        if (st == TLSN_OK)
            break;
        assert_int_equal(st, TLSN_ERR_NO_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(psk_of_each_kind_works_with_each_suite_of_its_hash),
        cmocka_unit_test(psk_is_taken_before_a_certificate),
        cmocka_unit_test(psk_is_also_for_older_versions),
        cmocka_unit_test(external_psk_is_for_tls13_alone),
        cmocka_unit_test(short_key_is_no_key_of_tls13),
        cmocka_unit_test(identities_are_bytes),
        cmocka_unit_test(server_takes_the_first_identity_that_it_knows),
        cmocka_unit_test(offer_is_as_the_rfc_has_it),
        cmocka_unit_test(key_goes_with_suites_of_its_hash),
        cmocka_unit_test(key_has_a_say_in_the_choice_of_the_suite),
        cmocka_unit_test(age_of_a_key_is_ignored),
        cmocka_unit_test(key_of_another_hash_is_not_offered),
        cmocka_unit_test(key_stands_behind_a_ticket),
        cmocka_unit_test(ticket_is_told_from_identities),
        cmocka_unit_test(ticket_goes_with_its_identity),
        cmocka_unit_test(psk_ke_is_by_name_only),
        cmocka_unit_test(key_does_not_stand_in_for_a_required_certificate),
        cmocka_unit_test(wrong_key_and_unknown_identity_look_the_same_without_certificates),
        cmocka_unit_test(unknown_identity_is_told_on_request),
        cmocka_unit_test(unknown_identity_leads_to_the_certificate),
        cmocka_unit_test(imported_key_is_not_an_external_one),
        cmocka_unit_test(changed_binder_is_refused),
        cmocka_unit_test(imported_keys_are_those_of_the_rfc),
        cmocka_unit_test(imported_contexts_have_to_agree),
        cmocka_unit_test(unsound_keys_are_refused),
        cmocka_unit_test(both_sides_are_asked),
        cmocka_unit_test(no_answer_is_no_key),
        cmocka_unit_test(answers_may_be_imported_keys),
        cmocka_unit_test(key_to_import_from_is_none_for_other_identities),
        cmocka_unit_test(imported_answers_are_wiped),
        cmocka_unit_test(key_of_another_hash_is_passed_over_behind_a_retry),
        cmocka_unit_test(second_hello_offers_no_key_more_than_the_first),
        cmocka_unit_test(session_and_key_are_asked_for_in_turn),
        cmocka_unit_test(no_memory_is_a_clean_error_and_keys_are_wiped),
        cmocka_unit_test(adding_a_key_fails_whole),
    };

    return cmocka_run_group_tests_name("test_tls13_psk", tests, NULL, NULL);
}
