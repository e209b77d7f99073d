#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { TYPE = TLSNI_EXT_PADDING };

static void padding_fills_up_with_zeros(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;
    struct tlsni_wr w;
    size_t bare;

    (void)state;
    assert_int_equal(TYPE, 21);
    ext_client(&f);
    assert_false(ext_write_one(&f, TYPE, &data));
    w = tlsni_wr_make(f.block, sizeof f.block);
    tlsni_ext_write(&f.hs, TLSNI_IN_CLIENT_HELLO, &w);
    bare = w.len;
    for (size_t wish = 1; wish < 600; wish++) {
        f.cfg.hello_pad = (uint16_t)wish;
        memset(f.block, 0xff, sizeof f.block);
        w = tlsni_wr_make(f.block, sizeof f.block);
        tlsni_ext_write(&f.hs, TLSNI_IN_CLIENT_HELLO, &w);
        assert_int_equal(w.len, wish > bare + 5 ? wish : bare + 5);
        assert_true(tlsni_ext_find(tlsni_span_make(f.block + 2, w.len - 2), TYPE, &data));
        assert_ptr_equal(data.data + data.len, f.block + w.len); /* the last one */
        for (size_t i = 0; i < data.len; i++)
            assert_int_equal(data.data[i], 0);
    }
    REQ("7685:3/1");
    REQ("7685:4/1");
}

static void padding_is_taken_and_never_answered(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    f.cfg.hello_pad = 512;
    assert_int_equal(ext_read_one(&f, TYPE, ""), TLSN_OK);
    assert_int_equal(ext_read_one(&f, TYPE, "0000000000"), TLSN_OK);
    assert_int_equal(ext_read_one(&f, TYPE, "ff"), TLSN_OK);
    assert_false(ext_write_one(&f, TYPE, &data));
    ext_client(&f);
    f.cfg.hello_pad = 512;
    assert_int_equal(ext_read_one(&f, TYPE, ""), TLSN_ERR_UNSUPPORTED_EXTENSION);
    REQ("7685:3/2");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(padding_fills_up_with_zeros),
        cmocka_unit_test(padding_is_taken_and_never_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
