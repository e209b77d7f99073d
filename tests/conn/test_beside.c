/* Signed certificate timestamps (RFC 6962 3.3), and chains chosen by how they are signed (RFC 8446
 * 4.2.3), both ends. */
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

enum { SCT = 18, SIGALGS_CERT = 50 };

static const uint8_t list[] = { 0, 7, 0, 2, 'a', 'b', 0, 1, 'c' };

static struct duo *begin(bool asks)
{
    struct duo *d = duo_new();
    tlsn_credential *c = duo_credential("ec:secp384r1");

    OK(tlsn_credential_set_scts(c, list, sizeof list));
    duo_reset_server(d, c);
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_SCT, asks));
    OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_KEEP_BESIDE, true));
    return d;
}

static void assert_timestamps(const tlsn_conn *conn)
{
    assert_int_equal(tlsn_conn_peer_sct(conn, 0).len, 2);
    assert_memory_equal(tlsn_conn_peer_sct(conn, 0).data, "ab", 2);
    assert_int_equal(tlsn_conn_peer_sct(conn, 1).len, 1);
    assert_int_equal(tlsn_conn_peer_sct(conn, 2).len, 0);
}

static void timestamps_come_when_they_are_asked_for(void **state)
{
    struct duo *d = begin(true);
    tlsn_session *s;

    (void)state;
    duo_shake(d);
    assert_timestamps(d->conn[TLSN_CLIENT]);
    assert_int_equal(duo_extension(d, TLSN_SERVER, SCT).len, sizeof list);
    s = duo_session(d);
    duo_reconnect(d, s);
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    assert_non_null(duo_extension(d, TLSN_CLIENT, SCT).data);
    assert_null(duo_extension(d, TLSN_SERVER, SCT).data);
    assert_int_equal(tlsn_conn_peer_sct(d->conn[TLSN_CLIENT], 0).len, 0);
    tlsn_session_free(s);
    duo_free(d);
    REQ("6962:3.3.1/3");
    REQ("6962:3.3.1/4");
}

static void timestamps_do_not_come_unasked(void **state)
{
    struct duo *d = begin(false);

    (void)state;
    duo_shake(d);
    assert_null(duo_extension(d, TLSN_CLIENT, SCT).data);
    assert_null(duo_extension(d, TLSN_SERVER, SCT).data);
    duo_free(d);
    REQ("6962:3.3.1/2");
}

/* They fit into ServerHello even when they are many; byte by byte it is the same. */
static void timestamps_may_be_long(void **state)
{
    static uint8_t long_list[2 + 2 + 20000];
    struct duo *d = begin(true);
    tlsn_credential *c = duo_credential("ec:secp384r1");

    (void)state;
    long_list[0] = 20002 >> 8;
    long_list[1] = 20002 & 255;
    long_list[2] = 20000 >> 8;
    long_list[3] = 20000 & 255;
    duo_reset_server(d, NULL);
    OK(tlsn_credential_set_scts(c, long_list, sizeof long_list));
    duo_reset_server(d, c);
    duo_shake(d);
    assert_int_equal(tlsn_conn_peer_sct(d->conn[TLSN_CLIENT], 0).len, 20000);
    duo_free(d);
    OK(tlsn_credential_set_scts(c, NULL, 0));
}

static void timestamps_of_a_credential_are_checked(void **state)
{
    tlsn_credential *c = duo_credential("ec:secp384r1"), *other;

    (void)state;
    assert_int_equal(tlsn_credential_set_scts(c, list, sizeof list - 1), TLSN_ERR_DECODE);
    assert_int_equal(tlsn_credential_set_scts(c, "\0\0", 2), TLSN_ERR_DECODE);
    assert_int_equal(tlsn_credential_set_scts(c, NULL, 2), TLSN_ERR_ARGUMENT);
    other = tlsn_credential_ref(c);
    assert_int_equal(tlsn_credential_set_scts(c, list, sizeof list), TLSN_ERR_FROZEN);
    tlsn_credential_free(other);
}

/* ---- signature_algorithms_cert ---- */

/* A certificate that its own key signed. To be freed. */
static tlsn_credential *self_signed(void)
{
    static const char *const names[] = { "server.example" };
    static const struct tlsn_cert_spec spec = { .subject = "CN=alone", .names = names,
                                                .name_count = 1, .not_before = 1000000000,
                                                .not_after = 2000000000 };
    static const struct tlsn_span none;
    tlsn_credential *c;
    tlsn_key *key;
    uint8_t der[2048];
    char pem[2048];
    size_t len, pem_len;

    OK(tlsn_key_generate(&key, "ec:secp256r1", NULL));
    OK(tlsn_cert_issue(&spec, key, none, key, NULL, der, sizeof der, &len));
    OK(tlsn_key_write(key, pem, sizeof pem, &pem_len));
    tlsn_key_free(key);
    OK(tlsn_credential_new(&c, der, len, pem, pem_len, NULL));
    return c;
}

/* The tests' authority signs with ECDSA and SHA-256. */
static void check_choice(const char *cert_schemes, tlsn_credential *first, tlsn_credential *second,
                         tlsn_credential *expected)
{
    struct duo *d = duo_new();
    struct tlsn_span sent, want = tlsn_credential_cert(expected, 0);

    duo_reset_server(d, first);
    OK(tlsn_config_add_credential(d->config[TLSN_SERVER], second));
    if (cert_schemes)
        OK(tlsn_config_set_sigalgs_cert(d->config[TLSN_CLIENT], cert_schemes));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
    duo_shake(d);
    sent = duo_message(d, TLSN_SERVER, 11);
    assert_true(sent.len >= 6 + want.len);
    assert_memory_equal(sent.data + 6, want.data, want.len);
    duo_free(d);
}

static void chain_that_the_client_can_verify_goes_first(void **state)
{
    tlsn_credential *issued = duo_credential("ec:secp256r1"), *alone = self_signed();

    (void)state;
    check_choice(NULL, issued, alone, issued);
    check_choice("ecdsa_secp256r1_sha256", issued, alone, issued);
    check_choice("rsa_pkcs1_sha256", issued, alone, alone);
    check_choice("rsa_pkcs1_sha256,rsa_pss_rsae_sha256", alone, issued, alone);
    tlsn_credential_free(alone);
    REQ("8446:4.2.3/2");
    REQ("8446:4.2.3/3");
    REQ("8446:4.2.3/4");
}

static void chain_that_it_cannot_verify_is_better_than_none(void **state)
{
    tlsn_credential *a = duo_credential("ec:secp256r1"), *b = duo_credential("ed25519");

    (void)state;
    check_choice("rsa_pkcs1_sha256", a, b, a);
    REQ("8446:4.4.2.2/1");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(timestamps_come_when_they_are_asked_for),
        cmocka_unit_test(timestamps_do_not_come_unasked),
        cmocka_unit_test(timestamps_may_be_long),
        cmocka_unit_test(timestamps_of_a_credential_are_checked),
        cmocka_unit_test(chain_that_the_client_can_verify_goes_first),
        cmocka_unit_test(chain_that_it_cannot_verify_is_better_than_none),
    };
    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
