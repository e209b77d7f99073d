/* MD5 and SHA-1 in signatures of TLS 1.2 (RFC 9155): neither side offers, makes or takes them unless
 * somebody names them. That is also what SLOTH (Bhargavan, Leurent 2016) needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "req.h"
#include "support_duo.h"

static const char *const policies[] = { "modern", "default", "compat" };
static const uint16_t weak[] = { 0x0101, 0x0201, 0x0202, 0x0203, 0x0102, 0x0103 };
enum { POLICIES = 3, WEAK = sizeof weak / sizeof *weak };
enum { CERTIFICATE_REQUEST = 13, SERVER_EXCHANGE = 12, VERIFY = 15 };

static struct duo *with_policy(const char *policy)
{
    struct duo *d = duo_new();

    for (int r = 0; r < 2; r++) {
        assert_int_equal(tlsn_config_set_policy(d->config[r], policy), TLSN_OK);
        assert_int_equal(tlsn_config_set_versions(d->config[r], TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    }
    assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST),
                     TLSN_OK);
    assert_int_equal(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("rsa:2048")),
                     TLSN_OK);
    return d;
}

/* Pairs of hash and signature; hash 1 is MD5 and 2 is SHA-1. */
static void assert_strong(const uint8_t *pairs, size_t len)
{
    assert_true(len >= 2 && len % 2 == 0);
    for (size_t i = 0; i < len; i += 2)
        assert_true(pairs[i] > 2);
}

static void hello_and_request_list_neither_md5_nor_sha1(void **state)
{
    (void)state;
    for (size_t i = 0; i < POLICIES; i++) {
        struct duo *d = with_policy(policies[i]);
        struct tlsn_span m;

        duo_shake(d);
        m = duo_extension(d, TLSN_CLIENT, 13);
        assert_non_null(m.data);
        assert_strong(m.data + 2, m.len - 2);
        m = duo_message(d, TLSN_SERVER, CERTIFICATE_REQUEST);
        assert_non_null(m.data);
        assert_strong(m.data + 1 + m.data[0] + 2,
                      (size_t)m.data[1 + m.data[0]] << 8 | m.data[2 + m.data[0]]);
        duo_free(d);
    }
    REQ("9155:2/1");
    REQ("9155:2/2");
    REQ("9155:3/1");
}

/* c02b or c02f alone, with a list of weak pairs, or none. */
static int answer(struct duo *d, const char *suites, const char *extensions)
{
    const struct duo_hello hello = { .suites = suites, .extensions = extensions };

    duo_connect(d);
    duo_hello(d, &hello);
    return duo_message(d, TLSN_SERVER, 2).data ? 0 : duo_alert(d, TLSN_SERVER);
}

static void server_signs_with_neither_md5_nor_sha1(void **state)
{
    (void)state;
    for (size_t i = 0; i < POLICIES; i++) {
        struct duo *d = with_policy(policies[i]);

        assert_int_equal(tlsn_config_add_credential(d->config[TLSN_SERVER],
                                                    duo_credential("rsa:2048")), TLSN_OK);
        assert_int_equal(answer(d, "c02bc02f", "000a000400020017" "000d000a0008" "0201020301010103"),
                         0x0228);
        assert_int_equal(answer(d, "c02bc02f", "000a000400020017" "000d000c000a"
                                               "02010203010101030804"), 0);
        duo_free(d);
    }
    REQ("9155:4/1");
}

/* RFC 9155 2: no list, no signature; key transport needs none. */
static void hello_without_the_extension_gets_no_signature(void **state)
{
    struct duo *d = with_policy("compat");

    (void)state;
    assert_int_equal(tlsn_config_add_credential(d->config[TLSN_SERVER], duo_credential("rsa:2048")),
                     TLSN_OK);
    assert_int_equal(answer(d, "c02bc02f", "000a000400020017"), 0x0228);
    assert_int_equal(answer(d, "c02bc02f009c", "000a000400020017"), 0);
    assert_int_equal(duo_suite(d), 0x009c);
    duo_free(d);
    REQ("9155:2/3");
}

/* Numbers that nobody knows, GREASE and private ones among them, are passed over. */
static void list_with_unknown_pairs_is_taken(void **state)
{
    struct duo *d = with_policy("default");

    (void)state;
    assert_int_equal(answer(d, "c02b", "000a000400020017" "000d00100e0e"), 0x0232); /* damaged */
    assert_int_equal(answer(d, "c02b", "000a000400020017" "000d0010000e"
                                       "0a0a" "0000" "fefe" "0840" "0904" "ffff" "0403"), 0);
    duo_free(d);
}

/* ---- what arrives ---- */

static uint16_t forged;

static void forge_exchange(uint8_t *m, size_t *len)
{
    (void)len;
    m[4 + m[3]] = (uint8_t)(forged >> 8); /* behind curve type, group and point */
    m[5 + m[3]] = (uint8_t)forged;
}

static void forge_verify(uint8_t *m, size_t *len)
{
    (void)len;
    m[0] = (uint8_t)(forged >> 8);
    m[1] = (uint8_t)forged;
}

static void weak_signatures_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < POLICIES; i++) {
        struct duo *d = with_policy(policies[i]);

        for (size_t k = 0; k < WEAK; k++) {
            forged = weak[k];
            duo_change_message(d, TLSN_SERVER, SERVER_EXCHANGE, forge_exchange);
            duo_refused(d, TLSN_CLIENT, TLSN_ERR_ILLEGAL_PARAMETER, 47);
            duo_change_message(d, TLSN_CLIENT, VERIFY, forge_verify);
            duo_refused(d, TLSN_SERVER, TLSN_ERR_ILLEGAL_PARAMETER, 47);
        }
        duo_free(d);
    }
    REQ("9155:4/2");
    REQ("9155:5/2");
}

/* A request with nothing but SHA-1 and MD5: the client has no fitting certificate. */
static void list_only_weak(uint8_t *m, size_t *len)
{
    uint8_t *list = m + 1 + m[0];
    size_t n = (size_t)list[0] << 8 | list[1];

    (void)len;
    for (size_t i = 0; i < n; i += 2) {
        list[2 + i] = i % 4 ? 1 : 2;
        list[3 + i] = 1;
    }
}

static void client_signs_with_neither_md5_nor_sha1(void **state)
{
    struct duo *d = with_policy("compat");
    struct tlsn_span m;

    (void)state;
    duo_change_message(d, TLSN_SERVER, CERTIFICATE_REQUEST, list_only_weak);
    duo_connect(d);
    duo_run(d);
    m = duo_message(d, TLSN_CLIENT, 11);
    assert_int_equal(m.len, 3);
    assert_null(duo_message(d, TLSN_CLIENT, VERIFY).data);
    duo_free(d);
    REQ("9155:5/1");
}

/* ---- by name they work, as RFC 5246 has them ---- */

static void weak_pair_works_by_name(void **state)
{
    static const char *const names[] = { "rsa_pkcs1_sha1", "rsa_pkcs1_md5" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = duo_new();

        duo_reset_server(d, duo_credential("rsa:2048"));
        for (int r = 0; r < 2; r++)
            assert_int_equal(tlsn_config_set_sigalgs(d->config[r], names[i]), TLSN_OK);
        duo_shake(d);
        duo_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_and_request_list_neither_md5_nor_sha1),
        cmocka_unit_test(server_signs_with_neither_md5_nor_sha1),
        cmocka_unit_test(hello_without_the_extension_gets_no_signature),
        cmocka_unit_test(list_with_unknown_pairs_is_taken),
        cmocka_unit_test(weak_signatures_are_refused),
        cmocka_unit_test(client_signs_with_neither_md5_nor_sha1),
        cmocka_unit_test(weak_pair_works_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
