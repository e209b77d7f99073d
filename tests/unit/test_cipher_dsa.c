#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/pk.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <string.h>

struct key_numbers {
    struct tlsni_dl_params params;
    struct tlsn_span x, y;
};

static struct key_numbers numbers_of(struct vec_block *b)
{
    struct key_numbers n = {
        { vec_bytes(b, "p"), vec_bytes(b, "q"), vec_bytes(b, "g") },
        vec_bytes(b, "x"), vec_bytes(b, "y"),
    };
    return n;
}

static uint8_t hash_named(const char *name)
{
    static const char *const names[] = { "sha1", "sha224", "sha256", "sha384", "sha512" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return (uint8_t)(TLSNI_HASH_SHA1 + i);
    fail_msg("no hash %s", name);
    return 0;
}

/* Hooks whose randomness is one fixed value: the nonce of a published signature. */
static tlsn_status fixed_random(void *ctx, void *out, size_t len)
{
    const struct tlsn_span *s = ctx;

    assert_int_equal(len, s->len);
    memcpy(out, s->data, len);
    return TLSN_OK;
}

/* SEQUENCE { r, s } by hand, for numbers of at most 33 bytes. */
static size_t encode(uint8_t *out, struct tlsn_span r, struct tlsn_span s)
{
    struct tlsni_wr w = tlsni_wr_make(out, 80);
    size_t mark;

    tlsni_wr_u8(&w, 0x30);
    mark = tlsni_wr_open(&w, 1);
    for (int i = 0; i < 2; i++) {
        struct tlsn_span n = i ? s : r;
        unsigned sign = n.data[0] >> 7;

        tlsni_wr_u8(&w, 2);
        tlsni_wr_u8(&w, (uint32_t)(n.len + sign));
        if (sign)
            tlsni_wr_u8(&w, 0);
        tlsni_wr_span(&w, n);
    }
    tlsni_wr_close(&w, 1, mark);
    assert_false(w.bad);
    return w.len;
}

static void published(struct tlsni_privkey *key, struct vec_block *b)
{
    struct tlsni_sig_params params = { TLSNI_KEY_DSA, hash_named(vec_label(b)), 0, 0, 0 };
    const char *text = vec_text(b, "message");
    struct tlsn_span message = tlsni_span_make(text, strlen(text)), k = vec_bytes(b, "k");
    struct tlsn_hooks hooks = { .random = fixed_random, .random_ctx = &k };
    uint8_t want[80], sig[TLSNI_SIGNATURE_MAX];
    size_t want_len = encode(want, vec_bytes(b, "r"), vec_bytes(b, "s")), len;

    assert_int_equal(tlsni_privkey_sign(key, &hooks, &params, message, sig, &len), TLSN_OK);
    assert_int_equal(len, want_len);
    assert_memory_equal(sig, want, len);
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, message,
                                         tlsni_span_make(want, want_len)), TLSN_OK);
    params.hash = params.hash == TLSNI_HASH_SHA1 ? TLSNI_HASH_SHA256 : TLSNI_HASH_SHA1;
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, message,
                                         tlsni_span_make(want, want_len)), TLSN_ERR_DECRYPT_ERROR);
}

static void dsa_signatures_of_rfc_6979_come_out(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/dsa.txt");
    struct vec_block b = { 0 };
    struct tlsni_privkey *key = NULL;
    unsigned count = 0;

    (void)state;
    assert_non_null(f);
    while (vec_next(f, &b)) {
        if (strcmp(vec_kind(&b), "key") == 0) {
            struct key_numbers n = numbers_of(&b);

            tlsni_privkey_free(key);
            assert_int_equal(tlsni_privkey_new_dsa(&key, NULL, &n.params, n.x, n.y), TLSN_OK);
            assert_int_equal(tlsni_pubkey_bits(tlsni_privkey_public(key)),
                             vec_int(&b, "key", 0));
        } else {
            published(key, &b);
            count++;
        }
    }
    tlsni_privkey_free(key);
    vec_block_clear(&b);
    vec_close(f);
    assert_int_equal(count, 10);
    REQ("5246:4.7/6");
}

/* The 1024-bit key; its spans belong to *b. */
static struct key_numbers small_key(struct vec_file **f, struct vec_block *b)
{
    *f = vec_open("tests/vectors/dsa.txt");
    assert_non_null(*f);
    assert_true(vec_next(*f, b));
    return numbers_of(b);
}

static tlsn_status public_with(const struct key_numbers *n)
{
    struct tlsni_pubkey *key;
    tlsn_status st = tlsni_pubkey_new_dsa(&key, NULL, &n->params, n->y);

    if (st == TLSN_OK)
        assert_non_null(key);
    else
        assert_null(key);
    tlsni_pubkey_free(key);
    return st;
}

/* p - 1 has order 2, and 2 is not in the subgroup of order q. */
static void dsa_parameters_that_do_not_fit_are_refused(void **state)
{
    struct vec_file *f;
    struct vec_block b = { 0 };
    struct key_numbers good, n;
    uint8_t bytes[128], one = 1, two = 2;

    (void)state;
    good = small_key(&f, &b);
    assert_int_equal(public_with(&good), TLSN_OK);
    memcpy(bytes, good.params.p.data, sizeof bytes);
    bytes[127] ^= 1; /* p - 1 */
    for (unsigned i = 0; i < 9; i++) {
        struct tlsn_span odd = { bytes, sizeof bytes }, unit = { &one, 1 }, wrong = { &two, 1 };
        struct tlsn_span none = { NULL, 0 };

        n = good;
        switch (i) {
        case 0: n.params.p = odd; break;
        case 1: n.params.g = odd; break;
        case 2: n.y = odd; break;
        case 3: n.params.g = unit; break;
        case 4: n.y = unit; break;
        case 5: n.params.g = wrong; break;
        case 6: n.y = wrong; break;
        case 7: n.y = none; break;
        default: n.params.q = n.x; break; /* does not divide p - 1 */
        }
        assert_int_equal(public_with(&n), TLSN_ERR_ILLEGAL_PARAMETER);
    }
    vec_block_clear(&b);
    vec_close(f);
}

static void dsa_sizes_out_of_bounds_are_refused(void **state)
{
    static const uint8_t big[400] = { 0x80, [399] = 1 };
    struct vec_file *f;
    struct vec_block b = { 0 };
    struct key_numbers good, n;

    (void)state;
    good = small_key(&f, &b);
    for (unsigned i = 0; i < 4; i++) {
        n = good;
        if (i == 0)
            n.params.p = tlsni_span_make(big, 385); /* 3080 bits */
        else if (i == 1)
            n.params.p = tlsni_span_make(big + 400 - 63, 63);
        else if (i == 2)
            n.params.q = tlsni_span_make(big + 400 - 19, 19);
        else
            n.params.q = tlsni_span_make(big, 33);
        assert_int_equal(public_with(&n), TLSN_ERR_ILLEGAL_PARAMETER);
    }
    vec_block_clear(&b);
    vec_close(f);
}

static tlsn_status private_with(const struct key_numbers *n)
{
    struct tlsni_privkey *key;
    tlsn_status st = tlsni_privkey_new_dsa(&key, NULL, &n->params, n->x, n->y);

    if (st != TLSN_OK)
        assert_null(key);
    tlsni_privkey_free(key);
    return st;
}

static void dsa_private_keys_out_of_range_are_refused(void **state)
{
    struct vec_file *f;
    struct vec_block b = { 0 };
    struct key_numbers good, n;
    uint8_t zero[20] = { 0 }, padded[24] = { 0 }, other[128];

    (void)state;
    good = n = small_key(&f, &b);
    n.x = tlsni_span_make(zero, sizeof zero);
    n.y = tlsni_span_make(NULL, 0);
    assert_int_equal(private_with(&n), TLSN_ERR_KEY);
    n.x = good.params.q;
    assert_int_equal(private_with(&n), TLSN_ERR_KEY);
    n.x = tlsni_span_make(NULL, 0);
    assert_int_equal(private_with(&n), TLSN_ERR_KEY);
    n.x = good.x;
    assert_int_equal(private_with(&n), TLSN_OK);
    memcpy(padded + 4, good.x.data, 20);
    n.x = tlsni_span_make(padded, sizeof padded);
    assert_int_equal(private_with(&n), TLSN_OK);
    memcpy(other, good.y.data, sizeof other);
    other[127] ^= 1;
    n.y = tlsni_span_make(other, sizeof other);
    assert_int_equal(private_with(&n), TLSN_ERR_KEY);
    vec_block_clear(&b);
    vec_close(f);
}

static struct tlsni_privkey *fresh(struct test_env *env, unsigned bits)
{
    struct tlsni_privkey *key;

    assert_int_equal(tlsni_privkey_generate(&key, &env->hooks, TLSNI_KEY_DSA, bits, 0), TLSN_OK);
    assert_int_equal(tlsni_pubkey_bits(tlsni_privkey_public(key)), bits);
    return key;
}

static void dsa_generated_keys_sign_and_verify(void **state)
{
    static const unsigned sizes[] = { 512, 1024, 2048 };
    const struct tlsni_sig_params params = { TLSNI_KEY_DSA, TLSNI_HASH_SHA256, 0, 0, 0 };
    struct tlsn_span message = tlsni_span_make("m", 1);
    uint8_t a[TLSNI_SIGNATURE_MAX], b[TLSNI_SIGNATURE_MAX];
    size_t a_len, b_len;
    struct test_env env;

    (void)state;
    test_env_init(&env, 7);
    for (size_t i = 0; i < 3; i++) {
        struct tlsni_privkey *key = fresh(&env, sizes[i]);
        const struct tlsni_pubkey *pub = tlsni_privkey_public(key);

        assert_int_equal(tlsni_privkey_scalar(key).len, sizes[i] < 2048 ? 20 : 32);
        assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, message, a, &a_len), TLSN_OK);
        assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, message, b, &b_len), TLSN_OK);
        assert_true(a_len != b_len || memcmp(a, b, a_len) != 0); /* a nonce is used once */
        assert_int_equal(tlsni_pubkey_verify(pub, &params, message, tlsni_span_make(a, a_len)),
                         TLSN_OK);
        a[a_len - 1] ^= 1;
        assert_int_equal(tlsni_pubkey_verify(pub, &params, message, tlsni_span_make(a, a_len)),
                         TLSN_ERR_DECRYPT_ERROR);
        tlsni_privkey_free(key);
    }
    assert_int_equal(env.live, 0);
}

static void dsa_sizes_that_cannot_be_made_are_refused(void **state)
{
    static const unsigned sizes[] = { 0, 504, 1023, 3080 };
    struct tlsni_privkey *key;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(tlsni_privkey_generate(&key, NULL, TLSNI_KEY_DSA, sizes[i], 0),
                         TLSN_ERR_ARGUMENT);
        assert_null(key);
    }
}

static void dsa_failing_randomness_is_an_error(void **state)
{
    const struct tlsni_sig_params params = { TLSNI_KEY_DSA, TLSNI_HASH_SHA256, 0, 0, 0 };
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    struct tlsni_privkey *key, *none;
    struct test_env env;
    size_t len;

    (void)state;
    test_env_init(&env, 8);
    key = fresh(&env, 512);
    env.random_fails = true;
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, tlsni_span_make("m", 1), sig,
                                        &len), TLSN_ERR_RANDOM);
    assert_int_equal(len, 0);
    assert_int_equal(tlsni_privkey_generate(&none, &env.hooks, TLSNI_KEY_DSA, 512, 0),
                     TLSN_ERR_RANDOM);
    assert_null(none);
    tlsni_privkey_free(key);
    assert_int_equal(env.live, 0);
}

static void dsa_keys_differ_by_any_number(void **state)
{
    struct test_env env;
    struct tlsni_privkey *a, *b;

    (void)state;
    test_env_init(&env, 9);
    a = fresh(&env, 512);
    b = fresh(&env, 512);
    assert_true(tlsni_pubkey_equal(tlsni_privkey_public(a), tlsni_privkey_public(a)));
    assert_false(tlsni_pubkey_equal(tlsni_privkey_public(a), tlsni_privkey_public(b)));
    tlsni_privkey_free(a);
    tlsni_privkey_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dsa_signatures_of_rfc_6979_come_out),
        cmocka_unit_test(dsa_parameters_that_do_not_fit_are_refused),
        cmocka_unit_test(dsa_sizes_out_of_bounds_are_refused),
        cmocka_unit_test(dsa_private_keys_out_of_range_are_refused),
        cmocka_unit_test(dsa_generated_keys_sign_and_verify),
        cmocka_unit_test(dsa_sizes_that_cannot_be_made_are_refused),
        cmocka_unit_test(dsa_failing_randomness_is_an_error),
        cmocka_unit_test(dsa_keys_differ_by_any_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
