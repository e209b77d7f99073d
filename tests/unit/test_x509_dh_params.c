/* test_x509_dh_params.c - groups as `openssl dhparam` and `openssl genpkey -genparam` write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "support_env.h"
#include "support_vectors.h"
#include "x509/dh_params.h"

/* openssl dhparam 512 */
static const char pkcs3[] =
    "DH Parameters: (512 bit)\n"
    "-----BEGIN DH PARAMETERS-----\n"
    "MEYCQQDIlQBNJ9zUw0cknAH81mlhdGhHM14tSsQi3YmIAhzKXDDprcEWQqWZqnLP\n"
    "inhHEny3Fd8HM1MMpVl842qJWstPAgEC\n"
    "-----END DH PARAMETERS-----\n";
#define PRIME                                                                                     \
    "c895004d27dcd4c347249c01fcd66961746847335e2d4ac422dd8988021cca5c30e9adc11642a599aa72cf8a" \
    "7847127cb715df0733530ca5597ce36a895acb4f"

/* openssl genpkey -genparam -algorithm DHX -pkeyopt dh_rfc5114:1 */
static const char x942[] =
    "-----BEGIN X9.42 DH PARAMETERS-----\n"
    "MIIBHwKBgQCxC4+WoIDgHd6S3l6uXVTsUsmfvPsGo8aaap3KUtI7YWBz4oZ1oj0Y\n"
    "mDjvHi7mUsAT7LSuqQYRIySXXDzUm4O/rMvdfZDEvXCYSI6cIZpzck7/1vrlZEc4\n"
    "+qMaT/VbzMChUa9fDci0vUW/N982XBpl5oz9p21NpwjfH7K8LkpDcQKBgQCk0cvV\n"
    "w/00EmdlpELvuZkF+BBN0lisUH/WQGz/FCZtMSZv6h5cQVZLd35pD1UE8hMWAhe0\n"
    "sBuIal6RVH+eJ0n01/vX07mpLuGQnQ0iY/gKdqaiTAh6CR9THb8KAWm2oorWYqTR\n"
    "jnOvoy13nVkY0IvIhY9Nzvl8KiSFXm7rIrOy5QIVAPUYqoeBqN8nirpOfWS3y51J\n"
    "RiNT\n"
    "-----END X9.42 DH PARAMETERS-----\n";

static struct test_env env;
static struct tlsni_buf keep;

static tlsn_status read_bytes(const void *data, size_t len, struct tlsni_dh_params *dh)
{
    test_env_init(&env, 1);
    return tlsni_dh_params_read(dh, &keep, &env.hooks, tlsni_span_make(data, len), NULL);
}

static tlsn_status read_hex(const char *hex)
{
    uint8_t der[1024];
    struct tlsni_dh_params dh;
    tlsn_status st = read_bytes(der, vec_unhex(hex, der, sizeof der), &dh);

    tlsni_buf_free(&env.hooks, &keep);
    assert_int_equal(env.live, 0);
    return st;
}

static void dh_params_of_both_forms_are_read(void **state)
{
    struct tlsni_dh_params dh;
    uint8_t prime[64];

    (void)state;
    assert_int_equal(vec_unhex(PRIME, prime, sizeof prime), 64);
    assert_int_equal(read_bytes(pkcs3, sizeof pkcs3 - 1, &dh), TLSN_OK);
    assert_int_equal(dh.p.len, 64);
    assert_memory_equal(dh.p.data, prime, 64);
    assert_int_equal(dh.g.len, 1);
    assert_int_equal(dh.g.data[0], 2);
    tlsni_buf_free(&env.hooks, &keep);
    assert_int_equal(read_bytes(x942, sizeof x942 - 1, &dh), TLSN_OK);
    assert_int_equal(dh.p.len, 128);
    assert_int_equal(dh.g.len, 128);
    assert_int_equal(dh.g.data[0], 0xa4);
    tlsni_buf_free(&env.hooks, &keep);
    assert_int_equal(env.live, 0);
}

static void dh_params_in_der_are_read(void **state)
{
    (void)state;
    assert_int_equal(read_hex("3046024100" PRIME "020102"), TLSN_OK);
    assert_int_equal(read_hex("304a024100" PRIME "020102" "02020080"), TLSN_OK); /* with a length */
}

static void dh_params_that_are_damaged_are_refused(void **state)
{
    struct tlsni_dh_params dh;

    (void)state;
    assert_int_equal(read_hex("3045024100" PRIME "0201"), TLSN_ERR_PEM);
    assert_int_equal(read_hex("3045" "0240" PRIME "020102"), TLSN_ERR_PEM); /* negative prime */
    assert_int_equal(read_hex("3048024100" PRIME "020102" "0500"), TLSN_ERR_PEM);
    assert_int_equal(read_hex("30060201170201" "02" "00"), TLSN_ERR_PEM); /* something behind it */
    assert_int_equal(read_hex(""), TLSN_ERR_PEM);
    assert_int_equal(read_bytes("no group", 8, &dh), TLSN_ERR_PEM);
    tlsni_buf_free(&env.hooks, &keep);
    assert_int_equal(env.live, 0);
}

static void dh_params_that_are_unsound_are_refused(void **state)
{
    (void)state;
    assert_int_equal(read_hex("3006020118020102"), TLSN_ERR_ILLEGAL_PARAMETER); /* an even prime */
    assert_int_equal(read_hex("3006020117020101"), TLSN_ERR_ILLEGAL_PARAMETER); /* g = 1 */
    assert_int_equal(read_hex("3006020117020116"), TLSN_ERR_ILLEGAL_PARAMETER); /* g = p - 1 */
}

static void dh_params_without_memory_are_an_error(void **state)
{
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    (void)state;
    for (size_t fail_at = 1; st != TLSN_OK; fail_at++) {
        struct tlsni_dh_params dh;

        test_env_init(&env, 1);
        env.fail_at = fail_at;
        st = tlsni_dh_params_read(&dh, &keep, &env.hooks, tlsni_span_make(pkcs3, sizeof pkcs3 - 1),
                                  NULL);
        tlsni_buf_free(&env.hooks, &keep);
        assert_int_equal(env.live, 0);
        assert_true(st == TLSN_OK || st == TLSN_ERR_NO_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dh_params_of_both_forms_are_read),
        cmocka_unit_test(dh_params_in_der_are_read),
        cmocka_unit_test(dh_params_that_are_damaged_are_refused),
        cmocka_unit_test(dh_params_that_are_unsound_are_refused),
        cmocka_unit_test(dh_params_without_memory_are_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
