#include "handshake/msg.h"
#include "req.h"
#include "support_msg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static tlsn_status supplement(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsn_span list;
    tlsn_status st = tlsni_msg_supplemental_data_parse(body, &list);

    if (st == TLSN_OK)
        tlsni_msg_supplemental_data_write(again, list);
    return st;
}

static tlsn_status mapping(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsni_msg_user_mapping m;
    tlsn_status st = tlsni_msg_user_mapping_parse(body, &m);

    if (st == TLSN_OK)
        tlsni_msg_user_mapping_write(again, &m);
    return st;
}

static void supplemental_data_is_a_list_that_is_not_empty(void **state)
{
    (void)state;
    msg_check_hex(supplement, "000004" "0000" "0000");
    msg_check_hex(supplement, "00000b" "0000" "0002aabb" "4000" "0001cc");
    msg_check_bad(supplement, "000000");
    msg_check_bad(supplement, "000005" "0000" "0002" "aa");
    msg_check_bad(supplement, "000003" "000000");
    REQ("4680:2/4");
}

static void user_mapping_has_a_name_or_a_domain(void **state)
{
    (void)state;
    msg_check_hex(mapping, "0008" "40" "0005" "0001" "61" "0000");
    msg_check_hex(mapping, "0008" "40" "0005" "0000" "0001" "61");
    msg_check_hex(mapping, "0009" "40" "0006" "0001" "61" "0001" "62");
    msg_check_bad(mapping, "0007" "40" "0004" "0000" "0000");
    msg_check_bad(mapping, "0009" "40" "0006" "0001" "61" "0000" "00");
    msg_check_bad(mapping, "0000");
    REQ("4681:3/1");
    REQ("4681:6/1");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(supplemental_data_is_a_list_that_is_not_empty),
        cmocka_unit_test(user_mapping_has_a_name_or_a_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
