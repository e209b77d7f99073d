/* What each side of TLS 1.3 refuses of the other's hellos and records, and with which alert. */
#include "req.h"
#include "support_duo.h"
#include "support_hello.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { CLIENT_HELLO = 1, SERVER_HELLO = 2 };
enum { ILLEGAL = 47, DECODE = 50, VERSION = 70, MISSING = 109, UNSUPPORTED = 110, UNEXPECTED = 10 };
enum { GROUPS = 10, SIGALGS = 13, PSK = 41, VERSIONS = 43, COOKIE = 44, MODES = 45, SHARE = 51 };

static struct duo *pair(void)
{
    struct duo *d = duo_new();

    for (int r = 0; r < 2; r++) {
        assert_int_equal(tlsn_config_set_versions(d->config[r], TLSN_TLS1_2, TLSN_TLS1_3), TLSN_OK);
        assert_int_equal(tlsn_config_set_groups(d->config[r], "x25519,secp256r1,secp384r1"),
                         TLSN_OK);
    }
    return d;
}

struct refusal {
    duo_change *change;
    tlsn_status status;
    int alert;
};

static void check(enum tlsn_role from, const struct refusal *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct duo *d = pair();

        duo_change_message(d, from, from == TLSN_CLIENT ? CLIENT_HELLO : SERVER_HELLO,
                           list[i].change);
        duo_refused(d, from == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT, list[i].status,
                    list[i].alert);
        duo_free(d);
    }
}

/* ---- ClientHello ---- */

static void with_compression(uint8_t *body, size_t *len)
{
    size_t at = hello_block(body, true);

    memmove(body + at + 1, body + at, *len - at);
    body[at] = 1;
    body[at - 2] = 2;
    ++*len;
}

static void with_ssl3(uint8_t *body, size_t *len)
{
    (void)len;
    body[1] = 0;
}

static void with_ssl2(uint8_t *body, size_t *len)
{
    (void)len;
    body[0] = 0;
    body[1] = 2;
}

static void with_version_2(uint8_t *body, size_t *len)
{
    (void)len;
    body[0] = 2;
}

static void without_groups(uint8_t *body, size_t *len)
{
    hello_cut(body, len, true, GROUPS);
}

static void without_share(uint8_t *body, size_t *len)
{
    hello_cut(body, len, true, SHARE);
}

static void without_sigalgs(uint8_t *body, size_t *len)
{
    hello_cut(body, len, true, SIGALGS);
}

static void with_share_twice(uint8_t *body, size_t *len)
{
    size_t at = hello_find(body, true, SHARE), block = hello_block(body, true);
    size_t size = hello_get16(body + at + 4);

    memmove(body + at + 6 + 2 * size, body + at + 6 + size, *len - at - 6 - size);
    memcpy(body + at + 6 + size, body + at + 6, size);
    hello_put16(body + at + 2, 2 + 2 * size);
    hello_put16(body + at + 4, 2 * size);
    hello_put16(body + block, hello_get16(body + block) + size);
    *len += size;
}

static void with_share_not_listed(uint8_t *body, size_t *len)
{
    (void)len;
    hello_put16(body + hello_find(body, true, SHARE) + 6, 30);
}

static void with_short_share(uint8_t *body, size_t *len)
{
    size_t at = hello_find(body, true, SHARE), block = hello_block(body, true);
    size_t value = hello_get16(body + at + 8);

    memmove(body + at + 10 + value - 1, body + at + 10 + value, *len - at - 10 - value);
    hello_put16(body + at + 2, hello_get16(body + at + 2) - 1);
    hello_put16(body + at + 4, hello_get16(body + at + 4) - 1);
    hello_put16(body + at + 8, value - 1);
    hello_put16(body + block, hello_get16(body + block) - 1);
    --*len;
}

/* One identity "x" with a binder of 32 bytes. */
static const uint8_t psk[] = { 0, PSK, 0, 44, 0, 7, 0, 1, 'x', 0, 0, 0, 0, 0, 33, 32, 0, 0, 0, 0, 0,
                               0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                               0, 0, 0, 0 };

static void with_psk_without_modes(uint8_t *body, size_t *len)
{
    hello_cut(body, len, true, MODES);
    hello_append(body, len, true, psk, sizeof psk);
}

static void with_psk_in_front(uint8_t *body, size_t *len)
{
    static const uint8_t behind[] = { 0xfa, 0xfa, 0, 0 };

    hello_append(body, len, true, psk, sizeof psk);
    hello_append(body, len, true, behind, sizeof behind);
}

static void with_binders_missing(uint8_t *body, size_t *len)
{
    static const uint8_t two[] = { 0, PSK, 0, 51, 0, 14, 0, 1, 'x', 0, 0, 0, 0, 0, 1, 'y', 0, 0, 0,
                                   0, 0, 33, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

    hello_append(body, len, true, two, sizeof two);
}

static void hello_of_client_is_refused_as_the_standard_says(void **state)
{
    static const struct refusal list[] = {
        { with_compression, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_ssl3, TLSN_ERR_VERSION, VERSION },
        { with_ssl2, TLSN_ERR_VERSION, VERSION },
        { with_version_2, TLSN_ERR_VERSION, VERSION },
        { without_groups, TLSN_ERR_MISSING_EXTENSION, MISSING },
        { without_share, TLSN_ERR_MISSING_EXTENSION, MISSING },
        { without_sigalgs, TLSN_ERR_MISSING_EXTENSION, MISSING },
        { with_share_twice, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_share_not_listed, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_short_share, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_psk_without_modes, TLSN_ERR_MISSING_EXTENSION, MISSING },
        { with_psk_in_front, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_binders_missing, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
    };

    (void)state;
    check(TLSN_CLIENT, list, sizeof list / sizeof *list);
    REQ("8446:4.1.2/4");
    REQ("8446:D.5/2");
    REQ("8446:9.2/3");
    REQ("8446:9.2/4");
    REQ("8446:4.2.3/5");
    REQ("8446:4.2.8/4");
    REQ("8446:4.2.9/1");
    REQ("8446:4.2.11/4");
}

/* ---- ServerHello ---- */

static void with_own_version(uint8_t *body, size_t *len)
{
    (void)len;
    body[1] = 4;
}

static void with_another_id(uint8_t *body, size_t *len)
{
    (void)len;
    body[40] ^= 1;
}

static void with_compression_method(uint8_t *body, size_t *len)
{
    (void)len;
    body[hello_block(body, false) - 1] = 1;
}

static void with_suite_of_tls12(uint8_t *body, size_t *len)
{
    (void)len;
    hello_put16(body + hello_block(body, false) - 3, 0xc02b);
}

static void with_suite_not_offered(uint8_t *body, size_t *len)
{
    (void)len;
    hello_put16(body + hello_block(body, false) - 3, 0x1305);
}

static void with_another_group(uint8_t *body, size_t *len)
{
    (void)len;
    hello_put16(body + hello_find(body, false, SHARE) + 4, 24);
}

static void without_servers_share(uint8_t *body, size_t *len)
{
    hello_cut(body, len, false, SHARE);
}

static void with_strange_extension(uint8_t *body, size_t *len)
{
    static const uint8_t ext[] = { 0x12, 0x34, 0, 0 };

    hello_append(body, len, false, ext, sizeof ext);
}

/* server_name belongs into EncryptedExtensions; the client sent it. */
static void with_misplaced_extension(uint8_t *body, size_t *len)
{
    static const uint8_t ext[] = { 0, GROUPS, 0, 0 };

    hello_append(body, len, false, ext, sizeof ext);
}

static void with_extension_twice(uint8_t *body, size_t *len)
{
    static const uint8_t ext[] = { 0, VERSIONS, 0, 2, 3, 4 };

    hello_append(body, len, false, ext, sizeof ext);
}

static void with_later_version(uint8_t *body, size_t *len)
{
    (void)len;
    hello_put16(body + hello_find(body, false, VERSIONS) + 4, 0x0305);
}

static void with_listed_tls12(uint8_t *body, size_t *len)
{
    (void)len;
    hello_put16(body + hello_find(body, false, VERSIONS) + 4, 0x0303);
}

static void with_zero_share(uint8_t *body, size_t *len)
{
    (void)len;
    memset(body + hello_find(body, false, SHARE) + 8, 0, 32);
}

static void with_psk_nobody_offered(uint8_t *body, size_t *len)
{
    static const uint8_t ext[] = { 0, PSK, 0, 2, 0, 0 };

    hello_append(body, len, false, ext, sizeof ext);
}

static void hello_of_server_is_refused_as_the_standard_says(void **state)
{
    static const struct refusal list[] = {
        { with_own_version, TLSN_ERR_VERSION, VERSION },
        { with_another_id, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_compression_method, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_suite_of_tls12, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_suite_not_offered, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_another_group, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { without_servers_share, TLSN_ERR_MISSING_EXTENSION, MISSING },
        { with_strange_extension, TLSN_ERR_UNSUPPORTED_EXTENSION, UNSUPPORTED },
        { with_misplaced_extension, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_extension_twice, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_later_version, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_listed_tls12, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_zero_share, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
        { with_psk_nobody_offered, TLSN_ERR_UNSUPPORTED_EXTENSION, UNSUPPORTED },
    };

    (void)state;
    check(TLSN_SERVER, list, sizeof list / sizeof *list);
    REQ("8446:4.1.3/5");
    REQ("8446:4.1.3/6");
    REQ("8446:4.2/2");
    REQ("8446:4.2/3");
    REQ("8446:4.2.1/6");
    REQ("8446:7.4.2/1");
    REQ("8446:4.2.8/3");
}

/* ---- HelloRetryRequest ---- */

static struct duo *retrying(void)
{
    struct duo *d = pair();

    /* a ChangeCipherSpec would look like the beginning of protection to the tape */
    assert_int_equal(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_COMPAT_MODE, false),
                     TLSN_OK);
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_SERVER], "secp256r1"), TLSN_OK);
    return d;
}

static void ask_for(uint8_t *body, unsigned group)
{
    hello_put16(body + hello_find(body, false, SHARE) + 4, group);
}

static void asks_for_what_it_has(uint8_t *body, size_t *len)
{
    (void)len;
    ask_for(body, 29);
}

static void asks_for_what_was_not_offered(uint8_t *body, size_t *len)
{
    (void)len;
    ask_for(body, 30);
}

static void asks_for_nothing(uint8_t *body, size_t *len)
{
    hello_cut(body, len, false, SHARE);
}

static void retry_that_changes_nothing_or_too_much_is_refused(void **state)
{
    duo_change *const changes[] = { asks_for_what_it_has, asks_for_what_was_not_offered,
                                    asks_for_nothing };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct duo *d = retrying();

        duo_change_message(d, TLSN_SERVER, SERVER_HELLO, changes[i]);
        duo_refused(d, TLSN_CLIENT, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
        duo_free(d);
    }
    REQ("8446:4.2.8/5");
    REQ("8446:4.1.4/2");
}

/* The second ServerHello becomes a HelloRetryRequest by its random value. */
static void retries_again(uint8_t *body, size_t *len)
{
    static const uint8_t random[4] = { 0xcf, 0x21, 0xad, 0x74 };
    static uint8_t first[32];

    (void)len;
    if (memcmp(body + 2, random, sizeof random) == 0)
        memcpy(first, body + 2, sizeof first);
    else
        memcpy(body + 2, first, sizeof first);
}

static void retry_twice_is_unexpected(void **state)
{
    struct duo *d = retrying();

    (void)state;
    duo_change_message(d, TLSN_SERVER, SERVER_HELLO, retries_again);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_UNEXPECTED_MESSAGE, UNEXPECTED);
    duo_free(d);
    REQ("8446:4.1.4/3");
}

static unsigned hellos;

static void second_without_share(uint8_t *body, size_t *len)
{
    if (hellos++)
        hello_put16(body + hello_find(body, true, SHARE) + 6, 29);
    (void)len;
}

static void second_with_other_suites(uint8_t *body, size_t *len)
{
    (void)len;
    if (hellos++)
        body[38 + body[34]] ^= 1;
}

static void second_without_cookie(uint8_t *body, size_t *len)
{
    if (hellos++)
        hello_cut(body, len, true, COOKIE);
}

/* Of secp384r1, which is in the list too, behind the one that was asked for. */
static void second_with_two_shares(uint8_t *body, size_t *len)
{
    static const uint8_t share[] = { 0, 24, 0, 1, 0 };
    size_t at = hello_find(body, true, SHARE), end = at + 4 + hello_get16(body + at + 2);
    size_t block = hello_block(body, true);

    if (!hellos++)
        return;
    memmove(body + end + sizeof share, body + end, *len - end);
    memcpy(body + end, share, sizeof share);
    hello_put16(body + at + 2, hello_get16(body + at + 2) + sizeof share);
    hello_put16(body + at + 4, hello_get16(body + at + 4) + sizeof share);
    hello_put16(body + block, hello_get16(body + block) + sizeof share);
    *len += sizeof share;
}

static void second_hello_that_changes_what_it_may_not_is_refused(void **state)
{
    duo_change *const changes[] = { second_without_share, second_with_other_suites,
                                    second_without_cookie, second_with_two_shares };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct duo *d = retrying();

        hellos = 0;
        assert_int_equal(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_RETRY_COOKIE,
                                                 true), TLSN_OK);
        duo_change_message(d, TLSN_CLIENT, CLIENT_HELLO, changes[i]);
        duo_refused(d, TLSN_SERVER, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
        duo_free(d);
    }
    REQ("8446:4.1.2/2");
}

/* ---- versions ---- */

static void lists_old_versions_only(uint8_t *body, size_t *len)
{
    (void)len;
    hello_put16(body + hello_find(body, true, VERSIONS) + 5, 0x7f1c);
}

/* Somebody takes TLS 1.3 out of the client's list: the server's random value tells. */
static void downgrade_to_tls12_is_seen_by_the_client(void **state)
{
    struct duo *d = pair();

    (void)state;
    duo_change_message(d, TLSN_CLIENT, CLIENT_HELLO, lists_old_versions_only);
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_DOWNGRADE, ILLEGAL);
    duo_free(d);
    REQ("8446:4.1.3/7");
    REQ("8446:4.1.3/8");
}

/* A server that speaks no more than TLS 1.2 marks nothing. */
static void tls12_of_an_older_server_is_no_downgrade(void **state)
{
    struct duo *d = pair();
    struct tlsn_conn_info info;

    (void)state;
    assert_int_equal(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_2, TLSN_TLS1_2),
                     TLSN_OK);
    duo_shake(d);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_int_equal(info.version, TLSN_TLS1_2);
    duo_free(d);
}

/* ---- records ---- */

static void refuse_record(const void *record, size_t len, int alert)
{
    struct duo *d = pair();

    duo_shake(d);
    duo_inject(d, TLSN_CLIENT, record, len);
    duo_run(d);
    assert_non_null(tlsn_conn_error(d->conn[TLSN_SERVER]));
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_SERVER])->alert_sent, alert);
    duo_free(d);
}

static void record_behind_the_handshake_has_to_be_protected(void **state)
{
    (void)state;
    refuse_record("\x14\x03\x03\0\1\1", 6, UNEXPECTED);
    refuse_record("\x16\x03\x03\0\4\0\0\0\0", 9, UNEXPECTED);
    refuse_record("\x15\x03\x03\0\2\1\0", 7, UNEXPECTED);
    refuse_record("\x17\x03\x03\0\4\0\0\0\0", 9, 20);
    REQ("8446:5/2");
    REQ("8446:5.2/3");
}

static void record_above_the_limit_is_overflow(void **state)
{
    static const uint8_t head[5] = { 23, 3, 3, 0x41, 0x01 };

    (void)state;
    refuse_record(head, sizeof head, 22);
    REQ("8446:5.2/2");
}

/* ChangeCipherSpec means nothing inside a handshake, but has its form. */
static size_t doubled;

static size_t bend_ccs(struct duo *d, enum tlsn_role from, uint8_t *record, size_t len)
{
    (void)d;
    if (from == TLSN_SERVER && record[0] == 20 && doubled) {
        memcpy(record + len, record, len);
        doubled = 0;
        return 2 * len;
    }
    return len;
}

static size_t break_ccs(struct duo *d, enum tlsn_role from, uint8_t *record, size_t len)
{
    (void)d;
    if (from == TLSN_SERVER && record[0] == 20)
        record[5] = 2;
    return len;
}

static void ccs_inside_the_handshake_is_dropped(void **state)
{
    struct duo *d = pair();

    (void)state;
    doubled = 1;
    d->bend = bend_ccs;
    duo_shake(d);
    assert_int_equal(doubled, 0);
    duo_free(d);
    REQ("8446:5/1");
}

static void ccs_with_another_value_is_unexpected(void **state)
{
    struct duo *d = pair();

    (void)state;
    d->bend = break_ccs;
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_UNEXPECTED_MESSAGE, UNEXPECTED);
    duo_free(d);
    REQ("8446:5/2");
}

/* A handshake message that begins in the same record as ServerHello would span the change of keys. */
static size_t lengthen_hello(struct duo *d, enum tlsn_role from, uint8_t *record, size_t len)
{
    (void)d;
    if (from == TLSN_SERVER && record[0] == 22) {
        record[len] = 8;
        hello_put16(record + 3, hello_get16(record + 3) + 1);
        return len + 1;
    }
    return len;
}

static void message_across_new_keys_is_unexpected(void **state)
{
    struct duo *d = pair();

    (void)state;
    d->bend = lengthen_hello;
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_UNEXPECTED_MESSAGE, UNEXPECTED);
    duo_free(d);
    REQ("8446:5.1/3");
}

/* The same in a ClientHello's record, the first or the second one. */
static size_t lengthened;

static size_t lengthen_client_hello(struct duo *d, enum tlsn_role from, uint8_t *record, size_t len)
{
    (void)d;
    if (from != TLSN_CLIENT || record[0] != 22 || lengthened--)
        return len;
    record[len] = 20;
    hello_put16(record + 3, hello_get16(record + 3) + 1);
    return len + 1;
}

static void message_across_the_keys_of_a_server_is_unexpected(void **state)
{
    (void)state;
    for (size_t second = 0; second < 2; second++) {
        struct duo *d = second ? retrying() : pair();

        lengthened = second;
        d->bend = lengthen_client_hello;
        duo_refused(d, TLSN_SERVER, TLSN_ERR_UNEXPECTED_MESSAGE, UNEXPECTED);
        duo_free(d);
    }
    REQ("8446:5.1/3");
}

static size_t damage(struct duo *d, enum tlsn_role from, uint8_t *record, size_t len)
{
    (void)d;
    if (from == TLSN_SERVER && record[0] == 23)
        record[len - 1] ^= 1;
    return len;
}

static void record_that_does_not_authenticate_is_bad_record_mac(void **state)
{
    struct duo *d = pair();

    (void)state;
    d->bend = damage;
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_BAD_RECORD_MAC, 20);
    duo_free(d);
    REQ("8446:5.2/4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_of_client_is_refused_as_the_standard_says),
        cmocka_unit_test(hello_of_server_is_refused_as_the_standard_says),
        cmocka_unit_test(retry_that_changes_nothing_or_too_much_is_refused),
        cmocka_unit_test(retry_twice_is_unexpected),
        cmocka_unit_test(second_hello_that_changes_what_it_may_not_is_refused),
        cmocka_unit_test(downgrade_to_tls12_is_seen_by_the_client),
        cmocka_unit_test(tls12_of_an_older_server_is_no_downgrade),
        cmocka_unit_test(record_behind_the_handshake_has_to_be_protected),
        cmocka_unit_test(record_above_the_limit_is_overflow),
        cmocka_unit_test(ccs_inside_the_handshake_is_dropped),
        cmocka_unit_test(ccs_with_another_value_is_unexpected),
        cmocka_unit_test(message_across_new_keys_is_unexpected),
        cmocka_unit_test(message_across_the_keys_of_a_server_is_unexpected),
        cmocka_unit_test(record_that_does_not_authenticate_is_bad_record_mac),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
