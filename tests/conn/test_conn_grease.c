/* test_conn_grease.c - values that mean nothing (RFC 8701): sent when asked to, ignored by servers,
 * refused by clients. */
#include "support_duo.h"
#include "support_wire.h"
#include "../unit/req.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* RFC 8701 2, written out */
static const uint16_t values[] = {
    0x0a0a, 0x1a1a, 0x2a2a, 0x3a3a, 0x4a4a, 0x5a5a, 0x6a6a, 0x7a7a,
    0x8a8a, 0x9a9a, 0xaaaa, 0xbaba, 0xcaca, 0xdada, 0xeaea, 0xfafa,
};

static bool is_grease(const uint8_t *at)
{
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (values[i] == (at[0] << 8 | at[1]))
            return true;
    return false;
}

/* Extensions of the client's hello: how many mean nothing, and whether the last one is empty. */
static size_t count_extensions(const struct duo *d, bool *last_empty, uint16_t type[2])
{
    struct tlsn_span m = duo_message(d, TLSN_CLIENT, 1);
    const uint8_t *p = m.data + 35 + m.data[34], *end = m.data + m.len;
    size_t n = 0;

    p += 2 + (p[0] << 8 | p[1]);
    p += 1 + p[0] + 2;
    while (p < end) {
        size_t len = (size_t)p[2] << 8 | p[3];

        if (is_grease(p) && n < 2)
            type[n++] = (uint16_t)(p[0] << 8 | p[1]);
        *last_empty = !len;
        p += 4 + len;
    }
    assert_ptr_equal(p, end);
    return n;
}

static struct tlsn_span suites_of(const struct duo *d)
{
    struct tlsn_span m = duo_message(d, TLSN_CLIENT, 1);
    const uint8_t *p = m.data + 35 + m.data[34];

    return (struct tlsn_span){ p + 2, (size_t)p[0] << 8 | p[1] };
}

static size_t count_in(struct tlsn_span list)
{
    size_t n = 0;

    for (size_t i = 0; i + 1 < list.len; i += 2)
        n += is_grease(list.data + i);
    return n;
}

static struct tlsn_span list_of(const struct duo *d, uint16_t type)
{
    struct tlsn_span e = duo_extension(d, TLSN_CLIENT, type);

    assert_non_null(e.data);
    return (struct tlsn_span){ e.data + 2, e.len - 2 };
}

static void grease_is_not_sent_by_itself(void **state)
{
    struct duo *d = duo_new();
    uint16_t type[2];
    bool empty;

    (void)state;
    duo_shake(d);
    assert_int_equal(count_extensions(d, &empty, type), 0);
    assert_int_equal(count_in(suites_of(d)), 0);
    assert_false(empty);
    duo_free(d);
}

static void grease_is_in_all_lists_and_disturbs_nobody(void **state)
{
    struct duo *d = duo_new();
    uint32_t seen = 0;

    (void)state;
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_alpn(d->config[i], "x,http/1.1"));
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_GREASE, true));
    for (int round = 0; round < 24; round++) {
        uint16_t type[2] = { 0 };
        bool empty = true;

        duo_shake(d);
        assert_int_equal(count_extensions(d, &empty, type), 2);
        assert_false(empty);
        assert_int_not_equal(type[0], type[1]);
        assert_int_equal(count_in(suites_of(d)), 1);
        assert_int_equal(count_in(list_of(d, 10)), 1);
        assert_int_equal(count_in(list_of(d, 13)), 1);
        assert_int_equal(list_of(d, 16).data[0], 2);
        assert_true(is_grease(list_of(d, 16).data + 1));
        seen |= (uint32_t)1 << (suites_of(d).data[0] >> 4);
    }
    assert_true(seen & (seen - 1)); /* not always the same */
    duo_free(d);
    REQ("8701:2/1");
    REQ("8701:3.1/1");
    REQ("8701:3.1/2");
    REQ("8701:3.1/3");
    REQ("8701:3.1/4");
    REQ("8701:3.1/5");
    REQ("8701:3.2/1");
    REQ("8701:3.2/2");
    REQ("8701:3.2/3");
    REQ("8701:5/1");
    REQ("8701:5/2");
    REQ("8701:5/3");
    REQ("8701:5/4");
}

static bool is_mode(uint8_t mode)
{
    static const uint8_t modes[] = { 0x0b, 0x2a, 0x49, 0x68, 0x87, 0xa6, 0xc5, 0xe4 };

    return memchr(modes, mode, sizeof modes) != NULL;
}

/* What TLS 1.3 brought: a version, a share of one byte, a mode; each in front, and no share behind a retry. */
static void grease_is_in_the_lists_of_tls13(void **state)
{
    enum { VERSIONS = 43, MODES = 45, SHARES = 51 };

    (void)state;
    for (int on = 0; on < 2; on++) {
        struct duo *d = duo_new();

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_versions(d->config[r], TLSN_TLS1_2, TLSN_TLS1_3));
        OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_GREASE, on));
        for (int round = 0; round < 12; round++) {
            struct tlsn_span modes, shares;

            duo_shake(d);
            modes = duo_extension(d, TLSN_CLIENT, MODES);
            shares = list_of(d, SHARES);
            assert_int_equal(is_grease(duo_extension(d, TLSN_CLIENT, VERSIONS).data + 1), on);
            assert_int_equal(modes.len, 2 + on);
            assert_int_equal(is_mode(modes.data[1]), on);
            assert_int_equal(modes.data[modes.len - 1], 1); /* psk_dhe_ke */
            assert_int_equal(is_grease(shares.data), on);
            if (on)
                assert_memory_equal(shares.data + 2, "\0\1\0", 3);
        }
        duo_free(d);
    }
    REQ("8701:3.1/14");
}

static void grease_alone_is_nothing_in_common(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_connect(d);
    duo_hello(d, &(struct duo_hello){ .suites = "0a0a1a1afafa" });
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_NO_SHARED_SUITE);
    duo_free(d);
}

static void choose_suite(uint8_t *body, size_t *len)
{
    (void)len;
    body[35 + body[34]] = body[36 + body[34]] = 0x3a;
}

static void choose_version(uint8_t *body, size_t *len)
{
    (void)len;
    body[0] = body[1] = 0x3a;
}

static void choose_extension(uint8_t *body, size_t *len)
{
    uint8_t *at = body + 35 + body[34] + 3; /* the block's length, then the first one */

    (void)len;
    at[2] = at[3] = 0x3a;
}

static void choose_group(uint8_t *body, size_t *len)
{
    (void)len;
    assert_int_equal(body[0], 3);
    body[1] = body[2] = 0x3a;
}

static void choose_scheme(uint8_t *body, size_t *len)
{
    (void)len;
    body[4 + body[3]] = body[5 + body[3]] = 0x3a;
}

static void refused(uint8_t type, duo_change *change, tlsn_status status, int alert)
{
    struct duo *d = duo_new();

    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_GREASE, true));
    duo_change_message(d, TLSN_SERVER, type, change);
    duo_refused(d, TLSN_CLIENT, status, alert);
    duo_free(d);
}

static void grease_chosen_by_a_server_is_refused(void **state)
{
    (void)state;
    refused(2, choose_suite, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    refused(2, choose_version, TLSN_ERR_VERSION, 70);
    refused(2, choose_extension, TLSN_ERR_UNSUPPORTED_EXTENSION, 110);
    refused(12, choose_group, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    refused(12, choose_scheme, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    REQ("8701:3.1/6");
    REQ("8701:3.1/7");
    REQ("8701:3.1/8");
    REQ("8701:3.1/9");
    REQ("8701:3.1/10");
    REQ("8701:3.1/11");
}

/* Every value of the registry in a CertificateVerify. */
static void grease_signature_of_a_client_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("ec:secp256r1")));
    duo_change_message(d, TLSN_CLIENT, 15, choose_version); /* the scheme stands first */
    duo_refused(d, TLSN_SERVER, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_free(d);
    REQ("8701:4.1/3");
}

static void add_scheme(uint8_t *body, size_t *len)
{
    uint8_t *list = body + 1 + body[0];

    (void)len;
    /* the first scheme of CertificateRequest becomes one that means nothing */
    list[2] = list[3] = 0x3a;
}

static void grease_in_certificate_request_is_ignored(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("ed25519")));
    duo_change_message(d, TLSN_SERVER, 13, add_scheme);
    duo_connect(d);
    duo_run(d);
    /* it signs with another one; the changed message shows in CertificateVerify */
    assert_non_null(duo_message(d, TLSN_CLIENT, 15).data);
    assert_int_equal(duo_message(d, TLSN_CLIENT, 15).data[0], 8);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_DECRYPT_ERROR);
    duo_free(d);
    REQ("8701:4.2/1");
    REQ("8701:4.2/2");
    REQ("8701:4.2/3");
}

/* ---- behind a HelloRetryRequest ---- */

static struct {
    uint8_t body[1024];
    size_t len;
} last;

static void keep(uint8_t *body, size_t *len)
{
    assert_true(*len <= sizeof last.body);
    memcpy(last.body, body, *len);
    last.len = *len;
}

/* The share that was asked for stands alone (RFC 8446 4.1.2): OpenSSL refuses others. */
static void grease_is_no_share_behind_a_retry(void **state)
{
    static const uint8_t head[] = { 0, 51, 0, 2 + 4 + 65, 0, 4 + 65, 0, 23, 0, 65 };
    struct duo *d = duo_new();
    size_t at = 0;

    (void)state;
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_versions(d->config[i], TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_groups(d->config[TLSN_CLIENT], "x25519,secp256r1"));
    OK(tlsn_config_set_groups(d->config[TLSN_SERVER], "secp256r1"));
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_GREASE, true));
    /* a ChangeCipherSpec would look like the beginning of protection to the tape */
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_COMPAT_MODE, false));
    duo_change_message(d, TLSN_CLIENT, 1, keep);
    duo_shake(d);
    assert_int_equal(d->changed, 2);
    while (at + sizeof head <= last.len && memcmp(last.body + at, head, sizeof head) != 0)
        at++;
    assert_true(at + sizeof head <= last.len);
    duo_free(d);
    REQ("8446:4.1.2/1");
    REQ("8701:5/2");
}

static void padding_makes_hellos_as_long_as_asked(void **state)
{
    struct duo *d = duo_new();
    size_t bare;

    (void)state;
    duo_shake(d);
    bare = duo_message(d, TLSN_CLIENT, 1).len + 4;
    for (int grease = 0; grease < 2; grease++) {
        duo_reset_client(d);
        OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_GREASE, grease));
        OK(tlsn_config_set_hello_padding(d->config[TLSN_CLIENT], 512));
        duo_shake(d);
        assert_true(bare < 512);
        assert_int_equal(duo_message(d, TLSN_CLIENT, 1).len + 4, 512);
        assert_null(duo_extension(d, TLSN_SERVER, 21).data);
    }
    duo_free(d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(grease_is_not_sent_by_itself),
        cmocka_unit_test(grease_is_in_all_lists_and_disturbs_nobody),
        cmocka_unit_test(grease_is_in_the_lists_of_tls13),
        cmocka_unit_test(grease_alone_is_nothing_in_common),
        cmocka_unit_test(grease_chosen_by_a_server_is_refused),
        cmocka_unit_test(grease_signature_of_a_client_is_refused),
        cmocka_unit_test(grease_in_certificate_request_is_ignored),
        cmocka_unit_test(grease_is_no_share_behind_a_retry),
        cmocka_unit_test(padding_makes_hellos_as_long_as_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
