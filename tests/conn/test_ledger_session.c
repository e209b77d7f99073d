/* Resumption by session ID and by ticket: what may be resumed, and what a resumption looks like.
 * RFC 5246 7.3 and 7.4.1, RFC 5077 3, RFC 7627 5.3, RFC 6066 1.1 and 3, RFC 5746 3.4 and 3.6, RFC
 * 7301 3.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handshake/session.h"
#include "req.h"
#include "support_duo.h"

#define RESUMED "ClientHello <ServerHello <CCS <{handshake} CCS {handshake}"
#define RENEWED "ClientHello <ServerHello <NewSessionTicket <CCS <{handshake} CCS {handshake}"
#define ALL_GROUPS "000a0008000600170018001d"
#define NAME "00000013001100000e" "7365727665722e6578616d706c65"
#define OTHER_NAME "00000013001100000e" "6f74686572772e6578616d706c65"
#define SIGALGS "000d000400020403"
#define EMS "00170000" "00160000" /* and encrypt_then_mac, which suites with CBC keep to */

static void set_feature(struct duo *d, enum tlsn_role role, enum tlsn_feature feature, bool on)
{
    assert_int_equal(tlsn_config_set_feature(d->config[role], feature, on), TLSN_OK);
}

/* With session IDs instead of tickets. */
static struct duo *by_id(void)
{
    struct duo *d = duo_new();

    set_feature(d, TLSN_CLIENT, TLSN_FEATURE_TICKETS, false);
    return d;
}

static enum tlsn_resumed resumed(const struct duo *d)
{
    struct tlsn_conn_info client, server;

    assert_true(tlsn_handshake_done(d->conn[0]) && tlsn_handshake_done(d->conn[1]));
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &client);
    tlsn_conn_get_info(d->conn[TLSN_SERVER], &server);
    assert_int_equal(client.resumed, server.resumed);
    return client.resumed;
}

/* What SSL 3.0 has no extension for. */
static enum tlsn_resumed by_ticket(void)
{
    return duo_version() == TLSN_SSL3 ? TLSN_RESUMED_ID : TLSN_RESUMED_TICKET;
}

static bool is_full(struct duo *d)
{
    return strstr(duo_order(d), "<ServerHelloDone") != NULL;
}

static void hex(struct tlsn_span in, char *out)
{
    for (size_t i = 0; i < in.len; i++)
        sprintf(out + 2 * i, "%02x", in.data[i]);
}

static void session_id_is_echoed_and_the_handshake_short(void **state)
{
    struct duo *d = by_id();
    uint8_t id[32];
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    assert_int_equal(duo_session_id(d, TLSN_CLIENT).len, 0);
    assert_int_equal(duo_session_id(d, TLSN_SERVER).len, 32);
    memcpy(id, duo_session_id(d, TLSN_SERVER).data, 32);
    s = duo_session(d);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_ID);
    assert_string_equal(duo_order(d), RESUMED);
    assert_int_equal(d->record[0].type, 22); /* a TLS hello */
    assert_memory_equal(duo_session_id(d, TLSN_CLIENT).data, id, 32);
    assert_int_equal(duo_session_id(d, TLSN_SERVER).len, 32);
    assert_memory_equal(duo_session_id(d, TLSN_SERVER).data, id, 32);
    tlsn_session_free(s);
    duo_free(d);
    REQ("5246:7.3/13");
    REQ("5246:7.3/14");
    REQ("5246:E.2/14");
}

static void session_id_is_new_for_each_full_handshake_and_says_nothing(void **state)
{
    struct duo *d = by_id();
    uint8_t id[32];
    struct tlsn_span again;

    (void)state;
    duo_shake(d);
    memcpy(id, duo_session_id(d, TLSN_SERVER).data, 32);
    duo_shake(d);
    again = duo_session_id(d, TLSN_SERVER);
    assert_int_equal(again.len, 32);
    assert_memory_not_equal(id, again.data, 8);
    for (size_t i = 0; i + 4 <= 32; i++) /* no piece of the master secret */
        for (size_t j = 0; j + 4 <= 48; j++)
            assert_memory_not_equal(again.data + i, d->master[0] + j, 4);
    /* nothing is cached: no ID */
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    set_feature(d, TLSN_SERVER, TLSN_FEATURE_SESSION_IDS, false);
    duo_shake(d);
    assert_int_equal(duo_session_id(d, TLSN_SERVER).len, 0);
    duo_free(d);
    REQ("5246:7.4.1.2/4");
    REQ("5246:7.4.1.3/4");
}

static void session_id_made_up_leads_to_a_full_handshake(void **state)
{
    static const struct duo_hello h = { .session_id = "000102030405060708090a0b0c0d0e0f",
                                        .extensions = ALL_GROUPS SIGALGS EMS };
    struct duo *d = by_id();

    (void)state;
    duo_shake(d);
    duo_connect(d);
    duo_hello(d, &h);
    assert_true(is_full(d));
    assert_int_equal(duo_session_id(d, TLSN_SERVER).len, 32);
    duo_free(d);
    REQ("5246:7.3/15");
    REQ("5246:7.4.1.2/5");
}

static void server_that_declines_gets_a_full_handshake(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    for (int tickets = 0; tickets < 2; tickets++) {
        duo_reset_client(d);
        set_feature(d, TLSN_CLIENT, TLSN_FEATURE_TICKETS, tickets);
        duo_shake(d);
        s = duo_session(d);
        duo_reset_server(d, duo_credential("ec:secp256r1")); /* neither cache nor ticket key */
        duo_reconnect(d, s);
        assert_int_equal(resumed(d), TLSN_RESUMED_NO);
        assert_true(is_full(d));
        tlsn_session_free(s);
    }
    duo_free(d);
    REQ("5246:7.4.1.3/6");
    REQ("5077:3.1/3");
    REQ("4507:3.1/3");
    REQ("5077:3.2/5");
    REQ("4507:3.2/5");
    REQ("5077:5.5/1");
}

static void session_keeps_its_suite(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    assert_int_equal(duo_set_suites(d->config[TLSN_CLIENT],
                                            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"), TLSN_OK);
    duo_shake(d);
    s = duo_session(d);
    duo_reset_client(d); /* offers c02b first, which the server prefers too */
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), by_ticket());
    assert_int_equal(duo_suite(d), 0xc02c);
    duo_reset_client(d);
    assert_int_equal(duo_set_suites(d->config[TLSN_CLIENT],
                                            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"), TLSN_OK);
    duo_reconnect(d, s); /* the suite cannot be offered: nor can the session */
    assert_int_equal(duo_session_id(d, TLSN_CLIENT).len, 0);
    assert_int_equal(duo_extension(d, TLSN_CLIENT, 35).len, 0);
    assert_int_equal(resumed(d), TLSN_RESUMED_NO);
    tlsn_session_free(s);
    duo_free(d);
    REQ("5246:7.4.1.3/5");
    REQ("5246:7.4.1.2/12");
}

static void change_suite(uint8_t *m, size_t *len)
{
    (void)len;
    m[36 + m[34]] ^= duo_version() == TLSN_TLS1_2 ? 0x2b ^ 0x2c
                     : duo_version() == TLSN_SSL3 ? 0x33 ^ 0x39
                                                  : 0x09 ^ 0x0a;
}

static void session_resumed_with_another_suite_is_refused(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    duo_change_message(d, TLSN_SERVER, 2, change_suite);
    duo_reconnect(d, s);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_SESSION_CHANGED);
    assert_int_equal(duo_alert(d, TLSN_CLIENT), 0x022f);
    tlsn_session_free(s);
    duo_free(d);
    REQ("5246:7.4.1.3/9");
}

/* c02b, the first suite of the client and the session's, becomes a number nobody knows. */
static void lose_first_suite(uint8_t *m, size_t *len)
{
    (void)len;
    m[37 + m[34]] = 0x7a;
    m[38 + m[34]] = 0x7a;
}

static void session_without_its_suite_in_the_hello_is_refused(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    assert_int_equal(duo_suite(d), 0xc02b);
    s = duo_session(d);
    duo_change_message(d, TLSN_CLIENT, 1, lose_first_suite);
    duo_reconnect(d, s);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 0x022f);
    tlsn_session_free(s);
    duo_free(d);
}

static size_t lose_client_finished(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    return from == TLSN_CLIENT && r[0] == 22 && d->ccs[from] ? 0 : len;
}

static void session_counts_only_behind_finished(void **state)
{
    struct duo *d = by_id();
    struct duo_hello h = { .extensions = ALL_GROUPS SIGALGS EMS };
    char id[65];
    tlsn_session *s;

    (void)state;
    d->bend = lose_client_finished;
    duo_connect(d);
    duo_run(d);
    hex(duo_session_id(d, TLSN_SERVER), id);
    assert_true(tlsn_conn_get_session(d->conn[TLSN_CLIENT], &s) < 0);
    d->bend = NULL;
    h.session_id = id;
    duo_connect(d);
    duo_hello(d, &h);
    assert_true(is_full(d));
    duo_free(d);
    REQ("5246:7.4.1.2/6");
}

static size_t lose_server_finished(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    return from == TLSN_SERVER && r[0] == 22 && d->ccs[from] ? 0 : len;
}

static void ticket_comes_behind_a_good_finished_and_counts_behind_the_servers(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    d->bend = lose_client_finished;
    duo_connect(d);
    duo_run(d);
    assert_null(duo_message(d, TLSN_SERVER, 4).data);
    d->bend = lose_server_finished;
    duo_connect(d);
    duo_run(d);
    assert_non_null(duo_message(d, TLSN_SERVER, 4).data);
    assert_true(tlsn_conn_get_session(d->conn[TLSN_CLIENT], &s) < 0);
    duo_free(d);
    REQ("5077:3.3/5");
    REQ("4507:3.3/5");
    REQ("5077:3.3/6");
    REQ("4507:3.3/6");
}

static void ticket_is_not_sent_when_it_was_not_announced(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    set_feature(d, TLSN_SERVER, TLSN_FEATURE_TICKETS, false);
    duo_shake(d);
    assert_non_null(duo_extension(d, TLSN_CLIENT, 35).data);
    assert_null(duo_extension(d, TLSN_SERVER, 35).data);
    assert_null(duo_message(d, TLSN_SERVER, 4).data);
    duo_free(d);
    REQ("5077:3.3/2");
    REQ("4507:3.3/2");
}

static void ticket_resumes_with_the_secret_of_its_session(void **state)
{
    struct duo *d = duo_new();
    uint8_t master[48];
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    assert_int_equal(duo_session_id(d, TLSN_SERVER).len, 0);
    memcpy(master, d->master[0], 48);
    s = duo_session(d);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_TICKET);
    assert_string_equal(duo_order(d), RESUMED); /* no new ticket */
    assert_int_equal(duo_session_id(d, TLSN_CLIENT).len, 32);
    assert_int_equal(duo_session_id(d, TLSN_SERVER).len, 32);
    assert_memory_equal(duo_session_id(d, TLSN_SERVER).data, duo_session_id(d, TLSN_CLIENT).data,
                        32);
    assert_memory_equal(master, d->master[0], 48);
    assert_memory_equal(master, d->master[1], 48);
    tlsn_session_free(s);
    duo_free(d);
    REQ("5077:3.1/2");
    REQ("4507:3.1/2");
    REQ("5077:3.1/4");
    REQ("4507:3.1/4");
    REQ("5077:3.4/1");
    REQ("4507:3.4/1");
    REQ("5077:3.4/4");
    REQ("4507:3.4/4");
    REQ("7627:5.3/11");
}

/* Resumes s by its ticket, and returns the session that the client has then. */
static tlsn_session *resume(struct duo *d, tlsn_session *s, const char *order)
{
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_TICKET);
    assert_string_equal(duo_order(d), order);
    tlsn_session_free(s);
    return duo_session(d);
}

static uint32_t hint(const struct duo *d)
{
    struct tlsn_span m = duo_message(d, TLSN_SERVER, 4);
    struct tlsni_rd r = tlsni_rd_span(m);

    return tlsni_rd_u32(&r);
}

/* Sessions live for 7200 seconds. */
static void ticket_past_half_of_its_life_is_renewed_for_the_rest(void **state)
{
    struct duo *d = duo_new();
    int64_t begin;
    tlsn_session *s;
    struct tlsni_buf first = { 0 };

    (void)state;
    duo_shake(d);
    begin = d->env.now_ms;
    s = duo_session(d);
    assert_int_equal(hint(d), 7200);
    assert_int_equal(tlsni_buf_append(NULL, &first, tlsni_buf_data(&s->ticket),
                                      tlsni_buf_len(&s->ticket)), TLSN_OK);
    d->env.now_ms = begin + 3599999;
    s = resume(d, s, RESUMED);
    assert_null(duo_extension(d, TLSN_SERVER, 35).data);
    assert_memory_equal(s->ticket.data, first.data, tlsni_buf_len(&first));
    d->env.now_ms = begin + 3600000;
    s = resume(d, s, RENEWED);
    assert_non_null(duo_extension(d, TLSN_SERVER, 35).data);
    assert_int_equal(duo_extension(d, TLSN_SERVER, 35).len, 0);
    assert_int_equal(hint(d), 3600);
    assert_memory_not_equal(s->ticket.data, first.data, tlsni_buf_len(&first));
    d->env.now_ms = begin + 7199999; /* the renewed one ends when the first would have */
    s = resume(d, s, RENEWED);
    assert_int_equal(hint(d), 1);
    s->lifetime_s = 9999; /* a client that does not care */
    d->env.now_ms = begin + 7200000;
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_NO);
    tlsn_session_free(s);
    tlsni_buf_free(NULL, &first);
    duo_free(d);
    REQ("5077:3.3/8");
    REQ("4507:3.3/8");
}

static void ticket_of_an_old_secret_is_renewed_under_the_new_one(void **state)
{
    static const uint8_t old[32] = { 1 }, new[32] = { 2 };
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    assert_int_equal(tlsn_config_set_ticket_secret(d->config[TLSN_SERVER], old), TLSN_OK);
    duo_shake(d);
    s = duo_session(d);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    assert_int_equal(tlsn_config_set_ticket_secret(d->config[TLSN_SERVER], new), TLSN_OK);
    assert_int_equal(tlsn_config_add_ticket_secret(d->config[TLSN_SERVER], old), TLSN_OK);
    s = resume(d, s, RENEWED);
    s = resume(d, s, RESUMED);
    duo_reset_server(d, duo_credential("ec:secp256r1")); /* the old secret is gone */
    assert_int_equal(tlsn_config_set_ticket_secret(d->config[TLSN_SERVER], new), TLSN_OK);
    s = resume(d, s, RESUMED);
    tlsn_session_free(s);
    duo_free(d);
}

static void session_id_beside_a_ticket_is_dropped_by_the_client(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    s->id_len = 32; /* as if the ServerHello had had one */
    memset(s->id, 0x77, 32);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_TICKET);
    assert_memory_not_equal(duo_session_id(d, TLSN_CLIENT).data, s->id, 32);
    tlsn_session_free(s);
    duo_free(d);
    REQ("5077:3.4/2");
    REQ("4507:3.4/2");
}

/* A ClientHello with the ticket of the connection before. */
static void hello_with_ticket(struct duo *d, const char *id, const char *others)
{
    static char extensions[8192], ticket[4096];
    struct tlsn_span m = duo_message(d, TLSN_SERVER, 4);
    const struct duo_hello h = { .session_id = id, .extensions = extensions };

    assert_non_null(m.data);
    hex((struct tlsn_span){ m.data + 6, m.len - 6 }, ticket);
    sprintf(extensions, "%s" EMS "0023%04zx%s", others, m.len - 6, ticket);
    duo_connect(d);
    duo_hello(d, &h);
}

static void ticket_is_judged_without_the_session_id_and_other_extensions(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    duo_shake(d);
    hello_with_ticket(d, NULL, NAME ALL_GROUPS SIGALGS);
    assert_false(is_full(d));
    duo_shake(d);
    hello_with_ticket(d, "77", NAME ALL_GROUPS SIGALGS);
    assert_false(is_full(d));
    assert_int_equal(duo_session_id(d, TLSN_SERVER).len, 1);
    duo_shake(d); /* sect163k1 and DSA: of no use in a full handshake */
    hello_with_ticket(d, "77", NAME "000a000400020001" "000d000400020402");
    assert_false(is_full(d));
    duo_free(d);
    REQ("5077:3.4/5");
    REQ("4507:3.4/5");
    REQ("5246:7.4.1.4.1/11");
    REQ("8422:4/6");
}

static void session_id_beside_a_ticket_is_not_looked_up(void **state)
{
    struct duo *d = by_id();
    struct duo_hello h = { .extensions = NAME ALL_GROUPS SIGALGS EMS };
    char id[65];

    (void)state;
    duo_shake(d);
    hex(duo_session_id(d, TLSN_SERVER), id);
    h.session_id = id;
    duo_connect(d);
    duo_hello(d, &h);
    assert_false(is_full(d)); /* by itself it is good */
    h.extensions = NAME ALL_GROUPS SIGALGS EMS "002300020102";
    duo_connect(d);
    duo_hello(d, &h);
    assert_true(is_full(d));
    duo_free(d);
    REQ("5077:3.4/6");
    REQ("4507:3.4/6");
}

static void session_is_not_resumed_under_another_name(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    hello_with_ticket(d, "77", NAME ALL_GROUPS SIGALGS);
    assert_false(is_full(d));
    duo_shake(d);
    s = duo_session(d);
    hello_with_ticket(d, "77", OTHER_NAME ALL_GROUPS SIGALGS);
    assert_true(is_full(d));
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_TICKET);
    assert_memory_equal(duo_extension(d, TLSN_CLIENT, 0).data + 5, "server.example", 14);
    duo_connect(d); /* nor does a client offer it there */
    assert_int_equal(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], "other.example"), TLSN_OK);
    assert_int_equal(tlsn_conn_set_session(d->conn[TLSN_CLIENT], s), TLSN_OK);
    duo_run(d);
    assert_int_equal(duo_extension(d, TLSN_CLIENT, 35).len, 0);
    tlsn_session_free(s);
    duo_free(d);
    REQ("6066:3/19");
    REQ("6066:3/20");
    REQ("6066:3/21");
}

static void session_that_is_over_is_not_offered(void **state)
{
    char id[65];
    const struct duo_hello hello = { .session_id = id };
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    d->env.now_ms += 86400000 + 1000;
    duo_reconnect(d, s);
    assert_int_equal(duo_extension(d, TLSN_CLIENT, 35).len, 0);
    assert_int_equal(resumed(d), TLSN_RESUMED_NO);
    d->env.now_ms -= 86400000 + 1000;
    duo_shake(d);
    hex(duo_session_id(d, TLSN_SERVER), id);
    d->env.now_ms += 86400000 + 1000; /* nor is it taken */
    if (duo_version() == TLSN_SSL3) {
        duo_connect(d);
        duo_hello(d, &hello);
    } else {
        hello_with_ticket(d, "77", NAME ALL_GROUPS SIGALGS);
    }
    assert_true(is_full(d));
    tlsn_session_free(s);
    duo_free(d);
    REQ("5077:3.3/12");
    REQ("4507:3.3/12");
    REQ("5246:F.1.4/1");
}

/* Up to TLS 1.0 whoever cuts a connection ends its session too (RFC 4346 7.2.1 tells of the change). */
static void session_of_a_cut_connection_is_resumed_from_tls11_on(void **state)
{
    struct duo *d = by_id();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_ID);
    assert_int_equal(tlsn_transport_eof(d->conn[TLSN_SERVER]), TLSN_ERR_TRUNCATED);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), duo_version() > TLSN_TLS1_0 ? TLSN_RESUMED_ID : TLSN_RESUMED_NO);
    duo_close(d, TLSN_CLIENT); /* properly */
    duo_run(d);
    tlsn_session_free(s);
    s = duo_session(d);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_ID);
    tlsn_session_free(s);
    duo_free(d);
    REQ("2246:7.2.1/7");
    REQ("6101:5.4.1/6");
}

static void session_of_a_failed_connection_is_not_resumed(void **state)
{
    static const uint8_t garbage[5 + 32] = { 23, 3, 3, 0, 32 };
    struct duo *d = by_id();
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    duo_inject(d, TLSN_CLIENT, garbage, sizeof garbage);
    duo_run(d);
    assert_int_equal(d->read_status[TLSN_SERVER], TLSN_ERR_BAD_RECORD_MAC);
    assert_int_equal(d->read_status[TLSN_CLIENT], TLSN_ERR_ALERT);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_NO);
    tlsn_session_free(s);
    duo_free(d);
    REQ("5246:7.2/3");
    REQ("5246:7.2.2/3");
}

/* ---- extensions ---- */

static size_t types_of(struct duo *d, uint8_t *out)
{
    size_t n = 0;

    for (unsigned type = 0; type < 65536; type++)
        if (duo_extension(d, TLSN_CLIENT, (uint16_t)type).data) {
            out[n++] = (uint8_t)(type >> 8);
            out[n++] = (uint8_t)type;
        }
    return n;
}

static void hello_that_offers_a_session_has_the_same_extensions(void **state)
{
    struct duo *d = duo_new();
    uint8_t first[64], second[64];
    tlsn_session *s;
    size_t len;

    (void)state;
    assert_int_equal(tlsn_config_set_alpn(d->config[TLSN_CLIENT], "h2,http/1.1"), TLSN_OK);
    duo_shake(d);
    len = types_of(d, first);
    assert_true(len >= 16);
    s = duo_session(d);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_TICKET);
    assert_int_equal(types_of(d, second), len);
    assert_memory_equal(first, second, len);
    assert_non_null(duo_extension(d, TLSN_CLIENT, 23).data);
    tlsn_session_free(s);
    duo_free(d);
    REQ("5246:7.4.1.4/5");
    REQ("3546:2.3/5");
    REQ("4366:2.3/5");
    REQ("5246:7.4.1.2/13");
    REQ("6066:1.1/2");
    REQ("7627:5.3/3");
}

static void resumption_answers_ems_but_not_the_name(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    assert_int_equal(tlsn_config_set_server_names(d->config[TLSN_SERVER], "server.example"),
                     TLSN_OK);
    duo_shake(d);
    assert_non_null(duo_extension(d, TLSN_SERVER, 0).data);
    s = duo_session(d);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_TICKET);
    assert_null(duo_extension(d, TLSN_SERVER, 0).data);
    assert_non_null(duo_extension(d, TLSN_SERVER, 23).data);
    duo_reset_server(d, duo_credential("ec:secp256r1")); /* declined: as usual */
    assert_int_equal(tlsn_config_set_server_names(d->config[TLSN_SERVER], "server.example"),
                     TLSN_OK);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_NO);
    assert_non_null(duo_extension(d, TLSN_SERVER, 0).data);
    tlsn_session_free(s);
    duo_free(d);
    REQ("6066:1.1/3");
    REQ("6066:1.1/4");
    REQ("3546:2.3/6");
    REQ("4366:2.3/6");
    REQ("7627:5.3/8");
}

static void protocol_is_negotiated_anew(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_conn_info info;
    tlsn_session *s;

    (void)state;
    assert_int_equal(tlsn_config_set_alpn(d->config[TLSN_SERVER], "h2,http/1.1"), TLSN_OK);
    assert_int_equal(tlsn_config_set_alpn(d->config[TLSN_CLIENT], "h2"), TLSN_OK);
    duo_shake(d);
    s = duo_session(d);
    duo_reset_client(d);
    assert_int_equal(tlsn_config_set_alpn(d->config[TLSN_CLIENT], "http/1.1"), TLSN_OK);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_TICKET);
    for (int i = 0; i < 2; i++) {
        tlsn_conn_get_info(d->conn[i], &info);
        assert_int_equal(info.alpn.len, 8);
        assert_memory_equal(info.alpn.data, "http/1.1", 8);
    }
    tlsn_session_free(s);
    duo_free(d);
    REQ("7301:3.1/11");
}

static void protocol_of_the_greatest_length_is_whole(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_conn_info info;
    char name[256];

    (void)state;
    memset(name, 'p', 255);
    name[255] = 0;
    for (int i = 0; i < 2; i++)
        assert_int_equal(tlsn_config_set_alpn(d->config[i], name), TLSN_OK);
    duo_shake(d);
    duo_write(d, TLSN_CLIENT, "data", 4);
    duo_run(d);
    for (int i = 0; i < 2; i++) {
        tlsn_conn_get_info(d->conn[i], &info);
        assert_int_equal(info.alpn.len, 255);
        assert_memory_equal(info.alpn.data, name, 255);
    }
    duo_free(d);
    REQ("7301:3.1/6");
    REQ("7301:3.2/3");
}

/* Removes an extension from a ServerHello. */
static void remove_extension(uint8_t *m, size_t *len, uint16_t type)
{
    size_t start = 38U + m[34], at = start + 2;

    while (at + 4 <= *len) {
        size_t size = 4 + ((size_t)m[at + 2] << 8 | m[at + 3]);

        if ((m[at] << 8 | m[at + 1]) == type) {
            memmove(m + at, m + at + size, *len - at - size);
            *len -= size;
            m[start] = (uint8_t)((*len - start - 2) >> 8);
            m[start + 1] = (uint8_t)(*len - start - 2);
            return;
        }
        at += size;
    }
}

static void remove_ems(uint8_t *m, size_t *len) { remove_extension(m, len, 23); }
static void remove_renegotiation(uint8_t *m, size_t *len) { remove_extension(m, len, 0xff01); }

static void renegotiation_info_is_part_of_resumptions(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_conn_info info;
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    s = duo_session(d);
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_TICKET);
    assert_int_equal(duo_extension(d, TLSN_CLIENT, 0xff01).len, 1); /* and no SCSV */
    struct tlsn_span m = duo_message(d, TLSN_CLIENT, 1);
    size_t suites = 35U + m.data[34];
    for (size_t i = 2; i <= ((size_t)m.data[suites] << 8 | m.data[suites + 1]); i += 2)
        assert_false(m.data[suites + i] == 0 && m.data[suites + i + 1] == 0xff);
    assert_int_equal(duo_extension(d, TLSN_SERVER, 0xff01).len, 1);
    for (int i = 0; i < 2; i++) {
        tlsn_conn_get_info(d->conn[i], &info);
        assert_true(info.secure_renegotiation);
    }
    duo_change_message(d, TLSN_SERVER, 2, remove_renegotiation);
    duo_reconnect(d, s);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_RENEGOTIATION_INFO);
    tlsn_session_free(s);
    duo_free(d);
    REQ("5746:3.1/1");
    REQ("5746:3.4/2");
    REQ("5746:3.4/9");
    REQ("5746:3.6/12");
}

/* ---- extended master secret, RFC 7627 5.3 ---- */

static tlsn_session *session_with_ems(struct duo *d, bool ems, bool next)
{
    tlsn_session *s;

    set_feature(d, TLSN_CLIENT, TLSN_FEATURE_TICKETS, false);
    set_feature(d, TLSN_CLIENT, TLSN_FEATURE_EMS, ems);
    duo_shake(d);
    s = duo_session(d);
    duo_reset_client(d);
    set_feature(d, TLSN_CLIENT, TLSN_FEATURE_TICKETS, false);
    set_feature(d, TLSN_CLIENT, TLSN_FEATURE_EMS, next);
    return s;
}

static void ems_offered_for_a_session_without_it_is_a_full_handshake(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s = session_with_ems(d, false, true);

    (void)state;
    duo_reconnect(d, s);
    assert_int_equal(duo_session_id(d, TLSN_CLIENT).len, 32); /* it was offered */
    assert_int_equal(resumed(d), TLSN_RESUMED_NO);
    assert_true(is_full(d));
    tlsn_session_free(s);
    duo_free(d);
    REQ("7627:5.3/4");
    REQ("7627:5.3/5");
    REQ("7627:5.4/1");
}

static void ems_missing_for_a_session_with_it_is_refused(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s = session_with_ems(d, true, false);

    (void)state;
    duo_reconnect(d, s);
    assert_int_equal(duo_session_id(d, TLSN_CLIENT).len, 32);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_EXTENDED_MASTER);
    assert_int_equal(duo_alert(d, TLSN_SERVER), 0x0228);
    tlsn_session_free(s);
    duo_free(d);
    REQ("7627:5.3/6");
}

static void ems_removed_from_the_answer_to_a_session_with_it_is_refused(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s = session_with_ems(d, true, true);

    (void)state;
    duo_reconnect(d, s);
    assert_int_equal(resumed(d), TLSN_RESUMED_ID);
    duo_change_message(d, TLSN_SERVER, 2, remove_ems);
    duo_reconnect(d, s);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_EXTENDED_MASTER);
    assert_int_equal(duo_alert(d, TLSN_CLIENT), 0x0228);
    tlsn_session_free(s);
    duo_free(d);
    REQ("7627:5.3/10");
    REQ("7627:5.4/7");
}

static const uint8_t *offered_id;

static void pretend_to_resume(uint8_t *m, size_t *len)
{
    (void)len;
    assert_int_equal(m[34], 32);
    memcpy(m + 35, offered_id, 32);
}

static void ems_answered_for_a_session_without_it_is_refused(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s = session_with_ems(d, false, true);
    uint8_t id[32];

    (void)state;
    memcpy(id, duo_session_id(d, TLSN_SERVER).data, 32);
    offered_id = id;
    duo_change_message(d, TLSN_SERVER, 2, pretend_to_resume);
    duo_reconnect(d, s);
    assert_int_equal(d->changed, 1);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_EXTENDED_MASTER);
    assert_int_equal(duo_alert(d, TLSN_CLIENT), 0x0228);
    tlsn_session_free(s);
    duo_free(d);
    REQ("7627:5.3/9");
}

/* A session keeps names of 255 bytes. One of a longer name would be a session without any, and be resumed by
 * whoever names nobody. */
static void session_of_a_name_that_it_cannot_keep_is_not_made(void **state)
{
    static char extensions[2048];
    struct duo *d = duo_new();
    const struct duo_hello h = { .extensions = extensions };

    (void)state;
    for (int len = 255; len <= 256; len++) {
        int n = snprintf(extensions, sizeof extensions, "00000%03x0%03x000%03x", len + 5, len + 3, len);

        /* server_name, then session_ticket and signature_algorithms */
        for (int i = 0; i < len; i++)
            n += snprintf(extensions + n, sizeof extensions - (size_t)n, "61");
        (void)snprintf(extensions + n, sizeof extensions - (size_t)n, "00230000000d000400020403");
        duo_connect(d);
        duo_hello(d, &h);
        assert_non_null(duo_message(d, TLSN_SERVER, 2).data);
        assert_int_equal(duo_extension(d, TLSN_SERVER, 35).data != NULL, len == 255);
        assert_int_equal(duo_session_id(d, TLSN_SERVER).len, 0);
    }
    duo_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_id_is_echoed_and_the_handshake_short),
        cmocka_unit_test(session_id_is_new_for_each_full_handshake_and_says_nothing),
        cmocka_unit_test(session_id_made_up_leads_to_a_full_handshake),
        cmocka_unit_test(server_that_declines_gets_a_full_handshake),
        cmocka_unit_test(session_keeps_its_suite),
        cmocka_unit_test(session_resumed_with_another_suite_is_refused),
        cmocka_unit_test(session_without_its_suite_in_the_hello_is_refused),
        cmocka_unit_test(session_counts_only_behind_finished),
        cmocka_unit_test(session_that_is_over_is_not_offered),
        cmocka_unit_test(session_of_a_cut_connection_is_resumed_from_tls11_on),
        cmocka_unit_test(session_of_a_failed_connection_is_not_resumed),
    };
    /* about tickets and other extensions */
    const struct CMUnitTest since_tls10[] = {
        cmocka_unit_test(ticket_comes_behind_a_good_finished_and_counts_behind_the_servers),
        cmocka_unit_test(ticket_is_not_sent_when_it_was_not_announced),
        cmocka_unit_test(ticket_resumes_with_the_secret_of_its_session),
        cmocka_unit_test(ticket_past_half_of_its_life_is_renewed_for_the_rest),
        cmocka_unit_test(ticket_of_an_old_secret_is_renewed_under_the_new_one),
        cmocka_unit_test(session_id_beside_a_ticket_is_dropped_by_the_client),
        cmocka_unit_test(protocol_of_the_greatest_length_is_whole),
        cmocka_unit_test(ticket_is_judged_without_the_session_id_and_other_extensions),
        cmocka_unit_test(session_id_beside_a_ticket_is_not_looked_up),
        cmocka_unit_test(session_is_not_resumed_under_another_name),
        cmocka_unit_test(hello_that_offers_a_session_has_the_same_extensions),
        cmocka_unit_test(resumption_answers_ems_but_not_the_name),
        cmocka_unit_test(protocol_is_negotiated_anew),
        cmocka_unit_test(renegotiation_info_is_part_of_resumptions),
        cmocka_unit_test(ems_offered_for_a_session_without_it_is_a_full_handshake),
        cmocka_unit_test(ems_missing_for_a_session_with_it_is_refused),
        cmocka_unit_test(ems_removed_from_the_answer_to_a_session_with_it_is_refused),
        cmocka_unit_test(ems_answered_for_a_session_without_it_is_refused),
        cmocka_unit_test(session_of_a_name_that_it_cannot_keep_is_not_made),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    failed += cmocka_run_group_tests(since_tls10, NULL, NULL);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", tests);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", tests);
    failed += DUO_RUN_IN(TLSN_SSL3, "ssl3", tests);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", since_tls10);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", since_tls10);
    return failed;
}
