/* Key exchanges and tickets piece by piece: what RFC 5246 8.1.2, RFC 8422 2 and 5.10, RFC 7919 3.1
 * and RFC 5077 3.3 say about secrets that are never on the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "handshake/kx.h"
#include "handshake/machine.h"
#include "handshake/schedule.h"
#include "req.h"
#include "support_env.h"

struct side {
    struct test_env env;
    struct tlsni_hs_config cfg;
    struct tlsni_err err;
    struct tlsni_hs hs;
    uint16_t groups[1];
};

static void begin(struct side *s, enum tlsn_role role, uint16_t group)
{
    memset(s, 0, sizeof *s);
    test_env_init(&s->env, 7 + role);
    s->groups[0] = group;
    s->cfg.groups = (struct tlsni_ids){ s->groups, 1 };
    s->cfg.limits.dh_bits_min = 2048;
    s->cfg.limits.session_seconds = 7200;
    s->hs.env = &s->env.hooks;
    s->hs.cfg = &s->cfg;
    s->hs.err = &s->err;
    s->hs.role = role;
    s->hs.suite = tlsni_suite_find(0x009e); /* TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 */
    s->hs.version = tlsni_version_find(TLSN_TLS1_2);
    s->hs.group = tlsni_group_find(group);
    if (s->hs.group && s->hs.group->kind == TLSNI_GROUP_FF)
        s->hs.dh = tlsni_dh_params_of(s->hs.group);
}

static void end(struct side *s)
{
    tlsni_hs_clear(&s->hs);
    assert_int_equal(s->env.live, 0);
}

/* The server's half, up to its parameters; a copy of its private key. */
static void prepare(struct side *s, const struct tlsni_kx_ops *kx, uint8_t *params, size_t *len,
                    uint8_t *private_key)
{
    struct tlsni_wr w = tlsni_wr_make(params, 4096);

    assert_int_equal(kx->prepare(&s->hs), TLSN_OK);
    kx->write_params(&s->hs, &w);
    assert_false(w.bad);
    *len = w.len;
    memcpy(private_key, s->hs.private_key, s->hs.group->private_len);
}

static bool all_zero(const uint8_t *p, size_t len)
{
    uint8_t any = 0;

    for (size_t i = 0; i < len; i++)
        any |= p[i];
    return any == 0;
}

/* One exchange of both halves; the premaster secret is the result of the group's own function,
 * without leading zeros for finite fields. Returns how many zeros it began with. */
static size_t exchange(const struct tlsni_kx_ops *kx, uint16_t group, uint64_t seed)
{
    static uint8_t params[4096], message[4096], private_key[2048], expected[2048];
    static struct side client, server;
    const struct tlsni_group *g = tlsni_group_find(group);
    struct tlsni_wr w = tlsni_wr_make(message, sizeof message);
    struct tlsni_rd r;
    size_t len, zeros = 0;
    const struct tlsni_hs *both[] = { &client.hs, &server.hs };

    begin(&client, TLSN_CLIENT, group);
    begin(&server, TLSN_SERVER, group);
    client.env.seed = seed;
    server.env.seed = ~seed;
    prepare(&server, kx, params, &len, private_key);
    r = tlsni_rd_make(params, len);
    assert_int_equal(kx->read_params(&client.hs, &r), TLSN_OK);
    assert_int_equal(kx->write_exchange(&client.hs, &w), TLSN_OK);
    assert_int_equal(kx->read_exchange(&server.hs, tlsni_span_make(message, w.len)), TLSN_OK);
    assert_int_equal(kx->finish_exchange(&server.hs), TLSN_OK);
    assert_int_equal(g->derive(g, NULL, private_key, client.hs.public_key, g->public_len, expected),
                     TLSN_OK);
    while (zeros + 1 < g->shared_len && !expected[zeros])
        zeros++;
    for (int i = 0; i < 2; i++) {
        size_t cut = g->kind == TLSNI_GROUP_FF ? zeros : 0;

        assert_int_equal(both[i]->premaster_len, g->shared_len - cut);
        assert_memory_equal(both[i]->premaster, expected + cut, g->shared_len - cut);
        assert_true(all_zero(both[i]->private_key, g->private_len));
    }
    end(&client);
    end(&server);
    return zeros;
}

static void ecdhe_result_is_the_premaster_secret_with_its_leading_zeros(void **state)
{
    static const uint16_t groups[] = { 0x0017, 0x0018, 0x0019, 0x001d, 0x001e };
    uint64_t seed = 0;

    (void)state;
    assert_int_equal(tlsni_group_find(0x001d)->shared_len, 32);
    assert_int_equal(tlsni_group_find(0x001e)->shared_len, 56);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        (void)exchange(&tlsni_kx_ecdhe, groups[i], ++seed);
    while (!exchange(&tlsni_kx_ecdhe, 0x0017, ++seed)) /* one in 256 */
        assert_true(seed < 20000);
    REQ("8422:2.1/4");
    REQ("8422:5.10/2");
    REQ("8422:5.10/5");
}

static void dhe_result_loses_its_leading_zeros(void **state)
{
    uint64_t seed = 0;

    (void)state;
    while (!exchange(&tlsni_kx_dhe, 0x0100, ++seed))
        assert_true(seed < 5000);
    REQ("5246:8.1.2/1");
}

/* 16^2 = 256 is the shared value. */
static void dhe_psk_other_secret_loses_its_leading_zeros(void **state)
{
    static const uint8_t expected[] = { 0, 2, 1, 0, 0, 1, 'k' };
    static uint8_t params[4096], private_key[2048], peer[256];
    static struct side server;
    size_t len;

    (void)state;
    begin(&server, TLSN_SERVER, 0x0100);
    prepare(&server, &tlsni_kx_dhe_psk, params, &len, private_key);
    memset(server.hs.private_key, 0, server.hs.group->private_len);
    server.hs.private_key[server.hs.group->private_len - 1] = 2;
    peer[255] = 16;
    server.hs.peer_public = tlsni_span_make(peer, sizeof peer);
    server.hs.psk_settled = true;
    assert_int_equal(tlsni_buf_append(server.hs.env, &server.hs.psk_key, "k", 1), TLSN_OK);
    assert_int_equal(tlsni_kx_dhe_psk.finish_exchange(&server.hs), TLSN_OK);
    assert_int_equal(server.hs.premaster_len, sizeof expected);
    assert_memory_equal(server.hs.premaster, expected, sizeof expected);
    end(&server);
    REQ("4279:3/4");
}

/* exchange() looks at both private keys behind their use. */
static void ephemeral_keys_are_wiped_once_used(void **state)
{
    (void)state;
    (void)exchange(&tlsni_kx_ecdhe, 0x001d, 1);
    (void)exchange(&tlsni_kx_dhe, 0x0100, 1);
    REQ("3268:3/2");
    REQ("7919:8.8/1");
}

static void ephemeral_keys_are_fresh(void **state)
{
    static uint8_t params[2][4096], private_key[2][2048];
    static struct side s;
    size_t len[2];

    (void)state;
    begin(&s, TLSN_SERVER, 0x001d);
    for (int i = 0; i < 2; i++)
        prepare(&s, &tlsni_kx_ecdhe, params[i], &len[i], private_key[i]);
    assert_memory_not_equal(params[0], params[1], len[0]);
    assert_memory_not_equal(private_key[0], private_key[1], 32);
    (void)exchange(&tlsni_kx_ecdhe, 0x001d, 2); /* and destroyed */
    end(&s);
    REQ("8422:2/2");
}

/* ---- the master secret ---- */

static const uint8_t *watched; /* premaster secret of this block */
static bool was_wiped;

static void watch_release(void *ctx, void *block)
{
    struct test_env *env = ctx;

    if (watched && block && block == watched - 64)
        was_wiped = all_zero(block, 96);
    env->live -= block != NULL;
    free(block);
}

static void no_log(void *ctx, const char *label, const struct tlsni_secret *secret)
{
    (void)ctx;
    (void)label;
    (void)secret;
}

static void premaster_is_wiped_once_the_master_secret_is_known(void **state)
{
    static const struct tlsni_hs_host host = { .key_log = no_log };
    struct side s;

    (void)state;
    begin(&s, TLSN_CLIENT, 0x001d);
    s.env.hooks.release = watch_release;
    s.hs.host = &host;
    s.hs.suite = tlsni_suite_find(0xc02b);
    assert_int_equal(tlsni_kx_reserve(&s.hs, 32, 32, 32), TLSN_OK);
    memset(s.hs.kx_block, 0x5a, 96);
    s.hs.premaster_len = 32;
    watched = s.hs.premaster;
    tlsni_schedule_master(&s.hs);
    assert_null(s.hs.premaster);
    assert_int_equal(s.hs.premaster_len, 0);
    assert_true(was_wiped);
    watched = NULL;
    end(&s);
    REQ("5246:8.1/3");
}

/* ---- groups of the server's own ---- */

static tlsn_status read_custom(size_t bits, size_t y_len)
{
    static uint8_t params[4096], p[1024];
    static struct side s;
    struct tlsni_wr w = tlsni_wr_make(params, sizeof params);
    struct tlsni_rd r;
    tlsn_status st;

    memset(p, 0xab, sizeof p); /* odd, and no prime of the table */
    p[0] = (uint8_t)(bits % 8 ? (1U << bits % 8) - 1 : 0xff);
    tlsni_wr_vec(&w, 2, tlsni_span_make(p, (bits + 7) / 8));
    tlsni_wr_vec(&w, 2, tlsni_span_make("\2", 1));
    tlsni_wr_vec(&w, 2, tlsni_span_make(p + 1, y_len));
    begin(&s, TLSN_CLIENT, 0x0100);
    s.cfg.features = 1U << TLSN_FEATURE_INSECURE_DH_PRIMES; /* sizes only, here */
    r = tlsni_rd_make(params, w.len);
    st = tlsni_kx_dhe.read_params(&s.hs, &r);
    if (st == TLSN_OK) {
        uint8_t out[1024];
        struct tlsni_wr message = tlsni_wr_make(out, sizeof out);

        st = tlsni_kx_dhe.write_exchange(&s.hs, &message);
    } else {
        assert_null(s.hs.kx_block); /* judged before a key is made for it */
    }
    end(&s);
    return st;
}

static void dhe_group_of_the_servers_own_is_judged_by_its_size(void **state)
{
    static const size_t small[] = { 512, 767, 768, 1023, 1024, 2047 };

    (void)state;
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        assert_int_equal(read_custom(small[i], 60), TLSN_ERR_INSUFFICIENT_SECURITY);
    assert_int_equal(read_custom(2048, 200), TLSN_OK);
    REQ("5246:D.4/7");
    REQ("5246:F.1.1.3/3");
    REQ("7919:3.1/1");
    REQ("7919:3.1/2");
    REQ("7919:3.1/3");
}

static void dhe_public_value_longer_than_the_prime_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_custom(2048, 257), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("5246:F.1.1.3/4");
}

/* ---- NewSessionTicket at the client ---- */

static uint8_t state_named(const struct tlsni_flow *flow, const char *name)
{
    uint8_t i = 0;

    while (strcmp(flow->state_names[i], name) != 0)
        i++;
    return i;
}

static void wait_for_ticket(struct side *s)
{
    begin(s, TLSN_CLIENT, 0x001d);
    s->hs.session.env = s->env.hooks;
    s->hs.flow = &tlsni_flow_tls12_client;
    s->hs.state = state_named(s->hs.flow, "wait_ticket");
    s->hs.facts = TLSNI_F_TICKET;
    s->hs.proofs = s->hs.flow->all_proofs;
    tlsni_hash_init(&s->hs.transcript.hash, tlsni_hash_find(TLSNI_HASH_SHA256));
}

static void ticket_empty_counts_as_none(void **state)
{
    static const uint8_t message[] = { 4, 0, 0, 6, 0, 0, 0, 0, 0, 0 };
    struct side s;

    (void)state;
    wait_for_ticket(&s);
    assert_int_equal(tlsni_hs_message(&s.hs, message, sizeof message), TLSN_OK);
    assert_string_equal(tlsni_flow_state_name(s.hs.flow, s.hs.state), "wait_ccs");
    assert_int_equal(tlsni_buf_len(&s.hs.session.ticket), 0);
    end(&s);
    REQ("5077:3.3/7");
    REQ("4507:3.3/7");
}

static void ticket_renewed_replaces_the_old_one_as_it_is(void **state)
{
    static const uint8_t message[] = { 4, 0, 0, 9, 0, 0, 0, 60, 0, 3, 0xff, 0, 0x80 };
    struct side s;

    (void)state;
    wait_for_ticket(&s);
    assert_int_equal(tlsni_buf_append(s.hs.env, &s.hs.session.ticket, "old one", 7), TLSN_OK);
    assert_int_equal(tlsni_hs_message(&s.hs, message, sizeof message), TLSN_OK);
    assert_int_equal(tlsni_buf_len(&s.hs.session.ticket), 3);
    assert_memory_equal(s.hs.session.ticket.data + s.hs.session.ticket.start, "\xff\0\x80", 3);
    assert_int_equal(s.hs.session.lifetime_s, 60);
    end(&s);
    REQ("5077:3.3/9");
    REQ("4507:3.3/9");
    REQ("5077:4/1");
    REQ("4507:4/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdhe_result_is_the_premaster_secret_with_its_leading_zeros),
        cmocka_unit_test(dhe_result_loses_its_leading_zeros),
        cmocka_unit_test(dhe_psk_other_secret_loses_its_leading_zeros),
        cmocka_unit_test(ephemeral_keys_are_wiped_once_used),
        cmocka_unit_test(ephemeral_keys_are_fresh),
        cmocka_unit_test(premaster_is_wiped_once_the_master_secret_is_known),
        cmocka_unit_test(dhe_group_of_the_servers_own_is_judged_by_its_size),
        cmocka_unit_test(dhe_public_value_longer_than_the_prime_is_refused),
        cmocka_unit_test(ticket_empty_counts_as_none),
        cmocka_unit_test(ticket_renewed_replaces_the_old_one_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
