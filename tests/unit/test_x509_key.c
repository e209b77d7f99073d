#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tls-native/x509.h>

#include "req.h"
#include "support_env.h"
#include "support_vectors.h"
#include "support_x509.h"
#include "x509/der.h"
#include "x509/key.h"
#include "x509/write.h"

static tlsn_status parse(const void *data, size_t len)
{
    struct tlsni_privkey *key;
    tlsn_status st = tlsni_key_parse(&key, NULL, tlsni_span_make(data, len), NULL);

    if (st == TLSN_OK)
        assert_non_null(key);
    else
        assert_null(key);
    tlsni_privkey_free(key);
    return st;
}

static tlsn_status parse_hex(const char *hex)
{
    uint8_t der[512];

    return parse(der, vec_unhex(hex, der, sizeof der));
}

/* RFC 8410 10.3: the two examples of an Ed25519 private key, the second with attributes and public
 * key. */
#define ED25519_V1                                                                      \
    "302e020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe" \
    "097a88f44755842"
#define ED25519_V2                                                                      \
    "3072020101300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe" \
    "097a88f44755842a01f301d060a2a864886f70d01090914310f0c0d437572646c6520436861697273" \
    "81210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"

static void key_examples_of_rfc_8410_are_read(void **state)
{
    (void)state;
    assert_int_equal(parse_hex(ED25519_V1), TLSN_OK);
    assert_int_equal(parse_hex(ED25519_V2), TLSN_OK);
    REQ("8410:7/1");
    REQ("5958:2/7");
    REQ("5958:2/9");
}

/* A public key in version 1 (v1). */
static void key_with_a_public_key_needs_version_2(void **state)
{
    uint8_t der[512];
    size_t len = vec_unhex(ED25519_V2, der, sizeof der);

    (void)state;
    assert_int_equal(der[4], 1);
    der[4] = 0;
    assert_int_equal(parse(der, len), TLSN_ERR_KEY);
    REQ("5958:2/5");
}

/* Indefinite lengths, a length with more bytes than it needs, and an OCTET STRING in two pieces. */
static void key_in_ber_is_read(void **state)
{
    static const char *const forms[] = {
        "302f02010030810506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842",
        "3080020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842"
        "0000",
        "308002010030050603" "2b6570" "2480" "04020420" "0420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fb"
        "e097a88f44755842" "0000" "0000",
    };

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        assert_int_equal(parse_hex(forms[i]), TLSN_OK);
    assert_int_equal(parse_hex("3080020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1"
                               "d4fbe097a88f44755842"), TLSN_ERR_KEY); /* not ended */
    REQ("5958:2/3");
}

static void key_with_a_foreign_public_key_is_refused(void **state)
{
    uint8_t der[512];
    size_t len = vec_unhex(ED25519_V2, der, sizeof der);

    (void)state;
    der[len - 1] ^= 1;
    assert_int_equal(parse(der, len), TLSN_ERR_KEY);
    REQ("5958:2/10");
}

/* PKCS#8 of a new key of this kind as version 2, with its public key behind it or, when `at` is not 0, with one
 * that differs in the at-th octet from behind. */
static tlsn_status parse_with_public(const char *kind, size_t at)
{
    uint8_t inner[4096], der[4096];
    struct tlsni_wr body = tlsni_wr_make(inner, sizeof inner), w = tlsni_wr_make(der, sizeof der);
    struct tlsni_rd r;
    size_t mark, bits;
    tlsn_key *key;

    assert_int_equal(tlsn_key_generate(&key, kind, NULL), TLSN_OK);
    tlsni_write_pkcs8(&body, key->key);
    r = tlsni_der_open_span(tlsni_span_make(inner, body.len), TLSNI_DER_SEQUENCE);
    assert_int_equal(tlsni_der_small(&r), 0);
    mark = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_dw_small(&w, 1);
    tlsni_wr_span(&w, tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE));
    tlsni_dw_put(&w, TLSNI_DER_OCTET_STRING, tlsni_der_get(&r, TLSNI_DER_OCTET_STRING));
    bits = tlsni_dw_open(&w, TLSNI_DER_CONTEXT(1));
    tlsni_wr_u8(&w, 0);
    tlsni_write_public_bits(&w, tlsni_privkey_public(key->key));
    if (at)
        der[w.len - at] ^= 1;
    tlsni_dw_close(&w, bits);
    tlsni_dw_close(&w, mark);
    tlsn_key_free(key);
    return parse(der, w.len);
}

/* What PKCS#8 has inside, and that with the version of keys with more primes. */
static void key_of_pkcs1_has_version_0(void **state)
{
    uint8_t der[4096];
    struct tlsni_wr w = tlsni_wr_make(der, sizeof der);
    struct tlsn_span inner;
    struct tlsni_rd r;
    uint8_t *version;
    tlsn_key *key;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "rsa:2048", NULL), TLSN_OK);
    tlsni_write_pkcs8(&w, key->key);
    r = tlsni_der_open_span(tlsni_span_make(der, w.len), TLSNI_DER_SEQUENCE);
    assert_int_equal(tlsni_der_small(&r), 0);
    (void)tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    inner = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
    assert_int_equal(parse(inner.data, inner.len), TLSN_OK);
    version = der + (inner.data - der) + 4 + 2;
    assert_int_equal(*version, 0);
    *version = 1;
    assert_int_equal(parse(inner.data, inner.len), TLSN_ERR_KEY);
    tlsn_key_free(key);
    REQ("8017:A.1.2/1");
    REQ("8017:A.1.2/2");
}

/* Of every kind: RSAPublicKey, an INTEGER, a point. */
static void key_of_every_kind_is_held_against_its_public_key(void **state)
{
    static const char *const kinds[] = { "rsa:2048", "rsa-pss:2048", "dsa:2048", "ec:secp256r1",
                                         "ed25519", "ed448" };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        assert_int_equal(parse_with_public(kinds[i], 0), TLSN_OK);
        assert_int_equal(parse_with_public(kinds[i], 1), TLSN_ERR_KEY);
        assert_int_equal(parse_with_public(kinds[i], 20), TLSN_ERR_KEY);
    }
    REQ("5958:2/10");
}

static void key_every_truncation_is_refused(void **state)
{
    uint8_t der[512];
    size_t len = vec_unhex(ED25519_V2, der, sizeof der);

    (void)state;
    for (size_t n = 2; n < len; n++) {
        bool optional = n == 48 || n == 48 + 33; /* what follows may be left out */
        uint8_t *copy = malloc(n);

        memcpy(copy, der, n);
        assert_int_equal(parse(copy, n), TLSN_ERR_PEM);
        copy[1] = (uint8_t)(n - 2); /* now with the outer length in order */
        assert_int_equal(parse(copy, n), optional ? TLSN_OK : TLSN_ERR_KEY);
        free(copy);
    }
    der[len++] = 0;
    assert_int_equal(parse(der, len), TLSN_ERR_PEM);
}

static void key_of_unknown_kind_is_refused(void **state)
{
    (void)state;
    assert_int_equal(parse_hex("302e020102300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3a"
                               "fe7c28cbf1d4fbe097a88f44755842"), TLSN_ERR_KEY); /* version 2 */
    assert_int_equal(parse_hex("302e020100300506032b656f04220420d4ee72dbf913584ad5b6d8f1f769f8ad3a"
                               "fe7c28cbf1d4fbe097a88f44755842"), TLSN_ERR_KEY); /* X448 */
    assert_int_equal(parse_hex("3003020101"), TLSN_ERR_KEY);
    assert_int_equal(parse_hex("30060201010401ff"), TLSN_ERR_KEY);
    assert_int_equal(parse_hex("3000"), TLSN_ERR_KEY);
    assert_int_equal(parse("text", 4), TLSN_ERR_PEM);
    assert_int_equal(parse("", 0), TLSN_ERR_PEM);
}

/* A number too few or too many is neither RSA's form nor DSA's. */
static void key_of_small_numbers_is_refused(void **state)
{
    (void)state;
    assert_int_equal(parse_hex("3012020100020103020103020103020103020103"), TLSN_ERR_KEY);
    assert_int_equal(parse_hex("300f020100020103020103020103020103"), TLSN_ERR_KEY);
    assert_int_equal(parse_hex("3015020100020103020103020103020103020103020103"), TLSN_ERR_KEY);
}

static void key_memory_running_out_is_an_error(void **state)
{
    uint8_t der[512];
    size_t len = vec_unhex(ED25519_V1, der, sizeof der);
    tlsn_status st = TLSN_ERR_NO_MEMORY;
    struct test_env env;

    (void)state;
    for (size_t n = 1; st == TLSN_ERR_NO_MEMORY; n++) {
        struct tlsni_privkey *key;

        test_env_init(&env, 1);
        env.fail_at = n;
        st = tlsni_key_parse(&key, &env.hooks, tlsni_span_make(der, len), NULL);
        tlsni_privkey_free(key);
        assert_int_equal(env.live, 0);
    }
    assert_int_equal(st, TLSN_OK);
}

/* ---- keys of the openssl command, and ours for it ---- */

static size_t read_pem(char *out, size_t cap)
{
    size_t len = peer_read("key", out, cap - 1);

    out[len] = 0;
    return len;
}

/* Every form that openssl writes is read; what we write of it is the same key to openssl. */
static void check_peer_key(const char *make, const char *const *convert)
{
    char command[256], text[8192], back[8192];
    tlsn_key *key;
    size_t len;

    assert_true(peer_openssl(make));
    for (; *convert; convert++) {
        (void)snprintf(command, sizeof command, "%s -in first -out key", *convert);
        assert_true(peer_openssl(command));
        len = read_pem(text, sizeof text);
        assert_int_equal(tlsn_key_read(&key, text, len, NULL), TLSN_OK);
        assert_int_equal(tlsn_key_write(key, back, sizeof back, &len), TLSN_OK);
        tlsn_key_free(key);
        peer_write("second", back, len);
        assert_true(peer_openssl("pkey -in first -pubout -out p1"));
        assert_true(peer_openssl("pkey -in second -pubout -out p2"));
        assert_int_equal(peer_read("p1", text, sizeof text), peer_read("p2", back, sizeof back));
        assert_memory_equal(text, back, 100);
    }
}

static void key_forms_of_openssl_are_read(void **state)
{
    static const char *const pkcs8[] = { "pkey", "pkey -outform DER", NULL };
    static const char *const rsa[] = { "pkey", "rsa -traditional", "rsa -traditional -outform DER",
                                       NULL };
    static const char *const dsa[] = { "pkey", "pkey -traditional", "dsa -outform DER", NULL };
    static const char *const ec[] = { "pkey", "ec", "ec -no_public", "ec -outform DER", NULL };

    (void)state;
    if (!peer_there()) {
        print_message("no openssl command\n");
        skip();
    }
    check_peer_key("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out first", rsa);
    check_peer_key("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out first", pkcs8);
    check_peer_key("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out first", ec);
    check_peer_key("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out first", ec);
    check_peer_key("ecparam -name secp521r1 -genkey -out first", ec); /* parameters come first */
    check_peer_key("genpkey -algorithm ED25519 -out first", pkcs8);
    check_peer_key("genpkey -algorithm ED448 -out first", pkcs8);
    assert_true(peer_openssl("genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 "
                             "-out params"));
    check_peer_key("genpkey -paramfile params -out first", dsa);
}

static void key_encrypted_by_openssl_is_recognised(void **state)
{
    static const char *const commands[] = {
        "pkey -in first -aes256 -passout pass:test -out key",
        "pkey -in first -aes256 -passout pass:test -outform DER -out key",
        "rsa -in first -traditional -aes128 -passout pass:test -out key",
    };
    char text[8192];

    (void)state;
    if (!peer_there())
        skip();
    assert_true(peer_openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out first"));
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (!peer_openssl(commands[i])) {
            assert_int_equal(i, 1); /* some versions refuse to encrypt DER here */
            continue;
        }
        assert_int_equal(parse(text, peer_read("key", text, sizeof text)), TLSN_ERR_KEY_ENCRYPTED);
    }
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
        cmocka_unit_test(key_examples_of_rfc_8410_are_read),
        cmocka_unit_test(key_in_ber_is_read),
        cmocka_unit_test(key_with_a_foreign_public_key_is_refused),
        cmocka_unit_test(key_of_pkcs1_has_version_0),
        cmocka_unit_test(key_of_every_kind_is_held_against_its_public_key),
        cmocka_unit_test(key_with_a_public_key_needs_version_2),
        cmocka_unit_test(key_every_truncation_is_refused),
        cmocka_unit_test(key_of_unknown_kind_is_refused),
        cmocka_unit_test(key_of_small_numbers_is_refused),
        cmocka_unit_test(key_memory_running_out_is_an_error),
        cmocka_unit_test_teardown(key_forms_of_openssl_are_read, clean),
        cmocka_unit_test_teardown(key_encrypted_by_openssl_is_recognised, clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
