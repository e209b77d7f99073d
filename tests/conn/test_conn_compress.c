/* test_conn_compress.c - record compression between both ends: negotiated by name only, kept by
 * resumption, bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conn.h"
#include "record/compress.h"
#include "req.h"
#include "support_duo.h"

static uint8_t text[100000];

static void enable(struct duo *d, enum tlsn_role role, const char *methods)
{
    assert_int_equal(tlsn_config_set_insecure_compression(d->config[role], methods), TLSN_OK);
}

static const char *agreed(const struct duo *d)
{
    struct tlsn_conn_info client, server;

    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &client);
    tlsn_conn_get_info(d->conn[TLSN_SERVER], &server);
    assert_string_equal(client.compression, server.compression);
    return client.compression;
}

/* Application data both ways; returns how many bytes the client's took on the wire. */
static size_t exchange(struct duo *d, size_t len)
{
    size_t from = d->records, wire = 0;

    memset(text, 'x', sizeof text);
    d->data_len[0] = d->data_len[1] = 0;
    duo_write(d, TLSN_CLIENT, text, len);
    duo_write(d, TLSN_SERVER, text, len / 2);
    duo_run(d);
    assert_int_equal(d->data_len[TLSN_SERVER], len);
    assert_memory_equal(d->data[TLSN_SERVER], text, len);
    assert_int_equal(d->data_len[TLSN_CLIENT], len / 2);
    for (size_t i = from; i < d->records; i++)
        if (d->record[i].from == TLSN_CLIENT)
            wire += d->record[i].len;
    return wire;
}

static void compression_is_never_negotiated_by_default(void **state)
{
    static const char *const policies[] = { "default", "modern", "compat", "legacy", "research" };
    struct duo *d = duo_new();
    struct tlsn_span hello;

    (void)state;
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        duo_reset_client(d);
        duo_reset_server(d, duo_credential("ec:secp256r1"));
        assert_int_equal(tlsn_config_set_policy(d->config[0], policies[i]), TLSN_OK);
        assert_int_equal(tlsn_config_set_policy(d->config[1], policies[i]), TLSN_OK);
        enable(d, i % 2 ? TLSN_CLIENT : TLSN_SERVER, tlsn_compression_name(0)); /* one is not enough */
        duo_shake(d);
        assert_string_equal(agreed(d), "");
    }
    duo_reset_client(d);
    duo_shake(d);
    hello = duo_message(d, TLSN_CLIENT, 1);
    hello.data += 34 + 1 + hello.data[34]; /* suites */
    assert_memory_equal(hello.data + 2 + (hello.data[0] << 8 | hello.data[1]), "\1\0", 2);
    duo_free(d);
    REQ("3749:6/1");
    REQ("3943:7/1");
    REQ("3749:2/1");
    REQ("7457:2.6/1");
}

static void compression_by_each_method_carries_data(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; *tlsn_compression_name(i); i++) {
        duo_reset_client(d);
        duo_reset_server(d, duo_credential("ec:secp256r1"));
        enable(d, TLSN_CLIENT, tlsn_compression_name(i));
        enable(d, TLSN_SERVER, tlsn_compression_name(i));
        duo_shake(d);
        assert_string_equal(agreed(d), tlsn_compression_name(i));
        assert_true(exchange(d, 60000) < 3000);
        assert_true(exchange(d, 1) < 100);
        duo_close(d, TLSN_CLIENT);
        duo_run(d);
        assert_int_equal(d->read_status[TLSN_SERVER], TLSN_CLOSED);
    }
    duo_free(d);
}

/* RFC 3749 2, RFC 3943 2.1 */
static void compression_methods_have_their_numbers(void **state)
{
    static const char *const names[] = { "DEFLATE", "LZS" };
    static const uint8_t numbers[] = { 1, 64 };
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct tlsn_span hello;

        duo_reset_client(d);
        if (tlsn_config_set_insecure_compression(d->config[0], names[i]) != TLSN_OK)
            continue; /* built without zlib */
        duo_connect(d);
        duo_run(d);
        hello = duo_message(d, TLSN_CLIENT, 1);
        hello.data += 34 + 1 + hello.data[34];
        hello.data += 2 + (hello.data[0] << 8 | hello.data[1]);
        assert_int_equal(hello.data[0], 2);
        assert_int_equal(hello.data[1], numbers[i]);
        assert_int_equal(hello.data[2], 0);
    }
    duo_free(d);
    REQ("3749:2/2");
    REQ("3943:2.1/1");
}

static void compression_by_the_servers_order(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    if (!*tlsn_compression_name(1)) {
        duo_free(d);
        skip(); /* built without zlib: there is one method */
    }
    enable(d, TLSN_CLIENT, "deflate,lzs");
    enable(d, TLSN_SERVER, "LZS,DEFLATE,LZS");
    duo_shake(d);
    assert_string_equal(agreed(d), "LZS");
    duo_free(d);
}

static void compression_of_unknown_name_is_an_error(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(tlsn_config_set_insecure_compression(d->config[0], "LZS,bzip2"),
                     TLSN_ERR_UNKNOWN_KEYWORD);
    assert_non_null(strstr(tlsn_config_error(d->config[0]), "bzip2"));
    enable(d, TLSN_CLIENT, "LZS");
    enable(d, TLSN_CLIENT, NULL); /* and off again */
    enable(d, TLSN_SERVER, "LZS");
    duo_shake(d);
    assert_string_equal(agreed(d), "");
    duo_free(d);
}

static void compression_is_kept_by_resumption_and_begins_anew(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    for (int tickets = 0; tickets < 2; tickets++) {
        duo_reset_client(d);
        duo_reset_server(d, duo_credential("ec:secp256r1"));
        assert_int_equal(tlsn_config_set_feature(d->config[0], TLSN_FEATURE_TICKETS, tickets),
                         TLSN_OK);
        enable(d, TLSN_CLIENT, "LZS");
        enable(d, TLSN_SERVER, "LZS");
        duo_shake(d);
        (void)exchange(d, 3000);
        s = duo_session(d);
        duo_reconnect(d, s);
        assert_true(tlsn_handshake_done(d->conn[0]));
        assert_null(strstr(duo_order(d), "Certificate"));
        assert_string_equal(agreed(d), "LZS");
        (void)exchange(d, 3000);
        tlsn_session_free(s);
    }
    duo_free(d);
    REQ("3749:3/1");
    REQ("3749:3/2");
    REQ("3943:2.2/1");
    REQ("3943:3.2/1");
    REQ("3943:3.2/2");
    REQ("5246:7.4.1.2/13");
}

static void session_with_compression_is_not_offered_without_it(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    enable(d, TLSN_CLIENT, "LZS");
    enable(d, TLSN_SERVER, "LZS");
    duo_shake(d);
    s = duo_session(d);
    duo_reset_client(d);
    duo_reconnect(d, s);
    assert_true(tlsn_handshake_done(d->conn[0]));
    assert_non_null(strstr(duo_order(d), "<Certificate"));
    assert_string_equal(agreed(d), "");
    tlsn_session_free(s);
    duo_free(d);
}

/* The hello of a client that wants to resume: the method of its session is taken out of it. */
static void drop_method(uint8_t *body, size_t *len)
{
    uint8_t *p = body + 34;

    (void)len;
    p += 1 + p[0];
    p += 2 + (p[0] << 8 | p[1]);
    assert_int_equal(p[1], 64);
    p[1] = 99;
}

static void resumption_without_the_sessions_compression_is_illegal(void **state)
{
    struct duo *d = duo_new();
    tlsn_session *s;

    (void)state;
    enable(d, TLSN_CLIENT, "LZS");
    enable(d, TLSN_SERVER, "LZS");
    duo_shake(d);
    s = duo_session(d);
    duo_connect(d);
    assert_int_equal(tlsn_conn_set_session(d->conn[TLSN_CLIENT], s), TLSN_OK);
    duo_change_message(d, TLSN_CLIENT, 1, drop_method);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_ILLEGAL_PARAMETER);
    tlsn_session_free(s);
    duo_free(d);
}

static void set_other_method(uint8_t *body, size_t *len)
{
    (void)len;
    body[34 + 1 + body[34] + 2] = 1;
}

static void server_that_chooses_a_method_not_offered_is_refused(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    enable(d, TLSN_CLIENT, "LZS");
    enable(d, TLSN_SERVER, "LZS");
    duo_connect(d);
    duo_change_message(d, TLSN_SERVER, 2, set_other_method);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_ILLEGAL_PARAMETER);
    duo_free(d);
    REQ("5246:7.4.1.3/11");
}

/* The client's connection compresses no more and nobody knows: what the server gets is no LZS data. */
static void record_that_does_not_decompress_is_fatal(void **state)
{
    struct duo *d = duo_new();
    const struct tlsn_conn_error *e;

    (void)state;
    enable(d, TLSN_CLIENT, "LZS");
    enable(d, TLSN_SERVER, "LZS");
    duo_shake(d);
    tlsni_comp_free(d->conn[TLSN_CLIENT]->tx->comp);
    d->conn[TLSN_CLIENT]->tx->comp = NULL;
    duo_write(d, TLSN_CLIENT, "\3\0\0", 3);
    duo_run(d);
    e = tlsn_conn_error(d->conn[TLSN_SERVER]);
    assert_non_null(e);
    assert_int_equal(e->status, TLSN_ERR_DECOMPRESSION);
    assert_int_equal(e->alert_sent, 30);
    e = tlsn_conn_error(d->conn[TLSN_CLIENT]);
    assert_non_null(e);
    assert_int_equal(e->alert_received, 30);
    duo_free(d);
    REQ("5246:6.2.2/2");
    REQ("5246:7.2.2/11");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compression_is_never_negotiated_by_default),
        cmocka_unit_test(compression_by_each_method_carries_data),
        cmocka_unit_test(compression_methods_have_their_numbers),
        cmocka_unit_test(compression_by_the_servers_order),
        cmocka_unit_test(compression_of_unknown_name_is_an_error),
        cmocka_unit_test(compression_is_kept_by_resumption_and_begins_anew),
        cmocka_unit_test(session_with_compression_is_not_offered_without_it),
        cmocka_unit_test(resumption_without_the_sessions_compression_is_illegal),
        cmocka_unit_test(server_that_chooses_a_method_not_offered_is_refused),
        cmocka_unit_test(record_that_does_not_decompress_is_fatal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
