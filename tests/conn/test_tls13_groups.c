#include "req.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Every group of TLS 1.3 in a handshake, and what is special about some signature schemes there. */

static struct wire *pair(const char *key)
{
    struct wire *w = wire_new(key);

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
    return w;
}

static struct tlsn_conn_info facts(const struct wire *w)
{
    struct tlsn_conn_info info;

    wire_agree(w);
    tlsn_conn_get_info(w->end[TLSN_CLIENT].conn, &info);
    return info;
}

static bool of_tls13(const struct tlsn_group_info *g)
{
    return g->min_version <= TLSN_TLS1_3 && g->max_version >= TLSN_TLS1_3;
}

/* Those of finite fields above 4096 bits take seconds under sanitizers, and differ in nothing. */
static bool is_quick(const struct tlsn_group_info *g)
{
    return g->bits <= 4096;
}

static void group_each_of_tls13_carries_a_handshake(void **state)
{
    struct tlsn_group_info group;
    size_t carried = 0;

    (void)state;
    for (size_t i = 0; tlsn_group_info(i, &group); i++) {
        struct wire *w;

        if (!of_tls13(&group) || !is_quick(&group))
            continue;
        w = pair("ec:secp256r1");
        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_groups(w->end[r].config, group.name));
        wire_shake(w);
        assert_int_equal(facts(w).group, group.id);
        wire_say(w, TLSN_CLIENT, 1000);
        wire_free(w);
        carried++;
    }
    assert_int_equal(carried, 5 + 3 + 3 + 3 + 3); /* curves, Brainpool, fields, ML-KEM, hybrids */
    REQ("8734:3/1");
    REQ("8734:3/2");
}

/* In the first ServerHello: none is a HelloRetryRequest, whose random begins with cf 21 ad 74. */
static bool asked_again(const struct wire *w)
{
    return memcmp(wire_message(w, TLSN_SERVER, 2).data + 4 + 2, "\xcf\x21\xad\x74", 4) == 0;
}

/* One side knows hybrids, the other does not: a curve, and no more messages than without hybrids. */
static void hybrid_unknown_to_one_side_costs_no_round_trip(void **state)
{
    (void)state;
    for (int knows = 0; knows < 2; knows++) {
        struct wire *w = pair("ec:secp256r1");

        OK(tlsn_config_set_groups(w->end[knows].config, "X25519MLKEM768,x25519,secp256r1"));
        OK(tlsn_config_set_groups(w->end[!knows].config, "x25519,secp256r1"));
        wire_shake(w);
        assert_string_equal(facts(w).group_name, "x25519");
        assert_false(asked_again(w));
        wire_free(w);
    }
    REQ("9954:1.4/1");
    REQ("9954:1.4/2");
}

/* A client whose share is of another group is asked for one of this: HelloRetryRequest. */
static void group_each_hybrid_can_be_asked_for(void **state)
{
    static const char *const hybrids[] = { "X25519MLKEM768", "SecP256r1MLKEM768",
                                           "SecP384r1MLKEM1024" };
    char list[64];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct wire *w = pair("ec:secp256r1");

        (void)snprintf(list, sizeof list, "x25519,%s", hybrids[i]);
        OK(tlsn_config_set_groups(w->end[TLSN_CLIENT].config, list));
        OK(tlsn_config_set_groups(w->end[TLSN_SERVER].config, hybrids[i]));
        wire_shake(w);
        assert_string_equal(facts(w).group_name, hybrids[i]);
        wire_free(w);
    }
}

/* Groups of TLS 1.3 alone are no choice before it, and those that ended with TLS 1.2 none in it. */
static void group_of_another_version_is_not_agreed_on(void **state)
{
    static const struct {
        uint16_t version;
        const char *group;
    } cases[] = { { TLSN_TLS1_2, "X25519MLKEM768" }, { TLSN_TLS1_2, "brainpoolP256r1tls13" },
                  { TLSN_TLS1_3, "brainpoolP256r1" }, { TLSN_TLS1_3, "secp256k1" } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wire *w = wire_new("ec:secp256r1");

        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_set_versions(w->end[r].config, cases[i].version, cases[i].version));
            OK(tlsn_config_set_groups(w->end[r].config, cases[i].group));
            OK(tlsn_config_set_suites(w->end[r].config,
                                      cases[i].version == TLSN_TLS1_2
                                          ? "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
                                          : "TLS_AES_128_GCM_SHA256"));
        }
        wire_open(w);
        wire_run(w);
        assert_false(wire_done(w));
        wire_free(w);
    }
}

static void brainpool_keys_sign_in_tls13(void **state)
{
    static const char *const keys[] = { "ec:brainpoolP256r1", "ec:brainpoolP384r1",
                                        "ec:brainpoolP512r1" };

    (void)state;
    for (uint16_t i = 0; i < 3; i++) {
        struct wire *w = pair(keys[i]);

        wire_shake(w);
        assert_int_equal(facts(w).signature_scheme, 0x081a + i);
        wire_free(w);
    }
    REQ("8734:4/1");
}

/* The list of signature_algorithms in a ClientHello has this scheme. */
static bool hello_lists(const struct wire *w, uint16_t scheme)
{
    struct tlsn_span m = wire_message(w, TLSN_CLIENT, 1);
    const uint8_t *p = m.data + 4 + 2 + 32;
    const uint8_t *end;

    p += 1 + p[0];                       /* session ID */
    p += 2 + (p[0] << 8 | p[1]);         /* suites */
    p += 1 + p[0];                       /* compression */
    end = p + 2 + (p[0] << 8 | p[1]);
    for (p += 2; p < end; p += 4 + (p[2] << 8 | p[3]))
        if (p[0] == 0 && p[1] == 13)
            for (const uint8_t *s = p + 6; s < p + 4 + (p[2] << 8 | p[3]); s += 2)
                if ((s[0] << 8 | s[1]) == scheme)
                    return true;
    return false;
}

#define LEGACY "rsa_pkcs1_sha256_legacy"

static void legacy_pkcs1_signs_for_clients_when_named_by_both(void **state)
{
    struct wire *w = pair("ec:secp256r1");

    (void)state;
    OK(tlsn_config_set_sigalgs(w->end[TLSN_CLIENT].config, "ecdsa_secp256r1_sha256," LEGACY));
    OK(tlsn_config_set_sigalgs(w->end[TLSN_SERVER].config, "ecdsa_secp256r1_sha256," LEGACY));
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, wire_credential("rsa:2048")));
    wire_shake(w);
    assert_true(facts(w).client_authenticated);
    assert_true(hello_lists(w, 0x0403));
    assert_false(hello_lists(w, 0x0420));
    wire_free(w);
    REQ("9963:3/3");
    REQ("9963:3/5");
    REQ("9963:3/7");
}

/* A server that has nothing else to sign with cannot. */
static void legacy_pkcs1_does_not_sign_for_servers(void **state)
{
    struct wire *w = pair("rsa:2048");

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_sigalgs(w->end[r].config, LEGACY ",ed25519"));
    wire_open(w);
    wire_run(w);
    assert_false(wire_done(w));
    wire_free(w);
    REQ("9963:4/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group_each_of_tls13_carries_a_handshake),
        cmocka_unit_test(hybrid_unknown_to_one_side_costs_no_round_trip),
        cmocka_unit_test(group_each_hybrid_can_be_asked_for),
        cmocka_unit_test(group_of_another_version_is_not_agreed_on),
        cmocka_unit_test(brainpool_keys_sign_in_tls13),
        cmocka_unit_test(legacy_pkcs1_signs_for_clients_when_named_by_both),
        cmocka_unit_test(legacy_pkcs1_does_not_sign_for_servers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
