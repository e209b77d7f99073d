#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void session_ticket_of_client_without_one_is_empty(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    ext_check_written(&f, TLSNI_EXT_SESSION_TICKET, "");
    REQ("5077:3.2/1");
    REQ("4507:3.2/1");
}

static void session_ticket_switched_off_is_not_sent(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    ext_set_feature(&f, TLSN_FEATURE_TICKETS, false);
    assert_false(ext_write_one(&f, TLSNI_EXT_SESSION_TICKET, &data));
    REQ("5077:3.2/2");
    REQ("4507:3.2/2");
}

static void session_ticket_of_client_is_bare(void **state)
{
    static uint8_t ticket[] = { 0xff, 1, 2, 3, 0xff };
    struct ext_fixture f;
    tlsn_session session = { .ticket = { ticket, 1, 4, 5 } };

    (void)state;
    ext_client(&f);
    f.hs.offer = &session;
    ext_check_written(&f, TLSNI_EXT_SESSION_TICKET, "010203");
    assert_int_equal(TLSNI_EXT_SESSION_TICKET, 35);
    REQ("5077:3.2/7");
}

static void session_ticket_is_read_whole(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SESSION_TICKET, "010203"), TLSN_OK);
    assert_true(f.hs.ticket_offered);
    assert_int_equal(f.hs.ticket.len, 3);
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SESSION_TICKET, ""), TLSN_OK);
    assert_true(f.hs.ticket_offered);
    assert_int_equal(f.hs.ticket.len, 0);
    ext_server(&f);
    ext_set_feature(&f, TLSN_FEATURE_TICKETS, false);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SESSION_TICKET, "010203"), TLSN_OK);
    assert_false(f.hs.ticket_offered);
    assert_int_equal(f.hs.ticket.len, 0);
}

static void session_ticket_is_answered_when_one_is_due(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SESSION_TICKET, ""), TLSN_OK);
    assert_false(ext_write_one(&f, TLSNI_EXT_SESSION_TICKET, &data));
    f.hs.ticket_due = true;
    ext_check_written(&f, TLSNI_EXT_SESSION_TICKET, "");
    REQ("5077:3.2/3");
    REQ("4507:3.2/3");
}

static void session_ticket_not_asked_for_is_not_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_block(&f, ""), TLSN_OK);
    f.hs.ticket_due = true;
    assert_false(ext_write_one(&f, TLSNI_EXT_SESSION_TICKET, &data));
    REQ("5077:3.2/4");
    REQ("4507:3.2/4");
}

static void session_ticket_in_answer_must_be_empty(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(ext_client, TLSNI_EXT_SESSION_TICKET, "");
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, TLSNI_EXT_SESSION_TICKET, ""), TLSN_OK);
    assert_true(f.hs.ticket_due);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_ticket_of_client_without_one_is_empty),
        cmocka_unit_test(session_ticket_switched_off_is_not_sent),
        cmocka_unit_test(session_ticket_of_client_is_bare),
        cmocka_unit_test(session_ticket_is_read_whole),
        cmocka_unit_test(session_ticket_is_answered_when_one_is_due),
        cmocka_unit_test(session_ticket_not_asked_for_is_not_answered),
        cmocka_unit_test(session_ticket_in_answer_must_be_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
