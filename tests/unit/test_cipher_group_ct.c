#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/ct.h"
#include "cipher/group.h"
#include "cipher/pk.h"
#include "req.h"
#include "support_env.h"

#include <string.h>

/* Without the marks nothing is shown. */
#ifdef TLSN_VALGRIND_CT
#define CLAIM(id) REQ(id)
#else
#define CLAIM(id) ((void)0)
#endif

/* Key agreement and signatures with secret keys marked as undefined: valgrind reports every branch
 * and index on them (tests/valgrind.supp names what is Nettle's affair). Without TLSN_VALGRIND_CT
 * the marks vanish and only the results are compared. */

static struct tlsn_span public_of(const struct tlsni_privkey *key)
{
    const struct tlsni_pubkey *pub = tlsni_privkey_public(key);
    struct tlsni_dl_params params;
    struct tlsn_span y;

    if (tlsni_pubkey_type(pub) == TLSNI_KEY_EC)
        return tlsni_pubkey_point(pub);
    tlsni_pubkey_dl_numbers(pub, &params, &y);
    return y;
}

static void derive_twice(uint16_t id)
{
    const struct tlsni_group *g = tlsni_group_find(id);
    uint8_t a[TLSNI_GROUP_PRIVATE_MAX], b[TLSNI_GROUP_PRIVATE_MAX];
    uint8_t pa[TLSNI_GROUP_PUBLIC_MAX], pb[TLSNI_GROUP_PUBLIC_MAX];
    uint8_t sa[TLSNI_GROUP_SHARED_MAX], sb[TLSNI_GROUP_SHARED_MAX];
    struct test_env env;

    test_env_init(&env, id);
    assert_int_equal(g->keygen(g, &env.hooks, a, pa), TLSN_OK); /* marks a as secret */
    assert_int_equal(g->keygen(g, &env.hooks, b, pb), TLSN_OK);
    assert_int_equal(g->derive(g, &env.hooks, a, pb, g->public_len, sa), TLSN_OK);
    assert_int_equal(g->derive(g, &env.hooks, b, pa, g->public_len, sb), TLSN_OK);
    TLSNI_CT_PUBLIC(sa, g->shared_len);
    TLSNI_CT_PUBLIC(sb, g->shared_len);
    assert_memory_equal(sa, sb, g->shared_len);
}

static void x25519_derive_is_silent(void **state)
{
    (void)state;
    derive_twice(TLSNI_GROUP_X25519);
    CLAIM("7748:6.1/1");
    CLAIM("7748:5/6");
}

static void x448_derive_is_silent(void **state)
{
    (void)state;
    derive_twice(TLSNI_GROUP_X448);
    CLAIM("7748:6.2/1");
}

static void p256_derive_is_silent(void **state)
{
    (void)state;
    derive_twice(TLSNI_GROUP_SECP256R1);
}

static void p384_derive_is_silent(void **state)
{
    (void)state;
    derive_twice(TLSNI_GROUP_SECP384R1);
}

static void p521_derive_is_silent(void **state)
{
    (void)state;
    derive_twice(TLSNI_GROUP_SECP521R1);
}

static void plain_curves_derive_is_silent(void **state)
{
    (void)state;
    derive_twice(TLSNI_GROUP_SECP256K1);
    derive_twice(TLSNI_GROUP_BRAINPOOLP384R1);
}

static void ffdhe2048_derive_is_silent(void **state)
{
    (void)state;
    derive_twice(TLSNI_GROUP_FFDHE2048);
    CLAIM("7919:8.6/1");
}

/* Static Diffie-Hellman: a key that lives long and meets values of the peer's choice. */
static void agree_once(enum tlsni_key_type type, uint16_t group)
{
    struct tlsni_privkey *a, *b;
    uint8_t sa[TLSNI_GROUP_SHARED_MAX], sb[TLSNI_GROUP_SHARED_MAX];
    struct tlsn_span pa, pb;
    size_t la, lb;
    struct test_env env;

    test_env_init(&env, group);
    assert_int_equal(tlsni_privkey_generate(&a, &env.hooks, type, 0, group), TLSN_OK);
    assert_int_equal(tlsni_privkey_generate(&b, &env.hooks, type, 0, group), TLSN_OK);
    pa = public_of(a);
    pb = public_of(b);
    TLSNI_CT_SECRET((uint8_t *)(uintptr_t)tlsni_privkey_scalar(a).data, tlsni_privkey_scalar(a).len);
    assert_int_equal(tlsni_privkey_agree(a, &env.hooks, pb, sa, &la), TLSN_OK);
    assert_int_equal(tlsni_privkey_agree(b, &env.hooks, pa, sb, &lb), TLSN_OK);
    TLSNI_CT_PUBLIC(sa, la);
    TLSNI_CT_PUBLIC(sb, lb);
    assert_int_equal(la, lb);
    assert_memory_equal(sa, sb, la);
    tlsni_privkey_free(a);
    tlsni_privkey_free(b);
}

static void static_agreement_is_silent(void **state)
{
    (void)state;
    agree_once(TLSNI_KEY_EC, TLSNI_GROUP_SECP256R1);
    agree_once(TLSNI_KEY_DH, TLSNI_GROUP_FFDHE2048);
}

static void sign_once(enum tlsni_key_type type, unsigned bits, uint16_t group, uint16_t scheme)
{
    struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(scheme));
    struct tlsni_privkey *key;
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    struct test_env env;
    size_t len;

    test_env_init(&env, scheme);
    assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, type, bits, group), TLSN_OK);
    TLSNI_CT_SECRET((uint8_t *)(uintptr_t)tlsni_privkey_scalar(key).data,
                    tlsni_privkey_scalar(key).len);
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, tlsni_span_make("m", 1), sig,
                                        &len), TLSN_OK);
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params,
                                         tlsni_span_make("m", 1), tlsni_span_make(sig, len)),
                     TLSN_OK);
    tlsni_privkey_free(key);
}

static void ecdsa_sign_is_silent(void **state)
{
    (void)state;
    sign_once(TLSNI_KEY_EC, 0, TLSNI_GROUP_SECP256R1, 0x0403);
    sign_once(TLSNI_KEY_EC, 0, TLSNI_GROUP_SECP384R1, 0x0503);
    sign_once(TLSNI_KEY_EC, 0, TLSNI_GROUP_SECP521R1, 0x0603);
    sign_once(TLSNI_KEY_EC, 0, TLSNI_GROUP_BRAINPOOLP256R1, 0x0403);
}

static void eddsa_sign_is_silent(void **state)
{
    (void)state;
    sign_once(TLSNI_KEY_ED25519, 0, 0, 0x0807);
    sign_once(TLSNI_KEY_ED448, 0, 0, 0x0808);
    CLAIM("8032:8.1/1");
}

static void dsa_sign_is_silent(void **state)
{
    (void)state;
    sign_once(TLSNI_KEY_DSA, 512, 0, 0x0202);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x25519_derive_is_silent),
        cmocka_unit_test(x448_derive_is_silent),
        cmocka_unit_test(p256_derive_is_silent),
        cmocka_unit_test(p384_derive_is_silent),
        cmocka_unit_test(p521_derive_is_silent),
        cmocka_unit_test(plain_curves_derive_is_silent),
        cmocka_unit_test(ffdhe2048_derive_is_silent),
        cmocka_unit_test(static_agreement_is_silent),
        cmocka_unit_test(ecdsa_sign_is_silent),
        cmocka_unit_test(eddsa_sign_is_silent),
        cmocka_unit_test(dsa_sign_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
