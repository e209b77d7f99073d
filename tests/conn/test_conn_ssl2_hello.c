/* The SSL 2.0 compatible ClientHello: taken and sent only on request, with the right random, suites and
 * hashes, and refused in every damaged form. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"
#include "handshake/transcript.h"
#include "req.h"

static struct wire *wire_ssl2(bool client, bool server, uint16_t min, uint16_t max)
{
    struct wire *w = wire_new("rsa:2048");
    const bool on[2] = { client, server };

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_policy(w->end[r].config, "research"));
        OK(tlsn_config_set_versions(w->end[r].config, min, max));
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_INSECURE_SSL2_HELLO, on[r]));
    }
    return w;
}

static void ssl2_hello_leads_to_every_version(void **state)
{
    (void)state;
    /* TLS 1.3 has no place there */
    for (uint16_t range = TLSN_SSL3; range <= TLSN_TLS1_3; range++) {
        uint16_t max = range < TLSN_TLS1_3 ? range : TLSN_TLS1_2;
        struct wire *w = wire_ssl2(true, true, TLSN_SSL3, range);
        const uint8_t *sent = w->end[TLSN_CLIENT].sent;
        struct tlsn_conn_info info;

        for (w->step = 0; w->step < 2; w->step++) {
            wire_shake(w);
            assert_int_equal(sent[0] & 0x80, 0x80);
            assert_int_equal(sent[2], 1);
            assert_int_equal(sent[3] << 8 | sent[4], max);
            assert_int_equal(sent[7] << 8 | sent[8], 0);  /* session ID */
            assert_int_equal(sent[9] << 8 | sent[10], 32); /* challenge */
            tlsn_conn_get_info(w->end[TLSN_SERVER].conn, &info);
            assert_int_equal(info.version, max);
            assert_true(info.secure_renegotiation);
            wire_agree(w);
            wire_say(w, TLSN_CLIENT, 1000);
            wire_say(w, TLSN_SERVER, 1000);
        }
        wire_free(w);
    }
    REQ("5246:E.2/2");
    REQ("5246:E.2/3");
    REQ("5246:E.2/6");
    REQ("5246:E.2/7");
    REQ("5246:E.2/8");
    REQ("5246:E.2/10");
    REQ("5246:E.2/11");
    REQ("6101:E/2");
    REQ("5746:3.3/3");
    REQ("6176:3/4");
}

static void ssl2_hello_is_refused_unless_it_was_enabled(void **state)
{
    struct wire *w = wire_ssl2(true, false, TLSN_SSL3, TLSN_TLS1_2);

    (void)state;
    wire_open(w);
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_NOT_TLS);
    assert_int_equal(tlsn_conn_error(w->end[TLSN_SERVER].conn)->alert_sent, 10);
    wire_free(w);
    /* and nobody sends it by policy alone */
    w = wire_ssl2(false, true, TLSN_SSL3, TLSN_TLS1_2);
    wire_shake(w);
    assert_int_equal(w->end[TLSN_CLIENT].sent[0], 22);
    wire_free(w);
    REQ("6176:3/2");
}

/* ---- hellos of the test's own ---- */

static const uint8_t rc4_md5_and_aes[] = { 1, 0, 0x80, 0, 0, 0x2f };

/* Answers: the status of a server that got it. */
static tlsn_status answer(uint16_t version, const uint8_t *specs, size_t specs_len,
                          size_t session_id, size_t challenge, int extra, struct wire *w)
{
    uint8_t m[512] = { 0 };
    size_t len = 11 + specs_len + session_id + challenge;
    size_t sent = (size_t)((int)len - 2 + extra);

    m[0] = (uint8_t)(0x80 | sent >> 8);
    m[1] = (uint8_t)sent;
    m[2] = 1;
    m[3] = (uint8_t)(version >> 8);
    m[4] = (uint8_t)version;
    m[6] = (uint8_t)specs_len;
    m[8] = (uint8_t)session_id;
    m[10] = (uint8_t)challenge;
    memcpy(m + 11, specs, specs_len);
    for (size_t i = 0; i < challenge; i++)
        m[11 + specs_len + session_id + i] = (uint8_t)(i + 1);
    wire_open(w);
    wire_inject(w, TLSN_SERVER, m, sent + 2);
    (void)wire_turn(w, TLSN_SERVER);
    return w->end[TLSN_SERVER].status;
}

static tlsn_status once(uint16_t version, const uint8_t *specs, size_t specs_len,
                        size_t session_id, size_t challenge, int extra)
{
    struct wire *w = wire_ssl2(false, true, TLSN_SSL3, TLSN_TLS1_2);
    tlsn_status st = answer(version, specs, specs_len, session_id, challenge, extra, w);

    wire_free(w);
    return st;
}

#define SPECS rc4_md5_and_aes, sizeof rc4_md5_and_aes

static void ssl2_hello_lengths_are_checked(void **state)
{
    (void)state;
    for (size_t challenge = 0; challenge <= 40; challenge++)
        assert_int_equal(once(TLSN_TLS1_0, SPECS, 0, challenge, 0),
                         challenge >= 16 && challenge <= 32 ? TLSN_NEED_INPUT : TLSN_ERR_DECODE);
    for (size_t id = 0; id <= 20; id++)
        assert_int_equal(once(TLSN_TLS1_0, SPECS, id, 32, 0),
                         id == 0 || id == 16 ? TLSN_NEED_INPUT : TLSN_ERR_DECODE);
    for (size_t specs = 0; specs < sizeof rc4_md5_and_aes; specs++)
        assert_int_equal(once(TLSN_TLS1_0, rc4_md5_and_aes, specs, 0, 32, 0),
                         specs == 3 ? TLSN_ERR_NO_SHARED_SUITE : TLSN_ERR_DECODE);
    assert_int_equal(once(TLSN_TLS1_0, SPECS, 0, 32, 1), TLSN_ERR_DECODE);
    assert_int_equal(once(TLSN_TLS1_0, SPECS, 0, 32, -1), TLSN_ERR_DECODE);
    assert_int_equal(once(0x0002, SPECS, 0, 32, 0), TLSN_ERR_NOT_TLS);
    REQ("5246:E.2/9");
}

/* The challenge stands at the end of the random, zeros in front: what a callback sees is the hello in
 * the form of TLS, with suites of TLS only. */
static tlsn_status look(void *ctx, tlsn_conn *conn, tlsn_config **config)
{
    const struct tlsn_client_hello *h = tlsn_client_hello(conn);
    static const uint8_t suites[] = { 0, 0x2f };

    (void)config;
    assert_int_equal(h->legacy_version, TLSN_TLS1_0);
    assert_int_equal(h->random.len, 32);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(h->random.data[i], i < 12 ? 0 : i - 11);
    assert_int_equal(h->suites.len, sizeof suites);
    assert_memory_equal(h->suites.data, suites, sizeof suites);
    assert_int_equal(h->session_id.len, 0);
    assert_int_equal(h->extensions.len, 0);
    *(bool *)ctx = true;
    return TLSN_OK;
}

static void ssl2_hello_becomes_one_of_tls(void **state)
{
    struct wire *w = wire_ssl2(false, true, TLSN_SSL3, TLSN_TLS1_2);
    bool seen = false;
    const struct tlsn_callbacks callbacks = { .client_hello = look, .ctx = &seen };

    (void)state;
    OK(tlsn_config_set_callbacks(w->end[TLSN_SERVER].config, &callbacks));
    assert_int_equal(answer(TLSN_TLS1_0, SPECS, 16, 20, 0, w), TLSN_NEED_INPUT);
    assert_true(seen);
    wire_free(w);
    REQ("5246:E.2/5");
    REQ("5246:E.2/12");
}

/* The hash of the handshake covers the message from its type on, and then the server's flight. */
static void ssl2_hello_is_hashed_without_its_length(void **state)
{
    struct wire *w = wire_ssl2(false, true, TLSN_SSL3, TLSN_TLS1_2);
    const struct wire_end *server = &w->end[TLSN_SERVER];
    uint8_t all[16384], hash[64], expected[64];
    size_t len = 9 + sizeof rc4_md5_and_aes + 32;

    (void)state;
    assert_int_equal(answer(TLSN_TLS1_2, SPECS, 0, 32, 0, w), TLSN_NEED_INPUT);
    wire_flush(w, TLSN_SERVER);
    memset(all, 0, len);
    memcpy(all, (uint8_t[]){ 1, 3, 3, 0, sizeof rc4_md5_and_aes, 0, 0, 0, 32 }, 9);
    memcpy(all + 9, rc4_md5_and_aes, sizeof rc4_md5_and_aes);
    for (size_t i = 0; i < 32; i++)
        all[9 + sizeof rc4_md5_and_aes + i] = (uint8_t)(i + 1);
    for (const uint8_t *r = server->sent; r < server->sent + server->sent_len;) {
        size_t n = (size_t)(r[3] << 8 | r[4]);

        assert_int_equal(r[0], 22);
        assert_true(len + n <= sizeof all);
        memcpy(all + len, r + 5, n);
        len += n;
        r += 5 + n;
    }
    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), all, len, expected);
    tlsni_transcript_hash(&server->conn->scratch->hs.transcript, hash);
    assert_memory_equal(hash, expected, 32);
    wire_free(w);
    REQ("5246:E.2/13");
}

/* Only the very first bytes: behind a record it is none. */
static void ssl2_hello_behind_a_record_is_no_hello(void **state)
{
    static const uint8_t warning[] = { 21, 3, 1, 0, 2, 1, 90 };
    static const uint8_t v2[] = { 0x80, 0x2e, 1, 3, 1 };
    struct wire *w = wire_ssl2(false, true, TLSN_SSL3, TLSN_TLS1_2);

    (void)state;
    wire_open(w);
    wire_inject(w, TLSN_SERVER, warning, sizeof warning);
    (void)wire_turn(w, TLSN_SERVER);
    wire_inject(w, TLSN_SERVER, v2, sizeof v2);
    (void)wire_turn(w, TLSN_SERVER);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_ERR_NOT_TLS);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ssl2_hello_leads_to_every_version),
        cmocka_unit_test(ssl2_hello_is_refused_unless_it_was_enabled),
        cmocka_unit_test(ssl2_hello_lengths_are_checked),
        cmocka_unit_test(ssl2_hello_becomes_one_of_tls),
        cmocka_unit_test(ssl2_hello_is_hashed_without_its_length),
        cmocka_unit_test(ssl2_hello_behind_a_record_is_no_hello),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
