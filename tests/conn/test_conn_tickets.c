/* Tickets that are handles of sessions in the server's cache, and tickets that the application makes. RFC 5077
 * 3.3, RFC 5246 7.2.2. What a session must fulfil to be resumed is the same for all kinds: test_ticket_rules.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handshake/session.h"
#include "req.h"
#include "session_cache.h"
#include "support_duo.h"

#define OK(call) assert_int_equal((call), TLSN_OK)

enum { HANDLE_LEN = 32, NEW_SESSION_TICKET = 4, CCS = 20, HOUR_MS = 3600 * 1000, LIFE_S = 7200 };

static void set(struct duo *d, enum tlsn_feature feature, bool on)
{
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], feature, on));
}

static enum tlsn_resumed resumed(const struct duo *d)
{
    struct tlsn_conn_info info;

    assert_true(tlsn_handshake_done(d->conn[0]) && tlsn_handshake_done(d->conn[1]));
    tlsn_conn_get_info(d->conn[TLSN_SERVER], &info);
    return info.resumed;
}

static struct tlsn_span ticket_of(const tlsn_session *s)
{
    return tlsni_span_make(tlsni_buf_data(&s->ticket), tlsni_buf_len(&s->ticket));
}

/* The session of a new connection; it replaces the other one. */
static enum tlsn_resumed again(struct duo *d, tlsn_session **s)
{
    tlsn_session *next;
    enum tlsn_resumed how;

    duo_reconnect(d, *s);
    how = resumed(d);
    next = duo_session(d);
    tlsn_session_free(*s);
    *s = next;
    return how;
}

static size_t lose_clients_ccs(struct duo *d, enum tlsn_role from, uint8_t *record, size_t len)
{
    (void)d;
    return from == TLSN_CLIENT && record[0] == CCS ? 0 : len;
}

/* A client that shows the session's ticket and does not go on to its Finished. */
static void show_only(struct duo *d, const tlsn_session *s)
{
    d->bend = lose_clients_ccs;
    duo_reconnect(d, s);
    d->bend = NULL;
    assert_false(tlsn_handshake_done(d->conn[TLSN_SERVER]));
}

/* The server's connection dies of a record that does not open. */
static void fail_server(struct duo *d)
{
    static const uint8_t record[] = { 23, 3, 3, 0, 32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
                                      18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 };

    duo_inject(d, TLSN_CLIENT, record, sizeof record);
    duo_run(d);
    assert_non_null(tlsn_conn_error(d->conn[TLSN_SERVER]));
}

/* ---- handles ---- */

static struct duo *stateful(tlsn_session_cache **cache, size_t entries)
{
    struct duo *d = duo_new();

    OK(tlsn_session_cache_new(cache, entries, NULL));
    OK(tlsn_config_set_session_cache(d->config[TLSN_SERVER], *cache));
    set(d, TLSN_FEATURE_STATEFUL_TICKETS, true);
    return d;
}

static void done(struct duo *d, tlsn_session *s, tlsn_session_cache *cache)
{
    tlsn_session_free(s);
    duo_free(d);
    tlsn_session_cache_free(cache);
}

static void stateful_ticket_is_a_handle_that_resumes_again_and_again(void **state)
{
    tlsn_session_cache *cache;
    struct duo *d = stateful(&cache, 4);
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    assert_int_equal(ticket_of(s).len, HANDLE_LEN);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
        assert_null(duo_message(d, TLSN_SERVER, NEW_SESSION_TICKET).data);
        assert_int_equal(tlsn_session_cache_count(cache), 1);
    }
    done(d, s, cache);
}

static void stateful_ticket_that_is_unknown_means_a_full_handshake(void **state)
{
    tlsn_session_cache *cache;
    struct duo *d = stateful(&cache, 4);
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    s->ticket.data[0] ^= 1;
    assert_int_equal(again(d, &s), TLSN_RESUMED_NO);
    s->ticket.end--;
    assert_int_equal(again(d, &s), TLSN_RESUMED_NO);
    OK(tlsni_buf_append(&s->env, &s->ticket, "x", 1));
    assert_int_equal(again(d, &s), TLSN_RESUMED_NO);
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    done(d, s, cache);
}

static void stateful_tickets_are_as_many_as_the_cache_holds(void **state)
{
    tlsn_session_cache *cache;
    struct duo *d = stateful(&cache, 2);
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    for (int i = 0; i < 3; i++) {
        duo_connect(d);
        duo_run(d);
        assert_int_equal(resumed(d), TLSN_RESUMED_NO);
    }
    assert_int_equal(tlsn_session_cache_count(cache), 2);
    assert_int_equal(again(d, &s), TLSN_RESUMED_NO);
    done(d, s, cache);
}

static void stateful_ticket_counts_from_the_clients_finished_on(void **state)
{
    tlsn_session_cache *cache;
    struct duo *d = stateful(&cache, 4);
    tlsn_session *s, *old;
    uint8_t bytes[2048];
    size_t len;

    (void)state;
    set(d, TLSN_FEATURE_RENEW_TICKETS, true);
    d->bend = lose_clients_ccs;
    duo_connect(d);
    duo_run(d);
    d->bend = NULL;
    assert_int_equal(tlsn_session_cache_count(cache), 0);
    duo_shake(d);
    s = duo_session(d);
    OK(tlsn_session_write(s, bytes, sizeof bytes, &len));
    OK(tlsn_session_read(&old, bytes, len, NULL));
    /* whoever has seen the ticket gets nothing by it, and takes nothing from its owner */
    for (int i = 0; i < 5; i++) {
        show_only(d, s);
        assert_non_null(duo_message(d, TLSN_SERVER, NEW_SESSION_TICKET).data);
        assert_int_equal(tlsn_session_cache_count(cache), 1);
    }
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    assert_int_equal(tlsn_session_cache_count(cache), 1);
    assert_false(tlsni_span_eq(ticket_of(s), ticket_of(old)));
    /* now the new one counts, and the old one does not */
    assert_int_equal(again(d, &old), TLSN_RESUMED_NO);
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    tlsn_session_free(old);
    done(d, s, cache);
    REQ("5077:3.3/10");
    REQ("4507:3.3/10");
}

static void stateful_ticket_of_a_failed_connection_is_forgotten(void **state)
{
    tlsn_session_cache *cache;
    struct duo *d = stateful(&cache, 4);
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    fail_server(d);
    assert_int_equal(tlsn_session_cache_count(cache), 0);
    assert_int_equal(again(d, &s), TLSN_RESUMED_NO);
    fail_server(d);
    assert_int_equal(tlsn_session_cache_count(cache), 0);
    done(d, s, cache);
    REQ("5246:7.2.2/3");
}

/* In TLS 1.3 there are several (RFC 8446 6). */
static void stateful_tickets_of_a_failed_connection_are_all_forgotten(void **state)
{
    tlsn_session_cache *cache;
    struct duo *d = stateful(&cache, 8);
    tlsn_session *s;

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(d->config[r], TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_tickets(d->config[TLSN_SERVER], 3));
    duo_shake(d);
    s = duo_session(d);
    assert_int_equal(tlsn_session_cache_count(cache), 3);
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    assert_int_equal(tlsn_session_cache_count(cache), 2 + 3);
    fail_server(d);
    assert_int_equal(tlsn_session_cache_count(cache), 2); /* of the connection before */
    assert_int_equal(again(d, &s), TLSN_RESUMED_NO);
    fail_server(d);
    assert_int_equal(tlsn_session_cache_count(cache), 2);
    done(d, s, cache);
    REQ("8446:6/7");
}

static void stateful_ticket_is_renewed_past_half_of_its_life_and_no_younger(void **state)
{
    tlsn_session_cache *cache;
    struct duo *d = stateful(&cache, 4);
    struct tlsni_rd message;
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    d->env.now_ms += HOUR_MS - 1;
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    assert_null(duo_message(d, TLSN_SERVER, NEW_SESSION_TICKET).data);
    d->env.now_ms += 1;
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    message = tlsni_rd_span(duo_message(d, TLSN_SERVER, NEW_SESSION_TICKET));
    assert_int_equal(tlsni_rd_u32(&message), LIFE_S / 2);
    assert_int_equal(tlsn_session_cache_count(cache), 1);
    d->env.now_ms += HOUR_MS;
    assert_int_equal(again(d, &s), TLSN_RESUMED_NO);
    done(d, s, cache);
}

static void stateful_tickets_need_no_session_ids(void **state)
{
    tlsn_session_cache *cache;
    struct duo *d = stateful(&cache, 4);
    tlsn_session *s;

    (void)state;
    set(d, TLSN_FEATURE_SESSION_IDS, false);
    duo_shake(d);
    s = duo_session(d);
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    done(d, s, cache);
}

/* ---- a question ---- */

static void question_for_a_handle_names_it_and_its_answer_resumes(void **state)
{
    tlsn_session_cache *cache;
    struct duo *d = stateful(&cache, 4);
    struct tlsni_buf kept = { 0 };
    tlsn_session *s;

    (void)state;
    OK(tlsn_config_set_session_suspend(d->config[TLSN_SERVER], true));
    duo_shake(d);
    s = duo_session(d);
    OK(tlsni_session_cache_lookup(cache, ticket_of(s), 0, NULL, &kept));
    tlsni_session_cache_remove(cache, ticket_of(s));
    for (int answer = 0; answer < 2; answer++) {
        duo_connect(d);
        OK(tlsn_conn_set_session(d->conn[TLSN_CLIENT], s));
        assert_int_equal(tlsn_session_wanted_by(d->conn[TLSN_SERVER]), TLSN_RESUMED_NO);
        duo_run(d);
        assert_int_equal(d->status[TLSN_SERVER], TLSN_NEED_SESSION);
        assert_int_equal(tlsn_session_wanted_by(d->conn[TLSN_SERVER]), TLSN_RESUMED_TICKET);
        assert_true(tlsni_span_eq(tlsn_session_wanted(d->conn[TLSN_SERVER]), ticket_of(s)));
        OK(tlsn_session_answer(d->conn[TLSN_SERVER], kept.data, answer ? tlsni_buf_len(&kept) : 0));
        duo_run(d);
        assert_int_equal(resumed(d), answer ? TLSN_RESUMED_TICKET : TLSN_RESUMED_NO);
    }
    tlsni_buf_free(NULL, &kept);
    done(d, s, cache);
}

/* ---- the application's ---- */

enum { KEPT = 8, TICKET_LEN = 6 };

struct maker {
    struct tlsn_ticket_maker functions;
    struct {
        uint8_t session[4096];
        size_t len;
    } kept[KEPT];
    unsigned seals, opens, arrivals, drops;
    char arrived[TICKET_LEN + 1], replaced[TICKET_LEN + 1], dropped[TICKET_LEN + 1];
    bool renew, consume, declines;
    tlsn_status seal_status;
    size_t seal_wants, open_wants; /* room, at least */
    uint32_t lifetime_s;           /* UINT32_MAX: as it is */
    uint32_t rest_s;               /* as it was */
};

/* Tickets are "tick-0", "tick-1" ... */
static tlsn_status seal(void *ctx, struct tlsn_span session, uint8_t *ticket, size_t cap, size_t *len,
                        uint32_t *lifetime_s)
{
    struct maker *m = ctx;

    m->rest_s = *lifetime_s;
    if (m->lifetime_s != UINT32_MAX)
        *lifetime_s = m->lifetime_s;
    if (m->seal_status != TLSN_OK)
        return m->seal_status;
    if (cap < m->seal_wants) {
        *len = m->seal_wants;
        return TLSN_ERR_BUFFER;
    }
    if (m->declines)
        return TLSN_OK;
    assert_true(m->seals < KEPT && session.len <= sizeof m->kept[0].session && cap >= TICKET_LEN);
    memcpy(m->kept[m->seals].session, session.data, session.len);
    m->kept[m->seals].len = session.len;
    memcpy(ticket, "tick-", 5);
    ticket[5] = (uint8_t)('0' + m->seals++);
    *len = TICKET_LEN;
    return TLSN_OK;
}

static tlsn_status open_(void *ctx, struct tlsn_span ticket, uint8_t *session, size_t cap, size_t *len,
                         bool *renew)
{
    struct maker *m = ctx;
    size_t i = ticket.len == TICKET_LEN ? (size_t)(ticket.data[5] - '0') : KEPT;

    m->opens++;
    assert_false(*renew);
    if (i >= KEPT || !m->kept[i].len)
        return TLSN_ERR_NOT_FOUND;
    *len = m->kept[i].len > m->open_wants ? m->kept[i].len : m->open_wants;
    if (cap < *len)
        return TLSN_ERR_BUFFER;
    *len = m->kept[i].len;
    memcpy(session, m->kept[i].session, *len);
    *renew = m->renew;
    if (m->consume)
        m->kept[i].len = 0;
    return TLSN_OK;
}

static void note(char out[TICKET_LEN + 1], struct tlsn_span ticket)
{
    assert_true(ticket.len == 0 || ticket.len == TICKET_LEN);
    memset(out, 0, TICKET_LEN + 1);
    if (ticket.len)
        memcpy(out, ticket.data, ticket.len);
}

static void arrived(void *ctx, struct tlsn_span ticket, struct tlsn_span replaced)
{
    struct maker *m = ctx;

    m->arrivals++;
    note(m->arrived, ticket);
    note(m->replaced, replaced);
}

static void drop(void *ctx, struct tlsn_span ticket)
{
    struct maker *m = ctx;

    m->drops++;
    note(m->dropped, ticket);
}

static struct duo *with_maker(struct maker *m)
{
    struct duo *d = duo_new();

    memset(m, 0, sizeof *m);
    m->functions = (struct tlsn_ticket_maker){ seal, open_, arrived, drop, m };
    m->lifetime_s = UINT32_MAX;
    OK(tlsn_config_set_ticket_maker(d->config[TLSN_SERVER], &m->functions));
    return d;
}

static void made_ticket_is_opened_again(void **state)
{
    static struct maker m;
    struct duo *d = with_maker(&m);
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    assert_memory_equal(ticket_of(s).data, "tick-0", TICKET_LEN);
    assert_int_equal(m.rest_s, LIFE_S);
    assert_string_equal(m.arrived, "tick-0");
    assert_string_equal(m.replaced, "");
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    assert_int_equal(m.seals, 1);
    assert_int_equal(m.opens, 3);
    assert_int_equal(m.arrivals, 1);
    assert_int_equal(m.drops, 0);
    tlsn_session_free(s);
    duo_free(d);
}

static void made_ticket_has_arrived_with_the_clients_finished(void **state)
{
    static struct maker m;
    struct duo *d = with_maker(&m);
    tlsn_session *s;

    (void)state;
    m.renew = true;
    duo_shake(d);
    s = duo_session(d);
    show_only(d, s);
    assert_int_equal(m.seals, 2);
    assert_int_equal(m.arrivals, 1);
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    assert_memory_equal(ticket_of(s).data, "tick-2", TICKET_LEN);
    assert_int_equal(m.arrivals, 2);
    assert_string_equal(m.arrived, "tick-2");
    assert_string_equal(m.replaced, "tick-0");
    tlsn_session_free(s);
    duo_free(d);
    REQ("5077:3.3/10");
    REQ("4507:3.3/10");
}

static void made_ticket_may_be_good_for_one_time(void **state)
{
    static struct maker m;
    struct duo *d = with_maker(&m);
    tlsn_session *s, *first;

    (void)state;
    m.renew = m.consume = true;
    duo_shake(d);
    s = duo_session(d);
    first = duo_session(d);
    for (int i = 0; i < 3; i++)
        assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    assert_memory_equal(ticket_of(s).data, "tick-3", TICKET_LEN);
    assert_int_equal(again(d, &first), TLSN_RESUMED_NO);
    tlsn_session_free(first);
    tlsn_session_free(s);
    duo_free(d);
}

static void made_ticket_of_a_failed_connection_is_dropped(void **state)
{
    static struct maker m;
    struct duo *d = with_maker(&m);
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    fail_server(d);
    assert_int_equal(m.drops, 1);
    assert_string_equal(m.dropped, "tick-0");
    m.renew = true;
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    fail_server(d);
    assert_int_equal(m.drops, 2);
    assert_string_equal(m.dropped, "tick-1");
    tlsn_session_free(s);
    duo_free(d);
}

static void made_tickets_lifetime_is_lowered_and_never_raised(void **state)
{
    static const struct {
        uint32_t wish, told;
    } t[] = { { 0, 0 }, { 60, 60 }, { LIFE_S + 1, LIFE_S } };
    static struct maker m;
    struct duo *d = with_maker(&m);

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct tlsni_rd message;

        m.lifetime_s = t[i].wish;
        duo_shake(d);
        message = tlsni_rd_span(duo_message(d, TLSN_SERVER, NEW_SESSION_TICKET));
        assert_int_equal(tlsni_rd_u32(&message), t[i].told);
    }
    duo_free(d);
}

static void made_ticket_may_be_none(void **state)
{
    static struct maker m;
    struct duo *d = with_maker(&m);
    struct tlsn_span message;

    (void)state;
    m.declines = true;
    duo_shake(d);
    message = duo_message(d, TLSN_SERVER, NEW_SESSION_TICKET);
    assert_int_equal(message.len, 6);
    assert_int_equal(m.arrivals, 0);
    fail_server(d);
    assert_int_equal(m.drops, 0);
    duo_free(d);
}

static void maker_that_wants_room_gets_it(void **state)
{
    static struct maker m;
    struct duo *d = with_maker(&m);
    tlsn_session *s;

    (void)state;
    m.seal_wants = 60000;
    m.open_wants = 5000;
    duo_shake(d);
    s = duo_session(d);
    assert_int_equal(again(d, &s), TLSN_RESUMED_TICKET);
    assert_int_equal(m.opens, 2);
    m.open_wants = SIZE_MAX;
    assert_int_equal(again(d, &s), TLSN_RESUMED_NO);
    tlsn_session_free(s);
    duo_free(d);
}

static void maker_that_fails_ends_the_handshake(void **state)
{
    static const struct {
        tlsn_status says, gives;
        size_t wants;
    } t[] = { { TLSN_ERR_KEY_OP, TLSN_ERR_KEY_OP, 0 },
              { TLSN_NEED_INPUT, TLSN_ERR_INTERNAL, 0 },
              { TLSN_OK, TLSN_ERR_BUFFER, 65536 } };
    static struct maker m;
    struct duo *d = with_maker(&m);

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        m.seal_status = t[i].says;
        m.seal_wants = t[i].wants;
        duo_connect(d);
        duo_run(d);
        assert_int_equal(d->status[TLSN_SERVER], t[i].gives);
        assert_false(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
        assert_int_equal(m.arrivals, 0);
    }
    duo_free(d);
}

static void maker_that_opens_to_foreign_bytes_means_a_full_handshake(void **state)
{
    static struct maker m;
    struct duo *d = with_maker(&m);
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    m.kept[0].session[60] ^= 1;
    assert_int_equal(again(d, &s), TLSN_RESUMED_NO);
    tlsn_session_free(s);
    duo_free(d);
}

static tlsn_status found_by_callback(void *ctx, tlsn_conn *conn, struct tlsn_span id,
                                     struct tlsn_span *session)
{
    struct maker *m = ctx;

    assert_int_equal(tlsn_session_wanted_by(conn), TLSN_RESUMED_TICKET);
    assert_int_equal(id.len, TICKET_LEN);
    m->opens++;
    *session = tlsni_span_make(m->kept[0].session, m->kept[0].len);
    return TLSN_OK;
}

static void maker_without_open_asks(void **state)
{
    static struct maker m;

    (void)state;
    for (int by_callback = 0; by_callback < 2; by_callback++) {
        struct duo *d = with_maker(&m);
        struct tlsn_callbacks callbacks = { .session = found_by_callback, .ctx = &m };
        tlsn_session *s;

        m.functions.open = NULL;
        OK(tlsn_config_set_ticket_maker(d->config[TLSN_SERVER], &m.functions));
        OK(tlsn_config_set_session_suspend(d->config[TLSN_SERVER], !by_callback));
        if (by_callback)
            OK(tlsn_config_set_callbacks(d->config[TLSN_SERVER], &callbacks));
        duo_shake(d);
        s = duo_session(d);
        duo_reconnect(d, s);
        if (!by_callback) {
            assert_int_equal(d->status[TLSN_SERVER], TLSN_NEED_SESSION);
            assert_true(tlsni_span_eq(tlsn_session_wanted(d->conn[TLSN_SERVER]), ticket_of(s)));
            OK(tlsn_session_answer(d->conn[TLSN_SERVER], m.kept[0].session, m.kept[0].len));
            duo_run(d);
        }
        assert_int_equal(resumed(d), TLSN_RESUMED_TICKET);
        assert_int_equal(m.opens, by_callback);
        tlsn_session_free(s);
        duo_free(d);
    }
}

static void maker_is_checked_with_the_configuration(void **state)
{
    static struct maker m;
    struct duo *d = with_maker(&m);
    tlsn_config *c = d->config[TLSN_SERVER];

    (void)state;
    set(d, TLSN_FEATURE_STATEFUL_TICKETS, true);
    assert_int_equal(tlsn_config_freeze(c), TLSN_ERR_ARGUMENT);
    m.functions.seal = NULL;
    assert_int_equal(tlsn_config_set_ticket_maker(c, &m.functions), TLSN_ERR_ARGUMENT);
    OK(tlsn_config_set_ticket_maker(c, NULL));
    OK(tlsn_config_freeze(c));
    assert_int_equal(tlsn_config_set_ticket_maker(c, NULL), TLSN_ERR_FROZEN);
    duo_free(d);
}

/* ---- memory ---- */

static void no_memory_for_a_ticket_is_a_clean_error(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        static struct maker m;
        tlsn_session_cache *cache = NULL;
        struct duo *d = kind ? with_maker(&m) : stateful(&cache, 4);
        bool failed = true;

        m.renew = true;
        if (!kind)
            set(d, TLSN_FEATURE_RENEW_TICKETS, true);
        for (size_t n = 1; failed; n++) {
            tlsn_session *s;

            assert_true(n < 1000);
            m.seals = 0;
            duo_shake(d);
            s = duo_session(d);
            duo_connect(d);
            OK(tlsn_conn_set_session(d->conn[TLSN_CLIENT], s));
            tlsn_session_free(s);
            d->env.fail_at = d->env.allocs + n;
            duo_run(d);
            d->env.fail_at = 0;
            failed = tlsn_conn_error(d->conn[0]) || tlsn_conn_error(d->conn[1]);
        }
        assert_int_equal(resumed(d), TLSN_RESUMED_TICKET);
        done(d, NULL, cache);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stateful_ticket_is_a_handle_that_resumes_again_and_again),
        cmocka_unit_test(stateful_ticket_that_is_unknown_means_a_full_handshake),
        cmocka_unit_test(stateful_tickets_are_as_many_as_the_cache_holds),
        cmocka_unit_test(stateful_ticket_counts_from_the_clients_finished_on),
        cmocka_unit_test(stateful_ticket_of_a_failed_connection_is_forgotten),
        cmocka_unit_test(stateful_tickets_of_a_failed_connection_are_all_forgotten),
        cmocka_unit_test(stateful_ticket_is_renewed_past_half_of_its_life_and_no_younger),
        cmocka_unit_test(stateful_tickets_need_no_session_ids),
        cmocka_unit_test(question_for_a_handle_names_it_and_its_answer_resumes),
        cmocka_unit_test(made_ticket_is_opened_again),
        cmocka_unit_test(made_ticket_has_arrived_with_the_clients_finished),
        cmocka_unit_test(made_ticket_may_be_good_for_one_time),
        cmocka_unit_test(made_ticket_of_a_failed_connection_is_dropped),
        cmocka_unit_test(made_tickets_lifetime_is_lowered_and_never_raised),
        cmocka_unit_test(made_ticket_may_be_none),
        cmocka_unit_test(maker_that_wants_room_gets_it),
        cmocka_unit_test(maker_that_fails_ends_the_handshake),
        cmocka_unit_test(maker_that_opens_to_foreign_bytes_means_a_full_handshake),
        cmocka_unit_test(maker_without_open_asks),
        cmocka_unit_test(maker_is_checked_with_the_configuration),
        cmocka_unit_test(no_memory_for_a_ticket_is_a_clean_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
