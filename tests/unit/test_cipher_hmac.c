#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cipher/hmac.h"
#include "support_env.h"
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

/* RFC 2202, RFC 4231 */
static void hmac_published_vectors_match(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/hmac.txt");
    struct vec_block b = { 0 };
    unsigned count = 0;

    (void)state;
    assert_non_null(f);
    for (; vec_next(f, &b); count++) {
        const struct tlsni_hash *row = by_name(vec_label(&b));
        struct tlsn_span key = vec_bytes(&b, "key"), msg = vec_bytes(&b, "msg");
        struct tlsn_span mac = vec_bytes(&b, "mac");
        uint8_t out[TLSNI_HASH_LEN_MAX];

        tlsni_hmac_once(row, key.data, key.len, msg.data, msg.len, out);
        assert_memory_equal(out, mac.data, mac.len);
    }
    assert_int_equal(count, 2 * 7 + 7 * 4);
    vec_block_clear(&b);
    vec_close(f);
}

/* Wycheproof's own program covers the larger corpus; here the kept states are used over and over.
 */
static void hmac_key_serves_many_messages_in_pieces(void **state)
{
    uint8_t key[200], data[500], once[TLSNI_HASH_LEN_MAX], pieces[TLSNI_HASH_LEN_MAX];
    struct test_env env;

    (void)state;
    test_env_init(&env, 2);
    test_random(&env, key, sizeof key);
    test_random(&env, data, sizeof data);
    for (int id = TLSNI_HASH_MD5; id <= TLSNI_HASH_SHA512; id++) {
        const struct tlsni_hash *row = tlsni_hash_find((enum tlsni_hash_id)id);
        struct tlsni_hmac_key k;
        struct tlsni_hmac h;

        for (size_t key_len = 0; key_len <= sizeof key; key_len += 8) {
            tlsni_hmac_set_key(&k, row, key, key_len);
            for (size_t len = 0; len < sizeof data; len += 61) {
                tlsni_hmac_init(&h, &k);
                tlsni_hmac_update(&h, data, len / 3);
                tlsni_hmac_update(&h, data + len / 3, len - len / 3);
                tlsni_hmac_final(&h, pieces);
                tlsni_hmac_once(row, key, key_len, data, len, once);
                assert_memory_equal(pieces, once, row->len);
            }
        }
    }
}

static void hmac_final_wipes_the_running_state(void **state)
{
    uint8_t out[TLSNI_HASH_LEN_MAX];
    union tlsni_hash_state zero;
    struct tlsni_hmac_key k;
    struct tlsni_hmac h;

    (void)state;
    memset(&zero, 0, sizeof zero);
    tlsni_hmac_set_key(&k, tlsni_hash_find(TLSNI_HASH_SHA256), "key", 3);
    tlsni_hmac_init(&h, &k);
    tlsni_hmac_update(&h, "secret", 6);
    tlsni_hmac_final(&h, out);
    assert_memory_equal(&h.state, &zero, k.row->state_len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_published_vectors_match),
        cmocka_unit_test(hmac_key_serves_many_messages_in_pieces),
        cmocka_unit_test(hmac_final_wipes_the_running_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
