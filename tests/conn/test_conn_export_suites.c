/* test_conn_export_suites.c - export suites: temporary keys and small groups where they are allowed, and nowhere
 * else (FREAK, Logjam). RFC 2246 7.4.3 and D.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/block.h"
#include "cipher/prf.h"
#include "cipher/stream.h"
#include "handshake/kx.h"
#include "req.h"
#include "support_duo.h"

static struct duo *begin(const char *suite, const char *key)
{
    struct duo *d = duo_new();

    duo_reset_server(d, duo_credential(key));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tlsn_config_set_policy(d->config[i], "research"), TLSN_OK);
        assert_int_equal(tlsn_config_set_suites(d->config[i], suite), TLSN_OK);
    }
    return d;
}

static size_t modulus_len(const struct duo *d)
{
    struct tlsni_rd r = tlsni_rd_span(duo_message(d, TLSN_SERVER, 12));

    return tlsni_rd_vec_span(&r, 2, 1, 65535).len;
}

static void export_server_signs_a_temporary_key_of_the_allowed_size(void **state)
{
    static const struct {
        const char *suite;
        unsigned bits;
        size_t expected;
    } rows[] = {
        { "TLS_RSA_EXPORT_WITH_RC4_40_MD5", 0, 64 },
        { "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", 1024, 64 }, /* the suite's limit holds */
        { "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", 0, 128 },
        { "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA", 768, 96 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct duo *d = begin(rows[i].suite, "rsa:2048");

        assert_int_equal(tlsn_config_set_insecure_rsa_export_bits(d->config[TLSN_SERVER],
                                                                  rows[i].bits), TLSN_OK);
        duo_shake(d);
        assert_int_equal(modulus_len(d), rows[i].expected);
        duo_write(d, TLSN_CLIENT, "hello", 5);
        duo_run(d);
        assert_int_equal(d->data_len[TLSN_SERVER], 5);
        duo_free(d);
    }
    REQ("2246:7.4.2/22");
    REQ("2246:7.4.3/13");
    REQ("2246:7.4.3/14");
    REQ("export56:4/1");
    REQ("export56:5/1");
    REQ("export56:5/2");
}

static void export_temporary_key_serves_one_handshake(void **state)
{
    struct duo *d = begin("TLS_RSA_EXPORT_WITH_RC4_40_MD5", "rsa:2048");
    uint8_t first[64];

    (void)state;
    duo_shake(d);
    memcpy(first, duo_message(d, TLSN_SERVER, 12).data + 2, sizeof first);
    duo_shake(d);
    assert_int_equal(modulus_len(d), sizeof first);
    assert_memory_not_equal(first, duo_message(d, TLSN_SERVER, 12).data + 2, sizeof first);
    duo_free(d);
    REQ("2246:D.1/1");
    REQ("2246:D.1/2");
}

static void export_group_has_the_suites_size(void **state)
{
    struct duo *d = begin("TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", "rsa:2048");

    (void)state;
    duo_shake(d);
    assert_int_equal(modulus_len(d), 64);
    duo_free(d);
}

/* A temporary key that is longer than the client's suite allows, straight to the client's half. */
static void export_temporary_key_that_is_too_long_is_an_export_restriction(void **state)
{
    static uint8_t params[2 + 128 + 2 + 3];
    static struct tlsni_err err;
    static struct tlsni_hs hs;
    struct tlsni_rd r;

    (void)state;
    params[1] = 128;
    memset(params + 2, 0xff, 128); /* any odd number of 1024 bits */
    memcpy(params + 130, "\0\3\1\0\1", 5);
    memset(&hs, 0, sizeof hs);
    memset(&err, 0, sizeof err);
    hs.err = &err;
    hs.suite = tlsni_suite_find(0x0003);
    r = tlsni_rd_make(params, sizeof params);
    assert_int_equal(tlsni_kx_rsa_export.read_params(&hs, &r), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(err.alert, 60);
    tlsni_pubkey_free(hs.temporary_public);
    /* and the same key is fine where the suite allows it */
    hs.temporary_public = NULL;
    hs.suite = tlsni_suite_find(0x0062);
    r = tlsni_rd_make(params, sizeof params);
    assert_int_equal(tlsni_kx_rsa_export.read_params(&hs, &r), TLSN_OK);
    tlsni_pubkey_free(hs.temporary_public);
    REQ("2246:7.2.2/23");
}

static void drop(uint8_t *body, size_t *len)
{
    (void)body;
    *len = 0;
}

static void export_temporary_key_that_is_damaged_is_refused(void **state)
{
    struct duo *d = begin("TLS_RSA_EXPORT_WITH_RC4_40_MD5", "rsa:2048");

    (void)state;
    duo_connect(d);
    duo_change_message(d, TLSN_SERVER, 12, drop);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_DECODE);
    duo_free(d);
}

static void client_offers_the_newest_version_that_its_suites_have(void **state)
{
    struct duo *d = begin("TLS_RSA_EXPORT_WITH_RC4_40_MD5", "rsa:2048");

    (void)state;
    duo_shake(d);
    assert_memory_equal(duo_message(d, TLSN_CLIENT, 1).data, "\3\1", 2);
    duo_free(d);
}

/* FREAK: the hello of a client that did not offer export is answered with it by somebody in between. */
static void choose_export(uint8_t *body, size_t *len)
{
    (void)len;
    memcpy(body + 34 + 1 + body[34], "\0\3", 2);
}

static void export_suite_that_was_not_offered_is_refused(void **state)
{
    struct duo *d = begin("TLS_RSA_WITH_RC4_128_MD5", "rsa:2048");

    (void)state;
    for (uint16_t v = TLSN_TLS1_0; v <= TLSN_TLS1_2; v++) {
        duo_free(d);
        d = begin("TLS_RSA_WITH_RC4_128_MD5", "rsa:2048");
        for (int i = 0; i < 2; i++)
            assert_int_equal(tlsn_config_set_versions(d->config[i], v, v), TLSN_OK);
        duo_connect(d);
        duo_change_message(d, TLSN_SERVER, 2, choose_export);
        duo_run(d);
        assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_ILLEGAL_PARAMETER);
    }
    duo_free(d);
    REQ("4346:A.5/5");
}

static void export_suites_need_the_policy_research(void **state)
{
    static const char *const policies[] = { "modern", "default", "compat", "legacy" };

    (void)state;
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        struct duo *d = begin("TLS_RSA_EXPORT_WITH_RC4_40_MD5", "rsa:2048");

        duo_reset_client(d);
        assert_int_equal(tlsn_config_set_policy(d->config[TLSN_CLIENT], policies[i]), TLSN_OK);
        duo_connect(d);
        duo_run(d);
        assert_false(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
        duo_free(d);
    }
    REQ("6101:D.4/1");
}

/* The client's Finished opened with keys that are made here from what was on the wire (RFC 2246 6.3.1): `material`
 * octets of the key block become key_len. */
static void open_finished(const struct duo *d, size_t material, size_t key_len, uint8_t *out, size_t *len)
{
    static const struct tlsn_span none;
    const struct duo_record *r = d->record;
    struct tlsn_span client = { duo_message(d, TLSN_CLIENT, 1).data + 2, 32 };
    struct tlsn_span server = { duo_message(d, TLSN_SERVER, 2).data + 2, 32 };
    uint8_t block[2 * (20 + 8)], key[16], iv[16];
    _Alignas(16) uint8_t state[4096];

    while (r->from != TLSN_CLIENT || !r->sealed)
        r++;
    tlsni_prf_tls10(NULL, d->master[0], 48, "key expansion", server, client, block, sizeof block);
    tlsni_prf_tls10(NULL, block + 40, material, "client write key", client, server, key, key_len);
    tlsni_prf_tls10(NULL, none.data, 0, "IV block", client, server, iv, 16);
    *len = r->len;
    if (key_len == 16) {
        const struct tlsni_stream *rc4 = tlsni_stream_find(TLSNI_STREAM_RC4_128);

        assert_true(rc4->state_len <= sizeof state);
        rc4->set_key(state, key);
        rc4->crypt(state, out, r->body, r->len);
    } else {
        const struct tlsni_block *des = tlsni_block_find(TLSNI_BLOCK_DES);

        assert_true(des->state_len <= sizeof state);
        des->set_decrypt_key(state, key);
        des->cbc_decrypt(state, iv, out, r->body, r->len);
    }
}

static void export_keys_of_56_bits_are_derived(void **state)
{
    static const char *const suites[] = { "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA",
                                          "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = begin(suites[i], "rsa:2048");
        uint8_t out[256];
        size_t len;

        for (int r = 0; r < 2; r++)
            assert_int_equal(tlsn_config_set_feature(d->config[r], TLSN_FEATURE_ETM, false), TLSN_OK);
        duo_shake(d);
        open_finished(d, i ? 7 : 8, i ? 16 : 8, out, &len);
        assert_memory_equal(out, "\x14\0\0\x0c", 4);
        if (i) {
            assert_int_equal(len, 16 + 20); /* no padding */
        } else {
            for (size_t n = 0; n <= out[len - 1]; n++) /* 8 octets a block */
                assert_int_equal(out[len - 1 - n], out[len - 1]);
            assert_int_equal(len % 8, 0);
        }
        duo_free(d);
    }
    REQ("export56:4/2");
    REQ("export56:4/3");
    REQ("export56:5/3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export_server_signs_a_temporary_key_of_the_allowed_size),
        cmocka_unit_test(export_temporary_key_serves_one_handshake),
        cmocka_unit_test(export_group_has_the_suites_size),
        cmocka_unit_test(export_temporary_key_that_is_too_long_is_an_export_restriction),
        cmocka_unit_test(export_temporary_key_that_is_damaged_is_refused),
        cmocka_unit_test(client_offers_the_newest_version_that_its_suites_have),
        cmocka_unit_test(export_suite_that_was_not_offered_is_refused),
        cmocka_unit_test(export_suites_need_the_policy_research),
        cmocka_unit_test(export_keys_of_56_bits_are_derived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
