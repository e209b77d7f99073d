/* test_record_stream_ct.c - opening a record of a stream cipher, with its plain text and MAC marked
 * as undefined once they are deciphered: see test_record_cbc_ct.c. RC4 itself is not silent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support_record.h"

#include <string.h>

static void stream_open_takes_no_decision_on_secrets(void **state)
{
    static const struct test_kind kind = {
        "RC4_128", "SHA1", false,
        { .kind = TLSNI_CIPHER_STREAM, .cipher = TLSNI_STREAM_RC4_128, .mac = TLSNI_HASH_SHA1 }
    };
    static const uint8_t text[50];

    (void)state;
    for (size_t bad = 0; bad < 80; bad += 7) {
        struct test_env env;
        struct test_pair pair;
        uint8_t wire[128], type;
        const uint8_t *payload;
        struct tlsni_record rec;
        size_t size, len;

        test_env_init(&env, 1);
        pair = test_pair_new(&env, &kind, 3);
        assert_int_equal(tlsni_prot_seal(pair.writer, 23, 0, text, sizeof text, wire, sizeof wire,
                                         &size), TLSN_OK);
        if (bad < size - 5)
            wire[5 + bad] ^= 1;
        rec = test_parse(wire, size);
        assert_int_equal(tlsni_prot_open(pair.reader, &rec, NULL, 0, &type, &payload, &len),
                         bad < size - 5 ? TLSN_ERR_BAD_RECORD_MAC : TLSN_OK);
        test_pair_free(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_open_takes_no_decision_on_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
