#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gmp.h>
#include <pthread.h>

#include "base/bytes.h"
#include "cipher/pk_impl.h"
#include "cipher/sigalg.h"
#include "cipher/suite.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <stdlib.h>
#include <string.h>

/* ---- keys of tests/vectors/rsa.txt ---- */

static struct tlsni_rsa_parts parts_of(struct vec_block *b)
{
    struct tlsni_rsa_parts x = {
        .n = vec_bytes(b, "n"),   .e = vec_bytes(b, "e"),   .d = vec_bytes(b, "d"),
        .p = vec_bytes(b, "p"),   .q = vec_bytes(b, "q"),   .dp = vec_bytes(b, "dp"),
        .dq = vec_bytes(b, "dq"), .qinv = vec_bytes(b, "qinv"),
    };
    return x;
}

static uint8_t hash_named(const char *name)
{
    for (int id = TLSNI_HASH_MD5; id <= TLSNI_HASH_SHA512; id++)
        if (strcmp(tlsni_hash_find((enum tlsni_hash_id)id)->name, name) == 0)
            return (uint8_t)id;
    fail_msg("no hash %s", name);
    return 0;
}

/* Calls `key_case` for each key and `signature_case` for each signature behind it. */
static unsigned walk(void (*key_case)(struct tlsni_privkey *key, struct vec_block *b),
                     void (*signature_case)(struct tlsni_privkey *key,
                                            const struct tlsni_sig_params *params,
                                            struct vec_block *b))
{
    struct vec_file *f = vec_open("tests/vectors/rsa.txt");
    struct vec_block b = { 0 };
    struct tlsni_privkey *key = NULL;
    unsigned count = 0;

    assert_non_null(f);
    while (vec_next(f, &b)) {
        if (strcmp(vec_kind(&b), "key") == 0) {
            struct tlsni_rsa_parts parts = parts_of(&b);

            tlsni_privkey_free(key);
            assert_int_equal(tlsni_privkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, &parts), TLSN_OK);
            assert_int_equal(tlsni_pubkey_bits(tlsni_privkey_public(key)),
                             strtol(vec_label(&b), NULL, 10));
            if (key_case) {
                key_case(key, &b);
                count++;
            }
        } else if (signature_case) {
            bool pss = strcmp(vec_label(&b), "PSS") == 0;
            uint8_t hash = hash_named(vec_text(&b, "hash"));
            struct tlsni_sig_params params = { TLSNI_KEY_RSA, hash,
                                               pss ? TLSNI_PAD_PSS : TLSNI_PAD_PKCS1, hash,
                                               (uint16_t)vec_int(&b, "salt", 0) };

            signature_case(key, &params, &b);
            count++;
        }
    }
    tlsni_privkey_free(key);
    vec_block_clear(&b);
    vec_close(f);
    return count;
}

/* The first key of this size in the file. */
static struct tlsni_privkey *load(long bits, const struct tlsn_hooks *env,
                                  enum tlsni_key_type type)
{
    struct vec_file *f = vec_open("tests/vectors/rsa.txt");
    struct vec_block b = { 0 };
    struct tlsni_privkey *key = NULL;

    assert_non_null(f);
    while (!key && vec_next(f, &b))
        if (strcmp(vec_kind(&b), "key") == 0 && strtol(vec_label(&b), NULL, 10) == bits) {
            struct tlsni_rsa_parts parts = parts_of(&b);
            assert_int_equal(tlsni_privkey_new_rsa(&key, env, type, &parts), TLSN_OK);
        }
    vec_block_clear(&b);
    vec_close(f);
    assert_non_null(key);
    return key;
}

static const struct tlsni_sig_params pkcs1_sha256 = { TLSNI_KEY_RSA, TLSNI_HASH_SHA256,
                                                      TLSNI_PAD_PKCS1, 0, 0 };

/* ---- the private-key operation ---- */

static void power_case(struct tlsni_privkey *key, struct vec_block *b)
{
    struct tlsn_span base = vec_bytes(b, "base"), expected = vec_bytes(b, "power_d");
    uint8_t out[TLSNI_RSA_BITS_MAX / 8];

    /* often enough for a blinding pair to be renewed twice */
    for (int i = 0; i < (base.len > 200 ? 3 : 2 * TLSNI_RSA_BLIND_USES + 3); i++) {
        memset(out, 0, sizeof out);
        assert_int_equal(tlsni_rsa_private(key, NULL, out, base.data), TLSN_OK);
        assert_memory_equal(out, expected.data, expected.len);
    }
}

static void rsa_private_operation_gives_the_power(void **state)
{
    (void)state;
    assert_int_equal(walk(power_case, NULL), 9);
    REQ("5246:7.4.7.1/12");
    REQ("8017:4.1/1");
    REQ("8017:5.1.2/1");
    REQ("8017:5.2.1/1");
}

/* 0, 1, n - 1 and multiples of the primes, which have no inverse. */
static void rsa_private_operation_takes_special_inputs(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    struct tlsni_rsa_parts x;
    uint8_t in[128] = { 0 }, out[128], zero[128] = { 0 };

    (void)state;
    tlsni_privkey_rsa_parts(key, &x);
    assert_int_equal(tlsni_rsa_private(key, NULL, out, in), TLSN_OK);
    assert_memory_equal(out, zero, 128);
    in[127] = 1;
    assert_int_equal(tlsni_rsa_private(key, NULL, out, in), TLSN_OK);
    assert_memory_equal(out, in, 128);
    memcpy(in, x.n.data, 128);
    in[127] ^= 1; /* n - 1 = -1, and d is odd */
    assert_int_equal(tlsni_rsa_private(key, NULL, out, in), TLSN_OK);
    assert_memory_equal(out, in, 128);
    memset(in, 0, 128);
    memcpy(in + 128 - x.p.len, x.p.data, x.p.len);
    assert_int_equal(tlsni_rsa_private(key, NULL, out, in), TLSN_OK);
    tlsni_privkey_free(key);
}

/* A fault in one half of the CRT must not leave the library. */
static void rsa_result_that_the_public_key_does_not_confirm_is_withheld(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    mp_limb_t *dp = (mp_limb_t *)(uintptr_t)key->u.rsa.dp;
    uint8_t sig[TLSNI_SIGNATURE_MAX], clean[TLSNI_SIGNATURE_MAX];
    size_t len;

    (void)state;
    memset(sig, 0xaa, sizeof sig);
    memcpy(clean, sig, sizeof sig);
    dp[0] ^= 2;
    assert_int_equal(tlsni_privkey_sign(key, NULL, &pkcs1_sha256, tlsni_span_make("m", 1), sig,
                                        &len), TLSN_ERR_KEY_OP);
    assert_int_equal(len, 0);
    assert_memory_equal(sig, clean, sizeof sig);
    dp[0] ^= 2;
    assert_int_equal(tlsni_privkey_sign(key, NULL, &pkcs1_sha256, tlsni_span_make("m", 1), sig,
                                        &len), TLSN_OK);
    tlsni_privkey_free(key);
}

/* ---- signatures ---- */

static void verify_case(struct tlsni_privkey *key, const struct tlsni_sig_params *params,
                        struct vec_block *b)
{
    const struct tlsni_pubkey *pub = tlsni_privkey_public(key);
    struct tlsn_span msg = vec_bytes(b, "msg"), sig = vec_bytes(b, "sig");
    uint8_t bad[TLSNI_SIGNATURE_MAX + 1];

    assert_int_equal(tlsni_pubkey_verify(pub, params, msg, sig), TLSN_OK);
    memcpy(bad + 1, sig.data, sig.len);
    bad[0] = 0;
    assert_int_equal(tlsni_pubkey_verify(pub, params, msg, tlsni_span_make(bad, sig.len + 1)),
                     TLSN_ERR_DECRYPT_ERROR);
    assert_int_equal(tlsni_pubkey_verify(pub, params, msg, tlsni_span_make(bad + 1, sig.len - 1)),
                     TLSN_ERR_DECRYPT_ERROR);
    for (size_t at = 0; at < sig.len; at += 37) {
        bad[1 + at] ^= 0x10;
        assert_int_equal(tlsni_pubkey_verify(pub, params, msg, tlsni_span_make(bad + 1, sig.len)),
                         TLSN_ERR_DECRYPT_ERROR);
        bad[1 + at] ^= 0x10;
    }
    msg.len--;
    assert_int_equal(tlsni_pubkey_verify(pub, params, msg, sig), TLSN_ERR_DECRYPT_ERROR);
}

static void rsa_signatures_of_openssl_verify(void **state)
{
    (void)state;
    assert_int_equal(walk(NULL, verify_case), 23);
    REQ("5246:4.7/2");
    REQ("8017:5.1.1/1");
    REQ("8017:5.2.2/1");
    REQ("8017:8.1.2/1");
    REQ("8017:8.2.2/1");
    REQ("8017:9.1.1/4");
    REQ("8017:9.1.2/4");
    REQ("8017:B.2.1/1");
}

/* PKCS#1 v1.5 is a function of key and message: ours is OpenSSL's. PSS has a salt: it verifies. */
static void sign_case(struct tlsni_privkey *key, const struct tlsni_sig_params *params,
                      struct vec_block *b)
{
    struct tlsn_span msg = vec_bytes(b, "msg"), expected = vec_bytes(b, "sig");
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    size_t len;

    assert_int_equal(tlsni_privkey_sign(key, NULL, params, msg, sig, &len), TLSN_OK);
    assert_int_equal(len, expected.len);
    if (params->padding == TLSNI_PAD_PKCS1)
        assert_memory_equal(sig, expected.data, len);
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), params, msg,
                                         tlsni_span_make(sig, len)), TLSN_OK);
}

static void rsa_signatures_are_those_of_openssl(void **state)
{
    (void)state;
    assert_int_equal(walk(NULL, sign_case), 23);
    REQ("5246:4.7/3");
    REQ("5246:4.7/4");
    REQ("8422:5.10/11");
    REQ("8017:8.1.1/1");
    REQ("8017:8.2.1/1");
    REQ("8017:9.1.1/3");
}

static void rsa_pss_salt_of_another_length_is_refused(void **state)
{
    struct tlsni_privkey *key = load(2048, NULL, TLSNI_KEY_RSA_PSS);
    struct tlsni_sig_params params = { TLSNI_KEY_RSA_PSS, TLSNI_HASH_SHA256, TLSNI_PAD_PSS,
                                       TLSNI_HASH_SHA256, 32 };
    struct tlsn_span msg = tlsni_span_make("message", 7);
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    size_t len;

    (void)state;
    assert_int_equal(tlsni_privkey_sign(key, NULL, &params, msg, sig, &len), TLSN_OK);
    for (uint16_t salt = 0; salt < 64; salt++) {
        params.salt_len = salt;
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, msg,
                                             tlsni_span_make(sig, len)),
                         salt == 32 ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR);
    }
    params.salt_len = 32;
    params.mgf_hash = TLSNI_HASH_SHA1;
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, msg,
                                         tlsni_span_make(sig, len)), TLSN_ERR_DECRYPT_ERROR);
    tlsni_privkey_free(key);
}

/* The block with changed padding, by the private operation: each is refused but the two allowed. */
static void rsa_pkcs1_block_with_loose_padding_is_refused(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    struct tlsn_span msg = tlsni_span_make("message", 7);
    uint8_t em[128], bad[128], sig[128];
    size_t start = 128 - 32 - 19;

    (void)state;
    assert_int_equal(tlsni_rsa_pkcs1_encode(em, 128, TLSNI_HASH_SHA256, true, msg), TLSN_OK);
    for (size_t at = 0; at < 128; at++) {
        memcpy(bad, em, 128);
        bad[at] ^= 1;
        assert_int_equal(tlsni_rsa_private(key, NULL, sig, bad), TLSN_OK);
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &pkcs1_sha256, msg,
                                             tlsni_span_make(sig, 128)), TLSN_ERR_DECRYPT_ERROR);
    }
    /* shorter padding with rubbish behind the digest (Bleichenbacher 2006) */
    memcpy(bad, em, 128);
    memmove(bad + 20, em + start - 1, 1 + 19 + 32);
    memset(bad + 20 + 1 + 19 + 32, 0x55, 128 - 20 - 1 - 19 - 32);
    assert_int_equal(tlsni_rsa_private(key, NULL, sig, bad), TLSN_OK);
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &pkcs1_sha256, msg,
                                         tlsni_span_make(sig, 128)), TLSN_ERR_DECRYPT_ERROR);
    assert_int_equal(tlsni_rsa_pkcs1_encode(em, 128, TLSNI_HASH_SHA256, false, msg), TLSN_OK);
    assert_int_equal(tlsni_rsa_private(key, NULL, sig, em), TLSN_OK);
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &pkcs1_sha256, msg,
                                         tlsni_span_make(sig, 128)), TLSN_OK);
    tlsni_privkey_free(key);
    REQ("5246:4.7/5");
    REQ("5246:D.4/6");
    REQ("8017:8.2.2/3");
    REQ("8017:9.2/1");
}

/* RFC 8017 9.2 note 1 with and without the NULL that RFC 5246 4.7 speaks of. */
static void rsa_pkcs1_digest_info_is_the_published_one(void **state)
{
    static const char *const prefixes[2][6] = {
        { "301e300a06082a864886f70d02050410", "301f300706052b0e03021a0414",
          "302b300b0609608648016503040204041c", "302f300b06096086480165030402010420",
          "303f300b06096086480165030402020430", "304f300b06096086480165030402030440" },
        { "3020300c06082a864886f70d020505000410", "3021300906052b0e03021a05000414",
          "302d300d06096086480165030402040500041c", "3031300d060960864801650304020105000420",
          "3041300d060960864801650304020205000430", "3051300d060960864801650304020305000440" },
    };

    (void)state;
    for (int id = TLSNI_HASH_MD5; id <= TLSNI_HASH_SHA512; id++)
        for (int null = 0; null < 2; null++) {
            const struct tlsni_hash *h = tlsni_hash_find((enum tlsni_hash_id)id);
            uint8_t em[128], prefix[32], digest[64];
            size_t len = vec_unhex(prefixes[null][id - 1], prefix, sizeof prefix), at;

            assert_int_equal(tlsni_rsa_pkcs1_encode(em, 128, h->id, null, tlsni_span_make("x", 1)),
                             TLSN_OK);
            at = 128 - h->len - len;
            assert_true(em[0] == 0 && em[1] == 1 && em[at - 1] == 0);
            for (size_t i = 2; i < at - 1; i++)
                assert_int_equal(em[i], 0xff);
            assert_memory_equal(em + at, prefix, len);
            tlsni_hash_once(h, "x", 1, digest);
            assert_memory_equal(em + 128 - h->len, digest, h->len);
        }
    REQ("8017:9.2/1");
    REQ("8017:9.2/3");
    REQ("8017:A.2.4/3");
    REQ("8017:B.1/2");
}

/* The signature of a block of PSS that somebody made: what is wrong with it is found. */
static tlsn_status judge_pss_block(const struct tlsni_privkey *key, const uint8_t *em,
                                   const struct tlsni_sig_params *params, struct tlsn_span msg)
{
    size_t len = tlsni_pubkey_modulus_len(tlsni_privkey_public(key));
    uint8_t sig[TLSNI_SIGNATURE_MAX];

    assert_int_equal(tlsni_rsa_private(key, NULL, sig, em), TLSN_OK);
    return tlsni_pubkey_verify(tlsni_privkey_public(key), params, msg, tlsni_span_make(sig, len));
}

/* Of 1024 bits: the block has 1023, so that its first bit is there in the octets and has to be 0. What is masked is
 * changed through the mask. */
static void rsa_pss_block_with_anything_else_in_it_is_refused(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    struct tlsni_sig_params params = { TLSNI_KEY_RSA, TLSNI_HASH_SHA256, TLSNI_PAD_PSS,
                                       TLSNI_HASH_SHA256, 32 };
    struct tlsn_span msg = tlsni_span_make("message", 7);
    enum { LEN = 128, ZEROS = LEN - 32 - 32 - 2 };
    uint8_t em[LEN];

    (void)state;
    assert_int_equal(tlsni_rsa_pss_encode(em, 1024, &params, NULL, msg), TLSN_OK);
    assert_int_equal(em[0] & 0x80, 0);
    assert_int_equal(em[LEN - 1], 0xbc);
    assert_int_equal(judge_pss_block(key, em, &params, msg), TLSN_OK);
    for (size_t at = 1; at < LEN; at++) {
        em[at] ^= 1;
        assert_int_equal(judge_pss_block(key, em, &params, msg), TLSN_ERR_DECRYPT_ERROR);
        em[at] ^= 1;
    }
    em[ZEROS] ^= 3; /* 02 in the place of 01 */
    assert_int_equal(judge_pss_block(key, em, &params, msg), TLSN_ERR_DECRYPT_ERROR);
    em[ZEROS] ^= 3;
    em[LEN - 1] = 0xcc; /* another trailer of IEEE 1363a */
    assert_int_equal(judge_pss_block(key, em, &params, msg), TLSN_ERR_DECRYPT_ERROR);
    tlsni_privkey_free(key);
    REQ("8017:9.1.2/1");
    REQ("8017:9.1.2/3");
    REQ("8017:9.1.2/4");
}

/* The excess bit set: n begins with the same bit, and is above such a block often enough. */
static void rsa_pss_block_with_its_excess_bit_is_refused(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    struct tlsni_sig_params params = { TLSNI_KEY_RSA, TLSNI_HASH_SHA256, TLSNI_PAD_PSS,
                                       TLSNI_HASH_SHA256, 32 };
    struct tlsn_span msg = tlsni_span_make("message", 7);
    struct tlsni_rsa_parts x;
    uint8_t em[128];

    (void)state;
    tlsni_privkey_rsa_parts(key, &x);
    do {
        assert_int_equal(tlsni_rsa_pss_encode(em, 1024, &params, NULL, msg), TLSN_OK);
        em[0] |= 0x80;
    } while (memcmp(em, x.n.data, x.n.len) >= 0);
    assert_int_equal(judge_pss_block(key, em, &params, msg), TLSN_ERR_DECRYPT_ERROR);
    em[0] &= 0x7f;
    assert_int_equal(judge_pss_block(key, em, &params, msg), TLSN_OK);
    tlsni_privkey_free(key);
    REQ("8017:9.1.2/2");
}

/* Of 1025 bits: the block has 1024, 128 octets, and the modulus one octet more. */
static void rsa_pss_block_that_is_too_long_is_refused(void **state)
{
    struct tlsni_privkey *key = load(1025, NULL, TLSNI_KEY_RSA);
    struct tlsni_sig_params params = { TLSNI_KEY_RSA, TLSNI_HASH_SHA256, TLSNI_PAD_PSS,
                                       TLSNI_HASH_SHA256, 32 };
    struct tlsn_span msg = tlsni_span_make("message", 7);
    struct tlsni_rsa_parts x;
    uint8_t em[129];

    (void)state;
    tlsni_privkey_rsa_parts(key, &x);
    assert_int_equal(x.n.len, sizeof em);
    do {
        assert_int_equal(tlsni_rsa_pss_encode(em, 1025, &params, NULL, msg), TLSN_OK);
        assert_int_equal(em[0], 0);
        em[0] = 1;
    } while (memcmp(em, x.n.data, x.n.len) >= 0);
    assert_int_equal(judge_pss_block(key, em, &params, msg), TLSN_ERR_DECRYPT_ERROR);
    em[0] = 0;
    assert_int_equal(judge_pss_block(key, em, &params, msg), TLSN_OK);
    tlsni_privkey_free(key);
    REQ("8017:8.1.1/1");
    REQ("8017:8.1.2/3");
}

static void rsa_pss_salt_is_drawn_for_each_signature(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    struct tlsni_sig_params params = { TLSNI_KEY_RSA, TLSNI_HASH_SHA256, TLSNI_PAD_PSS,
                                       TLSNI_HASH_SHA256, 32 };
    struct tlsn_span msg = tlsni_span_make("message", 7);
    uint8_t one[TLSNI_SIGNATURE_MAX], two[TLSNI_SIGNATURE_MAX];
    size_t len;

    (void)state;
    assert_int_equal(tlsni_privkey_sign(key, NULL, &params, msg, one, &len), TLSN_OK);
    assert_int_equal(tlsni_privkey_sign(key, NULL, &params, msg, two, &len), TLSN_OK);
    assert_memory_not_equal(one, two, len);
    params.salt_len = 0; /* nothing is random then */
    assert_int_equal(tlsni_privkey_sign(key, NULL, &params, msg, one, &len), TLSN_OK);
    assert_int_equal(tlsni_privkey_sign(key, NULL, &params, msg, two, &len), TLSN_OK);
    assert_memory_equal(one, two, len);
    tlsni_privkey_free(key);
    REQ("8017:9.1.1/2");
}

static void rsa_pss_schemes_mask_with_their_own_hash(void **state)
{
    size_t count, found = 0;
    const struct tlsni_sigalg *rows = tlsni_sigalg_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct tlsni_sig_params p = tlsni_sigalg_params(&rows[i]);

        if (p.padding != TLSNI_PAD_PSS)
            continue;
        assert_int_equal(p.mgf_hash, p.hash);
        assert_int_equal(rows[i].max_version, 0x0304);
        assert_int_equal(rows[i].policy, TLSNI_CLASS_MODERN);
        found++;
    }
    assert_int_equal(found, 6);
    REQ("8017:8/1");
    REQ("8017:8.1/1");
    REQ("8017:A.2.3/4");
}

/* Modulus and above, as long as the modulus: no signature, though it is congruent to one. */
static void rsa_signature_that_is_not_below_the_modulus_is_refused(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    uint8_t m[1] = { 0 };
    struct tlsn_span msg = tlsni_span_make(m, sizeof m);
    struct tlsni_sig_params pss = { TLSNI_KEY_RSA, TLSNI_HASH_SHA256, TLSNI_PAD_PSS,
                                    TLSNI_HASH_SHA256, 32 };
    struct tlsni_rsa_parts x;
    uint8_t sig[TLSNI_SIGNATURE_MAX], sum[128];
    size_t len;

    (void)state;
    tlsni_privkey_rsa_parts(key, &x);
    for (int by_pss = 0; by_pss < 2; by_pss++) {
        const struct tlsni_sig_params *params = by_pss ? &pss : &pkcs1_sha256;
        unsigned carry;

        do { /* another message until signature and modulus together fit */
            m[0]++;
            assert_int_equal(tlsni_privkey_sign(key, NULL, params, msg, sig, &len), TLSN_OK);
            carry = 0;
            for (size_t i = len; i-- > 0; carry >>= 8) {
                carry += (unsigned)sig[i] + x.n.data[i];
                sum[i] = (uint8_t)carry;
            }
        } while (carry);
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), params, msg,
                                             tlsni_span_make(sig, len)), TLSN_OK);
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), params, msg,
                                             tlsni_span_make(sum, len)), TLSN_ERR_DECRYPT_ERROR);
        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), params, msg,
                                             tlsni_span_make(x.n.data, len)), TLSN_ERR_DECRYPT_ERROR);
    }
    tlsni_privkey_free(key);
    REQ("8017:4.1/2");
    REQ("8017:8.1.2/2");
    REQ("8017:8.2.2/2");
}

static void rsa_key_too_small_for_the_padding_is_refused(void **state)
{
    struct tlsni_privkey *key = load(512, NULL, TLSNI_KEY_RSA);
    struct tlsni_sig_params params = { TLSNI_KEY_RSA, TLSNI_HASH_SHA512, TLSNI_PAD_PKCS1, 0, 0 };
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    size_t len;

    (void)state;
    assert_int_equal(tlsni_privkey_sign(key, NULL, &params, tlsni_span_make("m", 1), sig, &len),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    params.padding = TLSNI_PAD_PSS;
    params.mgf_hash = TLSNI_HASH_SHA512;
    params.salt_len = 64;
    assert_int_equal(tlsni_privkey_sign(key, NULL, &params, tlsni_span_make("m", 1), sig, &len),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    tlsni_privkey_free(key);
    REQ("8017:9.1.1/1");
    REQ("8017:9.2/2");
}

/* ---- keys ---- */

static void rsa_numbers_out_of_bounds_are_refused(void **state)
{
    uint8_t n[TLSNI_RSA_BITS_MAX / 8 + 1], e[] = { 1, 0, 1 }, even = 4, one = 1, three = 3, bigger[65];
    struct tlsn_span e_span = tlsni_span_make(e, 3);
    struct tlsni_pubkey *key;

    (void)state;
    memset(n, 0xff, sizeof n);
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, sizeof n),
                                          e_span), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, 63),
                                          e_span), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, 0),
                                          e_span), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, 64),
                                          tlsni_span_make(&even, 1)), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, 64),
                                          tlsni_span_make(&one, 1)), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, 64),
                                          tlsni_span_make(n, 65)), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_EC, tlsni_span_make(n, 64),
                                          e_span), TLSN_ERR_ILLEGAL_PARAMETER);
    n[63] = 0xfe;
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, 64),
                                          e_span), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_null(key);
    n[63] = 0xff;
    n[0] = 0;
    n[1] = 0x80;
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, 65),
                                          tlsni_span_make(&three, 1)), TLSN_OK);
    assert_int_equal(tlsni_pubkey_bits(key), 512);
    assert_int_equal(tlsni_pubkey_modulus_len(key), 64);
    tlsni_pubkey_free(key);
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, 65),
                                          tlsni_span_make(n, 65)), TLSN_ERR_ILLEGAL_PARAMETER);
    memcpy(bigger, n, sizeof bigger);
    bigger[1]++;
    assert_int_equal(tlsni_pubkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, tlsni_span_make(n, 65),
                                          tlsni_span_make(bigger, 65)), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("8017:3.1/1");
    REQ("8017:3.1/2");
}

/* Each number of a private key changed by a bit, and each shortened. */
static void damage_case(struct tlsni_privkey *key, struct vec_block *b)
{
    static const size_t members[] = { 0, 2, 3, 4, 5, 6, 7 }; /* e may be another and still fit */

    (void)key;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        struct tlsni_rsa_parts x = parts_of(b);
        struct tlsn_span *s = (struct tlsn_span *)&x + members[i];
        uint8_t copy[TLSNI_RSA_BITS_MAX / 8];
        struct tlsni_privkey *bad;

        memcpy(copy, s->data, s->len);
        s->data = copy;
        for (unsigned bit = 0; bit < 8; bit += 3) {
            copy[s->len - 1] ^= (uint8_t)(1U << bit);
            assert_int_equal(tlsni_privkey_new_rsa(&bad, NULL, TLSNI_KEY_RSA, &x), TLSN_ERR_KEY);
            copy[s->len - 1] ^= (uint8_t)(1U << bit);
        }
        s->len--;
        assert_int_equal(tlsni_privkey_new_rsa(&bad, NULL, TLSNI_KEY_RSA, &x), TLSN_ERR_KEY);
        s->len = 0;
        assert_int_equal(tlsni_privkey_new_rsa(&bad, NULL, TLSNI_KEY_RSA, &x), TLSN_ERR_KEY);
        assert_null(bad);
    }
}

static void rsa_private_key_that_does_not_fit_together_is_refused(void **state)
{
    (void)state;
    assert_int_equal(walk(damage_case, NULL), 9);
    REQ("8017:3.2/2");
    REQ("8017:3.2/4");
}

static unsigned bounded[2]; /* keys that have such a qInv, such a d */

static void judge_number(struct tlsni_rsa_parts *x, struct tlsn_span *member, const mpz_t value, size_t len,
                         unsigned *hits)
{
    uint8_t bytes[TLSNI_RSA_BITS_MAX / 8] = { 0 };
    struct tlsni_privkey *bad;

    if (mpz_sizeinbase(value, 256) > len)
        return;
    mpz_export(bytes, NULL, 1, 1, 1, 0, value);
    *member = tlsni_span_make(bytes, len);
    assert_int_equal(tlsni_privkey_new_rsa(&bad, NULL, TLSNI_KEY_RSA, x), TLSN_ERR_KEY);
    assert_null(bad);
    (*hits)++;
}

static void get(mpz_t out, struct tlsn_span s)
{
    mpz_import(out, s.len, 1, 1, 1, 0, s.data);
}

static void bounds_case(struct tlsni_privkey *key, struct vec_block *b)
{
    struct tlsni_rsa_parts x = parts_of(b), y = x;
    mpz_t n, d, p, q, phi;

    (void)key;
    mpz_inits(n, d, p, q, phi, NULL);
    get(n, x.n);
    get(d, x.d);
    get(p, x.p);
    get(q, x.q);
    mpz_sub_ui(phi, p, 1);
    mpz_sub_ui(q, q, 1);
    mpz_mul(phi, phi, q);
    while (mpz_cmp(d, n) < 0)
        mpz_add(d, d, phi);
    judge_number(&x, &x.d, d, x.n.len, &bounded[1]);
    get(q, y.qinv);
    mpz_add(q, q, p);
    judge_number(&y, &y.qinv, q, y.p.len, &bounded[0]);
    mpz_clears(n, d, p, q, phi, NULL);
}

/* qInv + p and d + k (p - 1)(q - 1) do their work, and are none the less not the numbers of a key. */
static void rsa_private_numbers_above_their_bounds_are_refused(void **state)
{
    (void)state;
    assert_int_equal(walk(bounds_case, NULL), 9);
    assert_true(bounded[0] > 0 && bounded[1] > 0);
    REQ("8017:3.2/1");
    REQ("8017:3.2/3");
}

static void rsa_parts_come_back_as_they_went_in(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/rsa.txt");
    struct vec_block b = { 0 };
    struct tlsni_rsa_parts in, out;
    struct tlsni_privkey *key;

    (void)state;
    assert_true(vec_next(f, &b));
    in = parts_of(&b);
    assert_int_equal(tlsni_privkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, &in), TLSN_OK);
    tlsni_privkey_rsa_parts(key, &out);
    for (size_t i = 0; i < sizeof in / sizeof in.n; i++)
        assert_true(tlsni_span_eq((&in.n)[i], (&out.n)[i]));
    assert_int_equal(tlsni_privkey_scalar(key).len, 0);
    tlsni_privkey_free(key);
    vec_block_clear(&b);
    vec_close(f);
}

static void rsa_generated_key_signs(void **state)
{
    struct tlsni_privkey *key;
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    struct test_env env;
    size_t len;

    (void)state;
    test_env_init(&env, 11);
    assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, TLSNI_KEY_RSA, 1024, 0),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, TLSNI_KEY_RSA, 8193, 0),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, TLSNI_KEY_RSA, 2048, 0), TLSN_OK);
    assert_int_equal(tlsni_pubkey_bits(tlsni_privkey_public(key)), 2048);
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &pkcs1_sha256, tlsni_span_make("m", 1),
                                        sig, &len), TLSN_OK);
    tlsni_privkey_free(key);
    env.random_fails = true;
    assert_int_equal(tlsni_privkey_generate(&key, &env.hooks, TLSNI_KEY_RSA, 2048, 0),
                     TLSN_ERR_RANDOM);
    assert_null(key);
    assert_int_equal(env.live, 0);
}

/* ---- allocation and randomness ---- */

static void rsa_each_failing_allocation_is_reported(void **state)
{
    static const long sizes[] = { 1024, 2048, 4096 };
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    size_t len;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct test_env env;
        struct tlsni_privkey *key;
        size_t before, used;

        test_env_init(&env, 12);
        key = load(sizes[i], &env.hooks, TLSNI_KEY_RSA);
        before = env.allocs;
        assert_int_equal(before, 3); /* public part, private part, scratch of the check */
        assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &pkcs1_sha256,
                                            tlsni_span_make("m", 1), sig, &len), TLSN_OK);
        used = env.allocs - before;
        assert_true(sizes[i] > 2048 ? used == 1 : used == 0);
        env.fail_at = env.allocs + 1;
        if (used)
            assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &pkcs1_sha256,
                                                tlsni_span_make("m", 1), sig, &len),
                             TLSN_ERR_NO_MEMORY);
        tlsni_privkey_free(key);
        assert_int_equal(env.live, 0);
    }
}

static void rsa_key_construction_survives_each_failing_allocation(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/rsa.txt");
    struct vec_block b = { 0 };
    struct tlsni_rsa_parts parts;
    struct tlsni_privkey *key;

    (void)state;
    assert_true(vec_next(f, &b));
    parts = parts_of(&b);
    for (size_t n = 1; n <= 4; n++) {
        struct test_env env;

        test_env_init(&env, 13);
        env.fail_at = n;
        assert_int_equal(tlsni_privkey_new_rsa(&key, &env.hooks, TLSNI_KEY_RSA, &parts),
                         n <= 3 ? TLSN_ERR_NO_MEMORY : TLSN_OK);
        assert_true(n <= 3 ? !key : !!key);
        tlsni_privkey_free(key);
        assert_int_equal(env.live, 0);
    }
    vec_block_clear(&b);
    vec_close(f);
}

static void rsa_failing_random_source_is_reported(void **state)
{
    struct test_env env;
    struct tlsni_privkey *key;
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    size_t len;

    (void)state;
    test_env_init(&env, 14);
    key = load(1024, &env.hooks, TLSNI_KEY_RSA);
    env.random_fails = true;
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &pkcs1_sha256, tlsni_span_make("m", 1),
                                        sig, &len), TLSN_ERR_RANDOM);
    env.random_fails = false;
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &pkcs1_sha256, tlsni_span_make("m", 1),
                                        sig, &len), TLSN_OK);
    tlsni_privkey_free(key);
}

/* ---- threads ---- */

enum { THREADS = 6, ROUNDS = 150 };

struct worker {
    struct tlsni_privkey *key;
    unsigned number, good;
};

static void *sign_often(void *arg)
{
    struct worker *w = arg;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8_t msg[2] = { (uint8_t)w->number, (uint8_t)i }, sig[TLSNI_SIGNATURE_MAX];
        size_t len;

        if (tlsni_privkey_sign(w->key, NULL, &pkcs1_sha256, tlsni_span_make(msg, 2), sig, &len) ==
                TLSN_OK &&
            tlsni_pubkey_verify(tlsni_privkey_public(w->key), &pkcs1_sha256,
                                tlsni_span_make(msg, 2), tlsni_span_make(sig, len)) == TLSN_OK)
            w->good++;
    }
    return NULL;
}

static void rsa_key_shared_by_threads_signs_right(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    struct worker workers[THREADS];
    pthread_t threads[THREADS];

    (void)state;
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ key, i, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, sign_often, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].good, ROUNDS);
    }
    tlsni_privkey_free(key);
}

/* No two operations see the same pair, whichever slot they come from. */
static void rsa_blinding_pairs_are_never_used_twice(void **state)
{
    enum { N = 3 * TLSNI_RSA_BLIND_USES };
    struct tlsni_privkey *key = load(512, NULL, TLSNI_KEY_RSA);
    static mp_limb_t a[N][64], b[64];
    mp_limb_t *scratch = malloc(tlsni_rsa_blind_itch(&key->pub->u.rsa) * sizeof *scratch);
    size_t n = key->pub->u.rsa.n_limbs;

    (void)state;
    assert_non_null(scratch);
    for (size_t i = 0; i < N; i++) {
        /* now and then one slot after the other is busy */
        struct tlsni_rsa_blind *slots = key->u.rsa.blind;
        unsigned held = i % 7 == 6 ? TLSNI_RSA_BLIND_SLOTS : i % 7 == 3 ? 2 : 0;

        for (unsigned k = 0; k < held; k++)
            assert_false(atomic_flag_test_and_set(&slots[k].busy));
        assert_int_equal(tlsni_rsa_blind_take(key, a[i], b, scratch), TLSN_OK);
        for (unsigned k = 0; k < held; k++)
            atomic_flag_clear(&slots[k].busy);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(a[i], a[j], n * sizeof(mp_limb_t));
    }
    free(scratch);
    tlsni_privkey_free(key);
}

/* ---- premaster secrets ---- */

static void premaster_case(struct tlsni_privkey *key, struct vec_block *b)
{
    struct tlsn_span ct = vec_bytes(b, "ciphertext"), expected = vec_bytes(b, "premaster");
    uint8_t out[48] = { 1 }, before[48] = { 1 };

    assert_non_null(ct.data);
    for (uint16_t version = 0x0300; version < 0x0303; version++) {
        assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, ct, version, out), TLSN_OK);
        assert_memory_equal(out, before, 48);
    }
    assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, ct, 0x0303, out), TLSN_OK);
    assert_memory_equal(out, expected.data, 48);
}

static void rsa_premaster_of_openssl_decrypts(void **state)
{
    (void)state;
    assert_int_equal(walk(premaster_case, NULL), 9);
    REQ("5246:4.7/8");
    REQ("5246:7.4.7.1/3");
    REQ("5246:7.4.7.1/4");
}

/* A block of our own making, encrypted by the public power. */
static void offer(const struct tlsni_privkey *key, const uint8_t em[256], bool taken)
{
    uint8_t ct[256], out[48], before[48];

    assert_int_equal(tlsni_rsa_recover(tlsni_privkey_public(key), NULL, tlsni_span_make(em, 256),
                                       ct), TLSN_OK);
    memset(before, 0x77, 48);
    memcpy(out, before, 48);
    assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, tlsni_span_make(ct, 256), 0x0303, out),
                     TLSN_OK);
    assert_memory_equal(out, taken ? em + 208 : before, 48);
}

static void rsa_premaster_with_wrong_padding_changes_nothing(void **state)
{
    struct tlsni_privkey *key = load(2048, NULL, TLSNI_KEY_RSA);
    uint8_t em[256], bad[256];

    (void)state;
    memset(em, 0x11, sizeof em);
    em[0] = 0;
    em[1] = 2;
    em[207] = 0;
    em[208] = em[209] = 3;
    offer(key, em, true);
    for (size_t at = 2; at < 207; at++) { /* a zero inside the padding */
        memcpy(bad, em, 256);
        bad[at] = 0;
        offer(key, bad, false);
    }
    for (unsigned v = 0; v < 256; v++) {
        memcpy(bad, em, 256);
        bad[1] = (uint8_t)v;
        offer(key, bad, v == 2);
    }
    memcpy(bad, em, 256);
    bad[0] = 1; /* still below n: its top bit is set */
    offer(key, bad, false);
    memcpy(bad, em, 256);
    bad[207] = 1; /* no separator */
    offer(key, bad, false);
    for (int at = 206; at <= 208; at += 2) { /* 49 or 47 bytes of plain text */
        memcpy(bad, em, 256);
        bad[207] = 9;
        bad[at] = 0;
        offer(key, bad, false);
    }
    memcpy(bad, em, 256);
    bad[208] = 2;
    offer(key, bad, false);
    memcpy(bad, em, 256);
    bad[209] = 4;
    offer(key, bad, false);
    tlsni_privkey_free(key);
    REQ("5246:7.4.7.1/9");
    REQ("8017:7.2.2/3");
}

static void rsa_premaster_of_wrong_size_changes_nothing(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    struct tlsni_rsa_parts x;
    uint8_t ct[129] = { 0 }, out[48] = { 5 }, before[48] = { 5 };

    (void)state;
    tlsni_privkey_rsa_parts(key, &x);
    for (size_t len = 0; len <= sizeof ct; len++) {
        assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, tlsni_span_make(ct, len), 0x0303,
                                                     out), TLSN_OK);
        assert_memory_equal(out, before, 48);
    }
    assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, x.n, 0x0303, out), TLSN_OK);
    memset(ct, 0xff, sizeof ct);
    assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, tlsni_span_make(ct, 128), 0x0303, out),
                     TLSN_OK);
    assert_memory_equal(out, before, 48);
    tlsni_privkey_free(key);
    REQ("8017:7.2.2/1");
    REQ("8017:7.2.2/2");
}

/* The block that was encrypted, as the private operation shows it. */
static void rsa_encryption_pads_with_octets_that_are_not_zero(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    const struct tlsni_pubkey *pub = tlsni_privkey_public(key);
    uint8_t message[117] = { 0 }, ct[128], em[128], last[128] = { 0 };
    size_t sizes[] = { 0, 1, 48, 117 };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int again = 0; again < 50; again++) {
            size_t separator = 127 - sizes[i];

            assert_int_equal(tlsni_pubkey_rsa_encrypt(pub, NULL, tlsni_span_make(message, sizes[i]),
                                                      ct), TLSN_OK);
            assert_int_equal(tlsni_rsa_private(key, NULL, em, ct), TLSN_OK);
            assert_true(em[0] == 0 && em[1] == 2 && em[separator] == 0);
            for (size_t at = 2; at < separator; at++)
                assert_int_not_equal(em[at], 0);
            assert_true(separator >= 2 + 8);
            assert_memory_equal(em + separator + 1, message, sizes[i]);
            assert_memory_not_equal(em + 2, last + 2, 8);
            memcpy(last, em, sizeof em);
        }
    assert_int_equal(tlsni_pubkey_rsa_encrypt(pub, NULL, tlsni_span_make(em, 118), ct),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    tlsni_privkey_free(key);
    REQ("8017:7.2/3");
    REQ("8017:7.2/4");
    REQ("8017:7.2.1/1");
    REQ("8017:7.2.1/2");
    REQ("8017:7.2.1/3");
}

static void rsa_encryption_of_ours_decrypts(void **state)
{
    struct tlsni_privkey *key = load(1024, NULL, TLSNI_KEY_RSA);
    struct test_env env;
    uint8_t pm[48] = { 3, 3 }, ct[128], out[48], em[128];

    (void)state;
    test_env_init(&env, 15);
    for (int i = 0; i < 20; i++) { /* random padding has a zero in a third of the cases */
        const struct tlsni_pubkey *pub = tlsni_privkey_public(key);

        test_random(&env, pm + 2, 46);
        memset(out, 0, 48);
        assert_int_equal(tlsni_pubkey_rsa_encrypt(pub, &env.hooks, tlsni_span_make(pm, 48), ct),
                         TLSN_OK);
        assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, tlsni_span_make(ct, 128), 0x0303,
                                                     out), TLSN_OK);
        assert_memory_equal(out, pm, 48);
    }
    memset(em, 0, sizeof em);
    assert_int_equal(tlsni_pubkey_rsa_encrypt(tlsni_privkey_public(key), NULL,
                                              tlsni_span_make(em, 117), ct), TLSN_OK);
    assert_int_equal(tlsni_pubkey_rsa_encrypt(tlsni_privkey_public(key), NULL,
                                              tlsni_span_make(em, 118), ct),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    env.random_fails = true;
    assert_int_equal(tlsni_pubkey_rsa_encrypt(tlsni_privkey_public(key), &env.hooks,
                                              tlsni_span_make(pm, 48), ct), TLSN_ERR_RANDOM);
    tlsni_privkey_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_private_operation_gives_the_power),
        cmocka_unit_test(rsa_private_operation_takes_special_inputs),
        cmocka_unit_test(rsa_result_that_the_public_key_does_not_confirm_is_withheld),
        cmocka_unit_test(rsa_signatures_of_openssl_verify),
        cmocka_unit_test(rsa_signatures_are_those_of_openssl),
        cmocka_unit_test(rsa_pss_salt_of_another_length_is_refused),
        cmocka_unit_test(rsa_pkcs1_block_with_loose_padding_is_refused),
        cmocka_unit_test(rsa_pkcs1_digest_info_is_the_published_one),
        cmocka_unit_test(rsa_pss_block_with_anything_else_in_it_is_refused),
        cmocka_unit_test(rsa_pss_block_with_its_excess_bit_is_refused),
        cmocka_unit_test(rsa_signature_that_is_not_below_the_modulus_is_refused),
        cmocka_unit_test(rsa_pss_block_that_is_too_long_is_refused),
        cmocka_unit_test(rsa_pss_salt_is_drawn_for_each_signature),
        cmocka_unit_test(rsa_pss_schemes_mask_with_their_own_hash),
        cmocka_unit_test(rsa_key_too_small_for_the_padding_is_refused),
        cmocka_unit_test(rsa_numbers_out_of_bounds_are_refused),
        cmocka_unit_test(rsa_private_key_that_does_not_fit_together_is_refused),
        cmocka_unit_test(rsa_private_numbers_above_their_bounds_are_refused),
        cmocka_unit_test(rsa_parts_come_back_as_they_went_in),
        cmocka_unit_test(rsa_generated_key_signs),
        cmocka_unit_test(rsa_each_failing_allocation_is_reported),
        cmocka_unit_test(rsa_key_construction_survives_each_failing_allocation),
        cmocka_unit_test(rsa_failing_random_source_is_reported),
        cmocka_unit_test(rsa_key_shared_by_threads_signs_right),
        cmocka_unit_test(rsa_blinding_pairs_are_never_used_twice),
        cmocka_unit_test(rsa_premaster_of_openssl_decrypts),
        cmocka_unit_test(rsa_premaster_with_wrong_padding_changes_nothing),
        cmocka_unit_test(rsa_premaster_of_wrong_size_changes_nothing),
        cmocka_unit_test(rsa_encryption_pads_with_octets_that_are_not_zero),
        cmocka_unit_test(rsa_encryption_of_ours_decrypts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
