#include "handshake/msg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* RFC 5246 7.4, RFC 5077 3.3: the numbers of HandshakeType. */
static void name_of_each_type_matches_registry(void **state)
{
    static const struct {
        uint8_t type;
        const char *name;
    } registry[] = {
        { 0, "HelloRequest" },        { 1, "ClientHello" },         { 2, "ServerHello" },
        { 4, "NewSessionTicket" },    { 11, "Certificate" },        { 12, "ServerKeyExchange" },
        { 13, "CertificateRequest" }, { 14, "ServerHelloDone" },    { 15, "CertificateVerify" },
        { 16, "ClientKeyExchange" },  { 20, "Finished" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof registry / sizeof registry[0]; i++)
        assert_string_equal(tlsni_msg_name(registry[i].type), registry[i].name);
}

static void name_unknown_type_is_null(void **state)
{
    (void)state;
    assert_null(tlsni_msg_name(3));
    assert_null(tlsni_msg_name(99));
    assert_null(tlsni_msg_name(254));
    assert_null(tlsni_msg_name(255));
}

static void header_around_body_has_its_length(void **state)
{
    static const uint8_t want[] = { 14, 0, 0, 3, 1, 2, 3 }; /* RFC 5246 7.4 */
    uint8_t out[16];
    struct tlsni_wr w = tlsni_wr_make(out, sizeof out);
    size_t mark = tlsni_msg_begin(&w, TLSNI_MSG_SERVER_HELLO_DONE);

    (void)state;
    tlsni_wr_put(&w, want + 4, 3);
    tlsni_msg_end(&w, mark);
    assert_false(w.bad);
    assert_int_equal(w.len, sizeof want);
    assert_memory_equal(out, want, sizeof want);
}

static void header_without_room_makes_writer_bad(void **state)
{
    uint8_t out[3];
    struct tlsni_wr w = tlsni_wr_make(out, sizeof out);

    (void)state;
    tlsni_msg_end(&w, tlsni_msg_begin(&w, TLSNI_MSG_FINISHED));
    assert_true(w.bad);
}

static void empty_body_parses_only_without_bytes(void **state)
{
    static const uint8_t byte[] = { 0 };

    (void)state;
    assert_int_equal(tlsni_msg_empty_parse(tlsni_span_make(NULL, 0)), TLSN_OK);
    assert_int_equal(tlsni_msg_empty_parse(tlsni_span_make(byte, 1)), TLSN_ERR_DECODE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_of_each_type_matches_registry),
        cmocka_unit_test(name_unknown_type_is_null),
        cmocka_unit_test(header_around_body_has_its_length),
        cmocka_unit_test(header_without_room_makes_writer_bad),
        cmocka_unit_test(empty_body_parses_only_without_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
