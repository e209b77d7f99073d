#include "handshake/session.h"
#include "req.h"
#include "support_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static uint8_t *to_bytes(const struct tlsn_session *s, size_t *len)
{
    struct tlsni_buf out = { 0 };
    uint8_t *bytes;

    assert_int_equal(tlsni_session_write(s, NULL, &out), TLSN_OK);
    *len = tlsni_buf_len(&out);
    bytes = malloc(*len + 1);
    assert_non_null(bytes);
    memcpy(bytes, out.data + out.start, *len);
    tlsni_buf_free(NULL, &out);
    return bytes;
}

/* From a block of exactly this length. */
static tlsn_status from_bytes(struct tlsn_session *s, const uint8_t *bytes, size_t len,
                              const struct tlsn_hooks *env)
{
    uint8_t *copy = malloc(len ? len : 1);
    tlsn_status st;

    assert_non_null(copy);
    if (len)
        memcpy(copy, bytes, len);
    memset(s, 0, sizeof *s);
    st = tlsni_session_read(s, tlsni_span_make(copy, len), env);
    free(copy);
    return st;
}

static void check_round_trip(bool with_bytes)
{
    struct test_env t;
    struct tlsn_session s, again;
    uint8_t *bytes;
    size_t len;

    test_env_init(&t, 1);
    test_session_fill(&s, &t, with_bytes);
    for (int ems = 0; ems < 2; ems++) {
        s.ems = ems != 0;
        s.etm = s.client_authenticated = !s.ems;
        bytes = to_bytes(&s, &len);
        assert_int_equal(from_bytes(&again, bytes, len, &t.hooks), TLSN_OK);
        test_session_check_equal(&s, &again);
        tlsni_session_clear(&again);
        free(bytes);
    }
    tlsni_session_clear(&s);
    assert_int_equal(t.live, 0);
}

static void session_survives_a_round_trip(void **state)
{
    (void)state;
    check_round_trip(false);
    check_round_trip(true);
    REQ("7627:5.4/1");
}

static void session_with_longest_fields_survives_a_round_trip(void **state)
{
    struct test_env t;
    struct tlsn_session s, again;
    uint8_t *bytes;
    size_t len;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, false);
    memset(s.server_name, 'n', TLSNI_SESSION_NAME_MAX);
    memset(s.verify_name, 'v', TLSNI_SESSION_NAME_MAX);
    memset(s.alpn, 'p', sizeof s.alpn);
    s.alpn_len = sizeof s.alpn;
    assert_int_equal(tlsni_buf_reserve(&t.hooks, &s.ticket, TLSNI_TICKET_MAX), TLSN_OK);
    memset(s.ticket.data, 't', TLSNI_TICKET_MAX);
    s.ticket.end = TLSNI_TICKET_MAX;
    bytes = to_bytes(&s, &len);
    assert_int_equal(from_bytes(&again, bytes, len, &t.hooks), TLSN_OK);
    test_session_check_equal(&s, &again);
    tlsni_session_clear(&s);
    tlsni_session_clear(&again);
    free(bytes);
}

static void session_cut_or_extended_is_refused(void **state)
{
    struct test_env t;
    struct tlsn_session s, again;
    uint8_t *bytes;
    size_t len;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, true);
    bytes = to_bytes(&s, &len);
    bytes[len] = 0;
    for (size_t n = 0; n <= len + 1; n++)
        if (n != len)
            assert_int_equal(from_bytes(&again, bytes, n, &t.hooks), TLSN_ERR_SESSION_FORMAT);
    tlsni_session_clear(&s);
    free(bytes);
    assert_int_equal(t.live, 0);
}

static void session_with_a_flipped_bit_is_refused(void **state)
{
    struct test_env t;
    struct tlsn_session s, again;
    uint8_t *bytes;
    size_t len;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, true);
    bytes = to_bytes(&s, &len);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(from_bytes(&again, bytes, len, &t.hooks), TLSN_ERR_SESSION_FORMAT);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    tlsni_session_clear(&s);
    free(bytes);
    assert_int_equal(t.live, 0);
}

static void session_of_no_time_is_refused(void **state)
{
    static const int64_t times[] = { INT64_MIN, -1, INT64_MAX };
    struct tlsn_session again;
    struct test_env t;
    size_t len;

    (void)state;
    test_env_init(&t, 1);
    for (size_t i = 0; i < 2 * sizeof times / sizeof *times; i++) {
        struct tlsn_session s;
        uint8_t *bytes;

        test_session_fill(&s, &t, true);
        *(i % 2 ? &s.issued_ms : &s.created_ms) = times[i / 2];
        bytes = to_bytes(&s, &len);
        assert_int_equal(from_bytes(&again, bytes, len, &t.hooks), TLSN_ERR_SESSION_FORMAT);
        free(bytes);
        tlsni_session_clear(&s);
    }
    assert_int_equal(t.live, 0);
}

static void session_of_foreign_bytes_is_refused(void **state)
{
    static const char pem[] = "-----BEGIN SSL SESSION PARAMETERS-----\nMIIBQgIBAQICAwME\n";
    struct tlsn_session s;

    (void)state;
    assert_int_equal(from_bytes(&s, (const uint8_t *)pem, sizeof pem - 1, NULL),
                     TLSN_ERR_SESSION_FORMAT);
    assert_int_equal(from_bytes(&s, NULL, 0, NULL), TLSN_ERR_SESSION_FORMAT);
}

static void session_copy_owns_its_bytes(void **state)
{
    struct test_env t, other;
    struct tlsn_session s, copy;

    (void)state;
    test_env_init(&t, 1);
    test_env_init(&other, 1);
    test_session_fill(&s, &t, true);
    assert_int_equal(tlsni_session_copy(&copy, &s, &other.hooks), TLSN_OK);
    test_session_check_equal(&s, &copy);
    assert_ptr_not_equal(s.ticket.data, copy.ticket.data);
    tlsni_session_clear(&s);
    assert_int_equal(t.live, 0);
    tlsni_session_clear(&copy);
    assert_int_equal(other.live, 0);
}

static void session_without_memory_leaves_nothing(void **state)
{
    struct test_env t;
    struct tlsn_session s, again;
    struct tlsni_buf out = { 0 };
    uint8_t *bytes;
    size_t len;
    size_t before;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, true);
    bytes = to_bytes(&s, &len);
    before = t.live;
    for (size_t n = 0; n < 2; n++) {
        t.fail_at = t.allocs + n + 1;
        assert_int_equal(from_bytes(&again, bytes, len, &t.hooks), TLSN_ERR_NO_MEMORY);
        t.fail_at = t.allocs + n + 1;
        assert_int_equal(tlsni_session_copy(&again, &s, &t.hooks), TLSN_ERR_NO_MEMORY);
        assert_int_equal(t.live, before);
    }
    t.fail_at = t.allocs + 1;
    assert_int_equal(tlsni_session_write(&s, &t.hooks, &out), TLSN_ERR_NO_MEMORY);
    tlsni_session_clear(&s);
    free(bytes);
    assert_int_equal(t.live, 0);
}

static void session_clear_wipes_the_secret(void **state)
{
    static const struct tlsn_session zero;
    struct test_env t;
    struct tlsn_session s;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, true);
    tlsni_session_clear(&s);
    assert_memory_equal(&s.master, &zero.master, sizeof s.master);
    assert_int_equal(t.live, 0);
}

static void session_is_fresh_until_its_last_second_is_over(void **state)
{
    struct test_env t;
    struct tlsn_session s;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, false);
    assert_true(tlsni_session_fresh(&s, s.created_ms));
    assert_true(tlsni_session_fresh(&s, s.created_ms + 3600 * 1000 - 1));
    assert_false(tlsni_session_fresh(&s, s.created_ms + 3600 * 1000));
    assert_false(tlsni_session_fresh(&s, INT64_MAX));
    s.lifetime_s = 0;
    assert_false(tlsni_session_fresh(&s, s.created_ms));
}

static void session_of_the_future_is_fresh_for_a_minute_only(void **state)
{
    struct test_env t;
    struct tlsn_session s;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, false);
    assert_true(tlsni_session_fresh(&s, s.created_ms - 60000));
    assert_false(tlsni_session_fresh(&s, s.created_ms - 60001));
    assert_false(tlsni_session_fresh(&s, INT64_MIN));
    s.created_ms = INT64_MIN;
    assert_false(tlsni_session_fresh(&s, 0));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_survives_a_round_trip),
        cmocka_unit_test(session_with_longest_fields_survives_a_round_trip),
        cmocka_unit_test(session_cut_or_extended_is_refused),
        cmocka_unit_test(session_with_a_flipped_bit_is_refused),
        cmocka_unit_test(session_of_no_time_is_refused),
        cmocka_unit_test(session_of_foreign_bytes_is_refused),
        cmocka_unit_test(session_copy_owns_its_bytes),
        cmocka_unit_test(session_without_memory_leaves_nothing),
        cmocka_unit_test(session_clear_wipes_the_secret),
        cmocka_unit_test(session_is_fresh_until_its_last_second_is_over),
        cmocka_unit_test(session_of_the_future_is_fresh_for_a_minute_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
