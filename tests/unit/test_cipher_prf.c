#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/prf.h"
#include "req.h"
#include "support_vectors.h"

#include <string.h>

static const struct tlsni_hash *by_name(const char *name)
{
    for (int id = TLSNI_HASH_MD5; id <= TLSNI_HASH_SHA512; id++)
        if (strcmp(tlsni_hash_find((enum tlsni_hash_id)id)->name, name) == 0)
            return tlsni_hash_find((enum tlsni_hash_id)id);
    fail_msg("no hash %s", name);
    return NULL;
}

/* Calls each(block fields) for every vector of the file. */
static void for_each_vector(void (*each)(const struct tlsni_hash *row, struct tlsn_span secret,
                                         const char *label, struct tlsn_span seed,
                                         struct tlsn_span out))
{
    struct vec_file *f = vec_open("tests/vectors/prf.txt");
    struct vec_block b = { 0 };
    unsigned count = 0;

    assert_non_null(f);
    for (; vec_next(f, &b); count++)
        each(by_name(vec_label(&b)), vec_bytes(&b, "secret"), vec_text(&b, "label"),
             vec_bytes(&b, "seed"), vec_bytes(&b, "out"));
    assert_int_equal(count, 4);
    vec_block_clear(&b);
    vec_close(f);
}

static void check_whole(const struct tlsni_hash *row, struct tlsn_span secret, const char *label,
                        struct tlsn_span seed, struct tlsn_span out)
{
    uint8_t got[256];

    tlsni_prf_tls12(row, secret.data, secret.len, label, seed, tlsni_span_make(NULL, 0), got,
                    out.len);
    assert_memory_equal(got, out.data, out.len);
}

static void prf_tls12_published_vectors_match(void **state)
{
    (void)state;
    for_each_vector(check_whole);
    REQ("5246:5/1");
    REQ("5246:5/2");
    REQ("5246:5/5");
}

/* Every length is a prefix of the published output, and no byte behind it is touched. */
static void check_lengths(const struct tlsni_hash *row, struct tlsn_span secret, const char *label,
                          struct tlsn_span seed, struct tlsn_span out)
{
    uint8_t got[257];

    for (size_t len = 0; len <= out.len; len++) {
        memset(got, 0xa5, sizeof got);
        tlsni_prf_tls12(row, secret.data, secret.len, label, seed, tlsni_span_make(NULL, 0), got,
                        len);
        assert_memory_equal(got, out.data, len);
        assert_int_equal(got[len], 0xa5);
    }
}

static void prf_tls12_any_length_drops_surplus_octets(void **state)
{
    (void)state;
    for_each_vector(check_lengths);
    REQ("5246:5/4");
}

static void check_split(const struct tlsni_hash *row, struct tlsn_span secret, const char *label,
                        struct tlsn_span seed, struct tlsn_span out)
{
    uint8_t got[256];

    for (size_t cut = 0; cut <= seed.len; cut++) {
        tlsni_prf_tls12(row, secret.data, secret.len, label, tlsni_span_make(seed.data, cut),
                        tlsni_span_make(seed.data + cut, seed.len - cut), got, out.len);
        assert_memory_equal(got, out.data, out.len);
    }
}

static void prf_tls12_seeds_are_concatenated(void **state)
{
    (void)state;
    for_each_vector(check_split);
}

/* Odd and even secrets, down to one byte that is both halves; every length, every cut of the seed. */
static void prf_tls10_equals_openssl(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/prf_tls10.txt");
    struct vec_block b = { 0 };
    unsigned count = 0;
    uint8_t got[256];

    (void)state;
    assert_non_null(f);
    for (; vec_next(f, &b); count++) {
        struct tlsn_span secret = vec_bytes(&b, "secret"), seed = vec_bytes(&b, "seed");
        struct tlsn_span out = vec_bytes(&b, "out");

        for (size_t len = 0; len <= out.len; len++) {
            size_t cut = len < seed.len ? len : seed.len;

            memset(got, 0xa5, sizeof got);
            tlsni_prf_tls10(NULL, secret.data, secret.len, vec_text(&b, "label"),
                            tlsni_span_make(seed.data, cut),
                            tlsni_span_make(seed.data + cut, seed.len - cut), got, len);
            assert_memory_equal(got, out.data, len);
            assert_int_equal(got[len], 0xa5);
        }
    }
    assert_int_equal(count, 3);
    vec_block_clear(&b);
    vec_close(f);
    REQ("4346:5/2");
    REQ("4346:5/3");
    REQ("2246:5/2");
    REQ("2246:5/3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prf_tls12_published_vectors_match),
        cmocka_unit_test(prf_tls12_any_length_drops_surplus_octets),
        cmocka_unit_test(prf_tls12_seeds_are_concatenated),
        cmocka_unit_test(prf_tls10_equals_openssl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
