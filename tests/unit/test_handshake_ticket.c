#include "cipher/aead.h"
#include "cipher/hmac.h"
#include "handshake/session.h"
#include "req.h"
#include "support_session.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const uint8_t secret[32] = "a secret of thirty-two bytes...";
static const uint8_t other_secret[32] = "a secret of thirty-two bytes..!";

enum { LIFETIME_S = 7200, HOUR_MS = 3600 * 1000 };

struct sealed {
    struct test_env t;
    struct tlsn_session session, opened;
    struct tlsni_buf ticket;
};

static void seal(struct sealed *x)
{
    memset(x, 0, sizeof *x);
    test_env_init(&x->t, 1);
    x->t.now_ms = 1000000000000;
    test_session_fill(&x->session, &x->t, false);
    x->session.lifetime_s = LIFETIME_S;
    assert_int_equal(tlsni_ticket_seal(&x->session, secret, &x->t.hooks, &x->ticket), TLSN_OK);
    assert_true(tlsni_buf_len(&x->ticket) > 0);
}

static void done(struct sealed *x)
{
    tlsni_session_clear(&x->session);
    tlsni_session_clear(&x->opened);
    tlsni_buf_free(&x->t.hooks, &x->ticket);
    assert_int_equal(x->t.live, 0);
}

static tlsn_status open_with(struct sealed *x, const uint8_t with[32], uint32_t lifetime_s,
                             size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    tlsn_status st;

    assert_non_null(copy);
    memcpy(copy, x->ticket.data + x->ticket.start, len);
    tlsni_session_clear(&x->opened);
    st = tlsni_ticket_open(&x->opened, with, lifetime_s, tlsni_span_make(copy, len), &x->t.hooks);
    free(copy);
    return st;
}

static tlsn_status open_again(struct sealed *x)
{
    return open_with(x, secret, LIFETIME_S, tlsni_buf_len(&x->ticket));
}

static void ticket_opens_to_the_same_session(void **state)
{
    struct sealed x;

    (void)state;
    seal(&x);
    assert_int_equal(open_again(&x), TLSN_OK);
    test_session_check_equal(&x.session, &x.opened);
    done(&x);
    REQ("5077:4/3");
    REQ("4507:4/3");
}

static bool contains(const struct tlsni_buf *b, const void *what, size_t len)
{
    for (size_t i = b->start; i + len <= b->end; i++)
        if (memcmp(b->data + i, what, len) == 0)
            return true;
    return false;
}

static void ticket_shows_nothing_of_the_session(void **state)
{
    struct sealed x;

    (void)state;
    seal(&x);
    assert_false(contains(&x.ticket, x.session.master.data, 8));
    assert_false(contains(&x.ticket, x.session.server_name, 9));
    assert_false(contains(&x.ticket, secret, 8));
    x.ticket.data[tlsni_buf_len(&x.ticket) - 1] ^= 1;
    assert_int_equal(open_again(&x), TLSN_ERR_NOT_FOUND);
    done(&x);
    REQ("5077:5.2/1");
    REQ("4507:5.2/1");
    REQ("5077:5.7/1");
    REQ("4507:5.7/1");
}

static void ticket_of_one_session_is_never_the_same(void **state)
{
    struct sealed x;
    struct tlsni_buf second = { 0 };

    (void)state;
    seal(&x);
    assert_int_equal(tlsni_ticket_seal(&x.session, secret, &x.t.hooks, &second), TLSN_OK);
    assert_int_equal(tlsni_buf_len(&second), tlsni_buf_len(&x.ticket));
    /* the key's name is the same, the nonce behind it is not */
    assert_memory_equal(second.data, x.ticket.data, 16);
    assert_memory_not_equal(second.data + 16, x.ticket.data + 16, 12);
    tlsni_buf_free(&x.t.hooks, &second);
    done(&x);
}

static void ticket_with_a_flipped_bit_is_not_found(void **state)
{
    struct sealed x;

    (void)state;
    seal(&x);
    for (size_t bit = 0; bit < 8 * tlsni_buf_len(&x.ticket); bit++) {
        x.ticket.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(open_again(&x), TLSN_ERR_NOT_FOUND);
        assert_int_equal(x.opened.version, 0);
        x.ticket.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(open_again(&x), TLSN_OK);
    done(&x);
    REQ("5077:4/2");
    REQ("4507:4/2");
    REQ("5077:5/1");
    REQ("4507:5/1");
}

static void ticket_cut_anywhere_is_not_found(void **state)
{
    struct sealed x;

    (void)state;
    seal(&x);
    for (size_t n = 0; n < tlsni_buf_len(&x.ticket); n++)
        assert_int_equal(open_with(&x, secret, LIFETIME_S, n), TLSN_ERR_NOT_FOUND);
    done(&x);
}

/* Opens the ticket with the AEAD alone: the documented derivation, for a session of this format. */
static tlsn_status open_by_hand(const struct sealed *x, const char *label, uint8_t format)
{
    const struct tlsni_aead *aead = tlsni_aead_find(TLSNI_AEAD_CHACHA20_POLY1305);
    const uint8_t *t = x->ticket.data + x->ticket.start;
    size_t len = tlsni_buf_len(&x->ticket) - 28 - 16, n = strlen(label) + 1;
    uint8_t input[64], key[32], plain[4096];
    alignas(16) uint8_t keyed[256];

    memcpy(input, label, n);
    input[n] = format;
    memcpy(input + n + 1, t, 4); /* the epoch in the key's name */
    input[n + 5] = 0; /* for the key, 1 for its name */
    tlsni_hmac_once(tlsni_hash_find(TLSNI_HASH_SHA256), secret, 32, input, n + 6, key);
    aead->set_key(keyed, key);
    return aead->open(keyed, t + 16, t, 16, plain, t + 28, len, t + 28 + len);
}

static void ticket_key_is_derived_for_tickets_of_this_format_alone(void **state)
{
    struct sealed x;

    (void)state;
    seal(&x);
    assert_int_equal(open_by_hand(&x, "tls-native session ticket 2", TLSNI_SESSION_FORMAT),
                     TLSN_OK);
    assert_true(open_by_hand(&x, "tls-native session ticket 3", TLSNI_SESSION_FORMAT) < 0);
    assert_true(open_by_hand(&x, "tls-native session ticket 2", TLSNI_SESSION_FORMAT + 1) < 0);
    done(&x);
    REQ("5077:5.5/3");
    REQ("5077:5.5/5");
}

/* 256 bits, and a tag of 128. */
static void ticket_key_depends_on_every_bit_of_the_secret(void **state)
{
    struct sealed x;
    uint8_t near[32];

    (void)state;
    seal(&x);
    assert_int_equal(tlsni_aead_find(TLSNI_AEAD_CHACHA20_POLY1305)->key_len, 32);
    for (size_t bit = 0; bit < 256; bit++) {
        memcpy(near, secret, 32);
        near[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(open_with(&x, near, LIFETIME_S, tlsni_buf_len(&x.ticket)),
                         TLSN_ERR_NOT_FOUND);
    }
    done(&x);
    REQ("5077:5.5/2");
}

static void ticket_of_another_secret_is_not_found(void **state)
{
    struct sealed x;

    (void)state;
    seal(&x);
    assert_int_equal(open_with(&x, other_secret, LIFETIME_S, tlsni_buf_len(&x.ticket)),
                     TLSN_ERR_NOT_FOUND);
    done(&x);
}

static void ticket_expires_at_the_exact_second(void **state)
{
    struct sealed x;

    (void)state;
    seal(&x);
    x.t.now_ms += 1000 * LIFETIME_S - 1;
    assert_int_equal(open_again(&x), TLSN_OK);
    x.t.now_ms += 1;
    assert_int_equal(open_again(&x), TLSN_ERR_NOT_FOUND);
    done(&x);
}

static void ticket_lifetime_of_the_server_counts_too(void **state)
{
    struct sealed x;

    (void)state;
    seal(&x);
    x.t.now_ms += 1000 * 1000;
    assert_int_equal(open_with(&x, secret, 1001, tlsni_buf_len(&x.ticket)), TLSN_OK);
    assert_int_equal(open_with(&x, secret, 1000, tlsni_buf_len(&x.ticket)), TLSN_ERR_NOT_FOUND);
    done(&x);
}

/* Same secret, one hour later: another key. */
static void ticket_keys_change_with_the_epoch(void **state)
{
    struct sealed x;
    struct tlsni_buf later = { 0 };

    (void)state;
    seal(&x);
    x.t.now_ms += HOUR_MS;
    assert_int_equal(tlsni_ticket_seal(&x.session, secret, &x.t.hooks, &later), TLSN_OK);
    assert_memory_not_equal(later.data, x.ticket.data, 16);
    assert_memory_not_equal(later.data + 4, x.ticket.data + 4, 12);
    /* The old one still opens, the epoch before it would not. */
    assert_int_equal(open_again(&x), TLSN_OK);
    tlsni_buf_free(&x.t.hooks, &later);
    done(&x);
    REQ("5077:5.5/4");
}

static void ticket_of_the_future_opens_within_a_minute(void **state)
{
    struct sealed x;

    (void)state;
    seal(&x);
    /* 10^12 ms is 46 min 40 s into its hour */
    x.t.now_ms -= 60000;
    assert_int_equal(open_again(&x), TLSN_OK);
    x.t.now_ms -= 1;
    assert_int_equal(open_again(&x), TLSN_ERR_NOT_FOUND);
    x.t.now_ms -= HOUR_MS;
    assert_int_equal(open_again(&x), TLSN_ERR_NOT_FOUND);
    done(&x);
}

static void ticket_too_long_for_its_message_is_empty(void **state)
{
    struct test_env t;
    struct tlsn_session s;
    struct tlsni_buf ticket = { 0 };

    (void)state;
    test_env_init(&t, 1);
    test_session_fill(&s, &t, false);
    assert_int_equal(tlsni_buf_reserve(&t.hooks, &s.peer_leaf, 65536), TLSN_OK);
    memset(s.peer_leaf.data, 'c', 65536);
    s.peer_leaf.end = 65536;
    assert_int_equal(tlsni_ticket_seal(&s, secret, &t.hooks, &ticket), TLSN_OK);
    assert_int_equal(tlsni_buf_len(&ticket), 0);
    tlsni_session_clear(&s);
    assert_int_equal(t.live, 0);
}

static void ticket_without_memory_or_randomness_fails_clean(void **state)
{
    struct sealed x;
    struct tlsni_buf out = { 0 };
    size_t before;

    (void)state;
    seal(&x);
    before = x.t.live;
    for (size_t n = 0; n < 2; n++) {
        x.t.fail_at = x.t.allocs + n + 1;
        assert_int_equal(tlsni_ticket_seal(&x.session, secret, &x.t.hooks, &out),
                         TLSN_ERR_NO_MEMORY);
        assert_int_equal(x.t.live, before);
    }
    x.t.fail_at = x.t.allocs + 1;
    assert_int_equal(open_again(&x), TLSN_ERR_NO_MEMORY);
    x.t.fail_at = 0;
    x.t.random_fails = true;
    assert_int_equal(tlsni_ticket_seal(&x.session, secret, &x.t.hooks, &out), TLSN_ERR_RANDOM);
    assert_int_equal(tlsni_buf_len(&out), 0);
    tlsni_buf_free(&x.t.hooks, &out);
    done(&x);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticket_opens_to_the_same_session),
        cmocka_unit_test(ticket_shows_nothing_of_the_session),
        cmocka_unit_test(ticket_of_one_session_is_never_the_same),
        cmocka_unit_test(ticket_with_a_flipped_bit_is_not_found),
        cmocka_unit_test(ticket_cut_anywhere_is_not_found),
        cmocka_unit_test(ticket_key_is_derived_for_tickets_of_this_format_alone),
        cmocka_unit_test(ticket_key_depends_on_every_bit_of_the_secret),
        cmocka_unit_test(ticket_of_another_secret_is_not_found),
        cmocka_unit_test(ticket_expires_at_the_exact_second),
        cmocka_unit_test(ticket_lifetime_of_the_server_counts_too),
        cmocka_unit_test(ticket_keys_change_with_the_epoch),
        cmocka_unit_test(ticket_of_the_future_opens_within_a_minute),
        cmocka_unit_test(ticket_too_long_for_its_message_is_empty),
        cmocka_unit_test(ticket_without_memory_or_randomness_fails_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
