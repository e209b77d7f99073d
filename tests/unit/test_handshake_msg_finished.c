#include "handshake/msg.h"
#include "support_msg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static tlsn_status finished(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsn_span verify_data;
    tlsn_status st = tlsni_msg_finished_parse(body, 12, &verify_data);

    if (st == TLSN_OK)
        tlsni_wr_span(again, verify_data);
    return st;
}

static void finished_of_openssl_survives_a_round_trip(void **state)
{
    (void)state;
    msg_check(finished, FLIGHT_FINISHED, 0);
}

/* RFC 6101 5.6.9: MD5 and SHA-1 together */
static void finished_length_is_the_versions(void **state)
{
    uint8_t body[36] = { 0 };
    struct tlsn_span verify_data;

    (void)state;
    assert_int_equal(tlsni_msg_finished_parse(tlsni_span_make(body, 36), 36, &verify_data),
                     TLSN_OK);
    assert_int_equal(verify_data.len, 36);
    assert_int_equal(tlsni_msg_finished_parse(tlsni_span_make(body, 36), 12, &verify_data),
                     TLSN_ERR_DECODE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finished_of_openssl_survives_a_round_trip),
        cmocka_unit_test(finished_length_is_the_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
