#include "handshake/msg.h"
#include "req.h"
#include "support_msg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static tlsn_status ticket(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsni_msg_new_session_ticket m;
    tlsn_status st = tlsni_msg_new_session_ticket_parse(body, &m);

    if (st == TLSN_OK)
        tlsni_msg_new_session_ticket_write(again, &m);
    return st;
}

static void ticket_of_openssl_survives_a_round_trip(void **state)
{
    (void)state;
    msg_check(ticket, FLIGHT_NEW_SESSION_TICKET, 0);
    msg_check_length(ticket, FLIGHT_NEW_SESSION_TICKET, 5);
}

/* OpenSSL's lifetime is 7200 seconds. */
static void ticket_of_openssl_has_its_fields(void **state)
{
    struct tlsni_msg_new_session_ticket m;
    size_t len;
    uint8_t *bytes = flight_message(FLIGHT_NEW_SESSION_TICKET, &len);

    (void)state;
    assert_int_equal(bytes[0], 4);
    assert_int_equal(tlsni_msg_new_session_ticket_parse(tlsni_span_make(bytes + 4, len - 4), &m),
                     TLSN_OK);
    assert_int_equal(m.lifetime_s, 7200);
    assert_int_equal(m.ticket.len, len - 10);
    free(bytes);
    REQ("5077:3.3/11");
    REQ("4507:3.3/11");
}

/* RFC 5077 3.3: a server that changed its mind sends an empty one. */
static void ticket_empty_parses(void **state)
{
    (void)state;
    msg_check_hex(ticket, "00000000" "0000");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticket_of_openssl_survives_a_round_trip),
        cmocka_unit_test(ticket_of_openssl_has_its_fields),
        cmocka_unit_test(ticket_empty_parses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
