/* cached_info (RFC 7924): what the client still has is left out, both ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "req.h"
#include "support_duo.h"
#include "support_wire.h"

enum { CACHED_INFO = 25, CERTIFICATE = 11, REQUEST = 13, FINGERPRINT = 33 };

struct kept {
    uint8_t bytes[2][4096];
    size_t len[2];
};

static struct duo *begin(bool server, bool asks)
{
    struct duo *d = duo_new();

    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_CACHED_INFO, true));
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_KEEP_BESIDE, true));
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_CACHED_INFO, server));
    if (asks) {
        OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
        OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("ed25519")));
    }
    return d;
}

/* A first connection, and what it leaves behind. */
static void fill(struct duo *d, struct kept *kept)
{
    memset(kept, 0, sizeof *kept);
    duo_shake(d);
    for (size_t i = 0; i < 2; i++) {
        struct tlsn_span m = tlsn_conn_cacheable(d->conn[TLSN_CLIENT], i);

        assert_true(m.len <= sizeof kept->bytes[i]);
        if (m.len)
            memcpy(kept->bytes[i], m.data, m.len);
        kept->len[i] = m.len;
    }
    assert_int_equal(tlsn_conn_cacheable(d->conn[TLSN_CLIENT], 2).len, 0);
}

static void offer(struct duo *d, const struct kept *kept)
{
    duo_connect(d);
    for (size_t i = 0; i < 2; i++)
        if (kept->len[i])
            OK(tlsn_conn_add_cached(d->conn[TLSN_CLIENT], kept->bytes[i], kept->len[i]));
}

static void assert_complete(struct duo *d)
{
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    assert_true(tlsn_handshake_done(d->conn[TLSN_SERVER]));
}

static void cacheable_is_what_went_over_the_wire(void **state)
{
    struct duo *d = begin(true, true);
    struct kept kept;
    struct tlsn_span body;

    (void)state;
    fill(d, &kept);
    for (size_t i = 0; i < 2; i++) {
        body = duo_message(d, TLSN_SERVER, i ? REQUEST : CERTIFICATE);
        assert_int_equal(kept.len[i], 4 + body.len);
        assert_memory_equal(kept.bytes[i] + 4, body.data, body.len);
    }
    assert_null(duo_extension(d, TLSN_CLIENT, CACHED_INFO).data);
    duo_free(d);
}

static void cached_certificate_and_request_are_left_out(void **state)
{
    struct duo *d = begin(true, true);
    struct tlsn_conn_info info;
    struct kept kept;

    (void)state;
    fill(d, &kept);
    offer(d, &kept);
    assert_complete(d);
    assert_int_equal(duo_extension(d, TLSN_CLIENT, CACHED_INFO).len, 2 + 2 * (1 + FINGERPRINT));
    assert_non_null(duo_extension(d, TLSN_CLIENT, 0).data);
    assert_int_equal(duo_extension(d, TLSN_SERVER, CACHED_INFO).len, 4);
    assert_int_equal(duo_message(d, TLSN_SERVER, CERTIFICATE).len, FINGERPRINT);
    assert_int_equal(duo_message(d, TLSN_SERVER, REQUEST).len, FINGERPRINT);
    /* both sides know each other as ever, and the client keeps the same again */
    tlsn_conn_get_info(d->conn[TLSN_SERVER], &info);
    assert_true(info.client_authenticated);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_true(info.verified);
    assert_true(tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], 0).len > 0);
    for (size_t i = 0; i < 2; i++) {
        struct tlsn_span m = tlsn_conn_cacheable(d->conn[TLSN_CLIENT], i);

        assert_int_equal(m.len, kept.len[i]);
        assert_memory_equal(m.data, kept.bytes[i], m.len);
    }
    duo_free(d);
    REQ("7924:4/3");
    REQ("7924:4/7");
    REQ("7924:4.2/1");
}

static void cached_info_is_off_by_default(void **state)
{
    struct duo *d = begin(false, true);
    struct kept kept;

    (void)state;
    fill(d, &kept);
    offer(d, &kept);
    assert_complete(d);
    assert_null(duo_extension(d, TLSN_SERVER, CACHED_INFO).data);
    assert_int_equal(duo_message(d, TLSN_SERVER, CERTIFICATE).len, kept.len[0] - 4);
    duo_free(d);
    d = duo_new();
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_KEEP_BESIDE, true));
    duo_shake(d);
    assert_null(duo_extension(d, TLSN_CLIENT, CACHED_INFO).data);
    assert_int_equal(tlsn_conn_cacheable(d->conn[TLSN_CLIENT], 0).len, 0);
    duo_free(d);
    REQ("7924:4.1/1");
}

/* The certificate changed, the request did not. */
static void cached_certificate_that_is_stale_comes_in_full(void **state)
{
    struct duo *d = begin(true, true);
    struct kept kept;
    struct tlsn_span answer;

    (void)state;
    fill(d, &kept);
    kept.bytes[0][kept.len[0] - 1] ^= 1;
    offer(d, &kept);
    assert_complete(d);
    answer = duo_extension(d, TLSN_SERVER, CACHED_INFO);
    assert_int_equal(answer.len, 3);
    assert_memory_equal(answer.data, "\0\1\2", 3);
    assert_int_equal(duo_message(d, TLSN_SERVER, CERTIFICATE).len, kept.len[0] - 4);
    assert_int_equal(duo_message(d, TLSN_SERVER, REQUEST).len, FINGERPRINT);
    duo_free(d);
    REQ("7924:4/5");
    REQ("7924:4/6");
}

/* Several of one kind: the one that fits is found. */
static void cached_certificates_of_several_times_are_all_offered(void **state)
{
    struct duo *d = begin(true, false);
    struct kept kept;

    (void)state;
    fill(d, &kept);
    memcpy(kept.bytes[1], kept.bytes[0], kept.len[0]);
    kept.len[1] = kept.len[0];
    kept.bytes[0][kept.len[0] - 1] ^= 1;
    offer(d, &kept);
    assert_complete(d);
    assert_int_equal(duo_message(d, TLSN_SERVER, CERTIFICATE).len, FINGERPRINT);
    duo_free(d);
    REQ("7924:3/2");
}

/* Who has no request in mind sends none, whatever is cached. */
static void cached_request_calls_for_none(void **state)
{
    struct duo *d = begin(true, true);
    struct kept kept;

    (void)state;
    fill(d, &kept);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_CACHED_INFO, true));
    kept.len[0] = 0;
    offer(d, &kept);
    assert_complete(d);
    assert_null(duo_extension(d, TLSN_SERVER, CACHED_INFO).data);
    assert_null(duo_message(d, TLSN_SERVER, REQUEST).data);
    duo_free(d);
}

static void other_fingerprint(uint8_t *body, size_t *len)
{
    assert_int_equal(*len, FINGERPRINT);
    body[1] ^= 1;
}

static void fingerprint_that_was_not_offered_is_refused(void **state)
{
    struct duo *d = begin(true, false);
    struct kept kept;

    (void)state;
    fill(d, &kept);
    offer(d, &kept);
    duo_change_message(d, TLSN_SERVER, CERTIFICATE, other_fingerprint);
    duo_run(d);
    assert_int_equal(d->changed, 1);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsn_conn_cacheable(d->conn[TLSN_CLIENT], 0).len, 0);
    duo_free(d);
    REQ("7924:4.1/4");
}

/* Somebody in between offers what the client does not have: both ends hear of it at Finished at the
 * latest, since the fingerprints are in it. */
static size_t swap_fingerprint(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    static const uint8_t head[] = { 0, CACHED_INFO, 0, 36, 0, 34, 1, 32 };

    (void)d;
    if (from != TLSN_CLIENT || r[0] != 22 || r[5] != 1)
        return len;
    for (size_t i = 0; i + sizeof head < len; i++)
        if (memcmp(r + i, head, sizeof head) == 0)
            r[i + sizeof head] ^= 1;
    return len;
}

static void fingerprints_are_part_of_finished(void **state)
{
    struct duo *d = begin(true, false);
    struct kept kept;

    (void)state;
    for (int i = 0; i < 2; i++) /* keys bound to the messages would differ before Finished does */
        OK(tlsn_config_set_feature(d->config[i], TLSN_FEATURE_EMS, false));
    fill(d, &kept);
    offer(d, &kept);
    d->bend = swap_fingerprint;
    duo_run(d);
    assert_int_equal(duo_message(d, TLSN_SERVER, CERTIFICATE).len, kept.len[0] - 4);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_DECRYPT_ERROR);
    duo_free(d);
    REQ("7924:7/1");
}

/* What a server without a verdict showed is not for keeping. */
static void unverified_servers_leave_nothing_to_cache(void **state)
{
    struct duo *d = begin(true, false);

    (void)state;
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_SUSPEND));
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_NEED_VERDICT);
    assert_true(tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], 0).len > 0);
    assert_int_equal(tlsn_conn_cacheable(d->conn[TLSN_CLIENT], 0).len, 0);
    OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_OK));
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    assert_true(tlsn_conn_cacheable(d->conn[TLSN_CLIENT], 0).len > 0);
    duo_free(d);
    d = begin(true, false);
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
    duo_shake(d);
    assert_int_equal(tlsn_conn_cacheable(d->conn[TLSN_CLIENT], 0).len, 0);
    duo_free(d);
    REQ("7924:7/2");
}

static void resumption_has_nothing_to_leave_out(void **state)
{
    struct duo *d = begin(true, false);
    struct kept kept;
    tlsn_session *s;

    (void)state;
    fill(d, &kept);
    s = duo_session(d);
    offer(d, &kept);
    OK(tlsn_conn_set_session(d->conn[TLSN_CLIENT], s));
    assert_complete(d);
    assert_non_null(duo_extension(d, TLSN_CLIENT, CACHED_INFO).data);
    assert_null(duo_extension(d, TLSN_SERVER, CACHED_INFO).data);
    tlsn_session_free(s);
    duo_free(d);
}

static void accept_chain(struct duo *d)
{
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_NEED_VERDICT);
    OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], TLSN_OK));
    assert_complete(d);
}

static void raw_keys_are_left_out_too(void **state)
{
    static const uint8_t raw[] = { TLSN_CERT_RAW_KEY };
    struct duo *d = begin(true, false);
    struct tlsn_span m, key;
    struct kept kept = { .len = { 0 } };

    (void)state;
    OK(tlsn_config_set_own_cert_types(d->config[TLSN_SERVER], raw, 1));
    OK(tlsn_config_set_peer_cert_types(d->config[TLSN_CLIENT], raw, 1));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_SUSPEND));
    duo_connect(d);
    accept_chain(d);
    m = tlsn_conn_cacheable(d->conn[TLSN_CLIENT], 0);
    assert_int_equal(m.data[7], 0x30);
    memcpy(kept.bytes[0], m.data, kept.len[0] = m.len);
    offer(d, &kept);
    accept_chain(d);
    assert_int_equal(duo_message(d, TLSN_SERVER, CERTIFICATE).len, FINGERPRINT);
    key = tlsn_conn_peer_key(d->conn[TLSN_CLIENT]);
    assert_int_equal(key.len, kept.len[0] - 7);
    assert_memory_equal(key.data, kept.bytes[0] + 7, key.len);
    duo_free(d);
    REQ("7924:4.1/3");
}

static void add_cached_takes_whole_messages_of_its_kinds(void **state)
{
    static const uint8_t good[] = { 11, 0, 0, 3, 0, 0, 0 }, other[] = { 12, 0, 0, 0 };
    struct duo *d = duo_new();
    tlsn_conn *client;

    (void)state;
    duo_connect(d);
    client = d->conn[TLSN_CLIENT];
    assert_int_equal(tlsn_conn_add_cached(client, good, 6), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_conn_add_cached(client, good, 0), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_conn_add_cached(client, NULL, 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_conn_add_cached(client, other, 4), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_conn_add_cached(d->conn[TLSN_SERVER], good, 7), TLSN_ERR_MISUSE);
    for (int i = 0; i < 16; i++)
        OK(tlsn_conn_add_cached(client, good, 7));
    assert_int_equal(tlsn_conn_add_cached(client, good, 7), TLSN_ERR_ARGUMENT);
    duo_run(d);
    assert_true(tlsn_handshake_done(client));
    assert_int_equal(tlsn_conn_add_cached(client, good, 7), TLSN_ERR_MISUSE);
    duo_free(d);
}

static void cached_info_survives_small_steps(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");
    struct tlsn_span m;
    uint8_t kept[4096];
    size_t len;

    (void)state;
    OK(tlsn_config_set_feature(w->end[TLSN_CLIENT].config, TLSN_FEATURE_CACHED_INFO, true));
    OK(tlsn_config_set_feature(w->end[TLSN_CLIENT].config, TLSN_FEATURE_KEEP_BESIDE, true));
    OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_CACHED_INFO, true));
    w->step = w->cap = 1;
    wire_shake(w);
    m = tlsn_conn_cacheable(w->end[TLSN_CLIENT].conn, 0);
    len = m.len;
    assert_true(len > 0 && len <= sizeof kept);
    memcpy(kept, m.data, len);
    wire_open(w);
    OK(tlsn_conn_add_cached(w->end[TLSN_CLIENT].conn, kept, len));
    wire_run(w);
    assert_true(wire_done(w));
    m = tlsn_conn_cacheable(w->end[TLSN_CLIENT].conn, 0);
    assert_int_equal(m.len, len);
    wire_free(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(cacheable_is_what_went_over_the_wire),
        cmocka_unit_test(cached_certificate_and_request_are_left_out),
        cmocka_unit_test(cached_info_is_off_by_default),
        cmocka_unit_test(cached_certificate_that_is_stale_comes_in_full),
        cmocka_unit_test(cached_certificates_of_several_times_are_all_offered),
        cmocka_unit_test(cached_request_calls_for_none),
        cmocka_unit_test(fingerprint_that_was_not_offered_is_refused),
        cmocka_unit_test(fingerprints_are_part_of_finished),
        cmocka_unit_test(unverified_servers_leave_nothing_to_cache),
        cmocka_unit_test(resumption_has_nothing_to_leave_out),
        cmocka_unit_test(raw_keys_are_left_out_too),
        cmocka_unit_test(add_cached_takes_whole_messages_of_its_kinds),
        cmocka_unit_test(cached_info_survives_small_steps),
    };
    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
