/* SRP between two engines (RFC 5054): the right password gets a handshake, everything else looks the same to the
 * client; groups, hostile values, and what the application is asked. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/srp.h"
#include "conn.h"
#include "req.h"

static const char plain[] = "TLS_SRP_SHA_WITH_AES_128_CBC_SHA";
static const char signed_by_rsa[] = "TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA";

struct made {
    uint8_t salt[16], verifier[1024];
    struct tlsn_srp_verifier v;
};

static void make(struct made *m, const char *user, const char *password, unsigned bits)
{
    size_t len;

    OK(tlsn_srp_make_verifier(user, strlen(user), password, strlen(password), bits, NULL, m->salt,
                              m->verifier, sizeof m->verifier, &len));
    m->v = (struct tlsn_srp_verifier){ bits, { m->salt, 16 }, { m->verifier, len } };
}

static struct wire *bare(const char *suite)
{
    struct wire *w = wire_new("rsa:2048");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_suites(w->end[r].config, suite));
    return w;
}

static void add_user(struct wire *w, const char *user, const char *password, unsigned bits)
{
    struct made m;

    make(&m, user, password, bits);
    OK(tlsn_config_add_srp_user(w->end[TLSN_SERVER].config, user, strlen(user), &m.v));
}

static void log_in(struct wire *w, const char *user, const char *password)
{
    OK(tlsn_config_set_srp_login(w->end[TLSN_CLIENT].config, user, strlen(user), password,
                                 strlen(password)));
}

static void run(struct wire *w)
{
    wire_open(w);
    wire_run(w);
}

static void srp_right_password_gets_in(void **state)
{
    static const char *const suites[] = { plain, signed_by_rsa, "TLS_SRP_SHA_WITH_3DES_EDE_CBC_SHA",
                                          "TLS_SRP_SHA_WITH_AES_256_CBC_SHA" };

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct wire *w = bare(suites[i]);

        add_user(w, "other", "secret", 1024);
        add_user(w, "alice", "password123", 2048);
        log_in(w, "alice", "password123");
        wire_shake(w);
        wire_agree(w);
        for (int r = 0; r < 2; r++) {
            struct tlsn_conn_info info;

            tlsn_conn_get_info(w->end[r].conn, &info);
            assert_memory_equal(info.psk_identity.data, "alice", 5);
            assert_string_equal(info.authentication, i == 1 ? "RSA" : "SRP");
        }
        assert_int_equal(wire_message(w, TLSN_SERVER, 11).len != 0, i == 1);
        wire_say(w, TLSN_CLIENT, 1000);
        wire_free(w);
    }
    REQ("5054:2.5.1/1");
    REQ("5054:2.5.2/1");
    REQ("5054:2.5.3/1");
    REQ("5054:2.5.3/5");
    REQ("5054:2.7/1");
    REQ("5054:2.7/2");
    REQ("5054:2.7/3");
    REQ("5054:2.8.1/1");
    REQ("5054:2.8.1/2");
}

/* The groups that have to be there, when the client allows them. */
static void srp_small_groups_work_when_they_are_allowed(void **state)
{
    static const unsigned bits[] = { 1024, 1536, 2048, 3072 };
    const struct tlsn_limits limits = { .dh_bits_min = 1024 };

    (void)state;
    for (int i = 0; i < 8; i++) {
        struct wire *w = bare(plain);
        bool allowed = i < 4 || bits[i % 4] >= 2048;

        add_user(w, "alice", "password123", bits[i % 4]);
        log_in(w, "alice", "password123");
        if (i < 4)
            OK(tlsn_config_set_limits(w->end[TLSN_CLIENT].config, &limits));
        run(w);
        assert_int_equal(wire_done(w), allowed);
        if (!allowed)
            assert_int_equal(wire_alert(w, TLSN_CLIENT), 71);
        wire_free(w);
    }
    REQ("5054:A/2");
    REQ("5054:2.5.3/8");
    REQ("5054:3.2/1");
}

static void srp_wrong_password_and_unknown_user_look_the_same(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct wire *w = bare(i & 2 ? plain : signed_by_rsa);

        add_user(w, "alice", "password123", 2048);
        log_in(w, i & 1 ? "bob" : "alice", i & 1 ? "password123" : "password124");
        run(w);
        assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_BAD_RECORD_MAC);
        assert_int_equal(wire_alert(w, TLSN_SERVER), 20);
        wire_free(w);
    }
    REQ("5054:2.5.1.3/1");
    REQ("5054:2.5.1.3/3");
    REQ("5054:2.6/3");
}

/* Salt and group are the same at each try, and the rest is not. */
static void srp_unknown_user_keeps_its_salt(void **state)
{
    static uint8_t first[2][4096];
    static const uint8_t seed[32] = { 1 };
    size_t salt_at = 4 + 2 + 256 + 2 + 1, b_at = salt_at + 17 + 2;

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct wire *w = bare(plain);
        struct tlsn_span m;

        w->end[TLSN_SERVER].env.seed = (uint64_t)i + 77;
        OK(tlsn_config_set_srp_seed(w->end[TLSN_SERVER].config, seed));
        add_user(w, "alice", "password123", 2048);
        log_in(w, i == 2 ? "bobby" : "bob", "password123");
        run(w);
        m = wire_message(w, TLSN_SERVER, 12);
        assert_int_equal(m.len, b_at + 256);
        assert_int_equal(m.data[salt_at], 16);
        if (i == 0)
            memcpy(first[0], m.data, m.len);
        else
            assert_int_equal(memcmp(m.data + salt_at, first[0] + salt_at, 17) == 0, i == 1);
        wire_free(w);
    }
    REQ("5054:2.5.1.3/2");
}

/* Users in groups of two sizes, one with a longer salt: those that do not exist are among both, each in the
 * same place every time. */
static void srp_unknown_users_are_spread_like_the_known_ones(void **state)
{
    static const uint8_t seed[32] = { 1 };
    static const char *const names[] = { "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan" };
    enum { NAMES = sizeof names / sizeof *names };
    size_t small = 0;
    uint8_t size[NAMES][2]; /* of N in units of 64 bytes, of the salt */

    (void)state;
    for (size_t i = 0; i < 2 * NAMES; i++) {
        static const uint8_t long_salt[40] = { 7 };
        struct wire *w = bare(plain);
        struct made m;
        struct tlsni_rd r;
        size_t n;

        w->end[TLSN_SERVER].env.seed = i + 77;
        OK(tlsn_config_set_srp_seed(w->end[TLSN_SERVER].config, seed));
        add_user(w, "alice", "password123", 2048);
        make(&m, "albert", "password123", 1536);
        m.v.salt = (struct tlsn_span){ long_salt, sizeof long_salt };
        OK(tlsn_config_add_srp_user(w->end[TLSN_SERVER].config, "albert", 6, &m.v));
        log_in(w, names[i % NAMES], "password123");
        run(w);
        r = tlsni_rd_span(wire_message(w, TLSN_SERVER, 12));
        (void)tlsni_rd_bytes(&r, 4);
        n = tlsni_rd_vec_span(&r, 2, 1, 65535).len;
        (void)tlsni_rd_vec_span(&r, 2, 1, 65535);
        if (i < NAMES) {
            size[i][0] = (uint8_t)(n / 64);
            size[i][1] = (uint8_t)tlsni_rd_vec_span(&r, 1, 1, 255).len;
            small += n == 192;
            assert_int_equal(size[i][1], n == 192 ? 40 : 16);
        } else {
            assert_int_equal(n / 64, size[i - NAMES][0]);
        }
        wire_free(w);
    }
    assert_in_range(small, 1, NAMES - 1);
    REQ("5054:2.5.1.3/2");
}

static void srp_unknown_user_is_told_on_request(void **state)
{
    struct wire *w = bare(plain);

    (void)state;
    add_user(w, "alice", "password123", 2048);
    log_in(w, "bob", "password123");
    OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_HIDE_UNKNOWN_PSK, false));
    run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_UNKNOWN_PSK);
    assert_int_equal(wire_alert(w, TLSN_SERVER), 115);
    wire_free(w);
}

/* ---- hostile values ---- */

/* Runs up to ServerHelloDone, gives the client this ServerKeyExchange instead. */
static tlsn_status client_gets(struct tlsn_span n, struct tlsn_span g, struct tlsn_span salt,
                               struct tlsn_span b, bool extra, int *alert)
{
    struct wire *w = bare(plain);
    uint8_t flight[4096];
    struct tlsni_wr out = tlsni_wr_make(flight, sizeof flight);
    const struct tlsni_msg_srp_params m = { n, g, salt, b };
    struct tlsn_span hello;
    size_t record, mark;
    tlsn_status st;

    add_user(w, "alice", "password123", 2048);
    log_in(w, "alice", "password123");
    wire_open(w);
    (void)wire_turn(w, TLSN_CLIENT);
    (void)wire_turn(w, TLSN_SERVER);
    hello = wire_message(w, TLSN_SERVER, 2);
    w->end[TLSN_CLIENT].in_len = 0;
    tlsni_wr_put(&out, hello.data - 5, 5 + hello.len);
    tlsni_wr_put(&out, "\x16\x03\x03", 3);
    record = tlsni_wr_open(&out, 2);
    mark = tlsni_msg_begin(&out, TLSNI_MSG_SERVER_KEY_EXCHANGE);
    tlsni_msg_srp_params_write(&out, &m);
    if (extra)
        tlsni_wr_u8(&out, 0);
    tlsni_msg_end(&out, mark);
    tlsni_wr_close(&out, 2, record);
    wire_inject(w, TLSN_CLIENT, flight, out.len);
    (void)wire_turn(w, TLSN_CLIENT);
    st = w->end[TLSN_CLIENT].status;
    *alert = wire_alert(w, TLSN_CLIENT);
    wire_free(w);
    return st;
}

static void srp_client_refuses_foreign_groups_and_zero(void **state)
{
    const struct tlsni_srp_group *g = tlsni_srp_group_find(2048);
    static uint8_t zero[256], other[256];
    const struct tlsn_span salt = { other, 16 }, b = { (const uint8_t *)"\2", 1 };
    int alert;

    (void)state;
    assert_int_equal(client_gets(g->n, g->g, salt, b, false, &alert), TLSN_NEED_INPUT);
    assert_int_equal(client_gets(g->n, g->g, salt, b, true, &alert), TLSN_ERR_DECODE);
    assert_int_equal(client_gets(g->n, g->g, salt, tlsni_span_make(zero, 256), false, &alert),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(alert, 47);
    assert_int_equal(client_gets(g->n, g->g, salt, g->n, false, &alert), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(alert, 47);
    memcpy(other, g->n.data, 256);
    other[255] ^= 2;
    assert_int_equal(client_gets(tlsni_span_make(other, 256), g->g, salt, b, false, &alert),
                     TLSN_ERR_INSUFFICIENT_SECURITY);
    assert_int_equal(alert, 71);
    assert_int_equal(client_gets(g->n, tlsni_span_make((const uint8_t *)"\3", 1), salt, b, false,
                                 &alert), TLSN_ERR_INSUFFICIENT_SECURITY);
    assert_int_equal(client_gets(g->n, g->g, tlsni_span_make(NULL, 0), b, false, &alert),
                     TLSN_ERR_DECODE);
    REQ("5054:2.5.3/7");
    REQ("5054:2.5.3/10");
    REQ("5054:2.5.3/11");
    REQ("5054:2.9/1");
    REQ("5054:2.9/2");
    REQ("5054:3.2/2");
}

static void srp_server_refuses_zero(void **state)
{
    static uint8_t exchange[5 + 4 + 2 + 256] = { 22, 3, 3, 1, 6, 16, 0, 1, 2, 1, 0 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct wire *w = bare(plain);

        memcpy(exchange + 11, tlsni_srp_group_find(2048)->n.data, 256);
        if (i)
            memset(exchange + 11, 0, 256);
        add_user(w, "alice", "password123", 2048);
        log_in(w, "alice", "password123");
        wire_open(w);
        (void)wire_turn(w, TLSN_CLIENT);
        (void)wire_turn(w, TLSN_SERVER);
        wire_inject(w, TLSN_SERVER, exchange, sizeof exchange);
        (void)wire_turn(w, TLSN_SERVER);
        assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(wire_alert(w, TLSN_SERVER), 47);
        wire_free(w);
    }
    REQ("5054:2.5.4/2");
    REQ("5054:3.1/1");
}

/* ---- who may ---- */

static void srp_suites_are_for_sides_with_a_user(void **state)
{
    struct wire *w = bare(plain);

    (void)state;
    add_user(w, "alice", "password123", 2048);
    run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_NO_SHARED_SUITE);
    wire_free(w);
    w = bare(plain);
    log_in(w, "alice", "password123");
    run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_NO_SHARED_SUITE);
    wire_free(w);
}

/* A ClientHello with the suite and without the extension. */
static void srp_suite_without_a_name_is_unknown_psk_identity(void **state)
{
    static const uint8_t hello[] = {
        22, 3, 1, 0, 47, 1, 0, 0, 43, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 0, 0, 4, 0xc0, 0x1d, 0, 0xff,
        1, 0,
    };
    struct wire *w = bare(plain);

    (void)state;
    add_user(w, "alice", "password123", 2048);
    wire_open(w);
    wire_inject(w, TLSN_SERVER, hello, sizeof hello);
    (void)wire_turn(w, TLSN_SERVER);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_UNKNOWN_PSK);
    assert_int_equal(wire_alert(w, TLSN_SERVER), 115);
    wire_free(w);
    REQ("5054:2.5.1.2/1");
}

/* The identity of a resumed session is the session's; the extension is there and means nothing. */
static void srp_session_keeps_its_user(void **state)
{
    struct wire *w = bare(plain);
    struct tlsn_conn_info info;
    tlsn_session *s;

    (void)state;
    add_user(w, "alice", "password123", 2048);
    log_in(w, "alice", "password123");
    wire_shake(w);
    s = wire_session(w);
    wire_resume(w, s);
    assert_true(wire_done(w));
    tlsn_conn_get_info(w->end[TLSN_SERVER].conn, &info);
    assert_int_equal(info.resumed, TLSN_RESUMED_TICKET);
    assert_memory_equal(info.psk_identity.data, "alice", 5);
    tlsn_session_free(s);
    wire_free(w);
    REQ("5054:2.5.1.1/1");
    REQ("5054:2.5.1.1/2");
}

/* A user that is gone does not come back by a ticket. */
static void srp_session_of_a_user_that_is_gone_is_not_resumed(void **state)
{
    static const uint8_t secret[32] = { 7 };
    struct wire *w = bare(plain);
    tlsn_session *s;
    tlsn_config *c;

    (void)state;
    add_user(w, "alice", "password123", 2048);
    log_in(w, "alice", "password123");
    OK(tlsn_config_set_ticket_secret(w->end[TLSN_SERVER].config, secret));
    wire_shake(w);
    s = wire_session(w);
    OK(tlsn_config_new(&c, &w->end[TLSN_SERVER].env.hooks));
    OK(tlsn_config_set_versions(c, TLSN_TLS1_2, TLSN_TLS1_2));
    OK(tlsn_config_set_policy(c, "research"));
    OK(tlsn_config_set_suites(c, plain));
    OK(tlsn_config_set_ticket_secret(c, secret));
    wire_set_config(w, TLSN_SERVER, c);
    add_user(w, "bob", "password123", 2048);
    wire_resume(w, s);
    assert_false(wire_done(w));
    assert_int_equal(wire_alert(w, TLSN_SERVER), 20);
    tlsn_session_free(s);
    wire_free(w);
}

static tlsn_status look_up(void *ctx, tlsn_conn *conn, struct tlsn_span user,
                           struct tlsn_srp_verifier *v)
{
    (void)conn;
    if (tlsni_span_eq(user, tlsni_span_make((const uint8_t *)"alice", 5)))
        *v = ((struct made *)ctx)->v;
    return TLSN_OK;
}

static void srp_user_is_looked_up_outside(void **state)
{
    struct made m;
    const struct tlsn_callbacks cb = { .srp = look_up, .ctx = &m };

    (void)state;
    make(&m, "alice", "password123", 2048);
    for (int i = 0; i < 8; i++) {
        struct wire *w = bare(i & 1 ? plain : signed_by_rsa);
        bool known = i & 4;

        log_in(w, known ? "alice" : "bob", "password123");
        OK(tlsn_config_set_srp_suspend(w->end[TLSN_SERVER].config, true));
        if (i & 2)
            OK(tlsn_config_set_callbacks(w->end[TLSN_SERVER].config, &cb));
        run(w);
        if (!(i & 2)) {
            assert_int_equal(tlsn_question(w->end[TLSN_SERVER].conn), TLSN_NEED_SRP);
            assert_int_equal(tlsn_srp_wanted(w->end[TLSN_SERVER].conn).len, known ? 5 : 3);
            OK(tlsn_srp_answer(w->end[TLSN_SERVER].conn, known ? &m.v : NULL));
            assert_int_equal(tlsn_srp_answer(w->end[TLSN_SERVER].conn, NULL), TLSN_ERR_MISUSE);
            wire_run(w);
        }
        assert_int_equal(wire_done(w), known);
        if (!known)
            assert_int_equal(wire_alert(w, TLSN_SERVER), 20);
        wire_free(w);
    }
}

static void srp_settings_out_of_range_are_refused(void **state)
{
    struct wire *w = bare(plain);
    tlsn_config *s = w->end[TLSN_SERVER].config, *c = w->end[TLSN_CLIENT].config;
    struct made m;
    struct tlsn_srp_verifier bad[4];
    char name[256];

    (void)state;
    memset(name, 'x', sizeof name);
    make(&m, "alice", "password123", 1024);
    for (int i = 0; i < 4; i++)
        bad[i] = m.v;
    bad[0].group_bits = 1000;
    bad[1].salt.len = 0;
    bad[2].verifier.len--;
    bad[3].verifier.data = tlsni_srp_group_find(1024)->n.data;
    for (int i = 0; i < 4; i++)
        assert_int_equal(tlsn_config_add_srp_user(s, "alice", 5, &bad[i]), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_add_srp_user(s, "alice", 5, &m.v));
    assert_int_equal(tlsn_config_add_srp_user(s, "alice", 5, &m.v), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_srp_login(c, "", 0, "p", 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_srp_login(c, name, 256, "p", 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_srp_login(c, "a\tb", 3, "p", 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_srp_login(c, "a\xff", 2, "p", 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_srp_login(c, "a\xc3", 2, "p", 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_srp_login(c, "a", 1, "p\x7f", 2), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_set_srp_login(c, "\xc3\xa4", 2, "p", 1));
    wire_free(w);
}

/* With a verifier of 0 or 1 the secret follows from what is sent in the clear. */
static void srp_verifier_that_needs_no_password_is_refused(void **state)
{
    struct wire *w = bare(plain);
    tlsn_config *s = w->end[TLSN_SERVER].config;
    struct made m;

    (void)state;
    make(&m, "alice", "password123", 1024);
    memset(m.verifier, 0, 128);
    for (uint8_t i = 0; i < 2; i++) {
        m.verifier[127] = i;
        assert_int_equal(tlsn_config_add_srp_user(s, "alice", 5, &m.v), TLSN_ERR_ARGUMENT);
    }
    m.verifier[127] = 2;
    OK(tlsn_config_add_srp_user(s, "alice", 5, &m.v));
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(srp_right_password_gets_in),
        cmocka_unit_test(srp_verifier_that_needs_no_password_is_refused),
        cmocka_unit_test(srp_small_groups_work_when_they_are_allowed),
        cmocka_unit_test(srp_wrong_password_and_unknown_user_look_the_same),
        cmocka_unit_test(srp_unknown_user_keeps_its_salt),
        cmocka_unit_test(srp_unknown_users_are_spread_like_the_known_ones),
        cmocka_unit_test(srp_unknown_user_is_told_on_request),
        cmocka_unit_test(srp_client_refuses_foreign_groups_and_zero),
        cmocka_unit_test(srp_server_refuses_zero),
        cmocka_unit_test(srp_suites_are_for_sides_with_a_user),
        cmocka_unit_test(srp_suite_without_a_name_is_unknown_psk_identity),
        cmocka_unit_test(srp_session_keeps_its_user),
        cmocka_unit_test(srp_session_of_a_user_that_is_gone_is_not_resumed),
        cmocka_unit_test(srp_user_is_looked_up_outside),
        cmocka_unit_test(srp_settings_out_of_range_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
