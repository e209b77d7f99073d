#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/hkdf.h"
#include "req.h"
#include "support_vectors.h"

#include <string.h>

static const struct tlsni_hash *by_name(const char *name)
{
    for (int id = TLSNI_HASH_MD5; id <= TLSNI_HASH_SHA512; id++)
        if (strcmp(tlsni_hash_find((enum tlsni_hash_id)id)->name, name) == 0)
            return tlsni_hash_find((enum tlsni_hash_id)id);
    fail_msg("no hash %s", name);
    return NULL;
}

/* RFC 5869 appendix A; every length is a prefix of the published one. */
static void hkdf_published_vectors_match(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/hkdf.txt");
    struct vec_block b = { 0 };
    unsigned count = 0;

    (void)state;
    assert_non_null(f);
    for (; vec_next(f, &b); count++) {
        const struct tlsni_hash *hash = by_name(vec_label(&b));
        struct tlsn_span expected = vec_bytes(&b, "prk"), okm = vec_bytes(&b, "okm");
        uint8_t prk[TLSNI_HASH_LEN_MAX], got[128];

        assert_int_equal(expected.len, hash->len);
        tlsni_hkdf_extract(hash, vec_bytes(&b, "salt"), vec_bytes(&b, "ikm"), prk);
        assert_memory_equal(prk, expected.data, expected.len);
        for (size_t len = 0; len <= okm.len; len++) {
            memset(got, 0xa5, sizeof got);
            tlsni_hkdf_expand(hash, expected, vec_bytes(&b, "info"), got, len);
            assert_memory_equal(got, okm.data, len);
            assert_int_equal(got[len], 0xa5);
        }
    }
    assert_int_equal(count, 7);
    vec_block_clear(&b);
    vec_close(f);
    REQ("5869:2.2/1");
    REQ("5869:2.2/2");
    REQ("5869:2.3/2");
    REQ("5869:2.3/3");
}

static void hkdf_length_ends_at_255_blocks(void **state)
{
    const struct tlsni_hash *hash = tlsni_hash_find(TLSNI_HASH_SHA384);
    uint8_t zeros[48] = { 0 }, out[255 * 48 + 1];

    (void)state;
    assert_true(tlsni_hkdf_fits(hash, 255 * 48));
    assert_false(tlsni_hkdf_fits(hash, 255 * 48 + 1));
    out[255 * 48] = 0xa5;
    tlsni_hkdf_expand(hash, tlsni_span_make(zeros, 48), tlsni_span_make(NULL, 0), out, 255 * 48);
    assert_int_equal(out[255 * 48], 0xa5);
    REQ("5869:2.3/1");
}

/* RFC 8448 3: the secrets of the server's side of a simple handshake. */
static void check_label(const char *secret, const char *label, const char *context,
                        const char *expected)
{
    const struct tlsni_hash *sha256 = tlsni_hash_find(TLSNI_HASH_SHA256);
    uint8_t key[32], ctx[32], want[32], got[32];
    size_t ctx_len = vec_unhex(context, ctx, sizeof ctx);
    size_t len = vec_unhex(expected, want, sizeof want);

    assert_int_equal(vec_unhex(secret, key, sizeof key), 32);
    tlsni_hkdf_expand_label(sha256, key, label, tlsni_span_make(ctx, ctx_len), got, len);
    assert_memory_equal(got, want, len);
}

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HELLOS_HASH "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8"
#define EARLY "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a"
#define HANDSHAKE "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac"
#define SERVER "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"

static void hkdf_labels_match_the_published_handshake(void **state)
{
    (void)state;
    check_label(EARLY, "derived", EMPTY_HASH,
                "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba");
    check_label(HANDSHAKE, "c hs traffic", HELLOS_HASH,
                "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21");
    check_label(HANDSHAKE, "s hs traffic", HELLOS_HASH, SERVER);
    check_label(SERVER, "key", "", "3fce516009c21727d0f2e4e86ee403bc");
    check_label(SERVER, "iv", "", "5d313eb2671276ee13000b30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hkdf_published_vectors_match),
        cmocka_unit_test(hkdf_length_ends_at_255_blocks),
        cmocka_unit_test(hkdf_labels_match_the_published_handshake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
