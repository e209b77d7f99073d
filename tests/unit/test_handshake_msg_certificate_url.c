#include "handshake/msg.h"
#include "req.h"
#include "support_msg.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define HASH "000102030405060708090a0b0c0d0e0f10111213"
#define ONE "0001" "61" "01" HASH

static tlsn_status codec(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsni_msg_certificate_url m;
    tlsn_status st = tlsni_msg_certificate_url_parse(body, &m);

    if (st == TLSN_OK)
        tlsni_msg_certificate_url_write(again, &m);
    return st;
}

static void certificate_url_is_a_list_of_urls_with_hashes(void **state)
{
    (void)state;
    msg_check_hex(codec, "00" "0018" ONE);
    msg_check_hex(codec, "01" "0018" ONE);
    msg_check_hex(codec, "00" "0030" ONE ONE);
    msg_check_bad(codec, "00" "0000");
    msg_check_bad(codec, "00" "0017" "0000" "01" HASH); /* an empty URL */
    msg_check_bad(codec, "00" "0018" "0001" "61" "00" HASH);
    msg_check_bad(codec, "00" "0018" "0001" "61" "02" HASH);
    REQ("6066:5/8");
}

static void certificate_url_path_is_one_url(void **state)
{
    uint8_t body[64];
    size_t len = vec_unhex("01" "0030" ONE ONE, body, sizeof body);
    struct tlsni_msg_certificate_url m;

    (void)state;
    assert_int_equal(tlsni_msg_certificate_url_parse(tlsni_span_make(body, len), &m),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    body[0] = 2;
    assert_int_equal(tlsni_msg_certificate_url_parse(tlsni_span_make(body, len), &m),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    body[0] = 0;
    assert_int_equal(tlsni_msg_certificate_url_parse(tlsni_span_make(body, len), &m), TLSN_OK);
    assert_int_equal(m.count, 2);
    REQ("6066:5/7");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_url_is_a_list_of_urls_with_hashes),
        cmocka_unit_test(certificate_url_path_is_one_url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
