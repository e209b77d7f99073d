/* Keying material and channel bindings of TLS 1.3 (RFC 8446 7.5, RFC 9266), and RFC 9266 in TLS 1.2. */
#include "conn.h"
#include "req.h"
#include "support_vectors.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SHA256_SUITE "TLS_AES_128_GCM_SHA256"
#define SHA384_SUITE "TLS_AES_256_GCM_SHA384"

static struct wire *pair(uint16_t version, const char *suite)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(w->end[r].config, version, version));
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_EXPORTER, true));
        if (suite)
            OK(tlsn_config_set_suites(w->end[r].config, suite));
    }
    return w;
}

static tlsn_conn *conn(struct wire *w, int role)
{
    return w->end[role].conn;
}

/* Values of `openssl kdf ... TLS13-KDF` (OpenSSL 3.0), two expansions: secret 00, 01, ... */
static void export_agrees_with_values_of_openssl(void **state)
{
    static const struct {
        const char *suite, *context, *value;
        bool has_context;
    } t[] = {
        { SHA256_SUITE, NULL,
          "9d6edaca0020de11e1e2f2bf071d74fbe890705e0e70598185bcf2a1f42e902d7a5eb7c1980e3dea", false },
        { SHA256_SUITE, "",
          "9d6edaca0020de11e1e2f2bf071d74fbe890705e0e70598185bcf2a1f42e902d7a5eb7c1980e3dea", true },
        { SHA256_SUITE, "ctx",
          "b834daf4547e162a201be4d4aa17f2702ab11083487846dd6a059008e04c1ae7d4706bb6efa212aa", true },
        { SHA384_SUITE, NULL,
          "0de7c5f802a6913154f5507b7794960345debfa814e56f340c7d0fb9b8176c90cced7296b89817f9", false },
        { SHA384_SUITE, "ctx",
          "40dced9c1959ae46b5b5fac96a02c41ea3af137fd6d05a7b963d8ae4884946e86f4a8bc1e84c6a2c", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct wire *w = pair(TLSN_TLS1_3, t[i].suite);
        uint8_t want[40], got[40];
        struct tlsni_secret *s;

        wire_shake(w);
        s = &conn(w, 0)->secrets13->exporter;
        for (uint8_t b = 0; b < s->len; b++)
            s->data[b] = b;
        assert_int_equal(vec_unhex(t[i].value, want, sizeof want), 40);
        OK(tlsn_export(conn(w, 0), "EXPORTER-test", t[i].context,
                       t[i].context ? strlen(t[i].context) : 0, t[i].has_context, got, 40));
        assert_memory_equal(got, want, 40);
        wire_free(w);
    }
    REQ("8446:7.5/1");
    REQ("8446:7.5/4");
}

/* The secret behind both values is the one in the key log, and another one in each connection. */
static void export_is_the_same_on_both_sides_and_of_this_connection(void **state)
{
    struct wire *w = pair(TLSN_TLS1_3, NULL);
    uint8_t seen[3][32], other[32];
    tlsn_session *s = NULL;

    (void)state;
    for (int i = 0; i < 3; i++) {
        if (i < 2)
            wire_shake(w);
        if (i == 1)
            s = wire_session(w);
        if (i == 2) {
            wire_resume(w, s);
            wire_run(w);
            assert_true(wire_done(w));
        }
        OK(tlsn_export(conn(w, 0), "EXPORTER-a", "x", 1, true, seen[i], 32));
        OK(tlsn_export(conn(w, 1), "EXPORTER-a", "x", 1, true, other, 32));
        assert_memory_equal(seen[i], other, 32);
        assert_memory_equal(conn(w, 0)->secrets13->exporter.data,
                            w->end[0].logged[w->end[0].logged_count - 1].data, 32);
    }
    assert_memory_not_equal(seen[1], seen[2], 32);
    OK(tlsn_export(conn(w, 0), "EXPORTER-b", "x", 1, true, other, 32));
    assert_memory_not_equal(seen[2], other, 32);
    OK(tlsn_key_update(conn(w, 0), true)); /* changes traffic secrets alone */
    wire_say(w, TLSN_CLIENT, 10);
    wire_say(w, TLSN_SERVER, 10);
    OK(tlsn_export(conn(w, 1), "EXPORTER-a", "x", 1, true, other, 32));
    assert_memory_equal(seen[2], other, 32);
    tlsn_session_free(s);
    wire_free(w);
    REQ("8446:7.5/2");
}

static void export_of_what_does_not_fit_is_refused(void **state)
{
    static uint8_t out[255 * 32 + 1], context[65535];
    struct wire *w = pair(TLSN_TLS1_3, SHA256_SUITE);
    char label[251];

    (void)state;
    memset(label, 'l', sizeof label);
    label[250] = 0;
    wire_open(w);
    assert_int_equal(tlsn_export(conn(w, 0), "x", "", 0, true, out, 32), TLSN_ERR_MISUSE);
    wire_shake(w);
    assert_int_equal(tlsn_export(conn(w, 0), label, "", 0, true, out, 32), TLSN_ERR_ARGUMENT);
    OK(tlsn_export(conn(w, 0), label + 1, "", 0, true, out, 32));
    assert_int_equal(tlsn_export(conn(w, 0), "x", "", 0, true, out, sizeof out), TLSN_ERR_ARGUMENT);
    OK(tlsn_export(conn(w, 0), "x", context, sizeof context, true, out, sizeof out - 1));
    wire_free(w);
}

static void export_is_off_by_default_and_keeps_nothing(void **state)
{
    struct wire *w = pair(TLSN_TLS1_3, NULL);
    uint8_t out[TLSN_BINDING_MAX];
    size_t len;

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_EXPORTER, false));
    wire_shake(w);
    for (int r = 0; r < 2; r++) {
        assert_int_equal(conn(w, r)->secrets13->exporter.len, 0);
        assert_int_equal(tlsn_export(conn(w, r), "x", "", 0, true, out, 32), TLSN_ERR_MISUSE);
        assert_int_equal(tlsn_channel_binding(conn(w, r), TLSN_BINDING_TLS_EXPORTER, out, &len),
                         TLSN_ERR_MISUSE);
    }
    wire_free(w);
}

/* The exporter's secret, and what an export derives from it, do not survive in memory that is given back. */
static void export_secret_is_wiped(void **state)
{
    struct wire *w = pair(TLSN_TLS1_3, NULL);

    (void)state;
    wire_shake(w);
    for (int r = 0; r < 2; r++) {
        const struct tlsni_secret *s = &conn(w, r)->secrets13->exporter;
        uint8_t out[32];

        wire_watch(&w->end[r].env, s->data, s->len);
        OK(tlsn_export(conn(w, r), "x", "", 0, true, out, sizeof out));
        tlsn_conn_free(w->end[r].conn);
        w->end[r].conn = NULL;
        assert_int_equal(w->end[r].env.leaks, 0);
    }
    wire_free(w);
}

static bool kept(const tlsn_conn *c, const struct tlsni_secret *s)
{
    return wire_holds(c->secrets13, sizeof *c->secrets13, s->data, s->len);
}

/* Who wants no more can have the secret erased before the connection ends, which does not need it. */
static void export_secret_is_erased_on_request(void **state)
{
    static const uint16_t versions[] = { TLSN_TLS1_2, TLSN_TLS1_3 };

    (void)state;
    tlsn_forget_exporter(NULL);
    for (size_t i = 0; i < 2; i++) {
        struct wire *w = pair(versions[i], NULL);
        uint8_t out[TLSN_BINDING_MAX];
        size_t len;

        wire_shake(w);
        for (int r = 0; r < 2; r++) {
            tlsn_conn *c = conn(w, r);
            struct tlsni_secret s = { .len = 48 };

            if (i)
                s = c->secrets13->exporter;
            else
                memcpy(s.data, c->exporter->master, s.len);
            wire_watch(&w->end[r].env, s.data, s.len);
            OK(tlsn_export(c, "x", "", 0, true, out, 32));
            assert_true(!i || kept(c, &s));
            tlsn_forget_exporter(c);
            assert_true(i ? !kept(c, &s) : !c->exporter);
            assert_int_equal(w->end[r].env.leaks, 0);
            assert_int_equal(tlsn_export(c, "x", "", 0, true, out, 32), TLSN_ERR_MISUSE);
            assert_int_equal(tlsn_channel_binding(c, TLSN_BINDING_TLS_EXPORTER, out, &len), TLSN_ERR_MISUSE);
            tlsn_forget_exporter(c);
        }
        wire_say(w, TLSN_CLIENT, 100);
        wire_say(w, TLSN_SERVER, 100);
        wire_free(w);
    }
    REQ("8446:E.1.4/1");
}

static tlsn_status binding(struct wire *w, int role, enum tlsn_binding type, uint8_t *out, size_t *len)
{
    return tlsn_channel_binding(conn(w, role), type, out, len);
}

static void tls_exporter_is_the_binding_of_tls13(void **state)
{
    struct wire *w = pair(TLSN_TLS1_3, NULL);
    uint8_t out[2][TLSN_BINDING_MAX], want[TLSN_BINDING_MAX];
    size_t len;

    (void)state;
    wire_shake(w);
    for (int r = 0; r < 2; r++) {
        OK(binding(w, r, TLSN_BINDING_TLS_EXPORTER, out[r], &len));
        assert_int_equal(len, 32);
        OK(tlsn_export(conn(w, r), "EXPORTER-Channel-Binding", "", 0, true, want, 32));
        assert_memory_equal(out[r], want, 32);
        assert_int_equal(binding(w, r, TLSN_BINDING_TLS_UNIQUE, want, &len), TLSN_ERR_NOT_FOUND);
        OK(binding(w, r, TLSN_BINDING_TLS_SERVER_END_POINT, want, &len));
        assert_int_equal(len, 32);
    }
    assert_memory_equal(out[0], out[1], 32);
    wire_free(w);
    REQ("9266:2/1");
    REQ("9266:2/2");
    REQ("9266:3/1");
}

/* Up to TLS 1.2 only where the master secret is of this connection alone. */
static void tls_exporter_needs_extended_master_secret_in_tls12(void **state)
{
    (void)state;
    for (int ems = 0; ems < 2; ems++) {
        struct wire *w = pair(TLSN_TLS1_2, NULL);
        uint8_t out[2][TLSN_BINDING_MAX];
        size_t len;

        OK(tlsn_config_set_feature(w->end[0].config, TLSN_FEATURE_EMS, ems));
        wire_shake(w);
        for (int r = 0; r < 2; r++)
            assert_int_equal(binding(w, r, TLSN_BINDING_TLS_EXPORTER, out[r], &len),
                             ems ? TLSN_OK : TLSN_ERR_INSUFFICIENT_SECURITY);
        if (ems)
            assert_memory_equal(out[0], out[1], 32);
        wire_free(w);
    }
    REQ("9266:4.2/1");
}

static void tls_exporter_is_refused_where_renegotiation_is_enabled(void **state)
{
    uint8_t out[TLSN_BINDING_MAX];
    struct wire *w = pair(TLSN_TLS1_2, NULL);
    size_t len;

    (void)state;
    OK(tlsn_config_set_renegotiation(w->end[1].config, TLSN_RENEGOTIATION_SECURE));
    wire_shake(w);
    OK(binding(w, 0, TLSN_BINDING_TLS_EXPORTER, out, &len)); /* the client does not know */
    assert_int_equal(binding(w, 1, TLSN_BINDING_TLS_EXPORTER, out, &len),
                     TLSN_ERR_INSUFFICIENT_SECURITY);
    wire_renegotiate(w, TLSN_CLIENT);
    assert_int_equal(binding(w, 0, TLSN_BINDING_TLS_EXPORTER, out, &len),
                     TLSN_ERR_INSUFFICIENT_SECURITY);
    wire_free(w);

    w = pair(TLSN_TLS1_3, NULL); /* which has none, whatever the configuration says */
    OK(tlsn_config_set_renegotiation(w->end[1].config, TLSN_RENEGOTIATION_SECURE));
    wire_shake(w);
    OK(binding(w, 1, TLSN_BINDING_TLS_EXPORTER, out, &len));
    wire_free(w);
    REQ("9266:4.2/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export_agrees_with_values_of_openssl),
        cmocka_unit_test(export_is_the_same_on_both_sides_and_of_this_connection),
        cmocka_unit_test(export_of_what_does_not_fit_is_refused),
        cmocka_unit_test(export_is_off_by_default_and_keeps_nothing),
        cmocka_unit_test(export_secret_is_wiped),
        cmocka_unit_test(export_secret_is_erased_on_request),
        cmocka_unit_test(tls_exporter_is_the_binding_of_tls13),
        cmocka_unit_test(tls_exporter_needs_extended_master_secret_in_tls12),
        cmocka_unit_test(tls_exporter_is_refused_where_renegotiation_is_enabled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
