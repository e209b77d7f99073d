#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TYPE = TLSNI_EXT_NEXT_PROTOCOL_NEGOTIATION };

static void npn_is_never_spoken(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    assert_int_equal(TYPE, 0x3374); /* draft-agl-tls-nextprotoneg-04 */
    ext_client(&f);
    f.cfg.alpn = tlsni_span_make("\x02h2", 3);
    assert_false(ext_write_one(&f, TYPE, &data));
    ext_server(&f);
    f.cfg.alpn = tlsni_span_make("\x02h2", 3);
    assert_int_equal(ext_read_one(&f, TYPE, ""), TLSN_OK);
    assert_false(ext_write_one(&f, TYPE, &data));
}

static void npn_of_a_server_was_not_asked_for(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    assert_int_equal(ext_read_block(&f, "3374" "0003" "026832"), TLSN_ERR_UNSUPPORTED_EXTENSION);
    assert_non_null(strstr(f.err.text, "next_protocol_negotiation"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(npn_is_never_spoken),
        cmocka_unit_test(npn_of_a_server_was_not_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
