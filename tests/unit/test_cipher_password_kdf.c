#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/password_kdf.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"
#include "support_x509.h"

#include <stdio.h>
#include <string.h>

static struct tlsn_span text(const char *s)
{
    return tlsni_span_make(s, strlen(s));
}

/* A literal with zero bytes in it. */
#define WHOLE(s) tlsni_span_make(s, sizeof(s) - 1)

static void check_hex(const uint8_t *got, size_t len, const char *hex)
{
    uint8_t want[256];

    assert_int_equal(vec_unhex(hex, want, sizeof want), len);
    assert_memory_equal(got, want, len);
}

/* RFC 6070 2 (SHA-1) and RFC 7914 11 (SHA-256). */
static void pbkdf2_published_vectors_match(void **state)
{
    static const struct {
        enum tlsni_hash_id hash;
        struct tlsn_span password, salt;
        uint32_t iterations;
        const char *key;
    } rows[] = {
        { TLSNI_HASH_SHA1, { (const uint8_t *)"password", 8 }, { (const uint8_t *)"salt", 4 }, 1,
          "0c60c80f961f0e71f3a9b524af6012062fe037a6" },
        { TLSNI_HASH_SHA1, { (const uint8_t *)"password", 8 }, { (const uint8_t *)"salt", 4 }, 2,
          "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957" },
        { TLSNI_HASH_SHA1, { (const uint8_t *)"password", 8 }, { (const uint8_t *)"salt", 4 }, 4096,
          "4b007901b765489abead49d926f721d065a429c1" },
        { TLSNI_HASH_SHA1, { (const uint8_t *)"passwordPASSWORDpassword", 24 },
          { (const uint8_t *)"saltSALTsaltSALTsaltSALTsaltSALTsalt", 36 }, 4096,
          "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038" },
        { TLSNI_HASH_SHA1, { (const uint8_t *)"pass\0word", 9 }, { (const uint8_t *)"sa\0lt", 5 },
          4096, "56fa6aa75548099dcc37d7f03425e0c3" },
        { TLSNI_HASH_SHA256, { (const uint8_t *)"passwd", 6 }, { (const uint8_t *)"salt", 4 }, 1,
          "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
          "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783" },
        { TLSNI_HASH_SHA256, { (const uint8_t *)"Password", 8 }, { (const uint8_t *)"NaCl", 4 },
          80000,
          "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
          "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d" },
    };
    uint8_t out[64];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = strlen(rows[i].key) / 2;

        tlsni_pbkdf2(tlsni_hash_find(rows[i].hash), rows[i].password, rows[i].salt,
                     rows[i].iterations, out, len);
        check_hex(out, len, rows[i].key);
    }
    REQ("8018:5.2/1");
    REQ("8018:3/1");
}

/* RFC 7914 12; its last vector takes 1 GiB and stays away. */
static void scrypt_published_vectors_match(void **state)
{
    struct tlsni_scrypt_cost small = { 16, 1, 1 }, wide = { 1024, 8, 16 }, usual = { 16384, 8, 1 };
    uint8_t out[64];

    (void)state;
    assert_int_equal(tlsni_scrypt(NULL, text(""), text(""), &small, out, sizeof out), TLSN_OK);
    check_hex(out, sizeof out,
              "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
              "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
    assert_int_equal(tlsni_scrypt(NULL, text("password"), text("NaCl"), &wide, out, sizeof out),
                     TLSN_OK);
    check_hex(out, sizeof out,
              "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
              "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
    assert_int_equal(tlsni_scrypt(NULL, text("pleaseletmein"), text("SodiumChloride"), &usual, out,
                                  sizeof out), TLSN_OK);
    check_hex(out, sizeof out,
              "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
              "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

/* RFC 7914 2 and 6: N a power of two greater than 1 and below 2^(16 r); p r < 2^30. */
static void scrypt_costs_out_of_bounds_are_refused(void **state)
{
    static const struct tlsni_scrypt_cost bad[] = {
        { 0, 8, 1 }, { 1, 8, 1 }, { 3, 8, 1 }, { 16, 0, 1 }, { 16, 8, 0 }, { 65536, 1, 1 },
        { 16, 1, UINT32_C(1) << 30 }, { UINT64_C(1) << 63, 8, 1 },
    };
    struct tlsni_scrypt_cost good = { 32768, 1, 1 };
    uint8_t out[16];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_true(tlsni_scrypt_memory(&bad[i]) == UINT64_MAX);
        assert_int_equal(tlsni_scrypt(NULL, text("x"), text("y"), &bad[i], out, sizeof out),
                         TLSN_ERR_ARGUMENT);
    }
    assert_true(tlsni_scrypt_memory(&good) == 32768 * 128);
}

static void scrypt_without_memory_fails_cleanly(void **state)
{
    struct tlsni_scrypt_cost cost = { 16, 1, 1 };
    struct test_env env;
    uint8_t out[16];

    (void)state;
    test_env_init(&env, 1);
    for (size_t n = 1; n <= 2; n++) {
        test_env_init(&env, 1);
        env.fail_at = n;
        assert_int_equal(tlsni_scrypt(&env.hooks, text("x"), text("y"), &cost, out, sizeof out),
                         TLSN_ERR_NO_MEMORY);
        assert_int_equal(env.live, 0);
    }
}

/* `openssl kdf -kdfopt digest:SHA1 ... PKCS12KDF` made the first; SHA-256 and longer outputs are
 * compared with a living one below. */
static void pkcs12_kdf_matches_openssl(void **state)
{
    static const uint8_t salt[8] = { 0x0a, 0x58, 0xcf, 0x64, 0x53, 0x0d, 0x82, 0x3f };
    uint8_t out[40];

    (void)state;
    assert_int_equal(tlsni_pkcs12_kdf(NULL, tlsni_hash_find(TLSNI_HASH_SHA1), TLSNI_PKCS12_KEY,
                                      WHOLE("\0s\0m\0e\0g\0\0"), tlsni_span_make(salt, sizeof salt),
                                      3, out, sizeof out), TLSN_OK);
    check_hex(out, sizeof out,
              "8906f16c7a1ee9a8be112effbeb4c8ccbe6664286205d4834cd04cfa078fc1c2"
              "c69522192f8b148a");
}

static void pkcs12_kdf_agrees_with_a_living_openssl(void **state)
{
    static const struct {
        const char *name;
        enum tlsni_hash_id hash;
    } hashes[] = { { "MD5", TLSNI_HASH_MD5 }, { "SHA1", TLSNI_HASH_SHA1 },
                   { "SHA256", TLSNI_HASH_SHA256 }, { "SHA384", TLSNI_HASH_SHA384 },
                   { "SHA512", TLSNI_HASH_SHA512 } };
    static const char password[] = "\0p\0w\0\0";
    uint8_t got[200], want[256];
    char command[256];

    (void)state;
    if (!peer_there())
        skip();
    for (size_t i = 0; i < 5; i++)
        for (int use = 1; use <= 3; use++)
            for (size_t len = 1; len <= sizeof got; len += 67) {
                (void)snprintf(command, sizeof command,
                               "kdf -binary -out kdf -keylen %zu -kdfopt digest:%s -kdfopt "
                               "hexpass:007000770000 -kdfopt hexsalt:ff00112233445566778899 "
                               "-kdfopt iter:5 -kdfopt id:%d PKCS12KDF", len, hashes[i].name, use);
                assert_true(peer_openssl(command));
                assert_int_equal(peer_read("kdf", want, sizeof want), len);
                assert_int_equal(
                    tlsni_pkcs12_kdf(NULL, tlsni_hash_find(hashes[i].hash),
                                     (enum tlsni_pkcs12_use)use,
                                     tlsni_span_make(password, sizeof password - 1),
                                     WHOLE("\xff\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99"), 5, got,
                                     len), TLSN_OK);
                assert_memory_equal(got, want, len);
            }
    peer_clean();
    REQ("7292:B.2/1");
    REQ("7292:B.3/1");
}

/* PBKDF2 with the two hashes that only stored keys use. */
static void pbkdf2_with_cut_sha512_agrees_with_a_living_openssl(void **state)
{
    static const struct {
        const char *name;
        enum tlsni_hash_id hash;
    } hashes[] = { { "SHA512-224", TLSNI_HASH_SHA512_224 },
                   { "SHA512-256", TLSNI_HASH_SHA512_256 } };
    uint8_t got[70], want[128];
    char command[256];

    (void)state;
    if (!peer_there())
        skip();
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(command, sizeof command,
                       "kdf -binary -out kdf -keylen 70 -kdfopt digest:%s -kdfopt pass:secret "
                       "-kdfopt salt:saltsaltsaltsalt -kdfopt iter:1001 PBKDF2", hashes[i].name);
        assert_true(peer_openssl(command));
        assert_int_equal(peer_read("kdf", want, sizeof want), sizeof got);
        tlsni_pbkdf2(tlsni_hash_find(hashes[i].hash), text("secret"), text("saltsaltsaltsalt"),
                     1001, got, sizeof got);
        assert_memory_equal(got, want, sizeof got);
    }
    peer_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pbkdf2_published_vectors_match),
        cmocka_unit_test(scrypt_published_vectors_match),
        cmocka_unit_test(scrypt_costs_out_of_bounds_are_refused),
        cmocka_unit_test(scrypt_without_memory_fails_cleanly),
        cmocka_unit_test(pkcs12_kdf_matches_openssl),
        cmocka_unit_test(pkcs12_kdf_agrees_with_a_living_openssl),
        cmocka_unit_test(pbkdf2_with_cut_sha512_agrees_with_a_living_openssl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
