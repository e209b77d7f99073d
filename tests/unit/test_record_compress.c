/* test_record_compress.c - DEFLATE by what Python's zlib wrote, LZS by bits spelled out from the grammar of
 * RFC 3943 3.5; both behind record protection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config.h"
#include "record/compress.h"
#include "req.h"
#include "support_record.h"
#include "support_vectors.h"

#include <string.h>

static uint8_t text[TLSNI_COMPRESSED_MAX + 1], packed[TLSNI_COMPRESSED_MAX],
    out[TLSNI_RECORD_PLAIN_MAX];

static struct tlsni_comp *comp_new(struct test_env *env, uint8_t id, bool packs)
{
    struct tlsni_comp *c;

    assert_int_equal(tlsni_comp_new(&c, &env->hooks, id, packs), TLSN_OK);
    return c;
}

static tlsn_status unpack(struct tlsni_comp *c, const uint8_t *in, size_t len, size_t *out_len)
{
    return c->method->unpack(c, in, len, out, out_len);
}

/* "1 0000001" and so on, blanks ignored, filled up with zeros. Returns bytes. */
static size_t bits(uint8_t *to, const char *digits)
{
    size_t n = 0;

    for (; *digits; digits++) {
        if (*digits == ' ')
            continue;
        if (n % 8 == 0)
            to[n / 8] = 0;
        to[n / 8] |= (uint8_t)((*digits - '0') << (7 - n % 8));
        n++;
    }
    return (n + 7) / 8;
}

#define END " 110000000"

static void reads_bits(struct tlsni_comp *c, uint8_t flags, const char *digits, const char *expected,
                       size_t expected_len)
{
    uint8_t wire[256] = { flags };
    size_t len = 1 + bits(wire + 1, digits), got;

    assert_int_equal(unpack(c, wire, len, &got), TLSN_OK);
    assert_int_equal(got, expected_len);
    assert_memory_equal(out, expected, expected_len);
}

static void refuses_bits(uint8_t flags, const char *digits)
{
    uint8_t wire[256] = { flags };
    size_t len = 1 + bits(wire + 1, digits), got;
    struct test_env env;
    struct tlsni_comp *c;

    test_env_init(&env, 1);
    c = comp_new(&env, TLSNI_COMPRESSION_LZS, false);
    assert_int_equal(unpack(c, wire, len, &got), TLSN_ERR_DECOMPRESSION);
    tlsni_comp_free(c);
}

static void lzs_length_of_each_row_is_read(void **state)
{
    static const char *const rows[] = {
        "00", "01", "10", "1100", "1101", "1110", "1111 0000", "1111 0001", "1111 0010",
        "1111 0011", "1111 0100", "1111 0101", "1111 0110", "1111 0111", "1111 1000", "1111 1001",
        "1111 1010", "1111 1011", "1111 1100", "1111 1101", "1111 1110", "1111 1111 0000",
        "1111 1111 0001", "1111 1111 0010",
    };
    char digits[128];
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    memset(text, 'A', sizeof text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tlsni_comp *c = comp_new(&env, TLSNI_COMPRESSION_LZS, false);

        (void)snprintf(digits, sizeof digits, "0 01000001 1 1 0000001 %s" END, rows[i]);
        reads_bits(c, 3, digits, (const char *)text, 1 + 2 + i);
        tlsni_comp_free(c);
    }
    assert_int_equal(env.live, 0);
    REQ("3943:3.5/1");
}

static void lzs_offset_of_eleven_bits_reaches_back_into_earlier_records(void **state)
{
    struct test_env env;
    struct tlsni_comp *c;
    uint8_t plain[1 + 300] = { 2 };
    size_t got;

    (void)state;
    test_env_init(&env, 1);
    c = comp_new(&env, TLSNI_COMPRESSION_LZS, false);
    memcpy(plain + 1, "beginning", 9);
    memset(plain + 10, '.', 291);
    /* not compressed, and still history */
    assert_int_equal(unpack(c, plain, sizeof plain, &got), TLSN_OK);
    assert_int_equal(got, 300);
    assert_memory_equal(out, plain + 1, 300);
    reads_bits(c, 1, "1 0 00100101100 1111 0001" END, "beginning", 9); /* 300 back, 9 long */
    reads_bits(c, 1, "1 1 0001001 1111 0001" END, "beginning", 9);     /* 9 back */
    tlsni_comp_free(c);
    REQ("3943:4.2/2");
    REQ("3943:4.2/4");
    REQ("3943:4.2/5");
}

static void lzs_reset_forgets_the_history(void **state)
{
    struct test_env env;
    struct tlsni_comp *c;
    uint8_t wire[16] = { 3 };
    size_t len, got;

    (void)state;
    test_env_init(&env, 1);
    c = comp_new(&env, TLSNI_COMPRESSION_LZS, false);
    reads_bits(c, 3, "0 01000001 0 01000010" END, "AB", 2);
    len = 1 + bits(wire + 1, "1 1 0000010 00" END);
    assert_int_equal(unpack(c, wire, len, &got), TLSN_ERR_DECOMPRESSION);
    tlsni_comp_free(c);
    REQ("3943:4.2/3");
}

static void lzs_first_record_starts_from_nothing_without_reset_too(void **state)
{
    struct test_env env;
    struct tlsni_comp *c;

    (void)state;
    test_env_init(&env, 1);
    c = comp_new(&env, TLSNI_COMPRESSION_LZS, false);
    reads_bits(c, 1, "0 01000001" END, "A", 1);
    tlsni_comp_free(c);
    refuses_bits(1, "1 1 0000001 00" END); /* one back, before the beginning */
    REQ("3943:4.2/1");
}

static void lzs_reserved_flags_are_ignored(void **state)
{
    struct test_env env;
    struct tlsni_comp *c;

    (void)state;
    test_env_init(&env, 1);
    c = comp_new(&env, TLSNI_COMPRESSION_LZS, false);
    reads_bits(c, 0xff, "0 01000001" END, "A", 1);
    tlsni_comp_free(c);
    REQ("3943:3.4.1/2");
}

static void lzs_padding_behind_the_end_marker_is_ignored(void **state)
{
    struct test_env env;
    struct tlsni_comp *c;

    (void)state;
    test_env_init(&env, 1);
    c = comp_new(&env, TLSNI_COMPRESSION_LZS, false);
    reads_bits(c, 3, "0 01000001" END " 111111 11111111 00000000", "A", 1);
    tlsni_comp_free(c);
    REQ("3943:3.6/2");
}

static void lzs_data_that_makes_no_sense_is_refused(void **state)
{
    struct test_env env;
    struct tlsni_comp *c;
    size_t got;

    (void)state;
    refuses_bits(3, "");                            /* no end marker */
    refuses_bits(3, "0 0100000");                   /* inside a byte */
    refuses_bits(3, "0 01000001");                  /* no end marker */
    refuses_bits(3, "0 01000001 1 1 00000");        /* inside an offset */
    refuses_bits(3, "0 01000001 1 1 0000001 1");    /* inside a length */
    refuses_bits(3, "0 01000001 1 1 0000001 11111111 11111111 11111111"); /* a length without end */
    refuses_bits(3, "0 01000001 1 1 0000010 00" END);  /* before the beginning */
    refuses_bits(3, "0 01000001 1 0 00000000000 00" END); /* offset 0 in 11 bits */
    test_env_init(&env, 1);
    c = comp_new(&env, TLSNI_COMPRESSION_LZS, false);
    assert_int_equal(unpack(c, text, 0, &got), TLSN_ERR_DECOMPRESSION); /* no header */
    tlsni_comp_free(c);
}

/* A byte and a copy of n - 1 of it: 'n' up to 17000. */
static size_t lzs_run(uint8_t *wire, size_t n)
{
    char digits[8192] = "0 01000001 1 1 0000001 1111";
    size_t rest = n - 1 - 8;

    for (; rest >= 15; rest -= 15)
        strcat(digits, "1111");
    for (unsigned bit = 8; bit; bit >>= 1)
        strcat(digits, rest & bit ? "1" : "0");
    strcat(digits, END);
    wire[0] = 3;
    return 1 + bits(wire + 1, digits);
}

static void lzs_record_unpacks_to_no_more_than_a_record(void **state)
{
    static uint8_t wire[2048];
    struct test_env env;
    size_t got, len;

    (void)state;
    test_env_init(&env, 1);
    for (size_t over = 0; over < 2; over++) {
        struct tlsni_comp *c = comp_new(&env, TLSNI_COMPRESSION_LZS, false);

        len = lzs_run(wire, TLSNI_RECORD_PLAIN_MAX + over);
        assert_int_equal(unpack(c, wire, len, &got), over ? TLSN_ERR_DECOMPRESSION : TLSN_OK);
        tlsni_comp_free(c);
    }
}

static void lzs_writer_follows_the_grammar(void **state)
{
    struct test_env env;
    struct tlsni_comp *c;
    uint8_t expected[64] = { 3 };
    size_t len, got;

    (void)state;
    test_env_init(&env, 1);
    c = comp_new(&env, TLSNI_COMPRESSION_LZS, true);
    /* A, then 28 more of it: 8 + 15 + 5 */
    memset(text, 'A', 29);
    len = 1 + bits(expected + 1, "0 01000001 1 1 0000001 1111 1111 0101" END);
    assert_int_equal(c->method->pack(c, text, 29, packed, &got), TLSN_OK);
    assert_int_equal(got, len);
    assert_memory_equal(packed, expected, len);
    /* behind it the history goes on, and nothing is reset any more */
    expected[0] = 1;
    len = 1 + bits(expected + 1, "1 1 0000001 1100" END);
    assert_int_equal(c->method->pack(c, text, 5, packed, &got), TLSN_OK);
    assert_int_equal(got, len);
    assert_memory_equal(packed, expected, len);
    tlsni_comp_free(c);
    REQ("3943:3.2/3");
    REQ("3943:3.4.1/1");
    REQ("3943:3.4.1/3");
    REQ("3943:3.6/1");
    REQ("3943:4.1/1");
    REQ("3943:4.1/4");
}

static void lzs_data_that_would_grow_goes_out_as_it_is(void **state)
{
    struct test_env env;
    struct tlsni_comp *c, *r;
    size_t got, n;

    (void)state;
    test_env_init(&env, 7);
    c = comp_new(&env, TLSNI_COMPRESSION_LZS, true);
    r = comp_new(&env, TLSNI_COMPRESSION_LZS, false);
    test_random(&env, text, TLSNI_RECORD_PLAIN_MAX);
    assert_int_equal(c->method->pack(c, text, TLSNI_RECORD_PLAIN_MAX, packed, &got), TLSN_OK);
    assert_int_equal(got, 1 + TLSNI_RECORD_PLAIN_MAX);
    assert_int_equal(packed[0], 2);
    assert_memory_equal(packed + 1, text, TLSNI_RECORD_PLAIN_MAX);
    assert_int_equal(unpack(r, packed, got, &n), TLSN_OK);
    /* what was not compressed is history all the same: its end comes again in a few bytes */
    assert_int_equal(c->method->pack(c, text + TLSNI_RECORD_PLAIN_MAX - 200, 200, packed, &got),
                     TLSN_OK);
    assert_true(got < 20);
    assert_int_equal(unpack(r, packed, got, &n), TLSN_OK);
    assert_int_equal(n, 200);
    assert_memory_equal(out, text + TLSNI_RECORD_PLAIN_MAX - 200, 200);
    tlsni_comp_free(c);
    tlsni_comp_free(r);
    REQ("3943:2/1");
    REQ("3943:4.1/2");
    REQ("3943:4.1/5");
    REQ("3943:3.2/5");
    REQ("3943:4.3/1");
    REQ("3943:4.3/2");
}

/* Texts with repetitions at all distances, of all lengths. */
static void make_text(struct test_env *env, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = 1 + test_below(env, 60), back = 1 + test_below(env, at + 1);

        for (; n && at < len; n--, at++)
            text[at] = back <= at && n > 20 ? text[at - back] : (uint8_t)('a' + test_below(env, 6));
    }
}

static void each_method_gives_back_what_it_got(void **state)
{
    size_t count, len, got, n;
    const struct tlsni_compression *const *rows = tlsni_compression_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct test_env env;
        struct tlsni_comp *c, *r;

        test_env_init(&env, 3);
        c = comp_new(&env, rows[i]->id, true);
        r = comp_new(&env, rows[i]->id, false);
        for (int round = 0; round < 200; round++) {
            len = round % 7 == 0 ? 0 : test_below(&env, round % 5 ? 3000 : 16385);
            make_text(&env, len);
            assert_int_equal(c->method->pack(c, text, len, packed, &got), TLSN_OK);
            assert_true(got <= len + TLSNI_COMPRESS_GROWTH);
            assert_int_equal(unpack(r, packed, got, &n), TLSN_OK);
            assert_int_equal(n, len);
            assert_memory_equal(out, text, len);
        }
        tlsni_comp_free(c);
        tlsni_comp_free(r);
        assert_int_equal(env.live, 0);
    }
    REQ("3749:2/3");
}

static const uint8_t *watched;
static size_t watched_len;
static bool was_wiped;

static void watching_release(void *ctx, void *block)
{
    const struct test_env *env = ctx;
    struct test_env plain;

    if (block && block == watched) {
        was_wiped = true;
        for (size_t i = 0; i < watched_len; i++)
            was_wiped = was_wiped && !watched[i];
    }
    test_env_init(&plain, env->seed);
    plain.hooks.release(ctx, block);
}

static void history_is_wiped_and_given_back(void **state)
{
    size_t count, got;
    const struct tlsni_compression *const *rows = tlsni_compression_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct test_env env;
        struct tlsni_comp *c;

        test_env_init(&env, 1);
        env.hooks.release = watching_release;
        c = comp_new(&env, rows[i]->id, true);
        assert_int_equal(c->method->pack(c, (const uint8_t *)"secret", 6, packed, &got), TLSN_OK);
        watched = (const uint8_t *)c;
        watched_len = c->size;
        was_wiped = false;
        tlsni_comp_free(c);
        assert_true(was_wiped);
        assert_int_equal(env.live, 0);
    }
    REQ("3943:2.2/2");
    REQ("3943:3.2/6");
    REQ("3943:7/2");
}

static void method_without_memory_is_an_error(void **state)
{
    size_t count;
    const struct tlsni_compression *const *rows = tlsni_compression_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t fail_at = 1;; fail_at++) {
            struct test_env env;
            struct tlsni_comp *c;
            tlsn_status st;

            test_env_init(&env, 1);
            env.fail_at = fail_at;
            st = tlsni_comp_new(&c, &env.hooks, rows[i]->id, true);
            tlsni_comp_free(c);
            assert_int_equal(env.live, 0);
            if (st == TLSN_OK)
                break;
            assert_int_equal(st, TLSN_ERR_NO_MEMORY);
        }
    }
}

#ifdef TLSNI_HAVE_ZLIB
static void deflate_reads(struct tlsni_comp *c, const char *hex, const char *expected)
{
    uint8_t wire[256];
    size_t len = vec_unhex(hex, wire, sizeof wire), got;

    assert_int_equal(unpack(c, wire, len, &got), TLSN_OK);
    assert_int_equal(got, strlen(expected));
    assert_memory_equal(out, expected, got);
}

static void deflate_of_both_formats_is_read(void **state)
{
    struct test_env env;
    struct tlsni_comp *c;
    size_t got;

    (void)state;
    test_env_init(&env, 1);
    c = comp_new(&env, TLSNI_COMPRESSION_DEFLATE, false);
    deflate_reads(c, "789cca48cdc9c9d751c840a200000000ffff", "hello, hello, hello");
    assert_int_equal(unpack(c, text, 0, &got), TLSN_OK); /* an empty record */
    assert_int_equal(got, 0);
    deflate_reads(c, "02130a89e989997900000000ffff", "hello again");
    tlsni_comp_free(c);
    c = comp_new(&env, TLSNI_COMPRESSION_DEFLATE, false);
    deflate_reads(c, "ca48cdc9c9d751c840a200000000ffff", "hello, hello, hello");
    tlsni_comp_free(c);
    c = comp_new(&env, TLSNI_COMPRESSION_DEFLATE, false);
    deflate_reads(c, "7801000600f9ff73746f726564000000ffff", "stored");
    tlsni_comp_free(c);
    assert_int_equal(env.live, 0);
    REQ("3749:2.1/1");
}

static void deflate_record_unpacks_to_no_more_than_a_record(void **state)
{
    static const char *const zeros[] = { /* 16384 and 16385 of them */
        "789cecc13101000000c2a0f54f6d0c1fa000000000000000000000000000000080b7010000ffff",
        "789cecc13101000000c2a0f54f6d0c1fa000000000000000000000000000000080bb010000ffff",
    };
    uint8_t wire[64];
    struct test_env env;
    size_t got;

    (void)state;
    test_env_init(&env, 1);
    for (size_t over = 0; over < 2; over++) {
        struct tlsni_comp *c = comp_new(&env, TLSNI_COMPRESSION_DEFLATE, false);
        size_t len = vec_unhex(zeros[over], wire, sizeof wire);

        assert_int_equal(unpack(c, wire, len, &got), over ? TLSN_ERR_DECOMPRESSION : TLSN_OK);
        tlsni_comp_free(c);
    }
    assert_int_equal(env.live, 0);
}

static void deflate_data_that_makes_no_sense_is_refused(void **state)
{
    static const char *const bad[] = { "ff", "789cffffffff", "7800", "789cab00000079007900" };
    uint8_t wire[64];
    struct test_env env;
    size_t got;

    (void)state;
    test_env_init(&env, 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tlsni_comp *c = comp_new(&env, TLSNI_COMPRESSION_DEFLATE, false);

        assert_int_equal(unpack(c, wire, vec_unhex(bad[i], wire, sizeof wire), &got),
                         TLSN_ERR_DECOMPRESSION);
        tlsni_comp_free(c);
    }
    assert_int_equal(env.live, 0);
}

static void deflate_output_is_flushed_record_by_record(void **state)
{
    struct test_env env;
    struct tlsni_comp *c;
    size_t got;

    (void)state;
    test_env_init(&env, 1);
    c = comp_new(&env, TLSNI_COMPRESSION_DEFLATE, true);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(c->method->pack(c, (const uint8_t *)"x", 1, packed, &got), TLSN_OK);
        assert_true(got > 4);
        assert_memory_equal(packed + got - 4, "\0\0\xff\xff", 4); /* an empty stored block */
        if (i == 0)
            assert_int_equal((packed[0] << 8 | packed[1]) % 31, 0); /* RFC 1950 2.2 */
    }
    tlsni_comp_free(c);
    REQ("3749:2.1/2");
    REQ("3749:2.1/3");
}
#endif

/* Every kind of protection, sealed in place and elsewhere, opened over its own input. */
static void compressed_record_of_each_kind_is_opened(void **state)
{
    static uint8_t wire[TLSNI_RECORD_MAX + TLSNI_COMPRESSED_MAX];
    struct test_env env;

    (void)state;
    test_env_init(&env, 11);
    for (size_t k = 0; k < TEST_KINDS; k++) {
        uint8_t bytes[256], type;
        struct tlsni_prot_keys keys = test_keys(&test_kinds[k], 9, bytes);
        struct tlsni_prot *w, *r;

        keys.compression = TLSNI_COMPRESSION_LZS;
        assert_int_equal(tlsni_prot_new(&w, &env.hooks, &keys, true), TLSN_OK);
        assert_int_equal(tlsni_prot_new(&r, &env.hooks, &keys, false), TLSN_OK);
        for (size_t round = 0; round < 6; round++) {
            size_t len = round * 3000, size, room = tlsni_prot_sealed_size(w, len), n;
            struct tlsni_record rec;
            const uint8_t *payload;

            make_text(&env, len);
            assert_int_equal(tlsni_prot_seal(w, 23, 0, text, len, wire, room - 1, &size),
                             TLSN_ERR_BUFFER);
            assert_int_equal(tlsni_prot_seal(w, 23, 0, text, len, wire, room, &size), TLSN_OK);
            assert_true(size <= room && (len < 1000 || size < len));
            rec = test_parse(wire, size);
            assert_int_equal(tlsni_prot_open_room(r, &rec), TLSNI_RECORD_PLAIN_MAX);
            assert_int_equal(tlsni_prot_open(r, &rec, out, 100, &type, &payload, &n),
                             TLSN_ERR_BUFFER);
            assert_int_equal(tlsni_prot_open(r, &rec, wire + 5, sizeof wire - 5, &type, &payload, &n),
                             TLSN_OK);
            assert_int_equal(n, len);
            assert_int_equal(type, 23);
            assert_memory_equal(payload, text, len);
        }
        tlsni_prot_free(w);
        tlsni_prot_free(r);
    }
    assert_int_equal(env.live, 0);
    REQ("3943:2.1/1");
}

/* A writer that knows neither compression nor bounds gives what no compression may: 2^14 + 1025 octets. */
static void compressed_record_longer_than_growth_allows_overflows(void **state)
{
    enum { LEN = TLSNI_RECORD_PLAIN_MAX + TLSNI_COMPRESS_GROWTH + 1 };
    static uint8_t wire[TLSNI_RECORD_MAX + TLSNI_COMPRESSED_MAX];
    struct test_env env;

    (void)state;
    test_env_init(&env, 13);
    make_text(&env, LEN);
    for (size_t k = 0; k < TEST_KINDS; k++) {
        uint8_t bytes[256], type;
        struct tlsni_prot_keys keys = test_keys(&test_kinds[k], 9, bytes);
        struct tlsni_prot *w, *r;
        struct tlsni_record rec;
        const uint8_t *payload;
        size_t size, n;

        keys.plain_max = LEN;
        assert_int_equal(tlsni_prot_new(&w, &env.hooks, &keys, true), TLSN_OK);
        keys.plain_max = TLSNI_RECORD_PLAIN_MAX;
        keys.compression = TLSNI_COMPRESSION_LZS;
        assert_int_equal(tlsni_prot_new(&r, &env.hooks, &keys, false), TLSN_OK);
        assert_int_equal(tlsni_prot_seal(w, 23, 0, text, LEN, wire, sizeof wire, &size), TLSN_OK);
        rec = test_parse(wire, size);
        assert_int_equal(tlsni_prot_open(r, &rec, wire + 5, sizeof wire - 5, &type, &payload, &n),
                         TLSN_ERR_RECORD_OVERFLOW);
        tlsni_prot_free(w);
        tlsni_prot_free(r);
    }
    assert_int_equal(env.live, 0);
    REQ("5246:6.2.2/3");
}

/* The reader decrypts into a buffer of its own, before it knows that the MAC is right: what may come in has
 * to have room there whatever the payload is bounded to. */
static void compressed_record_that_may_come_in_has_room(void **state)
{
    struct test_env env;

    (void)state;
    test_env_init(&env, 12);
    for (size_t k = 0; k < TEST_KINDS; k++)
        for (uint16_t bound = TLSNI_RECORD_PLAIN_MAX; bound >= 64; bound = (uint16_t)(bound - 64)) {
            uint8_t bytes[256];
            struct tlsni_prot_keys keys = test_keys(&test_kinds[k], 9, bytes);
            struct tlsni_prot *r;
            size_t max;

            keys.compression = TLSNI_COMPRESSION_LZS;
            keys.plain_max = (uint16_t)(bound - (bound == TLSNI_RECORD_PLAIN_MAX));
            assert_int_equal(tlsni_prot_new(&r, &env.hooks, &keys, false), TLSN_OK);
            max = tlsni_prot_fragment_max(r, keys.profile);
            assert_in_range(max, keys.plain_max + TLSNI_COMPRESS_GROWTH, TLSNI_RECORD_CIPHER_MAX);
            tlsni_prot_free(r);
        }
    assert_int_equal(env.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lzs_length_of_each_row_is_read),
        cmocka_unit_test(lzs_offset_of_eleven_bits_reaches_back_into_earlier_records),
        cmocka_unit_test(lzs_reset_forgets_the_history),
        cmocka_unit_test(lzs_first_record_starts_from_nothing_without_reset_too),
        cmocka_unit_test(lzs_reserved_flags_are_ignored),
        cmocka_unit_test(lzs_padding_behind_the_end_marker_is_ignored),
        cmocka_unit_test(lzs_data_that_makes_no_sense_is_refused),
        cmocka_unit_test(lzs_record_unpacks_to_no_more_than_a_record),
        cmocka_unit_test(lzs_writer_follows_the_grammar),
        cmocka_unit_test(lzs_data_that_would_grow_goes_out_as_it_is),
        cmocka_unit_test(each_method_gives_back_what_it_got),
        cmocka_unit_test(history_is_wiped_and_given_back),
        cmocka_unit_test(method_without_memory_is_an_error),
#ifdef TLSNI_HAVE_ZLIB
        cmocka_unit_test(deflate_of_both_formats_is_read),
        cmocka_unit_test(deflate_record_unpacks_to_no_more_than_a_record),
        cmocka_unit_test(deflate_data_that_makes_no_sense_is_refused),
        cmocka_unit_test(deflate_output_is_flushed_record_by_record),
#endif
        cmocka_unit_test(compressed_record_of_each_kind_is_opened),
        cmocka_unit_test(compressed_record_longer_than_growth_allows_overflows),
        cmocka_unit_test(compressed_record_that_may_come_in_has_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
