#include "handshake/msg.h"
#include "req.h"
#include "support_msg.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define SHA1 "000102030405060708090a0b0c0d0e0f10111213"
#define SHA256 SHA1 "1415161718191a1b1c1d1e1f"

static tlsn_status authorization(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsn_authz entry;
    struct tlsn_span list;
    tlsn_status st = tlsni_msg_authorization_parse(body, &list);
    size_t mark;

    if (st != TLSN_OK)
        return st;
    mark = tlsni_wr_open(again, 2);
    while (tlsni_msg_authz_next(&list, &entry))
        tlsni_msg_authz_write(again, &entry);
    tlsni_wr_close(again, 2, mark);
    return TLSN_OK;
}

static void authorization_data_survive_a_round_trip(void **state)
{
    (void)state;
    msg_check_hex(authorization, "0004" "00" "0001" "30");
    msg_check_hex(authorization, "001a" "02" "0002" "752f" "02" SHA1);
    msg_check_hex(authorization, "0026" "03" "0002" "752f" "04" SHA256);
    msg_check_hex(authorization, "0008" "00" "0001" "30" "01" "0001" "3c");
    msg_check_hex(authorization, "0016" "02" "0002" "752f" "01" "000102030405060708090a0b0c0d0e0f");
    msg_check_hex(authorization, "0046" "02" "0002" "752f" "06" SHA256 SHA256);
    REQ("5878:3.3/2");
    REQ("5878:3.3.3/4");
}

static void authorization_data_without_contents_are_refused(void **state)
{
    (void)state;
    msg_check_bad(authorization, "0000");
    msg_check_bad(authorization, "0003" "00" "0000");
    msg_check_bad(authorization, "0004" "04" "0001" "30");                 /* format */
    msg_check_bad(authorization, "0005" "02" "0001" "75" "00");            /* no hash */
    msg_check_bad(authorization, "0006" "02" "0001" "75" "07" "aa");       /* its kind */
    msg_check_bad(authorization, "0019" "02" "0001" "75" "04" SHA1);       /* shorter */
    msg_check_bad(authorization, "0029" "02" "0001" "75" "10" SHA1
                                 "000102030405060708090a0b0c0d0e0f");
}

/* RFC 5878 3.2: an assertion of five octets. */
static void authorization_data_of_the_rfc_are_read(void **state)
{
    uint8_t message[32];
    size_t len = vec_unhex("17000011" "00000e" "4002" "000a" "0008" "01" "0005" "aaaaaaaaaa",
                           message, sizeof message);
    struct tlsni_msg_supplement supplement;
    struct tlsn_authz entry;
    struct tlsn_span list;

    (void)state;
    assert_int_equal(
        tlsni_msg_supplemental_data_parse(tlsni_span_make(message + 4, len - 4), &list), TLSN_OK);
    assert_true(tlsni_msg_supplement_next(&list, &supplement));
    assert_int_equal(supplement.type, TLSNI_SUPPLEMENT_AUTHZ_DATA);
    assert_int_equal(tlsni_msg_authorization_parse(supplement.data, &list), TLSN_OK);
    assert_true(tlsni_msg_authz_next(&list, &entry));
    assert_int_equal(entry.format, TLSN_AUTHZ_SAML_ASSERTION);
    assert_int_equal(entry.data.len, 5);
    assert_false(tlsni_msg_authz_next(&list, &entry));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(authorization_data_survive_a_round_trip),
        cmocka_unit_test(authorization_data_without_contents_are_refused),
        cmocka_unit_test(authorization_data_of_the_rfc_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
