#include "handshake/common13.h"
#include "handshake/transcript.h"
#include "handshake/version.h"
#include "req.h"
#include "support_ext.h"
#include "support_flight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* The extensions of RFC 8448's ClientHello, of OpenSSL's and of ours differ in order; ours is
 * this one. */
static void table_rows_are_known_and_in_order(void **state)
{
    static const uint16_t order[] = { 0, 43, 44, 23, 22, 4, 0xff01, 1, 28, 15, 14, 10, 51, 45, 33, 42, 58, 11,
                                      35, 16, 13172, 5, 17, 18, 50, 19, 20, 9, 2, 47, 48, 27, 34, 49, 3, 6, 7, 8,
                                      25, 12, 13, 21, 41 };
    size_t count;
    const struct tlsni_ext *const *rows = tlsni_ext_rows(&count);

    (void)state;
    assert_int_equal(count, sizeof order / sizeof order[0]);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(rows[i]->type, order[i]);
        assert_true(rows[i]->name[0] && rows[i]->source[0]);
        assert_true(rows[i]->in[TLSNI_IN_CLIENT_HELLO].parse ||
                    rows[i]->type == TLSNI_EXT_NEXT_PROTOCOL_NEGOTIATION ||
                    rows[i]->type == TLSNI_EXT_OID_FILTERS);
    }
}

static void block_of_peers_parses(void **state)
{
    struct ext_fixture f;
    size_t len;
    uint8_t *hello = flight_message(FLIGHT_RFC8448_CLIENT_HELLO, &len);

    (void)state;
    ext_server(&f);
    assert_int_equal(tlsni_ext_read(&f.hs, TLSNI_IN_CLIENT_HELLO,
                                    tlsni_span_make(hello + 4 + 47, 0x91)),
                     TLSN_OK);
    assert_true(tlsni_span_eq(f.hs.peer_name, tlsni_span_make("server", 6)));
    assert_int_equal(f.hs.peer_groups.len, 18);
    assert_int_equal(f.hs.peer_sigalgs.len, 30);
    assert_true(f.hs.ticket_offered);
    assert_true(f.hs.secure_renegotiation);
    free(hello);
    hello = flight_message(FLIGHT_CLIENT_HELLO, &len);
    ext_server(&f);
    assert_int_equal(tlsni_ext_read(&f.hs, TLSNI_IN_CLIENT_HELLO,
                                    tlsni_span_make(hello + 4 + 45, 0x76)),
                     TLSN_OK);
    assert_true(f.hs.ems);
    assert_true(f.hs.etm);
    assert_int_equal(f.hs.peer_sigalgs.len, 40);
    free(hello);
    REQ("5246:7.4.1.4/3");
}

static void block_of_server_parses(void **state)
{
    struct ext_fixture f;
    size_t len;
    uint8_t *hello = flight_message(FLIGHT_SERVER_HELLO, &len);

    (void)state;
    ext_client(&f);
    f.cfg.alpn = tlsni_span_make("\x02h2", 3);
    f.hs.ext_sent = UINT64_MAX;
    /* behind version, random, no session ID, suite, compression and the length */
    assert_int_equal(tlsni_ext_read(&f.hs, TLSNI_IN_SERVER_HELLO,
                                    tlsni_span_make(hello + 4 + 40, len - 44)),
                     TLSN_OK);
    assert_true(f.hs.ems);
    assert_true(f.hs.secure_renegotiation);
    assert_true(f.hs.ticket_due);
    assert_true(tlsni_span_eq(f.hs.alpn, tlsni_span_make("h2", 2)));
    free(hello);
}

static void block_unknown_extensions_of_client_are_ignored(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_block(&f, "0a0a" "0000" "0020" "0001" "00" "ffff" "0003" "010203"
                                        "0017" "0000"),
                     TLSN_OK);
    assert_true(f.hs.ems);
    REQ("5746:3.6/8");
    REQ("8672:3/1");
}

static void block_cut_anywhere_is_a_decode_error(void **state)
{
    static const char hex[] = "0a0a" "0001" "00" "0017" "0000";
    char cut[sizeof hex];

    (void)state;
    for (size_t n = 2; n + 2 < sizeof hex; n += 2) {
        struct ext_fixture f;

        memcpy(cut, hex, n);
        cut[n] = 0;
        ext_server(&f);
        /* behind the first extension it is a block of one */
        assert_int_equal(ext_read_block(&f, cut), n == 10 ? TLSN_OK : TLSN_ERR_DECODE);
        assert_false(f.hs.ems);
    }
}

static void block_duplicates_are_refused(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_server(&f);
    assert_int_equal(ext_read_block(&f, "0017" "0000" "0016" "0000" "0017" "0000"),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_non_null(strstr(f.err.text, "extended_master_secret"));
    assert_false(f.hs.ems);
    ext_server(&f);
    assert_int_equal(ext_read_block(&f, "7777" "0000" "7777" "0000"), TLSN_ERR_ILLEGAL_PARAMETER);
    ext_client(&f);
    f.hs.ext_sent = UINT64_MAX;
    assert_int_equal(ext_read_block(&f, "0017" "0000" "0017" "0000"), TLSN_ERR_ILLEGAL_PARAMETER);
    REQ("5246:7.4.1.4/4");
}

static void answer_nobody_asked_for_is_unsupported(void **state)
{
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    assert_int_equal(ext_read_block(&f, "0017" "0000"), TLSN_ERR_UNSUPPORTED_EXTENSION);
    assert_int_equal(f.err.alert, 110);
    ext_client(&f);
    f.hs.ext_sent = UINT64_MAX;
    assert_int_equal(ext_read_block(&f, "7777" "0000"), TLSN_ERR_UNSUPPORTED_EXTENSION);
    assert_non_null(strstr(f.err.text, "30583"));
    REQ("5246:7.4.1.4/2");
    REQ("3546:2.3/2");
    REQ("4366:2.3/2");
    REQ("5246:7.2.2/29");
}

static tlsn_status read_in(enum tlsn_role role, enum tlsni_ext_message message, uint16_t type)
{
    const uint8_t block[] = { (uint8_t)(type >> 8), (uint8_t)type, 0, 0 };
    struct ext_fixture f;

    if (role == TLSN_CLIENT)
        ext_client(&f);
    else
        ext_server(&f);
    f.hs.version = tlsni_version_find(TLSN_TLS1_3);
    f.hs.ext_sent = UINT64_MAX;
    return tlsni_ext_read(&f.hs, message, tlsni_span_make(block, sizeof block));
}

/* Values that mean nothing (RFC 8701): refused in answers, passed over in requests. */
static void grease_in_messages_of_tls13_is_refused_or_passed_over(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < 16; i++) {
        uint16_t type = (uint16_t)(0x0a0a + i * 0x1010);

        assert_int_equal(read_in(TLSN_CLIENT, TLSNI_IN_SERVER_HELLO13, type),
                         TLSN_ERR_UNSUPPORTED_EXTENSION);
        assert_int_equal(read_in(TLSN_CLIENT, TLSNI_IN_HELLO_RETRY, type),
                         TLSN_ERR_UNSUPPORTED_EXTENSION);
        assert_int_equal(read_in(TLSN_CLIENT, TLSNI_IN_ENCRYPTED_EXTENSIONS, type),
                         TLSN_ERR_UNSUPPORTED_EXTENSION);
        assert_int_equal(read_in(TLSN_CLIENT, TLSNI_IN_CERTIFICATE, type),
                         TLSN_ERR_UNSUPPORTED_EXTENSION);
        assert_int_equal(read_in(TLSN_SERVER, TLSNI_IN_CERTIFICATE, type),
                         TLSN_ERR_UNSUPPORTED_EXTENSION);
        assert_int_equal(read_in(TLSN_CLIENT, TLSNI_IN_NEW_SESSION_TICKET, type), TLSN_OK);
    }
    REQ("8701:3.1/12");
    REQ("8701:4.1/2");
}

static void grease_as_scheme_of_tls13_is_refused(void **state)
{
    (void)state;
    for (int role = 0; role < 2; role++) {
        static const uint8_t body[] = { 0x0a, 0x0a, 0, 1, 0 };
        struct ext_fixture f;

        if (role == TLSN_CLIENT)
            ext_client(&f);
        else
            ext_server(&f);
        f.hs.version = tlsni_version_find(TLSN_TLS1_3);
        tlsni_transcript_start(&f.hs.transcript, tlsni_hash_find(TLSNI_HASH_SHA256));
        assert_int_equal(tlsni_act13_receive_verify(&f.hs, tlsni_span_make(body, sizeof body)),
                         TLSN_ERR_ILLEGAL_PARAMETER);
        tlsni_buf_free(f.hs.env, &f.hs.sign_input);
    }
    REQ("8701:3.1/13");
}

static void answer_is_written_only_to_what_was_seen(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    f.hs.ems = f.hs.etm = f.hs.ticket_due = f.hs.name_acknowledged = true;
    f.hs.alpn = tlsni_span_make("h2", 2);
    assert_false(ext_write_one(&f, TLSNI_EXT_EXTENDED_MASTER_SECRET, &data));
    assert_int_equal(f.hs.ext_sent, 0);
    REQ("5246:7.4.1.4/1");
    REQ("5746:3.6/11");
}

static void block_without_extensions_is_not_written(void **state)
{
    struct ext_fixture f;
    uint8_t out[4];
    struct tlsni_wr w = tlsni_wr_make(out, sizeof out);

    (void)state;
    ext_server(&f);
    tlsni_ext_write(&f.hs, TLSNI_IN_SERVER_HELLO, &w);
    assert_false(w.bad);
    assert_int_equal(w.len, 0);
}

/* What a client writes a server reads, and the other way round. */
static void block_of_our_own_is_understood(void **state)
{
    struct ext_fixture c, s;
    uint8_t out[512];
    struct tlsni_wr w = tlsni_wr_make(out, sizeof out);

    (void)state;
    ext_client(&c);
    c.hs.server_name = "a.example";
    c.cfg.alpn = tlsni_span_make("\x02h2", 3);
    tlsni_ext_write(&c.hs, TLSNI_IN_CLIENT_HELLO, &w);
    ext_server(&s);
    s.cfg.alpn = c.cfg.alpn;
    s.cfg.server_names = tlsni_span_make("\x09"
                                         "a.example", 10);
    assert_int_equal(tlsni_ext_read(&s.hs, TLSNI_IN_CLIENT_HELLO,
                                    tlsni_span_make(out + 2, w.len - 2)),
                     TLSN_OK);
    s.hs.ticket_due = true;
    w = tlsni_wr_make(out, sizeof out);
    tlsni_ext_write(&s.hs, TLSNI_IN_SERVER_HELLO, &w);
    assert_int_equal(tlsni_ext_read(&c.hs, TLSNI_IN_SERVER_HELLO,
                                    tlsni_span_make(out + 2, w.len - 2)),
                     TLSN_OK);
    assert_true(c.hs.ems && c.hs.etm && c.hs.ticket_due && c.hs.name_acknowledged);
    assert_true(c.hs.secure_renegotiation);
    assert_int_equal(c.hs.alpn.len, 2);
}

static void view_list_is_exact(void **state)
{
    static const uint8_t good[] = { 0, 2, 1, 2 }, cut[] = { 0, 2, 1 }, more[] = { 0, 1, 1, 2 };

    (void)state;
    assert_int_equal(tlsni_ext_view_list(tlsni_span_make(good, sizeof good)).len, 2);
    assert_int_equal(tlsni_ext_view_list(tlsni_span_make(cut, sizeof cut)).len, 0);
    assert_int_equal(tlsni_ext_view_list(tlsni_span_make(more, sizeof more)).len, 0);
    assert_int_equal(tlsni_ext_view_list(tlsni_span_make(NULL, 0)).len, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_rows_are_known_and_in_order),
        cmocka_unit_test(block_of_peers_parses),
        cmocka_unit_test(block_of_server_parses),
        cmocka_unit_test(block_unknown_extensions_of_client_are_ignored),
        cmocka_unit_test(block_cut_anywhere_is_a_decode_error),
        cmocka_unit_test(block_duplicates_are_refused),
        cmocka_unit_test(answer_nobody_asked_for_is_unsupported),
        cmocka_unit_test(grease_in_messages_of_tls13_is_refused_or_passed_over),
        cmocka_unit_test(grease_as_scheme_of_tls13_is_refused),
        cmocka_unit_test(answer_is_written_only_to_what_was_seen),
        cmocka_unit_test(block_without_extensions_is_not_written),
        cmocka_unit_test(block_of_our_own_is_understood),
        cmocka_unit_test(view_list_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
