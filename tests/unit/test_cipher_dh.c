#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gmp.h>

#include "base/bytes.h"
#include "cipher/group.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint16_t ids[] = { 256, 257, 258, 259, 260 };

/* e to b bits and some more, as an integer: the sum of 2^precision / k!. */
static void set_e(mpz_t e, unsigned long precision)
{
    mpz_t term;

    mpz_init(term);
    mpz_setbit(term, precision);
    mpz_set_ui(e, 0);
    for (unsigned long k = 1; mpz_sgn(term); k++) {
        mpz_add(e, e, term);
        mpz_fdiv_q_ui(term, term, k);
    }
    mpz_clear(term);
}

/* RFC 7919 appendix A: p = 2^b - 2^(b-64) + (floor(2^(b-130) e) + X) 2^64 - 1 */
static void dh_primes_follow_the_formula(void **state)
{
    static const unsigned long bits[] = { 2048, 3072, 4096, 6144, 8192 };
    static const unsigned long x[] = { 560316, 2625351, 5736041, 15705020, 10965728 };
    mpz_t e, p, t;

    (void)state;
    mpz_inits(e, p, t, NULL);
    set_e(e, 8400);
    for (size_t i = 0; i < 5; i++) {
        const struct tlsni_group *g = tlsni_group_find(ids[i]);
        struct tlsni_dh_params dh = tlsni_dh_params_of(g);
        uint8_t bytes[1024];
        size_t len = bits[i] / 8;

        mpz_fdiv_q_2exp(p, e, 8400 - (bits[i] - 130));
        mpz_add_ui(p, p, x[i]);
        mpz_mul_2exp(p, p, 64);
        mpz_setbit(t, bits[i]);
        mpz_add(p, p, t);
        mpz_clrbit(t, bits[i]);
        mpz_setbit(t, bits[i] - 64);
        mpz_sub(p, p, t);
        mpz_clrbit(t, bits[i] - 64);
        mpz_sub_ui(p, p, 1);
        assert_int_equal(mpz_sizeinbase(p, 256), len);
        mpz_export(bytes, NULL, 1, 1, 0, 0, p);
        assert_int_equal(dh.p.len, len);
        assert_memory_equal(dh.p.data, bytes, len);
        assert_int_equal(dh.g.len, 1);
        assert_int_equal(dh.g.data[0], 2);
        assert_int_equal(tlsni_dh_bits(&dh), bits[i]);
        assert_int_equal(g->bits, bits[i]);
        assert_int_equal(tlsni_dh_check(&dh), TLSN_OK);
    }
    mpz_clears(e, p, t, NULL);
    REQ("7919:A/1");
}

/* The DER of DHParameter holds the prime. */
static void dh_primes_match_the_installed_openssl(void **state)
{
    size_t checked = 0;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct tlsni_dh_params dh = tlsni_dh_params_of(tlsni_group_find(ids[i]));
        char command[200];
        uint8_t der[4096];
        size_t len = 0, at = 0;
        FILE *f;

        (void)snprintf(command, sizeof command,
                       "openssl genpkey -genparam -algorithm DH -pkeyopt group:%s 2>/dev/null |"
                       " openssl dhparam -outform DER 2>/dev/null",
                       tlsni_group_find(ids[i])->openssl);
        f = popen(command, "r");
        if (f) {
            len = fread(der, 1, sizeof der, f);
            (void)pclose(f);
        }
        if (!len)
            continue;
        while (at + dh.p.len <= len && memcmp(der + at, dh.p.data, dh.p.len) != 0)
            at++;
        assert_true(at + dh.p.len <= len);
        checked++;
    }
    if (!checked) {
        print_message("# no openssl: skipped\n");
        skip();
    }
}

/* RFC 7919 5.2: 225, 275, 325, 375 and 400 bits */
static void dh_exponents_have_the_bits_of_the_group(void **state)
{
    static const unsigned bits[] = { 225, 275, 325, 375, 400 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    for (size_t i = 0; i < 3; i++) {
        const struct tlsni_group *g = tlsni_group_find(ids[i]);
        uint8_t x[TLSNI_GROUP_PRIVATE_MAX], y[TLSNI_GROUP_PUBLIC_MAX];

        assert_int_equal(g->private_len, (bits[i] + 7) / 8);
        assert_int_equal(g->keygen(g, &env.hooks, x, y), TLSN_OK);
        assert_int_equal(x[0] >> ((bits[i] - 1) % 8), 1);
    }
    REQ("7919:5.2/1");
}

/* The power itself, by GMP's other function. */
static void dh_public_value_is_the_power_of_the_generator(void **state)
{
    const struct tlsni_group *g = tlsni_group_find(TLSNI_GROUP_FFDHE2048);
    struct tlsni_dh_params dh = tlsni_dh_params_of(g);
    uint8_t x[TLSNI_GROUP_PRIVATE_MAX], y[TLSNI_GROUP_PUBLIC_MAX];
    struct test_env env;
    mpz_t p, a, b;

    (void)state;
    test_env_init(&env, 5);
    mpz_inits(p, a, b, NULL);
    assert_int_equal(g->keygen(g, &env.hooks, x, y), TLSN_OK);
    mpz_import(p, dh.p.len, 1, 1, 0, 0, dh.p.data);
    mpz_import(a, g->private_len, 1, 1, 0, 0, x);
    mpz_set_ui(b, 2);
    mpz_powm(b, b, a, p);
    mpz_import(a, g->public_len, 1, 1, 0, 0, y);
    assert_int_equal(mpz_cmp(a, b), 0);
    mpz_clears(p, a, b, NULL);
}

/* ---- public values ---- */

/* p + delta in as many bytes as p has; p ends in ff. */
static void near_p(uint8_t *out, struct tlsn_span p, int delta)
{
    memcpy(out, p.data, p.len);
    out[p.len - 1] = (uint8_t)(out[p.len - 1] + delta);
}

static void dh_public_value_out_of_range_is_refused(void **state)
{
    struct test_env env;

    (void)state;
    test_env_init(&env, 6);
    for (size_t i = 0; i < 2; i++) {
        const struct tlsni_group *g = tlsni_group_find(ids[i]);
        struct tlsni_dh_params dh = tlsni_dh_params_of(g);
        uint8_t x[TLSNI_GROUP_PRIVATE_MAX], y[TLSNI_GROUP_PUBLIC_MAX], s[TLSNI_GROUP_SHARED_MAX];
        uint8_t longer[TLSNI_GROUP_PUBLIC_MAX + 1] = { 0 };

        assert_int_equal(g->keygen(g, &env.hooks, x, y), TLSN_OK);
        memset(y, 0, dh.p.len);
        assert_int_equal(g->derive(g, NULL, x, y, dh.p.len, s), TLSN_ERR_ILLEGAL_PARAMETER);
        y[dh.p.len - 1] = 1;
        assert_int_equal(g->derive(g, NULL, x, y, dh.p.len, s), TLSN_ERR_ILLEGAL_PARAMETER);
        near_p(y, dh.p, -1);
        assert_int_equal(g->derive(g, NULL, x, y, dh.p.len, s), TLSN_ERR_ILLEGAL_PARAMETER);
        near_p(y, dh.p, 0);
        assert_int_equal(g->derive(g, NULL, x, y, dh.p.len, s), TLSN_ERR_ILLEGAL_PARAMETER);
        memset(y, 0xff, dh.p.len);
        assert_int_equal(g->derive(g, NULL, x, y, dh.p.len, s), TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(g->derive(g, NULL, x, y, 0, s), TLSN_ERR_ILLEGAL_PARAMETER);
        longer[0] = 1;
        assert_int_equal(g->derive(g, NULL, x, longer, dh.p.len + 1, s),
                         TLSN_ERR_ILLEGAL_PARAMETER);
        near_p(y, dh.p, -2);
        assert_int_equal(g->derive(g, NULL, x, y, dh.p.len, s), TLSN_OK);
        y[0] = 2;
        assert_int_equal(g->derive(g, NULL, x, y, 1, s), TLSN_OK);
    }
    REQ("7919:5.1/1");
}

/* ---- groups without a row ---- */

/* A safe prime of 512 bits and one of 1024, found by `openssl dhparam`. */
static const char prime_512[] =
    "f3cd2875d783baa2c4f61c33e92e87a44622955b86483850e64f95b58565d717"
    "cf34ae2c378262137a146986ed7e7156920ab0384d0490d4de1fde09997491b7";
static const char prime_1024[] =
    "bebe9db550b558bb44236c3b5c2c0a0476f09b997584197f4573310d32aaca45"
    "959bfdfd0f98c9349e317df7a93f5499cb4967ef3b6ae25b931e877388b0e2c6"
    "384c69b040ab5e7dd7986b171e5a4c8df630c9294c040bf42315ff8a5dc7fd87"
    "e1dba7dc3d8deb65153b4f6af06ccfac7801b9daa22be38678d050b552f5b4f7";

static void dh_both_sides_of_an_unnamed_group_agree(void **state)
{
    const char *const primes[] = { prime_512, prime_1024 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 7);
    for (size_t i = 0; i < 2; i++) {
        uint8_t p[129] = { 0 }, gen[] = { 0, 2 };
        uint8_t a[128], b[128], pa[128], pb[128], sa[128], sb[128];
        size_t len = vec_unhex(primes[i], p + 1, 128);
        struct tlsni_dh_params dh = { { p, len + 1 }, { gen, 2 } };

        assert_int_equal(tlsni_dh_bits(&dh), 8 * len);
        assert_int_equal(tlsni_dh_check(&dh), TLSN_OK);
        assert_null(tlsni_dh_identify(&dh));
        assert_int_equal(tlsni_dh_keygen(&dh, &env.hooks, a, pa), TLSN_OK);
        assert_int_equal(tlsni_dh_keygen(&dh, &env.hooks, b, pb), TLSN_OK);
        assert_int_equal(tlsni_dh_derive(&dh, &env.hooks, a, pb, len, sa), TLSN_OK);
        assert_int_equal(tlsni_dh_derive(&dh, &env.hooks, b, pa, len, sb), TLSN_OK);
        assert_memory_equal(sa, sb, len);
        near_p(pb, tlsni_span_make(p + 1, len), -1);
        assert_int_equal(tlsni_dh_derive(&dh, &env.hooks, a, pb, len, sa),
                         TLSN_ERR_ILLEGAL_PARAMETER);
    }
}

/* p = 23, g = 5: 5^a for a = 6 is 8 and 19^6 = 2 (the textbook example). */
static void dh_small_group_gives_the_textbook_result(void **state)
{
    uint8_t p = 23, g = 5, a = 6, peer = 19, shared;
    struct tlsni_dh_params dh = { { &p, 1 }, { &g, 1 } };

    (void)state;
    assert_int_equal(tlsni_dh_derive(&dh, NULL, &a, &peer, 1, &shared), TLSN_OK);
    assert_int_equal(shared, 2);
    peer = 1;
    assert_int_equal(tlsni_dh_derive(&dh, NULL, &a, &peer, 1, &shared), TLSN_ERR_ILLEGAL_PARAMETER);
    peer = 22;
    assert_int_equal(tlsni_dh_derive(&dh, NULL, &a, &peer, 1, &shared), TLSN_ERR_ILLEGAL_PARAMETER);
    a = 22; /* the group's order: everything becomes 1 */
    peer = 19;
    assert_int_equal(tlsni_dh_derive(&dh, NULL, &a, &peer, 1, &shared), TLSN_ERR_ILLEGAL_PARAMETER);
}

static tlsn_status check(const char *p, const char *g)
{
    uint8_t pb[1100], gb[1100];
    struct tlsni_dh_params dh = { { pb, vec_unhex(p, pb, sizeof pb) },
                                  { gb, vec_unhex(g, gb, sizeof gb) } };

    return tlsni_dh_check(&dh);
}

static void dh_parameters_without_structure_are_refused(void **state)
{
    uint8_t big[TLSNI_DH_BITS_MAX / 8 + 1], g = 2;
    struct tlsni_dh_params dh = { { big, sizeof big }, { &g, 1 } };

    (void)state;
    assert_int_equal(check(prime_512, "02"), TLSN_OK);
    assert_int_equal(check("17", "05"), TLSN_OK);
    assert_int_equal(check("", "02"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(check("0000", "02"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(check("16", "05"), TLSN_ERR_ILLEGAL_PARAMETER); /* even */
    assert_int_equal(check("03", "02"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(check("17", ""), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(check("17", "00"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(check("17", "01"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(check("17", "15"), TLSN_OK);
    assert_int_equal(check("17", "16"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(check("17", "17"), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(check("17", "0105"), TLSN_ERR_ILLEGAL_PARAMETER);
    memset(big, 0xff, sizeof big);
    assert_int_equal(tlsni_dh_check(&dh), TLSN_ERR_ILLEGAL_PARAMETER);
    big[0] = 0;
    assert_int_equal(tlsni_dh_check(&dh), TLSN_OK);
}

static void dh_named_group_is_identified_with_leading_zeros_too(void **state)
{
    uint8_t padded[TLSNI_DH_BITS_MAX / 8 + 2] = { 0 }, two[] = { 0, 0, 2 }, five = 5;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        const struct tlsni_group *g = tlsni_group_find(ids[i]);
        struct tlsni_dh_params dh = tlsni_dh_params_of(g);

        memcpy(padded + 2, dh.p.data, dh.p.len);
        dh.p = tlsni_span_make(padded, dh.p.len + 2);
        dh.g = tlsni_span_make(two, 3);
        assert_ptr_equal(tlsni_dh_identify(&dh), g);
        dh.g = tlsni_span_make(&five, 1);
        assert_null(tlsni_dh_identify(&dh));
        dh.g = tlsni_span_make(two, 3);
        padded[40] ^= 1;
        assert_null(tlsni_dh_identify(&dh));
        memset(padded, 0, sizeof padded);
    }
    assert_int_equal(tlsni_dh_params_of(tlsni_group_find(TLSNI_GROUP_X25519)).p.len, 0);
}

/* 2^512 - 235937, and the prime of RFC 2409 6.2. */
static void export_groups_are_sound(void **state)
{
    uint8_t expected[64];
    struct tlsni_dh_params dh = tlsni_dh_export(512);

    (void)state;
    memset(expected, 0xff, sizeof expected);
    memcpy(expected + 61, "\xfc\x66\x5f", 3);
    assert_int_equal(dh.p.len, 64);
    assert_memory_equal(dh.p.data, expected, 64);
    assert_int_equal(tlsni_dh_check(&dh), TLSN_OK);
    dh = tlsni_dh_export(1024);
    assert_int_equal(dh.p.len, 128);
    assert_int_equal(tlsni_dh_check(&dh), TLSN_OK);
    assert_int_equal(tlsni_dh_export(768).p.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export_groups_are_sound),
        cmocka_unit_test(dh_primes_follow_the_formula),
        cmocka_unit_test(dh_primes_match_the_installed_openssl),
        cmocka_unit_test(dh_exponents_have_the_bits_of_the_group),
        cmocka_unit_test(dh_public_value_is_the_power_of_the_generator),
        cmocka_unit_test(dh_public_value_out_of_range_is_refused),
        cmocka_unit_test(dh_both_sides_of_an_unnamed_group_agree),
        cmocka_unit_test(dh_small_group_gives_the_textbook_result),
        cmocka_unit_test(dh_parameters_without_structure_are_refused),
        cmocka_unit_test(dh_named_group_is_identified_with_leading_zeros_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
