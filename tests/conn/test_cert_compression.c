#include "req.h"
#include "support_bent.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Certificates of TLS 1.3 that travel compressed, in both directions (RFC 8879). */

static struct wire *pair(const char *client, const char *server)
{
    struct wire *w = wire_new("rsa:2048");

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_2, TLSN_TLS1_3));
    OK(tlsn_config_set_cert_compression(w->end[TLSN_CLIENT].config, client));
    OK(tlsn_config_set_cert_compression(w->end[TLSN_SERVER].config, server));
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, wire_credential("rsa:2048")));
    return w;
}

/* What both ends say about the Certificate of `sender`. */
static const char *packed(const struct wire *w, enum tlsn_role sender)
{
    struct tlsn_conn_info info[2];

    for (int r = 0; r < 2; r++)
        tlsn_conn_get_info(w->end[r].conn, &info[r]);
    assert_string_equal(info[0].cert_compression[sender], info[1].cert_compression[sender]);
    return info[0].cert_compression[sender];
}

static void cert_compression_each_algorithm_works_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; *tlsn_cert_compression_name(i); i++)
        for (int twice = 0; twice < 2; twice++) { /* the second time from what was kept */
            const char *name = tlsn_cert_compression_name(i);
            struct wire *w = pair(name, name);

            wire_shake(w);
            assert_string_equal(packed(w, TLSN_SERVER), name);
            assert_string_equal(packed(w, TLSN_CLIENT), name);
            wire_say(w, TLSN_CLIENT, 1000);
            wire_free(w);
        }
    REQ("8879:4/5");
    REQ("8879:5/2");
}

/* compress_certificate with one algorithm becomes an extension that nobody knows. */
static void hide(uint8_t *body, size_t *len)
{
    static const uint8_t head[] = { 0, 27, 0, 3, 2 };
    size_t at = 0;

    while (memcmp(body + at, head, sizeof head) != 0)
        assert_true(++at + sizeof head <= *len);
    body[at + 1] = 99;
}

/* Both can do it, and one of them did not ask: its peer's certificates come as they are, its own do not. */
static void cert_compression_is_for_who_asked_alone(void **state)
{
    static const uint8_t asks[] = { [TLSN_CLIENT] = 1, [TLSN_SERVER] = 13 };
    const char *name = tlsn_cert_compression_name(0);

    (void)state;
    for (int silent = 0; *name && silent < 2; silent++) {
        struct duo *d = duo_new();
        struct tlsn_conn_info info;

        for (int r = 0; r < 2; r++) {
            OK(tlsn_config_set_versions(d->config[r], TLSN_TLS1_3, TLSN_TLS1_3));
            OK(tlsn_config_set_cert_compression(d->config[r], name));
        }
        OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
        OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("ec:secp256r1")));
        bent_connect(d, (enum tlsn_role)silent, asks[silent], hide);
        duo_run(d);
        for (int r = 0; r < 2; r++) {
            OK(d->status[r]);
            tlsn_conn_get_info(d->conn[r], &info);
            assert_string_equal(info.cert_compression[!silent], "");
            assert_string_equal(info.cert_compression[silent], name);
        }
        duo_free(d);
    }
    REQ("8879:3/2");
}

static void cert_compression_is_off_unless_both_want_it(void **state)
{
    const char *name = tlsn_cert_compression_name(0);
    const char *const sides[][2] = { { NULL, NULL }, { name, NULL }, { NULL, name } };

    (void)state;
    for (size_t i = 0; *name && i < 3; i++) {
        struct wire *w = pair(sides[i][0], sides[i][1]);

        wire_shake(w);
        assert_string_equal(packed(w, TLSN_SERVER), "");
        assert_string_equal(packed(w, TLSN_CLIENT), "");
        wire_free(w);
    }
}

static void cert_compression_is_not_for_tls12(void **state)
{
    const char *name = tlsn_cert_compression_name(0);
    struct wire *w = pair(name, name);

    (void)state;
    OK(tlsn_config_set_versions(w->end[TLSN_SERVER].config, TLSN_TLS1_2, TLSN_TLS1_2));
    wire_shake(w);
    assert_string_equal(packed(w, TLSN_SERVER), "");
    wire_free(w);
    REQ("8879:3/1");
    REQ("8879:6/1");
}

static void cert_compression_takes_input_in_single_bytes(void **state)
{
    const char *name = tlsn_cert_compression_name(0);
    struct wire *w = pair(name, name);

    (void)state;
    w->step = w->cap = 1;
    wire_shake(w);
    assert_string_equal(packed(w, TLSN_SERVER), name);
    wire_free(w);
}

/* The end of a handshake whose client takes chains of so many octets, the server's being compressed or not. */
static tlsn_status with_chain_max(size_t chain_max, const char *compression)
{
    const struct tlsn_limits limits = { .chain_max = chain_max };
    struct wire *w = wire_new("rsa:2048");
    tlsn_status st;

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(w->end[r].config, TLSN_TLS1_3, TLSN_TLS1_3));
        OK(tlsn_config_set_cert_compression(w->end[r].config, compression));
    }
    OK(tlsn_config_set_limits(w->end[TLSN_CLIENT].config, &limits));
    wire_open(w);
    wire_run(w);
    st = wire_done(w) ? TLSN_OK : w->end[TLSN_CLIENT].status;
    if (st == TLSN_OK)
        assert_string_equal(packed(w, TLSN_SERVER), compression ? compression : "");
    wire_free(w);
    return st;
}

/* To the octet: the longest chain that is too long, and the next that is not. */
static void cert_compression_does_not_change_the_limit_for_chains(void **state)
{
    const char *name = tlsn_cert_compression_name(0);
    size_t low = 1, high = 8192;

    (void)state;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;

        *(with_chain_max(middle, NULL) == TLSN_OK ? &high : &low) = middle;
    }
    assert_in_range(high, 400, 4000);
    assert_int_equal(with_chain_max(high, name), TLSN_OK);
    assert_int_equal(with_chain_max(low, NULL), TLSN_ERR_MESSAGE_TOO_LONG);
    assert_int_equal(with_chain_max(low, name), TLSN_ERR_MESSAGE_TOO_LONG);
    REQ("8879:5/6");
}

static void cert_compression_of_unknown_name_is_refused(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    assert_int_equal(tlsn_config_set_cert_compression(w->end[0].config, "lzma"),
                     TLSN_ERR_UNKNOWN_KEYWORD);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cert_compression_each_algorithm_works_both_ways),
        cmocka_unit_test(cert_compression_is_for_who_asked_alone),
        cmocka_unit_test(cert_compression_is_off_unless_both_want_it),
        cmocka_unit_test(cert_compression_is_not_for_tls12),
        cmocka_unit_test(cert_compression_takes_input_in_single_bytes),
        cmocka_unit_test(cert_compression_does_not_change_the_limit_for_chains),
        cmocka_unit_test(cert_compression_of_unknown_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
