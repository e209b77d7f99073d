#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/mlkem.h"
#include "cipher/mlkem_poly.h"

#include <string.h>

/* What the Wycheproof corpus shows is in tests/vectors/wyche_mlkem.c; here is what needs no corpus. */

static const struct tlsni_mlkem *const sets[] = { &tlsni_mlkem_512, &tlsni_mlkem_768,
                                                  &tlsni_mlkem_1024 };

struct pair {
    uint8_t private_key[TLSNI_MLKEM_PRIVATE_MAX], public_key[TLSNI_MLKEM_PUBLIC_MAX];
    uint8_t ciphertext[TLSNI_MLKEM_CIPHERTEXT_MAX];
    uint8_t sent[TLSNI_MLKEM_SHARED_LEN], got[TLSNI_MLKEM_SHARED_LEN];
};

static void make(const struct tlsni_mlkem *p, uint8_t number, struct pair *x)
{
    uint8_t seed[TLSNI_MLKEM_SEED_LEN], random[TLSNI_MLKEM_RANDOM_LEN];

    memset(seed, number, sizeof seed);
    memset(random, number ^ 0x55, sizeof random);
    tlsni_mlkem_keygen(p, seed, x->private_key, x->public_key);
    assert_int_equal(tlsni_mlkem_encapsulate(p, random,
                                             tlsni_span_make(x->public_key, p->public_len),
                                             x->ciphertext, x->sent), TLSN_OK);
}

static tlsn_status open(const struct tlsni_mlkem *p, struct pair *x)
{
    return tlsni_mlkem_decapsulate(p, x->private_key,
                                   tlsni_span_make(x->ciphertext, p->ciphertext_len), x->got);
}

/* FIPS 203 table 3 */
static void mlkem_lengths_are_those_of_the_standard(void **state)
{
    static const uint16_t lengths[3][3] = { { 800, 1632, 768 }, { 1184, 2400, 1088 },
                                            { 1568, 3168, 1568 } };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(sets[i]->public_len, lengths[i][0]);
        assert_int_equal(sets[i]->private_len, lengths[i][1]);
        assert_int_equal(sets[i]->ciphertext_len, lengths[i][2]);
    }
}

static void mlkem_both_sides_agree(void **state)
{
    struct pair x;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int n = 0; n < 20; n++) {
            make(sets[i], (uint8_t)n, &x);
            assert_int_equal(open(sets[i], &x), TLSN_OK);
            assert_memory_equal(x.sent, x.got, sizeof x.got);
        }
}

/* Implicit rejection: another secret, the same one each time, one that depends on the ciphertext. */
static void mlkem_changed_ciphertext_gives_another_secret(void **state)
{
    struct pair x;
    uint8_t first[TLSNI_MLKEM_SHARED_LEN];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        make(sets[i], 9, &x);
        for (size_t at = 0; at < sets[i]->ciphertext_len; at += 31) {
            x.ciphertext[at] ^= 1;
            assert_int_equal(open(sets[i], &x), TLSN_OK);
            assert_memory_not_equal(x.sent, x.got, sizeof x.got);
            if (at)
                assert_memory_not_equal(first, x.got, sizeof first);
            memcpy(first, x.got, sizeof first);
            assert_int_equal(open(sets[i], &x), TLSN_OK);
            assert_memory_equal(first, x.got, sizeof first);
            x.ciphertext[at] ^= 1;
        }
    }
}

static void mlkem_other_lengths_are_refused(void **state)
{
    struct pair x;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct tlsni_mlkem *p = sets[i];

        make(p, 3, &x);
        for (int by = -1; by <= 1; by += 2) {
            assert_int_equal(
                tlsni_mlkem_encapsulate(p, x.sent,
                                        tlsni_span_make(x.public_key, (size_t)(p->public_len + by)),
                                        x.ciphertext, x.got), TLSN_ERR_ILLEGAL_PARAMETER);
            assert_int_equal(
                tlsni_mlkem_decapsulate(p, x.private_key,
                                        tlsni_span_make(x.ciphertext,
                                                        (size_t)(p->ciphertext_len + by)), x.got),
                TLSN_ERR_ILLEGAL_PARAMETER);
            assert_int_equal(
                tlsni_mlkem_check_private(p, tlsni_span_make(x.private_key,
                                                             (size_t)(p->private_len + by))),
                TLSN_ERR_ILLEGAL_PARAMETER);
        }
    }
}

/* Every place of a coefficient, with q - 1 and with q. */
static void mlkem_coefficient_that_is_not_reduced_is_refused(void **state)
{
    const struct tlsni_mlkem *p = &tlsni_mlkem_768;
    uint8_t key[TLSNI_MLKEM_PUBLIC_MAX] = { 0 }, ciphertext[TLSNI_MLKEM_CIPHERTEXT_MAX];
    uint8_t random[TLSNI_MLKEM_RANDOM_LEN] = { 0 }, shared[TLSNI_MLKEM_SHARED_LEN];

    (void)state;
    for (size_t at = 0; at < 3 * 256; at += 5)
        for (uint32_t c = 3328; c <= 3329; c++) {
            uint8_t *low = key + at / 2 * 3;

            memset(key, 0, sizeof key);
            if (at % 2 == 0) {
                low[0] = (uint8_t)c;
                low[1] = (uint8_t)(c >> 8);
            } else {
                low[1] = (uint8_t)(c << 4);
                low[2] = (uint8_t)(c >> 4);
            }
            assert_int_equal(tlsni_mlkem_encapsulate(p, random,
                                                     tlsni_span_make(key, p->public_len),
                                                     ciphertext, shared),
                             c < 3329 ? TLSN_OK : TLSN_ERR_ILLEGAL_PARAMETER);
        }
}

static void mlkem_private_key_with_a_wrong_hash_is_refused(void **state)
{
    const struct tlsni_mlkem *p = &tlsni_mlkem_512;
    struct pair x;

    (void)state;
    make(p, 4, &x);
    assert_int_equal(tlsni_mlkem_check_private(p, tlsni_span_make(x.private_key, p->private_len)),
                     TLSN_OK);
    for (size_t at = 768; at < 768 + 800 + 32; at += 41) { /* the public key and its hash */
        x.private_key[at] ^= 0x10;
        assert_int_equal(
            tlsni_mlkem_check_private(p, tlsni_span_make(x.private_key, p->private_len)),
            TLSN_ERR_ILLEGAL_PARAMETER);
        x.private_key[at] ^= 0x10;
    }
}

/* FIPS 203 4.2.1: round(2^d x / q), computed by division here. */
static void poly_compression_rounds_as_division_does(void **state)
{
    static const unsigned ds[] = { 1, 4, 5, 10, 11 };
    struct tlsni_poly f, back;
    uint8_t bytes[352];

    (void)state;
    for (size_t n = 0; n < 5; n++)
        for (int first = 0; first < TLSNI_MLKEM_Q; first += 256) {
            unsigned d = ds[n];

            for (int i = 0; i < 256; i++)
                f.c[i] = (int16_t)((first + i) % TLSNI_MLKEM_Q);
            tlsni_poly_compress(bytes, &f, d);
            tlsni_poly_decompress(&back, bytes, d);
            for (int i = 0; i < 256; i++) {
                unsigned long x = (unsigned long)f.c[i];
                unsigned long y = ((2 * x << d) + TLSNI_MLKEM_Q) / (2 * TLSNI_MLKEM_Q) % (1UL << d);

                assert_int_equal(back.c[i],
                                 (2 * TLSNI_MLKEM_Q * y + (1UL << d)) / (1UL << (d + 1)));
            }
        }
}

/* Multiplication in the transformed domain is that of polynomials modulo X^256 + 1. */
static void poly_product_is_that_of_the_ring(void **state)
{
    struct tlsni_poly f, g, h = { { 0 } };
    int32_t want[256] = { 0 };

    (void)state;
    for (int i = 0; i < 256; i++) {
        f.c[i] = (int16_t)((i * i * 31 + 7) % TLSNI_MLKEM_Q - TLSNI_MLKEM_Q / 2);
        g.c[i] = (int16_t)(i % 2 ? TLSNI_MLKEM_Q - 1 : i - TLSNI_MLKEM_Q);
    }
    for (int i = 0; i < 256; i++)
        for (int j = 0; j < 256; j++) {
            int32_t product = f.c[i] * g.c[j] % TLSNI_MLKEM_Q;

            want[(i + j) % 256] += i + j < 256 ? product : -product;
        }
    tlsni_poly_ntt(&f);
    tlsni_poly_center(&f);
    tlsni_poly_ntt(&g);
    tlsni_poly_multiply_add(&h, &f, &g);
    tlsni_poly_center(&h);
    tlsni_poly_ntt_inverse(&h);
    tlsni_poly_reduce(&h);
    for (int i = 0; i < 256; i++)
        assert_int_equal(h.c[i], (want[i] % TLSNI_MLKEM_Q + TLSNI_MLKEM_Q) % TLSNI_MLKEM_Q);
}

static void poly_reduction_holds_for_every_value(void **state)
{
    struct tlsni_poly f;

    (void)state;
    for (int first = INT16_MIN; first <= INT16_MAX; first += 256) {
        for (int i = 0; i < 256; i++)
            f.c[i] = (int16_t)(first + i);
        tlsni_poly_reduce(&f);
        for (int i = 0; i < 256; i++) {
            int32_t want = (first + i) % TLSNI_MLKEM_Q;

            assert_int_equal(f.c[i], want < 0 ? want + TLSNI_MLKEM_Q : want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mlkem_lengths_are_those_of_the_standard),
        cmocka_unit_test(mlkem_both_sides_agree),
        cmocka_unit_test(mlkem_changed_ciphertext_gives_another_secret),
        cmocka_unit_test(mlkem_other_lengths_are_refused),
        cmocka_unit_test(mlkem_coefficient_that_is_not_reduced_is_refused),
        cmocka_unit_test(mlkem_private_key_with_a_wrong_hash_is_refused),
        cmocka_unit_test(poly_compression_rounds_as_division_does),
        cmocka_unit_test(poly_product_is_that_of_the_ring),
        cmocka_unit_test(poly_reduction_holds_for_every_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
