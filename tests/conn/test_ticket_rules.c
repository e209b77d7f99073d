/* What a server asks of a session before it resumes it, by ID and by tickets of every kind alike: RFC 5246 7.4.1.2 and 7.4.1.3,
 * RFC 5077 3, RFC 6066 3, RFC 7301 3.1, RFC 7366 3.1, RFC 7627 5.3, RFC 3749 3.
 *
 * The client offers the session it has. What the server finds under it, in its cache, in the ticket, or from the
 * application, is the same but for one field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conn.h"
#include "handshake/session.h"
#include "session_cache.h"
#include "support_duo.h"

#define GCM "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
#define CBC "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"

enum way { BY_ID, BY_TICKET, BY_HANDLE, BY_MAKER, WAYS };

static const uint8_t secret[32] = { 7 };

typedef void bend_session(struct tlsn_session *s);

struct rule {
    bend_session *bend;
    const char *client_suites, *server_suites;
    enum tlsn_feature off; /* at the client; 0: none */
    tlsn_status status;    /* of the server */
    bool resumed;
};

static void as_it_is(struct tlsn_session *s) { (void)s; }
static void other_name(struct tlsn_session *s) { memcpy(s->server_name, "other.example", 14); }
static void no_name(struct tlsn_session *s) { s->server_name[0] = 0; }
static void other_protocol(struct tlsn_session *s) { memcpy(s->alpn, "h2", s->alpn_len = 2); }
static void other_version(struct tlsn_session *s) { s->version = TLSN_TLS1_1; }
static void suite_gcm_256(struct tlsn_session *s) { s->suite = 0xc02c; }
static void suite_unknown(struct tlsn_session *s) { s->suite = 0x5a5a; }
static void without_ems(struct tlsn_session *s) { s->ems = false; }
static void with_etm(struct tlsn_session *s) { s->etm = true; }
static void compressed(struct tlsn_session *s) { s->compression = 1; }
static void expired(struct tlsn_session *s) { s->lifetime_s = 0; }

/* The application's ticket is a fixed word; what it stands for is planted. */
static uint8_t kept[4096];
static size_t kept_len;

static tlsn_status seal(void *ctx, struct tlsn_span session, uint8_t *ticket, size_t cap, size_t *len,
                        uint32_t *lifetime_s)
{
    (void)ctx, (void)session, (void)cap, (void)lifetime_s;
    memcpy(ticket, "ticket", *len = 6);
    return TLSN_OK;
}

static tlsn_status open_(void *ctx, struct tlsn_span ticket, uint8_t *session, size_t cap, size_t *len,
                         bool *renew)
{
    (void)ctx, (void)ticket, (void)cap, (void)renew;
    memcpy(session, kept, *len = kept_len);
    return TLSN_OK;
}

static void find_kind(tlsn_config *server, enum way way)
{
    const struct tlsn_ticket_maker maker = { seal, open_, NULL, NULL, NULL };

    if (way == BY_MAKER)
        assert_int_equal(tlsn_config_set_ticket_maker(server, &maker), TLSN_OK);
    assert_int_equal(tlsn_config_set_feature(server, TLSN_FEATURE_STATEFUL_TICKETS, way == BY_HANDLE),
                     TLSN_OK);
}

static void find_configs(struct duo *d, const struct rule *r, tlsn_session_cache *cache)
{
    tlsn_config *client = d->config[TLSN_CLIENT], *server = d->config[TLSN_SERVER];

    assert_int_equal(tlsn_config_set_suites(client, r->client_suites), TLSN_OK);
    assert_int_equal(tlsn_config_set_suites(server, r->server_suites), TLSN_OK);
    assert_int_equal(tlsn_config_set_ticket_secret(server, secret), TLSN_OK);
    assert_int_equal(tlsn_config_set_session_cache(server, cache), TLSN_OK);
}

static void put_ticket(struct tlsn_session *s, const struct tlsn_session *planted, const struct duo *d)
{
    struct tlsni_buf bytes = { 0 };

    tlsni_buf_free(&s->env, &s->ticket);
    assert_int_equal(tlsni_ticket_seal(planted, secret, &d->env.hooks, &bytes), TLSN_OK);
    assert_int_equal(tlsni_buf_append(&s->env, &s->ticket, tlsni_buf_data(&bytes),
                                      tlsni_buf_len(&bytes)), TLSN_OK);
    tlsni_buf_free(&d->env.hooks, &bytes);
}

static void put_bytes(const struct tlsn_session *s, struct tlsn_span bytes, enum way way,
                      tlsn_session_cache *cache)
{
    struct tlsn_span ticket = tlsni_span_make(tlsni_buf_data(&s->ticket), tlsni_buf_len(&s->ticket));

    if (way == BY_MAKER)
        memcpy(kept, bytes.data, kept_len = bytes.len);
    else
        assert_int_equal(tlsni_session_cache_store(cache, way == BY_HANDLE ? ticket
                                                       : tlsni_span_make(s->id, s->id_len), bytes,
                                                   INT64_MAX), TLSN_OK);
}

static void plant(struct duo *d, enum way way, struct tlsn_session *s, bend_session *bend,
                  tlsn_session_cache *cache)
{
    struct tlsn_session planted;
    struct tlsni_buf bytes = { 0 };

    assert_int_equal(tlsni_session_copy(&planted, s, &d->env.hooks), TLSN_OK);
    tlsni_buf_free(&d->env.hooks, &planted.ticket);
    bend(&planted);
    if (way == BY_TICKET)
        put_ticket(s, &planted, d);
    assert_int_equal(tlsni_session_write(&planted, &d->env.hooks, &bytes), TLSN_OK);
    if (way != BY_TICKET)
        put_bytes(s, tlsni_span_make(tlsni_buf_data(&bytes), tlsni_buf_len(&bytes)), way, cache);
    tlsni_buf_free(&d->env.hooks, &bytes);
    tlsni_session_clear(&planted);
}

static void check(enum way way, const struct rule *r)
{
    struct duo *d = duo_new();
    tlsn_session_cache *cache;
    struct tlsn_conn_info info;
    tlsn_session *s;

    assert_int_equal(tlsn_session_cache_new(&cache, 10, NULL), TLSN_OK);
    find_configs(d, r, cache);
    find_kind(d->config[TLSN_SERVER], way);
    assert_int_equal(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_TICKETS,
                                             way != BY_ID), TLSN_OK);
    if (r->off)
        assert_int_equal(tlsn_config_set_feature(d->config[TLSN_CLIENT], r->off, false), TLSN_OK);
    duo_shake(d);
    s = duo_session(d);
    assert_int_equal(tlsn_session_has_ticket(s), way != BY_ID);
    plant(d, way, s, r->bend, cache);
    duo_reconnect(d, s);
    assert_int_equal(d->status[TLSN_SERVER], r->status);
    tlsn_conn_get_info(d->conn[TLSN_SERVER], &info);
    if (r->status == TLSN_OK)
        assert_int_equal(info.resumed, !r->resumed ? TLSN_RESUMED_NO
                                       : way == BY_ID ? TLSN_RESUMED_ID : TLSN_RESUMED_TICKET);
    else
        assert_false(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    tlsn_session_free(s);
    duo_free(d);
    tlsn_session_cache_free(cache);
}

static void check_all(const struct rule *rule)
{
    for (enum way way = BY_ID; way < WAYS; way++)
        check(way, rule);
}

#define RULE(name, ...) \
    static void name(void **state) \
    { \
        static const struct rule r = { __VA_ARGS__ }; \
\
        (void)state; \
        check_all(&r); \
    }

RULE(session_as_it_is_is_resumed, as_it_is, GCM, GCM, 0, TLSN_OK, true)
RULE(session_of_another_name_is_not_resumed, other_name, GCM, GCM, 0, TLSN_OK, false)
RULE(session_without_a_name_is_not_resumed_with_one, no_name, GCM, GCM, 0, TLSN_OK, false)
RULE(session_of_another_protocol_is_resumed_and_the_protocol_chosen_anew, other_protocol, GCM, GCM, 0,
     TLSN_OK, true)
RULE(session_of_another_version_is_not_resumed, other_version, CBC, CBC, 0, TLSN_OK, false)
RULE(session_of_a_suite_that_is_not_enabled_is_not_resumed, suite_gcm_256, GCM, GCM, 0, TLSN_OK, false)
RULE(session_of_an_unknown_suite_is_not_resumed, suite_unknown, GCM, GCM, 0, TLSN_OK, false)
RULE(session_of_a_suite_that_is_not_offered_is_refused, suite_gcm_256, GCM,
     GCM ",TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0, TLSN_ERR_ILLEGAL_PARAMETER, false)
RULE(session_without_ems_is_not_resumed_with_it, without_ems, GCM, GCM, 0, TLSN_OK, false)
RULE(session_with_etm_is_not_resumed_without_it, with_etm, CBC, CBC, TLSN_FEATURE_ETM, TLSN_OK, false)
RULE(session_with_compression_that_is_not_enabled_is_not_resumed, compressed, GCM, GCM, 0, TLSN_OK,
     false)
RULE(session_that_is_over_is_not_resumed, expired, GCM, GCM, 0, TLSN_OK, false)

/* The hint of a server that sets no bound is the highest number there is: no negative one. */
static void ticket_lifetime_above_2_31_is_not_negative(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_conn_info info;
    tlsn_session *s;

    (void)state;
    d->config[TLSN_SERVER]->hs.limits.session_seconds = UINT32_MAX;
    duo_shake(d);
    assert_memory_equal(duo_message(d, TLSN_SERVER, 4).data, "\xff\xff\xff\xff", 4);
    s = duo_session(d);
    assert_int_equal(s->lifetime_s, 7200); /* our own bound */
    duo_reconnect(d, s);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_int_equal(info.resumed, TLSN_RESUMED_TICKET);
    tlsn_session_free(s);
    duo_free(d);
}

/* A client that has a pre-shared key offers it for TLS 1.3, and goes on with its session all the same. */
static void session_of_tls12_is_resumed_beside_a_key_for_tls13(void **state)
{
    (void)state;
    for (int tickets = 0; tickets < 2; tickets++) {
        struct duo *d = duo_new();
        struct tlsn_conn_info info;
        tlsn_session *s;

        assert_int_equal(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_2, TLSN_TLS1_3),
                         TLSN_OK);
        assert_int_equal(tlsn_config_add_psk(d->config[TLSN_CLIENT], "joe", 3, secret, sizeof secret),
                         TLSN_OK);
        assert_int_equal(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_TICKETS, tickets),
                         TLSN_OK);
        duo_shake(d);
        assert_non_null(duo_extension(d, TLSN_CLIENT, 41).data);
        s = duo_session(d);
        duo_reconnect(d, s);
        for (int r = 0; r < 2; r++) {
            tlsn_conn_get_info(d->conn[r], &info);
            assert_int_equal(info.resumed, tickets ? TLSN_RESUMED_TICKET : TLSN_RESUMED_ID);
        }
        tlsn_session_free(s);
        duo_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_as_it_is_is_resumed),
        cmocka_unit_test(session_of_another_name_is_not_resumed),
        cmocka_unit_test(session_without_a_name_is_not_resumed_with_one),
        cmocka_unit_test(session_of_another_protocol_is_resumed_and_the_protocol_chosen_anew),
        cmocka_unit_test(session_of_another_version_is_not_resumed),
        cmocka_unit_test(session_of_a_suite_that_is_not_enabled_is_not_resumed),
        cmocka_unit_test(session_of_an_unknown_suite_is_not_resumed),
        cmocka_unit_test(session_of_a_suite_that_is_not_offered_is_refused),
        cmocka_unit_test(session_without_ems_is_not_resumed_with_it),
        cmocka_unit_test(session_with_etm_is_not_resumed_without_it),
        cmocka_unit_test(session_with_compression_that_is_not_enabled_is_not_resumed),
        cmocka_unit_test(session_that_is_over_is_not_resumed),
        cmocka_unit_test(ticket_lifetime_above_2_31_is_not_negative),
        cmocka_unit_test(session_of_tls12_is_resumed_beside_a_key_for_tls13),
    };

    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
