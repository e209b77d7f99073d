#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cipher/stream.h"
#include "support_vectors.h"

#include <string.h>

static const enum tlsni_stream_id ids[] = { TLSNI_STREAM_RC4_128, TLSNI_STREAM_RC4_56,
                                            TLSNI_STREAM_RC4_40 };

/* RFC 6229 2, key of 128 bits 0x0102..10: the key stream at 0, 16, 4096 and 4112. */
static void rc4_key_stream_is_that_of_rfc6229(void **state)
{
    static const char *const expected[] = {
        "9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c",
        "a36a4c301ae8ac13610ccbc12256caccf207faeaf518c6fa2900a17b03757c8f",
    };
    const struct tlsni_stream *row = tlsni_stream_find(TLSNI_STREAM_RC4_128);
    uint8_t key[16], s[512], out[4128] = { 0 }, want[32];

    (void)state;
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)(i + 1);
    assert_true(row->state_len <= sizeof s);
    row->set_key(s, key);
    row->crypt(s, out, out, 1); /* runs on from call to call */
    row->crypt(s, out + 1, out + 1, 0);
    row->crypt(s, out + 1, out + 1, sizeof out - 1);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(vec_unhex(expected[i], want, sizeof want), 32);
        assert_memory_equal(out + 4096 * i, want, sizeof want);
    }
}

static void stream_rows_are_consistent(void **state)
{
    (void)state;
    assert_null(tlsni_stream_find((enum tlsni_stream_id)0));
    assert_null(tlsni_stream_find((enum tlsni_stream_id)99));
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const struct tlsni_stream *row = tlsni_stream_find(ids[i]);

        assert_int_equal(row->id, ids[i]);
        assert_int_equal(row->key_len, 16); /* stretched, RFC 2246 6.3.1 */
        assert_true(row->block_limit < UINT64_C(1) << 33);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rc4_key_stream_is_that_of_rfc6229),
        cmocka_unit_test(stream_rows_are_consistent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
