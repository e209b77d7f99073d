#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gmp.h>

#include "base/bytes.h"
#include "cipher/group.h"
#include "cipher/pk.h"
#include "support_env.h"
#include "support_x509.h"
#include "x509/key.h"

#include <stdio.h>
#include <string.h>

/* ---- against openssl pkeyutl ---- */

static struct tlsni_privkey *read_key(const char *file)
{
    static uint8_t text[8192];
    struct tlsni_privkey *key;

    assert_int_equal(tlsni_key_parse(&key, NULL, tlsni_span_make(text, peer_read(file, text,
                                                                                  sizeof text)),
                                     NULL), TLSN_OK);
    return key;
}

static struct tlsn_span value_of(const struct tlsni_privkey *key)
{
    struct tlsni_dl_params params;
    struct tlsn_span y;

    tlsni_pubkey_dl_numbers(tlsni_privkey_public(key), &params, &y);
    return y.len ? y : tlsni_pubkey_point(tlsni_privkey_public(key));
}

/* Two keys of openssl's: what it derives from them, from either side, is what we agree on. */
static void check_pair(const char *make)
{
    char command[256];
    uint8_t want[TLSNI_GROUP_SHARED_MAX], got[TLSNI_GROUP_SHARED_MAX];
    struct tlsni_privkey *a, *b;
    size_t want_len, len;

    for (int i = 1; i <= 2; i++) {
        (void)snprintf(command, sizeof command, "genpkey %s -out k%d", make, i);
        assert_true(peer_openssl(command));
        (void)snprintf(command, sizeof command, "pkey -in k%d -pubout -out p%d", i, i);
        assert_true(peer_openssl(command));
    }
    assert_true(peer_openssl("pkeyutl -derive -inkey k1 -peerkey p2 -out secret"));
    want_len = peer_read("secret", want, sizeof want);
    a = read_key("k1");
    b = read_key("k2");
    assert_int_equal(tlsni_privkey_agree(a, NULL, value_of(b), got, &len), TLSN_OK);
    assert_true(len >= want_len); /* openssl strips zeros from DH's */
    assert_memory_equal(got + (len - want_len), want, want_len);
    for (size_t i = 0; i < len - want_len; i++)
        assert_int_equal(got[i], 0);
    memset(got, 0, sizeof got);
    assert_int_equal(tlsni_privkey_agree(b, NULL, value_of(a), got, &len), TLSN_OK);
    assert_memory_equal(got + (len - want_len), want, want_len);
    tlsni_privkey_free(a);
    tlsni_privkey_free(b);
}

static void agreement_is_the_one_of_openssl(void **state)
{
    (void)state;
    if (!peer_there())
        skip();
    check_pair("-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    check_pair("-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1");
    check_pair("-algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP512r1");
    check_pair("-algorithm DH -pkeyopt group:ffdhe2048");
    check_pair("-algorithm DH -pkeyopt group:modp_2048");
    check_pair("-algorithm DHX -pkeyopt dh_rfc5114:2"); /* q of 224 bits */
    check_pair("-algorithm DHX -pkeyopt dh_rfc5114:3");
}

/* ---- DH keys ---- */

/* p = 2 q k + 1 for a q of 160 bits; g has the order q, small has the order 2 or a divisor of k. */
struct group {
    uint8_t p[64], q[20], g[64], other[64];
    struct tlsni_dl_params params;
};

static void put(uint8_t *out, size_t len, const mpz_t x)
{
    size_t n = (mpz_sizeinbase(x, 2) + 7) / 8;

    memset(out, 0, len);
    mpz_export(out + (len - n), NULL, 1, 1, 0, 0, x);
}

static void make_group(struct group *out)
{
    mpz_t p, q, g, e, n;

    mpz_inits(p, q, g, e, n, NULL);
    mpz_setbit(q, 159);
    mpz_nextprime(q, q);
    mpz_setbit(n, 352);
    do { /* p = n q + 1 with even n */
        mpz_add_ui(n, n, 2);
        mpz_mul(p, n, q);
        mpz_add_ui(p, p, 1);
    } while (!mpz_probab_prime_p(p, 30));
    mpz_set_ui(e, 2);
    mpz_powm(g, e, n, p);
    put(out->p, sizeof out->p, p);
    put(out->q, sizeof out->q, q);
    put(out->g, sizeof out->g, g);
    mpz_powm(e, e, q, p); /* its order divides n */
    put(out->other, sizeof out->other, e);
    mpz_clears(p, q, g, e, n, NULL);
    out->params = (struct tlsni_dl_params){ { out->p, sizeof out->p }, { out->q, sizeof out->q },
                                            { out->g, sizeof out->g } };
}

static void dh_value_of_another_order_is_refused(void **state)
{
    struct group m;
    struct tlsni_pubkey *pub;
    struct tlsni_privkey *key;
    const uint8_t x[1] = { 77 };
    uint8_t shared[TLSNI_GROUP_SHARED_MAX];
    struct tlsn_span none = { NULL, 0 };
    size_t len;

    (void)state;
    make_group(&m);
    assert_int_equal(tlsni_pubkey_new_dh(&pub, NULL, &m.params, tlsni_span_make(m.other, 64)),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_dh(&pub, NULL, &m.params, tlsni_span_make(m.g, 64)),
                     TLSN_OK);
    tlsni_pubkey_free(pub);
    assert_int_equal(tlsni_privkey_new_dh(&key, NULL, &m.params, tlsni_span_make(x, 1), none),
                     TLSN_OK);
    assert_int_equal(tlsni_privkey_agree(key, NULL, tlsni_span_make(m.g, 64), shared, &len),
                     TLSN_OK);
    assert_int_equal(len, 64);
    assert_int_equal(tlsni_privkey_agree(key, NULL, tlsni_span_make(m.other, 64), shared, &len),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    tlsni_privkey_free(key);
}

/* Without q nobody can tell which values are in the subgroup: only for safe primes. */
static void dh_long_lived_key_needs_q_or_a_safe_prime(void **state)
{
    struct group m;
    struct tlsni_privkey *key;
    struct tlsni_pubkey *pub;
    const uint8_t x[1] = { 77 };
    struct tlsn_span none = { NULL, 0 };
    struct tlsni_dl_params named = { .p = tlsni_dh_params_of(tlsni_group_find(256)).p,
                                     .g = tlsni_dh_params_of(tlsni_group_find(256)).g };

    (void)state;
    make_group(&m);
    m.params.q = none;
    assert_int_equal(tlsni_privkey_new_dh(&key, NULL, &m.params, tlsni_span_make(x, 1), none),
                     TLSN_ERR_KEY);
    assert_null(key);
    assert_int_equal(tlsni_pubkey_new_dh(&pub, NULL, &m.params, tlsni_span_make(m.g, 64)),
                     TLSN_OK); /* a peer's key meets a fresh one of ours */
    tlsni_pubkey_free(pub);
    assert_int_equal(tlsni_privkey_new_dh(&key, NULL, &named, tlsni_span_make(x, 1), none),
                     TLSN_OK);
    tlsni_privkey_free(key);
}

static void dh_exponent_out_of_range_is_refused(void **state)
{
    struct group m;
    struct tlsni_privkey *key;
    struct tlsn_span none = { NULL, 0 };
    uint8_t zero = 0;

    (void)state;
    make_group(&m);
    assert_int_equal(tlsni_privkey_new_dh(&key, NULL, &m.params, m.params.q, none), TLSN_ERR_KEY);
    assert_int_equal(tlsni_privkey_new_dh(&key, NULL, &m.params, tlsni_span_make(&zero, 1), none),
                     TLSN_ERR_KEY);
    assert_int_equal(tlsni_privkey_new_dh(&key, NULL, &m.params, none, none), TLSN_ERR_KEY);
    m.q[19] ^= 2; /* no divisor of p - 1 */
    assert_int_equal(tlsni_privkey_new_dh(&key, NULL, &m.params, tlsni_span_make("x", 1), none),
                     TLSN_ERR_KEY);
}

/* ---- what is agreed on, and with what ---- */

static void agreement_of_generated_keys_is_mutual(void **state)
{
    static const struct {
        enum tlsni_key_type type;
        uint16_t group;
    } kinds[] = { { TLSNI_KEY_EC, TLSNI_GROUP_SECP384R1 }, { TLSNI_KEY_DH, TLSNI_GROUP_FFDHE2048 },
                  { TLSNI_KEY_DH, TLSNI_GROUP_FFDHE3072 } };
    struct test_env env;

    (void)state;
    test_env_init(&env, 11);
    for (size_t i = 0; i < 3; i++) {
        uint8_t s[2][TLSNI_GROUP_SHARED_MAX];
        struct tlsni_privkey *k[2];
        size_t len[2];

        for (int j = 0; j < 2; j++)
            assert_int_equal(tlsni_privkey_generate(&k[j], &env.hooks, kinds[i].type, 0,
                                                    kinds[i].group), TLSN_OK);
        for (int j = 0; j < 2; j++)
            assert_int_equal(tlsni_privkey_agree(k[j], &env.hooks, value_of(k[!j]), s[j], &len[j]),
                             TLSN_OK);
        assert_int_equal(len[0], tlsni_group_find(kinds[i].group)->shared_len);
        assert_int_equal(len[0], len[1]);
        assert_memory_equal(s[0], s[1], len[0]);
        tlsni_privkey_free(k[0]);
        tlsni_privkey_free(k[1]);
    }
    assert_int_equal(env.live, 0);
}

static void agreement_with_a_key_that_signs_is_refused(void **state)
{
    struct tlsni_privkey *key;
    uint8_t shared[TLSNI_GROUP_SHARED_MAX], sig[TLSNI_SIGNATURE_MAX];
    struct tlsni_sig_params params = { TLSNI_KEY_DH, TLSNI_HASH_SHA256, 0, 0, 0 };
    size_t len;

    (void)state;
    assert_int_equal(tlsni_privkey_generate(&key, NULL, TLSNI_KEY_ED25519, 0, 0), TLSN_OK);
    assert_int_equal(tlsni_privkey_agree(key, NULL, tlsni_span_make("x", 1), shared, &len),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(len, 0);
    tlsni_privkey_free(key);
    assert_int_equal(tlsni_privkey_generate(&key, NULL, TLSNI_KEY_DH, 0, TLSNI_GROUP_FFDHE2048),
                     TLSN_OK);
    assert_int_equal(tlsni_privkey_sign(key, NULL, &params, tlsni_span_make("m", 1), sig, &len),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params,
                                         tlsni_span_make("m", 1), tlsni_span_make(sig, 8)),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    tlsni_privkey_free(key);
}

static void agreement_with_an_ec_point_off_the_curve_is_refused(void **state)
{
    struct tlsni_privkey *key;
    uint8_t shared[TLSNI_GROUP_SHARED_MAX], point[65];
    size_t len;

    (void)state;
    assert_int_equal(tlsni_privkey_generate(&key, NULL, TLSNI_KEY_EC, 0, TLSNI_GROUP_SECP256R1),
                     TLSN_OK);
    memcpy(point, value_of(key).data, sizeof point);
    point[64] ^= 1;
    assert_int_equal(tlsni_privkey_agree(key, NULL, tlsni_span_make(point, 65), shared, &len),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    tlsni_privkey_free(key);
}

/* ---- safe primes, export keys ---- */

static void prime_is_safe_only_with_its_half(void **state)
{
    struct group m;
    const uint8_t small[] = { 23 }, not[] = { 29 }, composite[] = { 35 }, g = 2;
    struct tlsni_dh_params dh = { { small, 1 }, { &g, 1 } };

    (void)state;
    assert_true(tlsni_dh_is_safe(&dh));
    dh.p.data = not;
    assert_false(tlsni_dh_is_safe(&dh));
    dh.p.data = composite; /* (35 - 1) / 2 = 17 is a prime */
    assert_false(tlsni_dh_is_safe(&dh));
    make_group(&m);
    dh.p = m.params.p;
    assert_false(tlsni_dh_is_safe(&dh));
}

static void export_key_has_512_or_1024_bits(void **state)
{
    struct tlsni_privkey *key;
    struct test_env env;
    uint8_t cipher[128], out[48] = { 0 }, pm[48] = { 3, 1, 5 };

    (void)state;
    test_env_init(&env, 12);
    for (unsigned bits = 512; bits <= 1024; bits += 512) {
        assert_int_equal(tlsni_privkey_generate_export(&key, &env.hooks, bits), TLSN_OK);
        assert_int_equal(tlsni_pubkey_bits(tlsni_privkey_public(key)), bits);
        assert_int_equal(tlsni_pubkey_rsa_encrypt(tlsni_privkey_public(key), &env.hooks,
                                                  tlsni_span_make(pm, 48), cipher), TLSN_OK);
        assert_int_equal(tlsni_privkey_rsa_premaster(key, &env.hooks,
                                                     tlsni_span_make(cipher, bits / 8), 0x0301,
                                                     out), TLSN_OK);
        assert_memory_equal(out, pm, 48);
        tlsni_privkey_free(key);
    }
    assert_int_equal(tlsni_privkey_generate_export(&key, &env.hooks, 1025), TLSN_ERR_ARGUMENT);
    env.random_fails = true;
    assert_int_equal(tlsni_privkey_generate_export(&key, &env.hooks, 512), TLSN_ERR_RANDOM);
    assert_null(key);
    assert_int_equal(env.live, 0);
}

static int clean(void **state)
{
    (void)state;
    peer_clean();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(agreement_is_the_one_of_openssl, clean),
        cmocka_unit_test(dh_value_of_another_order_is_refused),
        cmocka_unit_test(dh_long_lived_key_needs_q_or_a_safe_prime),
        cmocka_unit_test(dh_exponent_out_of_range_is_refused),
        cmocka_unit_test(agreement_of_generated_keys_is_mutual),
        cmocka_unit_test(agreement_with_a_key_that_signs_is_refused),
        cmocka_unit_test(agreement_with_an_ec_point_off_the_curve_is_refused),
        cmocka_unit_test(prime_is_safe_only_with_its_half),
        cmocka_unit_test(export_key_has_512_or_1024_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
