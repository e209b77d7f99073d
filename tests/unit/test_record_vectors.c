#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "req.h"
#include "support_record.h"
#include "support_vectors.h"

#include <string.h>

/* The explicit IV of a CBC vector, again and again. */
static tlsn_status fixed_iv(void *ctx, void *out, size_t len)
{
    const struct tlsn_span *iv = ctx;
    uint8_t *p = out;

    for (size_t i = 0; i < len; i++)
        p[i] = iv->data[i % iv->len];
    return TLSN_OK;
}

static struct tlsni_prot *make(struct vec_block *b, const struct tlsn_hooks *env, bool writes)
{
    const char *mac = vec_text(b, "mac");
    const struct test_kind *kind =
        test_kind_find(vec_text(b, "cipher"), mac ? mac : "", vec_int(b, "etm", 0) != 0);
    struct tlsni_prot_keys keys = { .profile = &tlsni_record_tls12 };
    struct tlsni_prot *p;

    assert_non_null(kind);
    keys.suite = &kind->suite;
    keys.encrypt_then_mac = kind->etm;
    keys.mac_key = vec_bytes(b, "mac_key");
    keys.key = vec_bytes(b, "key");
    keys.iv = vec_bytes(b, "iv");
    assert_int_equal(tlsni_prot_new(&p, env, &keys, writes), TLSN_OK);
    p->sequence = (uint64_t)vec_int(b, "seq", 0);
    return p;
}

static void check_seal(struct vec_block *b)
{
    struct tlsn_span iv = vec_bytes(b, "random"), plain = vec_bytes(b, "plain");
    struct tlsn_span record = vec_bytes(b, "record");
    struct tlsn_hooks env = { .random = fixed_iv, .random_ctx = &iv };
    struct tlsni_prot *p = make(b, &env, true);
    uint8_t out[1024];
    size_t size;

    assert_int_equal(tlsni_prot_seal(p, (uint8_t)vec_int(b, "type", 0), 0, plain.data, plain.len,
                                     out, sizeof out, &size),
                     TLSN_OK);
    assert_int_equal(size, record.len);
    assert_memory_equal(out, record.data, record.len);
    tlsni_prot_free(p);
}

static void check_open(struct vec_block *b)
{
    struct tlsn_span plain = vec_bytes(b, "plain"), record = vec_bytes(b, "record");
    struct tlsni_record rec = test_parse(record.data, record.len);
    struct tlsni_prot *p = make(b, NULL, false);
    const uint8_t *payload;
    uint8_t out[1024], type;
    size_t len;

    assert_int_equal(tlsni_prot_open(p, &rec, out, sizeof out, &type, &payload, &len), TLSN_OK);
    assert_int_equal(type, vec_int(b, "type", 0));
    assert_int_equal(len, plain.len);
    assert_memory_equal(payload, plain.data, plain.len);
    assert_int_equal(tlsni_prot_open_room(p, &rec) >= len, 1);
    tlsni_prot_free(p);
}

/* Calls check for the cases whose cipher begins like this; how many there were. */
static unsigned for_each_case(const char *cipher, void (*check)(struct vec_block *b))
{
    struct vec_file *f = vec_open("tests/vectors/record.txt");
    struct vec_block b = { 0 };
    unsigned count = 0;

    assert_non_null(f);
    while (vec_next(f, &b)) {
        if (strncmp(vec_text(&b, "cipher"), cipher, strlen(cipher)) != 0)
            continue;
        if (check != check_seal || vec_int(&b, "seal", 0))
            check(&b);
        count++;
    }
    vec_block_clear(&b);
    vec_close(f);
    return count;
}

static void record_aes_gcm_equals_records_made_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(for_each_case("AES_128_GCM", check_seal), 4);
    assert_int_equal(for_each_case("AES_256_GCM", check_seal), 4);
    assert_int_equal(for_each_case("AES_128_GCM", check_open), 4);
    assert_int_equal(for_each_case("AES_256_GCM", check_open), 4);
    REQ("5288:3/1");
    REQ("5288:3/2");
    REQ("5288:3/3");
    REQ("5288:3/4");
    REQ("5116:2.1/3");
    REQ("5116:3.2/3");
    REQ("5116:3.2.1/1");
    REQ("5246:6.2.3/1");
    REQ("5246:6.2.3.3/1");
    REQ("5246:6.2.3.3/4");
    REQ("5289:3.2/1");
}

static void record_chacha20_poly1305_equals_records_made_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(for_each_case("CHACHA20_POLY1305", check_seal), 4);
    assert_int_equal(for_each_case("CHACHA20_POLY1305", check_open), 4);
    REQ("7905:2/1");
    REQ("7905:2/2");
    REQ("7905:2/3");
    REQ("7905:2/5");
    REQ("8439:4/2");
}

static void record_aes_ccm_equals_records_made_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(for_each_case("AES_128_CCM", check_seal), 8);
    assert_int_equal(for_each_case("AES_256_CCM", check_seal), 8);
    assert_int_equal(for_each_case("AES_128_CCM", check_open), 8);
    assert_int_equal(for_each_case("AES_256_CCM", check_open), 8);
    REQ("6655:3/1");
    REQ("6655:3/2");
    REQ("6655:3/3");
    REQ("6655:3/4");
    REQ("6655:3/6");
    REQ("6655:6/1");
    REQ("7251:2/1");
    REQ("5116:5.3/1");
    REQ("5116:5.4/1");
}

static void record_cbc_equals_records_made_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(for_each_case("AES_128_CBC", check_seal), 24);
    assert_int_equal(for_each_case("AES_256_CBC", check_seal), 24);
    assert_int_equal(for_each_case("AES_128_CBC", check_open), 24);
    assert_int_equal(for_each_case("AES_256_CBC", check_open), 24);
    REQ("5246:6.2.3.1/1");
    REQ("5246:6.2.3.1/2");
    REQ("5246:6.2.3.2/1");
    REQ("5246:6.2.3.2/4");
    REQ("5246:6.2.3.2/6");
    REQ("5246:6.2.3.2/9");
    REQ("7366:3/1");
    REQ("7366:3/2");
    REQ("3268:2/1");
    REQ("3268:2/2");
}

/* Two records of TLS 1.0, made with Python's hmac and the package `cryptography`: the second one's IV
 * is the last block of the first, and the MAC covers nothing but ciphertext. */
static void record_encrypt_then_mac_of_tls10_covers_ciphertext_alone(void **state)
{
    static const char *const plain[] = { "hello", "sixteen octets.." };
    static const char *const records[] = {
        "170301002449b3942aee9cf9cbf04f714081f3e1d6291645107b4adf951234a7"
        "15d50c4ca1aabbfc35",
        "170301003497dadf3e46ca7b13f743ae5508c75754918a256f705cd4bdb93d89"
        "19a877b5040084b67180722a3ad2c8da30612b89001a9b6e9d",
    };
    const struct test_kind *kind = test_kind_find("AES_128_CBC", "SHA1", true);
    uint8_t bytes[52], expected[128], out[128];
    struct tlsni_prot_keys keys = { .profile = &tlsni_record_tls10, .suite = &kind->suite,
                                    .encrypt_then_mac = true };
    struct tlsni_prot *p;
    size_t size;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    keys.key = (struct tlsn_span){ bytes, 16 };
    keys.iv = (struct tlsn_span){ bytes + 16, 16 };
    keys.mac_key = (struct tlsn_span){ bytes + 32, 20 };
    assert_int_equal(tlsni_prot_new(&p, NULL, &keys, true), TLSN_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tlsni_prot_seal(p, 23, 0, (const uint8_t *)plain[i], strlen(plain[i]), out,
                                         sizeof out, &size),
                         TLSN_OK);
        assert_int_equal(size, vec_unhex(records[i], expected, sizeof expected));
        assert_memory_equal(out, expected, size);
    }
    tlsni_prot_free(p);
    REQ("7366:3/3");
}

static void record_camellia_equals_records_made_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(for_each_case("CAMELLIA_128", check_seal), 16);
    assert_int_equal(for_each_case("CAMELLIA_256", check_seal), 28);
    assert_int_equal(for_each_case("CAMELLIA_128", check_open), 16);
    assert_int_equal(for_each_case("CAMELLIA_256", check_open), 28);
    REQ("5932:3/1");
    REQ("6367:2.2/1");
}

static void record_3des_equals_records_made_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(for_each_case("3DES_EDE", check_seal), 12);
    assert_int_equal(for_each_case("3DES_EDE", check_open), 12);
}

static void record_aria_equals_records_made_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(for_each_case("ARIA_128", check_seal), 16);
    assert_int_equal(for_each_case("ARIA_256", check_seal), 16);
    assert_int_equal(for_each_case("ARIA_128", check_open), 16);
    assert_int_equal(for_each_case("ARIA_256", check_open), 16);
    REQ("6209:2/1");
    REQ("6209:2.1/1");
    REQ("6209:2.2/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_aes_gcm_equals_records_made_elsewhere),
        cmocka_unit_test(record_chacha20_poly1305_equals_records_made_elsewhere),
        cmocka_unit_test(record_aes_ccm_equals_records_made_elsewhere),
        cmocka_unit_test(record_cbc_equals_records_made_elsewhere),
        cmocka_unit_test(record_encrypt_then_mac_of_tls10_covers_ciphertext_alone),
        cmocka_unit_test(record_camellia_equals_records_made_elsewhere),
        cmocka_unit_test(record_3des_equals_records_made_elsewhere),
        cmocka_unit_test(record_aria_equals_records_made_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
