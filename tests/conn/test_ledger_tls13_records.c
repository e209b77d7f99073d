/* Statements of RFC 8446 on records: where messages and alerts end, what is in a record and what it says of its
 * version. */
#include "req.h"
#include "support_bent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"

enum { SERVER_HELLO = 2, CERTIFICATE = 11, VERIFY = 15, FINISHED = 20 };
enum { TYPE = 1, TAG = 16, ALERT = 21, HANDSHAKE = 22, SEALED = 23 };

#define OK(call) assert_int_equal((call), TLSN_OK)

static struct duo *pair(uint16_t version)
{
    struct duo *d = duo_new();

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(d->config[r], version, version));
    return d;
}

/* Bytes in the record of this number, among the protected ones of this side; 0: there is none. */
static size_t content(const struct duo *d, enum tlsn_role from, size_t number)
{
    for (size_t i = 0; i < d->records; i++)
        if (d->record[i].from == from && d->record[i].type == SEALED && !number--)
            return d->record[i].len - TYPE - TAG;
    return 0;
}

/* ---- messages ---- */

/* What the client is asked for goes into the same flights. */
static struct duo *asking(void)
{
    struct duo *d = pair(TLSN_TLS1_3);

    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("ec:secp256r1")));
    return d;
}

static size_t bytes_of(const char *types)
{
    size_t n = 0;

    for (; *types; types++)
        n += bent_bytes((uint8_t)*types);
    return n;
}

static void message_in_front_of_new_keys_ends_its_record(void **state)
{
    struct duo *d = asking();
    size_t before;

    (void)state;
    bent_connect(d, TLSN_SERVER, 0, NULL);
    duo_run(d);
    assert_int_equal(content(d, TLSN_SERVER, 0), bytes_of("\x08\x0d\x0b\x0f\x14"));
    for (size_t i = 0; i < d->records; i++)
        if (d->record[i].from == TLSN_SERVER && d->record[i].type == HANDSHAKE)
            assert_int_equal(d->record[i].len, bent_bytes(SERVER_HELLO));
    bent_connect(d, TLSN_CLIENT, 0, NULL);
    duo_run(d);
    assert_int_equal(content(d, TLSN_CLIENT, 0), bytes_of("\x0b\x0f\x14"));
    before = d->records;
    for (int i = 0; i < 3; i++)
        OK(tlsn_key_update(d->conn[TLSN_CLIENT], false));
    duo_write(d, TLSN_CLIENT, "data", 4);
    assert_int_equal(d->records, before + 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(d->record[before + i].len, (i < 3 ? 5 : 4) + TYPE + TAG);
    duo_free(d);
    REQ("8446:5.1/6");
}

/* Whatever waits to go out when an alert does. */
static void alert_has_a_record_of_its_own(void **state)
{
    struct duo *d = asking();
    size_t last;

    (void)state;
    OK(tlsn_config_set_trust(d->config[TLSN_CLIENT], NULL)); /* so that it fails with its flight before it */
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_NO_TRUST);
    last = d->records - 1;
    assert_int_equal(d->record[last].from, TLSN_CLIENT);
    assert_int_equal(d->record[last].len, 2 + TYPE + TAG);
    duo_free(d);

    d = pair(TLSN_TLS1_3);
    OK(tlsn_config_set_record_size_limit(d->config[TLSN_SERVER], 64));
    duo_shake(d);
    duo_write(d, TLSN_CLIENT, "data", 4);
    duo_close(d, TLSN_CLIENT);
    last = d->records - 1;
    assert_int_equal(d->record[last - 1].len, 4 + TYPE + TAG);
    assert_int_equal(d->record[last].len, 2 + TYPE + TAG);
    duo_free(d);
    REQ("8446:5.1/7");
}

/* With everything that makes a side say something: a retry, an answer, tickets, new keys, the end. */
static void no_record_but_of_data_is_empty(void **state)
{
    struct duo *d = asking();

    (void)state;
    OK(tlsn_config_set_groups(d->config[TLSN_CLIENT], "x25519,secp256r1"));
    OK(tlsn_config_set_groups(d->config[TLSN_SERVER], "secp256r1"));
    OK(tlsn_config_set_key_shares(d->config[TLSN_CLIENT], "x25519"));
    duo_shake(d);
    for (int r = 0; r < 2; r++) {
        OK(tlsn_key_update(d->conn[r], true));
        duo_write(d, (enum tlsn_role)r, "", 0);
        duo_run(d);
    }
    for (int r = 0; r < 2; r++)
        duo_close(d, (enum tlsn_role)r);
    duo_run(d);
    assert_true(d->records > 10);
    for (size_t i = 0; i < d->records; i++)
        assert_true(d->record[i].len >= (d->record[i].type == SEALED ? 1 + TYPE + TAG : 1));
    duo_free(d);
    REQ("8446:5.4/4");
}

/* ---- content, type and padding ---- */

/* A record of zeros, of any length: neither the tag behind nor the header in front has its type. */
static void type_is_looked_for_in_the_plain_text_alone(void **state)
{
    static const uint8_t zeros[300];

    (void)state;
    for (size_t len = 0; len < sizeof zeros; len += 13) {
        struct duo *d = pair(TLSN_TLS1_3);

        duo_shake(d);
        OK(tlsni_conn_queue(d->conn[TLSN_SERVER], 0, zeros, len));
        duo_flush(d, TLSN_SERVER);
        duo_run(d);
        assert_int_equal(d->read_status[TLSN_CLIENT], TLSN_ERR_UNEXPECTED_MESSAGE);
        assert_int_equal(d->data_len[TLSN_CLIENT], 0);
        duo_free(d);
    }
    REQ("8446:5.4/5");
}

/* A limit of 64 bytes, padded to multiples of 48: one piece of 48 fits, two do not. */
static void limit_counts_content_type_and_padding(void **state)
{
    static const uint8_t data[1000];
    static const uint16_t pads[] = { 0, 16, 48, 64 };

    (void)state;
    for (size_t i = 0; i < sizeof pads / sizeof *pads; i++) {
        struct duo *d = pair(TLSN_TLS1_3);
        size_t before;

        OK(tlsn_config_set_record_size_limit(d->config[TLSN_SERVER], 64));
        OK(tlsn_config_set_record_padding(d->config[TLSN_CLIENT], pads[i]));
        duo_shake(d);
        before = d->records;
        duo_write(d, TLSN_CLIENT, data, sizeof data);
        duo_run(d);
        assert_int_equal(d->data_len[TLSN_SERVER], sizeof data);
        assert_true(d->records > before + 15);
        for (size_t k = before; k < d->records; k++)
            assert_in_range(d->record[k].len, 1 + TYPE + TAG, 64 + TAG);
        duo_free(d);
    }
    REQ("8446:5.4/6");
}

/* A sender that keeps to the limit with its content alone. */
static void padding_above_the_limit_is_overflow(void **state)
{
    static const uint8_t data[40];

    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        struct duo *d = pair(TLSN_TLS1_3);
        size_t before;

        OK(tlsn_config_set_record_size_limit(d->config[TLSN_SERVER], 64));
        OK(tlsn_config_set_record_padding(d->config[TLSN_CLIENT], 128));
        duo_shake(d);
        if (wrong)
            d->conn[TLSN_CLIENT]->tx->plain_max = 1000;
        before = d->records;
        duo_write(d, TLSN_CLIENT, data, sizeof data);
        duo_run(d);
        if (wrong)
            assert_int_equal(d->record[before].len, 128 + TAG);
        assert_int_equal(d->data_len[TLSN_SERVER], wrong ? 0 : sizeof data);
        assert_int_equal(d->read_status[TLSN_SERVER], wrong ? TLSN_ERR_RECORD_OVERFLOW : TLSN_OK);
        duo_free(d);
    }
    REQ("8446:5.4/6");
}

/* ---- versions ---- */

static void records_of_an_older_version_say_so(void **state)
{
    static const uint16_t versions[] = { TLSN_TLS1_0, TLSN_TLS1_1, TLSN_TLS1_2 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct duo *d = duo_new();
        bool chosen = false;

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_set_policy(d->config[r], "legacy"));
        OK(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_0, TLSN_TLS1_3));
        OK(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_0, versions[i]));
        duo_shake(d);
        duo_write(d, TLSN_CLIENT, "data", 4);
        duo_close(d, TLSN_SERVER);
        for (size_t k = 0; k < d->records; k++) {
            chosen = chosen || d->record[k].from == TLSN_SERVER;
            assert_int_equal(d->record[k].version, chosen ? versions[i] : 0x0301);
        }
        duo_free(d);
    }
    REQ("8446:D/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_in_front_of_new_keys_ends_its_record),
        cmocka_unit_test(alert_has_a_record_of_its_own),
        cmocka_unit_test(no_record_but_of_data_is_empty),
        cmocka_unit_test(type_is_looked_for_in_the_plain_text_alone),
        cmocka_unit_test(limit_counts_content_type_and_padding),
        cmocka_unit_test(padding_above_the_limit_is_overflow),
        cmocka_unit_test(records_of_an_older_version_say_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
