#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cipher/group.h"
#include "cipher/suite.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <string.h>

static const struct tlsni_group *x25519(void)
{
    return tlsni_group_find(TLSNI_GROUP_X25519);
}

static const struct tlsni_group *x448(void)
{
    return tlsni_group_find(TLSNI_GROUP_X448);
}

/* ---- the table ---- */

static void group_rows_are_sorted_and_found(void **state)
{
    size_t count;
    const struct tlsni_group *rows = tlsni_group_rows(&count);

    (void)state;
    assert_int_equal(count, 25);
    for (size_t i = 0; i < count; i++) {
        const char *names[] = { rows[i].name, rows[i].openssl, rows[i].gnutls };

        if (i)
            assert_true(rows[i - 1].id < rows[i].id);
        assert_ptr_equal(tlsni_group_find(rows[i].id), &rows[i]);
        for (size_t k = 0; k < 3; k++)
            assert_ptr_equal(tlsni_group_by_name(names[k], strlen(names[k])), &rows[i]);
        if (rows[i].id < TLSNI_GROUP_SECP256R1)
            assert_true(rows[i].policy >= TLSNI_CLASS_COMPAT);
        assert_true(rows[i].min_version <= rows[i].max_version);
        assert_in_range(rows[i].response_len, 1, TLSNI_GROUP_PUBLIC_MAX);
        assert_in_range(rows[i].private_len, 1, TLSNI_GROUP_PRIVATE_MAX);
        assert_in_range(rows[i].public_len, 1, TLSNI_GROUP_PUBLIC_MAX);
        assert_in_range(rows[i].shared_len, 1, TLSNI_GROUP_SHARED_MAX);
    }
    assert_null(tlsni_group_find(0));
    assert_null(tlsni_group_find(20)); /* secp224k1 */
    assert_null(tlsni_group_by_name("x2551", 5));
    REQ("7919:2/2");
    REQ("8422:5.1.1/2");
}

static void group_preference_has_every_row_once(void **state)
{
    size_t count, rows;
    const uint16_t *list = tlsni_group_preference(&count);

    (void)state;
    (void)tlsni_group_rows(&rows);
    assert_int_equal(count, rows);
    assert_int_equal(list[0], TLSNI_GROUP_X25519_MLKEM768);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(tlsni_group_find(list[i]));
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(list[i], list[j]);
    }
}

/* ---- every row ---- */

static void group_both_sides_of_every_row_agree(void **state)
{
    struct test_env env;
    size_t count;
    const struct tlsni_group *rows = tlsni_group_rows(&count);

    (void)state;
    test_env_init(&env, 1);
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_group *g = &rows[i];
        uint8_t a[TLSNI_GROUP_PRIVATE_MAX], b[TLSNI_GROUP_PRIVATE_MAX];
        uint8_t pa[TLSNI_GROUP_PUBLIC_MAX], pb[TLSNI_GROUP_PUBLIC_MAX];
        uint8_t sa[TLSNI_GROUP_SHARED_MAX], sb[TLSNI_GROUP_SHARED_MAX];

        if (g->kind == TLSNI_GROUP_KEM) /* has no two sides alike: test_cipher_share.c */
            continue;
        assert_int_equal(g->keygen(g, &env.hooks, a, pa), TLSN_OK);
        assert_int_equal(g->keygen(g, &env.hooks, b, pb), TLSN_OK);
        assert_memory_not_equal(pa, pb, g->public_len);
        assert_int_equal(g->derive(g, &env.hooks, a, pb, g->public_len, sa), TLSN_OK);
        assert_int_equal(g->derive(g, &env.hooks, b, pa, g->public_len, sb), TLSN_OK);
        assert_memory_equal(sa, sb, g->shared_len);
        assert_int_equal(env.live, 0);
    }
}

static void group_failing_random_source_is_reported(void **state)
{
    struct test_env env;
    size_t count;
    const struct tlsni_group *rows = tlsni_group_rows(&count);
    uint8_t a[TLSNI_GROUP_PRIVATE_MAX], p[TLSNI_GROUP_PUBLIC_MAX];

    (void)state;
    test_env_init(&env, 1);
    env.random_fails = true;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(rows[i].keygen(&rows[i], &env.hooks, a, p), TLSN_ERR_RANDOM);
}

static void group_each_failing_allocation_is_reported(void **state)
{
    size_t count;
    const struct tlsni_group *rows = tlsni_group_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_group *g = &rows[i];
        uint8_t a[TLSNI_GROUP_PRIVATE_MAX], p[TLSNI_GROUP_PUBLIC_MAX], s[TLSNI_GROUP_SHARED_MAX];
        struct test_env env;
        size_t allocs;

        if (g->kind == TLSNI_GROUP_KEM) /* keys do not fit their own values */
            continue;
        test_env_init(&env, 2);
        assert_int_equal(g->keygen(g, &env.hooks, a, p), TLSN_OK);
        assert_int_equal(g->derive(g, &env.hooks, a, p, g->public_len, s), TLSN_OK);
        allocs = env.allocs;
        assert_true(g->bits > 2048 || allocs == 0);
        if (!allocs)
            continue;
        test_env_init(&env, 2);
        env.fail_at = 1;
        assert_int_equal(g->keygen(g, &env.hooks, a, p), TLSN_ERR_NO_MEMORY);
        assert_int_equal(g->derive(g, &env.hooks, a, p, g->public_len, s), TLSN_ERR_NO_MEMORY);
        assert_int_equal(env.live, 0);
    }
}

static void group_public_value_of_wrong_length_is_refused(void **state)
{
    static const uint16_t ids[] = { TLSNI_GROUP_SECP256R1, TLSNI_GROUP_SECP384R1,
                                    TLSNI_GROUP_SECP521R1, TLSNI_GROUP_X25519, TLSNI_GROUP_X448 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 3);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        const struct tlsni_group *g = tlsni_group_find(ids[i]);
        uint8_t a[66], p[134] = { 0 }, s[66];

        assert_int_equal(g->keygen(g, &env.hooks, a, p), TLSN_OK);
        assert_int_equal(g->derive(g, NULL, a, p, g->public_len - 1U, s),
                         TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(g->derive(g, NULL, a, p, g->public_len + 1U, s),
                         TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(g->derive(g, NULL, a, p, 0, s), TLSN_ERR_ILLEGAL_PARAMETER);
    }
    REQ("8422:5.4/5");
}

/* ---- X25519 and X448, RFC 7748 ---- */

static void derive_hex(const struct tlsni_group *g, const char *scalar, const char *u,
                       const char *expected)
{
    uint8_t k[56], p[56], e[56], out[56];

    assert_int_equal(vec_unhex(scalar, k, sizeof k), g->private_len);
    assert_int_equal(vec_unhex(u, p, sizeof p), g->public_len);
    assert_int_equal(vec_unhex(expected, e, sizeof e), g->shared_len);
    assert_int_equal(g->derive(g, NULL, k, p, g->public_len, out), TLSN_OK);
    assert_memory_equal(out, e, g->shared_len);
}

/* RFC 7748 5.2: k and u change places with the result, again and again. */
static void iterate(const struct tlsni_group *g, uint8_t first, const char *after_1,
                    const char *after_1000)
{
    uint8_t k[56] = { first }, u[56] = { first }, out[56], e[56];

    for (int i = 1; i <= 1000; i++) {
        assert_int_equal(g->derive(g, NULL, k, u, g->public_len, out), TLSN_OK);
        memcpy(u, k, g->public_len);
        memcpy(k, out, g->shared_len);
        if (i == 1) {
            (void)vec_unhex(after_1, e, sizeof e);
            assert_memory_equal(k, e, g->shared_len);
        }
    }
    (void)vec_unhex(after_1000, e, sizeof e);
    assert_memory_equal(k, e, g->shared_len);
}

static void x25519_published_vectors_match(void **state)
{
    (void)state;
    derive_hex(x25519(), "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
               "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
               "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    /* the second one has the top bit of u set */
    derive_hex(x25519(), "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
               "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
               "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
    iterate(x25519(), 9, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
            "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
    REQ("7748:5/1");
    REQ("7748:5/2");
    REQ("7748:5/4");
}

static void x448_published_vectors_match(void **state)
{
    (void)state;
    iterate(x448(), 5,
            "3f482c8a9f19b01e6c46ee9711d9dc14fd4bf67af30765c2ae2b846a4d23a8cd"
            "0db897086239492caf350b51f833868b9bc2b3bca9cf4113",
            "aa3b4749d55b9daf1e5b00288826c467274ce3ebbdd5c17b975e09d4af6c67cf"
            "10d087202db88286e2b79fceea3ec353ef54faa26e219f38");
    REQ("7748:5.2/1");
}

/* u = p + 9 is 9: the peer's public value of the base point's multiple by our scalar. */
static void x25519_value_that_is_not_reduced_is_accepted(void **state)
{
    uint8_t k[32] = { 0x40, 1, 2, 3 }, u[32], nine[32] = { 9 }, a[32], b[32];

    (void)state;
    memset(u, 0xff, sizeof u);
    u[0] = 0xf6; /* 2^255 - 19 + 9 = 2^255 - 10 */
    u[31] = 0x7f;
    assert_int_equal(x25519()->derive(x25519(), NULL, k, u, 32, a), TLSN_OK);
    assert_int_equal(x25519()->derive(x25519(), NULL, k, nine, 32, b), TLSN_OK);
    assert_memory_equal(a, b, 32);
    assert_int_equal(a[31] & 0x80, 0);
    REQ("7748:5/3");
    REQ("7748:5/5");
}

/* Points of order 1, 2, 4 and 8 (RFC 7748 6, and https://cr.yp.to/ecdh.html). */
static void montgomery_point_of_small_order_is_refused(void **state)
{
    static const char *const low[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    uint8_t k[56] = { 7, 7, 7 }, u[56], out[56];

    (void)state;
    for (size_t i = 0; i < sizeof low / sizeof low[0]; i++) {
        (void)vec_unhex(low[i], u, sizeof u);
        assert_int_equal(x25519()->derive(x25519(), NULL, k, u, 32, out),
                         TLSN_ERR_ILLEGAL_PARAMETER);
    }
    memset(u, 0, sizeof u);
    assert_int_equal(x448()->derive(x448(), NULL, k, u, 56, out), TLSN_ERR_ILLEGAL_PARAMETER);
    u[0] = 1;
    assert_int_equal(x448()->derive(x448(), NULL, k, u, 56, out), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("8422:5.10/4");
    REQ("8422:5.11/3");
}

/* ---- prime curves ---- */

/* RFC 5903 8.1: gi, r and the shared x of the 256-bit group. */
static void p256_published_vector_matches(void **state)
{
    const struct tlsni_group *g = tlsni_group_find(TLSNI_GROUP_SECP256R1);
    uint8_t k[32], point[65] = { 4 }, out[32], expected[32];

    (void)state;
    (void)vec_unhex("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433", k, 32);
    (void)vec_unhex("d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
                    "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
                    point + 1, 64);
    (void)vec_unhex("d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de", expected,
                    32);
    assert_int_equal(g->derive(g, NULL, k, point, sizeof point, out), TLSN_OK);
    assert_memory_equal(out, expected, 32);
    REQ("8422:5.4.1/1");
    REQ("8422:5.10/1");
}

/* k G has the coordinates of the public key of k: one whose x begins with a zero octet shows that it
 * stays. The generator is that of FIPS 186-4 D.1.2.3. */
static void ec_leading_zeros_of_the_result_are_kept(void **state)
{
    const struct tlsni_group *g = tlsni_group_find(TLSNI_GROUP_SECP256R1);
    uint8_t k[32], p[65], generator[65] = { 4 }, out[32];
    struct test_env env;
    int attempts = 0;

    (void)state;
    test_env_init(&env, 8);
    (void)vec_unhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
                    generator + 1, 64);
    do {
        assert_true(attempts++ < 5000);
        assert_int_equal(g->keygen(g, &env.hooks, k, p), TLSN_OK);
    } while (p[1]);
    assert_int_equal(g->derive(g, NULL, k, generator, 65, out), TLSN_OK);
    assert_memory_equal(out, p + 1, 32);
    REQ("8422:5.10/2");
    REQ("8446:7.4.2/2");
}

/* What comes of the generator is the own public value, which was written with all its bytes. */
static void ff_leading_zeros_of_the_result_are_kept(void **state)
{
    const struct tlsni_group *g = tlsni_group_find(TLSNI_GROUP_FFDHE2048);
    uint8_t k[256], p[256], generator[256] = { [255] = 2 }, out[256];
    struct test_env env;
    int attempts = 0;

    (void)state;
    assert_int_equal(g->shared_len, 256);
    assert_true(g->private_len <= sizeof k);
    test_env_init(&env, 9);
    do {
        assert_true(attempts++ < 5000);
        assert_int_equal(g->keygen(g, &env.hooks, k, p), TLSN_OK);
    } while (p[0]);
    memset(out, 0xff, sizeof out);
    assert_int_equal(g->derive(g, NULL, k, generator, sizeof generator, out), TLSN_OK);
    assert_memory_equal(out, p, sizeof p);
    REQ("8446:7.4.1/1");
}

static void montgomery_results_have_the_length_of_the_field(void **state)
{
    (void)state;
    assert_int_equal(x25519()->shared_len, 32);
    assert_int_equal(x448()->shared_len, 56);
    REQ("8422:5.10/5");
}

static void ec_point_off_the_curve_is_refused(void **state)
{
    static const uint16_t ids[] = { TLSNI_GROUP_SECP256R1, TLSNI_GROUP_SECP384R1,
                                    TLSNI_GROUP_SECP521R1 };
    struct test_env env;

    (void)state;
    test_env_init(&env, 4);
    for (size_t i = 0; i < 3; i++) {
        const struct tlsni_group *g = tlsni_group_find(ids[i]);
        size_t len = g->public_len;
        uint8_t k[66], p[133], bad[133], s[66];

        assert_int_equal(g->keygen(g, &env.hooks, k, p), TLSN_OK);
        for (size_t at = 1; at < len; at += 7) {
            memcpy(bad, p, len);
            bad[at] ^= 1;
            assert_int_equal(g->derive(g, NULL, k, bad, len, s), TLSN_ERR_ILLEGAL_PARAMETER);
        }
        for (unsigned form = 0; form < 256; form++) {
            memcpy(bad, p, len);
            bad[0] = (uint8_t)form;
            assert_int_equal(g->derive(g, NULL, k, bad, len, s),
                             form == 4 ? TLSN_OK : TLSN_ERR_ILLEGAL_PARAMETER);
        }
        memset(bad + 1, 0, len - 1);
        assert_int_equal(g->derive(g, NULL, k, bad, len, s), TLSN_ERR_ILLEGAL_PARAMETER);
        memset(bad + 1, 0xff, len - 1);
        bad[0] = 4;
        assert_int_equal(g->derive(g, NULL, k, bad, len, s), TLSN_ERR_ILLEGAL_PARAMETER);
    }
    REQ("8422:5.11/1");
    REQ("8422:5.11/2");
    REQ("8422:5.1.2/2");
}

/* P-256: x = 0 is on the curve with y = sqrt(b); x = p names the same point and is out of range. */
static void ec_coordinate_that_is_not_reduced_is_refused(void **state)
{
    const struct tlsni_group *g = tlsni_group_find(TLSNI_GROUP_SECP256R1);
    uint8_t k[32] = { 0 }, p[65] = { 4 }, s[32];

    (void)state;
    k[31] = 3;
    (void)vec_unhex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4", p + 33, 32);
    assert_int_equal(g->derive(g, NULL, k, p, 65, s), TLSN_OK);
    (void)vec_unhex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", p + 1, 32);
    assert_int_equal(g->derive(g, NULL, k, p, 65, s), TLSN_ERR_ILLEGAL_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group_rows_are_sorted_and_found),
        cmocka_unit_test(group_preference_has_every_row_once),
        cmocka_unit_test(group_both_sides_of_every_row_agree),
        cmocka_unit_test(group_failing_random_source_is_reported),
        cmocka_unit_test(group_each_failing_allocation_is_reported),
        cmocka_unit_test(group_public_value_of_wrong_length_is_refused),
        cmocka_unit_test(x25519_published_vectors_match),
        cmocka_unit_test(x448_published_vectors_match),
        cmocka_unit_test(x25519_value_that_is_not_reduced_is_accepted),
        cmocka_unit_test(montgomery_point_of_small_order_is_refused),
        cmocka_unit_test(p256_published_vector_matches),
        cmocka_unit_test(ec_leading_zeros_of_the_result_are_kept),
        cmocka_unit_test(ff_leading_zeros_of_the_result_are_kept),
        cmocka_unit_test(montgomery_results_have_the_length_of_the_field),
        cmocka_unit_test(ec_point_off_the_curve_is_refused),
        cmocka_unit_test(ec_coordinate_that_is_not_reduced_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
