/* Version negotiation: every range against every range, who sends which record version when, what a
 * fallback does, and that nothing old is spoken unless somebody asked for it. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "req.h"

static uint16_t versions[8];
static size_t version_count;

static int list_versions(void **state)
{
    struct tlsn_version_info v;

    (void)state;
    version_count = 0;
    for (size_t i = 0; tlsn_version_info(i, &v); i++)
        if (v.implemented)
            versions[version_count++] = v.number;
    return 0;
}

/* Suites for every version there is. */
static struct wire *wire_old(void)
{
    struct wire *w = wire_new("rsa:2048");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_policy(w->end[r].config, "research"));
    return w;
}

static void set_range(struct wire *w, enum tlsn_role role, uint16_t min, uint16_t max)
{
    OK(tlsn_config_set_versions(w->end[role].config, min, max));
}

static uint16_t record_version(const struct wire *w, enum tlsn_role from)
{
    const uint8_t *p = w->end[from].sent;

    assert_true(w->end[from].sent_len >= 5);
    return (uint16_t)(p[1] << 8 | p[2]);
}

/* The version of the last record of this side, which stands alone in what it sent behind `from`. */
static int alert_received(const struct wire *w, enum tlsn_role at)
{
    const struct tlsn_conn_error *e = tlsn_conn_error(w->end[at].conn);

    assert_non_null(e);
    return e->alert_received;
}

/* ---- ranges ---- */

static void check_ranges(uint16_t client_min, uint16_t client_max, uint16_t server_min,
                         uint16_t server_max)
{
    struct wire *w = wire_old();
    uint16_t best = client_max < server_max ? client_max : server_max;

    set_range(w, TLSN_CLIENT, client_min, client_max);
    set_range(w, TLSN_SERVER, server_min, server_max);
    wire_open(w);
    wire_run(w);
    if (best >= client_min && best >= server_min) {
        assert_true(wire_done(w));
        assert_int_equal(wire_info(w, TLSN_CLIENT).version, best);
        assert_int_equal(wire_info(w, TLSN_SERVER).version, best);
        wire_say(w, TLSN_CLIENT, 100);
        wire_say(w, TLSN_SERVER, 100);
    } else if (client_max < server_min || client_max > TLSN_TLS1_2) { /* then it lists them all */
        assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_VERSION);
        assert_int_equal(alert_received(w, TLSN_CLIENT), 70);
    } else {
        assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_VERSION);
        assert_int_equal(alert_received(w, TLSN_SERVER), 70);
    }
    wire_free(w);
}

static void version_highest_common_one_of_any_two_ranges_is_spoken(void **state)
{
    const size_t n = version_count;

    (void)state;
    assert_true(n >= 3);
    for (size_t a = 0; a < n; a++)
        for (size_t b = a; b < n; b++)
            for (size_t c = 0; c < n; c++)
                for (size_t d = c; d < n; d++)
                    check_ranges(versions[a], versions[b], versions[c], versions[d]);
    REQ("5246:E.1/1");
    REQ("5246:E.1/2");
}

/* ---- defaults ---- */

static void version_below_tls12_is_in_no_policy_before_legacy(void **state)
{
    static const char *const sound[] = { "modern", "default", "compat" };

    (void)state;
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++) {
        for (int r = 0; r < 2; r++) {
            struct wire *w = wire_old();

            OK(tlsn_config_set_policy(w->end[r].config, sound[i]));
            set_range(w, r ? TLSN_CLIENT : TLSN_SERVER, versions[0], TLSN_TLS1_1);
            wire_open(w);
            wire_run(w);
            assert_false(wire_done(w));
            if (r)
                assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_VERSION);
            wire_free(w);
        }
    }
    REQ("8996:4/1");
    REQ("8996:5/1");
}

static void check_lowest(const char *policy, uint16_t lowest)
{
    struct wire *w = wire_old();

    OK(tlsn_config_set_policy(w->end[TLSN_SERVER].config, policy));
    set_range(w, TLSN_CLIENT, versions[0], TLSN_TLS1_2);
    for (size_t i = 0; i < version_count && versions[i] <= TLSN_TLS1_2; i++) {
        struct wire *one = wire_old();

        OK(tlsn_config_set_policy(one->end[TLSN_SERVER].config, policy));
        OK(tlsn_config_set_suites(one->end[TLSN_SERVER].config,
                                  "TLS_RSA_WITH_AES_128_CBC_SHA"));
        set_range(one, TLSN_CLIENT, versions[i], versions[i]);
        wire_open(one);
        wire_run(one);
        assert_int_equal(wire_done(one), versions[i] >= lowest);
        wire_free(one);
    }
    wire_free(w);
}

static void policy_each_has_its_lowest_version(void **state)
{
    (void)state;
    check_lowest("modern", TLSN_TLS1_2);
    check_lowest("default", TLSN_TLS1_2);
    check_lowest("compat", TLSN_TLS1_2);
    check_lowest("legacy", TLSN_TLS1_0);
    check_lowest("research", TLSN_SSL3);
    REQ("7568:3/1");
    REQ("7568:3/2");
}

/* ---- record versions ---- */

static void record_version_of_hellos_is_what_old_peers_take(void **state)
{
    (void)state;
    for (size_t i = 0; i < version_count; i++) {
        struct wire *w = wire_old();
        uint16_t first = versions[i] < TLSN_TLS1_0 ? versions[i] : TLSN_TLS1_0;

        set_range(w, TLSN_CLIENT, versions[0], versions[i]);
        set_range(w, TLSN_SERVER, versions[0], versions[i]);
        wire_shake(w);
        assert_int_equal(record_version(w, TLSN_CLIENT), first);
        assert_int_equal(record_version(w, TLSN_SERVER),
                         versions[i] < TLSN_TLS1_2 ? versions[i] : TLSN_TLS1_2);
        wire_free(w);
    }
    REQ("5246:E.1/6");
}

/* The first record may carry any version 3.x; once a version is chosen, that alone. */
static void record_version_of_the_first_record_is_free(void **state)
{
    static const uint8_t minor[] = { 0, 1, 2, 3, 4, 0xff };

    (void)state;
    for (size_t i = 0; i < sizeof minor; i++) {
        struct wire *w = wire_old();

        wire_open(w);
        (void)wire_turn(w, TLSN_CLIENT);
        w->end[TLSN_SERVER].in[2] = minor[i];
        wire_run(w);
        assert_true(wire_done(w));
        wire_free(w);
    }
    REQ("5246:E.1/5");
}

static void record_version_other_than_the_chosen_one_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < version_count && versions[i] <= TLSN_TLS1_2; i++) {
        struct wire *w = wire_old();

        set_range(w, TLSN_SERVER, versions[i], versions[i]);
        wire_open(w);
        (void)wire_turn(w, TLSN_CLIENT);
        (void)wire_turn(w, TLSN_SERVER);
        (void)wire_turn(w, TLSN_CLIENT);
        assert_true(w->end[TLSN_SERVER].in_len > 5);
        w->end[TLSN_SERVER].in[2] ^= 1;
        (void)wire_turn(w, TLSN_SERVER);
        assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_RECORD_VERSION);
        wire_free(w);
    }
}

/* ---- fallback, RFC 7507 ---- */

static void fallback_below_the_servers_highest_version_is_refused(void **state)
{
    (void)state;
    for (size_t c = 0; c < version_count; c++) {
        for (size_t s = c; s < version_count; s++) {
            struct wire *w = wire_old();

            set_range(w, TLSN_CLIENT, versions[0], versions[c]);
            set_range(w, TLSN_SERVER, versions[0], versions[s]);
            wire_open(w);
            OK(tlsn_conn_set_fallback(w->end[TLSN_CLIENT].conn, true));
            wire_run(w);
            assert_int_equal(wire_done(w), c == s);
            if (c != s) {
                assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_INAPPROPRIATE_FALLBACK);
                assert_int_equal(alert_received(w, TLSN_CLIENT), 86);
                assert_int_equal(record_version(w, TLSN_SERVER), versions[c]);
            }
            wire_free(w);
        }
    }
    REQ("7507:2/1");
    REQ("7507:3/1");
    REQ("7507:3/3");
    REQ("7507:3/4");
}

/* A version that the server does not have at all is the weightier reason. */
static void fallback_to_an_unsupported_version_is_a_version_error(void **state)
{
    struct wire *w = wire_old();

    (void)state;
    set_range(w, TLSN_CLIENT, TLSN_TLS1_0, TLSN_TLS1_0);
    set_range(w, TLSN_SERVER, TLSN_TLS1_1, TLSN_TLS1_2);
    wire_open(w);
    OK(tlsn_conn_set_fallback(w->end[TLSN_CLIENT].conn, true));
    wire_run(w);
    assert_int_equal(alert_received(w, TLSN_CLIENT), 70);
    wire_free(w);
    REQ("7507:3/2");
}

static bool hello_has_fallback(const struct wire *w)
{
    const uint8_t *p = w->end[TLSN_CLIENT].sent + 5 + 4 + 2 + 32;
    size_t count, i;

    p += 1 + *p;
    count = (size_t)(p[0] << 8 | p[1]) / 2;
    p += 2;
    for (i = 0; i < count; i++)
        if (p[2 * i] == 0x56 && p[2 * i + 1] == 0)
            break;
    assert_true(i >= count - 1); /* the last one, if anywhere */
    return i < count;
}

static void fallback_scsv_is_sent_on_request_only_and_behind_all_suites(void **state)
{
    (void)state;
    for (int on = 0; on < 2; on++) {
        struct wire *w = wire_old();

        wire_open(w);
        OK(tlsn_conn_set_fallback(w->end[TLSN_CLIENT].conn, on));
        wire_run(w);
        assert_int_equal(hello_has_fallback(w), on);
        assert_int_equal(tlsn_conn_set_fallback(w->end[TLSN_CLIENT].conn, on), TLSN_ERR_MISUSE);
        assert_int_equal(tlsn_conn_set_fallback(w->end[TLSN_SERVER].conn, on), TLSN_ERR_MISUSE);
        wire_free(w);
    }
    REQ("7507:4/1");
    REQ("7507:4/2");
}

/* The session's version is no fallback: the server chose it before. */
static void fallback_scsv_is_not_sent_with_a_session_of_the_version(void **state)
{
    struct wire *w = wire_old();
    tlsn_session *session;

    (void)state;
    set_range(w, TLSN_CLIENT, TLSN_TLS1_0, TLSN_TLS1_1);
    set_range(w, TLSN_SERVER, TLSN_TLS1_0, TLSN_TLS1_1);
    wire_shake(w);
    session = wire_session(w);
    wire_open(w);
    OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, session));
    OK(tlsn_conn_set_fallback(w->end[TLSN_CLIENT].conn, true));
    wire_run(w);
    assert_true(wire_done(w));
    assert_false(hello_has_fallback(w));
    tlsn_session_free(session);
    wire_free(w);
    REQ("7507:4/3");
}

/* ---- sessions ---- */

/* ---- downgrade marks (RFC 8446 4.1.3) ---- */

/* In the clear behind the record header, the message header, the version and 24 bytes of the random. */
enum { MARK_AT = 5 + 4 + 2 + 24, VERSION_AT = 5 + 4 };
static const uint8_t mark[8] = { 'D', 'O', 'W', 'N', 'G', 'R', 'D', 0 };

/* The last byte of the mark; -1: there is none. */
static int mark_of(uint16_t client_max, uint16_t server_max)
{
    struct wire *w = wire_old();
    int marked;

    set_range(w, TLSN_CLIENT, TLSN_TLS1_0, client_max);
    set_range(w, TLSN_SERVER, TLSN_TLS1_0, server_max);
    wire_open(w);
    wire_shake(w);
    marked = memcmp(w->end[TLSN_SERVER].sent + MARK_AT, mark, 7) == 0
                 ? w->end[TLSN_SERVER].sent[MARK_AT + 7]
                 : -1;
    wire_free(w);
    return marked;
}

static void downgrade_to_below_tls12_is_marked_by_servers_that_speak_it(void **state)
{
    (void)state;
    assert_int_equal(mark_of(TLSN_TLS1_0, TLSN_TLS1_2), 0);
    assert_int_equal(mark_of(TLSN_TLS1_1, TLSN_TLS1_2), 0);
    assert_int_equal(mark_of(TLSN_TLS1_2, TLSN_TLS1_2), -1);
    assert_int_equal(mark_of(TLSN_TLS1_2, TLSN_TLS1_1), -1);
    assert_int_equal(mark_of(TLSN_TLS1_0, TLSN_TLS1_1), -1);
    assert_int_equal(mark_of(TLSN_TLS1_0, TLSN_TLS1_3), 0);
    assert_int_equal(mark_of(TLSN_TLS1_1, TLSN_TLS1_3), 0);
    assert_int_equal(mark_of(TLSN_TLS1_2, TLSN_TLS1_3), 1);
    assert_int_equal(mark_of(TLSN_TLS1_3, TLSN_TLS1_2), -1);
    REQ("8446:4.1.3/1");
}

/* Somebody in between lowers the version of the ClientHello. */
static void downgrade_on_the_way_is_refused_by_the_client_at_the_server_hello(void **state)
{
    struct wire *w = wire_old();

    (void)state;
    for (int r = 0; r < 2; r++)
        set_range(w, r ? TLSN_SERVER : TLSN_CLIENT, TLSN_TLS1_0, TLSN_TLS1_2);
    wire_open(w);
    assert_true(wire_turn(w, TLSN_CLIENT));
    assert_true(w->end[TLSN_SERVER].in_len > VERSION_AT + 2);
    w->end[TLSN_SERVER].in[VERSION_AT + 1] = TLSN_TLS1_1 & 0xff;
    wire_run(w);
    assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_DOWNGRADE);
    assert_int_equal(alert_received(w, TLSN_SERVER), 47);
    wire_free(w);
    REQ("8446:4.1.3/2");
    REQ("8446:4.1.3/3");
}

static void session_of_another_version_is_not_resumed(void **state)
{
    (void)state;
    for (int tickets = 0; tickets < 2; tickets++) {
        struct wire *w = wire_old();
        tlsn_config *server = w->end[TLSN_SERVER].config, *later;
        static const uint8_t secret[32] = { 1 };
        tlsn_session_cache *cache;
        tlsn_session *s;

        OK(tlsn_session_cache_new(&cache, 4, NULL));
        OK(tlsn_config_set_session_cache(server, cache));
        OK(tlsn_config_set_ticket_secret(server, secret));
        OK(tlsn_config_set_feature(server, TLSN_FEATURE_TICKETS, tickets));
        set_range(w, TLSN_SERVER, TLSN_TLS1_1, TLSN_TLS1_1);
        wire_shake(w);
        s = wire_session(w);
        OK(tlsn_config_new(&later, &w->end[TLSN_SERVER].env.hooks));
        OK(tlsn_config_set_policy(later, "research"));
        OK(tlsn_config_add_credential(later, wire_credential("rsa:2048")));
        OK(tlsn_config_set_session_cache(later, cache));
        OK(tlsn_config_set_ticket_secret(later, secret));
        OK(tlsn_config_set_versions(later, TLSN_TLS1_0, TLSN_TLS1_0));
        wire_set_config(w, TLSN_SERVER, later);
        wire_resume(w, s);
        assert_true(wire_done(w));
        assert_int_equal(wire_info(w, TLSN_CLIENT).version, TLSN_TLS1_0);
        assert_int_equal(wire_info(w, TLSN_CLIENT).resumed, TLSN_RESUMED_NO);
        tlsn_session_free(s);
        wire_free(w);
        tlsn_session_cache_free(cache);
    }
    REQ("5246:7.4.1.3/9");
}

/* ---- SSL 3.0 ---- */

static struct wire *wire_ssl3(const char *key)
{
    struct wire *w = wire_new(key);

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_policy(w->end[r].config, "research"));
        set_range(w, (enum tlsn_role)r, TLSN_SSL3, TLSN_SSL3);
    }
    return w;
}

/* Where the first hello of this side ends and where its extensions would begin, both from the start
 * of the record. */
static size_t hello_rest(const struct wire *w, enum tlsn_role from)
{
    const uint8_t *p = w->end[from].sent, *at = p + 5 + 4 + 2 + 32;
    size_t len = (size_t)(p[6] << 16 | p[7] << 8 | p[8]);

    at += 1 + *at;
    at += from == TLSN_CLIENT ? 2 + (at[0] << 8 | at[1]) : 3;
    if (from == TLSN_CLIENT)
        at += 1 + *at;
    return (size_t)(p + 9 + len - at);
}

/* The SCSV stands for renegotiation_info, whose answer is the one extension there is. */
static void ssl3_hellos_have_no_extension_but_the_answer_to_the_scsv(void **state)
{
    struct wire *w = wire_ssl3("rsa:2048");

    (void)state;
    wire_shake(w);
    assert_int_equal(hello_rest(w, TLSN_CLIENT), 0);
    assert_int_equal(hello_rest(w, TLSN_SERVER), 2 + 4 + 1);
    assert_true(wire_info(w, TLSN_CLIENT).secure_renegotiation);
    assert_true(wire_info(w, TLSN_SERVER).secure_renegotiation);
    wire_free(w);
    /* neither to a client that offers more and gets SSL 3.0 */
    w = wire_old();
    set_range(w, TLSN_SERVER, TLSN_SSL3, TLSN_SSL3);
    wire_shake(w);
    assert_true(hello_rest(w, TLSN_CLIENT) > 0);
    assert_int_equal(hello_rest(w, TLSN_SERVER), 2 + 4 + 1);
    assert_false(wire_info(w, TLSN_CLIENT).ems);
    assert_false(wire_info(w, TLSN_CLIENT).etm);
    wire_free(w);
    REQ("7627:6.4/2");
}

/* warning, no_certificate, in a record of its own */
static bool sent_no_certificate(const struct wire *w)
{
    static const uint8_t alert[] = { 21, 3, 0, 0, 2, 1, 41 };
    const struct wire_end *e = &w->end[TLSN_CLIENT];

    for (size_t i = 0; i + sizeof alert <= e->sent_len; i++)
        if (memcmp(e->sent + i, alert, sizeof alert) == 0)
            return true;
    return false;
}

static void ssl3_client_without_certificate_sends_the_alert(void **state)
{
    (void)state;
    for (int required = 0; required < 2; required++) {
        struct wire *w = wire_ssl3("rsa:2048");

        OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config,
                                       required ? TLSN_CLIENT_AUTH_REQUIRE
                                                : TLSN_CLIENT_AUTH_REQUEST));
        wire_open(w);
        wire_run(w);
        assert_true(sent_no_certificate(w));
        assert_int_equal(wire_done(w), !required);
        if (required) {
            assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_NO_PEER_CERTIFICATE);
            assert_int_equal(alert_received(w, TLSN_CLIENT), 40);
        } else {
            assert_false(wire_info(w, TLSN_SERVER).client_authenticated);
            wire_say(w, TLSN_CLIENT, 100);
        }
        wire_free(w);
    }
    REQ("6101:5.6.6/3");
    REQ("6101:5.4.2/7");
    REQ("6101:5.6.6/4");
}

/* In TLS it is a warning like any other, and the Certificate is still due. */
static void no_certificate_is_no_answer_in_tls(void **state)
{
    static const uint8_t alert[] = { 21, 3, 1, 0, 2, 1, 41 };
    struct wire *w = wire_old();

    (void)state;
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUEST));
    set_range(w, TLSN_SERVER, TLSN_TLS1_0, TLSN_TLS1_0);
    wire_open(w);
    (void)wire_turn(w, TLSN_CLIENT);
    (void)wire_turn(w, TLSN_SERVER);
    wire_inject(w, TLSN_SERVER, alert, sizeof alert);
    wire_run(w);
    assert_true(wire_done(w));
    assert_false(sent_no_certificate(w));
    wire_free(w);
}

/* Alerts of TLS alone leave an SSL 3.0 connection as those that it has. */
static void ssl3_alerts_are_of_its_own_set(void **state)
{
    static const tlsn_status status[] = { TLSN_ERR_CERT_UNKNOWN_CA, TLSN_ERR_ACCESS_DENIED,
                                          TLSN_ERR_CERT_EXPIRED, TLSN_ERR_CERT_UNKNOWN };
    static const int alert[] = { 42, 40, 45, 46 }, in_tls[] = { 48, 49, 45, 46 };

    (void)state;
    for (size_t i = 0; i < sizeof status / sizeof *status; i++) {
        for (int tls = 0; tls < 2; tls++) {
            struct wire *w = wire_ssl3("rsa:2048");

            for (int r = 0; tls && r < 2; r++)
                set_range(w, (enum tlsn_role)r, TLSN_TLS1_0, TLSN_TLS1_0);
            OK(tlsn_config_set_verify_mode(w->end[TLSN_CLIENT].config, TLSN_VERIFY_SUSPEND));
            wire_open(w);
            wire_run(w);
            assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_NEED_VERDICT);
            OK(tlsn_set_verdict(w->end[TLSN_CLIENT].conn, status[i]));
            wire_run(w);
            assert_int_equal(alert_received(w, TLSN_SERVER), tls ? in_tls[i] : alert[i]);
            assert_int_equal(tlsn_conn_error(w->end[TLSN_CLIENT].conn)->alert_sent,
                             tls ? in_tls[i] : alert[i]);
            wire_free(w);
        }
    }
    REQ("6101:5.4/4");
    REQ("6101:5.4.2/12");
}

#define TEST(name) cmocka_unit_test_setup(name, list_versions)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(version_highest_common_one_of_any_two_ranges_is_spoken),
        TEST(version_below_tls12_is_in_no_policy_before_legacy),
        TEST(policy_each_has_its_lowest_version),
        TEST(record_version_of_hellos_is_what_old_peers_take),
        TEST(record_version_of_the_first_record_is_free),
        TEST(record_version_other_than_the_chosen_one_is_refused),
        TEST(fallback_below_the_servers_highest_version_is_refused),
        TEST(fallback_to_an_unsupported_version_is_a_version_error),
        TEST(fallback_scsv_is_sent_on_request_only_and_behind_all_suites),
        TEST(fallback_scsv_is_not_sent_with_a_session_of_the_version),
        TEST(downgrade_to_below_tls12_is_marked_by_servers_that_speak_it),
        TEST(downgrade_on_the_way_is_refused_by_the_client_at_the_server_hello),
        TEST(session_of_another_version_is_not_resumed),
        TEST(ssl3_hellos_have_no_extension_but_the_answer_to_the_scsv),
        TEST(ssl3_client_without_certificate_sends_the_alert),
        TEST(no_certificate_is_no_answer_in_tls),
        TEST(ssl3_alerts_are_of_its_own_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
