/* A good transcript of each kind, cut, bent, reordered: the side that reads it ends with an error
 * and an alert, or waits until the transport ends; it never completes with anything but what was
 * said. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "req.h"

enum kind { ECDHE_CLIENT_AUTH, RSA_CBC, DHE, RESUMED, KINDS };

/* A pair, what each side of a good handshake sent, and the session it offered. */
struct scene {
    struct wire *w;
    tlsn_session *session;
    struct wire_tape tape[2]; /* by sender */
};

static struct scene *stage(enum kind kind)
{
    static const char *const suites[] = { "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                          "TLS_RSA_WITH_AES_128_CBC_SHA",
                                          "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                                          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" };
    struct scene *s = calloc(1, sizeof *s);
    struct wire *w = wire_new("ec:secp256r1");
    tlsn_config *client = w->end[TLSN_CLIENT].config, *server = w->end[TLSN_SERVER].config;

    assert_non_null(s);
    s->w = w;
    OK(tlsn_config_add_credential(server, wire_credential("rsa:2048")));
    OK(tlsn_config_set_suites(client, suites[kind]));
    OK(tlsn_config_set_groups(client, "P-256,ffdhe2048"));
    OK(tlsn_config_set_feature(client, TLSN_FEATURE_TICKETS, kind != RSA_CBC));
    if (kind == ECDHE_CLIENT_AUTH) {
        OK(tlsn_config_set_client_auth(server, TLSN_CLIENT_AUTH_REQUIRE));
        OK(tlsn_config_add_credential(client, wire_credential("ec:secp256r1")));
    }
    wire_shake(w);
    if (kind == RESUMED) {
        s->session = wire_session(w);
        w->offer = s->session;
        wire_resume(w, s->session);
        assert_true(wire_done(w));
    }
    wire_record(w, TLSN_CLIENT, &s->tape[TLSN_CLIENT]);
    wire_record(w, TLSN_SERVER, &s->tape[TLSN_SERVER]);
    return s;
}

static void strike(struct scene *s)
{
    tlsn_session_free(s->session);
    wire_free(s->w);
    free(s);
}

static struct wire_outcome hear(struct scene *s, enum tlsn_role listener,
                                const struct wire_tape *tape)
{
    return wire_replay(s->w, listener, tape->data, tape->len);
}

/* Runs check for each kind and each side. */
static void each_scene(void (*check)(struct scene *s, enum tlsn_role listener,
                                     const struct wire_tape *good))
{
    for (int k = 0; k < KINDS; k++) {
        struct scene *s = stage((enum kind)k);

        for (int r = 0; r < 2; r++)
            check(s, (enum tlsn_role)r, &s->tape[!r]);
        strike(s);
    }
}

/* It did not get through, and if that was an error the peer was told. */
static void check_ended(const struct wire_outcome *o, size_t where)
{
    bool waits = o->status == TLSN_NEED_INPUT && o->eof == TLSN_ERR_TRUNCATED;
    bool closed = o->status == TLSN_CLOSED;
    bool alerted = o->status < 0 && (o->alert >= 0 || o->status == TLSN_ERR_ALERT);

    if (!waits && !closed && !alerted)
        fail_msg("byte or record %zu: status %s, alert %d", where, tlsn_status_name(o->status),
                 o->alert);
}

/* ---- as it is, and cut ---- */

static void check_good(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    struct wire_outcome o = hear(s, listener, good);

    assert_int_equal(o.status, TLSN_OK);
    assert_int_equal(o.out, s->tape[listener].len);
}

static void transcript_that_is_good_completes(void **state)
{
    (void)state;
    each_scene(check_good);
}

static void check_truncated(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    for (size_t len = 0; len < good->len; len++) {
        struct wire_outcome o = wire_replay(s->w, listener, good->data, len);

        assert_int_equal(o.status, TLSN_NEED_INPUT);
        assert_int_equal(o.eof, TLSN_ERR_TRUNCATED);
        assert_int_equal(o.alert, -1);
    }
}

static void transcript_cut_at_any_byte_is_truncated(void **state)
{
    (void)state;
    each_scene(check_truncated);
    REQ("5246:7.2.1/5");
}

/* ---- bent ---- */

static void check_flips(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    static const uint8_t masks[] = { 0x01, 0x80, 0xff };
    static struct wire_tape bent;

    for (size_t i = 0; i < good->len; i++) {
        for (size_t m = 0; m < sizeof masks; m++) {
            struct wire_outcome o;

            bent = *good;
            bent.data[i] ^= masks[m];
            o = hear(s, listener, &bent);
            /* the minor version of the first record is not looked at (RFC 5246 E.1) */
            if (i == 2)
                assert_int_equal(o.status, TLSN_OK);
            else
                check_ended(&o, i);
        }
    }
}

static void transcript_with_any_byte_bent_never_completes(void **state)
{
    (void)state;
    each_scene(check_flips);
    REQ("5246:7.4.9/3");
    REQ("5246:D.4/3");
}

/* ---- records dropped, doubled, swapped ---- */

static void add(struct wire_tape *to, const struct wire_tape *from, size_t record)
{
    size_t at = wire_record_at(from, record), end = wire_record_at(from, record + 1);

    memcpy(to->data + to->len, from->data + at, end - at);
    to->len += end - at;
}

static void check_dropped(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    static struct wire_tape bent;
    size_t n = wire_record_count(good);

    for (size_t i = 0; i < n; i++) {
        struct wire_outcome o;

        bent.len = 0;
        for (size_t k = 0; k < n; k++)
            if (k != i)
                add(&bent, good, k);
        o = hear(s, listener, &bent);
        check_ended(&o, i);
        assert_int_not_equal(o.status, TLSN_OK);
        if (i == n - 1)
            assert_int_equal(o.status, TLSN_NEED_INPUT);
    }
}

static void message_each_dropped_never_completes(void **state)
{
    (void)state;
    each_scene(check_dropped);
}

/* In the clear a second copy is unexpected; behind ChangeCipherSpec it does not authenticate. */
static void check_doubled(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    static struct wire_tape bent;
    size_t n = wire_record_count(good);

    for (size_t i = 0; i + 1 < n; i++) {
        struct wire_outcome o;
        bool ccs = good->data[wire_record_at(good, i)] == 20;

        bent.len = 0;
        for (size_t k = 0; k < n; k++) {
            size_t at;

            add(&bent, good, k);
            if (k != i)
                continue;
            at = bent.len;
            add(&bent, good, k);
            bent.data[at + 2] = 3; /* the first one says 3.1 */
        }
        o = hear(s, listener, &bent);
        assert_int_equal(o.status, ccs ? TLSN_ERR_BAD_RECORD_MAC : TLSN_ERR_UNEXPECTED_MESSAGE);
        assert_int_equal(o.alert, ccs ? 20 : 10);
    }
}

static void message_each_doubled_is_unexpected(void **state)
{
    (void)state;
    each_scene(check_doubled);
    REQ("5246:7.4/2");
}

static void check_swapped(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    static struct wire_tape bent;
    size_t n = wire_record_count(good);

    for (size_t i = 0; i + 1 < n; i++) {
        struct wire_outcome o;

        bent.len = 0;
        for (size_t k = 0; k < n; k++)
            add(&bent, good, k == i ? i + 1 : k == i + 1 ? i : k);
        o = hear(s, listener, &bent);
        assert_true(o.status < 0);
        check_ended(&o, i);
        if (i + 2 < n && good->data[wire_record_at(good, i + 1)] == 22)
            assert_int_equal(o.status, TLSN_ERR_UNEXPECTED_MESSAGE);
    }
}

static void message_each_swapped_with_the_next_is_unexpected(void **state)
{
    (void)state;
    each_scene(check_swapped);
    REQ("5246:7.4/1");
}

/* ---- something foreign in each state ---- */

/* The first `records` of the good ones, then these bytes, then the rest. */
static struct wire_outcome with_inserted(struct scene *s, enum tlsn_role listener,
                                         const struct wire_tape *good, size_t records,
                                         const void *data, size_t len)
{
    static struct wire_tape bent;
    size_t at = wire_record_at(good, records);

    memcpy(bent.data, good->data, at);
    memcpy(bent.data + at, data, len);
    memcpy(bent.data + at + len, good->data + at, good->len - at);
    bent.len = good->len + len;
    return hear(s, listener, &bent);
}

static size_t clear_records(const struct wire_tape *good)
{
    size_t i = 0;

    while (good->data[wire_record_at(good, i)] != 20)
        i++;
    return i + 1;
}

/* What the record at this place is expected to hold. */
static bool is_expected(const struct wire_tape *good, size_t record, uint8_t type)
{
    const uint8_t *r = good->data + wire_record_at(good, record);

    return r[0] == 22 && r[5] == type;
}

static void check_types(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    for (size_t i = 0; i + 1 < clear_records(good); i++) {
        for (unsigned type = 0; type < 256; type++) {
            const uint8_t record[] = { 22, 3, 3, 0, 6, (uint8_t)type, 0, 0, 2, 1, 0 };
            bool request = type == 0 && listener == TLSN_CLIENT;
            /* what may stand here instead is tested elsewhere */
            bool optional = listener == TLSN_CLIENT && (type == 13 || type == 14 || type == 4);
            struct wire_outcome o;

            if (is_expected(good, i, (uint8_t)type) || optional || request)
                continue;
            o = with_inserted(s, listener, good, i, record, sizeof record);
            assert_int_equal(o.status, TLSN_ERR_UNEXPECTED_MESSAGE);
            assert_int_equal(o.alert, 10);
        }
    }
}

static void message_of_any_other_type_in_any_state_is_unexpected(void **state)
{
    (void)state;
    each_scene(check_types);
    REQ("5246:7.4/2");
    REQ("5246:7.4.1.2/20");
    REQ("5246:7.2.2/7");
}

static void check_request(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    static const uint8_t record[] = { 22, 3, 3, 0, 4, 0, 0, 0, 0 };

    for (size_t i = 0; i < clear_records(good); i++) {
        struct wire_outcome o = with_inserted(s, listener, good, i, record, sizeof record);

        assert_int_equal(o.status, listener == TLSN_CLIENT ? TLSN_OK : TLSN_ERR_UNEXPECTED_MESSAGE);
    }
}

static void hello_request_in_any_state_is_passed_over_by_the_client(void **state)
{
    (void)state;
    each_scene(check_request);
    REQ("5246:7.4/3");
    REQ("5246:7.4.1.1/3");
    REQ("5246:7.4.1.1/6");
    REQ("5246:7.4.9/9");
}

struct foreign {
    const char *what;
    uint8_t data[16];
    size_t len;
    tlsn_status status;
    int alert;
};

static void check_foreign(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    static const struct foreign f[] = {
        { "empty handshake", { 22, 3, 3, 0, 0 }, 5, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { "empty alert", { 21, 3, 3, 0, 0 }, 5, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { "empty CCS", { 20, 3, 3, 0, 0 }, 5, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { "long CCS", { 20, 3, 3, 0, 2, 1, 1 }, 7, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { "CCS of 2", { 20, 3, 3, 0, 1, 2 }, 6, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { "data", { 23, 3, 3, 0, 1, 'x' }, 6, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { "empty data", { 23, 3, 3, 0, 0 }, 5, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { "heartbeat", { 24, 3, 3, 0, 1, 1 }, 6, TLSN_ERR_UNEXPECTED_MESSAGE, 10 },
        { "unknown type", { 99, 3, 3, 0, 1, 1 }, 6, TLSN_ERR_NOT_TLS, 10 },
        { "type 0", { 0, 3, 3, 0, 1, 1 }, 6, TLSN_ERR_NOT_TLS, 10 },
        { "major version 2", { 22, 2, 3, 0, 1, 1 }, 6, TLSN_ERR_RECORD_VERSION, 70 },
        { "too long", { 22, 3, 3, 0x40, 1, 0 }, 6, TLSN_ERR_RECORD_OVERFLOW, 22 },
        { "half an alert", { 21, 3, 3, 0, 1, 2 }, 6, TLSN_ERR_DECODE, 50 },
        { "alert and a half", { 21, 3, 3, 0, 3, 1, 90, 1 }, 8, TLSN_ERR_DECODE, 50 },
        { "alert level 0", { 21, 3, 3, 0, 2, 0, 40 }, 7, TLSN_ERR_ILLEGAL_PARAMETER, 47 },
        { "fatal alert", { 21, 3, 3, 0, 2, 2, 40 }, 7, TLSN_ERR_ALERT, -1 },
        { "unknown fatal alert", { 21, 3, 3, 0, 2, 2, 222 }, 7, TLSN_ERR_ALERT, -1 },
        { "warning", { 21, 3, 3, 0, 2, 1, 90 }, 7, TLSN_OK, -1 },
        { "close_notify", { 21, 3, 3, 0, 2, 1, 0 }, 7, TLSN_CLOSED, -1 },
    };

    for (size_t i = 0; i + 1 < clear_records(good); i++) {
        for (size_t k = 0; k < sizeof f / sizeof *f; k++) {
            struct wire_outcome o = with_inserted(s, listener, good, i, f[k].data, f[k].len);

            if (o.status != f[k].status || o.alert != f[k].alert)
                fail_msg("%s in front of record %zu: %s, alert %d", f[k].what, i,
                         tlsn_status_name(o.status), o.alert);
        }
    }
}

static void record_that_is_foreign_in_any_state_gets_its_alert(void **state)
{
    (void)state;
    each_scene(check_foreign);
    REQ("5246:6/2");
    REQ("5246:7.2.2/10");
    REQ("5246:7.2/2");
}

static void check_early_ccs(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    static const uint8_t ccs[] = { 20, 3, 3, 0, 1, 1 };

    for (size_t i = 0; i + 1 < clear_records(good); i++) {
        struct wire_outcome o = with_inserted(s, listener, good, i, ccs, sizeof ccs);

        assert_int_equal(o.status, TLSN_ERR_UNEXPECTED_MESSAGE);
        assert_int_equal(o.alert, 10);
    }
}

static void change_cipher_spec_too_early_is_unexpected(void **state)
{
    (void)state;
    each_scene(check_early_ccs);
    REQ("5246:7.1/5");
}

static void check_half_message(struct scene *s, enum tlsn_role listener,
                               const struct wire_tape *good)
{
    static const uint8_t half[] = { 22, 3, 3, 0, 2, 20, 0 };
    size_t i = clear_records(good) - 1;
    struct wire_outcome o = with_inserted(s, listener, good, i, half, sizeof half);

    assert_int_equal(o.status, TLSN_ERR_UNEXPECTED_MESSAGE);
    /* a whole message that is too long is told by its header */
    const uint8_t huge[] = { 22, 3, 3, 0, 4, good->data[5], 0xff, 0xff, 0xff };

    o = with_inserted(s, listener, good, 0, huge, sizeof huge);
    assert_true(o.status == TLSN_ERR_MESSAGE_TOO_LONG);
    assert_true(o.alert >= 0);
}

static void change_cipher_spec_inside_a_message_is_unexpected(void **state)
{
    (void)state;
    each_scene(check_half_message);
}

static void check_warnings(struct scene *s, enum tlsn_role listener, const struct wire_tape *good)
{
    uint8_t many[7 * 40];
    struct wire_outcome o;

    for (size_t i = 0; i < 40; i++)
        memcpy(many + 7 * i, "\x15\x03\x03\0\x02\x01\x5a", 7);
    o = with_inserted(s, listener, good, 1, many, sizeof many);
    assert_int_equal(o.status, TLSN_ERR_TOO_MANY);
    assert_true(o.alert >= 0);
}

static void warnings_without_end_are_cut_off(void **state)
{
    (void)state;
    each_scene(check_warnings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transcript_that_is_good_completes),
        cmocka_unit_test(transcript_cut_at_any_byte_is_truncated),
        cmocka_unit_test(transcript_with_any_byte_bent_never_completes),
        cmocka_unit_test(message_each_dropped_never_completes),
        cmocka_unit_test(message_each_doubled_is_unexpected),
        cmocka_unit_test(message_each_swapped_with_the_next_is_unexpected),
        cmocka_unit_test(message_of_any_other_type_in_any_state_is_unexpected),
        cmocka_unit_test(hello_request_in_any_state_is_passed_over_by_the_client),
        cmocka_unit_test(record_that_is_foreign_in_any_state_gets_its_alert),
        cmocka_unit_test(change_cipher_spec_too_early_is_unexpected),
        cmocka_unit_test(change_cipher_spec_inside_a_message_is_unexpected),
        cmocka_unit_test(warnings_without_end_are_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
