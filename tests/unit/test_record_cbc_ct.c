/* test_record_cbc_ct.c - opening MAC-then-encrypt records with the decrypted text and the MAC key
 * marked as undefined. Under valgrind, in a build with --enable-valgrind-ct, every branch and index
 * that depends on them is an error; elsewhere the same calls run as a plain test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ct.h"
#include "req.h"
#include "support_cbc.h"
#include "support_record.h"

#include <string.h>

static const uint8_t pseudo[TLSNI_PSEUDO_HEADER] = { 0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, 0, 0 };
static const enum tlsni_hash_id hashes[] = { TLSNI_HASH_MD5, TLSNI_HASH_SHA1, TLSNI_HASH_SHA256,
                                             TLSNI_HASH_SHA384 };

enum fault { RIGHT, WRONG_MAC, WRONG_PADDING, OVERSIZED, FAULTS };

static size_t make_text(const struct tlsni_hmac_key *key, size_t len, size_t padding,
                        enum fault fault, uint8_t *text)
{
    uint8_t content[512];
    size_t total;

    memset(content, 'x', sizeof content);
    total = test_cbc_text(key, pseudo, content, len, padding, text);
    if (fault == WRONG_MAC)
        text[len + 3] ^= 0x80;
    if (fault == WRONG_PADDING)
        text[total - 1 - padding] ^= 0x80;
    if (fault == OVERSIZED)
        memset(text, 0xfe, total);
    return total;
}

static void check_secretly(struct tlsni_hmac_key key, uint8_t *text, size_t len, bool right)
{
    uint8_t header[TLSNI_PSEUDO_HEADER];
    uint32_t ok, content_len;

    memcpy(header, pseudo, sizeof header);
    TLSNI_CT_SECRET(text, len);
    TLSNI_CT_SECRET(&key.inner, sizeof key.inner.sha1.state);
    TLSNI_CT_SECRET(&key.outer, sizeof key.outer.sha1.state);
    ok = tlsni_cbc_check(&key, key.row->len, header, text, len, &content_len);
    TLSNI_CT_PUBLIC(&ok, sizeof ok);
    assert_int_equal(ok != 0, right);
}

static void cbc_check_takes_no_decision_on_secrets(void **state)
{
    (void)state;
    for (size_t h = 0; h < sizeof hashes / sizeof *hashes; h++) {
        for (size_t padding = 0; padding < 256; padding += 51) {
            for (int fault = RIGHT; fault < FAULTS; fault++) {
                struct tlsni_hmac_key key;
                uint8_t text[1024];
                size_t len;

                tlsni_hmac_set_key(&key, tlsni_hash_find(hashes[h]), "key", 3);
                len = make_text(&key, 7 * padding % 300, padding, (enum fault)fault, text);
                check_secretly(key, text, len, fault == RIGHT);
            }
        }
    }
    REQ("5246:6.2.3.2/10");
}

static void open_one(struct test_env *env, const struct test_kind *kind, size_t padding,
                     enum fault fault)
{
    struct test_pair pair = test_pair_new(env, kind, 5);
    uint8_t bytes[256], text[1024], wire[1100], type;
    struct tlsni_prot_keys keys = test_keys(kind, 5, bytes);
    struct tlsni_record rec = { .type = 23, .version = 0x0303, .fragment = wire };
    struct tlsni_hmac_key key;
    const uint8_t *payload;
    size_t len, got;

    tlsni_hmac_set_key(&key, tlsni_hash_find((enum tlsni_hash_id)kind->suite.mac),
                       keys.mac_key.data, keys.mac_key.len);
    len = make_text(&key, 64 - (key.row->len + padding + 1) % 16, padding, fault, text);
    rec.len = test_cbc_fragment((enum tlsni_block_id)kind->suite.cipher, keys.key.data, text, len,
                                wire);
    assert_int_equal(tlsni_prot_open(pair.reader, &rec, NULL, 0, &type, &payload, &got),
                     fault == RIGHT ? TLSN_OK : TLSN_ERR_BAD_RECORD_MAC);
    if (fault == RIGHT)
        assert_memory_equal(payload, text, got);
    test_pair_free(&pair);
}

/* prot_cbc.c marks the text by itself as soon as it is decrypted. */
static void cbc_open_takes_no_decision_on_secrets(void **state)
{
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    for (size_t i = 0; i < TEST_KINDS; i++)
        for (size_t padding = 0; padding < 256 && test_kinds[i].mac[0] && !test_kinds[i].etm;
             padding += 37)
            for (int fault = RIGHT; fault < FAULTS; fault++)
                open_one(&env, &test_kinds[i], padding, (enum fault)fault);
}

/* Records of versions whose IVs are not on the wire, and of SSL 3.0 with its own padding and MAC: a right
 * one, and one with the last octet of the text, or of the content, bent through the block in front. */
static void open_older(struct test_env *env, const struct tlsni_record_profile *profile,
                       const struct test_kind *kind, size_t len, enum fault fault)
{
    uint8_t bytes[256], content[100], wire[200], type;
    struct tlsni_prot_keys keys = test_keys(kind, 5, bytes);
    struct tlsni_record rec = { .type = 23, .version = 0x0301, .fragment = wire + 5 };
    struct tlsni_prot *writer, *reader;
    size_t block = kind->suite.cipher == TLSNI_BLOCK_3DES_EDE ? 8 : 16, got;
    const uint8_t *payload;

    keys.profile = profile;
    keys.iv.len = block;
    memset(content, 'x', sizeof content);
    assert_int_equal(tlsni_prot_new(&writer, &env->hooks, &keys, true), TLSN_OK);
    assert_int_equal(tlsni_prot_seal(writer, 23, 0x0301, content, len, wire, sizeof wire, &got), TLSN_OK);
    rec.len = got - 5;
    tlsni_prot_free(writer);
    TLSNI_CT_SECRET(bytes, keys.mac_key.len);
    assert_int_equal(tlsni_prot_new(&reader, &env->hooks, &keys, false), TLSN_OK);
    if (fault == WRONG_MAC)
        wire[5] ^= 0x80;
    if (fault == WRONG_PADDING)
        wire[5 + rec.len - block - 1] ^= 1;
    if (fault == OVERSIZED)
        wire[5 + rec.len - block - 1] ^= 0x80;
    assert_int_equal(tlsni_prot_open(reader, &rec, NULL, 0, &type, &payload, &got),
                     fault == RIGHT ? TLSN_OK : TLSN_ERR_BAD_RECORD_MAC);
    if (fault == RIGHT)
        assert_memory_equal(payload, content, len);
    tlsni_prot_free(reader);
}

static void cbc_open_of_older_versions_takes_no_decision_on_secrets(void **state)
{
    static const struct tlsni_record_profile *const profiles[] = { &tlsni_record_ssl3,
                                                                   &tlsni_record_tls10 };
    const struct test_kind *kinds[] = { test_kind_find("AES_128_CBC", "SHA1", false),
                                        test_kind_find("3DES_EDE_CBC", "SHA1", false) };
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    for (size_t p = 0; p < 2; p++)
        for (size_t k = 0; k < 2; k++)
            for (size_t len = 16; len < 40; len++)
                for (int fault = RIGHT; fault < FAULTS; fault++)
                    open_older(&env, profiles[p], kinds[k], len, (enum fault)fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cbc_check_takes_no_decision_on_secrets),
        cmocka_unit_test(cbc_open_takes_no_decision_on_secrets),
        cmocka_unit_test(cbc_open_of_older_versions_takes_no_decision_on_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
