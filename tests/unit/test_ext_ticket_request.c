#include "handshake/version.h"
#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct tlsni_version *tls13(void)
{
    return tlsni_version_find(TLSN_TLS1_3);
}

/* A client that asked, with this answer in this message. */
static tlsn_status answer(enum tlsni_ext_message message, const uint8_t *block, size_t len, bool asked)
{
    struct ext_fixture f;

    ext_client(&f);
    f.hs.version = tls13();
    f.hs.worlds = TLSNI_WORLD_13;
    if (asked)
        ext_mark_sent(&f, TLSNI_EXT_TICKET_REQUEST);
    return tlsni_ext_read(&f.hs, message, tlsni_span_make(block, len));
}

static void answer_stands_in_encrypted_extensions_alone(void **state)
{
    static const uint8_t block[] = { 0, 58, 0, 1, 4 };
    static const enum tlsni_ext_message others[] = { TLSNI_IN_SERVER_HELLO13, TLSNI_IN_HELLO_RETRY,
                                                     TLSNI_IN_CERTIFICATE,
                                                     TLSNI_IN_CERTIFICATE_REQUEST };

    (void)state;
    assert_int_equal(answer(TLSNI_IN_ENCRYPTED_EXTENSIONS, block, sizeof block, true), TLSN_OK);
    assert_int_equal(answer(TLSNI_IN_ENCRYPTED_EXTENSIONS, block, sizeof block, false),
                     TLSN_ERR_UNSUPPORTED_EXTENSION);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(answer(others[i], block, sizeof block, true), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("9149:3/4");
    REQ("9149:3/5");
}

static void answer_is_one_byte(void **state)
{
    static const uint8_t empty[] = { 0, 58, 0, 0 }, long_one[] = { 0, 58, 0, 2, 1, 1 };

    (void)state;
    assert_int_equal(answer(TLSNI_IN_ENCRYPTED_EXTENSIONS, empty, sizeof empty, true), TLSN_ERR_DECODE);
    assert_int_equal(answer(TLSNI_IN_ENCRYPTED_EXTENSIONS, long_one, sizeof long_one, true),
                     TLSN_ERR_DECODE);
}

static void request_is_two_bytes(void **state)
{
    static const uint8_t good[] = { 0, 58, 0, 2, 7, 9 };
    struct ext_fixture f;

    (void)state;
    for (size_t len = 0; len <= 3; len++) {
        uint8_t block[8] = { 0, 58, 0, (uint8_t)len, 7, 9, 1 };

        ext_server(&f);
        f.hs.version = tls13();
        assert_int_equal(tlsni_ext_read(&f.hs, TLSNI_IN_CLIENT_HELLO, tlsni_span_make(block, 4 + len)),
                         len == 2 ? TLSN_OK : TLSN_ERR_DECODE);
    }
    ext_server(&f);
    f.hs.version = tls13();
    f.cfg.ticket_count = 2;
    assert_int_equal(tlsni_ext_ticket_count(&f.hs), 2);
    assert_int_equal(tlsni_ext_read(&f.hs, TLSNI_IN_CLIENT_HELLO, tlsni_span_make(good, sizeof good)),
                     TLSN_OK);
    assert_int_equal(tlsni_ext_ticket_count(&f.hs), 7);
    f.hs.resumed = TLSN_RESUMED_TICKET;
    assert_int_equal(tlsni_ext_ticket_count(&f.hs), 9);
    f.cfg.ticket_count = 0;
    assert_int_equal(tlsni_ext_ticket_count(&f.hs), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_stands_in_encrypted_extensions_alone),
        cmocka_unit_test(answer_is_one_byte),
        cmocka_unit_test(request_is_two_bytes),
    };

    return cmocka_run_group_tests_name("test_ext_ticket_request", tests, NULL, NULL);
}
