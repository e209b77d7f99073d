/* test_handshake_tls13_ct.c - TLS 1.3's key schedule, binders, Finished and tickets with their secrets marked as
 * undefined: see test_record_cbc_ct.c. Who could time a comparison would forge what is compared byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ct.h"
#include "handshake/binder13.h"
#include "handshake/common13.h"
#include "handshake/schedule13.h"
#include "handshake/transcript.h"
#include "support_session.h"

enum { KEY = 32, HELLO = 200 };

static const struct tlsni_hash *hash(void)
{
    return tlsni_hash_find(TLSNI_HASH_SHA256);
}

static void key_log(void *ctx, const char *label, const struct tlsni_secret *secret)
{
    (void)ctx;
    (void)label;
    (void)secret;
}

static const struct tlsni_hs_host host = { .key_log = key_log };

/* A hello that ends with one binder. */
struct offer {
    struct tlsni_err err;
    struct tlsni_hs hs;
    uint8_t hello[HELLO], key[KEY];
    struct tlsni_psk13 psk;
};

static void offer_begin(struct offer *o)
{
    memset(o, 0, sizeof *o);
    memset(o->hello, 7, sizeof o->hello);
    memset(o->key, 9, sizeof o->key);
    o->hello[HELLO - KEY - 1] = KEY;
    o->hs.err = &o->err;
    o->hs.hello_message = tlsni_span_make(o->hello, HELLO);
    o->hs.tls13.peer_psks.binders = tlsni_span_make(o->hello + HELLO - KEY - 1, KEY + 1);
    o->hs.tls13.peer_psks.binder_count = 1;
    o->psk = (struct tlsni_psk13){ .key = { o->key, KEY }, .hash = hash(), .binder = "res binder" };
}

/* What the binder has to be, from the parts that binder13.c is made of. */
static void offer_sign(struct offer *o)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_hash_once(hash(), o->hello, HELLO - KEY - 3, digest);
    tlsni_schedule13_early(&o->hs.tls13.keys, hash(), o->psk.key);
    tlsni_schedule13_binder(&o->hs.tls13.keys, o->psk.binder, digest, o->hello + HELLO - KEY);
}

static void binder_is_compared_without_a_decision_on_its_bytes(void **state)
{
    struct offer o;

    (void)state;
    for (size_t flip = 0; flip <= KEY; flip++) {
        offer_begin(&o);
        offer_sign(&o);
        if (flip < KEY)
            o.hello[HELLO - KEY + flip] ^= 1;
        TLSNI_CT_SECRET(o.key, KEY);
        assert_int_equal(tlsni_binder13_check(&o.hs, 0, &o.psk),
                         flip == KEY ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR);
    }
}

static void begin(struct tlsni_hs *hs, enum tlsn_role role, struct tlsni_err *err)
{
    memset(hs, 0, sizeof *hs);
    hs->role = role;
    hs->err = err;
    hs->host = &host;
    tlsni_transcript_start(&hs->transcript, hash());
    tlsni_schedule13_early(&hs->tls13.keys, hash(), tlsni_span_make(NULL, 0));
}

/* All of the schedule from a secret that the key exchange gave. */
static void schedule(struct tlsni_hs *hs, uint8_t *premaster)
{
    memset(premaster, 3, KEY);
    hs->premaster = premaster;
    hs->premaster_len = KEY;
    TLSNI_CT_SECRET(premaster, KEY);
    tlsni_schedule13_handshake(hs);
}

static void finished13_is_compared_without_a_decision_on_its_bytes(void **state)
{
    struct tlsni_err err = { .status = TLSN_OK };
    uint8_t premaster[KEY], right[TLSNI_HASH_LEN_MAX];
    struct tlsni_hs hs;

    (void)state;
    for (int role = 0; role < 2; role++) {
        begin(&hs, (enum tlsn_role)role, &err);
        schedule(&hs, premaster);
        tlsni_schedule13_verify_data(&hs, role == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT, right);
        TLSNI_CT_PUBLIC(right, sizeof right); /* as it comes in */
        for (size_t flip = 0; flip <= KEY; flip++) {
            if (flip < KEY)
                right[flip] ^= 1;
            assert_int_equal(tlsni_act13_receive_finished(&hs, tlsni_span_make(right, KEY)),
                             flip == KEY ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR);
            if (flip < KEY)
                right[flip] ^= 1;
        }
        TLSNI_CT_PUBLIC(&hs, sizeof hs);
    }
}

static void schedule13_takes_no_decision_on_secrets(void **state)
{
    struct tlsni_prot_keys keys = { .suite = tlsni_suite_find(0x1301),
                                    .profile = tlsni_version_find(TLSN_TLS1_3)->record };
    struct tlsni_err err = { .status = TLSN_OK };
    uint8_t premaster[KEY], out[KEY];
    const uint8_t nonce = 1;
    struct tlsni_keys13 room;
    struct tlsni_secret psk;
    struct tlsni_hs hs;

    (void)state;
    begin(&hs, TLSN_CLIENT, &err);
    schedule(&hs, premaster);
    tlsni_schedule13_main(&hs);
    tlsni_schedule13_resumption(&hs);
    tlsni_schedule13_update(hash(), &hs.tls13.keys.traffic[TLSN_CLIENT]);
    tlsni_schedule13_keys(hash(), &hs.tls13.keys.traffic[TLSN_CLIENT], &keys, &room);
    tlsni_schedule13_ticket_psk(hash(), &hs.tls13.keys.resumption, tlsni_span_make(&nonce, 1), &psk);
    tlsni_schedule13_export(hash(), &hs.tls13.keys.exporter, "EXPORTER-x", tlsni_span_make(NULL, 0), out,
                            sizeof out);
    TLSNI_CT_PUBLIC(&hs, sizeof hs);
    TLSNI_CT_PUBLIC(out, sizeof out);
    for (size_t i = 1; i < sizeof out; i++)
        out[0] |= out[i];
    assert_int_not_equal(out[0], 0);
}

/* Of one that was changed anywhere: name of the key, nonce, contents, tag. What a good one holds is read. */
static void ticket_that_was_changed_is_refused_without_a_decision_on_secrets(void **state)
{
    struct tlsni_buf ticket = { 0 };
    struct tlsn_session s, got;
    uint8_t secret[32] = { 5 };
    struct test_env t;

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, true);
    assert_int_equal(tlsni_ticket_seal(&s, secret, &t.hooks, &ticket), TLSN_OK);
    for (size_t i = 4; i < tlsni_buf_len(&ticket); i += i < 32 ? 1 : 7) { /* behind the epoch */
        memset(&got, 0, sizeof got);
        ticket.data[ticket.start + i] ^= 1;
        TLSNI_CT_SECRET(secret, sizeof secret);
        assert_int_equal(tlsni_ticket_open(&got, secret, 3600, tlsni_buf_span(&ticket), &t.hooks),
                         TLSN_ERR_NOT_FOUND);
        TLSNI_CT_PUBLIC(secret, sizeof secret);
        ticket.data[ticket.start + i] ^= 1;
    }
    tlsni_buf_free(&t.hooks, &ticket);
    tlsni_session_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binder_is_compared_without_a_decision_on_its_bytes),
        cmocka_unit_test(finished13_is_compared_without_a_decision_on_its_bytes),
        cmocka_unit_test(schedule13_takes_no_decision_on_secrets),
        cmocka_unit_test(ticket_that_was_changed_is_refused_without_a_decision_on_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
