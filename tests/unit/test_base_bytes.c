#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "req.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t input[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void hex_digits_are_those_of_both_cases(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        char text[] = { (char)c, 0 };
        int expected = c && strchr("0123456789abcdefABCDEF", (int)c) ? (int)strtol(text, NULL, 16) : -1;

        assert_int_equal(tlsni_hex_digit((uint8_t)c), expected);
    }
}

static void reader_integers_are_big_endian(void **state)
{
    struct tlsni_rd r = tlsni_rd_make(input, sizeof input);

    (void)state;
    assert_int_equal(tlsni_rd_u8(&r), 0x01);
    assert_int_equal(tlsni_rd_u16(&r), 0x0203);
    assert_int_equal(tlsni_rd_u24(&r), 0x040506);
    assert_int_equal(tlsni_rd_u64(&r), 0x0708090a0b0c0d0e);
    assert_int_equal(tlsni_rd_left(&r), 1);
    assert_false(tlsni_rd_done(&r));
    assert_int_equal(tlsni_rd_end(&r), TLSN_ERR_DECODE);
    assert_int_equal(tlsni_rd_u8(&r), 15);
    assert_true(tlsni_rd_done(&r));
    assert_int_equal(tlsni_rd_end(&r), TLSN_OK);
}

static void reader_u32_uses_all_four_bytes(void **state)
{
    struct tlsni_rd r = tlsni_rd_make("\xff\xfe\xfd\xfc", 4);

    (void)state;
    assert_int_equal(tlsni_rd_u32(&r), 0xfffefdfc);
}

static void reader_every_truncation_is_sticky(void **state)
{
    (void)state;
    for (size_t len = 0; len < 8; len++) {
        struct tlsni_rd r = tlsni_rd_make(input, len);

        (void)tlsni_rd_u24(&r);
        (void)tlsni_rd_u8(&r);
        (void)tlsni_rd_u32(&r);
        assert_true(r.bad);
        assert_int_equal(tlsni_rd_left(&r), 0);
        assert_int_equal(tlsni_rd_u8(&r), 0);
        assert_null(tlsni_rd_take(&r, 0));
        assert_int_equal(tlsni_rd_bytes(&r, 1).len, 0);
        assert_int_equal(tlsni_rd_rest(&r).len, 0);
        assert_int_equal(tlsni_rd_end(&r), TLSN_ERR_DECODE);
    }
}

static void reader_copy_gives_zeros_when_short(void **state)
{
    struct tlsni_rd r = tlsni_rd_make(input, 3);
    uint8_t out[4] = { 9, 9, 9, 9 }, zero[4] = { 0 };

    (void)state;
    tlsni_rd_copy(&r, out, 2);
    assert_memory_equal(out, input, 2);
    tlsni_rd_copy(&r, out, 4);
    assert_memory_equal(out, zero, 4);
    assert_true(r.bad);
}

static void reader_empty_input_may_be_null(void **state)
{
    struct tlsni_rd r = tlsni_rd_make(NULL, 0);

    (void)state;
    assert_true(tlsni_rd_done(&r));
    assert_int_equal(tlsni_rd_rest(&r).len, 0);
    assert_int_equal(tlsni_rd_bytes(&r, 0).len, 0);
    assert_true(tlsni_rd_done(&r));
    assert_int_equal(tlsni_rd_u8(&r), 0);
    assert_true(r.bad);
}

/* opaque x<2..4> with one length byte, for every length and every amount of input */
static void reader_vector_keeps_to_its_bounds(void **state)
{
    (void)state;
    for (unsigned claimed = 0; claimed < 8; claimed++) {
        for (size_t there = 0; there < 8; there++) {
            uint8_t in[9] = { (uint8_t)claimed, 1, 2, 3, 4, 5, 6, 7, 8 };
            struct tlsni_rd r = tlsni_rd_make(in, 1 + there);
            struct tlsni_rd v = tlsni_rd_vec(&r, 1, 2, 4);
            bool good = claimed >= 2 && claimed <= 4 && claimed <= there;

            assert_int_equal(v.bad, !good);
            assert_int_equal(r.bad, !good);
            assert_int_equal(tlsni_rd_left(&v), good ? claimed : 0);
            assert_int_equal(tlsni_rd_left(&r), good ? there - claimed : 0);
        }
    }
    REQ("5246:4.3/2");
}

static void reader_vector_of_a_bad_reader_is_bad_and_empty(void **state)
{
    struct tlsni_rd r = tlsni_rd_make(input, 1);
    struct tlsni_rd v;

    (void)state;
    (void)tlsni_rd_u32(&r);
    v = tlsni_rd_vec(&r, 2, 0, 65535);
    assert_true(v.bad);
    assert_int_equal(tlsni_rd_left(&v), 0);
    assert_int_equal(tlsni_rd_vec_span(&r, 1, 0, 255).len, 0);
}

static void writer_integers_are_big_endian(void **state)
{
    uint8_t buf[10];
    struct tlsni_wr w = tlsni_wr_make(buf, sizeof buf);

    (void)state;
    tlsni_wr_uint(&w, 1, 0x01);
    tlsni_wr_uint(&w, 2, 0x0203);
    tlsni_wr_uint(&w, 3, 0x040506);
    tlsni_wr_uint(&w, 4, 0x0708090a);
    assert_false(w.bad);
    assert_memory_equal(buf, input, 10);
}

static void writer_value_too_large_for_its_bytes_is_bad(void **state)
{
    uint8_t buf[8];

    (void)state;
    for (unsigned n = 1; n < 4; n++) {
        struct tlsni_wr w = tlsni_wr_make(buf, sizeof buf);

        tlsni_wr_uint(&w, n, (1U << 8 * n) - 1);
        assert_false(w.bad);
        tlsni_wr_uint(&w, n, 1U << 8 * n);
        assert_true(w.bad);
    }
}

static void writer_never_passes_its_capacity(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < 12; cap++) {
        uint8_t buf[16];
        struct tlsni_wr w = tlsni_wr_make(buf, cap);
        size_t mark;

        memset(buf, 0xa5, sizeof buf);
        mark = tlsni_wr_open(&w, 2);
        tlsni_wr_uint(&w, 3, 0x010203);
        tlsni_wr_put(&w, input, 7);
        tlsni_wr_close(&w, 2, mark);
        assert_int_equal(w.bad, cap < 12);
        assert_true(w.len <= cap);
        for (size_t i = cap; i < sizeof buf; i++)
            assert_int_equal(buf[i], 0xa5);
        tlsni_wr_put(&w, input, 1);
        assert_true(w.bad);
    }
}

static void writer_vectors_nest(void **state)
{
    static const uint8_t expected[] = { 0, 7, 2, 'a', 'b', 0, 0, 1, 'c' };
    uint8_t buf[16];
    struct tlsni_wr w = tlsni_wr_make(buf, sizeof buf);
    size_t outer = tlsni_wr_open(&w, 2), inner = tlsni_wr_open(&w, 1);

    (void)state;
    tlsni_wr_put(&w, "ab", 2);
    tlsni_wr_close(&w, 1, inner);
    tlsni_wr_vec(&w, 3, tlsni_span_make("c", 1));
    tlsni_wr_close(&w, 2, outer);
    assert_false(w.bad);
    assert_int_equal(w.len, sizeof expected);
    assert_memory_equal(buf, expected, sizeof expected);
}

static void writer_contents_longer_than_the_length_can_say_are_bad(void **state)
{
    static uint8_t buf[300];

    (void)state;
    for (size_t len = 254; len < 258; len++) {
        struct tlsni_wr w = tlsni_wr_make(buf, sizeof buf);
        size_t mark = tlsni_wr_open(&w, 1);

        (void)tlsni_wr_reserve(&w, len);
        tlsni_wr_close(&w, 1, mark);
        assert_int_equal(w.bad, len > 255);
    }
}

static void writer_empty_span_may_be_null(void **state)
{
    uint8_t buf[1];
    struct tlsni_wr w = tlsni_wr_make(buf, 1);

    (void)state;
    tlsni_wr_put(&w, NULL, 0);
    tlsni_wr_vec(&w, 1, tlsni_span_make(NULL, 0));
    assert_false(w.bad);
    assert_int_equal(w.len, 1);
    assert_int_equal(buf[0], 0);
}

static void span_equality_looks_at_length_and_bytes(void **state)
{
    (void)state;
    assert_true(tlsni_span_eq(tlsni_span_make("abc", 3), tlsni_span_make("abc", 3)));
    assert_false(tlsni_span_eq(tlsni_span_make("abc", 3), tlsni_span_make("abd", 3)));
    assert_false(tlsni_span_eq(tlsni_span_make("abc", 3), tlsni_span_make("abc", 2)));
    assert_true(tlsni_span_eq(tlsni_span_make(NULL, 0), tlsni_span_make("x", 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_digits_are_those_of_both_cases),
        cmocka_unit_test(reader_integers_are_big_endian),
        cmocka_unit_test(reader_u32_uses_all_four_bytes),
        cmocka_unit_test(reader_every_truncation_is_sticky),
        cmocka_unit_test(reader_copy_gives_zeros_when_short),
        cmocka_unit_test(reader_empty_input_may_be_null),
        cmocka_unit_test(reader_vector_keeps_to_its_bounds),
        cmocka_unit_test(reader_vector_of_a_bad_reader_is_bad_and_empty),
        cmocka_unit_test(writer_integers_are_big_endian),
        cmocka_unit_test(writer_value_too_large_for_its_bytes_is_bad),
        cmocka_unit_test(writer_never_passes_its_capacity),
        cmocka_unit_test(writer_vectors_nest),
        cmocka_unit_test(writer_contents_longer_than_the_length_can_say_are_bad),
        cmocka_unit_test(writer_empty_span_may_be_null),
        cmocka_unit_test(span_equality_looks_at_length_and_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
