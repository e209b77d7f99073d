/* test_cipher_aead_ct.c - ChaCha20-Poly1305 with its key marked as undefined: see test_record_cbc_ct.c. The tag
 * that a record should have is secret: whoever could time its comparison would forge records byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ct.h"
#include "cipher/aead.h"
#include "req.h"

#include <string.h>

/* Without the marks nothing is shown. */
#ifdef TLSN_VALGRIND_CT
#define CLAIM(id) REQ(id)
#else
#define CLAIM(id) ((void)0)
#endif

enum { LEN = 48 };

static tlsn_status open_with_tag_bent(size_t flip)
{
    static const uint8_t nonce[TLSNI_AEAD_NONCE_LEN] = { 1 }, aad[13] = { 2 };
    const struct tlsni_aead *row = tlsni_aead_find(TLSNI_AEAD_CHACHA20_POLY1305);
    uint8_t key[TLSNI_AEAD_KEY_MAX] = { 3 }, text[LEN] = { 4 }, sealed[LEN], tag[TLSNI_AEAD_TAG_LEN];
    uint8_t opened[LEN];
    _Alignas(16) uint8_t state[1024];
    tlsn_status st;

    assert_true(row->state_len <= sizeof state);
    TLSNI_CT_SECRET(key, sizeof key);
    TLSNI_CT_SECRET(text, sizeof text);
    row->set_key(state, key);
    row->seal(state, nonce, aad, sizeof aad, sealed, text, LEN, tag);
    TLSNI_CT_PUBLIC(sealed, sizeof sealed); /* they were on the wire */
    TLSNI_CT_PUBLIC(tag, sizeof tag);
    if (flip < sizeof tag)
        tag[flip] ^= 1;
    st = row->open(state, nonce, aad, sizeof aad, opened, sealed, LEN, tag);
    TLSNI_CT_PUBLIC(opened, sizeof opened);
    TLSNI_CT_PUBLIC(text, sizeof text);
    if (st == TLSN_OK)
        assert_memory_equal(opened, text, LEN);
    return st;
}

static void chacha_tag_is_compared_without_a_decision_on_its_bytes(void **state)
{
    (void)state;
    for (size_t flip = 0; flip <= TLSNI_AEAD_TAG_LEN; flip++)
        assert_int_equal(open_with_tag_bent(flip),
                         flip == TLSNI_AEAD_TAG_LEN ? TLSN_OK : TLSN_ERR_BAD_RECORD_MAC);
    CLAIM("8439:4/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chacha_tag_is_compared_without_a_decision_on_its_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
