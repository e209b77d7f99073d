#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include <string.h>

#include "req.h"
#include "support_vectors.h"
#include "x509/algid.h"

/* AlgorithmIdentifiers with the parameters that their standards prescribe, and with others. */

#define PSS_256  \
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a" \
    "06092a864886f70d010108300d06096086480165030402010500a203020120"
#define PSS_256_BARE  \
    "303d06092a864886f70d01010a3030a00d300b0609608648016503040201a11a30180609" \
    "2a864886f70d010108300b0609608648016503040201a203020120"
#define PSS_256_SALT_20  \
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a" \
    "06092a864886f70d010108300d06096086480165030402010500a203020114"
#define PSS_256_SALT_40  \
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a" \
    "06092a864886f70d010108300d06096086480165030402010500a203020128"
#define PSS_384  \
    "304106092a864886f70d01010a3034a00f300d06096086480165030402020500a11c301a" \
    "06092a864886f70d010108300d06096086480165030402020500a203020130"
#define PSS_MIXED  \
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a" \
    "06092a864886f70d010108300d06096086480165030402020500a203020120"
#define PSS_TRAILER_1  \
    "304606092a864886f70d01010a3039a00f300d06096086480165030402010500a11c301a" \
    "06092a864886f70d010108300d06096086480165030402010500a203020120a303020101"
#define PSS_TRAILER_2  \
    "304606092a864886f70d01010a3039a00f300d06096086480165030402010500a11c301a" \
    "06092a864886f70d010108300d06096086480165030402010500a203020120a303020102"
/* PSS_256 in BER that is no DER */
#define PSS_LONG_LENGTH \
    "304206092a864886f70d01010a3035a00f300d06096086480165030402010500a11c301a06092a864886f70d01" \
    "0108300d06096086480165030402010500a20402810120"
#define PSS_LONG_SALT \
    "304206092a864886f70d01010a3035a00f300d06096086480165030402010500a11c301a06092a864886f70d01" \
    "0108300d06096086480165030402010500a20402020020"
#define PSS_INDEFINITE \
    "304306092a864886f70d01010a3080a00f300d06096086480165030402010500a11c301a06092a864886f70d01" \
    "0108300d06096086480165030402010500a2030201200000"
#define PSS_OUT_OF_ORDER \
    "304106092a864886f70d01010a3034a11c301a06092a864886f70d010108300d06096086480165030402010500" \
    "a00f300d06096086480165030402010500a203020120"
#define PSS_SALT_TWICE \
    "304606092a864886f70d01010a3039a00f300d06096086480165030402010500a11c301a06092a864886f70d01" \
    "0108300d06096086480165030402010500a203020120a203020120"
#define PSS_DEFAULTS "300d06092a864886f70d01010a3000"
#define PSS_DEFAULTS_OUTRIGHT \
    "303e06092a864886f70d01010a3031a00b300906052b0e03021a0500a118301606092a864886f70d010108300906" \
    "052b0e03021a0500a203020114a303020101"
#define PSS_NONE "300b06092a864886f70d01010a"
#define RSA_256 "300d06092a864886f70d01010b0500"
#define RSA_256_BARE "300b06092a864886f70d01010b"
#define RSA_256_OTHER "300e06092a864886f70d01010b020101"
#define RSA_KEY "300d06092a864886f70d0101010500"
#define RSA_PSS_KEY_NULL "300d06092a864886f70d01010a0500"
#define RSA_KEY_BARE "300b06092a864886f70d010101"
#define ED_BARE "300506032b6570"
#define ED_NULL "300706032b65700500"
#define ECDSA_BARE "300a06082a8648ce3d040302"
#define ECDSA_NULL "300c06082a8648ce3d0403020500"

static struct tlsni_sig_params signature(const char *hex)
{
    uint8_t der[128];

    return tlsni_algid_signature((struct tlsn_span){ der, vec_unhex(hex, der, sizeof der) });
}

static tlsn_status key(struct tlsni_key_algid *out, const char *hex)
{
    uint8_t der[128];

    return tlsni_algid_key(out, (struct tlsn_span){ der, vec_unhex(hex, der, sizeof der) }, NULL);
}

static void pkcs1_takes_null_or_nothing(void **state)
{
    (void)state;
    assert_int_equal(signature(RSA_256).hash, TLSNI_HASH_SHA256);
    assert_int_equal(signature(RSA_256_BARE).hash, TLSNI_HASH_SHA256);
    assert_int_equal(signature(RSA_256_OTHER).key, TLSNI_KEY_NONE);
    REQ("4055:5/1");
}

static void signatures_without_parameters_take_none(void **state)
{
    (void)state;
    assert_int_equal(signature(ED_BARE).key, TLSNI_KEY_ED25519);
    assert_int_equal(signature(ED_NULL).key, TLSNI_KEY_NONE);
    assert_int_equal(signature(ECDSA_BARE).key, TLSNI_KEY_EC);
    assert_int_equal(signature(ECDSA_NULL).key, TLSNI_KEY_NONE);
}

/* pkcs-1 4, 5, 14, 11, 12 and 13; the one behind them is none. */
static void pkcs1_identifiers_are_those_of_the_table(void **state)
{
    static const struct {
        uint8_t number, hash;
    } rows[] = { { 4, TLSNI_HASH_MD5 },     { 5, TLSNI_HASH_SHA1 },    { 14, TLSNI_HASH_SHA224 },
                 { 11, TLSNI_HASH_SHA256 }, { 12, TLSNI_HASH_SHA384 }, { 13, TLSNI_HASH_SHA512 },
                 { 17, TLSNI_HASH_NONE } };
    char hex[64];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        (void)snprintf(hex, sizeof hex, "300d06092a864886f70d0101%02x0500", rows[i].number);
        assert_int_equal(signature(hex).hash, rows[i].hash);
        assert_int_equal(signature(hex).padding, rows[i].hash ? TLSNI_PAD_PKCS1 : TLSNI_PAD_NONE);
    }
    REQ("8017:A.2.4/1");
}

static void pss_parameters_have_their_defaults(void **state)
{
    struct tlsni_sig_params p = signature(PSS_DEFAULTS);

    (void)state;
    assert_int_equal(p.key, TLSNI_KEY_RSA_PSS);
    assert_int_equal(p.hash, TLSNI_HASH_SHA1);
    assert_int_equal(p.mgf_hash, TLSNI_HASH_SHA1);
    assert_int_equal(p.salt_len, 20);
    assert_int_equal(signature(PSS_NONE).key, TLSNI_KEY_NONE);
    REQ("4055:3.1/1");
    REQ("4055:3.1/2");
    REQ("8017:A.2.3/2");
    REQ("8017:A.2.3/5");
}

static void pss_defaults_may_be_there_outright(void **state)
{
    struct tlsni_sig_params p = signature(PSS_DEFAULTS), outright = signature(PSS_DEFAULTS_OUTRIGHT);

    (void)state;
    assert_int_equal(p.key, TLSNI_KEY_RSA_PSS);
    assert_memory_equal(&p, &outright, sizeof p);
    REQ("4055:3.1/5");
}

static void pss_parameters_are_read(void **state)
{
    struct tlsni_sig_params p = signature(PSS_256), bare = signature(PSS_256_BARE);

    (void)state;
    assert_int_equal(p.hash, TLSNI_HASH_SHA256);
    assert_int_equal(p.mgf_hash, TLSNI_HASH_SHA256);
    assert_int_equal(p.salt_len, 32);
    assert_memory_equal(&p, &bare, sizeof p);
    assert_int_equal(signature(PSS_MIXED).mgf_hash, TLSNI_HASH_SHA384);
    assert_int_equal(signature(PSS_TRAILER_1).key, TLSNI_KEY_RSA_PSS);
    assert_int_equal(signature(PSS_TRAILER_2).key, TLSNI_KEY_NONE);
    REQ("4055:2.1/1");
    REQ("4055:2.2/1");
    REQ("4055:3.1/3");
}

static void pss_parameters_that_are_not_der_are_none(void **state)
{
    static const char *const bad[] = { PSS_LONG_LENGTH, PSS_LONG_SALT, PSS_INDEFINITE, PSS_OUT_OF_ORDER,
                                       PSS_SALT_TWICE };
    struct tlsni_key_algid k;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(signature(bad[i]).key, TLSNI_KEY_NONE);
        assert_int_equal(key(&k, bad[i]), TLSN_ERR_CERT_BAD);
    }
    REQ("8446:4.2.3/13");
}

static void rsa_key_has_null_parameters(void **state)
{
    struct tlsni_key_algid k;

    (void)state;
    assert_int_equal(key(&k, RSA_KEY), TLSN_OK);
    assert_int_equal(k.type, TLSNI_KEY_RSA);
    assert_int_equal(key(&k, RSA_KEY_BARE), TLSN_ERR_CERT_BAD);
    assert_int_equal(key(&k, RSA_PSS_KEY_NULL), TLSN_ERR_CERT_BAD);
    REQ("4055:1.2/1");
    REQ("4055:1.2/2");
}

/* RFC 8410 3: known, without parameters, and of no use for a signature. */
static void montgomery_keys_are_recognised(void **state)
{
    struct tlsni_key_algid k;

    (void)state;
    assert_int_equal(key(&k, "300506032b656e"), TLSN_ERR_CERT_UNSUPPORTED);
    assert_int_equal(key(&k, "300506032b656f"), TLSN_ERR_CERT_UNSUPPORTED);
    assert_int_equal(key(&k, "300706032b656e0500"), TLSN_ERR_CERT_BAD);
    assert_int_equal(key(&k, "300706032b656f0500"), TLSN_ERR_CERT_BAD);
}

static bool allowed(const struct tlsni_key_algid *k, const char *hex)
{
    struct tlsni_sig_params p = signature(hex);

    assert_int_equal(p.key, TLSNI_KEY_RSA_PSS);
    return tlsni_algid_pss_allowed(k, &p);
}

static void restricted_key_makes_what_keeps_to_it(void **state)
{
    struct tlsni_key_algid k;

    (void)state;
    assert_int_equal(key(&k, PSS_256), TLSN_OK);
    assert_true(k.restricted);
    assert_true(allowed(&k, PSS_256));
    assert_true(allowed(&k, PSS_256_SALT_40));
    assert_false(allowed(&k, PSS_256_SALT_20));
    assert_false(allowed(&k, PSS_384));
    assert_false(allowed(&k, PSS_MIXED));
    assert_int_equal(key(&k, PSS_NONE), TLSN_OK);
    assert_false(k.restricted);
    assert_true(allowed(&k, PSS_256_SALT_20));
    assert_true(allowed(&k, PSS_384));
    REQ("4055:3.3/1");
    REQ("4055:1.2/7");
    REQ("4055:3.1/4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pkcs1_takes_null_or_nothing),
        cmocka_unit_test(signatures_without_parameters_take_none),
        cmocka_unit_test(pkcs1_identifiers_are_those_of_the_table),
        cmocka_unit_test(pss_parameters_have_their_defaults),
        cmocka_unit_test(pss_defaults_may_be_there_outright),
        cmocka_unit_test(pss_parameters_are_read),
        cmocka_unit_test(pss_parameters_that_are_not_der_are_none),
        cmocka_unit_test(rsa_key_has_null_parameters),
        cmocka_unit_test(montgomery_keys_are_recognised),
        cmocka_unit_test(restricted_key_makes_what_keeps_to_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
