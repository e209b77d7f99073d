/* Certificates of clients: none, of an authority that the server does not trust, signed by its own key, for a
 * key that the server does not take, and good ones; in every version, asked for and required. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "req.h"
#include "support_wire.h"

enum shown { NONE, OF_A_STRANGER, SELF_SIGNED, OF_ANOTHER_KIND, GOOD, SHOWN };

static tlsn_credential *credential_of(enum shown shown)
{
    switch (shown) {
    case OF_A_STRANGER: return wire_stranger_rsa();
    case SELF_SIGNED: return wire_self_signed_rsa();
    case OF_ANOTHER_KIND: return wire_credential("ed25519");
    case GOOD: return wire_credential("rsa:2048");
    default: return NULL;
    }
}

/* A server that takes RSA signatures and no others. */
static struct wire *asking(uint16_t version, enum tlsn_client_auth auth, enum shown shown)
{
    struct wire *w = wire_new("rsa:2048");
    tlsn_credential *c = credential_of(shown);

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_policy(w->end[r].config, "research"));
        OK(tlsn_config_set_versions(w->end[r].config, version, version));
    }
    OK(tlsn_config_set_sigalgs(w->end[TLSN_SERVER].config,
                               "rsa_pss_rsae_sha256,rsa_pkcs1_sha256,rsa_pkcs1_sha1"));
    /* which is what the authority of the good ones signs with */
    OK(tlsn_config_set_sigalgs_cert(w->end[TLSN_SERVER].config, "ecdsa_secp256r1_sha256,rsa_pkcs1_sha256"));
    OK(tlsn_config_set_client_auth(w->end[TLSN_SERVER].config, auth));
    if (c)
        OK(tlsn_config_add_credential(w->end[TLSN_CLIENT].config, c));
    wire_open(w);
    wire_run(w);
    return w;
}

static void check_accepted(struct wire *w, bool authenticated)
{
    struct tlsn_conn_info info;

    assert_true(wire_done(w));
    for (int r = 0; r < 2; r++) {
        tlsn_conn_get_info(w->end[r].conn, &info);
        assert_int_equal(info.client_authenticated, authenticated);
    }
    wire_say(w, TLSN_CLIENT, 100);
    wire_say(w, TLSN_SERVER, 100);
}

/* SSL 3.0 has fewer alerts, TLS 1.3 has one more. */
static int alert_for_nothing(uint16_t version)
{
    return version > TLSN_TLS1_2 ? 116 : 40;
}

static void check_refused(struct wire *w, uint16_t version, tlsn_status status, int alert)
{
    assert_false(tlsn_handshake_done(w->end[TLSN_SERVER].conn));
    assert_int_equal(w->end[TLSN_SERVER].status, status);
    if (version > TLSN_SSL3)
        assert_int_equal(tlsn_conn_error(w->end[TLSN_SERVER].conn)->alert_sent, alert);
}

static void check(uint16_t version, enum tlsn_client_auth auth, enum shown shown)
{
    struct wire *w = asking(version, auth, shown);
    bool nothing = shown == NONE || shown == OF_ANOTHER_KIND; /* which is not shown then */

    if (shown == GOOD)
        check_accepted(w, true);
    else if (!nothing)
        check_refused(w, version, TLSN_ERR_CERT_UNKNOWN_CA, 48);
    else if (auth == TLSN_CLIENT_AUTH_REQUEST)
        check_accepted(w, false);
    else
        check_refused(w, version, TLSN_ERR_NO_PEER_CERTIFICATE, alert_for_nothing(version));
    wire_free(w);
}

static void client_certificate_of_each_kind_in_each_version(void **state)
{
    struct tlsn_version_info v;

    (void)state;
    for (size_t i = 0; tlsn_version_info(i, &v); i++)
        for (int shown = 0; v.implemented && shown < SHOWN; shown++) {
            check(v.number, TLSN_CLIENT_AUTH_REQUEST, (enum shown)shown);
            check(v.number, TLSN_CLIENT_AUTH_REQUIRE, (enum shown)shown);
        }
    REQ("5246:7.4.6/3");
    REQ("5246:7.4.6/4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_certificate_of_each_kind_in_each_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
