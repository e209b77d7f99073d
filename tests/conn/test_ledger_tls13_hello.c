/* Statements of RFC 8446 and RFC 9846 on hellos: what they carry, what they lead to, what they are refused for. */
#include "req.h"
#include "support_duo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"

enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, NAMES = 0, GROUPS = 10, SIGALGS = 13, PSK = 41, VERSIONS = 43,
       COOKIE = 44, MODES = 45, SHARE = 51 };
enum { HANDSHAKE_FAILURE = 40, ILLEGAL = 47, DECODE = 50, VERSION = 70, MISSING = 109, UNEXPECTED = 10 };

static struct duo *pair_of(uint16_t min)
{
    struct duo *d = duo_new();

    for (int r = 0; r < 2; r++) {
        assert_int_equal(tlsn_config_set_versions(d->config[r], min, TLSN_TLS1_3), TLSN_OK);
        assert_int_equal(tlsn_config_set_groups(d->config[r], "x25519,secp256r1,secp384r1"), TLSN_OK);
    }
    return d;
}

static struct duo *pair(void)
{
    return pair_of(TLSN_TLS1_2);
}

static struct tlsn_conn_info facts(const struct duo *d, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[role], &info);
    return info;
}

static unsigned get16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/* ---- hellos by hand ---- */

#define LIST13 "002b0003020304"
#define LIST_BOTH "002b00050403040303"
#define LIST12 "002b0003020303"
#define X25519_GROUP "000a00040002001d"
#define BOTH_GROUPS "000a00060004001d0017"
#define SCHEMES "000d0006000404030804"
#define SHARE_OF(group, size, value) "0033" size group value
#define VALUE32 "2222222222222222222222222222222222222222222222222222222222222222"
#define X25519_SHARE "003300260024001d0020" VALUE32

static struct duo *hear(struct duo *d, const struct duo_hello *h)
{
    duo_connect(d);
    duo_hello(d, h);
    return d;
}

/* The version that the server chose: of TLS 1.3 by its extension. */
static unsigned chosen(const struct duo *d)
{
    struct tlsn_span m = duo_message(d, TLSN_SERVER, SERVER_HELLO), ext;

    if (!m.data)
        return 0;
    ext = duo_extension(d, TLSN_SERVER, VERSIONS);
    return ext.len == 2 ? get16(ext.data) : get16(m.data);
}

static void version_is_chosen_from_the_list_when_there_is_one(void **state)
{
    static const struct {
        uint16_t old;
        const char *list;
        unsigned chosen;
    } rows[] = {
        { 0x0303, LIST13, 0x0304 },    { 0x0303, LIST_BOTH, 0x0304 },        { 0x0303, LIST12, 0x0303 },
        { 0x0301, LIST12, 0x0303 },    { 0x0303, "002b0005047f1c0303", 0x0303 }, { 0x0304, "", 0x0303 },
        { 0x0303, "", 0x0303 },        { 0x0305, "", 0x0303 },
    };
    struct duo *d = pair();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char extensions[512];
        const struct duo_hello h = { .version = rows[i].old, .suites = "1301c02b", .extensions = extensions };

        (void)snprintf(extensions, sizeof extensions, "%s" BOTH_GROUPS SCHEMES X25519_SHARE, rows[i].list);
        assert_int_equal(chosen(hear(d, &h)), rows[i].chosen);
        assert_true((duo_extension(d, TLSN_SERVER, VERSIONS).len != 0) == (rows[i].chosen == 0x0304));
        assert_int_equal(get16(duo_message(d, TLSN_SERVER, SERVER_HELLO).data), 0x0303);
    }
    duo_free(d);
    REQ("8446:4.2.1/2");
    REQ("8446:4.2.1/3");
    REQ("8446:4.2.1/4");
    REQ("8446:4.2.1/7");
    REQ("8446:4.2.1/8");
    REQ("8446:D.2/1");
    REQ("8446:D.2/2");
}

static void version_nobody_has_is_protocol_version(void **state)
{
    static const char *const lists[] = { "002b0003020302", "002b00050403020301", "002b0003027f1c", "" };
    struct duo *d = pair();

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        char extensions[512];
        const struct duo_hello h = { .version = *lists[i] ? 0x0303 : 0x0302, .extensions = extensions };

        (void)snprintf(extensions, sizeof extensions, "%s" X25519_GROUP SCHEMES, lists[i]);
        assert_int_equal(chosen(hear(d, &h)), 0);
        assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | VERSION);
    }
    duo_free(d);
    REQ("8446:D.2/3");
}

/* Only a hello with TLS 1.2 in its old field is one of TLS 1.3. */
static void old_field_other_than_tls12_is_protocol_version(void **state)
{
    static const uint16_t old[] = { 0x0000, 0x0002, 0x0300, 0x0301, 0x0302, 0x0304, 0x0400 };
    struct duo *d = pair();

    (void)state;
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
        const struct duo_hello h = { .version = old[i] ? old[i] : 0x0001, .suites = "1301",
                                     .extensions = LIST13 X25519_GROUP SCHEMES X25519_SHARE };

        assert_int_equal(chosen(hear(d, &h)), 0);
        assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | VERSION);
    }
    duo_free(d);
    REQ("9846:4.2.2/1");
    REQ("9846:E.5/3");
    REQ("8446:D.5/2");
}

static void record_of_the_hello_may_say_any_version(void **state)
{
    static const uint16_t outer[] = { 0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x03ff };
    struct duo *d = pair();

    (void)state;
    for (size_t i = 0; i < sizeof outer / sizeof *outer; i++) {
        const struct duo_hello h = { .record_version = outer[i], .suites = "1301",
                                     .extensions = LIST13 X25519_GROUP SCHEMES X25519_SHARE };

        assert_int_equal(chosen(hear(d, &h)), 0x0304);
    }
    duo_free(d);
    REQ("8446:D/1");
    REQ("8446:D.2/4");
    REQ("8446:5.1/5");
}

static void record_of_less_than_ssl3_is_refused(void **state)
{
    struct duo *d = pair();
    const struct duo_hello h = { .record_version = 0x0203, .suites = "1301",
                                 .extensions = LIST13 X25519_GROUP SCHEMES X25519_SHARE };

    (void)state;
    assert_int_equal(chosen(hear(d, &h)), 0);
    assert_non_null(tlsn_conn_error(d->conn[TLSN_SERVER]));
    for (size_t i = 0; i < d->records; i++)
        assert_true(d->record[i].from == TLSN_CLIENT || d->record[i].version >= 0x0300);
    duo_free(d);
    REQ("8446:D.5/14");
}

/* A hello of TLS 1.2 with compression, one without extensions, and one with bytes behind them. */
static void hello_of_an_older_version_goes_by_its_rules(void **state)
{
    const struct duo_hello packed = { .compressions = "0100", .extensions = BOTH_GROUPS SCHEMES };
    const struct duo_hello bare = { 0 };
    struct duo *d = pair();

    (void)state;
    assert_int_equal(chosen(hear(d, &packed)), 0x0303);
    hear(d, &bare);
    assert_int_not_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | DECODE);
    /* an extension block of one byte */
    duo_connect(d);
    duo_inject(d, TLSN_CLIENT, "\x16\x03\x01\0\x30\1\0\0\x2c\x03\x03"
                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\0\0\2\xc0\x2b\1\0\0\0", 53);
    d->absent[TLSN_CLIENT] = true;
    duo_run(d);
    duo_free(d);
    d = pair();
    duo_connect(d);
    duo_inject(d, TLSN_CLIENT, "\x16\x03\x01\0\x2e\1\0\0\x2a\x03\x03"
                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\0\0\2\xc0\x2b\1\0\0", 51);
    d->absent[TLSN_CLIENT] = true;
    duo_run(d);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | DECODE);
    duo_free(d);
    REQ("8446:4.1.2/13");
    REQ("8446:4.1.2/14");
}

static void unknown_values_are_passed_over(void **state)
{
    const struct duo_hello h = {
        .suites = "0a0a13ff13010000",
        .extensions = "002b000706eaea7f1c0304" "000a0008000600ff001dfafa" "000d000800060a0a04030804"
                      "3333000400010203" "002d000302ff01" "0033002b002900ff000155001d0020" VALUE32
    };
    struct duo *d = pair();

    (void)state;
    assert_int_equal(chosen(hear(d, &h)), 0x0304);
    assert_int_equal(duo_suite_sent(d), 0x1301);
    assert_int_equal(get16(duo_extension(d, TLSN_SERVER, SHARE).data), 29);
    duo_free(d);
    REQ("8446:4.1.2/7");
    REQ("8446:9.3/2");
    REQ("8446:4.2.8/7");
    REQ("8446:2/2");
}

static void nothing_in_common_is_handshake_failure(void **state)
{
    const struct duo_hello suite = { .suites = "1305", .extensions = LIST13 X25519_GROUP SCHEMES X25519_SHARE };
    const struct duo_hello group = { .suites = "1301",
                                     .extensions = LIST13 "000a00040002001e" SCHEMES "003300020000" };
    const struct duo_hello scheme = { .suites = "1301",
                                      .extensions = LIST13 X25519_GROUP "000d000400020804" X25519_SHARE };
    const struct duo_hello *const hellos[] = { &suite, &group, &scheme };
    struct duo *d = pair();

    (void)state;
    for (size_t i = 0; i < sizeof hellos / sizeof *hellos; i++) {
        assert_int_equal(chosen(hear(d, hellos[i])), 0);
        assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | HANDSHAKE_FAILURE);
    }
    duo_free(d);
    REQ("8446:4.1.1/2");
    REQ("8446:2.1/1");
    REQ("8446:4.4.2.2/3");
    REQ("8446:4.4.3/5");
}

static bool is_retry(const struct duo *d)
{
    struct tlsn_span m = duo_message(d, TLSN_SERVER, SERVER_HELLO);

    return m.data && memcmp(m.data + 2, "\xcf\x21\xad\x74", 4) == 0;
}

/* Without any share, and with one of another group. */
static void group_without_a_share_is_asked_for(void **state)
{
    static const char *const shares[] = { "003300020000", "00330007000500170001" "55" };
    struct duo *d = pair();

    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        char extensions[512];
        const struct duo_hello h = { .suites = "1301", .extensions = extensions };
        struct tlsn_span m, share;

        assert_int_equal(tlsn_config_set_groups(d->config[TLSN_SERVER], "x25519"), TLSN_OK);
        (void)snprintf(extensions, sizeof extensions, LIST13 BOTH_GROUPS SCHEMES "%s", shares[i]);
        hear(d, &h);
        assert_true(is_retry(d));
        m = duo_message(d, TLSN_SERVER, SERVER_HELLO);
        share = duo_extension(d, TLSN_SERVER, SHARE);
        assert_int_equal(share.len, 2);
        assert_int_equal(get16(share.data), 29);
        /* its version and the group, nothing else */
        assert_int_equal(get16(m.data + 35 + 3), 4 + 2 + 4 + 2);
        duo_free(d);
        d = pair();
    }
    duo_free(d);
    REQ("8446:4.1.1/4");
    REQ("8446:4.1.4/7");
    REQ("8446:4.1.4/8");
    REQ("8446:4.1.4/9");
    REQ("8446:4.2.8/9");
}

/* ---- what ours say ---- */

static bool has(const struct duo *d, enum tlsn_role from, uint16_t type)
{
    return duo_extension(d, from, type).data != NULL;
}

static void hello_of_the_client_has_what_it_has_to_have(void **state)
{
    static const uint16_t types[] = { VERSIONS, SIGALGS, GROUPS, SHARE, NAMES };
    struct duo *d = pair();
    struct tlsn_span m, list;

    (void)state;
    duo_shake(d);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        assert_true(has(d, TLSN_CLIENT, types[i]));
    list = duo_extension(d, TLSN_CLIENT, VERSIONS);
    assert_int_equal(list.len, 5);
    assert_memory_equal(list.data, "\x04\x03\x04\x03\x03", 5);
    assert_false(has(d, TLSN_CLIENT, COOKIE));
    m = duo_message(d, TLSN_CLIENT, CLIENT_HELLO);
    assert_ptr_equal(d->record[0].body + 4, m.data);
    assert_int_equal(get16(m.data), 0x0303);
    assert_int_equal(m.data[34], 32);
    assert_int_equal(d->record[0].version, 0x0301);
    for (size_t i = 1; i < d->records; i++)
        assert_int_equal(d->record[i].version, 0x0303);
    duo_free(d);
    REQ("8446:4.1.2/5");
    REQ("8446:4.1.2/6");
    REQ("8446:4.1.2/9");
    REQ("8446:4.2.1/1");
    REQ("8446:4.2.1/9");
    REQ("8446:4.2.3/9");
    REQ("8446:4.4.2.2/5");
    REQ("8446:9.2/1");
    REQ("8446:9.2/5");
    REQ("8446:9.2/6");
    REQ("8446:9.2/7");
    REQ("8446:5.1/11");
    REQ("8446:5.1/12");
    REQ("8446:D.5/11");
    REQ("8446:D.5/13");
    REQ("9846:E.5/2");
}

/* Types of the extensions of ServerHello. */
static void check_server_types(const struct duo *d)
{
    struct tlsn_span m = duo_message(d, TLSN_SERVER, SERVER_HELLO);
    size_t at = 35 + m.data[34] + 3 + 2;

    for (; at + 4 <= m.len; at += 4 + get16(m.data + at + 2)) {
        unsigned type = get16(m.data + at);

        assert_true(type == VERSIONS || type == SHARE || type == PSK);
    }
    assert_int_equal(at, m.len);
}

static void hello_of_the_server_has_no_more_than_it_has_to_have(void **state)
{
    struct duo *d = pair();
    struct tlsn_span m;

    (void)state;
    assert_int_equal(tlsn_config_set_alpn(d->config[TLSN_CLIENT], "h2"), TLSN_OK);
    assert_int_equal(tlsn_config_set_alpn(d->config[TLSN_SERVER], "h2"), TLSN_OK);
    duo_shake(d);
    assert_int_equal(facts(d, TLSN_CLIENT).alpn.len, 2);
    assert_true(facts(d, TLSN_CLIENT).ems);
    check_server_types(d);
    m = duo_message(d, TLSN_SERVER, SERVER_HELLO);
    assert_int_equal(get16(m.data), 0x0303);
    assert_memory_not_equal(m.data + 2, duo_message(d, TLSN_CLIENT, CLIENT_HELLO).data + 2, 32);
    assert_int_equal(m.data[34], 32);
    assert_int_equal(m.data[34 + 33 + 2], 0);
    assert_true(has(d, TLSN_SERVER, VERSIONS));
    duo_free(d);
    REQ("8446:4.1.3/4");
    REQ("8446:4.1.3/9");
    REQ("8446:4.1.3/10");
    REQ("8446:4.1.3/11");
    REQ("8446:D/4");
}

/* The hybrid's share first, as the list of groups has it, and a key of its own in each hello. */
static void hybrid_shares_stand_in_order_and_are_new(void **state)
{
    enum { KEM = 1184, CURVE = 32, AT = 2 + 4 };
    struct duo *d = pair();
    uint8_t first[KEM + CURVE];
    struct tlsn_span share;

    (void)state;
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_CLIENT],
                                            "X25519MLKEM768,secp256r1,x25519"), TLSN_OK);
    assert_int_equal(tlsn_config_set_key_shares(d->config[TLSN_CLIENT], "x25519,X25519MLKEM768"),
                     TLSN_OK);
    for (int again = 0; again < 2; again++) {
        duo_shake(d);
        share = duo_extension(d, TLSN_CLIENT, SHARE);
        assert_int_equal(share.len, AT + KEM + CURVE + 4 + CURVE);
        assert_int_equal(get16(share.data + 2), 0x11ec);
        assert_int_equal(get16(share.data + AT + KEM + CURVE), 29);
        if (again) {
            assert_memory_not_equal(share.data + AT, first, KEM);
            assert_memory_not_equal(share.data + AT + KEM, first + KEM, CURVE);
        }
        memcpy(first, share.data + AT, sizeof first);
    }
    duo_free(d);
    REQ("9954:2/2");
    REQ("9954:3.2/2");
}

static void shares_and_ids_are_drawn_for_each_hello(void **state)
{
    struct duo *d = pair();
    uint8_t first[128], id[32];
    struct tlsn_span share;

    (void)state;
    assert_int_equal(tlsn_config_set_key_shares(d->config[TLSN_CLIENT], "x25519,secp256r1"), TLSN_OK);
    duo_shake(d);
    share = duo_extension(d, TLSN_CLIENT, SHARE);
    assert_int_equal(share.len, 2 + 4 + 32 + 4 + 65);
    assert_memory_not_equal(share.data + 6, share.data + 6 + 32 + 5, 32);
    memcpy(first, share.data, share.len);
    memcpy(id, duo_session_id(d, TLSN_CLIENT).data, 32);
    duo_shake(d);
    share = duo_extension(d, TLSN_CLIENT, SHARE);
    assert_memory_not_equal(share.data + 6, first + 6, 32);
    assert_memory_not_equal(share.data + 6 + 32 + 5, first + 6 + 32 + 5, 64);
    assert_memory_not_equal(duo_session_id(d, TLSN_CLIENT).data, id, 32);
    duo_free(d);
    REQ("8446:4.1.2/11");
    REQ("8446:4.2.8/1");
    REQ("8446:4.2.8/6");
    REQ("9846:4.3.8/2");
}

/* A session of TLS 1.2 with an ID, offered beside TLS 1.3. */
static void id_of_a_tls12_session_goes_into_the_hello(void **state)
{
    struct duo *d = pair();
    tlsn_session *s;

    (void)state;
    assert_int_equal(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    for (int r = 0; r < 2; r++)
        assert_int_equal(tlsn_config_set_feature(d->config[r], TLSN_FEATURE_TICKETS, false), TLSN_OK);
    duo_shake(d);
    s = duo_session(d);
    duo_reconnect(d, s);
    tlsn_session_free(s);
    assert_int_equal(facts(d, TLSN_CLIENT).resumed, TLSN_RESUMED_ID);
    assert_memory_equal(duo_session_id(d, TLSN_CLIENT).data, duo_session_id(d, TLSN_SERVER).data, 32);
    assert_true(has(d, TLSN_CLIENT, VERSIONS));
    duo_free(d);
    REQ("8446:4.1.2/10");
    REQ("8446:D.1/1");
}

static void ticket_goes_with_shares_and_its_suite_behind_all_else(void **state)
{
    struct duo *d = pair();
    struct tlsn_span m, last;
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    duo_reconnect(d, s);
    tlsn_session_free(s);
    assert_int_equal(facts(d, TLSN_CLIENT).resumed, TLSN_RESUMED_TICKET);
    m = duo_message(d, TLSN_CLIENT, CLIENT_HELLO);
    last = duo_extension(d, TLSN_CLIENT, PSK);
    assert_ptr_equal(last.data + last.len, m.data + m.len);
    assert_true(has(d, TLSN_CLIENT, SHARE));
    assert_true(has(d, TLSN_CLIENT, MODES));
    assert_true(has(d, TLSN_SERVER, SHARE));
    assert_true(has(d, TLSN_SERVER, PSK));
    check_server_types(d);
    duo_free(d);
    REQ("8446:2.2/3");
    REQ("8446:4.1.1/3");
    REQ("8446:4.1.2/12");
    REQ("8446:4.2/5");
}

/* Not in this connection and not in the next one without its being asked for. */
static void cookie_is_for_one_connection(void **state)
{
    struct duo *d = pair();

    (void)state;
    assert_int_equal(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_RETRY_COOKIE, true), TLSN_OK);
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_SERVER], "secp384r1"), TLSN_OK);
    for (int i = 0; i < 2; i++) {
        duo_shake(d);
        assert_true(is_retry(d));
        assert_false(has(d, TLSN_CLIENT, COOKIE)); /* in its first hello */
        assert_true(has(d, TLSN_SERVER, COOKIE));
    }
    duo_free(d);
    REQ("8446:4.2.2/2");
    REQ("8446:4.1.4/10");
    REQ("8446:4.1.4/11");
    REQ("8446:4.1.4/12");
}

/* ---- what theirs are refused for ---- */

static void rename_suite(uint8_t *body, size_t *len)
{
    size_t at = 35 + body[34];

    (void)len;
    body[at + 1] = body[at + 1] == 3 ? 1 : 3; /* ChaCha20, which is offered as well */
}

static void rename_to_strange(uint8_t *body, size_t *len)
{
    (void)len;
    body[36 + body[34]] = 5;
}

static unsigned hellos;

/* What is left is a hello of TLS 1.2. */
static void without_version_the_second_time(uint8_t *body, size_t *len)
{
    size_t at = 35 + body[34] + 3 + 2;

    while (hellos && at + 4 <= *len && get16(body + at) != VERSIONS)
        at += 4 + get16(body + at + 2);
    if (hellos++)
        body[at + 1] = 0xfe;
}

static void rename_second(uint8_t *body, size_t *len)
{
    if (hellos++)
        rename_suite(body, len);
}

static void suite_of_a_retry_stays_and_was_offered(void **state)
{
    duo_change *const changes[] = { rename_second, rename_to_strange, without_version_the_second_time };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct duo *d = pair();

        hellos = 0;
        assert_int_equal(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_COMPAT_MODE, false), TLSN_OK);
        assert_int_equal(tlsn_config_set_groups(d->config[TLSN_SERVER], "secp384r1"), TLSN_OK);
        duo_change_message(d, TLSN_SERVER, SERVER_HELLO, changes[i]);
        duo_refused(d, TLSN_CLIENT, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
        duo_free(d);
    }
    REQ("8446:4.1.4/1");
    REQ("8446:4.1.4/4");
    REQ("8446:4.1.4/6");
    REQ("8446:4.1.4/13");
}

static void with_ssl3(uint8_t *body, size_t *len)
{
    (void)len;
    body[1] = 0;
}

static void with_tls13(uint8_t *body, size_t *len)
{
    (void)len;
    body[1] = 4;
}

static void old_field_of_a_server_other_than_tls12_is_protocol_version(void **state)
{
    duo_change *const changes[] = { with_ssl3, with_tls13 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = pair();

        duo_change_message(d, TLSN_SERVER, SERVER_HELLO, changes[i]);
        duo_refused(d, TLSN_CLIENT, TLSN_ERR_VERSION, VERSION);
        duo_free(d);
    }
    REQ("8446:D.5/12");
    REQ("9846:4.2.3/1");
    REQ("9846:E.5/3");
}

static void version_that_is_not_offered_is_protocol_version(void **state)
{
    struct duo *d = pair_of(TLSN_TLS1_3);

    (void)state;
    assert_int_equal(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_3, TLSN_TLS1_3), TLSN_OK);
    duo_connect(d);
    d->absent[TLSN_SERVER] = true;
    duo_run(d);
    duo_inject(d, TLSN_SERVER, "\x16\x03\x03\0\x2a\2\0\0\x26\x03\x03"
                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\0\xc0\x2b\0", 47);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_VERSION);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_sent, VERSION);
    duo_free(d);
    REQ("8446:D.1/3");
}

/* Nothing else of a hello with that random value is looked at as that of a ServerHello. */
static void asks_again(uint8_t *body, size_t *len)
{
    static const uint8_t random[32] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                        0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                        0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c };

    (void)len;
    memcpy(body + 2, random, sizeof random);
}

static void retry_is_told_by_its_random_value(void **state)
{
    struct duo *d = pair();

    (void)state;
    duo_change_message(d, TLSN_SERVER, SERVER_HELLO, asks_again);
    /* a share where a group should be, of one that the server had */
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
    duo_free(d);
    REQ("8446:4.1.3/12");
}

static struct duo *old_pair(void)
{
    struct duo *d = pair();

    for (int r = 0; r < 2; r++)
        assert_int_equal(tlsn_config_set_renegotiation(d->config[r], TLSN_RENEGOTIATION_SECURE), TLSN_OK);
    assert_int_equal(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    return d;
}

static void tls13_in_a_renegotiation_is_protocol_version(void **state)
{
    static const uint8_t hello[] = { SERVER_HELLO, 0, 0, 46, 3, 3, [38] = 0, 0xc0, 0x2b, 0, 0, 6,
                                     0, VERSIONS, 0, 2, 3, 4 };
    struct duo *d = old_pair();
    const struct tlsn_conn_error *error;

    (void)state;
    duo_shake(d);
    d->absent[TLSN_SERVER] = true;
    assert_int_equal(tlsn_renegotiate(d->conn[TLSN_CLIENT], NULL), TLSN_OK);
    duo_flush(d, TLSN_CLIENT);
    duo_run(d);
    assert_int_equal(tlsni_conn_queue(d->conn[TLSN_SERVER], 22, hello, sizeof hello), TLSN_OK);
    duo_flush(d, TLSN_SERVER);
    duo_run(d);
    error = tlsn_conn_error(d->conn[TLSN_CLIENT]);
    assert_non_null(error);
    assert_int_equal(error->status, TLSN_ERR_VERSION);
    assert_int_equal(error->alert_sent, VERSION);
    duo_free(d);
    REQ("8446:4.1.3/13");
}

/* Versions that are off, and a hello of SSL 2.0. */
static void old_version_is_not_there_unless_by_name(void **state)
{
    static const uint8_t ssl2[] = { 0x80, 28, 1, 3, 1, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f, 1, 2, 3, 4,
                                    5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
    static const uint16_t old[] = { 0x0301, 0x0302 };
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct duo_hello h = { .version = old[i], .suites = "c013c009002f", .extensions = BOTH_GROUPS };

        assert_int_equal(chosen(hear(d, &h)), 0);
        assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | VERSION);
    }
    duo_connect(d);
    d->absent[TLSN_CLIENT] = true;
    duo_inject(d, TLSN_CLIENT, ssl2, sizeof ssl2);
    duo_run(d);
    assert_non_null(tlsn_conn_error(d->conn[TLSN_SERVER]));
    assert_null(duo_message(d, TLSN_SERVER, SERVER_HELLO).data);
    duo_free(d);
    REQ("9846:E.5/1");
    REQ("8446:D.5/10");
}

/* Values that RFC 8446 B.3.1.4 calls obsolete: the curves of RFC 4492 but for three, and Brainpool's of old. */
static bool is_obsolete(unsigned group)
{
    return (group >= 1 && group <= 22) || (group >= 26 && group <= 28) || group == 0xff01 || group == 0xff02;
}

static void obsolete_group_is_not_there(void **state)
{
    const struct duo_hello h = { .suites = "1301", .extensions = LIST13 "000a00040002001a" SCHEMES "003300020000" };
    struct duo *d = pair();
    struct tlsn_span list;

    (void)state;
    duo_shake(d);
    list = duo_extension(d, TLSN_CLIENT, GROUPS);
    for (size_t i = 2; i < list.len; i += 2)
        assert_false(is_obsolete(get16(list.data + i)));
    assert_int_equal(chosen(hear(d, &h)), 0);
    duo_free(d);
    REQ("8446:B.3.1.4/1");
}

static void name_that_is_required_is_missing_extension(void **state)
{
    static const struct {
        const char *list;
        int alert;
    } rows[] = { { LIST13, MISSING }, { "", 112 } };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = pair();
        char extensions[512];
        const struct duo_hello h = { .suites = "1301c02b", .extensions = extensions };

        assert_int_equal(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_REQUIRE_NAMES, true), TLSN_OK);
        (void)snprintf(extensions, sizeof extensions, "%s" BOTH_GROUPS SCHEMES X25519_SHARE, rows[i].list);
        hear(d, &h);
        assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | rows[i].alert);
        duo_free(d);
    }
    REQ("8446:9.2/8");
    REQ("8446:9.2/9");
}

/* ---- values of groups ---- */

#define ZEROS32 "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES32 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define TIMES8(x) x x x x x x x x

static int alert_to_share(const char *group, const char *share)
{
    struct duo *d = duo_new();
    char extensions[4096];
    const struct duo_hello h = { .suites = "1301", .extensions = extensions };
    int alert;

    assert_int_equal(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_3, TLSN_TLS1_3), TLSN_OK);
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_SERVER], "x25519,x448,secp256r1,ffdhe2048"), TLSN_OK);
    (void)snprintf(extensions, sizeof extensions, LIST13 "000a00040002%s" SCHEMES "0033%04x%04x%s%04x%s", group,
                   (unsigned)(strlen(share) / 2 + 6), (unsigned)(strlen(share) / 2 + 4), group,
                   (unsigned)(strlen(share) / 2), share);
    hear(d, &h);
    alert = duo_message(d, TLSN_SERVER, SERVER_HELLO).data ? 0 : duo_alert(d, TLSN_SERVER) & 255;
    duo_free(d);
    return alert;
}

static void value_outside_of_its_group_is_refused(void **state)
{
    static const struct {
        const char *group, *share;
        int alert;
    } rows[] = {
        { "001d", VALUE32, 0 },
        { "001d", ZEROS32, ILLEGAL },
        { "001d", VALUE32 "22", ILLEGAL },
        { "001e", VALUE32, ILLEGAL },
        { "0017", "04" ZEROS32 ZEROS32, ILLEGAL },
        { "0017", "04" ONES32 ONES32, ILLEGAL },
        { "0017", "04" VALUE32 VALUE32, ILLEGAL },
        { "0017", "03" VALUE32, ILLEGAL },
        { "0017", "00", ILLEGAL },
        { "0100", TIMES8(VALUE32), 0 },
        { "0100", TIMES8(ZEROS32), ILLEGAL },
        { "0100", ZEROS32 ZEROS32 ZEROS32 ZEROS32 ZEROS32 ZEROS32 ZEROS32
                  "0000000000000000000000000000000000000000000000000000000000000001", ILLEGAL },
        { "0100", TIMES8(ONES32), ILLEGAL },
        { "0100", VALUE32, ILLEGAL },
        { "0100", TIMES8(VALUE32) "22", ILLEGAL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (alert_to_share(rows[i].group, rows[i].share) != rows[i].alert)
            fail_msg("row %zu: alert %d", i, alert_to_share(rows[i].group, rows[i].share));
    REQ("8446:4.2.8.1/1");
    REQ("8446:4.2.8.1/2");
    REQ("8446:4.2.8.2/1");
    REQ("8446:4.2.8.2/2");
    REQ("8446:4.2.8.2/3");
    REQ("8446:6/10");
}

static void list_that_does_not_parse_is_decode_error(void **state)
{
    static const char *const bad[] = { "003300030024001d", "000a0003000200", "002d00020201", "002a000100" };
    struct duo *d = pair();

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char extensions[512];
        const struct duo_hello h = { .suites = "1301", .extensions = extensions };

        (void)snprintf(extensions, sizeof extensions, LIST13 "%s" SCHEMES "%s%s",
                       memcmp(bad[i], "000a", 4) == 0 ? "" : X25519_GROUP,
                       memcmp(bad[i], "0033", 4) == 0 ? "" : X25519_SHARE, bad[i]);
        hear(d, &h);
        assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | DECODE);
    }
    duo_free(d);
    REQ("8446:6/9");
    REQ("9846:4.3/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_is_chosen_from_the_list_when_there_is_one),
        cmocka_unit_test(version_nobody_has_is_protocol_version),
        cmocka_unit_test(old_field_other_than_tls12_is_protocol_version),
        cmocka_unit_test(record_of_the_hello_may_say_any_version),
        cmocka_unit_test(record_of_less_than_ssl3_is_refused),
        cmocka_unit_test(hello_of_an_older_version_goes_by_its_rules),
        cmocka_unit_test(unknown_values_are_passed_over),
        cmocka_unit_test(nothing_in_common_is_handshake_failure),
        cmocka_unit_test(group_without_a_share_is_asked_for),
        cmocka_unit_test(hello_of_the_client_has_what_it_has_to_have),
        cmocka_unit_test(hello_of_the_server_has_no_more_than_it_has_to_have),
        cmocka_unit_test(hybrid_shares_stand_in_order_and_are_new),
        cmocka_unit_test(shares_and_ids_are_drawn_for_each_hello),
        cmocka_unit_test(id_of_a_tls12_session_goes_into_the_hello),
        cmocka_unit_test(ticket_goes_with_shares_and_its_suite_behind_all_else),
        cmocka_unit_test(cookie_is_for_one_connection),
        cmocka_unit_test(suite_of_a_retry_stays_and_was_offered),
        cmocka_unit_test(old_field_of_a_server_other_than_tls12_is_protocol_version),
        cmocka_unit_test(version_that_is_not_offered_is_protocol_version),
        cmocka_unit_test(retry_is_told_by_its_random_value),
        cmocka_unit_test(tls13_in_a_renegotiation_is_protocol_version),
        cmocka_unit_test(old_version_is_not_there_unless_by_name),
        cmocka_unit_test(obsolete_group_is_not_there),
        cmocka_unit_test(name_that_is_required_is_missing_extension),
        cmocka_unit_test(value_outside_of_its_group_is_refused),
        cmocka_unit_test(list_that_does_not_parse_is_decode_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
