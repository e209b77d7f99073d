/* Early data with external keys between two engines (RFC 8446 4.2.10, 8.2, RFC 9258 5.1): taken, refused, never
 * twice, and by nothing but the terms that both sides have of the key. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "conn.h"
#include "req.h"

enum { MAX = 5000, AES128 = 0x1301, AES256 = 0x1302, CHACHA = 0x1303, EARLY_DATA = 42 };

static const uint8_t key[] = "thirty-two octets of a secret key";
static const char request[] = "GET /early HTTP/1.1\r\n\r\n";

static struct tlsn_span text(const char *s)
{
    return tlsni_span_make((const uint8_t *)s, strlen(s));
}

static struct wire *pair(void)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_early_data_max(wire_config(w, TLSN_SERVER), MAX));
    return w;
}

/* What both sides say of a key, unless a test changes it. */
static struct tlsn_external_psk made(const struct wire *w, const char *identity, uint16_t suite,
                                     bool import)
{
    const struct tlsn_external_psk psk = {
        .identity = text(identity),
        .key = { key, sizeof key - 1 },
        .hash_bits = suite == AES256 && !import ? 384 : 256,
        .import = import,
        .early = { .max = MAX, .suite = suite, .made_ms = w->end[TLSN_SERVER].env.now_ms },
    };

    return psk;
}

static void add(struct wire *w, enum tlsn_role role, const struct tlsn_external_psk *psk)
{
    OK(tlsn_config_add_external_psk(wire_config(w, role), psk));
}

static void add_both(struct wire *w, const struct tlsn_external_psk *psk)
{
    add(w, TLSN_CLIENT, psk);
    add(w, TLSN_SERVER, psk);
}

/* New connections; the client's hello is on its way. */
static void announce(struct wire *w)
{
    wire_open(w);
    OK(tlsn_conn_set_early_data(wire_conn(w, TLSN_CLIENT), true));
    while (wire_turn(w, TLSN_CLIENT))
        ;
}

static void hear(struct wire *w)
{
    char got[sizeof request + 1];
    size_t len;

    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_EARLY_DATA);
    assert_int_equal(wire_read_early(w, got, sizeof got, &len), TLSN_EARLY_END);
    assert_int_equal(len, sizeof request);
    assert_memory_equal(got, request, len);
}

/* The rest, with a request as early data; true when they were taken. By the key in any case. */
static bool finish(struct wire *w)
{
    OK(wire_write_early(w, request, sizeof request));
    wire_run(w);
    if (w->end[TLSN_SERVER].status == TLSN_EARLY_DATA)
        hear(w);
    wire_run(w);
    assert_true(wire_done(w));
    for (int r = 0; r < 2; r++)
        assert_int_equal(wire_info(w, (enum tlsn_role)r).resumed, TLSN_RESUMED_PSK);
    assert_int_equal(wire_info(w, TLSN_CLIENT).early_data, wire_info(w, TLSN_SERVER).early_data);
    wire_flush(w, TLSN_SERVER);
    wire_say(w, TLSN_CLIENT, 3000);
    wire_say(w, TLSN_SERVER, 3000);
    return wire_info(w, TLSN_SERVER).early_data == TLSN_EARLY_ACCEPTED;
}

static bool go(struct wire *w)
{
    announce(w);
    assert_int_equal(tlsn_early_data_left(wire_conn(w, TLSN_CLIENT)), MAX);
    return finish(w);
}

/* ---- taken ---- */

static const uint16_t suites[] = { AES128, AES256, CHACHA };

/* The same hello comes again with the same randomness. */
static void early_data_are_taken_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3 * 2 * 2; i++) {
        struct wire *w = pair();
        struct tlsn_external_psk psk = made(w, "joe", suites[i % 3], i / 3 % 2);

        if (i / 6) {
            for (int r = 0; r < 2; r++)
                OK(tlsn_config_set_alpn(w->end[r].config, "h2,http/1.1"));
            psk.early.alpn = text("h2");
        }
        add_both(w, &psk);
        assert_true(go(w));
        assert_int_equal(wire_info(w, TLSN_SERVER).suite, suites[i % 3]);
        assert_false(go(w));
        wire_free(w);
    }
    REQ("8446:4.2.10/1");
    REQ("8446:4.2.10/3");
    REQ("8446:8.2/1");
    REQ("9258:5.1/10");
}

static void early_data_come_byte_by_byte(void **state)
{
    struct wire *w = pair();
    const struct tlsn_external_psk psk = made(w, "joe", CHACHA, true);

    (void)state;
    w->step = w->cap = 1;
    add_both(w, &psk);
    assert_true(go(w));
    wire_free(w);
}

/* Without the wish for early data a suite is chosen as ever. */
static void terms_move_no_suite_without_early_data(void **state)
{
    struct wire *w = pair();
    const struct tlsn_external_psk psk = made(w, "joe", CHACHA, false);

    (void)state;
    OK(tlsn_config_set_suites(wire_config(w, TLSN_SERVER),
                              "TLS_AES_128_GCM_SHA256,TLS_CHACHA20_POLY1305_SHA256"));
    add_both(w, &psk);
    wire_shake(w);
    assert_int_equal(wire_info(w, TLSN_SERVER).suite, AES128);
    assert_int_equal(wire_info(w, TLSN_SERVER).early_data, TLSN_EARLY_NO);
    assert_true(go(w));
    assert_int_equal(wire_info(w, TLSN_SERVER).suite, CHACHA);
    wire_free(w);
}

static void more_than_the_limit_is_refused(void **state)
{
    static uint8_t data[MAX];
    struct wire *w = pair();
    struct tlsn_external_psk psk = made(w, "joe", AES128, false);

    (void)state;
    add(w, TLSN_CLIENT, &psk);
    psk.early.max = MAX - 1;
    add(w, TLSN_SERVER, &psk);
    announce(w);
    OK(wire_write_early(w, data, sizeof data));
    wire_run(w);
    assert_int_equal(w->end[TLSN_SERVER].status, TLSN_EARLY_DATA);
    {
        static uint8_t got[MAX];
        size_t len;

        assert_int_equal(wire_read_early(w, got, sizeof got, &len), TLSN_ERR_UNEXPECTED_MESSAGE);
    }
    wire_free(w);
}

/* ---- refused: the handshake goes on by the key ---- */

enum why {
    NO_LIMIT, LIMIT_BELOW, NO_TERMS, UNKNOWN_AGE, OLDER_KEY, OTHER_SUITE, NO_SUITE, OTHER_ALPN, NO_ALPN, RETRY, WHYS
};

static void spoil(struct wire *w, struct tlsn_external_psk *psk, enum why why)
{
    tlsn_config *server = wire_config(w, TLSN_SERVER);

    if (why == NO_LIMIT)
        OK(tlsn_config_set_early_data_max(server, 0));
    if (why == LIMIT_BELOW)
        OK(tlsn_config_set_early_data_max(server, MAX - 1));
    if (why == NO_TERMS)
        psk->early.max = 0;
    if (why == UNKNOWN_AGE)
        psk->early.made_ms = 0;
    if (why == OLDER_KEY)
        psk->early.made_ms--;
    if (why == OTHER_SUITE)
        psk->early.suite = CHACHA, OK(tlsn_config_set_suites(server, "TLS_AES_128_GCM_SHA256"));
    if (why == NO_SUITE)
        OK(tlsn_config_set_suites(server, "TLS_CHACHA20_POLY1305_SHA256"));
    if (why == OTHER_ALPN)
        psk->early.alpn = text("http/1.1");
    if (why == NO_ALPN)
        psk->early.alpn = text("");
    if (why == RETRY)
        OK(tlsn_config_set_groups(server, "secp256r1"));
}

static void early_data_on_other_terms_are_refused(void **state)
{
    (void)state;
    for (int why = 0; why < WHYS; why++) {
        struct wire *w = pair();
        struct tlsn_external_psk psk = made(w, "joe", AES128, false);

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_alpn(w->end[r].config, "h2,http/1.1"));
        OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), "x25519,secp256r1"));
        psk.early.alpn = text("h2");
        add(w, TLSN_CLIENT, &psk);
        spoil(w, &psk, (enum why)why);
        add(w, TLSN_SERVER, &psk);
        assert_false(go(w));
        wire_free(w);
    }
    REQ("8446:4.2.10/4");
    REQ("8446:4.2.10/7");
    REQ("8446:8.2/2");
}

/* The server knows the second key alone. */
static void early_data_go_with_the_first_key(void **state)
{
    struct wire *w = pair();
    const struct tlsn_external_psk first = made(w, "ann", AES128, false),
                                   second = made(w, "joe", AES128, false);

    (void)state;
    add(w, TLSN_CLIENT, &first);
    add_both(w, &second);
    assert_false(go(w));
    assert_int_equal(wire_info(w, TLSN_SERVER).psk_identity.len, 3);
    wire_free(w);
    REQ("8446:4.2.10/4");
}

/* ---- the client ---- */

static bool announces(struct wire *w)
{
    struct tlsn_span hello;
    size_t found = 0;

    announce(w);
    hello = wire_message(w, TLSN_CLIENT, 1);
    for (size_t i = 0; i + 4 <= hello.len; i++)
        found += memcmp(hello.data + i, (const uint8_t[]){ 0, EARLY_DATA, 0, 0 }, 4) == 0;
    assert_int_equal(tlsn_early_data_left(wire_conn(w, TLSN_CLIENT)) != 0, found);
    return found;
}

static void client_announces_none_that_nobody_can_take(void **state)
{
    (void)state;
    for (int why = 0; why < 5; why++) {
        struct wire *w = pair();
        struct tlsn_external_psk psk = made(w, "joe", AES128, false), plain = psk;

        plain.identity = text("ann");
        plain.early.max = 0;
        if (why == 1)
            psk.early.alpn = text("h2"); /* which is not offered */
        if (why == 2)
            OK(tlsn_config_set_suites(wire_config(w, TLSN_CLIENT), "TLS_CHACHA20_POLY1305_SHA256"));
        if (why == 3) /* RFC 9973 4 */
            OK(tlsn_config_set_feature(wire_config(w, TLSN_CLIENT), TLSN_FEATURE_CERT_WITH_PSK, true));
        if (why == 4)
            add(w, TLSN_CLIENT, &plain); /* in front */
        add(w, TLSN_CLIENT, &psk);
        assert_int_equal(announces(w), why == 0);
        wire_free(w);
    }
    REQ("8773:4/2");
}

/* A server whose terms are others: what it takes is not what was sent. */
static void client_refuses_terms_that_are_not_its_own(void **state)
{
    (void)state;
    for (int alpn = 0; alpn < 2; alpn++) {
        struct wire *w = pair();
        struct tlsn_external_psk psk = made(w, "joe", AES128, false);

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_alpn(w->end[r].config, "h2,http/1.1"));
        psk.early.alpn = text(alpn ? "http/1.1" : "h2");
        add(w, TLSN_CLIENT, &psk);
        psk.early.alpn = text("h2");
        psk.early.suite = alpn ? AES128 : CHACHA;
        add(w, TLSN_SERVER, &psk);
        announce(w);
        wire_run(w);
        assert_int_equal(w->end[TLSN_CLIENT].status, TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(wire_alert(w, TLSN_CLIENT), 47);
        wire_free(w);
    }
    REQ("8446:4.2.10/5");
}

/* Of both the ticket stands first. */
static void ticket_comes_before_the_key(void **state)
{
    struct wire *w = pair();
    struct tlsn_external_psk psk = made(w, "joe", AES128, false);
    tlsn_session *s;

    (void)state;
    psk.early.max = MAX / 2;
    add_both(w, &psk);
    wire_shake(w);
    s = wire_session(w);
    wire_open(w);
    OK(tlsn_conn_set_session(wire_conn(w, TLSN_CLIENT), s));
    OK(tlsn_conn_set_early_data(wire_conn(w, TLSN_CLIENT), true));
    while (wire_turn(w, TLSN_CLIENT))
        ;
    assert_int_equal(tlsn_early_data_left(wire_conn(w, TLSN_CLIENT)), MAX);
    OK(wire_write_early(w, request, sizeof request));
    wire_run(w);
    hear(w);
    wire_run(w);
    assert_true(wire_done(w));
    assert_int_equal(wire_info(w, TLSN_SERVER).resumed, TLSN_RESUMED_TICKET);
    tlsn_session_free(s);
    wire_free(w);
}

/* ---- the application ---- */

static struct tlsn_early_hello asked;

static tlsn_status take(void *ctx, const struct tlsn_early_hello *hello)
{
    asked = *hello;
    return *(tlsn_status *)ctx;
}

static void memory_of_the_application_decides(void **state)
{
    (void)state;
    for (int taken = 0; taken < 2; taken++) {
        struct wire *w = pair();
        tlsn_status says = taken ? TLSN_OK : TLSN_ERR_NOT_FOUND;
        const struct tlsn_replay_check check = { take, &says };
        struct tlsn_external_psk psk = made(w, "joe", AES128, false);

        psk.early.made_ms = 0;
        add_both(w, &psk);
        OK(tlsn_config_set_replay_check(wire_config(w, TLSN_SERVER), &check));
        assert_int_equal(go(w), taken);
        assert_true(asked.external);
        assert_int_equal(asked.id.len, 32);
        assert_true(asked.issued_ms == 0 && asked.sent_ms == 0);
        assert_true(asked.now_ms == w->end[TLSN_SERVER].env.now_ms);
        wire_free(w);
    }
}

/* Keys of the application have terms as well. */
static void answers_bring_terms(void **state)
{
    (void)state;
    for (int import = 0; import < 2; import++) {
        struct wire *w = pair();
        const struct tlsn_external_psk psk = made(w, "joe", AES256, import);
        const struct tlsn_psk answer = { .identity = psk.identity,
                                         .key = psk.key,
                                         .hash_bits = psk.hash_bits,
                                         .import = psk.import,
                                         .early = psk.early };

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_psk_suspend(w->end[r].config, true));
        wire_open(w);
        OK(tlsn_conn_set_early_data(wire_conn(w, TLSN_CLIENT), true));
        while (wire_turn(w, TLSN_CLIENT))
            ;
        OK(tlsn_psk_answer(wire_conn(w, TLSN_CLIENT), &answer));
        while (wire_turn(w, TLSN_CLIENT))
            ;
        OK(wire_write_early(w, request, sizeof request));
        wire_run(w);
        OK(tlsn_psk_answer(wire_conn(w, TLSN_SERVER), &answer));
        wire_run(w);
        hear(w);
        wire_run(w);
        assert_true(wire_done(w));
        assert_int_equal(wire_info(w, TLSN_SERVER).early_data, TLSN_EARLY_ACCEPTED);
        wire_free(w);
    }
}

/* ---- what is no term ---- */

static void unsound_terms_are_refused(void **state)
{
    static uint8_t big[256];
    static const struct tlsn_psk_early bad[] = {
        { .max = 1 },
        { .max = 1, .suite = 0xC02F },
        { .max = 1, .suite = AES256 },
        { .max = 1, .suite = AES128, .alpn = { big, 256 } },
        { .max = 1, .suite = AES128, .alpn = { NULL, 2 } },
        { .max = 1, .suite = AES128, .made_ms = -1 },
    };
    struct wire *w = pair();

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tlsn_external_psk psk = made(w, "joe", AES128, false);

        psk.early = bad[i];
        assert_int_equal(tlsn_config_add_external_psk(wire_config(w, TLSN_CLIENT), &psk),
                         TLSN_ERR_ARGUMENT);
    }
    wire_free(w);
}

static void no_memory_is_a_clean_error_and_keys_are_wiped(void **state)
{
    (void)state;
    for (int role = 0; role < 2; role++) {
        struct wire *w = pair();
        struct tlsn_external_psk psk = made(w, "joe", AES128, true);

        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_set_alpn(w->end[r].config, "h2"));
            wire_watch(&w->end[r].env, key, sizeof key - 1);
        }
        psk.early.alpn = text("h2");
        add_both(w, &psk);
        for (size_t n = 1;; n++) {
            wire_open(w);
            w->end[TLSN_SERVER].env.seed += n << 32;
            OK(tlsn_conn_set_early_data(wire_conn(w, TLSN_CLIENT), true));
            if (!wire_run_failing(w, (enum tlsn_role)role, n))
                break;
            assert_true(w->end[role].status == TLSN_ERR_NO_MEMORY || wire_done(w) ||
                        w->end[TLSN_SERVER].status == TLSN_EARLY_DATA);
            assert_true(n < 1000);
        }
        assert_int_equal(w->end[0].env.leaks + w->end[1].env.leaks, 0);
        wire_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_data_are_taken_once),
        cmocka_unit_test(early_data_come_byte_by_byte),
        cmocka_unit_test(terms_move_no_suite_without_early_data),
        cmocka_unit_test(more_than_the_limit_is_refused),
        cmocka_unit_test(early_data_on_other_terms_are_refused),
        cmocka_unit_test(early_data_go_with_the_first_key),
        cmocka_unit_test(client_announces_none_that_nobody_can_take),
        cmocka_unit_test(client_refuses_terms_that_are_not_its_own),
        cmocka_unit_test(ticket_comes_before_the_key),
        cmocka_unit_test(memory_of_the_application_decides),
        cmocka_unit_test(answers_bring_terms),
        cmocka_unit_test(unsound_terms_are_refused),
        cmocka_unit_test(no_memory_is_a_clean_error_and_keys_are_wiped),
    };

    return cmocka_run_group_tests_name("test_tls13_psk_early", tests, NULL, NULL);
}
