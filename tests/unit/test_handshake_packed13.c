#include "req.h"
#include "support_env.h"
#include "support_ext.h"
#include "support_vectors.h"

#include "cipher/pk.h"
#include "handshake/cert_comp.h"
#include "handshake/common13.h"
#include "handshake/credential.h"
#include "handshake/packed13.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* A client that takes all algorithms there are; bodies of messages are made up, since what is in them
 * is another's affair. */

enum { LEN = 2000 };

static uint8_t body[LEN], taken[LEN];
static size_t taken_len;

static tlsn_status take(struct tlsni_hs *hs, struct tlsn_span got)
{
    (void)hs;
    assert_true(got.len <= sizeof taken);
    memcpy(taken, got.data, got.len);
    taken_len = got.len;
    return TLSN_OK;
}

static const struct tlsni_cert_comp *row(size_t i)
{
    size_t count;

    return tlsni_cert_comp_rows(&count)[i];
}

struct fixture {
    struct ext_fixture f;
    struct test_env env;
    uint16_t ids[3];
    uint8_t message[LEN + 64]; /* CompressedCertificate without its header */
    struct tlsni_wr w;
    size_t data_len;
};

static void begin(struct fixture *x, const struct tlsni_cert_comp *comp, long length_off)
{
    uint8_t packed[LEN];
    size_t count;

    (void)tlsni_cert_comp_rows(&count);
    ext_client(&x->f);
    x->f.cfg.limits.message_max = x->f.cfg.limits.chain_max = 2 * LEN;
    test_env_init(&x->env, 1);
    x->f.hs.env = &x->env.hooks;
    for (size_t i = 0; i < count; i++)
        x->ids[i] = row(i)->id;
    x->f.cfg.cert_compressions = (struct tlsni_ids){ x->ids, count };
    for (size_t i = 0; i < LEN; i++)
        body[i] = (uint8_t)(i % 97);
    assert_int_equal(comp->pack(NULL, tlsni_span_make(body, LEN), packed, sizeof packed,
                                &x->data_len), TLSN_OK);
    const struct tlsni_msg_packed m = { comp->id, (uint32_t)(LEN + length_off),
                                        { packed, x->data_len } };

    x->w = tlsni_wr_make(x->message, sizeof x->message);
    tlsni_msg_packed_write(&x->w, &m);
    taken_len = 0;
}

static tlsn_status receive(struct fixture *x)
{
    tlsn_status st = tlsni_packed_receive(&x->f.hs, tlsni_span_make(x->message, x->w.len), take);

    assert_int_equal(x->env.live, 0);
    return st;
}

static void packed_certificate_is_unpacked_and_taken(void **state)
{
    struct fixture x;

    (void)state;
    for (size_t i = 0; row(i); i++) {
        begin(&x, row(i), 0);
        assert_int_equal(receive(&x), TLSN_OK);
        assert_int_equal(taken_len, LEN);
        assert_memory_equal(taken, body, LEN);
        assert_int_equal(x.f.hs.tls13.packed[TLSN_SERVER], row(i)->id);
        REQ("8879:5/1");
    }
}

static void packed_certificate_of_another_length_is_bad_certificate(void **state)
{
    struct fixture x;

    (void)state;
    for (size_t i = 0; row(i); i++) {
        begin(&x, row(i), -1);
        assert_int_equal(receive(&x), TLSN_ERR_CERT_COMPRESSION);
        begin(&x, row(i), 1);
        assert_int_equal(receive(&x), TLSN_ERR_CERT_COMPRESSION);
        begin(&x, row(i), 0);
        x.message[2 + 3 + 3 + x.data_len / 2] ^= 0x55;
        (void)receive(&x); /* may unpack to something else, and then the signature will tell */
        assert_int_equal(tlsn_status_alert(TLSN_ERR_CERT_COMPRESSION), 42);
        REQ("8879:4/4");
        REQ("8879:5/5");
    }
}

static void packed_certificate_with_what_was_not_offered_is_refused(void **state)
{
    struct fixture x;

    (void)state;
    for (size_t i = 0; row(i); i++) {
        begin(&x, row(i), 0);
        x.f.cfg.cert_compressions.count = 0;
        assert_int_equal(receive(&x), TLSN_ERR_UNEXPECTED_MESSAGE);
        begin(&x, row(i), 0);
        x.message[1] = 9;
        assert_int_equal(receive(&x), TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(taken_len, 0);
        REQ("8879:4/3");
    }
}

/* More than a message may have is refused before anything is allocated. */
static void packed_certificate_that_claims_too_much_is_refused(void **state)
{
    struct fixture x;

    (void)state;
    for (size_t i = 0; row(i); i++) {
        begin(&x, row(i), 0);
        x.message[2] = 0xff;
        assert_int_equal(receive(&x), TLSN_ERR_CERT_COMPRESSION);
        assert_int_equal(x.env.allocs, 0);
        assert_int_equal(taken_len, 0);
        REQ("8879:5/3");
    }
}

/* A bit of the compressed octets turned in every octet; what still unpacks to the right length is not for
 * compression to find. */
static void packed_certificate_that_does_not_unpack_is_bad_certificate(void **state)
{
    struct fixture x;

    (void)state;
    for (size_t i = 0; row(i); i++) {
        size_t refused = 0;

        begin(&x, row(i), 0);
        for (size_t at = 8, end = x.w.len; at < end; at++) {
            tlsn_status st;

            x.message[at] ^= 0x10;
            st = receive(&x);
            x.message[at] ^= 0x10;
            assert_true(st == TLSN_OK || st == TLSN_ERR_CERT_COMPRESSION);
            refused += st != TLSN_OK;
        }
        assert_true(refused > 0);
        assert_int_equal(tlsn_status_alert(TLSN_ERR_CERT_COMPRESSION), 42);
        REQ("8879:4/9");
    }
}

/* SubjectPublicKeyInfo of an Ed25519 key: the point of RFC 8410 10.1. */
#define RAW_KEY                                                                                        \
    "302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"

static tlsn_status take_key(struct tlsni_hs *hs, struct tlsn_span got)
{
    bool any;
    tlsn_status st = tlsni_peer_certificate13(hs, got, &any);

    assert_true(st != TLSN_OK || any);
    return st;
}

static void packed_raw_public_key_is_taken_as_one(void **state)
{
    struct fixture x;
    uint8_t key[64], packed[256];

    (void)state;
    for (size_t i = 0; row(i); i++) {
        struct tlsni_msg_packed m = { .algorithm = row(i)->id };
        size_t key_len = vec_unhex(RAW_KEY, key, sizeof key), mark, list;
        uint8_t plain[128];
        struct tlsni_wr w = tlsni_wr_make(plain, sizeof plain);

        begin(&x, row(i), 0);
        tlsni_wr_u8(&w, 0); /* context */
        list = tlsni_wr_open(&w, 3);
        mark = tlsni_wr_open(&w, 3);
        tlsni_wr_put(&w, key, key_len);
        tlsni_wr_close(&w, 3, mark);
        tlsni_wr_u16(&w, 0); /* extensions */
        tlsni_wr_close(&w, 3, list);
        assert_int_equal(row(i)->pack(NULL, tlsni_span_make(plain, w.len), packed, sizeof packed,
                                      &x.data_len), TLSN_OK);
        m.length = (uint32_t)w.len;
        m.data = tlsni_span_make(packed, x.data_len);
        x.w = tlsni_wr_make(x.message, sizeof x.message);
        tlsni_msg_packed_write(&x.w, &m);
        x.f.hs.peer_type = TLSN_CERT_RAW_KEY;
        x.f.cfg.peer_types = (struct tlsni_cert_types){ { TLSN_CERT_RAW_KEY }, 1 };
        x.f.hs.version = tlsni_version_find(TLSN_TLS1_3);
        assert_int_equal(tlsni_packed_receive(&x.f.hs, tlsni_span_make(x.message, x.w.len), take_key),
                         TLSN_OK);
        assert_true(tlsni_span_eq(x.f.hs.peer.raw_key, tlsni_span_make(key, key_len)));
        tlsni_pubkey_free(x.f.hs.peer.key);
        tlsni_buf_free(&x.env.hooks, &x.f.hs.peer.list);
        assert_int_equal(x.env.live, 0);
        REQ("8879:4/10");
    }
}

static void packed_certificate_every_truncation_is_refused(void **state)
{
    struct fixture x;

    (void)state;
    for (size_t i = 0; row(i); i++) {
        begin(&x, row(i), 0);
        for (size_t whole = x.w.len, cut = 0; cut < whole; cut++) {
            x.w.len = cut;
            assert_int_equal(receive(&x), TLSN_ERR_DECODE);
        }
    }
}

/* ---- sending ---- */

static void write_message(struct tlsni_hs *hs)
{
    struct tlsni_wr w = tlsni_wr_make(hs->out.data, hs->out.cap);
    size_t mark = tlsni_msg_begin(&w, TLSNI_MSG_CERTIFICATE);

    tlsni_wr_put(&w, body, LEN);
    tlsni_msg_end(&w, mark);
    hs->out.end = w.len;
}

static void packed_message_is_made_once_and_kept(void **state)
{
    struct fixture x;

    (void)state;
    for (size_t i = 0; row(i); i++) {
        struct tlsn_credential credential = { .count = 1 };
        struct test_env owner;
        size_t allocs, first;

        begin(&x, row(i), 0);
        test_env_init(&owner, 2);
        credential.env = owner.hooks;
        assert_int_equal(tlsni_packed_cache_new(&credential.packed, &owner.hooks), TLSN_OK);
        x.f.hs.credential = &credential;
        x.f.hs.tls13.pack_with = row(i)->id;
        assert_int_equal(tlsni_buf_reserve(&x.env.hooks, &x.f.hs.out, LEN + 100), TLSN_OK);
        write_message(&x.f.hs);
        assert_int_equal(tlsni_packed_replace(&x.f.hs), TLSN_OK);
        first = x.f.hs.out.end;
        assert_true(first < LEN);
        assert_int_equal(x.f.hs.out.data[0], 25);
        assert_memory_equal(x.f.hs.out.data + 4, x.message, x.w.len);
        allocs = owner.allocs;
        write_message(&x.f.hs);
        assert_int_equal(tlsni_packed_replace(&x.f.hs), TLSN_OK);
        assert_int_equal(x.f.hs.out.end, first);
        assert_int_equal(owner.allocs, allocs);
        tlsni_packed_cache_free(credential.packed, &owner.hooks);
        assert_int_equal(owner.live, 0);
        tlsni_buf_free(&x.env.hooks, &x.f.hs.out);
        REQ("8879:4/1");
        REQ("8879:4/2");
        REQ("8879:7.2/1");
    }
}

static void packed_message_that_is_not_shorter_stays(void **state)
{
    struct fixture x;

    (void)state;
    for (size_t i = 0; row(i); i++) {
        struct tlsn_credential credential = { .count = 1 };

        begin(&x, row(i), 0);
        assert_int_equal(tlsni_packed_cache_new(&credential.packed, NULL), TLSN_OK);
        x.f.hs.credential = &credential;
        x.f.hs.tls13.pack_with = row(i)->id;
        assert_int_equal(tlsni_buf_reserve(&x.env.hooks, &x.f.hs.out, LEN + 100), TLSN_OK);
        test_random(&x.env, body, LEN);
        write_message(&x.f.hs);
        assert_int_equal(tlsni_packed_replace(&x.f.hs), TLSN_OK);
        assert_int_equal(x.f.hs.out.data[0], TLSNI_MSG_CERTIFICATE);
        assert_int_equal(x.f.hs.out.end, LEN + 4);
        tlsni_packed_cache_free(credential.packed, NULL);
        tlsni_buf_free(&x.env.hooks, &x.f.hs.out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_certificate_is_unpacked_and_taken),
        cmocka_unit_test(packed_certificate_of_another_length_is_bad_certificate),
        cmocka_unit_test(packed_certificate_with_what_was_not_offered_is_refused),
        cmocka_unit_test(packed_certificate_that_claims_too_much_is_refused),
        cmocka_unit_test(packed_certificate_that_does_not_unpack_is_bad_certificate),
        cmocka_unit_test(packed_raw_public_key_is_taken_as_one),
        cmocka_unit_test(packed_certificate_every_truncation_is_refused),
        cmocka_unit_test(packed_message_is_made_once_and_kept),
        cmocka_unit_test(packed_message_that_is_not_shorter_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
