#include <tls-native/config.h>

#include "handshake/session.h"
#include "support_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void session_written_is_read_again(void **state)
{
    struct test_env t;
    struct tlsn_session s;
    tlsn_session *again;
    uint8_t bytes[1024];
    size_t len;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, true);
    assert_int_equal(tlsn_session_write(&s, bytes, sizeof bytes, &len), TLSN_OK);
    assert_int_equal(tlsn_session_read(&again, bytes, len, &t.hooks), TLSN_OK);
    test_session_check_equal(&s, again);
    assert_true(tlsn_session_has_ticket(again));
    tlsn_session_free(again);
    tlsni_session_clear(&s);
    assert_int_equal(t.live, 0);
}

static void session_buffer_too_small_tells_its_size(void **state)
{
    struct test_env t;
    struct tlsn_session s;
    uint8_t bytes[1024] = { 0 };
    size_t need, len;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, false);
    assert_int_equal(tlsn_session_write(&s, NULL, 0, &need), TLSN_ERR_BUFFER);
    assert_true(need > 48);
    assert_int_equal(tlsn_session_write(&s, bytes, need - 1, &len), TLSN_ERR_BUFFER);
    assert_int_equal(len, need);
    assert_int_equal(bytes[0], 0);
    assert_int_equal(tlsn_session_write(&s, bytes, need, &len), TLSN_OK);
    assert_int_equal(len, need);
    tlsni_session_clear(&s);
    assert_int_equal(t.live, 0);
}

static void session_of_foreign_bytes_is_null(void **state)
{
    struct test_env t;
    tlsn_session *s = (tlsn_session *)&t;

    (void)state;
    test_env_init(&t, 1);
    assert_int_equal(tlsn_session_read(&s, "foreign bytes", 13, &t.hooks),
                     TLSN_ERR_SESSION_FORMAT);
    assert_null(s);
    assert_int_equal(tlsn_session_read(&s, NULL, 0, NULL), TLSN_ERR_SESSION_FORMAT);
    assert_int_equal(t.live, 0);
}

static void session_wrong_arguments_are_refused(void **state)
{
    tlsn_session *s;
    size_t len;
    uint8_t byte;

    (void)state;
    assert_int_equal(tlsn_session_write(NULL, &byte, 1, &len), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_session_read(NULL, &byte, 1, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_session_read(&s, NULL, 1, NULL), TLSN_ERR_ARGUMENT);
    tlsn_session_free(NULL);
    assert_false(tlsn_session_has_ticket(NULL));
}

static void session_by_id_has_no_ticket(void **state)
{
    struct test_env t;
    struct tlsn_session s;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, false);
    assert_false(tlsn_session_has_ticket(&s));
    tlsni_session_clear(&s);
}

static void session_without_memory_fails_clean(void **state)
{
    struct test_env t;
    struct tlsn_session s;
    tlsn_session *again;
    uint8_t bytes[1024];
    size_t len;
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, true);
    assert_int_equal(tlsn_session_write(&s, bytes, sizeof bytes, &len), TLSN_OK);
    tlsni_session_clear(&s);
    for (size_t n = 0; st == TLSN_ERR_NO_MEMORY; n++) {
        t.fail_at = t.allocs + n + 1;
        st = tlsn_session_read(&again, bytes, len, &t.hooks);
        if (st != TLSN_OK)
            assert_int_equal(t.live, 0);
    }
    assert_int_equal(st, TLSN_OK);
    tlsn_session_free(again);
    assert_int_equal(t.live, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_written_is_read_again),
        cmocka_unit_test(session_buffer_too_small_tells_its_size),
        cmocka_unit_test(session_of_foreign_bytes_is_null),
        cmocka_unit_test(session_wrong_arguments_are_refused),
        cmocka_unit_test(session_by_id_has_no_ticket),
        cmocka_unit_test(session_without_memory_fails_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
