#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/record.h"
#include "req.h"

#include <string.h>

static struct tlsni_record rec;
static struct tlsni_err err;
static size_t hint;

static tlsn_status parse(const void *in, size_t len, uint16_t version, size_t max)
{
    memset(&err, 0, sizeof err);
    hint = 0;
    return tlsni_record_parse(in, len, version, max, &rec, &hint, &err);
}

static void parse_whole_record_gives_its_fields(void **state)
{
    static const uint8_t in[] = { 22, 3, 1, 0, 3, 'a', 'b', 'c', 23 };

    (void)state;
    assert_int_equal(parse(in, sizeof in, 0, TLSNI_RECORD_PLAIN_MAX), TLSN_OK);
    assert_int_equal(rec.type, TLSNI_CONTENT_HANDSHAKE);
    assert_int_equal(rec.version, 0x0301);
    assert_ptr_equal(rec.fragment, in + 5);
    assert_int_equal(rec.len, 3);
    assert_int_equal(rec.size, 8);
}

static void parse_every_truncation_asks_for_the_rest(void **state)
{
    static const uint8_t in[] = { 23, 3, 3, 0, 3, 'a', 'b', 'c' };

    (void)state;
    for (size_t len = 0; len < sizeof in; len++) {
        assert_int_equal(parse(in, len, 0x0303, 100), TLSN_NEED_INPUT);
        assert_int_equal(hint, len < 5 ? 5 : 8);
        assert_int_equal(err.status, 0);
    }
    assert_int_equal(parse(in, sizeof in, 0x0303, 100), TLSN_OK);
}

static void parse_empty_fragment_is_a_record(void **state)
{
    static const uint8_t in[] = { 23, 3, 3, 0, 0 };

    (void)state;
    assert_int_equal(parse(in, sizeof in, 0x0303, 0), TLSN_OK);
    assert_int_equal(rec.len, 0);
    assert_int_equal(rec.size, 5);
}

static void parse_only_known_types_are_accepted(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        uint8_t in[] = { (uint8_t)type, 3, 3, 0, 0 };
        bool known = type >= 20 && type <= 24;

        assert_int_equal(parse(in, 5, 0, 100), known ? TLSN_OK : TLSN_ERR_NOT_TLS);
        assert_int_equal(parse(in, 1, 0, 100), known ? TLSN_NEED_INPUT : TLSN_ERR_NOT_TLS);
    }
}

static void parse_http_request_is_quoted_in_the_error(void **state)
{
    (void)state;
    assert_int_equal(parse("GET / HTTP/1.1\r\n", 16, 0, 100), TLSN_ERR_NOT_TLS);
    assert_non_null(strstr(err.text, "\"GET / HTTP/1\""));
    assert_string_equal(err.layer, "record");
}

static void parse_peer_bytes_in_the_error_are_printable(void **state)
{
    (void)state;
    assert_int_equal(parse("\x80\x1b[2J\n\"", 7, 0, 100), TLSN_ERR_NOT_TLS);
    for (const char *p = err.text; *p; p++)
        assert_true(*p >= 0x20 && *p < 0x7f);
}

static void parse_other_major_version_is_refused_at_two_bytes(void **state)
{
    static const uint8_t in[] = { 22, 2, 0, 0, 0 };

    (void)state;
    assert_int_equal(parse(in, 2, 0, 100), TLSN_ERR_RECORD_VERSION);
    assert_int_equal(parse(in, 5, 0, 100), TLSN_ERR_RECORD_VERSION);
}

static void parse_after_negotiation_only_that_version_is_accepted(void **state)
{
    (void)state;
    for (unsigned minor = 0; minor < 256; minor++) {
        uint8_t in[] = { 22, 3, (uint8_t)minor, 0, 0 };

        assert_int_equal(parse(in, 3, 0x0303, 100),
                         minor == 3 ? TLSN_NEED_INPUT : TLSN_ERR_RECORD_VERSION);
        assert_int_equal(parse(in, 5, 0, 100), TLSN_OK);
    }
    REQ("5246:6.2.1/4");
}

/* The header alone shows it: no byte of the fragment is waited for. */
static void parse_length_above_the_limit_is_overflow(void **state)
{
    uint8_t in[5] = { 23, 3, 3, (16384 + 2048) >> 8, (16384 + 2048) & 255 };

    (void)state;
    assert_int_equal(parse(in, 5, 0x0303, TLSNI_RECORD_CIPHER_MAX), TLSN_NEED_INPUT);
    assert_int_equal(hint, TLSNI_RECORD_MAX);
    in[4]++;
    assert_int_equal(parse(in, 5, 0x0303, TLSNI_RECORD_CIPHER_MAX), TLSN_ERR_RECORD_OVERFLOW);
    assert_int_equal(err.alert, 22);
    in[3] = 0x40, in[4] = 1;
    assert_int_equal(parse(in, 5, 0x0303, TLSNI_RECORD_PLAIN_MAX), TLSN_ERR_RECORD_OVERFLOW);
    REQ("5246:6.2.1/5");
    REQ("5246:6.2.3/2");
}

static void parse_without_error_struct_works(void **state)
{
    (void)state;
    assert_int_equal(tlsni_record_parse((const uint8_t *)"x", 1, 0, 10, &rec, &hint, NULL),
                     TLSN_ERR_NOT_TLS);
}

static void plain_record_is_header_and_fragment(void **state)
{
    static const uint8_t expected[] = { 21, 3, 3, 0, 2, 1, 0 };
    uint8_t out[7];
    size_t size = 99;

    (void)state;
    assert_int_equal(tlsni_record_plain(21, 0x0303, expected + 5, 2, out, 6, &size),
                     TLSN_ERR_BUFFER);
    assert_int_equal(size, 99);
    assert_int_equal(tlsni_record_plain(21, 0x0303, expected + 5, 2, out, 7, &size), TLSN_OK);
    assert_int_equal(size, 7);
    assert_memory_equal(out, expected, 7);
}

static void plain_record_in_place_and_at_its_limits(void **state)
{
    static uint8_t out[5 + TLSNI_RECORD_PLAIN_MAX + 1];
    size_t size;

    (void)state;
    memset(out, 7, sizeof out);
    assert_int_equal(tlsni_record_plain(22, 0x0301, out + 5, TLSNI_RECORD_PLAIN_MAX, out,
                                        sizeof out, &size),
                     TLSN_OK);
    assert_int_equal(size, 5 + TLSNI_RECORD_PLAIN_MAX);
    assert_int_equal(out[3] << 8 | out[4], TLSNI_RECORD_PLAIN_MAX);
    assert_int_equal(out[5], 7);
    assert_int_equal(tlsni_record_plain(22, 0x0301, out + 5, TLSNI_RECORD_PLAIN_MAX + 1, out,
                                        sizeof out, &size),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsni_record_plain(23, 0x0303, NULL, 0, out, 5, &size), TLSN_OK);
    assert_int_equal(size, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_whole_record_gives_its_fields),
        cmocka_unit_test(parse_every_truncation_asks_for_the_rest),
        cmocka_unit_test(parse_empty_fragment_is_a_record),
        cmocka_unit_test(parse_only_known_types_are_accepted),
        cmocka_unit_test(parse_http_request_is_quoted_in_the_error),
        cmocka_unit_test(parse_peer_bytes_in_the_error_are_printable),
        cmocka_unit_test(parse_other_major_version_is_refused_at_two_bytes),
        cmocka_unit_test(parse_after_negotiation_only_that_version_is_accepted),
        cmocka_unit_test(parse_length_above_the_limit_is_overflow),
        cmocka_unit_test(parse_without_error_struct_works),
        cmocka_unit_test(plain_record_is_header_and_fragment),
        cmocka_unit_test(plain_record_in_place_and_at_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
