/* SupplementalData with a user mapping (RFC 4680, RFC 4681), both ends. */
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

enum { USER_MAPPING = 6, SUPPLEMENTAL_DATA = 23 };

static struct duo *begin(bool says, bool listens, bool certificate)
{
    struct duo *d = duo_new();

    if (says)
        OK(tlsn_config_set_user_mapping(d->config[TLSN_CLIENT], "a@b.example", "b.example"));
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_USER_MAPPING, listens));
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_KEEP_BESIDE, true));
    if (certificate) {
        OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
        OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("ed25519")));
    }
    return d;
}

static void assert_said(const tlsn_conn *conn)
{
    struct tlsn_span principal, domain;

    assert_true(tlsn_conn_user_mapping(conn, &principal, &domain));
    assert_int_equal(principal.len, 11);
    assert_memory_equal(principal.data, "a@b.example", 11);
    assert_int_equal(domain.len, 9);
    assert_memory_equal(domain.data, "b.example", 9);
}

static void user_mapping_comes_first_in_the_clients_flight(void **state)
{
    struct duo *d = begin(true, true, true);

    (void)state;
    duo_shake(d);
    assert_said(d->conn[TLSN_SERVER]);
    assert_string_equal(duo_order(d),
                        "ClientHello <ServerHello <Certificate <ServerKeyExchange "
                        "<CertificateRequest <ServerHelloDone SupplementalData Certificate "
                        "ClientKeyExchange CertificateVerify CCS {handshake} <NewSessionTicket "
                        "<CCS <{handshake}");
    assert_int_equal(duo_extension(d, TLSN_CLIENT, USER_MAPPING).len, 2);
    assert_int_equal(duo_extension(d, TLSN_SERVER, USER_MAPPING).len, 2);
    duo_free(d);
    d = begin(true, true, false);
    duo_shake(d);
    assert_said(d->conn[TLSN_SERVER]);
    duo_free(d);
    REQ("4680:2/1");
    REQ("4680:3/1");
    REQ("4681:2/1");
    REQ("4681:2/2");
    REQ("4681:4/1");
    REQ("4681:4/2");
}

static void user_mapping_is_off_by_default(void **state)
{
    struct duo *d = begin(true, false, true);
    struct tlsn_span a, b;

    (void)state;
    duo_shake(d);
    assert_null(duo_extension(d, TLSN_SERVER, USER_MAPPING).data);
    assert_null(duo_message(d, TLSN_CLIENT, SUPPLEMENTAL_DATA).data);
    assert_false(tlsn_conn_user_mapping(d->conn[TLSN_SERVER], &a, &b));
    duo_free(d);
    d = begin(false, true, true);
    duo_shake(d);
    assert_null(duo_extension(d, TLSN_CLIENT, USER_MAPPING).data);
    duo_free(d);
    REQ("4681:2/3");
}

/* What is said never makes a client known. */
static void user_mapping_is_only_a_hint(void **state)
{
    struct duo *d = begin(true, true, false);
    struct tlsn_conn_info info;

    (void)state;
    duo_shake(d);
    tlsn_conn_get_info(d->conn[TLSN_SERVER], &info);
    assert_false(info.client_authenticated);
    duo_free(d);
    REQ("4681:5/1");
}

static size_t lose(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    (void)d;
    return from == TLSN_CLIENT && r[0] == 22 && r[5] == SUPPLEMENTAL_DATA ? 0 : len;
}

static void user_mapping_may_be_missing(void **state)
{
    struct duo *d = begin(true, true, true);

    (void)state;
    d->bend = lose;
    duo_connect(d);
    duo_run(d);
    /* the server goes on; what got lost shows in the signature over all messages */
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_DECRYPT_ERROR);
    duo_free(d);
    REQ("4681:4/3");
}

static uint8_t from_type, to_type;

static size_t retype(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    if (from == TLSN_CLIENT && !d->ccs[from] && r[0] == 22 && r[5] == from_type)
        r[5] = to_type;
    return len;
}

static void supplemental_data_twice_late_or_unasked_is_unexpected(void **state)
{
    struct duo *d = begin(true, true, true);

    (void)state;
    d->bend = retype;
    from_type = 16; /* behind Certificate */
    to_type = SUPPLEMENTAL_DATA;
    duo_refused(d, TLSN_SERVER, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    from_type = 11; /* a second one */
    duo_refused(d, TLSN_SERVER, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    duo_free(d);
    d = begin(false, false, true);
    d->bend = retype;
    duo_refused(d, TLSN_SERVER, TLSN_ERR_UNEXPECTED_MESSAGE, 10);
    duo_free(d);
    REQ("4680:2/2");
    REQ("4680:2/3");
    REQ("4680:2/5");
}

static void other_kind(uint8_t *body, size_t *len)
{
    body[4] = 9;
    (void)len;
}

static void supplemental_data_of_another_kind_is_refused(void **state)
{
    struct duo *d = begin(true, true, true);

    (void)state;
    duo_change_message(d, TLSN_CLIENT, SUPPLEMENTAL_DATA, other_kind);
    duo_refused(d, TLSN_SERVER, TLSN_ERR_ILLEGAL_PARAMETER, 47);
    duo_free(d);
}

static void user_mapping_survives_small_steps(void **state)
{
    struct wire *w = wire_new("ec:secp256r1");

    (void)state;
    OK(tlsn_config_set_user_mapping(w->end[TLSN_CLIENT].config, "a@b.example", "b.example"));
    OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_USER_MAPPING, true));
    OK(tlsn_config_set_feature(w->end[TLSN_SERVER].config, TLSN_FEATURE_KEEP_BESIDE, true));
    w->step = w->cap = 1;
    wire_shake(w);
    assert_said(w->end[TLSN_SERVER].conn);
    wire_free(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_mapping_comes_first_in_the_clients_flight),
        cmocka_unit_test(user_mapping_is_off_by_default),
        cmocka_unit_test(user_mapping_is_only_a_hint),
        cmocka_unit_test(user_mapping_may_be_missing),
        cmocka_unit_test(supplemental_data_twice_late_or_unasked_is_unexpected),
        cmocka_unit_test(supplemental_data_of_another_kind_is_refused),
        cmocka_unit_test(user_mapping_survives_small_steps),
    };
    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
