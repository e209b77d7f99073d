#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tls-native/x509.h>

#include "base/bytes.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"
#include "support_x509.h"
#include "x509/bmp.h"
#include "x509/der.h"
#include "x509/pbe.h"
#include "x509/pem.h"
#include "x509/write.h"

enum { FILE_MAX = 16384 };

static struct tlsn_unlock with(const char *password)
{
    struct tlsn_unlock u = { .password = password, .password_len = strlen(password) };

    return u;
}

static tlsn_status read_with(const void *data, size_t len, const char *password)
{
    struct tlsn_unlock unlock = with(password ? password : "");
    tlsn_key *key;
    tlsn_status st = tlsn_key_read_unlocked(&key, data, len, password ? &unlock : NULL, NULL);

    tlsn_key_free(key);
    return st;
}

/* ---- what the openssl command encrypts is opened, and is the same key ---- */

static char plain[FILE_MAX]; /* our PKCS#8 of the key that is encrypted */

static void make_key(const char *how)
{
    char text[FILE_MAX];
    size_t len, plain_len;
    tlsn_key *key;

    assert_true(peer_openssl(how));
    len = peer_read("key", text, sizeof text);
    assert_int_equal(tlsn_key_read(&key, text, len, NULL), TLSN_OK);
    assert_int_equal(tlsn_key_write(key, plain, sizeof plain, &plain_len), TLSN_OK);
    tlsn_key_free(key);
}

static void check_opened(const char *command, const char *password)
{
    struct tlsn_unlock unlock = with(password);
    char text[FILE_MAX], back[FILE_MAX];
    size_t len, back_len;
    tlsn_key *key;
    tlsn_status st;

    if (!peer_openssl(command))
        fail_msg("openssl %s", command);
    len = peer_read("sealed", text, sizeof text);
    st = tlsn_key_read_unlocked(&key, text, len, &unlock, NULL);
    if (st != TLSN_OK)
        fail_msg("openssl %s: %s", command, tlsn_status_text(st));
    assert_int_equal(tlsn_key_write(key, back, sizeof back, &back_len), TLSN_OK);
    assert_string_equal(back, plain);
    tlsn_key_free(key);
    assert_int_equal(read_with(text, len, NULL), TLSN_ERR_KEY_ENCRYPTED);
    assert_int_equal(read_with(text, len, "another"), TLSN_ERR_PASSWORD);
}

#define PKCS8 "pkcs8 -topk8 -in key -out sealed -passout pass:secret -provider legacy -provider default "

static void pkcs8_of_openssl_in_every_scheme_is_opened(void **state)
{
    static const char *const options[] = {
        "-v1 PBE-MD5-DES", "-v1 PBE-SHA1-DES", "-v1 PBE-MD5-RC2-64", "-v1 PBE-SHA1-RC2-64",
        "-v1 PBE-SHA1-RC4-128", "-v1 PBE-SHA1-RC4-40", "-v1 PBE-SHA1-3DES", "-v1 PBE-SHA1-2DES",
        "-v1 PBE-SHA1-RC2-128", "-v1 PBE-SHA1-RC2-40", "-v1 PBE-SHA1-3DES -iter 3000",
        "-v2 des3", "-v2 des", "-v2 aes128", "-v2 aes192", "-v2 aes256", "-v2 rc2-cbc",
        "-v2 rc2-40-cbc", "-v2 rc2-64-cbc", "-v2 camellia128", "-v2 camellia256",
        "-v2 aes128 -v2prf hmacWithMD5", "-v2 aes128 -v2prf hmacWithSHA1",
        "-v2 aes256 -v2prf hmacWithSHA224", "-v2 aes256 -v2prf hmacWithSHA384",
        "-v2 aes256 -v2prf hmacWithSHA512", "-v2 des3 -v2prf hmacWithSHA512-224",
        "-v2 aes256 -v2prf hmacWithSHA512-256", "-v2 aes256 -iter 1", "-v2 aes256 -outform DER",
        "-scrypt", "-scrypt -v2 aes128 -scrypt_N 1024 -scrypt_r 4 -scrypt_p 3",
    };
    char command[256];

    (void)state;
    if (!peer_there())
        skip();
    make_key("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        (void)snprintf(command, sizeof command, PKCS8 "%s", options[i]);
        check_opened(command, "secret");
    }
    REQ("7468:11/1");
    REQ("8018:5.1/1");
    REQ("8018:6.1/1");
    REQ("8018:6.2/1");
    REQ("8018:A.2/3");
    REQ("8018:A.2/2");
    REQ("8018:A.4/1");
    REQ("8018:B.2/3");
    REQ("5958:3/1");
    REQ("5958:5/1");
}

static void traditional_pem_of_openssl_is_opened(void **state)
{
    static const char *const ciphers[] = { "des", "des3", "aes128", "aes192", "aes256",
                                           "camellia128", "camellia256" };
    char command[256];

    (void)state;
    if (!peer_there())
        skip();
    make_key("genrsa -traditional -out key 2048");
    for (size_t i = 0; i < sizeof ciphers / sizeof *ciphers; i++) {
        (void)snprintf(command, sizeof command, "rsa -in key -out sealed -traditional -%s "
                       "-passout pass:secret -provider legacy -provider default", ciphers[i]);
        check_opened(command, "secret");
    }
    make_key("ecparam -name secp384r1 -genkey -noout -out key");
    check_opened("ec -in key -out sealed -aes256 -passout pass:secret", "secret");
    assert_true(peer_openssl("dsaparam -genkey -out dsa 2048"));
    make_key("pkey -in dsa -traditional -out key");
    check_opened("dsa -in key -out sealed -des3 -passout pass:secret", "secret");
}

/* Passwords beyond ASCII: bytes as they are, but UTF-16 in the schemes of PKCS#12. */
static void passwords_in_utf8_are_understood(void **state)
{
    (void)state;
    if (!peer_there())
        skip();
    make_key("genpkey -algorithm ED25519 -out key");
    check_opened("pkcs8 -topk8 -in key -out sealed -v1 PBE-SHA1-3DES -passout "
                 "pass:p\xc3\xa4\xc3\x9f\xe2\x82\xac\xf0\x9f\x94\x91",
                 "p\xc3\xa4\xc3\x9f\xe2\x82\xac\xf0\x9f\x94\x91");
    check_opened("pkcs8 -topk8 -in key -out sealed -v2 aes256 -passout pass:p\xc3\xa4\xc3\x9f",
                 "p\xc3\xa4\xc3\x9f");
    check_opened("pkcs8 -topk8 -in key -out sealed -v1 PBE-SHA1-3DES -passout pass:p\xe4\xdf",
                 "p\xe4\xdf");
}

/* ---- asking, limits ---- */

struct asked {
    unsigned times;
    const char *answer;
    tlsn_status status;
};

static tlsn_status answer(void *ctx, const char *what, char *out, size_t cap, size_t *len)
{
    struct asked *a = ctx;

    assert_string_equal(what, "private key");
    a->times++;
    *len = strlen(a->answer);
    assert_true(cap >= *len);
    memcpy(out, a->answer, *len);
    return a->status;
}

static void password_is_asked_for_only_when_needed(void **state)
{
    struct asked asked = { 0, "secret", TLSN_OK };
    struct tlsn_unlock unlock = { .ask = answer, .ctx = &asked };
    char text[FILE_MAX];
    size_t len;
    tlsn_key *key;

    (void)state;
    if (!peer_there())
        skip();
    make_key("genpkey -algorithm ED25519 -out key");
    assert_true(peer_openssl(PKCS8 "-v2 aes256"));
    assert_int_equal(tlsn_key_read_unlocked(&key, plain, strlen(plain), &unlock, NULL), TLSN_OK);
    tlsn_key_free(key);
    assert_int_equal(asked.times, 0);
    len = peer_read("sealed", text, sizeof text);
    assert_int_equal(tlsn_key_read_unlocked(&key, text, len, &unlock, NULL), TLSN_OK);
    tlsn_key_free(key);
    assert_int_equal(asked.times, 1);
    asked.answer = "wrong";
    assert_int_equal(tlsn_key_read_unlocked(&key, text, len, &unlock, NULL), TLSN_ERR_PASSWORD);
    asked.status = TLSN_ERR_NOT_FOUND; /* nobody is there to answer */
    assert_int_equal(tlsn_key_read_unlocked(&key, text, len, &unlock, NULL), TLSN_ERR_NOT_FOUND);
    assert_null(key);
}

static void work_beyond_the_limit_is_refused(void **state)
{
    struct tlsn_unlock unlock = with("secret");
    char text[FILE_MAX];
    size_t len;
    tlsn_key *key;

    (void)state;
    if (!peer_there())
        skip();
    make_key("genpkey -algorithm ED25519 -out key");
    assert_true(peer_openssl(PKCS8 "-v2 aes256 -iter 3000")); /* 32 bytes of SHA-256: one block */
    len = peer_read("sealed", text, sizeof text);
    unlock.max_iterations = 2999;
    assert_int_equal(tlsn_key_read_unlocked(&key, text, len, &unlock, NULL), TLSN_ERR_KEY_COST);
    unlock.max_iterations = 3000;
    assert_int_equal(tlsn_key_read_unlocked(&key, text, len, &unlock, NULL), TLSN_OK);
    tlsn_key_free(key);
    assert_true(peer_openssl(PKCS8 "-scrypt -scrypt_N 1024 -scrypt_r 8 -scrypt_p 5"));
    len = peer_read("sealed", text, sizeof text);
    unlock.max_memory = (1 << 20) - 1; /* 128 r N is 1 MiB */
    assert_int_equal(tlsn_key_read_unlocked(&key, text, len, &unlock, NULL), TLSN_ERR_KEY_COST);
    unlock.max_memory = 1 << 20; /* enough for four lanes, not for five */
    assert_int_equal(tlsn_key_read_unlocked(&key, text, len, &unlock, NULL), TLSN_ERR_KEY_COST);
    unlock.max_memory = 2 << 20;
    assert_int_equal(tlsn_key_read_unlocked(&key, text, len, &unlock, NULL), TLSN_OK);
    tlsn_key_free(key);
}

/* A file that asks for 2^31 - 1 rounds is refused at once by default. */
static void counts_of_an_attacker_are_refused_by_default(void **state)
{
    static const uint8_t algorithm[] = {
        0x30, 0x1c, 0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x03,
        0x30, 0x0e, 0x04, 0x06, 1, 2, 3, 4, 5, 6, 0x02, 0x04, 0x7f, 0xff, 0xff, 0xff,
    };
    const uint8_t sealed[8] = { 0 };
    struct tlsn_unlock how = with("x");
    struct tlsni_buf out = { 0 };
    struct tlsni_unlock unlock;
    struct tlsni_err err = { 0 };

    (void)state;
    tlsni_unlock_begin(&unlock, NULL, &how);
    assert_int_equal(tlsni_pbe_open(&unlock, "private key",
                                    tlsni_span_make(algorithm, sizeof algorithm),
                                    tlsni_span_make(sealed, sizeof sealed), &out, &err),
                     TLSN_ERR_KEY_COST);
    assert_non_null(strstr(err.text, "rounds"));
    tlsni_unlock_end(&unlock);
    tlsni_buf_free(NULL, &out);
}

/* ---- parameters ---- */

static tlsn_status parse(const char *hex, struct tlsni_pbe *out)
{
    static uint8_t der[256];

    return tlsni_pbe_parse(out, tlsni_span_make(der, vec_unhex(hex, der, sizeof der)), NULL);
}

#define PBES1(salt) "301b06092a864886f70d010503300e04" salt "02020800"

static void pbe_salts_are_octet_strings_of_the_right_size(void **state)
{
    struct tlsni_pbe pbe;

    (void)state;
    assert_int_equal(parse(PBES1("080102030405060708"), &pbe), TLSN_OK);
    assert_int_equal(pbe.salt.len, 8);
    assert_int_equal(parse("301a06092a864886f70d010503300d04070102030405060702020800", &pbe), TLSN_ERR_KEY);
    /* PBES2: PBKDF2 and triple DES; a salt that is a SEQUENCE would be another source */
    assert_int_equal(parse("304006092a864886f70d01050d3033301b06092a864886f70d01050c300e04080102030405060708"
                           "02020800301406082a864886f70d030704080102030405060708", &pbe), TLSN_OK);
    assert_int_equal(pbe.salt.len, 8);
    assert_int_equal(pbe.hash->id, TLSNI_HASH_SHA1); /* nothing is said */
    assert_int_equal(parse("304006092a864886f70d01050d3033301b06092a864886f70d01050c300e30080102030405060708"
                           "02020800301406082a864886f70d030704080102030405060708", &pbe), TLSN_ERR_KEY);
    REQ("8018:A.2/1");
    REQ("8018:A.2/2");
    REQ("8018:A.3/1");
}

static void pbe_that_we_write_has_a_fresh_salt_and_many_rounds(void **state)
{
    static char first[FILE_MAX], second[FILE_MAX];
    struct tlsn_seal seal = { .password = "x", .password_len = 1 };
    struct tlsn_unlock unlock = with("x");
    size_t len, more;
    tlsn_key *key, *again;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ed25519", NULL), TLSN_OK);
    assert_int_equal(tlsn_key_write_encrypted(key, &seal, first, sizeof first, &len), TLSN_OK);
    assert_int_equal(tlsn_key_write_encrypted(key, &seal, second, sizeof second, &more), TLSN_OK);
    assert_string_not_equal(first, second);
    unlock.max_iterations = 1000;
    assert_int_equal(tlsn_key_read_unlocked(&again, first, len, &unlock, NULL), TLSN_ERR_KEY_COST);
    tlsn_key_free(key);
    REQ("7292:6/1");
    REQ("8018:4.1/1");
    REQ("8018:4.2/1");
    REQ("8018:5/1");
}

/* The PrivateKeyInfo that was encrypted is the one that is written in the clear. */
static void pbe_key_that_we_write_is_der_under_aes_256(void **state)
{
    static char text[FILE_MAX];
    static uint8_t right[FILE_MAX];
    struct tlsni_wr w = tlsni_wr_make(right, sizeof right);
    struct tlsn_seal seal = { .password = "x", .password_len = 1, .iterations = 1000 };
    struct tlsn_unlock unlock = with("x");
    struct tlsn_span rest, algorithm, sealed;
    struct tlsni_buf der = { 0 }, back = { 0 };
    struct tlsni_pem_block block = { 0 };
    struct tlsni_unlock opener;
    struct tlsni_pbe pbe;
    struct tlsni_rd r;
    tlsn_key *key;
    size_t len;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ec:secp256r1", NULL), TLSN_OK);
    assert_int_equal(tlsn_key_write_encrypted(key, &seal, text, sizeof text, &len), TLSN_OK);
    assert_memory_equal(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", 38);
    rest = tlsni_span_make(text, len);
    assert_int_equal(tlsni_pem_next_sealed(NULL, &rest, &block, &der, NULL), TLSN_OK);
    r = tlsni_der_open_span(tlsni_span_make(der.data + der.start + block.first, block.len),
                            TLSNI_DER_SEQUENCE);
    algorithm = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    sealed = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);
    assert_true(tlsni_rd_done(&r));
    assert_int_equal(tlsni_pbe_parse(&pbe, algorithm, NULL), TLSN_OK);
    assert_ptr_equal(pbe.cipher, tlsni_pbe_cipher(TLSNI_PBE_AES_256));
    tlsni_unlock_begin(&opener, NULL, &unlock);
    assert_int_equal(tlsni_pbe_open(&opener, "key", algorithm, sealed, &back, NULL), TLSN_OK);
    tlsni_unlock_end(&opener);
    tlsni_write_pkcs8(&w, key->key);
    assert_true(tlsni_span_eq(tlsni_buf_span(&back), tlsni_span_make(right, w.len)));
    tlsni_buf_free(NULL, &back);
    tlsni_buf_free(NULL, &der);
    tlsn_key_free(key);
    REQ("5958:3/2");
    REQ("5958:6/1");
}

/* RFC 8410 10.3's first key in BER, under PBES2 by Python's hashlib and openssl enc -aes-256-cbc. */
static void pbe_key_in_ber_is_opened(void **state)
{
    static const char sealed[] =
        "30819b305706092a864886f70d01050d304a302906092a864886f70d01050c301c0408000102030405060702020800"
        "300c06082a864886f70d02090500301d060960864801650304012a0410808182838485868788898a8b8c8d8e8f0440"
        "b838e5cb47813d7211f7d7700c39705e786d778dfd1eb68bff989f11e7d96fca7d19f2e7d9035223a782ff7993dc9e"
        "7643bd9121b6c038fc0ec7a9fed5bda13f";
    uint8_t der[256];

    (void)state;
    assert_int_equal(read_with(der, vec_unhex(sealed, der, sizeof der), "secret"), TLSN_OK);
    assert_int_equal(read_with(der, vec_unhex(sealed, der, sizeof der), "secrex"), TLSN_ERR_PASSWORD);
    REQ("5958:3/3");
}

static void pbe_padding_that_is_wrong_is_an_error(void **state)
{
    struct tlsni_pbe_key key = { .cipher = tlsni_pbe_cipher(TLSNI_PBE_DES), .key_len = 8 };
    struct tlsn_span eight = { (const uint8_t *)"12345678", 8 };
    uint8_t out[32], back[32];
    size_t len, back_len;

    (void)state;
    assert_int_equal(tlsni_pbe_encrypt(NULL, &key, eight, out, &len), TLSN_OK);
    assert_int_equal(len, 16);
    assert_int_equal(tlsni_pbe_decrypt(NULL, &key, tlsni_span_make(out, len), back, &back_len), TLSN_OK);
    assert_int_equal(back_len, 8);
    assert_int_equal(tlsni_pbe_decrypt(NULL, &key, tlsni_span_make(out, 15), back, &back_len),
                     TLSN_ERR_DECRYPT_ERROR);
    assert_int_equal(tlsni_pbe_decrypt(NULL, &key, tlsni_span_make(out, 8), back, &back_len),
                     TLSN_ERR_DECRYPT_ERROR); /* ends in '8' */
    out[7] ^= 1; /* of the padding's last byte */
    assert_int_equal(tlsni_pbe_decrypt(NULL, &key, tlsni_span_make(out, len), back, &back_len),
                     TLSN_ERR_DECRYPT_ERROR);
    REQ("8018:6.1.2/1");
}

/* ---- damage ---- */

static void pkcs8_damaged_anywhere_is_an_error(void **state)
{
    struct tlsn_unlock unlock = with("secret");
    uint8_t der[FILE_MAX], bent[FILE_MAX];
    tlsn_key *key;
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    make_key("genpkey -algorithm ED25519 -out key");
    assert_true(peer_openssl(PKCS8 "-v2 aes256 -iter 1 -outform DER"));
    len = peer_read("sealed", der, sizeof der);
    unlock.max_iterations = 100;
    unlock.max_memory = 1 << 16;
    for (size_t n = 0; n < len; n++) {
        uint8_t *cut = malloc(n + 1);

        memcpy(cut, der, n);
        assert_int_not_equal(tlsn_key_read_unlocked(&key, cut, n, &unlock, NULL), TLSN_OK);
        free(cut);
        for (unsigned bit = 0; bit < 8; bit++) { /* whatever it becomes, it has to end well */
            memcpy(bent, der, len);
            bent[n] ^= (uint8_t)(1u << bit);
            if (tlsn_key_read_unlocked(&key, bent, len, &unlock, NULL) == TLSN_OK)
                tlsn_key_free(key);
        }
    }
}

static void pkcs8_memory_running_out_is_an_error(void **state)
{
    static const char *const schemes[] = { "-v2 aes256", "-v1 PBE-SHA1-3DES",
                                           "-scrypt -scrypt_N 16", "-v1 PBE-SHA1-RC2-40" };
    struct tlsn_unlock unlock = with("secret");
    char text[FILE_MAX], command[256];
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    make_key("genpkey -algorithm ED25519 -out key");
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        tlsn_status st = TLSN_ERR_NO_MEMORY;

        (void)snprintf(command, sizeof command, PKCS8 "%s", schemes[i]);
        assert_true(peer_openssl(command));
        len = peer_read("sealed", text, sizeof text);
        for (size_t n = 1; st == TLSN_ERR_NO_MEMORY; n++) {
            struct test_env env;
            tlsn_key *key;

            test_env_init(&env, 1);
            env.fail_at = n;
            st = tlsn_key_read_unlocked(&key, text, len, &unlock, &env.hooks);
            tlsn_key_free(key);
            assert_int_equal(env.live, 0);
        }
        assert_int_equal(st, TLSN_OK);
    }
}

/* ---- BMPString ---- */

static void check_bmp(const char *utf8, const char *bmp, size_t bmp_len)
{
    struct tlsni_buf out = { 0 };
    char back[64];

    assert_int_equal(tlsni_bmp_from_utf8(NULL, &out, tlsni_span_make(utf8, strlen(utf8)), true),
                     TLSN_OK);
    assert_int_equal(tlsni_buf_len(&out), bmp_len + 2);
    assert_memory_equal(tlsni_buf_data(&out), bmp, bmp_len + 1);
    tlsni_bmp_to_utf8(back, sizeof back, tlsni_span_make(bmp, bmp_len));
    assert_string_equal(back, utf8);
    tlsni_buf_free(NULL, &out);
}

static void bmp_strings_convert_both_ways(void **state)
{
    char cut[6], stray[16];

    (void)state;
    check_bmp("", "", 0);
    check_bmp("Beavis", "\0B\0e\0a\0v\0i\0s", 12); /* RFC 7292 B.1 */
    check_bmp("\xc3\xa4\xe2\x82\xac", "\x00\xe4\x20\xac", 4);
    check_bmp("\xf0\x9f\x94\x91!", "\xd8\x3d\xdd\x11\0!", 6);
    tlsni_bmp_to_utf8(cut, sizeof cut, tlsni_span_make("\0a\x20\xac\x20\xac", 6));
    assert_string_equal(cut, "a\xe2\x82\xac");
    tlsni_bmp_to_utf8(stray, sizeof stray, tlsni_span_make("\xdc\x00\0b\xd8\x00", 6));
    assert_string_equal(stray, "\xef\xbf\xbd" "b\xef\xbf\xbd");
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
        cmocka_unit_test(pkcs8_of_openssl_in_every_scheme_is_opened),
        cmocka_unit_test(traditional_pem_of_openssl_is_opened),
        cmocka_unit_test(passwords_in_utf8_are_understood),
        cmocka_unit_test(password_is_asked_for_only_when_needed),
        cmocka_unit_test(work_beyond_the_limit_is_refused),
        cmocka_unit_test(counts_of_an_attacker_are_refused_by_default),
        cmocka_unit_test(pbe_salts_are_octet_strings_of_the_right_size),
        cmocka_unit_test(pbe_that_we_write_has_a_fresh_salt_and_many_rounds),
        cmocka_unit_test(pbe_key_that_we_write_is_der_under_aes_256),
        cmocka_unit_test(pbe_key_in_ber_is_opened),
        cmocka_unit_test(pbe_padding_that_is_wrong_is_an_error),
        cmocka_unit_test(pkcs8_damaged_anywhere_is_an_error),
        cmocka_unit_test(pkcs8_memory_running_out_is_an_error),
        cmocka_unit_test(bmp_strings_convert_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
