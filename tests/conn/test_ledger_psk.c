/* The premaster secrets of pre-shared keys, recomputed beside the library from what was on the wire: RFC 4279 2 to 4,
 * RFC 5489 2. The client's draws are kept, so that its ephemeral keys can be made a second time; groups, RSA and
 * PRFs are held against published vectors elsewhere. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/group.h"
#include "cipher/pk.h"
#include "cipher/prf.h"
#include "conn.h"
#include "handshake/credential.h"
#include "req.h"

enum { DRAWS = 64, DRAW_MAX = 512, MASTER = 48, EXCHANGE = 16, SERVER_EXCHANGE = 12 };

struct draw {
    uint8_t data[DRAW_MAX];
    size_t len;
};

static struct {
    struct tlsn_hooks hooks; /* that really draw */
    struct draw draw[DRAWS];
    size_t count;
} kept;

static tlsn_status draw_and_keep(void *ctx, void *out, size_t len)
{
    tlsn_status st = kept.hooks.random(ctx, out, len);

    if (st == TLSN_OK && len <= DRAW_MAX && kept.count < DRAWS) {
        memcpy(kept.draw[kept.count].data, out, len);
        kept.draw[kept.count++].len = len;
    }
    return st;
}

static tlsn_status draw_again(void *ctx, void *out, size_t len)
{
    const struct draw *d = ctx;

    if (len != d->len)
        return TLSN_ERR_RANDOM;
    memcpy(out, d->data, len);
    return TLSN_OK;
}

/* Both ends have this suite and version only, and no extended master secret. */
static struct wire *prepared(const char *suite, uint16_t version)
{
    struct wire *w = wire_new("ec:secp256r1");
    struct tlsn_hooks hooks = w->end[TLSN_CLIENT].env.hooks;
    tlsn_config *c;

    kept.hooks = hooks;
    kept.count = 0;
    hooks.random = draw_and_keep;
    OK(tlsn_config_new(&c, &hooks));
    OK(tlsn_config_set_versions(c, TLSN_TLS1_2, TLSN_TLS1_2));
    OK(tlsn_config_set_policy(c, "compat"));
    OK(tlsn_config_set_trust(c, wire_trust()));
    wire_set_config(w, TLSN_CLIENT, c);
    wire_equip(w, suite);
    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(w->end[r].config, version, version));
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_EMS, false));
    }
    return w;
}

static struct tlsn_span body(const struct wire *w, enum tlsn_role from, uint8_t type)
{
    struct tlsn_span m = wire_message(w, from, type);

    return m.len ? tlsni_span_make(m.data + 4, m.len - 4) : m;
}

static struct tlsn_span random_of(const struct wire *w, enum tlsn_role role)
{
    return tlsni_span_make(body(w, role, role == TLSN_CLIENT ? 1 : 2).data + 2, 32);
}

/* The result of the client's key with this public value and the server's. */
static size_t shared_of(const struct tlsni_group *g, struct tlsn_span client, struct tlsn_span server,
                        uint8_t *out)
{
    uint8_t private_key[TLSNI_GROUP_PRIVATE_MAX], public_key[TLSNI_GROUP_PUBLIC_MAX];
    struct tlsn_hooks hooks = kept.hooks;

    assert_non_null(g);
    assert_int_equal(client.len, g->public_len);
    hooks.random = draw_again;
    for (size_t i = 0; i < kept.count; i++) {
        hooks.random_ctx = &kept.draw[i];
        if (g->keygen(g, &hooks, private_key, public_key) != TLSN_OK ||
            memcmp(public_key, client.data, client.len) != 0)
            continue;
        OK(g->derive(g, &hooks, private_key, server.data, server.len, out));
        return g->shared_len;
    }
    fail_msg("none of the client's draws is its private key");
    return 0;
}

/* The hint is empty, p and g are those of a named group. */
static struct tlsn_span server_value(const struct wire *w, bool elliptic, const struct tlsni_group **g)
{
    struct tlsni_rd r = tlsni_rd_span(body(w, TLSN_SERVER, SERVER_EXCHANGE));
    struct tlsni_dh_params dh;
    struct tlsn_span y;

    assert_int_equal(tlsni_rd_vec_span(&r, 2, 0, 65535).len, 0);
    if (elliptic) {
        assert_int_equal(tlsni_rd_u8(&r), 3);
        *g = tlsni_group_find((uint16_t)tlsni_rd_u16(&r));
        y = tlsni_rd_vec_span(&r, 1, 1, 255);
    } else {
        dh.p = tlsni_rd_vec_span(&r, 2, 1, 65535);
        dh.g = tlsni_rd_vec_span(&r, 2, 1, 65535);
        *g = tlsni_dh_identify(&dh);
        y = tlsni_rd_vec_span(&r, 2, 1, 65535);
    }
    assert_true(tlsni_rd_done(&r));
    return y;
}

static size_t decrypted(const struct wire *w, struct tlsn_span sealed, uint8_t *out)
{
    const tlsn_credential *c = wire_credential("rsa:2048");
    uint16_t version = (uint16_t)(body(w, TLSN_CLIENT, 1).data[0] << 8 | body(w, TLSN_CLIENT, 1).data[1]);
    uint8_t none[MASTER] = { 0 };

    memset(out, 0, MASTER);
    OK(tlsni_privkey_rsa_premaster(c->key, NULL, sealed, version, out));
    assert_memory_not_equal(out, none, MASTER); /* it held the version, 48 octets in all */
    return MASTER;
}

/* What stands in front of the key; ClientKeyExchange has the identity first. */
static size_t other_secret(const struct wire *w, const char *kx, uint8_t *out)
{
    struct tlsni_rd r = tlsni_rd_span(body(w, TLSN_CLIENT, EXCHANGE));
    struct tlsn_span identity = tlsni_rd_vec_span(&r, 2, 0, 65535), mine, server;
    const struct tlsni_group *g;
    size_t len, zeros = 0;

    assert_int_equal(identity.len, 3);
    assert_memory_equal(identity.data, "joe", 3);
    if (strcmp(kx, "PSK") == 0) {
        assert_true(tlsni_rd_done(&r));
        memset(out, 0, sizeof WIRE_PSK - 1);
        return sizeof WIRE_PSK - 1;
    }
    mine = tlsni_rd_vec_span(&r, strcmp(kx, "ECDHE_PSK") == 0 ? 1 : 2, 1, 65535);
    assert_true(tlsni_rd_done(&r));
    if (strcmp(kx, "RSA_PSK") == 0)
        return decrypted(w, mine, out);
    server = server_value(w, strcmp(kx, "ECDHE_PSK") == 0, &g);
    len = shared_of(g, mine, server, out);
    while (g->kind == TLSNI_GROUP_FF && !out[zeros])
        zeros++;
    memmove(out, out + zeros, len - zeros);
    return len - zeros;
}

static void check_master(const struct wire *w, const struct tlsn_suite_info *suite, uint16_t version)
{
    const struct tlsni_hash *hash =
        tlsni_hash_find(strstr(suite->name, "SHA384") ? TLSNI_HASH_SHA384 : TLSNI_HASH_SHA256);
    tlsni_prf_fn *prf = version < TLSN_TLS1_2 ? tlsni_prf_tls10 : tlsni_prf_tls12;
    uint8_t other[TLSNI_GROUP_SHARED_MAX], premaster[2048], expected[MASTER];
    struct tlsni_wr out = tlsni_wr_make(premaster, sizeof premaster);

    tlsni_wr_vec(&out, 2, tlsni_span_make(other, other_secret(w, suite->kx, other)));
    tlsni_wr_vec(&out, 2, tlsni_span_make((const uint8_t *)WIRE_PSK, sizeof WIRE_PSK - 1));
    prf(hash, premaster, out.len, "master secret", random_of(w, TLSN_CLIENT),
        random_of(w, TLSN_SERVER), expected, MASTER);
    assert_true(w->end[TLSN_SERVER].has_master);
    assert_memory_equal(w->end[TLSN_SERVER].master, expected, MASTER);
}

static void check_suite(const struct tlsn_suite_info *suite, uint16_t version)
{
    struct wire *w = prepared(suite->name, version);

    wire_shake(w);
    check_master(w, suite, version);
    wire_say(w, TLSN_CLIENT, 100);
    wire_say(w, TLSN_SERVER, 100);
    wire_free(w);
}

static void psk_master_secret_of_each_suite_and_version_is_what_the_documents_say(void **state)
{
    struct tlsn_suite_info suite;
    struct tlsn_version_info v;
    size_t count = 0;

    (void)state;
    for (size_t i = 0; tlsn_suite_info(i, &suite); i++) {
        if (!suite.implemented || !strstr(suite.kx, "PSK"))
            continue;
        for (size_t n = 0; tlsn_version_info(n, &v); n++)
            if (v.implemented && v.number >= suite.min_version && v.number <= suite.max_version) {
                check_suite(&suite, v.number);
                count++;
            }
    }
    assert_true(count >= 100);
    REQ("4279:2/6");
    REQ("4279:2/7");
    REQ("4279:2/8");
    REQ("4279:3/2");
    REQ("4279:3/3");
    REQ("4279:4/3");
    REQ("4279:4/4");
    REQ("4279:4/5");
    REQ("4785:3/1");
    REQ("5487:1.1/1");
    REQ("5487:2/1");
    REQ("5487:2/2");
    REQ("5487:2/3");
    REQ("5487:2/4");
    REQ("5487:3.1/2");
    REQ("5487:3.1/4");
    REQ("5487:3.2/1");
    REQ("5487:3.3/1");
    REQ("5489:1.1/1");
    REQ("5489:2/1");
    REQ("5489:2/2");
    REQ("5489:2/3");
    REQ("5489:2/4");
    REQ("5489:3.1/2");
    REQ("5489:3.2/2");
    REQ("5489:3.2/4");
    REQ("8442:3/1");
    REQ("8442:3/2");
    REQ("6655:4/1");
}

static const char dhe[] = "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256";
static const char ecdhe[] = "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256";

/* A configuration keeps no private values: neither side's public one comes again. */
static void psk_exchange_has_fresh_keys_each_time(void **state)
{
    static uint8_t first[2][1024];

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct wire *w = prepared(i ? ecdhe : dhe, TLSN_TLS1_2);

        for (int again = 0; again < 2; again++)
            for (int r = 0; r < 2; r++) {
                struct tlsn_span m;

                if (r == 0) {
                    wire_open(w);
                    w->end[0].env.seed = w->end[1].env.seed = again ? 1001 : 2002;
                    wire_run(w);
                    assert_true(wire_done(w));
                }
                m = body(w, (enum tlsn_role)r, r == TLSN_CLIENT ? EXCHANGE : SERVER_EXCHANGE);
                assert_in_range(m.len, 32, sizeof first[r]);
                if (again)
                    assert_memory_not_equal(first[r] + m.len - 32, m.data + m.len - 32, 32);
                else
                    memcpy(first[r], m.data, m.len);
            }
        wire_free(w);
    }
    REQ("4279:7.1/1");
}

/* The client's flight waits at the server; returns its ClientKeyExchange there. */
static uint8_t *flight_of_client(struct wire *w, size_t *len)
{
    struct wire_end *server = &w->end[TLSN_SERVER];

    wire_open(w);
    (void)wire_turn(w, TLSN_CLIENT);
    (void)wire_turn(w, TLSN_SERVER);
    (void)wire_turn(w, TLSN_CLIENT);
    assert_int_equal(server->in[0], 22);
    assert_int_equal(server->in[5], EXCHANGE);
    *len = (size_t)(server->in[3] << 8 | server->in[4]);
    return server->in + 5;
}

static int fate_of_server(struct wire *w, tlsn_status *status)
{
    wire_run(w);
    *status = w->end[TLSN_SERVER].status;
    assert_non_null(tlsn_conn_error(w->end[TLSN_SERVER].conn));
    return tlsn_conn_error(w->end[TLSN_SERVER].conn)->alert_sent;
}

/* Like a wrong key: padding, length and version of what was decrypted do not show. */
static void rsa_psk_unsound_ciphertext_looks_like_a_wrong_key(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct wire *w = prepared("TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", TLSN_TLS1_2);
        tlsn_status status;
        size_t len;
        uint8_t *m = flight_of_client(w, &len);

        assert_int_equal(len, 4 + 2 + 3 + 2 + 256);
        if (i == 0)
            m[len - 1] ^= 1;
        else
            memset(m + len - 256, 0, i == 1 ? 256 : 128);
        assert_int_equal(fate_of_server(w, &status), 51);
        assert_int_equal(status, TLSN_ERR_BAD_RECORD_MAC);
        wire_free(w);
    }
    REQ("4279:7.4/1");
}

/* A wrong key shows in what was sealed under it. In a renegotiation that is nothing yet, up to the
 * client's ChangeCipherSpec. */
static void psk_renegotiation_tells_damage_under_the_old_keys_as_what_it_is(void **state)
{
    static const uint8_t damaged[5 + 40] = { 22, 3, 3, 0, 40 };
    struct wire *w = prepared("TLS_PSK_WITH_AES_128_GCM_SHA256", TLSN_TLS1_2);
    const tlsn_conn *server;
    uint8_t got[16];
    size_t len;

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_renegotiation(w->end[r].config, TLSN_RENEGOTIATION_SECURE));
    wire_shake(w);
    server = w->end[TLSN_SERVER].conn;
    OK(tlsn_renegotiate(w->end[TLSN_CLIENT].conn, NULL));
    wire_flush(w, TLSN_CLIENT);
    (void)wire_read(w, TLSN_SERVER, got, sizeof got, &len);
    assert_true(tlsn_renegotiating(server));
    wire_inject(w, TLSN_SERVER, damaged, sizeof damaged);
    assert_int_equal(wire_read(w, TLSN_SERVER, got, sizeof got, &len), TLSN_ERR_BAD_RECORD_MAC);
    assert_int_equal(tlsn_conn_error(server)->alert_sent, 20);
    wire_free(w);
}

static void dhe_psk_public_values_of_no_use_are_refused(void **state)
{
    static const uint8_t values[] = { 0, 1 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct wire *w = prepared(dhe, TLSN_TLS1_2);
        tlsn_status status;
        size_t len;
        uint8_t *m = flight_of_client(w, &len);
        struct tlsn_span p = tlsni_dh_params_of(tlsni_group_find(TLSNI_GROUP_FFDHE2048)).p;

        assert_int_equal(len, 4 + 2 + 3 + 2 + 256);
        memset(m + len - 256, 0, 256);
        if (i < 2)
            m[len - 1] = values[i];
        else
            memcpy(m + len - 256, p.data, 256);
        m[len - 1] = (uint8_t)(m[len - 1] - (i == 2)); /* p - 1 */
        assert_int_equal(fate_of_server(w, &status), 40); /* RFC 7919 4: the group was negotiated */
        assert_int_equal(status, TLSN_ERR_ILLEGAL_PARAMETER);
        wire_free(w);
    }
    REQ("4279:7.4/2");
}

/* ---- suites of TLS 1.2 in TLS 1.1 ---- */

static const uint8_t only_tls12[][2] = { { 0x00, 0xa8 }, { 0x00, 0xab }, { 0x00, 0xac },
                                         { 0xd0, 0x01 }, { 0xd0, 0x02 }, { 0xd0, 0x03 },
                                         { 0xd0, 0x05 } };
enum { ONLY_TLS12 = sizeof only_tls12 / sizeof *only_tls12 };

static const char *name_of(const uint8_t id[2])
{
    static struct tlsn_suite_info suite;

    for (size_t i = 0; tlsn_suite_info(i, &suite); i++)
        if (suite.id == (id[0] << 8 | id[1]))
            return suite.name;
    fail_msg("no such suite");
    return "";
}

static struct wire *either_version(const uint8_t id[2])
{
    struct wire *w = wire_new("ec:secp256r1");

    wire_equip(w, name_of(id));
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_1, TLSN_TLS1_2));
    wire_open(w);
    return w;
}

static void psk_aead_suite_is_not_chosen_below_tls12(void **state)
{
    uint8_t hello[] = { 22, 3, 1, 0, 53, 1, 0, 0, 49, 3, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 0, 0, 2, 0xd0, 1, 1,
                        0, 0, 8, 0, 10, 0, 4, 0, 2, 0, 29 };

    (void)state;
    hello[4] = sizeof hello - 5;
    hello[8] = sizeof hello - 9;
    for (size_t i = 0; i < ONLY_TLS12; i++)
        for (uint8_t minor = 2; minor <= 3; minor++) {
            struct wire *w = either_version(only_tls12[i]);

            hello[10] = minor;
            memcpy(hello + 46, only_tls12[i], 2);
            wire_inject(w, TLSN_SERVER, hello, sizeof hello);
            (void)wire_turn(w, TLSN_SERVER);
            assert_int_equal(wire_message(w, TLSN_SERVER, 2).len != 0, minor == 3);
            if (minor == 2)
                assert_int_equal(tlsn_conn_error(w->end[TLSN_SERVER].conn)->alert_sent, 40);
            wire_free(w);
        }
    REQ("5487:1.1/2");
    REQ("8442:3/3");
    REQ("8442:3/4");
}

static void psk_aead_suite_from_a_server_of_tls11_is_illegal_parameter(void **state)
{
    uint8_t hello[] = { 22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 0, 0xd0, 1, 0 };

    (void)state;
    for (size_t i = 0; i < ONLY_TLS12; i++) {
        struct wire *w = either_version(only_tls12[i]);

        (void)wire_turn(w, TLSN_CLIENT);
        memcpy(hello + 44, only_tls12[i], 2);
        wire_inject(w, TLSN_CLIENT, hello, sizeof hello);
        (void)wire_turn(w, TLSN_CLIENT);
        assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(tlsn_conn_error(w->end[TLSN_CLIENT].conn)->alert_sent, 47);
        wire_free(w);
    }
    REQ("8442:3/5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(psk_master_secret_of_each_suite_and_version_is_what_the_documents_say),
        cmocka_unit_test(psk_exchange_has_fresh_keys_each_time),
        cmocka_unit_test(rsa_psk_unsound_ciphertext_looks_like_a_wrong_key),
        cmocka_unit_test(psk_renegotiation_tells_damage_under_the_old_keys_as_what_it_is),
        cmocka_unit_test(dhe_psk_public_values_of_no_use_are_refused),
        cmocka_unit_test(psk_aead_suite_is_not_chosen_below_tls12),
        cmocka_unit_test(psk_aead_suite_from_a_server_of_tls11_is_illegal_parameter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
