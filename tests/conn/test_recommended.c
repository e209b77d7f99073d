/* What the policies modern and default offer, and what servers prefer: RFC 9325 and its predecessor, RFC 9847, RFC 9851. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cipher/aead.h"
#include "cipher/group.h"
#include "cipher/suite.h"
#include "req.h"
#include "support_duo.h"

static const char *const policies[] = { "modern", "default" };

static void check_suite(const struct tlsni_suite *s)
{
    assert_non_null(s);
    assert_true(s->kx == TLSNI_KX_ECDHE || s->kx == TLSNI_KX_TLS13);
    assert_true(tlsni_auth_by_certificate(s->auth) || s->auth == TLSNI_AUTH_TLS13);
    assert_int_equal(s->kind, TLSNI_CIPHER_AEAD); /* no NULL, no RC4, no export, no 3DES */
    assert_true(tlsni_aead_find((enum tlsni_aead_id)s->cipher)->key_len >= 16);
}

static void policy_modern_and_default_offer_what_is_recommended(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct duo *d = duo_new();
        struct tlsn_span m, groups;
        size_t len;
        bool p256 = false, x25519 = false;

        assert_int_equal(tlsn_config_set_policy(d->config[TLSN_CLIENT], policies[k]), TLSN_OK);
        duo_connect(d);
        duo_run(d);
        m = duo_message(d, TLSN_CLIENT, 1);
        m.data += 34 + 1 + m.data[34];
        len = (size_t)m.data[0] << 8 | m.data[1];
        for (size_t i = 2; i < 2 + len; i += 2)
            check_suite(tlsni_suite_find((uint16_t)(m.data[i] << 8 | m.data[i + 1])));
        assert_memory_equal(m.data + 2 + len, "\1\0", 2); /* no compression */
        groups = duo_extension(d, TLSN_CLIENT, 10);
        for (size_t i = 2; i < groups.len; i += 2) {
            uint16_t id = (uint16_t)(groups.data[i] << 8 | groups.data[i + 1]);
            const struct tlsni_group *g = tlsni_group_find(id);

            assert_true(g->kind == TLSNI_GROUP_FF ? g->bits >= 2048 : g->bits >= 224);
            p256 = p256 || id == TLSNI_GROUP_SECP256R1;
            x25519 = x25519 || id == TLSNI_GROUP_X25519;
        }
        assert_true(p256 && x25519);
        assert_null(duo_extension(d, TLSN_CLIENT, 4).data); /* truncated_hmac */
        assert_null(duo_extension(d, TLSN_CLIENT, 32).data); /* ticket_pinning */
        duo_free(d);
    }
    REQ("7457:2.6/1");
    REQ("7525:4.1/1");
    REQ("7525:4.1/4");
    REQ("7525:4.1/6");
    REQ("7525:4.2.1/5");
    REQ("7525:4.3/2");
    REQ("7525:4.5/1");
    REQ("9325:4.2.1/3");
    REQ("9325:4.5/2");
    REQ("9847:5/1");
    REQ("8672:2/1");
    REQ("9847:6/1");
    REQ("9325:4.1/9");
    REQ("9325:4.2/2");
}

/* Both by default: the newest version there is. */
static void policy_default_prefers_tls13(void **state)
{
    static const struct tlsn_callbacks none;
    struct tlsn_conn_info info;
    struct duo *d = duo_new();

    (void)state;
    for (int r = 0; r < 2; r++) {
        assert_int_equal(tlsn_config_set_callbacks(d->config[r], &none), TLSN_OK);
        assert_int_equal(tlsn_config_set_policy(d->config[r], "default"), TLSN_OK);
    }
    duo_shake(d);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_int_equal(info.version, TLSN_TLS1_3);
    duo_free(d);
    REQ("9325:3.1.1/6");
}

/* A client that would rather have less. */
static void server_prefers_what_is_recommended_to_what_is_weaker(void **state)
{
    static const struct duo_hello hello = { .suites = "000a002f0033003c009cc013c02f", .extensions = "000a000400020017"
                                                                                  "000d0006000408040401" };
    struct duo *d = duo_new();

    (void)state;
    duo_reset_server(d, duo_credential("rsa:2048"));
    assert_int_equal(tlsn_config_set_policy(d->config[TLSN_SERVER], "legacy"), TLSN_OK);
    duo_connect(d);
    duo_hello(d, &hello);
    assert_int_equal(duo_suite(d), 0xc02f);
    duo_free(d);
    REQ("7525:4.2.1/2");
    REQ("7525:4.1/6");
}

/* Where a suite stands in our preference. */
static size_t place(uint16_t id)
{
    size_t count, i = 0;
    const uint16_t *order = tlsni_suite_preference(&count);

    while (i < count && order[i] != id)
        i++;
    assert_true(i < count);
    return i;
}

static void order_has_ecdhe_with_gcm_before_dhe_and_cbc(void **state)
{
    static const uint16_t ecdhe[] = { 0xc02b, 0xc02c, 0xc02f, 0xc030 };
    static const uint16_t behind[] = { 0x009e, 0x009f, 0xc009, 0xc013, 0xc023, 0x009c, 0x002f };

    (void)state;
    for (size_t i = 0; i < sizeof ecdhe / sizeof *ecdhe; i++)
        for (size_t k = 0; k < sizeof behind / sizeof *behind; k++)
            assert_true(place(ecdhe[i]) < place(behind[k]));
    REQ("7525:4.4/1");
}

/* TLS 1.2 stays as it is: key encapsulation is for TLS 1.3. */
static void group_of_post_quantum_exchange_is_for_tls13(void **state)
{
    size_t count, found = 0;
    const uint16_t *order = tlsni_group_preference(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_group *g = tlsni_group_find(order[i]);

        found += g->kind == TLSNI_GROUP_KEM;
        assert_true(g->kind != TLSNI_GROUP_KEM || g->min_version > TLSN_TLS1_2);
    }
    assert_true(found > 0);
    REQ("9851:1/1");
    REQ("9851:2/1");
}

/* Everything is on, DSA too: rsa_sign, dss_sign and ecdsa_sign are all that a server asks for. */
static void request_names_no_discouraged_type_of_certificate(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_span m;

    (void)state;
    for (int r = 0; r < 2; r++) {
        assert_int_equal(tlsn_config_set_policy(d->config[r], "research"), TLSN_OK);
        assert_int_equal(tlsn_config_set_versions(d->config[r], TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    }
    assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST), TLSN_OK);
    duo_shake(d);
    m = duo_message(d, TLSN_SERVER, 13);
    assert_non_null(m.data);
    assert_int_equal(m.data[0], 3);
    for (size_t i = 1; i <= m.data[0]; i++)
        assert_true(m.data[i] == 1 || m.data[i] == 2 || m.data[i] == 64);
    duo_free(d);
    REQ("9847:11/1");
}

/* RFC 8447 gave two of them the names they have today. */
static void extension_names_are_those_of_the_registry(void **state)
{
    struct tlsn_extension_info e;
    unsigned seen = 0;

    (void)state;
    for (size_t i = 0; tlsn_extension_info(i, &e); i++) {
        if (e.type == 35)
            assert_string_equal(e.name, "session_ticket");
        if (e.type == 10)
            assert_string_equal(e.name, "supported_groups");
        seen += e.type == 35 || e.type == 10;
    }
    assert_int_equal(seen, 2);
    REQ("8447:6/1");
    REQ("8447:9/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_modern_and_default_offer_what_is_recommended),
        cmocka_unit_test(policy_default_prefers_tls13),
        cmocka_unit_test(server_prefers_what_is_recommended_to_what_is_weaker),
        cmocka_unit_test(order_has_ecdhe_with_gcm_before_dhe_and_cbc),
        cmocka_unit_test(group_of_post_quantum_exchange_is_for_tls13),
        cmocka_unit_test(request_names_no_discouraged_type_of_certificate),
        cmocka_unit_test(extension_names_are_those_of_the_registry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
