#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/ct.h"
#include "cipher/pk_impl.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <stdlib.h>
#include <string.h>

/* Without the marks nothing is shown. */
#ifdef TLSN_VALGRIND_CT
#define CLAIM(id) REQ(id)
#else
#define CLAIM(id) ((void)0)
#endif

/* RSA with the private numbers and the decrypted block marked as undefined: valgrind reports every
 * branch and index on them. Without TLSN_VALGRIND_CT the marks vanish. */

static struct tlsni_privkey *load(long bits)
{
    struct vec_file *f = vec_open("tests/vectors/rsa.txt");
    struct vec_block b = { 0 };
    struct tlsni_privkey *key = NULL;

    assert_non_null(f);
    while (!key && vec_next(f, &b))
        if (strcmp(vec_kind(&b), "key") == 0 && strtol(vec_label(&b), NULL, 10) == bits) {
            struct tlsni_rsa_parts x = {
                .n = vec_bytes(&b, "n"),   .e = vec_bytes(&b, "e"),   .d = vec_bytes(&b, "d"),
                .p = vec_bytes(&b, "p"),   .q = vec_bytes(&b, "q"),   .dp = vec_bytes(&b, "dp"),
                .dq = vec_bytes(&b, "dq"), .qinv = vec_bytes(&b, "qinv"),
            };
            assert_int_equal(tlsni_privkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, &x), TLSN_OK);
        }
    vec_block_clear(&b);
    vec_close(f);
    assert_non_null(key);
    return key;
}

static void mark(const mp_limb_t *x, size_t n)
{
    TLSNI_CT_SECRET((mp_limb_t *)(uintptr_t)x, n * sizeof *x);
}

/* A prime but for its lowest and its two highest limbs: GMP starts its inversions with a table
 * looked up by 8 bits at the low end and normalizes the high end. The few bits that a cache could show are
 * the same in every operation, and far from the half of a prime that factoring needs. */
static void mark_prime(const mp_limb_t *x, size_t n)
{
    mark(x + 1, n - 3);
}

static void mark_key(struct tlsni_privkey *key)
{
    struct tlsni_rsa_private *k = &key->u.rsa;

    mark_prime(k->p, k->p_limbs);
    mark_prime(k->q, k->q_limbs);
    mark(k->dp, k->p_limbs);
    mark(k->dq, k->q_limbs);
    mark(k->qinv, k->p_limbs);
}

/* The separator in its place, missing, and another version: 48 bytes come out whichever it is. */
static void rsa_premaster_is_silent(void **state)
{
    struct tlsni_privkey *key = load(1024);
    uint8_t em[128], ct[128], out[48];

    (void)state;
    mark_key(key);
    for (int variant = 0; variant < 4; variant++) {
        memset(em, 0x11, sizeof em);
        em[0] = 0;
        em[1] = variant == 1 ? 1 : 2;
        em[79] = variant == 2 ? 1 : 0;
        em[80] = 3;
        em[81] = variant == 3 ? 1 : 3;
        assert_int_equal(tlsni_rsa_recover(tlsni_privkey_public(key), NULL,
                                           tlsni_span_make(em, 128), ct), TLSN_OK);
        memset(out, 0x77, sizeof out);
        TLSNI_CT_SECRET(out, sizeof out);
        assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, tlsni_span_make(ct, 128), 0x0303,
                                                     out), TLSN_OK);
        TLSNI_CT_PUBLIC(out, sizeof out);
        assert_int_equal(out[5], variant ? 0x77 : 0x11);
    }
    tlsni_privkey_free(key);
    CLAIM("5246:7.4.7.1/10");
}

/* A temporary key of an export suite: the decryption is the same. */
static void rsa_export_premaster_is_silent(void **state)
{
    uint8_t em[64], ct[64], out[48];
    struct tlsni_privkey *key;
    struct test_env env;

    (void)state;
    test_env_init(&env, 512);
    assert_int_equal(tlsni_privkey_generate_export(&key, &env.hooks, 512), TLSN_OK);
    mark_key(key);
    for (int variant = 0; variant < 3; variant++) {
        memset(em, 0x11, sizeof em);
        em[0] = 0;
        em[1] = variant == 1 ? 1 : 2;
        em[15] = variant == 2 ? 1 : 0;
        em[16] = em[17] = 3;
        assert_int_equal(tlsni_rsa_recover(tlsni_privkey_public(key), NULL, tlsni_span_make(em, 64), ct),
                         TLSN_OK);
        memset(out, 0x77, sizeof out);
        TLSNI_CT_SECRET(out, sizeof out);
        assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, tlsni_span_make(ct, 64), 0x0303, out),
                         TLSN_OK);
        TLSNI_CT_PUBLIC(out, sizeof out);
        assert_int_equal(out[5], variant ? 0x77 : 0x11);
    }
    tlsni_privkey_free(key);
}

static void rsa_sign_is_silent(void **state)
{
    static const long sizes[] = { 1024, 1536, 2049 };
    struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(0x0804));
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    size_t len;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct tlsni_privkey *key = load(sizes[i]);

        mark_key(key);
        assert_int_equal(tlsni_privkey_sign(key, NULL, &params, tlsni_span_make("m", 1), sig,
                                            &len), TLSN_OK);
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params,
                                             tlsni_span_make("m", 1), tlsni_span_make(sig, len)),
                         TLSN_OK);
        tlsni_privkey_free(key);
    }
}

static void rsa_encrypt_is_silent(void **state)
{
    struct tlsni_privkey *key = load(1024);
    uint8_t pm[48] = { 3, 3 }, ct[128], out[48] = { 0 };

    (void)state;
    TLSNI_CT_SECRET(pm, sizeof pm);
    assert_int_equal(tlsni_pubkey_rsa_encrypt(tlsni_privkey_public(key), NULL,
                                              tlsni_span_make(pm, 48), ct), TLSN_OK);
    TLSNI_CT_PUBLIC(ct, sizeof ct); /* travels on the wire */
    TLSNI_CT_PUBLIC(pm, sizeof pm);
    assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, tlsni_span_make(ct, 128), 0x0303, out),
                     TLSN_OK);
    TLSNI_CT_PUBLIC(out, sizeof out);
    assert_memory_equal(out, pm, 48);
    tlsni_privkey_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_premaster_is_silent),
        cmocka_unit_test(rsa_export_premaster_is_silent),
        cmocka_unit_test(rsa_sign_is_silent),
        cmocka_unit_test(rsa_encrypt_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
