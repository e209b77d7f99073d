#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/mlkem.h"
#include "cipher/share.h"
#include "req.h"
#include "support_env.h"

#include <string.h>

struct exchange {
    uint8_t key[TLSNI_GROUP_PRIVATE_MAX], share[TLSNI_GROUP_PUBLIC_MAX];
    uint8_t response[TLSNI_GROUP_PUBLIC_MAX];
    uint8_t client[TLSNI_GROUP_SHARED_MAX], server[TLSNI_GROUP_SHARED_MAX];
};

static void run(const struct tlsni_group *g, const struct tlsn_hooks *env, struct exchange *x)
{
    assert_int_equal(g->keygen(g, env, x->key, x->share), TLSN_OK);
    assert_int_equal(tlsni_share_respond(g, env, tlsni_span_make(x->share, g->public_len),
                                         x->response, x->server), TLSN_OK);
    assert_int_equal(tlsni_share_finish(g, env, x->key,
                                        tlsni_span_make(x->response, g->response_len), x->client),
                     TLSN_OK);
}

static void share_both_sides_of_every_row_agree(void **state)
{
    size_t count;
    const struct tlsni_group *rows = tlsni_group_rows(&count);
    struct exchange one, two;
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    for (size_t i = 0; i < count; i++) {
        run(&rows[i], &env.hooks, &one);
        assert_memory_equal(one.client, one.server, rows[i].shared_len);
        run(&rows[i], &env.hooks, &two);
        assert_memory_not_equal(one.response, two.response, rows[i].response_len);
        assert_memory_not_equal(one.server, two.server, rows[i].shared_len);
        assert_int_equal(env.live, 0);
    }
}

static void share_of_another_length_is_refused(void **state)
{
    size_t count;
    const struct tlsni_group *rows = tlsni_group_rows(&count);
    struct exchange x, y;
    struct test_env env;

    (void)state;
    test_env_init(&env, 2);
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_group *g = &rows[i];

        run(g, &env.hooks, &x);
        for (int by = -1; by <= 1; by += 2) {
            assert_int_equal(
                tlsni_share_respond(g, &env.hooks,
                                    tlsni_span_make(x.share, (size_t)(g->public_len + by)),
                                    y.response, y.server), TLSN_ERR_ILLEGAL_PARAMETER);
            assert_int_equal(
                tlsni_share_finish(g, &env.hooks, x.key,
                                   tlsni_span_make(x.response, (size_t)(g->response_len + by)),
                                   y.client), TLSN_ERR_ILLEGAL_PARAMETER);
        }
    }
}

/* Values of finite fields have the prime's length: a short one with its zero octet cut off, which older
 * versions take, is no share. RFC 8446 4.2.8.1. */
static void share_of_a_finite_field_keeps_leading_zeros(void **state)
{
    const struct tlsni_group *g = tlsni_group_find(TLSNI_GROUP_FFDHE2048);
    struct exchange x;
    struct test_env env;
    int attempts = 0;

    (void)state;
    test_env_init(&env, 3);
    do {
        assert_true(attempts++ < 5000);
        assert_int_equal(g->keygen(g, &env.hooks, x.key, x.share), TLSN_OK);
    } while (x.share[0]);
    assert_int_equal(tlsni_share_respond(g, &env.hooks, tlsni_span_make(x.share, 256), x.response,
                                         x.server), TLSN_OK);
    assert_int_equal(tlsni_share_respond(g, &env.hooks, tlsni_span_make(x.share + 1, 255),
                                         x.response, x.server), TLSN_ERR_ILLEGAL_PARAMETER);
}

/* A random source that fails is reported by a server's answer too. */
static void share_failing_random_source_is_reported(void **state)
{
    size_t count;
    const struct tlsni_group *rows = tlsni_group_rows(&count);
    struct exchange x;
    struct test_env env;

    (void)state;
    test_env_init(&env, 4);
    for (size_t i = 0; i < count; i++) {
        run(&rows[i], &env.hooks, &x);
        env.random_fails = true;
        assert_int_equal(tlsni_share_respond(&rows[i], &env.hooks,
                                             tlsni_span_make(x.share, rows[i].public_len),
                                             x.response, x.server), TLSN_ERR_RANDOM);
        env.random_fails = false;
    }
}

/* RFC 8734 3: the curves of RFC 7027 under numbers of their own, in TLS 1.3 alone. */
static void share_of_brainpool_is_on_the_same_curve(void **state)
{
    struct exchange x;
    struct test_env env;

    (void)state;
    test_env_init(&env, 5);
    for (uint16_t i = 0; i < 3; i++) {
        const struct tlsni_group *old = tlsni_group_find((uint16_t)(26 + i));
        const struct tlsni_group *now = tlsni_group_find((uint16_t)(31 + i));

        assert_int_equal(old->max_version, 0x0303);
        assert_int_equal(now->min_version, 0x0304);
        assert_int_equal(now->curve, old->id);
        assert_int_equal(old->keygen(old, &env.hooks, x.key, x.share), TLSN_OK);
        assert_int_equal(tlsni_share_respond(now, &env.hooks,
                                             tlsni_span_make(x.share, old->public_len),
                                             x.response, x.server), TLSN_OK);
        assert_int_equal(old->derive(old, &env.hooks, x.key, x.response, old->public_len,
                                     x.client), TLSN_OK);
        assert_memory_equal(x.client, x.server, old->shared_len);
    }
    REQ("8734:3/1");
    REQ("8734:3/2");
}

static const struct {
    uint16_t id, curve;
    const struct tlsni_mlkem *kem;
    bool kem_first;
    uint16_t client, server, secret;
} hybrids[] = {
    /* lengths as RFC 10024 4.1 to 4.3 gives them */
    { 0x11ec, TLSNI_GROUP_X25519, &tlsni_mlkem_768, true, 1216, 1120, 64 },
    { 0x11eb, TLSNI_GROUP_SECP256R1, &tlsni_mlkem_768, false, 1249, 1153, 64 },
    { 0x11ed, TLSNI_GROUP_SECP384R1, &tlsni_mlkem_1024, false, 1665, 1665, 80 },
};

enum { HYBRIDS = sizeof hybrids / sizeof *hybrids };

static void hybrid_numbers_and_lengths_are_those_of_the_document(void **state)
{
    (void)state;
    for (size_t i = 0; i < HYBRIDS; i++) {
        const struct tlsni_group *g = tlsni_group_find(hybrids[i].id);

        assert_non_null(g);
        assert_int_equal(g->curve, hybrids[i].curve);
        assert_ptr_equal(g->kem, hybrids[i].kem);
        assert_int_equal(g->public_len, hybrids[i].client);
        assert_int_equal(g->response_len, hybrids[i].server);
        assert_int_equal(g->shared_len, hybrids[i].secret);
    }
    REQ("9954:3.1/1");
    REQ("9954:3.2/1");
    REQ("9954:6/1");
    REQ("10024:6/2");
    REQ("10024:7.1/1");
    REQ("10024:7.2/1");
    REQ("10024:7.3/1");
}

/* A server put together from the parts, in the order that the document gives. */
static void hybrid_parts_stand_in_the_order_of_the_document(void **state)
{
    struct exchange x;
    struct test_env env;

    (void)state;
    test_env_init(&env, 6);
    for (size_t i = 0; i < HYBRIDS; i++) {
        const struct tlsni_group *g = tlsni_group_find(hybrids[i].id);
        const struct tlsni_group *curve = tlsni_group_find(hybrids[i].curve);
        const struct tlsni_mlkem *kem = hybrids[i].kem;
        bool first = hybrids[i].kem_first;
        uint8_t m[TLSNI_MLKEM_RANDOM_LEN] = { 1, 2, 3 };

        assert_int_equal(g->keygen(g, &env.hooks, x.key, x.share), TLSN_OK);
        assert_int_equal(
            tlsni_mlkem_encapsulate(kem, m,
                                    tlsni_span_make(x.share + (first ? 0 : curve->public_len),
                                                    kem->public_len),
                                    x.response + (first ? 0 : curve->public_len),
                                    x.server + (first ? 0 : curve->shared_len)), TLSN_OK);
        assert_int_equal(
            tlsni_share_respond(curve, &env.hooks,
                                tlsni_span_make(x.share + (first ? kem->public_len : 0),
                                                curve->public_len),
                                x.response + (first ? kem->ciphertext_len : 0),
                                x.server + (first ? 32 : 0)), TLSN_OK);
        assert_int_equal(tlsni_share_finish(g, &env.hooks, x.key,
                                            tlsni_span_make(x.response, g->response_len),
                                            x.client), TLSN_OK);
        assert_memory_equal(x.client, x.server, g->shared_len);
    }
    REQ("9954:3.2/3");
    REQ("9954:3.2/4");
    REQ("9954:3.2/5");
    REQ("9954:3.3/1");
    REQ("10024:4.1/1");
    REQ("10024:4.1/2");
    REQ("10024:4.1/3");
    REQ("10024:4.2/1");
    REQ("10024:4.2/2");
    REQ("10024:4.2/3");
    REQ("10024:4.3/1");
    REQ("10024:4.3/2");
    REQ("10024:4.3/3");
}

/* Two answers to one share have no part in common, nor have two shares: with randomness used again the
 * ciphertexts would be the same. */
static void hybrid_shares_and_ciphertexts_are_drawn_each_time(void **state)
{
    struct exchange one, two;
    struct test_env env;

    (void)state;
    test_env_init(&env, 9);
    for (size_t i = 0; i < HYBRIDS; i++) {
        const struct tlsni_group *g = tlsni_group_find(hybrids[i].id);
        size_t kem = hybrids[i].kem_first ? 0 : tlsni_group_find(hybrids[i].curve)->public_len;
        size_t curve = hybrids[i].kem_first ? hybrids[i].kem->ciphertext_len : 0;
        size_t curve_of_client = hybrids[i].kem_first ? hybrids[i].kem->public_len : 0;

        run(g, &env.hooks, &one);
        assert_int_equal(tlsni_share_respond(g, &env.hooks,
                                             tlsni_span_make(one.share, g->public_len),
                                             two.response, two.server), TLSN_OK);
        assert_memory_not_equal(one.response + kem, two.response + kem,
                                hybrids[i].kem->ciphertext_len);
        assert_memory_not_equal(one.response + curve + 1, two.response + curve + 1, 31);
        run(g, &env.hooks, &two);
        assert_memory_not_equal(one.share + kem, two.share + kem, hybrids[i].kem->public_len);
        assert_memory_not_equal(one.share + curve_of_client + 1, two.share + curve_of_client + 1,
                                31);
    }
    REQ("9954:2/4");
    REQ("9954:3.2/6");
}

static void expect_refused(const struct tlsni_group *g, const struct tlsn_hooks *env,
                           struct exchange *x)
{
    assert_int_equal(tlsni_share_respond(g, env, tlsni_span_make(x->share, g->public_len),
                                         x->response, x->server), TLSN_ERR_ILLEGAL_PARAMETER);
}

/* Either part that is no good makes the whole share no good. */
static void hybrid_bad_part_is_refused(void **state)
{
    struct exchange x;
    struct test_env env;

    (void)state;
    test_env_init(&env, 7);
    for (size_t i = 0; i < HYBRIDS; i++) {
        const struct tlsni_group *g = tlsni_group_find(hybrids[i].id);
        const struct tlsni_group *curve = tlsni_group_find(hybrids[i].curve);
        uint8_t *kem = x.share + (hybrids[i].kem_first ? 0 : curve->public_len);
        uint8_t *point = x.share + (hybrids[i].kem_first ? hybrids[i].kem->public_len : 0);

        assert_int_equal(g->keygen(g, &env.hooks, x.key, x.share), TLSN_OK);
        kem[0] = kem[1] = 0xff; /* a coefficient of 4095 */
        expect_refused(g, &env.hooks, &x);
        assert_int_equal(g->keygen(g, &env.hooks, x.key, x.share), TLSN_OK);
        memset(point, 0, curve->public_len); /* of small order; no point at all */
        expect_refused(g, &env.hooks, &x);
        if (hybrids[i].curve != TLSNI_GROUP_X25519) { /* off the curve; compressed */
            assert_int_equal(g->keygen(g, &env.hooks, x.key, x.share), TLSN_OK);
            point[curve->public_len - 1] ^= 1;
            expect_refused(g, &env.hooks, &x);
            point[curve->public_len - 1] ^= 1;
            point[0] = (uint8_t)(2 | (point[curve->public_len - 1] & 1));
            expect_refused(g, &env.hooks, &x);
        }
        run(g, &env.hooks, &x);
        memset(x.response + (hybrids[i].kem_first ? hybrids[i].kem->ciphertext_len : 0), 0,
               curve->public_len);
        assert_int_equal(tlsni_share_finish(g, &env.hooks, x.key,
                                            tlsni_span_make(x.response, g->response_len),
                                            x.client), TLSN_ERR_ILLEGAL_PARAMETER);
    }
    assert_int_equal(tlsn_status_alert(TLSN_ERR_ILLEGAL_PARAMETER), 47);
    REQ("10024:4.2/4");
    REQ("10024:4.2/7");
    REQ("10024:4.3/4");
}

static void hybrid_answer_of_another_length_is_refused(void **state)
{
    struct exchange x;
    struct test_env env;

    (void)state;
    test_env_init(&env, 10);
    for (size_t i = 0; i < HYBRIDS; i++) {
        const struct tlsni_group *g = tlsni_group_find(hybrids[i].id);

        run(g, &env.hooks, &x);
        for (size_t len = 0; len <= g->response_len + 1U; len++)
            assert_int_equal(tlsni_share_finish(g, &env.hooks, x.key,
                                                tlsni_span_make(x.response, len), x.client),
                             len == g->response_len ? TLSN_OK : TLSN_ERR_ILLEGAL_PARAMETER);
    }
    REQ("10024:4.2/5");
}

/* Our own key, as it is kept, is not the one that was made: nothing that the server did. */
static void hybrid_spoiled_key_is_an_internal_error(void **state)
{
    struct exchange x;
    struct test_env env;

    (void)state;
    test_env_init(&env, 11);
    for (size_t i = 0; i < HYBRIDS; i++) {
        const struct tlsni_group *g = tlsni_group_find(hybrids[i].id);
        const struct tlsni_mlkem *kem = hybrids[i].kem;
        size_t at = hybrids[i].kem_first ? 0 : tlsni_group_find(hybrids[i].curve)->private_len;

        run(g, &env.hooks, &x);
        x.key[at + kem->private_len - kem->public_len] ^= 1;
        assert_int_equal(tlsni_share_finish(g, &env.hooks, x.key,
                                            tlsni_span_make(x.response, g->response_len),
                                            x.client), TLSN_ERR_INTERNAL);
    }
    assert_int_equal(tlsn_status_alert(TLSN_ERR_INTERNAL), 80);
    REQ("10024:4.2/6");
}

/* A changed ciphertext is no error: the secrets differ, and the handshake will show it. */
static void hybrid_changed_ciphertext_gives_another_secret(void **state)
{
    struct exchange x;
    struct test_env env;

    (void)state;
    test_env_init(&env, 8);
    for (size_t i = 0; i < HYBRIDS; i++) {
        const struct tlsni_group *g = tlsni_group_find(hybrids[i].id);

        run(g, &env.hooks, &x);
        x.response[hybrids[i].kem_first ? 5 : g->response_len - 5U] ^= 1;
        assert_int_equal(tlsni_share_finish(g, &env.hooks, x.key,
                                            tlsni_span_make(x.response, g->response_len),
                                            x.client), TLSN_OK);
        assert_memory_not_equal(x.client, x.server, g->shared_len);
    }
    REQ("9954:2/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(share_both_sides_of_every_row_agree),
        cmocka_unit_test(share_of_another_length_is_refused),
        cmocka_unit_test(share_of_a_finite_field_keeps_leading_zeros),
        cmocka_unit_test(share_failing_random_source_is_reported),
        cmocka_unit_test(share_of_brainpool_is_on_the_same_curve),
        cmocka_unit_test(hybrid_numbers_and_lengths_are_those_of_the_document),
        cmocka_unit_test(hybrid_parts_stand_in_the_order_of_the_document),
        cmocka_unit_test(hybrid_shares_and_ciphertexts_are_drawn_each_time),
        cmocka_unit_test(hybrid_bad_part_is_refused),
        cmocka_unit_test(hybrid_answer_of_another_length_is_refused),
        cmocka_unit_test(hybrid_spoiled_key_is_an_internal_error),
        cmocka_unit_test(hybrid_changed_ciphertext_gives_another_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
