#include "req.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Both speak TLS 1.3 alone; the server has this key. */
static struct wire *pair(const char *key)
{
    struct wire *w = wire_new(key);

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
    return w;
}

static tlsn_config *config(struct wire *w, enum tlsn_role role)
{
    return w->end[role].config;
}

static struct tlsn_conn_info facts(const struct wire *w)
{
    struct tlsn_conn_info info;

    wire_agree(w);
    tlsn_conn_get_info(w->end[TLSN_CLIENT].conn, &info);
    return info;
}

static void talk(struct wire *w)
{
    wire_say(w, TLSN_CLIENT, 1);
    wire_say(w, TLSN_SERVER, 40000);
    wire_say(w, TLSN_CLIENT, 40000);
    wire_say(w, TLSN_SERVER, 1);
}

static const char *const groups[] = { "x25519",    "secp256r1", "x448",      "secp384r1",
                                      "secp521r1", "ffdhe2048", "ffdhe3072" };
static const char *const kinds[] = { "ec:secp256r1", "ec:secp384r1", "ec:secp521r1", "rsa:2048",
                                     "ed25519",      "ed448" };

/* ---- full handshakes ---- */

static void group_each_carries_a_handshake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        struct wire *w = pair("ec:secp256r1");

        OK(tlsn_config_set_groups(config(w, TLSN_CLIENT), groups[i]));
        wire_shake(w);
        assert_int_equal(facts(w).version, TLSN_TLS1_3);
        talk(w);
        wire_free(w);
    }
}

static void key_of_each_kind_authenticates_both_sides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct wire *w = pair(kinds[i]);

        OK(tlsn_config_set_client_auth(config(w, TLSN_SERVER), TLSN_CLIENT_AUTH_REQUIRE));
        OK(tlsn_config_add_credential(config(w, TLSN_CLIENT), wire_credential(kinds[i])));
        wire_shake(w);
        assert_true(facts(w).client_authenticated);
        talk(w);
        wire_free(w);
    }
}

/* ---- HelloRetryRequest ---- */

static void retry_for_another_group_goes_on(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof groups / sizeof *groups; i++) {
        struct wire *w = pair("rsa:2048");

        OK(tlsn_config_set_feature(config(w, TLSN_SERVER), TLSN_FEATURE_RETRY_COOKIE, i % 2));
        OK(tlsn_config_set_groups(config(w, TLSN_SERVER), groups[i]));
        wire_shake(w);
        assert_string_equal(facts(w).group_name, groups[i]);
        talk(w);
        wire_free(w);
    }
}

/* ---- sessions ---- */

static void ticket_is_taken(void **state)
{
    struct wire *w = pair("ec:secp256r1");
    tlsn_session *s, *again;

    (void)state;
    wire_shake(w);
    talk(w);
    s = wire_session(w);
    assert_true(tlsn_session_has_ticket(s));
    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_TICKET);
    talk(w);
    again = wire_session(w);
    wire_resume(w, again);
    assert_true(wire_done(w));
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_TICKET);
    tlsn_session_free(s);
    tlsn_session_free(again);
    wire_free(w);
}

static void ticket_is_taken_behind_a_retry(void **state)
{
    struct wire *w = pair("ec:secp256r1");
    tlsn_session *s;

    (void)state;
    OK(tlsn_config_set_groups(config(w, TLSN_SERVER), "secp384r1"));
    wire_shake(w);
    talk(w);
    s = wire_session(w);
    wire_resume(w, s);
    assert_true(wire_done(w));
    assert_int_equal(facts(w).resumed, TLSN_RESUMED_TICKET);
    assert_string_equal(facts(w).group_name, "");
    tlsn_session_free(s);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group_each_carries_a_handshake),
        cmocka_unit_test(key_of_each_kind_authenticates_both_sides),
        cmocka_unit_test(retry_for_another_group_goes_on),
        cmocka_unit_test(ticket_is_taken),
        cmocka_unit_test(ticket_is_taken_behind_a_retry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
