/* test_conn_dhe.c - which finite-field group a server takes, and what a client makes of it: RFC 7919 3 and 4,
 * groups from files, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "req.h"
#include "support_duo.h"
#include "support_vectors.h"

#define SUITE "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"

/* openssl dhparam 512 */
static const char small[] =
    "-----BEGIN DH PARAMETERS-----\n"
    "MEYCQQDIlQBNJ9zUw0cknAH81mlhdGhHM14tSsQi3YmIAhzKXDDprcEWQqWZqnLP\n"
    "inhHEny3Fd8HM1MMpVl842qJWstPAgEC\n"
    "-----END DH PARAMETERS-----\n";

/* The 2048-bit MODP group of RFC 3526 3, as `openssl dhparam` would write it: 256 bytes of prime. */
#define MODP2048                                                                                  \
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a0879"    \
    "8e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b"    \
    "0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da4836"    \
    "1c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804"    \
    "f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6"    \
    "955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff"

static struct duo *begin(const char *client_groups)
{
    struct duo *d = duo_new();

    duo_reset_server(d, duo_credential("rsa:2048"));
    for (int i = 0; i < 2; i++)
        assert_int_equal(tlsn_config_set_suites(d->config[i], SUITE), TLSN_OK);
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_CLIENT], client_groups), TLSN_OK);
    return d;
}

static void set_group(struct duo *d, const void *data, size_t len)
{
    assert_int_equal(tlsn_config_set_dh_group(d->config[TLSN_SERVER], data, len), TLSN_OK);
}

static size_t modp2048(uint8_t *der)
{
    return vec_unhex("30820108" "0282010100" MODP2048 "020102", der, 300);
}

/* The prime of the ServerKeyExchange. */
static struct tlsn_span prime(const struct duo *d)
{
    struct tlsni_rd r = tlsni_rd_span(duo_message(d, TLSN_SERVER, 12));

    return tlsni_rd_vec_span(&r, 2, 1, 65535);
}

static const char *group(const struct duo *d)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    return info.group_name;
}

static void group_of_a_file_serves_clients_that_name_none(void **state)
{
    struct duo *d = begin("secp256r1");
    uint8_t der[300], expected[256];

    (void)state;
    set_group(d, der, modp2048(der));
    duo_shake(d);
    assert_int_equal(vec_unhex(MODP2048, expected, sizeof expected), 256);
    assert_int_equal(prime(d).len, 256);
    assert_memory_equal(prime(d).data, expected, 256);
    assert_string_equal(group(d), "");
    duo_free(d);
}

static void group_by_name_serves_clients_that_name_none(void **state)
{
    struct duo *d = begin("secp256r1");

    (void)state;
    set_group(d, "ffdhe3072", 9);
    duo_shake(d);
    assert_int_equal(prime(d).len, 384);
    assert_string_equal(group(d), "ffdhe3072");
    duo_free(d);
}

static void group_of_a_file_is_nothing_for_clients_that_name_groups(void **state)
{
    struct duo *d = begin("ffdhe4096,secp256r1");
    uint8_t der[300];

    (void)state;
    set_group(d, der, modp2048(der));
    duo_shake(d);
    assert_string_equal(group(d), "ffdhe4096");
    /* none that the server has: no DHE at all, rather than a group the client did not name */
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_SERVER], "ffdhe2048"), TLSN_ERR_FROZEN);
    duo_reset_server(d, duo_credential("rsa:2048"));
    assert_int_equal(tlsn_config_set_suites(d->config[TLSN_SERVER], SUITE), TLSN_OK);
    assert_int_equal(tlsn_config_set_groups(d->config[TLSN_SERVER], "ffdhe2048"), TLSN_OK);
    set_group(d, der, modp2048(der));
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_INSUFFICIENT_SECURITY);
    duo_free(d);
    REQ("7919:4/2");
}

static void group_that_is_too_small_is_refused_by_the_client(void **state)
{
    struct duo *d = begin("secp256r1");

    (void)state;
    set_group(d, small, sizeof small - 1);
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_INSUFFICIENT_SECURITY);
    assert_int_equal(duo_alert(d, TLSN_CLIENT), 2 << 8 | 71);
    duo_free(d);
}

static void group_that_is_none_is_an_error(void **state)
{
    struct duo *d = begin("secp256r1");
    tlsn_config *c = d->config[TLSN_SERVER];

    (void)state;
    assert_int_equal(tlsn_config_set_dh_group(c, "x25519", 6), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_dh_group(c, "ffdhe1", 6), TLSN_ERR_PEM);
    assert_int_equal(tlsn_config_set_dh_group(c, NULL, 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_dh_group(c, "\x30\x06\x02\x01\x17\x02\x01\x01", 8),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_non_null(strstr(tlsn_config_error(c), "not sound"));
    assert_int_equal(tlsn_config_set_insecure_rsa_export_bits(c, 2048), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_insecure_rsa_export_bits(c, 511), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_insecure_rsa_export_bits(c, 768), TLSN_OK);
    duo_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group_of_a_file_serves_clients_that_name_none),
        cmocka_unit_test(group_by_name_serves_clients_that_name_none),
        cmocka_unit_test(group_of_a_file_is_nothing_for_clients_that_name_groups),
        cmocka_unit_test(group_that_is_too_small_is_refused_by_the_client),
        cmocka_unit_test(group_that_is_none_is_an_error),
    };

    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
