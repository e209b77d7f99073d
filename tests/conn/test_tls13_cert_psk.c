/* Certificates and an external pre-shared key in one handshake (RFC 8773, RFC 9973) between two engines. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "conn.h"
#include "handshake/schedule13.h"
#include "req.h"

static const uint8_t key[] = "thirty-two octets of a secret key";
static const uint8_t other_key[] = "thirty-two octets of another key.";
enum { KEY_LEN = sizeof key - 1 };

static void add(struct wire *w, enum tlsn_role role, const char *identity, const uint8_t *k, bool import)
{
    const struct tlsn_external_psk psk = { .identity = { (const uint8_t *)identity, strlen(identity) },
                                           .key = { k, KEY_LEN },
                                           .import = import };

    OK(tlsn_config_add_external_psk(wire_config(w, role), &psk));
}

static void want(struct wire *w, enum tlsn_role role)
{
    OK(tlsn_config_set_feature(wire_config(w, role), TLSN_FEATURE_CERT_WITH_PSK, true));
}

static struct wire *pair(void)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(wire_config(w, (enum tlsn_role)r), TLSN_TLS1_2, TLSN_TLS1_3));
    return w;
}

/* Both want it and have the key. */
static struct wire *agreed(bool import)
{
    struct wire *w = pair();

    for (int r = 0; r < 2; r++) {
        want(w, (enum tlsn_role)r);
        add(w, (enum tlsn_role)r, "joe", key, import);
    }
    return w;
}

static void check(const struct wire *w, bool with_key)
{
    for (int r = 0; r < 2; r++) {
        struct tlsn_conn_info info = wire_info(w, (enum tlsn_role)r);

        assert_int_equal(info.resumed, TLSN_RESUMED_NO);
        assert_int_not_equal(info.signature_scheme, 0);
        assert_string_not_equal(info.authentication, "PSK");
        assert_int_equal(info.psk_identity.len != 0, with_key);
    }
    assert_true(tlsn_conn_peer_cert(w->end[TLSN_CLIENT].conn, 0).len);
}

static void resume(struct wire *w)
{
    tlsn_session *s = wire_session(w);

    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_TICKET);
    assert_string_not_equal(wire_info(w, TLSN_CLIENT).authentication, "PSK");
    tlsn_session_free(s);
}

static void both_authenticate_by_certificate_under_the_key(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++) {
        struct wire *w = agreed(i & 1);

        w->step = w->cap = i >> 3 & 1;
        OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
        OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), i & 2 ? "secp256r1" : "x25519"));
        OK(tlsn_config_set_suites(wire_config(w, TLSN_SERVER), i & 1 ? "TLS_AES_256_GCM_SHA384"
                                                                : "TLS_AES_128_GCM_SHA256"));
        if (i & 4) {
            OK(tlsn_config_set_client_auth(wire_config(w, TLSN_SERVER), TLSN_CLIENT_AUTH_REQUIRE));
            OK(tlsn_config_add_credential(wire_config(w, TLSN_CLIENT),
                                          wire_credential("ec:secp256r1")));
        }
        wire_shake(w);
        check(w, true);
        assert_int_equal(wire_info(w, TLSN_SERVER).client_authenticated, i >> 2 & 1);
        wire_agree(w);
        wire_say(w, TLSN_CLIENT, 1000);
        resume(w);
        wire_free(w);
    }
    REQ("8773:4/4");
    REQ("8773:4/5");
    REQ("8773:5/2");
    REQ("8773:5.2/1");
}

/* RFC 9973 5.2: the signature may be that of a bare key. */
static void raw_key_authenticates_under_the_key(void **state)
{
    static const uint8_t raw_only[] = { TLSN_CERT_RAW_KEY };
    struct wire *w = agreed(false);

    (void)state;
    OK(tlsn_config_set_own_cert_types(wire_config(w, TLSN_SERVER), raw_only, 1));
    OK(tlsn_config_set_peer_cert_types(wire_config(w, TLSN_CLIENT), raw_only, 1));
    OK(tlsn_config_set_verify_mode(wire_config(w, TLSN_CLIENT), TLSN_VERIFY_INSECURE_NONE));
    wire_shake(w);
    assert_true(tlsn_conn_peer_key(w->end[TLSN_CLIENT].conn).len);
    assert_int_equal(tlsn_conn_peer_cert(w->end[TLSN_CLIENT].conn, 0).len, 0);
    assert_int_not_equal(wire_info(w, TLSN_CLIENT).signature_scheme, 0);
    assert_int_equal(wire_info(w, TLSN_SERVER).psk_identity.len, 3);
    wire_agree(w);
    wire_free(w);
    REQ("9973:5.2/2");
}

/* A ticket of such a session does not do without the verdict on the chain. */
static void session_is_for_who_trusts_the_chain_and_knows_the_key(void **state)
{
    (void)state;
    for (int key_gone = 0; key_gone < 2; key_gone++) {
        struct wire *w = agreed(false);
        tlsn_session *s;
        tlsn_config *c;

        wire_shake(w);
        s = wire_session(w);
        tlsn_conn_free(w->end[TLSN_CLIENT].conn);
        w->end[TLSN_CLIENT].conn = NULL;
        OK(tlsn_config_new(&c, &w->end[TLSN_CLIENT].env.hooks));
        if (key_gone)
            OK(tlsn_config_set_trust(c, wire_trust()));
        wire_set_config(w, TLSN_CLIENT, c);
        if (!key_gone)
            add(w, TLSN_CLIENT, "joe", key, false);
        wire_resume(w, s);
        assert_int_not_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_TICKET);
        tlsn_session_free(s);
        wire_free(w);
    }
}

static void key_is_left_out_where_one_side_does_not_want_it(void **state)
{
    struct wire *w = pair();

    (void)state;
    want(w, TLSN_SERVER);
    add(w, TLSN_SERVER, "joe", key, false);
    add(w, TLSN_CLIENT, "joe", key, false);
    wire_shake(w);
    check(w, false);
    wire_free(w);
    w = pair();
    want(w, TLSN_CLIENT);
    want(w, TLSN_SERVER);
    add(w, TLSN_SERVER, "jim", key, false);
    add(w, TLSN_CLIENT, "joe", key, false);
    wire_shake(w);
    check(w, false);
    wire_free(w);
    REQ("8773:4/5");
    REQ("8773:5/1");
    REQ("8773:7/2");
}

/* A server that does not know the extension authenticates by the key alone. */
static void client_refuses_the_key_alone(void **state)
{
    struct wire *w = pair();

    (void)state;
    want(w, TLSN_CLIENT);
    add(w, TLSN_SERVER, "joe", key, false);
    add(w, TLSN_CLIENT, "joe", key, false);
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_MISSING_EXTENSION);
    wire_free(w);
    REQ("8773:7/2");
}

static void wrong_key_is_illegal_parameter(void **state)
{
    struct wire *w = pair();

    (void)state;
    for (int r = 0; r < 2; r++) {
        want(w, (enum tlsn_role)r);
        add(w, (enum tlsn_role)r, "joe", r ? key : other_key, false);
    }
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(wire_alert(w, TLSN_SERVER), 47);
    wire_free(w);
    REQ("8773:5.1/4");
}

/* Without fresh Diffie-Hellman keys there is no such handshake. */
static void psk_ke_is_not_enough(void **state)
{
    struct wire *w = agreed(false);

    (void)state;
    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(wire_config(w, (enum tlsn_role)r), TLSN_TLS1_3, TLSN_TLS1_3));
        OK(tlsn_config_set_feature(wire_config(w, (enum tlsn_role)r),
                                   TLSN_FEATURE_INSECURE_PSK_KE, true));
        OK(tlsn_config_set_groups(wire_config(w, (enum tlsn_role)r), r ? "x25519" : "secp256r1"));
    }
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_NO_SHARED_GROUP);
    wire_free(w);
    REQ("8773:5.1/1");
}

/* ---- hellos that nobody should send ---- */

/* An empty extension of the ClientHello becomes another. */
static void turn(struct wire *w, uint8_t from, uint8_t to)
{
    struct wire_end *e = &w->end[TLSN_SERVER];
    const uint8_t old[4] = { 0, from, 0, 0 };
    size_t at = 0;

    wire_open(w);
    while (wire_turn(w, TLSN_CLIENT))
        ;
    while (at + 4 <= e->in_len && memcmp(e->in + at, old, 4) != 0)
        at++;
    assert_true(at + 4 <= e->in_len);
    e->in[at + 1] = to;
}

enum { EMS = 23, CERT_PSK = 33, EARLY_DATA = 42 };
enum { GROUPS = 10, PRE_SHARED_KEY = 41, MODES = 45, SHARES = 51, NOBODYS = 99 };

/* The extension of this type in a ClientHello message, at its type; NULL: there is none. */
static uint8_t *find(uint8_t *hello, uint8_t type)
{
    uint8_t *at = hello + 4 + 2 + 32;
    uint8_t *end;

    at += 1 + at[0];
    at += 2 + (at[0] << 8 | at[1]);
    at += 1 + at[0];
    end = at + 2 + (at[0] << 8 | at[1]);
    for (at += 2; at < end; at += 4 + (at[2] << 8 | at[3]))
        if (at[0] == 0 && at[1] == type)
            return at;
    return NULL;
}

/* RFC 9973 4 names supported_groups too, which RFC 8773 does not. */
static void flag_without_one_of_its_companions_is_refused(void **state)
{
    static const uint8_t companions[] = { GROUPS, PRE_SHARED_KEY, MODES, SHARES };
    enum { RECORD_HEADER = 5 };

    (void)state;
    for (size_t i = 0; i < sizeof companions; i++) {
        struct wire *w = agreed(false);
        uint8_t *hello;

        wire_open(w);
        while (wire_turn(w, TLSN_CLIENT))
            ;
        hello = w->end[TLSN_SERVER].in + RECORD_HEADER;
        assert_non_null(find(hello, CERT_PSK));
        assert_non_null(find(hello, companions[i]));
        find(hello, companions[i])[1] = NOBODYS;
        wire_run(w);
        assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_MISSING_EXTENSION);
        assert_int_equal(wire_alert(w, TLSN_SERVER), 109);
        wire_free(w);
    }
    REQ("9973:4/1");
}

/* A new binder behind an age that was changed. One key of SHA-256 is there. */
static void change_age(uint8_t *hello, size_t len)
{
    enum { BINDERS = 2 + 1 + 32 };
    const struct tlsni_hash *sha256 = tlsni_hash_find(TLSNI_HASH_SHA256);
    struct tlsni_schedule13 s = { 0 };
    uint8_t digest[32];

    memset(hello + len - BINDERS - 4, 0xA5, 4);
    tlsni_hash_once(sha256, hello, len - BINDERS, digest);
    tlsni_schedule13_early(&s, sha256, tlsni_span_make(key, KEY_LEN));
    tlsni_schedule13_binder(&s, "ext binder", digest, hello + len - 32);
}

static void age_of_an_external_key_is_not_looked_at(void **state)
{
    (void)state;
    for (int changed = 0; changed < 2; changed++) {
        struct wire *w = agreed(false);
        struct wire_end *e = &w->end[TLSN_SERVER];
        struct tlsn_span hello;
        size_t found = 0;

        wire_open(w);
        while (wire_turn(w, TLSN_CLIENT))
            ;
        if (changed)
            change_age(e->in + 5, e->in_len - 5);
        wire_run(w);
        /* the client's own transcript has another hello then; the server took the key */
        hello = wire_message(w, TLSN_SERVER, 2);
        assert_true(hello.len);
        for (size_t at = 0; at + 4 <= hello.len; at++)
            found += memcmp(hello.data + at, "\0\41\0\0", 4) == 0;
        assert_int_equal(found, 1);
        assert_int_equal(w->end[TLSN_CLIENT].status == TLSN_OK, !changed);
        wire_free(w);
    }
    REQ("9973:5.1/6");
}

/* What our own hello has beside the flag. */
static void client_lists_the_mode_with_diffie_hellman(void **state)
{
    (void)state;
    for (int ke = 0; ke < 2; ke++) {
        struct wire *w = agreed(false);
        const uint8_t *modes;

        if (ke)
            OK(tlsn_config_set_feature(wire_config(w, TLSN_CLIENT), TLSN_FEATURE_INSECURE_PSK_KE,
                                       true));
        wire_open(w);
        while (wire_turn(w, TLSN_CLIENT))
            ;
        modes = find(w->end[TLSN_SERVER].in + 5, MODES);
        assert_non_null(modes);
        assert_int_equal(modes[4], 1 + ke);
        assert_int_equal(modes[5], 1); /* psk_dhe_ke */
        wire_run(w);
        assert_int_not_equal(wire_info(w, TLSN_SERVER).group, 0);
        wire_free(w);
    }
    REQ("9973:5.1/1");
    REQ("9973:5.1/2");
}

static void flag_beside_early_data_is_refused(void **state)
{
    struct wire *w = agreed(false);

    (void)state;
    turn(w, EMS, EARLY_DATA);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(wire_alert(w, TLSN_SERVER), 47);
    wire_free(w);
    REQ("8773:4/3");
}

static void flag_without_a_key_is_refused(void **state)
{
    struct wire *w = pair();

    (void)state;
    want(w, TLSN_SERVER);
    turn(w, EMS, CERT_PSK);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_MISSING_EXTENSION);
    assert_int_equal(wire_alert(w, TLSN_SERVER), 109);
    wire_free(w);
    REQ("8773:4/1");
}

static void flag_beside_a_ticket_is_refused(void **state)
{
    struct wire *w = pair();
    tlsn_session *s;

    (void)state;
    want(w, TLSN_SERVER);
    wire_shake(w);
    s = wire_session(w);
    wire_open(w);
    OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, s));
    while (wire_turn(w, TLSN_CLIENT))
        ;
    for (size_t i = 0; i + 4 <= w->end[TLSN_SERVER].in_len; i++)
        if (memcmp(w->end[TLSN_SERVER].in + i, "\0\27\0\0", 4) == 0)
            w->end[TLSN_SERVER].in[i + 1] = CERT_PSK;
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_ILLEGAL_PARAMETER);
    assert_non_null(strstr(tlsn_conn_error(w->end[TLSN_SERVER].conn)->text, "with a ticket"));
    tlsn_session_free(s);
    wire_free(w);
    REQ("8773:5.1/3");
    REQ("8773:7/1");
}

/* The client's own hello has either a ticket or keys with the flag, and no early data then. */
static void ticket_stands_alone(void **state)
{
    static const uint8_t flag[] = { 0, CERT_PSK, 0, 0 };

    (void)state;
    for (int session = 0; session < 2; session++) {
        struct wire *w = agreed(false);
        tlsn_session *s;
        struct tlsn_span hello;
        size_t found = 0;

        OK(tlsn_config_set_early_data_max(wire_config(w, TLSN_SERVER), 1000));
        wire_shake(w);
        s = wire_session(w);
        wire_open(w);
        if (session)
            OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, s));
        OK(tlsn_conn_set_early_data(w->end[TLSN_CLIENT].conn, true));
        while (wire_turn(w, TLSN_CLIENT))
            ;
        hello = wire_message(w, TLSN_CLIENT, 1);
        for (size_t i = 0; i + 4 <= hello.len; i++)
            found += memcmp(hello.data + i, flag, 4) == 0;
        assert_int_equal(found, !session);
        assert_int_equal(tlsn_early_data_left(w->end[TLSN_CLIENT].conn) != 0, session);
        tlsn_session_free(s);
        wire_free(w);
    }
    REQ("8773:4/2");
    REQ("8773:5.1/2");
}

/* ---- the switch ---- */

/* One that has no key, asks for another share, and takes suites with SHA-256 alone. */
static void other_server(struct wire *w)
{
    tlsn_config *c;

    OK(tlsn_config_new(&c, &w->end[TLSN_SERVER].env.hooks));
    OK(tlsn_config_add_credential(c, wire_credential("ec:secp256r1")));
    OK(tlsn_config_set_suites(c, "TLS_AES_128_GCM_SHA256"));
    OK(tlsn_config_set_groups(c, "secp256r1"));
    wire_set_config(w, TLSN_SERVER, c);
}

/* Nor do keys come in its place behind a HelloRetryRequest whose suite is not for the ticket: the second ClientHello
 * has nothing that was not in the first (RFC 8446 4.1.2). */
static void keys_do_not_take_the_place_of_a_ticket(void **state)
{
    struct wire *w = pair();
    tlsn_session *s;

    (void)state;
    want(w, TLSN_CLIENT);
    add(w, TLSN_CLIENT, "joe", key, false);
    OK(tlsn_config_set_suites(wire_config(w, TLSN_SERVER), "TLS_AES_256_GCM_SHA384"));
    OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
    wire_shake(w);
    s = wire_session(w);
    other_server(w);
    wire_open(w);
    OK(tlsn_conn_set_session(wire_conn(w, TLSN_CLIENT), s));
    (void)wire_turn(w, TLSN_CLIENT);
    assert_int_equal(wire_conn(w, TLSN_CLIENT)->scratch->hs.tls13.offers, 1);
    wire_run(w);
    assert_true(wire_done(w));
    check(w, false);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:4.1.2/2");
}

/* A key that is not for the suite of a HelloRetryRequest takes the flag along; what says how keys are used stays,
 * whether there are any or not. */
static void key_that_goes_takes_the_flag_along_and_nothing_else(void **state)
{
    (void)state;
    for (int flag = 0; flag < 2; flag++)
        for (int tickets = 0; tickets < 2; tickets++) {
            const struct tlsn_external_psk psk = { .identity = { (const uint8_t *)"joe", 3 },
                                                   .key = { key, KEY_LEN },
                                                   .hash_bits = 384 };
            struct wire *w = pair();

            other_server(w);
            if (flag) {
                want(w, TLSN_CLIENT);
                want(w, TLSN_SERVER);
            }
            OK(tlsn_config_add_external_psk(wire_config(w, TLSN_CLIENT), &psk));
            OK(tlsn_config_set_feature(wire_config(w, TLSN_CLIENT), TLSN_FEATURE_TICKETS, tickets));
            OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
            wire_open(w);
            (void)wire_turn(w, TLSN_CLIENT);
            assert_int_equal(wire_conn(w, TLSN_CLIENT)->scratch->hs.tls13.offers, 1);
            wire_run(w);
            assert_true(wire_done(w));
            check(w, false);
            wire_free(w);
        }
    REQ("8446:4.1.2/2");
    REQ("8446:4.1.4/5");
}

static void nothing_of_it_is_sent_by_default(void **state)
{
    struct wire *w = pair();
    struct tlsn_span hello;

    (void)state;
    for (int r = 0; r < 2; r++)
        add(w, (enum tlsn_role)r, "joe", key, false);
    wire_shake(w);
    assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_PSK);
    hello = wire_message(w, TLSN_CLIENT, 1);
    for (size_t i = 0; i + 4 <= hello.len; i++)
        assert_memory_not_equal(hello.data + i, "\0\41\0\0", 4);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_authenticate_by_certificate_under_the_key),
        cmocka_unit_test(raw_key_authenticates_under_the_key),
        cmocka_unit_test(session_is_for_who_trusts_the_chain_and_knows_the_key),
        cmocka_unit_test(key_is_left_out_where_one_side_does_not_want_it),
        cmocka_unit_test(client_refuses_the_key_alone),
        cmocka_unit_test(wrong_key_is_illegal_parameter),
        cmocka_unit_test(psk_ke_is_not_enough),
        cmocka_unit_test(flag_beside_early_data_is_refused),
        cmocka_unit_test(flag_without_one_of_its_companions_is_refused),
        cmocka_unit_test(age_of_an_external_key_is_not_looked_at),
        cmocka_unit_test(client_lists_the_mode_with_diffie_hellman),
        cmocka_unit_test(flag_without_a_key_is_refused),
        cmocka_unit_test(flag_beside_a_ticket_is_refused),
        cmocka_unit_test(ticket_stands_alone),
        cmocka_unit_test(keys_do_not_take_the_place_of_a_ticket),
        cmocka_unit_test(key_that_goes_takes_the_flag_along_and_nothing_else),
        cmocka_unit_test(nothing_of_it_is_sent_by_default),
    };

    return cmocka_run_group_tests_name("test_tls13_cert_psk", tests, NULL, NULL);
}
