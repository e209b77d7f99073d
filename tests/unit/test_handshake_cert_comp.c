#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "handshake/cert_comp.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_LEN = 3000 };

/* Bytes that compress about as well as certificates do. */
static void fill(uint8_t *p, size_t len)
{
    uint32_t x = 1;

    for (size_t i = 0; i < len; i++) {
        x = x * 1664525 + 1013904223;
        p[i] = i % 3 ? (uint8_t)(x >> 29) : (uint8_t)(x >> 24);
    }
}

static const struct tlsni_cert_comp *row(size_t i)
{
    size_t count;

    return tlsni_cert_comp_rows(&count)[i];
}

static void cert_comp_rows_have_the_numbers_of_the_registry(void **state)
{
    static const char *const names[] = { "", "zlib", "brotli", "zstd" };
    size_t count;

    (void)state;
    (void)tlsni_cert_comp_rows(&count);
    print_message("# %zu algorithms\n", count);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(row(i)->id, 1, 3);
        assert_string_equal(row(i)->name, names[row(i)->id]);
        assert_ptr_equal(tlsni_cert_comp_find(row(i)->id), row(i));
        assert_ptr_equal(tlsni_cert_comp_by_name(row(i)->name, strlen(row(i)->name)), row(i));
    }
    assert_null(tlsni_cert_comp_find(0));
    assert_null(tlsni_cert_comp_by_name("lzma", 4));
    REQ("8879:7.3/1");
}

static void cert_comp_packs_and_unpacks(void **state)
{
    uint8_t text[TEXT_LEN], packed[TEXT_LEN], back[TEXT_LEN];
    struct test_env env;
    size_t len;

    (void)state;
    fill(text, sizeof text);
    for (size_t i = 0; row(i); i++) {
        test_env_init(&env, 1);
        assert_int_equal(row(i)->pack(&env.hooks, tlsni_span_make(text, sizeof text), packed,
                                      sizeof packed, &len), TLSN_OK);
        assert_in_range(len, 1, sizeof text - 1);
        assert_int_equal(row(i)->unpack(&env.hooks, tlsni_span_make(packed, len), back, sizeof back),
                         TLSN_OK);
        assert_memory_equal(back, text, sizeof text);
        assert_int_equal(env.live, 0);
    }
}

/* The same text by Python's zlib, Node.js' brotliCompressSync and the command zstd. */
static void cert_comp_unpacks_what_others_packed(void **state)
{
    static const char text[] = "certificates are sent, certificates are compressed, certificates are "
                               "unpacked: certificates";
    static const struct {
        uint16_t id;
        const char *claim, *hex;
    } packed[] = {
        { 1, "8879:4/6",
          "78da4b4e2d2ac94ccb4c4e2c492d56482c4a55284ecd2bd1514846174ececf2d284a2d2e4e4dc122599a5790"
             "989c9d9a62852205002d6e226d" },
        { 2, "8879:4/7",
          "1b5a00709c09364ea81787f123547a868dd5959b5c91cd65990e086cc039af36f0820bc5eb69d063d722243e"
             "6e18e8f455ccc0c1fe902c653a" },
        { 3, "8879:4/8",
          "28b52ffd04689d0100a2820910c0b701b2dc4d4839a5e47f1ce2fe3903c13e5c068f5df569483181c52b3d8b"
             "f45b3e719b7703003e8f035482ea3c9b59f496f1" },
    };
    uint8_t in[128], out[sizeof text - 1];

    (void)state;
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
        const struct tlsni_cert_comp *c = tlsni_cert_comp_find(packed[i].id);
        size_t len = vec_unhex(packed[i].hex, in, sizeof in);

        if (!c)
            continue;
        assert_int_equal(c->unpack(NULL, tlsni_span_make(in, len), out, sizeof out), TLSN_OK);
        assert_memory_equal(out, text, sizeof out);
        req_print(packed[i].claim);
    }
}

static void cert_comp_every_truncation_and_other_length_is_refused(void **state)
{
    uint8_t text[TEXT_LEN], packed[TEXT_LEN + 1], back[TEXT_LEN + 1];
    struct test_env env;
    size_t len;

    (void)state;
    fill(text, sizeof text);
    for (size_t i = 0; row(i); i++) {
        test_env_init(&env, 2);
        assert_int_equal(row(i)->pack(&env.hooks, tlsni_span_make(text, sizeof text), packed,
                                      TEXT_LEN, &len), TLSN_OK);
        for (size_t cut = 0; cut < len; cut += cut < 40 || cut + 40 > len ? 1 : 29)
            assert_int_equal(row(i)->unpack(&env.hooks, tlsni_span_make(packed, cut), back,
                                            sizeof text), TLSN_ERR_CERT_COMPRESSION);
        packed[len] = 0;
        assert_int_equal(row(i)->unpack(&env.hooks, tlsni_span_make(packed, len + 1), back,
                                        sizeof text), TLSN_ERR_CERT_COMPRESSION);
        assert_int_equal(row(i)->unpack(&env.hooks, tlsni_span_make(packed, len), back,
                                        sizeof text - 1), TLSN_ERR_CERT_COMPRESSION);
        assert_int_equal(row(i)->unpack(&env.hooks, tlsni_span_make(packed, len), back,
                                        sizeof text + 1), TLSN_ERR_CERT_COMPRESSION);
        assert_int_equal(env.live, 0);
        REQ("8879:5/4");
    }
}

static void cert_comp_without_room_packs_nothing(void **state)
{
    uint8_t text[TEXT_LEN], packed[TEXT_LEN];
    struct test_env env;
    size_t len = 1;

    (void)state;
    fill(text, sizeof text);
    for (size_t i = 0; row(i); i++) {
        test_env_init(&env, 3);
        assert_int_equal(row(i)->pack(&env.hooks, tlsni_span_make(text, sizeof text), packed, 100,
                                      &len), TLSN_OK);
        assert_int_equal(len, 0);
        assert_int_equal(env.live, 0);
    }
}

/* Random bytes do not unpack, and nothing is left over. */
static void cert_comp_nonsense_is_refused(void **state)
{
    uint8_t junk[64], back[256];
    struct test_env env;

    (void)state;
    for (size_t i = 0; row(i); i++)
        for (unsigned seed = 0; seed < 200; seed++) {
            test_env_init(&env, seed);
            test_random(&env, junk, sizeof junk);
            assert_int_equal(row(i)->unpack(&env.hooks, tlsni_span_make(junk, sizeof junk), back,
                                            sizeof back), TLSN_ERR_CERT_COMPRESSION);
            assert_int_equal(env.live, 0);
        }
}

static void cert_comp_each_failing_allocation_is_reported(void **state)
{
    uint8_t text[TEXT_LEN], packed[TEXT_LEN], back[TEXT_LEN];
    struct test_env env;
    size_t len;

    (void)state;
    fill(text, sizeof text);
    for (size_t i = 0; row(i); i++) {
        test_env_init(&env, 4);
        assert_int_equal(row(i)->pack(&env.hooks, tlsni_span_make(text, sizeof text), packed,
                                      sizeof packed, &len), TLSN_OK);
        assert_int_equal(row(i)->unpack(&env.hooks, tlsni_span_make(packed, len), back, sizeof back),
                         TLSN_OK);
        for (size_t at = 1, all = env.allocs; at <= all; at++) {
            tlsn_status st;

            test_env_init(&env, 4);
            env.fail_at = at;
            st = row(i)->pack(&env.hooks, tlsni_span_make(text, sizeof text), packed, sizeof packed,
                              &len);
            if (st == TLSN_OK)
                st = row(i)->unpack(&env.hooks, tlsni_span_make(packed, len), back, sizeof back);
            assert_int_equal(st, TLSN_ERR_NO_MEMORY);
            assert_int_equal(env.live, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cert_comp_rows_have_the_numbers_of_the_registry),
        cmocka_unit_test(cert_comp_packs_and_unpacks),
        cmocka_unit_test(cert_comp_unpacks_what_others_packed),
        cmocka_unit_test(cert_comp_every_truncation_and_other_length_is_refused),
        cmocka_unit_test(cert_comp_without_room_packs_nothing),
        cmocka_unit_test(cert_comp_nonsense_is_refused),
        cmocka_unit_test(cert_comp_each_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
