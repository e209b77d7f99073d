/* Pinned certificates and keys, besides and instead of a chain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support_duo.h"

#define OK(call) assert_int_equal((call), TLSN_OK)

static void pin(struct duo *d, enum tlsn_pin_of of, struct tlsn_span der)
{
    uint8_t sha256[32];

    OK(tlsn_cert_fingerprint(der, of, sha256));
    OK(tlsn_config_add_pin(d->config[TLSN_CLIENT], of, sha256));
}

static struct tlsn_span own(void)
{
    return tlsn_credential_cert(duo_credential("ec:secp256r1"), 0);
}

static void run(struct duo *d, const char *name)
{
    duo_connect(d);
    OK(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], name));
    duo_run(d);
}

/* Whatever the server's path goes through, its anchor included. */
static void pin_of_any_certificate_of_the_path_is_enough(void **state)
{
    (void)state;
    for (int of = TLSN_PIN_KEY; of <= TLSN_PIN_CERTIFICATE; of++)
        for (int i = 0; i < 2; i++) {
            struct duo *d = duo_new();

            pin(d, (enum tlsn_pin_of)of, tlsn_credential_cert(duo_credential("rsa:2048"), 0));
            pin(d, (enum tlsn_pin_of)of, i ? duo_root() : own());
            run(d, "server.example");
            assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
            duo_free(d);
        }
}

static void pin_of_another_certificate_refuses_a_good_chain(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_conn_info info;

    (void)state;
    pin(d, TLSN_PIN_KEY, tlsn_credential_cert(duo_credential("rsa:2048"), 0));
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_PIN, 46);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_int_equal(info.verdict, TLSN_ERR_CERT_PIN);
    duo_free(d);
}

/* A pin takes nothing away from the chain, the name and the time. */
static void pin_does_not_mend_a_bad_chain(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    pin(d, TLSN_PIN_CERTIFICATE, own());
    run(d, "other.example");
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_CERT_NAME);
    duo_free(d);
}

static void pin_instead_of_a_chain_is_all_that_counts(void **state)
{
    struct duo *d = duo_new();
    tlsn_trust *empty;

    (void)state;
    OK(tlsn_trust_new(&empty, NULL));
    OK(tlsn_config_set_trust(d->config[TLSN_CLIENT], empty));
    pin(d, TLSN_PIN_KEY, own());
    OK(tlsn_config_set_pin_mode(d->config[TLSN_CLIENT], TLSN_PIN_INSTEAD));
    run(d, "other.example");
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    duo_free(d);

    d = duo_new(); /* the issuer's does not do: anybody may send it along */
    pin(d, TLSN_PIN_KEY, duo_root());
    OK(tlsn_config_set_pin_mode(d->config[TLSN_CLIENT], TLSN_PIN_INSTEAD));
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_PIN, 46);
    duo_free(d);

    d = duo_new(); /* without pins the mode means nothing */
    OK(tlsn_config_set_trust(d->config[TLSN_CLIENT], empty));
    OK(tlsn_config_set_pin_mode(d->config[TLSN_CLIENT], TLSN_PIN_INSTEAD));
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_UNKNOWN_CA, 48);
    duo_free(d);
    tlsn_trust_free(empty);
}

static void pin_of_a_key_counts_for_raw_public_keys(void **state)
{
    static const uint8_t raw[] = { TLSN_CERT_RAW_KEY };

    (void)state;
    for (int right = 0; right < 2; right++) {
        struct duo *d = duo_new();

        OK(tlsn_config_set_own_cert_types(d->config[TLSN_SERVER], raw, 1));
        OK(tlsn_config_set_peer_cert_types(d->config[TLSN_CLIENT], raw, 1));
        pin(d, TLSN_PIN_KEY, right ? own() : duo_root());
        pin(d, TLSN_PIN_CERTIFICATE, own()); /* says nothing of a bare key */
        OK(tlsn_config_set_pin_mode(d->config[TLSN_CLIENT], TLSN_PIN_INSTEAD));
        run(d, "server.example");
        assert_int_equal(d->status[TLSN_CLIENT], right ? TLSN_OK : TLSN_ERR_CERT_PIN);
        duo_free(d);
    }
}

static void pin_settings_that_make_no_sense_are_refused(void **state)
{
    static const uint8_t zeros[32];
    struct duo *d = duo_new();

    (void)state;
    assert_int_equal(tlsn_config_add_pin(d->config[TLSN_CLIENT], (enum tlsn_pin_of)3, zeros),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_add_pin(d->config[TLSN_CLIENT], TLSN_PIN_KEY, NULL),
                     TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_pin_mode(d->config[TLSN_CLIENT], (enum tlsn_pin_mode)2),
                     TLSN_ERR_ARGUMENT);
    duo_connect(d);
    assert_int_equal(tlsn_config_add_pin(d->config[TLSN_CLIENT], TLSN_PIN_KEY, zeros), TLSN_ERR_FROZEN);
    assert_int_equal(tlsn_config_set_pin_mode(d->config[TLSN_CLIENT], TLSN_PIN_ALSO), TLSN_ERR_FROZEN);
    duo_free(d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pin_of_any_certificate_of_the_path_is_enough),
        cmocka_unit_test(pin_of_another_certificate_refuses_a_good_chain),
        cmocka_unit_test(pin_does_not_mend_a_bad_chain),
        cmocka_unit_test(pin_instead_of_a_chain_is_all_that_counts),
        cmocka_unit_test(pin_of_a_key_counts_for_raw_public_keys),
        cmocka_unit_test(pin_settings_that_make_no_sense_are_refused),
    };
    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
