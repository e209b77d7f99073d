#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TYPE = TLSNI_EXT_HEARTBEAT };

static void answering_client(struct ext_fixture *f)
{
    ext_client(f);
    f->cfg.heartbeat = TLSN_HEARTBEAT_ANSWER;
}

static void sending_server(struct ext_fixture *f)
{
    ext_server(f);
    f->cfg.heartbeat = TLSN_HEARTBEAT_SEND_ONLY;
}

static void heartbeat_is_off_by_default(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, TYPE, &data));
    ext_server(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "01"), TLSN_OK);
    assert_int_equal(f.hs.peer_heartbeat, TLSN_HEARTBEAT_OFF);
    assert_false(ext_write_one(&f, TYPE, &data));
}

static void heartbeat_modes_are_told_by_both_sides(void **state)
{
    struct ext_fixture f;

    (void)state;
    assert_int_equal(TYPE, 15);
    answering_client(&f);
    ext_check_written(&f, TYPE, "01");
    f.cfg.heartbeat = TLSN_HEARTBEAT_SEND_ONLY;
    ext_check_written(&f, TYPE, "02");
    sending_server(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "01"), TLSN_OK);
    assert_int_equal(f.hs.peer_heartbeat, TLSN_HEARTBEAT_ANSWER);
    ext_check_written(&f, TYPE, "02");
    answering_client(&f);
    assert_int_equal(ext_read_one(&f, TYPE, "02"), TLSN_OK);
    assert_int_equal(f.hs.peer_heartbeat, TLSN_HEARTBEAT_SEND_ONLY);
    REQ("6520:2/1");
    REQ("6520:2/2");
    REQ("6520:2/3");
}

static void heartbeat_of_unknown_mode_is_illegal(void **state)
{
    static const char *const wrong[] = { "00", "03", "ff" };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct ext_fixture f;

        sending_server(&f);
        assert_int_equal(ext_read_one(&f, TYPE, wrong[i]), TLSN_ERR_ILLEGAL_PARAMETER);
        answering_client(&f);
        assert_int_equal(ext_read_one(&f, TYPE, wrong[i]), TLSN_ERR_ILLEGAL_PARAMETER);
    }
    REQ("6520:2/6");
}

static void heartbeat_of_another_size_is_a_decode_error(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_check_exact(sending_server, TYPE, "01");
    ext_check_exact(answering_client, TYPE, "02");
    ext_client(&f);
    assert_int_equal(ext_read_block(&f, "000f" "0001" "01"), TLSN_ERR_UNSUPPORTED_EXTENSION);
    ext_server(&f);
    assert_int_equal(ext_read_block(&f, "000f" "0001" "01" "000f" "0001" "01"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(heartbeat_is_off_by_default),
        cmocka_unit_test(heartbeat_modes_are_told_by_both_sides),
        cmocka_unit_test(heartbeat_of_unknown_mode_is_illegal),
        cmocka_unit_test(heartbeat_of_another_size_is_a_decode_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
