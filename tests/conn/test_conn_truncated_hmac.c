/* test_conn_truncated_hmac.c - MACs of 80 bits between two ends (RFC 6066 7). */
#include "support_wire.h"
#include "../unit/req.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char cbc[] = "TLS_RSA_WITH_AES_128_CBC_SHA256", none[] = "TLS_RSA_WITH_NULL_SHA256",
                  gcm[] = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

static struct wire *new_wire(const char *suite, bool client, bool server, bool etm)
{
    struct wire *w = wire_with_suite(suite);

    OK(tlsn_config_set_feature(w->end[0].config, TLSN_FEATURE_TRUNCATED_HMAC, client));
    OK(tlsn_config_set_feature(w->end[1].config, TLSN_FEATURE_TRUNCATED_HMAC, server));
    OK(tlsn_config_set_feature(w->end[0].config, TLSN_FEATURE_ETM, etm));
    return w;
}

static bool is_truncated(const struct wire *w)
{
    struct tlsn_conn_info info[2];

    assert_true(wire_done(w));
    for (int i = 0; i < 2; i++)
        tlsn_conn_get_info(w->end[i].conn, &info[i]);
    assert_int_equal(info[0].truncated_hmac, info[1].truncated_hmac);
    return info[0].truncated_hmac;
}

static void shake(struct wire *w)
{
    wire_open(w);
    wire_run(w);
    wire_say(w, TLSN_CLIENT, 1000);
    wire_say(w, TLSN_SERVER, 1000);
}

static void truncated_hmac_needs_both_sides_and_an_hmac(void **state)
{
    static const struct { const char *suite; bool client, server, etm, expected; } rows[] = {
        { cbc, false, false, true, false }, { cbc, true, false, true, false },
        { cbc, false, true, true, false },  { cbc, true, true, true, true },
        { cbc, true, true, false, true },   { none, true, true, false, true },
        { gcm, true, true, true, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wire *w = new_wire(rows[i].suite, rows[i].client, rows[i].server, rows[i].etm);

        shake(w);
        assert_int_equal(is_truncated(w), rows[i].expected);
        wire_free(w);
    }
}

/* Without encryption the record shows its length: content and ten bytes. */
static void truncated_record_is_ten_bytes_longer_than_its_content(void **state)
{
    struct wire *w = new_wire(none, true, true, true);

    (void)state;
    shake(w);
    assert_int_equal(tlsn_record_size(w->end[0].conn, 100), 5 + 100 + 10);
    wire_free(w);
}

static void truncated_hmac_goes_along_with_the_session(void **state)
{
    (void)state;
    for (int tickets = 0; tickets < 2; tickets++) {
        struct wire *w = new_wire(cbc, true, true, true);
        tlsn_session *session;
        struct tlsn_conn_info info;

        OK(tlsn_config_set_feature(w->end[1].config, TLSN_FEATURE_TICKETS, tickets));
        shake(w);
        session = wire_session(w);
        wire_resume(w, session);
        wire_run(w);
        assert_true(is_truncated(w));
        tlsn_conn_get_info(w->end[0].conn, &info);
        assert_int_equal(info.resumed, tickets ? TLSN_RESUMED_TICKET : TLSN_RESUMED_ID);
        wire_say(w, TLSN_CLIENT, 1000);
        wire_say(w, TLSN_SERVER, 1000);
        tlsn_session_free(session);
        wire_free(w);
    }
    REQ("6066:7/6");
}

/* Nobody gets short MACs by way of an old session. */
static void truncated_session_is_not_resumed_where_it_is_off(void **state)
{
    struct wire *w = new_wire(cbc, true, true, true), *later = new_wire(cbc, false, true, true);
    tlsn_session *session;
    struct tlsn_conn_info info;

    (void)state;
    shake(w);
    session = wire_session(w);
    wire_resume(later, session);
    wire_run(later);
    assert_false(is_truncated(later));
    tlsn_conn_get_info(later->end[0].conn, &info);
    assert_int_equal(info.resumed, TLSN_RESUMED_NO);
    tlsn_session_free(session);
    wire_free(later);
    wire_free(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncated_hmac_needs_both_sides_and_an_hmac),
        cmocka_unit_test(truncated_record_is_ten_bytes_longer_than_its_content),
        cmocka_unit_test(truncated_hmac_goes_along_with_the_session),
        cmocka_unit_test(truncated_session_is_not_resumed_where_it_is_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
